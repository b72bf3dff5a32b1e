#ifndef CANDOUR_PROTOCOL_XMR_H
#define CANDOUR_PROTOCOL_XMR_H

#include <stdbool.h>
#include <stddef.h>

/* The XmR chart: has a series changed, or does it only vary as it always does? After Shewhart and
 * Wheeler, as the NHS's Making Data Count draws it (NHSRplotthedots).
 *
 *   limits       mean ± 2.66 times the average moving range, near limits at two thirds of that
 *   screening    moving ranges of 3.267 times their average and more are left out once
 *   signals      in this order, the first that holds for a point:
 *                1 it lies outside the limits
 *                2 it is one of 7 in a row that rise, or fall, each beyond the one before
 *                3 it is one of 2 of 3 in a row between a near limit and its limit, all three on
 *                  one side of the mean
 *                4 it is one of 7 in a row on one side of the mean
 *
 * Limits are of the values' unit, and are not cut off where such a value cannot be (a negative
 * count): whoever shows them may. */

#define XMR_LOCKED 12 /* So many points make limits that stay; fewer make trial limits, */
#define XMR_LEAST 6   /* and fewer than that no chart. */

struct xmr {
    double mean;
    double average_range; /* Of the moving ranges. */
    double low, high;
    double near_low, near_high;
    size_t baseline; /* How many points it is made of, from the first. */
    bool trial;
};

/* Of the first `baseline` values, oldest first, at least two. */
struct xmr xmr_of(const double *values, size_t baseline, bool screened);

enum xmr_signal {
    XMR_NONE,
    XMR_OUTSIDE,
    XMR_TREND,
    XMR_NEAR_LIMIT,
    XMR_SHIFT,
};
/* What holds of the value at `at`; `*up`: it is above, or rises. */
enum xmr_signal xmr_signal_at(const struct xmr *xmr, const double *values, size_t count, size_t at,
                              bool *up);

/* Which way is better. Between `band_low` and `band_high` where it is banded. */
enum polarity { POLARITY_HIGHER, POLARITY_LOWER, POLARITY_NEUTRAL, POLARITY_BANDED };
struct better {
    enum polarity polarity;
    double band_low, band_high;
};

/* What a change means, from its direction and where the value is now. A banded figure within its
 * band, and a neutral one, are neither better nor worse. */
enum meaning { MEANING_NEITHER, MEANING_IMPROVEMENT, MEANING_CONCERN };
enum meaning meaning_of(const struct better *better, double value, bool up);

/* Would a target be met by the process as it is? Only of a figure of which higher or lower is
 * better. */
enum assurance { ASSURANCE_HIT_AND_MISS, ASSURANCE_PASS, ASSURANCE_FAIL };
enum assurance xmr_assurance(const struct xmr *xmr, double target, bool higher_is_better);

#endif
