#include "protocol/fields.h"
#include "protocol/record.h"

/* A note that any member may put on what any other published: signed, for a time, and taken back by
 * an erasure, as every text is. It decides nothing: each node shows the labels of those whose it
 * honours. */

static const struct target about = {RELATION_ABOUT, NULL};

static const char *const duplicated[] = {"lesson", "issue", NULL};
static const struct target same_as = {RELATION_SAME_AS, duplicated};

static const struct field fields[] = {
    {"about", "About", FIELD_LINE, .required = true, .header = true, IDS_OF(about),
     .advice = "The id of the record it is put on, or how the id begins"},
    {"label", "Label", FIELD_WORD, .required = true, ONE_OF(labels), .advice = "What it says"},
    EXPIRES_FIELD,
    {"same_as", "Same as", FIELD_LINE, .header = true, IDS_OF(same_as),
     .advice = "With \"same_as\": the id of the other one, or how it begins"},
    TOPIC_FIELD,
    LANGUAGE_FIELD,
    {"why", "Why", FIELD_PROSE, .section = true, .most_bytes = 400,
     .advice = "What you know that its author may not"},
};

static const struct need needs[] = {
    {"label", "same_as", "same_as"},
    {"label", "law_changed", "why"},
    {"label", "disputed", "why"},
    {"label", "heads_up", "why"},
};

const struct form label_form = {
    .kind = "label", FORM_FIELDS(fields), .most_bytes = 2 * 1024, FORM_NEEDS(needs)};
