#include "store/internal.h"

#include "protocol/receipt.h"

#include <stdlib.h>
#include <string.h>

/* What is derived from one record, kind by kind, without looking at any other. A body that is not
 * what its kind's form says is kept all the same and has no rows. */

enum sql {
    ADD_ENTRY,
    ADD_REFERENCE,
    ADD_RECEIPT,
    ADD_LESSON,
    ADD_UPDATE,
    ADD_RESPONSE,
    ADD_SEARCHED,
    ADD_SNAPSHOT,
    ADD_SNAPSHOT_ROW,
    FORGET_SNAPSHOT_ROWS,
    FORGET_SNAPSHOTS,
    REMOVE_FIRST,
    REMOVE_SNAPSHOT_ROWS = REMOVE_FIRST,
    REMOVE_SNAPSHOT,
    REMOVE_UPDATE,
    REMOVE_RESPONSE,
    REMOVE_LESSON,
    REMOVE_SEARCHED,
    REMOVE_RECEIPT,
    REMOVE_REFERENCES,
    REMOVE_WITHHELD,
    REMOVE_ENTRY,
    QUERIES
};

static const char *const sql[QUERIES] = {
    [ADD_ENTRY] = "INSERT INTO entry (number, body, prefix, feed, seq, form, kind, time_ms)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [ADD_REFERENCE] = "INSERT OR IGNORE INTO reference (record, relation, target)"
                      " VALUES (?1, ?2, ?3)",
    [ADD_RECEIPT] = "INSERT INTO receipt (record, erased) VALUES (?1, ?2)",
    [ADD_LESSON] = "INSERT INTO lesson (record, outcome, stage, body, feed, time_ms, evidence,"
                   " outcome_now, stage_now) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?2, ?3)",
    [ADD_SEARCHED] = "INSERT INTO searched (record, body, feed, time_ms, about)"
                     " VALUES (?1, ?2, ?3, ?4, ?5)",
    [ADD_UPDATE] = "INSERT INTO update_of (record, outcome, stage, about, own, turn)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
    [ADD_RESPONSE] = "INSERT INTO response_of (record, response, situation, uptake, outcome, about)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
    [ADD_SNAPSHOT] = "INSERT INTO snapshot (record, framework, framework_version, area_gss, period,"
                     " status, sdc_profile) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [ADD_SNAPSHOT_ROW] = "INSERT INTO snapshot_row (record, place, code, disaggregation, value,"
                         " numerator, denominator, base, margin, flag)"
                         " VALUES (?1, ?2, ?3, ?4, CAST(nullif(?5, '') AS REAL),"
                         " CAST(nullif(?6, '') AS REAL), CAST(nullif(?7, '') AS REAL),"
                         " CAST(nullif(?8, '') AS REAL), CAST(nullif(?9, '') AS REAL),"
                         " nullif(?10, ''))",
    [FORGET_SNAPSHOT_ROWS] = "DELETE FROM snapshot_row",
    [FORGET_SNAPSHOTS] = "DELETE FROM snapshot",
    [REMOVE_SNAPSHOT_ROWS] = "DELETE FROM snapshot_row WHERE record = ?1",
    [REMOVE_SNAPSHOT] = "DELETE FROM snapshot WHERE record = ?1",
    [REMOVE_UPDATE] = "DELETE FROM update_of WHERE record = ?1",
    [REMOVE_RESPONSE] = "DELETE FROM response_of WHERE record = ?1",
    [REMOVE_LESSON] = "DELETE FROM lesson WHERE body ="
                      " (SELECT body FROM entry WHERE number = ?1 AND body <> 0)",
    [REMOVE_SEARCHED] = "DELETE FROM searched WHERE body ="
                        " (SELECT body FROM entry WHERE number = ?1 AND body <> 0)",
    [REMOVE_RECEIPT] = "DELETE FROM receipt WHERE record = ?1",
    [REMOVE_REFERENCES] = "DELETE FROM reference WHERE record = ?1",
    [REMOVE_WITHHELD] = "DELETE FROM withheld WHERE record = ?1",
    [REMOVE_ENTRY] = "DELETE FROM entry WHERE number = ?1",
};
const struct wall rows_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query, const struct derivable *from)
{
    sqlite3_stmt *started = statement(store, WALL_ROWS, (int)query);

    bind_number(started, 1, from->number);
    return started;
}

static const char doing[] = "deriving from a record";

/* --- From its header --- */

static bool add_entry(struct store *store, const struct derivable *from, struct fault *fault)
{
    const struct header *header = record_header(from->record);
    sqlite3_stmt *query = start(store, ADD_ENTRY, from);

    bind_number(query, 2, from->body);
    bind_number(query, 3, id_prefix(record_id(from->record)->bytes));
    bind_number(query, 4, from->feed);
    bind_number(query, 5, from->seq);
    bind_number(query, 6, header->author.form);
    bind_text(query, 7, header->kind);
    bind_number(query, 8, header->time_ms);
    return run(store, query, doing, fault);
}

static bool add_reference(struct store *store, const struct derivable *from, uint8_t relation,
                          const struct digest *id, struct fault *fault)
{
    sqlite3_stmt *query = start(store, ADD_REFERENCE, from);

    bind_number(query, 2, relation);
    bind_digest(query, 3, id);
    return run(store, query, doing, fault);
}

static bool add_references(struct store *store, const struct derivable *from, struct fault *fault)
{
    const struct header *header = record_header(from->record);

    for (size_t i = 0; i < header->reference_count; i++)
        if (!add_reference(store, from, header->references[i].relation, &header->references[i].id,
                           fault))
            return false;
    return true;
}

/* --- From its body --- */

/* A word of a later version's vocabulary could be anything: it stays in the body alone, so that
 * nothing of a text that is erased can be here. */
static void bind_known(sqlite3_stmt *query, int at, const struct document *document,
                       const char *key)
{
    const struct form *form = document_form(document);
    struct bytes word = document_text(document, key);

    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].key, key) == 0 &&
            vocabulary_find(form->fields[i].vocabulary, word) != NULL)
            bind_text(query, at, word);
}

static bool add_lesson(struct store *store, const struct derivable *from,
                       const struct document *document, struct fault *fault)
{
    sqlite3_stmt *query = start(store, ADD_LESSON, from);

    bind_known(query, 2, document, "outcome");
    bind_known(query, 3, document, "stage");
    bind_number(query, 4, from->body);
    bind_number(query, 5, from->feed);
    bind_number(query, 6, record_header(from->record)->time_ms);
    bind_known(query, 7, document, "evidence_level");
    return run(store, query, doing, fault);
}

static bool add_searched(struct store *store, const struct derivable *from,
                         const struct document *document, struct fault *fault)
{
    const struct header *header = record_header(from->record);
    static const struct digest nothing; /* Which is no record's id. */
    const struct digest *about = &nothing;

    for (size_t i = header->reference_count; i > 0; i--)
        if (header->references[i - 1].relation == RELATION_ABOUT)
            about = &header->references[i - 1].id;
    sqlite3_stmt *query = start(store, ADD_SEARCHED, from);
    bind_number(query, 2, from->body);
    bind_number(query, 3, from->feed);
    bind_number(query, 4, header->time_ms);
    bind_digest(query, 5, document_form(document) == &issue_form ? NULL : about);
    return run(store, query, doing, fault);
}

static bool add_update(struct store *store, const struct derivable *from,
                       const struct document *document, struct fault *fault)
{
    const struct header *header = record_header(from->record);
    const struct author *author = &header->author;
    bool owned = author->form == AUTHOR_OWNER;

    for (size_t i = 0; i < header->reference_count; i++) {
        const struct reference *reference = &header->references[i];
        if (reference->relation != RELATION_ABOUT)
            continue;
        sqlite3_stmt *query = start(store, ADD_UPDATE, from);
        bind_known(query, 2, document, "outcome");
        bind_known(query, 3, document, "stage");
        bind_digest(query, 4, &reference->id);
        bind_number(query, 5, owned && digest_equal(&author->record, &reference->id));
        bind_number(query, 6, owned ? author->n : (int64_t)author->seq);
        if (!run(store, query, doing, fault))
            return false;
    }
    return true;
}

static bool add_response(struct store *store, const struct derivable *from,
                         const struct document *document, struct fault *fault)
{
    static const char *const keys[] = {"response", "situation", "uptake", "outcome"};
    const struct header *header = record_header(from->record);

    for (size_t i = 0; i < header->reference_count; i++) {
        if (header->references[i].relation != RELATION_ABOUT)
            continue;
        sqlite3_stmt *query = start(store, ADD_RESPONSE, from);
        for (int k = 0; k < 4; k++)
            bind_known(query, k + 2, document, keys[k]);
        bind_digest(query, 6, &header->references[i].id);
        if (!run(store, query, doing, fault))
            return false;
    }
    return true;
}

static bool add_snapshot_row(struct store *store, const struct derivable *from,
                             const struct document *document, size_t row, size_t columns,
                             struct fault *fault)
{
    sqlite3_stmt *query = start(store, ADD_SNAPSHOT_ROW, from);

    bind_number(query, 2, (int64_t)row);
    for (size_t i = 0; i < columns; i++)
        bind_text(query, (int)i + 3, document_item(document, "rows", row * columns + i));
    return run(store, query, doing, fault);
}

static size_t columns_of(const struct form *form, const char *key)
{
    size_t i = 0;

    while (strcmp(form->fields[i].key, key) != 0)
        i++;
    return form->fields[i].column_count;
}

static bool add_values(struct store *store, const struct derivable *from,
                       const struct document *document, struct fault *fault)
{
    static const char *const keys[] = {"framework", "framework_version", "area_gss", "period",
                                       "status",    "sdc_profile"};
    size_t columns = columns_of(document_form(document), "rows");
    sqlite3_stmt *query = start(store, ADD_SNAPSHOT, from);

    for (int i = 0; i < 6; i++)
        bind_text(query, i + 2, document_text(document, keys[i]));
    bool done = run(store, query, doing, fault);
    for (size_t row = 0; done && row < document_count(document, "rows") / columns; row++)
        done = add_snapshot_row(store, from, document, row, columns, fault);
    return done;
}

/* Its rows are shown and compared from here, and never from the body: without what is withheld. */
static bool add_snapshot(struct store *store, const struct derivable *from,
                         const struct document *document, struct fault *fault)
{
    struct document *shown = document_copy(document);
    struct withheld ignored = {0};

    document_withhold(shown_gate(store), shown, &ignored);
    bool done = add_values(store, from, shown, fault);
    document_free(shown);
    return done;
}

static bool add_receipt(struct store *store, const struct derivable *from, struct fault *fault)
{
    struct digest ids[RECEIPT_MAX];
    struct fault ignored;
    struct bytes map;
    size_t count;

    if (!body_open(from->content, &map, &ignored) || !receipt_read(map, ids, &count, &ignored))
        return true;
    for (size_t i = 0; i < count; i++) {
        sqlite3_stmt *query = start(store, ADD_RECEIPT, from);
        bind_digest(query, 2, &ids[i]);
        if (!run(store, query, doing, fault))
            return false;
    }
    return true;
}

/* What it names in its body. Whoever put it forward wrote whole ids; what is none names nothing. */
static bool add_cited(struct store *store, const struct derivable *from,
                      const struct document *document, const struct field *field,
                      struct fault *fault)
{
    for (size_t i = 0; i < document_count(document, field->key); i++) {
        struct bytes text = document_item(document, field->key, i);
        char hex[2 * DIGEST_SIZE + 1] = "";
        struct digest id;
        if (text.size < sizeof hex)
            memcpy(hex, text.data, text.size);
        if (hex_read(id.bytes, DIGEST_SIZE, hex) &&
            !add_reference(store, from, field->target->relation, &id, fault))
            return false;
    }
    return true;
}

static bool add_all_cited(struct store *store, const struct derivable *from,
                          const struct document *document, struct fault *fault)
{
    const struct form *form = document_form(document);

    for (size_t i = 0; i < form->count; i++)
        if (form->fields[i].target != NULL && !form->fields[i].header &&
            !add_cited(store, from, document, &form->fields[i], fault))
            return false;
    return true;
}

static bool add_document(struct store *store, const struct derivable *from,
                         const struct document *document, struct fault *fault)
{
    const struct form *form = document_form(document);

    if (form == &lesson_form)
        return add_lesson(store, from, document, fault);
    if (form == &issue_form)
        return add_searched(store, from, document, fault);
    if (form == &update_form)
        return add_update(store, from, document, fault) &&
               add_searched(store, from, document, fault);
    if (form == &response_form)
        return add_response(store, from, document, fault) &&
               add_searched(store, from, document, fault);
    if (form == &snapshot_form)
        return add_snapshot(store, from, document, fault);
    return add_all_cited(store, from, document, fault);
}

/* Of these kinds something is derived from the body. */
static bool is_read(struct bytes kind)
{
    static const char *const kinds[] = {"lesson",   "issue",  "update", "response",
                                        "snapshot", "review", "summary"};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (bytes_equal(kind, bytes_of_text(kinds[i])))
            return true;
    return false;
}

struct document *rows_document(struct bytes kind, struct bytes content)
{
    return is_read(kind) ? document_of(kind, content) : NULL;
}

static bool add_body(struct store *store, const struct derivable *from, struct fault *fault)
{
    if (bytes_equal(record_header(from->record)->kind, bytes_of_text("receipt")))
        return add_receipt(store, from, fault);
    return from->document == NULL || add_document(store, from, from->document, fault);
}

/* --- All of it --- */

bool rows_add(struct store *store, const struct derivable *from, struct fault *fault)
{
    return add_entry(store, from, fault) && add_references(store, from, fault) &&
           (from->body == BODY_NONE || add_body(store, from, fault));
}

bool rows_add_snapshot(struct store *store, const struct derivable *from, struct fault *fault)
{
    return from->document == NULL || add_snapshot(store, from, from->document, fault);
}

bool rows_withhold_snapshot(struct store *store, int64_t number, struct bytes kind,
                            struct bytes packed, struct fault *fault)
{
    struct document *document = document_of_packed(kind, packed);
    const struct derivable from = {.number = number, .document = document};
    bool done = run(store, start(store, REMOVE_SNAPSHOT_ROWS, &from), doing, fault) &&
                run(store, start(store, REMOVE_SNAPSHOT, &from), doing, fault) &&
                rows_add_snapshot(store, &from, fault);

    document_free(document);
    return done;
}

bool rows_forget_snapshots(struct store *store, struct fault *fault)
{
    return run(store, statement(store, WALL_ROWS, FORGET_SNAPSHOT_ROWS), doing, fault) &&
           run(store, statement(store, WALL_ROWS, FORGET_SNAPSHOTS), doing, fault);
}

bool rows_remove(struct store *store, int64_t number, struct fault *fault)
{
    const struct derivable from = {.number = number};

    for (int query = REMOVE_FIRST; query < QUERIES; query++)
        if (!run(store, start(store, (enum sql)query, &from), "removing what is derived", fault))
            return false;
    return true;
}
