#include "store/internal.h"

#include <string.h>
#include <unistd.h>

/* The file of what is derived: attaching it, making it, and how far it is.
 *
 * It may be missing, of another program, of another store or damaged: whoever derives makes it
 * anew then, and whoever reads sees an empty one until that is done. */

enum sql { PROGRESS, BEHIND, QUERIES };

static const char *const sql[QUERIES] = {
    [PROGRESS] = "SELECT number, place, purged, last, inspected FROM progress",
    [BEHIND] = "SELECT max((SELECT coalesce(max(number), 0) FROM wire) - ?1, 0)"
               " + max((SELECT coalesce(max(seq), 0) FROM main.sqlite_sequence"
               " WHERE name = 'changed') - ?2, 0)",
};
const struct wall index_wall = {sql, QUERIES};

static const char doing[] = "opening what is derived";

/* --- Attaching --- */

/* In a URI these have a meaning of their own. */
static void write_uri(struct buffer *uri, const char *path)
{
    buffer_append_text(uri, "file:");
    for (; *path != 0; path++)
        if (strchr("%?#", *path) != NULL)
            buffer_printf(uri, "%%%02x", (unsigned)*path);
        else
            buffer_append(uri, bytes_of(path, 1));
}

/* Whoever does not derive attaches it read-only, though facts may be written. */
static bool attach(struct store *store, const char *path, const char *mode, struct fault *fault)
{
    struct buffer uri = {0};
    sqlite3_stmt *query = prepare(store, "ATTACH ?1 AS derived", doing, fault);

    write_uri(&uri, path);
    buffer_printf(&uri, "?mode=%s", mode);
    if (query != NULL)
        bind_text(query, 1, buffer_view(&uri));
    bool done = query != NULL && run(store, query, doing, fault);
    sqlite3_finalize(query);
    buffer_release(&uri);
    return done;
}

static bool detach(struct store *store, struct fault *fault)
{
    if (store->index == INDEX_NONE)
        return true;
    store->index = INDEX_NONE;
    return execute(store, "DETACH derived", doing, fault);
}

bool index_stand_in(struct store *store, struct fault *fault)
{
    store->index = INDEX_EMPTY;
    return attach(store, "nothing-derived", "memory", fault) &&
           execute_part(store, schema_derived(), doing, fault) &&
           execute(store, "INSERT INTO derived.progress VALUES (1, x'', 0, x'', 0, 0, 0, '')",
                   doing, fault);
}

/* --- Is it ours? --- */

/* Of this program, and derived from this very file: not ahead of it, and the record that it came to
 * last is the same one (a file may have been put back from a copy). */
static const char find_progress[] =
    "SELECT p.file = f.id, p.last, w.header, w.proof FROM derived.progress p JOIN main.file f"
    " LEFT JOIN main.wire w ON w.number = p.number"
    " WHERE p.place <= coalesce((SELECT seq FROM main.sqlite_sequence WHERE name = 'changed'), 0)"
    " AND (p.number = 0 OR w.number IS NOT NULL)";

static bool last_is_same(sqlite3_stmt *query)
{
    struct bytes last = column_bytes(query, 1);
    struct fault ignored;

    if (last.size == 0)
        return true;
    struct record *record = record_join(column_bytes(query, 2), column_bytes(query, 3), NULL,
                                        (struct bytes){0}, &ignored);
    bool same =
        record != NULL && bytes_equal(last, bytes_of(record_id(record)->bytes, DIGEST_SIZE));
    record_free(record);
    return same;
}

enum fitness { OURS, NOT_OURS, UNREADABLE };

/* What SQLite said of it: is the file to blame, or the disk? */
static enum fitness fitness_of_failure(const struct store *store)
{
    switch (store->failure) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR: /* A table is missing. */
    case SQLITE_SCHEMA:
        return NOT_OURS;
    case SQLITE_READONLY: /* Who made it died meanwhile, and who only reads cannot undo that. */
        return sqlite3_extended_errcode(store->db) == SQLITE_READONLY_ROLLBACK ? NOT_OURS
                                                                               : UNREADABLE;
    default:
        return UNREADABLE;
    }
}

static enum fitness fitness_of(struct store *store, struct fault *fault)
{
    int64_t application = 0, schema = 0;

    if (!pragma_number(store, "derived", "application_id", &application, fault) ||
        !pragma_number(store, "derived", "user_version", &schema, fault))
        return fitness_of_failure(store);
    if (application != INDEX_APPLICATION || schema != INDEX_SCHEMA)
        return NOT_OURS;
    sqlite3_stmt *query = prepare(store, find_progress, doing, fault);
    int answer = query == NULL ? SQLITE_ERROR : step(store, query, doing, fault);
    bool ours = answer == SQLITE_ROW && sqlite3_column_int(query, 0) == 1 && last_is_same(query);
    sqlite3_finalize(query);
    if (answer == SQLITE_ROW || answer == SQLITE_DONE)
        return ours ? OURS : NOT_OURS;
    return fitness_of_failure(store);
}

/* Attach the file that is there, where it is one of ours. */
static enum fitness attach_ours(struct store *store, const char *mode, struct fault *fault)
{
    struct fault ignored;

    if (!attach(store, store->index_path, mode, fault))
        return fitness_of_failure(store);
    store->index = INDEX_FILE;
    enum fitness fitness = fitness_of(store, fault);
    if (fitness != OURS && !detach(store, &ignored))
        return UNREADABLE;
    return fitness;
}

/* --- Reading from it --- */

static bool is_there(const struct store *store)
{
    return access(store->index_path, F_OK) == 0;
}

/* Has somebody made it anew since? */
static bool has_moved(struct store *store)
{
    int moved = 0;

    if (store->index == INDEX_EMPTY)
        return is_there(store);
    sqlite3_file_control(store->db, "derived", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

static bool attach_to_read(struct store *store, struct fault *fault)
{
    int keep = 1;

    if (!is_there(store))
        return index_stand_in(store, fault);
    switch (attach_ours(store, "ro", fault)) {
    case NOT_OURS:
        return index_stand_in(store, fault);
    case UNREADABLE:
        return false;
    default:
        sqlite3_file_control(store->db, "derived", SQLITE_FCNTL_PERSIST_WAL, &keep);
        return execute(store, "PRAGMA derived.cache_size = -32768", doing, fault);
    }
}

bool index_use(struct store *store, struct fault *fault)
{
    /* Who derives has it; and while something is being read it stays what it was. */
    bool stays =
        store->mode == STORE_DERIVE ||
        (store->index != INDEX_NONE && sqlite3_txn_state(store->db, "derived") != SQLITE_TXN_NONE);

    if (!stays && (store->index == INDEX_NONE || has_moved(store)) &&
        !(detach(store, fault) && attach_to_read(store, fault)))
        return false;
    return prepare_walls(store, FACT_WALLS, WALLS, fault);
}

/* --- Making it --- */

static bool settings_apply(struct store *store, struct fault *fault)
{
    int keep = 1;

    sqlite3_file_control(store->db, "derived", SQLITE_FCNTL_PERSIST_WAL, &keep);
    /* What a power cut takes from its end is derived again. */
    return execute_format(store, doing, fault,
                          "PRAGMA derived.journal_mode = WAL; PRAGMA derived.synchronous = NORMAL;"
                          "PRAGMA derived.secure_delete = ON; PRAGMA derived.cache_size = -16384;"
                          "PRAGMA derived.journal_size_limit = %d;",
                          STORE_LOG_BYTES);
}

static const char first_progress[] =
    "INSERT INTO derived.progress SELECT 1, f.id, 0, x'', coalesce(s.seq, 0), coalesce(s.seq, 0), "
    "0, ''"
    " FROM main.file f LEFT JOIN main.sqlite_sequence s ON s.name = 'changed'";

static bool fill_within(struct store *store, struct fault *fault)
{
    return execute_part(store, schema_derived(), doing, fault) &&
           execute(store, first_progress, doing, fault) &&
           execute_format(store, doing, fault,
                          "PRAGMA derived.application_id = %d; PRAGMA derived.user_version = %d",
                          INDEX_APPLICATION, INDEX_SCHEMA) &&
           prepare_walls(store, FACT_WALLS, WALLS, fault) && authorities_derive(store, fault);
}

static bool fill(struct store *store, struct fault *fault)
{
    if (!execute(store, "BEGIN", doing, fault))
        return false;
    if (fill_within(store, fault) && execute(store, "COMMIT", doing, fault))
        return true;
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

bool index_renew(struct store *store, struct fault *fault)
{
    if (!detach(store, fault))
        return false;
    files_remove(store->index_path);
    if (!file_create(store->index_path, fault) || !attach(store, store->index_path, "rw", fault))
        return false;
    store->index = INDEX_FILE;
    return execute_format(store, doing, fault, "PRAGMA derived.page_size = %d",
                          store->index_page_size) &&
           settings_apply(store, fault) && fill(store, fault);
}

static bool take(struct store *store, struct fault *fault)
{
    if (!is_there(store))
        return index_renew(store, fault);
    switch (attach_ours(store, "rw", fault)) {
    case NOT_OURS:
        return index_renew(store, fault);
    case UNREADABLE:
        return false;
    default:
        return settings_apply(store, fault) && prepare_walls(store, FACT_WALLS, WALLS, fault);
    }
}

bool index_take(struct store *store, struct fault *fault)
{
    if (take(store, fault))
        return true;
    /* A table of it may be damaged though it says that it is ours. */
    return store->index == INDEX_FILE && file_is_damaged(store) && index_renew(store, fault);
}

/* --- How far it is --- */

bool file_is_damaged(struct store *store)
{
    return fitness_of_failure(store) == NOT_OURS;
}

bool progress_read(struct store *store, struct progress *progress, struct fault *fault)
{
    sqlite3_stmt *query = statement(store, WALL_INDEX, PROGRESS);
    int answer = step(store, query, "reading how far it is derived", fault);

    if (answer == SQLITE_ROW) {
        *progress = (struct progress){.number = sqlite3_column_int64(query, 0),
                                      .place = sqlite3_column_int64(query, 1),
                                      .purged = sqlite3_column_int64(query, 2),
                                      .inspected = sqlite3_column_int64(query, 4)};
        progress->has_last = column_digest(query, 3, &progress->last);
    }
    finish(query);
    return answer == SQLITE_ROW ||
           (answer == SQLITE_DONE &&
            fault_set(fault, FAULT_SELF, "store %s: it does not say how far it is derived",
                      store->index_path));
}

bool index_behind(struct store *store, const struct progress *progress, uint64_t *behind,
                  struct fault *fault)
{
    sqlite3_stmt *query = statement(store, WALL_INDEX, BEHIND);
    int64_t number = 0;

    bind_number(query, 1, progress->number);
    bind_number(query, 2, progress->place);
    bool done = run_number(store, query, &number, "reading how far it is derived", fault);
    *behind = (uint64_t)number;
    return done;
}

uint64_t store_index_purged(struct store *store, bool *all)
{
    struct progress progress = {0};
    struct fault ignored;

    if (!index_use(store, &ignored) || !progress_read(store, &progress, &ignored))
        progress = (struct progress){0};
    if (all != NULL)
        *all = progress.purged == progress.place;
    return (uint64_t)progress.purged;
}
