#include "protocol/set_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What two nodes compare, and the way from one's records to the other's. */

/* --- Tips --- */

static unsigned bucket_of(const struct digest *authority)
{
    return authority->bytes[0] >> 2;
}

/* By (seq, id). */
static int tip_compare(const struct item *a, uint64_t seq, const struct digest *id)
{
    return a->seq != seq ? (a->seq > seq) - (a->seq < seq) : digest_compare(&a->id, id);
}

/* The first tip that is not before (seq, id). */
static size_t tip_position(const struct set *set, const struct feed_state *state, uint64_t seq,
                           const struct digest *id)
{
    size_t low = 0, high = state->tip_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (tip_compare(&set->items[state->tips[middle]], seq, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t tip_position_of(const struct set *set, const struct feed_state *state, uint32_t index)
{
    return tip_position(set, state, set->items[index].seq, &set->items[index].id);
}

static void tips_remove(const struct set *set, struct feed_state *state, uint32_t index)
{
    size_t at = tip_position_of(set, state, index);

    if (at == state->tip_count || state->tips[at] != index)
        return;
    state->tip_count--;
    memmove(&state->tips[at], &state->tips[at + 1], (state->tip_count - at) * sizeof *state->tips);
}

static void tips_reserve(struct feed_state *state, size_t count)
{
    if (count <= state->tip_capacity)
        return;
    state->tip_capacity = count < 2 * state->tip_capacity ? 2 * state->tip_capacity : count;
    state->tips = memory_grow(state->tips, state->tip_capacity, sizeof *state->tips);
}

/* `tip` goes on from `old` (NONE: from nothing in the set). */
void tips_replace(struct set *set, uint32_t feed, uint32_t old, uint32_t tip)
{
    struct feed_state *state = &set->feeds[feed];

    if (old != NONE)
        tips_remove(set, state, old);
    size_t at = tip_position_of(set, state, tip);
    tips_reserve(state, state->tip_count + 1);
    memmove(&state->tips[at + 1], &state->tips[at], (state->tip_count - at) * sizeof *state->tips);
    state->tips[at] = tip;
    state->tip_count++;
    set->bucket_known[bucket_of(&state->feed.authority)] = false;
}

/* The next sibling in the set, this item included. */
static uint32_t first_in(const struct set *set, uint32_t index)
{
    while (index != NONE && !(set->items[index].marks & MARK_IN))
        index = set->items[index].next_sibling;
    return index;
}

static int order_of_tips(const void *a, const void *b)
{
    const struct item *const *first = a, *const *second = b;

    return tip_compare(*first, (*second)->seq, &(*second)->id);
}

void tips_rebuild(struct set *set, uint32_t feed)
{
    struct feed_state *state = &set->feeds[feed];
    struct indices *found = &set->scratch;

    found->count = 0;
    for (uint32_t at = linked_first(set, feed); at != NONE; at = linked_next(set, at))
        if ((set->items[at].marks & MARK_IN) && first_in(set, set->items[at].first_child) == NONE)
            indices_push(found, at);
    const struct item **sorted = memory_new(found->count, sizeof(*sorted));
    for (size_t i = 0; i < found->count; i++)
        sorted[i] = &set->items[found->list[i]];
    qsort(sorted, found->count, sizeof(*sorted), order_of_tips);
    tips_reserve(state, found->count);
    state->tip_count = found->count;
    for (size_t i = 0; i < found->count; i++)
        state->tips[i] = (uint32_t)(sorted[i] - set->items);
    free(sorted);
    set->bucket_known[bucket_of(&state->feed.authority)] = false;
}

static struct tip tip_of(const struct set *set, const struct feed_state *state, size_t at)
{
    const struct item *item = &set->items[state->tips[at]];

    return (struct tip){state->feed, item->seq, item->id};
}

size_t set_tips(const struct set *set, const struct tip *after, struct tip *tips, size_t most)
{
    size_t position = after == NULL ? 0 : feeds_position(set, &after->feed), count = 0;

    for (; position < set->feed_count && count < most; position++) {
        const struct feed_state *state = &set->feeds[set->feed_order[position]];
        size_t at = 0;
        if (after != NULL && feed_equal(&state->feed, &after->feed)) {
            at = tip_position(set, state, after->seq, &after->id);
            if (at < state->tip_count && digest_equal(&set->items[state->tips[at]].id, &after->id))
                at++;
        }
        for (; at < state->tip_count && count < most; at++)
            tips[count++] = tip_of(set, state, at);
    }
    return count;
}

bool set_head(const struct set *set, const struct feed *feed, struct tip *head)
{
    const struct feed_state *state = feeds_find(set, feed);

    if (state == NULL || state->tip_count == 0)
        return false;
    const struct item *last = &set->items[state->tips[state->tip_count - 1]];
    struct digest least = {0};
    *head = tip_of(set, state, tip_position(set, state, last->seq, &least));
    return true;
}

/* --- Digests --- */

static void add_be8(struct digest_state *digest, uint64_t number)
{
    digest_add_be4(digest, (uint32_t)(number >> 32));
    digest_add_be4(digest, (uint32_t)number);
}

static void add_tips(const struct set *set, const struct feed_state *state,
                     struct digest_state *digest)
{
    for (size_t i = 0; i < state->tip_count; i++) {
        struct tip tip = tip_of(set, state, i);
        digest_add(digest, tip.feed.authority.bytes, DIGEST_SIZE);
        digest_add_be4(digest, tip.feed.number);
        add_be8(digest, tip.seq);
        digest_add(digest, tip.id.bytes, DIGEST_SIZE);
    }
}

struct digest set_bucket_digest(struct set *set, unsigned bucket)
{
    struct feed least = {.authority = {{(uint8_t)(bucket << 2)}}};
    struct digest_state digest;

    assert(bucket < SET_BUCKETS);
    if (set->bucket_known[bucket])
        return set->buckets[bucket];
    digest_begin(&digest, PURPOSE_BUCKET);
    for (size_t at = feeds_position(set, &least); at < set->feed_count; at++) {
        const struct feed_state *state = &set->feeds[set->feed_order[at]];
        if (bucket_of(&state->feed.authority) != bucket)
            break;
        add_tips(set, state, &digest);
    }
    set->buckets[bucket] = digest_end(&digest);
    set->bucket_known[bucket] = true;
    return set->buckets[bucket];
}

struct digest set_state_digest(struct set *set, const struct digest *charter_digest)
{
    struct digest_state digest;

    digest_begin(&digest, PURPOSE_STATE);
    digest_add(&digest, charter_digest->bytes, DIGEST_SIZE);
    for (unsigned i = 0; i < SET_BUCKETS; i++) {
        struct digest bucket = set_bucket_digest(set, i);
        digest_add(&digest, bucket.bytes, DIGEST_SIZE);
    }
    return digest_end(&digest);
}

/* --- Forks --- */

size_t set_forks(const struct set *set, struct digest (*pairs)[2], size_t most)
{
    size_t count = 0;

    for (uint32_t feed = 0; feed < set->feed_count; feed++) {
        if (set->feeds[feed].tip_count < 2)
            continue;
        for (uint32_t at = linked_first(set, feed); at != NONE; at = linked_next(set, at)) {
            if (!(set->items[at].marks & MARK_IN))
                continue;
            uint32_t other = first_in(set, set->items[at].next_sibling);
            if (other == NONE)
                continue;
            if (pairs != NULL && count == most)
                return count;
            if (pairs != NULL) {
                pairs[count][0] = set->items[at].id;
                pairs[count][1] = set->items[other].id;
            }
            count++;
        }
    }
    return count;
}

/* --- Haves and paths --- */

static bool is_among(const struct digest *id, const struct digest *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (digest_equal(id, &ids[i]))
            return true;
    return false;
}

/* Appends the ids at distances 0, 1, 2, 4, ... back from a tip. */
static size_t add_haves(const struct set *set, uint32_t tip, struct digest *ids, size_t count,
                        size_t most)
{
    uint64_t distance = 0, next = 0;

    for (uint32_t at = tip; at != NONE && count < most; at = set->items[at].prev, distance++) {
        if (distance != next)
            continue;
        next = next == 0 ? 1 : 2 * next;
        if (!is_among(&set->items[at].id, ids, count))
            ids[count++] = set->items[at].id;
    }
    return count;
}

size_t set_haves(const struct set *set, const struct feed *feed, struct digest *ids, size_t most)
{
    const struct feed_state *state = feeds_find(set, feed);
    size_t count = 0;

    if (state == NULL)
        return 0;
    for (size_t i = state->tip_count; i > 0; i--)
        count = add_haves(set, state->tips[i - 1], ids, count, most);
    return count;
}

/* Is the item what a linked cut of its feed names, or its ancestor? */
static bool on_cut_chain(const struct set *set, uint32_t index)
{
    const struct item *item = &set->items[index];
    const struct feed_state *state = &set->feeds[item->feed];

    for (size_t i = 0; i < state->cut_count; i++) {
        uint32_t at = items_find(set, &state->cuts[i].id);
        if (at == NONE || !(set->items[at].marks & MARK_LINKED))
            continue;
        while (at != NONE && set->items[at].seq > item->seq)
            at = set->items[at].prev;
        if (at == index)
            return true;
    }
    return false;
}

static int order_of_indices(const void *a, const void *b)
{
    const uint32_t *first = a, *second = b;

    return (*first > *second) - (*first < *second);
}

/* The haves that are here, in ascending order. */
static struct indices find_haves(const struct set *set, const struct digest *haves, size_t count)
{
    struct indices found = {0};

    for (size_t i = 0; i < count; i++) {
        uint32_t index = items_find(set, &haves[i]);
        if (index != NONE)
            indices_push(&found, index);
    }
    if (found.count > 0)
        qsort(found.list, found.count, sizeof *found.list, order_of_indices);
    return found;
}

static void entries_add(struct entries *entries, const struct item *item)
{
    if (entries->count == entries->capacity) {
        entries->capacity = entries->capacity == 0 ? 64 : 2 * entries->capacity;
        entries->list = memory_grow(entries->list, entries->capacity, sizeof *entries->list);
    }
    entries->list[entries->count++] = (struct entry){item->id, item->size};
}

bool set_path(const struct set *set, const struct digest *tip, const struct digest *haves,
              size_t have_count, struct entries *path)
{
    uint32_t index = items_find(set, tip);
    struct indices chain = {0};

    if (index == NONE || !(set->items[index].marks & MARK_LINKED))
        return false;
    if (!(set->items[index].marks & MARK_IN) && !on_cut_chain(set, index))
        return false;
    struct indices known = find_haves(set, haves, have_count);
    for (; index != NONE; index = set->items[index].prev) {
        if (known.count > 0 &&
            bsearch(&index, known.list, known.count, sizeof index, order_of_indices) != NULL)
            break;
        indices_push(&chain, index);
    }
    while (chain.count > 0)
        entries_add(path, &set->items[chain.list[--chain.count]]);
    free(chain.list);
    free(known.list);
    return true;
}

bool set_entry(const struct set *set, const struct digest *id, struct entry *entry)
{
    uint32_t index = items_find(set, id);

    if (index == NONE || !(set->items[index].marks & MARK_HERE))
        return false;
    *entry = (struct entry){*id, set->items[index].size};
    return true;
}

void entries_release(struct entries *entries)
{
    free(entries->list);
    *entries = (struct entries){0};
}
