#ifndef CANDOUR_PROTOCOL_RECEIPT_H
#define CANDOUR_PROTOCOL_RECEIPT_H

#include "crypto/digest.h"
#include "protocol/bytes.h"
#include "protocol/fault.h"

/* The body of a record of kind `receipt`: whose texts are gone from its author's files.
 *
 *     map = { "erased": [id: bin 32, ...] }       1 to 1,024 ids, strictly ascending */
#define RECEIPT_MAX 1024

/* Appends the map. The ids ascend strictly. */
void receipt_write(const struct digest *ids, size_t count, struct buffer *map);

/* Reads a stranger's: at most RECEIPT_MAX ids. FAULT_PEER when it is none. */
bool receipt_read(struct bytes map, struct digest *ids, size_t *count, struct fault *fault);

#endif
