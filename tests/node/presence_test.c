#include "node/presence.h"
#include "protocol/bytes.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>

static struct digest member(uint8_t byte)
{
    return (struct digest){{byte}};
}

Test(presence, keeps_the_last_time)
{
    struct presence presence = {0};

    for (unsigned i = 0; i < 100; i++) {
        struct digest authority = member((uint8_t)i);
        presence_note(&presence, &authority, 1000 + i);
    }
    struct digest seventh = member(7), stranger = member(200);
    presence_note(&presence, &seventh, 5000);
    presence_note(&presence, &seventh, 4000);
    cr_expect_eq(presence_of(&presence, &seventh), 5000);
    cr_expect_eq(presence_of(&presence, &stranger), 0);
    presence_release(&presence);
}

/* A home that was copied from somewhere, or one of another version, may say anything. */
Test(presence, takes_from_a_status_what_can_be_read)
{
    struct presence presence = {0};
    char text[1024], hex[3][2 * DIGEST_SIZE + 1];

    for (uint8_t i = 0; i < 3; i++) {
        struct digest authority = member(i);
        hex_of(hex[i], authority.bytes, DIGEST_SIZE);
    }
    snprintf(text, sizeof text,
             "{\"peers\": [{\"authority\": \"%s\", \"last_seen\": \"2026-11-22T14:05:09Z\"},"
             " {\"authority\": 7}, 8, {\"authority\": \"xyz\", \"last_seen\": \"yesterday\"}],"
             " \"absent\": [{\"authority\": \"%s\", \"last_seen\": \"2026-11-21T14:05:09Z\"},"
             " {\"authority\": \"%s\", \"last_seen\": null}]}",
             hex[0], hex[1], hex[2]);
    json_t *status = json_loads(text, 0, NULL);
    cr_assert(status != NULL);
    presence_restore(&presence, status);
    presence_restore(&presence, NULL);
    struct digest first = member(0), second = member(1), third = member(2);
    cr_expect_eq(presence_of(&presence, &first), INT64_C(1795356309000));
    cr_expect_eq(presence_of(&presence, &second), INT64_C(1795269909000));
    cr_expect_eq(presence_of(&presence, &third), 0);
    cr_expect_eq(presence.count, 2);
    json_decref(status);
    presence_release(&presence);
}
