#!/usr/bin/env python3
"""A second reader of candour's records, which shares nothing with the first.

    read_records.py tests/vectors/*.json
    read_records.py --bundle FILE

Written from docs/ alone, with Python's standard library. The first form checks every golden vector
of these files; the second reads a bundle that `candour export` wrote, and checks every record's id,
body and proof under the keys that the bundle's own charter lists.
"""

import datetime
import hashlib
import json
import pathlib
import re
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


# --- ristretto255 (RFC 9496) and hashing to it (RFC 9380) ----------------------------------------


def magnitude(x):
    """x or -x, whichever is not negative, that is, even."""
    return -x % P if x % P % 2 else x % P


def root_of_ratio(u, v):
    """Whether u/v is a square, and the root of it or of sqrt(-1) u/v that is not negative."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    if check in (-u % P, -u * ROOT_OF_MINUS_1 % P):
        r = r * ROOT_OF_MINUS_1 % P
    return check in (u % P, -u % P), magnitude(r)


ROOT_OF_AD_MINUS_1 = 25063068953384623474111414158702152701244531502492656460079210482610430750235
INVERSE_ROOT_OF_A_MINUS_D = root_of_ratio(1, -1 - D)[1]


def ristretto_point_of(data):
    """RFC 9496, 4.3.1; None where it is not a canonical encoding."""
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or s % 2:
        return None
    u1, u2 = 1 - s * s, 1 + s * s
    v = (-D * u1 * u1 - u2 * u2) % P
    square, root = root_of_ratio(1, v * u2 * u2 % P)
    x = magnitude(2 * s * root * u2)
    y = u1 * root * root * u2 * v % P
    if not square or x * y % P % 2 or y == 0:
        return None
    return (x, y, 1, x * y % P)


def ristretto_bytes_of(point):
    """RFC 9496, 4.3.2."""
    x, y, z, t = point
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    root = root_of_ratio(1, u1 * u2 * u2)[1]
    inverse = root * u2
    if t * root * u1 * root * u2 * t % P % 2:
        x, y = y * ROOT_OF_MINUS_1, x * ROOT_OF_MINUS_1
        inverse = root * u1 * INVERSE_ROOT_OF_A_MINUS_D
    if x * root * u1 * root * u2 * t % P % 2:
        y = -y
    return magnitude(inverse * (z - y)).to_bytes(32, "little")


def mapped(half):
    """RFC 9496, 4.3.4: MAP."""
    t = int.from_bytes(half, "little") & (2**255 - 1)
    r = ROOT_OF_MINUS_1 * t * t % P
    u, v = (r + 1) * (1 - D * D), (-1 - r * D) * (r + D)
    square, s = root_of_ratio(u % P, v % P)
    c = -1 if square else r
    s = s if square else -magnitude(s * t)
    n = c * (r - 1) * (D - 1) * (D - 1) - v
    w = (2 * s * v, n * ROOT_OF_AD_MINUS_1, 1 - s * s, 1 + s * s)
    return (w[0] * w[3] % P, w[2] * w[1] % P, w[1] * w[3] % P, w[0] * w[2] % P)


def xmd(message, tag):
    """RFC 9380, 5.3.1, with SHA-512 and 64 bytes."""
    tag += bytes([len(tag)])
    first = hashlib.sha512(bytes(128) + message + b"\0\x40\0" + tag).digest()
    return hashlib.sha512(first + b"\1" + tag).digest()


def hash_to_scalar(tag, message):
    return int.from_bytes(xmd(message, tag), "little") % L


def hash_to_point(tag, message):
    wide = xmd(message, tag)
    return add(mapped(wide[:32]), mapped(wide[32:]))


# --- Ring signatures: docs/protocol.md, section 3 ------------------------------------------------

ZERO = bytes(32)


def be(number, width):
    return number.to_bytes(width, "big")


def tag_base(network, epoch, scope):
    kind, name = scope
    return hash_to_point(b"candour-v1-tagbase-ristretto255_XMD:SHA-512_R255MAP_RO_",
                         network + bytes([kind]) + be(epoch, 4) + be(len(name), 2) + name)


def ring_context(ring, bases, tags, header):
    bound = b"".join(ristretto_bytes_of(base) + tag for base, tag in zip(bases, tags))
    return xmd(b"\1\2" + ring + bound + be(len(header), 8) + header, b"candour-v1-ctx")


def ring_challenge(context, at, points):
    return hash_to_scalar(b"candour-v1-lsag-chal",
                          context + be(at, 4) + b"".join(map(ristretto_bytes_of, points)))


def scalars_of(data):
    return [int.from_bytes(data[i:i + 32], "little") for i in range(0, len(data), 32)]


def ring_step(context, at, keys, bases, tags, s, c):
    """c_(i+1), or None where a product is the identity."""
    products = [(times(s, base), times(c, point))
                for base, point in zip([BASE] + bases, [keys[at]] + tags)]
    if any(ristretto_bytes_of(point) == ZERO for pair in products for point in pair):
        return None
    return ring_challenge(context, (at + 1) % len(keys), [add(*pair) for pair in products])


def ring_holds(network, epoch, ring, keys, author, header, proof):
    """`keys` are known to be canonical, and ascending, and `ring` is their digest."""
    tags = [ristretto_point_of(tag) for tag in author[3]]
    if len(proof) != 32 * (len(keys) + 1) or None in tags or ZERO in author[3]:
        return False
    first, *responses = scalars_of(proof)
    if not all(0 < scalar < L for scalar in [first] + responses):
        return False
    bases = [tag_base(network, epoch, scope) for scope in author[2]]
    context = ring_context(ring, bases, author[3], header)
    c = first
    for at, s in enumerate(responses):
        c = ring_step(context, at, keys, bases, tags, s, c)
        if c is None:
            return False
    return c == first


# --- Records -------------------------------------------------------------------------------------


def digest(purpose, *parts):
    return hashlib.blake2b(purpose + b"\0" + b"".join(parts), digest_size=32).digest()


def commitment_of(salt, packed):
    return hashlib.blake2b(packed, key=salt, digest_size=32).digest()


def unpacked_size(packed):
    """Of a content as it is, or of one frame of zstd (RFC 8878, 3.1.1); None where it is neither."""
    if packed[:1] == b"\1":
        return len(packed) - 1
    frame = packed[33:]
    if packed[:1] != b"\2" or frame[:4] != b"\x28\xb5\x2f\xfd" or len(frame) < 5 or frame[4] & 0x2f != 0x20:
        return None
    width = (1, 2, 4, 8)[frame[4] >> 6]
    size = int.from_bytes(frame[5:5 + width], "little") + (256 if width == 2 else 0)
    at, last = 5 + width, False
    while not last and at + 3 <= len(frame):
        block = int.from_bytes(frame[at:at + 3], "little")
        last, kind = block & 1, block >> 1 & 3
        if kind == 3:
            return None
        at += 3 + (1 if kind == 1 else block >> 3)
    return size if last and at == len(frame) and len(packed) <= size + 1 else None


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
        self.salt = self.packed = None
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
        need(is_text(topic, 0, 256, LETTERS + DIGITS + "-/ "), "topic")
        need(topic == "" or all(topic.split(" ")), "topic: a space too many")
        need(type(references) is list and len(references) <= 8, "references")
        for reference in references:
            need(is_list(reference, 2) and is_number(reference[0], 0, 255), "reference")
            need(is_digest(reference[1]), "reference id")
        need(is_digest(commitment) and is_number(size, 0, body_most), "commitment, body size")
        need(expiry is None or is_number(expiry, time + 1, TIME_MAX), "expiry")
        self.commitment, self.body_size = commitment, size

    def check_body(self, body):
        need(is_list(body, 2) and is_digest(body[0]), "body, salt")
        need(is_bytes(body[1], 0, 65537), "packed")
        self.salt, self.packed = body
        if commitment_of(*body) != self.commitment or unpacked_size(self.packed) != self.body_size:
            raise WrongBody

    def proven_by(self, key):
        message = b"candour/1/record\0" + self.header_bytes
        return self.header[3][0] != 1 and ed25519_holds(key, message, self.proof)


# --- The golden vectors --------------------------------------------------------------------------


def same(name, got, expected):
    if got != expected:
        sys.exit(f"{name}: got {got!r}, expected {expected!r}")


def plain(value):
    if type(value) is list:
        return [plain(item) for item in value]
    return value.hex() if type(value) is bytes else value


AUTHOR_FIELDS = (("authority", "feed", "seq", "prev"), ("ring", "scopes", "tags", "owner"),
                 ("record", "n"))


def check_fields(row, record):
    name, header = row["name"], record.header
    same(name, header[1].hex(), row["network"])
    same(name, str(header[2]), row["kind"])
    same(name, header[3][0], row["author_form"])
    author = [plain(field) for field in header[3][1:]]
    same(name, author, [row[field] for field in AUTHOR_FIELDS[header[3][0]]])
    same(name, header[4], row["time"])
    same(name, str(header[5]), row["topic"])
    same(name, [[relation, of.hex()] for relation, of in header[6]], row["references"])
    same(name, header[7].hex(), row["commitment"])
    same(name, header[8], row["body_size"])
    same(name, header[9], row["expiry"])


def check_record(row):
    record = Record(read_one(bytes.fromhex(row["wire"])))
    check_fields(row, record)
    for field in ("header", "proof", "id", "salt", "packed"):
        if field in row:
            attribute = "header_bytes" if field == "header" else field
            same(row["name"], getattr(record, attribute).hex(), row[field])
    if "key" in row:
        same(row["name"], record.proven_by(bytes.fromhex(row["key"])), True)
        same(row["name"], record.proven_by(bytes(32)), False)
    return record


def outcome_of(wire, key):
    try:
        record = Record(read_one(wire))
    except Refused:
        return "malformed"
    except WrongBody:
        return "wrong_body"
    return "taken" if record.proven_by(key) else "bad_signature"


def check_lines(row, tips, weeks):
    """The short digests, and that each line is there, in order."""
    salt = bytes.fromhex(row["short_salt"])

    def short(*parts):
        return digest(b"candour/1/short", salt, *parts)[:8].hex()

    feeds = sorted({tip[:36] for tip in tips})
    expected = [{"authority": feed[:32].hex(), "feed": int.from_bytes(feed[32:], "big"),
                 "short": short(feed, *(tip[36:] for tip in tips if tip[:36] == feed))}
                for feed in feeds]
    expected += [{"week": week, "ids": b"".join(ids).hex(), "short": short(week_digest(week, ids))}
                 for week, ids in weeks]
    same("lines", row["lines"], expected)
    for name in ("bucket", "empty_bucket", "weeks"):
        same(name + " short", short(bytes.fromhex(row[name + "_digest"])), row[name + "_short"])


def week_digest(week, ids):
    return digest(b"candour/1/week", week.to_bytes(8, "big"), *ids)


def check_digests(row):
    def spelled(tip):
        return (bytes.fromhex(tip["authority"]) + tip["feed"].to_bytes(4, "big") +
                tip["seq"].to_bytes(8, "big") + bytes.fromhex(tip["id"]))

    tips = sorted(spelled(tip) for tip in row["tips"])
    same("tips in order", tips, [spelled(tip) for tip in row["tips"]])
    buckets = [digest(b"candour/1/bucket", *(t for t in tips if t[0] >> 2 == b)) for b in range(64)]
    same("bucket", buckets[row["bucket"]].hex(), row["bucket_digest"])
    same("empty bucket", buckets[63].hex(), row["empty_bucket_digest"])
    weeks = sorted((line["week"], sorted(bytes.fromhex(line["ids"])[i:i + 32]
                                         for i in range(0, len(line["ids"]) // 2, 32)))
                   for line in row["lines"] if "week" in line)
    of_weeks = digest(b"candour/1/weeks", *(week_digest(*week) for week in weeks))
    same("weeks", of_weeks.hex(), row["weeks_digest"])
    state = digest(b"candour/1/state", bytes.fromhex(row["charter_digest"]), *buckets, of_weeks)
    same("state", state.hex(), row["state_digest"])
    check_lines(row, tips, weeks)


def check_records(path, vectors):
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


def check_signatures(path, vectors):
    for row in vectors["vectors"]:
        holds = ed25519_holds(*(bytes.fromhex(row[field])
                                for field in ("public_key", "message", "signature")))
        same(row["name"], holds, row["holds"])
    print(f"{path}: {len(vectors['vectors'])} signatures agree")


# --- Line 8 --------------------------------------------------------------------------------------


def ring_epoch_of(time):
    day = datetime.date(1970, 1, 1) + datetime.timedelta(milliseconds=time)
    if day.month < 4:
        return 2 * day.year - 1
    return 2 * day.year + (day.month >= 10)


def digest_of_ring(epoch, keys):
    return xmd(be(epoch, 4) + be(len(keys), 4) + b"".join(keys), b"candour-v1-ring")[:32]


def is_valid_first(head, signatures):
    """Line 1 for head 1."""
    statement = b"candour/1/head-signature\0" + digest(b"candour/1/head", head)
    _, _, network, version, predecessors, stewards, threshold, *_ = read_one(head)
    signers = {key for key, signature in signatures if ed25519_holds(key, statement, signature)}
    return (network is None and version == 1 and not predecessors and
            len(signers & {key for _, key in stewards}) >= threshold)


class Charter:
    """Of a charter with one head: its network, its release interval, the rings that it lists."""

    def __init__(self, data):
        _, [(head, signatures)], _, tables, _ = read_one(data)
        need(is_valid_first(head, signatures), "head 1 is not valid")
        fields = read_one(head)
        self.network, self.release = digest(b"candour/1/head", head), fields[8][0]
        self.rings = {}
        for epoch, keys, rows in tables:
            for row in rows:
                ring = [key for i, key in enumerate(keys) if row[i // 8] & 0x80 >> i % 8]
                need(all(a < b for a, b in zip(ring, ring[1:])), "ring keys out of order")
                name = digest_of_ring(epoch, ring)
                points = [ristretto_point_of(key) for key in ring]
                if [epoch, name] in fields[10] and None not in points and ZERO not in ring:
                    self.rings[epoch, name] = points


# Kind -> how many slots, and of which kinds the second scope may be (2: the slot again).
SLOTS = {"lesson": (12, (1, 2)), "issue": (12, (2,)), "response": (48, (3, 4))}


def scopes_fit(kind, scopes):
    if kind not in SLOTS:
        return False
    count, seconds = SLOTS[kind]
    slots = [[2, f"{kind}:{j}".encode()] for j in range(count)]
    if scopes[0] not in slots or scopes[1][0] not in seconds:
        return False
    return scopes[1] == scopes[0] if scopes[1][0] == 2 else len(scopes[1][1]) == 32


def is_anonymous(charter, record):
    """Line 8 but for the slots."""
    _, network, kind, author, time = record.header[:5]
    ring = charter.rings.get((ring_epoch_of(time), author[1])) if author[0] == 1 else None
    return (ring is not None and network == charter.network and time % charter.release == 0 and
            scopes_fit(kind, author[2]) and
            ring_holds(network, ring_epoch_of(time), author[1], ring, author,
                       record.header_bytes, record.proof))


def signed_again(charter, record, row):
    """The proof, made of the signer's secrets, and of SHA-512(random ‖ be8 0), ... for chance."""
    author, epoch = record.header[3], ring_epoch_of(record.header[4])
    keys, own = charter.rings[epoch, author[1]], row["signer"]
    x, seed = int.from_bytes(bytes.fromhex(row["scalar"]), "little"), bytes.fromhex(row["random"])
    drawn = [hashlib.sha512(seed + be(i, 8)).digest() for i in range(len(keys))]
    bases = [tag_base(record.header[1], epoch, scope) for scope in author[2]]
    tags = [times(x, base) for base in bases]
    same(row["name"], [ristretto_bytes_of(base) for base in bases],
         [bytes.fromhex(row["tag_bases"])[i:i + 32] for i in (0, 32)])
    same(row["name"], [ristretto_bytes_of(tag) for tag in tags], author[3])
    same(row["name"], ristretto_bytes_of(times(x, BASE)), ristretto_bytes_of(keys[own]))
    context = ring_context(author[1], bases, author[3], record.header_bytes)
    same(row["name"], context.hex(), row["ctx"])
    nonce = hash_to_scalar(b"candour-v1-nonce", drawn[0] + x.to_bytes(32, "little") + context)
    c, s = [None] * len(keys), [None] * len(keys)
    at = (own + 1) % len(keys)
    c[at] = ring_challenge(context, at, [times(nonce, point) for point in [BASE] + bases])
    for wide in drawn[1:]:
        s[at] = int.from_bytes(wide, "little") % L
        following = ring_step(context, at, keys, bases, tags, s[at], c[at])
        at = (at + 1) % len(keys)
        c[at] = following
    s[own] = (nonce - c[own] * x) % L
    return b"".join(scalar.to_bytes(32, "little") for scalar in [c[0]] + s)


def check_owned(row, key):
    record = check_record(row)
    same(row["name"], record.proven_by(key), row["holds"])


def check_rings(path, vectors):
    charter = Charter(bytes.fromhex(vectors["charter"]))
    same("network", charter.network.hex(), vectors["network"])
    for row in vectors["rings"]:
        points = charter.rings[row["epoch"], bytes.fromhex(row["digest"])]
        same("ring", b"".join(map(ristretto_bytes_of, points)).hex(), row["keys"])
    for row in vectors["holding"]:
        record = check_record(row)
        same(row["name"], is_anonymous(charter, record), True)
        same(row["name"], signed_again(charter, record, row), record.proof)
    for row in vectors["judged"]:
        record = Record(read_one(bytes.fromhex(row["wire"])))
        same(row["name"], is_anonymous(charter, record), row["holds"])
    owners = vectors["owners"]
    for row in owners["records"]:
        check_owned(row, bytes.fromhex(owners["key"]))
    print(f"{path}: {len(vectors['holding'])} ring signatures, {len(vectors['judged'])} judgements "
          f"and {len(owners['records'])} of owners agree")


# --- Bodies: docs/lesson.md and docs/records.md are tables that a program can read ---------------


def tables_of(pages):
    """kind -> key -> (type, at most, needed, in the header); and (kind, relation) -> kinds."""
    kinds, fits, kind = {}, {}, None
    for line in pages.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if line.startswith("#"):
            kind = line.split()[-1].lower()
        elif len(cells) == 5 and cells[1].startswith("`"):
            key, _, where = cells[1].partition(",")
            kinds.setdefault(kind, {})[key.strip("`")] = (
                cells[2], cells[3], cells[0].endswith("**(needed)**"), bool(where))
        elif len(cells) == 4 and re.match(r"\d ", cells[2]):
            named = None if cells[3].startswith("a record of") else cells[3].split(", ")
            fits.setdefault((cells[0].strip("`"), int(cells[2].split()[0])), []).append(named)
    return kinds, fits


# Control characters, line and paragraph separators, and what turns the direction of writing.
NOT_IN_TEXT = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def check_text(value, most, breaks=False):
    need(type(value) is Text and 1 <= len(value.encode()) <= most, "a text's length")
    need(value.strip(" \n\r\t") == value, "not tidy")
    need(not NOT_IN_TEXT.search(value.replace("\n", "") if breaks else value), "characters")


def check_word(value):
    need(type(value) is Text and re.fullmatch("[a-z0-9_]{1,40}", value), "no code")


def check_date(value):
    need(type(value) is Text and re.fullmatch(r"\d{4}-\d\d(-\d\d)?", value), "no date")
    try:
        datetime.date.fromisoformat((value + "-01")[:10])
    except ValueError:
        raise Refused("no date") from None


def check_number(value):
    need(is_list(value, 2) and type(value[0]) is int and abs(value[0]) < 10**18, "no number")
    need(is_number(value[1], 0, 9), "decimals")


def check_list(value, most, check_one):
    need(type(value) is list and 1 <= len(value) <= most, "a list's length")
    for item in value:
        check_one(item)


def check_row(value, columns):
    need(type(value) is list and len(columns) <= len(value) <= 32, "cells")
    for column, cell in zip(columns, value):
        need(cell is not None or not column.endswith("*"), "a cell that is needed")
        if type(cell) is Text:
            check_text(cell, 65536)
        elif cell is not None:
            check_number(cell)


def check_value(value, kind, most):
    numbers = [int(number) for number in re.findall(r"\d+", most)]
    if kind == "line":
        check_text(value, numbers[0])
    elif kind == "prose":
        check_text(value, numbers[0], breaks=True)
    elif kind.startswith("word:"):
        check_word(value)
    elif kind.startswith("words:"):
        check_list(value, numbers[0] if numbers else 64, check_word)
        need(len(set(value)) == len(value), "a word twice")
    elif kind == "list":
        check_list(value, numbers[0], lambda item: check_text(item, numbers[1]))
    elif kind == "date":
        check_date(value)
    elif kind == "number":
        check_number(value)
    else:
        columns = kind.removeprefix("rows: ").split(" \\| ")
        check_list(value, numbers[0], lambda row: check_row(row, columns))


def read_body(map_bytes, table):
    """The fields that the tables know; others are skipped."""
    pairs = read_one(map_bytes)
    need(type(pairs) is dict and len(pairs) <= 256, "no map")
    fields = {}
    for key, value in pairs.values():
        need(type(key) is Text and 1 <= len(key.encode()) <= 64, "key")
        kind, most, _, in_header = table.get(key, (None, None, None, True))
        if not in_header:
            check_value(value, kind, most)
            fields[str(key)] = value
    for key, (_, _, needed, in_header) in table.items():
        need(in_header or not needed or key in fields, "a field that is needed")
    return fields


def is_taken(map_bytes, table):
    try:
        return read_body(map_bytes, table) is not None
    except Refused:
        return False


def fitting(kinds, fits):
    """Every reference that means something, as [kind, relation, kind of what it names]."""
    found = [[kind, 1, kind] for kind in kinds]
    for (kind, relation), lists in fits.items():
        for named in lists:
            found += [[kind, relation, target] for target in (named or kinds)]
    return sorted(found)


def check_bodies(path, vectors):
    docs = pathlib.Path(path).resolve().parents[2] / "docs"
    kinds, fits = tables_of("".join((docs / page).read_text(encoding="utf-8")
                                    for page in ("lesson.md", "records.md")))
    for row in vectors["bodies"]:
        fields = read_body(bytes.fromhex(row["map"]), kinds[row["kind"]])
        same(f"{row['kind']}, {row['name']}", fields, row["fields"])
    for row in vectors["responses"]:
        same(row["name"], is_taken(bytes.fromhex(row["map"]), kinds["response"]), row["taken"])
    same("references", fitting(kinds, fits), sorted(vectors["references"]))
    print(f"{path}: {len(vectors['bodies'])} bodies of {len(kinds)} kinds, "
          f"{len(vectors['responses'])} judgements and {len(vectors['references'])} references agree")


CHECKS = {"bodies": check_bodies, "records": check_records, "vectors": check_signatures, "rings": check_rings}


def check_vectors(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    next(check for field, check in CHECKS.items() if field in vectors)(path, vectors)


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
    while (item := reader.value())[0] != "end":
        record = Record(item)
        form, *author = record.header[3]
        if form == 0:
            unproven += not any(record.proven_by(key) for key in keys.get(tuple(author[:2]), []))
        count += 1
    need(item == ["end", count + 1], "the end of a bundle says how many items came before it")
    need(reader.at == len(reader.data), "nothing comes after the end of a bundle")
    print(f"{path}: {count} records, {unproven} whose proof does not hold")
    return unproven == 0


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "--bundle":
        return 0 if read_bundle(arguments[1]) else 1
    if not arguments or arguments[0].startswith("-"):
        print(__doc__)
        return 2
    for path in arguments:
        check_vectors(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
