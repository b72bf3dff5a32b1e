#include "protocol/period.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char *spelled(const char *text)
{
    static char period[PERIOD_SIZE];
    struct fault fault;

    return period_spelled(bytes_of_text(text), period, &fault) ? period : "";
}

Test(period, has_one_spelling)
{
    static const char *const rows[][2] = {
        {"2024-25", "2024-25"},
        {"2024/25", "2024-25"},
        {"2024-2025", "2024-25"},
        {"2024/2025", "2024-25"},
        {" 2024 - 25 ", "2024-25"},
        {"2024\xe2\x80\x93"
         "25",
         "2024-25"},
        {"1999-00", "1999-00"},
        {"1999-2000", "1999-00"},
        {"2018-20", "2018-20"},
        {"2023", "2023"},
        {"2023-24 Q1", "2023-24 Q1"},
        {"2023/24q1", "2023-24 Q1"},
        {"Q1 2023-24", "2023-24 Q1"},
        {"2023 H2", "2023 H2"},
        {"2025-Q1", "2025 Q1"},
        {"2025/Q1", "2025 Q1"},
        {"Q1-2025", "2025 Q1"},
        {"2024-25-Q3", "2024-25 Q3"},
        {"2024/25 - M09", "2024-25 M09"},
        {"2023-24 m1", "2023-24 M01"},
        {"2023-24 M12", "2023-24 M12"},
        {"2024-03-31", "2024-03-31"},
        {"2024/03/31", "2024-03-31"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_str_eq(spelled(rows[i][0]), rows[i][1], "%s: %s", rows[i][0],
                         spelled(rows[i][0]));
        cr_expect_str_eq(spelled(rows[i][1]), rows[i][1], "%s", rows[i][1]);
    }
}

Test(period, is_nothing_else)
{
    static const char *const rows[] = {
        "",
        "20",
        "202",
        "2024-",
        "2024-2",
        "2024-24",
        "2024-23",
        "2024-2024",
        "2024-2035",
        "2024-04",
        "24-25",
        "2024-25 final",
        "2024-25x",
        "FY 2024-25",
        "2024-25 Q5",
        "2024-25 Q0",
        "2024-25 Q12",
        "Q1 2024-25 Q1",
        "2024-25 M13",
        "2024-02-30",
        "2023-02-29",
        "2024-25 Q",
        "2024-25-",
        "2024-Q",
        "2024-Q1-25",
        "2024--Q1",
        "Q1-",
        "2024-13-01",
        "2024-03-32",
        "1850",
        "2024 2025",
        "2024-25-26",
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(spelled(rows[i]), "", "%s: %s", rows[i], spelled(rows[i]));
}

Test(period, overlaps_with_what_is_within_it)
{
    cr_expect(periods_overlap("2023-24", "2023-24"));
    cr_expect(periods_overlap("2023-24", "2023-24 Q1"));
    cr_expect(periods_overlap("2023-24 Q1", "2023-24"));
    cr_expect(periods_overlap("2023", "2023-24"));
    cr_expect_not(periods_overlap("2023-24", "2024-25"));
    cr_expect_not(periods_overlap("2023-24 Q1", "2023-24 Q2"));
    cr_expect_not(periods_overlap("2023-24 M01", "2023-24 M10"));
    cr_expect(periods_overlap("2023-24 H1", "2023-24 Q2"));
    cr_expect(periods_overlap("2023-24 M06", "2023-24 H1"));
    cr_expect(periods_overlap("2023-24 Q3", "2023 Q4"));
    cr_expect(periods_overlap("2023-24 M12", "2024 Q1"));
    cr_expect(periods_overlap("2018-20", "2019"));
    cr_expect_not(periods_overlap("2023-24 H1", "2023-24 Q3"));
    cr_expect_not(periods_overlap("2018-20", "2019-21"));
    cr_expect_not(periods_overlap("2024", "2023-24"));
    cr_expect_not(periods_overlap("2024-03-01", "2024-03-31"));
    cr_expect_not(periods_overlap("2023-24", "2024-03-31"));
}

/* "first to last", counted from January 2023. */
static const char *months(const char *period)
{
    static char text[40];
    struct months months;

    if (!period_months(period, &months))
        return "";
    snprintf(text, sizeof text, "%d to %d", (int)months.first - 2023 * 12,
             (int)months.last - 2023 * 12);
    return text;
}

Test(period, takes_its_months)
{
    cr_expect_str_eq(months("2023"), "0 to 11");
    cr_expect_str_eq(months("2023-24"), "3 to 14");
    cr_expect_str_eq(months("2023-24 Q4"), "12 to 14");
    cr_expect_str_eq(months("2023 H2"), "6 to 11");
    cr_expect_str_eq(months("2023-24 M01"), "3 to 3");
    cr_expect_str_eq(months("2023-25"), "0 to 35");
    cr_expect_str_eq(months("2024-03-31"), "");
}
