#include "protocol/set_inside.h"

#include <stdlib.h>
#include <string.h>

/* f, line 10: whose texts are taken back. */

/* --- Who names what --- */

static bool is_among(const struct indices *indices, uint32_t index)
{
    for (size_t i = 0; i < indices->count; i++)
        if (indices->list[i] == index)
            return true;
    return false;
}

static void add_target(struct set *set, uint32_t index, const struct digest *id)
{
    uint32_t target = items_find_or_add(set, id);

    if (is_among(&extra_of(set, index)->targets, target))
        return;
    indices_push(&extra_of(set, index)->targets, target);
    if (extra_of(set, target)->erasures.count == 0)
        indices_push(&set->targets, target);
    indices_push(&extra_of(set, target)->erasures, index);
}

bool record_erases(const struct record *record)
{
    return bytes_equal(record_header(record)->kind, bytes_of_text("erasure"));
}

void erasure_fill(struct set *set, uint32_t index, const struct record *record)
{
    const struct header *header = record_header(record);

    if (!record_erases(record))
        return;
    set->items[index].marks |= MARK_ERASES;
    for (size_t i = 0; i < header->reference_count; i++)
        if (header->references[i].relation == RELATION_ERASES)
            add_target(set, index, &header->references[i].id);
}

/* Of an anonymous record itself, of an owner's its anonymous one; NONE: it is named. */
static uint32_t subject_of(const struct set *set, uint32_t index)
{
    const struct unnamed *unnamed = unnamed_of(set, index);

    if (unnamed == NULL)
        return NONE;
    return unnamed->anonymous ? index : set->items[index].prev;
}

/* --- Which texts to look at --- */

void text_touch(struct set *set, uint32_t index)
{
    if (item_is(set, index, MARK_TOUCHED))
        return;
    set->items[index].marks |= MARK_TOUCHED;
    indices_push(&set->touched, index);
}

static void touch_targets(struct set *set, uint32_t erasure)
{
    const struct extra *extra = extra_find(set, erasure);

    if (extra == NULL)
        return;
    for (size_t i = 0; i < extra->targets.count; i++)
        text_touch(set, extra->targets.list[i]);
    uint32_t subject = subject_of(set, erasure);
    if (subject == NONE)
        return;
    text_touch(set, subject);
    for (uint32_t at = set->items[subject].first_child; at != NONE;
         at = set->items[at].next_sibling)
        text_touch(set, at);
}

/* --- Those that hide --- */

static bool may_hide(const struct set *set, uint32_t index)
{
    const struct item *item = &set->items[index];
    const struct feed_state *state = &set->feeds[item->feed];

    for (size_t i = 0; i < state->cut_count; i++)
        if (item->seq >= state->cuts[i].seq)
            return false;
    return !(item->marks & MARK_LINKED);
}

static void decide_hiding(struct set *set, uint32_t index)
{
    bool hides = may_hide(set, index) && item_proven(set, index);

    if (hides == item_is(set, index, MARK_HIDES))
        return;
    set->items[index].marks ^= MARK_HIDES;
    touch_targets(set, index);
}

/* Those that were linked are loose no more. */
static void decide_loose(struct set *set)
{
    struct indices *loose = &set->loose;
    size_t kept = 0;

    for (size_t i = 0; i < loose->count; i++) {
        decide_hiding(set, loose->list[i]);
        if (!item_is(set, loose->list[i], MARK_LINKED))
            loose->list[kept++] = loose->list[i];
    }
    loose->count = kept;
}

/* --- Who has the right to --- */

static bool has_right(const struct set *set, uint32_t erasure, uint32_t target)
{
    const struct item *item = &set->items[target];

    if (!item_is_named(item))
        return false;
    const struct digest *by = &set->feeds[set->items[erasure].feed].feed.authority;
    const struct digest *of = &set->feeds[item->feed].feed.authority;
    return digest_equal(by, of) || set->rules.succeeds(set->rules.context, by, of);
}

/* The erasure by which the owner took all back, if another record than the target. */
static uint32_t owners_erasure(const struct set *set, uint32_t target)
{
    uint32_t subject = subject_of(set, target);

    if (subject == NONE)
        return NONE;
    for (uint32_t at = set->items[subject].first_child; at != NONE;
         at = set->items[at].next_sibling)
        if (at != target && subject_of(set, at) == subject &&
            item_is(set, at, MARK_IN | MARK_ERASES))
            return at;
    return NONE;
}

/* Authorities, each once. */
struct crowd {
    struct digest *list;
    size_t count;
};

static int order_of_digests(const void *a, const void *b)
{
    return digest_compare(a, b);
}

static struct crowd crowd_of(const struct set *set, const struct indices *erasures, unsigned marks)
{
    struct crowd crowd = {memory_new(erasures->count, sizeof *crowd.list), 0};
    size_t distinct = 0;

    for (size_t i = 0; i < erasures->count; i++) {
        const struct item *item = &set->items[erasures->list[i]];
        if (item->marks & marks)
            crowd.list[crowd.count++] = set->feeds[item->feed].feed.authority;
    }
    qsort(crowd.list, crowd.count, sizeof *crowd.list, order_of_digests);
    for (size_t i = 0; i < crowd.count; i++)
        if (distinct == 0 || !digest_equal(&crowd.list[i], &crowd.list[distinct - 1]))
            crowd.list[distinct++] = crowd.list[i];
    crowd.count = distinct;
    return crowd;
}

static bool crowd_agrees(const struct set *set, const struct crowd *crowd)
{
    return crowd->count > 0 &&
           set->rules.stewards_agree(set->rules.context, crowd->list, crowd->count);
}

/* By the erasures with one of these marks, is the text of the target taken back? */
static bool is_erased_by(const struct set *set, uint32_t target, unsigned marks)
{
    const struct indices *erasures = &extra_find(set, target)->erasures;

    if (erasures->count == 0)
        return false;
    for (size_t i = 0; i < erasures->count; i++)
        if ((set->items[erasures->list[i]].marks & marks) &&
            has_right(set, erasures->list[i], target))
            return true;
    struct crowd crowd = crowd_of(set, erasures, marks);
    bool agrees = crowd_agrees(set, &crowd);
    free(crowd.list);
    return agrees;
}

static enum text_standing text_of(const struct set *set, uint32_t target)
{
    if (extra_find(set, target) == NULL)
        return TEXT_STANDS;
    if (owners_erasure(set, target) != NONE || is_erased_by(set, target, MARK_IN))
        return TEXT_ERASED;
    return is_erased_by(set, target, MARK_IN | MARK_HIDES) ? TEXT_HIDDEN : TEXT_STANDS;
}

/* --- Telling --- */

static const unsigned text_marks[] = {
    [TEXT_STANDS] = 0, [TEXT_HIDDEN] = MARK_HIDDEN, [TEXT_ERASED] = MARK_ERASED};

static enum text_standing text_told(const struct set *set, uint32_t index)
{
    if (item_is(set, index, MARK_ERASED))
        return TEXT_ERASED;
    return item_is(set, index, MARK_HIDDEN) ? TEXT_HIDDEN : TEXT_STANDS;
}

void text_set(struct set *set, uint32_t index, enum text_standing text)
{
    set->texts[text_told(set, index)]--;
    set->texts[text]++;
    set->items[index].marks &= (uint16_t) ~(MARK_HIDDEN | MARK_ERASED);
    set->items[index].marks |= (uint16_t)text_marks[text];
}

static void tell(struct set *set, uint32_t index, struct changes *changes)
{
    set->items[index].marks &= (uint16_t)~MARK_TOUCHED;
    if (!item_is(set, index, MARK_IN))
        return;
    enum text_standing was = text_told(set, index), text = text_of(set, index);
    if (text == was)
        return;
    text_set(set, index, text);
    changes_add(changes, (struct change){CHANGE_TEXT, set->items[index].id, was, text});
}

enum text_standing set_text(const struct set *set, const struct digest *id)
{
    uint32_t index = items_find(set, id);

    return index == NONE ? TEXT_STANDS : text_told(set, index);
}

size_t set_text_count(const struct set *set, enum text_standing text)
{
    return set->texts[text];
}

void decide_texts(struct set *set, struct changes *changes)
{
    decide_loose(set);
    for (size_t i = 0; i < set->turned.count; i++) {
        uint32_t index = set->turned.list[i];
        text_touch(set, index);
        if (item_is(set, index, MARK_ERASES))
            touch_targets(set, index);
    }
    for (size_t i = 0; i < set->touched.count; i++)
        tell(set, set->touched.list[i], changes);
    set->touched.count = 0;
}

/* --- Why --- */

/* Leaves only as many as it takes. */
static void crowd_shrink(const struct set *set, struct crowd *crowd)
{
    for (size_t i = crowd->count; i > 0; i--) {
        struct digest one = crowd->list[i - 1];
        memmove(&crowd->list[i - 1], &crowd->list[i], (crowd->count - i) * sizeof one);
        crowd->count--;
        if (crowd_agrees(set, crowd))
            continue;
        memmove(&crowd->list[i], &crowd->list[i - 1], (crowd->count - i + 1) * sizeof one);
        crowd->list[i - 1] = one;
        crowd->count++;
    }
}

static bool crowd_has(const struct crowd *crowd, const struct digest *authority)
{
    return bsearch(authority, crowd->list, crowd->count, sizeof *crowd->list, order_of_digests) !=
           NULL;
}

/* Those that have the right by themselves; where there are none, those of a least crowd of
 * stewards, who agree then. */
static size_t find_erasures(const struct set *set, uint32_t target, unsigned marks,
                            struct digest *ids, size_t most)
{
    const struct indices *erasures = &extra_find(set, target)->erasures;
    size_t count = 0;

    for (size_t i = 0; i < erasures->count && count < most; i++)
        if ((set->items[erasures->list[i]].marks & marks) &&
            has_right(set, erasures->list[i], target))
            ids[count++] = set->items[erasures->list[i]].id;
    if (count > 0)
        return count;
    struct crowd crowd = crowd_of(set, erasures, marks);
    crowd_shrink(set, &crowd);
    for (size_t i = 0; i < erasures->count && count < most; i++) {
        const struct item *item = &set->items[erasures->list[i]];
        if ((item->marks & marks) && crowd_has(&crowd, &set->feeds[item->feed].feed.authority))
            ids[count++] = item->id;
    }
    free(crowd.list);
    return count;
}

size_t set_erasures_of(const struct set *set, const struct digest *target, struct digest *ids,
                       size_t most)
{
    uint32_t index = items_find(set, target);

    if (!item_is(set, index, MARK_IN) || text_told(set, index) == TEXT_STANDS || most == 0)
        return 0;
    uint32_t owners = owners_erasure(set, index);
    if (owners != NONE) {
        ids[0] = set->items[owners].id;
        return 1;
    }
    bool erased = item_is(set, index, MARK_ERASED);
    return find_erasures(set, index, erased ? MARK_IN : MARK_IN | MARK_HIDES, ids, most);
}
