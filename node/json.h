#ifndef CANDOUR_NODE_JSON_H
#define CANDOUR_NODE_JSON_H

#include "crypto/digest.h"
#include "protocol/bytes.h"

#include <jansson.h>

/* Values that come again and again in --json and in the status. */
json_t *json_id(const struct digest *id);
json_t *json_stamp(int64_t time_ms); /* null for 0 */
json_t *json_bytes(struct bytes text);

/* A sentence that may quote what is no UTF-8, such as a path: with ? in its place. null for NULL.
 */
json_t *json_sentence(const char *text);

#endif
