#ifndef CANDOUR_PROTOCOL_COMPARISON_H
#define CANDOUR_PROTOCOL_COMPARISON_H

#include "protocol/yardstick.h"

/* A figure among its like, and since before: what can be said of it, and with what certainty.
 *
 * What always holds: the others' figures have no names here and are in no order; what comes out is
 * their spread, and only where there are COMPARISON_LEAST of them. Level and change are always both
 * there, or it is said why not. */

#define COMPARISON_LEAST 5 /* Others with a figure, before their spread is shown, */
#define FUNNEL_LEAST 10    /* and places with counts, before there is a funnel. */
#define SERIES_MAX 64      /* Points, the last ones. */
#define IMPROVED_MAX 64

struct comparison_request {
    struct yardstick yardstick;
    const char *own;    /* The area; NULL: none is one's own. */
    const char *period; /* NULL: the last one that one's own place has, or else anybody. */
    /* The areas to compare with; NULL: all that are of the same nation as one's own. */
    const char *const *pool;
    size_t pool_count;
    double target; /* NAN: none. */
};

/* Where a figure lies among others, differences that there always are between places considered. */
enum difference {
    DIFFERENCE_UNKNOWN,
    DIFFERENCE_ALIKE, /* Not clearly different. */
    DIFFERENCE_HIGHER,
    DIFFERENCE_LOWER,
    DIFFERENCE_CLEARLY_HIGHER, /* At 99.8 %; the others at 95 %. */
    DIFFERENCE_CLEARLY_LOWER,
};

struct spread {
    size_t count;
    bool shown; /* There are enough: then a quarter lies below, half, and three quarters. */
    double lower, middle, upper;
};

struct comparison {
    char period[21]; /* Empty: there is no figure at all. */

    bool has_own;
    struct known_figure own;
    bool has_interval;
    struct interval interval;

    size_t asked;    /* Places compared with: those of the pool, or all with any figure. */
    size_t without;  /* Of these, with no figure for the period, or a hidden one. */
    size_t public;   /* Figures that nobody signed. */
    size_t doubtful; /* Figures that are flagged: provisional, estimated, ... */
    struct spread level;

    bool has_funnel;
    struct funnel funnel;
    struct interval limits, far_limits; /* At 95 % and 99.8 %, for one's own size. */
    enum difference standing;

    bool has_change;
    struct known_figure before;
    double change;
    bool has_change_interval;
    struct interval change_interval;
    enum difference change_standing;       /* ALIKE, HIGHER, LOWER, or UNKNOWN. */
    struct spread changes;                 /* Of the others, between the same two periods. */
    size_t improved;                       /* How many of them got clearly better; where, */
    char improved_areas[IMPROVED_MAX][10]; /* to look for their lessons. In no order. */

    struct known_figure series[SERIES_MAX]; /* One's own, oldest first, since the last break. */
    size_t points;
    bool broken; /* There are older ones, before a break. */
    bool has_chart;
    struct xmr chart;
    enum xmr_signal signal;
    bool up;
    enum meaning meaning; /* Of the signal; of the change, where there is no chart. */
    bool has_assurance;
    enum assurance assurance;
};

/* Of figures in the order in which each authority said them: of what was revised the last counts,
 * and what a member signed before what is public. `figures` are put into another order. */
void comparison_make(const struct comparison_request *request, struct known_figure *figures,
                     size_t count, struct comparison *comparison);

#endif
