#include "protocol/suppression_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What the lines alone tell: bridges in two-way tables, elimination in others. */

/* --- Pieces --- */

/* A line times 1 or -1 for each line of a piece, such that every hidden cell is a part in one and a
 * total in the other: then lines are the vertices of a directed graph and hidden cells its edges,
 * with one vertex outside for the other end of those in one line only. A two-way table is one, with
 * its margins: its columns times -1. */
struct spreading {
    const struct suppression *suppression;
    struct pieces *pieces;
    uint32_t *queue;
    size_t queued;
};

static void reach(struct spreading *spreading, uint32_t line, uint32_t piece, int8_t side)
{
    struct pieces *pieces = spreading->pieces;

    if (pieces->of_line[line] == NONE) {
        pieces->of_line[line] = piece;
        pieces->side[line] = side;
        spreading->queue[spreading->queued++] = line;
    } else if (pieces->side[line] != side) {
        pieces->two_way[piece] = false;
    }
}

static void spread_over(struct spreading *spreading, const struct link *link)
{
    const struct suppression *suppression = spreading->suppression;
    struct pieces *pieces = spreading->pieces;
    uint32_t piece = pieces->of_line[link->line];
    size_t first = suppression->use_starts[link->cell];
    size_t end = suppression->use_starts[link->cell + 1];

    if (end - first > 2)
        pieces->two_way[piece] = false;
    for (size_t i = first; i < end; i++)
        if (suppression->uses[i].line != link->line)
            reach(spreading, suppression->uses[i].line, piece,
                  (int8_t)(-pieces->side[link->line] * link->sign * suppression->uses[i].sign));
}

void suppression_pieces(const struct suppression *suppression, struct pieces *pieces)
{
    struct spreading spreading = {suppression, pieces, NULL, 0};

    *pieces = (struct pieces){memory_new(suppression->line_count, sizeof *pieces->of_line), 0,
                              memory_new(suppression->line_count, sizeof *pieces->two_way),
                              memory_new(suppression->line_count, sizeof *pieces->side)};
    spreading.queue = memory_new(suppression->line_count, sizeof *spreading.queue);
    for (size_t line = 0; line < suppression->line_count; line++)
        pieces->of_line[line] = NONE;
    for (uint32_t first = 0; first < suppression->line_count; first++) {
        if (pieces->of_line[first] != NONE)
            continue;
        spreading.queued = 0;
        pieces->two_way[pieces->count] = true;
        reach(&spreading, first, (uint32_t)pieces->count++, 1);
        for (size_t i = 0; i < spreading.queued; i++) {
            size_t line = spreading.queue[i];
            for (size_t k = suppression->line_starts[line]; k < suppression->line_starts[line + 1];
                 k++)
                if (suppression->cells[suppression->links[k].cell].hidden)
                    spread_over(&spreading, &suppression->links[k]);
        }
    }
    free(spreading.queue);
}

void suppression_pieces_release(struct pieces *pieces)
{
    free(pieces->of_line);
    free(pieces->two_way);
    free(pieces->side);
    *pieces = (struct pieces){0};
}

/* --- Bridges: R. E. Tarjan, A note on finding the bridges of a graph, 1974 --- */

struct walk {
    uint32_t vertex, by; /* Came here by this cell; NONE at a start. */
    size_t next;         /* Which of the vertex's cells is looked at next. */
};

/* Vertices are lines, and after them the one outside. Edges are looked up by the vertex. */
struct graph {
    const struct suppression *suppression;
    uint32_t outside;
    uint32_t *edges; /* Cells by vertex, */
    size_t *starts;  /* of which these are where each begins. */
    uint32_t *entered, *low;
    uint32_t clock;
    struct walk *path;
    size_t depth;
};

static bool is_edge(const struct suppression *suppression, const struct pieces *pieces, size_t cell)
{
    size_t first = suppression->use_starts[cell];

    return suppression->cells[cell].hidden && suppression->use_starts[cell + 1] > first &&
           pieces->two_way[pieces->of_line[suppression->uses[first].line]];
}

static void ends_of(const struct graph *graph, uint32_t cell, uint32_t ends[2])
{
    const struct suppression *suppression = graph->suppression;
    size_t first = suppression->use_starts[cell];

    ends[0] = suppression->uses[first].line;
    ends[1] = suppression->use_starts[cell + 1] - first < 2 ? graph->outside
                                                            : suppression->uses[first + 1].line;
}

static void sort_edges(struct graph *graph, const struct pieces *pieces)
{
    const struct suppression *suppression = graph->suppression;
    size_t *at = memory_new((size_t)graph->outside + 3, sizeof *at);
    uint32_t ends[2];

    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t cell = 0; cell < suppression->cell_count; cell++) {
            if (!is_edge(suppression, pieces, cell))
                continue;
            ends_of(graph, cell, ends);
            for (size_t i = 0; i < 2; i++) {
                if (pass == 0)
                    at[ends[i] + 2]++;
                else
                    graph->edges[at[ends[i] + 1]++] = cell;
            }
        }
        for (size_t i = 2; pass == 0 && i < (size_t)graph->outside + 3; i++)
            at[i] += at[i - 1];
    }
    graph->starts = at;
}

static void enter(struct graph *graph, uint32_t vertex, uint32_t by)
{
    graph->entered[vertex] = graph->low[vertex] = ++graph->clock;
    graph->path[graph->depth++] = (struct walk){vertex, by, graph->starts[vertex]};
}

static void lower(struct graph *graph, uint32_t vertex, uint32_t to)
{
    if (to < graph->low[vertex])
        graph->low[vertex] = to;
}

/* One step along the path, or back. */
static void walk_on(struct graph *graph, bool *bridge)
{
    struct walk *here = &graph->path[graph->depth - 1];
    uint32_t ends[2];

    if (here->next < graph->starts[here->vertex + 1]) {
        uint32_t cell = graph->edges[here->next++];
        ends_of(graph, cell, ends);
        uint32_t other = ends[0] == here->vertex ? ends[1] : ends[0];
        if (cell == here->by)
            return;
        if (graph->entered[other] == 0)
            enter(graph, other, cell);
        else
            lower(graph, here->vertex, graph->entered[other]);
        return;
    }
    graph->depth--;
    if (graph->depth == 0)
        return;
    uint32_t parent = graph->path[graph->depth - 1].vertex;
    lower(graph, parent, graph->low[here->vertex]);
    if (graph->low[here->vertex] > graph->entered[parent])
        bridge[here->by] = true;
}

void bridges_find(const struct suppression *suppression, const struct pieces *pieces, bool *bridge)
{
    size_t vertices = suppression->line_count + 1;
    struct graph graph = {.suppression = suppression,
                          .outside = (uint32_t)suppression->line_count,
                          .edges = memory_new(2 * suppression->cell_count, sizeof *graph.edges),
                          .entered = memory_new(vertices, sizeof *graph.entered),
                          .low = memory_new(vertices, sizeof *graph.low),
                          .path = memory_new(vertices, sizeof *graph.path)};

    sort_edges(&graph, pieces);
    for (uint32_t vertex = 0; vertex < vertices; vertex++) {
        if (graph.entered[vertex] == 0)
            enter(&graph, vertex, NONE);
        while (graph.depth > 0)
            walk_on(&graph, bridge);
    }
    free(graph.edges);
    free(graph.starts);
    free(graph.entered);
    free(graph.low);
    free(graph.path);
}

/* --- Elimination, in numbers modulo a prime --- */

/* A cell is told unless it is another number in a solution of the lines with every visible cell
 * nothing. Such a solution is found modulo PRIME; where its numbers, taken from both sides of zero,
 * are so small that no line's sum can be as much as PRIME, that sum is zero and not a multiple of
 * it, so it is a solution in whole numbers. Where they are not, the cell is taken for one that is
 * told. So a mistake can hide too much, and never too little. */
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

static void eliminate(struct matrix *matrix)
{
    for (size_t column = 0; column < matrix->columns && matrix->rank < matrix->lines; column++) {
        size_t pivot = matrix->rank;
        while (pivot < matrix->lines && line_of(matrix, pivot)[column] == 0)
            pivot++;
        if (pivot == matrix->lines)
            continue;
        swap_lines(matrix, pivot, matrix->rank);
        uint32_t *line = line_of(matrix, matrix->rank);
        uint64_t by = inverse(line[column]);
        for (size_t i = column; i < matrix->columns; i++)
            line[i] = (uint32_t)(line[i] * by % PRIME);
        for (size_t other = 0; other < matrix->lines; other++)
            if (other != matrix->rank)
                clear_column(matrix, other, matrix->rank, column);
        matrix->is_pivot[column] = true;
        matrix->pivots[matrix->rank++] = column;
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

    matrix->numbers = memory_new(matrix->lines * matrix->columns, sizeof *matrix->numbers);
    matrix->pivots = memory_new(matrix->lines, sizeof *matrix->pivots);
    matrix->is_pivot = memory_new(matrix->columns, sizeof *matrix->is_pivot);
    matrix->most_small = (size_t)(PRIME - 1) / (matrix->columns + 1);
    for (size_t line = 0; line < suppression->line_count; line++) {
        if (pieces->of_line[line] != piece)
            continue;
        for (size_t i = suppression->line_starts[line]; i < suppression->line_starts[line + 1]; i++)
            if (suppression->cells[suppression->links[i].cell].hidden)
                line_of(matrix, row)[columns[suppression->links[i].cell]] =
                    suppression->links[i].sign > 0 ? 1 : (uint32_t)PRIME - 1;
        row++;
    }
}

static bool eliminate_piece(const struct suppression *suppression, const struct pieces *pieces,
                            size_t piece, uint32_t *columns, bool *told, struct fault *fault)
{
    struct matrix matrix = {0};

    find_columns(suppression, pieces, piece, &matrix, columns);
    bool done = matrix.columns * matrix.lines <= ELIMINATION_MAX;
    if (!done)
        fault_set(fault, FAULT_INPUT,
                  "%zu hidden figures in %zu sums that hang together: more than can be judged",
                  matrix.columns, matrix.lines);
    if (done) {
        fill(suppression, pieces, piece, &matrix, columns);
        eliminate(&matrix);
        for (size_t i = 0; i < matrix.columns; i++)
            told[matrix.cells[i]] = true;
        for (size_t i = 0; i < matrix.columns; i++)
            if (!matrix.is_pivot[i])
                take_solution(&matrix, i, told);
    }
    free(matrix.numbers);
    free(matrix.cells);
    free(matrix.pivots);
    free(matrix.is_pivot);
    return done;
}

bool suppression_determined(const struct suppression *suppression, const struct pieces *pieces,
                            bool *determined, struct fault *fault)
{
    uint32_t *columns = memory_new(suppression->cell_count, sizeof *columns);
    bool done = true;

    bridges_find(suppression, pieces, determined);
    for (size_t piece = 0; done && piece < pieces->count; piece++)
        if (!pieces->two_way[piece])
            done = eliminate_piece(suppression, pieces, piece, columns, determined, fault);
    free(columns);
    return done;
}
