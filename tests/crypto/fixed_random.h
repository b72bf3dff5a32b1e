#ifndef CANDOUR_TESTS_CRYPTO_FIXED_RANDOM_H
#define CANDOUR_TESTS_CRYPTO_FIXED_RANDOM_H

#include <sodium.h>
#include <string.h>

/* In the place of the system's randomness, for the rest of a test: SHA-512(seed ‖ be8 0), then
 * SHA-512(seed ‖ be8 1), and so on, a new block for each call. */
static struct {
    uint8_t seed[32];
    uint64_t number;
} fixed_random;

static void fixed_random_block(uint8_t block[crypto_hash_sha512_BYTES])
{
    uint8_t bytes[40];

    memcpy(bytes, fixed_random.seed, 32);
    for (size_t i = 0; i < 8; i++)
        bytes[32 + i] = (uint8_t)(fixed_random.number >> (56 - 8 * i));
    fixed_random.number++;
    crypto_hash_sha512(block, bytes, sizeof bytes);
}

static void fixed_random_fill(void *data, size_t size)
{
    uint8_t block[crypto_hash_sha512_BYTES], *to = data;

    for (size_t done = 0; done < size; done += sizeof block) {
        fixed_random_block(block);
        memcpy(to + done, block, size - done < sizeof block ? size - done : sizeof block);
    }
}

static uint32_t fixed_random_number(void)
{
    uint32_t number;

    fixed_random_fill(&number, sizeof number);
    return number;
}

static const char *fixed_random_name(void)
{
    return "fixed";
}

static inline void fixed_random_begin(const uint8_t seed[32])
{
    static randombytes_implementation fixed = {
        .implementation_name = fixed_random_name,
        .random = fixed_random_number,
        .buf = fixed_random_fill,
    };

    memcpy(fixed_random.seed, seed, 32);
    fixed_random.number = 0;
    randombytes_set_implementation(&fixed);
}

#endif
