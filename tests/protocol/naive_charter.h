#ifndef CANDOUR_TESTS_NAIVE_CHARTER_H
#define CANDOUR_TESTS_NAIVE_CHARTER_H

#include "tests/protocol/charter_model.h"

/* f, lines 1 to 3, on a page: what protocol/charter.c must agree with. It looks at the model, not
 * at bytes, and remembers nothing: whoever doubts the charter reads this. All that the model holds
 * has been heard. */

/* Append the names of the maximal heads. */
void naive_in_force(const struct model *model, char *text);

/* What they say of a feed, as model_feed() says it. */
struct feed_rules naive_feed(const struct model *model, char town, uint32_t feed);

#endif
