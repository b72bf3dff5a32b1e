#ifndef CANDOUR_NODE_BUS_INSIDE_H
#define CANDOUR_NODE_BUS_INSIDE_H

#include "node/backlog.h"
#include "node/bus.h"
#include "node/connections.h"

#include <zmq.h>

/* What the files of the bus know of each other, and nobody else:
 *
 *     bus.c          opening and closing, what happens next, sending, waiting
 *     bus_socket.c   sockets, their monitors and their frames
 *     bus_link.c     the peers that we dial
 *     bus_caller.c   the peers that dial us, and who hears our live plane
 *     bus_zap.c      who may connect
 */

#define LINKS_MAX 64
#define AT_ONCE_MAX 256 /* Of what strangers can cause, in one go. */
#define ZAP_DOMAIN "candour"

/* Frames that ZeroMQ holds for one peer: it counts them, whatever their size. More wait with us. */
#define TRUTH_SEND_MOST 8

enum outcome { SENT, TO_WAIT, IN_VAIN };

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
    int64_t deaf_since_ms;   /* When up without its live plane; else 0. */
};

/* A peer that dialled us: known by ZeroMQ's routing id from its first frame on. */
struct caller {
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
    struct bus_settings settings; /* But for `listen`. */
    void *context, *zap, *router, *monitor, *xpub, *xpub_monitor;
    struct link links[LINKS_MAX];
    size_t link_count, next_link;
    struct caller *callers;
    size_t caller_count, gone_count;
    struct connections connections, subscribers; /* To the ROUTER and to the XPUB. */
    int64_t now_ms;                              /* As bus_next() was told last. */
    int64_t look_at_ms; /* When it is looked whether a connection is overfull, or silent. */
    size_t silent_most; /* So many may be, to each of the two. */
    peer_number next_peer;
    unsigned monitors;
    zmq_msg_t frame;
};

/* --- bus_socket.c --- */

bool zmq_fault(struct fault *fault, const char *what, const char *advice);
void set_int(void *socket, int option, int value);
void set_bytes(void *socket, int option, const void *value, size_t size);

/* Every option is set before it connects or binds: ZMQ_LINGER, for one, holds for the connections
 * that are made after it, and ZeroMQ would not end for those before. NULL where files have run out,
 * which strangers can bring about: it is tried again later. */
void *new_socket(struct bus *bus, int type, int64_t frame_most);

/* A socket that reports what happens to `socket`'s connections. NULL likewise. */
void *watch(struct bus *bus, void *socket, int events);
void close_socket(void **socket);
void close_watched(void **socket, void **monitor);

/* Take in what a monitor has to say of connections that began. True when it is about the handshake
 * or the end of one: `*what` then says which. */
bool next_connection(void *monitor, struct connections *connections, int64_t now_ms, uint16_t *what,
                     uint32_t *value);

/* The next part of a frame into `bus->frame`; false when there is none. */
bool take_part(struct bus *bus, void *socket);
/* A truth or live frame has one part, in `bus->frame`; whatever follows is dropped. */
void drop_rest(struct bus *bus, void *socket, struct connections *connections);
struct bytes frame_bytes(struct bus *bus);
int frame_file(const struct bus *bus); /* Of the connection that it came by; below 0: unknown. */
bool frame_sender(struct bus *bus, struct identity *identity); /* As ZAP named it. */
enum outcome send_frame(void *socket, struct bytes frame);

/* The live plane is on the port after that of the truth link. */
bool next_port(char *to, size_t size, const char *endpoint);

/* --- bus_link.c --- */

struct link *find_link(struct bus *bus, peer_number peer);
bool next_link_event(struct link *link, int64_t now_ms, struct bus_event *event);
bool next_link_frame(struct bus *bus, struct link *link, struct bus_event *event);
void reopen_link(struct bus *bus, struct link *link);
void close_link(struct link *link, int64_t reopen_at_ms);
void lose_link(struct link *link, int64_t reopen_at_ms); /* If it was up, BUS_LEFT follows. */
int64_t retry_at(struct plane *plane, int64_t now_ms);
enum outcome send_to_link(const struct link *link, struct bytes frame);

/* --- bus_caller.c --- */

bool bind_all(struct bus *bus, const struct texts *listen, struct fault *fault);
void close_callers(struct bus *bus);
struct caller *find_caller(struct bus *bus, peer_number peer);
bool next_departure(struct bus *bus, struct bus_event *event);
bool next_caller_frame(struct bus *bus, struct bus_event *event);
void take_subscriptions(struct bus *bus);
enum outcome send_to_caller(const struct bus *bus, const struct caller *caller, struct bytes frame);

/* --- bus_zap.c --- */

void open_zap(struct bus *bus);
bool answer_zap(struct bus *bus); /* One question; false when there is none. */

#endif
