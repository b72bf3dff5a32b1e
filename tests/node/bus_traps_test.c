#include "node/clock.h"
#include "tests/node/cable.h"
#include "tests/node/sides.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zmq.h>

/* Where ZeroMQ lets those down who trust it: each test is one such place. Leeds dials the hub over
 * a cable that can fail, York directly. */

static struct cable cable;

static void carry(void)
{
    cable_carry(&cable);
}

static void open_with_cable(void)
{
    open_sides();
    cable_open(&cable);
    between_turns = carry;
}

static void close_with_cable(void)
{
    close_sides();
    cable_close(&cable);
}

TestSuite(bus_traps, .init = open_with_cable, .fini = close_with_cable);

/* Leeds is up on both planes, and the hub knows it by a frame. Returns the hub's number for it. */
static peer_number meet_by_cable(peer_number *hub_at_leeds)
{
    *hub_at_leeds = dial_at(&leeds, cable.endpoint);
    await("leeds reaches hub\n");
    cr_expect(say(&leeds, *hub_at_leeds, "hello"));
    await("hub hears leeds: hello\n");
    return hub.peer;
}

#define UNTIL(done)                                                                                \
    for (int64_t until_ms = clock_now_ms() + LIMIT_MS; !(done); turn_all())                        \
    cr_assert(clock_now_ms() < until_ms, "never: %s\n%s", #done, buffer_text(&notes))

static void publish(const char *text)
{
    bus_publish(hub.bus, bytes_of_text(text));
}

/* --- The slow joiner: what is published before a subscription has arrived is lost --- */

Test(bus_traps, a_live_plane_says_when_it_hears)
{
    peer_number hub_at_leeds;

    cable.stalled[LIVE] = true;
    meet_by_cable(&hub_at_leeds);
    publish("missed");
    dial(&york);
    UNTIL(york.hearings == 1);
    cr_expect_eq(leeds.hearings, 0, "nobody can hear yet");
    cr_expect(!bus_is_deaf(leeds.bus, hub_at_leeds), "it may come in a moment");
    skew_ms = 31000;
    turn_all();
    cr_expect(bus_is_deaf(leeds.bus, hub_at_leeds), "and has not");

    cable.stalled[LIVE] = false;
    UNTIL(leeds.hearings == 1 && bus_subscribers(hub.bus) == 2);
    turn_all();
    cr_expect(!bus_is_deaf(leeds.bus, hub_at_leeds));
    publish("heard");
    await("leeds hears live from hub: heard\n");
    cr_expect(!noted("missed"), "%s", buffer_text(&notes));
}

/* --- Above 1,000 subscriptions are dropped when they are sent again --- */

Test(bus_traps, a_live_plane_that_was_lost_hears_everything_again)
{
    peer_number ignored;
    char text[32], line[64];

    meet_by_cable(&ignored);
    for (unsigned i = 1; i <= 20; i++) {
        UNTIL(leeds.hearings == i && bus_subscribers(hub.bus) == 1);
        snprintf(text, sizeof text, "lesson %u", i);
        snprintf(line, sizeof line, "leeds hears live from hub: %s\n", text);
        publish(text);
        await(line);
        cable_reset(&cable, LIVE);
        skew_ms += 61000;
    }
    cr_expect(!noted("loses"), "the truth link stands: %s", buffer_text(&notes));
}

/* Of many long topics ZeroMQ makes a tree that is fifty times as large. */
Test(bus_traps, a_subscriber_that_names_topics_is_ended)
{
    raw_context = zmq_ctx_new();
    void *socket = raw_socket(ZMQ_SUB, NULL, own_endpoint(CABLE_PORT + LIVE));
    zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0);
    UNTIL(bus_subscribers(hub.bus) == 1);
    zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "housing", 7);
    /* It comes again, for it is a member. ZeroMQ subscribes again when somebody asks it anything.
     */
    UNTIL(cable.dialled[LIVE] >= 3 || zmq_recv(socket, NULL, 0, ZMQ_DONTWAIT) >= 0);
    cr_expect(cable.dialled[LIVE] >= 3);
    zmq_close(socket);
    zmq_ctx_term(raw_context);
}

/* --- Refusals that are lifted later --- */

Test(bus_traps, a_live_plane_that_was_refused_is_tried_again)
{
    peer_number ignored;

    leeds_may = ADMISSION_BARRED;
    cable.stalled[TRUTH] = true;
    ignored = dial_at(&leeds, cable.endpoint);
    UNTIL(asked > 0 && cable_wires(&cable, LIVE) == 0);
    leeds_may = ADMITTED;
    cable.stalled[TRUTH] = false;
    await("leeds reaches hub\n");
    cr_expect_eq(leeds.hearings, 0);
    cr_expect(say(&leeds, ignored, "hello"));
    await("hub hears leeds: hello\n");
    skew_ms = 61000;
    UNTIL(leeds.hearings == 1);
    cr_expect(!noted("loses"), "%s", buffer_text(&notes));
}

/* --- TCP's reset, and bytes that were garbled --- */

Test(bus_traps, nothing_from_before_a_reset_comes_after_it)
{
    peer_number hub_at_leeds, leeds_at_hub = meet_by_cable(&hub_at_leeds);

    for (unsigned i = 0; i < 5; i++) {
        cable.stalled[TRUTH] = true;
        for (unsigned k = 0; k < 20; k++) {
            cr_expect(say(&hub, leeds_at_hub, "stale"));
            cr_expect(say(&leeds, hub_at_leeds, "stale"));
        }
        turn_all();
        forget_notes();
        cable_reset(&cable, TRUTH);
        cable.stalled[TRUTH] = false;
        await("leeds loses hub\n");
        await("hub loses leeds\n");
        cr_expect(!say(&leeds, hub_at_leeds, "stale"));
        cr_expect(!say(&hub, leeds_at_hub, "stale"));
        skew_ms += 61000;
        await("leeds reaches hub\n");
        cr_expect(say(&leeds, hub_at_leeds, "hello"));
        await("hub is reached by leeds\n");
        leeds_at_hub = hub.peer;
        cr_expect(!noted("stale"), "%s", buffer_text(&notes));
    }
}

Test(bus_traps, a_garbled_byte_costs_a_connection_only)
{
    peer_number hub_at_leeds, leeds_at_hub = meet_by_cable(&hub_at_leeds);

    UNTIL(leeds.hearings == 1 && bus_subscribers(hub.bus) == 1);
    cable.garble[LIVE] = true;
    publish("garbled");
    UNTIL(leeds.hearings == 2 && bus_subscribers(hub.bus) == 1);
    publish("whole");
    await("leeds hears live from hub: whole\n");
    cr_expect(!noted("loses"), "the truth link stands: %s", buffer_text(&notes));

    cable.garble[TRUTH] = true;
    cr_expect(say(&hub, leeds_at_hub, "garbled"));
    await("leeds loses hub\n");
    forget_notes();
    await("leeds reaches hub\n");
    cr_expect(!noted("garbled"), "%s", buffer_text(&notes));
}

/* --- Storms: a link that does not stay up comes back ever later, and one that did at once --- */

Test(bus_traps, a_link_that_flaps_comes_back_ever_later)
{
    unsigned joins = 0;

    dial_at(&leeds, cable.endpoint);
    for (skew_ms = 0; skew_ms < 120000; skew_ms += 250) {
        turn_all();
        if (!noted("leeds reaches hub\n"))
            continue;
        joins++;
        cable_reset(&cable, TRUTH);
        await("leeds loses hub\n");
        forget_notes();
    }
    cr_expect(joins >= 5 && joins <= 30, "%u times in two minutes", joins);

    skew_ms += 10000;
    await("leeds reaches hub\n");
    skew_ms += 61000;
    turn_all();
    forget_notes();
    cable_reset(&cable, TRUTH);
    await("leeds loses hub\n");
    skew_ms += 200;
    await("leeds reaches hub\n");
}

/* --- ZeroMQ cannot end a single connection --- */

/* Who is barred does not go by itself. */
Test(bus_traps, one_that_is_barred_hears_no_more)
{
    char heard[16];

    raw_context = zmq_ctx_new();
    void *socket = raw_socket(ZMQ_SUB, NULL, own_endpoint(CABLE_PORT + LIVE));
    zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0);
    peer_number hub_at_york = dial(&york);
    UNTIL(bus_subscribers(hub.bus) == 2 && york.hearings == 1);
    await("york reaches hub\n");
    cr_expect(say(&york, hub_at_york, "hello"));
    await("hub hears york: hello\n");
    leeds_may = ADMISSION_BARRED;
    bus_admit_again(hub.bus);
    publish("not for leeds");
    await("york hears live from hub: not for leeds\n");
    UNTIL(cable_wires(&cable, LIVE) == 0);
    cr_expect(zmq_recv(socket, heard, sizeof heard, ZMQ_DONTWAIT) < 0);
    cr_expect_eq(bus_subscribers(hub.bus), 1);
    zmq_close(socket);
    zmq_ctx_term(raw_context);
}

/* --- Files: each connection is one, and ZeroMQ accepts no more where they run out --- */

Test(bus_traps, as_many_may_connect_as_the_system_lets)
{
    struct rlimit limit;
    void *sockets[100];

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 100;
    cr_assert(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    bus_close(york.bus);
    cr_done(try_open(&york));
    guests_may = true;
    raw_context = zmq_ctx_new();
    for (unsigned i = 0; i < 100; i++)
        sockets[i] = raw_socket(ZMQ_SUB, NULL, own_endpoint(HUB_PORT + LIVE));
    for (unsigned i = 0; i < 100; i++)
        zmq_setsockopt(sockets[i], ZMQ_SUBSCRIBE, "", 0);
    UNTIL(bus_subscribers(hub.bus) == 100);
    for (unsigned i = 0; i < 100; i++)
        zmq_close(sockets[i]);
    zmq_ctx_term(raw_context);
}

/* Strangers can bring it about; nobody may end the program by it. */
Test(bus_traps, where_files_run_out_it_is_dialled_later)
{
    struct rlimit limit;
    int taken[256];
    size_t count = 0;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 200;
    cr_assert(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    while ((taken[count] = dup(STDIN_FILENO)) >= 0)
        count++;
    dial(&leeds);
    skew_ms += 10000;
    turn(&leeds);
    turn(&leeds);
    cr_expect_eq(dup(STDIN_FILENO), -1, "it has not let go of a file");
    while (count > 0)
        close(taken[--count]);
    skew_ms += 10000;
    await("leeds reaches hub\n");
}

/* --- ZMQ_LINGER: to end must not wait for who does not read --- */

Test(bus_traps, it_ends_at_once_whatever_waits)
{
    char large[65536];
    struct side *sides[] = {&hub, &leeds};

    memset(large, 'x', sizeof large);
    for (unsigned i = 0; i < 10; i++) {
        peer_number hub_at_leeds, leeds_at_hub = meet_by_cable(&hub_at_leeds);
        cable.stalled[TRUTH] = cable.stalled[LIVE] = true;
        for (unsigned k = 0; k < 200; k++) {
            bus_send(hub.bus, leeds_at_hub, bytes_of(large, sizeof large));
            bus_send(leeds.bus, hub_at_leeds, bytes_of(large, sizeof large));
            bus_publish(hub.bus, bytes_of(large, sizeof large));
        }
        dial_at(&york, cable.endpoint); /* Amid its handshake. */
        turn_all();
        int64_t began_ms = clock_now_ms();
        for (size_t k = 0; k < 2; k++) {
            bus_close(sides[k]->bus);
            sides[k]->bus = NULL;
        }
        cr_expect(clock_now_ms() - began_ms < 5000);
        cable_reset(&cable, TRUTH);
        cable_reset(&cable, LIVE);
        cable.stalled[TRUTH] = cable.stalled[LIVE] = false;
        forget_notes();
        int64_t until_ms = clock_now_ms() + LIMIT_MS; /* ZeroMQ lets go of the port at leisure. */
        while (!try_open(&hub))
            cr_assert(clock_now_ms() < until_ms, "%s", fault.text);
        cr_done(try_open(&leeds));
    }
}

/* --- High-water marks: who does not read --- */

#define LARGE (256 * 1024)

Test(bus_traps, what_a_peer_cannot_take_yet_comes_later_in_order)
{
    static char large[LARGE];
    peer_number hub_at_leeds, leeds_at_hub = meet_by_cable(&hub_at_leeds);
    char line[64];

    cable.stalled[TRUTH] = true;
    for (unsigned i = 0; i < 100; i++) {
        if (i == 60) /* The rest is said while those before it are still on their way. */
            cable.stalled[TRUTH] = false;
        if (i >= 60)
            turn_all();
        snprintf(large, sizeof large, "%02u %-60s", i, "");
        cr_expect(bus_send(hub.bus, leeds_at_hub, bytes_of(large, sizeof large)), "%u", i);
        cr_expect(bus_send(leeds.bus, hub_at_leeds, bytes_of(large, sizeof large)), "%u", i);
    }
    await("leeds hears hub: 99");
    await("hub hears leeds: 99");
    for (unsigned i = 0; i < 100; i++) {
        snprintf(line, sizeof line, "leeds hears hub: %02u", i);
        cr_expect_eq(count_noted(line), 1, "%s", line);
        snprintf(line, sizeof line, "hub hears leeds: %02u", i);
        cr_expect_eq(count_noted(line), 1, "%s", line);
    }
    const char *at = buffer_text(&notes);
    for (unsigned i = 0; i < 100 && at != NULL; i++) {
        snprintf(line, sizeof line, "leeds hears hub: %02u", i);
        at = strstr(at, line);
        cr_expect(at != NULL, "not in order: %s", line);
    }
}

Test(bus_traps, who_never_reads_is_closed_and_greeted_again)
{
    static char large[LARGE];
    peer_number hub_at_leeds, leeds_at_hub = meet_by_cable(&hub_at_leeds),
                              hub_at_york = dial(&york);
    unsigned frames = 0;

    await("york reaches hub\n");
    cr_expect(say(&york, hub_at_york, "hello"));
    await("hub hears york: hello\n");
    peer_number york_at_hub = hub.peer;
    cable.stalled[TRUTH] = true;
    while (frames < 1000 && bus_send(hub.bus, leeds_at_hub, bytes_of(large, sizeof large)))
        frames++;
    cr_expect(frames > 128 && frames < 300, "%u frames of 256 KiB are kept for it", frames);
    await("hub loses leeds\n");
    cr_expect(say(&hub, york_at_hub, "and you?"));
    await("york hears hub: and you?\n");
    cable.stalled[TRUTH] = false;
    forget_notes();
    await("leeds reaches hub\n");

    cable.stalled[TRUTH] = true;
    for (frames = 0; bus_send(leeds.bus, hub_at_leeds, bytes_of(large, sizeof large)); frames++)
        cr_assert(frames < 1000);
    await("leeds loses hub\n");
    cable.stalled[TRUTH] = false;
    skew_ms = 61000;
    forget_notes();
    await("leeds reaches hub\n");
}

Test(bus_traps, links_of_one_member_share_what_is_kept_for_it)
{
    static char large[LARGE];
    peer_number hub_at_leeds, links[2] = {meet_by_cable(&hub_at_leeds)};
    unsigned frames = 0;

    hub_at_leeds = dial_at(&leeds, cable.endpoint);
    forget_notes();
    await("leeds reaches hub\n");
    cr_expect(say(&leeds, hub_at_leeds, "once more"));
    await("hub hears leeds: once more\n");
    links[1] = hub.peer;
    cable.stalled[TRUTH] = true;
    while (frames < 1000 && bus_send(hub.bus, links[frames % 2], bytes_of(large, sizeof large)))
        frames++;
    cr_expect(frames > 128 && frames < 256, "%u frames of 256 KiB are kept for it", frames);
    cable.stalled[TRUTH] = false;
}

Test(bus_traps, who_is_furthest_behind_makes_room_for_the_others)
{
    static char large[LARGE];
    int64_t until_ms = clock_now_ms() + LIMIT_MS;
    unsigned sent = 0;

    bus_close(hub.bus);
    kept_most = 32 * LARGE;
    while (!try_open(&hub)) /* ZeroMQ lets go of the port at leisure. */
        cr_assert(clock_now_ms() < until_ms, "%s", fault.text);
    peer_number hub_at_leeds, leeds_at_hub = meet_by_cable(&hub_at_leeds),
                              hub_at_york = dial_at(&york, cable.endpoint);
    await("york reaches hub\n");
    cr_expect(say(&york, hub_at_york, "hello"));
    await("hub hears york: hello\n");
    peer_number york_at_hub = hub.peer;
    cable.stalled[TRUTH] = true;
    for (; !noted("hub loses") && sent < 400; sent++) {
        bus_send(hub.bus, sent % 4 == 0 ? york_at_hub : leeds_at_hub,
                 bytes_of(large, sizeof large));
        turn(&hub);
    }
    cr_expect(noted("hub loses leeds\n") && !noted("hub loses york\n"), "after %u frames:\n%s",
              sent, buffer_text(&notes));
    cr_expect_gt(sent, 32);
    cable.stalled[TRUTH] = false;
}

Test(bus_traps, no_publisher_waits_for_a_slow_subscriber)
{
    static char record[1000];
    peer_number ignored;
    const unsigned published = 30000;

    meet_by_cable(&ignored);
    dial(&york);
    UNTIL(leeds.hearings == 1 && york.hearings == 1 && bus_subscribers(hub.bus) == 2);
    cable.stalled[LIVE] = true;
    leeds.frames = york.frames = 0;
    for (unsigned i = 0; i < published; i++) {
        bus_publish(hub.bus, bytes_of(record, sizeof record));
        if (i % 1000 == 999) {
            UNTIL(york.frames == i + 1);
            forget_notes();
        }
    }
    cable.stalled[LIVE] = false;
    publish("the last one, perhaps");
    await("york hears live from hub: the last one");
    for (size_t before = 0; before < leeds.frames || leeds.frames == 0;) {
        before = leeds.frames;
        for (unsigned i = 0; i < 20; i++)
            turn_all();
    }
    cr_expect(leeds.frames < published / 3, "%zu were kept for it", leeds.frames);
}

/* --- A high-water mark counts whole messages: one without end takes all memory --- */

/* ZeroMQ sends no message before it is whole, so that this one does end, in time for none of it. */
Test(bus_traps, a_message_without_end_is_ended)
{
    static char part[1024 * 1024];
    const unsigned parts = 96;

    raw_context = zmq_ctx_new();
    void *socket = raw_socket(ZMQ_DEALER, NULL, cable.endpoint);
    zmq_send(socket, "hello", 5, 0);
    await("hub hears leeds: hello\n");
    for (unsigned i = 1; i <= parts; i++)
        zmq_send(socket, part, sizeof part, i < parts ? ZMQ_SNDMORE : 0);
    for (int64_t until_ms = clock_now_ms() + LIMIT_MS;
         !noted("hub loses leeds\n") && clock_now_ms() < until_ms; skew_ms += 100)
        turn_all();
    cr_expect_str_eq(buffer_text(&notes), "hub is reached by leeds\n"
                                          "hub hears leeds: hello\n"
                                          "hub loses leeds\n");
    cr_expect(cable.carried_most < sizeof part * parts, "%zu", cable.carried_most);
    zmq_close(socket);
    zmq_ctx_term(raw_context);
}

/* More than we can read: for each of its frames that is taken sixteen more have come. */
Test(bus_traps, a_flood_is_ended)
{
    static char frame[65536];
    struct bus_event event;
    size_t taken = 0;

    raw_context = zmq_ctx_new();
    void *socket = raw_socket(ZMQ_DEALER, NULL, cable.endpoint);
    zmq_send(socket, "hello", 5, 0);
    await("hub hears leeds: hello\n");
    for (int64_t until_ms = clock_now_ms() + LIMIT_MS;
         cable_wires(&cable, TRUTH) > 0 && clock_now_ms() < until_ms;) {
        for (unsigned i = 0; i < 16; i++)
            zmq_send(socket, frame, sizeof frame, ZMQ_DONTWAIT);
        cable_carry(&cable);
        skew_ms += 100;
        bus_wait(hub.bus, 1);
        if (cable.carried_most > (taken + 1) * 16 * sizeof frame &&
            bus_next(hub.bus, now(), &event))
            taken++;
    }
    cr_expect(cable_wires(&cable, TRUTH) == 0, "it goes on");
    zmq_close(socket);
    zmq_ctx_term(raw_context);
}

/* --- Half-open connections: the other end is gone and nobody says so --- */

static void open_again_with_heartbeats(void)
{
    bus_close(hub.bus);
    bus_close(leeds.bus);
    heartbeat_ms = 200;
    leeds.bus = hub.bus = NULL;
    int64_t until_ms = clock_now_ms() + LIMIT_MS;
    while (!try_open(&hub))
        cr_assert(clock_now_ms() < until_ms, "%s", fault.text);
    cr_done(try_open(&leeds));
}

Test(bus_traps, a_link_that_went_dead_is_noticed_at_both_ends)
{
    peer_number hub_at_leeds;

    open_again_with_heartbeats();
    meet_by_cable(&hub_at_leeds);
    UNTIL(bus_subscribers(hub.bus) == 1);
    cable.stalled[TRUTH] = cable.stalled[LIVE] = true;
    await("hub loses leeds\n");
    await("leeds loses hub\n");
    UNTIL(bus_subscribers(hub.bus) == 0);
    cable.stalled[TRUTH] = cable.stalled[LIVE] = false;
    forget_notes();
    await("leeds reaches hub\n");
}

Test(bus_traps, a_live_plane_that_went_dead_alone_is_noticed)
{
    peer_number ignored;

    open_again_with_heartbeats();
    meet_by_cable(&ignored);
    UNTIL(leeds.hearings == 1 && bus_subscribers(hub.bus) == 1);
    cable.stalled[LIVE] = true;
    UNTIL(bus_subscribers(hub.bus) == 0);
    cable.stalled[LIVE] = false;
    UNTIL(leeds.hearings == 2 && bus_subscribers(hub.bus) == 1);
    cr_expect(!noted("loses"), "%s", buffer_text(&notes));
}
