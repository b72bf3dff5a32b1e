#include "store/internal.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Running prepared statements, and saying what went wrong. */

sqlite3_stmt *statement(struct store *store, int wall, int query)
{
    assert(store->statements[wall] != NULL);
    return store->statements[wall][query];
}

void bind_number(sqlite3_stmt *query, int at, int64_t number)
{
    sqlite3_bind_int64(query, at, number);
}

void bind_digest(sqlite3_stmt *query, int at, const struct digest *digest)
{
    if (digest == NULL)
        sqlite3_bind_null(query, at);
    else
        sqlite3_bind_blob(query, at, digest->bytes, sizeof digest->bytes, SQLITE_STATIC);
}

/* SQLite takes a NULL pointer for NULL; empty bytes are no NULL. */
void bind_bytes(sqlite3_stmt *query, int at, struct bytes bytes)
{
    sqlite3_bind_blob64(query, at, bytes.size == 0 ? (const void *)"" : bytes.data, bytes.size,
                        SQLITE_STATIC);
}

void bind_text(sqlite3_stmt *query, int at, struct bytes text)
{
    sqlite3_bind_text64(query, at, text.size == 0 ? "" : (const char *)text.data, text.size,
                        SQLITE_STATIC, SQLITE_UTF8);
}

void bind_word(sqlite3_stmt *query, int at, const char *word)
{
    if (word == NULL)
        sqlite3_bind_null(query, at);
    else
        bind_text(query, at, bytes_of_text(word));
}

struct bytes column_bytes(sqlite3_stmt *query, int at)
{
    const void *data = sqlite3_column_blob(query, at);

    return bytes_of(data, (size_t)sqlite3_column_bytes(query, at));
}

bool column_digest(sqlite3_stmt *query, int at, struct digest *digest)
{
    struct bytes bytes = column_bytes(query, at);

    if (bytes.size != sizeof digest->bytes)
        return false;
    memcpy(digest->bytes, bytes.data, bytes.size);
    return true;
}

const char *column_word(sqlite3_stmt *query, int at)
{
    const char *word = (const char *)sqlite3_column_text(query, at);

    return word == NULL ? "" : word;
}

void finish(sqlite3_stmt *query)
{
    sqlite3_reset(query);
    sqlite3_clear_bindings(query);
}

int step(struct store *store, sqlite3_stmt *query, const char *doing, struct fault *fault)
{
    int answer = sqlite3_step(query);

    if (answer != SQLITE_ROW && answer != SQLITE_DONE)
        store_fault(store, doing, fault);
    return answer;
}

bool run(struct store *store, sqlite3_stmt *query, const char *doing, struct fault *fault)
{
    int answer;

    do
        answer = step(store, query, doing, fault);
    while (answer == SQLITE_ROW);
    finish(query);
    return answer == SQLITE_DONE;
}

bool run_number(struct store *store, sqlite3_stmt *query, int64_t *number, const char *doing,
                struct fault *fault)
{
    int answer = step(store, query, doing, fault);

    if (answer == SQLITE_ROW)
        *number = sqlite3_column_int64(query, 0);
    finish(query);
    return answer == SQLITE_ROW;
}

bool execute(struct store *store, const char *sql, const char *doing, struct fault *fault)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           store_fault(store, doing, fault);
}

/* Formats are ours, so there is no reason why one should be refused but that memory ran out. */
static char *format_sql(const char *format, va_list arguments)
{
    char *sql = sqlite3_vmprintf(format, arguments);

    if (sql == NULL)
        abort();
    return sql;
}

bool execute_format(struct store *store, const char *doing, struct fault *fault, const char *format,
                    ...)
{
    va_list arguments;

    va_start(arguments, format);
    char *sql = format_sql(format, arguments);
    va_end(arguments);
    bool done = execute(store, sql, doing, fault);
    sqlite3_free(sql);
    return done;
}

sqlite3_stmt *prepare(struct store *store, const char *sql, const char *doing, struct fault *fault)
{
    sqlite3_stmt *query = NULL;

    if (sqlite3_prepare_v2(store->db, sql, -1, &query, NULL) != SQLITE_OK)
        store_fault(store, doing, fault);
    return query;
}

sqlite3_stmt *prepare_format(struct store *store, const char *doing, struct fault *fault,
                             const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    char *sql = format_sql(format, arguments);
    va_end(arguments);
    sqlite3_stmt *query = prepare(store, sql, doing, fault);
    sqlite3_free(sql);
    return query;
}

static const struct wall *const walls[WALLS] = {
    [WALL_STORE] = &store_wall,       [WALL_NUMBERS] = &numbers_wall,
    [WALL_PENDING] = &pending_wall,   [WALL_RECORDS] = &records_wall,
    [WALL_READING] = &reading_wall,   [WALL_ERASED] = &erased_wall,
    [WALL_CHARTERS] = &charters_wall, [WALL_DRAFTS] = &drafts_wall,
    [WALL_QUEUE] = &queue_wall,       [WALL_PEERS] = &peers_wall,
    [WALL_ROWS] = &rows_wall,         [WALL_COMPARE] = &compare_wall,
    [WALL_INDEX] = &index_wall,       [WALL_AUTHORITIES] = &authorities_wall,
    [WALL_DERIVE] = &derive_wall,     [WALL_PIECES] = &pieces_wall,
    [WALL_LOOKUP] = &lookup_wall,     [WALL_SEARCH] = &search_wall,
    [WALL_NOTICES] = &notices_wall,   [WALL_INSPECT] = &inspect_wall,
    [WALL_VERIFY] = &verify_wall,     [WALL_REFERENCES] = &references_wall,
    [WALL_FIGURES] = &figures_wall,   [WALL_ISSUE_GROUPS] = &issue_groups_wall,
    [WALL_COMPILE] = &compile_wall,   [WALL_SILENT] = &silent_wall,
};

static bool prepare_wall(struct store *store, int wall, struct fault *fault)
{
    sqlite3_stmt **prepared = memory_new(walls[wall]->count + 1, sizeof *prepared);

    store->statements[wall] = prepared;
    for (size_t i = 0; i < walls[wall]->count; i++)
        if (sqlite3_prepare_v3(store->db, walls[wall]->sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &prepared[i], NULL) != SQLITE_OK)
            return store_fault(store, "preparing", fault);
    return true;
}

bool prepare_walls(struct store *store, int from, int to, struct fault *fault)
{
    for (int i = from; i < to; i++)
        if (store->statements[i] == NULL && !prepare_wall(store, i, fault))
            return false;
    return true;
}

void wall_release(struct store *store, int wall)
{
    for (size_t i = 0; store->statements[wall] != NULL && i < walls[wall]->count; i++)
        sqlite3_finalize(store->statements[wall][i]);
    free(store->statements[wall]);
    store->statements[wall] = NULL;
}

bool pragma_number(struct store *store, const char *schema, const char *name, int64_t *number,
                   struct fault *fault)
{
    sqlite3_stmt *query = prepare_format(store, "opening", fault, "PRAGMA %s.%s", schema, name);
    bool done = query != NULL && run_number(store, query, number, "opening", fault);
    sqlite3_finalize(query);
    return done;
}

/* What a person does about each of SQLite's answers. */
static const struct {
    int code;
    const char *advice;
} advices[] = {
    {SQLITE_FULL, "the disk is full, and nothing of this was kept: free some space"},
    {SQLITE_READONLY, "it may not be written: check the mode of the file and of its directory, and "
                      "that the file system is not read-only"},
    {SQLITE_CANTOPEN, "it cannot be opened: check the mode of the file and of its directory"},
    {SQLITE_PERM, "it may not be opened: check the mode of the file and of its directory"},
    {SQLITE_BUSY, "another process has been writing for seconds: try again"},
    {SQLITE_LOCKED, "another process has been writing for seconds: try again"},
    {SQLITE_CORRUPT, "the file is damaged: candour verify tells whether candour reindex is enough; "
                     "else stop the node, keep a copy of the file, and restore a backup"},
    {SQLITE_NOTADB, "the file is not a candour store, or its beginning is damaged: restore a "
                    "backup, or give another path"},
    {SQLITE_IOERR, "the disk answers with an error: look into the system's log"},
    {SQLITE_NOMEM, "no memory left"},
};

/* Who derives writes nothing else. */
static const char *path_told(const struct store *store)
{
    return store->mode == STORE_DERIVE ? store->index_path : store->path;
}

bool store_fault(struct store *store, const char *doing, struct fault *fault)
{
    int code = sqlite3_errcode(store->db), system = sqlite3_system_errno(store->db);
    const char *said = sqlite3_errmsg(store->db);

    store->failure = code & 0xff;
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
        if (advices[i].code == (code & 0xff))
            return fault_set(fault, FAULT_SELF, "store %s: %s: %s (SQLite: %s%s%s)",
                             path_told(store), doing, advices[i].advice, said,
                             system == 0 ? "" : "; ", system == 0 ? "" : strerror(system));
    return fault_set(fault, FAULT_SELF, "store %s: %s: %s", path_told(store), doing, said);
}
