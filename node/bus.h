#ifndef CANDOUR_NODE_BUS_H
#define CANDOUR_NODE_BUS_H

#include "crypto/exchange.h"
#include "node/config.h"
#include "protocol/charter.h"
#include "protocol/replica.h"

/* ZeroMQ: only the files of the bus know it. Owned by the thread that opened it.
 *
 *     truth  ROUTER where we listen, a DEALER for each peer we dial
 *     live   XPUB on the next port, a SUB beside each DEALER
 *
 * CURVE on all of it. Who may connect is asked at each handshake (ZAP): 200 for a member; 300 for a
 * key that no card has yet, so that it tries again quietly; 400, final, for a barred one. */
struct bus;

typedef enum admission bus_admit(void *context, const struct exchange_public *transport,
                                 struct digest *authority);

struct bus_settings {
    const struct exchange_key *transport;
    const struct texts *listen;
    bus_admit *admit;
    void *context;
    int heartbeat_ms; /* A peer that is silent is asked so often whether it is there, and given up
                       * after three times as long. 0: 10 seconds. */
    size_t kept_most; /* Bytes for all peers that cannot take them yet. 0: 256 MiB. */
    int wake;         /* A file descriptor that ends bus_wait() when it is readable; -1: none. */
};

/* Bind everything. FAULT_SELF when a port is in use or an address is not ours. */
struct bus *bus_open(const struct bus_settings *settings, struct fault *fault);
void bus_close(struct bus *bus);

/* Connect to a peer's truth endpoint, and to its live plane on the next port; keep trying for ever,
 * whatever happens. Each time it comes up is a fresh start: nothing sent before arrives after. */
bool bus_dial(struct bus *bus, const char *endpoint, const struct digest *authority,
              const struct exchange_public *transport, peer_number *peer, struct fault *fault);

/* Wait until something happens, at most `timeout_ms`. */
void bus_wait(struct bus *bus, int64_t timeout_ms);

enum bus_event_kind {
    BUS_JOINED,  /* A truth link that we dialled is up. */
    BUS_LEFT,    /* A truth link is down. */
    BUS_FRAME,   /* A frame on a truth link. */
    BUS_LIVE,    /* A frame on the live plane of the peer. */
    BUS_HEARING, /* We hear the peer's live plane from now on: what it said before was missed. */
    BUS_REFUSED, /* A peer that we dial does not let us in; it is tried again later. */
};
struct bus_event {
    enum bus_event_kind kind;
    peer_number peer;
    struct digest authority;
    bool dialled;
    bool barred;        /* BUS_REFUSED: it said so for good. */
    bool joined;        /* BUS_FRAME: the first one of a peer that dialled us. */
    struct bytes bytes; /* FRAME, LIVE: until the next call. */
};
/* The next thing that happened; false when nothing more did. */
bool bus_next(struct bus *bus, int64_t now_ms, struct bus_event *event);

/* Send on a truth link. Never waits: what the peer cannot take yet is kept for it, up to 32 MiB for
 * all links of its authority. Of one that is further behind the link is closed, to be greeted
 * again; so is the one furthest behind where all together take too much. False when the peer is
 * gone. */
bool bus_send(struct bus *bus, peer_number peer, struct bytes frame);

/* Publish on the live plane. Never waits: a slow subscriber loses it, and repairs it by comparing.
 */
void bus_publish(struct bus *bus, struct bytes frame);

/* Hear no more of this connection. One that we dialled is closed (BUS_LEFT follows) and opened
 * again later; of one that dialled us nothing comes any more but that it left. */
void bus_drop(struct bus *bus, peer_number peer, int64_t now_ms);

/* End a link that we dialled, for good. */
void bus_hang_up(struct bus *bus, peer_number peer);

/* The charter changed: end the connections of those who may no longer connect, and of those who
 * have not said anything yet. Who may is back in a moment. */
void bus_admit_again(struct bus *bus);

/* Has this peer that we dial been up for a while without its live plane? */
bool bus_is_deaf(struct bus *bus, peer_number peer);

size_t bus_subscribers(const struct bus *bus);

#endif
