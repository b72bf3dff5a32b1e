#ifndef CANDOUR_PROTOCOL_CARD_H
#define CANDOUR_PROTOCOL_CARD_H

#include "crypto/digest.h"
#include "crypto/exchange.h"
#include "crypto/ring.h"
#include "crypto/signature.h"
#include "protocol/bytes.h"
#include "protocol/fault.h"
#include "protocol/limits.h"

/* An authority's card: who it is and its public keys, signed by itself. Stewards put it into a
 * roster as it is, so nobody can change a member's keys but the member.
 *
 *     card = [ body: bin, signature: bin 64 ]
 *     body = [ 1, name: str, type: str, nation: str, region: str,
 *              areas: [[code: str, from: str, to: str], ...], functions: [str, ...], operator: str,
 *              role: uint, steward key: bin 32 or nil, transport: bin 32, box: bin 32,
 *              endpoints: [str, ...],
 *              feeds: [[number: uint, key: bin 32, next: bin 32, cut: nil or [seq, id or nil]],
 * ...], rings: [[epoch: uint, key: bin 32, proof: bin 64], ...], issued: uint (ms) ]
 *
 * The authority id is BLAKE2b-256("candour/1/authority" 00 ‖ key of feed 1 ‖ next of feed 1). Feeds
 * are numbered 1, 2, ...; `next` is the hash of the key that the following feed must have. The
 * signature is by the key of the last feed, so whoever checks a card checks an unbroken line from
 * the id. Ring epochs ascend. Texts hold no control characters (bytes_are_line()). A cut's id is
 * nil exactly where its seq is 0. */
enum member_role { ROLE_AUTHORITY, ROLE_HUB };

struct card_area {
    char code[17], from[11], to[11]; /* GSS code; yyyy-mm-dd or empty. */
};
struct card_feed {
    uint32_t number;
    struct public_key key;
    struct digest next; /* BLAKE2b-256("candour/1/next-key" 00 ‖ the next key). */
    bool cut;           /* Its owner closed it at (seq, id); seq 0: nothing of it stands. */
    uint64_t cut_seq;
    struct digest cut_id;
};
struct card_ring {
    uint32_t epoch;
    struct ring_public key;
    struct ring_proof proof;
};

struct card {
    struct digest authority; /* Follows from feed 1. */
    char name[NAME_MAX_BYTES + 1], type[33], nation[33], region[65],
        operator_name[NAME_MAX_BYTES + 1];
    struct card_area areas[AREAS_MAX];
    size_t area_count;
    char functions[FUNCTIONS_MAX][41];
    size_t function_count;
    enum member_role role;
    bool has_steward_key;
    struct public_key steward_key;
    struct exchange_public transport, box;
    char endpoints[ENDPOINTS_MAX][ENDPOINT_MAX + 1];
    size_t endpoint_count;
    struct card_feed feeds[FEEDS_MAX];
    size_t feed_count;
    struct card_ring rings[RING_KEYS_MAX];
    size_t ring_count;
    int64_t issued_ms;
    struct buffer wire; /* As signed. */
};

/* Check and read a card: form, signature, the line of keys, the rings' proofs. NULL and FAULT_PEER.
 */
struct card *card_read(struct bytes wire, struct fault *fault);
void card_free(struct card *card);

/* The two halves of card_read(), for a roster that has checked the same bytes before: the form, and
 * then what costs time, namely keys, signature and proofs. */
struct card *card_parse(struct bytes wire, struct fault *fault);
bool card_holds(const struct card *card, struct fault *fault);

/* Sign: fills in `authority` and `wire` of a card whose other fields are set. `key` is that of its
 * last feed. FAULT_INPUT when a field is beyond its limits. */
bool card_sign(struct card *card, const struct signing_key *key, struct fault *fault);

struct digest next_key_hash(const struct public_key *next);
struct digest authority_id(const struct public_key *first, const struct digest *next);

/* The first half of the id in eight groups of four hexadecimal digits, to be read out over the
 * telephone. */
#define FINGERPRINT_SIZE 40
void fingerprint_of(char text[FINGERPRINT_SIZE], const struct digest *authority);

#endif
