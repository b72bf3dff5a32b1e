#include "store/digest.h"
#include "store/internal.h"

#include <string.h>

static const char doing[] = "reading what is new";

/* Of the record of entry e: where it stands, and who its author is by now. */
#define ITS_FEED                                                                                   \
    " CROSS JOIN feed f ON f.number = e.feed AND f.network = ?1"                                   \
    " CROSS JOIN record r ON" ENTRY_ROW "AND r.in_set AND r.text = 0 AND r.body > 0"               \
    " LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority"
#define ITS_AUTHOR "coalesce(a.heir, f.authority)"

/* An authority that is asked for, as it is by now. */
#define BY_NOW(asked)                                                                              \
    "coalesce((SELECT heir FROM authority WHERE network = ?1 AND id = " asked "), " asked ")"

/* Did this authority publish what e is said to, under its name? What is cited is spoken of too. */
#define SAID_TO(asked)                                                                             \
    " EXISTS (SELECT 1 FROM reference t"                                                           \
    " CROSS JOIN entry q ON q.prefix = id_prefix(t.target) AND q.form = 0"                         \
    " CROSS JOIN record y ON y.feed = q.feed AND y.seq = q.seq AND y.number = q.number"            \
    " AND y.id = t.target"                                                                         \
    " CROSS JOIN feed g ON g.number = q.feed"                                                      \
    " LEFT JOIN authority h ON h.network = g.network AND h.id = g.authority"                       \
    " WHERE t.record = e.number AND t.relation IN (0, 4, 5)"                                       \
    " AND coalesce(h.heir, g.authority) = " BY_NOW(asked) ")"
#define NOT_BY(asked) "(e.form <> 0 OR " ITS_AUTHOR " <> " BY_NOW(asked) ")"
#define BY(asked) "(e.form = 0 AND " ITS_AUTHOR " = " BY_NOW(asked) ")"

/* Only its author can say a thing anew. */
#define STANDING                                                                                   \
    " NOT EXISTS (SELECT 1 FROM reference s CROSS JOIN entry z ON z.number = s.record"             \
    " CROSS JOIN feed i ON i.number = z.feed AND i.network = ?1"                                   \
    " LEFT JOIN authority j ON j.network = i.network AND j.id = i.authority"                       \
    " WHERE s.target = r.id AND s.relation = 1 AND z.form = 0 AND e.form = 0"                      \
    " AND coalesce(j.heir, i.authority) = " ITS_AUTHOR ")"

/* --- Where it ends --- */

bool store_place(struct store *store, int64_t *place, struct fault *fault)
{
    struct progress progress;

    if (!index_use(store, fault) || !progress_read(store, &progress, fault))
        return false;
    *place = progress.number;
    return true;
}

/* --- Recent ones --- */

/* First which, then their bytes: what is sorted is small. What is new is so by when its text came,
 * which may be later than its header. */
#define RECENT_END                                                                                 \
    " AND e.body > ?3 AND e.time_ms >= ?4 AND (?5 = 0 OR e.time_ms <= ?5)"                         \
    " AND (?6 IS NULL OR " BY("?6") ") AND (?7 IS NULL OR " NOT_BY("?7") " AND" SAID_TO(           \
        "?7") ")"                                                                                  \
              " AND (?8 = 0 OR" STANDING ")) WHERE ?11 = 0 OR place <= ?11"                        \
              " ORDER BY time_ms DESC, id LIMIT ?9) x"                                             \
              " CROSS JOIN entry e ON e.number = x.number CROSS JOIN record r ON" ENTRY_ROW        \
              " CROSS JOIN wire w ON w.number = r.number" JOIN_BODY JOIN_SIGNER                    \
              " ORDER BY e.time_ms DESC, r.id"
#define RECENT_BEGIN                                                                               \
    "SELECT " STORED_COLUMNS " FROM (SELECT number FROM (SELECT e.number AS number,"               \
    " e.time_ms AS time_ms, r.id AS id, row_number() OVER (PARTITION BY CASE e.form WHEN 0 "       \
    "THEN " ITS_AUTHOR " ELSE r.id END ORDER BY e.time_ms DESC, r.id) AS place FROM "

static const char recent_others[] = RECENT_BEGIN
    "entry e" ITS_FEED " WHERE ?10 = 0 AND e.kind <> 'lesson' AND e.kind = ?2" RECENT_END;
static const char recent_lessons[] = RECENT_BEGIN
    "lesson l CROSS JOIN entry e ON e.number = l.record" ITS_FEED
    " WHERE ?2 = 'lesson' AND l.body > ?3 AND (?10 = 0 OR l.latest IS NULL)" RECENT_END;

bool store_each_recent(struct store *store, const struct recent *recent, store_visit *visit,
                       void *context, struct fault *fault)
{
    bool lessons = strcmp(recent->kind, "lesson") == 0;

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = prepare(store, lessons ? recent_lessons : recent_others, doing, fault);
    if (query == NULL)
        return false;
    bind_number(query, 1, store->network);
    bind_word(query, 2, recent->kind);
    bind_number(query, 3, recent->after);
    bind_number(query, 4, recent->since_ms);
    bind_number(query, 5, recent->until_ms);
    bind_digest(query, 6, recent->of);
    bind_digest(query, 7, recent->to);
    bind_number(query, 8, recent->standing);
    bind_number(query, 9, (int64_t)recent->most);
    bind_number(query, 10, recent->silent);
    bind_number(query, 11, (int64_t)recent->most_of_one);
    bool done = visit_rows(store, query, visit, context, fault);
    sqlite3_finalize(query);
    return done;
}

/* --- Answers and responses --- */

static const char is_answered[] = "SELECT " RESPONSE_ANSWERED("?1");

bool store_answered(struct store *store, const struct digest *id, bool *answered,
                    struct fault *fault)
{
    int64_t count = 0;

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = prepare(store, is_answered, doing, fault);
    if (query == NULL)
        return false;
    bind_digest(query, 1, id);
    bool done = run_number(store, query, &count, doing, fault);
    sqlite3_finalize(query);
    *answered = count > 0;
    return done;
}

static const char said_of[] =
    "SELECT x.id, CASE x.form WHEN 0 THEN x.author END, x.response, x.situation, x.uptake,"
    " x.outcome FROM (" SAID_OF ") x WHERE x.place = 1"
    " ORDER BY x.response, x.time_ms DESC, x.id";

bool store_each_said(struct store *store, const struct digest *about, store_visit_said *visit,
                     void *context, struct fault *fault)
{
    int answer = SQLITE_ERROR;
    bool on = true;

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = prepare(store, said_of, doing, fault);
    if (query == NULL)
        return false;
    bind_number(query, 1, store->network);
    bind_digest(query, 2, about);
    while (on && (answer = step(store, query, doing, fault)) == SQLITE_ROW) {
        struct said said = {.response = column_word(query, 2),
                            .situation = column_word(query, 3),
                            .uptake = column_word(query, 4),
                            .outcome = column_word(query, 5)};
        column_digest(query, 0, &said.id);
        said.named = column_digest(query, 1, &said.authority);
        on = visit(context, &said, fault);
    }
    sqlite3_finalize(query);
    return on && answer == SQLITE_DONE;
}

/* --- Given and received --- */

static const char exchanges[] =
    "SELECT 0, e.kind, coalesce(v.response, ''), count(*) FROM entry e" ITS_FEED
    " LEFT JOIN response_of v ON v.record = e.number WHERE " BY(
        "?2") " GROUP BY 2, 3"
              " UNION ALL"
              " SELECT 1, e.kind, coalesce(v.response, ''), count(*) FROM entry e" ITS_FEED
              " LEFT JOIN response_of v ON v.record = e.number"
              " WHERE e.kind <> 'lesson' AND " NOT_BY("?2") " AND" SAID_TO(
                  "?2") " GROUP BY 2, 3"
                        " ORDER BY 1, 2, 3";

bool store_each_exchange(struct store *store, const struct digest *authority,
                         store_visit_exchange *visit, void *context, struct fault *fault)
{
    int answer = SQLITE_ERROR;
    bool on = true;

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = prepare(store, exchanges, doing, fault);
    if (query == NULL)
        return false;
    bind_number(query, 1, store->network);
    bind_digest(query, 2, authority);
    while (on && (answer = step(store, query, doing, fault)) == SQLITE_ROW)
        on = visit(context, (enum exchange_way)sqlite3_column_int(query, 0), column_word(query, 1),
                   column_word(query, 2), (uint64_t)sqlite3_column_int64(query, 3), fault);
    sqlite3_finalize(query);
    return on && answer == SQLITE_DONE;
}

/* --- By id --- */

static const char by_id[] =
    "SELECT " STORED_COLUMNS " FROM entry e INDEXED BY entry_prefix" ITS_FEED
    " CROSS JOIN wire w ON w.number = r.number" JOIN_BODY JOIN_SIGNER "ORDER BY e.prefix";

bool store_each_by_id(struct store *store, store_visit *visit, void *context, struct fault *fault)
{
    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = prepare(store, by_id, "reading all records", fault);
    if (query == NULL)
        return false;
    bind_number(query, 1, store->network);
    bool done = visit_rows(store, query, visit, context, fault);
    sqlite3_finalize(query);
    return done;
}
