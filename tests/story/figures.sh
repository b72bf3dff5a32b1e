#!/bin/sh
# Figures go out through disclosure control and by no other way: not from a file that somebody wrote, not by
# editing a draft, not by another spelling of a period, not without saying what is counted.
#
#     tests/story/figures.sh PROGRAM
#
# Everything happens in a folder of its own; the nodes that it starts end with it.
set -u
export LC_ALL=C.UTF-8
candour=$1
. "$(dirname "$0")/network.inc"

refuses() { # words, command...: it fails, and says them
    words=$1
    shift
    "$@" >"$case/out" 2>&1 && fail "it is done: $*: $(cat "$case/out")"
    grep -qF -- "$words" "$case/out" || fail "it does not say \"$words\": $* says $(cat "$case/out")"
}

table() { # file, males, total
    printf 'code,group,n\nA,Female,3\nA,Male,%s\nA,Other,30\nA,Total,%s\n' $2 $3 >"$case/$1"
}

mapping() { # file, period, more
    cat >"$case/$1" <<MAP
framework = "F"
period = "$2"
unit = "count"
columns { code = "code" disaggregation = "group" value = "n" }
$3
MAP
}

import() { # table, mapping, option...
    file=$1 map=$2
    shift 2
    at a indicator import "$case/$file" --map "$case/$map" --area E06000014 "$@"
}

at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
for node in a b c; do
    at $node init --name "Council $node" --type unitary --json >/dev/null || fail "init $node"
done
found_network 300 "a b" hub a b c
exact='profile = "exact_totals"'


# --- Somebody writes a snapshot ---

cat >"$case/snapshot.md" <<SNAPSHOT
Kind: snapshot
Framework: F
Area: E06000014
Period: 2023-24
Status: final
Disclosure profile: strict

## Rows
- A | Female | 3
SNAPSHOT
refuses "a snapshot cannot be written by hand" at a publish "$case/snapshot.md" --by "An Officer"
refuses "candour indicator import TABLE" at a lesson submit "$case/snapshot.md"
refuses "a snapshot cannot be written by hand" at a lesson check "$case/snapshot.md"
refuses "snapshot is not known; it is one of lesson" at a lesson new --kind snapshot

# --- An import is rejected, and mended by hand ---

table first.csv 52 85
mapping strict.conf 2023-24 ""
refuses "must be a GSS code" at a indicator import "$case/first.csv" --map "$case/strict.conf" --area E99
refuses "say --map FILE" at a indicator import "$case/first.csv" --area E06000014
mapping exact.conf 2023-24 "$exact"
import first.csv exact.conf --json >"$case/out" || fail "import: $(cat "$case/out")"
at a draft show 1 >"$case/out" || fail "show"
grep -q "A | Female |  |  |  |  |  | c" "$case/out" || fail "a small count is shown: $(cat "$case/out")"
at a draft reject 1 --by "An Officer" --why "A slip." >/dev/null || fail "reject"
refuses "which come from a table" at a draft submit 1 "$case/snapshot.md"
refuses "which come from a table" at a draft submit 1

# --- The next one goes out, and may be changed by no small number ---

import first.csv exact.conf --publish --by "An Officer" --wait --json >"$case/out" || fail "import: $(cat "$case/out")"
table second.csv 50 83
refuses "rule of differences: the count of A Male is 50, and in 2023-24 it is 52" import second.csv exact.conf
mapping slash.conf 2023/2024 "$exact"
refuses "rule of differences: the count of A Male is 50, and in 2023-24 it is 52" import second.csv slash.conf
mapping year.conf "last year" "$exact"
refuses 'the period "last year" is not known' import second.csv year.conf

# --- Rounded and exact figures of one thing tell what either hides ---

mapping strict.conf 2023/24 ""
refuses "(2023-24) has A with the profile exact_totals" import second.csv strict.conf
table third.csv 82 115
import third.csv slash.conf --publish --by "An Officer" --wait >"$case/out" || fail "revision: $(cat "$case/out")"
grep -q "Line 4: A Other stays hidden: record .* hid it" "$case/out" || fail "not why it is hidden: $(cat "$case/out")"
grep -q "Taken for a total: \"Total\" (by its name)" "$case/out" || fail "not what is a total: $(cat "$case/out")"
grep -q "^Draft [0-9]* is published as [0-9a-f]*$" "$case/out" || fail "not what was published: $(cat "$case/out")"
[ "$(at a --json sql "SELECT DISTINCT period FROM snapshots" | grep -c '2023-24')" = 1 ] || fail "two periods"

# --- A group that the check marks is kept, and not renamed: the next release is compared by its name ---

mapping wards.conf 2023-24 "$exact"
sed 's/^A,/D,/; s/Other/Gracechurch Row/' "$case/first.csv" >"$case/wards.csv"
import wards.csv wards.conf >"$case/out" || fail "wards: $(cat "$case/out")"
grep -q "1 to decide: .*--keep --reason .* change it in the table" "$case/out" || fail "not what to do: $(cat "$case/out")"
ward=$(sed -n 's/^Draft \([0-9]*\), submitted.*/\1/p' "$case/out")
refuses "import it again" at a draft decide "$ward" 1 --replace "a street"
at a draft decide "$ward" 1 --keep --reason "one of our wards" >/dev/null || fail "keep"

# --- Nothing is hidden only where it counts no people ---

mapping none.conf 2023-24 'profile = "none"'
sed s/^A,/T,/ "$case/first.csv" >"$case/waste.csv"
refuses '"What is counted" is missing' import waste.csv none.conf
mapping counted.conf 2023-24 'profile = "none"
counted = "tonnes of waste"'
mapping people.conf 2023-24 'profile = "none"
counted = "Number of people waiting"'
refuses "counts people, and the profile none" import waste.csv people.conf
refuses "so it counts people" import first.csv counted.conf
import waste.csv counted.conf --json >"$case/out" || fail "counted: $(cat "$case/out")"
number=$(field snapshots.0.draft <"$case/out")
at a draft show "$number" | grep -q "What is counted: tonnes of waste" || fail "whoever approves does not see it"

clean a
echo "ok"
