#ifndef CANDOUR_PROTOCOL_FUNNEL_H
#define CANDOUR_PROTOCOL_FUNNEL_H

#include "protocol/statistics.h"

/* The funnel: how far from what all have in common may a figure lie by chance, given its size, and
 * given that councils differ more than by chance? After Spiegelhalter (2005), as FunnelPlotR draws
 * it. The second part, overdispersion, is never left out: without it most councils would lie
 * "outside", which is naming and shaming by statistics.
 *
 *   kind         a point is           its scale        its standard error s there
 *   proportion   x of n people        asin √(x/n)      1 / (2 √n)
 *   rate         x events in n        √(x / (θ n))     1 / (2 √(θ n))
 *   mean         a value and its s    the value        s
 *
 *   θ   what all have in common: Σx / Σn; of means the average weighted by 1/s²
 *   φ   the mean of z², where z is the distance from θ in s, winsorised at a tenth at either end
 *   τ²  the variance between councils: 0 where I φ < I - 1, else
 *       (I φ - (I - 1)) / (Σw - Σw²/Σw) with w = 1/s² (DerSimonian and Laird 1986)
 *
 * Limits are the scale's θ ± z √(s² + τ²), turned back; of a rate without τ² the exact ones of a
 * Poisson count, by chi-square quantiles. */

enum funnel_kind { FUNNEL_PROPORTION, FUNNEL_RATE, FUNNEL_MEAN };

/* Of a proportion and a rate a count and what it is of, both as they are published; of a mean the
 * value and its standard error. */
struct funnel_point {
    double x, n;
};

/* May it stand in a funnel? 0 <= x <= n of a proportion, 0 <= x of a rate, n > 0 of all. */
bool funnel_takes(enum funnel_kind kind, const struct funnel_point *point);

struct funnel {
    enum funnel_kind kind;
    size_t count;
    double target; /* θ, in what x/n is in: 0 to 1 for a proportion. */
    double phi, tau_squared;
};

/* Of points that it takes, at least two. */
struct funnel funnel_of(enum funnel_kind kind, const struct funnel_point *points, size_t count);

/* The figure of a point, in what the target is in. */
double funnel_value(enum funnel_kind kind, const struct funnel_point *point);

/* Between which a figure of this size (n of a point) lies by chance; z as NORMAL_95. */
struct interval funnel_limits(const struct funnel *funnel, double n, double z);

#endif
