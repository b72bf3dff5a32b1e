#include "protocol/set_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct set *set_new(struct set_rules rules)
{
    struct set *set = memory_new(1, sizeof *set);

    set->rules = rules;
    set_limit(set, RUN_MAX, ASIDE_MAX, ASIDE_BYTES_MAX);
    return set;
}

void set_limit(struct set *set, unsigned run_max, size_t aside_max, size_t aside_bytes_max)
{
    assert(set->item_count == 0 && run_max >= 1 && run_max <= RUN_MAX);
    set->run_max = run_max;
    set->aside_max = aside_max;
    set->aside_bytes_max = aside_bytes_max;
}

void set_free(struct set *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->item_count; i++)
        record_free(set->items[i].record);
    for (size_t i = 0; i < set->feed_count; i++) {
        free(set->feeds[i].keys);
        free(set->feeds[i].cuts);
        free(set->feeds[i].tips);
    }
    free(set->items);
    free(set->slots);
    free(set->feeds);
    free(set->feed_order);
    free(set->waiting);
    free(set->scratch.list);
    free(set);
}

void changes_release(struct changes *changes)
{
    free(changes->list);
    *changes = (struct changes){0};
}

/* --- The door --- */

static bool is_due(int64_t time_ms, int64_t now_ms)
{
    return time_ms - GRACE_MS <= now_ms;
}

static bool is_full(const struct set *set, const struct record *record)
{
    size_t size = record_header_bytes(record).size + record_proof(record).size;

    return set->undecided >= set->aside_max || set->undecided_bytes + size > set->aside_bytes_max;
}

static bool proven_by_any(const struct record *record, const struct feed_rules *rules)
{
    for (size_t i = 0; i < rules->key_count; i++)
        if (record_proven_by(record, &rules->keys[i]))
            return true;
    return false;
}

static bool is_linked(const struct set *set, uint32_t index)
{
    return index != NONE && (set->items[index].marks & MARK_LINKED);
}

static bool is_linked_in(const struct set *set, const struct feed *feed, uint32_t index)
{
    return is_linked(set, index) && feed_equal(&set->feeds[set->items[index].feed].feed, feed);
}

/* The gap that the chain of this id waits for; NONE where it does not. */
static uint32_t gap_before(const struct set *set, uint32_t index)
{
    while (index != NONE && (set->items[index].marks & MARK_HERE))
        index = set->items[index].prev;
    return index;
}

/* Known to be on the chain of a cut: it is what the cut names, or what that waits for. */
static bool on_chain_of(const struct set *set, const struct record *record, const struct cut *cut)
{
    if (digest_equal(&cut->id, record_id(record)))
        return true;
    uint32_t named = items_find(set, &cut->id);
    if (named == NONE || is_linked(set, named))
        return false;
    uint32_t gap = gap_before(set, named);
    return gap != NONE && gap != named && digest_equal(&set->items[gap].id, record_id(record));
}

/* Would it be linked, on a chain that has not ended? */
static bool would_link(const struct set *set, const struct author *author)
{
    if (author->seq == 1)
        return true;
    uint32_t index = items_find(set, &author->prev);
    return is_linked_in(set, &author->feed, index) && set->items[index].seq == author->seq - 1 &&
           set->items[index].streak < set->run_max;
}

/* Would the record go into the set for itself, or may it be on the chain of a cut whose end is not
 * here? Only who holds the feed's key can bring about either. */
static bool counts_for_itself(const struct set *set, const struct record *record,
                              const struct feed_rules *rules)
{
    const struct author *author = &record_header(record)->author;
    bool within = true, before_end = false;

    for (size_t i = 0; i < rules->cut_count; i++) {
        bool reached = is_linked_in(set, &author->feed, items_find(set, &rules->cuts[i].id));
        within = within && !reached && author->seq < rules->cuts[i].seq;
        before_end = before_end || (!reached && author->seq < rules->cuts[i].seq);
    }
    return (before_end || (within && would_link(set, author))) && proven_by_any(record, rules);
}

/* What is taken though there is no room: forgetting it would not be made good by others. */
static bool is_exempt(const struct set *set, const struct record *record, int64_t now_ms)
{
    const struct header *header = record_header(record);

    if (header->author.form != AUTHOR_NAMED)
        return false;
    struct feed_rules rules = set->rules.of(set->rules.context, &header->author.feed);
    for (size_t i = 0; i < rules.cut_count; i++)
        if (on_chain_of(set, record, &rules.cuts[i]))
            return true;
    return is_due(header->time_ms, now_ms) && counts_for_itself(set, record, &rules);
}

enum offer set_offer(struct set *set, struct record *record, int64_t now_ms,
                     struct changes *changes)
{
    uint32_t index = items_find(set, record_id(record));
    int64_t time_ms = record_header(record)->time_ms;

    assert(!set->restoring);
    if (index != NONE && (set->items[index].marks & MARK_HERE))
        return OFFER_KNOWN;
    if (is_full(set, record) && !is_exempt(set, record, now_ms))
        return OFFER_FULL;
    index = items_add(set, record);
    if (is_due(time_ms, now_ms))
        item_give(set, index, changes);
    else
        waiting_push(set, time_ms, index);
    item_shed_body(&set->items[index]);
    return OFFER_TAKEN;
}

int64_t set_tick(struct set *set, int64_t now_ms, struct changes *changes)
{
    assert(!set->restoring);
    while (set->waiting_count > 0 && is_due(set->waiting[0].time_ms, now_ms))
        item_give(set, waiting_pop(set), changes);
    return set->waiting_count == 0 ? INT64_MAX : set->waiting[0].time_ms - GRACE_MS;
}

void set_charter_changed(struct set *set, struct changes *changes)
{
    assert(!set->restoring);
    for (uint32_t i = 0; i < set->feed_count; i++)
        if (feed_load(set, &set->feeds[i]))
            feed_decide(set, i, changes);
}

/* --- At start --- */

void set_restore(struct set *set, struct record *record, const struct public_key *signer, bool in)
{
    uint32_t index = items_find(set, record_id(record));

    set->restoring = true;
    if (index != NONE && (set->items[index].marks & MARK_HERE))
        return;
    index = items_add(set, record);
    if (in)
        item_mark(set, index, MARK_HERE | MARK_GIVEN | MARK_IN);
    else
        waiting_push(set, record_header(record)->time_ms, index);
    if (signer != NULL && set->items[index].feed != NONE) {
        set->items[index].signer = feed_key(&set->feeds[set->items[index].feed], signer);
        item_drop_record(set, index);
    }
    item_shed_body(&set->items[index]);
}

/* The store said that these are in, but what they hang on is not here. */
static void leave_unlinked(struct set *set, struct changes *changes)
{
    for (uint32_t i = 0; i < set->item_count; i++) {
        uint8_t marks = set->items[i].marks;
        if ((marks & MARK_LINKED) || !(marks & MARK_IN))
            continue;
        item_mark(set, i, (uint8_t)(marks & ~MARK_IN));
        changes_add(changes, &set->items[i].id, false);
    }
}

void set_settle(struct set *set, int64_t now_ms, struct changes *changes)
{
    while (set->waiting_count > 0 && is_due(set->waiting[0].time_ms, now_ms)) {
        uint32_t index = waiting_pop(set);
        item_mark(set, index, set->items[index].marks | MARK_GIVEN);
    }
    link_everything(set);
    leave_unlinked(set, changes);
    for (uint32_t i = 0; i < set->feed_count; i++) {
        feed_load(set, &set->feeds[i]);
        feed_decide(set, i, changes);
    }
    set->restoring = false;
}

/* --- Asking --- */

enum standing set_standing(const struct set *set, const struct digest *id)
{
    uint32_t index = items_find(set, id);

    return index == NONE ? STANDING_UNKNOWN : item_standing(&set->items[index]);
}

const struct public_key *set_signer(const struct set *set, const struct digest *id)
{
    uint32_t index = items_find(set, id);

    if (index == NONE || set->items[index].signer == NO_SIGNER)
        return NULL;
    const struct item *item = &set->items[index];
    return &set->feeds[item->feed].keys[item->signer].key;
}

size_t set_count(const struct set *set, enum standing standing)
{
    return set->standings[standing];
}

bool set_missing(const struct set *set, const struct digest *id, struct digest *prev)
{
    uint32_t index = items_find(set, id);

    if (index == NONE || !(set->items[index].marks & MARK_HERE))
        return false;
    uint32_t gap = gap_before(set, index);
    if (gap != NONE)
        *prev = set->items[gap].id;
    return gap != NONE;
}
