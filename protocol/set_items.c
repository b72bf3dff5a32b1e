#include "protocol/set_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- The table of ids --- */

/* An item's id may be a gap's, and that is any 32 bytes a stranger likes; so they are digested
 * first: whoever wants many ids in one place of the table must search for each of them. */
static uint32_t hash_of(const struct digest *id)
{
    struct digest digest = digest_of(PURPOSE_SLOT, id->bytes, sizeof id->bytes);
    uint32_t hash;

    memcpy(&hash, digest.bytes, sizeof hash);
    return hash;
}

static void slots_insert(struct set *set, struct slot slot)
{
    size_t mask = set->slot_count - 1, at = slot.hash & mask;

    while (set->slots[at].index_plus_one != 0)
        at = (at + 1) & mask;
    set->slots[at] = slot;
}

static void slots_grow(struct set *set)
{
    struct slot *old = set->slots;
    size_t old_count = set->slot_count;

    set->slot_count = old_count == 0 ? 64 : 2 * old_count;
    set->slots = memory_new(set->slot_count, sizeof *set->slots);
    for (size_t i = 0; i < old_count; i++)
        if (old[i].index_plus_one != 0)
            slots_insert(set, old[i]);
    free(old);
}

static uint32_t slots_find(const struct set *set, const struct digest *id, uint32_t hash)
{
    size_t mask = set->slot_count - 1;

    if (set->slot_count == 0)
        return NONE;
    for (size_t at = hash & mask; set->slots[at].index_plus_one != 0; at = (at + 1) & mask) {
        uint32_t index = set->slots[at].index_plus_one - 1;
        if (set->slots[at].hash == hash &&
            memcmp(set->items[index].id.bytes, id->bytes, DIGEST_SIZE) == 0)
            return index;
    }
    return NONE;
}

uint32_t items_find(const struct set *set, const struct digest *id)
{
    return slots_find(set, id, hash_of(id));
}

static uint32_t items_find_or_add(struct set *set, const struct digest *id)
{
    uint32_t hash = hash_of(id), index = slots_find(set, id, hash);

    if (index != NONE)
        return index;
    if (3 * (set->item_count + 1) > 2 * set->slot_count)
        slots_grow(set);
    if (set->item_count == set->item_capacity) {
        set->item_capacity = set->item_capacity == 0 ? 64 : 2 * set->item_capacity;
        set->items = memory_grow(set->items, set->item_capacity, sizeof *set->items);
    }
    index = (uint32_t)set->item_count++;
    assert(index < NONE);
    set->items[index] = (struct item){.id = *id,
                                      .feed = NONE,
                                      .prev = NONE,
                                      .first_child = NONE,
                                      .next_sibling = NONE,
                                      .signer = NO_SIGNER};
    slots_insert(set, (struct slot){hash, index + 1});
    return index;
}

/* --- Counting --- */

enum standing item_standing(const struct item *item)
{
    if (!(item->marks & MARK_HERE))
        return STANDING_UNKNOWN;
    if (item->marks & MARK_IN)
        return STANDING_IN;
    return item->marks & MARK_GIVEN ? STANDING_ASIDE : STANDING_WAITING;
}

static size_t held_bytes(const struct item *item)
{
    return record_header_bytes(item->record).size + record_proof(item->record).size;
}

/* Before an item changes it is counted out, and after it in again. */
static void count_out(struct set *set, const struct item *item)
{
    set->standings[item_standing(item)]--;
    if (item->record != NULL && !(item->marks & MARK_IN)) {
        set->undecided--;
        set->undecided_bytes -= held_bytes(item);
    }
}

static void count_in(struct set *set, const struct item *item)
{
    set->standings[item_standing(item)]++;
    if (item->record != NULL && !(item->marks & MARK_IN)) {
        set->undecided++;
        set->undecided_bytes += held_bytes(item);
    }
}

void item_mark(struct set *set, uint32_t index, uint8_t marks)
{
    struct item *item = &set->items[index];

    count_out(set, item);
    item->marks = marks;
    count_in(set, item);
}

void item_drop_record(struct set *set, uint32_t index)
{
    struct item *item = &set->items[index];

    count_out(set, item);
    record_free(item->record);
    item->record = NULL;
    count_in(set, item);
}

void item_shed_body(struct item *item)
{
    struct fault fault;

    if (item->record == NULL || !record_has_body(item->record))
        return;
    struct record *without = record_join(record_header_bytes(item->record),
                                         record_proof(item->record), NULL, bytes_of("", 0), &fault);
    assert(without != NULL);
    record_free(item->record);
    item->record = without;
}

bool item_is_cut(const struct set *set, const struct item *item)
{
    const struct feed_state *state = &set->feeds[item->feed];

    for (size_t i = 0; i < state->cut_count; i++)
        if (digest_equal(&state->cuts[i].id, &item->id))
            return true;
    return false;
}

/* --- Feeds --- */

size_t feeds_position(const struct set *set, const struct feed *feed)
{
    size_t low = 0, high = set->feed_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (feed_compare(&set->feeds[set->feed_order[middle]].feed, feed) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t feeds_index(const struct set *set, const struct feed *feed, size_t *position)
{
    *position = feeds_position(set, feed);
    if (*position == set->feed_count)
        return NONE;
    uint32_t index = set->feed_order[*position];
    return feed_equal(&set->feeds[index].feed, feed) ? index : NONE;
}

struct feed_state *feeds_find(const struct set *set, const struct feed *feed)
{
    size_t position;
    uint32_t index = feeds_index(set, feed, &position);

    return index == NONE ? NULL : &set->feeds[index];
}

static uint32_t feeds_find_or_add(struct set *set, const struct feed *feed)
{
    size_t position;
    uint32_t index = feeds_index(set, feed, &position);

    if (index != NONE)
        return index;
    if (set->feed_count == set->feed_capacity) {
        set->feed_capacity = set->feed_capacity == 0 ? 16 : 2 * set->feed_capacity;
        set->feeds = memory_grow(set->feeds, set->feed_capacity, sizeof *set->feeds);
        set->feed_order = memory_grow(set->feed_order, set->feed_capacity, sizeof *set->feed_order);
    }
    index = (uint32_t)set->feed_count;
    memmove(&set->feed_order[position + 1], &set->feed_order[position],
            (set->feed_count - position) * sizeof *set->feed_order);
    set->feed_order[position] = index;
    set->feed_count++;
    set->feeds[index] = (struct feed_state){.feed = *feed, .below = UINT64_MAX, .first_root = NONE};
    feed_load(set, &set->feeds[index]);
    return index;
}

uint16_t feed_key(struct feed_state *state, const struct public_key *key)
{
    for (size_t i = 0; i < state->key_count; i++)
        if (memcmp(state->keys[i].key.bytes, key->bytes, sizeof key->bytes) == 0)
            return (uint16_t)i;
    assert(state->key_count < NO_SIGNER);
    state->keys = memory_grow(state->keys, state->key_count + 1, sizeof *state->keys);
    state->keys[state->key_count] = (struct known_key){.key = *key};
    return (uint16_t)state->key_count++;
}

/* --- Items --- */

static void hang(struct set *set, uint32_t index, const struct author *author)
{
    uint32_t feed = feeds_find_or_add(set, &author->feed);
    uint32_t prev = author->seq == 1 ? NONE : items_find_or_add(set, &author->prev);
    struct item *item = &set->items[index];
    uint32_t *first = prev == NONE ? &set->feeds[feed].first_root : &set->items[prev].first_child;

    item->feed = feed;
    item->seq = author->seq;
    item->prev = prev;
    item->next_sibling = *first;
    *first = index;
}

uint32_t items_add(struct set *set, struct record *record)
{
    const struct header *header = record_header(record);
    uint32_t index = items_find_or_add(set, record_id(record));

    assert(!(set->items[index].marks & MARK_HERE));
    if (header->author.form == AUTHOR_NAMED)
        hang(set, index, &header->author);
    struct item *item = &set->items[index];
    item->record = record_hold(record);
    item->size = (uint32_t)held_bytes(item) + header->body_size;
    item->marks = MARK_HERE;
    count_in(set, item);
    return index;
}

/* --- Lists --- */

void indices_push(struct indices *indices, uint32_t index)
{
    if (indices->count == indices->capacity) {
        indices->capacity = indices->capacity == 0 ? 64 : 2 * indices->capacity;
        indices->list = memory_grow(indices->list, indices->capacity, sizeof *indices->list);
    }
    indices->list[indices->count++] = index;
}

static void swap(struct due *a, struct due *b)
{
    struct due kept = *a;

    *a = *b;
    *b = kept;
}

void waiting_push(struct set *set, int64_t time_ms, uint32_t index)
{
    if (set->waiting_count == set->waiting_capacity) {
        set->waiting_capacity = set->waiting_capacity == 0 ? 16 : 2 * set->waiting_capacity;
        set->waiting = memory_grow(set->waiting, set->waiting_capacity, sizeof *set->waiting);
    }
    size_t at = set->waiting_count++;
    set->waiting[at] = (struct due){time_ms, index};
    while (at > 0 && set->waiting[at].time_ms < set->waiting[(at - 1) / 2].time_ms) {
        swap(&set->waiting[at], &set->waiting[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

uint32_t waiting_pop(struct set *set)
{
    uint32_t index = set->waiting[0].index;

    set->waiting[0] = set->waiting[--set->waiting_count];
    for (size_t at = 0, child; (child = 2 * at + 1) < set->waiting_count; at = child) {
        if (child + 1 < set->waiting_count &&
            set->waiting[child + 1].time_ms < set->waiting[child].time_ms)
            child++;
        if (set->waiting[at].time_ms <= set->waiting[child].time_ms)
            break;
        swap(&set->waiting[at], &set->waiting[child]);
    }
    return index;
}
