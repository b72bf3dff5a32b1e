#ifndef CANDOUR_PROTOCOL_REPLICA_H
#define CANDOUR_PROTOCOL_REPLICA_H

#include "protocol/charter.h"
#include "protocol/message.h"
#include "protocol/record.h"
#include "protocol/set.h"

/* Decides what this node asks for, keeps and hands on. It opens no socket, no file and no clock,
 * and draws no lots but from the seed it is given: events come in as calls, and what is to be done
 * comes out as effects, which the caller carries out in order. docs/protocol.md, section 12, is
 * what it says to others.
 *
 * What always holds:
 *   - own records, a stranger's, live, caught up, imported: all take the one path of take_record();
 *   - only what replica_stored() has confirmed is announced, sent or counted as delivered;
 *   - a peer's nonsense is counted by reason and never stops anything; an unknown author or a newer
 *     charter is not nonsense: it is set aside, and the peer is asked for its charter;
 *   - of an anonymous record no effect carries the peer it came from or the time it came. */
struct replica;

/* A peer is a truth link (or a SUB link's far end) that the caller numbers from 1 as it likes. */
typedef uint32_t peer_number;
#define PEER_SELF 0 /* Our own records, and those from a file. */

enum effect_kind {
    /* For the store. What they ask for is durable when replica_stored() says so. */
    EFFECT_STORE,      /* Keep `record`, `in` the set or aside, proof held under `signer` if set. */
    EFFECT_STORE_BODY, /* Keep the body of `record`, which is here without one. */
    EFFECT_MOVE, /* The record at `entry` enters (`in`) the set, or leaves it and its body goes. */
    EFFECT_TEXT, /* The text of the record at `entry` stands as `text` says: hide it, remove
                    it, or show it (what was removed is asked for again). */
    EFFECT_DROP_BODY,     /* Remove the body at `entry`: it has expired. */
    EFFECT_STORE_CHARTER, /* Keep `bytes`, the charter as it is now, and what follows from it. */
    EFFECT_STORE_NOTICES, /* Keep what `authority` says of own records, by the link of `peer`:
                             `bytes` is a notice. Then comes replica_noticed(). */
    EFFECT_STORE_TOLD,    /* An author was told of its records: `bytes` is a noted. */

    EFFECT_SEND,         /* Send the frame `bytes` to `peer`. */
    EFFECT_SEND_RECORDS, /* Read `entries` from the store and send them to `peer` in one records
                            frame that says `left`; without its body where `bare` is set for it, or
                            where the store has none. */
    EFFECT_LIVE,         /* Publish the record at `entry` on the live plane. */
    EFFECT_ADMIT,        /* The allow-list changed: ask charter_admits() again for every link. Whom
                            that ends has been told of the charter. */
    EFFECT_CLOSE,        /* Close the link to `peer`: a bye was sent or received. The replica has
                            forgotten the peer. */
    EFFECT_LOOK,         /* Tell of every record that is here without a body, by
                            replica_lacks_body(): at the start, and when the interest changed. */
};

struct sending {
    struct entry entry;
    bool bare;
};
struct effect {
    enum effect_kind kind;
    peer_number peer;
    struct record *record; /* Held by the effect. */
    struct entry entry;
    bool in;
    enum text_standing text;
    bool has_signer;
    struct public_key signer;
    struct buffer bytes;
    struct digest authority;
    struct sending *sendings;
    size_t sending_count;
    uint64_t left;
};

/* Calls append to the list; the caller clears it when all is carried out. */
struct effects {
    struct effect *list;
    size_t count, capacity;
};
void effects_clear(struct effects *effects); /* Releases what the effects hold; keeps the memory. */
void effects_release(struct effects *effects);

struct replica_settings {
    struct digest network;
    struct digest self;    /* Own authority id; zeros: none yet. */
    int64_t period_ms;     /* Between exchanges with a peer; a quarter of it is jitter. */
    uint32_t credit_bytes; /* What a peer may send us before we ask on, */
    uint64_t
        credit_total; /* and what all of them may together, as far as the least credit allows. */
    bool restored;    /* From a backup: nothing is signed before a peer was asked. */
    uint64_t seed;    /* Of lots and salts. */
    /* Who answers what the set asks (protocol/set.h). NULL: record_proven_by(), and
     * anonymous_holds() of the charter's rings. */
    void *context;
    struct record *(*fetch)(void *context, const struct entry *entry);
    bool (*proven_by)(void *context, const struct record *record, const struct public_key *key);
    enum ring_answer (*ring_holds)(void *context, const struct record *record);
    /* For notices that a hub passes on: between our box key and another's. False where that cannot
     * be. NULL: none are. */
    bool (*box_close)(void *context, const struct exchange_public *to, struct bytes text,
                      struct buffer *box);
    bool (*box_open)(void *context, const struct exchange_public *from, struct bytes box,
                     struct buffer *text);
};
#define REPLICA_PERIOD_MS (5 * 60 * 1000)
#define REPLICA_CREDIT_BYTES (16 * 1024 * 1024)
#define REPLICA_CREDIT_LEAST (256 * 1024)
#define REPLICA_CREDIT_TOTAL (48 * 1024 * 1024)

struct replica *replica_new(const struct replica_settings *settings);
void replica_free(struct replica *replica);
void replica_set_period(struct replica *replica, int64_t period_ms);

/* Whose bodies are wanted: those of records without a topic, and those with one of these words
 * (docs/protocol.md, section 12.4). `words` strictly ascend; NULL: all. Before replica_start(), or
 * at any time after. */
void replica_set_interest(struct replica *replica, const char *const *words, size_t count,
                          struct effects *effects);

/* At start, before anything else: what the store holds. Charters in the order they were kept. A
 * record whose header has an expiry must be given whole in the skeleton, beside those that
 * protocol/set.h wants so. */
bool replica_restore_charter(struct replica *replica, struct bytes bundle, struct fault *fault);
void replica_restore_record(struct replica *replica, const struct skeleton *skeleton);
void replica_start(struct replica *replica, int64_t now_ms, struct effects *effects);

/* Answers EFFECT_LOOK: this record is here without a body that was neither erased nor expired. */
void replica_lacks_body(struct replica *replica, const struct record *record, int64_t now_ms);

/* A truth link came up or went. `dialled`: we opened it, so the far end may not be subscribed to us
 * and is pushed what is new. */
void replica_peer_joined(struct replica *replica, peer_number peer, const struct digest *authority,
                         bool dialled, int64_t now_ms, struct effects *effects);
void replica_peer_left(struct replica *replica, peer_number peer);

/* A frame from a peer's truth link; a frame from its live plane (`peer` is its truth link). */
void replica_receive(struct replica *replica, peer_number peer, struct bytes frame, int64_t now_ms,
                     struct effects *effects);
void replica_hear(struct replica *replica, peer_number peer, struct bytes record, int64_t now_ms,
                  struct effects *effects);

/* Does this peer want the body of a record with this topic? */
bool replica_sends_body(const struct replica *replica, peer_number peer, struct bytes topic);

/* Our own new records, or some from a file: the same path. `refused` hears of each that is refused,
 * or comes with a text that is not its own, and why; set aside is not refused. */
typedef void replica_refused(void *context, size_t index, const struct fault *fault);
void replica_offer(struct replica *replica, const struct bytes *records, size_t count,
                   int64_t now_ms, replica_refused *refused, void *context,
                   struct effects *effects);
/* A charter from a file. */
bool replica_offer_charter(struct replica *replica, struct bytes bundle, int64_t now_ms,
                           struct effects *effects, struct fault *fault);

/* Counts the effects for the store that were asked for so far. The store may work behind: hand
 * effects over, go on, and when they are durable say up to which count they are. */
uint64_t replica_asked(const struct replica *replica);
void replica_stored(struct replica *replica, uint64_t asked, int64_t now_ms,
                    struct effects *effects);

/* Time goes by. Returns when to call again at the latest. */
int64_t replica_tick(struct replica *replica, int64_t now_ms, struct effects *effects);

/* Our check found something in records of this authority, and it is to be told: at once, where it
 * can be reached; EFFECT_STORE_TOLD follows when it has answered. Of those that it has not answered
 * the caller says so again, not more often than once in a period. At most NOTICES_MAX. */
void replica_notify(struct replica *replica, const struct digest *author, const char *rules,
                    const struct notice *notices, size_t count, struct effects *effects);

/* Answers EFFECT_STORE_NOTICES, once that is durable: `noted` is a frame that names the records of
 * which something that was said is kept, now or from before. Who has said so is told that. */
void replica_noticed(struct replica *replica, peer_number peer, const struct digest *authority,
                     struct bytes noted, struct effects *effects);

/* Compare with every peer now. */
void replica_sync(struct replica *replica, int64_t now_ms, struct effects *effects);

const struct charter *replica_charter(const struct replica *replica);
struct set *replica_set(struct replica *replica);

/* May we sign? A node that goes on from an old record tells two histories, so it asks its peers for
 * its own head first. */
enum signing {
    SIGNING_GOOD,
    SIGNING_CLOCK,  /* Our clock is more than CLOCK_OFF_MS off the median of the peers'. */
    SIGNING_ASKING, /* No peer was compared with since the start. Given up after OWN_HEAD_MS, unless
                       the home was restored from a backup. */
    SIGNING_FORKED, /* Our feed has two branches: it must be closed, and the next one opened. */
    SIGNING_CLOSED, /* Our feed has a cut or a halt, or is not on the charter. */
};
#define CLOCK_OFF_MS (2 * 60 * 1000)
#define OWN_HEAD_MS (20 * 1000)
enum signing replica_may_sign(const struct replica *replica, const struct feed *own,
                              int64_t now_ms);

/* --- What `status` and `why` show --- */

/* What a peer leaves us or others without. */
enum lapse {
    LAPSE_NOT_SENT,  /* It said that it has a record, was asked for it, and did not send it. */
    LAPSE_NOT_TAKEN, /* It was told of a record, and lacks it still at a later comparison. */
    LAPSE_NO_BODY,   /* It has a record in its set, and was asked for its body in vain. */
    LAPSES
};
struct lapses {
    uint64_t count;
    int64_t since_ms;     /* Of the oldest. */
    struct digest ids[4]; /* Some of them. */
    size_t id_count;
};

struct peer_report {
    peer_number peer;
    struct digest authority;
    bool dialled;
    bool greeted;        /* Its hello came. */
    bool in_sync;        /* The state digests were equal at the last comparison. */
    int64_t since_ms;    /* That this is so. */
    int64_t compared_ms; /* When last. 0: never. */
    int64_t last_heard_ms;
    int64_t clock_off_ms;    /* Its clock minus ours, at its last hello. */
    uint64_t missing;        /* Records it said it has and we asked for and have not had, */
    uint64_t total;          /* of so many when it began. */
    uint64_t received, sent; /* Records. */
    uint64_t refused[REFUSALS];
    struct lapses lapses[LAPSES];
};
size_t replica_peers(const struct replica *replica, struct peer_report *reports, size_t most);

/* False where there is no such peer. */
bool replica_peer(const struct replica *replica, peer_number peer, struct peer_report *report);

/* How far the members' clocks are ahead of ours, as their hellos said: the median, each member
 * counting once however many links it has, and of two in the middle the nearer. 0 without any. */
int64_t replica_clock_off(const struct replica *replica);

struct replica_counters {
    uint64_t in_set, aside, waiting;
    uint64_t beyond_cut; /* Of those aside: in feeds that were closed or halted before them. */
    uint64_t erased, hidden;
    uint64_t bodies_wanted; /* Of records in the set. */
    uint64_t received, known, stored, sent, published;
    uint64_t delayed;           /* Records not taken or asked for yet, by the feeds' budget. */
    uint64_t refused[REFUSALS]; /* Over all peers there have been, and files. */
    uint64_t forks;
};
struct replica_counters replica_counters(struct replica *replica);

/* The feeds that have used up their budget: writes up to `most`. */
size_t replica_delayed(const struct replica *replica, int64_t now_ms, struct feed *feeds,
                       size_t most);

/* What happened to one record, as far as this node knows. */
struct why {
    enum because because;
    enum text_standing text;
    bool stored;           /* Durable here. */
    bool body_wanted;      /* It is here without its body, and others are asked for that. */
    struct digest missing; /* BECAUSE_PREV: what it waits for. */
    peer_number asked;     /* Who is asked for it, for what it waits for, or for its body; */
    int64_t asked_ms;      /* since when. 0: nobody is. */
    unsigned tries;        /* How many were asked before. */
    bool delayed;          /* Its feed has used up its budget. */
};
void replica_why(const struct replica *replica, const struct digest *id, int64_t now_ms,
                 struct why *why);

#endif
