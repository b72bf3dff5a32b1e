#include "tests/protocol/naive_charter.h"

#include "crypto/secret.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Small charters at random, their parts heard in random orders and bundles: each order ends in the
 * same charter, and that is what the naive reading of the model says. A failure prints the seed;
 * with CANDOUR_SEED it is run alone, and CANDOUR_WORLDS asks for more of them. */

#define ORDERS 3
#define HEADS 7
#define STEWARDS 5 /* Towns that may be one. */
#define LISTED 3   /* Towns on the rosters. */
#define FEEDS 3

static uint64_t state;

static uint32_t below(uint32_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % limit;
}

static bool one_in(uint32_t chances)
{
    return below(chances) == 0;
}

/* --- A charter --- */

static struct model_cut random_cut(uint32_t feeds)
{
    return (struct model_cut){
        .feed = 1 + below(feeds), .seq = below(4), .id = (char)('w' + below(4))};
}

static void make_entries(struct model_head *head)
{
    static const struct {
        enum town_card card;
        uint32_t feeds;
    } cards[] = {{CARD_FIRST, 1},           {CARD_FIRST, 1},      {CARD_MOVED, 1},
                 {CARD_SECOND_FEED, 2},     {CARD_THIRD_FEED, 3}, {CARD_OTHER_SECOND_FEED, 2},
                 {CARD_OTHER_THIRD_FEED, 3}};

    for (size_t i = 0; i < TOWNS; i++) {
        struct model_entry *entry = &head->entries[i];
        uint32_t which = below(sizeof cards / sizeof *cards);
        entry->missing = i >= LISTED || (i > 0 && one_in(6));
        entry->card = cards[which].card;
        entry->status = one_in(6) ? MEMBER_LEFT : MEMBER_ACTIVE;
        while (one_in(3) && entry->cut_count < 3)
            entry->cuts[entry->cut_count++] = random_cut(cards[which].feeds);
    }
}

static unsigned random_towns(uint32_t chances)
{
    unsigned towns = 0;

    for (unsigned i = 0; i < STEWARDS; i++)
        if (!one_in(chances))
            towns |= 1u << i;
    return towns;
}

static void make_head(struct model *model, size_t at)
{
    struct model_head *head = &model->heads[at];
    uint32_t stewards = 0;

    head->name = (char)('a' + at);
    while (stewards < STEWARDS_MIN) {
        head->stewards = random_towns(3);
        stewards = (uint32_t)__builtin_popcount(head->stewards);
    }
    head->threshold = stewards / 2 + 1;
    head->signers = random_towns(5);
    for (size_t i = at; i-- > 0;)
        if (head->predecessor_count < 3 &&
            (head->predecessor_count == 0 ? i == 0 || !one_in(2) : one_in(4)))
            head->predecessors[head->predecessor_count++] = model->heads[i].name;
    if (one_in(15))
        head->version = at == 0 ? 1 : 2 + below(4);
    head->rules = 1;
    head->time_ms = TOWN_MS + (int64_t)at;
    head->has_roster = !one_in(5);
    head->ring = one_in(3) ? 1u << below(2) | 1u << (2 + below(2)) : 0;
    if (one_in(3) && at > 0) /* Often a roster is as it was. */
        memcpy(head->entries, model->heads[at - 1].entries, sizeof head->entries);
    else
        make_entries(head);
    model->head_count = at + 1;
}

static void make_halts(struct model *model)
{
    model->halt_count = below(5);
    for (size_t i = 0; i < model->halt_count; i++) {
        struct model_halt *halt = &model->halts[i];
        static const enum town_key keys[] = {KEY_2, KEY_2, KEY_3, KEY_4, KEY_OTHER_3, KEY_1};
        halt->town = (char)('A' + below(LISTED));
        halt->last = random_cut(FEEDS);
        halt->key = one_in(4) ? keys[below(6)] : (enum town_key)(KEY_1 + halt->last.feed);
        halt->bad = one_in(8);
    }
}

/* A head is heard in one to three parts, each with some of its signatures and false ones besides.
 */
static void make_parts(struct model *model)
{
    for (size_t i = 0; i < model->head_count; i++) {
        unsigned left = model->heads[i].signers;
        do {
            unsigned some = one_in(3) ? left & below(1u << STEWARDS) : left;
            model->parts[model->part_count++] =
                (struct model_part){.kind = PART_HEAD,
                                    .index = i,
                                    .signers = some,
                                    .liars = one_in(4) ? below(1u << STEWARDS) & ~some : 0};
            left &= ~some;
        } while (left != 0 && !one_in(4));
        model->heads[i].signers &= ~left;
        if (model->heads[i].has_roster)
            model->parts[model->part_count++] =
                (struct model_part){.kind = PART_ROSTER, .index = i};
        if (model->heads[i].ring != 0 && !one_in(4))
            model->parts[model->part_count++] = (struct model_part){.kind = PART_RING, .index = i};
    }
    for (size_t i = 0; i < model->halt_count; i++)
        model->parts[model->part_count++] = (struct model_part){.kind = PART_HALT, .index = i};
}

static struct model *make_model(void)
{
    struct model *model = memory_new(1, sizeof *model);
    size_t heads = 1 + below(HEADS);

    for (size_t i = 0; i < heads; i++)
        make_head(model, i);
    make_halts(model);
    make_parts(model);
    model_build(model);
    return model;
}

/* --- Hearing it --- */

static void shuffle(size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i > 1; i--) {
        size_t other = below((uint32_t)i), kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}

static void hear(struct charter *charter, struct bytes bundle)
{
    struct digest before = charter_digest(charter);
    struct fault fault;
    bool changed;

    charter_add(charter, bundle, &changed, &fault);
    struct digest after = charter_digest(charter);
    cr_assert(changed || digest_equal(&before, &after));
    charter_add(charter, bundle, &changed, &fault);
    cr_assert_not(changed, "the same bundle again changed something");
}

static struct charter *hear_in_some_order(const struct model *model, size_t most)
{
    struct charter *charter = charter_new(&model->heads[0].text->head.hash);
    size_t order[MODEL_PARTS];

    shuffle(order, model->part_count);
    for (size_t at = 0, count; at < most; at += count) {
        struct buffer wire = {0};
        count = 1 + below(4);
        if (count > most - at)
            count = most - at;
        model_write(model, order + at, count, &wire);
        hear(charter, buffer_view(&wire));
        buffer_release(&wire);
    }
    return charter;
}

static void expect_naive(const struct model *model, const struct charter *charter, uint64_t seed)
{
    char real[MODEL_HEADS + 1], naive[MODEL_HEADS + 1];

    model_heads_in_force(model, charter, real);
    naive_in_force(model, naive);
    cr_assert_str_eq(real, naive, "seed %llu: %s, naively %s", (unsigned long long)seed, real,
                     naive);
    for (char town = 'A'; town < 'A' + LISTED + 1; town++)
        for (uint32_t number = 1; number <= FEEDS + 1; number++) {
            struct feed feed = {*town_id(town), number};
            struct feed_rules found = charter_feed(charter, &feed);
            struct feed_rules expected = naive_feed(model, town, number);
            struct buffer said = {0}, wanted = {0};
            char name[3] = {town, (char)('0' + number), '\0'};
            model_feed(&found, name, &said);
            model_feed(&expected, name, &wanted);
            cr_assert_str_eq(buffer_text(&said), buffer_text(&wanted), "seed %llu: %s, naively %s",
                             (unsigned long long)seed, buffer_text(&said), buffer_text(&wanted));
            buffer_release(&said);
            buffer_release(&wanted);
        }
}

/* Whoever has heard a part of it is completed by what another writes. */
static void expect_completed(const struct model *model, const struct charter *whole, uint64_t seed)
{
    struct charter *part = hear_in_some_order(model, below((uint32_t)model->part_count + 1));
    struct buffer wire = {0};
    struct digest digest = charter_digest(whole);

    charter_write(whole, &wire);
    hear(part, buffer_view(&wire));
    struct digest completed = charter_digest(part);
    cr_assert(digest_equal(&digest, &completed), "seed %llu: not completed",
              (unsigned long long)seed);
    buffer_release(&wire);
    charter_free(part);
}

static void run(uint64_t seed)
{
    struct digest first = {{0}};

    state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    for (unsigned i = 0; i < 8; i++)
        below(2);
    struct model *model = make_model();
    for (unsigned i = 0; i < ORDERS; i++) {
        struct charter *charter = hear_in_some_order(model, model->part_count);
        struct digest digest = charter_digest(charter);
        if (i == 0)
            first = digest;
        cr_assert(digest_equal(&first, &digest), "seed %llu: orders differ",
                  (unsigned long long)seed);
        expect_naive(model, charter, seed);
        if (i == 0)
            expect_completed(model, charter, seed);
        charter_free(charter);
    }
    model_free(model);
}

Test(charter, does_not_depend_on_order)
{
    const char *seed = getenv("CANDOUR_SEED"), *worlds = getenv("CANDOUR_WORLDS");
    uint64_t count = worlds != NULL ? strtoull(worlds, NULL, 10) : 150;

    if (seed != NULL) {
        run(strtoull(seed, NULL, 10));
    } else {
        for (uint64_t i = 1; i <= count; i++)
            run(i);
    }
    towns_release();
}
