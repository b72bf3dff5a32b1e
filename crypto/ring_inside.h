#ifndef CANDOUR_CRYPTO_RING_INSIDE_H
#define CANDOUR_CRYPTO_RING_INSIDE_H

#include <sodium.h>

#include "crypto/ring.h"

/* What proofs of possession and ring signatures share. Inside this room only. */

#define SCALAR_SIZE crypto_core_ristretto255_SCALARBYTES
#define POINT_SIZE crypto_core_ristretto255_BYTES

/* 1 to L - 1, in its only spelling. libsodium takes s, s + L and s + 2^255 for the same scalar, so
 * without this a proof could be written in several ways. The time does not depend on the scalar,
 * which may be a secret one. */
bool scalar_is_canonical(const uint8_t scalar[SCALAR_SIZE]);

/* A canonical encoding, and not the identity. libsodium 1.0.18 takes two things for valid points
 * that are none to us: any point with the top bit set, which it does not look at, so that everybody
 * could have two tags; and 32 zero bytes, the identity. */
bool point_is_sound(const uint8_t point[POINT_SIZE]);

/* Hs("candour-v1-nonce", random 64 ‖ x ‖ message). It depends on the key and the message as well,
 * so that bad randomness does not give x away. */
void nonce_draw(uint8_t nonce[SCALAR_SIZE], const struct ring_key *key, const void *message,
                size_t size);

#endif
