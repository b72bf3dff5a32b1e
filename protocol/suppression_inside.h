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

struct range {
    int64_t least, most;
};

/* Its line is no sum of a table: its whole is no total, and nothing is hidden there for another. */
struct share {
    uint32_t part, rest, whole, line;
    bool twin; /* Part and whole are in the same sums, each of its own kind. */
};

struct suppression {
    int64_t threshold, rounding_base;
    struct cell *cells;
    size_t cell_count, cell_room;
    struct link *links; /* By line: its parts, then its total. */
    size_t link_count, link_room;
    size_t *line_starts; /* Of the links; one more than there are lines. */
    size_t line_count, line_room;
    struct share *shares;
    size_t share_count, share_room;
    uint32_t *share_of; /* Of a cell; NONE. */
    bool *is_share;     /* Of a line. */
    struct link *uses;  /* The same links by cell. */
    size_t *use_starts;
    struct range *ranges; /* What a reader knows that each cell is between. */
};

/* Sort the links by cell, when all are there, and the shares. */
void suppression_sort(struct suppression *suppression);
void shares_sort(struct suppression *suppression);

/* The list, or one with room for so many. */
void *with_room(void *list, size_t needed, size_t *room, size_t size);

/* To a reader, who knows its number where it is shown, or what is rounded to it. */
static inline bool cell_may_be(const struct suppression *suppression, size_t cell, int64_t number)
{
    return number >= suppression->ranges[cell].least && number <= suppression->ranges[cell].most;
}
/* Its number is not published. */
bool cell_is_open(const struct suppression *suppression, const struct cell *cell);
/* It is the total of a sum. */
bool cell_is_total(const struct suppression *suppression, size_t cell);
/* So many numbers a small cell must be left. */
int64_t cell_needed(const struct cell *cell);

/* The share that a cell is in, or NULL; and whether a line is one. */
const struct share *cell_share(const struct suppression *suppression, size_t cell);
bool line_is_share(const struct suppression *suppression, size_t line);

/* What a reader knows of parts, wholes and what is left, by why they are shown or hidden; and hide
 * a cell, with the part of it. */
void shares_narrow(struct suppression *suppression);
void cell_hide(struct suppression *suppression, uint32_t cell);

/* In what way a share still adds up when one of its cells moves: */
enum way {
    BY_LINES, /* its line is mended as all others are; */
    BY_REST,  /* what is left moves too, with the whole, or against the part; */
    BY_TWIN,  /* the whole moves with its part, in the sums of both, and what is left stays. */
};
/* In the table that was reached; and move it, with what moves too. */
bool cell_may_move(const struct suppression *suppression, enum way way, const int64_t *at,
                   uint32_t cell, int64_t by);
void cell_move(const struct suppression *suppression, enum way way, int64_t *at, uint32_t cell,
               int64_t by);
/* To the table as it is, with what moved too. */
void cell_put_back(const struct suppression *suppression, int64_t *at, uint32_t cell);

/* The cells that are in sums and by which a cell moves: itself, or of what is left, another. */
struct mover {
    enum way way;
    uint32_t cell;
    int by;
};
size_t cell_movers(const struct suppression *suppression, uint32_t cell, int by,
                   struct mover movers[2]);

/* The lines of which open cells make one piece: nothing in one piece tells of another. Or, `apart`,
 * those that sums alone make one of: parts of shares are in one and their wholes in another. */
struct pieces {
    bool apart;
    uint32_t *of_line; /* Which piece a line is in; */
    size_t count;
    bool *two_way; /* whether a piece is the graph of a two-way table: see suppression_pieces(). */
    int8_t *side;  /* Then 1 or -1: times this, a line's signs are those of a directed graph. */
};
void suppression_pieces(const struct suppression *suppression, bool apart, struct pieces *pieces);
void suppression_pieces_release(struct pieces *pieces);
/* The lines of a cell that are in pieces; of one in a two-way piece there are at most two. */
size_t pieces_links(const struct suppression *suppression, const struct pieces *pieces, size_t cell,
                    const struct link *links[2]);

/* What is told of hidden cells: `determined`, those that the lines determine, counts or no counts;
 * `narrow`, of those that are asked for, the ones that can have too few numbers. In two-way pieces,
 * by bridges and by paths; */
void bridges_find(const struct suppression *suppression, const struct pieces *pieces,
                  bool *determined);
void paths_audit(const struct suppression *suppression, const struct pieces *pieces, bool *narrow);

/* in others where counts are rounded, by mending lines, while there are looks left of LOOKS_ALL; */
#define LOOKS_ALL INT64_C(20000000)
void moves_audit(const struct suppression *suppression, int64_t *looks_left, bool *narrow);
/* and where they are not, by elimination and the simplex method. FAULT_INPUT where one is too
 * large. */
bool linked_audit(const struct suppression *suppression, const struct pieces *pieces,
                  bool *determined, bool *narrow, struct fault *fault);

#endif
