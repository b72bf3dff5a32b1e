#ifndef CANDOUR_TESTS_BENCH_SUPPORT_BARE_H
#define CANDOUR_TESTS_BENCH_SUPPORT_BARE_H

#include "protocol/document.h"
#include "protocol/record.h"

#include <time.h>

/* Bare loaders: the limit that the store is measured against. They put the same rows into the same
 * tables, with the same pragmas, on one thread, and do nothing else: what they put in is ready
 * before the clock starts. */
struct bare {
    struct record **records; /* In the order in which they come. */
    int64_t *feeds;          /* The number of each one's feed, from 1. */
    struct document **lessons;
    struct bytes *facets;
    size_t count, capacity;
    double bytes; /* Headers, proofs, salts and contents. */
    struct digest *authorities;
    size_t authority_count;
};

struct bare bare_new(void);
void bare_add(struct bare *bare, struct record *lesson); /* Holds it. */
void bare_release(struct bare *bare);

/* Lessons a second by that clock: their rows, one or `rows` in a statement; their words, into
 * pieces as the search has them. */
double bare_load(const struct bare *bare, int page_size, int rows, clockid_t clock);
double bare_index(const struct bare *bare, int page_size, clockid_t clock);

#endif
