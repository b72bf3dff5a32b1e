#ifndef CANDOUR_PROTOCOL_RECORD_H
#define CANDOUR_PROTOCOL_RECORD_H

#include "crypto/digest.h"
#include "crypto/ring_signature.h"
#include "crypto/signature.h"
#include "protocol/bytes.h"
#include "protocol/fault.h"
#include "protocol/feed.h"
#include "protocol/limits.h"
#include "protocol/purpose.h"

/* A record, as it travels and as it is kept: header and proof are the same bytes.
 *
 *     record = [ header: bin, proof: bin, body: nil or [ salt: bin 32, packed: bin ] ]
 *     header = [ 1, network: bin 32, kind: str, author, time: uint (ms since 1970 UTC), topic: str,
 *                references: [[relation: uint, id: bin 32], ...], body commitment: bin 32,
 *                body size: uint, expiry: uint or nil ]
 *     author = [ 0, authority: bin 32, feed: uint, seq: uint, prev: bin 32 or nil ]        named
 *            | [ 1, ring: bin 32, [[kind: uint, id: bin], [kind, id]], [tag: bin 32, tag],
 *                owner: bin 32 ]                                                          anonymous
 *            | [ 2, record: bin 32, n: uint ]                                             owner
 *
 * The proof authenticates the header's bytes as received; nothing is ever encoded again. The id
 * covers header and proof. The body can be taken away and leaves nothing that tells of it.
 *
 * A `struct record` has been checked for all that its own bytes can show: form, limits, network,
 * that seq is 1 exactly where prev is nil, and that the id is theirs and the body the one committed
 * to (of record_join_kept(): were, when it was taken) and says that it is as long as the header has
 * it. Whether its proof holds depends on the charter: record_proven_by(), record_proven_in(). A
 * record never changes. */
struct record;

enum author_form { AUTHOR_NAMED, AUTHOR_ANONYMOUS, AUTHOR_OWNER };

struct author {
    enum author_form form;
    /* AUTHOR_NAMED */
    struct feed feed;
    uint64_t seq;       /* From 1 to SEQ_MAX. */
    struct digest prev; /* Zeros where seq is 1. */
    /* AUTHOR_ANONYMOUS */
    struct digest ring;
    struct {
        uint8_t kind;
        struct bytes id;
    } scopes[2];
    struct digest tags[2];
    struct public_key owner;
    /* AUTHOR_OWNER */
    struct digest record;
    uint32_t n; /* 0 is the erasure. */
};

/* What a reference says. Unknown relations are kept. */
enum relation {
    RELATION_ABOUT = 0,      /* An update, a response: about that record. */
    RELATION_SUPERSEDES = 1, /* Says again, corrected. */
    RELATION_ERASES = 2,
    RELATION_SAME_AS = 3,
    RELATION_ANSWERS = 4,
    RELATION_CITES = 5, /* In bodies: a header has room for REFERENCES_MAX alone. */
};
struct reference {
    uint8_t relation;
    struct digest id;
};

struct header {
    struct digest network;
    struct bytes kind; /* Lower-case letters, digits, underscore. */
    struct author author;
    int64_t time_ms;
    struct bytes topic; /* Words of a-z 0-9 - /, one space between two; may be empty. */
    struct reference references[REFERENCES_MAX];
    size_t reference_count;
    struct digest commitment;
    uint32_t body_size;
    int64_t expiry_ms; /* 0: none. */
};

/* Is one of the topic's words this one, or does it go on from it with a slash? */
bool topic_has(struct bytes topic, struct bytes word);

/* Write and sign a record of a named author, or of an owner. `header.commitment` and `body_size`
 * are filled in from salt and content, which is packed where the author is named: a frame shows
 * which packer made it, and an owner is anonymous. Aborts where a field is beyond its limit:
 * checking a person's input comes before. */
struct record *record_sign(const struct header *header, const struct salt *salt,
                           struct bytes content, const struct signing_key *key);

/* The same for an anonymous author, whose ring and tags are filled in as well. The ring is that of
 * the epoch that the record's time is in, and the key one of its keys; a proof has room for 511. */
struct record *record_sign_anonymous(const struct header *header, const struct salt *salt,
                                     struct bytes content, const struct ring_members *ring,
                                     const struct ring_key *key);

/* Read a record from a stranger. With `network` NULL any network will do. NULL and FAULT_PEER when
 * it is not one. A body that is not the one committed to is left out and `*wrong_body` set, for the
 * header stands without it. */
struct record *record_read(struct bytes wire, const struct digest *network, bool *wrong_body,
                           struct fault *fault);

/* The same, and a body is looked at only where `wants` says so, who is asked when header and proof
 * have been read; else it is left out, and is not wrong. */
typedef bool record_wants_body(void *context, const struct record *record);
struct record *record_read_wanted(struct bytes wire, const struct digest *network,
                                  record_wants_body *wants, void *context, bool *wrong_body,
                                  struct fault *fault);

/* The same from the parts that a store keeps, of any network; `salt` NULL where the body is not
 * here. A wrong body is refused: the store holds only bodies that were committed to. */
struct record *record_join(struct bytes header, struct bytes proof, const struct salt *salt,
                           struct bytes packed, struct fault *fault);

/* The same of one that is kept under this id, to be passed on: both were hashed when it was taken,
 * and whoever gets it does so again; of the body only what it says of its size is looked at. */
struct record *record_join_kept(const struct digest *id, struct bytes header, struct bytes proof,
                                const struct salt *salt, struct bytes packed, struct fault *fault);

/* The same record without its body. */
struct record *record_bare(const struct record *record);

/* Another hold on the same record; each is given back with record_free(), in whichever thread. */
struct record *record_hold(struct record *record);
void record_free(struct record *record);

/* These point into the record and live as long as it does. */
const struct digest *record_id(const struct record *record);
const struct header *record_header(const struct record *record);
struct bytes record_header_bytes(const struct record *record);
struct bytes record_proof(const struct record *record);
bool record_has_body(const struct record *record);
const struct salt *record_salt(const struct record *record);
/* The body, packed (protocol/packing.h); nothing where it is not here. */
struct bytes record_packed(const struct record *record);

/* The body's content; nothing where its author packed nonsense. Valid while the record is, and
 * until this thread packs or unpacks anything else. */
struct bytes record_content(const struct record *record);

/* Append the record's wire form; without its body where `body` is false. */
void record_write(const struct record *record, bool body, struct buffer *wire);

/* For a named author or an owner: does the proof hold under this key? Whose key it must be is
 * decided elsewhere. */
__attribute__((warn_unused_result)) bool record_proven_by(const struct record *record,
                                                          const struct public_key *key);

/* For an anonymous author: does the proof hold in this ring, which is the one that it names? */
__attribute__((warn_unused_result)) bool record_proven_in(const struct record *record,
                                                          const struct ring_members *ring);

/* The body's content: [0, map] plain, of which `map` is what a form reads; any other form (sealed
 * to some members) is kept and passed on, and only its readers open it: FAULT_ABSENT. */
void body_wrap(struct bytes map, struct buffer *content);
bool body_open(struct bytes content, struct bytes *map, struct fault *fault);

#endif
