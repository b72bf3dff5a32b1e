#include "protocol/places.h"

#include <criterion/criterion.h>
#include <string.h>

#define IDS 500

static struct digest id_numbered(size_t number)
{
    return digest_of("places tests", &number, sizeof number);
}

Test(places, are_found_as_long_as_they_are_kept)
{
    struct places places = {.key = 7};
    bool kept[IDS] = {false};
    size_t lot = 1, count = 0;

    for (unsigned step = 0; step < 20000; step++) {
        lot = lot * 6364136223846793005u + 1442695040888963407u;
        size_t i = (lot >> 33) % IDS;
        struct digest id = id_numbered(i);
        if (lot >> 62 == 0)
            places_remove(&places, &id);
        else
            places_put(&places, &id, i);
        count += (lot >> 62 != 0) - (size_t)kept[i];
        kept[i] = lot >> 62 != 0;
        cr_assert_eq(places.count, count);
    }
    for (size_t i = 0; i < IDS; i++) {
        struct digest id = id_numbered(i);
        cr_expect_eq(places_find(&places, &id), kept[i] ? i : NO_PLACE);
    }
    places_release(&places);
    cr_expect_eq(places.count, 0);
}

/* Ids that all want the same slot stand in a row; removing one closes the row. */
Test(places, survive_a_crowd)
{
    struct places places = {.key = 7};
    struct digest ids[20];

    memset(ids, 0, sizeof ids);
    for (size_t i = 0; i < 20; i++) {
        ids[i].bytes[31] = (uint8_t)i;
        places_put(&places, &ids[i], i);
    }
    for (size_t gone = 0; gone < 20; gone += 3)
        places_remove(&places, &ids[gone]);
    for (size_t i = 0; i < 20; i++)
        cr_expect_eq(places_find(&places, &ids[i]), i % 3 == 0 ? NO_PLACE : i);
    places_release(&places);
}
