#include "node/import.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct fault fault;
static struct import_result result;
static struct import_map *map;
static struct buffer told;

#define COLUMNS                                                                                    \
    "columns { code = \"code\" disaggregation = \"group\" value = \"value\" numerator = \"n\" "    \
    "denominator = \"d\" base = \"base\" margin = \"moe\" flag = \"flag\" area = \"area\" }\n"
#define MAP "framework = \"F\"\nperiod = \"2020-21\"\nunit = \"percent\"\n" COLUMNS
#define HEADER "area,code,group,value,n,d,base,moe,flag\n"

static void close_import(void)
{
    import_result_release(&result);
    import_map_free(map);
    map = NULL;
    buffer_release(&told);
}

TestSuite(import, .fini = close_import);

static void use_map(const char *text)
{
    import_map_free(map);
    fault = (struct fault){0};
    map = import_map_parse("t.map.conf", text, &fault);
    cr_assert_not_null(map, "%s", fault.text);
}

static bool import_bytes(struct bytes csv, const char *area)
{
    struct import_request request = {.map = map, .file_name = "t.csv", .area = area};
    FILE *file = csv.size == 0 ? tmpfile() : fmemopen((void *)csv.data, csv.size, "r");

    import_result_release(&result);
    fault = (struct fault){0};
    bool done = import_table(&request, file, &result, &fault);
    fclose(file);
    return done;
}

/* What came of a file, as text: each row, then counts, then refusals. */
static const char *outcome_of(const char *csv)
{
    buffer_clear(&told);
    if (!import_bytes(bytes_of_text(csv), "E06000014")) {
        buffer_printf(&told, "fault %s\n", fault.text);
        cr_expect_eq(result.snapshot_count, 0);
        return buffer_text(&told);
    }
    for (size_t i = 0; i < result.snapshot_count; i++)
        for (size_t k = 0; k < document_count(result.snapshots[i], "rows"); k++) {
            struct bytes cell = document_item(result.snapshots[i], "rows", k);
            buffer_printf(&told, "%.*s%s", (int)cell.size, (const char *)cell.data,
                          k % 8 == 7 ? "\n" : "|");
        }
    buffer_printf(&told, "imported %u suppressed %u others %u refused %u\n", result.imported,
                  result.suppressed, result.others, result.refused);
    for (size_t i = 0; i < result.refusal_count; i++)
        buffer_printf(&told, "%u %s\n", result.refusals[i].line, result.refusals[i].why);
    return buffer_text(&told);
}
#define EXPECT(csv, expected)                                                                      \
    cr_expect_str_eq(outcome_of(csv), expected, "got:\n%s", buffer_text(&told))

/* 35 less 25, both rounded, would leave the women 6 or 7. */
Test(import, takes_this_authoritys_rows_with_small_numbers_suppressed)
{
    use_map(MAP);
    EXPECT(HEADER "E06000014,1E,Total,7.7,33,428,,,\n"
                  "E06000015,1E,Total,9,33,428,,,\n"
                  "E06000014,1E,Female,4.2,6,144,,,\n"
                  "E06000014,1E,Male,9.5,27,283,,,\n",
           "1E|Total|8|35|430|||\n1E|Female|||145|||c\n1E|Male|||285|||c\n"
           "imported 3 suppressed 2 others 1 refused 0\n");
    const struct document *snapshot = result.snapshots[0];
    static const char *const fields[][2] = {
        {"framework", "F"},  {"area_gss", "E06000014"}, {"period", "2020-21"},
        {"status", "final"}, {"sdc_profile", "strict"}, {"rounding_base", "5"},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        cr_expect(bytes_equal(document_text(snapshot, fields[i][0]), bytes_of_text(fields[i][1])),
                  "%s", fields[i][0]);
}

Test(import, reads_numbers_as_people_write_them)
{
    use_map(MAP "measure \"S\" { unit = \"score\" }\nmark \"n/a\" { flag = \"x\" }\n"
                "measure \"N\" { unit = \"count\" }\n");
    EXPECT(
        "\xef\xbb\xbf" HEADER "E06000014,a,,\"  94.1 % \",\"1,034\",\"1,099\",,,\r\n"
        "E06000014,b,,[c],,,,,\r\n"
        "E06000014,c,,*,3,44,,,\r\n"
        "E06000014,d,,[x],,,,,\r\n"
        "E06000014,e,,[z],,,,,\r\n"
        "E06000014,f,,94.1 [p],1034,1099,,,\r\n"
        "E06000014,g,,94.1,1034,1099,,,[e]\r\n"
        "E06000014,h,,94.1,1034,[c],,,\r\n"
        "E06000014,i,,..,,,,,\r\n"
        "E06000014,j,,N/A,,,,,\r\n"
        "E06000014,k,,low,,,,,\r\n"
        "E06000014,\"l\",\"two\"\"quotes\",94.1,1034,1099,,,\r\n"
        "E06000014,S,,\xe2\x88\x92.5,,0100,,,\r\n"
        "E06000014,N,,\"1,234\",,,,,\r\n"
        "E06000014,m,,<5,,,,,\r\n"
        "E06000014,S,x,\xc2\xa3"
        "9.5,,0100,,,\r\n",
        "a||94|1035|1100|||\nb|||||||c\nc|||||||c\nd|||||||x\ne|||||||z\nf||94|1035|1100|||p\n"
        "g||94|1035|1100|||e\nh|||||||c\ni|||||||x\nj|||||||x\nk|||||||low\n"
        "l|two\"quotes|94|1035|1100|||\nS||-0.5||100|||\nN||1235|||||\nm|||||||c\nS|x|9.5||100|||\n"
        "imported 16 suppressed 0 others 0 refused 0\n");
}

Test(import, refuses_a_row_by_its_line_and_imports_the_rest)
{
    use_map("framework = \"F\"\nperiod = \"2020-21\"\nmeasure \"1E\" { unit = \"percent\" }\n"
            "measure \"1B\" { unit = \"percent\" statistic = \"survey_proportion\" }\n"
            "measure \"S\" { unit = \"score\" }\n" COLUMNS);
    EXPECT(HEADER "E06000014,1E,a,7.7,33,428,,,\n"
                  "E06000014,1E,b,7.7,3x3,428,,,\n"
                  "E06000014,1E,\"two\nlines\",7.7,33,428,,,\n"
                  "E06000014,1E,c,7.7,33\n"
                  "E06000014,9Z,d,7.7,33,428,,,\n"
                  "E06000014,1E,e,20,,,,,\n"
                  "E06000014,1E,f,77,33,428,,,\n"
                  "E06000014,1E,a,7.7,33,428,,,\n"
                  "E06000014,,g,7.7,33,428,,,\n"
                  "E06000014,1E,h,,,,,,\n"
                  "E06000014,1E,i,7.7,\"1,03\",428,,,\n"
                  "E06000014,1B,,80,1625,2035,,,\n"
                  "E06000014,S,,19.1,,,,,\n"
                  "E06000014,1E,j,7.7,33,428,,,?\n"
                  "E06000014,1E,k,7.7,33,428,,,\n",
           "1E|a|8|35|430|||\n1E|k|8|35|430|||\n"
           "imported 2 suppressed 0 others 0 refused 13\n"
           "3 numerator \"3x3\" is not a number: if it says that there is none, add a mark to "
           "t.map.conf\n"
           "4 the disaggregation has a line break or control character\n"
           "6 has 5 fields, the row of column names 9\n"
           "7 what \"9Z\" measures is not known: add measure \"9Z\" { unit = ... } to t.map.conf, "
           "or define the indicator\n"
           "8 a proportion without its numerator: how many people it is about cannot be judged: "
           "name its column in the mapping, or leave the row out\n"
           "9 the value does not follow from numerator and denominator: is the unit in t.map.conf "
           "right?\n"
           "10 1E a came before, on line 2: leave one of them out\n"
           "11 the code is empty\n"
           "12 there is no value and no flag that says why: write [x] where it is not available\n"
           "13 numerator \"1,03\" is not a number: if it says that there is none, add a mark to "
           "t.map.conf\n"
           "14 a survey_proportion without its base: how many people it is about cannot be judged: "
           "name its column in the mapping, or leave the row out\n"
           "15 a score without its denominator: how many people it is about cannot be judged: name "
           "its column in the mapping, or leave the row out\n"
           "16 flag \"?\" is not known: add a mark to t.map.conf\n");
}

Test(import, names_a_wrong_column_and_the_line_that_asks_for_it)
{
    use_map(
        "framework = \"F\"\nperiod = \"2020-21\"\ncolumns {\n    code = \"measure_code\"\n"
        "    value = \"v\"\n}\nunit = \"percent\"\nwhere \"level\" {\n is = {\"Council\"}\n}\n");
    EXPECT("code,v\n1,2\n", "fault t.csv: there is no column \"measure_code\"; the columns are: "
                            "code, v; mend the mapping t.map.conf:4\n");
    EXPECT("measure_code,V,v\n1,2,3\n", "fault t.csv: there are two columns \"v\"; the columns "
                                        "are: measure_code, V, v; mend the mapping t.map.conf:5\n");
    EXPECT("measure_code,V\n1,2\n", "fault t.csv: there is no column \"level\"; the columns are: "
                                    "measure_code, V; mend the mapping t.map.conf:10\n");
}

/* What a table is like that nobody has mapped yet. */
Test(import, says_what_to_do_about_a_table_of_another_form)
{
    use_map("framework = \"F\"\nperiod = \"2020-21\"\nunit = \"count\"\n"
            "columns { code = \"code\" value = \"value\" }\n");
    EXPECT("code;value\nA;20\n",
           "fault t.csv: there is no column \"code\"; the columns are: code;value; its fields have "
           "\";\" between them: set delimiter = \";\" in t.map.conf\n");
    EXPECT(
        "code\tvalue\nA\t20\n",
        "fault t.csv: there is no column \"code\"; the columns are: code\tvalue; its fields have "
        "tabs between them: set delimiter = \"\\t\" in t.map.conf\n");
    EXPECT(
        "Waiting,,\ncode,value\nA,20\n",
        "fault t.csv: there is no column \"code\"; the columns are: Waiting; line 1 looks like a "
        "title: set skip_lines = 1 in t.map.conf, or as many lines as stand above the names\n");
}

Test(import, takes_no_percentage_and_no_money_for_a_count)
{
    use_map("framework = \"F\"\nperiod = \"2020-21\"\nunit = \"count\"\n"
            "columns { code = \"code\" value = \"value\" }\n");
    EXPECT(
        "code,value\nX1,31%\nX2,\xc2\xa3"
        "45\nX3,45\n",
        "X3||45|||||\nimported 1 suppressed 0 others 0 refused 2\n"
        "2 value \"31%\" is no count, and X1 is said to be one: say what it is in t.map.conf, such "
        "as measure \"X1\" { unit = \"percent\" }\n"
        "3 value \"\xc2\xa3"
        "45\" is no count, and X2 is said to be one: say what it is in t.map.conf, such as measure "
        "\"X2\" { unit = \"gbp_per_week\" }\n");
}

/* 15.4 times 13 is 2. A mean of 130 points is more than 1 for each of 13. */
Test(import, takes_no_share_for_a_score)
{
    use_map(
        "framework = \"F\"\nperiod = \"2020-21\"\nunit = \"score\"\n"
        "columns { code = \"code\" value = \"value\" numerator = \"n\" denominator = \"d\" }\n");
    EXPECT("code,value,n,d\nX1,15.4,2,13\nX2,0.154,2,13\nX3,10,130,13\nX4,7.9,12,13\nX5,151,2,13\n",
           "X3||10||15|||\nX4||7.9||15|||\nX5||151||15|||\n"
           "imported 3 suppressed 0 others 0 refused 2\n"
           "2 a score whose numerator is part of its denominator is a share, and would tell the "
           "numerator: say what it is, unit = \"percent\", \"ratio\", \"per_1000\" or such\n"
           "3 a score whose numerator is part of its denominator is a share, and would tell the "
           "numerator: say what it is, unit = \"percent\", \"ratio\", \"per_1000\" or such\n");
}

#define COUNTED "framework = \"F\"\nperiod = \"2020-21\"\nunit = \"count\"\n"

Test(import, takes_the_rows_of_one_period)
{
    static const char csv[] = "code,Year,value\nA,2019/20,20\nA,2020-2021,30\nB,,40\n";

    use_map(COUNTED "columns { code = \"code\" value = \"value\" period = \"year\" }\n");
    EXPECT(csv, "A||30|||||\nimported 1 suppressed 0 others 2 refused 0\n");
    EXPECT(
        "code,Year,value\nA,2019/20,20\n",
        "fault t.csv: no row is for the area E06000014 and the period 2020-21: look at period and "
        "columns in t.map.conf, or name the area with --area\n");
    /* A column that the mapping leaves out is not overlooked, */
    use_map(COUNTED "columns { code = \"code\" value = \"value\" }\n");
    EXPECT(
        csv,
        "fault t.csv:3: \"Year\" is 2020-21 here and 2019-20 on line 2, and all rows would go out "
        "as 2020-21: say columns { period = \"Year\" } in t.map.conf, which takes the rows of its "
        "period, or choose rows with where\n");
    /* unless it says one thing, or no period, or rows are chosen by it. */
    EXPECT("code,Year group,value\nA,Year 7,20\nB,Year 8,30\n",
           "A||20|||||\nB||30|||||\nimported 2 suppressed 0 others 0 refused 0\n");
    use_map(COUNTED "columns { code = \"code\" value = \"value\" }\n"
                    "where \"year\" { is = {\"2020-2021\"} }\n");
    EXPECT(csv, "A||30|||||\nimported 1 suppressed 0 others 2 refused 0\n");
}

Test(import, publishes_nothing_of_a_file_it_cannot_finish)
{
    struct buffer csv = {0};

    use_map(MAP);
    EXPECT("", "fault t.csv: is empty: it has no row of column names\n");
    EXPECT(HEADER, "fault t.csv: no row is for the area E06000014: look at the columns in "
                   "t.map.conf, or name the area with --area\n");
    EXPECT(HEADER "E06000014,1E,a,7.7,3x,428,,,\n",
           "fault t.csv: none of its rows can be used; line 2: numerator \"3x\" is not a number: "
           "if it says that there is none, add a mark to t.map.conf\n");

    buffer_append_text(&csv, HEADER "E06000014,1E,a,7.7,33,428,,,\n");
    for (size_t i = 0; i < 1001; i++)
        buffer_append_text(&csv, "short\n");
    cr_expect_not(import_bytes(buffer_view(&csv), "E06000014"));
    cr_expect_eq(result.snapshot_count, 0);
    cr_expect_eq(result.refusal_count, 0);

    cr_expect_not(import_bytes(bytes_of_text(HEADER "e,1E,a,7.7,33,428,,,\n"), "e"));
    cr_expect_str_eq(fault.text, "t.map.conf: \"Area\": \"e\" may have only capital letters and "
                                 "digits");
    buffer_release(&csv);
}

Test(import, splits_a_large_release_in_order)
{
    struct buffer csv = {0};

    use_map(MAP);
    buffer_append_text(&csv, HEADER);
    for (unsigned i = 0; i < 600; i++)
        buffer_printf(&csv,
                      i == 300 ? "E06000014,K%u,\"open,50,50,100,,,\n"
                               : "E06000014,K%u,all,50,50,100,,,\n",
                      i);
    cr_assert(import_bytes(buffer_view(&csv), "E06000014"), "%s", fault.text);
    cr_assert_eq(result.snapshot_count, 3);
    cr_expect_eq(document_count(result.snapshots[0], "rows"), 256 * 8);
    cr_expect_eq(document_count(result.snapshots[2], "rows"), 87 * 8);
    cr_expect(bytes_equal(document_item(result.snapshots[2], "rows", 0), bytes_of_text("K513")));
    cr_expect_eq(result.imported, 599);
    cr_assert_eq(result.refused, 1);
    cr_expect_eq(result.refusals[0].line, 302);
    buffer_release(&csv);
}

Test(import, reads_another_layout_with_another_mapping)
{
    use_map("# As LG Inform exports it: a title, semicolons, one authority, no area column.\n"
            "framework = \"LGI\"\nframework_version = \"2\"\nperiod = \"2023\"\n"
            "status = \"provisional\"\nprofile = \"standard\"\ndelimiter = \";\"\nskip_lines = 3\n"
            "columns {\n  code = \"Metric ID\"\n  value = \"Metric value\"\n"
            "  numerator = \"Num\"\n  denominator = \"Den\"\n}\n"
            "where \"Year\" { is = {\"2023\", \"2023/24\"} }\nunit = \"per_1000\"\n"
            "topic = \"children/placements\"\n");
    EXPECT("Report;\nMade on;1 May\n\nMetric ID;Metric value;Num;Den;Year\n"
           "841;\"50,0\";6;120;2023\n842;50.0;6;120;2023/24\n842;50.0;6;120;2022\n"
           "843;33;4;120;2023\n",
           "842||42|5|120|||\n843||||120|||c\nimported 2 suppressed 1 others 1 refused 1\n"
           "5 value \"50,0\" is not a number: if it says that there is none, add a mark to "
           "t.map.conf\n");
    cr_expect(
        bytes_equal(document_text(result.snapshots[0], "sdc_profile"), bytes_of_text("standard")));
    cr_expect(
        bytes_equal(document_text(result.snapshots[0], "framework_version"), bytes_of_text("2")));
}

static bool find_in_definitions(void *context, struct bytes framework, struct bytes code,
                                struct measure *measure)
{
    cr_expect(bytes_equal(framework, bytes_of_text("F")));
    return bytes_equal(code, bytes_of_text("2A1")) &&
           measure_of(context, "", measure, &(struct fault){0});
}

Test(import, asks_definitions_for_what_the_mapping_does_not_say)
{
    char csv[] = HEADER "E06000014,2A1,,13.3,18,135536,,,\nE06000014,2A2,,13.3,18,135536,,,\n";
    char unit[] = "per_100000";

    use_map("framework = \"F\"\nperiod = \"2020-21\"\n" COLUMNS);
    struct import_request request = {.map = map,
                                     .file_name = "t.csv",
                                     .area = "E06000014",
                                     .find_measure = find_in_definitions,
                                     .context = unit};
    FILE *file = fmemopen(csv, sizeof csv - 1, "r");
    cr_assert(import_table(&request, file, &result, &fault), "%s", fault.text);
    fclose(file);
    cr_expect_eq(result.imported, 1);
    cr_expect_eq(result.refused, 1);
    cr_expect(bytes_equal(document_item(result.snapshots[0], "rows", 2), bytes_of_text("15")));
}

Test(import, refuses_a_mapping_it_cannot_use)
{
    static const char *const rows[][2] = {
        {"frame = 1\n", "t.map.conf:1: no such option 'frame': mend the line, then try again"},
        {"\nprofile = \"exact\"\n",
         "t.map.conf:2: disclosure profile \"exact\": accepted are strict, standard, exact_totals, "
         "and none for figures that count no people: mend the line, then try again"},
        {"\ntotal { is = \"Total\" }\n", "t.map.conf:2: total: of = {...} must list what adds up "
                                         "to it: mend the line, then try again"},
        {"delimiter = \"::\"\n", "t.map.conf:1: delimiter = \"::\": must be \",\", \";\", \"|\" "
                                 "or \"\\t\": mend the line, then try again"},
        {"skip_lines = -1\n", "t.map.conf:1: skip_lines = -1: must be 0 to 1000: mend the line, "
                              "then try again"},
        {"status = \"done\"\n", "t.map.conf:1: status = \"done\": must be provisional, final or "
                                "revised: mend the line, then try again"},
        {"measure \"1A\" { unit = \"percent\" statistic = \"score\" }\n",
         "t.map.conf:1: measure \"1A\": the unit percent and the statistic score do not go "
         "together: mend the line, then try again"},
        {"mark \"-\" { flag = \"q\" }\n",
         "t.map.conf:1: mark \"-\": flag \"q\" is not c, x, z, low, k, u, e, p, r or b: mend the "
         "line, then try again"},
        {"where \"a\" { }\n", "t.map.conf:1: where \"a\": is = {...} must list at least one text: "
                              "mend the line, then try again"},
        {"period = \"2020\"\n", "t.map.conf: framework = \"...\" is missing: add it"},
        {"framework = \"F\"\nperiod = \"2020\"\ncolumns { value = \"v\" }\n",
         "t.map.conf: columns { code = \"...\" } is missing: add it"},
        {"statistic = \"rate\"\n",
         "t.map.conf: a statistic needs its unit: add the line unit = ..."},
        {"measure \"1A\" { unit = \"score\" }\nmeasure \"1A\" { unit = \"score\" }\n", NULL},
        {"columns {\n", NULL},
        {"period = \"open\n", NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fault = (struct fault){0};
        cr_expect_null(import_map_parse("t.map.conf", rows[i][0], &fault), "%s", rows[i][0]);
        cr_expect_eq(fault.kind, FAULT_INPUT);
        if (rows[i][1] != NULL)
            cr_expect_str_eq(fault.text, rows[i][1]);
    }
    cr_expect_null(import_map_open("/nowhere/at.all", &fault));
    cr_expect_str_eq(fault.text, "/nowhere/at.all: cannot read: No such file or directory");
}

/* The framework as it was published, for each council: beside the project, so not always here. */
static FILE *open_ascof(void)
{
    FILE *file = fopen(SOURCE_DIR "/../shared/data/ascof_2020_21.csv", "r");

    if (file == NULL)
        cr_skip_test("1 file is not here: ../shared/data/ascof_2020_21.csv");
    return file;
}

static void use_shipped_map(void)
{
    import_map_free(map);
    map = import_map_open(SOURCE_DIR "/node/samples/ascof.map.conf", &fault);
    cr_assert_not_null(map, "%s", fault.text);
}

static bool import_ascof(const char *area)
{
    FILE *file = open_ascof();
    struct import_request request = {.map = map, .file_name = "ascof_2020_21.csv", .area = area};

    import_result_release(&result);
    bool done = import_table(&request, file, &result, &fault);
    fclose(file);
    return done;
}

static const char *row_of(const char *code, const char *group)
{
    buffer_clear(&told);
    for (size_t k = 0; k < document_count(result.snapshots[0], "rows"); k += 8)
        for (size_t i = 0;
             i < 8 &&
             bytes_equal(document_item(result.snapshots[0], "rows", k), bytes_of_text(code)) &&
             bytes_equal(document_item(result.snapshots[0], "rows", k + 1), bytes_of_text(group));
             i++) {
            struct bytes cell = document_item(result.snapshots[0], "rows", k + i);
            buffer_printf(&told, "%.*s|", (int)cell.size, (const char *)cell.data);
        }
    return buffer_text(&told);
}

Test(import, reads_the_framework_as_it_was_published)
{
    use_shipped_map();
    cr_assert(import_ascof("E06000014"), "%s", fault.text);
    cr_expect_eq(result.imported, 73);
    cr_expect_eq(result.refused, 6); /* 1F and 1H come without counts. */
    cr_expect_eq(result.others, 7749 - 79);
    cr_expect_str_eq(row_of("1A", "Total"), "1A|Total|19.1||2035|230|0.5||");
    cr_expect_str_eq(row_of("1B", "Total"), "1B|Total|80|1625|2035|265|5||");
    cr_expect_str_eq(row_of("1J", "Total"), "1J|Total|0.431|||95|0.034||");
    cr_expect_str_eq(row_of("2A1", "Total"), "2A1|Total|15|20|135535||||");
    cr_expect_str_eq(row_of("2D", "18-64"), "2D|18-64||||||c|");
    cr_expect_str_eq(row_of("1E", "Female"), "1E|Female|||145|||c|");
}

Test(import, publishes_no_small_number_of_any_council)
{
    static const char *const areas[] = {"E09000001", "E06000017", "E06000053",
                                        "E08000012", "E10000024", "E06000060"};
    struct buffer seen = {0};

    use_shipped_map();
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
        if (!import_ascof(areas[i]))
            continue; /* Not every council answered. */
        for (size_t k = 0; k < document_count(result.snapshots[0], "rows"); k++) {
            struct bytes cell = document_item(result.snapshots[0], "rows", k);
            buffer_clear(&seen);
            buffer_append(&seen, cell);
            long count = strtol(buffer_text(&seen), NULL, 10);
            if (k % 8 >= 3 && k % 8 <= 5)
                cr_expect(cell.size == 0 || count == 0 || (count >= 10 && count % 5 == 0), "%s %s",
                          areas[i], buffer_text(&seen));
        }
        cr_expect_lt(result.refused, 12, "%s: %u, %s", areas[i], result.refused,
                     result.refusals[0].why);
    }
    buffer_release(&seen);
}

Test(import, writes_a_period_in_its_one_spelling)
{
    static const char map_of[] = "framework = \"F\"\nunit = \"percent\"\n" COLUMNS;
    char text[sizeof map_of + 40];

    snprintf(text, sizeof text, "%speriod = \"2024/2025\"\n", map_of);
    use_map(text);
    EXPECT(HEADER "E06000014,1E,,7.7,33,428,,,\n",
           "1E||8|35|430|||\nimported 1 suppressed 0 others 0 refused 0\n");
    cr_expect(bytes_equal(document_text(result.snapshots[0], "period"), bytes_of_text("2024-25")));
    snprintf(text, sizeof text, "%speriod = \"last year\"\n", map_of);
    cr_expect_null(import_map_parse("t.map.conf", text, &fault));
    cr_expect_not_null(strstr(fault.text, "t.map.conf: the period \"last year\" is not known"));
}

Test(import, asks_what_is_counted_where_nothing_is_hidden)
{
    static const char none[] =
        "framework = \"F\"\nperiod = \"2020-21\"\nprofile = \"none\"\nunit = \"count\"\n" COLUMNS;
    char counted[sizeof none + 60];

    use_map(none);
    cr_expect_not_null(strstr(outcome_of(HEADER "E06000014,W,,3,,,,,\n"),
                              "fault t.map.conf: \"What is counted\" is missing"));
    snprintf(counted, sizeof counted, "%scounted = \"tonnes of waste\"\n", none);
    use_map(counted);
    EXPECT(HEADER "E06000014,W,,3,,,,,\n",
           "W||3|||||\nimported 1 suppressed 0 others 0 refused 0\n");
    cr_expect(bytes_equal(document_text(result.snapshots[0], "counted"),
                          bytes_of_text("tonnes of waste")));
}

/* Beside what was published before they are one thing: so they are here. */
Test(import, takes_no_capitals_for_another_group)
{
    use_map(MAP);
    EXPECT(HEADER "E06000014,1E,Female,7.7,33,428,,,\nE06000014,1e,FEMALE,7.7,33,428,,,\n",
           "1E|Female|8|35|430|||\nimported 1 suppressed 0 others 0 refused 1\n"
           "3 1E Female came before, on line 2: leave one of them out\n");
}

/* --- Public figures --- */

static bool hear_public(void *context, const struct figure_key *key,
                        const struct known_figure *figure, struct fault *why)
{
    (void)context;
    buffer_printf(&told, "%s %s %s %s %s %g %g/%g [%s]\n", key->framework, key->code,
                  key->disaggregation, figure->area, figure->period, figure->value,
                  figure->numerator, figure->denominator, figure->flag);
    return strcmp(key->code, "STOP") != 0 || fault_set(why, FAULT_SELF, "no room");
}

static bool take_public(const char *csv)
{
    struct import_request request = {.map = map, .file_name = "t.csv"};
    FILE *file = fmemopen((void *)csv, strlen(csv), "r");

    buffer_clear(&told);
    import_result_release(&result);
    fault = (struct fault){0};
    bool done = import_public(&request, file, hear_public, &result, &fault);
    fclose(file);
    return done;
}

Test(import, takes_public_figures_of_every_area_as_they_stand)
{
    use_map(MAP "where \"group\" { is = {\"Total\", \"Male\"} }\n");
    cr_assert(take_public(HEADER "E06000014,1E,Total,7.7,3,39,,,\n"
                                 "E06000015,1E,Male,[c],,,,,\n"
                                 "E06000015,1E,Female,9,3,39,,,\n"
                                 "somewhere,1E,Total,9,3,39,,,\n"
                                 "E06000016,1E,Total,many,3,39,,,\n"),
              "%s", fault.text);
    cr_expect_str_eq(buffer_text(&told), "F 1E Total E06000014 2020-21 7.7 3/39 []\n"
                                         "F 1E Male E06000015 2020-21 nan nan/nan [c]\n");
    cr_expect_eq(result.imported, 2);
    cr_expect_eq(result.others, 1);
    cr_assert_eq(result.refused, 2);
    cr_expect_eq(result.refusals[0].line, 5);
    cr_expect_not_null(strstr(result.refusals[0].why, "no area's code"));
}

Test(import, stops_where_public_figures_cannot_be_kept)
{
    use_map(MAP);
    cr_expect_not(take_public(HEADER "E06000014,STOP,Total,7,,,,,\nE06000014,1E,Total,7,,,,,\n"));
    cr_expect_eq(fault.kind, FAULT_SELF);
    cr_expect_not(take_public(HEADER "somewhere,1E,Total,7,,,,,\n"));
    cr_expect_not_null(strstr(fault.text, "none of its rows can be used"), "%s", fault.text);
    use_map("framework = \"F\"\nperiod = \"2020-21\"\nunit = \"percent\"\n"
            "columns { code = \"code\" value = \"value\" }\n");
    cr_expect_not(take_public("code,value\n1E,7\n"));
    cr_expect_not_null(strstr(fault.text, "which one has their codes"), "%s", fault.text);
}
