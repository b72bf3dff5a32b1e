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
    struct header header = {
        .network = council_network(),
        .kind = bytes_of_text("lesson"),
        .author = {.form = AUTHOR_OWNER, .record = {{(uint8_t)++unnamed}}, .n = 1},
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
    cr_expect_eq(reporting.of_kind[REPORTING_LESSON], 5);
    cr_expect_eq(reporting.told.report.named, 3);
    cr_expect_eq(reporting.told.report.unnamed, 1);
    cr_expect_eq(reporting.told.spoke.named, 4);
    cr_expect_eq(reporting.told.spoke.unnamed, 2);
    cr_expect_eq(reporting.could, 7);
    cr_expect(reporting.by_function);
    cr_assert_eq(reporting.outcome_count, 1);
    cr_expect_str_eq(reporting.outcomes[0].code, "partly_worked");
    cr_expect_eq(reporting.outcomes[0].lessons, 5);
}

Test(reporting, takes_nobody_who_says_only_some_of_the_words)
{
    lesson('A', "Late rounds");
    lesson('B', "Early rounds");
    cr_refused(gather("late kettles", NULL), FAULT_ABSENT,
               "no lesson and no issue has all of these words");
    cr_done(gather("late kettles", "home_care"));
    cr_expect_eq(reporting.told.report.named, 0);
    cr_expect_eq(reporting.of_kind[REPORTING_LESSON], 0);
    cr_expect_eq(reporting.told.spoke.named, 2);
}

Test(reporting, takes_all_members_where_no_card_says_who_runs_a_service)
{
    lesson('A', "Late rounds");
    cr_done(gather("rounds", "waste_recycling"));
    cr_expect_not(reporting.by_function);
    cr_expect_eq(reporting.could, TOWNS);
    cr_expect_eq(reporting.told.report.named, 0);
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
    cr_expect_eq(reporting.told.report.named, 2);
    cr_expect_eq(reporting.could, 5);
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
    struct norm_asked among = reporting_among(&reporting, charter, some, 3);
    cr_expect_eq(among.report.named, 1);
    cr_expect_eq(among.report.unnamed, 1);
    cr_expect_eq(among.spoke.named, 2);
    cr_expect_eq(among.could, 2);   /* Hereford does not run home care. */
    cr_expect_eq(among.outside, 4); /* Whoever is not named may be one of these. */
}

/* --- Issues, and what is said to them --- */

static struct digest put(struct record *record)
{
    struct digest id = *record_id(record);

    cr_done(store_keep(store, record, true, NULL, &fault));
    record_free(record);
    return id;
}

static struct digest issue(char town, const char *lines)
{
    char file[600];

    snprintf(file, sizeof file,
             "Kind: issue\nTitle: Rounds begin late\nService: home_care\n%s\n\n## Abstract\n"
             "They wait.\n",
             lines);
    return put(council_publish(&towns[town - 'A'], file));
}

static const char *hex(const struct digest *id)
{
    static char text[2 * DIGEST_SIZE + 1];

    hex_of(text, id->bytes, DIGEST_SIZE);
    return text;
}

static struct digest say_of(char town, const char *kind, const struct digest *about,
                            const char *lines)
{
    char file[800];

    snprintf(file, sizeof file, "Kind: %s\nAbout: %s\n%s\n", kind, hex(about), lines);
    return put(council_publish(&towns[town - 'A'], file));
}

static struct digest respond(char town, const struct digest *about, const char *lines)
{
    return say_of(town, "response", about, lines);
}

static const char have[] = "Response: same_here\nSituation: have";
static const char fixed[] = "Response: same_here\nSituation: had_and_fixed";
static const char lacking[] = "Response: same_here\nSituation: do_not_have";
static const char adapted[] = "Response: tried\nUptake: adapted\nOutcome: worked\n"
                              "Elapsed weeks: 12\n\n## In our words\nWe begin at six.";
static const char rejected[] = "Response: tried\nUptake: rejected\n\n"
                               "## In our words\nWe have no vans.";

static bool gather_issue(const struct digest *id)
{
    struct store *index = store_open(home_file(&home, "store.sqlite", 0), STORE_DERIVE, &fault);
    struct norm_members nobody = {.list = NULL};
    uint64_t left = 1;

    cr_assert(index != NULL, "%s", fault.text);
    while (left > 0)
        cr_done(store_derive(index, 100, false, &left, &fault));
    store_close(index);
    reporting_release(&reporting);
    return reporting_gather_issue(store, charter, id, &nobody, NULL, &reporting, &fault);
}

Test(reporting, of_an_issue_counts_whoever_has_it_too)
{
    struct digest rounds = issue('A', "Began: 2025-10");

    respond('B', &rounds, have);
    respond('B', &rounds, fixed); /* One authority, and the latest counts. */
    respond('C', &rounds, have);
    respond('C', &rounds, lacking);
    respond('D', &rounds, adapted);
    respond('E', &rounds, rejected);
    respond('F', &rounds, "Response: question\n\n## In our words\nSince when?");
    respond('G', &rounds,
            "Response: tried\nUptake: abandoned\nOutcome: worked\n\n"
            "## In our words\nWe stopped.");
    cr_done(gather_issue(&rounds));
    cr_expect_str_eq(reporting.service, "home_care");
    cr_expect_eq(reporting.told.report.named, 4);
    cr_expect_eq(reporting.told.lack.named, 1);
    cr_expect_eq(reporting.told.solved.named, 2);
    cr_expect_eq(reporting.told.spoke.named, 6);
    cr_expect_eq(reporting.told.uptakes[NORM_ADAPTED].named, 1);
    cr_expect_eq(reporting.told.uptakes[NORM_REJECTED].named, 1);
    cr_expect_eq(reporting.told.time.count.named, 1);
    cr_expect_float_eq(reporting.told.time.median, 12, 1e-9);
    cr_expect_eq(reporting.of_kind[REPORTING_ISSUE], 1);
    cr_expect_eq(reporting.of_kind[REPORTING_RESPONSE], 3);
    cr_expect_eq(reporting.could, 7); /* Whatever its card says, Grimsby spoke. */
}

Test(reporting, issues_that_are_the_same_are_one_matter)
{
    char same[100];
    struct digest first = issue('A', "");

    snprintf(same, sizeof same, "Same as: %s", hex(&first));
    struct digest second = issue('B', same);
    respond('C', &first, have);
    respond('C', &second, lacking); /* Of one matter the latest counts. */
    respond('D', &second, have);
    for (size_t i = 0; i < 2; i++) {
        cr_done(gather_issue(i == 0 ? &first : &second));
        cr_expect_eq(reporting.same.count, 2);
        cr_expect_eq(reporting.told.report.named, 3);
        cr_expect_eq(reporting.told.lack.named, 1);
    }
}

Test(reporting, lessons_that_refer_to_an_issue_report_it)
{
    struct digest rounds = issue('A', "Began: 2025-10");
    struct record *text = council_lesson(&towns[1], "Vans", "We leased vans.");
    struct header header = *record_header(text);
    struct salt salt = {{9}};
    struct buffer content = {0};

    buffer_append(&content, record_content(text));
    header.references[0] = (struct reference){RELATION_ABOUT, rounds};
    header.reference_count = 1;
    struct digest vans = put(record_sign(&header, &salt, buffer_view(&content), towns[1].key));
    buffer_release(&content);
    record_free(text);
    respond('C', &vans, adapted);
    put(council_corrects(&towns[4], "Vans, corrected", &vans)); /* Not its author. */
    say_of('B', "update", &vans,
           "Stage: completed\nOutcome: worked\n\n## What changed since\nAll.");
    say_of('D', "update", &vans, "Stage: completed\nOutcome: worked\n\n## What changed since\nNo.");
    say_of('A', "update", &rounds,
           "Stage: completed\nOutcome: worked\n\n## What changed since\nWe did so too.");
    cr_done(gather_issue(&rounds));
    cr_expect_eq(reporting.told.report.named, 3);
    cr_expect_eq(reporting.told.solved.named, 3);
    cr_expect_eq(reporting.told.time.count.named, 2); /* A's since October, and C's 12 weeks. */
    cr_expect_float_eq(reporting.told.time.least, 12, 1e-9);
    cr_expect_float_eq(reporting.told.time.most, 92.0 / 7, 1e-9);
    cr_expect_eq(reporting.of_kind[REPORTING_LESSON], 1);
    cr_assert_eq(reporting.outcome_count, 1);
    cr_expect_str_eq(reporting.outcomes[0].code, "worked");
}

/* What is said to a lesson with the words, and in a response to anything of the service. */
Test(reporting, by_words_issues_and_responses_count_as_well)
{
    lesson('A', "Rounds that begin late");
    struct digest rounds = issue('B', "");
    struct record *other = council_lesson(&towns[2], "Something else", "We tried it.");
    struct digest else_id = *record_id(other);

    cr_done(store_keep(store, other, true, NULL, &fault));
    record_free(other);
    respond('D', &rounds, have);
    respond('E', &else_id,
            "Response: tried\nUptake: adopted\nOutcome: no_effect\n\n"
            "## In our words\nStill our rounds begin late.");
    respond('F', &else_id, have);
    struct digest bins = put(council_publish(
        &towns[6],
        "Kind: issue\nTitle: Bins\nService: waste_recycling\n\n## Abstract\nThey wait.\n"));
    respond('G', &bins,
            "Response: tried\nUptake: adopted\nOutcome: no_effect\n\n"
            "## In our words\nStill our rounds begin late.");
    cr_done(gather("rounds begin late", NULL));
    cr_expect_eq(reporting.told.report.named, 4);
    cr_expect_eq(reporting.told.spoke.named, 6);
    cr_expect_eq(reporting.told.uptakes[NORM_ADOPTED].named, 1);
}

Test(reporting, what_was_erased_says_nothing)
{
    struct digest rounds = issue('A', "");
    struct digest id = respond('B', &rounds, have);
    struct record *record = store_find(store, &id, false, &fault);
    const struct header *header = record_header(record);
    struct entry at = {.feed = header->author.feed, .seq = header->author.seq, .id = id};
    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    record_free(record);
    cr_done(gather_issue(&rounds));
    cr_expect_eq(reporting.told.report.named, 1);
    cr_expect_eq(reporting.told.spoke.named, 1);
}

Test(reporting, is_asked_of_what_is_here)
{
    struct digest nothing = {{1}}, rounds = issue('A', "");
    struct digest response = respond('B', &rounds, have);

    cr_refused(gather_issue(&nothing), FAULT_ABSENT, "");
    cr_refused(gather_issue(&response), FAULT_INPUT, "neither an issue nor a lesson");
}

/* --- Who is not named, by a ring signature --- */

static struct ring_members ring_of_all(void)
{
    static struct ring_public keys[TOWNS];

    for (size_t i = 0; i < TOWNS; i++) {
        struct ring_key *key = town_ring_key((char)('A' + i), TOWN_EPOCH);
        size_t at = i;
        while (at > 0 && memcmp(&keys[at - 1], ring_key_public(key), sizeof *keys) > 0) {
            keys[at] = keys[at - 1];
            at--;
        }
        keys[at] = *ring_key_public(key);
        ring_key_free(key);
    }
    return (struct ring_members){TOWN_EPOCH, keys, TOWNS};
}

/* Its text is that of another record, whose header gives the kind and what it refers to. */
static void sign_unnamed(char town, struct record *text, const char *slot, uint8_t scope,
                         const struct digest *subject)
{
    struct ring_members ring = ring_of_all();
    struct ring_key *key = town_ring_key(town, TOWN_EPOCH);
    struct header header = *record_header(text);
    struct salt salt = {{(uint8_t)++unnamed}};
    struct buffer content = {0};

    buffer_append(&content, record_content(text));
    header.author = (struct author){.form = AUTHOR_ANONYMOUS, .owner = {{7}}};
    header.author.scopes[0].kind = 2;
    header.author.scopes[0].id = bytes_of_text(slot);
    header.author.scopes[1].kind = scope;
    header.author.scopes[1].id = bytes_of(subject->bytes, DIGEST_SIZE);
    put(record_sign_anonymous(&header, &salt, buffer_view(&content), &ring, key));
    buffer_release(&content);
    ring_key_free(key);
    record_free(text);
}

static void respond_unnamed(char town, const struct digest *about, const char *slot,
                            const char *lines)
{
    char file[400];

    snprintf(file, sizeof file, "Kind: response\nAbout: %s\n%s\n", hex(about), lines);
    sign_unnamed(town, council_publish(&towns[0], file), slot, 3, about);
}

/* One key makes one tag of an issue: C, who says so twice, is one, and D is another; and as their
 * lesson's tags are of other scopes, C may be its author, and each may be A. */
Test(reporting, tags_tell_those_apart_who_are_not_named)
{
    struct digest rounds = issue('A', ""), other = issue('A', "");

    respond_unnamed('C', &rounds, "response:0", have);
    respond_unnamed('C', &rounds, "response:1", fixed);
    respond_unnamed('D', &rounds, "response:0", have);
    sign_unnamed('C', council_lesson(&towns[0], "Vans", "We leased vans."), "lesson:0", 1, &rounds);
    sign_unnamed('E', council_lesson(&towns[0], "Bins", "We bought bins."), "lesson:0", 1, &other);
    cr_done(gather_issue(&rounds));
    cr_expect_eq(reporting.told.report.named, 1);
    cr_expect_eq(reporting.told.report.unnamed, 3);
    cr_expect_eq(reporting.told.report.apart, 2);
    cr_expect_eq(reporting.told.solved.unnamed, 1);
    cr_expect_eq(reporting.of_kind[REPORTING_LESSON], 1);
    cr_expect_eq(reporting.unnamed, 3);
    struct norm_asked asked = reporting_asked(&reporting);
    struct norm norm = norm_of(&asked);
    cr_expect_eq(norm.report.least, 2);
    cr_expect_eq(norm.report.most, 4);
}
