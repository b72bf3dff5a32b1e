#include "crypto/secret.h"
#include "node/bus.h"
#include "node/clock.h"
#include "tests/bench/support/processes.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

/* What each of many subscribers costs a hub, and how long a record is on its way to them.
 *
 *     hub_bench [SUBSCRIBERS [SECONDS]]     400 for 10 seconds unless told
 *
 * The hub is the bus of a node, in a process of its own, and publishes 100 records of 2 kB a
 * second. The subscribers are sockets of ZeroMQ, a truth and a live one each, with keys of their
 * own, in four processes on the same machine: what they take of it is part of the time on the way.
 * In the end one of them is barred. */

#define PORT "17461"
#define LIVE_PORT "17462"
#define A_SECOND 100
#define RECORD_SIZE 2048
#define PROCESSES 4
#define READY_S 60
#define TAIL_S 20 /* For the last of them to arrive where the machine is slow. */

struct subscriber {
    struct exchange_key *key;
    void *truth, *live;
};

/* Shared by all the processes. */
struct results {
    volatile size_t heard; /* Of all the subscribers. */
    float *ms;             /* How long each was on its way: room for what is published. */
};

static struct fault fault;
static struct exchange_key *hub_key;
static struct subscriber *subscribers;
static struct results *results; /* Of each process. */
static size_t subscriber_count, record_count;
static volatile sig_atomic_t ended;

static void need(bool done, const char *what)
{
    if (done)
        return;
    fprintf(stderr, "hub_bench: %s %s\n", what, fault.text);
    exit(1);
}

static void on_end(int number)
{
    (void)number;
    ended = 1;
}

static void *shared(size_t size)
{
    FILE *file = tmpfile();

    need(file != NULL && ftruncate(fileno(file), (off_t)size) == 0, "no space");
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
    need(memory != MAP_FAILED, "no memory");
    fclose(file);
    return memory;
}

/* --- Subscribers --- */

static void *connect_socket(void *context, const struct subscriber *subscriber, int type,
                            const char *endpoint)
{
    void *socket = zmq_socket(context, type);

    zmq_setsockopt(socket, ZMQ_LINGER, &(int){0}, sizeof(int));
    zmq_setsockopt(socket, ZMQ_RECONNECT_IVL, &(int){200}, sizeof(int));
    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, exchange_key_public(hub_key)->bytes, 32);
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, exchange_key_public(subscriber->key)->bytes, 32);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, exchange_key_secret(subscriber->key), 32);
    if (type == ZMQ_SUB)
        zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0);
    need(zmq_connect(socket, endpoint) == 0, "connect");
    return socket;
}

static void hear(const struct subscriber *subscriber, struct results *heard)
{
    char record[RECORD_SIZE];
    double sent_s;

    while (zmq_recv(subscriber->live, record, sizeof record, ZMQ_DONTWAIT) == RECORD_SIZE) {
        memcpy(&sent_s, record, sizeof sent_s);
        heard->ms[heard->heard++] = (float)((now_s() - sent_s) * 1e3);
    }
}

static void subscribe(struct subscriber *list, size_t count, struct results *heard)
{
    void *context = zmq_ctx_new();
    zmq_pollitem_t *items = calloc(count, sizeof *items);

    need(items != NULL, "no memory");
    zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 4096);
    for (size_t i = 0; i < count; i++) {
        list[i].truth = connect_socket(context, &list[i], ZMQ_DEALER, "tcp://127.0.0.1:" PORT);
        list[i].live = connect_socket(context, &list[i], ZMQ_SUB, "tcp://127.0.0.1:" LIVE_PORT);
        zmq_send(list[i].truth, "hello", 5, 0);
        items[i] = (zmq_pollitem_t){.socket = list[i].live, .events = ZMQ_POLLIN};
    }
    while (!ended) {
        zmq_poll(items, (int)count, 100);
        for (size_t i = 0; i < count; i++)
            hear(&list[i], heard);
    }
    free(items);
}

/* --- The hub --- */

static size_t barred = SIZE_MAX;

static enum admission admit(void *context, const struct exchange_public *transport,
                            struct digest *authority)
{
    (void)context;
    for (size_t i = 0; i < subscriber_count; i++)
        if (memcmp(exchange_key_public(subscribers[i].key), transport, sizeof *transport) == 0) {
            memset(authority, 0, sizeof *authority);
            memcpy(authority->bytes, &i, sizeof i);
            return i == barred ? ADMISSION_BARRED : ADMITTED;
        }
    return ADMISSION_NOT_YET;
}

static void serve(struct bus *bus, double until_s)
{
    struct bus_event event;

    do {
        double left_ms = (until_s - now_s()) * 1e3;
        bus_wait(bus, left_ms > 0 ? (int64_t)left_ms : 0);
        while (bus_next(bus, clock_now_ms(), &event))
            ;
    } while (now_s() < until_s);
}

static double serve_until(struct bus *bus, size_t count)
{
    double began_s = now_s();

    while (bus_subscribers(bus) < count && now_s() < began_s + READY_S)
        serve(bus, now_s() + 0.01);
    need(bus_subscribers(bus) >= count, "they do not all come");
    return now_s() - began_s;
}

static long resident_kib(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    need(file != NULL && fscanf(file, "%*d %ld", &pages) == 1, "statm");
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static size_t heard_in_all(void)
{
    size_t heard = 0;

    for (size_t i = 0; i < PROCESSES; i++)
        heard += results[i].heard;
    return heard;
}

static void publish(struct bus *bus)
{
    char record[RECORD_SIZE] = "";
    double began_s = now_s();

    for (size_t i = 0; i < record_count; i++) {
        serve(bus, began_s + (double)i / A_SECOND);
        double sent_s = now_s();
        memcpy(record, &sent_s, sizeof sent_s);
        bus_publish(bus, bytes_of(record, sizeof record));
    }
    for (double until_s = now_s() + TAIL_S; heard_in_all() < subscriber_count * record_count;) {
        if (now_s() >= until_s)
            break;
        serve(bus, now_s() + 0.01);
    }
}

static void be_hub(struct bus *bus)
{
    double count = (double)subscriber_count;
    long before_kib = resident_kib();
    double ready_s = serve_until(bus, subscriber_count), ready_cpu_s = cpu_s(getpid());
    long idle_kib = resident_kib();

    publish(bus);
    double cpu = cpu_s(getpid()) - ready_cpu_s, seconds = (double)record_count / A_SECOND;
    printf("%zu subscribers were there after %.1f s, and %.2f s of the hub's processor\n"
           "memory: %.0f KiB each when they are there, %.0f KiB each after %zu records\n"
           "processor: %.1f %% of one in all, %.1f us for each record and subscriber\n",
           subscriber_count, ready_s, ready_cpu_s, (double)(idle_kib - before_kib) / count,
           (double)(resident_kib() - before_kib) / count, record_count, cpu / seconds * 100,
           cpu / count / (double)record_count * 1e6);
    barred = 0;
    double barred_s = now_s();
    bus_admit_again(bus);
    while (bus_subscribers(bus) == subscriber_count)
        serve(bus, now_s() + 0.001);
    printf("one is barred: %zu are left after %.1f ms\n", bus_subscribers(bus),
           (now_s() - barred_s) * 1e3);
    fflush(stdout);
}

static struct bus *open_hub(void)
{
    struct texts listen = {0};
    struct bus_settings settings = {
        .transport = hub_key, .listen = &listen, .admit = admit, .wake = -1};

    texts_add(&listen, "tcp://127.0.0.1:" PORT);
    struct bus *bus = bus_open(&settings, &fault);
    texts_release(&listen);
    need(bus != NULL, "open");
    return bus;
}

/* --- All of them --- */

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

static void print_heard(void)
{
    size_t all = subscriber_count * record_count, count = 0;
    float *ms = memory_new(all, sizeof *ms);

    for (size_t i = 0; i < PROCESSES; i++)
        for (size_t k = 0; k < results[i].heard; k++)
            ms[count++] = results[i].ms[k];
    qsort(ms, count, sizeof *ms, compare);
    printf("heard: %zu of %zu, lost %.3f %%\n", count, all,
           (double)(all - count) / (double)all * 100);
    if (count > 0)
        printf("on the way: p50 %.2f ms, p99 %.2f ms, most %.2f ms\n", (double)ms[count / 2],
               (double)ms[count * 99 / 100], (double)ms[count - 1]);
    free(ms);
}

int main(int count, char **arguments)
{
    subscriber_count = count > 1 ? strtoul(arguments[1], NULL, 10) : 400;
    record_count = (count > 2 ? strtoul(arguments[2], NULL, 10) : 10) * A_SECOND;
    need(subscriber_count >= PROCESSES && record_count > 0, "SUBSCRIBERS [SECONDS]");
    results = shared(PROCESSES * sizeof *results);
    pid_t processes[PROCESSES];

    crypto_start();
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_end}, NULL);
    hub_key = exchange_key_new();
    subscribers = memory_new(subscriber_count, sizeof *subscribers);
    for (size_t i = 0; i < subscriber_count; i++)
        subscribers[i].key = exchange_key_new();
    for (size_t i = 0; i < PROCESSES; i++) {
        size_t from = subscriber_count * i / PROCESSES;
        size_t share = subscriber_count * (i + 1) / PROCESSES - from;
        results[i].ms = shared(share * record_count * sizeof *results[i].ms);
        processes[i] = fork();
        if (processes[i] == 0) {
            subscribe(&subscribers[from], share, &results[i]);
            _exit(0);
        }
    }
    struct bus *bus = open_hub();
    be_hub(bus);
    for (size_t i = 0; i < PROCESSES; i++) {
        kill(processes[i], SIGTERM);
        waitpid(processes[i], NULL, 0);
    }
    print_heard();
    bus_close(bus);
    for (size_t i = 0; i < subscriber_count; i++)
        exchange_key_free(subscribers[i].key);
    free(subscribers);
    exchange_key_free(hub_key);
    return 0;
}
