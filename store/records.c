#include "store/internal.h"

#include <ctype.h>
#include <string.h>

/* Records and their bodies. */

enum sql {
    KEEP,
    KEEP_BODY,
    FIND,
    MOVE,
    RESOLVE,
    EACH,
    ABOUT,
    HEAD,
    COUNT,
    COUNT_KIND,
    PAGES,
    QUERIES
};

/* What record_of_row() reads, and then what a visitor is told. */
#define RECORD_COLUMNS "r.header, r.proof, b.salt, b.content"
#define STORED_COLUMNS RECORD_COLUMNS ", r.in_set, r.signer, b.record IS NOT NULL, r.id"

static const char *const sql[QUERIES] = {
    [KEEP] = "INSERT INTO record (network, id, header, proof, in_set, signer, kind, time_ms, topic,"
             " form, author, feed, seq)"
             " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
             " ON CONFLICT DO NOTHING RETURNING number",
    [KEEP_BODY] = "INSERT INTO body (record, salt, content) VALUES (?1, ?2, ?3)",
    [FIND] = "SELECT " RECORD_COLUMNS ", r.number, r.in_set FROM record r"
             " LEFT JOIN body b ON b.record = r.number AND ?3 WHERE r.network = ?1 AND r.id = ?2",
    [MOVE] = "UPDATE record SET in_set = ?2 WHERE number = ?1",
    [RESOLVE] = "SELECT id FROM record WHERE network = ?1 AND id BETWEEN ?2 AND ?3 LIMIT 2",
    /* The bodies' own columns are left in the file where nobody asked for them. */
    [EACH] = "SELECT r.header, r.proof, CASE WHEN ?3 THEN b.salt END,"
             " CASE WHEN ?3 THEN b.content END, r.in_set, r.signer, b.record IS NOT NULL, r.id"
             " FROM record r LEFT JOIN body b ON b.record = r.number"
             " WHERE r.network = ?1 AND r.time_ms >= ?2 ORDER BY r.author, r.feed, r.seq, r.id",
    [ABOUT] = "SELECT " STORED_COLUMNS " FROM reference f JOIN record r ON r.number = f.record"
              " LEFT JOIN body b ON b.record = r.number"
              " WHERE f.target = ?2 AND r.network = ?1 AND r.in_set"
              " GROUP BY r.number ORDER BY r.time_ms, r.id",
    [HEAD] =
        "SELECT seq, id FROM record WHERE network = ?1 AND author = ?2 AND feed = ?3 AND in_set"
        " ORDER BY seq DESC, id LIMIT 1",
    [COUNT] = "SELECT coalesce(sum(in_set), 0), coalesce(sum(NOT in_set), 0),"
              " (SELECT count(*) FROM body),"
              " (SELECT count(*) FROM draft WHERE state NOT IN ('published', 'rejected')),"
              " (SELECT count(*) FROM queue WHERE outcome IS NULL)"
              " FROM record WHERE network = ?1",
    [COUNT_KIND] = "SELECT count(*) FROM record WHERE network = ?1 AND kind = ?2 AND in_set",
    [PAGES] = "SELECT c.page_count * s.page_size FROM pragma_page_count c, pragma_page_size s",
};
const struct wall records_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    sqlite3_stmt *started = statement(store, WALL_RECORDS, (int)query);

    if (query != MOVE && query != KEEP_BODY && query != PAGES)
        bind_number(started, 1, store->network);
    return started;
}

struct record *record_of_row(sqlite3_stmt *query, int at, struct fault *fault)
{
    struct bytes salt_bytes = column_bytes(query, at + 2);
    struct salt salt;
    bool body = salt_bytes.size == sizeof salt.bytes;

    if (body)
        memcpy(salt.bytes, salt_bytes.data, sizeof salt.bytes);
    struct record *record = record_join(column_bytes(query, at), column_bytes(query, at + 1),
                                        body ? &salt : NULL, column_bytes(query, at + 3), fault);
    if (record == NULL)
        fault->kind = FAULT_SELF; /* It was right when it was kept: the damage is ours. */
    return record;
}

/* --- Keeping --- */

static const struct digest *author_id(const struct author *author)
{
    switch (author->form) {
    case AUTHOR_NAMED:
        return &author->feed.authority;
    case AUTHOR_OWNER:
        return &author->record;
    default:
        return NULL;
    }
}

void bind_header(sqlite3_stmt *query, int at, const struct header *header)
{
    const struct author *author = &header->author;
    bool named = author->form == AUTHOR_NAMED;

    bind_text(query, at, header->kind);
    bind_number(query, at + 1, header->time_ms);
    bind_text(query, at + 2, header->topic);
    bind_number(query, at + 3, author->form);
    bind_digest(query, at + 4, author_id(author));
    bind_number(query, at + 5, named ? author->feed.number : 0);
    bind_number(query, at + 6, named ? (int64_t)author->seq : author->n);
}

/* `*number` stays 0 where the record was here already. */
static bool keep_header(struct store *store, const struct record *record, bool in,
                        const struct public_key *signer, int64_t *number, struct fault *fault)
{
    sqlite3_stmt *query = start(store, KEEP);

    bind_digest(query, 2, record_id(record));
    bind_bytes(query, 3, record_header_bytes(record));
    bind_bytes(query, 4, record_proof(record));
    bind_number(query, 5, in);
    if (signer != NULL)
        bind_bytes(query, 6, bytes_of(signer->bytes, sizeof signer->bytes));
    bind_header(query, 7, record_header(record));
    int answer = step(store, query, "keeping a record", fault);
    if (answer == SQLITE_ROW)
        *number = sqlite3_column_int64(query, 0);
    finish(query);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

static bool keep_body(struct store *store, int64_t number, const struct record *record,
                      struct fault *fault)
{
    if (!record_has_body(record))
        return true;
    const struct salt *salt = record_salt(record);
    sqlite3_stmt *query = start(store, KEEP_BODY);
    bind_number(query, 1, number);
    bind_bytes(query, 2, bytes_of(salt->bytes, sizeof salt->bytes));
    bind_bytes(query, 3, record_content(record));
    return run(store, query, "keeping a body", fault);
}

static bool keep(struct store *store, const struct record *record, bool in,
                 const struct public_key *signer, struct fault *fault)
{
    int64_t number = 0;

    if (!keep_header(store, record, in, signer, &number, fault))
        return false;
    if (number == 0)
        return true;
    return keep_body(store, number, record, fault) &&
           (!in || index_add(store, number, record, fault));
}

/* A record of another network never comes this far: record_read() was told which. */
static bool of_this_network(struct store *store, const struct record *record, struct fault *fault)
{
    return need_network(store, fault) &&
           (digest_equal(&record_header(record)->network, &store->network_id) ||
            fault_set(fault, FAULT_SELF, "store %s: a record of another network", store->path));
}

bool store_keep(struct store *store, const struct record *record, bool in,
                const struct public_key *signer, struct fault *fault)
{
    if (!of_this_network(store, record, fault) || !act_begin(store, fault))
        return false;
    return act_end(store, keep(store, record, in, signer, fault), fault);
}

/* --- Finding --- */

static bool absent(struct store *store, const struct digest *id, struct fault *fault)
{
    char hex[2 * 8 + 1];

    hex_of(hex, id->bytes, 8);
    return fault_set(fault, FAULT_ABSENT, "store %s: no record %s...", store->path, hex);
}

struct found {
    struct record *record; /* Freed by the caller. */
    int64_t number;
    bool in;
};

static bool find(struct store *store, const struct digest *id, bool body, struct found *found,
                 struct fault *fault)
{
    sqlite3_stmt *query = start(store, FIND);

    bind_digest(query, 2, id);
    bind_number(query, 3, body);
    int answer = step(store, query, "finding a record", fault);
    if (answer == SQLITE_ROW) {
        found->record = record_of_row(query, 0, fault);
        found->number = sqlite3_column_int64(query, 4);
        found->in = sqlite3_column_int(query, 5) != 0;
        if (found->record == NULL)
            fault_prefix(fault, "store %s: a record is damaged", store->path);
    } else if (answer == SQLITE_DONE)
        absent(store, id, fault);
    finish(query);
    return answer == SQLITE_ROW && found->record != NULL;
}

struct record *store_find(struct store *store, const struct digest *id, bool body,
                          struct fault *fault)
{
    struct found found = {0};

    return find(store, id, body, &found, fault) ? found.record : NULL;
}

/* --- Bodies that come later, and leaving or entering the set --- */

static bool add_body(struct store *store, const struct record *record, struct fault *fault)
{
    struct found found = {0};

    if (!find(store, record_id(record), true, &found, fault))
        return false;
    bool done = record_has_body(found.record) ||
                (keep_body(store, found.number, record, fault) &&
                 (!found.in || index_add_body(store, found.number, record, fault)));
    record_free(found.record);
    return done;
}

bool store_keep_body(struct store *store, const struct record *record, struct fault *fault)
{
    if (!need_network(store, fault) || !act_begin(store, fault))
        return false;
    return act_end(store, add_body(store, record, fault), fault);
}

static bool mark(struct store *store, int64_t number, bool in, struct fault *fault)
{
    sqlite3_stmt *query = start(store, MOVE);

    bind_number(query, 1, number);
    bind_number(query, 2, in);
    return run(store, query, "moving a record", fault);
}

static bool move(struct store *store, const struct digest *id, bool in, struct fault *fault)
{
    struct found found = {0};

    if (!find(store, id, true, &found, fault))
        return false;
    bool done = found.in == in ||
                (mark(store, found.number, in, fault) &&
                 (in ? index_add : index_remove)(store, found.number, found.record, fault));
    record_free(found.record);
    return done;
}

bool store_move(struct store *store, const struct digest *id, bool in, struct fault *fault)
{
    if (!need_network(store, fault) || !act_begin_removing(store, fault))
        return false;
    return act_end(store, move(store, id, in, fault), fault);
}

/* --- Resolving a prefix --- */

/* The least and the highest id that begin with these digits. */
static bool prefix_range(const char *prefix, struct digest *least, struct digest *highest)
{
    char low[2 * DIGEST_SIZE + 1], high[2 * DIGEST_SIZE + 1];
    size_t size = strlen(prefix);

    if (size < 6 || size > 2 * DIGEST_SIZE)
        return false;
    memset(low, '0', sizeof low - 1);
    memset(high, 'f', sizeof high - 1);
    low[sizeof low - 1] = high[sizeof high - 1] = 0;
    for (size_t i = 0; i < size; i++)
        low[i] = high[i] = (char)tolower((unsigned char)prefix[i]);
    return hex_read(least->bytes, DIGEST_SIZE, low) && hex_read(highest->bytes, DIGEST_SIZE, high);
}

bool store_resolve(struct store *store, const char *prefix, struct digest *id, struct fault *fault)
{
    struct digest least, highest;

    if (!prefix_range(prefix, &least, &highest))
        return fault_set(fault, FAULT_INPUT,
                         "\"%s\" is not the beginning of an id: give at least 6 of its digits 0-9 "
                         "and a-f",
                         prefix);
    sqlite3_stmt *query = start(store, RESOLVE);
    bind_digest(query, 2, &least);
    bind_digest(query, 3, &highest);
    int answer = step(store, query, "finding a record", fault);
    bool one = answer == SQLITE_ROW && column_digest(query, 0, id);
    if (answer == SQLITE_DONE)
        fault_set(fault, FAULT_ABSENT, "store %s: no record's id begins with %s", store->path,
                  prefix);
    if (one && step(store, query, "finding a record", fault) == SQLITE_ROW)
        one = fault_set(fault, FAULT_INPUT, "%s begins more than one id: give more digits", prefix);
    finish(query);
    return one;
}

/* --- Visiting --- */

static bool visit_row(struct store *store, sqlite3_stmt *query, store_visit *visit, void *context,
                      struct fault *fault)
{
    struct bytes signer = column_bytes(query, 5);
    struct stored stored = {
        .record = record_of_row(query, 0, fault),
        .in = sqlite3_column_int(query, 4) != 0,
        .has_signer = signer.size == sizeof stored.signer.bytes,
        .body_here = sqlite3_column_int(query, 6) != 0,
    };

    if (stored.record == NULL) {
        char hex[2 * DIGEST_SIZE + 1] = "";
        struct bytes id = column_bytes(query, 7);
        if (id.size == DIGEST_SIZE)
            hex_of(hex, id.data, id.size);
        return fault_prefix(fault, "store %s: record %s is damaged: candour verify tells more",
                            store->path, hex);
    }
    if (stored.has_signer)
        memcpy(stored.signer.bytes, signer.data, signer.size);
    bool on = visit(context, &stored, fault);
    record_free(stored.record);
    return on;
}

static bool visit_rows(struct store *store, sqlite3_stmt *query, store_visit *visit, void *context,
                       struct fault *fault)
{
    int answer;
    bool on = true;

    while (on && (answer = step(store, query, "reading records", fault)) == SQLITE_ROW)
        on = visit_row(store, query, visit, context, fault);
    finish(query);
    return on && answer == SQLITE_DONE;
}

bool store_each(struct store *store, bool bodies, int64_t since_ms, store_visit *visit,
                void *context, struct fault *fault)
{
    sqlite3_stmt *query = start(store, EACH);

    bind_number(query, 2, since_ms);
    bind_number(query, 3, bodies);
    return visit_rows(store, query, visit, context, fault);
}

bool store_each_about(struct store *store, const struct digest *id, store_visit *visit,
                      void *context, struct fault *fault)
{
    sqlite3_stmt *query = start(store, ABOUT);

    bind_digest(query, 2, id);
    return visit_rows(store, query, visit, context, fault);
}

/* --- Counting --- */

static bool count_kinds(struct store *store, struct store_counts *counts, struct fault *fault)
{
    const struct {
        const char *kind;
        uint64_t *count;
    } kinds[] = {
        {"lesson", &counts->lessons},
        {"update", &counts->updates},
        {"indicator", &counts->indicators},
        {"snapshot", &counts->snapshots},
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        sqlite3_stmt *query = start(store, COUNT_KIND);
        int64_t count = 0;
        bind_word(query, 2, kinds[i].kind);
        if (!run_number(store, query, &count, "counting", fault))
            return false;
        *kinds[i].count = (uint64_t)count;
    }
    return true;
}

bool store_feed_head(struct store *store, const struct feed *feed, uint64_t *seq, struct digest *id,
                     struct fault *fault)
{
    sqlite3_stmt *query = start(store, HEAD);

    *seq = 0;
    *id = (struct digest){{0}};
    bind_digest(query, 2, &feed->authority);
    bind_number(query, 3, feed->number);
    int answer = step(store, query, "finding the end of a feed", fault);
    if (answer == SQLITE_ROW) {
        *seq = (uint64_t)sqlite3_column_int64(query, 0);
        column_digest(query, 1, id);
    }
    finish(query);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

bool store_count(struct store *store, struct store_counts *counts, struct fault *fault)
{
    sqlite3_stmt *query = start(store, COUNT);
    uint64_t *const columns[] = {&counts->records, &counts->aside, &counts->bodies, &counts->drafts,
                                 &counts->queued};
    int64_t bytes = 0;

    *counts = (struct store_counts){0};
    bool done = step(store, query, "counting", fault) == SQLITE_ROW;
    for (int i = 0; done && i < 5; i++)
        *columns[i] = (uint64_t)sqlite3_column_int64(query, i);
    finish(query);
    done = done && count_kinds(store, counts, fault) &&
           run_number(store, start(store, PAGES), &bytes, "counting", fault);
    counts->bytes = (uint64_t)bytes;
    return done;
}
