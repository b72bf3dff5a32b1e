#include "node/bus.h"
#include "crypto/secret.h"
#include "node/backlog.h"
#include "node/connections.h"

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
#define LOST_RETRY_MAX_MS 10000
#define STEADY_MS                                                                                  \
    60000 /* A link that was up so long is retried soon; one that flaps ever later.                \
           */
#define NOT_YET_RETRY_MS 1000
#define BARRED_RETRY_MS 60000
#define NO_ANSWER_RETRY_MS 60000

/* A frame as CURVE carries it: "\7MESSAGE", nonce, MAC and flags come to it. */
#define CURVE_EXTRA 64
#define HANDSHAKE_MAX 512
/* Whoever is not admitted yet (300) is cut off by this clock only, and strangers who say nothing.
 */
#define HANDSHAKE_MS 5000
#define CONNECT_MS 5000
#define REBIND_MS 5000
#define HEARTBEAT_MS 10000
#define HEARTBEATS_MISSED 3

/* Frames that ZeroMQ holds for one peer: it counts them, whatever their size. More wait with us. */
#define TRUTH_SEND_MOST 8
/* Records that it holds for one subscriber. Of a record there is one copy for all of them. */
#define LIVE_SEND_MOST 10000
#define BACKLOG_RETRY_MS 5
#define OVERFULL_LOOK_MS 100

/* One of the two sockets towards a peer that we dial. */
struct plane {
    char endpoint[ENDPOINT_MAX + 1];
    void *socket, *monitor; /* NULL: closed. */
    struct connections connections;
    bool up;
    int64_t up_since_ms, retry_ms;
    int64_t reopen_at_ms; /* When closed. */
};

/* A peer that we dial. While its truth plane is closed its live plane is. */
struct link {
    peer_number peer;
    struct digest authority;
    struct exchange_public transport;
    struct plane truth, live;
    struct backlog backlog;
    bool left;               /* It was up, and nobody has been told that it went. */
    int64_t no_answer_at_ms; /* When open and not up: 0 as long as the clock is not known. */
};

/* A peer that dialled us: known by ZeroMQ's routing id from its first frame on. */
struct accepted {
    peer_number peer;
    struct digest authority;
    uint8_t routing[32];
    size_t routing_size;
    int file; /* Of its connection, to know it when it goes. */
    struct backlog backlog;
    bool gone;  /* Its connection is: still to be told. */
    bool muted; /* It was dropped: what else it sends is not heard. */
};

struct bus {
    struct bus_settings settings;
    struct texts listen;
    void *context, *zap, *router, *monitor, *xpub, *xpub_monitor;
    struct link links[LINKS_MAX];
    size_t link_count, next_link;
    struct accepted *accepted;
    size_t accepted_count, gone_count;
    struct connections connections, subscribers; /* To the ROUTER and to the XPUB. */
    struct digest *admitted; /* Authorities that ZAP let in since the sockets were bound. */
    struct exchange_public *admitted_keys;
    size_t admitted_count;
    int64_t now_ms;     /* As bus_next() was told last. */
    int64_t look_at_ms; /* When it is looked whether a connection is overfull. */
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
    set_int(socket, ZMQ_HEARTBEAT_IVL, bus->settings.heartbeat_ms);
    set_int(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEATS_MISSED * bus->settings.heartbeat_ms);
    /* The kernel asks an address that is silent ever more rarely: up to a minute after it is back.
     */
    set_int(socket, ZMQ_CONNECT_TIMEOUT, CONNECT_MS);
    set_int(socket, ZMQ_RECONNECT_IVL, 200);
    set_int(socket, ZMQ_RECONNECT_IVL_MAX, 5000);
    /* No limit to the frames that wait to be read: at one libzmq 4.3.4 holds up the connection, and
     * aborts the program when that ends just then and a heartbeat falls due (zeromq/libzmq#4841).
     * What may wait is bounded in bytes, by connections_end_overfull(). */
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

static void close_watched(void **socket, void **monitor)
{
    if (*socket != NULL)
        zmq_socket_monitor(*socket, NULL, 0);
    close_socket(monitor);
    close_socket(socket);
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
    close_watched(&bus->router, &bus->monitor);
    close_watched(&bus->xpub, &bus->xpub_monitor);
    connections_clear(&bus->connections);
    connections_clear(&bus->subscribers);
    bus->admitted_count = 0;
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
    set_int(bus->router, ZMQ_SNDHWM, TRUTH_SEND_MOST);
    serve_curve(bus, bus->router);
    bus->monitor = watch(bus, bus->router, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED);
    /* Nobody has more to say to an XPUB than that it subscribes. */
    bus->xpub = new_socket(bus, ZMQ_XPUB, HANDSHAKE_MAX);
    set_int(bus->xpub, ZMQ_SNDHWM, LIVE_SEND_MOST);
    set_int(bus->xpub, ZMQ_XPUB_VERBOSE, 1);
    bus->xpub_monitor = watch(bus, bus->xpub, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED);
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

/* Every option before it connects: ZMQ_LINGER for one holds for the connections made after it. */
static bool open_plane(struct bus *bus, const struct link *link, struct plane *plane, int type,
                       int64_t frame_most)
{
    plane->socket = new_socket(bus, type, frame_most);
    dial_curve(bus, link, plane->socket);
    if (type == ZMQ_SUB)
        set_bytes(plane->socket, ZMQ_SUBSCRIBE, "", 0);
    else
        set_int(plane->socket, ZMQ_SNDHWM, TRUTH_SEND_MOST);
    plane->monitor =
        watch(bus, plane->socket,
              ZMQ_EVENT_CONNECTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
                  ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                  ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL);
    return zmq_connect(plane->socket, plane->endpoint) == 0;
}

static bool open_live(struct bus *bus, struct link *link)
{
    return open_plane(bus, link, &link->live, ZMQ_SUB, RECORD_WIRE_MAX);
}

static bool open_link(struct bus *bus, struct link *link)
{
    link->no_answer_at_ms = 0;
    return open_live(bus, link) && open_plane(bus, link, &link->truth, ZMQ_DEALER, FRAME_MAX);
}

static void close_plane(struct plane *plane, int64_t reopen_at_ms)
{
    close_watched(&plane->socket, &plane->monitor);
    connections_release(&plane->connections);
    plane->up = false;
    plane->reopen_at_ms = reopen_at_ms;
}

static void close_link(struct link *link, int64_t reopen_at_ms)
{
    close_plane(&link->truth, reopen_at_ms);
    close_plane(&link->live, reopen_at_ms);
    backlog_release(&link->backlog);
}

/* When to open again what was up and is lost. Not all at one moment who lost the same peer, and
 * ever later what does not stay up. */
static int64_t retry_at(struct plane *plane, int64_t now_ms)
{
    uint32_t lot;

    if (plane->retry_ms == 0 || now_ms - plane->up_since_ms >= STEADY_MS)
        plane->retry_ms = LOST_RETRY_MS;
    else if (plane->retry_ms < LOST_RETRY_MAX_MS)
        plane->retry_ms *= 2;
    random_bytes(&lot, sizeof lot);
    return now_ms + plane->retry_ms / 2 + lot % (plane->retry_ms / 2);
}

/* A link that was up: BUS_LEFT is to follow. */
static void lose_link(struct link *link, int64_t reopen_at_ms)
{
    link->left = link->left || link->truth.up;
    close_link(link, reopen_at_ms);
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
    snprintf(link->truth.endpoint, sizeof link->truth.endpoint, "%s", endpoint);
    if (!next_port(link->live.endpoint, sizeof link->live.endpoint, endpoint))
        return fault_set(fault, FAULT_INPUT, "%s: is not of the form tcp://ADDRESS:PORT", endpoint);
    if (!open_link(bus, link)) {
        close_link(link, 0);
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
    if (bus->settings.heartbeat_ms == 0)
        bus->settings.heartbeat_ms = HEARTBEAT_MS;
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
        close_link(&bus->links[i], 0);
    close_listeners(bus);
    close_socket(&bus->zap);
    zmq_msg_close(&bus->frame);
    zmq_ctx_term(bus->context);
    texts_release(&bus->listen);
    connections_release(&bus->connections);
    connections_release(&bus->subscribers);
    for (size_t i = 0; i < bus->accepted_count; i++)
        backlog_release(&bus->accepted[i].backlog);
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

/* What a monitor has to say of connections alone. True when it is about the handshake or the end of
 * one: `*what` then says which. */
static bool next_connection(void *monitor, struct connections *connections, int64_t now_ms,
                            uint16_t *what, uint32_t *value)
{
    while (read_monitor(monitor, what, value)) {
        if (*what != ZMQ_EVENT_ACCEPTED && *what != ZMQ_EVENT_CONNECTED) {
            if (*what == ZMQ_EVENT_DISCONNECTED)
                connections_close(connections, *value);
            return true;
        }
        connections_open(connections, *value, now_ms);
    }
    return false;
}

static void note_departure(struct bus *bus, uint32_t file)
{
    for (size_t i = 0; i < bus->accepted_count; i++)
        if (bus->accepted[i].file == (int)file)
            mark_gone(bus, &bus->accepted[i]);
}

/* Connections to the ROUTER that came and went: which peers are gone? */
static bool next_departure(struct bus *bus, struct bus_event *event)
{
    uint16_t what;
    uint32_t value;

    while (next_connection(bus->monitor, &bus->connections, bus->now_ms, &what, &value))
        note_departure(bus, value);
    for (size_t i = 0; bus->gone_count > 0 && i < bus->accepted_count; i++) {
        struct accepted *gone = &bus->accepted[i];
        if (!gone->gone)
            continue;
        *event =
            (struct bus_event){.kind = BUS_LEFT, .peer = gone->peer, .authority = gone->authority};
        backlog_release(&gone->backlog);
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

/* After a refusal, or an answer that is not ZeroMQ's, that would not try again by itself. */
static int64_t refused_until(bool barred, int64_t now_ms)
{
    return now_ms + (barred ? BARRED_RETRY_MS : NOT_YET_RETRY_MS);
}

static bool is_barred(uint16_t what, uint32_t value)
{
    return what == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH && value == 400;
}

static void note_up(struct plane *plane, int64_t now_ms)
{
    plane->up = true;
    plane->up_since_ms = now_ms;
}

static bool next_truth_event(struct link *link, int64_t now_ms, struct bus_event *event)
{
    struct plane *plane = &link->truth;
    uint16_t what;
    uint32_t value;

    if (!next_connection(plane->monitor, &plane->connections, now_ms, &what, &value))
        return false;
    if (what == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        note_up(plane, now_ms);
        return link_event(link, BUS_JOINED, event);
    }
    if (plane->up) {
        close_link(link, retry_at(plane, now_ms));
        return link_event(link, BUS_LEFT, event);
    }
    link_event(link, BUS_REFUSED, event);
    event->barred = is_barred(what, value);
    close_link(link, refused_until(event->barred, now_ms));
    return true;
}

/* The live plane may be lost or refused while the other one is up: then it alone is opened again.
 * ZeroMQ would do so only where the network ended it, not after a byte that was garbled. */
static bool next_live_event(struct link *link, int64_t now_ms, struct bus_event *event)
{
    struct plane *plane = &link->live;
    uint16_t what;
    uint32_t value;

    if (!next_connection(plane->monitor, &plane->connections, now_ms, &what, &value))
        return false;
    if (what == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        note_up(plane, now_ms);
        return link_event(link, BUS_HEARING, event);
    }
    close_plane(plane, plane->up ? retry_at(plane, now_ms)
                                 : refused_until(is_barred(what, value), now_ms));
    return false;
}

static bool next_link_event(struct link *link, int64_t now_ms, struct bus_event *event)
{
    if (link->left) {
        link->left = false;
        return link_event(link, BUS_LEFT, event);
    }
    return next_truth_event(link, now_ms, event) || next_live_event(link, now_ms, event);
}

static bool take_frame(struct bus *bus, void *socket)
{
    zmq_msg_close(&bus->frame);
    zmq_msg_init(&bus->frame);
    return socket != NULL && zmq_msg_recv(&bus->frame, socket, ZMQ_DONTWAIT) >= 0;
}

static int file_of(const zmq_msg_t *part)
{
    return zmq_msg_get(part, ZMQ_SRCFD);
}

/* A truth or live frame has one part; whatever follows is dropped. */
static void drop_rest(struct bus *bus, void *socket, struct connections *connections)
{
    zmq_msg_t rest;

    connections_take(connections, file_of(&bus->frame), zmq_msg_size(&bus->frame));
    for (bool more = zmq_msg_more(&bus->frame) != 0; more;) {
        zmq_msg_init(&rest);
        more = zmq_msg_recv(&rest, socket, 0) >= 0;
        connections_take(connections, file_of(&rest), zmq_msg_size(&rest));
        more = more && zmq_msg_more(&rest);
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
                                  .file = file_of(&bus->frame)};
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
    drop_rest(bus, bus->router, &bus->connections);
    /* What a connection sent may be read after it ended, and must not bring its peer back. */
    if (!sender_of(bus, &authority) ||
        connections_find(&bus->connections, file_of(&bus->frame)) == NULL)
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

/* Whom we hear of subscribing: 01 and the topic, which is empty. Who names one is no node, and may
 * name so many that they fill our memory. */
static void take_subscriptions(struct bus *bus)
{
    uint16_t what;
    uint32_t value;

    while (next_connection(bus->xpub_monitor, &bus->subscribers, bus->now_ms, &what, &value))
        ;
    for (unsigned i = 0; i < AT_ONCE_MAX && take_frame(bus, bus->xpub); i++) {
        int file = file_of(&bus->frame);
        struct connection *connection = connections_find(&bus->subscribers, file);
        struct bytes frame = frame_bytes(bus);
        bool everything = frame.size == 1 && frame.data[0] == 1;
        drop_rest(bus, bus->xpub, &bus->subscribers);
        if (connection == NULL)
            continue;
        connection->subscribed = connection->subscribed || everything;
        if (frame.size > 1)
            connections_end(&bus->subscribers, file);
    }
}

static bool next_link_frame(struct bus *bus, struct link *link, struct bus_event *event)
{
    struct plane *planes[] = {&link->truth, &link->live};

    for (unsigned i = 0; i < 2; i++)
        if (take_frame(bus, planes[i]->socket)) {
            drop_rest(bus, planes[i]->socket, &planes[i]->connections);
            *event = (struct bus_event){.kind = i == 0 ? BUS_FRAME : BUS_LIVE,
                                        .peer = link->peer,
                                        .authority = link->authority,
                                        .dialled = true,
                                        .bytes = frame_bytes(bus)};
            return true;
        }
    return false;
}

static void reopen_link(struct bus *bus, struct link *link)
{
    int64_t now_ms = bus->now_ms;
    bool closed = link->truth.socket == NULL;

    if (!closed && !link->truth.up && link->no_answer_at_ms == 0)
        link->no_answer_at_ms = now_ms + NO_ANSWER_RETRY_MS;
    if (closed ? now_ms >= link->truth.reopen_at_ms
               : !link->truth.up && now_ms >= link->no_answer_at_ms) {
        close_link(link, 0);
        if (!open_link(bus, link))
            close_link(link, now_ms + NO_ANSWER_RETRY_MS);
    } else if (!closed && link->live.socket == NULL && now_ms >= link->live.reopen_at_ms) {
        if (!open_live(bus, link))
            close_plane(&link->live, now_ms + NO_ANSWER_RETRY_MS);
    }
}

static void end_overfull(struct bus *bus)
{
    if (bus->now_ms < bus->look_at_ms)
        return;
    bus->look_at_ms = bus->now_ms + OVERFULL_LOOK_MS;
    connections_end_overfull(&bus->connections, bus->now_ms);
    connections_end_overfull(&bus->subscribers, bus->now_ms);
    for (size_t i = 0; i < bus->link_count; i++) {
        connections_end_overfull(&bus->links[i].truth.connections, bus->now_ms);
        connections_end_overfull(&bus->links[i].live.connections, bus->now_ms);
    }
}

bool bus_next(struct bus *bus, int64_t now_ms, struct bus_event *event)
{
    bus->now_ms = now_ms;
    for (size_t i = 0; i < bus->link_count; i++)
        reopen_link(bus, &bus->links[i]);
    end_overfull(bus);
    for (unsigned i = 0; i < AT_ONCE_MAX && answer_zap(bus); i++)
        ;
    take_subscriptions(bus);
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

static struct link *find_link(struct bus *bus, peer_number peer)
{
    for (size_t i = 0; i < bus->link_count; i++)
        if (bus->links[i].peer == peer)
            return &bus->links[i];
    return NULL;
}

/* --- Sending: what a peer cannot take yet waits in its backlog --- */

enum outcome { SENT, TO_WAIT, IN_VAIN };

static enum outcome send_frame(void *socket, struct bytes frame)
{
    if (zmq_send(socket, frame.data, frame.size, ZMQ_DONTWAIT) >= 0)
        return SENT;
    return zmq_errno() == EAGAIN ? TO_WAIT : IN_VAIN;
}

static enum outcome send_to_link(const struct link *link, struct bytes frame)
{
    return link->truth.up ? send_frame(link->truth.socket, frame) : IN_VAIN;
}

/* ZeroMQ asks whether there is room when it is told for whom; then there is for the frame. */
static enum outcome send_to_accepted(const struct bus *bus, const struct accepted *accepted,
                                     struct bytes frame)
{
    if (accepted->gone)
        return IN_VAIN;
    if (zmq_send(bus->router, accepted->routing, accepted->routing_size,
                 ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0)
        return zmq_errno() == EAGAIN ? TO_WAIT : IN_VAIN;
    return send_frame(bus->router, frame);
}

static enum outcome send_to(const struct bus *bus, const struct link *link,
                            const struct accepted *accepted, struct bytes frame)
{
    return link != NULL ? send_to_link(link, frame) : send_to_accepted(bus, accepted, frame);
}

/* It is closed to be greeted again: what is missing then is found by comparing. */
static void give_up(struct bus *bus, struct link *link, struct accepted *accepted)
{
    if (link != NULL) {
        lose_link(link, retry_at(&link->truth, bus->now_ms));
        return;
    }
    backlog_release(&accepted->backlog);
    accepted->muted = true;
    connections_end(&bus->connections, accepted->file);
}

bool bus_send(struct bus *bus, peer_number peer, struct bytes frame)
{
    struct link *link = find_link(bus, peer);
    struct accepted *accepted = link == NULL ? find_accepted(bus, peer) : NULL;

    if (link == NULL && accepted == NULL)
        return false;
    struct backlog *backlog = link != NULL ? &link->backlog : &accepted->backlog;
    enum outcome outcome =
        backlog_is_empty(backlog) ? send_to(bus, link, accepted, frame) : TO_WAIT;
    if (outcome != TO_WAIT)
        return outcome == SENT;
    if (backlog_add(backlog, frame))
        return true;
    give_up(bus, link, accepted);
    return false;
}

/* True when something is left in it. */
static bool send_backlog(const struct bus *bus, const struct link *link,
                         const struct accepted *accepted, struct backlog *backlog)
{
    while (!backlog_is_empty(backlog) &&
           send_to(bus, link, accepted, backlog_first(backlog)) != TO_WAIT)
        backlog_drop_first(backlog);
    return !backlog_is_empty(backlog);
}

static bool send_backlogs(struct bus *bus)
{
    bool left = false;

    for (size_t i = 0; i < bus->link_count; i++)
        left |= send_backlog(bus, &bus->links[i], NULL, &bus->links[i].backlog);
    for (size_t i = 0; i < bus->accepted_count; i++)
        left |= send_backlog(bus, NULL, &bus->accepted[i], &bus->accepted[i].backlog);
    return left;
}

void bus_publish(struct bus *bus, struct bytes frame)
{
    if (bus->xpub != NULL)
        zmq_send(bus->xpub, frame.data, frame.size, ZMQ_DONTWAIT);
}

/* --- Waiting --- */

static size_t add_item(zmq_pollitem_t *items, size_t count, void *socket)
{
    if (socket == NULL)
        return count;
    items[count] = (zmq_pollitem_t){.socket = socket, .events = ZMQ_POLLIN};
    return count + 1;
}

void bus_wait(struct bus *bus, int64_t timeout_ms)
{
    zmq_pollitem_t items[6 + 4 * LINKS_MAX];
    size_t count = 0;

    if (bus->settings.wake >= 0)
        items[count++] = (zmq_pollitem_t){.fd = bus->settings.wake, .events = ZMQ_POLLIN};
    count = add_item(items, count, bus->zap);
    count = add_item(items, count, bus->router);
    count = add_item(items, count, bus->monitor);
    count = add_item(items, count, bus->xpub);
    count = add_item(items, count, bus->xpub_monitor);
    for (size_t i = 0; i < bus->link_count; i++) {
        count = add_item(items, count, bus->links[i].truth.socket);
        count = add_item(items, count, bus->links[i].truth.monitor);
        count = add_item(items, count, bus->links[i].live.socket);
        count = add_item(items, count, bus->links[i].live.monitor);
    }
    if (send_backlogs(bus) && timeout_ms > BACKLOG_RETRY_MS)
        timeout_ms =
            BACKLOG_RETRY_MS; /* ZeroMQ does not say when one peer of many can take more. */
    zmq_poll(items, (int)count, timeout_ms < 0 ? 0 : (long)timeout_ms);
}

void bus_drop(struct bus *bus, peer_number peer, int64_t now_ms)
{
    struct link *link = find_link(bus, peer);
    struct accepted *accepted = find_accepted(bus, peer);

    if (link != NULL && link->truth.socket != NULL)
        lose_link(link, now_ms + BARRED_RETRY_MS);
    if (accepted != NULL) /* Its connection ends when it has heard why. */
        accepted->muted = true;
}

void bus_hang_up(struct bus *bus, peer_number peer)
{
    struct link *link = find_link(bus, peer);

    if (link == NULL)
        return;
    close_link(link, 0);
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
    return connections_subscribed(&bus->subscribers);
}
