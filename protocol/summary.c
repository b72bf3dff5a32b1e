#include "protocol/fields.h"
#include "protocol/record.h"

/* A brief that a hub, or anybody, makes of what several councils said: what they share, which
 * records say so, what is in the way, and what is asked of whom. An answer to it is a response. */

static const char *const kinds[] = {"lesson",   "issue",  "update",  "response", "discussion",
                                    "snapshot", "review", "summary", NULL};
static const struct target cites = {RELATION_CITES, kinds};

static const struct field fields[] = {
    {"title", "Title", FIELD_LINE, .required = true, .most_bytes = 120,
     .advice = "The theme, in a line that a stranger understands"},
    {"service_area", "Service", FIELD_WORDS, .required = true, SOME_OF(service_areas, 3),
     .advice = "The services it is about"},
    TOPIC_FIELD,
    {"barrier", "Barriers", FIELD_WORDS, ANY_OF(barriers),
     .advice = "What stands in the way of several of them"},
    {"barrier_addressed_to", "Barrier addressed to", FIELD_WORD, ONE_OF(barrier_addressees),
     .advice = "Who could remove it"},
    {"since", "Since", FIELD_DATE, A_DATE, .advice = "The first day of the time that it sums up"},
    {"until", "Until", FIELD_DATE, A_DATE, .advice = "The last day of it"},
    LANGUAGE_FIELD,
    {"abstract", "Abstract", FIELD_PROSE, .required = true, .section = true, .most_bytes = 600,
     .advice = "In one breath: what several councils see, and so what"},
    {"what_we_see", "What we see", FIELD_PROSE, .required = true, .section = true,
     .most_bytes = 8000,
     .advice = "What they share and where they differ, each statement with the ids it rests on"},
    {"cites", "Cites", FIELD_LINES, .required = true, .section = true, CITED_IDS_OF(cites),
     .most_items = 64, .advice = "Ids of the records it rests on, or how they begin"},
    {"barrier_text", "Barriers explained", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "What exactly stands in the way, and what would have to change"},
    {"ask", "What is asked", FIELD_PROSE, .section = true, .most_bytes = 800,
     .advice = "Of whom, and what"},
};

static const struct need needs[] = {
    {"barrier_addressed_to", "central_department", "ask"},
    {"barrier_addressed_to", "regulator", "ask"},
    {"barrier_addressed_to", "nhs_body", "ask"},
    {"barrier_addressed_to", "professional_body", "ask"},
};

const struct form summary_form = {
    .kind = "summary", FORM_FIELDS(fields), .most_bytes = 24 * 1024, FORM_NEEDS(needs)};
