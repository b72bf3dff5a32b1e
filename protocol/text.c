#include "protocol/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_white(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

struct bytes text_trimmed(struct bytes text)
{
    while (text.size > 0 && is_white(text.data[text.size - 1]))
        text.size--;
    while (text.size > 0 && is_white(text.data[0])) {
        text.data++;
        text.size--;
    }
    return text;
}

char *text_copy(struct bytes text)
{
    char *copy = memory_new(text.size + 1, 1);

    if (text.size > 0)
        memcpy(copy, text.data, text.size);
    return copy;
}

static uint8_t folded(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 32) : byte;
}

bool text_same(struct bytes a, struct bytes b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (folded(a.data[i]) != folded(b.data[i]))
            return false;
    return true;
}

int text_quoted(struct bytes text)
{
    size_t size = text.size < 40 ? text.size : 40;

    while (size > 0 && size < text.size && (text.data[size] & 0xc0) == 0x80)
        size--;
    return (int)size;
}

bool number_read(struct bytes text, int64_t *integer, unsigned *decimals)
{
    bool negative = text.size > 0 && text.data[0] == '-';
    size_t digits = 0, point = 0;

    *integer = 0;
    for (size_t i = negative; i < text.size; i++) {
        if (text.data[i] == '.' && point == 0 && digits > 0) {
            point = i;
            continue;
        }
        if (text.data[i] < '0' || text.data[i] > '9' || ++digits > NUMBER_DIGITS_MAX)
            return false;
        *integer = 10 * *integer + text.data[i] - '0';
    }
    size_t whole = (point == 0 ? text.size : point) - negative;
    size_t fraction = point == 0 ? 0 : text.size - point - 1;
    if (digits == 0 || fraction > NUMBER_DECIMALS_MAX || (point != 0 && fraction == 0))
        return false;
    if (whole > 1 && text.data[negative] == '0')
        return false;
    if (negative && *integer == 0)
        return false;
    *integer = negative ? -*integer : *integer;
    *decimals = (unsigned)fraction;
    return true;
}

void number_write(struct buffer *text, int64_t integer, unsigned decimals)
{
    char digits[32];
    uint64_t magnitude = integer < 0 ? (uint64_t)-integer : (uint64_t)integer;

    assert(decimals <= NUMBER_DECIMALS_MAX);
    /* At least one digit stands before the point. */
    snprintf(digits, sizeof digits, "%0*" PRIu64, (int)decimals + 1, magnitude);
    int whole = (int)(strlen(digits) - decimals);
    buffer_printf(text, "%s%.*s", integer < 0 ? "-" : "", whole, digits);
    if (decimals > 0)
        buffer_printf(text, ".%s", digits + whole);
}

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

bool day_exists(int64_t year, int64_t month, int64_t day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

static int64_t digits(struct bytes text, size_t at, size_t count)
{
    int64_t number = 0;

    for (size_t i = at; i < at + count; i++)
        number = number * 10 + (text.data[i] - '0');
    return number;
}

int64_t date_begin_day(struct bytes date)
{
    assert(date.size == 7 || date.size == 10);
    return days_since_1970(digits(date, 0, 4), digits(date, 5, 2),
                           date.size == 10 ? digits(date, 8, 2) : 1);
}

int64_t date_end_ms(struct bytes date)
{
    assert(date.size == 7 || date.size == 10);
    int64_t year = digits(date, 0, 4), month = digits(date, 5, 2);
    int64_t days = date.size == 10 ? days_since_1970(year, month, digits(date, 8, 2)) + 1
                                   : days_since_1970(year + month / 12, month % 12 + 1, 1);

    return days * 24 * 60 * 60 * 1000;
}
