#include "store/internal.h"

#include <string.h>

/* The way from an older schema to this program's: a step for each schema since the first, all in
 * one transaction. What was derived is dropped, and derived again into a file of its own. */

static const char doing[] = "bringing it up to date";

/* --- From schema 3: a body was committed to as it was before it was packed --- */

/* What was signed cannot be signed anew, so such records cannot be verified any more. */
static bool without_records(struct store *store, struct fault *fault)
{
    int64_t any;
    sqlite3_stmt *query = prepare(store, "SELECT EXISTS (SELECT 1 FROM record)", doing, fault);

    if (query == NULL)
        return false;
    bool done = run_number(store, query, &any, doing, fault);
    sqlite3_finalize(query);
    if (!done || any == 0)
        return done;
    return fault_set(fault, FAULT_SELF,
                     "store %s: its records are from before bodies were committed to as they are"
                     " packed, and cannot be verified any more: begin a new home, and keep this one"
                     " for the program that made it",
                     store->path);
}

/* --- From schema 2: what was derived lay in the same file, and records were rows with ids --- */

/* Virtual tables take their shadow tables with them, so they go first. */
static const char list_derived[] =
    "SELECT type, name FROM main.sqlite_schema"
    " WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " AND name NOT IN ('network', 'record', 'body', 'charter', 'draft', 'queue', 'peer', 'value')"
    " ORDER BY sql NOT LIKE 'CREATE VIRTUAL%', type = 'table'";

static bool drop_derived(struct store *store, struct fault *fault)
{
    struct buffer drops = {0};
    int answer;
    sqlite3_stmt *list = prepare(store, list_derived, doing, fault);

    if (list == NULL)
        return false;
    while ((answer = step(store, list, doing, fault)) == SQLITE_ROW)
        buffer_printf(&drops, "DROP %s IF EXISTS \"%s\";", column_word(list, 0),
                      column_word(list, 1));
    sqlite3_finalize(list);
    bool done = answer == SQLITE_DONE && execute(store, buffer_text(&drops), doing, fault);
    buffer_release(&drops);
    return done;
}

/* Their indexes would be in the way of the new tables' own. */
static const char put_aside[] =
    "DROP INDEX network_current; DROP INDEX charter_network; DROP INDEX queue_waiting;"
    "ALTER TABLE network RENAME TO old_network; ALTER TABLE record RENAME TO old_record;"
    "ALTER TABLE body RENAME TO old_body; ALTER TABLE charter RENAME TO old_charter;"
    "ALTER TABLE draft RENAME TO old_draft; ALTER TABLE queue RENAME TO old_queue;"
    "ALTER TABLE peer RENAME TO old_peer; ALTER TABLE value RENAME TO old_value;";

static const char bring_over[] =
    "INSERT INTO network (number, id, current) SELECT number, id, current FROM old_network;"
    "INSERT INTO charter SELECT number, network, bundle, kept_ms FROM old_charter;"
    "INSERT INTO draft (number, state, title, content, updated_ms, record)"
    " SELECT number, state, title, content, updated_ms, record FROM old_draft;"
    "INSERT INTO queue SELECT ticket, kind, frame, outcome, text, answered_ms FROM old_queue;"
    "INSERT INTO peer SELECT network, place, authority, endpoint FROM old_peer;"
    "INSERT INTO value SELECT name, value FROM old_value;"
    "UPDATE sqlite_sequence SET seq = (SELECT max(s.seq) FROM sqlite_sequence s"
    " WHERE s.name = 'old_' || sqlite_sequence.name) WHERE name IN ('draft', 'queue');"
    "INSERT INTO sqlite_sequence (name, seq) SELECT substr(name, 5), seq FROM sqlite_sequence"
    " WHERE name IN ('old_draft', 'old_queue')"
    " AND substr(name, 5) NOT IN (SELECT name FROM sqlite_sequence);"
    "UPDATE file SET waiting = (SELECT count(*) FROM queue WHERE outcome IS NULL),"
    " drafts = (SELECT count(*) FROM draft WHERE state NOT IN ('published', 'rejected'));";
static const char drop_old[] =
    "DROP TABLE old_value; DROP TABLE old_peer; DROP TABLE old_queue; DROP TABLE old_draft;"
    "DROP TABLE old_charter; DROP TABLE old_body; DROP TABLE old_record; DROP TABLE old_network;";

static bool two_files(struct store *store, struct fault *fault)
{
    return without_records(store, fault) && drop_derived(store, fault) &&
           execute(store, put_aside, doing, fault) && schema_fill(store, fault) &&
           execute(store, bring_over, doing, fault) && execute(store, drop_old, doing, fault);
}

/* --- All of them --- */

/* Step n makes the facts of schema n + 1 from those of schema n. */
typedef bool migration(struct store *store, struct fault *fault);
static migration *const steps[STORE_SCHEMA] = {
    NULL, /* There is no schema 0. */
    peers_migrate, two_files, without_records, notices_migrate, references_migrate,
};

static bool migrate_within(struct store *store, struct fault *fault)
{
    int64_t from = 0;

    /* Another process may have been faster. */
    if (!pragma_number(store, "main", "user_version", &from, fault))
        return false;
    for (int64_t i = from < 1 ? 1 : from; i < STORE_SCHEMA; i++)
        if (!steps[i](store, fault))
            return false;
    return schema_mark(store, fault);
}

bool migrate(struct store *store, struct fault *fault)
{
    if (!execute(store, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", doing, fault))
        return false;
    store->next = 0;
    bool done = migrate_within(store, fault) && execute(store, "COMMIT", doing, fault);
    if (!done && !sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return execute(store, "PRAGMA foreign_keys = ON", doing, fault) && done;
}
