#include "crypto/secret.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/numbers.h"

static bool started;

void crypto_start(void)
{
    if (sodium_init() < 0)
        abort();
    started = true;
}

void random_bytes(void *data, size_t size)
{
    assert(started);
    randombytes_buf(data, size);
}

void *secret_new(size_t size)
{
    assert(started);
    void *secret = sodium_malloc(size);
    if (secret == NULL)
        abort();
    return secret;
}

void secret_freeze(void *secret)
{
    if (sodium_mprotect_readonly(secret) != 0)
        abort();
}

void secret_free(void *secret)
{
    sodium_free(secret);
}

void secret_wipe(void *data, size_t size)
{
    sodium_memzero(data, size);
}

/* A box, byte by byte: the part both forms share, then that of form 1 before the ciphertext. */
static const char mark[] = "candour secret 1\n";

enum { FORM_PLAIN, FORM_PASSPHRASE };

enum {
    AT_FORM = sizeof mark - 1,
    AT_PLAIN = AT_FORM + 1,
    AT_SALT = AT_FORM + 1,
    AT_PASSES = AT_SALT + crypto_pwhash_argon2id_SALTBYTES,
    AT_KIB = AT_PASSES + 4,
    AT_NONCE = AT_KIB + 4, /* All before this is authenticated beside the ciphertext. */
    AT_CIPHERTEXT = AT_NONCE + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_SIZE = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    KEY_SIZE = crypto_aead_xchacha20poly1305_ietf_KEYBYTES
};
_Static_assert(crypto_pwhash_argon2id_SALTBYTES == 16, "salt");
_Static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == 24, "nonce");
_Static_assert(AT_CIPHERTEXT + SECRET_MAX + TAG_SIZE <= SECRET_BOX_MAX, "the largest box");

struct limits {
    uint32_t passes, kib;
};
static const struct limits limits_min = {crypto_pwhash_argon2id_OPSLIMIT_MIN,
                                         crypto_pwhash_argon2id_MEMLIMIT_MIN / 1024};
static const struct limits limits_max = {10, 1024 * 1024};
static struct limits limits_new = {crypto_pwhash_argon2id_OPSLIMIT_MODERATE,
                                   crypto_pwhash_argon2id_MEMLIMIT_MODERATE / 1024};

void secret_test_limits(void)
{
    limits_new = limits_min;
}

static struct limits limits_read(const uint8_t *box)
{
    return (struct limits){be4_read(box + AT_PASSES), be4_read(box + AT_KIB)};
}

static bool limits_are_sane(struct limits limits)
{
    return limits.passes >= limits_min.passes && limits.passes <= limits_max.passes &&
           limits.kib >= limits_min.kib && limits.kib <= limits_max.kib;
}

/* The key of a box whose salt and limits are written and sane. */
static uint8_t *key_of(const uint8_t *box, const char *passphrase)
{
    struct limits limits = limits_read(box);
    uint8_t *key = secret_new(KEY_SIZE);

    assert(limits_are_sane(limits));
    if (crypto_pwhash_argon2id(key, KEY_SIZE, passphrase, strlen(passphrase), box + AT_SALT,
                               limits.passes, (size_t)limits.kib * 1024,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        abort(); /* Out of memory: nothing else is left. */
    return key;
}

static size_t seal_plain(uint8_t *box, const void *secret, size_t size)
{
    box[AT_FORM] = FORM_PLAIN;
    memcpy(box + AT_PLAIN, secret, size);
    return AT_PLAIN + size;
}

static size_t seal_passphrase(uint8_t *box, const void *secret, size_t size, const char *passphrase)
{
    box[AT_FORM] = FORM_PASSPHRASE;
    random_bytes(box + AT_SALT, AT_PASSES - AT_SALT);
    be4_write(box + AT_PASSES, limits_new.passes);
    be4_write(box + AT_KIB, limits_new.kib);
    random_bytes(box + AT_NONCE, AT_CIPHERTEXT - AT_NONCE);

    uint8_t *key = key_of(box, passphrase);
    if (crypto_aead_xchacha20poly1305_ietf_encrypt(box + AT_CIPHERTEXT, NULL, secret, size, box,
                                                   AT_NONCE, NULL, box + AT_NONCE, key) != 0)
        abort();
    secret_free(key);
    return AT_CIPHERTEXT + size + TAG_SIZE;
}

size_t secret_seal(uint8_t *box, const void *secret, size_t size, const char *passphrase)
{
    assert(size >= 1 && size <= SECRET_MAX);
    memcpy(box, mark, AT_FORM);
    return passphrase == NULL ? seal_plain(box, secret, size)
                              : seal_passphrase(box, secret, size, passphrase);
}

/* A secret of 1 to SECRET_MAX bytes between `before` and `after` others. */
static bool size_fits(size_t size, size_t before, size_t after)
{
    return size > before + after && size <= before + SECRET_MAX + after;
}

static enum secret_answer open_plain(void *secret, size_t *secret_size, const uint8_t *box,
                                     size_t size)
{
    if (!size_fits(size, AT_PLAIN, 0))
        return SECRET_NOT_ONE;
    *secret_size = size - AT_PLAIN;
    memcpy(secret, box + AT_PLAIN, *secret_size);
    return SECRET_OPEN;
}

static enum secret_answer open_passphrase(void *secret, size_t *secret_size, const uint8_t *box,
                                          size_t size, const char *passphrase)
{
    if (!size_fits(size, AT_CIPHERTEXT, TAG_SIZE) || !limits_are_sane(limits_read(box)))
        return SECRET_NOT_ONE;
    if (passphrase == NULL)
        return SECRET_NEEDS_PASSPHRASE;

    uint8_t *key = key_of(box, passphrase);
    int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(secret, NULL, NULL, box + AT_CIPHERTEXT,
                                                            size - AT_CIPHERTEXT, box, AT_NONCE,
                                                            box + AT_NONCE, key);
    secret_free(key);
    if (opened != 0)
        return SECRET_WRONG_PASSPHRASE;
    *secret_size = size - AT_CIPHERTEXT - TAG_SIZE;
    return SECRET_OPEN;
}

enum secret_answer secret_open(void *secret, size_t *secret_size, const uint8_t *box, size_t size,
                               const char *passphrase)
{
    *secret_size = 0;
    if (size <= AT_FORM || memcmp(box, mark, AT_FORM) != 0)
        return SECRET_NOT_ONE;
    if (box[AT_FORM] == FORM_PLAIN)
        return open_plain(secret, secret_size, box, size);
    if (box[AT_FORM] == FORM_PASSPHRASE)
        return open_passphrase(secret, secret_size, box, size, passphrase);
    return SECRET_NOT_ONE;
}
