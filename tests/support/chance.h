#ifndef CANDOUR_TESTS_SUPPORT_CHANCE_H
#define CANDOUR_TESTS_SUPPORT_CHANCE_H

#include <stddef.h>
#include <stdint.h>

/* Lots for a test: the same in every run, and others for another start. Knuth's MMIX generator. */
static uint64_t lots = 1;

static inline size_t chance(size_t below)
{
    lots = lots * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(lots >> 33) % below;
}

#endif
