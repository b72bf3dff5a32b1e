#ifndef CANDOUR_TESTS_COUNTY_H
#define CANDOUR_TESTS_COUNTY_H

#include "protocol/places.h"
#include "protocol/replica.h"

/* A county: several nodes in memory, with stores that keep only what was committed, links that are
 * dialled from one side, a virtual clock, and a notebook of what was said. No sockets, no sleeping:
 * a letter is put into the other's hands as soon as the clock says.
 *
 * Whatever a node does is checked here: it stores no record twice, moves and sends none that its
 * store does not hold, and publishes none that is not in its set. */
struct county;

#define COUNTY_MS INT64_C(1767225600000) /* 1 January 2026: when every county begins. */
#define PERIOD_MS (60 * 1000)
#define CREDIT_BYTES (64 * 1024)

/* What a node's store holds of a record. */
struct kept {
    struct record *record; /* Without its body where that was erased, or never came. */
    bool in;
    enum text_standing text;
    bool has_signer;
    struct public_key signer;
};

struct node {
    struct county *county;
    const char *name;
    struct signing_key *key, *next_key, *steward_key; /* No steward key: a hub. */
    struct ring_key *ring_key;                        /* NULL: it is in no ring. */
    struct card *card;
    struct feed feed;
    struct record *last; /* What its author wrote last, sent or not. */

    /* The store: what is committed, and what waits for that. */
    struct kept *kept;
    size_t kept_count, kept_capacity;
    struct places kept_places; /* By id. */
    struct buffer charter;
    size_t noticed, told;     /* Notices of its own records; its own that were heard. */
    size_t opened;            /* Boxes, or tried to. */
    struct digest noticed_by; /* The last one. */
    struct effects uncommitted;
    struct effects unanswered; /* Notices that are committed: `bytes` is what is noted. */

    struct replica *replica; /* NULL while the node is down. */
    struct effects effects;
    int64_t tick_ms;
    int64_t clock_off_ms;
    uint32_t credit_bytes;
    bool disk_hangs;     /* Nothing is committed. */
    bool restored;       /* It starts from a backup. */
    bool mute;           /* Nothing that it says arrives. */
    int64_t slow_ms;     /* So much longer its letters take. */
    unsigned dies_after; /* It crashes in the middle of things, after so many effects. 0: not. */

    void *owner; /* Whose it is, where a simulator has more to say of it. */

    size_t *links; /* Those that are up. */
    size_t link_count, link_capacity;
};

/* What a simulator adds. Each may be NULL; `context` is its own. */
struct county_hooks {
    void *context;
    /* In the place of what the replica asks otherwise. */
    bool (*proven_by)(void *context, const struct record *record, const struct public_key *key);
    enum ring_answer (*ring_holds)(void *context, const struct node *node,
                                   const struct record *record);
    /* A replica before it is given anything. */
    void (*begins)(void *context, struct node *node);
    /* A frame that is sent: false where it was taken away. */
    bool (*sent)(void *context, struct node *from, struct node *to, bool live, struct bytes frame);
};

struct weather {
    unsigned lose_live, lose_truth; /* Of a hundred. */
    int64_t delay_ms;               /* At most, drawn for each letter. */
    bool reorder_truth;             /* As no TCP would. */
};

struct county *county_new(uint64_t seed);
void county_free(struct county *county);
int64_t county_now(const struct county *county);
uint64_t county_draw(struct county *county);
struct weather *county_weather(struct county *county);
void county_hook(struct county *county, const struct county_hooks *hooks);
uint64_t county_letters(const struct county *county); /* Carried so far, and their bytes. */
uint64_t county_bytes(const struct county *county);

/* --- Nodes --- */

/* Not started yet, with an empty store and no charter. `steward` false: a hub. */
struct node *county_node(struct county *county, const char *name, bool steward);
/* Before the founding: its card has a ring key. */
void node_joins_rings(struct node *node);
void node_crash(struct node *node); /* What is not committed is lost, and so are its links. */
void node_start(struct node *node);
void node_forgets(struct node *node); /* Crashes and loses its disk; starts again with a charter. */
void node_sync(struct node *node);
/* Its check has found something of this class in the record. */
void node_notifies(struct node *node, const struct record *record, const char *class);
void node_commits(struct node *node);                    /* A disk that hung does its work, */
void node_commits_some(struct node *node, size_t count); /* or so much of it, and hangs again. */
struct peer_report node_report(const struct node *node, const struct node *peer);
const struct kept *node_kept(const struct node *node, const struct record *record);
enum standing node_standing(const struct node *node, const struct record *record);
struct replica_counters node_counts(const struct node *node);

/* --- Links --- */

void county_dial(struct node *from, struct node *to);
void county_cut_link(struct node *a, struct node *b); /* What is under way is lost. */
bool county_are_linked(const struct node *a, const struct node *b);
/* From now on a node ends its links with those whom its charter does not admit, when its replica
 * asks for it; what is under way is lost. */
void county_guard_doors(struct county *county);
/* From now on nothing that `from` sends on it arrives. */
void county_deafen(struct node *from, struct node *to);
/* Carry letters until none is under way; the clock goes on only as far as letters take. */
void county_settle(struct county *county);
/* Let time go by. */
void county_pass(struct county *county, int64_t ms);
/* A frame of any bytes, as if `from` had sent it. */
void county_send(struct node *from, struct node *to, struct bytes frame);
void county_send_live(struct node *from, struct node *to, struct bytes frame);
/* What no hook looks at. */
void county_send_as_is(struct node *from, struct node *to, bool live, struct bytes frame);
void county_say_live(struct node *from, struct node *to, const struct record *record);

/* --- Records (county_records.c) --- */

/* What a record says; what is not given is what most have. */
#define WRITING_ERASES 4
struct writing {
    const char *text;
    const char *kind;  /* NULL: a lesson, or an erasure where it erases. */
    const char *topic; /* NULL: none. */
    int64_t time_ms;   /* 0: now. Of one that is not named it must be given. */
    int64_t expiry_ms;
    const struct record *erases[WRITING_ERASES];
};

/* The node's author writes; nobody has it yet. The county keeps the record. */
struct record *node_writes(struct node *node, const char *text);
struct record *node_writes_at(struct node *node, const char *text, int64_t time_ms);
/* As if the author had forgotten all that came after `prev` (NULL: everything). */
struct record *node_writes_after(struct node *node, const struct record *prev, const char *text);
struct record *node_writes_as(struct node *node, const struct writing *writing);
/* The same header with a proof that holds under no key. */
struct record *county_forges(struct county *county, const struct record *record);
/* By one of two who use this slot, 0 or 1; and what its owner says of it (0: an erasure). */
struct record *county_unnamed(struct county *county, const char *slot, unsigned member,
                              const struct writing *writing);
/* By the owner of `key`, in a ring of the charter. */
struct record *county_unnamed_in(struct county *county, const struct ring_members *ring,
                                 const struct ring_key *key, const struct writing *writing,
                                 const char *slot);
struct record *county_owner_says(struct county *county, const struct record *about, unsigned n,
                                 const struct writing *writing);

void node_offers(struct node *node, const struct record *record);
struct record *node_says(struct node *node, const char *text);              /* Writes and offers. */
struct record *node_erases(struct node *node, const struct record *record); /* Likewise. */
/* What a record takes of a credit. */
size_t cost_of_record(const struct record *record);

/* --- Charters (county_charter.c) --- */

/* Those nodes found the network; the first three are stewards and sign. They all take it in. */
void county_found(struct county *county, struct node *const *members, size_t count);
void node_takes_charter(struct node *node, struct bytes bundle);
/* A new head over the charter that `proposer` holds, signed by `first` and `second`. */
void county_amend(struct node *proposer, const struct amendment *amendment, struct node *first,
                  struct node *second, struct buffer *bundle);
void county_amend_all(struct node *proposer, const struct amendment *amendments, size_t count,
                      struct node *first, struct node *second, struct buffer *bundle);
void county_admit(struct node *proposer, struct node *newcomer, struct node *first,
                  struct node *second, struct buffer *bundle);
void county_remove(struct node *proposer, struct node *member, const struct record *last,
                   struct node *first, struct node *second, struct buffer *bundle);
/* A head that asks for rules which no program knows yet. */
void county_upgrade(struct node *proposer, struct node *first, struct node *second,
                    struct buffer *bundle);
void county_halt(struct node *node, const struct record *last, struct buffer *bundle);
/* Its next card: the feed ends at `last` (NULL: nothing of it stands), and the next one begins,
 * under the next key. */
void node_turns_feed(struct node *node, const struct record *last);

/* --- The notebook --- */

void county_names(struct county *county, const struct record *record, const char *name);
const char *county_name_of(const struct county *county, const struct digest *id);
/* NULL: it was not written here. */
struct record *county_find(const struct county *county, const struct digest *id);
void county_note(struct county *county, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What was noted since the last call. */
const char *county_notes(struct county *county);
void county_be_quiet(struct county *county); /* Notes nothing any more. */
const struct digest *county_network(const struct county *county);
void county_set_network(struct county *county, const struct digest *network);

#endif
