#include "store/internal.h"

#include "protocol/form.h"
#include "tests/support/council.h"
#include "tests/support/folder.h"

#include <assert.h>
#include <glob.h>
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
 * times in turn, and the best counts. Rates and searches are of processor time; commits, and until
 * when one is found, of the clock. */

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

static double worked_s(void)
{
    return seconds(CLOCK_PROCESS_CPUTIME_ID);
}

/* --- Lessons of some 2 kB. Half of their words are out of the sample lessons, whose few sentences
 * would make the index look smaller than it is; half out of 30,000 made-up words, the n-th of them
 * 1/n times as often as the first (Zipf), as in a library of any size. --- */

static uint64_t state = 1;

static uint64_t chance(uint64_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (state >> 33) % below;
}

struct vocabulary_of_words {
    struct bytes *sampled;
    size_t sampled_count;
    char (*made)[16];
    double *up_to; /* Sum of the weights of the made-up ones. */
};
#define MADE_UP 30000

static void split(struct vocabulary_of_words *words, const char *text)
{
    while (*text != 0) {
        size_t size = strcspn(text, " \n"), room = words->sampled_count;
        if (size > 0 && size < 40 && text[0] != '#' && text[0] != '-') {
            words->sampled = memory_grow(words->sampled, room + 1, sizeof *words->sampled);
            words->sampled[words->sampled_count++] = bytes_of(text, size);
        }
        text += size + (text[size] != 0);
    }
}

static void make_up(struct vocabulary_of_words *words)
{
    static const char *const parts[] = {"ca",  "re", "to",  "ni", "shel", "ver", "um",  "ing",
                                        "pol", "da", "mis", "or", "ten",  "ly",  "fra", "ko"};
    double sum = 0;

    words->made = memory_new(MADE_UP, sizeof *words->made);
    words->up_to = memory_new(MADE_UP, sizeof *words->up_to);
    for (size_t i = 0; i < MADE_UP; i++) {
        size_t number = i * 7 + 11;
        for (size_t k = 0; k < 2 + i % 3; k++, number = number / 16 + i % 13)
            strcat(words->made[i], parts[number % 16]);
        sum += 1.0 / (double)(i + 1);
        words->up_to[i] = sum;
    }
}

static struct vocabulary_of_words words_read(void)
{
    struct vocabulary_of_words words = {0};
    glob_t found;

    if (glob(SOURCE_DIR "/node/samples/lessons/*.md", 0, NULL, &found) != 0)
        exit(1);
    for (size_t i = 0; i < found.gl_pathc; i++)
        split(&words, file_text(found.gl_pathv[i])); /* Kept to the end. */
    globfree(&found);
    make_up(&words);
    return words;
}

static const char *made_up_word(const struct vocabulary_of_words *words)
{
    double at = (double)chance(1000000) / 1e6 * words->up_to[MADE_UP - 1];
    size_t low = 0, high = MADE_UP - 1;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (words->up_to[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return words->made[low];
}

static void write_words(struct buffer *file, const struct vocabulary_of_words *words, size_t bytes)
{
    size_t end = file->size + bytes;

    while (file->size + 20 < end) {
        if (chance(2) == 0)
            buffer_append(file, words->sampled[chance(words->sampled_count)]);
        else
            buffer_append_text(file, made_up_word(words));
        buffer_append_text(file, chance(12) == 0 ? ". " : " ");
    }
    buffer_append_text(file, "end.\n");
}

static void add_text(struct document *document, const char *key,
                     const struct vocabulary_of_words *words, size_t bytes)
{
    struct buffer text = {0};

    write_words(&text, words, bytes);
    document_add(document, key, buffer_view(&text), (struct place){0});
    buffer_release(&text);
}

static struct record *lesson(struct council *council, const struct vocabulary_of_words *words)
{
    static const struct {
        const char *key;
        size_t bytes;
    } texts[] = {{"abstract", 400},
                 {"what_we_did", 900},
                 {"what_did_not_work", 400},
                 {"recommendation", 350}};
    struct document *document = document_new(&lesson_form);
    struct buffer map = {0}, content = {0};

    add_text(document, "title", words, 70);
    document_add(document, "service_area", bytes_of_text("home_care"), (struct place){0});
    document_add(document, "outcome", bytes_of_text("partly_worked"), (struct place){0});
    document_add(document, "stage", bytes_of_text("midway"), (struct place){0});
    document_add(document, "evidence_level", bytes_of_text("opinion"), (struct place){0});
    document_add(document, "source_kind", bytes_of_text("project"), (struct place){0});
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add_text(document, texts[i].key, words, texts[i].bytes);
    document_write(document, &map);
    body_wrap(buffer_view(&map), &content);
    struct record *record = council_say(council, "lesson", buffer_view(&content), NULL);
    buffer_release(&map);
    buffer_release(&content);
    document_free(document);
    return record;
}

struct library {
    struct record **records; /* In the order in which they come. */
    struct bytes *packed;    /* Their contents as they are kept. */
    size_t count;
    double bytes; /* Headers, proofs, salts and contents. */
    struct council councils[FEEDS];
};

static struct bytes packed_of(struct packing *packing, const struct record *record)
{
    struct buffer packed = {0};

    content_pack(packing, record_content(record), &packed);
    return buffer_view(&packed); /* Kept to the end. */
}

static struct library library_make(size_t count)
{
    struct library library = {.count = count};
    struct vocabulary_of_words words = words_read();
    struct packing packing = {0};

    library.records = memory_new(count, sizeof *library.records);
    library.packed = memory_new(count, sizeof *library.packed);
    for (size_t i = 0; i < FEEDS; i++) {
        char name[16];
        snprintf(name, sizeof name, "bench %zu", i);
        library.councils[i] = council_new(name);
    }
    for (size_t i = 0; i < count; i++) {
        struct record *record = lesson(&library.councils[i / RUN % FEEDS], &words);
        library.bytes += (double)(record_header_bytes(record).size + record_proof(record).size +
                                  sizeof(struct salt) + record_content(record).size);
        library.records[i] = record;
        library.packed[i] = packed_of(&packing, record);
    }
    packing_release(&packing);
    return library;
}

static int compare_times(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* --- The bare loaders --- */

struct page_sizes {
    int facts, index;
};

static void check(sqlite3 *db, bool right)
{
    if (!right) {
        fprintf(stderr, "store_bench: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static sqlite3 *bare_open(const struct folder *folder, int page_size)
{
    char pragmas[300];
    sqlite3 *db;

    snprintf(pragmas, sizeof pragmas,
             "PRAGMA page_size = %d; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
             "PRAGMA secure_delete = ON; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;"
             "PRAGMA journal_size_limit = 67108864",
             page_size);
    check(NULL, sqlite3_open(folder_file(folder, "bare"), &db) == SQLITE_OK);
    check(db, sqlite3_exec(db, pragmas, NULL, NULL, NULL) == SQLITE_OK);
    return db;
}

static void bare_run(sqlite3 *db, sqlite3_stmt *query)
{
    check(db, sqlite3_step(query) == SQLITE_DONE);
    sqlite3_reset(query);
}

/* `rows` rows of `columns` in one statement. */
static sqlite3_stmt *bare_prepare(sqlite3 *db, const char *into, int columns, int rows)
{
    struct buffer text = {0};
    sqlite3_stmt *query;

    buffer_printf(&text, "INSERT INTO %s VALUES ", into);
    for (int i = 0; i < rows; i++) {
        buffer_append_text(&text, i == 0 ? "(?" : ",(?");
        for (int k = 1; k < columns; k++)
            buffer_append_text(&text, ",?");
        buffer_append_text(&text, ")");
    }
    check(db, sqlite3_prepare_v2(db, buffer_text(&text), -1, &query, NULL) == SQLITE_OK);
    buffer_release(&text);
    return query;
}

static void bind_record(sqlite3_stmt *query, int at, const struct record *record, size_t index)
{
    struct entry entry = record_entry(record);
    const struct author *author = &record_header(record)->author;
    int64_t number = (int64_t)index + 1, feed = (int64_t)(index / RUN % FEEDS) + 1;
    const int64_t numbers[] = {number, 1, 0, number, entry.size, 0, feed};

    bind_number(query, at + 1, feed);
    bind_number(query, at + 2, (int64_t)entry.seq);
    bind_digest(query, at + 3, record_id(record));
    for (int i = 0; i < 7; i++)
        bind_number(query, at + 4 + i, numbers[i]);
    bind_digest(query, at + 11, author->seq > 1 ? &author->prev : NULL);
}

static void bind_wire(sqlite3_stmt *query, int at, const struct library *library, size_t index)
{
    const struct record *record = library->records[index];

    bind_number(query, at + 1, (int64_t)index + 1);
    bind_bytes(query, at + 3, record_header_bytes(record));
    bind_bytes(query, at + 4, record_proof(record));
    bind_bytes(query, at + 5, bytes_of(record_salt(record)->bytes, sizeof(struct salt)));
    bind_bytes(query, at + 6, library->packed[index]);
}

/* So many rows in one statement: 1, or many. Rows a second. */
static double bare_load(const struct library *library, int page_size, int rows)
{
    struct folder folder = folder_new();
    sqlite3 *db = bare_open(&folder, page_size);
    struct buffer schema = {0};

    buffer_append(&schema, schema_facts());
    check(db, sqlite3_exec(db, buffer_text(&schema), NULL, NULL, NULL) == SQLITE_OK);
    buffer_release(&schema);
    sqlite3_stmt *record = bare_prepare(db, "record", 11, rows);
    sqlite3_stmt *wire = bare_prepare(db, "wire", 6, rows);
    double began = worked_s();
    for (size_t i = 0; i + (size_t)rows <= library->count; i += (size_t)rows) {
        if (i % BATCH == 0)
            sqlite3_exec(db, i == 0 ? "BEGIN" : "COMMIT; BEGIN", NULL, NULL, NULL);
        for (int k = 0; k < rows; k++) {
            bind_record(record, 11 * k, library->records[i + (size_t)k], i + (size_t)k);
            bind_wire(wire, 6 * k, library, i + (size_t)k);
        }
        bare_run(db, record);
        bare_run(db, wire);
    }
    check(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
    double took = worked_s() - began;
    sqlite3_finalize(record);
    sqlite3_finalize(wire);
    sqlite3_close(db);
    folder_remove(&folder);
    return (double)library->count / took;
}

/* The texts are read before the clock starts. */
struct texts {
    struct document **documents;
    struct bytes *facets;
};

static struct texts texts_of(const struct library *library)
{
    struct texts texts = {memory_new(library->count, sizeof *texts.documents),
                          memory_new(library->count, sizeof *texts.facets)};

    for (size_t i = 0; i < library->count; i++) {
        const struct record *record = library->records[i];
        struct buffer facets = {0};
        texts.documents[i] = document_of(bytes_of_text("lesson"), record_content(record));
        assert(texts.documents[i] != NULL);
        facets_write(&facets, record, texts.documents[i]);
        texts.facets[i] = buffer_view(&facets);
    }
    return texts;
}

static sqlite3_stmt *bare_piece(sqlite3 *db, size_t number)
{
    char make[600], into[160];

    snprintf(make, sizeof make,
             "BEGIN; CREATE VIRTUAL TABLE words_%zu USING fts5 (" WORDS_COLUMNS
             ", facets, content = '', tokenize = '" WORDS_TOKENIZE "');"
             "INSERT INTO words_%zu (words_%zu, rank) VALUES ('hashsize', 33554432);"
             "INSERT INTO words_%zu (words_%zu, rank) VALUES ('automerge', 0);",
             number, number, number, number, number);
    check(db, sqlite3_exec(db, make, NULL, NULL, NULL) == SQLITE_OK);
    snprintf(into, sizeof into, "words_%zu (rowid, " WORDS_COLUMNS ", facets)", number);
    return bare_prepare(db, into, 7, 1);
}

/* Lessons a second. */
static double bare_index(const struct texts *texts, size_t count, int page_size)
{
    struct folder folder = folder_new();
    struct store tokenizing = {.db = bare_open(&folder, page_size)};
    sqlite3 *db = tokenizing.db;
    sqlite3_stmt *words = NULL;

    need(words_define(&tokenizing, &fault));
    check(db, sqlite3_exec(db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL) == SQLITE_OK);
    double began = worked_s();
    for (size_t i = 0; i < count; i++) {
        if (i % PIECE_LESSONS == 0) {
            sqlite3_finalize(words);
            sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
            words = bare_piece(db, i / PIECE_LESSONS + 1);
        }
        bind_number(words, 1, (int64_t)i + 1);
        for (int k = 0; k < 5; k++)
            bind_text(words, k + 2, document_text(texts->documents[i], words_keys[k]));
        bind_text(words, 7, texts->facets[i]);
        bare_run(db, words);
    }
    sqlite3_finalize(words);
    check(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
    double took = worked_s() - began;
    sqlite3_close(db);
    words_release(&tokenizing);
    folder_remove(&folder);
    return (double)count / took;
}

/* --- The store --- */

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

    need(store_keep(house->writer, library->records[index], true, signing_key_public(key), &fault));
}

static double keep_all(struct house *house, const struct library *library)
{
    double began = worked_s();

    for (size_t i = 0; i < library->count; i += BATCH) {
        need(store_begin(house->writer, &fault));
        for (size_t k = i; k < i + BATCH && k < library->count; k++)
            keep_one(house, library, k);
        need(store_commit(house->writer, &fault));
    }
    return (double)library->count / (worked_s() - began);
}

static double derive_all(struct house *house, size_t count)
{
    double began = worked_s();
    uint64_t left = 1;

    while (left > 0)
        need(store_derive(house->deriver, PIECE_LESSONS, true, &left, &fault));
    return (double)count / (worked_s() - began);
}

/* --- What is measured --- */

struct figures {
    double keep, bare, bare_rows, derive, bare_words;
    double facts, index; /* Of the files, by the records' bytes. */
    double live[LIVE], found[LIVE], searches[SEARCHES];
    double memory; /* Of SQLite, while it was kept and derived in bulk. */
};

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static void empty_logs(struct house *house)
{
    need(log_empty(house->writer, "main", &fault) && log_empty(house->deriver, "derived", &fault));
}

/* One lesson at a time: until it is on the disk, and until it can be found. */
static void live(struct house *house, const struct library *library, struct figures *figures)
{
    struct vocabulary_of_words words = words_read();
    struct council late = library->councils[0];

    for (size_t i = 0; i < LIVE; i++) {
        struct record *record = lesson(&late, &words);
        uint64_t left;
        double began = seconds(CLOCK_MONOTONIC);
        need(store_keep(house->writer, record, true, signing_key_public(late.key), &fault));
        figures->live[i] = (seconds(CLOCK_MONOTONIC) - began) * 1e3;
        need(store_derive(house->deriver, 256, false, &left, &fault));
        figures->found[i] = (seconds(CLOCK_MONOTONIC) - began) * 1e3;
        record_free(record);
    }
    qsort(figures->live, LIVE, sizeof *figures->live, compare_times);
    qsort(figures->found, LIVE, sizeof *figures->found, compare_times);
}

static bool count_hit(void *context, const struct hit *hit, struct fault *why)
{
    (void)why;
    *(size_t *)context += strlen(hit->title);
    return true;
}

/* Two words that stand beside each other in some lesson, the first 20 hits with snippets. */
static void search(struct house *house, const struct texts *texts, size_t count,
                   struct figures *figures)
{
    struct store *reader =
        store_open(folder_file(&house->folder, "store.sqlite"), STORE_READ, &fault);

    need(reader != NULL);
    for (size_t i = 0; i < SEARCHES; i++) {
        struct bytes text = document_text(texts->documents[chance(count)], "what_we_did");
        size_t from = chance(text.size / 2), to, sum = 0;
        uint64_t total;
        while (from < text.size && text.data[from] != ' ')
            from++;
        for (to = from + 12; to < text.size && text.data[to] != ' ';)
            to++;
        struct query query = {.words = bytes_of(text.data + from, to - from), .limit = 20};
        double began = worked_s();
        if (!store_search(reader, &query, &total, count_hit, &sum, &fault))
            need(fault.kind == FAULT_INPUT); /* Little words alone. */
        figures->searches[i] = (worked_s() - began) * 1e3;
    }
    qsort(figures->searches, SEARCHES, sizeof *figures->searches, compare_times);
    store_close(reader);
}

static void measure_round(const struct library *library, const struct texts *texts,
                          struct page_sizes pages, bool last, struct figures *figures)
{
    struct house house = house_new(pages);
    size_t count = library->count;

    sqlite3_memory_highwater(1);
    figures->keep = larger(figures->keep, keep_all(&house, library));
    figures->derive = larger(figures->derive, derive_all(&house, count));
    figures->memory = (double)sqlite3_memory_highwater(0);
    if (last) {
        empty_logs(&house);
        figures->facts = (double)files_size(house.writer->path) / library->bytes;
        figures->index = (double)files_size(house.writer->index_path) / library->bytes;
        search(&house, texts, count, figures);
        live(&house, library, figures);
    }
    house_remove(&house);
    figures->bare = larger(figures->bare, bare_load(library, pages.facts, 1));
    figures->bare_rows = larger(figures->bare_rows, bare_load(library, pages.facts, 50));
    figures->bare_words = larger(figures->bare_words, bare_index(texts, count, pages.index));
}

static void tell(const struct library *library, struct page_sizes pages,
                 const struct figures *figures)
{
    double bare = larger(figures->bare, figures->bare_rows);

    printf("| %zu | %d, %d | %.0f | %.0f (%s) | %.0f %% | %.0f | %.0f | %.0f %% | %.2f + %.2f = "
           "%.2f | %.2f, %.2f | %.2f, %.2f | %.1f, %.1f | %.0f |\n",
           library->count, pages.facts / 1024, pages.index / 1024, figures->keep, bare,
           figures->bare > figures->bare_rows ? "1" : "50", 100 * figures->keep / bare,
           figures->derive, figures->bare_words, 100 * figures->derive / figures->bare_words,
           figures->facts, figures->index, figures->facts + figures->index, figures->live[LIVE / 2],
           figures->live[LIVE * 99 / 100], figures->found[LIVE / 2],
           figures->found[LIVE * 99 / 100], figures->searches[SEARCHES / 2],
           figures->searches[SEARCHES * 99 / 100], figures->memory / 1048576);
}

int main(int count, char **arguments)
{
    size_t lessons = count > 1 ? (size_t)strtoul(arguments[1], NULL, 10) : 20000;
    struct page_sizes pages = {count > 2 ? atoi(arguments[2]) : STORE_PAGE_SIZE,
                               count > 3 ? atoi(arguments[3]) : INDEX_PAGE_SIZE};
    struct library library = library_make(lessons < BATCH ? BATCH : lessons / BATCH * BATCH);
    struct texts texts = texts_of(&library);
    struct figures figures = {0};

    printf("Records of %.0f bytes on average, of %d feeds, %d a transaction; SQLite %s.\n\n",
           library.bytes / (double)library.count, FEEDS, BATCH, sqlite3_libversion());
    for (int i = 0; i < ROUNDS; i++)
        measure_round(&library, &texts, pages, i == ROUNDS - 1, &figures);
    printf("| lessons | pages KiB | kept/s | bare/s (rows a statement) | | derived/s | bare FTS5/s "
           "| | x records' bytes: facts + index | live commit ms: p50, p99 | found ms: p50, p99 | "
           "search ms: p50, p99 | SQLite MiB |\n"
           "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    tell(&library, pages, &figures);
    return 0;
}
