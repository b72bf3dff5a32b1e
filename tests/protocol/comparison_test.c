#include "protocol/comparison.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Figures are put into a heap as they are said; compare() looks at them from E06000001. */

static struct known_figure heap[2000];
static size_t count;
static struct comparison result;
static struct comparison_request request;

static void begin(void)
{
    count = 0;
    request = (struct comparison_request){
        .yardstick = {STATISTIC_PROPORTION, 100, {POLARITY_HIGHER, 0, 0}},
        .own = "E06000001",
        .target = NAN};
}

TestSuite(comparison, .init = begin);

static struct known_figure *say(unsigned place, const char *period, double numerator,
                                double denominator)
{
    struct known_figure *figure = &heap[count++];

    *figure = (struct known_figure){.value = 100 * numerator / denominator,
                                    .numerator = numerator,
                                    .denominator = denominator,
                                    .base = NAN,
                                    .margin = NAN};
    snprintf(figure->area, sizeof figure->area, "E06%06u", place);
    snprintf(figure->period, sizeof figure->period, "%s", period);
    return figure;
}

static struct known_figure *flagged(struct known_figure *figure, const char *flag)
{
    snprintf(figure->flag, sizeof figure->flag, "%s", flag);
    return figure;
}

static const struct comparison *compare(void)
{
    comparison_make(&request, heap, count, &result);
    return &result;
}

static bool is_near(double a, double b)
{
    return fabs(a - b) < 1e-6;
}

/* --- Which figures count --- */

Test(comparison, of_what_was_revised_the_last_counts_and_what_is_signed_before_what_is_public)
{
    say(1, "2020-21", 10, 100);
    say(1, "2020-21", 30, 100);
    say(1, "2020-21", 90, 100)->reference = true;
    cr_expect(compare()->has_own);
    cr_expect(is_near(result.own.value, 30));
    cr_expect_eq(result.points, 1);
}

Test(comparison, chooses_the_last_period_that_ones_own_place_has)
{
    say(1, "2019-20", 10, 100);
    say(1, "2020-21", 10, 100);
    say(2, "2021-22", 10, 100);
    cr_expect_str_eq(compare()->period, "2020-21");
    request.period = "2019-20";
    cr_expect_str_eq(compare()->period, "2019-20");
    request.own = NULL;
    request.period = NULL;
    cr_expect_str_eq(compare()->period, "2021-22");
    cr_expect_not(result.has_own);
}

Test(comparison, what_is_hidden_has_no_value)
{
    flagged(say(1, "2020-21", 10, 100), "c");
    flagged(say(2, "2020-21", 10, 100), "x");
    say(3, "2020-21", 10, 100);
    request.period = "2020-21";
    cr_expect_not(compare()->has_own);
    cr_expect_eq(result.asked, 2);
    cr_expect_eq(result.without, 1);
    cr_expect_eq(result.level.count, 1);
}

Test(comparison, without_any_figure_says_so)
{
    cr_expect_str_eq(compare()->period, "");
}

/* --- The others --- */

Test(comparison, shows_a_spread_of_five_others_and_not_of_four)
{
    say(1, "2020-21", 50, 100);
    for (unsigned i = 2; i <= 5; i++)
        say(i, "2020-21", 10 * i, 100);
    cr_expect_not(compare()->level.shown);
    cr_expect_eq(result.level.count, 4);
    flagged(say(6, "2020-21", 60, 100), "p")->reference = true;
    cr_expect(compare()->level.shown);
    cr_expect(is_near(result.level.lower, 30));
    cr_expect(is_near(result.level.middle, 40));
    cr_expect(is_near(result.level.upper, 50));
    cr_expect_eq(result.public, 1);
    cr_expect_eq(result.doubtful, 1);
}

Test(comparison, is_with_a_pool_or_with_all_of_the_nation)
{
    static const char *const pool[] = {"E06000002", "E06000004", "E06000099"};

    say(1, "2020-21", 50, 100);
    for (unsigned i = 2; i <= 5; i++)
        say(i, "2020-21", 10 * i, 100);
    say(6, "2020-21", 60, 100)->area[0] = 'W';
    cr_expect_eq(compare()->asked, 4);
    request.pool = pool;
    request.pool_count = 3;
    cr_expect_eq(compare()->asked, 3);
    cr_expect_eq(result.without, 1);
    cr_expect_eq(result.level.count, 2);
}

/* --- Where it lies --- */

Test(comparison, lies_outside_only_beyond_chance_and_the_differences_between_places)
{
    for (unsigned i = 2; i <= 20; i++)
        say(i, "2020-21", 200 + i % 3, 1000);
    say(1, "2020-21", 300, 1000);
    cr_expect_eq(compare()->standing, DIFFERENCE_CLEARLY_HIGHER);
    cr_expect_eq(result.funnel.tau_squared, 0);
    count--;
    say(1, "2020-21", 230, 1000);
    cr_expect_eq(compare()->standing, DIFFERENCE_HIGHER);
    count--;
    say(1, "2020-21", 205, 1000);
    cr_expect_eq(compare()->standing, DIFFERENCE_ALIKE);
    count--;
    say(1, "2020-21", 100, 1000);
    cr_expect_eq(compare()->standing, DIFFERENCE_CLEARLY_LOWER);
    begin();
    for (unsigned i = 2; i <= 20; i++) /* Places differ. */
        say(i, "2020-21", 80 + 20 * (i % 13), 1000);
    say(1, "2020-21", 300, 1000);
    cr_expect_eq(compare()->standing, DIFFERENCE_ALIKE);
    cr_expect(result.funnel.tau_squared > 0);
}

Test(comparison, has_no_funnel_of_fewer_than_ten_or_without_counts)
{
    for (unsigned i = 1; i <= 9; i++)
        say(i, "2020-21", 200, 1000);
    cr_expect_not(compare()->has_funnel);
    say(10, "2020-21", 200, 1000);
    cr_expect(compare()->has_funnel);
    for (size_t i = 0; i < count; i++)
        heap[i].numerator = NAN;
    cr_expect_not(compare()->has_funnel);
    cr_expect_eq(result.standing, DIFFERENCE_UNKNOWN);
    cr_expect(result.level.shown);
}

Test(comparison, of_scores_goes_by_their_margins)
{
    request.yardstick = (struct yardstick){STATISTIC_SCORE, 1, {POLARITY_HIGHER, 0, 0}};
    for (unsigned i = 1; i <= 12; i++) {
        struct known_figure *figure = say(i, "2020-21", 0, 1);
        figure->value = i == 1 ? 25 : 19 + (i % 3) * 0.1;
        figure->margin = 0.5;
    }
    cr_expect_eq(compare()->standing, DIFFERENCE_CLEARLY_HIGHER);
    cr_expect(is_near(result.interval.low, 24.5) && is_near(result.interval.high, 25.5));
}

Test(comparison, of_surveys_goes_by_how_many_answered)
{
    request.yardstick.statistic = STATISTIC_SURVEY_PROPORTION;
    struct known_figure *figure = say(1, "2020-21", 420, 20500);
    figure->value = 100 * 42.0 / 2050;
    figure->base = 2050;
    compare();
    cr_expect(fabs(result.interval.low - 1.519) < 1e-3 &&
              fabs(result.interval.high - 2.758) < 1e-3);
}

/* --- Since before --- */

Test(comparison, level_and_change_are_both_there)
{
    for (unsigned i = 1; i <= 7; i++) {
        say(i, "2019-20", 100 + i, 1000);
        say(i, "2020-21", i == 1 ? 200 : 103 + i, 1000);
    }
    say(8, "2018-19", 10, 1000); /* Of this one the change is over two years. */
    say(8, "2020-21", 500, 1000);
    cr_expect(compare()->has_change);
    cr_expect(is_near(result.change, 9.9));
    cr_expect_eq(result.change_standing, DIFFERENCE_HIGHER);
    cr_expect_eq(result.meaning, MEANING_IMPROVEMENT);
    cr_expect_str_eq(result.before.period, "2019-20");
    cr_expect_eq(result.changes.count, 6);
    cr_expect(is_near(result.changes.middle, 0.3));
    cr_expect_eq(result.improved, 0);
    request.yardstick.better.polarity = POLARITY_LOWER;
    cr_expect_eq(compare()->meaning, MEANING_CONCERN);
    request.yardstick.better.polarity = POLARITY_NEUTRAL;
    cr_expect_eq(compare()->meaning, MEANING_NEITHER);
    request.yardstick.better = (struct better){POLARITY_BANDED, 15, 25};
    cr_expect_eq(compare()->meaning, MEANING_NEITHER);
    request.yardstick.better = (struct better){POLARITY_BANDED, 5, 15};
    cr_expect_eq(compare()->meaning, MEANING_CONCERN);
}

Test(comparison, a_small_change_is_not_clearly_different)
{
    say(1, "2019-20", 20, 200);
    say(1, "2020-21", 24, 200);
    cr_expect_eq(compare()->change_standing, DIFFERENCE_ALIKE);
    cr_expect_eq(result.meaning, MEANING_NEITHER);
}

Test(comparison, others_that_got_clearly_better_are_counted)
{
    say(1, "2019-20", 100, 1000);
    say(1, "2020-21", 100, 1000);
    for (unsigned i = 2; i <= 6; i++) {
        say(i, "2019-20", 100, 1000);
        say(i, "2020-21", i < 4 ? 200 : 90, 1000);
    }
    cr_expect_eq(compare()->improved, 2);
    cr_expect_str_eq(result.improved_areas[0], "E06000002");
    cr_expect_str_eq(result.improved_areas[1], "E06000003");
}

Test(comparison, nothing_is_compared_across_a_break)
{
    say(1, "2018-19", 100, 1000);
    flagged(say(1, "2019-20", 300, 1000), "b");
    say(1, "2020-21", 310, 1000);
    cr_expect_eq(compare()->points, 2);
    cr_expect(result.broken);
    cr_expect(is_near(result.change, 1));
    flagged(&heap[2], "b");
    cr_expect_not(compare()->has_change);
    begin();
    strcpy(say(1, "2019-20", 300, 1000)->version, "2018");
    strcpy(say(1, "2020-21", 310, 1000)->version, "2020");
    cr_expect_not(compare()->has_change);
    cr_expect(result.broken);
}

Test(comparison, years_and_quarters_are_two_series)
{
    say(1, "2019-20", 100, 1000);
    say(1, "2020-21", 100, 1000);
    say(1, "2020-21 Q1", 20, 250);
    say(1, "2020-21 Q2", 30, 250);
    request.period = "2020-21";
    cr_expect_eq(compare()->points, 2);
    request.period = "2020-21 Q2";
    cr_expect_eq(compare()->points, 2);
    cr_expect(is_near(result.change, 4));
}

Test(comparison, six_points_make_a_chart_of_trial_limits)
{
    static const char *const years[] = {"2012", "2013", "2014", "2015", "2016", "2017",
                                        "2018", "2019", "2020", "2021", "2022", "2023"};

    for (unsigned i = 0; i < 5; i++)
        say(1, years[i], 100 + i % 2, 1000);
    cr_expect_not(compare()->has_chart);
    say(1, years[5], 200, 1000);
    request.target = 25;
    cr_expect(compare()->has_chart);
    cr_expect(result.chart.trial);
    cr_expect_eq(result.signal, XMR_OUTSIDE);
    cr_expect_eq(result.meaning, MEANING_IMPROVEMENT);
    cr_expect(result.has_assurance);
    cr_expect_eq(result.assurance, ASSURANCE_FAIL);
    for (unsigned i = 6; i < 12; i++)
        say(1, years[i], 100 + i % 2, 1000);
    cr_expect_not(compare()->chart.trial);
    cr_expect_eq(result.points, 12);
}

/* --- What a code measures --- */

static struct document *definition(const char *more)
{
    char file[1000];
    struct problems problems = {0};

    snprintf(file, sizeof file,
             "Kind: indicator\nFramework: F\nCode: 1\nName: %s\nStatistic: proportion\n"
             "Period kind: financial_year\n%s",
             strlen(more) % 2 == 0 ? "This year's name" : "Last year's name", more);
    struct document *document = document_parse(&indicator_form, bytes_of_text(file), &problems);
    cr_assert_eq(problems.count, 0, "%s", problems.count > 0 ? problems.list[0].text : "");
    problems_release(&problems);
    return document;
}

static bool same_meaning(const char *a, const char *b)
{
    struct document *first = definition(a), *second = definition(b);
    struct digest one = indicator_meaning(first), other = indicator_meaning(second);

    document_free(first);
    document_free(second);
    return digest_equal(&one, &other);
}

Test(comparison, a_code_means_the_same_where_what_it_counts_is_the_same)
{
    static const char counts[] = "Unit: percent\nPolarity: higher\n\n## Numerator\nPeople in paid "
                                 "work.\n\n## Denominator\nAdults.\n";

    cr_expect(same_meaning(counts, counts));
    cr_expect(same_meaning(counts, "Unit: percent\nPolarity: lower\n\n## Numerator\npeople  in "
                                   "PAID work\n\n## Denominator\nAdults\n"));
    cr_expect(same_meaning(counts, "Unit: percent\nMultiplier: 100\nPolarity: higher\n\n## "
                                   "Numerator\nPeople in paid work.\n\n## Denominator\nAdults.\n"));
    cr_expect_not(same_meaning(counts, "Unit: percent\nPolarity: higher\n\n## Numerator\nPeople in "
                                       "work.\n\n## Denominator\nAdults.\n"));
    cr_expect_not(same_meaning(counts, "Unit: per_1000\nPolarity: higher\n\n## Numerator\nPeople "
                                       "in paid work.\n\n## Denominator\nAdults.\n"));
    cr_expect_not(same_meaning("Unit: percent\nPolarity: higher\n\n## Numerator\na b\n",
                               "Unit: percent\nPolarity: higher\n\n## Denominator\na b\n"));
}

Test(comparison, a_yardstick_is_read_from_a_definition)
{
    struct document *document = definition("Unit: per_100000\nPolarity: banded\nBand low: 2.5\n"
                                           "Band high: 10\n");
    struct yardstick yardstick = yardstick_of(document);

    cr_expect_eq(yardstick.statistic, STATISTIC_PROPORTION);
    cr_expect_eq(yardstick.multiplier, 100000);
    cr_expect_eq(yardstick.better.polarity, POLARITY_BANDED);
    cr_expect_eq(yardstick.better.band_low, 2.5);
    cr_expect_eq(yardstick.better.band_high, 10);
    document_free(document);
}
