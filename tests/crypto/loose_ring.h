#ifndef CANDOUR_TESTS_CRYPTO_LOOSE_RING_H
#define CANDOUR_TESTS_CRYPTO_LOOSE_RING_H

#include "crypto/ring_signature.h"
#include "crypto/xmd.h"

#include <criterion/criterion.h>
#include <string.h>

/* A signer that keeps to the formulas and to no rule: it takes keys in any order, spells its tags
 * as it likes, hashes scopes of its own. What it makes shows that the rules are kept by who
 * checks. */
struct loose_ring {
    const struct ring_public *keys;
    size_t count, own;
    const uint8_t *x;
    uint8_t nonce[32]; /* May be zero. */
    struct digest ring;
    uint8_t bases[2][32];
    struct digest tags[2]; /* As they are bound; the points are xH whatever is written here. */
    const void *message;
    size_t size;
};

static inline void loose_base(uint8_t base[32], const struct digest *network, uint8_t kind,
                              uint32_t epoch, const void *id, size_t size)
{
    uint8_t length[2] = {(uint8_t)(size >> 8), (uint8_t)size}, wide[64];
    struct xmd xmd;

    xmd_begin(&xmd);
    xmd_add(&xmd, network->bytes, 32);
    xmd_add(&xmd, &kind, 1);
    xmd_add_be4(&xmd, epoch);
    xmd_add(&xmd, length, 2);
    xmd_add(&xmd, id, size);
    xmd_end(&xmd, "candour-v1-tagbase-ristretto255_XMD:SHA-512_R255MAP_RO_", wide, 64);
    crypto_core_ristretto255_from_hash(base, wide);
}

/* As ring_digest(), in the order that is given. */
static inline struct digest loose_digest(uint32_t epoch, const struct ring_public *keys,
                                         size_t count)
{
    struct digest digest;
    uint8_t wide[64];
    struct xmd xmd;

    xmd_begin(&xmd);
    xmd_add_be4(&xmd, epoch);
    xmd_add_be4(&xmd, (uint32_t)count);
    xmd_add(&xmd, keys, 32 * count);
    xmd_end(&xmd, "candour-v1-ring", wide, 64);
    memcpy(digest.bytes, wide, 32);
    return digest;
}

/* ctx */
static inline void loose_context(uint8_t context[64], const struct loose_ring *loose)
{
    struct xmd xmd;

    xmd_begin(&xmd);
    xmd_add(&xmd, "\x01\x02", 2);
    xmd_add(&xmd, loose->ring.bytes, 32);
    for (size_t i = 0; i < 2; i++) {
        xmd_add(&xmd, loose->bases[i], 32);
        xmd_add(&xmd, loose->tags[i].bytes, 32);
    }
    xmd_add_be4(&xmd, 0);
    xmd_add_be4(&xmd, (uint32_t)loose->size);
    xmd_add(&xmd, loose->message, loose->size);
    xmd_end(&xmd, "candour-v1-ctx", context, 64);
}

/* sB + cP, where zero times anything is the identity, 32 zero bytes. */
static inline void loose_sum(uint8_t sum[32], const uint8_t s[32], const uint8_t *base,
                             const uint8_t c[32], const uint8_t *point)
{
    uint8_t product[32] = {0};

    memset(sum, 0, 32);
    if (!sodium_is_zero(s, 32) && base == NULL)
        cr_assert_eq(crypto_scalarmult_ristretto255_base(sum, s), 0);
    else if (!sodium_is_zero(s, 32))
        cr_assert_eq(crypto_scalarmult_ristretto255(sum, s, base), 0);
    if (!sodium_is_zero(c, 32))
        cr_assert_eq(crypto_scalarmult_ristretto255(product, c, point), 0);
    cr_assert_eq(crypto_core_ristretto255_add(sum, sum, product), 0);
}

/* c_(at+1) of the three sums. */
static inline void loose_challenge(uint8_t c[32], const struct loose_ring *loose, size_t at,
                                   uint8_t sums[3][32])
{
    uint8_t context[64];
    struct xmd xmd;

    loose_context(context, loose);
    xmd_begin(&xmd);
    xmd_add(&xmd, context, 64);
    xmd_add_be4(&xmd, (uint32_t)((at + 1) % loose->count));
    xmd_add(&xmd, sums, 96);
    xmd_end_scalar(&xmd, "candour-v1-lsag-chal", c);
}

static inline void loose_step(uint8_t next[32], const struct loose_ring *loose, size_t at,
                              const uint8_t s[32], const uint8_t c[32])
{
    const uint8_t *point = loose->keys[at].bytes;
    uint8_t sums[3][32], tag[32];

    loose_sum(sums[0], s, NULL, c, point);
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(crypto_scalarmult_ristretto255(tag, loose->x, loose->bases[i]), 0);
        loose_sum(sums[1 + i], s, loose->bases[i], c, tag);
    }
    loose_challenge(next, loose, at, sums);
}

/* Writes 32 (count + 1) bytes. */
static inline void loose_sign(uint8_t *signature, const struct loose_ring *loose)
{
    static const uint8_t zero[32];
    uint8_t c[32], product[32], random[64];
    size_t at = loose->own;

    loose_step(c, loose, at, loose->nonce, zero);
    while ((at = (at + 1) % loose->count) != loose->own) {
        uint8_t *s = signature + 32 * (1 + at);
        if (at == 0)
            memcpy(signature, c, 32);
        randombytes_buf(random, sizeof random);
        crypto_core_ristretto255_scalar_reduce(s, random);
        loose_step(c, loose, at, s, c);
    }
    if (at == 0)
        memcpy(signature, c, 32);
    crypto_core_ristretto255_scalar_mul(product, c, loose->x);
    crypto_core_ristretto255_scalar_sub(signature + 32 * (1 + at), loose->nonce, product);
}

#endif
