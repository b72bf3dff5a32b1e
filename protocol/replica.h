#ifndef CANDOUR_PROTOCOL_REPLICA_H
#define CANDOUR_PROTOCOL_REPLICA_H

#include "protocol/charter.h"
#include "protocol/message.h"
#include "protocol/record.h"
#include "protocol/set.h"

/* Decides what this node asks for, keeps and hands on. It opens no socket, no file and no clock,
 * and draws no lots but from the seed it is given: events come in as calls, and what is to be done
 * comes out as effects, which the caller carries out in order.
 *
 * What always holds:
 *   - own records, a stranger's, live, caught up, imported: all take the one path of
 * offer_record();
 *   - only what replica_stored() has confirmed is announced, sent or counted as delivered;
 *   - a peer's nonsense is counted by reason and never stops anything; an unknown author or a newer
 *     charter is not nonsense: it is set aside, and the peer is asked for its charter;
 *   - of an anonymous record no effect carries the peer it came from or the time it came. */
struct replica;

/* A peer is a truth link (or a SUB link's far end) that the caller numbers from 1 as it likes. */
typedef uint32_t peer_number;
#define PEER_SELF 0 /* Our own records, and those from a file. */

enum effect_kind {
    EFFECT_STORE,      /* Keep `record`, `in` the set or aside, proof held under `signer` if set. */
    EFFECT_STORE_BODY, /* Keep the body of `record`, which is here without one. */
    EFFECT_MOVE,       /* The stored record `id` enters (`in`) or leaves the set. */
    EFFECT_STORE_CHARTER, /* Keep `bytes`, the charter as it is now, and what follows from it. */
    EFFECT_SEND,          /* Send the frame `bytes` to `peer`. */
    EFFECT_SEND_RECORDS,  /* Read `ids` from the store and send them to `peer` in one records frame
                             that says `left`. A record erased meanwhile goes without its body. */
    EFFECT_LIVE,          /* Publish the record `id` on the live plane. */
    EFFECT_ADMIT,         /* The allow-list changed: ask charter_admits() again for every link. */
    EFFECT_CLOSE,         /* Close the link to `peer`: a bye was sent or received. The replica has
                             forgotten the peer. */
};

struct effect {
    enum effect_kind kind;
    peer_number peer;
    struct record *record; /* Held by the effect. */
    struct digest id;
    bool in;
    bool has_signer;
    struct public_key signer;
    struct buffer bytes;
    struct digest *ids;
    size_t id_count;
    uint64_t left;
};

/* Calls append to the list; the caller clears it when all is carried out. */
struct effects {
    struct effect *list;
    size_t count, capacity;
};
void effects_clear(struct effects *effects); /* Releases what the effects hold; keeps the memory. */
void effects_release(struct effects *effects);

struct replica_settings {
    struct digest network;
    struct digest self;    /* Own authority id; zeros: none yet. */
    int64_t period_ms;     /* Between exchanges with a peer; a quarter of it is jitter. */
    uint32_t credit_bytes; /* What a peer may send us before we ask on. */
    uint64_t seed;         /* Of the jitter. */
};
#define REPLICA_PERIOD_MS (5 * 60 * 1000)
#define REPLICA_CREDIT_BYTES (1024 * 1024)

struct replica *replica_new(const struct replica_settings *settings);
void replica_free(struct replica *replica);
void replica_set_period(struct replica *replica, int64_t period_ms);

/* At start, before anything else: what the store holds. Charters in the order they were kept.
 * `body_wanted`: the body is not here and was not erased or thrown away, whether the record is `in`
 * or not. */
bool replica_restore_charter(struct replica *replica, struct bytes bundle, struct fault *fault);
void replica_restore_record(struct replica *replica, struct record *record,
                            const struct public_key *signer, bool in, bool body_wanted);
void replica_start(struct replica *replica, int64_t now_ms, struct effects *effects);

/* A truth link came up or went. `dialled`: we opened it, so the far end may not be subscribed to us
 * and is pushed what is new. */
void replica_peer_joined(struct replica *replica, peer_number peer, const struct digest *authority,
                         bool dialled, int64_t now_ms, struct effects *effects);
void replica_peer_left(struct replica *replica, peer_number peer);

/* A frame from a peer's truth link; a frame from its live plane (`peer` is its truth link). */
void replica_receive(struct replica *replica, peer_number peer, struct bytes frame, int64_t now_ms,
                     struct effects *effects);
void replica_hear(struct replica *replica, peer_number peer, struct bytes record, int64_t now_ms,
                  struct effects *effects);

/* Our own new record, or one from a file: the same path. False when it is refused (`fault` says
 * why); set aside is not refused. */
bool replica_offer(struct replica *replica, struct bytes record, int64_t now_ms,
                   struct effects *effects, struct fault *fault);
/* A charter from a file. */
bool replica_offer_charter(struct replica *replica, struct bytes bundle, int64_t now_ms,
                           struct effects *effects, struct fault *fault);

/* Everything that STORE, STORE_BODY, MOVE and STORE_CHARTER effects asked for so far is durable. */
void replica_stored(struct replica *replica, int64_t now_ms, struct effects *effects);

/* Time goes by. Returns when to call again at the latest. */
int64_t replica_tick(struct replica *replica, int64_t now_ms, struct effects *effects);

/* Compare with every peer now. */
void replica_sync(struct replica *replica, int64_t now_ms, struct effects *effects);

const struct charter *replica_charter(const struct replica *replica);
struct set *replica_set(struct replica *replica);

/* What `status` shows. */
struct peer_report {
    peer_number peer;
    struct digest authority;
    bool dialled;
    bool greeted;     /* Its hello came. */
    bool in_sync;     /* Charter and state digests were equal at the last comparison. */
    int64_t since_ms; /* That this is so. */
    int64_t last_heard_ms;
    int64_t clock_off_ms;    /* Its clock minus ours, at its last hello. */
    uint64_t missing;        /* Records it said it has and we asked for and have not had. */
    uint64_t received, sent; /* Records. */
    uint64_t refused[REFUSALS];
};
size_t replica_peers(const struct replica *replica, struct peer_report *reports, size_t most);

/* How far the members' clocks are ahead of ours, as their hellos said: the median, each member
 * counting once however many links it has, and of two in the middle the nearer. 0 without any. */
int64_t replica_clock_off(const struct replica *replica);

struct replica_counters {
    uint64_t in_set, aside, waiting;
    uint64_t bodies_wanted;
    uint64_t received, known, stored, sent, published;
    uint64_t refused[REFUSALS]; /* Over all peers there have been, and files. */
    uint64_t forks;
};
struct replica_counters replica_counters(struct replica *replica);

#endif
