#include "node/bus.h"
#include "node/clock.h"
#include "tests/node/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

/* Who connects, who is sent away, and who takes more room than is his. */

#define CLIENTS 40

static struct exchange_key *own, *keys[2];
static struct digest authorities[2] = {{{1}}, {{2}}};
static bool barred[2];
static struct texts listening;
static struct bus *bus;
static void *context, *clients[CLIENTS];
static int wake[2];

static enum admission admit(void *unused, const struct exchange_public *transport,
                            struct digest *authority)
{
    (void)unused;
    for (size_t i = 0; i < 2; i++)
        if (memcmp(transport, exchange_key_public(keys[i]), sizeof *transport) == 0) {
            *authority = authorities[i];
            return barred[i] ? ADMISSION_BARRED : ADMITTED;
        }
    return ADMISSION_NOT_YET;
}

/* On whatever port is free. */
static void begin(void)
{
    char endpoint[40];

    room_open();
    own = exchange_key_new();
    for (size_t i = 0; i < 2; i++)
        keys[i] = exchange_key_new();
    cr_assert_eq(pipe(wake), 0);
    for (unsigned port = 20000 + (unsigned)getpid() % 20000; bus == NULL && port < 60000;
         port += 2) {
        snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", port);
        texts_release(&listening);
        texts_add(&listening, endpoint);
        struct bus_settings settings = {own, &listening, admit, NULL, wake[0]};
        bus = bus_open(&settings, &fault);
    }
    cr_assert(bus != NULL, "%s", fault.text);
    context = zmq_ctx_new();
}

static void end(void)
{
    for (size_t i = 0; i < CLIENTS; i++)
        if (clients[i] != NULL)
            zmq_close(clients[i]);
    zmq_ctx_term(context);
    bus_close(bus);
    texts_release(&listening);
    exchange_key_free(own);
    exchange_key_free(keys[0]);
    exchange_key_free(keys[1]);
    close(wake[0]);
    close(wake[1]);
    room_close();
}

TestSuite(bus, .init = begin, .fini = end, .timeout = 60);

static void option(void *socket, int name, const void *value, size_t size)
{
    cr_assert_eq(zmq_setsockopt(socket, name, value, size), 0);
}

static void connect_as(size_t client, size_t who)
{
    void *socket = zmq_socket(context, ZMQ_DEALER);
    int none = 0;

    option(socket, ZMQ_LINGER, &none, sizeof none);
    option(socket, ZMQ_CURVE_SERVERKEY, exchange_key_public(own)->bytes, 32);
    option(socket, ZMQ_CURVE_PUBLICKEY, exchange_key_public(keys[who])->bytes, 32);
    option(socket, ZMQ_CURVE_SECRETKEY, exchange_key_secret(keys[who]), 32);
    cr_assert_eq(zmq_connect(socket, listening.list[0]), 0);
    clients[client] = socket;
}

static bool event_within(struct bus_event *event, int64_t ms)
{
    int64_t until_ms = clock_now_ms() + ms;

    while (clock_now_ms() < until_ms) {
        if (bus_next(bus, clock_now_ms(), event))
            return true;
        bus_wait(bus, 20);
    }
    return false;
}

/* False when none came for a while. */
static bool next_event(struct bus_event *event)
{
    return event_within(event, 700);
}

static struct bus_event expect_event(enum bus_event_kind kind)
{
    struct bus_event event = {0};

    cr_assert(event_within(&event, 10000), "nothing happened");
    cr_assert_eq(event.kind, kind, "%d", (int)event.kind);
    return event;
}

static void say(size_t client)
{
    cr_assert_eq(zmq_send(clients[client], "hello", 5, 0), 5);
}

Test(bus, tells_that_a_peer_it_dropped_is_gone)
{
    connect_as(0, 0);
    say(0);
    struct bus_event event = expect_event(BUS_FRAME);
    cr_expect(event.joined);
    peer_number first = event.peer;
    bus_drop(bus, first, clock_now_ms());
    event = expect_event(BUS_LEFT);
    cr_expect_eq(event.peer, first);
    say(0);
    event = expect_event(BUS_FRAME);
    cr_expect(event.joined);
    cr_expect_neq(event.peer, first);
}

Test(bus, tells_who_is_gone_when_a_member_is_sent_away)
{
    struct bus_event event;
    peer_number peers[2];

    for (size_t i = 0; i < 2; i++) {
        connect_as(i, i);
        say(i);
        peers[i] = expect_event(BUS_FRAME).peer;
    }
    barred[0] = true;
    cr_done(bus_admit_again(bus, &fault));
    for (size_t left = 2; left > 0; left--) {
        event = expect_event(BUS_LEFT);
        cr_expect(event.peer == peers[0] || event.peer == peers[1]);
    }
    say(0);
    say(1);
    while (next_event(&event)) {
        cr_expect_eq(event.kind, BUS_FRAME);
        cr_expect(digest_equal(&event.authority, &authorities[1]), "the other may not come back");
    }
}

/* ZeroMQ gives a port back some time after its socket was closed. */
Test(bus, binds_again_however_often_members_are_sent_away)
{
    struct bus_event event;

    connect_as(0, 0);
    say(0);
    expect_event(BUS_FRAME);
    for (unsigned i = 0; i < 5; i++) {
        bool back = false;
        barred[0] = true;
        cr_assert(bus_admit_again(bus, &fault), "time %u: %s", i, fault.text);
        barred[0] = false;
        expect_event(BUS_LEFT);
        for (unsigned k = 0; k < 20 && !back; k++) {
            say(0); /* What was said to the old socket is lost. */
            back = next_event(&event) && event.kind == BUS_FRAME;
        }
        cr_assert(back);
    }
}

Test(bus, keeps_room_for_others_when_one_member_connects_again_and_again)
{
    struct bus_event event;
    size_t joined = 0;

    for (size_t i = 0; i < CLIENTS - 1; i++) {
        connect_as(i, 0);
        say(i);
    }
    while (next_event(&event))
        joined += event.joined;
    cr_expect_leq(joined, 8, "%zu", joined);
    connect_as(CLIENTS - 1, 1);
    say(CLIENTS - 1);
    event = expect_event(BUS_FRAME);
    cr_expect(digest_equal(&event.authority, &authorities[1]));
}
