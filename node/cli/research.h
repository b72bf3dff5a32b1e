#ifndef CANDOUR_NODE_CLI_RESEARCH_H
#define CANDOUR_NODE_CLI_RESEARCH_H

#include "node/cli/shared.h"

/* export --research DIR: what the store holds, for people who are no members (docs/research.md). A
 * new folder, whole or not at all; memory does not grow with the records. */
bool export_research(struct call *call, const char *folder, struct fault *fault);

#endif
