#ifndef CANDOUR_NODE_NOTIFY_H
#define CANDOUR_NODE_NOTIFY_H

#include <stdint.h>

/* Tell systemd how the service does (sd_notify(3)): "READY=1", "STOPPING=1", "STATUS=...",
 * "WATCHDOG=1". Does nothing when systemd did not start us. */
void notify(const char *message);

/* How often systemd wants a WATCHDOG=1, in ms: half of its limit; 0 when it wants none. */
int64_t notify_watchdog_ms(void);

#endif
