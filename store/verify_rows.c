#include "store/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Derived rows beside those that are derived from the same record once more, into memory: what is
 * right is said by the code that made them. */

enum sql {
    ENTRY,
    REFERENCES,
    RECEIPT,
    LESSON,
    UPDATE,
    RESPONSE,
    SNAPSHOT,
    SNAPSHOT_ROWS,
    SEARCHED,
    TABLES,
    BEGIN = TABLES,
    ROLLBACK,
    QUERIES
};

static const char *const sql[QUERIES] = {
    [ENTRY] = "SELECT * FROM entry WHERE number = ?1",
    [REFERENCES] = "SELECT * FROM reference WHERE record = ?1 ORDER BY relation, target",
    [RECEIPT] = "SELECT * FROM receipt WHERE record = ?1 ORDER BY erased",
    [LESSON] = "SELECT body, record, feed, time_ms, outcome, stage, evidence FROM lesson"
               " WHERE body = (SELECT body FROM entry WHERE number = ?1 AND body <> 0)",
    [UPDATE] = "SELECT * FROM update_of WHERE record = ?1 ORDER BY about",
    [RESPONSE] = "SELECT * FROM response_of WHERE record = ?1 ORDER BY about",
    [SNAPSHOT] = "SELECT * FROM snapshot WHERE record = ?1",
    [SNAPSHOT_ROWS] = "SELECT * FROM snapshot_row WHERE record = ?1 ORDER BY place",
    [SEARCHED] = "SELECT * FROM searched"
                 " WHERE body = (SELECT body FROM entry WHERE number = ?1 AND body <> 0)",
    [BEGIN] = "BEGIN",
    [ROLLBACK] = "ROLLBACK",
};
const struct wall compare_wall = {sql, QUERIES};

static const struct {
    const char *name, *count;
} tables[TABLES] = {
    [ENTRY] = {"entry", "SELECT count(*) FROM entry"},
    [REFERENCES] = {"references", "SELECT count(*) FROM reference"},
    [RECEIPT] = {"receipt", "SELECT count(*) FROM receipt"},
    [LESSON] = {"lesson", "SELECT count(*) FROM lesson"},
    [UPDATE] = {"update", "SELECT count(*) FROM update_of"},
    [RESPONSE] = {"response", "SELECT count(*) FROM response_of"},
    [SNAPSHOT] = {"snapshot", "SELECT count(*) FROM snapshot"},
    [SNAPSHOT_ROWS] = {"snapshot's values", "SELECT count(*) FROM snapshot_row"},
    [SEARCHED] = {"searched text", "SELECT count(*) FROM searched"},
};
_Static_assert(TABLES <= VERIFIED_TABLES, "room for all tables");

static const char doing[] = "verifying";

static sqlite3_stmt *start(struct store *store, int query)
{
    return statement(store, WALL_COMPARE, query);
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

/* Run the same query here and in the scratch store, row beside row; count those here. */
static bool same_rows(struct verifier *verifier, int query, int64_t number, bool *same)
{
    sqlite3_stmt *here = start(verifier->store, query), *there = start(verifier->scratch, query);
    int a = SQLITE_ROW, b = SQLITE_ROW;

    bind_number(here, 1, number);
    bind_number(there, 1, number);
    *same = true;
    while (a == SQLITE_ROW) {
        a = step(verifier->store, here, doing, verifier->fault);
        b = b == SQLITE_ROW ? step(verifier->scratch, there, doing, verifier->fault) : b;
        *same = *same && a == b && (a != SQLITE_ROW || same_row(here, there));
        verifier->rows[query] += a == SQLITE_ROW;
    }
    finish(here);
    finish(there);
    return a == SQLITE_DONE && (b == SQLITE_ROW || b == SQLITE_DONE);
}

static bool is_pending(const struct verifier *verifier, int64_t number)
{
    size_t low = 0, high = verifier->pending_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (verifier->pending[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < verifier->pending_count && verifier->pending[low] == number;
}

static bool compare(struct verifier *verifier, const struct verified *verified)
{
    bool tell = !is_pending(verifier, verified->row.number);

    for (int query = 0; query < TABLES; query++) {
        char text[160];
        bool same;
        if (!same_rows(verifier, query, verified->row.number, &same))
            return false;
        if (same || !tell)
            continue;
        snprintf(text, sizeof text,
                 "its %s: the derived rows are not what the record says: candour reindex",
                 tables[query].name);
        store_check_add(verifier->check, record_id(verified->record), text);
    }
    return true;
}

/* --- One record --- */

/* As it should be by now: what is aside has no rows, nor what has not been come to. */
static bool derive(struct verifier *verifier, const struct verified *verified)
{
    const struct row *row = &verified->row;
    struct derivable from = {
        .number = row->number, .feed = row->feed, .seq = row->seq, .record = verified->record};
    struct document *document = NULL;

    if (!row->in || row->number > verifier->progress.number)
        return true;
    if (row->text == TEXT_STANDS && row->body > 0 && row->body <= verifier->progress.number) {
        from.body = row->body;
        from.content = record_content(verified->record);
        from.document = document =
            rows_document(record_header(verified->record)->kind, from.content);
    }
    bool done = rows_add(verifier->scratch, &from, verifier->fault);
    document_free(document);
    return done;
}

bool verify_rows(struct verifier *verifier, const struct verified *verified)
{
    struct store *scratch = verifier->scratch;
    struct fault ignored;

    if (verifier->facts_only)
        return true;
    if (!run(scratch, start(scratch, BEGIN), doing, verifier->fault))
        return false;
    bool done = derive(verifier, verified) && compare(verifier, verified);
    run(scratch, start(scratch, ROLLBACK), doing, &ignored);
    return done;
}

/* --- All of them --- */

/* Rows of records that are not there were not come to. */
static bool check_counts(struct verifier *verifier)
{
    for (int i = 0; i < TABLES; i++) {
        int64_t count = 0;
        char text[160];
        if (!verify_number(verifier, tables[i].count, &count))
            return false;
        if ((uint64_t)count == verifier->rows[i])
            continue;
        snprintf(text, sizeof text, "its %s: derived rows of no record: candour reindex",
                 tables[i].name);
        verify_add(verifier, text);
    }
    return true;
}

static const char stale[] =
    "SELECT r.id FROM lesson JOIN entry e ON e.number = lesson.record JOIN record r"
    " ON r.feed = e.feed AND r.seq = e.seq AND r.number = e.number"
    " WHERE lesson.latest IS NOT " LATEST_UPDATE(
        "u.record") " OR lesson.replications <> " REPLICATIONS
                    " OR (lesson.outcome_now, lesson.stage_now) IS NOT (SELECT u.outcome, u.stage"
                    " FROM update_of u WHERE u.record = lesson.latest UNION ALL"
                    " SELECT lesson.outcome, lesson.stage WHERE lesson.latest IS NULL LIMIT 1)";

static bool check_stale(struct verifier *verifier)
{
    struct digest id = {{0}};
    sqlite3_stmt *query = prepare(verifier->store, stale, doing, verifier->fault);
    int answer = query == NULL ? SQLITE_ERROR : SQLITE_ROW;

    while (answer == SQLITE_ROW &&
           (answer = step(verifier->store, query, doing, verifier->fault)) == SQLITE_ROW) {
        column_digest(query, 0, &id);
        store_check_add(
            verifier->check, &id,
            "it does not stand as its latest update and responses say: candour reindex");
    }
    sqlite3_finalize(query);
    return answer == SQLITE_DONE;
}

static bool check_authorities(struct verifier *verifier)
{
    bool same = true;

    if (!authorities_match(verifier->store, &same, verifier->fault))
        return false;
    if (!same)
        verify_add(verifier, "the authorities are not what the charter says: candour reindex");
    return true;
}

static const char tallies[] =
    "SELECT count(*) FROM (SELECT network, kind, records FROM tally WHERE records <> 0 EXCEPT"
    " SELECT f.network, e.kind, count(*) FROM entry e JOIN feed f ON f.number = e.feed"
    " GROUP BY f.network, e.kind)";
static const char uncounted[] =
    "SELECT count(*) FROM (SELECT f.network, e.kind FROM entry e JOIN feed f ON f.number = e.feed"
    " WHERE e.kind IN ('lesson', 'update', 'indicator', 'snapshot')"
    " EXCEPT SELECT network, kind FROM tally)";
static const char forks[] =
    "SELECT count(*) FROM (SELECT r.feed, r.seq FROM record r JOIN feed f ON f.number = r.feed"
    " WHERE r.in_set AND f.feed <> 0 GROUP BY r.feed, r.seq HAVING count(*) > 1"
    " EXCEPT SELECT feed, seq FROM fork)";
static const char no_forks[] =
    "SELECT count(*) FROM fork k WHERE (SELECT count(*) FROM record r WHERE r.feed = k.feed"
    " AND r.seq = k.seq AND r.in_set) < 2";

bool verify_rows_all(struct verifier *verifier)
{
    static const char miscounted[] = "records are not counted by kind: candour reindex";
    static const char misforked[] = "forks are not what the records say: candour reindex";

    if (!check_counts(verifier) || !check_stale(verifier) ||
        !verify_none(verifier, tallies, miscounted) ||
        !verify_none(verifier, uncounted, miscounted))
        return false;
    /* These go by what facts are now. */
    return verifier->check->underived > 0 ||
           (verify_none(verifier, forks, misforked) && verify_none(verifier, no_forks, misforked) &&
            check_authorities(verifier));
}
