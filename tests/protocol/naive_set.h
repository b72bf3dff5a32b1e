#ifndef CANDOUR_TESTS_NAIVE_SET_H
#define CANDOUR_TESTS_NAIVE_SET_H

#include "protocol/places.h"
#include "protocol/set.h"

/* f, lines 3 to 10, on two pages: what protocol/set.c must agree with. It remembers nothing and
 * saves nothing; whoever doubts the set reads this. */
struct naive_world {
    struct record *const *records; /* All that f has been given, each once. */
    size_t count;
    const struct places *places; /* Where each is, by id; NULL: look through all of them. */
    struct set_rules rules;      /* But `fetch`. */
    unsigned run_max;
};

/* `in[i]` says whether `records[i]` is in the set, and `texts[i]` how the text of those stands. */
void naive_set(const struct naive_world *world, bool *in);
void naive_texts(const struct naive_world *world, const bool *in, enum text_standing *texts);

/* Do the records that act erase the text of `t`? */
bool naive_erased(const struct naive_world *world, const bool *acts, size_t t);

/* Is record `i` linked; is it `j` or an ancestor of `j`? */
bool naive_linked(const struct naive_world *world, size_t i);
bool naive_leads_to(const struct naive_world *world, size_t i, size_t j);

#endif
