#include "protocol/set_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What two nodes compare: docs/protocol.md, section 9. */

#define WEEK_MS (UINT64_C(7) * 24 * 3600 * 1000)

/* --- Tips --- */

static unsigned bucket_of(const struct digest *authority)
{
    return authority->bytes[0] >> 2;
}

/* The first of these, which ascend, that is not before (seq, id). */
static size_t position(const struct set *set, const struct indices *indices, uint64_t seq,
                       const struct digest *id)
{
    size_t low = 0, high = indices->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (item_order(&set->items[indices->list[middle]], seq, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t tip_position(const struct set *set, const struct feed_state *state, uint32_t index)
{
    return position(set, &state->tips, set->items[index].seq, &set->items[index].id);
}

/* `tip` goes on from `old` (NONE: from nothing in the set). */
void tips_replace(struct set *set, uint32_t feed, uint32_t old, uint32_t tip)
{
    struct feed_state *state = &set->feeds[feed];
    size_t at = old == NONE ? state->tips.count : tip_position(set, state, old);

    if (at < state->tips.count && state->tips.list[at] == old)
        indices_remove(&state->tips, at);
    indices_insert(&state->tips, tip_position(set, state, tip), tip);
    set->bucket_known[bucket_of(&state->feed.authority)] = false;
}

/* The next sibling in the set, this item included. An owner's record is no branch. */
static uint32_t first_in(const struct set *set, uint32_t index)
{
    while (index != NONE && !item_is(set, index, MARK_IN | MARK_LINKED))
        index = set->items[index].next_sibling;
    return index;
}

static int order_of_tips(const void *a, const void *b)
{
    const struct item *const *first = a, *const *second = b;

    return item_order(*first, (*second)->seq, &(*second)->id);
}

void tips_rebuild(struct set *set, uint32_t feed)
{
    struct feed_state *state = &set->feeds[feed];

    state->tips.count = 0;
    for (uint32_t at = linked_first(set, feed); at != NONE; at = linked_next(set, at))
        if (item_is(set, at, MARK_IN) && first_in(set, set->items[at].first_child) == NONE)
            indices_push(&state->tips, at);
    indices_sort(set, &state->tips, order_of_tips);
    set->bucket_known[bucket_of(&state->feed.authority)] = false;
}

static struct tip tip_of(const struct set *set, const struct feed_state *state, size_t at)
{
    const struct item *item = &set->items[state->tips.list[at]];

    return (struct tip){state->feed, item->seq, item->id};
}

/* The tips of one feed from this position on. */
static size_t copy_tips(const struct set *set, const struct feed_state *state, size_t at,
                        struct tip *tips, size_t most)
{
    size_t count = 0;

    for (; at < state->tips.count && count < most; at++)
        tips[count++] = tip_of(set, state, at);
    return count;
}

/* The first that comes after (seq, id). */
static size_t position_after(const struct set *set, const struct indices *indices, uint64_t seq,
                             const struct digest *id)
{
    size_t at = position(set, indices, seq, id);

    if (at < indices->count && item_order(&set->items[indices->list[at]], seq, id) == 0)
        at++;
    return at;
}

size_t set_feed_tips(const struct set *set, const struct feed *feed, const struct tip *after,
                     struct tip *tips, size_t most)
{
    const struct feed_state *state = feeds_find(set, feed);

    if (state == NULL)
        return 0;
    size_t at = after == NULL ? 0 : position_after(set, &state->tips, after->seq, &after->id);
    return copy_tips(set, state, at, tips, most);
}

/* --- Weeks --- */

static size_t week_position(const struct set *set, uint64_t number)
{
    size_t low = 0, high = set->week_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (set->weeks[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct week *week_find(const struct set *set, uint64_t number)
{
    size_t at = week_position(set, number);

    return at < set->week_count && set->weeks[at].number == number ? &set->weeks[at] : NULL;
}

static struct week *week_insert(struct set *set, uint64_t number)
{
    size_t at = week_position(set, number);

    if (set->week_count == set->week_capacity) {
        set->week_capacity = set->week_capacity == 0 ? 16 : 2 * set->week_capacity;
        set->weeks = memory_grow(set->weeks, set->week_capacity, sizeof *set->weeks);
    }
    memmove(&set->weeks[at + 1], &set->weeks[at], (set->week_count - at) * sizeof *set->weeks);
    set->weeks[at] = (struct week){.number = number};
    set->week_count++;
    return &set->weeks[at];
}

/* The first of the week's ids that is not before this one. */
static size_t id_position(const struct set *set, const struct week *week, const struct digest *id)
{
    size_t low = 0, high = week->items.count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (digest_compare(&set->items[week->items.list[middle]].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void weeks_add(struct set *set, uint32_t index)
{
    uint64_t number = set->items[index].seq / WEEK_MS;
    struct week *week = week_find(set, number);

    if (week == NULL)
        week = week_insert(set, number);
    indices_insert(&week->items, id_position(set, week, &set->items[index].id), index);
    week->known = false;
    set->weeks_known = false;
}

void weeks_remove(struct set *set, uint32_t index)
{
    struct week *week = week_find(set, set->items[index].seq / WEEK_MS);

    indices_remove(&week->items, id_position(set, week, &set->items[index].id));
    week->known = false;
    set->weeks_known = false;
    if (week->items.count > 0)
        return;
    free(week->items.list);
    set->week_count--;
    memmove(week, week + 1, (size_t)(set->weeks + set->week_count - week) * sizeof *week);
}

size_t set_week_ids(const struct set *set, uint64_t number, const struct digest *after,
                    struct digest *ids, size_t most)
{
    const struct week *week = week_find(set, number);
    size_t count = 0, at = 0;

    if (week == NULL)
        return 0;
    if (after != NULL) {
        at = id_position(set, week, after);
        if (at < week->items.count && digest_equal(&set->items[week->items.list[at]].id, after))
            at++;
    }
    for (; at < week->items.count && count < most; at++)
        ids[count++] = set->items[week->items.list[at]].id;
    return count;
}

/* --- Digests --- */

static void add_be8(struct digest_state *digest, uint64_t number)
{
    digest_add_be4(digest, (uint32_t)(number >> 32));
    digest_add_be4(digest, (uint32_t)number);
}

static void add_digest(struct digest_state *digest, const struct digest *added)
{
    digest_add(digest, added->bytes, DIGEST_SIZE);
}

static void add_feed(struct digest_state *digest, const struct feed *feed)
{
    add_digest(digest, &feed->authority);
    digest_add_be4(digest, feed->number);
}

static void add_tip(struct digest_state *digest, const struct item *tip)
{
    add_be8(digest, tip->seq);
    add_digest(digest, &tip->id);
}

/* The first feed, in order, of this bucket or a later one. */
static size_t bucket_start(const struct set *set, unsigned bucket)
{
    struct feed least = {.authority = {{(uint8_t)(bucket << 2)}}};

    return bucket == SET_BUCKETS ? set->feed_count : feeds_position(set, &least);
}

struct digest set_bucket_digest(struct set *set, unsigned bucket)
{
    struct digest_state digest;

    assert(bucket < SET_BUCKETS);
    if (set->bucket_known[bucket])
        return set->buckets[bucket];
    digest_begin(&digest, PURPOSE_BUCKET);
    for (size_t i = bucket_start(set, bucket), end = bucket_start(set, bucket + 1); i < end; i++) {
        const struct feed_state *state = &set->feeds[set->feed_order[i]];
        for (size_t k = 0; k < state->tips.count; k++) {
            add_feed(&digest, &state->feed);
            add_tip(&digest, &set->items[state->tips.list[k]]);
        }
    }
    set->buckets[bucket] = digest_end(&digest);
    set->bucket_known[bucket] = true;
    return set->buckets[bucket];
}

static const struct digest *week_digest(const struct set *set, struct week *week)
{
    struct digest_state digest;

    if (week->known)
        return &week->digest;
    digest_begin(&digest, PURPOSE_WEEK);
    add_be8(&digest, week->number);
    for (size_t i = 0; i < week->items.count; i++)
        add_digest(&digest, &set->items[week->items.list[i]].id);
    week->digest = digest_end(&digest);
    week->known = true;
    return &week->digest;
}

struct digest set_weeks_digest(struct set *set)
{
    struct digest_state digest;

    if (set->weeks_known)
        return set->weeks_digest;
    digest_begin(&digest, PURPOSE_WEEKS);
    for (size_t i = 0; i < set->week_count; i++)
        add_digest(&digest, week_digest(set, &set->weeks[i]));
    set->weeks_digest = digest_end(&digest);
    set->weeks_known = true;
    return set->weeks_digest;
}

struct digest set_state_digest(struct set *set, const struct digest *charter_digest)
{
    struct digest_state digest;

    digest_begin(&digest, PURPOSE_STATE);
    add_digest(&digest, charter_digest);
    for (unsigned i = 0; i < SET_BUCKETS; i++) {
        struct digest bucket = set_bucket_digest(set, i);
        add_digest(&digest, &bucket);
    }
    struct digest weeks = set_weeks_digest(set);
    add_digest(&digest, &weeks);
    return digest_end(&digest);
}

/* --- Short digests --- */

static void short_begin(struct digest_state *digest, const struct short_salt *salt)
{
    digest_begin(digest, PURPOSE_SHORT);
    digest_add(digest, salt->bytes, sizeof salt->bytes);
}

static uint64_t short_end(struct digest_state *digest)
{
    struct digest whole = digest_end(digest);
    uint64_t number = 0;

    for (unsigned i = 0; i < 8; i++)
        number = number << 8 | whole.bytes[i];
    return number;
}

static uint64_t short_of(const struct digest *digest, const struct short_salt *salt)
{
    struct digest_state state;

    short_begin(&state, salt);
    add_digest(&state, digest);
    return short_end(&state);
}

void set_bucket_shorts(struct set *set, const struct short_salt *salt,
                       uint64_t shorts[SET_BUCKETS + 1])
{
    for (unsigned i = 0; i < SET_BUCKETS; i++) {
        struct digest bucket = set_bucket_digest(set, i);
        shorts[i] = short_of(&bucket, salt);
    }
    struct digest weeks = set_weeks_digest(set);
    shorts[SET_WEEKS] = short_of(&weeks, salt);
}

static uint64_t short_of_feed(const struct set *set, const struct feed_state *state,
                              const struct short_salt *salt)
{
    struct digest_state digest;

    short_begin(&digest, salt);
    add_feed(&digest, &state->feed);
    for (size_t i = 0; i < state->tips.count; i++)
        add_tip(&digest, &set->items[state->tips.list[i]]);
    return short_end(&digest);
}

static void lines_add(struct lines *lines, struct line line)
{
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity == 0 ? 64 : 2 * lines->capacity;
        lines->list = memory_grow(lines->list, lines->capacity, sizeof *lines->list);
    }
    lines->list[lines->count++] = line;
}

static bool has_bucket(const struct buckets *buckets, unsigned bucket)
{
    return buckets->bits[bucket / 8] >> bucket % 8 & 1;
}

void set_lines(struct set *set, const struct buckets *buckets, const struct short_salt *salt,
               struct lines *lines)
{
    for (size_t i = 0; i < set->feed_count; i++) {
        const struct feed_state *state = &set->feeds[set->feed_order[i]];
        if (state->tips.count > 0 && has_bucket(buckets, bucket_of(&state->feed.authority)))
            lines_add(lines, (struct line){.feed = state->feed,
                                           .short_digest = short_of_feed(set, state, salt)});
    }
    for (size_t i = 0; i < set->week_count && has_bucket(buckets, SET_WEEKS); i++)
        lines_add(lines,
                  (struct line){.week = set->weeks[i].number,
                                .short_digest = short_of(week_digest(set, &set->weeks[i]), salt)});
}

void lines_release(struct lines *lines)
{
    free(lines->list);
    *lines = (struct lines){0};
}

/* --- Forks --- */

/* A feed has one tip more for each branch after the first. */
static size_t count_forks(const struct set *set)
{
    size_t count = 0;

    for (size_t i = 0; i < set->feed_count; i++)
        if (set->feeds[i].tips.count > 1)
            count += set->feeds[i].tips.count - 1;
    return count;
}

static size_t find_forks(const struct set *set, uint32_t feed, struct digest (*pairs)[2],
                         size_t most)
{
    size_t count = 0;

    for (uint32_t at = linked_first(set, feed); at != NONE && count < most;
         at = linked_next(set, at)) {
        if (!item_is(set, at, MARK_IN))
            continue;
        uint32_t other = first_in(set, set->items[at].next_sibling);
        if (other == NONE)
            continue;
        pairs[count][0] = set->items[at].id;
        pairs[count++][1] = set->items[other].id;
    }
    return count;
}

size_t set_forks(const struct set *set, struct digest (*pairs)[2], size_t most)
{
    size_t count = 0;

    if (pairs == NULL)
        return count_forks(set);
    for (uint32_t i = 0; i < set->feed_count && count < most; i++)
        if (set->feeds[i].tips.count > 1)
            count += find_forks(set, i, pairs + count, most - count);
    return count;
}
