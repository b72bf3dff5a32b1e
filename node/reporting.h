#ifndef CANDOUR_NODE_REPORTING_H
#define CANDOUR_NODE_REPORTING_H

#include "protocol/charter.h"
#include "protocol/norm.h"
#include "store/search.h"

/* Who reports a thing, of what is published: an issue, with those that are the same, or whatever
 * has certain words. Counted as authorities: a council that took another's place is one with it.
 *
 *   reports   whoever wrote such an issue or lesson; whoever says of one that it is the same there,
 *             or was; whoever tried what one tells, but for those who decided against it; and with
 *             words, whoever says them in such a response to anything of the service
 *   solved    who says that it was put right, or that what was done worked; of a lesson or issue,
 *             as its latest update says
 *
 * What was erased, hidden or has expired says nothing. */

#define REPORTING_LESSONS_MAX 1000  /* With the words that are looked at, the nearest first, */
#define REPORTING_RECORDS_MAX 50000 /* and of all records, */
#define REPORTING_OUTCOMES_MAX 16

enum reporting_kind { REPORTING_LESSON, REPORTING_ISSUE, REPORTING_RESPONSE, REPORTING_UPDATE };
#define REPORTING_KINDS 4

/* What stands beside a saying, for people. */
struct reported {
    enum reporting_kind kind;
    char outcome[41]; /* "" where it says none. */
    enum norm_counted counted;
};

struct reporting {
    char service[41]; /* The service area that it is counted in. */
    struct norm_told told;
    size_t could;
    bool more;
    bool by_function;        /* Cards say who runs the service; else every member is taken to. */
    struct digest issue;     /* That it is asked of, */
    struct issue_group same; /* with those that are the same; none where it is asked by words. */

    struct norm_saying *sayings;
    struct reported *records; /* Of each saying. */
    size_t count, room;

    uint64_t of_kind[REPORTING_KINDS], unnamed; /* Records that report it. */
    struct {
        char code[41];
        size_t lessons;
    } outcomes[REPORTING_OUTCOMES_MAX]; /* How it went, as the latest update of each lesson says. */
    size_t outcome_count;
};
void reporting_release(struct reporting *reporting);

struct norm_asked reporting_asked(const struct reporting *reporting);
/* The same of some members alone. */
struct norm_asked reporting_among(const struct reporting *reporting, const struct charter *charter,
                                  const struct digest *members, size_t count);

/* `service`: NULL for the one that most lessons and issues with these words are about. FAULT_ABSENT
 * where none has them and no service is named. */
bool reporting_gather(struct store *store, const struct charter *charter, struct bytes words,
                      const char *service, struct reporting *reporting, struct fault *fault);

/* Of an issue, or a lesson. `honoured`: whose labels count that say what is the same. `service`:
 * NULL for the first that it is about. FAULT_ABSENT where it is not here, or its text is not;
 * FAULT_INPUT where it is neither. */
bool reporting_gather_issue(struct store *store, const struct charter *charter,
                            const struct digest *id, const struct norm_members *honoured,
                            const char *service, struct reporting *reporting, struct fault *fault);

#endif
