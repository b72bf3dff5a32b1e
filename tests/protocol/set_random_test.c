#include "tests/protocol/authors.h"
#include "tests/protocol/set_tips.h"
#include "tests/protocol/set_world.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

/* Small worlds at random: whatever is heard, in whatever order and however much at once, whatever
 * the charter does meanwhile, after every step the set is what naive f says. A failure prints the
 * seed; with CANDOUR_SEED it is run alone, and CANDOUR_WORLDS asks for more of them. */

#define RECORDS WORLD_RECORDS
#define STEPS 40

TestSuite(set_random, .init = world_start, .fini = world_stop);

#define SAME(world, what) cr_assert(what, "seed %llu: " #what, (unsigned long long)(world)->seed)

static const struct digest *id_of(const struct world *world, size_t i)
{
    return record_id(world->records[i]);
}

/* What naive f says. */
struct answer {
    bool in[RECORDS];
    enum text_standing texts[RECORDS];
};

/* --- Tips and digests, worked out from it --- */

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
        const struct author *author = world_author(world, i);
        bool goes_on = !world_is_named(world, i);
        for (size_t k = 0; k < RECORDS; k++)
            goes_on = goes_on || (in[k] && world_is_named(world, k) &&
                                  digest_equal(id_of(world, i), &world_author(world, k)->prev));
        if (in[i] && !goes_on)
            tips[count++] = (struct tip){author->feed, author->seq, *id_of(world, i)};
    }
    qsort(tips, count, sizeof *tips, order_of_tips);
    return count;
}

static void add_be8(struct digest_state *digest, uint64_t number)
{
    digest_add_be4(digest, (uint32_t)(number >> 32));
    digest_add_be4(digest, (uint32_t)number);
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
        add_be8(&digest, tips[i].seq);
        digest_add(&digest, tips[i].id.bytes, 32);
    }
    return digest_end(&digest);
}

static bool has_tips(const struct tip *tips, size_t count, unsigned bucket)
{
    for (size_t i = 0; i < count; i++)
        if (tips[i].feed.authority.bytes[0] / 4 == bucket)
            return true;
    return false;
}

static int order_of_digests(const void *a, const void *b)
{
    return digest_compare(a, b);
}

/* The ids of a week, ascending. */
static size_t naive_week(const struct world *world, const bool in[RECORDS], uint64_t week,
                         struct digest ids[RECORDS])
{
    size_t count = 0;

    for (size_t i = 0; i < RECORDS; i++)
        if (in[i] && !world_is_named(world, i) &&
            (uint64_t)record_header(world->records[i])->time_ms / WORLD_WEEK == week)
            ids[count++] = *id_of(world, i);
    qsort(ids, count, sizeof *ids, order_of_digests);
    return count;
}

static struct digest naive_week_digest(uint64_t week, const struct digest *ids, size_t count)
{
    struct digest_state digest;

    digest_begin(&digest, "candour/1/week");
    add_be8(&digest, week);
    for (size_t i = 0; i < count; i++)
        digest_add(&digest, ids[i].bytes, 32);
    return digest_end(&digest);
}

#define WEEKS 12 /* That a world's records may be of. */

static struct digest naive_state(const struct world *world, const bool in[RECORDS])
{
    struct tip tips[RECORDS];
    struct digest charter = digest_numbered(9), ids[RECORDS];
    struct digest none = digest_of("candour/1/bucket", "", 0);
    size_t count = naive_tips(world, in, tips);
    struct digest_state digest, weeks;

    digest_begin(&digest, "candour/1/state");
    digest_add(&digest, charter.bytes, 32);
    for (unsigned bucket = 0; bucket < 64; bucket++) {
        struct digest of_bucket =
            has_tips(tips, count, bucket) ? naive_bucket(tips, count, bucket) : none;
        digest_add(&digest, of_bucket.bytes, 32);
    }
    digest_begin(&weeks, "candour/1/weeks");
    for (uint64_t week = 0; week < WEEKS; week++) {
        size_t of_week = naive_week(world, in, week, ids);
        struct digest of_ids = naive_week_digest(week, ids, of_week);
        if (of_week > 0)
            digest_add(&weeks, of_ids.bytes, 32);
    }
    struct digest of_weeks = digest_end(&weeks);
    digest_add(&digest, of_weeks.bytes, 32);
    return digest_end(&digest);
}

/* --- Comparing --- */

static void check_tips(struct world *world, struct set *set, const bool in[RECORDS])
{
    struct tip naive[RECORDS], tips[RECORDS + 1];
    size_t count = naive_tips(world, in, naive), extra = 0;

    SAME(world, tips_of_all(set, tips, RECORDS + 1) == count);
    for (size_t i = 0; i < count; i++) {
        SAME(world, order_of_tips(&tips[i], &naive[i]) == 0);
        bool more = i + 1 < count && feed_equal(&naive[i].feed, &naive[i + 1].feed);
        SAME(world, set_feed_tips(set, &naive[i].feed, &naive[i], tips + i + 1, 1) == more);
        tips[i + 1] = i + 1 < count ? naive[i + 1] : tips[i + 1];
        extra += more;
    }
    SAME(world, set_forks(set, NULL, 0) == extra);
    struct digest pairs[RECORDS][2];
    SAME(world, set_forks(set, pairs, RECORDS) == extra);
    for (size_t i = 0; i < extra; i++) {
        size_t one = world_find(world, &pairs[i][0]), other = world_find(world, &pairs[i][1]);
        SAME(world, in[one] && in[other] && one != other);
        SAME(world, feed_equal(&world_author(world, one)->feed, &world_author(world, other)->feed));
        SAME(world, world_author(world, one)->seq == world_author(world, other)->seq);
    }
}

static void check_weeks(struct world *world, struct set *set, const bool in[RECORDS])
{
    struct digest naive[RECORDS], ids[RECORDS];

    for (uint64_t week = 0; week < WEEKS; week++) {
        size_t count = naive_week(world, in, week, naive);
        SAME(world, set_week_ids(set, week, NULL, ids, RECORDS) == count);
        SAME(world, memcmp(ids, naive, count * sizeof *ids) == 0);
        if (count > 1) {
            SAME(world, set_week_ids(set, week, &naive[0], ids, 1) == 1);
            SAME(world, digest_equal(&ids[0], &naive[1]));
        }
    }
}

static void check_digests(struct world *world, struct set *set, const bool in[RECORDS])
{
    struct digest charter = digest_numbered(9);
    struct digest expected = naive_state(world, in), got = set_state_digest(set, &charter);

    SAME(world, digest_equal(&got, &expected));
}

static void check_standings(struct world *world, struct set *set, const struct answer *answer)
{
    size_t counts[STANDING_IN + 1] = {0};

    for (size_t i = 0; i < RECORDS; i++) {
        enum standing expected = !world->offered[i] ? STANDING_UNKNOWN
                                 : !world->given[i] ? STANDING_WAITING
                                 : answer->in[i]    ? STANDING_IN
                                                    : STANDING_ASIDE;
        SAME(world, set_standing(set, id_of(world, i)) == expected);
        SAME(world, world->told[i] == answer->in[i]);
        SAME(world, set_text(set, id_of(world, i)) == world->told_text[i]);
        SAME(world, !answer->in[i] || world->told_text[i] == answer->texts[i]);
        counts[expected]++;
    }
    for (enum standing s = STANDING_WAITING; s <= STANDING_IN; s++)
        SAME(world, set_count(set, s) == counts[s]);
}

/* No proof was tried twice while the charter stood. */
static void check_tries(struct world *world)
{
    for (size_t i = 0; i < RECORDS; i++)
        for (size_t k = 0; k < WORLD_KEYS; k++)
            SAME(world, !world->offered[i] || world->tries[i][k] <= 1);
}

/* --- Chains --- */

/* The chain that ends in record `i`, from its start; 0 where it is not for sending. */
static size_t naive_chain(struct world *world, const bool in[RECORDS], size_t tip,
                          size_t chain[RECORDS])
{
    struct record *heard[RECORDS];
    struct naive_world naive = world_naive(world, world->given, heard);
    size_t count = 0, ends[RECORDS] = {0};

    for (size_t i = 0, k = 0; i < RECORDS; i++)
        ends[i] = world->given[i] ? k++ : RECORDS;
    if (!world->given[tip] || !world->offered[tip] || !naive_linked(&naive, ends[tip]))
        return 0;
    struct feed_rules rules = naive.rules.of(naive.rules.context, &world_author(world, tip)->feed);
    bool served = in[tip];
    for (size_t c = 0; c < rules.cut_count; c++) {
        size_t named = world_find(world, &rules.cuts[c].id);
        if (named < RECORDS && world->given[named] && naive_linked(&naive, ends[named]))
            served = served || naive_leads_to(&naive, ends[tip], ends[named]);
    }
    for (uint64_t seq = 1; served && seq <= world_author(world, tip)->seq; seq++)
        for (size_t i = 0; i < RECORDS; i++)
            if (world->given[i] && world_is_named(world, i) && world_author(world, i)->seq == seq &&
                naive_linked(&naive, ends[i]) && naive_leads_to(&naive, ends[i], ends[tip]))
                chain[count++] = i;
    return count;
}

static void check_chain(struct world *world, const bool in[RECORDS])
{
    size_t tip = world_below(world, RECORDS), chain[RECORDS], erasures = 0;
    size_t count = naive_chain(world, in, tip, chain);
    uint64_t after = world_below(world, 5), until = world_below(world, 12), total;
    size_t most = world_below(world, 6);
    struct entry entries[RECORDS];

    size_t end = count < until ? count : (size_t)until, left = end > after ? end - after : 0;
    size_t got = set_chain(world->set, id_of(world, tip), after, until, entries, most, &total);
    SAME(world, total == left);
    SAME(world, got == (left < most ? left : most));
    for (size_t i = 0; i < got; i++)
        SAME(world, digest_equal(&entries[i].id, id_of(world, chain[after + i])));
    got = set_chain_erasures(world->set, id_of(world, tip), after, until, entries, RECORDS);
    for (uint64_t i = after; i < end; i++)
        if (record_erases(world->records[chain[i]])) {
            SAME(world, erasures < got);
            SAME(world, digest_equal(&entries[erasures].id, id_of(world, chain[i])));
            erasures++;
        }
    SAME(world, erasures == got);
}

static void check_feed(struct world *world, const bool in[RECORDS])
{
    const struct feed *feed = &world->feeds[world_below(world, WORLD_FEEDS)];
    uint64_t below = world_below(world, 10), highest = 0, longest = 0;
    size_t here = 0;
    struct tip head = {.seq = 0};

    for (size_t i = 0; i < RECORDS; i++) {
        if (!world_is_named(world, i) || !feed_equal(&world_author(world, i)->feed, feed))
            continue;
        uint64_t seq = world_author(world, i)->seq;
        here += world->offered[i];
        highest = in[i] && seq < below && seq > highest ? seq : highest;
        longest = in[i] && seq > longest ? seq : longest;
    }
    SAME(world, set_feed_count(world->set, feed) == here);
    SAME(world, set_highest_below(world->set, feed, below) == highest);
    SAME(world, set_head(world->set, feed, &head) == (longest > 0));
    SAME(world, head.seq == longest);
}

/* --- Why --- */

/* The erasures by which a text is hidden or erased: each has the right to it, or all of them have,
 * but no fewer. */
static void check_erasures(struct world *world, const struct answer *answer)
{
    size_t target = world_below(world, RECORDS), alone = 0;
    struct record *records[RECORDS];
    bool everything[RECORDS], acts[RECORDS] = {false};
    struct digest ids[RECORDS];
    size_t count = set_erasures_of(world->set, id_of(world, target), ids, RECORDS);

    memset(everything, true, sizeof everything);
    struct naive_world all = world_naive(world, everything, records);
    SAME(world, (count > 0) == (answer->in[target] && answer->texts[target] != TEXT_STANDS));
    for (size_t i = 0; i < count; i++) {
        bool one[RECORDS] = {false};
        one[world_find(world, &ids[i])] = true;
        alone += naive_erased(&all, one, target);
        acts[world_find(world, &ids[i])] = true;
    }
    SAME(world, count == 0 || naive_erased(&all, acts, target));
    SAME(world, alone == count || alone == 0);
    for (size_t i = 0; i < count && alone == 0; i++) {
        const struct digest *by = &world_author(world, world_find(world, &ids[i]))->feed.authority;
        bool others[RECORDS];
        for (size_t k = 0; k < RECORDS; k++)
            others[k] = acts[k] && !digest_equal(by, &world_author(world, k)->feed.authority);
        SAME(world, !naive_erased(&all, others, target));
    }
}

static void check_because(struct world *world, const bool in[RECORDS])
{
    size_t i = world_below(world, RECORDS);
    enum because because = set_because(world->set, id_of(world, i));
    struct digest missing;
    uint64_t seq;
    bool waits = set_missing(world->set, id_of(world, i), &missing, &seq);

    SAME(world, (because == BECAUSE_IN) == in[i]);
    SAME(world, (because == BECAUSE_UNKNOWN) == !world->offered[i]);
    SAME(world, (because == BECAUSE_TIME) == (world->offered[i] && !world->given[i]));
    SAME(world, !waits || (world->offered[i] && !in[i]));
    SAME(world, !waits || set_standing(world->set, &missing) == STANDING_UNKNOWN);
    SAME(world, !waits || (seq >= 1 && seq < world_author(world, i)->seq));
}

static void check(struct world *world)
{
    struct answer answer;

    world->deciding = false;
    world_naive_set(world, world->given, answer.in, answer.texts);
    check_standings(world, world->set, &answer);
    check_tips(world, world->set, answer.in);
    check_weeks(world, world->set, answer.in);
    check_digests(world, world->set, answer.in);
    check_chain(world, answer.in);
    check_feed(world, answer.in);
    check_erasures(world, &answer);
    check_because(world, answer.in);
    check_tries(world);
    world->deciding = true;
}

static size_t index_of(const struct world *world, const struct digest *id)
{
    size_t i = world_find(world, id);

    SAME(world, i < RECORDS);
    return i;
}

/* What a record that enters needs is there before it. */
static void take_in(struct world *world, size_t i)
{
    const struct author *author = world_author(world, i);

    SAME(world, !world->told[i]);
    world->told[i] = true;
    if (author->form == AUTHOR_NAMED && author->seq > 1)
        SAME(world, world->told[index_of(world, &author->prev)]);
    if (author->form == AUTHOR_OWNER)
        SAME(world, world->told[index_of(world, &author->record)]);
}

/* Every change turns something around, each record enters or leaves once, and texts come last. */
static void take_changes(struct world *world, struct changes *changes)
{
    bool turned[RECORDS] = {false}, texts = false;

    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->list[i];
        size_t index = index_of(world, &change->id);
        if (change->kind == CHANGE_TEXT) {
            SAME(world, world->told[index] && world->told_text[index] != change->text);
            world->told_text[index] = change->text;
            texts = true;
            continue;
        }
        SAME(world, !texts && !turned[index]);
        turned[index] = true;
        if (change->kind == CHANGE_IN) {
            take_in(world, index);
            continue;
        }
        SAME(world, world->told[index]);
        world->told[index] = false;
    }
    changes_release(changes);
}

/* --- Steps --- */

static bool is_due(const struct world *world, size_t i)
{
    return record_header(world->records[i])->time_ms - GRACE_MS <= world->now_ms;
}

static void offer_one(struct world *world)
{
    size_t i = world_below(world, RECORDS);
    enum offer offer = set_offer(world->set, world->records[i], world->now_ms);

    if (world->offered[i]) {
        SAME(world, offer == OFFER_KNOWN);
        return;
    }
    SAME(world, offer == OFFER_TAKEN || (offer == OFFER_NEVER && !world_is_named(world, i)));
    world->offered[i] = offer == OFFER_TAKEN;
    world->given[i] = world->given[i] || offer == OFFER_NEVER || is_due(world, i);
}

static void step_offer(struct world *world)
{
    struct changes changes = {0};

    for (size_t most = world_percent(world, 50) ? 1 : 1 + world_below(world, 12); most > 0; most--)
        offer_one(world);
    set_decide(world->set, &changes);
    take_changes(world, &changes);
}

static void step_charter(struct world *world)
{
    struct changes changes = {0};

    world_change_charter(world);
    set_charter_changed(world->set, &changes);
    take_changes(world, &changes);
}

static void step_time(struct world *world)
{
    struct changes changes = {0};
    int64_t next = INT64_MAX;

    world->now_ms += (int64_t)world_below(world, 40);
    int64_t due_ms = set_tick(world->set, world->now_ms, &changes);
    for (size_t i = 0; i < RECORDS; i++) {
        int64_t due = record_header(world->records[i])->time_ms - GRACE_MS;
        world->given[i] = world->given[i] || (world->offered[i] && is_due(world, i));
        if (world->offered[i] && !world->given[i] && due < next)
            next = due;
    }
    SAME(world, due_ms == next);
    take_changes(world, &changes);
}

/* Of some records the store says wrongly whether they are in the set, or how their texts stand: it
 * may be behind. But of one that is not named it says that it is only where it once was. */
static void doubt(struct world *world, size_t i)
{
    bool may_be_in = world_is_named(world, i) || world_holds_unnamed(world, i);

    if (world_percent(world, 10))
        world->told_text[i] = (enum text_standing)world_below(world, 3);
    if (world_percent(world, 10) && (world->told[i] || may_be_in))
        world->told[i] = !world->told[i];
}

static void restore(struct world *world, struct set *set, size_t i)
{
    const struct author *author = world_author(world, i);
    const struct public_key *signer = set_signer(world->set, id_of(world, i));

    if (world->given[i])
        doubt(world, i);
    struct skeleton skeleton = {.id = *id_of(world, i),
                                .named = author->form == AUTHOR_NAMED,
                                .feed = author->feed,
                                .seq = author->seq,
                                .prev = author->prev,
                                .in = world->told[i],
                                .text = world->told_text[i],
                                .has_signer = signer != NULL && world_percent(world, 75)};
    if (skeleton.has_signer)
        skeleton.signer = *signer;
    if (!skeleton.in || !skeleton.named || record_erases(world->records[i]) ||
        world_percent(world, 20))
        skeleton.record = world->records[i];
    set_restore(set, &skeleton);
}

/* Stop, and start again from what a store kept. */
static void step_restart(struct world *world)
{
    struct changes changes = {0};
    struct set *set = world_set(world);
    size_t first = world_below(world, RECORDS);

    memset(world->tries, 0, sizeof world->tries);
    for (size_t k = 0; k < RECORDS; k++)
        if (world->offered[(first + 7 * k) % RECORDS])
            restore(world, set, (first + 7 * k) % RECORDS);
    set_free(world->set);
    world->set = set;
    if (world_percent(world, 30))
        world_change_charter(world);
    set_settle(set, world->now_ms, &changes);
    take_changes(world, &changes);
}

static void step(struct world *world)
{
    size_t lot = world_below(world, 100);

    world->deciding = true;
    if (lot < 65)
        step_offer(world);
    else if (lot < 83)
        step_charter(world);
    else if (lot < 95)
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
    each_world(2000, live);
}

/* --- Two nodes --- */

static void offer_all(struct world *world, struct set *set, const bool chosen[RECORDS])
{
    size_t first = world_below(world, RECORDS);
    struct changes changes = {0};

    for (size_t k = 0; k < RECORDS; k++) {
        if (chosen[(first + 5 * k) % RECORDS])
            set_offer(set, world->records[(first + 5 * k) % RECORDS], INT64_MAX / 2);
        if (world_percent(world, 30))
            set_decide(set, &changes);
    }
    set_decide(set, &changes);
    changes_release(&changes);
}

static void draw_half(struct world *world, bool chosen[RECORDS])
{
    for (size_t i = 0; i < RECORDS; i++)
        chosen[i] = world_percent(world, 55);
}

static void unite(bool both[RECORDS], const bool a[RECORDS], const bool b[RECORDS])
{
    for (size_t i = 0; i < RECORDS; i++)
        both[i] = a[i] || b[i];
}

static void check_same(struct world *world, struct set *set, const struct answer *answer)
{
    for (size_t i = 0; i < RECORDS; i++) {
        SAME(world, (set_standing(set, id_of(world, i)) == STANDING_IN) == answer->in[i]);
        SAME(world, !answer->in[i] || set_text(set, id_of(world, i)) == answer->texts[i]);
    }
    check_digests(world, set, answer->in);
}

static struct lines lines_of(struct set *set)
{
    struct short_salt salt = {"the same for all"};
    struct buckets buckets;
    struct lines lines = {0};

    memset(&buckets, 0xff, sizeof buckets);
    set_lines(set, &buckets, &salt, &lines);
    return lines;
}

static void check_lines(struct world *world, struct set *first, struct set *second)
{
    struct lines one = lines_of(first), other = lines_of(second);

    SAME(world, one.count == other.count);
    for (size_t i = 0; i < one.count; i++) {
        SAME(world, feed_equal(&one.list[i].feed, &other.list[i].feed));
        SAME(world, one.list[i].week == other.list[i].week);
        SAME(world, one.list[i].short_digest == other.list[i].short_digest);
    }
    lines_release(&one);
    lines_release(&other);
}

/* Two that heard different things, in different orders, and then all of each other's. */
static void meet(struct world *world)
{
    bool a[RECORDS], b[RECORDS], both[RECORDS];
    struct answer answer;
    struct set *first = world_set(world), *second = world_set(world);

    draw_half(world, a);
    draw_half(world, b);
    unite(both, a, b);
    memset(world->given, true, sizeof world->given);
    offer_all(world, first, a);
    offer_all(world, second, b);
    offer_all(world, second, a);
    offer_all(world, first, b);
    world_naive_set(world, both, answer.in, answer.texts);
    check_same(world, first, &answer);
    check_same(world, second, &answer);
    check_lines(world, first, second);
    set_free(first);
    set_free(second);
}

Test(set_random, is_the_same_for_all_who_heard_the_same)
{
    each_world(1000, meet);
}

/* Leaves out what hangs on something that is not chosen. */
static void close_downwards(struct world *world, bool chosen[RECORDS])
{
    struct record *heard[RECORDS];
    bool everything[RECORDS];

    memset(everything, true, sizeof everything);
    struct naive_world all = world_naive(world, everything, heard);
    for (size_t i = 0; i < RECORDS; i++) {
        const struct author *author = world_author(world, i);
        size_t subject = world_find(world, &author->record);
        bool whole = author->form != AUTHOR_OWNER || (subject < RECORDS && chosen[subject]);
        if (author->form == AUTHOR_NAMED)
            whole = naive_linked(&all, i);
        for (size_t k = 0; k < RECORDS && author->form == AUTHOR_NAMED; k++)
            whole = whole && (chosen[k] || !naive_leads_to(&all, k, i));
        chosen[i] = whole && chosen[i];
    }
}

/* What a node has after it forgot all that is undecided: the set, and the chains of cuts. */
static void keep(struct world *world, const bool heard[RECORDS], bool kept[RECORDS])
{
    enum text_standing texts[RECORDS];
    struct record *records[RECORDS];
    bool everything[RECORDS];

    memset(everything, true, sizeof everything);
    struct naive_world all = world_naive(world, everything, records);
    world_naive_set(world, heard, kept, texts);
    for (size_t i = 0; i < RECORDS; i++) {
        if (!heard[i] || !world_is_named(world, i))
            continue;
        struct feed_rules rules = all.rules.of(world, &world_author(world, i)->feed);
        for (size_t c = 0; c < rules.cut_count; c++)
            for (size_t k = 0; k < RECORDS; k++)
                if (digest_equal(&rules.cuts[c].id, id_of(world, i)) && naive_leads_to(&all, k, i))
                    kept[k] = true;
    }
}

/* f(f(A) and f(B)) = f(A and B), taken over what a node keeps: with whole chains, nobody who forgot
 * what was undecided keeps two nodes apart. */
static void forget(struct world *world)
{
    bool a[RECORDS], b[RECORDS], both[RECORDS], kept_a[RECORDS], kept_b[RECORDS], kept[RECORDS];
    struct answer of_all, of_kept;

    draw_half(world, a);
    draw_half(world, b);
    close_downwards(world, a);
    close_downwards(world, b);
    unite(both, a, b);
    keep(world, a, kept_a);
    keep(world, b, kept_b);
    unite(kept, kept_a, kept_b);
    world_naive_set(world, both, of_all.in, of_all.texts);
    world_naive_set(world, kept, of_kept.in, of_kept.texts);
    SAME(world, memcmp(of_all.in, of_kept.in, sizeof of_all.in) == 0);
    SAME(world, memcmp(of_all.texts, of_kept.texts, sizeof of_all.texts) == 0);
}

Test(set_random, loses_nothing_where_the_undecided_is_forgotten)
{
    each_world(1000, forget);
}
