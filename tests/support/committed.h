#ifndef CANDOUR_TESTS_SUPPORT_COMMITTED_H
#define CANDOUR_TESTS_SUPPORT_COMMITTED_H

#include "protocol/purpose.h"
#include "protocol/record.h"
#include "protocol/writer.h"

#include <assert.h>
#include <string.h>

/* This frame, packed as if it were one of this content. */
static inline struct buffer framed_as(struct bytes content, struct bytes frame)
{
    struct digest digest = digest_of(PURPOSE_CONTENT, content.data, content.size);
    struct buffer packed = {0};

    buffer_append_text(&packed, "\x02");
    buffer_append(&packed, bytes_of(digest.bytes, DIGEST_SIZE));
    buffer_append(&packed, frame);
    return packed;
}

/* The record as if its author had committed to this body, whatever it is; its proof does not hold,
 * which who reads a record does not look at. */
static inline struct buffer wire_committed_to(const struct record *record, struct bytes packed)
{
    const struct salt *salt = record_salt(record);
    const struct digest old = record_header(record)->commitment;
    const struct digest new = commitment_of(salt, packed.data, packed.size);
    struct buffer header = {0}, wire = {0};
    size_t at = 0;

    buffer_append(&header, record_header_bytes(record));
    while (memcmp(header.data + at, old.bytes, DIGEST_SIZE) != 0)
        at++;
    memcpy(header.data + at, new.bytes, DIGEST_SIZE);
    write_array(&wire, 3);
    write_bytes(&wire, header.data, header.size);
    write_bytes(&wire, record_proof(record).data, record_proof(record).size);
    write_array(&wire, 2);
    write_bytes(&wire, salt->bytes, sizeof salt->bytes);
    write_bytes(&wire, packed.data, packed.size);
    buffer_release(&header);
    return wire;
}

/* NULL where it is left out all the same. */
static inline struct record *record_committed_to(const struct record *record, struct bytes packed)
{
    struct buffer wire = wire_committed_to(record, packed);
    struct fault why;
    bool wrong_body;
    struct record *other = record_read(buffer_view(&wire), NULL, &wrong_body, &why);

    assert(other != NULL && record_has_body(other) == !wrong_body);
    buffer_release(&wire);
    if (!wrong_body)
        return other;
    record_free(other);
    return NULL;
}

#endif
