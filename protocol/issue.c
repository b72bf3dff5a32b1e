#include "protocol/fields.h"
#include "protocol/record.h"

/* A problem that others may recognise. Whoever has it too, or had it, responds with "same_here"; so
 * one issue gathers what many would have written apart. */

static const char *const issues[] = {"issue", NULL};
static const struct target same_as = {RELATION_SAME_AS, issues};

static const struct field fields[] = {
    {"title", "Title", FIELD_LINE, .required = true, .most_bytes = 120,
     .advice = "The problem in a line that others would recognise as theirs"},
    {"service_area", "Service", FIELD_WORDS, .required = true, SOME_OF(service_areas, 3),
     .advice = "The services it is about"},
    TOPIC_FIELD,
    {"client_group", "Clients", FIELD_WORDS, ANY_OF(client_groups),
     .advice = "Whom the service is for"},
    {"partner_sector", "Partners", FIELD_WORDS, ANY_OF(partner_sectors),
     .advice = "Who else is part of it"},
    {"contributing_factor", "Factors", FIELD_WORDS, ANY_OF(contributing_factors),
     .advice = "What it comes from, as far as you can tell"},
    {"barrier", "Barriers", FIELD_WORDS, ANY_OF(barriers),
     .advice = "What stands in the way that you cannot remove yourselves"},
    {"barrier_addressed_to", "Barrier addressed to", FIELD_WORD, ONE_OF(barrier_addressees),
     .advice = "Who could remove it"},
    {"began", "Began", FIELD_DATE, A_DATE, .advice = "Since when you have had it"},
    {"same_as", "Same as", FIELD_LINES, .header = true, IDS_OF(same_as), .most_items = 4,
     .advice = "Ids of issues that say the same, or how they begin"},
    LANGUAGE_FIELD,

    /* The node fills these in. */
    {"attribution", "Attribution", FIELD_WORD, ONE_OF(attributions)},
    {"authority_type", "Authority type", FIELD_WORD, ONE_OF(authority_types)},

    {"abstract", "Abstract", FIELD_PROSE, .required = true, .section = true, .most_bytes = 600,
     .advice = "In one breath: what goes wrong, for whom, and what it leads to"},
    {"what_happens", "What happens", FIELD_PROSE, .section = true, .most_bytes = 4000,
     .advice = "Tell it as you would tell a colleague in another council"},
    {"tried_so_far", "Tried so far", FIELD_PROSE, .expected = true, .section = true,
     .most_bytes = 2000, .advice = "What you did about it, and how that went"},
    {"would_help", "What would help", FIELD_PROSE, .expected = true, .section = true,
     .most_bytes = 800, .advice = "What you would like to hear from others, or to be changed"},
    INDICATOR_REFS_FIELD,
    {"barrier_text", "Barriers explained", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "What exactly stands in the way, and what would have to change"},
};

const struct form issue_form = {.kind = "issue", FORM_FIELDS(fields), .most_bytes = 16 * 1024};
