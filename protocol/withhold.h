#ifndef CANDOUR_PROTOCOL_WITHHOLD_H
#define CANDOUR_PROTOCOL_WITHHOLD_H

#include "protocol/gate.h"

/* What others published is looked at by our gate too, and shown without what may never be kept:
 * numbers and addresses of people ("hard" findings). In their place stands "[withheld: a telephone
 * number]".
 *
 * Of a text that no rule could read to its end nothing is known, so what was not read is withheld
 * in the same way; but nothing shows that it identifies anybody, so it is reported to nobody. */

/* What was withheld: a bit for each finding_class. */
struct withheld {
    unsigned classes;
    size_t count;
};

/* Is it withheld because it identifies somebody, so that its author is to be told? */
bool finding_identifies(const struct finding *finding);

bool withheld_identifies(const struct withheld *withheld);

/* Can a finding of this class stand in this field of a record of this kind, and is it one to tell
 * an author of? By the names that others give them. */
bool finding_may_stand(struct bytes kind, struct bytes field, struct bytes class);

/* Append the text as it may be shown. */
void text_withhold(const struct gate *gate, struct bytes text, struct buffer *shown,
                   struct withheld *withheld);

/* Leave in a document what may be shown: in one field, or in all of them. */
void document_withhold_field(const struct gate *gate, struct document *document, const char *key,
                             struct withheld *withheld);
void document_withhold(const struct gate *gate, struct document *document,
                       struct withheld *withheld);

/* The classes in words: "a telephone number and an e-mail address". */
void withheld_write(const struct withheld *withheld, struct buffer *text);

#endif
