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
    char *rules;        /* GATE_RULES of then; NULL where nobody wrote it down. */
    int64_t at_ms;      /* 0 where nobody did. */
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
    char *returned_by, *returned_why; /* Rejected, withdrawn or not signed after all; else NULL. */
};

/* Is it in one of these states (1u << state)? Else it cannot be, say, "approved" now. */
bool draft_is_in(const struct draft *draft, unsigned states, const char *act, struct fault *fault);
#define STATE(state) (1u << (state))

/* Approvals are forgotten, and why it came back is remembered. */
void draft_give_back(struct draft *draft, enum draft_state state, const char *by, const char *why,
                     int64_t now_ms);

/* Approved, by somebody, for the text as it is. */
bool draft_is_approved(const struct draft *draft, struct fault *fault);

/* All that draft_content() asks of it. */
bool draft_may_go_out(const struct draft *draft, const struct house_rules *house,
                      struct fault *fault);

/* Is this answer to draft_question a no? */
bool draft_answer_is_no(const char *answer);

#endif
