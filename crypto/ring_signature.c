#include "crypto/ring_signature.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/ring_inside.h"
#include "crypto/secret.h"
#include "crypto/xmd.h"

/* The names are those of docs/protocol.md: P the keys, H and T the tag bases and tags, c and s the
 * challenges and responses, of which the signature is c_0 ‖ s_0 ‖ ... ‖ s_(n-1). */

#define TAGS 2
#define SCHEME 1 /* LSAG: the first byte of what is bound. */

_Static_assert(sizeof(struct digest) == POINT_SIZE, "a tag is a point");

/* Around the ring, from one challenge to the next. */
struct walk {
    const struct ring_statement *statement;
    uint8_t bases[TAGS][POINT_SIZE];
    bool same;           /* Both bases, and both tags. */
    uint8_t context[64]; /* ctx: all of the statement. */
};

/* H. Nobody knows its logarithm, or everybody could see whose tag xH is. */
static void base_write(uint8_t base[POINT_SIZE], const struct digest *network, uint32_t epoch,
                       const struct ring_scope *scope)
{
    uint8_t length[2] = {(uint8_t)(scope->size >> 8), (uint8_t)scope->size};
    uint8_t wide[crypto_core_ristretto255_HASHBYTES];
    struct xmd xmd;

    assert(scope->size <= RING_SCOPE_MAX);
    xmd_begin(&xmd);
    xmd_add(&xmd, network->bytes, sizeof network->bytes);
    xmd_add(&xmd, &scope->kind, 1);
    xmd_add_be4(&xmd, epoch);
    xmd_add(&xmd, length, sizeof length);
    xmd_add(&xmd, scope->id, scope->size);
    xmd_end(&xmd, "candour-v1-tagbase-ristretto255_XMD:SHA-512_R255MAP_RO_", wide, sizeof wide);
    if (crypto_core_ristretto255_from_hash(base, wide) != 0)
        abort();
}

void ring_tag(struct digest *tag, const struct ring_key *key, const struct digest *network,
              uint32_t epoch, const struct ring_scope *scope)
{
    uint8_t base[POINT_SIZE];

    base_write(base, network, epoch, scope);
    if (crypto_scalarmult_ristretto255(tag->bytes, ring_key_scalar(key), base) != 0)
        abort();
}

static void context_write(struct walk *walk)
{
    static const uint8_t scheme[] = {SCHEME, TAGS};
    const struct ring_statement *statement = walk->statement;
    const struct ring_members *ring = &statement->ring;
    struct digest digest = ring_digest(ring->epoch, ring->keys, ring->count);
    struct xmd xmd;

    xmd_begin(&xmd);
    xmd_add(&xmd, scheme, sizeof scheme);
    xmd_add(&xmd, digest.bytes, sizeof digest.bytes);
    for (size_t i = 0; i < TAGS; i++) {
        xmd_add(&xmd, walk->bases[i], POINT_SIZE);
        xmd_add(&xmd, statement->tags[i].bytes, POINT_SIZE);
    }
    xmd_add_be4(&xmd, (uint32_t)((uint64_t)statement->size >> 32));
    xmd_add_be4(&xmd, (uint32_t)statement->size);
    xmd_add(&xmd, statement->message, statement->size);
    xmd_end(&xmd, "candour-v1-ctx", walk->context, sizeof walk->context);
}

static struct walk walk_of(const struct ring_statement *statement)
{
    struct walk walk = {.statement = statement};

    assert(statement->ring.count >= 2);
    for (size_t i = 0; i < TAGS; i++)
        base_write(walk.bases[i], statement->network, statement->ring.epoch, &statement->scopes[i]);
    walk.same = memcmp(walk.bases[0], walk.bases[1], POINT_SIZE) == 0 &&
                digest_equal(&statement->tags[0], &statement->tags[1]);
    context_write(&walk);
    return walk;
}

/* What a challenge is made of: a commitment to G and one to each base. */
struct commitments {
    uint8_t to_base_point[POINT_SIZE];
    uint8_t to_bases[TAGS][POINT_SIZE];
};

/* The challenge that the member after `at` answers. */
static void challenge(uint8_t c[SCALAR_SIZE], const struct walk *walk, size_t at,
                      const struct commitments *commitments)
{
    struct xmd xmd;

    xmd_begin(&xmd);
    xmd_add(&xmd, walk->context, sizeof walk->context);
    xmd_add_be4(&xmd, (uint32_t)((at + 1) % walk->statement->ring.count));
    xmd_add(&xmd, commitments->to_base_point, POINT_SIZE);
    for (size_t i = 0; i < TAGS; i++)
        xmd_add(&xmd, commitments->to_bases[i], POINT_SIZE);
    xmd_end_scalar(&xmd, "candour-v1-lsag-chal", c);
}

/* False where the point is none, or the product is the identity. */
static bool add_product(uint8_t sum[POINT_SIZE], const uint8_t c[SCALAR_SIZE], const uint8_t *point)
{
    uint8_t product[POINT_SIZE];

    return crypto_scalarmult_ristretto255(product, c, point) == 0 &&
           crypto_core_ristretto255_add(sum, sum, product) == 0;
}

/* sG + cP, sH_1 + cT_1, sH_2 + cT_2. */
static bool commitments_of(struct commitments *commitments, const struct walk *walk, size_t at,
                           const uint8_t s[SCALAR_SIZE], const uint8_t c[SCALAR_SIZE])
{
    const struct ring_statement *statement = walk->statement;
    uint8_t *sum = commitments->to_base_point;

    if (crypto_scalarmult_ristretto255_base(sum, s) != 0 ||
        !add_product(sum, c, statement->ring.keys[at].bytes))
        return false;
    for (size_t i = 0; i < TAGS; i++) {
        sum = commitments->to_bases[i];
        if (i > 0 && walk->same)
            memcpy(sum, commitments->to_bases[0], POINT_SIZE);
        else if (crypto_scalarmult_ristretto255(sum, s, walk->bases[i]) != 0 ||
                 !add_product(sum, c, statement->tags[i].bytes))
            return false;
    }
    return true;
}

/* From c_i, by s_i, to c_(i+1), in the place of the one before. */
static bool step(uint8_t c[SCALAR_SIZE], const struct walk *walk, size_t at,
                 const uint8_t s[SCALAR_SIZE])
{
    struct commitments commitments;

    if (!commitments_of(&commitments, walk, at, s, c))
        return false;
    challenge(c, walk, at, &commitments);
    return true;
}

/* --- Signing --- */

size_t ring_signature_size(size_t members)
{
    return (members + 1) * SCALAR_SIZE;
}

/* All keys are looked at, wherever it is. */
static size_t place_of(const struct ring_public *key, const struct ring_members *ring)
{
    size_t place = ring->count;

    for (size_t i = 0; i < ring->count; i++)
        if (sodium_memcmp(ring->keys[i].bytes, key->bytes, POINT_SIZE) == 0)
            place = i;
    assert(place < ring->count);
    return place;
}

/* The signer's own step: what it will answer for is not known yet. */
static void commit(uint8_t c[SCALAR_SIZE], const struct walk *walk, size_t at,
                   const uint8_t nonce[SCALAR_SIZE])
{
    struct commitments commitments;

    if (crypto_scalarmult_ristretto255_base(commitments.to_base_point, nonce) != 0)
        abort();
    for (size_t i = 0; i < TAGS; i++)
        if (crypto_scalarmult_ristretto255(commitments.to_bases[i], nonce, walk->bases[i]) != 0)
            abort();
    challenge(c, walk, at, &commitments);
}

static void response_draw(uint8_t s[SCALAR_SIZE])
{
    uint8_t random[crypto_core_ristretto255_NONREDUCEDSCALARBYTES];

    random_bytes(random, sizeof random);
    crypto_core_ristretto255_scalar_reduce(s, random);
}

/* s = a - cx closes the ring. */
static void answer(uint8_t s[SCALAR_SIZE], const uint8_t nonce[SCALAR_SIZE],
                   const uint8_t c[SCALAR_SIZE], const struct ring_key *key)
{
    uint8_t product[SCALAR_SIZE];

    crypto_core_ristretto255_scalar_mul(product, c, ring_key_scalar(key));
    crypto_core_ristretto255_scalar_sub(s, nonce, product);
    secret_wipe(product, sizeof product);
}

void ring_sign(uint8_t *signature, const struct ring_statement *statement,
               const struct ring_key *key)
{
    size_t count = statement->ring.count, own = place_of(ring_key_public(key), &statement->ring);
    struct walk walk = walk_of(statement);
    uint8_t nonce[SCALAR_SIZE], c[SCALAR_SIZE];

    nonce_draw(nonce, key, walk.context, sizeof walk.context);
    commit(c, &walk, own, nonce);
    for (size_t at = (own + 1) % count;; at = (at + 1) % count) {
        uint8_t *s = signature + (1 + at) * SCALAR_SIZE;
        if (at == 0)
            memcpy(signature, c, sizeof c);
        if (at == own) {
            answer(s, nonce, c, key);
            break;
        }
        response_draw(s);
        if (!step(c, &walk, at, s))
            abort();
    }
    secret_wipe(nonce, sizeof nonce);
    /* One that came out wrong, by a fault of the machine, can give the key away. */
    if (!ring_signature_holds(statement, signature, ring_signature_size(count)))
        abort();
}

/* --- Checking --- */

static bool scalars_are_canonical(const uint8_t *scalars, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!scalar_is_canonical(scalars + i * SCALAR_SIZE))
            return false;
    return true;
}

bool ring_signature_holds(const struct ring_statement *statement, const uint8_t *signature,
                          size_t size)
{
    size_t count = statement->ring.count;

    if (size != ring_signature_size(count) || !point_is_sound(statement->tags[0].bytes) ||
        !point_is_sound(statement->tags[1].bytes) || !scalars_are_canonical(signature, count + 1))
        return false;
    struct walk walk = walk_of(statement);
    uint8_t c[SCALAR_SIZE];
    memcpy(c, signature, sizeof c);
    for (size_t i = 0; i < count; i++)
        if (!step(c, &walk, i, signature + (1 + i) * SCALAR_SIZE))
            return false;
    return memcmp(c, signature, sizeof c) == 0;
}
