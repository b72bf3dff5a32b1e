#include "tests/node/cable.h"
#include "tests/node/sides.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_at(unsigned port)
{
    struct sockaddr_in address = own_address(port);
    int yes = 1, file = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    cr_assert(bind(file, (struct sockaddr *)&address, sizeof address) == 0 &&
              listen(file, 64) == 0);
    return file;
}

void cable_open(struct cable *cable)
{
    *cable = (struct cable){.wires = memory_new(WIRES_AT_ONCE_MAX, sizeof *cable->wires)};
    for (unsigned plane = 0; plane < PLANES; plane++)
        cable->listeners[plane] = listen_at(CABLE_PORT + plane);
    snprintf(cable->endpoint, sizeof cable->endpoint, "%s", own_endpoint(CABLE_PORT));
}

static void end_wire(struct cable *cable, size_t at)
{
    struct wire *wire = &cable->wires[at];

    close(wire->council);
    close(wire->hub);
    *wire = cable->wires[--cable->wire_count];
}

static void accept_wire(struct cable *cable, int plane)
{
    struct sockaddr_in hub_address = own_address(HUB_PORT + (unsigned)plane);
    int council = accept(cable->listeners[plane], NULL, NULL);

    if (council < 0)
        return;
    cr_assert(cable->wire_count < WIRES_AT_ONCE_MAX);
    cable->dialled[plane]++;
    int file = socket(AF_INET, SOCK_STREAM, 0), room = CHUNK;
    setsockopt(file, SOL_SOCKET, SO_RCVBUF, &room, sizeof room); /* It is no place to wait. */
    if (connect(file, (struct sockaddr *)&hub_address, sizeof hub_address) != 0) {
        close(council);
        close(file);
        return;
    }
    fcntl(council, F_SETFL, O_NONBLOCK);
    fcntl(file, F_SETFL, O_NONBLOCK);
    struct wire *wire = &cable->wires[cable->wire_count++];
    memset(wire, 0, sizeof *wire);
    wire->plane = plane;
    wire->council = council;
    wire->hub = file;
}

/* As much as there is room for. False when an end is closed. */
static bool carry(struct way *way, int from, int to, bool *garble, size_t *carried)
{
    for (;;) {
        if (way->size == 0) {
            ssize_t got = recv(from, way->waiting, sizeof way->waiting, 0);
            if (got <= 0)
                return got < 0 && errno == EAGAIN;
            way->size = (size_t)got;
            if (garble != NULL && *garble) {
                way->waiting[way->size - 1] ^= 1;
                *garble = false;
            }
        }
        ssize_t sent = send(to, way->waiting, way->size, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN;
        way->size -= (size_t)sent;
        memmove(way->waiting, way->waiting + sent, way->size);
        *carried += (size_t)sent;
    }
}

void cable_carry(struct cable *cable)
{
    size_t uncounted = 0;

    for (int plane = 0; plane < PLANES; plane++)
        accept_wire(cable, plane);
    for (size_t i = cable->wire_count; i-- > 0;) {
        struct wire *wire = &cable->wires[i];
        if (cable->stalled[wire->plane])
            continue;
        bool whole = carry(&wire->to_council, wire->hub, wire->council, &cable->garble[wire->plane],
                           &uncounted) &&
                     carry(&wire->to_hub, wire->council, wire->hub, NULL, &wire->carried_to_hub);
        if (wire->carried_to_hub > cable->carried_most)
            cable->carried_most = wire->carried_to_hub;
        if (!whole)
            end_wire(cable, i);
    }
}

void cable_reset(struct cable *cable, int plane)
{
    const struct linger at_once = {.l_onoff = 1};

    for (size_t i = cable->wire_count; i-- > 0;) {
        struct wire *wire = &cable->wires[i];
        if (wire->plane != plane)
            continue;
        setsockopt(wire->council, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        setsockopt(wire->hub, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        end_wire(cable, i);
    }
}

size_t cable_wires(const struct cable *cable, int plane)
{
    size_t count = 0;

    for (size_t i = 0; i < cable->wire_count; i++)
        count += cable->wires[i].plane == plane;
    return count;
}

void cable_close(struct cable *cable)
{
    while (cable->wire_count > 0)
        end_wire(cable, 0);
    for (int plane = 0; plane < PLANES; plane++)
        close(cable->listeners[plane]);
    free(cable->wires);
}
