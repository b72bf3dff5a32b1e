#ifndef CANDOUR_NODE_WHY_H
#define CANDOUR_NODE_WHY_H

#include "node/engine.h"

#include <jansson.h>

/* What happened to a record, in words: {state, because, since, do}. */

/* What this node knows of a record. A new object. */
json_t *why_record(struct engine *engine, const struct digest *id, int64_t now_ms);

#endif
