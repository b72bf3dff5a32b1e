#include "node/presence.h"
#include "crypto/secret.h"
#include "node/clock.h"
#include "protocol/bytes.h"

#include <stdlib.h>

void presence_init(struct presence *presence)
{
    *presence = (struct presence){.count = 0};
    random_bytes(&presence->places.key, sizeof presence->places.key);
}

void presence_release(struct presence *presence)
{
    free(presence->list);
    places_release(&presence->places);
}

void presence_note(struct presence *presence, const struct digest *authority, int64_t now_ms)
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
        places_put(&presence->places, authority, at);
    }
    presence->list[at].seen_ms = now_ms;
}

int64_t presence_of(const struct presence *presence, const struct digest *authority)
{
    size_t at = places_find(&presence->places, authority);

    return at == NO_PLACE ? 0 : presence->list[at].seen_ms;
}

static void restore_one(struct presence *presence, const struct charter *charter,
                        const json_t *member, int64_t now_ms)
{
    const char *hex = json_string_value(json_object_get(member, "authority"));
    const char *stamp = json_string_value(json_object_get(member, "last_seen"));
    int64_t seen_ms = stamp == NULL ? -1 : clock_read_stamp(stamp);
    struct digest authority;

    if (seen_ms > 0 && seen_ms <= now_ms && hex != NULL &&
        hex_read(authority.bytes, sizeof authority.bytes, hex) &&
        charter_member(charter, &authority) != NULL &&
        seen_ms > presence_of(presence, &authority)) /* It may have had two links. */
        presence_note(presence, &authority, seen_ms);
}

void presence_restore(struct presence *presence, const struct charter *charter,
                      const json_t *status, int64_t now_ms)
{
    static const char *const lists[] = {"peers", "not_connected"};
    const json_t *member;
    size_t index;

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        json_array_foreach(json_object_get(status, lists[i]), index, member)
            restore_one(presence, charter, member, now_ms);
}
