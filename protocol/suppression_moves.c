#include "protocol/suppression_inside.h"

#include <stdlib.h>

/* How many numbers a small cell of rounded linked tables can have, where a cell is in more than two
 * lines. The cell is moved by one, and every line that no longer adds up is mended by moving
 * another of its cells by one, best one that mends a second line with it: in three directions the
 * eight corners of a block, of which some may be totals. Every table that is reached is one that a
 * reader must reckon with. Looked for in a few ways and given up soon: then more is hidden, and
 * what is hidden leaves more room. Of shares, what is left moves too, or the whole (enum way); or
 * its line is one to be mended. */

#define MOVES_MAX 24 /* Cells in one move, */
#define LOOKS_MAX 32 /* lines looked at in one try, */
#define TRIES_MAX 12 /* and tries, each beginning elsewhere in the lines. */

struct mending {
    const struct suppression *suppression;
    int64_t *at;      /* The number of each cell in the table that was reached. */
    int64_t *off;     /* What a line's parts have too much, */
    uint32_t *broken; /* the lines that are off, */
    size_t broken_count;
    size_t *place; /* and where a line stands among them, from 1. */
    bool *moved;   /* In this try, */
    enum way way;
    uint32_t by[MOVES_MAX];                 /* which these are; */
    uint32_t all[MOVES_MAX * NUMBERS_LEFT]; /* and since the table as it is. */
    size_t all_count;
    size_t moves, looks, turn;
    int64_t looks_left; /* For all cells, in all audits. */
};

static bool may_move(const struct mending *mending, uint32_t cell, int64_t by)
{
    return !mending->moved[cell] &&
           cell_may_move(mending->suppression, mending->way, mending->at, cell, by);
}

static void note_line(struct mending *mending, uint32_t line)
{
    size_t place = mending->place[line];

    if (mending->off[line] != 0 && place == 0) {
        mending->broken[mending->broken_count++] = line;
        mending->place[line] = mending->broken_count;
    } else if (mending->off[line] == 0 && place != 0) {
        uint32_t last = mending->broken[--mending->broken_count];
        mending->broken[place - 1] = last;
        mending->place[last] = place;
        mending->place[line] = 0;
    }
}

static void move(struct mending *mending, uint32_t cell, int64_t by)
{
    const struct suppression *suppression = mending->suppression;

    cell_move(suppression, mending->way, mending->at, cell, by);
    for (size_t i = suppression->use_starts[cell]; i < suppression->use_starts[cell + 1]; i++) {
        const struct link *link = &suppression->uses[i];
        if (mending->way != BY_LINES && line_is_share(suppression, link->line))
            continue;
        mending->off[link->line] += link->sign * by;
        note_line(mending, link->line);
    }
}

/* Of the lines that are off. */
static size_t mended_by(const struct mending *mending, uint32_t cell, int64_t by)
{
    const struct suppression *suppression = mending->suppression;
    size_t mended = 0;

    for (size_t i = suppression->use_starts[cell]; i < suppression->use_starts[cell + 1]; i++) {
        const struct link *link = &suppression->uses[i];
        mended += mending->off[link->line] != 0 && mending->off[link->line] + link->sign * by == 0;
    }
    return mended;
}

static bool mend(struct mending *mending);

static bool mend_by(struct mending *mending, uint32_t cell, int64_t by)
{
    mending->moved[cell] = true;
    mending->by[mending->moves++] = cell;
    move(mending, cell, by);
    if (mend(mending))
        return true;
    move(mending, cell, -by);
    mending->moves--;
    mending->moved[cell] = false;
    return false;
}

/* By cells that mend another line too, or by others. */
static bool mend_line(struct mending *mending, uint32_t line, bool another)
{
    const struct suppression *suppression = mending->suppression;
    size_t first = suppression->line_starts[line];
    size_t count = suppression->line_starts[line + 1] - first;
    int64_t off = mending->off[line];

    for (size_t i = 0; i < count && mending->looks < LOOKS_MAX; i++) {
        const struct link *link = &suppression->links[first + (i + mending->turn) % count];
        int64_t by = -off * link->sign;
        if (may_move(mending, link->cell, by) &&
            (mended_by(mending, link->cell, by) > 1) == another && mend_by(mending, link->cell, by))
            return true;
    }
    return false;
}

static bool mend(struct mending *mending)
{
    if (mending->broken_count == 0)
        return true;
    if (mending->moves == MOVES_MAX || mending->looks == LOOKS_MAX)
        return false;
    mending->looks++;
    mending->looks_left--;
    uint32_t line = mending->broken[mending->broken_count - 1];
    return mend_line(mending, line, true) || mend_line(mending, line, false);
}

static bool step(struct mending *mending, uint32_t cell, int64_t by)
{
    for (size_t try = 0; try < TRIES_MAX; try++) {
        mending->looks = 0;
        mending->turn = try;
        if (mending->looks_left <= 0 || !may_move(mending, cell, by) || !mend_by(mending, cell, by))
            continue;
        while (mending->moves > 0) {
            uint32_t moved = mending->by[--mending->moves];
            mending->moved[moved] = false;
            mending->all[mending->all_count++] = moved;
        }
        return true;
    }
    return false;
}

static bool step_any(struct mending *mending, uint32_t cell, int by)
{
    struct mover movers[2];
    size_t count = cell_movers(mending->suppression, cell, by, movers);

    for (size_t i = 0; i < count; i++) {
        mending->way = movers[i].way;
        if (step(mending, movers[i].cell, movers[i].by))
            return true;
    }
    mending->way = BY_LINES;
    return mending->suppression->share_count > 0 && step(mending, cell, by);
}

static bool is_narrow(struct mending *mending, uint32_t cell)
{
    const struct suppression *suppression = mending->suppression;
    int64_t needed = cell_needed(&suppression->cells[cell]), numbers = 1;

    for (int by = 1; by >= -1; by -= 2) {
        while (numbers < needed && step_any(mending, cell, by))
            numbers++;
        while (mending->all_count > 0)
            cell_put_back(suppression, mending->at, mending->all[--mending->all_count]);
    }
    return numbers < needed;
}

void moves_audit(const struct suppression *suppression, int64_t *looks_left, bool *narrow)
{
    size_t cells = suppression->cell_count, lines = suppression->line_count;
    struct mending mending = {.suppression = suppression,
                              .looks_left = *looks_left,
                              .at = memory_new(cells, sizeof *mending.at),
                              .off = memory_new(lines, sizeof *mending.off),
                              .broken = memory_new(lines, sizeof *mending.broken),
                              .place = memory_new(lines, sizeof *mending.place),
                              .moved = memory_new(cells, sizeof *mending.moved)};

    for (size_t i = 0; i < cells; i++)
        mending.at[i] = suppression->cells[i].count;
    for (uint32_t cell = 0; cell < cells; cell++)
        narrow[cell] = narrow[cell] && is_narrow(&mending, cell);
    *looks_left = mending.looks_left;
    void *const lists[] = {mending.at, mending.off, mending.broken, mending.place, mending.moved};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        free(lists[i]);
}
