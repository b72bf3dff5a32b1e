#ifndef CANDOUR_TESTS_COUNTY_INSIDE_H
#define CANDOUR_TESTS_COUNTY_INSIDE_H

#include "tests/protocol/county.h"

/*     county.c          the whole, nodes
 *     county_records.c  what authors write
 *     county_post.c     links, letters, time
 *     county_store.c    what effects do
 *     county_charter.c  founding, amending, halting
 *     county_notes.c    what was said */

#define NODES_MAX 512

struct link {
    struct node *ends[2];   /* The first one dialled. */
    peer_number numbers[2]; /* By which each end knows the other. */
    bool up, joined;        /* `joined`: the dialled end has heard of it. */
    bool deaf[2];           /* Nothing more comes to that end. */
    int64_t last_ms[2];     /* When the last letter on the truth link is to come. */
};

/* A frame under way. */
struct letter {
    int64_t at_ms;
    uint64_t order;
    size_t link;
    unsigned to; /* The end. */
    bool live;
    struct buffer bytes;
};

struct county {
    struct digest network;
    int64_t now_ms;
    uint64_t lots, order, carried, bytes;
    struct weather weather;
    bool guarded; /* Its nodes' doors are. */
    struct node *nodes[NODES_MAX];
    size_t node_count;
    struct county_hooks hooks;
    struct link *links; /* A link's numbers are 2 and 1 less than twice the place after it. */
    size_t link_count, link_capacity;
    struct letter *letters; /* A heap: the first one that comes is the first. */
    size_t letter_count, letter_capacity;

    struct record **records; /* All that were ever written here, */
    char (*names)[48];       /* and what the notebook calls them. */
    size_t record_count, record_capacity;
    struct places record_places; /* By id. */
    struct buffer notes, read;
    bool quiet;
};

struct kept *find_kept(const struct node *node, const struct digest *id);
void store_release(struct node *node);
/* Some of what waits for it is committed. */
void store_commit(struct node *node, size_t count);
struct record *node_fetch(void *context, const struct entry *entry);
bool node_proven_by(void *context, const struct record *record, const struct public_key *key);
enum ring_answer node_ring_holds(void *context, const struct record *record);
bool node_closes_box(void *context, const struct exchange_public *to, struct bytes text,
                     struct buffer *box);
bool node_opens_box(void *context, const struct exchange_public *from, struct bytes box,
                    struct buffer *text);
int64_t clock_of(const struct node *node);
/* Carry out what the replica says, and go on until it has nothing more to say. */
void node_turn(struct node *node);

struct link *link_of(const struct node *node, peer_number number, unsigned *end);
void drop_link(struct county *county, struct link *link);
void post(struct county *county, const struct link *link, unsigned to, bool live,
          struct bytes bytes);

void note_effect(const struct node *node, const struct effect *effect, const char *to);

#endif
