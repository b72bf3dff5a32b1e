#include "node/engine.h"
#include "crypto/secret.h"
#include "store/search.h"
#include "tests/bench/support/network.h"
#include "tests/support/folder.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The engine with its keeper and its deriver, and somebody who reads meanwhile, as the running node
 * has them: for the thread sanitizer. What they do is looked at, but other tests do that better. */

#define NOW_MS INT64_C(1767225600000) /* 1 January 2026 */
#define HOUR_MS (INT64_C(3600) * 1000)
#define LESSONS 120
#define ERASED 30
#define ROUNDS 3

static struct fault fault;
static struct folder folder;
static struct home home;
static struct network network;
static struct digest ids[ROUNDS * LESSONS];
static int wake[2];
static atomic_bool ended;

static void must(bool done, const char *what)
{
    if (done)
        return;
    fprintf(stderr, "engine: %s: %s\n", what, fault.text);
    exit(1);
}

#define MUST(call) must(call, #call)

static void found(void)
{
    folder = folder_new();
    MUST(home_find(&home, folder_file(&folder, "home"), &fault));
    MUST(home_create(&home, &fault));
    network_found(&network, 4, NULL, 0, NOW_MS - 24 * HOUR_MS);
    store_close(store_open(home_file(&home, "store.sqlite", 0), STORE_CREATE, &fault));
    MUST(engine_found(&home, buffer_view(&network.charter), NOW_MS, &fault));
    MUST(pipe(wake) == 0);
}

static void start(struct engine *engine)
{
    struct engine_settings settings = {
        .self = &network.councils[3].feed.authority, .period_ms = 60000, .wake = wake[1]};

    MUST(engine_open(engine, &home, &settings, NOW_MS, &fault));
}

/* --- What comes in --- */

static void hear_refusal(void *context, size_t index, const struct fault *why)
{
    (void)context;
    (void)index;
    fault = *why;
}

static void offer(struct engine *engine, struct record *record)
{
    struct buffer wire = {0};

    record_write(record, true, &wire);
    struct bytes view = buffer_view(&wire);
    fault = (struct fault){0};
    replica_offer(engine->replica, &view, 1, NOW_MS, hear_refusal, NULL, &engine->effects);
    must(fault.kind == FAULT_NONE, "a record is refused");
    MUST(engine_turn(engine, NOW_MS, &fault));
    buffer_release(&wire);
    record_free(record);
}

static void publish(struct engine *engine, unsigned number)
{
    struct council *council = &network.councils[number % network.count];
    char title[40];

    snprintf(title, sizeof title, "Lesson %u", number);
    struct record *record = council_lesson(council, title, "We asked people first.");
    ids[number] = *record_id(record);
    offer(engine, record);
}

/* By its own author. */
static void erase(struct engine *engine, unsigned number)
{
    struct council *council = &network.councils[number % network.count];
    struct header header = {.network = council->network,
                            .kind = bytes_of_text("erasure"),
                            .author = {.form = AUTHOR_NAMED,
                                       .feed = council->feed,
                                       .seq = ++council->seq,
                                       .prev = council->prev},
                            .time_ms = council->time_ms,
                            .references = {{RELATION_ERASES, ids[number]}},
                            .reference_count = 1};
    struct salt salt = salt_new();
    struct buffer content = {0};

    body_wrap(bytes_of("\x80", 1), &content);
    struct record *record = record_sign(&header, &salt, buffer_view(&content), council->key);
    council->prev = *record_id(record);
    offer(engine, record);
    buffer_release(&content);
}

/* --- Who reads --- */

static bool note_hit(void *context, const struct hit *hit, struct fault *why)
{
    (void)hit;
    (void)why;
    ++*(unsigned *)context;
    return true;
}

static bool find_all(struct store *store, struct answer *answer, struct fault *why)
{
    struct query query = {.words = bytes_of_text("asked people"), .limit = 20};
    unsigned hits = 0;

    return store_search(store, &query, answer, note_hit, &hits, why);
}

static void *read_on(void *context)
{
    struct store *store = context;
    struct store_counts counts;
    struct answer answer;
    struct fault why;

    while (!atomic_load(&ended))
        if (!store_count(store, &counts, &why) || !find_all(store, &answer, &why)) {
            fprintf(stderr, "engine: a reader: %s\n", why.text);
            exit(1);
        }
    return NULL;
}

/* --- One life of the node --- */

static void settle(struct engine *engine)
{
    uint8_t woken[512];

    MUST(engine_settle(engine, NOW_MS, &fault));
    must(read(wake[0], woken, sizeof woken) > 0, "nobody was woken");
}

/* Until what was erased is out of every file. */
static void purge(struct engine *engine)
{
    for (int64_t now_ms = NOW_MS; engine->to_purge; now_ms += 1000)
        MUST(engine_settle(engine, now_ms, &fault));
}

static void live(unsigned round)
{
    struct engine engine;
    pthread_t reader;

    start(&engine);
    struct store *store = store_open(home_file(&home, "store.sqlite", 0), STORE_READ, &fault);
    MUST(store != NULL);
    atomic_store(&ended, false);
    MUST(pthread_create(&reader, NULL, read_on, store) == 0);
    for (unsigned i = 0; i < LESSONS; i++)
        publish(&engine, round * LESSONS + i);
    for (unsigned i = 0; i < ERASED; i++)
        erase(&engine, round * LESSONS + i);
    settle(&engine);
    atomic_store(&ended, true);
    pthread_join(reader, NULL);
    store_close(store);
    purge(&engine);
    engine_close(&engine); /* And what the deriver has not done is done by the next one. */
}

static void look(void)
{
    struct engine engine;
    struct store_counts counts;
    struct answer found_now;

    start(&engine);
    settle(&engine);
    MUST(find_all(engine.store, &found_now, &fault));
    MUST(store_count(engine.store, &counts, &fault));
    must(counts.records == ROUNDS * (LESSONS + ERASED), "not every record is there");
    must(found_now.total == ROUNDS * (LESSONS - ERASED), "not the right lessons are found");
    must(counts.erased == ROUNDS * ERASED, "not every text is erased");
    engine_close(&engine);
}

int main(void)
{
    crypto_start();
    found();
    for (unsigned round = 0; round < ROUNDS; round++)
        live(round);
    look();
    network_release(&network);
    folder_remove(&folder);
    return 0;
}
