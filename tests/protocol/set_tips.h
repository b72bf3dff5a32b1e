#ifndef CANDOUR_TESTS_SET_TIPS_H
#define CANDOUR_TESTS_SET_TIPS_H

#include "protocol/set_inside.h"

/* The tips of all feeds, in the order of section 9, at most `most`; returns how many. */
static inline size_t tips_of_all(const struct set *set, struct tip *tips, size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < set->feed_count; i++)
        count += set_feed_tips(set, &set->feeds[set->feed_order[i]].feed, NULL, tips + count,
                               most - count);
    return count;
}

#endif
