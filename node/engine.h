#ifndef CANDOUR_NODE_ENGINE_H
#define CANDOUR_NODE_ENGINE_H

#include "node/bus.h"
#include "node/config.h"
#include "node/home.h"
#include "node/keys.h"
#include "protocol/replica.h"
#include "store/store.h"

/* The replica with its hands: what it decides is carried out here, in the store and on the bus. The
 * running node has one, and so has a command that writes while no node runs (join, import): all
 * records and charters come in by the same way. Whoever opens one holds the home's lock.
 *
 * What is to be kept is collected in one transaction until engine_settle(), which commits, tells
 * the replica, and carries out what that brings: group commit, and nothing is announced that is not
 * durable. */
struct engine {
    struct store *store;
    struct replica *replica; /* NULL before a network was joined. */
    struct bus *bus;         /* NULL in a command. */
    struct keys *keys;       /* NULL in a command: it signs nothing. */
    struct digest network, self;
    struct effects effects;
    bool writing;     /* A transaction is open. */
    bool admit_again; /* The charter changed: the loop looks at its links. */
    uint64_t live;    /* Records published on the live plane. */
};

/* Open the store of this home and give the replica what it holds. `period_ms`: between comparisons.
 */
bool engine_open(struct engine *engine, const struct home *home, const struct digest *self,
                 int64_t period_ms, int64_t now_ms, struct fault *fault);
void engine_close(struct engine *engine);

/* The first charter of this home: its network from now on. */
bool engine_found(struct engine *engine, struct bytes bundle, int64_t period_ms, int64_t now_ms,
                  struct fault *fault);

/* Carry out the effects that the replica has left in `engine->effects`. */
bool engine_carry_out(struct engine *engine, int64_t now_ms, struct fault *fault);

/* Make it all durable and carry out what follows, until nothing does. */
bool engine_settle(struct engine *engine, int64_t now_ms, struct fault *fault);

/* Take what commands have queued (records and charters from files) and answer each. */
bool engine_serve_queue(struct engine *engine, int64_t now_ms, struct fault *fault);

/* Sign every approved draft. Returns false only when the store or the key fails. `*published`
 * counts them; one that cannot be signed stays, and the log says why. */
bool engine_publish(struct engine *engine, int64_t now_ms, unsigned *published,
                    struct fault *fault);

#endif
