#include "protocol/form.h"
#include "protocol/text.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define DAY_MS INT64_C(86400000)

/* GNU date says so: date -u -d DATE +%s. */
Test(text, knows_when_a_date_is_over)
{
    static const struct {
        const char *date;
        int64_t over_s;
    } rows[] = {
        {"1970-01-01", 86400},      {"2024-02-28", 1709164800}, {"2024-02", 1709251200},
        {"2026-12-31", 1798761600}, {"2026-12", 1798761600},    {"2100-02-28", 4107542400},
        {"2026-11", 1796083200},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(date_end_ms(bytes_of_text(rows[i].date)), rows[i].over_s * 1000, "%s",
                     rows[i].date);
}

Test(text, knows_the_first_day_of_a_date)
{
    cr_expect_eq(date_begin_day(bytes_of_text("1970-01")), 0);
    cr_expect_eq(date_begin_day(bytes_of_text("2024-02-28")), 19781);
    cr_expect_eq(date_begin_day(bytes_of_text("2024-03")), 19783);
}

Test(text, is_not_published_when_it_has_expired)
{
    struct document *document = document_new(&label_form);
    struct fault fault = {0};
    int64_t expiry_ms;

    document_add(document, "expires", bytes_of_text("1970-01-02"), (struct place){0});
    cr_expect(document_expiry(document, 2 * DAY_MS - 1, &expiry_ms, &fault));
    cr_expect_eq(expiry_ms, 2 * DAY_MS);
    cr_expect(!document_expiry(document, 2 * DAY_MS, &expiry_ms, &fault));
    cr_expect_str_eq(fault.text, "\"Expires\": 1970-01-02 is over: give a later day");
    document_free(document);

    document = document_new(&lesson_form);
    cr_expect(document_expiry(document, 2 * DAY_MS, &expiry_ms, &fault));
    cr_expect_eq(expiry_ms, 0);
    document_free(document);
}
