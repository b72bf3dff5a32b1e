#ifndef CANDOUR_NODE_CLI_DESK_H
#define CANDOUR_NODE_CLI_DESK_H

#include "node/cli/shared.h"

/* The gate as this home configures it; without a home, the general rules alone. */
struct gate *desk_gate(const struct call *call, struct fault *fault);

/* What the commands about drafts hold open: the configuration, the gate it makes, and the store. */
struct desk {
    struct config config;
    struct gate *gate;
    struct store *store;
};
bool desk_open(const struct call *call, struct desk *desk, enum store_mode mode,
               struct fault *fault);
void desk_close(struct desk *desk);

/* What a command about a draft answers with: its state and its findings. */
void desk_say(struct call *call, uint64_t number, const struct draft *draft,
              const struct gate *gate);

/* What it was is the record's text now. */
bool desk_say_published(struct call *call, uint64_t number, const struct digest *id);

/* After an approval: has it gone out, is it queued? */
bool desk_say_approved(struct call *call, struct desk *desk, uint64_t number, bool needs_another,
                       struct fault *fault);

/* Put a document forward: fills in what the file leaves to the node. Takes the document in any
 * case. */
struct draft *desk_submit(struct desk *desk, struct document *document, struct fault *fault);

/* `by` has read what is there and lets it go out, as the configured policy allows. */
bool desk_approve(const struct desk *desk, struct draft *draft, const char *by,
                  struct fault *fault);

/* Both in one step, where the policy allows it and nothing is left to decide: it says what became
 * of the draft. Takes the document in any case. */
bool desk_publish(struct call *call, struct desk *desk, struct document *document, const char *by,
                  struct fault *fault);

/* Wait until the running node has made the draft a record, and soon say what is waited for, where
 * the node knows. FAULT_ABSENT when it takes too long. */
bool desk_await(const struct call *call, const struct desk *desk, uint64_t number,
                struct digest *id, struct fault *fault);

#endif
