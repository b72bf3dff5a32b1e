#ifndef CANDOUR_NODE_REPORTING_H
#define CANDOUR_NODE_REPORTING_H

#include "protocol/charter.h"
#include "protocol/norm.h"
#include "store/search.h"

/* Who reports a thing, counted as authorities: a council that took another's place is one with it.
 */

#define REPORTING_LESSONS_MAX                                                                      \
    1000 /* With the words that are looked at, the nearest ones first.                             \
          */
#define REPORTING_OUTCOMES_MAX 16

struct reporting {
    char service[41]; /* The service area that it is counted in. */
    struct norm_counts counts;
    bool by_function; /* Cards say who runs the service; else every member is taken to. */
    uint64_t lessons; /* That say so, of those looked at; and how it went for how many: */
    struct {
        char code[41];
        size_t lessons;
    } outcomes[REPORTING_OUTCOMES_MAX];
    size_t outcome_count;
    struct digest *reporters, *speakers; /* Named ones, as they are counted. */
};
void reporting_release(struct reporting *reporting);

/* The same counts among some members alone: of these, who could, and who does. An unnamed lesson
 * may be of one of them. */
struct norm_counts reporting_among(const struct reporting *reporting, const struct charter *charter,
                                   const struct digest *members, size_t count);

/* `service`: NULL for the one that most lessons with these words are about. FAULT_ABSENT where no
 * lesson has them and no service is named. */
bool reporting_gather(struct store *store, const struct charter *charter, struct bytes words,
                      const char *service, struct reporting *reporting, struct fault *fault);

#endif
