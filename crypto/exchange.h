#ifndef CANDOUR_CRYPTO_EXCHANGE_H
#define CANDOUR_CRYPTO_EXCHANGE_H

#include <stdint.h>

/* Curve25519 key pairs: the transport key that CURVE (ZeroMQ) uses, and the box key that sealed
 * messages are addressed to. */

struct exchange_public {
    uint8_t bytes[32];
};

struct exchange_key;

struct exchange_key *exchange_key_new(void);
struct exchange_key *exchange_key_from_secret(const uint8_t secret[32]);
const struct exchange_public *exchange_key_public(const struct exchange_key *key);

/* The secret, in guarded memory that lives as long as the key: what ZeroMQ and the key file need.
 */
const uint8_t *exchange_key_secret(const struct exchange_key *key);
void exchange_key_free(struct exchange_key *key);

#endif
