#include "tests/protocol/naive_set.h"

#include <stdlib.h>
#include <string.h>

#define NOWHERE SIZE_MAX

static const struct header *header_of(const struct naive_world *world, size_t i)
{
    return record_header(world->records[i]);
}

static const struct author *author_of(const struct naive_world *world, size_t i)
{
    return &header_of(world, i)->author;
}

static bool is_named(const struct naive_world *world, size_t i)
{
    return author_of(world, i)->form == AUTHOR_NAMED;
}

static size_t find(const struct naive_world *world, const struct digest *id)
{
    if (world->places != NULL)
        return places_find(world->places, id);
    for (size_t i = 0; i < world->count; i++)
        if (memcmp(record_id(world->records[i])->bytes, id->bytes, DIGEST_SIZE) == 0)
            return i;
    return NOWHERE;
}

static bool same_feed(const struct naive_world *world, size_t i, size_t j)
{
    return is_named(world, j) && feed_equal(&author_of(world, i)->feed, &author_of(world, j)->feed);
}

/* Where the prev of `i` is; NOWHERE when it has none or none that it may have. */
static size_t prev_of(const struct naive_world *world, size_t i)
{
    const struct author *author = author_of(world, i);
    size_t prev = author->seq == 1 ? NOWHERE : find(world, &author->prev);

    if (prev == NOWHERE || !same_feed(world, i, prev) ||
        author_of(world, prev)->seq != author->seq - 1)
        return NOWHERE;
    return prev;
}

/* Line 4. */
bool naive_linked(const struct naive_world *world, size_t i)
{
    if (!is_named(world, i))
        return false;
    if (author_of(world, i)->seq == 1)
        return true;
    size_t prev = prev_of(world, i);
    return prev != NOWHERE && naive_linked(world, prev);
}

bool naive_leads_to(const struct naive_world *world, size_t i, size_t j)
{
    return j != NOWHERE && (i == j || naive_leads_to(world, i, prev_of(world, j)));
}

/* Line 5. */
static bool within(const struct naive_world *world, size_t i, const struct feed_rules *rules)
{
    for (size_t k = 0; k < rules->cut_count; k++) {
        size_t named = find(world, &rules->cuts[k].id);
        bool known = named != NOWHERE && same_feed(world, i, named) && naive_linked(world, named);
        if (known ? !naive_leads_to(world, i, named)
                  : author_of(world, i)->seq >= rules->cuts[k].seq)
            return false;
    }
    return true;
}

static struct feed_rules rules_of_feed(const struct naive_world *world, size_t i)
{
    return world->rules.of(world->rules.context, &author_of(world, i)->feed);
}

static bool proven_by(const struct naive_world *world, size_t i, const struct public_key *key)
{
    return world->rules.proven_by(world->rules.context, world->records[i], key);
}

static bool proven(const struct naive_world *world, size_t i, const struct feed_rules *rules)
{
    for (size_t k = 0; k < rules->key_count; k++)
        if (proven_by(world, i, &rules->keys[k]))
            return true;
    return false;
}

static bool is_cut(const struct naive_world *world, size_t i, const struct feed_rules *rules)
{
    for (size_t k = 0; k < rules->cut_count; k++)
        if (digest_equal(&rules->cuts[k].id, record_id(world->records[i])))
            return true;
    return false;
}

/* Line 6. */
static bool sound(const struct naive_world *world, size_t i)
{
    if (!naive_linked(world, i))
        return false;
    struct feed_rules rules = rules_of_feed(world, i);
    return within(world, i, &rules) && (is_cut(world, i, &rules) || proven(world, i, &rules));
}

/* Unsound records in a row that end in `i`, on the chain from its root. */
static unsigned row(const struct naive_world *world, size_t i, const bool *is_sound)
{
    if (i == NOWHERE || is_sound[i])
        return 0;
    return 1 + row(world, prev_of(world, i), is_sound);
}

/* Line 7: a chain goes on only as long as no row on it is too long. */
static bool goes_on(const struct naive_world *world, size_t i, const bool *is_sound)
{
    return i == NOWHERE || (row(world, i, is_sound) < world->run_max &&
                            goes_on(world, prev_of(world, i), is_sound));
}

/* Lines 6 and 7. */
static void add_named(const struct naive_world *world, bool *in)
{
    bool *is_sound = memory_new(world->count, sizeof *is_sound);

    for (size_t i = 0; i < world->count; i++)
        is_sound[i] = sound(world, i);
    for (size_t i = 0; i < world->count; i++)
        if (is_sound[i] && goes_on(world, i, is_sound))
            for (size_t at = i; at != NOWHERE; at = prev_of(world, at))
                in[at] = true;
    free(is_sound);
}

/* Anonymous with the same first tag, or an owner's of the same record and n. */
static bool same_slot(const struct naive_world *world, size_t i, size_t j)
{
    const struct author *one = author_of(world, i), *other = author_of(world, j);

    if (one->form != other->form)
        return false;
    if (one->form == AUTHOR_ANONYMOUS)
        return digest_equal(&one->tags[0], &other->tags[0]);
    return digest_equal(&one->record, &other->record) && one->n == other->n;
}

/* Of those that hold in each slot, the one with the lowest id. */
static void add_lowest(const struct naive_world *world, const bool *holds, bool *in)
{
    for (size_t i = 0; i < world->count; i++) {
        bool lowest = holds[i];
        for (size_t j = 0; j < world->count && lowest; j++)
            lowest =
                !holds[j] || !same_slot(world, i, j) ||
                digest_compare(record_id(world->records[i]), record_id(world->records[j])) <= 0;
        in[i] = in[i] || lowest;
    }
}

/* Line 8. */
static void add_anonymous(const struct naive_world *world, bool *in)
{
    bool *holds = memory_new(world->count, sizeof *holds);

    for (size_t i = 0; i < world->count; i++)
        holds[i] = author_of(world, i)->form == AUTHOR_ANONYMOUS &&
                   world->rules.ring_holds(world->rules.context, world->records[i]) == RING_HOLDS;
    add_lowest(world, holds, in);
    free(holds);
}

/* Line 9. */
static void add_owners(const struct naive_world *world, bool *in)
{
    bool *holds = memory_new(world->count, sizeof *holds);

    for (size_t i = 0; i < world->count; i++) {
        bool owners = author_of(world, i)->form == AUTHOR_OWNER;
        size_t subject = owners ? find(world, &author_of(world, i)->record) : NOWHERE;
        holds[i] = subject != NOWHERE && in[subject] &&
                   author_of(world, subject)->form == AUTHOR_ANONYMOUS &&
                   proven_by(world, i, &author_of(world, subject)->owner);
    }
    add_lowest(world, holds, in);
    free(holds);
}

void naive_set(const struct naive_world *world, bool *in)
{
    memset(in, false, world->count * sizeof *in);
    add_anonymous(world, in);
    add_owners(world, in);
    add_named(world, in);
}

/* --- Line 10 --- */

static bool is_erasure(const struct naive_world *world, size_t i)
{
    return bytes_equal(header_of(world, i)->kind, bytes_of_text("erasure"));
}

/* Does the erasure `e`, which is named, name `t`? */
static bool names(const struct naive_world *world, size_t e, size_t t)
{
    const struct header *header = header_of(world, e);

    for (size_t i = 0; i < header->reference_count; i++)
        if (header->references[i].relation == RELATION_ERASES &&
            digest_equal(&header->references[i].id, record_id(world->records[t])))
            return is_named(world, e) && is_erasure(world, e);
    return false;
}

/* Is `e` the erasure of an owner, and `t` another record of its hand? */
static bool takes_back(const struct naive_world *world, size_t e, size_t t)
{
    const struct author *by = author_of(world, e), *of = author_of(world, t);
    const struct digest *subject =
        of->form == AUTHOR_OWNER ? &of->record : record_id(world->records[t]);

    return e != t && by->form == AUTHOR_OWNER && by->n == 0 && is_erasure(world, e) &&
           of->form != AUTHOR_NAMED && digest_equal(&by->record, subject);
}

static bool has_right(const struct naive_world *world, size_t e, size_t t)
{
    const struct digest *by = &author_of(world, e)->feed.authority;
    const struct digest *of = &author_of(world, t)->feed.authority;

    return is_named(world, t) &&
           (digest_equal(by, of) || world->rules.succeeds(world->rules.context, by, of));
}

static bool is_new(const struct digest *list, size_t count, const struct digest *digest)
{
    for (size_t i = 0; i < count; i++)
        if (digest_equal(&list[i], digest))
            return false;
    return true;
}

/* Of the erasures that act, have so many stewards named it? */
static bool stewards_agree(const struct naive_world *world, const bool *acts, size_t t)
{
    struct digest *authorities = memory_new(world->count, sizeof *authorities);
    size_t count = 0;

    for (size_t e = 0; e < world->count; e++)
        if (acts[e] && names(world, e, t) &&
            is_new(authorities, count, &author_of(world, e)->feed.authority))
            authorities[count++] = author_of(world, e)->feed.authority;
    bool agree = count > 0 && world->rules.stewards_agree(world->rules.context, authorities, count);
    free(authorities);
    return agree;
}

bool naive_erased(const struct naive_world *world, const bool *acts, size_t t)
{
    for (size_t e = 0; e < world->count; e++)
        if (acts[e] && (takes_back(world, e, t) || (names(world, e, t) && has_right(world, e, t))))
            return true;
    return stewards_agree(world, acts, t);
}

/* Not linked, below every cut, and its own proof holds: what it would erase is hidden. */
static bool hides(const struct naive_world *world, size_t e)
{
    if (!is_named(world, e) || naive_linked(world, e))
        return false;
    struct feed_rules rules = rules_of_feed(world, e);
    for (size_t k = 0; k < rules.cut_count; k++)
        if (author_of(world, e)->seq >= rules.cuts[k].seq)
            return false;
    return proven(world, e, &rules);
}

void naive_texts(const struct naive_world *world, const bool *in, enum text_standing *texts)
{
    bool *acts = memory_new(world->count, sizeof *acts);

    for (size_t i = 0; i < world->count; i++)
        acts[i] = in[i] || hides(world, i);
    for (size_t i = 0; i < world->count; i++) {
        bool hidden = in[i] && naive_erased(world, acts, i);
        bool erased = in[i] && naive_erased(world, in, i);
        texts[i] = erased ? TEXT_ERASED : hidden ? TEXT_HIDDEN : TEXT_STANDS;
    }
    free(acts);
}
