#include "store/internal.h"

#include <stdio.h>
#include <string.h>

/* Reading everything again.
 *
 * Derived rows are compared with those that a scratch store in memory derives from the same record:
 * what is right is said by the code that made them, once. */

enum sql {
    INTEGRITY,
    FOREIGN_KEYS,
    EACH,
    COLUMNS,
    CHAIN,
    STALE,
    ORPHANS,
    LAST_CHARTERS,
    SCRATCH_NETWORK,
    SCRATCH_CHARTER,
    AUTHORITIES,
    TEXT_CHECK,
    ROWS_FIRST,
    ROWS_REFERENCE = ROWS_FIRST,
    ROWS_WORD,
    ROWS_LESSON,
    ROWS_LESSON_TEXT,
    ROWS_UPDATE,
    ROWS_INDICATOR,
    ROWS_SNAPSHOT,
    ROWS_SNAPSHOT_ROW,
    ROWS_PROFILE,
    ROWS_PROFILE_ROW,
    QUERIES
};

static const char *const sql[QUERIES] = {
    [INTEGRITY] = "PRAGMA integrity_check (64)",
    [FOREIGN_KEYS] = "SELECT \"table\", coalesce(rowid, 0), parent FROM pragma_foreign_key_check",
    [EACH] = "SELECT r.header, r.proof, b.salt, b.content, r.in_set, r.signer,"
             " b.record IS NOT NULL, r.id, r.number FROM record r"
             " LEFT JOIN body b ON b.record = r.number ORDER BY r.number",
    [COLUMNS] = "SELECT count(*) FROM record r JOIN network n ON n.number = r.network"
                " WHERE r.number = ?1 AND r.id = ?2 AND n.id = ?3 AND r.kind = ?4"
                " AND r.time_ms = ?5 AND r.topic = ?6 AND r.form = ?7 AND r.author IS ?8"
                " AND r.feed = ?9 AND r.seq = ?10",
    [CHAIN] = "SELECT count(*) FROM record r JOIN record p ON p.network = r.network AND p.id = ?2"
              " WHERE r.number = ?1 AND p.in_set AND p.form = 0 AND p.author = r.author"
              " AND p.feed = r.feed AND p.seq = r.seq - 1",
    [STALE] = "SELECT (SELECT id FROM record WHERE number = lesson.record) FROM lesson"
              " WHERE outcome_now IS NOT " LATEST_UPDATE(
                  "u.outcome") " OR stage_now IS NOT " LATEST_UPDATE("u.stage"),
    [ORPHANS] = "SELECT count(*) FROM lesson_text_docsize d LEFT JOIN lesson l ON l.record = d.id"
                " WHERE l.record IS NULL",
    [LAST_CHARTERS] = "SELECT n.number, n.id, c.bundle FROM network n JOIN charter c"
                      " ON c.network = n.number WHERE c.number IN"
                      " (SELECT max(number) FROM charter GROUP BY network)",
    [SCRATCH_NETWORK] = "INSERT INTO network (number, id, current) VALUES (?1, ?2, 0)",
    [SCRATCH_CHARTER] = "INSERT INTO charter (network, bundle, kept_ms) VALUES (?1, ?2, 0)",
    [AUTHORITIES] = "SELECT * FROM authority ORDER BY network, id",
    /* Compares every token with the text it is of (rank 1: external content as well). */
    [TEXT_CHECK] = "INSERT INTO lesson_text (lesson_text, rank) VALUES ('integrity-check', 1)",
    [ROWS_REFERENCE] = "SELECT * FROM reference WHERE record = ?1 ORDER BY relation, target",
    [ROWS_WORD] = "SELECT * FROM record_word WHERE record = ?1 ORDER BY field, word",
    [ROWS_LESSON] = "SELECT record, outcome, stage FROM lesson WHERE record = ?1",
    [ROWS_LESSON_TEXT] = "SELECT sz FROM lesson_text_docsize WHERE id = ?1",
    [ROWS_UPDATE] = "SELECT * FROM update_of WHERE record = ?1 ORDER BY about",
    [ROWS_INDICATOR] = "SELECT * FROM indicator WHERE record = ?1",
    [ROWS_SNAPSHOT] = "SELECT * FROM snapshot WHERE record = ?1",
    [ROWS_SNAPSHOT_ROW] = "SELECT * FROM snapshot_row WHERE record = ?1 ORDER BY place",
    [ROWS_PROFILE] = "SELECT * FROM profile WHERE record = ?1",
    [ROWS_PROFILE_ROW] = "SELECT * FROM profile_row WHERE record = ?1 ORDER BY place",
};
const struct wall verify_wall = {sql, QUERIES};

static const char *const row_names[QUERIES] = {
    [ROWS_REFERENCE] = "references", [ROWS_WORD] = "words",
    [ROWS_LESSON] = "lesson",        [ROWS_LESSON_TEXT] = "search index",
    [ROWS_UPDATE] = "update",        [ROWS_INDICATOR] = "indicator",
    [ROWS_SNAPSHOT] = "snapshot",    [ROWS_SNAPSHOT_ROW] = "snapshot's values",
    [ROWS_PROFILE] = "profile",      [ROWS_PROFILE_ROW] = "profile's figures",
};

struct verifier {
    struct store *store, *scratch;
    struct store_check *check;
    store_visit *visit;
    void *context;
    struct fault *fault;
};

static const char doing[] = "verifying";

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_VERIFY, (int)query);
}

void store_check_add(struct store_check *check, const struct digest *id, const char *text)
{
    size_t room = sizeof check->bad / sizeof *check->bad;

    if (check->bad_count < room) {
        check->bad[check->bad_count].id = *id;
        snprintf(check->bad[check->bad_count].text, sizeof check->bad[0].text, "%s", text);
    }
    check->bad_count++;
}

/* What is wrong with no record in particular. */
static void add_general(struct verifier *verifier, const char *text)
{
    static const struct digest none;

    store_check_add(verifier->check, &none, text);
}

/* --- The file --- */

static bool check_integrity(struct verifier *verifier)
{
    sqlite3_stmt *query = start(verifier->store, INTEGRITY);
    int answer;

    while ((answer = step(verifier->store, query, doing, verifier->fault)) == SQLITE_ROW)
        if (strcmp(column_word(query, 0), "ok") != 0)
            add_general(verifier, column_word(query, 0));
    finish(query);
    return answer == SQLITE_DONE;
}

static bool check_foreign_keys(struct verifier *verifier)
{
    sqlite3_stmt *query = start(verifier->store, FOREIGN_KEYS);
    int answer;
    char text[160];

    while ((answer = step(verifier->store, query, doing, verifier->fault)) == SQLITE_ROW) {
        snprintf(text, sizeof text, "table %s: row %lld belongs to no row of %s",
                 column_word(query, 0), (long long)sqlite3_column_int64(query, 1),
                 column_word(query, 2));
        add_general(verifier, text);
    }
    finish(query);
    return answer == SQLITE_DONE;
}

/* --- Rows that should be equal --- */

static bool same_value(sqlite3_stmt *a, sqlite3_stmt *b, int at)
{
    int type = sqlite3_column_type(a, at);

    if (type != sqlite3_column_type(b, at))
        return false;
    switch (type) {
    case SQLITE_NULL:
        return true;
    case SQLITE_INTEGER:
        return sqlite3_column_int64(a, at) == sqlite3_column_int64(b, at);
    case SQLITE_FLOAT:
        return sqlite3_column_double(a, at) == sqlite3_column_double(b, at);
    default:
        return bytes_equal(column_bytes(a, at), column_bytes(b, at));
    }
}

static bool same_row(sqlite3_stmt *a, sqlite3_stmt *b)
{
    for (int i = 0; i < sqlite3_column_count(a); i++)
        if (!same_value(a, b, i))
            return false;
    return true;
}

/* Run the same query here and in the scratch store, row beside row. */
static bool same_rows(struct verifier *verifier, enum sql query, int64_t number, bool *same)
{
    sqlite3_stmt *here = start(verifier->store, query), *there = start(verifier->scratch, query);
    int a, b;

    if (number != 0) {
        bind_number(here, 1, number);
        bind_number(there, 1, number);
    }
    do {
        a = step(verifier->store, here, doing, verifier->fault);
        b = step(verifier->scratch, there, doing, verifier->fault);
        *same = a == b && (a != SQLITE_ROW || same_row(here, there));
    } while (*same && a == SQLITE_ROW);
    finish(here);
    finish(there);
    return (a == SQLITE_ROW || a == SQLITE_DONE) && (b == SQLITE_ROW || b == SQLITE_DONE);
}

static bool compare_derived(struct verifier *verifier, int64_t number, const struct record *record)
{
    for (int query = ROWS_FIRST; query < QUERIES; query++) {
        bool same;
        if (!same_rows(verifier, (enum sql)query, number, &same))
            return false;
        if (same)
            continue;
        char text[160];
        snprintf(text, sizeof text,
                 "its %s: the derived rows are not what the record says: candour reindex",
                 row_names[query]);
        store_check_add(verifier->check, record_id(record), text);
    }
    return true;
}

/* What is aside has no rows: then the scratch store stays empty. */
static bool check_derived(struct verifier *verifier, int64_t number, bool in,
                          const struct record *record)
{
    if (!store_begin(verifier->scratch, verifier->fault))
        return false;
    bool done = (!in || (index_add(verifier->scratch, number, record, verifier->fault) &&
                         index_words(verifier->scratch, verifier->fault))) &&
                compare_derived(verifier, number, record);
    store_rollback(verifier->scratch);
    return done;
}

/* --- Records --- */

static bool check_columns(struct verifier *verifier, int64_t number, const struct record *record)
{
    sqlite3_stmt *query = start(verifier->store, COLUMNS);
    int64_t right = 0;

    bind_number(query, 1, number);
    bind_digest(query, 2, record_id(record));
    bind_digest(query, 3, &record_header(record)->network);
    bind_header(query, 4, record_header(record));
    if (!run_number(verifier->store, query, &right, doing, verifier->fault))
        return false;
    if (right == 0)
        store_check_add(verifier->check, record_id(record),
                        "the columns beside it are not what its header says: restore a backup");
    return true;
}

static bool check_chain(struct verifier *verifier, int64_t number, bool in,
                        const struct record *record)
{
    const struct author *author = &record_header(record)->author;
    int64_t right = 0;

    if (!in || author->form != AUTHOR_NAMED || author->seq == 1)
        return true;
    sqlite3_stmt *query = start(verifier->store, CHAIN);
    bind_number(query, 1, number);
    bind_digest(query, 2, &author->prev);
    if (!run_number(verifier->store, query, &right, doing, verifier->fault))
        return false;
    if (right == 0)
        store_check_add(verifier->check, record_id(record),
                        "it is in the set, but the record before it in its feed is not");
    return true;
}

/* A row whose bytes are no record; or whose body is not its own, which is then left out. */
static struct record *read_row(struct verifier *verifier, sqlite3_stmt *query)
{
    struct digest id = {{0}};
    char text[160];
    struct fault why;
    struct record *record = record_of_row(query, 0, &why);

    if (record != NULL)
        return record;
    column_digest(query, 7, &id);
    snprintf(text, sizeof text, "%.140s", why.text);
    store_check_add(verifier->check, &id, text);
    return record_join(column_bytes(query, 0), column_bytes(query, 1), NULL, (struct bytes){0},
                       &why);
}

static bool visit_record(struct verifier *verifier, sqlite3_stmt *query, struct record *record)
{
    struct bytes signer = column_bytes(query, 5);
    struct stored stored = {
        .record = record,
        .in = sqlite3_column_int(query, 4) != 0,
        .has_signer = signer.size == sizeof stored.signer.bytes,
        .body_here = record_has_body(record),
    };

    if (stored.has_signer)
        memcpy(stored.signer.bytes, signer.data, signer.size);
    return verifier->visit == NULL || verifier->visit(verifier->context, &stored, verifier->fault);
}

static bool check_row(struct verifier *verifier, sqlite3_stmt *query)
{
    bool in = sqlite3_column_int(query, 4) != 0;
    int64_t number = sqlite3_column_int64(query, 8);
    struct record *record = read_row(verifier, query);

    verifier->check->checked++;
    if (record == NULL)
        return true;
    bool done =
        check_columns(verifier, number, record) && check_chain(verifier, number, in, record) &&
        check_derived(verifier, number, in, record) && visit_record(verifier, query, record);
    record_free(record);
    return done;
}

static bool check_records(struct verifier *verifier)
{
    sqlite3_stmt *query = start(verifier->store, EACH);
    int answer;
    bool on = true;

    while (on && (answer = step(verifier->store, query, doing, verifier->fault)) == SQLITE_ROW)
        on = check_row(verifier, query);
    finish(query);
    return on && answer == SQLITE_DONE;
}

/* --- What is derived from several facts --- */

static bool check_stale(struct verifier *verifier)
{
    sqlite3_stmt *query = start(verifier->store, STALE);
    struct digest id = {{0}};
    int answer;

    while ((answer = step(verifier->store, query, doing, verifier->fault)) == SQLITE_ROW) {
        column_digest(query, 0, &id);
        store_check_add(verifier->check, &id,
                        "it does not stand as its latest update says: candour reindex");
    }
    finish(query);
    return answer == SQLITE_DONE;
}

/* Only who may write can have SQLite compare each word of the index; it changes nothing. */
static bool check_text(struct verifier *verifier)
{
    struct store *store = verifier->store;
    int64_t orphans = 0;
    struct fault ignored;

    if (!run_number(store, start(store, ORPHANS), &orphans, doing, verifier->fault))
        return false;
    bool right = orphans == 0;
    if (store->mode != STORE_READ) {
        if (!act_begin(store, verifier->fault))
            return false;
        right = run(store, start(store, TEXT_CHECK), doing, &ignored) && right;
        act_end(store, false, &ignored);
    }
    if (!right)
        add_general(verifier, "the search index is not what the lessons say: candour reindex");
    return true;
}

static bool copy_charters(struct verifier *verifier)
{
    sqlite3_stmt *query = start(verifier->store, LAST_CHARTERS);
    int answer = SQLITE_ROW;

    while (answer == SQLITE_ROW &&
           (answer = step(verifier->store, query, doing, verifier->fault)) == SQLITE_ROW) {
        struct store *scratch = verifier->scratch;
        sqlite3_stmt *network = start(scratch, SCRATCH_NETWORK);
        sqlite3_stmt *charter = start(scratch, SCRATCH_CHARTER);
        bind_number(network, 1, sqlite3_column_int64(query, 0));
        bind_bytes(network, 2, column_bytes(query, 1));
        bind_number(charter, 1, sqlite3_column_int64(query, 0));
        bind_bytes(charter, 2, column_bytes(query, 2));
        if (!run(scratch, network, doing, verifier->fault) ||
            !run(scratch, charter, doing, verifier->fault))
            answer = SQLITE_ERROR;
    }
    finish(query);
    return answer == SQLITE_DONE;
}

static bool check_authorities(struct verifier *verifier)
{
    bool same = true;

    if (!copy_charters(verifier) || !authorities_derive(verifier->scratch, verifier->fault) ||
        !same_rows(verifier, AUTHORITIES, 0, &same))
        return false;
    if (!same)
        add_general(verifier, "the authorities are not what the charter says: candour reindex");
    return true;
}

static bool check_all(struct verifier *verifier)
{
    static bool (*const checks[])(struct verifier *) = {
        check_integrity, check_foreign_keys, check_records,
        check_stale,     check_text,         check_authorities,
    };

    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (!checks[i](verifier))
            return false;
    return true;
}

bool store_verify(struct store *store, struct store_check *check, store_visit *visit, void *context,
                  struct fault *fault)
{
    struct verifier verifier = {
        .store = store, .check = check, .visit = visit, .context = context, .fault = fault};

    *check = (struct store_check){0};
    verifier.scratch = store_open_paged(":memory:", STORE_CREATE, STORE_PAGE_SIZE, fault);
    if (verifier.scratch == NULL)
        return false;
    /* It holds derived rows of one record at a time, and not the record. */
    bool done = execute(verifier.scratch, "PRAGMA foreign_keys = OFF", doing, fault) &&
                check_all(&verifier);
    store_close(verifier.scratch);
    if (done || check->bad_count == 0)
        return done;
    add_general(&verifier, fault->text); /* A damaged file may not be readable to its end. */
    return true;
}
