#include "crypto/exchange.h"

#include "crypto/secret.h"
#include "tests/crypto/hex.h"

TestSuite(exchange, .init = crypto_start);

/* RFC 7748, 6.1: Alice. */
Test(exchange, has_the_public_key_of_its_secret)
{
    uint8_t secret[32];

    unhex(secret, 32, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    struct exchange_key *key = exchange_key_from_secret(secret);
    expect_hex(exchange_key_public(key)->bytes, 32,
               "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", "public key");
    cr_expect_eq(memcmp(exchange_key_secret(key), secret, 32), 0);
    exchange_key_free(key);
}

Test(exchange, opens_what_was_sealed_to_it)
{
    struct exchange_key *key = exchange_key_new();
    uint8_t sealed[5 + crypto_box_SEALBYTES], opened[5];

    crypto_box_seal(sealed, (const uint8_t *)"hello", 5, exchange_key_public(key)->bytes);
    cr_assert_eq(crypto_box_seal_open(opened, sealed, sizeof sealed,
                                      exchange_key_public(key)->bytes, exchange_key_secret(key)),
                 0);
    cr_expect_eq(memcmp(opened, "hello", 5), 0);
    exchange_key_free(key);
}

Test(exchange, opens_a_box_of_whom_it_is_said_to_be_and_no_other)
{
    struct exchange_key *york = exchange_key_new(), *leeds = exchange_key_new(),
                        *hull = exchange_key_new();
    uint8_t box[5 + EXCHANGE_BOX_EXTRA], text[sizeof box] = {0};
    const struct exchange_public none = {{0}};

    cr_assert(
        exchange_box_close(york, exchange_key_public(leeds), (const uint8_t *)"hello", 5, box));
    cr_assert(exchange_box_open(leeds, exchange_key_public(york), box, sizeof box, text));
    cr_expect_eq(memcmp(text, "hello", 5), 0);
    cr_expect_not(exchange_box_open(leeds, exchange_key_public(hull), box, sizeof box, text));
    cr_expect_not(exchange_box_open(hull, exchange_key_public(york), box, sizeof box, text));
    for (size_t i = 0; i < sizeof box; i++) {
        box[i] ^= 1;
        cr_expect_not(exchange_box_open(leeds, exchange_key_public(york), box, sizeof box, text));
        box[i] ^= 1;
        cr_expect_not(exchange_box_open(leeds, exchange_key_public(york), box, i, text));
    }
    cr_expect_not(exchange_box_close(york, &none, (const uint8_t *)"hello", 5, box));
    exchange_key_free(york);
    exchange_key_free(leeds);
    exchange_key_free(hull);
}

Test(exchange, makes_a_new_key_each_time)
{
    struct exchange_key *one = exchange_key_new(), *other = exchange_key_new();

    cr_expect_neq(memcmp(exchange_key_secret(one), exchange_key_secret(other), 32), 0);
    exchange_key_free(one);
    exchange_key_free(other);
    exchange_key_free(NULL);
}
