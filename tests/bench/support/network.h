#ifndef CANDOUR_TESTS_BENCH_SUPPORT_NETWORK_H
#define CANDOUR_TESTS_BENCH_SUPPORT_NETWORK_H

#include "protocol/charter.h"
#include "tests/support/council.h"

/* A network of many councils, for benchmarks: each with a card on the charter, and ready to
 * publish. */
struct network {
    struct council *councils;
    size_t count;
    struct buffer charter; /* A bundle with all its signatures. */
};

/* With `others`, cards of members that have a home of their own. Dated `founded_ms`; the councils
 * publish from an hour after that. Aborts where it cannot be founded. */
void network_found(struct network *network, size_t councils, const struct card *const *others,
                   size_t other_count, int64_t founded_ms);
void network_release(struct network *network);

#endif
