#!/bin/sh
# The main job, end to end, by nothing but the command line and --json: a lesson written at one council
# is found at another, also after the hub was killed; a node that is not on the charter gets nothing.
#
#     tests/story/first_lesson.sh PROGRAM
#
# Everything happens in a folder of its own; the nodes that it starts end with it.
set -u
export LC_ALL=C.UTF-8
candour=$1
. "$(dirname "$0")/network.inc"

holds() { # node, number: does it hold that many records?
    [ "$(at "$1" --json status 2>/dev/null | field records.in_set 2>/dev/null)" = "$2" ]
}

# Four homes; C has its recovery sheet, the others are trials.
at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
for node in a b stranger; do
    at $node init --name "Council $node" --type unitary --json >/dev/null || fail "init $node"
done
CANDOUR_PASSPHRASE='correct horse' at c init --name "Council c" --type unitary \
    --recovery "$case/c.sheet" --json >/dev/null || fail "init c"
for node in hub a b c stranger; do
    at $node card --out "$case/$node.card" --json >/dev/null || fail "card $node"
done

# A charter by three stewards, of whom two must sign; one signature is not enough to join.
at a charter found --network North --threshold 2 --out "$case/north.charter" --json \
    "$case/hub.card" "$case/a.card" "$case/b.card" "$case/c.card" >"$case/out" || fail found
[ "$(field needed <"$case/out")" = 2 ] || fail "two signatures should be needed"
at a charter sign "$case/north.charter" --json >"$case/out" || fail "sign at a"
[ "$(field needed <"$case/out")" = 1 ] || fail "one signature should be needed"
at a join "$case/north.charter" >/dev/null 2>&1 && fail "joined with one signature of two"
CANDOUR_PASSPHRASE='correct horse' at c charter sign "$case/north.charter" --key "$case/c.sheet" \
    --json >"$case/out" || fail "sign at c"
[ "$(field needed <"$case/out")" = 0 ] || fail "no signature should be needed"
for node in hub a b c stranger; do
    at $node join "$case/north.charter" --json >"$case/out" || fail "join $node"
done
[ "$(field members <"$case/out")" = 4 ] || fail "four members"
[ "$(field member <"$case/out")" = false ] || fail "the stranger is no member"

for node in hub a b c stranger; do start $node; done

# Published at A, which is connected only outwards to the hub; found at C within five seconds.
id=$(publish a zebrastart) || fail "publish at a"
within 5 found c zebrastart || fail "C did not find A's lesson within 5 seconds"
[ "$(at c --json search zebrastart | field results.0.id)" = "$id" ] || fail "C found another record"
[ "$(at c --json show "$id" | field verified)" = true ] || fail "A's lesson does not verify at C"

# The hub is killed; A and B go on publishing; it comes back and everybody holds everything.
kill -9 "$pid_hub"
wait "$pid_hub" 2>/dev/null
publish a yakrounds >/dev/null || fail "publish at a, no hub"
publish b xerusrota >/dev/null || fail "publish at b, no hub"
found c yakrounds && fail "C cannot have it without the hub"
start hub
for node in hub a b c; do
    soon holds $node 3 || fail "$node does not hold 3 records"
done
found c yakrounds && found c xerusrota && found a xerusrota || fail "a lesson is not found everywhere"
soon agree hub a b c || fail "the sets differ"

# A restart keeps it all; verify is clean everywhere; the stranger got nothing.
kill "$pid_c"
wait "$pid_c" || fail "C did not end cleanly"
found c zebrastart || fail "C's store lost it"
for node in hub a b c; do
    at $node --json verify >"$case/out" || fail "verify at $node: $(cat "$case/out")"
    [ "$(field checked <"$case/out")" = 3 ] || fail "verify at $node checked too little"
done
holds stranger 0 || fail "the stranger holds records"

# A bundle made by one node is taken in by another home, and by a reader that is not ours.
at a export "$case/all.candour" --json >"$case/out" || fail export
[ "$(field records <"$case/out")" = 3 ] || fail "exported too little"
at c import "$case/all.candour" --json >"$case/out" || fail "import at c: $(cat "$case/out")"
python3 "$(dirname "$0")/../interop/read_records.py" --bundle "$case/all.candour" ||
    fail "the second reader does not accept what the first one wrote"
echo "a lesson written at one council was found at another, and nothing was lost"
