#include "store/internal.h"

#include "protocol/charter.h"

/* Who is on the charters that were kept last. */

enum sql { EACH_LAST, FORGET, ADD, MATCH, COUNT, QUERIES };

static const char *const sql[QUERIES] = {
    [EACH_LAST] = "SELECT c.network, n.id, c.bundle FROM charter c JOIN network n"
                  " ON n.number = c.network WHERE c.number IN"
                  " (SELECT max(number) FROM charter GROUP BY network)",
    [FORGET] = "DELETE FROM authority",
    [ADD] = "INSERT INTO authority (network, id, name, type, nation, region, role,"
            " status, since_ms, succeeded_by, feeds, heir)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, 0), ?10, ?11, ?12)",
    [MATCH] = "SELECT count(*) FROM authority WHERE network = ?1 AND id = ?2 AND name = ?3"
              " AND type = ?4 AND nation = ?5 AND region = ?6 AND role = ?7 AND status = ?8"
              " AND since_ms IS nullif(?9, 0) AND succeeded_by IS ?10 AND feeds = ?11"
              " AND heir = ?12",
    [COUNT] = "SELECT count(*) FROM authority",
};
const struct wall authorities_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_AUTHORITIES, (int)query);
}

static const char *const roles[] = {[ROLE_AUTHORITY] = "authority", [ROLE_HUB] = "hub"};
static const char *const statuses[] = {
    [MEMBER_ACTIVE] = "active", [MEMBER_LEFT] = "left", [MEMBER_DISSOLVED] = "dissolved"};

/* A member as the charter has it, and who is there in its place by now. */
struct listed {
    int64_t network;
    const struct member *member;
    struct digest heir;
};

static sqlite3_stmt *start_member(struct store *store, enum sql what, const struct listed *listed)
{
    const struct member *member = listed->member;
    const struct card *card = member->card;
    sqlite3_stmt *query = start(store, what);

    bind_number(query, 1, listed->network);
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
    bind_digest(query, 12, &listed->heir);
    return query;
}

/* What to do with each of them. */
typedef bool visit_member(struct store *store, const struct listed *listed, void *context,
                          struct fault *fault);

/* A bundle that brings something invalid as well was taken for what is valid in it. */
static bool each_of_bundle(struct store *store, sqlite3_stmt *row, visit_member *visit,
                           void *context, struct fault *fault)
{
    struct digest network;
    struct fault ignored;
    bool changed, done = true;

    column_digest(row, 1, &network);
    struct charter *charter = charter_new(&network);
    (void)charter_add(charter, column_bytes(row, 2), &changed, &ignored);
    for (size_t i = 0; done && i < charter_members(charter); i++) {
        struct listed listed = {.network = sqlite3_column_int64(row, 0),
                                .member = charter_member_at(charter, i)};
        listed.heir = charter_heir(charter, &listed.member->card->authority);
        done = visit(store, &listed, context, fault);
    }
    charter_free(charter);
    return done;
}

static bool each_member(struct store *store, visit_member *visit, void *context,
                        struct fault *fault)
{
    sqlite3_stmt *query = start(store, EACH_LAST);
    int answer = SQLITE_ROW;

    while (answer == SQLITE_ROW &&
           (answer = step(store, query, "reading charters", fault)) == SQLITE_ROW)
        if (!each_of_bundle(store, query, visit, context, fault))
            answer = SQLITE_ERROR;
    finish(query);
    return answer == SQLITE_DONE;
}

static bool add(struct store *store, const struct listed *listed, void *context,
                struct fault *fault)
{
    (void)context;
    return run(store, start_member(store, ADD, listed), "deriving from the charter", fault);
}

bool authorities_derive(struct store *store, struct fault *fault)
{
    return run(store, start(store, FORGET), "deriving from the charter", fault) &&
           each_member(store, add, NULL, fault);
}

/* Count it where it is there as it should be. */
static bool match(struct store *store, const struct listed *listed, void *context,
                  struct fault *fault)
{
    int64_t *counts = context, found = 0;
    bool done =
        run_number(store, start_member(store, MATCH, listed), &found, "reading authorities", fault);

    counts[0]++;
    counts[1] += found;
    return done;
}

bool authorities_match(struct store *store, bool *same, struct fault *fault)
{
    int64_t counts[2] = {0}, all = 0;
    bool done = each_member(store, match, counts, fault) &&
                run_number(store, start(store, COUNT), &all, "reading authorities", fault);

    *same = counts[0] == counts[1] && counts[0] == all;
    return done;
}
