#ifndef CANDOUR_NODE_IMPORT_ROWS_H
#define CANDOUR_NODE_IMPORT_ROWS_H

#include "node/import_map.h"
#include "node/ledger.h"
#include "protocol/snapshot.h"

/* The rows of an import between disclosure control of each by itself and the snapshots: counts that
 * are published as they are tell of each other, and of what was published before. */

struct import_row {
    uint32_t line;
    char *code, *disaggregation;
    struct measure measure;
    struct figure figure; /* As it stood in the file; */
    struct figure safe;   /* what is published of it. */
    bool small;           /* Hidden for what it is itself; */
    bool company;         /* because it would tell one that is hidden; */
    const char *hid;      /* because this earlier release or draft hid it. */
    bool repeated;        /* An earlier row has its code and group: it is left out. */
};

struct import_rows {
    const struct import_map *map;
    const char *file_name, *area;
    struct ledger *ledger;
    struct import_row *list;
    size_t count, room;
    struct import_total *totals; /* What was taken for one. */
    size_t total_count;
    uint32_t stay_hidden; /* Hidden because they were before, */
    uint32_t company;     /* and because they would tell one that is hidden. */
};

/* Is this count of the row published? */
bool row_shows(const struct import_row *row, enum count count);
/* From now on it is not; where it is how many people a figure is of, nothing of the row is. */
void count_hide(struct import_row *row, enum count count);

/* The earlier figures of a row, of any period; `*count` of them. */
struct ledger_figure **rows_before(const struct import_rows *rows, const struct import_row *row,
                                   size_t *count);

/* Totals and their parts: hide what would tell what is hidden (protocol/suppression.h). */
bool rows_protect(struct import_rows *rows, struct fault *fault);

/* All are published by the profile by which they were before. */
bool rows_admit_profile(const struct import_rows *rows, struct fault *fault);
/* What was hidden in an earlier release of this period stays hidden, */
void rows_keep_hidden(struct import_rows *rows);
/* and no count may differ from an earlier one by 1 to t - 1. */
bool rows_compare(const struct import_rows *rows, struct fault *fault);

#endif
