#include "protocol/suppression_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Linked tables, of which a cell is in more than two lines: what the lines alone tell, and how many
 * numbers a small cell can have. Both from one elimination, in numbers modulo a prime.
 *
 * A hidden cell is told unless it is another number in a solution of the lines with every visible
 * cell nothing. Such a solution is found modulo PRIME; where its numbers, taken from both sides of
 * zero, are so small that no line's sum can be as much as PRIME, that sum is zero and not a
 * multiple of it, so it is a solution in whole numbers. Where they are not, the cell is taken for
 * one that is told. So a mistake can hide too much, and never too little. */
#define PRIME UINT64_C(2147483647)

/* A piece with more than this is refused: its elimination would take minutes. */
#define ELIMINATION_MAX ((size_t)4 << 20)

struct matrix {
    uint32_t *numbers; /* Lines by cells. */
    size_t lines, columns;
    uint32_t *cells; /* Which cell a column is. */
    size_t *pivots;  /* Of each of the first `rank` lines: its column. */
    bool *is_pivot;  /* Of each column. */
    size_t rank;
    bool all_hidden;   /* Then nothing is published of it. */
    size_t most_small; /* Numbers up to this are small. */
};

static uint32_t *line_of(const struct matrix *matrix, size_t line)
{
    return matrix->numbers + line * matrix->columns;
}

static uint64_t inverse(uint64_t number)
{
    uint64_t power = number, result = 1;

    for (uint64_t left = PRIME - 2; left > 0; left >>= 1) {
        if (left & 1)
            result = result * power % PRIME;
        power = power * power % PRIME;
    }
    return result;
}

static void swap_lines(struct matrix *matrix, size_t a, size_t b)
{
    uint32_t *first = line_of(matrix, a), *second = line_of(matrix, b);

    for (size_t i = 0; a != b && i < matrix->columns; i++) {
        uint32_t kept = first[i];
        first[i] = second[i];
        second[i] = kept;
    }
}

/* Take the pivot's line off another, so often that it has nothing in the pivot's column. */
static void clear_column(struct matrix *matrix, size_t line, size_t pivot, size_t column)
{
    uint32_t *from = line_of(matrix, line), *take = line_of(matrix, pivot);
    uint64_t times = PRIME - from[column];

    if (from[column] == 0)
        return;
    for (size_t i = 0; i < matrix->columns; i++)
        if (take[i] != 0)
            from[i] = (uint32_t)((from[i] + times * take[i]) % PRIME);
}

/* Make a line the one that its pivot's column is told from. */
static void pivot_on(struct matrix *matrix, size_t pivot, size_t column)
{
    uint32_t *line = line_of(matrix, pivot);
    uint64_t by = inverse(line[column]);

    for (size_t i = 0; by != 1 && i < matrix->columns; i++)
        line[i] = (uint32_t)(line[i] * by % PRIME);
    for (size_t other = 0; other < matrix->lines; other++)
        if (other != pivot)
            clear_column(matrix, other, pivot, column);
    matrix->is_pivot[column] = true;
    matrix->pivots[pivot] = column;
}

static void eliminate(struct matrix *matrix)
{
    for (size_t column = 0; column < matrix->columns && matrix->rank < matrix->lines; column++) {
        size_t pivot = matrix->rank;
        while (pivot < matrix->lines && line_of(matrix, pivot)[column] == 0)
            pivot++;
        if (pivot == matrix->lines)
            continue;
        swap_lines(matrix, pivot, matrix->rank);
        pivot_on(matrix, matrix->rank++, column);
    }
}

static bool is_small(const struct matrix *matrix, uint32_t number)
{
    return number <= matrix->most_small || PRIME - number <= matrix->most_small;
}

/* The solution in which this column, which is no pivot's, is 1 and all others of its kind 0: whom
 * it moves is not told. */
static void take_solution(const struct matrix *matrix, size_t column, bool *told)
{
    for (size_t i = 0; i < matrix->rank; i++)
        if (!is_small(matrix, line_of(matrix, i)[column]))
            return;
    told[matrix->cells[column]] = false;
    for (size_t i = 0; i < matrix->rank; i++)
        if (line_of(matrix, i)[column] != 0)
            told[matrix->cells[matrix->pivots[i]]] = false;
}

/* The hidden cells of a piece, each with the number of its column in `columns`. */
static void find_columns(const struct suppression *suppression, const struct pieces *pieces,
                         size_t piece, struct matrix *matrix, uint32_t *columns)
{
    matrix->cells = memory_new(suppression->cell_count, sizeof *matrix->cells);
    for (uint32_t cell = 0; cell < suppression->cell_count; cell++) {
        size_t first = suppression->use_starts[cell];
        if (!suppression->cells[cell].hidden || suppression->use_starts[cell + 1] == first ||
            pieces->of_line[suppression->uses[first].line] != piece)
            continue;
        columns[cell] = (uint32_t)matrix->columns;
        matrix->cells[matrix->columns++] = cell;
    }
    for (size_t line = 0; line < suppression->line_count; line++)
        matrix->lines += pieces->of_line[line] == piece;
}

static void fill(const struct suppression *suppression, const struct pieces *pieces, size_t piece,
                 struct matrix *matrix, const uint32_t *columns)
{
    size_t row = 0;

    matrix->all_hidden = true;
    matrix->numbers = memory_new(matrix->lines * matrix->columns, sizeof *matrix->numbers);
    matrix->pivots = memory_new(matrix->lines, sizeof *matrix->pivots);
    matrix->is_pivot = memory_new(matrix->columns, sizeof *matrix->is_pivot);
    matrix->most_small = (size_t)(PRIME - 1) / (matrix->columns + 1);
    for (size_t line = 0; line < suppression->line_count; line++) {
        if (pieces->of_line[line] != piece)
            continue;
        for (size_t i = suppression->line_starts[line]; i < suppression->line_starts[line + 1]; i++)
            if (!suppression->cells[suppression->links[i].cell].hidden)
                matrix->all_hidden = false;
            else
                line_of(matrix, row)[columns[suppression->links[i].cell]] =
                    suppression->links[i].sign > 0 ? 1 : (uint32_t)PRIME - 1;
        row++;
    }
}

/* --- How many numbers a cell can have: the simplex method (Dantzig 1947), in whole numbers ---
 *
 * From the table as it is, a cell is moved up or down as far as it goes. Cells that are no pivots
 * move one at a time, and pivots with them so that every line adds up; who comes to the end of its
 * room changes places with the one that moves. Every table on the way is one that a reader must
 * reckon with, and shows numbers of many cells at once. Where a number would not be whole, or it
 * takes too long, no more are found than were. */

#define PIVOTS_MAX 200               /* For one cell in one direction, */
#define WORK_MAX ((size_t)256 << 20) /* and numbers changed for all of a piece. */
#define SEEN_MIDDLE 32

struct simplex {
    const struct suppression *suppression;
    struct matrix *matrix;
    int64_t *at;    /* The number of each column's cell in the table that was reached. */
    uint64_t *seen; /* Which numbers a column's cell has had: its own is the middle bit. */
    size_t *line;   /* Of a pivot's column: which line is its own. */
    size_t work;
};

static const struct cell *cell_at(const struct simplex *simplex, size_t column)
{
    return &simplex->suppression->cells[simplex->matrix->cells[column]];
}

static int64_t room_of(const struct simplex *simplex, size_t column, int64_t by)
{
    const struct cell *cell = cell_at(simplex, column);

    if (!cell->counted)
        return 0;
    return by > 0 ? cell->most - simplex->at[column] : simplex->at[column] - cell->least;
}

static int64_t signed_of(uint32_t number)
{
    return number > PRIME / 2 ? (int64_t)number - (int64_t)PRIME : (int64_t)number;
}

static bool is_wide(const struct simplex *simplex, size_t column)
{
    int64_t numbers = 0;

    for (uint64_t left = simplex->seen[column]; left != 0; left &= left - 1)
        numbers++;
    return numbers >= cell_needed(cell_at(simplex, column));
}

static void change(struct simplex *simplex, size_t column, int64_t by)
{
    simplex->at[column] += by;
    int64_t bit = simplex->at[column] - cell_at(simplex, column)->count + SEEN_MIDDLE;
    if (bit >= 0 && bit < 64)
        simplex->seen[column] |= UINT64_C(1) << bit;
}

/* A move of one column's cell, and of pivots with it. */
struct step {
    size_t mover, stop; /* Which line's pivot comes to its end; the number of lines: none does. */
    int direction;
    int64_t far;
};

/* How far it goes. False where a number would not be whole, now or afterwards. */
static bool can_step(const struct simplex *simplex, struct step *step)
{
    const struct matrix *matrix = simplex->matrix;

    step->far = room_of(simplex, step->mover, step->direction);
    step->stop = matrix->lines;
    if (step->far <= 0)
        return false;
    for (size_t i = 0; i < matrix->rank; i++) {
        uint32_t number = line_of(matrix, i)[step->mover];
        int64_t times = -signed_of(number) * step->direction;
        if (number == 0)
            continue;
        if (!is_small(matrix, number))
            return false;
        int64_t far = room_of(simplex, matrix->pivots[i], times) / llabs(times);
        bool before = far == step->far && step->stop < matrix->lines &&
                      matrix->pivots[i] < matrix->pivots[step->stop];
        if (far >= step->far && !before)
            continue;
        step->far = far;
        step->stop = i;
    }
    return step->stop == matrix->lines ||
           llabs(signed_of(line_of(matrix, step->stop)[step->mover])) == 1;
}

/* A step by which this column's cell goes `by`; where there is none, the first that only makes two
 * cells change places. */
static bool find_step(const struct simplex *simplex, size_t column, int by, struct step *step)
{
    const struct matrix *matrix = simplex->matrix;
    struct step other;
    bool found = false;

    *step = (struct step){.mover = column, .direction = by};
    if (!matrix->is_pivot[column])
        return can_step(simplex, step);
    const uint32_t *line = line_of(matrix, simplex->line[column]);
    for (size_t mover = 0; mover < matrix->columns; mover++) {
        if (line[mover] == 0 || matrix->is_pivot[mover])
            continue;
        other.mover = mover;
        other.direction = signed_of(line[mover]) * by < 0 ? 1 : -1;
        if (!can_step(simplex, &other) || (found && other.far == 0))
            continue;
        *step = other;
        found = true;
        if (step->far > 0)
            break;
    }
    return found;
}

static void take(struct simplex *simplex, const struct step *step)
{
    const struct matrix *matrix = simplex->matrix;

    for (int64_t i = 0; i < step->far && i < simplex->suppression->threshold; i++) {
        change(simplex, step->mover, step->direction);
        for (size_t line = 0; line < matrix->rank; line++)
            if (line_of(matrix, line)[step->mover] != 0)
                change(simplex, matrix->pivots[line],
                       -signed_of(line_of(matrix, line)[step->mover]) * step->direction);
    }
}

static void push(struct simplex *simplex, size_t column, int by)
{
    struct matrix *matrix = simplex->matrix;
    struct step step;

    for (size_t i = 0; i < matrix->columns; i++)
        simplex->at[i] = cell_at(simplex, i)->count;
    for (int i = 0; i < PIVOTS_MAX && simplex->work < WORK_MAX && !is_wide(simplex, column); i++) {
        if (!find_step(simplex, column, by, &step))
            return;
        take(simplex, &step);
        if (step.stop == matrix->lines || step.far > simplex->suppression->threshold)
            continue;
        matrix->is_pivot[matrix->pivots[step.stop]] = false;
        pivot_on(matrix, step.stop, step.mover);
        simplex->work += matrix->lines * matrix->columns;
        simplex->line[step.mover] = step.stop;
    }
}

static void find_narrow(const struct suppression *suppression, struct matrix *matrix, bool *narrow)
{
    struct simplex simplex = {suppression,
                              matrix,
                              memory_new(matrix->columns, sizeof *simplex.at),
                              memory_new(matrix->columns, sizeof *simplex.seen),
                              memory_new(matrix->columns, sizeof *simplex.line),
                              0};

    for (size_t i = 0; i < matrix->rank; i++)
        simplex.line[matrix->pivots[i]] = i;
    for (size_t i = 0; i < matrix->columns; i++)
        simplex.seen[i] = UINT64_C(1) << SEEN_MIDDLE;
    for (size_t i = 0; i < matrix->columns; i++) {
        const struct cell *cell = cell_at(&simplex, i);
        if (!cell->small || !cell->counted || matrix->all_hidden)
            continue;
        push(&simplex, i, 1);
        push(&simplex, i, -1);
        narrow[matrix->cells[i]] = !is_wide(&simplex, i);
    }
    free(simplex.at);
    free(simplex.seen);
    free(simplex.line);
}

/* --- The pieces that are not two-way --- */

static bool eliminate_piece(const struct suppression *suppression, const struct pieces *pieces,
                            size_t piece, uint32_t *columns, bool *told, bool *narrow,
                            struct fault *fault)
{
    struct matrix matrix = {0};

    find_columns(suppression, pieces, piece, &matrix, columns);
    bool done = matrix.columns * matrix.lines <= ELIMINATION_MAX;
    if (!done)
        fault_set(
            fault, FAULT_INPUT,
            "%zu hidden figures in %zu sums that hang together: more than can be judged: import "
            "one breakdown less",
            matrix.columns, matrix.lines);
    if (done) {
        fill(suppression, pieces, piece, &matrix, columns);
        eliminate(&matrix);
        for (size_t i = 0; i < matrix.columns; i++)
            told[matrix.cells[i]] = true;
        for (size_t i = 0; i < matrix.columns; i++)
            if (!matrix.is_pivot[i])
                take_solution(&matrix, i, told);
        find_narrow(suppression, &matrix, narrow);
    }
    free(matrix.numbers);
    free(matrix.cells);
    free(matrix.pivots);
    free(matrix.is_pivot);
    return done;
}

bool linked_audit(const struct suppression *suppression, const struct pieces *pieces,
                  bool *determined, bool *narrow, struct fault *fault)
{
    uint32_t *columns = memory_new(suppression->cell_count, sizeof *columns);
    bool done = true;

    assert(suppression->threshold < SEEN_MIDDLE);
    for (size_t piece = 0; done && piece < pieces->count; piece++)
        if (!pieces->two_way[piece])
            done = eliminate_piece(suppression, pieces, piece, columns, determined, narrow, fault);
    free(columns);
    return done;
}
