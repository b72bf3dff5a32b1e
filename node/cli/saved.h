#ifndef CANDOUR_NODE_CLI_SAVED_H
#define CANDOUR_NODE_CLI_SAVED_H

#include "node/cli/shared.h"
#include "store/search.h"

/* Searches that are kept by name, with their words and filters, and up to where what came here was
 * seen by each. They are of the house: whoever uses its home shares them. */

/* What was kept by that name, as if it had been typed; what the call says itself stays. The caller
 * holds on to *kept, which the call points into, until the call is over. */
bool saved_take(struct call *call, struct store *store, const char *name, json_t **kept,
                struct fault *fault);

/* Up to where what came here was seen. */
int64_t saved_place(const json_t *kept);

/* Keep the call's words and filters, or note up to where they have been seen. */
bool saved_keep(const struct call *call, const char *name, int64_t place, struct fault *fault);
bool saved_note(const struct call *call, const char *name, int64_t place, struct fault *fault);
bool saved_forget(const struct call *call, const char *name, struct fault *fault);
bool saved_list(struct call *call, struct fault *fault);
/* What they are called, in the order in which they were kept. */
bool saved_names(struct store *store, struct texts *names, struct fault *fault);

/* What is new to one of them, whoever has seen it: only what is `within` a time and so many.
 * (search.c) */
bool search_again(const struct call *call, struct store *store, const char *name,
                  const struct query *within, search_visit *visit, void *context,
                  struct fault *fault);

#endif
