#include "tests/protocol/vectors.h"

#include "protocol/form.h"

#include <string.h>

/* Bodies of every kind: with what is needed alone, and with every field. */

static void put_string(struct bytes text)
{
    buffer_append_text(&json, "\"");
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] == '\n')
            buffer_append_text(&json, "\\n");
        else
            buffer_append(&json, bytes_of(text.data + i, 1));
    buffer_append_text(&json, "\"");
}

/* --- Filled in --- */

static void fill_one(struct document *document, const struct field *field, enum field_type type,
                     const struct vocabulary *vocabulary, size_t item)
{
    static const char *const lines[] = {"We rang first", "And then we wrote", "Caf\xc3\xa9"};
    static const char *const numbers[] = {"12.50", "-3", "0"};
    const char *text = lines[item % 3];

    if (field->target != NULL)
        text = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    else if (type == FIELD_WORD || type == FIELD_WORDS)
        text = vocabulary->words[item % vocabulary->count].code;
    else if (type == FIELD_DATE)
        text = item % 2 == 0 ? "2026-03-31" : "2026-03";
    else if (type == FIELD_NUMBER)
        text = field->alphabet == NULL ? numbers[item % 3] : "6";
    else if (field->alphabet != NULL)
        text = strchr(field->alphabet->characters, 'a') != NULL ? "abc" : "ABC1";
    else if (type == FIELD_PROSE)
        text = "We rang first,\nand then we wrote.\n\nNobody picked up: \xc2\xa3"
               "5 for nothing.";
    document_add(document, field->key, bytes_of_text(text), (struct place){0});
}

static void fill_rows(struct document *document, const struct field *field)
{
    for (size_t i = 0; i < 2 * field->column_count; i++) {
        const struct column *column = &field->columns[i % field->column_count];
        if (column->required || i < field->column_count)
            fill_one(document, field, column->type, column->vocabulary, i);
        else
            document_add(document, field->key, bytes_of_text(""), (struct place){0});
    }
}

static void fill(struct document *document, const struct field *field)
{
    size_t count = field->most_items > 1 ? 2 : 1;

    if (field->type == FIELD_ROWS)
        fill_rows(document, field);
    for (size_t i = 0; field->type != FIELD_ROWS && i < count; i++)
        fill_one(document, field, field->type, field->vocabulary, i);
}

static struct document *filled(const struct form *form, bool all)
{
    struct document *document = document_new(form);

    for (size_t i = 0; i < form->count; i++)
        if (all || form->fields[i].required)
            fill(document, &form->fields[i]);
    return document;
}

/* --- What is in the file --- */

static void put_number_of(struct bytes text)
{
    int64_t integer = 0;
    unsigned decimals = 0;

    for (size_t i = 0, point = text.size; i < text.size; i++) {
        point = text.data[i] == '.' ? i : point;
        decimals += i > point;
        if (text.data[i] >= '0' && text.data[i] <= '9')
            integer = integer * 10 + (text.data[i] - '0');
    }
    buffer_printf(&json, "[%" PRId64 ", %u]", text.data[0] == '-' ? -integer : integer, decimals);
}

static void put_value(enum field_type type, struct bytes text)
{
    if (text.size == 0)
        buffer_append_text(&json, "null");
    else if (type == FIELD_NUMBER)
        put_number_of(text);
    else
        put_string(text);
}

static void put_field(const struct document *document, const struct field *field)
{
    size_t columns = field->type == FIELD_ROWS ? field->column_count : 1;
    bool list = field->most_items > 0;

    buffer_printf(&json, "%s\n      \"%s\": %s", json.data[json.size - 1] == '{' ? "" : ",",
                  field->key, list ? "[" : "");
    for (size_t i = 0; i < document_count(document, field->key); i++) {
        bool row = field->type == FIELD_ROWS && i % columns == 0;
        buffer_printf(&json, "%s%s%s", row && i > 0 ? "]" : "", i > 0 ? ", " : "", row ? "[" : "");
        put_value(field->type == FIELD_ROWS ? field->columns[i % columns].type : field->type,
                  document_item(document, field->key, i));
    }
    buffer_printf(&json, "%s%s", field->type == FIELD_ROWS ? "]" : "", list ? "]" : "");
}

static void put_body(const struct form *form, bool all)
{
    struct document *document = filled(form, all);
    struct buffer map = {0};
    struct fault fault = {0};

    document_write(document, &map);
    struct document *read = document_read(form, buffer_view(&map), &fault);
    cr_assert_not_null(read, "%s: %s", form->kind, fault.text);
    begin(all ? "every field" : "what is needed");
    put_text("kind", bytes_of_text(form->kind));
    buffer_append_text(&json, "     \"fields\": {");
    for (size_t i = 0; i < form->count; i++)
        if (!form->fields[i].header && document_count(document, form->fields[i].key) > 0)
            put_field(document, &form->fields[i]);
    buffer_append_text(&json, "},\n");
    put_hex("map", map.data, map.size);
    end("}");
    document_free(read);
    document_free(document);
    buffer_release(&map);
}

#define MAP(bytes) bytes, sizeof bytes - 1

/* Of responses, after "response": "thanks". */
static const struct {
    const char *what, *map;
    size_t size;
    bool taken;
} maps[] = {
    {"a word of a later version", MAP("\x81\xa8response\xa5waved"), true},
    {"a field of a later version", MAP("\x82\xa3how\xa4loud\xa8response\xa6thanks"), true},
    {"nothing that is needed", MAP("\x80"), false},
    {"a word that is no code", MAP("\x81\xa8response\xa6Thanks"), false},
    {"a word that is no text", MAP("\x81\xa8response\x01"), false},
    {"keys that descend", MAP("\x82\xa8response\xa6thanks\xa4text\xa3We."), false},
    {"a key twice", MAP("\x82\xa8response\xa6thanks\xa8response\xa6thanks"), false},
    {"a text with white space at its end", MAP("\x82\xa4text\xa3We \xa8response\xa6thanks"), false},
    {"an empty text", MAP("\x82\xa4text\xa0\xa8response\xa6thanks"), false},
    {"a text that turns the direction of writing",
     MAP("\x82\xa4text\xa5W\xe2\x80\xaeu\xa8response\xa6thanks"), false},
    {"a list that is empty",
     MAP("\x82\xa8response\xa6thanks\xb0"
         "evidence_sources\x90"),
     false},
    {"a number with too few parts",
     MAP("\x82\xa8response\xa6thanks\xad"
         "elapsed_weeks\x91\x05"),
     false},
    {"a row that lacks a cell",
     MAP("\x82\xa8response\xa6thanks\xae"
         "indicator_refs\x91\x92\xa1"
         "A\xa1"
         "B"),
     false},
    {"bytes after the end", MAP("\x81\xa8response\xa6thanks\xc0"), false},
};

static void put_maps(void)
{
    buffer_append_text(&json, " \"responses\": [\n");
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        struct fault fault = {0};
        struct document *document =
            document_read(&response_form, bytes_of(maps[i].map, maps[i].size), &fault);
        cr_expect_eq(document != NULL, maps[i].taken, "%s: %s", maps[i].what, fault.text);
        document_free(document);
        begin(maps[i].what);
        buffer_printf(&json, "     \"taken\": %s,\n", maps[i].taken ? "true" : "false");
        put_hex("map", maps[i].map, maps[i].size);
        end("}");
    }
    end("]");
}

/* All that mean something. */
static void put_fitting(const char *kind)
{
    for (uint8_t relation = 0; relation < 8; relation++)
        for (size_t i = 0; forms[i] != NULL; i++)
            if (reference_fits(bytes_of_text(kind), relation, bytes_of_text(forms[i]->kind)))
                buffer_printf(&json, "    [\"%s\", %u, \"%s\"],\n", kind, relation, forms[i]->kind);
}

Test(vectors, of_bodies_are_what_the_file_says)
{
    buffer_append_text(&json,
                       "{\"about\": \"Bodies of candour's records, by kind: see docs/lesson.md "
                       "and docs/records.md. Bytes are hexadecimal.\",\n \"bodies\": [\n");
    for (size_t f = 0; forms[f] != NULL; f++) {
        put_body(forms[f], false);
        put_body(forms[f], true);
    }
    end("]");
    put_maps();
    buffer_append_text(&json, " \"references\": [\n");
    for (size_t f = 0; forms[f] != NULL; f++)
        put_fitting(forms[f]->kind);
    end("]");
    end("}\n");
    json.size -= 2;
    expect_golden(SOURCE_DIR "/tests/vectors/bodies.json");
}
