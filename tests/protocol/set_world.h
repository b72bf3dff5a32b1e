#ifndef CANDOUR_TESTS_SET_WORLD_H
#define CANDOUR_TESTS_SET_WORLD_H

#include "protocol/set_inside.h"
#include "tests/protocol/naive_set.h"

/* A small world at random: its records, its charter, and what has been heard of it. All of it
 * follows from the seed. */

#define WORLD_RECORDS 32
#define WORLD_FEEDS 4
#define WORLD_AUTHORITIES 3
#define WORLD_KEYS 5 /* One for each feed, and the last an owner's. */
#define WORLD_RINGS 2
#define WORLD_TAGS 3
#define WORLD_WEEK (INT64_C(7) * 24 * 3600 * 1000)
#define WORLD_NOW (10 * WORLD_WEEK)

struct world {
    uint64_t seed, state;
    struct record *records[WORLD_RECORDS];
    bool signed_by[WORLD_RECORDS][WORLD_KEYS];
    bool ring_signed[WORLD_RECORDS];
    unsigned run_max;

    struct digest rings[WORLD_RINGS];
    struct feed feeds[WORLD_FEEDS];
    struct feed_rules rules[WORLD_FEEDS];
    bool ring_listed[WORLD_RINGS];
    bool succeeds[WORLD_AUTHORITIES][WORLD_AUTHORITIES];
    unsigned stewards[2], threshold[2]; /* Of two heads; bits of authorities. */

    struct set *set;
    int64_t now_ms;
    bool offered[WORLD_RECORDS]; /* And taken. */
    bool given[WORLD_RECORDS];   /* Or ruled out. */
    bool told[WORLD_RECORDS];    /* In the set, as the changes told it; */
    enum text_standing told_text[WORLD_RECORDS];
    unsigned tries[WORLD_RECORDS][WORLD_KEYS]; /* Since the charter changed. */
    uint64_t fetched;
    bool deciding; /* What is asked now is asked by the set. */
};

void world_start(void); /* Before the first, */
void world_stop(void);  /* and after the last. */
struct world *world_new(uint64_t seed);
void world_free(struct world *world);

size_t world_below(struct world *world, size_t limit);
bool world_percent(struct world *world, unsigned chance);

/* Something of the charter is drawn anew. */
void world_change_charter(struct world *world);

/* A set with the world's rules. */
struct set *world_set(struct world *world);

/* Which record it is; WORLD_RECORDS: none. */
size_t world_find(const struct world *world, const struct digest *id);
const struct author *world_author(const struct world *world, size_t i);
bool world_is_named(const struct world *world, size_t i);
/* Has it a proof that will hold whatever comes, or has it one now? */
bool world_holds_unnamed(const struct world *world, size_t i);

/* What naive f says of the records chosen. */
struct naive_world world_naive(struct world *world, const bool chosen[WORLD_RECORDS],
                               struct record *heard[WORLD_RECORDS]);
void world_naive_set(struct world *world, const bool chosen[WORLD_RECORDS], bool in[WORLD_RECORDS],
                     enum text_standing texts[WORLD_RECORDS]);

#endif
