#include "protocol/xmr.h"

#include "protocol/statistics.h"

#include <assert.h>
#include <math.h>

#define LIMIT_RANGES 2.66
#define NEAR_RANGES (LIMIT_RANGES * 2 / 3)
#define SCREEN_RANGES 3.267
#define RUN 7

/* --- Limits --- */

/* The average of the moving ranges below `most`. */
static double average_range_below(const double *values, size_t count, double most)
{
    double sum = 0;
    size_t taken = 0;

    for (size_t i = 1; i < count; i++) {
        double range = fabs(values[i] - values[i - 1]);
        if (range < most) {
            sum += range;
            taken++;
        }
    }
    return taken == 0 ? 0 : sum / (double)taken;
}

struct xmr xmr_of(const double *values, size_t baseline, bool screened)
{
    assert(baseline >= 2);
    struct xmr xmr = {.mean = mean_of(values, baseline),
                      .average_range = average_range_below(values, baseline, INFINITY),
                      .baseline = baseline,
                      .trial = baseline < XMR_LOCKED};

    if (screened)
        xmr.average_range =
            average_range_below(values, baseline, SCREEN_RANGES * xmr.average_range);
    xmr.low = xmr.mean - LIMIT_RANGES * xmr.average_range;
    xmr.high = xmr.mean + LIMIT_RANGES * xmr.average_range;
    xmr.near_low = xmr.mean - NEAR_RANGES * xmr.average_range;
    xmr.near_high = xmr.mean + NEAR_RANGES * xmr.average_range;
    return xmr;
}

/* --- Signals --- */

/* 1 above the mean, -1 below, 0 on it. */
static int side_of(const struct xmr *xmr, double value)
{
    return (value > xmr->mean) - (value < xmr->mean);
}

static bool is_outside(const struct xmr *xmr, double value)
{
    return value > xmr->high || value < xmr->low;
}

static bool is_near_limit(const struct xmr *xmr, double value)
{
    return !is_outside(xmr, value) && (value > xmr->near_high || value < xmr->near_low);
}

/* Which way it goes from the value before. */
static int step_to(const double *values, size_t at)
{
    return (values[at] > values[at - 1]) - (values[at] < values[at - 1]);
}

/* 1 where all steps within these values rise, -1 where all fall. */
static int trend_from(const double *values, size_t first)
{
    int way = step_to(values, first + 1);

    for (size_t i = first + 2; i < first + RUN; i++)
        if (step_to(values, i) != way)
            return 0;
    return way;
}

static int shift_from(const struct xmr *xmr, const double *values, size_t first)
{
    int side = side_of(xmr, values[first]);

    for (size_t i = first + 1; i < first + RUN; i++)
        if (side_of(xmr, values[i]) != side)
            return 0;
    return side;
}

static int near_limit_from(const struct xmr *xmr, const double *values, size_t first)
{
    int side = side_of(xmr, values[first]);
    size_t near = 0;

    for (size_t i = first; i < first + 3; i++) {
        if (side_of(xmr, values[i]) != side)
            return 0;
        near += is_near_limit(xmr, values[i]);
    }
    return near >= 2 ? side : 0;
}

/* The first run of `length` that the value at `at` is in. */
static size_t first_run(size_t at, size_t length)
{
    return at + 1 < length ? 0 : at + 1 - length;
}

static int trend_at(const double *values, size_t count, size_t at)
{
    int way = 0;

    for (size_t i = first_run(at, RUN); way == 0 && i <= at && i + RUN <= count; i++)
        way = trend_from(values, i);
    return way;
}

static int shift_at(const struct xmr *xmr, const double *values, size_t count, size_t at)
{
    int side = 0;

    for (size_t i = first_run(at, RUN); side == 0 && i <= at && i + RUN <= count; i++)
        side = shift_from(xmr, values, i);
    return side;
}

static int near_limit_at(const struct xmr *xmr, const double *values, size_t count, size_t at)
{
    int side = 0;

    if (!is_near_limit(xmr, values[at]))
        return 0;
    for (size_t i = first_run(at, 3); side == 0 && i <= at && i + 3 <= count; i++)
        side = near_limit_from(xmr, values, i);
    return side;
}

enum xmr_signal xmr_signal_at(const struct xmr *xmr, const double *values, size_t count, size_t at,
                              bool *up)
{
    enum xmr_signal signal = XMR_OUTSIDE;
    int way;

    assert(at < count);
    way = is_outside(xmr, values[at]) ? side_of(xmr, values[at]) : 0;
    if (way == 0) {
        signal = XMR_TREND;
        way = trend_at(values, count, at);
    }
    if (way == 0) {
        signal = XMR_NEAR_LIMIT;
        way = near_limit_at(xmr, values, count, at);
    }
    if (way == 0) {
        signal = XMR_SHIFT;
        way = shift_at(xmr, values, count, at);
    }
    *up = way > 0;
    return way == 0 ? XMR_NONE : signal;
}

/* --- What it means --- */

static enum meaning good_if(bool good)
{
    return good ? MEANING_IMPROVEMENT : MEANING_CONCERN;
}

enum meaning meaning_of(const struct better *better, double value, bool up)
{
    switch (better->polarity) {
    case POLARITY_HIGHER:
        return good_if(up);
    case POLARITY_LOWER:
        return good_if(!up);
    case POLARITY_BANDED:
        if (value < better->band_low)
            return good_if(up);
        return value > better->band_high ? good_if(!up) : MEANING_NEITHER;
    default:
        return MEANING_NEITHER;
    }
}

enum assurance xmr_assurance(const struct xmr *xmr, double target, bool higher_is_better)
{
    if (target > xmr->high)
        return higher_is_better ? ASSURANCE_FAIL : ASSURANCE_PASS;
    if (target < xmr->low)
        return higher_is_better ? ASSURANCE_PASS : ASSURANCE_FAIL;
    return ASSURANCE_HIT_AND_MISS;
}
