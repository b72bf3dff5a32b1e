#include "protocol/fields.h"
#include "protocol/record.h"

/* An erasure takes texts back. Which ones stands in its header's references; what it does is said
 * by line 10 of f (docs/protocol.md, section 6.4), whatever stands here. */

static const struct target erases = {RELATION_ERASES, NULL};

static const struct field fields[] = {
    {"erases", "Erases", FIELD_LINES, .required = true, .section = true, .header = true,
     IDS_OF(erases), .most_items = REFERENCES_MAX,
     .advice = "The ids of the records whose texts are taken back"},
    LANGUAGE_FIELD,
    {"why", "Why", FIELD_PROSE, .required = true, .section = true, .most_bytes = 400,
     .advice = "Why, in a sentence or two, without saying again what should not be said"},
};

const struct form erasure_form = {.kind = "erasure", FORM_FIELDS(fields), .most_bytes = 1024};
