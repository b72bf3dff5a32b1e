#ifndef CANDOUR_NODE_BACKLOG_H
#define CANDOUR_NODE_BACKLOG_H

#include "protocol/bytes.h"

/* Frames that a peer could not take yet, in order. ZeroMQ's own queue is bounded by their number
 * and drops what goes beyond it; these are bounded by bytes (node/bus.c). */
struct backlog {
    struct buffer frames; /* Each behind its size. */
    size_t sent;          /* So far into them. */
};

/* Of one authority, over all its links. Twice the credit that a hello gives, a charter, and as much
 * again: a peer that reads at all, and keeps to the protocol, is never that far behind. */
#define BACKLOG_MAX ((size_t)32 * 1024 * 1024)
#define BACKLOGS_MAX (8 * BACKLOG_MAX) /* Of all of them. */

bool backlog_is_empty(const struct backlog *backlog);
size_t backlog_size(const struct backlog *backlog);
size_t backlog_takes(struct bytes frame); /* By how much it grows. */
void backlog_add(struct backlog *backlog, struct bytes frame);
struct bytes backlog_first(const struct backlog *backlog); /* Until the next call. */
void backlog_drop_first(struct backlog *backlog);
void backlog_release(struct backlog *backlog);

#endif
