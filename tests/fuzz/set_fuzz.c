#include "protocol/set_inside.h"

#include <assert.h>
#include <string.h>

#include "crypto/secret.h"
#include "tests/protocol/authors.h"
#include "tests/protocol/naive_set.c"

/* Whatever is offered, in whatever order, whatever the charter does meanwhile, the set is what
 * naive f says. The records are always the same; the input's bytes say what happens to them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RECORDS 32
#define KEYS 2
#define NOW INT64_C(1000000)

static struct feed feed;
static struct signing_key *keys[KEYS];
static struct record *records[RECORDS];
static bool signed_by[RECORDS][KEYS];
static struct feed_rules rules;

/* A trunk, forks, copies with junk proofs that others go on from, and two keys. */
static void make_records(void)
{
    for (unsigned i = 0; i < RECORDS; i++) {
        const struct record *prev = i % 8 == 0 ? NULL : records[i - 1 - (i % 5 == 4 && i % 8 > 2)];
        if (i % 4 == 3)
            records[i] = record_with_junk(records[i - 1], i);
        else
            records[i] = record_numbered(i, &feed, prev, keys[i % 7 == 5], NOW);
        for (unsigned k = 0; k < KEYS; k++)
            signed_by[i][k] = record_proven_by(records[i], signing_key_public(keys[k]));
    }
}

static void make_once(void)
{
    if (keys[0] != NULL)
        return;
    crypto_start();
    feed = (struct feed){digest_numbered(1), 1};
    for (unsigned k = 0; k < KEYS; k++)
        keys[k] = key_numbered(k);
    make_records();
}

static struct feed_rules rules_of(void *context, const struct feed *of)
{
    (void)context;
    return feed_equal(of, &feed) ? rules : (struct feed_rules){0};
}

static bool has_signed(void *context, const struct record *record, const struct public_key *key)
{
    (void)context;
    for (unsigned i = 0; i < RECORDS; i++)
        for (unsigned k = 0; k < KEYS; k++)
            if (records[i] == record && memcmp(signing_key_public(keys[k]), key, 32) == 0)
                return signed_by[i][k];
    return false;
}

static void change_rules(uint8_t lot)
{
    rules = (struct feed_rules){.listed = true};
    for (unsigned k = 0; k < KEYS; k++)
        if (lot & 1u << k)
            rules.keys[rules.key_count++] = *signing_key_public(keys[k]);
    for (unsigned i = 0; i < 2; i++) {
        const struct record *named = records[(lot >> 2) * (i + 1) % RECORDS];
        if (lot & 0x80u >> i)
            rules.cuts[rules.cut_count++] =
                (struct cut){record_header(named)->author.seq, *record_id(named)};
    }
}

static void check(const struct set *set, const bool offered[RECORDS], unsigned run_max)
{
    struct record *heard[RECORDS];
    bool in[RECORDS];
    struct naive_world naive = {heard, 0, {NULL, rules_of}, run_max, has_signed, NULL};

    for (unsigned i = 0; i < RECORDS; i++)
        if (offered[i])
            heard[naive.count++] = records[i];
    naive_set(&naive, in);
    for (size_t i = 0; i < naive.count; i++)
        assert((set_standing(set, record_id(heard[i])) == STANDING_IN) == in[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool offered[RECORDS] = {false};
    struct changes changes = {0};

    make_once();
    if (size < 2 || size > 64)
        return 0;
    unsigned run_max = 1 + data[0] % 4;
    change_rules(data[1]);
    struct set *set = set_new((struct set_rules){NULL, rules_of});
    set_limit(set, run_max, ASIDE_MAX, ASIDE_BYTES_MAX);
    for (size_t i = 2; i < size; i++) {
        if (data[i] < 0xc0) {
            offered[data[i] % RECORDS] = true;
            set_offer(set, records[data[i] % RECORDS], NOW, &changes);
        } else if (i + 1 < size) {
            change_rules(data[++i]);
            set_charter_changed(set, &changes);
        }
        check(set, offered, run_max);
    }
    changes_release(&changes);
    set_free(set);
    return 0;
}
