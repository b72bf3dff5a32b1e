#include "tests/protocol/towns.h"

#include "crypto/secret.h"
#include "protocol/charter_rules.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static struct signing_key *keys[TOWNS][TOWN_KEYS];
static struct card *cards[TOWNS][TOWN_CARDS];

static struct digest seed_of(char town, const char *what, unsigned number)
{
    char text[64];
    int size = snprintf(text, sizeof text, "%c %s %u", town, what, number);

    return digest_of("candour tests: town", text, (size_t)size);
}

const char *town_name(char town)
{
    static const char *const names[TOWNS] = {"Aylesbury", "Bradford", "Chester",   "Derby",
                                             "Exeter",    "Falkirk",  "Gateshead", "Hereford"};

    assert(town >= 'A' && town < 'A' + TOWNS);
    return names[town - 'A'];
}

const struct signing_key *town_key(char town, enum town_key key)
{
    struct signing_key **at = &keys[town - 'A'][key];

    if (*at == NULL) {
        crypto_start();
        struct digest seed = seed_of(town, "key", key);
        *at = signing_key_from_seed(seed.bytes);
    }
    return *at;
}

static void add_feed(struct card *card, char town, enum town_key key, enum town_key next)
{
    struct card_feed *feed = &card->feeds[card->feed_count++];

    feed->number = (uint32_t)card->feed_count;
    feed->key = *signing_key_public(town_key(town, key));
    feed->next = next_key_hash(signing_key_public(town_key(town, next)));
}

struct ring_key *town_ring_key(char town, uint32_t epoch)
{
    struct digest low = seed_of(town, "ring", epoch);

    low.bytes[31] = 0; /* Below the order of the group. */
    return ring_key_from_scalar(low.bytes);
}

static void add_ring(struct card *card, char town, uint32_t epoch)
{
    struct card_ring *ring = &card->rings[card->ring_count++];
    struct ring_key *key = town_ring_key(town, epoch);

    ring->epoch = epoch;
    ring->key = *ring_key_public(key);
    card->authority = authority_id(&card->feeds[0].key, &card->feeds[0].next);
    ring_prove(&ring->proof, key, &card->authority, epoch);
    ring_key_free(key);
}

static void add_exchange(struct exchange_public *to, char town, const char *what, unsigned number)
{
    struct digest bytes = seed_of(town, what, number);

    memcpy(to->bytes, bytes.bytes, sizeof to->bytes);
}

static void fill_feeds(struct card *card, char town, enum town_card which)
{
    static const struct {
        enum town_key second_next, third;
        size_t count;
    } feeds[TOWN_CARDS] = {
        [CARD_SECOND_FEED] = {KEY_3, KEY_3, 2},
        [CARD_OTHER_SECOND_FEED] = {KEY_OTHER_3, KEY_3, 2},
        [CARD_THIRD_FEED] = {KEY_3, KEY_3, 3},
        [CARD_OTHER_THIRD_FEED] = {KEY_OTHER_3, KEY_OTHER_3, 3},
    };

    add_feed(card, town, KEY_1, KEY_2);
    if (feeds[which].count >= 2)
        add_feed(card, town, KEY_2, feeds[which].second_next);
    if (feeds[which].count >= 3)
        add_feed(card, town, feeds[which].third, KEY_4);
    if (which == CARD_SECOND_FEED || which == CARD_THIRD_FEED) {
        card->feeds[0].cut = true;
        card->feeds[0].cut_seq = 7;
        card->feeds[0].cut_id = town_record('s');
    }
}

void town_fill(struct card *card, char town, enum town_card which)
{
    memset(card, 0, sizeof *card);
    snprintf(card->name, sizeof card->name, "%s", town_name(town));
    snprintf(card->type, sizeof card->type, "unitary");
    snprintf(card->nation, sizeof card->nation, "England");
    snprintf(card->region, sizeof card->region, "North West");
    card->area_count = 2;
    snprintf(card->areas[0].code, sizeof card->areas[0].code, "E0600000%c", town);
    snprintf(card->areas[0].from, sizeof card->areas[0].from, "2009-04-01");
    snprintf(card->areas[1].code, sizeof card->areas[1].code, "E0700000%c", town);
    snprintf(card->areas[1].to, sizeof card->areas[1].to, "2009-03-31");
    card->function_count = 2;
    snprintf(card->functions[0], sizeof card->functions[0], "housing");
    snprintf(card->functions[1], sizeof card->functions[1], "adult_social_care");
    card->has_steward_key = which != CARD_NO_STEWARD_KEY;
    if (card->has_steward_key)
        card->steward_key = *signing_key_public(
            town_key(town, which == CARD_OTHER_STEWARD_KEY ? KEY_OTHER_STEWARD : KEY_STEWARD));
    add_exchange(&card->transport, town, "transport", which == CARD_FIRST ? 0 : 1);
    add_exchange(&card->box, town, "box", 0);
    card->endpoint_count = 1;
    snprintf(card->endpoints[0], sizeof card->endpoints[0], "tcp://%c.example:7400", town);
    fill_feeds(card, town, which);
    add_ring(card, town, TOWN_EPOCH);
    add_ring(card, town, TOWN_EPOCH + 1);
    card->issued_ms = TOWN_MS + (int64_t)which;
}

const struct card *town_card(char town, enum town_card which)
{
    struct card **at = &cards[town - 'A'][which];

    if (*at == NULL) {
        static const enum town_key last[] = {KEY_1, KEY_2, KEY_3};
        struct fault fault;
        *at = memory_new(1, sizeof **at);
        town_fill(*at, town, which);
        enum town_key key = last[(*at)->feed_count - 1];
        if (which == CARD_OTHER_THIRD_FEED)
            key = KEY_OTHER_3;
        bool good = card_sign(*at, town_key(town, key), &fault);
        assert(good);
        (void)good;
    }
    return *at;
}

const struct digest *town_id(char town)
{
    return &town_card(town, CARD_FIRST)->authority;
}

struct roster_card *town_roster_card(char town, enum town_card card)
{
    struct fault fault;
    struct card *copy = card_parse(buffer_view(&town_card(town, card)->wire), &fault);

    assert(copy != NULL);
    return roster_card_new(copy);
}

struct card *town_altered_card(char town, const char *name, const struct exchange_public *transport,
                               enum member_role role)
{
    struct card *card = memory_new(1, sizeof *card);
    struct fault fault;

    town_fill(card, town, CARD_FIRST);
    if (name != NULL)
        snprintf(card->name, sizeof card->name, "%s", name);
    if (transport != NULL)
        card->transport = *transport;
    card->role = role;
    bool good = card_sign(card, town_key(town, KEY_1), &fault);
    assert(good);
    (void)good;
    return card;
}

bool town_says(const char *said, const char *expected)
{
    bool before = expected[0] == '*';
    size_t size = strlen(expected + before);
    bool after = size > 0 && expected[before + size - 1] == '*';
    char text[512] = "";

    memcpy(text, expected + before, size - after);
    const char *found = before ? strstr(said, text) : said;
    return found != NULL &&
           (after || before ? strncmp(found, text, strlen(text)) == 0 : strcmp(found, text) == 0);
}

struct digest town_record(char letter)
{
    return digest_of("candour tests: record", &letter, 1);
}

void towns_release(void)
{
    for (size_t i = 0; i < TOWNS; i++) {
        for (size_t k = 0; k < TOWN_KEYS; k++)
            signing_key_free(keys[i][k]);
        for (size_t k = 0; k < TOWN_CARDS; k++)
            card_free(cards[i][k]);
    }
    memset(keys, 0, sizeof keys);
    memset(cards, 0, sizeof cards);
}
