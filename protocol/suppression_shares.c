#include "protocol/suppression_inside.h"

#include <assert.h>
#include <stdlib.h>

/* Shares: parts of wholes, where both are rounded and each has its totals. What is left of each is
 * a cell that is never shown, and the three are a line. So parts, wholes and what is left hang
 * together: in a table of one breakdown they are a two-way piece, which paths search to the end. In
 * one of more they are no piece that can be; but a table in which parts alone move, or wholes
 * alone, and what is left with them, or parts and wholes alike, is one that a reader must reckon
 * with, and is found as easily as one of counts. */

/* What is left where nobody here knows of whom is nothing that was counted. */
static struct cell rest_cell(const struct suppression *suppression, const struct cell *part,
                             const struct cell *whole)
{
    struct cell rest = {.counted = part->counted && whole->counted && part->count <= whole->count,
                        .most = COUNT_MAX,
                        .hidden = true};

    if (rest.counted)
        rest.count = whole->count - part->count;
    rest.small = part->hidden && rest.count > 0 && rest.count < suppression->threshold;
    rest.published = part->published;
    return rest;
}

bool suppression_add_share(struct suppression *suppression, size_t part, size_t whole,
                           struct fault *fault)
{
    const struct cell *is = suppression_cell(suppression, part);
    const struct cell *of = suppression_cell(suppression, whole);
    struct cell cell = rest_cell(suppression, is, of);
    size_t rest;

    assert(suppression->rounding_base > 0);
    if (is->counted && of->counted && is->count > of->count)
        return true;
    if (!suppression_add_cell(suppression, &cell, &rest, fault))
        return false;
    suppression->shares = with_room(suppression->shares, suppression->share_count + 1,
                                    &suppression->share_room, sizeof *suppression->shares);
    suppression->shares[suppression->share_count++] =
        (struct share){.part = (uint32_t)part,
                       .rest = (uint32_t)rest,
                       .whole = (uint32_t)whole,
                       .line = (uint32_t)suppression->line_count};
    return suppression_add_line(suppression, (const size_t[]){part, rest}, 2, whole, fault);
}

/* --- The shares by cell --- */

const struct share *cell_share(const struct suppression *suppression, size_t cell)
{
    uint32_t share = suppression->share_of[cell];

    return share == NONE ? NULL : &suppression->shares[share];
}

bool line_is_share(const struct suppression *suppression, size_t line)
{
    return suppression->is_share[line];
}

/* The links of a cell to sums; `count` from 0. */
static const struct link *sum_of(const struct suppression *suppression, size_t cell, size_t count)
{
    for (size_t i = suppression->use_starts[cell]; i < suppression->use_starts[cell + 1]; i++)
        if (!line_is_share(suppression, suppression->uses[i].line) && count-- == 0)
            return &suppression->uses[i];
    return NULL;
}

/* `twins` is of each sum of parts the sum of their wholes, or NONE. */
static bool is_twin(const struct suppression *suppression, const struct share *share,
                    uint32_t *twins)
{
    for (size_t i = 0;; i++) {
        const struct link *part = sum_of(suppression, share->part, i);
        const struct link *whole = sum_of(suppression, share->whole, i);
        if (part == NULL || whole == NULL)
            return part == whole;
        if (twins[part->line] == NONE)
            twins[part->line] = whole->line;
        if (twins[part->line] != whole->line || part->sign != whole->sign)
            return false;
    }
}

static void find_twins(struct suppression *suppression)
{
    uint32_t *twins = memory_new(suppression->line_count, sizeof *twins);

    for (size_t i = 0; i < suppression->line_count; i++)
        twins[i] = NONE;
    for (size_t i = 0; i < suppression->share_count; i++)
        suppression->shares[i].twin = is_twin(suppression, &suppression->shares[i], twins);
    free(twins);
}

void shares_sort(struct suppression *suppression)
{
    suppression->share_of = memory_new(suppression->cell_count, sizeof *suppression->share_of);
    for (size_t i = 0; i < suppression->cell_count; i++)
        suppression->share_of[i] = NONE;
    suppression->is_share = memory_new(suppression->line_count, sizeof *suppression->is_share);
    for (uint32_t i = 0; i < suppression->share_count; i++) {
        const struct share *share = &suppression->shares[i];
        suppression->is_share[share->line] = true;
        suppression->share_of[share->part] = suppression->share_of[share->rest] =
            suppression->share_of[share->whole] = i;
    }
    find_twins(suppression);
}

/* --- Cells that move together --- */

/* Another cell, or NONE, that moves with this one. */
struct follower {
    uint32_t cell;
    int64_t by;
};

static struct follower follower_of(const struct suppression *suppression, enum way way,
                                   uint32_t cell, int64_t by)
{
    const struct share *share = way == BY_LINES ? NULL : cell_share(suppression, cell);

    if (share == NULL)
        return (struct follower){NONE, 0};
    if (way == BY_TWIN)
        return (struct follower){share->whole, by};
    return (struct follower){share->rest, cell == share->part ? -by : by};
}

/* Has it a twin that can follow in all its sums? */
static bool has_twin(const struct suppression *suppression, uint32_t cell)
{
    const struct share *share = cell_share(suppression, cell);

    return share != NULL && share->twin && cell == share->part;
}

bool cell_may_move(const struct suppression *suppression, enum way way, const int64_t *at,
                   uint32_t cell, int64_t by)
{
    if (!cell_may_be(suppression, cell, at[cell] + by) ||
        (way == BY_TWIN && !has_twin(suppression, cell)))
        return false;
    struct follower follower = follower_of(suppression, way, cell, by);
    return follower.cell == NONE ||
           cell_may_be(suppression, follower.cell, at[follower.cell] + follower.by);
}

void cell_move(const struct suppression *suppression, enum way way, int64_t *at, uint32_t cell,
               int64_t by)
{
    struct follower follower = follower_of(suppression, way, cell, by);

    at[cell] += by;
    if (follower.cell != NONE)
        at[follower.cell] += follower.by;
}

void cell_put_back(const struct suppression *suppression, int64_t *at, uint32_t cell)
{
    const struct share *share = cell_share(suppression, cell);

    at[cell] = suppression->cells[cell].count;
    if (share == NULL)
        return;
    at[share->whole] = suppression->cells[share->whole].count;
    at[share->rest] = suppression->cells[share->rest].count;
}

size_t cell_movers(const struct suppression *suppression, uint32_t cell, int by,
                   struct mover movers[2])
{
    const struct share *share = cell_share(suppression, cell);

    if (share == NULL) {
        movers[0] = (struct mover){BY_REST, cell, by};
        return 1;
    }
    movers[0] = cell == share->rest ? (struct mover){BY_REST, share->part, -by}
                                    : (struct mover){BY_REST, cell, by};
    movers[1] = cell == share->rest ? (struct mover){BY_REST, share->whole, by}
                                    : (struct mover){BY_TWIN, share->part, by};
    return 2;
}

/* --- What a reader knows of a share --- */

bool cell_is_total(const struct suppression *suppression, size_t cell)
{
    for (size_t i = suppression->use_starts[cell]; i < suppression->use_starts[cell + 1]; i++)
        if (suppression->uses[i].sign < 0 && !line_is_share(suppression, suppression->uses[i].line))
            return true;
    return false;
}

/* What a share that is shown leaves is nobody, or t and more; and all or none are of GROUP_LEAST.
 * Where one is hidden, a reader is taken to know for what: its whole; or its part; or what it
 * leaves. Of one he knows nothing more. */
static void narrow_share(struct suppression *suppression, const struct share *share)
{
    struct cell *part = &suppression->cells[share->part];
    struct cell *whole = &suppression->cells[share->whole];
    struct cell *rest = &suppression->cells[share->rest];
    int64_t threshold = suppression->threshold;
    bool all = rest->count == 0, none = part->count == 0;

    if (!rest->counted) {
        rest->counted = true;
    } else if (!part->hidden) {
        rest->least = rest->count < threshold ? 0 : threshold;
        rest->most = all ? 0 : COUNT_MAX;
        if ((all || none) && whole->count >= GROUP_LEAST)
            whole->least = GROUP_LEAST;
    } else if (!part->published && !cell_is_total(suppression, share->part)) {
        if (whole->hidden && whole->count < threshold) {
            part->least = rest->least = 0;
            part->most = rest->most = threshold - 1;
        } else if (rest->small && (none || part->count >= threshold)) {
            rest->least = 1;
            rest->most = threshold - 1;
        }
    }
}

void shares_narrow(struct suppression *suppression)
{
    for (size_t i = 0; i < suppression->share_count; i++)
        narrow_share(suppression, &suppression->shares[i]);
}

/* Of what is left and of the whole a reader knew something by the part that was shown. */
static void hide_part(struct suppression *suppression, const struct share *share)
{
    struct cell *whole = &suppression->cells[share->whole];
    struct cell *rest = &suppression->cells[share->rest];

    suppression->cells[share->part].hidden = true;
    rest->least = 0;
    rest->most = COUNT_MAX;
    whole->least = whole->count > 0;
}

void cell_hide(struct suppression *suppression, uint32_t cell)
{
    const struct share *share = cell_share(suppression, cell);

    suppression->cells[cell].hidden = true;
    if (share == NULL || cell == share->rest)
        return;
    const struct cell *part = &suppression->cells[share->part];
    if (cell == share->part || (!part->hidden && !part->published))
        hide_part(suppression, share);
}
