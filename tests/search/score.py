#!/usr/bin/env python3
"""How well the search finds: nDCG@10 on the judged queries of this folder, beside plain FTS5.

usage: score.py ANSWERS SAMPLES [LLIS.CSV] [--misses] [--floor] [--per-query]

ANSWERS is the program search_answers, SAMPLES the folder node/samples, LLIS.CSV NASA's public lessons (lesson_id, title,
abstract, lesson, ...), which are not part of candour: where they are not there, their queries are left out, and it says
so. queries.jsonl has a query a line, with the lessons that answer it: 3 is what was looked for, 2 helps, 1 touches it.

The queries were written, and the lessons judged, before the search was tuned. Those whose number is odd were then read;
those with an even one were only ever counted.

Plain FTS5 is one table with porter and unicode61, the query's words with OR between them, and bm25() with the weights
that candour began with. Intervals are paired bootstraps, 95 % (Sakai, SIGIR 2006), of 10,000 samples of the queries.
--misses prints, of the odd half, what is worst; --floor: exit 1 where the sample lessons' even half falls below what it
once reached."""
import csv, html, json, math, os, random, re, sqlite3, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FIELDS = ("abstract", "what we did", "what did not work", "recommendation")
WEIGHTS = (8, 4, 1, 2, 2, 1)  # Title, those, and the rest.
SHOWN = 10
FLOOR = 0.90


def flat(text):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", html.unescape(text))).split())


def cut(text, size):
    """At most so many bytes, of whole words."""
    raw = text.encode()
    if len(raw) <= size:
        return text
    return raw[:size].decode(errors="ignore").rsplit(" ", 1)[0]


def write_llis(source, folder):
    """NASA's lessons as lessons: those that have a title and a text."""
    for row in csv.DictReader(open(source, encoding="utf-8")):
        title, abstract, lesson = (flat(row[name]) for name in ("title", "abstract", "lesson"))
        if not title or (len(lesson) < 15 and not abstract):
            continue
        first, rest = abstract or lesson, lesson
        path = os.path.join(folder, f"{row['lesson_id']}.md")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"Title: {cut(title, 120)}\nService: ict_digital_data\nOutcome: worked\nStage: completed\n"
                       f"Evidence: opinion\nSource: project\n\n## Abstract\n{cut(first, 600)}\n\n"
                       f"## What we did\n{cut(rest, 3900) or 'Nothing.'}\n\n## Recommendation\nNone.\n")


def read_lesson(path):
    text = open(path, encoding="utf-8").read()
    title = re.search(r"^Title: (.*)$", text, re.M).group(1)
    sections = dict((name.lower(), body) for name, body in re.findall(r"^## (.*)\n((?:.*\n?)*?)(?=^## |\Z)", text, re.M))
    rest = " ".join(body for name, body in sections.items() if name not in FIELDS)
    return [title] + [sections.get(name, "") for name in FIELDS] + [rest]


def plain_fts5(folder, queries):
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE plain USING fts5(name UNINDEXED, a, b, c, d, e, f, tokenize = 'porter unicode61')")
    for name in sorted(os.listdir(folder)):
        db.execute("INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?, ?)", [name[:-3]] + read_lesson(os.path.join(folder, name)))
    for query in queries:
        match = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", query["query"]))
        rows = db.execute(f"SELECT name FROM plain WHERE plain MATCH ? ORDER BY bm25(plain, 0, {', '.join(map(str, WEIGHTS))}) LIMIT ?",
                          (match, SHOWN))
        yield query["id"], [name for name, in rows]


def candour(program, folders, queries):
    lines = "".join(f"{query['id']}\t{query['query']}\n" for query in queries)
    found = {query["id"]: [] for query in queries}
    told = subprocess.run([program] + folders, input=lines, capture_output=True, text=True, check=True).stdout
    for line in told.splitlines():
        number, name = line.split("\t")[:2]
        if name:
            found[number].append(name)
    return found


def ndcg(names, relevant):
    gain = lambda grades: sum((2 ** grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))
    best = gain(sorted(relevant.values(), reverse=True)[:SHOWN])
    return gain([relevant.get(name, 0) for name in names[:SHOWN]]) / best


def bootstrap(differences, rounds=10000):
    chance = random.Random(1)
    n = len(differences)
    means = sorted(sum(chance.choices(differences, k=n)) / n for _ in range(rounds))
    return means[rounds * 25 // 1000], means[rounds * 975 // 1000]


def tell(what, queries):
    if not queries:
        return
    ours, plain = ([query[key] for query in queries] for key in ("ours", "plain"))
    difference = [a - b for a, b in zip(ours, plain)]
    low, high = bootstrap(difference)
    empty = sum(not query["found"] for query in queries)
    print(f"{what:28} {len(queries):3}  {sum(ours) / len(ours):.3f}  {sum(plain) / len(plain):.3f}  "
          f"{sum(difference) / len(difference):+.3f} [{low:+.3f}, {high:+.3f}]  {empty} ({100 * empty / len(queries):.1f} %)")


def main():
    flags = {a for a in sys.argv[1:] if a.startswith("--")}
    given = [a for a in sys.argv[1:] if not a.startswith("--")]
    program, samples = given[:2]
    llis = given[2] if len(given) > 2 else None
    queries = [json.loads(line) for line in open(os.path.join(HERE, "queries.jsonl"), encoding="utf-8")]
    with tempfile.TemporaryDirectory() as folder:
        corpora = {"samples": [os.path.join(samples, "lessons"), os.path.join(samples, "updates")]}
        if llis and os.path.exists(llis):
            write_llis(llis, folder)
            corpora["llis"] = [folder]
        else:
            left_out = sum(query["corpus"] == "llis" for query in queries)
            print(f"{left_out} queries skipped: NASA's lessons are not here")
        queries = [query for query in queries if query["corpus"] in corpora]
        for corpus, folders in corpora.items():
            asked = [query for query in queries if query["corpus"] == corpus]
            found, plain = candour(program, folders, asked), dict(plain_fts5(folders[0], asked))
            for query in asked:
                query["found"] = found[query["id"]]
                query["ours"] = ndcg(found[query["id"]], query["relevant"])
                query["plain"] = ndcg(plain[query["id"]], query["relevant"])
    for query in queries:
        query["odd"] = int(query["id"][1:]) % 2 == 1
    print(f"{'nDCG@10':28} {'n':>3}  ours   plain  difference               without a hit")
    for half in (True, False):
        name = "odd (tuned on)" if half else "even (untouched)"
        for corpus in corpora:
            tell(f"{name}, {corpus}", [q for q in queries if q["odd"] == half and q["corpus"] == corpus])
        tell(f"{name}, all", [q for q in queries if q["odd"] == half])
    if "--misses" in flags:
        for query in sorted((q for q in queries if q["odd"]), key=lambda q: q["ours"]):
            print(f"{query['id']} {query['ours']:.2f} ({query['plain']:.2f}) {query['query']}\n"
                  f"    wanted {query['relevant']}\n    found {query['found'][:6]}")
    even = [q["ours"] for q in queries if not q["odd"] and q["corpus"] == "samples"]
    if "--floor" in flags and sum(even) / len(even) < FLOOR:
        print(f"worse than it was: {sum(even) / len(even):.3f}, was {FLOOR}", file=sys.stderr)
        sys.exit(1)


main()
