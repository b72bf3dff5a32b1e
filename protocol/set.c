#include "protocol/set_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct set *set_new(struct set_rules rules)
{
    struct set *set = memory_new(1, sizeof *set);

    set->rules = rules;
    set->free_extra = NONE;
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

static void free_lists(struct set *set)
{
    struct indices *lists[] = {&set->offered, &set->linked,  &set->anonymous, &set->owned,
                               &set->judged,  &set->turned,  &set->touched,   &set->open,
                               &set->loose,   &set->targets, &set->path};

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        free(lists[i]->list);
}

static void free_feed(struct feed_state *state)
{
    free(state->keys);
    free(state->cuts);
    free(state->tips.list);
    free(state->erasures.list);
}

static void free_extra(struct extra *extra)
{
    record_free(extra->record);
    free(extra->erasures.list);
    free(extra->targets.list);
    free(extra->unnamed);
}

void set_free(struct set *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->extra_count; i++)
        free_extra(&set->extras[i]);
    for (size_t i = 0; i < set->feed_count; i++)
        free_feed(&set->feeds[i]);
    for (size_t i = 0; i < set->week_count; i++)
        free(set->weeks[i].items.list);
    free_lists(set);
    free(set->items);
    free(set->extras);
    free(set->by_id.slots);
    free(set->by_slot.slots);
    free(set->feeds);
    free(set->feed_order);
    free(set->weeks);
    free(set->waiting);
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

static size_t bytes_of_record(const struct record *record)
{
    return record_header_bytes(record).size + record_proof(record).size;
}

static bool is_full(const struct set *set, const struct record *record)
{
    return set->undecided >= set->aside_max ||
           set->undecided_bytes + bytes_of_record(record) > set->aside_bytes_max;
}

/* NULL: none. */
static const struct public_key *prover_of(const struct set *set, const struct record *record,
                                          const struct feed_rules *rules)
{
    for (size_t i = 0; i < rules->key_count; i++)
        if (set->rules.proven_by(set->rules.context, record, &rules->keys[i]))
            return &rules->keys[i];
    return NULL;
}

static bool is_linked_in(const struct set *set, const struct feed *feed, uint32_t index)
{
    return item_is(set, index, MARK_LINKED) &&
           feed_equal(&set->feeds[set->items[index].feed].feed, feed);
}

/* Known to be on the chain of a cut: it is what the cut names, or what that waits for. */
static bool on_chain_of(const struct set *set, const struct record *record, const struct cut *cut)
{
    uint64_t seq;

    if (digest_equal(&cut->id, record_id(record)))
        return true;
    uint32_t named = items_find(set, &cut->id);
    uint32_t gap = named == NONE ? NONE : chain_gap(set, named, &seq);
    return gap != NONE && digest_equal(&set->items[gap].id, record_id(record));
}

/* Would it be linked, on a chain that has not ended? */
static bool would_link(const struct set *set, const struct author *author)
{
    if (author->seq == 1)
        return true;
    uint32_t index = items_find(set, &author->prev);
    return is_linked_in(set, &author->feed, index) && set->items[index].seq == author->seq - 1 &&
           !item_is(set, index, MARK_ENDED);
}

/* Where the record stands to its feed's cuts. */
struct bounds {
    bool within;     /* Each of them. */
    bool before_end; /* Of a cut whose record is not linked here: it may be on its chain. */
    uint64_t end;    /* The highest seq of those cuts. */
    bool on_chain;   /* Of a cut, for certain. */
};

static struct bounds bounds_of(const struct set *set, const struct record *record,
                               const struct feed_rules *rules)
{
    const struct author *author = &record_header(record)->author;
    struct bounds bounds = {.within = true};

    for (size_t i = 0; i < rules->cut_count; i++) {
        const struct cut *cut = &rules->cuts[i];
        bool reached = is_linked_in(set, &author->feed, items_find(set, &cut->id));
        bool before = !reached && author->seq < cut->seq;
        bounds.within = bounds.within && before;
        bounds.before_end = bounds.before_end || before;
        bounds.end = before && cut->seq > bounds.end ? cut->seq : bounds.end;
        bounds.on_chain = bounds.on_chain || on_chain_of(set, record, cut);
    }
    return bounds;
}

/* An end that was invented never comes. */
static bool is_before_end(const struct set *set, const struct feed *feed,
                          const struct bounds *bounds, uint64_t budget)
{
    uint64_t more = bounds->end < budget ? bounds->end : budget;

    return bounds->before_end && set_feed_count(set, feed) < budget + more;
}

bool set_exempt(const struct set *set, const struct record *record, uint64_t budget)
{
    const struct author *author = &record_header(record)->author;

    if (author->form != AUTHOR_NAMED)
        return false;
    struct feed_rules rules = set->rules.of(set->rules.context, &author->feed);
    struct bounds bounds = bounds_of(set, record, &rules);
    return bounds.on_chain || (is_before_end(set, &author->feed, &bounds, budget) &&
                               prover_of(set, record, &rules) != NULL);
}

#define CARRIERS_LOOKED_AT 64

/* Does something that is here go on from this one, whose proof holds and carries it in (line 7)? */
static bool is_carried(struct set *set, uint32_t index, unsigned *looks)
{
    uint32_t child = index == NONE ? NONE : set->items[index].first_child;

    for (; child != NONE && *looks > 0; child = set->items[child].next_sibling) {
        --*looks;
        if (item_is(set, child, MARK_GIVEN) &&
            (item_proven(set, child) || is_carried(set, child, looks)))
            return true;
    }
    return false;
}

/* What is taken though there is no room: what forgetting would not be made good by others, and what
 * enters the set at once. Only who holds the feed's key can bring about the latter. */
static bool has_place(struct set *set, const struct record *record, bool due,
                      struct skeleton *skeleton)
{
    unsigned looks = CARRIERS_LOOKED_AT;
    struct feed_rules rules = set->rules.of(set->rules.context, &skeleton->feed);
    struct bounds bounds = bounds_of(set, record, &rules);

    if (bounds.on_chain)
        return true;
    bool enters = due && bounds.within && would_link(set, &record_header(record)->author);
    if (!bounds.before_end && !enters)
        return false;
    const struct public_key *prover = prover_of(set, record, &rules);
    skeleton->has_signer = prover != NULL;
    if (prover != NULL)
        skeleton->signer = *prover;
    return prover != NULL ||
           (enters && is_carried(set, items_find(set, record_id(record)), &looks));
}

static struct skeleton skeleton_of(struct record *record)
{
    const struct header *header = record_header(record);
    struct skeleton skeleton = {.id = *record_id(record),
                                .named = header->author.form == AUTHOR_NAMED,
                                .size = (uint32_t)bytes_of_record(record) + header->body_size,
                                .record = record};

    if (skeleton.named) {
        skeleton.feed = header->author.feed;
        skeleton.seq = header->author.seq;
        skeleton.prev = header->author.prev;
    }
    return skeleton;
}

static void take(struct set *set, const struct skeleton *skeleton, unsigned marks, bool due)
{
    uint32_t index = items_find_or_add(set, &skeleton->id);

    items_fill(set, index, skeleton);
    set->items[index].marks |= (uint16_t)marks;
    indices_push(&set->offered, index);
    if (due)
        item_give(set, index);
    else
        waiting_push(set, record_header(skeleton->record)->time_ms, index);
}

static enum offer offer_named(struct set *set, struct record *record, bool due)
{
    struct skeleton skeleton = skeleton_of(record);

    if (is_full(set, record) && !has_place(set, record, due, &skeleton))
        return OFFER_FULL;
    take(set, &skeleton, 0, due);
    return OFFER_TAKEN;
}

static enum offer offer_unnamed(struct set *set, struct record *record, bool due)
{
    struct skeleton skeleton = skeleton_of(record);
    enum verdict verdict = unnamed_judge(set, record, false);
    bool counts = verdict == VERDICT_COUNTS;

    if (verdict == VERDICT_NEVER)
        return OFFER_NEVER;
    if (is_full(set, record) && !(due && counts))
        return OFFER_FULL;
    take(set, &skeleton, counts ? MARK_HOLDS : 0, due);
    return OFFER_TAKEN;
}

enum offer set_offer(struct set *set, struct record *record, int64_t now_ms)
{
    const struct header *header = record_header(record);
    bool due = is_due(header->time_ms, now_ms);

    assert(!set->restoring);
    if (item_is(set, items_find(set, record_id(record)), MARK_HERE))
        return OFFER_KNOWN;
    return header->author.form == AUTHOR_NAMED ? offer_named(set, record, due)
                                               : offer_unnamed(set, record, due);
}

/* --- Deciding --- */

/* What is in the set needs no record any more, nor does what is known to be signed. */
static void let_go(struct set *set, struct indices *list)
{
    for (size_t i = 0; i < list->count; i++) {
        uint32_t index = list->list[i];
        if (item_is(set, index, MARK_IN) || set->items[index].signer != NO_SIGNER)
            item_drop_record(set, index);
        else
            item_shed_body(set, index);
    }
    list->count = 0;
}

void set_decide(struct set *set, struct changes *changes)
{
    decide_named(set, changes);
    decide_unnamed(set, changes);
    decide_texts(set, changes);
    let_go(set, &set->offered);
    let_go(set, &set->turned);
    set->linked.count = 0;
}

static void give_due(struct set *set, int64_t now_ms)
{
    while (set->waiting_count > 0 && is_due(set->waiting[0].time_ms, now_ms))
        item_give(set, waiting_pop(set));
}

int64_t set_tick(struct set *set, int64_t now_ms, struct changes *changes)
{
    assert(!set->restoring);
    give_due(set, now_ms);
    set_decide(set, changes);
    return set->waiting_count == 0 ? INT64_MAX : set->waiting[0].time_ms - GRACE_MS;
}

void set_charter_changed(struct set *set, struct changes *changes)
{
    assert(!set->restoring);
    for (uint32_t i = 0; i < set->feed_count; i++)
        if (feed_load(set, i))
            set->feeds[i].stale = true;
    for (size_t i = 0; i < set->open.count; i++)
        unnamed_give(set, set->open.list[i]);
    set->open.count = 0;
    for (size_t i = 0; i < set->targets.count; i++)
        text_touch(set, set->targets.list[i]);
    set_decide(set, changes);
}

/* --- At start --- */

static void restore(struct set *set, const struct skeleton *skeleton, uint32_t index)
{
    items_fill(set, index, skeleton);
    text_set(set, index, skeleton->text);
    if (skeleton->record != NULL)
        indices_push(&set->offered, index);
    if (!skeleton->named && (skeleton->in || skeleton->has_signer))
        set->items[index].marks |= MARK_HOLDS;
    if (skeleton->in) {
        item_mark(set, index, MARK_IN);
        item_give(set, index);
    } else {
        waiting_push(set, record_header(skeleton->record)->time_ms, index);
    }
}

void set_restore(struct set *set, const struct skeleton *skeleton)
{
    uint32_t index = items_find_or_add(set, &skeleton->id);

    assert(skeleton->record != NULL || (skeleton->in && skeleton->named));
    set->restoring = true;
    if (!item_is(set, index, MARK_HERE))
        restore(set, skeleton, index);
}

/* Whatever the store said of this item may be wrong: it may be older than what it says of others.
 * What decides a feed sees only what is linked. */
static void doubt(struct set *set, uint32_t index, struct changes *changes)
{
    const struct item *item = &set->items[index];

    if (item_is_named(item) && (item->marks & MARK_IN) && !(item->marks & MARK_LINKED))
        item_turn(set, index, changes);
    if ((item->marks & (MARK_HIDDEN | MARK_ERASED)) || item->extra != NONE)
        text_touch(set, index);
}

void set_settle(struct set *set, int64_t now_ms, struct changes *changes)
{
    give_due(set, now_ms);
    for (uint32_t i = 0; i < set->feed_count; i++) {
        feed_load(set, i);
        set->feeds[i].stale = true;
    }
    for (uint32_t i = 0; i < set->item_count; i++)
        doubt(set, i, changes);
    set_decide(set, changes);
    free(set->linked.list); /* It was all of them. */
    set->linked = (struct indices){0};
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

    if (!item_is(set, index, MARK_HERE))
        return NULL;
    const struct item *item = &set->items[index];
    if (item_is_named(item))
        return item->signer == NO_SIGNER ? NULL : &set->feeds[item->feed].keys[item->signer].key;
    bool owned = item->prev != NONE && unnamed_of(set, item->prev) != NULL;
    return owned && (item->marks & MARK_HOLDS) ? &unnamed_of(set, item->prev)->owner : NULL;
}

size_t set_count(const struct set *set, enum standing standing)
{
    return set->standings[standing];
}

size_t set_feed_count(const struct set *set, const struct feed *feed)
{
    const struct feed_state *state = feeds_find(set, feed);

    return state == NULL ? 0 : state->here;
}

/* --- Why --- */

static enum because because_named(const struct set *set, const struct item *item)
{
    if (!set->feeds[item->feed].listed)
        return BECAUSE_UNLISTED;
    if (!(item->marks & MARK_LINKED))
        return BECAUSE_PREV;
    return item->marks & MARK_WITHIN ? BECAUSE_PROOF : BECAUSE_CUT;
}

static enum because because_unnamed(const struct set *set, uint32_t index)
{
    const struct unnamed *unnamed = unnamed_of(set, index);
    const struct item *item = &set->items[index];
    bool beaten = unnamed_is_beaten(set, &unnamed->slot, &item->id);

    if (unnamed->anonymous)
        return beaten ? BECAUSE_SLOT : BECAUSE_RING;
    if (!item_is(set, item->prev, MARK_IN))
        return BECAUSE_NO_SUBJECT;
    return beaten ? BECAUSE_SLOT : BECAUSE_PROOF;
}

enum because set_because(const struct set *set, const struct digest *id)
{
    uint32_t index = items_find(set, id);

    if (!item_is(set, index, MARK_HERE))
        return BECAUSE_UNKNOWN;
    const struct item *item = &set->items[index];
    if (item->marks & MARK_IN)
        return BECAUSE_IN;
    if (!(item->marks & MARK_GIVEN))
        return BECAUSE_TIME;
    return item_is_named(item) ? because_named(set, item) : because_unnamed(set, index);
}
