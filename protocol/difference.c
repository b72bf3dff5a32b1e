#include "protocol/difference.h"

#include <stdlib.h>
#include <string.h>

/* What is compared: the counts, and what a part leaves of its whole. */
#define REST COUNTS
#define COMPARED (COUNTS + 1)

static struct amount rest_of(const struct figure *published)
{
    int64_t part = published->numerator.integer, of = published->denominator.integer;
    bool any = published->numerator.here && published->denominator.here && part <= of;

    return (struct amount){any, any ? of - part : 0, 0};
}

static struct amount compared(const struct figure *published, unsigned what)
{
    const struct measure measure = measure_shown(published);

    if (what == REST)
        return rest_of(published);
    /* How many people a mean is of are its denominator and its base. */
    if (what == COUNT_ITSELF && measure_is_mean(&measure))
        return (struct amount){0};
    return count_of(&measure, published, (enum count)what);
}

bool difference_tells(const struct disclosure_profile *profile, const struct figure *now,
                      const struct figure *then, struct difference *difference)
{
    for (unsigned what = 0; what < COMPARED; what++) {
        struct amount here = compared(now, what), there = compared(then, what);
        int64_t off = llabs(here.integer - there.integer);
        if (!here.here || !there.here || off < 1 || off >= profile->threshold)
            continue;
        *difference = (struct difference){what == REST ? "rest" : count_names[what], here.integer,
                                          there.integer};
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
