#include "node/bus_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CALLERS_MAX 4096
#define SUBSCRIBING_MAX 512 /* What is said in a handshake, and to subscribe. */
/* Records that ZeroMQ holds for one subscriber: some 80 MB of the largest. Of a record there is one
 * copy for all of them. */
#define LIVE_SEND_MOST 1000

/* --- Listening --- */

static void serve_curve(struct bus *bus, void *socket)
{
    set_int(socket, ZMQ_CURVE_SERVER, 1);
    set_bytes(socket, ZMQ_CURVE_SECRETKEY, exchange_key_secret(bus->settings.transport), 32);
    set_bytes(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN));
}

static bool no_files(struct fault *fault)
{
    return zmq_fault(fault, "no socket can be opened", "let this process have more files open");
}

bool bind_all(struct bus *bus, const struct texts *listen, struct fault *fault)
{
    char live[ENDPOINT_MAX + 8];

    if (listen->count == 0)
        return true;
    bus->router = new_socket(bus, ZMQ_ROUTER, FRAME_MAX);
    /* Nobody has more to say to an XPUB than that it subscribes. */
    bus->xpub = new_socket(bus, ZMQ_XPUB, SUBSCRIBING_MAX);
    if (bus->router == NULL || bus->xpub == NULL)
        return no_files(fault);
    set_int(bus->router, ZMQ_ROUTER_MANDATORY, 1);
    set_int(bus->router, ZMQ_SNDHWM, TRUTH_SEND_MOST);
    serve_curve(bus, bus->router);
    bus->monitor = watch(bus, bus->router, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED);
    set_int(bus->xpub, ZMQ_SNDHWM, LIVE_SEND_MOST);
    set_int(bus->xpub, ZMQ_XPUB_VERBOSE, 1);
    bus->xpub_monitor = watch(bus, bus->xpub, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED);
    serve_curve(bus, bus->xpub);
    if (bus->monitor == NULL || bus->xpub_monitor == NULL)
        return no_files(fault);
    for (size_t i = 0; i < listen->count; i++) {
        if (!next_port(live, sizeof live, listen->list[i]))
            return fault_set(fault, FAULT_INPUT, "%s: is not of the form tcp://ADDRESS:PORT",
                             listen->list[i]);
        if (zmq_bind(bus->router, listen->list[i]) != 0)
            return zmq_fault(fault, listen->list[i],
                             "choose another port with --listen or in candour.conf, or stop what "
                             "uses this one");
        if (zmq_bind(bus->xpub, live) != 0)
            return zmq_fault(fault, live,
                             "live records go out on the port after the one in candour.conf: free "
                             "both");
    }
    return true;
}

void close_callers(struct bus *bus)
{
    close_watched(&bus->router, &bus->monitor);
    close_watched(&bus->xpub, &bus->xpub_monitor);
    connections_release(&bus->connections);
    connections_release(&bus->subscribers);
    for (size_t i = 0; i < bus->caller_count; i++)
        backlog_release(&bus->callers[i].backlog);
    free(bus->callers);
}

/* --- Who calls --- */

struct caller *find_caller(struct bus *bus, peer_number peer)
{
    for (size_t i = 0; i < bus->caller_count; i++)
        if (bus->callers[i].peer == peer)
            return &bus->callers[i];
    return NULL;
}

static void note_departure(struct bus *bus, uint32_t file)
{
    for (size_t i = 0; i < bus->caller_count; i++)
        if (bus->callers[i].file == (int)file && !bus->callers[i].gone) {
            bus->callers[i].gone = true;
            bus->gone_count++;
        }
}

/* Connections to the ROUTER that came and went: which peers are gone? */
bool next_departure(struct bus *bus, struct bus_event *event)
{
    uint16_t what;
    uint32_t value;

    while (next_connection(bus->monitor, &bus->connections, bus->now_ms, &what, &value))
        note_departure(bus, value);
    for (size_t i = 0; bus->gone_count > 0 && i < bus->caller_count; i++) {
        struct caller *gone = &bus->callers[i];
        if (!gone->gone)
            continue;
        *event =
            (struct bus_event){.kind = BUS_LEFT, .peer = gone->peer, .authority = gone->authority};
        backlog_release(&gone->backlog);
        *gone = bus->callers[--bus->caller_count];
        bus->gone_count--;
        return true;
    }
    return false;
}

static struct caller *find_routing(struct bus *bus, const uint8_t *routing, size_t size)
{
    for (size_t i = 0; i < bus->caller_count; i++)
        if (bus->callers[i].routing_size == size &&
            memcmp(bus->callers[i].routing, routing, size) == 0)
            return &bus->callers[i];
    return NULL;
}

static struct caller *new_caller(struct bus *bus, const uint8_t *routing, size_t size,
                                 const struct digest *authority)
{
    if (bus->caller_count == CALLERS_MAX || size > sizeof bus->callers->routing)
        return NULL;
    bus->callers = memory_grow(bus->callers, bus->caller_count + 1, sizeof *bus->callers);
    struct caller *caller = &bus->callers[bus->caller_count++];
    *caller = (struct caller){.peer = bus->next_peer++,
                              .authority = *authority,
                              .routing_size = size,
                              .file = frame_file(bus)};
    memcpy(caller->routing, routing, size);
    return caller;
}

/* One frame of the ROUTER. False when nobody is to hear of it: what a connection sent may be read
 * after it ended, and must not bring its peer back. */
static bool read_frame(struct bus *bus, struct bus_event *event)
{
    uint8_t routing[256];
    struct identity identity;
    size_t size = zmq_msg_size(&bus->frame);

    memcpy(routing, zmq_msg_data(&bus->frame), size < sizeof routing ? size : 0);
    if (!zmq_msg_more(&bus->frame) || !take_part(bus, bus->router))
        return false;
    drop_rest(bus, bus->router, &bus->connections);
    if (!frame_sender(bus, &identity) ||
        !connections_name(&bus->connections, frame_file(bus), &identity))
        return false;
    struct caller *caller = find_routing(bus, routing, size);
    bool joined = caller == NULL;
    if (caller == NULL && (caller = new_caller(bus, routing, size, &identity.authority)) == NULL)
        return false;
    *event = (struct bus_event){.kind = BUS_FRAME,
                                .peer = caller->peer,
                                .authority = caller->authority,
                                .joined = joined,
                                .bytes = frame_bytes(bus)};
    return !caller->muted && !caller->gone;
}

bool next_caller_frame(struct bus *bus, struct bus_event *event)
{
    for (unsigned i = 0; i < AT_ONCE_MAX && take_part(bus, bus->router); i++)
        if (read_frame(bus, event))
            return true;
    return false;
}

/* Whom we hear of subscribing: 01 and the topic, which is empty. Who names one is no node, and may
 * name so many that they fill our memory. */
static void take_subscription(struct bus *bus)
{
    int file = frame_file(bus);
    struct bytes frame = frame_bytes(bus);
    struct identity identity;

    drop_rest(bus, bus->xpub, &bus->subscribers);
    if (!frame_sender(bus, &identity) || !connections_name(&bus->subscribers, file, &identity))
        return;
    if (frame.size == 1 && frame.data[0] == 1)
        connections_find(&bus->subscribers, file)->subscribed = true;
    else
        connections_end(&bus->subscribers, file);
}

void take_subscriptions(struct bus *bus)
{
    uint16_t what;
    uint32_t value;

    while (next_connection(bus->xpub_monitor, &bus->subscribers, bus->now_ms, &what, &value))
        ;
    for (unsigned i = 0; i < AT_ONCE_MAX && take_part(bus, bus->xpub); i++)
        take_subscription(bus);
}

/* ZeroMQ asks whether there is room when it is told for whom; then there is for the frame. */
enum outcome send_to_caller(const struct bus *bus, const struct caller *caller, struct bytes frame)
{
    if (connections_find(&bus->connections, caller->file) == NULL)
        return IN_VAIN;
    if (zmq_send(bus->router, caller->routing, caller->routing_size, ZMQ_DONTWAIT | ZMQ_SNDMORE) <
        0)
        return zmq_errno() == EAGAIN ? TO_WAIT : IN_VAIN;
    return send_frame(bus->router, frame);
}
