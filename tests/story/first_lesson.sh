#!/bin/sh
# The main job, end to end, by nothing but the command line and --json: a lesson written at one council
# is found at another, also after the hub was killed; a node that is not on the charter gets nothing.
#
#     tests/story/first_lesson.sh PROGRAM
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

found() { # node, words: does a search there find anything?
    at "$1" --json search "$2" >/dev/null 2>&1
}

holds() { # node, number: does it hold that many records?
    [ "$(at "$1" --json status 2>/dev/null | field records.in_set 2>/dev/null)" = "$2" ]
}

lesson() { # file, word: a lesson with that word in its title
    cat >"$folder/$1" <<LESSON
Title: What we learned about $2
Service: home_care
Outcome: did_not_work
Stage: completed
Evidence: reasoned_account
Source: staff_note

## Abstract
We tried $2 because rounds were late. It did not help. So we stopped.

## What we did
Two teams moved their rounds for six weeks.

## What did not work
Nobody had asked the carers when they could start.

## Recommendation
Ask the carers first.
LESSON
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

# Four homes; C has its recovery sheet, the others are trials.
at hub init --name Hub --role hub --listen "tcp://127.0.0.1:$port" --json >/dev/null || fail "init hub"
for node in a b stranger; do
    at $node init --name "Council $node" --type unitary --json >/dev/null || fail "init $node"
done
CANDOUR_PASSPHRASE='correct horse' at c init --name "Council c" --type unitary \
    --recovery "$folder/c.sheet" --json >/dev/null || fail "init c"
for node in hub a b c stranger; do
    at $node card --out "$folder/$node.card" --json >/dev/null || fail "card $node"
done

# A charter by three stewards, of whom two must sign; one signature is not enough to join.
at a charter found --network North --threshold 2 --out "$folder/north.charter" --json \
    "$folder/hub.card" "$folder/a.card" "$folder/b.card" "$folder/c.card" >"$folder/out" || fail found
[ "$(field needed <"$folder/out")" = 2 ] || fail "two signatures should be needed"
at a charter sign "$folder/north.charter" --json >"$folder/out" || fail "sign at a"
[ "$(field needed <"$folder/out")" = 1 ] || fail "one signature should be needed"
at a join "$folder/north.charter" >/dev/null 2>&1 && fail "joined with one signature of two"
CANDOUR_PASSPHRASE='correct horse' at c charter sign "$folder/north.charter" --key "$folder/c.sheet" \
    --json >"$folder/out" || fail "sign at c"
[ "$(field needed <"$folder/out")" = 0 ] || fail "no signature should be needed"
for node in hub a b c stranger; do
    at $node join "$folder/north.charter" --json >"$folder/out" || fail "join $node"
done
[ "$(field members <"$folder/out")" = 4 ] || fail "four members"
[ "$(field member <"$folder/out")" = false ] || fail "the stranger is no member"

for node in hub a b c stranger; do run $node; done

# Published at A, which is connected only outwards to the hub; found at C within five seconds.
lesson moves.md zebrastart
at a publish "$folder/moves.md" --by "An Officer" --wait --json >"$folder/out" || fail "publish at a"
id=$(field id <"$folder/out")
within 5 found c zebrastart || fail "C did not find A's lesson within 5 seconds"
[ "$(at c --json search zebrastart | field results.0.id)" = "$id" ] || fail "C found another record"
[ "$(at c --json show "$id" | field verified)" = true ] || fail "A's lesson does not verify at C"

# The hub is killed; A and B go on publishing; it comes back and everybody holds everything.
kill -9 "$pid_hub"
wait "$pid_hub" 2>/dev/null
lesson other.md yakrounds
lesson third.md xerusrota
at a publish "$folder/other.md" --by "An Officer" --wait --json >/dev/null || fail "publish at a, no hub"
at b publish "$folder/third.md" --by "An Officer" --wait --json >/dev/null || fail "publish at b, no hub"
found c yakrounds && fail "C cannot have it without the hub"
run hub
for node in hub a b c; do
    within 20 holds $node 3 || fail "$node does not hold 3 records"
done
found c yakrounds && found c xerusrota && found a xerusrota || fail "a lesson is not found everywhere"
states=$(for node in hub a b c; do at $node --json status | field records.state; done | sort -u | wc -l)
[ "$states" = 1 ] || fail "the sets differ"

# A restart keeps it all; verify is clean everywhere; the stranger got nothing.
kill "$pid_c"
wait "$pid_c" || fail "C did not end cleanly"
found c zebrastart || fail "C's store lost it"
for node in hub a b c; do
    at $node --json verify >"$folder/out" || fail "verify at $node: $(cat "$folder/out")"
    [ "$(field checked <"$folder/out")" = 3 ] || fail "verify at $node checked too little"
done
holds stranger 0 || fail "the stranger holds records"

# A bundle made by one node is taken in by another home, and by a reader that is not ours.
at a export "$folder/all.candour" --json >"$folder/out" || fail export
[ "$(field records <"$folder/out")" = 3 ] || fail "exported too little"
at c import "$folder/all.candour" --json >"$folder/out" || fail "import at c: $(cat "$folder/out")"
python3 "$(dirname "$0")/../interop/read_records.py" --bundle "$folder/all.candour" ||
    fail "the second reader does not accept what the first one wrote"
echo "a lesson written at one council was found at another, and nothing was lost"
