#include "protocol/feed.h"

bool feed_equal(const struct feed *a, const struct feed *b)
{
    return a->number == b->number && digest_equal(&a->authority, &b->authority);
}

int feed_compare(const struct feed *a, const struct feed *b)
{
    int order = digest_compare(&a->authority, &b->authority);

    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}
