#ifndef CANDOUR_PROTOCOL_MESSAGE_H
#define CANDOUR_PROTOCOL_MESSAGE_H

#include "protocol/record.h"
#include "protocol/set.h"

/* What two nodes say to each other on the truth link. Each frame is one MessagePack array; the
 * first item says which. docs/protocol.md, section 12, says when.
 *
 *     hello    = [ 0, least version, highest version, network, state digest, clock: uint (ms),
 *                  answer: bool, credit: uint (bytes) ]
 *     charter  = [ 1, bundle: bin ]
 *     buckets  = [ 2, charter digest, salt: bin 16, short digests: bin 8 * 65 ]
 *     sketch   = [ 3, charter digest, salt: bin 16, buckets: bin 9 (bits),
 *                  short digests: bin 8 * n ]
 *     which    = [ 4, lines: bin (bits) ]
 *     tips     = [ 5, more: bool, [[authority, feed, seq, id], ...] ]
 *     ids      = [ 6, more: bool, [id, ...] ]
 *     want     = [ 7, [[tip id, after: uint (seq), until: uint (seq)], ...] ]
 *     records  = [ 8, left: uint (records still to come in this answer), [record, ...] ]
 *     credit   = [ 9, bytes: uint ]
 *     fetch    = [ 10, [id, ...] ]
 *     interest = [ 11, nil or [word: str, ...] ]
 *     bye      = [ 12, code: uint, reason: str ]
 *
 * And between nodes that both speak version 2:
 *
 *     notice   = [ 13, rules: str, [[id, field: str, class: str], ...] ]
 *     noted    = [ 14, rules: str, [id, ...] ]
 *     relay    = [ 15, to: authority, from: authority, box: bin ]
 *
 * On the live plane a frame is one record, as it is. */
enum message_kind {
    MESSAGE_HELLO,
    MESSAGE_CHARTER,
    MESSAGE_BUCKETS,
    MESSAGE_SKETCH,
    MESSAGE_WHICH,
    MESSAGE_TIPS,
    MESSAGE_IDS,
    MESSAGE_WANT,
    MESSAGE_RECORDS,
    MESSAGE_CREDIT,
    MESSAGE_FETCH,
    MESSAGE_INTEREST,
    MESSAGE_BYE,
    MESSAGE_NOTICE,
    MESSAGE_NOTED,
    MESSAGE_RELAY,
    MESSAGES
};
extern const char *const message_names[MESSAGES];

struct hello {
    uint64_t least_version, highest_version;
    struct digest network;
    struct digest state;
    int64_t clock_ms;
    bool answer; /* Said in answer to a hello. */
    uint32_t credit;
};
/* Of the chain that ends in `tip`, what comes after seq `after` up to seq `until`. */
struct want {
    struct digest tip;
    uint64_t after, until;
};
/* In this field of the reader's own record `id` our check found something of this class. */
struct notice {
    struct digest id;
    struct bytes field, class;
};
enum bye_code {
    BYE_VERSION = 1,
    BYE_NETWORK = 2,
    BYE_NOT_A_MEMBER = 3,
    BYE_NONSENSE = 4,
    BYE_STOPPING = 5
};

/* A message that was read. Lists point into memory of the message or borrow from the frame. */
struct message {
    enum message_kind kind;
    struct hello hello;
    struct digest charter;  /* buckets, sketch */
    struct bytes bundle;    /* charter */
    struct short_salt salt; /* buckets, sketch */
    struct buckets buckets; /* sketch */
    struct bytes shorts;    /* buckets, sketch: 8 bytes each, big-endian */
    struct bytes bits;      /* which */
    bool more;              /* tips, ids */
    struct tip *tips;       /* tips */
    struct want *wants;     /* want */
    struct bytes *records;  /* records: each the bytes of one, unread */
    struct digest *ids;     /* ids, fetch, noted */
    bool everything;        /* interest: nil */
    struct bytes *words;    /* interest */
    size_t count;           /* of tips, wants, records, ids, words, notices or short digests */
    uint64_t left;          /* records */
    uint32_t credit;        /* credit */
    uint32_t code;          /* bye */
    struct bytes reason;    /* bye */
    struct bytes rules;     /* notice, noted: the version of those by which it was found */
    struct notice *notices; /* notice */
    struct digest to, from; /* relay */
    struct bytes box;       /* relay */
};

/* False and FAULT_PEER when the frame is not a message. A message is released whether or not it was
 * read well; nothing is allocated beyond what the frame's own size allows. */
bool message_read(struct message *message, struct bytes frame, struct fault *fault);
void message_release(struct message *message);

/* The short digest at this place of `shorts`. */
uint64_t message_short(const struct message *message, size_t place);

void hello_write(const struct hello *hello, struct buffer *frame);
void charter_message_write(struct bytes bundle, struct buffer *frame);
void buckets_write(const struct digest *charter, const struct short_salt *salt,
                   const uint64_t shorts[SET_BUCKETS + 1], struct buffer *frame);
void sketch_write(const struct digest *charter, const struct short_salt *salt,
                  const struct buckets *buckets, const struct line *lines, size_t count,
                  struct buffer *frame);
void which_write(struct bytes bits, struct buffer *frame);
void tips_write(const struct tip *tips, size_t count, bool more, struct buffer *frame);
void ids_write(const struct digest *ids, size_t count, bool more, struct buffer *frame);
void want_write(const struct want *wants, size_t count, struct buffer *frame);
/* The head of a records frame; `count` records' wire forms are appended after it. */
void records_write(uint64_t left, size_t count, struct buffer *frame);
void credit_write(uint32_t bytes, struct buffer *frame);
void fetch_write(const struct digest *ids, size_t count, struct buffer *frame);
/* `words` NULL: everything. */
void interest_write(const char *const *words, size_t count, struct buffer *frame);
void notice_write(struct bytes rules, const struct notice *notices, size_t count,
                  struct buffer *frame);
void noted_write(struct bytes rules, const struct digest *ids, size_t count, struct buffer *frame);
void relay_write(const struct digest *to, const struct digest *from, struct bytes box,
                 struct buffer *frame);
void bye_write(enum bye_code code, const char *reason, struct buffer *frame);

#endif
