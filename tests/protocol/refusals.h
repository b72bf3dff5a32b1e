#ifndef CANDOUR_TESTS_REFUSALS_H
#define CANDOUR_TESTS_REFUSALS_H

#include "protocol/bytes.h"
#include "protocol/writer.h"

#include <string.h>

/* A record in pieces, each of which a test can put something else in the place of. */

#define RAW(literal)                                                                               \
    {                                                                                              \
        (const uint8_t *)literal, sizeof literal - 1                                               \
    }
#define B32                                                                                        \
    "\xc4\x20"                                                                                     \
    "0123456789abcdef0123456789abcdef"
#define A8 "aaaaaaaa"
#define A32 A8 A8 A8 A8
#define A128 A32 A32 A32 A32
#define A256 A128 A128
#define A8192                                                                                      \
    A256 A256 A256 A256 A256 A256 A256 A256 A256 A256 A256 A256 A256 A256 A256 A256 A256 A256 A256 \
        A256 A256 A256 A256 A256 A256 A256 A256 A256 A256 A256 A256 A256
#define X_4 "x x x x "
#define X_8 X_4 X_4
#define X_16 X_8 X_8
#define X_32 X_16 X_16
#define X_64 X_32 X_32
#define REFERENCE "\x92\x01" B32
#define SCOPES "\x92\x92\x01\xc4\x01x\x92\x02\xc4\x00"
#define ANONYMOUS "\x95\x01" B32 SCOPES "\x92" B32 B32 B32
#define OWNER "\x93\x02" B32 "\x03"

enum piece {
    ITEMS,
    VERSION,
    NETWORK,
    KIND,
    AUTHOR,
    TIME,
    TOPIC,
    REFERENCES,
    COMMITMENT,
    BODY_SIZE,
    EXPIRY,
    HEADER_END,
    RECORD,
    HEADER,
    PROOF,
    BODY,
    RECORD_END,
    PIECES
};

static const struct bytes good_pieces[PIECES] = {
    [ITEMS] = RAW("\x9a"),
    [VERSION] = RAW("\x01"),
    [NETWORK] = RAW(B32),
    [KIND] = RAW("\xa6lesson"),
    [AUTHOR] = RAW("\x95\x00" B32 "\x01\x02" B32),
    [TIME] = RAW("\xce\x00\x0f\x42\x40"),
    [TOPIC] = RAW("\xa7housing"),
    [REFERENCES] = RAW("\x91" REFERENCE),
    [COMMITMENT] = RAW(B32),
    [BODY_SIZE] = RAW("\x05"),
    [EXPIRY] = RAW("\xc0"),
    [HEADER_END] = RAW(""),
    [RECORD] = RAW("\x93"),
    [HEADER] = RAW(""), /* Made of those above, unless something is put here. */
    [PROOF] = RAW("\xc4\x40" A32 A32),
    [BODY] = RAW("\xc0"),
    [RECORD_END] = RAW(""),
};

struct replacement {
    enum piece piece;
    struct bytes raw;
};

/* Append the record's wire, with the replacements (up to two) in place of the good pieces. */
static inline void wire_with(const struct replacement replacements[2], struct buffer *wire)
{
    struct bytes pieces[PIECES];
    struct buffer header = {0}, headers = {0};

    memcpy(pieces, good_pieces, sizeof pieces);
    for (unsigned i = 0; i < 2; i++)
        if (replacements[i].raw.data != NULL)
            pieces[replacements[i].piece] = replacements[i].raw;
    for (unsigned i = ITEMS; i <= HEADER_END; i++)
        buffer_append(&header, pieces[i]);
    write_bytes(&headers, header.data, header.size);
    if (pieces[HEADER].size == 0)
        pieces[HEADER] = buffer_view(&headers);
    for (unsigned i = RECORD; i < PIECES; i++)
        buffer_append(wire, pieces[i]);
    buffer_release(&header);
    buffer_release(&headers);
}

#define NOT_WORDS "header: topic: not words of a-z 0-9 - / with one space between two"

/* What is refused, and the sentence that says why. */
static const struct refusal_row {
    const char *because;
    struct replacement replacements[2];
} refusals[] = {
    {"record: wrong type", {{RECORD, RAW("\xc0")}}},
    {"record: got 2, expected 3 to 3", {{RECORD, RAW("\x92")}}},
    {"record: got 4, expected 3 to 3", {{RECORD, RAW("\x94")}}},
    {"record: not in its shortest spelling", {{RECORD, RAW("\xdc\x00\x03")}}},
    {"1 bytes after the end", {{RECORD_END, RAW("\xc0")}}},
    {"header: wrong type", {{HEADER, RAW("\xa1x")}}},
    {"header: got 0, expected 1 to 2048", {{HEADER, RAW("\xc4\x00")}}},
    {"header: got 2049, expected 1 to 2048", {{HEADER, RAW("\xc5\x08\x01" A8192)}}},
    {"proof: wrong type", {{PROOF, RAW("\xc0")}}},
    {"proof: got 0, expected 1 to 16384", {{PROOF, RAW("\xc4\x00")}}},
    {"proof: got 16385, expected 1 to 16384", {{PROOF, RAW("\xc5\x40\x01" A8192 A8192 "a")}}},
    {"proof: got 63, expected 64 to 64", {{PROOF, RAW("\xc4\x3f" A32 "aaaaaaa" A8 A8 A8)}}},
    {"proof: got 65, expected 64 to 64", {{PROOF, RAW("\xc4\x41" A32 A32 "a")}}},
    {"proof: got 65, expected 64 to 64",
     {{PROOF, RAW("\xc4\x41" A32 A32 "a")}, {AUTHOR, RAW(OWNER)}}},
    {"body: wrong type", {{BODY, RAW("\xc2")}}},
    {"body: got 1, expected 2 to 2", {{BODY, RAW("\x91" B32)}}},
    {"body: got 3, expected 2 to 2", {{BODY, RAW("\x93" B32 "\x01\xc4\x00")}}},
    {"salt: got 31, expected 32 to 32", {{BODY, RAW("\x92\xc4\x1f" A8 A8 A8 "aaaaaaa\xc4\x00")}}},
    {"packed: wrong type", {{BODY, RAW("\x92" B32 "\xa1x")}}},
    {"packed: got 65538, expected 0 to 65537",
     {{BODY, RAW("\x92" B32 "\xc6\x00\x01\x00\x02" A8192 A8192 A8192 A8192 A8192 A8192 A8192 A8192
                 "aa")}}},

    {"header: items: got 9, expected 10 to 10", {{ITEMS, RAW("\x99")}}},
    {"header: items: got 11, expected 10 to 10", {{ITEMS, RAW("\x9b")}}},
    {"header: 1 bytes after the end", {{HEADER_END, RAW("\xc0")}}},
    {"header: version: got 0, expected 1 to 1", {{VERSION, RAW("\x00")}}},
    {"header: version: got 2, expected 1 to 1", {{VERSION, RAW("\x02")}}},
    {"header: version: not in its shortest spelling", {{VERSION, RAW("\xcc\x01")}}},
    {"header: network: got 31, expected 32 to 32", {{NETWORK, RAW("\xc4\x1f" A8 A8 A8 "aaaaaaa")}}},
    {"header: network: got 33, expected 32 to 32", {{NETWORK, RAW("\xc4\x21" A32 "a")}}},
    {"header: network: wrong type", {{NETWORK, RAW("\xd9\x20" A32)}}},
    {"header: kind: got 0, expected 1 to 32", {{KIND, RAW("\xa0")}}},
    {"header: kind: got 33, expected 1 to 32", {{KIND, RAW("\xd9\x21" A32 "a")}}},
    {"header: kind: not a lower-case letter, then such letters, digits and '_'",
     {{KIND, RAW("\xa6Lesson")}}},
    {"header: kind: not a lower-case letter, then such letters, digits and '_'",
     {{KIND, RAW("\xa2_x")}}},
    {"header: kind: not a lower-case letter, then such letters, digits and '_'",
     {{KIND, RAW("\xa2\x31x")}}},
    {"header: kind: not a lower-case letter, then such letters, digits and '_'",
     {{KIND, RAW("\xa3x-y")}}},
    {"header: kind: not valid UTF-8", {{KIND, RAW("\xa2x\x00")}}},
    {"header: kind: not valid UTF-8", {{KIND, RAW("\xa2x\xff")}}},
    {"header: kind: wrong type", {{KIND, RAW("\xc4\x01x")}}},
    {"header: time: wrong type", {{TIME, RAW("\xff")}}},
    {"header: time: wrong type", {{TIME, RAW("\xcb\x41\x00\x00\x00\x00\x00\x00\x00")}}},
    {"header: time: got 253402300800000, expected 0 to 253402300799999",
     {{TIME, RAW("\xcf\x00\x00\xe6\x77\xd2\x1f\xdc\x00")}}},
    {"header: topic: got 257, expected 0 to 256", {{TOPIC, RAW("\xda\x01\x01" A256 "a")}}},
    {NOT_WORDS, {{TOPIC, RAW("\xa1_")}}},
    {NOT_WORDS, {{TOPIC, RAW("\xa2\xc3\xa9")}}},
    {NOT_WORDS, {{TOPIC, RAW("\xa1X")}}},
    {NOT_WORDS, {{TOPIC, RAW("\xa1 ")}}},
    {NOT_WORDS, {{TOPIC, RAW("\xa2x ")}}},
    {NOT_WORDS, {{TOPIC, RAW("\xa2 x")}}},
    {NOT_WORDS, {{TOPIC, RAW("\xa4x  y")}}},
    {NOT_WORDS, {{TOPIC, RAW("\xa3x\ty")}}},
    {NOT_WORDS, {{TOPIC, RAW("\xa5x_y z")}}},
    {"header: topic: not valid UTF-8", {{TOPIC, RAW("\xa2\xc3\x28")}}},
    {"header: topic: not in its shortest spelling", {{TOPIC, RAW("\xd9\x07housing")}}},
    {"header: references: got 9, expected 0 to 8",
     {{REFERENCES, RAW("\x99" REFERENCE REFERENCE REFERENCE REFERENCE REFERENCE REFERENCE REFERENCE
                           REFERENCE REFERENCE)}}},
    {"header: references: wrong type", {{REFERENCES, RAW("\xc0")}}},
    {"header: reference: got 1, expected 2 to 2", {{REFERENCES, RAW("\x91\x91\x01")}}},
    {"header: relation: got 256, expected 0 to 255",
     {{REFERENCES, RAW("\x91\x92\xcd\x01\x00" B32)}}},
    {"header: reference id: got 1, expected 32 to 32",
     {{REFERENCES, RAW("\x91\x92\x01\xc4\x01x")}}},
    {"header: commitment: got 1, expected 32 to 32", {{COMMITMENT, RAW("\xc4\x01x")}}},
    {"header: body size: got 65537, expected 0 to 65536",
     {{BODY_SIZE, RAW("\xce\x00\x01\x00\x01")}}},
    {"header: body size: got 8193, expected 0 to 8192",
     {{BODY_SIZE, RAW("\xcd\x20\x01")}, {AUTHOR, RAW(ANONYMOUS)}}},
    {"header: expiry: got 1000000, expected 1000001 to 253402300799999",
     {{EXPIRY, RAW("\xce\x00\x0f\x42\x40")}}},
    {"header: expiry: got 0, expected 1000001 to 253402300799999", {{EXPIRY, RAW("\x00")}}},
    {"header: expiry: got 253402300800000, expected 1000001 to 253402300799999",
     {{EXPIRY, RAW("\xcf\x00\x00\xe6\x77\xd2\x1f\xdc\x00")}}},

    {"header: author: wrong type", {{AUTHOR, RAW("\xc0")}}},
    {"header: author: got 0, expected 1 to 5", {{AUTHOR, RAW("\x90")}}},
    {"header: author: got 6, expected 1 to 5", {{AUTHOR, RAW("\x96\x00")}}},
    {"header: author: 4 items, expected 5", {{AUTHOR, RAW("\x94\x00" B32 "\x01\x01")}}},
    {"header: author: 5 items, expected 3", {{AUTHOR, RAW("\x95\x02" B32 "\x01\xc0\xc0")}}},
    {"header: author form: got 3, expected 0 to 2", {{AUTHOR, RAW("\x93\x03" B32 "\x00")}}},
    {"header: authority: got 1, expected 32 to 32",
     {{AUTHOR, RAW("\x95\x00\xc4\x01x\x01\x01\xc0")}}},
    {"header: feed: got 0, expected 1 to 4294967295",
     {{AUTHOR, RAW("\x95\x00" B32 "\x00\x01\xc0")}}},
    {"header: feed: got 4294967296, expected 1 to 4294967295",
     {{AUTHOR, RAW("\x95\x00" B32 "\xcf\x00\x00\x00\x01\x00\x00\x00\x00\x01\xc0")}}},
    {"header: seq: got 0, expected 1 to 9223372036854775807",
     {{AUTHOR, RAW("\x95\x00" B32 "\x01\x00\xc0")}}},
    {"header: seq: got 9223372036854775808, expected 1 to 9223372036854775807",
     {{AUTHOR, RAW("\x95\x00" B32 "\x01\xcf\x80\x00\x00\x00\x00\x00\x00\x00" B32)}}},
    {"header: prev: missing, though seq is 2", {{AUTHOR, RAW("\x95\x00" B32 "\x01\x02\xc0")}}},
    {"header: prev: given, though seq is 1", {{AUTHOR, RAW("\x95\x00" B32 "\x01\x01" B32)}}},
    {"header: prev: got 1, expected 32 to 32", {{AUTHOR, RAW("\x95\x00" B32 "\x01\x02\xc4\x01x")}}},

    {"header: ring: got 1, expected 32 to 32",
     {{AUTHOR, RAW("\x95\x01\xc4\x01x" SCOPES "\x92" B32 B32 B32)}}},
    {"header: scopes: got 1, expected 2 to 2",
     {{AUTHOR, RAW("\x95\x01" B32 "\x91\x92\x01\xc4\x01x\x92" B32 B32 B32)}}},
    {"header: scope: got 1, expected 2 to 2",
     {{AUTHOR, RAW("\x95\x01" B32 "\x92\x91\x01\x92\x01\xc4\x01x\x92" B32 B32 B32)}}},
    {"header: scope kind: got 256, expected 0 to 255",
     {{AUTHOR,
       RAW("\x95\x01" B32 "\x92\x92\xcd\x01\x00\xc4\x01x\x92\x01\xc4\x01x\x92" B32 B32 B32)}}},
    {"header: scope id: got 257, expected 0 to 256",
     {{AUTHOR,
       RAW("\x95\x01" B32 "\x92\x92\x01\xc5\x01\x01" A256 "a\x92\x01\xc4\x01x\x92" B32 B32 B32)}}},
    {"header: tags: got 1, expected 2 to 2", {{AUTHOR, RAW("\x95\x01" B32 SCOPES "\x91" B32 B32)}}},
    {"header: tag: got 1, expected 32 to 32",
     {{AUTHOR, RAW("\x95\x01" B32 SCOPES "\x92\xc4\x01x" B32 B32)}}},
    {"header: owner key: got 1, expected 32 to 32",
     {{AUTHOR, RAW("\x95\x01" B32 SCOPES "\x92" B32 B32 "\xc4\x01x")}}},
    {"header: owned record: got 1, expected 32 to 32", {{AUTHOR, RAW("\x93\x02\xc4\x01x\x00")}}},
    {"header: n: got 64, expected 0 to 63", {{AUTHOR, RAW("\x93\x02" B32 "\x40")}}},
};
#define REFUSAL_COUNT (sizeof refusals / sizeof *refusals)

/* What stands just within the limits. */
static const struct {
    const char *what;
    struct replacement replacements[2];
} limits_kept[] = {
    {"as it is", {{0}}},
    {"kind of 32", {{KIND, RAW("\xd9\x20" A32)}}},
    {"kind of 1", {{KIND, RAW("\xa1z")}}},
    {"kind with digits", {{KIND, RAW("\xa4z_09")}}},
    {"topic of 256", {{TOPIC, RAW("\xda\x01\x00" A256)}}},
    {"topic of 128 words", {{TOPIC, RAW("\xd9\xff" X_64 X_32 X_16 X_8 X_4 "x x x x")}}},
    {"topic of several words", {{TOPIC, RAW("\xbbhome-care send damp/repairs")}}},
    {"no topic", {{TOPIC, RAW("\xa0")}}},
    {"topic with all of its characters", {{TOPIC, RAW("\xa7/az-09/")}}},
    {"no references", {{REFERENCES, RAW("\x90")}}},
    {"8 references",
     {{REFERENCES, RAW("\x98" REFERENCE REFERENCE REFERENCE REFERENCE REFERENCE REFERENCE REFERENCE
                           REFERENCE)}}},
    {"an unknown relation", {{REFERENCES, RAW("\x91\x92\xcc\xff" B32)}}},
    {"time 0", {{TIME, RAW("\x00")}}},
    {"the last time", {{TIME, RAW("\xcf\x00\x00\xe6\x77\xd2\x1f\xdb\xff")}}},
    {"the first expiry", {{EXPIRY, RAW("\xce\x00\x0f\x42\x41")}}},
    {"the last expiry", {{EXPIRY, RAW("\xcf\x00\x00\xe6\x77\xd2\x1f\xdb\xff")}}},
    {"no body", {{BODY_SIZE, RAW("\x00")}}},
    {"a body of 65,536", {{BODY_SIZE, RAW("\xce\x00\x01\x00\x00")}}},
    {"the first record", {{AUTHOR, RAW("\x95\x00" B32 "\x01\x01\xc0")}}},
    {"the last feed and seq",
     {{AUTHOR,
       RAW("\x95\x00" B32 "\xce\xff\xff\xff\xff\xcf\x7f\xff\xff\xff\xff\xff\xff\xff" B32)}}},
    {"anonymous", {{AUTHOR, RAW(ANONYMOUS)}}},
    {"anonymous, the longest proof",
     {{AUTHOR, RAW(ANONYMOUS)}, {PROOF, RAW("\xc5\x40\x00" A8192 A8192)}}},
    {"anonymous, the shortest proof",
     {{AUTHOR, RAW(ANONYMOUS)},
      {PROOF, RAW("\xc4\x01"
                  "a")}}},
    {"anonymous, a body of 8,192", {{AUTHOR, RAW(ANONYMOUS)}, {BODY_SIZE, RAW("\xcd\x20\x00")}}},
    {"anonymous, the longest scopes",
     {{AUTHOR, RAW("\x95\x01" B32 "\x92\x92\xcc\xff\xc5\x01\x00" A256 "\x92\x00\xc5\x01\x00" A256
                   "\x92" B32 B32 B32)}}},
    {"owner", {{AUTHOR, RAW(OWNER)}}},
    {"owner, the last", {{AUTHOR, RAW("\x93\x02" B32 "\x3f")}}},
};
#define LIMITS_KEPT_COUNT (sizeof limits_kept / sizeof *limits_kept)

#endif
