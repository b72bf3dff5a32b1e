#ifndef CANDOUR_TESTS_PROTOCOL_CSV_H
#define CANDOUR_TESTS_PROTOCOL_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The public files in ../shared/data, which are not part of the project: NULL where one is not
 * there, and the test is left out. Their first line has the names of columns. */
FILE *data_open(const char *name);

/* The next line in cells, quotes taken off. False at the end. */
#define CSV_CELLS 32
struct csv_row {
    char line[2048];
    const char *cells[CSV_CELLS];
    size_t count;
};
bool csv_next(FILE *file, struct csv_row *row);

/* A cell that is a number and nothing else. */
bool csv_number(const struct csv_row *row, size_t cell, double *number);

#endif
