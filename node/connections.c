#include "node/connections.h"
#include "protocol/bytes.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

/* What a part of a frame has around it: a header (ZMTP) and "\7MESSAGE", nonce, MAC and flags
 * (CURVE). */
#define HEADER_SHORT 2
#define HEADER_LONG 9
#define HEADER_SHORT_MOST 255
#define CURVE_AROUND 33

/* Heartbeats are never read by us: of one every 10 seconds, with its answer, less than this. */
#define HEARTBEATS_A_SECOND 16

void connections_open(struct connections *connections, uint32_t file, int64_t now_ms)
{
    if (file >= FILES_MAX)
        return;
    if (file >= connections->count) {
        connections->list = memory_grow(connections->list, file + 1, sizeof *connections->list);
        while (connections->count <= file)
            connections->list[connections->count++] = (struct connection){0};
    }
    connections->list[file] = (struct connection){.open = true, .opened_ms = now_ms};
}

void connections_close(struct connections *connections, uint32_t file)
{
    if (file < connections->count)
        connections->list[file] = (struct connection){0};
}

void connections_release(struct connections *connections)
{
    free(connections->list);
    *connections = (struct connections){0};
}

struct connection *connections_find(const struct connections *connections, int file)
{
    if (file < 0 || (size_t)file >= connections->count)
        return NULL;
    struct connection *connection = &connections->list[file];
    return connection->open && !connection->ending ? connection : NULL;
}

static size_t count_of(const struct connections *connections, const struct digest *authority)
{
    size_t count = 0;

    for (size_t i = 0; i < connections->count; i++) {
        const struct connection *connection = &connections->list[i];
        count += connection->named && !connection->ending &&
                 digest_equal(&connection->identity.authority, authority);
    }
    return count;
}

bool connections_name(struct connections *connections, int file, const struct identity *identity)
{
    struct connection *connection = connections_find(connections, file);

    if (connection == NULL)
        return false;
    if (!connection->named &&
        count_of(connections, &identity->authority) >= CONNECTIONS_OF_ONE_MAX) {
        connections_end(connections, file);
        return false;
    }
    connection->named = true;
    connection->identity = *identity;
    return true;
}

void connections_take(struct connections *connections, int file, size_t size)
{
    struct connection *connection = connections_find(connections, file);
    size_t inner = size + CURVE_AROUND;

    if (connection != NULL)
        connection->taken +=
            (int64_t)(inner + (inner > HEADER_SHORT_MOST ? HEADER_LONG : HEADER_SHORT));
}

/* Since the monitor spoke the number may have become another connection's, or another file's. That
 * one is dialled again, or is no socket at all. */
void connections_end(struct connections *connections, int file)
{
    struct connection *connection = connections_find(connections, file);

    if (connection == NULL)
        return;
    connection->ending = true;
    shutdown(file, SHUT_RDWR);
}

static bool is_overfull(const struct connection *connection, int file, int64_t now_ms)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    int64_t heartbeats = (now_ms - connection->opened_ms) / 1000 * HEARTBEATS_A_SECOND;

    return getsockopt(file, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
           (int64_t)info.tcpi_bytes_received - connection->taken >
               INCOMING_MAX + (heartbeats > 0 ? heartbeats : 0);
}

void connections_end_overfull(struct connections *connections, int64_t now_ms)
{
    for (size_t i = 0; i < connections->count; i++)
        if (connections->list[i].open && is_overfull(&connections->list[i], (int)i, now_ms))
            connections_end(connections, (int)i);
}

static bool is_silent(const struct connection *connection, int64_t since_ms)
{
    return connection->open && !connection->ending && !connection->named &&
           connection->opened_ms >= since_ms;
}

/* How many that began since then have said nothing yet. */
static size_t count_silent(const struct connections *connections, int64_t since_ms)
{
    size_t count = 0;

    for (size_t i = 0; i < connections->count; i++)
        count += is_silent(&connections->list[i], since_ms);
    return count;
}

void connections_end_silent(struct connections *connections, size_t most, int64_t now_ms)
{
    int64_t patience_ms = SILENT_MS;

    while (patience_ms > 0 && count_silent(connections, now_ms - patience_ms) > most)
        patience_ms /= 2;
    for (size_t i = 0; i < connections->count; i++)
        if (is_silent(&connections->list[i], INT64_MIN) &&
            connections->list[i].opened_ms < now_ms - patience_ms)
            connections_end(connections, (int)i);
}

void connections_end_others(struct connections *connections, connections_may_stay *may_stay,
                            void *context)
{
    for (size_t i = 0; i < connections->count; i++) {
        const struct connection *connection = &connections->list[i];
        if (!connection->named || !may_stay(context, &connection->identity))
            connections_end(connections, (int)i);
    }
}

size_t connections_subscribed(const struct connections *connections)
{
    size_t count = 0;

    for (size_t i = 0; i < connections->count; i++)
        count += connections->list[i].open && connections->list[i].subscribed;
    return count;
}
