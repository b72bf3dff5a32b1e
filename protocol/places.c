#include "protocol/places.h"

#include "protocol/bytes.h"

#include <stdlib.h>
#include <string.h>

/* Open addressing: an id stands in its own slot or, where that is taken, in the next free one after
 * it, and no free slot ever lies between. */
struct place_slot {
    struct digest id;
    size_t place; /* NO_PLACE: the slot is free. */
};

static size_t own_slot(const struct places *places, const struct digest *id)
{
    uint64_t start;

    memcpy(&start, id->bytes, sizeof start);
    start = (start ^ places->key) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(start ^ start >> 32) & (places->capacity - 1);
}

static size_t next_slot(const struct places *places, size_t slot)
{
    return (slot + 1) & (places->capacity - 1);
}

/* The slot that holds the id, or the free one where it would go. */
static size_t slot_of(const struct places *places, const struct digest *id)
{
    size_t slot = own_slot(places, id);

    while (places->slots[slot].place != NO_PLACE && !digest_equal(&places->slots[slot].id, id))
        slot = next_slot(places, slot);
    return slot;
}

static void grow(struct places *places)
{
    struct places wider = {.capacity = places->capacity == 0 ? 64 : 2 * places->capacity,
                           .count = places->count,
                           .key = places->key};

    wider.slots = memory_new(wider.capacity, sizeof *wider.slots);
    for (size_t i = 0; i < wider.capacity; i++)
        wider.slots[i].place = NO_PLACE;
    for (size_t i = 0; i < places->capacity; i++)
        if (places->slots[i].place != NO_PLACE)
            wider.slots[slot_of(&wider, &places->slots[i].id)] = places->slots[i];
    free(places->slots);
    *places = wider;
}

void places_put(struct places *places, const struct digest *id, size_t place)
{
    if (2 * (places->count + 1) > places->capacity)
        grow(places);
    struct place_slot *slot = &places->slots[slot_of(places, id)];
    if (slot->place == NO_PLACE)
        places->count++;
    *slot = (struct place_slot){*id, place};
}

size_t places_find(const struct places *places, const struct digest *id)
{
    return places->count == 0 ? NO_PLACE : places->slots[slot_of(places, id)].place;
}

void places_remove(struct places *places, const struct digest *id)
{
    if (places_find(places, id) == NO_PLACE)
        return;
    size_t hole = slot_of(places, id);
    places->slots[hole].place = NO_PLACE;
    places->count--;
    /* Whoever stands after the hole because it was taken moves up into it. */
    for (size_t slot = next_slot(places, hole); places->slots[slot].place != NO_PLACE;
         slot = next_slot(places, slot)) {
        size_t own = own_slot(places, &places->slots[slot].id);
        size_t away = (slot - own) & (places->capacity - 1);
        size_t from_hole = (slot - hole) & (places->capacity - 1);
        if (away < from_hole)
            continue;
        places->slots[hole] = places->slots[slot];
        places->slots[slot].place = NO_PLACE;
        hole = slot;
    }
}

void places_release(struct places *places)
{
    free(places->slots);
    *places = (struct places){.key = places->key};
}
