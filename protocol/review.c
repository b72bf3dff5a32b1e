#include "protocol/fields.h"
#include "protocol/record.h"

/* A review of a service, such as Best Value or a peer challenge: where it stood at the start, what
 * was found, what is to be done, and when it will be looked at again. A review is not a one-off
 * event: its progress is told by updates, and by saying it again with the actions as they stand. */

static const char *const snapshots[] = {"snapshot", NULL};
static const struct target baseline = {RELATION_CITES, snapshots};
static const char *const lessons[] = {"lesson", NULL};
static const struct target findings = {RELATION_CITES, lessons};

static const struct column action_columns[] = {
    {"what", FIELD_LINE, .required = true, .most_bytes = 300},
    {"by_when", FIELD_DATE, .most_bytes = 10},
    {"progress", FIELD_WORD, .most_bytes = 40, .vocabulary = &action_states},
};

static const struct field fields[] = {
    {"title", "Title", FIELD_LINE, .required = true, .most_bytes = 120,
     .advice = "What was reviewed"},
    {"review_kind", "Review", FIELD_WORD, .required = true, ONE_OF(review_kinds),
     .advice = "What kind of review it is"},
    {"service_area", "Service", FIELD_WORDS, .required = true, SOME_OF(service_areas, 3),
     .advice = "The services it is about"},
    {"stage", "Stage", FIELD_WORD, .required = true, ONE_OF(stages),
     .advice = "How far it has come"},
    {"review_again", "Look again", FIELD_DATE, .required = true, A_DATE,
     .advice = "When you will look again at what became of it"},
    TOPIC_FIELD,
    {"began", "Began", FIELD_DATE, A_DATE, .advice = "When the review began"},
    {"partner_sector", "Partners", FIELD_WORDS, ANY_OF(partner_sectors),
     .advice = "Who else took part"},
    LANGUAGE_FIELD,
    {"abstract", "Abstract", FIELD_PROSE, .required = true, .section = true, .most_bytes = 600,
     .advice = "In one breath: what was asked, what was found, and so what"},
    {"challenge", "Challenge", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "Why the service is there at all, and whether it might be done otherwise; ask "
               "somebody from outside"},
    {"compare", "Compare", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "How others like you do, and why they differ"},
    {"consult", "Consult", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "What users, carers, staff and partners said, and what that changed"},
    {"compete", "Compete", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "Who else could provide it, and at what price and quality"},
    {"baseline", "Baseline", FIELD_LINES, .section = true, CITED_IDS_OF(baseline), .most_items = 16,
     .advice = "Ids of the snapshots that say where it stood at the start, or how they begin"},
    {"findings", "Findings", FIELD_LINES, .expected = true, .section = true, CITED_IDS_OF(findings),
     .most_items = 32, .advice = "Ids of the lessons that tell what was found, or how they begin"},
    {"actions", "Actions", FIELD_ROWS, .expected = true, .section = true, .most_items = 20,
     FIELD_COLUMNS(action_columns), .advice = "What is to be done, by when, and how far it is"},
    VIEWS_FIELD,
};

const struct form review_form = {.kind = "review", FORM_FIELDS(fields), .most_bytes = 24 * 1024};
