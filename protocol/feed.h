#ifndef CANDOUR_PROTOCOL_FEED_H
#define CANDOUR_PROTOCOL_FEED_H

#include "crypto/digest.h"

#include <stdbool.h>

/* A feed: one numbered chain of one authority's records. */
struct feed {
    struct digest authority;
    uint32_t number; /* From 1. */
};
bool feed_equal(const struct feed *a, const struct feed *b);
int feed_compare(const struct feed *a, const struct feed *b);

#endif
