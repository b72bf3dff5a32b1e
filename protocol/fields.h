#ifndef CANDOUR_PROTOCOL_FIELDS_H
#define CANDOUR_PROTOCOL_FIELDS_H

#include "protocol/vocabulary.h"

/* Fields that several forms share, and shorthand for the rest of their tables. */

#define FORM_FIELDS(list) .fields = list, .count = sizeof list / sizeof *list
#define FORM_NEEDS(list) .needs = list, .need_count = sizeof list / sizeof *list
#define FIELD_COLUMNS(list) .columns = list, .column_count = sizeof list / sizeof *list

/* One word of a vocabulary, up to `most` of them, or any number (64 leave room for later words). */
#define ONE_OF(list) .vocabulary = &list, .most_bytes = 40, .unscanned = true
#define SOME_OF(list, most) ONE_OF(list), .most_items = most
#define ANY_OF(list) SOME_OF(list, 64)
#define A_NUMBER .most_bytes = 20, .unscanned = true
#define A_WHOLE_NUMBER(digits) .alphabet = &digits_alphabet, .most_bytes = digits, .unscanned = true
#define A_DATE .most_bytes = 10, .unscanned = true

/* Ids, or how they begin: whoever puts a draft forward makes whole ones of them. */
#define IDS_OF(what) .target = &what, .unscanned = true, .most_bytes = 64

/* The same in a body, where a stranger's must be nothing else. */
#define CITED_IDS_OF(what) IDS_OF(what), .alphabet = &id_alphabet

#define TOPIC_FIELD                                                                                \
    {                                                                                              \
        "topic", "Topic", FIELD_LINE,                                                              \
            .header = true, .coded = true, .most_bytes = 128, .alphabet = &topic_alphabet,         \
            .advice = "What others follow it by, such as direct-payments/start-times"              \
    }

#define LANGUAGE_FIELD                                                                             \
    {                                                                                              \
        "lang", "Language", FIELD_WORD, ONE_OF(languages),                                         \
            .advice = "The language it is written in; English where nothing is said"               \
    }

#define REVIEW_AGAIN_FIELD                                                                         \
    {                                                                                              \
        "review_again", "Review again", FIELD_DATE, A_DATE,                                        \
            .advice = "When you will look at it again and publish what you found"                  \
    }

/* In the header, where it makes every node drop the text when the day is over. */
#define EXPIRES_FIELD                                                                              \
    {                                                                                              \
        "expires", "Expires", FIELD_DATE,                                                          \
            .required = true, .header = true, A_DATE,                                              \
            .advice = "The last day on which it stands; then its text goes everywhere"             \
    }

#define EMBARGO_FIELD                                                                              \
    {                                                                                              \
        "embargo_until", "Embargo until", FIELD_DATE, A_DATE,                                      \
            .advice = "Not to be published before this day"                                        \
    }

#define IMPACT_FIELD(what, name, advised)                                                          \
    {                                                                                              \
        "impact_" what, "Impact on " name, FIELD_WORD, ONE_OF(impacts), .advice = advised          \
    }

/* Five impacts, the same five on every lesson. */
#define IMPACT_FIELDS                                                                              \
    IMPACT_FIELD("performance", "performance", "What became of the measured performance"),         \
        IMPACT_FIELD("local_priority", "local priority", "What became of what matters here"),      \
        IMPACT_FIELD("user_satisfaction", "user satisfaction", "What users came to think of it"),  \
        IMPACT_FIELD("cost", "cost", "Whether the money went further (better) or less far"),       \
        IMPACT_FIELD("staff_acceptance", "staff acceptance", "What staff came to think of it")

#define INDICATOR_REF_COLUMNS 6
extern const struct column indicator_ref_columns[INDICATOR_REF_COLUMNS];

/* Figures that are quoted went through no disclosure control: none may be of a few people. */
void check_indicator_refs(const struct document *document, struct problems *problems);

#define INDICATOR_REFS_FIELD                                                                       \
    {                                                                                              \
        "indicator_refs", "Indicators", FIELD_ROWS,                                                \
            .section = true, .coded = true, .most_items = 12,                                      \
            FIELD_COLUMNS(indicator_ref_columns),                                                  \
            .advice = "The figures it was meant to move, before and after"                         \
    }

extern const struct column view_columns[5];

#define VIEWS_FIELD                                                                                \
    {                                                                                              \
        "views", "Views", FIELD_ROWS, .section = true, .most_items = 8,                            \
                                      FIELD_COLUMNS(view_columns),                                 \
                                      .advice = "Whom you asked, how, what they said, and "        \
                                                "whether it changed the result"                    \
    }

#endif
