#ifndef CANDOUR_PROTOCOL_TEXT_H
#define CANDOUR_PROTOCOL_TEXT_H

#include "protocol/bytes.h"

/* What people write: texts and numbers. */

/* Without white space at either end. */
struct bytes text_trimmed(struct bytes text);

/* The same words, whatever capitals they are written in (A to Z alone). */
bool text_same(struct bytes a, struct bytes b);

/* A copy of its own, with a zero byte after it. The caller frees it. */
char *text_copy(struct bytes text);

/* At most 40 bytes of a text, whole characters, for "%.*s" in a sentence. */
#define QUOTED(text) text_quoted(text), (const char *)(text).data
int text_quoted(struct bytes text);

#define NUMBER_DIGITS_MAX 18
#define NUMBER_DECIMALS_MAX 9

/* -12.50 is -1250 with 2 decimals. False where the text is not a number in its one spelling. */
bool number_read(struct bytes text, int64_t *integer, unsigned *decimals);
void number_write(struct buffer *text, int64_t integer, unsigned decimals);

/* Days since 1970-01-01 of a date in the Gregorian calendar. */
int64_t days_since_1970(int64_t year, int64_t month, int64_t day);

/* Is there such a day in the Gregorian calendar? */
bool day_exists(int64_t year, int64_t month, int64_t day);

/* The first day of a date, as a form writes it: yyyy-mm-dd, or the first of yyyy-mm. */
int64_t date_begin_day(struct bytes date);

/* When a date is over, as a form writes it: yyyy-mm-dd that day, yyyy-mm that month, in UTC. */
int64_t date_end_ms(struct bytes date);

#endif
