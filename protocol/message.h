#ifndef CANDOUR_PROTOCOL_MESSAGE_H
#define CANDOUR_PROTOCOL_MESSAGE_H

#include "protocol/record.h"
#include "protocol/set.h"

/* What two nodes say to each other on the truth link. Each frame is one MessagePack array; the
 * first item says which.
 *
 *     hello   = [ 0, least version, highest version, network, charter digest, state digest,
 *                 clock: uint (ms), answer: bool, credit: uint (bytes) ]
 *     charter = [ 1, bundle: bin ]
 *     tips    = [ 2, more: bool, [[authority, feed, seq, id], ...] ]
 *     want    = [ 3, [[tip id, [have id, ...]], ...] ]
 *     records = [ 4, left: uint (records still to come in this answer), [record, ...] ]
 *     credit  = [ 5, bytes: uint ]
 *     bodies  = [ 6, [id, ...] ]
 *     bye     = [ 7, code: uint, reason: str ]
 *
 * On the live plane a frame is one record, as it is. */
enum message_kind {
    MESSAGE_HELLO,
    MESSAGE_CHARTER,
    MESSAGE_TIPS,
    MESSAGE_WANT,
    MESSAGE_RECORDS,
    MESSAGE_CREDIT,
    MESSAGE_BODIES,
    MESSAGE_BYE,
    MESSAGES
};
extern const char *const message_names[MESSAGES];

struct hello {
    uint64_t least_version, highest_version;
    struct digest network;
    struct digest charter;
    struct digest state;
    int64_t clock_ms;
    bool answer; /* Said in answer to a hello. */
    uint32_t credit;
};
struct want {
    struct digest tip;
    struct digest haves[WANT_HAVES_MAX];
    size_t have_count;
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
    struct bytes bundle;   /* charter */
    bool more;             /* tips */
    struct tip *tips;      /* tips */
    struct want *wants;    /* want */
    struct bytes *records; /* records: each the bytes of one, unread */
    struct digest *ids;    /* bodies */
    size_t count;          /* of tips, wants, records or ids */
    uint64_t left;         /* records */
    uint32_t credit;       /* credit */
    uint32_t code;         /* bye */
    struct bytes reason;   /* bye */
};

/* False and FAULT_PEER when the frame is not a message. A message is released whether or not it was
 * read well; nothing is allocated beyond what the frame's own size allows. */
bool message_read(struct message *message, struct bytes frame, struct fault *fault);
void message_release(struct message *message);

void hello_write(const struct hello *hello, struct buffer *frame);
void charter_message_write(struct bytes bundle, struct buffer *frame);
void tips_write(const struct tip *tips, size_t count, bool more, struct buffer *frame);
void want_write(const struct want *wants, size_t count, struct buffer *frame);
/* The head of a records frame; `count` records' wire forms are appended after it. */
void records_write(uint64_t left, size_t count, struct buffer *frame);
void credit_write(uint32_t bytes, struct buffer *frame);
void bodies_write(const struct digest *ids, size_t count, struct buffer *frame);
void bye_write(enum bye_code code, const char *reason, struct buffer *frame);

#endif
