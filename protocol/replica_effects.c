#include "protocol/replica_inside.h"

#include <stdlib.h>

struct effect *effect_add(struct effects *effects, enum effect_kind kind)
{
    if (effects->count == effects->capacity) {
        effects->capacity = effects->capacity == 0 ? 16 : 2 * effects->capacity;
        effects->list = memory_grow(effects->list, effects->capacity, sizeof *effects->list);
    }
    struct effect *effect = &effects->list[effects->count++];
    *effect = (struct effect){.kind = kind};
    return effect;
}

struct effect *effect_ask(struct replica *replica, struct effects *effects, enum effect_kind kind)
{
    replica->asked++;
    return effect_add(effects, kind);
}

struct buffer *effect_send(struct effects *effects, const struct peer *peer)
{
    struct effect *effect = effect_add(effects, EFFECT_SEND);

    effect->peer = peer->number;
    return &effect->bytes;
}

void effects_clear(struct effects *effects)
{
    for (size_t i = 0; i < effects->count; i++) {
        record_free(effects->list[i].record);
        buffer_release(&effects->list[i].bytes);
        free(effects->list[i].sendings);
    }
    effects->count = 0;
}

void effects_release(struct effects *effects)
{
    effects_clear(effects);
    free(effects->list);
    *effects = (struct effects){0};
}
