#include "node/bus_inside.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A frame as CURVE carries it: "\7MESSAGE", nonce, MAC and flags come to it. */
#define CURVE_EXTRA 64
/* Whoever is not admitted yet (300) is cut off by this clock only, and strangers who say nothing.
 */
#define HANDSHAKE_MS 5000
#define CONNECT_MS 5000
#define HEARTBEATS_MISSED 3

bool zmq_fault(struct fault *fault, const char *what, const char *advice)
{
    return fault_set(fault, FAULT_SELF, "%s: %s%s%s", what, zmq_strerror(zmq_errno()),
                     advice[0] == '\0' ? "" : ": ", advice);
}

void set_int(void *socket, int option, int value)
{
    int set = zmq_setsockopt(socket, option, &value, sizeof value);
    assert(set == 0);
}

void set_bytes(void *socket, int option, const void *value, size_t size)
{
    int set = zmq_setsockopt(socket, option, value, size);
    assert(set == 0);
}

void *new_socket(struct bus *bus, int type, int64_t frame_most)
{
    void *socket = zmq_socket(bus->context, type);

    if (socket == NULL)
        return NULL;
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

void close_socket(void **socket)
{
    if (*socket != NULL)
        zmq_close(*socket);
    *socket = NULL;
}

void *watch(struct bus *bus, void *socket, int events)
{
    char endpoint[64];

    snprintf(endpoint, sizeof endpoint, "inproc://monitor-%u", bus->monitors++);
    if (zmq_socket_monitor(socket, endpoint, events) != 0)
        return NULL;
    void *monitor = zmq_socket(bus->context, ZMQ_PAIR);
    if (monitor == NULL)
        return NULL;
    set_int(monitor, ZMQ_LINGER, 0);
    set_int(monitor, ZMQ_RCVHWM, 0); /* ZeroMQ's thread would wait for us, and we may for it. */
    int connected = zmq_connect(monitor, endpoint);
    assert(connected == 0);
    return monitor;
}

void close_watched(void **socket, void **monitor)
{
    if (*socket != NULL)
        zmq_socket_monitor(*socket, NULL, 0);
    close_socket(monitor);
    close_socket(socket);
}

bool next_port(char *to, size_t size, const char *endpoint)
{
    char address[ENDPOINT_MAX];
    uint16_t port;

    if (!endpoint_parse(endpoint, address, sizeof address, &port) || port == 65535)
        return false;
    return (size_t)snprintf(to, size, "tcp://%s:%u", address, port + 1u) < size;
}

/* --- Monitors --- */

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

bool next_connection(void *monitor, struct connections *connections, int64_t now_ms, uint16_t *what,
                     uint32_t *value)
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

/* --- Frames --- */

bool take_part(struct bus *bus, void *socket)
{
    zmq_msg_close(&bus->frame);
    zmq_msg_init(&bus->frame);
    return socket != NULL && zmq_msg_recv(&bus->frame, socket, ZMQ_DONTWAIT) >= 0;
}

int frame_file(const struct bus *bus)
{
    return zmq_msg_get(&bus->frame, ZMQ_SRCFD);
}

bool frame_sender(struct bus *bus, struct identity *identity)
{
    const char *user = zmq_msg_gets(&bus->frame, "User-Id");

    return user != NULL && hex_read((uint8_t *)identity, sizeof *identity, user);
}

struct bytes frame_bytes(struct bus *bus)
{
    return bytes_of(zmq_msg_data(&bus->frame), zmq_msg_size(&bus->frame));
}

void drop_rest(struct bus *bus, void *socket, struct connections *connections)
{
    int file = frame_file(bus);
    zmq_msg_t rest;

    connections_take(connections, file, zmq_msg_size(&bus->frame));
    for (bool more = zmq_msg_more(&bus->frame) != 0; more;) {
        zmq_msg_init(&rest);
        more = zmq_msg_recv(&rest, socket, 0) >= 0 && zmq_msg_more(&rest);
        connections_take(connections, file, zmq_msg_size(&rest));
        zmq_msg_close(&rest);
    }
}

enum outcome send_frame(void *socket, struct bytes frame)
{
    if (zmq_send(socket, frame.data, frame.size, ZMQ_DONTWAIT) >= 0)
        return SENT;
    return zmq_errno() == EAGAIN ? TO_WAIT : IN_VAIN;
}
