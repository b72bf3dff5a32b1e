#ifndef CANDOUR_PROTOCOL_BUNDLE_H
#define CANDOUR_PROTOCOL_BUNDLE_H

#include "protocol/bytes.h"
#include "protocol/fault.h"

/* A file of a charter and records, for a stick or an archive: a line that names it, then
 * MessagePack values one after another, the charter first, ancestors before descendants.
 *
 *     bundle = "candour bundle 1\n" item...
 *     item   = [ "charter", charter: bin ] | record */

/* Begin a bundle with the charter it is about. */
void bundle_begin(struct bytes charter, struct buffer *to);

/* Take the line that names it. FAULT_INPUT when this is no bundle. */
bool bundle_open(struct bytes file, struct bytes *rest, struct fault *fault);

/* Take the next item: a charter's bytes, or a record's in its wire form, unread. False with
 * FAULT_NONE at the end, with FAULT_PEER when what follows is not an item. */
bool bundle_next(struct bytes *rest, struct bytes *item, bool *is_charter, struct fault *fault);

#endif
