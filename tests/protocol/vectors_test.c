#include "tests/protocol/authors.h"
#include "tests/protocol/refusals.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/secret.h"
#include "protocol/set.h"

/* tests/vectors/records.json is part of the specification: a second implementation is right when it
 * agrees with it. It is made here, from fixed seeds, and compared on every run;
 * CANDOUR_WRITE_VECTORS=1 writes it anew. */
#define PATH SOURCE_DIR "/tests/vectors/records.json"

TestSuite(vectors, .init = crypto_start);

static struct buffer json;

static void put_hex(const char *name, const void *data, size_t size)
{
    char *text = memory_new(2 * size + 1, 1);

    hex_of(text, data, size);
    buffer_printf(&json, "     \"%s\": \"%s\",\n", name, text);
    free(text);
}

static void put_number(const char *name, int64_t number)
{
    buffer_printf(&json, "     \"%s\": %" PRId64 ",\n", name, number);
}

static void put_text(const char *name, struct bytes text)
{
    buffer_printf(&json, "     \"%s\": \"%.*s\",\n", name, (int)text.size, (const char *)text.data);
}

static void begin(const char *name)
{
    buffer_printf(&json, "    {\"name\": \"%s\",\n", name);
}

/* Takes back the last comma. */
static void end(const char *closing)
{
    json.size -= 2;
    buffer_printf(&json, "%s,\n", closing);
}

static void put_references(const struct header *header)
{
    char hex[2 * DIGEST_SIZE + 1];

    buffer_append_text(&json, "     \"references\": [");
    for (size_t i = 0; i < header->reference_count; i++) {
        hex_of(hex, header->references[i].id.bytes, DIGEST_SIZE);
        buffer_printf(&json, "%s[%u, \"%s\"]", i == 0 ? "" : ", ", header->references[i].relation,
                      hex);
    }
    buffer_append_text(&json, "],\n");
}

static void put_named(const struct author *author)
{
    put_hex("authority", author->feed.authority.bytes, DIGEST_SIZE);
    put_number("feed", author->feed.number);
    put_number("seq", (int64_t)author->seq);
    if (author->seq == 1)
        buffer_append_text(&json, "     \"prev\": null,\n");
    else
        put_hex("prev", author->prev.bytes, DIGEST_SIZE);
}

static void put_fields(const struct header *header)
{
    put_hex("network", header->network.bytes, DIGEST_SIZE);
    put_text("kind", header->kind);
    put_number("author_form", header->author.form);
    if (header->author.form == AUTHOR_NAMED)
        put_named(&header->author);
    put_number("time", header->time_ms);
    put_text("topic", header->topic);
    put_references(header);
    put_hex("commitment", header->commitment.bytes, DIGEST_SIZE);
    put_number("body_size", header->body_size);
    if (header->expiry_ms == 0)
        buffer_append_text(&json, "     \"expiry\": null,\n");
    else
        put_number("expiry", header->expiry_ms);
}

static void put_wire(const struct record *record)
{
    struct buffer wire = {0};

    record_write(record, true, &wire);
    put_hex("wire", wire.data, wire.size);
    buffer_release(&wire);
}

static void put_record(const char *name, const struct record *record, const struct signing_key *key)
{
    uint8_t seed[32];

    begin(name);
    if (key != NULL) {
        signing_key_seed(key, seed);
        put_hex("seed", seed, sizeof seed);
        put_hex("key", signing_key_public(key)->bytes, 32);
    }
    put_fields(record_header(record));
    if (record_has_body(record)) {
        put_hex("salt", record_salt(record)->bytes, sizeof(struct salt));
        put_hex("content", record_content(record).data, record_content(record).size);
    }
    put_hex("header", record_header_bytes(record).data, record_header_bytes(record).size);
    put_hex("proof", record_proof(record).data, record_proof(record).size);
    put_hex("id", record_id(record)->bytes, DIGEST_SIZE);
    put_wire(record);
    end("}");
}

/* --- What is in the file --- */

static struct signing_key *key;
static struct feed feed;
static const struct salt salt = {"the salt of a golden record, 32"};

static struct record *signed_record(struct header header, const struct record *prev,
                                    const char *map, size_t size)
{
    struct buffer content = {0};

    header.network = digest_numbered(0);
    header.author = (struct author){.form = AUTHOR_NAMED, .feed = feed, .seq = 1};
    if (prev != NULL) {
        header.author.seq = record_header(prev)->author.seq + 1;
        header.author.prev = *record_id(prev);
    }
    body_wrap(bytes_of(map, size), &content);
    struct record *record = record_sign(&header, &salt, buffer_view(&content), key);
    buffer_release(&content);
    return record;
}

static struct record *piecewise(const struct replacement replacements[2])
{
    struct buffer wire = {0};
    struct fault fault;
    bool wrong_body;

    wire_with(replacements, &wire);
    struct record *record = record_read(buffer_view(&wire), NULL, &wrong_body, &fault);
    cr_assert_not_null(record, "%s", fault.text);
    buffer_release(&wire);
    return record;
}

#define FIRST_TIME INT64_C(1700000000000)

static void put_records(struct record *records[3])
{
    struct header first = {.kind = bytes_of_text("lesson"),
                           .time_ms = FIRST_TIME,
                           .topic = bytes_of_text("housing/repairs")};
    struct header second = {.kind = bytes_of_text("update"),
                            .time_ms = FIRST_TIME + 1000,
                            .reference_count = 2,
                            .expiry_ms = FIRST_TIME + 2000};
    struct header third = {.kind = bytes_of_text("kind_of_a_later_version_0123456"), .time_ms = 0};

    records[0] = signed_record(first, NULL,
                               "\x81\xa5title\xa5"
                               "Damp.",
                               13);
    second.references[0] = (struct reference){RELATION_ABOUT, *record_id(records[0])};
    second.references[1] = (struct reference){255, digest_numbered(6)};
    records[1] = signed_record(second, records[0], "\x80", 1);
    records[2] = signed_record(third, records[1], "\x80", 1);
    buffer_append_text(&json, " \"records\": [\n");
    put_record("the first of a feed", records[0], key);
    put_record("the second, with references and an expiry", records[1], key);
    put_record("a kind nobody knows yet", records[2], key);
}

/* Their proofs are decided by later rules; form and id are those of this version. */
static void put_unnamed(void)
{
    const struct replacement anonymous[2] = {{AUTHOR, RAW(ANONYMOUS)},
                                             {PROOF, RAW("\xc4\x03"
                                                         "abc")}};
    const struct replacement owner[2] = {{AUTHOR, RAW(OWNER)}};
    struct record *record = piecewise(anonymous);

    put_record("anonymous", record, NULL);
    record_free(record);
    record = piecewise(owner);
    put_record("owner", record, NULL);
    record_free(record);
    end("\n ]");
}

static void put_kept(void)
{
    buffer_append_text(&json, " \"limits_kept\": [\n");
    for (size_t i = 0; i < LIMITS_KEPT_COUNT; i++) {
        struct record *record = piecewise(limits_kept[i].replacements);
        begin(limits_kept[i].what);
        put_hex("id", record_id(record)->bytes, DIGEST_SIZE);
        put_wire(record);
        end("}");
        record_free(record);
    }
    end("\n ]");
}

static void put_refused_wire(const char *why, const char *reason, struct bytes wire)
{
    buffer_printf(&json, "    {\"why\": \"%s\",\n     \"reason\": \"%s\",\n", why, reason);
    put_hex("wire", wire.data, wire.size);
    end("}");
}

static void put_refused(const struct record *record)
{
    struct buffer wire = {0};

    buffer_append_text(&json, " \"refused\": [\n");
    put_refused_wire("record: cut short", "malformed", bytes_of("", 0));
    for (size_t i = 0; i < REFUSAL_COUNT; i++) {
        buffer_clear(&wire);
        wire_with(refusals[i].replacements, &wire);
        put_refused_wire(refusals[i].because, "malformed", buffer_view(&wire));
    }
    buffer_clear(&wire);
    record_write(record, true, &wire);
    wire.data[wire.size - 1] ^= 1; /* Within the content. */
    put_refused_wire("body: not the one the header commits to", "wrong_body", buffer_view(&wire));
    wire.data[wire.size - 1] ^= 1;
    size_t header_end =
        record_header_bytes(record).size + 3 + (record_header_bytes(record).size > 255);
    wire.data[header_end - 2] ^= 1; /* The header's body size. */
    put_refused_wire("body: not of the size that the header says", "wrong_body",
                     buffer_view(&wire));
    wire.data[header_end - 2] ^= 1;
    wire.data[header_end + 2] ^= 1; /* The proof's first byte. */
    put_refused_wire("proof: does not hold", "bad_signature", buffer_view(&wire));
    buffer_release(&wire);
    end("\n ]");
}

static struct feed_rules rules_of(void *context, const struct feed *of)
{
    struct feed_rules rules = {.listed = true, .key_count = 1};

    (void)context;
    (void)of;
    rules.keys[0] = *signing_key_public(key);
    return rules;
}

/* The digests of a set of these records, with a fork and a second feed. */
static void put_digests(struct record *records[3])
{
    struct set *set = set_new((struct set_rules){NULL, rules_of});
    struct feed second = {feed.authority, 2};
    struct record *fork = record_numbered(1, &feed, records[0], key, FIRST_TIME);
    struct record *other = record_numbered(2, &second, NULL, key, FIRST_TIME);
    struct digest charter = digest_numbered(9);
    struct changes changes = {0};
    struct tip tips[4];

    for (unsigned i = 0; i < 3; i++)
        set_offer(set, records[i], FIRST_TIME, &changes);
    set_offer(set, fork, FIRST_TIME, &changes);
    set_offer(set, other, FIRST_TIME, &changes);
    size_t count = set_tips(set, NULL, tips, 4);
    cr_assert_eq(count, 3);
    buffer_append_text(&json, " \"digests\":\n    {\"tips\": [\n");
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(&json, "    {\n");
        put_hex("authority", tips[i].feed.authority.bytes, DIGEST_SIZE);
        put_number("feed", tips[i].feed.number);
        put_number("seq", (int64_t)tips[i].seq);
        put_hex("id", tips[i].id.bytes, DIGEST_SIZE);
        end("}");
    }
    end("]");
    unsigned bucket = feed.authority.bytes[0] >> 2;
    struct digest of_bucket = set_bucket_digest(set, bucket), of_none = set_bucket_digest(set, 63);
    struct digest of_state = set_state_digest(set, &charter);
    put_number("bucket", bucket);
    put_hex("bucket_digest", of_bucket.bytes, DIGEST_SIZE);
    put_hex("empty_bucket_digest", of_none.bytes, DIGEST_SIZE);
    put_hex("charter_digest", charter.bytes, DIGEST_SIZE);
    put_hex("state_digest", of_state.bytes, DIGEST_SIZE);
    end("}");
    changes_release(&changes);
    set_free(set);
    record_free(fork);
    record_free(other);
}

static void make(void)
{
    struct record *records[3];

    key = key_numbered(1);
    feed = (struct feed){digest_numbered(3), 1};
    buffer_append_text(&json, "{\"about\": \"Records of candour, protocol version 1: see "
                              "docs/protocol.md. Bytes are hexadecimal.\",\n");
    put_records(records);
    put_unnamed();
    put_kept();
    put_refused(records[0]);
    put_digests(records);
    end("}\n");
    json.size -= 2;
    for (unsigned i = 0; i < 3; i++)
        record_free(records[i]);
    signing_key_free(key);
}

static void write_file(void)
{
    FILE *file = fopen(PATH, "w");

    cr_assert_not_null(file);
    cr_assert_eq(fwrite(json.data, 1, json.size, file), json.size);
    cr_assert_eq(fclose(file), 0);
}

static struct buffer read_file(void)
{
    struct buffer text = {0};
    FILE *file = fopen(PATH, "r");
    uint8_t piece[4096];

    cr_assert_not_null(file, "%s is missing: make it with CANDOUR_WRITE_VECTORS=1", PATH);
    for (size_t size; (size = fread(piece, 1, sizeof piece, file)) > 0;)
        buffer_append(&text, bytes_of(piece, size));
    fclose(file);
    return text;
}

Test(vectors, of_records_are_what_the_file_says)
{
    make();
    if (getenv("CANDOUR_WRITE_VECTORS") != NULL)
        write_file();
    struct buffer golden = read_file();
    size_t same = 0;
    while (same < golden.size && same < json.size && golden.data[same] == json.data[same])
        same++;
    cr_expect(bytes_equal(buffer_view(&golden), buffer_view(&json)),
              "records.json differs from byte %zu on: a format changed", same);
    buffer_release(&golden);
    buffer_release(&json);
}
