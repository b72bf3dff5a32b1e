#include "tests/protocol/bare_charter.h"
#include "tests/protocol/charter_model.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* What the charter in force says: members, heirs, stewards, who may connect, rings. */

Test(charter, asks_for_an_upgrade)
{
    static const struct {
        const char *made;
        bool upgrade;
    } rows[] = {
        {"a ABC/2 by AB", false},
        {"a ABC/2 by AB rules2", true},
        {"a ABC/2 by AB; b ABC/2 on a by AB rules2", true},
        {"a ABC/2 by AB; b ABC/2 on a by AB rules2 bare -E", true}, /* It may be unreadable here. */
        {"a ABC/2 by AB rules2; b ABC/2 on a by AB", false},
        {"a ABC/2 by AB; b ABC/2 on a by A rules2", false},
        {"a ABC/2 by AB; b ABC/2 on a by AB; c ABC/2 on a by AC rules2", true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct charter *charter = charter_made(rows[i].made);
        cr_expect_eq(charter_needs_upgrade(charter), rows[i].upgrade, "%s", rows[i].made);
        charter_free(charter);
    }
    towns_release();
}

Test(charter, shows_who_signed_both_rivals)
{
    static const struct {
        const char *rule, *made, *both;
    } rows[] = {
        {"no rivals", "a ABC/2 by ABC; b ABC/2 on a by ABC", ""},
        {"one in the middle", "a ABC/2 by AB; b ABC/2 on a by AB; c ABC/2 on a by AC at:1", "A"},
        {"two of them", "a ABCDE/3 by ABC; b ABCDE/3 on a by ABCD; c ABCDE/3 on a by CDE at:1",
         "CD"},
        {"who signs the second and what follows the first",
         "a ABC/2 by AB; b ABC/2 on a by AB; c ABC/2 on a by AC at:1; d ABC/2 on c by BC", "A"},
        {"a rivalry that has ended is over",
         "a ABC/2 by AB; b ABC/2 on a by AB; c ABC/2 on a by AC at:1; d ABC/2 on bc by AB", ""},
        {"nor does it come up again with the next one",
         "a ABC/2 by AB; b ABC/2 on a by AB; c ABC/2 on a by AC at:1; d ABC/2 on bc by AB; "
         "e ABC/2 on d by AB; f ABC/2 on d by BC at:1",
         "B"},
        {"a short rival is no evidence",
         "a ABC/2 by AB; b ABC/2 on a by AB; c ABC/2 on a by A at:1", ""},
        {"a steward of the old list, under its old key",
         "a ABC/2 by AB; b DEF/2 on a by ABDE; c ABC/2 on a by AC at:1", "A"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct charter *charter = charter_made(rows[i].made);
        struct digest both[STEWARDS_MAX];
        char text[TOWNS + 1] = "";
        size_t count = charter_double_signers(charter, both, STEWARDS_MAX);
        for (char town = 'A'; town < 'A' + TOWNS; town++)
            for (size_t k = 0; k < count; k++)
                if (digest_equal(&both[k], town_id(town)))
                    strncat(text, &town, 1);
        cr_expect_str_eq(text, rows[i].both, "%s: %s", rows[i].rule, text);
        cr_expect_eq(count, strlen(rows[i].both), "%s", rows[i].rule);
        charter_free(charter);
    }
    towns_release();
}

Test(charter, unites_members)
{
    static const struct {
        const char *rule, *made;
        char town;
        enum town_card card;
        enum member_status status;
        char heir;
    } rows[] = {
        {"as listed", "a ABC/2 by AB D=1", 'D', CARD_MOVED, MEMBER_ACTIVE, 0},
        {"who left is still listed", "a ABC/2 by AB gone:D", 'D', CARD_FIRST, MEMBER_LEFT, 0},
        {"dissolved", "a ABC/2 by AB ended:D D>E", 'D', CARD_FIRST, MEMBER_DISSOLVED, 'E'},
        {"only one rival has it", "a ABC/2 by AB; b ABC/2 on a by AB -D; c ABC/2 on a by AC D=1",
         'D', CARD_MOVED, MEMBER_ACTIVE, 0},
        {"the card issued last stands for the rest",
         "a ABC/2 by AB; b ABC/2 on a by AB gone:D D=1; c ABC/2 on a by AC D=2", 'D',
         CARD_SECOND_FEED, MEMBER_ACTIVE, 0},
        {"even where that says it left",
         "a ABC/2 by AB; b ABC/2 on a by AB D=1; c ABC/2 on a by AC gone:D D=2", 'D',
         CARD_SECOND_FEED, MEMBER_LEFT, 0},
        {"of one card, active stands",
         "a ABC/2 by AB; b ABC/2 on a by AB gone:D; c ABC/2 on a by AC", 'D', CARD_FIRST,
         MEMBER_ACTIVE, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct charter *charter = charter_made(rows[i].made);
        const struct member *member = charter_member(charter, town_id(rows[i].town));
        cr_assert_not_null(member, "%s", rows[i].rule);
        cr_expect(bytes_equal(buffer_view(&member->card->wire),
                              buffer_view(&town_card(rows[i].town, rows[i].card)->wire)),
                  "%s", rows[i].rule);
        cr_expect_eq(member->status, rows[i].status, "%s", rows[i].rule);
        cr_expect_eq(member->succeeded, rows[i].heir != 0, "%s", rows[i].rule);
        for (size_t k = 1; k < charter_members(charter); k++)
            cr_expect(digest_compare(&charter_member_at(charter, k - 1)->card->authority,
                                     &charter_member_at(charter, k)->card->authority) < 0);
        cr_expect_null(charter_member_at(charter, charter_members(charter)));
        charter_free(charter);
    }
    towns_release();
}

static bool heir_is(const struct charter *charter, char of, char heir)
{
    struct digest by_now = charter_heir(charter, town_id(of));

    return digest_equal(&by_now, town_id(heir));
}

Test(charter, knows_heirs)
{
    struct charter *charter =
        charter_made("a ABC/2 by AB; b ABC/2 on a by AB ended:D D>E ended:E E>F; "
                     "c ABC/2 on a by AC ended:G G>H ended:H H>G");
    static const struct {
        char heir, of;
        bool is;
    } rows[] = {{'E', 'D', true},  {'F', 'D', true},  {'F', 'E', true}, {'D', 'E', false},
                {'D', 'D', false}, {'A', 'D', false}, {'H', 'G', true}, {'G', 'H', true},
                {'G', 'G', false}, {'F', 'G', false}, {'E', 'F', false}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(charter_succeeds(charter, town_id(rows[i].heir), town_id(rows[i].of)),
                     rows[i].is, "%c of %c", rows[i].heir, rows[i].of);
    charter_free(charter);
    towns_release();
}

Test(charter, knows_who_stands_for_whom)
{
    struct charter *charter =
        charter_made("a ABC/2 by AB ended:D D>E ended:E E>F ended:G G>H ended:H H>G");
    char lowest = digest_compare(town_id('G'), town_id('H')) < 0 ? 'G' : 'H';

    cr_expect(heir_is(charter, 'A', 'A'));
    for (const char *at = "DEF"; *at != '\0'; at++)
        cr_expect(heir_is(charter, *at, 'F'), "%c", *at);
    for (const char *at = "GH"; *at != '\0'; at++)
        cr_expect(heir_is(charter, *at, lowest), "those in a circle are one: %c", *at);
    charter_free(charter);
    towns_release();
}

Test(charter, counts_stewards_who_agree)
{
    struct charter *charter =
        charter_made("a ABC/2 by AB; b DEF/2 on a by ABDE; c CGH/2 on a by A");
    static const struct {
        const char *who;
        bool enough;
    } rows[] = {{"AB", true}, {"DF", true},  {"AD", false},  {"A", false},
                {"", false},  {"GH", false}, {"HGA", false}, {"AGC", true}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct digest who[TOWNS];
        size_t count = strlen(rows[i].who);
        for (size_t k = 0; k < count; k++)
            who[k] = *town_id(rows[i].who[k]);
        cr_expect_eq(charter_stewards_agree(charter, who, count), rows[i].enough, "%s",
                     rows[i].who);
    }
    charter_free(charter);
    towns_release();
}

Test(charter, admits_by_transport_key)
{
    static const struct {
        const char *rule, *made;
        char town;
        enum town_card key;
        int day; /* Since 2026 began. */
        enum admission answer;
    } rows[] = {
        {"a member", "a ABC/2 by AB", 'D', CARD_FIRST, 1, ADMITTED},
        {"a member years later", "a ABC/2 by AB", 'D', CARD_FIRST, 9999, ADMITTED},
        {"not on the roster", "a ABC/2 by AB -D", 'D', CARD_FIRST, 1, ADMISSION_NOT_YET},
        {"nothing in force", "a ABC/2 by A", 'A', CARD_FIRST, 1, ADMISSION_NOT_YET},
        {"a key that will come", "a ABC/2 by AB", 'D', CARD_MOVED, 1, ADMISSION_NOT_YET},
        {"the new key", "a ABC/2 by AB; b ABC/2 on a by AB D=1 at:10", 'D', CARD_MOVED, 10,
         ADMITTED},
        {"the old key on day 0", "a ABC/2 by AB; b ABC/2 on a by AB D=1 at:10", 'D', CARD_FIRST, 10,
         ADMITTED},
        {"the old key on day 89", "a ABC/2 by AB; b ABC/2 on a by AB D=1 at:10", 'D', CARD_FIRST,
         99, ADMITTED},
        {"the old key on day 91", "a ABC/2 by AB; b ABC/2 on a by AB D=1 at:10", 'D', CARD_FIRST,
         101, ADMISSION_BARRED},
        {"counted from the head that replaced it, not from the last",
         "a ABC/2 by AB; b ABC/2 on a by AB D=1 at:10; c ABC/2 on b by AB D=1 at:80", 'D',
         CARD_FIRST, 101, ADMISSION_BARRED},
        {"the old key when the old roster never came",
         "a ABC/2 by AB bare; b ABC/2 on a by AB D=1 at:10", 'D', CARD_FIRST, 11,
         ADMISSION_NOT_YET},
        {"removed", "a ABC/2 by AB; b ABC/2 on a by AB gone:D at:10", 'D', CARD_FIRST, 11,
         ADMISSION_BARRED},
        {"dissolved", "a ABC/2 by AB; b ABC/2 on a by AB ended:D at:10", 'D', CARD_FIRST, 11,
         ADMISSION_BARRED},
        {"removed, with its old key", "a ABC/2 by AB; b ABC/2 on a by AB D=1 gone:D at:10", 'D',
         CARD_FIRST, 11, ADMISSION_BARRED},
        {"removed by one rival only",
         "a ABC/2 by AB; b ABC/2 on a by AB gone:D; c ABC/2 on a by AC", 'D', CARD_FIRST, 1,
         ADMITTED},
        {"either rival's key", "a ABC/2 by AB; b ABC/2 on a by AB D=1; c ABC/2 on a by AC", 'D',
         CARD_FIRST, 9999, ADMITTED},
        {"removed, and back with another key: the old one stays barred",
         "a ABC/2 by AB; b ABC/2 on a by AB gone:D at:10; c ABC/2 on b by AB D=1 at:11", 'D',
         CARD_FIRST, 12, ADMISSION_BARRED},
        {"and the new one is good",
         "a ABC/2 by AB; b ABC/2 on a by AB gone:D at:10; c ABC/2 on b by AB D=1 at:11", 'D',
         CARD_MOVED, 12, ADMITTED},
        {"dropped from a later roster", "a ABC/2 by AB; b ABC/2 on a by AB -D at:10", 'D',
         CARD_FIRST, 11, ADMISSION_BARRED},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct charter *charter = charter_made(rows[i].made);
        struct digest authority;
        enum admission answer =
            charter_admits(charter, &town_card(rows[i].town, rows[i].key)->transport,
                           TOWN_MS + rows[i].day * DAY_MS, &authority);
        cr_expect_eq(answer, rows[i].answer, "%s: %d", rows[i].rule, answer);
        cr_expect_eq(digest_equal(&authority, town_id(rows[i].town)), answer != ADMISSION_NOT_YET,
                     "%s", rows[i].rule);
        charter_free(charter);
    }
    towns_release();
}

/* --- Rings --- */

Test(charter, knows_its_rings)
{
    struct charter *charter = charter_made("a ABC/2 by AB ring:ABC; b ABC/2 on a by AB ring:ABCDE; "
                                           "c ABC/2 on b by A ring:GH | b by C");
    static const struct {
        unsigned towns;
        bool known;
    } rows[] = {{0x07, true}, {0x1f, true}, {0xc0, false}, {0x03, false}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ring *ring = model_ring(rows[i].towns);
        const struct ring_public *keys = NULL;
        size_t count = 0;
        cr_expect_eq(charter_ring(charter, &ring->digest, TOWN_EPOCH, &keys, &count), rows[i].known,
                     "%x", rows[i].towns);
        cr_expect_not(charter_ring(charter, &ring->digest, TOWN_EPOCH + 1, &keys, &count));
        if (rows[i].known) {
            cr_expect_eq(count, ring->count);
            cr_expect_arr_eq(keys, ring->keys, count * sizeof *keys);
        }
        ring_free(ring);
    }
    charter_free(charter);
    towns_release();
}

static int compare_ring_keys(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct ring_public));
}

/* Does a charter have this ring that its head lists? `late`: it hears it before that head is valid.
 */
static bool bare_charter_has(struct ring *ring, bool late)
{
    struct charter *charter = charter_new(NULL);
    const struct ring_public *keys;
    struct bundle bundle;
    struct buffer whole = {0}, early = {0};
    struct fault fault = {0};
    size_t count;
    bool changed;

    bare_charter(&ring, 1, RELEASE_MS, &whole);
    if (late) {
        cr_assert(bundle_read(&bundle, buffer_view(&whole), &fault));
        bundle.heads[0].signature_count = 1;
        bundle_write(&bundle, &early);
        charter_add(charter, buffer_view(&early), &changed, &fault);
        cr_expect_not(charter_ring(charter, &ring->digest, ring->epoch, &keys, &count));
        bundle.heads[0].signature_count = 2;
        size_t tables = bundle.table_count;
        bundle.table_count = 0;
        buffer_clear(&whole);
        bundle_write(&bundle, &whole);
        bundle.table_count = tables;
        bundle_release(&bundle);
    }
    cr_expect(charter_add(charter, buffer_view(&whole), &changed, &fault), "%s", fault.text);
    bool has = charter_ring(charter, &ring->digest, ring->epoch, &keys, &count);
    charter_free(charter);
    buffer_release(&whole);
    buffer_release(&early);
    return has;
}

static void leave_alone(struct ring_public *key)
{
    (void)key;
}
static void set_top_bit(struct ring_public *key)
{
    key->bytes[31] |= 0x80;
}
static void make_negative(struct ring_public *key)
{
    key->bytes[0] |= 1;
}
static void make_identity(struct ring_public *key)
{
    memset(key, 0, sizeof *key);
}

/* Whoever lists it, a ring has keys that can be somebody's. */
Test(charter, has_no_ring_with_a_key_that_is_none)
{
    static const struct {
        const char *what;
        void (*spoil)(struct ring_public *);
        bool has;
    } rows[] = {
        {"as it is", leave_alone, true},
        {"the top bit", set_top_bit, false},
        {"negative", make_negative, false},
        {"the identity", make_identity, false},
    };
    struct ring *good = model_ring(0x07);

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t k = 0; k < good->count; k++) {
            struct ring_public keys[3];
            memcpy(keys, good->keys, sizeof keys);
            rows[i].spoil(&keys[k]);
            qsort(keys, 3, sizeof *keys, compare_ring_keys);
            struct ring *ring = ring_new(TOWN_EPOCH, keys, 3);
            cr_expect_eq(bare_charter_has(ring, false), rows[i].has, "%s", rows[i].what);
            cr_expect_eq(bare_charter_has(ring, true), rows[i].has, "%s, late", rows[i].what);
            ring_free(ring);
        }
    ring_free(good);
    towns_release();
}

Test(charter, has_a_first_head_once_it_is_valid)
{
    static const struct {
        const char *heard;
        bool known;
    } rows[] = {
        {"a ABC/2 by A", false},
        {"a ABC/2 by AB", true},
        {"a ABC/2 by A | a by B; b ABC/2 on a by AB release:1000", true},
    };
    struct charter *nothing = charter_new(NULL);

    cr_expect_null(charter_first_head(nothing));
    charter_free(nothing);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct charter *charter = charter_made(rows[i].heard);
        const struct head *first = charter_first_head(charter);
        cr_expect_eq(first != NULL, rows[i].known, "%s", rows[i].heard);
        cr_expect(first == NULL || digest_equal(&first->hash, charter_network(charter)));
        cr_expect(first == NULL || first->release_ms == RELEASE_MS);
        charter_free(charter);
    }
    towns_release();
}

Test(charter, counts_ring_epochs)
{
    static const struct {
        const char *when;
        int64_t time_ms;
        uint32_t epoch;
    } rows[] = {
        {"1970 begins", 0, 3939},
        {"before 1970", -1, 3939},
        {"31 March 1970, the last moment", INT64_C(7775999999), 3939},
        {"1 April 1970", INT64_C(7776000000), 3940},
        {"30 September 1970", INT64_C(23587199999), 3940},
        {"1 October 1970", INT64_C(23587200000), 3941},
        {"29 February 2024", INT64_C(1709164800000), 4047},
        {"31 March 2024, a leap year", INT64_C(1711929599999), 4047},
        {"1 April 2024", INT64_C(1711929600000), 4048},
        {"1 January 2026", TOWN_MS, 4051},
        {"31 March 2026", INT64_C(1775001599999), 4051},
        {"1 April 2026", INT64_C(1775001600000), 4052},
        {"30 September 2026", INT64_C(1790812799999), 4052},
        {"1 October 2026", INT64_C(1790812800000), 4053},
        {"31 December 2026", INT64_C(1798761599999), 4053},
        {"1 April 2100, no leap year", INT64_C(4110220800000), 4200},
        {"the last moment", TIME_MAX, 19999},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(ring_epoch_of(rows[i].time_ms), rows[i].epoch, "%s: %u", rows[i].when,
                     ring_epoch_of(rows[i].time_ms));
}
