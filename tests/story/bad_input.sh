#!/bin/sh
# Bad input, by nothing but the command line: a clear sentence, the right exit status, nothing lost and
# nothing half done. After each the home is whole: `verify` is clean and the node starts.
#
#     tests/story/bad_input.sh PROGRAM
#
# Everything happens in a folder of its own; what it starts ends with it.
set -u
export LC_ALL=C.UTF-8
candour=$1
. "$(dirname "$0")/story.inc"
chmod 755 "$folder" "$case" # Somebody else has a look, below.
count=0
failed=0
left_out=0

ok() { # what
    count=$((count + 1))
    echo "ok $count $*"
}

not_ok() { # what, why
    count=$((count + 1))
    failed=$((failed + 1))
    echo "not ok $count $1: $2"
    for file in out err log; do
        [ -s "$case/$file" ] && sed "s/^/    $file: /" "$case/$file" | head -n 8
    done
}

skip() { # what, why
    count=$((count + 1))
    left_out=$((left_out + 1))
    echo "ok $count # SKIP $1: $2"
}

# The call fails with this status, in one line on standard error that has these words in it.
refused() { # what, status, words, command...
    what=$1 expected=$2 words=$3
    shift 3
    "$@" >"$case/out" 2>"$case/err"
    status=$?
    if [ $status -ne "$expected" ]; then
        not_ok "$what" "exit status $status, not $expected"
    elif [ "$(grep -c . "$case/err")" -ne 1 ]; then
        not_ok "$what" "not one line"
    elif ! grep -qiF -- "$words" "$case/err"; then
        not_ok "$what" "it does not say: $words"
    else
        ok "$what"
    fi
}

# With --json the error is JSON too: {"error":{"code":...,"text":...}}.
refused_json() { # what, status, code, words, command...
    what=$1 expected=$2 code=$3 words=$4
    shift 4
    "$@" >"$case/out" 2>"$case/err"
    status=$?
    if [ $status -ne "$expected" ]; then
        not_ok "$what" "exit status $status, not $expected"
    elif ! python3 -c '
import json, sys
error = json.load(open(sys.argv[1]))["error"]
sys.exit(not (error["code"] == sys.argv[2] and sys.argv[3].lower() in error["text"].lower()))' \
        "$case/err" "$code" "$words" 2>/dev/null; then
        not_ok "$what" "no JSON error of code $code that says: $words"
    else
        ok "$what"
    fi
}

runs() { # node: does it say that it runs?
    [ "$(at "$1" --json status 2>/dev/null | field node.running)" = true ] &&
        grep -q "is running" "$case/log"
}

start() { # node, option...
    node=$1
    shift
    "$candour" --home "$case/$node" run "$@" >"$case/log" 2>&1 &
    pid=$!
    pids="$pids $pid"
    soon runs "$node"
}

stop() {
    kill "$pid" 2>/dev/null
    wait "$pid"
}

# The home is whole: verify is clean, and the node starts and ends cleanly.
whole() { # what, node
    if ! at "$2" verify >"$case/out" 2>"$case/err"; then
        not_ok "after $1" "verify is not clean"
    elif ! start "$2"; then
        not_ok "after $1" "the node does not start"
        stop
    elif ! stop; then
        not_ok "after $1" "the node does not end cleanly"
    else
        ok "after $1, the home is whole"
    fi
}

records() { # node
    at "$1" --json verify 2>/dev/null | field checked
}

drafts() { # node
    at "$1" --json draft list --all 2>/dev/null | python3 -c 'import json,sys; print(len(json.load(sys.stdin)["drafts"]))'
}

lesson() { # file, title line, service line
    cat >"$case/$1" <<LESSON
$2
$3
Outcome: did_not_work
Stage: completed
Evidence: reasoned_account
Source: staff_note

## Abstract
We moved the morning rounds because they were late. It did not help.

## What we did
Two teams moved their rounds for six weeks.

## What did not work
Nobody had asked the carers when they could start.

## Recommendation
Ask the carers first.
LESSON
}

# --- The words of a call ---

refused "an unknown command" 2 'did you mean "search"' at a serach x
refused "an unknown second word" 2 'did you mean "charter show"' at a charter shwo
refused "half a command" 2 'charter what?' at a charter
refused "an unknown option" 2 'did you mean --limit' at a search --limt 3 x
refused "an unknown option with a value" 2 'did you mean --limit' at a search --limt=3 x
refused "an unknown global option" 2 'did you mean --json' at a search --jsn x
refused "an unknown short option" 2 'there is no option -z' at a search x -z
refused "an option without its value" 2 '--limit needs a value' at a search x --limit
refused "a word too few" 2 'something is missing' at a show
refused "a word too many" 2 'one word too many' at a status now
refused "a home that is nowhere" 1 'there is no node here' at nowhere status
refused "a home that is nowhere, to search" 1 'there is no node here' at nowhere search x
refused "a home that is nowhere, to run" 1 'candour init' at nowhere run
refused "a home that is nowhere, to publish" 1 'there is no node here' at nowhere publish x --by me
refused "init without a name" 2 '--name is missing' at nowhere init
refused "init with a role of its own" 2 'must be authority or hub' at nowhere init --name N --role king
refused "init where nobody can listen" 2 'must be tcp://' at nowhere init --name N --listen 7400
refused "init with a name that is no line" 2 'name' at nowhere init --name "$(printf 'a\nb')"
refused "init with a name that is not UTF-8" 2 'name' at nowhere init --name "$(printf 'a\377b')"
echo "something else" >"$case/sheet"
refused "init with a sheet that is there" 2 'is there already' \
    env CANDOUR_PASSPHRASE=x "$candour" --home "$case/nowhere" init --name N --recovery "$case/sheet"
if [ -e "$case/nowhere" ]; then not_ok "no half-made home" "$(ls "$case/nowhere")"; else ok "no half-made home"; fi
refused_json "an unknown command, in JSON" 2 usage 'did you mean' at a --json serach x
refused_json "an unknown option, in JSON" 2 usage 'did you mean' at a search --limt 3 x --json
refused_json "no home, in JSON" 1 no 'there is no node here' at nowhere status --json

# --- A network of three, of whom two must sign ---

at a init --name "Council A" --type unitary --listen "$endpoint" --quiet &&
    at b init --name "Council B" --type unitary --quiet &&
    at c init --name "Council C" --type unitary --quiet &&
    at other init --name "Other" --type unitary --quiet || exit 1
for node in a b c other; do at $node card --out "$case/$node.card" --quiet || exit 1; done
refused "a number that is none" 2 'must be a whole number' at a search --limit many x
refused "init where a node lives" 2 'lives there already' at a init --name "Again"

# Every byte of a card stands under its signature: a swapped key is one of them.
python3 - "$case" <<'PY'
import sys
folder = sys.argv[1]
card = bytearray(open(folder + "/a.card", "rb").read())
for name, at in (("first", 40), ("middle", len(card) // 2), ("last", len(card) - 3)):
    broken = bytearray(card)
    broken[at] ^= 1
    open(f"{folder}/{name}.card", "wb").write(broken)
open(folder + "/short.card", "wb").write(card[: len(card) // 2])
open(folder + "/long.card", "wb").write(card + b"x")
# B's transport key in the place of A's: both 32 bytes behind c4 20.
other = open(folder + "/b.card", "rb").read()
keys = lambda wire: [i + 2 for i in range(len(wire) - 33) if wire[i : i + 2] == b"\xc4\x20"]
mine, theirs = keys(card), keys(other)
swapped = bytearray(card)
swapped[mine[1] : mine[1] + 32] = other[theirs[1] : theirs[1] + 32]
open(folder + "/swapped.card", "wb").write(swapped)
PY
found() { # card
    at a charter found --network North --threshold 2 --out "$case/bad.charter" \
        "$case/$1" "$case/b.card" "$case/c.card"
}
refused "a card with a swapped key" 1 'swapped.card: ' found swapped.card
for card in first middle last short long; do
    refused "a card that is broken ($card)" 1 "$card.card: " found $card.card
done
refused "a card that is not there" 2 'cannot read' found no.card
refused "a card that is a folder" 2 'is a folder' found a
refused "a founder twice" 2 '' found b.card
refused "a threshold that half can reach" 2 '' at a charter found --network North --threshold 1 \
    --out "$case/bad.charter" "$case/a.card" "$case/b.card" "$case/c.card"
refused "a threshold that is no number" 2 'must be a whole number' at a charter found --network N \
    --threshold two --out "$case/bad.charter" "$case/a.card"
if [ -e "$case/bad.charter" ]; then not_ok "no proposal of it" "bad.charter is there"; else ok "no proposal of it"; fi

at a charter found --network North --threshold 2 --out "$case/north.charter" --quiet \
    "$case/a.card" "$case/b.card" "$case/c.card" || exit 1
at other charter found --network South --threshold 2 --out "$case/south.charter" --quiet \
    "$case/other.card" "$case/b.card" "$case/c.card" || exit 1
refused "a charter nobody signed" 1 'threshold of 2' at a join "$case/north.charter"
refused "a signature by one who is no steward" 2 'no steward' at other charter sign "$case/north.charter"
at a charter sign "$case/north.charter" --quiet || exit 1
refused "a charter short of its threshold" 1 'threshold of 2' at a join "$case/north.charter"
at a charter sign "$case/north.charter" >"$case/out" 2>&1 # Twice is once, however it is answered.
if [ "$(at a charter show "$case/north.charter" --json | field needed)" = 1 ]; then
    ok "one steward's signature twice is one signature"
else
    not_ok "one steward's signature twice is one signature" "see what it says"
fi
refused "a charter that one steward signed twice" 1 'threshold of 2' at a join "$case/north.charter"
refused "to run before joining" 2 'candour join' at a run
refused "to look at a charter before joining" 1 'has joined no network' at a charter show
at b charter sign "$case/north.charter" --quiet && at b charter sign "$case/south.charter" --quiet &&
    at c charter sign "$case/south.charter" --quiet || exit 1
head -c 300 "$case/north.charter" >"$case/short.charter"
refused "a charter that is cut short" 1 "short.charter: not a charter's file" at a join "$case/short.charter"
refused "a charter that is a card" 1 'a.card: this is the card of Council A, not a charter' at a join "$case/a.card"
: >"$case/empty"
refused "a charter that is empty" 1 'empty: ' at a join "$case/empty"
refused "a charter that is not there" 2 'cannot read' at a join "$case/no.charter"
refused "a peer that is no member" 1 'did you mean "Council ' at a join "$case/north.charter" --peer "Council D"
refused "a peer at no place" 2 'tcp://ADDRESS:PORT' at a join "$case/north.charter" --peer "Council B@tcp://x"
[ "$(at a --json status | field charter)" = None ] && ok "none of these joined anything" ||
    not_ok "none of these joined anything" "there is a charter"
for node in a b; do at $node join "$case/north.charter" --quiet || exit 1; done
refused "a charter of another network" 2 'of another network' at a join "$case/south.charter"
whole "all that" a

# --- Lessons ---

lesson good.md "Title: What we learned about morning rounds" "Service: home_care"
start a || exit 1
at a publish "$case/good.md" --by "An Officer" --wait >"$case/out" || exit 1
# No peer is there to tell how far its own feed goes: that takes a while, and it says so meanwhile.
if grep -q "^Waiting. Nothing is signed: no peer has told" "$case/out" && grep -q "is published as" "$case/out"
then ok "it says what is waited for"; else not_ok "it says what is waited for" "it does not"; fi
lesson untitled.md "Language: en" "Service: home_care"
refused "a lesson without a title" 2 'title' at a publish "$case/untitled.md" --by me
lesson unknown.md "Title: T" "Service: home_cair"
refused "a word that no vocabulary has" 2 'did you mean' at a publish "$case/unknown.md" --by me
refused "a word that no vocabulary has, with its line" 2 'unknown.md:2' at a lesson submit "$case/unknown.md"
lesson latin.md "Title: $(printf 'caf\351')" "Service: home_care"
refused "a lesson that is not UTF-8" 2 'UTF-8' at a publish "$case/latin.md" --by me
printf 'Title: a\000b\n' >"$case/zero.md"
refused "a lesson with a zero byte" 2 'zero.md' at a publish "$case/zero.md" --by me
refused "a lesson that is empty" 2 'empty' at a publish "$case/empty" --by me
refused "a lesson that is not there" 2 'cannot read' at a publish "$case/no.md" --by me
refused "a lesson that is a folder" 2 'is a folder' at a publish "$case" --by me
head -c 300000 /dev/zero | tr '\0' 'x' >"$case/large.md"
refused "a lesson that is too large" 2 'larger than' at a publish "$case/large.md" --by me
refused "a lesson that nobody approves" 2 '--by is missing' at a publish "$case/good.md"
refused_json "a lesson without a title, in JSON" 2 usage 'title' at a publish "$case/untitled.md" --by me --json
refused "a draft that is not there" 1 '' at a draft show 99
refused "a draft that is no number" 2 'is not the number of a draft' at a draft approve x --by me
lesson risky.md "Title: Write to nobody@example.org" "Service: home_care"
at a --json lesson submit "$case/risky.md" >"$case/out" 2>"$case/err"
risky=$(field draft <"$case/out")
read=$(at a --json draft show "$risky" | field text)
refused "a draft that nobody says was read" 2 '--text is missing' at a draft approve "$risky" --by me
refused "a draft with a finding nobody decided" 1 'not decided' at a draft approve "$risky" --by me --text "$read"
refused "an address that somebody would keep" 1 'cannot be kept' \
    at a draft decide "$risky" 1 --keep --reason 'it is public'
at a draft reject "$risky" --by me --why 'not yet' >"$case/out" 2>"$case/err"
refused "a draft that was rejected" 1 'it cannot be approved now' \
    at a draft approve "$risky" --by me --text "$read"
refused "a record that is not there" 1 '' at a show ffffffffffff
refused "an id that is none" 2 'is not the beginning of an id' at a show xyz
at a lesson check "$case/unknown.md" >"$case/out" 2>"$case/err"
if [ $? -eq 1 ] && grep -q 'did you mean' "$case/out"; then ok "lesson check tells all of it"; else
    not_ok "lesson check tells all of it" "it does not"; fi
stop
[ "$(records a)" = 1 ] && ok "nothing of it was published" || not_ok "nothing of it was published" "$(records a)"

# --- Files ---

printf 'Name,Colour\nLeeds,blue\n' >"$case/wrong.csv"
refused "a CSV with the wrong columns" 2 'wrong.csv' at a indicator import "$case/wrong.csv" --area E08000035
refused "a CSV that is empty" 2 'empty' at a indicator import "$case/empty" --area E08000035
head -c 4096 /dev/urandom >"$case/noise"
refused "a CSV that is noise" 2 'noise' at a indicator import "$case/noise" --area E08000035
refused "a bundle that is noise" 2 'is not a candour bundle' at a import "$case/noise"
refused "a bundle that is empty" 2 'is not a candour bundle' at a import "$case/empty"
at a export "$case/all.candour" --quiet || exit 1
mkdir "$case/copy.part"
refused "a backup where one was broken off" 2 'broken off or still goes on: delete it' at a backup "$case/copy"
rmdir "$case/copy.part"
size=$(wc -c <"$case/all.candour")
head -c $((size - 10)) "$case/all.candour" >"$case/short.candour"
refused "a bundle that is cut short" 1 'damaged' at a import "$case/short.candour"
head -c $((size - 6)) "$case/all.candour" >"$case/endless.candour" # Its end: nothing else is missing.
refused "a bundle that is cut between two records" 1 'ends before its end: 1 record was taken in; get the file again' \
    at a import "$case/endless.candour"
python3 - "$case" <<'PY'
import sys
whole = bytearray(open(sys.argv[1] + "/all.candour", "rb").read())
whole[-11] ^= 1  # The text of the last record; the end takes 6 bytes.
open(sys.argv[1] + "/damaged.candour", "wb").write(whole)
# Items that are all nonsense, behind a good start.
open(sys.argv[1] + "/hostile.candour", "wb").write(bytes(whole[:-6]) + b"\x93\x01\x02\x03" * 500000)
PY
at a import "$case/damaged.candour" >"$case/out" 2>"$case/err"
if [ $? -eq 1 ] && grep -q 'its text is damaged' "$case/out"; then ok "a damaged text in a bundle"; else
    not_ok "a damaged text in a bundle" "it is not told"; fi
at a import "$case/hostile.candour" >"$case/out" 2>"$case/err"
if [ $? -eq 1 ] && [ "$(wc -l <"$case/out")" -lt 110 ] && grep -q 'in a row were refused' "$case/err"; then
    ok "a bundle of nonsense"
else
    not_ok "a bundle of nonsense" "it is not cut short"
fi
at a import "$case/short.candour" --json >"$case/out" 2>"$case/err"
if [ $? -eq 1 ] && [ "$(field taken <"$case/out")" = 0 ] && grep -q 'copy the file again' "$case/out"; then
    ok "a bundle that is cut short, in JSON"
else
    not_ok "a bundle that is cut short, in JSON" "it does not say what was taken"
fi
refused "an export of a topic that is nowhere" 1 'no record here has this topic' \
    at a export "$case/none.candour" --topic nowhere
[ ! -e "$case/none.candour" ] && [ ! -e "$case/none.candour.part" ] && ok "no file of it is left" ||
    not_ok "no file of it is left" ""
at a export "$case/care.candour" --topic home_care --json >"$case/out" 2>"$case/err"
[ "$(field texts <"$case/out")" = 1 ] && ok "a service by its word" || not_ok "a service by its word" "no text"
at other join "$case/south.charter" --quiet || exit 1
refused "a bundle of another network, for people" 1 'is of the network North, this home of the network South' \
    at other import "$case/all.candour"
refused "an export where there is no folder" 3 'cannot be written' at a export "$case/no/all.candour"
refused "a question that writes" 2 '' at a sql "DELETE FROM lessons"
refused "a question of tables that are not shown" 2 '' at a sql "SELECT * FROM sqlite_master"
refused "a date that is none" 2 'yyyy-mm-dd' at a export "$case/x" --since 2026-02-30
at a status >/dev/full 2>"$case/err"
if [ $? -eq 3 ] && grep -q 'standard output' "$case/err"; then ok "an answer that cannot be written"; else
    not_ok "an answer that cannot be written" "it is not told"; fi
at other import "$case/all.candour" --json >"$case/out" 2>"$case/err"
if [ $? -eq 1 ] && grep -q 'network' "$case/out" "$case/err" && [ "$(records other)" = 0 ]; then
    ok "a bundle of another network"
else
    not_ok "a bundle of another network" "it was not refused"
fi
[ "$(records a)" = 1 ] && ok "nothing of it was taken in" || not_ok "nothing of it was taken in" "$(records a)"
whole "all that" a

# --- The home ---

cp "$case/a/candour.conf" "$case/conf"
echo 'approval = "three"' >>"$case/a/candour.conf"
line=$(wc -l <"$case/a/candour.conf")
refused "a bad line in candour.conf" 2 "candour.conf:$line: " at a run
refused "the same, checked" 2 'is there already further up' at a config check
cp "$case/conf" "$case/a/candour.conf"
sed -i 's/^compare_every.*/compare_every = never/' "$case/a/candour.conf"
refused "a setting that is no number" 2 'compare_every' at a run
cp "$case/conf" "$case/a/candour.conf"
whole "a bad candour.conf" a

chmod 644 "$case/a/keys/feed-1"
refused "a key file that others may read" 3 'others may read this key (its mode is 0644)' at a run
chmod 600 "$case/a/keys/feed-1"
mv "$case/a/keys/transport" "$case/transport"
refused "a key file that is gone" 3 'keys/transport: cannot read' at a run
head -c 20 "$case/transport" >"$case/a/keys/transport"
chmod 600 "$case/a/keys/transport"
refused "a key file that is cut short" 3 'is not the key it should be' at a run
mv "$case/transport" "$case/a/keys/transport"
mv "$case/a/card" "$case/card"
refused "a home without its card" 2 'card: cannot read' at a run
cp "$case/swapped.card" "$case/a/card"
refused "a card that is not its own" 3 '/card: ' at a run
mv "$case/card" "$case/a/card"
whole "keys and cards that were not right" a

python3 - "$address" "$port" >"$case/ready" <<'PY' &
import socket, sys, time
busy = socket.socket(); busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
busy.bind((sys.argv[1], int(sys.argv[2]))); busy.listen()
print("ready", flush=True)
time.sleep(600)
PY
busy=$!
pids="$pids $busy"
soon test -s "$case/ready"
refused "a port in use" 3 'address already in use' at a run
refused "a port in use for live records" 3 'already in use' at a run --listen "tcp://$address:$((port - 1))"
kill $busy
wait $busy 2>/dev/null
refused "an address that is not ours" 3 '192.0.2.1' at a run --listen tcp://192.0.2.1:7400
refused "an address that is none" 2 'tcp://ADDRESS:PORT' at a run --listen 7400
whole "ports that could not be had" a

start a || exit 1
refused "a second node on one home" 3 "in use by process $pid:" at a run
refused_json "a second node, in JSON" 3 failed "in use by process $pid" at a run --json
refused "to reindex under a running node" 3 "in use by process $pid" at a reindex
[ "$(at a --json status | field node.pid)" = "$pid" ] && ok "the first one runs on" || not_ok "the first one runs on" ""
stop || not_ok "the first one ends cleanly" ""
whole "a second node" a

# --- The store ---

pragma() { # statement
    python3 -c 'import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); print(db.execute(sys.argv[2]).fetchone()); db.commit()' \
        "$case/a/store.sqlite" "$1"
}
version=$(pragma 'PRAGMA user_version' | tr -cd 0-9)
pragma 'PRAGMA user_version = 9999' >/dev/null
for command in run status verify "search x" "publish $case/good.md --by me"; do
    refused "a store from the future ($command)" 3 'newer' at a $command
done
pragma "PRAGMA user_version = $version" >/dev/null
whole "a store from the future" a
cp -a "$case/a" "$case/broken"
rm -f "$case/broken/store.sqlite-wal" "$case/broken/store.sqlite-shm"
head -c 8192 /dev/urandom >"$case/broken/store.sqlite"
refused "a store that is none" 3 'store.sqlite' at broken run
rm -rf "$case/broken"

# As somebody who may write nothing there: root may write anywhere, so root becomes nobody.
cp -a "$case/a" "$case/still"
reader=
if [ "$(id -u)" = 0 ]; then
    reader="setpriv --reuid=65534 --regid=65534 --clear-groups"
    chown -R 65534:65534 "$case/still"
fi
chmod -R a-w "$case/still"
find "$case/still/keys" -type f -exec chmod 400 {} +
if $reader "$candour" version >/dev/null 2>&1; then
    still() { $reader "$candour" --home "$case/still" "$@"; }
    refused "to run in a home that cannot be written" 3 'lock: cannot open: Permission denied' still run
    refused "to publish there" 3 'store.sqlite' still publish "$case/good.md" --by me
    refused "to join there" 3 '' still join "$case/north.charter"
    if still search rounds >"$case/out" 2>"$case/err" && still verify >"$case/out" 2>"$case/err" &&
        still status >"$case/out" 2>"$case/err"; then
        ok "it can be read there"
    else
        not_ok "it can be read there" "it cannot"
    fi
else
    skip "a home that cannot be written" "nobody may not run the program"
fi
chmod -R u+w "$case/still"
rm -rf "$case/still"

# A disk of two megabytes, where root can have one that nobody else sees.
cat >"$case/full.sh" <<'FULL'
folder=$1 candour=$2
mkdir -p "$folder/full" && mount -t tmpfs -o size=3m tmpfs "$folder/full" || exit 77
cp -a "$folder/a" "$folder/full/a" || exit 77
fill() { head -c 8m /dev/zero >"$folder/full/filler" 2>/dev/null; }
waiting() { # how many drafts are neither published nor rejected
    "$candour" --home "$folder/full/a" --json draft list --all | python3 -c '
import json, sys
print(len([d for d in json.load(sys.stdin)["drafts"] if d["state"] not in ("published", "rejected")]))'
}
check() { # status, words: of the last call
    [ "$1" = 3 ] && [ "$(grep -c . "$folder/err")" -ge 1 ] && grep -qiE "full|no space" "$folder/err" || {
        echo "status $1: $(cat "$folder/err")"
        exit 1
    }
}
fill
"$candour" --home "$folder/full/a" publish "$folder/good.md" --by me >/dev/null 2>"$folder/err"; check $?
"$candour" --home "$folder/full/new" init --name New >/dev/null 2>"$folder/err"; check $?
[ ! -e "$folder/full/new" ] || { echo "a half-made home: $(ls -R "$folder/full/new")"; exit 1; }
"$candour" --home "$folder/full/a" export "$folder/full/x" >/dev/null 2>"$folder/err"; check $?
[ ! -e "$folder/full/x" ] && [ ! -e "$folder/full/x.new" ] || { echo "half an export"; exit 1; }
"$candour" --home "$folder/full/a" card --rotate >/dev/null 2>"$folder/err"; check $?
"$candour" --home "$folder/full/a" search rounds >/dev/null 2>"$folder/err" || { echo "no reading: $(cat "$folder/err")"; exit 1; }
timeout 60 "$candour" --home "$folder/full/a" run >/dev/null 2>"$folder/err"; check $?
rm "$folder/full/filler"
"$candour" --home "$folder/full/a" verify >"$folder/err" 2>&1 || { echo "verify: $(cat "$folder/err")"; exit 1; }
[ "$(waiting)" = 0 ] || { echo "half a draft"; exit 1; }

# The disk fills up under a running node: it says so and ends; nothing is lost. A node that ends makes some
# room, so a draft may find its place all the same: then it is there.
"$candour" --home "$folder/full/a" run >"$folder/err" 2>&1 &
node=$!
tries=1200
until [ "$("$candour" --home "$folder/full/a" --json status 2>/dev/null | grep -c '"running": true')" = 1 ]; do
    tries=$((tries - 1)); [ $tries -gt 0 ] || { echo "does not run: $(cat "$folder/err")"; exit 1; }
    sleep 0.05
done
"$candour" --home "$folder/full/a" publish "$folder/good.md" --by me --wait >/dev/null 2>&1 || { echo "cannot publish"; kill $node; exit 1; }
fill
"$candour" --home "$folder/full/a" publish "$folder/good.md" --by me >/dev/null 2>"$folder/said"
kept=$?
[ $kept -eq 3 ] || [ $kept -eq 0 ] || { echo "publish while full: $kept, $(cat "$folder/said")"; kill $node; exit 1; }
kill $node 2>/dev/null
wait $node
rm "$folder/full/filler"
"$candour" --home "$folder/full/a" verify >"$folder/err" 2>&1 || { echo "verify: $(cat "$folder/err")"; exit 1; }
records=$("$candour" --home "$folder/full/a" --json verify | sed -n 's/.*"checked": \([0-9]*\).*/\1/p')
[ $((records + $(waiting))) -eq $((2 + (kept == 0))) ] ||
    { echo "publish ended with $kept: $records records, $(waiting) drafts"; exit 1; }
FULL
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
    unshare -m sh "$case/full.sh" "$case" "$candour" >"$case/out" 2>&1
    case $? in
    0) ok "a full disk" ;;
    77) skip "a full disk" "no tmpfs can be mounted" ;;
    *) not_ok "a full disk" "$(cat "$case/out")" ;;
    esac
else
    skip "a full disk" "only root can mount one (the store's own tests fill one too)"
fi
whole "everything" a
[ "$(records a)" = 1 ] && ok "nothing was lost" || not_ok "nothing was lost" "$(records a) records"

echo "$count checks of bad input, $failed failed, $left_out left out"
[ $failed -eq 0 ]
