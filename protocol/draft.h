#ifndef CANDOUR_PROTOCOL_DRAFT_H
#define CANDOUR_PROTOCOL_DRAFT_H

#include "crypto/digest.h"
#include "protocol/disclosure.h"
#include "protocol/form.h"
#include "protocol/gate.h"

/* A draft: what a person wrote, on its way out of the house.
 *
 *     written --submit--> submitted --approve--> approved --publish--> published
 *      ^ ^                    |  \                 | |
 *      | +-------edit---------+   +----reject------+-|--> rejected --edit--> written
 *      +-------------------withdraw------------------+
 *
 * One that the node does not sign after all falls back to submitted.
 *
 * What always holds:
 *   - a draft has no wire form: what is signed comes from draft_content(), and that gives it for an
 *     approved draft only;
 *   - it is approved only while nothing in it is undecided, and the approval is for that text: any
 *     change of the text takes it back;
 *   - what is signed is asked all of that once more, by the rules and names of that moment;
 *   - one that goes out without the authority's name has two people behind it, and who approves it
 *     has answered whether somebody could find out whose it is;
 *   - a text that was taken out is not remembered, only its class and that it was. */
struct draft;

enum draft_state {
    DRAFT_WRITTEN,
    DRAFT_SUBMITTED,
    DRAFT_APPROVED,
    DRAFT_REJECTED,
    DRAFT_PUBLISHED,
    DRAFT_STATES
};

enum attribution { ATTRIBUTION_NAMED, ATTRIBUTION_ANONYMOUS, ATTRIBUTION_DELEGATED, ATTRIBUTIONS };

/* What a person decides about a finding. */
enum decision {
    DECISION_REPLACE,    /* By a role: "[resident]". */
    DECISION_GENERALISE, /* By something wider: "in her eighties". */
    DECISION_KEEP, /* For a reason. Not for hard classes, nor for the name that is left out. */
    DECISIONS
};

/* How many people stand behind a named draft: whoever approves it, who may be its author; or two of
 * different names, its author and who approves it, or two who approve it where no author is said.
 * Behind one that goes out without the name there are always two. */
enum approval_policy { APPROVAL_ONE = 1, APPROVAL_TWO = 2 };

/* What becomes of a draft by itself. */
enum outlook {
    OUTLOOK_STAYS,   /* It is not approved: it waits for people. */
    OUTLOOK_HELD,    /* Approved, but not signed before draft_release_ms(): it may be withdrawn. */
    OUTLOOK_DUE,     /* Approved: the node signs it with its own key. */
    OUTLOOK_UNNAMED, /* Approved to go out without the name: that key never signs it. */
};

extern const char *const draft_state_names[DRAFT_STATES];
extern const char *const attribution_names[ATTRIBUTIONS];
extern const char *const decision_names[DECISIONS];

#define DRAFT_NAME_MAX 120
#define DRAFT_REASON_MAX 400
#define DRAFT_REPLACEMENT_MAX 200
#define DRAFT_KEPT_MAX 1024
#define DRAFT_APPROVALS_MAX 8

/* The draft owns the document from here on. Times are the caller's, in ms since 1970. */
struct draft *draft_new(struct document *document, enum attribution attribution, int64_t now_ms);
void draft_free(struct draft *draft);

/* Who wrote it; nobody else is told. FAULT_INPUT where that is not a name. */
bool draft_set_author(struct draft *draft, const char *author, struct fault *fault);

/* Pointers live until the draft is changed or freed. */
enum draft_state draft_state(const struct draft *draft);
const char *draft_state_name(const struct draft *draft);
const struct document *draft_document(const struct draft *draft);
struct bytes draft_title(const struct draft *draft); /* Of a lesson; else what stands for one. */
enum attribution draft_attribution(const struct draft *draft);
const char *draft_author(const struct draft *draft); /* "": nobody said. */
int64_t draft_updated_ms(const struct draft *draft);
enum outlook draft_outlook(const struct draft *draft, int64_t now_ms);
int64_t draft_release_ms(const struct draft *draft);   /* Of an approved one. */
struct digest draft_digest(const struct draft *draft); /* Of all that would be published. */
size_t draft_approvals(const struct draft *draft);
const char *draft_approver(const struct draft *draft, size_t index);
const char *draft_answer(const struct draft *draft, size_t index); /* Of that approver; "": none. */
const char *draft_approved_by_rules(const struct draft *draft, size_t index); /* "": unknown. */
int64_t draft_approved_ms(const struct draft *draft, size_t index);           /* 0: unknown. */
/* Who rejected it, took it back (it is written again) or did not sign it (submitted); else "". */
const char *draft_returned_by(const struct draft *draft);
const char *draft_returned_why(const struct draft *draft);

/* By the node, and it waits to be approved again? */
bool draft_was_turned_back(const struct draft *draft);

/* Of figures: why a row of them is hidden, for who approves it. Neither that nor the figure is
 * signed, and with the rows it goes. */
void draft_note_hidden(struct draft *draft, size_t row, enum hidden_because because);
size_t draft_hidden_rows(const struct draft *draft);
size_t draft_hidden_row(const struct draft *draft, size_t index, enum hidden_because *because);

/* Put another text in place of this one: the person edited the file. The draft owns the document
 * when this succeeds. What was kept stays kept where the new text still has it. */
bool draft_edit(struct draft *draft, struct document *document, int64_t now_ms,
                struct fault *fault);

/* Everything that keeps all that would be signed, with what the node tells besides, from being a
 * record. Of an author that is not named it has less room (BODY_ANONYMOUS_MAX), and quotes no
 * figures. */
void draft_check(const struct draft *draft, struct problems *problems);

/* Hand it to whoever approves. FAULT_INPUT with the first problem while it has any. */
bool draft_submit(struct draft *draft, int64_t now_ms, struct fault *fault);

/* What the gate finds in it, in order. */
void draft_findings(const struct draft *draft, const struct gate *gate, struct findings *findings);

/* The number by which people name each of these findings; the caller frees them. All of one class
 * with exactly the same text have the same one, and it stays theirs from the first decision on,
 * whatever becomes of others. */
uint32_t *draft_numbers(const struct draft *draft, const struct findings *findings);

/* Note what is found now, with the numbers that people see, and forget what is not. */
void draft_note_findings(struct draft *draft, const struct gate *gate);

/* What is signed of it: what people wrote, and what the node tells besides, which for a lesson is
 * also how often what was noted was decided, and how. For who approves, to read. */
struct document *draft_to_sign(const struct draft *draft);

/* Not what identifies a person for certain; nor, where the authority's name is left out, its name
 * or a neighbour's. */
bool draft_may_be_kept(const struct draft *draft, const struct finding *finding);

/* NULL: it is undecided. */
const char *draft_kept_because(const struct draft *draft, const struct finding *finding);
bool draft_is_open(const struct draft *draft, const struct finding *finding); /* To be decided. */
size_t draft_undecided(const struct draft *draft, const struct gate *gate);   /* Numbers. */

/* What somebody decides about the findings with one number. */
struct choice {
    size_t number;
    const char *field; /* Only those in this field; NULL: wherever they are. */
    enum decision decision;
    const char *text; /* What to write instead (a role gets its brackets where there are none), or
                         why it is kept. */
};

/* What a decision did. The caller releases it, in any case. */
struct decided {
    struct buffer found, instead; /* In the first place; nothing instead of what is kept. */
    size_t places;
    const char *key; /* Where the first place is by now: a text of a field, and where in it. */
    size_t item, start, end;
};
void decided_release(struct decided *decided);

/* FAULT_ABSENT where that is not to be, or changes nothing; FAULT_INPUT for a text that does not
 * serve, or would bring back what was taken out. */
bool draft_decide(struct draft *draft, const struct gate *gate, const struct choice *choice,
                  int64_t now_ms, struct decided *decided, struct fault *fault);

/* What somebody says who lets a draft go out. */
struct consent {
    const char *by;
    struct digest read; /* Of the text that was read: it must be the text as it is now. */
    const char *answer; /* To the question below, asked where the name is left out. Else NULL. */
    enum approval_policy policy;
    int64_t hold_ms; /* So long it can still be withdrawn before it is signed. */
};
extern const char draft_question[];

/* The draft stays submitted where it takes another person to approve it too. */
bool draft_approve(struct draft *draft, const struct gate *gate, const struct consent *consent,
                   int64_t now_ms, struct fault *fault);
bool draft_takes_two(const struct draft *draft, enum approval_policy policy);
bool draft_reject(struct draft *draft, const char *by, const char *why, int64_t now_ms,
                  struct fault *fault);

/* Take an approved draft back before it is signed. `why` may be NULL. */
bool draft_withdraw(struct draft *draft, const char *by, const char *why, int64_t now_ms,
                    struct fault *fault);

/* What holds in the house when it is to be signed. */
struct house_rules {
    const struct gate *gate;
    enum approval_policy policy;
    int64_t now_ms;
};

/* The content to sign: a MessagePack map for body_wrap(), appended. A lesson tells by which rules
 * it was checked and how often what was decided, and its attribution.
 *
 * FAULT_ABSENT where it may not go out: it is not approved, not due or has not the people behind it
 * that it takes now, or the gate finds what is not decided. Never mind what was so when it was
 * approved. */
bool draft_content(const struct draft *draft, const struct house_rules *house, struct buffer *map,
                   struct fault *fault);

/* The node does not sign what was approved, and says why: rejected, or submitted to be approved
 * again. Of a sentence that is too long the beginning is kept. */
bool draft_turn_back(struct draft *draft, enum draft_state state, const char *why, int64_t now_ms,
                     struct fault *fault);

/* The node has signed the content, and the record is stored. */
bool draft_publish(struct draft *draft, int64_t now_ms, struct fault *fault);

/* For the store: MessagePack. NULL when the bytes are not what draft_write() wrote. */
void draft_write(const struct draft *draft, struct buffer *bytes);
struct draft *draft_read(struct bytes bytes, struct fault *fault);

#endif
