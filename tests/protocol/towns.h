#ifndef CANDOUR_TESTS_TOWNS_H
#define CANDOUR_TESTS_TOWNS_H

#include "protocol/charter.h"

/* Eight councils for the tests of card and charter. All their keys follow from their letter, so
 * equal tests make equal bytes. */

#define TOWNS 8
#define TOWN_MS INT64_C(1767225600000) /* 1 January 2026 */
#define DAY_MS INT64_C(86400000)
#define TOWN_EPOCH 4051 /* The ring epoch of TOWN_MS. */

struct roster_card; /* protocol/roster.h */

/* A town's cards over its life. Of the two that go on in feed 2, each commits to another key for
 * feed 3: they cannot both be true, but both are well signed. */
enum town_card {
    CARD_FIRST,
    CARD_MOVED,       /* Another transport key. */
    CARD_SECOND_FEED, /* In feed 2, feed 1 closed by itself at record 7. */
    CARD_OTHER_SECOND_FEED,
    CARD_THIRD_FEED,
    CARD_OTHER_THIRD_FEED,
    CARD_NO_STEWARD_KEY,
    CARD_OTHER_STEWARD_KEY,
    TOWN_CARDS
};
enum town_key {
    KEY_1,
    KEY_2,
    KEY_3,
    KEY_4,
    KEY_OTHER_3,
    KEY_STEWARD,
    KEY_OTHER_STEWARD,
    TOWN_KEYS
};

const char *town_name(char town); /* 'A' to 'H' */
const struct signing_key *town_key(char town, enum town_key key);
struct ring_key *town_ring_key(char town, uint32_t epoch); /* To be freed. */
const struct card *town_card(char town, enum town_card card);
const struct digest *town_id(char town);
struct roster_card *town_roster_card(char town, enum town_card card);

/* Fill in the fields of a card, for tests that sign one of their own. */
void town_fill(struct card *card, char town, enum town_card which);

/* A first card, signed, that differs from the town's own in what is not NULL, and in its role. */
struct card *town_altered_card(char town, const char *name, const struct exchange_public *transport,
                               enum member_role role);

/* Is it what was expected? A '*' before or after stands for whatever else is said there. */
bool town_says(const char *said, const char *expected);

/* The id of a record that is not there: one for each letter. */
struct digest town_record(char letter);

void towns_release(void); /* At the end of a test. */

#endif
