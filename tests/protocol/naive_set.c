#include "tests/protocol/naive_set.h"

#include <stdlib.h>
#include <string.h>

#define NOWHERE SIZE_MAX

static const struct author *author_of(const struct naive_world *world, size_t i)
{
    return &record_header(world->records[i])->author;
}

static size_t find(const struct naive_world *world, const struct digest *id)
{
    for (size_t i = 0; i < world->count; i++)
        if (memcmp(record_id(world->records[i])->bytes, id->bytes, DIGEST_SIZE) == 0)
            return i;
    return NOWHERE;
}

static bool same_feed(const struct naive_world *world, size_t i, size_t j)
{
    return author_of(world, j)->form == AUTHOR_NAMED &&
           feed_equal(&author_of(world, i)->feed, &author_of(world, j)->feed);
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
    if (author_of(world, i)->form != AUTHOR_NAMED)
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

static bool proven(const struct naive_world *world, size_t i, const struct feed_rules *rules)
{
    for (size_t k = 0; k < rules->key_count; k++)
        if (world->proven(world->context, world->records[i], &rules->keys[k]))
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
    struct feed_rules rules = world->rules.of(world->rules.context, &author_of(world, i)->feed);
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

void naive_set(const struct naive_world *world, bool *in)
{
    bool *is_sound = memory_new(world->count, sizeof *is_sound);

    for (size_t i = 0; i < world->count; i++) {
        is_sound[i] = sound(world, i);
        in[i] = false;
    }
    for (size_t i = 0; i < world->count; i++)
        if (is_sound[i] && goes_on(world, i, is_sound))
            for (size_t at = i; at != NOWHERE; at = prev_of(world, at))
                in[at] = true;
    free(is_sound);
}
