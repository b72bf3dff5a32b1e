#ifndef CANDOUR_CRYPTO_DIGEST_H
#define CANDOUR_CRYPTO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* BLAKE2b-256 (RFC 7693), each use under a name of its own. */

#define DIGEST_SIZE 32

struct digest {
    uint8_t bytes[DIGEST_SIZE];
};

/* A digest made piece by piece. The purpose and a zero byte come first, so that
 * what is hashed for one purpose never passes for another. */
struct digest_state {
    _Alignas(64) unsigned char opaque[384];
};
void digest_begin(struct digest_state *state, const char *purpose);
void digest_add(struct digest_state *state, const void *data, size_t size);
void digest_add_be4(struct digest_state *state, uint32_t number);
struct digest digest_end(struct digest_state *state);

struct digest digest_of(const char *purpose, const void *data, size_t size);

/* What a header says of its body: BLAKE2b-256 keyed with the salt. It says nothing
 * of the body once the salt is gone. */
struct salt {
    uint8_t bytes[32];
};
struct salt salt_new(void);
struct digest commitment_of(const struct salt *salt, const void *body, size_t size);

bool digest_equal(const struct digest *a, const struct digest *b);
int digest_compare(const struct digest *a, const struct digest *b);

#endif
