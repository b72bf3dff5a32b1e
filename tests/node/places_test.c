#include "node/places.h"

#include <criterion/criterion.h>
#include <string.h>

static struct fault fault;
static struct places_result result;
static struct buffer told;

static void release(void)
{
    buffer_release(&told);
}

TestSuite(places_file, .fini = release);

static bool tell(void *context, const struct reference_place *place, struct fault *why)
{
    (void)context;
    (void)why;
    buffer_printf(&told, "%s %s (%s, %s):", place->area, place->name, place->type, place->source);
    for (size_t i = 0; i < place->trait_count; i++)
        buffer_printf(&told, " %s %g %s;", place->traits[i].name, place->traits[i].value,
                      place->traits[i].period);
    buffer_append_text(&told, "\n");
    return true;
}

static bool read_text(const char *csv)
{
    FILE *file = fmemopen((void *)csv, strlen(csv), "r");

    buffer_clear(&told);
    fault = (struct fault){0};
    bool done = places_read("t.csv", "made up", file, tell, NULL, &result, &fault);
    fclose(file);
    return done;
}

Test(places_file, has_a_row_for_each_place_and_its_numbers_are_traits)
{
    cr_assert(read_text("gss_code,name,type,region,population_2020,imd2019_avg_score,ruc\n"
                        "E06000014,York,unitary,Yorkshire,210000,12.5,Urban\n"
                        "E10000024,Nottinghamshire,county,East,,15.25,Rural\n"
                        "York,York,unitary,,1,2,\n"
                        "E06000015,Derby,other,East,257000,[x],\n"),
              "%s", fault.text);
    cr_expect_str_eq(buffer_text(&told),
                     "E06000014 York (unitary, made up): population 210000 2020; imd_avg_score 12.5"
                     " 2019;\n"
                     "E10000024 Nottinghamshire (county, made up): imd_avg_score 15.25 2019;\n"
                     "E06000015 Derby (, made up): population 257000 2020;\n");
    cr_expect_eq(result.places, 3);
    cr_expect_eq(result.traits, 4);
    cr_expect_eq(result.refused, 1);
    cr_expect_eq(result.refused_line, 4);
}

Test(places_file, codes_are_nine_capital_letters_and_digits)
{
    cr_expect(is_area_code(bytes_of_text("E10000024")));
    cr_expect_not(is_area_code(bytes_of_text("E1000002")));
    cr_expect_not(is_area_code(bytes_of_text("e10000024")));
    cr_expect_not(is_area_code(bytes_of("E1000002\0", 9)));
    cr_expect_not(is_area_code(bytes_of_text("")));
}

Test(places_file, without_codes_or_figures_is_refused)
{
    cr_expect_not(read_text("name,population\nYork,1\n"));
    cr_expect_not_null(strstr(fault.text, "call it gss_code"), "%s", fault.text);
    cr_expect_not(read_text("gss_code,name\nE06000014,York\n"));
    cr_expect_not_null(strstr(fault.text, "no place with a figure"), "%s", fault.text);
}

Test(places_file, years_are_taken_out_of_names)
{
    static const char *const rows[][3] = {
        {"population_2020", "population", "2020"},
        {"imd2019_avg_score", "imd_avg_score", "2019"},
        {"pct_not_white_british_2021", "pct_not_white_british", "2021"},
        {"pct_0_17", "pct_0_17", ""},
        {"Median pay", "median_pay", ""},
        {"people_20201", "people_20201", ""},
        {"2020", "2020", ""},
        {"code3", "code3", ""},
        {"a_1850", "a_1850", ""},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[61], year[5];
        trait_name(bytes_of_text(rows[i][0]), name, year);
        cr_expect_str_eq(name, rows[i][1]);
        cr_expect_str_eq(year, rows[i][2], "%s: %s", rows[i][0], year);
    }
}

/* The public profiles of England's councils with adult social services. */
Test(places_file, of_england_has_151_places)
{
    FILE *file = fopen(SOURCE_DIR "/../shared/data/la_profile_england_cassr151.csv", "r");

    if (file == NULL)
        cr_skip_test("1 file is not here: ../shared/data/la_profile_england_cassr151.csv");
    cr_expect(places_read("la.csv", "public", file, tell, NULL, &result, &fault), "%s", fault.text);
    fclose(file);
    cr_expect_eq(result.places, 151);
    cr_expect_eq(result.refused, 0);
    cr_expect_not_null(strstr(buffer_text(&told), "E10000024 Nottinghamshire (county, public):"));
    cr_expect_not_null(strstr(buffer_text(&told), " pct_not_white_british "));
}
