#ifndef CANDOUR_PROTOCOL_NORM_H
#define CANDOUR_PROTOCOL_NORM_H

#include <stdbool.h>
#include <stddef.h>

/* Is it the norm or the exception? How many authorities report a thing, of how many that spoke of
 * the service, of how many that run it: in bounds, for authors that are not named may be one
 * authority or several, and may be one of those that are.
 *
 *   least    those that are named; or one, where only unnamed ones report it
 *   most     those that are named, and each unnamed lesson from another one; never more than run
 *            the service
 *
 * The bounds are logic, not an interval of a sample: who reports was not drawn by lot. "The norm"
 * goes by the least, "the exception" by the most, so either holds wherever in the bounds the truth
 * is. Silence is not absence: of those that did not speak nothing is known. */

#define NORM_LEAST 5 /* Authorities that may report it, before anything is said. */

struct norm_counts {
    size_t named;   /* Authorities that report it under their names, */
    size_t unnamed; /* and lessons that do without one. */
    size_t spoke;   /* Named ones with any lesson of the service, those above among them, */
    size_t spoke_unnamed;
    size_t could; /* Members that run the service. */
    bool more;    /* There are more lessons that report it than were looked at. */
};

enum norm_verdict {
    NORM_TOO_FEW,
    NORM_OF_ALL,      /* At least half of all that run the service report it. */
    NORM_OF_SPEAKERS, /* At least half of those that spoke of it do. */
    NORM_EXCEPTION,   /* At most a quarter of those that spoke of it do. */
    NORM_NEITHER,
};

struct norm {
    size_t least, most;
    size_t spoke_least, spoke_most;
    size_t could;
    enum norm_verdict verdict;
};

struct norm norm_of(const struct norm_counts *counts);

#endif
