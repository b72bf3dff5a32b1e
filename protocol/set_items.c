#include "protocol/set_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- Tables --- */

/* An item's id may be a gap's, and that is any 32 bytes a stranger likes; so they are digested
 * first: whoever wants many ids in one place of the table must search for each of them. */
static uint32_t hash_of(const struct digest *id)
{
    struct digest digest = digest_of(PURPOSE_SLOT, id->bytes, sizeof id->bytes);
    uint32_t hash;

    memcpy(&hash, digest.bytes, sizeof hash);
    return hash;
}

static void table_put(struct table *table, struct slot slot)
{
    size_t at = slot.hash & (table->size - 1);

    while (table->slots[at].index_plus_one != 0)
        at = (at + 1) & (table->size - 1);
    table->slots[at] = slot;
}

static void table_grow(struct table *table)
{
    struct table old = *table;

    table->size = old.size == 0 ? 64 : 2 * old.size;
    table->slots = memory_new(table->size, sizeof *table->slots);
    for (size_t i = 0; i < old.size; i++)
        if (old.slots[i].index_plus_one != 0)
            table_put(table, old.slots[i]);
    free(old.slots);
}

static void table_add(struct table *table, uint32_t hash, uint32_t index)
{
    if (3 * (table->used + 1) > 2 * table->size)
        table_grow(table);
    table_put(table, (struct slot){hash, index + 1});
    table->used++;
}

/* The next that may be under this hash; `at` begins with the hash. NULL after the last. */
static struct slot *table_next(const struct table *table, uint32_t hash, size_t *at)
{
    while (table->size > 0) {
        struct slot *slot = &table->slots[(*at)++ & (table->size - 1)];
        if (slot->index_plus_one == 0)
            break;
        if (slot->hash == hash)
            return slot;
    }
    return NULL;
}

static uint32_t find_hashed(const struct set *set, const struct digest *id, uint32_t hash)
{
    const struct slot *slot;

    for (size_t at = hash; (slot = table_next(&set->by_id, hash, &at)) != NULL;)
        if (memcmp(&set->items[slot->index_plus_one - 1].id, id, sizeof *id) == 0)
            return slot->index_plus_one - 1;
    return NONE;
}

uint32_t items_find(const struct set *set, const struct digest *id)
{
    return find_hashed(set, id, hash_of(id));
}

uint32_t items_find_or_add(struct set *set, const struct digest *id)
{
    uint32_t hash = hash_of(id), index = find_hashed(set, id, hash);

    if (index != NONE)
        return index;
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
                                      .skip = NONE,
                                      .extra = NONE,
                                      .signer = NO_SIGNER};
    table_add(&set->by_id, hash, index);
    return index;
}

struct slot *slots_find(const struct set *set, const struct digest *key)
{
    uint32_t hash = hash_of(key);
    struct slot *slot;

    for (size_t at = hash; (slot = table_next(&set->by_slot, hash, &at)) != NULL;)
        if (digest_equal(&extra_find(set, slot->index_plus_one - 1)->unnamed->slot, key))
            return slot;
    return NULL;
}

void slots_add(struct set *set, uint32_t index)
{
    table_add(&set->by_slot, hash_of(&extra_find(set, index)->unnamed->slot), index);
}

/* --- Extras --- */

struct extra *extra_of(struct set *set, uint32_t index)
{
    struct item *item = &set->items[index];

    if (item->extra != NONE)
        return &set->extras[item->extra];
    item->extra = set->free_extra;
    if (item->extra != NONE) {
        set->free_extra = set->extras[item->extra].next_free;
    } else {
        if (set->extra_count == set->extra_capacity) {
            set->extra_capacity = set->extra_capacity == 0 ? 64 : 2 * set->extra_capacity;
            set->extras = memory_grow(set->extras, set->extra_capacity, sizeof *set->extras);
        }
        item->extra = (uint32_t)set->extra_count++;
    }
    set->extras[item->extra] = (struct extra){.next_free = NONE};
    return &set->extras[item->extra];
}

const struct extra *extra_find(const struct set *set, uint32_t index)
{
    uint32_t extra = set->items[index].extra;

    return extra == NONE ? NULL : &set->extras[extra];
}

static void extra_release(struct set *set, struct item *item)
{
    struct extra *extra = &set->extras[item->extra];

    if (extra->record != NULL || extra->unnamed != NULL || extra->erasures.count > 0 ||
        extra->targets.count > 0)
        return;
    extra->next_free = set->free_extra;
    set->free_extra = item->extra;
    item->extra = NONE;
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

struct record *item_record(const struct set *set, uint32_t index)
{
    const struct extra *extra = extra_find(set, index);

    return extra == NULL ? NULL : extra->record;
}

static size_t held_bytes(const struct record *record)
{
    return record == NULL ? 0 : record_header_bytes(record).size + record_proof(record).size;
}

/* Does it take room? A record that is not named does so even when f is through with it: there would
 * be no end of those that lost their slots. */
static bool is_undecided(const struct set *set, uint32_t index)
{
    const struct item *item = &set->items[index];

    return (item->marks & MARK_HERE) && !(item->marks & MARK_IN) &&
           (!item_is_named(item) || item_record(set, index) != NULL);
}

/* Before an item changes it is counted out, and after it in again. */
static void count_out(struct set *set, uint32_t index)
{
    set->standings[item_standing(&set->items[index])]--;
    if (is_undecided(set, index)) {
        set->undecided--;
        set->undecided_bytes -= held_bytes(item_record(set, index));
    }
}

static void count_in(struct set *set, uint32_t index)
{
    set->standings[item_standing(&set->items[index])]++;
    if (is_undecided(set, index)) {
        set->undecided++;
        set->undecided_bytes += held_bytes(item_record(set, index));
    }
}

void item_mark(struct set *set, uint32_t index, unsigned marks)
{
    count_out(set, index);
    set->items[index].marks |= (uint16_t)marks;
    count_in(set, index);
}

void item_clear(struct set *set, uint32_t index, unsigned marks)
{
    count_out(set, index);
    set->items[index].marks &= (uint16_t)~marks;
    count_in(set, index);
}

/* --- Records held --- */

static void hold(struct set *set, uint32_t index, struct record *record)
{
    count_out(set, index);
    extra_of(set, index)->record = record;
    count_in(set, index);
}

void item_drop_record(struct set *set, uint32_t index)
{
    struct record *record = item_record(set, index);

    if (record == NULL)
        return;
    hold(set, index, NULL);
    record_free(record);
    extra_release(set, &set->items[index]);
}

void item_shed_body(struct set *set, uint32_t index)
{
    struct record *record = item_record(set, index);
    struct fault fault;

    if (record == NULL || !record_has_body(record))
        return;
    struct record *without = record_join(record_header_bytes(record), record_proof(record), NULL,
                                         bytes_of("", 0), &fault);
    assert(without != NULL);
    hold(set, index, without);
    record_free(record);
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

struct feed_state *feeds_find(const struct set *set, const struct feed *feed)
{
    size_t position = feeds_position(set, feed);

    if (position == set->feed_count)
        return NULL;
    struct feed_state *state = &set->feeds[set->feed_order[position]];
    return feed_equal(&state->feed, feed) ? state : NULL;
}

static uint32_t feeds_add(struct set *set, const struct feed *feed)
{
    size_t position = feeds_position(set, feed);
    uint32_t index = (uint32_t)set->feed_count;

    if (set->feed_count == set->feed_capacity) {
        set->feed_capacity = 2 * set->feed_capacity + 16;
        set->feeds = memory_grow(set->feeds, set->feed_capacity, sizeof *set->feeds);
        set->feed_order = memory_grow(set->feed_order, set->feed_capacity, sizeof *set->feed_order);
    }
    assert(set->feeds != NULL); /* There is room for one more. */
    memmove(&set->feed_order[position + 1], &set->feed_order[position],
            (set->feed_count - position) * sizeof *set->feed_order);
    set->feed_order[position] = index;
    set->feed_count++;
    set->feeds[index] =
        (struct feed_state){.feed = *feed, .below = UINT64_MAX, .first_root = NONE, .last = NONE};
    feed_load(set, index);
    return index;
}

/* Records of one feed come one after another. */
static uint32_t feeds_find_or_add(struct set *set, const struct feed *feed)
{
    if (set->last_feed >= set->feed_count || !feed_equal(&set->feeds[set->last_feed].feed, feed)) {
        const struct feed_state *state = feeds_find(set, feed);
        set->last_feed = state == NULL ? feeds_add(set, feed) : (uint32_t)(state - set->feeds);
    }
    return set->last_feed;
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

/* --- Filling gaps --- */

static void hang(struct set *set, uint32_t index, uint32_t prev, uint32_t *first)
{
    set->items[index].prev = prev;
    set->items[index].next_sibling = *first;
    *first = index;
}

static void hang_on(struct set *set, uint32_t index, uint32_t prev)
{
    hang(set, index, prev, &set->items[prev].first_child);
}

static uint32_t prev_of(struct set *set, uint32_t last, const struct digest *prev)
{
    if (last != NONE && digest_equal(&set->items[last].id, prev))
        return last;
    return items_find_or_add(set, prev);
}

static void fill_named(struct set *set, uint32_t index, const struct skeleton *skeleton)
{
    uint32_t feed = feeds_find_or_add(set, &skeleton->feed);
    struct feed_state *state = &set->feeds[feed];

    set->items[index].feed = feed;
    set->items[index].seq = skeleton->seq;
    if (skeleton->seq == 1)
        hang(set, index, NONE, &state->first_root);
    else
        hang_on(set, index, prev_of(set, state->last, &skeleton->prev));
    state->last = index;
    state->here++;
    if (skeleton->has_signer)
        set->items[index].signer = feed_key(state, &skeleton->signer);
    if (skeleton->record != NULL)
        erasure_fill(set, index, skeleton->record);
}

static void fill_unnamed(struct set *set, uint32_t index, const struct record *record)
{
    const struct header *header = record_header(record);

    set->items[index].seq = (uint64_t)header->time_ms;
    if (header->author.form == AUTHOR_OWNER)
        hang_on(set, index, items_find_or_add(set, &header->author.record));
    unnamed_fill(set, index, record);
}

void items_fill(struct set *set, uint32_t index, const struct skeleton *skeleton)
{
    assert(!item_is(set, index, MARK_HERE));
    if (skeleton->named)
        fill_named(set, index, skeleton);
    else
        fill_unnamed(set, index, skeleton->record);
    set->items[index].size = skeleton->size;
    item_mark(set, index, MARK_HERE);
    if (skeleton->record != NULL)
        hold(set, index, record_hold(skeleton->record));
}

/* --- Lists --- */

static void indices_reserve(struct indices *indices)
{
    if (indices->count < indices->capacity)
        return;
    indices->capacity = indices->capacity == 0 ? 4 : 2 * indices->capacity;
    indices->list = memory_grow(indices->list, indices->capacity, sizeof *indices->list);
}

void indices_push(struct indices *indices, uint32_t index)
{
    indices_reserve(indices);
    indices->list[indices->count++] = index;
}

void indices_insert(struct indices *indices, size_t at, uint32_t index)
{
    indices_reserve(indices);
    memmove(&indices->list[at + 1], &indices->list[at],
            (indices->count - at) * sizeof *indices->list);
    indices->list[at] = index;
    indices->count++;
}

void indices_remove(struct indices *indices, size_t at)
{
    indices->count--;
    memmove(&indices->list[at], &indices->list[at + 1],
            (indices->count - at) * sizeof *indices->list);
}

int item_order(const struct item *item, uint64_t seq, const struct digest *id)
{
    return item->seq != seq ? (item->seq > seq) - (item->seq < seq) : digest_compare(&item->id, id);
}

void indices_sort(const struct set *set, struct indices *indices,
                  int (*order)(const void *item, const void *other))
{
    const struct item **sorted = memory_new(indices->count, sizeof(*sorted));

    for (size_t i = 0; i < indices->count; i++)
        sorted[i] = &set->items[indices->list[i]];
    qsort(sorted, indices->count, sizeof(*sorted), order);
    for (size_t i = 0; i < indices->count; i++)
        indices->list[i] = (uint32_t)(sorted[i] - set->items);
    free(sorted);
}

/* --- Those that wait for their time --- */

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
