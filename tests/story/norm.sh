#!/bin/sh
# The norm or the exception: six councils run a service, five of them have learned about late rounds, and
# a seventh that runs another service is none that could. Nobody is named.
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

norm() { # status, words...: at the hub, in words and as JSON
    expected=$1
    shift
    at hub norm "$@" >"$case/words"
    [ $? = "$expected" ] || fail "norm $* does not end with $expected: $(cat "$case/words")"
    at hub --json norm "$@" >"$case/json"
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

publish elmet zebrastart >/dev/null || fail "publish at elmet"
publish elmet zebrastart >/dev/null || fail "publish again at elmet"
soon knows 6 || fail "the hub does not know 6 records"
norm 0 zebrastart
told "Authorities that report it: 5 (5 by name; lessons without a name: 0)."
told "That spoke of the service at all: 5. Members that run it: 6."
told "It is the norm: at least half of all that run the service report it."
told "How it went, lesson by lesson: 6 \"It did not do what it was for\"."
told "Read them: candour search zebrastart --service home_care"
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
norm 1 zebrastart --service planning
gives could_report 1

end_all
echo "counted"
