#include "node/presence.h"
#include "node/clock.h"
#include "protocol/bytes.h"

#include <stdlib.h>

void presence_note(struct presence *presence, const struct digest *authority, int64_t seen_ms)
{
    size_t at = places_find(&presence->places, authority);

    if (at == NO_PLACE) {
        at = presence->count++;
        if (at == presence->capacity) {
            presence->capacity = 2 * presence->capacity + 16;
            presence->list =
                memory_grow(presence->list, presence->capacity, sizeof *presence->list);
        }
        presence->list[at].authority = *authority;
        presence->list[at].seen_ms = 0;
        places_put(&presence->places, authority, at);
    }
    if (seen_ms > presence->list[at].seen_ms)
        presence->list[at].seen_ms = seen_ms;
}

int64_t presence_of(const struct presence *presence, const struct digest *authority)
{
    size_t at = places_find(&presence->places, authority);

    return at == NO_PLACE ? 0 : presence->list[at].seen_ms;
}

static void restore_some(struct presence *presence, const json_t *members)
{
    const json_t *member;
    size_t index;

    json_array_foreach((json_t *)(uintptr_t)members, index, member)
    {
        const char *hex = json_string_value(json_object_get(member, "authority"));
        const char *stamp = json_string_value(json_object_get(member, "last_seen"));
        int64_t seen_ms = stamp == NULL ? -1 : clock_read_stamp(stamp);
        struct digest authority;
        if (seen_ms > 0 && hex != NULL && hex_read(authority.bytes, sizeof authority.bytes, hex))
            presence_note(presence, &authority, seen_ms);
    }
}

void presence_restore(struct presence *presence, const json_t *status)
{
    restore_some(presence, json_object_get(status, "peers"));
    restore_some(presence, json_object_get(status, "absent"));
}

void presence_release(struct presence *presence)
{
    free(presence->list);
    places_release(&presence->places);
}
