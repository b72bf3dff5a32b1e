#include "protocol/set_inside.h"
#include "tests/protocol/authors.h"
#include "tests/protocol/naive_set.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypto/secret.h"

/* Small worlds at random: whatever is heard, in whatever order, whatever the charter does
 * meanwhile, after every step the set is what naive f says. A failure prints the seed; with
 * CANDOUR_SEED it is run alone, and CANDOUR_WORLDS asks for more of them. */

#define RECORDS 22
#define STEPS 45
#define FEEDS 3
#define KEYS 4
#define NOW INT64_C(1000000)

struct world {
    uint64_t seed, state;
    struct feed feeds[FEEDS];
    struct feed_rules rules[FEEDS];
    struct record *records[RECORDS];
    bool signed_by[RECORDS][KEYS];
    unsigned run_max;

    struct set *set;
    int64_t now_ms;
    bool offered[RECORDS];
    bool given[RECORDS];
    bool told[RECORDS]; /* In the set, as the changes told it. */
};

static struct signing_key *keys[KEYS];

static void start(void)
{
    crypto_start();
    for (unsigned i = 0; i < KEYS; i++)
        keys[i] = key_numbered(100 + i);
}

static void stop(void)
{
    for (unsigned i = 0; i < KEYS; i++)
        signing_key_free(keys[i]);
}

TestSuite(set_random, .init = start, .fini = stop, .timeout = 280);

/* splitmix64 */
static uint64_t draw(struct world *world)
{
    uint64_t z = world->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static size_t below(struct world *world, size_t limit)
{
    return (size_t)(draw(world) % limit);
}

static bool percent(struct world *world, unsigned chance)
{
    return below(world, 100) < chance;
}

/* --- The charter of a world --- */

static struct feed_rules rules_of(void *context, const struct feed *feed)
{
    const struct world *world = context;

    for (size_t i = 0; i < FEEDS; i++)
        if (feed_equal(&world->feeds[i], feed))
            return world->rules[i];
    return (struct feed_rules){0};
}

/* Mostly a record of the feed where it says it is; also one of another feed, at another seq, or one
 * that nobody will ever hear. */
static struct cut draw_cut(struct world *world, size_t feed)
{
    size_t i = below(world, RECORDS);

    for (unsigned tries = 0; tries < 40 && !percent(world, 5); tries++) {
        if (feed_equal(&record_header(world->records[i])->author.feed, &world->feeds[feed]))
            break;
        i = below(world, RECORDS);
    }
    struct cut cut = {record_header(world->records[i])->author.seq, *record_id(world->records[i])};
    if (percent(world, 10))
        cut.seq = below(world, 6);
    if (percent(world, 10))
        cut.id = digest_numbered((unsigned)below(world, 1000));
    return cut;
}

static void draw_rules(struct world *world, size_t feed)
{
    struct feed_rules *rules = &world->rules[feed];

    *rules = (struct feed_rules){.listed = !percent(world, 10)};
    if (!rules->listed)
        return;
    for (size_t k = 0; k < KEYS; k++)
        if (percent(world, k == feed ? 85 : 15))
            rules->keys[rules->key_count++] = *signing_key_public(keys[k]);
    for (size_t most = percent(world, 55) ? 0 : 1 + below(world, 3); rules->cut_count < most;)
        rules->cuts[rules->cut_count++] = draw_cut(world, feed);
}

/* --- The records of a world --- */

static int64_t draw_time(struct world *world)
{
    return percent(world, 85) ? NOW : NOW + GRACE_MS + 1 + (int64_t)below(world, 100);
}

/* One that goes on from another, or from none: from the last one as a rule, else from any. */
static struct record *draw_prev(struct world *world, size_t feed, size_t count)
{
    struct record *prev = NULL;

    if (percent(world, 8))
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (feed_equal(&record_header(world->records[i])->author.feed, &world->feeds[feed]) &&
            (prev == NULL || percent(world, 70)))
            prev = world->records[i];
    return count > 0 && percent(world, 5) ? world->records[below(world, count)] : prev;
}

/* The same again, with a seq that does not follow that of its prev. */
static struct record *with_leap(struct world *world, struct record *record,
                                const struct signing_key *key)
{
    struct header header = *record_header(record);
    struct salt salt = *record_salt(record);

    if (header.author.seq == 1)
        return record;
    header.author.seq = 2 + below(world, 5);
    struct record *leap = record_sign(&header, &salt, record_content(record), key);
    record_free(record);
    return leap;
}

static struct record *draw_record(struct world *world, size_t count)
{
    size_t feed = below(world, FEEDS);
    struct record *prev = draw_prev(world, feed, count);
    size_t key = percent(world, 75) ? feed : below(world, KEYS);

    if (count > 0 && percent(world, 15))
        return record_with_junk(world->records[below(world, count)],
                                (unsigned)(1000 * world->seed + count));
    struct record *record = record_numbered((unsigned)(RECORDS * world->seed + count),
                                            &world->feeds[feed], prev, keys[key], draw_time(world));
    return percent(world, 5) ? with_leap(world, record, keys[key]) : record;
}

static bool signed_by(void *context, const struct record *record, const struct public_key *key)
{
    const struct world *world = context;

    for (size_t i = 0; i < RECORDS; i++)
        for (size_t k = 0; k < KEYS; k++)
            if (world->records[i] == record &&
                memcmp(signing_key_public(keys[k]), key, sizeof *key) == 0)
                return world->signed_by[i][k];
    return false;
}

static struct set *set_of(struct world *world)
{
    struct set *set = set_new((struct set_rules){world, rules_of});

    set_limit(set, world->run_max, ASIDE_MAX, ASIDE_BYTES_MAX);
    return set;
}

static struct world *world_new(uint64_t seed)
{
    struct world *world = memory_new(1, sizeof *world);

    world->seed = world->state = seed;
    world->now_ms = NOW;
    world->run_max = (unsigned)(1 + below(world, 5));
    for (unsigned i = 0; i < FEEDS; i++)
        world->feeds[i] = (struct feed){digest_numbered(i / 2), 1 + i % 2};
    for (size_t i = 0; i < RECORDS; i++) {
        world->records[i] = draw_record(world, i);
        for (size_t k = 0; k < KEYS; k++)
            world->signed_by[i][k] =
                record_proven_by(world->records[i], signing_key_public(keys[k]));
    }
    for (size_t i = 0; i < FEEDS; i++)
        draw_rules(world, i);
    world->set = set_of(world);
    return world;
}

static void world_free(struct world *world)
{
    set_free(world->set);
    for (size_t i = 0; i < RECORDS; i++)
        record_free(world->records[i]);
    free(world);
}

/* --- What naive f says --- */

/* Of the records chosen, those in the set. */
static void naive_of(struct world *world, const bool chosen[RECORDS], bool in[RECORDS])
{
    struct record *heard[RECORDS];
    bool heard_in[RECORDS];
    struct naive_world naive = {heard, 0, {world, rules_of}, world->run_max, signed_by, world};

    for (size_t i = 0; i < RECORDS; i++)
        if (chosen[i])
            heard[naive.count++] = world->records[i];
    naive_set(&naive, heard_in);
    for (size_t i = 0, k = 0; i < RECORDS; i++)
        in[i] = chosen[i] && heard_in[k++];
}

static int order_of_tips(const void *a, const void *b)
{
    const struct tip *first = a, *second = b;
    int order = feed_compare(&first->feed, &second->feed);

    if (order == 0)
        order = (first->seq > second->seq) - (first->seq < second->seq);
    return order != 0 ? order : digest_compare(&first->id, &second->id);
}

static size_t naive_tips(const struct world *world, const bool in[RECORDS],
                         struct tip tips[RECORDS])
{
    size_t count = 0;

    for (size_t i = 0; i < RECORDS; i++) {
        const struct author *author = &record_header(world->records[i])->author;
        bool goes_on = false;
        for (size_t k = 0; k < RECORDS; k++)
            goes_on =
                goes_on || (in[k] && digest_equal(record_id(world->records[i]),
                                                  &record_header(world->records[k])->author.prev));
        if (in[i] && !goes_on)
            tips[count++] = (struct tip){author->feed, author->seq, *record_id(world->records[i])};
    }
    qsort(tips, count, sizeof *tips, order_of_tips);
    return count;
}

static struct digest naive_bucket(const struct tip *tips, size_t count, unsigned bucket)
{
    struct digest_state digest;

    digest_begin(&digest, "candour/1/bucket");
    for (size_t i = 0; i < count; i++) {
        if (tips[i].feed.authority.bytes[0] / 4 != bucket)
            continue;
        digest_add(&digest, tips[i].feed.authority.bytes, 32);
        digest_add_be4(&digest, tips[i].feed.number);
        digest_add_be4(&digest, (uint32_t)(tips[i].seq >> 32));
        digest_add_be4(&digest, (uint32_t)tips[i].seq);
        digest_add(&digest, tips[i].id.bytes, 32);
    }
    return digest_end(&digest);
}

/* --- Comparing --- */

#define SAME(world, what) cr_assert(what, "seed %llu: " #what, (unsigned long long)(world)->seed)

static void check_tips(struct world *world, struct set *set, const bool in[RECORDS])
{
    struct tip naive[RECORDS], tips[RECORDS + 1];
    size_t count = naive_tips(world, in, naive);

    SAME(world, set_tips(set, NULL, tips, RECORDS + 1) == count);
    for (size_t i = 0; i < count; i++) {
        SAME(world, order_of_tips(&tips[i], &naive[i]) == 0);
        SAME(world, set_tips(set, &tips[i], tips + i + 1, 1) == (i + 1 < count));
        tips[i + 1] = i + 1 < count ? naive[i + 1] : tips[i + 1];
    }
    for (size_t i = 0; i < FEEDS; i++) {
        unsigned bucket = world->feeds[i].authority.bytes[0] / 4;
        struct digest expected = naive_bucket(naive, count, bucket);
        struct digest got = set_bucket_digest(set, bucket);
        SAME(world, digest_equal(&got, &expected));
    }
}

static void check_standings(struct world *world, struct set *set, const bool in[RECORDS])
{
    size_t counts[STANDING_IN + 1] = {0};

    for (size_t i = 0; i < RECORDS; i++) {
        enum standing expected = !world->offered[i] ? STANDING_UNKNOWN
                                 : !world->given[i] ? STANDING_WAITING
                                 : in[i]            ? STANDING_IN
                                                    : STANDING_ASIDE;
        SAME(world, set_standing(set, record_id(world->records[i])) == expected);
        SAME(world, world->told[i] == in[i]);
        counts[expected]++;
    }
    for (enum standing s = STANDING_WAITING; s <= STANDING_IN; s++)
        SAME(world, set_count(set, s) == counts[s]);
}

/* Whatever is in the set can be sent: its chain, from the start and from any record on it. */
static void check_paths(struct world *world, const bool in[RECORDS])
{
    size_t i = below(world, RECORDS), have = below(world, RECORDS);
    struct entries whole = {0}, rest = {0};

    if (!in[i])
        return;
    SAME(world, set_path(world->set, record_id(world->records[i]), NULL, 0, &whole));
    SAME(world, whole.count == record_header(world->records[i])->author.seq);
    SAME(world, digest_equal(&whole.list[whole.count - 1].id, record_id(world->records[i])));
    const struct digest *known = record_id(world->records[have]);
    SAME(world, set_path(world->set, record_id(world->records[i]), known, 1, &rest));
    size_t skipped = whole.count - rest.count;
    SAME(world, skipped == 0 || digest_equal(&whole.list[skipped - 1].id, known));
    for (size_t k = 0; k < rest.count; k++)
        SAME(world, digest_equal(&whole.list[skipped + k].id, &rest.list[k].id));
    entries_release(&whole);
    entries_release(&rest);
}

static void check(struct world *world)
{
    bool in[RECORDS];

    naive_of(world, world->given, in);
    check_standings(world, world->set, in);
    check_tips(world, world->set, in);
    check_paths(world, in);
}

static size_t index_of(const struct world *world, const struct digest *id)
{
    for (size_t i = 0; i < RECORDS; i++)
        if (digest_equal(record_id(world->records[i]), id))
            return i;
    cr_assert_fail("seed %llu: a change tells of an unknown record",
                   (unsigned long long)world->seed);
    return 0;
}

/* Every change turns something around, and an ancestor enters before its descendant. */
static void take_changes(struct world *world, struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        size_t index = index_of(world, &changes->list[i].id);
        const struct author *author = &record_header(world->records[index])->author;
        SAME(world, world->told[index] != changes->list[i].in);
        world->told[index] = changes->list[i].in;
        if (changes->list[i].in && author->seq > 1)
            SAME(world, world->told[index_of(world, &author->prev)]);
    }
    changes_release(changes);
}

/* --- Steps --- */

static void step_offer(struct world *world)
{
    struct changes changes = {0};
    size_t i = below(world, RECORDS);
    enum offer offer = set_offer(world->set, world->records[i], world->now_ms, &changes);

    SAME(world, offer == (world->offered[i] ? OFFER_KNOWN : OFFER_TAKEN));
    bool due = record_header(world->records[i])->time_ms - GRACE_MS <= world->now_ms;
    world->given[i] = world->given[i] || (!world->offered[i] && due);
    world->offered[i] = true;
    take_changes(world, &changes);
}

static void step_charter(struct world *world)
{
    struct changes changes = {0};

    draw_rules(world, below(world, FEEDS));
    set_charter_changed(world->set, &changes);
    take_changes(world, &changes);
}

static void step_time(struct world *world)
{
    struct changes changes = {0};
    int64_t next = INT64_MAX;

    world->now_ms += (int64_t)below(world, 40);
    int64_t due_ms = set_tick(world->set, world->now_ms, &changes);
    for (size_t i = 0; i < RECORDS; i++) {
        int64_t due = record_header(world->records[i])->time_ms - GRACE_MS;
        world->given[i] = world->given[i] || (world->offered[i] && due <= world->now_ms);
        if (world->offered[i] && !world->given[i] && due < next)
            next = due;
    }
    SAME(world, due_ms == next);
    take_changes(world, &changes);
}

/* Stop and start again from what a store kept. Of some it says wrongly whether they are in. */
static void step_restart(struct world *world)
{
    struct changes changes = {0};
    struct set *set = set_of(world);
    size_t first = below(world, RECORDS);

    for (size_t k = 0; k < RECORDS; k++) {
        size_t i = (first + 7 * k) % RECORDS;
        const struct digest *id = record_id(world->records[i]);
        if (!world->offered[i])
            continue;
        if (world->given[i] && percent(world, 10))
            world->told[i] = !world->told[i];
        set_restore(set, world->records[i], set_signer(world->set, id), world->told[i]);
    }
    set_free(world->set);
    world->set = set;
    if (percent(world, 30))
        draw_rules(world, below(world, FEEDS));
    set_settle(set, world->now_ms, &changes);
    take_changes(world, &changes);
}

static void step(struct world *world)
{
    size_t lot = below(world, 100);

    if (lot < 70)
        step_offer(world);
    else if (lot < 85)
        step_charter(world);
    else if (lot < 97)
        step_time(world);
    else
        step_restart(world);
    check(world);
}

/* --- Worlds --- */

static void each_world(uint64_t worlds, void (*run)(struct world *world))
{
    const char *more = getenv("CANDOUR_WORLDS"), *one = getenv("CANDOUR_SEED");
    uint64_t first = one == NULL ? 1 : strtoull(one, NULL, 10);

    if (more != NULL)
        worlds = strtoull(more, NULL, 10);
    for (uint64_t seed = first; seed < first + (one == NULL ? worlds : 1); seed++) {
        struct world *world = world_new(seed);
        run(world);
        world_free(world);
    }
}

static void live(struct world *world)
{
    for (unsigned i = 0; i < STEPS; i++)
        step(world);
}

Test(set_random, is_what_naive_f_says_after_every_step)
{
    each_world(1500, live);
}

/* --- Two nodes --- */

static void offer_all(struct world *world, struct set *set, const bool chosen[RECORDS])
{
    size_t first = below(world, RECORDS);
    struct changes changes = {0};

    for (size_t k = 0; k < RECORDS; k++)
        if (chosen[(first + 5 * k) % RECORDS])
            set_offer(set, world->records[(first + 5 * k) % RECORDS], INT64_MAX / 2, &changes);
    changes_release(&changes);
}

static void draw_half(struct world *world, bool chosen[RECORDS])
{
    for (size_t i = 0; i < RECORDS; i++)
        chosen[i] = percent(world, 55);
}

static void unite(bool both[RECORDS], const bool a[RECORDS], const bool b[RECORDS])
{
    for (size_t i = 0; i < RECORDS; i++)
        both[i] = a[i] || b[i];
}

/* Two that heard different things, in different orders, and then all of each other's. */
static void meet(struct world *world)
{
    bool a[RECORDS], b[RECORDS], both[RECORDS], in[RECORDS];
    struct set *first = set_of(world), *second = set_of(world);
    struct digest charter = digest_numbered(7);

    draw_half(world, a);
    draw_half(world, b);
    unite(both, a, b);
    offer_all(world, first, a);
    offer_all(world, second, b);
    offer_all(world, second, a);
    offer_all(world, first, b);
    naive_of(world, both, in);
    for (size_t i = 0; i < RECORDS; i++) {
        const struct digest *id = record_id(world->records[i]);
        SAME(world, (set_standing(first, id) == STANDING_IN) == in[i]);
        SAME(world, (set_standing(second, id) == STANDING_IN) == in[i]);
    }
    struct digest one = set_state_digest(first, &charter),
                  other = set_state_digest(second, &charter);
    SAME(world, digest_equal(&one, &other));
    set_free(first);
    set_free(second);
}

Test(set_random, is_the_same_for_all_who_heard_the_same)
{
    each_world(400, meet);
}

static struct naive_world naive_all(struct world *world)
{
    return (struct naive_world){world->records, RECORDS,   {world, rules_of},
                                world->run_max, signed_by, world};
}

/* Leaves out what is not linked by what is chosen. */
static void close_downwards(struct world *world, bool chosen[RECORDS])
{
    struct naive_world all = naive_all(world);

    for (size_t i = 0; i < RECORDS; i++) {
        bool whole = naive_linked(&all, i);
        for (size_t k = 0; k < RECORDS; k++)
            whole = whole && (chosen[k] || !naive_leads_to(&all, k, i));
        chosen[i] = whole && chosen[i];
    }
}

/* What a node has after it forgot all that is undecided: the set, and the chains of cuts. */
static void keep(struct world *world, const bool heard[RECORDS], bool kept[RECORDS])
{
    struct naive_world all = naive_all(world);

    naive_of(world, heard, kept);
    for (size_t i = 0; i < RECORDS; i++) {
        struct feed_rules rules = rules_of(world, &record_header(world->records[i])->author.feed);
        for (size_t c = 0; c < rules.cut_count; c++)
            if (heard[i] && digest_equal(&rules.cuts[c].id, record_id(world->records[i])))
                for (size_t k = 0; k < RECORDS; k++)
                    kept[k] = kept[k] || naive_leads_to(&all, k, i);
    }
}

/* f(f(A) and f(B)) = f(A and B), taken over what a node keeps: with whole chains, nobody who forgot
 * what was undecided keeps two nodes apart. */
static void forget(struct world *world)
{
    bool a[RECORDS], b[RECORDS], both[RECORDS], kept_a[RECORDS], kept_b[RECORDS], kept[RECORDS];
    bool in[RECORDS], in_of_kept[RECORDS];

    draw_half(world, a);
    draw_half(world, b);
    close_downwards(world, a);
    close_downwards(world, b);
    unite(both, a, b);
    keep(world, a, kept_a);
    keep(world, b, kept_b);
    unite(kept, kept_a, kept_b);
    naive_of(world, both, in);
    naive_of(world, kept, in_of_kept);
    SAME(world, memcmp(in, in_of_kept, sizeof in) == 0);
}

Test(set_random, loses_nothing_where_the_undecided_is_forgotten)
{
    each_world(400, forget);
}
