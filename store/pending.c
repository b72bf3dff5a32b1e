#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

/* New records of a transaction, put into their tables many at a time: SQLite takes 64 rows in one
 * statement for two thirds of what they cost one by one. Whatever else is asked of the tables comes
 * after those that wait. */

enum sql { KEEP, KEEP_WIRE, QUERIES };

#define RECORD_COLUMNS_LIST                                                                        \
    "record (feed, seq, id, number, in_set, text, body, size, whole, signer, prev)"
#define RECORD_VALUES "(?, ?, ?, ?, ?, 0, ?, ?, ?, nullif(?, 0), ?)"
#define RECORD_PARAMETERS 10
#define WIRE_COLUMNS_LIST "wire (number, header, proof, salt, content)"
#define WIRE_VALUES "(?, ?, ?, ?, ?)"
#define WIRE_PARAMETERS 5

static const char *const sql[QUERIES] = {
    [KEEP] = "INSERT INTO " RECORD_COLUMNS_LIST " VALUES " RECORD_VALUES " ON CONFLICT DO NOTHING",
    [KEEP_WIRE] = "INSERT INTO " WIRE_COLUMNS_LIST " VALUES " WIRE_VALUES,
};
const struct wall pending_wall = {sql, QUERIES};

static const char doing[] = "keeping a record";

#define ROWS 64
#define BYTES_MOST (512 * 1024) /* Then they are put in though there are fewer. */

struct pending_row {
    struct row row;
    int64_t size, signer;
    bool whole, has_prev, has_body;
    struct digest prev;
    struct span header, proof, salt, packed; /* In `bytes` of all rows. */
};
struct pending {
    struct pending_row rows[ROWS];
    size_t count;
    struct buffer bytes;
    sqlite3_stmt *records, *wires; /* For all rows at once. */
};

/* --- Binding a row, its parameters after `at` --- */

static void bind_record(sqlite3_stmt *query, int at, const struct pending_row *pending)
{
    const struct row *row = &pending->row;

    bind_number(query, at + 1, row->feed);
    bind_number(query, at + 2, row->seq);
    bind_digest(query, at + 3, &row->id);
    bind_number(query, at + 4, row->number);
    bind_number(query, at + 5, row->in);
    bind_number(query, at + 6, row->body);
    bind_number(query, at + 7, pending->size);
    bind_number(query, at + 8, pending->whole);
    bind_number(query, at + 9, pending->signer);
    bind_digest(query, at + 10, pending->has_prev ? &pending->prev : NULL);
}

static void bind_wire(sqlite3_stmt *query, int at, const struct pending *pending,
                      const struct pending_row *row)
{
    bind_number(query, at + 1, row->row.number);
    bind_bytes(query, at + 2, buffer_part(&pending->bytes, row->header));
    bind_bytes(query, at + 3, buffer_part(&pending->bytes, row->proof));
    if (row->has_body) {
        bind_bytes(query, at + 4, buffer_part(&pending->bytes, row->salt));
        bind_bytes(query, at + 5, buffer_part(&pending->bytes, row->packed));
    } else {
        sqlite3_bind_null(query, at + 4);
        sqlite3_bind_null(query, at + 5);
    }
}

static void tally(struct store *store, const struct row *row)
{
    *(row->in ? &store->tally.records : &store->tally.aside) += 1;
    store->tally.bodies += row->body > 0;
}

/* --- One by one --- */

static bool put_one(struct store *store, const struct pending_row *row, struct fault *fault)
{
    sqlite3_stmt *query = statement(store, WALL_PENDING, KEEP);

    bind_record(query, 0, row);
    if (!run(store, query, doing, fault))
        return false;
    if (sqlite3_changes(store->db) == 0) /* It is here already. */
        return true;
    tally(store, &row->row);
    query = statement(store, WALL_PENDING, KEEP_WIRE);
    bind_wire(query, 0, store->pending, row);
    return run(store, query, doing, fault);
}

static bool put_each(struct store *store, struct fault *fault)
{
    for (size_t i = 0; i < store->pending->count; i++)
        if (!put_one(store, &store->pending->rows[i], fault))
            return false;
    return true;
}

/* --- All at once --- */

static sqlite3_stmt *prepare_many(struct store *store, const char *into, const char *values,
                                  struct fault *fault)
{
    struct buffer text = {0};

    buffer_printf(&text, "INSERT INTO %s VALUES ", into);
    for (int i = 0; i < ROWS; i++)
        buffer_printf(&text, "%s%s", i == 0 ? "" : ", ", values);
    sqlite3_stmt *query = prepare(store, buffer_text(&text), doing, fault);
    buffer_release(&text);
    return query;
}

static bool prepare_both(struct store *store, struct fault *fault)
{
    struct pending *pending = store->pending;

    if (pending->records == NULL)
        pending->records = prepare_many(store, RECORD_COLUMNS_LIST, RECORD_VALUES, fault);
    if (pending->records != NULL && pending->wires == NULL)
        pending->wires = prepare_many(store, WIRE_COLUMNS_LIST, WIRE_VALUES, fault);
    return pending->records != NULL && pending->wires != NULL;
}

/* *stands is false where one of them was here already, and nothing was done. */
static bool put_records(struct store *store, bool *stands, struct fault *fault)
{
    struct pending *pending = store->pending;

    for (int i = 0; i < ROWS; i++)
        bind_record(pending->records, i * RECORD_PARAMETERS, &pending->rows[i]);
    int answer = sqlite3_step(pending->records);
    *stands = answer != SQLITE_CONSTRAINT;
    bool done = answer == SQLITE_DONE || !*stands || store_fault(store, doing, fault);
    sqlite3_reset(pending->records);
    return done;
}

static bool put_wires(struct store *store, struct fault *fault)
{
    struct pending *pending = store->pending;

    for (int i = 0; i < ROWS; i++) {
        bind_wire(pending->wires, i * WIRE_PARAMETERS, pending, &pending->rows[i]);
        tally(store, &pending->rows[i].row);
    }
    bool done = sqlite3_step(pending->wires) == SQLITE_DONE || store_fault(store, doing, fault);
    sqlite3_reset(pending->wires);
    return done;
}

static bool put_all(struct store *store, struct fault *fault)
{
    bool stands;

    if (!prepare_both(store, fault) || !put_records(store, &stands, fault))
        return false;
    return stands ? put_wires(store, fault) : put_each(store, fault);
}

/* --- From outside --- */

void pending_forget(struct store *store)
{
    if (store->pending == NULL)
        return;
    store->pending->count = 0;
    buffer_clear(&store->pending->bytes);
}

bool pending_put(struct store *store, struct fault *fault)
{
    if (store->pending == NULL || store->pending->count == 0)
        return true;
    bool done = (store->pending->count == ROWS ? put_all : put_each)(store, fault);
    pending_forget(store);
    return done;
}

bool pending_add(struct store *store, const struct record *record, const struct row *row,
                 int64_t signer, struct fault *fault)
{
    if (store->pending == NULL)
        store->pending = memory_new(1, sizeof *store->pending);
    struct pending *pending = store->pending;
    struct pending_row *new = &pending->rows[pending->count++];
    const struct author *author = &record_header(record)->author;
    *new = (struct pending_row){.row = *row,
                                .size = record_entry(record).size,
                                .signer = signer,
                                .whole = record_is_whole(record),
                                .has_prev = author->form == AUTHOR_NAMED && author->seq > 1,
                                .has_body = record_has_body(record),
                                .prev = author->prev};
    new->header = buffer_add(&pending->bytes, record_header_bytes(record));
    new->proof = buffer_add(&pending->bytes, record_proof(record));
    if (new->has_body) {
        new->salt =
            buffer_add(&pending->bytes, bytes_of(record_salt(record)->bytes, sizeof(struct salt)));
        new->packed = buffer_add(&pending->bytes, record_packed(record));
    }
    return (pending->count < ROWS && pending->bytes.size < BYTES_MOST) || pending_put(store, fault);
}

void pending_release(struct store *store)
{
    if (store->pending == NULL)
        return;
    sqlite3_finalize(store->pending->records);
    sqlite3_finalize(store->pending->wires);
    buffer_release(&store->pending->bytes);
    free(store->pending);
    store->pending = NULL;
}
