#include "node/import_rows.h"
#include "protocol/difference.h"

/* A release beside those before it. */

bool row_shows(const struct import_row *row, enum count count)
{
    return count_is_shown(&row->measure, &row->safe, count);
}

void count_hide(struct import_row *row, enum count count)
{
    if (count == COUNT_OF_BASE || count == COUNT_OF_DENOMINATOR)
        row->safe = (struct figure){0};
    row->safe.value = row->safe.numerator = row->safe.margin = (struct amount){0};
    row->safe.flag = "c";
}

static struct ledger_key key_of(const struct import_rows *rows, const struct import_row *row)
{
    return (struct ledger_key){row->code, row->disaggregation, rows->area, rows->map->period};
}

struct ledger_figure **rows_before(const struct import_rows *rows, const struct import_row *row,
                                   size_t *count)
{
    struct ledger_key key = key_of(rows, row);

    return ledger_find(rows->ledger, &key, count);
}

/* --- Revisions --- */

void rows_keep_hidden(struct import_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct import_row *row = &rows->list[i];
        struct ledger_key key = key_of(rows, row);
        for (enum count count = 0; !row->repeated && count < COUNTS; count++) {
            const struct ledger_figure *hid =
                row_shows(row, count) ? ledger_hid(rows->ledger, &key, &row->measure, count) : NULL;
            if (hid == NULL)
                continue;
            count_hide(row, count);
            row->hid = hid->where.text;
        }
        rows->stay_hidden += row->hid != NULL;
    }
}

/* --- Profiles and differences --- */

bool rows_admit_profile(const struct import_rows *rows, struct fault *fault)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct import_row *row = &rows->list[i];
        struct ledger_key key = key_of(rows, row);
        bool asked = i > 0 && is_same(rows->list[i - 1].code, row->code);
        if (!asked && !ledger_admits_profile(rows->ledger, rows->map->profile, &key, fault))
            return fault_prefix(fault, "%.80s:%u", rows->file_name, row->line);
    }
    return true;
}

bool rows_compare(const struct import_rows *rows, struct fault *fault)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct import_row *row = &rows->list[i];
        struct ledger_key key = key_of(rows, row);
        if (!row->repeated &&
            !ledger_admits(rows->ledger, rows->map->profile, &key, &row->safe, fault))
            return fault_prefix(fault, "%.80s:%u", rows->file_name, row->line);
    }
    return true;
}
