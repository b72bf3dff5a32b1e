#include "protocol/xmr.h"
#include "tests/protocol/csv.h"
#include "tests/support/chance.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 60

static void expect_near(double got, double expected)
{
    cr_expect(fabs(got - expected) < 5e-5, "%.6f, not %.6f", got, expected);
}

/* Each value's signal as a letter: O outside, T trend, N near a limit, S shift, small where it goes
 * down, a dot where there is none. */
static const char *signals(const struct xmr *xmr, const double *values, size_t count)
{
    static const char letters[] = {'.', 'O', 'T', 'N', 'S'};
    static char told[MOST + 1];

    for (size_t i = 0; i < count; i++) {
        bool up;
        char letter = letters[xmr_signal_at(xmr, values, count, i, &up)];
        told[i] = (char)(letter == '.' || up ? letter : letter + 'a' - 'A');
    }
    told[count] = '\0';
    return told;
}

/* The vector of NHSRplotthedots. */
Test(xmr, has_limits_screened_and_unscreened)
{
    static const double values[18] = {1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1};
    struct xmr plain = xmr_of(values, 18, false), screened = xmr_of(values, 18, true);

    expect_near(plain.mean, 1.9444);
    expect_near(plain.low, -3.0626);
    expect_near(plain.high, 6.9515);
    expect_near(screened.mean, 1.9444);
    expect_near(screened.low, -0.7156);
    expect_near(screened.high, 4.6044);
    expect_near(screened.near_high, screened.mean + 1.77333 * screened.average_range);
    cr_expect_str_eq(signals(&screened, values, 18), "....O.............");
}

Test(xmr, limits_are_trial_limits_below_twelve_points)
{
    static const double values[12] = {1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2};

    cr_expect(xmr_of(values, 11, true).trial);
    cr_expect_not(xmr_of(values, 12, true).trial);
    cr_expect_eq(xmr_of(values, 12, true).baseline, 12);
}

Test(xmr, finds_the_first_of_four_signals)
{
    /* Mean 10, limits 0 and 20, near limits 10 ± 6.67. */
    static const struct xmr xmr = {.mean = 10,
                                   .low = 0,
                                   .high = 20,
                                   .near_low = 10 - 20 / 3.0,
                                   .near_high = 10 + 20 / 3.0,
                                   .baseline = 12};
    static const struct {
        size_t count;
        double values[16];
        const char *expected;
    } rows[] = {
        {3, {10, 21, 10}, ".O."},
        {3, {10, -1, 10}, ".o."},
        {3, {10, 20, 10}, "..."}, /* On the limit is not outside. */
        {7, {7, 8, 9, 10, 11, 12, 13}, "TTTTTTT"},
        {6, {7, 8, 9, 10, 11, 12}, "......"},
        {7, {7, 8, 9, 9, 11, 12, 13}, "......."}, /* Strictly. */
        {8, {13, 12, 11, 10, 9, 8, 7, 8}, "ttttttt."},
        {3, {17, 12, 17}, "N.N"},
        {3, {17, 9, 17}, "..."}, /* Not all on one side. */
        {3, {3, 2, 9}, "nn."},
        {3, {21, 17, 11}, "O.."}, /* One of these two lies outside. */
        {7, {11, 12, 11, 12, 11, 12, 11}, "SSSSSSS"},
        {8, {11, 12, 11, 10, 11, 12, 11, 12}, "........"}, /* A point on the mean breaks it. */
        {7, {9, 8, 9, 8, 9, 8, 9}, "sssssss"},
        {7, {11, 12, 13, 14, 15, 16, 21}, "TTTTTTO"},
        {7, {11, 12, 17, 12, 17, 12, 11}, "SSNSNSS"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(signals(&xmr, rows[i].values, rows[i].count), rows[i].expected,
                         "row %zu: %s, not %s", i, signals(&xmr, rows[i].values, rows[i].count),
                         rows[i].expected);
}

/* --- Another way to the same: windows are moved along the series, and paint their points --- */

static void paint(char *told, size_t from, size_t length, char up, char down, int way)
{
    for (size_t i = from; i < from + length; i++)
        if (told[i] == '.')
            told[i] = way > 0 ? up : down;
}

static int sign_of(double number)
{
    return number > 0 ? 1 : number < 0 ? -1 : 0;
}

static void painted(const double *values, size_t count, size_t baseline, char *told)
{
    double mean = 0, range = 0, kept = 0;
    size_t left = 0;

    for (size_t i = 0; i < baseline; i++)
        mean += values[i] / (double)baseline;
    for (size_t i = 1; i < baseline; i++)
        range += fabs(values[i] - values[i - 1]) / (double)(baseline - 1);
    for (size_t i = 1; i < baseline; i++)
        if (fabs(values[i] - values[i - 1]) < 3.267 * range) {
            kept += fabs(values[i] - values[i - 1]);
            left++;
        }
    double sigma = left == 0 ? 0 : kept / (double)left / 1.128; /* 3 / 1.128 = 2.66 */
    memset(told, '.', count);
    told[count] = '\0';
    for (size_t i = 0; i < count; i++)
        if (fabs(values[i] - mean) > 3.00048 * sigma)
            told[i] = values[i] > mean ? 'O' : 'o';
    for (size_t i = 0; i + 7 <= count; i++) {
        int up = 0, down = 0;
        for (size_t j = i + 1; j < i + 7; j++) {
            up += values[j] > values[j - 1];
            down += values[j] < values[j - 1];
        }
        if (up == 6 || down == 6)
            paint(told, i, 7, 'T', 't', up - down);
    }
    char before[MOST + 1];
    memcpy(before, told, count + 1);
    for (size_t i = 0; i + 3 <= count; i++) {
        int sides = 0, near = 0;
        bool is_near[3];
        for (size_t j = 0; j < 3; j++) {
            double far = fabs(values[i + j] - mean);
            sides += sign_of(values[i + j] - mean);
            is_near[j] = far > 2.00032 * sigma && far <= 3.00048 * sigma;
            near += is_near[j];
        }
        if (near >= 2 && (sides == 3 || sides == -3))
            for (size_t j = 0; j < 3; j++)
                if (is_near[j])
                    paint(told, i + j, 1, 'N', 'n', sides);
    }
    for (size_t i = 0; i + 7 <= count; i++) {
        int sides = 0;
        for (size_t j = i; j < i + 7; j++)
            sides += sign_of(values[j] - mean);
        if (sides == 7 || sides == -7)
            paint(told, i, 7, 'S', 's', sides);
    }
}

Test(xmr, agrees_with_another_way_of_finding_signals)
{
    size_t seen[256] = {0};

    for (size_t round = 0; round < 4000; round++) {
        double values[MOST], drift = (double)chance(40) / 100;
        size_t count = 2 + chance(MOST - 2), baseline = 2 + chance(count - 1);
        char other[MOST + 1];
        for (size_t i = 0; i < count; i++)
            values[i] =
                50 + (double)i * drift + (double)chance(1000) / 100 + (chance(12) == 0 ? 8 : 0);
        struct xmr xmr = xmr_of(values, baseline, true);
        painted(values, count, baseline, other);
        cr_assert_str_eq(signals(&xmr, values, count), other, "round %zu", round);
        for (size_t i = 0; i < count; i++)
            seen[(unsigned char)other[i]]++;
    }
    for (const char *letter = "OoTNnSs"; *letter != '\0'; letter++)
        cr_expect(seen[(unsigned char)*letter] > 20, "%c came %zu times", *letter,
                  seen[(unsigned char)*letter]);
}

struct oflog_row {
    char key[24], year[10];
    double value;
};

static int by_key_and_year(const void *a, const void *b)
{
    const struct oflog_row *left = a, *right = b;
    int order = strcmp(left->key, right->key);

    return order != 0 ? order : strcmp(left->year, right->year);
}

/* Each council's series of seven outcomes, of up to eight years. */
Test(xmr, agrees_with_it_on_real_series)
{
    enum { YEAR, CODE, MEASURE = 6, VALUE };
    static struct oflog_row rows[7000];
    FILE *file = data_open("oflog_asc_2015_2023.csv");
    struct csv_row row;
    size_t count = 0, series = 0;

    if (file == NULL)
        cr_skip_test("1 file is not here: ../shared/data/oflog_asc_2015_2023.csv");
    while (csv_next(file, &row) && count < 7000) {
        snprintf(rows[count].key, sizeof rows[count].key, "%.9s %.8s", row.cells[CODE],
                 row.cells[MEASURE]);
        snprintf(rows[count].year, sizeof rows[count].year, "%.9s", row.cells[YEAR]);
        count += csv_number(&row, VALUE, &rows[count].value);
    }
    fclose(file);
    qsort(rows, count, sizeof *rows, by_key_and_year);
    for (size_t i = 0, next; i < count; i = next) {
        double values[MOST];
        char other[MOST + 1];
        for (next = i; next < count && strcmp(rows[next].key, rows[i].key) == 0; next++)
            values[next - i] = rows[next].value;
        if (next - i < XMR_LEAST)
            continue;
        struct xmr xmr = xmr_of(values, next - i, true);
        painted(values, next - i, next - i, other);
        cr_assert_str_eq(signals(&xmr, values, next - i), other, "%s", rows[i].key);
        series++;
    }
    cr_expect_gt(series, 500, "%zu series", series);
}

Test(xmr, direction_and_polarity_make_what_a_change_means)
{
    static const struct {
        struct better better;
        double value;
        bool up;
        enum meaning expected;
    } rows[] = {
        {{POLARITY_HIGHER, 0, 0}, 5, true, MEANING_IMPROVEMENT},
        {{POLARITY_HIGHER, 0, 0}, 5, false, MEANING_CONCERN},
        {{POLARITY_LOWER, 0, 0}, 5, true, MEANING_CONCERN},
        {{POLARITY_LOWER, 0, 0}, 5, false, MEANING_IMPROVEMENT},
        {{POLARITY_NEUTRAL, 0, 0}, 5, true, MEANING_NEITHER},
        {{POLARITY_BANDED, 6, 9}, 5, true, MEANING_IMPROVEMENT},
        {{POLARITY_BANDED, 6, 9}, 5, false, MEANING_CONCERN},
        {{POLARITY_BANDED, 6, 9}, 6, true, MEANING_NEITHER},
        {{POLARITY_BANDED, 6, 9}, 9, false, MEANING_NEITHER},
        {{POLARITY_BANDED, 6, 9}, 10, true, MEANING_CONCERN},
        {{POLARITY_BANDED, 6, 9}, 10, false, MEANING_IMPROVEMENT},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(meaning_of(&rows[i].better, rows[i].value, rows[i].up), rows[i].expected,
                     "row %zu", i);
}

Test(xmr, a_target_is_met_always_never_or_by_chance)
{
    static const struct xmr xmr = {.mean = 10, .low = 5, .high = 15, .baseline = 12};

    cr_expect_eq(xmr_assurance(&xmr, 16, true), ASSURANCE_FAIL);
    cr_expect_eq(xmr_assurance(&xmr, 4, true), ASSURANCE_PASS);
    cr_expect_eq(xmr_assurance(&xmr, 15, true), ASSURANCE_HIT_AND_MISS);
    cr_expect_eq(xmr_assurance(&xmr, 16, false), ASSURANCE_PASS);
    cr_expect_eq(xmr_assurance(&xmr, 4, false), ASSURANCE_FAIL);
}
