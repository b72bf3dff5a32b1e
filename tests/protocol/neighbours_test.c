#include "protocol/neighbours.h"
#include "tests/protocol/csv.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 160

struct table {
    struct like_place places[MOST];
    char texts[MOST][3][80]; /* Code, type and name. */
    size_t count;
};

/* `columns` are those of code, name, type and the usual variables. */
static void table_read(struct table *table, FILE *file, const size_t *columns)
{
    struct csv_row row;

    while (csv_next(file, &row) && table->count < MOST) {
        struct like_place *place = &table->places[table->count];
        static const size_t order[3] = {0, 2, 1};
        for (size_t i = 0; i < 3; i++)
            snprintf(table->texts[table->count][i], 80, "%s", row.cells[columns[order[i]]]);
        place->code = table->texts[table->count][0];
        place->type = table->texts[table->count][1];
        for (size_t v = 0; v < VARIABLES_USUAL; v++)
            if (!csv_number(&row, columns[3 + v], &place->figures[v]))
                place->figures[v] = NAN;
        table->count++;
    }
    fclose(file);
}

static size_t find(const struct table *table, const char *name)
{
    size_t i = 0;

    while (i < table->count && strcmp(table->texts[i][2], name) != 0)
        i++;
    cr_assert_lt(i, table->count, "%s is not in the table", name);
    return i;
}

static struct table *invented(void)
{
    static const size_t columns[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    static struct table table;
    struct csv_row names;
    FILE *file = fopen(SOURCE_DIR "/tests/vectors/neighbours.csv", "r");

    cr_assert_not_null(file);
    csv_next(file, &names);
    table_read(&table, file, columns);
    return &table;
}

/* tests/interop/neighbours.py worked out the other side. */
static void tell(FILE *to, const struct table *table, size_t own, bool class_only)
{
    struct neighbour list[MOST];
    size_t found = neighbours_find(usual_variables, VARIABLES_USUAL, table->places, table->count,
                                   own, class_only, list);

    fprintf(to, "%s %s %zu", table->places[own].code, class_only ? "class" : "all", found);
    for (size_t i = 0; i < found && i < 3; i++)
        fprintf(to, " %s %.6f %.6f", table->places[list[i].place].code, list[i].distance,
                list[i].closeness);
    if (found > 0)
        fprintf(to, " differs");
    for (size_t i = 0; found > 0 && i < list[0].difference_count; i++)
        fprintf(to, " %s", usual_variables[list[0].differs[i]].code);
    fprintf(to, "\n");
}

Test(neighbours, are_those_that_another_implementation_finds)
{
    const struct table *table = invented();
    FILE *expected = fopen(SOURCE_DIR "/tests/vectors/neighbours.txt", "r");
    char *told = NULL, line[512];
    size_t size;

    cr_assert_not_null(expected);
    for (size_t i = 0; i < 2 * table->count; i++) {
        FILE *to = open_memstream(&told, &size);
        tell(to, table, i / 2, i % 2 == 1);
        fclose(to);
        cr_assert_not_null(fgets(line, sizeof line, expected));
        cr_expect_str_eq(told, line);
        free(told);
    }
    cr_expect_null(fgets(line, sizeof line, expected));
    fclose(expected);
}

Test(neighbours, are_never_of_another_nation)
{
    const struct table *table = invented();
    struct neighbour list[MOST];
    size_t own = find(table, "Cwmdu");

    cr_assert_eq(neighbours_find(usual_variables, VARIABLES_USUAL, table->places, table->count, own,
                                 false, list),
                 2);
    for (size_t i = 0; i < 2; i++)
        cr_expect_eq(table->places[list[i].place].code[0], 'W');
}

Test(neighbours, say_how_many_figures_are_missing)
{
    const struct table *table = invented();
    struct neighbour list[MOST];
    size_t own = find(table, "Fenshire"), found;

    found = neighbours_find(usual_variables, VARIABLES_USUAL, table->places, table->count, own,
                            false, list);
    for (size_t i = 0; i < found; i++)
        cr_expect_eq(list[i].missing, 1);
    found = neighbours_find(usual_variables, VARIABLES_USUAL, table->places, table->count,
                            find(table, "Kelder"), false, list);
    for (size_t i = 0; i < found; i++)
        cr_expect_eq(list[i].missing, list[i].place == own ? 1 : 0);
}

Test(neighbours, weigh_what_the_asker_weighs)
{
    const struct table *table = invented();
    struct variable variables[VARIABLES_USUAL];
    struct neighbour plain[MOST], weighed[MOST];
    size_t own = find(table, "Kelder");

    memcpy(variables, usual_variables, sizeof variables);
    for (size_t v = 0; v < VARIABLES_USUAL; v++)
        variables[v].weight = 4;
    neighbours_find(usual_variables, VARIABLES_USUAL, table->places, table->count, own, false,
                    plain);
    neighbours_find(variables, VARIABLES_USUAL, table->places, table->count, own, false, weighed);
    cr_expect(fabs(weighed[0].distance - 2 * plain[0].distance) < 1e-12);
    cr_expect(fabs(weighed[0].closeness - plain[0].closeness) < 1e-12);
    for (size_t v = 0; v < VARIABLES_USUAL; v++)
        variables[v].weight = v == 5 ? 1 : 0;
    neighbours_find(variables, VARIABLES_USUAL, table->places, table->count, own, false, weighed);
    cr_expect_eq(weighed[0].difference_count, 1);
    cr_expect_eq(weighed[0].differs[0], 5);
}

Test(neighbours, classes_are_pools)
{
    cr_expect(same_class("unitary", "metropolitan"));
    cr_expect(same_class("london_borough", "city_of_london"));
    cr_expect_not(same_class("county", "unitary"));
    cr_expect_eq(neighbours_usual("county"), 10);
    cr_expect_eq(neighbours_usual("london_borough"), 10);
    cr_expect_eq(neighbours_usual("metropolitan"), 15);
}

Test(neighbours, a_variable_is_known_by_its_code_or_is_one_of_its_own)
{
    cr_expect(variable_named("density").logarithm);
    cr_expect_str_eq(variable_named("people aged 65 and over").code, "pct_65_plus");
    cr_expect_str_eq(variable_named("median_gross_annual_pay").code, "median_gross_annual_pay");
    cr_expect_not(variable_named("median_gross_annual_pay").logarithm);
}

/* Nottinghamshire among all 151, and among counties. */
Test(neighbours, of_a_real_county_are_the_counties_beside_it)
{
    static const size_t columns[] = {0, 2, 4, 6, 8, 9, 11, 13, 14, 17};
    static struct table table;
    FILE *file = data_open("la_profile_england_cassr151.csv");
    struct neighbour list[MOST];

    if (file == NULL)
        cr_skip_test("1 file is not here: ../shared/data/la_profile_england_cassr151.csv");
    table_read(&table, file, columns);
    size_t own = find(&table, "Nottinghamshire");
    cr_assert_eq(neighbours_find(usual_variables, VARIABLES_USUAL, table.places, table.count, own,
                                 false, list),
                 150);
    cr_expect_str_eq(table.texts[list[0].place][2], "Staffordshire");
    cr_expect_str_eq(table.texts[list[1].place][2], "Derbyshire");
    cr_expect(fabs(list[0].closeness - 0.95) < 0.005 && fabs(list[1].closeness - 0.95) < 0.005,
              "%f %f", list[0].closeness, list[1].closeness);
    cr_assert_eq(neighbours_find(usual_variables, VARIABLES_USUAL, table.places, table.count, own,
                                 true, list),
                 24);
    cr_expect_str_eq(table.texts[list[0].place][2], "Staffordshire");
    cr_expect_str_eq(table.texts[list[1].place][2], "Derbyshire");
    cr_expect(fabs(list[0].closeness - 0.77) < 0.005 && fabs(list[1].closeness - 0.76) < 0.005,
              "%f %f", list[0].closeness, list[1].closeness);
}
