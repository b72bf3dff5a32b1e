#include "node/import_rows.h"
#include "protocol/difference.h"

#include <string.h>
#include <strings.h>

/* A release beside those before it. */

bool row_shows(const struct import_row *row, enum count count)
{
    return count_is_shown(&row->measure, &row->safe, count);
}

void count_hide(struct import_row *row, enum count count)
{
    if (count != COUNT_ITSELF)
        row->safe = (struct figure){0};
    row->safe.value = row->safe.numerator = row->safe.margin = (struct amount){0};
    row->safe.flag = "c";
}

bool is_same(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
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

static bool was_hidden(const struct import_rows *rows, const struct import_row *row,
                       enum count count)
{
    size_t figures;
    struct ledger_figure **before = rows_before(rows, row, &figures);

    for (size_t i = 0; i < figures; i++)
        if (is_same(before[i]->key.period, rows->map->period) &&
            count_was_hidden(&row->measure, &before[i]->figure, count))
            return true;
    return false;
}

/* One that is shown now would tell, beside the earlier totals, what it was. */
void rows_keep_hidden(struct import_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct import_row *row = &rows->list[i];
        bool hidden = false;
        for (enum count count = 0; count < COUNTS; count++) {
            if (row->repeated || !row_shows(row, count) || !was_hidden(rows, row, count))
                continue;
            count_hide(row, count);
            hidden = true;
        }
        rows->stay_hidden += hidden;
    }
}

/* --- Differences --- */

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
