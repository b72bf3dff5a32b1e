#include "tests/protocol/replica_story.h"

/* Bodies: taken back, hidden, expired, or not wanted. Headers are everywhere, whatever becomes of
 * them. */

TestSuite(replica_bodies, .init = story_begins, .fini = story_ends);

#define HOUR_MS (INT64_C(3600) * 1000)

static bool has_body(const struct node *node, const struct record *record)
{
    return record_has_body(node_kept(node, record)->record);
}

/* --- Erased --- */

Test(replica_bodies, are_erased_by_who_wrote_them)
{
    linked(leeds, york);
    struct record *record = node_says(york, "Said too much.");
    county_settle(county);
    county_notes(county);

    node_erases(york, record);
    county_settle(county);
    SAID("york keeps york#2\n"
         "york erases york#1\n"
         "york publishes york#2\n"
         "leeds keeps york#2\n"
         "leeds erases york#1\n"
         "leeds publishes york#2\n");
    cr_expect_not(has_body(leeds, record));
    cr_expect_eq(node_standing(leeds, record), STANDING_IN);
}

Test(replica_bodies, are_not_erased_by_another)
{
    linked(leeds, york);
    struct record *record = node_says(york, "Not Hull's to take back.");
    node_erases(hull, record);
    node_offers(york, hull->last);
    county_settle(county);
    cr_expect(has_body(york, record) && has_body(leeds, record));
}

Test(replica_bodies, are_erased_by_as_many_stewards_as_amend_the_charter)
{
    linked(leeds, york);
    linked(hull, york);
    struct record *record = node_says(york, "Somebody's name.");
    county_settle(county);
    node_erases(leeds, record);
    county_settle(county);
    cr_expect(has_body(hull, record));
    county_notes(county);

    node_erases(hull, record);
    county_settle(county);
    SAID("hull keeps hull#1\n"
         "hull erases york#1\n"
         "hull publishes hull#1\n"
         "hull sends york hull#1\n"
         "york keeps hull#1\n"
         "york erases york#1\n"
         "york publishes hull#1\n"
         "leeds keeps hull#1\n"
         "leeds erases york#1\n"
         "leeds publishes hull#1\n");
    cr_expect_not(has_body(york, record));
}

/* The one that was away gets the erasure before all else, so that it never shows what is taken
 * back, and no text with what is erased. */
Test(replica_bodies, that_were_erased_never_reach_a_node_that_was_away)
{
    struct record *record = node_says(leeds, "One.");
    node_says(leeds, "Two.");
    node_erases(leeds, record);
    node_says(leeds, "Four.");
    county_notes(county);
    county_dial(york, leeds);
    county_settle(county);
    SAID("york hello leeds\n"
         "leeds answers york\n"
         "leeds buckets york\n"
         "york sketch leeds\n"
         "leeds tells york: leeds#4\n"
         "york wants leeds#4 after 0 of leeds\n"
         "leeds sends york leeds#3 bare leeds#1 leeds#2 leeds#4\n"
         "york keeps leeds#3\n"
         "york keeps leeds#1\n"
         "york keeps leeds#2\n"
         "york keeps leeds#4\n"
         "york erases leeds#1\n"
         "york publishes leeds#3\n"
         "york publishes leeds#1\n"
         "york publishes leeds#2\n"
         "york publishes leeds#4\n"
         "york hello leeds\n"
         "leeds answers york\n");
    cr_expect_eq(node_counts(york).bodies_wanted, 0);
}

Test(replica_bodies, that_a_node_has_already_are_hidden_before_the_erasure_can_count)
{
    linked(leeds, york);
    struct record *record = node_says(york, "Said too much.");
    county_settle(county);
    county_weather(county)->lose_live = 100;
    node_says(york, "Leeds does not hear of this one.");
    county_settle(county);
    county_weather(county)->lose_live = 0;
    county_notes(county);

    county_weather(county)->lose_truth = 100;
    node_erases(york, record);
    county_settle(county);
    SAID("york keeps york#3\n"
         "york erases york#1\n"
         "york publishes york#3\n"
         "leeds sets aside york#3\n"
         "leeds hides york#1\n"
         "leeds wants york#2 after 1 of york\n");
    cr_expect(has_body(leeds, record));
    cr_expect_eq(node_counts(leeds).hidden, 1);

    county_weather(county)->lose_truth = 0;
    county_pass(county, PERIOD_MS);
    cr_expect_not(has_body(leeds, record));
    cr_expect_eq(node_counts(leeds).hidden, 0);
    cr_expect_eq(node_counts(leeds).erased, 1);
}

Test(replica_bodies, that_are_hidden_are_not_passed_on)
{
    linked(leeds, york);
    struct record *record = node_says(york, "Said too much.");
    county_weather(county)->lose_live = 100;
    node_says(york, "Nobody hears of this one.");
    struct record *erasure =
        node_writes_as(york, &(struct writing){.text = "Why.", .erases = {record}});
    county_settle(county);
    county_cut_link(leeds, york);
    node_offers(leeds, erasure);
    county_notes(county);

    county_dial(hull, leeds);
    county_settle(county);
    SAID("hull hello leeds\n"
         "leeds answers hull\n"
         "leeds buckets hull\n"
         "hull sketch leeds\n"
         "leeds tells hull: york#1\n"
         "hull wants york#1 after 0 of leeds\n"
         "leeds sends hull bare york#1\n"
         "hull keeps york#1\n"
         "hull publishes york#1\n"
         "hull hello leeds\n"
         "leeds answers hull\n"
         "hull fetches york#1 of leeds\n"
         "leeds sends hull bare york#1\n");
}

Test(replica_bodies, that_were_erased_are_refused_when_a_peer_offers_them_again)
{
    linked(leeds, york);
    struct record *record = node_says(york, "Said too much.");
    node_erases(york, record);
    county_settle(county);
    county_notes(county);

    county_say_live(york, leeds, record);
    county_settle(county);
    SAID("");
    cr_expect_eq(node_report(leeds, york).refused[REFUSED_ERASED], 1);
    cr_expect_not(has_body(leeds, record));

    node_offers(leeds, record);
    cr_expect_eq(node_counts(leeds).refused[REFUSED_ERASED], 2, "nor from a file");
    cr_expect_not(has_body(leeds, record));
}

/* No erasure would reach them there. */
Test(replica_bodies, are_kept_of_nothing_that_is_not_in_the_set)
{
    struct buffer bundle = {0};

    linked(leeds, hub);
    struct record *first = node_says(hub, "One.");
    struct record *second = node_says(hub, "Said too much.");
    county_settle(county);
    cr_expect(has_body(leeds, second));
    county_halt(hub, first, &bundle);
    node_takes_charter(hub, buffer_view(&bundle));
    county_settle(county);
    for (size_t i = 0; i < 2; i++) {
        struct node *node = i == 0 ? leeds : hub;
        cr_expect_eq(node_standing(node, second), STANDING_ASIDE);
        cr_expect(has_body(node, first) && !has_body(node, second), "%s", node->name);
        cr_expect_eq(node_counts(node).bodies_wanted, 0);
    }

    buffer_clear(&bundle);
    county_remove(leeds, hub, second, leeds, hull, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    cr_expect_eq(node_standing(leeds, second), STANDING_IN, "the head takes the halt's place");
    cr_expect_eq(node_counts(leeds).bodies_wanted, 1);
    node_offers(leeds, second);
    cr_expect(has_body(leeds, second));
    buffer_release(&bundle);
}

Test(replica_bodies, are_not_kept_of_what_no_known_key_has_signed)
{
    struct record *record = county_forges(county, node_writes(york, "Not by York."));

    node_offers(leeds, record);
    cr_expect_eq(node_standing(leeds, record), STANDING_ASIDE);
    cr_expect_not(has_body(leeds, record));
}

/* The erasure came first, and with it the header alone. */
Test(replica_bodies, that_were_erased_before_they_came_are_not_kept)
{
    struct record *record = node_writes(york, "Said too much.");
    struct record *erasure =
        node_writes_as(york, &(struct writing){.text = "Why.", .erases = {record}});

    node_offers(leeds, erasure);
    node_offers(leeds, record);
    SAID("leeds sets aside york#2\n"
         "leeds keeps york#1\n"
         "leeds takes in york#2\n"
         "leeds erases york#1\n"
         "leeds publishes york#1\n"
         "leeds publishes york#2\n");
    cr_expect_not(has_body(leeds, record));
}

/* A thief erased; the cut that ends the feed before that gives the text back. */
Test(replica_bodies, are_asked_for_again_when_what_erased_them_leaves_the_set)
{
    struct buffer bundle = {0};

    linked(leeds, york);
    struct record *record = node_says(york, "A good lesson.");
    county_settle(county);
    node_crash(hub);
    node_start(hub);
    linked(hub, york);
    county_settle(county);
    county_cut_link(hub, york);
    node_erases(york, record);
    county_settle(county);
    cr_expect_not(has_body(leeds, record));
    county_halt(york, record, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    county_settle(county);
    cr_expect_eq(node_kept(leeds, record)->text, TEXT_STANDS);
    cr_expect_eq(node_counts(leeds).bodies_wanted, 1);
    cr_expect_not(has_body(leeds, record), "york has none either");

    linked(leeds, hub);
    county_pass(county, PERIOD_MS);
    cr_expect(has_body(leeds, record), "but the hub never heard of the erasure");
    buffer_release(&bundle);
}

Test(replica_bodies, stay_erased_over_a_restart)
{
    struct record *record = node_says(leeds, "Said too much.");

    node_erases(leeds, record);
    node_crash(leeds);
    node_start(leeds);
    cr_expect_eq(node_counts(leeds).erased, 1);
    cr_expect_eq(node_counts(leeds).bodies_wanted, 0);
    node_offers(leeds, record);
    cr_expect_not(has_body(leeds, record));
}

/* --- Unnamed --- */

Test(replica_bodies, of_records_that_nobody_signs_by_name_travel_by_their_ids)
{
    struct record *first = county_unnamed(
        county, "lesson:1", 0, &(struct writing){.text = "One.", .time_ms = county_now(county)});
    struct record *second = county_unnamed(
        county, "lesson:2", 1, &(struct writing){.text = "Two.", .time_ms = county_now(county)});
    struct record *update = county_owner_says(
        county, first, 1, &(struct writing){.text = "Still so.", .time_ms = county_now(county)});

    node_offers(leeds, first);
    node_offers(leeds, update);
    node_offers(york, second);
    county_dial(york, leeds);
    county_settle(county);
    cr_expect(node_report(york, leeds).in_sync && node_report(leeds, york).in_sync);
    cr_expect(has_body(york, first) && has_body(york, update) && has_body(leeds, second));
}

Test(replica_bodies, of_an_unnamed_record_are_erased_by_its_owner)
{
    struct record *record = county_unnamed(
        county, "lesson:1", 0, &(struct writing){.text = "One.", .time_ms = county_now(county)});
    struct record *erasure = county_owner_says(
        county, record, 0, &(struct writing){.text = "Why.", .time_ms = county_now(county)});

    linked(leeds, york);
    node_offers(york, record);
    county_settle(county);
    cr_expect(has_body(leeds, record));
    county_notes(county);
    node_offers(york, erasure);
    county_settle(county);
    SAID("york keeps lesson:1+0\n"
         "york erases lesson:1\n"
         "york publishes lesson:1+0\n"
         "leeds keeps lesson:1+0\n"
         "leeds erases lesson:1\n"
         "leeds publishes lesson:1+0\n"
         "leeds sends york lesson:1+0\n");
    cr_expect_not(has_body(leeds, record));
}

/* The others cannot know where its header went: the sets would differ for ever. */
Test(replica_bodies, of_an_unnamed_record_are_gone_and_its_header_travels)
{
    struct record *record = county_unnamed(
        county, "lesson:1", 0, &(struct writing){.text = "One.", .time_ms = county_now(county)});
    struct record *erasure = county_owner_says(
        county, record, 0, &(struct writing){.text = "Why.", .time_ms = county_now(county)});

    node_offers(leeds, record);
    node_offers(leeds, erasure);
    county_dial(york, leeds);
    county_settle(county);
    cr_expect_eq(node_standing(york, record), STANDING_IN);
    cr_expect_eq(node_standing(york, erasure), STANDING_IN);
    cr_expect_not(has_body(york, record));
}

/* --- Of interest --- */

static struct record *york_says_about(const char *topic)
{
    struct record *record =
        node_writes_as(york, &(struct writing){.text = "A lesson.", .topic = topic});

    node_offers(york, record);
    return record;
}

Test(replica_bodies, come_as_far_as_they_are_wanted)
{
    const char *const words[] = {"housing"};

    replica_set_interest(leeds->replica, words, 1, &leeds->effects);
    linked(leeds, york);
    struct record *plain = york_says_about(NULL), *housing = york_says_about("housing/repairs");
    struct record *planning = york_says_about("planning"),
                  *both = york_says_about("carers housing");
    county_settle(county);
    cr_expect(has_body(leeds, plain) && has_body(leeds, housing) && has_body(leeds, both));
    cr_expect_not(has_body(leeds, planning));
    cr_expect_eq(node_counts(leeds).bodies_wanted, 0);
    cr_expect_eq(node_counts(leeds).in_set, 4);
}

Test(replica_bodies, that_are_not_wanted_are_not_sent)
{
    const char *const words[] = {"housing"};
    char text[2 * DIGEST_SIZE * 156 + 1];

    /* Packed it is hardly shorter. */
    for (size_t i = 0; i < sizeof text - 1; i += 2 * DIGEST_SIZE)
        hex_of(text + i, digest_of("test", &i, sizeof i).bytes, DIGEST_SIZE);
    struct record *record =
        node_writes_as(york, &(struct writing){.text = text, .topic = "planning"});
    node_offers(york, record);
    linked(hull, york);
    uint64_t whole = county_bytes(county);
    replica_set_interest(leeds->replica, words, 1, &leeds->effects);
    linked(leeds, york);
    cr_expect(has_body(hull, record));
    cr_expect_gt(whole, sizeof text / 2);
    cr_expect_eq(node_standing(leeds, record), STANDING_IN);
    cr_expect_lt(county_bytes(county) - whole, 2000);
}

Test(replica_bodies, are_asked_for_when_they_are_wanted_after_all)
{
    const char *const words[] = {"housing"}, *const more[] = {"housing", "planning"};

    replica_set_interest(leeds->replica, words, 1, &leeds->effects);
    linked(leeds, york);
    struct record *planning = york_says_about("planning"), *carers = york_says_about("carers");
    county_settle(county);
    county_notes(county);

    replica_set_interest(leeds->replica, more, 2, &leeds->effects);
    node_sync(leeds);
    county_settle(county);
    SAID("leeds interest york\n"
         "leeds hello york\n"
         "york answers leeds\n"
         "leeds fetches york#1 of york\n"
         "york sends leeds york#1\n"
         "leeds keeps the body of york#1\n");
    cr_expect(has_body(leeds, planning));
    cr_expect_not(has_body(leeds, carers));

    replica_set_interest(leeds->replica, NULL, 0, &leeds->effects);
    node_sync(leeds);
    county_settle(county);
    cr_expect(has_body(leeds, carers));
}

/* --- Expired --- */

Test(replica_bodies, go_when_their_time_has_come)
{
    linked(leeds, york);
    struct record *record =
        node_writes_as(york, &(struct writing){.text = "Until tonight.",
                                               .expiry_ms = county_now(county) + HOUR_MS});
    node_offers(york, record);
    county_settle(county);
    county_be_quiet(county);
    county_pass(county, HOUR_MS - 1);
    cr_expect(has_body(leeds, record) && has_body(york, record));
    county_pass(county, 1);
    cr_expect_not(has_body(leeds, record));
    cr_expect_not(has_body(york, record));
    cr_expect_eq(node_standing(leeds, record), STANDING_IN);

    county_pass(county, 2 * PERIOD_MS);
    cr_expect_eq(node_counts(leeds).bodies_wanted, 0);
    county_say_live(york, leeds, record);
    county_settle(county);
    cr_expect_not(has_body(leeds, record), "nobody brings it back");
}

Test(replica_bodies, go_at_their_time_after_a_restart)
{
    struct record *record =
        node_writes_as(leeds, &(struct writing){.text = "Until tonight.",
                                                .expiry_ms = county_now(county) + HOUR_MS});

    node_offers(leeds, record);
    node_crash(leeds);
    county_pass(county, 2 * HOUR_MS);
    node_start(leeds);
    county_pass(county, 0);
    cr_expect_not(has_body(leeds, record));
    node_crash(leeds);
    node_start(leeds);
    cr_expect_eq(node_counts(leeds).bodies_wanted, 0);
}

Test(replica_bodies, that_have_expired_are_not_kept_when_they_come)
{
    struct record *record =
        node_writes_as(york, &(struct writing){.text = "Until tonight.",
                                               .expiry_ms = county_now(county) + HOUR_MS});

    county_pass(county, HOUR_MS);
    node_offers(leeds, record);
    SAID("leeds keeps york#1\n"
         "leeds publishes york#1\n");
    cr_expect_not(has_body(leeds, record));
    cr_expect_eq(node_counts(leeds).bodies_wanted, 0);
}
