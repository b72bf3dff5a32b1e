#ifndef CANDOUR_PROTOCOL_SET_H
#define CANDOUR_PROTOCOL_SET_H

#include "protocol/charter.h"
#include "protocol/record.h"

/* The set: which records count. It is a function f of what has been heard (header, proof) and of
 * the charter, never of the order in which it was heard; docs/protocol.md has f line by line, and
 * tests/protocol/naive_set.c is f on a page. This is f kept incrementally: each record offered
 * changes as little as it must, and what changed is told.
 *
 *     linked(r) = seq 1 and prev nil, or prev is linked, of the same feed, with seq - 1
 *     within(r) = for each cut (s, c) of the feed: where c is a linked record of it, r is c or
 *                 an ancestor of c; else r.seq < s
 *     sound(r)  = linked, within, and its proof holds under a key of the feed, or r is a cut's id
 *     Named     = sound records and their ancestors, with never 1,024 unsound ones in a row
 *
 * Anonymous and owner records cannot be decided yet and stay aside. A record whose time is more
 * than GRACE_MS ahead waits: f has not been given it. What is not in the set is kept aside. Of what
 * no known key has signed there, up to ASIDE_MAX records and ASIDE_BYTES_MAX are kept; beyond that
 * a record that would not enter the set is not taken (whoever has it in the set can send what
 * decides it), except the chain of a cut.
 *
 * Held in memory: some 90 bytes a record, and header and proof of those undecided. No I/O. */
struct set;

/* What the charter says of a feed. The set asks again only when told that the charter changed. */
struct set_rules {
    void *context;
    struct feed_rules (*of)(void *context, const struct feed *feed);
};

struct set *set_new(struct set_rules rules);
void set_free(struct set *set);

enum standing {
    STANDING_UNKNOWN, /* Not here. */
    STANDING_WAITING, /* Its time has not come. */
    STANDING_ASIDE,   /* Undecided, or beyond a cut or a halt. */
    STANDING_IN,      /* In the set. */
};

/* A record whose standing changed into or out of the set. */
struct change {
    struct digest id;
    bool in;
};
struct changes {
    struct change *list;
    size_t count, capacity;
};
void changes_release(struct changes *changes);

/* Give f a record; the set takes a hold of its own while it needs one. Returns whether it is new
 * here and was taken. `changes` (appended to) tells every record, this one included, that thereby
 * entered or left the set: ancestors before descendants. */
enum offer { OFFER_TAKEN, OFFER_KNOWN, OFFER_FULL };
enum offer set_offer(struct set *set, struct record *record, int64_t now_ms,
                     struct changes *changes);

/* At start: a record from the store, with the key its proof was found to hold under (NULL: none),
 * in any order. After the last one set_settle() decides them all; `changes` tells only where that
 * differs from the `in` that was given. No limit is applied: what was kept is kept. */
void set_restore(struct set *set, struct record *record, const struct public_key *signer, bool in);
void set_settle(struct set *set, int64_t now_ms, struct changes *changes);

/* The charter changed: decide again. */
void set_charter_changed(struct set *set, struct changes *changes);

/* Time went by: give f what has become due. Returns when the next one will be, or INT64_MAX. */
int64_t set_tick(struct set *set, int64_t now_ms, struct changes *changes);

enum standing set_standing(const struct set *set, const struct digest *id);

/* The key under which the record's proof was found to hold, or NULL. */
const struct public_key *set_signer(const struct set *set, const struct digest *id);

size_t set_count(const struct set *set, enum standing standing);

/* Branch tips of the set, in ascending order of (feed, seq, id): what peers compare. */
struct tip {
    struct feed feed;
    uint64_t seq;
    struct digest id;
};
/* Writes up to `most` tips that come after `after` (NULL: from the start); returns how many. */
size_t set_tips(const struct set *set, const struct tip *after, struct tip *tips, size_t most);

/* BLAKE2b over the tips: bucket = top six bits of the authority id. Kept incrementally. */
#define SET_BUCKETS 64
struct digest set_bucket_digest(struct set *set, unsigned bucket);
struct digest set_state_digest(struct set *set, const struct digest *charter_digest);

/* Pairs of records by one author at one (feed, seq), both in the set: evidence of a fork. One pair
 * for each branch after the first of a record. Writes up to `most` and returns how many; with
 * `pairs` NULL, how many there are. */
size_t set_forks(const struct set *set, struct digest (*pairs)[2], size_t most);

/* What an asker says it has of a feed: for each tip the ids at distances 0, 1, 2, 4, ... back. */
size_t set_haves(const struct set *set, const struct feed *feed, struct digest *ids, size_t most);

/* The chain that ends in `tip`, after the last of `haves` on it (from the start where none is), in
 * order. False where the tip is neither in the set nor on the chain of a cut that is linked. The
 * ids are appended as set entries, each with its size, for the sender's credit. */
struct entry {
    struct digest id;
    uint32_t size; /* Header, proof and body, in bytes, about. */
};
struct entries {
    struct entry *list;
    size_t count, capacity;
};
bool set_path(const struct set *set, const struct digest *tip, const struct digest *haves,
              size_t have_count, struct entries *path);
void entries_release(struct entries *entries);

/* The entry of a single record. False where it is not here. */
bool set_entry(const struct set *set, const struct digest *id, struct entry *entry);

/* The last record of the feed's longest branch in the set (the lowest id of several): what a next
 * own record goes on from. False where the feed has none. */
bool set_head(const struct set *set, const struct feed *feed, struct tip *head);

/* For a record aside because its prev, or an earlier one of its chain, is not here: true, and the
 * id of the one missing. */
bool set_missing(const struct set *set, const struct digest *id, struct digest *prev);

#endif
