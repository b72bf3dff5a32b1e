#!/bin/sh
# A home comes back from a backup. It waits until a peer has told how far its own feed goes, fetches what it
# published since, and goes on from there, and after that starts like any other. Forced to sign without
# having asked, it makes a fork: everybody sees it, and the way out is the next feed.
#
#     tests/story/restored.sh PROGRAM
#
# Everything happens in a folder of its own; the nodes that it starts end with it.
set -u
export LC_ALL=C.UTF-8
candour=$1
. "$(dirname "$0")/network.inc"

come_back() { # node: its server is lost, and its backup restored
    lose "$1"
    at "$1" restore "$case/backup" --json >/dev/null || fail "restore $1"
}

publishes() { # node, word: it puts it forward and does not wait
    write_lesson "$2"
    at "$1" publish "$case/$2.md" --by "An Officer" --json >/dev/null || fail "$1 does not take $2"
}

misses_hub() { # node: it says that the hub is gone, and when it last heard of it
    at "$1" why Hub >"$case/out"
    grep -q "^connecting" "$case/out" && grep -q "Last heard of" "$case/out"
}

at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
export CANDOUR_PASSPHRASE='correct horse battery'
at a init --name "Council a" --type unitary --recovery "$case/a.sheet" --json >/dev/null || fail "init a"
for node in b c; do
    at $node init --name "Council $node" --type unitary --json >/dev/null || fail "init $node"
done
found_network 1 "b c" hub a b c
everywhere state in_sync hub a b c
at b sync | grep -q "1 peer is asked" || fail "sync does not say how many are asked: $(at b sync)"
at b why "Council b" | grep -q "own authority" || fail "why does not know itself: $(at b why "Council b")"
at b search nothing | grep -q "^! No" && fail "b is told that it is cut off: $(at b search nothing)"
at b why "Council c" | grep -q "listens nowhere" || fail "why of one that connects: $(at b why "Council c")"
at b why Hub | grep -q "Last heard of" || fail "why does not say when it last heard of a peer: $(at b why Hub)"
publish a quokkaword >/dev/null || fail publish
at a backup "$case/backup" --json >/dev/null || fail backup
publish a numbatword >/dev/null || fail publish
all_find numbatword hub a b c

# With nobody to ask it waits, and says so.
stop hub
come_back a
at a search quokkaword >"$case/out" && fail "what was not derived yet is found"
grep -q "of the records here cannot be found yet" "$case/out" ||
    fail "a search does not say that it cannot find everything yet: $(cat "$case/out")"
says a not_searchable 0 && fail "a says that all is searchable: $(at a status)"
start a
publishes a potorooword
soon warns a "comes from a backup" || fail "a does not say that it waits: $(at a status)"
soon warns a "Nothing is signed" || fail "a does not say that nothing is signed: $(at a status)"
queued=$(at a --json draft list | field drafts.0.draft)
shows_why() {
    at a draft show "$queued" | grep -q "^Queued: .* Nothing is signed: "
}
soon shows_why || fail "nor does the draft that waits: $(at a draft show "$queued")"
missed a potorooword || fail "a signed without having asked"
at a sync >"$case/out" 2>&1 && fail "nobody is connected, and sync says: $(cat "$case/out")"
grep -q "nobody was asked" "$case/out" || fail "sync does not say that nobody is there: $(cat "$case/out")"
soon misses_hub b ||
    fail "why does not say when it last heard of a peer that is gone: $(cat "$case/out")"
at b why Hub | grep -qF "Its address is $endpoint." || fail "why does not say where it was looked for: $(at b why Hub)"
warns b "connecting: no answer yet at $endpoint." || fail "nor does status: $(at b status)"
warns b "As of 2" || fail "status does not say of when it is: $(at b status)"
at b search quokkaword | grep -q "^! No peer has been heard since 2" ||
    fail "a search does not say that it is cut off: $(at b search quokkaword)"
[ "$(at b --json search quokkaword | field cut_off)" = true ] || fail "nor in JSON: $(at b --json search quokkaword)"

# A peer comes: what a published since is there again, what waited goes on from it.
start hub
all_find potorooword hub a b c
found a numbatword || fail "a lacks what it published since the backup"
clean hub a b c
is_like_any() {
    ! warns a "comes from a backup"
}
soon is_like_any || fail "a should be like any other: $(at a status)"

# That is for good: it needs nobody at its next start.
stop c
soon warns hub "1 member that connected before is not connected now" || fail "the hub misses nobody: $(at hub status)"
at hub why "Council c" | grep -q "connects to this hub by itself, and does not now" ||
    fail "why says something else than status: $(at hub why "Council c")"
start c
stop hub
stop a
publishes a wombatword
warns a "1 in the house" || fail "the draft of a stopped node is not counted: $(at a status)"
start a
soon found a wombatword || fail "a asks again: $(at a status)"
start hub
all_find wombatword hub b c
clean hub a b c

# Forced, it signs alone what has a number already.
stop hub
come_back a
start a --force-offline
soon grep -q "everybody sees a fork, and the feed is lost" "$case/a.log" || fail "a does not say what it risks"
publishes a bilbyword
soon found a bilbyword || fail "a does not sign although it is forced: $(at a status)"
start hub
for node in hub a b c; do
    soon says $node forks 1 || fail "$node does not show the fork: $(at $node status)"
    soon warns $node "Council a has signed two records with one number" ||
        fail "$node does not warn of the fork: $(at $node status)"
done
publishes a dunnartword
soon warns a "our feed has two branches" || fail "a does not say why nothing is signed: $(at a status)"
at a sql "SELECT * FROM forks" --json >"$case/out" || fail "forks: $(cat "$case/out")"
at b search bilbyword --json >"$case/found" || fail "b lacks the branch"
at b why "$(field results.0.id <"$case/found")" | grep -q "another record with the same number" ||
    fail "why does not say that it is forked: $(at b why "$(field results.0.id <"$case/found")")"
warns a "signs on without asking" && fail "a warns still of what has happened: $(at a status)"
grep -q "$(id_of a)" "$case/out" || fail "the table of forks does not name a: $(cat "$case/out")"

# The next feed is the way out. The longer branch stays; what waited goes out in the next feed.
stop a
at a card --rotate --json --out "$case/a2.card" >/dev/null 2>&1 && fail "a backup holds the next key"
at a card --rotate --key "$case/a.sheet" --recovery "$case/a2.sheet" --out "$case/a2.card" --json \
    >/dev/null 2>"$case/out" || fail "rotate: $(cat "$case/out")"
start a
soon warns a "does not list this authority's newest feed" || fail "a does not say what it waits for: $(at a status)"
at b charter propose --rotate "$case/a2.card" --out "$case/2.charter" --json >/dev/null || fail propose
for node in b c; do at $node charter sign "$case/2.charter" --json >/dev/null || fail "sign at $node"; done
at b join "$case/2.charter" --json >/dev/null || fail "b does not take version 2"
all_find dunnartword hub a b c
for node in hub a b c; do
    soon missed $node bilbyword || fail "$node holds on to the shorter branch"
    found $node wombatword || fail "$node lost the longer branch"
done
clean hub a b c

# Who would be without a hub is told so.
at b charter propose --remove Hub --out "$case/x.charter" >"$case/out" 2>&1 || fail "propose: $(cat "$case/out")"
grep -q "nobody is left whom others can connect to" "$case/out" || fail "the last hub goes in silence: $(cat "$case/out")"

# What a home holds is said before its node has ever run.
at b export "$case/all.candour" --json >/dev/null || fail export
at d init --name "Council d" --type unitary --json >/dev/null || fail "init d"
at d join "$case/north.charter" --json >/dev/null || fail "join d"
at d import "$case/all.candour" --json >"$case/out" || fail "import: $(cat "$case/out")"
[ "$(at d --json status | field records.in_set)" = "$(field taken <"$case/out")" ] ||
    fail "what was imported is not counted: $(at d status)"
[ "$(field new <"$case/out")" = "$(field taken <"$case/out")" ] || fail "what is new is not counted: $(cat "$case/out")"
at d import "$case/all.candour" | grep -q " 0 of them new here" || fail "what was here already is told as new"
at d peers | grep -q "No node runs" || fail "peers does not say why nobody is connected"
echo "it waited, went on where it was, and when it was forced everybody saw it"
