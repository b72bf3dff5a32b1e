#ifndef CANDOUR_CRYPTO_RING_H
#define CANDOUR_CRYPTO_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/digest.h"

/* Ring keys: one ristretto255 key (RFC 9496) for each ring epoch of six months, used for nothing
 * but anonymous records, and the proof that its owner holds it. docs/protocol.md has the formulas:
 *
 *     Hs(dst, m) = expand_message_xmd(SHA-512, m, dst, 64 bytes) as a little-endian integer mod L
 *                  (RFC 9380, 5.3.1)
 *     P = xG
 *     R = kG,  k = Hs("candour-v1-nonce", random 64 ‖ x ‖ m)
 *     c = Hs("candour-v1-pop-chal", m ‖ P ‖ R),  s = k - c x mod L,  proof = c ‖ s
 *     m = authority id (32) ‖ be4 epoch ‖ P (32) */

struct ring_public {
    uint8_t bytes[32];
};
struct ring_proof {
    uint8_t bytes[64];
};
struct ring_key;

struct ring_key *ring_key_new(void);

/* NULL where the scalar is not in 1 to L - 1. */
struct ring_key *ring_key_from_scalar(const uint8_t scalar[32]);
const struct ring_public *ring_key_public(const struct ring_key *key);
const uint8_t *ring_key_scalar(const struct ring_key *key); /* For the key file; guarded memory. */
void ring_key_free(struct ring_key *key);

/* A canonical point, and not the identity: what alone can be somebody's key. */
bool ring_public_is_sound(const struct ring_public *key);

void ring_prove(struct ring_proof *proof, const struct ring_key *key,
                const struct digest *authority, uint32_t epoch);

/* False as well where the key is not a canonical point, or the identity, or a scalar of the proof
 * is not in 1 to L - 1. */
__attribute__((warn_unused_result)) bool ring_proven(const struct ring_proof *proof,
                                                     const struct ring_public *key,
                                                     const struct digest *authority,
                                                     uint32_t epoch);

/* The digest by which a head and a record name a ring: the first 32 of the 64 bytes of
 * expand_message_xmd(be4 epoch ‖ be4 n ‖ P_0 ‖ ... ‖ P_(n-1), "candour-v1-ring"); the keys strictly
 * ascending. (The network id is left out: head 1 lists rings, and its hash is the network id. Tags
 * are bound to the network by their scope.) Aborts where the keys are not in order. */
struct digest ring_digest(uint32_t epoch, const struct ring_public *keys, size_t count);

#endif
