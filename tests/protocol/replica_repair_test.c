#include "protocol/replica_inside.h"
#include "tests/protocol/replica_story.h"

#include <stdlib.h>

/* What comparing costs, what forks and floods cost, and what is said of who leaves others without.
 */

TestSuite(replica_repair, .init = story_begins, .fini = story_ends);

/* --- Cheap --- */

Test(replica_repair, of_nothing_costs_two_hellos)
{
    for (unsigned i = 0; i < 100; i++)
        node_offers(york, node_says(leeds, "The same."));
    linked(york, leeds);
    uint64_t letters = county_letters(county), bytes = county_bytes(county);
    node_sync(york);
    county_settle(county);
    cr_expect_eq(county_letters(county) - letters, 2);
    cr_expect_lt(county_bytes(county) - bytes, 200);
}

/* --- Forks --- */

#define BRANCH 100 /* Records on each side of a fork. */

/* Both have the first branch, of 2 BRANCH records; york's author went another way in the middle of
 * it. */
static void fork_in_the_middle(void)
{
    struct record *root = NULL;

    county_be_quiet(county);
    for (unsigned i = 0; i < 2 * BRANCH; i++) {
        node_offers(york, node_says(leeds, "Both have this."));
        if (i == BRANCH - 1)
            root = leeds->last;
    }
    leeds->last = root;
    for (unsigned i = 0; i < BRANCH; i++)
        node_says(leeds, "York has not.");
}

Test(replica_repair, of_a_fork_sends_at_most_twice_what_is_missing)
{
    fork_in_the_middle();
    uint64_t known = node_counts(york).known;
    county_dial(york, leeds);
    county_settle(county);
    cr_expect_eq(node_counts(york).in_set, 3 * BRANCH);
    cr_expect_eq(node_counts(york).forks, 1);
    cr_expect_leq(node_counts(york).known - known, BRANCH);
    cr_expect(node_report(york, leeds).in_sync);
}

static uint64_t lapses(const struct node *node, const struct node *peer, enum lapse lapse)
{
    return node_report(node, peer).lapses[lapse].count;
}

/* --- Budget --- */

Test(replica_repair, goes_as_far_as_the_budget_of_a_feed_and_on_when_its_day_has_come)
{
    struct feed delayed;

    /* By York's clock the network begins today, and so do the records. */
    york->clock_off_ms = -30 * DAY_MS;
    node_crash(york);
    node_start(york);
    county_be_quiet(county);
    for (unsigned i = 0; i < FEED_BUDGET + 10; i++)
        node_offers(leeds, node_writes_at(leeds, "One of very many.", COUNTY_MS - 30 * DAY_MS));
    cr_expect_eq(node_counts(leeds).in_set, FEED_BUDGET + 10, "one's own has no budget");
    county_dial(york, leeds);
    county_settle(county);
    cr_expect_eq(node_counts(york).in_set, FEED_BUDGET);
    cr_assert_eq(replica_delayed(york->replica, COUNTY_MS - 30 * DAY_MS, &delayed, 1), 1);
    cr_expect(feed_equal(&delayed, &leeds->feed));

    node_offers(york, leeds->last);
    cr_expect_eq(node_standing(york, leeds->last), STANDING_UNKNOWN);
    cr_expect_eq(node_counts(york).delayed, 1);
    cr_expect_eq(lapses(leeds, york, LAPSE_NOT_TAKEN), 0, "told once, it may be on its way");
    county_pass(county, 2 * PERIOD_MS);
    cr_expect_eq(lapses(leeds, york, LAPSE_NOT_TAKEN), 1);

    county_pass(county, DAY_MS);
    cr_expect_eq(node_counts(york).in_set, FEED_BUDGET + 10);
    cr_expect_eq(replica_delayed(york->replica, county_now(county) - 30 * DAY_MS, &delayed, 1), 0);
    cr_expect_eq(lapses(leeds, york, LAPSE_NOT_TAKEN), 0);
}

/* --- What peers leave us without --- */

/* Leeds says that it has a record that it does not send. */
static void tells_of(struct node *from, struct node *to, const struct record *record)
{
    const struct author *author = &record_header(record)->author;
    struct tip tip = {author->feed, author->seq, *record_id(record)};
    struct buffer frame = {0};

    tips_write(&tip, 1, false, &frame);
    county_send(from, to, buffer_view(&frame));
    county_settle(county);
    buffer_release(&frame);
}

Test(replica_repair, notes_who_does_not_send_what_it_said_that_it_has)
{
    linked(york, leeds);
    struct record *record = node_writes(hull, "Withheld.");
    tells_of(leeds, york, record);
    cr_expect_eq(lapses(york, leeds, LAPSE_NOT_SENT), 0);
    county_pass(county, QUIET_MS);
    cr_assert_eq(lapses(york, leeds, LAPSE_NOT_SENT), 1);
    struct peer_report report = node_report(york, leeds);
    cr_expect(digest_equal(&report.lapses[LAPSE_NOT_SENT].ids[0], record_id(record)));

    /* It came after all, from another. */
    node_offers(york, record);
    county_pass(county, 4 * PERIOD_MS);
    cr_expect_eq(lapses(york, leeds, LAPSE_NOT_SENT), 0);
}

/* --- What came while it was compared --- */

/* Each has one record that the other has not; York greets, and both hear the other's live before
 * York's hello is answered, or before that of Leeds arrives. */
static void hear_of_each_other_while_they_compare(void)
{
    linked(york, leeds);
    county_weather(county)->lose_live = county_weather(county)->lose_truth = 100;
    node_says(leeds, "One.");
    node_says(york, "Two.");
    county_weather(county)->lose_live = county_weather(county)->lose_truth = 0;
    node_sync(york);
    county_say_live(leeds, york, leeds->last);
    county_say_live(york, leeds, york->last);
    county_settle(county);
}

Test(replica_repair, looks_again_where_what_differed_came_meanwhile)
{
    hear_of_each_other_while_they_compare();
    cr_expect(!node_report(york, leeds).in_sync);
    cr_expect(!node_report(leeds, york).in_sync);
    cr_expect_eq(node_counts(york).in_set, 2);
    cr_expect_eq(node_counts(leeds).in_set, 2);
    uint64_t letters = county_letters(county);
    county_pass(county, LOOK_AGAIN_MS);
    cr_expect(node_report(york, leeds).in_sync);
    cr_expect(node_report(leeds, york).in_sync);
    cr_expect_eq(county_letters(county) - letters, 2, "a hello and its answer");
    county_pass(county, PERIOD_MS / 2);
    cr_expect_eq(county_letters(county) - letters, 2, "and then no more");
}

/* York has by its answer what Leeds has, but Leeds heard a hello that was older. */
Test(replica_repair, looks_again_where_only_the_other_saw_a_difference)
{
    linked(york, leeds);
    county_weather(county)->lose_live = 100;
    node_says(leeds, "One.");
    county_weather(county)->lose_live = 0;
    node_sync(york);
    county_say_live(leeds, york, leeds->last);
    county_settle(county);
    cr_expect(node_report(york, leeds).in_sync);
    cr_expect(!node_report(leeds, york).in_sync);
    county_pass(county, LOOK_AGAIN_MS);
    cr_expect(node_report(york, leeds).in_sync);
    cr_expect(node_report(leeds, york).in_sync);
}

static unsigned times_greeted(const char *notes)
{
    unsigned times = 0;

    for (; (notes = strstr(notes, "york hello leeds\n")) != NULL; notes++)
        times++;
    return times;
}

/* Leeds cannot take in York's record, for its clock is behind by more than is allowed. */
Test(replica_repair, looks_again_less_and_less_where_a_difference_stays)
{
    leeds->clock_off_ms = -DAY_MS;
    node_crash(leeds);
    node_start(leeds);
    linked(york, leeds);
    node_says(york, "Of tomorrow.");
    node_sync(york);
    county_settle(county);
    cr_expect_eq(node_counts(leeds).in_set, 0);
    cr_expect(!node_report(york, leeds).in_sync);
    county_notes(county);
    county_pass(county, PERIOD_MS / 2);
    unsigned times = times_greeted(county_notes(county));
    cr_expect(times >= 3 && times <= 4, "%u", times);

    county_pass(county, 2 * PERIOD_MS);
    county_notes(county);
    county_pass(county, 20 * PERIOD_MS);
    times = times_greeted(county_notes(county));
    cr_expect_leq(times, 27, "%u: once a period, as without", times);
}

/* Or a peer could have us greet it without end. */
Test(replica_repair, looks_again_now_and_then_at_a_peer_that_says_what_differs_and_equals_in_turn)
{
    struct digest charter = charter_digest(replica_charter(york->replica));
    uint64_t shorts[SET_BUCKETS + 1] = {0};
    struct buffer frame = {0};

    linked(york, leeds);
    county_notes(county);
    buckets_write(&charter, &(struct short_salt){{1}}, shorts, &frame);
    for (unsigned i = 0; i < 100; i++) {
        county_send(leeds, york, buffer_view(&frame));
        county_pass(county, 100);
    }
    cr_expect_leq(times_greeted(county_notes(county)), 10000 / LOOK_AGAIN_MS);
    buffer_release(&frame);
}

/* --- May we sign? --- */

static enum signing may_sign(const struct node *node)
{
    return replica_may_sign(node->replica, &node->feed, county_now(county) + node->clock_off_ms);
}

Test(replica_repair, lets_nobody_sign_before_its_peers_said_what_they_have_of_it)
{
    node_says(leeds, "One.");
    node_offers(york, leeds->last);
    node_crash(leeds);
    node_start(leeds);
    cr_expect_eq(may_sign(leeds), SIGNING_ASKING);
    county_dial(leeds, york);
    county_settle(county);
    cr_expect_eq(may_sign(leeds), SIGNING_GOOD);
}

Test(replica_repair, lets_one_sign_that_nobody_answers_but_not_from_a_backup)
{
    node_crash(leeds);
    node_start(leeds);
    leeds->restored = true;
    cr_expect_eq(may_sign(leeds), SIGNING_ASKING);
    county_pass(county, OWN_HEAD_MS);
    cr_expect_eq(may_sign(leeds), SIGNING_GOOD);

    node_crash(leeds);
    node_start(leeds);
    county_pass(county, 100 * OWN_HEAD_MS);
    cr_expect_eq(may_sign(leeds), SIGNING_ASKING);
}

/* Who says without being asked that it has nothing has not been compared with. */
Test(replica_repair, lets_nobody_sign_after_tips_that_nothing_asked_for)
{
    struct buffer frame = {0};

    node_says(leeds, "One.");
    node_says(york, "Two.");
    node_crash(leeds);
    node_start(leeds);
    county_dial(york, leeds);
    york->mute = true;
    county_settle(county);
    york->mute = false;
    tips_write(NULL, 0, false, &frame);
    county_send_as_is(york, leeds, false, buffer_view(&frame));
    cr_expect_eq(may_sign(leeds), SIGNING_ASKING);
    buffer_release(&frame);
}

/* What the backup lacks comes before anything is signed. */
Test(replica_repair, brings_a_restored_node_what_it_wrote_since)
{
    node_says(leeds, "In the backup.");
    struct record *after = node_writes(leeds, "Not in it.");
    node_offers(york, leeds->kept[0].record);
    node_offers(york, after);
    leeds->restored = true;
    node_crash(leeds);
    node_start(leeds);
    county_dial(leeds, york);
    cr_expect_eq(may_sign(leeds), SIGNING_ASKING);
    county_settle(county);
    cr_expect_eq(may_sign(leeds), SIGNING_GOOD);
    cr_expect_eq(node_standing(leeds, after), STANDING_IN);
}

Test(replica_repair, lets_nobody_sign_whose_clock_is_off)
{
    linked(leeds, york);
    linked(leeds, hull);
    leeds->clock_off_ms = CLOCK_OFF_MS + 1000;
    node_crash(leeds);
    node_start(leeds);
    linked(leeds, york);
    linked(leeds, hull);
    cr_expect_eq(may_sign(leeds), SIGNING_CLOCK);
    cr_expect_eq(replica_clock_off(leeds->replica), -(CLOCK_OFF_MS + 1000));
}

Test(replica_repair, lets_nobody_sign_on_two_branches)
{
    node_says(leeds, "One.");
    node_offers(leeds, node_writes_after(leeds, NULL, "Another one."));
    cr_expect_eq(may_sign(leeds), SIGNING_FORKED);
}

Test(replica_repair, lets_nobody_sign_on_a_feed_that_is_closed)
{
    struct buffer bundle = {0};

    node_says(leeds, "One.");
    county_halt(leeds, leeds->last, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    cr_expect_eq(may_sign(leeds), SIGNING_CLOSED);
    buffer_release(&bundle);
}

/* --- Hostile --- */

/* Tips of records that nobody has, as many as fit, again and again: what is asked for and kept in
 * memory stays within its bounds, and what an honest peer has comes all the same. */
Test(replica_repair, outlasts_a_peer_that_lies_about_what_it_has)
{
    struct tip tips[TIPS_MAX];
    struct buffer frame = {0};

    linked(york, leeds);
    linked(york, hull);
    county_be_quiet(county);
    for (uint64_t round = 0; round < 20; round++) {
        for (uint64_t i = 0; i < TIPS_MAX; i++) {
            uint64_t lot[2] = {round, i};
            tips[i] =
                (struct tip){hull->feed, 1000 + i, digest_of("county tests: lie", lot, sizeof lot)};
        }
        buffer_clear(&frame);
        tips_write(tips, TIPS_MAX, round % 2 == 0, &frame);
        county_send(leeds, york, buffer_view(&frame));
        county_settle(county);
        cr_expect_leq(york->replica->want_count, 2 * WANTS_MAX);
    }
    struct record *record = node_writes(hull, "True.");
    county_weather(county)->lose_live = 100;
    node_offers(hull, record);
    county_settle(county);
    node_sync(york);
    county_settle(county);
    cr_expect_eq(node_standing(york, record), STANDING_IN);
    county_pass(county, 20 * PERIOD_MS);
    cr_expect_eq(york->replica->want_count, 0, "it gives up");
    buffer_release(&frame);
}

/* A sketch of as many lines as fit, of which none is ours, and a `which` that names them all. */
Test(replica_repair, outlasts_a_peer_that_lies_about_its_lines)
{
    static struct line lines[LINES_MAX];
    struct short_salt salt = {{1}};
    struct digest charter = charter_digest(replica_charter(york->replica));
    struct buckets buckets;
    struct buffer frame = {0};
    uint8_t bits[LINES_MAX / 8];

    memset(&buckets, 0xff, sizeof buckets.bits - 1);
    buckets.bits[sizeof buckets.bits - 1] = 1;
    for (size_t i = 0; i < LINES_MAX; i++)
        lines[i].short_digest = i;
    memset(bits, 0xff, sizeof bits);
    node_says(york, "One.");
    linked(leeds, york);
    county_notes(county);
    sketch_write(&charter, &salt, &buckets, lines, LINES_MAX, &frame);
    county_send(leeds, york, buffer_view(&frame));
    buffer_clear(&frame);
    which_write(bytes_of(bits, sizeof bits), &frame);
    county_send(leeds, york, buffer_view(&frame));
    county_settle(county);
    SAID("");
    buffer_release(&frame);
}
