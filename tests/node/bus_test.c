#include "node/clock.h"
#include "tests/node/sides.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

TestSuite(bus, .init = open_sides, .fini = close_sides);

/* --- Two nodes --- */

Test(bus, joins_two_that_hear_each_other)
{
    peer_number hub_at_leeds;

    meet(&hub_at_leeds);
    cr_expect_str_eq(buffer_text(&notes), "leeds reaches hub\n"
                                          "hub is reached by leeds\n"
                                          "hub hears leeds: hello\n"
                                          "leeds hears hub: good day\n");
}

Test(bus, carries_live_records_to_whoever_subscribed)
{
    int64_t until_ms = clock_now_ms() + LIMIT_MS;
    peer_number ignored;

    meet(&ignored);
    dial(&york);
    while (bus_subscribers(hub.bus) < 2 && clock_now_ms() < until_ms)
        turn_all();
    cr_assert_eq(bus_subscribers(hub.bus), 2);
    bus_publish(hub.bus, bytes_of_text("a lesson"));
    await("leeds hears live from hub: a lesson\n");
    await("york hears live from hub: a lesson\n");

    bus_close(york.bus);
    york.bus = NULL;
    while (bus_subscribers(hub.bus) > 1 && clock_now_ms() < until_ms)
        turn_all();
    cr_expect_eq(bus_subscribers(hub.bus), 1);
}

Test(bus, carries_the_largest_frame_there_is)
{
    struct buffer large = {0};
    peer_number hub_at_leeds, leeds_at_hub = meet(&hub_at_leeds);

    for (size_t i = 0; i < FRAME_MAX; i++)
        buffer_append(&large, bytes_of(&"0123456789"[i % 10], 1));
    forget_notes();
    cr_expect(bus_send(leeds.bus, hub_at_leeds, buffer_view(&large)));
    await("hub hears leeds: 0123456789");
    cr_expect(bus_send(hub.bus, leeds_at_hub, buffer_view(&large)));
    await("leeds hears hub: 0123456789");
    buffer_release(&large);
}

Test(bus, tells_of_a_departure_and_of_a_return)
{
    peer_number hub_at_leeds;

    meet(&hub_at_leeds);
    forget_notes();
    bus_close(leeds.bus);
    leeds.bus = NULL;
    await("hub loses leeds\n");
    cr_expect(!say(&hub, hub.peer, "gone?"), "nobody is there to hear it");

    cr_done(try_open(&leeds));
    meet(&hub_at_leeds);
    cr_expect(noted("hub is reached by leeds\n"), "%s", buffer_text(&notes));
}

Test(bus, starts_afresh_when_the_hub_comes_back)
{
    peer_number hub_at_leeds;

    meet(&hub_at_leeds);
    forget_notes();
    bus_close(hub.bus);
    hub.bus = NULL;
    await("leeds loses hub\n");
    cr_expect(!say(&leeds, hub_at_leeds, "stale"), "nothing waits for another connection");

    int64_t until_ms = clock_now_ms() + LIMIT_MS; /* The port is free once ZeroMQ has let it go. */
    while (!try_open(&hub))
        cr_assert(clock_now_ms() < until_ms, "%s", fault.text);
    await("leeds reaches hub\n");
    cr_expect(say(&leeds, hub_at_leeds, "hello again"));
    await("hub hears leeds: hello again\n");
    cr_expect(!noted("stale"), "%s", buffer_text(&notes));
}

Test(bus, hangs_up)
{
    peer_number hub_at_leeds;

    meet(&hub_at_leeds);
    bus_hang_up(leeds.bus, hub_at_leeds);
    await("hub loses leeds\n");
    cr_expect(!say(&leeds, hub_at_leeds, "anybody?"));
    bus_hang_up(leeds.bus, hub_at_leeds); /* Twice is no harm. */
}

/* --- Who may connect --- */

Test(bus, lets_one_in_that_is_admitted_later)
{
    leeds_may = ADMISSION_NOT_YET;
    dial(&leeds);
    await("leeds is refused by hub\n");
    cr_expect(!noted("for good"));
    leeds_may = ADMITTED;
    await("leeds reaches hub\n"); /* By itself. */
}

Test(bus, tells_a_barred_one_so_and_asks_again_later)
{
    leeds_may = ADMISSION_BARRED;
    dial(&leeds);
    await("leeds is refused by hub for good\n");
    leeds_may = ADMITTED;
    for (unsigned i = 0; i < 50; i++)
        turn_all();
    cr_expect(!noted("reaches"), "not before its time: %s", buffer_text(&notes));
    skew_ms = 61000;
    await("leeds reaches hub\n");
}

Test(bus, does_not_let_in_whom_it_does_not_know)
{
    exchange_key_free(york.key);
    bus_close(york.bus);
    york = side_new("york");
    cr_done(try_open(&york));
    york_may = ADMISSION_NOT_YET;
    dial(&york);
    await("york is refused by hub\n");
    cr_expect(!noted("hub hears"), "%s", buffer_text(&notes));
}

Test(bus, ends_the_connection_of_one_that_is_barred)
{
    peer_number hub_at_leeds, hub_at_york = dial(&york);

    meet(&hub_at_leeds);
    cr_expect(say(&york, hub_at_york, "hello"));
    await("hub hears york: hello\n");
    forget_notes();
    bus_admit_again(hub.bus); /* Nothing changed: nobody notices. */
    cr_expect(say(&leeds, hub_at_leeds, "still there"));
    await("hub hears leeds: still there\n");
    cr_expect(!noted("loses"), "%s", buffer_text(&notes));

    int64_t until_ms = clock_now_ms() + LIMIT_MS;
    while (bus_subscribers(hub.bus) < 2 && clock_now_ms() < until_ms)
        turn_all();
    cr_expect(say(&leeds, hub_at_leeds, "too late"));
    bus_wait(hub.bus, LIMIT_MS); /* It is there, and has not been read. */
    leeds_may = ADMISSION_BARRED;
    bus_admit_again(hub.bus);
    bus_publish(hub.bus, bytes_of_text("not for leeds"));
    await("hub loses leeds\n");
    await("leeds is refused by hub for good\n");
    await("york hears live from hub: not for leeds\n");
    cr_expect_eq(bus_subscribers(hub.bus), 1);
    cr_expect(say(&york, hub_at_york, "still there"));
    await("hub hears york: still there\n");
    cr_expect(!noted("loses york") && !noted("york loses"), "%s", buffer_text(&notes));
    cr_expect(!noted("leeds hears live") && !noted("too late"), "%s", buffer_text(&notes));
    cr_expect(!say(&leeds, hub_at_leeds, "and I?"));
}

Test(bus, ends_one_connection_as_often_as_it_must)
{
    peer_number hub_at_leeds, hub_at_york = dial(&york);

    await("york reaches hub\n");
    cr_expect(say(&york, hub_at_york, "hello"));
    await("hub hears york: hello\n");
    for (unsigned i = 0; i < 10; i++) {
        leeds_may = ADMITTED;
        skew_ms += 61000;
        hub_at_leeds = dial(&leeds);
        forget_notes();
        await("leeds reaches hub\n");
        if (i % 2 == 0) { /* Or it has not said anything yet. */
            cr_expect(say(&leeds, hub_at_leeds, "hello"));
            await("hub hears leeds: hello\n");
        }
        leeds_may = ADMISSION_BARRED;
        bus_admit_again(hub.bus);
        await("leeds is refused by hub for good\n");
        bus_hang_up(leeds.bus, hub_at_leeds);
    }
    cr_expect(say(&york, hub_at_york, "still here"));
    await("hub hears york: still here\n");
    cr_expect(!noted("loses york") && !noted("york loses"), "%s", buffer_text(&notes));
}

Test(bus, drops_a_peer_and_hears_no_more_of_it)
{
    peer_number hub_at_leeds, leeds_at_hub = meet(&hub_at_leeds);

    forget_notes();
    bus_drop(hub.bus, leeds_at_hub, now());
    cr_expect(say(&leeds, hub_at_leeds, "nonsense"));
    cr_expect(say(&leeds, hub_at_leeds, "more nonsense"));
    dial(&york);
    await("york reaches hub\n");
    for (unsigned i = 0; i < 50; i++)
        turn_all();
    cr_expect(!noted("nonsense"), "%s", buffer_text(&notes));

    bus_drop(leeds.bus, hub_at_leeds, now());
    await("leeds loses hub\n");
    await("hub loses leeds\n");
    skew_ms = 61000;
    await("leeds reaches hub\n");
    cr_expect(say(&leeds, hub_at_leeds, "sense"));
    await("hub hears leeds: sense\n");
}

/* --- Ports and addresses --- */

Test(bus, says_that_a_port_is_in_use)
{
    struct side second = side_new("hull");

    texts_add(&second.listen, hub.listen.list[0]);
    cr_refused(try_open(&second), FAULT_SELF, "Address already in use");
    cr_expect(strstr(fault.text, hub.listen.list[0]) == fault.text, "%s", fault.text);
    cr_expect(strstr(fault.text, "choose another port") != NULL, "%s", fault.text);
    texts_release(&second.listen);

    texts_add(&second.listen,
              own_endpoint(HUB_PORT - 1)); /* Its live records would go out on the hub's port. */
    cr_refused(try_open(&second), FAULT_SELF, "already in use");
    texts_release(&second.listen);
    exchange_key_free(second.key);
}

Test(bus, says_that_an_address_is_not_ours)
{
    struct side second = side_new("hull");
    static const char *const wrong[] = {"tcp://192.0.2.1:7400", "tcp://no.such.host.invalid:7400",
                                        "7400", "tcp://127.0.0.1:65535"};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        texts_add(&second.listen, wrong[i]);
        fault = (struct fault){0};
        cr_expect(!try_open(&second), "%s", wrong[i]);
        cr_expect(strncmp(fault.text, wrong[i], strlen(wrong[i])) == 0, "%s", fault.text);
        texts_release(&second.listen);
    }
    exchange_key_free(second.key);
}

Test(bus, dials_at_most_so_many)
{
    peer_number peer;

    for (unsigned i = 0; i < 64; i++)
        cr_done(bus_dial(leeds.bus, "tcp://127.0.0.1:1", &hub.authority,
                         exchange_key_public(hub.key), &peer, &fault));
    cr_refused(bus_dial(leeds.bus, "tcp://127.0.0.1:1", &hub.authority,
                        exchange_key_public(hub.key), &peer, &fault),
               FAULT_INPUT, "at most 64 are dialled");
    cr_refused(
        bus_dial(york.bus, "nonsense", &hub.authority, exchange_key_public(hub.key), &peer, &fault),
        FAULT_INPUT, "tcp://ADDRESS:PORT");
}

/* --- Attackers: a member that speaks ZeroMQ as it likes --- */

Test(bus, takes_the_first_part_of_a_frame_only)
{
    raw_context = zmq_ctx_new();
    void *socket = raw_socket(ZMQ_DEALER, NULL, hub.listen.list[0]);

    for (unsigned i = 0; i < 50; i++)
        zmq_send(socket, i == 0 ? "first" : "and on", i == 0 ? 5 : 6, i == 49 ? 0 : ZMQ_SNDMORE);
    zmq_send(socket, "", 0, ZMQ_SNDMORE);
    zmq_send(socket, "", 0, 0);
    zmq_send(socket, "second", 6, 0);
    await("hub hears leeds: second\n");
    cr_expect_str_eq(buffer_text(&notes), "hub is reached by leeds\n"
                                          "hub hears leeds: first\n"
                                          "hub hears leeds: \n"
                                          "hub hears leeds: second\n");
    zmq_close(socket);
    zmq_ctx_term(raw_context);
}

/* One member that connects again and again leaves room for the others. */
Test(bus, keeps_room_for_others)
{
    int64_t until_ms = clock_now_ms() + LIMIT_MS;
    void *sockets[16];

    raw_context = zmq_ctx_new();
    for (unsigned i = 0; i < 16; i++) {
        sockets[i] = raw_socket(ZMQ_DEALER, NULL, hub.listen.list[0]);
        zmq_send(sockets[i], "frame", 5, 0);
    }
    while (count_noted("hub is reached by leeds\n") < 8 && clock_now_ms() < until_ms)
        turn(&hub);
    peer_number hub_at_york = dial(&york);
    await("york reaches hub\n");
    cr_expect(say(&york, hub_at_york, "me too"));
    await("hub hears york: me too\n");
    cr_expect_eq(count_noted("hub is reached by leeds\n"), 8);
    for (unsigned i = 0; i < 16; i++)
        zmq_close(sockets[i]);
    zmq_ctx_term(raw_context);
}

/* What a connection sent and was not read before it ended does not bring its peer back. */
Test(bus, is_not_haunted_by_those_who_left)
{
    int64_t until_ms = clock_now_ms() + LIMIT_MS;
    int linger = 5000;

    raw_context = zmq_ctx_new();
    for (unsigned i = 0; i < 10; i++) {
        void *socket = raw_socket(ZMQ_DEALER, NULL, hub.listen.list[0]);
        zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
        for (unsigned k = 0; k < 300; k++)
            zmq_send(socket, "frame", 5, 0);
        while (count_noted("hub is reached by leeds\n") == i && clock_now_ms() < until_ms)
            turn(&hub);
        zmq_close(socket);
    }
    zmq_ctx_term(raw_context);
    while (count_noted("hub loses leeds\n") < 10 && clock_now_ms() < until_ms)
        turn(&hub);
    for (unsigned i = 0; i < 100; i++) /* Those 3000 frames are read by now. */
        turn(&hub);
    /* A frame that is read when its connection's number is another's already brings its peer back
     * until that one ends: never for good. */
    cr_expect(count_noted("hub is reached by leeds\n") >= 10);
    cr_expect_eq(count_noted("hub is reached by leeds\n"), count_noted("hub loses leeds\n"));
}

Test(bus, does_not_hear_one_whose_name_is_too_long)
{
    char name[256];

    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    raw_context = zmq_ctx_new();
    void *tolerated = raw_socket(ZMQ_DEALER, "leeds", hub.listen.list[0]),
         *refused = raw_socket(ZMQ_DEALER, name, hub.listen.list[0]);
    for (unsigned i = 0; i < 600; i++)
        zmq_send(refused, "too long", 8, ZMQ_DONTWAIT);
    zmq_send(tolerated, "fine", 4, 0);
    await("hub hears leeds: fine\n");
    cr_expect(!noted("too long"), "%s", buffer_text(&notes));
    zmq_close(refused);
    zmq_close(tolerated);
    zmq_ctx_term(raw_context);
}

Test(bus, ends_the_connection_of_one_whose_frame_is_too_large)
{
    struct buffer large = {0};
    peer_number ignored;

    meet(&ignored);
    forget_notes();
    for (size_t i = 0; i < FRAME_MAX + 4096; i++)
        buffer_append(&large, bytes_of("x", 1));
    raw_context = zmq_ctx_new();
    void *socket = raw_socket(ZMQ_DEALER, NULL, hub.listen.list[0]);
    zmq_send(socket, "small", 5, 0);
    await("hub hears leeds: small\n");
    zmq_send(socket, large.data, large.size, 0);
    await("hub loses leeds\n");
    cr_expect(!noted("xxx"), "%s", buffer_text(&notes));
    zmq_close(socket);
    zmq_ctx_term(raw_context);
    buffer_release(&large);
}

/* Bytes that are not ZeroMQ's at all, and connections that come and go by the hundred. */
Test(bus, bears_what_is_not_zeromq)
{
    peer_number hub_at_leeds;

    meet(&hub_at_leeds);
    forget_notes();
    for (unsigned i = 0; i < 300; i++) {
        static const char *const texts[] = {"GET / HTTP/1.0\r\n\r\n", "\xff\0\0\0\0\0\0\0\1\x7f\3",
                                            "", "\xff\0\0\0\0\0\0\0\1\x7f\3\1NULL"};
        int file = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in address = own_address(HUB_PORT + i % 2);
        cr_assert(connect(file, (struct sockaddr *)&address, sizeof address) == 0);
        ssize_t sent = send(file, texts[i % 4],
                            i % 4 == 0   ? 18
                            : i % 4 == 2 ? 0
                                         : 11,
                            MSG_NOSIGNAL);
        (void)sent;
        close(file);
        if (i % 10 == 0)
            turn_all();
    }
    cr_expect(say(&leeds, hub_at_leeds, "still here"));
    await("hub hears leeds: still here\n");
    cr_expect(!noted("loses"), "%s", buffer_text(&notes));
}

/* Who is dialled answers nonsense first, and is the hub later. */
Test(bus, tries_again_what_does_not_speak_zeromq)
{
    struct sockaddr_in address = own_address(HUB_PORT);
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    int64_t until_ms = clock_now_ms() + LIMIT_MS;

    bus_close(hub.bus);
    hub.bus = NULL;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    while (bind(listener, (struct sockaddr *)&address, sizeof address) != 0)
        cr_assert(clock_now_ms() < until_ms);
    cr_assert(listen(listener, 8) == 0);
    dial(&leeds);
    int file = accept(listener, NULL, NULL);
    cr_assert(file >= 0 && send(file, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, MSG_NOSIGNAL) == 28);
    await("leeds is refused by hub\n");
    close(file);
    close(listener);
    while (!try_open(&hub))
        cr_assert(clock_now_ms() < until_ms, "%s", fault.text);
    skew_ms = 61000;
    await("leeds reaches hub\n");
}
