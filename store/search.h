#ifndef CANDOUR_STORE_SEARCH_H
#define CANDOUR_STORE_SEARCH_H

#include "store/store.h"

/* Words in, lessons out, best first. tests/store/search_suite.h is a set of tests that any back end
 * behind this page can be put under. */
struct query {
    struct bytes words; /* As a person types them: words, "a phrase", begin* ; empty: everything. */
    const char *service; /* NULL: any. A code of the vocabulary, as are the next two. */
    const char *outcome;
    const char *stage;
    const char
        *topic; /* This topic or below it: "direct-payments" finds "direct-payments/start". */
    const struct digest *authority;
    int64_t since_ms; /* Published since; 0: any time. */
    size_t limit, offset;
};

struct hit {
    struct digest id;
    const char *kind, *title, *abstract, *outcome, *stage;
    const char *services; /* Codes, separated by one space. */
    const char *topic;
    bool anonymous;
    struct digest authority;    /* Where not anonymous. */
    const char *authority_name; /* From the charter kept last; empty where it is not known. */
    int64_t published_ms;
    double score;             /* Higher is better; only its order means anything. */
    const char *snippet;      /* Where the words were found, in [brackets]. */
    struct withheld withheld; /* Of all its texts; what is above is without it. */
    bool loose; /* No lesson has all the words: these have some of them. The same for all hits. */
};

typedef bool search_visit(void *context, const struct hit *hit, struct fault *fault);

/* `*total` counts all hits, not only those shown. FAULT_INPUT where the words cannot be searched.
 */
bool store_search(struct store *store, const struct query *query, uint64_t *total,
                  search_visit *visit, void *context, struct fault *fault);

#endif
