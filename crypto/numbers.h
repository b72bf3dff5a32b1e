#ifndef CANDOUR_CRYPTO_NUMBERS_H
#define CANDOUR_CRYPTO_NUMBERS_H

#include <stdint.h>

/* Numbers in what is hashed and sealed: four bytes, the highest first. Inside this room only. */

static inline void be4_write(uint8_t bytes[4], uint32_t number)
{
    bytes[0] = (uint8_t)(number >> 24);
    bytes[1] = (uint8_t)(number >> 16);
    bytes[2] = (uint8_t)(number >> 8);
    bytes[3] = (uint8_t)number;
}

static inline uint32_t be4_read(const uint8_t bytes[4])
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

#endif
