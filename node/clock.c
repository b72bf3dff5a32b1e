#include "node/clock.h"
#include "protocol/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t clock_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void format(char *text, size_t size, const char *how, int64_t time_ms)
{
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm parts;

    if (gmtime_r(&seconds, &parts) == NULL || strftime(text, size, how, &parts) == 0)
        text[0] = '\0';
}

void clock_date(char text[CLOCK_DATE_SIZE], int64_t time_ms)
{
    format(text, CLOCK_DATE_SIZE, "%Y-%m-%d", time_ms);
}

void clock_minute(char text[CLOCK_MINUTE_SIZE], int64_t time_ms)
{
    format(text, CLOCK_MINUTE_SIZE, "%Y-%m-%d %H:%M", time_ms);
}

void clock_stamp(char text[CLOCK_STAMP_SIZE], int64_t time_ms)
{
    format(text, CLOCK_STAMP_SIZE, "%Y-%m-%dT%H:%M:%SZ", time_ms);
}

/* So many digits as a number, or -1. */
static int digits(const char *text, size_t count)
{
    int number = 0;

    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

/* Of the ten characters yyyy-mm-dd; -1: they are no date. */
static int64_t read_date(const char *text)
{
    if (text[4] != '-' || text[7] != '-')
        return -1;
    int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
    return year >= 1970 && day_exists(year, month, day)
               ? days_since_1970(year, month, day) * 86400000
               : -1;
}

int64_t clock_read_stamp(const char *text)
{
    if (strlen(text) != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
        text[19] != 'Z')
        return -1;
    int64_t date = read_date(text);
    int hour = digits(text + 11, 2), minute = digits(text + 14, 2), second = digits(text + 17, 2);
    if (date < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return -1;
    return date + ((hour * 60 + minute) * 60 + second) * INT64_C(1000);
}

int64_t clock_read_span(const char *text)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"s", 1000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000}, {"w", 604800000}};
    size_t size = strspn(text, "0123456789");

    for (size_t i = 0; size > 0 && size < 8 && i < sizeof units / sizeof *units; i++)
        if (strcmp(text + size, units[i].name) == 0)
            return digits(text, size) * units[i].ms;
    return -1;
}

void clock_setting(char text[CLOCK_SETTING_SIZE], int64_t span_ms)
{
    bool hours = span_ms % 3600000 == 0;

    snprintf(text, CLOCK_SETTING_SIZE, "%" PRId64 "%s", span_ms / (hours ? 3600000 : 1000),
             hours ? "h" : "s");
}

int64_t clock_since(const char *text, int64_t now_ms)
{
    int64_t span_ms = clock_read_span(text);

    if (strlen(text) == 10 && read_date(text) >= 0)
        return read_date(text);
    return span_ms < 0 ? -1 : now_ms - span_ms;
}

void clock_span(char text[CLOCK_SPAN_SIZE], int64_t span_ms)
{
    static const struct {
        int64_t ms;
        const char *one, *many;
    } units[] = {{86400000, "day", "days"}, {3600000, "h", "h"}, {60000, "min", "min"}};

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (span_ms >= units[i].ms) {
            int64_t count = span_ms / units[i].ms;
            snprintf(text, CLOCK_SPAN_SIZE, "%" PRId64 " %s", count,
                     count == 1 ? units[i].one : units[i].many);
            return;
        }
    snprintf(text, CLOCK_SPAN_SIZE, "%" PRId64 " s", span_ms < 0 ? 0 : span_ms / 1000);
}
