#include "node/reporting.h"
#include "protocol/charter.h"
#include "tests/node/room.h"
#include "tests/protocol/towns.h"
#include "tests/support/council.h"

#include <stdio.h>
#include <string.h>

/* Eight towns are on a charter. Home care is run by the first six, by their cards; the last two say
 * that they do housing. */

static struct store *store;
static struct charter *charter;
static struct council towns[TOWNS];
static struct reporting reporting;
static unsigned unnamed;

static struct card *card_of(char town)
{
    struct card *card = memory_new(1, sizeof *card);

    town_fill(card, town, CARD_FIRST);
    card->function_count = 1;
    snprintf(card->functions[0], sizeof card->functions[0], town < 'G' ? "home_care" : "planning");
    cr_done(card_sign(card, town_key(town, KEY_1), &fault));
    return card;
}

static void found_charter(void)
{
    struct card *cards[TOWNS];
    struct buffer bundle = {0};
    struct head head;
    bool changed;

    for (size_t i = 0; i < TOWNS; i++)
        cards[i] = card_of((char)('A' + i));
    cr_done(charter_found("North", 5, true, (const struct card *const *)cards, TOWNS, TOWN_MS,
                          &bundle, &fault));
    for (size_t i = 0; i < 5; i++)
        cr_done(
            charter_sign(&bundle, town_key((char)('A' + i), KEY_STEWARD), NULL, 0, &head, &fault));
    charter = charter_new(NULL);
    cr_done(charter_add(charter, buffer_view(&bundle), &changed, &fault));
    buffer_release(&bundle);
    for (size_t i = 0; i < TOWNS; i++)
        card_free(cards[i]);
}

static void begin(void)
{
    struct digest network = council_network();

    room_open();
    store = store_open(home_file(&home, "store.sqlite", 0), STORE_CREATE, &fault);
    cr_assert(store != NULL, "%s", fault.text);
    cr_done(store_set_network(store, &network, &fault));
    found_charter();
    for (size_t i = 0; i < TOWNS; i++) {
        towns[i] = council_new(town_name((char)('A' + i)));
        towns[i].feed.authority = *town_id((char)('A' + i));
    }
}

static void end(void)
{
    reporting_release(&reporting);
    store_close(store);
    charter_free(charter);
    for (size_t i = 0; i < TOWNS; i++)
        council_release(&towns[i]);
    towns_release();
    room_close();
}

TestSuite(reporting, .init = begin, .fini = end);

static void lesson(char town, const char *title)
{
    struct record *record = council_lesson(&towns[town - 'A'], title, "We tried it.");

    cr_done(store_keep(store, record, true, NULL, &fault));
    record_free(record);
}

/* The same text by an author who is not named. */
static void unnamed_lesson(const char *title)
{
    struct record *text = council_lesson(&towns[0], title, "We tried it.");
    struct header header = {.network = council_network(),
                            .kind = bytes_of_text("lesson"),
                            .author = {.form = AUTHOR_OWNER, .n = ++unnamed},
                            .time_ms = TOWN_MS};
    struct salt salt = {{(uint8_t)unnamed}};
    struct record *record = record_sign(&header, &salt, record_content(text), town_key('A', KEY_3));

    cr_done(store_keep(store, record, true, NULL, &fault));
    record_free(record);
    record_free(text);
}

static bool gather(const char *words, const char *service)
{
    struct store *index = store_open(home_file(&home, "store.sqlite", 0), STORE_DERIVE, &fault);
    uint64_t left = 1;

    cr_assert(index != NULL, "%s", fault.text);
    while (left > 0)
        cr_done(store_derive(index, 100, false, &left, &fault));
    store_close(index);
    reporting_release(&reporting);
    return reporting_gather(store, charter, bytes_of_text(words), service, &reporting, &fault);
}

Test(reporting, counts_authorities_and_not_lessons)
{
    lesson('A', "Late rounds");
    lesson('A', "Late rounds again");
    lesson('B', "Rounds that are late");
    lesson('C', "Something else");
    lesson('G', "Late rounds where nobody would look"); /* Whatever its card says, it spoke. */
    unnamed_lesson("Late rounds");
    unnamed_lesson("Something else");
    cr_done(gather("late rounds", NULL));
    cr_expect_str_eq(reporting.service, "home_care");
    cr_expect_eq(reporting.lessons, 5);
    cr_expect_eq(reporting.counts.named, 3);
    cr_expect_eq(reporting.counts.unnamed, 1);
    cr_expect_eq(reporting.counts.spoke, 4);
    cr_expect_eq(reporting.counts.spoke_unnamed, 2);
    cr_expect_eq(reporting.counts.could, 7);
    cr_expect(reporting.by_function);
    cr_assert_eq(reporting.outcome_count, 1);
    cr_expect_str_eq(reporting.outcomes[0].code, "partly_worked");
    cr_expect_eq(reporting.outcomes[0].lessons, 5);
}

Test(reporting, takes_nobody_who_says_only_some_of_the_words)
{
    lesson('A', "Late rounds");
    lesson('B', "Early rounds");
    cr_refused(gather("late kettles", NULL), FAULT_ABSENT, "no lesson has all of these words");
    cr_done(gather("late kettles", "home_care"));
    cr_expect_eq(reporting.counts.named, 0);
    cr_expect_eq(reporting.lessons, 0);
    cr_expect_eq(reporting.counts.spoke, 2);
}

Test(reporting, takes_all_members_where_no_card_says_who_runs_a_service)
{
    lesson('A', "Late rounds");
    cr_done(gather("rounds", "waste_recycling"));
    cr_expect_not(reporting.by_function);
    cr_expect_eq(reporting.counts.could, TOWNS);
    cr_expect_eq(reporting.counts.named, 0);
}

/* Bradford ends, and Chester takes its place: what both said is said by one. */
Test(reporting, a_council_and_its_successor_are_one)
{
    struct amendment amendment = {.what = AMEND_DISSOLVE,
                                  .authority = *town_id('B'),
                                  .succeeded_by = *town_id('C'),
                                  .cut_count = 1};
    struct buffer bundle = {0};
    struct head head;
    bool changed;

    lesson('B', "Late rounds");
    lesson('C', "Late rounds");
    lesson('D', "Late rounds");
    amendment.cuts[0].feed = 1;
    cr_done(charter_propose(charter, &amendment, 1, 5, TOWN_MS + DAY_MS, &bundle, &fault));
    for (size_t i = 0; i < 5; i++)
        cr_done(
            charter_sign(&bundle, town_key((char)('D' + i), KEY_STEWARD), NULL, 0, &head, &fault));
    cr_done(charter_add(charter, buffer_view(&bundle), &changed, &fault));
    buffer_release(&bundle);
    cr_done(gather("late rounds", NULL));
    cr_expect_eq(reporting.counts.named, 2);
    cr_expect_eq(reporting.counts.could, 5);
}

/* An unnamed lesson may be of one of them, so it widens their bounds too. */
Test(reporting, counts_among_some_members)
{
    struct digest some[3] = {*town_id('A'), *town_id('C'), *town_id('H')};

    lesson('A', "Late rounds");
    lesson('B', "Late rounds");
    lesson('C', "Something else");
    unnamed_lesson("Late rounds");
    cr_done(gather("late rounds", NULL));
    struct norm_counts among = reporting_among(&reporting, charter, some, 3);
    cr_expect_eq(among.named, 1);
    cr_expect_eq(among.unnamed, 1);
    cr_expect_eq(among.spoke, 2);
    cr_expect_eq(among.could, 2); /* Hereford does not run home care. */
}
