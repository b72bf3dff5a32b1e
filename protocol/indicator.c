#include "protocol/fields.h"

/* What a number means: an indicator of a framework. A code alone says nothing, since the same code
 * means different things in two versions of one framework. */

static const struct field fields[] = {
    {"framework", "Framework", FIELD_LINE, .required = true, .most_bytes = 40,
     .advice = "The list it belongs to, such as ASCOF-2014"},
    {"code", "Code", FIELD_LINE, .required = true, .most_bytes = 40,
     .advice = "Its code in that framework"},
    {"name", "Name", FIELD_LINE, .required = true, .most_bytes = 300,
     .advice = "Its official name"},
    {"unit", "Unit", FIELD_WORD, .required = true, ONE_OF(units), .advice = "What a value counts"},
    {"stat_type", "Statistic", FIELD_WORD, .required = true, ONE_OF(statistics),
     .advice = "What kind of number it is"},
    {"polarity", "Polarity", FIELD_WORD, .required = true, ONE_OF(polarities),
     .advice = "Which way is better; many are neutral"},
    {"period_kind", "Period kind", FIELD_WORD, .required = true, ONE_OF(period_kinds),
     .advice = "The time that a value covers"},
    TOPIC_FIELD,
    {"framework_version", "Framework version", FIELD_LINE, .most_bytes = 40,
     .advice = "Of the framework, where its definitions change"},
    {"plain_name", "Plain name", FIELD_LINE, .most_bytes = 200,
     .advice = "What it is, in words that anybody understands"},
    {"multiplier", "Multiplier", FIELD_NUMBER, A_NUMBER,
     .advice = "What numerator / denominator is multiplied by, such as 100"},
    {"band_low", "Band low", FIELD_NUMBER, A_NUMBER,
     .advice = "Of a banded indicator: the lowest good value"},
    {"band_high", "Band high", FIELD_NUMBER, A_NUMBER,
     .advice = "Of a banded indicator: the highest good value"},
    {"decimals", "Decimals", FIELD_NUMBER, A_WHOLE_NUMBER(1),
     .advice = "How many a value is shown with"},
    {"source_collection", "Source collection", FIELD_LINE, .most_bytes = 120,
     .advice = "The return or survey it is taken from"},
    {"valid_from", "Valid from", FIELD_DATE, A_DATE, .advice = "The first day it was in use"},
    {"valid_to", "Valid to", FIELD_DATE, A_DATE, .advice = "The last day it was in use"},
    {"successors", "Successors", FIELD_LINES, .coded = true, .most_bytes = 80, .most_items = 8,
     .advice = "Codes of what replaced it, as framework:code"},
    {"predecessors", "Predecessors", FIELD_LINES, .coded = true, .most_bytes = 80, .most_items = 8,
     .advice = "Codes of what it replaced, as framework:code"},
    {"service_area", "Service", FIELD_WORDS, SOME_OF(service_areas, 3),
     .advice = "The services it is about"},
    {"numerator_def", "Numerator", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "What is counted above the line"},
    {"denominator_def", "Denominator", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "What is counted below the line"},
    {"break_note", "Breaks", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "Years that cannot be compared with those before, and why"},
    {"caveats", "Caveats", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "What it does not say"},
    {"terms", "Terms", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "What its owner allows it to be used for"},
};

static void check(const struct document *document, struct problems *problems)
{
    static const struct {
        const char *key, *name;
    } edges[] = {{"band_low", "Band low"}, {"band_high", "Band high"}};

    if (!bytes_equal(document_text(document, "polarity"), bytes_of_text("banded")))
        return;
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        if (document_count(document, edges[i].key) == 0)
            problems_add(problems, document_place(document, "polarity", 0), "missing",
                         "\"%s\" is missing: a banded indicator needs both edges of its band",
                         edges[i].name);
}

const struct form indicator_form = {
    .kind = "indicator", FORM_FIELDS(fields), .most_bytes = 16 * 1024, .check = check};
