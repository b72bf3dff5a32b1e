#include "protocol/fields.h"
#include "protocol/record.h"

/* A response to what somebody published: the same is so here, or not; we tried it, and this
 * happened; a question, an answer, a challenge, thanks. It is short, so that whoever has five
 * minutes gives one.
 *
 * An answer is about the lesson, as the question was, and names the question besides: so all that
 * was said of a lesson refers to it. */

static const char *const answerable[] = {"lesson",     "issue",  "update",  "indicator", "snapshot",
                                         "discussion", "review", "summary", "offer",     NULL};
static const struct target about = {RELATION_ABOUT, answerable};

static const char *const questions[] = {"response", "summary", NULL};
static const struct target asked = {RELATION_ANSWERS, questions};

static const struct field fields[] = {
    {"about", "About", FIELD_LINE, .required = true, .header = true, IDS_OF(about),
     .advice = "The id of the lesson or other record it responds to, or how the id begins"},
    {"response", "Response", FIELD_WORD, .required = true, ONE_OF(response_kinds),
     .advice = "What you respond"},
    {"situation", "Situation", FIELD_WORD, ONE_OF(situations),
     .advice = "With \"same_here\": how it is with you"},
    {"uptake", "Uptake", FIELD_WORD, ONE_OF(uptakes),
     .advice = "With \"tried\": what you made of it"},
    {"outcome", "Outcome", FIELD_WORD, ONE_OF(outcomes),
     .advice = "With \"tried\": how it went with you"},
    {"evidence_level", "Evidence", FIELD_WORD, ONE_OF(evidence_levels),
     .advice = "What your judgement rests on, from weakest to strongest"},
    {"elapsed_weeks", "Elapsed weeks", FIELD_NUMBER, A_WHOLE_NUMBER(4),
     .advice = "Weeks that it took with you, until now or the end"},
    {"answers", "Answers", FIELD_LINE, .header = true, IDS_OF(asked),
     .advice = "With \"answer\": the id of the question, challenge or summary, or how it begins"},
    {"replied_by", "Replied by", FIELD_WORD, ONE_OF(barrier_addressees),
     .advice = "Whose answer it is, where you pass on one that others gave"},
    TOPIC_FIELD,
    LANGUAGE_FIELD,
    {"text", "In our words", FIELD_PROSE, .section = true, .most_bytes = 4000,
     .advice = "What you did and what happened; or what you ask, answer or doubt"},
    {"context", "What is different here", FIELD_PROSE, .section = true, .most_bytes = 1000,
     .advice = "What others should know of your place to understand it"},
    INDICATOR_REFS_FIELD,
    {"evidence_sources", "Evidence sources", FIELD_LINES, .section = true, .most_bytes = 200,
     .most_items = 10, .advice = "What you counted, read and heard"},
};

static const struct need needs[] = {
    {"response", "same_here", "situation"}, {"response", "tried", "uptake"},
    {"response", "tried", "text"},          {"uptake", "adopted", "outcome"},
    {"uptake", "adapted", "outcome"},       {"response", "question", "text"},
    {"response", "answer", "text"},         {"response", "answer", "answers"},
    {"response", "challenge", "text"},
};

const struct form response_form = {
    .kind = "response", FORM_FIELDS(fields), .most_bytes = 8 * 1024, FORM_NEEDS(needs)};
