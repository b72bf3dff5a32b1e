#include "protocol/set_inside.h"

/* The way along chains, in few steps. */

/* --- The skip index --- */

/* Each linked item knows one far before it, beside its prev. How far depends on its seq alone, so
 * that any item before it is reached in a number of steps in the order of the logarithm of the
 * distance. This is the skip list of Bitcoin Core's block index (src/chain.cpp, GetSkipHeight and
 * CBlockIndex::GetAncestor), whose heights begin with 0 where seqs do with 1. */

static uint64_t without_lowest_one(uint64_t number)
{
    return number & (number - 1);
}

static uint64_t skip_seq(uint64_t seq)
{
    uint64_t height = seq - 1;

    if (height < 2)
        return 1;
    if (height & 1)
        return without_lowest_one(without_lowest_one(height - 1)) + 2;
    return without_lowest_one(height) + 1;
}

/* Is it better to skip than to take one step back, on the way to this seq? It is not where the prev
 * skips much farther and not too far. */
static bool should_skip(uint64_t from, uint64_t to)
{
    uint64_t skip = skip_seq(from), of_prev = skip_seq(from - 1);

    return skip == to || (skip > to && !(of_prev + 2 < skip && of_prev >= to));
}

uint32_t chain_at(const struct set *set, uint32_t index, uint64_t seq)
{
    while (set->items[index].seq > seq)
        index = should_skip(set->items[index].seq, seq) ? set->items[index].skip
                                                        : set->items[index].prev;
    return index;
}

/* --- Linking --- */

/* The first of a feed's erasures after this seq. */
static size_t erasures_after(const struct set *set, const struct indices *erasures, uint64_t seq)
{
    size_t low = 0, high = erasures->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (set->items[erasures->list[middle]].seq <= seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_erasure(struct set *set, uint32_t index)
{
    const struct item *item = &set->items[index];
    struct indices *erasures = &set->feeds[item->feed].erasures;

    indices_insert(erasures, erasures_after(set, erasures, item->seq), index);
}

void chain_link(struct set *set, uint32_t index)
{
    struct item *item = &set->items[index];

    item->marks |= MARK_LINKED;
    item->skip = item->prev == NONE ? NONE : chain_at(set, item->prev, skip_seq(item->seq));
    if (item->marks & MARK_ERASES)
        add_erasure(set, index);
}

/* --- What is missing --- */

/* The prev of an item that is not linked, where it is another such; NONE where it is a gap, is
 * linked, or is none that it may have. */
static uint32_t prev_here(const struct set *set, uint32_t index)
{
    const struct item *item = &set->items[index];

    if (!item_is(set, item->prev, MARK_HERE) || item_is(set, item->prev, MARK_LINKED))
        return NONE;
    const struct item *prev = &set->items[item->prev];
    return prev->feed == item->feed && prev->seq == item->seq - 1 ? item->prev : NONE;
}

/* One step back: to its prev, or further where that is remembered. */
static uint32_t step_back(const struct set *set, uint32_t index)
{
    const struct item *item = &set->items[index];

    if (item->marks & MARK_LINKED)
        return NONE;
    return item->skip != NONE ? item->skip : prev_here(set, index);
}

/* The first item of a chain that is here. All on the way remember it, for chains may come from
 * their end. */
static uint32_t first_here(const struct set *set, uint32_t index)
{
    uint32_t first = index, next;

    while ((next = step_back(set, first)) != NONE)
        first = next;
    while ((next = step_back(set, index)) != NONE) {
        set->items[index].skip = first;
        index = next;
    }
    return first;
}

uint32_t chain_gap(const struct set *set, uint32_t index, uint64_t *seq)
{
    if (!item_is(set, index, MARK_HERE) || !item_is_named(&set->items[index]))
        return NONE;
    const struct item *first = &set->items[first_here(set, index)];
    *seq = first->seq - 1;
    return first->prev == NONE || item_is(set, first->prev, MARK_HERE) ? NONE : first->prev;
}

bool set_missing(const struct set *set, const struct digest *id, struct digest *prev, uint64_t *seq)
{
    uint32_t index = items_find(set, id), gap;

    if (index == NONE || (gap = chain_gap(set, index, seq)) == NONE)
        return false;
    *prev = set->items[gap].id;
    return true;
}

/* --- Walking a feed --- */

static uint32_t first_linked_of(const struct set *set, uint32_t index)
{
    while (index != NONE && !item_is(set, index, MARK_LINKED))
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

/* --- Sending --- */

/* Is the item what a linked cut of its feed names, or before it? */
static bool on_cut_chain(const struct set *set, uint32_t index)
{
    const struct item *item = &set->items[index];
    const struct feed_state *state = &set->feeds[item->feed];

    for (size_t i = 0; i < state->cut_count; i++) {
        uint32_t named = items_find(set, &state->cuts[i].id);
        if (item_is(set, named, MARK_LINKED) && set->items[named].feed == item->feed &&
            set->items[named].seq >= item->seq && chain_at(set, named, item->seq) == index)
            return true;
    }
    return false;
}

/* The last item of the chain up to seq `until`; NONE where it is not for sending. */
static uint32_t find_served(const struct set *set, const struct digest *tip, uint64_t until)
{
    uint32_t index = items_find(set, tip);

    if (until == 0 || !item_is(set, index, MARK_LINKED) ||
        !(item_is(set, index, MARK_IN) || on_cut_chain(set, index)))
        return NONE;
    return chain_at(set, index, until);
}

static struct entry entry_of(const struct set *set, uint32_t index)
{
    const struct item *item = &set->items[index];
    struct entry entry = {.seq = item->seq, .id = item->id, .size = item->size};

    if (item_is_named(item))
        entry.feed = set->feeds[item->feed].feed;
    return entry;
}

size_t set_chain(const struct set *set, const struct digest *tip, uint64_t after, uint64_t until,
                 struct entry *entries, size_t most, uint64_t *total)
{
    uint32_t index = find_served(set, tip, until);

    *total = 0;
    if (index == NONE || set->items[index].seq <= after)
        return 0;
    *total = set->items[index].seq - after;
    size_t count = *total < most ? (size_t)*total : most;
    if (count > 0)
        index = chain_at(set, index, after + count);
    for (size_t i = count; i > 0; i--, index = set->items[index].prev)
        entries[i - 1] = entry_of(set, index);
    return count;
}

#define PIECE_DEPTH_MAX 16384 /* Whoever asks makes us walk so far. */

/* Does a chain that is here lead from what a cut names to the item? Neither is linked. */
static bool leads_to(const struct set *set, uint32_t named, uint32_t index)
{
    const struct item *item = &set->items[index];

    if (!item_is(set, named, MARK_HERE) || item_is(set, named, MARK_LINKED) ||
        set->items[named].feed != item->feed || set->items[named].seq < item->seq ||
        set->items[named].seq - item->seq > PIECE_DEPTH_MAX ||
        first_here(set, named) != first_here(set, index))
        return false;
    while (named != NONE && set->items[named].seq > item->seq)
        named = prev_here(set, named);
    return named == index;
}

static bool on_piece(const struct set *set, uint32_t index)
{
    const struct feed_state *state = &set->feeds[set->items[index].feed];

    for (size_t i = 0; i < state->cut_count; i++)
        if (leads_to(set, items_find(set, &state->cuts[i].id), index))
            return true;
    return false;
}

size_t set_piece(const struct set *set, const struct digest *tip, uint64_t after,
                 struct entry *entries, size_t most)
{
    uint32_t index = items_find(set, tip);
    size_t count = 0;

    if (!item_is(set, index, MARK_HERE) || item_is(set, index, MARK_LINKED) ||
        !item_is_named(&set->items[index]) || !on_piece(set, index))
        return 0;
    for (; count < most && item_is(set, index, MARK_GIVEN) && set->items[index].seq > after;
         index = prev_here(set, index))
        entries[count++] = entry_of(set, index);
    return count;
}

/* Erasures of other branches lie between those of the chain: whoever forks a feed pays, not who
 * serves it. */
#define BRANCHES_LOOKED_AT 4

size_t set_chain_erasures(const struct set *set, const struct digest *tip, uint64_t after,
                          uint64_t until, struct entry *entries, size_t most)
{
    uint32_t last = find_served(set, tip, until);
    size_t count = 0, looks = BRANCHES_LOOKED_AT * most;

    if (last == NONE)
        return 0;
    const struct indices *erasures = &set->feeds[set->items[last].feed].erasures;
    for (size_t i = erasures_after(set, erasures, after);
         i < erasures->count && count < most && looks > 0; i++, looks--) {
        uint32_t index = erasures->list[i];
        if (set->items[index].seq > set->items[last].seq)
            break;
        if (chain_at(set, last, set->items[index].seq) == index)
            entries[count++] = entry_of(set, index);
    }
    return count;
}

struct entry record_entry(const struct record *record)
{
    const struct header *header = record_header(record);
    const struct author *author = &header->author;
    size_t size = record_header_bytes(record).size + record_proof(record).size + header->body_size;
    struct entry entry = {
        .seq = (uint64_t)header->time_ms, .id = *record_id(record), .size = (uint32_t)size};

    if (author->form == AUTHOR_NAMED) {
        entry.feed = author->feed;
        entry.seq = author->seq;
    }
    return entry;
}

bool set_entry(const struct set *set, const struct digest *id, struct entry *entry)
{
    uint32_t index = items_find(set, id);

    if (!item_is(set, index, MARK_HERE))
        return false;
    *entry = entry_of(set, index);
    return true;
}

bool set_head(const struct set *set, const struct feed *feed, struct tip *head)
{
    const struct feed_state *state = feeds_find(set, feed);

    if (state == NULL || state->tips.count == 0)
        return false;
    size_t at = state->tips.count - 1;
    uint64_t seq = set->items[state->tips.list[at]].seq;
    while (at > 0 && set->items[state->tips.list[at - 1]].seq == seq)
        at--;
    *head = (struct tip){*feed, seq, set->items[state->tips.list[at]].id};
    return true;
}

uint64_t set_highest_below(const struct set *set, const struct feed *feed, uint64_t seq)
{
    struct tip head;

    if (seq == 0 || !set_head(set, feed, &head))
        return 0;
    return head.seq < seq ? head.seq : seq - 1;
}
