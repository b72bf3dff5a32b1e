#include "protocol/anonymous.h"
#include "tests/protocol/authors.h"
#include "tests/protocol/charter_model.h"

#include <criterion/criterion.h>
#include <string.h>

#include "crypto/secret.h"

/* Head a lists the ring of Aylesbury, Bradford and Chester; b that of five, and asks for other
 * releases, which head 1 decides; c is not valid; of the ring that d lists the keys have not come.
 */
#define WORLD                                                                                      \
    "a ABC/2 by AB ring:ABC; b ABC/2 on a by AB ring:ABCDE release:1000; "                         \
    "c ABC/2 on b by A ring:FGH; d ABC/2 on b by BC fit"
#define ABC 0x07
#define FGH 0xe0
#define ABCDE 0x1f
#define ABD 0x0b
#define ALL 0xff

static struct charter *charter;
static const struct salt salt = {"the salt of an anonymous record"};

static void hear(void)
{
    crypto_start();
    charter = charter_made(WORLD);
}

static void forget(void)
{
    charter_free(charter);
    towns_release();
}

TestSuite(anonymous, .init = hear, .fini = forget);

#define ID "0123456789abcdef0123456789abcdef"

/* What a record says of itself, and who signs it. */
struct said {
    const char *kind;
    struct {
        uint8_t kind;
        const char *id;
    } scopes[2];
    int64_t after_ms; /* After TOWN_MS, a release. */
    unsigned towns;
    char signer;
};

static struct record *record_of(const struct said *said)
{
    struct ring *ring = model_ring(said->towns);
    struct ring_members members = {ring->epoch, ring->keys, ring->count};
    struct ring_key *key = town_ring_key(said->signer, TOWN_EPOCH);
    struct header header = {
        .network = *charter_network(charter),
        .kind = bytes_of_text(said->kind),
        .author = {.form = AUTHOR_ANONYMOUS, .owner = {{7}}},
        .time_ms = TOWN_MS + said->after_ms,
    };

    for (size_t i = 0; i < 2; i++) {
        header.author.scopes[i].kind = said->scopes[i].kind;
        header.author.scopes[i].id = bytes_of_text(said->scopes[i].id);
    }
    struct record *record =
        record_sign_anonymous(&header, &salt, bytes_of_text("Ask first."), &members, key);
    ring_free(ring);
    ring_key_free(key);
    return record;
}

static bool holds(const struct said *said)
{
    struct record *record = record_of(said);
    bool answer = anonymous_holds(charter, record);

    record_free(record);
    return answer;
}

#define SLOT(id)                                                                                   \
    {                                                                                              \
        2, id                                                                                      \
    }
#define LESSON(...) "lesson", {SLOT("lesson:0"), SLOT("lesson:0")}, __VA_ARGS__

Test(anonymous, record_has_the_scopes_of_its_kind)
{
    static const struct {
        bool holds;
        const char *kind;
        struct {
            uint8_t kind;
            const char *id;
        } scopes[2];
    } rows[] = {
        {true, "lesson", {SLOT("lesson:0"), SLOT("lesson:0")}},
        {true, "lesson", {SLOT("lesson:11"), SLOT("lesson:11")}},
        {true, "lesson", {SLOT("lesson:9"), {1, ID}}},
        {true, "issue", {SLOT("issue:0"), SLOT("issue:0")}},
        {true, "issue", {SLOT("issue:11"), SLOT("issue:11")}},
        {true, "response", {SLOT("response:0"), {3, ID}}},
        {true, "response", {SLOT("response:47"), {4, ID}}},

        /* The slot. */
        {false, "lesson", {SLOT("lesson:12"), {1, ID}}},
        {false, "lesson", {SLOT("lesson:100"), {1, ID}}},
        {false, "lesson", {SLOT("lesson:4294967296"), {1, ID}}},
        {false, "lesson", {SLOT("lesson:18446744073709551616"), {1, ID}}},
        {false, "lesson", {SLOT("lesson:00"), {1, ID}}},
        {false, "lesson", {SLOT("lesson:01"), {1, ID}}},
        {false, "lesson", {SLOT("lesson:"), {1, ID}}},
        {false, "lesson", {SLOT("lesson"), {1, ID}}},
        {false, "lesson", {SLOT("lesso"), {1, ID}}},
        {false, "lesson", {SLOT(""), {1, ID}}},
        {false, "lesson", {SLOT("lesson:+1"), {1, ID}}},
        {false, "lesson", {SLOT("lesson:-1"), {1, ID}}},
        {false, "lesson", {SLOT("lesson:1 "), {1, ID}}},
        {false, "lesson", {SLOT("lesson: 1"), {1, ID}}},
        {false, "lesson", {SLOT("lesson:1:"), {1, ID}}},
        {false, "lesson", {SLOT("lesson:a"), {1, ID}}},
        {false, "lesson", {SLOT("lesson/1"), {1, ID}}},
        {false, "lesson", {SLOT("Lesson:1"), {1, ID}}},
        {false, "lesson", {SLOT("issue:1"), {1, ID}}},
        {false, "lesson", {{1, "lesson:1"}, {1, ID}}},
        {false, "lesson", {{0, "lesson:1"}, {1, ID}}},
        {false, "lesson", {{1, ID}, SLOT("lesson:1")}},
        {false, "issue", {SLOT("issue:12"), SLOT("issue:12")}},
        {false, "issue", {SLOT("lesson:1"), SLOT("lesson:1")}},
        {false, "response", {SLOT("response:48"), {3, ID}}},

        /* What it is about. */
        {false, "lesson", {SLOT("lesson:0"), SLOT("lesson:1")}},
        {false, "lesson", {SLOT("lesson:0"), SLOT("issue:0")}},
        {false, "lesson", {SLOT("lesson:0"), {0, ID}}},
        {false, "lesson", {SLOT("lesson:0"), {3, ID}}},
        {false, "lesson", {SLOT("lesson:0"), {4, ID}}},
        {false, "lesson", {SLOT("lesson:0"), {5, ID}}},
        {false, "lesson", {SLOT("lesson:0"), {2, ID}}},
        {false, "lesson", {SLOT("lesson:0"), {1, ""}}},
        {false, "lesson", {SLOT("lesson:0"), {1, "0123456789abcdef0123456789abcde"}}},
        {false, "lesson", {SLOT("lesson:0"), {1, ID "0"}}},
        {false, "lesson", {SLOT("lesson:0"), {1, "lesson:0"}}},
        {false, "issue", {SLOT("issue:0"), {1, ID}}},
        {false, "issue", {SLOT("issue:0"), {0, ID}}},
        {false, "response", {SLOT("response:0"), SLOT("response:0")}},
        {false, "response", {SLOT("response:0"), {1, ID}}},
        {false, "response", {SLOT("response:0"), {3, "an issue"}}},
        {false, "response", {SLOT("response:0"), {4, "a record"}}},

        /* Kinds that have no anonymous form. */
        {false, "profile", {SLOT("profile:0"), SLOT("profile:0")}},
        {false, "erasure", {SLOT("erasure:0"), {4, ID}}},
        {false, "receipt", {SLOT("receipt:0"), {4, ID}}},
        {false, "update", {SLOT("update:0"), {4, ID}}},
        {false, "lesson2", {SLOT("lesson:0"), SLOT("lesson:0")}},
        {false, "less", {SLOT("lesson:0"), SLOT("lesson:0")}},
        {false, "l", {SLOT("l:0"), SLOT("l:0")}},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct said said = {.kind = rows[i].kind, .towns = ABC, .signer = 'B'};
        memcpy(said.scopes, rows[i].scopes, sizeof said.scopes);
        cr_expect_eq(holds(&said), rows[i].holds, "%s, %s, %u %s", rows[i].kind,
                     rows[i].scopes[0].id, rows[i].scopes[1].kind, rows[i].scopes[1].id);
    }
}

Test(anonymous, record_is_of_a_listed_ring_and_a_release)
{
    static const struct {
        const char *what;
        bool holds;
        struct said said;
    } rows[] = {
        {"listed by an older head", true, {LESSON(0, ABC, 'A')}},
        {"by another of them", true, {LESSON(0, ABC, 'C')}},
        {"listed by a newer one", true, {LESSON(0, ABCDE, 'E')}},
        {"at the next release", true, {LESSON(RELEASE_MS, ABC, 'A')}},
        {"at the last of the epoch before", false, {LESSON(-14 * RELEASE_MS, ABC, 'A')}},
        {"at the first of the epoch", true, {LESSON(-13 * RELEASE_MS, ABC, 'A')}},
        {"at the last of the epoch", true, {LESSON(12 * RELEASE_MS, ABC, 'A')}},
        {"at the first of the epoch after", false, {LESSON(13 * RELEASE_MS, ABC, 'A')}},
        {"a millisecond late", false, {LESSON(1, ABC, 'A')}},
        {"a millisecond early", false, {LESSON(-1, ABC, 'A')}},
        {"at a release of b's, but not of head 1's", false, {LESSON(1000, ABC, 'A')}},
        {"a day late", false, {LESSON(DAY_MS, ABC, 'A')}},
        {"listed by a head that is not valid", false, {LESSON(0, FGH, 'G')}},
        {"listed by nobody", false, {LESSON(0, ABD, 'A')}},
        {"listed, and its keys have not come", false, {LESSON(0, ALL, 'A')}},
    };

    struct ring *all = model_ring(ALL);
    cr_assert(digest_equal(&all->digest, &charter_head(charter, 0)->rings[0].digest));
    ring_free(all);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(holds(&rows[i].said), rows[i].holds, "%s", rows[i].what);
}

static struct record *with_proof(const struct record *record, struct bytes proof)
{
    struct fault fault;
    struct record *other =
        record_join(record_header_bytes(record), proof, NULL, bytes_of("", 0), &fault);

    cr_assert_not_null(other, "%s", fault.text);
    return other;
}

Test(anonymous, record_has_a_proof)
{
    static const struct said said = {LESSON(0, ABC, 'B')};
    struct record *record = record_of(&said);
    struct bytes proof = record_proof(record);
    uint8_t changed[32 * 5] = {0};

    cr_assert_eq(proof.size, 32 * 4);
    for (size_t i = 0; i < proof.size; i++) {
        memcpy(changed, proof.data, proof.size);
        changed[i] ^= 1;
        struct record *other = with_proof(record, bytes_of(changed, proof.size));
        cr_expect_not(anonymous_holds(charter, other), "byte %zu", i);
        record_free(other);
    }
    memcpy(changed, proof.data, proof.size);
    for (size_t size = 1; size <= sizeof changed; size++) {
        struct record *other = with_proof(record, bytes_of(changed, size));
        cr_expect_eq(anonymous_holds(charter, other), size == proof.size, "size %zu", size);
        record_free(other);
    }
    record_free(record);
}

/* Each bit of the header is bound: the record is another one, or none. */
Test(anonymous, record_cannot_be_changed)
{
    static const struct said said = {LESSON(0, ABC, 'B')};
    struct record *record = record_of(&said);
    struct bytes header = record_header_bytes(record);
    uint8_t changed[HEADER_MAX];
    struct fault fault;

    memcpy(changed, header.data, header.size);
    for (size_t bit = 0; bit < 8 * header.size; bit++) {
        changed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct record *other = record_join(bytes_of(changed, header.size), record_proof(record),
                                           NULL, bytes_of("", 0), &fault);
        cr_expect(other == NULL || !anonymous_holds(charter, other), "bit %zu", bit);
        record_free(other);
        changed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    record_free(record);
}

Test(anonymous, record_is_not_a_named_one_nor_an_owners)
{
    struct signing_key *key = key_numbered(1);
    struct header header = {
        .network = *charter_network(charter),
        .kind = bytes_of_text("lesson"),
        .author = {.form = AUTHOR_NAMED, .feed = {digest_numbered(3), 1}, .seq = 1},
        .time_ms = TOWN_MS,
    };

    for (int form = AUTHOR_NAMED; form <= AUTHOR_OWNER; form += AUTHOR_OWNER - AUTHOR_NAMED) {
        header.author.form = (enum author_form)form;
        struct record *record = record_sign(&header, &salt, bytes_of_text("x"), key);
        cr_expect_not(anonymous_holds(charter, record));
        record_free(record);
    }
    signing_key_free(key);
}

/* A ring that is listed later, or whose keys come later, makes its records hold. */
Test(anonymous, record_waits_for_its_ring)
{
    static const struct said said = {LESSON(0, ABC, 'B')};
    static const struct {
        const char *heard;
        bool holds;
    } rows[] = {
        {"a ABC/2 by A ring:ABC", false},
        {"a ABC/2 by A ring:ABC | a by B", true},
        {"a ABC/2 by AB", false},
        {"a ABC/2 by AB; b ABC/2 on a by A ring:ABC", false},
        {"a ABC/2 by AB; b ABC/2 on a by A ring:ABC | b by C", true},
        {"a ABC/2 by AB bare ring:ABC", true},
    };
    struct charter *nothing = charter_new(NULL);
    struct record *record = record_of(&said);

    cr_expect_not(anonymous_holds(nothing, record));
    record_free(record);
    charter_free(nothing);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        charter_free(charter);
        charter = charter_made(rows[i].heard);
        cr_expect_eq(holds(&said), rows[i].holds, "%s", rows[i].heard);
    }
}
