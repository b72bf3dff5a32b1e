#include "store/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Which schema a store is of, and the way from an older one to this program's.
 *
 * Facts are changed by the steps below, one for each schema since the first, all in one
 * transaction. Derived tables are never changed: they are dropped and built again. */

extern const char store_schema[]; /* store/schema.sql */

static const char derived_line[] = "\n-- Derived:";

/* Step n makes the facts of schema n + 1 from those of schema n. */
typedef bool migration(struct store *store, struct fault *fault);
static migration *const steps[STORE_SCHEMA] = {
    NULL, /* There is no schema 0. */
    peers_migrate,
};

/* Every table but these is derived. */
static const char *const facts[] = {"network", "record", "body", "charter",
                                    "draft",   "queue",  "peer", "value"};

static const char *derived_schema(void)
{
    const char *derived = strstr(store_schema, derived_line);

    assert(derived != NULL);
    return derived;
}

bool statements_prepare(struct store *store, struct fault *fault)
{
    static const struct wall *const walls[WALLS] = {
        [WALL_STORE] = &store_wall,       [WALL_RECORDS] = &records_wall,
        [WALL_CHARTERS] = &charters_wall, [WALL_DRAFTS] = &drafts_wall,
        [WALL_QUEUE] = &queue_wall,       [WALL_PEERS] = &peers_wall,
        [WALL_INDEX] = &index_wall,       [WALL_SEARCH] = &search_wall,
        [WALL_VERIFY] = &verify_wall,
    };

    for (int i = 0; i < WALLS; i++) {
        store->statements[i] = memory_new(walls[i]->count + 1, sizeof *store->statements[i]);
        for (size_t k = 0; k < walls[i]->count; k++)
            if (sqlite3_prepare_v3(store->db, walls[i]->sql[k], -1, SQLITE_PREPARE_PERSISTENT,
                                   &store->statements[i][k], NULL) != SQLITE_OK)
                return store_fault(store, "preparing", fault);
    }
    return true;
}

static bool read_pragma(struct store *store, const char *pragma, int64_t *number,
                        struct fault *fault)
{
    sqlite3_stmt *query = NULL;

    if (sqlite3_prepare_v2(store->db, pragma, -1, &query, NULL) != SQLITE_OK)
        return store_fault(store, "opening", fault);
    bool done = run_number(store, query, number, "opening", fault);
    sqlite3_finalize(query);
    return done;
}

static bool marks_write(struct store *store, struct fault *fault)
{
    char marks[96];

    sqlite3_snprintf(sizeof marks, marks, "PRAGMA application_id = %d; PRAGMA user_version = %d",
                     STORE_APPLICATION, STORE_SCHEMA);
    return execute(store, marks, "making the tables", fault);
}

bool schema_make(struct store *store, struct fault *fault)
{
    bool made = execute(store, "BEGIN IMMEDIATE", "making the tables", fault) &&
                execute(store, store_schema, "making the tables", fault) &&
                marks_write(store, fault) && execute(store, "COMMIT", "making the tables", fault);

    return made && statements_prepare(store, fault);
}

/* --- Renewing what is derived --- */

static bool is_fact(const char *name)
{
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (strcmp(facts[i], name) == 0)
            return true;
    return false;
}

/* Virtual tables take their shadow tables with them, so they go first. */
static const char list_derived[] =
    "SELECT type, name FROM sqlite_schema"
    " WHERE type IN ('view', 'table') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " ORDER BY sql NOT LIKE 'CREATE VIRTUAL%', type = 'table'";

static bool drops_write(struct store *store, struct buffer *drops, struct fault *fault)
{
    sqlite3_stmt *list = NULL;
    int answer;

    if (sqlite3_prepare_v2(store->db, list_derived, -1, &list, NULL) != SQLITE_OK)
        return store_fault(store, "listing the tables", fault);
    while ((answer = step(store, list, "listing the tables", fault)) == SQLITE_ROW)
        if (!is_fact(column_word(list, 1)))
            buffer_printf(drops, "DROP %s IF EXISTS \"%s\";", column_word(list, 0),
                          column_word(list, 1));
    sqlite3_finalize(list);
    return answer == SQLITE_DONE;
}

bool derived_renew(struct store *store, struct fault *fault)
{
    struct buffer drops = {0};
    bool done = drops_write(store, &drops, fault) &&
                execute(store, buffer_text(&drops), "dropping derived tables", fault) &&
                execute(store, derived_schema(), "making derived tables", fault);

    buffer_release(&drops);
    return done;
}

/* --- Opening one that is there --- */

static bool facts_migrate(struct store *store, int64_t from, struct fault *fault)
{
    for (int64_t i = from; i < STORE_SCHEMA; i++)
        if (steps[i] != NULL && !steps[i](store, fault))
            return false;
    return true;
}

static bool migrate_within(struct store *store, struct fault *fault)
{
    int64_t from = 0;

    if (!read_pragma(store, "PRAGMA user_version", &from, fault))
        return false;
    if (from == STORE_SCHEMA) /* Another process was faster. */
        return statements_prepare(store, fault);
    return facts_migrate(store, from, fault) && derived_renew(store, fault) &&
           marks_write(store, fault) && statements_prepare(store, fault) && index_all(store, fault);
}

static bool migrate(struct store *store, struct fault *fault)
{
    if (!execute(store, "BEGIN IMMEDIATE", "bringing it up to date", fault))
        return false;
    bool done =
        migrate_within(store, fault) && execute(store, "COMMIT", "bringing it up to date", fault);
    if (!done && !sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return done;
}

bool schema_check(struct store *store, struct fault *fault)
{
    int64_t application = 0, schema = 0;

    if (!read_pragma(store, "PRAGMA application_id", &application, fault) ||
        !read_pragma(store, "PRAGMA user_version", &schema, fault))
        return false;
    if (application != STORE_APPLICATION)
        return fault_set(fault, FAULT_SELF,
                         "store %s: this is not a candour store: give another path", store->path);
    if (schema > STORE_SCHEMA)
        return fault_set(fault, FAULT_SELF,
                         "store %s is of schema %lld, this candour knows %d: install a newer "
                         "candour",
                         store->path, (long long)schema, STORE_SCHEMA);
    if (schema == STORE_SCHEMA)
        return statements_prepare(store, fault);
    if (store->mode == STORE_READ)
        return fault_set(
            fault, FAULT_SELF,
            "store %s is of schema %lld, older than this candour's %d: candour reindex "
            "brings it up to date",
            store->path, (long long)schema, STORE_SCHEMA);
    return migrate(store, fault);
}
