#include "protocol/suppression_inside.h"

#include <stdlib.h>

/* How many numbers a small cell of a two-way piece can have. From the table as it is, the cell is
 * moved by one, and the unit that one of its lines then has too much or too little goes on from
 * line to line, by way of other hidden cells, until it comes to the cell's other line; then once
 * more, from there. Each table on the way is one that a reader must reckon with. Lines are vertices
 * and hidden cells edges with room in either direction, so this finds what there is: it is a search
 * for paths in what is left of a flow (Ford and Fulkerson 1956). */

struct moving {
    const struct suppression *suppression;
    const struct pieces *pieces;
    int64_t *at;      /* The number of each cell in the table that was reached. */
    uint32_t outside; /* The vertex after all lines. */
    uint32_t *outer;  /* Hidden cells in one line only, which join it to the outside. */
    size_t outer_count;
    uint32_t *search; /* In which search a vertex was last reached, */
    uint32_t *by;     /* by which cell, */
    uint32_t *from;   /* from which vertex. */
    uint32_t *queue;
    size_t queued;
    uint32_t searches;
};

static bool may_move(const struct moving *moving, uint32_t cell, int by)
{
    return cell_may_be(moving->suppression, cell, moving->at[cell] + by);
}

/* --- One more path --- */

static uint32_t other_end(const struct moving *moving, uint32_t cell, uint32_t vertex)
{
    const struct suppression *suppression = moving->suppression;
    size_t first = suppression->use_starts[cell], end = suppression->use_starts[cell + 1];

    for (size_t i = first; i < end; i++)
        if (suppression->uses[i].line != vertex)
            return suppression->uses[i].line;
    return moving->outside;
}

static void arrive(struct moving *moving, uint32_t vertex, uint32_t by, uint32_t from)
{
    if (moving->search[vertex] == moving->searches)
        return;
    moving->search[vertex] = moving->searches;
    moving->by[vertex] = by;
    moving->from[vertex] = from;
    moving->queue[moving->queued++] = vertex;
}

/* How a cell moves when the unit leaves by it from the line of this link. */
static int leaving(const struct moving *moving, const struct link *link, int unit)
{
    return -unit * moving->pieces->side[link->line] * link->sign;
}

static void go_on_from(struct moving *moving, uint32_t vertex, uint32_t start, int unit)
{
    const struct suppression *suppression = moving->suppression;

    for (size_t i = suppression->line_starts[vertex]; i < suppression->line_starts[vertex + 1];
         i++) {
        const struct link *link = &suppression->links[i];
        if (link->cell != start && may_move(moving, link->cell, leaving(moving, link, unit)))
            arrive(moving, other_end(moving, link->cell, vertex), link->cell, vertex);
    }
}

static void come_in(struct moving *moving, uint32_t start, int unit)
{
    const struct suppression *suppression = moving->suppression;
    size_t home = suppression->use_starts[start];
    uint32_t piece = moving->pieces->of_line[suppression->uses[home].line];

    for (size_t i = 0; i < moving->outer_count; i++) {
        uint32_t cell = moving->outer[i];
        const struct link *link = &suppression->uses[suppression->use_starts[cell]];
        if (cell != start && moving->pieces->of_line[link->line] == piece &&
            may_move(moving, cell, -leaving(moving, link, unit)))
            arrive(moving, link->line, cell, moving->outside);
    }
}

/* Move what the unit left by, back from where it arrived. */
static void follow_back(struct moving *moving, uint32_t vertex, uint32_t begin, int unit)
{
    const struct suppression *suppression = moving->suppression;

    while (vertex != begin) {
        uint32_t cell = moving->by[vertex], from = moving->from[vertex];
        const struct link *link = &suppression->uses[suppression->use_starts[cell]];
        if (from == moving->outside)
            moving->at[cell] -= leaving(moving, link, unit);
        else
            moving->at[cell] += leaving(moving, link->line == from ? link : link + 1, unit);
        vertex = from;
    }
}

static bool move(struct moving *moving, uint32_t start, int by)
{
    const struct suppression *suppression = moving->suppression;
    const struct link *link = &suppression->uses[suppression->use_starts[start]];
    uint32_t begin = link->line, goal = other_end(moving, start, begin);
    int unit = by * link->sign * moving->pieces->side[begin];

    moving->queued = 0;
    moving->searches++;
    arrive(moving, begin, start, begin);
    for (size_t i = 0; i < moving->queued && moving->search[goal] != moving->searches; i++) {
        if (moving->queue[i] == moving->outside)
            come_in(moving, start, unit);
        else
            go_on_from(moving, moving->queue[i], start, unit);
    }
    if (moving->search[goal] != moving->searches)
        return false;
    follow_back(moving, goal, begin, unit);
    moving->at[start] += by;
    return true;
}

/* --- How many numbers a cell can have --- */

static void begin_anew(struct moving *moving)
{
    for (size_t i = 0; i < moving->suppression->cell_count; i++)
        moving->at[i] = moving->suppression->cells[i].count;
}

static bool is_narrow(struct moving *moving, uint32_t cell)
{
    const struct cell *is = &moving->suppression->cells[cell];
    int64_t needed = cell_needed(is), numbers = 1;

    for (int by = 1; by >= -1; by -= 2) {
        begin_anew(moving);
        while (numbers < needed && may_move(moving, cell, by) && move(moving, cell, by))
            numbers++;
    }
    return numbers < needed;
}

static void find_outer(struct moving *moving)
{
    const struct suppression *suppression = moving->suppression;

    for (uint32_t cell = 0; cell < suppression->cell_count; cell++) {
        size_t first = suppression->use_starts[cell];
        if (cell_is_open(suppression, &suppression->cells[cell]) &&
            suppression->use_starts[cell + 1] == first + 1)
            moving->outer[moving->outer_count++] = cell;
    }
}

/* A small hidden cell of a two-way piece. */
static bool is_looked_at(const struct moving *moving, uint32_t cell)
{
    const struct suppression *suppression = moving->suppression;
    const struct cell *is = &suppression->cells[cell];
    size_t first = suppression->use_starts[cell];

    return is->hidden && is->small && is->counted && suppression->use_starts[cell + 1] > first &&
           moving->pieces->two_way[moving->pieces->of_line[suppression->uses[first].line]];
}

void paths_audit(const struct suppression *suppression, const struct pieces *pieces, bool *narrow)
{
    size_t cells = suppression->cell_count, vertices = suppression->line_count + 1;
    struct moving moving = {.suppression = suppression,
                            .pieces = pieces,
                            .at = memory_new(cells, sizeof *moving.at),
                            .outside = (uint32_t)suppression->line_count,
                            .outer = memory_new(cells, sizeof *moving.outer),
                            .search = memory_new(vertices, sizeof *moving.search),
                            .by = memory_new(vertices, sizeof *moving.by),
                            .from = memory_new(vertices, sizeof *moving.from),
                            .queue = memory_new(vertices, sizeof *moving.queue)};

    find_outer(&moving);
    for (uint32_t cell = 0; cell < cells; cell++)
        narrow[cell] = is_looked_at(&moving, cell) && is_narrow(&moving, cell);
    void *const lists[] = {moving.at, moving.outer, moving.search,
                           moving.by, moving.from,  moving.queue};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        free(lists[i]);
}
