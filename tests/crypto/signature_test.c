#include "crypto/signature.h"

#include <signal.h>

#include "crypto/secret.h"
#include "tests/crypto/hex.h"

static const char statement[] = "Ask the tenant first.";
#define STATEMENT statement, sizeof statement - 1

static struct signing_key *leeds;

static void leeds_joins(void)
{
    static const uint8_t seed[32] = "leeds leeds leeds leeds leeds 32";

    crypto_start();
    leeds = signing_key_from_seed(seed);
}

static void leeds_leaves(void)
{
    signing_key_free(leeds);
}

TestSuite(signature, .init = leeds_joins, .fini = leeds_leaves);

static bool leeds_signed(const struct signature *signature, const char *purpose, const void *said,
                         size_t size)
{
    return signature_holds(signature, purpose, said, size, signing_key_public(leeds));
}

Test(signature, holds_for_what_was_signed)
{
    struct signature signature;

    signature_make(&signature, "lesson", STATEMENT, leeds);
    cr_expect(leeds_signed(&signature, "lesson", STATEMENT));
    signature_make(&signature, "lesson", NULL, 0, leeds);
    cr_expect(leeds_signed(&signature, "lesson", NULL, 0));
    cr_expect(!leeds_signed(&signature, "lesson", STATEMENT));
}

/* Whoever has any Ed25519 library can check us: no prehash, no context, one message. */
Test(signature, is_pure_ed25519_over_purpose_zero_statement)
{
    static const uint8_t message[] = "lesson\0Ask the tenant first.";
    struct signature signature;

    signature_make(&signature, "lesson", STATEMENT, leeds);
    cr_expect_eq(crypto_sign_verify_detached(signature.bytes, message, sizeof message - 1,
                                             signing_key_public(leeds)->bytes),
                 0);
}

Test(signature, fails_when_any_bit_is_flipped)
{
    struct signature signature;
    struct public_key author = *signing_key_public(leeds);
    uint8_t said[sizeof statement - 1];
    const struct {
        const char *what;
        uint8_t *bytes;
        size_t size;
    } parts[] = {
        {"signature", signature.bytes, sizeof signature.bytes},
        {"statement", said, sizeof said},
        {"author", author.bytes, sizeof author.bytes},
    };

    memcpy(said, statement, sizeof said);
    signature_make(&signature, "lesson", STATEMENT, leeds);
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++)
        for (size_t bit = 0; bit < 8 * parts[part].size; bit++) {
            parts[part].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            cr_expect(!signature_holds(&signature, "lesson", said, sizeof said, &author),
                      "%s, bit %zu", parts[part].what, bit);
            parts[part].bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    cr_expect(signature_holds(&signature, "lesson", said, sizeof said, &author));
}

Test(signature, fails_for_a_shorter_or_longer_statement)
{
    struct signature signature;

    signature_make(&signature, "lesson", STATEMENT, leeds);
    for (size_t size = 0; size < sizeof statement - 1; size++)
        cr_expect(!leeds_signed(&signature, "lesson", statement, size), "%zu bytes", size);
    cr_expect(!leeds_signed(&signature, "lesson", statement, sizeof statement));
}

Test(signature, fails_for_another_purpose)
{
    struct signature signature;

    signature_make(&signature, "ab", "c", 1, leeds);
    cr_expect(leeds_signed(&signature, "ab", "c", 1));
    cr_expect(!leeds_signed(&signature, "a", "bc", 2), "a purpose shifted into the statement");
    cr_expect(!leeds_signed(&signature, "abc", "", 0), "the statement shifted into the purpose");
    cr_expect(!leeds_signed(&signature, "", "abc", 3), "no purpose");
    cr_expect(!leeds_signed(&signature, "AB", "c", 1), "another spelling");
}

/* The limit of the rule: a statement may hold zero bytes, a purpose cannot. "a" ‖ 00 ‖ "b" ‖ 00 ‖
 * "c" was signed for "a" and for nothing else, whatever its statement looks like. */
Test(signature, is_for_the_purpose_before_the_first_zero)
{
    struct signature signature;

    signature_make(&signature, "a", "b\0c", 3, leeds);
    cr_expect(leeds_signed(&signature, "a", "b\0c", 3));
    cr_expect(!leeds_signed(&signature, "b", "c", 1));
    cr_expect(!leeds_signed(&signature, "a", "b", 1));
}

Test(signature, fails_for_another_author)
{
    struct signing_key *york = signing_key_new();
    struct signature signature;

    signature_make(&signature, "lesson", STATEMENT, leeds);
    cr_expect(!signature_holds(&signature, "lesson", STATEMENT, signing_key_public(york)));
    signing_key_free(york);
}

Test(signature, covers_up_to_8_kib)
{
    static uint8_t said[STATEMENT_MAX + 1];
    char purpose[PURPOSE_MAX + 1];
    struct signature signature;

    memset(purpose, 'p', PURPOSE_MAX);
    purpose[PURPOSE_MAX] = '\0';
    signature_make(&signature, purpose, said, STATEMENT_MAX, leeds);
    cr_expect(leeds_signed(&signature, purpose, said, STATEMENT_MAX));
    said[STATEMENT_MAX - 1] = 1;
    cr_expect(!leeds_signed(&signature, purpose, said, STATEMENT_MAX));
    cr_expect(!leeds_signed(&signature, purpose, said, STATEMENT_MAX + 1), "too long to be ours");
}

Test(signature, of_more_than_8_kib_is_our_bug, .signal = SIGABRT)
{
    static const uint8_t said[STATEMENT_MAX + 1];
    struct signature signature;

    signature_make(&signature, "lesson", said, sizeof said, leeds);
}

Test(signature, for_too_long_a_purpose_is_our_bug, .signal = SIGABRT)
{
    char purpose[PURPOSE_MAX + 2];

    memset(purpose, 'p', PURPOSE_MAX + 1);
    purpose[PURPOSE_MAX + 1] = '\0';
    (void)leeds_signed(&(struct signature){{0}}, purpose, STATEMENT);
}

Test(signing_key, comes_back_from_its_seed, .init = leeds_joins, .fini = leeds_leaves)
{
    uint8_t seed[32];

    signing_key_seed(leeds, seed);
    cr_expect_eq(memcmp(seed, "leeds leeds leeds leeds leeds 32", 32), 0);
    struct signing_key *again = signing_key_from_seed(seed);
    cr_expect_eq(memcmp(signing_key_public(again)->bytes, signing_key_public(leeds)->bytes, 32), 0);
    signing_key_free(again);
    signing_key_free(NULL);
}

Test(signing_key, is_new_each_time, .init = crypto_start)
{
    struct signing_key *one = signing_key_new(), *other = signing_key_new();

    cr_expect_neq(memcmp(signing_key_public(one)->bytes, signing_key_public(other)->bytes, 32), 0);
    signing_key_free(one);
    signing_key_free(other);
}
