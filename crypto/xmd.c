#include "crypto/xmd.h"

#include <assert.h>
#include <string.h>

#include "crypto/numbers.h"

#define BLOCK_SIZE 128 /* What SHA-512 takes in at a time. */
#define HASH_SIZE crypto_hash_sha512_BYTES

/* The RFC's I2OSP(number, 1). */
static void add_byte(crypto_hash_sha512_state *hash, size_t number)
{
    uint8_t byte = (uint8_t)number;

    crypto_hash_sha512_update(hash, &byte, 1);
}

/* The RFC's DST_prime. */
static void add_tag(crypto_hash_sha512_state *hash, const char *tag)
{
    size_t size = strlen(tag);

    assert(size >= 1 && size <= XMD_TAG_MAX);
    crypto_hash_sha512_update(hash, (const uint8_t *)tag, size);
    add_byte(hash, size);
}

void xmd_begin(struct xmd *xmd)
{
    static const uint8_t zeros[BLOCK_SIZE];

    crypto_hash_sha512_init(&xmd->hash);
    crypto_hash_sha512_update(&xmd->hash, zeros, sizeof zeros);
}

void xmd_add(struct xmd *xmd, const void *data, size_t size)
{
    crypto_hash_sha512_update(&xmd->hash, data, size);
}

void xmd_add_be4(struct xmd *xmd, uint32_t number)
{
    uint8_t bytes[4];

    be4_write(bytes, number);
    xmd_add(xmd, bytes, sizeof bytes);
}

/* b_i = H((b_0 xor b_(i-1)) || i || DST_prime); `block` is b_(i-1) before and b_i after. */
static void next_block(uint8_t block[HASH_SIZE], const uint8_t first[HASH_SIZE], size_t number,
                       const char *tag)
{
    crypto_hash_sha512_state hash;

    for (size_t i = 0; i < HASH_SIZE; i++)
        block[i] ^= first[i];
    crypto_hash_sha512_init(&hash);
    crypto_hash_sha512_update(&hash, block, HASH_SIZE);
    add_byte(&hash, number);
    add_tag(&hash, tag);
    crypto_hash_sha512_final(&hash, block);
    sodium_memzero(&hash, sizeof hash);
}

void xmd_end(struct xmd *xmd, const char *tag, uint8_t *output, size_t size)
{
    uint8_t first[HASH_SIZE], block[HASH_SIZE] = {0};

    assert(size >= 1 && size <= XMD_SIZE_MAX);
    add_byte(&xmd->hash, size >> 8);
    add_byte(&xmd->hash, size & 255);
    add_byte(&xmd->hash, 0);
    add_tag(&xmd->hash, tag);
    crypto_hash_sha512_final(&xmd->hash, first);
    for (size_t done = 0, number = 1; done < size; done += HASH_SIZE, number++) {
        size_t left = size - done;

        next_block(block, first, number, tag);
        memcpy(output + done, block, left < HASH_SIZE ? left : HASH_SIZE);
    }
    sodium_memzero(first, sizeof first);
    sodium_memzero(block, sizeof block);
    sodium_memzero(xmd, sizeof *xmd);
}

void xmd_end_scalar(struct xmd *xmd, const char *tag, uint8_t scalar[32])
{
    uint8_t wide[crypto_core_ristretto255_NONREDUCEDSCALARBYTES];

    xmd_end(xmd, tag, wide, sizeof wide);
    crypto_core_ristretto255_scalar_reduce(scalar, wide);
    sodium_memzero(wide, sizeof wide);
}
