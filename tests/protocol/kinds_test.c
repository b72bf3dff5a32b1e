#include "tests/protocol/random_document.h"

#include <criterion/criterion.h>
#include <msgpack.h>
#include <stdio.h>
#include <string.h>

#define DOCUMENTS 150 /* Of each kind. */

/* Parse it; there must be nothing wrong with it. */
static struct document *parsed(const struct form *form, struct bytes file)
{
    struct problems problems = {0};
    struct document *document = document_parse(form, file, &problems);
    struct buffer text = complaints(&problems);

    cr_expect_eq(problems.count, 0, "%s:\n%.*s\n%s", form->kind, (int)file.size,
                 (const char *)file.data, buffer_text(&text));
    buffer_release(&text);
    problems_release(&problems);
    return document;
}

Test(kinds, survive_the_file)
{
    uint64_t seed = 1;

    for (size_t f = 0; forms[f] != NULL; f++)
        for (size_t i = 0; i < DOCUMENTS; i++) {
            struct document *written = random_document(forms[f], &seed);
            struct buffer file = {0}, again = {0};
            document_print(written, &file);
            struct document *read = parsed(forms[f], buffer_view(&file));
            cr_expect(documents_agree(written, read, true), "%s:\n%s", forms[f]->kind,
                      buffer_text(&file));
            cr_expect_eq(file_kind(buffer_view(&file)), forms[f]->kind);
            document_print(read, &again);
            cr_expect(bytes_equal(buffer_view(&file), buffer_view(&again)));
            document_free(written);
            document_free(read);
            buffer_release(&file);
            buffer_release(&again);
        }
}

Test(kinds, survive_the_wire)
{
    uint64_t seed = 2;

    for (size_t f = 0; forms[f] != NULL; f++)
        for (size_t i = 0; i < DOCUMENTS; i++) {
            struct document *written = random_document(forms[f], &seed);
            struct buffer content = {0}, again = {0};
            struct fault fault = {0};
            document_write(written, &content);
            struct document *read = document_read(forms[f], buffer_view(&content), &fault);
            cr_assert_not_null(read, "%s: %s", forms[f]->kind, fault.text);
            cr_expect(documents_agree(written, read, false), "%s", forms[f]->kind);
            document_write(read, &again);
            cr_expect(bytes_equal(buffer_view(&content), buffer_view(&again)));
            document_free(written);
            document_free(read);
            buffer_release(&content);
            buffer_release(&again);
        }
}

/* From a file over the wire to another council's file. */
Test(kinds, travel_whole)
{
    uint64_t seed = 3;

    for (size_t f = 0; forms[f] != NULL; f++)
        for (size_t i = 0; i < DOCUMENTS; i++) {
            struct document *written = random_document(forms[f], &seed);
            struct buffer here = {0}, content = {0}, there = {0};
            struct fault fault = {0};
            for (size_t k = 0; k < forms[f]->count; k++)
                if (forms[f]->fields[k].header) /* The header brings it. */
                    document_clear(written, forms[f]->fields[k].key);
            document_print(written, &here);
            document_write(written, &content);
            struct document *read = document_read(forms[f], buffer_view(&content), &fault);
            cr_assert_not_null(read, "%s: %s", forms[f]->kind, fault.text);
            document_print(read, &there);
            cr_expect(bytes_equal(buffer_view(&here), buffer_view(&there)));
            document_free(written);
            document_free(read);
            buffer_release(&here);
            buffer_release(&content);
            buffer_release(&there);
        }
}

/* MessagePack-c is a second reader, so we cannot agree with ourselves by mistake. */

static bool is_text(const msgpack_object *object, struct bytes text)
{
    return object->type == MSGPACK_OBJECT_STR &&
           bytes_equal(bytes_of(object->via.str.ptr, object->via.str.size), text);
}

static bool is_decimal(const msgpack_object *object, struct bytes text)
{
    char spelt[64], plain[64];
    const msgpack_object *part = object->via.array.ptr;

    if (object->type != MSGPACK_OBJECT_ARRAY || object->via.array.size != 2 ||
        part[1].type != MSGPACK_OBJECT_POSITIVE_INTEGER)
        return false;
    /* As text without its point, and without the zeros that are only there to reach it. */
    bool negative = part[0].type == MSGPACK_OBJECT_NEGATIVE_INTEGER;
    if (negative)
        snprintf(spelt, sizeof spelt, "-%lld", -(long long)part[0].via.i64);
    else
        snprintf(spelt, sizeof spelt, "%llu", (unsigned long long)part[0].via.u64);

    size_t size = 0, decimals = 0;
    bool leading = true, point = false;
    for (size_t i = 0; i < text.size; i++) {
        char byte = (char)text.data[i];
        decimals += point;
        point = point || byte == '.';
        if (byte == '.' || (byte == '0' && leading))
            continue;
        leading = leading && byte == '-';
        plain[size++] = byte;
    }
    if (leading)
        plain[size++] = '0';
    plain[size] = '\0';
    return strcmp(spelt, plain) == 0 && part[1].via.u64 == decimals;
}

static bool is_value(const msgpack_object *object, enum field_type type, struct bytes text)
{
    return type == FIELD_NUMBER ? is_decimal(object, text) : is_text(object, text);
}

static bool are_rows(const msgpack_object *object, const struct document *document,
                     const struct field *field)
{
    size_t columns = field->column_count;

    if (object->type != MSGPACK_OBJECT_ARRAY ||
        object->via.array.size * columns != document_count(document, field->key))
        return false;
    for (size_t i = 0; i < object->via.array.size; i++) {
        const msgpack_object *row = &object->via.array.ptr[i];
        if (row->type != MSGPACK_OBJECT_ARRAY || row->via.array.size != columns)
            return false;
        for (size_t k = 0; k < columns; k++) {
            const msgpack_object *cell = &row->via.array.ptr[k];
            struct bytes text = document_item(document, field->key, i * columns + k);
            if (text.size == 0 ? cell->type != MSGPACK_OBJECT_NIL
                               : !is_value(cell, field->columns[k].type, text))
                return false;
        }
    }
    return true;
}

static bool is_field(const msgpack_object *object, const struct document *document,
                     const struct field *field)
{
    size_t count = document_count(document, field->key);

    if (field->type == FIELD_ROWS)
        return are_rows(object, document, field);
    if (field->type != FIELD_WORDS && field->type != FIELD_LINES)
        return count == 1 && is_value(object, field->type, document_text(document, field->key));
    if (object->type != MSGPACK_OBJECT_ARRAY || object->via.array.size != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!is_text(&object->via.array.ptr[i], document_item(document, field->key, i)))
            return false;
    return true;
}

static const struct field *field_of(const struct form *form, struct bytes key)
{
    for (size_t i = 0; i < form->count; i++)
        if (bytes_equal(key, bytes_of_text(form->fields[i].key)))
            return &form->fields[i];
    return NULL;
}

static size_t filled_in(const struct document *document)
{
    const struct form *form = document_form(document);
    size_t filled = 0;

    for (size_t i = 0; i < form->count; i++)
        filled += !form->fields[i].header && document_count(document, form->fields[i].key) > 0;
    return filled;
}

static void check_map(const msgpack_object *object, const struct document *document)
{
    const msgpack_object_kv *before = NULL;

    cr_assert_eq(object->type, MSGPACK_OBJECT_MAP);
    cr_expect_eq(object->via.map.size, filled_in(document));
    for (size_t i = 0; i < object->via.map.size; i++) {
        const msgpack_object_kv *pair = &object->via.map.ptr[i];
        cr_assert_eq(pair->key.type, MSGPACK_OBJECT_STR);
        struct bytes key = bytes_of(pair->key.via.str.ptr, pair->key.via.str.size);
        const struct field *field = field_of(document_form(document), key);
        cr_assert_not_null(field);
        cr_expect_not(field->header);
        cr_expect(is_field(&pair->val, document, field), "%s", field->key);
        if (before != NULL)
            cr_expect(before->key.via.str.size < key.size ||
                          (before->key.via.str.size == key.size &&
                           memcmp(before->key.via.str.ptr, key.data, key.size) < 0),
                      "%s is out of order", field->key);
        before = pair;
    }
}

Test(kinds, are_ordinary_messagepack)
{
    uint64_t seed = 4;

    for (size_t f = 0; forms[f] != NULL; f++)
        for (size_t i = 0; i < DOCUMENTS; i++) {
            struct document *document = random_document(forms[f], &seed);
            struct buffer content = {0};
            msgpack_unpacked message;
            size_t used = 0;
            document_write(document, &content);
            msgpack_unpacked_init(&message);
            cr_assert_eq(
                msgpack_unpack_next(&message, (const char *)content.data, content.size, &used),
                MSGPACK_UNPACK_SUCCESS);
            cr_expect_eq(used, content.size);
            check_map(&message.data, document);
            msgpack_unpacked_destroy(&message);
            document_free(document);
            buffer_release(&content);
        }
}

/* Whatever arrives instead is refused, or is a document that can be written and read. */
static void reads_or_refuses(const struct form *form, struct bytes content, size_t where)
{
    struct fault fault = {0};
    struct document *read = document_read(form, content, &fault);
    struct buffer again = {0};

    if (read == NULL) {
        cr_expect_eq(fault.kind, FAULT_PEER, "%s at %zu", form->kind, where);
        cr_expect_eq(fault.refusal, REFUSED_MALFORMED);
        cr_expect_neq(fault.text[0], '\0');
        return;
    }
    document_write(read, &again);
    struct document *second = document_read(form, buffer_view(&again), &fault);
    cr_assert_not_null(second, "%s at %zu: %s", form->kind, where, fault.text);
    cr_expect(documents_agree(read, second, false));
    document_free(second);
    document_free(read);
    buffer_release(&again);
}

Test(kinds, withstand_flipped_bits_and_cuts)
{
    uint64_t seed = 5;

    for (size_t f = 0; forms[f] != NULL; f++) {
        struct document *document = random_document(forms[f], &seed);
        struct buffer content = {0};
        document_write(document, &content);
        size_t bytes = content.size < 500 ? content.size : 500;
        for (size_t bit = 0; bit < 8 * bytes; bit++) {
            content.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
            reads_or_refuses(forms[f], buffer_view(&content), bit);
            content.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t size = 0; size < bytes; size++) {
            struct fault fault = {0};
            cr_expect_null(document_read(forms[f], bytes_of(content.data, size), &fault));
            cr_expect_eq(fault.kind, FAULT_PEER);
        }
        document_free(document);
        buffer_release(&content);
    }
}

/* Files change in an editor: a character lost, doubled or exchanged for another. */
Test(kinds, withstand_careless_hands)
{
    static const char strokes[] = "\n\r\t:#-|\\<>!, x\x80\xff";
    uint64_t seed = 6;
    size_t kinds = 0;

    while (forms[kinds] != NULL)
        kinds++;
    for (size_t i = 0; i < 400 * kinds; i++) {
        const struct form *form = forms[i % kinds];
        struct document *document = random_document(form, &seed);
        struct buffer file = {0}, changed = {0};
        struct problems problems = {0};
        document_print(document, &file);
        size_t at = chance(&seed, file.size), skip = chance(&seed, 3);
        buffer_append(&changed, bytes_of(file.data, at));
        buffer_append(&changed, bytes_of(strokes + chance(&seed, sizeof strokes), 1));
        if (at + skip < file.size)
            buffer_append(&changed, bytes_of(file.data + at + skip, file.size - at - skip));
        struct document *read = document_parse(form, buffer_view(&changed), &problems);
        for (size_t k = 1; k < problems.count; k++)
            cr_expect_leq(problems.list[k - 1].place.line, problems.list[k].place.line);
        document_free(read);
        document_free(document);
        problems_release(&problems);
        buffer_release(&file);
        buffer_release(&changed);
    }
}

Test(kinds, ask_only_for_what_is_missing_in_a_template)
{
    size_t count = 0;

    while (forms[count] != NULL)
        count++;
    for (size_t f = 0, all = 0; f < count; all ? f++ : 0, all = !all) {
        struct buffer template = {0};
        struct problems problems = {0};
        size_t required = 0;
        form_template(forms[f], all, &template);
        struct document *document = document_parse(forms[f], buffer_view(&template), &problems);
        for (size_t i = 0; i < forms[f]->count; i++)
            required += forms[f]->fields[i].required;
        cr_expect_eq(problems.count, required, "%s", forms[f]->kind);
        for (size_t i = 0; i < problems.count; i++)
            cr_expect_str_eq(problems.list[i].code, "missing", "%s", problems.list[i].text);
        cr_expect_eq(file_kind(buffer_view(&template)), forms[f]->kind);
        document_free(document);
        problems_release(&problems);
        buffer_release(&template);
    }
}

/* A word's need is missed where the word stands, and nowhere else. */
Test(kinds, ask_for_what_a_word_needs)
{
    uint64_t seed = 7;

    for (size_t f = 0; forms[f] != NULL; f++)
        for (size_t i = 0; i < forms[f]->need_count; i++) {
            const struct need *need = &forms[f]->needs[i];
            struct document *document = random_document(forms[f], &seed);
            struct problems problems = {0};
            document_clear(document, need->field);
            document_add(document, need->field, bytes_of_text(need->word), (struct place){3, 9});
            document_check(document, &problems);
            cr_expect_eq(problems.count, 0, "%s", problems.count == 0 ? "" : problems.list[0].text);
            document_clear(document, need->needs);
            document_check(document, &problems);
            cr_assert_eq(problems.count, 1, "%s: %s", forms[f]->kind, need->word);
            cr_expect_str_eq(problems.list[0].code, "missing");
            cr_expect_eq(problems.list[0].place.line, 3);
            problems_release(&problems);
            document_free(document);
        }
}

/* What every table must keep to, since the code relies on it. */

static void check_table(const struct field *field)
{
    bool several =
        field->type == FIELD_WORDS || field->type == FIELD_LINES || field->type == FIELD_ROWS;
    bool words = field->type == FIELD_WORD || field->type == FIELD_WORDS;

    cr_expect_lt(strlen(field->key), 32, "%s", field->key); /* One length byte: see comes_before. */
    cr_expect_lt(strlen(field->name), 64, "%s", field->key);
    cr_expect_eq(several, field->most_items > 0, "%s", field->key);
    cr_expect_eq(words, field->vocabulary != NULL, "%s", field->key);
    cr_expect_eq(field->type == FIELD_ROWS, field->column_count > 0, "%s", field->key);
    cr_expect_leq(field->column_count, FORM_COLUMNS_MAX, "%s", field->key);
    cr_expect(field->type == FIELD_ROWS || field->most_bytes > 0, "%s", field->key);
    cr_expect(!field->required || field->advice != NULL, "%s", field->key);
    if (field->target != NULL) {
        cr_expect(field->type == FIELD_LINE || field->type == FIELD_LINES, "%s", field->key);
        cr_expect(field->unscanned && field->most_bytes == 64, "%s: has room for ids", field->key);
        for (size_t i = 0; field->target->kinds != NULL && field->target->kinds[i] != NULL; i++)
            cr_expect_not_null(form_of(field->target->kinds[i]), "%s", field->target->kinds[i]);
    }
    cr_expect(field->section || (field->type != FIELD_PROSE && field->type != FIELD_ROWS), "%s",
              field->key);
    cr_expect(!field->section || field->type == FIELD_PROSE || field->type == FIELD_LINES ||
                  field->type == FIELD_ROWS,
              "%s", field->key);
    for (size_t i = 0; i < field->column_count; i++) {
        cr_expect_eq(field->columns[i].type == FIELD_WORD, field->columns[i].vocabulary != NULL);
        cr_expect_gt(field->columns[i].most_bytes, 0, "%s", field->columns[i].name);
    }
}

static void check_need(const struct form *form, const struct need *need)
{
    const struct field *field = field_of(form, bytes_of_text(need->field));
    const struct field *needed = field_of(form, bytes_of_text(need->needs));

    cr_assert_not_null(field, "%s: %s", form->kind, need->field);
    cr_assert_not_null(needed, "%s: %s", form->kind, need->needs);
    cr_expect_not_null(vocabulary_find(field->vocabulary, bytes_of_text(need->word)), "%s",
                       need->word);
    cr_expect_not_null(needed->advice, "%s", need->needs);
}

Test(kinds, have_tables_that_hold)
{
    for (size_t f = 0; forms[f] != NULL; f++) {
        cr_expect_eq(form_of(forms[f]->kind), forms[f]);
        cr_expect_leq(forms[f]->count, FORM_FIELDS_MAX);
        cr_expect_eq(field_of(forms[f], bytes_of_text("topic")) == NULL, forms[f] == &erasure_form);
        for (size_t i = 0; i < forms[f]->need_count; i++)
            check_need(forms[f], &forms[f]->needs[i]);
        for (size_t i = 0; i < forms[f]->count; i++) {
            check_table(&forms[f]->fields[i]);
            for (size_t k = 0; k < i; k++) {
                cr_expect_str_neq(forms[f]->fields[i].key, forms[f]->fields[k].key);
                cr_expect_str_neq(forms[f]->fields[i].name, forms[f]->fields[k].name);
            }
        }
    }
    cr_expect_null(form_of("lessons"));
}
