#ifndef CANDOUR_PROTOCOL_MEASURE_H
#define CANDOUR_PROTOCOL_MEASURE_H

#include "protocol/bytes.h"
#include "protocol/fault.h"

/* What a number of an indicator is: by which rule it is judged follows from it. */

enum statistic {
    STATISTIC_PROPORTION,
    STATISTIC_RATE,
    STATISTIC_SURVEY_PROPORTION,
    STATISTIC_SCORE,
    STATISTIC_COST,
    STATISTIC_RATIO,
    STATISTIC_COUNT,
    STATISTICS
};
extern const char *const statistic_names[STATISTICS];

struct measure {
    enum statistic statistic;
    int64_t multiplier; /* 100 for a percentage, 100000, ...; 1 for a plain ratio. */
};

bool measure_is_mean(const struct measure *measure);
bool measure_is_share(
    const struct measure *measure); /* The numerator is part of the denominator. */

struct measured_unit {
    const char *unit; /* A word of `units`. */
    int64_t multiplier;
    enum statistic as_a_rule;
    unsigned allowed; /* A bit for each statistic. */
};
#define MEASURED_UNITS 10
extern const struct measured_unit measured_units[MEASURED_UNITS];

/* What an indicator's definition says: `unit` and `stat_type` ("" where it says none). FAULT_INPUT
 * when they do not go together. */
bool measure_of(const char *unit, const char *statistic, struct measure *measure,
                struct fault *fault);

#endif
