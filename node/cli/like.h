#ifndef CANDOUR_NODE_CLI_LIKE_H
#define CANDOUR_NODE_CLI_LIKE_H

#include "node/cli/command.h"
#include "node/comparing.h"

/* --like-us: which places are most like one's own, by the variables that were asked for, or were
 * remembered, or are usual. */

struct liking {
    struct variable variables[VARIABLES_MAX];
    char names[VARIABLES_MAX][61]; /* As they were asked for. */
    size_t variable_count;
    bool class_only;
    struct places_known places;
    size_t own_place;       /* In `places`. */
    struct neighbour *list; /* All that one's own is compared with, the nearest first, */
    size_t count;
    uint64_t most; /* and how many of them are meant. */
};

/* `own` and `charter` may be NULL. */
bool like_gather(const struct call *call, struct store *store, const struct charter *charter,
                 const char *own, struct liking *liking, struct fault *fault);
void like_release(struct liking *liking);

/* The members among them, nearest first, for only they can say anything; the caller frees them.
 * NULL with a fault. */
struct digest *like_members(const struct call *call, struct store *store,
                            const struct charter *charter, size_t *count, struct fault *fault);

/* --remember: what --by says is usual from now on. */
bool like_remember(const struct call *call, struct fault *fault);

#endif
