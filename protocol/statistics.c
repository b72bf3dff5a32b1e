#include "protocol/statistics.h"

#include "protocol/bytes.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- Order --- */

static int by_size(const void *a, const void *b)
{
    const double *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

void numbers_sort(double *numbers, size_t count)
{
    if (count > 1)
        qsort(numbers, count, sizeof *numbers, by_size);
}

double quantile(const double *sorted, size_t count, double share)
{
    assert(count > 0 && share >= 0 && share <= 1);
    double at = (double)(count - 1) * share;
    size_t below = (size_t)at;

    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}

static double *sorted_copy(const double *numbers, size_t count)
{
    double *copy = memory_new(count, sizeof *copy);

    memcpy(copy, numbers, count * sizeof *copy);
    numbers_sort(copy, count);
    return copy;
}

double median_deviation(const double *sorted, size_t count)
{
    double middle = quantile(sorted, count, 0.5);
    double *distances = memory_new(count, sizeof *distances);

    for (size_t i = 0; i < count; i++)
        distances[i] = fabs(sorted[i] - middle);
    numbers_sort(distances, count);
    double deviation = quantile(distances, count, 0.5);
    free(distances);
    return deviation;
}

void winsorise(double *numbers, size_t count, double share)
{
    if (count == 0)
        return;
    double *sorted = sorted_copy(numbers, count);
    double low = quantile(sorted, count, share), high = quantile(sorted, count, 1 - share);

    for (size_t i = 0; i < count; i++)
        numbers[i] = fmin(fmax(numbers[i], low), high);
    free(sorted);
}

double mean_of(const double *numbers, size_t count)
{
    double sum = 0;

    assert(count > 0);
    for (size_t i = 0; i < count; i++)
        sum += numbers[i];
    return sum / (double)count;
}

/* --- Intervals --- */

struct interval proportion_interval(double x, double n, double z)
{
    assert(x >= 0 && x <= n && n > 0);
    double middle = 2 * x + z * z, wide = z * sqrt(z * z + 4 * x * (1 - x / n));
    double whole = 2 * (n + z * z);

    return (struct interval){fmax((middle - wide) / whole, 0), fmin((middle + wide) / whole, 1)};
}

static double cubed(double number)
{
    return number * number * number;
}

struct interval count_interval(double x, double z)
{
    assert(x >= 0);
    double next = x + 1;
    double low = x == 0 ? 0 : x * cubed(fmax(1 - 1 / (9 * x) - z / (3 * sqrt(x)), 0));

    return (struct interval){low, next * cubed(1 - 1 / (9 * next) + z / (3 * sqrt(next)))};
}

struct interval difference_interval(double a, double error_a, double b, double error_b, double z)
{
    double wide = z * sqrt(error_a * error_a + error_b * error_b);

    return (struct interval){b - a - wide, b - a + wide};
}

/* --- Chi-square --- */

#define STEPS_MAX 100000
#define NEAR 1e-15

/* x^a e^-x / Gamma(a + 1) */
static double gamma_factor(double a, double x)
{
    return exp(a * log(x) - x - lgamma(a + 1));
}

/* The share of a gamma distribution of shape a that lies below x, by the series where it converges
 * fast. */
static double gamma_below_by_series(double a, double x)
{
    double term = 1, sum = 1;

    for (int i = 1; i < STEPS_MAX && term > sum * NEAR; i++) {
        term *= x / (a + i);
        sum += term;
    }
    return sum * gamma_factor(a, x);
}

/* The share above x, by the continued fraction, from its front (Lentz). */
static double gamma_above_by_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1e300, d = 1 / b, fraction = d, step = 0;

    for (int i = 1; i < STEPS_MAX && fabs(step - 1) > NEAR; i++) {
        double numerator = -i * (i - a);
        b += 2;
        d = 1 / (numerator * d + b);
        c = b + numerator / c;
        step = c * d;
        fraction *= step;
    }
    return fraction * a * gamma_factor(a, x);
}

static double gamma_below(double a, double x)
{
    return x < a + 1 ? gamma_below_by_series(a, x) : 1 - gamma_above_by_fraction(a, x);
}

/* The normal quantile is all that Wilson and Hilferty's start needs, and a start need not be good:
 * Abramowitz and Stegun 26.2.23, to three digits. */
static double normal_quantile_about(double probability)
{
    double tail = fmin(probability, 1 - probability), t = sqrt(-2 * log(tail));
    double far = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                         (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));

    return probability < 0.5 ? -far : far;
}

double chi_square_quantile(double probability, double degrees)
{
    assert(probability > 0 && probability < 1 && degrees > 0);
    double a = degrees / 2, ninth = 2 / (9 * degrees);
    double start = cubed(1 - ninth + normal_quantile_about(probability) * sqrt(ninth));
    double x = fmax(a * start, a * 1e-3), step = x;

    for (int i = 0; i < 200 && fabs(step) > x * 1e-13; i++) {
        double density = a / x * gamma_factor(a, x);
        step = (gamma_below(a, x) - probability) / density;
        x = step < x ? fmax(x - step, x / 4) : x / 4; /* It stays positive. */
    }
    return 2 * x;
}
