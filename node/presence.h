#ifndef CANDOUR_NODE_PRESENCE_H
#define CANDOUR_NODE_PRESENCE_H

#include "protocol/places.h"

#include <jansson.h>

/* When members that were connected with this node and are no more were last heard. The status that
 * the node writes down carries it over a restart. */
struct presence {
    struct {
        struct digest authority;
        int64_t seen_ms;
    } * list;
    size_t count, capacity;
    struct places places; /* By authority. */
};

void presence_note(struct presence *presence, const struct digest *authority, int64_t seen_ms);

/* 0: never heard. */
int64_t presence_of(const struct presence *presence, const struct digest *authority);

/* What the status of an earlier run says, of those who were connected then too; what of it cannot
 * be read is left out. */
void presence_restore(struct presence *presence, const json_t *status);

void presence_release(struct presence *presence);

#endif
