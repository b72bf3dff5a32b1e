#include "store/internal.h"

#include "protocol/evidence.h"
#include "protocol/form.h"

#include <assert.h>
#include <string.h>

/* Functions of SQL over bodies and headers, for the views and the search. The text of a body is
 * kept once, packed in the body, and read from there: several words are put on one line, several
 * lines below one another; rows are given as JSON.
 *
 * Whatever text of a record leaves the store to be shown leaves it here or by store_search(), and
 * what the gate's hard classes find in it is withheld. (To be passed on, it leaves as it is.) */

struct document *document_of(struct bytes kind, struct bytes content)
{
    char name[KIND_MAX + 1] = "";
    struct fault ignored;
    struct bytes map;

    if (kind.size > KIND_MAX)
        return NULL;
    memcpy(name, kind.data, kind.size);
    const struct form *form = form_of(name);
    if (form == NULL || !body_open(content, &map, &ignored))
        return NULL;
    return document_read(form, map, &ignored);
}

struct document *document_of_packed(struct bytes kind, struct bytes packed)
{
    return document_of(kind, content_unpack(packed));
}

/* --- To be shown --- */

/* The hard classes alone: names are for whoever writes. Compiling it takes some ms. */
const struct gate *shown_gate(struct store *store)
{
    struct fault none;

    if (store->gate == NULL)
        store->gate = gate_new(NULL, &none);
    assert(store->gate != NULL); /* Only a name can be refused. */
    return store->gate;
}

struct document *store_document(struct store *store, const struct record *record,
                                struct withheld *withheld)
{
    struct document *document = NULL;

    *withheld = (struct withheld){0};
    if (record_has_body(record))
        document = document_of(record_header(record)->kind, record_content(record));
    if (document != NULL)
        document_withhold(shown_gate(store), document, withheld);
    return document;
}

/* --- Of bodies --- */

/* A row asks for many fields of one body. */
static struct document *body_document(struct store *store, struct bytes kind, struct bytes packed)
{
    struct document *last = store->last.document;

    if (last != NULL && bytes_equal(bytes_of_text(document_form(last)->kind), kind) &&
        bytes_equal(buffer_view(&store->last.packed), packed))
        return last;
    document_free(store->last.document);
    buffer_clear(&store->last.packed);
    buffer_append(&store->last.packed, packed);
    store->last.document = document_of_packed(kind, packed);
    return store->last.document;
}

static struct bytes value_bytes(sqlite3_value *value)
{
    const void *data = sqlite3_value_blob(value);

    return bytes_of(data, (size_t)sqlite3_value_bytes(value));
}

/* The first two arguments of each: kind, and the body, packed. NULL where that is no such
 * body. */
static struct document *argument_document(sqlite3_context *context, sqlite3_value **values)
{
    if (sqlite3_value_type(values[0]) == SQLITE_NULL ||
        sqlite3_value_type(values[1]) == SQLITE_NULL)
        return NULL;
    return body_document(sqlite3_user_data(context), value_bytes(values[0]),
                         value_bytes(values[1]));
}

/* The field of this name, as it may be shown. It is looked at when it is asked for, and not before:
 * most questions read a field or two of very many records. */
static const struct field *shown_field(sqlite3_context *context, struct document *document,
                                       sqlite3_value *key)
{
    const char *name = (const char *)sqlite3_value_text(key);
    const struct form *form = document_form(document);
    struct withheld ignored = {0};

    for (size_t i = 0; name != NULL && i < form->count; i++)
        if (strcmp(form->fields[i].key, name) == 0) {
            document_withhold_field(shown_gate(sqlite3_user_data(context)), document, name,
                                    &ignored);
            return &form->fields[i];
        }
    return NULL;
}

static void answer(sqlite3_context *context, struct bytes text)
{
    sqlite3_result_text64(context, text.size == 0 ? "" : (const char *)text.data, text.size,
                          SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void answer_field(sqlite3_context *context, const struct document *document,
                         const struct field *field)
{
    struct buffer text = {0};
    size_t count = document_count(document, field->key);

    if (count == 0 || field->type == FIELD_ROWS)
        return; /* NULL. */
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_append_text(&text, field->type == FIELD_WORDS ? " " : "\n");
        buffer_append(&text, document_item(document, field->key, i));
    }
    answer(context, buffer_view(&text));
    buffer_release(&text);
}

/* body_text(kind, content, key): one field; NULL where it is left out. */
static void body_text(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct document *document = argument_document(context, values);

    (void)count;
    if (document == NULL)
        return;
    const struct field *field = shown_field(context, document, values[2]);
    if (field != NULL)
        answer_field(context, document, field);
}

/* Texts of bodies have no control characters but line breaks. */
static void write_json(struct buffer *json, struct bytes text)
{
    buffer_append_text(json, "\"");
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < ' ')
            buffer_printf(json, "\\u%04x", (unsigned)text.data[i]);
        else {
            if (text.data[i] == '"' || text.data[i] == '\\')
                buffer_append_text(json, "\\");
            buffer_append(json, bytes_of(text.data + i, 1));
        }
    buffer_append_text(json, "\"");
}

static void write_words(struct buffer *json, const struct document *document,
                        const struct field *field)
{
    for (size_t i = 0; i < document_count(document, field->key); i++) {
        buffer_append_text(json, json->size == 1 ? "[" : ",[");
        write_json(json, bytes_of_text(field->key));
        buffer_append_text(json, ",");
        write_json(json, document_item(document, field->key, i));
        buffer_append_text(json, "]");
    }
}

/* body_words(kind, content): all words that were chosen where several may be, as
 * [[field, word], ...]. */
static void body_words(sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct document *document = argument_document(context, values);
    struct buffer json = {0};

    (void)count;
    if (document == NULL)
        return;
    const struct form *form = document_form(document);
    buffer_append_text(&json, "[");
    for (size_t i = 0; i < form->count; i++)
        if (form->fields[i].type == FIELD_WORDS)
            write_words(&json, document, &form->fields[i]);
    buffer_append_text(&json, "]");
    answer(context, buffer_view(&json));
    buffer_release(&json);
}

/* body_rows(kind, content, key): a field of rows, as [[cell, ...], ...]; null where a cell is
 * empty. */
static void body_rows(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct document *document = argument_document(context, values);
    struct buffer json = {0};

    (void)count;
    if (document == NULL)
        return;
    const struct field *field = shown_field(context, document, values[2]);
    if (field == NULL || field->type != FIELD_ROWS)
        return;
    buffer_append_text(&json, "[");
    for (size_t i = 0; i < document_count(document, field->key); i++) {
        struct bytes cell = document_item(document, field->key, i);
        bool first = i % field->column_count == 0;
        buffer_append_text(&json, first ? i == 0 ? "[" : "],[" : ",");
        if (cell.size == 0)
            buffer_append_text(&json, "null");
        else
            write_json(&json, cell);
    }
    buffer_append_text(&json, json.size == 1 ? "]" : "]]");
    answer(context, buffer_view(&json));
    buffer_release(&json);
}

/* --- Of headers --- */

/* header_topic(header, proof). */
static void header_topic(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct fault ignored;
    struct record *record = record_join(value_bytes(values[0]), value_bytes(values[1]), NULL,
                                        (struct bytes){0}, &ignored);

    (void)count;
    if (record != NULL)
        answer(context, record_header(record)->topic);
    record_free(record);
}

/* header_n(header, proof): of an owner record. */
static void header_n(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct fault ignored;
    struct record *record = record_join(value_bytes(values[0]), value_bytes(values[1]), NULL,
                                        (struct bytes){0}, &ignored);

    (void)count;
    if (record != NULL)
        sqlite3_result_int64(context, record_header(record)->author.n);
    record_free(record);
}

/* header_expiry(header, proof): in ms since 1970; NULL where it does not expire. */
static void header_expiry(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct fault ignored;
    struct record *record = record_join(value_bytes(values[0]), value_bytes(values[1]), NULL,
                                        (struct bytes){0}, &ignored);

    (void)count;
    if (record != NULL && record_header(record)->expiry_ms != 0)
        sqlite3_result_int64(context, record_header(record)->expiry_ms);
    record_free(record);
}

/* id_prefix(id): the first 8 bytes as a number in the same order. */
static void prefix(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct bytes id = value_bytes(values[0]);

    (void)count;
    if (id.size == DIGEST_SIZE)
        sqlite3_result_int64(context, id_prefix(id.data));
}

int64_t id_prefix(const uint8_t id[static 8])
{
    uint64_t number = 0;

    for (int i = 0; i < 8; i++)
        number = number << 8 | id[i];
    return (int64_t)(number ^ UINT64_C(1) << 63);
}

/* outcomes_agree(outcome, outcome), evidence_now(level, replications), and
 * reference_fits(kind, relation, kind): NULL of a target that is not here. */
static void agree(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    sqlite3_result_int(context, outcomes_agree(value_bytes(values[0]), value_bytes(values[1])));
}

static void evidence(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    if (sqlite3_value_type(values[0]) != SQLITE_NULL)
        answer(context,
               evidence_now(value_bytes(values[0]), (uint64_t)sqlite3_value_int64(values[1])));
}

static void fits(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count;
    if (sqlite3_value_type(values[2]) != SQLITE_NULL)
        sqlite3_result_int(context, reference_fits(value_bytes(values[0]),
                                                   (uint8_t)sqlite3_value_int(values[1]),
                                                   value_bytes(values[2])));
}

bool text_define(struct store *store, struct fault *fault)
{
    static const struct {
        const char *name;
        int arguments;
        void (*function)(sqlite3_context *context, int count, sqlite3_value **values);
    } functions[] = {
        {"body_text", 3, body_text},   {"body_words", 2, body_words},
        {"body_rows", 3, body_rows},   {"header_topic", 2, header_topic},
        {"header_n", 2, header_n},     {"header_expiry", 2, header_expiry},
        {"id_prefix", 1, prefix},      {"outcomes_agree", 2, agree},
        {"evidence_now", 2, evidence}, {"reference_fits", 3, fits},
    };

    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (sqlite3_create_function_v2(store->db, functions[i].name, functions[i].arguments,
                                       SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, store,
                                       functions[i].function, NULL, NULL, NULL) != SQLITE_OK)
            return store_fault(store, "opening", fault);
    return true;
}
