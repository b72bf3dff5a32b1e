#ifndef CANDOUR_PROTOCOL_DRAFT_INSIDE_H
#define CANDOUR_PROTOCOL_DRAFT_INSIDE_H

#include "protocol/draft.h"

/* The inside of a draft, for draft.c and draft_wire.c only. */

/* A text somebody decided to keep: known again by its class and its digest. */
struct kept {
    enum finding_class class;
    struct digest text;
    char *reason;
    uint32_t uses; /* Findings in the text as it is. Never 0 once a draft is approved. */
};

struct approval {
    char *name;
    struct digest text; /* What was approved. */
    char *answer;       /* To draft_question; NULL where it was not asked. */
};

struct draft {
    enum draft_state state;
    enum attribution attribution;
    int64_t updated_ms;
    int64_t release_ms; /* Approved: not signed before. */
    char *author;       /* NULL: nobody said. */
    struct document *document;
    struct kept *kept;
    size_t kept_count;
    uint32_t taken_out[FINDING_CLASSES][DECISIONS]; /* How often; nothing of what. */
    struct approval approvals[DRAFT_APPROVALS_MAX];
    size_t approval_count;
    char *returned_by, *returned_why; /* Rejected, or withdrawn and written again; else NULL. */
};

/* Approved, by somebody, for the text as it is. */
bool draft_is_approved(const struct draft *draft, struct fault *fault);

#endif
