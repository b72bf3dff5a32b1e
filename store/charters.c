#include "store/internal.h"

#include "protocol/charter_wire.h"

/* Charters as they were installed, and who is on the last one. */

enum sql { KEEP, LAST, REPLACE, EACH, EACH_LAST, FORGET_AUTHORITIES, ADD_AUTHORITY, QUERIES };

static const char *const sql[QUERIES] = {
    [KEEP] = "INSERT INTO charter (network, bundle, kept_ms) VALUES (?1, ?2, ?3)",
    [LAST] = "SELECT bundle FROM charter WHERE network = ?1 ORDER BY number DESC LIMIT 1",
    [REPLACE] = "UPDATE charter SET bundle = ?2, kept_ms = ?3 WHERE number ="
                " (SELECT max(number) FROM charter WHERE network = ?1)",
    [EACH] = "SELECT bundle FROM charter WHERE network = ?1 ORDER BY number",
    [EACH_LAST] = "SELECT c.network, n.id, c.bundle FROM charter c JOIN network n"
                  " ON n.number = c.network WHERE c.number IN"
                  " (SELECT max(number) FROM charter GROUP BY network)",
    [FORGET_AUTHORITIES] = "DELETE FROM authority",
    [ADD_AUTHORITY] = "INSERT INTO authority (network, id, name, type, nation, region, role,"
                      " status, since_ms, succeeded_by, feeds)"
                      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, 0), ?10, ?11)",
};
const struct wall charters_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_CHARTERS, (int)query);
}

/* --- Who is on it --- */

static const char *const roles[] = {[ROLE_AUTHORITY] = "authority", [ROLE_HUB] = "hub"};
static const char *const statuses[] = {
    [MEMBER_ACTIVE] = "active", [MEMBER_LEFT] = "left", [MEMBER_DISSOLVED] = "dissolved"};

static bool add_authority(struct store *store, int64_t network, const struct member *member,
                          struct fault *fault)
{
    const struct card *card = member->card;
    sqlite3_stmt *query = start(store, ADD_AUTHORITY);

    bind_number(query, 1, network);
    bind_digest(query, 2, &card->authority);
    bind_word(query, 3, card->name);
    bind_word(query, 4, card->type);
    bind_word(query, 5, card->nation);
    bind_word(query, 6, card->region);
    bind_word(query, 7, roles[card->role]);
    bind_word(query, 8, statuses[member->status]);
    bind_number(query, 9, member->since_ms);
    bind_digest(query, 10, member->succeeded ? &member->succeeded_by : NULL);
    bind_number(query, 11, (int64_t)card->feed_count);
    return run(store, query, "deriving from the charter", fault);
}

/* A bundle that brings something invalid as well was taken for what is valid in it. */
static bool add_authorities(struct store *store, int64_t number, const struct digest *network,
                            struct bytes bundle, struct fault *fault)
{
    struct charter *charter = charter_new(network);
    struct fault ignored;
    bool changed, done = true;

    (void)charter_add(charter, bundle, &changed, &ignored);
    for (size_t i = 0; done && i < charter_members(charter); i++)
        done = add_authority(store, number, charter_member_at(charter, i), fault);
    charter_free(charter);
    return done;
}

bool authorities_derive(struct store *store, struct fault *fault)
{
    struct digest network;
    int answer = SQLITE_ROW;

    if (!run(store, start(store, FORGET_AUTHORITIES), "deriving from the charter", fault))
        return false;
    sqlite3_stmt *query = start(store, EACH_LAST);
    while (answer == SQLITE_ROW &&
           (answer = step(store, query, "reading charters", fault)) == SQLITE_ROW) {
        column_digest(query, 1, &network);
        if (!add_authorities(store, sqlite3_column_int64(query, 0), &network,
                             column_bytes(query, 2), fault))
            answer = SQLITE_ERROR;
    }
    finish(query);
    return answer == SQLITE_DONE;
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
    return run(store, query, "keeping a charter", fault) && authorities_derive(store, fault) &&
           index_refresh(store, fault); /* Who succeeded whom may have changed. */
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
