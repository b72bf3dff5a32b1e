#include "protocol/snapshot.h"
#include "protocol/text.h"
#include "tests/support/chance.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct fault fault;

static struct amount amount_of(const char *text)
{
    struct amount amount = {0};

    if (text != NULL)
        amount.here = number_read(bytes_of_text(text), &amount.integer, &amount.decimals);
    cr_assert_eq(amount.here, text != NULL, "%s", text);
    return amount;
}

static void tell(struct buffer *to, const char *name, struct amount amount)
{
    if (!amount.here)
        return;
    buffer_printf(to, "%s%s", to->size == 0 ? "" : " ", name);
    number_write(to, amount.integer, amount.decimals);
}

/* What is published of a figure, as text: "80 of 1625/2035 base 265 ±5 [c]". */
static const char *published(const char *profile, const struct measure *measure,
                             const struct figure *figure)
{
    static char text[160];
    struct buffer told = {0};
    struct figure safe;

    fault = (struct fault){0};
    if (!disclosure_apply(disclosure_profile_of(profile, &fault), measure, figure, &safe, &fault))
        buffer_printf(&told, "refused: %s", fault.text);
    else {
        tell(&told, "", safe.value);
        tell(&told, "n", safe.numerator);
        tell(&told, "d", safe.denominator);
        tell(&told, "base", safe.base);
        tell(&told, "±", safe.margin);
        if (safe.flag != NULL)
            buffer_printf(&told, "%s[%s]", told.size == 0 ? "" : " ", safe.flag);
    }
    snprintf(text, sizeof text, "%s", buffer_text(&told));
    buffer_release(&told);
    return text;
}

Test(disclosure, rounds_to_five)
{
    static const int64_t rows[][2] = {{0, 0},   {8, 10},  {12, 10}, {13, 15},
                                      {17, 15}, {18, 20}, {22, 20}, {23, 25}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(count_rounded(rows[i][0], 5), rows[i][1]);
}

/* Hospital Episode Statistics publishes this row of counts so. */
Test(disclosure, publishes_counts_as_hospital_episode_statistics_does)
{
    static const char *const rows[][2] = {{"0", "0"},   {"1", "[c]"}, {"7", "[c]"}, {"8", "10"},
                                          {"12", "10"}, {"13", "15"}, {"22", "20"}, {"23", "25"}};
    const struct measure count = {STATISTIC_COUNT, 1};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(
            published("strict", &count, &(struct figure){.value = amount_of(rows[i][0])}),
            rows[i][1]);
    cr_expect_str_eq(published("standard", &count, &(struct figure){.value = amount_of("4")}),
                     "[c]");
    cr_expect_str_eq(published("standard", &count, &(struct figure){.value = amount_of("5")}), "5");
}

Test(disclosure, judges_ratios_by_both_counts_and_what_is_left)
{
    static const struct {
        const char *profile;
        enum statistic statistic;
        int64_t multiplier;
        const char *numerator, *denominator, *expected;
    } rows[] = {
        {"strict", STATISTIC_PROPORTION, 100, "71", "85", "82 n70 d85"},
        {"strict", STATISTIC_PROPORTION, 100, "7", "85", "d85 [c]"},
        {"strict", STATISTIC_PROPORTION, 100, "8", "85", "12 n10 d85"},
        {"strict", STATISTIC_PROPORTION, 100, "78", "85", "d85 [c]"},    /* 7 are left. */
        {"strict", STATISTIC_PROPORTION, 100, "77", "85", "88 n75 d85"}, /* 8 are left. */
        {"strict", STATISTIC_PROPORTION, 100, "85", "85", "100 n85 d85"},
        {"strict", STATISTIC_PROPORTION, 100, "0", "85", "0 n0 d85"},
        {"strict", STATISTIC_PROPORTION, 100, "0", "9", "d10 [c]"}, /* None of a small group. */
        {"strict", STATISTIC_PROPORTION, 100, "9", "9", "d10 [c]"},
        {"strict", STATISTIC_PROPORTION, 100, "10", "10", "100 n10 d10"},
        {"strict", STATISTIC_PROPORTION, 100, "0", "7", "[c]"},
        {"strict", STATISTIC_PROPORTION, 100, "0", "0", "n0 d0 [z]"},
        {"standard", STATISTIC_PROPORTION, 100, "7", "85", "6 n5 d85"},
        {"standard", STATISTIC_PROPORTION, 100, "4", "85", "d85 [c]"},
        {"standard", STATISTIC_PROPORTION, 100, "81", "85", "d85 [c]"},
        {"exact_totals", STATISTIC_PROPORTION, 100, "71", "86", "83 n71 d86"},
        {"exact_totals", STATISTIC_PROPORTION, 100, "4", "86", "d86 [c]"},
        {"exact_totals", STATISTIC_PROPORTION, 100, "82", "86", "d86 [c]"},
        {"exact_totals", STATISTIC_PROPORTION, 100, "9", "9", "d9 [c]"},
        /* Whole percentages below 4,000, one decimal from there. */
        {"strict", STATISTIC_PROPORTION, 100, "1332", "3997", "33 n1330 d3995"},
        {"strict", STATISTIC_PROPORTION, 100, "1332", "3998", "33.3 n1330 d4000"},
        {"strict", STATISTIC_PROPORTION, 100, "10", "30000", "0.0 n10 d30000 [low]"},
        {"strict", STATISTIC_RATE, 100000, "18", "135536", "15 n20 d135535"},
        {"strict", STATISTIC_RATE, 100000, "18123", "4000000", "453.1 n18125 d4000000"},
        {"strict", STATISTIC_RATE, 1000, "300", "200", "1500 n300 d200"},
        {"strict", STATISTIC_RATE, 1000, "196", "200", "d200 [c]"},
        {"strict", STATISTIC_RATIO, 1, "50", "200", "0.25 n50 d200"},
        {"strict", STATISTIC_PROPORTION, 100, "86", "85",
         "refused: the numerator is more than the denominator: are their columns named right?"},
        {"strict", STATISTIC_RATE, 1000, "8", "0",
         "refused: the numerator is more than the denominator: are their columns named right?"},
        {"strict", STATISTIC_PROPORTION, 100, NULL, "85",
         "refused: a proportion without its numerator: how many people it is about cannot be "
         "judged: name its column in the mapping, or leave the row out"},
        {"strict", STATISTIC_PROPORTION, 100, "8", NULL,
         "refused: a proportion without its denominator: how many people it is about cannot be "
         "judged: name its column in the mapping, or leave the row out"},
        {"strict", STATISTIC_PROPORTION, 100, "8.5", "85",
         "refused: the numerator is not a whole number, as a count of people is"},
        {"strict", STATISTIC_PROPORTION, 100, "-8", "85",
         "refused: the numerator is not a count: it must be 0 to 999999999999"},
        {"strict", STATISTIC_SURVEY_PROPORTION, 100, "8", "85",
         "refused: a survey_proportion without its base: how many people it is about cannot be "
         "judged: name its column in the mapping, or leave the row out"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct figure figure = {.value = amount_of("99.99"), /* Of no consequence. */
                                .numerator = amount_of(rows[i].numerator),
                                .denominator = amount_of(rows[i].denominator)};
        cr_expect_str_eq(
            published(rows[i].profile, &(struct measure){rows[i].statistic, rows[i].multiplier},
                      &figure),
            rows[i].expected, "%s of %s: %s", rows[i].numerator, rows[i].denominator,
            published(rows[i].profile, &(struct measure){rows[i].statistic, rows[i].multiplier},
                      &figure));
    }
}

Test(disclosure, judges_a_survey_by_how_many_answered)
{
    const struct measure measure = {STATISTIC_SURVEY_PROPORTION, 100};
    struct figure figure = {.numerator = amount_of("1625"),
                            .denominator = amount_of("2035"),
                            .base = amount_of("263"),
                            .margin = amount_of("4.21")};

    cr_expect_str_eq(published("strict", &measure, &figure), "80 n1625 d2035 base265 ±5");
    figure.base = amount_of("7");
    cr_expect_str_eq(published("strict", &measure, &figure), "d2035 [c]");
    figure.base = amount_of("0");
    cr_expect_str_eq(published("strict", &measure, &figure), "d2035 base0 [c]");
    figure.base = amount_of("8");
    cr_expect_str_eq(published("strict", &measure, &figure), "d2035 base10 [c]"); /* 6 of 8. */
    /* What all who answered said, each of them has said. */
    figure.numerator = figure.denominator;
    cr_expect_str_eq(published("strict", &measure, &figure), "d2035 base10 [c]");
    figure.base = amount_of("10");
    cr_expect_str_eq(published("strict", &measure, &figure), "100 n2035 d2035 base10 ±5");
    figure.numerator = amount_of("0");
    cr_expect_str_eq(published("exact_totals", &measure, &figure), "0 n0 d2035 base10 ±5");
    figure.base = amount_of("9");
    cr_expect_str_eq(published("exact_totals", &measure, &figure), "d2035 base9 [c]");
}

/* A value times its base is how many said so, and what it lacks of it how many did not. */
Test(disclosure, judges_a_share_by_how_many_of_its_base_it_makes)
{
    static const struct {
        const char *profile, *numerator, *denominator, *base, *expected;
    } rows[] = {
        {"exact_totals", "970", "1000", "100", "d1000 base100 [c]"}, /* Three said no. */
        {"exact_totals", "30", "1000", "100", "d1000 base100 [c]"},
        {"exact_totals", "951", "1000", "100", "d1000 base100 [c]"}, /* 4.9 are few, */
        {"exact_totals", "950", "1000", "100", "95 n950 d1000 base100"},
        {"exact_totals", "1000", "1000", "100", "100 n1000 d1000 base100"}, /* and none is none. */
        {"exact_totals", "0", "1000", "100", "0 n0 d1000 base100"},
        {"exact_totals", "970", "1000", "200", "97 n970 d1000 base200"},
        {"exact_totals", "999999999000", "999999999999", "999999999999",
         "100.0 n999999999000 d999999999999 base999999999999"},
        {"exact_totals", "8", "999999999999", "999999999999",
         "0.0 n8 d999999999999 base999999999999 [low]"},
        {"standard", "970", "1000", "100", "d1000 base100 [c]"},
        {"standard", "30", "1000", "100", "d1000 base100 [c]"},
        {"standard", "950", "1000", "100", "95 n950 d1000 base100"},
        /* 5.04 as they are, and 4.75 as they are published. */
        {"standard", "52", "1000", "97", "d1000 base95 [c]"},
        {"strict", "950", "1000", "100", "d1000 base100 [c]"},
        {"strict", "910", "1000", "100", "91 n910 d1000 base100"},
        /* 7.9 as they are, and 8 as they are published. */
        {"strict", "921", "1000", "100", "d1000 base100 [c]"},
    };
    const struct measure survey = {STATISTIC_SURVEY_PROPORTION, 100};
    const struct measure proportion = {STATISTIC_PROPORTION, 100};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct figure figure = {.numerator = amount_of(rows[i].numerator),
                                .denominator = amount_of(rows[i].denominator),
                                .base = amount_of(rows[i].base)};
        cr_expect_str_eq(published(rows[i].profile, &survey, &figure), rows[i].expected, "%s: %s",
                         rows[i].numerator, published(rows[i].profile, &survey, &figure));
        cr_expect_str_eq(published(rows[i].profile, &proportion, &figure), rows[i].expected);
    }
}

Test(disclosure, publishes_a_mean_of_enough_people_and_never_its_sum)
{
    static const struct {
        const char *value, *denominator, *base, *margin, *expected;
    } rows[] = {
        {"19.1234", "2037", "232", "0.512", "19.1 d2035 base230 ±0.52"},
        {"0.431", NULL, "95", "0.034", "0.431 base95 ±0.034"},
        {"742.31", "13", NULL, NULL, "742 d15"},
        {"12345.67", "13", NULL, NULL, "12346 d15"},
        {"-0.4567", "13", NULL, NULL, "-0.457 d15"},
        {"19.1", "2035", "7", "0.5", "d2035 [c]"},
        {"19.1", "7", "20", "0.5", "base20 [c]"},
        {"19.1", "0", NULL, NULL, "d0 [z]"},
        {"19.1", "8", NULL, NULL, "19.1 d10"},
        {"19.1", NULL, NULL, NULL,
         "refused: a score without its denominator: how many people it is about cannot be judged: "
         "name its column in the mapping, or leave the row out"},
        {NULL, "20", NULL, NULL, "refused: there is no value"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct figure figure = {.value = amount_of(rows[i].value),
                                .numerator = amount_of("38900"),
                                .denominator = amount_of(rows[i].denominator),
                                .base = amount_of(rows[i].base),
                                .margin = amount_of(rows[i].margin)};
        const struct measure score = {STATISTIC_SCORE, 1};
        cr_expect_str_eq(published("strict", &score, &figure), rows[i].expected, "%s",
                         published("strict", &score, &figure));
    }
}

Test(disclosure, leaves_nothing_beside_a_flag_that_stands_alone)
{
    static const char *const flags[] = {"c", "x", "z", "low", "k"};
    const struct measure measure = {STATISTIC_PROPORTION, 100};
    struct figure figure = {
        .value = amount_of("50"), .numerator = amount_of("50"), .denominator = amount_of("100")};

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        char expected[8];
        figure.flag = flags[i];
        snprintf(expected, sizeof expected, "[%s]", flags[i]);
        cr_expect_str_eq(published("strict", &measure, &figure), expected);
    }
    figure.flag = "p";
    cr_expect_str_eq(published("strict", &measure, &figure), "50 n50 d100 [p]");
    figure.numerator = amount_of("3");
    cr_expect_str_eq(published("strict", &measure, &figure), "d100 [c]");
}

Test(disclosure, lets_pass_what_counts_no_people)
{
    struct figure figure = {.value = amount_of("3.25"), .numerator = amount_of("3.5")};

    cr_expect_str_eq(published("none", &(struct measure){STATISTIC_COST, 1}, &figure), "3.25 n3.5");
    figure.value.here = false;
    cr_expect_str_eq(published("none", &(struct measure){STATISTIC_COST, 1}, &figure),
                     "refused: there is no value");
}

Test(disclosure, says_which_profiles_it_accepts)
{
    cr_expect_null(disclosure_profile_of("exact", &fault));
    cr_expect_str_eq(fault.text, "disclosure profile \"exact\": accepted are strict, standard, "
                                 "exact_totals, and none for figures that count no people");
}

Test(disclosure, notices_a_value_that_does_not_follow_from_its_counts)
{
    static const struct {
        int64_t multiplier;
        const char *value, *numerator, *denominator;
        bool agrees;
    } rows[] = {
        {100, "79.9", "1625", "2035", true},    {100, "80", "1625", "2035", true},
        {100, "0.8", "1625", "2035", false},    {100, "20.1", "1625", "2035", false},
        {100000, "13.3", "18", "135536", true}, {100000, "0.01", "18", "135536", false},
        {100, "72", "15", "20", true},          {100, "5", "0", "0", true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(figure_agrees(&(struct measure){STATISTIC_RATE, rows[i].multiplier},
                                   &(struct figure){.value = amount_of(rows[i].value),
                                                    .numerator = amount_of(rows[i].numerator),
                                                    .denominator = amount_of(rows[i].denominator)}),
                     rows[i].agrees, "%s", rows[i].value);
}

/* All small tables, seen by a reader who knows the rules and nothing else: whatever was published,
 * the reader is left with no numerator and no complement of 1 to t-1, or with several. */
#define MOST 64
#define SEEN_MAX ((MOST + 1) * (MOST + 2) / 2)
static struct {
    char published[64];
    int numerator, left;
} seen[SEEN_MAX];

static int by_published(const void *a, const void *b)
{
    return strcmp(a, b);
}

static size_t see_all_tables(const char *profile, const struct measure *measure)
{
    size_t count = 0;

    for (int denominator = 0; denominator <= MOST; denominator++)
        for (int numerator = 0; numerator <= denominator; numerator++) {
            struct figure figure = {.numerator = {true, numerator, 0},
                                    .denominator = {true, denominator, 0},
                                    .base = {true, 100, 0}};
            snprintf(seen[count].published, sizeof seen[count].published, "%s",
                     published(profile, measure, &figure));
            seen[count].numerator = numerator;
            seen[count++].left = denominator - numerator;
        }
    qsort(seen, count, sizeof *seen, by_published);
    return count;
}

/* How many numbers a count may still be, of those that give the same publication; 0 when none of
 * them is small. */
static int possible(size_t first, size_t end, bool left, int threshold)
{
    bool may_be[MOST + 1] = {false};
    int numbers = 0;
    bool small = false;

    for (size_t i = first; i < end; i++) {
        int number = left ? seen[i].left : seen[i].numerator;
        numbers += !may_be[number];
        may_be[number] = true;
        small = small || (number >= 1 && number < threshold);
    }
    return small ? numbers : 0;
}

Test(disclosure, lets_nobody_recover_a_small_count)
{
    static const struct {
        const char *profile;
        int threshold;
        struct measure measure;
    } rows[] = {
        {"strict", 8, {STATISTIC_PROPORTION, 100}},
        {"strict", 8, {STATISTIC_SURVEY_PROPORTION, 100}},
        {"strict", 8, {STATISTIC_RATE, 100000}},
        {"standard", 5, {STATISTIC_PROPORTION, 100}},
        {"standard", 5, {STATISTIC_RATIO, 1}},
    };

    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        size_t count = see_all_tables(rows[row].profile, &rows[row].measure), end;
        for (size_t first = 0; first < count; first = end) {
            for (end = first; end < count && by_published(&seen[first], &seen[end]) == 0; end++)
                ;
            for (int left = 0; left < 2; left++) {
                int numbers = possible(first, end, left == 1, rows[row].threshold);
                cr_expect(numbers == 0 || numbers >= rows[row].threshold - 1, "%s tells %d of %s",
                          seen[first].published, numbers, left == 1 ? "the rest" : "the count");
                /* And nothing small is ever shown. */
                cr_expect(numbers == 0 || strstr(seen[first].published, "[c]") != NULL ||
                              strstr(seen[first].published, "[z]") != NULL,
                          "%s", seen[first].published);
            }
        }
    }
}

static int64_t lot(int64_t below)
{
    return (int64_t)chance((size_t)below);
}

/* The rules once more, as a sentence rather than as code, on larger tables. */
Test(disclosure, shows_no_value_for_small_counts_of_any_size)
{
    for (unsigned i = 0; i < 20000; i++) {
        int64_t denominator = lot(i % 2 == 0 ? 40 : 20000);
        int64_t numerator = i % 3 == 0   ? lot(12)
                            : i % 3 == 1 ? denominator - lot(12)
                                         : lot(denominator + 1);
        if (numerator < 0 || numerator > denominator)
            continue;
        struct figure figure = {.numerator = {true, numerator, 0},
                                .denominator = {true, denominator, 0}};
        struct figure safe;
        int64_t left = denominator - numerator;
        int64_t shown = count_rounded(denominator, 5) - count_rounded(numerator, 5);
        bool small = (shown >= 1 && shown <= 7) || (numerator >= 1 && numerator <= 7) ||
                     (left >= 1 && left <= 7) || denominator <= 7 ||
                     (denominator <= 9 && (numerator == 0 || left == 0));
        cr_assert(disclosure_apply(disclosure_profile_of("strict", &fault),
                                   &(struct measure){STATISTIC_PROPORTION, 100}, &figure, &safe,
                                   &fault));
        cr_assert_eq(safe.value.here, !small, "%ld of %ld", (long)numerator, (long)denominator);
        cr_assert(safe.value.here == safe.numerator.here || denominator == 0);
        cr_assert(!safe.numerator.here || safe.numerator.integer % 5 == 0);
        cr_assert(!safe.denominator.here || safe.denominator.integer % 5 == 0);
        cr_assert(!safe.denominator.here || denominator == 0 || denominator >= 8);
    }
}

/* --- What was published, whoever wrote it --- */

/* An amount, or in one case of so many none. */
static struct amount some(size_t none_in, int64_t below, size_t decimals)
{
    if (none_in > 1 && chance(none_in) == 0)
        return (struct amount){0};
    return (struct amount){true, lot(below), (unsigned)chance(decimals)};
}

/* Of all that disclosure control lets out nothing is refused. */
Test(disclosure, holds_what_it_has_let_out)
{
    static const char *const names[] = {"strict", "standard", "exact_totals"};
    static const char *const flags[] = {NULL, "e", "c", "x", "low"};
    size_t published_figures = 0;

    for (unsigned i = 0; i < 300000; i++) {
        const struct disclosure_profile *profile = disclosure_profile_of(names[i % 3], &fault);
        const struct measured_unit *unit = &measured_units[chance(MEASURED_UNITS)];
        int most = i % 2 == 0 ? 30 : 20000;
        struct measure measure = {(enum statistic)chance(STATISTICS), unit->multiplier};
        if (!(unit->allowed & 1U << measure.statistic))
            continue;
        struct figure figure = {.value = some(1, 20000, 4),
                                .numerator = some(4, most, 1),
                                .denominator = some(8, most, 1),
                                .base = some(3, 40, 1),
                                .margin = some(3, 500, 3),
                                .flag = flags[chance(20) < 16 ? 0 : chance(5)]};
        struct figure safe;
        if (measure.statistic == STATISTIC_COUNT)
            figure.value.decimals = 0;
        if (!disclosure_apply(profile, &measure, &figure, &safe, &fault))
            continue;
        published_figures++;
        cr_assert(disclosure_holds(profile, &safe, &fault), "%s %s %s", profile->name,
                  statistic_names[measure.statistic], fault.text);
    }
    cr_expect_gt(published_figures, 40000);
}

/* The rows of a snapshot that somebody wrote, and what is wrong with the first that does not hold.
 */
static const char *complaint(const char *top, const char *rows)
{
    static char text[400];
    struct buffer file = {0};
    struct problems problems = {0};

    buffer_printf(&file,
                  "Kind: snapshot\nFramework: F\nArea: E06000014\nStatus: final\n%s\n## Rows\n%s\n",
                  top, rows);
    document_free(document_parse(&snapshot_form, buffer_view(&file), &problems));
    snprintf(text, sizeof text, "%s", problems.count == 0 ? "" : problems.list[0].text);
    char *cure = strstr(text, ". candour indicator import makes");
    if (cure == NULL)
        cure = strstr(text, ". Say in the mapping");
    if (cure != NULL)
        *cure = '\0';
    problems_release(&problems);
    buffer_release(&file);
    return text;
}

#define STRICT "Period: 2020-21\nDisclosure profile: strict\n"
#define STANDARD "Period: 2020-21\nDisclosure profile: standard\n"
#define EXACT "Period: 2020-21\nDisclosure profile: exact_totals\n"

Test(disclosure, refuses_a_row_that_somebody_wrote)
{
    static const struct {
        const char *top, *rows, *expected;
    } rows[] = {
        {STRICT, "- A | Male | 30 |", ""},
        {STRICT, "- A | Male | 3 |",
         "\"A Male\": the value is 3, and strict hides counts of 1 to 7"},
        {STRICT, "- A | | 5 |", "\"A\": the value is 5, and strict hides counts of 1 to 7"},
        {STANDARD, "- A | | 5 |", ""},
        {EXACT, "- A | | 4 |", "\"A\": the value is 4, and exact_totals hides counts of 1 to 4"},
        {EXACT, "- A | | 13 |", ""},
        {STRICT, "- A | | 13 |",
         "\"A\": the value is 13, and strict rounds counts to the nearest 5"},
        {STRICT, "- A | | 12.5 |",
         "\"A\": the value is not a whole number, as a count of people is"},
        {STRICT, "- A | | 82 | 70 | 85", ""},
        {STRICT, "- A | | 82 | 71 | 86",
         "\"A\": the numerator is 71, and strict rounds counts to the nearest 5"},
        {STRICT, "- A | | 5 | 5 | 100",
         "\"A\": the numerator is 5, and strict hides counts of 1 to 7"},
        {STRICT, "- A | | 82.6 | 70 | 85",
         "\"A\": the value is not what its counts make: it is worked out from those that are "
         "published, a percentage of fewer than 4,000 without decimals and any other with one"},
        {STRICT, "- A | | 33.3 | 1330 | 4000", ""},
        {STRICT, "- A | | 33.25 | 1330 | 4000",
         "\"A\": the value is not what its counts make: it is worked out from those that are "
         "published, a percentage of fewer than 4,000 without decimals and any other with one"},
        /* What is left; and all or none of a small group. */
        {EXACT, "- A | | 95 | 82 | 86",
         "\"A\": 82 of 86 tells of fewer than 5 people, or of all or none of a small group, and "
         "exact_totals hides it"},
        {EXACT, "- A | | 94 | 81 | 86", ""},
        {STANDARD, "- A | | 0 | 0 | 5",
         "\"A\": 0 of 5 tells of fewer than 5 people, or of all or none of a small group, and "
         "standard hides it"},
        {STANDARD, "- A | | 0 | 0 | 10", ""},
        {STRICT, "- A | | 80 | 20 | 25 | 5",
         "\"A\": the base is 5, and strict hides counts of 1 to 7"},
        {STRICT, "- A | | 80 | 20 | 25 | 0",
         "\"A\": 20 of 25 tells of fewer than 8 people, or of all or none of a small group, and "
         "strict hides it"},
        {STRICT, "- A | | 80 | 20", "\"A\": there is a numerator and no denominator"},
        {STRICT, "- A | | 67 | 20 | 30 | | 1.5",
         "\"A\": the margin has more decimals than the value"},
        /* What is hidden, is. */
        {STRICT, "- A | | | | 85 | | | c", ""},
        {STRICT, "- A | | 82 | | | | | c",
         "\"A\": the flag c stands instead of a value, not beside one"},
        {STRICT, "- A | | | 70 | 85 | | | c",
         "\"A\": the value is hidden, and its numerator or margin is not: they tell it"},
        {STRICT, "- A | | | | 85", "\"A\": there is no value and no flag that says why"},
        {STRICT, "- A | | | 0 | 0 | | | z", ""},
        {STRICT, "- A | | 0.0 | 10 | 30000 | | | low", ""},
        /* Means. */
        {STRICT, "- A | | 19.1 | | | 405 | 0.4", ""},
        {STRICT, "- A | | 19.12 | | | 405", "\"A\": the value has more than 3 significant digits"},
        {STRICT, "- A | | 19.1 | | | 405 | 0.413",
         "\"A\": the margin has more than 2 significant digits"},
        {STRICT, "- A | | 19.1 | | | 0", "\"A\": there is a value of nobody"},
        {STRICT, "- A | | 19.1 | | | 6", "\"A\": the base is 6, and strict hides counts of 1 to 7"},
        /* Two of one thing. */
        {STRICT, "- A | Male | 30\n- a | MALE | 35",
         "\"a MALE\": it came before, and two values of one thing tell more than one"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(complaint(rows[i].top, rows[i].rows), rows[i].expected, "%s: %s",
                         rows[i].rows, complaint(rows[i].top, rows[i].rows));
}

Test(disclosure, refuses_a_total_that_tells_of_its_parts)
{
    static const struct {
        const char *top, *rows, *expected;
    } rows[] = {
        {EXACT, "- A | Female | | | | | | c\n- A | Male | 52\n- A | Total | 55",
         "\"A Total\": its count less what its parts show leaves 3, which tells of few"},
        {STRICT, "- A | Female | | | | | | c\n- A | Male | 50\n- A | Total | 55", ""},
        {EXACT, "- A | Female | | | | | | c\n- A | Male | | | | | | c\n- A | Total | 55", ""},
        {EXACT, "- A | Female | | | | | | c\n- A | Male | 52\n- B | Total | 55", ""},
        {EXACT, "- A | Female | 20\n- A | Male | 32\n- A | | 55",
         "\"A\": its count less what its parts show leaves 3, which tells of few"},
        /* Less one of its parts, though there are others that it is the sum of. */
        {EXACT,
         "- A | F | 40\n- A | M | 60\n- A | old | 97\n- A | young | | | | | | c\n- A | | 100",
         "\"A\": its count less what its parts show leaves 3, which tells of few"},
        /* A count that is hidden has a denominator; and the other way round. */
        {EXACT, "- A | F | | | 40 | | | c\n- A | M | 40 | 20 | 50\n- A | all | 26 | 23 | 90",
         "\"A all\": its count less what its parts show leaves 3, which tells of few"},
        {EXACT, "- A | F | | | | | | c\n- A | M | 40 | 20 | 50\n- A | all | 57 | 30 | 53",
         "\"A all\": its denominator less what its parts show leaves 3, which tells of few"},
        {EXACT, "- A | F | 40 | 20 | 50\n- A | M | | | 40 | | | c\n- A | all | 31 | 28 | 90", ""},
        /* Several breakdowns. */
        {EXACT,
         "- A | F / old | | | | | | c\n- A | F / young | 14\n- A | F / all | 16\n- A | M / old | 9",
         "\"A F / all\": its count less what its parts show leaves 2, which tells of few"},
        {EXACT, "- A | F / old | | | | | | c\n- A | M / old | 14\n- A | all / old | 17",
         "\"A all / old\": its count less what its parts show leaves 3, which tells of few"},
        {EXACT, "- A | F / old | | | | | | c\n- A | M / young | 14\n- A | all / old | 17", ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(complaint(rows[i].top, rows[i].rows), rows[i].expected, "%s: %s",
                         rows[i].rows, complaint(rows[i].top, rows[i].rows));
}

Test(disclosure, asks_what_is_counted_where_nothing_is_hidden)
{
    static const char none[] = "Period: 2020-21\nDisclosure profile: none\n";
    static const char counted[] =
        "Period: 2020-21\nDisclosure profile: none\nWhat is counted: tonnes of waste\n";

    cr_expect_not_null(strstr(complaint(none, "- A | | 3"), "\"What is counted\" is missing"));
    cr_expect_str_eq(complaint(counted, "- A | | 3.25"), "");
    cr_expect_str_eq(complaint(counted, "- A | | 3.25 | | | 40"),
                     "\"A\": who answers a survey is a person, and the profile none is for figures "
                     "that count no people: use strict");
    cr_expect_str_eq(published("none", &(struct measure){STATISTIC_SURVEY_PROPORTION, 100},
                               &(struct figure){.value = amount_of("3")}),
                     "refused: who answers a survey is a person, and the profile none is for "
                     "figures that count no people: use strict");
}

Test(disclosure, takes_a_period_in_its_one_spelling)
{
    cr_expect_str_eq(complaint("Period: 2024/25\nDisclosure profile: strict\n", "- A | | 30"),
                     "the period \"2024/25\" is spelled 2024-25: write it so, or it is taken for "
                     "another");
    cr_expect_not_null(
        strstr(complaint("Period: last year\nDisclosure profile: strict\n", "- A | | 30"),
               "the period \"last year\" is not known: write 2023 "));
}
