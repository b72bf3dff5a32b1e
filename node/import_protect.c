#include "node/import_rows.h"
#include "protocol/period.h"
#include "protocol/suppression.h"
#include "protocol/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Totals and their parts. The figures of one code stand in a space of as many directions as it has
 * breakdowns, and two more: area and period. In each direction some of those that are alike in all
 * others may add up to another: what the mapping says (total); where it says nothing, to one that
 * is called a total, is empty, or is by its numbers the sum of all others, all others. Figures of
 * other areas and periods are those that were published before. */

#define SPANS_MAX 32 /* Periods of one code that overlap with ours. */
#define DIRECTIONS_MAX (BREAKDOWNS_MAX + 2)

struct point {
    char *levels[DIRECTIONS_MAX];
    struct import_row *row;             /* Of this file; or */
    const struct ledger_figure *before; /* published before. */
    size_t cells[COUNTS];
};

struct space {
    struct import_rows *rows;
    const char *code;
    size_t breakdowns, directions;
    const char *spans[SPANS_MAX]; /* Our period, and earlier ones that overlap with it. */
    size_t span_count;
    struct point *points;
    size_t count, room;
    const enum count *kinds; /* What is looked at together, */
    size_t kind_count;
    enum count kind; /* and of these, what is now. */
    struct suppression *suppression;
    const struct point **of_cell; /* Whose a cell is: of a rest, its total's. */
    size_t of_cell_room;
};

/* --- Points --- */

/* The breakdowns of a disaggregation. False where it has more or fewer. */
static bool split(const char *disaggregation, size_t count, char **levels)
{
    const char *rest = disaggregation;

    for (size_t i = 0; i < count; i++) {
        const char *end = count == 1 ? NULL : strstr(rest, LEVEL_SEPARATOR);
        bool last = i + 1 == count;
        if ((end == NULL) != last)
            return false;
        size_t size = last ? strlen(rest) : (size_t)(end - rest);
        levels[i] = text_copy(bytes_of(rest, size));
        rest += size + (last ? 0 : strlen(LEVEL_SEPARATOR));
    }
    return true;
}

static void free_levels(struct point *point)
{
    for (size_t i = 0; i < DIRECTIONS_MAX; i++)
        free(point->levels[i]);
}

static void add_point(struct space *space, const char *disaggregation, const char *area,
                      const char *period, struct import_row *row,
                      const struct ledger_figure *before)
{
    struct point point = {.row = row, .before = before};

    if (!split(disaggregation, space->breakdowns, point.levels)) {
        free_levels(&point);
        return;
    }
    point.levels[space->breakdowns] = text_copy(bytes_of_text(area));
    point.levels[space->breakdowns + 1] = text_copy(bytes_of_text(period));
    if (space->count == space->room) {
        space->room = space->room == 0 ? 64 : 2 * space->room;
        space->points = memory_grow(space->points, space->room, sizeof *space->points);
    }
    space->points[space->count++] = point;
}

/* Does a total of the mapping name this level? A period by any of its spellings. */
static bool names_level(const char *name, const char *level)
{
    char spelled[PERIOD_SIZE];
    struct fault ignored;

    return is_same(name, level) ||
           (period_spelled(bytes_of_text(name), spelled, &ignored) && is_same(spelled, level));
}

static bool total_has(const struct mapped_total *total, const char *level)
{
    if (names_level(total->name, level))
        return true;
    for (size_t i = 0; i < total->count; i++)
        if (names_level(total->parts[i], level))
            return true;
    return false;
}

/* The same, or in one sum with it. */
static bool is_near(const struct import_map *map, const char *level, const char *ours)
{
    if (is_same(level, ours))
        return true;
    for (size_t i = 0; i < map->total_count; i++)
        if (total_has(&map->totals[i], level) && total_has(&map->totals[i], ours))
            return true;
    return false;
}

static bool is_hidden(const struct figure *figure)
{
    return figure->flag != NULL && strcmp(figure->flag, "c") == 0;
}

/* Earlier figures come in the order of group and area, those of one together. What was shown once
 * is known, though it was hidden since. */
static bool replaces_last(struct space *space, const struct ledger_figure *figure)
{
    for (size_t i = space->count; i-- > 0;) {
        const struct ledger_figure *other = space->points[i].before;
        if (other == NULL || ledger_compare(&other->key, &figure->key) != 0)
            return false;
        if (!is_same(other->key.period, figure->key.period))
            continue;
        if (!is_hidden(&figure->figure) || is_hidden(&other->figure))
            space->points[i].before = figure;
        return true;
    }
    return false;
}

static int by_disaggregation(const void *a, const void *b)
{
    return groups_compare(*(char *const *)a, *(char *const *)b);
}

/* The groups of this file, in order. */
static char **list_groups(const struct space *space)
{
    char **groups = memory_new(space->count, sizeof *groups);

    for (size_t i = 0; i < space->count; i++)
        groups[i] = space->points[i].row->disaggregation;
    qsort(groups, space->count, sizeof *groups, by_disaggregation);
    return groups;
}

static bool is_in_span(const struct space *space, const char *period)
{
    for (size_t i = 0; i < space->span_count; i++)
        if (periods_overlap(period, space->spans[i]))
            return true;
    return false;
}

/* Sums of periods are within these. More of them would be many names for the same months. */
static void find_spans(struct space *space, struct ledger_figure *const *order)
{
    const struct import_rows *rows = space->rows;
    const char *ours = rows->map->period;

    space->spans[space->span_count++] = ours;
    for (size_t i = 0; i < rows->ledger->count; i++) {
        const struct ledger_key *key = &order[i]->key;
        bool here = false;
        if (!is_same(key->code, space->code) || !is_same(key->area, rows->area) ||
            !periods_overlap(key->period, ours))
            continue;
        for (size_t k = 0; k < space->span_count; k++)
            here = here || is_same(space->spans[k], key->period);
        if (!here && space->span_count < SPANS_MAX)
            space->spans[space->span_count++] = key->period;
    }
}

/* Figures of this code that were published and may be in one sum with ours: of this area and period
 * those that this file does not have, for a total may follow its parts; those of periods that may
 * make up another with ours; and those of another area or period that the mapping puts in one sum.
 * Of several for the same, the last. */
static void add_earlier(struct space *space)
{
    const struct import_rows *rows = space->rows;
    size_t group_count = space->count;
    char **groups = list_groups(space);
    struct ledger_figure **order = ledger_order(rows->ledger);

    find_spans(space, order);
    for (size_t i = 0; i < rows->ledger->count; i++) {
        const struct ledger_figure *figure = order[i];
        bool same_area = is_same(figure->key.area, rows->area);
        bool same_period = is_same(figure->key.period, rows->map->period);
        bool here = same_area && same_period &&
                    bsearch(&figure->key.disaggregation, groups, group_count, sizeof *groups,
                            by_disaggregation) != NULL;
        if (!is_same(figure->key.code, space->code) || here ||
            !is_near(rows->map, figure->key.area, rows->area) ||
            (!is_near(rows->map, figure->key.period, rows->map->period) &&
             !is_in_span(space, figure->key.period)))
            continue;
        if (!replaces_last(space, figure))
            add_point(space, figure->key.disaggregation, figure->key.area, figure->key.period, NULL,
                      figure);
    }
    free(groups);
}

/* --- Cells --- */

static const struct figure *figure_of(const struct point *point)
{
    return point->row != NULL ? &point->row->figure : &point->before->figure;
}

/* The measure of the code: that of any of its rows. */
static const struct measure *measure_in(const struct space *space)
{
    return &space->points[0].row->measure;
}

static bool is_small(const struct space *space, int64_t count)
{
    return count > 0 && count < space->rows->map->profile->threshold;
}

/* Was this number shown before, in this period? Then everybody knows it. */
static bool is_known(const struct space *space, const struct import_row *row, struct amount number)
{
    size_t figures;
    struct ledger_figure **before = rows_before(space->rows, row, &figures);

    for (size_t i = 0; i < figures; i++) {
        struct amount then = count_of(&row->measure, &before[i]->figure, space->kind);
        if (is_same(before[i]->key.period, space->rows->map->period) && number.here && then.here &&
            then.integer == number.integer)
            return true;
    }
    return false;
}

/* Numerators and denominators that are shares: what a reader of rounded ones puts together. */
static bool are_shares(const struct space *space)
{
    return space->kind_count > 1;
}

/* A share's numerator is never more than its denominator, where that is shown. (Of the denominator
 * this tells nothing: hidden, it hides the numerator too.) */
static void take_limits(const struct space *space, const struct point *point, struct cell *cell)
{
    const struct measure *measure = measure_in(space);
    struct amount part = count_of(measure, figure_of(point), COUNT_ITSELF);
    struct amount of = count_of(measure, figure_of(point), COUNT_OF_DENOMINATOR);
    bool limited = space->kind == COUNT_ITSELF || space->kind == COUNT_OF_REST;

    cell->most = COUNT_MAX;
    if (limited && measure_is_share(measure) && !(are_shares(space) && point->row != NULL) &&
        part.here && of.here && part.integer <= of.integer &&
        (point->row == NULL || row_shows(point->row, COUNT_OF_DENOMINATOR)))
        cell->most = of.integer;
}

/* Does a figure show it? A mean shows itself, and not the sum that adds up. */
static bool shows(const struct space *space, const struct figure *figure, struct amount number)
{
    return space->kind == COUNT_ITSELF && measure_is_mean(measure_in(space)) ? figure->value.here
                                                                             : number.here;
}

static struct cell cell_of(const struct space *space, const struct point *point)
{
    const struct measure *measure = measure_in(space);
    const struct figure *figure = figure_of(point);
    struct amount number = count_of(measure, figure, space->kind);
    bool sum = space->kind == COUNT_ITSELF && measure_is_mean(measure);
    struct cell cell = {.counted = number.here && !sum, .count = number.integer};

    take_limits(space, point, &cell);
    if (point->row == NULL) {
        cell.published = true;
        cell.hidden = cell.small = !shows(space, figure, number);
        return cell;
    }
    cell.hidden = !row_shows(point->row, space->kind);
    cell.small = cell.hidden && (is_small(space, number.integer) ||
                                 (space->kind == COUNT_ITSELF && point->row->small));
    if (!sum && is_known(space, point->row, number)) {
        cell.published = true;
        cell.hidden = false;
    }
    return cell;
}

static bool add_cell(struct space *space, const struct cell *cell, const struct point *of,
                     size_t *number, struct fault *fault)
{
    if (!suppression_add_cell(space->suppression, cell, number, fault))
        return false;
    if (*number >= space->of_cell_room) {
        space->of_cell_room = 2 * *number + 64;
        space->of_cell = memory_grow(space->of_cell, space->of_cell_room, sizeof *space->of_cell);
    }
    assert(space->of_cell != NULL); /* The first number is 0. */
    space->of_cell[*number] = of;
    return true;
}

static bool add_cells(struct space *space, struct fault *fault)
{
    for (size_t i = 0; i < space->count; i++) {
        struct point *point = &space->points[i];
        struct cell cell = cell_of(space, point);
        if (!add_cell(space, &cell, point, &point->cells[space->kind], fault))
            return false;
    }
    return true;
}

/* Of what was published before nobody has the numbers any more. */
static bool add_shares(struct space *space, struct fault *fault)
{
    for (size_t i = 0; i < space->count; i++) {
        const struct point *point = &space->points[i];
        if (point->row != NULL &&
            !suppression_add_share(space->suppression, point->cells[COUNT_ITSELF],
                                   point->cells[COUNT_OF_DENOMINATOR], fault))
            return false;
    }
    return true;
}

/* --- Lines --- */

static bool refuse_sum(const struct space *space, const struct point *total, int64_t parts,
                       int64_t count, struct fault *fault)
{
    return fault_set(fault, FAULT_INPUT,
                     "%.80s:%u: rule of totals: the %s of %.40s %.60s is %lld, and its parts make "
                     "%lld: say in %.60s which of them add up, total { is = ... of = {...} }, or "
                     "import with profile = \"strict\", which needs no sums",
                     space->rows->file_name, total->row->line, count_names[space->kind],
                     space->code, total->row->disaggregation, (long long)count, (long long)parts,
                     space->rows->map->name);
}

/* Of this file, or of its area and period. */
static bool is_ours(const struct space *space, const struct point *point)
{
    return point->row != NULL || (is_same(point->before->key.area, space->rows->area) &&
                                  is_same(point->before->key.period, space->rows->map->period));
}

static bool rounds(const struct space *space)
{
    return space->rows->map->profile->rounding_base > 0;
}

static const struct cell *cell_in(const struct space *space, const struct point *point)
{
    return suppression_cell(space->suppression, point->cells[space->kind]);
}

/* What a total has beyond its parts: people of unknown sex, rows that are missing. */
static bool find_rest(const struct space *space, struct point *const *parts, size_t count,
                      const struct point *total, struct amount *rest, struct fault *fault)
{
    const struct cell *whole = cell_in(space, total);
    int64_t sum = 0;
    bool all = whole->counted, ours = total->row != NULL;

    for (size_t i = 0; i < count; i++) {
        const struct cell *part = cell_in(space, parts[i]);
        all = all && part->counted;
        ours = ours && is_ours(space, parts[i]);
        sum += part->count;
    }
    if (all && sum > whole->count && ours && !rounds(space))
        return refuse_sum(space, total, sum, whole->count, fault);
    *rest = (struct amount){all && sum <= whole->count, whole->count - sum, 0};
    return true;
}

/* It is hidden where it is small, or where nobody can know it, as beside rounded counts. */
static bool add_rest(struct space *space, const struct point *total, struct amount rest,
                     size_t *number, struct fault *fault)
{
    bool small = rest.here && is_small(space, rest.integer);
    struct cell cell = {.count = rest.here ? rest.integer : 0,
                        .most = COUNT_MAX,
                        .counted = rest.here,
                        .small = small,
                        .hidden = small || !rest.here || rounds(space),
                        .published = true};

    return add_cell(space, &cell, total, number, fault);
}

/* They overlap, and tell nothing of each other. */
static bool make_more(const struct space *space, struct point *const *parts, size_t count,
                      const struct point *total)
{
    const struct cell *whole = cell_in(space, total);
    int64_t sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += cell_in(space, parts[i])->count;
    return whole->counted && sum > whole->count;
}

/* Of each of the kinds that are looked at. */
static bool all_make_more(struct space *space, struct point *const *parts, size_t count,
                          const struct point *total)
{
    bool all = true;

    for (size_t i = 0; i < space->kind_count; i++) {
        space->kind = space->kinds[i];
        all = all && make_more(space, parts, count, total);
    }
    return all;
}

#define NO_CELL SIZE_MAX

/* `*beyond` is what the total has beyond them, or NO_CELL. Of counts that are rounded, or that
 * nobody has typed, parts that make more than their total are no mistake of the file. */
static bool add_line_of_kind(struct space *space, struct point *const *parts, size_t count,
                             bool missing, const struct point *total, size_t *beyond,
                             struct fault *fault)
{
    struct amount rest = {0};

    *beyond = NO_CELL;
    if ((rounds(space) || space->kind == COUNT_OF_REST) && make_more(space, parts, count, total))
        return true;
    size_t *cells = memory_new(count + 1, sizeof *cells);
    bool done = find_rest(space, parts, count, total, &rest, fault);

    for (size_t i = 0; i < count; i++)
        cells[i] = parts[i]->cells[space->kind];
    if (done && (rest.here ? rest.integer > 0 : missing)) {
        done = add_rest(space, total, rest, beyond, fault);
        cells[count++] = *beyond;
    }
    done = done &&
           suppression_add_line(space->suppression, cells, count, total->cells[space->kind], fault);
    free(cells);
    return done;
}

/* `missing`: there are parts that are not here. */
static bool add_line(struct space *space, struct point *const *parts, size_t count, bool missing,
                     const struct point *total, struct fault *fault)
{
    size_t beyond[COUNTS];

    for (size_t i = 0; i < space->kind_count; i++) {
        space->kind = space->kinds[i];
        if (!add_line_of_kind(space, parts, count, missing, total, &beyond[space->kind], fault))
            return false;
    }
    return !are_shares(space) || beyond[COUNT_ITSELF] == NO_CELL ||
           beyond[COUNT_OF_DENOMINATOR] == NO_CELL ||
           suppression_add_share(space->suppression, beyond[COUNT_ITSELF],
                                 beyond[COUNT_OF_DENOMINATOR], fault);
}

/* Figures that are alike but in one direction. */
struct family {
    struct point **members;
    size_t count, direction;
};

static bool is_part(const struct mapped_total *total, const char *level)
{
    for (size_t i = 0; i < total->count; i++)
        if (names_level(total->parts[i], level))
            return true;
    return false;
}

static struct point *member_called(const struct family *family, const char *name)
{
    for (size_t i = 0; i < family->count; i++)
        if (names_level(name, family->members[i]->levels[family->direction]))
            return family->members[i];
    return NULL;
}

/* What was taken for a total of this file is told, so that a person sees it. */
static void note_total(struct space *space, const struct family *family, const struct point *total,
                       const char *because)
{
    struct import_rows *rows = space->rows;
    const char *name = total->levels[family->direction];

    if (total->row == NULL && family->direction < space->breakdowns)
        return;
    for (size_t i = 0; i < rows->total_count; i++)
        if (is_same(rows->totals[i].name, name) && strcmp(rows->totals[i].because, because) == 0)
            return;
    rows->totals = memory_grow(rows->totals, rows->total_count + 1, sizeof *rows->totals);
    rows->totals[rows->total_count++] =
        (struct import_total){text_copy(bytes_of_text(name)), because};
}

/* A sum that the mapping names; `*named` says whether the family has it. */
static bool add_named(struct space *space, const struct family *family,
                      const struct mapped_total *total, bool *named, struct fault *fault)
{
    const struct point *whole = member_called(family, total->name);
    struct point **parts;
    size_t count = 0;

    *named = false;
    if (whole == NULL)
        return true;
    parts = memory_new(family->count, sizeof *parts);
    for (size_t i = 0; i < family->count; i++)
        if (is_part(total, family->members[i]->levels[family->direction]))
            parts[count++] = family->members[i];
    *named = count > 0;
    if (*named)
        note_total(space, family, whole, "mapping");
    bool done = count == 0 || add_line(space, parts, count, count < total->count, whole, fault);
    free(parts);
    return done;
}

/* What others count together, and how many of them nobody here knows the number of. */
static int64_t sum_of_others(const struct space *space, const struct family *family,
                             const struct point *whole, enum count kind, size_t *unknown)
{
    int64_t sum = 0;

    *unknown = 0;
    for (size_t i = 0; i < family->count; i++) {
        struct amount part = count_of(measure_in(space), figure_of(family->members[i]), kind);
        if (family->members[i] == whole)
            continue;
        sum += part.integer;
        *unknown += !part.here;
    }
    return sum;
}

/* Is one by its numbers the sum of all others, or of all but few in those that came hidden? Of two
 * alike neither tells of the other what it does not tell of itself. */
static bool adds_up_to(const struct space *space, const struct family *family,
                       const struct point *whole, enum count kind)
{
    struct amount total = count_of(measure_in(space), figure_of(whole), kind);
    size_t unknown;
    int64_t rest = total.integer - sum_of_others(space, family, whole, kind, &unknown);

    if (!total.here || total.integer == 0 || family->count < 3 || unknown + 1 == family->count)
        return false;
    return unknown == 0 ? rest == 0 : is_small(space, rest);
}

static const struct point *total_by_numbers(const struct space *space, const struct family *family)
{
    bool mean = measure_is_mean(measure_in(space));

    for (size_t i = 0; i < family->count; i++)
        for (enum count kind = 0; kind < COUNTS; kind++)
            if (!(mean && kind == COUNT_ITSELF) &&
                adds_up_to(space, family, family->members[i], kind))
                return family->members[i];
    return NULL;
}

static const struct point *total_by_name(const struct family *family)
{
    const struct point *whole = NULL;

    for (size_t i = 0; whole == NULL && i < TOTAL_NAMES; i++)
        whole = member_called(family, total_names[i]);
    return whole;
}

static const struct point *total_by_words(const struct family *family)
{
    for (size_t i = 0; i < family->count; i++)
        if (names_total(bytes_of_text(family->members[i]->levels[family->direction])))
            return family->members[i];
    return NULL;
}

static bool add_all_others(struct space *space, const struct family *family,
                           const struct point *whole, struct fault *fault)
{
    struct point **parts = memory_new(family->count, sizeof *parts);
    size_t count = 0;

    for (size_t i = 0; i < family->count; i++)
        if (family->members[i] != whole)
            parts[count++] = family->members[i];
    bool done = count == 0 || add_line(space, parts, count, false, whole, fault);
    free(parts);
    return done;
}

/* Numerators may add up, and denominators be the same for all. */
static bool adds_up_otherwise(const struct space *space, const struct family *family,
                              const struct point *whole)
{
    struct amount total = count_of(measure_in(space), figure_of(whole), space->kind);
    size_t unknown;

    return total.here && sum_of_others(space, family, whole, space->kind, &unknown) > total.integer;
}

/* A total that the mapping does not name: all others are its parts. */
static bool add_usual(struct space *space, const struct family *family, struct fault *fault)
{
    const struct point *whole = total_by_name(family);
    const char *because = "name";

    if (whole == NULL && (whole = total_by_numbers(space, family)) != NULL) {
        because = "numbers";
        if (!rounds(space) && adds_up_otherwise(space, family, whole))
            return true;
    }
    if (whole == NULL)
        whole = total_by_words(family);
    if (whole == NULL)
        return true;
    if (family->count > 1)
        note_total(space, family, whole, because);
    return add_all_others(space, family, whole, fault);
}

/* --- Periods that make up another --- */

static bool is_within(const struct months *part, const struct months *whole)
{
    return part->first >= whole->first && part->last <= whole->last;
}

/* The longest that begins with this month and is less than the whole. */
static struct point *longest_from(const struct family *family, unsigned month,
                                  const struct months *whole, struct months *months)
{
    struct point *longest = NULL;

    for (size_t i = 0; i < family->count; i++) {
        struct months is;
        if (!period_months(family->members[i]->levels[family->direction], &is) ||
            is.first != month || !is_within(&is, whole) || is_within(whole, &is) ||
            (longest != NULL && is.last <= months->last))
            continue;
        longest = family->members[i];
        *months = is;
    }
    return longest;
}

/* Its parts one after another; none where a month is missing. A part of which there are parts too
 * is another whole. */
static size_t find_periods(const struct family *family, const struct months *whole,
                           struct point **parts)
{
    unsigned month = whole->first;
    size_t count = 0;

    while (month <= whole->last) {
        struct months months;
        parts[count] = longest_from(family, month, whole, &months);
        if (parts[count++] == NULL)
            return 0;
        month = months.last + 1;
    }
    return count;
}

/* Four quarters are a year, though no mapping says so; unless they count some people twice. */
static bool add_periods(struct space *space, const struct family *family, struct fault *fault)
{
    struct point **parts = memory_new(family->count + 1, sizeof *parts);
    bool done = true;

    for (size_t i = 0; done && i < family->count; i++) {
        const struct point *whole = family->members[i];
        struct months months;
        size_t count = period_months(whole->levels[family->direction], &months)
                           ? find_periods(family, &months, parts)
                           : 0;
        if (count == 0 || all_make_more(space, parts, count, whole))
            continue;
        note_total(space, family, whole, "periods");
        done = add_line(space, parts, count, false, whole, fault);
    }
    free(parts);
    return done;
}

static bool add_family(struct space *space, const struct family *family, struct fault *fault)
{
    const struct import_map *map = space->rows->map;
    bool any = false, named;

    for (size_t i = 0; i < map->total_count; i++) {
        if (!add_named(space, family, &map->totals[i], &named, fault))
            return false;
        any = any || named;
    }
    if (!any && family->direction == space->breakdowns + 1)
        return add_periods(space, family, fault);
    return any || family->direction >= space->breakdowns || add_usual(space, family, fault);
}

/* qsort() has no context of ours. */
static size_t sorted_direction;

static int compare_others(const struct point *a, const struct point *b)
{
    int order = 0;

    for (size_t i = 0; order == 0 && i < DIRECTIONS_MAX && a->levels[i] != NULL; i++)
        if (i != sorted_direction)
            order = strcasecmp(a->levels[i], b->levels[i]);
    return order;
}

static int by_others(const void *a, const void *b)
{
    const struct point *first = *(struct point *const *)a, *second = *(struct point *const *)b;
    int order = compare_others(first, second);

    return order != 0 ? order : (first > second) - (first < second);
}

static bool add_lines_in(struct space *space, size_t direction, struct fault *fault)
{
    struct point **sorted = memory_new(space->count, sizeof *sorted);
    bool done = true;

    sorted_direction = direction;
    for (size_t i = 0; i < space->count; i++)
        sorted[i] = &space->points[i];
    qsort(sorted, space->count, sizeof *sorted, by_others);
    for (size_t first = 0, end; done && first < space->count; first = end) {
        for (end = first + 1; end < space->count && compare_others(sorted[first], sorted[end]) == 0;
             end++)
            ;
        struct family family = {sorted + first, end - first, direction};
        done = add_family(space, &family, fault);
    }
    free(sorted);
    return done;
}

/* --- One kind of count of one code --- */

static bool refuse_told(const struct space *space, size_t cell, struct fault *fault)
{
    const struct point *point = space->of_cell[cell];
    const struct import_row *row = point->row;
    enum count kind = space->kinds[0];

    for (size_t i = 0; i < space->kind_count; i++)
        if (point->cells[space->kinds[i]] == cell)
            kind = space->kinds[i];
    return fault_set(
        fault, FAULT_INPUT,
        "%.80s:%u: rule of totals: the %s of %.40s %.60s is small, and follows from "
        "what was published before, whatever is hidden now: leave out this row and "
        "those that add up with it (a where in the mapping), or import the rows of its "
        "total that this file lacks",
        space->rows->file_name, row->line, count_names[kind], space->code, row->disaggregation);
}

static void take_back(struct space *space)
{
    for (size_t i = 0; i < space->count; i++) {
        const struct point *point = &space->points[i];
        if (point->row == NULL || !cell_in(space, point)->hidden ||
            !row_shows(point->row, space->kind))
            continue;
        count_hide(point->row, space->kind);
        point->row->company = true;
        space->rows->company++;
    }
}

static bool fill(struct space *space, struct fault *fault)
{
    for (size_t i = 0; i < space->kind_count; i++) {
        space->kind = space->kinds[i];
        if (!add_cells(space, fault))
            return false;
    }
    for (size_t i = 0; i < space->directions; i++)
        if (!add_lines_in(space, i, fault))
            return false;
    return !are_shares(space) || add_shares(space, fault);
}

static bool protect_kinds(struct space *space, const enum count *kinds, size_t count,
                          struct fault *fault)
{
    const struct disclosure_profile *profile = space->rows->map->profile;
    size_t told = 0;

    space->kinds = kinds;
    space->kind_count = count;
    space->suppression = suppression_new(profile->threshold, profile->rounding_base);
    bool done = fill(space, fault);
    if (done && !suppression_run(space->suppression, &told, fault))
        done = fault->kind == FAULT_ABSENT ? refuse_told(space, told, fault)
                                           : fault_prefix(fault, "%s", space->rows->file_name);
    for (size_t i = 0; done && i < count; i++) {
        space->kind = kinds[i];
        take_back(space);
    }
    suppression_free(space->suppression);
    free(space->of_cell);
    space->of_cell = NULL;
    space->of_cell_room = 0;
    return done;
}

static bool any_has(const struct space *space, enum count kind)
{
    for (size_t i = 0; i < space->count; i++)
        if (count_of(measure_in(space), figure_of(&space->points[i]), kind).here)
            return true;
    return false;
}

/* Beside rounded counts what a mean is the sum of is published nowhere, and what numerators leave
 * is looked at with them. */
static bool is_rounded_away(const struct space *space, enum count kind)
{
    bool sum = kind == COUNT_ITSELF && measure_is_mean(measure_in(space));

    return rounds(space) && (sum || kind == COUNT_OF_REST);
}

/* How many people come first: what hides that, hides the figure too. */
static bool protect_code(struct space *space, struct fault *fault)
{
    static const enum count kinds[] = {COUNT_OF_BASE, COUNT_OF_DENOMINATOR, COUNT_ITSELF,
                                       COUNT_OF_REST};
    bool done = true;

    add_earlier(space);
    for (size_t i = 0; done && i < COUNTS;) {
        size_t together =
            rounds(space) && measure_is_share(measure_in(space)) && kinds[i] == COUNT_OF_DENOMINATOR
                ? 2
                : 1;
        if (any_has(space, kinds[i]) && !is_rounded_away(space, kinds[i]))
            done = protect_kinds(space, &kinds[i], together, fault);
        i += together;
    }
    for (size_t i = 0; i < space->count; i++)
        free_levels(&space->points[i]);
    free(space->points);
    return done;
}

static int by_code(const void *a, const void *b)
{
    const struct import_row *first = *(struct import_row *const *)a;
    const struct import_row *second = *(struct import_row *const *)b;
    int order = strcasecmp(first->code, second->code);

    return order != 0 ? order : (first->line > second->line) - (first->line < second->line);
}

bool rows_protect(struct import_rows *rows, struct fault *fault)
{
    struct import_row **sorted = memory_new(rows->count, sizeof *sorted);
    bool done = true;

    for (size_t i = 0; i < rows->count; i++)
        sorted[i] = &rows->list[i];
    qsort(sorted, rows->count, sizeof *sorted, by_code);
    for (size_t i = 0; done && i < rows->count;) {
        struct space space = {.rows = rows,
                              .code = sorted[i]->code,
                              .breakdowns = rows->map->breakdowns,
                              .directions = rows->map->breakdowns + 2};
        for (; i < rows->count && is_same(sorted[i]->code, space.code); i++)
            if (!sorted[i]->repeated)
                add_point(&space, sorted[i]->disaggregation, rows->area, rows->map->period,
                          sorted[i], NULL);
        if (space.count > 0)
            done = protect_code(&space, fault);
    }
    free(sorted);
    return done;
}
