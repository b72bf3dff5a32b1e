#include "crypto/secret.h"
#include "node/bus.h"
#include "node/clock.h"
#include "node/keys.h"
#include "protocol/bundle.h"
#include "protocol/record.h"
#include "store/store.h"
#include "tests/bench/support/processes.h"
#include "tests/bench/support/sorted.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How long a new record takes over one hop.
 *
 *     live_bench [SECONDS]     20 unless told; in $TMPDIR, or /tmp
 *
 * Two nodes as they are run; the second one dials the first. This program listens to both live
 * planes as a third member does, and leaves signed records in the first one's queue, 100 a second.
 * A node tells its live plane of a record when it is on its disk and visible, and in the same turn
 * sends it on; so what lies between hearing of it here from the first and from the second is one
 * hop: carried, checked, kept, visible, passed on. */

#define PORT_A "17441"
#define PORT_B "17451"
#define HELD 10000 /* Both hold so many already. */
#define A_SECOND 100
#define COUNCILS "100"

static struct fault fault;

static void need(bool done)
{
    if (done)
        return;
    fprintf(stderr, "live_bench: %s\n", fault.text);
    exit(1);
}

/* --- Records that are to come --- */

struct coming {
    struct bytes *list;
    size_t count;
    struct buffer file;
};

static struct coming read_coming(const char *path)
{
    struct coming coming = {0};
    struct bundle_reader bundle;
    struct bytes item;
    bool is_charter;

    need(file_read(path, SIZE_MAX / 2, &coming.file, &fault));
    need(bundle_open(buffer_view(&coming.file), &bundle, &fault));
    while (bundle_next(&bundle, &item, &is_charter, &fault)) {
        if (is_charter)
            continue;
        coming.list = memory_grow(coming.list, coming.count + 1, sizeof *coming.list);
        coming.list[coming.count++] = item;
    }
    need(bundle.whole);
    return coming;
}

/* --- Listening --- */

struct heard {
    struct digest id;
    double a_s, b_s, searchable_s;
};

struct listening {
    struct bus *bus;
    peer_number a, b;
    struct heard *heard;
    size_t count;
};

static enum admission admit_all(void *context, const struct exchange_public *transport,
                                struct digest *authority)
{
    (void)context;
    (void)transport;
    memset(authority, 0, sizeof *authority);
    return ADMITTED;
}

static peer_number dial(struct bus *bus, const char *node, const char *port)
{
    struct buffer wire = {0};
    char name[32], endpoint[64];
    peer_number number;

    snprintf(name, sizeof name, "%s.card", node);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%s", port);
    need(file_read(in_folder(name), 1 << 16, &wire, &fault));
    struct card *card = card_read(buffer_view(&wire), &fault);
    need(card != NULL);
    need(bus_dial(bus, endpoint, &card->authority, &card->transport, &number, &fault));
    card_free(card);
    buffer_release(&wire);
    return number;
}

static void note(struct listening *listening, const struct bus_event *event)
{
    struct digest id;
    bool wrong_body;
    double at_s = now_s();
    struct record *record = record_read(event->bytes, NULL, &wrong_body, &fault);

    need(record != NULL);
    id = *record_id(record);
    record_free(record);
    for (size_t i = listening->count; i-- > 0;) {
        struct heard *heard = &listening->heard[i];
        if (!digest_equal(&heard->id, &id))
            continue;
        *(event->peer == listening->a ? &heard->a_s : &heard->b_s) = at_s;
        return;
    }
}

static void listen_for(struct listening *listening, int64_t ms)
{
    struct bus_event event;

    bus_wait(listening->bus, ms);
    while (bus_next(listening->bus, clock_now_ms(), &event))
        if (event.kind == BUS_LIVE)
            note(listening, &event);
}

/* Until both let us hear what they say. */
static void await_hearing(struct listening *listening)
{
    struct bus_event event;
    unsigned hearing = 0;

    for (double until_s = now_s() + 30; hearing < 2;) {
        bus_wait(listening->bus, 100);
        while (bus_next(listening->bus, clock_now_ms(), &event))
            hearing += event.kind == BUS_HEARING;
        need(now_s() < until_s || fault_set(&fault, FAULT_SELF, "the nodes cannot be heard"));
    }
}

/* --- At a steady rate --- */

static void offer(struct store *store, struct listening *listening, struct bytes wire)
{
    uint64_t ticket;
    bool wrong_body;
    struct record *record = record_read(wire, NULL, &wrong_body, &fault);

    need(record != NULL);
    listening->heard[listening->count++] = (struct heard){.id = *record_id(record)};
    record_free(record);
    need(store_queue(store, QUEUE_RECORD, wire, &ticket, &fault));
}

/* All that B has let us hear of is searchable but for the newest, as many as are left to be
 * derived. Looking takes a processor that the nodes want: seldom. */
#define LOOK_S 0.005

static void look_for_searchable(struct store *store, struct listening *listening)
{
    static double looked_s;
    struct store_counts counts;

    if (now_s() < looked_s + LOOK_S)
        return;
    looked_s = now_s();
    need(store_count(store, &counts, &fault));
    double at_s = now_s();
    uint64_t left = counts.underived;
    for (size_t i = listening->count; i-- > 0 && i + A_SECOND > listening->count;)
        if (listening->heard[i].b_s == 0)
            continue;
        else if (left > 0)
            left--;
        else if (listening->heard[i].searchable_s == 0)
            listening->heard[i].searchable_s = at_s;
}

static void stream(struct listening *listening, const struct coming *coming, size_t count)
{
    struct store *a = store_open(in_folder("a/store.sqlite"), STORE_WRITE, &fault);
    struct store *b = store_open(in_folder("b/store.sqlite"), STORE_READ, &fault);
    double began_s = now_s();

    need(a != NULL && b != NULL);
    for (size_t i = 0; i < count; i++) {
        while (now_s() < began_s + (double)i / A_SECOND) {
            listen_for(listening, 1);
            look_for_searchable(b, listening);
        }
        offer(a, listening, coming->list[i]);
    }
    for (double until_s = now_s() + 3; now_s() < until_s; look_for_searchable(b, listening))
        listen_for(listening, 1);
    store_close(b);
    store_close(a);
}

static void print_spread(const char *what, double *list, size_t count)
{
    if (count == 0)
        return;
    sort_numbers(list, count);
    printf("%s: p50 %.2f ms, p99 %.2f ms, most %.2f ms (of %zu)\n", what, list[count / 2] * 1e3,
           list[count * 99 / 100] * 1e3, list[count - 1] * 1e3, count);
}

static void print_latencies(const struct listening *listening)
{
    double *hops = memory_new(listening->count, sizeof *hops);
    double *searches = memory_new(listening->count, sizeof *searches);
    size_t hop_count = 0, search_count = 0;

    for (size_t i = 0; i < listening->count; i++) {
        const struct heard *heard = &listening->heard[i];
        if (heard->a_s > 0 && heard->b_s > 0)
            hops[hop_count++] = heard->b_s - heard->a_s;
        if (heard->b_s > 0 && heard->searchable_s > 0)
            searches[search_count++] = heard->searchable_s - heard->b_s;
    }
    printf("%zu records, %d a second; heard from both: %zu\n", listening->count, A_SECOND,
           hop_count);
    print_spread("published to stored, visible and passed on, one hop", hops, hop_count);
    print_spread("from there to searchable", searches, search_count);
    free(hops);
    free(searches);
}

/* --- The limit --- */

/* What a hop writes to the disk before it may say that it has a record, and nothing else. */
#define HOP_BYTES 32768

static void print_disk(size_t count)
{
    static const uint8_t page[HOP_BYTES];
    double *list = memory_new(count, sizeof *list), began_s = now_s();
    int file = open(in_folder("disk"), O_WRONLY | O_CREAT | O_EXCL, 0600);

    for (size_t i = 0; i < count; i++) {
        double left_s = began_s + (double)i / A_SECOND - now_s();
        if (left_s > 0)
            nanosleep(&(struct timespec){.tv_nsec = (long)(left_s * 1e9)}, NULL);
        double at_s = now_s();
        if (write(file, page, sizeof page) != sizeof page || fdatasync(file) != 0)
            exit(1);
        list[i] = now_s() - at_s;
    }
    close(file);
    print_spread("the disk alone, 32 KiB appended and synced as often", list, count);
    free(list);
}

int main(int count, char **arguments)
{
    size_t seconds = count > 1 ? strtoul(arguments[1], NULL, 10) : 20;
    size_t live = seconds * A_SECOND;
    char records[24];
    struct keys keys;
    struct home home = {.lock = -1};
    struct listening listening = {.heard = memory_new(live, sizeof *listening.heard)};

    crypto_start();
    processes_begin();
    print_disk(live);
    make_home("a", PORT_A);
    make_home("b", PORT_B);
    make_home("c", NULL);
    snprintf(records, sizeof records, "%zu", HELD + live);
    process_run((const char *const[]){"make_library", records, COUNCILS, in_folder("charter"),
                                      in_folder("bundle"), in_folder("a.card"), in_folder("b.card"),
                                      in_folder("c.card"), NULL});
    split_bundle(in_folder("bundle"), HELD, in_folder("coming"));
    struct coming coming = read_coming(in_folder("coming"));
    for (const char *const *node = (const char *const[]){"a", "b", NULL}; *node != NULL; node++) {
        process_run(CANDOUR(*node, "join", in_folder("charter"), "--peer", "a"));
        process_run(CANDOUR(*node, "import", in_folder("bundle")));
    }
    pid_t a = process_start("a.log", CANDOUR("a", "run"));
    pid_t b = process_start("b.log", CANDOUR("b", "run"));
    snprintf(home.path, sizeof home.path, "%s", in_folder("c"));
    need(keys_open(&home, &keys, &fault));
    struct texts nowhere = {0};
    struct bus_settings settings = {
        .transport = keys.transport, .listen = &nowhere, .admit = admit_all, .wake = -1};
    listening.bus = bus_open(&settings, &fault);
    need(listening.bus != NULL);
    listening.a = dial(listening.bus, "a", PORT_A);
    listening.b = dial(listening.bus, "b", PORT_B);
    await_hearing(&listening);
    stream(&listening, &coming, live);
    print_latencies(&listening);
    bus_close(listening.bus);
    process_stop(b);
    process_stop(a);
    keys_close(&keys);
    processes_end();
    return 0;
}
