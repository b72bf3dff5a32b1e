#!/bin/sh
# What a hub adds: it compiles what six councils of its region report into a summary, a person goes on with it and
# publishes it, a ministry replies, and whoever was cited is told by the own node. No council is named in it.
#
#     tests/story/compiled.sh PROGRAM
set -u
export LC_ALL=C.UTF-8
candour=$1
. "$(dirname "$0")/network.inc"

issue() { # node: publish an issue, and print its id
    cat >"$case/issue.md" <<END
Kind: issue
Title: Rounds begin late
Service: home_care
Factors: staffing
Barriers: procurement
Barrier addressed to: central_department
Topic: care/rounds

## Abstract
The first round begins an hour late, as two of three posts are empty.
END
    at "$1" publish "$case/issue.md" --by "An Officer" --wait --json | field id
}

respond() { # node, id, option...
    node=$1 of=$2
    shift 2
    at "$node" respond "$of" "$@" --by "An Officer" --wait --json | field id
}

knows() { # number: does the hub hold that many records, and has it derived all?
    [ "$(at hub --json status 2>/dev/null | field records.in_set)" = "$1" ] && says hub not_searchable 0
}

gives() { # path, value
    got=$(field "$1" <"$case/json")
    [ "$got" = "$2" ] || fail "$1 is $got, not $2: $(cat "$case/json")"
}

told() { # file, words
    grep -qF -- "$2" "$1" || fail "does not say \"$2\": $(cat "$1")"
}

councils="aldwick bexcombe calder dunmere elmet farrow"
at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
for council in $councils; do
    at $council init --name "$council" --type unitary --region North --function home_care --function planning \
        --json >/dev/null || fail "init $council"
done
at gosling init --name gosling --type unitary --region South --function home_care --json >/dev/null ||
    fail "init gosling"
for node in hub $councils gosling; do
    at "$node" card --out "$case/$node.card" --json >/dev/null || fail "card $node"
    compare_every 5 "$node"
done
at aldwick charter found --network Isle --threshold 4 --out "$case/isle.charter" --json "$case"/*.card >/dev/null ||
    fail found
for node in aldwick bexcombe calder dunmere; do
    at $node charter sign "$case/isle.charter" --json >/dev/null || fail "sign at $node"
done
for node in hub $councils gosling; do
    at "$node" join "$case/isle.charter" --json >/dev/null || fail "join $node"
    start "$node"
done

# Four of the region, and one of another, are too few.
first=$(issue aldwick) || fail "issue at aldwick"
for node in bexcombe calder gosling; do issue $node >/dev/null || fail "issue at $node"; done
soon at dunmere --json show "$first" >/dev/null || fail "dunmere lacks the issue"
respond dunmere "$first" --kind same-here >/dev/null || fail "same here at dunmere"
soon knows 5 || fail "the hub does not know 5 records"
at hub --json compile --region north >"$case/json" || fail "compile: $(cat "$case/json")"
gives members 6
gives themes "[]"
gives too_few.themes 3
gives silent.0.service planning
gives silent.0.members 6
at hub compile --region north --out "$case/silent.md" >"$case/out" || fail "compile to a file: $(cat "$case/out")"
told "$case/out" "tells of silence alone"
at hub compile --region East >"$case/out" 2>&1 && fail "compiles a region that nobody is of"
told "$case/out" "no active member's card says that it is of the region \"East\""

# The fifth makes it a theme. Another one has put it right, and nobody answers a challenge.
issue elmet >/dev/null || fail "issue at elmet"
soon at farrow --json show "$first" >/dev/null || fail "farrow lacks the issue"
respond farrow "$first" --kind same-here --situation had-and-fixed >/dev/null || fail "fixed at farrow"
challenge=$(respond farrow "$first" --kind challenge --text "Is it the posts, or how rounds are planned?") ||
    fail "challenge at farrow"
soon knows 8 || fail "the hub does not know 8 records"
at hub --json compile --region North --since 30d >"$case/json" || fail "compile again"
gives themes.0.code staffing
gives themes.0.interval "[6, 6]"
gives themes.0.could 6
gives themes.1.kind barrier
gives themes.1.code procurement
gives themes.2.code care/rounds
gives addressed.0.addressee central_department
gives challenges.0 "$challenge"
gives too_few.spreading 1

at hub compile --region North --since 30d --out "$case/brief.md" >"$case/out" || fail "compile to a file"
told "$case/out" "brief.md is a draft of a summary"
told "$case/brief.md" 'Care at home, a factor: "Enough staff, or too few", 6 of 6 ('
told "$case/brief.md" 'A government department: "Rules of buying", 6 of 6 ('
told "$case/brief.md" "Challenges without an answer: 1, the oldest of "
told "$case/brief.md" "Planning and building control: none of the 6 that run it"
if grep -niE 'aldwick|bexcombe|calder|dunmere|elmet|farrow|gosling' "$case/brief.md" "$case/json"; then
    fail "names a council"
fi
if grep -niE '\b(rank|ranked|ranking|league|best|worst|top|bottom|[0-9]+(st|nd|rd|th) of|position|star|score)\b' \
    "$case/brief.md" "$case/json"; then
    fail "puts somebody in an order"
fi
told "$case/brief.md" "Too few to say, as it is fewer than 5: themes, 0; what may be spreading, 1;"
at hub compile --region North --since 30d --out "$case/brief.md" >"$case/out" 2>&1 && fail "writes over a file"

# A person goes on with it, and the gate has nothing against it.
sed -i 's/^Service: .*/&\nBarrier addressed to: central_department/' "$case/brief.md"
at hub lesson check "$case/brief.md" >"$case/out" && fail "takes a summary that asks nothing"
told "$case/out" '"What is asked" is missing'
printf '\n## What is asked\nA shorter form.\n' >>"$case/brief.md"
at hub lesson check "$case/brief.md" >"$case/out" || fail "check: $(cat "$case/out")"
summary=$(at hub publish "$case/brief.md" --by "An Officer" --wait --json | field id) || fail "publish the summary"

# Who is cited is told, and of the reply too. Who is not is told nothing.
cited() { # node, words
    at "$1" status 2>/dev/null | grep -qF -- "$2"
}
soon cited aldwick "of your records: Care at home: what several members report." || fail "aldwick is not told: $(at aldwick status)"
cited aldwick "It was answered." && fail "aldwick is told of a reply that there is not"
respond hub "$summary" --kind answer --replied-by central-department --text "It will be shorter from April." >/dev/null ||
    fail "the reply is not passed on"
soon cited aldwick "Care at home: what several members report. It was answered." || fail "the reply does not come: $(at aldwick status)"
cited aldwick "candour show $(echo "$summary" | cut -c1-12)" || fail "how to read it is not said"
at aldwick show "$summary" >"$case/out" || fail "show at aldwick"
told "$case/out" "It will be shorter from April."
at aldwick show "$first" >"$case/out" || fail "show the issue"
told "$case/out" "It cites this: Care at home: what several members report"
[ "$(at gosling --json status | field cited)" = "[]" ] || fail "gosling is told of what does not cite it"

# Who takes it back hears that its title stands elsewhere.
at aldwick erase "$first" --why "It named a street" --by "An Officer" --wait >"$case/out" || fail "erase: $(cat "$case/out")"
told "$case/out" "A summary cites it, and may repeat some of it: candour show $(echo "$summary" | cut -c1-12)."

end_all
echo "compiled, published, answered and told"
