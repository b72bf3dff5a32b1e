#include "store/internal.h"

#include <stdio.h>
#include <string.h>

/* Whom this node dials, as a person chose. */

enum sql { FORGET, PUT, EACH, QUERIES };

static const char *const sql[QUERIES] = {
    [FORGET] = "DELETE FROM peer WHERE network = ?1",
    [PUT] = "INSERT INTO peer (network, place, authority, endpoint) VALUES (?1, ?2, ?3, ?4)",
    [EACH] = "SELECT authority, endpoint FROM peer WHERE network = ?1 ORDER BY place LIMIT ?2",
};
const struct wall peers_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    sqlite3_stmt *started = statement(store, WALL_PEERS, (int)query);

    bind_number(started, 1, store->network);
    return started;
}

static bool put(struct store *store, const struct chosen_peer *peers, size_t count,
                struct fault *fault)
{
    bool done = run(store, start(store, FORGET), "forgetting peers", fault);

    store->tally.generation++;
    for (size_t i = 0; done && i < count; i++) {
        sqlite3_stmt *query = start(store, PUT);
        bind_number(query, 2, (int64_t)i);
        bind_digest(query, 3, &peers[i].authority);
        bind_word(query, 4, peers[i].endpoint);
        done = run(store, query, "keeping a peer", fault);
    }
    return done;
}

bool store_put_peers(struct store *store, const struct chosen_peer *peers, size_t count,
                     struct fault *fault)
{
    if (!need_network(store, fault) || !act_begin(store, fault))
        return false;
    return act_end(store, put(store, peers, count, fault), fault);
}

bool store_get_peers(struct store *store, struct chosen_peer *peers, size_t most, size_t *count,
                     struct fault *fault)
{
    sqlite3_stmt *query = start(store, EACH);
    int answer;

    *count = 0;
    bind_number(query, 2, (int64_t)most);
    while ((answer = step(store, query, "reading peers", fault)) == SQLITE_ROW) {
        struct chosen_peer *peer = &peers[*count];
        if (!column_digest(query, 0, &peer->authority))
            continue;
        snprintf(peer->endpoint, sizeof peer->endpoint, "%s", column_word(query, 1));
        ++*count;
    }
    finish(query);
    return answer == SQLITE_DONE;
}

/* --- From schema 1 --- */

static const char make_table[] =
    "CREATE TABLE peer (network INTEGER NOT NULL REFERENCES network (number),"
    " place INTEGER NOT NULL, authority BLOB NOT NULL CHECK (length(authority) = 32),"
    " endpoint TEXT NOT NULL, PRIMARY KEY (network, place)) STRICT, WITHOUT ROWID";
static const char read_value[] = "SELECT value FROM value WHERE name = 'peers'";
static const char put_line[] = "INSERT INTO peer (network, place, authority, endpoint)"
                               " SELECT number, ?1, ?2, ?3 FROM network WHERE current";
static const char forget_value[] = "DELETE FROM value WHERE name = 'peers'";

/* Each line: the authority in hex, a space, an endpoint or nothing. */
static bool put_lines(struct store *store, sqlite3_stmt *put, char *lines, struct fault *fault)
{
    char *rest = NULL;
    int place = 0;

    for (char *line = strtok_r(lines, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        struct digest authority;
        char *space = strchr(line, ' ');
        if (space == NULL)
            continue;
        *space = '\0';
        if (!hex_read(authority.bytes, sizeof authority.bytes, line))
            continue;
        bind_number(put, 1, place++);
        bind_digest(put, 2, &authority);
        bind_word(put, 3, space + 1);
        if (!run(store, put, "bringing it up to date", fault))
            return false;
    }
    return true;
}

bool peers_migrate(struct store *store, struct fault *fault)
{
    struct buffer lines = {0};
    sqlite3_stmt *read = NULL, *put = NULL;

    if (!execute(store, make_table, "bringing it up to date", fault))
        return false;
    bool done = sqlite3_prepare_v2(store->db, read_value, -1, &read, NULL) == SQLITE_OK &&
                sqlite3_prepare_v2(store->db, put_line, -1, &put, NULL) == SQLITE_OK;
    if (done && sqlite3_step(read) == SQLITE_ROW)
        buffer_append(&lines, column_bytes(read, 0));
    sqlite3_finalize(read);
    if (!done)
        store_fault(store, "bringing it up to date", fault);
    else
        done = lines.size == 0 || put_lines(store, put, (char *)buffer_text(&lines), fault);
    sqlite3_finalize(put);
    buffer_release(&lines);
    return done && execute(store, forget_value, "bringing it up to date", fault);
}
