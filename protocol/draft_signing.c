#include "protocol/draft_inside.h"
#include "protocol/person.h"
#include "protocol/text.h"

#include <stdlib.h>
#include <string.h>

/* The last look before a draft is signed: all that was asked when it was approved is asked again.
 * An approval may be old, and rules, lists of names and settings may have changed since. */

/* --- What is asked --- */

bool draft_is_approved(const struct draft *draft, struct fault *fault)
{
    struct digest now = draft_digest(draft);

    if (!draft_is_in(draft, STATE(DRAFT_APPROVED), "published", fault))
        return false;
    for (size_t i = 0; i < draft->approval_count; i++)
        if (!digest_equal(&draft->approvals[i].text, &now))
            return fault_set(fault, FAULT_ABSENT, "%s approved another text than this one",
                             draft->approvals[i].name);
    return draft->approval_count > 0 ||
           fault_set(fault, FAULT_ABSENT, "nobody has approved the draft");
}

/* No hold ends before the last approval. */
static bool is_due(const struct draft *draft, int64_t now_ms, struct fault *fault)
{
    bool due = draft->release_ms <= now_ms;

    for (size_t i = 0; i < draft->approval_count; i++)
        due = due && draft->approvals[i].at_ms <= draft->release_ms;
    return due || fault_set(fault, FAULT_ABSENT, "the time for which it is held is not over");
}

static bool has_its_people(const struct draft *draft, enum approval_policy policy,
                           struct fault *fault)
{
    const char *first = draft->author == NULL ? draft->approvals[0].name : draft->author;

    if (!draft_takes_two(draft, policy))
        return true;
    for (size_t i = 0; i < draft->approval_count; i++)
        if (!names_one_person(bytes_of_text(first), bytes_of_text(draft->approvals[i].name)))
            return true;
    return fault_set(fault, FAULT_ABSENT,
                     "it takes two people now, and one stands behind it: another person must read "
                     "and approve it");
}

static bool has_its_answers(const struct draft *draft, struct fault *fault)
{
    if (draft->attribution == ATTRIBUTION_NAMED)
        return true;
    for (size_t i = 0; i < draft->approval_count; i++)
        if (draft->approvals[i].answer == NULL || !draft_answer_is_no(draft->approvals[i].answer))
            return fault_set(fault, FAULT_ABSENT,
                             "it was approved without a clear no to the question: %s",
                             draft_question);
    return true;
}

/* The first approval that was given by other rules than those of now. */
static const struct approval *older_approval(const struct draft *draft)
{
    for (size_t i = 0; i < draft->approval_count; i++)
        if (draft->approvals[i].rules == NULL || strcmp(draft->approvals[i].rules, GATE_RULES) != 0)
            return &draft->approvals[i];
    return NULL;
}

/* What may be signed is what could be approved now, by whichever rules it was. */
static bool passes(const struct draft *draft, const struct gate *gate, struct fault *fault)
{
    size_t open = draft_undecided(draft, gate);
    const struct approval *older = older_approval(draft);
    const char *thing = open == 1 ? "thing that is" : "things that are";

    if (open == 0)
        return true;
    if (older == NULL)
        return fault_set(fault, FAULT_ABSENT,
                         "with the names and settings of now the check finds %zu %s not decided: "
                         "decide, then approve it again",
                         open, thing);
    return fault_set(fault, FAULT_ABSENT,
                     "it was approved under %s, and under " GATE_RULES
                     " the check finds %zu %s not decided: decide, then approve it again",
                     older->rules == NULL ? "earlier rules" : older->rules, open, thing);
}

bool draft_may_go_out(const struct draft *draft, const struct house_rules *house,
                      struct fault *fault)
{
    return draft_is_approved(draft, fault) && is_due(draft, house->now_ms, fault) &&
           has_its_people(draft, house->policy, fault) && has_its_answers(draft, fault) &&
           passes(draft, house->gate, fault);
}

/* --- What the node says where it signs nothing --- */

/* As much of it as a draft has room for, without what would not show. */
static char *plain_sentence(const char *text)
{
    struct bytes rest = bytes_of_text(text);
    struct buffer plain = {0};

    while (rest.size > 0) {
        size_t control = control_size(rest), size = control == 0 ? 1 : control;
        while (size < rest.size && (rest.data[size] & 0xc0) == 0x80)
            size++;
        if (plain.size + size > DRAFT_REASON_MAX)
            break;
        if (control == 0)
            buffer_append(&plain, bytes_of(rest.data, size));
        rest = bytes_after(rest, size);
    }
    char *copy = text_copy(buffer_view(&plain));
    buffer_release(&plain);
    return copy;
}

bool draft_turn_back(struct draft *draft, enum draft_state state, const char *why, int64_t now_ms,
                     struct fault *fault)
{
    if (!draft_is_in(draft, STATE(DRAFT_APPROVED), "turned back", fault))
        return false;
    char *sentence = plain_sentence(why);
    draft_give_back(draft, state, "the node", sentence, now_ms);
    free(sentence);
    return true;
}
