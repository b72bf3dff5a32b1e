#include "node/import_cells.h"
#include "node/import_rows.h"
#include "node/places.h"
#include "node/table.h"
#include "protocol/period.h"
#include "protocol/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ABSENT SIZE_MAX /* The mapping names no such column. */

/* A column that looks as if it said of which period a row is, and that the mapping leaves out. */
struct unmapped_period {
    size_t index;
    char *name;
    char first[PERIOD_SIZE]; /* In the first row of ours that has one, */
    uint32_t line;           /* which this is; 0: none has. */
};
#define UNMAPPED_PERIODS_MAX 8

struct import {
    const struct import_request *request;
    const struct import_map *map;
    struct import_result *result;
    size_t columns[IMPORT_COLUMNS]; /* Where in a row; ABSENT. */
    size_t *conditions;
    struct unmapped_period unmapped[UNMAPPED_PERIODS_MAX];
    size_t unmapped_count;
    struct mapped_measure *known; /* What codes measure that the mapping does not describe. */
    size_t known_count;
    struct import_rows rows;
    struct ledger nothing;    /* For who has published nothing. */
    import_hear_public *hear; /* Public figures alone. */
    bool heard_ill;           /* Whoever hears of public figures cannot go on. */
};

/* --- Refusals --- */

static void refuse(struct import *import, uint32_t line, const char *why)
{
    struct import_result *result = import->result;

    result->refused++;
    if (result->refusal_count == IMPORT_REFUSED_MAX)
        return;
    result->refusals =
        memory_grow(result->refusals, result->refusal_count + 1, sizeof *result->refusals);
    result->refusals[result->refusal_count++] =
        (struct import_refusal){line, text_copy(bytes_of_text(why))};
}

static void take_bad(void *context, uint32_t line, const char *why)
{
    refuse(context, line, why);
}

/* --- The row of column names --- */

/* As many names as a fault has room for. */
static void list_columns(const struct row *row, struct buffer *list)
{
    for (size_t i = 0; i < row->count; i++) {
        if (list->size > 200) {
            buffer_append_text(list, ", ...");
            return;
        }
        buffer_printf(list, "%s%.*s", i == 0 ? "" : ", ", QUOTED(row->cells[i]));
    }
}

/* Between the fields of a row that was read as one; 0: it is one. */
static char other_delimiter(const struct row *row)
{
    static const char others[] = ";\t|,";

    for (size_t i = 0; row->count == 1 && others[i] != '\0'; i++)
        if (memchr(row->cells[0].data, others[i], row->cells[0].size) != NULL)
            return others[i];
    return '\0';
}

/* What to do about a column that is not there. */
static void say_cure(const struct import *import, const struct row *row,
                     const struct named_column *column, struct buffer *cure)
{
    const char *map = import->map->name;
    char delimiter = other_delimiter(row);

    if (import->request->shipped != NULL)
        buffer_printf(cure,
                      "without --map FILE it is read as the ASCOF tables are: copy %.120s, change "
                      "it, and say --map FILE",
                      import->request->shipped);
    else if (delimiter == '\t')
        buffer_printf(cure, "its fields have tabs between them: set delimiter = \"\\t\" in %s",
                      map);
    else if (delimiter != '\0')
        buffer_printf(cure, "its fields have \"%c\" between them: set delimiter = \"%c\" in %s",
                      delimiter, delimiter, map);
    else if (row->count == 1)
        buffer_printf(cure,
                      "line %u looks like a title: set skip_lines = %u in %s, or as many lines as "
                      "stand above the names",
                      row->line, row->line, map);
    else
        buffer_printf(cure, "mend the mapping %.80s:%d", map, column->line);
}

static bool find_column(const struct import *import, const struct row *row,
                        const struct named_column *column, size_t *index, struct fault *fault)
{
    size_t found = 0;

    *index = ABSENT;
    if (column->name == NULL || column->name[0] == '\0')
        return true;
    for (size_t i = 0; i < row->count; i++)
        if (cell_is(row->cells[i], column->name)) {
            *index = i;
            found++;
        }
    if (found == 1)
        return true;
    struct buffer list = {0}, cure = {0};
    list_columns(row, &list);
    say_cure(import, row, column, &cure);
    fault_set(fault, FAULT_INPUT, "%s: there %s \"%.60s\"; the columns are: %s; %s",
              import->request->file_name, found == 0 ? "is no column" : "are two columns",
              column->name, buffer_text(&list), buffer_text(&cure));
    buffer_release(&list);
    buffer_release(&cure);
    return false;
}

static bool is_named_as_period(struct bytes name)
{
    static const char *const words[] = {"period", "year", "quarter", "month"};

    for (size_t i = 0; i < name.size; i++)
        for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
            size_t size = strlen(words[k]);
            if (name.size - i >= size &&
                text_same(bytes_of(name.data + i, size), bytes_of_text(words[k])))
                return true;
        }
    return false;
}

static bool is_mapped(const struct import *import, size_t column)
{
    for (size_t i = 0; i < IMPORT_COLUMNS; i++)
        if (import->columns[i] == column)
            return true;
    for (size_t i = 0; i < import->map->condition_count; i++)
        if (import->conditions[i] == column)
            return true;
    return false;
}

/* The mapping says nothing of these; they are looked at for what they would say. */
static void find_period_columns(struct import *import, const struct row *row)
{
    for (size_t i = 0; import->columns[COLUMN_PERIOD] == ABSENT && i < row->count; i++) {
        if (import->unmapped_count == UNMAPPED_PERIODS_MAX || is_mapped(import, i) ||
            !is_named_as_period(row->cells[i]))
            continue;
        struct unmapped_period *column = &import->unmapped[import->unmapped_count++];
        *column = (struct unmapped_period){.index = i, .name = text_copy(row->cells[i])};
    }
}

static bool take_header(void *context, const struct row *row, struct fault *fault)
{
    struct import *import = context;
    const struct import_map *map = import->map;

    for (size_t i = 0; i < IMPORT_COLUMNS; i++)
        if (!find_column(import, row, &map->columns[i], &import->columns[i], fault))
            return false;
    for (size_t i = 0; i < map->condition_count; i++)
        if (!find_column(import, row, &map->conditions[i].column, &import->conditions[i], fault))
            return false;
    find_period_columns(import, row);
    return true;
}

static struct bytes cell_of(const struct import *import, const struct row *row,
                            enum import_column column)
{
    return import->columns[column] == ABSENT ? bytes_of_text("")
                                             : row->cells[import->columns[column]];
}

/* --- Whose row --- */

static bool is_one_of(struct bytes cell, char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cell_is(cell, texts[i]))
            return true;
    return false;
}

/* Of the mapping's period, where a column says of which a row is. */
static bool is_of_period(const struct import *import, const struct row *row)
{
    char spelled[PERIOD_SIZE];
    struct fault ignored;

    return import->columns[COLUMN_PERIOD] == ABSENT ||
           (period_spelled(cell_of(import, row, COLUMN_PERIOD), spelled, &ignored) &&
            strcmp(spelled, import->map->period) == 0);
}

static bool is_ours(const struct import *import, const struct row *row)
{
    const struct import_map *map = import->map;

    if (import->columns[COLUMN_AREA] != ABSENT && import->request->area != NULL &&
        !cell_is(cell_of(import, row, COLUMN_AREA), import->request->area))
        return false;
    if (!is_of_period(import, row))
        return false;
    for (size_t i = 0; i < map->condition_count; i++)
        if (!is_one_of(row->cells[import->conditions[i]], map->conditions[i].texts,
                       map->conditions[i].count))
            return false;
    return true;
}

/* All rows go out as of the mapping's period: rows of two cannot be of it. */
static bool is_of_one_period(struct import *import, const struct row *row, struct fault *fault)
{
    for (size_t i = 0; i < import->unmapped_count; i++) {
        struct unmapped_period *column = &import->unmapped[i];
        char spelled[PERIOD_SIZE];
        struct fault ignored;
        if (!period_spelled(row->cells[column->index], spelled, &ignored))
            continue;
        if (column->line == 0) {
            column->line = row->line;
            memcpy(column->first, spelled, sizeof spelled);
        } else if (strcmp(column->first, spelled) != 0) {
            return fault_set(fault, FAULT_INPUT,
                             "%s:%u: \"%.60s\" is %s here and %s on line %u, and all rows would go "
                             "out as %s: say columns { period = \"%.60s\" } in %s, which takes the "
                             "rows of its period, or choose rows with where",
                             import->request->file_name, row->line, column->name, spelled,
                             column->first, column->line, import->map->period, column->name,
                             import->map->name);
        }
    }
    return true;
}

/* --- The figures of a row --- */

/* A percentage that is taken for a count would be rounded and hidden as so many people. */
static bool counts_people(const struct import *import, struct bytes code, struct bytes value,
                          const struct measure *measure, struct fault *fault)
{
    bool percent = cell_has_sign(value, "%"), pounds = cell_has_sign(value, "\xc2\xa3");

    if (measure->statistic != STATISTIC_COUNT || !(percent || pounds))
        return true;
    return fault_set(fault, FAULT_INPUT,
                     "value \"%.*s\" is no count, and %.*s is said to be one: say what it is in "
                     "%s, such as measure \"%.*s\" { unit = \"%s\" }",
                     QUOTED(value), QUOTED(code), import->map->name, QUOTED(code),
                     percent ? "percent" : "gbp_per_week");
}

/* Where anything of a row is confidential, all of it is. */
static bool read_figure(const struct import *import, const struct row *row, struct figure *figure,
                        struct fault *fault)
{
    struct {
        enum import_column column;
        struct amount *amount;
    } const cells[] = {
        {COLUMN_VALUE, &figure->value},
        {COLUMN_NUMERATOR, &figure->numerator},
        {COLUMN_DENOMINATOR, &figure->denominator},
        {COLUMN_BASE, &figure->base},
        {COLUMN_MARGIN, &figure->margin},
    };
    bool confidential = false;

    *figure = (struct figure){0};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        const char *flag = NULL;
        if (!cell_amount(import->map, cells[i].column, cell_of(import, row, cells[i].column),
                         cells[i].amount, &flag, fault))
            return false;
        confidential = confidential || flag_is(flag, "c");
        if (cells[i].column == COLUMN_VALUE)
            figure->flag = flag;
    }
    struct bytes flag = cell_of(import, row, COLUMN_FLAG);
    if (figure->flag == NULL && flag.size > 0) {
        figure->flag = cell_flag(import->map, flag);
        if (figure->flag == NULL)
            return fault_set(fault, FAULT_INPUT, "flag \"%.*s\" is not known: add a mark to %s",
                             QUOTED(flag), import->map->name);
    }
    if (confidential)
        figure->flag = "c";
    return true;
}

/* --- One row --- */

static const struct measure *measure_among(const struct mapped_measure *measures, size_t count,
                                           struct bytes code)
{
    for (size_t i = 0; i < count; i++)
        if (cell_is(code, measures[i].code))
            return &measures[i].measure;
    return NULL;
}

/* From the definitions, or what the mapping says of all others. */
static bool look_up_measure(const struct import *import, struct bytes code, struct measure *measure)
{
    const struct import_map *map = import->map;
    const struct import_request *request = import->request;

    if (request->find_measure != NULL &&
        request->find_measure(request->context, bytes_of_text(map->framework), code, measure))
        return true;
    *measure = map->measure;
    return map->has_measure;
}

static bool find_measure(struct import *import, struct bytes code, struct measure *measure,
                         struct fault *fault)
{
    const struct import_map *map = import->map;
    const struct measure *found = measure_among(map->measures, map->measure_count, code);

    if (found == NULL)
        found = measure_among(import->known, import->known_count, code);
    if (found != NULL) {
        *measure = *found;
        return true;
    }
    if (!look_up_measure(import, code, measure))
        return fault_set(fault, FAULT_INPUT,
                         "what \"%.*s\" measures is not known: add measure \"%.*s\" { unit = ... } "
                         "to %s, or define the indicator",
                         QUOTED(code), QUOTED(code), map->name);
    /* Definitions are in a database, and a code has many rows. */
    import->known = memory_grow(import->known, import->known_count + 1, sizeof *import->known);
    import->known[import->known_count++] = (struct mapped_measure){text_copy(code), *measure};
    return true;
}

static void keep_row(struct import *import, const struct import_row *row)
{
    struct import_rows *rows = &import->rows;

    if (rows->count == rows->room) {
        rows->room = rows->room == 0 ? 64 : 2 * rows->room;
        rows->list = memory_grow(rows->list, rows->room, sizeof *rows->list);
    }
    rows->list[rows->count++] = *row;
}

static bool judge(const struct import *import, struct import_row *row, struct fault *fault)
{
    if (row->figure.flag == NULL && !row->figure.value.here && !row->figure.numerator.here)
        return fault_set(fault, FAULT_INPUT,
                         "there is no value and no flag that says why: write [x] where "
                         "it is not available");
    if (!figure_agrees(&row->measure, &row->figure))
        return fault_set(fault, FAULT_INPUT,
                         "the value does not follow from numerator and denominator: is the unit in "
                         "%s right?",
                         import->map->name);
    if (!disclosure_apply(import->map->profile, &row->measure, &row->figure, &row->safe, fault))
        return false;
    row->small = flag_is(row->safe.flag, "c") && !flag_is(row->figure.flag, "c");
    return true;
}

/* The breakdowns of a row as one text. */
static bool read_breakdowns(const struct import *import, const struct row *row,
                            struct buffer *disaggregation, struct fault *fault)
{
    struct bytes cells[BREAKDOWNS_MAX];
    size_t count = 0;

    for (unsigned i = COLUMN_DISAGGREGATION; i <= COLUMN_DISAGGREGATION_4; i++)
        if (import->columns[i] != ABSENT)
            cells[count++] = cell_of(import, row, (enum import_column)i);
    return breakdowns_join(cells, count, disaggregation, fault);
}

static bool take_our_row(struct import *import, const struct row *row, struct fault *fault)
{
    struct bytes code = cell_of(import, row, COLUMN_CODE);
    struct import_row taken = {.line = row->line};
    struct buffer disaggregation = {0};

    if (code.size == 0)
        return fault_set(fault, FAULT_INPUT, "the code is empty");
    bool good =
        name_is_plain("code", code, 40, fault) && name_is_as_read("code", code, fault) &&
        read_breakdowns(import, row, &disaggregation, fault) &&
        find_measure(import, code, &taken.measure, fault) &&
        counts_people(import, code, cell_of(import, row, COLUMN_VALUE), &taken.measure, fault) &&
        read_figure(import, row, &taken.figure, fault) && judge(import, &taken, fault);
    if (good) {
        taken.code = text_copy(code);
        taken.disaggregation = text_copy(buffer_view(&disaggregation));
        keep_row(import, &taken);
    }
    buffer_release(&disaggregation);
    return good;
}

static bool take_row(void *context, const struct row *row, struct fault *fault)
{
    struct import *import = context;
    struct fault because = {0};

    if (!is_ours(import, row)) {
        import->result->others++;
        return true;
    }
    if (!is_of_one_period(import, row, fault))
        return false;
    if (import->rows.count == IMPORT_ROWS_MAX)
        return fault_set(fault, FAULT_INPUT,
                         "%s:%u: more than %d rows of one area: import it in parts",
                         import->request->file_name, row->line, IMPORT_ROWS_MAX);
    if (!take_our_row(import, row, &because))
        refuse(import, row->line, because.text);
    return true;
}

/* --- Public figures --- */

static double number_of(struct amount amount)
{
    double number = (double)amount.integer;

    for (unsigned i = 0; i < amount.decimals; i++)
        number /= 10;
    return amount.here ? number : NAN;
}

static bool tell_public_row(struct import *import, const struct row *row, struct fault *fault)
{
    const struct import_request *request = import->request;
    struct bytes code = cell_of(import, row, COLUMN_CODE), area = cell_of(import, row, COLUMN_AREA);
    struct buffer disaggregation = {0};
    struct figure figure;

    if (code.size == 0 || !is_area_code(area))
        return fault_set(fault, FAULT_INPUT, "the code is empty, or \"%.*s\" is no area's code",
                         QUOTED(area));
    bool good = name_is_plain("code", code, 40, fault) &&
                read_breakdowns(import, row, &disaggregation, fault) &&
                read_figure(import, row, &figure, fault);
    if (good) {
        char *code_text = text_copy(code);
        struct figure_key key = {import->map->framework, code_text, buffer_text(&disaggregation)};
        struct known_figure known = {.value = number_of(figure.value),
                                     .numerator = number_of(figure.numerator),
                                     .denominator = number_of(figure.denominator),
                                     .base = number_of(figure.base),
                                     .margin = number_of(figure.margin),
                                     .reference = true};
        memcpy(known.area, area.data, area.size);
        snprintf(known.period, sizeof known.period, "%s", import->map->period);
        snprintf(known.flag, sizeof known.flag, "%s", figure.flag == NULL ? "" : figure.flag);
        good = import->hear(request->context, &key, &known, fault);
        import->heard_ill = !good;
        import->result->imported += good;
        free(code_text);
    }
    buffer_release(&disaggregation);
    return good;
}

static bool take_public_row(void *context, const struct row *row, struct fault *fault)
{
    struct import *import = context;
    struct fault because = {0};

    if (!is_ours(import, row)) {
        import->result->others++;
    } else if (!is_of_one_period(import, row, fault)) {
        return false;
    } else if (!tell_public_row(import, row, &because)) {
        if (import->heard_ill) {
            *fault = because;
            return false;
        }
        refuse(import, row->line, because.text);
    }
    return true;
}

/* --- The whole --- */

/* Of one area. */
static int compare_rows(const struct import_row *a, const struct import_row *b)
{
    const struct ledger_key first = {a->code, a->disaggregation, "", ""};
    const struct ledger_key second = {b->code, b->disaggregation, "", ""};

    return ledger_compare(&first, &second);
}

static int by_key(const void *a, const void *b)
{
    const struct import_row *first = *(struct import_row *const *)a;
    const struct import_row *second = *(struct import_row *const *)b;
    int order = compare_rows(first, second);

    return order != 0 ? order : (first->line > second->line) - (first->line < second->line);
}

/* Two values for one code would be compared by a reader who should see neither: the first stays. */
static void refuse_repeats(struct import *import)
{
    struct import_rows *rows = &import->rows;
    struct import_row **order = memory_new(rows->count, sizeof *order);
    const struct import_row *first = NULL;

    for (size_t i = 0; i < rows->count; i++)
        order[i] = &rows->list[i];
    qsort(order, rows->count, sizeof *order, by_key);
    for (size_t i = 0; i < rows->count; i++) {
        if (first == NULL || compare_rows(first, order[i]) != 0) {
            first = order[i];
            continue;
        }
        char why[200];
        snprintf(why, sizeof why, "%.40s %.80s came before, on line %u: leave one of them out",
                 first->code, first->disaggregation, first->line);
        refuse(import, order[i]->line, why);
        order[i]->repeated = true;
    }
    free(order);
}

/* By the profile of before; with their totals; and counts that are published as they are with what
 * was published before. */
static bool look_together(struct import *import, struct fault *fault)
{
    struct import_rows *rows = &import->rows;

    rows->ledger = import->request->ledger == NULL ? &import->nothing : import->request->ledger;
    if (!rows_admit_profile(rows, fault))
        return false;
    if (import->map->profile->threshold == 0)
        return true;
    if (profile_is_exact(import->map->profile))
        rows_keep_hidden(rows);
    return rows_protect(rows, fault) &&
           (!profile_is_exact(import->map->profile) || rows_compare(rows, fault));
}

static int by_line(const void *a, const void *b)
{
    uint32_t first = ((const struct import_refusal *)a)->line;
    uint32_t second = ((const struct import_refusal *)b)->line;

    return (first > second) - (first < second);
}

static void set(struct document *document, const char *key, const char *text)
{
    document_add(document, key, bytes_of_text(text), (struct place){0});
}

static struct document *add_snapshot(struct import *import)
{
    const struct import_map *map = import->map;
    struct import_result *result = import->result;
    struct document *snapshot = document_new(&snapshot_form);

    set(snapshot, "framework", map->framework);
    set(snapshot, "framework_version", map->framework_version);
    set(snapshot, "area_gss", import->request->area);
    set(snapshot, "period", map->period);
    set(snapshot, "status", map->status);
    set(snapshot, "sdc_profile", map->profile->name);
    set(snapshot, "topic", map->topic);
    set(snapshot, "terms", map->terms);
    set(snapshot, "boundary_note", map->boundary_note);
    set(snapshot, "counted", map->counted);
    if (map->profile->rounding_base > 0) {
        char base[24];
        snprintf(base, sizeof base, "%lld", (long long)map->profile->rounding_base);
        set(snapshot, "rounding_base", base);
    }
    result->snapshots =
        memory_grow(result->snapshots, result->snapshot_count + 1, sizeof *result->snapshots);
    result->snapshots[result->snapshot_count++] = snapshot;
    return snapshot;
}

/* Which of them disclosure control hid, and why. */
static void note_hidden(struct import *import, const struct import_row *row)
{
    struct import_result *result = import->result;
    enum hidden_because because = row->hid != NULL ? HIDDEN_BEFORE
                                  : row->company   ? HIDDEN_COMPANY
                                                   : HIDDEN_SMALL;
    size_t index = result->imported - 1; /* It is the last so far. */
    char why[300];

    if (row->hid != NULL)
        snprintf(why, sizeof why, "%.40s %.80s stays hidden: %s hid it", row->code,
                 row->disaggregation, row->hid);
    else
        snprintf(why, sizeof why, "%.40s %.80s is hidden: %s", row->code, row->disaggregation,
                 hidden_reasons[because].means);
    result->suppressed++;
    result->hidden = memory_grow(result->hidden, result->suppressed, sizeof *result->hidden);
    result->hidden[result->suppressed - 1] =
        (struct import_hidden){.line = row->line,
                               .why = text_copy(bytes_of_text(why)),
                               .snapshot = index / SNAPSHOT_ROWS_MAX,
                               .row = index % SNAPSHOT_ROWS_MAX,
                               .because = because};
}

static void make_snapshots(struct import *import)
{
    struct import_result *result = import->result;
    struct document *snapshot = NULL;

    for (size_t i = 0; i < import->rows.count; i++) {
        const struct import_row *row = &import->rows.list[i];
        if (row->repeated)
            continue;
        if (result->imported % SNAPSHOT_ROWS_MAX == 0)
            snapshot = add_snapshot(import);
        snapshot_add_row(snapshot, &(struct snapshot_row){bytes_of_text(row->code),
                                                          bytes_of_text(row->disaggregation),
                                                          row->safe,
                                                          {0}});
        result->imported++;
        if (flag_is(row->safe.flag, "c") && !flag_is(row->figure.flag, "c"))
            note_hidden(import, row);
    }
    result->company = import->rows.company;
    result->stay_hidden = import->rows.stay_hidden;
    result->totals = import->rows.totals;
    result->total_count = import->rows.total_count;
    import->rows.totals = NULL;
    import->rows.total_count = 0;
}

static bool has_rows(const struct import *import, struct fault *fault)
{
    const struct import_result *result = import->result;

    if (result->imported > 0)
        return true;
    if (result->refused > 0)
        return fault_set(fault, FAULT_INPUT, "%s: none of its rows can be used; line %u: %s",
                         import->request->file_name, result->refusals[0].line,
                         result->refusals[0].why);
    if (import->request->area == NULL)
        return fault_set(fault, FAULT_INPUT,
                         "%s: no row is as the mapping says: look at what it has under where in %s",
                         import->request->file_name, import->map->name);
    if (import->columns[COLUMN_PERIOD] != ABSENT)
        return fault_set(fault, FAULT_INPUT,
                         "%s: no row is for the area %s and the period %s: look at period and "
                         "columns in %s, or name the area with --area",
                         import->request->file_name, import->request->area, import->map->period,
                         import->map->name);
    return fault_set(fault, FAULT_INPUT,
                     "%s: no row is for the area %s: look at the columns in %s, or name the area "
                     "with --area",
                     import->request->file_name, import->request->area, import->map->name);
}

/* What the mapping says for every snapshot may be what keeps them from being published. */
static bool snapshots_serve(const struct import *import, struct fault *fault)
{
    for (size_t i = 0; i < import->result->snapshot_count; i++)
        if (!document_is_sound(import->result->snapshots[i], fault))
            return fault_prefix(fault, "%s", import->map->name);
    return true;
}

static void free_totals(struct import_total *totals, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(totals[i].name);
    free(totals);
}

static void release(struct import *import)
{
    free_totals(import->rows.totals, import->rows.total_count);
    for (size_t i = 0; i < import->rows.count; i++) {
        free(import->rows.list[i].code);
        free(import->rows.list[i].disaggregation);
    }
    free(import->rows.list);
    for (size_t i = 0; i < import->unmapped_count; i++)
        free(import->unmapped[i].name);
    for (size_t i = 0; i < import->known_count; i++)
        free(import->known[i].code);
    free(import->known);
    ledger_release(&import->nothing);
    free(import->conditions);
}

bool import_table(const struct import_request *request, FILE *file, struct import_result *result,
                  struct fault *fault)
{
    struct import import = {
        .request = request,
        .map = request->map,
        .result = result,
        .rows = {.map = request->map, .file_name = request->file_name, .area = request->area}};
    struct table_reader reader = {.name = request->file_name,
                                  .delimiter = request->map->delimiter,
                                  .skip_lines = request->map->skip_lines,
                                  .context = &import,
                                  .header = take_header,
                                  .row = take_row,
                                  .bad = take_bad};

    *result = (struct import_result){.profile = request->map->profile};
    import.conditions = memory_new(request->map->condition_count, sizeof *import.conditions);
    bool done = table_read(&reader, file, fault);
    if (done) {
        refuse_repeats(&import);
        done = look_together(&import, fault);
    }
    if (done) {
        make_snapshots(&import);
        if (result->refusal_count > 0)
            qsort(result->refusals, result->refusal_count, sizeof *result->refusals, by_line);
        done = has_rows(&import, fault) && snapshots_serve(&import, fault);
    }
    release(&import);
    if (!done)
        import_result_release(result);
    return done;
}

bool import_public(const struct import_request *request, FILE *file, import_hear_public *hear,
                   struct import_result *result, struct fault *fault)
{
    const struct named_column *area = &request->map->columns[COLUMN_AREA];
    struct import import = {
        .request = request, .map = request->map, .result = result, .hear = hear};
    struct table_reader reader = {.name = request->file_name,
                                  .delimiter = request->map->delimiter,
                                  .skip_lines = request->map->skip_lines,
                                  .context = &import,
                                  .header = take_header,
                                  .row = take_public_row,
                                  .bad = take_bad};

    *result = (struct import_result){.profile = request->map->profile};
    if (area->name == NULL || area->name[0] == '\0')
        return fault_set(fault, FAULT_INPUT,
                         "%s: public figures are of many areas: say in columns which one has their "
                         "codes (area = ...)",
                         request->map->name);
    import.conditions = memory_new(request->map->condition_count, sizeof *import.conditions);
    bool done = table_read(&reader, file, fault);
    if (done && result->imported == 0)
        done = has_rows(&import, fault);
    release(&import);
    if (!done)
        import_result_release(result);
    return done;
}

void import_result_release(struct import_result *result)
{
    for (size_t i = 0; i < result->snapshot_count; i++)
        document_free(result->snapshots[i]);
    free(result->snapshots);
    for (size_t i = 0; i < result->refusal_count; i++)
        free(result->refusals[i].why);
    free(result->refusals);
    for (size_t i = 0; i < result->suppressed; i++)
        free(result->hidden[i].why);
    free(result->hidden);
    free_totals(result->totals, result->total_count);
    *result = (struct import_result){0};
}
