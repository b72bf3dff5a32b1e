#!/bin/sh
# The de-identified store for people who are no members: whole or not at all, each column explained, nothing that
# a spreadsheet would run, nothing that was withheld.
#
#     tests/story/research.sh PROGRAM
set -u
export LC_ALL=C.UTF-8
candour=$1
slip=$(dirname "$2")/make_slip
docs=$(realpath "$(dirname "$0")/../../docs")
. "$(dirname "$0")/network.inc"

publish_file() { # node, file: publish it and print its id
    at "$1" publish "$2" --by "An Officer" --wait --json | field id
}

at hub init --name Hub --role hub --listen "$endpoint" --json >/dev/null || fail "init hub"
for node in a b c; do
    at $node init --name "Council $node" --type unitary --json >/dev/null || fail "init $node"
done
found_network 1 "a b" hub a b c

write_lesson bilby
sed -i 's/^Title: .*/Title: =HYPERLINK("x") "quoted", and £5/' "$case/bilby.md"
printf '\n## Setbacks\n- started | -1 plus | +2 then\n' >>"$case/bilby.md"
lesson=$(publish_file b "$case/bilby.md") || fail "publish at b"
at b respond "$lesson" --kind tried --uptake adapted --outcome worked --text "We rang first,
and again." --by "An Officer" --wait >/dev/null || fail respond
write_lesson cuscus
sed -i "s/^Stage: .*/&\nEmbargo until: $(date -u -d '40 days' +%F)/" "$case/cuscus.md"
publish_file b "$case/cuscus.md" >/dev/null || fail "publish under an embargo"
printf 'code,n,d\nA,52.5,400\nB,-3.25,400\n' >"$case/figures.csv"
printf 'framework = "F"\nperiod = "2023-24"\nunit = "score"\ncolumns { code = "code" value = "n" denominator = "d" }\n' >"$case/figures.conf"
at b indicator import "$case/figures.csv" --map "$case/figures.conf" --area E06000014 --publish --by "An Officer" --wait \
    >"$case/out" || fail "import: $(cat "$case/out")"
printf 'Kind: offer\nTitle: Come and see dunnart\nOffer: visit\nDirection: given\nService: home_care\nExpires: 2099-12-31\n\n## In our words\nA day.\n' >"$case/offer.md"
offer=$(publish_file b "$case/offer.md") || fail "publish an offer"
soon at a --json show "$offer" >/dev/null || fail "a lacks the offer"
all_find cuscus a

# What its author's rules let through is withheld by ours.
write_lesson emu
sed -i 's/^## What we did$/&\nRing 01632 960 123 first./' "$case/emu.md"
stop b
"$slip" "$case/b" "$case/north.charter" "$case/emu.md" "$case/emu.candour" || fail "make_slip"
at a import "$case/emu.candour" >/dev/null || fail "import the slip"
all_find emu a

at a export --research "$case/out.d" >"$case/out" || fail "export: $(cat "$case/out")"
grep -q "1 under an embargo" "$case/out" || fail "what is left out is not said: $(cat "$case/out")"
at a export --research "$case/out.d" >"$case/out" 2>&1 && fail "a folder that is there is written over"
grep -q "is there already" "$case/out" || fail "it does not say why: $(cat "$case/out")"
mkdir "$case/empty"
at a export --research "$case/empty" >/dev/null 2>&1 && fail "an empty folder is replaced"
at a export --research "$case/none/out" >/dev/null 2>&1 && fail "written into what is not there"
at a export --research "$case/new.d" --since 30d >/dev/null 2>&1 && fail "an option that it does not keep to"
[ "$(ls -d "$case"/*.part-* 2>/dev/null | wc -l)" = 0 ] || fail "something half-made is left"
grep -rq "960 123" "$case/out.d" && fail "what is withheld is in it"
grep -q "withheld: a telephone number" "$case/out.d/lesson.csv" || fail "what is withheld is not said"

# A disk that is full leaves nothing.
(trap '' XFSZ; ulimit -f 1; at a export --research "$case/full.d") >/dev/null 2>&1 && fail "half of it is said to be whole"
[ "$(ls -d "$case"/full.d* 2>/dev/null | wc -l)" = 0 ] || fail "half of it is left: $(ls -d "$case"/full.d*)"

python3 - "$case/out.d" "$docs" "$lesson" <<'END' || fail "the files"
import csv, json, os, sys

folder, docs, lesson = sys.argv[1:]

def rows(name):
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))

# Each column is explained, in the folder and in the pages.
columns = {}
for file, column, kind, meaning in rows("columns.csv")[1:]:
    columns.setdefault(file, []).append(column)
    assert kind and meaning, (file, column)
files = sorted(name for name in os.listdir(folder) if name.endswith(".csv") and name != "columns.csv")
assert files == sorted(columns), (files, sorted(columns))
for name in files:
    head, *rest = rows(name)
    assert head == columns[name], name
    assert all(len(row) == len(head) for row in rest), name
pages = {name: open(os.path.join(docs, name), encoding="utf-8").read()
         for name in ("research.md", "lesson.md", "records.md", "indicators.md")}
shared = "id authority authority_name published topic about answers same_as supersedes".split()
for name, listed in columns.items():
    kind = name[:-len(".csv")]
    if "_" in kind or kind == "authority": # Columns of rows, which lesson.md lists within their field.
        expected = "\n".join(pages.values())
        assert all(column in expected for column in listed), name
        continue
    assert listed[:len(shared)] == shared, name
    assert "`%s`" % name in pages["research.md"], name
    for column in listed:
        assert any("`%s`" % column in page for page in pages.values()), (name, column)
left_out = "deid_rules deid_human_check deid_findings released_by_role contact_role embargo_until schema attribution"
for column in left_out.split():
    assert "`%s`" % column in pages["research.md"], column
    assert not any(column in listed for listed in columns.values()), column

# What was published is in it, as a spreadsheet may read it and as it is.
lessons = [dict(zip(columns["lesson.csv"], row)) for row in rows("lesson.csv")[1:]]
lines = [json.loads(line) for line in open(os.path.join(folder, "lesson.jsonl"), encoding="utf-8")]
assert [row["id"] for row in lessons] == [line["id"] for line in lines] == sorted(row["id"] for row in lessons)
title = '=HYPERLINK("x") "quoted", and £5'
[row] = [row for row in lessons if row["id"] == lesson]
[line] = [line for line in lines if line["id"] == lesson]
assert row["title"] == "'" + title and line["title"] == title
assert row["authority_name"] == line["authority_name"] == "Council b" and len(row["published"]) == 10
assert len(lessons) == 2 and not any("cuscus" in str(line) for line in lines) # It is under an embargo.
[setback] = rows("lesson_setbacks.csv")[1:]
assert setback == [lesson, "started", "'-1 plus", "'+2 then"], setback
[response] = [dict(zip(columns["response.csv"], row)) for row in rows("response.csv")[1:]]
assert response["about"] == lesson and response["text"] == "We rang first,\nand again.", response
assert sorted(row[3] for row in rows("snapshot_rows.csv")[1:]) == ["-3.25", "52.5"] # Numbers are numbers.
assert not any("offer" in name or "label" in name for name in os.listdir(folder))
assert [row[1] for row in rows("authority.csv")[1:]].count("Council b") == 1
for name in os.listdir(folder):
    if name.endswith(".csv"):
        for row in rows(name)[1:]:
            for cell in row:
                assert not cell.startswith(("=", "+", "@", "\t")), (name, cell)
END
echo "the store is in files of which each column is explained, and in no file is what is withheld"
