#ifndef CANDOUR_PROTOCOL_SET_INSIDE_H
#define CANDOUR_PROTOCOL_SET_INSIDE_H

#include "protocol/set.h"

/* What the set is made of; nobody but protocol/set_*.c and the tests looks inside.
 *
 * Every record is an item in one array, named by its index, and items hang together as trees: each
 * knows its prev (an owner's its subject), its first child and its next sibling. What is named but
 * not here, a prev or what an erasure erases, is an item too, a gap, which the record fills when it
 * comes.
 *
 * What always holds, between two calls:
 *   - LINKED, WITHIN, COUNTS and IN are those of f over the items that are GIVEN;
 *   - an item that is IN has its whole chain IN;
 *   - on the chain of an item that is IN, from one item that is known to be sound to the next there
 *     are at most run_max steps, and likewise from the start to the first; a tip is known to be;
 *   - an item that is LINKED, WITHIN and not ENDED, but not IN, was tried: its proof failed;
 *   - a feed's tips are its items that are IN and have no child that is, ascending by (seq, id);
 *   - an item that is IN, or whose proof was found to hold, holds no record. */

#define NONE UINT32_MAX
#define NO_SIGNER UINT16_MAX

enum mark {
    MARK_HERE = 1 << 0,   /* Offered. Without it: a gap. */
    MARK_GIVEN = 1 << 1,  /* f has it: its time has come. */
    MARK_LINKED = 1 << 2, /* Line 4 of f. */
    MARK_WITHIN = 1 << 3, /* Line 5. */
    MARK_ENDED = 1 << 4,  /* run_max unsound items in a row end in it, or in an item before it. */
    MARK_COUNTS = 1 << 5, /* It is in the set, as decided; */
    MARK_IN = 1 << 6,     /* likewise, as told. */
    MARK_FAILED = 1 << 7, /* Its proof holds under none of its feed's keys. Not named: it can never
                             count, and f has no use for it any more. */
    MARK_HOLDS = 1 << 8,  /* Not named: its proof holds. */
    MARK_ERASES = 1 << 9, /* Named, or an owner's with n = 0: of kind erasure. */
    MARK_HIDES = 1 << 10, /* Not linked, and hides what it names. */
    MARK_TOUCHED = 1 << 11, /* How its text stands is to be looked at. */
    MARK_HIDDEN = 1 << 12,  /* Its text, as told. */
    MARK_ERASED = 1 << 13,  /* Likewise. */
};

struct item {
    struct digest id;
    uint64_t seq;  /* Of one that is not named its time. */
    uint32_t feed; /* NONE: not named, or a gap. */
    uint32_t prev, first_child, next_sibling;
    uint32_t
        skip; /* Linked: an item far before it. Not linked: one before it, nearer to its gap. */
    uint32_t extra;  /* What few items have. */
    uint32_t size;   /* Header, proof and body. */
    uint16_t signer; /* Among the feed's keys. */
    uint16_t marks;
};
_Static_assert(sizeof(struct item) <= 72, "a million of them are a node's memory");

struct indices {
    uint32_t *list;
    size_t count, capacity;
};

struct unnamed {
    bool anonymous;
    struct digest slot;      /* The first tag; a digest of record and n. */
    struct public_key owner; /* Anonymous: who may write its owner records. */
};

struct extra {
    struct record *record;   /* Header and proof, while they may matter. */
    struct indices erasures; /* That name it. */
    struct indices targets;  /* That it names. */
    struct unnamed *unnamed;
    uint32_t next_free;
};

struct known_key {
    struct public_key key;
    bool listed; /* Now; a key that was listed once keeps its number. */
};

struct feed_state {
    struct feed feed;
    bool listed;
    bool stale; /* To be decided anew. */
    struct known_key *keys;
    size_t key_count, listed_count;
    struct cut *cuts;
    size_t cut_count;
    bool closed;    /* A cut's record is linked: what is linked from now on is beyond it. */
    uint64_t below; /* The least seq of the cuts whose record is not linked. */
    size_t here;
    uint32_t first_root;
    uint32_t last;           /* What came last: likely the prev of what comes next. */
    struct indices tips;     /* By (seq, id). */
    struct indices erasures; /* Linked, by seq. */
};

struct week {
    uint64_t number;
    struct indices items; /* By id. */
    struct digest digest;
    bool known;
};

struct slot {
    uint32_t hash;
    uint32_t index_plus_one; /* 0: empty. */
};
struct table { /* A power of two, never more than two thirds full. */
    struct slot *slots;
    size_t size, used;
};

struct due {
    int64_t time_ms;
    uint32_t index;
};

struct set {
    struct set_rules rules;
    unsigned run_max;
    size_t aside_max, aside_bytes_max;

    struct item *items;
    size_t item_count, item_capacity;
    struct extra *extras;
    size_t extra_count, extra_capacity;
    uint32_t free_extra;
    struct table by_id;   /* All items. */
    struct table by_slot; /* Those not named that count, or did until their subject left. */
    struct feed_state *feeds;
    uint32_t *feed_order; /* Of feeds, ascending. */
    size_t feed_count, feed_capacity;
    uint32_t last_feed; /* That was looked for. */
    struct week *weeks; /* Ascending; each has items. */
    size_t week_count, week_capacity;
    struct due *waiting; /* A heap: the earliest first. */
    size_t waiting_count, waiting_capacity;

    /* Since the last decision: */
    struct indices offered;
    struct indices linked;           /* Parents first. */
    struct indices anonymous, owned; /* Given, or to be judged again; */
    struct indices judged;           /* of which this is the outcome. */
    struct indices turned;           /* Told to have entered or left. */
    struct indices touched;          /* Texts. */

    struct indices open;    /* Anonymous, of rings that no charter here lists. */
    struct indices loose;   /* Named erasures, given but not linked. */
    struct indices targets; /* Of named erasures. */

    size_t standings[STANDING_IN + 1];
    size_t texts[TEXT_ERASED + 1];     /* Of those that were told; TEXT_STANDS is not counted. */
    size_t undecided, undecided_bytes; /* What there is room for. */
    struct digest buckets[SET_BUCKETS];
    bool bucket_known[SET_BUCKETS];
    struct digest weeks_digest;
    bool weeks_known;
    struct indices path; /* For one function at a time. */
    bool restoring;
};

/* So that tests reach the limits with few records. Before the first offer only. */
void set_limit(struct set *set, unsigned run_max, size_t aside_max, size_t aside_bytes_max);

/* --- set_items.c --- */

uint32_t items_find(const struct set *set, const struct digest *id);
uint32_t items_find_or_add(struct set *set, const struct digest *id);
/* The gap becomes the item that the skeleton describes, hung on its prev or its subject; it is HERE
 * and nothing else. */
void items_fill(struct set *set, uint32_t index, const struct skeleton *skeleton);

static inline bool item_is(const struct set *set, uint32_t index, unsigned marks)
{
    return index != NONE && (set->items[index].marks & marks) == marks;
}
static inline bool item_is_named(const struct item *item)
{
    return item->feed != NONE;
}
enum standing item_standing(const struct item *item);
void item_mark(struct set *set, uint32_t index, unsigned marks);
void item_clear(struct set *set, uint32_t index, unsigned marks);
/* NULL where it holds none. */
struct record *item_record(const struct set *set, uint32_t index);
void item_drop_record(struct set *set, uint32_t index);
/* Wait without the body's bytes. */
void item_shed_body(struct set *set, uint32_t index);
bool item_is_cut(const struct set *set, const struct item *item);

struct extra *extra_of(struct set *set, uint32_t index); /* Made where there is none. */
const struct extra *extra_find(const struct set *set, uint32_t index); /* NULL: none. */

/* The item that has a slot, and its place in the table. */
struct slot *slots_find(const struct set *set, const struct digest *slot);
void slots_add(struct set *set, uint32_t index);

/* NULL where there is none. */
struct feed_state *feeds_find(const struct set *set, const struct feed *feed);
/* The first position in `feed_order` that is not before `feed`. */
size_t feeds_position(const struct set *set, const struct feed *feed);
uint16_t feed_key(struct feed_state *state, const struct public_key *key);

void indices_push(struct indices *indices, uint32_t index);
void indices_insert(struct indices *indices, size_t at, uint32_t index);
void indices_remove(struct indices *indices, size_t at);
/* By seq, then id. */
int item_order(const struct item *item, uint64_t seq, const struct digest *id);
void indices_sort(const struct set *set, struct indices *indices,
                  int (*order)(const void *item, const void *other));
void waiting_push(struct set *set, int64_t time_ms, uint32_t index);
uint32_t waiting_pop(struct set *set);

/* --- set_chain.c --- */

/* The item becomes linked, after its prev. */
void chain_link(struct set *set, uint32_t index);
/* The item of this seq on the chain that ends in `index`, which is linked and not before it. */
uint32_t chain_at(const struct set *set, uint32_t index, uint64_t seq);
/* The gap that the chain of this item waits for; NONE where it does not. */
uint32_t chain_gap(const struct set *set, uint32_t index, uint64_t *seq);

/* Walk the linked items of a feed, parents first. */
uint32_t linked_first(const struct set *set, uint32_t feed);
uint32_t linked_next(const struct set *set, uint32_t index);

/* --- set_decide.c --- */

/* Ask the charter. Returns whether it says anything else than before. */
bool feed_load(struct set *set, uint32_t feed);
/* f has this item from now on. */
void item_give(struct set *set, uint32_t index);
/* Lines 5 to 7, of what was linked and of feeds that are stale. */
void decide_named(struct set *set, struct changes *changes);
/* Does its own proof hold under a key of its feed? Looks, if that is not known yet. */
bool item_proven(struct set *set, uint32_t index);
/* Tells that the item is IN or is not any more, as it COUNTS. */
void item_turn(struct set *set, uint32_t index, struct changes *changes);
void changes_add(struct changes *changes, struct change change);

/* --- set_unnamed.c: lines 8 and 9 --- */

/* What becomes of a record that is not named, with all that is decided. */
enum verdict { VERDICT_OPEN, VERDICT_COUNTS, VERDICT_NEVER };
/* `holds`: its proof is known to. */
enum verdict unnamed_judge(const struct set *set, const struct record *record, bool holds);
void unnamed_fill(struct set *set, uint32_t index, const struct record *record);
void unnamed_give(struct set *set, uint32_t index);
const struct unnamed *unnamed_of(const struct set *set, uint32_t index); /* NULL: it is named. */
/* Did a lower id take its slot? */
bool unnamed_is_beaten(const struct set *set, const struct digest *slot, const struct digest *id);
void decide_unnamed(struct set *set, struct changes *changes);

/* --- set_erase.c: line 10 --- */

bool record_erases(const struct record *record); /* By its kind. */
void erasure_fill(struct set *set, uint32_t index, const struct record *record);
/* How the texts stand that what was turned, linked or touched may have changed. */
void decide_texts(struct set *set, struct changes *changes);
void text_touch(struct set *set, uint32_t index);
void text_set(struct set *set, uint32_t index, enum text_standing text);

/* --- set_compare.c --- */

void tips_replace(struct set *set, uint32_t feed, uint32_t old, uint32_t tip);
void tips_rebuild(struct set *set, uint32_t feed);
void weeks_add(struct set *set, uint32_t index);
void weeks_remove(struct set *set, uint32_t index);

#endif
