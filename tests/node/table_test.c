#include "node/table.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct buffer told;
static struct fault fault;

static void tell_row(const char *what, const struct row *row)
{
    buffer_printf(&told, "%u %s", row->line, what);
    for (size_t i = 0; i < row->count; i++)
        buffer_printf(&told, "%s%.*s", i == 0 ? " " : "|", (int)row->cells[i].size,
                      (const char *)row->cells[i].data);
    buffer_append_text(&told, "\n");
}

static bool on_header(void *context, const struct row *row, struct fault *unused)
{
    (void)context;
    (void)unused;
    tell_row("names", row);
    return true;
}

static bool on_row(void *context, const struct row *row, struct fault *row_fault)
{
    (void)context;
    tell_row("row", row);
    return !bytes_equal(row->cells[0], bytes_of_text("stop")) ||
           fault_set(row_fault, FAULT_INPUT, "stopped");
}

static bool pass_row(void *context, const struct row *row, struct fault *unused)
{
    (void)context;
    (void)row;
    (void)unused;
    return true;
}

static void on_bad(void *context, uint32_t line, const char *why)
{
    (void)context;
    buffer_printf(&told, "%u %s\n", line, why);
}

static const char *read_table(struct bytes text, char delimiter, uint32_t skip_lines)
{
    struct table_reader reader = {"t.csv", delimiter, skip_lines, NULL, on_header, on_row, on_bad};
    FILE *file = text.size == 0 ? tmpfile() : fmemopen((void *)text.data, text.size, "r");

    cr_assert_not_null(file);
    buffer_clear(&told);
    fault = (struct fault){0};
    if (!table_read(&reader, file, &fault))
        buffer_printf(&told, "refused: %s\n", fault.text);
    fclose(file);
    return buffer_text(&told);
}

static void close_table(void)
{
    buffer_release(&told);
}

TestSuite(table, .fini = close_table);

#define EXPECT(text, expected)                                                                     \
    cr_expect_str_eq(read_table(bytes_of_text(text), ',', 0), expected, "got:\n%s",                \
                     buffer_text(&told))

Test(table, reads_what_spreadsheets_write)
{
    EXPECT("a,b\n1,2\n", "1 names a|b\n2 row 1|2\n");
    EXPECT("\xef\xbb\xbf"
           "a,b\r\n1,2\r\n",
           "1 names a|b\n2 row 1|2\n");
    EXPECT("a,b\r1,2\r3,4", "1 names a|b\n2 row 1|2\n3 row 3|4\n");
    EXPECT("a,b\n1,2", "1 names a|b\n2 row 1|2\n");
    EXPECT("a,b\n\"x, \"\"y\"\"\", 2 \n", "1 names a|b\n2 row x, \"y\"|2\n");
    EXPECT("\"a\",\"b\"\n\n  \n,\n1,\n", "1 names a|b\n5 row 1|\n");
    EXPECT("a,b,,\n1,2,,\n1,2,,,,\n1,2\n", "1 names a|b\n2 row 1|2\n3 row 1|2\n4 row 1|2\n");
}

Test(table, counts_lines_through_quoted_line_breaks)
{
    EXPECT("a,b\n\"one\ntwo\r\nthree\",2\n3,4\n",
           "1 names a|b\n2 row one\ntwo\r\nthree|2\n5 row 3|4\n");
}

Test(table, reads_other_delimiters_and_skips_titles)
{
    cr_expect_str_eq(read_table(bytes_of_text("Title; x\n\na;b\n1,5;2\n"), ';', 2),
                     "3 names a|b\n4 row 1,5|2\n");
    cr_expect_str_eq(read_table(bytes_of_text("a\tb\n1\t\n\t2\n"), '\t', 0),
                     "1 names a|b\n2 row 1|\n3 row |2\n");
    cr_expect_str_eq(read_table(bytes_of_text("a\n1\n"), ',', 9),
                     "refused: t.csv: is empty: it has no row of column names\n");
}

Test(table, leaves_out_a_bad_row_and_reads_the_rest)
{
    EXPECT("a,b\n1\n2,3\n4,5,6\n7,8\n",
           "1 names a|b\n2 has 1 fields, the row of column names 2\n3 row 2|3\n"
           "4 has 3 fields, the row of column names 2\n5 row 7|8\n");
    EXPECT("a,b\n1,x\"y\n2,3\n", "1 names a|b\n2 has a quotation mark in the middle of a field\n"
                                 "3 row 2|3\n");
    EXPECT("a,b\n1,\xff\n2,3\n",
           "1 names a|b\n2 is not UTF-8: save the file as \"CSV UTF-8\" and import it again\n"
           "3 row 2|3\n");
    /* Two halves of a character in two cells are not one character. */
    EXPECT("a,b\n\xc3,\xa9\n2,3\n",
           "1 names a|b\n2 is not UTF-8: save the file as \"CSV UTF-8\" and import it again\n"
           "3 row 2|3\n");
}

Test(table, loses_one_row_to_a_quotation_mark_that_is_not_closed)
{
    EXPECT("a,b\n1,\"open\n2,3\n4,5\n",
           "1 names a|b\n2 opens a quotation mark that is not closed\n3 row 2|3\n4 row 4|5\n");
    EXPECT("a,b\n1,\"open\n2,3\n4,\"5\"\n6,7\n",
           "1 names a|b\n2 has a quotation mark in the middle of a field\n3 row 2|3\n4 row 4|5\n"
           "5 row 6|7\n");
}

Test(table, reads_thousands_of_rows_around_one_open_quotation_mark)
{
    struct buffer text = {0};
    uint32_t rows = 0;

    buffer_append_text(&text, "a,b\n");
    for (unsigned i = 2; i < 5000; i++)
        buffer_printf(&text, i == 2500 ? "%u,\"open\n" : "%u,x\n", i);
    const char *said = read_table(buffer_view(&text), ',', 0);
    for (const char *at = said; (at = strstr(at, " row ")) != NULL; at++)
        rows++;
    cr_expect_eq(rows, 4997);
    cr_expect_not_null(strstr(said, "\n2500 opens a quotation mark that is not closed\n"));
    buffer_release(&text);
}

static void append_many(struct buffer *text, const char *piece, size_t bytes)
{
    for (size_t end = text->size + bytes; text->size < end;)
        buffer_append_text(text, piece);
}

Test(table, leaves_out_what_is_too_long)
{
    struct buffer text = {0};

    buffer_append_text(&text, "a,b\n1,");
    append_many(&text, "y", TABLE_FIELD_MAX + 1);
    buffer_append_text(&text, "\n2,");
    append_many(&text, "long ", 3 * TABLE_LINE_MAX);
    buffer_append_text(&text, "\n3,");
    append_many(&text, ",", 1000);
    buffer_append_text(&text, "z\n4,5\n");
    cr_expect_str_eq(read_table(buffer_view(&text), ',', 0),
                     "1 names a|b\n2 a field is too long; is a quotation mark missing?\n"
                     "3 is too long a line\n4 has too many fields; is the delimiter right?\n"
                     "5 row 4|5\n");
    buffer_release(&text);
}

Test(table, gives_up_on_what_is_no_table)
{
    char line[8192];
    struct buffer text = {0};

    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 2] = '\n';
    line[sizeof line - 1] = '\0';
    EXPECT("", "refused: t.csv: is empty: it has no row of column names\n");
    EXPECT("\xff\xfe"
           "a\n",
           "refused: t.csv: is UTF-16: save it as \"CSV UTF-8\" and import it again\n");
    EXPECT("a,\"b\n", "refused: t.csv:1: the row of column names opens a quotation mark that is "
                      "not closed\n");
    EXPECT("a,b\n1,2\nstop,\n3,4\n", "1 names a|b\n2 row 1|2\n3 row stop|\nrefused: stopped\n");

    buffer_append_text(&text, "a,b\n");
    append_many(&text, "1\n", 2 * (TABLE_BAD_MAX + 1));
    cr_expect_not_null(strstr(read_table(buffer_view(&text), ',', 0),
                              "refused: t.csv:1002: more than 1000 rows cannot be read"));
    buffer_clear(&text);
    append_many(&text, line, TABLE_BYTES_MAX + 1);
    cr_expect_str_eq(fault.text, "t.csv:1002: more than 1000 rows cannot be read, this one because "
                                 "it has 1 fields, the row of column names 2");
    buffer_clear(&told);
    struct bytes all = buffer_view(&text);
    FILE *file = fmemopen((void *)all.data, all.size, "r");
    struct table_reader reader = {"t.csv", ',', 0, NULL, on_header, pass_row, on_bad};
    cr_expect_not(table_read(&reader, file, &fault));
    cr_expect_str_eq(fault.text,
                     "t.csv: is larger than 64 MiB: keep the rows of this council only");
    fclose(file);
    buffer_release(&text);
}
