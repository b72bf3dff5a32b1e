#include "protocol/evidence.h"
#include "protocol/vocabulary.h"

#include <string.h>

static const char replicated[] = "replicated";

enum finding { NOTHING, GOOD, BAD };

static enum finding finding_of(struct bytes outcome)
{
    static const struct {
        const char *outcome;
        enum finding finding;
    } findings[] = {
        {"worked", GOOD},      {"partly_worked", GOOD}, {"no_effect", BAD},
        {"did_not_work", BAD}, {"abandoned", BAD},      {"harmful", BAD},
    };

    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++)
        if (bytes_equal(outcome, bytes_of_text(findings[i].outcome)))
            return findings[i].finding;
    return NOTHING;
}

bool outcomes_agree(struct bytes lesson, struct bytes tried)
{
    enum finding finding = finding_of(lesson);

    return finding != NOTHING && finding == finding_of(tried);
}

/* From weakest to strongest; levels that this version does not know are not raised. */
static bool is_weaker(struct bytes level)
{
    for (size_t i = 0; strcmp(evidence_levels.words[i].code, replicated) != 0; i++)
        if (bytes_equal(level, bytes_of_text(evidence_levels.words[i].code)))
            return true;
    return false;
}

struct bytes evidence_now(struct bytes published, uint64_t replications)
{
    return replications >= EVIDENCE_REPLICATIONS && is_weaker(published) ? bytes_of_text(replicated)
                                                                         : published;
}
