#include "protocol/fields.h"
#include "protocol/record.h"

/* What ends in people talking: a visit, shadowing, mentoring, a secondment, a peer challenge, a
 * meeting; offered or looked for, until a day. Whoever takes it up asks, with a response. */

static const char *const kinds[] = {"lesson", "issue", "review", "summary", NULL};
static const struct target about = {RELATION_ABOUT, kinds};

static const struct field fields[] = {
    {"title", "Title", FIELD_LINE, .required = true, .most_bytes = 120,
     .advice = "What is offered or looked for, in a line"},
    {"offer", "Offer", FIELD_WORD, .required = true, ONE_OF(offers), .advice = "What kind it is"},
    {"direction", "Direction", FIELD_WORD, .required = true, ONE_OF(directions),
     .advice = "Whether you give it or seek it"},
    {"service_area", "Service", FIELD_WORDS, .required = true, SOME_OF(service_areas, 3),
     .advice = "The services it is about"},
    EXPIRES_FIELD,
    {"about", "About", FIELD_LINE, .header = true, IDS_OF(about),
     .advice = "The id of the lesson or other record that it comes from, or how the id begins"},
    TOPIC_FIELD,
    {"starts", "Starts", FIELD_DATE, A_DATE,
     .advice = "The day of a meeting, or the first of more"},
    {"ends", "Ends", FIELD_DATE, A_DATE, .advice = "The last day of it"},
    {"venue", "Venue", FIELD_WORD, ONE_OF(venues), .advice = "Where it is; never an address"},
    {"places", "Places", FIELD_NUMBER, A_WHOLE_NUMBER(4),
     .advice = "How many people can take part"},
    LANGUAGE_FIELD,
    {"text", "In our words", FIELD_PROSE, .required = true, .section = true, .most_bytes = 2000,
     .advice = "What whoever comes would see, hear or do, and what it takes"},
    {"for_whom", "For whom", FIELD_PROSE, .section = true, .most_bytes = 400,
     .advice = "The roles it is meant for"},
};

static const struct need needs[] = {
    {"offer", "meeting", "starts"},
};

const struct form offer_form = {
    .kind = "offer", FORM_FIELDS(fields), .most_bytes = 8 * 1024, FORM_NEEDS(needs)};
