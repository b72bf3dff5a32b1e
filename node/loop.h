#ifndef CANDOUR_NODE_LOOP_H
#define CANDOUR_NODE_LOOP_H

#include "node/config.h"
#include "node/home.h"

/* The running node: one thread, one loop, all sockets. Returns true after SIGTERM or SIGINT, once
 * all that was heard is durable. `listen` (may be empty) stands in for the configuration's. With
 * `force_offline` a home from a backup signs although no peer told how far its own feed goes. */
bool loop_run(struct home *home, const struct texts *listen, bool force_offline,
              struct fault *fault);

#endif
