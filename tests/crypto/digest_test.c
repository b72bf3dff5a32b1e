#include "crypto/digest.h"

#include "crypto/secret.h"
#include "tests/crypto/hex.h"

/* Known answers are from Python's hashlib.blake2b, which is another implementation. */

TestSuite(digest, .init = crypto_start);

Test(digest, is_blake2b_of_purpose_zero_data)
{
    uint8_t counting[1024];
    struct digest digest;

    for (size_t i = 0; i < sizeof counting; i++)
        counting[i] = (uint8_t)i;
    digest = digest_of("candour test", NULL, 0);
    expect_hex(digest.bytes, 32, "a98665bfb43135efcb878d5f672f8c56e39f1eb722c17edcedd5080028e68172",
               "nothing");
    digest = digest_of("candour test", "abc", 3);
    expect_hex(digest.bytes, 32, "8b5bb3ae27648c39bb9cb88fd3006fe21cda97bcd11051612de564e7178b900f",
               "abc");
    digest = digest_of("candour test", counting, sizeof counting);
    expect_hex(digest.bytes, 32, "46024abf1872d4fe5759559fa5a414a4ad0e2838415edf29e64b4d5a363dfa1e",
               "1024 bytes");
}

Test(digest, may_be_made_piece_by_piece)
{
    struct digest_state state;

    digest_begin(&state, "candour test");
    digest_add(&state, "a", 1);
    digest_add(&state, NULL, 0);
    digest_add(&state, "b", 1);
    digest_add_be4(&state, 0x01020304);
    digest_add(&state, "c", 1);
    struct digest digest = digest_end(&state);
    expect_hex(digest.bytes, 32, "504044bd19fccb4f2d70f6b430c0990238517be49055ceb4fa7c85dee1839fb6",
               "pieces");
}

Test(digest, keeps_its_purpose_apart)
{
    struct digest one = digest_of("ab", "c", 1), other = digest_of("a", "bc", 2);

    cr_expect(!digest_equal(&one, &other));
}

Test(digest, leaves_nothing_in_its_state)
{
    struct digest_state state;

    digest_begin(&state, "candour test");
    digest_add(&state, "a secret", 8);
    digest_end(&state);
    cr_expect(sodium_is_zero(state.opaque, sizeof state.opaque));
}

Test(digest, has_an_order)
{
    struct digest a = {{1}}, b = {{2}};

    b.bytes[31] = 0xff;
    cr_expect_lt(digest_compare(&a, &b), 0);
    cr_expect_gt(digest_compare(&b, &a), 0);
    cr_expect_eq(digest_compare(&a, &a), 0);
    cr_expect(digest_equal(&a, &a));
    b = a;
    b.bytes[31] ^= 0x80;
    cr_expect(!digest_equal(&a, &b));
}

Test(commitment, is_blake2b_keyed_with_the_salt)
{
    struct salt salt;
    uint8_t counting[256];
    struct digest digest;

    for (size_t i = 0; i < sizeof counting; i++)
        counting[i] = (uint8_t)i;
    memcpy(salt.bytes, counting, sizeof salt.bytes);
    digest = commitment_of(&salt, NULL, 0);
    expect_hex(digest.bytes, 32, "4e51e7a913fc80137da52880fecca175bf81e117d5c68126dc2774033517ea0d",
               "nothing");
    digest = commitment_of(&salt, "abc", 3);
    expect_hex(digest.bytes, 32, "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f",
               "abc");
    digest = commitment_of(&salt, counting, sizeof counting);
    expect_hex(digest.bytes, 32, "b42be36ea26392f67d1d3706ffa72b6c61c2ff38e1fabd9a49e154d54b967d83",
               "256 bytes");
}

Test(commitment, differs_with_every_salt, .init = crypto_start)
{
    struct salt one = salt_new(), other = salt_new();
    struct digest a = commitment_of(&one, "abc", 3), b = commitment_of(&other, "abc", 3);

    cr_expect_neq(memcmp(one.bytes, other.bytes, sizeof one.bytes), 0);
    cr_expect(!digest_equal(&a, &b));
}
