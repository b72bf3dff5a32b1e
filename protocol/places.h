#ifndef CANDOUR_PROTOCOL_PLACES_H
#define CANDOUR_PROTOCOL_PLACES_H

#include "crypto/digest.h"

#include <stddef.h>

/* Where in a list of the caller's own the thing with an id stands: found in one step or two however
 * long the list is. `key` is drawn per program, so that no stranger can choose ids that crowd. */
struct places {
    struct place_slot *slots;
    size_t count, capacity; /* Capacity: a power of two. */
    uint64_t key;
};
#define NO_PLACE SIZE_MAX

void places_put(struct places *places, const struct digest *id, size_t place);
size_t places_find(const struct places *places, const struct digest *id);
void places_remove(struct places *places, const struct digest *id);
void places_release(struct places *places);

#endif
