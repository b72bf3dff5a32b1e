#!/usr/bin/env python3
"""How well the gate finds what identifies: recall and precision on the passages of this folder.

usage: score.py CANDOUR [read|unread] [--misses] [--scorer SCORE.PY BAR.JSON] [--floor]

The passages are by several writers who saw nothing of the gate. Of those whose id begins with a, b, c, t or u the ones
with an odd number were never read while the gate was tuned, only counted: "unread", the half that tells how it does on
texts of others. "read" are all the rest, with b011, which came onto a screen by mistake.

A span counts as found when each of its letters and digits lies in some finding of whatever class (Mr, Dr and such need
not), as leaked otherwise: a person who looks at the finding sees it. Precision: findings that touch a span.
Intervals are Wilson's, 95 % (Wilson, JASA 22:209, 1927).
--floor: exit 1 where the unread half falls below what it once reached. --scorer: let another scorer judge, too."""
import collections, json, math, os, re, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
HONORIFIC = re.compile(r"^(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Rev|Reverend|Father|Sir|Sr|Cllr|Councillor|DS|PC|and)\.?\s+)+", re.I)
FLOOR = {"ALL recall": 0.955, "ALL precision": 0.955, "PERSON recall": 0.95, "PERSON precision": 0.93, "whole": 0.87,
         "clean": 0.18}


def passages(half):
    for line in open(os.path.join(HERE, "passages.jsonl"), encoding="utf-8"):
        passage = json.loads(line)
        unread = passage["id"][0] in "abctu" and int(passage["id"][1:]) % 2 == 1 and passage["id"] != "b011"
        if unread == (half == "unread"):
            yield passage


def wilson(good, n, z=1.96):
    if n == 0:
        return 0.0, 1.0
    p, d = good / n, 1 + z * z / n
    middle, wide = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - wide) / d, (middle + wide) / d


def letters(text, start, end, kind):
    """Offsets of the bytes of letters and digits that must be covered."""
    span = text.encode()[start:end].decode()
    skip = HONORIFIC.match(span) if kind == "PERSON" else None
    at = start
    for i, character in enumerate(span):
        size = len(character.encode())
        if character.isalnum() and not (skip and skip.end() < len(span) and i < skip.end()):
            yield from range(at, at + size)
        at += size


def main():
    arguments = sys.argv[1:]
    candour, half = arguments[0], "unread" if "unread" in arguments else "read"
    gold = {p["id"]: p for p in passages(half)}
    with tempfile.TemporaryDirectory() as folder:
        source, found = os.path.join(folder, "texts.jsonl"), os.path.join(folder, "found.jsonl")
        profiles = os.path.join(HERE, "profiles.json")
        with open(source, "w", encoding="utf-8") as file:
            for p in gold.values():
                spans = [{"start": s, "end": e, "class": c, "text": p["text"].encode()[s:e].decode()} for s, e, c in p["spans"]]
                file.write(json.dumps({**p, "spans": spans}) + "\n")
        with open(found, "w") as file:
            subprocess.run([candour, "lesson", "check", "--spans", source, "--profiles", profiles], stdout=file, check=True)
        predicted = {p["id"]: p["spans"] for p in map(json.loads, open(found))}
        if "--scorer" in arguments:
            scorer, bar = arguments[arguments.index("--scorer") + 1:][:2]
            sys.exit(subprocess.run([sys.executable, scorer, source, found, "--profiles", profiles, "--bar", bar]).returncode)

    n, hit, told, right = (collections.Counter() for _ in range(4))
    clean = flagged = with_spans = whole = 0
    for i, p in gold.items():
        covered = {k for s in predicted[i] for k in range(s["start"], s["end"])}
        marked = {k for s, e, _ in p["spans"] for k in range(s, e)}
        leaks = 0
        for start, end, kind in p["spans"]:
            good = all(k in covered for k in letters(p["text"], start, end, kind))
            n[kind] += 1
            hit[kind] += good
            leaks += not good
            if not good and "--misses" in arguments:
                print(i, kind, p["text"].encode()[start:end].decode())
        false = 0
        for s in predicted[i]:
            good = any(k in marked for k in range(s["start"], s["end"]))
            told[s["class"]] += 1
            right[s["class"]] += good
            false += not good
        clean += not p["spans"]
        flagged += not p["spans"] and false > 0
        with_spans += bool(p["spans"])
        whole += bool(p["spans"]) and leaks == 0

    for counter in (n, hit, told, right):
        counter["ALL"] = sum(counter.values())
    result = {"clean": flagged / max(1, clean), "whole": whole / max(1, with_spans)}
    print(f"{len(gold)} passages, the {half} ones")
    print(f"{'class':12} {'spans':>5} {'found':>5} {'recall':>7} {'95 %':>13} {'findings':>9} {'precision':>9}")
    for kind in sorted(set(n) | set(told), key=lambda k: (-n[k], k)):
        low, high = wilson(hit[kind], n[kind])
        recall, precision = hit[kind] / max(1, n[kind]), right[kind] / max(1, told[kind])
        result[f"{kind} recall"], result[f"{kind} precision"] = recall, precision
        print(f"{kind:12} {n[kind]:5} {hit[kind]:5} {recall:7.3f} [{low:.3f},{high:.3f}] {told[kind]:9} {precision:9.3f}")
    print(f"nothing leaked from {whole} of {with_spans} passages with spans; {flagged} of {clean} clean ones flagged")
    if "--floor" in arguments:
        below = [k for k, v in FLOOR.items() if (result[k] > v if k == "clean" else result[k] < v)]
        for k in below:
            print(f"worse than it was: {k} {result[k]:.3f}, was {FLOOR[k]}", file=sys.stderr)
        sys.exit(bool(below))


main()
