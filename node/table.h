#ifndef CANDOUR_NODE_TABLE_H
#define CANDOUR_NODE_TABLE_H

#include "protocol/bytes.h"
#include "protocol/fault.h"

#include <stdio.h>

/* Tables that people save from spreadsheets, by libcsv: comma-separated or with another delimiter,
 * quoted fields with line breaks in them, any line ending, with or without Excel's byte order mark.
 *
 * A row that cannot be read is reported with its line and left out; reading goes on with the line
 * after the one it began on. Memory is bounded by one row, whatever the file. */

#define TABLE_BYTES_MAX (64 * 1024 * 1024)
#define TABLE_LINE_MAX (64 * 1024)
#define TABLE_ROW_LINES_MAX 64 /* Lines of one row, where a quoted field has breaks. */
#define TABLE_FIELD_MAX (16 * 1024)
#define TABLE_COLUMNS_MAX 256
#define TABLE_BAD_MAX 1000 /* More bad rows than this, and it is another kind of file. */

struct row {
    uint32_t line; /* It begins on; counts from 1. */
    const struct bytes *cells;
    size_t count; /* As many as the first row has, unless it is that one. */
};

struct table_reader {
    const char *name; /* Of the file, for faults. */
    char delimiter;
    uint32_t skip_lines; /* Above the row of column names. */
    void *context;
    /* The row of column names, then each row. Cells are UTF-8, without white space at either end,
     * and live as long as the call. False with a fault ends the reading. */
    bool (*header)(void *context, const struct row *row, struct fault *fault);
    bool (*row)(void *context, const struct row *row, struct fault *fault);
    void (*bad)(void *context, uint32_t line, const char *why);
};

/* Read to the end. False: the file cannot be read, is too large or is no table, or a callback said
 * so; what was delivered then is not all there is. */
bool table_read(const struct table_reader *reader, FILE *file, struct fault *fault);

#endif
