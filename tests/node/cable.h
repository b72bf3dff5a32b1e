#ifndef CANDOUR_TESTS_NODE_CABLE_H
#define CANDOUR_TESTS_NODE_CABLE_H

#include <stdbool.h>
#include <stddef.h>

/* What lies between a council and a hub, for both planes. It carries when it is told to, in the
 * thread of the test, and can be cut, reset, garbled and stalled: then nothing is carried either
 * way and nobody is told. */
enum { TRUTH, LIVE, PLANES };

#define CABLE_PORT (HUB_PORT + 2)
#define WIRES_AT_ONCE_MAX 64
#define CHUNK 65536

struct way {
    unsigned char waiting[CHUNK];
    size_t size;
};

struct wire { /* One connection. */
    int plane;
    int council, hub; /* Files. */
    struct way to_hub, to_council;
    size_t carried_to_hub;
};

struct cable {
    char endpoint[64]; /* Where a council dials. */
    int listeners[PLANES];
    struct wire *wires;
    size_t wire_count;
    unsigned dialled[PLANES]; /* How many connections there have been, */
    size_t carried_most;      /* and the bytes towards the hub of the one that carried most. */
    bool stalled[PLANES];
    bool garble[PLANES]; /* The next that comes from the hub, once. */
};

void cable_open(struct cable *cable); /* To the hub that listens at HUB_PORT. */
void cable_carry(struct cable *cable);
void cable_reset(struct cable *cable, int plane); /* By TCP's RST, to both ends. */
size_t cable_wires(const struct cable *cable, int plane);
void cable_close(struct cable *cable);

#endif
