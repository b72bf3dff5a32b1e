#include "store/internal.h"

/* Who has spoken of a service: in lessons, which are found in the index without reading a text, in
 * issues, and in what was responded to either. What facts say by now counts, as in a search. */

static const char doing[] = "finding who spoke of a service";

static const char list_pieces[] = "SELECT number FROM piece ORDER BY number";

/* A named author's authority, once; of others the header and proof of each record. */
#define SPEAKER(entry, feed, wire)                                                                 \
    "SELECT CASE " entry ".form WHEN 0 THEN " feed ".authority END,"                               \
    " CASE " entry ".form WHEN 0 THEN 0 ELSE " entry ".number END,"                                \
    " " wire ".header, " wire ".proof, NULL, NULL"
#define STANDS(entry, record, feed, wire)                                                          \
    " CROSS JOIN record " record " ON " record ".feed = " entry ".feed AND " record                \
    ".seq = " entry ".seq AND " record ".number = " entry ".number AND " record                    \
    ".in_set AND " record ".text = 0 CROSS JOIN feed " feed " ON " feed ".number = " record        \
    ".feed AND " feed ".network = ?2 LEFT JOIN wire " wire " ON " entry ".form <> 0 AND " wire     \
    ".number = " entry ".number"
/* Those that say how it is with them: a question does not. */
#define RESPONDING                                                                                 \
    " CROSS JOIN response_of t ON t.about = r.id AND t.response IN ('same_here', 'tried')"         \
    " CROSS JOIN entry q ON q.number = t.record" STANDS("q", "x", "g", "k")

/* Of one piece; ?1: what to match. */
#define LESSONS                                                                                    \
    " FROM words_%lld w CROSS JOIN lesson l ON l.body = w.rowid"                                   \
    " CROSS JOIN entry e ON e.number = l.record" STANDS("e", "r", "f", "h")
#define IN_PIECE " WHERE words_%lld MATCH ?1 GROUP BY 1, 2"
/* ?1: the service. */
#define ISSUES " FROM entry e" STANDS("e", "r", "f", "h") " CROSS JOIN wire b ON b.number = r.body"
#define OF_SERVICE                                                                                 \
    " WHERE e.kind <> 'lesson' AND e.kind = 'issue'"                                               \
    " AND instr(' ' || body_text('issue', b.content, 'service_area') || ' ', ' ' || ?1 || ' ')"    \
    " GROUP BY 1, 2"

static const char *const of_piece[] = {SPEAKER("e", "f", "h") LESSONS IN_PIECE,
                                       SPEAKER("q", "g", "k") LESSONS RESPONDING IN_PIECE};
static const char *const of_issues[] = {SPEAKER("e", "f", "h") ISSUES OF_SERVICE,
                                        SPEAKER("q", "g", "k") ISSUES RESPONDING OF_SERVICE};

static bool tell_one(sqlite3_stmt *row, store_visit_speaker *visit, void *context,
                     struct fault *fault)
{
    struct digest authority;

    if (column_digest(row, 0, &authority))
        return visit(context, &authority, NULL, fault);
    struct record *record = record_of_row(row, 2, fault);
    bool on = record != NULL && visit(context, NULL, record, fault);
    record_free(record);
    return on;
}

/* Finalizes the query. */
static bool tell_all(struct store *store, sqlite3_stmt *query, struct bytes asked,
                     store_visit_speaker *visit, void *context, struct fault *fault)
{
    int answer = query == NULL ? SQLITE_ERROR : SQLITE_ROW;

    if (query != NULL) {
        bind_text(query, 1, asked);
        bind_number(query, 2, store->network);
    }
    while (answer == SQLITE_ROW && (answer = step(store, query, doing, fault)) == SQLITE_ROW)
        if (!tell_one(query, visit, context, fault))
            answer = SQLITE_ERROR;
    sqlite3_finalize(query);
    return answer == SQLITE_DONE;
}

static bool tell_piece(struct store *store, int64_t piece, struct bytes match,
                       store_visit_speaker *visit, void *context, struct fault *fault)
{
    bool done = true;

    for (size_t i = 0; done && i < sizeof of_piece / sizeof *of_piece; i++)
        done = tell_all(
            store,
            prepare_format(store, doing, fault, of_piece[i], (long long)piece, (long long)piece),
            match, visit, context, fault);
    return done;
}

static bool tell_pieces(struct store *store, struct bytes match, store_visit_speaker *visit,
                        void *context, struct fault *fault)
{
    sqlite3_stmt *pieces = prepare(store, list_pieces, doing, fault);
    int answer = pieces == NULL ? SQLITE_ERROR : SQLITE_ROW;

    while (answer == SQLITE_ROW && (answer = step(store, pieces, doing, fault)) == SQLITE_ROW)
        if (!tell_piece(store, sqlite3_column_int64(pieces, 0), match, visit, context, fault))
            answer = SQLITE_ERROR;
    sqlite3_finalize(pieces);
    return answer == SQLITE_DONE;
}

bool store_each_speaker(struct store *store, const char *service, store_visit_speaker *visit,
                        void *context, struct fault *fault)
{
    struct buffer match = {0};

    if (!index_use(store, fault))
        return false;
    buffer_append_text(&match, "\"" WORDS_LISTED);
    facet_write(&match, FACET_SERVICE, bytes_of_text(service));
    buffer_append_text(&match, "\"");
    bool done = tell_pieces(store, buffer_view(&match), visit, context, fault);
    for (size_t i = 0; done && i < sizeof of_issues / sizeof *of_issues; i++)
        done = tell_all(store, prepare(store, of_issues[i], doing, fault), bytes_of_text(service),
                        visit, context, fault);
    buffer_release(&match);
    return done;
}
