#!/bin/sh
# Who belongs, by nothing but the command line and --json: a fifth council is admitted while everything
# runs, and removed again; a key is rotated; a stolen one is halted; two rival charters come about and end.
#
#     tests/story/membership.sh PROGRAM
#
# Everything happens in a folder of its own; the nodes that it starts end with it.
set -u
export LC_ALL=C.UTF-8
candour=$1
. "$(dirname "$0")/network.inc"
all="hub a b c"

sheet() { # sheet, command...: with the passphrase of the recovery sheets
    CANDOUR_PASSPHRASE='correct horse battery' "$@"
}

sign_a_b() { # file: the stewards a and b sign it; it has its threshold then
    at a charter sign "$case/$1" --json >"$case/out" || fail "a does not sign $1"
    [ "$(field needed <"$case/out")" = 1 ] || fail "$1: one more signature should be needed"
    at b charter sign "$case/$1" --json >"$case/out" || fail "b does not sign $1"
    [ "$(field needed <"$case/out")" = 0 ] || fail "$1: it should have its signatures"
}

# A hub and three councils, all of them stewards; two must sign. c keeps its keys on a sheet.
at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
for node in a b d e f; do
    at $node init --name "Council $node" --type unitary --json >/dev/null || fail "init $node"
done
sheet at c init --name "Council c" --type unitary --recovery "$case/c.sheet" --json >/dev/null ||
    fail "init c"
for node in hub a b c d e f; do
    at $node card --out "$case/$node.card" --json >/dev/null || fail "card $node"
    compare_every 2 $node # What came live while they compared shows as in sync only at the next comparison.
done
at a charter found --network North --threshold 2 --out "$case/1.charter" --json \
    "$case/hub.card" "$case/a.card" "$case/b.card" "$case/c.card" >/dev/null || fail found
sign_a_b 1.charter
for node in hub a b c d; do
    at $node join "$case/1.charter" --json >/dev/null || fail "join $node"
    start $node
done
everywhere state in_sync $all

# d is let in as soon as the charter with its card is in force, without a restart of anything.
found d anything && fail "d has something before it was admitted"
at a charter propose --admit "$case/d.card" --out "$case/2.charter" --json >/dev/null ||
    fail "propose d"
sign_a_b 2.charter
at a join "$case/2.charter" --json >/dev/null || fail "a does not take version 2"
everywhere version 2 $all
at d join "$case/2.charter" --json >/dev/null || fail "d does not take version 2"
soon says d state in_sync || fail "d is not let in: $(at d status)"
publish d zebrastart >/dev/null || fail "d does not publish"
for node in $all; do soon found $node zebrastart || fail "$node lacks what d published"; done

# The hub says who is not connected and when it was last heard, though the hub was restarted meanwhile.
last_heard() { # name: of one who is not connected with the hub
    at hub --json peers | python3 -c '
import json, sys
print(*[m["last_seen"] for m in json.load(sys.stdin)["not_connected"] if m["name"] == sys.argv[1]])' "$1"
}
heard() { [ -n "$(last_heard "$1")" ]; }
stop d
soon heard "Council d" || fail "the hub does not say that d is gone: $(at hub status)"
when=$(last_heard "Council d")
stop hub
start hub
soon heard "Council d" || fail "the hub does not say who was gone before: $(at hub status)"
[ "$(last_heard "Council d")" = "$when" ] || fail "when d was heard became another time: $(at hub status)"
at hub status | grep "Council d" | grep -q "not_connected.*$when" || fail "d is not shown as not connected: $(at hub status)"
warns a not_connected && fail "a is no hub, and says who is not connected: $(at a status)"
start d
everywhere state in_sync hub d $all

# d is removed: it is barred, what it publishes from now on goes nowhere, what it published stays.
at a charter propose --remove "Council d" --out "$case/3.charter" --json >/dev/null ||
    fail "propose the removal"
sign_a_b 3.charter
at b join "$case/3.charter" --json >/dev/null || fail "b does not take version 3"
everywhere version 3 $all
everywhere members 4 $all
[ "$(at b charter show --json | python3 -c '
import json, sys
print([m["status"] for m in json.load(sys.stdin)["members"] if m["name"] == "Council d"][0])')" = left ] ||
    fail "d should be shown as one that left"
soon says d state barred || fail "d is not barred: $(at d status)"
at d status | grep -q "no member any more" || fail "d was not told that it is out: $(at d status)"
write_lesson yakrounds
at d publish "$case/yakrounds.md" --by "An Officer" --json >/dev/null
publish b walrusrota >/dev/null || fail "b does not publish"
for node in hub a c; do
    soon found $node walrusrota || fail "$node lacks what b published"
    found $node zebrastart || fail "$node lost what d published while it was a member"
    found $node yakrounds && fail "$node has what d published afterwards"
done
[ "$(at hub --json peers | grep -c '"Council d"')" = 0 ] || fail "the hub holds on to d"
stop d

# c rotates its key with the sheet, and goes on in its next feed.
publish c xerusone >/dev/null || fail "c does not publish"
sheet at c card --rotate --key "$case/c.sheet" --recovery "$case/c2.sheet" 2>/dev/null &&
    fail "a key was rotated under a running node"
stop c
sheet at c card --rotate --key "$case/c.sheet" --recovery "$case/c2.sheet" \
    --out "$case/c2.card" --json >/dev/null || fail "c does not rotate"
start c
at a charter propose --rotate "$case/c2.card" --out "$case/4.charter" --json >/dev/null ||
    fail "propose c's new card"
sign_a_b 4.charter
at a join "$case/4.charter" --json >/dev/null || fail "a does not take version 4"
everywhere version 4 $all
everywhere state in_sync $all
publish c xerustwo >/dev/null || fail "c does not publish in its next feed"
for node in hub a b; do
    soon found $node xerustwo || fail "$node lacks what c published in its next feed"
    found $node xerusone || fail "$node lost what c published in its first feed"
done

# b's key is stolen: a halt takes back everywhere what was signed after b's last true record.
true_id=$(publish b ibextrue) || fail "b does not publish"
publish b ibexforged >/dev/null || fail "the thief does not publish"
for node in hub a c; do soon found $node ibexforged || fail "$node lacks the forgery"; done
at b charter halt --after "$true_id" --out "$case/b.halt" --json >"$case/out" || fail "no halt"
[ "$(field id <"$case/out")" = "$true_id" ] || fail "the halt names another record"
for node in $all; do
    soon missed $node ibexforged || fail "$node holds on to what was halted"
    found $node ibextrue || fail "$node lost what was before the halt"
done
stop b
at b card --rotate --out "$case/b2.card" --json >/dev/null || fail "b does not rotate"
start b
at a charter propose --rotate "$case/b2.card" --out "$case/5.charter" --json >/dev/null ||
    fail "propose b's new card"
sign_a_b 5.charter
at a join "$case/5.charter" --json >/dev/null || fail "a does not take version 5"
everywhere version 5 $all
everywhere state in_sync $all
publish b ibexagain >/dev/null || fail "b does not publish after its rotation"
soon found c ibexagain || fail "c lacks what b published after its rotation"
missed a ibexforged || fail "the forgery came back"

# Two rivals go on from version 5: c signs both, its sheet at two machines. Nobody else would have to.
at a charter propose --admit "$case/e.card" --out "$case/6e.charter" --json >/dev/null || fail "6e"
at b charter propose --admit "$case/f.card" --out "$case/6f.charter" --json >/dev/null || fail "6f"
at a charter sign "$case/6e.charter" --json >/dev/null || fail "a does not sign 6e"
at a charter sign "$case/6f.charter" --json >/dev/null 2>&1 && fail "a signs a rival of what it signed"
at b charter sign "$case/6f.charter" --json >/dev/null || fail "b does not sign 6f"
sheet at c charter sign "$case/6e.charter" --key "$case/c2.sheet" >"$case/out" || fail "c does not sign 6e"
grep -q 'This is a signature of' "$case/out" && fail "c is told that its signature is not its own"
sheet at hub charter sign "$case/6f.charter" --key "$case/c2.sheet" >"$case/out" ||
    fail "c's sheet does not sign 6f elsewhere"
grep -q 'This is a signature of Council c, not of Hub' "$case/out" || fail "it is not said whose: $(cat "$case/out")"
at a join "$case/6e.charter" --json >/dev/null || fail "a does not take 6e"
at b join "$case/6f.charter" --json >/dev/null || fail "b does not take 6f"
everywhere heads 2 $all
everywhere members 6 $all
[ "$(at hub --json status | field charter.signed_both_rivals.0)" = "Council c" ] ||
    fail "the hub does not say who signed both"
publish a lynxrival >/dev/null || fail "a does not publish between rivals"
soon found b lynxrival || fail "rivals cut the network in two"

# The merge, signed by enough stewards of both, ends it; both newcomers stay.
at a charter merge "$case/6e.charter" "$case/6f.charter" --out "$case/7.charter" --json \
    >/dev/null || fail merge
sign_a_b 7.charter
at b join "$case/7.charter" --json >/dev/null || fail "b does not take the merge"
everywhere heads 1 $all
everywhere version 7 $all
everywhere members 6 $all
for node in $all; do
    at $node --json verify >"$case/out" || fail "verify at $node: $(cat "$case/out")"
done
soon agree $all || fail "the sets differ"

# The hub is removed. Nobody is linked with anybody else, so it is by it that they hear of that.
at a charter propose --remove Hub --out "$case/8.charter" --json >/dev/null ||
    fail "propose the removal of the hub"
sign_a_b 8.charter
at a join "$case/8.charter" --json >/dev/null || fail "a does not take version 8"
everywhere version 8 $all
at hub status | grep -q "no member any more" || fail "the hub does not say that it is out: $(at hub status)"
gone() { [ "$(at "$1" --json peers | grep -c '"Hub"')" = 0 ]; }
for node in a b c; do soon gone $node || fail "$node holds on to the hub: $(at $node peers)"; done
echo "one was admitted and removed, two keys were replaced, a theft was halted, a rivalry ended"
