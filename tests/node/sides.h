#ifndef CANDOUR_TESTS_NODE_SIDES_H
#define CANDOUR_TESTS_NODE_SIDES_H

#include "node/bus.h"
#include "tests/node/room.h"

/* A hub that listens and two councils that may dial it, each on a bus of its own, in one thread.
 * What they hear is noted as text: a failure shows the whole conversation. */

#define LIMIT_MS 60000

struct side {
    const char *name;
    struct exchange_key *key;
    struct digest authority;
    struct texts listen;
    struct bus *bus;
    peer_number peer; /* Who was heard last. */
    size_t frames, hearings;
};
extern struct side hub, leeds, york;
extern enum admission leeds_may, york_may;
extern struct buffer notes;
extern int64_t skew_ms;  /* Time goes by without waiting. */
extern int heartbeat_ms; /* Of those that are opened from now on. */
extern size_t kept_most; /* Likewise. */
extern bool guests_may;  /* Every other key is that of a member of its own. */
extern size_t asked;     /* How often who may connect. */
extern void (*between_turns)(void);

void open_sides(void);
void close_sides(void);
struct side side_new(const char *name);
bool try_open(struct side *side);

int64_t now(void);
void turn(struct side *side);
void turn_all(void);

/* Until it has been noted; never longer than the limit. */
void await(const char *line);
bool noted(const char *line);
size_t count_noted(const char *line);
void forget_notes(void);

peer_number dial(struct side *side); /* The hub, where it listens. */
peer_number dial_at(struct side *side, const char *endpoint);
bool say(struct side *side, peer_number peer, const char *text);

/* Leeds dials the hub, and both have heard each other. Returns the hub's number for Leeds. */
peer_number meet(peer_number *hub_at_leeds);

/* A socket of ZeroMQ's with the keys of Leeds, or of a guest where they may, in `raw_context`,
 * which the test makes and ends. */
extern void *raw_context;
void *raw_socket(int type, const char *routing, const char *endpoint);

#endif
