#include "crypto/signature.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"

_Static_assert(sizeof(struct public_key) == crypto_sign_PUBLICKEYBYTES, "Ed25519 public key");
_Static_assert(sizeof(struct signature) == crypto_sign_BYTES, "Ed25519 signature");
_Static_assert(crypto_sign_SEEDBYTES == 32, "Ed25519 seed");

struct signing_key {
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    struct public_key public;
};

struct signing_key *signing_key_from_seed(const uint8_t seed[32])
{
    struct signing_key *key = secret_new(sizeof *key);

    if (crypto_sign_seed_keypair(key->public.bytes, key->secret, seed) != 0)
        abort();
    secret_freeze(key);
    return key;
}

struct signing_key *signing_key_new(void)
{
    uint8_t seed[crypto_sign_SEEDBYTES];

    random_bytes(seed, sizeof seed);
    struct signing_key *key = signing_key_from_seed(seed);
    secret_wipe(seed, sizeof seed);
    return key;
}

void signing_key_seed(const struct signing_key *key, uint8_t seed[32])
{
    if (crypto_sign_ed25519_sk_to_seed(seed, key->secret) != 0)
        abort();
}

const struct public_key *signing_key_public(const struct signing_key *key)
{
    return &key->public;
}

void signing_key_free(struct signing_key *key)
{
    secret_free(key);
}

/* What is signed. Ed25519 reads it twice, so it lies in one piece. */
struct message {
    uint8_t bytes[PURPOSE_MAX + 1 + STATEMENT_MAX];
    size_t size;
};

/* The purpose's closing zero byte keeps a statement from being shifted into another purpose's
 * name. */
static void message_write(struct message *message, const char *purpose, const void *statement,
                          size_t size)
{
    size_t purpose_size = strlen(purpose) + 1;

    assert(purpose_size <= PURPOSE_MAX + 1 && size <= STATEMENT_MAX);
    memcpy(message->bytes, purpose, purpose_size);
    if (size > 0)
        memcpy(message->bytes + purpose_size, statement, size);
    message->size = purpose_size + size;
}

static bool holds(const struct signature *signature, const struct message *message,
                  const struct public_key *author)
{
    return crypto_sign_verify_detached(signature->bytes, message->bytes, message->size,
                                       author->bytes) == 0;
}

void signature_make(struct signature *signature, const char *purpose, const void *statement,
                    size_t size, const struct signing_key *key)
{
    struct message message;

    message_write(&message, purpose, statement, size);
    if (crypto_sign_detached(signature->bytes, NULL, message.bytes, message.size, key->secret) != 0)
        abort();
    /* A signature that came out wrong, by a fault of the machine, can give the key away. */
    if (!holds(signature, &message, &key->public))
        abort();
}

bool signature_holds(const struct signature *signature, const char *purpose, const void *statement,
                     size_t size, const struct public_key *author)
{
    struct message message;

    if (size > STATEMENT_MAX)
        return false;
    message_write(&message, purpose, statement, size);
    return holds(signature, &message, author);
}
