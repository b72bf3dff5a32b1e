#include "protocol/fields.h"
#include "protocol/record.h"

/* An update says what became of something already published, by the same council. */

static const char *const kinds[] = {"lesson", "issue", "review", NULL};
static const struct target about = {RELATION_ABOUT, kinds};

static const struct field fields[] = {
    {"about", "About", FIELD_LINE, .required = true, .header = true, IDS_OF(about),
     .advice = "The id of the record it goes on from, or how the id begins"},
    {"stage", "Stage", FIELD_WORD, .required = true, ONE_OF(stages),
     .advice = "How far it has come"},
    {"outcome", "Outcome", FIELD_WORD, .required = true, ONE_OF(outcomes),
     .advice = "How it looks now"},
    TOPIC_FIELD,
    IMPACT_FIELDS,
    REVIEW_AGAIN_FIELD,
    LANGUAGE_FIELD,
    {"what_changed", "What changed since", FIELD_PROSE, .required = true, .section = true,
     .most_bytes = 4000, .advice = "What happened since, and what you now see differently"},
    INDICATOR_REFS_FIELD,
    {"recommendation", "Recommendation", FIELD_PROSE, .section = true, .most_bytes = 800,
     .advice = "What you would tell others now"},
};

const struct form update_form = {
    .kind = "update", FORM_FIELDS(fields), .most_bytes = 16 * 1024, .check = check_indicator_refs};
