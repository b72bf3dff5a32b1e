#ifndef CANDOUR_CRYPTO_EXCHANGE_H
#define CANDOUR_CRYPTO_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
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

/* A text between two keys: who opens it knows that one of the two owners closed it. A box is 40
 * bytes larger than its text (crypto_box of NaCl, its random nonce before it). */
#define EXCHANGE_BOX_EXTRA 40
bool exchange_box_close(const struct exchange_key *from, const struct exchange_public *to,
                        const uint8_t *text, size_t size, uint8_t *box);
bool exchange_box_open(const struct exchange_key *to, const struct exchange_public *from,
                       const uint8_t *box, size_t size, uint8_t *text);

#endif
