#ifndef CANDOUR_NODE_PLACES_H
#define CANDOUR_NODE_PLACES_H

#include "store/store.h"

#include <stdio.h>

/* What kind of places there are, from a public file with a row for each place.
 *
 * One column has the area's code: gss_code, ons_code, area_code or area. `name` and `type` are read
 * where they are there. Every other column whose cells are numbers is a trait of that name, with
 * the year taken out of it: imd2019_avg_score is imd_avg_score of 2019, population_2020 is
 * population of 2020. Other columns are passed over. */

#define TRAITS_MAX 200

struct places_result {
    uint32_t places, traits; /* That were kept. */
    uint32_t refused;        /* Rows that could not be used; the first of them: */
    uint32_t refused_line;
    char refused_why[160];
};

/* Read to the end, place by place. */
typedef bool places_hear(void *context, const struct reference_place *place, struct fault *fault);
bool places_read(const char *name, const char *source, FILE *file, places_hear *hear, void *context,
                 struct places_result *result, struct fault *fault);

/* Is it such as E10000024? */
#define AREA_CODE_SIZE 9
bool is_area_code(struct bytes text);

/* "imd2019_avg_score" to "imd_avg_score" and "2019"; `year` is empty where there is none. */
void trait_name(struct bytes column, char name[61], char year[5]);

#endif
