#include "protocol/fields.h"

/* How to reach a council, what it runs, and what kind of place it is. */

static const struct column context_columns[] = {
    {"name", FIELD_LINE, .required = true, .most_bytes = 60},
    {"value", FIELD_NUMBER, .required = true, .most_bytes = 20},
    {"period", FIELD_LINE, .most_bytes = 20},
    {"source", FIELD_LINE, .most_bytes = 120},
};

static const struct field fields[] = {
    {"languages", "Languages", FIELD_WORDS, ANY_OF(languages),
     .advice = "The languages you answer in"},
    {"contact_role", "Contact", FIELD_LINE, .most_bytes = 80,
     .advice = "The role that answers enquiries, never a name"},
    {"area_codes", "Area codes", FIELD_LINES, .coded = true, .most_bytes = 9, .most_items = 32,
     .alphabet = &area_alphabet, .advice = "Codes of the areas you serve, such as E10000024"},
    {"services", "Services", FIELD_WORDS, ANY_OF(service_areas), .advice = "The services you run"},
    TOPIC_FIELD,
    {"endpoints", "Endpoints", FIELD_LINES, .section = true, .coded = true, .most_bytes = 200,
     .most_items = 8,
     .advice = "Where other nodes reach yours, such as tcp://candour.example:7410"},
    {"context", "Context", FIELD_ROWS, .section = true, .coded = true, .most_items = 64,
     FIELD_COLUMNS(context_columns), .advice = "What kind of place it is, in figures"},
};

const struct form profile_form = {.kind = "profile", FORM_FIELDS(fields), .most_bytes = 16 * 1024};
