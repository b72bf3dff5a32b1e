#ifndef CANDOUR_PROTOCOL_SNAPSHOT_H
#define CANDOUR_PROTOCOL_SNAPSHOT_H

#include "protocol/disclosure.h"
#include "protocol/form.h"

/* The rows of a snapshot, as figures. */

#define SNAPSHOT_ROWS_MAX 256

/* Several breakdowns of a row stand in its disaggregation with this between them. */
#define LEVEL_SEPARATOR " / "
#define BREAKDOWNS_MAX 4

/* What a breakdown is called that is the sum of all others: the first of these. */
#define TOTAL_NAMES 11
extern const char *const total_names[TOTAL_NAMES];
bool is_total_name(struct bytes level);
/* One of them, or a text that is as good as one: "Grand Total", "All wards"; not "All other". */
bool names_total(struct bytes level);

struct snapshot_row {
    struct bytes code, disaggregation; /* The document's. */
    struct figure figure;              /* A cell that is no number is not here. */
    struct place place;
};

size_t snapshot_rows(const struct document *snapshot);
struct snapshot_row snapshot_row(const struct document *snapshot, size_t index);
void snapshot_add_row(struct document *snapshot, const struct snapshot_row *row);

/* By which rules small numbers are hidden in it; NULL where it names none that we know. */
const struct disclosure_profile *snapshot_profile(const struct document *snapshot);

/* Everything of a snapshot that disclosure control would not have let out, as far as the snapshot
 * itself shows it. */
void snapshot_check(const struct document *snapshot, struct problems *problems);

#endif
