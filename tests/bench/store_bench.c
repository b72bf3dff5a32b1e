#include "store/internal.h"

#include "tests/bench/support/bare.h"
#include "tests/bench/support/sorted.h"
#include "tests/bench/support/words.h"
#include "tests/support/council.h"
#include "tests/support/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How fast records are kept, derived from and found, and how much of the disk they take.
 *
 *     store_bench [LESSONS [FACTS_PAGE INDEX_PAGE]]     20,000 unless told; in $TMPDIR, or /tmp
 *
 * Keeping is compared with a bare loader of the same rows into the same tables, with the same
 * pragmas, that does nothing else, and is given contents that are packed already; deriving with a
 * bare FTS5 loader with the same tokenizer and settings that is given the texts. Each is run three
 * times in turn, and the best counts. Rates and searches are of processor time, of all threads
 * together; commits, until when one is found, and where it says so, of the clock. */

#define BATCH 4000
#define FEEDS 100
#define RUN 100 /* So many records of a feed come in a row, as peers send them. */
#define ROUNDS 3
#define SEARCHES 300
#define LIVE 300

static struct fault fault;

static void need(bool done)
{
    if (!done) {
        fprintf(stderr, "store_bench: %s\n", fault.text);
        exit(1);
    }
}

/* Of the processor for what reckons, so that a busy machine changes little; of the clock for what
 * waits for the disk. */
static double seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#define WORKED CLOCK_PROCESS_CPUTIME_ID

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double worked_s(void)
{
    return seconds(WORKED);
}

/* --- Lessons --- */

struct library {
    struct words *words;
    struct council councils[FEEDS];
    struct bare bare;
};

static struct record *lesson(struct words *words, struct council *council)
{
    struct buffer content = {0};

    words_lesson(words, &content);
    struct record *record = council_say(council, "lesson", buffer_view(&content), NULL);
    buffer_release(&content);
    return record;
}

static void library_make(struct library *library, size_t count)
{
    *library = (struct library){.words = words_read(1), .bare = bare_new()};
    for (size_t i = 0; i < FEEDS; i++) {
        char name[16];
        snprintf(name, sizeof name, "bench %zu", i);
        library->councils[i] = council_new(name);
    }
    for (size_t i = 0; i < count; i++) {
        struct record *record = lesson(library->words, &library->councils[i / RUN % FEEDS]);
        bare_add(&library->bare, record);
        record_free(record);
    }
}

static void library_release(struct library *library)
{
    for (size_t i = 0; i < FEEDS; i++)
        council_release(&library->councils[i]);
    bare_release(&library->bare);
    words_free(library->words);
}

/* --- The store --- */

struct page_sizes {
    int facts, index;
};

struct house {
    struct folder folder;
    struct store *writer, *deriver;
};

static struct house house_new(struct page_sizes pages)
{
    struct house house = {.folder = folder_new()};
    const char *path = folder_file(&house.folder, "store.sqlite");
    struct digest network = council_network();

    store_close(store_open_paged(path, STORE_CREATE, pages.facts, pages.index, &fault));
    house.writer = store_open_paged(path, STORE_WRITE, pages.facts, pages.index, &fault);
    need(house.writer != NULL && store_set_network(house.writer, &network, &fault));
    house.deriver = store_open_paged(path, STORE_DERIVE, pages.facts, pages.index, &fault);
    need(house.deriver != NULL);
    return house;
}

static void house_remove(struct house *house)
{
    store_close(house->deriver);
    store_close(house->writer);
    folder_remove(&house->folder);
}

static void keep_one(struct house *house, const struct library *library, size_t index)
{
    const struct signing_key *key = library->councils[index / RUN % FEEDS].key;

    need(store_keep(house->writer, library->bare.records[index], true, signing_key_public(key),
                    &fault));
}

static double keep_all(struct house *house, const struct library *library)
{
    double began = worked_s();

    for (size_t i = 0; i < library->bare.count; i += BATCH) {
        need(store_begin(house->writer, &fault));
        for (size_t k = i; k < i + BATCH && k < library->bare.count; k++)
            keep_one(house, library, k);
        need(store_commit(house->writer, &fault));
    }
    return (double)library->bare.count / (worked_s() - began);
}

/* By the clock too, for two threads share the work. */
static double derive_all(struct house *house, size_t count, double *by_clock)
{
    double began = worked_s(), began_by_clock = seconds(CLOCK_MONOTONIC);
    uint64_t left = 1;

    while (left > 0)
        need(store_derive(house->deriver, PIECE_LESSONS, true, &left, &fault));
    *by_clock = larger(*by_clock, (double)count / (seconds(CLOCK_MONOTONIC) - began_by_clock));
    return (double)count / (worked_s() - began);
}

/* --- What is measured --- */

struct figures {
    double keep, bare, bare_rows, derive, bare_words;
    double derive_by_clock;
    double facts, index; /* Of the files, by the records' bytes. */
    double live[LIVE], found[LIVE], searches[SEARCHES];
    double memory; /* Of SQLite, while it was kept and derived in bulk. */
};

static void empty_logs(struct house *house)
{
    need(log_empty(house->writer, "main", &fault) && log_empty(house->deriver, "derived", &fault));
}

/* One lesson at a time: until it is on the disk, and until it can be found. */
static void live(struct house *house, const struct library *library, struct figures *figures)
{
    struct council late = library->councils[0];

    for (size_t i = 0; i < LIVE; i++) {
        struct record *record = lesson(library->words, &late);
        uint64_t left;
        double began = seconds(CLOCK_MONOTONIC);
        need(store_keep(house->writer, record, true, signing_key_public(late.key), &fault));
        figures->live[i] = (seconds(CLOCK_MONOTONIC) - began) * 1e3;
        need(store_derive(house->deriver, 256, false, &left, &fault));
        figures->found[i] = (seconds(CLOCK_MONOTONIC) - began) * 1e3;
        record_free(record);
    }
    sort_numbers(figures->live, LIVE);
    sort_numbers(figures->found, LIVE);
}

static bool count_hit(void *context, const struct hit *hit, struct fault *why)
{
    (void)why;
    *(size_t *)context += strlen(hit->title);
    return true;
}

static uint64_t chance(uint64_t below)
{
    static uint64_t state = 1;

    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (state >> 33) % below;
}

/* Two words that stand beside each other in some lesson, the first 20 hits with snippets. */
static void search(struct house *house, const struct bare *bare, struct figures *figures)
{
    struct store *reader =
        store_open(folder_file(&house->folder, "store.sqlite"), STORE_READ, &fault);

    need(reader != NULL);
    for (size_t i = 0; i < SEARCHES; i++) {
        struct bytes text = document_text(bare->lessons[chance(bare->count)], "what_we_did");
        size_t from = chance(text.size / 2), to, sum = 0;
        struct answer answer;
        while (from < text.size && text.data[from] != ' ')
            from++;
        for (to = from + 12; to < text.size && text.data[to] != ' ';)
            to++;
        struct query query = {.words = bytes_of(text.data + from, to - from), .limit = 20};
        double began = worked_s();
        if (!store_search(reader, &query, &answer, count_hit, &sum, &fault))
            need(fault.kind == FAULT_INPUT); /* Little words alone. */
        figures->searches[i] = (worked_s() - began) * 1e3;
    }
    sort_numbers(figures->searches, SEARCHES);
    store_close(reader);
}

static void measure_round(const struct library *library, struct page_sizes pages, bool last,
                          struct figures *figures)
{
    struct house house = house_new(pages);
    const struct bare *bare = &library->bare;

    sqlite3_memory_highwater(1);
    figures->keep = larger(figures->keep, keep_all(&house, library));
    figures->derive =
        larger(figures->derive, derive_all(&house, bare->count, &figures->derive_by_clock));
    figures->memory = (double)sqlite3_memory_highwater(0);
    if (last) {
        empty_logs(&house);
        figures->facts = (double)files_size(house.writer->path) / library->bare.bytes;
        figures->index = (double)files_size(house.writer->index_path) / library->bare.bytes;
        search(&house, bare, figures);
        live(&house, library, figures);
    }
    house_remove(&house);
    figures->bare = larger(figures->bare, bare_load(bare, pages.facts, 1, WORKED));
    figures->bare_rows = larger(figures->bare_rows, bare_load(bare, pages.facts, 50, WORKED));
    figures->bare_words = larger(figures->bare_words, bare_index(bare, pages.index, WORKED));
}

static void tell(const struct library *library, struct page_sizes pages,
                 const struct figures *figures)
{
    double bare = larger(figures->bare, figures->bare_rows);

    printf("| %zu | %d, %d | %.0f | %.0f (%s) | %.0f %% | %.0f | %.0f | %.0f %% | %.2f + %.2f = "
           "%.2f | %.2f, %.2f | %.2f, %.2f | %.1f, %.1f | %.0f |\n"
           "\nDerived by the clock: %.0f/s.\n",
           library->bare.count, pages.facts / 1024, pages.index / 1024, figures->keep, bare,
           figures->bare > figures->bare_rows ? "1" : "50", 100 * figures->keep / bare,
           figures->derive, figures->bare_words, 100 * figures->derive / figures->bare_words,
           figures->facts, figures->index, figures->facts + figures->index, figures->live[LIVE / 2],
           figures->live[LIVE * 99 / 100], figures->found[LIVE / 2],
           figures->found[LIVE * 99 / 100], figures->searches[SEARCHES / 2],
           figures->searches[SEARCHES * 99 / 100], figures->memory / 1048576,
           figures->derive_by_clock);
}

int main(int count, char **arguments)
{
    size_t lessons = count > 1 ? (size_t)strtoul(arguments[1], NULL, 10) : 20000;
    struct page_sizes pages = {count > 2 ? atoi(arguments[2]) : STORE_PAGE_SIZE,
                               count > 3 ? atoi(arguments[3]) : INDEX_PAGE_SIZE};
    struct figures figures = {0};
    struct library library;

    library_make(&library, lessons < BATCH ? BATCH : lessons / BATCH * BATCH);
    printf("Records of %.0f bytes on average, of %d feeds, %d a transaction; SQLite %s.\n\n",
           library.bare.bytes / (double)library.bare.count, FEEDS, BATCH, sqlite3_libversion());
    for (int i = 0; i < ROUNDS; i++)
        measure_round(&library, pages, i == ROUNDS - 1, &figures);
    printf("| lessons | pages KiB | kept/s | bare/s (rows a statement) | | derived/s | bare FTS5/s "
           "| | x records' bytes: facts + index | live commit ms: p50, p99 | found ms: p50, p99 | "
           "search ms: p50, p99 | SQLite MiB |\n"
           "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    tell(&library, pages, &figures);
    library_release(&library);
    return 0;
}
