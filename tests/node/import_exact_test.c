#include "node/import.h"
#include "node/ledger.h"
#include "protocol/text.h"
#include "tests/support/chance.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Counts that are published as they are: with their totals, and with what was published before. */

#define COUNTED                                                                                    \
    "framework = \"F\"\nprofile = \"exact_totals\"\nunit = \"count\"\n"                            \
    "columns { code = \"code\" disaggregation = \"group\" value = \"n\" }\n"
#define YEAR COUNTED "period = \"2023-24\"\n"
#define HEADER "code,group,n\n"

static struct fault fault;
static struct ledger ledger;
static struct buffer told;

static void forget(void)
{
    ledger_release(&ledger);
    buffer_release(&told);
}

TestSuite(import_exact, .fini = forget);

static void tell_rows(const struct document *snapshot)
{
    for (size_t k = 0; k < document_count(snapshot, "rows"); k += 8) {
        for (size_t i = 1; i < 8; i++) {
            struct bytes cell = document_item(snapshot, "rows", k + i);
            if (cell.size > 0)
                buffer_printf(&told, "%s%.*s", i == 1 ? "" : " ", (int)cell.size,
                              (const char *)cell.data);
        }
        buffer_append_text(&told, "\n");
    }
}

static void add_to_ledger(const struct document *snapshot, const char *where)
{
    struct ledger_place place = {.draft = bytes_begin(bytes_of_text(where), "draft")};

    snprintf(place.text, sizeof place.text, "%s", where);
    ledger_add(&ledger, snapshot, "F", &place);
}

/* What is published of a file, row by row, or why nothing is; what it says is in the ledger from
 * then on, as `where`, if that is not NULL. */
static const char *published(const char *map_text, const char *csv, const char *where)
{
    struct import_map *map = import_map_parse("t.map.conf", map_text, &fault);
    struct import_result result;
    struct import_request request = {
        .map = map, .file_name = "t.csv", .area = "E06000014", .ledger = &ledger};
    FILE *file = fmemopen((void *)csv, strlen(csv), "r");

    buffer_clear(&told);
    cr_assert_not_null(map, "%s", fault.text);
    bool done = import_table(&request, file, &result, &fault);
    if (!done)
        buffer_printf(&told, "%s\n", fault.text);
    for (size_t i = 0; done && i < result.snapshot_count; i++) {
        tell_rows(result.snapshots[i]);
        if (where != NULL)
            add_to_ledger(result.snapshots[i], where);
    }
    if (done && result.company + result.stay_hidden > 0)
        buffer_printf(&told, "company %u, as before %u\n", result.company, result.stay_hidden);
    for (size_t i = 0; done && i < result.refusal_count; i++)
        buffer_printf(&told, "%u: %s\n", result.refusals[i].line, result.refusals[i].why);
    import_result_release(&result);
    import_map_free(map);
    fclose(file);
    return buffer_text(&told);
}
#define EXPECT(map, csv, expected)                                                                 \
    cr_expect_str_eq(published(map, csv, NULL), expected, "got:\n%s", buffer_text(&told))
#define PUBLISH(map, csv, where, expected)                                                         \
    cr_expect_str_eq(published(map, csv, where), expected, "got:\n%s", buffer_text(&told))

Test(import_exact, hides_what_would_tell_a_small_part_of_a_total)
{
    EXPECT(YEAR, HEADER "A,Under 18,2\nA,18-64,14\nA,65-84,9\nA,85 and over,30\nA,Total,55\n",
           "Under 18 c\n18-64 14\n65-84 c\n85 and over 30\nTotal 55\ncompany 1, as before 0\n");
    /* Another code is another table. */
    EXPECT(YEAR, HEADER "A,x,2\nA,y,14\nB,x,9\nB,y,30\nB,all,39\n",
           "x c\ny 14\nx 9\ny 30\nall 39\n");
}

Test(import_exact, hides_no_more_where_there_is_no_total)
{
    EXPECT(YEAR, HEADER "A,Female,2\nA,Male,14\n", "Female c\nMale 14\n");
}

/* Whatever it is called, a reader sees that it is the sum of the others. */
Test(import_exact, knows_a_total_by_its_numbers)
{
    static const char *const names[] = {"Totals", "Grand Total", "All wards", "All people",
                                        "Borough"};
    char csv[200], expected[200];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(csv, sizeof csv, HEADER "A,North,4\nA,South,12\nA,East,0\nA,West,20\nA,%s,36\n",
                 names[i]);
        snprintf(expected, sizeof expected,
                 "North c\nSouth c\nEast 0\nWest 20\n%s 36\ncompany 1, as before 0\n", names[i]);
        EXPECT(YEAR, csv, expected);
    }
    /* One that came hidden counts few, and the total would tell how few. */
    EXPECT(YEAR, HEADER "A,North,[c]\nA,South,12\nA,West,20\nA,Borough,34\n",
           "North c\nSouth c\nWest 20\nBorough 34\ncompany 1, as before 0\n");
    /* Other people are no total. */
    EXPECT(YEAR, HEADER "A,Asian,4\nA,White,12\nA,All other,40\n",
           "Asian c\nWhite 12\nAll other 40\n");
}

/* All are shares of the same people. */
Test(import_exact, looks_for_sums_in_numerators_alone_too)
{
    static const char map[] =
        "framework = \"F\"\nprofile = \"exact_totals\"\nunit = \"percent\"\nperiod = \"2023-24\"\n"
        "columns { code = \"code\" disaggregation = \"group\" value = \"v\" numerator = \"n\" "
        "denominator = \"d\" }\n";

    EXPECT(map, "code,group,v,n,d\nA,x,,3,150\nA,y,,20,150\nA,z,,30,150\nA,any,,53,150\n",
           "x 150 c\ny 150 c\nz 20 30 150\nany 35 53 150\ncompany 1, as before 0\n");
}

Test(import_exact, takes_from_the_mapping_what_adds_up)
{
    static const char two[] = YEAR "total { is = \"Total\" of = {\"Female\", \"Male\"} }\n"
                                   "total { is = \"total\" of = {\"18-64\", \"65 and over\"} }\n";

    EXPECT(two, HEADER "A,Total,55\nA,Female,3\nA,Male,52\nA,18-64,25\nA,65 and over,30\n",
           "Total 55\nFemale c\nMale c\n18-64 25\n65 and over 30\ncompany 1, as before 0\n");
    EXPECT(YEAR, HEADER "A,Total,55\nA,Female,3\nA,Male,52\nA,18-64,25\n",
           "t.csv:2: rule of totals: the count of A Total is 55, and its parts make 80: say in "
           "t.map.conf which of them add up, total { is = ... of = {...} }, or import with profile "
           "= \"strict\", which needs no sums\n");
}

/* A mapping may leave out what adds up, and a reader does not. */
Test(import_exact, lets_out_no_total_that_tells_of_what_the_mapping_leaves_out)
{
    EXPECT(
        YEAR "total { is = \"Total\" of = {\"Female\", \"Male\"} }\n",
        HEADER "A,Total,100\nA,Female,40\nA,Male,60\nA,18-64,3\nA,65 and over,97\n",
        "t.map.conf: \"A Total\": its count less what its parts show leaves 3, which tells of few. "
        "Say in the mapping of its import what adds up (total), or import with profile = "
        "\"strict\"\n");
}

/* Three people are of neither sex that the file has: a reader could count them. */
Test(import_exact, hides_a_part_where_the_rest_of_a_total_is_small)
{
    EXPECT(YEAR, HEADER "A,Total,55\nA,Female,20\nA,Male,32\n",
           "Total 55\nFemale c\nMale 32\ncompany 1, as before 0\n");
    EXPECT(YEAR, HEADER "A,Total,55\nA,Female,20\nA,Male,30\n", "Total 55\nFemale 20\nMale 30\n");
}

Test(import_exact, reads_breakdowns_from_several_columns)
{
    static const char map[] =
        "framework = \"F\"\nprofile = \"exact_totals\"\nunit = \"count\"\nperiod = \"2023-24\"\n"
        "columns { code = \"code\" disaggregation = \"sex\" disaggregation_2 = \"age\" "
        "value = \"n\" }\n";

    EXPECT(map,
           "code,sex,age,n\nA,F,old,2\nA,F,young,14\nA,F,,16\nA,M,old,9\nA,M,young,30\nA,M,,39\n"
           "A,,old,11\nA,,young,44\nA,,,55\nA,X / Y,old,9\n",
           "F / old c\nF / young c\nF / all 16\nM / old c\nM / young c\nM / all 39\n"
           "all / old 11\nall / young 44\nall / all 55\ncompany 3, as before 0\n"
           "11: \" / \" stands between breakdowns and must not be in one: write it without the "
           "spaces\n");
}

Test(import_exact, looks_at_numerators_and_denominators)
{
    static const char map[] =
        "framework = \"F\"\nprofile = \"exact_totals\"\nunit = \"percent\"\nperiod = \"2023-24\"\n"
        "columns { code = \"code\" disaggregation = \"group\" value = \"v\" numerator = \"n\" "
        "denominator = \"d\" }\n";

    /* A small numerator; what is left of the denominator; a small denominator. */
    EXPECT(map, "code,group,v,n,d\nA,F,,3,40\nA,M,,20,50\nA,X,,30,60\nA,all,,53,150\n",
           "F 40 c\nM 50 c\nX 50 30 60\nall 35 53 150\ncompany 1, as before 0\n");
    EXPECT(map, "code,group,v,n,d\nA,F,,37,40\nA,M,,20,50\nA,X,,30,60\nA,all,,87,150\n",
           "F 40 c\nM 50 c\nX 50 30 60\nall 58 87 150\ncompany 1, as before 0\n");
    EXPECT(map, "code,group,v,n,d\nA,F,,1,3\nA,M,,20,50\nA,X,,30,60\nA,all,,51,113\n",
           "F c\nM c\nX 50 30 60\nall 45 51 113\ncompany 1, as before 0\n");
}

/* Such a row is hidden, and what stands in it beside that was not looked at. */
/* 13 of the 17 in a and b, and so 4 who did not. */
Test(import_exact, looks_at_what_numerators_leave_of_their_denominators)
{
    static const char map[] =
        "framework = \"F\"\nprofile = \"exact_totals\"\nunit = \"percent\"\nperiod = \"2023-24\"\n"
        "columns { code = \"code\" disaggregation = \"group\" value = \"v\" numerator = \"n\" "
        "denominator = \"d\" }\n";

    EXPECT(map, "code,group,v,n,d\nA,a,,3,5\nA,b,,10,12\nA,c,,30,60\nA,Total,,43,77\n",
           "a 5 c\nb 12 c\nc 60 c\nTotal 56 43 77\ncompany 1, as before 0\n");
    EXPECT(map, "code,group,v,n,d\nA,a,,3,10\nA,b,,10,12\nA,c,,30,60\nA,Total,,43,82\n",
           "a 10 c\nb 12 c\nc 50 30 60\nTotal 52 43 82\n");
    /* Where all is hidden, nobody knows of how many they are. */
    EXPECT(map, "code,group,v,n,d\nA,a,,2,2\nA,b,,2,2\nA,Total,,4,4\n", "a c\nb c\nTotal c\n");
    /* Of the ten of whom nobody knows which they are, two did not. */
    EXPECT(map, "code,group,v,n,d\nA,Female,,12,20\nA,Male,,10,20\nA,Total,,30,50\n",
           "Female 20 c\nMale 50 10 20\nTotal 60 30 50\ncompany 1, as before 0\n");
}

Test(import_exact, takes_no_nonsense_beside_a_flag_for_a_count)
{
    static const char map[] =
        "framework = \"F\"\nprofile = \"exact_totals\"\nunit = \"percent\"\nperiod = \"2023-24\"\n"
        "columns { code = \"code\" disaggregation = \"group\" value = \"v\" numerator = \"n\" "
        "denominator = \"d\" }\n";

    EXPECT(map,
           "code,group,v,n,d\nA,F,[c],-3,40\nA,M,[c],2.5,9999999999999\nA,X,[c],30,6\n"
           "A,Y,,20,40\nA,all,,50,150\n",
           "F c\nM c\nX c\nY 50 20 40\nall 33 50 150\n");
}

Test(import_exact, reckons_with_a_small_number_beside_a_flag)
{
    EXPECT(YEAR, HEADER "A,x,[c]\nA,y,14\nA,z,9\nA,all,25\n",
           "x c\ny 14\nz c\nall 25\ncompany 1, as before 0\n");
}

Test(import_exact, hides_a_mean_that_others_would_tell)
{
    static const char map[] =
        "framework = \"F\"\nprofile = \"exact_totals\"\nunit = \"score\"\nperiod = \"2023-24\"\n"
        "columns { code = \"code\" disaggregation = \"group\" value = \"v\" "
        "denominator = \"d\" }\n";

    EXPECT(map, "code,group,v,d\nA,F,12.5,3\nA,M,13.5,50\nA,X,14.5,60\nA,all,14,113\n",
           "F c\nM c\nX 14.5 60\nall 14 113\ncompany 1, as before 0\n");
}

/* --- What was published before --- */

Test(import_exact, refuses_a_revision_that_tells_a_few_people)
{
    PUBLISH(YEAR, HEADER "A,Female,20\nA,Male,30\n", "record 3fa9c2d1", "Female 20\nMale 30\n");
    EXPECT(
        YEAR, HEADER "A,Female,20\nA,Male,32\n",
        "t.csv:3: rule of differences: the count of A Male is 32, and in 2023-24 it is 30 "
        "(published as record 3fa9c2d1): the difference tells of fewer than 5 people: give the row "
        "the flag c, or leave it as it was until more has changed\n");
    EXPECT(YEAR, HEADER "A,Female,24\nA,Male,30\n", published(YEAR, HEADER "A,Female,24\n", NULL));
    EXPECT(YEAR, HEADER "A,Female,25\nA,Male,30\n", "Female 25\nMale 30\n");
    EXPECT(YEAR, HEADER "A,Female,15\nA,Male,30\n", "Female 15\nMale 30\n");
    /* Another year is of other people. */
    EXPECT(COUNTED "period = \"2024-25\"\n", HEADER "A,Female,21\n", "Female 21\n");
    /* A quarter of this year is not. */
    EXPECT(
        COUNTED "period = \"2023-24 Q1\"\n", HEADER "A,Female,19\nA,Male,12\n",
        "t.csv:2: rule of differences: the count of A Female is 19, and in 2023-24 it is 20 "
        "(published as record 3fa9c2d1): the difference tells of fewer than 5 people: give the row "
        "the flag c, or leave it as it was until more has changed\n");
}

/* What a reader takes for one name is one. */
Test(import_exact, knows_a_group_by_any_name_of_it)
{
    static const char *const names[] = {"", "all", "Persons", "TOTALS", "Cyfanswm"};
    char csv[100];

    PUBLISH(YEAR, HEADER "A,Total,80\nA,Under 18,60\n", "record 1", "Total 80\nUnder 18 60\n");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(csv, sizeof csv, HEADER "A,%s,82\n", names[i]);
        cr_expect_not_null(strstr(published(YEAR, csv, NULL), "is 82, and in 2023-24 it is 80"),
                           "%s", names[i]);
    }
    cr_expect_not_null(strstr(published(YEAR, HEADER "A,Under\xc2\xa0 18,62\n", NULL),
                              "the count of A Under 18 is 62"));
    cr_expect_not_null(strstr(published(YEAR, HEADER "A,Under\xe2\x80\x8b 18,62\n", NULL),
                              "has a character that nobody sees"));
    cr_expect_not_null(strstr(published(YEAR, HEADER "A\xc2\xa0,Under 18,62\n", NULL),
                              "has a character that nobody sees"));
    cr_expect_not_null(strstr(published(YEAR, HEADER "\xd0\x90,Under 18,62\n", NULL),
                              "has a Greek or Cyrillic letter"));
    EXPECT(YEAR, HEADER "A,Caf\xc3\xa9 \xe2\x80\x93 18,62\n", "Caf\xc3\xa9 \xe2\x80\x93 18 62\n");
}

Test(import_exact, compares_with_drafts_too)
{
    PUBLISH(YEAR, HEADER "A,Female,20\n", "draft 3", "Female 20\n");
    EXPECT(YEAR, HEADER "A,Female,22\n",
           "t.csv:2: rule of differences: the count of A Female is 22, and in 2023-24 it is 20 "
           "(draft 3, not published yet): the difference tells of fewer than 5 people: give the "
           "row the flag c, or leave it as it was until more has changed; if it is not to go out, "
           "reject draft 3\n");
}

#define ROUNDED                                                                                    \
    "framework = \"f\"\nunit = \"count\"\nperiod = \"2023-24\"\n"                                  \
    "columns { code = \"code\" disaggregation = \"group\" value = \"n\" }\n"

/* Rounded and exact totals beside each other tell what was hidden. */
Test(import_exact, takes_no_other_profile_beside_the_one_before)
{
    PUBLISH(ROUNDED, HEADER "A,Female,1\nA,Male,13\nA,Total,14\n", "record 1",
            "Female c\nMale 15\nTotal 15\n");
    EXPECT(
        YEAR, HEADER "B,Male,20\na,Male,13\n",
        "t.csv:3: rule of profiles: record 1 (2023-24) has A with the profile strict, and figures "
        "by exact_totals beside it tell what either hides: import with profile = \"strict\"\n");
    EXPECT(
        COUNTED "period = \"2023-24 Q1\"\n", HEADER "A,Male,13\n",
        "t.csv:2: rule of profiles: record 1 (2023-24) has A with the profile strict, and figures "
        "by exact_totals beside it tell what either hides: import with profile = \"strict\"\n");
    PUBLISH(COUNTED "period = \"2024-25\"\n", HEADER "A,Male,13\n", "draft 2", "Male 13\n");
    EXPECT("framework = \"F\"\nunit = \"count\"\nperiod = \"2024-25\"\n"
           "columns { code = \"code\" disaggregation = \"group\" value = \"n\" }\n",
           HEADER "A,Male,13\n",
           "t.csv:2: rule of profiles: draft 2 (2024-25) has A with the profile exact_totals, and "
           "figures by strict beside it tell what either hides: import with profile = "
           "\"exact_totals\"; if it is not to go out, reject draft 2\n");
}

Test(import_exact, hides_small_numbers_of_what_has_counted_people)
{
    PUBLISH(COUNTED "period = \"2019-20\"\n", HEADER "A,Male,13\n", "draft 10", "Male 13\n");
    EXPECT("framework = \"F\"\nunit = \"count\"\nperiod = \"2024-25\"\nprofile = \"none\"\n"
           "counted = \"waits\"\n"
           "columns { code = \"code\" disaggregation = \"group\" value = \"n\" }\n",
           HEADER "A,Male,1\n",
           "t.csv:2: rule of profiles: draft 10 (2019-20) has A with the profile exact_totals, so "
           "it counts people, and none is for figures that count no people: import with profile = "
           "\"exact_totals\"; if it is not to go out, reject draft 10\n");
}

Test(import_exact, keeps_hidden_what_an_earlier_release_of_the_period_hid)
{
    PUBLISH(YEAR, HEADER "A,x,2\nA,y,14\nA,z,9\nA,all,25\n", "record 1",
            "x c\ny 14\nz c\nall 25\ncompany 1, as before 0\n");
    /* x grew: shown now, it and the old total would tell what z was, and so what x was. */
    EXPECT(YEAR, HEADER "A,x,12\nA,y,14\nA,z,9\nA,all,35\n",
           "x c\ny 14\nz c\nall 35\ncompany 0, as before 2\n");
}

/* In another file, but of the same area and period. */
Test(import_exact, hides_a_total_that_follows_its_parts)
{
    PUBLISH(YEAR, HEADER "K,F,20\nK,M,36\nK,X,3\n", "record 1", "F 20\nM 36\nX c\n");
    EXPECT(YEAR, HEADER "K,Total,59\n", "Total c\ncompany 1, as before 0\n");
    EXPECT(YEAR, HEADER "K,Borough,59\n", "Borough c\ncompany 1, as before 0\n");
    EXPECT(YEAR, HEADER "k,f,20\nK,M,36\nK,Total,59\n",
           "f 20\nM 36\nTotal c\ncompany 1, as before 0\n");
    EXPECT(YEAR, HEADER "L,Total,59\n", "Total 59\n");
    EXPECT(COUNTED "period = \"2024-25\"\n", HEADER "K,Total,59\n", "Total 59\n");
}

Test(import_exact, hides_a_part_that_follows_its_total)
{
    PUBLISH(YEAR, HEADER "K,F,20\nK,Total,59\n", "record 1", "F 20\nTotal 59\n");
    EXPECT(YEAR, HEADER "K,M,36\n", "M c\ncompany 1, as before 0\n");
    EXPECT(YEAR, HEADER "K,M,39\n", "M 39\n");
}

Test(import_exact, reckons_with_what_everybody_knows_already)
{
    PUBLISH(YEAR, HEADER "A,y,14\nA,z,9\n", "record 1", "y 14\nz 9\n");
    /* z is hidden in vain: it was shown before, so y must be hidden, and that was shown too. */
    EXPECT(YEAR, HEADER "A,x,2\nA,y,14\nA,z,9\nA,all,25\n",
           "x c\ny 14\nz 9\nall c\ncompany 1, as before 0\n");
}

#define QUARTERS                                                                                   \
    "total { is = \"2023-24\" of = {\"2023-24 Q1\", \"2023-24 Q2\", \"2023-24 Q3\", "              \
    "\"2023-24 Q4\"} }\n"

Test(import_exact, hides_a_year_that_would_tell_its_quarter)
{
    static const char *const quarters[] = {"Q1", "Q2", "Q3", "Q4"}, *const counts[] = {"20", "3",
                                                                                       "21", "22"};
    char map[600], csv[100], where[20];

    for (size_t i = 0; i < 4; i++) {
        snprintf(map, sizeof map, COUNTED QUARTERS "period = \"2023-24 %s\"\n", quarters[i]);
        snprintf(csv, sizeof csv, HEADER "A,,%s\n", counts[i]);
        snprintf(where, sizeof where, "record %zu", i);
        PUBLISH(map, csv, where, i == 1 ? " c\n" : i == 0 ? " 20\n" : i == 2 ? " 21\n" : " 22\n");
    }
    EXPECT(YEAR QUARTERS, HEADER "A,,66\n", " c\ncompany 1, as before 0\n");
    EXPECT(YEAR, HEADER "A,,66\n",
           " c\ncompany 1, as before 0\n"); /* Nor where no mapping says so. */
}

/* Of what was revised, the last. */
Test(import_exact, takes_the_last_of_several_releases)
{
    static const char *const quarters[] = {"Q1", "Q1", "Q2", "Q3", "Q4"};
    static const unsigned counts[] = {20, 30, 20, 21, 22};
    char map[600], csv[100], expected[20];

    for (size_t i = 0; i < 5; i++) {
        snprintf(map, sizeof map, COUNTED QUARTERS "period = \"2023-24 %s\"\n", quarters[i]);
        snprintf(csv, sizeof csv, HEADER "A,,%u\n", counts[i]);
        snprintf(expected, sizeof expected, " %u\n", counts[i]);
        PUBLISH(map, csv, "record 1", expected);
    }
    /* 3 more than 93. */
    EXPECT(YEAR QUARTERS, HEADER "A,,96\n", " c\ncompany 1, as before 0\n");
}

Test(import_exact, hides_a_quarter_where_a_year_would_tell_what_is_left_of_it)
{
    PUBLISH(YEAR, HEADER "A,,66\n", "record 1", " 66\n");
    PUBLISH(COUNTED QUARTERS "period = \"2023-24 Q1\"\n", HEADER "A,,20\n", "record 2", " 20\n");
    EXPECT(COUNTED QUARTERS "period = \"2023-24 Q2\"\n", HEADER "A,,43\n",
           " c\ncompany 1, as before 0\n");
}

Test(import_exact, refuses_what_is_told_already)
{
    PUBLISH(YEAR, HEADER "A,,66\n", "record 1", " 66\n");
    PUBLISH(COUNTED "period = \"2023-24 Q1\"\n", HEADER "A,,20\n", "record 2", " 20\n");
    PUBLISH(COUNTED "period = \"2023-24 Q2\"\n", HEADER "A,,21\n", "record 3", " 21\n");
    PUBLISH(COUNTED "period = \"2023-24 Q3\"\n", HEADER "A,,22\n", "record 4", " 22\n");
    EXPECT(COUNTED QUARTERS "period = \"2023-24 Q4\"\n", HEADER "A,,3\n",
           "t.csv:2: rule of totals: the count of A  is small, and follows from what was published "
           "before, whatever is hidden now: leave out this row and those that add up with it "
           "(a where in the mapping), or import the rows of its total that this file lacks\n");
}

static void move_last_to(const char *area)
{
    struct ledger_figure *last = &ledger.list[ledger.count - 1];

    free((char *)last->key.area); /* It is the ledger's own. */
    last->key.area = text_copy(bytes_of_text(area));
}

/* However the mappings write the period. */
Test(import_exact, knows_a_period_by_any_spelling)
{
    PUBLISH(COUNTED "period = \"2023/24\"\n", HEADER "A,Male,30\n", "record 1", "Male 30\n");
    EXPECT(COUNTED "period = \"2023-2024\"\n", HEADER "A,Male,32\n",
           "t.csv:2: rule of differences: the count of A Male is 32, and in 2023-24 it is 30 "
           "(published as record 1): the difference tells of fewer than 5 people: give the "
           "row the flag c, or leave it as it was until more has changed\n");
    EXPECT(COUNTED "period = \"2023-24 Q2\"\n"
                   "total { is = \"2023/24\" of = {\"2023/24 Q1\", \"2023/24 Q2\"} }\n",
           HEADER "A,Male,10\n", "Male 10\n");
    EXPECT(COUNTED "period = \"2023-24 Q2\"\n"
                   "total { is = \"2023/24\" of = {\"2023/24 q2\"} }\n",
           HEADER "A,Male,10\n", "Male 10\n");
}

#define IN(period) COUNTED "period = \"" period "\"\n"

/* No mapping says that four quarters are a year. */
Test(import_exact, hides_a_year_that_would_tell_a_quarter)
{
    PUBLISH(IN("2023-24 Q1"), HEADER "A,Male,20\n", "record 1", "Male 20\n");
    PUBLISH(IN("2023-24 Q2"), HEADER "A,Male,3\n", "record 2", "Male c\n");
    PUBLISH(IN("2023-24 Q3"), HEADER "A,Male,21\n", "record 3", "Male 21\n");
    EXPECT(IN("2023-24"), HEADER "A,Male,66\n", "Male 66\n"); /* One is not known yet. */
    PUBLISH(IN("2023-24 Q4"), HEADER "A,Male,22\n", "record 4", "Male 22\n");
    EXPECT(IN("2023-24"), HEADER "A,Male,66\n", "Male c\ncompany 1, as before 0\n");
    /* Nor a half, of which the other quarter is out. */
    EXPECT(IN("2023-24 H1"), HEADER "A,Male,23\n", "Male c\ncompany 1, as before 0\n");
    EXPECT(IN("2023-24 H2"), HEADER "A,Male,43\n", "Male 43\n");
}

Test(import_exact, refuses_a_quarter_that_a_year_gives_away)
{
    PUBLISH(IN("2023-24 H1"), HEADER "A,Male,40\n", "record 1", "Male 40\n");
    PUBLISH(IN("2023-24 Q3"), HEADER "A,Male,20\n", "record 2", "Male 20\n");
    PUBLISH(IN("2023-24"), HEADER "A,Male,63\n", "record 3", "Male 63\n");
    EXPECT(IN("2023-24 Q4"), HEADER "A,Male,3\n",
           "t.csv:2: rule of totals: the count of A Male is small, and follows from what was "
           "published before, whatever is hidden now: leave out this row and those that add up "
           "with it (a where in the mapping), or import the rows of its total that this file "
           "lacks\n");
}

/* The same people in each quarter: no sum. */
Test(import_exact, takes_no_sum_of_periods_where_people_are_counted_twice)
{
    PUBLISH(IN("2023-24 H1"), HEADER "A,Male,40\n", "record 1", "Male 40\n");
    PUBLISH(IN("2023-24"), HEADER "A,Male,40\n", "record 2", "Male 40\n");
    EXPECT(IN("2023-24 H2"), HEADER "A,Male,3\n", "Male c\n");
}

/* Districts and their county, published one by one. */
Test(import_exact, hides_an_area_that_would_tell_another)
{
    static const char map[] =
        YEAR "total { is = \"E10000001\" of = {\"E07000001\", \"E06000014\", \"E07000002\"} }\n";

    PUBLISH(YEAR, HEADER "A,,3\n", "record 1", " c\n");
    move_last_to("E07000001");
    PUBLISH(YEAR, HEADER "A,,50\n", "record 2", " 50\n");
    move_last_to("E10000001");
    EXPECT(map, HEADER "A,,27\n", " 27\n"); /* One district is not known yet. */
    PUBLISH(YEAR, HEADER "A,,20\n", "record 3", " 20\n");
    move_last_to("E07000002");
    EXPECT(map, HEADER "A,,27\n", " c\ncompany 1, as before 0\n");
}

/* --- By lot --- */

/* Shares of two sexes and three ages with their totals, some of whom are of neither. */
static void random_shares(struct buffer *csv)
{
    static const char *const sexes[] = {"F", "M", ""}, *const ages[] = {"a", "b", "c", ""};
    int64_t sums[2][3][4] = {0};

    buffer_clear(csv);
    buffer_append_text(csv, "code,sex,age,v,n,d\n");
    for (size_t sex = 0; sex < 3; sex++)
        for (size_t age = 0; age < 4; age++) {
            bool beside = sex == 2 || age == 3; /* Of people whose sex or age is not known. */
            int64_t of = (int64_t)chance(beside           ? (chance(2) == 0 ? 1 : 9)
                                         : chance(2) == 0 ? 12
                                                          : 60);
            int64_t part = (int64_t)chance((uint64_t)of + 1);
            for (size_t i = 0; i < 4; i++) {
                bool up_sex = i & 1, up_age = i & 2;
                if ((up_sex && sex == 2) || (up_age && age == 3))
                    continue;
                sums[0][up_sex ? 2 : sex][up_age ? 3 : age] += part;
                sums[1][up_sex ? 2 : sex][up_age ? 3 : age] += of;
            }
        }
    for (size_t sex = 0; sex < 3; sex++)
        for (size_t age = 0; age < 4; age++)
            buffer_printf(csv, "A,%s,%s,,%lld,%lld\n", sexes[sex], ages[age],
                          (long long)sums[0][sex][age], (long long)sums[1][sex][age]);
}

/* The check at the door never refuses what the rules have made safe. */
Test(import_exact, lets_out_what_it_has_made_safe)
{
    static const char map[] =
        "framework = \"F\"\nprofile = \"exact_totals\"\nunit = \"percent\"\nperiod = \"2023-24\"\n"
        "columns { code = \"code\" disaggregation = \"sex\" disaggregation_2 = \"age\" "
        "value = \"v\" numerator = \"n\" denominator = \"d\" }\n";
    struct buffer csv = {0};
    unsigned refused = 0;

    for (unsigned round = 0; round < 3000; round++) {
        random_shares(&csv);
        const char *text = published(map, buffer_text(&csv), NULL);
        cr_assert_null(strstr(text, "t.map.conf"), "%s%s", buffer_text(&csv), text);
        refused += strstr(text, "rule of totals") != NULL;
    }
    cr_expect_lt(refused, 300, "%u", refused);
    buffer_release(&csv);
}

/* --- Counts that are rounded --- */

/* 35 may be 33, and 25 be 27. */
Test(import_exact, hides_what_rounded_totals_would_tell)
{
    EXPECT(ROUNDED, HEADER "A,Female,6\nA,Male,27\nA,Total,33\n",
           "Female c\nMale c\nTotal 35\ncompany 1, as before 0\n");
    EXPECT(ROUNDED, HEADER "A,Female,6\nA,Male,30\nA,Total,36\n", "Female c\nMale 30\nTotal 35\n");
    EXPECT(ROUNDED, HEADER "A,Female,6\nA,Male,7\nA,Total,13\n",
           "Female c\nMale c\nTotal c\ncompany 1, as before 0\n");
}

/* Who knows no numerator knows no least denominator. */
Test(import_exact, judges_rounded_denominators_by_no_numerator_that_is_hidden)
{
    static const char map[] =
        "framework = \"F\"\nprofile = \"strict\"\nunit = \"percent\"\nperiod = \"2023-24\"\n"
        "columns { code = \"code\" disaggregation = \"group\" value = \"v\" numerator = \"n\" "
        "denominator = \"d\" }\n";

    EXPECT(map, "code,group,v,n,d\nA,a,,7,7\nA,b,,5,5\nA,c,,7,7\nA,Total,,19,19\n",
           "a c\nb c\nc c\nTotal 100 20 20\n");
    /* 10 of 15 leave 8 of 16 or 17, or 9 of 17: so a was one person. */
    EXPECT(map, "code,group,v,n,d\nA,a,,1,1\nA,b,,8,16\nA,Total,,9,17\n",
           "a c\nb 15 c\nTotal 15 c\n");
}

/* Numerators alone leave a 16 to 24, denominators 28 to 32, and what is left 1 to 4: together 24 of
 * 28. So its numerator gets company. */
Test(import_exact, hides_what_rounded_numerators_and_denominators_would_tell_together)
{
    static const char map[] =
        "framework = \"F\"\nprofile = \"standard\"\nunit = \"percent\"\nperiod = \"2023-24\"\n"
        "columns { code = \"code\" disaggregation = \"group\" value = \"v\" numerator = \"n\" "
        "denominator = \"d\" }\n";

    EXPECT(map, "code,group,v,n,d\nA,a,,24,28\nA,b,,23,37\nA,Total,,47,65\n",
           "a 30 c\nb 35 c\nTotal 69 45 65\ncompany 1, as before 0\n");
    /* A total that counts others besides tells nothing. */
    EXPECT(map, "code,group,v,n,d\nA,a,,24,28\nA,b,,23,37\nA,Total,,60,80\n",
           "a 30 c\nb 71 25 35\nTotal 75 60 80\n");
    /* Nor can more of these others be counted than there are. */
    EXPECT(map, "code,group,v,n,d\nA,a,,22,28\nA,b,,8,10\nA,Total,,33,42\n",
           "a 30 c\nb 10 c\nTotal 88 35 40\ncompany 1, as before 0\n");
}

Test(import_exact, judges_rounded_counts_alone_where_they_do_not_add_up)
{
    EXPECT(ROUNDED, HEADER "A,Home,6\nA,Care,27\nA,Total,27\n", "Home c\nCare 25\nTotal 25\n");
    EXPECT(ROUNDED, HEADER "A,Female,[c]\nA,Male,27\nA,Total,33\n",
           "Female c\nMale 25\nTotal 35\n");
    EXPECT(ROUNDED, HEADER "A,Female,[c]\nA,Male,6\nA,Total,27\n", "Female c\nMale c\nTotal 25\n");
}
