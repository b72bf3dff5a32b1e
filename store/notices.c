#include "store/internal.h"

/* What should not have been published: of own records what was found in them, here or elsewhere; of
 * others' whether their authors were told. Nothing of any text. */

enum sql { KEEP, TELL, DISMISS, DISMISSED, QUERIES };

#define NOTICES_KEPT "4096" /* More than anybody reads. */

static const char *const sql[QUERIES] = {
    /* Who said so first is remembered. */
    [KEEP] = "INSERT INTO notice (network, id, field, class, rules, authority, came_ms)"
             " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7"
             " WHERE (SELECT count(*) FROM notice) < " NOTICES_KEPT " ON CONFLICT DO NOTHING",
    [TELL] = "INSERT INTO told (network, id, rules) VALUES (?1, ?2, ?3)"
             " ON CONFLICT DO UPDATE SET rules = excluded.rules",
    [DISMISS] = "UPDATE notice SET dismissed = 1 WHERE network = ?1 AND id = ?2",
    [DISMISSED] = "SELECT changes()",
};
const struct wall notices_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    sqlite3_stmt *started = statement(store, WALL_NOTICES, (int)query);

    if (query != DISMISSED)
        bind_number(started, 1, store->network);
    return started;
}

static bool keep(struct store *store, const struct digest *authority, struct bytes rules,
                 const struct notice *notice, int64_t now_ms, struct fault *fault)
{
    sqlite3_stmt *query = start(store, KEEP);

    bind_digest(query, 2, &notice->id);
    bind_text(query, 3, notice->field);
    bind_text(query, 4, notice->class);
    bind_text(query, 5, rules);
    bind_digest(query, 6, authority);
    bind_number(query, 7, now_ms);
    return run(store, query, "keeping a notice", fault);
}

bool store_keep_notices(struct store *store, const struct digest *authority, struct bytes rules,
                        const struct notice *notices, size_t count, int64_t now_ms,
                        struct fault *fault)
{
    bool done = need_network(store, fault) && act_begin(store, fault);

    if (!done)
        return false;
    for (size_t i = 0; done && i < count; i++)
        done = keep(store, authority, rules, &notices[i], now_ms, fault);
    return act_end(store, done, fault);
}

bool store_told(struct store *store, const struct digest *ids, size_t count, struct fault *fault)
{
    bool done = need_network(store, fault) && act_begin(store, fault);

    if (!done)
        return false;
    for (size_t i = 0; done && i < count; i++) {
        sqlite3_stmt *query = start(store, TELL);
        bind_digest(query, 2, &ids[i]);
        bind_text(query, 3, bytes_of_text(GATE_RULES));
        done = run(store, query, "noting who was told", fault);
    }
    return act_end(store, done, fault);
}

static bool dismiss(struct store *store, const struct digest *id, struct fault *fault)
{
    sqlite3_stmt *query = start(store, DISMISS);
    int64_t dismissed = 0;

    bind_digest(query, 2, id);
    return run(store, query, "dismissing a notice", fault) &&
           run_number(store, start(store, DISMISSED), &dismissed, "dismissing a notice", fault) &&
           (dismissed > 0 || fault_set(fault, FAULT_ABSENT, "nobody has said anything of it"));
}

bool store_dismiss_notices(struct store *store, const struct digest *id, struct fault *fault)
{
    if (!need_network(store, fault) || !act_begin(store, fault))
        return false;
    return act_end(store, dismiss(store, id, fault), fault);
}

/* --- From schema 4 --- */

static const char make_tables[] =
    "CREATE TABLE IF NOT EXISTS notice (network INTEGER NOT NULL REFERENCES network (number),"
    " id BLOB NOT NULL CHECK (length(id) = 32), field TEXT NOT NULL, class TEXT NOT NULL,"
    " rules TEXT NOT NULL, authority BLOB NOT NULL CHECK (length(authority) = 32),"
    " came_ms INTEGER NOT NULL,"
    " dismissed INTEGER NOT NULL DEFAULT 0 CHECK (dismissed IN (0, 1)),"
    " PRIMARY KEY (network, id, field, class)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS told (network INTEGER NOT NULL REFERENCES network (number),"
    " id BLOB NOT NULL CHECK (length(id) = 32), rules TEXT NOT NULL,"
    " PRIMARY KEY (network, id)) STRICT, WITHOUT ROWID;";

bool notices_migrate(struct store *store, struct fault *fault)
{
    return execute(store, make_tables, "bringing it up to date", fault);
}
