#!/bin/sh
# A search is kept by name, and asked again for what is new; a house has words of its own; what was meant is
# looked for, and said.
#
#     tests/story/searches.sh PROGRAM
#
# Everything happens in a folder of its own; the nodes that it starts end with it.
set -u
export LC_ALL=C.UTF-8
candour=$1
. "$(dirname "$0")/network.inc"

titles() { # arguments of search: the titles that it finds at a, on one line
    at a --json search "$@" 2>/dev/null | python3 -c '
import json, sys
print("; ".join(hit["title"] for hit in json.load(sys.stdin)["results"]))'
}

expect() { # what, is, should be
    [ "$2" = "$3" ] || fail "$1: is \"$2\", should be \"$3\""
}

at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
for node in a b c; do
    at $node init --name "Council $node" --type unitary --json >/dev/null || fail "init $node"
done
found_network 1 "a b" hub a b c
publish a quokkaword >/dev/null || fail publish
all_find quokkaword a

# Words of a list by their plain names.
expect "by plain names" "$(titles quokkaword --service "CARE AT HOME" --outcome "it did not" --evidence reasoned)" \
    "What we learned about quokkaword"
expect "of another service" "$(titles quokkaword --service housing)" ""
at a search quokkaword --service adults >"$case/out" 2>&1 && fail "one of six"
grep -q "there is no such service area; it may be one of adults_assessment, adults_older, .*: write more of it" "$case/out" ||
    fail "it does not say which: $(cat "$case/out")"

# Kept, listed, asked again.
at a search quokkaword rounds --outcome did_not_work --save mine >"$case/out" || fail "save: $(cat "$case/out")"
expect "what is kept" "$(at a search --searches)" "mine: quokkaword rounds --outcome did_not_work"
expect "asked again" "$(titles --saved mine)" "What we learned about quokkaword"
expect "nothing is new" "$(titles --saved mine --new)" ""
at a search --saved mine --new | grep -qF "Nothing is new to this search." || fail "it does not say that nothing is new"
publish a numbatword >/dev/null || fail publish
all_find numbatword a
expect "it has the smaller half alone" "$(titles --saved mine --new)" ""
publish a "quokkaword bettong" >/dev/null || fail publish
all_find bettong a
expect "what is new" "$(titles --saved mine --new)" "What we learned about quokkaword bettong"
expect "and is so once" "$(titles --saved mine --new)" ""
expect "all of it" "$(titles --saved mine --limit 1 | wc -l)" 1
at a search --saved yours >"$case/out" 2>&1 && fail "what is not kept is asked"
grep -q 'no search is kept as "yours"; there are: mine' "$case/out" || fail "it does not say what is kept: $(cat "$case/out")"
at a search --new >"$case/out" 2>&1 && fail "new to nothing"
at a search --saved mine more >"$case/out" 2>&1 && fail "more words than were kept"
at a search --forget mine >/dev/null || fail forget
at a search --forget mine >/dev/null 2>&1 && fail "forgotten twice"
expect "nothing is kept" "$(at a --json search --searches | field searches)" "{}"

# What was meant, why, and what the house calls it.
at a search "carres rounds" >"$case/out" || fail "a slip finds nothing"
grep -q 'Searched for "cares", not "carres"\|Searched for "carers", not "carres"' "$case/out" || fail "no word of the slip: $(cat "$case/out")"
at a search numbatword --explain | grep -q "numbatword in title 1" || fail "no word of why"
expect "nobody knows it" "$(titles bilbyword)" ""
printf '# ours\nbilbyword > numbatword, no other\n' >"$case/a/thesaurus.txt"
expect "the house does" "$(titles bilbyword)" "What we learned about numbatword"
echo alone >>"$case/a/thesaurus.txt"
at a search numbatword >"$case/out" 2>&1 && fail "a group of one"
grep -q "thesaurus, line 3" "$case/out" || fail "it does not say where: $(cat "$case/out")"
exit 0
