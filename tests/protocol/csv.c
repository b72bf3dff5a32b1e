#include "tests/protocol/csv.h"

#include <stdlib.h>
#include <string.h>

FILE *data_open(const char *name)
{
    char path[512];
    struct csv_row names;

    snprintf(path, sizeof path, SOURCE_DIR "/../shared/data/%s", name);
    FILE *file = fopen(path, "r");
    if (file != NULL)
        csv_next(file, &names);
    return file;
}

bool csv_next(FILE *file, struct csv_row *row)
{
    bool quoted = false;

    row->count = 0;
    if (fgets(row->line, sizeof row->line, file) == NULL)
        return false;
    row->line[strcspn(row->line, "\r\n")] = '\0';
    char *to = row->line;
    row->cells[row->count++] = to;
    for (const char *from = row->line; *from != '\0'; from++) {
        if (*from == '"') {
            quoted = !quoted;
        } else if (*from == ',' && !quoted && row->count < CSV_CELLS) {
            *to++ = '\0';
            row->cells[row->count++] = to;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    return true;
}

bool csv_number(const struct csv_row *row, size_t cell, double *number)
{
    char *end;

    if (cell >= row->count || row->cells[cell][0] == '\0')
        return false;
    *number = strtod(row->cells[cell], &end);
    return *end == '\0';
}
