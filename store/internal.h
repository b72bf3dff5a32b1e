#ifndef CANDOUR_STORE_INTERNAL_H
#define CANDOUR_STORE_INTERNAL_H

#include <sqlite3.h>

#include "store/search.h"
#include "store/store.h"

/* What the files of this room share. */

#define STORE_APPLICATION 0x63616e64 /* "cand", in the file's header. */
#define STORE_SCHEMA 2               /* Raised with every change of schema.sql. */
#define STORE_PAGE_SIZE 16384        /* Measured: docs/performance.md. */
#define STORE_BUSY_MS 5000           /* How long a writer waits for another one. */

/* All SQL of a file hangs on one wall and is prepared once, when the store is opened. */
struct wall {
    const char *const *sql;
    size_t count;
};
enum {
    WALL_STORE,
    WALL_RECORDS,
    WALL_CHARTERS,
    WALL_DRAFTS,
    WALL_QUEUE,
    WALL_PEERS,
    WALL_INDEX,
    WALL_SEARCH,
    WALL_VERIFY,
    WALLS
};
extern const struct wall store_wall, records_wall, charters_wall, drafts_wall, queue_wall,
    peers_wall, index_wall, search_wall, verify_wall;

struct document;

struct store {
    sqlite3 *db;
    char *path;
    enum store_mode mode;
    bool begun;      /* Between store_begin() and store_commit() or store_rollback(). */
    int64_t network; /* Its number; 0: none yet. */
    struct digest network_id;
    sqlite3_stmt **statements[WALLS];
    struct { /* Lessons of this transaction whose words are not in the search index yet. */
        struct wordless {
            int64_t number;
            struct document *document;
        } * list;
        size_t count, capacity;
        size_t before; /* How many there were when the act under way began. */
    } wordless;
    struct { /* The body that body_text() read last: a row asks for many of its fields. */
        struct document *document;
        struct buffer content;
    } last;
};

/* With another page size, for the benchmark, or in memory (`path` ":memory:"). */
struct store *store_open_paged(const char *path, enum store_mode mode, int page_size,
                               struct fault *fault);

/* --- One statement from start to end: statement(), bind_...(), step() or run(), finish(). --- */
sqlite3_stmt *statement(struct store *store, int wall, int query);
void bind_number(sqlite3_stmt *query, int at, int64_t number);
void bind_digest(sqlite3_stmt *query, int at, const struct digest *digest); /* NULL: NULL. */
void bind_bytes(sqlite3_stmt *query, int at, struct bytes bytes);
void bind_text(sqlite3_stmt *query, int at, struct bytes text);
void bind_word(sqlite3_stmt *query, int at, const char *word); /* NULL: NULL. */
struct bytes column_bytes(sqlite3_stmt *query, int at);
bool column_digest(sqlite3_stmt *query, int at, struct digest *digest); /* False: NULL. */
const char *column_word(sqlite3_stmt *query, int at);                   /* "" for NULL. */
void finish(sqlite3_stmt *query);

/* SQLITE_ROW, SQLITE_DONE, or anything else with the fault set. */
int step(struct store *store, sqlite3_stmt *query, const char *doing, struct fault *fault);
/* Step to the end and finish. */
bool run(struct store *store, sqlite3_stmt *query, const char *doing, struct fault *fault);
/* One number: the first column of the one row. Finishes. */
bool run_number(struct store *store, sqlite3_stmt *query, int64_t *number, const char *doing,
                struct fault *fault);

/* What SQLite says, with the path and what to do. Returns false. */
bool store_fault(struct store *store, const char *doing, struct fault *fault);

/* Statements without results, such as those that make the tables. */
bool execute(struct store *store, const char *sql, const char *doing, struct fault *fault);

/* What happens wholly or not at all: inside the caller's transaction a savepoint, else a
 * transaction of its own. act_end() returns `done`, or false where it could not be kept. */
bool act_begin(struct store *store, struct fault *fault);
bool act_end(struct store *store, bool done, struct fault *fault);

/* The same for an act that takes words out of the search index: those of the transaction so far
 * must be in it. */
bool act_begin_removing(struct store *store, struct fault *fault);

/* FAULT_INPUT where no network is set. */
bool need_network(struct store *store, struct fault *fault);

/* --- migrate.c --- */
/* Make the tables of a new store, or bring those of an older one up to date. */
bool schema_make(struct store *store, struct fault *fault);
bool schema_check(struct store *store, struct fault *fault);
bool statements_prepare(struct store *store, struct fault *fault);
/* Drop and make all derived tables, empty. */
bool derived_renew(struct store *store, struct fault *fault);

/* --- index.c --- */
/* Add or remove what is derived from a record in the set. Without a body: from its header alone. */
bool index_add(struct store *store, int64_t number, const struct record *record,
               struct fault *fault);
bool index_add_body(struct store *store, int64_t number, const struct record *record,
                    struct fault *fault);
bool index_remove(struct store *store, int64_t number, const struct record *record,
                  struct fault *fault);
/* Put the words of this transaction's lessons into the search index. FTS5 writes all that it holds
 * in memory to disk at every savepoint, so that a savepoint for each record would make each a
 * segment of its own and a fifth of the speed: the words go in together, before the commit. */
bool index_words(struct store *store, struct fault *fault);
void index_forget_words(struct store *store, size_t from); /* Those from this place on. */
#define WORDLESS_MAX 1024                                  /* Then they go in early. */
/* Derive everything again into the empty tables. */
/* What the latest update of a row of `lesson` says, in SQL: one by the lesson's own author or by an
 * authority that succeeded it (an heir's counts more), the highest feed number, then seq, then
 * lowest id. SQLite takes CROSS JOIN in the order that is written: few records have updates. */
#define LATEST_UPDATE(columns)                                                                     \
    "(SELECT " columns " FROM record r CROSS JOIN update_of u ON u.about = r.id"                   \
    " CROSS JOIN record w ON w.number = u.record"                                                  \
    " WHERE r.number = lesson.record AND w.network = r.network"                                    \
    " AND CASE r.form WHEN 0 THEN w.form = 0 AND w.author IN (WITH RECURSIVE heir (id) AS"         \
    " (SELECT r.author UNION SELECT a.succeeded_by FROM heir h JOIN authority a"                   \
    " ON a.network = r.network AND a.id = h.id WHERE a.succeeded_by IS NOT NULL)"                  \
    " SELECT id FROM heir) ELSE w.form = 2 AND w.author = r.id END"                                \
    " ORDER BY w.author = r.author, w.feed DESC, w.seq DESC, w.id LIMIT 1)"

/* How every lesson stands by its updates, told again. */
bool index_refresh(struct store *store, struct fault *fault);
bool index_all(struct store *store, struct fault *fault);

/* --- charters.c --- */
bool authorities_derive(struct store *store, struct fault *fault);

/* --- peers.c --- */
/* Those that a store of schema 1 kept as lines in a value. */
bool peers_migrate(struct store *store, struct fault *fault);

/* --- records.c --- */
/* Join what a row of FIND or EACH holds: header, proof, salt, content in columns `at` and on. */
struct record *record_of_row(sqlite3_stmt *query, int at, struct fault *fault);
/* What the table repeats of a header: kind, time, topic, form, author, feed, seq; at `at` and on.
 */
void bind_header(sqlite3_stmt *query, int at, const struct header *header);

/* --- text.c --- */
/* SQL's body_text(kind, content, key): the field of a body as text, NULL where there is none. */
bool body_text_define(struct store *store);

#endif
