#include "tests/bench/support/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEWARDS 3
#define HOUR_MS (INT64_C(3600) * 1000)

static struct fault fault;

static void must(bool done)
{
    if (done)
        return;
    fprintf(stderr, "network for tests: %s\n", fault.text);
    abort();
}

static struct signing_key *key_of(size_t number, const char *what)
{
    struct digest seed = digest_of(what, &number, sizeof number);

    return signing_key_from_seed(seed.bytes);
}

static struct signing_key *steward_key(size_t number)
{
    return key_of(number, "candour tests: steward");
}

/* All but the first few are hubs, so that few must sign. */
static struct card *make_card(const struct council *council, size_t number, int64_t now_ms)
{
    struct card *card = memory_new(1, sizeof *card);
    struct signing_key *next = key_of(number, "candour tests: next");
    struct signing_key *steward = steward_key(number);
    struct digest transport = digest_of("candour tests: transport", &number, sizeof number);

    snprintf(card->name, sizeof card->name, "Council %zu", number + 1);
    card->has_steward_key = number < STEWARDS;
    card->role = card->has_steward_key ? ROLE_AUTHORITY : ROLE_HUB;
    if (card->has_steward_key)
        card->steward_key = *signing_key_public(steward);
    memcpy(&card->transport, transport.bytes, sizeof card->transport);
    memcpy(&card->box, transport.bytes, sizeof card->box);
    card->feed_count = 1;
    card->feeds[0] = (struct card_feed){.number = 1,
                                        .key = *signing_key_public(council->key),
                                        .next = next_key_hash(signing_key_public(next))};
    card->issued_ms = now_ms;
    must(card_sign(card, council->key, &fault));
    signing_key_free(next);
    signing_key_free(steward);
    return card;
}

static void sign(struct network *network)
{
    for (size_t i = 0; i < 2; i++) {
        struct signing_key *key = steward_key(i);
        struct head head;
        must(charter_sign(&network->charter, key, NULL, 0, &head, &fault));
        signing_key_free(key);
    }
}

static struct digest network_id(const struct network *network)
{
    struct charter *charter = charter_new(NULL);
    bool changed;

    must(charter_add(charter, buffer_view(&network->charter), &changed, &fault));
    struct digest id = *charter_network(charter);
    charter_free(charter);
    return id;
}

void network_found(struct network *network, size_t councils, const struct card *const *others,
                   size_t other_count, int64_t founded_ms)
{
    const struct card **cards = memory_new(councils + other_count, sizeof *cards);
    struct card **made = memory_new(councils, sizeof *made);
    char name[32];

    *network = (struct network){memory_new(councils, sizeof *network->councils), councils, {0}};
    for (size_t i = 0; i < councils; i++) {
        snprintf(name, sizeof name, "council %zu", i);
        network->councils[i] = council_new(name);
        cards[i] = made[i] = make_card(&network->councils[i], i, founded_ms);
    }
    if (other_count > 0)
        memcpy(&cards[councils], others, other_count * sizeof *others);
    must(charter_found("Bench", 2, true, cards, councils + other_count, founded_ms,
                       &network->charter, &fault));
    sign(network);
    struct digest id = network_id(network);
    for (size_t i = 0; i < councils; i++) {
        network->councils[i].network = id;
        network->councils[i].feed.authority = made[i]->authority;
        network->councils[i].time_ms = founded_ms + HOUR_MS;
        card_free(made[i]);
    }
    free(made);
    free(cards);
}

void network_release(struct network *network)
{
    for (size_t i = 0; i < network->count; i++)
        council_release(&network->councils[i]);
    free(network->councils);
    buffer_release(&network->charter);
}
