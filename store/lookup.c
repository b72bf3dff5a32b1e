#include "store/internal.h"

#include <ctype.h>
#include <string.h>

/* Looking records up by their ids, and what refers to them, with the help of what is derived. */

enum sql {
    BY_PREFIX,
    ASIDE,
    SCAN,
    ABOUT,
    RESPONSES,
    LABELS,
    RECEIPTS,
    COUNT,
    COUNT_KINDS,
    QUERIES
};

#define THIS_NETWORK " JOIN feed f ON f.number = r.feed AND f.network = ?1 "
#define BETWEEN " r.id BETWEEN ?2 AND ?3 "
#define ENTRY_COLUMNS "r.id, f.authority, f.feed, r.seq"

static const char *const sql[QUERIES] = {
    [BY_PREFIX] =
        "SELECT " ENTRY_COLUMNS " FROM entry e CROSS JOIN record r ON" ENTRY_ROW
        "AND" BETWEEN THIS_NETWORK "WHERE e.prefix BETWEEN id_prefix(?2) AND id_prefix(?3) LIMIT 2",
    [ASIDE] = "SELECT " ENTRY_COLUMNS " FROM record r CROSS" THIS_NETWORK
              "WHERE r.in_set = 0 AND" BETWEEN "LIMIT 2",
    [SCAN] = "SELECT " ENTRY_COLUMNS " FROM record r" THIS_NETWORK "WHERE" BETWEEN "LIMIT 2",
    [ABOUT] =
        "SELECT " STORED_COLUMNS " FROM reference t CROSS JOIN entry e ON e.number = t.record"
        " CROSS JOIN record r ON" ENTRY_ROW "AND r.in_set" THIS_NETWORK
        "JOIN wire w ON w.number = r.number" JOIN_BODY JOIN_SIGNER
        "WHERE t.target = ?2 AND reference_fits(e.kind, t.relation, (SELECT q.kind FROM entry q"
        " CROSS JOIN record y ON y.feed = q.feed AND y.seq = q.seq AND y.number = q.number"
        " WHERE q.prefix = id_prefix(?2) AND y.id = ?2)) IS NOT 0"
        " GROUP BY r.number ORDER BY e.time_ms, r.id",
    [RESPONSES] =
        "WITH said AS (" SAID_OF "),"
        " last AS (SELECT *, place = 1 AND response = 'same_here' AS same,"
        " place = 1 AND response = 'tried' AS tried FROM said)"
        " SELECT count(*) FILTER (WHERE same AND situation IN ('have', 'had_and_fixed')),"
        " count(*) FILTER (WHERE same AND situation = 'had_and_fixed'),"
        " count(*) FILTER (WHERE same AND situation = 'do_not_have'),"
        " count(*) FILTER (WHERE tried AND uptake <> 'rejected'),"
        " count(*) FILTER (WHERE tried AND uptake <> 'rejected'"
        " AND outcomes_agree('worked', outcome)),"
        " count(*) FILTER (WHERE tried AND uptake <> 'rejected'"
        " AND outcomes_agree('did_not_work', outcome)),"
        " count(*) FILTER (WHERE response IN ('question', 'challenge') AND NOT " RESPONSE_ANSWERED(
            "last.id") "),"
                       " coalesce((SELECT l.replications FROM entry q CROSS JOIN record y ON "
                       "y.feed = q.feed"
                       " AND y.seq = q.seq AND y.number = q.number CROSS JOIN lesson l ON l.body = "
                       "q.body"
                       " WHERE q.prefix = id_prefix(?2) AND y.id = ?2), 0),"
                       " count(*) FILTER (WHERE same AND situation IN ('have', 'had_and_fixed') "
                       "AND form = 0),"
                       " count(*) FILTER (WHERE tried AND uptake <> 'rejected' AND form = 0) FROM "
                       "last",
    [LABELS] =
        "SELECT authority, id, label, why, expiry, same_as FROM (SELECT f.authority AS authority,"
        " x.id AS id, body_text('label', w.content, 'label') AS label,"
        " body_text('label', w.content, 'why') AS why,"
        " header_expiry(h.header, h.proof) AS expiry, s.target AS same_as,"
        " row_number() OVER (PARTITION BY f.authority, body_text('label', w.content, 'label'),"
        " s.target ORDER BY f.feed DESC, e.seq DESC, x.id) AS place FROM reference t"
        " CROSS JOIN entry e ON e.number = t.record AND e.kind = 'label' AND e.form = 0"
        " CROSS JOIN feed f ON f.number = e.feed AND f.network = ?1"
        " CROSS JOIN record x ON x.feed = e.feed AND x.seq = e.seq AND x.number = e.number"
        " AND x.in_set AND x.text = 0"
        " CROSS JOIN wire w ON w.number = x.body CROSS JOIN wire h ON h.number = x.number"
        " LEFT JOIN reference s ON s.record = e.number AND s.relation = 3"
        " WHERE t.target = ?2 AND t.relation = 0)"
        " WHERE place = 1 AND label IS NOT NULL ORDER BY label, authority",
    [RECEIPTS] = "SELECT f.authority, min(e.time_ms) FROM receipt t"
                 " CROSS JOIN entry e ON e.number = t.record AND e.form = 0"
                 " CROSS JOIN record r ON" ENTRY_ROW "AND r.in_set" THIS_NETWORK
                 "WHERE t.erased = ?2 GROUP BY f.authority ORDER BY f.authority",
    [COUNT] = "SELECT n.records, n.aside, n.bodies, n.erased, f.waiting, f.drafts FROM file f"
              " LEFT JOIN network n ON n.number = ?1",
    [COUNT_KINDS] = "SELECT kind, records FROM tally WHERE network = ?1",
};
const struct wall lookup_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    sqlite3_stmt *started = statement(store, WALL_LOOKUP, (int)query);

    bind_number(started, 1, store->network);
    return started;
}

/* --- By id --- */

/* Up to two of the records whose ids are within a range. */
struct matches {
    struct entry entries[2];
    size_t count;
};

static bool match_by(struct store *store, enum sql what, const struct digest *least,
                     const struct digest *highest, struct matches *matches, struct fault *fault)
{
    sqlite3_stmt *query = start(store, what);
    int answer;

    bind_digest(query, 2, least);
    bind_digest(query, 3, highest);
    while ((answer = step(store, query, "finding a record", fault)) == SQLITE_ROW) {
        if (matches->count == 2)
            continue;
        struct entry *entry = &matches->entries[matches->count++];
        *entry = (struct entry){.seq = (uint64_t)sqlite3_column_int64(query, 3)};
        column_digest(query, 0, &entry->id);
        column_digest(query, 1, &entry->feed.authority);
        entry->feed.number = (uint32_t)sqlite3_column_int64(query, 2);
    }
    finish(query);
    return answer == SQLITE_DONE;
}

/* While the index is behind it does not have all that is in the set, and all rows are looked at. */
static bool match(struct store *store, const struct digest *least, const struct digest *highest,
                  struct matches *matches, struct fault *fault)
{
    struct progress progress;
    uint64_t behind;

    *matches = (struct matches){.count = 0};
    if (!index_use(store, fault) || !progress_read(store, &progress, fault) ||
        !index_behind(store, &progress, &behind, fault))
        return false;
    if (behind > 0)
        return match_by(store, SCAN, least, highest, matches, fault);
    return match_by(store, BY_PREFIX, least, highest, matches, fault) &&
           match_by(store, ASIDE, least, highest, matches, fault);
}

struct record *store_find(struct store *store, const struct digest *id, bool body,
                          struct fault *fault)
{
    struct matches matches;

    if (!match(store, id, id, &matches, fault))
        return NULL;
    if (matches.count == 0) {
        is_absent(store, id, fault);
        return NULL;
    }
    return store_read(store, &matches.entries[0], body, fault);
}

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
    struct matches matches;

    if (!prefix_range(prefix, &least, &highest))
        return fault_set(fault, FAULT_INPUT,
                         "\"%s\" is not the beginning of an id: give at least 6 of its digits 0-9 "
                         "and a-f",
                         prefix);
    if (!match(store, &least, &highest, &matches, fault))
        return false;
    if (matches.count == 0)
        return fault_set(fault, FAULT_ABSENT, "store %s: no record's id begins with %s",
                         store->path, prefix);
    if (matches.count > 1)
        return fault_set(fault, FAULT_INPUT, "%s begins more than one id: give more digits",
                         prefix);
    *id = matches.entries[0].id;
    return true;
}

/* --- What refers to a record --- */

bool store_each_about(struct store *store, const struct digest *id, store_visit *visit,
                      void *context, struct fault *fault)
{
    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = start(store, ABOUT);
    bind_digest(query, 2, id);
    return visit_rows(store, query, visit, context, fault);
}

bool store_responses(struct store *store, const struct digest *id, struct responses *responses,
                     struct fault *fault)
{
    uint64_t *const columns[] = {
        &responses->same_here,  &responses->fixed,        &responses->not_here,
        &responses->tried,      &responses->worked,       &responses->did_not_work,
        &responses->open,       &responses->replications, &responses->same_here_least,
        &responses->tried_least};

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = start(store, RESPONSES);
    bind_digest(query, 2, id);
    bool done = step(store, query, "counting responses", fault) == SQLITE_ROW;
    for (int i = 0; done && i < 10; i++)
        *columns[i] = (uint64_t)sqlite3_column_int64(query, i);
    finish(query);
    /* Whoever is not named is somebody. */
    responses->same_here_least += responses->same_here_least == 0 && responses->same_here > 0;
    responses->tried_least += responses->tried_least == 0 && responses->tried > 0;
    return done;
}

bool store_each_label(struct store *store, const struct digest *id, store_visit_label *visit,
                      void *context, struct fault *fault)
{
    int answer;
    bool on = true;

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = start(store, LABELS);
    bind_digest(query, 2, id);
    while (on && (answer = step(store, query, "reading labels", fault)) == SQLITE_ROW) {
        struct label label = {.label = column_word(query, 2),
                              .why = column_word(query, 3),
                              .expiry_ms = sqlite3_column_int64(query, 4)};
        column_digest(query, 0, &label.authority);
        column_digest(query, 1, &label.record);
        label.has_same_as = column_digest(query, 5, &label.same_as);
        on = visit(context, &label, fault);
    }
    finish(query);
    return on && answer == SQLITE_DONE;
}

bool store_each_receipt(struct store *store, const struct digest *erased,
                        store_visit_receipt *visit, void *context, struct fault *fault)
{
    struct digest authority;
    int answer;
    bool on = true;

    if (!index_use(store, fault))
        return false;
    sqlite3_stmt *query = start(store, RECEIPTS);
    bind_digest(query, 2, erased);
    while (on && (answer = step(store, query, "reading receipts", fault)) == SQLITE_ROW)
        on = column_digest(query, 0, &authority) &&
             visit(context, &authority, sqlite3_column_int64(query, 1), fault);
    finish(query);
    return on && answer == SQLITE_DONE;
}

/* --- Counting --- */

static bool count_facts(struct store *store, struct store_counts *counts, struct fault *fault)
{
    uint64_t *const columns[] = {&counts->records, &counts->aside,  &counts->bodies,
                                 &counts->erased,  &counts->queued, &counts->drafts};
    sqlite3_stmt *query = start(store, COUNT);
    bool done = step(store, query, "counting", fault) == SQLITE_ROW;

    for (int i = 0; done && i < 6; i++)
        *columns[i] = (uint64_t)sqlite3_column_int64(query, i);
    finish(query);
    return done;
}

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
    sqlite3_stmt *query = start(store, COUNT_KINDS);
    int answer;

    while ((answer = step(store, query, "counting", fault)) == SQLITE_ROW)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if (strcmp(kinds[i].kind, column_word(query, 0)) == 0)
                *kinds[i].count = (uint64_t)sqlite3_column_int64(query, 1);
    finish(query);
    return answer == SQLITE_DONE;
}

uint64_t store_not_searchable(const struct store_counts *counts)
{
    return counts->underived < counts->records ? counts->underived : counts->records;
}

bool store_count(struct store *store, struct store_counts *counts, struct fault *fault)
{
    struct progress progress;

    *counts =
        (struct store_counts){.bytes = files_size(store->path) + files_size(store->index_path)};
    return index_use(store, fault) && count_facts(store, counts, fault) &&
           count_kinds(store, counts, fault) && progress_read(store, &progress, fault) &&
           index_behind(store, &progress, &counts->underived, fault);
}
