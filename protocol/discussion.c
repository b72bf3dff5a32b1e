#include "protocol/fields.h"
#include "protocol/record.h"

/* What a team made of something it read: which of its assumptions that challenged, and what it
 * decided. Learning happens here; a lesson that was only sent round has taught nobody. */

static const char *const kinds[] = {"lesson",   "issue",  "update",  "indicator",
                                    "snapshot", "review", "summary", NULL};
static const struct target about = {RELATION_ABOUT, kinds};

static const struct field fields[] = {
    {"about", "About", FIELD_LINE, .required = true, .header = true, IDS_OF(about),
     .advice = "The id of what was discussed, or how the id begins"},
    {"decision", "Decision", FIELD_WORD, .required = true, ONE_OF(team_decisions),
     .advice = "What came of it"},
    {"scale", "Scale", FIELD_WORD, ONE_OF(scales), .advice = "Who discussed it"},
    {"people_band", "How many people", FIELD_WORD, ONE_OF(asked_bands),
     .advice = "How many took part"},
    {"service_area", "Service", FIELD_WORDS, SOME_OF(service_areas, 3),
     .advice = "The services that those who took part work in"},
    TOPIC_FIELD,
    REVIEW_AGAIN_FIELD,
    LANGUAGE_FIELD,
    {"assumption_challenged", "Assumption challenged", FIELD_PROSE, .required = true,
     .section = true, .most_bytes = 800,
     .advice = "What everybody had taken for granted, and what now speaks against it"},
    {"what_decided", "What we decided", FIELD_PROSE, .section = true, .most_bytes = 1200,
     .advice = "What will be done, by which role, and why"},
    {"questions_left", "Questions left", FIELD_LINES, .section = true, .most_bytes = 200,
     .most_items = 5, .advice = "What you would still like to know"},
};

static const struct need needs[] = {
    {"decision", "adopt", "what_decided"},
    {"decision", "adapt", "what_decided"},
    {"decision", "reject", "what_decided"},
};

const struct form discussion_form = {
    .kind = "discussion", FORM_FIELDS(fields), .most_bytes = 8 * 1024, FORM_NEEDS(needs)};
