#include "store/internal.h"

#include "protocol/form.h"

#include <string.h>

/* The text of a body is kept once, in the body. Views and the search read it from there by a
 * function of SQL: body_text(kind, content, key). Several words are put on one line, several lines
 * below one another; tables of rows have no text. */

static struct document *body_read(const char *kind, struct bytes content)
{
    const struct form *form = form_of(kind);
    struct fault ignored;
    struct bytes map;

    if (form == NULL || !body_open(content, &map, &ignored))
        return NULL;
    return document_read(form, map, &ignored);
}

static const struct document *body_document(struct store *store, const char *kind,
                                            struct bytes content)
{
    const struct document *last = store->last.document;

    if (last != NULL && strcmp(document_form(last)->kind, kind) == 0 &&
        bytes_equal(buffer_view(&store->last.content), content))
        return last;
    document_free(store->last.document);
    buffer_clear(&store->last.content);
    buffer_append(&store->last.content, content);
    store->last.document = body_read(kind, content);
    return store->last.document;
}

static const struct field *field_of(const struct form *form, const char *key)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].key, key) == 0)
            return &form->fields[i];
    return NULL;
}

static void answer(sqlite3_context *context, const struct document *document,
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
    sqlite3_result_text64(context, (const char *)text.data, text.size, SQLITE_TRANSIENT,
                          SQLITE_UTF8);
    buffer_release(&text);
}

static void body_text(sqlite3_context *context, int count, sqlite3_value **values)
{
    const char *kind = (const char *)sqlite3_value_text(values[0]);
    const char *key = (const char *)sqlite3_value_text(values[2]);
    const void *data = sqlite3_value_blob(values[1]);
    struct bytes content = {data, (size_t)sqlite3_value_bytes(values[1])};

    (void)count;
    if (kind == NULL || key == NULL || data == NULL)
        return;
    const struct document *document = body_document(sqlite3_user_data(context), kind, content);
    const struct field *field = document == NULL ? NULL : field_of(document_form(document), key);
    if (field != NULL)
        answer(context, document, field);
}

bool body_text_define(struct store *store)
{
    return sqlite3_create_function_v2(store->db, "body_text", 3,
                                      SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, store,
                                      body_text, NULL, NULL, NULL) == SQLITE_OK;
}
