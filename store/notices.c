#include "store/internal.h"

#include <assert.h>

/* What should not have been published: of own records what was found in them, here or elsewhere; of
 * others' whether their authors were told. Nothing of any text. */

enum sql { KNOWN, OF_RECORD, OF_SENDER, KEEP, TELL, DISMISS, DISMISSED, QUERIES };

static const char *const sql[QUERIES] = {
    [KNOWN] = "SELECT count(*) FROM notice"
              " WHERE network = ?1 AND id = ?2 AND field = ?3 AND class = ?4",
    [OF_RECORD] = "SELECT count(*) FROM notice"
                  " WHERE network = ?1 AND id = ?2 AND authority = ?3 AND NOT dismissed",
    [OF_SENDER] = "SELECT count(*) FROM notice n WHERE network = ?1 AND authority = ?2"
                  " AND NOT dismissed AND NOT EXISTS (SELECT 1 FROM erased WHERE id = n.id)",
    [KEEP] = "INSERT INTO notice (network, id, field, class, rules, authority, came_ms)"
             " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
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

/* --- What is said of own texts --- */

static const char keeping_one[] = "keeping a notice";

/* Who said so first is remembered, and what a person has dismissed is known too. */
static bool is_known(struct store *store, const struct notice *notice, bool *known,
                     struct fault *fault)
{
    sqlite3_stmt *query = start(store, KNOWN);
    int64_t count = 0;

    bind_digest(query, 2, &notice->id);
    bind_text(query, 3, notice->field);
    bind_text(query, 4, notice->class);
    bool done = run_number(store, query, &count, keeping_one, fault);
    *known = count > 0;
    return done;
}

static bool count_of_record(struct store *store, const struct digest *id,
                            const struct digest *authority, int64_t *count, struct fault *fault)
{
    sqlite3_stmt *query = start(store, OF_RECORD);

    bind_digest(query, 2, id);
    bind_digest(query, 3, authority);
    return run_number(store, query, count, keeping_one, fault);
}

static bool count_of_sender(struct store *store, const struct digest *authority, int64_t *count,
                            struct fault *fault)
{
    sqlite3_stmt *query = start(store, OF_SENDER);

    bind_digest(query, 2, authority);
    return run_number(store, query, count, keeping_one, fault);
}

static bool insert(struct store *store, const struct notices_said *said,
                   const struct notice *notice, struct fault *fault)
{
    sqlite3_stmt *query = start(store, KEEP);

    bind_digest(query, 2, &notice->id);
    bind_text(query, 3, notice->field);
    bind_text(query, 4, notice->class);
    bind_text(query, 5, said->rules);
    bind_digest(query, 6, said->authority);
    bind_number(query, 7, said->now_ms);
    return run(store, query, keeping_one, fault);
}

/* `*of_sender` counts on. */
static bool keep(struct store *store, const struct notices_said *said, const struct notice *notice,
                 int64_t *of_sender, bool *kept, struct fault *fault)
{
    int64_t of_record = 0;

    if (!is_known(store, notice, kept, fault))
        return false;
    if (*kept || *of_sender >= NOTICES_OF_SENDER)
        return true;
    if (!count_of_record(store, &notice->id, said->authority, &of_record, fault))
        return false;
    if (of_record >= NOTICES_OF_RECORD)
        return true;
    *kept = true;
    ++*of_sender;
    return insert(store, said, notice, fault);
}

static void note(struct digest known[NOTICES_MAX], size_t *count, const struct digest *id)
{
    for (size_t i = 0; i < *count; i++)
        if (digest_equal(&known[i], id))
            return;
    known[(*count)++] = *id;
}

static bool keep_all(struct store *store, const struct notices_said *said,
                     struct digest known[NOTICES_MAX], size_t *known_count, struct fault *fault)
{
    int64_t of_sender = 0;
    bool kept, done = count_of_sender(store, said->authority, &of_sender, fault);

    for (size_t i = 0; done && i < said->count; i++) {
        done = keep(store, said, &said->notices[i], &of_sender, &kept, fault);
        if (done && kept)
            note(known, known_count, &said->notices[i].id);
    }
    return done;
}

bool store_keep_notices(struct store *store, const struct notices_said *said,
                        struct digest known[NOTICES_MAX], size_t *known_count, struct fault *fault)
{
    assert(said->count <= NOTICES_MAX);
    *known_count = 0;
    if (!need_network(store, fault) || !act_begin(store, fault))
        return false;
    return act_end(store, keep_all(store, said, known, known_count, fault), fault);
}

/* --- What was said of others' --- */

bool store_told(struct store *store, struct bytes rules, const struct digest *ids, size_t count,
                struct fault *fault)
{
    bool done = need_network(store, fault) && act_begin(store, fault);

    if (!done)
        return false;
    for (size_t i = 0; done && i < count; i++) {
        sqlite3_stmt *query = start(store, TELL);
        bind_digest(query, 2, &ids[i]);
        bind_text(query, 3, rules);
        done = run(store, query, "noting who was told", fault);
    }
    return act_end(store, done, fault);
}

/* --- A person has looked --- */

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
