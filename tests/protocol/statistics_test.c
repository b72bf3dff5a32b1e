#include "protocol/statistics.h"
#include "tests/protocol/csv.h"
#include "tests/support/chance.h"

#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_poly.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The formulas beside published numbers, and beside the GNU Scientific Library, which is no part of
 * the program. */

#define MOST 200

static bool is_near(double a, double b, double relative)
{
    return fabs(a - b) <= relative * fmax(1e-3, fabs(b));
}

/* Numbers as figures are: some alike, some far off. */
static size_t draw(double *numbers)
{
    size_t count = 1 + chance(MOST - 1);

    for (size_t i = 0; i < count; i++) {
        numbers[i] = (double)chance(1000) / 10 - 20;
        if (chance(10) == 0)
            numbers[i] *= 100;
    }
    return count;
}

Test(statistics, quantiles_are_those_of_r)
{
    double numbers[MOST], sorted[MOST];

    for (size_t round = 0; round < 500; round++) {
        size_t count = draw(numbers);
        memcpy(sorted, numbers, count * sizeof *sorted);
        numbers_sort(numbers, count);
        gsl_sort(sorted, 1, count);
        for (size_t i = 0; i <= 20; i++) {
            double share = (double)i / 20;
            cr_assert(is_near(quantile(numbers, count, share),
                              gsl_stats_quantile_from_sorted_data(sorted, 1, count, share), 1e-12),
                      "round %zu, share %g", round, share);
        }
        cr_assert(is_near(mean_of(numbers, count), gsl_stats_mean(sorted, 1, count), 1e-9));
    }
    /* R: quantile(c(1, 2, 4, 8, 16)) */
    cr_expect_eq(quantile((double[]){1, 2, 4, 8, 16}, 5, 0.25), 2);
    cr_expect(is_near(quantile((double[]){1, 2, 4, 8, 16}, 5, 0.9), 12.8, 1e-12));
    cr_expect_eq(quantile((double[]){7}, 1, 0.9), 7);
}

Test(statistics, the_median_deviation_is_raw)
{
    double numbers[MOST], scratch[MOST];

    for (size_t round = 0; round < 500; round++) {
        size_t count = draw(numbers);
        numbers_sort(numbers, count);
        cr_assert(is_near(median_deviation(numbers, count),
                          gsl_stats_mad0(numbers, 1, count, scratch), 1e-12));
    }
}

Test(statistics, winsorising_puts_what_is_far_onto_the_quantiles)
{
    double numbers[] = {50, 1, 2, 3, 4, 5, 6, 7, 8, 9, -90};

    winsorise(numbers, 11, 0.1);
    cr_expect_eq(numbers[0], 9);
    cr_expect_eq(numbers[10], 1);
    cr_expect_eq(numbers[5], 5);
}

Test(statistics, a_proportion_has_the_interval_of_wilson)
{
    struct interval interval = proportion_interval(42, 2050, NORMAL_95);

    cr_expect(is_near(interval.low, 0.01519, 1e-3) && is_near(interval.high, 0.02758, 1e-3));
    interval = proportion_interval(0, 10, NORMAL_95);
    cr_expect_eq(interval.low, 0);
    cr_expect(is_near(interval.high, 0.2775, 1e-3));
    interval = proportion_interval(10, 10, NORMAL_95);
    cr_expect_eq(interval.high, 1);
}

/* Wilson's limits are the shares p that lie z of their own standard errors from x/n: roots of
 * (1 + z²/n) p² - (2x/n + z²/n) p + (x/n)² = 0. */
static void expect_wilson(double x, double n, double z)
{
    double p = x / n, low, high;

    cr_assert_eq(gsl_poly_solve_quadratic(1 + z * z / n, -(2 * p + z * z / n), p * p, &low, &high),
                 2);
    struct interval interval = proportion_interval(x, n, z);
    cr_assert(is_near(interval.low, fmax(low, 0), 1e-6) &&
                  is_near(interval.high, fmin(high, 1), 1e-9),
              "%g in %g: %g to %g", x, n, interval.low, interval.high);
}

Test(statistics, the_interval_of_wilson_solves_its_equation)
{
    for (size_t round = 0; round < 2000; round++) {
        double n = 1 + (double)chance(5000);
        expect_wilson((double)chance((size_t)n + 1), n, chance(2) == 0 ? NORMAL_95 : NORMAL_998);
    }
}

Test(statistics, a_count_has_the_interval_of_byar)
{
    struct interval interval = count_interval(119, NORMAL_95);

    cr_expect(is_near(interval.low / 489810 * 100000, 20.13, 3e-4));
    cr_expect(is_near(interval.high / 489810 * 100000, 29.07, 3e-4));
    cr_expect_eq(count_interval(0, NORMAL_95).low, 0);
}

/* It approximates the exact limits of a Poisson count, which leave 2.5 % of a chi-square
 * distribution outside at either end. */
static void expect_byar(double x)
{
    struct interval interval = count_interval(x, NORMAL_95);
    double below = gsl_cdf_chisq_P(2 * interval.low, 2 * x);
    double above = gsl_cdf_chisq_Q(2 * interval.high, 2 * (x + 1));

    cr_assert(fabs(below - 0.025) < 2e-3 && fabs(above - 0.025) < 2e-3, "%g: %g, %g", x, below,
              above);
}

Test(statistics, the_interval_of_byar_is_near_the_exact_one)
{
    for (unsigned x = 5; x < 2000; x += 7)
        expect_byar(x);
}

/* Every figure of adult social care in 2020-21 that came with its counts. */
Test(statistics, intervals_of_real_figures_are_those_of_another_implementation)
{
    FILE *file = data_open("ascof_2020_21.csv");
    struct csv_row row;
    size_t shares = 0, counts = 0;
    double x, n;

    if (file == NULL)
        cr_skip_test("1 file is not here: ../shared/data/ascof_2020_21.csv");
    while (csv_next(file, &row)) {
        if (!csv_number(&row, 7, &x) || !csv_number(&row, 8, &n) || n <= 0 || x < 0)
            continue;
        if (x <= n) {
            expect_wilson(x, n, NORMAL_95);
            shares++;
        }
        if (x >= 5) {
            expect_byar(x);
            counts++;
        }
    }
    fclose(file);
    cr_expect(shares > 4000 && counts > 3000, "%zu shares, %zu counts", shares, counts);
}

Test(statistics, a_difference_has_an_interval)
{
    struct interval interval = difference_interval(10, 3, 15, 4, 2);

    cr_expect_eq(interval.low, -5);
    cr_expect_eq(interval.high, 15);
}

Test(statistics, normal_distances_are_those_of_95_and_99_8_per_cent)
{
    cr_expect(is_near(NORMAL_95, gsl_cdf_ugaussian_Pinv(0.975), 1e-9));
    cr_expect(is_near(NORMAL_998, gsl_cdf_ugaussian_Pinv(0.999), 1e-9));
}

/* GSL reckons the other way, from the quantile to the tail (and is less exact beyond 100,000). */
Test(statistics, chi_square_quantiles_are_good_to_nine_digits)
{
    static const double shares[] = {0.0001, 0.001, 0.025, 0.2, 0.5, 0.9, 0.975, 0.999, 0.9999};

    for (double degrees = 0.1; degrees < 1e5; degrees *= 1.37)
        for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
            double x = chi_square_quantile(shares[i], degrees), p = shares[i];
            double slope = x * gsl_ran_chisq_pdf(x, degrees); /* Of the tail by x's digits. */
            double off =
                p < 0.5 ? gsl_cdf_chisq_P(x, degrees) - p : gsl_cdf_chisq_Q(x, degrees) - (1 - p);
            cr_expect(fabs(off) <= 1e-9 * slope, "%g of %g: %.12g", p, degrees, x);
        }
}

/* Of each year and measure in Oflog's file: how far a council is from England's median, in median
 * deviations. */
Test(statistics, median_deviations_are_those_that_oflog_published)
{
    enum { YEAR, VALUE = 7, MEDIAN, MADS };
    static struct {
        char key[40];
        double value, median, mads;
        bool good;
    } rows[8000];
    FILE *file = data_open("oflog_asc_2015_2023.csv");
    struct csv_row row;
    size_t count = 0, compared = 0;

    if (file == NULL)
        cr_skip_test("1 file is not here: ../shared/data/oflog_asc_2015_2023.csv");
    while (csv_next(file, &row) && count < 8000) {
        snprintf(rows[count].key, sizeof rows[count].key, "%.10s %.20s", row.cells[YEAR],
                 row.cells[6]);
        rows[count].good = csv_number(&row, VALUE, &rows[count].value);
        csv_number(&row, MEDIAN, &rows[count].median);
        csv_number(&row, MADS, &rows[count].mads);
        count++;
    }
    fclose(file);
    for (size_t i = 0; i < count; i++) {
        double group[MOST];
        size_t size = 0;
        for (size_t j = 0; j < count && size < MOST; j++)
            if (rows[j].good && strcmp(rows[i].key, rows[j].key) == 0)
                group[size++] = rows[j].value;
        if (!rows[i].good || size == 0)
            continue;
        numbers_sort(group, size);
        double middle = quantile(group, size, 0.5), deviation = median_deviation(group, size);
        cr_assert(is_near(middle, rows[i].median, 1e-6), "%s: %g, not %g", rows[i].key, middle,
                  rows[i].median);
        if (deviation > 0)
            cr_assert(is_near((rows[i].value - middle) / deviation, rows[i].mads, 1e-6));
        compared++;
    }
    cr_expect_eq(compared, 6078);
}
