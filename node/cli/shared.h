#ifndef CANDOUR_NODE_CLI_SHARED_H
#define CANDOUR_NODE_CLI_SHARED_H

#include "node/cli/command.h"
#include "node/engine.h"
#include "node/json.h"

/* What several commands do alike. */

/* The value of an option that must be given. */
bool require_option(const struct call *call, const char *option, const char **value,
                    struct fault *fault);

/* The word of a vocabulary that an option gives, NULL where it is not given. FAULT_INPUT with
 * did-you-mean, or with the words where they are few. */
bool call_word(const struct call *call, const char *option, const struct vocabulary *vocabulary,
               const char **code, struct fault *fault);

/* The moment that --since gives, a day or so long before `now_ms`; what it was where it is not
 * given. FAULT_INPUT where it is neither. */
bool call_since(const struct call *call, int64_t now_ms, int64_t *since_ms, struct fault *fault);

/* A new home's candour.conf. */
bool write_config(const struct home *home, const struct config *config, struct fault *fault);

/* Open the home's store. FAULT_ABSENT with "candour init" where there is none. */
struct store *open_store(const struct call *call, enum store_mode mode, struct fault *fault);

/* The charter in a file. A file without a head (a halt) is read on top of the charter of this home,
 * which is then left in `*before`; else that is NULL. The caller frees both. NULL with a fault. */
struct charter *charter_of_file(struct call *call, struct bytes bundle, struct charter **before,
                                struct fault *fault);

/* Which feeds end elsewhere by what such a file brought. */
void say_halts(const struct call *call, const struct charter *before, const struct charter *after);

/* An engine for a command that writes while no node runs; it holds the home's lock. */
bool open_engine(struct call *call, struct engine *engine, struct fault *fault);

/* Have frames taken in by the one path, and questions answered: by the running node, through the
 * queue, or here when none runs. `answer` hears what became of each: FAULT_NONE and perhaps an
 * answer, or why it was refused. */
struct offering {
    enum queue_kind kind;
    struct bytes bytes;
};
typedef void offering_answer(void *context, size_t index, enum fault_kind kind, const char *text);
bool offer_all(struct call *call, const struct offering *offerings, size_t count,
               offering_answer *answer, void *context, struct fault *fault);

/* For who asks for one thing only: into a struct fault. */
offering_answer hear_fault;

/* The same with one bundle of a charter or halt; its refusal is the fault. */
bool offer_charter(struct call *call, struct bytes bundle, struct fault *fault);

/* The status that the running node last wrote, or what can be read from the home. */
json_t *read_status(struct call *call, struct fault *fault);

/* What was found in texts that this home's authority has published, and nobody dismissed: an array
 * of {id, field, class, means, rules, said_by, at}. NULL with a fault. (notices.c) */
json_t *read_notices(struct store *store, struct fault *fault);

/* Print those of the first `most` texts. Returns of how many texts there are any. */
size_t print_notices(const json_t *list, size_t most);

/* Summaries of the last 90 days, or answered in these, that cite what this authority published: an
 * array of {summary, title, published, answers, answered, cited:[id]}. NULL with a fault. And for
 * people. (cited.c) */
json_t *read_cited(struct store *store, const struct digest *self, struct fault *fault);
void print_cited(const json_t *list);

/* Has the node that wrote this status a peer that it hears? */
bool hears_peers(const json_t *status);

/* How many records of this home a search does not find yet: what came last is derived behind. */
bool count_not_searchable(struct store *store, uint64_t *count, struct fault *fault);

/* Say so, where there are any, to who has just looked for something. */
void say_not_searchable(const struct call *call, uint64_t count);

/* A member's name for people, or its id's first digits. */
const char *authority_name(const struct charter *charter, const struct digest *authority);

/* Whom a home belongs to; zeros where it has no card. */
struct digest self_of(const struct call *call);

/* Is it a steward by a charter in force? */
bool charter_has_steward(const struct charter *charter, const struct digest *authority);

/* A table for people: columns fitted to the terminal. `names` ends with NULL; texts are copied. */
struct listing;
struct listing *listing_new(const char *const *names, const bool *right);
void listing_row(struct listing *listing, const char *const *cells);
void listing_print(struct listing *listing);
void listing_free(struct listing *listing);

/* How small numbers are hidden in figures, in a sentence: it stands wherever figures are shown. */
void say_disclosure_profile(const struct call *call, struct bytes profile);

/* So many authorities: "3", or "2 to 5" where some are not named and may be the same as others. */
#define BOUNDS_TEXT 48
const char *bounds_in_words(char text[BOUNDS_TEXT], size_t least, size_t most);

/* What others responded to a record, in a sentence or two; nothing where nobody did. And for
 * programs. (responses.c) */
void say_responses(const struct call *call, const struct responses *responses);
void write_responses(struct buffer *text, const struct responses *responses); /* On one line. */
json_t *json_responses(const struct responses *responses);

/* The labels on a record: those of members that this home honours, and how many others there are.
 * `list` gets them for programs: an array of {id, label, same_as, why, expires, authority_name,
 * honoured}. (labels.c) */
bool say_labels(struct call *call, struct store *store, const struct charter *charter,
                const struct digest *id, json_t *list, struct fault *fault);

/* Whose labels this home honours: its own authority's, and those of labels_from. The caller frees
 * the list. `charter` may be NULL: then nobody else's. (labels.c) */
struct digest *honoured_authorities(const struct call *call, const struct charter *charter,
                                    size_t *count);

/* A JSON object of a document's fields: texts, lists, numbers as numbers, rows as objects. */
json_t *json_document(const struct document *document);

#endif
