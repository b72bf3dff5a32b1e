#include <stdio.h>
#include <stdlib.h>

#include "crypto/secret.h"
#include "crypto/signature.h"
#include "tests/crypto/hex.h"

/* What a second implementation must agree on: tests/vectors/ed25519.json. The table is made here,
 * from fixed seeds and from the group law; with CANDOUR_WRITE_VECTORS=1 in the environment this
 * test writes the file, otherwise it compares.
 *
 * A point is aB + jT, with B the base point and T of order 8, and its order is small where a = 0.
 * For a key aB + jT, an R of rB + iT and S = r + ka, where k is the challenge,
 *
 *     SB - R - k(aB + jT) = -(i + kj)T
 *
 * so the equation that is checked holds where i + kj is 0 mod 8. As k depends on the message, the
 * message is searched for: a number in it counts up until i + kj is what is wanted. Every refusal
 * of a small order or a second spelling is thus one whose equation holds, and only the rule refuses
 * it.
 *
 * Keys in a second spelling exist only for small orders here: nobody knows the secret of another.
 */

#define PURPOSE "candour test"
#define MESSAGE_MAX 256

struct vector {
    char name[120];
    bool has_seed, holds;
    uint8_t seed[32];
    struct public_key key;
    uint8_t message[MESSAGE_MAX];
    size_t size;
    struct signature signature;
};

static struct vector vectors[128];
static size_t count;

static struct vector *add(const char *name, bool holds)
{
    struct vector *vector = &vectors[count++];

    cr_assert_lt(count, sizeof vectors / sizeof *vectors);
    snprintf(vector->name, sizeof vector->name, "%s", name);
    vector->holds = holds;
    return vector;
}

static void set_statement(struct vector *vector, const void *statement, size_t size)
{
    cr_assert_leq(sizeof PURPOSE + size, MESSAGE_MAX);
    memcpy(vector->message, PURPOSE, sizeof PURPOSE);
    memcpy(vector->message + sizeof PURPOSE, statement, size);
    vector->size = sizeof PURPOSE + size;
}

/* RFC 8032, 7.1. The first three, and "SHA(abc)". */
static void add_rfc(void)
{
    static const struct {
        const char *seed, *key, *message, *signature;
    } rows[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
         "c"
         "f9b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
         "0"
         "f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7609"
         "8"
         "4dc6594a7c15e9716ed28dc027beceea1ec40a"},
        {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
         "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
         "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
         "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66"
         "4"
         "31e0303dca179c138ac17ad9bef1177331a704"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vector *vector = add("RFC 8032, 7.1", true);

        vector->has_seed = true;
        unhex(vector->seed, 32, rows[i].seed);
        unhex(vector->key.bytes, 32, rows[i].key);
        vector->size = strlen(rows[i].message) / 2;
        unhex(vector->message, vector->size, rows[i].message);
        unhex(vector->signature.bytes, 64, rows[i].signature);
    }
}

/* Chalkias, Garillot and Nikolaenko, "Taming the many EdDSAs" (2020), appendix C. What candour says
 * of each is what libsodium says. */
static void add_paper(void)
{
    static const struct {
        const char *name, *key, *message, *signature;
        bool holds;
    } rows[] = {
        {"paper 0: small-order key and R, S = 0",
         "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
         "8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
         "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
         "0000000000000000000000000000000000000000000000000000000000000000",
         false},
        {"paper 1: small-order key",
         "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
         "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
         "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43"
         "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
         false},
        {"paper 2: small-order R, the equation holds",
         "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
         "aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
         "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
         "8c4bd45aecaca5b24fb97bc10ac27ac8751a7dfe1baff8b953ec9f5833ca260e",
         false},
        {"paper 3: mixed-order key and R, the equation holds",
         "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
         "9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
         "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f"
         "87909e14428a7a1d62e9f22f3d3ad7802db02eb2e688b6c52fcd6648a98bd009",
         true},
        {"paper 4: holds only when multiplied by the cofactor",
         "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
         "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
         "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed512"
         "5ec6bc982a269b723e0668e540911a9a6a58921d6925e434ab10aa7940551a09",
         false},
        {"paper 5: holds only when multiplied by the cofactor, and that before the challenge is "
         "reduced",
         "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
         "e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
         "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7"
         "e40bc836dac0f71076f9abe3a53f9c03c1ceeeddb658d0030494ace586687405",
         false},
        {"paper 6: S + L", "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
         "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
         "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e"
         "547f7690a0e2ddcd04d87dbc3490dc19b3b3052f7ff0538cb68afb369ba3a514",
         false},
        {"paper 7: S + L, far above",
         "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
         "85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
         "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa1942"
         "7e71f98a473474f2f13f06f97c20d58cc3f54b8bd0d272f42b695dd7e89a8c22",
         false},
        {"paper 8: R in a second spelling, reduced before hashing",
         "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
         "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
         "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
         "03be9678ac102edcd92b0210bb34d7428d12ffc5df5f37e359941266a4e35f0f",
         false},
        {"paper 9: R in a second spelling, hashed as it came",
         "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
         "9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
         "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
         "ca8c5b64cd208982aa38d4936621a4775aa233aa0505711d8fdcfdaa943d4908",
         false},
        {"paper 10: key in a second spelling, reduced before hashing",
         "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
         "e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b",
         "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dc"
         "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
         false},
        {"paper 11: key in a second spelling, hashed as it came",
         "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
         "39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f",
         "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dc"
         "a5bb704786be79fc476f91d3f3f89b03984d8068dcf1bb7dfc6637b45450ac04",
         false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vector *vector = add(rows[i].name, rows[i].holds);

        unhex(vector->key.bytes, 32, rows[i].key);
        vector->size = 32;
        unhex(vector->message, vector->size, rows[i].message);
        unhex(vector->signature.bytes, 64, rows[i].signature);
    }
}

/* Signed with our own signature_make(). */
static struct vector *add_signed(const char *name, const void *statement, size_t size)
{
    static const uint8_t seed[32] = "leeds leeds leeds leeds leeds 32";
    struct signing_key *key = signing_key_from_seed(seed);
    struct vector *vector = add(name, true);

    vector->has_seed = true;
    memcpy(vector->seed, seed, sizeof seed);
    vector->key = *signing_key_public(key);
    set_statement(vector, statement, size);
    signature_make(&vector->signature, PURPOSE, statement, size, key);
    signing_key_free(key);
    return vector;
}

static const char lesson[] = "Ask the tenant first.";

static struct vector *add_spoilt(const char *name)
{
    struct vector *vector = add_signed(name, lesson, sizeof lesson - 1);

    vector->holds = false;
    return vector;
}

static void add_ordinary(void)
{
    static const uint8_t zeros[200];

    add_signed("an ordinary signature", lesson, sizeof lesson - 1);
    add_signed("an empty statement", "", 0);
    add_signed("a statement with zero bytes", "a\0b", 3);
    add_signed("a statement of zero bytes only", zeros, sizeof zeros);

    add_spoilt("the first bit of R flipped")->signature.bytes[0] ^= 1;
    add_spoilt("the sign of R flipped")->signature.bytes[31] ^= 0x80;
    add_spoilt("the first bit of S flipped")->signature.bytes[32] ^= 1;
    add_spoilt("the sign of the key flipped")->key.bytes[31] ^= 0x80;
    add_spoilt("the statement's last bit flipped")->message[sizeof PURPOSE + 20] ^= 1;
    add_spoilt("the statement cut short")->size--;
    add_spoilt("another purpose")->message[0] ^= 0x20;
    add_spoilt("the zero byte after the purpose gone")->message[sizeof PURPOSE - 1] = ' ';
    memset(add_spoilt("R all zero")->signature.bytes, 0, 32);
    memset(add_spoilt("S all zero")->signature.bytes + 32, 0, 32);
    memset(add_spoilt("all of it zero")->signature.bytes, 0, 64);
    memset(add_spoilt("all of it ones")->signature.bytes, 0xff, 64);
    memset(add_spoilt("a key that is no point")->key.bytes, 2, 32);
}

static const char order_text[] = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

/* S + L and more: the same point SB, another signature, unless S is held below L. */
static void add_above_the_order(void)
{
    static const unsigned times[] = {1, 2, 8, 14};
    uint8_t order[32];

    unhex(order, sizeof order, order_text);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        char name[32];

        snprintf(name, sizeof name, "S + %u L", times[i]);
        struct vector *vector = add_spoilt(name);
        for (unsigned n = 0; n < times[i]; n++)
            sodium_add(vector->signature.bytes + 32, order, sizeof order);
    }
}

/* A number known by its name; NULL is 0. */
static void scalar_of(uint8_t scalar[32], const char *name)
{
    uint8_t hash[64];

    memset(scalar, 0, 32);
    if (name == NULL)
        return;
    crypto_hash_sha512(hash, (const uint8_t *)name, strlen(name));
    crypto_core_ed25519_scalar_reduce(scalar, hash);
}

/* aB + jT, where a is known by its name. */
static void point_of(uint8_t point[32], const char *name, unsigned j)
{
    uint8_t scalar[32], torsion[32];

    unhex(torsion, 32, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    unhex(point, 32, "0100000000000000000000000000000000000000000000000000000000000000");
    scalar_of(scalar, name);
    if (name != NULL)
        cr_assert_eq(crypto_scalarmult_ed25519_base_noclamp(point, scalar), 0);
    for (unsigned i = 0; i < j; i++)
        cr_assert_eq(crypto_core_ed25519_add(point, point, torsion), 0);
}

struct half {
    const char *name;     /* Of a, or of r; NULL where that is 0. */
    unsigned torsion;     /* j, or i. */
    const char *spelling; /* Another spelling of the same point, or NULL. */
};

static void spell(uint8_t bytes[32], const struct half *half)
{
    if (half->spelling == NULL)
        point_of(bytes, half->name, half->torsion);
    else
        unhex(bytes, 32, half->spelling);
}

/* Search for a statement with which i + kj is `residue` mod 8. */
static void add_crafted(const char *name, bool holds, struct half key, struct half r,
                        unsigned residue)
{
    struct vector *vector = add(name, holds);
    uint8_t hash[64], k[32], a[32], nonce[32];

    spell(vector->key.bytes, &key);
    spell(vector->signature.bytes, &r);
    for (unsigned number = 0;; number++) {
        char statement[32];
        crypto_hash_sha512_state state;

        cr_assert_lt(number, 10000, "%s: no such message", name);
        set_statement(vector, statement,
                      (size_t)snprintf(statement, sizeof statement, "number %u", number));
        crypto_hash_sha512_init(&state);
        crypto_hash_sha512_update(&state, vector->signature.bytes, 32);
        crypto_hash_sha512_update(&state, vector->key.bytes, 32);
        crypto_hash_sha512_update(&state, vector->message, vector->size);
        crypto_hash_sha512_final(&state, hash);
        crypto_core_ed25519_scalar_reduce(k, hash);
        if ((r.torsion + k[0] * key.torsion) % 8 == residue)
            break;
    }
    scalar_of(a, key.name);
    scalar_of(nonce, r.name);
    crypto_core_ed25519_scalar_mul(vector->signature.bytes + 32, k, a);
    crypto_core_ed25519_scalar_add(vector->signature.bytes + 32, vector->signature.bytes + 32,
                                   nonce);
}

/* The six second spellings: x = 0 with the sign of a negative x, and y = p or p + 1. */
static const struct {
    unsigned torsion;
    const char *spelling;
} second_spellings[] = {
    {0, "0100000000000000000000000000000000000000000000000000000000000080"},
    {0, "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {0, "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
    {4, "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
    {2, "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {6, "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
};

static void add_small_orders(void)
{
    const struct half mixed = {"leeds", 1, NULL}, prime = {"nonce", 0, NULL};
    char name[120];

    for (unsigned j = 0; j < 8; j++) {
        const struct half small = {NULL, j, NULL};

        snprintf(name, sizeof name, "small-order key %uT, the equation holds", j);
        add_crafted(name, false, small, prime, 0);
        snprintf(name, sizeof name, "small-order R %uT, the equation holds", j);
        add_crafted(name, false, mixed, small, 0);
    }
    for (size_t i = 0; i < sizeof second_spellings / sizeof *second_spellings; i++) {
        const struct half second = {NULL, second_spellings[i].torsion,
                                    second_spellings[i].spelling};

        snprintf(name, sizeof name, "second spelling of %uT for a key, the equation holds",
                 second.torsion);
        add_crafted(name, false, second, prime, 0);
        snprintf(name, sizeof name, "second spelling of %uT for R, the equation holds",
                 second.torsion);
        add_crafted(name, false, mixed, second, 0);
    }
}

static void add_mixed_orders(void)
{
    const struct half key = {"leeds", 0, NULL}, key_mixed = {"leeds", 1, NULL};
    const struct half r = {"nonce", 0, NULL}, r_mixed = {"nonce", 3, NULL};

    add_crafted("key and R of prime order", true, key, r, 0);
    add_crafted("mixed-order key, the equation holds", true, key_mixed, r, 0);
    add_crafted("mixed-order key and R, the equation holds", true, key_mixed, r_mixed, 0);
    add_crafted("mixed-order key, holds only with the cofactor", false, key_mixed, r, 4);
    add_crafted("mixed-order R, holds only with the cofactor", false, key, r_mixed, 3);
    add_crafted("mixed-order key and R, holds only with the cofactor", false, key_mixed, r_mixed,
                1);
}

static void make_vectors(void)
{
    crypto_start();
    add_rfc();
    add_paper();
    add_ordinary();
    add_above_the_order();
    add_small_orders();
    add_mixed_orders();
}

TestSuite(ed25519, .init = make_vectors);

Test(ed25519, answers_as_the_vectors_say)
{
    size_t through_us = 0;

    for (size_t i = 0; i < count; i++) {
        const struct vector *vector = &vectors[i];
        const char *purpose = (const char *)vector->message;

        cr_expect_eq(crypto_sign_verify_detached(vector->signature.bytes, vector->message,
                                                 vector->size, vector->key.bytes) == 0,
                     vector->holds, "libsodium: %zu, %s", i, vector->name);
        /* Whatever has a zero byte is a purpose and a statement to us. */
        if (memchr(vector->message, 0, vector->size) == NULL)
            continue;
        size_t before = strlen(purpose) + 1;
        cr_expect_eq(signature_holds(&vector->signature, purpose, vector->message + before,
                                     vector->size - before, &vector->key),
                     vector->holds, "candour: %zu, %s", i, vector->name);
        through_us++;
    }
    cr_expect_geq(through_us, 50);
}

Test(ed25519, signs_as_the_vectors_say)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t public[32], secret[64], signature[64];

        if (!vectors[i].has_seed || !vectors[i].holds)
            continue;
        crypto_sign_seed_keypair(public, secret, vectors[i].seed);
        crypto_sign_detached(signature, NULL, vectors[i].message, vectors[i].size, secret);
        cr_expect_eq(memcmp(public, vectors[i].key.bytes, 32), 0, "%zu, %s", i, vectors[i].name);
        cr_expect_eq(memcmp(signature, vectors[i].signature.bytes, 64), 0, "%zu, %s", i,
                     vectors[i].name);
    }
}

static void write_hex(FILE *file, const char *name, const uint8_t *bytes, size_t size)
{
    char text[2 * MESSAGE_MAX + 1];

    sodium_bin2hex(text, sizeof text, bytes, size);
    fprintf(file, "     \"%s\": \"%s\",\n", name, text);
}

static void write_vectors(FILE *file)
{
    fprintf(file, "{\"about\": \"Ed25519 as candour checks it. message: all signed bytes, which in "
                  "candour are purpose, 00, statement.\",\n \"vectors\": [\n");
    for (size_t i = 0; i < count; i++) {
        const struct vector *vector = &vectors[i];

        fprintf(file, "    {\"name\": \"%s\",\n", vector->name);
        if (vector->has_seed)
            write_hex(file, "seed", vector->seed, 32);
        write_hex(file, "public_key", vector->key.bytes, 32);
        write_hex(file, "message", vector->message, vector->size);
        write_hex(file, "signature", vector->signature.bytes, 64);
        fprintf(file, "     \"holds\": %s}%s\n", vector->holds ? "true" : "false",
                i + 1 < count ? "," : "");
    }
    fprintf(file, "]}\n");
}

#define PATH SOURCE_DIR "/tests/vectors/ed25519.json"

static void read_file(char *text, size_t room)
{
    FILE *file = fopen(PATH, "r");

    cr_assert_not_null(file, "%s", PATH);
    size_t size = fread(text, 1, room - 1, file);
    text[size] = '\0';
    fclose(file);
}

Test(ed25519, vectors_are_those_in_the_file)
{
    static char made[128 * 1024], kept[128 * 1024];
    FILE *memory = fmemopen(made, sizeof made, "w");

    cr_assert_not_null(memory);
    write_vectors(memory);
    cr_assert_eq(fclose(memory), 0);
    if (getenv("CANDOUR_WRITE_VECTORS") != NULL) {
        FILE *file = fopen(PATH, "w");
        cr_assert_not_null(file, "%s", PATH);
        cr_assert_geq(fputs(made, file), 0);
        cr_assert_eq(fclose(file), 0);
    }
    read_file(kept, sizeof kept);
    cr_expect(strcmp(made, kept) == 0, "CANDOUR_WRITE_VECTORS=1 writes %s anew", PATH);
}
