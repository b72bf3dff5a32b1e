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

/* Open the home's store. FAULT_ABSENT with "candour init" where there is none. */
struct store *open_store(const struct call *call, enum store_mode mode, struct fault *fault);

/* The charter in force, from the store; NULL with FAULT_ABSENT when no network was joined. */
struct charter *load_charter(struct store *store, struct fault *fault);

/* Have frames taken in by the one path: by the running node, through the queue, or here when none
 * runs. `answer` hears what became of each. */
struct offering {
    enum queue_kind kind;
    struct bytes bytes;
};
typedef void offering_answer(void *context, size_t index,
                             const struct fault *fault /* NULL: taken */);
bool offer_all(struct call *call, const struct offering *offerings, size_t count,
               offering_answer *answer, void *context, struct fault *fault);

/* The same with one bundle of a charter or halt; its refusal is the fault. */
bool offer_charter(struct call *call, struct bytes bundle, struct fault *fault);

/* A member's name for people, or its id's first digits. */
const char *authority_name(const struct charter *charter, const struct digest *authority);

/* A table for people: columns fitted to the terminal. `names` ends with NULL; texts are copied. */
struct listing;
struct listing *listing_new(const char *const *names, const bool *right);
void listing_row(struct listing *listing, const char *const *cells);
void listing_print(struct listing *listing); /* Prints and frees it. */

/* A JSON object of a document's fields: texts, lists, numbers as numbers, rows as objects. */
json_t *json_document(const struct document *document);

#endif
