#ifndef CANDOUR_NODE_COMPILING_H
#define CANDOUR_NODE_COMPILING_H

#include "protocol/charter.h"
#include "protocol/compile.h"
#include "store/store.h"

/* What the members of a region say, from what is here: the facts, and what is compiled of them. */
struct compiling {
    struct compile_input input;
    struct compile_fact *facts;
    struct compile_member *members;
    size_t room; /* Of facts. */
    struct compiled *compiled;
};

/* What is asked for. */
struct compile_request {
    const char *region; /* As on the members' cards, whatever its capitals; NULL: all members. */
    int64_t since_ms;   /* 0: all time. */
    const struct digest *honoured; /* Whose labels say what is the same. */
    size_t honoured_count;
};

/* FAULT_ABSENT where no active member is of that region. */
bool compiling_gather(struct store *store, const struct charter *charter,
                      const struct compile_request *request, struct compiling *compiling,
                      struct fault *fault);
void compiling_release(struct compiling *compiling);

#endif
