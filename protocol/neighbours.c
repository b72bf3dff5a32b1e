#include "protocol/neighbours.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct variable usual_variables[VARIABLES_USUAL] = {
    {"population", "population", true, 1},
    {"density", "people per square kilometre", true, 1},
    {"pct_0_17", "people aged 0 to 17", false, 1},
    {"pct_65_plus", "people aged 65 and over", false, 1},
    {"pct_not_white_british", "people who are not White British", false, 1},
    {"imd_avg_score", "deprivation", false, 1},
    {"pct_pop_urban", "people in urban areas", false, 1},
};

struct variable variable_named(const char *name)
{
    for (size_t i = 0; i < VARIABLES_USUAL; i++)
        if (strcmp(name, usual_variables[i].code) == 0 ||
            strcmp(name, usual_variables[i].means) == 0)
            return usual_variables[i];
    return (struct variable){.code = name, .means = name, .weight = 1};
}

/* --- Classes --- */

/* Types that stand for one class; others stand for themselves. */
static const char *class_of(const char *type)
{
    if (strcmp(type, "metropolitan") == 0)
        return "unitary";
    return strcmp(type, "city_of_london") == 0 ? "london_borough" : type;
}

bool same_class(const char *type, const char *other)
{
    return strcmp(class_of(type), class_of(other)) == 0;
}

size_t neighbours_usual(const char *type)
{
    return same_class(type, "county") || same_class(type, "london_borough") ? 10 : 15;
}

/* --- Standard scores --- */

static bool is_like_nobody(const char *code)
{
    return strcmp(code, "E09000001") == 0 || strcmp(code, "E06000053") == 0;
}

static double measured(const struct variable *variable, double figure)
{
    if (!variable->logarithm)
        return figure;
    return figure > 0 ? log(figure) : NAN;
}

struct scale {
    double mean, deviation;
};

/* Of one variable over the places of a nation. */
static struct scale scale_of(const struct variable *variable, size_t at,
                             const struct like_place *places, size_t count, char nation)
{
    double sum = 0, squares = 0, all = 0;

    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < count; i++) {
            double x = measured(variable, places[i].figures[at]);
            if (isnan(x) || places[i].code[0] != nation || is_like_nobody(places[i].code))
                continue;
            if (pass == 0) {
                sum += x;
                all++;
            } else {
                squares += (x - sum / all) * (x - sum / all);
            }
        }
    if (all == 0)
        return (struct scale){0, 0};
    return (struct scale){sum / all, sqrt(squares / all)};
}

static double score(const struct variable *variable, struct scale scale, double figure)
{
    double x = measured(variable, figure);

    return isnan(x) || scale.deviation == 0 ? 0 : (x - scale.mean) / scale.deviation;
}

/* --- Neighbours --- */

/* Put a variable where it belongs among those that make most of the distance. */
static void note_difference(struct neighbour *neighbour, const double *parts, size_t variable)
{
    size_t at = neighbour->difference_count;

    while (at > 0 && parts[neighbour->differs[at - 1]] < parts[variable])
        at--;
    if (at == DIFFERENCES_MAX)
        return;
    size_t last = neighbour->difference_count < DIFFERENCES_MAX ? neighbour->difference_count++
                                                                : DIFFERENCES_MAX - 1;
    for (size_t i = last; i > at; i--)
        neighbour->differs[i] = neighbour->differs[i - 1];
    neighbour->differs[at] = variable;
}

static struct neighbour neighbour_at(const struct variable *variables, const struct scale *scales,
                                     size_t variable_count, const struct like_place *places,
                                     size_t own, size_t other)
{
    struct neighbour neighbour = {.place = other};
    double parts[VARIABLES_MAX], sum = 0;

    for (size_t v = 0; v < variable_count; v++) {
        double mine = places[own].figures[v], theirs = places[other].figures[v];
        double apart =
            score(&variables[v], scales[v], mine) - score(&variables[v], scales[v], theirs);
        parts[v] = variables[v].weight * apart * apart;
        sum += parts[v];
        neighbour.missing +=
            isnan(measured(&variables[v], mine)) || isnan(measured(&variables[v], theirs));
        if (parts[v] > 0)
            note_difference(&neighbour, parts, v);
    }
    neighbour.distance = sqrt(sum);
    return neighbour;
}

/* Neighbours and the places that they are among: qsort() has no context. */
struct ranked {
    struct neighbour neighbour;
    const char *code;
};

static int by_distance(const void *a, const void *b)
{
    const struct ranked *left = a, *right = b;
    double apart = left->neighbour.distance - right->neighbour.distance;

    return apart < 0 ? -1 : apart > 0 ? 1 : strcmp(left->code, right->code);
}

size_t neighbours_find(const struct variable *variables, size_t variable_count,
                       const struct like_place *places, size_t count, size_t own, bool class_only,
                       struct neighbour *list)
{
    assert(variable_count <= VARIABLES_MAX && own < count);
    struct ranked *ranked = memory_new(count, sizeof *ranked);
    struct scale scales[VARIABLES_MAX];
    size_t found = 0;

    for (size_t v = 0; v < variable_count; v++)
        scales[v] = scale_of(&variables[v], v, places, count, places[own].code[0]);
    for (size_t i = 0; i < count; i++)
        if (i != own && places[i].code[0] == places[own].code[0] &&
            (!class_only || same_class(places[i].type, places[own].type)))
            ranked[found++] = (struct ranked){
                neighbour_at(variables, scales, variable_count, places, own, i), places[i].code};
    if (found > 1)
        qsort(ranked, found, sizeof *ranked, by_distance);
    double farthest = found == 0 ? 0 : ranked[found - 1].neighbour.distance;
    for (size_t i = 0; i < found; i++) {
        list[i] = ranked[i].neighbour;
        list[i].closeness = farthest == 0 ? 1 : 1 - list[i].distance / farthest;
    }
    free(ranked);
    return found;
}
