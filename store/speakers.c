#include "store/internal.h"

/* Who has published lessons of a service: counted in the index, without reading a text. */

static const char doing[] = "counting who has published";

static const char list_pieces[] = "SELECT number FROM piece ORDER BY number";

/* Of one piece. What facts say by now counts, as in a search. */
#define SPEAKERS                                                                                   \
    "SELECT CASE e.form WHEN 0 THEN f.authority END, count(*) FROM words_%lld w"                   \
    " CROSS JOIN lesson l ON l.body = w.rowid CROSS JOIN entry e ON e.number = l.record"           \
    " CROSS JOIN record r ON" ENTRY_ROW "AND r.in_set AND r.text = 0"                              \
    " CROSS JOIN feed f ON f.number = r.feed AND f.network = ?2"                                   \
    " WHERE words_%lld MATCH ?1 GROUP BY 1"

static bool tell_piece(struct store *store, int64_t piece, struct bytes match,
                       store_visit_speaker *visit, void *context, struct fault *fault)
{
    sqlite3_stmt *query =
        prepare_format(store, doing, fault, SPEAKERS, (long long)piece, (long long)piece);
    int answer = query == NULL ? SQLITE_ERROR : SQLITE_ROW;

    if (query != NULL) {
        bind_text(query, 1, match);
        bind_number(query, 2, store->network);
    }
    while (answer == SQLITE_ROW && (answer = step(store, query, doing, fault)) == SQLITE_ROW) {
        struct digest authority;
        bool named = column_digest(query, 0, &authority);
        if (!visit(context, named ? &authority : NULL, (uint64_t)sqlite3_column_int64(query, 1),
                   fault))
            answer = SQLITE_ERROR;
    }
    sqlite3_finalize(query);
    return answer == SQLITE_DONE;
}

bool store_each_speaker(struct store *store, const char *service, store_visit_speaker *visit,
                        void *context, struct fault *fault)
{
    struct buffer match = {0};
    int answer = SQLITE_ROW;

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *pieces = prepare(store, list_pieces, doing, fault);
    if (pieces == NULL)
        return false;
    buffer_append_text(&match, "\"" WORDS_LISTED);
    facet_write(&match, FACET_SERVICE, bytes_of_text(service));
    buffer_append_text(&match, "\"");
    while (answer == SQLITE_ROW && (answer = step(store, pieces, doing, fault)) == SQLITE_ROW)
        if (!tell_piece(store, sqlite3_column_int64(pieces, 0), buffer_view(&match), visit, context,
                        fault))
            answer = SQLITE_ERROR;
    sqlite3_finalize(pieces);
    buffer_release(&match);
    return answer == SQLITE_DONE;
}
