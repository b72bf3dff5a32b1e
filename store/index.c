#include "store/internal.h"

#include "protocol/form.h"

#include <string.h>

/* What is derived from records, kind by kind. Only records in the set have rows here. A body that
 * is not what its kind's form says is kept all the same and has none. */

enum sql {
    ADD_REFERENCE,
    ADD_WORD,
    ADD_LESSON,
    ADD_LESSON_WORDS,
    ADD_UPDATE,
    ADD_INDICATOR,
    ADD_SNAPSHOT,
    ADD_SNAPSHOT_ROW,
    ADD_PROFILE,
    ADD_PROFILE_ROW,
    /* The words go first: they are told by what is still there. */
    REMOVE_LESSON_WORDS,
    REMOVE_LESSON,
    REMOVE_UPDATE,
    REMOVE_INDICATOR,
    REMOVE_SNAPSHOT_ROWS,
    REMOVE_SNAPSHOT,
    REMOVE_PROFILE_ROWS,
    REMOVE_PROFILE,
    REMOVE_WORDS,
    REMOVE_REFERENCES,
    REFRESH,
    REFRESH_ALL,
    EACH_IN_SET,
    OPTIMIZE,
    QUERIES,
    NOTHING = -1
};

#define TEXT_COLUMNS "title, abstract, what_we_did, what_did_not_work, recommendation"

#define REFRESH_LESSONS                                                                            \
    "UPDATE lesson SET (outcome_now, stage_now) = " LATEST_UPDATE("u.outcome, u.stage")

static const char *const sql[QUERIES] = {
    [ADD_REFERENCE] = "INSERT OR IGNORE INTO reference (record, relation, target)"
                      " VALUES (?1, ?2, ?3)",
    [ADD_WORD] = "INSERT OR IGNORE INTO record_word (record, field, word) VALUES (?1, ?2, ?3)",
    [ADD_LESSON] = "INSERT INTO lesson (record, outcome, stage) VALUES (?1, ?2, ?3)",
    [ADD_LESSON_WORDS] = "INSERT INTO lesson_text (rowid, " TEXT_COLUMNS ")"
                         " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [ADD_UPDATE] = "INSERT INTO update_of (record, about, outcome, stage)"
                   " SELECT record, target, ?2, ?3 FROM reference WHERE record = ?1"
                   " AND relation = 0",
    [ADD_INDICATOR] = "INSERT INTO indicator (record, framework, framework_version, code)"
                      " VALUES (?1, ?2, ?3, ?4)",
    [ADD_SNAPSHOT] = "INSERT INTO snapshot (record, framework, framework_version, area_gss, period,"
                     " status, sdc_profile) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [ADD_SNAPSHOT_ROW] = "INSERT INTO snapshot_row (record, place, code, disaggregation, value,"
                         " numerator, denominator, base, margin, flag)"
                         " VALUES (?1, ?2, ?3, ?4, CAST(nullif(?5, '') AS REAL),"
                         " CAST(nullif(?6, '') AS REAL), CAST(nullif(?7, '') AS REAL),"
                         " CAST(nullif(?8, '') AS REAL), CAST(nullif(?9, '') AS REAL),"
                         " nullif(?10, ''))",
    [ADD_PROFILE] = "INSERT INTO profile (record, contact_role) VALUES (?1, ?2)",
    [ADD_PROFILE_ROW] = "INSERT INTO profile_row (record, place, name, value, period, source)"
                        " VALUES (?1, ?2, ?3, CAST(nullif(?4, '') AS REAL), ?5, ?6)",
    [REMOVE_LESSON_WORDS] = "INSERT INTO lesson_text (lesson_text, rowid, " TEXT_COLUMNS ")"
                            " SELECT 'delete', record, " TEXT_COLUMNS " FROM lesson_field"
                            " WHERE record = ?1",
    [REMOVE_LESSON] = "DELETE FROM lesson WHERE record = ?1",
    [REMOVE_UPDATE] = "DELETE FROM update_of WHERE record = ?1",
    [REMOVE_INDICATOR] = "DELETE FROM indicator WHERE record = ?1",
    [REMOVE_SNAPSHOT_ROWS] = "DELETE FROM snapshot_row WHERE record = ?1",
    [REMOVE_SNAPSHOT] = "DELETE FROM snapshot WHERE record = ?1",
    [REMOVE_PROFILE_ROWS] = "DELETE FROM profile_row WHERE record = ?1",
    [REMOVE_PROFILE] = "DELETE FROM profile WHERE record = ?1",
    [REMOVE_WORDS] = "DELETE FROM record_word WHERE record = ?1",
    [REMOVE_REFERENCES] = "DELETE FROM reference WHERE record = ?1",
    [REFRESH] = REFRESH_LESSONS " WHERE record IN (SELECT number FROM record WHERE network ="
                                " (SELECT network FROM record WHERE number = ?1) AND id = ?2)",
    [REFRESH_ALL] = REFRESH_LESSONS " WHERE outcome_now IS NOT NULL OR record IN"
                                    " (SELECT r.number FROM update_of u JOIN record r"
                                    " ON r.id = u.about)",
    [EACH_IN_SET] = "SELECT r.header, r.proof, b.salt, b.content, r.number FROM record r"
                    " LEFT JOIN body b ON b.record = r.number WHERE r.in_set ORDER BY r.number",
    [OPTIMIZE] = "INSERT INTO lesson_text (lesson_text) VALUES ('optimize')",
};
const struct wall index_wall = {sql, QUERIES};

/* Which statement takes which fields of a body, in the order of its parameters from ?2 on; and
 * which takes each row of a field of rows: ?2 its place, then its cells. */
struct derivation {
    const char *kind;
    enum sql add;
    const char *keys[7];
    enum sql add_row;
    const char *rows;
};
static const struct derivation derivations[] = {
    {"lesson", ADD_LESSON, {"outcome", "stage"}, NOTHING, NULL},
    {"update", ADD_UPDATE, {"outcome", "stage"}, NOTHING, NULL},
    {"indicator", ADD_INDICATOR, {"framework", "framework_version", "code"}, NOTHING, NULL},
    {"snapshot",
     ADD_SNAPSHOT,
     {"framework", "framework_version", "area_gss", "period", "status", "sdc_profile"},
     ADD_SNAPSHOT_ROW,
     "rows"},
    {"profile", ADD_PROFILE, {"contact_role"}, ADD_PROFILE_ROW, "context"},
};

static sqlite3_stmt *start(struct store *store, enum sql query, int64_t number)
{
    sqlite3_stmt *started = statement(store, WALL_INDEX, (int)query);

    if (number != 0)
        bind_number(started, 1, number);
    return started;
}

static const char doing[] = "deriving from a record";

/* --- Adding --- */

static bool add_fields(struct store *store, int64_t number, const struct derivation *derivation,
                       const struct document *document, struct fault *fault)
{
    sqlite3_stmt *query = start(store, derivation->add, number);

    for (int i = 0; derivation->keys[i] != NULL; i++)
        bind_text(query, i + 2, document_text(document, derivation->keys[i]));
    return run(store, query, doing, fault);
}

static const struct field *rows_field(const struct document *document, const char *key)
{
    const struct form *form = document_form(document);

    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].key, key) == 0)
            return &form->fields[i];
    return NULL;
}

static bool add_rows(struct store *store, int64_t number, const struct derivation *derivation,
                     const struct document *document, struct fault *fault)
{
    size_t columns = rows_field(document, derivation->rows)->column_count;
    size_t rows = document_count(document, derivation->rows) / columns;

    for (size_t row = 0; row < rows; row++) {
        sqlite3_stmt *query = start(store, derivation->add_row, number);
        bind_number(query, 2, (int64_t)row);
        for (size_t i = 0; i < columns; i++)
            bind_text(query, (int)i + 3,
                      document_item(document, derivation->rows, row * columns + i));
        if (!run(store, query, doing, fault))
            return false;
    }
    return true;
}

static bool add_derived(struct store *store, int64_t number, const struct document *document,
                        struct fault *fault)
{
    const char *kind = document_form(document)->kind;

    for (size_t i = 0; i < sizeof derivations / sizeof *derivations; i++) {
        const struct derivation *derivation = &derivations[i];
        if (strcmp(derivation->kind, kind) != 0)
            continue;
        if (!add_fields(store, number, derivation, document, fault))
            return false;
        if (derivation->rows != NULL && !add_rows(store, number, derivation, document, fault))
            return false;
    }
    return true;
}

static bool add_words(struct store *store, int64_t number, const struct document *document,
                      const struct field *field, struct fault *fault)
{
    for (size_t i = 0; i < document_count(document, field->key); i++) {
        sqlite3_stmt *query = start(store, ADD_WORD, number);
        bind_word(query, 2, field->key);
        bind_text(query, 3, document_item(document, field->key, i));
        if (!run(store, query, doing, fault))
            return false;
    }
    return true;
}

static bool add_all_words(struct store *store, int64_t number, const struct document *document,
                          struct fault *fault)
{
    const struct form *form = document_form(document);

    for (size_t i = 0; i < form->count; i++)
        if (form->fields[i].type == FIELD_WORDS &&
            !add_words(store, number, document, &form->fields[i], fault))
            return false;
    return true;
}

static bool add_references(struct store *store, int64_t number, const struct header *header,
                           struct fault *fault)
{
    for (size_t i = 0; i < header->reference_count; i++) {
        sqlite3_stmt *query = start(store, ADD_REFERENCE, number);
        bind_number(query, 2, header->references[i].relation);
        bind_digest(query, 3, &header->references[i].id);
        if (!run(store, query, doing, fault))
            return false;
    }
    return true;
}

/* The body as a filled-in form; NULL where it is not here, of an unknown kind, or not readable. */
static struct document *document_of(const struct record *record)
{
    char kind[KIND_MAX + 1] = "";
    struct bytes name = record_header(record)->kind, map;
    struct fault ignored;

    memcpy(kind, name.data, name.size);
    const struct form *form = form_of(kind);
    if (form == NULL || !record_has_body(record) ||
        !body_open(record_content(record), &map, &ignored))
        return NULL;
    return document_read(form, map, &ignored);
}

/* --- Words --- */

/* Takes the document over. */
static void add_wordless(struct store *store, int64_t number, struct document *document)
{
    if (store->wordless.count == store->wordless.capacity) {
        store->wordless.capacity = 2 * store->wordless.capacity + 64;
        store->wordless.list = memory_grow(store->wordless.list, store->wordless.capacity,
                                           sizeof *store->wordless.list);
    }
    store->wordless.list[store->wordless.count++] = (struct wordless){number, document};
}

void index_forget_words(struct store *store, size_t from)
{
    while (store->wordless.count > from)
        document_free(store->wordless.list[--store->wordless.count].document);
}

static bool add_lesson_words(struct store *store, const struct wordless *lesson,
                             struct fault *fault)
{
    static const char *const keys[] = {"title", "abstract", "what_we_did", "what_did_not_work",
                                       "recommendation"};
    sqlite3_stmt *query = start(store, ADD_LESSON_WORDS, lesson->number);

    for (int i = 0; i < 5; i++)
        bind_text(query, i + 2, document_text(lesson->document, keys[i]));
    return run(store, query, doing, fault);
}

bool index_words(struct store *store, struct fault *fault)
{
    bool done = true;

    for (size_t i = 0; done && i < store->wordless.count; i++)
        done = add_lesson_words(store, &store->wordless.list[i], fault);
    index_forget_words(store, 0);
    return done;
}

/* --- Bodies --- */

static bool add_body(struct store *store, int64_t number, const struct record *record,
                     struct fault *fault)
{
    struct document *document = document_of(record);

    if (document == NULL)
        return true;
    bool done = add_derived(store, number, document, fault) &&
                add_all_words(store, number, document, fault);
    if (done && document_form(document) == &lesson_form)
        add_wordless(store, number, document);
    else
        document_free(document);
    return done;
}

/* --- How lessons stand now --- */

static bool refresh(struct store *store, int64_t number, const struct digest *lesson,
                    struct fault *fault)
{
    sqlite3_stmt *query = start(store, REFRESH, number);

    bind_digest(query, 2, lesson);
    return run(store, query, "telling how a lesson stands now", fault);
}

/* A record that came or went may be a lesson, or may have said how one stands. */
static bool refresh_touched(struct store *store, int64_t number, const struct record *record,
                            struct fault *fault)
{
    const struct header *header = record_header(record);

    if (bytes_equal(header->kind, bytes_of_text("lesson")))
        return refresh(store, number, record_id(record), fault);
    if (!bytes_equal(header->kind, bytes_of_text("update")))
        return true;
    for (size_t i = 0; i < header->reference_count; i++)
        if (header->references[i].relation == RELATION_ABOUT &&
            !refresh(store, number, &header->references[i].id, fault))
            return false;
    return true;
}

bool index_refresh(struct store *store, struct fault *fault)
{
    return run(store, start(store, REFRESH_ALL, 0), "telling how lessons stand now", fault);
}

/* --- One record, and all --- */

bool index_add(struct store *store, int64_t number, const struct record *record,
               struct fault *fault)
{
    return add_references(store, number, record_header(record), fault) &&
           index_add_body(store, number, record, fault);
}

bool index_add_body(struct store *store, int64_t number, const struct record *record,
                    struct fault *fault)
{
    return add_body(store, number, record, fault) && refresh_touched(store, number, record, fault);
}

bool index_remove(struct store *store, int64_t number, const struct record *record,
                  struct fault *fault)
{
    for (int query = REMOVE_LESSON_WORDS; query <= REMOVE_REFERENCES; query++)
        if (!run(store, start(store, (enum sql)query, number), "removing what is derived", fault))
            return false;
    return refresh_touched(store, number, record, fault);
}

static bool index_row(struct store *store, sqlite3_stmt *query, struct fault *fault)
{
    struct record *record = record_of_row(query, 0, fault);
    int64_t number = sqlite3_column_int64(query, 4);

    if (record == NULL)
        return fault_prefix(fault, "store %s: a record is damaged: candour verify tells which",
                            store->path);
    bool done = add_references(store, number, record_header(record), fault) &&
                add_body(store, number, record, fault);
    record_free(record);
    return done && (store->wordless.count < WORDLESS_MAX || index_words(store, fault));
}

bool index_all(struct store *store, struct fault *fault)
{
    sqlite3_stmt *query = start(store, EACH_IN_SET, 0);
    int answer = SQLITE_ROW;

    while (answer == SQLITE_ROW && (answer = step(store, query, doing, fault)) == SQLITE_ROW)
        if (!index_row(store, query, fault))
            answer = SQLITE_ERROR;
    finish(query);
    return answer == SQLITE_DONE && authorities_derive(store, fault) &&
           index_refresh(store, fault) && index_words(store, fault) &&
           run(store, start(store, OPTIMIZE, 0), "ordering the search index", fault);
}

bool store_reindex(struct store *store, struct fault *fault)
{
    if (!act_begin(store, fault))
        return false;
    return act_end(store, derived_renew(store, fault) && index_all(store, fault), fault);
}
