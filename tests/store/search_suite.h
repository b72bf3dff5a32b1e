#ifndef CANDOUR_TESTS_STORE_SEARCH_SUITE_H
#define CANDOUR_TESTS_STORE_SEARCH_SUITE_H

#include "store/search.h"

/* What a search must do, whatever is behind store/search.h.
 *
 * A back end is put under the suite by a program of its own: open a new store of the network
 * council_network(), and call each of search_suite[] with it. Every test fills the store with what
 * it needs through store_keep() and asserts with Criterion; each wants a new store. */
struct search_case {
    const char *name;
    void (*run)(struct store *store);
};
extern const struct search_case search_suite[];
extern const size_t search_suite_count;

/* Called before each search: by the program, to see that what was kept can be found. */
void search_suite_settle(void);

#endif
