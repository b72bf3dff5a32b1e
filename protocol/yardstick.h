#ifndef CANDOUR_PROTOCOL_YARDSTICK_H
#define CANDOUR_PROTOCOL_YARDSTICK_H

#include "protocol/disclosure.h"
#include "protocol/form.h"
#include "protocol/funnel.h"
#include "protocol/known_figure.h"
#include "protocol/xmr.h"

/* What a code measures, from its definition, and what that makes of one figure. */

struct yardstick {
    enum statistic statistic;
    double multiplier; /* What numerator / denominator is multiplied by. */
    struct better better;
};
struct yardstick yardstick_of(const struct document *definition);

/* A part of a whole: its numerator is within its denominator. */
bool yardstick_is_share(const struct yardstick *yardstick);

/* Two definitions of one code are of the same thing where this is the same: unit, statistic,
 * multiplier, kind of period, numerator and denominator, capitals and spaces aside. Names change
 * every year, and which way is better may be contested. */
struct digest indicator_meaning(const struct document *definition);

/* Has it a value? Not where it is hidden or there is none. */
bool figure_has_value(const struct known_figure *figure);

/* Its count and what that is of, where it came with counts: of a survey, of those who answered. */
bool figure_counts(const struct yardstick *yardstick, const struct known_figure *figure,
                   struct funnel_point *point);

/* The interval that chance leaves it; false where neither counts nor a margin came with it. */
bool figure_interval(const struct yardstick *yardstick, const struct known_figure *figure, double z,
                     struct interval *interval);

/* Half of its 95 % interval, as a standard error. */
bool figure_error(const struct yardstick *yardstick, const struct known_figure *figure,
                  double *error);

#endif
