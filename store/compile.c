#include "store/internal.h"

#include "protocol/text.h"

#include <stdlib.h>

/* What records say, as codes, for protocol/compile.h to count; and who is told what was made of
 * that. */

enum sql { LESSONS, ISSUES, RESPONSES, CITATIONS, QUERIES };

#define THIS_NETWORK " CROSS JOIN feed f ON f.number = e.feed AND f.network = ?1 "
/* A text that is here and stands, and whose author was or is who. */
#define STANDING                                                                                   \
    " CROSS JOIN record r ON" ENTRY_ROW "AND r.in_set AND r.text = 0"                              \
    " CROSS JOIN wire w ON w.number = r.body CROSS JOIN wire h ON h.number = r.number"             \
    " LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority "
/* Does anybody say that it is the same as another one? Few are. */
#define MAY_BE_SAME                                                                                \
    "(EXISTS (SELECT 1 FROM reference s WHERE s.target = r.id AND s.relation = 3)"                 \
    " OR EXISTS (SELECT 1 FROM reference s WHERE s.record = e.number AND s.relation = 3)"          \
    " OR EXISTS (SELECT 1 FROM reference s CROSS JOIN reference o ON o.record = s.record"          \
    " AND o.relation = 3 WHERE s.target = r.id AND s.relation = 0))"
#define RECORD_FACTS                                                                               \
    "SELECT r.id, CASE e.form WHEN 0 THEN coalesce(a.heir, f.authority) END, e.time_ms, e.kind,"   \
    " w.content, header_topic(h.header, h.proof), " MAY_BE_SAME " FROM "
/* The record that a response is about: it stands, and is of a kind that can be responded to. */
#define ABOUT                                                                                      \
    " FROM entry q CROSS JOIN record y ON y.feed = q.feed AND y.seq = q.seq"                       \
    " AND y.number = q.number AND y.in_set AND y.text = 0"                                         \
    " CROSS JOIN feed g ON g.number = q.feed AND g.network = ?1"                                   \
    " LEFT JOIN authority b ON b.network = g.network AND b.id = g.authority"                       \
    " WHERE q.prefix = id_prefix(said.about) AND y.id = said.about"                                \
    " AND reference_fits('response', 0, q.kind)"
/* What answers the summary r, and stands. */
#define REPLIES                                                                                    \
    " FROM reference s CROSS JOIN entry n ON n.number = s.record AND n.kind = 'response'"          \
    " CROSS JOIN record x ON x.feed = n.feed AND x.seq = n.seq AND x.number = n.number"            \
    " AND x.in_set AND x.text = 0 WHERE s.target = r.id AND s.relation = 4"

static const char *const sql[QUERIES] = {
    [LESSONS] =
        RECORD_FACTS "lesson l CROSS JOIN entry e ON e.number = l.record" THIS_NETWORK STANDING,
    [ISSUES] = RECORD_FACTS "entry e" THIS_NETWORK STANDING
                            "WHERE e.kind <> 'lesson' AND e.kind = 'issue'",
    [RESPONSES] =
        "WITH said AS (SELECT x.id AS id, CASE e.form WHEN 0 THEN coalesce(a.heir, f.authority) END"
        " AS author, e.time_ms AS time_ms, t.response AS response, t.situation AS situation,"
        " t.uptake AS uptake, t.outcome AS outcome, t.about AS about, " RESPONSE_PLACE
        " AS place FROM response_of t CROSS JOIN entry e ON e.number = t.record" THIS_NETWORK
        " CROSS JOIN record x ON x.feed = e.feed AND x.seq = e.seq AND x.number = e.number"
        " AND x.in_set AND x.text = 0"
        " LEFT JOIN authority a ON a.network = f.network AND a.id = f.authority)"
        " SELECT id, author, time_ms, response, situation, uptake, outcome, about,"
        " CASE response WHEN 'challenge' THEN (SELECT coalesce(b.heir, g.authority)" ABOUT
        " AND q.form = 0) END FROM said WHERE response IN ('same_here', 'tried') AND place = 1"
        " OR response = 'challenge' AND NOT " RESPONSE_ANSWERED(
            "said.id") " AND EXISTS (SELECT 1" ABOUT ")",
    /* Own records are those of this authority and of those that it succeeded, and what this house
     * published without its name. */
    [CITATIONS] =
        "SELECT r.id, e.time_ms, w.content, t.target,"
        " (SELECT count(*)" REPLIES "), coalesce((SELECT max(n.time_ms)" REPLIES "), 0)"
        " FROM entry e" THIS_NETWORK STANDING
        " CROSS JOIN reference t ON t.record = e.number AND t.relation = 5"
        " WHERE e.kind <> 'lesson' AND e.kind = 'summary' AND (t.target IN"
        " (SELECT record FROM draft WHERE record IS NOT NULL) OR EXISTS (SELECT 1 FROM entry q"
        " CROSS JOIN record y ON y.feed = q.feed AND y.seq = q.seq AND y.number = q.number"
        " AND y.in_set CROSS JOIN feed g ON g.number = q.feed AND g.network = ?1"
        " LEFT JOIN authority b ON b.network = g.network AND b.id = g.authority"
        " WHERE q.prefix = id_prefix(t.target) AND y.id = t.target AND q.form = 0"
        " AND coalesce(b.heir, g.authority) = ?2)) ORDER BY e.time_ms DESC, r.id, t.target",
};
const struct wall compile_wall = {sql, QUERIES};

static const char doing[] = "reading what is said";

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    sqlite3_stmt *started = statement(store, WALL_COMPILE, (int)query);

    bind_number(started, 1, store->network);
    return started;
}

struct telling {
    const struct digest *honoured;
    size_t honoured_count;
    store_visit_fact *visit;
    void *context;
};

/* The first of those that say the same stands for all. */
static bool find_matter(struct store *store, const struct telling *telling,
                        struct compile_fact *fact, bool may_be_same, struct fault *fault)
{
    struct issue_group group;

    fact->matter = fact->id;
    if (!may_be_same)
        return true;
    if (!store_issue_group(store, &fact->id, telling->honoured, telling->honoured_count, &group,
                           fault))
        return false;
    fact->matter = group.ids[0];
    return true;
}

static bool tell_record(struct store *store, sqlite3_stmt *row, const struct telling *telling,
                        struct fault *fault)
{
    struct compile_fact fact = {.time_ms = sqlite3_column_int64(row, 2)};
    struct bytes kind = column_bytes(row, 3);
    struct document *document = document_of_packed(kind, column_bytes(row, 4));

    if (document == NULL)
        return true;
    column_digest(row, 0, &fact.id);
    fact.kind = bytes_equal(kind, bytes_of_text("issue")) ? COMPILE_ISSUE : COMPILE_LESSON;
    fact.named = column_digest(row, 1, &fact.authority);
    fact.topic = column_bytes(row, 5);
    compile_read(&fact, document);
    document_free(document);
    return find_matter(store, telling, &fact, sqlite3_column_int(row, 6) != 0, fault) &&
           telling->visit(telling->context, &fact, fault);
}

static bool tell_response(struct store *store, sqlite3_stmt *row, const struct telling *telling,
                          struct fault *fault)
{
    struct compile_fact fact = {.time_ms = sqlite3_column_int64(row, 2)};

    (void)store;
    fact.kind = compile_kind_of(column_bytes(row, 3), column_bytes(row, 4), column_bytes(row, 5),
                                column_bytes(row, 6));
    if (fact.kind == COMPILE_KINDS)
        return true;
    column_digest(row, 0, &fact.id);
    fact.named = column_digest(row, 1, &fact.authority);
    column_digest(row, 7, &fact.about);
    fact.about_named = column_digest(row, 8, &fact.about_authority);
    return telling->visit(telling->context, &fact, fault);
}

typedef bool tell_row(struct store *store, sqlite3_stmt *row, const struct telling *telling,
                      struct fault *fault);

static bool tell_each(struct store *store, enum sql what, tell_row *tell,
                      const struct telling *telling, struct fault *fault)
{
    sqlite3_stmt *query = start(store, what);
    int answer = SQLITE_ROW;

    while (answer == SQLITE_ROW && (answer = step(store, query, doing, fault)) == SQLITE_ROW)
        if (!tell(store, query, telling, fault))
            answer = SQLITE_ERROR;
    finish(query);
    return answer == SQLITE_DONE;
}

bool store_each_fact(struct store *store, const struct digest *honoured, size_t honoured_count,
                     store_visit_fact *visit, void *context, struct fault *fault)
{
    struct telling telling = {honoured, honoured_count, visit, context};

    return index_use(store, fault) && tell_each(store, LESSONS, tell_record, &telling, fault) &&
           tell_each(store, ISSUES, tell_record, &telling, fault) &&
           tell_each(store, RESPONSES, tell_response, &telling, fault);
}

/* --- Who is told --- */

static bool tell_citation(struct store *store, sqlite3_stmt *row, store_visit_citation *visit,
                          void *context, struct fault *fault)
{
    struct document *document = document_of_packed(bytes_of_text("summary"), column_bytes(row, 2));
    struct citation citation = {.time_ms = sqlite3_column_int64(row, 1),
                                .answers = (uint64_t)sqlite3_column_int64(row, 4),
                                .answered_ms = sqlite3_column_int64(row, 5)};
    struct withheld ignored = {0};

    if (document == NULL)
        return true;
    document_withhold_field(shown_gate(store), document, "title", &ignored);
    char *title = text_copy(document_title(document));
    column_digest(row, 0, &citation.summary);
    column_digest(row, 3, &citation.cited);
    citation.title = title;
    bool done = visit(context, &citation, fault);
    free(title);
    document_free(document);
    return done;
}

bool store_each_citation(struct store *store, const struct digest *authority,
                         store_visit_citation *visit, void *context, struct fault *fault)
{
    int answer = SQLITE_ROW;

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = start(store, CITATIONS);
    bind_digest(query, 2, authority);
    while (answer == SQLITE_ROW && (answer = step(store, query, doing, fault)) == SQLITE_ROW)
        if (!tell_citation(store, query, visit, context, fault))
            answer = SQLITE_ERROR;
    finish(query);
    return answer == SQLITE_DONE;
}
