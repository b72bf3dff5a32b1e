#include "tests/protocol/set_world.h"
#include "tests/protocol/set_records.h"

#include <assert.h>
#include <stdlib.h>

#include "crypto/secret.h"

static struct signing_key *keys[WORLD_KEYS];

void world_start(void)
{
    crypto_start();
    for (unsigned i = 0; i < WORLD_KEYS; i++)
        keys[i] = key_numbered(100 + i);
}

void world_stop(void)
{
    for (unsigned i = 0; i < WORLD_KEYS; i++)
        signing_key_free(keys[i]);
}

/* splitmix64 */
static uint64_t draw(struct world *world)
{
    uint64_t z = world->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

size_t world_below(struct world *world, size_t limit)
{
    return (size_t)(draw(world) % limit);
}

bool world_percent(struct world *world, unsigned chance)
{
    return world_below(world, 100) < chance;
}

static unsigned number_of(const struct world *world, size_t i)
{
    return (unsigned)(WORLD_RECORDS * world->seed + i);
}

size_t world_find(const struct world *world, const struct digest *id)
{
    for (size_t i = 0; i < WORLD_RECORDS; i++)
        if (memcmp(record_id(world->records[i]), id, sizeof *id) == 0)
            return i;
    return WORLD_RECORDS;
}

const struct author *world_author(const struct world *world, size_t i)
{
    return &record_header(world->records[i])->author;
}

bool world_is_named(const struct world *world, size_t i)
{
    return world_author(world, i)->form == AUTHOR_NAMED;
}

/* --- Its charter --- */

/* The first one has two feeds. */
static const unsigned authorities[WORLD_FEEDS] = {0, 0, 1, 2};

static size_t authority_of(const struct world *world, const struct digest *authority)
{
    size_t i = 0;

    while (!digest_equal(&world->feeds[i].authority, authority))
        i++;
    return authorities[i];
}

static struct feed_rules ask_rules(void *context, const struct feed *feed)
{
    const struct world *world = context;

    for (size_t i = 0; i < WORLD_FEEDS; i++)
        if (feed_equal(&world->feeds[i], feed))
            return world->rules[i];
    return (struct feed_rules){0};
}

static size_t ring_of(const struct world *world, const struct author *author)
{
    return digest_equal(&author->ring, &world->rings[0]) ? 0 : 1;
}

static enum ring_answer ask_ring(void *context, const struct record *record)
{
    const struct world *world = context;

    if (!world->ring_listed[ring_of(world, &record_header(record)->author)])
        return RING_UNKNOWN;
    return world->ring_signed[world_find(world, record_id(record))] ? RING_HOLDS : RING_FAILS;
}

static bool ask_heir(void *context, const struct digest *heir, const struct digest *authority)
{
    const struct world *world = context;

    return world->succeeds[authority_of(world, heir)][authority_of(world, authority)];
}

static bool ask_stewards(void *context, const struct digest *list, size_t count)
{
    const struct world *world = context;

    for (unsigned head = 0; head < 2; head++) {
        unsigned stewards = 0;
        for (size_t i = 0; i < count; i++)
            stewards += world->stewards[head] >> authority_of(world, &list[i]) & 1;
        if (stewards >= world->threshold[head])
            return true;
    }
    return false;
}

static bool ask_proof(void *context, const struct record *record, const struct public_key *key)
{
    struct world *world = context;
    size_t i = world_find(world, record_id(record));

    for (size_t k = 0; k < WORLD_KEYS; k++)
        if (memcmp(signing_key_public(keys[k]), key, sizeof *key) == 0) {
            world->tries[i][k] += world->deciding;
            return world->signed_by[i][k];
        }
    return false;
}

/* Only what is here since an earlier decision may be asked for. */
static struct record *ask_record(void *context, const struct digest *id)
{
    struct world *world = context;
    size_t i = world_find(world, id);

    assert(i < WORLD_RECORDS && world->given[i] && world_is_named(world, i));
    world->fetched++;
    return record_hold(world->records[i]);
}

static struct set_rules set_rules_of(struct world *world)
{
    return (struct set_rules){world,        ask_rules, ask_ring,  ask_heir,
                              ask_stewards, ask_proof, ask_record};
}

struct set *world_set(struct world *world)
{
    struct set *set = set_new(set_rules_of(world));

    set_limit(set, world->run_max, ASIDE_MAX, ASIDE_BYTES_MAX);
    return set;
}

/* Mostly a record of the feed where it says it is; also one of another feed, at another seq, or one
 * that nobody will ever hear. */
static struct cut draw_cut(struct world *world, size_t feed)
{
    size_t i = world_below(world, WORLD_RECORDS);

    for (unsigned tries = 0; tries < 40 && !world_percent(world, 5); tries++) {
        if (feed_equal(&world_author(world, i)->feed, &world->feeds[feed]))
            break;
        i = world_below(world, WORLD_RECORDS);
    }
    struct cut cut = {world_author(world, i)->seq, *record_id(world->records[i])};
    if (world_percent(world, 10))
        cut.seq = world_below(world, 6);
    if (world_percent(world, 10))
        cut.id = digest_numbered((unsigned)world_below(world, 1000));
    return cut;
}

static void draw_rules(struct world *world, size_t feed)
{
    struct feed_rules *rules = &world->rules[feed];

    *rules = (struct feed_rules){.listed = !world_percent(world, 10)};
    if (!rules->listed)
        return;
    for (size_t k = 0; k < WORLD_FEEDS; k++)
        if (world_percent(world, k == feed ? 85 : 15))
            rules->keys[rules->key_count++] = *signing_key_public(keys[k]);
    for (size_t most = world_percent(world, 55) ? 0 : 1 + world_below(world, 3);
         rules->cut_count < most;)
        rules->cuts[rules->cut_count++] = draw_cut(world, feed);
}

static void draw_head(struct world *world, unsigned head)
{
    world->stewards[head] = (unsigned)world_below(world, 1 << WORLD_AUTHORITIES);
    world->threshold[head] = (unsigned)(2 + world_below(world, 2));
}

static void draw_succession(struct world *world)
{
    size_t heir = world_below(world, WORLD_AUTHORITIES);
    size_t of = world_below(world, WORLD_AUTHORITIES);

    world->succeeds[heir][of] = heir != of && !world->succeeds[heir][of];
}

void world_change_charter(struct world *world)
{
    memset(world->tries, 0, sizeof world->tries);
    switch (world_below(world, 8)) {
    case 0:
        world->ring_listed[world_below(world, WORLD_RINGS)] = true;
        break;
    case 1:
        draw_succession(world);
        break;
    case 2:
        draw_head(world, (unsigned)world_below(world, 2));
        break;
    default:
        draw_rules(world, world_below(world, WORLD_FEEDS));
    }
}

/* --- Its records --- */

/* Some wait, and some of those are of another week. */
static int64_t draw_time(struct world *world)
{
    if (world_percent(world, 85))
        return WORLD_NOW;
    return WORLD_NOW + GRACE_MS + 1 + (int64_t)world_below(world, 100);
}

static int64_t draw_week(struct world *world)
{
    if (world_percent(world, 15))
        return draw_time(world);
    return WORLD_NOW - (int64_t)world_below(world, 3) * WORLD_WEEK;
}

/* One that goes on from another, or from none: from the last one as a rule, else from any. */
static struct record *draw_prev(struct world *world, size_t feed, size_t count)
{
    struct record *prev = NULL;

    if (world_percent(world, 8))
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (feed_equal(&world_author(world, i)->feed, &world->feeds[feed]) &&
            (prev == NULL || world_percent(world, 70)))
            prev = world->records[i];
    return count > 0 && world_percent(world, 5) ? world->records[world_below(world, count)] : prev;
}

/* The id of a record: of any, of one that many name, or of none. */
static struct digest draw_id(struct world *world, size_t count)
{
    if (count == 0 || world_percent(world, 5))
        return digest_numbered((unsigned)world_below(world, 1000));
    if (count > 3 && world_percent(world, 50))
        return *record_id(world->records[world_below(world, 3)]);
    return *record_id(world->records[world_below(world, count)]);
}

/* Now and then its seq does not follow that of its prev. */
static struct record *draw_named(struct world *world, size_t count)
{
    size_t feed = world_below(world, WORLD_FEEDS);
    struct header header =
        header_named(&world->feeds[feed], draw_prev(world, feed, count), draw_time(world));

    world->signed_by[count][world_percent(world, 75) ? feed : world_below(world, WORLD_FEEDS)] =
        true;
    for (size_t targets = world_percent(world, 30) ? 1 + world_below(world, 2) : 0; targets > 0;
         targets--) {
        struct digest target = draw_id(world, count);
        header_erases(&header, &target);
    }
    if (header.author.seq > 1 && world_percent(world, 5))
        header.author.seq = 2 + world_below(world, 5);
    return record_unproven(&header, number_of(world, count));
}

static struct record *draw_anonymous(struct world *world, size_t count)
{
    struct digest slot = digest_numbered((unsigned)world_below(world, WORLD_TAGS));
    struct header header =
        header_anonymous(&slot, &world->rings[world_below(world, WORLD_RINGS)],
                         signing_key_public(keys[WORLD_KEYS - 1]), draw_week(world));

    world->ring_signed[count] = world_percent(world, 80);
    return record_unproven(&header, number_of(world, count));
}

/* An anonymous record, if there is one; else any. */
static struct digest draw_subject(struct world *world, size_t count)
{
    for (unsigned tries = 0; tries < 20 && count > 0; tries++) {
        size_t i = world_below(world, count);
        if (world_author(world, i)->form == AUTHOR_ANONYMOUS)
            return *record_id(world->records[i]);
    }
    return draw_id(world, count);
}

static struct record *draw_owner(struct world *world, size_t count)
{
    struct digest subject = draw_subject(world, count);
    struct header header =
        header_owner(&subject, (unsigned)world_below(world, 3),
                     world_percent(world, 50) ? "erasure" : "update", draw_week(world));

    world->signed_by[count][world_percent(world, 85) ? WORLD_KEYS - 1 : 0] = true;
    return record_unproven(&header, number_of(world, count));
}

/* Of any form; or one that there is, with a proof that holds under no key. */
static struct record *draw_record(struct world *world, size_t count)
{
    size_t lot = world_below(world, 100);

    if (count > 0 && lot < 12) {
        size_t i = world_below(world, count);
        if (world_author(world, i)->form != AUTHOR_ANONYMOUS)
            return record_with_junk(world->records[i], number_of(world, count));
    }
    if (lot < 70)
        return draw_named(world, count);
    return lot < 84 ? draw_anonymous(world, count) : draw_owner(world, count);
}

struct world *world_new(uint64_t seed)
{
    struct world *world = memory_new(1, sizeof *world);

    world->seed = world->state = seed;
    world->now_ms = WORLD_NOW;
    world->run_max = (unsigned)(1 + world_below(world, 5));
    for (unsigned i = 0; i < WORLD_RINGS; i++)
        world->rings[i] = digest_numbered(i);
    for (unsigned i = 0; i < WORLD_FEEDS; i++)
        world->feeds[i] = (struct feed){digest_numbered(authorities[i]), 1 + i};
    for (size_t i = 0; i < WORLD_RECORDS; i++) {
        world->records[i] = draw_record(world, i);
    }
    for (size_t i = 0; i < WORLD_FEEDS; i++)
        draw_rules(world, i);
    for (unsigned i = 0; i < 2; i++)
        draw_head(world, i);
    world->ring_listed[0] = world_percent(world, 50);
    world->set = world_set(world);
    return world;
}

void world_free(struct world *world)
{
    set_free(world->set);
    for (size_t i = 0; i < WORLD_RECORDS; i++)
        record_free(world->records[i]);
    free(world);
}

/* --- What naive f says --- */

struct naive_world world_naive(struct world *world, const bool chosen[WORLD_RECORDS],
                               struct record *heard[WORLD_RECORDS])
{
    struct naive_world naive = {
        .records = heard, .rules = set_rules_of(world), .run_max = world->run_max};

    for (size_t i = 0; i < WORLD_RECORDS; i++)
        if (chosen[i])
            heard[naive.count++] = world->records[i];
    return naive;
}

void world_naive_set(struct world *world, const bool chosen[WORLD_RECORDS], bool in[WORLD_RECORDS],
                     enum text_standing texts[WORLD_RECORDS])
{
    struct record *heard[WORLD_RECORDS];
    bool heard_in[WORLD_RECORDS];
    enum text_standing heard_texts[WORLD_RECORDS];
    struct naive_world naive = world_naive(world, chosen, heard);

    naive_set(&naive, heard_in);
    naive_texts(&naive, heard_in, heard_texts);
    for (size_t i = 0, k = 0; i < WORLD_RECORDS; i++) {
        in[i] = chosen[i] && heard_in[k];
        texts[i] = chosen[i] ? heard_texts[k] : TEXT_STANDS;
        k += chosen[i];
    }
}

bool world_holds_unnamed(const struct world *world, size_t i)
{
    const struct author *author = world_author(world, i);

    if (author->form == AUTHOR_ANONYMOUS)
        return world->ring_listed[ring_of(world, author)] && world->ring_signed[i];
    return world->signed_by[i][WORLD_KEYS - 1];
}
