#include "crypto/digest.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/numbers.h"
#include "crypto/secret.h"

_Static_assert(sizeof(struct digest) == crypto_generichash_BYTES, "BLAKE2b-256");
_Static_assert(sizeof(struct salt) == crypto_generichash_KEYBYTES, "BLAKE2b key");
_Static_assert(sizeof(struct digest_state) >= sizeof(crypto_generichash_state), "room for BLAKE2b");
_Static_assert(_Alignof(struct digest_state) % _Alignof(crypto_generichash_state) == 0,
               "BLAKE2b's alignment");

static crypto_generichash_state *inside(struct digest_state *state)
{
    return (crypto_generichash_state *)(void *)state->opaque;
}

void digest_begin(struct digest_state *state, const char *purpose)
{
    if (crypto_generichash_init(inside(state), NULL, 0, DIGEST_SIZE) != 0)
        abort();
    digest_add(state, purpose, strlen(purpose) + 1);
}

void digest_add(struct digest_state *state, const void *data, size_t size)
{
    if (crypto_generichash_update(inside(state), data, size) != 0)
        abort();
}

void digest_add_be4(struct digest_state *state, uint32_t number)
{
    uint8_t bytes[4];

    be4_write(bytes, number);
    digest_add(state, bytes, sizeof bytes);
}

struct digest digest_end(struct digest_state *state)
{
    struct digest digest;

    if (crypto_generichash_final(inside(state), digest.bytes, sizeof digest.bytes) != 0)
        abort();
    sodium_memzero(state, sizeof *state);
    return digest;
}

struct digest digest_of(const char *purpose, const void *data, size_t size)
{
    struct digest_state state;

    digest_begin(&state, purpose);
    digest_add(&state, data, size);
    return digest_end(&state);
}

struct salt salt_new(void)
{
    struct salt salt;

    random_bytes(salt.bytes, sizeof salt.bytes);
    return salt;
}

struct digest commitment_of(const struct salt *salt, const void *body, size_t size)
{
    struct digest digest;

    if (crypto_generichash(digest.bytes, sizeof digest.bytes, body, size, salt->bytes,
                           sizeof salt->bytes) != 0)
        abort();
    return digest;
}

/* No digest is a secret, so it may take as long as it likes: in constant time this was a twentieth
 * of catching up. */
bool digest_equal(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

int digest_compare(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_SIZE);
}
