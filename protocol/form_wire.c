#include "protocol/document.h"
#include "protocol/reader.h"
#include "protocol/writer.h"

#include <assert.h>
#include <string.h>

/* A body's content as MessagePack. form.h says how each type of field is spelt. */

#define PAIRS_MAX 256 /* Fields we know and fields we do not know yet. */
#define KEY_MAX 64
#define CELLS_MAX 32
#define NUMBER_MOST INT64_C(999999999999999999) /* NUMBER_DIGITS_MAX nines */

static void write_decimal(struct buffer *to, struct bytes text)
{
    int64_t integer;
    unsigned decimals;
    bool read = number_read(text, &integer, &decimals);

    assert(read);
    write_array(to, 2);
    write_integer(to, integer);
    write_number(to, decimals);
}

static void write_value(struct buffer *to, enum field_type type, struct bytes text)
{
    if (type == FIELD_NUMBER)
        write_decimal(to, text);
    else
        write_text(to, text);
}

static void write_rows(struct buffer *to, const struct field *field, const struct items *items)
{
    write_array(to, items->count / field->column_count);
    for (size_t i = 0; i < items->count; i++) {
        size_t column = i % field->column_count;
        if (column == 0)
            write_array(to, field->column_count);
        if (items->list[i].size == 0)
            write_nil(to);
        else
            write_value(to, field->columns[column].type, item_text(&items->list[i]));
    }
}

static void write_field(struct buffer *to, const struct field *field, const struct items *items)
{
    write_text(to, bytes_of_text(field->key));
    if (field->type == FIELD_ROWS) {
        write_rows(to, field, items);
        return;
    }
    if (field->type == FIELD_WORDS || field->type == FIELD_LINES)
        write_array(to, items->count);
    for (size_t i = 0; i < items->count; i++)
        write_value(to, field->type, item_text(&items->list[i]));
}

/* Encoded, a shorter key comes before a longer one: its length is what differs first. */
static bool comes_before(const char *a, const char *b)
{
    size_t size_a = strlen(a), size_b = strlen(b);

    return size_a != size_b ? size_a < size_b : strcmp(a, b) < 0;
}

/* The fields that are there, in the order of the wire. Returns how many. */
static size_t wire_order(const struct document *document, size_t order[FORM_FIELDS_MAX])
{
    const struct field *fields = document->form->fields;
    size_t count = 0;

    for (size_t i = 0; i < document->form->count; i++) {
        if (fields[i].header || document->items[i].count == 0)
            continue;
        size_t at = count++;
        for (; at > 0 && comes_before(fields[i].key, fields[order[at - 1]].key); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return count;
}

void document_write(const struct document *document, struct buffer *content)
{
    size_t order[FORM_FIELDS_MAX];
    size_t count = wire_order(document, order);

    write_map(content, count);
    for (size_t i = 0; i < count; i++)
        write_field(content, &document->form->fields[order[i]], &document->items[order[i]]);
}

static void read_string_value(struct reader *reader, struct document *document,
                              const struct field *field, enum field_type type, uint32_t most)
{
    struct bytes text = read_text(reader, field->key, 1, most);

    if (reader->failed)
        return;
    if (!text_is_tidy(type, text)) /* Whoever writes tidies first: a text has one spelling. */
        reader_refuse(reader, "%s: not tidy", field->key);
    else
        document_add_to(document, field, text, (struct place){0});
}

static void read_decimal(struct reader *reader, struct document *document,
                         const struct field *field)
{
    struct buffer text = {0};

    read_array(reader, field->key, 2, 2);
    int64_t integer = read_integer(reader, field->key, -NUMBER_MOST, NUMBER_MOST);
    uint64_t decimals = read_number(reader, field->key, 0, NUMBER_DECIMALS_MAX);
    number_write(&text, integer, (unsigned)decimals);
    if (!reader->failed)
        document_add_to(document, field, buffer_view(&text), (struct place){0});
    buffer_release(&text);
}

static void read_value(struct reader *reader, struct document *document, const struct field *field,
                       enum field_type type, uint32_t most)
{
    if (type == FIELD_NUMBER)
        read_decimal(reader, document, field);
    else
        read_string_value(reader, document, field, type, most);
}

static void read_cells(struct reader *reader, struct document *document, const struct field *field)
{
    size_t cells = read_array(reader, field->key, field->column_count, CELLS_MAX);

    for (size_t i = 0; i < cells && !reader->failed; i++) {
        if (i >= field->column_count)
            read_any(reader, field->key);
        else if (read_nil(reader))
            document_add_to(document, field, bytes_of_text(""), (struct place){0});
        else
            read_value(reader, document, field, field->columns[i].type,
                       field->columns[i].most_bytes);
    }
}

static void read_field(struct reader *reader, struct document *document, const struct field *field)
{
    bool several =
        field->type == FIELD_WORDS || field->type == FIELD_LINES || field->type == FIELD_ROWS;
    size_t count = several ? read_array(reader, field->key, 1, field->most_items) : 1;

    for (size_t i = 0; i < count && !reader->failed; i++)
        if (field->type == FIELD_ROWS)
            read_cells(reader, document, field);
        else
            read_value(reader, document, field, field->type, field->most_bytes);
}

static void read_fields(struct reader *reader, struct document *document)
{
    size_t pairs = read_map(reader, document->form->kind, 0, PAIRS_MAX);
    struct bytes before = {0};

    for (size_t i = 0; i < pairs && !reader->failed; i++) {
        const uint8_t *start = reader->rest.data;
        struct bytes key = read_text(reader, "key", 1, KEY_MAX);
        struct bytes encoded = bytes_of(start, (size_t)(reader->rest.data - start));
        if (i > 0 && bytes_compare(before, encoded) >= 0)
            reader_refuse(reader, "%s: map keys out of order", document->form->kind);
        before = encoded;

        const struct field *field = form_field(document->form, key);
        if (field == NULL || field->header)
            read_any(reader, "unknown field");
        else
            read_field(reader, document, field);
    }
}

static bool fields_hold(const struct document *document, struct fault *fault)
{
    struct problems problems = {0};

    document_check_fields(document, true, &problems);
    bool hold = problems.count == 0;
    if (!hold)
        fault_refuse(fault, REFUSED_MALFORMED, "%s: %s", document->form->kind,
                     problems.list[0].text);
    problems_release(&problems);
    return hold;
}

struct document *document_read(const struct form *form, struct bytes content, struct fault *fault)
{
    struct reader reader = reader_of(content, fault);

    if (content.size > form->most_bytes) {
        fault_refuse(fault, REFUSED_MALFORMED, "%s: %zu bytes, at most %u", form->kind,
                     content.size, form->most_bytes);
        return NULL;
    }
    struct document *document = document_new(form);
    read_fields(&reader, document);
    if (reader_end(&reader) && fields_hold(document, fault))
        return document;
    document_free(document);
    return NULL;
}
