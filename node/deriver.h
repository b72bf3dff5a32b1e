#ifndef CANDOUR_NODE_DERIVER_H
#define CANDOUR_NODE_DERIVER_H

#include "store/store.h"

/* The thread that keeps what is derived up with the facts: behind them, in order. It owns its
 * store. Where it fails (a full disk) it says so and tries again later: facts are kept without it.
 */
struct deriver;

/* A byte is written to `wake` (-1: none) whenever it has got further. */
struct deriver *deriver_open(const char *url, int wake, struct fault *fault);
void deriver_close(struct deriver *deriver);

/* There are so many new facts: far behind, it waits until few come for a moment, but not where it
 * is to hurry, as something was erased. */
void deriver_poke(struct deriver *deriver, uint64_t changes, bool hurry);

/* So many records were read and sent to a peer: while they are many, texts are not looked through.
 */
void deriver_served(struct deriver *deriver, uint64_t records);

struct deriver_news {
    uint64_t purged;   /* Up to which change (store.h, store_index_purged()). */
    uint64_t left;     /* Changes that it knows of and has not taken in. */
    char trouble[200]; /* Why it does not get on; empty: it does. */
};
void deriver_hear(struct deriver *deriver, struct deriver_news *news);

/* For commands: until everything is derived. False when it cannot be. */
bool deriver_wait(struct deriver *deriver, struct fault *fault);

#endif
