#include "protocol/writer.h"
#include "tests/protocol/towns.h"

#include "crypto/secret.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* Sign a card as anybody could: whatever its fields say, under any key. */
static struct card *signed_card(struct card *fields, const struct signing_key *key,
                                struct fault *fault)
{
    struct card *read = NULL;

    if (card_sign(fields, key, fault))
        read = card_read(buffer_view(&fields->wire), fault);
    buffer_release(&fields->wire);
    return read;
}

Test(card, says_what_was_signed)
{
    for (enum town_card which = 0; which < TOWN_CARDS; which++) {
        const struct card *said = town_card('A', which);
        struct fault fault = {0};
        struct card *read = card_read(buffer_view(&said->wire), &fault);

        cr_assert_not_null(read, "card %d: %s", which, fault.text);
        struct card same = *read;
        same.wire = said->wire;
        cr_expect_arr_eq(&same, said, sizeof same, "card %d", which);
        cr_expect(bytes_equal(buffer_view(&read->wire), buffer_view(&said->wire)));
        card_free(read);
    }
    towns_release();
}

Test(card, is_refused_when_any_bit_is_flipped)
{
    struct buffer wire = {0};
    struct fault fault;

    buffer_append(&wire, buffer_view(&town_card('A', CARD_THIRD_FEED)->wire));
    for (size_t bit = 0; bit < 8 * wire.size; bit++) {
        wire.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_expect_null(card_read(buffer_view(&wire), &fault), "bit %zu", bit);
        cr_expect_eq(fault.kind, FAULT_PEER);
        wire.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    buffer_release(&wire);
    towns_release();
}

Test(card, is_refused_when_cut_short_or_made_longer)
{
    struct bytes wire = buffer_view(&town_card('A', CARD_FIRST)->wire);
    struct buffer longer = {0};
    struct fault fault;

    for (size_t size = 0; size < wire.size; size++)
        cr_expect_null(card_read(bytes_of(wire.data, size), &fault), "%zu bytes", size);
    buffer_append(&longer, wire);
    buffer_append(&longer, bytes_of("\xc0", 1));
    cr_expect_null(card_read(buffer_view(&longer), &fault));
    cr_expect_str_eq(fault.text, "1 bytes after the end");
    buffer_release(&longer);
    towns_release();
}

/* Each change to an honest card, what it is signed with, and the refusal. */
static void swap_first_key(struct card *card)
{
    card->feeds[0].key = *signing_key_public(town_key('B', KEY_1));
}
static void swap_first_next(struct card *card)
{
    card->feeds[0].next = next_key_hash(signing_key_public(town_key('B', KEY_2)));
}
static void swap_second_key(struct card *card)
{
    card->feeds[1].key = *signing_key_public(town_key('B', KEY_2));
}
static void swap_second_next(struct card *card)
{
    card->feeds[1].next = next_key_hash(signing_key_public(town_key('B', KEY_3)));
}
static void swap_third_key(struct card *card)
{
    card->feeds[2].key = *signing_key_public(town_key('B', KEY_3));
}
static void swap_ring_key(struct card *card)
{
    card->rings[0].key = town_card('B', CARD_FIRST)->rings[0].key;
}
static void swap_ring_and_proof(struct card *card)
{
    card->rings[0] = town_card('B', CARD_FIRST)->rings[0];
}
static void swap_ring_epochs(struct card *card)
{
    card->rings[0].epoch--;
}
static void swap_nothing(struct card *card)
{
    (void)card;
}

Test(card, keeps_an_unbroken_line_from_the_id)
{
    static const struct {
        const char *rule;
        void (*change)(struct card *card);
        enum town_key key;
        const char *because;
    } rows[] = {
        {"as it is", swap_nothing, KEY_3, NULL},
        {"signed by the first key", swap_nothing, KEY_1,
         "card of Aylesbury: its signature does not hold under the key of its last feed, number 3"},
        {"signed by the second key", swap_nothing, KEY_2,
         "card of Aylesbury: its signature does not hold under the key of its last feed, number 3"},
        {"signed by the next key", swap_nothing, KEY_4,
         "card of Aylesbury: its signature does not hold under the key of its last feed, number 3"},
        {"signed by the steward key", swap_nothing, KEY_STEWARD,
         "card of Aylesbury: its signature does not hold under the key of its last feed, number 3"},
        {"another first key: another authority", swap_first_key, KEY_3,
         "card of Aylesbury: no proof that it holds its ring key for epoch 4051"},
        {"another first next", swap_first_next, KEY_3,
         "card of Aylesbury: the key of feed 2 is not the one that feed 1 committed to"},
        {"another second key", swap_second_key, KEY_3,
         "card of Aylesbury: the key of feed 2 is not the one that feed 1 committed to"},
        {"another second next", swap_second_next, KEY_3,
         "card of Aylesbury: the key of feed 3 is not the one that feed 2 committed to"},
        {"another third key", swap_third_key, KEY_3,
         "card of Aylesbury: the key of feed 3 is not the one that feed 2 committed to"},
        {"another's ring key", swap_ring_key, KEY_3,
         "card of Aylesbury: no proof that it holds its ring key for epoch 4051"},
        {"another's ring key and proof", swap_ring_and_proof, KEY_3,
         "card of Aylesbury: no proof that it holds its ring key for epoch 4051"},
        {"a ring key in another epoch", swap_ring_epochs, KEY_3,
         "card of Aylesbury: no proof that it holds its ring key for epoch 4050"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct card fields;
        struct fault fault = {0};
        town_fill(&fields, 'A', CARD_THIRD_FEED);
        rows[i].change(&fields);
        struct card *card = signed_card(&fields, town_key('A', rows[i].key), &fault);
        cr_expect_eq(card == NULL, rows[i].because != NULL, "%s: %s", rows[i].rule, fault.text);
        if (rows[i].because != NULL)
            cr_expect_str_eq(fault.text, rows[i].because, "%s: %s", rows[i].rule, fault.text);
        card_free(card);
    }
    towns_release();
}

/* One field beyond its limit, or just within it. */
static void long_name(struct card *card)
{
    memset(card->name, 'n', NAME_MAX_BYTES);
}
static void no_name(struct card *card)
{
    card->name[0] = '\0';
}
static void bell_in_name(struct card *card)
{
    strcpy(card->name, "Leeds\a");
}
static void c1_in_name(struct card *card)
{
    strcpy(card->name, "Leeds\xc2\x9b");
}
static void turned_name(struct card *card)
{
    strcpy(card->name, "sdeeL \xe2\x80\xae");
}
static void isolated_name(struct card *card)
{
    strcpy(card->name, "Leeds\xe2\x81\xa6");
}
static void line_separator(struct card *card)
{
    strcpy(card->operator_name, "a\xe2\x80\xa8");
}
static void accents(struct card *card)
{
    strcpy(card->name, "Ynys M\xc3\xb4n \xe2\x80\xa7 \xe2\x80\xaf\xf0\x9f\x8f\xb4");
}
static void broken_text(struct card *card)
{
    strcpy(card->region, "\xc3\x28");
}
static void no_such_month(struct card *card)
{
    strcpy(card->areas[0].from, "2009-13-01");
}
static void no_such_day(struct card *card)
{
    strcpy(card->areas[0].from, "2009-12-32");
}
static void half_a_date(struct card *card)
{
    strcpy(card->areas[0].to, "2009-12");
}
static void no_date(struct card *card)
{
    strcpy(card->areas[0].to, "soon enoug");
}
static void no_area_code(struct card *card)
{
    card->areas[1].code[0] = '\0';
}
static void no_function(struct card *card)
{
    card->functions[1][0] = '\0';
}
static void no_feed(struct card *card)
{
    card->feed_count = 0;
}
static void too_many_areas(struct card *card)
{
    card->area_count = AREAS_MAX + 1;
}
static void too_many_functions(struct card *card)
{
    card->function_count = FUNCTIONS_MAX + 1;
}
static void too_many_endpoints(struct card *card)
{
    card->endpoint_count = ENDPOINTS_MAX + 1;
}
static void too_many_rings(struct card *card)
{
    card->ring_count = RING_KEYS_MAX + 1;
}
static void too_many_feeds(struct card *card)
{
    card->feed_count = FEEDS_MAX + 1;
}
static void number_from_zero(struct card *card)
{
    card->feeds[0].number = 0;
}
static void same_epoch_twice(struct card *card)
{
    card->rings[1] = card->rings[0];
}
static void no_such_role(struct card *card)
{
    card->role = (enum member_role)2;
}
static void before_1970(struct card *card)
{
    card->issued_ms = -1;
}
static void after_9999(struct card *card)
{
    card->issued_ms = TIME_MAX + 1;
}
static void last_moment(struct card *card)
{
    card->issued_ms = TIME_MAX;
}
static void cut_beyond_all(struct card *card)
{
    card->feeds[0].cut = true;
    card->feeds[0].cut_seq = UINT64_MAX;
}
static void cut_to_nothing(struct card *card)
{
    card->feeds[0].cut = true;
}
static void all_functions(struct card *card)
{
    card->function_count = FUNCTIONS_MAX;
    for (size_t i = 0; i < FUNCTIONS_MAX; i++)
        snprintf(card->functions[i], sizeof card->functions[i], "function-%031zu", i);
}

Test(card, has_limits)
{
    static const struct {
        void (*change)(struct card *card);
        const char *because;
    } rows[] = {
        {long_name, NULL},
        {accents, NULL},
        {last_moment, NULL},
        {cut_to_nothing, NULL},
        {all_functions, NULL},
        {no_name, "name: got 0, expected 1 to 120"},
        {bell_in_name, "name: holds a control character"},
        {c1_in_name, "name: holds a control character"},
        {turned_name, "name: holds a control character"},
        {isolated_name, "name: holds a control character"},
        {line_separator, "operator: holds a control character"},
        {broken_text, "region: not valid UTF-8"},
        {no_such_month, "area from: \"2009-13-01\" is not a date such as 2026-04-01"},
        {no_such_day, "area from: \"2009-12-32\" is not a date such as 2026-04-01"},
        {half_a_date, "area to: \"2009-12\" is not a date such as 2026-04-01"},
        {no_date, "area to: \"soon enoug\" is not a date such as 2026-04-01"},
        {no_area_code, "area code: got 0, expected 1 to 16"},
        {no_function, "function: got 0, expected 1 to 40"},
        {no_feed, "card of Aylesbury: 0 feeds, expected 1 to 16"},
        {too_many_areas, "card of Aylesbury: 17 areas, expected 0 to 16"},
        {too_many_functions, "card of Aylesbury: 65 functions, expected 0 to 64"},
        {too_many_endpoints, "card of Aylesbury: 9 endpoints, expected 0 to 8"},
        {too_many_rings, "card of Aylesbury: 9 ring keys, expected 0 to 8"},
        {too_many_feeds, "card of Aylesbury: 17 feeds, expected 1 to 16"},
        {number_from_zero, "feed number: got 0, expected 1 to 1"},
        {same_epoch_twice, "ring epoch: got 4051, expected 4052 to 4294967295"},
        {no_such_role, "role: got 2, expected 0 to 1"},
        {before_1970, "issued: got 18446744073709551615, expected 0 to 253402300799999"},
        {after_9999, "issued: got 253402300800000, expected 0 to 253402300799999"},
        {cut_beyond_all,
         "feed cut seq: got 18446744073709551615, expected 0 to 9223372036854775807"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct card fields;
        struct fault fault = {0};
        town_fill(&fields, 'A', CARD_FIRST);
        rows[i].change(&fields);
        struct card *card = signed_card(&fields, town_key('A', KEY_1), &fault);
        cr_expect_eq(card == NULL, rows[i].because != NULL, "row %zu: %s", i, fault.text);
        if (rows[i].because != NULL) {
            cr_expect_str_eq(fault.text, rows[i].because, "row %zu: %s", i, fault.text);
            cr_expect_eq(fault.kind, FAULT_INPUT);
        }
        card_free(card);
    }
    towns_release();
}

/* With everything that it can hold a card is still a statement that can be signed: this one is
 * refused for its keys, not for its size. */
Test(card, is_never_too_long)
{
    struct card fields;
    struct fault fault = {0};

    town_fill(&fields, 'A', CARD_FIRST);
    all_functions(&fields);
    fields.area_count = AREAS_MAX;
    for (size_t i = 0; i < AREAS_MAX; i++)
        fields.areas[i] = (struct card_area){"E060000010000000", "2009-04-01", "2009-04-01"};
    fields.endpoint_count = ENDPOINTS_MAX;
    for (size_t i = 0; i < ENDPOINTS_MAX; i++)
        memset(fields.endpoints[i], 'e', ENDPOINT_MAX);
    for (size_t i = fields.feed_count; i < FEEDS_MAX; i++)
        fields.feeds[i] = fields.feeds[0];
    fields.feed_count = FEEDS_MAX;
    for (size_t i = 0; i < FEEDS_MAX; i++)
        fields.feeds[i].number = (uint32_t)i + 1, fields.feeds[i].cut_seq = SEQ_MAX,
        fields.feeds[i].cut = true;
    for (size_t i = fields.ring_count; i < RING_KEYS_MAX; i++)
        fields.rings[i] = fields.rings[0], fields.rings[i].epoch += (uint32_t)i;
    fields.ring_count = RING_KEYS_MAX;
    memset(fields.name, 'n', NAME_MAX_BYTES);
    memset(fields.operator_name, 'o', NAME_MAX_BYTES);
    memset(fields.type, 't', sizeof fields.type - 1);
    memset(fields.nation, 'n', sizeof fields.nation - 1);
    memset(fields.region, 'r', sizeof fields.region - 1);
    for (size_t i = 0; i < FUNCTIONS_MAX; i++)
        memset(fields.functions[i], 'f', sizeof fields.functions[i] - 1);
    cr_expect_not(card_sign(&fields, town_key('A', KEY_1), &fault));
    cr_expect_not_null(strstr(fault.text, "the key of feed 2"), "%s", fault.text);
    cr_expect_leq(fields.wire.size, CARD_MAX);
    buffer_release(&fields.wire);
    towns_release();
}

/* The formulas, written out: whoever writes a second program must agree with these bytes. */
Test(card, derives_ids_by_the_book)
{
    const struct card *card = town_card('A', CARD_FIRST);
    const struct public_key *next = signing_key_public(town_key('A', KEY_2));
    uint8_t both[64];
    char text[FINGERPRINT_SIZE], hex[65];
    struct digest next_hash = digest_of("candour/1/next-key", next->bytes, 32);

    memcpy(both, card->feeds[0].key.bytes, 32);
    memcpy(both + 32, next_hash.bytes, 32);
    struct digest id = digest_of("candour/1/authority", both, sizeof both);
    cr_expect(digest_equal(&next_hash, &card->feeds[0].next));
    cr_expect(digest_equal(&id, &card->authority));
    fingerprint_of(text, &id);
    hex_of(hex, id.bytes, 32);
    cr_expect_eq(strlen(text), 39);
    for (size_t i = 0; i < 8; i++) {
        cr_expect_arr_eq(text + 5 * i, hex + 4 * i, 4);
        cr_expect_eq(text[5 * i + 4], i == 7 ? '\0' : ' ');
    }
    towns_release();
}
