#ifndef CANDOUR_NODE_IMPORT_CELLS_H
#define CANDOUR_NODE_IMPORT_CELLS_H

#include "node/import_map.h"

/* What a cell of a table says, as people write it: nothing here knows of rows or columns. */

/* The same text, whatever its capitals; the same flag, where NULL is none. */
bool cell_is(struct bytes cell, const char *name);
bool flag_is(const char *flag, const char *code);

/* A sign anywhere in it, such as "%". */
bool cell_has_sign(struct bytes cell, const char *sign);

/* --- Numbers --- */

/* The flag that stands for this mark, or NULL. */
const char *cell_flag(const struct import_map *map, struct bytes mark);

/* A cell is a number, a flag, both or empty: "£1,034.50", "12 %", "[c]", "12.3 [p]". FAULT_INPUT,
 * with the column's name, where it is neither. `*flag` is NULL where there is none. */
bool cell_amount(const struct import_map *map, enum import_column column, struct bytes cell,
                 struct amount *amount, const char **flag, struct fault *fault);

/* --- Names --- */

/* One line of at most so many bytes. */
bool name_is_plain(const char *name, struct bytes text, size_t most, struct fault *fault);

/* Two names that look alike are one to every reader: no letter that looks like another, none that
 * nobody sees. */
bool name_is_as_read(const char *name, struct bytes text, struct fault *fault);

/* Breakdowns as one text, white space of any kind and length one space. One that is empty beside
 * others is of all. */
bool breakdowns_join(const struct bytes *cells, size_t count, struct buffer *disaggregation,
                     struct fault *fault);

#endif
