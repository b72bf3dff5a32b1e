#ifndef CANDOUR_PROTOCOL_SUPPRESSION_INSIDE_H
#define CANDOUR_PROTOCOL_SUPPRESSION_INSIDE_H

#include "protocol/suppression.h"

/* The inside of a suppression, for the files suppression*.c. */

#define NONE UINT32_MAX

/* A cell in a line: the parts less the total are nothing. */
struct link {
    uint32_t cell, line;
    int32_t sign; /* 1 of a part, -1 of the total. */
};

struct suppression {
    int64_t threshold, rounding_base;
    struct cell *cells;
    size_t cell_count, cell_room;
    struct link *links; /* By line: its parts, then its total. */
    size_t link_count, link_room;
    size_t *line_starts; /* Of the links; one more than there are lines. */
    size_t line_count, line_room;
    struct link *uses; /* The same links by cell. */
    size_t *use_starts;
};

/* Sort the links by cell, when all are there. */
void suppression_sort(struct suppression *suppression);

/* What a reader knows that a cell is between: its number where it is shown, or what is rounded to
 * it. */
bool cell_may_be(const struct suppression *suppression, size_t cell, int64_t number);
/* Its number is not published. */
bool cell_is_open(const struct suppression *suppression, const struct cell *cell);
/* So many numbers a small cell must be left. */
int64_t cell_needed(const struct cell *cell);

/* The lines of which open cells make one piece: nothing in one piece tells of another. */
struct pieces {
    uint32_t *of_line; /* Which piece a line is in; */
    size_t count;
    bool *two_way; /* whether a piece is the graph of a two-way table: see suppression_pieces(). */
    int8_t *side;  /* Then 1 or -1: times this, a line's signs are those of a directed graph. */
};
void suppression_pieces(const struct suppression *suppression, struct pieces *pieces);
void suppression_pieces_release(struct pieces *pieces);

/* What is told of hidden cells: `determined`, those that the lines determine, counts or no counts;
 * `narrow`, small ones that can have too few numbers. In two-way pieces, by bridges and by paths;
 */
void bridges_find(const struct suppression *suppression, const struct pieces *pieces,
                  bool *determined);
void paths_audit(const struct suppression *suppression, const struct pieces *pieces, bool *narrow);

/* in others where counts are rounded, by mending lines, */
void moves_audit(const struct suppression *suppression, const struct pieces *pieces, bool *narrow);
/* and where they are not, by elimination and the simplex method. FAULT_INPUT where one is too
 * large. */
bool linked_audit(const struct suppression *suppression, const struct pieces *pieces,
                  bool *determined, bool *narrow, struct fault *fault);

#endif
