#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

/* Reading facts: one record where it stands, and all of them in the order of their feeds. */

enum sql { BEGIN, END, READ, HEAD, SKELETONS, EACH, EACH_OF, QUERIES };

static const char *const sql[QUERIES] = {
    [BEGIN] = "BEGIN",
    [END] = "COMMIT",
    [READ] = "SELECT " RECORD_COLUMNS " FROM record r JOIN wire w ON w.number = r.number"
             " LEFT JOIN wire b ON b.number = r.body AND r.text = 0 AND ?4"
             " WHERE r.feed = ?1 AND r.seq = ?2 AND r.id = ?3",
    [HEAD] = "SELECT seq, id FROM record WHERE feed = ?1 AND in_set ORDER BY seq DESC, id LIMIT 1",
    /* Header and proof are left in the file where nobody needs them. */
    [SKELETONS] = "SELECT r.id, f.authority, f.feed, r.seq, r.prev, r.size, r.in_set, r.text,"
                  " k.key, w.header, w.proof FROM record r"
                  " CROSS JOIN feed f ON f.number = r.feed"
                  " LEFT JOIN wire w ON w.number = r.number"
                  " AND (r.whole OR NOT r.in_set)" JOIN_SIGNER
                  " WHERE f.network = ?1 ORDER BY r.feed, r.seq, r.id",
    [EACH] = "SELECT w.header, w.proof, CASE WHEN ?2 THEN b.salt END,"
             " CASE WHEN ?2 THEN b.content END, r.in_set, r.text, k.key, r.id"
             " FROM record r CROSS JOIN feed f ON f.number = r.feed"
             " JOIN wire w ON w.number = r.number" JOIN_BODY JOIN_SIGNER
             " WHERE f.network = ?1 AND (r.feed, r.seq, r.id) > (?3, ?4, ?5)"
             " AND (NOT ?6 OR r.body = 0 AND r.text <> 2)"
             " ORDER BY r.feed, r.seq, r.id",
    [EACH_OF] = "SELECT w.header, w.proof, b.salt, b.content, r.in_set, r.text, k.key, r.id"
                " FROM feed f CROSS JOIN record r ON r.feed = f.number"
                " JOIN wire w ON w.number = r.number" JOIN_BODY JOIN_SIGNER
                " WHERE f.authority = ?1 ORDER BY f.network, f.feed, r.seq, r.id",
};
const struct wall reading_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_READING, (int)query);
}

bool is_absent(struct store *store, const struct digest *id, struct fault *fault)
{
    char hex[2 * 8 + 1];

    hex_of(hex, id->bytes, 8);
    return fault_set(fault, FAULT_ABSENT, "store %s: no record %s...", store->path, hex);
}

/* The salt of the body in this column; NULL where the body is not here. */
static const struct salt *column_salt(sqlite3_stmt *query, int at, struct salt *salt)
{
    struct bytes bytes = column_bytes(query, at);

    if (bytes.size != sizeof salt->bytes)
        return NULL;
    memcpy(salt->bytes, bytes.data, bytes.size);
    return salt;
}

/* `kept`: the id that it is kept under, and nothing is hashed (record_join_kept()); NULL: all is
 * checked. */
static struct record *join_row(sqlite3_stmt *query, int at, const struct digest *kept,
                               struct fault *fault)
{
    struct bytes header = column_bytes(query, at), proof = column_bytes(query, at + 1);
    struct bytes packed = column_bytes(query, at + 3);
    struct salt room;
    const struct salt *salt = column_salt(query, at + 2, &room);
    struct record *record = kept == NULL
                                ? record_join(header, proof, salt, packed, fault)
                                : record_join_kept(kept, header, proof, salt, packed, fault);

    if (record == NULL)
        fault->kind = FAULT_SELF; /* It was right when it was kept: the damage is ours. */
    return record;
}

struct record *record_of_row(sqlite3_stmt *query, int at, struct fault *fault)
{
    return join_row(query, at, NULL, fault);
}

/* --- One --- */

/* The feed's number; false with FAULT_ABSENT where no record of it is here. */
static bool feed_there(struct store *store, const struct entry *entry, int64_t *feed,
                       struct fault *fault)
{
    return feed_number(store, store->network, &entry->feed, NUMBER_FIND, feed, fault) &&
           (*feed != 0 || is_absent(store, &entry->id, fault));
}

static struct record *read_one(struct store *store, const struct entry *entry, bool body,
                               const struct digest *kept, struct fault *fault)
{
    struct record *record = NULL;
    int64_t feed;

    if (!pending_put(store, fault) || !feed_there(store, entry, &feed, fault))
        return NULL;
    sqlite3_stmt *query = start(store, READ);
    bind_number(query, 1, feed);
    bind_number(query, 2, (int64_t)entry->seq);
    bind_digest(query, 3, &entry->id);
    bind_number(query, 4, body);
    int answer = step(store, query, "reading a record", fault);
    if (answer == SQLITE_ROW && (record = join_row(query, 0, kept, fault)) == NULL)
        fault_prefix(fault, "store %s: a record is damaged", store->path);
    else if (answer == SQLITE_DONE)
        is_absent(store, &entry->id, fault);
    finish(query);
    return record;
}

struct record *store_read(struct store *store, const struct entry *entry, bool body,
                          struct fault *fault)
{
    return read_one(store, entry, body, NULL, fault);
}

struct record *store_read_unchecked(struct store *store, const struct entry *entry, bool body,
                                    struct fault *fault)
{
    return read_one(store, entry, body, &entry->id, fault);
}

bool store_begin_reading(struct store *store, struct fault *fault)
{
    return run(store, start(store, BEGIN), "beginning to read", fault);
}

void store_end_reading(struct store *store)
{
    struct fault ignored;

    run(store, start(store, END), "ending to read", &ignored);
}

bool store_feed_head(struct store *store, const struct feed *feed, uint64_t *seq, struct digest *id,
                     struct fault *fault)
{
    int64_t number;

    *seq = 0;
    *id = (struct digest){{0}};
    if (!pending_put(store, fault) ||
        !feed_number(store, store->network, feed, NUMBER_FIND, &number, fault))
        return false;
    sqlite3_stmt *query = start(store, HEAD);
    bind_number(query, 1, number);
    int answer = step(store, query, "finding the end of a feed", fault);
    if (answer == SQLITE_ROW) {
        *seq = (uint64_t)sqlite3_column_int64(query, 0);
        column_digest(query, 1, id);
    }
    finish(query);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

/* --- Skeletons --- */

static bool damaged_row(struct store *store, sqlite3_stmt *query, int id_at, struct fault *fault)
{
    char hex[2 * DIGEST_SIZE + 1] = "";
    struct bytes id = column_bytes(query, id_at);

    if (id.size == DIGEST_SIZE)
        hex_of(hex, id.data, id.size);
    return fault_prefix(fault, "store %s: record %s is damaged: candour verify tells more",
                        store->path, hex);
}

static bool signer_read(sqlite3_stmt *query, int at, struct public_key *signer)
{
    struct bytes key = column_bytes(query, at);

    if (key.size != sizeof signer->bytes)
        return false;
    memcpy(signer->bytes, key.data, key.size);
    return true;
}

static bool visit_skeleton(struct store *store, sqlite3_stmt *query, store_visit_skeleton *visit,
                           void *context, struct fault *fault)
{
    struct skeleton skeleton = {
        .seq = (uint64_t)sqlite3_column_int64(query, 3),
        .size = (uint32_t)sqlite3_column_int64(query, 5),
        .in = sqlite3_column_int(query, 6) != 0,
        .text = (enum text_standing)sqlite3_column_int(query, 7),
    };

    column_digest(query, 0, &skeleton.id);
    column_digest(query, 1, &skeleton.feed.authority);
    skeleton.feed.number = (uint32_t)sqlite3_column_int64(query, 2);
    skeleton.named = skeleton.feed.number != 0;
    column_digest(query, 4, &skeleton.prev);
    skeleton.has_signer = signer_read(query, 8, &skeleton.signer);
    if (sqlite3_column_type(query, 9) != SQLITE_NULL &&
        (skeleton.record = record_join(column_bytes(query, 9), column_bytes(query, 10), NULL,
                                       (struct bytes){0}, fault)) == NULL) {
        fault->kind = FAULT_SELF;
        return damaged_row(store, query, 0, fault);
    }
    bool on = visit(context, &skeleton, fault);
    record_free(skeleton.record);
    return on;
}

bool store_each_skeleton(struct store *store, store_visit_skeleton *visit, void *context,
                         struct fault *fault)
{
    sqlite3_stmt *query = start(store, SKELETONS);
    int answer;
    bool on = pending_put(store, fault);

    bind_number(query, 1, store->network);
    while (on && (answer = step(store, query, "reading records", fault)) == SQLITE_ROW)
        on = visit_skeleton(store, query, visit, context, fault);
    finish(query);
    return on && answer == SQLITE_DONE;
}

/* --- Visiting --- */

static bool visit_row(struct store *store, sqlite3_stmt *query, store_visit *visit, void *context,
                      struct fault *fault)
{
    struct stored stored = {
        .record = record_of_row(query, 0, fault),
        .in = sqlite3_column_int(query, 4) != 0,
        .text = (enum text_standing)sqlite3_column_int(query, 5),
    };

    if (stored.record == NULL)
        return damaged_row(store, query, 7, fault);
    stored.has_signer = signer_read(query, 6, &stored.signer);
    bool on = visit(context, &stored, fault);
    record_free(stored.record);
    return on;
}

bool visit_rows(struct store *store, sqlite3_stmt *query, store_visit *visit, void *context,
                struct fault *fault)
{
    int answer;
    bool on = true;

    while (on && (answer = step(store, query, "reading records", fault)) == SQLITE_ROW)
        on = visit_row(store, query, visit, context, fault);
    finish(query);
    return on && answer == SQLITE_DONE;
}

/* --- Those that were selected --- */

/* Is the row's record among those? What is damaged is, so that it is told. */
static bool is_selected(sqlite3_stmt *query, const struct selection *selection)
{
    struct fault ignored;

    if (selection->since_ms <= 0)
        return true;
    struct record *record = record_join(column_bytes(query, 0), column_bytes(query, 1), NULL,
                                        (struct bytes){0}, &ignored);
    if (record == NULL)
        return true;
    bool selected = record_header(record)->time_ms >= selection->since_ms;
    record_free(record);
    return selected;
}

static bool start_each(struct store *store, bool bodies, const struct selection *selection,
                       sqlite3_stmt **query, struct fault *fault)
{
    static const struct entry first;
    const struct entry *after = selection->after == NULL ? &first : selection->after;
    int64_t feed = 0;

    if (selection->after != NULL && !feed_there(store, after, &feed, fault))
        return false;
    *query = start(store, EACH);
    bind_number(*query, 1, store->network);
    bind_number(*query, 2, bodies);
    bind_number(*query, 3, feed);
    bind_number(*query, 4, (int64_t)after->seq);
    bind_digest(*query, 5, &after->id);
    bind_number(*query, 6, selection->bodiless);
    return true;
}

bool store_each(struct store *store, bool bodies, const struct selection *selection,
                store_visit *visit, void *context, struct fault *fault)
{
    static const struct selection all;
    sqlite3_stmt *query;
    int answer;
    bool on = true;

    if (selection == NULL)
        selection = &all;
    if (!pending_put(store, fault) || !start_each(store, bodies, selection, &query, fault))
        return false;
    while (on && (answer = step(store, query, "reading records", fault)) == SQLITE_ROW)
        on = !is_selected(query, selection) || visit_row(store, query, visit, context, fault);
    finish(query);
    return on && answer == SQLITE_DONE;
}

bool store_each_of(struct store *store, const struct digest *authority, store_visit *visit,
                   void *context, struct fault *fault)
{
    if (!pending_put(store, fault))
        return false;
    sqlite3_stmt *query = start(store, EACH_OF);
    bind_digest(query, 1, authority);
    return visit_rows(store, query, visit, context, fault);
}
