#include "tests/protocol/replica_story.h"

/* How a record gets from one council to the others. */

TestSuite(replica, .init = story_begins, .fini = story_ends);

Test(replica, passes_a_lesson_on)
{
    county_dial(leeds, york);
    county_settle(county);
    SAID("leeds hello york\n"
         "york answers leeds\n");

    node_says(leeds, "Ask the tenant first.");
    county_settle(county);
    SAID("leeds keeps leeds#1\n"
         "leeds publishes leeds#1\n"
         "leeds sends york leeds#1\n"
         "york keeps leeds#1\n"
         "york publishes leeds#1\n");
}

Test(replica, hears_a_lesson_live)
{
    linked(leeds, york);
    node_says(york, "Ask the tenant first.");
    county_settle(county);
    SAID("york keeps york#1\n"
         "york publishes york#1\n"
         "leeds keeps york#1\n"
         "leeds publishes york#1\n");
}

Test(replica, catches_up_when_it_joins_late)
{
    node_says(leeds, "One.");
    node_says(leeds, "Two.");
    node_offers(leeds, node_writes(hull, "Three."));
    county_notes(county);

    county_dial(york, leeds);
    county_settle(county);
    SAID("york hello leeds\n"
         "leeds answers york\n"
         "leeds buckets york\n"
         "york sketch leeds\n"
         "leeds tells york: hull#1 leeds#2\n"
         "york wants hull#1 after 0 of leeds\n"
         "york wants leeds#2 after 0 of leeds\n"
         "leeds sends york hull#1 leeds#1 leeds#2\n"
         "york keeps hull#1\n"
         "york keeps leeds#1\n"
         "york keeps leeds#2\n"
         "york publishes hull#1\n"
         "york publishes leeds#1\n"
         "york publishes leeds#2\n"
         "york hello leeds\n"
         "leeds answers york\n");
    cr_expect(node_report(york, leeds).in_sync);
    cr_expect(node_report(leeds, york).in_sync);
}

Test(replica, gives_and_takes_in_one_comparison)
{
    node_says(leeds, "One.");
    node_says(york, "Two.");
    county_notes(county);

    county_dial(york, leeds);
    county_settle(county);
    SAID("york hello leeds\n"
         "leeds answers york\n"
         "leeds buckets york\n"
         "york sketch leeds\n"
         "leeds which york\n"
         "leeds tells york: leeds#1\n"
         "york tells leeds: york#1\n"
         "york wants leeds#1 after 0 of leeds\n"
         "leeds wants york#1 after 0 of york\n"
         "leeds sends york leeds#1\n"
         "york sends leeds york#1\n"
         "york keeps leeds#1\n"
         "york publishes leeds#1\n"
         "york hello leeds\n"
         "leeds keeps york#1\n"
         "leeds publishes york#1\n"
         "leeds hello york\n"
         "leeds answers york\n"
         "york answers leeds\n");
}

Test(replica, repairs_a_gap_as_soon_as_it_shows)
{
    linked(leeds, york);
    county_weather(county)->lose_live = 100;
    node_says(york, "One.");
    node_says(york, "Two.");
    county_weather(county)->lose_live = 0;
    county_settle(county);
    SAID("york keeps york#1\n"
         "york publishes york#1\n"
         "york keeps york#2\n"
         "york publishes york#2\n");

    node_says(york, "Three.");
    county_settle(county);
    SAID("york keeps york#3\n"
         "york publishes york#3\n"
         "leeds sets aside york#3\n"
         "leeds wants york#2 after 0 of york\n"
         "york sends leeds york#1 york#2\n"
         "leeds keeps york#1\n"
         "leeds keeps york#2\n"
         "leeds takes in york#3\n"
         "leeds publishes york#1\n"
         "leeds publishes york#2\n"
         "leeds publishes york#3\n"
         "leeds hello york\n"
         "york answers leeds\n"
         "leeds fetches york#3 of york\n"
         "york sends leeds york#3\n"
         "leeds keeps the body of york#3\n");
}

Test(replica, repairs_by_comparing_what_no_gap_shows)
{
    linked(leeds, york);
    county_weather(county)->lose_live = 100;
    struct record *record = node_says(york, "The last word.");
    county_settle(county);
    cr_expect_eq(node_standing(leeds, record), STANDING_UNKNOWN);

    county_pass(county, PERIOD_MS);
    cr_expect_eq(node_standing(leeds, record), STANDING_IN);
}

Test(replica, passes_on_between_councils_that_only_dial_out)
{
    linked(leeds, hub);
    linked(york, hub);

    node_says(leeds, "Ask the tenant first.");
    county_settle(county);
    SAID("leeds keeps leeds#1\n"
         "leeds publishes leeds#1\n"
         "leeds sends hub leeds#1\n"
         "hub keeps leeds#1\n"
         "hub publishes leeds#1\n"
         "york keeps leeds#1\n"
         "york publishes leeds#1\n");
}

Test(replica, catches_up_through_a_hub_that_was_away)
{
    linked(leeds, hub);
    linked(york, hub);
    node_crash(hub);
    node_says(leeds, "One.");
    node_says(york, "Two.");
    node_start(hub);
    county_notes(county);

    county_dial(leeds, hub);
    county_dial(york, hub);
    county_settle(county);
    SAID("leeds hello hub\n"
         "york hello hub\n"
         "hub answers leeds\n"
         "hub buckets leeds\n"
         "hub answers york\n"
         "hub buckets york\n"
         "leeds sketch hub\n"
         "york sketch hub\n"
         "hub which leeds\n"
         "hub tells leeds: nothing\n"
         "hub which york\n"
         "hub tells york: nothing\n"
         "leeds tells hub: leeds#1\n"
         "york tells hub: york#1\n"
         "hub wants leeds#1 after 0 of leeds\n"
         "hub wants york#1 after 0 of york\n"
         "leeds sends hub leeds#1\n"
         "york sends hub york#1\n"
         "hub keeps leeds#1\n"
         "hub publishes leeds#1\n"
         "hub hello leeds\n"
         "hub keeps york#1\n"
         "hub publishes york#1\n"
         "hub hello york\n"
         "york keeps leeds#1\n"
         "york publishes leeds#1\n"
         "leeds answers hub\n"
         "leeds keeps york#1\n"
         "leeds publishes york#1\n"
         "york answers hub\n");
    cr_expect(node_report(leeds, hub).in_sync);
    cr_expect(node_report(york, hub).in_sync);
}

Test(replica, takes_a_replayed_record_for_known)
{
    linked(leeds, york);
    struct record *record = node_says(york, "Ask the tenant first.");
    county_settle(county);
    county_notes(county);

    county_say_live(york, leeds, record);
    county_say_live(york, leeds, record);
    county_settle(county);
    node_offers(leeds, record);
    SAID("");
    cr_expect_eq(node_counts(leeds).known, 3);
}

Test(replica, does_not_announce_before_it_is_stored)
{
    linked(leeds, york);
    linked(hull, leeds);
    leeds->disk_hangs = true;
    node_says(leeds, "Ask the tenant first.");
    node_sync(hull);
    county_settle(county);
    SAID("leeds keeps leeds#1\n"
         "hull hello leeds\n"
         "leeds answers hull\n"
         "leeds buckets hull\n"
         "hull sketch leeds\n"
         "leeds tells hull: leeds#1\n"
         "hull wants leeds#1 after 0 of leeds\n");

    node_commits(leeds);
    county_settle(county);
    SAID("leeds publishes leeds#1\n"
         "leeds sends york leeds#1\n"
         "leeds sends hull leeds#1\n"
         "hull keeps leeds#1\n"
         "hull publishes leeds#1\n"
         "hull hello leeds\n"
         "york keeps leeds#1\n"
         "york publishes leeds#1\n"
         "leeds answers hull\n");
}

Test(replica, loses_nothing_when_it_crashes_before_it_is_told_that_all_is_stored)
{
    node_says(leeds, "One.");
    node_says(leeds, "Two.");
    linked(york, leeds);
    york->disk_hangs = true;
    struct record *third = node_says(leeds, "Three.");
    county_settle(county);
    node_crash(york);
    cr_expect_null(node_kept(york, third));

    node_start(york);
    county_notes(county);
    county_dial(york, leeds);
    county_settle(county);
    SAID("york hello leeds\n"
         "leeds answers york\n"
         "leeds buckets york\n"
         "york sketch leeds\n"
         "leeds which york\n"
         "leeds tells york: leeds#3\n"
         "york tells leeds: nothing\n"
         "york wants leeds#3 after 2 of leeds\n"
         "leeds sends york leeds#3\n"
         "york keeps leeds#3\n"
         "york publishes leeds#3\n"
         "york hello leeds\n"
         "leeds answers york\n");
    cr_expect(node_kept(york, third)->in);
}

Test(replica, publishes_its_own_record_however_it_crashed)
{
    linked(leeds, york);
    county_weather(county)->lose_truth = 100;
    struct record *record = node_says(leeds, "On disk, and nobody was told.");
    county_weather(county)->lose_truth = 0;
    node_crash(leeds);
    cr_expect(node_kept(leeds, record)->in);

    node_start(leeds);
    county_dial(leeds, york);
    county_settle(county);
    cr_expect_eq(node_standing(york, record), STANDING_IN);
}

Test(replica, streams_a_long_feed_under_credit)
{
    for (unsigned i = 0; i < 6; i++)
        node_says(leeds, "A lesson of which three fill a credit.");
    york->credit_bytes = 3 * (uint32_t)cost_of_record(leeds->last) - 1;
    node_crash(york);
    node_start(york);
    county_notes(county);

    county_dial(york, leeds);
    county_settle(county);
    SAID("york hello leeds\n"
         "leeds answers york\n"
         "leeds buckets york\n"
         "york sketch leeds\n"
         "leeds tells york: leeds#6\n"
         "york wants leeds#6 after 0 of leeds\n"
         "leeds sends york leeds#1 leeds#2 leeds#3 leeds#4, 2 left\n"
         "york keeps leeds#1\n"
         "york keeps leeds#2\n"
         "york keeps leeds#3\n"
         "york keeps leeds#4\n"
         "york publishes leeds#1\n"
         "york publishes leeds#2\n"
         "york publishes leeds#3\n"
         "york publishes leeds#4\n"
         "york credit leeds\n"
         "leeds sends york leeds#5 leeds#6\n"
         "york keeps leeds#5\n"
         "york keeps leeds#6\n"
         "york publishes leeds#5\n"
         "york publishes leeds#6\n"
         "york credit leeds\n"
         "york hello leeds\n"
         "leeds answers york\n");
}

Test(replica, grants_a_whole_credit_with_a_hello_and_not_the_same_again)
{
    york->credit_bytes = 4 * (uint32_t)cost_of_record(node_writes(leeds, "One."));
    node_crash(york);
    node_start(york);
    linked(leeds, york);
    node_offers(leeds, leeds->last);
    county_settle(county);
    node_sync(york);
    county_settle(county);
    county_notes(county);

    node_says(leeds, "Two.");
    county_settle(county);
    SAID("leeds keeps leeds#2\n"
         "leeds publishes leeds#2\n"
         "leeds sends york leeds#2\n"
         "york keeps leeds#2\n"
         "york publishes leeds#2\n");
    node_says(leeds, "Three.");
    county_settle(county);
    SAID("leeds keeps leeds#3\n"
         "leeds publishes leeds#3\n"
         "leeds sends york leeds#3\n"
         "york keeps leeds#3\n"
         "york publishes leeds#3\n"
         "york credit leeds\n");
}

Test(replica, publishes_once_and_in_order_what_waited_for_the_disk)
{
    linked(leeds, york);
    struct record *first = node_writes(hull, "One.");

    leeds->disk_hangs = true;
    node_offers(leeds, node_writes(hull, "Two."));
    node_offers(leeds, first);
    node_commits(leeds);
    SAID("leeds sets aside hull#2\n"
         "leeds keeps hull#1\n"
         "leeds takes in hull#2\n"
         "leeds publishes hull#1\n"
         "leeds publishes hull#2\n"
         "leeds sends york hull#1 hull#2\n");
}

Test(replica, takes_turns_between_feeds)
{
    for (unsigned i = 0; i < 3; i++) {
        node_says(leeds, "One author.");
        node_offers(leeds, node_writes(hull, "Another."));
    }
    county_notes(county);
    county_dial(york, leeds);
    county_settle(county);
    SAID("york hello leeds\n"
         "leeds answers york\n"
         "leeds buckets york\n"
         "york sketch leeds\n"
         "leeds tells york: hull#3 leeds#3\n"
         "york wants hull#3 after 0 of leeds\n"
         "york wants leeds#3 after 0 of leeds\n"
         "leeds sends york hull#1 hull#2 hull#3 leeds#1 leeds#2 leeds#3\n"
         "york keeps hull#1\n"
         "york keeps hull#2\n"
         "york keeps hull#3\n"
         "york keeps leeds#1\n"
         "york keeps leeds#2\n"
         "york keeps leeds#3\n"
         "york publishes hull#1\n"
         "york publishes hull#2\n"
         "york publishes hull#3\n"
         "york publishes leeds#1\n"
         "york publishes leeds#2\n"
         "york publishes leeds#3\n"
         "york hello leeds\n"
         "leeds answers york\n");
}

/* There is nothing to be stored of it, and still both ends have counted it. */
Test(replica, grants_credit_for_what_it_knew)
{
    struct buffer frame = {0};

    node_crash(york);
    york->credit_bytes = (uint32_t)cost_of_record(node_says(leeds, "One."));
    node_start(york);
    node_offers(york, leeds->last);
    linked(leeds, york);
    records_write(0, 1, &frame);
    record_write(leeds->last, true, &frame);
    county_send(leeds, york, buffer_view(&frame));
    county_settle(county);
    SAID("york credit leeds\n");
    buffer_release(&frame);
}

Test(replica, skips_a_push_without_credit_and_repairs_that_later)
{
    york->credit_bytes = 1;
    node_crash(york);
    node_start(york);
    linked(leeds, york);
    york->disk_hangs = true;
    node_says(leeds, "One.");
    node_says(leeds, "Two.");
    county_settle(county);
    SAID("leeds keeps leeds#1\n"
         "leeds publishes leeds#1\n"
         "leeds sends york leeds#1\n"
         "leeds keeps leeds#2\n"
         "leeds publishes leeds#2\n"
         "york keeps leeds#1\n");

    node_commits(york);
    county_settle(county);
    SAID("york publishes leeds#1\n"
         "york credit leeds\n");
    county_pass(county, PERIOD_MS);
    cr_expect_eq(node_standing(york, leeds->last), STANDING_IN);
}

Test(replica, asks_one_peer_for_what_several_have)
{
    node_says(leeds, "One.");
    node_offers(hull, leeds->last);
    county_notes(county);
    county_dial(york, leeds);
    county_dial(york, hull);
    county_settle(county);
    SAID("york hello leeds\n"
         "york hello hull\n"
         "leeds answers york\n"
         "leeds buckets york\n"
         "hull answers york\n"
         "hull buckets york\n"
         "york sketch leeds\n"
         "york sketch hull\n"
         "leeds tells york: leeds#1\n"
         "hull tells york: leeds#1\n"
         "york wants leeds#1 after 0 of leeds\n"
         "leeds sends york leeds#1\n"
         "york keeps leeds#1\n"
         "york publishes leeds#1\n"
         "york sends hull leeds#1\n"
         "york hello leeds\n"
         "leeds answers york\n");
}

/* Leeds tells of a record that its disk does not give it back. */
static void leeds_owes_york_a_record(void)
{
    leeds->disk_hangs = true;
    node_says(leeds, "One.");
    node_offers(hull, leeds->last);
    county_dial(york, leeds);
    county_settle(county);
    linked(york, hull);
}

Test(replica, asks_another_peer_when_one_is_silent)
{
    leeds_owes_york_a_record();
    county_pass(county, 9999);
    SAID("");
    county_pass(county, 1);
    SAID("york wants leeds#1 after 0 of hull\n"
         "hull sends york leeds#1\n"
         "york keeps leeds#1\n"
         "york publishes leeds#1\n"
         "york sends leeds leeds#1\n"
         "york hello hull\n"
         "hull answers york\n");
}

Test(replica, asks_another_peer_when_one_leaves)
{
    leeds_owes_york_a_record();
    cr_expect_eq(node_report(york, leeds).missing, 1);
    county_cut_link(york, leeds);
    county_pass(county, 0);
    SAID("york wants leeds#1 after 0 of hull\n"
         "hull sends york leeds#1\n"
         "york keeps leeds#1\n"
         "york publishes leeds#1\n"
         "york hello hull\n"
         "hull answers york\n");
}

Test(replica, asks_another_peer_when_one_says_bye)
{
    struct buffer frame = {0};

    leeds_owes_york_a_record();
    bye_write(BYE_STOPPING, "good night", &frame);
    county_send(leeds, york, buffer_view(&frame));
    county_settle(county);
    SAID("york parts from leeds\n"
         "york wants leeds#1 after 0 of hull\n"
         "hull sends york leeds#1\n"
         "york keeps leeds#1\n"
         "york publishes leeds#1\n"
         "york hello hull\n"
         "hull answers york\n");
    buffer_release(&frame);
}

Test(replica, asks_again_for_what_was_lost_on_the_way)
{
    linked(york, leeds);
    county_weather(county)->lose_live = 100;
    node_says(leeds, "One.");
    county_settle(county);
    node_sync(york);
    county_notes(county);
    county_weather(county)->lose_truth = 100;
    county_settle(county);
    county_weather(county)->lose_truth = 0;
    county_pass(county, PERIOD_MS);
    cr_expect_eq(node_standing(york, leeds->last), STANDING_IN);
}

static void leeds_tells_york_of_nothing_real(const struct feed *feed)
{
    struct tip tip = {*feed, 7, digest_of("county tests: no record", "", 0)};
    struct buffer frame = {0};

    tips_write(&tip, 1, false, &frame);
    county_send(leeds, york, buffer_view(&frame));
    county_settle(county);
    buffer_release(&frame);
}

Test(replica, gives_up_on_a_record_that_nobody_has)
{
    linked(york, leeds);
    linked(york, hull);
    leeds_tells_york_of_nothing_real(&leeds->feed);
    SAID("york wants ? after 0 of leeds\n"
         "leeds sends york nothing\n");
    cr_expect_eq(node_report(york, leeds).missing, 1);
    county_pass(county, 2000);
    SAID("york wants ? after 0 of hull\n"
         "hull sends york nothing\n");
    county_pass(county, 10000);
    SAID("york wants ? after 0 of leeds\n"
         "leeds sends york nothing\n"
         "york wants ? after 0 of hull\n"
         "hull sends york nothing\n");
    cr_expect_eq(node_report(york, leeds).missing + node_report(york, hull).missing, 0);
}

Test(replica, asks_for_nothing_of_a_feed_that_no_charter_lists)
{
    struct feed second = {leeds->feed.authority, 2};

    linked(york, leeds);
    leeds_tells_york_of_nothing_real(&second);
    SAID("");
}

Test(replica, answers_a_want_said_twice_once)
{
    struct want want = {.until = 1};
    struct buffer frame = {0};

    york->credit_bytes = 1;
    node_crash(york);
    node_start(york);
    linked(york, leeds);
    leeds->disk_hangs = true;
    want.tip = *record_id(node_says(leeds, "One."));
    want_write(&want, 1, &frame);
    county_send(york, leeds, buffer_view(&frame));
    county_send(york, leeds, buffer_view(&frame));
    county_settle(county);
    county_weather(county)->lose_live = 100;
    node_commits(leeds);
    SAID("leeds keeps leeds#1\n"
         "leeds publishes leeds#1\n"
         "leeds sends york leeds#1\n");
    buffer_release(&frame);
}

Test(replica, greets_again_until_it_is_answered)
{
    county_weather(county)->lose_truth = 100;
    county_dial(leeds, york);
    county_pass(county, 25000);
    SAID("leeds hello york\n"
         "leeds hello york\n"
         "leeds hello york\n");
    county_weather(county)->lose_truth = 0;
    county_pass(county, 5000);
    SAID("leeds hello york\n"
         "york answers leeds\n");
}

static unsigned times_said(const char *notes, const char *said)
{
    unsigned times = 0;

    for (; (notes = strstr(notes, said)) != NULL; notes++)
        times++;
    return times;
}

Test(replica, exchanges_once_a_period_with_one_peer_at_random)
{
    linked(leeds, york);
    linked(leeds, hull);
    county_pass(county, 30 * PERIOD_MS);

    const char *notes = county_notes(county);
    unsigned york_greeted = times_said(notes, "leeds hello york\n");
    unsigned hull_greeted = times_said(notes, "leeds hello hull\n");
    cr_expect(york_greeted >= 5 && hull_greeted >= 5, "%u, %u", york_greeted, hull_greeted);
    cr_expect(york_greeted + hull_greeted >= 30 && york_greeted + hull_greeted <= 40);
}

Test(replica, hands_long_lists_of_tips_over_in_pages)
{
    struct record *first = node_says(leeds, "The root of many branches.");

    for (unsigned i = 0; i < TIPS_MAX + 2; i++)
        node_offers(leeds, node_writes_after(leeds, first, "A branch."));
    county_be_quiet(county);
    county_dial(york, leeds);
    county_settle(county);
    cr_expect_eq(node_counts(york).in_set, TIPS_MAX + 3);
    cr_expect_eq(node_counts(york).forks, TIPS_MAX + 1);
}

/* More than is looked up at a time. */
Test(replica, sends_a_chain_of_any_length)
{
    county_be_quiet(county);
    for (unsigned i = 0; i < 2500; i++)
        node_says(leeds, "One more.");
    county_dial(york, leeds);
    county_settle(county);
    cr_expect_eq(node_counts(york).in_set, 2500);
    cr_expect_eq(node_counts(york).known, 0, "each came once");
    cr_expect(node_report(york, leeds).in_sync);
}
