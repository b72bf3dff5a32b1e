#include "protocol/suppression_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Which lines hang together, and the bridges of those that are two-way tables. */

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

static bool is_in_pieces(const struct suppression *suppression, const struct pieces *pieces,
                         size_t line)
{
    return !pieces->apart || !line_is_share(suppression, line);
}

size_t pieces_links(const struct suppression *suppression, const struct pieces *pieces, size_t cell,
                    const struct link *links[2])
{
    size_t count = 0;

    for (size_t i = suppression->use_starts[cell]; i < suppression->use_starts[cell + 1]; i++) {
        if (!is_in_pieces(suppression, pieces, suppression->uses[i].line))
            continue;
        if (count < 2)
            links[count] = &suppression->uses[i];
        count++;
    }
    return count;
}

static void spread_over(struct spreading *spreading, const struct link *link)
{
    const struct suppression *suppression = spreading->suppression;
    struct pieces *pieces = spreading->pieces;
    uint32_t piece = pieces->of_line[link->line];
    const struct link *links[2];

    if (pieces_links(suppression, pieces, link->cell, links) > 2)
        pieces->two_way[piece] = false;
    for (size_t i = suppression->use_starts[link->cell];
         i < suppression->use_starts[link->cell + 1]; i++)
        if (suppression->uses[i].line != link->line &&
            is_in_pieces(suppression, pieces, suppression->uses[i].line))
            reach(spreading, suppression->uses[i].line, piece,
                  (int8_t)(-pieces->side[link->line] * link->sign * suppression->uses[i].sign));
}

void suppression_pieces(const struct suppression *suppression, bool apart, struct pieces *pieces)
{
    struct spreading spreading = {suppression, pieces, NULL, 0};

    *pieces = (struct pieces){apart, memory_new(suppression->line_count, sizeof *pieces->of_line),
                              0, memory_new(suppression->line_count, sizeof *pieces->two_way),
                              memory_new(suppression->line_count, sizeof *pieces->side)};
    spreading.queue = memory_new(suppression->line_count, sizeof *spreading.queue);
    for (size_t line = 0; line < suppression->line_count; line++)
        pieces->of_line[line] = NONE;
    for (uint32_t first = 0; first < suppression->line_count; first++) {
        if (pieces->of_line[first] != NONE)
            continue;
        spreading.queued = 0;
        pieces->two_way[pieces->count] = is_in_pieces(suppression, pieces, first);
        reach(&spreading, first, (uint32_t)pieces->count++, 1);
        for (size_t i = 0; i < spreading.queued; i++) {
            size_t line = spreading.queue[i];
            for (size_t k = suppression->line_starts[line]; k < suppression->line_starts[line + 1];
                 k++)
                if (cell_is_open(suppression, &suppression->cells[suppression->links[k].cell]))
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

    return cell_is_open(suppression, &suppression->cells[cell]) &&
           suppression->use_starts[cell + 1] > first &&
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
