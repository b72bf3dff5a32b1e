#ifndef CANDOUR_CRYPTO_SECRET_H
#define CANDOUR_CRYPTO_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Called once before anything else of this room; aborts where the system gives no randomness. */
void crypto_start(void);

void random_bytes(void *data, size_t size);

/* Memory for secrets: guard pages around it, locked where the system allows, wiped when freed.
 * Running out aborts. It ends where a page ends, so a struct in it is aligned where `size` is its
 * sizeof. */
void *secret_new(size_t size);
void secret_freeze(void *secret); /* From here on it can be read but not written, only freed. */
void secret_free(void *secret);
void secret_wipe(void *data, size_t size);

/* A secret in a file: a sealed box of our own that says what it is.
 *
 *     "candour secret 1\n" ‖ form byte ‖ ...
 *     form 0  plain:      ‖ secret
 *     form 1  passphrase: ‖ salt (16) ‖ be4 passes ‖ be4 KiB ‖ nonce (24)
 *                         ‖ XChaCha20-Poly1305 of the secret
 *
 * Argon2id (RFC 9106) with libsodium's MODERATE limits makes the key; the limits read from a file
 * are capped (passes 1 to 10, 8 KiB to 1 GiB) before anything is allocated. All before the nonce is
 * authenticated too. Form 0 notices no damage to the secret itself: what is inside must. */
#define SECRET_BOX_MAX 4096
#define SECRET_MAX 3072

/* `passphrase` NULL: form 0. A secret is 1 to SECRET_MAX bytes. Returns the size written to `box`
 * (room for SECRET_BOX_MAX). */
size_t secret_seal(uint8_t *box, const void *secret, size_t size, const char *passphrase);

enum secret_answer {
    SECRET_OPEN,
    SECRET_NOT_ONE,          /* Another file, cut short, or limits no one of us writes. */
    SECRET_NEEDS_PASSPHRASE, /* Form 1, and none was given. A form 0 opens with any. */
    SECRET_WRONG_PASSPHRASE, /* Or damaged: the two look alike. */
};

/* Writes the secret to `secret` (room for SECRET_MAX, from secret_new()) and its size, which is 0
 * unless the answer is SECRET_OPEN. */
__attribute__((warn_unused_result)) enum secret_answer secret_open(void *secret,
                                                                   size_t *secret_size,
                                                                   const uint8_t *box, size_t size,
                                                                   const char *passphrase);

/* Limits of Argon2id for tests, which would otherwise take seconds each. */
void secret_test_limits(void);

#endif
