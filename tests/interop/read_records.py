#!/usr/bin/env python3
"""A second reader of candour's records, which shares nothing with the first.

    read_records.py tests/vectors/records.json [tests/vectors/ed25519.json]
    read_records.py --bundle FILE

Written from docs/ alone, with Python's standard library. The first form checks every golden vector;
the second reads a bundle that `candour export` wrote, and checks every record's id, body and proof
under the keys that the bundle's own charter lists.
"""

import hashlib
import json
import sys

# --- MessagePack: one spelling of every value, no floats, no extensions -------------------------


class Refused(Exception):
    """These bytes are not what the specification says."""


class WrongBody(Exception):
    """The header stands, the body is not the one it commits to."""


def need(condition, why):
    if not condition:
        raise Refused(why)


class Text(str):
    """A str on the wire; bytes on the wire are bytes."""


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        need(self.at + size <= len(self.data), "cut short")
        self.at += size
        return self.data[self.at - size:self.at]

    def sized(self, width, least):
        """A length or number after a mark; `least` is the smallest that needs this width."""
        number = int.from_bytes(self.take(width), "big")
        need(number >= least, "not in its shortest spelling")
        return number

    def value(self, depth=1):
        need(depth <= 8, "nested too deep")
        mark = self.take(1)[0]
        if mark <= 0x7f:
            return mark
        if mark >= 0xe0:
            return mark - 256
        if mark == 0xc0:
            return None
        if mark in (0xc2, 0xc3):
            return mark == 0xc3
        if 0xcc <= mark <= 0xcf:
            width = 1 << (mark - 0xcc)
            return self.sized(width, 128 if width == 1 else 1 << (4 * width))
        if 0xd0 <= mark <= 0xd3:
            return self.negative(1 << (mark - 0xd0))
        if mark in (0xc4, 0xc5, 0xc6):
            width = 1 << (mark - 0xc4)
            return self.take(self.sized(width, 0 if width == 1 else 1 << (4 * width)))
        if 0xa0 <= mark <= 0xbf:
            return self.text(mark - 0xa0)
        if mark in (0xd9, 0xda, 0xdb):
            width = 1 << (mark - 0xd9)
            return self.text(self.sized(width, 32 if width == 1 else 1 << (4 * width)))
        if 0x90 <= mark <= 0x9f:
            return self.array(mark - 0x90, depth)
        if mark in (0xdc, 0xdd):
            width = 2 << (mark - 0xdc)
            return self.array(self.sized(width, 16 if width == 2 else 1 << 16), depth)
        if 0x80 <= mark <= 0x8f:
            return self.map(mark - 0x80, depth)
        if mark in (0xde, 0xdf):
            width = 2 << (mark - 0xde)
            return self.map(self.sized(width, 16 if width == 2 else 1 << 16), depth)
        raise Refused("wrong type")

    def negative(self, width):
        number = int.from_bytes(self.take(width), "big", signed=True)
        most = -33 if width == 1 else -(1 << (4 * width - 1)) - 1
        need(number <= most, "not in its shortest spelling")
        return number

    def text(self, size):
        try:
            text = Text(self.take(size).decode("utf-8", "strict"))
        except UnicodeDecodeError:
            raise Refused("not valid UTF-8") from None
        need("\0" not in text, "not valid UTF-8")
        return text

    def array(self, count, depth):
        need(count <= len(self.data) - self.at, "cut short")
        return [self.value(depth + 1) for _ in range(count)]

    def map(self, pairs, depth):
        result, before = {}, None
        for _ in range(pairs):
            start = self.at
            key = self.value(depth + 1)
            spelled = self.data[start:self.at]
            need(before is None or before < spelled, "map keys out of order")
            before = spelled
            result[spelled] = (key, self.value(depth + 1))
        return result


def read_one(data):
    reader = Reader(data)
    value = reader.value()
    need(reader.at == len(data), "bytes after the end")
    return value


# --- Ed25519: cofactorless, S < L, no small order, canonical key ---------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def add(a, b):
    """Extended coordinates (X, Y, Z, T), RFC 8032, 5.1.4."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def point_of(data):
    """The point these 32 bytes encode, or None. y is taken modulo P: who must be canonical is
    tested where it matters."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, (number & (2**255 - 1)) % P
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == P - u and u != 0:
        x = x * ROOT_OF_MINUS_1 % P
    if v * x * x % P != u:
        return None
    if x % 2 != sign:
        x = -x % P
    return (x, y, 1, x * y % P)


def bytes_of(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def of_small_order(point):
    x, y, z, _ = times(8, point)
    return x == 0 and (y - z) % P == 0


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_holds(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    if int.from_bytes(key, "little") & (2**255 - 1) >= P:
        return False
    a, big_r = point_of(key), point_of(r)
    if a is None or of_small_order(a) or (big_r is not None and of_small_order(big_r)):
        return False
    h = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L
    minus_a = (-a[0] % P, a[1], a[2], -a[3] % P)
    return bytes_of(add(times(s, BASE), times(h, minus_a))) == r


# --- Records -------------------------------------------------------------------------------------


def digest(purpose, *parts):
    return hashlib.blake2b(purpose + b"\0" + b"".join(parts), digest_size=32).digest()


def commitment_of(salt, content):
    return hashlib.blake2b(content, key=salt, digest_size=32).digest()


TIME_MAX = 253402300799999
LETTERS, DIGITS = "abcdefghijklmnopqrstuvwxyz", "0123456789"


def is_number(value, least, most):
    return type(value) is int and least <= value <= most


def is_bytes(value, least, most):
    return type(value) is bytes and least <= len(value) <= most


def is_digest(value):
    return is_bytes(value, 32, 32)


def is_list(value, *lengths):
    return type(value) is list and len(value) in lengths


def is_text(value, least, most, letters):
    return type(value) is Text and least <= len(value) <= most and all(c in letters for c in value)


def check_author(author):
    """Returns the sizes a proof may have and the most that a body may have."""
    need(is_list(author, 3, 5) and is_number(author[0], 0, 2), "author")
    form = author[0]
    need(len(author) == (5, 5, 3)[form], "author: items")
    if form == 0:
        _, authority, feed, seq, prev = author
        need(is_digest(authority) and is_number(feed, 1, 2**32 - 1), "feed")
        need(is_number(seq, 1, 2**63 - 1), "seq")
        need(prev is None if seq == 1 else is_digest(prev), "prev")
        return 64, 64, 65536
    if form == 1:
        _, ring, scopes, tags, owner = author
        need(is_digest(ring) and is_digest(owner), "ring, owner")
        need(is_list(scopes, 2) and is_list(tags, 2), "scopes, tags")
        for scope in scopes:
            need(is_list(scope, 2) and is_number(scope[0], 0, 255), "scope")
            need(is_bytes(scope[1], 0, 256), "scope id")
        need(all(is_digest(tag) for tag in tags), "tag")
        return 1, 16384, 8192
    need(is_digest(author[1]) and is_number(author[2], 0, 63), "owner")
    return 64, 64, 65536


class Record:
    def __init__(self, value):
        need(is_list(value, 3), "record")
        self.header_bytes, self.proof, body = value
        need(is_bytes(self.header_bytes, 1, 2048), "header")
        need(is_bytes(self.proof, 1, 16384), "proof")
        self.header = read_one(self.header_bytes)
        self.check_header()
        length = len(self.header_bytes).to_bytes(4, "big")
        self.id = digest(b"candour/1/record-id", length, self.header_bytes, self.proof)
        self.salt = self.content = None
        if body is not None:
            self.check_body(body)

    def check_header(self):
        need(is_list(self.header, 10), "header: items")
        (version, network, kind, author, time, topic, references, commitment, size,
         expiry) = self.header
        need(is_number(version, 1, 1) and is_digest(network), "version, network")
        need(is_text(kind, 1, 32, LETTERS + DIGITS + "_") and kind[0] in LETTERS, "kind")
        least, most, body_most = check_author(author)
        need(least <= len(self.proof) <= most, "proof")
        need(is_number(time, 0, TIME_MAX), "time")
        need(is_text(topic, 0, 128, LETTERS + DIGITS + "-/"), "topic")
        need(type(references) is list and len(references) <= 8, "references")
        for reference in references:
            need(is_list(reference, 2) and is_number(reference[0], 0, 255), "reference")
            need(is_digest(reference[1]), "reference id")
        need(is_digest(commitment) and is_number(size, 0, body_most), "commitment, body size")
        need(expiry is None or is_number(expiry, time + 1, TIME_MAX), "expiry")
        self.commitment, self.body_size = commitment, size

    def check_body(self, body):
        need(is_list(body, 2) and is_digest(body[0]), "body, salt")
        need(is_bytes(body[1], 0, 65536), "content")
        if len(body[1]) != self.body_size or commitment_of(*body) != self.commitment:
            raise WrongBody
        self.salt, self.content = body

    def proven_by(self, key):
        message = b"candour/1/record\0" + self.header_bytes
        return self.header[3][0] == 0 and ed25519_holds(key, message, self.proof)


# --- The golden vectors --------------------------------------------------------------------------


def same(name, got, expected):
    if got != expected:
        sys.exit(f"{name}: got {got!r}, expected {expected!r}")


def plain(value):
    return value.hex() if type(value) is bytes else value


def check_fields(row, record):
    name, header = row["name"], record.header
    same(name, header[1].hex(), row["network"])
    same(name, str(header[2]), row["kind"])
    same(name, header[3][0], row["author_form"])
    if header[3][0] == 0:
        author = [plain(field) for field in header[3][1:]]
        same(name, author, [row[field] for field in ("authority", "feed", "seq", "prev")])
    same(name, header[4], row["time"])
    same(name, str(header[5]), row["topic"])
    same(name, [[relation, of.hex()] for relation, of in header[6]], row["references"])
    same(name, header[7].hex(), row["commitment"])
    same(name, header[8], row["body_size"])
    same(name, header[9], row["expiry"])


def check_record(row):
    record = Record(read_one(bytes.fromhex(row["wire"])))
    check_fields(row, record)
    for field in ("header", "proof", "id", "salt", "content"):
        if field in row:
            attribute = "header_bytes" if field == "header" else field
            same(row["name"], getattr(record, attribute).hex(), row[field])
    if "key" in row:
        same(row["name"], record.proven_by(bytes.fromhex(row["key"])), True)
        same(row["name"], record.proven_by(bytes(32)), False)


def outcome_of(wire, key):
    try:
        record = Record(read_one(wire))
    except Refused:
        return "malformed"
    except WrongBody:
        return "wrong_body"
    return "taken" if record.proven_by(key) else "bad_signature"


def check_digests(row):
    def spelled(tip):
        return (bytes.fromhex(tip["authority"]) + tip["feed"].to_bytes(4, "big") +
                tip["seq"].to_bytes(8, "big") + bytes.fromhex(tip["id"]))

    tips = sorted(spelled(tip) for tip in row["tips"])
    same("tips in order", tips, [spelled(tip) for tip in row["tips"]])
    buckets = [digest(b"candour/1/bucket", *(t for t in tips if t[0] >> 2 == b)) for b in range(64)]
    same("bucket", buckets[row["bucket"]].hex(), row["bucket_digest"])
    same("empty bucket", buckets[63].hex(), row["empty_bucket_digest"])
    state = digest(b"candour/1/state", bytes.fromhex(row["charter_digest"]), *buckets)
    same("state", state.hex(), row["state_digest"])


def check_records(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    key = bytes.fromhex(vectors["records"][0]["key"])
    for row in vectors["records"]:
        check_record(row)
    for row in vectors["limits_kept"]:
        same(row["name"], Record(read_one(bytes.fromhex(row["wire"]))).id.hex(), row["id"])
    for row in vectors["refused"]:
        same(row["why"], outcome_of(bytes.fromhex(row["wire"]), key), row["reason"])
    check_digests(vectors["digests"])
    print(f"{path}: {len(vectors['records'])} records, {len(vectors['limits_kept'])} limits, "
          f"{len(vectors['refused'])} refusals agree")


def check_signatures(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)["vectors"]
    for row in vectors:
        holds = ed25519_holds(*(bytes.fromhex(row[field])
                                for field in ("public_key", "message", "signature")))
        same(row["name"], holds, row["holds"])
    print(f"{path}: {len(vectors)} signatures agree")


# --- Bundles -------------------------------------------------------------------------------------


MARK = b"candour bundle 1\n"


def feed_keys(charter):
    """(authority id, feed number) -> the keys that the charter's rosters list (docs/charter.md)."""
    keys = {}
    _, _, rosters, _, _ = read_one(charter)
    for roster in rosters:
        for card, *_ in read_one(roster)[1]:
            body, signature = read_one(card)
            feeds = read_one(body)[13]
            authority = digest(b"candour/1/authority", feeds[0][1], feeds[0][2])
            need(ed25519_holds(feeds[-1][1], b"candour/1/card\0" + body, signature),
                 "a card's signature does not hold")
            for number, key, _, _ in feeds:
                keys.setdefault((authority, number), []).append(key)
    return keys


def read_bundle(path):
    with open(path, "rb") as file:
        data = file.read()
    need(data.startswith(MARK), "not a candour bundle")
    reader = Reader(data)
    reader.at = len(MARK)
    word, charter = reader.value()
    need(word == "charter", "a bundle begins with its charter")
    keys, count, unproven = feed_keys(charter), 0, 0
    while reader.at < len(reader.data):
        record = Record(reader.value())
        form, *author = record.header[3]
        if form == 0:
            unproven += not any(record.proven_by(key) for key in keys.get(tuple(author[:2]), []))
        count += 1
    print(f"{path}: {count} records, {unproven} whose proof does not hold")
    return unproven == 0


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "--bundle":
        return 0 if read_bundle(arguments[1]) else 1
    if not arguments or arguments[0].startswith("-"):
        print(__doc__)
        return 2
    check_records(arguments[0])
    if len(arguments) > 1:
        check_signatures(arguments[1])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
