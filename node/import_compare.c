#include "node/import_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A release beside those before it. */

const char *const count_names[COUNTS] = {
    [COUNT_OF_BASE] = "base",
    [COUNT_OF_DENOMINATOR] = "denominator",
    [COUNT_ITSELF] = "count",
};

bool is_mean(const struct measure *measure)
{
    return measure->statistic == STATISTIC_SCORE || measure->statistic == STATISTIC_COST;
}

bool is_share(const struct measure *measure)
{
    return measure->statistic == STATISTIC_PROPORTION ||
           measure->statistic == STATISTIC_SURVEY_PROPORTION;
}

static struct amount amount_of(const struct measure *measure, const struct figure *figure,
                               enum count count)
{
    if (count == COUNT_OF_BASE)
        return figure->base;
    if (count == COUNT_OF_DENOMINATOR)
        return figure->denominator;
    if (is_mean(measure))
        return figure->base.here ? figure->base : figure->denominator;
    if (measure->statistic == STATISTIC_COUNT && figure->value.here)
        return figure->value;
    return figure->numerator;
}

/* Beside a flag, and where none was asked for, may stand what is no count. */
struct amount count_of(const struct measure *measure, const struct figure *figure, enum count count)
{
    struct amount amount = amount_of(measure, figure, count);

    if (amount.decimals > 0 || amount.integer < 0 || amount.integer > COUNT_MAX)
        return (struct amount){0};
    return amount;
}

bool count_is_shown(const struct import_row *row, enum count count)
{
    if (count == COUNT_ITSELF && is_mean(&row->measure))
        return row->safe.value.here;
    return count_of(&row->measure, &row->safe, count).here;
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

/* --- Earlier figures of the same thing --- */

struct sought {
    const char *code, *disaggregation, *area;
};

static int compare_with(const struct sought *sought, const struct ledger_figure *figure)
{
    int order = strcmp(sought->code, figure->code);

    if (order == 0)
        order = strcasecmp(sought->disaggregation, figure->disaggregation);
    return order != 0 ? order : strcasecmp(sought->area, figure->area);
}

struct ledger_figure **rows_before(const struct import_rows *rows, const struct import_row *row,
                                   size_t *count)
{
    struct sought sought = {row->code, row->disaggregation, rows->area};
    size_t low = 0, high = rows->ledger == NULL ? 0 : rows->ledger->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_with(&sought, rows->before[middle]) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    *count = 0;
    while (rows->ledger != NULL && low + *count < rows->ledger->count &&
           compare_with(&sought, rows->before[low + *count]) == 0)
        (*count)++;
    return rows->before + low;
}

/* --- Revisions --- */

static bool was_hidden(const struct import_rows *rows, const struct import_row *row,
                       enum count count)
{
    size_t figures;
    struct ledger_figure **before = rows_before(rows, row, &figures);

    for (size_t i = 0; i < figures; i++)
        if (is_same(before[i]->period, rows->map->period) && before[i]->figure.flag != NULL &&
            strcmp(before[i]->figure.flag, "c") == 0 &&
            !count_of(&row->measure, &before[i]->figure, count).here)
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
            if (row->repeated || !count_is_shown(row, count) || !was_hidden(rows, row, count))
                continue;
            count_hide(row, count);
            hidden = true;
        }
        rows->stay_hidden += hidden;
    }
}

/* --- Differences --- */

/* "2023", "2023-24" and "2023 Q1" have time in common. */
static bool overlap(const char *a, const char *b)
{
    size_t size = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

    return strncasecmp(a, b, size) == 0;
}

/* What is compared: the counts, and what a share leaves of its denominator. */
#define LEFT COUNTS
#define COMPARED (COUNTS + 1)

static struct amount compared(const struct measure *measure, const struct figure *figure,
                              unsigned what)
{
    if (what == COUNT_ITSELF && is_mean(measure))
        return (struct amount){0};
    if (what != LEFT)
        return count_of(measure, figure, (enum count)what);
    struct amount of = count_of(measure, figure, COUNT_OF_DENOMINATOR);
    struct amount part = count_of(measure, figure, COUNT_ITSELF);
    bool any = is_share(measure) && of.here && part.here;
    return (struct amount){any, any ? of.integer - part.integer : 0, 0};
}

static bool tell_difference(const struct import_rows *rows, const struct import_row *row,
                            const struct ledger_figure *before, unsigned what, int64_t now,
                            int64_t then, struct fault *fault)
{
    bool draft = strncmp(before->where, "draft", 5) == 0;

    fault_set(fault, FAULT_INPUT,
              "%.80s:%u: rule of differences: the %s of %.40s %.60s is %lld, and in %.20s it is "
              "%lld (%s%s%s): the difference tells of fewer than %lld people: import with profile "
              "= \"strict\", or give the row the flag c, or leave it as it was until more has "
              "changed",
              rows->file_name, row->line, what == LEFT ? "rest" : count_names[what], row->code,
              row->disaggregation, (long long)now, before->period, (long long)then,
              draft ? "" : "published as ", before->where, draft ? ", not published yet" : "",
              (long long)rows->map->profile->threshold);
    if (draft) {
        size_t size = strlen(fault->text);
        snprintf(fault->text + size, sizeof fault->text - size,
                 "; if it is not to go out, reject %s", before->where);
    }
    return false;
}

static bool differs_little(const struct import_rows *rows, const struct import_row *row,
                           const struct ledger_figure *before, struct fault *fault)
{
    for (unsigned what = 0; what < COMPARED; what++) {
        struct amount now = compared(&row->measure, &row->safe, what);
        struct amount then = compared(&row->measure, &before->figure, what);
        int64_t difference = llabs(now.integer - then.integer);
        if (!now.here || !then.here || difference < 1 ||
            difference >= rows->map->profile->threshold)
            continue;
        tell_difference(rows, row, before, what, now.integer, then.integer, fault);
        return true;
    }
    return false;
}

bool rows_compare(const struct import_rows *rows, struct fault *fault)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct import_row *row = &rows->list[i];
        size_t figures;
        struct ledger_figure **before = rows_before(rows, row, &figures);
        for (size_t k = 0; !row->repeated && k < figures; k++)
            if (overlap(before[k]->period, rows->map->period) &&
                differs_little(rows, row, before[k], fault))
                return false;
    }
    return true;
}
