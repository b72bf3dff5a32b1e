#ifndef CANDOUR_NODE_CSV_H
#define CANDOUR_NODE_CSV_H

#include "protocol/bytes.h"

#include <stdbool.h>
#include <stdio.h>

/* Writing CSV (RFC 4180) for spreadsheets, which take a cell that begins with =, +, -, @, a tab or
 * a carriage return for a formula: strangers may write one, so an apostrophe before it makes it
 * text. Every cell but a number is quoted. What could not be written shows in ferror(). */

/* The next cell of a row, whose first has the index 0. A number is written as it is: the caller
 * knows that it is one. */
void csv_cell(FILE *file, size_t index, struct bytes text, bool number);
void csv_text(FILE *file, size_t index, const char *text);
void csv_row_end(FILE *file);

#endif
