#include "store/internal.h"

#include "protocol/charter_wire.h"

/* Charters as they were installed. */

enum sql { KEEP, LAST, REPLACE, EACH, QUERIES };

static const char *const sql[QUERIES] = {
    [KEEP] = "INSERT INTO charter (network, bundle, kept_ms) VALUES (?1, ?2, ?3)",
    [LAST] = "SELECT bundle FROM charter WHERE network = ?1 ORDER BY number DESC LIMIT 1",
    [REPLACE] = "UPDATE charter SET bundle = ?2, kept_ms = ?3 WHERE number ="
                " (SELECT max(number) FROM charter WHERE network = ?1)",
    [EACH] = "SELECT bundle FROM charter WHERE network = ?1 ORDER BY number",
};
const struct wall charters_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_CHARTERS, (int)query);
}

/* --- Keeping --- */

enum likeness { OTHER, SAME_ROSTERS, SAME };

/* A charter goes on from the one before. With the same rosters it has all that was in that one and
 * is worth keeping. */
static bool have_same_rosters(struct bytes before, struct bytes after)
{
    struct bundle old = {0}, new = {0};
    struct fault ignored;
    bool same = bundle_read(&old, before, &ignored) && bundle_read(&new, after, &ignored) &&
                old.roster_count == new.roster_count;

    for (size_t i = 0; same && i < old.roster_count; i++)
        same = digest_equal(&old.rosters[i]->digest, &new.rosters[i]->digest);
    bundle_release(&old);
    bundle_release(&new);
    return same;
}

/* How like the bundle that stands is this one? */
static bool compare(struct store *store, struct bytes bundle, enum likeness *like,
                    struct fault *fault)
{
    sqlite3_stmt *query = start(store, LAST);

    *like = OTHER;
    bind_number(query, 1, store->network);
    int answer = step(store, query, "reading charters", fault);
    if (answer == SQLITE_ROW && bytes_equal(column_bytes(query, 0), bundle))
        *like = SAME;
    else if (answer == SQLITE_ROW && have_same_rosters(column_bytes(query, 0), bundle))
        *like = SAME_ROSTERS;
    finish(query);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

static bool keep(struct store *store, struct bytes bundle, int64_t now_ms, struct fault *fault)
{
    enum likeness like;

    if (!compare(store, bundle, &like, fault))
        return false;
    if (like == SAME)
        return true;
    sqlite3_stmt *query = start(store, like == SAME_ROSTERS ? REPLACE : KEEP);
    bind_number(query, 1, store->network);
    bind_bytes(query, 2, bundle);
    bind_number(query, 3, now_ms);
    int64_t place;
    return run(store, query, "keeping a charter", fault) && change_note(store, 0, &place, fault);
}

bool store_keep_charter(struct store *store, struct bytes bundle, int64_t now_ms,
                        struct fault *fault)
{
    if (!need_network(store, fault) || !act_begin(store, fault))
        return false;
    return act_end(store, keep(store, bundle, now_ms, fault), fault);
}

bool store_each_charter(struct store *store, store_visit_bytes *visit, void *context,
                        struct fault *fault)
{
    sqlite3_stmt *query = start(store, EACH);
    int answer;
    bool on = true;

    bind_number(query, 1, store->network);
    while (on && (answer = step(store, query, "reading charters", fault)) == SQLITE_ROW)
        on = visit(context, column_bytes(query, 0), fault);
    finish(query);
    return on && answer == SQLITE_DONE;
}

static bool add(void *context, struct bytes bundle, struct fault *fault)
{
    bool changed;

    return charter_add(context, bundle, &changed, fault);
}

struct charter *store_charter(struct store *store, struct fault *fault)
{
    struct digest network;

    if (!store_network(store, &network)) {
        fault_set(fault, FAULT_ABSENT, "this home has joined no network yet: candour join FILE");
        return NULL;
    }
    struct charter *charter = charter_new(&network);
    if (store_each_charter(store, add, charter, fault))
        return charter;
    charter_free(charter);
    return NULL;
}
