#ifndef CANDOUR_NODE_CLI_BUNDLE_H
#define CANDOUR_NODE_CLI_BUNDLE_H

#include "node/cli/shared.h"

/* The file of `candour export`, for other commands. */

/* The charter that it begins with. */
bool read_export_charter(const char *path, struct buffer *charter, struct fault *fault);

/* Take in what is in it, as `candour import` does; what is refused is said. */
bool import_export(struct call *call, const char *path, struct fault *fault);

#endif
