#!/bin/sh
# One node is full, another one empty: it catches up, though it is cut off twice in the middle and dies in
# between, says at each step in words how far it is, and ends with the same set. Then a text is taken back, and it is
# told how soon it is in no file of both.
#
#     tests/story/catch_up.sh PROGRAM MAKE_LIBRARY [RECORDS [COUNCILS]]       4,000 by 40 unless told
#
# Everything happens in a folder of its own; the nodes that it starts end with it.
set -u
export LC_ALL=C.UTF-8
candour=$1
make_library=$(realpath "$2")
holds=$(realpath "$(dirname "$0")/holds.py")
records=${3:-4000}
councils=${4:-40}
. "$(dirname "$0")/network.inc"

held() { # node: how many records it holds
    at "$1" --json status 2>/dev/null | field records.in_set
}

step() { # words: what happens, and what B says of itself
    echo "== $*"
    at b status
    echo
}

# Passes so many bytes on, and then holds its breath: 0, all of them.
relay() { # bytes
    "$(dirname "$0")/relay.py" "$address" "$relay_port" "$port" "$1" &
    pid_relay=$!
    pids="$pids $!"
}

# When B has taken in some of what was passed on, the cable is cut: nobody is told. What is still on the
# way then is lost with it, so cutting it by the bytes alone would leave it to luck whether B has any.
cut() { # how many B held before
    soon holds_more "$1" || fail "B takes in nothing: $(at b status)"
    kill -9 "$pid_relay"
    wait "$pid_relay" 2>/dev/null
    soon says b state connecting || fail "B does not notice that it is cut off"
    warns b "still to come" || fail "B does not say what it lacked when it was cut off: $(at b status)"
}

holds_more() { # than so many
    held=$(held b)
    [ "${held:-0}" -gt "$1" ]
}

now() { date +%s.%N; }

purged() { # node: has it all that was erased out of its files?
    python3 -c '
import sqlite3, sys
store = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
sys.exit(store.execute("SELECT count(*), count(purged_ms) FROM erased").fetchone() != (1, 1))' \
        "$case/$1/store.sqlite"
}

rate() { # records, since, until
    awk "BEGIN { printf \"%d records/s (%.1f s)\", $1 / ($3 - $2), $3 - $2 }"
}

relay_port=$((port + 2))
at a init --name Source --role hub --listen "$endpoint" --json >/dev/null || fail "init a"
at b init --name Sink --role hub --json >/dev/null || fail "init b"
for node in a b; do
    at $node card --out "$case/$node.card" --json >/dev/null || fail "card $node"
    compare_every 1 $node
done
"$make_library" "$records" "$councils" "$case/charter" "$case/library.candour" "$case/a.card" \
    "$case/b.card" || fail "make_library"
at a join "$case/charter" --json >/dev/null || fail "join a"
at b join "$case/charter" --peer "Source@tcp://$address:$relay_port" --json >/dev/null || fail "join b"
# Packed, the records take some three fifths of the file's bytes on the way.
third=$(($(wc -c <"$case/library.candour") / 5))
began=$(now)
at a import "$case/library.candour" --json >"$case/out" || fail "import: $(cat "$case/out")"
echo "Imported and searchable: $(rate "$records" "$began" "$(now)")"
start a
everywhere in_set "$records" a

relay "$third"
start b
cut 0
step "B was cut off while it caught up"
first=$(held b)
[ "$first" -gt 0 ] && [ "$first" -lt "$records" ] || fail "B holds $first when it is cut off"
kill -9 "$pid_b"
wait "$pid_b" 2>/dev/null
at b verify >"$case/out" || fail "what B had when it was killed is damaged: $(cat "$case/out")"

relay "$third"
start b
cut "$first"
step "B was killed, started again, and cut off a second time"
second=$(held b)
[ "$second" -gt "$first" ] && [ "$second" -lt "$records" ] || fail "B holds $second at the second cut"

began=$(now)
relay 0
everywhere in_set "$records" b
echo "The rest, verified and stored: $(rate $((records - second)) "$began" "$(now)")"
step "B holds everything"
everywhere not_searchable 0 b
echo "and searchable: $(rate $((records - second)) "$began" "$(now)")"
everywhere state "$(at a --json status | field records.state)" b

id=$(publish a quaggaword)
all_find quaggaword a b
rm "$case/quaggaword.md"
began=$(now)
at a erase "$id" --why "It named a school" --by "An Officer" --wait --json >/dev/null || fail erase
for node in a b; do soon purged $node || fail "$node does not erase: $(at $node status)"; done
echo "A text was taken back, and was in no file of both after $(awk "BEGIN { print $(now) - $began }") s"
(cd "$case" && "$holds" quaggaword a b) && fail "a file has what was taken back"
clean a b

# Who asks how B is while it hangs is told that it does; a few minutes later, in place of waiting for them.
hangs() {
    warns b "has done nothing for"
}
works() {
    ! hangs
}
hangs && fail "B works and says that it hangs: $(at b status)"
kill -STOP "$pid_b"
touch -d "3 minutes ago" "$case/b/lock"
hangs || fail "B hangs and says that it is well: $(at b status)"
kill -CONT "$pid_b"
soon works || fail "B works again and says that it hangs: $(at b status)"
kill "$pid_relay"
wait "$pid_relay" 2>/dev/null
pids="$pid_a $pid_b"
end_all
echo "B holds what A holds, and was cut off twice on the way"
