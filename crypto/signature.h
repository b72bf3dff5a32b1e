#ifndef CANDOUR_CRYPTO_SIGNATURE_H
#define CANDOUR_CRYPTO_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ed25519 (RFC 8032), pinned exactly: cofactorless, S < L, libsodium's small-order
 * rules (neither the key nor R of small order, the key canonical). */

struct public_key {
    uint8_t bytes[32];
};

struct signature {
    uint8_t bytes[64];
};

/* A secret key leaves crypto/ in the clear only through signing_key_seed(): it lives in guarded
 * memory (crypto/secret.h) and is wiped when it is freed. */
struct signing_key;

struct signing_key *signing_key_new(void);
struct signing_key *signing_key_from_seed(const uint8_t seed[32]);
void signing_key_seed(const struct signing_key *key, uint8_t seed[32]); /* To seal it, then wipe. */
const struct public_key *signing_key_public(const struct signing_key *key);
void signing_key_free(struct signing_key *key);

/* Sign purpose ‖ 00 ‖ statement. `purpose` names what is being signed, so that a signature made for
 * one purpose never passes for another. To sign a statement of more than 8 KiB, or to name a
 * purpose of more than 64 characters, is our bug and aborts. */
#define PURPOSE_MAX 64
#define STATEMENT_MAX 8192
void signature_make(struct signature *signature, const char *purpose, const void *statement,
                    size_t size, const struct signing_key *key);

/* False as well where the statement is longer than any we sign. */
__attribute__((warn_unused_result)) bool signature_holds(const struct signature *signature,
                                                         const char *purpose, const void *statement,
                                                         size_t size,
                                                         const struct public_key *author);

#endif
