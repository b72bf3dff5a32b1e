#include "crypto/exchange.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/secret.h"

_Static_assert(sizeof(struct exchange_public) == crypto_box_PUBLICKEYBYTES, "Curve25519 point");
_Static_assert(crypto_box_SECRETKEYBYTES == 32, "Curve25519 scalar");
_Static_assert(crypto_box_NONCEBYTES + crypto_box_MACBYTES == EXCHANGE_BOX_EXTRA, "of a box");

struct exchange_key {
    uint8_t secret[crypto_box_SECRETKEYBYTES];
    struct exchange_public public;
};

/* `key` holds its secret already. */
static struct exchange_key *complete(struct exchange_key *key)
{
    if (crypto_scalarmult_base(key->public.bytes, key->secret) != 0)
        abort();
    secret_freeze(key);
    return key;
}

struct exchange_key *exchange_key_new(void)
{
    struct exchange_key *key = secret_new(sizeof *key);

    random_bytes(key->secret, sizeof key->secret);
    return complete(key);
}

struct exchange_key *exchange_key_from_secret(const uint8_t secret[32])
{
    struct exchange_key *key = secret_new(sizeof *key);

    memcpy(key->secret, secret, sizeof key->secret);
    return complete(key);
}

const struct exchange_public *exchange_key_public(const struct exchange_key *key)
{
    return &key->public;
}

const uint8_t *exchange_key_secret(const struct exchange_key *key)
{
    return key->secret;
}

void exchange_key_free(struct exchange_key *key)
{
    secret_free(key);
}

/* False where the other key is none. */
bool exchange_box_close(const struct exchange_key *from, const struct exchange_public *to,
                        const uint8_t *text, size_t size, uint8_t *box)
{
    random_bytes(box, crypto_box_NONCEBYTES);
    return crypto_box_easy(box + crypto_box_NONCEBYTES, text, size, box, to->bytes, from->secret) ==
           0;
}

bool exchange_box_open(const struct exchange_key *to, const struct exchange_public *from,
                       const uint8_t *box, size_t size, uint8_t *text)
{
    return size >= EXCHANGE_BOX_EXTRA &&
           crypto_box_open_easy(text, box + crypto_box_NONCEBYTES, size - crypto_box_NONCEBYTES,
                                box, from->bytes, to->secret) == 0;
}
