#ifndef CANDOUR_PROTOCOL_EVIDENCE_H
#define CANDOUR_PROTOCOL_EVIDENCE_H

#include "protocol/bytes.h"

/* How strong the evidence for a lesson is, beyond what its author says of it.
 *
 * It rises by one rule: when two independent authorities that tried it found the same, it is
 * "replicated". A try that its author decided against is none. Independent is who is named and is
 * neither the lesson's author, nor succeeded by the same authority as it or as the other one: who
 * is not named may be any of them. Of what one authority said the latest counts. */
#define EVIDENCE_REPLICATIONS 2

/* Did they find the same? Too early is no finding. */
bool outcomes_agree(struct bytes lesson, struct bytes tried);

/* The level that it has by now: the published one, or a code of `evidence_levels`. */
struct bytes evidence_now(struct bytes published, uint64_t replications);

#endif
