#include "store/internal.h"

#include <stdio.h>

/* What was published of one indicator, and documents of a kind, for comparing. */

enum sql { FIGURES_OF, DOCUMENTS_OF, QUERIES };

#define THIS_NETWORK " CROSS JOIN feed f ON f.number = e.feed AND f.network = ?1 "
/* A text that is here and stands, of a named author. */
#define STANDING                                                                                   \
    " CROSS JOIN record r ON" ENTRY_ROW "AND r.in_set AND r.text = 0"                              \
    " CROSS JOIN wire w ON w.number = r.body "
/* The order in which an authority said things; of two with one place the lower id is said last, as
 * the view snapshots has it. */
#define AS_SAID " f.authority, f.feed, e.seq, r.id DESC "

static const char *const sql[QUERIES] = {
    /* An embargo keeps a draft at home; a record that came too early is not used before its day.
     * Only recent ones are looked at: nobody holds a figure back for longer. */
    [FIGURES_OF] =
        "SELECT f.authority, s.area_gss, s.period, s.framework_version, v.value, v.numerator,"
        " v.denominator, v.base, v.margin, v.flag, CASE WHEN e.time_ms > ?5 THEN"
        " body_text('snapshot', w.content, 'embargo_until') END"
        " FROM snapshot s CROSS JOIN entry e ON e.number = s.record AND e.form = 0" THIS_NETWORK
            STANDING "CROSS JOIN snapshot_row v ON v.record = s.record AND v.code = ?3"
        " AND " SAME_GROUP("v.disaggregation", "?4") " WHERE s.framework = ?2 ORDER BY" AS_SAID,
    [DOCUMENTS_OF] = "SELECT f.authority, w.content FROM entry e" THIS_NETWORK STANDING
                     "WHERE e.kind <> 'lesson' AND e.kind = ?2 AND e.form = 0 ORDER BY" AS_SAID,
};
const struct wall figures_wall = {sql, QUERIES};

static const char doing[] = "reading figures";

#define EMBARGO_MAX_MS (INT64_C(400) * 24 * 3600 * 1000)

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    sqlite3_stmt *started = statement(store, WALL_FIGURES, (int)query);

    bind_number(started, 1, store->network);
    return started;
}

bool store_each_figure(struct store *store, const struct figure_key *key, int64_t now_ms,
                       store_visit_figure *visit, void *context, struct fault *fault)
{
    int answer = SQLITE_ROW;

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = start(store, FIGURES_OF);
    bind_word(query, 2, key->framework);
    bind_word(query, 3, key->code);
    bind_word(query, 4, key->disaggregation);
    bind_number(query, 5, now_ms - EMBARGO_MAX_MS);
    while (answer == SQLITE_ROW && (answer = step(store, query, doing, fault)) == SQLITE_ROW) {
        struct known_figure figure = {.value = column_real(query, 4),
                                      .numerator = column_real(query, 5),
                                      .denominator = column_real(query, 6),
                                      .base = column_real(query, 7),
                                      .margin = column_real(query, 8)};
        column_digest(query, 0, &figure.authority);
        snprintf(figure.area, sizeof figure.area, "%s", column_word(query, 1));
        snprintf(figure.period, sizeof figure.period, "%s", column_word(query, 2));
        snprintf(figure.version, sizeof figure.version, "%s", column_word(query, 3));
        snprintf(figure.flag, sizeof figure.flag, "%s", column_word(query, 9));
        if (!visit(context, &figure, column_word(query, 10), fault))
            answer = SQLITE_ERROR;
    }
    finish(query);
    return answer == SQLITE_DONE;
}

bool store_each_document(struct store *store, const char *kind, store_visit_document *visit,
                         void *context, struct fault *fault)
{
    int answer = SQLITE_ROW;

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = start(store, DOCUMENTS_OF);
    bind_word(query, 2, kind);
    while (answer == SQLITE_ROW && (answer = step(store, query, doing, fault)) == SQLITE_ROW) {
        struct digest authority = {0};
        struct withheld ignored = {0};
        struct document *document = document_of_packed(bytes_of_text(kind), column_bytes(query, 1));
        column_digest(query, 0, &authority);
        if (document != NULL) {
            document_withhold(shown_gate(store), document, &ignored);
            if (!visit(context, &authority, document, fault))
                answer = SQLITE_ERROR;
        }
        document_free(document);
    }
    finish(query);
    return answer == SQLITE_DONE;
}
