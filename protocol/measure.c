#include "protocol/measure.h"

#include <string.h>

const char *const statistic_names[STATISTICS] = {
    [STATISTIC_PROPORTION] = "proportion",
    [STATISTIC_RATE] = "rate",
    [STATISTIC_SURVEY_PROPORTION] = "survey_proportion",
    [STATISTIC_SCORE] = "score",
    [STATISTIC_COST] = "cost",
    [STATISTIC_RATIO] = "ratio",
    [STATISTIC_COUNT] = "count",
};

bool measure_is_mean(const struct measure *measure)
{
    return measure->statistic == STATISTIC_SCORE || measure->statistic == STATISTIC_COST;
}

bool measure_is_share(const struct measure *measure)
{
    return measure->statistic == STATISTIC_PROPORTION ||
           measure->statistic == STATISTIC_SURVEY_PROPORTION;
}

#define ONE(statistic) (1u << (statistic))
#define SHARES                                                                                     \
    (ONE(STATISTIC_PROPORTION) | ONE(STATISTIC_SURVEY_PROPORTION) | ONE(STATISTIC_RATE) |          \
     ONE(STATISTIC_RATIO))

/* A statistic of another kind would be judged by another rule: a percentage that says it is a mean
 * would show what its counts must not. */
const struct measured_unit measured_units[MEASURED_UNITS] = {
    {"percent", 100, STATISTIC_PROPORTION, SHARES},
    {"per_1000", 1000, STATISTIC_RATE, SHARES},
    {"per_10000", 10000, STATISTIC_RATE, SHARES},
    {"per_100000", 100000, STATISTIC_RATE, SHARES},
    {"ratio", 1, STATISTIC_RATIO, SHARES},
    {"score", 1, STATISTIC_SCORE, ONE(STATISTIC_SCORE)},
    {"gbp_per_week", 1, STATISTIC_COST, ONE(STATISTIC_COST)},
    {"gbp_per_hour", 1, STATISTIC_COST, ONE(STATISTIC_COST)},
    {"days", 1, STATISTIC_COUNT, ONE(STATISTIC_COUNT) | ONE(STATISTIC_SCORE)},
    {"count", 1, STATISTIC_COUNT, ONE(STATISTIC_COUNT)},
};

static bool find_statistic(const char *name, enum statistic *statistic)
{
    for (unsigned i = 0; i < STATISTICS; i++)
        if (strcmp(name, statistic_names[i]) == 0) {
            *statistic = (enum statistic)i;
            return true;
        }
    return false;
}

bool measure_of(const char *unit, const char *statistic, struct measure *measure,
                struct fault *fault)
{
    for (size_t i = 0; i < MEASURED_UNITS; i++) {
        if (strcmp(unit, measured_units[i].unit) != 0)
            continue;
        *measure = (struct measure){measured_units[i].as_a_rule, measured_units[i].multiplier};
        if (statistic[0] == '\0')
            return true;
        if (!find_statistic(statistic, &measure->statistic))
            return fault_set(fault, FAULT_INPUT, "statistic \"%.40s\" is not known", statistic);
        if (measured_units[i].allowed & ONE(measure->statistic))
            return true;
        return fault_set(fault, FAULT_INPUT, "the unit %s and the statistic %s do not go together",
                         unit, statistic);
    }
    return fault_set(fault, FAULT_INPUT,
                     "unit \"%.40s\" is not known: it is percent, per_1000, per_10000, per_100000, "
                     "ratio, score, gbp_per_week, gbp_per_hour, days or count",
                     unit);
}
