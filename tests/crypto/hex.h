#ifndef CANDOUR_TESTS_CRYPTO_HEX_H
#define CANDOUR_TESTS_CRYPTO_HEX_H

#include <criterion/criterion.h>
#include <sodium.h>
#include <string.h>

/* Exactly `size` bytes out of `text`, or the test fails. */
static inline void unhex(uint8_t *bytes, size_t size, const char *text)
{
    size_t got = 0;

    cr_assert_eq(strlen(text), 2 * size, "%s", text);
    cr_assert_eq(sodium_hex2bin(bytes, size, text, strlen(text), NULL, &got, NULL), 0, "%s", text);
    cr_assert_eq(got, size);
}

static inline void expect_hex(const uint8_t *bytes, size_t size, const char *expected,
                              const char *what)
{
    char text[2 * 256 + 1];

    cr_assert(2 * size < sizeof text);
    sodium_bin2hex(text, sizeof text, bytes, size);
    cr_expect_str_eq(text, expected, "%s: %s", what, text);
}

#endif
