#ifndef CANDOUR_PROTOCOL_SUPPRESSION_H
#define CANDOUR_PROTOCOL_SUPPRESSION_H

#include "protocol/disclosure.h"

/* Secondary suppression: counts that are published with totals, and some of them hidden.
 *
 * Cells are counts; a line says that some of them add up to another: a row to its total, districts
 * to their county, quarters to a year. Cells that are small come hidden; this hides more of them,
 * until no reader of what is left can tell a hidden one:
 *
 *   (a) where one cell of a line is hidden, the smallest positive part that is shown is hidden too;
 *       where there is none, the total; where that is hidden, a part that is zero;
 *   (b) where the hidden parts of a line whose total is shown add up to less than t, one more is;
 *   (c) a hidden cell that the lines together determine gets company in one of its lines. Where
 *       each cell is in two lines (a two-way table) those are the bridges of the graph of lines
 *       joined by hidden cells (Gusfield 1988); elsewhere the cells whose unit vectors are in the
 *       row space of the lines;
 *   (d) so does a small one that can have fewer than NUMBERS_LEFT numbers, for counts are never
 *       negative, and a part never more than `most`: (a) to (c) alone leave some that can have only
 *       one.
 *
 * Where what is shown is rounded, a reader knows of it only what may have been rounded to it, and
 * (d) is the one rule. He is taken to know more of what is hidden: that a small part is 1 to t-1.
 * So 15 beside two hidden parts may be 13 or 14, and they 6 or 7, and something else is hidden.
 * Parts, wholes and what is left of these (shares) he puts together, each with its totals.
 *
 * What always holds when it is done: for each cell that may not be told there are NUMBERS_LEFT
 * tables of counts (or as many as `least` and `most` leave room for) that look the same and in
 * which it is another number: they were found, not inferred. And where nothing is rounded, no
 * hidden cell is determined by the lines. */

/* As many as a count of 1 to 4 can have, under the smallest threshold in use. To leave a count of 1
 * to 7 all its seven hid four times as many figures of small random tables. */
#define NUMBERS_LEFT 4

struct cell {
    int64_t count;  /* Its number; where it is not counted, what it is hidden in the order of. */
    int64_t least;  /* What a reader knows that it is between, besides what is published. */
    int64_t most;   /* COUNT_MAX where nothing is known. */
    bool counted;   /* False: nobody here knows its number any more, or it is none. */
    bool small;     /* It may not be told. */
    bool published; /* Before now: it stays as it is. */
    bool hidden;
};

/* What one table may have, before room is made for it. */
#define SUPPRESSION_CELLS_MAX 65536
#define SUPPRESSION_LINKS_MAX 262144 /* Cells in lines, in all. */

struct suppression;

/* `rounding_base` is that of all that is shown; 0: nothing is rounded. */
struct suppression *suppression_new(int64_t threshold, int64_t rounding_base);
void suppression_free(struct suppression *suppression);

/* Cells are named by numbers from 0, in the order in which they were added. FAULT_INPUT where there
 * are too many. */
bool suppression_add_cell(struct suppression *suppression, const struct cell *cell, size_t *number,
                          struct fault *fault);

/* These add up to `total`. No cell comes twice in one line. */
bool suppression_add_line(struct suppression *suppression, const size_t *parts, size_t count,
                          size_t total, struct fault *fault);

/* `part` counts some of those whom `whole` counts, and whom it leaves may not be told either: they
 * are a cell that is never shown, and is small where it is. Where the whole is hidden, its part is
 * too. For counts that are rounded, which a reader puts together so; a part that is more than its
 * whole is no share of it, and tells nothing. */
bool suppression_add_share(struct suppression *suppression, size_t part, size_t whole,
                           struct fault *fault);

/* Hide what must be. False with FAULT_INPUT where the net is too large to be judged, and with
 * FAULT_ABSENT where `*told` is a small cell that what was published before would give away,
 * whatever is hidden now. */
bool suppression_run(struct suppression *suppression, size_t *told, struct fault *fault);

/* As it is now; and whether it was hidden by the rules above. */
const struct cell *suppression_cell(const struct suppression *suppression, size_t number);

#endif
