#ifndef CANDOUR_TESTS_AUTHORS_H
#define CANDOUR_TESTS_AUTHORS_H

#include "protocol/record.h"

#include <assert.h>
#include <string.h>

/* Authors for tests: the same keys, feeds and records in every run. */

static inline struct digest digest_numbered(unsigned number)
{
    struct digest_state state;

    digest_begin(&state, "candour/test/number");
    digest_add_be4(&state, number);
    return digest_end(&state);
}

static inline struct signing_key *key_numbered(unsigned number)
{
    struct digest seed = digest_numbered(number);

    return signing_key_from_seed(seed.bytes);
}

/* A record of little content; every `number` makes another one. `prev` NULL: the first. */
static inline struct record *record_numbered(unsigned number, const struct feed *feed,
                                             const struct record *prev,
                                             const struct signing_key *key, int64_t time_ms)
{
    struct header header = {
        .network = digest_numbered(0),
        .kind = bytes_of_text("lesson"),
        .author = {.form = AUTHOR_NAMED, .feed = *feed, .seq = 1},
        .time_ms = time_ms,
    };
    struct salt salt = {{(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16)}};

    if (prev != NULL) {
        header.author.seq = record_header(prev)->author.seq + 1;
        header.author.prev = *record_id(prev);
    }
    return record_sign(&header, &salt, bytes_of_text("Ask the tenant first."), key);
}

/* The same header with a proof that holds under no key: it has another id. */
static inline struct record *record_with_junk(const struct record *record, unsigned number)
{
    uint8_t proof[64] = {0};
    struct fault fault;

    memcpy(proof, &number, sizeof number);
    struct record *junk = record_join(record_header_bytes(record), bytes_of(proof, sizeof proof),
                                      NULL, bytes_of("", 0), &fault);
    assert(junk != NULL);
    return junk;
}

#endif
