#include "tests/crypto/fixed_random.h"
#include "tests/crypto/loose_ring.h"
#include "tests/protocol/bare_charter.h"
#include "tests/protocol/vectors.h"

#include "crypto/secret.h"
#include "protocol/anonymous.h"

/* tests/vectors/ring.json: anonymous records that hold, records that must not, and what owners say
 * of theirs. What does not hold is wrong in one thing only, as far as that can be done. */

#define RELEASE INT64_C(86400000)
#define TIME INT64_C(1767225600000) /* 1 January 2026: a release of epoch 4051. */
#define EPOCH 4051
#define RINGS 4
#define MOST 20

/* The rings that the charter lists: one of each epoch, of so many members. */
static const size_t counts[RINGS] = {3, 2, 8, MOST};
static const int64_t times[RINGS] = {
    TIME, INT64_C(1775001600000), /* 1 April 2026 */
    INT64_C(1790812800000),       /* 1 October 2026 */
    INT64_C(1806537600000),       /* 1 April 2027 */
};
static struct ring *rings[RINGS];
static struct ring_key *members[RINGS][MOST];
static struct charter *charter;
static const struct salt salt = {"the salt of a golden record, 32"};
static const struct bytes content = {(const uint8_t *)"\x92\x00\x80", 3}; /* [0, {}] */
static struct signing_key *owner;

static int by_key(const void *a, const void *b)
{
    return memcmp(ring_key_public(*(struct ring_key *const *)a),
                  ring_key_public(*(struct ring_key *const *)b), sizeof(struct ring_public));
}

static void make_ring(size_t at)
{
    struct ring_public keys[MOST];

    for (size_t i = 0; i < counts[at]; i++) {
        struct digest scalar = digest_numbered((unsigned)(1000 * (at + 1) + i));
        scalar.bytes[31] &= 0x0f; /* Below L. */
        members[at][i] = ring_key_from_scalar(scalar.bytes);
    }
    qsort(members[at], counts[at], sizeof(struct ring_key *), by_key);
    for (size_t i = 0; i < counts[at]; i++)
        keys[i] = *ring_key_public(members[at][i]);
    rings[at] = ring_new(EPOCH + (uint32_t)at, keys, counts[at]);
}

static void put_rings(void)
{
    buffer_append_text(&json, " \"rings\": [\n");
    for (size_t i = 0; i < RINGS; i++) {
        buffer_append_text(&json, "    {\n");
        put_number("epoch", rings[i]->epoch);
        put_hex("digest", rings[i]->digest.bytes, DIGEST_SIZE);
        put_hex("keys", rings[i]->keys, rings[i]->count * sizeof *rings[i]->keys);
        end("}");
    }
    end("\n ]");
}

static void put_charter(void)
{
    struct buffer wire = {0};
    struct fault fault;
    bool changed;

    for (size_t i = 0; i < RINGS; i++)
        make_ring(i);
    bare_charter(rings, RINGS, RELEASE, &wire);
    charter = charter_new(NULL);
    cr_assert(charter_add(charter, buffer_view(&wire), &changed, &fault), "%s", fault.text);
    put_hex("network", charter_network(charter)->bytes, DIGEST_SIZE);
    put_hex("charter", wire.data, wire.size);
    put_rings();
    buffer_release(&wire);
}

/* As a reader decides it. */
static bool holds(struct bytes wire)
{
    struct fault fault;
    bool wrong_body;
    struct record *record = record_read(wire, charter_network(charter), &wrong_body, &fault);
    bool answer = record != NULL && anonymous_holds(charter, record);

    record_free(record);
    return answer;
}

/* --- What holds --- */

static const uint8_t issue_id[32] = "the id of an issue, 32 bytes ...";

struct said {
    const char *name, *kind;
    struct ring_scope scopes[2];
    size_t ring, signer;
};
#define SLOT(slot)                                                                                 \
    {                                                                                              \
        2, (const uint8_t *)slot, sizeof slot - 1                                                  \
    }
#define ABOUT(kind)                                                                                \
    {                                                                                              \
        kind, issue_id, sizeof issue_id                                                            \
    }

static const struct said holding[] = {
    {"a lesson, by the first of two", "lesson", {SLOT("lesson:0"), SLOT("lesson:0")}, 1, 0},
    {"the same slot, by the second", "lesson", {SLOT("lesson:0"), SLOT("lesson:0")}, 1, 1},
    {"the same slot again", "lesson", {SLOT("lesson:0"), ABOUT(1)}, 1, 1},
    {"a lesson about an issue", "lesson", {SLOT("lesson:3"), ABOUT(1)}, 0, 1},
    {"the last slot for lessons", "lesson", {SLOT("lesson:11"), ABOUT(1)}, 0, 2},
    {"an issue", "issue", {SLOT("issue:11"), SLOT("issue:11")}, 2, 7},
    {"a response to an issue", "response", {SLOT("response:0"), ABOUT(3)}, 2, 0},
    {"a response to a record", "response", {SLOT("response:47"), ABOUT(4)}, 2, 4},
    {"in a ring of twenty", "lesson", {SLOT("lesson:9"), ABOUT(1)}, 3, 13},
};
#define HOLDING (sizeof holding / sizeof *holding)
static struct record *held[HOLDING];

static struct header header_of(const struct said *said)
{
    struct header header = {
        .network = *charter_network(charter),
        .kind = bytes_of_text(said->kind),
        .author = {.form = AUTHOR_ANONYMOUS, .owner = *signing_key_public(owner)},
        .time_ms = times[said->ring],
        .topic = bytes_of_text("home-care send"),
    };

    for (size_t i = 0; i < 2; i++) {
        header.author.scopes[i].kind = said->scopes[i].kind;
        header.author.scopes[i].id = bytes_of(said->scopes[i].id, said->scopes[i].size);
    }
    return header;
}

static struct record *signed_as(const struct header *header, size_t at, size_t signer)
{
    struct ring_members ring = {rings[at]->epoch, rings[at]->keys, rings[at]->count};
    return record_sign_anonymous(header, &salt, content, &ring, members[at][signer]);
}

/* The signer's side of a record, for whoever signs: the formulas alone. */
static struct loose_ring loosened(const struct record *record, size_t at, size_t signer)
{
    const struct header *header = record_header(record);
    struct loose_ring loose = {
        .keys = rings[at]->keys,
        .count = rings[at]->count,
        .own = signer,
        .x = ring_key_scalar(members[at][signer]),
        .nonce = {9},
        .ring = header->author.ring,
        .tags = {header->author.tags[0], header->author.tags[1]},
        .message = record_header_bytes(record).data,
        .size = record_header_bytes(record).size,
    };

    for (size_t i = 0; i < 2; i++)
        loose_base(loose.bases[i], &header->network, header->author.scopes[i].kind,
                   rings[at]->epoch, header->author.scopes[i].id.data,
                   header->author.scopes[i].id.size);
    return loose;
}

static void put_signing(const struct loose_ring *loose)
{
    uint8_t context[64];

    loose_context(context, loose);
    put_number("signer", (int64_t)loose->own);
    put_hex("scalar", loose->x, 32);
    put_hex("tag_bases", loose->bases, sizeof loose->bases);
    put_hex("ctx", context, sizeof context);
}

static void put_holding(size_t at)
{
    const struct said *said = &holding[at];
    struct digest seed = digest_numbered((unsigned)(5000 + at));
    struct header header = header_of(said);
    struct buffer wire = {0};

    if (at % 2 == 1) {
        header.expiry_ms = header.time_ms + 52 * RELEASE;
        header.references[0] = (struct reference){RELATION_ABOUT, digest_numbered(6)};
        header.reference_count = 1;
    }
    fixed_random_begin(seed.bytes);
    held[at] = signed_as(&header, said->ring, said->signer);
    struct loose_ring loose = loosened(held[at], said->ring, said->signer);
    begin(said->name);
    put_hex("random", seed.bytes, sizeof seed);
    put_signing(&loose);
    put_fields(record_header(held[at]));
    put_parts(held[at]);
    end("}");
    record_write(held[at], true, &wire);
    cr_expect(holds(buffer_view(&wire)), "%s", said->name);
    buffer_release(&wire);
}

static void put_all_holding(void)
{
    buffer_append_text(&json, " \"holding\": [\n");
    for (size_t i = 0; i < HOLDING; i++)
        put_holding(i);
    end("\n ]");
}

/* --- What does not --- */

static void put_judged(const char *name, bool expected, const struct record *record)
{
    struct buffer wire = {0};

    record_write(record, true, &wire);
    begin(name);
    buffer_printf(&json, "     \"holds\": %s,\n", expected ? "true" : "false");
    put_hex("wire", wire.data, wire.size);
    end("}");
    cr_expect_eq(holds(buffer_view(&wire)), expected, "%s", name);
    buffer_release(&wire);
}

/* Those that are changed: of member 1 of three, and one with one scope twice. */
#define CHANGED 3
#define TWICE 5

static void put_joined(const char *name, bool expected, struct bytes header, struct bytes proof)
{
    struct fault fault;
    struct record *record = record_join(header, proof, NULL, bytes_of(NULL, 0), &fault);

    cr_assert_not_null(record, "%s: %s", name, fault.text);
    put_judged(name, expected, record);
    record_free(record);
}

/* Its proof: c_0, s_0, s_1 and s_2. */
struct proof {
    uint8_t scalars[5][32];
    size_t size;
};

static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                  0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};

static void add_order_to_c(struct proof *proof)
{
    sodium_add(proof->scalars[0], order, 32);
}
static void add_order_to_s(struct proof *proof)
{
    sodium_add(proof->scalars[3], order, 32);
}
static void add_top_bit_to_c(struct proof *proof)
{
    proof->scalars[0][31] |= 0x80;
}
static void add_top_bit_to_s(struct proof *proof)
{
    proof->scalars[1][31] |= 0x80;
}
static void zero_c(struct proof *proof)
{
    memset(proof->scalars[0], 0, 32);
}
static void zero_s(struct proof *proof)
{
    memset(proof->scalars[2], 0, 32);
}
static void order_for_s(struct proof *proof)
{
    memcpy(proof->scalars[2], order, 32);
}
static void flip_c(struct proof *proof)
{
    proof->scalars[0][0] ^= 1;
}
static void flip_s(struct proof *proof)
{
    proof->scalars[3][31] ^= 1;
}
static void exchange(struct proof *proof)
{
    uint8_t first[32];

    memcpy(first, proof->scalars[1], 32);
    memcpy(proof->scalars[1], proof->scalars[2], 32);
    memcpy(proof->scalars[2], first, 32);
}
static void shorten_by_a_scalar(struct proof *proof)
{
    proof->size -= 32;
}
static void shorten_by_a_byte(struct proof *proof)
{
    proof->size--;
}
static void lengthen_by_a_byte(struct proof *proof)
{
    proof->size++;
}
static void lengthen_by_a_scalar(struct proof *proof)
{
    memcpy(proof->scalars[4], proof->scalars[1], 32);
    proof->size += 32;
}
static void leave_a_byte(struct proof *proof)
{
    proof->size = 1;
}

static void put_changed_proofs(void)
{
    static const struct {
        const char *name;
        void (*change)(struct proof *proof);
    } rows[] = {
        {"c_0 + L", add_order_to_c},
        {"c_0 + 2^255", add_top_bit_to_c},
        {"c_0 is zero", zero_c},
        {"c_0 is another", flip_c},
        {"s_2 + L", add_order_to_s},
        {"s_0 + 2^255", add_top_bit_to_s},
        {"s_1 is zero", zero_s},
        {"s_1 is L", order_for_s},
        {"s_2 is another", flip_s},
        {"s_0 and s_1 exchanged", exchange},
        {"a scalar less", shorten_by_a_scalar},
        {"a byte less", shorten_by_a_byte},
        {"a byte more", lengthen_by_a_byte},
        {"a scalar more", lengthen_by_a_scalar},
        {"one byte", leave_a_byte},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes good = record_proof(held[CHANGED]);
        struct proof proof = {.size = good.size};
        memcpy(proof.scalars, good.data, good.size);
        rows[i].change(&proof);
        put_joined(rows[i].name, false, record_header_bytes(held[CHANGED]),
                   bytes_of(proof.scalars, proof.size));
    }
}

/* Where these bytes are in the header. */
static size_t place_of(struct bytes header, const void *data, size_t size)
{
    size_t at = 0;

    while (memcmp(header.data + at, data, size) != 0)
        cr_assert(++at + size <= header.size, "not in the header");
    return at;
}

/* One bit of each field, under the same proof. */
static void put_changed_headers(void)
{
    const struct header *header = record_header(held[CHANGED]);
    const struct author *author = &header->author;
    uint8_t time[6];
    const struct {
        const char *name;
        const void *bytes;
        size_t size;
    } rows[] = {
        {"another network's", header->network.bytes, 32},
        {"another kind", header->kind.data, header->kind.size},
        {"another ring's digest", author->ring.bytes, 32},
        {"another subject", issue_id, 32},
        {"another first tag", author->tags[0].bytes, 32},
        {"another second tag", author->tags[1].bytes, 32},
        {"another owner key", author->owner.bytes, 32},
        {"another time", time, sizeof time},
        {"another topic", header->topic.data, header->topic.size},
        {"another reference", header->references[0].id.bytes, 32},
        {"another commitment", header->commitment.bytes, 32},
    };
    uint8_t changed[HEADER_MAX];

    for (size_t i = 0; i < sizeof time; i++)
        time[i] = (uint8_t)(header->time_ms >> (40 - 8 * i));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes good = record_header_bytes(held[CHANGED]);
        memcpy(changed, good.data, good.size);
        size_t at = place_of(good, rows[i].bytes, rows[i].size);
        changed[at + rows[i].size - 1] ^= 1;
        put_joined(rows[i].name, false, bytes_of(changed, good.size), record_proof(held[CHANGED]));
    }
}

/* --- By a signer who keeps to the formulas and to no rule --- */

static struct ring_public walked[MOST]; /* The keys he walks along. */

static void spell_negative(struct digest *tag)
{
    struct digest p;

    memset(&p, 0xff, sizeof p);
    p.bytes[0] = 0xed;
    p.bytes[31] = 0x7f;
    sodium_sub(p.bytes, tag->bytes, sizeof p);
    *tag = p;
}
static void first_tag_negative(struct loose_ring *loose)
{
    spell_negative(&loose->tags[0]);
}
static void second_tag_negative(struct loose_ring *loose)
{
    spell_negative(&loose->tags[1]);
}
static void first_tag_with_the_top_bit(struct loose_ring *loose)
{
    loose->tags[0].bytes[31] |= 0x80;
}
static void second_tag_with_the_top_bit(struct loose_ring *loose)
{
    loose->tags[1].bytes[31] |= 0x80;
}
static void first_tag_the_identity(struct loose_ring *loose)
{
    memset(&loose->tags[0], 0, sizeof loose->tags[0]);
}
static void second_tag_the_identity(struct loose_ring *loose)
{
    memset(&loose->tags[1], 0, sizeof loose->tags[1]);
}
static void first_tag_another(struct loose_ring *loose)
{
    memcpy(loose->tags[0].bytes, rings[1]->keys[0].bytes, 32);
}
static void second_tag_another(struct loose_ring *loose)
{
    memcpy(loose->tags[1].bytes, rings[1]->keys[0].bytes, 32);
}
static void walk_in_another_order(struct loose_ring *loose)
{
    walked[0] = loose->keys[2];
    walked[1] = loose->keys[1];
    walked[2] = loose->keys[0];
    loose->keys = walked;
}
static void walk_with_an_outsider(struct loose_ring *loose)
{
    memcpy(walked, loose->keys, 3 * sizeof *walked);
    walked[1] = rings[1]->keys[0];
    loose->keys = walked;
    loose->x = ring_key_scalar(members[1][0]);
    for (size_t i = 0; i < 2; i++)
        cr_assert_eq(
            crypto_scalarmult_ristretto255(loose->tags[i].bytes, loose->x, loose->bases[i]), 0);
}
static void walk_with_a_member_less(struct loose_ring *loose)
{
    loose->count = 2;
}
static void bind_another_ring(struct loose_ring *loose)
{
    loose->ring = rings[1]->digest;
}
static void put_base(struct loose_ring *loose, const struct digest *network, uint8_t kind,
                     uint32_t epoch, const char *slot)
{
    loose_base(loose->bases[0], network, kind, epoch, slot, strlen(slot));
    cr_assert_eq(crypto_scalarmult_ristretto255(loose->tags[0].bytes, loose->x, loose->bases[0]),
                 0);
}
static void base_of_another_network(struct loose_ring *loose)
{
    struct digest other = digest_numbered(1);

    put_base(loose, &other, 2, EPOCH, "lesson:3");
}
static void base_of_another_epoch(struct loose_ring *loose)
{
    put_base(loose, charter_network(charter), 2, EPOCH + 1, "lesson:3");
}
static void base_of_another_kind(struct loose_ring *loose)
{
    put_base(loose, charter_network(charter), 1, EPOCH, "lesson:3");
}
static void base_of_another_slot(struct loose_ring *loose)
{
    put_base(loose, charter_network(charter), 2, EPOCH, "lesson:4");
}
static void zero_nonce(struct loose_ring *loose)
{
    memset(loose->nonce, 0, sizeof loose->nonce);
}
static void change_nothing(struct loose_ring *loose)
{
    (void)loose;
}

/* The header of a record with the tags that are to be written. */
static struct bytes header_with(const struct record *record, const struct digest tags[2],
                                uint8_t changed[HEADER_MAX])
{
    struct bytes good = record_header_bytes(record);
    size_t at = place_of(good, record_header(record)->author.tags, 32);

    memcpy(changed, good.data, good.size);
    memcpy(changed + at, tags[0].bytes, 32);
    memcpy(changed + at + 34, tags[1].bytes, 32); /* After the mark of a byte string of 32. */
    return bytes_of(changed, good.size);
}

static void put_loosely_signed(void)
{
    static const struct {
        const char *name;
        size_t record;
        void (*change)(struct loose_ring *loose);
        bool holds;
    } rows[] = {
        {"by the formulas", CHANGED, change_nothing, true},
        {"by the formulas, with one scope twice", TWICE, change_nothing, true},
        {"a is zero, and so are three of the sums", CHANGED, zero_nonce, true},
        {"the first tag spelled negative", CHANGED, first_tag_negative, false},
        {"the second tag spelled negative", CHANGED, second_tag_negative, false},
        {"the first tag with the top bit", CHANGED, first_tag_with_the_top_bit, false},
        {"the second tag with the top bit", CHANGED, second_tag_with_the_top_bit, false},
        {"the first tag is the identity", CHANGED, first_tag_the_identity, false},
        {"the second tag is the identity", CHANGED, second_tag_the_identity, false},
        {"the first tag is another point", CHANGED, first_tag_another, false},
        {"the second tag is another point", CHANGED, second_tag_another, false},
        {"one scope, and the first tag is another point", TWICE, first_tag_another, false},
        {"one scope, and the second tag is another point", TWICE, second_tag_another, false},
        {"the keys in another order", CHANGED, walk_in_another_order, false},
        {"an outsider's key among them", CHANGED, walk_with_an_outsider, false},
        {"without one of the keys", CHANGED, walk_with_a_member_less, false},
        {"another ring's digest in ctx", CHANGED, bind_another_ring, false},
        {"a base of another network", CHANGED, base_of_another_network, false},
        {"a base of another epoch", CHANGED, base_of_another_epoch, false},
        {"a base of another kind of scope", CHANGED, base_of_another_kind, false},
        {"a base of another slot", CHANGED, base_of_another_slot, false},
    };
    uint8_t proof[32 * (MOST + 1)], header[HEADER_MAX];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct record *record = held[rows[i].record];
        const struct said *said = &holding[rows[i].record];
        struct loose_ring loose = loosened(record, said->ring, said->signer);
        struct digest seed = digest_numbered((unsigned)(6000 + i));
        rows[i].change(&loose);
        struct bytes bytes = header_with(record, loose.tags, header);
        loose.message = bytes.data;
        fixed_random_begin(seed.bytes);
        loose_sign(proof, &loose);
        put_joined(rows[i].name, rows[i].holds, bytes, bytes_of(proof, 32 * (loose.count + 1)));
    }
}

/* --- Well signed, and yet not what a record may be --- */

static void put_well_signed(const char *name, const struct said *said, const struct header *header)
{
    struct digest seed = digest_numbered((unsigned)(7000 + strlen(name)));

    fixed_random_begin(seed.bytes);
    struct record *record = signed_as(header, said->ring, said->signer);
    put_judged(name, false, record);
    record_free(record);
}

static void put_wrong_scopes(void)
{
    static const struct said rows[] = {
        {"no such slot for a lesson", "lesson", {SLOT("lesson:12"), ABOUT(1)}, 0, 1},
        {"no such slot for an issue", "issue", {SLOT("issue:12"), SLOT("issue:12")}, 0, 1},
        {"no such slot for a response", "response", {SLOT("response:48"), ABOUT(3)}, 0, 1},
        {"a slot with a leading zero", "lesson", {SLOT("lesson:03"), ABOUT(1)}, 0, 1},
        {"a slot without a number", "lesson", {SLOT("lesson:"), ABOUT(1)}, 0, 1},
        {"a slot for another kind", "lesson", {SLOT("issue:3"), ABOUT(1)}, 0, 1},
        {"a slot of another kind of scope",
         "lesson",
         {{1, (const uint8_t *)"lesson:3", 8}, ABOUT(1)},
         0,
         1},
        {"the slot comes second", "lesson", {ABOUT(1), SLOT("lesson:3")}, 0, 1},
        {"a second slot", "lesson", {SLOT("lesson:3"), SLOT("lesson:4")}, 0, 1},
        {"a lesson that is a response", "lesson", {SLOT("lesson:3"), ABOUT(3)}, 0, 1},
        {"an issue about an issue", "issue", {SLOT("issue:3"), ABOUT(1)}, 0, 1},
        {"a response about nothing", "response", {SLOT("response:3"), SLOT("response:3")}, 0, 1},
        {"a response that is a lesson", "response", {SLOT("response:3"), ABOUT(1)}, 0, 1},
        {"a subject of 31 bytes", "lesson", {SLOT("lesson:3"), {1, issue_id, 31}}, 0, 1},
        {"a kind that has no anonymous form", "update", {SLOT("update:3"), ABOUT(4)}, 0, 1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct header header = header_of(&rows[i]);
        put_well_signed(rows[i].name, &rows[i], &header);
    }
}

static void put_wrong_times(void)
{
    const struct {
        const char *name;
        int64_t time_ms;
    } rows[] = {
        {"a millisecond after a release", TIME + 1},
        {"half an interval after a release", TIME + RELEASE / 2},
        {"a release of the next epoch", times[1]},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct header header = header_of(&holding[CHANGED]);
        header.time_ms = rows[i].time_ms;
        put_well_signed(rows[i].name, &holding[CHANGED], &header);
    }
}

static void put_another_network(void)
{
    struct header header = header_of(&holding[CHANGED]);

    header.network = digest_numbered(1);
    put_well_signed("in another network, by the same keys", &holding[CHANGED], &header);
}

/* Two of the three, whose ring no head lists. */
static void put_unlisted(void)
{
    struct ring_members two = {EPOCH, rings[0]->keys, 2};
    struct header header = header_of(&holding[CHANGED]);
    struct digest seed = digest_numbered(8000);

    fixed_random_begin(seed.bytes);
    struct record *record = record_sign_anonymous(&header, &salt, content, &two, members[0][1]);
    put_judged("in a ring that no head lists", false, record);
    record_free(record);
}

static void put_all_judged(void)
{
    buffer_append_text(&json, " \"judged\": [\n");
    put_changed_proofs();
    put_changed_headers();
    put_loosely_signed();
    put_wrong_scopes();
    put_wrong_times();
    put_another_network();
    put_unlisted();
    end("\n ]");
}

/* --- Owners --- */

static void put_owned(const char *name, const char *kind, uint32_t n, const struct signing_key *key)
{
    struct header header = {
        .network = *charter_network(charter),
        .kind = bytes_of_text(kind),
        .author = {.form = AUTHOR_OWNER, .record = *record_id(held[CHANGED]), .n = n},
        .time_ms = TIME + 1,
        .references = {{RELATION_ABOUT, *record_id(held[CHANGED])}},
        .reference_count = 1,
    };
    struct record *record = record_sign(&header, &salt, content, key);
    bool proven = record_proven_by(record, signing_key_public(owner));

    cr_expect_eq(proven, key == owner);
    begin(name);
    buffer_printf(&json, "     \"holds\": %s,\n", proven ? "true" : "false");
    put_fields(record_header(record));
    put_parts(record);
    end("}");
    record_free(record);
}

static void put_owners(void)
{
    struct signing_key *thief = key_numbered(2);

    buffer_append_text(&json, " \"owners\": {\n");
    put_hex("key", signing_key_public(owner)->bytes, sizeof(struct public_key));
    buffer_append_text(&json, "     \"records\": [\n");
    put_owned("an update", "update", 1, owner);
    put_owned("the last one", "update", OWNER_RECORDS_MAX - 1, owner);
    put_owned("the erasure", "erasure", 0, owner);
    put_owned("an update by somebody else", "update", 2, thief);
    end("\n ]}");
    signing_key_free(thief);
}

static void release_all(void)
{
    for (size_t i = 0; i < HOLDING; i++)
        record_free(held[i]);
    for (size_t i = 0; i < RINGS; i++) {
        for (size_t k = 0; k < counts[i]; k++)
            ring_key_free(members[i][k]);
        ring_free(rings[i]);
    }
    signing_key_free(owner);
    charter_free(charter);
}

Test(vectors, of_rings_are_what_the_file_says, .init = crypto_start)
{
    owner = key_numbered(1);
    buffer_append_text(&json, "{\"about\": \"Anonymous records of candour, protocol version 1: see "
                              "docs/protocol.md. Bytes are hexadecimal.\",\n");
    put_charter();
    put_all_holding();
    put_all_judged();
    put_owners();
    end("}\n");
    json.size -= 2;
    release_all();
    expect_golden(SOURCE_DIR "/tests/vectors/ring.json");
}
