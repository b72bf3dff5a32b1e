#include "store/internal.h"

#include <stdlib.h>

/* What nobody has said anything to: what is missing is told by no record, so it is asked for. */

enum sql { QUESTIONS, LESSONS, ISSUES, SOLVED, SHARE, QUERIES };

#define ROW                                                                                        \
    " CROSS JOIN record r ON" ENTRY_ROW "AND r.in_set AND r.text = 0"                              \
    " CROSS JOIN feed f ON f.number = r.feed AND f.network = ?1"                                   \
    " LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority"                       \
    " CROSS JOIN wire b ON b.number = r.body"
#define COLUMNS "r.id, e.time_ms, e.form, coalesce(a.name, '')"

static const char *const sql[QUERIES] = {
    [QUESTIONS] = "SELECT " COLUMNS ", t.response, body_text('response', b.content, 'text')"
                  " FROM response_of t CROSS JOIN entry e ON e.number = t.record" ROW
                  " WHERE t.response IN ('question', 'challenge') AND e.time_ms < ?3"
                  " AND NOT " RESPONSE_ANSWERED("r.id") " ORDER BY e.time_ms, r.id",
    [LESSONS] =
        "SELECT " COLUMNS ", e.kind, body_text('lesson', b.content, 'title')"
        " FROM lesson l INDEXED BY lesson_time CROSS JOIN entry e ON e.number = l.record" ROW
        " WHERE l.time_ms < ?3 AND l.latest IS NULL ORDER BY l.time_ms",
    [ISSUES] = "SELECT " COLUMNS ", e.kind, body_text('issue', b.content, 'title')"
               " FROM searched l INDEXED BY searched_issue"
               " CROSS JOIN entry e ON e.number = l.record" ROW
               " WHERE l.about IS NULL AND l.time_ms < ?3 ORDER BY l.time_ms",
    /* Put right, or tried and of use. */
    [SOLVED] = "SELECT EXISTS (SELECT 1 FROM (" SAID_OF ") WHERE place = 1"
               " AND (response = 'same_here' AND situation = 'had_and_fixed'"
               " OR response = 'tried' AND uptake <> 'rejected'"
               " AND outcome IN ('worked', 'partly_worked')))",
    /* A lesson that worked is the only one that may leave out what did not. */
    [SHARE] = "SELECT count(*), count(*) FILTER (WHERE l.outcome_now = 'worked'"
              " AND body_text('lesson', b.content, 'what_did_not_work') IS NULL)"
              " FROM lesson l CROSS JOIN entry e ON e.number = l.record" ROW
              " WHERE l.feed IN (SELECT number FROM feed WHERE network = ?1 AND authority = ?2)"
              " AND e.form = 0",
};
const struct wall silent_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    sqlite3_stmt *started = statement(store, WALL_SILENT, (int)query);

    bind_number(started, 1, store->network);
    return started;
}

static const char doing[] = "looking for what is silent";

/* Of issues that are the same the first one is told of, and only where none of them was solved. */
static bool is_silent(struct store *store, const struct silence *silence, const struct digest *id,
                      bool *silent, struct fault *fault)
{
    struct issue_group *group = memory_new(1, sizeof *group);
    int64_t solved = 0;
    bool done =
        store_issue_group(store, id, silence->honoured, silence->honoured_count, group, fault);

    for (size_t i = 0; done && solved == 0 && i < group->count; i++) {
        sqlite3_stmt *query = start(store, SOLVED);
        bind_digest(query, 2, &group->ids[i]);
        done = run_number(store, query, &solved, doing, fault);
    }
    *silent = done && solved == 0 && digest_equal(&group->ids[0], id);
    free(group);
    return done;
}

bool store_each_silent(struct store *store, const struct silence *silence,
                       store_visit_silent *visit, void *context, struct fault *fault)
{
    static const enum sql queries[] = {
        [SILENT_QUESTIONS] = QUESTIONS, [SILENT_LESSONS] = LESSONS, [SILENT_ISSUES] = ISSUES};
    size_t told = 0;
    bool on = true;
    int answer = SQLITE_ROW;

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = start(store, queries[silence->what]);
    bind_number(query, 3, silence->before_ms);
    while (on && told < silence->limit &&
           (answer = step(store, query, doing, fault)) == SQLITE_ROW) {
        struct silent_record at = {.time_ms = sqlite3_column_int64(query, 1),
                                   .anonymous = sqlite3_column_int(query, 2) != 0,
                                   .authority_name = column_word(query, 3),
                                   .kind = column_word(query, 4),
                                   .title = column_word(query, 5)};
        bool silent = true;
        column_digest(query, 0, &at.id);
        on = silence->what != SILENT_ISSUES || is_silent(store, silence, &at.id, &silent, fault);
        told += silent;
        on = on && (!silent || visit(context, &at, fault));
    }
    finish(query);
    return on && (answer == SQLITE_ROW || answer == SQLITE_DONE);
}

bool store_success_only(struct store *store, const struct digest *authority, uint64_t *lessons,
                        uint64_t *successes, struct fault *fault)
{
    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = start(store, SHARE);
    bind_digest(query, 2, authority);
    bool done = step(store, query, doing, fault) == SQLITE_ROW;
    *lessons = done ? (uint64_t)sqlite3_column_int64(query, 0) : 0;
    *successes = done ? (uint64_t)sqlite3_column_int64(query, 1) : 0;
    finish(query);
    return done;
}
