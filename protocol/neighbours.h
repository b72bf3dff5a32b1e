#ifndef CANDOUR_PROTOCOL_NEIGHBOURS_H
#define CANDOUR_PROTOCOL_NEIGHBOURS_H

#include "protocol/bytes.h"

#include <stddef.h>

/* Like with like: which places are most like one's own, and in what they differ.
 *
 *   x'   ln x of a population or a density, else x
 *   z    (x' - mean) / standard deviation, both over all places of one's nation that have the
 *        figure, but the City of London and the Isles of Scilly, which are like nobody (they are
 *        placed all the same); 0 where the figure is missing, and the neighbour says so
 *   d    √ Σ w (z - z')² over the variables, w being a variable's weight
 *   closeness   1 - d / the largest d there is
 *
 * After CIPFA's nearest neighbours: what counts is what kind of place it is, never how it performs
 * or what it spends. Indices of deprivation are each nation's own, so only places of one nation are
 * compared. Likeness is seen from one place: to be the nearest is not mutual. */

struct variable {
    const char *code;  /* "pct_65_plus", as reference profiles and members' profiles name it. */
    const char *means; /* "people aged 65 and over" */
    bool logarithm;
    double weight; /* 1 as a rule. */
};

#define VARIABLES_MAX 16
#define VARIABLES_USUAL 7
extern const struct variable usual_variables[VARIABLES_USUAL];

/* The one that a person means by a code, by what it means or by its name in a profile; of those
 * that are not usual ones a variable of their own by that name. Weight 1. */
struct variable variable_named(const char *name);

struct like_place {
    const char *code;              /* GSS; its first letter is the nation. */
    const char *type;              /* A word of `authority_types`. */
    double figures[VARIABLES_MAX]; /* In the order of the variables; NAN: missing. */
};

/* Are places of these types compared where only the same class is? */
bool same_class(const char *type, const char *other);

/* How many neighbours are usual: 10 among counties and London boroughs, which are few, else 15. */
size_t neighbours_usual(const char *type);

#define DIFFERENCES_MAX 3
struct neighbour {
    size_t place;
    double distance, closeness;
    size_t missing; /* How many figures either of the two lacks. */
    /* The variables that make most of the distance, the greatest first. */
    size_t differs[DIFFERENCES_MAX];
    size_t difference_count;
};

/* All places with which places[own] is compared, the nearest first, and by code where two are as
 * near; returns how many. `list` has room for `count`. `class_only`: those of its class alone. */
size_t neighbours_find(const struct variable *variables, size_t variable_count,
                       const struct like_place *places, size_t count, size_t own, bool class_only,
                       struct neighbour *list);

#endif
