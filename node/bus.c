#include "node/bus_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/resource.h>

#define HEARTBEAT_MS 10000
#define BACKLOG_RETRY_MS 5
#define EXCESS_LOOK_MS 100
#define DROPPED_RETRY_MS 60000
#define FILES_LEAST 64 /* Where the system does not say how many there may be. */
#define SILENT_SHARE                                                                               \
    8 /* This part of them at most is, on each plane, for who said nothing yet.                    \
       */
#define SILENT_MOST 1024

/* --- Opening and closing --- */

/* Each peer takes two files, and the usual limit of 1024 is for programs that use select(). Returns
 * how many there may be. */
static size_t raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return FILES_LEAST;
    if (limit.rlim_cur < FILES_MAX) {
        limit.rlim_cur = limit.rlim_max < FILES_MAX ? limit.rlim_max : FILES_MAX;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    return (size_t)limit.rlim_cur;
}

struct bus *bus_open(const struct bus_settings *settings, struct fault *fault)
{
    struct bus *bus = memory_new(1, sizeof *bus);

    bus->silent_most = raise_file_limit() / SILENT_SHARE;
    if (bus->silent_most > SILENT_MOST)
        bus->silent_most = SILENT_MOST;
    bus->settings = *settings;
    if (bus->settings.heartbeat_ms == 0)
        bus->settings.heartbeat_ms = HEARTBEAT_MS;
    if (bus->settings.kept_most == 0)
        bus->settings.kept_most = BACKLOGS_MAX;
    bus->settings.listen = NULL;
    bus->next_peer = 1;
    bus->context = zmq_ctx_new();
    assert(bus->context != NULL);
    zmq_ctx_set(bus->context, ZMQ_MAX_SOCKETS, 4096);
    zmq_msg_init(&bus->frame);
    open_zap(bus);
    if (bind_all(bus, settings->listen, fault))
        return bus;
    bus_close(bus);
    return NULL;
}

void bus_close(struct bus *bus)
{
    if (bus == NULL)
        return;
    for (size_t i = 0; i < bus->link_count; i++)
        close_link(&bus->links[i], 0);
    close_callers(bus);
    close_socket(&bus->zap);
    zmq_msg_close(&bus->frame);
    zmq_ctx_term(bus->context);
    free(bus);
}

static void end_excess(struct bus *bus)
{
    if (bus->now_ms < bus->look_at_ms)
        return;
    bus->look_at_ms = bus->now_ms + EXCESS_LOOK_MS;
    connections_end_overfull(&bus->connections, bus->now_ms);
    connections_end_overfull(&bus->subscribers, bus->now_ms);
    connections_end_silent(&bus->connections, bus->silent_most, bus->now_ms);
    connections_end_silent(&bus->subscribers, bus->silent_most, bus->now_ms);
    for (size_t i = 0; i < bus->link_count; i++) {
        connections_end_overfull(&bus->links[i].truth.connections, bus->now_ms);
        connections_end_overfull(&bus->links[i].live.connections, bus->now_ms);
    }
}

bool bus_next(struct bus *bus, int64_t now_ms, struct bus_event *event)
{
    bus->now_ms = now_ms;
    for (size_t i = 0; i < bus->link_count; i++)
        reopen_link(bus, &bus->links[i]);
    end_excess(bus);
    for (unsigned i = 0; i < AT_ONCE_MAX && answer_zap(bus); i++)
        ;
    take_subscriptions(bus);
    /* Departures first: a new connection may have the number of the one that went. */
    if (next_departure(bus, event))
        return true;
    for (size_t i = 0; i < bus->link_count; i++)
        if (next_link_event(&bus->links[i], now_ms, event))
            return true;
    /* In turn, so that no peer keeps the others from being heard. */
    for (size_t i = 0; i <= bus->link_count; i++) {
        size_t turn = bus->next_link++ % (bus->link_count + 1);
        if (turn < bus->link_count ? next_link_frame(bus, &bus->links[turn], event)
                                   : next_caller_frame(bus, event))
            return true;
    }
    return false;
}

/* --- Sending: what a peer cannot take yet waits in its backlog --- */

static enum outcome send_to(const struct bus *bus, const struct link *link,
                            const struct caller *caller, struct bytes frame)
{
    return link != NULL ? send_to_link(link, frame) : send_to_caller(bus, caller, frame);
}

/* It is closed to be greeted again: what is missing then is found by comparing. */
static void give_up(struct bus *bus, struct link *link, struct caller *caller)
{
    if (link != NULL) {
        lose_link(link, retry_at(&link->truth, bus->now_ms));
        return;
    }
    backlog_release(&caller->backlog);
    connections_end(&bus->connections, caller->file);
}

/* Of one authority's links; NULL: of all. */
static size_t backlogs(const struct bus *bus, const struct digest *authority)
{
    size_t size = 0;

    for (size_t i = 0; i < bus->link_count; i++)
        if (authority == NULL || digest_equal(&bus->links[i].authority, authority))
            size += backlog_size(&bus->links[i].backlog);
    for (size_t i = 0; i < bus->caller_count; i++)
        if (authority == NULL || digest_equal(&bus->callers[i].authority, authority))
            size += backlog_size(&bus->callers[i].backlog);
    return size;
}

/* Who is furthest behind takes the room that others need. */
static void give_up_longest(struct bus *bus)
{
    size_t link = 0, caller = 0;

    for (size_t i = 1; i < bus->link_count; i++)
        if (backlog_size(&bus->links[i].backlog) > backlog_size(&bus->links[link].backlog))
            link = i;
    for (size_t i = 1; i < bus->caller_count; i++)
        if (backlog_size(&bus->callers[i].backlog) > backlog_size(&bus->callers[caller].backlog))
            caller = i;
    size_t of_link = bus->link_count == 0 ? 0 : backlog_size(&bus->links[link].backlog);
    size_t of_caller = bus->caller_count == 0 ? 0 : backlog_size(&bus->callers[caller].backlog);
    if (of_link > of_caller)
        give_up(bus, &bus->links[link], NULL);
    else
        give_up(bus, NULL, &bus->callers[caller]);
}

bool bus_send(struct bus *bus, peer_number peer, struct bytes frame)
{
    struct link *link = find_link(bus, peer);
    struct caller *caller = link == NULL ? find_caller(bus, peer) : NULL;

    if (link == NULL && caller == NULL)
        return false;
    struct backlog *backlog = link != NULL ? &link->backlog : &caller->backlog;
    enum outcome outcome = backlog_is_empty(backlog) ? send_to(bus, link, caller, frame) : TO_WAIT;
    if (outcome != TO_WAIT)
        return outcome == SENT;
    const struct digest *authority = link != NULL ? &link->authority : &caller->authority;
    if (backlogs(bus, authority) + backlog_takes(frame) > BACKLOG_MAX) {
        give_up(bus, link, caller);
        return false;
    }
    backlog_add(backlog, frame);
    if (backlogs(bus, NULL) > bus->settings.kept_most)
        give_up_longest(bus);
    return true;
}

/* True when something is left in it. */
static bool send_backlog(const struct bus *bus, const struct link *link,
                         const struct caller *caller, struct backlog *backlog)
{
    while (!backlog_is_empty(backlog) &&
           send_to(bus, link, caller, backlog_first(backlog)) != TO_WAIT)
        backlog_drop_first(backlog);
    return !backlog_is_empty(backlog);
}

static bool send_backlogs(struct bus *bus)
{
    bool left = false;

    for (size_t i = 0; i < bus->link_count; i++)
        left |= send_backlog(bus, &bus->links[i], NULL, &bus->links[i].backlog);
    for (size_t i = 0; i < bus->caller_count; i++)
        left |= send_backlog(bus, NULL, &bus->callers[i], &bus->callers[i].backlog);
    return left;
}

void bus_publish(struct bus *bus, struct bytes frame)
{
    if (bus->xpub != NULL)
        zmq_send(bus->xpub, frame.data, frame.size, ZMQ_DONTWAIT);
}

/* --- Waiting --- */

static size_t add_item(zmq_pollitem_t *items, size_t count, void *socket)
{
    if (socket == NULL)
        return count;
    items[count] = (zmq_pollitem_t){.socket = socket, .events = ZMQ_POLLIN};
    return count + 1;
}

void bus_wait(struct bus *bus, int64_t timeout_ms)
{
    zmq_pollitem_t items[6 + 4 * LINKS_MAX];
    size_t count = 0;

    if (bus->settings.wake >= 0)
        items[count++] = (zmq_pollitem_t){.fd = bus->settings.wake, .events = ZMQ_POLLIN};
    count = add_item(items, count, bus->zap);
    count = add_item(items, count, bus->router);
    count = add_item(items, count, bus->monitor);
    count = add_item(items, count, bus->xpub);
    count = add_item(items, count, bus->xpub_monitor);
    for (size_t i = 0; i < bus->link_count; i++) {
        count = add_item(items, count, bus->links[i].truth.socket);
        count = add_item(items, count, bus->links[i].truth.monitor);
        count = add_item(items, count, bus->links[i].live.socket);
        count = add_item(items, count, bus->links[i].live.monitor);
    }
    if (send_backlogs(bus) && timeout_ms > BACKLOG_RETRY_MS)
        timeout_ms = BACKLOG_RETRY_MS; /* Nobody says when one peer of many can take more. */
    zmq_poll(items, (int)count, timeout_ms < 0 ? 0 : (long)timeout_ms);
}

void bus_drop(struct bus *bus, peer_number peer, int64_t now_ms)
{
    struct link *link = find_link(bus, peer);
    struct caller *caller = find_caller(bus, peer);

    if (link != NULL && link->truth.socket != NULL)
        lose_link(link, now_ms + DROPPED_RETRY_MS);
    if (caller != NULL) /* Its connection ends when it has heard why. */
        caller->muted = true;
}

static bool may_stay(void *context, const struct identity *identity)
{
    const struct bus *bus = context;
    struct digest authority;

    return bus->settings.admit(bus->settings.context, &identity->key, &authority) == ADMITTED;
}

void bus_admit_again(struct bus *bus)
{
    connections_end_others(&bus->connections, may_stay, bus);
    connections_end_others(&bus->subscribers, may_stay, bus);
}

size_t bus_subscribers(const struct bus *bus)
{
    return connections_subscribed(&bus->subscribers);
}
