#ifndef CANDOUR_NODE_CLI_BUNDLE_H
#define CANDOUR_NODE_CLI_BUNDLE_H

#include "node/cli/shared.h"

/* The file of `candour export`, for other commands. */

/* The charter that it begins with. */
bool read_export_charter(const char *path, struct buffer *charter, struct fault *fault);

/* Take in all that is in it, as `candour import` does. FAULT_PEER where anything is refused, or
 * goes on from what is not in it. */
bool import_whole(struct call *call, const char *path, struct fault *fault);

#endif
