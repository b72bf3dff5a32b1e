#include "protocol/fields.h"

/* One council's values of one framework for one period: a release as a whole, so that what was
 * hidden in it can be judged as a whole. */

static const struct column row_columns[] = {
    {"code", FIELD_LINE, .required = true, .most_bytes = 40},
    {"disaggregation", FIELD_LINE, .most_bytes = 80},
    {"value", FIELD_NUMBER, .most_bytes = 20},
    {"numerator", FIELD_NUMBER, .most_bytes = 20},
    {"denominator", FIELD_NUMBER, .most_bytes = 20},
    {"base", FIELD_NUMBER, .most_bytes = 20},
    {"margin", FIELD_NUMBER, .most_bytes = 20},
    {"flag", FIELD_WORD, .most_bytes = 40, .vocabulary = &value_flags},
};

static const struct field fields[] = {
    {"framework", "Framework", FIELD_LINE, .required = true, .most_bytes = 40,
     .advice = "The list whose codes the rows use, such as ASCOF-2014"},
    {"area_gss", "Area", FIELD_LINE, .required = true, .unscanned = true, .most_bytes = 9,
     .alphabet = &area_alphabet, .advice = "The code of the area, such as E10000024"},
    {"period", "Period", FIELD_LINE, .required = true, .unscanned = true, .most_bytes = 20,
     .advice = "The time the values cover, such as 2020-21"},
    {"status", "Status", FIELD_WORD, .required = true, ONE_OF(snapshot_statuses),
     .advice = "Whether the values may still change"},
    {"sdc_profile", "Disclosure profile", FIELD_WORD, .required = true, ONE_OF(disclosure_profiles),
     .advice = "How small numbers are hidden"},
    TOPIC_FIELD,
    {"framework_version", "Framework version", FIELD_LINE, .most_bytes = 40,
     .advice = "Of the framework, where its definitions change"},
    {"rounding_base", "Rounding base", FIELD_NUMBER, A_WHOLE_NUMBER(4),
     .advice = "What counts were rounded to, such as 5"},
    EMBARGO_FIELD,
    {"rows", "Rows", FIELD_ROWS, .required = true, .section = true, .unscanned = true,
     .most_items = 256, FIELD_COLUMNS(row_columns), .advice = "The values"},
    {"boundary_note", "Boundary note", FIELD_PROSE, .section = true, .most_bytes = 1000,
     .advice = "Changes of the area's boundary that matter for these values"},
    {"terms", "Terms", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "What the values may and may not be used for"},
};

const struct form snapshot_form = {
    .kind = "snapshot", FORM_FIELDS(fields), .most_bytes = 60 * 1024};
