#ifndef CANDOUR_TESTS_SET_RECORDS_H
#define CANDOUR_TESTS_SET_RECORDS_H

#include "protocol/writer.h"
#include "tests/protocol/authors.h"

/* Records of every form, with a proof that holds or with any. */

/* --- Headers --- */

/* Goes on from `prev`; NULL: the first of its feed. */
static inline struct header header_named(const struct feed *feed, const struct record *prev,
                                         int64_t time_ms)
{
    struct header header = {.network = digest_numbered(0),
                            .kind = bytes_of_text("lesson"),
                            .author = {.form = AUTHOR_NAMED, .feed = *feed, .seq = 1},
                            .time_ms = time_ms};

    if (prev != NULL) {
        header.author.seq = record_header(prev)->author.seq + 1;
        header.author.prev = *record_id(prev);
    }
    return header;
}

static inline void header_erases(struct header *header, const struct digest *target)
{
    header->kind = bytes_of_text("erasure");
    header->references[header->reference_count++] = (struct reference){RELATION_ERASES, *target};
}

static inline struct header header_anonymous(const struct digest *slot, const struct digest *ring,
                                             const struct public_key *owner, int64_t time_ms)
{
    return (struct header){.network = digest_numbered(0),
                           .kind = bytes_of_text("lesson"),
                           .author = {.form = AUTHOR_ANONYMOUS,
                                      .ring = *ring,
                                      .tags = {*slot, *slot},
                                      .owner = *owner},
                           .time_ms = time_ms};
}

static inline struct header header_owner(const struct digest *subject, unsigned n, const char *kind,
                                         int64_t time_ms)
{
    return (struct header){.network = digest_numbered(0),
                           .kind = bytes_of_text(kind),
                           .author = {.form = AUTHOR_OWNER, .record = *subject, .n = n},
                           .time_ms = time_ms};
}

/* --- Their bytes --- */

static inline void write_digest(struct buffer *to, const struct digest *digest)
{
    write_bytes(to, digest->bytes, DIGEST_SIZE);
}

static inline void write_named(struct buffer *to, const struct author *author)
{
    write_array(to, 5);
    write_number(to, AUTHOR_NAMED);
    write_digest(to, &author->feed.authority);
    write_number(to, author->feed.number);
    write_number(to, author->seq);
    if (author->seq == 1)
        write_nil(to);
    else
        write_digest(to, &author->prev);
}

static inline void write_anonymous(struct buffer *to, const struct author *author)
{
    write_array(to, 5);
    write_number(to, AUTHOR_ANONYMOUS);
    write_digest(to, &author->ring);
    write_array(to, 2);
    for (unsigned i = 0; i < 2; i++) {
        write_array(to, 2);
        write_number(to, author->scopes[i].kind);
        write_bytes(to, author->scopes[i].id.data, author->scopes[i].id.size);
    }
    write_array(to, 2);
    for (unsigned i = 0; i < 2; i++)
        write_digest(to, &author->tags[i]);
    write_bytes(to, author->owner.bytes, sizeof author->owner.bytes);
}

static inline void write_owner(struct buffer *to, const struct author *author)
{
    write_array(to, 3);
    write_number(to, AUTHOR_OWNER);
    write_digest(to, &author->record);
    write_number(to, author->n);
}

static inline void write_author(struct buffer *to, const struct author *author)
{
    static void (*const write_form[])(struct buffer *, const struct author *) = {
        write_named, write_anonymous, write_owner};

    write_form[author->form](to, author);
}

/* Without a body; `number` makes another commitment. */
static inline void write_header(struct buffer *to, const struct header *header, unsigned number)
{
    struct digest commitment = {{(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
                                 (uint8_t)(number >> 24)}};

    write_array(to, 10);
    write_number(to, 1);
    write_digest(to, &header->network);
    write_text(to, header->kind);
    write_author(to, &header->author);
    write_number(to, (uint64_t)header->time_ms);
    write_text(to, bytes_of_text(""));
    write_array(to, header->reference_count);
    for (size_t i = 0; i < header->reference_count; i++) {
        write_array(to, 2);
        write_number(to, header->references[i].relation);
        write_digest(to, &header->references[i].id);
    }
    write_digest(to, &commitment);
    write_number(to, 0);
    write_nil(to);
}

/* --- Records --- */

static inline struct record *record_of_bytes(struct buffer *header, struct bytes proof)
{
    struct fault fault;
    struct record *record = record_join(buffer_view(header), proof, NULL, bytes_of("", 0), &fault);

    assert(record != NULL);
    buffer_release(header);
    return record;
}

/* What its proof proves is for the test to say. */
static inline struct record *record_unproven(const struct header *header, unsigned number)
{
    static const uint8_t proof[64];
    struct buffer bytes = {0};

    write_header(&bytes, header, number);
    return record_of_bytes(&bytes, bytes_of(proof, sizeof proof));
}

static inline struct record *record_proven(const struct header *header, unsigned number,
                                           const struct signing_key *key)
{
    struct signature proof;
    struct buffer bytes = {0};

    write_header(&bytes, header, number);
    signature_make(&proof, PURPOSE_RECORD, bytes.data, bytes.size, key);
    return record_of_bytes(&bytes, bytes_of(proof.bytes, sizeof proof.bytes));
}

#endif
