#include "crypto/secret.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/exchange.h"
#include "crypto/ring.h"
#include "crypto/signature.h"
#include "tests/crypto/hex.h"

static const char text[] = "a secret";
#define TEXT text, sizeof text - 1
#define PASSPHRASE "Ask the tenant first."

/* Where things are in a box; see secret.h. */
enum { AT_FORM = 17, AT_SALT = 18, AT_PASSES = 34, AT_KIB = 38, AT_NONCE = 42, AT_CIPHERTEXT = 66 };

static uint8_t *opened;
static size_t opened_size;

static void start(void)
{
    crypto_start();
    secret_test_limits();
    opened = secret_new(SECRET_MAX);
}

static void stop(void)
{
    secret_free(opened);
}

TestSuite(secret_box, .init = start, .fini = stop);

static enum secret_answer open_box(const uint8_t *box, size_t size, const char *passphrase)
{
    opened_size = 4711;
    return secret_open(opened, &opened_size, box, size, passphrase);
}

static bool is_text(void)
{
    return opened_size == sizeof text - 1 && memcmp(opened, text, opened_size) == 0;
}

Test(secret_box, gives_back_a_plain_secret)
{
    uint8_t box[SECRET_BOX_MAX];
    size_t size = secret_seal(box, TEXT, NULL);

    cr_assert_eq(size, 18 + sizeof text - 1);
    cr_expect_eq(memcmp(box, "candour secret 1\n\0a secret", size), 0);
    cr_expect_eq(open_box(box, size, NULL), SECRET_OPEN);
    cr_expect(is_text());
    cr_expect_eq(open_box(box, size, "not asked for"), SECRET_OPEN);
    cr_expect(is_text());
}

Test(secret_box, gives_back_a_secret_under_a_passphrase)
{
    uint8_t box[SECRET_BOX_MAX];
    size_t size = secret_seal(box, TEXT, PASSPHRASE);

    cr_assert_eq(size, AT_CIPHERTEXT + sizeof text - 1 + 16);
    cr_expect_eq(open_box(box, size, PASSPHRASE), SECRET_OPEN);
    cr_expect(is_text());
    cr_expect_eq(open_box(box, size, NULL), SECRET_NEEDS_PASSPHRASE);
    cr_expect_eq(opened_size, 0);
    cr_expect_eq(open_box(box, size, "ask the tenant first."), SECRET_WRONG_PASSPHRASE);
    cr_expect_eq(opened_size, 0);
    cr_expect_eq(open_box(box, size, ""), SECRET_WRONG_PASSPHRASE);
    cr_expect_eq(open_box(box, size, PASSPHRASE " "), SECRET_WRONG_PASSPHRASE);
}

Test(secret_box, holds_1_to_3072_bytes)
{
    static uint8_t secret[SECRET_MAX];
    uint8_t box[SECRET_BOX_MAX];
    static const size_t sizes[] = {1, SECRET_MAX};
    static const char *const passphrases[] = {NULL, PASSPHRASE};

    random_bytes(secret, sizeof secret);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 2; k++) {
            size_t size = secret_seal(box, secret, sizes[i], passphrases[k]);
            cr_assert_leq(size, sizeof box);
            cr_expect_eq(open_box(box, size, passphrases[k]), SECRET_OPEN);
            cr_expect_eq(opened_size, sizes[i]);
            cr_expect_eq(memcmp(opened, secret, sizes[i]), 0);
        }
}

Test(secret_box, too_large_is_refused)
{
    uint8_t box[SECRET_BOX_MAX] = {0};
    static const uint8_t secret[SECRET_MAX];
    size_t size = secret_seal(box, secret, SECRET_MAX, NULL);

    cr_expect_eq(open_box(box, size + 1, NULL), SECRET_NOT_ONE);
    size = secret_seal(box, secret, SECRET_MAX, PASSPHRASE);
    box[size] = 0;
    cr_expect_eq(open_box(box, size + 1, PASSPHRASE), SECRET_NOT_ONE);
}

Test(secret_box, of_nothing_is_our_bug, .signal = SIGABRT)
{
    uint8_t box[SECRET_BOX_MAX];

    secret_seal(box, text, 0, NULL);
}

Test(secret_box, of_too_much_is_our_bug, .signal = SIGABRT)
{
    uint8_t box[SECRET_BOX_MAX];
    static const uint8_t secret[SECRET_MAX + 1];

    secret_seal(box, secret, sizeof secret, NULL);
}

Test(secret_box, is_different_each_time)
{
    uint8_t one[SECRET_BOX_MAX], other[SECRET_BOX_MAX];

    secret_seal(one, TEXT, PASSPHRASE);
    secret_seal(other, TEXT, PASSPHRASE);
    cr_expect_neq(memcmp(one + AT_SALT, other + AT_SALT, AT_PASSES - AT_SALT), 0);
    cr_expect_neq(memcmp(one + AT_NONCE, other + AT_NONCE, AT_CIPHERTEXT - AT_NONCE), 0);
    cr_expect_neq(memcmp(one + AT_CIPHERTEXT, other + AT_CIPHERTEXT, sizeof text - 1), 0);
}

/* Made by another implementation: Argon2id of Python's cryptography, two passes over 64 KiB, and
 * XChaCha20-Poly1305 from its ChaCha20-Poly1305. Boxes of version 1 must open for ever. */
Test(secret_box, of_another_implementation_opens)
{
    uint8_t box[90];

    unhex(box, sizeof box,
          "63616e646f75722073656372657420310a01000102030405060708090a0b0c0d"
          "0e0f0000000200000040808182838485868788898a8b8c8d8e8f909192939495"
          "9697c9b15a14a3d13f0ed98f23b16277d7b948178ed39803e26b");
    cr_expect_eq(open_box(box, sizeof box, PASSPHRASE), SECRET_OPEN);
    cr_expect(is_text());
}

/* A copy of exactly this size, so that a sanitizer sees a read beyond it. */
static enum secret_answer open_copy(const uint8_t *box, size_t size, const char *passphrase)
{
    uint8_t *copy = malloc(size == 0 ? 1 : size);

    cr_assert_not_null(copy);
    memcpy(copy, box, size);
    enum secret_answer answer = open_box(copy, size, passphrase);
    free(copy);
    return answer;
}

Test(secret_box, cut_short_is_refused)
{
    uint8_t box[SECRET_BOX_MAX];
    size_t whole = secret_seal(box, TEXT, PASSPHRASE);

    for (size_t size = 0; size < whole; size++) {
        bool too_short = size < AT_CIPHERTEXT + 16 + 1;

        cr_expect_eq(open_copy(box, size, PASSPHRASE),
                     too_short ? SECRET_NOT_ONE : SECRET_WRONG_PASSPHRASE, "%zu bytes", size);
        cr_expect_eq(open_copy(box, size, NULL),
                     too_short ? SECRET_NOT_ONE : SECRET_NEEDS_PASSPHRASE, "%zu bytes", size);
        cr_expect_eq(opened_size, 0);
    }
    box[whole] = 0;
    cr_expect_eq(open_copy(box, whole + 1, PASSPHRASE), SECRET_WRONG_PASSPHRASE, "one more");

    secret_seal(box, TEXT, NULL);
    for (size_t size = 0; size <= AT_FORM + 1; size++)
        cr_expect_eq(open_copy(box, size, NULL), SECRET_NOT_ONE, "%zu bytes, plain", size);
}

/* Limits of 64 MiB to 512 MiB are as well refused, but take their time; one of them will do. */
static bool takes_long(size_t bit)
{
    return bit >= 8 * (AT_KIB + 1) + 1 && bit < 8 * (AT_KIB + 1) + 4;
}

Test(secret_box, with_any_bit_flipped_is_refused)
{
    uint8_t box[SECRET_BOX_MAX];
    size_t size = secret_seal(box, TEXT, PASSPHRASE);

    for (size_t bit = 0; bit < 8 * size; bit++) {
        if (takes_long(bit))
            continue;
        box[bit / 8] ^= (uint8_t)(1u << bit % 8);
        enum secret_answer answer = open_box(box, size, PASSPHRASE);
        if (bit == 8 * AT_FORM) /* Now it says that it is plain; nothing inside is the secret. */
            cr_expect(answer == SECRET_OPEN && !is_text());
        else if (bit < 8 * AT_SALT)
            cr_expect_eq(answer, SECRET_NOT_ONE, "bit %zu", bit);
        else if (bit >= 8 * AT_PASSES && bit < 8 * AT_NONCE)
            cr_expect(answer == SECRET_NOT_ONE || answer == SECRET_WRONG_PASSPHRASE, "bit %zu",
                      bit);
        else
            cr_expect_eq(answer, SECRET_WRONG_PASSPHRASE, "bit %zu", bit);
        box[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    cr_expect_eq(open_box(box, size, PASSPHRASE), SECRET_OPEN);
}

/* What the key is not made from is authenticated beside the ciphertext: here the mark before it,
 * seen by sealing anew with the key that our own box has. */
Test(secret_box, binds_all_that_stands_before_the_nonce)
{
    uint8_t box[SECRET_BOX_MAX], key[32];
    size_t size = secret_seal(box, TEXT, PASSPHRASE);

    cr_assert_eq(crypto_pwhash_argon2id(key, sizeof key, PASSPHRASE, strlen(PASSPHRASE),
                                        box + AT_SALT, 1, 8192,
                                        crypto_pwhash_argon2id_ALG_ARGON2ID13),
                 0);
    crypto_aead_xchacha20poly1305_ietf_encrypt(box + AT_CIPHERTEXT, NULL, (const uint8_t *)TEXT,
                                               NULL, 0, NULL, box + AT_NONCE, key);
    cr_expect_eq(open_box(box, size, PASSPHRASE), SECRET_WRONG_PASSPHRASE, "nothing beside it");
    crypto_aead_xchacha20poly1305_ietf_encrypt(box + AT_CIPHERTEXT, NULL, (const uint8_t *)TEXT,
                                               box, AT_NONCE, NULL, box + AT_NONCE, key);
    cr_expect_eq(open_box(box, size, PASSPHRASE), SECRET_OPEN);
}

static long memory_peak_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

Test(secret_box, with_hostile_limits_is_refused_before_anything_is_allocated)
{
    static const struct {
        const char *why;
        uint8_t limits[8];
    } rows[] = {
        {"no pass", {0, 0, 0, 0, 0, 0, 0, 8}},
        {"11 passes", {0, 0, 0, 11, 0, 0, 0, 8}},
        {"most passes", {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 8}},
        {"no memory", {0, 0, 0, 1, 0, 0, 0, 0}},
        {"7 KiB", {0, 0, 0, 1, 0, 0, 0, 7}},
        {"1 GiB and 1 KiB", {0, 0, 0, 1, 0, 0x10, 0, 1}},
        {"4 TiB", {0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff}},
        {"4 GiB, which is 0 in 32 bits", {0, 0, 0, 1, 0, 0x40, 0, 0}},
    };
    uint8_t box[SECRET_BOX_MAX];
    size_t size = secret_seal(box, TEXT, PASSPHRASE);
    long before = memory_peak_kib();

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        memcpy(box + AT_PASSES, rows[i].limits, 8);
        cr_expect_eq(open_box(box, size, PASSPHRASE), SECRET_NOT_ONE, "%s", rows[i].why);
        cr_expect_eq(open_box(box, size, NULL), SECRET_NOT_ONE, "%s", rows[i].why);
    }
    cr_expect_lt(memory_peak_kib() - before, 64 * 1024);
}

Test(secret_limits, are_moderate_outside_of_tests, .init = crypto_start)
{
    static const uint8_t moderate[8] = {0, 0, 0, 3, 0, 4, 0, 0};
    uint8_t box[SECRET_BOX_MAX];

    secret_seal(box, TEXT, PASSPHRASE);
    cr_expect_eq(memcmp(box + AT_PASSES, moderate, 8), 0);
}

TestSuite(secret_memory, .init = crypto_start);

/* In a process of its own, where a sanitizer does not see it. */
static bool writing_is_fatal(const void *memory)
{
    pid_t child = fork();
    int status;

    cr_assert_geq(child, 0);
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        signal(SIGBUS, SIG_DFL);
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        *(volatile uint8_t *)(uintptr_t)memory = 1;
        _exit(0);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS);
}

Test(secret_memory, ends_at_a_guard_page)
{
    uint8_t *secret = secret_new(32);

    cr_expect(!writing_is_fatal(secret));
    cr_expect(!writing_is_fatal(secret + 31));
    cr_expect(writing_is_fatal(secret + 32));
    secret_freeze(secret);
    cr_expect(writing_is_fatal(secret));
    secret_free(secret);
    secret_free(NULL);
}

Test(secret_memory, of_a_key_is_readonly)
{
    struct signing_key *signing = signing_key_new();
    struct exchange_key *exchange = exchange_key_new();
    struct ring_key *ring = ring_key_new();

    cr_expect(writing_is_fatal(signing));
    cr_expect(writing_is_fatal(signing_key_public(signing)));
    cr_expect(writing_is_fatal(exchange_key_secret(exchange)));
    cr_expect(writing_is_fatal(exchange_key_public(exchange)));
    cr_expect(writing_is_fatal(ring_key_scalar(ring)));
    cr_expect(writing_is_fatal(ring_key_public(ring)));
    signing_key_free(signing);
    exchange_key_free(exchange);
    ring_key_free(ring);
}

Test(secret_memory_before_the_start, is_our_bug, .signal = SIGABRT)
{
    secret_new(32);
}

Test(secret_memory, can_be_wiped)
{
    uint8_t bytes[32];

    memset(bytes, 1, sizeof bytes);
    secret_wipe(bytes, sizeof bytes);
    cr_expect(sodium_is_zero(bytes, sizeof bytes));
}
