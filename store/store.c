#include "store/internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opening and closing, transactions, the network and small values. */

enum sql {
    BEGIN,
    COMMIT,
    ROLLBACK,
    SAVE,
    RELEASE,
    BACK,
    NETWORK,
    ADD_NETWORK,
    LEAVE_NETWORK,
    ENTER_NETWORK,
    PUT_VALUE,
    GET_VALUE,
    GENERATION,
    QUERIES
};

static const char *const sql[QUERIES] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [SAVE] = "SAVEPOINT act",
    [RELEASE] = "RELEASE act",
    [BACK] = "ROLLBACK TO act",
    [NETWORK] = "SELECT number, id FROM network WHERE current = 1",
    [ADD_NETWORK] = "INSERT INTO network (id, current) VALUES (?1, 0) ON CONFLICT DO NOTHING",
    [LEAVE_NETWORK] = "UPDATE network SET current = 0 WHERE current = 1 AND id <> ?1",
    [ENTER_NETWORK] = "UPDATE network SET current = 1 WHERE id = ?1",
    [PUT_VALUE] = "INSERT INTO value (name, value) VALUES (?1, ?2)"
                  " ON CONFLICT DO UPDATE SET value = excluded.value",
    [GET_VALUE] = "SELECT value FROM value WHERE name = ?1",
    [GENERATION] = "PRAGMA data_version",
};
const struct wall store_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_STORE, (int)query);
}

/* --- Opening --- */

/* Members of the service's group read the store and leave drafts in it, so the group may write; the
 * keys lie elsewhere. Others may do nothing. SQLite gives its two side files the same mode. */
#define STORE_FILE_MODE 0660

static bool in_memory(const char *path)
{
    return strcmp(path, ":memory:") == 0;
}

static bool file_create(const char *path, struct fault *fault)
{
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, STORE_FILE_MODE);

    if (file < 0 && errno == EEXIST)
        return fault_set(fault, FAULT_SELF,
                         "store %s: there is one already: use it, or move it away first", path);
    if (file < 0 && errno == ENOENT)
        return fault_set(fault, FAULT_SELF, "store %s: the directory is not there: make it first",
                         path);
    if (file < 0)
        return fault_set(fault, FAULT_SELF, "store %s: cannot be made: %s", path, strerror(errno));
    if (fchmod(file, STORE_FILE_MODE) != 0) { /* Whatever the umask is. */
        fault_set(fault, FAULT_SELF, "store %s: its mode cannot be set: %s", path, strerror(errno));
        close(file);
        unlink(path);
        return false;
    }
    close(file);
    return true;
}

static bool file_there(const char *path, struct fault *fault)
{
    struct stat status;

    if (stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return fault_set(fault, FAULT_ABSENT, "store %s: there is none: candour init makes one",
                         path);
    if (S_ISDIR(status.st_mode))
        return fault_set(fault, FAULT_SELF,
                         "store %s: this is a directory: give the path of the file in it", path);
    if (access(path, R_OK) != 0)
        return fault_set(fault, FAULT_SELF,
                         "store %s: cannot be read: %s: let its owner add you to its group", path,
                         strerror(errno));
    return true;
}

static bool settings_apply(struct store *store, int page_size, struct fault *fault)
{
    struct buffer pragmas = {0};
    int keep = 1;

    sqlite3_busy_timeout(store->db, STORE_BUSY_MS);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    /* The side files stay when the last one closes, so that those who may only read can. */
    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
    if (store->mode == STORE_CREATE)
        buffer_printf(&pragmas, "PRAGMA page_size = %d; PRAGMA journal_mode = WAL;", page_size);
    if (store->mode != STORE_READ)
        buffer_append_text(&pragmas, "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
                                     "PRAGMA journal_size_limit = 67108864;");
    buffer_append_text(&pragmas, "PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
                                 "PRAGMA cache_size = -16384;");
    bool done = execute(store, buffer_text(&pragmas), "opening", fault);
    buffer_release(&pragmas);
    return done;
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

    if (in_memory(store->path))
        flags |= SQLITE_OPEN_MEMORY;
    if (sqlite3_open_v2(store->path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return store_fault(store, "opening", fault);
    return body_text_define(store) && settings_apply(store, page_size, fault) &&
           (store->mode == STORE_CREATE ? schema_make(store, fault) : schema_check(store, fault)) &&
           network_read(store, fault);
}

/* A store that could not be made leaves no files. */
static void files_remove(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm"};

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct buffer name = {0};
        buffer_printf(&name, "%s%s", path, endings[i]);
        unlink(buffer_text(&name));
        buffer_release(&name);
    }
}

struct store *store_open_paged(const char *path, enum store_mode mode, int page_size,
                               struct fault *fault)
{
    bool file = !in_memory(path);

    if (file && !(mode == STORE_CREATE ? file_create(path, fault) : file_there(path, fault)))
        return NULL;
    struct store *store = memory_new(1, sizeof *store);
    store->mode = mode;
    store->path = memory_new(strlen(path) + 1, 1);
    memcpy(store->path, path, strlen(path));
    if (database_open(store, page_size, fault))
        return store;
    store_close(store);
    if (file && mode == STORE_CREATE)
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
    return store_open_paged(url, mode, STORE_PAGE_SIZE, fault);
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    if (store->begun)
        store_rollback(store);
    for (int i = 0; i < WALLS; i++) {
        for (size_t k = 0; store->statements[i] != NULL && store->statements[i][k] != NULL; k++)
            sqlite3_finalize(store->statements[i][k]);
        free(store->statements[i]);
    }
    sqlite3_close(store->db);
    document_free(store->last.document);
    buffer_release(&store->last.content);
    index_forget_words(store, 0);
    free(store->wordless.list);
    free(store->path);
    free(store);
}

/* --- Transactions --- */

/* After some failures (a full disk) SQLite has already undone the whole transaction. Then nothing
 * more may be written as if it were still there. */
static bool transaction_stands(struct store *store, struct fault *fault)
{
    if (!sqlite3_get_autocommit(store->db))
        return true;
    return fault_set(fault, FAULT_SELF,
                     "store %s: an earlier failure undid this transaction: nothing of it was kept",
                     store->path);
}

static void undo(struct store *store)
{
    struct fault ignored;

    index_forget_words(store, 0);
    if (!sqlite3_get_autocommit(store->db))
        run(store, start(store, ROLLBACK), "undoing", &ignored);
}

static bool commit(struct store *store, struct fault *fault)
{
    if (index_words(store, fault) && run(store, start(store, COMMIT), "committing", fault))
        return true;
    undo(store);
    return false;
}

bool store_begin(struct store *store, struct fault *fault)
{
    assert(!store->begun);
    store->begun = run(store, start(store, BEGIN), "beginning to write", fault);
    return store->begun;
}

bool store_commit(struct store *store, struct fault *fault)
{
    assert(store->begun);
    store->begun = false;
    return transaction_stands(store, fault) && commit(store, fault);
}

void store_rollback(struct store *store)
{
    assert(store->begun);
    store->begun = false;
    undo(store);
}

/* Before the savepoint, for what is in the index then stays whatever becomes of the act. */
static bool words_settle(struct store *store, struct fault *fault)
{
    if (store->wordless.count == 0)
        return true;
    if (!transaction_stands(store, fault))
        return false;
    if (index_words(store, fault))
        return true;
    undo(store); /* Some words are in and some are not. */
    return false;
}

bool act_begin(struct store *store, struct fault *fault)
{
    if (store->wordless.count >= WORDLESS_MAX && !words_settle(store, fault))
        return false;
    store->wordless.before = store->wordless.count;
    if (!store->begun)
        return run(store, start(store, BEGIN), "beginning to write", fault);
    return transaction_stands(store, fault) && run(store, start(store, SAVE), "saving", fault);
}

bool act_begin_removing(struct store *store, struct fault *fault)
{
    return words_settle(store, fault) && act_begin(store, fault);
}

static bool act_end_within(struct store *store, bool done, struct fault *fault)
{
    struct fault ignored;

    if (done)
        return run(store, start(store, RELEASE), "ending", fault);
    bool stands = !sqlite3_get_autocommit(store->db);
    index_forget_words(store, stands ? store->wordless.before : 0);
    if (stands) {
        run(store, start(store, BACK), "undoing", &ignored);
        run(store, start(store, RELEASE), "undoing", &ignored);
    }
    return false;
}

bool act_end(struct store *store, bool done, struct fault *fault)
{
    if (store->begun)
        return act_end_within(store, done, fault);
    if (done)
        return commit(store, fault);
    undo(store);
    return false;
}

/* --- The network --- */

static bool network_switch(struct store *store, const struct digest *network, struct fault *fault)
{
    static const enum sql queries[] = {ADD_NETWORK, LEAVE_NETWORK, ENTER_NETWORK};

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
