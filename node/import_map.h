#ifndef CANDOUR_NODE_IMPORT_MAP_H
#define CANDOUR_NODE_IMPORT_MAP_H

#include "node/import.h"

/* What a mapping file says, for import.c. Texts are "" where it says nothing. */

enum import_column {
    COLUMN_CODE,
    COLUMN_DISAGGREGATION,
    COLUMN_DISAGGREGATION_2, /* Several breakdowns, each in a column of its own. */
    COLUMN_DISAGGREGATION_3,
    COLUMN_DISAGGREGATION_4,
    COLUMN_VALUE,
    COLUMN_NUMERATOR,
    COLUMN_DENOMINATOR,
    COLUMN_BASE,
    COLUMN_MARGIN,
    COLUMN_FLAG,
    COLUMN_AREA,
    COLUMN_PERIOD,
    IMPORT_COLUMNS
};
extern const char *const import_column_names[IMPORT_COLUMNS];

struct named_column {
    char *name;
    int line; /* Of the mapping file. */
};

/* Only rows with one of these texts in this column. */
struct condition {
    struct named_column column;
    char **texts;
    size_t count;
};

struct mapped_measure {
    char *code;
    struct measure measure;
};

/* What a cell says instead of a number. */
struct mark {
    char *text;
    const char *flag;
};

/* These breakdowns, periods or areas add up to that one. */
struct mapped_total {
    char *name;
    char **parts;
    size_t count;
};

struct import_map {
    char *name; /* Of the mapping file, without its folders. */
    char delimiter;
    uint32_t skip_lines;
    char *framework, *framework_version, *period, *status, *topic, *terms, *boundary_note;
    char *counted; /* With the profile none. */
    const struct disclosure_profile *profile;
    struct named_column columns[IMPORT_COLUMNS];
    struct condition *conditions;
    size_t condition_count;
    bool has_measure; /* For all codes without one of their own. */
    struct measure measure;
    struct mapped_measure *measures;
    size_t measure_count;
    struct mark *marks;
    size_t mark_count;
    struct mapped_total *totals;
    size_t total_count;
    size_t breakdowns; /* How many columns of breakdowns; 1 where there is none. */
};

#endif
