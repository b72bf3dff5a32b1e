#include "protocol/replica_inside.h"
#include "protocol/set_inside.h"
#include "protocol/writer.h"
#include "tests/protocol/replica_story.h"

#include <stdio.h>
#include <stdlib.h>

/* What does not count, or not yet; and what is not even taken. */

TestSuite(replica_door, .init = story_begins, .fini = story_ends);

#define MINUTE_MS INT64_C(60000)
#define YEAR_MS (365 * 24 * 60 * MINUTE_MS)

/* --- Time --- */

Test(replica_door, lets_a_record_wait_whose_clock_is_11_minutes_ahead)
{
    linked(leeds, york);
    struct record *record =
        node_writes_at(york, "From the future.", county_now(county) + 11 * MINUTE_MS);
    county_say_live(york, leeds, record);
    county_settle(county);
    SAID("leeds sets aside york#1\n");
    cr_expect_eq(node_counts(leeds).waiting, 1);

    county_be_quiet(county);
    county_pass(county, MINUTE_MS - 1);
    cr_expect_eq(node_standing(leeds, record), STANDING_WAITING);
    county_pass(county, 1);
    cr_expect_eq(node_standing(leeds, record), STANDING_IN);
    county_pass(county, 2 * PERIOD_MS);
    cr_expect_eq(node_standing(york, record), STANDING_IN, "it was told of when its time came");
}

Test(replica_door, lets_a_record_wait_over_a_restart)
{
    struct record *record =
        node_writes_at(leeds, "From the future.", county_now(county) + 11 * MINUTE_MS);
    node_offers(leeds, record);
    node_crash(leeds);
    county_pass(county, 2 * MINUTE_MS);
    node_start(leeds);
    SAID("leeds sets aside leeds#1\n"
         "leeds takes in leeds#1\n"
         "leeds publishes leeds#1\n");
    cr_expect(node_kept(leeds, record)->in);
}

Test(replica_door, lets_a_record_wait_whose_clock_is_10_years_ahead)
{
    struct record *record = node_writes_at(leeds, "Far.", county_now(county) + 10 * YEAR_MS);

    node_offers(leeds, record);
    cr_expect_eq(node_standing(leeds, record), STANDING_WAITING);
    node_offers(leeds, node_writes(leeds, "It goes on from what waits."));
    cr_expect_eq(node_counts(leeds).in_set, 0);
    cr_expect_eq(node_counts(leeds).refused[REFUSED_SIGNATURE], 0);
}

Test(replica_door, asks_nobody_for_what_waits_here)
{
    hull->clock_off_ms = 5 * MINUTE_MS;
    node_crash(hull);
    node_start(hull);
    struct record *record = node_writes_at(hull, "Early.", county_now(county) + 14 * MINUTE_MS);
    node_offers(hull, record);
    node_offers(leeds, record);
    county_notes(county);
    county_dial(leeds, hull);
    county_settle(county);
    SAID("leeds hello hull\n"
         "hull answers leeds\n"
         "hull buckets leeds\n"
         "leeds sketch hull\n"
         "hull tells leeds: hull#1\n");
    cr_expect_eq(node_report(leeds, hull).clock_off_ms, 5 * MINUTE_MS);
}

/* --- Signatures --- */

Test(replica_door, counts_a_record_with_a_wrong_signature_and_sets_it_aside)
{
    linked(leeds, york);
    struct record *forged = county_forges(county, node_writes(york, "Not signed by York."));

    county_say_live(york, leeds, forged);
    county_settle(county);
    SAID("leeds sets aside forged\n");
    cr_expect_eq(node_report(leeds, york).refused[REFUSED_SIGNATURE], 1);
    cr_expect_eq(node_counts(leeds).refused[REFUSED_SIGNATURE], 1);
}

Test(replica_door, asks_for_no_gap_before_a_forged_record)
{
    linked(leeds, york);
    node_writes(york, "One.");
    county_say_live(york, leeds, county_forges(county, node_writes(york, "Two.")));
    county_settle(county);
    SAID("leeds sets aside forged\n");
}

Test(replica_door, keeps_both_of_two_records_with_one_number)
{
    linked(leeds, york);
    struct record *first = node_says(york, "The first.");
    struct record *second = node_writes_after(york, NULL, "Another first.");

    county_names(county, second, "york#1b");
    node_offers(york, second);
    county_settle(county);
    SAID("york keeps york#1\n"
         "york publishes york#1\n"
         "york keeps york#1b\n"
         "york publishes york#1b\n"
         "leeds keeps york#1\n"
         "leeds publishes york#1\n"
         "leeds keeps york#1b\n"
         "leeds publishes york#1b\n");
    cr_expect_eq(node_standing(leeds, first), STANDING_IN);
    cr_expect_eq(node_standing(leeds, second), STANDING_IN);
    cr_expect_eq(node_counts(leeds).forks, 1);
}

/* A fork is found by what hangs on a record that is not here, and there is no room for that. */
Test(replica_door, lets_a_branch_in_while_there_is_no_room)
{
    struct record *first = node_writes(hull, "One.");
    struct record *branch = node_writes_after(hull, first, "Two, told to York.");
    node_offers(york, first);
    node_offers(york, branch);
    node_offers(leeds, first);
    for (unsigned i = 0; i < 6; i++)
        node_offers(leeds, hull->last = node_writes_after(hull, i == 0 ? first : hull->last,
                                                          "Told to Leeds."));
    replica_set(york->replica)->aside_max = 0;
    county_dial(york, leeds);
    county_settle(county);
    cr_expect_eq(node_standing(york, hull->last), STANDING_IN);
    cr_expect(node_report(york, leeds).in_sync);
}

/* What the branch hangs on is here, but not all of its chain. */
Test(replica_door, lets_a_branch_in_whose_middle_is_aside_while_there_is_no_room)
{
    struct record *first = node_writes(hull, "One.");
    struct record *two = node_writes_after(hull, first, "Two, told to Leeds.");
    struct record *three = node_writes_after(hull, two, "Three, and that York has heard.");
    struct record *other = node_writes_after(hull, first, "Two, told to York.");
    struct record *others = node_writes_after(hull, other, "Three, told to York.");
    struct record *last = node_writes_after(hull, three, "Four.");

    for (size_t i = 0; i < 4; i++)
        node_offers(leeds, (struct record *[]){first, two, three, last}[i]);
    for (size_t i = 0; i < 4; i++)
        node_offers(york, (struct record *[]){first, other, others, three}[i]);
    cr_expect_eq(node_standing(york, three), STANDING_ASIDE);
    replica_set(york->replica)->aside_max = 0;
    county_dial(york, leeds);
    county_settle(county);
    cr_expect_eq(node_standing(york, last), STANDING_IN);
}

/* --- Bodies --- */

/* Its last byte is another one: of the body, which then is not the one committed to. */
static void says_with_wrong_body(struct node *from, struct node *to, const struct record *record)
{
    struct buffer wire = {0};

    record_write(record, true, &wire);
    wire.data[wire.size - 1] ^= 1;
    county_send_live(from, to, buffer_view(&wire));
    county_settle(county);
    buffer_release(&wire);
}

Test(replica_door, keeps_a_header_whose_body_is_wrong_and_asks_for_the_body)
{
    linked(leeds, york);
    county_weather(county)->lose_live = 100;
    node_says(york, "The right body.");
    county_weather(county)->lose_live = 0;
    says_with_wrong_body(york, leeds, york->last);
    SAID("york keeps york#1\n"
         "york publishes york#1\n"
         "leeds keeps york#1\n"
         "leeds publishes york#1\n");
    cr_expect_eq(node_counts(leeds).refused[REFUSED_COMMITMENT], 1);
    cr_expect_eq(node_counts(leeds).bodies_wanted, 1);

    node_sync(leeds);
    county_settle(county);
    SAID("leeds hello york\n"
         "york answers leeds\n"
         "leeds fetches york#1 of york\n"
         "york sends leeds york#1\n"
         "leeds keeps the body of york#1\n");
    cr_expect(record_has_body(node_kept(leeds, york->last)->record));
    cr_expect_eq(node_counts(leeds).bodies_wanted, 0);
}

/* A frame of few bytes may be of a long body, and the same record can be sent for ever. */
Test(replica_door, does_not_look_at_a_body_that_it_has)
{
    linked(leeds, york);
    node_says(york, "The right body.");
    county_settle(county);
    cr_assert(record_has_body(node_kept(leeds, york->last)->record));
    says_with_wrong_body(york, leeds, york->last);
    cr_expect_eq(node_counts(leeds).refused[REFUSED_COMMITMENT], 0);
    cr_expect_eq(node_counts(leeds).known, 1);
    cr_expect(record_has_body(node_kept(leeds, york->last)->record));
}

Test(replica_door, asks_another_peer_for_a_body_that_one_has_not)
{
    linked(leeds, york);
    linked(leeds, hull);
    says_with_wrong_body(york, leeds, node_writes(york, "The right body."));
    county_pass(county, 0);
    node_offers(hull, york->last);
    county_be_quiet(county);
    county_pass(county, 10 * PERIOD_MS);
    cr_expect(record_has_body(node_kept(leeds, york->last)->record));
}

Test(replica_door, wants_a_missing_body_after_a_restart)
{
    linked(leeds, york);
    says_with_wrong_body(york, leeds, node_writes(york, "The right body."));
    node_crash(leeds);
    node_start(leeds);
    cr_expect_eq(node_counts(leeds).bodies_wanted, 1);
}

/* --- Nonsense --- */

Test(replica_door, counts_nonsense_and_goes_on)
{
    linked(leeds, york);
    for (unsigned i = 0; i < 20; i++)
        county_send(york, leeds, bytes_of_text("\x91\xdf\xff\xff\xff\xff"));
    county_send_live(york, leeds, bytes_of_text("\x91\xdf\xff\xff\xff\xff"));
    county_settle(county);
    SAID("");
    cr_expect_eq(node_report(leeds, york).refused[REFUSED_MALFORMED], 21);

    node_says(york, "All the same.");
    county_settle(county);
    cr_expect_eq(node_standing(leeds, york->last), STANDING_IN);
}

static void hear_refusal(void *context, size_t index, const struct fault *fault)
{
    cr_expect_eq(index, 0);
    *(struct fault *)context = *fault;
}

Test(replica_door, refuses_a_record_of_another_network)
{
    struct digest ours = *county_network(county);
    struct digest other = digest_of("county tests: network", "", 0);

    linked(leeds, york);
    county_set_network(county, &other);
    struct record *record = node_writes(york, "Of another network.");
    county_set_network(county, &ours);
    county_say_live(york, leeds, record);
    county_settle(county);
    SAID("");
    cr_expect_eq(node_report(leeds, york).refused[REFUSED_NETWORK], 1);

    struct buffer wire = {0};
    struct effects effects = {0};
    struct fault fault = {0};
    record_write(record, true, &wire);
    struct bytes view = buffer_view(&wire);
    replica_offer(leeds->replica, &view, 1, county_now(county), hear_refusal, &fault, &effects);
    cr_expect_eq(fault.refusal, REFUSED_NETWORK);
    effects_release(&effects);
    buffer_release(&wire);
}

static void says_hello(struct node *from, struct node *to, const struct hello *hello)
{
    struct buffer frame = {0};

    hello_write(hello, &frame);
    county_send(from, to, buffer_view(&frame));
    county_settle(county);
    buffer_release(&frame);
}

Test(replica_door, parts_from_a_peer_of_another_network)
{
    struct hello hello = {.least_version = 1, .highest_version = 1};

    linked(leeds, york);
    says_hello(leeds, york, &hello);
    SAID("york bye leeds: this node is of another network\n"
         "york parts from leeds\n"
         "leeds parts from york\n");
    cr_expect_eq(node_counts(york).refused[REFUSED_NETWORK], 1);
}

Test(replica_door, parts_from_a_peer_that_speaks_no_common_version)
{
    struct hello hello = {
        .least_version = 3, .highest_version = 9, .network = *county_network(county)};

    linked(leeds, york);
    says_hello(leeds, york, &hello);
    SAID("york bye leeds: this node speaks protocol versions 1 and 2 only\n"
         "york parts from leeds\n"
         "leeds parts from york\n");
}

Test(replica_door, speaks_with_a_peer_of_a_newer_version_that_knows_this_one)
{
    struct hello hello = {
        .least_version = 1, .highest_version = 9, .network = *county_network(county)};

    linked(leeds, york);
    says_hello(leeds, york, &hello);
    SAID("york answers leeds\n"
         "york buckets leeds\n");
}

Test(replica_door, says_hello_to_a_peer_that_goes_on_without_one_and_takes_nothing_from_it)
{
    struct buffer frame = {0};

    county_weather(county)->lose_truth = 100;
    county_dial(leeds, york);
    county_weather(county)->lose_truth = 0;
    records_write(0, 1, &frame);
    record_write(node_writes(leeds, "Too early."), true, &frame);
    county_notes(county);
    county_send(leeds, york, buffer_view(&frame));
    county_settle(county);
    SAID("york hello leeds\n"
         "leeds answers york\n");
    buffer_release(&frame);
}

/* --- Authors without a name --- */

static void write_header(const struct digest *ring, struct buffer *header)
{
    write_array(header, 10);
    write_number(header, 1);
    write_bytes(header, county_network(county)->bytes, DIGEST_SIZE);
    write_text(header, bytes_of_text("response"));
    write_array(header, 5);
    write_number(header, 1);
    write_bytes(header, ring->bytes, DIGEST_SIZE);
    write_array(header, 2);
    for (unsigned i = 0; i < 2; i++) {
        write_array(header, 2);
        write_number(header, i);
        write_bytes(header, "", 0);
    }
    write_array(header, 2);
    for (unsigned i = 0; i < 2; i++)
        write_bytes(header, ring->bytes, DIGEST_SIZE);
    write_bytes(header, ring->bytes, DIGEST_SIZE);
    write_number(header, COUNTY_MS);
    write_text(header, bytes_of_text(""));
    write_array(header, 0);
    write_bytes(header, ring->bytes, DIGEST_SIZE);
    write_number(header, 0);
    write_nil(header);
}

Test(replica_door, sets_an_anonymous_record_aside_and_forgets_who_brought_it)
{
    struct digest ring = digest_of("county tests: ring", "", 0);
    struct buffer header = {0}, wire = {0};
    struct effects effects = {0};

    linked(leeds, york);
    uint64_t received = node_report(leeds, york).received;
    write_header(&ring, &header);
    write_array(&wire, 3);
    write_bytes(&wire, header.data, header.size);
    write_bytes(&wire, "proof", 5);
    write_nil(&wire);
    replica_hear(leeds->replica, node_report(leeds, york).peer, buffer_view(&wire),
                 county_now(county), &effects);

    cr_assert_eq(effects.count, 1);
    cr_expect_eq(effects.list[0].kind, EFFECT_STORE);
    cr_expect_eq(effects.list[0].peer, PEER_SELF);
    cr_expect_not(effects.list[0].in);
    cr_expect_eq(leeds->replica->unstored[0].from, PEER_SELF);
    cr_expect_eq(node_report(leeds, york).received, received);
    replica_stored(leeds->replica, replica_asked(leeds->replica), county_now(county), &effects);
    cr_expect_eq(effects.count, 1, "nothing is told of it");
    effects_release(&effects);
    buffer_release(&header);
    buffer_release(&wire);
}

/* --- Who would wear the others out --- */

static size_t times(const char *text, const char *words)
{
    size_t count = 0;

    for (; (text = strstr(text, words)) != NULL; text++)
        count++;
    return count;
}

/* A hello and a sketch of two hundred bytes may bring about a charter of megabytes. */
static void asks_for_the_charter(void)
{
    struct hello hello = {.least_version = 1,
                          .highest_version = 1,
                          .network = *county_network(county),
                          .clock_ms = county_now(county),
                          .credit = 1000};
    struct digest other = digest_of("county tests: another charter", "", 0);
    struct short_salt salt = {{0}};
    struct buckets buckets = {{0}};
    struct buffer frame = {0};

    hello_write(&hello, &frame);
    county_send(york, leeds, buffer_view(&frame));
    buffer_clear(&frame);
    sketch_write(&other, &salt, &buckets, NULL, 0, &frame);
    county_send(york, leeds, buffer_view(&frame));
    buffer_release(&frame);
    county_settle(county);
}

Test(replica_door, tells_the_same_charter_once_to_who_asks_again_and_again)
{
    linked(york, leeds);
    for (unsigned i = 0; i < 20; i++)
        asks_for_the_charter();
    const char *notes = county_notes(county);
    cr_expect_eq(times(notes, "leeds charter york"), 1, "%s", notes);
    county_pass(county, 11 * 1000); /* It may have been lost. */
    county_notes(county);
    asks_for_the_charter();
    notes = county_notes(county);
    cr_expect_eq(times(notes, "leeds charter york"), 1, "%s", notes);
}

/* Tips of York's feed that nobody has: they are asked of York when the hub does not have them. */
static void tell_lies(struct node *from, struct node *to, const struct feed *feed)
{
    struct tip tips[WANTS_MAX];
    struct buffer frame = {0};

    for (size_t i = 0; i < WANTS_MAX; i++)
        tips[i] = (struct tip){.feed = *feed, .seq = i + 1, .id = {{(uint8_t)i, 1, 2, 3}}};
    tips_write(tips, WANTS_MAX, true, &frame);
    county_send(from, to, buffer_view(&frame));
    county_settle(county);
    buffer_release(&frame);
}

Test(replica_door, asks_a_peer_for_what_it_has_whatever_another_says_that_it_has)
{
    linked(leeds, hub);
    linked(leeds, york);
    county_weather(county)->lose_live = 100;
    struct record *record = node_says(york, "This is true.");
    tell_lies(hub, leeds, &york->feed);
    county_pass(county, 3 * 1000); /* Now they are asked of York. */
    cr_assert_eq(node_standing(leeds, record), STANDING_UNKNOWN);
    node_sync(york);
    county_settle(county);
    cr_expect_eq(node_standing(leeds, record), STANDING_IN);
}

/* --- Clocks --- */

static void greeted(struct replica *replica, peer_number peer, uint8_t authority, int64_t clock_ms)
{
    struct digest id = {{authority}};
    struct hello hello = {.least_version = 1,
                          .highest_version = 1,
                          .network = *county_network(county),
                          .clock_ms = clock_ms,
                          .answer = true};
    struct effects effects = {0};
    struct buffer frame = {0};

    hello_write(&hello, &frame);
    replica_peer_joined(replica, peer, &id, false, COUNTY_MS, &effects);
    replica_receive(replica, peer, buffer_view(&frame), COUNTY_MS, &effects);
    effects_release(&effects);
    buffer_release(&frame);
}

Test(replica_door, asks_each_member_once_what_time_it_is)
{
    struct replica_settings settings = {.network = *county_network(county),
                                        .period_ms = PERIOD_MS,
                                        .credit_bytes = CREDIT_BYTES,
                                        .credit_total = CREDIT_BYTES};
    struct replica *replica = replica_new(&settings);
    peer_number peer = 1;

    cr_expect_eq(replica_clock_off(replica), 0);
    greeted(replica, peer++, 1, COUNTY_MS + 5 * MINUTE_MS);
    cr_expect_eq(replica_clock_off(replica), 5 * MINUTE_MS);
    greeted(replica, peer++, 2, COUNTY_MS + 1);
    cr_expect_eq(replica_clock_off(replica), 1, "of two, the nearer one");
    greeted(replica, peer++, 3, COUNTY_MS - 2);
    while (peer < 100) /* Many links of one member that errs. */
        greeted(replica, peer++, 4, COUNTY_MS - 9 * MINUTE_MS);
    cr_expect_eq(replica_clock_off(replica), 1, "%lld", (long long)replica_clock_off(replica));
    replica_free(replica);
}

/* --- Rings --- */

/* A proof that does not hold takes long to refuse. */
Test(replica_door, judges_few_ring_proofs_of_who_sends_junk)
{
    linked(leeds, york);
    for (unsigned i = 0; i <= JUNK_MAX; i++) {
        char slot[32];
        snprintf(slot, sizeof slot, "lesson:%u", i);
        struct record *record = county_unnamed(
            county, slot, 0, &(struct writing){.text = "One.", .time_ms = county_now(county)});
        county_say_live(york, leeds, county_forges(county, record));
    }
    county_settle(county);
    cr_expect_eq(node_report(leeds, york).refused[REFUSED_SIGNATURE], JUNK_MAX);
    cr_expect_eq(node_report(leeds, york).refused[REFUSED_JUNK], 1);

    struct record *good = county_unnamed(
        county, "issue:1", 0, &(struct writing){.text = "One.", .time_ms = county_now(county)});
    county_say_live(york, leeds, good);
    county_settle(county);
    cr_expect_eq(node_standing(leeds, good), STANDING_UNKNOWN);
    node_offers(leeds, good);
    cr_expect_eq(node_standing(leeds, good), STANDING_IN, "others may bring it");
    struct record *next = county_unnamed(
        county, "issue:2", 0, &(struct writing){.text = "Two.", .time_ms = county_now(county)});
    county_pass(county, DAY_MS);
    county_say_live(york, leeds, next);
    county_settle(county);
    cr_expect_eq(node_standing(leeds, next), STANDING_IN);
}

/* --- Slots --- */

static int order_of_records(const void *a, const void *b)
{
    const struct record *const *first = a, *const *second = b;

    return digest_compare(record_id(*second), record_id(*first));
}

/* Each beats the one before it. */
Test(replica_door, takes_few_records_of_a_member_that_take_one_slot)
{
    struct record *owned[LOSERS_MAX + 8];
    const struct writing writing = {.text = "Once more.", .time_ms = county_now(county)};
    const size_t count = sizeof owned / sizeof *owned;
    size_t here = 0;

    linked(leeds, york);
    struct record *subject = county_unnamed(county, "lesson:1", 0, &writing);
    node_offers(leeds, subject);
    for (size_t i = 0; i < count; i++) {
        char text[32];
        snprintf(text, sizeof text, "Version %zu.", i);
        owned[i] = county_owner_says(county, subject, 1,
                                     &(struct writing){.text = text, .time_ms = writing.time_ms});
    }
    qsort(owned, count, sizeof(*owned), order_of_records);
    for (size_t i = 0; i < count; i++) {
        county_say_live(york, leeds, owned[i]);
        county_settle(county);
    }
    for (size_t i = 0; i < count; i++)
        here += node_standing(leeds, owned[i]) != STANDING_UNKNOWN;
    cr_expect_eq(here, LOSERS_MAX + 1);
    cr_expect_eq(node_report(leeds, york).refused[REFUSED_SLOTS], count - LOSERS_MAX - 1);

    struct record *other = county_owner_says(county, subject, 2, &writing);
    county_say_live(york, leeds, other);
    county_settle(county);
    cr_expect_eq(node_standing(leeds, other), STANDING_IN, "its slot is free");
    county_pass(county, DAY_MS);
    county_say_live(york, leeds, owned[count - 1]);
    county_settle(county);
    cr_expect_eq(node_standing(leeds, owned[count - 1]), STANDING_IN, "the lowest, in the end");
}
