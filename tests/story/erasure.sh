#!/bin/sh
# A text is taken back: nobody finds it any more, no file of any node holds it, whether it ran, was away,
# was restored from a backup or takes in an old export; and everybody says so in a receipt.
#
#     tests/story/erasure.sh PROGRAM
#
# Everything happens in a folder of its own; the nodes that it starts end with it.
set -u
export LC_ALL=C.UTF-8
candour=$1
holds=$(realpath "$(dirname "$0")/holds.py")
. "$(dirname "$0")/network.inc"

holding() { # word, node...: which files of their homes have it, in capitals or not, plain or packed
    word=$1
    shift
    (cd "$case" && "$holds" "$word" "$@")
}

gone() { # word, node...: no file has it
    ! holding "$@" >/dev/null
}

confirmed() { # node, id, number: so many have confirmed there
    [ "$(at "$1" --json receipts "$2" 2>/dev/null |
        python3 -c 'import json, sys; print(len(json.load(sys.stdin)["confirmed"]))' 2>/dev/null)" = "$3" ]
}

at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
for node in a b c; do
    at $node init --name "Council $node" --type unitary --json >/dev/null || fail "init $node"
done
found_network 2 "a b" hub a b c # Receipts are gathered for a period.

# Four have two lessons; one of them is away when the first is taken back.
id=$(publish a quaggaword)
other=$(publish a zorillaword)
all_find quaggaword hub a b c
all_find zorillaword hub a b c
for node in hub a b c; do
    holding quaggaword $node | grep -q 'store\.sqlite' ||
        fail "the test looks for a word that is not there before either"
done
at b export "$case/before.candour" --json >/dev/null || fail export
at b backup "$case/backup" --json >/dev/null || fail backup
stop c
rm "$case"/*.md

at a erase "$id" --why "It named a school" --by "An Officer" --wait --json >/dev/null || fail erase
for node in hub a b; do soon missed $node quaggaword || fail "$node still finds it"; done
soon gone quaggaword hub a b || fail "a file still has it: $(holding quaggaword hub a b)"
everywhere erased 1 hub a b
at b show "$id" >"$case/out" || fail "the stub is not shown"
at b why "$id" | grep -q '^erased.* By .* of Council a\.' || fail "why does not say who erased it: $(at b why "$id")"

# Who was away never shows it again, and its files lose it.
gone quaggaword c && fail "it should still be with the one that is away"
start c
soon missed c quaggaword || fail "c still finds it"
soon gone quaggaword c || fail "a file of c still has it"

# Everybody confirms, and everybody can see that.
for node in hub a b c; do
    soon confirmed $node "$id" 4 || fail "not all have confirmed: $(at $node receipts "$id")"
done
at a receipts "$other" >/dev/null 2>&1 && fail "nobody has taken the other one back"
[ "$(at a --json receipts "$id" | field overdue)" = "[]" ] || fail "nobody is overdue"

# An old export does not bring it back, nor does an old backup.
at b import "$case/before.candour" --json >/dev/null || fail import
soon gone quaggaword b || fail "the old export brought it back"
lose b
at b restore "$case/backup" --json >/dev/null || fail restore
start b
soon missed b quaggaword || fail "restored b still finds it"
soon gone quaggaword b || fail "a file of restored b still has it"

# As many stewards as amend the charter take somebody else's text back.
at hub erase "$other" --why "It is libel" --by "A Clerk" --wait >"$case/out" 2>&1 &&
    fail "an erasure without effect looks like one: $(cat "$case/out")"
grep -q "2 stewards together" "$case/out" || fail "it does not say who can: $(cat "$case/out")"
at b erase "$other" --why "It is libel" --by "A Steward" --wait >"$case/out" || fail "erase by one"
grep -q "1 of 2 stewards" "$case/out" || fail "it does not say that one is not enough: $(cat "$case/out")"
stands() { at b --json receipts "$other" >"$case/out" 2>&1; [ "$(field erased <"$case/out")" = false ]; }
soon stands || fail "one steward seems to be enough: $(cat "$case/out")"
all_find zorillaword hub a b c
at c erase "$other" --why "It is libel" --by "A Steward" --wait --json >/dev/null || fail "erase by two"
for node in hub a b c; do soon missed $node zorillaword || fail "$node still finds the other"; done
soon gone zorillaword hub a b c || fail "a file still has the other: $(holding zorillaword hub a b c)"

soon agree hub a b c || fail "the sets differ"
clean hub a b c
end_all
for node in hub a b c; do at $node verify >"$case/out" || fail "verify at $node: $(cat "$case/out")"; done
echo "what was taken back is nowhere, and everybody has said so"
