#ifndef CANDOUR_NODE_CLI_DESK_H
#define CANDOUR_NODE_CLI_DESK_H

#include "node/cli/shared.h"
#include "node/ledger.h"

/* The gate as this home configures it; without a home, the general rules alone. */
struct gate *desk_gate(const struct call *call, struct fault *fault);

/* Of files in names/ that no check reads, as their names are others than the four. */
void desk_say_strangers(const struct call *call);

/* What the commands about drafts hold open: the configuration, the gate it makes, and the store. */
struct desk {
    const struct home *home;
    struct ledger *ledger; /* Read where figures are judged, once for all of an import. */
    struct config config;
    struct gate *gate;
    struct store *store;
    struct fault unread; /* Why the lists of names are not in its gate; else FAULT_NONE. */
};
bool desk_open(const struct call *call, struct desk *desk, enum store_mode mode,
               struct fault *fault);
void desk_close(struct desk *desk);

/* To look, reject or take back, which no list of names may hinder: where one cannot be read, the
 * gate is that of the general rules, and that is said. */
bool desk_open_anyway(const struct call *call, struct desk *desk, enum store_mode mode,
                      struct fault *fault);
void desk_say_unread(const struct call *call, const struct desk *desk);

/* So many digits of a draft's digest are shown, for who approves the text that was shown. */
#define DESK_TEXT_DIGITS 8

/* So many hidden rows are told one by one: more are a list that nobody reads. */
#define DESK_HIDDEN_SAID_MAX 20

/* What a command about a draft answers with: its state, its findings and what comes next. */
void desk_say(struct call *call, const struct desk *desk, uint64_t number,
              const struct draft *draft);

/* Appended: its title, and what tells it from others of its kind. */
void desk_title(const struct document *document, struct buffer *title);

/* Did its figures come from a table, so that there is no file of it to change? */
bool desk_is_of_figures(const struct draft *draft);

/* Its state and its findings alone. */
void desk_say_about(struct call *call, const struct desk *desk, uint64_t number,
                    const struct draft *draft);

/* After a decision: the next finding that is to be decided, how many are, and what comes next. */
void desk_say_left(struct call *call, const struct desk *desk, uint64_t number,
                   const struct draft *draft);

/* Some words of a text around a part of it, for the person who decides: they are printed, and go
 * nowhere else. Nothing where the part is all of its line. */
void desk_say_context(const struct call *call, struct bytes text, size_t start, size_t end);

/* What comes next alone. Below its text (`shown`) also how that is approved. */
void desk_say_next(const struct call *call, const struct desk *desk, uint64_t number,
                   const struct draft *draft, bool shown);

/* Appended: why the running node signs nothing, as its status has it; nothing where it does. */
void desk_add_silence(const struct desk *desk, struct buffer *text);

/* What it was is the record's text now. */
bool desk_say_published(struct call *call, uint64_t number, const struct digest *id);

/* After an approval, of the draft as it was kept: has it gone out, is it queued? */
bool desk_say_approved(struct call *call, struct desk *desk, uint64_t number,
                       const struct draft *draft, struct fault *fault);

/* Is it to be waited for? Not where another approval or the end of its hold comes first. */
bool desk_waits(const struct call *call, const struct draft *draft);

/* A file that nothing is wrong with; the first problem is the fault. (lesson.c) */
struct document *desk_read_file(const char *path, struct fault *fault);

/* Figures are looked at by disclosure control at each step on their way out. (indicator.c) */
bool desk_figures_hold(const struct desk *desk, const struct document *document,
                       struct fault *fault);

/* How many people a named draft takes here. */
enum approval_policy desk_policy(const struct desk *desk);

/* As the call says: with the authority's name, or --anonymous. */
enum attribution desk_attribution(const struct call *call);

/* Is there a way out for records of this kind without the authority's name? */
bool desk_may_be_unnamed(const struct form *form, struct fault *fault);

/* Fill in what a file leaves to the node. */
bool desk_prepare(const struct desk *desk, struct document *document, enum attribution attribution,
                  struct fault *fault);

/* Prepare a document and put it forward. `author` may be NULL. Takes the document in any case. */
struct draft *desk_submit(const struct desk *desk, struct document *document, const char *author,
                          enum attribution attribution, struct fault *fault);

/* What waits with the same content already, by that author (NULL: by whomever), takes the place of
 * this draft, for both would be published: *number is its number, or 0 where none does. One that
 * was withdrawn is handed in again. */
bool desk_take_waiting(const struct desk *desk, const char *author, struct draft **draft,
                       uint64_t *number, bool *again, struct fault *fault);

/* `by` has read what is there and lets it go out, as the configured policy allows. `answer`: to
 * draft_question, or NULL. */
bool desk_approve(const struct desk *desk, struct draft *draft, const char *by, const char *answer,
                  struct fault *fault);

/* Its author approves it, where the policy allows that. */
bool desk_approve_own(const struct desk *desk, struct draft *draft, struct fault *fault);

/* Submit it for others to approve, by the --author of the call, and say what became of it. Takes
 * the document in any case. */
bool desk_put_forward(struct call *call, struct desk *desk, struct document *document,
                      struct fault *fault);

/* All in one step, where the policy allows it and nothing is left to decide: it says what became of
 * the draft. Takes the document in any case. */
bool desk_publish(struct call *call, struct desk *desk, struct document *document, const char *by,
                  struct fault *fault);

/* Wait until the running node has made the draft a record, and soon say what is waited for, where
 * the node knows. FAULT_ABSENT when it takes too long. */
bool desk_await(const struct call *call, const struct desk *desk, uint64_t number,
                struct digest *id, struct fault *fault);

#endif
