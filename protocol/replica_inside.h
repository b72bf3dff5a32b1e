#ifndef CANDOUR_PROTOCOL_REPLICA_INSIDE_H
#define CANDOUR_PROTOCOL_REPLICA_INSIDE_H

#include "protocol/places.h"
#include "protocol/replica.h"

/* What the replica is made of; nobody but protocol/replica*.c looks inside.
 *
 *     replica.c          peers, hellos, charters, time, reports
 *     replica_records.c  the one path of a record: offered, stored, announced; bodies
 *     replica_compare.c  tips and wants: what we ask for
 *     replica_serve.c    answers and credit: what we send
 *     replica_effects.c  the list of effects
 *
 * What always holds, between two calls:
 *   - a record is in `unstored` from its STORE or MOVE effect until replica_stored(); none of those
 *     is sent or announced;
 *   - `bodies` are the records here without a body that is neither erased nor thrown away;
 *   - one want is open for a tip over all peers, and a peer is told one of a feed at a time: the
 *     chains of two tips share their roots. */

#define QUIET_MS (INT64_C(10) * 1000)    /* A peer that owes an answer and says nothing so long. */
#define DENIED_MS (INT64_C(2) * 1000)    /* The same when it said that nothing more will come. */
#define PATIENCE_MS (INT64_C(60) * 1000) /* For one want while the peer answers others. */
#define WANT_TRIES_MAX 3
#define ANSWER_WINDOW 1024 /* Of a long chain, ids looked up at a time. */
#define FRAMES_AT_ONCE 8   /* To one peer, from one call. */
#define CREDIT_MAX (INT64_C(1) << 40)

/* A feed's chain, or some bodies, that a peer asked for and is being sent. */
struct answer {
    struct digest tip;
    bool bodies;           /* `window` is all there is. */
    struct entries window; /* What is looked up; sent up to `next`. */
    size_t next;
    uint64_t beyond; /* Of the chain after the window. */
};

struct peer {
    peer_number number;
    struct digest authority;
    bool dialled, greeted;
    bool closed; /* Said bye, or heard it: forgotten at the end of this call. */
    bool in_sync;
    int64_t since_ms, last_heard_ms, clock_off_ms;
    int64_t hello_ms; /* Ours was sent. */
    struct digest told_charter;
    int64_t told_charter_ms;

    int64_t credit;    /* What we may send it; the last record may overdraw. */
    uint64_t unstored; /* Bytes of records it sent that are with the store, */
    uint64_t stored;   /* and that are stored but not granted again. */

    struct answer *answers; /* At most WANTS_MAX. */
    size_t answer_count, turn;

    size_t wants;  /* Open at this peer. */
    uint64_t left; /* What it said is still to come. */
    bool gained;   /* A want was fulfilled since our last hello. */
    size_t bodies; /* Asked of it and not come. */
    uint64_t received, sent, refused[REFUSALS];
};

struct open_want {
    struct feed feed;
    struct digest tip;
    peer_number peer;
    unsigned tries;
    bool hearsay;       /* That the peer has it is not what the peer said. */
    bool queued;        /* Another want of the feed comes first at this peer. */
    bool unsaid;        /* Its turn has come, but it is not sent yet. */
    int64_t due_ms;     /* When to give up on the peer; */
    int64_t patient_ms; /* its other answers put that off until here. */
};

/* A record with the store, and where it came from. */
struct unstored {
    struct digest id;
    peer_number from;
};

struct wanted_body {
    struct digest id;
    int64_t expiry_ms; /* 0: none. */
    int64_t asked_ms;
};

struct replica {
    struct replica_settings settings;
    struct charter *charter;
    struct set *set;
    uint64_t lots;
    int64_t exchange_ms; /* The next one is due. */

    struct peer **peers;
    size_t peer_count, peer_capacity;

    struct open_want *wants;
    size_t want_count, want_capacity;
    struct places want_places; /* By tip. */

    struct unstored *unstored;
    size_t unstored_count, unstored_capacity;
    struct places unstored_places;
    uint64_t storing;  /* Records among them that are new. */
    bool store_is_due; /* Effects asked for something that replica_stored() has not confirmed. */
    bool charter_is_news;

    struct wanted_body *bodies;
    size_t body_count, body_capacity, body_turn;
    struct places body_places;

    struct replica_counters counters; /* Those that only count up. */
};

/* --- replica_effects.c --- */

struct effect *effect_add(struct effects *effects, enum effect_kind kind);
/* An empty frame for the peer, to be written into. */
struct buffer *effect_send(struct effects *effects, const struct peer *peer);

/* --- replica.c --- */

struct peer *peer_find(const struct replica *replica, peer_number number);
/* True for a peer that we may ask and tell things. */
bool peer_is_up(const struct peer *peer);
struct feed_rules feed_rules_of(const struct replica *replica, const struct feed *feed);
void refuse(struct replica *replica, struct peer *peer, enum refusal refusal);
void greet(struct replica *replica, struct peer *peer, bool answer, int64_t now_ms,
           struct effects *effects);
/* Unless one went out a moment ago. */
void greet_again(struct replica *replica, struct peer *peer, int64_t now_ms,
                 struct effects *effects);

/* --- replica_records.c --- */

/* A record's bytes, `peer` NULL: ours or a file's. False when they are refused. `*cost` is what
 * they take of a credit. */
bool take_record(struct replica *replica, struct peer *peer, struct bytes wire, int64_t now_ms,
                 uint64_t *cost, struct effects *effects, struct fault *fault);
/* Carry out what the set decided: everything in `changes` enters or leaves the store's set. */
void move_records(struct replica *replica, const struct changes *changes, struct effects *effects);
bool is_unstored(const struct replica *replica, const struct digest *id);
void body_expected(struct replica *replica, const struct record *record);
bool body_is_missing(const struct replica *replica, const struct digest *id);
uint64_t bodies_wanted(const struct replica *replica);
void ask_bodies(struct replica *replica, struct peer *peer, int64_t now_ms,
                struct effects *effects);
void receive_records(struct replica *replica, struct peer *peer, const struct message *message,
                     int64_t now_ms, struct effects *effects);

/* --- replica_compare.c --- */

void tell_tips(struct replica *replica, struct peer *peer, struct effects *effects);
void receive_tips(struct replica *replica, struct peer *peer, const struct message *message,
                  int64_t now_ms, struct effects *effects);
/* The record is here, but not what it hangs on. */
void ask_gap(struct replica *replica, struct peer *peer, const struct record *record,
             int64_t now_ms, struct effects *effects);
/* The record is new here: whoever owed it has delivered. */
void note_record(struct replica *replica, const struct record *record, int64_t now_ms);
/* A records frame came in, with anything new or not. */
void note_progress(struct replica *replica, struct peer *peer, uint64_t left, bool news,
                   int64_t now_ms);
void retry_wants(struct replica *replica, int64_t now_ms, struct effects *effects);
void forget_wants_of(struct replica *replica, peer_number peer);
int64_t next_retry_ms(const struct replica *replica);

/* --- replica_serve.c --- */

void receive_wants(struct replica *replica, struct peer *peer, const struct message *message,
                   struct effects *effects);
void receive_bodies(struct replica *replica, struct peer *peer, const struct message *message,
                    struct effects *effects);
void push_records(struct replica *replica, struct peer *peer, const struct unstored *news,
                  size_t count, struct effects *effects);
/* Send what was asked for as far as credit and the store allow. */
void serve(struct replica *replica, struct peer *peer, struct effects *effects);
bool can_serve_more(const struct replica *replica, struct peer *peer);
void grant_credit(const struct replica *replica, struct peer *peer, struct effects *effects);
void answers_release(struct peer *peer);

#endif
