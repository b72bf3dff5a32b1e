#include "protocol/disclosure.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MEAN_DIGITS 3
#define MARGIN_DIGITS 2

static const struct disclosure_profile profiles[] = {
    {"strict", 8, 5},
    {"standard", 5, 5},
    {"exact_totals", 5, 0},
    {"none", 0, 0},
};
#define PROFILES (sizeof profiles / sizeof *profiles)

const struct disclosure_profile *disclosure_profile_of(const char *name, struct fault *fault)
{
    for (size_t i = 0; i < PROFILES; i++)
        if (strcmp(name, profiles[i].name) == 0)
            return &profiles[i];
    fault_set(fault, FAULT_INPUT,
              "disclosure profile \"%.40s\": accepted are strict, standard, exact_totals, and none "
              "for figures that count no people",
              name);
    return NULL;
}

int64_t count_rounded(int64_t count, int64_t base)
{
    assert(count >= 0 && count <= COUNT_MAX && base > 0);
    return (count + base / 2) / base * base;
}

bool profile_is_exact(const struct disclosure_profile *profile)
{
    return profile->threshold > 0 && profile->rounding_base == 0;
}

static struct amount whole(int64_t count)
{
    return (struct amount){.here = true, .integer = count};
}

static bool is_small(const struct disclosure_profile *profile, int64_t count)
{
    return count >= 1 && count < profile->threshold;
}

static int64_t as_shown(const struct disclosure_profile *profile, int64_t count)
{
    return profile->rounding_base == 0 ? count : count_rounded(count, profile->rounding_base);
}

/* The cell rule: what is published of a count, or nothing. */
static struct amount cell(const struct disclosure_profile *profile, struct amount count)
{
    if (!count.here || is_small(profile, count.integer))
        return (struct amount){0};
    return whole(as_shown(profile, count.integer));
}

static int64_t power_of_ten(unsigned exponent)
{
    int64_t power = 1;

    assert(exponent <= 18);
    while (exponent-- > 0)
        power *= 10;
    return power;
}

/* Half away from zero. */
static int64_t divided(int64_t number, int64_t by)
{
    assert(by > 0);
    int64_t half = by / 2;

    return number < 0 ? -((-number + half) / by) : (number + half) / by;
}

static struct amount to_decimals(struct amount amount, unsigned decimals, bool up)
{
    if (!amount.here || amount.decimals <= decimals)
        return amount;
    int64_t by = power_of_ten(amount.decimals - decimals);
    int64_t integer =
        up && amount.integer > 0 ? (amount.integer - 1) / by + 1 : divided(amount.integer, by);
    return (struct amount){true, integer, decimals};
}

/* Digits in front of the point stay, however many. Rounding may add one: 9.996 is 10.0. */
static struct amount to_significant(struct amount amount, unsigned digits, bool up)
{
    unsigned have = 0;

    for (int64_t left = llabs(amount.integer); left > 0; left /= 10)
        have++;
    if (have <= digits || amount.decimals == 0)
        return amount;
    unsigned surplus = have - digits;
    unsigned decimals = surplus < amount.decimals ? amount.decimals - surplus : 0;
    return to_significant(to_decimals(amount, decimals, up), digits, up);
}

/* --- Counts that cannot be judged --- */

static bool is_count(const char *name, struct amount amount, struct fault *fault)
{
    if (amount.decimals > 0)
        return fault_set(fault, FAULT_INPUT,
                         "the %s is not a whole number, as a count of people is", name);
    if (amount.integer < 0 || amount.integer > COUNT_MAX)
        return fault_set(fault, FAULT_INPUT, "the %s is not a count: it must be 0 to %lld", name,
                         (long long)COUNT_MAX);
    return true;
}

static bool needs(const char *name, struct amount amount, const struct measure *measure,
                  struct fault *fault)
{
    if (!amount.here)
        return fault_set(fault, FAULT_INPUT,
                         "a %s without its %s: how many people it is about cannot be judged: name "
                         "its column in the mapping, or leave the row out",
                         statistic_names[measure->statistic], name);
    return is_count(name, amount, fault);
}

/* --- Ratios: proportions, rates --- */

static bool counts_serve(const struct measure *measure, const struct figure *figure,
                         struct fault *fault)
{
    if (!needs("numerator", figure->numerator, measure, fault) ||
        !needs("denominator", figure->denominator, measure, fault))
        return false;
    if (measure->statistic == STATISTIC_SURVEY_PROPORTION &&
        !needs("base", figure->base, measure, fault))
        return false;
    if (figure->base.here && !is_count("base", figure->base, fault))
        return false;
    if ((measure_is_share(measure) || figure->denominator.integer == 0) &&
        figure->numerator.integer > figure->denominator.integer)
        return fault_set(fault, FAULT_INPUT,
                         "the numerator is more than the denominator: are their columns "
                         "named right?");
    return true;
}

/* What the rounded counts leave, where that is under t though what is left is not: then it is 8 or
 * 9, and tells the two counts to one or two. */
static bool leaves_few(const struct disclosure_profile *profile, int64_t numerator,
                       int64_t denominator)
{
    return profile->rounding_base > 0 && numerator <= denominator &&
           is_small(profile, count_rounded(denominator, profile->rounding_base) -
                                 count_rounded(numerator, profile->rounding_base));
}

/* Does this share of so many make some, and fewer than t? */
static bool makes_few(const struct disclosure_profile *profile, int64_t part, int64_t of,
                      int64_t people)
{
    return part > 0 && of > 0 && people < (profile->threshold * of - 1) / part + 1;
}

/* 97 % of 100 who answered are all but three of them, whatever population they stand for. */
static bool tells_of_answers(const struct disclosure_profile *profile, int64_t numerator,
                             int64_t denominator, int64_t base)
{
    return makes_few(profile, numerator, denominator, base) ||
           makes_few(profile, denominator - numerator, denominator, base);
}

/* By the counts as they are, and as they are published. */
static bool base_tells(const struct disclosure_profile *profile, const struct figure *figure)
{
    int64_t numerator = figure->numerator.integer, denominator = figure->denominator.integer;
    int64_t base = figure->base.integer;

    return figure->base.here && numerator <= denominator &&
           (tells_of_answers(profile, numerator, denominator, base) ||
            tells_of_answers(profile, as_shown(profile, numerator), as_shown(profile, denominator),
                             as_shown(profile, base)));
}

static bool ratio_is_hidden(const struct disclosure_profile *profile, const struct figure *figure)
{
    int64_t numerator = figure->numerator.integer, denominator = figure->denominator.integer;
    int64_t people = denominator;

    if (figure->base.here && figure->base.integer < people)
        people = figure->base.integer;
    if (base_tells(profile, figure))
        return true;
    if (is_small(profile, numerator) || is_small(profile, denominator - numerator))
        return true;
    if (people < profile->threshold || leaves_few(profile, numerator, denominator))
        return true;
    return (numerator == 0 || numerator == denominator) && people < GROUP_LEAST;
}

static unsigned ratio_decimals(int64_t multiplier, int64_t denominator)
{
    int64_t least = 40 * (multiplier < 100 ? 100 : multiplier);

    return (multiplier < 100 ? 2U : 0U) + (denominator >= least ? 1U : 0U);
}

static struct amount ratio(int64_t multiplier, int64_t numerator, int64_t denominator)
{
    unsigned decimals = ratio_decimals(multiplier, denominator);

    return (struct amount){
        true, divided(numerator * multiplier * power_of_ten(decimals), denominator), decimals};
}

static bool apply_ratio(const struct disclosure_profile *profile, const struct measure *measure,
                        const struct figure *figure, struct figure *safe, struct fault *fault)
{
    if (!counts_serve(measure, figure, fault))
        return false;
    safe->denominator = cell(profile, figure->denominator);
    safe->base = cell(profile, figure->base);
    if (figure->denominator.integer == 0) {
        safe->numerator = whole(0);
        safe->flag = "z";
        return true;
    }
    if (ratio_is_hidden(profile, figure)) {
        safe->flag = "c";
        return true;
    }
    safe->numerator = cell(profile, figure->numerator);
    safe->value = ratio(measure->multiplier, safe->numerator.integer, safe->denominator.integer);
    safe->margin = to_decimals(figure->margin, safe->value.decimals, true);
    safe->flag = figure->flag;
    if (safe->flag == NULL && safe->value.integer == 0 && safe->numerator.integer > 0)
        safe->flag = "low";
    return true;
}

/* --- Means: scores, costs --- */

static double number_of(struct amount amount)
{
    return (double)amount.integer / (double)power_of_ten(amount.decimals);
}

/* Is it a share under another name? Then its value, of three digits, times its denominator would
 * tell the numerator. To the last digit of what stands there: a true mean may come near it. */
static bool is_share_of(const struct figure *figure)
{
    double last = 1.0 / (double)power_of_ten(figure->value.decimals);

    if (!figure->numerator.here || !figure->denominator.here || figure->denominator.integer <= 0 ||
        figure->numerator.integer <= 0 || figure->denominator.decimals > 0 ||
        number_of(figure->numerator) > number_of(figure->denominator))
        return false;
    double share = number_of(figure->numerator) / number_of(figure->denominator);
    for (size_t i = 0; i < MEASURED_UNITS; i++) {
        double off = number_of(figure->value) - (double)measured_units[i].multiplier * share;
        if (off <= last && -off <= last)
            return true;
    }
    return false;
}

static bool apply_mean(const struct disclosure_profile *profile, const struct measure *measure,
                       const struct figure *figure, struct figure *safe, struct fault *fault)
{
    bool surveyed = figure->base.here;

    if (!figure->value.here)
        return fault_set(fault, FAULT_INPUT, "there is no value");
    if (is_share_of(figure))
        return fault_set(fault, FAULT_INPUT,
                         "a %s whose numerator is part of its denominator is a share, and would "
                         "tell the numerator: say what it is, unit = \"percent\", \"ratio\", "
                         "\"per_1000\" or such",
                         statistic_names[measure->statistic]);
    if (!needs(surveyed ? "base" : "denominator", surveyed ? figure->base : figure->denominator,
               measure, fault))
        return false;
    if (figure->denominator.here && !is_count("denominator", figure->denominator, fault))
        return false;
    int64_t people = surveyed ? figure->base.integer : figure->denominator.integer;
    if (figure->denominator.here && figure->denominator.integer < people)
        people = figure->denominator.integer;

    safe->denominator = cell(profile, figure->denominator);
    safe->base = cell(profile, figure->base);
    safe->flag = people == 0 ? "z" : people < profile->threshold ? "c" : figure->flag;
    if (people < profile->threshold)
        return true;
    safe->value = to_significant(figure->value, MEAN_DIGITS, false);
    safe->margin = to_significant(figure->margin, MARGIN_DIGITS, true);
    return true;
}

static bool apply_count(const struct disclosure_profile *profile, const struct figure *figure,
                        struct figure *safe, struct fault *fault)
{
    struct amount count = figure->value.here ? figure->value : figure->numerator;

    if (!count.here)
        return fault_set(fault, FAULT_INPUT, "there is no value");
    if (!is_count("value", count, fault))
        return false;
    safe->value = cell(profile, count);
    safe->flag = safe->value.here ? figure->flag : "c";
    return true;
}

/* Flags that stand instead of a value. */
static bool stands_alone(const char *flag)
{
    static const char *const flags[] = {"c", "x", "z", "low", "k"};

    for (size_t i = 0; flag != NULL && i < sizeof flags / sizeof *flags; i++)
        if (strcmp(flag, flags[i]) == 0)
            return true;
    return false;
}

static bool tell_of_people(struct fault *fault)
{
    return fault_set(fault, FAULT_INPUT,
                     "who answers a survey is a person, and the profile none is for figures that "
                     "count no people: use strict");
}

bool disclosure_apply(const struct disclosure_profile *profile, const struct measure *measure,
                      const struct figure *figure, struct figure *safe, struct fault *fault)
{
    *safe = (struct figure){0};
    if (stands_alone(figure->flag)) {
        safe->flag = figure->flag;
        return true;
    }
    if (profile->threshold == 0) {
        if (measure->statistic == STATISTIC_SURVEY_PROPORTION || figure->base.here)
            return tell_of_people(fault);
        *safe = *figure;
        return figure->value.here || fault_set(fault, FAULT_INPUT, "there is no value");
    }
    switch (measure->statistic) {
    case STATISTIC_SCORE:
    case STATISTIC_COST:
        return apply_mean(profile, measure, figure, safe, fault);
    case STATISTIC_COUNT:
        return apply_count(profile, figure, safe, fault);
    default:
        return apply_ratio(profile, measure, figure, safe, fault);
    }
}

/* --- What was published --- */

static bool is_same_amount(struct amount a, struct amount b)
{
    return a.here == b.here && a.integer == b.integer && a.decimals == b.decimals;
}

static bool count_holds(const struct disclosure_profile *profile, const char *name,
                        struct amount count, struct fault *fault)
{
    if (!count.here)
        return true;
    if (!is_count(name, count, fault))
        return false;
    if (is_small(profile, count.integer))
        return fault_set(fault, FAULT_INPUT, "the %s is %lld, and %s hides counts of 1 to %lld",
                         name, (long long)count.integer, profile->name,
                         (long long)profile->threshold - 1);
    return is_same_amount(cell(profile, count), count) ||
           fault_set(fault, FAULT_INPUT, "the %s is %lld, and %s rounds counts to the nearest 5",
                     name, (long long)count.integer, profile->name);
}

/* Are there counts that are published as these, with their value? */
static bool may_be_shown(const struct disclosure_profile *profile, const struct figure *published)
{
    int64_t reach = profile->rounding_base / 2, ways = 2 * reach + 1;

    for (int64_t i = 0; i < ways * ways * ways; i++) {
        struct figure figure = {.numerator = whole(published->numerator.integer - reach + i % ways),
                                .denominator =
                                    whole(published->denominator.integer - reach + i / ways % ways),
                                .base = published->base};
        if (figure.base.here)
            figure.base.integer += i / ways / ways - reach;
        if (figure.numerator.integer >= 0 && figure.base.integer >= 0 &&
            !ratio_is_hidden(profile, &figure))
            return true;
    }
    return false;
}

static bool value_follows(const struct figure *published)
{
    for (size_t i = 0; i < MEASURED_UNITS; i++)
        if (is_same_amount(published->value,
                           ratio(measured_units[i].multiplier, published->numerator.integer,
                                 published->denominator.integer)))
            return true;
    return false;
}

static bool ratio_holds(const struct disclosure_profile *profile, const struct figure *published,
                        struct fault *fault)
{
    if (!published->denominator.here || published->denominator.integer == 0)
        return fault_set(fault, FAULT_INPUT, "there is a numerator and no denominator");
    if (!may_be_shown(profile, published))
        return fault_set(fault, FAULT_INPUT,
                         "%lld of %lld tells of fewer than %lld people, or of all or none of a "
                         "small group, and %s hides it",
                         (long long)published->numerator.integer,
                         (long long)published->denominator.integer, (long long)profile->threshold,
                         profile->name);
    if (!value_follows(published))
        return fault_set(fault, FAULT_INPUT,
                         "the value is not what its counts make: it is worked out from those that "
                         "are published, a percentage of fewer than 4,000 without decimals and any "
                         "other with one");
    return published->margin.decimals <= published->value.decimals ||
           fault_set(fault, FAULT_INPUT, "the margin has more decimals than the value");
}

static bool mean_holds(const struct figure *published, struct fault *fault)
{
    if ((published->base.here && published->base.integer == 0) ||
        (published->denominator.here && published->denominator.integer == 0))
        return fault_set(fault, FAULT_INPUT, "there is a value of nobody");
    if (!is_same_amount(to_significant(published->value, MEAN_DIGITS, false), published->value))
        return fault_set(fault, FAULT_INPUT, "the value has more than %d significant digits",
                         MEAN_DIGITS);
    return is_same_amount(to_significant(published->margin, MARGIN_DIGITS, true),
                          published->margin) ||
           fault_set(fault, FAULT_INPUT, "the margin has more than %d significant digits",
                     MARGIN_DIGITS);
}

/* 0 of 0 is the one figure that has a numerator and no value. */
static bool nothing_holds(const struct figure *published, struct fault *fault)
{
    bool empty = published->denominator.here && published->denominator.integer == 0;

    if (!stands_alone(published->flag))
        return fault_set(fault, FAULT_INPUT, "there is no value and no flag that says why");
    return (!published->margin.here && (!published->numerator.here || empty)) ||
           fault_set(fault, FAULT_INPUT,
                     "the value is hidden, and its numerator or margin is not: they tell it");
}

static bool counts_hold(const struct disclosure_profile *profile, const struct figure *published,
                        struct fault *fault)
{
    return count_holds(profile, "numerator", published->numerator, fault) &&
           count_holds(profile, "denominator", published->denominator, fault) &&
           count_holds(profile, "base", published->base, fault);
}

bool disclosure_holds(const struct disclosure_profile *profile, const struct figure *published,
                      struct fault *fault)
{
    bool rounds_to_zero = published->value.integer == 0 && published->numerator.integer > 0;

    if (profile->threshold == 0)
        return !published->base.here || tell_of_people(fault);
    if (!counts_hold(profile, published, fault))
        return false;
    if (!published->value.here)
        return nothing_holds(published, fault);
    if (stands_alone(published->flag) && !(strcmp(published->flag, "low") == 0 && rounds_to_zero))
        return fault_set(fault, FAULT_INPUT,
                         "the flag %s stands instead of a value, not beside one", published->flag);
    if (published->numerator.here)
        return ratio_holds(profile, published, fault);
    if (published->denominator.here || published->base.here)
        return mean_holds(published, fault);
    return count_holds(profile, "value", published->value, fault);
}

/* --- The counts of a figure --- */

const struct hidden_reason hidden_reasons[HIDDEN_REASONS] = {
    [HIDDEN_SMALL] = {"small", "it is small itself"},
    [HIDDEN_COMPANY] = {"company", "it would tell another that is"},
    [HIDDEN_BEFORE] = {"before", "an earlier release or draft hid it"},
};

const char *const count_names[COUNTS] = {
    [COUNT_OF_BASE] = "base",
    [COUNT_OF_DENOMINATOR] = "denominator",
    [COUNT_ITSELF] = "count",
    [COUNT_OF_REST] = "rest",
};

static struct amount rest_of(const struct measure *measure, const struct figure *figure)
{
    int64_t part = figure->numerator.integer, of = figure->denominator.integer;
    bool any = measure_is_share(measure) && figure->numerator.here && figure->denominator.here &&
               figure->numerator.decimals == 0 && figure->denominator.decimals == 0 && part <= of;

    return (struct amount){any, any ? of - part : 0, 0};
}

static struct amount named_amount(const struct measure *measure, const struct figure *figure,
                                  enum count count)
{
    if (count == COUNT_OF_BASE)
        return figure->base;
    if (count == COUNT_OF_DENOMINATOR)
        return figure->denominator;
    if (count == COUNT_OF_REST)
        return rest_of(measure, figure);
    if (measure_is_mean(measure))
        return figure->base.here ? figure->base : figure->denominator;
    if (measure->statistic == STATISTIC_COUNT && figure->value.here)
        return figure->value;
    return figure->numerator;
}

/* Beside a flag, and where none was asked for, may stand what is no count. */
struct amount count_of(const struct measure *measure, const struct figure *figure, enum count count)
{
    struct amount amount = named_amount(measure, figure, count);

    if (amount.decimals > 0 || amount.integer < 0 || amount.integer > COUNT_MAX)
        return (struct amount){0};
    return amount;
}

struct measure measure_shown(const struct figure *published)
{
    bool alone = !published->denominator.here && !published->base.here;
    bool part = published->numerator.integer <= published->denominator.integer;

    if (published->numerator.here)
        return (struct measure){part ? STATISTIC_PROPORTION : STATISTIC_RATE, 1};
    return (struct measure){published->value.here && alone ? STATISTIC_COUNT : STATISTIC_SCORE, 1};
}

/* --- A value against its counts --- */

/* A share of its multiplier that published files are off by: counts that were rounded to 5, values
 * to a whole number, and weights that were rounded on the way. */
bool figure_agrees(const struct measure *measure, const struct figure *figure)
{
    if (measure_is_mean(measure) || measure->statistic == STATISTIC_COUNT || !figure->value.here ||
        !figure->numerator.here || !figure->denominator.here || figure->denominator.integer <= 0)
        return true;
    double numerator = number_of(figure->numerator), denominator = number_of(figure->denominator);
    double off = number_of(figure->value) - (double)measure->multiplier * numerator / denominator;
    double allowed =
        1.0 + 0.02 * number_of(figure->value) + (double)measure->multiplier * 5.0 / denominator;
    return off <= allowed && -off <= allowed;
}
