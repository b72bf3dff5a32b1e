#ifndef CANDOUR_PROTOCOL_VOCABULARY_H
#define CANDOUR_PROTOCOL_VOCABULARY_H

#include "protocol/form.h"

/* The closed lists that fields choose from. A code is never renamed or reused: what was published
 * with it keeps its meaning. New ones are added at the end. */

extern const struct vocabulary service_areas, outcomes, stages, evidence_levels, source_kinds,
    client_groups, partner_sectors, scales, drivers, contributing_factors, cost_bands,
    staff_days_bands, impacts, barriers, barrier_addressees, offers, languages, answers;
extern const struct vocabulary attributions, authority_types;
extern const struct vocabulary view_holders, asked_bands;
extern const struct vocabulary units, statistics, polarities, period_kinds;
extern const struct vocabulary response_kinds, situations, uptakes, grounds, team_decisions,
    review_kinds, action_states, labels, directions, venues;
extern const struct vocabulary snapshot_statuses, disclosure_profiles, value_flags;

extern const struct vocabulary *const vocabularies[]; /* All of them, and NULL. */

extern const struct alphabet topic_alphabet, digits_alphabet, area_alphabet, id_alphabet;

#endif
