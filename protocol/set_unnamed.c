#include "protocol/set_inside.h"

/* f, lines 8 and 9: who is not named.
 *
 * What line 8 says of a record, slots aside, can only turn from no to yes, and in a slot the lowest
 * id counts: so a record that lost its slot, and with it all of its owner records, is out for good.
 * In one decision the lower ids come first, so that nothing enters that is put out at once. */

static struct digest slot_of(const struct author *author)
{
    struct digest_state digest;

    if (author->form == AUTHOR_ANONYMOUS)
        return author->tags[0];
    digest_begin(&digest, PURPOSE_SLOT);
    digest_add(&digest, author->record.bytes, DIGEST_SIZE);
    digest_add_be4(&digest, author->n);
    return digest_end(&digest);
}

void unnamed_fill(struct set *set, uint32_t index, const struct record *record)
{
    const struct header *header = record_header(record);
    struct unnamed *unnamed = memory_new(1, sizeof *unnamed);

    unnamed->anonymous = header->author.form == AUTHOR_ANONYMOUS;
    unnamed->slot = slot_of(&header->author);
    unnamed->owner = header->author.owner;
    extra_of(set, index)->unnamed = unnamed;
    if (!unnamed->anonymous && header->author.n == 0 && record_erases(record))
        set->items[index].marks |= MARK_ERASES;
}

const struct unnamed *unnamed_of(const struct set *set, uint32_t index)
{
    const struct extra *extra = extra_find(set, index);

    return extra == NULL ? NULL : extra->unnamed;
}

/* --- Judging --- */

bool unnamed_is_beaten(const struct set *set, const struct digest *slot, const struct digest *id)
{
    const struct slot *taken = slots_find(set, slot);

    return taken != NULL && digest_compare(&set->items[taken->index_plus_one - 1].id, id) < 0;
}

static bool is_beaten(const struct set *set, const struct record *record)
{
    struct digest slot = slot_of(&record_header(record)->author);

    return unnamed_is_beaten(set, &slot, record_id(record));
}

static bool is_in_slot(const struct set *set, const struct indices *list, const struct digest *slot)
{
    for (size_t i = 0; i < list->count; i++)
        if (digest_equal(&unnamed_of(set, list->list[i])->slot, slot))
            return true;
    return false;
}

bool set_contests(const struct set *set, const struct record *record)
{
    const struct author *author = &record_header(record)->author;

    if (author->form == AUTHOR_NAMED)
        return false;
    struct digest slot = slot_of(author);
    return slots_find(set, &slot) != NULL || is_in_slot(set, &set->anonymous, &slot) ||
           is_in_slot(set, &set->owned, &slot);
}

static enum verdict judge_ring(const struct set *set, const struct record *record)
{
    static const enum verdict verdicts[] = {
        [RING_UNKNOWN] = VERDICT_OPEN, [RING_HOLDS] = VERDICT_COUNTS, [RING_FAILS] = VERDICT_NEVER};

    return verdicts[set->rules.ring_holds(set->rules.context, record)];
}

static enum verdict judge_subject(const struct set *set, uint32_t subject)
{
    if (!item_is(set, subject, MARK_HERE))
        return VERDICT_OPEN;
    const struct unnamed *unnamed = unnamed_of(set, subject);
    if (unnamed == NULL || !unnamed->anonymous || item_is(set, subject, MARK_FAILED))
        return VERDICT_NEVER;
    return item_is(set, subject, MARK_COUNTS) ? VERDICT_COUNTS : VERDICT_OPEN;
}

static bool proven_by_owner(const struct set *set, const struct record *record, uint32_t subject)
{
    return set->rules.proven_by(set->rules.context, record, &unnamed_of(set, subject)->owner);
}

enum verdict unnamed_judge(const struct set *set, const struct record *record, bool holds)
{
    const struct author *author = &record_header(record)->author;

    if (author->form == AUTHOR_ANONYMOUS) {
        if (is_beaten(set, record))
            return VERDICT_NEVER;
        return holds ? VERDICT_COUNTS : judge_ring(set, record);
    }
    uint32_t subject = items_find(set, &author->record);
    enum verdict verdict = judge_subject(set, subject);
    if (verdict != VERDICT_COUNTS)
        return verdict;
    if (is_beaten(set, record) || !(holds || proven_by_owner(set, record, subject)))
        return VERDICT_NEVER;
    return VERDICT_COUNTS;
}

/* --- Deciding --- */

void unnamed_give(struct set *set, uint32_t index)
{
    indices_push(unnamed_of(set, index)->anonymous ? &set->anonymous : &set->owned, index);
}

/* Each of its owner records; NONE after the last. */
static uint32_t next_owned(const struct set *set, uint32_t sibling)
{
    while (sibling != NONE && item_is_named(&set->items[sibling]))
        sibling = set->items[sibling].next_sibling;
    return sibling;
}

/* It never counts again. */
static void rule_out(struct set *set, uint32_t index)
{
    if (item_is(set, index, MARK_COUNTS))
        weeks_remove(set, index);
    set->items[index].marks &= (uint16_t)~MARK_COUNTS;
    set->items[index].marks |= MARK_FAILED;
    item_drop_record(set, index);
    indices_push(&set->judged, index);
}

static void rule_out_with_owned(struct set *set, uint32_t index)
{
    rule_out(set, index);
    for (uint32_t at = next_owned(set, set->items[index].first_child); at != NONE;
         at = next_owned(set, set->items[at].next_sibling))
        rule_out(set, at);
}

static void take_slot(struct set *set, uint32_t index)
{
    struct slot *taken = slots_find(set, &unnamed_of(set, index)->slot);

    if (taken == NULL) {
        slots_add(set, index);
        return;
    }
    uint32_t beaten = taken->index_plus_one - 1;
    taken->index_plus_one = index + 1;
    rule_out_with_owned(set, beaten);
}

/* Its owner records are looked at once all that is anonymous is decided. */
static void count(struct set *set, uint32_t index)
{
    take_slot(set, index);
    set->items[index].marks |= MARK_COUNTS | MARK_HOLDS;
    weeks_add(set, index);
    for (uint32_t at = next_owned(set, set->items[index].first_child); at != NONE;
         at = next_owned(set, set->items[at].next_sibling))
        if (item_is(set, at, MARK_GIVEN))
            indices_push(&set->owned, at);
}

static void decide_one(struct set *set, uint32_t index)
{
    indices_push(&set->judged, index);
    if (set->items[index].marks & (MARK_COUNTS | MARK_FAILED))
        return;
    switch (unnamed_judge(set, item_record(set, index), item_is(set, index, MARK_HOLDS))) {
    case VERDICT_COUNTS:
        count(set, index);
        break;
    case VERDICT_NEVER:
        rule_out(set, index);
        break;
    case VERDICT_OPEN:
        if (unnamed_of(set, index)->anonymous)
            indices_push(&set->open, index);
        break;
    }
}

static int order_of_ids(const void *a, const void *b)
{
    const struct item *const *first = a, *const *second = b;

    return digest_compare(&(*first)->id, &(*second)->id);
}

static void decide_all(struct set *set, struct indices *list)
{
    indices_sort(set, list, order_of_ids);
    for (size_t i = 0; i < list->count; i++)
        decide_one(set, list->list[i]);
    list->count = 0;
}

void decide_unnamed(struct set *set, struct changes *changes)
{
    decide_all(set, &set->anonymous);
    decide_all(set, &set->owned);
    for (size_t i = 0; i < set->judged.count; i++) {
        uint32_t index = set->judged.list[i];
        if (item_is(set, index, MARK_COUNTS) != item_is(set, index, MARK_IN))
            item_turn(set, index, changes);
    }
    set->judged.count = 0;
}
