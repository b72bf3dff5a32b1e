#ifndef CANDOUR_NODE_ENGINE_H
#define CANDOUR_NODE_ENGINE_H

#include "node/bus.h"
#include "node/deriver.h"
#include "node/home.h"
#include "node/keeper.h"
#include "node/keys.h"
#include "node/own_names.h"
#include "protocol/places.h"
#include "protocol/replica.h"
#include "store/store.h"

/* The replica with its hands: what it decides is carried out here, by the keeper on the disk and on
 * the bus. The running node has one, and so has a command that writes while no node runs (join,
 * import): all records and charters come in by the same way. Whoever opens one holds the home's
 * lock.
 *
 * What is to be kept is handed to the keeper's thread, and the engine goes on; when that says that
 * it is durable the replica is told, and what follows is carried out. So nothing is announced that
 * is not durable, and many records share one transaction when many come. */
struct engine {
    struct store *store; /* Reads. */
    struct keeper *keeper;
    struct deriver *deriver;
    struct replica *replica; /* NULL before a network was joined. */
    struct bus *bus;         /* NULL in a command. */
    struct keys *keys;       /* NULL in a command: it signs nothing. */
    struct digest network, self;
    const struct home *home;
    struct house {
        struct gate *gate; /* NULL: it was not read yet. */
        enum approval_policy policy;
        struct house_files files; /* As they were then. */
    } house;             /* By this, as it could be read last, what is signed is checked again; */
    struct fault unread; /* why it cannot be read now. */
    struct effects effects;
    struct tasks tasks; /* Not handed over yet. */
    struct { /* Records that are with the keeper: they are read from here until it is done. */
        struct record *record;
        uint64_t asked; /* The replica's count when it asked for that. */
    } * pending;
    size_t pending_first, pending_count, pending_capacity;
    uint64_t pending_bytes;       /* Of all of them. */
    struct places pending_places; /* By id. */
    uint64_t asked, stored;       /* Effects for the store: carried out, and durable. */
    uint64_t last_ticket;         /* Of the queue, taken in. */
    uint64_t claimed[CLAIMED_MAX];
    size_t claimed_count; /* Drafts that are to be signed now. */
    uint64_t unfinished;  /* Tasks that the keeper has. */
    bool to_purge;        /* Something was erased that may still be in a file, */
    bool came_again;      /* or came again by the queue, and was refused. */
    uint64_t purged;      /* Up to which change the keeper was told that it is out of the index; */
    bool purging;         /* it has not answered yet; */
    int64_t purge_again_ms;            /* when to say so again. */
    uint64_t purge_wanted, purge_told; /* How often something was erased, in all and until then. */
    int64_t confirm_ms;                /* When to look for what needs a receipt, */
    int64_t notify_ms;                 /* and for authors that are to be told something. */
    bool restored;       /* From a backup, and no peer has told yet how far its own feed goes; */
    int64_t alone_at_ms; /* from when it signs all the same. 0: never. */
    bool admit_again;    /* The charter changed: the loop looks at its links. */
};

struct engine_settings {
    const struct digest *self;
    int64_t period_ms;           /* Between comparisons. */
    const char *const *interest; /* NULL: everything. */
    size_t interest_count;
    bool force_offline; /* Sign in a restored home although no peer was asked. */
    int wake; /* A byte is written there when the keeper or the deriver has news; -1: none. */
};

/* Open the store of this home and give the replica what it holds. */
bool engine_open(struct engine *engine, const struct home *home,
                 const struct engine_settings *settings, int64_t now_ms, struct fault *fault);
void engine_close(struct engine *engine);

/* Join a network: the first charter of this home, before its engine is opened. */
bool engine_found(const struct home *home, struct bytes bundle, int64_t now_ms,
                  struct fault *fault);

/* Carry out the effects that the replica has left in `engine->effects`. */
bool engine_carry_out(struct engine *engine, int64_t now_ms, struct fault *fault);

/* Hear what the keeper has done and carry out what follows; hand over what it is to do. False when
 * the store failed. */
bool engine_turn(struct engine *engine, int64_t now_ms, struct fault *fault);

/* Wait, where more is to be kept than may be in memory: credit bounds what an honest peer sends
 * before it is on disk, and nothing what comes by the live plane, or from one that is not. What is
 * not read meanwhile waits with who sent it. */
#define PENDING_MOST (REPLICA_CREDIT_TOTAL + 16 * 1024 * 1024) /* Bytes. */
bool engine_ease(struct engine *engine, int64_t now_ms, struct fault *fault);

/* For a command: until all is durable and derived, and nothing follows any more. */
bool engine_settle(struct engine *engine, int64_t now_ms, struct fault *fault);

/* Something was erased, or (`again`) came once more by the queue, which lies in the store's file:
 * see to it that it is in no file. */
void engine_purge(struct engine *engine, bool again);

/* Take what commands have queued and answer each. */
bool engine_serve_queue(struct engine *engine, int64_t now_ms, struct fault *fault);

/* Tell authors of what was found in their texts and they have not noted, once in a period
 * (node/notices.c). */
bool engine_notify(struct engine *engine, int64_t period_ms, int64_t now_ms, struct fault *fault);

/* --- Signing (node/signing.c) --- */

/* The approved drafts of a house, by what becomes of them. */
struct approved {
    size_t due, held, unnamed, unreadable;
    int64_t next_ms;     /* When the first of those that are held is due; 0: none is. */
    struct fault damage; /* Of the first that cannot be read. */
};
bool approved_count(struct store *store, int64_t now_ms, struct approved *approved,
                    struct fault *fault);

/* Read what the house asks of what it signs, its configuration and its lists of names, where a file
 * of them is another than before. NULL, or why that cannot be: then nothing is to be claimed, and
 * what was claimed before goes by what could be read last. */
const char *engine_read_house(struct engine *engine);

/* Claim those that are due: whoever would change one now is told that it is being signed. By what
 * was read of the house last they are checked once more when they are signed. */
bool engine_claim(struct engine *engine, int64_t now_ms, struct fault *fault);

/* Sign those that could be claimed. One that may not go out as it was approved is submitted again,
 * one that cannot be signed is rejected, and each says why. A home from a backup is told here, once
 * a peer was compared with, that it is restored no more. */
bool engine_publish(struct engine *engine, int64_t now_ms, struct fault *fault);

/* Confirm by a receipt what was erased and is gone from every file, many in one: a period after the
 * first that waits. */
bool engine_confirm(struct engine *engine, int64_t period_ms, int64_t now_ms, struct fault *fault);

/* Why nothing is signed, as a sentence; NULL: it is. */
const char *engine_silence(const struct engine *engine, int64_t now_ms);

#endif
