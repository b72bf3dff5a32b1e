#include "protocol/comparison.h"

#include "protocol/bytes.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- One figure for each place and period --- */

struct indexed {
    struct known_figure figure;
    size_t place; /* In which it came: later ones revise earlier ones. */
};

static int by_area_and_period(const void *a, const void *b)
{
    const struct indexed *left = a, *right = b;
    int order = strcmp(left->figure.area, right->figure.area);

    if (order == 0)
        order = strcmp(left->figure.period, right->figure.period);
    if (order == 0)
        order = (int)right->figure.reference - (int)left->figure.reference;
    return order != 0 ? order : (left->place > right->place) - (left->place < right->place);
}

static bool is_same_key(const struct known_figure *a, const struct known_figure *b)
{
    return strcmp(a->area, b->area) == 0 && strcmp(a->period, b->period) == 0;
}

/* By area and period; what counts of several is the last in that order. Returns how many are left.
 */
static size_t settle(struct known_figure *figures, size_t count)
{
    struct indexed *order = memory_new(count, sizeof *order);
    size_t left = 0;

    for (size_t i = 0; i < count; i++)
        order[i] = (struct indexed){figures[i], i};
    if (count > 1)
        qsort(order, count, sizeof *order, by_area_and_period);
    for (size_t i = 0; i < count; i++) {
        if (left > 0 && is_same_key(&figures[left - 1], &order[i].figure))
            left--;
        figures[left++] = order[i].figure;
    }
    free(order);
    return left;
}

/* --- Periods: those that are written alike are of one length --- */

static bool is_alike(const char *period, const char *other)
{
    for (; *period != '\0' && *other != '\0'; period++, other++)
        if (*period != *other &&
            !(isdigit((unsigned char)*period) && isdigit((unsigned char)*other)))
            return false;
    return *period == *other;
}

struct view {
    const struct comparison_request *request;
    const struct known_figure *figures; /* Settled. */
    size_t count;
    struct comparison *result;
};

static bool is_own(const struct view *view, const struct known_figure *figure)
{
    return view->request->own != NULL && strcmp(figure->area, view->request->own) == 0;
}

/* Of quarter and year the longer name is the shorter time; the last one by name of what is there.
 */
static void choose_period(struct view *view)
{
    const struct comparison_request *request = view->request;
    char *chosen = view->result->period;
    bool own_chosen = false;

    if (request->period != NULL) {
        strncat(chosen, request->period, sizeof view->result->period - 1);
        return;
    }
    for (size_t i = 0; i < view->count; i++) {
        const struct known_figure *figure = &view->figures[i];
        bool own = is_own(view, figure);
        if (!figure_has_value(figure) || (own_chosen && !own))
            continue;
        if ((own && !own_chosen) || strcmp(figure->period, chosen) > 0)
            memcpy(chosen, figure->period, sizeof figure->period);
        own_chosen = own_chosen || own;
    }
}

/* --- Series --- */

static bool breaks(const struct known_figure *before, const struct known_figure *figure)
{
    return strcmp(figure->flag, "b") == 0 ||
           (before->version[0] != '\0' && figure->version[0] != '\0' &&
            strcmp(before->version, figure->version) != 0);
}

/* A place's figures of the chosen kind of period, up to the chosen one, since the last break.
 * `*broken`: there were others before that. */
static size_t series_of(const struct view *view, const char *area,
                        struct known_figure series[SERIES_MAX], bool *broken)
{
    const char *period = view->result->period;
    size_t points = 0;

    *broken = false;
    for (size_t i = 0; i < view->count; i++) {
        const struct known_figure *figure = &view->figures[i];
        if (strcmp(figure->area, area) != 0 || !is_alike(figure->period, period) ||
            strcmp(figure->period, period) > 0 || !figure_has_value(figure))
            continue;
        if (points > 0 && breaks(&series[points - 1], figure)) {
            points = 0;
            *broken = true;
        }
        if (points == SERIES_MAX)
            memmove(series, series + 1, --points * sizeof *series);
        series[points++] = *figure;
    }
    return points;
}

/* --- Changes --- */

struct change {
    double by;
    bool has_interval;
    struct interval interval;
};

static struct change change_between(const struct yardstick *yardstick,
                                    const struct known_figure *before,
                                    const struct known_figure *after)
{
    struct change change = {.by = after->value - before->value};
    double first, second;

    change.has_interval =
        figure_error(yardstick, before, &first) && figure_error(yardstick, after, &second);
    if (change.has_interval)
        change.interval =
            difference_interval(before->value, first, after->value, second, NORMAL_95);
    return change;
}

static enum difference standing_of_change(const struct change *change)
{
    if (!change->has_interval)
        return DIFFERENCE_UNKNOWN;
    if (change->interval.low > 0)
        return DIFFERENCE_HIGHER;
    return change->interval.high < 0 ? DIFFERENCE_LOWER : DIFFERENCE_ALIKE;
}

static enum meaning meaning_of_change(const struct better *better, const struct change *change,
                                      double value)
{
    enum difference standing = standing_of_change(change);

    if (standing != DIFFERENCE_HIGHER && standing != DIFFERENCE_LOWER)
        return MEANING_NEITHER;
    return meaning_of(better, value, standing == DIFFERENCE_HIGHER);
}

/* --- One's own --- */

static void look_at_chart(const struct view *view)
{
    struct comparison *result = view->result;
    const struct better *better = &view->request->yardstick.better;
    double values[SERIES_MAX];

    for (size_t i = 0; i < result->points; i++)
        values[i] = result->series[i].value;
    result->has_chart = true;
    result->chart = xmr_of(values, result->points < XMR_LOCKED ? result->points : XMR_LOCKED, true);
    result->signal =
        xmr_signal_at(&result->chart, values, result->points, result->points - 1, &result->up);
    result->meaning = result->signal == XMR_NONE
                          ? MEANING_NEITHER
                          : meaning_of(better, result->own.value, result->up);
    result->has_assurance = !isnan(view->request->target) && (better->polarity == POLARITY_HIGHER ||
                                                              better->polarity == POLARITY_LOWER);
    if (result->has_assurance)
        result->assurance = xmr_assurance(&result->chart, view->request->target,
                                          better->polarity == POLARITY_HIGHER);
}

static void look_at_own_change(const struct view *view)
{
    struct comparison *result = view->result;
    const struct yardstick *yardstick = &view->request->yardstick;

    result->before = result->series[result->points - 2];
    struct change change = change_between(yardstick, &result->before, &result->own);
    result->has_change = true;
    result->change = change.by;
    result->has_change_interval = change.has_interval;
    result->change_interval = change.interval;
    result->change_standing = standing_of_change(&change);
    result->meaning = meaning_of_change(&yardstick->better, &change, result->own.value);
}

static void look_at_own(const struct view *view)
{
    struct comparison *result = view->result;

    if (view->request->own == NULL)
        return;
    result->points = series_of(view, view->request->own, result->series, &result->broken);
    if (result->points == 0 ||
        strcmp(result->series[result->points - 1].period, result->period) != 0)
        return;
    result->has_own = true;
    result->own = result->series[result->points - 1];
    result->has_interval =
        figure_interval(&view->request->yardstick, &result->own, NORMAL_95, &result->interval);
    if (result->points >= 2)
        look_at_own_change(view);
    if (result->points >= XMR_LEAST)
        look_at_chart(view);
}

/* --- The others --- */

static bool is_asked(const struct view *view, const char *area)
{
    const struct comparison_request *request = view->request;

    if (request->own != NULL && strcmp(area, request->own) == 0)
        return false;
    if (request->pool == NULL)
        return request->own == NULL || area[0] == request->own[0];
    for (size_t i = 0; i < request->pool_count; i++)
        if (strcmp(area, request->pool[i]) == 0)
            return true;
    return false;
}

static struct spread spread_of(double *values, size_t count)
{
    struct spread spread = {.count = count, .shown = count >= COMPARISON_LEAST};

    if (!spread.shown)
        return spread;
    numbers_sort(values, count);
    spread.lower = quantile(values, count, 0.25);
    spread.middle = quantile(values, count, 0.5);
    spread.upper = quantile(values, count, 0.75);
    return spread;
}

struct crowd {
    double *levels, *changes;
    struct funnel_point *points;
    size_t level_count, change_count, point_count;
};

static enum funnel_kind funnel_kind_of(const struct yardstick *yardstick)
{
    switch (yardstick->statistic) {
    case STATISTIC_SCORE:
    case STATISTIC_COST:
        return FUNNEL_MEAN;
    default:
        return yardstick_is_share(yardstick) ? FUNNEL_PROPORTION : FUNNEL_RATE;
    }
}

/* A raw count is of a size that nobody chose, so counts stand in no funnel. */
static bool funnel_point_of(const struct yardstick *yardstick, const struct known_figure *figure,
                            struct funnel_point *point)
{
    if (funnel_kind_of(yardstick) != FUNNEL_MEAN)
        return figure_counts(yardstick, figure, point);
    *point = (struct funnel_point){figure->value, figure->margin / NORMAL_95};
    return funnel_takes(FUNNEL_MEAN, point);
}

static void add_change(const struct view *view, struct crowd *crowd,
                       const struct known_figure *series, size_t points)
{
    const struct comparison *result = view->result;
    const struct yardstick *yardstick = &view->request->yardstick;
    const struct known_figure *after = &series[points - 1];

    if (points < 2 ||
        (result->has_change && strcmp(series[points - 2].period, result->before.period) != 0))
        return;
    struct change change = change_between(yardstick, &series[points - 2], after);
    crowd->changes[crowd->change_count++] = change.by;
    if (meaning_of_change(&yardstick->better, &change, after->value) != MEANING_IMPROVEMENT)
        return;
    if (view->result->improved < IMPROVED_MAX)
        memcpy(view->result->improved_areas[view->result->improved], after->area,
               sizeof after->area);
    view->result->improved++;
}

static void add_place(const struct view *view, struct crowd *crowd, const char *area)
{
    struct comparison *result = view->result;
    struct known_figure series[SERIES_MAX];
    bool broken;
    size_t points = series_of(view, area, series, &broken);

    if (points == 0 || strcmp(series[points - 1].period, result->period) != 0)
        return;
    const struct known_figure *figure = &series[points - 1];
    crowd->levels[crowd->level_count++] = figure->value;
    result->public += figure->reference;
    result->doubtful += figure->flag[0] != '\0';
    if (funnel_point_of(&view->request->yardstick, figure, &crowd->points[crowd->point_count]))
        crowd->point_count++;
    add_change(view, crowd, series, points);
}

static enum difference standing_in(double value, struct interval limits, struct interval far)
{
    if (value > far.high)
        return DIFFERENCE_CLEARLY_HIGHER;
    if (value < far.low)
        return DIFFERENCE_CLEARLY_LOWER;
    if (value > limits.high)
        return DIFFERENCE_HIGHER;
    return value < limits.low ? DIFFERENCE_LOWER : DIFFERENCE_ALIKE;
}

static struct interval times(struct interval interval, double by)
{
    return (struct interval){interval.low * by, interval.high * by};
}

/* One's own place is in the funnel too: it is among what all have in common. */
static void look_through_funnel(const struct view *view, struct crowd *crowd)
{
    struct comparison *result = view->result;
    const struct yardstick *yardstick = &view->request->yardstick;
    enum funnel_kind kind = funnel_kind_of(yardstick);
    double by = kind == FUNNEL_MEAN ? 1 : yardstick->multiplier;
    struct funnel_point own;

    if (!result->has_own || !funnel_point_of(yardstick, &result->own, &own))
        return;
    crowd->points[crowd->point_count++] = own;
    if (crowd->point_count < FUNNEL_LEAST)
        return;
    result->has_funnel = true;
    result->funnel = funnel_of(kind, crowd->points, crowd->point_count);
    result->limits = times(funnel_limits(&result->funnel, own.n, NORMAL_95), by);
    result->far_limits = times(funnel_limits(&result->funnel, own.n, NORMAL_998), by);
    result->standing =
        standing_in(funnel_value(kind, &own) * by, result->limits, result->far_limits);
}

static void look_at_others(const struct view *view)
{
    struct comparison *result = view->result;
    size_t room = view->count + 1, places = 0;
    struct crowd crowd = {.levels = memory_new(room, sizeof(double)),
                          .changes = memory_new(room, sizeof(double)),
                          .points = memory_new(room, sizeof *crowd.points)};

    for (size_t i = 0; i < view->count; i++) {
        const char *area = view->figures[i].area;
        if ((i > 0 && strcmp(view->figures[i - 1].area, area) == 0) || !is_asked(view, area))
            continue;
        places++;
        add_place(view, &crowd, area);
    }
    result->asked = view->request->pool == NULL ? places : view->request->pool_count;
    result->without = result->asked - crowd.level_count;
    result->level = spread_of(crowd.levels, crowd.level_count);
    result->changes = spread_of(crowd.changes, crowd.change_count);
    look_through_funnel(view, &crowd);
    free(crowd.levels);
    free(crowd.changes);
    free(crowd.points);
}

void comparison_make(const struct comparison_request *request, struct known_figure *figures,
                     size_t count, struct comparison *comparison)
{
    *comparison = (struct comparison){0};
    struct view view = {.request = request,
                        .figures = figures,
                        .count = settle(figures, count),
                        .result = comparison};

    choose_period(&view);
    if (comparison->period[0] == '\0')
        return;
    look_at_own(&view);
    look_at_others(&view);
}
