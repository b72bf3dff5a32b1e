#ifndef CANDOUR_TESTS_NAIVE_SET_H
#define CANDOUR_TESTS_NAIVE_SET_H

#include "protocol/set.h"

/* f, lines 3 to 7, on a page: what protocol/set.c must agree with. It remembers nothing and saves
 * nothing; whoever doubts the set reads this. */
struct naive_world {
    struct record *const *records; /* All that f has been given, each once. */
    size_t count;
    struct set_rules rules;
    unsigned run_max;
    bool (*proven)(void *context, const struct record *record, const struct public_key *key);
    void *context;
};

/* `in[i]` says whether `records[i]` is in the set. */
void naive_set(const struct naive_world *world, bool *in);

/* Is record `i` linked; is it `j` or an ancestor of `j`? */
bool naive_linked(const struct naive_world *world, size_t i);
bool naive_leads_to(const struct naive_world *world, size_t i, size_t j);

#endif
