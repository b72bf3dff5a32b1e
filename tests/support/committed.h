#ifndef CANDOUR_TESTS_SUPPORT_COMMITTED_H
#define CANDOUR_TESTS_SUPPORT_COMMITTED_H

#include "protocol/record.h"

#include <assert.h>
#include <string.h>

/* The record as if its author had committed to this body; NULL where it is left out all the same.
 * Its proof does not hold, which who joins a record does not look at. */
static inline struct record *record_committed_to(const struct record *record, struct bytes packed)
{
    const struct digest old = record_header(record)->commitment;
    const struct digest new = commitment_of(record_salt(record), packed.data, packed.size);
    struct buffer header = {0};
    struct fault why;
    size_t at = 0;

    buffer_append(&header, record_header_bytes(record));
    while (memcmp(header.data + at, old.bytes, DIGEST_SIZE) != 0)
        at++;
    memcpy(header.data + at, new.bytes, DIGEST_SIZE);
    struct record *other =
        record_join(buffer_view(&header), record_proof(record), record_salt(record), packed, &why);
    assert(other != NULL || why.refusal == REFUSED_COMMITMENT);
    buffer_release(&header);
    return other;
}

#endif
