#include "protocol/anonymous.h"

#include "crypto/secret.h"
#include "tests/protocol/bare_charter.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Whatever a stranger sends, an anonymous record holds only if a member of its ring signed just
 * that: of all records that can be made of an honest one by changing its bytes, that one alone; and
 * of all tags and proofs. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MEMBERS 3
#define TIME INT64_C(1767225600000) /* 1 January 2026 */

static struct charter *charter;
static struct ring *ring;
static struct record *honest;
static struct buffer honest_wire;

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct ring_public));
}

static void make_charter(void)
{
    struct ring_public keys[MEMBERS];
    struct buffer wire = {0};
    struct fault fault;
    bool changed;

    for (uint8_t i = 0; i < MEMBERS; i++) {
        uint8_t scalar[32] = {(uint8_t)(i + 1)};
        struct ring_key *key = ring_key_from_scalar(scalar);
        keys[i] = *ring_key_public(key);
        ring_key_free(key);
    }
    qsort(keys, MEMBERS, sizeof *keys, by_bytes);
    ring = ring_new(ring_epoch_of(TIME), keys, MEMBERS);
    bare_charter(&ring, 1, RELEASE_MS, &wire);
    charter = charter_new(NULL);
    bool added = charter_add(charter, buffer_view(&wire), &changed, &fault);
    assert(added);
    (void)added;
    buffer_release(&wire);
}

static void start(void)
{
    static const struct salt salt = {{1}};
    static const uint8_t one[32] = {1};

    crypto_start();
    make_charter();
    struct header header = {
        .network = *charter_network(charter),
        .kind = bytes_of_text("lesson"),
        .author = {.form = AUTHOR_ANONYMOUS,
                   .scopes = {{SCOPE_SLOT, bytes_of_text("lesson:0")},
                              {SCOPE_SLOT, bytes_of_text("lesson:0")}}},
        .time_ms = TIME,
    };
    struct ring_members members = {ring->epoch, ring->keys, ring->count};
    struct ring_key *key = ring_key_from_scalar(one);
    honest = record_sign_anonymous(&header, &salt, bytes_of_text("Ask first."), &members, key);
    assert(anonymous_holds(charter, honest));
    record_write(honest, false, &honest_wire);
    ring_key_free(key);
}

static void check_record(struct bytes wire)
{
    struct fault fault = {0};
    bool wrong_body;
    struct record *record = record_read(wire, charter_network(charter), &wrong_body, &fault);

    if (record != NULL && anonymous_holds(charter, record))
        assert(digest_equal(record_id(record), record_id(honest)));
    record_free(record);
}

/* Each four bytes: where (two), what to take out there (one), what to put in (one). */
static void check_changed(struct bytes changes)
{
    struct buffer wire = {0}, before = {0};

    buffer_append(&wire, buffer_view(&honest_wire));
    for (; changes.size >= 4; changes = bytes_after(changes, 4)) {
        size_t at = (size_t)(changes.data[0] << 8 | changes.data[1]) % (wire.size + 1);
        size_t out = changes.data[2] % 4;
        if (out > wire.size - at)
            out = wire.size - at;
        buffer_clear(&before);
        buffer_append(&before, buffer_view(&wire));
        wire.size = at;
        if (changes.data[2] & 0x80)
            buffer_append(&wire, bytes_of(&changes.data[3], 1));
        buffer_append(&wire, bytes_of(before.data + at + out, before.size - at - out));
    }
    check_record(buffer_view(&wire));
    buffer_release(&wire);
    buffer_release(&before);
}

static unsigned number_at(struct bytes input, size_t at)
{
    return at + 2 > input.size ? 0 : (unsigned)input.data[at] << 8 | input.data[at + 1];
}

/* The honest tags and proof with up to three bits flipped: how many, and which ones. */
static void check_flipped(struct bytes input)
{
    const struct header *header = record_header(honest);
    struct bytes message = record_header_bytes(honest), proof = record_proof(honest);
    struct ring_statement statement = {
        .network = &header->network,
        .ring = {ring->epoch, ring->keys, ring->count},
        .message = message.data,
        .size = message.size,
    };
    uint8_t right[2 * 32 + 32 * (MEMBERS + 1)], flipped[sizeof right];

    memcpy(right, header->author.tags, 64);
    memcpy(right + 64, proof.data, proof.size);
    memcpy(flipped, right, sizeof right);
    for (size_t i = 0; input.size > 0 && i < input.data[0] % 4u; i++) {
        size_t bit = number_at(input, 1 + 2 * i) % (8 * sizeof flipped);
        flipped[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t i = 0; i < 2; i++) {
        struct bytes id = header->author.scopes[i].id;
        statement.scopes[i] = (struct ring_scope){SCOPE_SLOT, id.data, id.size};
    }
    memcpy(statement.tags, flipped, sizeof statement.tags);
    bool holds = ring_signature_holds(&statement, flipped + 64, sizeof flipped - 64);
    assert(holds == (memcmp(flipped, right, sizeof right) == 0));
    (void)holds;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (charter == NULL)
        start();
    check_record(bytes_of(data, size));
    check_changed(bytes_of(data, size));
    check_flipped(bytes_of(data, size));
    return 0;
}
