#ifndef CANDOUR_PROTOCOL_SET_H
#define CANDOUR_PROTOCOL_SET_H

#include "protocol/charter.h"
#include "protocol/record.h"

/* The set: which records count, and whose texts were taken back. It is a function f of what has
 * been heard (header, proof) and of the charter, never of the order in which it was heard;
 * docs/protocol.md has f line by line, and tests/protocol/naive_set.c is f on two pages. This is f
 * kept incrementally: each record offered changes as little as it must, and what changed is told.
 *
 *     linked(r) = seq 1 and prev nil, or prev is linked, of the same feed, with seq - 1
 *     within(r) = for each cut (s, c) of the feed: where c is a linked record of it, r is c or
 *                 an ancestor of c; else r.seq < s
 *     sound(r)  = linked, within, and its proof holds under a key of the feed, or r is a cut's id
 *     Named     = sound records and their ancestors, with never 1,024 unsound ones in a row
 *     Anon      = the ring holds; lowest id per slot tag
 *     Owner     = proof holds under the owner key of a record in Anon; lowest id per (record, n)
 *     S         = Named, Anon and Owner; erased = targets in S of erasures in S that have the right
 *
 * Proofs are looked at only where they matter: of a chain that comes in at once the last record's,
 * and one in each 1,024 on the way. What is in the set is kept without header and proof; where
 * those matter later (a fork, a key that is not listed any more), the owner is asked for them.
 *
 * A record whose time is more than GRACE_MS ahead waits: f has not been given it. What is not in
 * the set is kept aside. Of what no known key has signed there, up to ASIDE_MAX records and
 * ASIDE_BYTES_MAX are kept; beyond that a record that would not enter the set is not taken (whoever
 * has it in the set can send what decides it), except the chain of a cut.
 *
 * Held in memory: some 100 bytes a record, and header and proof of those undecided. No I/O. */
struct set;

/* What line 8 says of an anonymous record, all of it but the slots. */
enum ring_answer {
    RING_UNKNOWN, /* No charter here lists its ring, or the ring's keys are not here. */
    RING_HOLDS,   /* And will for ever: what is valid stays so. */
    RING_FAILS,   /* Likewise: its ring is here, and its time, its scopes or its proof is wrong. */
};

/* What the set asks of its owner. Answers may change only when set_charter_changed() is told, and
 * of `ring_holds` only from RING_UNKNOWN to another. */
struct set_rules {
    void *context;
    /* Line 3: what the charter says of a feed. */
    struct feed_rules (*of)(void *context, const struct feed *feed);
    /* Line 8. */
    enum ring_answer (*ring_holds)(void *context, const struct record *record);
    /* Line 10: does `heir` succeed `authority`? Are so many stewards among them? */
    bool (*succeeds)(void *context, const struct digest *heir, const struct digest *authority);
    bool (*stewards_agree)(void *context, const struct digest *authorities, size_t count);
    /* Does the proof of a record that is named, or an owner's, hold under this key?
     * record_proven_by() as a rule; a simulator remembers answers. */
    bool (*proven_by)(void *context, const struct record *record, const struct public_key *key);
    /* Header and proof of a named record that is here: a hold for the set to give back, never NULL.
     * Any may be asked for that is here since an earlier set_decide(), whether or not it is stored
     * yet, in the set or not. */
    struct record *(*fetch)(void *context, const struct digest *id);
};

struct set *set_new(struct set_rules rules);
void set_free(struct set *set);

enum standing {
    STANDING_UNKNOWN, /* Not here. */
    STANDING_WAITING, /* Its time has not come. */
    STANDING_ASIDE,   /* Undecided, or beyond a cut or a halt, or of a slot that another one has. */
    STANDING_IN,      /* In the set. */
};

/* How a text stands. */
enum text_standing {
    TEXT_STANDS,
    TEXT_HIDDEN, /* An erasure that is not decided yet would erase it. */
    TEXT_ERASED,
};

/* What became of a record: it entered or left the set, or its text stands otherwise than before. */
enum change_kind { CHANGE_IN, CHANGE_OUT, CHANGE_TEXT };
struct change {
    enum change_kind kind;
    struct digest id;
    enum text_standing was, text; /* CHANGE_TEXT */
};
struct changes {
    struct change *list;
    size_t count, capacity;
};
void changes_release(struct changes *changes);

/* Give f a record; the set takes a hold of its own while it needs one. Offers are linked at once
 * and decided by the next set_decide(): nothing else may be asked of the set in between but
 * set_offer(), set_contests(), set_exempt() and set_standing() (where they show as ASIDE). */
enum offer {
    OFFER_TAKEN,
    OFFER_KNOWN, /* It is here. */
    OFFER_FULL,  /* Too much is undecided. */
    OFFER_NEVER, /* Not named, and ruled out for good: by a lower id in its slot, its ring or proof.
                  */
};
enum offer set_offer(struct set *set, struct record *record, int64_t now_ms);

/* Not named: is there another one here, decided or offered, with its slot or its n? */
bool set_contests(const struct set *set, const struct record *record);

/* Decide all that was offered. `changes` (appended to) tells every record, those offered included,
 * that thereby entered or left the set, ancestors before descendants, and then whose texts stand
 * otherwise. */
void set_decide(struct set *set, struct changes *changes);

/* At start: what the store holds, in any order. What its bytes say that is not told below is taken
 * from `record`, header and proof, which must be given of a record that is not in the set, that is
 * not named, or that is an erasure; it may be NULL for the others, which are nearly all. After the
 * last one set_settle() decides them all; `changes` tells only where that differs from the `in` and
 * `text` that were given. No limit is applied: what was kept is kept. */
struct skeleton {
    struct digest id;
    bool named;
    struct feed feed;   /* Named, */
    uint64_t seq;       /* likewise, */
    struct digest prev; /* and this where seq is above 1. */
    uint32_t size;      /* Header, proof and body, in bytes. */
    bool in;
    enum text_standing text;
    bool has_signer; /* The proof was found to hold under `signer`. */
    struct public_key signer;
    struct record *record; /* The set takes a hold where it needs one. */
};
void set_restore(struct set *set, const struct skeleton *skeleton);
void set_settle(struct set *set, int64_t now_ms, struct changes *changes);

/* The charter changed: decide again. */
void set_charter_changed(struct set *set, struct changes *changes);

/* Time went by: give f what has become due. Returns when the next one will be, or INT64_MAX. */
int64_t set_tick(struct set *set, int64_t now_ms, struct changes *changes);

enum standing set_standing(const struct set *set, const struct digest *id);
enum text_standing set_text(const struct set *set, const struct digest *id);

/* The key under which the record's proof was found to hold, or NULL where it was not looked at. */
const struct public_key *set_signer(const struct set *set, const struct digest *id);

size_t set_count(const struct set *set, enum standing standing);
/* Records whose texts are hidden, or erased. */
size_t set_text_count(const struct set *set, enum text_standing text);
/* Records of the feed that are here, all branches together, in the set or not. */
size_t set_feed_count(const struct set *set, const struct feed *feed);
/* Is it exempt from the feed's budget: on the chain of a cut, or maybe so while the feed has not
 * twice as many here? */
bool set_exempt(const struct set *set, const struct record *record, uint64_t budget);

/* --- Where a record stands, and its size --- */

/* A record as the store finds it and as a sender counts it. `feed` is zeros and `seq` its time
 * where it is not named. */
struct entry {
    struct feed feed;
    uint64_t seq;
    struct digest id;
    uint32_t size; /* Header, proof and body. */
};
struct entry record_entry(const struct record *record);
/* False where it is not here. */
bool set_entry(const struct set *set, const struct digest *id, struct entry *entry);

/* --- Comparing (docs/protocol.md, section 9) --- */

struct tip {
    struct feed feed;
    uint64_t seq;
    struct digest id;
};

#define SET_BUCKETS 64
#define SET_WEEKS 64 /* The bucket that stands for anonymous and owner records. */
struct digest set_bucket_digest(struct set *set, unsigned bucket);
struct digest set_weeks_digest(struct set *set);
struct digest set_state_digest(struct set *set, const struct digest *charter_digest);

struct short_salt {
    uint8_t bytes[16];
};
/* The short digests of buckets 0 to 63 and of the weeks. */
void set_bucket_shorts(struct set *set, const struct short_salt *salt,
                       uint64_t shorts[SET_BUCKETS + 1]);

/* A feed that has tips, or a week that has records. */
struct line {
    struct feed feed; /* Zeros: a week. */
    uint64_t week;
    uint64_t short_digest;
};
/* Which of the 65 buckets: bit b is in byte b / 8, the lowest first. */
struct buckets {
    uint8_t bits[9];
};
/* The lines in those buckets, in order, appended. */
struct lines {
    struct line *list;
    size_t count, capacity;
};
void set_lines(struct set *set, const struct buckets *buckets, const struct short_salt *salt,
               struct lines *lines);
void lines_release(struct lines *lines);

/* The tips of a feed in ascending order of (seq, id), or the ids of a week, ascending: writes up to
 * `most` that come after `after` (NULL: from the start); returns how many. */
size_t set_feed_tips(const struct set *set, const struct feed *feed, const struct tip *after,
                     struct tip *tips, size_t most);
size_t set_week_ids(const struct set *set, uint64_t week, const struct digest *after,
                    struct digest *ids, size_t most);

/* --- Chains --- */

/* Of the chain that ends in `tip`: what comes after seq `after` up to seq `until`, in order, at
 * most `most`, and how many there are in all. Takes a number of steps in the order of `most` and of
 * the logarithm of the chain's length. 0 where the tip is neither in the set nor on the chain of a
 * cut that is linked. */
size_t set_chain(const struct set *set, const struct digest *tip, uint64_t after, uint64_t until,
                 struct entry *entries, size_t most, uint64_t *total);
/* The erasures among them: the first ones, and where the feed has many branches not all. */
size_t set_chain_erasures(const struct set *set, const struct digest *tip, uint64_t after,
                          uint64_t until, struct entry *entries, size_t most);

/* Of the chain of a record that a cut names, where not all of it is here: `tip`, if it is on what
 * is here from that record back, and what is here before it, back to what comes after seq `after`;
 * in the order in which each is what the one before waits for, at most `most`. Takes as many steps
 * as `tip` lies before that record. */
size_t set_piece(const struct set *set, const struct digest *tip, uint64_t after,
                 struct entry *entries, size_t most);

/* The last record of the feed's longest branch in the set (the lowest id of several): what a next
 * own record goes on from. False where the feed has none. */
bool set_head(const struct set *set, const struct feed *feed, struct tip *head);
/* The highest seq below `seq` that the feed has in the set; 0 where it has none. */
uint64_t set_highest_below(const struct set *set, const struct feed *feed, uint64_t seq);

/* For a record aside because its prev, or an earlier one of its chain, is not here: true, and the
 * id of the one missing, with the seq it must have. */
bool set_missing(const struct set *set, const struct digest *id, struct digest *prev,
                 uint64_t *seq);

/* Pairs of records by one author at one (feed, seq), both in the set: evidence of a fork. One pair
 * for each branch after the first of a record. Writes up to `most` and returns how many; with
 * `pairs` NULL, how many there are, which costs nothing while no feed has two tips. */
size_t set_forks(const struct set *set, struct digest (*pairs)[2], size_t most);

/* --- Why (what `candour why` says) --- */

enum because {
    BECAUSE_IN,         /* It is in the set. */
    BECAUSE_UNKNOWN,    /* It is not here. */
    BECAUSE_TIME,       /* Its time has not come. */
    BECAUSE_UNLISTED,   /* No charter in force lists its feed. */
    BECAUSE_PREV,       /* A record before it is not here. */
    BECAUSE_CUT,        /* It lies beyond a cut or a halt. */
    BECAUSE_PROOF,      /* Neither its own proof holds nor one of a record that goes on from it. */
    BECAUSE_RING,       /* Its ring, its time, its scopes or its proof is not right. */
    BECAUSE_SLOT,       /* Another record with its slot, or its n, has a lower id. */
    BECAUSE_NO_SUBJECT, /* An owner record of one that is not in the set. */
};
enum because set_because(const struct set *set, const struct digest *id);

/* The erasures, here and with the right to it, by which a text is hidden or erased. */
size_t set_erasures_of(const struct set *set, const struct digest *target, struct digest *ids,
                       size_t most);

#endif
