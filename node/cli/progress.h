#ifndef CANDOUR_NODE_CLI_PROGRESS_H
#define CANDOUR_NODE_CLI_PROGRESS_H

#include "node/cli/command.h"

/* How far something long has come: one line on standard error that is written over, on a terminal
 * only, not with --json or --quiet. */
struct progress {
    const char *what; /* "exporting"; NULL: nobody looks. */
    int64_t began_ms, changed_ms, shown_ms;
    uint64_t done;
};
struct progress progress_begin(const struct call *call, const char *what);
/* `total` 0: not known; where `done` is 0 too, only what is done is shown. */
void progress_show(struct progress *progress, uint64_t done, uint64_t total);
void progress_end(struct progress *progress);

#endif
