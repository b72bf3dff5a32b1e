#include "crypto/ring.h"

#include <signal.h>

#include "crypto/secret.h"
#include "crypto/xmd.h"
#include "tests/crypto/hex.h"

#define EPOCH 0x01020304

static struct digest leeds;
static struct ring_key *key;
static struct ring_proof proof;

static void leeds_proves(void)
{
    crypto_start();
    leeds = digest_of("council", "leeds", 5);
    key = ring_key_new();
    ring_prove(&proof, key, &leeds, EPOCH);
}

static void leeds_leaves(void)
{
    ring_key_free(key);
}

TestSuite(ring_proof, .init = leeds_proves, .fini = leeds_leaves);

static bool holds(const struct ring_proof *shown)
{
    return ring_proven(shown, ring_key_public(key), &leeds, EPOCH);
}

Test(ring_proof, holds_for_its_key_council_and_epoch)
{
    struct digest york = digest_of("council", "york", 4);
    struct ring_key *other = ring_key_new();

    cr_expect(holds(&proof));
    cr_expect(!ring_proven(&proof, ring_key_public(key), &leeds, EPOCH + 1), "another epoch");
    cr_expect(!ring_proven(&proof, ring_key_public(key), &york, EPOCH), "another council");
    cr_expect(!ring_proven(&proof, ring_key_public(other), &leeds, EPOCH), "another key");
    ring_key_free(other);
}

Test(ring_proof, is_different_each_time)
{
    struct ring_proof again;

    ring_prove(&again, key, &leeds, EPOCH);
    cr_expect(holds(&again));
    cr_expect_neq(memcmp(&again, &proof, sizeof proof), 0);
}

Test(ring_proof, fails_when_any_bit_is_flipped)
{
    struct ring_public public = *ring_key_public(key);

    for (size_t bit = 0; bit < 8 * sizeof proof.bytes; bit++) {
        proof.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_expect(!holds(&proof), "proof, bit %zu", bit);
        proof.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * sizeof public.bytes; bit++) {
        public.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_expect(!ring_proven(&proof, &public, &leeds, EPOCH), "key, bit %zu", bit);
        public.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    cr_expect(holds(&proof));
}

static const char order_text[] = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

/* libsodium computes the same with s, s + L and s + 2^255. */
Test(ring_proof, has_one_spelling)
{
    uint8_t order[32];
    struct ring_proof other;

    unhex(order, sizeof order, order_text);
    for (size_t at = 0; at < 64; at += 32) {
        other = proof;
        sodium_add(other.bytes + at, order, 32);
        cr_expect(!holds(&other), "L more, at %zu", at);
        sodium_add(other.bytes + at, order, 32);
        cr_expect(!holds(&other), "2L more, at %zu", at);

        other = proof;
        other.bytes[at + 31] |= 0x80;
        cr_expect(!holds(&other), "2^255 more, at %zu", at);

        memset(other.bytes + at, 0, 32);
        cr_expect(!holds(&other), "zero, at %zu", at);
        memcpy(other.bytes + at, order, 32);
        cr_expect(!holds(&other), "L, at %zu", at);
    }
}

/* What a prover would write who keeps to the formulas but not to our rules: k and x may be zero. */
static void forge(struct ring_proof *forged, const uint8_t x[32], const uint8_t k[32],
                  const struct ring_public *public)
{
    static const uint8_t epoch[4] = {1, 2, 3, 4};
    uint8_t commitment[32] = {0}, product[32];
    struct xmd xmd;

    if (!sodium_is_zero(k, 32))
        cr_assert_eq(crypto_scalarmult_ristretto255_base(commitment, k), 0);
    xmd_begin(&xmd);
    xmd_add(&xmd, leeds.bytes, 32);
    xmd_add(&xmd, epoch, 4);
    xmd_add(&xmd, public->bytes, 32);
    xmd_add(&xmd, public->bytes, 32);
    xmd_add(&xmd, commitment, 32);
    xmd_end_scalar(&xmd, "candour-v1-pop-chal", forged->bytes);
    crypto_core_ristretto255_scalar_mul(product, forged->bytes, x);
    crypto_core_ristretto255_scalar_sub(forged->bytes + 32, k, product);
}

Test(ring_proof, follows_the_formulas)
{
    uint8_t k[32];
    struct ring_proof forged;

    crypto_core_ristretto255_scalar_random(k);
    forge(&forged, ring_key_scalar(key), k, ring_key_public(key));
    cr_expect(holds(&forged));

    /* R may be the identity; a prover who chooses that gives away x, which is no concern of ours,
     * and other implementations must agree. */
    memset(k, 0, sizeof k);
    forge(&forged, ring_key_scalar(key), k, ring_key_public(key));
    cr_expect(holds(&forged));
}

/* x = 0: the equation holds, and anyone could prove it. */
Test(ring_proof, of_the_identity_is_refused)
{
    static const uint8_t zero[32];
    struct ring_public identity = {{0}};
    struct ring_proof forged;
    uint8_t k[32];

    cr_assert_eq(crypto_core_ristretto255_is_valid_point(identity.bytes), 1,
                 "libsodium refuses it by now: the check of our own may go");
    crypto_core_ristretto255_scalar_random(k);
    forge(&forged, zero, k, &identity);
    cr_expect(!ring_proven(&forged, &identity, &leeds, EPOCH));
    cr_expect(!ring_public_is_sound(&identity));
    cr_expect(ring_public_is_sound(ring_key_public(key)));
}

/* libsodium 1.0.18 does not look at the top bit, so x is right for this key too: a second one. */
Test(ring_proof, of_a_key_with_the_top_bit_is_refused)
{
    struct ring_public other = *ring_key_public(key);
    struct ring_proof forged;

    other.bytes[31] |= 0x80;
    forge(&forged, ring_key_scalar(key), ring_key_scalar(key), &other);
    cr_expect(!ring_proven(&forged, &other, &leeds, EPOCH));
    cr_expect(!ring_public_is_sound(&other));
}

Test(ring_proof, of_what_is_no_point_is_refused)
{
    static const struct {
        const char *why, *key;
    } rows[] = {
        {"p, the identity in another spelling",
         "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
        {"p + 1", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
        {"2^255, the identity with the top bit",
         "0000000000000000000000000000000000000000000000000000000000000080"},
        {"the base point with the top bit",
         "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6"},
        {"negative: p minus the base point",
         "0b0d51f59543b18e577b569e3affaea0a71cf4955a7d22724959a6ba1f72d209"},
        {"an Ed25519 point, not a ristretto255 one",
         "5866666666666666666666666666666666666666666666666666666666666666"},
        {"all ones", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ring_public public;
        struct ring_proof forged;

        unhex(public.bytes, 32, rows[i].key);
        forge(&forged, ring_key_scalar(key), ring_key_scalar(key), &public);
        cr_expect(!ring_proven(&forged, &public, &leeds, EPOCH), "%s", rows[i].why);
        cr_expect(!ring_public_is_sound(&public), "%s", rows[i].why);
    }
}

/* Made by another implementation, in Python, from RFC 9496, RFC 9380 and the formulas. */
Test(ring_proof, of_another_implementation_holds)
{
    struct digest authority;
    struct ring_public public;
    struct ring_proof shown;
    uint8_t scalar[32];

    for (size_t i = 0; i < DIGEST_SIZE; i++)
        authority.bytes[i] = (uint8_t)(0x40 + i);
    unhex(scalar, 32, "bdcf42e66ed58ee636ee5106edd58ad742efc78446058433c43db1b621fd680a");
    unhex(public.bytes, 32, "fa4481cdf9d17aa8ea2201873207e43634e04bcff0ee9d959940e6cbad6ece34");
    unhex(shown.bytes, 64,
          "d199eb9e123881871ff7e8756aaa8ecedf7bab30465fb9cccf232b3b4b582e0a"
          "0a4f50868a8fcad1ae654fc8d4d058e33cf4d42cf978d09cb423dc2f0912d00c");
    cr_expect(ring_proven(&shown, &public, &authority, EPOCH));

    struct ring_key *same = ring_key_from_scalar(scalar);
    cr_expect_eq(memcmp(ring_key_public(same)->bytes, public.bytes, 32), 0);
    cr_expect_eq(memcmp(ring_key_scalar(same), scalar, 32), 0);
    ring_key_free(same);
}

Test(ring_key, comes_only_from_a_scalar_below_L_and_not_zero, .init = crypto_start)
{
    uint8_t scalar[32];
    static const uint8_t one[32] = {1};

    unhex(scalar, 32, order_text);
    cr_expect_null(ring_key_from_scalar(scalar), "L");
    sodium_sub(scalar, one, 32);
    struct ring_key *largest = ring_key_from_scalar(scalar);
    cr_expect_not_null(largest, "L - 1");
    unhex(scalar, 32, order_text);
    sodium_add(scalar, one, 32);
    cr_expect_null(ring_key_from_scalar(scalar), "L + 1");
    memset(scalar, 0, 32);
    cr_expect_null(ring_key_from_scalar(scalar), "zero");
    scalar[31] = 0x80;
    cr_expect_null(ring_key_from_scalar(scalar), "2^255");
    struct ring_key *smallest = ring_key_from_scalar(one);
    cr_expect_not_null(smallest, "1");
    ring_key_free(largest);
    ring_key_free(smallest);
    ring_key_free(NULL);
}

/* The first four multiples of the base point, in the order of their bytes. */
static void four_keys(struct ring_public keys[4])
{
    static const char *const texts[4] = {
        "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
        "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
        "da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57",
        "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
    };

    for (size_t i = 0; i < 4; i++)
        unhex(keys[i].bytes, 32, texts[i]);
}

Test(ring_digest, is_what_another_implementation_says)
{
    struct ring_public keys[4];
    struct digest digest;

    four_keys(keys);
    digest = ring_digest(EPOCH, keys, 4);
    expect_hex(digest.bytes, 32, "aca170b3bff1b6c586a3cc11c4cc5162b36f70044ce6129d8e2ef391cd2dbe23",
               "four");
    digest = ring_digest(EPOCH, keys, 1);
    expect_hex(digest.bytes, 32, "0df025b96fe6be43d136d04b0bd72eb3c287d7e8f8802d8fdc544b080a665baf",
               "one");
    digest = ring_digest(EPOCH, NULL, 0);
    expect_hex(digest.bytes, 32, "b166d329fe4ceb485db426c7e7235f6e20a1a9409ab5fe7c2bb2e02f2f369643",
               "none");
}

Test(ring_digest, of_keys_out_of_order_is_our_bug, .signal = SIGABRT)
{
    struct ring_public keys[4], first;

    four_keys(keys);
    first = keys[0];
    keys[0] = keys[1];
    keys[1] = first;
    ring_digest(EPOCH, keys, 4);
}

Test(ring_digest, of_one_key_twice_is_our_bug, .signal = SIGABRT)
{
    struct ring_public keys[4];

    four_keys(keys);
    keys[3] = keys[2];
    ring_digest(EPOCH, keys, 4);
}
