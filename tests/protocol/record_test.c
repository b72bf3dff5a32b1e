#include "tests/protocol/authors.h"
#include "tests/protocol/refusals.h"

#include <criterion/criterion.h>
#include <msgpack.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/secret.h"

#define NOW INT64_C(1700000000000)

static struct signing_key *leeds, *york;
static struct feed feed;
static const struct salt salt = {{1, 2, 3}};

static void start(void)
{
    crypto_start();
    leeds = key_numbered(1);
    york = key_numbered(2);
    feed = (struct feed){digest_numbered(3), 1};
}

static void stop(void)
{
    signing_key_free(leeds);
    signing_key_free(york);
}

TestSuite(record, .init = start, .fini = stop);

/* A header with something in every field. */
static struct header full_header(void)
{
    struct header header = {
        .network = digest_numbered(0),
        .kind = bytes_of_text("update"),
        .author = {.form = AUTHOR_NAMED, .feed = feed, .seq = 300, .prev = digest_numbered(4)},
        .time_ms = NOW,
        .topic = bytes_of_text("housing/repairs-2"),
        .references = {{RELATION_ABOUT, digest_numbered(5)}, {200, digest_numbered(6)}},
        .reference_count = 2,
        .expiry_ms = NOW + 1,
    };

    return header;
}

static struct record *full_record(void)
{
    struct header header = full_header();

    return record_sign(&header, &salt, bytes_of_text("Ask the tenant first."), leeds);
}

static struct record *read(struct bytes wire, bool *wrong_body)
{
    struct fault fault = {0};
    struct record *record = record_read(wire, NULL, wrong_body, &fault);

    cr_expect_not_null(record, "%s", fault.text);
    return record;
}

static void expect_same_header(const struct header *a, const struct header *b)
{
    cr_expect(digest_equal(&a->network, &b->network));
    cr_expect(bytes_equal(a->kind, b->kind));
    cr_expect_eq(a->author.form, b->author.form);
    cr_expect(feed_equal(&a->author.feed, &b->author.feed));
    cr_expect_eq(a->author.seq, b->author.seq);
    cr_expect(digest_equal(&a->author.prev, &b->author.prev));
    cr_expect_eq(a->time_ms, b->time_ms);
    cr_expect(bytes_equal(a->topic, b->topic));
    cr_expect_eq(a->reference_count, b->reference_count);
    for (size_t i = 0; i < a->reference_count; i++) {
        cr_expect_eq(a->references[i].relation, b->references[i].relation);
        cr_expect(digest_equal(&a->references[i].id, &b->references[i].id));
    }
    cr_expect_eq(a->expiry_ms, b->expiry_ms);
}

Test(record, survives_the_journey)
{
    struct record *sent = full_record();
    struct header header = full_header();
    struct buffer wire = {0};
    bool wrong_body;

    record_write(sent, true, &wire);
    struct record *received = read(buffer_view(&wire), &wrong_body);
    cr_expect_not(wrong_body);
    cr_expect(digest_equal(record_id(received), record_id(sent)));
    expect_same_header(record_header(received), &header);
    cr_expect_eq(record_header(received)->body_size, 21);
    cr_expect(bytes_equal(record_content(received), bytes_of_text("Ask the tenant first.")));
    cr_expect_eq(memcmp(record_salt(received), &salt, sizeof salt), 0);
    cr_expect(record_proven_by(received, signing_key_public(leeds)));
    cr_expect_not(record_proven_by(received, signing_key_public(york)));

    record_free(received);
    record_free(sent);
    buffer_release(&wire);
}

Test(record, has_the_id_that_the_specification_says)
{
    struct record *record = full_record();
    struct bytes header = record_header_bytes(record), proof = record_proof(record);
    struct buffer whole = {0};
    uint8_t length[4] = {0, 0, (uint8_t)(header.size >> 8), (uint8_t)header.size};

    buffer_append(&whole, bytes_of(length, 4));
    buffer_append(&whole, header);
    buffer_append(&whole, proof);
    struct digest id = digest_of("candour/1/record-id", whole.data, whole.size);
    cr_expect(digest_equal(&id, record_id(record)));
    cr_expect_eq(header.size > 255, true, "be4 is tested with more than one byte");

    struct signature signature;
    memcpy(&signature, proof.data, sizeof signature);
    cr_expect(signature_holds(&signature, "candour/1/record", header.data, header.size,
                              signing_key_public(leeds)));
    buffer_release(&whole);
    record_free(record);
}

/* MessagePack-c is a second reader, so we cannot agree with ourselves by mistake. */
Test(record, is_ordinary_messagepack)
{
    struct record *record = full_record();
    struct buffer wire = {0};
    msgpack_unpacked outer, inner;
    size_t used = 0;

    record_write(record, true, &wire);
    msgpack_unpacked_init(&outer);
    msgpack_unpacked_init(&inner);
    cr_assert_eq(msgpack_unpack_next(&outer, (const char *)wire.data, wire.size, &used),
                 MSGPACK_UNPACK_SUCCESS);
    cr_expect_eq(used, wire.size);
    const msgpack_object *parts = outer.data.via.array.ptr;
    cr_expect_eq(outer.data.via.array.size, 3);
    cr_expect_eq(parts[1].via.bin.size, 64);
    cr_expect_eq(parts[2].via.array.ptr[1].via.bin.size, 1 + 21);

    used = 0;
    cr_assert_eq(msgpack_unpack_next(&inner, parts[0].via.bin.ptr, parts[0].via.bin.size, &used),
                 MSGPACK_UNPACK_SUCCESS);
    cr_expect_eq(used, parts[0].via.bin.size);
    const msgpack_object *header = inner.data.via.array.ptr;
    cr_expect_eq(inner.data.via.array.size, 10);
    cr_expect_eq(header[3].via.array.ptr[3].via.u64, 300);
    cr_expect_eq(header[4].via.u64, (uint64_t)NOW);
    cr_expect_eq(header[6].via.array.ptr[1].via.array.ptr[0].via.u64, 200);

    msgpack_unpacked_destroy(&inner);
    msgpack_unpacked_destroy(&outer);
    buffer_release(&wire);
    record_free(record);
}

/* No flipped bit goes unnoticed: the record is refused, or its body left out, or its proof does not
 * hold and its id is another. */
Test(record, shows_when_any_bit_is_flipped)
{
    struct record *record = full_record();
    struct buffer wire = {0};
    struct fault fault;
    bool wrong_body;

    record_write(record, true, &wire);
    for (size_t bit = 0; bit < 8 * wire.size; bit++) {
        wire.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct record *other = record_read(buffer_view(&wire), NULL, &wrong_body, &fault);
        if (other == NULL)
            cr_expect_eq(fault.kind, FAULT_PEER, "bit %zu", bit);
        else
            cr_expect((wrong_body && !record_has_body(other)) ||
                          (!record_proven_by(other, signing_key_public(leeds)) &&
                           !digest_equal(record_id(other), record_id(record))),
                      "bit %zu", bit);
        record_free(other);
        wire.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    buffer_release(&wire);
    record_free(record);
}

Test(record, refuses_what_it_cannot_read)
{
    for (size_t i = 0; i < REFUSAL_COUNT; i++) {
        struct buffer wire = {0};
        struct fault fault = {0};
        bool wrong_body;

        wire_with(refusals[i].replacements, &wire);
        struct record *record = record_read(buffer_view(&wire), NULL, &wrong_body, &fault);
        cr_expect_null(record, "row %zu", i);
        cr_expect_eq(fault.kind, FAULT_PEER);
        cr_expect_eq(fault.refusal, REFUSED_MALFORMED);
        cr_expect_str_eq(fault.text, refusals[i].because);
        record_free(record);
        buffer_release(&wire);
    }
}

Test(record, reads_up_to_its_limits)
{
    for (size_t i = 0; i < LIMITS_KEPT_COUNT; i++) {
        struct buffer wire = {0}, again = {0};
        struct fault fault = {0};
        bool wrong_body;

        wire_with(limits_kept[i].replacements, &wire);
        struct record *record = record_read(buffer_view(&wire), NULL, &wrong_body, &fault);
        cr_assert_not_null(record, "%s: %s", limits_kept[i].what, fault.text);
        record_write(record, true, &again);
        cr_expect(bytes_equal(buffer_view(&wire), buffer_view(&again)), "%s", limits_kept[i].what);
        record_free(record);
        buffer_release(&wire);
        buffer_release(&again);
    }
}

Test(record, is_cut_short_nowhere_in_silence)
{
    struct record *record = full_record();
    struct buffer wire = {0};
    struct fault fault;
    bool wrong_body;

    record_write(record, true, &wire);
    for (size_t size = 0; size < wire.size; size++)
        cr_expect_null(record_read(bytes_of(wire.data, size), NULL, &wrong_body, &fault));
    buffer_release(&wire);
    record_free(record);
}

Test(record, tells_anonymous_and_owner_authors_apart)
{
    const struct replacement anonymous[2] = {{AUTHOR, RAW(ANONYMOUS)}};
    const struct replacement owner[2] = {{AUTHOR, RAW(OWNER)}};
    struct buffer wire = {0};
    bool wrong_body;

    wire_with(anonymous, &wire);
    struct record *record = read(buffer_view(&wire), &wrong_body);
    const struct author *author = &record_header(record)->author;
    cr_expect_eq(author->form, AUTHOR_ANONYMOUS);
    cr_expect_eq(author->scopes[0].kind, 1);
    cr_expect(bytes_equal(author->scopes[0].id, bytes_of_text("x")));
    cr_expect_eq(author->scopes[1].kind, 2);
    cr_expect_eq(author->scopes[1].id.size, 0);
    cr_expect_eq(author->owner.bytes[31], 'f');
    cr_expect_not(record_proven_by(record, signing_key_public(leeds)));
    record_free(record);

    buffer_clear(&wire);
    wire_with(owner, &wire);
    record = read(buffer_view(&wire), &wrong_body);
    cr_expect_eq(record_header(record)->author.form, AUTHOR_OWNER);
    cr_expect_eq(record_header(record)->author.n, 3);
    cr_expect_eq(record_header(record)->author.record.bytes[0], '0');
    record_free(record);
    buffer_release(&wire);
}

Test(record, of_an_owner_survives_the_journey)
{
    struct header header = full_header();
    struct buffer wire = {0};
    bool wrong_body;

    header.author = (struct author){.form = AUTHOR_OWNER, .record = digest_numbered(7), .n = 63};
    struct record *sent = record_sign(&header, &salt, bytes_of_text("It went well."), leeds);
    record_write(sent, true, &wire);
    struct record *received = read(buffer_view(&wire), &wrong_body);
    cr_expect_not(wrong_body);
    cr_expect(digest_equal(record_id(received), record_id(sent)));
    expect_same_header(record_header(received), &header);
    cr_expect(digest_equal(&record_header(received)->author.record, &header.author.record));
    cr_expect_eq(record_header(received)->author.n, 63);
    cr_expect(record_proven_by(received, signing_key_public(leeds)));
    cr_expect_not(record_proven_by(received, signing_key_public(york)));
    record_free(received);
    record_free(sent);
    buffer_release(&wire);
}

/* --- Of an anonymous author --- */

#define RING_EPOCH 4051
#define MEMBERS_MOST 512

static struct ring_key *members[MEMBERS_MOST];
static struct ring_public member_keys[MEMBERS_MOST];

static int by_key(const void *a, const void *b)
{
    return memcmp(ring_key_public(*(struct ring_key *const *)a),
                  ring_key_public(*(struct ring_key *const *)b), sizeof(struct ring_public));
}

static struct ring_members ring_of(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t scalar[32] = {(uint8_t)(i + 1), (uint8_t)((i + 1) >> 8)};
        members[i] = ring_key_from_scalar(scalar);
    }
    qsort(members, count, sizeof(struct ring_key *), by_key);
    for (size_t i = 0; i < count; i++)
        member_keys[i] = *ring_key_public(members[i]);
    return (struct ring_members){RING_EPOCH, member_keys, count};
}

static void free_ring(void)
{
    for (size_t i = 0; i < MEMBERS_MOST; i++)
        ring_key_free(members[i]);
}

static struct header anonymous_header(void)
{
    struct header header = full_header();

    header.author = (struct author){
        .form = AUTHOR_ANONYMOUS,
        .scopes = {{2, bytes_of_text("lesson:3")}, {1, bytes_of_text("an issue")}},
        .owner = *signing_key_public(leeds),
    };
    return header;
}

static struct record *anonymous_record(const struct ring_members *ring, struct bytes content)
{
    struct header header = anonymous_header();

    return record_sign_anonymous(&header, &salt, content, ring, members[1]);
}

static void expect_same_anonymous(const struct author *a, const struct author *b)
{
    cr_expect(digest_equal(&a->ring, &b->ring));
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(a->scopes[i].kind, b->scopes[i].kind);
        cr_expect(bytes_equal(a->scopes[i].id, b->scopes[i].id));
        cr_expect(digest_equal(&a->tags[i], &b->tags[i]));
    }
    cr_expect_eq(memcmp(&a->owner, &b->owner, sizeof a->owner), 0);
}

Test(record, of_an_anonymous_author_survives_the_journey)
{
    struct ring_members ring = ring_of(3);
    struct header header = anonymous_header();
    struct buffer wire = {0};
    bool wrong_body;

    header.author.ring = ring_digest(RING_EPOCH, ring.keys, ring.count);
    for (size_t i = 0; i < 2; i++) {
        struct bytes id = header.author.scopes[i].id;
        struct ring_scope scope = {header.author.scopes[i].kind, id.data, id.size};
        ring_tag(&header.author.tags[i], members[1], &header.network, RING_EPOCH, &scope);
    }
    struct record *sent = anonymous_record(&ring, bytes_of_text("It went well."));
    record_write(sent, true, &wire);
    struct record *received = read(buffer_view(&wire), &wrong_body);
    cr_expect_not(wrong_body);
    cr_expect(digest_equal(record_id(received), record_id(sent)));
    expect_same_header(record_header(received), &header);
    expect_same_anonymous(&record_header(received)->author, &header.author);
    cr_expect_eq(record_proof(received).size, 128);
    cr_expect(record_proven_in(received, &ring));
    cr_expect_not(record_proven_by(received, signing_key_public(leeds)));
    record_free(received);
    record_free(sent);
    buffer_release(&wire);
    free_ring();
}

Test(record, is_proven_in_its_own_ring_only)
{
    struct ring_members ring = ring_of(4), others[] = {ring, ring, ring};
    struct record *named = full_record(), *record;

    ring.count = 3;
    record = anonymous_record(&ring, bytes_of_text("It went well."));
    others[1].keys++;
    others[1].count = 3;
    others[2].count = 3;
    others[2].epoch++;
    cr_expect(record_proven_in(record, &ring));
    for (size_t i = 0; i < 3; i++)
        cr_expect_not(record_proven_in(record, &others[i]), "%zu", i);
    cr_expect_not(record_proven_in(named, &ring));
    record_free(record);
    record_free(named);
    free_ring();
}

Test(record, of_an_anonymous_author_has_room_for_511)
{
    static const uint8_t content[BODY_ANONYMOUS_MAX];
    struct ring_members ring = ring_of(511);
    struct record *record = anonymous_record(&ring, bytes_of(content, sizeof content));

    cr_expect_eq(record_proof(record).size, PROOF_MAX);
    cr_expect(record_proven_in(record, &ring));
    record_free(record);
    free_ring();
}

Test(record, of_an_anonymous_author_has_no_room_for_512, .signal = SIGABRT)
{
    struct ring_members ring = ring_of(512);

    anonymous_record(&ring, bytes_of_text("x"));
}

Test(record, of_an_anonymous_author_has_no_more_than_8_KiB, .signal = SIGABRT)
{
    static const uint8_t content[BODY_ANONYMOUS_MAX + 1];
    struct ring_members ring = ring_of(3);

    anonymous_record(&ring, bytes_of(content, sizeof content));
}

Test(record, of_an_anonymous_author_is_not_signed_by_a_feeds_key, .signal = SIGABRT)
{
    struct header header = anonymous_header();

    record_sign(&header, &salt, bytes_of_text("x"), leeds);
}

Test(record, is_of_one_network_only)
{
    struct record *record = full_record();
    struct digest own = digest_numbered(0), other = digest_numbered(42);
    struct buffer wire = {0};
    struct fault fault = {0};
    bool wrong_body;
    char expected[80], got_hex[17], own_hex[17];

    record_write(record, true, &wire);
    cr_expect_null(record_read(buffer_view(&wire), &other, &wrong_body, &fault));
    cr_expect_eq(fault.refusal, REFUSED_NETWORK);
    hex_of(got_hex, own.bytes, 8);
    hex_of(own_hex, other.bytes, 8);
    snprintf(expected, sizeof expected, "network: got %s..., expected %s...", got_hex, own_hex);
    cr_expect_str_eq(fault.text, expected);
    struct record *here = record_read(buffer_view(&wire), &own, &wrong_body, &fault);
    cr_expect_not_null(here);
    record_free(here);
    buffer_release(&wire);
    record_free(record);
}

/* --- Bodies --- */

static struct record *with_body(const struct record *record, const struct salt *its_salt,
                                const char *packed, bool *wrong_body)
{
    struct buffer wire = {0};

    write_array(&wire, 3);
    write_bytes(&wire, record_header_bytes(record).data, record_header_bytes(record).size);
    write_bytes(&wire, record_proof(record).data, record_proof(record).size);
    write_array(&wire, 2);
    write_bytes(&wire, its_salt->bytes, sizeof its_salt->bytes);
    write_bytes(&wire, packed, strlen(packed));
    struct record *other = read(buffer_view(&wire), wrong_body);
    buffer_release(&wire);
    return other;
}

Test(record, leaves_out_a_body_that_is_not_the_one_committed_to)
{
    static const struct {
        const char *packed;
        struct salt salt;
        bool wrong;
    } rows[] = {
        {"\1Ask the tenant first.", {{1, 2, 3}}, false},
        {"\1Ask the tenant first!", {{1, 2, 3}}, true},
        {"\1Ask the tenant first", {{1, 2, 3}}, true},
        {"Ask the tenant first.", {{1, 2, 3}}, true},
        {"", {{1, 2, 3}}, true},
        {"\1Ask the tenant first.", {{1, 2, 4}}, true},
    };
    struct record *record = full_record();

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool wrong_body;
        struct record *other = with_body(record, &rows[i].salt, rows[i].packed, &wrong_body);
        cr_expect_eq(wrong_body, rows[i].wrong, "row %zu", i);
        cr_expect_eq(record_has_body(other), !rows[i].wrong);
        cr_expect_eq(record_salt(other) == NULL, rows[i].wrong);
        cr_expect(rows[i].wrong ? record_content(other).size == 0 : true);
        cr_expect(digest_equal(record_id(other), record_id(record)));
        record_free(other);
    }
    record_free(record);
}

/* The commitment alone would not notice. */
Test(record, has_no_body_of_another_size_than_its_header_says)
{
    struct record *record = full_record();
    struct buffer header = {0};
    struct fault fault = {0};

    buffer_append(&header, record_header_bytes(record));
    cr_assert_eq(header.data[header.size - 10], 21);
    header.data[header.size - 10] = 22;
    cr_expect_null(record_join(buffer_view(&header), record_proof(record), &salt,
                               record_packed(record), &fault));
    cr_expect_eq(fault.refusal, REFUSED_COMMITMENT);
    buffer_release(&header);
    record_free(record);
}

Test(record, stands_without_its_body)
{
    struct record *record = full_record();
    struct buffer with = {0}, without = {0};
    bool wrong_body;

    record_write(record, true, &with);
    record_write(record, false, &without);
    cr_expect(without.size < with.size);
    struct record *other = read(buffer_view(&without), &wrong_body);
    cr_expect_not(wrong_body);
    cr_expect_not(record_has_body(other));
    cr_expect(digest_equal(record_id(other), record_id(record)));
    buffer_clear(&with);
    record_write(other, true, &with);
    cr_expect(bytes_equal(buffer_view(&with), buffer_view(&without)));
    record_free(other);
    record_free(record);
    buffer_release(&with);
    buffer_release(&without);
}

Test(record, may_have_an_empty_body)
{
    struct header header = full_header();
    struct record *record = record_sign(&header, &salt, bytes_of("", 0), leeds);
    struct buffer wire = {0};
    bool wrong_body;

    cr_expect(record_has_body(record));
    record_write(record, true, &wire);
    struct record *other = read(buffer_view(&wire), &wrong_body);
    cr_expect_not(wrong_body);
    cr_expect(record_has_body(other));
    record_free(other);
    record_free(record);
    buffer_release(&wire);
}

Test(record, is_joined_from_what_a_store_keeps)
{
    struct record *record = full_record();
    struct bytes header = record_header_bytes(record), proof = record_proof(record);
    struct salt wrong = {{9}};
    struct fault fault = {0};

    struct record *other = record_join(header, proof, &salt, record_packed(record), &fault);
    cr_expect(digest_equal(record_id(other), record_id(record)));
    cr_expect(record_has_body(other));
    record_free(other);
    other = record_join(header, proof, NULL, bytes_of("", 0), &fault);
    cr_expect_not(record_has_body(other));
    record_free(other);
    cr_expect_null(record_join(header, proof, &wrong, record_packed(record), &fault));
    cr_expect_eq(fault.refusal, REFUSED_COMMITMENT);
    cr_expect_str_eq(fault.text, "body: not the one the header commits to, or not of its size");
    cr_expect_null(record_join(header, bytes_of("", 0), NULL, bytes_of("", 0), &fault));
    cr_expect_str_eq(fault.text, "proof: got 0, expected 64 to 64");
    cr_expect_null(record_join(bytes_of("", 0), proof, NULL, bytes_of("", 0), &fault));
    cr_expect_str_eq(fault.text, "header: items: cut short");
    record_free(record);
}

Test(record, is_held_until_the_last_lets_go)
{
    struct record *record = full_record(), *again = record_hold(record);

    record_free(record);
    cr_expect_eq(record_header(again)->author.seq, 300);
    record_free(again);
    record_free(NULL);
}

Test(record, cannot_be_signed_beyond_its_limits, .signal = SIGABRT)
{
    struct header header = full_header();

    header.topic = bytes_of_text("Housing");
    record_sign(&header, &salt, bytes_of_text("x"), leeds);
}

/* --- What a body holds --- */

Test(body, wraps_a_map_and_opens_it)
{
    struct bytes map = RAW("\x81\xa4text\xa2hi"), opened;
    struct buffer content = {0};
    struct fault fault;

    body_wrap(map, &content);
    cr_expect(body_open(buffer_view(&content), &opened, &fault));
    cr_expect(bytes_equal(opened, map));
    buffer_release(&content);
}

Test(body, opens_nothing_else)
{
    static const struct {
        const char *because;
        enum fault_kind kind;
        struct bytes content;
    } rows[] = {
        {"body: cut short", FAULT_PEER, RAW("")},
        {"body: wrong type", FAULT_PEER, RAW("\x80")},
        {"body: got 0, expected 1 to 16", FAULT_PEER, RAW("\x90")},
        {"body form: wrong type", FAULT_PEER, RAW("\x92\xc0\x80")},
        {"body: 1 items, expected 2", FAULT_PEER, RAW("\x91\x00")},
        {"body: 3 items, expected 2", FAULT_PEER, RAW("\x93\x00\x80\x80")},
        {"body: not a map", FAULT_PEER, RAW("\x92\x00\x01")},
        {"body: not a map", FAULT_PEER, RAW("\x92\x00\xc0")},
        {"body: map keys out of order", FAULT_PEER, RAW("\x92\x00\x82\x01\x01\x01\x02")},
        {"1 bytes after the end", FAULT_PEER, RAW("\x92\x00\x80\xc0")},
        {"body: of form 1, for other readers than this node", FAULT_ABSENT,
         RAW("\x92\x01\xc4\x01x")},
    };
    struct bytes map;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {0};
        cr_expect_not(body_open(rows[i].content, &map, &fault));
        cr_expect_eq(fault.kind, rows[i].kind);
        cr_expect_str_eq(fault.text, rows[i].because);
    }
}
