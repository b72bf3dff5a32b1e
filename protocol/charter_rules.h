#ifndef CANDOUR_PROTOCOL_CHARTER_RULES_H
#define CANDOUR_PROTOCOL_CHARTER_RULES_H

#include "protocol/charter_state.h"

/* What a steward's signature promises of a new head and its roster. These rules bind whoever
 * proposes and signs; a head that breaks them and has its signatures all the same is valid, for
 * whether a head is valid must not depend on rosters that may be missing. FAULT_INPUT. */

/* By itself: stewards are active members under the keys on their cards; who left has no open feed;
 * successors exist and run in no circle; rings are those of the active members' cards. */
bool roster_stands(const struct head *head, const struct roster *roster, struct fault *fault);

/* Beside a predecessor's: no entry, feed, cut or successor is lost. */
bool roster_keeps(const struct roster *old, const struct roster *new, struct fault *fault);

/* A member's new card: of the same authority, issued later, its earlier feeds as they were. */
bool card_follows(const struct card *old, const struct card *new, struct fault *fault);

/* No other active member has this one's name or transport key. */
bool entry_is_alone(const struct roster *roster, const struct entry *entry, struct fault *fault);

/* The ring that the active members' cards make for an epoch; NULL where they are too few. */
struct ring *roster_ring(const struct roster *roster, uint32_t epoch);

#endif
