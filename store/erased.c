#include "store/internal.h"

#include <assert.h>

/* Texts that were erased, have expired or left the set: whether they are out of the files, and who
 * was told. */

enum sql { TRIMS, TRIM, PURGES, WAITING, PURGED, FORGET_EXPIRED, UNRECEIPTED, RECEIPTED, QUERIES };

static const char *const sql[QUERIES] = {
    [TRIMS] = "SELECT EXISTS (SELECT 1 FROM changed WHERE place <= ?1)",
    [TRIM] = "DELETE FROM changed WHERE place <= ?1",
    [PURGES] = "SELECT EXISTS (SELECT 1 FROM erased WHERE receipt IS NULL AND purged_ms IS NULL"
               " AND place <= ?1)",
    [WAITING] = "SELECT waiting FROM file",
    [PURGED] = "UPDATE erased SET purged_ms = ?2 WHERE receipt IS NULL AND purged_ms IS NULL"
               " AND place <= ?1",
    [FORGET_EXPIRED] = "DELETE FROM erased WHERE receipt IS NULL AND purged_ms IS NOT NULL"
                       " AND expired",
    [UNRECEIPTED] = "SELECT id, purged_ms FROM erased WHERE receipt IS NULL AND network = ?1"
                    " AND purged_ms IS NOT NULL ORDER BY place LIMIT ?2",
    [RECEIPTED] = "UPDATE erased SET receipt = ?3 WHERE id = ?1 AND network = ?2"
                  " AND purged_ms IS NOT NULL AND NOT expired",
};
const struct wall erased_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_ERASED, (int)query);
}

static const char doing[] = "purging erased texts";

/* --- Out of the files --- */

/* Cells of these tables change their size and are moved within the file, and SQLite leaves behind
 * what was where they were; but it writes zeros over pages that are given back whole. So what is in
 * these tables is put aside, they are emptied, and it is put back. (The texts of records never
 * move.) */
static const char *const small_tables[] = {"draft", "queue", "value"};

bool lay_table_anew(struct store *store, const char *name, struct fault *fault)
{
    return execute_format(store, doing, fault,
                          "CREATE TEMP TABLE kept AS SELECT * FROM main.%s; DELETE FROM main.%s;"
                          "INSERT INTO main.%s SELECT * FROM temp.kept; DROP TABLE temp.kept;",
                          name, name, name);
}

static bool lay_anew(struct store *store, struct fault *fault)
{
    for (size_t i = 0; i < sizeof small_tables / sizeof *small_tables; i++)
        if (!lay_table_anew(store, small_tables[i], fault))
            return false;
    return true;
}

/* So many frames may be put aside in memory. More are an import under way: it will be over soon. */
#define WAITING_MOST 256

static bool small_tables_purge(struct store *store, struct fault *fault)
{
    int64_t waiting = 0;

    if (!run_number(store, start(store, WAITING), &waiting, doing, fault))
        return false;
    if (waiting > WAITING_MOST)
        return fault_set(fault, FAULT_ABSENT,
                         "store %s: %lld frames wait in the queue: try again later", store->path,
                         (long long)waiting);
    return act_begin(store, fault) && act_end(store, lay_anew(store, fault), fault);
}

static bool note(struct store *store, uint64_t derived, int64_t now_ms, struct fault *fault)
{
    sqlite3_stmt *query = start(store, PURGED);

    bind_number(query, 1, (int64_t)derived);
    bind_number(query, 2, now_ms);
    return run(store, query, doing, fault) &&
           run(store, start(store, FORGET_EXPIRED), doing, fault);
}

static bool trim(struct store *store, uint64_t derived, struct fault *fault)
{
    sqlite3_stmt *query = start(store, TRIM);

    bind_number(query, 1, (int64_t)derived);
    return act_begin(store, fault) && act_end(store, run(store, query, doing, fault), fault);
}

static bool any(struct store *store, enum sql what, uint64_t derived, bool *is, struct fault *fault)
{
    sqlite3_stmt *query = start(store, what);
    int64_t found = 0;

    bind_number(query, 1, (int64_t)derived);
    bool done = run_number(store, query, &found, doing, fault);
    *is = found != 0;
    return done;
}

static bool is_behind(struct store *store, struct fault *fault)
{
    return fault_set(fault, FAULT_ABSENT,
                     "store %s: the index still has texts that were erased: it is behind",
                     store->path);
}

bool store_purged(struct store *store, uint64_t derived, bool again, int64_t now_ms,
                  struct fault *fault)
{
    bool trims, purges;

    assert(!store->begun);
    if (!any(store, TRIMS, derived, &trims, fault) || !any(store, PURGES, derived, &purges, fault))
        return false;
    if ((purges || again) &&
        !(small_tables_purge(store, fault) && store_empty_log(store, fault) &&
          act_begin(store, fault) && act_end(store, note(store, derived, now_ms, fault), fault)))
        return false;
    if (trims && !trim(store, derived, fault))
        return false;
    return any(store, PURGES, INT64_MAX, &purges, fault) && (!purges || is_behind(store, fault));
}

/* --- Receipts --- */

bool store_unreceipted(struct store *store, struct digest *ids, size_t most, size_t *count,
                       int64_t *since_ms, struct fault *fault)
{
    sqlite3_stmt *query = start(store, UNRECEIPTED);
    int answer;

    *count = 0;
    bind_number(query, 1, store->network);
    bind_number(query, 2, (int64_t)most);
    while ((answer = step(store, query, "reading what was erased", fault)) == SQLITE_ROW) {
        if (*count == 0)
            *since_ms = sqlite3_column_int64(query, 1);
        column_digest(query, 0, &ids[(*count)++]);
    }
    finish(query);
    return answer == SQLITE_DONE;
}

static bool receipted(struct store *store, const struct digest *ids, size_t count,
                      const struct digest *receipt, struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        sqlite3_stmt *query = start(store, RECEIPTED);
        bind_digest(query, 1, &ids[i]);
        bind_number(query, 2, store->network);
        bind_digest(query, 3, receipt);
        if (!run(store, query, "noting a receipt", fault))
            return false;
    }
    return true;
}

bool store_receipted(struct store *store, const struct digest *ids, size_t count,
                     const struct digest *receipt, struct fault *fault)
{
    if (!need_network(store, fault) || !act_begin(store, fault))
        return false;
    return act_end(store, receipted(store, ids, count, receipt, fault), fault);
}
