#ifndef CANDOUR_STORE_STORE_H
#define CANDOUR_STORE_STORE_H

#include "protocol/draft.h"
#include "protocol/form.h"
#include "protocol/record.h"

/* Everything this node remembers.
 *
 * Facts (records and their bodies, charters, drafts, what is queued, peers) are written and kept.
 * Everything else is derived from them and can be dropped and built again: store_reindex(). Facts
 * are keyed by network id and by record id; nothing of the database behind shows here.
 *
 * One process writes: the running node, or a command while no node runs (store/store.h does not see
 * to that; node/home.h's lock does). Exceptions are drafts and the queue, which commands write at
 * any time in short transactions. Readers open it read-only and see the last commit. A store
 * belongs to the thread that opened it. Faults are FAULT_SELF, with the path and what to do. */
struct store;

enum store_mode {
    STORE_READ,   /* FAULT_ABSENT where there is none. */
    STORE_WRITE,  /* Must be there. */
    STORE_CREATE, /* Must not be there. */
};

/* `url` is "sqlite:PATH", or a path. A store of a newer program is refused with a sentence; one of
 * an older program is brought up to date (STORE_WRITE), its derived tables rebuilt. */
struct store *store_open(const char *url, enum store_mode mode, struct fault *fault);
void store_close(struct store *store);

/* The network this store opens on: all facts below are of that network. */
bool store_set_network(struct store *store, const struct digest *network, struct fault *fault);
bool store_network(struct store *store, struct digest *network); /* False: none yet. */

/* Transactions of the writer. Without one, each call is its own. */
bool store_begin(struct store *store, struct fault *fault);
bool store_commit(struct store *store, struct fault *fault);
void store_rollback(struct store *store);

/* --- Records --- */

/* Keep a record with all that is derived from it. To keep it again changes nothing. */
bool store_keep(struct store *store, const struct record *record, bool in,
                const struct public_key *signer, struct fault *fault);
bool store_keep_body(struct store *store, const struct record *record, struct fault *fault);
/* A record enters or leaves the set: so do the rows derived from it. */
bool store_move(struct store *store, const struct digest *id, bool in, struct fault *fault);

/* NULL with FAULT_ABSENT when it is not here. The caller frees it. */
struct record *store_find(struct store *store, const struct digest *id, bool body,
                          struct fault *fault);
/* The one record whose id begins with these hex digits (at least 6). */
bool store_resolve(struct store *store, const char *prefix, struct digest *id, struct fault *fault);

struct stored {
    struct record
        *record; /* Header and proof; the body only where asked for. Freed after the call. */
    bool in;
    bool has_signer;
    struct public_key signer;
    bool body_here;
};
typedef bool store_visit(void *context, const struct stored *stored, struct fault *fault);
/* Every record, ancestors before descendants within a feed; those since `since_ms` only. */
bool store_each(struct store *store, bool bodies, int64_t since_ms, store_visit *visit,
                void *context, struct fault *fault);
/* Records in the set that refer to this one (updates, responses), oldest first. */
bool store_each_about(struct store *store, const struct digest *id, store_visit *visit,
                      void *context, struct fault *fault);

/* The last record of a feed in the set: its seq, 0 where there is none, and its id. Of branches the
 * longest, as set_head() has it. */
bool store_feed_head(struct store *store, const struct feed *feed, uint64_t *seq, struct digest *id,
                     struct fault *fault);

struct store_counts {
    uint64_t records; /* In the set; those aside come beside them. */
    uint64_t aside, bodies, lessons, updates, indicators, snapshots, queued;
    uint64_t drafts; /* Neither published nor rejected. */
    uint64_t bytes;  /* Of the database. */
};
bool store_count(struct store *store, struct store_counts *counts, struct fault *fault);

/* --- Charters: each state as it was installed; the last one stands. --- */
bool store_keep_charter(struct store *store, struct bytes bundle, int64_t now_ms,
                        struct fault *fault);
typedef bool store_visit_bytes(void *context, struct bytes bytes, struct fault *fault);
bool store_each_charter(struct store *store, store_visit_bytes *visit, void *context,
                        struct fault *fault);

/* --- Drafts: what has not left the house. Numbers count from 1. --- */
bool store_put_draft(struct store *store, uint64_t *number /* 0: new */, const struct draft *draft,
                     struct fault *fault);
struct draft *store_get_draft(struct store *store, uint64_t number, struct fault *fault);
/* The record that a draft became. */
bool store_draft_published(struct store *store, uint64_t number, const struct digest *id,
                           struct fault *fault);
bool store_draft_record(struct store *store, uint64_t number, struct digest *id,
                        struct fault *fault);
typedef bool store_visit_draft(void *context, uint64_t number, const struct draft *draft,
                               struct fault *fault);
bool store_each_draft(struct store *store, store_visit_draft *visit, void *context,
                      struct fault *fault);
/* Changes whenever another process committed: the node looks at drafts and queue only then. */
uint64_t store_generation(struct store *store);

/* --- The queue: frames that commands leave for the node (records and charters from files). --- */
enum queue_kind { QUEUE_RECORD, QUEUE_CHARTER };
bool store_queue(struct store *store, enum queue_kind kind, struct bytes bytes, uint64_t *ticket,
                 struct fault *fault);
/* The oldest unanswered one. FAULT_ABSENT: none. */
bool store_queue_next(struct store *store, uint64_t *ticket, enum queue_kind *kind,
                      struct buffer *bytes, struct fault *fault);
bool store_queue_answer(struct store *store, uint64_t ticket, enum fault_kind kind,
                        const char *text, struct fault *fault);
/* False with FAULT_ABSENT while it waits; then what the node said (and the row is removed). */
bool store_queue_outcome(struct store *store, uint64_t ticket, enum fault_kind *kind, char *text,
                         size_t text_size, struct fault *fault);

/* --- Peers: whom this node dials, as a person chose. None: as the charter says. --- */
struct chosen_peer {
    struct digest authority;
    char endpoint[ENDPOINT_MAX + 1]; /* Empty: as the member's card says. */
};
/* These take the place of those chosen before. */
bool store_put_peers(struct store *store, const struct chosen_peer *peers, size_t count,
                     struct fault *fault);
/* In the order they were put; `*count` is at most `most`. */
bool store_get_peers(struct store *store, struct chosen_peer *peers, size_t most, size_t *count,
                     struct fault *fault);

/* --- Small values of the node: its status for other processes, heads it signed, ... --- */
bool store_put_value(struct store *store, const char *name, struct bytes value,
                     struct fault *fault);
bool store_get_value(struct store *store, const char *name, struct buffer *value,
                     struct fault *fault);

/* --- Upkeep --- */
bool store_reindex(struct store *store, struct fault *fault);

struct store_check {
    uint64_t checked;
    struct {
        struct digest id;
        char text[160];
    } bad[64];
    uint64_t bad_count; /* May be more than the 64 told. */
};
/* Read every record, body and derived row again: ids, commitments, chains, rows, SQLite's own
 * check. Signatures are the caller's to check, in `visit` (it may add to bad through
 * store_check_add()). */
bool store_verify(struct store *store, struct store_check *check, store_visit *visit, void *context,
                  struct fault *fault);
void store_check_add(struct store_check *check, const struct digest *id, const char *text);

/* Read-only SQL over the documented views (docs/store.md). A value's text is NULL for SQL's NULL.
 * FAULT_INPUT for what is not one SELECT over the views. Stops after `limit_ms`. */
struct sql_value {
    const char *text;
    size_t size;
    bool number; /* An integer or a real: not quoted in JSON. */
};
typedef bool store_visit_row(void *context, const char *const *names,
                             const struct sql_value *values, size_t count, struct fault *fault);
bool store_sql(struct store *store, const char *select, int64_t limit_ms, store_visit_row *visit,
               void *context, struct fault *fault);

#endif
