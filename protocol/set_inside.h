#ifndef CANDOUR_PROTOCOL_SET_INSIDE_H
#define CANDOUR_PROTOCOL_SET_INSIDE_H

#include "protocol/set.h"

/* What the set is made of; nobody but protocol/set_*.c and the tests looks inside.
 *
 * Every record is an item in one array, named by its index, and items hang together as trees: each
 * knows its prev, its first child and its next sibling. A prev that is not here is an item too, a
 * gap, which the record fills when it comes.
 *
 * What always holds, between two calls:
 *   - LINKED, WITHIN and IN are those of f over the items that are GIVEN;
 *   - an item that is IN has its whole chain IN;
 *   - a feed's tips are its items that are IN and have no child that is, ascending by (seq, id);
 *   - an item whose proof was found to hold under a key holds no record any more. */

#define NONE UINT32_MAX
#define NO_SIGNER UINT16_MAX

enum mark {
    MARK_HERE = 1,    /* Offered. Without it: a gap. */
    MARK_GIVEN = 2,   /* f has it: its time has come. */
    MARK_LINKED = 4,  /* Line 4 of f. */
    MARK_WITHIN = 8,  /* Line 5. */
    MARK_IN = 16,     /* Line 7. */
    MARK_COUNTS = 32, /* IN, as a feed that is decided anew will have it. */
};

struct item {
    struct digest id;
    struct record *record; /* While no key is known to have signed it. */
    uint64_t seq;
    uint32_t feed; /* NONE: of an author without a feed. */
    uint32_t prev, first_child, next_sibling;
    uint32_t size;   /* Header, proof and body. */
    uint32_t tried;  /* The feed's generation of keys that its proof was tried under. */
    uint16_t signer; /* Among the feed's keys. */
    uint16_t streak; /* Unsound items in a row up to this one; run_max: the chain ended before. */
    uint8_t marks;
};

struct known_key {
    struct public_key key;
    bool listed; /* Now; a key that was listed once keeps its number. */
};

struct feed_state {
    struct feed feed;
    struct known_key *keys;
    size_t key_count;
    uint32_t generation; /* Counts up whenever a key is listed that was not. */
    struct cut *cuts;
    size_t cut_count;
    bool closed;    /* A cut's record is linked: what is linked from now on is beyond it. */
    uint64_t below; /* The least seq of the cuts whose record is not linked. */
    uint32_t first_root;
    uint32_t *tips;
    size_t tip_count, tip_capacity;
};

struct slot {
    uint32_t hash;
    uint32_t index_plus_one; /* 0: empty. */
};

struct due {
    int64_t time_ms;
    uint32_t index;
};

struct indices {
    uint32_t *list;
    size_t count, capacity;
};

struct set {
    struct set_rules rules;
    unsigned run_max;
    size_t aside_max, aside_bytes_max;

    struct item *items;
    size_t item_count, item_capacity;
    struct slot *slots; /* Of items by id; a power of two, never more than two thirds full. */
    size_t slot_count;
    struct feed_state *feeds;
    uint32_t *feed_order; /* Of feeds, ascending. */
    size_t feed_count, feed_capacity;
    struct due *waiting; /* A heap: the earliest first. */
    size_t waiting_count, waiting_capacity;

    size_t standings[STANDING_IN + 1];
    size_t undecided, undecided_bytes; /* Not in the set, and held. */
    struct digest buckets[SET_BUCKETS];
    bool bucket_known[SET_BUCKETS];
    struct indices scratch;
    bool restoring;
};

/* So that tests reach the limits with few records. Before the first offer only. */
void set_limit(struct set *set, unsigned run_max, size_t aside_max, size_t aside_bytes_max);

/* --- set_items.c --- */

uint32_t items_find(const struct set *set, const struct digest *id);
/* The record's item, hung on its prev; it is HERE and nothing else. */
uint32_t items_add(struct set *set, struct record *record);
enum standing item_standing(const struct item *item);
void item_mark(struct set *set, uint32_t index, uint8_t marks);
void item_drop_record(struct set *set, uint32_t index);
/* Wait without the body's bytes. */
void item_shed_body(struct item *item);
bool item_is_cut(const struct set *set, const struct item *item);

/* NULL where there is none. */
struct feed_state *feeds_find(const struct set *set, const struct feed *feed);
/* The first position in `feed_order` that is not before `feed`. */
size_t feeds_position(const struct set *set, const struct feed *feed);
uint16_t feed_key(struct feed_state *state, const struct public_key *key);

void indices_push(struct indices *indices, uint32_t index);
void waiting_push(struct set *set, int64_t time_ms, uint32_t index);
uint32_t waiting_pop(struct set *set);

/* --- set_decide.c --- */

/* Ask the charter. Returns whether it says anything else than before. */
bool feed_load(struct set *set, struct feed_state *state);
/* f has this item from now on. */
void item_give(struct set *set, uint32_t index, struct changes *changes);
/* Link all that are given and can be; nothing is decided. */
void link_everything(struct set *set);
/* Decide a whole feed anew. */
void feed_decide(struct set *set, uint32_t feed, struct changes *changes);
void changes_add(struct changes *changes, const struct digest *id, bool in);

/* Walk the linked items of a feed, parents first. */
uint32_t linked_first(const struct set *set, uint32_t feed);
uint32_t linked_next(const struct set *set, uint32_t index);

/* --- set_compare.c --- */

void tips_replace(struct set *set, uint32_t feed, uint32_t old, uint32_t tip);
void tips_rebuild(struct set *set, uint32_t feed);

#endif
