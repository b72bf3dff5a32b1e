#ifndef CANDOUR_NODE_LOG_H
#define CANDOUR_NODE_LOG_H

#include <stdbool.h>

/* What the running node says, on standard error: one line each, with a journal priority in front
 * when systemd listens, or one JSON object a line with --json.
 *
 * No line ever holds an anonymous record's id, the peer it came from or the time it came: nothing
 * passes the id of a record that is not by a named author to these functions. */
enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG };

struct log_settings {
    bool json;
    enum log_level least; /* Lines below this importance are left out. */
};
void log_start(struct log_settings settings);

__attribute__((format(printf, 2, 3))) void log_line(enum log_level level, const char *format, ...);

#endif
