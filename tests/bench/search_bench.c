#include "store/internal.h"

#include "tests/bench/support/sorted.h"
#include "tests/bench/support/words.h"
#include "tests/support/council.h"
#include "tests/support/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How quick a search is at national size.
 *
 *     search_bench [RECORDS [LESSONS [FOLDER]]]     100,000 and 10,000 unless told
 *
 * It makes them in $TMPDIR, or /tmp; or in a folder, where they stay: who names the same one again
 * does not wait for them.
 *
 * The queries are the judged ones (tests/search/queries.jsonl), each without a filter and with
 * one of several in turn; the first ten hits with snippets. All are asked once before, then three
 * times. Beside it plain FTS5: one table of the same texts, porter, the query's words with OR, and
 * the ten best rows by bm25(), without texts, snippets and filters. Times are of the processor; by
 * the clock they are longer on a machine with other things to do. */

#define BATCH 4000
#define FEEDS 400
#define FIRST_MS INT64_C(1767225600000) /* Of council.c, whose records are a minute apart. */
#define ROUNDS 3
#define QUERIES 1024
#define FILTERS 8
#define TIMES (QUERIES * FILTERS * ROUNDS)

static struct fault fault;

static void need(bool done)
{
    if (done)
        return;
    fprintf(stderr, "search_bench: %s\n", fault.text);
    exit(1);
}

static double seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- What is kept --- */

struct world {
    struct folder folder;
    const char *kept; /* A folder that stays; NULL: there is none. */
    size_t records;
    struct words *words;
    struct council councils[FEEDS];
    struct digest last[FEEDS]; /* Each council's last lesson. */
    struct store *writer;
    sqlite3 *plain;
    sqlite3_stmt *add;
};

static void check(struct world *world, bool done)
{
    if (done)
        return;
    fprintf(stderr, "search_bench: plain FTS5: %s\n", sqlite3_errmsg(world->plain));
    exit(1);
}

static const char *path_of(const struct world *world, const char *name)
{
    static char path[2][1024];
    static size_t turn;

    if (world->kept == NULL)
        return folder_file(&world->folder, name);
    snprintf(path[++turn % 2], sizeof *path, "%s/%s", world->kept, name);
    return path[turn % 2];
}

static void councils_make(struct world *world)
{
    for (size_t i = 0; i < FEEDS; i++) {
        char name[16];
        snprintf(name, sizeof name, "bench %zu", i);
        world->councils[i] = council_new(name);
    }
}

static void plain_open(struct world *world)
{
    check(world, sqlite3_open(path_of(world, "plain.sqlite"), &world->plain) == SQLITE_OK);
}

static void world_make(struct world *world)
{
    struct digest network = council_network();

    world->words = words_read(1);
    world->writer = store_open(path_of(world, "store.sqlite"), STORE_CREATE, &fault);
    need(world->writer != NULL && store_set_network(world->writer, &network, &fault));
    check(world, sqlite3_exec(world->plain,
                              "PRAGMA page_size = 16384; PRAGMA journal_mode = OFF;"
                              "CREATE VIRTUAL TABLE t USING fts5 (a, b, c, d, e, f, content = '',"
                              " tokenize = 'porter unicode61'); BEGIN",
                              NULL, NULL, NULL) == SQLITE_OK);
    check(world, sqlite3_prepare_v2(world->plain,
                                    "INSERT INTO t (a, b, c, d, e, f) VALUES (?, ?, ?, ?, ?, ?)",
                                    -1, &world->add, NULL) == SQLITE_OK);
}

static void add_plain(struct world *world, struct bytes content)
{
    struct document *lesson = document_of(bytes_of_text("lesson"), content);
    struct buffer room = {0};

    for (int i = 0; i < WORDS_TEXTS; i++) {
        struct bytes text = words_text(lesson, (size_t)i, &room);
        sqlite3_bind_text(world->add, i + 1, (const char *)text.data, (int)text.size,
                          SQLITE_TRANSIENT);
    }
    check(world, sqlite3_step(world->add) == SQLITE_DONE);
    sqlite3_reset(world->add);
    buffer_release(&room);
    document_free(lesson);
}

static struct record *make_lesson(struct world *world, size_t council)
{
    struct buffer content = {0};

    words_lesson_varied(world->words, &content);
    struct record *record =
        council_say(&world->councils[council], "lesson", buffer_view(&content), NULL);
    add_plain(world, record_content(record));
    world->last[council] = *record_id(record);
    buffer_release(&content);
    return record;
}

/* Every tenth of the others is an update of the council's last lesson, the rest are small figures
 * of a kind that is kept and passed on. */
static struct record *make_other(struct world *world, size_t council, size_t number)
{
    static const char update[] = "Kind: update\nAbout: %s\nStage: sustained_1y\nOutcome: worked\n\n"
                                 "## What changed since\nIt went on.\n";
    struct buffer text = {0};
    char hex[2 * DIGEST_SIZE + 1];

    hex_of(hex, world->last[council].bytes, DIGEST_SIZE);
    if (number % 10 == 0)
        buffer_printf(&text, update, hex);
    else
        buffer_printf(&text,
                      "Kind: snapshot\nFramework: ASCOF-2014\nArea: E10000024\nPeriod: 2020-21\n"
                      "Status: final\nDisclosure profile: none\nWhat is counted: visits\n\n## "
                      "Rows\n- 1C2A | | %zu.5\n",
                      number % 100);
    struct record *record = council_publish(&world->councils[council], buffer_text(&text));
    buffer_release(&text);
    return record;
}

static void fill(struct world *world, size_t records, size_t lessons)
{
    size_t each = records / lessons;

    for (size_t i = 0; i < records; i++) {
        size_t turn = i / each, council = turn % FEEDS;
        struct record *record = i % each == 0 && turn < lessons ? make_lesson(world, council)
                                                                : make_other(world, council, i);
        if (i % BATCH == 0)
            need(store_begin(world->writer, &fault));
        need(store_keep(world->writer, record, true,
                        signing_key_public(world->councils[council].key), &fault));
        record_free(record);
        if (i % BATCH == BATCH - 1 || i + 1 == records)
            need(store_commit(world->writer, &fault));
    }
    check(world, sqlite3_exec(world->plain, "COMMIT; INSERT INTO t (t) VALUES ('optimize')", NULL,
                              NULL, NULL) == SQLITE_OK);
}

static void derive(struct world *world)
{
    struct store *deriver = store_open(path_of(world, "store.sqlite"), STORE_DERIVE, &fault);
    uint64_t left = 1;

    need(deriver != NULL);
    while (left > 0)
        need(store_derive(deriver, PIECE_LESSONS, true, &left, &fault));
    store_close(deriver);
}

/* --- What is asked --- */

struct queries {
    char *text;
    char *list[QUERIES];
    size_t count;
};

static struct queries read_queries(void)
{
    static const char key[] = "\"query\": \"";
    struct queries queries = {.text = file_text(SOURCE_DIR "/tests/search/queries.jsonl")};

    need(queries.text != NULL ||
         fault_set(&fault, FAULT_SELF, "tests/search/queries.jsonl cannot be read"));
    for (char *at = queries.text; (at = strstr(at, key)) != NULL && queries.count < QUERIES;) {
        char *end = strstr(at + sizeof key - 1, "\", \"");
        queries.list[queries.count++] = at + sizeof key - 1;
        at = end + 1;
        *end = 0;
    }
    return queries;
}

static struct query filtered(const struct world *world, size_t filter)
{
    const struct council *council = &world->councils[7];
    const struct query list[FILTERS] = {
        {.limit = 10},
        {.service = "direct_payments_personalisation"},
        {.outcome = "did_not_work"},
        {.stage = "sustained_1y"},
        {.barrier = "data_sharing", .evidence = "before_after"},
        {.authority = &council->feed.authority},
        {.since_ms =
             FIRST_MS + (int64_t)(world->records / FEEDS / 2) * 60 * 1000}, /* The later half. */
        {.driver = "budget", .outcome = "worked"},
    };
    struct query query = list[filter];

    query.limit = 10;
    return query;
}

static bool hear(void *context, const struct hit *hit, struct fault *why)
{
    (void)why;
    *(size_t *)context += strlen(hit->snippet);
    return true;
}

struct times {
    double processor[TIMES], clock[TIMES];
    size_t count, none, at_least;
    char slowest[128];
    double most;
};

static void ask(struct store *store, struct query query, const char *words, struct times *times)
{
    struct answer answer;
    size_t sum = 0;
    double processor = seconds(CLOCK_PROCESS_CPUTIME_ID), clock = seconds(CLOCK_MONOTONIC);

    query.words = bytes_of_text(words);
    if (!store_search(store, &query, &answer, hear, &sum, &fault))
        need(fault.kind == FAULT_INPUT);
    processor = (seconds(CLOCK_PROCESS_CPUTIME_ID) - processor) * 1e3;
    times->clock[times->count] = (seconds(CLOCK_MONOTONIC) - clock) * 1e3;
    times->none += answer.total == 0;
    times->at_least += answer.at_least;
    if (processor > times->most)
        snprintf(times->slowest, sizeof times->slowest, "%s", words);
    times->most = processor > times->most ? processor : times->most;
    times->processor[times->count++] = processor;
}

static void ask_plain(struct world *world, const char *words, struct times *times)
{
    static sqlite3_stmt *query;
    struct buffer match = {0};
    double began;

    for (const char *at = words; *at != 0;) {
        size_t size = strcspn(at, " -'\"/");
        if (size > 0)
            buffer_printf(&match, "%s\"%.*s\"", match.size == 0 ? "" : " OR ", (int)size, at);
        at += size + (at[size] != 0);
    }
    if (query == NULL)
        check(world, sqlite3_prepare_v2(world->plain,
                                        "SELECT rowid FROM t WHERE t MATCH ? ORDER BY"
                                        " bm25(t, 8, 4, 1, 2, 2, 1) LIMIT 10",
                                        -1, &query, NULL) == SQLITE_OK);
    began = seconds(CLOCK_PROCESS_CPUTIME_ID);
    sqlite3_bind_text(query, 1, (const char *)match.data, (int)match.size, SQLITE_TRANSIENT);
    while (sqlite3_step(query) == SQLITE_ROW)
        ;
    sqlite3_reset(query);
    times->processor[times->count++] = (seconds(CLOCK_PROCESS_CPUTIME_ID) - began) * 1e3;
    buffer_release(&match);
}

static void print_times(const char *what, struct times *times, bool clock)
{
    size_t n = times->count;

    sort_numbers(times->processor, n);
    sort_numbers(times->clock, n);
    printf("| %s | %zu | %.1f | %.1f | %.1f |", what, n, times->processor[n / 2],
           times->processor[n * 95 / 100], times->processor[n - 1]);
    if (clock)
        printf(" %.1f, %.1f |\n", times->clock[n * 95 / 100], times->clock[n - 1]);
    else
        printf(" |\n");
}

static void measure(struct world *world)
{
    static const char *const names[FILTERS] = {"no filter", "service",           "outcome",
                                               "stage",     "barrier, evidence", "authority",
                                               "since",     "driver, outcome"};
    static struct times all, of[FILTERS], plain;
    struct queries queries = read_queries();
    struct store *reader = store_open(path_of(world, "store.sqlite"), STORE_READ, &fault);

    need(reader != NULL);
    for (int round = 0; round <= ROUNDS; round++) {
        if (round == 1) { /* All is warm. */
            memset(&all, 0, sizeof all);
            memset(of, 0, sizeof of);
            memset(&plain, 0, sizeof plain);
            sqlite3_memory_highwater(1);
        }
        for (size_t i = 0; i < queries.count; i++) {
            size_t filter = 1 + i % (FILTERS - 1);
            ask(reader, filtered(world, 0), queries.list[i], &of[0]);
            ask(reader, filtered(world, filter), queries.list[i], &of[filter]);
            ask_plain(world, queries.list[i], &plain);
        }
    }
    for (size_t i = 0; i < FILTERS; i++) {
        memcpy(all.processor + all.count, of[i].processor, of[i].count * sizeof(double));
        memcpy(all.clock + all.count, of[i].clock, of[i].count * sizeof(double));
        all.count += of[i].count;
        all.at_least += of[i].at_least;
        if (of[i].most > all.most)
            snprintf(all.slowest, sizeof all.slowest, "%s", of[i].slowest);
        all.most = of[i].most > all.most ? of[i].most : all.most;
    }
    printf("| | searches | p50 ms | p95 ms | worst ms | by the clock p95, worst |\n"
           "|---|---|---|---|---|---|\n");
    print_times("the mix", &all, true);
    for (size_t i = 0; i < FILTERS; i++)
        print_times(names[i], &of[i], true);
    print_times("plain FTS5, no filter, rows alone", &plain, false);
    printf("\nThe slowest: %s. Not counted to the end: %zu. SQLite's memory: %.0f MiB at most.\n",
           all.slowest, all.at_least, (double)sqlite3_memory_highwater(0) / 1048576);
    store_close(reader);
    free(queries.text);
}

int main(int count, char **arguments)
{
    static struct world world;
    double began = seconds(CLOCK_MONOTONIC);

    world.records = count > 1 ? (size_t)strtoul(arguments[1], NULL, 10) : 100000;
    world.kept = count > 3 ? arguments[3] : NULL;
    size_t lessons = count > 2 ? (size_t)strtoul(arguments[2], NULL, 10) : world.records / 10;
    world.folder = folder_new();
    councils_make(&world);
    bool made = access(path_of(&world, "store.sqlite"), F_OK) == 0;
    plain_open(&world);
    if (!made) {
        world_make(&world);
        fill(&world, world.records, lessons);
    }
    derive(&world); /* An index of another schema is made anew. */
    printf("%zu records, of which %zu are lessons, by %d; made in %.0f s.\n\n", world.records,
           lessons, FEEDS, seconds(CLOCK_MONOTONIC) - began);
    measure(&world);
    sqlite3_finalize(world.add);
    store_close(world.writer);
    for (size_t i = 0; i < FEEDS; i++)
        council_release(&world.councils[i]);
    if (world.words != NULL)
        words_free(world.words);
    folder_remove(&world.folder);
    return 0;
}
