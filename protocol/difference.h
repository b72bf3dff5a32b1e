#ifndef CANDOUR_PROTOCOL_DIFFERENCE_H
#define CANDOUR_PROTOCOL_DIFFERENCE_H

#include "protocol/disclosure.h"

/* A figure beside an earlier one of the same thing, both published as they are: whoever has both
 * subtracts them. */

struct difference {
    const char *of; /* Of `count_names`. */
    int64_t now, then;
};

/* Does one of their counts differ by 1 to t-1? */
bool difference_tells(const struct disclosure_profile *profile, const struct figure *now,
                      const struct figure *then, struct difference *difference);

/* Is this count of a figure published? */
bool count_is_shown(const struct measure *measure, const struct figure *published,
                    enum count count);

/* Was it hidden in an earlier release of the same? Shown now, it would tell beside the totals of
 * then what it was. */
bool count_was_hidden(const struct measure *measure, const struct figure *then, enum count count);

#endif
