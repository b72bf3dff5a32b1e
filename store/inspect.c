#include "store/internal.h"

#include <string.h>

/* Texts are looked through by the gate when they are derived and nothing else is to be done: it
 * takes four times as long as all the rest of deriving. What it finds is noted here, record, field
 * and class, and nothing of the text. */

enum sql { BEGIN, COMMIT, ROLLBACK, STATE, FORGET, ROWS, ADD, KEEP, UNTOLD, NOTICES, QUERIES };

static const char *const sql[QUERIES] = {
    [BEGIN] = "BEGIN",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [STATE] = "SELECT CASE rules WHEN ?1 THEN inspected ELSE 0 END, number FROM progress",
    [FORGET] = "DELETE FROM withheld",
    [ROWS] = "SELECT w.number, e.number, e.kind, w.content FROM wire w"
             " LEFT JOIN entry e ON e.number = coalesce(w.of, w.number) AND e.body = w.number"
             " WHERE w.number > ?1 AND w.number <= ?2 ORDER BY w.number LIMIT ?3",
    [ADD] = "INSERT OR IGNORE INTO withheld (record, field, class) VALUES (?1, ?2, ?3)",
    [KEEP] = "UPDATE progress SET inspected = ?1, rules = ?2",
    /* Of each author as many as can be told at once: who never answers is in nobody's way. */
    [UNTOLD] =
        "SELECT authority, id, field, class FROM (SELECT f.authority, r.id, x.field, x.class,"
        " row_number() OVER (PARTITION BY f.authority ORDER BY r.id) AS place"
        " FROM withheld x"
        " CROSS JOIN entry e ON e.number = x.record CROSS JOIN feed f ON f.number = e.feed"
        " CROSS JOIN record r ON" ENTRY_ROW "AND r.in_set AND r.text = 0"
        " LEFT JOIN told t ON t.network = f.network AND t.id = r.id"
        " WHERE f.network = ?1 AND e.form = 0 AND t.rules IS NOT ?2)"
        " WHERE place <= ?3 ORDER BY authority, id",
    [NOTICES] = "SELECT q.id, q.authority, q.field, q.class, q.rules, q.came_ms FROM notice q"
                " CROSS JOIN entry e ON e.prefix = id_prefix(q.id)"
                " CROSS JOIN record r ON" ENTRY_ROW "AND r.id = q.id AND r.in_set AND r.text = 0"
                " AND r.body > 0 CROSS JOIN feed f ON f.number = e.feed AND f.network = ?1"
                " WHERE q.network = ?1 AND NOT q.dismissed AND NOT EXISTS (SELECT 1"
                " FROM reference s CROSS JOIN entry h ON h.number = s.record"
                " CROSS JOIN feed g ON g.number = h.feed"
                " WHERE s.target = q.id AND s.relation = 1 AND g.authority = f.authority)"
                " ORDER BY (SELECT min(m.came_ms) FROM notice m WHERE m.network = ?1"
                " AND m.id = q.id), q.id, q.field, q.class",
};
const struct wall inspect_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_INSPECT, (int)query);
}

static const char doing[] = "looking through texts";

/* --- One text --- */

static bool add(struct store *store, int64_t record, const struct finding *finding,
                struct fault *fault)
{
    sqlite3_stmt *query = start(store, ADD);

    bind_number(query, 1, record);
    bind_word(query, 2, finding->key);
    bind_word(query, 3, finding_kinds[finding->class].code);
    return run(store, query, doing, fault);
}

bool inspect_body(struct store *store, int64_t record, struct bytes kind, struct bytes packed,
                  bool *found, struct fault *fault)
{
    struct document *document = document_of_packed(kind, packed);
    struct findings findings = {0};
    bool done = true;

    *found = false;
    if (document == NULL)
        return true;
    gate_scan_document(shown_gate(store), GATE_HARD, document, &findings);
    for (size_t i = 0; done && i < findings.count; i++)
        if (finding_identifies(&findings.list[i])) {
            done = add(store, record, &findings.list[i], fault);
            *found = true;
        }
    findings_release(&findings);
    document_free(document);
    return done;
}

/* --- Some of them --- */

/* How far it is looked through by the rules of this program, and how far it is derived. */
static bool state_read(struct store *store, int64_t *inspected, int64_t *derived,
                       struct fault *fault)
{
    sqlite3_stmt *query = start(store, STATE);

    bind_text(query, 1, bytes_of_text(GATE_RULES));
    bool done = step(store, query, doing, fault) == SQLITE_ROW;
    if (done) {
        *inspected = sqlite3_column_int64(query, 0);
        *derived = sqlite3_column_int64(query, 1);
    }
    finish(query);
    return done;
}

static bool state_keep(struct store *store, int64_t inspected, struct fault *fault)
{
    sqlite3_stmt *query = start(store, KEEP);

    bind_number(query, 1, inspected);
    bind_text(query, 2, bytes_of_text(GATE_RULES));
    return run(store, query, doing, fault);
}

/* Of a snapshot the rows are kept as they are shown, and may be from before these rules. */
static bool inspect_row(struct store *store, sqlite3_stmt *row, struct fault *fault)
{
    int64_t record = sqlite3_column_int64(row, 1);
    struct bytes kind = column_bytes(row, 2), packed = column_bytes(row, 3);
    bool found;

    if (sqlite3_column_type(row, 1) == SQLITE_NULL)
        return true;
    return inspect_body(store, record, kind, packed, &found, fault) &&
           (!found || !bytes_equal(kind, bytes_of_text("snapshot")) ||
            rows_withhold_snapshot(store, record, kind, packed, fault));
}

static bool inspect_within(struct store *store, size_t most, bool *more, struct fault *fault)
{
    int64_t inspected = 0, derived = 0;
    int answer = SQLITE_ROW;

    /* At the start nothing holds that other rules may have found. */
    if (!state_read(store, &inspected, &derived, fault) ||
        (inspected == 0 && !run(store, start(store, FORGET), doing, fault)))
        return false;
    sqlite3_stmt *query = start(store, ROWS);
    bind_number(query, 1, inspected);
    bind_number(query, 2, derived);
    bind_number(query, 3, (int64_t)most);
    while (answer == SQLITE_ROW && (answer = step(store, query, doing, fault)) == SQLITE_ROW) {
        inspected = sqlite3_column_int64(query, 0);
        if (!inspect_row(store, query, fault))
            answer = SQLITE_ERROR;
    }
    finish(query);
    *more = inspected < derived;
    return answer == SQLITE_DONE && state_keep(store, inspected, fault);
}

bool store_inspect(struct store *store, size_t most, bool *more, struct fault *fault)
{
    int64_t inspected = 0, derived = 0;
    struct fault ignored;

    *more = false;
    if (!state_read(store, &inspected, &derived, fault))
        return false;
    if (inspected == derived)
        return true;
    if (run(store, start(store, BEGIN), doing, fault) && inspect_within(store, most, more, fault) &&
        run(store, start(store, COMMIT), doing, fault))
        return true;
    if (!sqlite3_get_autocommit(store->db))
        run(store, start(store, ROLLBACK), doing, &ignored);
    return false;
}

/* --- What follows from it --- */

bool store_each_untold(struct store *store, store_visit_untold *visit, void *context,
                       struct fault *fault)
{
    struct digest authority;
    struct notice notice;
    bool on = true;
    int answer;

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = start(store, UNTOLD);
    bind_number(query, 1, store->network);
    bind_text(query, 2, bytes_of_text(GATE_RULES));
    bind_number(query, 3, NOTICES_MAX);
    while (on && (answer = step(store, query, doing, fault)) == SQLITE_ROW) {
        column_digest(query, 0, &authority);
        column_digest(query, 1, &notice.id);
        notice.field = column_bytes(query, 2);
        notice.class = column_bytes(query, 3);
        on = visit(context, &authority, &notice, fault);
    }
    finish(query);
    return on && answer == SQLITE_DONE;
}

bool store_each_notice(struct store *store, store_visit_notice *visit, void *context,
                       struct fault *fault)
{
    struct stored_notice notice;
    bool on = true;
    int answer;

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = start(store, NOTICES);
    bind_number(query, 1, store->network);
    while (on && (answer = step(store, query, "reading notices", fault)) == SQLITE_ROW) {
        column_digest(query, 0, &notice.id);
        column_digest(query, 1, &notice.authority);
        notice.field = column_word(query, 2);
        notice.class = column_word(query, 3);
        notice.rules = column_word(query, 4);
        notice.came_ms = sqlite3_column_int64(query, 5);
        on = visit(context, &notice, fault);
    }
    finish(query);
    return on && answer == SQLITE_DONE;
}
