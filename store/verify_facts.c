#include "store/internal.h"

#include <stdio.h>
#include <string.h>

/* Facts against what their own bytes say: ids, commitments, columns, chains, and that no text is
 * left of what was erased. */

enum sql { EACH, BODIES, CHAIN, ERASED, QUERIES };

static const char *const sql[QUERIES] = {
    [EACH] = "SELECT w.header, w.proof, b.salt, b.content, r.in_set, r.text, k.key, r.body, r.id,"
             " r.number, r.feed, r.seq, r.size, r.whole, r.prev, r.signer, n.id, f.authority,"
             " f.feed, b.number = r.number OR b.of = r.number, f.network FROM record r"
             " LEFT JOIN wire w ON w.number = r.number AND w.of IS NULL"
             " LEFT JOIN wire b ON b.number = r.body LEFT JOIN feed f ON f.number = r.feed"
             " LEFT JOIN network n ON n.number = f.network"
             " LEFT JOIN signer k ON k.number = r.signer ORDER BY r.feed, r.seq, r.id",
    [BODIES] = "SELECT number, salt, content FROM wire WHERE number = ?1"
               " UNION ALL SELECT number, salt, content FROM wire WHERE of = ?1",
    [CHAIN] = "SELECT count(*) FROM record WHERE feed = ?1 AND seq = ?2 AND id = ?3 AND in_set",
    [ERASED] = "SELECT count(*) FROM erased WHERE id = ?1 AND network = ?2 AND NOT expired",
};
const struct wall verify_wall = {sql, QUERIES};

enum at {
    AT_IN = 4,
    AT_TEXT,
    AT_KEY,
    AT_BODY,
    AT_ID,
    AT_NUMBER,
    AT_FEED,
    AT_SEQ,
    AT_SIZE,
    AT_WHOLE,
    AT_PREV,
    AT_SIGNER,
    AT_NETWORK,
    AT_AUTHORITY,
    AT_FEED_NUMBER,
    AT_BODY_OURS,
    AT_NETWORK_ROW,
};

static const char doing[] = "verifying";

static sqlite3_stmt *start(struct verifier *verifier, enum sql query)
{
    return statement(verifier->store, WALL_VERIFY, (int)query);
}

static bool same_digest(sqlite3_stmt *row, int at, const struct digest *digest)
{
    struct digest here;

    return column_digest(row, at, &here) && digest_equal(&here, digest);
}

/* --- Columns --- */

static bool prev_is_right(sqlite3_stmt *row, const struct author *author)
{
    bool none = author->form != AUTHOR_NAMED || author->seq == 1;

    return none ? sqlite3_column_type(row, AT_PREV) == SQLITE_NULL
                : same_digest(row, AT_PREV, &author->prev);
}

static bool columns_are_right(sqlite3_stmt *row, const struct record *record)
{
    struct entry entry = record_entry(record);

    return same_digest(row, AT_ID, record_id(record)) &&
           same_digest(row, AT_NETWORK, &record_header(record)->network) &&
           same_digest(row, AT_AUTHORITY, &entry.feed.authority) &&
           sqlite3_column_int64(row, AT_FEED_NUMBER) == entry.feed.number &&
           sqlite3_column_int64(row, AT_SEQ) == (int64_t)entry.seq &&
           sqlite3_column_int64(row, AT_SIZE) == entry.size &&
           (sqlite3_column_int(row, AT_WHOLE) != 0) == record_is_whole(record) &&
           prev_is_right(row, &record_header(record)->author) &&
           (sqlite3_column_type(row, AT_SIGNER) == SQLITE_NULL ||
            sqlite3_column_type(row, AT_KEY) != SQLITE_NULL);
}

static bool body_is_right(sqlite3_stmt *row, const struct verified *verified)
{
    if (verified->row.body <= 0)
        return verified->row.body >= BODY_EXPIRED_ROW;
    return verified->row.text != TEXT_ERASED && sqlite3_column_int(row, AT_BODY_OURS) == 1 &&
           record_has_body(verified->record);
}

/* --- Chains --- */

static bool check_chain(struct verifier *verifier, const struct verified *verified)
{
    const struct author *author = &record_header(verified->record)->author;
    int64_t there = 0;

    if (!verified->row.in || author->form != AUTHOR_NAMED || author->seq == 1)
        return true;
    sqlite3_stmt *query = start(verifier, CHAIN);
    bind_number(query, 1, verified->row.feed);
    bind_number(query, 2, (int64_t)author->seq - 1);
    bind_digest(query, 3, &author->prev);
    if (!run_number(verifier->store, query, &there, doing, verifier->fault))
        return false;
    if (there == 0)
        store_check_add(verifier->check, record_id(verified->record),
                        "it is in the set, but the record before it in its feed is not");
    return true;
}

/* --- Texts that went --- */

static bool is_empty(struct bytes bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        if (bytes.data[i] != 0)
            return false;
    return true;
}

static bool check_wiped(struct verifier *verifier, const struct verified *verified)
{
    sqlite3_stmt *query = start(verifier, BODIES);
    int answer;
    bool wiped = true;

    bind_number(query, 1, verified->row.number);
    while ((answer = step(verifier->store, query, doing, verifier->fault)) == SQLITE_ROW)
        wiped = wiped && (sqlite3_column_int64(query, 0) == verified->row.body ||
                          (is_empty(column_bytes(query, 1)) && is_empty(column_bytes(query, 2))));
    finish(query);
    if (!wiped)
        store_check_add(
            verifier->check, record_id(verified->record),
            "bytes of a text that was erased, has expired or left the set are still in the file");
    return answer == SQLITE_DONE;
}

static bool check_erased(struct verifier *verifier, const struct verified *verified,
                         int64_t network)
{
    sqlite3_stmt *query = start(verifier, ERASED);
    int64_t noted = 0;

    bind_digest(query, 1, record_id(verified->record));
    bind_number(query, 2, network);
    if (!run_number(verifier->store, query, &noted, doing, verifier->fault))
        return false;
    if ((noted == 1) != (verified->row.text == TEXT_ERASED))
        store_check_add(verifier->check, record_id(verified->record),
                        "it is not noted as it should be whether its text was erased");
    return true;
}

/* --- Row by row --- */

/* What is in `wire` for the row; a body that is not its own is left out. */
static struct record *read_record(struct verifier *verifier, sqlite3_stmt *row)
{
    struct digest id = {{0}};
    char text[160];
    struct fault why;
    struct record *record = record_of_row(row, 0, &why);

    if (record != NULL)
        return record;
    column_digest(row, AT_ID, &id);
    snprintf(text, sizeof text, "%.140s", why.text);
    store_check_add(verifier->check, &id, text);
    return record_join(column_bytes(row, 0), column_bytes(row, 1), NULL, (struct bytes){0}, &why);
}

/* A hidden text is shown to nobody. */
static struct record *bare(const struct record *record)
{
    struct fault ignored;

    return record_join(record_header_bytes(record), record_proof(record), NULL, (struct bytes){0},
                       &ignored);
}

static bool visit(struct verifier *verifier, sqlite3_stmt *row, const struct verified *verified)
{
    struct bytes key = column_bytes(row, AT_KEY);
    struct stored stored = {
        .record = verified->row.text == TEXT_STANDS ? record_hold(verified->record)
                                                    : bare(verified->record),
        .in = verified->row.in,
        .text = verified->row.text,
        .has_signer = key.size == sizeof stored.signer.bytes,
    };

    if (stored.has_signer)
        memcpy(stored.signer.bytes, key.data, key.size);
    bool on =
        verifier->visit == NULL || verifier->visit(verifier->context, &stored, verifier->fault);
    record_free(stored.record);
    return on;
}

static bool check_record(struct verifier *verifier, sqlite3_stmt *row,
                         const struct verified *verified)
{
    const struct digest *id = record_id(verified->record);

    if (!columns_are_right(row, verified->record))
        store_check_add(verifier->check, id,
                        "the columns beside it are not what its header says: restore a backup");
    if (!body_is_right(row, verified))
        store_check_add(verifier->check, id,
                        "its body is not where its row says: restore a backup");
    return check_chain(verifier, verified) && check_wiped(verifier, verified) &&
           check_erased(verifier, verified, sqlite3_column_int64(row, AT_NETWORK_ROW)) &&
           verify_rows(verifier, verified) && visit(verifier, row, verified);
}

static bool check_row(struct verifier *verifier, sqlite3_stmt *row)
{
    struct verified verified = {
        .record = read_record(verifier, row),
        .row = {.feed = sqlite3_column_int64(row, AT_FEED),
                .seq = sqlite3_column_int64(row, AT_SEQ),
                .number = sqlite3_column_int64(row, AT_NUMBER),
                .in = sqlite3_column_int(row, AT_IN) != 0,
                .text = (enum text_standing)sqlite3_column_int(row, AT_TEXT),
                .body = sqlite3_column_int64(row, AT_BODY)}};

    verifier->check->checked++;
    if (verified.record == NULL)
        return true;
    bool done = check_record(verifier, row, &verified);
    record_free(verified.record);
    return done;
}

static bool check_rows(struct verifier *verifier)
{
    sqlite3_stmt *query = start(verifier, EACH);
    int answer;
    bool on = true;

    while (on && (answer = step(verifier->store, query, doing, verifier->fault)) == SQLITE_ROW)
        on = check_row(verifier, query);
    finish(query);
    return on && answer == SQLITE_DONE;
}

/* --- What is counted, and what nobody points to --- */

static const struct {
    const char *sql, *text;
} none[] = {
    {"SELECT (SELECT count(*) FROM wire WHERE of IS NULL) - (SELECT count(*) FROM record)",
     "there are more or fewer records than rows for them"},
    {"SELECT count(*) FROM wire w WHERE w.of IS NOT NULL AND NOT EXISTS"
     " (SELECT 1 FROM wire p WHERE p.number = w.of AND p.of IS NULL)",
     "a body that came later belongs to no record"},
    {"SELECT count(*) FROM network n WHERE (records, aside, bodies, erased) IS NOT"
     " (SELECT coalesce(sum(r.in_set), 0), coalesce(sum(NOT r.in_set), 0),"
     " coalesce(sum(r.body > 0), 0), coalesce(sum(r.text = 2), 0)"
     " FROM feed f JOIN record r ON r.feed = f.number WHERE f.network = n.number)",
     "records are not counted right"},
    {"SELECT count(*) FROM file WHERE drafts <> (SELECT count(*) FROM draft"
     " WHERE state NOT IN ('published', 'rejected'))"
     " OR waiting <> (SELECT count(*) FROM queue WHERE outcome IS NULL)",
     "drafts or what waits in the queue are not counted right"},
};

bool verify_facts(struct verifier *verifier)
{
    if (!check_rows(verifier))
        return false;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (!verify_none(verifier, none[i].sql, none[i].text))
            return false;
    return true;
}
