#include "protocol/bytes.h"

#include <criterion/criterion.h>

/* The edges of every row of Unicode 15, table 3-7, and what lies just beyond them. */
Test(bytes, are_text_only_as_the_standard_says)
{
    static const struct {
        const char *text;
        size_t size;
        bool valid;
    } rows[] = {
        {"", 0, true},
        {"\x01", 1, true},
        {"\x7f", 1, true},
        {"\x00", 1, false},
        {"\x80", 1, false},
        {"\xbf", 1, false},
        {"\xc0\x80", 2, false},
        {"\xc1\xbf", 2, false},
        {"\xc2\x80", 2, true},
        {"\xdf\xbf", 2, true},
        {"\xc2\x7f", 2, false},
        {"\xc2\xc0", 2, false},
        {"\xc2", 1, false},
        {"\xe0\x9f\xbf", 3, false},
        {"\xe0\xa0\x80", 3, true},
        {"\xe1\x80\x80", 3, true},
        {"\xec\xbf\xbf", 3, true},
        {"\xed\x9f\xbf", 3, true},
        {"\xed\xa0\x80", 3, false}, /* A surrogate. */
        {"\xed\xbf\xbf", 3, false},
        {"\xee\x80\x80", 3, true},
        {"\xef\xbf\xbf", 3, true},
        {"\xef\xbf", 2, false},
        {"\xe1\x80\x7f", 3, false},
        {"\xf0\x8f\xbf\xbf", 4, false},
        {"\xf0\x90\x80\x80", 4, true},
        {"\xf3\xbf\xbf\xbf", 4, true},
        {"\xf4\x8f\xbf\xbf", 4, true},
        {"\xf4\x90\x80\x80", 4, false}, /* Beyond U+10FFFF. */
        {"\xf5\x80\x80\x80", 4, false},
        {"\xf0\x90\x80", 3, false},
        {"\xf0\x90\x80\xc0", 4, false},
        {"\xff", 1, false},
        {"caf\xc3\xa9", 5, true},
        {"caf\xe9", 4, false}, /* Latin-1. */
        {"a\x00z", 3, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(bytes_are_text(bytes_of(rows[i].text, rows[i].size)), rows[i].valid, "row %zu",
                     i);
}

Test(bytes, come_in_order)
{
    static const struct {
        const char *a, *b;
        int order;
    } rows[] = {{"", "", 0},    {"", "a", -1},     {"a", "a", 0},   {"a", "b", -1},
                {"b", "ab", 1}, {"ab", "abc", -1}, {"\xff", "a", 1}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes a = bytes_of_text(rows[i].a), b = bytes_of_text(rows[i].b);
        int order = bytes_compare(a, b), back = bytes_compare(b, a);
        cr_expect_eq((order > 0) - (order < 0), rows[i].order, "row %zu", i);
        cr_expect_eq((back > 0) - (back < 0), -rows[i].order, "row %zu", i);
        cr_expect_eq(bytes_equal(a, b), rows[i].order == 0, "row %zu", i);
    }
}

Test(bytes, grow_without_losing_any)
{
    struct buffer buffer = {0};

    for (unsigned i = 0; i < 2000; i++)
        buffer_printf(&buffer, "%u,", i);
    buffer_append(&buffer, bytes_of(NULL, 0));
    buffer_append_text(&buffer, "end");
    cr_expect_eq(buffer.size, 10 * 2 + 90 * 3 + 900 * 4 + 1000 * 5 + 3);
    cr_expect_str_eq(buffer_text(&buffer) + buffer.size - 9, ",1999,end");
    buffer_clear(&buffer);
    cr_expect_str_eq(buffer_text(&buffer), "");
    buffer_release(&buffer);
}

Test(bytes, are_hexadecimal_and_back)
{
    static const char *const wrong[] = {"", "0", "00ff8", "00ff80a", "00fg80", "00 f80", "0x00ff"};
    uint8_t data[3] = {0x00, 0xff, 0x80}, read[3] = {0};
    char text[7];

    hex_of(text, data, 3);
    cr_expect_str_eq(text, "00ff80");
    cr_expect(hex_read(read, 3, "00FF80"));
    cr_expect_arr_eq(read, data, 3);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(hex_read(read, 3, wrong[i]), "%s", wrong[i]);
}
