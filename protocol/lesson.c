#include "protocol/disclosure.h"
#include "protocol/fields.h"
#include "protocol/record.h"
#include "protocol/text.h"

#include <stdlib.h>

/* A lesson: what a council tried, what came of it, and what it would tell others. Its questions
 * come from councils' own accounts of what they miss in a case study, so "what did not work" has as
 * much room as what did. */

const struct column indicator_ref_columns[INDICATOR_REF_COLUMNS] = {
    {"framework", FIELD_LINE, .required = true, .most_bytes = 40},
    {"code", FIELD_LINE, .required = true, .most_bytes = 40},
    {"baseline_value", FIELD_NUMBER, .most_bytes = 20},
    {"baseline_period", FIELD_LINE, .most_bytes = 20},
    {"later_value", FIELD_NUMBER, .most_bytes = 20},
    {"later_period", FIELD_LINE, .most_bytes = 20},
};

/* However it is written: 3, 3.0, -3 (three fewer). A reference does not say what its code measures,
 * so a whole number is taken for people. */
static bool may_be_few_people(struct bytes text)
{
    const struct disclosure_profile *strict = disclosure_profile_of("strict", NULL);
    int64_t number;
    unsigned decimals;

    if (!number_read(text, &number, &decimals))
        return false;
    for (; decimals > 0 && number % 10 == 0; decimals--)
        number /= 10;
    return decimals == 0 && number != 0 && llabs(number) < strict->threshold;
}

void check_indicator_refs(const struct document *document, struct problems *problems)
{
    for (size_t i = 0; i < document_count(document, "indicator_refs"); i++) {
        struct bytes text = document_item(document, "indicator_refs", i);
        if (indicator_ref_columns[i % INDICATOR_REF_COLUMNS].type != FIELD_NUMBER ||
            !may_be_few_people(text))
            continue;
        problems_add(problems, document_place(document, "indicator_refs", i), "small_count",
                     "\"Indicators\": %.*s may be a number of people, and so few can be "
                     "recognised: leave it out. If it counts nobody (a percentage, a score, days), "
                     "say so in a sentence of another section",
                     QUOTED(text));
    }
}

static const struct column setback_columns[] = {
    {"stage", FIELD_WORD, .most_bytes = 40, .vocabulary = &stages},
    {"what", FIELD_LINE, .required = true, .most_bytes = 400},
    {"response", FIELD_LINE, .most_bytes = 400},
};

const struct column view_columns[5] = {
    {"who", FIELD_WORD, .required = true, .most_bytes = 40, .vocabulary = &view_holders},
    {"asked", FIELD_WORD, .most_bytes = 40, .vocabulary = &asked_bands},
    {"how", FIELD_LINE, .most_bytes = 200},
    {"said", FIELD_LINE, .most_bytes = 400},
    {"changed_result", FIELD_WORD, .most_bytes = 40, .vocabulary = &answers},
};

static const struct column finding_columns[] = {
    {"class", FIELD_LINE, .required = true, .most_bytes = 40},
    {"decision", FIELD_LINE, .required = true, .most_bytes = 40},
    {"count", FIELD_NUMBER, .required = true, .most_bytes = 20},
};

static const char *const issues[] = {"issue", NULL};
static const struct target about = {RELATION_ABOUT, issues};

static const struct field fields[] = {
    {"title", "Title", FIELD_LINE, .required = true, .most_bytes = 120,
     .advice = "What was tried and how it went, in a line that a stranger understands"},
    {"service_area", "Service", FIELD_WORDS, .required = true, SOME_OF(service_areas, 3),
     .advice = "The services it is about"},
    {"outcome", "Outcome", FIELD_WORD, .required = true, ONE_OF(outcomes),
     .advice = "How it went; what failed helps others as much as what worked"},
    {"stage", "Stage", FIELD_WORD, .required = true, ONE_OF(stages),
     .advice = "How far it has come; it need not be finished to be worth telling"},
    {"evidence_level", "Evidence", FIELD_WORD, .required = true, ONE_OF(evidence_levels),
     .advice = "What your judgement rests on, from weakest to strongest"},
    {"source_kind", "Source", FIELD_WORD, .required = true, ONE_OF(source_kinds),
     .advice = "Where the lesson comes from"},
    {"about", "About", FIELD_LINE, .header = true, IDS_OF(about),
     .advice = "The id of the issue that it tells what was done about, or how the id begins"},
    TOPIC_FIELD,
    {"client_group", "Clients", FIELD_WORDS, ANY_OF(client_groups),
     .advice = "Whom the service is for"},
    {"partner_sector", "Partners", FIELD_WORDS, ANY_OF(partner_sectors),
     .advice = "Who else took part"},
    {"scale", "Scale", FIELD_WORD, ONE_OF(scales), .advice = "How large it was"},
    {"driver", "Driver", FIELD_WORDS, ANY_OF(drivers), .advice = "Why it was begun"},
    {"contributing_factor", "Factors", FIELD_WORDS, ANY_OF(contributing_factors),
     .advice = "What made it go as it did, for better or worse"},
    {"elapsed_weeks", "Elapsed weeks", FIELD_NUMBER, A_WHOLE_NUMBER(4),
     .advice = "Weeks from the decision until now or the end"},
    {"cost_band", "Cost band", FIELD_WORD, ONE_OF(cost_bands),
     .advice = "What it cost beyond ordinary work, in pounds"},
    {"staff_days_band", "Staff days band", FIELD_WORD, ONE_OF(staff_days_bands),
     .advice = "Days of work it took, of everybody together"},
    IMPACT_FIELDS,
    {"barrier", "Barriers", FIELD_WORDS, ANY_OF(barriers),
     .advice = "What stood in the way that you could not remove yourselves"},
    {"barrier_addressed_to", "Barrier addressed to", FIELD_WORD, ONE_OF(barrier_addressees),
     .advice = "Who could remove it"},
    {"offers", "Offers", FIELD_WORDS, ANY_OF(offers),
     .advice = "What you offer those who want to know more"},
    REVIEW_AGAIN_FIELD,
    EMBARGO_FIELD,
    {"released_by_role", "Released by", FIELD_LINE, .most_bytes = 80,
     .advice = "The role of whoever approved it, never a name"},
    LANGUAGE_FIELD,

    /* The node fills these in. */
    {"schema", "Schema", FIELD_NUMBER, A_WHOLE_NUMBER(4)},
    {"attribution", "Attribution", FIELD_WORD, ONE_OF(attributions)},
    {"authority_type", "Authority type", FIELD_WORD, ONE_OF(authority_types)},
    {"deid_rules", "De-identification rules", FIELD_LINE, .coded = true, .most_bytes = 40},
    {"deid_human_check", "Checked by a person", FIELD_WORD, ONE_OF(answers)},
    {"deid_findings", "De-identification findings", FIELD_ROWS, .section = true, .coded = true,
     .most_items = DEID_FINDINGS_MAX, FIELD_COLUMNS(finding_columns)},

    {"abstract", "Abstract", FIELD_PROSE, .required = true, .section = true, .most_bytes = 600,
     .advice = "In one breath: what we tried and why, what it did, and so what"},
    {"aim_in_users_words", "Aim in users' words", FIELD_PROSE, .section = true, .most_bytes = 400,
     .advice = "What it was for, as those it is for would say it: \"I can ...\""},
    {"what_we_did", "What we did", FIELD_PROSE, .required = true, .section = true,
     .most_bytes = 4000, .advice = "Tell it as you would tell a colleague in another council"},
    {"how_in_detail", "How in detail", FIELD_PROSE, .section = true, .most_bytes = 4000,
     .advice = "How it was really done: who was for and against it, and the ways round"},
    {"steps", "Steps", FIELD_LINES, .section = true, .most_bytes = 300, .most_items = 20,
     .advice = "What was done, in order"},
    {"artefacts", "Artefacts", FIELD_LINES, .section = true, .most_bytes = 200, .most_items = 10,
     .advice = "Documents you made and would share"},
    {"what_worked", "What worked", FIELD_PROSE, .section = true, .most_bytes = 4000,
     .advice = "What you would do again"},
    {"what_did_not_work", "What did not work", FIELD_PROSE, .expected = true, .section = true,
     .most_bytes = 4000,
     .advice = "The part that others look for most; only a lesson that worked may leave it out"},
    {"setbacks", "Setbacks", FIELD_ROWS, .section = true, .most_items = 10,
     FIELD_COLUMNS(setback_columns), .advice = "What went wrong on the way, and what you did then"},
    {"unexpected", "Unexpected", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "What nobody had foreseen, good or bad"},
    {"do_differently", "What we would do differently", FIELD_PROSE, .section = true,
     .most_bytes = 2000, .advice = "If you began again tomorrow"},
    {"applies_to_task", "Applies to", FIELD_PROSE, .section = true, .most_bytes = 400,
     .advice = "The task during which somebody should remember this"},
    {"preconditions", "Preconditions", FIELD_LINES, .section = true, .most_bytes = 200,
     .most_items = 10, .advice = "What must be in place for it to work elsewhere"},
    {"would_not_apply_if", "Would not apply if", FIELD_LINES, .section = true, .most_bytes = 200,
     .most_items = 10, .advice = "Where you would not expect the same"},
    {"recommendation", "Recommendation", FIELD_PROSE, .required = true, .section = true,
     .most_bytes = 800, .advice = "What you would tell a council that is about to try it"},
    {"rationale", "Rationale", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "Why you think it went as it did"},
    INDICATOR_REFS_FIELD,
    {"evidence_sources", "Evidence sources", FIELD_LINES, .section = true, .most_bytes = 200,
     .most_items = 10, .advice = "What you counted, read and heard"},
    VIEWS_FIELD,
    {"barrier_text", "Barriers explained", FIELD_PROSE, .section = true, .most_bytes = 2000,
     .advice = "What exactly stood in the way, and what would have to change"},
    {"questions_for_teams", "Questions for teams", FIELD_LINES, .section = true, .most_bytes = 200,
     .most_items = 3, .advice = "What a team that reads this might ask itself"},
};

static void check(const struct document *document, struct problems *problems)
{
    struct bytes outcome = document_text(document, "outcome");

    if (outcome.size > 0 && !bytes_equal(outcome, bytes_of_text("worked")) &&
        document_count(document, "what_did_not_work") == 0)
        problems_add(problems, document_place(document, "outcome", 0), "missing",
                     "\"What did not work\" is missing: only a lesson whose outcome is \"worked\" "
                     "may leave it out");
    check_indicator_refs(document, problems);
}

const struct form lesson_form = {
    .kind = "lesson", FORM_FIELDS(fields), .most_bytes = 16 * 1024, .check = check};
