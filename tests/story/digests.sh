#!/bin/sh
# Less, not more: a digest that has what was said to us, what failed as readily as what worked and one thing from
# outside, in four formats; a brief of two pages; what is to be looked at again; what was given and taken.
#
#     tests/story/digests.sh PROGRAM
set -u
export LC_ALL=C.UTF-8
candour=$1
. "$(dirname "$0")/network.inc"

publish_file() { # node, file: publish it and print its id
    at "$1" publish "$2" --by "An Officer" --wait --json | field id
}

about() { # node, word, service, outcome: publish such a lesson and print its id
    write_lesson "$2"
    sed -i "s/^Service: .*/Service: $3/; s/^Outcome: .*/Outcome: $4/" "$case/$2.md"
    publish_file "$1" "$case/$2.md"
}

respond() { # node, id, option...: publish a response and print its id
    node=$1 of=$2
    shift 2
    at "$node" respond "$of" "$@" --by "An Officer" --wait --json | field id
}

parts() { # arguments of digest: part and title of each of its items at a
    at a --json digest "$@" | python3 -c '
import json, sys
for item in json.load(sys.stdin)["items"]:
    print(item["part"], item["title"].replace("What we learned about ", ""))'
}

expect() { # what, is, should be
    [ "$2" = "$3" ] || fail "$1: is \"$2\", should be \"$3\""
}

at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
at a init --name "Council a" --type unitary --function home_care --json >/dev/null || fail "init a"
at b init --name "Council b" --type county --json >/dev/null || fail "init b"
at c init --name "Council c" --type county --json >/dev/null || fail "init c"
found_network 1 "a b" hub a b c

at a digest >"$case/out" && fail "a digest of nothing says yes"
grep -q "^Nothing is new since " "$case/out" || fail "nothing is new, and it says: $(cat "$case/out")"

own=$(publish a aardvark) || fail "publish at a"
soon at b --json show "$own" >/dev/null || fail "b lacks the lesson"
question=$(respond b "$own" --kind question --text "How were people reached who never pick up?") || fail question
about b bilby home_care worked >/dev/null || fail bilby
about c cuscus home_care did_not_work >/dev/null || fail cuscus
about c dunnart planning worked >/dev/null || fail dunnart
about b echidna waste_recycling worked >/dev/null || fail echidna
all_find bilby a && all_find cuscus a && all_find dunnart a && all_find echidna a
soon at a --json show "$question" >/dev/null || fail "a lacks the question"

# What is looked back on is told as often as it is asked.
for again in 1 2; do
    expect "all of it" "$(parts --since 7d | sort)" "failed cuscus
outside dunnart
outside echidna
to_us A question: aardvark
worked bilby"
done
parts --since 7d --limit 3 >"$case/out"
expect "three items" "$(grep -c . "$case/out")" 3
expect "one from outside" "$(grep -c ^outside "$case/out")" 1
expect "failures come first" "$(grep -c "^worked" "$case/out")" 0
expect "other services" "$(parts --since 7d --service planning | grep -v outside | sort)" "to_us A question: aardvark
worked dunnart"

# What a digest has told is not new to the next, and waits where it needs an answer.
at a digest --weekly >"$case/out" || fail "no weekly digest"
grep -q "A question: What we learned about aardvark" "$case/out" || fail "the question is not in it: $(cat "$case/out")"
grep -q "From outside your services" "$case/out" || fail "nothing is from outside: $(cat "$case/out")"
[ "$(wc -L <"$case/out")" -le 76 ] || fail "its lines are too long"
expect "the next one" "$(parts --weekly)" "waiting A question: aardvark"
about b gecko home_care partly_worked >/dev/null || fail gecko
all_find gecko a
expect "what came since" "$(parts --weekly)" "waiting A question: aardvark
worked gecko"
expect "another digest has its own time" "$(parts --monthly | grep -c .)" 6
respond a "$question" --kind answer --text "By post, a week before." >/dev/null || fail answer
expect "it is answered" "$(parts --weekly)" ""

# A search that is kept has its news.
at a search quoll --save quolls >/dev/null 2>&1
about c quoll planning worked >/dev/null || fail quoll
all_find quoll a
expect "new to a search" "$(parts --since 7d | grep quoll)" "search quoll"

# Who publishes much crowds nobody out: what it wrote is the newest, and more than are looked at.
about b hoopoe waste_recycling worked >/dev/null || fail hoopoe
write_lesson ibis
sed -i "s/^Service: .*/Service: waste_recycling/; s/^Outcome: .*/Outcome: worked/" "$case/ibis.md"
for number in $(seq 22); do
    sed "s/ibis/ibis $number/" "$case/ibis.md" >"$case/one.md"
    at c publish "$case/one.md" --by "An Officer" --json >/dev/null || fail "ibis $number"
done
all_ibises() { [ "$(at a --json sql "SELECT count(*) AS n FROM lessons WHERE title LIKE '%ibis%'" | field 0.n)" = 22 ]; }
soon all_ibises || fail "a lacks some ibises"
soon found a ibis || fail "a does not find them"
parts --since 7d --service waste_recycling --limit 50 >"$case/out"
grep -q "worked hoopoe" "$case/out" || fail "one authority crowds out another: $(cat "$case/out")"

# The formats. What others write is text in each of them.
sed 's/^Title: .*/Title: Ask \& <i>listen<\/i> £5 ]]>/' "$case/bilby.md" >"$case/odd.md"
at b publish "$case/odd.md" --by "An Officer" --wait >"$case/out" 2>&1 || fail "the odd title: $(cat "$case/out" "$case/odd.md")"
soon found a listen || fail "a lacks the odd title"
at a digest --since 7d --limit 20 --format html >"$case/page.html" || fail html
at a digest --since 7d --limit 20 --format atom >"$case/page.atom" || fail atom
at a digest --since 7d --limit 20 --format message --from candour@example.org --to team@example.org >"$case/page.eml" ||
    fail message
at a digest --format message --to "x@example.org
Bcc: y@example.org" --from candour@example.org >"$case/out" 2>&1 && fail "an address brings a header"
at a digest --format message >"$case/out" 2>&1 && fail "a message to nobody"
at a digest --format pdf >"$case/out" 2>&1 && fail "a format of others"
python3 - "$case" <<'END' || fail "the formats"
import email, email.policy, email.utils, re, sys, xml.etree.ElementTree as tree
from html.parser import HTMLParser

case = sys.argv[1]
title = "Ask & <i>listen</i> £5 ]]>"

class Page(HTMLParser):
    tags, text = set(), ""
    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
    def handle_data(self, data):
        self.text += data

def check(page):
    reader = Page()
    reader.feed(page)
    assert title in reader.text, "html lacks the title"
    assert "i" not in reader.tags and "script" not in reader.tags, reader.tags

check(open(case + "/page.html", encoding="utf-8").read())

feed = tree.parse(case + "/page.atom").getroot()
atom = "{http://www.w3.org/2005/Atom}"
assert feed.tag == atom + "feed"
stamp = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
for element in [feed] + feed.findall(atom + "entry"):
    for name in "id", "title", "updated", "author":
        assert len(element.findall(atom + name)) == 1, name
    assert stamp.fullmatch(element.find(atom + "updated").text)
    assert element.find(atom + "author/" + atom + "name").text
    assert re.fullmatch("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
                        element.find(atom + "id").text)
ids = [e.find(atom + "id").text for e in feed.iter() if e.find(atom + "id") is not None]
assert len(ids) == len(set(ids)) and len(ids) > 3
assert title in [e.find(atom + "title").text for e in feed.findall(atom + "entry")]

raw = open(case + "/page.eml", "rb").read()
assert all(len(line) <= 78 and all(c < 128 for c in line) for line in raw.split(b"\n"))
message = email.message_from_bytes(raw, policy=email.policy.default)
assert not message.defects, message.defects
assert [name for name in message.keys()] == ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version",
                                            "Auto-Submitted", "Content-Type"], message.keys()
assert message["To"] == "team@example.org" and email.utils.parsedate_to_datetime(message["Date"])
parts = [part for part in message.iter_parts()]
assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
assert title in parts[0].get_content()
check(parts[1].get_content())
END

# A brief: two pages, whatever the lesson says.
respond b "$own" --kind tried --uptake adapted --outcome no-effect --text "We rang first, and it made no difference." >/dev/null ||
    fail "tried at b"
respond c "$own" --kind tried --uptake adopted --outcome worked --text "It came right in a month." >/dev/null || fail "tried at c"
soon at a --json search aardvark >/dev/null
tried() { [ "$(at b --json show "$own" | field responses.tried)" = 2 ]; }
soon tried || fail "b lacks the responses"
# The question is answered, so all three are one item.
joined() { parts --since 7d | grep -qx "to_us Said 3 times: aardvark"; }
soon joined || fail "what is said to one lesson takes several places: $(parts --since 7d)"
at b brief "$own" >"$case/out" || fail "no brief"
for words in "What we learned about aardvark" "Tried it, and found that it does not: 1 authority (Council b)." \
    "Tried it, and it works, at least in part: 1 authority (Council c)." "Council b tried it, and it does not work: \"We rang first" \
    "They are of another kind (Unitary council; we: County council)." "We look at it again on:" \
    "candour show $(echo "$own" | cut -c1-12)"; do
    grep -qF "$words" "$case/out" || fail "the brief lacks \"$words\": $(cat "$case/out")"
done
expect "questions" "$(grep -c '^[123]\. ' "$case/out")" 3
printf 'Kind: label\nAbout: %s\nLabel: law_changed\nExpires: 2099-12\n\n## Why\nThe guidance is of another year.\n' \
    "$own" >"$case/label.md"
publish_file a "$case/label.md" >/dev/null || fail label
labelled() { at a brief "$own" | grep -qF "Council a says: The law or guidance that it rests on has changed."; }
soon labelled || fail "the brief lacks the label: $(at a brief "$own")"
at b brief "$own" | grep -q "law or guidance" && fail "b honours a label that it does not"
long=$(python3 -c 'print("Ask the carers first, and ask them again when the rounds have changed. " * 45)')
python3 - "$case/aardvark.md" "$case/long.md" "$long" <<'END'
import sys
text = open(sys.argv[1]).read()
for heading in "What we did", "What did not work":
    text = text.replace("## %s\n" % heading, "## %s\n%s\n" % (heading, sys.argv[3]))
for heading in "What worked", "How in detail":
    text += "\n## %s\n%s\n" % (heading, sys.argv[3])
text += "\n## What we would do differently\n%s\n" % sys.argv[3][:1900]
open(sys.argv[2], "w").write(text.replace("aardvark", "wombat"))
END
long=$(publish_file a "$case/long.md") || fail "the long lesson"
at a brief "$long" >"$case/out" || fail "no brief of the long lesson"
[ "$(wc -l <"$case/out")" -le 116 ] || fail "the brief has $(wc -l <"$case/out") lines"
[ "$(wc -L <"$case/out")" -le 78 ] || fail "its lines are too long"
at a brief "$long" --format html >"$case/out.html" || fail "no brief as HTML"
[ "$(wc -c <"$case/out.html")" -le 10000 ] || fail "the brief has $(wc -c <"$case/out.html") bytes of HTML"
grep -q "@page" "$case/out.html" || fail "it is not made to be printed"
at a brief "$question" >"$case/out" 2>&1 && fail "a brief of a question"

# What is to be looked at again.
at a review due >"$case/out" || fail "something is due: $(cat "$case/out")"
cat >"$case/review.md" <<END
Kind: review
Title: Direct payments
Review: best_value
Service: home_care
Stage: started
Look again: $(date -u -d "10 days" +%F)

## Abstract
We asked why first payments are late.

## Actions
- Write the contract anew | $(date -u -d "3 days ago" +%F) | under_way
- Ask the bank | $(date -u -d "3 days ago" +%F) | done
- Ask users | $(date -u -d "400 days" +%F) |
END
review=$(publish_file a "$case/review.md") || fail review
at a review due --within 5 >"$case/out" && fail "nothing is due"
expect "what is due" "$(sed 's/ (candour.*//' "$case/out")" "3 days over: Direct payments: Write the contract anew (Under way)"
expect "within a month" "$(at a --json review due | field due.1.what)" "look again"
expect "days to go" "$(at a --json review due | field due.1.days_over)" -10
at a --json review due --within 0 --silent 0 >"$case/out" && fail "nothing is silent"
expect "silent lessons" "$(grep -c "nothing was told since" "$case/out")" 2
printf 'Kind: update\nAbout: %s\nStage: completed\nOutcome: worked\n\n## What changed since\nMore.\n' "$own" >"$case/update.md"
publish_file a "$case/update.md" >/dev/null || fail update
silent() { [ "$(at a --json review due --within 0 --silent 0 | grep -c "nothing was told since")" = 1 ]; }
soon silent || fail "it is silent still"
# Somebody looks again, or says it anew.
sed "s/^Stage: .*/&\nReview again: $(date -u -d '3 days ago' +%F)/; s/{word}/numbat/" "$stories/lesson.md" >"$case/numbat.md"
again=$(publish_file a "$case/numbat.md") || fail numbat
is_due() { at a --json review due --within 0 | grep -q '"what": "look again"'; }
soon is_due || fail "the day has come and nobody is reminded"
printf 'Kind: update\nAbout: %s\nStage: completed\nOutcome: worked\n\n## What changed since\nMore.\n' "$again" >"$case/update.md"
publish_file a "$case/update.md" >/dev/null || fail update
is_done() { ! is_due; }
soon is_done || fail "it was looked at, and is due still"
soon at b --json show "$review" >/dev/null || fail "b lacks the review"
at b review list | grep -q "No review of yours" || fail "b has a review"
at b review list --all | grep -q "Direct payments.*Council a.*1 of 3 done" || fail "b does not list it: $(at b review list --all)"

# Given and taken, of one's own alone.
at a --json give-and-take >"$case/out" || fail "give and take"
python3 - "$case/out" <<'END' || fail "give and take: $(cat "$case/out")"
import json, sys
counts = json.load(open(sys.argv[1]))
assert counts["given"] == {"label": 1, "lesson": 3, "response: answer": 1, "review": 1, "update": 2}, counts
assert counts["received"] == {"response: question": 1, "response: tried": 2}, counts
assert counts["lessons"] == {"all": 3, "tell_what_did_not_work": 3}, counts
END
at c --json give-and-take | grep -q '"received": {}' || fail "c received: $(at c --json give-and-take)"

clean hub a b c
echo "seven things of many, one from outside; two pages of one; what is due, given and taken"
