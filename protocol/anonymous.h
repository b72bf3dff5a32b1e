#ifndef CANDOUR_PROTOCOL_ANONYMOUS_H
#define CANDOUR_PROTOCOL_ANONYMOUS_H

#include "protocol/charter.h"
#include "protocol/record.h"

/* Line 8 of f, for one record, all of it but the slots (of several with one first tag the lowest id
 * counts): a valid head lists its ring for the ring epoch of its time, its time is a whole multiple
 * of the release interval, its scopes are such as its kind may have, and its proof holds. False for
 * other authors. Where all but the proof is right this costs 0.3 ms for each key of the ring. */
bool anonymous_holds(const struct charter *charter, const struct record *record);

/* Kinds of scopes; the id of all but a slot is that of the issue or record. */
enum scope_kind {
    SCOPE_LESSON_ABOUT = 1,
    SCOPE_SLOT = 2, /* "KIND:J": one of the records of a kind that a member may make in an epoch. */
    SCOPE_RESPONSE_TO_ISSUE = 3,
    SCOPE_RESPONSE_TO_RECORD = 4,
};

#endif
