#!/bin/sh
# What is made from the table of commands is taken by those it is made for: bash and scdoc.
#
#     tests/story/help.sh PROGRAM
set -u
candour=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

completed() { # words...: what bash offers for the last of them
    bash --norc -c '
        . "$1" || exit 1
        shift
        complete_with=$(complete -p candour | sed "s/.*-F \([^ ]*\).*/\1/")
        COMP_WORDS=(candour "$@") COMP_CWORD=$#
        $complete_with; echo "${COMPREPLY[*]}"' bash "$folder/completion" "$@"
}

"$candour" help --bash >"$folder/completion" || fail "no completion"
[ "$(completed sea)" = search ] || fail "bash does not complete a command"
[ "$(completed charter pro)" = propose ] || fail "bash does not complete a command of two words"
[ "$(completed search --outc)" = --outcome ] || fail "bash does not complete an option"
[ "$(completed draft decide 3 1 --repl)" = --replace ] || fail "bash does not complete a later option"

"$candour" help --man >"$folder/man" || fail "no man page"
if command -v scdoc >/dev/null; then
    scdoc <"$folder/man" >"$folder/candour.1" || fail "scdoc refuses the man page"
    grep -q 'charter propose' "$folder/candour.1" || fail "the man page lacks a command"
fi
# What the example of a decision decides is something that the check finds.
words=$("$candour" help draft decide | sed -n 's/.*candour draft decide 3 "\([^"]*\)".*/\1/p')
[ -n "$words" ] || fail "no example of a decision"
"$candour" lesson new >"$folder/lesson.md"
printf '\n## Abstract\nAsk at %s.\n' "$words" >>"$folder/lesson.md"
"$candour" --home "$folder/none" lesson check "$folder/lesson.md" | grep -q "\"$words\" looks like" ||
    fail "the example decides \"$words\", which the check does not find"

echo "bash completes it, scdoc makes a page of it, and its example of a decision is true"
