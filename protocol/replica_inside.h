#ifndef CANDOUR_PROTOCOL_REPLICA_INSIDE_H
#define CANDOUR_PROTOCOL_REPLICA_INSIDE_H

#include "protocol/places.h"
#include "protocol/replica.h"

/* What the replica is made of; nobody but protocol/replica*.c looks inside.
 *
 *     replica.c          the whole, what comes in, time
 *     replica_hello.c    greeting, and looking again
 *     replica_charter.c  telling the charter, taking another in
 *     replica_records.c  the one path of a record: offered, decided, stored, announced
 *     replica_bodies.c   bodies: interest, asking, expiry
 *     replica_compare.c  buckets, sketches, tips: what differs
 *     replica_wants.c    what we ask for
 *     replica_serve.c    answers and credit: what we send
 *     replica_lapses.c   what peers leave us without
 *     replica_notices.c  telling authors of what must not be in their texts
 *     replica_reports.c  what is shown of all that
 *     replica_effects.c  the list of effects
 *
 * What always holds, between two calls:
 *   - a record is in `unstored` from its STORE or MOVE effect until replica_stored(); none of those
 *     is sent or announced;
 *   - `bodies` are the records here whose bodies are wanted, and not here;
 *   - one want is open for a tip over all peers, and a peer is told one of a feed at a time, but
 * for what fills a gap: the chains of two tips share their roots. */

#define QUIET_MS (INT64_C(10) * 1000)     /* A peer that owes an answer and says nothing so long. */
#define DENIED_MS (INT64_C(2) * 1000)     /* The same when it said that nothing more will come. */
#define PATIENCE_MS (INT64_C(60) * 1000)  /* For one want while the peer answers others. */
#define FAREWELL_MS (INT64_C(10) * 1000)  /* For telling a charter to whom it puts out. */
#define LOOK_AGAIN_MS (INT64_C(3) * 1000) /* After a difference was found; at first. */
#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define WANT_TRIES_MAX 3
#define PIECES_MAX 8     /* Looked for at once: what is not there costs who asked nothing. */
#define TURN_RECORDS 128 /* Of one answer, before it is another's turn. */
#define LIST_MAX 256     /* Erasures that go before what was asked for, or of a piece of a chain. */
#define FRAMES_AT_ONCE 8 /* To one peer, from one call. */
#define CREDIT_MAX (INT64_C(1) << 40)
#define LAPSES_MAX 64 /* Remembered of one peer. */
/* In such a time, whatever links come and go: notices and answers to them that a member says, by
 * whomever they come, and boxes that are passed on for it, each; */
#define ERRANDS_MS (INT64_C(60) * 1000)
#define ERRANDS_MAX 64
#define OPENINGS_MAX 1024 /* boxes that a hub brings and that are opened, for all behind it. */

/* What a peer asked for and is being sent: of the chain that ends in `tip` what comes after seq
 * `after` up to `until`; or single records: what was fetched (`tip` is zeros), or what there is of
 * the chain from `tip` back. */
struct answer {
    struct digest tip;
    uint64_t after, until;
    /* Erasures of that part, which go first; or the single records. Sent up to `next`. */
    struct entry *list;
    size_t count, next;
    bool singles;
    size_t skipped; /* Of the erasures, those that the chain has passed. */
};

/* Whose bodies somebody wants: everything, or those of topics with these words. */
struct interest {
    bool everything;
    char (*words)[INTEREST_WORD_MAX + 1];
    size_t count;
};

/* Something that a peer left us without, at `last_ms` for the last time. */
struct lapse_note {
    enum lapse kind;
    struct digest id;
    int64_t since_ms, last_ms;
};

struct peer {
    peer_number number;
    struct digest authority;
    bool dialled, greeted;
    bool closed; /* Said bye, or heard it: forgotten at the end of this call. */
    bool in_sync;
    int64_t since_ms, last_heard_ms, clock_off_ms, compared_ms;
    int64_t hello_ms; /* Ours was sent. */
    /* Whether what differed has come meanwhile is looked at then, or never; */
    int64_t look_ms, look_wait_ms; /* and the next time after so long a wait. */
    int64_t hope_ms; /* Until then it is not asked for what it did not say that it has. */
    struct digest told_charter;
    int64_t told_charter_ms;

    /* Comparing: what we said that asks for an answer. */
    bool asked_buckets;  /* Our hello was no answer: buckets may come. */
    unsigned asked_tips; /* Sketches and `which` of ours whose tips and ids may come. */
    bool told_buckets;   /* A sketch may come. */
    bool told_sketch;    /* A `which` may come. */
    struct lines sketch; /* The lines of ours in it, for a `which`; after it those that it named, */
    bool owes_lines;     /* which are told when the peer has told its tips. */
    /* Tips of ours, of lines that the peer does not have so: what it may lack. */
    struct tip *lacking;
    size_t lacking_count;

    int64_t credit;       /* What we may send it; the last record may overdraw. */
    uint32_t credit_told; /* What our last hello let it send us. */
    struct owed { /* Bytes of records it sent that are with the store, up to which effect; */
        uint64_t bytes, asked;
    } * owed;
    size_t owed_count, owed_capacity;
    uint64_t stored; /* and bytes that are stored but not granted again. */

    struct interest interest; /* Its own. */
    bool told_interest;       /* Ours was not everything, and it knows. */

    struct answer *answers; /* At most WANTS_MAX. */
    size_t answer_count, turn;

    size_t wants;   /* Open at this peer. */
    uint64_t left;  /* What it said is still to come, */
    uint64_t total; /* and the most that it said since nothing was. */
    bool gained;    /* Since our last hello something came that it was asked for. */
    size_t fetched; /* Bodies and single records asked of it and not come. */
    uint64_t received, sent, refused[REFUSALS];

    struct lapse_note *lapses;
    size_t lapse_count;

    uint64_t version; /* That we both speak. */
};

struct open_want {
    struct feed feed;
    struct digest tip;
    uint64_t seq; /* Of the tip. */
    uint64_t after, until;
    uint64_t step; /* How far below it the next gap on this chain is looked for. */
    peer_number peer;
    unsigned tries;
    bool hearsay;       /* That the peer has it is not what the peer said. */
    bool once;          /* Nobody said that they have it: who is compared with is asked, and no
                           other in its place. */
    bool fills_gap;     /* Need not wait for its turn. */
    bool queued;        /* Another want of the feed comes first at this peer. */
    bool unsaid;        /* Its turn has come, but it is not sent yet. */
    int64_t asked_ms;   /* Of whichever peer, first. */
    int64_t due_ms;     /* When to give up on the peer; */
    int64_t patient_ms; /* its other answers put that off until here. */
};

/* A record with the store, and where it came from. */
struct unstored {
    struct entry entry;
    peer_number from;
    uint64_t asked; /* The count of effects when it was last asked for. */
};

/* A member that has sent proofs of rings that do not hold, or records that took slots of others:
 * how many in a day. */
struct junk {
    struct digest authority;
    unsigned count;
    unsigned losers; /* Records that lost their slots. */
    int64_t since_ms;
};

/* What was done for a member since then. */
struct errands {
    struct digest authority;
    int64_t since_ms;
    unsigned heard, passed, opened;
};

struct wanted_body {
    struct digest id;
    int64_t expiry_ms; /* 0: none. */
    int64_t since_ms, asked_ms;
    peer_number asked;
    unsigned tries;
};

struct expiring {
    int64_t expiry_ms;
    struct entry entry;
};

struct replica {
    struct replica_settings settings;
    struct charter *charter;
    struct set *set;
    uint64_t lots;
    int64_t started_ms;
    int64_t exchange_ms; /* The next one is due, */
    int64_t round_ms;    /* and the next one with everybody. */
    bool own_compared;   /* Since the start a peer told what it has of our own feeds. */

    struct peer **peers;
    size_t peer_count, peer_capacity;

    struct open_want *wants;
    size_t want_count, want_capacity;
    struct places want_places; /* By tip. */

    /* The queue of what is with the store, oldest first, from `unstored_first` on. */
    struct unstored *unstored;
    size_t unstored_first, unstored_count, unstored_capacity;
    struct places unstored_places;
    uint64_t asked, confirmed; /* Effects for the store. */
    uint64_t charter_asked;    /* 0: no charter is news. */
    int64_t admit_ms;          /* When links end that the charter does not admit. 0: none has to. */

    /* Records of this call that the set has taken, each held, before they are decided. */
    struct taken {
        struct record *record;
        peer_number from;
    } * taken;
    size_t taken_count, taken_capacity;
    struct changes changes;
    uint64_t ring_failures; /* Proofs that did not hold, in all. */
    struct junk *junk;
    size_t junk_count;
    struct errands *errands; /* One for an authority. */
    size_t errands_count;

    struct interest interest;
    struct wanted_body *bodies;
    size_t body_count, body_capacity, body_turn;
    struct places body_places;
    struct expiring *expiring;
    size_t expiring_count, expiring_capacity;
    int64_t next_expiry_ms;

    struct replica_counters counters; /* Those that only count up. */
};

/* --- replica_effects.c --- */

struct effect *effect_add(struct effects *effects, enum effect_kind kind);
/* One for the store: it is counted. */
struct effect *effect_ask(struct replica *replica, struct effects *effects, enum effect_kind kind);
/* An empty frame for the peer, to be written into. */
struct buffer *effect_send(struct effects *effects, const struct peer *peer);

/* --- replica.c --- */

struct peer *peer_find(const struct replica *replica, peer_number number);
/* True for a peer that we may ask and tell things. */
bool peer_is_up(const struct peer *peer);
uint64_t draw(struct replica *replica);
struct short_salt draw_salt(struct replica *replica);
struct feed_rules feed_rules_of(const struct replica *replica, const struct feed *feed);
bool is_own(const struct replica *replica, const struct feed *feed);
int64_t earlier(int64_t a, int64_t b);
void refuse(struct replica *replica, struct peer *peer, enum refusal refusal);

/* --- replica_hello.c --- */

struct digest state_digest(struct replica *replica);
void greet(struct replica *replica, struct peer *peer, bool answer, int64_t now_ms,
           struct effects *effects);
/* Unless one went out a moment ago. */
void greet_again(struct replica *replica, struct peer *peer, int64_t now_ms,
                 struct effects *effects);
void greet_all(struct replica *replica, int64_t now_ms, struct effects *effects);
void receive_hello(struct replica *replica, struct peer *peer, const struct hello *hello,
                   int64_t now_ms, struct effects *effects);
/* Is nothing under way between us that was asked for, and nothing with the store? */
bool is_at_rest(const struct peer *peer);
/* Our hello has found a difference. What differed may be under way: if nothing shows that it came,
 * we greet once more in a while. */
void look_again_later(const struct replica *replica, struct peer *peer, int64_t now_ms);
/* When that is due, or INT64_MAX. */
int64_t look_if_due(struct replica *replica, struct peer *peer, int64_t now_ms,
                    struct effects *effects);
/* A bye was said, or heard. */
void part(struct peer *peer, struct effects *effects);

/* --- replica_charter.c --- */

/* Not the same one again at once. */
void tell_charter(struct replica *replica, struct peer *peer, int64_t now_ms,
                  struct effects *effects);
bool take_charter(struct replica *replica, struct peer *peer, struct bytes bundle, int64_t now_ms,
                  struct effects *effects, struct fault *fault);
/* When those whom it puts out have heard of it: their links end. When that is due, or INT64_MAX. */
int64_t end_farewell(struct replica *replica, int64_t now_ms, struct effects *effects);

/* --- replica_records.c --- */

/* A record's bytes, `peer` NULL: ours or a file's. It is taken to be decided by settle_records().
 * False when they are refused. `*cost` is what they take of a credit. */
bool take_record(struct replica *replica, struct peer *peer, struct bytes wire, int64_t now_ms,
                 uint64_t *cost, struct effects *effects, struct fault *fault);
/* Decide what was taken, and ask the store for what follows from that and from all else in
 * `changes`. `peer` brought it, or NULL. Returns how many were new. */
size_t settle_records(struct replica *replica, const struct peer *peer, int64_t now_ms,
                      struct effects *effects);
bool is_unstored(const struct replica *replica, const struct digest *id);
/* Tell of the records in the set that the store has confirmed. */
void announce_stored(struct replica *replica, struct effects *effects);
void receive_records(struct replica *replica, struct peer *peer, const struct message *message,
                     int64_t now_ms, struct effects *effects);

/* --- replica_bodies.c --- */

bool interest_has(const struct interest *interest, struct bytes topic);
void interest_release(struct interest *interest);
void tell_interest(struct replica *replica, struct peer *peer, struct effects *effects);
void receive_interest(struct peer *peer, const struct message *message);
/* Is its topic of interest, and its time not over? */
bool body_is_of_use(const struct replica *replica, const struct record *record, int64_t now_ms);
/* The record is here without its body: want it, if it is in the set and of use. */
void body_missing(struct replica *replica, const struct record *record, int64_t now_ms);
bool body_is_wanted(const struct replica *replica, const struct digest *id);
/* Its body came, or is wanted no more. */
void body_settled(struct replica *replica, const struct digest *id);
uint64_t bodies_wanted(const struct replica *replica);
void ask_bodies(struct replica *replica, struct peer *peer, int64_t now_ms,
                struct effects *effects);
/* Single records, or bodies. */
void ask_singles(struct peer *peer, const struct digest *ids, size_t count,
                 struct effects *effects);
/* The record's body goes when its time has come. */
void body_expires(struct replica *replica, const struct record *record);
int64_t drop_expired(struct replica *replica, int64_t now_ms, struct effects *effects);

/* --- replica_compare.c --- */

void tell_buckets(struct replica *replica, struct peer *peer, struct effects *effects);
void receive_buckets(struct replica *replica, struct peer *peer, const struct message *message,
                     int64_t now_ms, struct effects *effects);
void receive_sketch(struct replica *replica, struct peer *peer, const struct message *message,
                    int64_t now_ms, struct effects *effects);
void receive_which(const struct replica *replica, struct peer *peer, const struct message *message);
void receive_tips(struct replica *replica, struct peer *peer, const struct message *message,
                  int64_t now_ms, struct effects *effects);
void receive_ids(const struct replica *replica, struct peer *peer, const struct message *message,
                 struct effects *effects);

/* --- replica_wants.c --- */

/* How many records of a feed the budget lets us have by now. */
uint64_t feed_allowance(const struct replica *replica, const struct feed *feed, int64_t now_ms);
/* Is anything of this feed wanted of the peer, by what it said itself? */
bool wants_of(const struct replica *replica, const struct peer *peer, const struct feed *feed);
/* The peer says that it has this tip. */
void want_tip(struct replica *replica, struct peer *peer, const struct tip *tip, int64_t now_ms);
void want_cuts(struct replica *replica, struct peer *peer, int64_t now_ms);
/* The record is here, but not what it hangs on. */
void want_gap(struct replica *replica, struct peer *peer, const struct record *record,
              int64_t now_ms);
/* The record came, and there was no room for it. */
void want_earlier(struct replica *replica, struct peer *peer, const struct record *record,
                  int64_t now_ms);
void say_wants(struct replica *replica, struct peer *peer, struct effects *effects);
/* The record is new here: whoever owed it has delivered. */
void note_record(struct replica *replica, const struct record *record, int64_t now_ms);
/* A records frame came in, with anything new or not. */
void note_progress(struct replica *replica, struct peer *peer, uint64_t left, bool news,
                   int64_t now_ms);
void retry_wants(struct replica *replica, int64_t now_ms, struct effects *effects);
void forget_wants_of(struct replica *replica, peer_number peer);
bool wants_of_own(const struct replica *replica);
int64_t next_retry_ms(const struct replica *replica);

/* --- replica_serve.c --- */

void receive_wants(struct replica *replica, struct peer *peer, const struct message *message,
                   struct effects *effects);
void receive_fetch(struct replica *replica, struct peer *peer, const struct message *message,
                   struct effects *effects);
void push_records(struct replica *replica, struct peer *peer, const struct unstored *news,
                  size_t count, struct effects *effects);
/* Send what was asked for as far as credit and the store allow. */
void serve(struct replica *replica, struct peer *peer, struct effects *effects);
bool can_serve_more(const struct replica *replica, const struct peer *peer);
void grant_credit(struct peer *peer, struct effects *effects);
void answers_release(struct peer *peer);

/* --- replica_notices.c --- */

/* Notices, and answers to them. */
void receive_notices(struct replica *replica, const struct peer *peer,
                     const struct message *message, int64_t now_ms, struct effects *effects);
void receive_relay(struct replica *replica, const struct peer *peer, const struct message *message,
                   int64_t now_ms, struct effects *effects);

/* --- replica_lapses.c --- */

void note_lapse(struct peer *peer, enum lapse kind, const struct digest *id, int64_t now_ms);
void forget_lapse(struct peer *peer, const struct digest *id);
/* Both have the same records: none is owed. */
void forget_record_lapses(struct peer *peer);
/* What was not seen again for some periods is over. */
void expire_lapses(struct replica *replica, struct peer *peer, int64_t now_ms);
/* Tips of a feed that the peer does not have as we do: it may lack them. */
void suspect_tips(const struct replica *replica, struct peer *peer, const struct feed *feed);
/* What the peer says of its own tips clears some. */
void clear_tip(const struct replica *replica, struct peer *peer, const struct tip *tip);
/* It has said all: it lacks what is left. */
void note_lacking(struct peer *peer, int64_t now_ms);

#endif
