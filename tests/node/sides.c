#include "tests/node/sides.h"
#include "node/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#define FRAME_NOTED 40

struct side hub, leeds, york;
enum admission leeds_may, york_may;
struct buffer notes;
int64_t skew_ms;
int heartbeat_ms;
size_t kept_most;
bool guests_may;
size_t asked;
void (*between_turns)(void);

static enum admission admit(void *context, const struct exchange_public *transport,
                            struct digest *authority)
{
    const struct side *const sides[] = {&hub, &leeds, &york};

    (void)context;
    asked++;
    for (size_t i = 0; i < 3; i++)
        if (memcmp(exchange_key_public(sides[i]->key), transport, sizeof *transport) == 0) {
            *authority = sides[i]->authority;
            return sides[i] == &leeds ? leeds_may : sides[i] == &york ? york_may : ADMITTED;
        }
    memcpy(authority->bytes, transport->bytes, sizeof authority->bytes);
    return guests_may ? ADMITTED : ADMISSION_NOT_YET;
}

struct side side_new(const char *name)
{
    struct side side = {.name = name, .key = exchange_key_new()};

    memset(side.authority.bytes, name[0], sizeof side.authority.bytes);
    return side;
}

bool try_open(struct side *side)
{
    struct bus_settings settings = {.transport = side->key,
                                    .listen = &side->listen,
                                    .admit = admit,
                                    .wake = -1,
                                    .kept_most = kept_most,
                                    .heartbeat_ms = heartbeat_ms};

    side->bus = bus_open(&settings, &fault);
    return side->bus != NULL;
}

void open_sides(void)
{
    room_open();
    hub = side_new("hub");
    leeds = side_new("leeds");
    york = side_new("york");
    leeds_may = york_may = ADMITTED;
    skew_ms = heartbeat_ms = 0;
    guests_may = false;
    kept_most = 0;
    asked = 0;
    between_turns = NULL;
    texts_add(&hub.listen, own_endpoint(HUB_PORT));
    cr_done(try_open(&hub));
    cr_done(try_open(&leeds));
    cr_done(try_open(&york));
}

void close_sides(void)
{
    struct side *sides[] = {&hub, &leeds, &york};

    for (size_t i = 0; i < 3; i++) {
        bus_close(sides[i]->bus);
        exchange_key_free(sides[i]->key);
        texts_release(&sides[i]->listen);
    }
    buffer_release(&notes);
    room_close();
}

/* --- Hearing --- */

static void note(struct side *side, const struct bus_event *event)
{
    static const char *const kinds[] = {[BUS_JOINED] = "reaches",
                                        [BUS_LEFT] = "loses",
                                        [BUS_FRAME] = "hears",
                                        [BUS_LIVE] = "hears live from",
                                        [BUS_REFUSED] = "is refused by"};
    const char *from = event->authority.bytes[0] == 'h'   ? "hub"
                       : event->authority.bytes[0] == 'l' ? "leeds"
                                                          : "york";

    if (event->kind == BUS_HEARING) { /* Which plane is up first is not ours to say. */
        side->hearings++;
        return;
    }
    side->peer = event->peer;
    if (event->joined)
        buffer_printf(&notes, "%s is reached by %s\n", side->name, from);
    buffer_printf(&notes, "%s %s %s%s", side->name, kinds[event->kind], from,
                  event->barred ? " for good" : "");
    if (event->kind == BUS_FRAME || event->kind == BUS_LIVE) {
        size_t size = event->bytes.size;
        buffer_printf(&notes, ": %.*s", (int)(size < FRAME_NOTED ? size : FRAME_NOTED),
                      (const char *)event->bytes.data);
        side->frames++;
    }
    buffer_append_text(&notes, "\n");
}

int64_t now(void)
{
    return clock_now_ms() + skew_ms;
}

void turn(struct side *side)
{
    struct bus_event event;

    if (side->bus == NULL)
        return;
    bus_wait(side->bus, 2);
    for (unsigned i = 0; i < 64 && bus_next(side->bus, now(), &event); i++)
        note(side, &event);
}

void turn_all(void)
{
    if (between_turns != NULL)
        between_turns();
    turn(&hub);
    turn(&leeds);
    turn(&york);
}

bool noted(const char *line)
{
    return strstr(buffer_text(&notes), line) != NULL;
}

/* Until it has been noted; never longer than the limit. */
void await(const char *line)
{
    int64_t until_ms = clock_now_ms() + LIMIT_MS;

    while (!noted(line)) {
        cr_assert(clock_now_ms() < until_ms, "no \"%s\" in:\n%s", line, buffer_text(&notes));
        turn_all();
    }
}

void forget_notes(void)
{
    buffer_clear(&notes);
}

peer_number dial_at(struct side *side, const char *endpoint)
{
    peer_number peer;

    cr_done(
        bus_dial(side->bus, endpoint, &hub.authority, exchange_key_public(hub.key), &peer, &fault));
    return peer;
}

peer_number dial(struct side *side)
{
    return dial_at(side, hub.listen.list[0]);
}

bool say(struct side *side, peer_number peer, const char *text)
{
    return bus_send(side->bus, peer, bytes_of_text(text));
}

/* Leeds dials the hub, and both have heard each other. Returns the hub's number for Leeds. */
peer_number meet(peer_number *hub_at_leeds)
{
    *hub_at_leeds = dial(&leeds);
    await("leeds reaches hub\n");
    cr_expect(say(&leeds, *hub_at_leeds, "hello"));
    await("hub hears leeds: hello\n");
    peer_number leeds_at_hub = hub.peer;
    cr_expect(say(&hub, leeds_at_hub, "good day"));
    await("leeds hears hub: good day\n");
    return leeds_at_hub;
}

size_t count_noted(const char *line)
{
    size_t count = 0;

    for (const char *at = buffer_text(&notes); *at != '\0'; at = strchr(at, '\n') + 1)
        count += strncmp(at, line, strlen(line)) == 0;
    return count;
}

/* --- Those who speak ZeroMQ as they like --- */

void *raw_context;

void *raw_socket(int type, const char *routing, const char *endpoint)
{
    struct exchange_key *key = guests_may ? exchange_key_new() : leeds.key;
    void *socket = zmq_socket(raw_context, type);
    uint32_t zero = 0;

    zmq_setsockopt(socket, ZMQ_LINGER, &zero, sizeof(int));
    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, exchange_key_public(hub.key)->bytes, 32);
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, exchange_key_public(key)->bytes, 32);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, exchange_key_secret(key), 32);
    if (guests_may)
        exchange_key_free(key);
    if (routing != NULL)
        zmq_setsockopt(socket, ZMQ_ROUTING_ID, routing, strlen(routing));
    cr_assert(zmq_connect(socket, endpoint) == 0);
    return socket;
}
