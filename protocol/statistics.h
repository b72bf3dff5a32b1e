#ifndef CANDOUR_PROTOCOL_STATISTICS_H
#define CANDOUR_PROTOCOL_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

/* Order and uncertainty of figures. Numbers in, numbers out: units are those of what is given, and
 * counts may be whole numbers kept as reals. Giving none where some are needed is our bug, and
 * aborts. Formulas and where they are from:
 *
 *   quantile    type 7 of Hyndman and Fan (1996), what R and spreadsheets do: at (n-1) share,
 *               between the two nearest
 *   deviation   median of the distances from the median, raw (without the 1.4826 that would make
 *               it like a standard deviation)
 *   proportion  Wilson (1927): (2x + z² ± z √(z² + 4x(1-p))) / (2(n + z²))
 *   count       Byar's approximation to the Poisson limits (Breslow and Day 1987):
 *               x(1 - 1/9x - z/3√x)³, (x+1)(1 - 1/9(x+1) + z/3√(x+1))³
 *   difference  b - a ± z √(sa² + sb²), of figures that are independent
 *   chi-square  the regularised incomplete gamma function by its series and its continued fraction
 *               (DLMF 8.11.4, 8.9.2), turned round by Newton from Wilson and Hilferty's start */

/* How far from the mean of a normal distribution 95 % and 99.8 % lie, on both sides. */
#define NORMAL_95 1.959963984540054
#define NORMAL_998 3.090232306167813

struct interval {
    double low, high;
};

/* Ascending. */
void numbers_sort(double *numbers, size_t count);

/* Of at least one number, ascending; `share` from 0 to 1. */
double quantile(const double *sorted, size_t count, double share);
double median_deviation(const double *sorted, size_t count);

/* What lies beyond the quantiles at `share` and 1 - share is put onto them. In any order. */
void winsorise(double *numbers, size_t count, double share);

double mean_of(const double *numbers, size_t count);

/* Of x in n, 0 <= x <= n, n > 0: from 0 to 1. */
struct interval proportion_interval(double x, double n, double z);

/* Of a count of events, 0 or more. Divide by what it is of, for a rate. */
struct interval count_interval(double x, double z);

/* From a to b, each with its standard error. */
struct interval difference_interval(double a, double error_a, double b, double error_b, double z);

/* Below which a chi-square variable of so many degrees of freedom (more than 0, in halves as in
 * wholes) lies with this probability (between 0 and 1). Good to nine digits. */
double chi_square_quantile(double probability, double degrees);

#endif
