#ifndef CANDOUR_PROTOCOL_PERIOD_H
#define CANDOUR_PROTOCOL_PERIOD_H

#include "protocol/bytes.h"
#include "protocol/fault.h"

/* The time that figures cover. Each has one spelling, so that two releases of it are known for
 * that:
 *
 *     2023            a calendar year
 *     2023-24         a year that ends in the next (financial, academic)
 *     2018-20         several years, at most ten
 *     2023-24 Q1      of any of these a quarter (Q1 to Q4), half (H1, H2) or month (M01 to M12)
 *     2024-03-31      as it stood on a day */

#define PERIOD_SIZE 12 /* With the zero byte. */

/* Its spelling, from what people write: "2023/24", "2023 – 2024", "q1 2023-24", "2025-Q1".
 * FAULT_INPUT with the spellings that there are where it is none of them. */
bool period_spelled(struct bytes text, char spelled[PERIOD_SIZE], struct fault *fault);

/* From the first to the last month, counted from the year 0. A year that ends in the next begins in
 * April. */
struct months {
    unsigned first, last;
};
/* False where it takes no time: as it stood on a day. */
bool period_months(const char *period, struct months *months);

/* One of the same name, or within the other by its name, "2023-24" and "2023-24 Q1", or by its
 * months, "2023-24 H1" and "2023-24 Q2", a year that ends in the next beginning in April. Two of
 * which neither is within the other, 2018-20 and 2019-21, differ by people of both. */
bool periods_overlap(const char *a, const char *b);

#endif
