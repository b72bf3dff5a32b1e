#include "protocol/difference.h"

#include <stdlib.h>
#include <string.h>

static struct amount compared(const struct figure *published, enum count what)
{
    const struct measure measure = measure_shown(published);

    /* How many people a mean is of are its denominator and its base. */
    if (what == COUNT_ITSELF && measure_is_mean(&measure))
        return (struct amount){0};
    return count_of(&measure, published, what);
}

bool difference_tells(const struct disclosure_profile *profile, const struct figure *now,
                      const struct figure *then, struct difference *difference)
{
    for (enum count what = 0; what < COUNTS; what++) {
        struct amount here = compared(now, what), there = compared(then, what);
        int64_t off = llabs(here.integer - there.integer);
        if (!here.here || !there.here || off < 1 || off >= profile->threshold)
            continue;
        *difference = (struct difference){count_names[what], here.integer, there.integer};
        return true;
    }
    return false;
}

bool count_is_shown(const struct measure *measure, const struct figure *published, enum count count)
{
    if (count == COUNT_ITSELF && measure_is_mean(measure))
        return published->value.here;
    return count_of(measure, published, count).here;
}

bool count_was_hidden(const struct measure *measure, const struct figure *then, enum count count)
{
    return then->flag != NULL && strcmp(then->flag, "c") == 0 &&
           !count_of(measure, then, count).here;
}
