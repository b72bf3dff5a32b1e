#include "store/internal.h"

#include "protocol/packing.h"

#include <string.h>

/* The way from an older schema to this program's: a step for each schema since the first, all in
 * one transaction. What was derived is dropped, and derived again into a file of its own. */

static const char doing[] = "bringing it up to date";

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

/* The text of a draft that was published is in the record alone from now on. */
static const char bring_over[] =
    "INSERT INTO network (number, id, current) SELECT number, id, current FROM old_network;"
    "INSERT INTO charter SELECT number, network, bundle, kept_ms FROM old_charter;"
    "INSERT INTO draft (number, state, title, content, updated_ms, record)"
    " SELECT number, state, CASE WHEN state <> 'published' OR record IS NULL THEN title END,"
    " CASE WHEN state <> 'published' OR record IS NULL THEN content END, updated_ms, record"
    " FROM old_draft;"
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

static const char old_records[] =
    "SELECT r.header, r.proof, b.salt, b.content, r.in_set, r.signer, r.network"
    " FROM old_record r LEFT JOIN old_body b ON b.record = r.number ORDER BY r.number";
static const char count_network[] =
    "UPDATE network SET records = records + ?2, aside = aside + ?3, bodies = bodies + ?4"
    " WHERE number = ?1";

/* What was kept so far, of the network that it was of. */
static bool count_so_far(struct store *store, sqlite3_stmt *count, struct fault *fault)
{
    if (!pending_put(store, fault))
        return false;
    bind_number(count, 1, store->network);
    bind_number(count, 2, store->tally.records);
    bind_number(count, 3, store->tally.aside);
    bind_number(count, 4, store->tally.bodies);
    store->tally = (struct tally){0};
    return run(store, count, doing, fault);
}

/* Bodies were kept as they are; the same packer packs them as their author did. */
static struct record *read_old(sqlite3_stmt *old, struct fault *fault)
{
    struct bytes content = column_bytes(old, 3);
    struct buffer packed = {0};

    if (content.size <= BODY_MAX)
        content_pack(content, &packed);
    struct record *record = record_of_columns(old, 0, buffer_view(&packed), fault);
    buffer_release(&packed);
    return record;
}

static bool bring_record(struct store *store, sqlite3_stmt *old, struct fault *fault)
{
    struct record *record = read_old(old, fault);
    struct bytes key = column_bytes(old, 5);
    struct public_key signer;
    bool has_signer = key.size == sizeof signer.bytes;

    if (record == NULL)
        return fault_prefix(fault,
                            "store %s: a record is damaged, or from before bodies were committed to"
                            " as they are packed: restore a backup, or begin a new home",
                            store->path);
    if (has_signer)
        memcpy(signer.bytes, key.data, key.size);
    bool done = record_insert(store, record, sqlite3_column_int(old, 4) != 0,
                              has_signer ? &signer : NULL, fault);
    record_free(record);
    return done;
}

/* Records of several networks lie between one another. */
static bool bring_row(struct store *store, sqlite3_stmt *old, sqlite3_stmt *count,
                      struct fault *fault)
{
    int64_t network = sqlite3_column_int64(old, 6);

    if (network != store->network && !count_so_far(store, count, fault))
        return false;
    store->network = network;
    return bring_record(store, old, fault);
}

static bool bring_records(struct store *store, struct fault *fault)
{
    sqlite3_stmt *old = prepare(store, old_records, doing, fault);
    sqlite3_stmt *count = prepare(store, count_network, doing, fault);
    int answer = old == NULL || count == NULL ? SQLITE_ERROR : SQLITE_ROW;

    while (answer == SQLITE_ROW && (answer = step(store, old, doing, fault)) == SQLITE_ROW)
        if (!bring_row(store, old, count, fault))
            answer = SQLITE_ERROR;
    bool done = answer == SQLITE_DONE && count_so_far(store, count, fault);
    sqlite3_finalize(old);
    sqlite3_finalize(count);
    store->network = 0;
    return done;
}

static bool two_files(struct store *store, struct fault *fault)
{
    return drop_derived(store, fault) && execute(store, put_aside, doing, fault) &&
           schema_fill(store, fault) && execute(store, bring_over, doing, fault) &&
           prepare_walls(store, 0, FACT_WALLS, fault) && bring_records(store, fault) &&
           execute(store, drop_old, doing, fault);
}

/* --- All of them --- */

/* Step n makes the facts of schema n + 1 from those of schema n. */
typedef bool migration(struct store *store, struct fault *fault);
static migration *const steps[STORE_SCHEMA] = {
    NULL, /* There is no schema 0. */
    peers_migrate,
    two_files,
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
    return true;
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
