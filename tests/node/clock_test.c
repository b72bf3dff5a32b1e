#include "node/clock.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#define NOW INT64_C(1795356309123) /* 2026-11-22 14:05:09.123 UTC */

Test(clock, writes_moments_in_utc)
{
    char date[CLOCK_DATE_SIZE], minute[CLOCK_MINUTE_SIZE], stamp[CLOCK_STAMP_SIZE];

    setenv("TZ", "Asia/Tokyo", 1);
    tzset();
    clock_date(date, NOW);
    clock_minute(minute, NOW);
    clock_stamp(stamp, NOW);
    cr_expect_str_eq(date, "2026-11-22");
    cr_expect_str_eq(minute, "2026-11-22 14:05");
    cr_expect_str_eq(stamp, "2026-11-22T14:05:09Z");
}

Test(clock, writes_the_first_and_the_last_moment_there_is)
{
    char stamp[CLOCK_STAMP_SIZE];

    clock_stamp(stamp, 0);
    cr_expect_str_eq(stamp, "1970-01-01T00:00:00Z");
    clock_stamp(stamp, INT64_C(253402300799999));
    cr_expect_str_eq(stamp, "9999-12-31T23:59:59Z");
}

Test(clock, reads_the_stamps_that_it_writes)
{
    static const char *const none[] = {"",
                                       "2026-11-22",
                                       "2026-11-22T14:05:09",
                                       "2026-11-22 14:05:09Z",
                                       "2026-02-29T14:05:09Z",
                                       "2026-11-22T24:05:09Z",
                                       "2026-11-22T14:60:09Z",
                                       "2026-11-22T14:05:60Z",
                                       "2026-11-22T14:05:0xZ",
                                       "2026-11-22T14:05:09Z "};

    cr_expect_eq(clock_read_stamp("2026-11-22T14:05:09Z"), NOW - NOW % 1000);
    cr_expect_eq(clock_read_stamp("1970-01-01T00:00:00Z"), 0);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        cr_expect_eq(clock_read_stamp(none[i]), -1, "%s", none[i]);
}

Test(clock, agrees_with_the_system_about_now)
{
    int64_t before = (int64_t)time(NULL) * 1000, now = clock_now_ms();

    cr_expect(now >= before && now < before + 60000, "%" PRId64, now);
}

Test(clock, understands_since_when)
{
    static const struct {
        const char *text;
        int64_t since;
    } cases[] = {{"1970-01-01", 0},
                 {"2026-11-22", INT64_C(1795305600000)},
                 {"2024-02-29", INT64_C(1709164800000)},
                 {"2000-02-29", INT64_C(951782400000)},
                 {"30d", NOW - 30 * INT64_C(86400000)},
                 {"12h", NOW - 12 * INT64_C(3600000)},
                 {"2w", NOW - 14 * INT64_C(86400000)},
                 {"0d", NOW},
                 {"45min", NOW - 45 * INT64_C(60000)},
                 {"90s", NOW - 90 * INT64_C(1000)},
                 {"3m", -1}, /* Minutes or months? */
                 {"", -1},
                 {"d", -1},
                 {"30", -1},
                 {"30x", -1},
                 {"-3d", -1},
                 {"3 d", -1},
                 {"99999999d", -1},
                 {"2026-13-01", -1},
                 {"2026-00-01", -1},
                 {"2026-01-32", -1},
                 {"2026-01-00", -1},
                 {"2026-02-30", -1},
                 {"2023-02-29", -1},
                 {"1900-02-29", -1},
                 {"2026-04-31", -1},
                 {"2026/11/22", -1},
                 {"1969-12-31", -1},
                 {"22-11-2026", -1},
                 {"2026-11-2x", -1},
                 {"yesterday", -1}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(clock_since(cases[i].text, NOW), cases[i].since, "%s: %" PRId64, cases[i].text,
                     clock_since(cases[i].text, NOW));
}

Test(clock, says_how_long_in_words)
{
    static const struct {
        int64_t span;
        const char *text;
    } cases[] = {{-5, "0 s"},         {0, "0 s"},           {999, "0 s"},     {59999, "59 s"},
                 {60000, "1 min"},    {3599999, "59 min"},  {3600000, "1 h"}, {86399999, "23 h"},
                 {86400000, "1 day"}, {345600000, "4 days"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[CLOCK_SPAN_SIZE];
        clock_span(text, cases[i].span);
        cr_expect_str_eq(text, cases[i].text);
    }
}
