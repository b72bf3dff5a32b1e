#!/bin/sh
# A council has published a telephone number. Others show the text without it, do not find the text by it,
# and the council hears of it: on its link, or boxed through a hub; until it has taken the text back.
#
#     tests/story/withheld.sh PROGRAM MAKE_LIBRARY
#
# Everything happens in a folder of its own; the nodes that it starts end with it.
set -u
export LC_ALL=C.UTF-8
candour=$1
make_slip=$(dirname "$(realpath "$2")")/make_slip
. "$(dirname "$0")/network.inc"

slip() { # node, word, phrase: publish a lesson with the phrase in it, which no check has seen
    write_lesson "$2"
    sed -i "s/^Ask the carers first.*/& $3/" "$case/$2.md"
    "$make_slip" "$case/$1" "$case/north.charter" "$case/$2.md" "$case/$2.candour" || fail "slip at $1"
    at "$1" import "$case/$2.candour" --json >"$case/out" || fail "import at $1: $(cat "$case/out")"
}

lacks() { # words, command...: nothing that the command prints has them
    lacked=$1
    shift
    ! "$@" 2>&1 | grep -qF -- "$lacked"
}

noticed() { # node, number: so many notices
    [ "$(at "$1" --json notices | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["notices"]))')" = "$2" ]
}

at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
for node in a b c; do
    at $node init --name "Council $node" --type unitary --json >/dev/null || fail "init $node"
done
found_network 1 "a b" hub a b c

pace() { # seconds, node: it says what its check has found once in so long
    stop $2
    compare_every $1 $2
    start $2
}

said_by() { # name...: who told a of what it published?
    for name in "$@"; do
        [ "$(at a --json notices | field notices.0.said_by)" = "$name" ] && return 0
    done
    return 1
}

pace 300 a # Its own check would be first.
pace 300 hub

# The check would not have let it out.
write_lesson check
sed -i 's/^Ask the carers first.*/& Ring 07700 900123./' "$case/check.md"
at a publish "$case/check.md" --by "An Officer" >/dev/null 2>&1 && fail "the check lets it out"

slip a quokkaword "Ring 07700 900123, or write to jane@kelder.example.uk."
all_find quokkaword hub a b c
id=$(at b --json search quokkaword | field results.0.id)

# Nobody shows it, its author neither; and it is not found by it.
for node in hub a b c; do
    at $node show "$id" >"$case/out"
    grep -qF 'Ring [withheld: a telephone number], or write to [withheld: an e-mail address].' "$case/out" ||
        fail "$node shows: $(cat "$case/out")"
    for words in 900123 jane@kelder; do
        lacks $words at $node show "$id" || fail "$node shows $words"
        lacks $words at $node --json show "$id" || fail "$node shows $words as JSON"
        lacks $words at $node search quokkaword carers || fail "$node finds $words"
        lacks $words at $node sql "SELECT * FROM lessons" || fail "$node tells $words in SQL"
    done
    [ "$(at $node --json search quokkaword | field results.0.withheld.1)" = phone ] || fail "search says nothing of it"
    for words in '07700 900123' '900123' '0770*' 'jane@kelder.example.uk' 'jane kelder'; do
        missed $node "$words" || fail "$node finds it by $words"
    done
done
at b show "$id" | grep -qF "and its author's node is told: an e-mail address and a telephone number." ||
    fail "b does not say who is told"
at a show "$id" | grep -qF "of your own: an e-mail address and a telephone number." || fail "a does not say that it is its own"
at a export "$case/all.candour" --json >/dev/null || fail export
at a verify >"$case/out" || fail "verify: $(cat "$case/out")"

# Its author hears of it, from those that are not linked to it, and nobody else does.
soon warns a 'may identify somebody' || fail "a does not hear of it: $(at a status)"
said_by "Council b" "Council c" || fail "another has told a: $(at a --json notices)"
noticed a 2 || fail "a has other notices: $(at a --json notices)"
for node in hub b c; do noticed $node 0 || fail "$node hears of what is not its own"; done

# What is a telephone number is taken back.
at a erase "$id" --why "It had a telephone number" --by "An Officer" --wait --json >/dev/null || fail erase
soon noticed a 0 || fail "what was erased is still told: $(at a --json notices)"
at a notices | grep -qF 'Nobody has found anything' || fail "a has something left"
warns a 'may identify' && fail "status still says so"
for node in hub b c; do soon missed $node quokkaword || fail "$node still finds it"; done

# The hub is linked to it and tells it by itself. What is no telephone number is dismissed.
stop b
stop c
pace 1 hub
slip a zebuword "Its code was 01632 960123."
soon noticed a 1 || fail "a does not hear of the second"
said_by Hub || fail "another has told a: $(at a --json notices)"
at a notices --dismiss "$(at a --json search zebuword | field results.0.id)" --json >/dev/null || fail dismiss
noticed a 0 || fail "what was dismissed is still told"

# What its own check finds it need not be told.
stop hub
pace 1 a
slip a yapokword "Ring 07700 900124."
soon noticed a 1 || fail "a does not find the third by itself"
said_by "Council a" || fail "another has told a: $(at a --json notices)"
echo "what should not have been published was shown to nobody, and its author heard of it"
