#include "protocol/period.h"
#include "protocol/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define YEARS_MOST 10

struct years {
    unsigned first, last; /* The same: a calendar year. */
};

/* What was read is taken off the front. */
static void skip_spaces(struct bytes *text)
{
    while (text->size > 0 && text->data[0] == ' ')
        *text = bytes_after(*text, 1);
}

static bool take_digits(struct bytes *text, size_t count, unsigned *number)
{
    *number = 0;
    for (size_t i = 0; i < count; i++) {
        if (i == text->size || text->data[i] < '0' || text->data[i] > '9')
            return false;
        *number = 10 * *number + text->data[i] - '0';
    }
    *text = bytes_after(*text, count);
    return true;
}

static bool ends_number(struct bytes text)
{
    return text.size == 0 || text.data[0] < '0' || text.data[0] > '9';
}

/* What stands between two years, or a year and its part, and nothing else: "-", "/", a dash. */
static bool take_dash(struct bytes *text)
{
    static const char *const dashes[] = {"-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x88\x92"};
    struct bytes rest = *text;

    skip_spaces(&rest);
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++)
        if (bytes_begin(rest, dashes[i])) {
            *text = bytes_after(rest, strlen(dashes[i]));
            skip_spaces(text);
            return true;
        }
    return false;
}

/* "24" after 2023 is 2024, and "00" after 1999 is 2000. */
static bool take_last_year(struct bytes *text, struct years *years)
{
    struct bytes rest = *text;

    if (take_digits(&rest, 4, &years->last) && ends_number(rest)) {
        *text = rest;
    } else {
        if (!take_digits(text, 2, &years->last) || !ends_number(*text))
            return false;
        years->last += years->first / 100 * 100;
        if (years->last <= years->first)
            years->last += 100;
    }
    return years->last > years->first && years->last - years->first <= YEARS_MOST;
}

/* A dash that no year follows is left: "2025-Q1". */
static bool take_years(struct bytes *text, struct years *years)
{
    if (!take_digits(text, 4, &years->first) || years->first < 1900 || !ends_number(*text))
        return false;
    struct bytes rest = *text;
    years->last = years->first;
    if (!take_dash(&rest) || rest.size == 0 || rest.data[0] > '9')
        return true;
    *text = rest;
    return take_last_year(text, years);
}

/* A quarter, half or month: "Q1", "h2", "M1", "M01". */
static bool take_part(struct bytes *text, char *letter, unsigned *number)
{
    static const struct {
        char letter;
        unsigned most;
    } parts[] = {{'Q', 4}, {'H', 2}, {'M', 12}};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (text->size == 0 || (text->data[0] & ~0x20) != parts[i].letter)
            continue;
        struct bytes rest = bytes_after(*text, 1);
        bool two = parts[i].letter == 'M' && rest.size > 1 && !ends_number(bytes_after(rest, 1));
        if (!take_digits(&rest, two ? 2 : 1, number) || *number == 0 || *number > parts[i].most ||
            !ends_number(rest))
            return false;
        *letter = parts[i].letter;
        *text = rest;
        skip_spaces(text);
        return true;
    }
    return false;
}

static bool read_day(struct bytes text, char spelled[PERIOD_SIZE])
{
    unsigned year, month, day;

    if (!take_digits(&text, 4, &year) || !take_dash(&text) || !take_digits(&text, 2, &month) ||
        !take_dash(&text) || !take_digits(&text, 2, &day) || text.size > 0 || year < 1900 ||
        !day_exists(year, month, day))
        return false;
    snprintf(spelled, PERIOD_SIZE, "%04u-%02u-%02u", year % 10000, month, day);
    return true;
}

static bool read_period(struct bytes text, char spelled[PERIOD_SIZE])
{
    struct years years;
    char letter = '\0';
    unsigned number = 0;

    if (read_day(text, spelled))
        return true;
    bool before = take_part(&text, &letter, &number);
    if (before)
        take_dash(&text);
    if (!take_years(&text, &years))
        return false;
    struct bytes rest = text;
    take_dash(&rest);
    skip_spaces(&rest);
    if (!before && take_part(&rest, &letter, &number))
        text = rest;
    skip_spaces(&text);
    if (text.size > 0)
        return false;
    int size = snprintf(spelled, PERIOD_SIZE, "%04u", years.first);
    if (years.last > years.first)
        size += snprintf(spelled + size, PERIOD_SIZE - (size_t)size, "-%02u", years.last % 100);
    if (letter != '\0')
        snprintf(spelled + size, PERIOD_SIZE - (size_t)size, letter == 'M' ? " %c%02u" : " %c%u",
                 letter, number);
    return true;
}

bool period_spelled(struct bytes text, char spelled[PERIOD_SIZE], struct fault *fault)
{
    return read_period(text_trimmed(text), spelled) ||
           fault_set(fault, FAULT_INPUT,
                     "the period \"%.*s\" is not known: write 2023 (a calendar year), 2023-24 (a "
                     "financial or academic year), 2018-20 (several), 2023-24 Q1 (a quarter; H1 a "
                     "half, M01 a month), or 2024-03-31 (as on a day)",
                     QUOTED(text));
}

bool period_months(const char *period, struct months *months)
{
    struct bytes text = bytes_of_text(period);
    struct years years;
    char letter = '\0';
    unsigned number = 0;

    if (!take_years(&text, &years))
        return false;
    skip_spaces(&text);
    take_part(&text, &letter, &number);
    if (text.size > 0)
        return false;
    bool spring = years.last == years.first + 1;
    unsigned begin = 12 * years.first + (spring ? 3 : 0);
    unsigned part = letter == 'Q' ? 3 : letter == 'H' ? 6 : 1;
    *months = letter == '\0'
                  ? (struct months){begin, 12 * years.last + (spring ? 2 : 11)}
                  : (struct months){begin + part * (number - 1), begin + part * number - 1};
    return true;
}

static bool is_within(const struct months *part, const struct months *whole)
{
    return part->first >= whole->first && part->last <= whole->last;
}

bool periods_overlap(const char *a, const char *b)
{
    size_t size = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
    struct months first, second;

    if (strncasecmp(a, b, size) == 0)
        return true;
    return period_months(a, &first) && period_months(b, &second) &&
           (is_within(&first, &second) || is_within(&second, &first));
}
