#include "store/internal.h"

#include <string.h>

/* Records and their bodies: keeping them, and what becomes of them. */

enum sql { NEXT, KEEP_BODY, FIND, MOVE, SET_TEXT, SET_BODY, CHANGED, ERASED, NOT_ERASED, QUERIES };

#define THIS_ROW " WHERE feed = ?1 AND seq = ?2 AND id = ?3"

static const char *const sql[QUERIES] = {
    [NEXT] = "SELECT coalesce(max(number), 0) + 1 FROM wire",
    [KEEP_BODY] = "INSERT INTO wire (number, of, salt, content) VALUES (?1, ?2, ?3, ?4)",
    [FIND] = "SELECT number, in_set, text, body FROM record" THIS_ROW,
    [MOVE] = "UPDATE record SET in_set = ?4" THIS_ROW,
    [SET_TEXT] = "UPDATE record SET text = ?4" THIS_ROW,
    [SET_BODY] = "UPDATE record SET body = ?4" THIS_ROW,
    [CHANGED] = "INSERT INTO changed (record) VALUES (?1) RETURNING place",
    [ERASED] = "INSERT INTO erased (place, network, id, expired) VALUES (?1, ?2, ?3, ?4)",
    [NOT_ERASED] = "DELETE FROM erased WHERE id = ?1 AND network = ?2 AND NOT expired",
};
const struct wall records_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_RECORDS, (int)query);
}

static sqlite3_stmt *start_row(struct store *store, enum sql what, const struct row *row)
{
    sqlite3_stmt *query = start(store, what);

    bind_number(query, 1, row->feed);
    bind_number(query, 2, row->seq);
    bind_digest(query, 3, &row->id);
    return query;
}

/* --- Where a record stands --- */

bool row_find(struct store *store, const struct entry *entry, struct row *row, bool *found,
              struct fault *fault)
{
    *found = false;
    *row = (struct row){.seq = (int64_t)entry->seq, .id = entry->id};
    if (!feed_number(store, store->network, &entry->feed, NUMBER_FIND, &row->feed, fault))
        return false;
    sqlite3_stmt *query = start_row(store, FIND, row);
    int answer = step(store, query, "finding a record", fault);
    if (answer == SQLITE_ROW) {
        *found = true;
        row->number = sqlite3_column_int64(query, 0);
        row->in = sqlite3_column_int(query, 1) != 0;
        row->text = (enum text_standing)sqlite3_column_int(query, 2);
        row->body = sqlite3_column_int64(query, 3);
    }
    finish(query);
    return answer == SQLITE_ROW || answer == SQLITE_DONE;
}

/* A row that must be there. */
static bool row_there(struct store *store, const struct entry *entry, struct row *row,
                      struct fault *fault)
{
    bool found;

    return row_find(store, entry, row, &found, fault) &&
           (found || is_absent(store, &entry->id, fault));
}

/* --- Keeping --- */

static bool next_number(struct store *store, int64_t *number, struct fault *fault)
{
    if (store->next == 0 &&
        !run_number(store, start(store, NEXT), &store->next, "keeping a record", fault))
        return false;
    *number = store->next++;
    return true;
}

bool record_is_whole(const struct record *record)
{
    const struct header *header = record_header(record);

    return header->author.form != AUTHOR_NAMED || header->expiry_ms != 0 ||
           bytes_equal(header->kind, bytes_of_text("erasure"));
}

/* As of the store's network. To keep it again changes nothing. */
static bool insert_record(struct store *store, const struct record *record, bool in,
                          const struct public_key *signer, struct fault *fault)
{
    struct entry entry = record_entry(record);
    struct row row = {.seq = (int64_t)entry.seq, .id = entry.id, .in = in};
    int64_t signer_row = 0;

    if (!feed_number(store, store->network, &entry.feed, NUMBER_MAKE, &row.feed, fault) ||
        (signer != NULL && !signer_number(store, signer, &signer_row, fault)) ||
        !next_number(store, &row.number, fault))
        return false;
    row.body = record_has_body(record) ? row.number : BODY_NONE;
    return pending_add(store, record, &row, signer_row, fault);
}

/* A record of another network never comes this far: record_read() was told which. */
static bool of_this_network(struct store *store, const struct record *record, struct fault *fault)
{
    return need_network(store, fault) &&
           (digest_equal(&record_header(record)->network, &store->network_id) ||
            fault_set(fault, FAULT_SELF, "store %s: a record of another network", store->path));
}

bool store_keep(struct store *store, const struct record *record, bool in,
                const struct public_key *signer, struct fault *fault)
{
    if (!of_this_network(store, record, fault) || !act_begin_keeping(store, fault))
        return false;
    return act_end(store, insert_record(store, record, in, signer, fault), fault);
}

/* --- Bodies that come later --- */

static bool set_body(struct store *store, const struct row *row, int64_t body, struct fault *fault)
{
    sqlite3_stmt *query = start_row(store, SET_BODY, row);

    bind_number(query, 4, body);
    return run(store, query, "keeping a body", fault);
}

static bool insert_body(struct store *store, const struct row *row, const struct record *record,
                        struct fault *fault)
{
    int64_t number;

    if (!next_number(store, &number, fault))
        return false;
    sqlite3_stmt *query = start(store, KEEP_BODY);
    bind_number(query, 1, number);
    bind_number(query, 2, row->number);
    bind_bytes(query, 3, bytes_of(record_salt(record)->bytes, sizeof(struct salt)));
    bind_bytes(query, 4, record_packed(record));
    store->tally.bodies++;
    return run(store, query, "keeping a body", fault) && set_body(store, row, number, fault);
}

static bool keep_body(struct store *store, const struct record *record, struct fault *fault)
{
    struct entry entry = record_entry(record);
    struct row row;

    if (!row_there(store, &entry, &row, fault))
        return false;
    if (row.body > 0 || !record_has_body(record))
        return true;
    if (row.text == TEXT_ERASED || row.body == BODY_EXPIRED_ROW)
        return fault_set(fault, FAULT_ABSENT,
                         "store %s: this text was erased or has expired: it is taken from nobody",
                         store->path);
    return insert_body(store, &row, record, fault);
}

bool store_keep_body(struct store *store, const struct record *record, struct fault *fault)
{
    if (!need_network(store, fault) || !act_begin(store, fault))
        return false;
    return act_end(store, keep_body(store, record, fault), fault);
}

/* --- What changes about a record --- */

bool change_note(struct store *store, int64_t record, int64_t *place, struct fault *fault)
{
    sqlite3_stmt *query = start(store, CHANGED);

    bind_number(query, 1, record);
    return run_number(store, query, place, "noting a change", fault);
}

/* --- Texts that go --- */

/* Zeros over a column's bytes, where they are. */
static bool wipe_column(struct store *store, const char *column, int64_t number,
                        struct fault *fault)
{
    static const uint8_t zeros[4096];
    sqlite3_blob *blob = NULL;
    int answer = sqlite3_blob_open(store->db, "main", "wire", column, number, 1, &blob);
    int size = answer == SQLITE_OK ? sqlite3_blob_bytes(blob) : 0;

    for (int at = 0; answer == SQLITE_OK && at < size; at += (int)sizeof zeros) {
        int part = size - at < (int)sizeof zeros ? size - at : (int)sizeof zeros;
        answer = sqlite3_blob_write(blob, zeros, part, at);
    }
    bool done = answer == SQLITE_OK || store_fault(store, "erasing a text", fault);
    sqlite3_blob_close(blob);
    return done;
}

static bool wipe(struct store *store, const struct row *row, int64_t body, struct fault *fault)
{
    if (row->body <= 0)
        return row->body == body || body == BODY_NONE || set_body(store, row, body, fault);
    store->tally.bodies--;
    return wipe_column(store, "content", row->body, fault) &&
           wipe_column(store, "salt", row->body, fault) && set_body(store, row, body, fault);
}

/* Note which text must be out of the files, and whether somebody asked. */
static bool note_gone(struct store *store, const struct row *row, int64_t place, bool expired,
                      struct fault *fault)
{
    sqlite3_stmt *query = start(store, ERASED);

    bind_number(query, 1, place);
    bind_number(query, 2, store->network);
    bind_digest(query, 3, &row->id);
    bind_number(query, 4, expired);
    return run(store, query, "erasing a text", fault);
}

static bool note_stands(struct store *store, const struct row *row, struct fault *fault)
{
    sqlite3_stmt *query = start(store, NOT_ERASED);

    bind_digest(query, 1, &row->id);
    bind_number(query, 2, store->network);
    store->tally.erased--;
    return run(store, query, "taking an erasure back", fault);
}

static bool erase(struct store *store, const struct row *row, int64_t place, struct fault *fault)
{
    store->tally.erased++;
    return wipe(store, row, BODY_NONE, fault) && note_gone(store, row, place, false, fault);
}

static bool change_text(struct store *store, const struct entry *entry, enum text_standing text,
                        struct fault *fault)
{
    struct row row;
    int64_t place;

    if (!row_there(store, entry, &row, fault))
        return false;
    if (row.text == text)
        return true;
    sqlite3_stmt *query = start_row(store, SET_TEXT, &row);
    bind_number(query, 4, text);
    return run(store, query, "setting how a text stands", fault) &&
           change_note(store, row.number, &place, fault) &&
           (row.text != TEXT_ERASED || note_stands(store, &row, fault)) &&
           (text != TEXT_ERASED || erase(store, &row, place, fault));
}

bool store_set_text(struct store *store, const struct entry *entry, enum text_standing text,
                    struct fault *fault)
{
    if (!need_network(store, fault) || !act_begin(store, fault))
        return false;
    return act_end(store, change_text(store, entry, text, fault), fault);
}

static bool drop_body(struct store *store, const struct entry *entry, struct fault *fault)
{
    struct row row;
    int64_t place;

    if (!row_there(store, entry, &row, fault))
        return false;
    if (row.body <= 0)
        return wipe(store, &row, BODY_EXPIRED_ROW, fault);
    return wipe(store, &row, BODY_EXPIRED_ROW, fault) &&
           change_note(store, row.number, &place, fault) &&
           note_gone(store, &row, place, true, fault);
}

bool store_drop_body(struct store *store, const struct entry *entry, struct fault *fault)
{
    if (!need_network(store, fault) || !act_begin(store, fault))
        return false;
    return act_end(store, drop_body(store, entry, fault), fault);
}

/* --- Entering and leaving the set --- */

/* Aside no text is kept: no erasure would reach it there. */
static bool move(struct store *store, const struct entry *entry, bool in, struct fault *fault)
{
    struct row row;
    int64_t place;

    if (!row_there(store, entry, &row, fault))
        return false;
    if (row.in == in)
        return true;
    sqlite3_stmt *query = start_row(store, MOVE, &row);
    bind_number(query, 4, in);
    store->tally.records += in ? 1 : -1;
    store->tally.aside -= in ? 1 : -1;
    return run(store, query, "moving a record", fault) &&
           change_note(store, row.number, &place, fault) &&
           (in || row.body <= 0 ||
            (wipe(store, &row, BODY_NONE, fault) && note_gone(store, &row, place, true, fault)));
}

bool store_move(struct store *store, const struct entry *entry, bool in, struct fault *fault)
{
    if (!need_network(store, fault) || !act_begin(store, fault))
        return false;
    return act_end(store, move(store, entry, in, fault), fault);
}
