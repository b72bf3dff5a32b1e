#include "store/internal.h"

#include "crypto/secret.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Opening and closing, transactions, the network and small values. */

enum sql {
    BEGIN,
    COMMIT,
    ROLLBACK,
    NETWORK,
    ADD_NETWORK,
    LEAVE_NETWORK,
    ENTER_NETWORK,
    COUNT_NETWORK,
    COUNT_FILE,
    GENERATION,
    PUT_VALUE,
    GET_VALUE,
    QUERIES
};

static const char *const sql[QUERIES] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [NETWORK] = "SELECT number, id FROM network WHERE current = 1",
    [ADD_NETWORK] = "INSERT INTO network (id, current) VALUES (?1, 0) ON CONFLICT DO NOTHING",
    [LEAVE_NETWORK] = "UPDATE network SET current = 0 WHERE current = 1 AND id <> ?1",
    [ENTER_NETWORK] = "UPDATE network SET current = 1 WHERE id = ?1",
    [COUNT_NETWORK] = "UPDATE network SET records = records + ?2, aside = aside + ?3,"
                      " bodies = bodies + ?4, erased = erased + ?5 WHERE number = ?1",
    [COUNT_FILE] = "UPDATE file SET drafts = drafts + ?1, waiting = waiting + ?2,"
                   " generation = generation + ?3",
    [GENERATION] = "SELECT generation FROM file",
    [PUT_VALUE] = "INSERT INTO value (name, value) VALUES (?1, ?2)"
                  " ON CONFLICT DO UPDATE SET value = excluded.value",
    [GET_VALUE] = "SELECT value FROM value WHERE name = ?1",
};
const struct wall store_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_STORE, (int)query);
}

/* --- Opening --- */

/* The node commits bulk transactions back to back, with 2 ms in between: who waits for its turn
 * must look often, where SQLite's own way of waiting would sleep for 100 ms at a time. */
static int wait_a_little(void *context, int tries)
{
    const struct store *store = context;

    if (tries >= store->patience_ms)
        return 0;
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    return 1;
}

/* Of the memory that a node's connections may have together, who writes gets most: a reader reads
 * little, who derives reads each fact once, and who moves the log none. */
static int cache_kib(enum store_mode mode)
{
    return mode == STORE_READ                               ? 4096
           : mode == STORE_DERIVE || mode == STORE_MOVE_LOG ? 2048
                                                            : 16384;
}

static bool settings_apply(struct store *store, int page_size, struct fault *fault)
{
    int keep = 1;

    sqlite3_busy_handler(store->db, wait_a_little, store);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    /* The side files stay when the last one closes, so that those who may only read can. */
    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
    if (store->mode == STORE_CREATE &&
        !execute_format(store, "opening", fault, "PRAGMA page_size = %d", page_size))
        return false;
    /* A restored backup is not in this mode yet. */
    if ((store->mode == STORE_CREATE || store->mode == STORE_WRITE) &&
        !execute(store, "PRAGMA journal_mode = WAL", "opening", fault))
        return false;
    /* Who commits when the log is full moves it into the file, which takes a tenth of a second: a
     * node has a thread for that (store_leave_log()). */
    if (store->mode != STORE_READ &&
        !execute_format(store, "opening", fault,
                        "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
                        "PRAGMA wal_autocheckpoint = %d; PRAGMA journal_size_limit = %d;",
                        STORE_LOG_BYTES / page_size, STORE_LOG_BYTES))
        return false;
    /* Texts must not lie in a temporary file either. */
    return execute_format(store, "opening", fault,
                          "PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = ON;"
                          "PRAGMA cell_size_check = ON; PRAGMA cache_size = -%d;",
                          cache_kib(store->mode));
}

static bool network_read(struct store *store, struct fault *fault)
{
    sqlite3_stmt *query = start(store, NETWORK);
    int answer = step(store, query, "reading which network", fault);

    if (answer == SQLITE_ROW) {
        store->network = sqlite3_column_int64(query, 0);
        column_digest(query, 1, &store->network_id);
    }
    finish(query);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

static bool database_open(struct store *store, int page_size, struct fault *fault)
{
    int flags = store->mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;

    flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
    if (sqlite3_open_v2(store->path, &store->db, flags, NULL) != SQLITE_OK)
        return store_fault(store, "opening", fault);
    if (store->mode == STORE_MOVE_LOG)
        return settings_apply(store, page_size, fault);
    return text_define(store, fault) && words_define(store, fault) &&
           settings_apply(store, page_size, fault) &&
           (store->mode == STORE_CREATE ? schema_make : schema_check)(store, fault) &&
           prepare_walls(store, 0, FACT_WALLS, fault) && network_read(store, fault) &&
           (store->mode != STORE_DERIVE || index_take(store, fault));
}

static struct store *store_new(const char *path, enum store_mode mode)
{
    struct store *store = memory_new(1, sizeof *store);

    crypto_start();
    store->mode = mode;
    store->patience_ms = STORE_BUSY_MS;
    store->piece_lessons = PIECE_LESSONS;
    store->path = memory_new(strlen(path) + 1, 1);
    memcpy(store->path, path, strlen(path));
    store->index_path = path_beside(path, "index.sqlite");
    store->feeds = memory_new(1, sizeof *store->feeds);
    store->signers = memory_new(1, sizeof *store->signers);
    return store;
}

struct store *store_open_paged(const char *path, enum store_mode mode, int page_size,
                               int index_page_size, struct fault *fault)
{
    if (!(mode == STORE_CREATE ? file_create : file_there)(path, fault))
        return NULL;
    struct store *store = store_new(path, mode);
    store->index_page_size = index_page_size;
    if (database_open(store, page_size, fault))
        return store;
    store_close(store);
    if (mode == STORE_CREATE) /* One that could not be made leaves no files. */
        files_remove(path);
    return NULL;
}

struct store *store_open(const char *url, enum store_mode mode, struct fault *fault)
{
    static const char scheme[] = "sqlite:";

    if (strncmp(url, scheme, sizeof scheme - 1) == 0)
        url += sizeof scheme - 1;
    else if (strstr(url, "://") != NULL) {
        fault_set(fault, FAULT_INPUT,
                  "store %s: this candour knows stores of the form sqlite:PATH only", url);
        return NULL;
    }
    return store_open_paged(url, mode, STORE_PAGE_SIZE, INDEX_PAGE_SIZE, fault);
}

struct store *store_open_scratch(struct fault *fault)
{
    struct store *store = store_new(":memory:", STORE_READ);

    store->index = INDEX_NONE;
    if (sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, NULL) ==
            SQLITE_OK &&
        text_define(store, fault) && index_stand_in(store, fault) &&
        prepare_walls(store, WALL_ROWS, ROW_WALLS, fault))
        return store;
    store_close(store);
    return NULL;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    if (store->begun)
        store_rollback(store);
    for (int i = 0; i < WALLS; i++)
        wall_release(store, i);
    pending_release(store);
    pieces_release(store);
    sqlite3_close(store->db);
    thesaurus_free(store->thesaurus);
    buffer_release(&store->house_words);
    words_release(store); /* FTS5 used it to the last. */
    document_free(store->last.document);
    gate_free(store->gate);
    buffer_release(&store->last.packed);
    free(store->feeds);
    free(store->signers);
    free(store->index_path);
    free(store->path);
    free(store);
}

/* --- Transactions --- */

static bool count_network(struct store *store, struct fault *fault)
{
    const struct tally *tally = &store->tally;
    const int64_t counts[] = {tally->records, tally->aside, tally->bodies, tally->erased};
    bool any = false;
    sqlite3_stmt *query = start(store, COUNT_NETWORK);

    bind_number(query, 1, store->network);
    for (int i = 0; i < 4; i++) {
        bind_number(query, i + 2, counts[i]);
        any = any || counts[i] != 0;
    }
    return !any || run(store, query, "counting", fault);
}

static bool count_file(struct store *store, struct fault *fault)
{
    const struct tally *tally = &store->tally;
    sqlite3_stmt *query = start(store, COUNT_FILE);

    if (tally->drafts == 0 && tally->waiting == 0 && tally->generation == 0)
        return true;
    bind_number(query, 1, tally->drafts);
    bind_number(query, 2, tally->waiting);
    bind_number(query, 3, tally->generation);
    return run(store, query, "counting", fault);
}

/* Write what was counted of the transaction so far. */
static bool count(struct store *store, struct fault *fault)
{
    bool done = count_network(store, fault) && count_file(store, fault);

    store->tally = (struct tally){0};
    return done;
}

/* After some failures (a full disk) SQLite has already undone the whole transaction. Then nothing
 * more may be written as if it were still there; nor after an act that failed half-way. */
static bool transaction_stands(struct store *store, struct fault *fault)
{
    if (!store->spoiled && !sqlite3_get_autocommit(store->db))
        return true;
    return fault_set(fault, FAULT_SELF,
                     "store %s: an earlier failure undid this transaction: nothing of it was kept",
                     store->path);
}

static bool begin(struct store *store, struct fault *fault)
{
    store->next = 0;
    store->spoiled = false;
    return run(store, start(store, BEGIN), "beginning to write", fault);
}

static void undo(struct store *store)
{
    struct fault ignored;

    store->tally = (struct tally){0};
    pending_forget(store);
    numbers_forget(store);
    if (!sqlite3_get_autocommit(store->db))
        run(store, start(store, ROLLBACK), "undoing", &ignored);
    store->network = 0; /* As it was before. */
    network_read(store, &ignored);
}

static bool commit(struct store *store, struct fault *fault)
{
    if (pending_put(store, fault) && count(store, fault) &&
        run(store, start(store, COMMIT), "committing", fault))
        return true;
    undo(store);
    return false;
}

bool store_begin(struct store *store, struct fault *fault)
{
    assert(!store->begun);
    store->begun = begin(store, fault);
    return store->begun;
}

bool store_commit(struct store *store, struct fault *fault)
{
    assert(store->begun);
    store->begun = false;
    if (transaction_stands(store, fault))
        return commit(store, fault);
    undo(store);
    return false;
}

void store_rollback(struct store *store)
{
    assert(store->begun);
    store->begun = false;
    undo(store);
}

bool act_begin_keeping(struct store *store, struct fault *fault)
{
    return (store->begun ? transaction_stands : begin)(store, fault);
}

bool act_begin(struct store *store, struct fault *fault)
{
    if (!act_begin_keeping(store, fault))
        return false;
    return pending_put(store, fault) || act_end(store, false, fault);
}

bool act_end(struct store *store, bool done, struct fault *fault)
{
    if (store->begun) {
        store->spoiled = store->spoiled || (!done && fault->kind == FAULT_SELF);
        return done;
    }
    if (done)
        return commit(store, fault);
    undo(store);
    return false;
}

/* --- The network --- */

static bool network_switch(struct store *store, const struct digest *network, struct fault *fault)
{
    static const enum sql queries[] = {ADD_NETWORK, LEAVE_NETWORK, ENTER_NETWORK};

    if (!count(store, fault)) /* Of the one before. */
        return false;
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        sqlite3_stmt *query = start(store, queries[i]);
        bind_digest(query, 1, network);
        if (!run(store, query, "setting the network", fault))
            return false;
    }
    return network_read(store, fault);
}

bool store_set_network(struct store *store, const struct digest *network, struct fault *fault)
{
    if (!act_begin(store, fault))
        return false;
    return act_end(store, network_switch(store, network, fault), fault);
}

bool store_network(struct store *store, struct digest *network)
{
    if (store->network != 0)
        *network = store->network_id;
    return store->network != 0;
}

bool need_network(struct store *store, struct fault *fault)
{
    return store->network != 0 ||
           fault_set(fault, FAULT_INPUT, "store %s: of no network yet: candour join comes first",
                     store->path);
}

uint64_t store_generation(struct store *store)
{
    struct fault ignored;
    int64_t generation = 0;

    run_number(store, start(store, GENERATION), &generation, "looking for changes", &ignored);
    return (uint64_t)generation;
}

/* --- Values --- */

bool store_put_value(struct store *store, const char *name, struct bytes value, struct fault *fault)
{
    if (!act_begin(store, fault))
        return false;
    sqlite3_stmt *query = start(store, PUT_VALUE);
    bind_word(query, 1, name);
    bind_bytes(query, 2, value);
    return act_end(store, run(store, query, "keeping a value", fault), fault);
}

bool store_get_value(struct store *store, const char *name, struct buffer *value,
                     struct fault *fault)
{
    sqlite3_stmt *query = start(store, GET_VALUE);

    bind_word(query, 1, name);
    int answer = step(store, query, "reading a value", fault);
    if (answer == SQLITE_ROW)
        buffer_append(value, column_bytes(query, 0));
    else if (answer == SQLITE_DONE)
        fault_set(fault, FAULT_ABSENT, "store %s: no value named \"%s\"", store->path, name);
    finish(query);
    return answer == SQLITE_ROW;
}
