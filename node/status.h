#ifndef CANDOUR_NODE_STATUS_H
#define CANDOUR_NODE_STATUS_H

#include "node/engine.h"
#include "node/presence.h"

#include <jansson.h>

/* What `candour status` shows, as JSON: made by the running node, kept in the store as the value
 * "status" for other processes to read, and made by the command itself when no node runs. One
 * structure of counters feeds it, and metrics later. */

/* A peer that this node dials, connected or not. */
enum dial_state { DIAL_CONNECTING, DIAL_UP, DIAL_NOT_YET, DIAL_BARRED };
struct dial {
    peer_number peer;
    struct digest authority;
    struct exchange_public transport;
    char endpoint[ENDPOINT_MAX + 1];
    enum dial_state state;
    int64_t since_ms;
    /* As it was when the connection was lost: how many records were still to come, of so many. */
    uint64_t missing, total;
};

struct status_facts {
    int64_t started_ms; /* 0: not running. */
    bool unguarded_keys;
    const char *silence; /* Why nothing is signed; NULL: it is. */
    const struct dial *dials;
    size_t dial_count;
    const struct presence *presence; /* NULL in a command. */
    const struct config *config;
    uint32_t feed_number;
};

/* What status says of a charter. */
json_t *status_of_charter(const struct charter *charter);

/* What the node last wrote down, or NULL: FAULT_ABSENT where none has run yet. The caller gives it
 * back. */
json_t *status_read(struct store *store, struct fault *fault);

/* A new object; the caller gives it back with json_decref(). NULL with a fault when the store
 * fails. */
json_t *status_of(struct engine *engine, const struct status_facts *facts, int64_t now_ms,
                  struct fault *fault);

#endif
