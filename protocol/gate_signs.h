#ifndef CANDOUR_PROTOCOL_GATE_SIGNS_H
#define CANDOUR_PROTOCOL_GATE_SIGNS_H

#include "protocol/gate_inside.h"

/* What stands beside a word, and tells whether a person is meant by it (gate_signs.c), and what a
 * word is in this text (gate_settle.c): for gate_people.c and gate_initials.c. All ask about the
 * word `at` of a text.
 */

/* --- Of any word --- */

bool token_ends(const struct token *word, const char *with);
bool token_is_past_or_third(const struct token *verb); /* Not its plain form: "asked", "rings". */
bool token_is_not_welsh(const struct token *word);     /* It has a letter that Welsh has not. */
/* One letter wrong, left out, too many, or two that changed places; not the first. */
bool is_slip_of(struct bytes word, struct bytes of);
bool text_before_digits(struct text *text, size_t at);
bool text_is_dated(struct text *text, size_t at); /* Digits before or after it. */
bool text_in_term(struct text *text, size_t at);  /* "Housing Options Team", "Care Act". */
bool text_after_article(const struct text *text, size_t at);

/* --- Of a person --- */

bool person_acts(struct text *text, size_t at);       /* What comes after speaks of a person. */
bool person_is_aged(struct text *text, size_t at);    /* "Will, 34, said" */
bool person_is_told_of(struct text *text, size_t at); /* "Grace, her daughter", "Joy (carer)" */
bool person_works_somewhere(struct text *text, size_t at); /* "April in records read it out" */
bool person_has_family(struct text *text, size_t at);      /* "the Bell twins" */
bool person_begins_sentence(struct text *text, size_t at); /* "Hazel is on leave" */
bool person_is_with(const struct text *text, size_t at);   /* "the cat is with grace" */
bool person_begins_note(struct text *text, size_t at);     /* In Welsh: "Tudur wedi bwyta" */
bool person_is_addressed(struct text *text, size_t at);    /* "Will, will you be there?" */
bool person_signs(const struct text *text, size_t at);     /* "See you then. Grace" */
/* "Will," above a message, "Jan" below it. */
bool person_stands_alone(const struct text *text, size_t at);

/* Who speaks twice is no label of a form; what has a number before it is a day. */
bool person_speaks_again(struct text *text, size_t at); /* "[14:03] Will: on my way" */

/* Of the word before a name: "allocated to Dean", "this is grace from housing". */
bool person_is_turned_to(const struct text *text, size_t at);
bool person_is_introduced(struct text *text, size_t at);

/* Settle what each word is in this text that is safe here and a name there: "June", "Fraser". */
void settle_words(struct text *text);

#endif
