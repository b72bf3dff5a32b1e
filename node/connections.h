#ifndef CANDOUR_NODE_CONNECTIONS_H
#define CANDOUR_NODE_CONNECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The TCP connections of one ZeroMQ socket, by the number of their file, as its monitor and
 * ZMQ_SRCFD tell it.
 *
 * ZeroMQ counts only whole messages against its high-water marks, so that one without end takes all
 * memory there is, and it cannot end a single connection. Both are done here, beside it: the kernel
 * says how much has come, and a connection that is shut down ends for ZeroMQ as any other does. */

/* What may have come and not been taken yet: twice a peer's credit, a charter, and as much again.
 * Nobody who keeps to the protocol comes near it. */
#define INCOMING_MAX (32 * 1024 * 1024)

struct connection {
    bool open;
    bool subscribed; /* To the live plane. */
    int64_t opened_ms;
    int64_t taken; /* Bytes of the frames that were read of it, as they travelled. */
};

struct connections {
    struct connection *list; /* By the file's number. */
    size_t count;
};

/* Connections there may be at once: no number of a file is as high. */
#define FILES_MAX 65536

void connections_open(struct connections *connections, uint32_t file, int64_t now_ms);
void connections_close(struct connections *connections, uint32_t file);
void connections_clear(struct connections *connections);
void connections_release(struct connections *connections);

/* The open connection with this number; NULL when there is none. */
struct connection *connections_find(const struct connections *connections, int file);

/* A part of a frame, of so many bytes, was read of this connection. */
void connections_take(struct connections *connections, int file, size_t size);

/* Have it end as if the network had. It is open until the monitor says otherwise. */
void connections_end(const struct connections *connections, int file);

/* End every connection of which more has come than INCOMING_MAX beyond what was taken. */
void connections_end_overfull(const struct connections *connections, int64_t now_ms);

size_t connections_subscribed(const struct connections *connections);

#endif
