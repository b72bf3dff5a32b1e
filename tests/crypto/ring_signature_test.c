#include "crypto/ring_signature.h"

#include <signal.h>
#include <stdlib.h>

#include "crypto/secret.h"
#include "tests/crypto/fixed_random.h"
#include "tests/crypto/hex.h"
#include "tests/crypto/loose_ring.h"

#define MOST 8
#define EPOCH 4051
#define MESSAGE "We commissioned the new system before the data was clean."

/* Eight members in the order of their keys, what they say, and room for a signature. */
static struct ring_key *members[MOST];
static struct ring_public keys[MOST];
static struct digest network;
static struct ring_statement statement;
static uint8_t signature[32 * (MOST + 2)];

static int by_key(const void *a, const void *b)
{
    return memcmp(ring_key_public(*(struct ring_key *const *)a),
                  ring_key_public(*(struct ring_key *const *)b), 32);
}

static struct ring_scope scope_of(uint8_t kind, const char *id)
{
    return (struct ring_scope){kind, (const uint8_t *)id, strlen(id)};
}

static void begin(void)
{
    crypto_start();
    for (uint8_t i = 0; i < MOST; i++) {
        struct digest scalar = digest_of("a test's ring key", &i, 1);
        scalar.bytes[31] &= 0x0f;
        members[i] = ring_key_from_scalar(scalar.bytes);
    }
    qsort(members, MOST, sizeof(struct ring_key *), by_key);
    for (size_t i = 0; i < MOST; i++)
        keys[i] = *ring_key_public(members[i]);
    network = digest_of("a test's network", "n", 1);
    statement = (struct ring_statement){
        .network = &network,
        .ring = {EPOCH, keys, 3},
        .scopes = {scope_of(2, "lesson:3"), scope_of(1, "issue")},
        .message = MESSAGE,
        .size = strlen(MESSAGE),
    };
}

static void end(void)
{
    for (size_t i = 0; i < MOST; i++)
        ring_key_free(members[i]);
}

TestSuite(ring_signature, .init = begin, .fini = end);

static void sign(size_t member)
{
    for (size_t i = 0; i < 2; i++)
        ring_tag(&statement.tags[i], members[member], &network, statement.ring.epoch,
                 &statement.scopes[i]);
    ring_sign(signature, &statement, members[member]);
}

static bool holds(void)
{
    return ring_signature_holds(&statement, signature, 32 * (statement.ring.count + 1));
}

Test(ring_signature, of_any_member_of_any_ring_holds)
{
    for (statement.ring.count = 2; statement.ring.count <= MOST; statement.ring.count++)
        for (size_t i = 0; i < statement.ring.count; i++) {
            sign(i);
            cr_expect(holds(), "%zu of %zu", i, statement.ring.count);
        }
    cr_expect_eq(ring_signature_size(350), 11232);
}

/* --- Tags --- */

Test(ring_tag, is_what_another_implementation_says, .init = crypto_start)
{
    static const struct {
        uint8_t kind;
        const char *id, *scalar, *tag;
    } rows[] = {
        {1, "issue:transitions-14-25",
         "b88f50c1ce997d625f6e6cbd9dd9432e63e8ea1e1275b63300fbb902d6088a04",
         "00a21b78fad9c2ba11e4fd0c40229403159435e105cb17f2707b4a569e6e0b42"},
        {2, "slot:3", "b88f50c1ce997d625f6e6cbd9dd9432e63e8ea1e1275b63300fbb902d6088a04",
         "4c1fb7264abf7ae47332ec27dcbf0d68dd56ea54ff50ad4a72f0f50e3652a716"},
        {1, "issue:transitions-14-25",
         "3697e16c8b8800f19cdf05b6d3eff9c4a46e53fe20f42a21c591c5c16d3f7e0f",
         "50795fafe2c57b0e760fb7842a794f5633275f64abfd23791088beff51b94161"},
    };
    struct digest of, tag;

    unhex(of.bytes, 32, "b8e9f264fe373f9a8483e30eb5bb890f907d14e3d3997cf772d12cc6a19141fb");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ring_scope scope = scope_of(rows[i].kind, rows[i].id);
        uint8_t scalar[32];
        unhex(scalar, 32, rows[i].scalar);
        struct ring_key *key = ring_key_from_scalar(scalar);
        ring_tag(&tag, key, &of, 7, &scope);
        expect_hex(tag.bytes, 32, rows[i].tag, rows[i].id);
        ring_key_free(key);
    }
}

Test(ring_signature, tags_are_equal_where_key_network_epoch_and_scope_are)
{
    static const struct {
        const char *what;
        size_t member, network;
        uint32_t epoch;
        uint8_t kind;
        const char *id;
    } rows[] = {
        {"the one", 0, 0, EPOCH, 2, "lesson:3"},
        {"another member's", 1, 0, EPOCH, 2, "lesson:3"},
        {"of another network", 0, 1, EPOCH, 2, "lesson:3"},
        {"of another epoch", 0, 0, EPOCH + 1, 2, "lesson:3"},
        {"of another kind", 0, 0, EPOCH, 1, "lesson:3"},
        {"of another id", 0, 0, EPOCH, 2, "lesson:4"},
        {"of no id", 0, 0, EPOCH, 2, ""},
        {"of an id of zero bytes and another kind", 0, 0, EPOCH, 0, ""},
    };
    enum { ROWS = sizeof rows / sizeof *rows };
    struct digest networks[2] = {network, digest_of("a test's network", "other", 5)};
    struct digest tags[ROWS], again;

    for (size_t i = 0; i < ROWS; i++) {
        struct ring_scope scope = scope_of(rows[i].kind, rows[i].id);
        ring_tag(&tags[i], members[rows[i].member], &networks[rows[i].network], rows[i].epoch,
                 &scope);
        ring_tag(&again, members[rows[i].member], &networks[rows[i].network], rows[i].epoch,
                 &scope);
        cr_expect(digest_equal(&tags[i], &again), "%s", rows[i].what);
        for (size_t k = 0; k < i; k++)
            cr_expect(!digest_equal(&tags[i], &tags[k]), "%s, and %s", rows[i].what, rows[k].what);
    }
}

/* --- What is bound --- */

static void another_network(void)
{
    static struct digest other;

    other = digest_of("a test's network", "other", 5);
    statement.network = &other;
}
static void another_epoch(void)
{
    statement.ring.epoch++;
}
static void a_member_less(void)
{
    statement.ring.count--;
}
static void a_member_more(void)
{
    statement.ring.count++;
}
static void other_members(void)
{
    statement.ring.keys++;
}
static void another_slot(void)
{
    statement.scopes[0] = scope_of(2, "lesson:4");
}
static void another_subject(void)
{
    statement.scopes[1] = scope_of(1, "another issue");
}
static void another_kind(void)
{
    statement.scopes[1].kind = 3;
}
static void scopes_the_other_way_round(void)
{
    struct ring_scope first = statement.scopes[0];

    statement.scopes[0] = statement.scopes[1];
    statement.scopes[1] = first;
}
static void tags_the_other_way_round(void)
{
    struct digest first = statement.tags[0];

    statement.tags[0] = statement.tags[1];
    statement.tags[1] = first;
}
static void scopes_and_tags_the_other_way_round(void)
{
    scopes_the_other_way_round();
    tags_the_other_way_round();
}
static void anothers_tag(void)
{
    ring_tag(&statement.tags[1], members[0], &network, EPOCH, &statement.scopes[1]);
}
static void a_message_cut_short(void)
{
    statement.size--;
}
static void another_message(void)
{
    statement.message = "We commissioned the new system before the data was clean!";
}
static void no_message(void)
{
    statement.size = 0;
}

Test(ring_signature, holds_for_nothing_but_what_was_signed)
{
    static const struct {
        const char *what;
        void (*change)(void);
    } rows[] = {
        {"another network", another_network},
        {"another epoch", another_epoch},
        {"a member less", a_member_less},
        {"a member more", a_member_more},
        {"other members", other_members},
        {"another slot", another_slot},
        {"another subject", another_subject},
        {"another kind of scope", another_kind},
        {"scopes the other way round", scopes_the_other_way_round},
        {"tags the other way round", tags_the_other_way_round},
        {"both the other way round", scopes_and_tags_the_other_way_round},
        {"another's tag", anothers_tag},
        {"a message cut short", a_message_cut_short},
        {"another message", another_message},
        {"no message", no_message},
    };

    sign(1);
    cr_assert(holds());
    struct ring_statement signed_one = statement;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        statement = signed_one;
        rows[i].change();
        cr_expect(!holds(), "%s", rows[i].what);
        cr_expect(!ring_signature_holds(&statement, signature, 32 * 4), "%s", rows[i].what);
    }
}

Test(ring_signature, fails_when_any_bit_is_flipped)
{
    statement.ring.count = 2;
    sign(1);
    cr_assert(holds());
    for (size_t bit = 0; bit < 8 * 32 * 3; bit++) {
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_expect(!holds(), "signature, bit %zu", bit);
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * 32 * 2; bit++) {
        statement.tags[bit / 256].bytes[bit / 8 % 32] ^= (uint8_t)(1u << bit % 8);
        cr_expect(!holds(), "tags, bit %zu", bit);
        statement.tags[bit / 256].bytes[bit / 8 % 32] ^= (uint8_t)(1u << bit % 8);
    }
    cr_expect(holds());
}

Test(ring_signature, has_one_length)
{
    sign(0);
    for (size_t size = 0; size <= 32 * (MOST + 2); size++)
        cr_expect_eq(ring_signature_holds(&statement, signature, size), size == 32 * 4, "%zu",
                     size);
}

static const char order_text[] = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

/* libsodium computes the same with s, s + L and s + 2^255. */
Test(ring_signature, has_one_spelling)
{
    uint8_t order[32], good[32];

    unhex(order, 32, order_text);
    sign(2);
    for (size_t at = 0; at < 32 * 4; at += 32) {
        memcpy(good, signature + at, 32);
        sodium_add(signature + at, order, 32);
        cr_expect(!holds(), "L more, at %zu", at);
        sodium_add(signature + at, order, 32);
        cr_expect(!holds(), "2L more, at %zu", at);
        memcpy(signature + at, good, 32);
        signature[at + 31] |= 0x80;
        cr_expect(!holds(), "2^255 more, at %zu", at);
        memset(signature + at, 0, 32);
        cr_expect(!holds(), "zero, at %zu", at);
        memcpy(signature + at, order, 32);
        cr_expect(!holds(), "L, at %zu", at);
        memcpy(signature + at, good, 32);
    }
    cr_expect(holds());
}

Test(ring_signature, may_have_one_scope_twice)
{
    statement.scopes[1] = statement.scopes[0];
    sign(1);
    cr_expect(holds());
    cr_expect(digest_equal(&statement.tags[0], &statement.tags[1]));

    ring_tag(&statement.tags[1], members[0], &network, EPOCH, &statement.scopes[1]);
    cr_expect(!holds(), "the second tag is another's");
    struct digest others = statement.tags[1];
    statement.tags[1] = statement.tags[0];
    statement.tags[0] = others;
    cr_expect(!holds(), "the first tag is another's");
}

Test(ring_signature, may_say_nothing_about_the_longest_scopes)
{
    static const uint8_t longest[RING_SCOPE_MAX] = {1};

    statement.scopes[0] = (struct ring_scope){255, longest, sizeof longest};
    statement.scopes[1] = (struct ring_scope){0, NULL, 0};
    statement.message = NULL;
    statement.size = 0;
    sign(0);
    cr_expect(holds());
}

/* --- By another signer --- */

static struct loose_ring loose;

/* What the loose signer needs to sign the statement as member 1. */
static void loosen(void)
{
    loose = (struct loose_ring){
        .keys = keys,
        .count = statement.ring.count,
        .own = 1,
        .x = ring_key_scalar(members[1]),
        .ring = ring_digest(EPOCH, keys, statement.ring.count),
        .message = statement.message,
        .size = statement.size,
    };
    crypto_core_ristretto255_scalar_random(loose.nonce);
    for (size_t i = 0; i < 2; i++) {
        const struct ring_scope *scope = &statement.scopes[i];
        loose_base(loose.bases[i], &network, scope->kind, EPOCH, scope->id, scope->size);
        ring_tag(&loose.tags[i], members[1], &network, EPOCH, scope);
    }
}

static bool loosely_signed_holds(void)
{
    loose_sign(signature, &loose);
    memcpy(statement.tags, loose.tags, sizeof statement.tags);
    return holds();
}

Test(ring_signature, follows_the_formulas)
{
    loosen();
    cr_expect(loosely_signed_holds());

    statement.scopes[1] = statement.scopes[0];
    loosen();
    cr_expect(loosely_signed_holds(), "with one scope twice");

    /* The sums are the identity then; a signer who chooses that gives away x, which is no concern
     * of ours, and other implementations must agree. */
    memset(loose.nonce, 0, sizeof loose.nonce);
    cr_expect(loosely_signed_holds(), "a = 0");
}

/* p - s: the same point to a reader who takes the square of it. */
static void negate(struct digest *tag)
{
    struct digest p;

    memset(&p, 0xff, sizeof p);
    p.bytes[0] = 0xed;
    p.bytes[31] = 0x7f;
    sodium_sub(p.bytes, tag->bytes, sizeof p);
    *tag = p;
}

static void first_tag_negative(void)
{
    negate(&loose.tags[0]);
}
static void second_tag_negative(void)
{
    negate(&loose.tags[1]);
}
static void first_tag_with_the_top_bit(void)
{
    loose.tags[0].bytes[31] |= 0x80;
}
static void second_tag_with_the_top_bit(void)
{
    loose.tags[1].bytes[31] |= 0x80;
}
static void first_tag_the_identity(void)
{
    memset(&loose.tags[0], 0, sizeof loose.tags[0]);
}
static void second_tag_the_identity(void)
{
    memset(&loose.tags[1], 0, sizeof loose.tags[1]);
}

/* A tag that is not xH, though all else is as if it were. */
static void first_tag_anothers(void)
{
    ring_tag(&loose.tags[0], members[0], &network, EPOCH, &statement.scopes[0]);
}
static void second_tag_anothers(void)
{
    ring_tag(&loose.tags[1], members[0], &network, EPOCH, &statement.scopes[1]);
}
static void one_scope_twice(void)
{
    loose.tags[1] = loose.tags[0];
    memcpy(loose.bases[1], loose.bases[0], 32);
    statement.scopes[1] = statement.scopes[0];
}
static void one_scope_twice_and_the_second_tag_anothers(void)
{
    one_scope_twice();
    second_tag_anothers();
}
static void one_scope_twice_and_the_first_tag_anothers(void)
{
    one_scope_twice();
    first_tag_anothers();
}

/* The keys that the loose signer walks along, to be put in disorder. */
static struct ring_public walked[MOST];

static void walk_apart(void)
{
    memcpy(walked, keys, sizeof walked);
    loose.keys = walked;
}
static void ring_out_of_order(void)
{
    walk_apart();
    walked[0] = keys[2];
    walked[2] = keys[0];
}
static void ring_out_of_order_and_its_digest(void)
{
    ring_out_of_order();
    loose.ring = loose_digest(EPOCH, walked, loose.count);
}
static void an_outsider(void)
{
    walk_apart();
    walked[1] = keys[MOST - 1];
    loose.x = ring_key_scalar(members[MOST - 1]);
    for (size_t i = 0; i < 2; i++)
        ring_tag(&loose.tags[i], members[MOST - 1], &network, EPOCH, &statement.scopes[i]);
}
static void another_digest(void)
{
    loose.ring = ring_digest(EPOCH + 1, keys, loose.count);
}
static void a_base(size_t at, const struct digest *of, uint8_t kind, uint32_t epoch, const char *id)
{
    loose_base(loose.bases[at], of, kind, epoch, id, strlen(id));
    cr_assert_eq(crypto_scalarmult_ristretto255(loose.tags[at].bytes, loose.x, loose.bases[at]), 0);
}
static void a_base_of_another_network(void)
{
    struct digest other = digest_of("a test's network", "other", 5);

    a_base(0, &other, 2, EPOCH, "lesson:3");
}
static void a_base_of_another_epoch(void)
{
    a_base(0, &network, 2, EPOCH + 1, "lesson:3");
}
static void a_base_of_another_kind(void)
{
    a_base(1, &network, 3, EPOCH, "issue");
}
static void a_base_of_another_id(void)
{
    a_base(0, &network, 2, EPOCH, "lesson:4");
}
static void a_message_of_its_own(void)
{
    loose.message = "We";
}

Test(ring_signature, is_by_the_rules_or_does_not_hold)
{
    static const struct {
        const char *what;
        void (*change)(void);
    } rows[] = {
        {"the first tag is negative", first_tag_negative},
        {"the second tag is negative", second_tag_negative},
        {"the first tag has the top bit", first_tag_with_the_top_bit},
        {"the second tag has the top bit", second_tag_with_the_top_bit},
        {"the first tag is the identity", first_tag_the_identity},
        {"the second tag is the identity", second_tag_the_identity},
        {"the first tag is another's", first_tag_anothers},
        {"the second tag is another's", second_tag_anothers},
        {"one scope, the first tag another's", one_scope_twice_and_the_first_tag_anothers},
        {"one scope, the second tag another's", one_scope_twice_and_the_second_tag_anothers},
        {"the ring is out of order", ring_out_of_order},
        {"the ring is out of order, and so is its digest", ring_out_of_order_and_its_digest},
        {"by an outsider", an_outsider},
        {"another ring's digest", another_digest},
        {"a base of another network", a_base_of_another_network},
        {"a base of another epoch", a_base_of_another_epoch},
        {"a base of another kind", a_base_of_another_kind},
        {"a base of another id", a_base_of_another_id},
        {"another message, of another length", a_message_of_its_own},
    };

    struct ring_statement good = statement;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        statement = good;
        loosen();
        rows[i].change();
        cr_expect(!loosely_signed_holds(), "%s", rows[i].what);
    }
}

/* --- By our own --- */

static void sevens(void *data, size_t size)
{
    memset(data, 7, size);
}
static const char *sevens_name(void)
{
    return "sevens";
}

/* a = s + cx, which the signer's key gives away. In a ring of two the first member answers c_0. */
static void nonce_of(uint8_t nonce[32], const char *message)
{
    uint8_t product[32];

    statement.ring.count = 2;
    statement.message = message;
    statement.size = strlen(message);
    sign(0);
    crypto_core_ristretto255_scalar_mul(product, signature, ring_key_scalar(members[0]));
    crypto_core_ristretto255_scalar_add(nonce, signature + 32, product);
}

/* One nonce for two messages would give the key to everybody. */
Test(ring_signature, has_another_nonce_for_each_message_and_each_time)
{
    static randombytes_implementation broken = {.implementation_name = sevens_name, .buf = sevens};
    uint8_t nonces[4][32];

    nonce_of(nonces[0], "Ask first.");
    nonce_of(nonces[1], "Ask first.");
    randombytes_set_implementation(&broken);
    nonce_of(nonces[2], "Ask first.");
    nonce_of(nonces[3], "Ask last.");
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < i; k++)
            cr_expect_neq(memcmp(nonces[i], nonces[k], 32), 0, "%zu and %zu", i, k);
}

/* Hs("candour-v1-nonce", random ‖ x ‖ ctx), the random bytes drawn before all others. */
Test(ring_signature, has_the_nonce_that_the_specification_says)
{
    static const uint8_t seed[32] = {1, 2, 3};
    uint8_t random[64], context[64], expected[32], nonce[32];
    struct xmd xmd;

    fixed_random_begin(seed);
    nonce_of(nonce, MESSAGE);
    fixed_random_begin(seed);
    randombytes_buf(random, sizeof random);
    loose = (struct loose_ring){
        .ring = ring_digest(EPOCH, keys, 2), .message = MESSAGE, .size = strlen(MESSAGE)};
    memcpy(loose.tags, statement.tags, sizeof loose.tags);
    for (size_t i = 0; i < 2; i++)
        loose_base(loose.bases[i], &network, statement.scopes[i].kind, EPOCH,
                   statement.scopes[i].id, statement.scopes[i].size);
    loose_context(context, &loose);
    xmd_begin(&xmd);
    xmd_add(&xmd, random, 64);
    xmd_add(&xmd, ring_key_scalar(members[0]), 32);
    xmd_add(&xmd, context, 64);
    xmd_end_scalar(&xmd, "candour-v1-nonce", expected);
    cr_expect_arr_eq(nonce, expected, 32);
}

Test(ring_signature, of_who_is_not_in_the_ring_is_our_bug, .signal = SIGABRT)
{
    sign(3);
}

Test(ring_signature, with_tags_of_another_key_is_our_bug, .signal = SIGABRT)
{
    sign(0);
    ring_sign(signature, &statement, members[1]);
}

Test(ring_signature, over_keys_out_of_order_is_our_bug, .signal = SIGABRT)
{
    struct ring_public first = keys[0];

    keys[0] = keys[1];
    keys[1] = first;
    sign(2);
}

Test(ring_signature, in_a_ring_of_one_is_our_bug, .signal = SIGABRT)
{
    statement.ring.count = 1;
    sign(0);
}

Test(ring_signature, about_too_long_a_scope_is_our_bug, .signal = SIGABRT)
{
    static const uint8_t too_long[RING_SCOPE_MAX + 1];

    statement.scopes[1] = (struct ring_scope){1, too_long, sizeof too_long};
    sign(0);
}
