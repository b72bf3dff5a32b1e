#!/bin/sh
# The norm or the exception: six councils run a service, five of them have learned about late rounds, and
# a seventh that runs another service is none that could. Nobody is named, but for who wrote under its name what
# it did. Then one of them writes an issue, another the same issue, and the others say how it is with them.
#
#     tests/story/norm.sh PROGRAM
set -u
export LC_ALL=C.UTF-8
candour=$1
. "$(dirname "$0")/network.inc"

knows() { # number: does the hub hold that many records, and has it derived all?
    [ "$(at hub --json status 2>/dev/null | field records.in_set)" = "$1" ] && says hub not_searchable 0
}

told() { # words
    grep -qF -- "$1" "$case/words" || fail "does not say \"$1\": $(cat "$case/words")"
}

answers() { # status, words...: at the hub, in words and as JSON
    expected=$1
    shift
    at hub norm "$@" >"$case/words"
    [ $? = "$expected" ] || fail "norm $* does not end with $expected: $(cat "$case/words")"
    at hub --json norm "$@" >"$case/json"
}

norm() { # status, words...: likewise, and nobody is named
    answers "$@"
    if grep -niE 'aldwick|bexcombe|calder|dunmere|elmet|farrow|gosling' "$case/words" "$case/json"; then
        fail "names a council"
    fi
}

gives() { # path, value
    got=$(field "$1" <"$case/json")
    [ "$got" = "$2" ] || fail "$1 is $got, not $2: $(cat "$case/json")"
}

councils="aldwick bexcombe calder dunmere elmet farrow"
at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
for council in "aldwick E06000901" "bexcombe E06000902" "calder E06000903" "dunmere E08000904" "elmet E08000905" \
    "farrow E06000914"; do
    at "${council% *}" init --name "${council% *}" --type unitary --function home_care --gss "${council#* }" \
        --json >/dev/null || fail "init ${council% *}"
done
at gosling init --name gosling --type unitary --function planning --gss E06000053 --json >/dev/null ||
    fail "init gosling"
for node in hub $councils gosling; do
    at "$node" card --out "$case/$node.card" --json >/dev/null || fail "card $node"
    compare_every 5 "$node"
done
at aldwick charter found --network North --threshold 4 --out "$case/north.charter" --json "$case"/*.card >/dev/null ||
    fail found
for node in aldwick bexcombe calder dunmere; do
    at $node charter sign "$case/north.charter" --json >/dev/null || fail "sign at $node"
done
for node in hub $councils gosling; do
    at "$node" join "$case/north.charter" --json >/dev/null || fail "join $node"
    start "$node"
done

for council in aldwick bexcombe calder dunmere; do publish $council zebrastart >/dev/null || fail "publish at $council"; done
soon knows 4 || fail "the hub does not know 4 records"
norm 1 zebrastart
told "Too few to say"
gives reporting None
gives verdict too_few_to_say
at hub norm quaggas >/dev/null 2>"$case/err" && fail "finds what is not there"
grep -q "candour search" "$case/err" || fail "does not say what to do: $(cat "$case/err")"
at hub norm " " >/dev/null 2>"$case/err" && fail "counts who reports nothing"
grep -q "give words" "$case/err" || fail "does not say that words are missing: $(cat "$case/err")"

publish elmet zebrastart >/dev/null || fail "publish at elmet"
publish elmet zebrastart >/dev/null || fail "publish again at elmet"
soon knows 6 || fail "the hub does not know 6 records"
norm 0 zebrastart
told "Authorities that report it: 5 (5 by name; without a name: 0)."
told "That spoke of the service at all: 5. Members that run it: 6."
told "It is the norm: at least half of all that run the service report it."
told "How it went, lesson by lesson: 6 \"It did not do what it was for\"."
told "Read them: candour search zebrastart --service home_care"
told "Nobody says yet that it was solved."
gives reporting 5
gives interval.1 5
gives could_report 6
gives verdict norm

# The same among members that are like one's own, who are not named either.
at hub indicator import --profiles "$stories/../vectors/neighbours.csv" --json >/dev/null || fail profiles
norm 0 zebrastart --like-us --area E06000053
told "Among the 6 members most like yours, of whom 6 could, 5 report it and 5 spoke of the service. It is the norm:"
gives like_us.verdict norm
norm 0 zebrastart --like-us --area E06000053 --neighbours 4
told "Among the members most like yours (4): too few to say."
gives like_us.interval None
[ "$(at hub --json search zebrastart --like-us --area E06000053 | field total)" = 6 ] || fail "search --like-us"
[ "$(at hub --json search zebrastart --like-us --area E06000053 --neighbours 2 | field total)" -lt 6 ] ||
    fail "search --like-us --neighbours"
at hub search zebrastart --like-us --area E06000053 --neighbours 2 --by density=2 --by imd_avg_score --save near >/dev/null ||
    fail "search --like-us --save"
[ "$(at hub --json search --saved near | field total)" -lt 6 ] || fail "a kept search is not like us"
norm 1 zebrastart --service planning
gives could_report 1

# An issue, and one that is the same; whoever has it says so, and whoever put it right.
issue() { # council, title, line: publish an issue and print its id
    printf 'Kind: issue\nTitle: %s\nService: home_care\n%s\n\n## Abstract\nThe first round begins late.\n' "$2" "$3" \
        >"$case/issue.md"
    at "$1" publish "$case/issue.md" --by "An Officer" --wait --json | field id
}

respond() { # council, id, option...
    node=$1 of=$2
    shift 2
    soon at "$node" --json show "$of" >/dev/null || fail "$node lacks $of"
    at "$node" respond "$of" "$@" --by "An Officer" --wait --json | field id
}

verdict() { # the words for it: is it that by now?
    at hub --json norm "$first" 2>/dev/null | field verdict | grep -qx "$1"
}

first=$(issue aldwick "Rounds begin late" "Began: 2025-04") || fail "issue at aldwick"
soon at bexcombe --json show "$first" >/dev/null || fail "bexcombe lacks the issue"
second=$(issue bexcombe "The first round is never in time" "Same as: $first") || fail "issue at bexcombe"
calder=$(respond calder "$first" --kind same-here) || fail "same here at calder"
respond farrow "$first" --kind same-here --situation do-not-have >/dev/null || fail "not at farrow"
respond dunmere "$second" --kind tried --uptake adapted --outcome worked --text "We begin at six now." >/dev/null ||
    fail "tried at dunmere"
soon knows 11 || fail "the hub does not know 11 records"
answers 1 "$first"
told "Too few to say"
respond elmet "$second" --kind same-here --situation had-and-fixed >/dev/null || fail "fixed at elmet"
soon knows 12 || fail "the hub does not know 12 records"
for id in "$first" "$second"; do
    answers 0 "$id" --explain
    told ", and 1 that say the same, of: "
    told "Authorities that report it: 5 (5 by name; without a name: 0)."
    told "That say they do not have it: 1."
    told "That spoke of the service at all: 6. Members that run it: 6."
    told "It is the norm: at least half of all that run the service report it."
    told "Authorities that solved it: 2."
    told "How long it took is known of too few to say."
    told "What they did, the newest first:"
    told "We begin at six now. (response, dunmere)"
    told "Of those that tried, or thought of it: 1 did it in a way of their own."
    told "Records that report it: issues, 2; lessons, 0; responses, 3. Of these without a name: 0."
    grep -qiE 'calder|elmet|farrow' "$case/words" "$case/json" && fail "names who told of nothing to read"
    gives issue.id "$id"
    gives solved.0 2
    gives do_not_have.1 1
    gives uptakes.adapted.0 1
    gives weeks None
    gives verdict norm
done
# By words, lessons and issues and what is said to them count alike.
answers 0 round late
told "Authorities that report it: 5 (5 by name; without a name: 0)."
at hub norm "$calder" >/dev/null 2>"$case/err" && fail "counts who reports a response"
grep -q "neither an issue nor a lesson" "$case/err" || fail "does not say what it is: $(cat "$case/err")"
# What is taken back is not counted.
at calder erase "$calder" --why "It was a mistake." --by "An Officer" --wait --json >/dev/null || fail "erase at calder"
soon verdict too_few_to_say || fail "what was erased is counted: $(at hub norm "$first")"

end_all
echo "counted"
