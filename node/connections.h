#ifndef CANDOUR_NODE_CONNECTIONS_H
#define CANDOUR_NODE_CONNECTIONS_H

#include "crypto/digest.h"
#include "crypto/exchange.h"

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

/* Who is at the other end, as ZAP admitted it. */
struct identity {
    struct digest authority;
    struct exchange_public key;
};

struct connection {
    bool open;
    bool ending; /* We have ended it, and ZeroMQ has not said so yet. */
    bool named;  /* It has said something, and so we know `identity`. */
    struct identity identity;
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
void connections_release(struct connections *connections);

/* The open connection with this number; NULL when there is none, or it is ending. */
struct connection *connections_find(const struct connections *connections, int file);

/* Something was said by it, and so it is known who is at its other end. False when it is not open,
 * or is ended now: one member may have so many connections, and the rest is for others. */
#define CONNECTIONS_OF_ONE_MAX 8
bool connections_name(struct connections *connections, int file, const struct identity *identity);

/* A part of a frame, of so many bytes, was read of this connection. */
void connections_take(struct connections *connections, int file, size_t size);

/* Have it end as if the network had. */
void connections_end(struct connections *connections, int file);

/* End every connection of which more has come than INCOMING_MAX beyond what was taken. */
void connections_end_overfull(struct connections *connections, int64_t now_ms);

/* End those that have said nothing for longer than a handshake and a hello take; and of more than
 * `most` that have said nothing yet those that began first, however soon. Files are for members. */
#define SILENT_MS 30000
void connections_end_silent(struct connections *connections, size_t most, int64_t now_ms);

/* End every connection but those of whom this is true. */
typedef bool connections_may_stay(void *context, const struct identity *identity);
void connections_end_others(struct connections *connections, connections_may_stay *may_stay,
                            void *context);

size_t connections_subscribed(const struct connections *connections);

#endif
