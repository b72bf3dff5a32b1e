#include "node/bus.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_DOMAIN "candour"
#define LINKS_MAX 64
#define ACCEPTED_MAX 4096
#define LINKS_OF_ONE_MAX 8 /* That one member may have to us: the rest is for others. */
#define HEX_ID 65
#define AT_ONCE_MAX 256 /* Of what strangers can cause, in one go. */

/* When a link is opened again: ZeroMQ does it by itself only after some failures, and then with
 * frames in the queue that were meant for the connection before. */
#define LOST_RETRY_MS 200
#define NOT_YET_RETRY_MS 1000
#define BARRED_RETRY_MS 60000
#define NO_ANSWER_RETRY_MS 60000

/* A frame as CURVE carries it: "\7MESSAGE", nonce, MAC and flags come to it. */
#define CURVE_EXTRA 64
#define HANDSHAKE_MAX 2048
/* Whoever is not admitted yet (300) is cut off by this clock only, and strangers who say nothing.
 */
#define HANDSHAKE_MS 5000
#define REBIND_MS 5000

/* A peer that we dial. */
struct link {
    peer_number peer;
    struct digest authority;
    struct exchange_public transport;
    char endpoint[ENDPOINT_MAX + 1], live[ENDPOINT_MAX + 1];
    void *dealer, *monitor, *sub, *sub_monitor;
    bool up, left;           /* `left`: it was up, and nobody has been told that it went. */
    int64_t reopen_at_ms;    /* When closed. */
    int64_t no_answer_at_ms; /* When open and not up: 0 as long as the clock is not known. */
};

/* A peer that dialled us: known by ZeroMQ's routing id from its first frame on. */
struct accepted {
    peer_number peer;
    struct digest authority;
    uint8_t routing[32];
    size_t routing_size;
    int file;   /* Of its connection, to know it when it goes. */
    bool gone;  /* Its connection is: still to be told. */
    bool muted; /* It was dropped: what else it sends is not heard. */
};

struct bus {
    struct bus_settings settings;
    struct texts listen;
    void *context, *zap, *router, *monitor, *xpub;
    struct link links[LINKS_MAX];
    size_t link_count, next_link;
    struct accepted *accepted;
    size_t accepted_count, gone_count;
    bool *open_files; /* By number: the files of connections to the ROUTER that have not ended. */
    size_t open_file_count;
    struct digest *admitted; /* Authorities that ZAP let in since the sockets were bound. */
    struct exchange_public *admitted_keys;
    size_t admitted_count;
    size_t subscribers;
    peer_number next_peer;
    unsigned monitors;
    zmq_msg_t frame;
};

static bool zmq_fault(struct fault *fault, const char *what, const char *advice)
{
    return fault_set(fault, FAULT_SELF, "%s: %s%s%s", what, zmq_strerror(zmq_errno()),
                     advice[0] == '\0' ? "" : ": ", advice);
}

static void set_int(void *socket, int option, int value)
{
    int set = zmq_setsockopt(socket, option, &value, sizeof value);
    assert(set == 0);
}

static void set_bytes(void *socket, int option, const void *value, size_t size)
{
    int set = zmq_setsockopt(socket, option, value, size);
    assert(set == 0);
}

static void *new_socket(struct bus *bus, int type, int64_t frame_most)
{
    void *socket = zmq_socket(bus->context, type);

    assert(socket != NULL);
    set_int(socket, ZMQ_LINGER, 0);
    set_int(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS);
    set_int(socket, ZMQ_HEARTBEAT_IVL, 10000);
    set_int(socket, ZMQ_HEARTBEAT_TIMEOUT, 30000);
    set_int(socket, ZMQ_RECONNECT_IVL, 200);
    set_int(socket, ZMQ_RECONNECT_IVL_MAX, 5000);
    /* No limit to what waits to be read: we read all the time. At a limit libzmq 4.3.4 holds up the
     * connection, and aborts the program when that ends just then and a heartbeat falls due
     * (zeromq/libzmq#4841). */
    set_int(socket, ZMQ_RCVHWM, 0);
    int64_t most = frame_most + CURVE_EXTRA;
    set_bytes(socket, ZMQ_MAXMSGSIZE, &most, sizeof most);
    return socket;
}

static void close_socket(void **socket)
{
    if (*socket != NULL)
        zmq_close(*socket);
    *socket = NULL;
}

/* A socket that reports what happens to `socket`'s connections. */
static void *watch(struct bus *bus, void *socket, int events)
{
    char endpoint[64];

    snprintf(endpoint, sizeof endpoint, "inproc://monitor-%u", bus->monitors++);
    int watching = zmq_socket_monitor(socket, endpoint, events);
    assert(watching == 0);
    void *monitor = zmq_socket(bus->context, ZMQ_PAIR);
    assert(monitor != NULL);
    set_int(monitor, ZMQ_LINGER, 0);
    set_int(monitor, ZMQ_RCVHWM, 0); /* ZeroMQ's thread would wait for us, and we may for it. */
    int connected = zmq_connect(monitor, endpoint);
    assert(connected == 0);
    return monitor;
}

static bool next_port(char *to, size_t size, const char *endpoint)
{
    char address[ENDPOINT_MAX];
    uint16_t port;

    if (!endpoint_parse(endpoint, address, sizeof address, &port) || port == 65535)
        return false;
    return (size_t)snprintf(to, size, "tcp://%s:%u", address, port + 1u) < size;
}

/* --- Listening --- */

static void serve_curve(struct bus *bus, void *socket)
{
    set_int(socket, ZMQ_CURVE_SERVER, 1);
    set_bytes(socket, ZMQ_CURVE_SECRETKEY, exchange_key_secret(bus->settings.transport), 32);
    set_bytes(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN));
}

static void mark_gone(struct bus *bus, struct accepted *accepted)
{
    bus->gone_count += !accepted->gone;
    accepted->gone = true;
}

static void close_listeners(struct bus *bus)
{
    if (bus->router != NULL)
        zmq_socket_monitor(bus->router, NULL, 0);
    close_socket(&bus->monitor);
    close_socket(&bus->router);
    close_socket(&bus->xpub);
    bus->subscribers = 0;
    bus->admitted_count = 0;
    bus->open_file_count = 0;
    for (size_t i = 0; i < bus->accepted_count; i++)
        mark_gone(bus, &bus->accepted[i]);
}

/* A socket that was closed a moment ago may still hold the port: ZeroMQ closes it behind our back.
 */
static bool bind_port(void *socket, const char *endpoint, int64_t patience_ms)
{
    const struct timespec pause = {.tv_nsec = 5000000};

    for (; zmq_bind(socket, endpoint) != 0; patience_ms -= 5) {
        if (zmq_errno() != EADDRINUSE || patience_ms <= 0)
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

static bool bind_all(struct bus *bus, int64_t patience_ms, struct fault *fault)
{
    const struct texts *listen = &bus->listen;
    char live[ENDPOINT_MAX + 8];

    if (listen->count == 0)
        return true;
    bus->router = new_socket(bus, ZMQ_ROUTER, FRAME_MAX);
    set_int(bus->router, ZMQ_ROUTER_MANDATORY, 1);
    serve_curve(bus, bus->router);
    bus->monitor = watch(bus, bus->router, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED);
    /* Nobody has more to say to an XPUB than that it subscribes. */
    bus->xpub = new_socket(bus, ZMQ_XPUB, HANDSHAKE_MAX);
    set_int(bus->xpub, ZMQ_SNDHWM, 10000);
    set_int(bus->xpub, ZMQ_XPUB_VERBOSER, 1);
    serve_curve(bus, bus->xpub);
    for (size_t i = 0; i < listen->count; i++) {
        if (!next_port(live, sizeof live, listen->list[i]))
            return fault_set(fault, FAULT_INPUT, "%s: is not of the form tcp://ADDRESS:PORT",
                             listen->list[i]);
        if (!bind_port(bus->router, listen->list[i], patience_ms))
            return zmq_fault(fault, listen->list[i],
                             "choose another port with --listen or in candour.conf, or stop what "
                             "uses this one");
        if (!bind_port(bus->xpub, live, patience_ms))
            return zmq_fault(fault, live,
                             "live records go out on the port after the one in candour.conf: free "
                             "both");
    }
    return true;
}

/* --- Dialling --- */

static void dial_curve(struct bus *bus, const struct link *link, void *socket)
{
    const struct exchange_key *own = bus->settings.transport;

    set_bytes(socket, ZMQ_CURVE_SERVERKEY, link->transport.bytes, 32);
    set_bytes(socket, ZMQ_CURVE_PUBLICKEY, exchange_key_public(own)->bytes, 32);
    set_bytes(socket, ZMQ_CURVE_SECRETKEY, exchange_key_secret(own), 32);
}

static bool open_link(struct bus *bus, struct link *link)
{
    link->dealer = new_socket(bus, ZMQ_DEALER, FRAME_MAX);
    dial_curve(bus, link, link->dealer);
    link->monitor = watch(
        bus, link->dealer,
        ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
            ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL);
    link->sub = new_socket(bus, ZMQ_SUB, RECORD_WIRE_MAX);
    link->sub_monitor = watch(bus, link->sub, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    set_bytes(link->sub, ZMQ_SUBSCRIBE, "", 0);
    dial_curve(bus, link, link->sub);
    link->reopen_at_ms = link->no_answer_at_ms = 0;
    return zmq_connect(link->sub, link->live) == 0 &&
           zmq_connect(link->dealer, link->endpoint) == 0;
}

static void close_link(struct link *link)
{
    if (link->dealer != NULL)
        zmq_socket_monitor(link->dealer, NULL, 0);
    if (link->sub != NULL)
        zmq_socket_monitor(link->sub, NULL, 0);
    close_socket(&link->monitor);
    close_socket(&link->sub_monitor);
    close_socket(&link->dealer);
    close_socket(&link->sub);
    link->up = false;
}

static void close_until(struct link *link, int64_t reopen_at_ms)
{
    close_link(link);
    link->reopen_at_ms = reopen_at_ms;
}

bool bus_dial(struct bus *bus, const char *endpoint, const struct digest *authority,
              const struct exchange_public *transport, peer_number *peer, struct fault *fault)
{
    if (bus->link_count == LINKS_MAX)
        return fault_set(fault, FAULT_INPUT, "%s: one peer too many: at most %d are dialled",
                         endpoint, LINKS_MAX);
    struct link *link = &bus->links[bus->link_count];
    *link =
        (struct link){.peer = bus->next_peer++, .authority = *authority, .transport = *transport};
    snprintf(link->endpoint, sizeof link->endpoint, "%s", endpoint);
    if (!next_port(link->live, sizeof link->live, endpoint))
        return fault_set(fault, FAULT_INPUT, "%s: is not of the form tcp://ADDRESS:PORT", endpoint);
    if (!open_link(bus, link)) {
        close_link(link);
        return zmq_fault(fault, endpoint, "cannot be dialled");
    }
    bus->link_count++;
    *peer = link->peer;
    return true;
}

/* --- Opening and closing --- */

struct bus *bus_open(const struct bus_settings *settings, struct fault *fault)
{
    struct bus *bus = memory_new(1, sizeof *bus);

    bus->settings = *settings;
    for (size_t i = 0; i < settings->listen->count; i++)
        texts_add(&bus->listen, settings->listen->list[i]);
    bus->next_peer = 1;
    bus->context = zmq_ctx_new();
    assert(bus->context != NULL);
    zmq_ctx_set(bus->context, ZMQ_MAX_SOCKETS, 4096);
    zmq_msg_init(&bus->frame);
    bus->zap = zmq_socket(bus->context, ZMQ_REP);
    assert(bus->zap != NULL);
    set_int(bus->zap, ZMQ_LINGER, 0);
    int bound = zmq_bind(bus->zap, ZAP_ENDPOINT);
    assert(bound == 0);
    if (bind_all(bus, 0, fault))
        return bus;
    bus_close(bus);
    return NULL;
}

void bus_close(struct bus *bus)
{
    if (bus == NULL)
        return;
    for (size_t i = 0; i < bus->link_count; i++)
        close_link(&bus->links[i]);
    close_listeners(bus);
    close_socket(&bus->zap);
    zmq_msg_close(&bus->frame);
    zmq_ctx_term(bus->context);
    texts_release(&bus->listen);
    free(bus->open_files);
    free(bus->accepted);
    free(bus->admitted);
    free(bus->admitted_keys);
    free(bus);
}

/* --- ZAP (RFC 27/ZAP): one question at a time, answered at once --- */

static void remember_admitted(struct bus *bus, const struct digest *authority,
                              const struct exchange_public *key)
{
    for (size_t i = 0; i < bus->admitted_count; i++)
        if (memcmp(&bus->admitted_keys[i], key, sizeof *key) == 0)
            return;
    bus->admitted = memory_grow(bus->admitted, bus->admitted_count + 1, sizeof *bus->admitted);
    bus->admitted_keys =
        memory_grow(bus->admitted_keys, bus->admitted_count + 1, sizeof *bus->admitted_keys);
    bus->admitted[bus->admitted_count] = *authority;
    bus->admitted_keys[bus->admitted_count++] = *key;
}

struct zap_question {
    char sequence[64];
    size_t sequence_size;
    bool curve;
    bool has_key;
    struct exchange_public key;
};

static bool read_question(struct bus *bus, struct zap_question *question)
{
    uint8_t part[256];
    int more = 1;

    memset(question, 0, sizeof *question);
    for (unsigned i = 0; more; i++) {
        int size = zmq_recv(bus->zap, part, sizeof part, i == 0 ? ZMQ_DONTWAIT : 0);
        if (size < 0)
            return false;
        if (i == 1 && (size_t)size <= sizeof question->sequence) {
            memcpy(question->sequence, part, (size_t)size);
            question->sequence_size = (size_t)size;
        }
        if (i == 5)
            question->curve = size == 5 && memcmp(part, "CURVE", 5) == 0;
        if (i == 6 && size == 32) {
            memcpy(question->key.bytes, part, 32);
            question->has_key = true;
        }
        size_t more_size = sizeof more;
        zmq_getsockopt(bus->zap, ZMQ_RCVMORE, &more, &more_size);
    }
    return true;
}

static bool answer_zap(struct bus *bus)
{
    static const char *const codes[] = {
        [ADMITTED] = "200", [ADMISSION_NOT_YET] = "300", [ADMISSION_BARRED] = "400"};
    static const char *const texts[] = {[ADMITTED] = "OK",
                                        [ADMISSION_NOT_YET] = "not on the charter yet",
                                        [ADMISSION_BARRED] = "no member any more"};
    struct zap_question question;
    struct digest authority = {{0}};
    char user[HEX_ID] = "";
    enum admission admission = ADMISSION_BARRED;

    if (!read_question(bus, &question))
        return false;
    if (question.curve && question.has_key)
        admission = bus->settings.admit(bus->settings.context, &question.key, &authority);
    if (admission == ADMITTED) {
        hex_of(user, authority.bytes, sizeof authority.bytes);
        remember_admitted(bus, &authority, &question.key);
    }
    zmq_send(bus->zap, "1.0", 3, ZMQ_SNDMORE);
    zmq_send(bus->zap, question.sequence, question.sequence_size, ZMQ_SNDMORE);
    zmq_send(bus->zap, codes[admission], 3, ZMQ_SNDMORE);
    zmq_send(bus->zap, texts[admission], strlen(texts[admission]), ZMQ_SNDMORE);
    zmq_send(bus->zap, user, strlen(user), ZMQ_SNDMORE);
    zmq_send(bus->zap, "", 0, 0);
    return true;
}

/* --- Events --- */

/* One event of a monitor: two frames, event (2 bytes) and value (4 bytes), then an address. */
static bool read_monitor(void *monitor, uint16_t *what, uint32_t *value)
{
    uint8_t part[512];

    if (monitor == NULL || zmq_recv(monitor, part, sizeof part, ZMQ_DONTWAIT) < 6)
        return false;
    memcpy(what, part, sizeof *what);
    memcpy(value, part + 2, sizeof *value);
    zmq_recv(monitor, part, sizeof part, 0);
    return true;
}

static struct accepted *find_accepted(struct bus *bus, peer_number peer)
{
    for (size_t i = 0; i < bus->accepted_count; i++)
        if (bus->accepted[i].peer == peer)
            return &bus->accepted[i];
    return NULL;
}

static void note_file(struct bus *bus, uint32_t file, bool open)
{
    if (file >= bus->open_file_count) {
        bus->open_files = memory_grow(bus->open_files, file + 1, sizeof *bus->open_files);
        while (bus->open_file_count <= file)
            bus->open_files[bus->open_file_count++] = false;
    }
    bus->open_files[file] = open;
    for (size_t i = 0; !open && i < bus->accepted_count; i++)
        if (bus->accepted[i].file == (int)file)
            mark_gone(bus, &bus->accepted[i]);
}

/* What a connection sent may be read after it ended, and must not bring its peer back. */
static bool is_open(const struct bus *bus, int file)
{
    return file >= 0 && (size_t)file < bus->open_file_count && bus->open_files[file];
}

/* Connections to the ROUTER that came and went: which peers are gone? */
static bool next_departure(struct bus *bus, struct bus_event *event)
{
    uint16_t what;
    uint32_t value;

    while (read_monitor(bus->monitor, &what, &value))
        if (value < UINT16_MAX) /* A file's number; its limit is far below. */
            note_file(bus, value, what == ZMQ_EVENT_ACCEPTED);
    for (size_t i = 0; bus->gone_count > 0 && i < bus->accepted_count; i++) {
        struct accepted *gone = &bus->accepted[i];
        if (!gone->gone)
            continue;
        *event =
            (struct bus_event){.kind = BUS_LEFT, .peer = gone->peer, .authority = gone->authority};
        *gone = bus->accepted[--bus->accepted_count];
        bus->gone_count--;
        return true;
    }
    return false;
}

static bool link_event(const struct link *link, enum bus_event_kind kind, struct bus_event *event)
{
    *event = (struct bus_event){
        .kind = kind, .peer = link->peer, .authority = link->authority, .dialled = true};
    return true;
}

static bool next_link_event(struct link *link, int64_t now_ms, struct bus_event *event)
{
    uint16_t what;
    uint32_t value;

    if (link->left) {
        link->left = false;
        return link_event(link, BUS_LEFT, event);
    }
    while (read_monitor(link->monitor, &what, &value)) {
        bool was_up = link->up;
        switch (what) {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
            link->up = true;
            return link_event(link, BUS_JOINED, event);
        case ZMQ_EVENT_DISCONNECTED:
            if (was_up) {
                close_until(link, now_ms + LOST_RETRY_MS);
                return link_event(link, BUS_LEFT, event);
            }
            /* fall through */
        default: /* It does not let us in, or does not speak ZeroMQ: then that would not try again.
                  */
            link_event(link, BUS_REFUSED, event);
            event->barred = what == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH && value == 400;
            close_until(link, now_ms + (event->barred ? BARRED_RETRY_MS : NOT_YET_RETRY_MS));
            return true;
        }
    }
    return read_monitor(link->sub_monitor, &what, &value) && link_event(link, BUS_HEARING, event);
}

static bool take_frame(struct bus *bus, void *socket)
{
    zmq_msg_close(&bus->frame);
    zmq_msg_init(&bus->frame);
    return socket != NULL && zmq_msg_recv(&bus->frame, socket, ZMQ_DONTWAIT) >= 0;
}

/* A truth or live frame has one part; whatever follows is dropped. */
static void drop_rest(struct bus *bus, void *socket)
{
    zmq_msg_t rest;

    for (bool more = zmq_msg_more(&bus->frame) != 0; more;) {
        zmq_msg_init(&rest);
        more = zmq_msg_recv(&rest, socket, 0) >= 0 && zmq_msg_more(&rest);
        zmq_msg_close(&rest);
    }
}

static struct bytes frame_bytes(struct bus *bus)
{
    return bytes_of(zmq_msg_data(&bus->frame), zmq_msg_size(&bus->frame));
}

static struct accepted *find_routing(struct bus *bus, const uint8_t *routing, size_t size)
{
    for (size_t i = 0; i < bus->accepted_count; i++)
        if (bus->accepted[i].routing_size == size &&
            memcmp(bus->accepted[i].routing, routing, size) == 0)
            return &bus->accepted[i];
    return NULL;
}

/* Who sent this frame, as ZAP named it. */
static bool sender_of(struct bus *bus, struct digest *authority)
{
    const char *user = zmq_msg_gets(&bus->frame, "User-Id");

    return user != NULL && hex_read(authority->bytes, sizeof authority->bytes, user);
}

static size_t links_of(const struct bus *bus, const struct digest *authority)
{
    size_t count = 0;

    for (size_t i = 0; i < bus->accepted_count; i++)
        count += digest_equal(&bus->accepted[i].authority, authority);
    return count;
}

static struct accepted *accept_peer(struct bus *bus, const uint8_t *routing, size_t size,
                                    const struct digest *authority)
{
    if (bus->accepted_count == ACCEPTED_MAX || size > sizeof bus->accepted->routing ||
        links_of(bus, authority) >= LINKS_OF_ONE_MAX)
        return NULL;
    bus->accepted = memory_grow(bus->accepted, bus->accepted_count + 1, sizeof *bus->accepted);
    struct accepted *accepted = &bus->accepted[bus->accepted_count++];
    *accepted = (struct accepted){.peer = bus->next_peer++,
                                  .authority = *authority,
                                  .routing_size = size,
                                  .file = zmq_msg_get(&bus->frame, ZMQ_SRCFD)};
    memcpy(accepted->routing, routing, size);
    return accepted;
}

/* One frame of the ROUTER. False when nobody is to hear of it. */
static bool read_router_frame(struct bus *bus, struct bus_event *event)
{
    uint8_t routing[256];
    struct digest authority;
    size_t size = zmq_msg_size(&bus->frame);

    memcpy(routing, zmq_msg_data(&bus->frame), size < sizeof routing ? size : 0);
    if (!zmq_msg_more(&bus->frame) || !take_frame(bus, bus->router))
        return false;
    drop_rest(bus, bus->router);
    if (!sender_of(bus, &authority) || !is_open(bus, zmq_msg_get(&bus->frame, ZMQ_SRCFD)))
        return false;
    struct accepted *accepted = find_routing(bus, routing, size);
    bool joined = accepted == NULL;
    if (accepted == NULL && (accepted = accept_peer(bus, routing, size, &authority)) == NULL)
        return false;
    *event = (struct bus_event){.kind = BUS_FRAME,
                                .peer = accepted->peer,
                                .authority = accepted->authority,
                                .joined = joined,
                                .bytes = frame_bytes(bus)};
    return !accepted->muted && !accepted->gone;
}

static bool next_router_frame(struct bus *bus, struct bus_event *event)
{
    for (unsigned i = 0; i < AT_ONCE_MAX && take_frame(bus, bus->router); i++)
        if (read_router_frame(bus, event))
            return true;
    return false;
}

/* Whom we hear of subscribing: 01 or 00 and the topic. */
static void count_subscribers(struct bus *bus)
{
    for (unsigned i = 0; i < AT_ONCE_MAX && take_frame(bus, bus->xpub); i++) {
        struct bytes frame = frame_bytes(bus);
        drop_rest(bus, bus->xpub);
        if (frame.size == 1 && frame.data[0] == 1)
            bus->subscribers++;
        else if (frame.size == 1 && frame.data[0] == 0 && bus->subscribers > 0)
            bus->subscribers--;
    }
}

static bool next_link_frame(struct bus *bus, struct link *link, struct bus_event *event)
{
    void *sockets[] = {link->dealer, link->sub};

    for (unsigned i = 0; i < 2; i++)
        if (take_frame(bus, sockets[i])) {
            drop_rest(bus, sockets[i]);
            *event = (struct bus_event){.kind = i == 0 ? BUS_FRAME : BUS_LIVE,
                                        .peer = link->peer,
                                        .authority = link->authority,
                                        .dialled = true,
                                        .bytes = frame_bytes(bus)};
            return true;
        }
    return false;
}

static void reopen_links(struct bus *bus, int64_t now_ms)
{
    for (size_t i = 0; i < bus->link_count; i++) {
        struct link *link = &bus->links[i];
        bool closed = link->dealer == NULL;
        if (!closed && !link->up && link->no_answer_at_ms == 0)
            link->no_answer_at_ms = now_ms + NO_ANSWER_RETRY_MS;
        if (closed ? now_ms < link->reopen_at_ms : link->up || now_ms < link->no_answer_at_ms)
            continue;
        close_link(link);
        if (!open_link(bus, link))
            close_until(link, now_ms + NO_ANSWER_RETRY_MS);
    }
}

bool bus_next(struct bus *bus, int64_t now_ms, struct bus_event *event)
{
    reopen_links(bus, now_ms);
    for (unsigned i = 0; i < AT_ONCE_MAX && answer_zap(bus); i++)
        ;
    count_subscribers(bus);
    /* Departures first: a new connection may have the number of the one that went. */
    if (next_departure(bus, event))
        return true;
    for (size_t i = 0; i < bus->link_count; i++)
        if (next_link_event(&bus->links[i], now_ms, event))
            return true;
    /* In turn, so that no peer keeps the others from being heard. */
    for (size_t i = 0; i <= bus->link_count; i++) {
        size_t turn = bus->next_link++ % (bus->link_count + 1);
        if (turn < bus->link_count ? next_link_frame(bus, &bus->links[turn], event)
                                   : next_router_frame(bus, event))
            return true;
    }
    return false;
}

static size_t add_item(zmq_pollitem_t *items, size_t count, void *socket)
{
    if (socket == NULL)
        return count;
    items[count] = (zmq_pollitem_t){.socket = socket, .events = ZMQ_POLLIN};
    return count + 1;
}

void bus_wait(struct bus *bus, int64_t timeout_ms)
{
    zmq_pollitem_t items[5 + 4 * LINKS_MAX];
    size_t count = 0;

    if (bus->settings.wake >= 0)
        items[count++] = (zmq_pollitem_t){.fd = bus->settings.wake, .events = ZMQ_POLLIN};
    count = add_item(items, count, bus->zap);
    count = add_item(items, count, bus->router);
    count = add_item(items, count, bus->monitor);
    count = add_item(items, count, bus->xpub);
    for (size_t i = 0; i < bus->link_count; i++) {
        count = add_item(items, count, bus->links[i].dealer);
        count = add_item(items, count, bus->links[i].monitor);
        count = add_item(items, count, bus->links[i].sub);
        count = add_item(items, count, bus->links[i].sub_monitor);
    }
    zmq_poll(items, (int)count, timeout_ms < 0 ? 0 : (long)timeout_ms);
}

static struct link *find_link(struct bus *bus, peer_number peer)
{
    for (size_t i = 0; i < bus->link_count; i++)
        if (bus->links[i].peer == peer)
            return &bus->links[i];
    return NULL;
}

bool bus_send(struct bus *bus, peer_number peer, struct bytes frame)
{
    struct link *link = find_link(bus, peer);

    if (link != NULL)
        return link->up && zmq_send(link->dealer, frame.data, frame.size, ZMQ_DONTWAIT) >= 0;
    struct accepted *accepted = find_accepted(bus, peer);
    return accepted != NULL && !accepted->gone &&
           zmq_send(bus->router, accepted->routing, accepted->routing_size,
                    ZMQ_DONTWAIT | ZMQ_SNDMORE) >= 0 &&
           zmq_send(bus->router, frame.data, frame.size, ZMQ_DONTWAIT) >= 0;
}

void bus_publish(struct bus *bus, struct bytes frame)
{
    if (bus->xpub != NULL)
        zmq_send(bus->xpub, frame.data, frame.size, ZMQ_DONTWAIT);
}

void bus_drop(struct bus *bus, peer_number peer, int64_t now_ms)
{
    struct link *link = find_link(bus, peer);
    struct accepted *accepted = find_accepted(bus, peer);

    if (link != NULL && link->dealer != NULL) {
        link->left = link->up;
        close_until(link, now_ms + BARRED_RETRY_MS);
    }
    if (accepted != NULL) /* ZeroMQ cannot end one connection of a ROUTER. */
        accepted->muted = true;
}

void bus_hang_up(struct bus *bus, peer_number peer)
{
    struct link *link = find_link(bus, peer);

    if (link == NULL)
        return;
    close_link(link);
    *link = bus->links[--bus->link_count];
}

bool bus_admit_again(struct bus *bus, struct fault *fault)
{
    struct digest authority;
    bool all = true;

    for (size_t i = 0; i < bus->admitted_count; i++)
        all = all && bus->settings.admit(bus->settings.context, &bus->admitted_keys[i],
                                         &authority) == ADMITTED;
    if (all)
        return true;
    /* ZeroMQ cannot end one connection: all end, and those who may come back by themselves. */
    close_listeners(bus);
    return bind_all(bus, REBIND_MS, fault);
}

size_t bus_subscribers(const struct bus *bus)
{
    return bus->subscribers;
}
