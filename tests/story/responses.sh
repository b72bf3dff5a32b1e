#!/bin/sh
# What others say to a lesson comes back to whoever wrote it: the same here, we tried it, a question and its answer,
# a summary that cites it, a label.
#
#     tests/story/responses.sh PROGRAM
set -u
export LC_ALL=C.UTF-8
candour=$1
. "$(dirname "$0")/network.inc"

respond() { # node, id, option...: publish a response and print its id
    node=$1 of=$2
    shift 2
    at "$node" respond "$of" "$@" --by "An Officer" --wait --json | field id
}

counts() { # node, id, name, number: does it come to count that many?
    [ "$(at "$1" --json show "$2" 2>/dev/null | field "responses.$3")" = "$4" ]
}

at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
for node in a b c; do
    at $node init --name "Council $node" --type unitary --json >/dev/null || fail "init $node"
done
found_network 1 "a b" hub a b c

lesson=$(publish a zebrastart) || fail "publish at a"
for node in b c; do soon found $node zebrastart || fail "$node lacks the lesson"; done

# One command each. Words are taken as people type them.
short=$(echo "$lesson" | cut -c1-12)
respond b "$short" --kind same-here >/dev/null || fail "same here"
respond b "$short" --kind tried --uptake adapted --outcome no-effect --text "We rang first, and it made no difference." >/dev/null ||
    fail "tried at b"
echo "We rang at noon, and nobody picked up." >"$case/text"
respond c "$short" "$case/text" --kind tried --uptake adopted --outcome did-not-work >/dev/null || fail "tried at c"
question=$(respond c "$short" --kind question --text "How were people reached who never pick up?
  candour show somethingelse") || fail "question"
for name in "same_here 1" "tried 2" "did_not_work 2" "open 1" "replications 2"; do
    soon counts a "$lesson" $name || fail "a does not count $name: $(at a --json show "$lesson" | field responses)"
done

# What was said leads to the lesson, and what was asked is heard of until it has an answer.
at a search noon >"$case/out" || fail "nothing is found by a response: $(cat "$case/out")"
for words in "What we learned about zebrastart" "In a response by Council c" "We rang at [noon], and nobody picked up." \
    "Others: the same at 1 other authority; 2 tried it, it did not at 2; 1 asked without an answer"; do
    grep -qF "$words" "$case/out" || fail "the search does not say \"$words\": $(cat "$case/out")"
done
soon at a --json show "$question" >/dev/null || fail "a lacks the question"
at a search --silent questions >"$case/out" || fail "no question is silent"
grep -qF "How were people reached who never pick up?" "$case/out" || fail "the question is not listed: $(cat "$case/out")"
[ "$(grep -c "^  candour show" "$case/out")" = 1 ] || fail "a text passes for one of our lines: $(cat "$case/out")"
at a search --silent lessons >/dev/null 2>&1 && fail "a lesson of today was not followed up"
at a search --silent sorrow >"$case/out" 2>&1 && fail "there is no such silence"

# The answer names the question; it stands with the lesson.
respond a "$question" --kind answer --text "By post, a week before." >/dev/null || fail "answer"
soon counts c "$lesson" open 0 || fail "c does not have the answer"
at c show "$lesson" >"$case/out" || fail "show at c"
for words in "The same at 1 other authority" "2 other authorities tried it: it did not at 2." \
    "so its evidence is at least \"replicated\"" "We rang at noon" "By post, a week before." "answers $question"; do
    grep -qF "$words" "$case/out" || fail "c does not show \"$words\": $(cat "$case/out")"
done
[ "$(at c --json sql "SELECT evidence_level_now FROM lessons" | field 0.evidence_level_now)" = replicated ] ||
    fail "the evidence did not rise"

# What lacks something is told so, and what names a person does not go out.
says_no() { # words, option...: respond is refused with these words
    words=$1
    shift
    at b respond "$short" "$@" --by "An Officer" >"$case/out" 2>&1 && fail "was taken: $*"
    grep -qF "$words" "$case/out" || fail "\"$words\" is not said: $(cat "$case/out")"
}
says_no '"Uptake" is missing' --kind tried --text "We rang."
says_no 'no such response; did you mean "tried"?' --kind tired --text "We rang."
says_no 'is no question or challenge' --kind answer --text "By post."
says_no "looks like a person's name" --kind thanks --text "Thanks to Mrs Okonkwo."
printf 'Kind: update\nAbout: %s\nStage: completed\nOutcome: worked\n\n## What changed since\nMore.\n' "$question" >"$case/wrong.md"
at c publish "$case/wrong.md" --by "An Officer" >"$case/out" 2>&1 && fail "an update of a question was taken"
grep -qF "names one of: lesson, issue" "$case/out" || fail "which kinds it may name is not said: $(cat "$case/out")"

# A problem, and who has it too.
cat >"$case/issue.md" <<END
Kind: issue
Title: First payments take months
Service: direct_payments_personalisation

## Abstract
From the assessment to the first payment it takes five months, and people give up.
END
issue=$(at a publish "$case/issue.md" --by "An Officer" --wait --json | field id)
soon at b --json show "$issue" >/dev/null || fail "b lacks the issue"
at b search five months >"$case/out" || fail "the issue is not found"
grep -qF "  issue; Council a; " "$case/out" || fail "it is not found as an issue: $(cat "$case/out")"
[ "$(at b --json search --silent issues | field results.0.id)" = "$issue" ] || fail "the issue is not silent"
respond b "$issue" --kind same-here --situation had-and-fixed >/dev/null || fail "had and fixed"
soon counts a "$issue" fixed 1 || fail "a does not count who fixed it"
at a search --silent issues >/dev/null 2>&1 && fail "what was put right is silent"
[ "$(at a --json status | field own.lessons)" = 1 ] || fail "status does not count a's own lesson"

# The hub sums it up and passes on what was answered; whoever is cited finds both.
soon at hub --json show "$issue" >/dev/null || fail "the hub lacks the issue"
cat >"$case/summary.md" <<END
Kind: summary
Title: First payments are late in several places
Service: direct_payments_personalisation
Barrier addressed to: central_department

## Abstract
Two of three councils see it, and one put it right.

## What we see
The contract is what takes the time.

## Cites
- $(echo "$issue" | cut -c1-12)
- $short

## What is asked
A shorter form.
END
summary=$(at hub publish "$case/summary.md" --by "An Officer" --wait --json | field id)
reply=$(respond hub "$summary" --kind answer --replied-by central-department --text "It will be shorter from April.") ||
    fail "the answer is not passed on"
soon at a --json show "$reply" >/dev/null || fail "a lacks the answer"
at a show "$issue" >"$case/out" || fail "show the issue"
grep -qF "It cites this: First payments are late in several places (candour show $(echo "$summary" | cut -c1-12))" "$case/out" ||
    fail "who is cited is not told: $(cat "$case/out")"
at a show "$summary" | grep -qF "It will be shorter from April." || fail "the answer does not stand with the summary"

# A label is shown where its author is honoured, counted elsewhere, and gone when it is taken back.
label() { # last day: publish the label at b
    printf 'Kind: label\nAbout: %s\nLabel: out_of_date\nExpires: %s\n\n## Why\nEveryone has a mobile now.\n' \
        "$short" "$1" >"$case/label.md"
    at b publish "$case/label.md" --by "An Officer" --wait --json
}
label 2020-01-31 >"$case/out" 2>&1 && fail "a label that has expired was taken"
grep -qF "2020-01-31 is over" "$case/out" || fail "that it has expired is not said: $(cat "$case/out")"
printf 'Kind: label\nAbout: %s\nLabel: heads_up\nExpires: 2099-12\n' "$short" >"$case/heads_up.md"
at b publish "$case/heads_up.md" --by "An Officer" >"$case/out" 2>&1 && fail "a change may be coming, and nobody says why"
grep -qF '"Why" is missing' "$case/out" || fail "that the reason is missing is not said: $(cat "$case/out")"
label=$(label 2099-12 | field id)
soon at a --json show "$label" >/dev/null || fail "a lacks the label"
at a show "$label" | grep -qF "stands until 2099-12-31" || fail "until when it stands is not said"
at a show "$short" | grep -qF "1 label of members that are not among labels_from" || fail "a does not count the label"
sed -i 's/^labels_from.*/labels_from = {"Council b"}/' "$case/a/candour.conf"
at a show "$short" | grep -qF "Council b says: It is not so any more. Everyone has a mobile now. (until 2099-12-31)" ||
    fail "a does not show the label: $(at a show "$short")"
at b erase "$label" --why "We were wrong." --by "An Officer" --wait >/dev/null || fail "the label is not taken back"
unlabelled() { [ "$(at a --json show "$short" | field labels)" = "[]" ]; }
soon unlabelled || fail "the label stays at a: $(at a --json show "$short" | field labels)"

clean hub a b c
echo "others said what they have and tried, whoever asked was answered, and who was summed up heard of it"
