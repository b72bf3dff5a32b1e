#include "protocol/set_inside.h"

#include <stdlib.h>
#include <string.h>

/* f, lines 3 to 7: kept record by record as long as nothing but new records comes, and decided for
 * a whole feed anew when its rules changed or a record that a cut names became linked. */

void changes_add(struct changes *changes, const struct digest *id, bool in)
{
    if (changes->count == changes->capacity) {
        changes->capacity = changes->capacity == 0 ? 16 : 2 * changes->capacity;
        changes->list = memory_grow(changes->list, changes->capacity, sizeof *changes->list);
    }
    changes->list[changes->count++] = (struct change){*id, in};
}

/* --- Line 3: what the charter says --- */

static bool load_keys(struct feed_state *state, const struct feed_rules *rules)
{
    uint16_t numbers[CUTS_MAX];
    bool changed = false, more = false;

    for (size_t i = 0; i < rules->key_count; i++)
        numbers[i] = feed_key(state, &rules->keys[i]);
    for (size_t k = 0; k < state->key_count; k++) {
        bool before = state->keys[k].listed, now = false;
        for (size_t i = 0; i < rules->key_count; i++)
            now = now || numbers[i] == k;
        state->keys[k].listed = now;
        changed = changed || now != before;
        more = more || (now && !before);
    }
    state->generation += more;
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

bool feed_load(struct set *set, struct feed_state *state)
{
    struct feed_rules rules = set->rules.of(set->rules.context, &state->feed);
    bool other_keys = load_keys(state, &rules);

    return load_cuts(state, &rules) || other_keys;
}

/* --- Line 4: linked --- */

static bool can_link(const struct set *set, const struct item *item)
{
    if (!(item->marks & MARK_GIVEN) || item->feed == NONE)
        return false;
    if (item->prev == NONE)
        return true;
    const struct item *prev = &set->items[item->prev];
    return (prev->marks & MARK_LINKED) && prev->feed == item->feed && prev->seq == item->seq - 1;
}

/* Link the item and all that waited for it; they are in `scratch`, parents first. */
static void link_from(struct set *set, uint32_t index)
{
    struct indices *linked = &set->scratch;

    linked->count = 0;
    if (!can_link(set, &set->items[index]))
        return;
    set->items[index].marks |= MARK_LINKED;
    indices_push(linked, index);
    for (size_t i = 0; i < linked->count; i++)
        for (uint32_t child = set->items[linked->list[i]].first_child; child != NONE;
             child = set->items[child].next_sibling)
            if (can_link(set, &set->items[child])) {
                set->items[child].marks |= MARK_LINKED;
                indices_push(linked, child);
            }
}

void link_everything(struct set *set)
{
    for (size_t i = 0; i < set->feed_count; i++)
        for (uint32_t root = set->feeds[i].first_root; root != NONE;
             root = set->items[root].next_sibling)
            link_from(set, root);
}

static uint32_t first_linked_of(const struct set *set, uint32_t index)
{
    while (index != NONE && !(set->items[index].marks & MARK_LINKED))
        index = set->items[index].next_sibling;
    return index;
}

uint32_t linked_first(const struct set *set, uint32_t feed)
{
    return first_linked_of(set, set->feeds[feed].first_root);
}

uint32_t linked_next(const struct set *set, uint32_t index)
{
    uint32_t next = first_linked_of(set, set->items[index].first_child);

    while (next == NONE && index != NONE) {
        next = first_linked_of(set, set->items[index].next_sibling);
        index = set->items[index].prev;
    }
    return next;
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
        if (named != NONE && (set->items[named].marks & MARK_LINKED) &&
            set->items[named].feed == feed) {
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

/* --- Line 6: sound --- */

/* The proof is tried when it matters, and again only when the feed has a key it has not been tried
 * under. Once it held under one it is not tried under others: nobody can make a signature that two
 * keys verify, for the challenge covers the key. */
static bool proven(struct set *set, uint32_t index)
{
    struct item *item = &set->items[index];
    const struct feed_state *state = &set->feeds[item->feed];

    if (item->signer == NO_SIGNER && item->tried != state->generation) {
        item->tried = state->generation;
        for (size_t k = 0; k < state->key_count && item->signer == NO_SIGNER; k++)
            if (state->keys[k].listed && record_proven_by(item->record, &state->keys[k].key))
                item->signer = (uint16_t)k;
        if (item->signer != NO_SIGNER)
            item_drop_record(set, index);
    }
    return item->signer != NO_SIGNER && state->keys[item->signer].listed;
}

/* Whether the item is sound, on a chain that does not end before it. */
static bool decide_item(struct set *set, uint32_t index)
{
    struct item *item = &set->items[index];
    unsigned before = item->prev == NONE ? 0 : set->items[item->prev].streak;
    bool sound = before < set->run_max && (item->marks & MARK_WITHIN) &&
                 (item_is_cut(set, item) || proven(set, index));

    if (sound)
        item->streak = 0;
    else
        item->streak = (uint16_t)(before < set->run_max ? before + 1 : before);
    return sound;
}

/* --- Line 7: named --- */

/* The item and those of its ancestors that are not in the set enter it. */
static void enter(struct set *set, uint32_t index, struct changes *changes)
{
    struct indices chain = {0};
    uint32_t at = index;

    for (; at != NONE && !(set->items[at].marks & MARK_IN); at = set->items[at].prev)
        indices_push(&chain, at);
    tips_replace(set, set->items[index].feed, at, index);
    while (chain.count > 0) {
        at = chain.list[--chain.count];
        item_mark(set, at, set->items[at].marks | MARK_IN);
        changes_add(changes, &set->items[at].id, true);
    }
    free(chain.list);
}

/* A record that is linked while its feed's rules and cuts stay as they are. Nothing before it
 * changes but by its counting. */
static void decide_new(struct set *set, uint32_t index, struct changes *changes)
{
    struct item *item = &set->items[index];
    const struct feed_state *state = &set->feeds[item->feed];

    if (!state->closed && item->seq < state->below)
        item->marks |= MARK_WITHIN;
    if (decide_item(set, index))
        enter(set, index, changes);
}

void item_give(struct set *set, uint32_t index, struct changes *changes)
{
    const struct indices *linked = &set->scratch;
    bool reaches_cut = false;

    item_mark(set, index, set->items[index].marks | MARK_GIVEN);
    link_from(set, index);
    for (size_t i = 0; i < linked->count; i++)
        reaches_cut = reaches_cut || item_is_cut(set, &set->items[linked->list[i]]);
    if (reaches_cut)
        feed_decide(set, set->items[index].feed, changes);
    else
        for (size_t i = 0; i < linked->count; i++)
            decide_new(set, linked->list[i], changes);
}

static void count_chain(struct set *set, uint32_t index)
{
    for (; index != NONE && !(set->items[index].marks & MARK_COUNTS);
         index = set->items[index].prev)
        set->items[index].marks |= MARK_COUNTS;
}

static void decide_items(struct set *set, uint32_t feed)
{
    const struct feed_state *state = &set->feeds[feed];

    for (uint32_t at = linked_first(set, feed); at != NONE; at = linked_next(set, at))
        set->items[at].marks &= (uint8_t) ~(MARK_WITHIN | MARK_COUNTS);
    draw_bounds(set, feed);
    for (uint32_t at = linked_first(set, feed); at != NONE; at = linked_next(set, at)) {
        if (!state->closed && set->items[at].seq < state->below)
            set->items[at].marks |= MARK_WITHIN;
        if (decide_item(set, at))
            count_chain(set, at);
    }
}

void feed_decide(struct set *set, uint32_t feed, struct changes *changes)
{
    decide_items(set, feed);
    for (uint32_t at = linked_first(set, feed); at != NONE; at = linked_next(set, at)) {
        uint8_t marks = set->items[at].marks;
        bool counts = marks & MARK_COUNTS, in = marks & MARK_IN;
        if (counts == in)
            continue;
        item_mark(set, at, marks ^ MARK_IN);
        changes_add(changes, &set->items[at].id, counts);
    }
    tips_rebuild(set, feed);
}
