#ifndef CANDOUR_NODE_CLOCK_H
#define CANDOUR_NODE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Milliseconds since 1970 UTC, leap seconds not counted. */
int64_t clock_now_ms(void);

/* "2026-11-22" and "2026-11-22 14:05" in UTC. */
#define CLOCK_DATE_SIZE 16
#define CLOCK_MINUTE_SIZE 24
void clock_date(char text[CLOCK_DATE_SIZE], int64_t time_ms);
void clock_minute(char text[CLOCK_MINUTE_SIZE], int64_t time_ms);

/* RFC 3339 with seconds, UTC: "2026-11-22T14:05:09Z". For --json and logs. */
#define CLOCK_STAMP_SIZE 32
void clock_stamp(char text[CLOCK_STAMP_SIZE], int64_t time_ms);
int64_t clock_read_stamp(const char *text); /* -1: it is none. */

/* A number and its unit, such as "90s", "30min", "24h", "3d" or "2w", in ms; -1: it is none. */
int64_t clock_read_span(const char *text);
#define CLOCK_SETTING_SIZE 32
void clock_setting(char text[CLOCK_SETTING_SIZE], int64_t span_ms); /* As it is read again. */

/* The start of a day given as yyyy-mm-dd, or of a span back from now such as "30d" or "12h"; -1
 * when the text is neither. */
int64_t clock_since(const char *text, int64_t now_ms);

/* "3 s", "5 min", "2 h", "4 days": how long something has been so. */
#define CLOCK_SPAN_SIZE 24
void clock_span(char text[CLOCK_SPAN_SIZE], int64_t span_ms);

#endif
