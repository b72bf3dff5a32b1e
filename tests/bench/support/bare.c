#include "tests/bench/support/bare.h"

#include "store/internal.h"
#include "tests/support/folder.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 4000 /* A transaction. */

/* --- What they are given --- */

struct bare bare_new(void)
{
    return (struct bare){.count = 0};
}

static int64_t feed_of(struct bare *bare, const struct record *record)
{
    const struct digest *authority = &record_header(record)->author.feed.authority;

    for (size_t i = bare->authority_count; i-- > 0;)
        if (digest_equal(&bare->authorities[i], authority))
            return (int64_t)i + 1;
    bare->authorities =
        memory_grow(bare->authorities, bare->authority_count + 1, sizeof *bare->authorities);
    bare->authorities[bare->authority_count++] = *authority;
    return (int64_t)bare->authority_count;
}

static struct bytes facets_of(const struct record *record, const struct document *lesson)
{
    struct buffer facets = {0};

    facets_write(&facets, record, lesson);
    return buffer_view(&facets);
}

static void make_room(struct bare *bare)
{
    if (bare->count < bare->capacity)
        return;
    bare->capacity = 2 * bare->capacity + 1024;
    bare->records = memory_grow(bare->records, bare->capacity, sizeof *bare->records);
    bare->feeds = memory_grow(bare->feeds, bare->capacity, sizeof *bare->feeds);
    bare->lessons = memory_grow(bare->lessons, bare->capacity, sizeof *bare->lessons);
    bare->facets = memory_grow(bare->facets, bare->capacity, sizeof *bare->facets);
}

void bare_add(struct bare *bare, struct record *lesson)
{
    size_t at = bare->count;

    make_room(bare);
    bare->records[at] = record_hold(lesson);
    bare->feeds[at] = feed_of(bare, lesson);
    bare->lessons[at] = document_of(bytes_of_text("lesson"), record_content(lesson));
    assert(bare->lessons[at] != NULL);
    bare->facets[at] = facets_of(lesson, bare->lessons[at]);
    bare->bytes += (double)(record_header_bytes(lesson).size + record_proof(lesson).size +
                            sizeof(struct salt) + record_content(lesson).size);
    bare->count++;
}

static void free_bytes(struct bytes bytes)
{
    struct buffer buffer = {.data = (uint8_t *)bytes.data, .size = bytes.size};

    buffer_release(&buffer);
}

void bare_release(struct bare *bare)
{
    for (size_t i = 0; i < bare->count; i++) {
        record_free(bare->records[i]);
        document_free(bare->lessons[i]);
        free_bytes(bare->facets[i]);
    }
    free(bare->records);
    free(bare->feeds);
    free(bare->lessons);
    free(bare->facets);
    free(bare->authorities);
}

/* --- Rows --- */

static double seconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void check(sqlite3 *db, bool right)
{
    if (!right) {
        fprintf(stderr, "bare loader: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static sqlite3 *open_bare(const struct folder *folder, int page_size)
{
    char pragmas[300];
    sqlite3 *db;

    snprintf(pragmas, sizeof pragmas,
             "PRAGMA page_size = %d; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
             "PRAGMA secure_delete = ON; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY;"
             "PRAGMA wal_autocheckpoint = %d; PRAGMA journal_size_limit = %d",
             page_size, STORE_LOG_BYTES / page_size, STORE_LOG_BYTES);
    check(NULL, sqlite3_open(folder_file(folder, "bare"), &db) == SQLITE_OK);
    check(db, sqlite3_exec(db, pragmas, NULL, NULL, NULL) == SQLITE_OK);
    return db;
}

static void run_bare(sqlite3 *db, sqlite3_stmt *query)
{
    check(db, sqlite3_step(query) == SQLITE_DONE);
    sqlite3_reset(query);
}

/* `rows` rows of `columns` in one statement. */
static sqlite3_stmt *prepare_bare(sqlite3 *db, const char *into, int columns, int rows)
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

static void bind_record(sqlite3_stmt *query, int at, const struct bare *bare, size_t index)
{
    const struct record *record = bare->records[index];
    struct entry entry = record_entry(record);
    const struct author *author = &record_header(record)->author;
    int64_t number = (int64_t)index + 1, feed = bare->feeds[index];
    const int64_t numbers[] = {number, 1, 0, number, entry.size, 0, feed};

    bind_number(query, at + 1, feed);
    bind_number(query, at + 2, (int64_t)entry.seq);
    bind_digest(query, at + 3, record_id(record));
    for (int i = 0; i < 7; i++)
        bind_number(query, at + 4 + i, numbers[i]);
    bind_digest(query, at + 11, author->seq > 1 ? &author->prev : NULL);
}

static void bind_wire(sqlite3_stmt *query, int at, const struct bare *bare, size_t index)
{
    const struct record *record = bare->records[index];

    bind_number(query, at + 1, (int64_t)index + 1);
    bind_bytes(query, at + 3, record_header_bytes(record));
    bind_bytes(query, at + 4, record_proof(record));
    bind_bytes(query, at + 5, bytes_of(record_salt(record)->bytes, sizeof(struct salt)));
    bind_bytes(query, at + 6, record_packed(record));
}

double bare_load(const struct bare *bare, int page_size, int rows, clockid_t clock)
{
    struct folder folder = folder_new();
    sqlite3 *db = open_bare(&folder, page_size);
    struct buffer schema = {0};

    buffer_append(&schema, schema_facts());
    check(db, sqlite3_exec(db, buffer_text(&schema), NULL, NULL, NULL) == SQLITE_OK);
    buffer_release(&schema);
    sqlite3_stmt *record = prepare_bare(db, "record", 11, rows);
    sqlite3_stmt *wire = prepare_bare(db, "wire", 6, rows);
    double began = seconds(clock);
    for (size_t i = 0; i + (size_t)rows <= bare->count; i += (size_t)rows) {
        if (i % BATCH == 0)
            sqlite3_exec(db, i == 0 ? "BEGIN" : "COMMIT; BEGIN", NULL, NULL, NULL);
        for (int k = 0; k < rows; k++) {
            bind_record(record, 11 * k, bare, i + (size_t)k);
            bind_wire(wire, 6 * k, bare, i + (size_t)k);
        }
        run_bare(db, record);
        run_bare(db, wire);
    }
    check(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
    double took = seconds(clock) - began;
    sqlite3_finalize(record);
    sqlite3_finalize(wire);
    sqlite3_close(db);
    folder_remove(&folder);
    return (double)bare->count / took;
}

/* --- Words --- */

static sqlite3_stmt *open_piece(sqlite3 *db, size_t number)
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
    return prepare_bare(db, into, 8, 1);
}

double bare_index(const struct bare *bare, int page_size, clockid_t clock)
{
    struct folder folder = folder_new();
    struct store tokenizing = {.db = open_bare(&folder, page_size)};
    sqlite3 *db = tokenizing.db;
    sqlite3_stmt *words = NULL;
    struct fault fault;

    if (!words_define(&tokenizing, &fault)) {
        fprintf(stderr, "bare loader: %s\n", fault.text);
        exit(1);
    }
    check(db, sqlite3_exec(db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL) == SQLITE_OK);
    double began = seconds(clock);
    for (size_t i = 0; i < bare->count; i++) {
        if (i % PIECE_LESSONS == 0) {
            sqlite3_finalize(words);
            sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
            words = open_piece(db, i / PIECE_LESSONS + 1);
        }
        bind_number(words, 1, (int64_t)i + 1);
        struct buffer room = {0};
        for (int k = 0; k < WORDS_TEXTS; k++)
            bind_text(words, k + 2, words_text(bare->lessons[i], (size_t)k, &room));
        bind_text(words, WORDS_TEXTS + 2, bare->facets[i]);
        buffer_release(&room);
        run_bare(db, words);
    }
    sqlite3_finalize(words);
    check(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
    double took = seconds(clock) - began;
    sqlite3_close(db);
    words_release(&tokenizing);
    folder_remove(&folder);
    return (double)bare->count / took;
}
