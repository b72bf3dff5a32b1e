#ifndef CANDOUR_NODE_CLI_REFERENCE_H
#define CANDOUR_NODE_CLI_REFERENCE_H

#include "node/cli/command.h"

/* indicator import --reference and --profiles: public figures, and what kind of places there are,
 * to compare with. They are kept in this house, apart from what members signed. */
bool import_reference(struct call *call, struct fault *fault);

#endif
