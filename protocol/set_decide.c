#include "protocol/set_inside.h"

#include <stdlib.h>
#include <string.h>

/* f, lines 3 to 7: kept as records come while a feed's rules stay as they are, and decided for the
 * whole feed anew when they changed or when a record that a cut names became linked.
 *
 * Proofs are tried where they matter, and no proof is tried twice under the same keys. So an honest
 * chain costs one trial for each run_max records, and one for its last record each time that some
 * of it comes. Nobody can bring about more trials than there are records here: a stranger one for
 * each record that it sends (which no key signed, so there is room for so many), and one for each
 * two of an author's that an honest chain had left untried. */

void changes_add(struct changes *changes, struct change change)
{
    if (changes->count == changes->capacity) {
        changes->capacity = changes->capacity == 0 ? 16 : 2 * changes->capacity;
        changes->list = memory_grow(changes->list, changes->capacity, sizeof *changes->list);
    }
    changes->list[changes->count++] = change;
}

void item_turn(struct set *set, uint32_t index, struct changes *changes)
{
    bool in = item_is(set, index, MARK_IN);

    if (in)
        item_clear(set, index, MARK_IN);
    else
        item_mark(set, index, MARK_IN);
    changes_add(changes,
                (struct change){.kind = in ? CHANGE_OUT : CHANGE_IN, .id = set->items[index].id});
    indices_push(&set->turned, index);
}

/* --- Line 3: what the charter says --- */

/* What failed under the keys that were listed may hold under one that is listed now. */
static void forget_failures(struct set *set, uint32_t feed)
{
    for (uint32_t at = linked_first(set, feed); at != NONE; at = linked_next(set, at))
        set->items[at].marks &= (uint16_t)~MARK_FAILED;
    for (size_t i = 0; i < set->loose.count; i++)
        if (set->items[set->loose.list[i]].feed == feed)
            set->items[set->loose.list[i]].marks &= (uint16_t)~MARK_FAILED;
}

static bool load_keys(struct set *set, uint32_t feed, const struct feed_rules *rules)
{
    struct feed_state *state = &set->feeds[feed];
    uint16_t numbers[CUTS_MAX];
    bool changed = false, more = false;

    for (size_t i = 0; i < rules->key_count; i++)
        numbers[i] = feed_key(state, &rules->keys[i]);
    state->listed_count = 0;
    for (size_t k = 0; k < state->key_count; k++) {
        bool before = state->keys[k].listed, now = false;
        for (size_t i = 0; i < rules->key_count; i++)
            now = now || numbers[i] == k;
        state->keys[k].listed = now;
        state->listed_count += now;
        changed = changed || now != before;
        more = more || (now && !before);
    }
    if (more)
        forget_failures(set, feed);
    return changed;
}

static bool same_cuts(const struct feed_state *state, const struct feed_rules *rules)
{
    if (state->cut_count != rules->cut_count)
        return false;
    for (size_t i = 0; i < state->cut_count; i++)
        if (state->cuts[i].seq != rules->cuts[i].seq ||
            !digest_equal(&state->cuts[i].id, &rules->cuts[i].id))
            return false;
    return true;
}

static bool load_cuts(struct feed_state *state, const struct feed_rules *rules)
{
    if (same_cuts(state, rules))
        return false;
    free(state->cuts);
    state->cuts = memory_new(rules->cut_count, sizeof *state->cuts);
    memcpy(state->cuts, rules->cuts, rules->cut_count * sizeof *state->cuts);
    state->cut_count = rules->cut_count;
    for (size_t i = 0; i < state->cut_count; i++)
        if (state->cuts[i].seq < state->below)
            state->below = state->cuts[i].seq;
    return true;
}

bool feed_load(struct set *set, uint32_t feed)
{
    struct feed_state *state = &set->feeds[feed];
    struct feed_rules rules = set->rules.of(set->rules.context, &state->feed);
    bool other_keys = load_keys(set, feed, &rules);

    state->listed = rules.listed;
    return load_cuts(state, &rules) || other_keys;
}

/* --- Line 4: linked --- */

static bool can_link(const struct set *set, const struct item *item)
{
    if (!(item->marks & MARK_GIVEN) || (item->marks & MARK_LINKED) || !item_is_named(item))
        return false;
    if (item->prev == NONE)
        return true;
    const struct item *prev = &set->items[item->prev];
    return (prev->marks & MARK_LINKED) && prev->feed == item->feed && prev->seq == item->seq - 1;
}

static void link_one(struct set *set, uint32_t index)
{
    if (!can_link(set, &set->items[index]))
        return;
    chain_link(set, index);
    indices_push(&set->linked, index);
}

/* The item, and all that waited for it, parents first. */
static void link_from(struct set *set, uint32_t index)
{
    size_t first = set->linked.count;

    link_one(set, index);
    for (size_t i = first; i < set->linked.count; i++)
        for (uint32_t child = set->items[set->linked.list[i]].first_child; child != NONE;
             child = set->items[child].next_sibling)
            link_one(set, child);
}

void item_give(struct set *set, uint32_t index)
{
    item_mark(set, index, MARK_GIVEN);
    if (!item_is_named(&set->items[index])) {
        unnamed_give(set, index);
        return;
    }
    link_from(set, index);
    if (item_is(set, index, MARK_ERASES) && !item_is(set, index, MARK_LINKED))
        indices_push(&set->loose, index);
}

/* --- Line 5: within --- */

/* The last item that both chains have; NONE where they have none. */
static uint32_t last_common(const struct set *set, uint32_t a, uint32_t b)
{
    while (a != b && a != NONE && b != NONE) {
        if (set->items[a].seq >= set->items[b].seq)
            a = set->items[a].prev;
        else
            b = set->items[b].prev;
    }
    return a == b ? a : NONE;
}

/* Marks what is within cuts whose record is linked: the chain up to the last item that is on all of
 * theirs. Of the others, what counts is the least seq. */
static void draw_bounds(struct set *set, uint32_t feed)
{
    struct feed_state *state = &set->feeds[feed];
    uint32_t last = NONE;

    state->closed = false;
    state->below = UINT64_MAX;
    for (size_t i = 0; i < state->cut_count; i++) {
        uint32_t named = items_find(set, &state->cuts[i].id);
        if (item_is(set, named, MARK_LINKED) && set->items[named].feed == feed) {
            last = state->closed ? last_common(set, last, named) : named;
            state->closed = true;
        } else if (state->cuts[i].seq < state->below) {
            state->below = state->cuts[i].seq;
        }
    }
    for (; last != NONE; last = set->items[last].prev)
        if (set->items[last].seq < state->below)
            set->items[last].marks |= MARK_WITHIN;
}

/* Within, where no record of a cut is linked; and ended where its prev is. */
static void mark_new(struct set *set, uint32_t index)
{
    struct item *item = &set->items[index];
    const struct feed_state *state = &set->feeds[item->feed];

    if (!state->closed && item->seq < state->below)
        item->marks |= MARK_WITHIN;
    if (item_is(set, item->prev, MARK_ENDED))
        item->marks |= MARK_ENDED;
}

/* --- Line 6: sound --- */

static bool try_keys(struct set *set, uint32_t index, const struct record *record)
{
    struct item *item = &set->items[index];
    const struct feed_state *state = &set->feeds[item->feed];

    for (size_t k = 0; k < state->key_count; k++) {
        if (!state->keys[k].listed ||
            !set->rules.proven_by(set->rules.context, record, &state->keys[k].key))
            continue;
        item->signer = (uint16_t)k;
        return true;
    }
    item->marks |= MARK_FAILED;
    return false;
}

/* Once it held under one key it is not tried under others: nobody can make a signature that two
 * keys verify, for the challenge covers the key. */
bool item_proven(struct set *set, uint32_t index)
{
    const struct item *item = &set->items[index];
    const struct feed_state *state = &set->feeds[item->feed];

    if (item->signer != NO_SIGNER)
        return state->keys[item->signer].listed;
    if ((item->marks & MARK_FAILED) || state->listed_count == 0)
        return false;
    struct record *held = item_record(set, index);
    if (held != NULL)
        return try_keys(set, index, held);
    struct record *record = set->rules.fetch(set->rules.context, &item->id);
    bool proven = record != NULL && try_keys(set, index, record);
    record_free(record);
    return proven;
}

/* Without a look at its proof. */
static bool is_known_sound(const struct set *set, uint32_t index)
{
    const struct item *item = &set->items[index];

    if (item->signer != NO_SIGNER && set->feeds[item->feed].keys[item->signer].listed)
        return true;
    return item_is_cut(set, item);
}

static bool is_sound(struct set *set, uint32_t index)
{
    return is_known_sound(set, index) || item_proven(set, index);
}

/* --- Line 7: named --- */

/* A way from what is decided to a new leaf: the leaf is at distance `length`, and `reached` is the
 * last distance at which a sound item is known that no run_max unsound ones come before. The
 * farthest next one is the best next one: whatever a nearer one leads to, it leads to as well. */
struct way {
    struct set *set;
    size_t length, reached;
};

static uint32_t at_distance(const struct way *way, size_t distance)
{
    return way->set->path.list[way->length - distance];
}

/* From the leaf back to an item that counts and is known to be sound, or to the start. False where
 * the chain ended on the way. */
static bool find_way(struct way *way, uint32_t leaf)
{
    struct set *set = way->set;

    set->path.count = 0;
    for (uint32_t at = leaf; at != NONE; at = set->items[at].prev) {
        if (item_is(set, at, MARK_ENDED))
            return false;
        if (item_is(set, at, MARK_COUNTS) && is_known_sound(set, at))
            break;
        indices_push(&set->path, at);
    }
    way->length = set->path.count;
    way->reached = 0;
    return true;
}

/* The farthest sound item within run_max of the last: one that is known to be, before any proof is
 * looked at. */
static size_t find_next(const struct way *way)
{
    size_t farthest = way->reached + way->set->run_max;

    for (size_t i = farthest; i > way->reached; i--)
        if (is_known_sound(way->set, at_distance(way, i)))
            return i;
    for (size_t i = farthest; i > way->reached; i--)
        if (item_proven(way->set, at_distance(way, i)))
            return i;
    return way->reached;
}

/* The last sound one, or one that counts already through another leaf. */
static size_t find_last(const struct way *way)
{
    size_t i = way->length;

    while (i > way->reached && !item_is(way->set, at_distance(way, i), MARK_COUNTS) &&
           !is_sound(way->set, at_distance(way, i)))
        i--;
    return i;
}

static void end_way(const struct way *way)
{
    for (size_t i = way->reached + way->set->run_max; i <= way->length; i++)
        way->set->items[at_distance(way, i)].marks |= MARK_ENDED;
}

static void follow(struct way *way)
{
    while (way->length - way->reached > way->set->run_max) {
        size_t next = find_next(way);
        if (next == way->reached) {
            end_way(way);
            return;
        }
        way->reached = next;
    }
    way->reached = find_last(way);
    if (way->length - way->reached == way->set->run_max)
        end_way(way);
}

/* Marks what counts through the leaf or an item before it. Returns the last item that does for the
 * first time; NONE where there is none. */
static uint32_t count_through(struct set *set, uint32_t leaf)
{
    struct way way = {.set = set};

    if (!find_way(&way, leaf)) {
        for (size_t i = 0; i < set->path.count; i++)
            set->items[set->path.list[i]].marks |= MARK_ENDED;
        return NONE;
    }
    follow(&way);
    if (way.reached == 0 || item_is(set, at_distance(&way, way.reached), MARK_COUNTS))
        return NONE;
    uint32_t last = at_distance(&way, way.reached);
    for (uint32_t at = last; at != NONE && !item_is(set, at, MARK_COUNTS); at = set->items[at].prev)
        set->items[at].marks |= MARK_COUNTS;
    return last;
}

/* Is it where a chain within the cuts ends? */
static bool is_leaf(const struct set *set, uint32_t index)
{
    if (!item_is(set, index, MARK_WITHIN) || item_is(set, index, MARK_ENDED))
        return false;
    for (uint32_t child = set->items[index].first_child; child != NONE;
         child = set->items[child].next_sibling)
        if (item_is(set, child, MARK_LINKED | MARK_WITHIN))
            return false;
    return true;
}

/* --- New records --- */

/* The item and those before it that are not in the set enter it. */
static void enter(struct set *set, uint32_t index, struct changes *changes)
{
    struct indices *chain = &set->path;
    uint32_t at = index;

    chain->count = 0;
    for (; at != NONE && !item_is(set, at, MARK_IN); at = set->items[at].prev)
        indices_push(chain, at);
    tips_replace(set, set->items[index].feed, at, index);
    while (chain->count > 0)
        item_turn(set, chain->list[--chain->count], changes);
}

/* Nothing before the item changes but by its counting. */
static void decide_new(struct set *set, uint32_t index, struct changes *changes)
{
    if (set->feeds[set->items[index].feed].stale || !is_leaf(set, index))
        return;
    uint32_t last = count_through(set, index);
    if (last != NONE)
        enter(set, last, changes);
}

/* --- Whole feeds --- */

static void decide_items(struct set *set, uint32_t feed)
{
    for (uint32_t at = linked_first(set, feed); at != NONE; at = linked_next(set, at))
        set->items[at].marks &= (uint16_t) ~(MARK_WITHIN | MARK_COUNTS | MARK_ENDED);
    draw_bounds(set, feed);
    for (uint32_t at = linked_first(set, feed); at != NONE; at = linked_next(set, at))
        mark_new(set, at);
    for (uint32_t at = linked_first(set, feed); at != NONE; at = linked_next(set, at))
        if (is_leaf(set, at))
            count_through(set, at);
}

static void decide_feed(struct set *set, uint32_t feed, struct changes *changes)
{
    decide_items(set, feed);
    for (uint32_t at = linked_first(set, feed); at != NONE; at = linked_next(set, at))
        if (item_is(set, at, MARK_COUNTS) != item_is(set, at, MARK_IN))
            item_turn(set, at, changes);
    tips_rebuild(set, feed);
    set->feeds[feed].stale = false;
}

void decide_named(struct set *set, struct changes *changes)
{
    for (size_t i = 0; i < set->linked.count; i++) {
        const struct item *item = &set->items[set->linked.list[i]];
        if (item_is_cut(set, item))
            set->feeds[item->feed].stale = true;
        mark_new(set, set->linked.list[i]);
    }
    for (size_t i = 0; i < set->linked.count; i++)
        decide_new(set, set->linked.list[i], changes);
    for (uint32_t i = 0; i < set->feed_count; i++)
        if (set->feeds[i].stale)
            decide_feed(set, i, changes);
}
