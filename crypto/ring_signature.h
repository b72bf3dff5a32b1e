#ifndef CANDOUR_CRYPTO_RING_SIGNATURE_H
#define CANDOUR_CRYPTO_RING_SIGNATURE_H

#include "crypto/ring.h"

/* Ring signatures: one of these keys' owners says this, and nobody can tell which. LSAG (Liu, Wei,
 * Wong, 2004) over ristretto255 with two tags; docs/protocol.md, section 3, has the formulas.
 *
 * A tag is what a key makes of a scope: 32 bytes that are the same in all its signatures in one
 * network, epoch and scope, so that two of them are seen to be by one owner, and that tell nothing
 * of whose they are. To forge a signature or somebody's tag one must find discrete logarithms; so
 * must who wants to know who signed, and with the key itself it is easy. */

struct ring_members {
    uint32_t epoch;
    const struct ring_public *keys; /* Strictly ascending, each ring_public_is_sound(). */
    size_t count;                   /* From 2. */
};

#define RING_SCOPE_MAX 256
struct ring_scope {
    uint8_t kind;
    const uint8_t *id; /* Up to RING_SCOPE_MAX bytes. */
    size_t size;
};

void ring_tag(struct digest *tag, const struct ring_key *key, const struct digest *network,
              uint32_t epoch, const struct ring_scope *scope);

/* What is signed. Every part of it is bound to the signature. */
struct ring_statement {
    const struct digest *network;
    struct ring_members ring;
    struct ring_scope scopes[2]; /* May be the same. */
    struct digest tags[2];
    const void *message;
    size_t size;
};

/* A signature has 32 bytes more than the ring's keys have. */
size_t ring_signature_size(size_t members);

/* The tags must be the key's. Aborts where the key is none of the ring's. Takes as long whichever
 * it is. */
void ring_sign(uint8_t *signature, const struct ring_statement *statement,
               const struct ring_key *key);

/* Some 0.3 ms for each key of the ring, two thirds of it where the two scopes are the same. */
__attribute__((warn_unused_result)) bool
ring_signature_holds(const struct ring_statement *statement, const uint8_t *signature, size_t size);

#endif
