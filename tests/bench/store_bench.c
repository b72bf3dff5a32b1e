#include "store/internal.h"

#include "protocol/form.h"
#include "tests/support/council.h"
#include "tests/support/folder.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* How fast lessons are kept and found, by page size, beside a bare SQLite loader that fills the
 * same search index with the same words and does nothing else.
 *
 *     store_bench [LESSONS]        20,000 unless told; in $TMPDIR, or /tmp */

#define BATCH 1000
#define SEARCHES 300

static struct fault fault;

static void stop(void)
{
    fprintf(stderr, "store_bench: %s\n", fault.text);
    exit(1);
}

/* Of the processor for what reckons, so that a busy machine changes little; of the clock for what
 * waits for the disk. */
static double seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- Lessons of some 2 kB, out of sentences of the sample lessons --- */

struct sentences {
    struct bytes *list;
    size_t count;
};

static void split(struct sentences *sentences, const char *text)
{
    for (const char *end; (end = strstr(text, ". ")) != NULL; text = end + 2) {
        struct bytes sentence = bytes_of(text, (size_t)(end - text) + 1);
        if (sentence.size < 40 || sentence.size > 200 || memchr(text, '\n', sentence.size) != NULL)
            continue;
        sentences->list =
            memory_grow(sentences->list, sentences->count + 1, sizeof *sentences->list);
        sentences->list[sentences->count++] = sentence;
    }
}

static struct sentences sentences_read(void)
{
    struct sentences sentences = {0};
    glob_t found;

    if (glob(SOURCE_DIR "/node/samples/lessons/*.md", 0, NULL, &found) != 0)
        exit(1);
    for (size_t i = 0; i < found.gl_pathc; i++)
        split(&sentences, file_text(found.gl_pathv[i])); /* Kept to the end. */
    globfree(&found);
    return sentences;
}

static uint64_t state = 1;

static uint64_t chance(uint64_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (state >> 33) % below;
}

static void write_section(struct buffer *file, const struct sentences *from, const char *name,
                          size_t bytes)
{
    size_t end = file->size + bytes;

    buffer_printf(file, "\n## %s\n", name);
    while (file->size + 200 < end) {
        buffer_append(file, from->list[chance(from->count)]);
        buffer_append_text(file, " ");
    }
    buffer_append_text(file, "\n");
}

static struct record *lesson(struct council *council, const struct sentences *from)
{
    struct buffer file = {0};
    struct bytes title = from->list[chance(from->count)];

    buffer_printf(&file,
                  "Title: %.*s\nService: home_care, send\nOutcome: partly_worked\nStage: midway\n"
                  "Evidence: reasoned_account\nSource: project\n",
                  title.size > 110 ? 110 : (int)title.size, (const char *)title.data);
    write_section(&file, from, "Abstract", 500);
    write_section(&file, from, "What we did", 1100);
    write_section(&file, from, "What did not work", 500);
    write_section(&file, from, "Recommendation", 450);
    struct record *record = council_publish(council, buffer_text(&file));
    buffer_release(&file);
    return record;
}

struct library {
    struct record **records;
    struct document **documents;
    size_t count;
    size_t body_bytes;
};

static struct library library_make(size_t count)
{
    struct library library = {.count = count};
    struct sentences sentences = sentences_read();
    struct council council = council_new("bench");
    struct bytes map;

    library.records = memory_new(count, sizeof *library.records);
    library.documents = memory_new(count, sizeof *library.documents);
    for (size_t i = 0; i < count; i++) {
        library.records[i] = lesson(&council, &sentences);
        struct bytes content = record_content(library.records[i]);
        library.body_bytes += content.size;
        if (!body_open(content, &map, &fault) ||
            (library.documents[i] = document_read(&lesson_form, map, &fault)) == NULL)
            stop();
    }
    return library;
}

static double megabytes(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? (double)status.st_size / 1e6 : 0;
}

/* --- The bare loader --- */

static const char *const bare_tables =
    "CREATE TABLE record (number INTEGER PRIMARY KEY, id BLOB, header BLOB, proof BLOB);"
    "CREATE UNIQUE INDEX record_id ON record (id);"
    "CREATE TABLE body (number INTEGER PRIMARY KEY, salt BLOB, content BLOB);"
    "CREATE VIRTUAL TABLE words USING fts5 (title, abstract, what_we_did, what_did_not_work,"
    " recommendation, content = '', tokenize = 'porter unicode61 remove_diacritics 2',"
    " prefix = '3');";

static void bare_check(sqlite3 *db, bool right)
{
    if (!right) {
        fprintf(stderr, "store_bench: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static void bare_run(sqlite3 *db, sqlite3_stmt *query)
{
    bare_check(db, sqlite3_step(query) == SQLITE_DONE);
    sqlite3_reset(query);
}

static sqlite3_stmt *bare_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *query;

    bare_check(db, sqlite3_prepare_v2(db, sql, -1, &query, NULL) == SQLITE_OK);
    return query;
}

static void bare_words(sqlite3 *db, sqlite3_stmt *words, int64_t number,
                       const struct document *document)
{
    static const char *const keys[] = {"title", "abstract", "what_we_did", "what_did_not_work",
                                       "recommendation"};

    bind_number(words, 1, number);
    for (int i = 0; i < 5; i++)
        bind_text(words, i + 2, document_text(document, keys[i]));
    bare_run(db, words);
}

static void bare_load_all(sqlite3 *db, const struct library *library, bool index)
{
    sqlite3_stmt *record = bare_prepare(db, "INSERT INTO record VALUES (?1, ?2, ?3, ?4)");
    sqlite3_stmt *body = bare_prepare(db, "INSERT INTO body VALUES (?1, ?2, ?3)");
    sqlite3_stmt *words = bare_prepare(
        db, "INSERT INTO words (rowid, title, abstract, what_we_did, what_did_not_work,"
            " recommendation) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");

    for (size_t i = 0; i < library->count; i++) {
        const struct record *one = library->records[i];
        if (i % BATCH == 0)
            sqlite3_exec(db, i == 0 ? "BEGIN" : "COMMIT; BEGIN", NULL, NULL, NULL);
        bind_number(record, 1, (int64_t)i + 1);
        bind_digest(record, 2, record_id(one));
        bind_bytes(record, 3, record_header_bytes(one));
        bind_bytes(record, 4, record_proof(one));
        bare_run(db, record);
        bind_number(body, 1, (int64_t)i + 1);
        bind_bytes(body, 2, bytes_of(record_salt(one)->bytes, 32));
        bind_bytes(body, 3, record_content(one));
        bare_run(db, body);
        if (index)
            bare_words(db, words, (int64_t)i + 1, library->documents[i]);
    }
    sqlite3_finalize(record);
    sqlite3_finalize(body);
    sqlite3_finalize(words);
    bare_check(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
}

/* Lessons a second. */
static double bare_rate(const struct library *library, int page_size, bool index)
{
    struct folder folder = folder_new();
    char pragmas[200];
    sqlite3 *db;

    snprintf(pragmas, sizeof pragmas,
             "PRAGMA page_size = %d; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
             "PRAGMA secure_delete = ON; PRAGMA cache_size = -16384;",
             page_size);
    bare_check(NULL, sqlite3_open(folder_file(&folder, "bare"), &db) == SQLITE_OK);
    bare_check(db, sqlite3_exec(db, pragmas, NULL, NULL, NULL) == SQLITE_OK &&
                       sqlite3_exec(db, bare_tables, NULL, NULL, NULL) == SQLITE_OK);
    double began = seconds(CLOCK_PROCESS_CPUTIME_ID);
    bare_load_all(db, library, index);
    double took = seconds(CLOCK_PROCESS_CPUTIME_ID) - began;
    sqlite3_close(db);
    folder_remove(&folder);
    return (double)library->count / took;
}

/* --- The store --- */

static double store_rate(struct store *store, const struct library *library)
{
    double began = seconds(CLOCK_PROCESS_CPUTIME_ID);

    for (size_t i = 0; i < library->count; i += BATCH) {
        if (!store_begin(store, &fault))
            stop();
        for (size_t k = i; k < i + BATCH && k < library->count; k++)
            if (!store_keep(store, library->records[k], true, NULL, &fault))
                stop();
        if (!store_commit(store, &fault))
            stop();
    }
    return (double)library->count / (seconds(CLOCK_PROCESS_CPUTIME_ID) - began);
}

static bool count_hit(void *context, const struct hit *hit, struct fault *why)
{
    (void)why;
    *(size_t *)context += strlen(hit->title);
    return true;
}

static int compare_times(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Two words that stand beside each other in some lesson, the first 20 hits with snippets. */
static void search_times(struct store *store, const struct library *library, double *times)
{
    for (size_t i = 0; i < SEARCHES; i++) {
        struct bytes text =
            document_text(library->documents[chance(library->count)], "what_we_did");
        size_t from = chance(text.size / 2), to;
        uint64_t total;
        size_t sum = 0;
        while (from < text.size && text.data[from] != ' ')
            from++;
        for (to = from + 12; to < text.size && text.data[to] != ' ';)
            to++;
        struct query query = {.words = bytes_of(text.data + from, to - from), .limit = 20};
        double began = seconds(CLOCK_PROCESS_CPUTIME_ID);
        if (!store_search(store, &query, &total, count_hit, &sum, &fault))
            stop();
        times[i] = (seconds(CLOCK_PROCESS_CPUTIME_ID) - began) * 1e3;
    }
    qsort(times, SEARCHES, sizeof *times, compare_times);
}

/* One lesson in a transaction of its own, until it is on the disk: half take less, in ms. */
static double commit_time(struct store *store)
{
    struct council late = council_new("late");
    struct sentences sentences = sentences_read();
    double times[SEARCHES];

    for (size_t i = 0; i < SEARCHES; i++) {
        struct record *record = lesson(&late, &sentences);
        double began = seconds(CLOCK_MONOTONIC);
        if (!store_keep(store, record, true, NULL, &fault))
            stop();
        times[i] = (seconds(CLOCK_MONOTONIC) - began) * 1e3;
        record_free(record);
    }
    council_release(&late);
    qsort(times, SEARCHES, sizeof *times, compare_times);
    return times[SEARCHES / 2];
}

static void measure(const struct library *library, int page_size)
{
    struct folder folder = folder_new();
    const char *path = folder_file(&folder, "store.sqlite");
    struct store *store = store_open_paged(path, STORE_CREATE, page_size, &fault);
    struct digest network = council_network();
    double times[SEARCHES];

    if (store == NULL || !store_set_network(store, &network, &fault))
        stop();
    double rate = store_rate(store, library);
    state = 1;
    search_times(store, library, times);
    double commit = commit_time(store);
    store_close(store);
    double size = megabytes(path), bare = bare_rate(library, page_size, false),
           indexed = bare_rate(library, page_size, true);
    printf("| %2d KiB | %6.0f | %6.0f | %6.0f | %3.0f %% | %3.0f %% | %6.1f | %4.2f | %5.2f | "
           "%5.2f | %5.2f |\n",
           page_size / 1024, rate, indexed, bare, 100 * rate / indexed, 100 * rate / bare, size,
           size * 1e6 / (double)library->body_bytes, times[SEARCHES / 2],
           times[SEARCHES * 99 / 100], commit);
    fflush(stdout);
    folder_remove(&folder);
}

int main(int count, char **arguments)
{
    static const int page_sizes[] = {4096, 8192, 16384};
    size_t lessons = count > 1 ? (size_t)strtoul(arguments[1], NULL, 10) : 20000;
    struct library library = library_make(lessons == 0 ? 1 : lessons);

    printf("%zu lessons, bodies of %zu bytes on average, %d a transaction; SQLite %s.\n",
           library.count, library.body_bytes / library.count, BATCH, sqlite3_libversion());
    printf("Rates and searches are of processor time, the commit of the clock.\n\n");
    printf("| page | kept/s | bare FTS/s | bare/s | of bare FTS | of bare | file MB | x bodies | "
           "search p50 ms | p99 ms | one commit ms |\n");
    printf("|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof page_sizes / sizeof *page_sizes; i++)
        measure(&library, page_sizes[i]);
    return 0;
}
