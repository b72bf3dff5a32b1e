#include "protocol/funnel.h"

#include "protocol/bytes.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#define WINSORISED 0.1

bool funnel_takes(enum funnel_kind kind, const struct funnel_point *point)
{
    if (!isfinite(point->x) || !isfinite(point->n) || point->n <= 0)
        return false;
    return kind == FUNNEL_MEAN || (point->x >= 0 && (kind == FUNNEL_RATE || point->x <= point->n));
}

double funnel_value(enum funnel_kind kind, const struct funnel_point *point)
{
    return kind == FUNNEL_MEAN ? point->x : point->x / point->n;
}

/* --- The scale on which chance is alike everywhere --- */

static double scaled(const struct funnel *funnel, double value)
{
    switch (funnel->kind) {
    case FUNNEL_PROPORTION:
        return asin(sqrt(value));
    case FUNNEL_RATE:
        return funnel->target == 0 ? 1 : sqrt(value / funnel->target);
    default:
        return value;
    }
}

static double scaled_back(const struct funnel *funnel, double value)
{
    switch (funnel->kind) {
    case FUNNEL_PROPORTION:
        value = sin(fmin(fmax(value, 0), acos(-1) / 2));
        return value * value;
    case FUNNEL_RATE:
        value = fmax(value, 0);
        return funnel->target * value * value;
    default:
        return value;
    }
}

/* 1/s² */
static double weight_of(const struct funnel *funnel, double n)
{
    switch (funnel->kind) {
    case FUNNEL_PROPORTION:
        return 4 * n;
    case FUNNEL_RATE:
        return 4 * funnel->target * n;
    default:
        return 1 / (n * n);
    }
}

/* --- What all have in common, and how much they differ --- */

static double target_of(enum funnel_kind kind, const struct funnel_point *points, size_t count)
{
    double above = 0, below = 0;

    for (size_t i = 0; i < count; i++) {
        double weight = kind == FUNNEL_MEAN ? 1 / (points[i].n * points[i].n) : 1;
        above += points[i].x * weight;
        below += kind == FUNNEL_MEAN ? weight : points[i].n;
    }
    return above / below;
}

static double phi_of(const struct funnel *funnel, const struct funnel_point *points)
{
    double *z = memory_new(funnel->count, sizeof *z), sum = 0;

    for (size_t i = 0; i < funnel->count; i++)
        z[i] = (scaled(funnel, funnel_value(funnel->kind, &points[i])) -
                scaled(funnel, funnel->target)) *
               sqrt(weight_of(funnel, points[i].n));
    winsorise(z, funnel->count, WINSORISED);
    for (size_t i = 0; i < funnel->count; i++)
        sum += z[i] * z[i];
    free(z);
    return sum / (double)funnel->count;
}

static double tau_squared_of(const struct funnel *funnel, const struct funnel_point *points)
{
    double all = (double)funnel->count, sum = 0, squares = 0;

    if (all * funnel->phi < all - 1)
        return 0;
    for (size_t i = 0; i < funnel->count; i++) {
        double weight = weight_of(funnel, points[i].n);
        sum += weight;
        squares += weight * weight;
    }
    return sum == 0 ? 0 : (all * funnel->phi - (all - 1)) / (sum - squares / sum);
}

struct funnel funnel_of(enum funnel_kind kind, const struct funnel_point *points, size_t count)
{
    assert(count >= 2);
    for (size_t i = 0; i < count; i++)
        assert(funnel_takes(kind, &points[i]));
    struct funnel funnel = {.kind = kind, .count = count, .target = target_of(kind, points, count)};

    funnel.phi = phi_of(&funnel, points);
    funnel.tau_squared = tau_squared_of(&funnel, points);
    return funnel;
}

/* --- Limits --- */

/* The probability below -z. */
static double tail_of(double z)
{
    return erfc(z / sqrt(2)) / 2;
}

/* Exact for a Poisson count of which `expected` are expected. */
static struct interval poisson_limits(double expected, double z)
{
    double tail = tail_of(z);

    return (struct interval){chi_square_quantile(tail, 2 * expected) / (2 * expected),
                             chi_square_quantile(1 - tail, 2 * (expected + 1)) / (2 * expected)};
}

struct interval funnel_limits(const struct funnel *funnel, double n, double z)
{
    assert(n > 0);
    double expected = funnel->target * n;

    if (funnel->kind == FUNNEL_RATE && funnel->tau_squared == 0 && expected > 0) {
        struct interval ratio = poisson_limits(expected, z);
        return (struct interval){funnel->target * ratio.low, funnel->target * ratio.high};
    }
    double weight = weight_of(funnel, n);
    double wide = z * sqrt((weight > 0 ? 1 / weight : 0) + funnel->tau_squared);
    double middle = scaled(funnel, funnel->target);
    return (struct interval){scaled_back(funnel, middle - wide),
                             scaled_back(funnel, middle + wide)};
}
