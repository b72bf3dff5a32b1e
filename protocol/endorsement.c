#include "protocol/fields.h"
#include "protocol/record.h"

/* An endorsement: a peer stands by what another council published, and says on what grounds. */

static const char *const kinds[] = {"lesson", "issue", "update", "review", "summary", NULL};
static const struct target about = {RELATION_ABOUT, kinds};

static const struct field fields[] = {
    {"about", "About", FIELD_LINE, .required = true, .header = true, IDS_OF(about),
     .advice = "The id of the record it endorses, or how the id begins"},
    {"grounds", "Grounds", FIELD_WORDS, .required = true, ANY_OF(grounds),
     .advice = "What you did before you said so"},
    {"role", "Role", FIELD_LINE, .most_bytes = 80,
     .advice = "The role of whoever endorses it, never a name"},
    TOPIC_FIELD,
    LANGUAGE_FIELD,
    {"text", "In our words", FIELD_PROSE, .section = true, .most_bytes = 800,
     .advice = "What you can vouch for, and what not"},
};

const struct form endorsement_form = {
    .kind = "endorsement", FORM_FIELDS(fields), .most_bytes = 4 * 1024};
