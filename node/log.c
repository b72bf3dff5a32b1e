#include "node/log.h"
#include "node/clock.h"
#include "protocol/bytes.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct log_settings log_settings = {.least = LOG_NOTICE};
static bool journal;

void log_start(struct log_settings settings)
{
    log_settings = settings;
    journal = getenv("JOURNAL_STREAM") != NULL;
}

/* A line stays one line, and UTF-8, whatever the text in it brings: others' bytes may be in it. */
static void tidy(char *text, bool cut)
{
    size_t size = strlen(text);

    while (cut && size > 0 && (text[size - 1] & 0x80) != 0) /* Half a character, perhaps. */
        text[--size] = '\0';
    bool is_text = bytes_are_text(bytes_of(text, size));
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = ' ';
        else if (!is_text && (*text & 0x80) != 0)
            *text = '?';
}

void log_line(enum log_level level, const char *format, ...)
{
    static const struct {
        const char *name;
        int priority; /* syslog(3), as systemd's journal reads it. */
    } levels[] = {[LOG_ERROR] = {"error", 3},
                  [LOG_WARNING] = {"warning", 4},
                  [LOG_NOTICE] = {"notice", 5},
                  [LOG_INFO] = {"info", 6},
                  [LOG_DEBUG] = {"debug", 7}};
    char text[1024], stamp[CLOCK_STAMP_SIZE];
    va_list arguments;

    if (level > log_settings.least)
        return;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    tidy(text, size >= (int)sizeof text);
    clock_stamp(stamp, clock_now_ms());

    if (log_settings.json) {
        json_t *line =
            json_pack("{s:s, s:s, s:s}", "time", stamp, "level", levels[level].name, "text", text);
        char *dump = line == NULL ? NULL : json_dumps(line, JSON_COMPACT);
        if (dump != NULL)
            fprintf(stderr, "%s\n", dump);
        free(dump);
        json_decref(line);
    } else if (journal) {
        fprintf(stderr, "<%d>%s\n", levels[level].priority, text);
    } else {
        fprintf(stderr, "%s %s: %s\n", stamp, levels[level].name, text);
    }
}
