#ifndef CANDOUR_NODE_PRESENCE_H
#define CANDOUR_NODE_PRESENCE_H

#include "protocol/charter.h"
#include "protocol/places.h"

#include <jansson.h>

/* When members were last heard on a link of their own. The status that the node writes down carries
 * it over a restart. */
struct presence {
    struct {
        struct digest authority;
        int64_t seen_ms;
    } * list;
    size_t count, capacity;
    struct places places; /* By authority. */
};

void presence_init(struct presence *presence);
void presence_release(struct presence *presence);

void presence_note(struct presence *presence, const struct digest *authority, int64_t now_ms);

/* 0: never heard. */
int64_t presence_of(const struct presence *presence, const struct digest *authority);

/* What the status of an earlier run says of members. What cannot be read of it, or says that it was
 * after now, is left out. */
void presence_restore(struct presence *presence, const struct charter *charter,
                      const json_t *status, int64_t now_ms);

#endif
