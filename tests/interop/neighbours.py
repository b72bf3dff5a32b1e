#!/usr/bin/env python3
"""Nearest neighbours by the model of docs/comparing.md, without any of our C.

    neighbours.py PROFILE.csv [EXPECTED]

For each place of the profile and each pool, a line with its three nearest: code, distance and closeness, and in what the
first differs most. With EXPECTED the lines are compared with that file's."""

import csv
import math
import statistics
import sys

USUAL = ["population", "density", "pct_0_17", "pct_65_plus", "pct_not_white_british", "imd_avg_score", "pct_pop_urban"]
LOGARITHMS = {"population", "density"}
LIKE_NOBODY = {"E09000001", "E06000053"}
CLASSES = {"metropolitan": "unitary", "city_of_london": "london_borough"}


def measured(name, cell):
    if cell == "":
        return None
    x = float(cell)
    return (math.log(x) if x > 0 else None) if name in LOGARITHMS else x


def scores(places):
    """z by place and variable, within each nation."""
    z = {place["gss_code"]: {} for place in places}
    for nation in {place["gss_code"][0] for place in places}:
        ours = [place for place in places if place["gss_code"][0] == nation]
        for name in USUAL:
            known = [measured(name, p[name]) for p in ours if p["gss_code"] not in LIKE_NOBODY]
            known = [x for x in known if x is not None]
            mean = statistics.fmean(known) if known else 0
            deviation = statistics.pstdev(known) if known else 0
            for place in ours:
                x = measured(name, place[name])
                z[place["gss_code"]][name] = 0 if x is None or deviation == 0 else (x - mean) / deviation
    return z


def lines(places):
    z = scores(places)
    for own in places:
        for pool in ("all", "class"):
            apart = []
            for other in places:
                same = [CLASSES.get(p["type"], p["type"]) for p in (own, other)]
                if other is own or other["gss_code"][0] != own["gss_code"][0] or (pool == "class" and same[0] != same[1]):
                    continue
                parts = [(z[own["gss_code"]][n] - z[other["gss_code"]][n]) ** 2 for n in USUAL]
                apart.append((math.sqrt(math.fsum(parts)), other["gss_code"], parts))
            apart.sort()
            line = f"{own['gss_code']} {pool} {len(apart)}"
            for distance, code, _ in apart[:3]:
                line += f" {code} {distance:.6f} {1 - distance / apart[-1][0] if apart[-1][0] else 1:.6f}"
            if apart:
                parts = apart[0][2]
                order = sorted((i for i in range(len(USUAL)) if parts[i] > 0), key=lambda i: (-parts[i], i))
                line += " differs" + "".join(f" {USUAL[i]}" for i in order[:3])
            yield line


def main():
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        found = list(lines(list(csv.DictReader(file))))
    if len(sys.argv) == 2:
        print("\n".join(found))
        return
    with open(sys.argv[2], encoding="utf-8") as file:
        expected = file.read().splitlines()
    assert found == expected, [pair for pair in zip(found, expected) if pair[0] != pair[1]][:3]
    print(f"{len(found)} lines agree")


if __name__ == "__main__":
    main()
