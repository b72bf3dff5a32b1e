#include "node/log.h"
#include "node/clock.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static struct log_settings log_settings = {.least = LOG_NOTICE};
static bool journal;

void log_start(struct log_settings settings)
{
    log_settings = settings;
    journal = getenv("JOURNAL_STREAM") != NULL;
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
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
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
