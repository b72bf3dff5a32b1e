#include "protocol/document.h"
#include "protocol/fields.h"
#include "protocol/record.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const struct form *const forms[] = {
    &lesson_form,  &update_form,   &profile_form, &indicator_form,   &snapshot_form,
    &erasure_form, &response_form, &issue_form,   &endorsement_form, &discussion_form,
    &review_form,  &summary_form,  &label_form,   &offer_form,       NULL};

const struct form *form_of_kind(struct bytes kind)
{
    for (size_t i = 0; forms[i] != NULL; i++)
        if (bytes_equal(kind, bytes_of_text(forms[i]->kind)))
            return forms[i];
    return NULL;
}

const struct form *form_of(const char *kind)
{
    return form_of_kind(bytes_of_text(kind));
}

bool target_fits(const struct target *target, struct bytes kind)
{
    if (target->kinds == NULL)
        return true;
    for (size_t i = 0; target->kinds[i] != NULL; i++)
        if (bytes_equal(kind, bytes_of_text(target->kinds[i])))
            return true;
    return false;
}

bool reference_fits(struct bytes kind, uint8_t relation, struct bytes target_kind)
{
    const struct form *form = form_of_kind(kind);

    if (form == NULL)
        return true;
    if (relation == RELATION_SUPERSEDES)
        return bytes_equal(kind, target_kind);
    for (size_t i = 0; i < form->count; i++) {
        const struct target *target = form->fields[i].target;
        if (target != NULL && target->relation == relation && target_fits(target, target_kind))
            return true;
    }
    return false;
}

const struct field *form_field(const struct form *form, struct bytes key)
{
    for (size_t i = 0; i < form->count; i++) {
        const char *name = form->fields[i].key;
        if (key.size > 0 && name[0] == (char)key.data[0] && bytes_equal(key, bytes_of_text(name)))
            return &form->fields[i];
    }
    return NULL;
}

bool form_has(const struct form *form, const char *key)
{
    return form_field(form, bytes_of_text(key)) != NULL;
}

size_t items_per_row(const struct field *field)
{
    return field->type == FIELD_ROWS ? field->column_count : 1;
}

struct bytes item_text(const struct item *item)
{
    return bytes_of(item->data, item->size);
}

struct document *document_new(const struct form *form)
{
    struct document *document = memory_new(1, sizeof *document);

    assert(form->count <= FORM_FIELDS_MAX);
    document->form = form;
    return document;
}

static void items_release(struct items *items)
{
    for (size_t i = 0; i < items->count; i++)
        free(items->list[i].data);
    free(items->list);
    *items = (struct items){0};
}

void document_free(struct document *document)
{
    if (document == NULL)
        return;
    for (size_t i = 0; i < document->form->count; i++)
        items_release(&document->items[i]);
    free(document);
}

const struct form *document_form(const struct document *document)
{
    return document->form;
}

static size_t index_of(const struct document *document, const char *key)
{
    const struct field *field = form_field(document->form, bytes_of_text(key));

    assert(field != NULL);
    return (size_t)(field - document->form->fields);
}

static const struct item *find_item(const struct document *document, const char *key, size_t index)
{
    const struct items *items = &document->items[index_of(document, key)];

    return index < items->count ? &items->list[index] : NULL;
}

struct bytes document_text(const struct document *document, const char *key)
{
    return document_item(document, key, 0);
}

size_t document_count(const struct document *document, const char *key)
{
    return document->items[index_of(document, key)].count;
}

struct bytes document_item(const struct document *document, const char *key, size_t index)
{
    const struct item *item = find_item(document, key, index);

    return item == NULL ? bytes_of_text("") : item_text(item);
}

struct place document_place(const struct document *document, const char *key, size_t index)
{
    const struct item *item = find_item(document, key, index);

    return item == NULL ? (struct place){0} : item->place;
}

struct document *document_copy(const struct document *document)
{
    const struct form *form = document_form(document);
    struct document *copy = document_new(form);

    copy->start = document->start;
    for (size_t i = 0; i < form->count; i++) {
        const char *key = form->fields[i].key;
        for (size_t item = 0; item < document_count(document, key); item++)
            document_add(copy, key, document_item(document, key, item),
                         document_place(document, key, item));
    }
    return copy;
}

struct bytes document_title(const struct document *document)
{
    static const char *const keys[] = {"title",    "name",     "framework",
                                       "response", "decision", "label"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (form_has(document->form, keys[i]))
            return document_text(document, keys[i]);
    return bytes_of_text(document->form->kind);
}

bool document_expiry(const struct document *document, int64_t now_ms, int64_t *expiry_ms,
                     struct fault *fault)
{
    *expiry_ms = 0;
    if (!form_has(document->form, "expires") || document_count(document, "expires") == 0)
        return true;
    struct bytes last_day = document_text(document, "expires");
    *expiry_ms = date_end_ms(last_day);
    return *expiry_ms > now_ms ||
           fault_set(fault, FAULT_INPUT, "\"Expires\": %.*s is over: give a later day",
                     QUOTED(last_day));
}

static uint8_t tidy_byte(enum field_type type, uint8_t byte)
{
    if (byte == '\t')
        byte = ' ';
    if (type != FIELD_WORD && type != FIELD_WORDS)
        return byte;
    if (byte >= 'A' && byte <= 'Z')
        return (uint8_t)(byte - 'A' + 'a');
    return byte == ' ' || byte == '-' ? '_' : byte;
}

static bool may_change(enum field_type type, struct bytes text)
{
    return type == FIELD_WORD || type == FIELD_WORDS ||
           (text.size > 0 && (memchr(text.data, '\t', text.size) != NULL ||
                              memchr(text.data, '\r', text.size) != NULL));
}

bool text_is_tidy(enum field_type type, struct bytes text)
{
    struct buffer tidy = {0};

    if (!may_change(type, text))
        return text_trimmed(text).size == text.size;
    text_tidy(&tidy, type, text);
    bool same = bytes_equal(buffer_view(&tidy), text);
    buffer_release(&tidy);
    return same;
}

void text_tidy(struct buffer *tidy, enum field_type type, struct bytes text)
{
    size_t size = tidy->size;

    text = text_trimmed(text);
    buffer_append(tidy, text);
    if (!may_change(type, text))
        return;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] != '\r' || i + 1 == text.size || text.data[i + 1] != '\n')
            tidy->data[size++] = tidy_byte(type, text.data[i]);
    tidy->size = size;
}

void document_add_to(struct document *document, const struct field *field, struct bytes text,
                     struct place place)
{
    struct items *items = &document->items[field - document->form->fields];
    size_t column = items->count % items_per_row(field);
    enum field_type type = field->type == FIELD_ROWS ? field->columns[column].type : field->type;
    struct buffer tidy = {0};

    text_tidy(&tidy, type, text);
    if (tidy.size == 0 && field->type != FIELD_ROWS) {
        buffer_release(&tidy);
        return;
    }
    if (items->count == items->capacity) {
        items->capacity = items->capacity == 0 ? 1 : 2 * items->capacity;
        items->list = memory_grow(items->list, items->capacity, sizeof *items->list);
    }
    buffer_text(&tidy);
    items->list[items->count++] =
        (struct item){.data = (char *)tidy.data, .size = tidy.size, .place = place};
}

void document_add(struct document *document, const char *key, struct bytes text, struct place place)
{
    document_add_to(document, &document->form->fields[index_of(document, key)], text, place);
}

void document_clear(struct document *document, const char *key)
{
    items_release(&document->items[index_of(document, key)]);
}
