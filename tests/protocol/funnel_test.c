#include "protocol/funnel.h"
#include "tests/protocol/csv.h"
#include "tests/support/chance.h"

#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>
#include <string.h>

#define MOST 160

static void expect_near(double got, double expected, double within)
{
    cr_expect(fabs(got - expected) <= within, "%.9g, not %.9g", got, expected);
}

static void expect_limits(const struct funnel *funnel, double n, double z, double low, double high,
                          double within)
{
    struct interval limits = funnel_limits(funnel, n, z);

    expect_near(limits.low, low, within);
    expect_near(limits.high, high, within);
}

/* What the tests of FunnelPlotR expect. */
Test(funnel, of_a_rate_has_exact_limits)
{
    static const struct funnel funnel = {.kind = FUNNEL_RATE, .count = 3, .target = 1};

    expect_limits(&funnel, 15, NORMAL_95, 0.5596924, 1.649348, 1e-6);
    expect_limits(&funnel, 20, NORMAL_95, 0.6108260, 1.544419, 1e-6);
    expect_limits(&funnel, 30, NORMAL_95, 0.6746958, 1.427562, 1e-6);
    expect_limits(&funnel, 15, NORMAL_998, 0.3862650, 2.082907, 1e-6);
    expect_limits(&funnel, 20, NORMAL_998, 0.4479107, 1.902094, 1e-6);
    expect_limits(&funnel, 30, NORMAL_998, 0.5289724, 1.702771, 1e-6);
}

Test(funnel, of_a_proportion_has_limits_by_the_arcsine)
{
    static const struct funnel funnel = {.kind = FUNNEL_PROPORTION, .count = 3, .target = 0.074};

    expect_limits(&funnel, 50, NORMAL_95, 0.01863, 0.16189, 1e-5);
    expect_limits(&funnel, 50, NORMAL_998, 0.00324, 0.22483, 1e-5);
    expect_limits(&funnel, 200, NORMAL_95, 0.04192, 0.11425, 1e-5);
    expect_limits(&funnel, 200, NORMAL_998, 0.02738, 0.14088, 1e-5);
}

/* Spiegelhalter's exact limits: r = min{r: F(r) >= p}, then (r - (F(r) - p) / f(r)) / n. */
static double exact_limit(double share, unsigned n, double p)
{
    unsigned r = 0;

    while (gsl_cdf_binomial_P(r, share, n) < p)
        r++;
    return (r - (gsl_cdf_binomial_P(r, share, n) - p) / gsl_ran_binomial_pdf(r, share, n)) / n;
}

Test(funnel, limits_by_the_arcsine_are_near_the_exact_ones)
{
    static const struct funnel funnel = {.kind = FUNNEL_PROPORTION, .count = 3, .target = 0.074};

    expect_near(exact_limit(0.074, 50, 0.025), 0.00084, 1e-5);
    expect_near(exact_limit(0.074, 50, 0.975), 0.14469, 1e-5);
    expect_near(exact_limit(0.074, 200, 0.025), 0.03709, 1e-5);
    expect_near(exact_limit(0.074, 200, 0.975), 0.10969, 1e-5);
    for (unsigned n = 200; n < 20000; n = n * 3 / 2) {
        double half =
            1.0 / n; /* Exact limits lie between counts; the arcsine's do not know them. */
        expect_limits(&funnel, n, NORMAL_95, exact_limit(0.074, n, 0.025),
                      exact_limit(0.074, n, 0.975), 1.1 * half);
    }
}

/* The same by other hands: z, φ and τ² from GSL's quantiles and sums. */
static double other_tau_squared(enum funnel_kind kind, const struct funnel_point *points,
                                size_t count, double target)
{
    double z[MOST], sorted[MOST], w[MOST], phi = 0, sum = 0, squares = 0;

    for (size_t i = 0; i < count; i++) {
        double x = points[i].x, n = points[i].n, expected = target * n;
        w[i] = kind == FUNNEL_PROPORTION ? 4 * n : kind == FUNNEL_RATE ? 4 * expected : 1 / (n * n);
        z[i] = kind == FUNNEL_PROPORTION ? 2 * sqrt(n) * (asin(sqrt(x / n)) - asin(sqrt(target)))
               : kind == FUNNEL_RATE     ? 2 * (sqrt(x) - sqrt(expected))
                                         : (x - target) / n;
        sum += w[i];
        squares += w[i] * w[i];
    }
    memcpy(sorted, z, count * sizeof *z);
    gsl_sort(sorted, 1, count);
    double low = gsl_stats_quantile_from_sorted_data(sorted, 1, count, 0.1);
    double high = gsl_stats_quantile_from_sorted_data(sorted, 1, count, 0.9);
    for (size_t i = 0; i < count; i++) {
        double kept = z[i] < low ? low : z[i] > high ? high : z[i];
        phi += kept * kept / (double)count;
    }
    double all = (double)count, tau = (all * phi - (all - 1)) / (sum - squares / sum);
    return tau < 0 ? 0 : tau;
}

static size_t draw(enum funnel_kind kind, struct funnel_point *points)
{
    size_t count = 2 + chance(MOST - 2), spread = chance(3) == 0 ? 1 : 1 + chance(40);

    for (size_t i = 0; i < count; i++) {
        double n = 10 + (double)chance(3000), share = 0.3 + (double)chance(spread) / 100;
        double noise = ((double)chance(1000) / 1000 - 0.5) * 2 * sqrt(n * share * (1 - share));
        points[i] = kind == FUNNEL_MEAN
                        ? (struct funnel_point){20 + noise / sqrt(n) * 5, 1 + (double)chance(9)}
                        : (struct funnel_point){fmin(fmax(round(n * share + noise), 0), n), n};
    }
    return count;
}

Test(funnel, overdispersion_is_what_another_way_finds)
{
    size_t none = 0, some = 0;

    for (size_t round = 0; round < 1500; round++) {
        struct funnel_point points[MOST];
        enum funnel_kind kind = (enum funnel_kind)chance(3);
        size_t count = draw(kind, points);
        struct funnel funnel = funnel_of(kind, points, count);
        double other = other_tau_squared(kind, points, count, funnel.target);
        cr_assert(fabs(funnel.tau_squared - other) <= 1e-9 * fmax(other, 1e-6),
                  "round %zu: %g, not %g", round, funnel.tau_squared, other);
        *(funnel.tau_squared == 0 ? &none : &some) += 1;
    }
    cr_expect(none > 100 && some > 100, "%zu without, %zu with", none, some);
}

Test(funnel, limits_go_wider_with_overdispersion_and_narrower_with_size)
{
    for (size_t round = 0; round < 500; round++) {
        struct funnel_point points[MOST];
        enum funnel_kind kind = (enum funnel_kind)chance(3);
        struct funnel funnel = funnel_of(kind, points, draw(kind, points)), plain = funnel;
        double n = 10 + (double)chance(1000), more = kind == FUNNEL_MEAN ? n / 2 : n * 2;
        plain.tau_squared = 0;
        struct interval wide = funnel_limits(&funnel, n, NORMAL_95);
        struct interval narrow = funnel_limits(&funnel, more, NORMAL_95);
        struct interval chance_alone = funnel_limits(&plain, n, NORMAL_95);
        cr_assert(wide.low <= funnel.target && funnel.target <= wide.high);
        cr_assert(narrow.low >= wide.low - 1e-12 && narrow.high <= wide.high + 1e-12);
        if (funnel.tau_squared > 0 && kind != FUNNEL_RATE)
            cr_assert(chance_alone.low >= wide.low && chance_alone.high <= wide.high);
    }
}

Test(funnel, takes_only_what_it_can_reckon_with)
{
    cr_expect(funnel_takes(FUNNEL_PROPORTION, &(struct funnel_point){10, 10}));
    cr_expect_not(funnel_takes(FUNNEL_PROPORTION, &(struct funnel_point){11, 10}));
    cr_expect_not(funnel_takes(FUNNEL_PROPORTION, &(struct funnel_point){-1, 10}));
    cr_expect(funnel_takes(FUNNEL_RATE, &(struct funnel_point){11, 10}));
    cr_expect_not(funnel_takes(FUNNEL_RATE, &(struct funnel_point){1, 0}));
    cr_expect(funnel_takes(FUNNEL_MEAN, &(struct funnel_point){-3, 1}));
    cr_expect_not(funnel_takes(FUNNEL_MEAN, &(struct funnel_point){NAN, 1}));
}

Test(funnel, where_nothing_happened_anywhere_nothing_is_expected)
{
    struct funnel_point points[3] = {{0, 100}, {0, 200}, {0, 300}};
    struct funnel rate = funnel_of(FUNNEL_RATE, points, 3),
                  share = funnel_of(FUNNEL_PROPORTION, points, 3);

    expect_limits(&rate, 100, NORMAL_95, 0, 0, 0);
    cr_expect(funnel_limits(&share, 100, NORMAL_95).high < 0.02);
}

/* Adult social care outcomes of 2020-21, council by council: how many lie outside 99.8 % limits
 * without overdispersion, and with it. */
Test(funnel, of_real_councils_leaves_few_outside)
{
    static const struct {
        const char *code;
        enum funnel_kind kind;
        size_t plain, outside;
    } measures[] = {
        {"1E", FUNNEL_PROPORTION, 62, 7},  {"1G", FUNNEL_PROPORTION, 80, 7},
        {"2B1", FUNNEL_PROPORTION, 54, 6}, {"2D", FUNNEL_PROPORTION, 105, 1},
        {"2A2", FUNNEL_RATE, 98, 11},
    };
    enum { LEVEL, CODE = 3, DISAGGREGATION = 5, NUMERATOR = 7, DENOMINATOR };

    for (size_t m = 0; m < sizeof measures / sizeof *measures; m++) {
        struct funnel_point points[MOST];
        struct csv_row row;
        size_t count = 0, plain = 0, outside = 0;
        FILE *file = data_open("ascof_2020_21.csv");
        if (file == NULL)
            cr_skip_test("1 file is not here: ../shared/data/ascof_2020_21.csv");
        while (csv_next(file, &row) && count < MOST)
            if (strcmp(row.cells[LEVEL], "Council") == 0 &&
                strcmp(row.cells[CODE], measures[m].code) == 0 &&
                strcmp(row.cells[DISAGGREGATION], "Total") == 0 &&
                csv_number(&row, NUMERATOR, &points[count].x) &&
                csv_number(&row, DENOMINATOR, &points[count].n) &&
                funnel_takes(measures[m].kind, &points[count]))
                count++;
        fclose(file);
        struct funnel funnel = funnel_of(measures[m].kind, points, count), naive = funnel;
        naive.tau_squared = 0;
        for (size_t i = 0; i < count; i++) {
            double value = funnel_value(measures[m].kind, &points[i]);
            struct interval wide = funnel_limits(&funnel, points[i].n, NORMAL_998);
            struct interval narrow = funnel_limits(&naive, points[i].n, NORMAL_998);
            outside += value < wide.low || value > wide.high;
            plain += value < narrow.low || value > narrow.high;
        }
        cr_expect(measures[m].kind == FUNNEL_RATE || plain == measures[m].plain,
                  "%s: %zu outside without overdispersion", measures[m].code, plain);
        cr_expect_eq(outside, measures[m].outside, "%s: %zu outside", measures[m].code, outside);
    }
}
