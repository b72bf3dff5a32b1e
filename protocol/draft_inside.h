#ifndef CANDOUR_PROTOCOL_DRAFT_INSIDE_H
#define CANDOUR_PROTOCOL_DRAFT_INSIDE_H

#include "protocol/draft.h"

/* The inside of a draft, for the files of it only: draft.c its way, draft_decide.c what was found
 * in it, draft_signing.c the last look, draft_wire.c its bytes. */

/* A text that was found, known again by its class and its digest. It is forgotten once it is not
 * there any more: a digest could be guessed from. */
struct noted {
    enum finding_class class;
    struct digest text;
    uint32_t number; /* As people name it; 0 where nobody gave it one yet. */
    char *reason;    /* Why it is kept; NULL: that is not decided. */
    uint32_t uses;   /* Findings in the text as it is. Never 0 once a draft is approved. */
};

/* Why a row of figures is hidden; the figure is nowhere. */
struct noted_row {
    uint32_t row;
    enum hidden_because because;
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
    struct noted *noted;
    size_t noted_count;
    struct noted_row *hidden;
    size_t hidden_count;
    uint32_t last_number;                           /* That a finding has had. */
    uint32_t taken_out[FINDING_CLASSES][DECISIONS]; /* How often; nothing of what. */
    struct approval approvals[DRAFT_APPROVALS_MAX];
    size_t approval_count;
    char *returned_by, *returned_why; /* Rejected, withdrawn or not signed after all; else NULL. */
};

/* Is it in one of these states (1u << state)? Else it cannot be, say, "approved" now. */
bool draft_is_in(const struct draft *draft, unsigned states, const char *act, struct fault *fault);
#define STATE(state) (1u << (state))

void draft_forget_approvals(struct draft *draft);

/* Can `text` be the sentence that `what` is to be? And a copy of it. */
bool draft_sentence_serves(const char *text, size_t most, const char *what, struct fault *fault);
char *draft_sentence(const char *text);

/* What people write down of a draft must not tell what the draft itself may not. */
bool draft_is_discreet(const struct gate *gate, const char *text, const char *what,
                       struct fault *fault);

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
