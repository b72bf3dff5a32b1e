#include "protocol/snapshot.h"
#include "protocol/fields.h"
#include "protocol/text.h"

#include <stdlib.h>
#include <string.h>

/* One council's values of one framework for one period: a release as a whole, so that what was
 * hidden in it can be judged as a whole. */

enum { CODE, DISAGGREGATION, VALUE, NUMERATOR, DENOMINATOR, BASE, MARGIN, FLAG, COLUMNS };

static const struct column row_columns[COLUMNS] = {
    [CODE] = {"code", FIELD_LINE, .required = true, .coded = true, .most_bytes = 40},
    [DISAGGREGATION] = {"disaggregation", FIELD_LINE, .most_bytes = 80},
    [VALUE] = {"value", FIELD_NUMBER, A_NUMBER},
    [NUMERATOR] = {"numerator", FIELD_NUMBER, A_NUMBER},
    [DENOMINATOR] = {"denominator", FIELD_NUMBER, A_NUMBER},
    [BASE] = {"base", FIELD_NUMBER, A_NUMBER},
    [MARGIN] = {"margin", FIELD_NUMBER, A_NUMBER},
    [FLAG] = {"flag", FIELD_WORD, ONE_OF(value_flags)},
};

static const struct field fields[] = {
    {"framework", "Framework", FIELD_LINE, .required = true, .most_bytes = 40,
     .advice = "The list whose codes the rows use, such as ASCOF-2014"},
    {"area_gss", "Area", FIELD_LINE, .required = true, .coded = true, .most_bytes = 9,
     .alphabet = &area_alphabet, .advice = "The code of the area, such as E10000024"},
    {"period", "Period", FIELD_LINE, .required = true, .coded = true, .most_bytes = 20,
     .advice = "The time the values cover, such as 2020-21"},
    {"status", "Status", FIELD_WORD, .required = true, ONE_OF(snapshot_statuses),
     .advice = "Whether the values may still change"},
    {"sdc_profile", "Disclosure profile", FIELD_WORD, .required = true, ONE_OF(disclosure_profiles),
     .advice = "How small numbers are hidden"},
    TOPIC_FIELD,
    {"framework_version", "Framework version", FIELD_LINE, .most_bytes = 40,
     .advice = "Of the framework, where its definitions change"},
    {"counted", "What is counted", FIELD_LINE, .most_bytes = 120,
     .advice = "With the disclosure profile none: what the figures count, since it is no people"},
    {"rounding_base", "Rounding base", FIELD_NUMBER, A_WHOLE_NUMBER(4),
     .advice = "What counts were rounded to, such as 5"},
    EMBARGO_FIELD,
    {"rows", "Rows", FIELD_ROWS, .required = true, .section = true, .most_items = SNAPSHOT_ROWS_MAX,
     FIELD_COLUMNS(row_columns), .advice = "The values"},
    {"boundary_note", "Boundary note", FIELD_PROSE, .section = true, .most_bytes = 1000,
     .advice = "Changes of the area's boundary that matter for these values"},
    {"terms", "Terms", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "What the values may and may not be used for"},
};

const struct form snapshot_form = {
    .kind = "snapshot", FORM_FIELDS(fields), .most_bytes = 60 * 1024, .check = snapshot_check};

const char *const total_names[TOTAL_NAMES] = {"",        "total",    "all",      "persons",
                                              "totals",  "people",   "everyone", "everybody",
                                              "overall", "cyfanswm", "pawb"};

static bool begins_with(struct bytes text, const char *word)
{
    size_t size = strlen(word);

    return text.size >= size && text_same(bytes_of(text.data, size), bytes_of_text(word));
}

static bool ends_with(struct bytes text, const char *word)
{
    size_t size = strlen(word);

    return text.size > size && text_same(bytes_after(text, text.size - size), bytes_of_text(word));
}

bool is_total_name(struct bytes level)
{
    for (size_t i = 0; i < TOTAL_NAMES; i++)
        if (text_same(level, bytes_of_text(total_names[i])))
            return true;
    return false;
}

bool names_total(struct bytes level)
{
    if (is_total_name(level))
        return true;
    if (begins_with(level, "all "))
        return !begins_with(level, "all other");
    return begins_with(level, "total ") || ends_with(level, " total") ||
           ends_with(level, " totals");
}

/* --- Its rows --- */

size_t snapshot_rows(const struct document *snapshot)
{
    return document_count(snapshot, "rows") / COLUMNS;
}

static struct bytes cell_at(const struct document *snapshot, size_t row, size_t column)
{
    return document_item(snapshot, "rows", row * COLUMNS + column);
}

static struct amount amount_at(const struct document *snapshot, size_t row, size_t column)
{
    struct amount amount = {0};

    if (!number_read(cell_at(snapshot, row, column), &amount.integer, &amount.decimals))
        return (struct amount){0};
    amount.here = true;
    return amount;
}

struct snapshot_row snapshot_row(const struct document *snapshot, size_t index)
{
    const struct word *flag = vocabulary_find(&value_flags, cell_at(snapshot, index, FLAG));

    return (struct snapshot_row){.code = cell_at(snapshot, index, CODE),
                                 .disaggregation = cell_at(snapshot, index, DISAGGREGATION),
                                 .figure = {.value = amount_at(snapshot, index, VALUE),
                                            .numerator = amount_at(snapshot, index, NUMERATOR),
                                            .denominator = amount_at(snapshot, index, DENOMINATOR),
                                            .base = amount_at(snapshot, index, BASE),
                                            .margin = amount_at(snapshot, index, MARGIN),
                                            .flag = flag == NULL ? NULL : flag->code},
                                 .place = document_place(snapshot, "rows", index * COLUMNS)};
}

static void add_cell(struct document *snapshot, struct bytes text)
{
    document_add(snapshot, "rows", text, (struct place){0});
}

static void add_amount(struct document *snapshot, struct amount amount)
{
    struct buffer text = {0};

    if (amount.here)
        number_write(&text, amount.integer, amount.decimals);
    add_cell(snapshot, buffer_view(&text));
    buffer_release(&text);
}

void snapshot_add_row(struct document *snapshot, const struct snapshot_row *row)
{
    const struct figure *figure = &row->figure;

    add_cell(snapshot, row->code);
    add_cell(snapshot, row->disaggregation);
    add_amount(snapshot, figure->value);
    add_amount(snapshot, figure->numerator);
    add_amount(snapshot, figure->denominator);
    add_amount(snapshot, figure->base);
    add_amount(snapshot, figure->margin);
    add_cell(snapshot, bytes_of_text(figure->flag == NULL ? "" : figure->flag));
}

const struct disclosure_profile *snapshot_profile(const struct document *snapshot)
{
    struct fault ignored;
    char *name = text_copy(document_text(snapshot, "sdc_profile"));
    const struct disclosure_profile *profile = disclosure_profile_of(name, &ignored);

    free(name);
    return profile;
}
