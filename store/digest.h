#ifndef CANDOUR_STORE_DIGEST_H
#define CANDOUR_STORE_DIGEST_H

#include "store/store.h"

/* What is read to make less of it: digests, reviews that are due, what was given and received, and
 * the export for research. An authority and those that it succeeded are one. */

/* Up to where what has come here can be read: of a later call only what came after it is new. */
bool store_place(struct store *store, int64_t *place, struct fault *fault);

/* Which records of a kind; all that is not said is any. */
struct recent {
    const char *kind;
    int64_t after;              /* Only what came here after that place, */
    int64_t since_ms, until_ms; /* and was published from then on, up to then; 0: any time. */
    const struct digest *of;    /* Only what this authority published under its name, */
    const struct digest *to;    /* or what others said to what it so published. */
    bool standing;              /* Not what its author has said anew, corrected. */
    bool silent;                /* Lessons of whose course their author has told nothing since. */
    size_t most, most_of_one;   /* Of one authority, so that it crowds nobody out; 0: of each. */
};
/* Those whose text stands and is here, with it, the newest first; of the same time by id. */
bool store_each_recent(struct store *store, const struct recent *recent, store_visit *visit,
                       void *context, struct fault *fault);

/* Has anybody answered this question or challenge? */
bool store_answered(struct store *store, const struct digest *id, bool *answered,
                    struct fault *fault);

/* What others responded to a record: of each authority the latest of each word, and all that is
 * said without a name; by word, then the newest first. Words are "" where there is none that this
 * candour knows. */
struct said {
    struct digest id;
    bool named;
    struct digest authority;
    const char *response, *situation, *uptake, *outcome;
};
typedef bool store_visit_said(void *context, const struct said *said, struct fault *fault);
bool store_each_said(struct store *store, const struct digest *about, store_visit_said *visit,
                     void *context, struct fault *fault);

/* How much an authority has said, and what was said to it: counts of records whose text stands,
 * by kind, and of responses by word. Nothing of anybody else is counted. */
enum exchange_way {
    EXCHANGE_GIVEN,    /* It published that under its name. */
    EXCHANGE_RECEIVED, /* Others published that about what it published. */
};
typedef bool store_visit_exchange(void *context, enum exchange_way way, const char *kind,
                                  const char *word, uint64_t count, struct fault *fault);
bool store_each_exchange(struct store *store, const struct digest *authority,
                         store_visit_exchange *visit, void *context, struct fault *fault);

/* Every record in the set whose text stands and is here, with it, in the order of ids: an order
 * that tells nothing of when and whence they came. Needs no more memory for more of them. */
bool store_each_by_id(struct store *store, store_visit *visit, void *context, struct fault *fault);

#endif
