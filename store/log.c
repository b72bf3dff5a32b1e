#include "store/internal.h"

#include <string.h>

/* What is committed lies in a log (SQLite's WAL; what a node tells is node/log.h) until it is moved
 * into its file. Once all of it was, and nobody reads it any more, the next commit begins it anew.
 */

/* Of the facts' file: the index's is moved by the connection that writes it. */
static int note_commit(void *context, sqlite3 *db, const char *schema, int pages)
{
    struct store *store = context;

    (void)db;
    if (strcmp(schema, "main") == 0)
        store->log_pages = (uint64_t)pages;
    return SQLITE_OK;
}

void store_leave_log(struct store *store)
{
    sqlite3_wal_hook(store->db, note_commit, store); /* In place of the one that moves it. */
}

uint64_t store_log_bytes(const struct store *store)
{
    return store->log_pages * STORE_PAGE_SIZE; /* Near enough, where an old one has others. */
}

bool store_move_log(struct store *store, uint64_t *moved, struct fault *fault)
{
    int pages = 0;
    int answer =
        sqlite3_wal_checkpoint_v2(store->db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, &pages);

    *moved = pages > 0 ? (uint64_t)pages * STORE_PAGE_SIZE : 0;
    return answer == SQLITE_OK || answer == SQLITE_BUSY /* Somebody else is moving it. */ ||
           store_fault(store, "moving the log into the file", fault);
}

bool log_empty(struct store *store, const char *schema, struct fault *fault)
{
    store->patience_ms = 100;
    int answer =
        sqlite3_wal_checkpoint_v2(store->db, schema, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    store->patience_ms = STORE_BUSY_MS;
    if (answer == SQLITE_BUSY || answer == SQLITE_LOCKED)
        return fault_set(fault, FAULT_ABSENT,
                         "store %s: somebody still reads pages of before: try again later",
                         store->path);
    return answer == SQLITE_OK || store_fault(store, "emptying the log", fault);
}

bool store_empty_log(struct store *store, struct fault *fault)
{
    return log_empty(store, "main", fault);
}
