#!/bin/sh
# Who belongs, by nothing but the command line and --json: a fifth council is admitted while everything
# runs, and removed again; a key is rotated; a stolen one is halted; two rival charters come about and end.
#
#     tests/story/membership.sh PROGRAM
#
# Everything happens in a folder of its own; the nodes that it starts end with it.
set -u
candour=$1
folder=$(mktemp -d)
pids=

fail() {
    echo "FAILED: $*" >&2
    for log in "$folder"/*.log; do
        echo "--- $log" >&2
        tail -n 15 "$log" >&2
    done
    exit 1
}

finish() {
    for pid in $pids; do kill "$pid" 2>/dev/null; done
    wait
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM

at() { # node, command...: run a command at a node
    node=$1
    shift
    "$candour" --home "$folder/$node" "$@"
}

field() { # path, as a.b.0.c: one value of the JSON on standard input
    python3 -c '
import json, sys
value = json.load(sys.stdin)
for step in sys.argv[1].split("."):
    value = value[int(step)] if isinstance(value, list) else value[step]
print(value if not isinstance(value, bool) else str(value).lower())' "$1"
}

run() { # node: start it
    "$candour" --home "$folder/$1" run >>"$folder/$1.log" 2>&1 &
    eval "pid_$1=$!"
    pids="$pids $!"
}

stop() { # node: end it, and wait until it has
    eval "kill \$pid_$1 && wait \$pid_$1"
}

within() { # seconds, command...: until the command is true
    limit=$1
    shift
    tries=$((limit * 10))
    while ! "$@"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.1
    done
}

says() { # node, key, value: does its status say so?
    at "$1" --json status 2>/dev/null | grep -q "\"$2\": \"\{0,1\}$3\"\{0,1\},\{0,1\}\$"
}

found() { # node, word: does a search there find it?
    at "$1" --json search "$2" >/dev/null 2>&1
}

missed() { # node, word: does it not?
    ! found "$@"
}

everywhere() { # key, value: hub, a, b and c come to say so
    for node in hub a b c; do
        within 20 says $node "$1" "$2" || fail "$node does not say $1 = $2: $(at $node status)"
    done
}

lesson() { # word: a lesson with that word in its title
    cat >"$folder/$1.md" <<LESSON
Title: What we learned about $1
Service: home_care
Outcome: did_not_work
Stage: completed
Evidence: reasoned_account
Source: staff_note

## Abstract
We tried $1 because rounds were late. It did not help. So we stopped.

## What we did
Two teams moved their rounds for six weeks.

## What did not work
Nobody had asked the carers when they could start.

## Recommendation
Ask the carers first.
LESSON
}

publish() { # node, word: publish such a lesson and print its id
    lesson "$2"
    at "$1" publish "$folder/$2.md" --by "An Officer" --wait --json | field id
}

sheet() { # sheet, command...: with the passphrase of the recovery sheets
    CANDOUR_PASSPHRASE='correct horse battery' "$@"
}

sign_a_b() { # file: the stewards a and b sign it; it has its threshold then
    at a charter sign "$folder/$1" --json >"$folder/out" || fail "a does not sign $1"
    [ "$(field needed <"$folder/out")" = 1 ] || fail "$1: one more signature should be needed"
    at b charter sign "$folder/$1" --json >"$folder/out" || fail "b does not sign $1"
    [ "$(field needed <"$folder/out")" = 0 ] || fail "$1: it should have its signatures"
}

port=$(python3 -c '
import socket
while True:
    a = socket.socket(); a.bind(("127.0.0.1", 0)); port = a.getsockname()[1]
    b = socket.socket()
    try:
        b.bind(("127.0.0.1", port + 1)); print(port); break
    except OSError:
        pass')

# A hub and three councils, all of them stewards; two must sign. c keeps its keys on a sheet.
at hub init --name Hub --role hub --listen "tcp://127.0.0.1:$port" --json >/dev/null || fail "init hub"
for node in a b d e f; do
    at $node init --name "Council $node" --type unitary --json >/dev/null || fail "init $node"
done
sheet at c init --name "Council c" --type unitary --recovery "$folder/c.sheet" --json >/dev/null ||
    fail "init c"
for node in hub a b c d e f; do
    at $node card --out "$folder/$node.card" --json >/dev/null || fail "card $node"
done
at a charter found --network North --threshold 2 --out "$folder/1.charter" --json \
    "$folder/hub.card" "$folder/a.card" "$folder/b.card" "$folder/c.card" >/dev/null || fail found
sign_a_b 1.charter
for node in hub a b c d; do
    at $node join "$folder/1.charter" --json >/dev/null || fail "join $node"
    run $node
done
everywhere state in_sync

# d is let in as soon as the charter with its card is in force, without a restart of anything.
found d anything && fail "d has something before it was admitted"
at a charter propose --admit "$folder/d.card" --out "$folder/2.charter" --json >/dev/null ||
    fail "propose d"
sign_a_b 2.charter
at a join "$folder/2.charter" --json >/dev/null || fail "a does not take version 2"
everywhere version 2
at d join "$folder/2.charter" --json >/dev/null || fail "d does not take version 2"
within 20 says d state in_sync || fail "d is not let in: $(at d status)"
publish d zebrastart >/dev/null || fail "d does not publish"
for node in hub a b c; do within 10 found $node zebrastart || fail "$node lacks what d published"; done

# d is removed: it is barred, what it publishes from now on goes nowhere, what it published stays.
at a charter propose --remove "Council d" --out "$folder/3.charter" --json >/dev/null ||
    fail "propose the removal"
sign_a_b 3.charter
at b join "$folder/3.charter" --json >/dev/null || fail "b does not take version 3"
everywhere version 3
everywhere members 4
[ "$(at b charter show --json | python3 -c '
import json, sys
print([m["status"] for m in json.load(sys.stdin)["members"] if m["name"] == "Council d"][0])')" = left ] ||
    fail "d should be shown as one that left"
within 20 says d state barred || fail "d is not barred: $(at d status)"
at d status | grep -q "no member any more" || fail "d was not told that it is out: $(at d status)"
lesson yakrounds
at d publish "$folder/yakrounds.md" --by "An Officer" --json >/dev/null
publish b walrusrota >/dev/null || fail "b does not publish"
for node in hub a c; do
    within 10 found $node walrusrota || fail "$node lacks what b published"
    found $node zebrastart || fail "$node lost what d published while it was a member"
    found $node yakrounds && fail "$node has what d published afterwards"
done
[ "$(at hub --json peers | grep -c '"Council d"')" = 0 ] || fail "the hub holds on to d"
stop d

# c rotates its key with the sheet, and goes on in its next feed.
publish c xerusone >/dev/null || fail "c does not publish"
sheet at c card --rotate --key "$folder/c.sheet" --recovery "$folder/c2.sheet" 2>/dev/null &&
    fail "a key was rotated under a running node"
stop c
sheet at c card --rotate --key "$folder/c.sheet" --recovery "$folder/c2.sheet" \
    --out "$folder/c2.card" --json >/dev/null || fail "c does not rotate"
run c
at a charter propose --rotate "$folder/c2.card" --out "$folder/4.charter" --json >/dev/null ||
    fail "propose c's new card"
sign_a_b 4.charter
at a join "$folder/4.charter" --json >/dev/null || fail "a does not take version 4"
everywhere version 4
everywhere state in_sync
publish c xerustwo >/dev/null || fail "c does not publish in its next feed"
for node in hub a b; do
    within 10 found $node xerustwo || fail "$node lacks what c published in its next feed"
    found $node xerusone || fail "$node lost what c published in its first feed"
done

# b's key is stolen: a halt takes back everywhere what was signed after b's last true record.
true_id=$(publish b ibextrue) || fail "b does not publish"
publish b ibexforged >/dev/null || fail "the thief does not publish"
for node in hub a c; do within 10 found $node ibexforged || fail "$node lacks the forgery"; done
at b charter halt --after "$true_id" --out "$folder/b.halt" --json >"$folder/out" || fail "no halt"
[ "$(field id <"$folder/out")" = "$true_id" ] || fail "the halt names another record"
for node in hub a b c; do
    within 10 missed $node ibexforged || fail "$node holds on to what was halted"
    found $node ibextrue || fail "$node lost what was before the halt"
done
stop b
at b card --rotate --out "$folder/b2.card" --json >/dev/null || fail "b does not rotate"
run b
at a charter propose --rotate "$folder/b2.card" --out "$folder/5.charter" --json >/dev/null ||
    fail "propose b's new card"
sign_a_b 5.charter
at a join "$folder/5.charter" --json >/dev/null || fail "a does not take version 5"
everywhere version 5
everywhere state in_sync
publish b ibexagain >/dev/null || fail "b does not publish after its rotation"
within 10 found c ibexagain || fail "c lacks what b published after its rotation"
missed a ibexforged || fail "the forgery came back"

# Two rivals go on from version 5: c signs both, its sheet at two machines. Nobody else would have to.
at a charter propose --admit "$folder/e.card" --out "$folder/6e.charter" --json >/dev/null || fail "6e"
at b charter propose --admit "$folder/f.card" --out "$folder/6f.charter" --json >/dev/null || fail "6f"
at a charter sign "$folder/6e.charter" --json >/dev/null || fail "a does not sign 6e"
at a charter sign "$folder/6f.charter" --json >/dev/null 2>&1 && fail "a signs a rival of what it signed"
at b charter sign "$folder/6f.charter" --json >/dev/null || fail "b does not sign 6f"
sheet at c charter sign "$folder/6e.charter" --key "$folder/c2.sheet" --json >/dev/null ||
    fail "c does not sign 6e"
sheet at hub charter sign "$folder/6f.charter" --key "$folder/c2.sheet" --json >/dev/null ||
    fail "c's sheet does not sign 6f elsewhere"
at a join "$folder/6e.charter" --json >/dev/null || fail "a does not take 6e"
at b join "$folder/6f.charter" --json >/dev/null || fail "b does not take 6f"
everywhere heads 2
everywhere members 6
[ "$(at hub --json status | field charter.signed_both_rivals.0)" = "Council c" ] ||
    fail "the hub does not say who signed both"
publish a lynxrival >/dev/null || fail "a does not publish between rivals"
within 10 found b lynxrival || fail "rivals cut the network in two"

# The merge, signed by enough stewards of both, ends it; both newcomers stay.
at a charter merge "$folder/6e.charter" "$folder/6f.charter" --out "$folder/7.charter" --json \
    >/dev/null || fail merge
sign_a_b 7.charter
at b join "$folder/7.charter" --json >/dev/null || fail "b does not take the merge"
everywhere heads 1
everywhere version 7
everywhere members 6
for node in hub a b c; do
    at $node --json verify >"$folder/out" || fail "verify at $node: $(cat "$folder/out")"
done
states=$(for node in hub a b c; do at $node --json status | field records.state; done | sort -u | wc -l)
[ "$states" = 1 ] || fail "the sets differ"

# The hub is removed. Nobody is linked with anybody else, so it is by it that they hear of that.
at a charter propose --remove Hub --out "$folder/8.charter" --json >/dev/null ||
    fail "propose the removal of the hub"
sign_a_b 8.charter
at a join "$folder/8.charter" --json >/dev/null || fail "a does not take version 8"
everywhere version 8
at hub status | grep -q "no member any more" || fail "the hub does not say that it is out: $(at hub status)"
gone() { [ "$(at "$1" --json peers | grep -c '"Hub"')" = 0 ]; }
for node in a b c; do within 20 gone $node || fail "$node holds on to the hub: $(at $node peers)"; done
echo "one was admitted and removed, two keys were replaced, a theft was halted, a rivalry ended"
