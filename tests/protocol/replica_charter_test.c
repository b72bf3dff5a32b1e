#include "protocol/replica_inside.h"
#include "protocol/set_inside.h"
#include "tests/protocol/replica_story.h"

/* How charters get around, and what becomes of records then. */

static struct node *bath; /* Not a member. */
static struct buffer bundle;

static void begin(void)
{
    story_begins();
    bath = county_node(county, "bath", true);
    node_start(bath);
}

static void end(void)
{
    buffer_release(&bundle);
    story_ends();
}

TestSuite(replica_charter, .init = begin, .fini = end);

static size_t heads_of(const struct node *node)
{
    return charter_heads(replica_charter(node->replica));
}

static bool is_active(const struct node *node, const struct node *member)
{
    return charter_member(replica_charter(node->replica), &member->feed.authority)->status ==
           MEMBER_ACTIVE;
}

static bool knows(const struct node *node, const struct node *member)
{
    return charter_member(replica_charter(node->replica), &member->feed.authority) != NULL;
}

Test(replica_charter, reaches_everybody_from_one)
{
    linked(york, leeds);
    linked(hull, york);
    county_admit(leeds, bath, leeds, york, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    county_settle(county);
    SAID("leeds keeps the charter\n"
         "leeds hello york\n"
         "york answers leeds\n"
         "york buckets leeds\n"
         "leeds charter york\n"
         "leeds sketch york\n"
         "york keeps the charter\n"
         "york hello leeds\n"
         "york hello hull\n"
         "york tells leeds: nothing\n"
         "leeds answers york\n"
         "hull answers york\n"
         "hull buckets york\n"
         "york charter hull\n"
         "york sketch hull\n"
         "hull keeps the charter\n"
         "hull hello york\n"
         "hull tells york: nothing\n"
         "york answers hull\n");
    cr_expect(knows(york, bath) && knows(hull, bath));
}

Test(replica_charter, is_not_told_of_before_it_is_stored)
{
    linked(york, leeds);
    leeds->disk_hangs = true;
    county_admit(leeds, bath, leeds, york, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    county_settle(county);
    SAID("leeds keeps the charter\n");
}

Test(replica_charter, is_kept_over_a_restart)
{
    county_admit(leeds, bath, leeds, york, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    node_crash(leeds);
    node_start(leeds);
    cr_expect(knows(leeds, bath));
}

Test(replica_charter, admits_what_a_stranger_wrote_before)
{
    linked(york, leeds);
    linked(hull, york);
    node_offers(york, node_writes(bath, "We are no members yet."));
    county_settle(county);
    SAID("york sets aside bath#1\n");

    county_admit(leeds, bath, leeds, york, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    county_settle(county);
    SAID("leeds keeps the charter\n"
         "leeds hello york\n"
         "york answers leeds\n"
         "york buckets leeds\n"
         "leeds charter york\n"
         "leeds sketch york\n"
         "york keeps the charter\n"
         "york takes in bath#1\n"
         "york publishes bath#1\n"
         "york sends leeds bath#1\n"
         "york hello leeds\n"
         "york hello hull\n"
         "york tells leeds: nothing\n"
         "hull sets aside bath#1\n"
         "leeds keeps bath#1\n"
         "leeds publishes bath#1\n"
         "leeds answers york\n"
         "leeds fetches bath#1 of york\n"
         "hull answers york\n"
         "hull buckets york\n"
         "york fetches bath#1 of leeds\n"
         "york sends leeds nothing\n"
         "york charter hull\n"
         "york sketch hull\n"
         "leeds sends york nothing\n"
         "hull keeps the charter\n"
         "hull takes in bath#1\n"
         "hull publishes bath#1\n"
         "hull sends york bath#1\n"
         "hull hello york\n"
         "hull tells york: nothing\n"
         "york answers hull\n"
         "hull fetches bath#1 of york\n"
         "york sends hull nothing\n");
}

Test(replica_charter, is_asked_for_when_a_stranger_is_heard)
{
    linked(york, leeds);
    county_admit(leeds, bath, leeds, york, &bundle);
    county_weather(county)->lose_truth = 100;
    node_takes_charter(leeds, buffer_view(&bundle));
    county_weather(county)->lose_truth = 0;
    county_pass(county, 10000);
    county_notes(county);

    node_offers(leeds, node_writes(bath, "Members at last."));
    node_offers(leeds, node_writes(bath, "And a second one."));
    county_settle(county);
    SAID("leeds keeps bath#1\n"
         "leeds publishes bath#1\n"
         "leeds keeps bath#2\n"
         "leeds publishes bath#2\n"
         "york sets aside bath#1\n"
         "york hello leeds\n"
         "york sets aside bath#2\n"
         "leeds answers york\n"
         "leeds buckets york\n"
         "york charter leeds\n"
         "york sketch leeds\n"
         "leeds charter york\n"
         "leeds tells york: bath#2\n"
         "york keeps the charter\n"
         "york takes in bath#1\n"
         "york takes in bath#2\n"
         "york publishes bath#1\n"
         "york publishes bath#2\n"
         "york sends leeds bath#1 bath#2\n"
         "york hello leeds\n"
         "york fetches bath#1 of leeds\n"
         "york fetches bath#2 of leeds\n"
         "leeds answers york\n"
         "leeds sends york bath#1 bath#2\n"
         "york keeps the body of bath#1\n"
         "york keeps the body of bath#2\n");
    cr_expect_eq(node_standing(york, bath->last), STANDING_IN);
}

Test(replica_charter, is_given_to_a_newcomer_that_has_none)
{
    county_admit(leeds, bath, leeds, york, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    node_says(leeds, "One.");
    county_notes(county);

    county_dial(bath, leeds);
    county_settle(county);
    SAID("bath hello leeds\n"
         "leeds answers bath\n"
         "leeds buckets bath\n"
         "bath sketch leeds\n"
         "leeds charter bath\n"
         "leeds tells bath: leeds#1\n"
         "bath keeps the charter\n"
         "bath hello leeds\n"
         "bath wants leeds#1 after 0 of leeds\n"
         "leeds answers bath\n"
         "leeds buckets bath\n"
         "leeds sends bath leeds#1\n"
         "bath sketch leeds\n"
         "bath keeps leeds#1\n"
         "bath publishes leeds#1\n"
         "bath hello leeds\n"
         "leeds tells bath: leeds#1\n"
         "leeds answers bath\n");
}

Test(replica_charter, of_rivals_counts_together)
{
    struct node *derby = county_node(county, "derby", true);
    struct buffer rival = {0};

    node_start(derby);
    county_admit(leeds, bath, leeds, york, &bundle);
    county_admit(hull, derby, york, hull, &rival);
    node_takes_charter(leeds, buffer_view(&bundle));
    node_takes_charter(hull, buffer_view(&rival));
    linked(leeds, hull);
    cr_expect_eq(heads_of(leeds), 2);
    cr_expect_eq(heads_of(hull), 2);
    cr_expect(knows(leeds, derby) && knows(hull, bath));
    cr_expect(node_report(leeds, hull).in_sync);

    node_offers(hull, node_writes(bath, "For the one, a stranger."));
    node_offers(leeds, node_writes(derby, "For the other, one."));
    county_settle(county);
    SAID("hull keeps bath#1\n"
         "hull publishes bath#1\n"
         "leeds keeps derby#1\n"
         "leeds publishes derby#1\n"
         "leeds sends hull derby#1\n"
         "leeds keeps bath#1\n"
         "leeds publishes bath#1\n"
         "hull keeps derby#1\n"
         "hull publishes derby#1\n");
    buffer_release(&rival);
}

Test(replica_charter, cuts_a_feed_for_good)
{
    linked(leeds, york);
    struct record *last = node_says(hub, "Within.");
    node_offers(leeds, last);
    node_offers(leeds, node_writes(hub, "Beyond."));
    county_settle(county);
    county_notes(county);

    county_remove(york, hub, last, leeds, york, &bundle);
    node_takes_charter(york, buffer_view(&bundle));
    county_settle(county);
    SAID("york keeps the charter\n"
         "york puts out hub#2\n"
         "york hello leeds\n"
         "leeds answers york\n"
         "leeds buckets york\n"
         "york charter leeds\n"
         "york sketch leeds\n"
         "leeds keeps the charter\n"
         "leeds puts out hub#2\n"
         "leeds hello york\n"
         "leeds tells york: nothing\n"
         "york answers leeds\n");
    cr_expect(node_report(leeds, york).in_sync);

    node_offers(york, node_writes(hub, "Far beyond."));
    county_settle(county);
    SAID("york sets aside hub#3\n");
}

/* Everybody is linked with the hub alone: it is by it that they must hear that it is out. */
Test(replica_charter, that_puts_out_the_only_hub_reaches_everybody_by_it)
{
    county_guard_doors(county);
    linked(leeds, hub);
    linked(york, hub);
    linked(hub, hull);
    county_remove(leeds, hub, NULL, leeds, york, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    county_pass(county, 5000);
    cr_expect(!is_active(hub, hub));
    cr_expect(!is_active(york, hub) && !is_active(hull, hub));
    county_pass(county, 10000);
    cr_expect(!county_are_linked(leeds, hub));
    cr_expect(!county_are_linked(york, hub) && !county_are_linked(hull, hub));
}

/* Or who is put out could stay for as long as it has others take in something new. */
Test(replica_charter, that_puts_somebody_out_does_so_though_it_is_not_stored_yet)
{
    county_guard_doors(county);
    linked(leeds, york);
    linked(leeds, hub);
    county_remove(leeds, hub, NULL, leeds, york, &bundle);
    leeds->disk_hangs = true;
    node_takes_charter(leeds, buffer_view(&bundle));
    county_pass(county, 5000);
    cr_expect(county_are_linked(leeds, hub));
    county_pass(county, 10000);
    cr_expect(!county_are_linked(leeds, hub));
    cr_expect(county_are_linked(leeds, york));
}

Test(replica_charter, that_puts_out_nobody_is_acted_on_at_once)
{
    county_guard_doors(county);
    linked(leeds, york);
    linked(leeds, bath);
    cr_expect(county_are_linked(leeds, bath)); /* Nobody has asked. */
    county_remove(leeds, hub, NULL, leeds, york, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    cr_expect(county_are_linked(leeds, york));
    cr_expect(!county_are_linked(leeds, bath));
}

Test(replica_charter, halts_a_feed_at_once)
{
    linked(leeds, york);
    struct record *last = node_says(hub, "Mine.");
    node_offers(leeds, last);
    node_offers(leeds, node_writes(hub, "A thief's."));
    county_settle(county);
    county_notes(county);

    county_halt(hub, last, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    county_settle(county);
    SAID("leeds keeps the charter\n"
         "leeds puts out hub#2\n"
         "leeds hello york\n"
         "york answers leeds\n"
         "york buckets leeds\n"
         "leeds charter york\n"
         "leeds sketch york\n"
         "york keeps the charter\n"
         "york puts out hub#2\n"
         "york hello leeds\n"
         "york tells leeds: nothing\n"
         "leeds answers york\n");
    cr_expect(node_report(leeds, york).in_sync);
}

/* Two rival charters cut hub at two branches. Neither branch is in the set beyond their common
 * root, and still everybody needs both, for what they name decides. */
Test(replica_charter, that_cuts_branches_makes_nodes_ask_for_them)
{
    struct record *root = node_writes(hub, "Root.");
    struct record *left = node_writes_after(hub, root, "Left.");
    struct record *right = node_writes_after(hub, root, "Right.");
    struct buffer rival = {0};

    county_names(county, right, "hub#2b");
    node_offers(leeds, root);
    node_offers(leeds, left);
    node_offers(leeds, right);
    county_remove(leeds, hub, left, leeds, york, &bundle);
    county_remove(york, hub, right, york, hull, &rival);
    node_takes_charter(leeds, buffer_view(&bundle));
    node_takes_charter(leeds, buffer_view(&rival));
    cr_expect_eq(node_standing(leeds, root), STANDING_IN);
    cr_expect_eq(node_standing(leeds, right), STANDING_ASIDE);
    county_notes(county);

    county_dial(york, leeds);
    county_settle(county);
    cr_expect_eq(node_standing(york, left), STANDING_ASIDE);
    cr_expect_eq(node_standing(york, right), STANDING_ASIDE);
    SAID("york hello leeds\n"
         "leeds answers york\n"
         "leeds buckets york\n"
         "york charter leeds\n"
         "york sketch leeds\n"
         "leeds charter york\n"
         "leeds tells york: hub#1\n"
         "york keeps the charter\n"
         "york hello leeds\n"
         "york wants hub#1 after 0 of leeds\n"
         "leeds answers york\n"
         "leeds buckets york\n"
         "leeds sends york hub#1\n"
         "york sketch leeds\n"
         "york keeps hub#1\n"
         "york wants hub#2 after 1 of leeds\n"
         "york publishes hub#1\n"
         "leeds tells york: hub#1\n"
         "leeds sends york hub#2\n"
         "york sets aside hub#2\n"
         "york wants hub#2b after 1 of leeds\n"
         "leeds sends york hub#2b\n"
         "york sets aside hub#2b\n"
         "york hello leeds\n"
         "leeds answers york\n");
    buffer_release(&rival);
}

/* --- The chain of a cut in pieces --- */

/* Hub's records, of which none is signed but the last, which all nodes know to be where its feed
 * ends: so the others count nowhere before they lead to that one. */
#define PIECES 6
static struct record *hubs[PIECES];

static void hub_is_closed_with_its_last(void)
{
    for (unsigned i = 0; i < PIECES - 1; i++)
        hub->last = hubs[i] = county_forges(county, node_writes(hub, "By another, perhaps."));
    hubs[PIECES - 1] = node_writes(hub, "The last.");
    county_remove(leeds, hub, hubs[PIECES - 1], leeds, york, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    node_takes_charter(york, buffer_view(&bundle));
    node_takes_charter(hull, buffer_view(&bundle));
}

static void has(struct node *node, unsigned first, unsigned last)
{
    for (unsigned i = first; i <= last; i++)
        node_offers(node, hubs[i - 1]);
}

static bool has_all_in(const struct node *node)
{
    for (unsigned i = 0; i < PIECES; i++)
        if (node_standing(node, hubs[i]) != STANDING_IN)
            return false;
    return true;
}

Test(replica_charter, cuts_a_feed_where_two_have_the_chain_together)
{
    hub_is_closed_with_its_last();
    has(leeds, 4, 6);
    has(york, 1, 3);
    county_notes(county);
    county_dial(york, leeds);
    county_pass(county, PERIOD_MS / 2);
    cr_expect(has_all_in(leeds));
    cr_expect(has_all_in(york));
    cr_expect(node_report(york, leeds).in_sync && node_report(leeds, york).in_sync);
    cr_expect_eq(node_report(york, leeds).refused[REFUSED_SIGNATURE], 0, "whatever their proofs");
    cr_expect_eq(node_report(leeds, york).refused[REFUSED_SIGNATURE], 0);
}

static void expect_all_in_a_row_have_it(void)
{
    linked(leeds, york);
    linked(york, hull);
    county_pass(county, 10 * PERIOD_MS);
    cr_expect(has_all_in(leeds));
    cr_expect(has_all_in(york));
    cr_expect(has_all_in(hull));
}

Test(replica_charter, cuts_a_feed_where_three_in_a_row_have_the_chain_together)
{
    hub_is_closed_with_its_last();
    has(leeds, 5, 6);
    has(york, 3, 4);
    has(hull, 1, 2);
    expect_all_in_a_row_have_it();
}

/* Whoever is between them has none of it, and its room for what is undecided is full. */
Test(replica_charter, cuts_a_feed_across_who_has_nothing_of_its_chain_and_no_room)
{
    hub_is_closed_with_its_last();
    has(leeds, 4, 6);
    has(hull, 1, 3);
    node_crash(york);
    node_start(york);
    set_limit(replica_set(york->replica), RUN_MAX, 0, 0);
    expect_all_in_a_row_have_it();
}

/* What is asked for in vain is asked for a few times with each comparison, and no more. */
Test(replica_charter, asks_now_and_then_for_the_chain_of_a_cut_that_nobody_has)
{
    hub_is_closed_with_its_last();
    has(leeds, 4, 6);
    linked(york, leeds);
    county_pass(county, PERIOD_MS);
    cr_expect_eq(node_standing(york, hubs[3]), STANDING_ASIDE, "as far as it is anywhere");
    uint64_t letters = county_letters(county);
    county_pass(county, 10 * PERIOD_MS);
    cr_expect_leq(county_letters(county) - letters, 110, "%u",
                  (unsigned)(county_letters(county) - letters));
    cr_expect_eq(node_report(york, leeds).lapses[LAPSE_NOT_SENT].count, 0, "it never said it has");
}

/* A branch beside the chain is nobody's to ask for. */
Test(replica_charter, that_cuts_a_feed_has_nothing_sent_but_the_chain)
{
    struct want want = {.until = 5};
    struct buffer frame = {0};

    hub_is_closed_with_its_last();
    has(leeds, 4, 6);
    struct record *beside = node_writes_after(hub, hubs[3], "Beside.");
    node_offers(leeds, beside);
    linked(york, leeds);
    want.tip = *record_id(beside);
    want_write(&want, 1, &frame);
    county_send(york, leeds, buffer_view(&frame));
    county_settle(county);
    SAID("leeds sends york nothing\n");
    buffer_release(&frame);
}

Test(replica_charter, of_newer_rules_sets_everything_aside)
{
    linked(leeds, york);
    struct record *record = node_says(leeds, "One.");
    county_settle(county);
    county_upgrade(york, leeds, york, &bundle);
    county_notes(county);

    node_takes_charter(york, buffer_view(&bundle));
    county_settle(county);
    SAID("york keeps the charter\n"
         "york puts out leeds#1\n"
         "york hello leeds\n"
         "leeds answers york\n"
         "leeds buckets york\n"
         "york charter leeds\n"
         "york sketch leeds\n"
         "leeds keeps the charter\n"
         "leeds puts out leeds#1\n"
         "leeds hello york\n"
         "leeds tells york: nothing\n"
         "york answers leeds\n");
    cr_expect(charter_needs_upgrade(replica_charter(leeds->replica)));
    cr_expect_eq(node_standing(leeds, record), STANDING_ASIDE);
    node_says(leeds, "Two.");
    county_settle(county);
    SAID("leeds sets aside leeds#2\n");
}

/* Who disappoints the hope that it has the chain of a cut is passed over for a period, however
 * often it asks to be compared with: here at once when it may be asked again. */
Test(replica_charter, hopes_are_not_all_put_in_one_peer)
{
    struct buffer empty = {0};
    struct tip none[1];

    hub_is_closed_with_its_last();
    has(leeds, 4, 6);
    has(york, 1, 3);
    county_settle(county);
    linked(york, hull);
    tips_write(none, 0, false, &empty);
    county_send(hull, york, buffer_view(&empty));
    county_settle(county);
    linked(york, leeds);
    for (int64_t ms = 0; ms < 5 * PERIOD_MS && !has_all_in(york); ms += 10) {
        county_pass(county, 10);
        if (york->replica->want_count == 0)
            county_send(hull, york, buffer_view(&empty));
    }
    cr_expect(has_all_in(york));
    buffer_release(&empty);
}

Test(replica_charter, that_is_nonsense_is_counted)
{
    struct buffer frame = {0};

    linked(leeds, york);
    charter_message_write(bytes_of_text("no charter"), &frame);
    county_send(leeds, york, buffer_view(&frame));
    county_settle(county);
    SAID("");
    cr_expect_eq(node_report(york, leeds).refused[REFUSED_MALFORMED], 1);
    buffer_release(&frame);
}
