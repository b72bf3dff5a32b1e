#include "crypto/ring_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/numbers.h"
#include "crypto/secret.h"
#include "crypto/xmd.h"

_Static_assert(sizeof(struct ring_public) == POINT_SIZE, "ristretto255 point");
_Static_assert(sizeof(struct ring_proof) == 2 * SCALAR_SIZE, "challenge and response");

struct ring_key {
    uint8_t scalar[SCALAR_SIZE];
    struct ring_public public;
};

bool scalar_is_canonical(const uint8_t scalar[SCALAR_SIZE])
{
    static const uint8_t order[SCALAR_SIZE] = {
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
        0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
        0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10,
    };
    unsigned borrow = 0;

    for (size_t i = 0; i < SCALAR_SIZE; i++)
        borrow = ((unsigned)scalar[i] - order[i] - borrow) >> 8 & 1;
    return borrow == 1 && !sodium_is_zero(scalar, SCALAR_SIZE);
}

bool point_is_sound(const uint8_t point[POINT_SIZE])
{
    return (point[POINT_SIZE - 1] & 0x80) == 0 &&
           crypto_core_ristretto255_is_valid_point(point) == 1 &&
           !sodium_is_zero(point, POINT_SIZE);
}

bool ring_public_is_sound(const struct ring_public *key)
{
    return point_is_sound(key->bytes);
}

/* `key` holds its scalar already. */
static struct ring_key *complete(struct ring_key *key)
{
    if (crypto_scalarmult_ristretto255_base(key->public.bytes, key->scalar) != 0)
        abort();
    secret_freeze(key);
    return key;
}

struct ring_key *ring_key_new(void)
{
    struct ring_key *key = secret_new(sizeof *key);

    crypto_core_ristretto255_scalar_random(key->scalar);
    return complete(key);
}

struct ring_key *ring_key_from_scalar(const uint8_t scalar[32])
{
    if (!scalar_is_canonical(scalar))
        return NULL;
    struct ring_key *key = secret_new(sizeof *key);
    memcpy(key->scalar, scalar, sizeof key->scalar);
    return complete(key);
}

const struct ring_public *ring_key_public(const struct ring_key *key)
{
    return &key->public;
}

const uint8_t *ring_key_scalar(const struct ring_key *key)
{
    return key->scalar;
}

void ring_key_free(struct ring_key *key)
{
    secret_free(key);
}

/* What is proven: m of the formulas. */
struct claim {
    uint8_t bytes[DIGEST_SIZE + 4 + POINT_SIZE];
};

static struct claim claim_of(const struct digest *authority, uint32_t epoch,
                             const struct ring_public *key)
{
    struct claim claim;

    memcpy(claim.bytes, authority->bytes, DIGEST_SIZE);
    be4_write(claim.bytes + DIGEST_SIZE, epoch);
    memcpy(claim.bytes + DIGEST_SIZE + 4, key->bytes, POINT_SIZE);
    return claim;
}

void nonce_draw(uint8_t nonce[SCALAR_SIZE], const struct ring_key *key, const void *message,
                size_t size)
{
    uint8_t random[64];
    struct xmd xmd;

    random_bytes(random, sizeof random);
    xmd_begin(&xmd);
    xmd_add(&xmd, random, sizeof random);
    xmd_add(&xmd, key->scalar, sizeof key->scalar);
    xmd_add(&xmd, message, size);
    xmd_end_scalar(&xmd, "candour-v1-nonce", nonce);
    secret_wipe(random, sizeof random);
}

static void challenge(uint8_t scalar[SCALAR_SIZE], const struct claim *claim,
                      const struct ring_public *key, const uint8_t commitment[POINT_SIZE])
{
    struct xmd xmd;

    xmd_begin(&xmd);
    xmd_add(&xmd, claim->bytes, sizeof claim->bytes);
    xmd_add(&xmd, key->bytes, sizeof key->bytes);
    xmd_add(&xmd, commitment, POINT_SIZE);
    xmd_end_scalar(&xmd, "candour-v1-pop-chal", scalar);
}

void ring_prove(struct ring_proof *proof, const struct ring_key *key,
                const struct digest *authority, uint32_t epoch)
{
    struct claim claim = claim_of(authority, epoch, &key->public);
    uint8_t *c = proof->bytes, *s = proof->bytes + SCALAR_SIZE;
    uint8_t nonce[SCALAR_SIZE], commitment[POINT_SIZE], product[SCALAR_SIZE];

    nonce_draw(nonce, key, claim.bytes, sizeof claim.bytes);
    if (crypto_scalarmult_ristretto255_base(commitment, nonce) != 0)
        abort();
    challenge(c, &claim, &key->public, commitment);
    crypto_core_ristretto255_scalar_mul(product, c, key->scalar);
    crypto_core_ristretto255_scalar_sub(s, nonce, product);
    secret_wipe(nonce, sizeof nonce);
    secret_wipe(product, sizeof product);
    /* A proof that came out wrong, by a fault of the machine, can give the key away. */
    if (!ring_proven(proof, &key->public, authority, epoch))
        abort();
}

/* R = sG + cP. False where a scalar is zero. */
static bool commitment_of_proof(uint8_t commitment[POINT_SIZE], const struct ring_proof *proof,
                                const struct ring_public *key)
{
    const uint8_t *c = proof->bytes, *s = proof->bytes + SCALAR_SIZE;
    uint8_t of_base[POINT_SIZE], of_key[POINT_SIZE];

    return crypto_scalarmult_ristretto255_base(of_base, s) == 0 &&
           crypto_scalarmult_ristretto255(of_key, c, key->bytes) == 0 &&
           crypto_core_ristretto255_add(commitment, of_base, of_key) == 0;
}

bool ring_proven(const struct ring_proof *proof, const struct ring_public *key,
                 const struct digest *authority, uint32_t epoch)
{
    struct claim claim = claim_of(authority, epoch, key);
    uint8_t commitment[POINT_SIZE], expected[SCALAR_SIZE];

    if (!ring_public_is_sound(key) || !scalar_is_canonical(proof->bytes) ||
        !scalar_is_canonical(proof->bytes + SCALAR_SIZE) ||
        !commitment_of_proof(commitment, proof, key))
        return false;
    challenge(expected, &claim, key, commitment);
    return sodium_memcmp(expected, proof->bytes, SCALAR_SIZE) == 0;
}

struct digest ring_digest(uint32_t epoch, const struct ring_public *keys, size_t count)
{
    struct xmd xmd;
    uint8_t wide[64];
    struct digest digest;

    assert(count <= UINT32_MAX);
    xmd_begin(&xmd);
    xmd_add_be4(&xmd, epoch);
    xmd_add_be4(&xmd, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        assert(i == 0 || memcmp(keys[i - 1].bytes, keys[i].bytes, POINT_SIZE) < 0);
        xmd_add(&xmd, keys[i].bytes, POINT_SIZE);
    }
    xmd_end(&xmd, "candour-v1-ring", wide, sizeof wide);
    memcpy(digest.bytes, wide, sizeof digest.bytes);
    return digest;
}
