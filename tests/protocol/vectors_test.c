#include "tests/protocol/refusals.h"
#include "tests/protocol/set_records.h"
#include "tests/protocol/set_tips.h"
#include "tests/protocol/vectors.h"
#include "tests/support/committed.h"

#include "crypto/secret.h"
#include "protocol/set.h"

TestSuite(vectors, .init = crypto_start);

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
    put_parts(record);
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

/* A body of a hundred times "a", which says nothing, and a frame of them: one block that repeats
 * it. */
static uint8_t hundred[100];

static struct record *of_hundred(void)
{
    struct header header = {.network = digest_numbered(0),
                            .kind = bytes_of_text("lesson"),
                            .author = {.form = AUTHOR_NAMED, .feed = feed, .seq = 1},
                            .time_ms = 1};

    memset(hundred, 'a', sizeof hundred);
    return record_sign(&header, &salt, bytes_of(hundred, sizeof hundred), key);
}

#define FRAME "\x28\xb5\x2f\xfd\x20\x64\x23\x03\x00\x61"

static const struct {
    const char *why, *bytes;
    size_t size;
} frames[] = {
    {NULL, FRAME, 10},
    {"body: a frame that says another size", "\x28\xb5\x2f\xfd\x20\x63\x23\x03\x00\x61", 10},
    {"body: a frame with another one after it", FRAME "\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00", 19},
    {"body: a frame with a checksum", "\x28\xb5\x2f\xfd\x24\x64\x23\x03\x00\x61\x01\x02\x03\x04",
     14},
    {"body: a frame of a dictionary", "\x28\xb5\x2f\xfd\x21\x07\x64\x23\x03\x00\x61", 11},
    {"body: a frame that has a window", "\x28\xb5\x2f\xfd\x80\x00\x64\x00\x00\x00\x23\x03\x00\x61",
     14},
    {"body: a frame with a block of a type that is reserved",
     "\x28\xb5\x2f\xfd\x20\x64\x27\x03\x00\x61", 10},
};
#define FRAME_COUNT (sizeof frames / sizeof *frames)

static void put_framed(void)
{
    struct record *plain = of_hundred();
    struct buffer packed = framed_as(bytes_of(hundred, 100), bytes_of(FRAME, 10));
    struct record *record = record_committed_to(plain, buffer_view(&packed));

    cr_assert_not_null(record);
    cr_expect(bytes_equal(record_content(record), bytes_of(hundred, 100)));
    buffer_release(&packed);
    begin("a body in a frame");
    put_hex("id", record_id(record)->bytes, DIGEST_SIZE);
    put_wire(record);
    end("}");
    record_free(record);
    record_free(plain);
}

static void put_refused_wire(const char *why, const char *reason, struct bytes wire)
{
    buffer_printf(&json, "    {\"why\": \"%s\",\n     \"reason\": \"%s\",\n", why, reason);
    put_hex("wire", wire.data, wire.size);
    end("}");
}

static void put_refused_frames(void)
{
    struct record *plain = of_hundred();

    for (size_t i = 1; i < FRAME_COUNT; i++) {
        struct buffer packed =
            framed_as(bytes_of(hundred, 100), bytes_of(frames[i].bytes, frames[i].size));
        struct buffer wire = wire_committed_to(plain, buffer_view(&packed));
        cr_expect(record_committed_to(plain, buffer_view(&packed)) == NULL, "%s", frames[i].why);
        put_refused_wire(frames[i].why, "wrong_body", buffer_view(&wire));
        buffer_release(&wire);
        buffer_release(&packed);
    }
    record_free(plain);
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
    put_framed();
    end("\n ]");
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
    put_refused_frames();
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

static enum ring_answer ring_holds(void *context, const struct record *record)
{
    (void)context;
    (void)record;
    return RING_HOLDS;
}

static bool proven_by(void *context, const struct record *record, const struct public_key *by)
{
    (void)context;
    (void)record;
    (void)by;
    return true;
}

#define WEEK (INT64_C(7) * 24 * 3600 * 1000)

/* Two of one week, the second one's owner's of the next, and one of a later one. */
static void offer_unnamed(struct set *set)
{
    struct digest ring = digest_numbered(4), slots[3];
    struct record *records[4];

    for (unsigned i = 0; i < 3; i++) {
        slots[i] = digest_numbered(20 + i);
        struct header header = header_anonymous(&slots[i], &ring, signing_key_public(key),
                                                FIRST_TIME / WEEK * WEEK + (i == 2 ? 5 * WEEK : i));
        records[i] = record_unproven(&header, i);
    }
    struct header owner =
        header_owner(record_id(records[1]), 1, "update", FIRST_TIME / WEEK * WEEK + WEEK);
    records[3] = record_unproven(&owner, 3);
    for (unsigned i = 0; i < 4; i++) {
        cr_assert_eq(set_offer(set, records[i], FIRST_TIME + 10 * WEEK), OFFER_TAKEN);
        record_free(records[i]);
    }
}

/* A set of these records, with a fork, a second feed, and four that are not named. */
static struct set *set_of(struct record *records[3])
{
    struct set *set = set_new(
        (struct set_rules){.of = rules_of, .ring_holds = ring_holds, .proven_by = proven_by});
    struct feed second = {feed.authority, 2};
    struct record *fork = record_numbered(1, &feed, records[0], key, FIRST_TIME);
    struct record *other = record_numbered(2, &second, NULL, key, FIRST_TIME);
    struct changes changes = {0};

    for (unsigned i = 0; i < 3; i++)
        set_offer(set, records[i], FIRST_TIME);
    set_offer(set, fork, FIRST_TIME);
    set_offer(set, other, FIRST_TIME);
    offer_unnamed(set);
    set_decide(set, &changes);
    cr_assert_eq(set_count(set, STANDING_IN), 9);
    changes_release(&changes);
    record_free(fork);
    record_free(other);
    return set;
}

static void put_digest(const char *name, struct digest digest)
{
    put_hex(name, digest.bytes, DIGEST_SIZE);
}

static void put_short(const char *name, uint64_t number)
{
    uint8_t bytes[8];

    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    put_hex(name, bytes, sizeof bytes);
}

static void put_tips(const struct set *set)
{
    struct tip tips[4];
    size_t count = tips_of_all(set, tips, 4);

    buffer_append_text(&json, " \"digests\":\n    {\"tips\": [\n");
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(&json, "    {\n");
        put_digest("authority", tips[i].feed.authority);
        put_number("feed", tips[i].feed.number);
        put_number("seq", (int64_t)tips[i].seq);
        put_digest("id", tips[i].id);
        end("}");
    }
    end("]");
}

/* The weeks with their ids, and each line's short digest. */
static void put_lines(struct set *set, const struct short_salt *under)
{
    struct buckets all;
    struct lines lines = {0};

    memset(&all, 0xff, sizeof all);
    set_lines(set, &all, under, &lines);
    buffer_append_text(&json, "     \"lines\": [\n");
    for (size_t i = 0; i < lines.count; i++) {
        struct digest ids[4];
        size_t count = set_week_ids(set, lines.list[i].week, NULL, ids, 4);
        buffer_append_text(&json, "    {\n");
        if (lines.list[i].feed.number > 0) {
            put_digest("authority", lines.list[i].feed.authority);
            put_number("feed", lines.list[i].feed.number);
        } else {
            put_number("week", (int64_t)lines.list[i].week);
            put_hex("ids", ids, count * DIGEST_SIZE);
        }
        put_short("short", lines.list[i].short_digest);
        end("}");
    }
    end("]");
    lines_release(&lines);
}

static void put_digests(struct record *records[3])
{
    struct set *set = set_of(records);
    struct digest charter = digest_numbered(9);
    struct short_salt short_salt = {"sixteen bytes.."};
    uint64_t shorts[SET_BUCKETS + 1];
    unsigned bucket = feed.authority.bytes[0] >> 2;

    put_tips(set);
    put_number("bucket", bucket);
    put_digest("bucket_digest", set_bucket_digest(set, bucket));
    put_digest("empty_bucket_digest", set_bucket_digest(set, 63));
    put_digest("weeks_digest", set_weeks_digest(set));
    put_digest("charter_digest", charter);
    put_digest("state_digest", set_state_digest(set, &charter));
    put_hex("short_salt", short_salt.bytes, sizeof short_salt.bytes);
    set_bucket_shorts(set, &short_salt, shorts);
    put_short("bucket_short", shorts[bucket]);
    put_short("empty_bucket_short", shorts[63]);
    put_short("weeks_short", shorts[SET_WEEKS]);
    put_lines(set, &short_salt);
    end("}");
    set_free(set);
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

Test(vectors, of_records_are_what_the_file_says)
{
    make();
    expect_golden(SOURCE_DIR "/tests/vectors/records.json");
}
