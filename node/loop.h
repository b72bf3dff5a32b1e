#ifndef CANDOUR_NODE_LOOP_H
#define CANDOUR_NODE_LOOP_H

#include "node/config.h"
#include "node/home.h"

/* The running node: one thread, one loop, all sockets. Returns true after SIGTERM or SIGINT, once
 * all that was heard is durable. `listen` (may be empty) stands in for the configuration's. */
bool loop_run(struct home *home, const struct texts *listen, struct fault *fault);

#endif
