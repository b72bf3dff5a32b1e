#ifndef CANDOUR_NODE_CLI_NORM_H
#define CANDOUR_NODE_CLI_NORM_H

#include "node/cli/shared.h"
#include "node/reporting.h"

/* What `norm` found, to be printed. */

#define DEEDS_MAX 5 /* Are shown. */

/* What somebody did who solved it: a lesson, a response or an update, to be read. */
struct deed {
    struct digest id;
    const char *kind;
    char *title;      /* Of a lesson; of others how what they say begins. */
    const char *name; /* Of who chose to be named; NULL: it did not. */
};

/* Of members most like one's own. */
struct likes {
    bool asked;
    size_t members;
    struct norm norm;
};

struct norm_answer {
    struct reporting reporting;
    struct norm norm;
    struct likes likes;
    struct buffer words; /* Empty where it is asked of an issue, */
    char *title;         /* which has this one. */
    struct deed deeds[DEEDS_MAX];
    size_t deed_count;
    json_t *explanation; /* Sentences; none where it is not asked for. */
};

const char *norm_verdict_code(enum norm_verdict verdict);
const char *norm_verdict_words(enum norm_verdict verdict);
const char *norm_uptake_code(enum norm_uptake uptake);
struct norm_bounds norm_answer_bounds(const struct norm_answer *answer,
                                      const struct norm_count *count);
/* Is it known of enough authorities how long it took? */
bool norm_answer_has_time(const struct norm_answer *answer);

void say_norm(const struct call *call, struct norm_answer *answer);
json_t *norm_object(const struct norm_answer *answer);

#endif
