#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "crypto/secret.h"

/* Whatever is in a file, secret_open() says what it is; it takes memory only within its caps, and a
 * plain box has one spelling. The limits that a box asks for are read here once more: those within
 * the caps but slow are left out, those beyond must be refused, or the fuzzer runs out of memory.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { AT_FORM = 17, AT_PASSES = 34, AT_KIB = 38, AT_NONCE = 42 };

static uint32_t be4(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void open_plainly(uint8_t *secret, const uint8_t *data, size_t size)
{
    uint8_t again[SECRET_BOX_MAX];
    size_t secret_size = 1;
    enum secret_answer answer = secret_open(secret, &secret_size, data, size, NULL);

    assert(answer != SECRET_WRONG_PASSPHRASE);
    assert((answer == SECRET_OPEN) == (secret_size > 0) && secret_size <= SECRET_MAX);
    if (answer == SECRET_OPEN) {
        assert(secret_seal(again, secret, secret_size, NULL) == size);
        assert(memcmp(again, data, size) == 0);
    }
}

static void open_with_passphrase(uint8_t *secret, const uint8_t *data, size_t size)
{
    bool has_limits = size >= AT_NONCE && data[AT_FORM] == 1;
    uint32_t passes = has_limits ? be4(data + AT_PASSES) : 0;
    uint32_t kib = has_limits ? be4(data + AT_KIB) : 0;
    bool beyond = passes > 10 || kib > 1024 * 1024;
    size_t secret_size;

    if (!beyond && kib > 1024)
        return;
    enum secret_answer answer = secret_open(secret, &secret_size, data, size, "passphrase");
    assert(answer != SECRET_NEEDS_PASSPHRASE);
    assert(!beyond || answer == SECRET_NOT_ONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t *secret;

    if (secret == NULL) {
        crypto_start();
        secret_test_limits();
        secret = secret_new(SECRET_MAX);
    }
    open_plainly(secret, data, size);
    open_with_passphrase(secret, data, size);
    return 0;
}
