#ifndef CANDOUR_NODE_CLI_RECOVER_H
#define CANDOUR_NODE_CLI_RECOVER_H

#include "node/cli/shared.h"

/* Make a home for whom the recovery sheet (--key) is of, from the export `path` of any member: its
 * configuration and card, the charter and all records. What it lacks is the key of its feed: the
 * next key takes over with `candour card --rotate`. */
bool recover_home(struct call *call, const char *path, struct fault *fault);

#endif
