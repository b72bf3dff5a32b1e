#!/usr/bin/env python3
"""A second reader of candour's charters, which shares nothing with the first.

    read_charter.py tests/vectors/charter.json

Written from docs/charter.md, sections 2 and 3, in the plainest way: everything that was heard lies in
sets, and what is valid, in force and said of each feed is worked out from them anew.
"""

import functools
import json
import sys

from read_records import (BASE, L, Refused, add, be, digest, digest_of_ring, ed25519_holds, is_list,
                          is_number, need, read_one, ristretto_bytes_of, ristretto_point_of, same,
                          scalars_of, times, xmd)

CUTS_MAX = 16
holds = functools.lru_cache(maxsize=None)(ed25519_holds)


def ascending(items):
    return all(a < b for a, b in zip(items, items[1:]))


# --- Cards ---------------------------------------------------------------------------------------


def is_proven(authority, epoch, key, proof):
    """Whoever has this ring key made the proof."""
    point, (c, s) = ristretto_point_of(key), scalars_of(proof)
    if point is None or key == bytes(32) or not 0 < c < L or not 0 < s < L:
        return False
    message = authority + be(epoch, 4) + key
    commitment = ristretto_bytes_of(add(times(s, BASE), times(c, point)))
    wide = xmd(message + key + commitment, b"candour-v1-pop-chal")
    return int.from_bytes(wide, "little") % L == c


class Card:
    def __init__(self, wire):
        body, signature = read_one(wire)
        fields = read_one(body)
        need(is_list(fields, 16) and fields[0] == 1, "card")
        self.name, self.role, self.steward_key = fields[1], fields[8], fields[9]
        self.feeds, self.rings, self.issued = fields[13], fields[14], fields[15]
        need([feed[0] for feed in self.feeds] == list(range(1, len(self.feeds) + 1)), "feeds")
        self.authority = digest(b"candour/1/authority", self.feeds[0][1], self.feeds[0][2])
        for before, after in zip(self.feeds, self.feeds[1:]):
            need(digest(b"candour/1/next-key", after[1]) == before[2], "the line of keys is broken")
        need(holds(self.feeds[-1][1], b"candour/1/card\0" + body, signature), "signature")
        need(ascending([epoch for epoch, _, _ in self.rings]), "rings")
        for ring in self.rings:
            need(is_proven(self.authority, *ring), "a ring key without its proof")

    def fingerprint(self):
        text = self.authority[:16].hex()
        return " ".join(text[i:i + 4] for i in range(0, 32, 4))


read_card = functools.lru_cache(maxsize=None)(Card)


# --- What was heard ------------------------------------------------------------------------------


class Head:
    def __init__(self, wire):
        self.hash = digest(b"candour/1/head", wire)
        (_, _, self.network, self.version, self.predecessors, stewards, self.threshold, self.rules, _,
         self.roster, self.rings, _) = read_one(wire)
        self.keys = {key for _, key in stewards}
        need(2 * self.threshold > len(self.keys) > self.threshold, "threshold")
        need(ascending(self.predecessors), "predecessors")
        self.statement = b"candour/1/head-signature\0" + self.hash

    def agrees(self, keys, signatures):
        """Have as many of these keys signed as this head's threshold asks for?"""
        signers = {key for key, signature in signatures if holds(key, self.statement, signature)}
        return len(signers & keys)


class Heard:
    def __init__(self, bundles):
        self.heads, self.signatures, self.rosters, self.halts, self.rings = {}, {}, {}, set(), set()
        for bundle in bundles:
            version, heads, rosters, tables, halts = read_one(bundle)
            need(version == 1 and ascending(halts), "bundle")
            for wire, signatures in heads:
                head = Head(wire)
                self.heads[head.hash] = head
                self.signatures.setdefault(head.hash, set()).update(map(tuple, signatures))
            for wire in rosters:
                self.rosters[digest(b"candour/1/roster", wire)] = read_one(wire)[1]
            for epoch, keys, rows in tables:
                for row in rows:
                    ring = [key for i, key in enumerate(keys) if row[i // 8] & 0x80 >> i % 8]
                    self.rings.add((epoch, digest_of_ring(epoch, ring)))
            self.halts.update(halts)


# --- What follows --------------------------------------------------------------------------------


class Charter:
    def __init__(self, heard):
        self.heard = heard
        self.network = next(head.network or head.hash for head in heard.heads.values())
        self.valid = {}
        while self.validate():
            pass
        self.maximal = self.find_maximal()
        self.rosters = [heard.rosters[self.valid[hash].roster] for hash in sorted(self.maximal)]
        self.halts = [halt for halt in map(self.read_halt, heard.halts) if halt]

    def is_valid(self, head):
        """Line 1, where the predecessors are decided."""
        before = [self.valid.get(hash) for hash in head.predecessors]
        signatures = self.heard.signatures[head.hash]
        if head.network is None:
            fits = head.hash == self.network and head.version == 1 and not before
        else:
            fits = (head.network == self.network and before and None not in before and
                    head.version == 1 + max(old.version for old in before))
        return fits and all(head.agrees(of.keys, signatures) >= of.threshold for of in [head] + before)

    def validate(self):
        found = [head for head in self.heard.heads.values()
                 if head.hash not in self.valid and self.is_valid(head)]
        self.valid.update((head.hash, head) for head in found)
        return found

    def find_maximal(self):
        """Line 2."""
        at_hand = {hash for hash, head in self.valid.items() if head.roster in self.heard.rosters}
        ancestors, line = set(), [self.valid[hash] for hash in at_hand]
        while line:
            for hash in line.pop().predecessors:
                ancestors.add(hash)
                line.append(self.valid[hash])
        return at_hand - ancestors

    def listed(self, authority, number):
        """The feed as each roster's card has it, and the cuts of its entry."""
        for roster in self.rosters:
            for wire, _, _, _, cuts in roster:
                card = read_card(wire)
                if card.authority == authority and number <= len(card.feeds):
                    yield card.feeds[number - 1], [(seq, id or b"") for feed, seq, id in cuts
                                                   if feed == number]

    def read_halt(self, wire):
        """(feed, cut, hash) of a halt that counts."""
        inner, signature = read_one(wire)
        version, network, authority, number, seq, id, key = read_one(inner)
        need(version == 1 and is_number(seq, 0, 2**53) and (id is None) == (seq == 0), "halt")
        vouched = digest(b"candour/1/next-key", key) in {feed[2] for feed, _ in
                                                         self.listed(authority, number)}
        if network == self.network and vouched and holds(key, b"candour/1/halt\0" + inner, signature):
            return (authority, number), (seq, id or b""), digest(b"candour/1/halt", inner)
        return None

    def feed(self, authority, number):
        """Line 3: its keys, and where it ends."""
        keys, cuts = set(), set()
        for (_, key, _, cut), others in self.listed(authority, number):
            keys.add(key)
            cuts.update(others)
            if cut is not None:
                cuts.add((cut[0], cut[1] or b""))
        if not cuts:
            cuts = {cut for feed, cut, _ in self.halts if feed == (authority, number)}
        return keys, sorted(cuts)[:CUTS_MAX]

    def digest(self):
        listed = {(epoch, name) for head in self.valid.values() for epoch, name in head.rings}
        lists = (self.valid, self.maximal, {name for _, name in self.heard.rings & listed},
                 {hash for _, _, hash in self.halts})
        return digest(b"candour/1/charter",
                      *(be(len(items), 4) + b"".join(sorted(items)) for items in lists))


# --- The golden vectors --------------------------------------------------------------------------


def check_card(row):
    card = Card(bytes.fromhex(row["wire"]))
    same(row["name"], card.authority.hex(), row["authority"])
    same(row["name"], card.fingerprint(), row["fingerprint"])
    same(row["name"], [card.name, len(card.feeds), card.issued],
         [row["card_name"], row["feeds"], row["issued"]])


def check_refused(row):
    try:
        Card(bytes.fromhex(row["wire"]))
    except (Refused, ValueError):
        return
    sys.exit(f"{row['why']}: the card should be refused")


def check_charter(row):
    name = row["name"]
    charter = Charter(Heard([bytes.fromhex(bundle) for bundle in row["bundles"]]))
    same(name, charter.network.hex(), row["network"])
    same(name, sorted(hash.hex() for hash in charter.maximal), row["in_force"])
    for feed in row["feeds"]:
        keys, cuts = charter.feed(bytes.fromhex(feed["authority"]), feed["feed"])
        same(name + ": keys", sorted(key.hex() for key in keys), sorted(feed["keys"]))
        same(name + ": cuts", [[seq, id.hex()] for seq, id in cuts], feed["cuts"])
    same(name + ": digest", charter.digest().hex(), row["digest"])


def main(paths):
    if not paths or paths[0].startswith("-"):
        print(__doc__)
        return 2
    for path in paths:
        with open(path, encoding="utf-8") as file:
            vectors = json.load(file)
        for row in vectors["cards"]:
            check_card(row)
        for row in vectors["cards_refused"]:
            check_refused(row)
        for row in vectors["charters"]:
            check_charter(row)
        print(f"{path}: {len(vectors['cards'])} cards, {len(vectors['cards_refused'])} refusals and "
              f"{len(vectors['charters'])} charters agree")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
