#!/bin/sh
# The way out of the house, by nothing but the command line: who wrote a text and who approves it, how long it is
# held and taken back, what is changed and read again, and that what is to go out anonymously never goes out
# under the authority's name.
#
#     tests/story/way_out.sh PROGRAM
#
# Everything happens in a folder of its own; the nodes that it starts end with it.
set -u
export LC_ALL=C.UTF-8
candour=$1
. "$(dirname "$0")/network.inc"

says_so() { # what, words: did the last command say them?
    grep -qF -- "$2" "$case/out" || fail "$1: it does not say \"$2\": $(cat "$case/out")"
}

draft() { # command...: of a draft, at a; what it says is in out, both for people and errors
    at a draft "$@" >"$case/out" 2>&1
}

approve() { # number, option...: the text that it has by now
    approved=$1
    shift
    draft approve "$approved" --text "$(at a draft show "$approved" --json | field text)" "$@"
}

submit() { # word, option...: submit a lesson with that word in its title; its number is in $number
    write_lesson "$1"
    word=$1
    shift
    number=$(at a lesson submit "$case/$word.md" --json "$@" | field draft) || fail "submit $word"
}

state() { # number
    at a --json draft list --all | python3 -c '
import json, sys
print([d["state"] for d in json.load(sys.stdin)["drafts"] if d["draft"] == int(sys.argv[1])][0])' "$1"
}

is() { # number, state
    [ "$(state "$1")" = "$2" ]
}

signed() { # how many drafts the node at a has
    grep -c "published draft" "$case/a.log"
}

configure() { # name, value: as the commands read it; the node knows it from the draft
    sed -i "s/^$1 = .*/$1 = \"$2\"/" "$case/a/candour.conf"
    grep -q "^$1 = \"$2\"" "$case/a/candour.conf" || fail "there is no $1 in candour.conf"
}

at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
for node in a b c; do
    at $node init --name "Council $node" --type unitary --json >/dev/null || fail "init $node"
done
found_network 2 "a b" hub a b c

# One person may do both, as long as the policy says so; who wrote it is on record.
submit aardwolf --author "Jo Bloggs"
approve "$number" --by "jo bloggs" || fail "one is enough: $(cat "$case/out")"
soon is "$number" published || fail "it is not published"
configure approval two
submit babirusa --author "Jo Bloggs"
approve "$number" --by "Jo Bloggs" && fail "the author approved alone"
says_so "the author" "Jo Bloggs wrote it: another person"
approve "$number" --by "Ms J. Bloggs" && fail "the author approved alone, with an initial"
says_so "the author, by an initial" "counts as the same name"
is "$number" submitted || fail "it is $(state "$number")"
approve "$number" --by "Sam Lee" || fail "a second person: $(cat "$case/out")"
soon is "$number" published || fail "with two it is not published"
write_lesson caracal
at a publish "$case/caracal.md" --by "Jo Bloggs" --wait >"$case/out" || fail "publish, two"
says_so "publish with two" "a second person reads it: candour draft show 3"
approve 3 --by "Sam Lee" && soon is 3 published || fail "the second did not publish it"
configure approval one

# Who approves says what was read: by the digits that the draft was shown with, or at a terminal, where it is shown.
submit kinkajou
draft approve "$number" --by "Sam Lee" && fail "approved though nobody says what was read"
says_so "what was read" "--text is missing"
answers() { # answer, what happens meanwhile: at a terminal
    python3 "$stories/terminal.py" "$1" "$2" "leave it: " "$candour" --home "$case/a" draft approve "$number" --by "Sam Lee" \
        >"$case/out" 2>&1
}
answers no : && fail "approved with a no"
says_so "a no" "draft $number is left as it is"
sed 's/Two teams/Three teams/' "$case/kinkajou.md" >"$case/changed.md"
answers yes "$candour --home $case/a draft submit $number $case/changed.md" && fail "approved what was changed meanwhile"
says_so "changed meanwhile" "was changed while you read it"
is "$number" submitted || fail "it is $(state "$number")"
draft show "$number"
sed -n '/^What is signed:$/,/^Next: /p' "$case/out" | sed '1,2d; $d' >"$case/read"
answers yes : || fail "approve at a terminal: $(cat "$case/out")"
says_so "at a terminal" "Three teams moved their rounds"
soon is "$number" published || fail "it is not published"
id=$(at a draft show "$number" --json | field id)
at a show "$id" --json >"$case/signed"
python3 - "$case/read" "$case/signed" <<'END' || fail "what is signed is not what was read: $(cat "$case/read" "$case/signed")"
import json, sys
body = json.load(open(sys.argv[2]))["body"]
lines, sections = open(sys.argv[1]).read().strip().split("\n## ", 1)
for section in sections.split("\n## "):
    name, text = section.split("\n", 1)
    assert body[name.lower().replace(" ", "_")] == text.strip(), name
said = dict(line.split(": ", 1) for line in lines.strip().splitlines())
assert said["Title"] == body["title"] and said["Authority type"] == body["authority_type"]
assert said["Attribution"] == body["attribution"] and said["De-identification rules"] == body["deid_rules"]
assert len(said) + len(sections.split("\n## ")) == len(body), body
END

# The same text of the same author waits once, whatever became of it since.
configure hold 24h
write_lesson margay
for time in first second; do
    at a lesson submit "$case/margay.md" --author "Jo Bloggs" >"$case/out" || fail "submit, the $time time"
done
number=$(sed -n 's/^Draft \([0-9]*\) has this text already, and is submitted: no other is made.$/\1/p' "$case/out")
[ "$number" ] || fail "submitted twice: $(cat "$case/out")"
other=$(at a lesson submit "$case/margay.md" --author "Sam Lee" --json | field draft) || fail "submit, another author"
[ "$other" -ne "$number" ] || fail "another author has no draft"
draft delete "$other" || fail "delete: $(cat "$case/out")"
for time in first second; do
    at a publish "$case/margay.md" --by "Jo Bloggs" >"$case/out" || fail "publish, the $time time: $(cat "$case/out")"
    is "$number" approved || fail "it is $(state "$number")"
done
says_so "publish twice" "Draft $number has this text already, and is approved"
draft withdraw "$number" --by "Jo Bloggs" || fail "withdraw: $(cat "$case/out")"
at a lesson submit "$case/margay.md" --author "Jo Bloggs" >"$case/out" || fail "submit what was withdrawn"
says_so "submit what was withdrawn" "Draft $number has this text already, and is handed in again"
is "$number" submitted && draft delete "$number" || fail "it is $(state "$number")"
draft list
grep -q margay "$case/out" && fail "there is more of it: $(cat "$case/out")"
configure hold 0h

# It is held, and can be taken back until it is signed; a change is read again.
configure hold 24h
before=$(signed)
write_lesson dikdik
at a publish "$case/dikdik.md" --by "Jo Bloggs" --wait --json >"$case/out" || fail "publish, held"
number=$(field draft <"$case/out")
[ "$(field state <"$case/out")" = approved ] || fail "it should be held: $(cat "$case/out")"
[ "$(field goes_out <"$case/out")" != None ] || fail "it does not say when"
draft show "$number"
says_so "show" "It goes out at "
says_so "show" "It goes out under the name of Council a."
says_so "show" "candour draft withdraw $number --by NAME"
draft list
grep -q "^ *$number approved .* [0-9]\{4\}-.* [0-9]\{4\}-" "$case/out" || fail "the list does not say when"
at a status >"$case/out"
says_so "status" "1 approved and held: the first goes out at "
sleep 2 # As long as the node takes for one that is due, and more.
is "$number" approved && [ "$(signed)" = "$before" ] || fail "it was not held"
at a backup "$case/copy" --json >/dev/null || fail backup
"$candour" --home "$case/copy" draft show "$number" >"$case/out" || fail "the copy has no draft $number"
says_so "a copy, which cannot know what became of it" "Withdrawn by the backup"
draft withdraw "$number" || grep -q -- '--by is missing' "$case/out" || fail "withdrawn by nobody"
draft withdraw "$number" --by "Jo Bloggs" --why "A figure is wrong" || fail "withdraw: $(cat "$case/out")"
says_so "withdraw" "Withdrawn by Jo Bloggs: A figure is wrong"
is "$number" written || fail "it is $(state "$number")"
approve "$number" --by "Sam Lee" && fail "approved though nobody submitted it"
says_so "approve what was withdrawn" "candour draft submit $number first"
read=$(at a draft show "$number" --json | field text | cut -c 1-8)
sed -i 's/Two teams/Ring 01632960123. Two teams/' "$case/dikdik.md"
draft submit "$number" "$case/dikdik.md" || fail "submit again: $(cat "$case/out")"
says_so "the check of what was changed" 'looks like a telephone number'
approve "$number" --by "Sam Lee" && fail "approved with something undecided"
draft decide "$number" 01632960123 --replace "duty line" || fail "decide"
says_so "decide" 'becomes "[duty line]"'
grep -q -- --text "$case/out" && fail "it gives the digits of a text that it does not show"
draft show "$number"
now=$(sed -n 's/^Next: .* --text \([0-9a-f]*\)$/\1/p' "$case/out")
draft decide "$number" 01632960123 --replace "duty line" && fail "decided again what is not there"
says_so "decide again" "there never was a finding 1632960123"
draft approve "$number" --by "Sam Lee" --text "$read" && fail "approved another text than was read"
says_so "what was read" "has another text than $read now"
configure hold 2s
draft approve "$number" --by "Sam Lee" --text "$now" || fail "approve again: $(cat "$case/out")"
soon is "$number" published || fail "it did not go out when its hold was over"
draft list
grep -q "^ *$number published" "$case/out" && fail "what is published does not wait"
draft list --all
grep -q "^ *$number published" "$case/out" || fail "draft list --all does not show what is published"
draft delete "$number" && fail "deleted though it was published"
draft withdraw "$number" --by "Jo Bloggs" && fail "withdrawn though it was published"
says_so "too late" "is published already"
says_so "too late" "candour erase"

# A list that nobody can read keeps everything in, and is told of while a draft is only held; taking back goes on.
configure hold 24h
submit quokka
approve "$number" --by "Sam Lee" || fail "approve, held: $(cat "$case/out")"
mkdir "$case/a/names"
printf 'Ren\351 Long\n' >"$case/a/names/people.txt"
tells_of_list() {
    at a status | grep -qF "Nothing is signed: $case/a/names/people.txt: line 1 is not UTF-8: save the file as UTF-8"
}
soon tells_of_list || fail "status does not tell of the list: $(at a status)"
draft list || fail "list: $(cat "$case/out")"
says_so "list" "people.txt: line 1 is not UTF-8"
draft show "$number" || fail "show: $(cat "$case/out")"
says_so "show" "people.txt: line 1 is not UTF-8"
draft withdraw "$number" --by "Sam Lee" || fail "withdraw: $(cat "$case/out")"
is "$number" written || fail "it is $(state "$number")"
draft submit "$number" && fail "checked without a list"
at a config check >"$case/out" 2>&1 && fail "config check finds nothing wrong with the list"
mv "$case/a/names/people.txt" "$case/a/names/staff.txt"
echo "Bo Long" >"$case/a/names/people.txt"
at a config check >"$case/out" || fail "config check: $(cat "$case/out")"
says_so "config check" "1 name in the lists"
says_so "config check" "names/staff.txt is not read"
at a lesson check "$case/quokka.md" >"$case/out"
says_so "lesson check" "names/staff.txt is not read"
rm "$case/a/names/people.txt" "$case/a/names/staff.txt"
rmdir "$case/a/names"
configure hold 2s
draft delete "$number" || fail "delete: $(cat "$case/out")"

# It is checked once more when it is signed: what a list of names has by then is decided first, and the others go out.
before=$(signed)
submit gazelle
approve "$number" --by "Sam Lee" || fail "approve, held: $(cat "$case/out")"
mkdir "$case/a/names"
echo "about gazelle" >"$case/a/names/places.txt"
submit hyrax
approve "$number" --by "Sam Lee" || fail "approve another: $(cat "$case/out")"
soon is "$number" published || fail "the other did not go out"
number=$((number - 1))
soon is "$number" submitted || fail "it is $(state "$number"), with a name in it that is on a list"
draft list
says_so "list" "Draft $number was approved and not signed: with the names and settings of now the check finds"
draft show "$number"
says_so "show" "Not signed by the node: with the names and settings of now"
at a status >"$case/out"
says_so "status" "1 came back from the node"
draft decide "$number" "about gazelle" --generalise "on an estate" || fail "decide: $(cat "$case/out")"
approve "$number" --by "Sam Lee" || fail "approve again: $(cat "$case/out")"
soon is "$number" published || fail "it is $(state "$number")"
[ "$(signed)" = $((before + 2)) ] || fail "not two were signed"

# Each finding has its number for good, one for a word wherever it stands; only what is left to decide is shown.
write_lesson impala
sed -i 's/Two teams/Grace Okonkwo and Mr Idris Bevan rang 01632 960 123. Two teams/; s/rounds were late/Grace Okonkwo was late/' \
    "$case/impala.md"
at a lesson submit "$case/impala.md" >"$case/out" || fail "submit impala: $(cat "$case/out")"
number=$(sed -n 's/^Draft \([0-9]*\), .*/\1/p' "$case/out")
says_so "a word in two fields" '1. abstract, what_we_did: "Grace Okonkwo", 2 times, looks like'
says_so "the words around it" '     We tried impala because "Grace Okonkwo" was late. It did not help. So we stopped.'
draft decide "$number" 3 --generalise "a line that ends in 123" && fail "a number was put back"
draft decide "$number" 9 --keep --reason "he is the mayor" && fail "decided what never was"
says_so "a number too high" "there never was a finding 9"
draft decide "$number" 2 --keep --reason . && fail "kept for a full stop"
says_so "a full stop" "the reason is too short"
draft decide "$number" 1 --replace "carer" || fail "decide 1: $(cat "$case/out")"
says_so "both" '"Grace Okonkwo" becomes "[carer]", in 2 places.'
draft decide "$number" 3 --replace "duty line" || fail "decide 3: $(cat "$case/out")"
says_so "what is left" '2. what_we_did: "Mr Idris Bevan" looks like'
says_so "its sentence" '     [carer] and "Mr Idris Bevan" rang [duty line]. Two teams moved their rounds for six ...'
says_so "what is left" "1 to decide: candour draft decide $number 2 --replace"
[ "$(grep -c looks "$case/out")" = 1 ] || fail "it shows more than what is left: $(cat "$case/out")"
draft decide "$number" 3 --replace "duty line" && fail "decided again"
says_so "a number that was decided" "finding 3 is decided, or the text was changed"
draft decide "$number" " mr idris BEVAN " --keep --reason "he is the mayor" || fail "decide 2: $(cat "$case/out")"
configure approval two
approve "$number" --by "Sam Lee" || fail "approve, of two: $(cat "$case/out")"
draft submit "$number" "$case/impala.md" || fail "submit another text: $(cat "$case/out")"
says_so "another text than was approved" "that approval does not count for this text"
says_so "what was kept" "Kept: he is the mayor"
draft decide "$number" "Grace Okonkwo" --replace carer || fail "decide: $(cat "$case/out")"
draft reject "$number" --by "Sam Lee" --why "Too long" || fail "reject: $(cat "$case/out")"
says_so "reject" "candour draft show $number --out FILE"
draft show "$number" --out "$case/again.md" || fail "show --out: $(cat "$case/out")"
grep -qF "[carer]" "$case/again.md" || fail "the reviewer's work is lost: $(cat "$case/again.md")"
draft submit "$number" "$case/again.md" || fail "submit what show wrote: $(cat "$case/out")"
says_so "what show wrote" "1 to decide: candour draft decide $number"
configure approval one

# Figures that are imported twice wait once; what nobody will approve is deleted, and what is approved is not.
printf 'code,sex,value\nW1,Total,55\nW1,Female,16\nW1,Male,39\n' >"$case/waited.csv"
printf '%s\n' 'framework = "LOCAL-2024"' 'period = "2023-24"' 'status = "final"' 'unit = "count"' 'statistic = "count"' \
    'columns {' 'code = "code"' 'value = "value"' 'disaggregation = "sex"' '}' >"$case/waited.conf"
import() {
    at a indicator import "$case/waited.csv" --area E08000999 --map "$case/waited.conf" "$@" >"$case/out" 2>&1 ||
        fail "import: $(cat "$case/out")"
}
import
number=$(sed -n 's/^Draft \([0-9]*\), submitted: LOCAL-2024, .*$/\1/p' "$case/out")
import
says_so "the same figures" "W1, 3 rows. It waits already with the same figures: none was made"
draft list
says_so "list" "LOCAL-2024, 2023-24, E08000999: W1, 3 rows"
[ "$(grep -c LOCAL-2024 "$case/out")" = 1 ] || fail "it waits twice: $(cat "$case/out")"
draft reject "$number" --by "Sam Lee" --why "The year is wrong" || fail "reject: $(cat "$case/out")"
says_so "what came from a table" "import them again (candour indicator import FILE.csv)"
import
says_so "once that was rejected" "Draft $((number + 1)), submitted: LOCAL-2024"
printf 'code,sex,value\nW1,Total,55\nW2,Total,16\nW3,Total,16\nW1,Female,39\n' >"$case/codes.csv"
at a indicator import "$case/codes.csv" --area E08000998 --map "$case/waited.conf" >"$case/out" || fail "import, three codes"
says_so "several codes" "submitted: LOCAL-2024, 2023-24, E08000998: W1 and 2 other codes, 4 rows"
draft delete $((number + 2)) || fail "delete: $(cat "$case/out")"
draft delete "$number" || fail "delete: $(cat "$case/out")"
draft show "$number" && fail "it is still there"
says_so "deleted" "there is no draft $number"
configure hold 24h
approve $((number + 1)) --by "Sam Lee" || fail "approve: $(cat "$case/out")"
draft delete $((number + 1)) && fail "deleted though it is approved"
says_so "approved" "candour draft withdraw $((number + 1)) --by NAME first"
import
says_so "imported once it is approved" "candour draft withdraw $((number + 1)) --by NAME takes it back"
draft withdraw $((number + 1)) --by "Sam Lee" || fail "withdraw: $(cat "$case/out")"
says_so "withdrawn figures" "candour draft submit $((number + 1))"
import
says_so "withdrawn, and imported" "It was withdrawn, and is handed in again: none was made"
is $((number + 1)) submitted || fail "it is $(state $((number + 1)))"
import --publish --by "Sam Lee"
says_so "waiting, and published" "Draft $((number + 1)), approved: LOCAL-2024, 2023-24"
is $((number + 1)) approved || fail "it is $(state $((number + 1)))"
draft list
[ "$(grep -c LOCAL-2024 "$case/out")" = 1 ] || fail "it waits twice: $(cat "$case/out")"

# What is taken back is to go at once, and only once; whoever has the text in a draft too is told.
configure hold 24h
soon found a dikdik || fail "a does not find it"
id=$(at a search dikdik --json | field results.0.id)
submit dikdik
at a erase "$id" --why "It was wrong" --by "Jo Bloggs" --wait >"$case/out" || fail "erase: $(cat "$case/out")"
says_so "an erasure, which is not held" "is published as"
says_so "erase" "draft $number has the same title"
soon at a receipts "$id" >/dev/null 2>&1 || fail "a does not know that it is erased"
at a erase "$id" --why "It was wrong" --by "Jo Bloggs" >"$case/out" 2>&1 && fail "erased what is gone"
says_so "erase again" "taken back already"

# Anonymously: a second person, who answers the question; and no record of it.
before=$(signed)
configure language cy
submit echidna --anonymous --author "Jo Bloggs"
draft show "$number"
grep -q "^Language: " "$case/out" && fail "that drafts are in Welsh as a rule tells the nation: $(cat "$case/out")"
draft submit "$number" "$case/echidna.md" || fail "submit again: $(cat "$case/out")"
configure language en
draft show "$number"
grep -q "^Language: " "$case/out" && fail "changed, it tells the nation: $(cat "$case/out")"
says_so "before it is approved" "cannot publish anonymously yet"
at a lesson check "$case/echidna.md" --anonymous >"$case/out"
says_so "lesson check --anonymous" "candour lesson submit $case/echidna.md --anonymous"
{
    sed '/^## /,$d' "$case/echidna.md"
    printf '\n## Recommendation\nAsk Mrs Okonkwo.\n\n## Abstract\nMrs Adeyemi asked.\n\n## What we did\nWe asked.\n\n## What did not work\nMuch.\n'
} >"$case/order.md"
at a lesson check "$case/order.md" >"$case/out"
[ "$(sed -n 's/.*"Mrs \([a-zA-Z]*\)".*/\1/p' "$case/out" | tr '\n' ' ')" = "Okonkwo Adeyemi " ] ||
    fail "not in the order of the file: $(cat "$case/out")"
says_so "lesson check, with findings" "or candour lesson submit $case/order.md, where each is decided"
{
    cat "$case/echidna.md"
    for section in "How in detail" "What worked"; do
        printf '\n## %s\n%s\n' "$section" "$(yes 'Rounds were late.' | head -220)"
    done
} >"$case/long.md"
at a lesson check "$case/long.md" >/dev/null || fail "nothing is wrong with it where it is named"
at a lesson check "$case/long.md" --anonymous >"$case/out" && fail "what has no room is good"
says_so "lesson check, too long" "long.md:1:1: all that would be signed is"
at a lesson submit "$case/long.md" --anonymous >"$case/out" 2>&1 && fail "what has no room is handed in"
says_so "lesson submit, too long" "has room for 8192 where the author is not named"
{
    cat "$case/echidna.md"
    printf '\n## Indicators\n- ASCOF-2014 | 1A | 18.9 | 2020-21\n'
} >"$case/quotes.md"
at a lesson check "$case/quotes.md" --anonymous >"$case/out" && fail "a figure that can be looked up is good"
says_so "lesson check, a figure" "18.9 can be looked up, and tells which authority this is"
printf 'Kind: update\nAbout: %s\n\n## What changed since\nMuch.\n' "$id" >"$case/update.md"
at a lesson check "$case/update.md" --anonymous >"$case/out" 2>&1 && fail "an update cannot go out anonymously"
says_so "lesson check, an update" "only a lesson, an issue or a response"
approve "$number" --by "Sam Lee" && fail "approved without a word on the name"
says_so "without --anonymous" "confirm it with --anonymous"
approve "$number" --by "Sam Lee" --anonymous && fail "approved without an answer"
says_so "without an answer" "within ten minutes?"
approve "$number" --by "Jo Bloggs" --anonymous --intruder "No: many did" && fail "its author approved"
approve "$number" --by "Sam Lee" --anonymous --intruder "Yes" && fail "approved though it tells"
says_so "a yes" "only a no lets it go out"
approve "$number" --by "Sam Lee" --anonymous --intruder "Probably yes" && fail "approved though it may tell"
approve "$number" --by "Sam Lee" --anonymous --intruder "No: many did" || fail "approve: $(cat "$case/out")"
says_so "anonymous" "cannot do that yet"
at a status >"$case/out"
says_so "status" "1 approved to go out anonymously"
write_lesson fossa
at a publish "$case/fossa.md" --by "Jo Bloggs" --anonymous --wait >"$case/out" 2>&1 || fail "publish --anonymous"
says_so "publish --anonymous" "a second person reads it"
soon grep -q "cannot publish anonymously yet" "$case/a.log" || fail "the log does not say that it waits"
grep -q "draft $number" "$case/a.log" && fail "the log names it"
stop a
waiting=$number
configure hold 0h
submit linsang
approve "$number" --by "Sam Lee" || fail "approve without a node: $(cat "$case/out")"
draft list
grep -q "^ *$number approved .* no node runs" "$case/out" || fail "it goes out though no node runs: $(cat "$case/out")"
draft withdraw "$number" --by "Sam Lee" || fail "withdraw without a node: $(cat "$case/out")"
configure hold 24h
number=$waiting
start a # It looks through all of them once.
submit named --author "Jo Bloggs"
draft approve "$number" --by "Sam Lee" --anonymous --intruder No && fail "approved as if it were anonymous"
says_so "as if it were anonymous" "under the authority's name"
configure hold 0h
approve "$number" --by "Sam Lee" && soon is "$number" published || fail "a named one is not published"
[ "$(signed)" = $((before + 1)) ] || fail "more was signed than the named one"
found b echidna && fail "an anonymous draft went out"
clean hub a b c
echo "nothing left the house that two did not read, nobody could take back, or should have had no name on it"
