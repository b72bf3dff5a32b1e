#!/bin/sh
# A figure among its like: three councils publish the same indicator, the rest of the country is a public
# file, and what `compare` says of it names nobody and puts nothing into an order.
#
#     tests/story/compare.sh PROGRAM
#
# Councils, places and figures are invented; places are those of tests/vectors/neighbours.csv.
set -u
export LC_ALL=C.UTF-8
candour=$1
. "$(dirname "$0")/network.inc"
places=$stories/../vectors/neighbours.csv

holds() { # node, number: does it hold that many records, and has it derived all?
    [ "$(at "$1" --json status 2>/dev/null | field records.in_set)" = "$2" ] && says "$1" not_searchable 0
}

define() { # node, numerator: say at a council what 9Z counts
    cat >"$case/define.md" <<DEFINITION
Kind: indicator
Framework: INVENTED
Code: 9Z
Name: Share of reviews that were held in time
Plain name: Reviews held in time
Unit: percent
Statistic: proportion
Polarity: higher
Period kind: financial_year
Service: adults_assessment, home_care

## Numerator
$2

## Denominator
Reviews that were due.
DEFINITION
    at "$1" publish "$case/define.md" --by "An Officer" --wait --json >/dev/null || fail "define at $1"
}

map() { # period
    cat >"$case/$1.conf" <<MAP
framework = "INVENTED"
period = "$1"
status = "final"
profile = "standard"
unit = "percent"
statistic = "proportion"
columns { code = "code"  value = "value"  numerator = "n"  denominator = "d"  area = "area"  flag = "flag" }
MAP
}

# What stands in the file: area, period, numerator of 1,000, flag.
figure() {
    [ -f "$case/$2.csv" ] || echo "area,code,value,n,d,flag" >"$case/$2.csv"
    awk -v area="$1" -v n="$3" -v flag="${4:-}" \
        'BEGIN { printf "%s,9Z,%.1f,%d,1000,%s\n", area, n / 10, n, flag }' >>"$case/$2.csv"
}

import() { # node, period
    at "$1" indicator import "$case/$2.csv" --map "$case/$2.conf" --publish --by "An Officer" --wait --json \
        >/dev/null || fail "import $2 at $1"
}

compare() { # option...: at Kelder, in words and as JSON
    at kelder compare INVENTED:9Z "$@" >"$case/words" || fail "compare $*"
    at kelder --json compare INVENTED:9Z "$@" >"$case/json" || fail "compare --json $*"
    names_nobody
}

told() { # words: does it say so?
    grep -qF -- "$1" "$case/words" || fail "does not say \"$1\": $(cat "$case/words")"
}

untold() { # pattern
    if grep -qE -- "$1" "$case/words"; then fail "says \"$1\": $(cat "$case/words")"; fi
}

gives() { # path, value
    got=$(field "$1" <"$case/json")
    [ "$got" = "$2" ] || fail "$1 is $got, not $2: $(cat "$case/json")"
}

# No order, no judgement of councils, no colours; no other council and no figure of one by itself.
names_nobody() {
    for output in words json; do
        if grep -inE '\b(rank|ranked|ranking|league|best|worst|top|bottom|[0-9]+(st|nd|rd|th) of|position|star|amber|red|score)\b' \
            "$case/$output"; then
            fail "an order or a judgement in $output"
        fi
        if grep -nE 'Eastvale|Norham|Starbeck|Marchshire|Lambwell|E0600090[2-9]|E0800|E1000' "$case/$output" |
            grep -vE 'closeness|"(area|name)": "'; then
            fail "names a council in $output"
        fi
        # 33.3, 44.4 and 57.1 are of one council each, and of no spread.
        if grep -nE '33\.3|44\.4|57\.1' "$case/$output"; then fail "gives one council's figure in $output"; fi
    done
}

at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
for council in "kelder E06000901" "eastvale E06000902" "norham E06000903"; do
    at "${council% *}" init --name "${council% *}" --type unitary --nation england --gss "${council#* }" \
        --json >/dev/null || fail "init ${council% *}"
done
found_network 5 "kelder eastvale norham" hub kelder eastvale norham

# Nobody has defined it: it is not known what it counts.
at kelder compare INVENTED:9Z >/dev/null 2>"$case/err" && fail "compares what is not defined"
grep -q "candour indicator define" "$case/err" || fail "does not say what to do: $(cat "$case/err")"

define kelder "Reviews that were held on or before the day."
define norham "Reviews that were held ON or before the day"
for period in 2019-20 2020-21; do map $period; done
figure E06000901 2019-20 600
figure E06000902 2019-20 500
figure E06000903 2019-20 510
figure E06000901 2020-21 700
figure E06000902 2020-21 333
figure E06000903 2020-21 520
for node in kelder eastvale norham; do
    for period in 2019-20 2020-21; do import $node $period; done
done
for node in hub kelder eastvale norham; do soon holds "$node" 8 || fail "$node does not hold 8 records"; done

# Two others: too few to show how they spread. The change is there, with its interval.
compare
told "Reviews held in time"
told "Yours: 70.0 %"
told "of 2 places 2 have a figure, too few to show"
told "Since 2019-20: +10.0, from 60.0"
told "higher; that is an improvement"
told "1 authority does not say what the code counts, and is taken at its word."
told "What do the people who use the service"
told "candour search --service adults_assessment"
gives others.count 2
gives others.median None
gives change.standing higher
gives meaning improvement

# A hub has no figure of its own: it sees how the others spread, and no more.
at hub compare INVENTED:9Z >"$case/words" || fail "compare at the hub"
at hub --json compare INVENTED:9Z >"$case/json" || fail "compare --json at the hub"
names_nobody
told "of 3 places 3 have a figure"
untold "Yours"
gives own None
at hub compare INVENTED:9Z --like-us >/dev/null 2>"$case/err" && fail "is like whom?"
grep -q -- "--area CODE" "$case/err" || fail "does not say what to do: $(cat "$case/err")"

# Public figures and places, from files: kept apart, and said so.
at kelder indicator import --profiles "$places" --source "Invented places" --json >/dev/null || fail profiles
figure E08000904 2020-21 571
figure E08000905 2020-21 510
figure E06000914 2020-21 530
figure E06000053 2020-21 490
figure E10000906 2020-21 444
figure E10000907 2020-21 500 p
figure E10000908 2020-21 "" c
figure E09000909 2020-21 505
figure E09000910 2020-21 515
figure W06000911 2020-21 100
at kelder indicator import "$case/2020-21.csv" --map "$case/2020-21.conf" --reference --source "Invented returns" \
    --json >"$case/out" || fail reference
[ "$(field reference <"$case/out")" = true ] || fail "it is not said to be public"
at kelder indicator import "$case/2020-21.csv" --map "$case/2020-21.conf" --reference --publish --by "An Officer" \
    >/dev/null 2>"$case/err" && fail "publishes what is public"
grep -q "not yours to publish" "$case/err" || fail "does not say why: $(cat "$case/err")"
printf 'name,population\nKelder,90000\n' >"$case/nowhere.csv"
at kelder indicator import --profiles "$case/nowhere.csv" >/dev/null 2>"$case/err" && fail "takes places without codes"
grep -q "call it gss_code" "$case/err" || fail "does not say what to do: $(cat "$case/err")"
at kelder compare INVENTED:9Z --target high >/dev/null 2>&1 && fail "takes a target that is no number"
compare
told "11 places 10 have a figure"
told "Of the others' figures 8 are public (Invented returns): no member signed them."
told "Of the others' figures 1 is flagged"
told "the middle half of them lies between"
told "Beside them yours is"
gives others.public 8
gives others.without 1
gives own.public false
compare --signed
gives others.count 2

# Like with like: places are named by how near they are, never beside a figure.
compare --like-us
told "Like yours, by what kind of places they are and not by any figure above:"
told "of 6 places like yours 6 have a figure"
gives like_us.neighbours.0.area E06000903
gives like_us.class_only true
compare --like-us --any-class --neighbours 3 --by density=2 --by imd_avg_score --remember
gives others.places 3
gives like_us.variables.0.weight 2.0
compare --like-us
gives like_us.variables.1.code imd_avg_score
at kelder compare INVENTED:9Z --like-us --by densty >/dev/null 2>"$case/err" && fail "takes a variable that nobody has"
grep -q "no place here has a figure of that name" "$case/err" || fail "does not say why: $(cat "$case/err")"
at kelder compare INVENTED:9Z --like-us --by density=many >/dev/null 2>&1 && fail "takes a weight that is none"

# Whose lessons are worth a look: of those that got clearly better, without saying who they are.
publish eastvale zebrastart >/dev/null || fail "publish at eastvale"
sed -i 's/^E06000902,.*/E06000902,9Z,61.0,610,1000,/' "$case/2020-21.csv"
import eastvale 2020-21
soon holds kelder 10 || fail "kelder does not hold 10 records"
compare
told "Of the others 1 got clearly better since before; of these 1 has published lessons of this service."
told "Some others got clearly better: what did they do"
gives change.improved_with_lessons 1

# Norham comes to mean something else by it: the code is the same, what it counts is not.
define norham "Reviews that were held at all."
soon holds kelder 11 || fail "kelder does not hold 11 records"
compare --signed
told "1 authority defines this code otherwise, and is not compared"
gives others.count 1

# What was revised counts as it is now; what was hidden is hidden.
sed -i 's/^E06000901,.*/E06000901,9Z,52.0,520,1000,/' "$case/2020-21.csv"
import kelder 2020-21
soon holds kelder 12 || fail "kelder does not hold 12 records"
compare
told "Yours: 52.0 %"
told "lower; that is a concern"
sed -i 's/^E06000901,.*/E06000901,9Z,,,,c/' "$case/2020-21.csv"
import kelder 2020-21
soon holds kelder 13 || fail "kelder does not hold 13 records"
compare --period 2020-21
told "Yours: no figure for this period, or a hidden one."
untold "Since 2019-20"

end_all
echo "compared"
