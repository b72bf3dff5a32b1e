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

/* A secret key never leaves crypto/ in the clear but through secret_export(): it lives in
 * guarded memory (crypto/secret.h) and is wiped when it is freed. */
struct signing_key;

struct signing_key *signing_key_new(void);
struct signing_key *signing_key_from_seed(const uint8_t seed[32]);
void signing_key_seed(const struct signing_key *key, uint8_t seed[32]); /* To seal it on a sheet. */
const struct public_key *signing_key_public(const struct signing_key *key);
void signing_key_free(struct signing_key *key);

/* Sign purpose ‖ 00 ‖ statement. `purpose` names what is being signed, so that a signature made for
 * one purpose never passes for another. Statements are at most 8 KiB: longer is our bug and aborts.
 */
#define STATEMENT_MAX 8192
void signature_make(struct signature *signature, const char *purpose, const void *statement,
                    size_t size, const struct signing_key *key);

__attribute__((warn_unused_result)) bool signature_holds(const struct signature *signature,
                                                         const char *purpose, const void *statement,
                                                         size_t size,
                                                         const struct public_key *author);

#endif
