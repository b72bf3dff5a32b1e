#include "node/comparing.h"
#include "protocol/charter.h"
#include "tests/node/room.h"
#include "tests/protocol/towns.h"
#include "tests/support/council.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What is taken for a comparison, and what is left out. Three towns are on a charter: Aylesbury's
 * card has the area E0600000A, and so on. */

static struct store *store;
static struct charter *charter;
static struct council towns[3];
static struct indicator indicator;
static struct places_known known;

static void found_charter(void)
{
    const struct card *cards[3];
    struct buffer bundle = {0};
    struct head head;
    bool changed;

    for (size_t i = 0; i < 3; i++)
        cards[i] = town_card((char)('A' + i), CARD_FIRST);
    cr_done(charter_found("North", 2, true, cards, 3, TOWN_MS, &bundle, &fault));
    for (size_t i = 0; i < 2; i++)
        cr_done(
            charter_sign(&bundle, town_key((char)('A' + i), KEY_STEWARD), NULL, 0, &head, &fault));
    charter = charter_new(NULL);
    cr_done(charter_add(charter, buffer_view(&bundle), &changed, &fault));
    buffer_release(&bundle);
}

static void begin(void)
{
    struct digest network = council_network();

    room_open();
    store = store_open(home_file(&home, "store.sqlite", 0), STORE_CREATE, &fault);
    cr_assert(store != NULL, "%s", fault.text);
    cr_done(store_set_network(store, &network, &fault));
    found_charter();
    for (size_t i = 0; i < 3; i++) {
        towns[i] = council_new(town_name((char)('A' + i)));
        towns[i].feed.authority = *town_id((char)('A' + i));
    }
}

static void end(void)
{
    indicator_release(&indicator);
    places_known_release(&known);
    store_close(store);
    charter_free(charter);
    for (size_t i = 0; i < 3; i++)
        council_release(&towns[i]);
    towns_release();
    room_close();
}

TestSuite(comparing, .init = begin, .fini = end);

static void publish(char town, const char *file)
{
    struct record *record = council_publish(&towns[town - 'A'], file);

    cr_done(store_keep(store, record, true, NULL, &fault));
    record_free(record);
}

static void define(char town, const char *framework, const char *numerator)
{
    char file[600];

    snprintf(file, sizeof file,
             "Kind: indicator\nFramework: %s\nCode: 9Z\nName: Reviews\nUnit: percent\n"
             "Statistic: proportion\nPolarity: higher\nPeriod kind: quarter\n\n## Numerator\n%s\n",
             framework, numerator);
    publish(town, file);
}

static void figure(char town, char area, const char *more, const char *row)
{
    char file[600];

    snprintf(file, sizeof file,
             "Kind: snapshot\nFramework: F\nArea: E0600000%c\nPeriod: 2020-21\nStatus: final\n"
             "Disclosure profile: none\nWhat is counted: visits\n%s\n## Rows\n- 9Z | %s\n",
             area, more, row);
    publish(town, file);
}

static void public_figure(const char *area, const char *source)
{
    struct known_figure known_figure = {.period = "2020-21", .value = 5};

    snprintf(known_figure.area, sizeof known_figure.area, "%s", area);
    cr_done(store_put_reference(store, source, &(struct figure_key){"F", "9Z", ""}, &known_figure,
                                &fault));
}

static void derive(void)
{
    struct store *index = store_open(home_file(&home, "store.sqlite", 0), STORE_DERIVE, &fault);
    uint64_t left = 1;

    cr_assert(index != NULL, "%s", fault.text);
    while (left > 0)
        cr_done(store_derive(index, 100, false, &left, &fault));
    store_close(index);
}

static bool gather(const char *name, char self, bool signed_only)
{
    struct gather_request request = {.name = name,
                                     .disaggregation = "",
                                     .charter = charter,
                                     .self = self == '-' ? NULL : town_id(self),
                                     .now_ms = towns[0].time_ms + DAY_MS,
                                     .signed_only = signed_only};

    derive();
    indicator_release(&indicator);
    return indicator_gather(store, &request, &indicator, &fault);
}

Test(comparing, is_with_figures_of_areas_on_their_authors_card)
{
    define('A', "F", "Held.");
    figure('A', 'A', "", "Total | 5 | | | | | ");
    figure('B', 'A', "", "Total | 99 | | | | | ");
    figure('B', 'B', "", "Total | 6 | | | | | ");
    cr_done(gather("F:9Z", '-', false));
    cr_expect_eq(indicator.count, 2);
    cr_expect_eq(indicator.foreign, 1);
    cr_expect_eq(indicator.undefined, 1);
    for (size_t i = 0; i < indicator.count; i++)
        cr_expect_neq(indicator.figures[i].value, 99);
}

Test(comparing, leaves_out_what_is_under_an_embargo)
{
    char later[60];

    define('A', "F", "Held.");
    snprintf(later, sizeof later, "Embargo until: 2099-01-01\n");
    figure('A', 'A', later, "Total | 5 | | | | | ");
    figure('B', 'B', "Embargo until: 2020-01-01\n", "Total | 6 | | | | | ");
    cr_done(gather("9Z", '-', false));
    cr_expect_eq(indicator.embargoed, 1);
    cr_assert_eq(indicator.count, 1);
    cr_expect_eq(indicator.figures[0].value, 6);
}

Test(comparing, reads_a_code_as_oneself_does_or_as_most_do)
{
    define('A', "F", "Held.");
    define('B', "F", "Held and written up.");
    define('C', "F", "Held and written up");
    for (char town = 'A'; town <= 'C'; town++)
        figure(town, town, "", "Total | 5 | | | | | ");
    cr_done(gather("9Z", '-', false));
    cr_expect_eq(indicator.count, 2);
    cr_expect_eq(indicator.apart, 1);
    cr_done(gather("9Z", 'A', false));
    cr_expect_eq(indicator.count, 1);
    cr_expect_eq(indicator.apart, 2);
    define('A', "F", "held, and written up"); /* It has thought better of it. */
    cr_done(gather("9Z", 'A', false));
    cr_expect_eq(indicator.count, 3);
    cr_expect_eq(indicator.apart, 0);
}

Test(comparing, asks_which_framework_is_meant)
{
    cr_refused(gather("9Z", '-', false), FAULT_ABSENT, "candour indicator define");
    define('A', "F", "Held.");
    define('B', "G", "Held.");
    cr_refused(gather("9Z", '-', false), FAULT_INPUT, "say which, such as");
    cr_done(gather("G:9Z", '-', false));
    cr_expect_str_eq(indicator.framework, "G");
    cr_refused(gather("H:9Z", '-', false), FAULT_ABSENT, "nobody here has defined it");
}

Test(comparing, takes_a_definition_that_nobody_published)
{
    struct problems problems = {0};
    struct document *document = document_parse(
        &indicator_form,
        bytes_of_text("Kind: indicator\nFramework: F\nCode: 9Z\nName: Reviews\nUnit: percent\n"
                      "Statistic: proportion\nPolarity: lower\nPeriod kind: quarter\n\n"
                      "## Numerator\nLate.\n"),
        &problems);
    struct gather_request request = {
        .name = "9Z", .disaggregation = "", .charter = charter, .definition = document};

    define('A', "F", "Held.");
    define('B', "G", "Late.");
    figure('A', 'A', "", "Total | 5 | | | | | ");
    public_figure("E06000777", "returns.csv");
    derive();
    cr_done(indicator_gather(store, &request, &indicator, &fault));
    cr_expect_str_eq(indicator.framework, "F");
    cr_expect_eq(indicator.yardstick.better.polarity, POLARITY_LOWER);
    cr_expect_eq(indicator.count, 1);
    cr_expect_eq(indicator.apart, 1);
    indicator_release(&indicator);
    request.name = "8Z";
    cr_refused(indicator_gather(store, &request, &indicator, &fault), FAULT_INPUT,
               "the definition in the file is of F:9Z");
    document_free(document);
    problems_release(&problems);
}

Test(comparing, says_which_figures_are_public)
{
    define('A', "F", "Held.");
    figure('A', 'A', "", "Total | 5 | | | | | ");
    public_figure("E06000777", "returns.csv");
    cr_done(gather("9Z", '-', false));
    cr_expect_eq(indicator.count, 2);
    cr_expect_str_eq(indicator.source, "returns.csv");
    public_figure("E06000778", "more.csv");
    cr_done(gather("9Z", '-', false));
    cr_expect_str_eq(indicator.source, "several files");
    cr_done(gather("9Z", '-', true));
    cr_expect_eq(indicator.count, 1);
}

Test(comparing, what_a_member_says_of_its_place_counts_before_a_public_table)
{
    static const struct reference_trait traits[] = {{"pct_65_plus", 10, "2020"},
                                                    {"density", 100, ""}};

    cr_done(store_put_reference_place(
        store, &(struct reference_place){"E0600000A", "Aylesbury", "county", "t.csv", traits, 2},
        &fault));
    publish('A', "Kind: profile\nContact: Duty officer\n\n## Context\n"
                 "- people aged 65 and over | 20.5 | 2021 | Census\n- something else | 3 | | \n");
    publish('B', "Kind: profile\nContact: Duty officer\n\n## Context\n- density | 70 | | \n");
    derive();
    cr_done(places_gather(store, charter, usual_variables, VARIABLES_USUAL, &known, &fault));
    cr_assert_eq(known.count, 2);
    cr_expect_eq(known.signed_profiles, 2);
    size_t a = places_find_area(&known, "E0600000A"), b = places_find_area(&known, "E0600000B");
    cr_expect_str_eq(known.places[a].type, "county");
    cr_expect_eq(known.places[a].figures[3], 20.5);
    cr_expect_eq(known.places[a].figures[1], 100);
    cr_expect_str_eq(known.places[b].type, "unitary");
    cr_expect_str_eq(known.names[b], "Bradford");
    cr_expect_eq(known.places[b].figures[1], 70);
    cr_expect(isnan(known.places[b].figures[3]));
    cr_expect_eq(places_find_area(&known, "E06000999"), SIZE_MAX);
}
