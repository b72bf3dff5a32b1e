#include "protocol/suppression_inside.h"

#include <stdlib.h>

/* How many numbers a small cell of a two-way piece can have. From the table as it is, the cell is
 * moved by one, and the unit that one of its lines then has too much or too little goes on from
 * line to line, by way of other hidden cells, until it comes to the cell's other line; then once
 * more, from there. Each table on the way is one that a reader must reckon with. Lines are vertices
 * and hidden cells edges with room in either direction, so this finds what there is: it is a search
 * for paths in what is left of a flow (Ford and Fulkerson 1956).
 *
 * Where shares make a piece of more than two ways, those of its sums that are two-way are looked at
 * apart: parts move while their wholes stay, or wholes while their parts stay, and what is left of
 * each moves with it. That finds many tables, and not all. */

struct moving {
    const struct suppression *suppression;
    const struct pieces *pieces;
    int64_t *at;                    /* The number of each cell in the table that was reached. */
    uint32_t outside;               /* The vertex after all lines. */
    const struct link *(*links)[2]; /* Of a cell, to its vertices; NULL is the outside. */
    uint32_t *outer; /* Hidden cells in one line only, which join it to the outside. */
    size_t outer_count;
    uint32_t *search; /* In which search a vertex was last reached, */
    uint32_t *by;     /* by which cell, */
    uint32_t *from;   /* from which vertex. */
    uint32_t *queue;
    size_t queued;
    uint32_t searches, goal;
    uint32_t *changed; /* Cells, since the table as it is. */
    size_t changed_count;
    enum way way;
};

static bool may_move(const struct moving *moving, uint32_t cell, int by)
{
    return cell_may_move(moving->suppression, moving->way, moving->at, cell, by);
}

static void change(struct moving *moving, uint32_t cell, int by)
{
    moving->changed[moving->changed_count++] = cell;
    cell_move(moving->suppression, moving->way, moving->at, cell, by);
}

/* --- One more path --- */

static uint32_t other_end(const struct moving *moving, uint32_t cell, uint32_t vertex)
{
    const struct link *const *links = moving->links[cell];
    const struct link *other = links[links[0]->line == vertex];

    return other == NULL ? moving->outside : other->line;
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

static bool is_there(const struct moving *moving)
{
    return moving->search[moving->goal] == moving->searches;
}

/* How a cell moves when the unit leaves by it from the line of this link. */
static int leaving(const struct moving *moving, const struct link *link, int unit)
{
    return -unit * moving->pieces->side[link->line] * link->sign;
}

static void go_on_from(struct moving *moving, uint32_t vertex, uint32_t start, int unit)
{
    const struct suppression *suppression = moving->suppression;

    for (size_t i = suppression->line_starts[vertex];
         i < suppression->line_starts[vertex + 1] && !is_there(moving); i++) {
        const struct link *link = &suppression->links[i];
        if (link->cell != start && may_move(moving, link->cell, leaving(moving, link, unit)))
            arrive(moving, other_end(moving, link->cell, vertex), link->cell, vertex);
    }
}

static void come_in(struct moving *moving, uint32_t start, int unit)
{
    uint32_t piece = moving->pieces->of_line[moving->links[start][0]->line];

    for (size_t i = 0; i < moving->outer_count && !is_there(moving); i++) {
        uint32_t cell = moving->outer[i];
        const struct link *link = moving->links[cell][0];
        if (cell != start && moving->pieces->of_line[link->line] == piece &&
            may_move(moving, cell, -leaving(moving, link, unit)))
            arrive(moving, link->line, cell, moving->outside);
    }
}

/* Move what the unit left by, back from where it arrived. */
static void follow_back(struct moving *moving, uint32_t vertex, uint32_t begin, int unit)
{
    while (vertex != begin) {
        uint32_t cell = moving->by[vertex], from = moving->from[vertex];
        const struct link *const *links = moving->links[cell];
        if (from == moving->outside)
            change(moving, cell, -leaving(moving, links[0], unit));
        else
            change(moving, cell, leaving(moving, links[links[0]->line != from], unit));
        vertex = from;
    }
}

static bool move(struct moving *moving, uint32_t start, int by)
{
    const struct link *link = moving->links[start][0];
    uint32_t begin = link->line;
    int unit = by * link->sign * moving->pieces->side[begin];

    moving->queued = 0;
    moving->searches++;
    moving->goal = other_end(moving, start, begin);
    arrive(moving, begin, start, begin);
    for (size_t i = 0; i < moving->queued && !is_there(moving); i++) {
        if (moving->queue[i] == moving->outside)
            come_in(moving, start, unit);
        else
            go_on_from(moving, moving->queue[i], start, unit);
    }
    if (!is_there(moving))
        return false;
    follow_back(moving, moving->goal, begin, unit);
    change(moving, start, by);
    return true;
}

/* --- How many numbers a cell can have --- */

static bool is_two_way(const struct moving *moving, uint32_t cell)
{
    const struct link *link = moving->links[cell][0];

    return link != NULL && moving->pieces->two_way[moving->pieces->of_line[link->line]];
}

static bool step(struct moving *moving, uint32_t cell, int by)
{
    return is_two_way(moving, cell) && may_move(moving, cell, by) && move(moving, cell, by);
}

static bool step_any(struct moving *moving, uint32_t cell, int by)
{
    struct mover movers[2] = {{BY_LINES, cell, by}};
    size_t count = moving->pieces->apart ? cell_movers(moving->suppression, cell, by, movers) : 1;

    for (size_t i = 0; i < count; i++) {
        moving->way = movers[i].way;
        if (step(moving, movers[i].cell, movers[i].by))
            return true;
    }
    return false;
}

static bool is_narrow(struct moving *moving, uint32_t cell)
{
    const struct cell *is = &moving->suppression->cells[cell];
    int64_t needed = cell_needed(is), numbers = 1;

    for (int by = 1; by >= -1; by -= 2) {
        while (numbers < needed && step_any(moving, cell, by))
            numbers++;
        while (moving->changed_count > 0)
            cell_put_back(moving->suppression, moving->at,
                          moving->changed[--moving->changed_count]);
    }
    return numbers < needed;
}

static void find_links(struct moving *moving)
{
    const struct suppression *suppression = moving->suppression;

    for (uint32_t cell = 0; cell < suppression->cell_count; cell++)
        if (pieces_links(suppression, moving->pieces, cell, moving->links[cell]) == 1 &&
            cell_is_open(suppression, &suppression->cells[cell]))
            moving->outer[moving->outer_count++] = cell;
}

void paths_audit(const struct suppression *suppression, const struct pieces *pieces, bool *narrow)
{
    size_t cells = suppression->cell_count, vertices = suppression->line_count + 1;
    struct moving moving = {.suppression = suppression,
                            .pieces = pieces,
                            .at = memory_new(cells, sizeof *moving.at),
                            .outside = (uint32_t)suppression->line_count,
                            .links = memory_new(cells, sizeof *moving.links),
                            .outer = memory_new(cells, sizeof *moving.outer),
                            .search = memory_new(vertices, sizeof *moving.search),
                            .by = memory_new(vertices, sizeof *moving.by),
                            .from = memory_new(vertices, sizeof *moving.from),
                            .queue = memory_new(vertices, sizeof *moving.queue),
                            .changed =
                                memory_new((vertices + 1) * NUMBERS_LEFT, sizeof *moving.changed)};

    find_links(&moving);
    for (uint32_t cell = 0; cell < cells; cell++)
        moving.at[cell] = suppression->cells[cell].count;
    for (uint32_t cell = 0; cell < cells; cell++)
        narrow[cell] = narrow[cell] && is_narrow(&moving, cell);
    void *const lists[] = {moving.at, moving.links, moving.outer, moving.search,
                           moving.by, moving.from,  moving.queue, moving.changed};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        free(lists[i]);
}
