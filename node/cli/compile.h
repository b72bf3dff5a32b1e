#ifndef CANDOUR_NODE_CLI_COMPILE_H
#define CANDOUR_NODE_CLI_COMPILE_H

#include "node/cli/shared.h"
#include "node/compiling.h"

/* What was compiled, on its way to people and programs: a summary to be edited (compile_text.c),
 * and all of it as JSON (compile_json.c). */

struct compiled_brief {
    const struct compiling *compiling;
    struct compile_request request;
    int64_t until_ms;
};

/* A document of the form of a summary, without what is asked; the statements that there was no room
 * for are counted. NULL with a fault. */
struct document *compile_draft(struct store *store, const struct compiled_brief *brief,
                               size_t *left_out, struct fault *fault);

/* `draft`: NULL where there is nothing to state. */
json_t *compile_object(const struct compiled_brief *brief, const char *draft);

#endif
