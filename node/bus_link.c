#include "crypto/secret.h"
#include "node/bus_inside.h"

#include <errno.h>
#include <stdio.h>

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
#define NO_FILE_RETRY_MS 5000
#define DEAF_MS 30000

struct link *find_link(struct bus *bus, peer_number peer)
{
    for (size_t i = 0; i < bus->link_count; i++)
        if (bus->links[i].peer == peer)
            return &bus->links[i];
    return NULL;
}

static void dial_curve(struct bus *bus, const struct link *link, void *socket)
{
    const struct exchange_key *own = bus->settings.transport;

    set_bytes(socket, ZMQ_CURVE_SERVERKEY, link->transport.bytes, 32);
    set_bytes(socket, ZMQ_CURVE_PUBLICKEY, exchange_key_public(own)->bytes, 32);
    set_bytes(socket, ZMQ_CURVE_SECRETKEY, exchange_key_secret(own), 32);
}

static bool open_plane(struct bus *bus, const struct link *link, struct plane *plane, int type,
                       int64_t frame_most)
{
    plane->socket = new_socket(bus, type, frame_most);
    if (plane->socket == NULL)
        return false;
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
    return plane->monitor != NULL && zmq_connect(plane->socket, plane->endpoint) == 0;
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

void close_link(struct link *link, int64_t reopen_at_ms)
{
    close_plane(&link->truth, reopen_at_ms);
    close_plane(&link->live, reopen_at_ms);
    backlog_release(&link->backlog);
}

/* When to open again what was up and is lost. Not all at one moment who lost the same peer, and
 * ever later what does not stay up. */
int64_t retry_at(struct plane *plane, int64_t now_ms)
{
    uint32_t lot;

    if (plane->retry_ms == 0 || now_ms - plane->up_since_ms >= STEADY_MS)
        plane->retry_ms = LOST_RETRY_MS;
    else if (plane->retry_ms < LOST_RETRY_MAX_MS)
        plane->retry_ms *= 2;
    random_bytes(&lot, sizeof lot);
    return now_ms + plane->retry_ms / 2 + lot % (plane->retry_ms / 2);
}

void lose_link(struct link *link, int64_t reopen_at_ms)
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
        bool never = zmq_errno() == EINVAL;
        close_link(link, bus->now_ms + NO_FILE_RETRY_MS);
        if (never)
            return zmq_fault(fault, endpoint, "cannot be dialled");
    }
    bus->link_count++;
    *peer = link->peer;
    return true;
}

/* --- What happens to it --- */

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

bool next_link_event(struct link *link, int64_t now_ms, struct bus_event *event)
{
    if (link->left) {
        link->left = false;
        return link_event(link, BUS_LEFT, event);
    }
    return next_truth_event(link, now_ms, event) || next_live_event(link, now_ms, event);
}

bool next_link_frame(struct bus *bus, struct link *link, struct bus_event *event)
{
    struct plane *planes[] = {&link->truth, &link->live};

    for (unsigned i = 0; i < 2; i++)
        if (take_part(bus, planes[i]->socket)) {
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

void reopen_link(struct bus *bus, struct link *link)
{
    int64_t now_ms = bus->now_ms;
    bool closed = link->truth.socket == NULL, deaf = link->truth.up && !link->live.up;

    if (!deaf)
        link->deaf_since_ms = 0;
    else if (link->deaf_since_ms == 0)
        link->deaf_since_ms = now_ms;

    if (!closed && !link->truth.up && link->no_answer_at_ms == 0)
        link->no_answer_at_ms = now_ms + NO_ANSWER_RETRY_MS;
    if (closed ? now_ms >= link->truth.reopen_at_ms
               : !link->truth.up && now_ms >= link->no_answer_at_ms) {
        close_link(link, 0);
        if (!open_link(bus, link))
            close_link(link, now_ms + NO_FILE_RETRY_MS);
    } else if (!closed && link->live.socket == NULL && now_ms >= link->live.reopen_at_ms) {
        if (!open_live(bus, link))
            close_plane(&link->live, now_ms + NO_FILE_RETRY_MS);
    }
}

enum outcome send_to_link(const struct link *link, struct bytes frame)
{
    return link->truth.up ? send_frame(link->truth.socket, frame) : IN_VAIN;
}

bool bus_is_deaf(struct bus *bus, peer_number peer)
{
    const struct link *link = find_link(bus, peer);

    return link != NULL && link->deaf_since_ms != 0 && bus->now_ms - link->deaf_since_ms >= DEAF_MS;
}

void bus_hang_up(struct bus *bus, peer_number peer)
{
    struct link *link = find_link(bus, peer);

    if (link == NULL)
        return;
    close_link(link, 0);
    *link = bus->links[--bus->link_count];
}
