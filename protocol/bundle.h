#ifndef CANDOUR_PROTOCOL_BUNDLE_H
#define CANDOUR_PROTOCOL_BUNDLE_H

#include "protocol/bytes.h"
#include "protocol/fault.h"

/* A file of a charter and records, for a stick or an archive: a line that names it, then
 * MessagePack values one after another, the charter first, ancestors before descendants, and last
 * how many items came before: without that, a file cut between two records would look whole.
 *
 *     bundle = "candour bundle 1\n" item... end
 *     item   = [ "charter", charter: bin ] | record
 *     end    = [ "end", items: uint ] */

/* Begin a bundle with the charter it is about; end it after so many items, the charter being one.
 */
void bundle_begin(struct bytes charter, struct buffer *to);
void bundle_end(uint64_t items, struct buffer *to);

/* A bundle that is being read. */
struct bundle_reader {
    struct bytes rest; /* Not taken yet. Who reads a file piece by piece puts the next one here. */
    uint64_t items;    /* That were taken. */
    bool whole;        /* Its end has come, and counts as many. */
};

/* Take the line that names it. FAULT_INPUT when this is no bundle. */
bool bundle_open(struct bytes file, struct bundle_reader *bundle, struct fault *fault);

/* Take the next item: a charter's bytes, or a record's in its wire form, unread. False with
 * FAULT_NONE where nothing is left, which is an end only when the bundle is `whole`; with
 * FAULT_PEER when what follows is not an item, or an end that does not belong there. */
bool bundle_next(struct bundle_reader *bundle, struct bytes *item, bool *is_charter,
                 struct fault *fault);

#endif
