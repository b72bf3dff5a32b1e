#include "store/internal.h"

#include "protocol/vocabulary.h"

#include <string.h>

/* What a lesson is found by, or another text: the columns of the search index. */

#define FIELDS 5 /* Columns of one field each. */

const char *const words_columns[WORDS_TEXTS] = {
    "title", "abstract", "what_we_did", "what_did_not_work", "recommendation", "rest"};

/* --- The rest --- */

static bool is_column(const char *key)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (strcmp(words_columns[i], key) == 0)
            return true;
    return false;
}

static void add_line(struct buffer *text, struct bytes line)
{
    if (line.size == 0)
        return;
    buffer_append(text, line);
    buffer_append_text(text, "\n");
}

/* Of a table the cells that are texts. */
static void add_rows(const struct document *lesson, const struct field *field, struct buffer *text)
{
    for (size_t i = 0; i < document_count(lesson, field->key); i++)
        if (field->columns[i % field->column_count].type == FIELD_LINE)
            add_line(text, document_item(lesson, field->key, i));
}

/* Of codes what they mean: who looks for older people need not know what we call them. */
static void add_meanings(const struct document *lesson, const struct field *field,
                         struct buffer *text)
{
    for (size_t i = 0; i < document_count(lesson, field->key); i++) {
        const struct word *word =
            vocabulary_find(field->vocabulary, document_item(lesson, field->key, i));
        if (word != NULL)
            add_line(text, bytes_of_text(word->means));
    }
}

static void add_field(const struct document *lesson, const struct field *field, struct buffer *text)
{
    if (field->type == FIELD_ROWS)
        add_rows(lesson, field, text);
    else if (field->vocabulary == &service_areas || field->vocabulary == &client_groups)
        add_meanings(lesson, field, text);
    else if (field->type == FIELD_PROSE || field->type == FIELD_LINES)
        for (size_t i = 0; i < document_count(lesson, field->key); i++)
            add_line(text, document_item(lesson, field->key, i));
}

static bool is_told(const struct field *field)
{
    return !field->header && !field->unscanned && !field->coded && !is_column(field->key);
}

struct bytes words_text(const struct document *lesson, size_t column, struct buffer *room)
{
    const struct form *form = document_form(lesson);

    if (column < FIELDS)
        return form_has(form, words_columns[column]) ? document_text(lesson, words_columns[column])
                                                     : (struct bytes){0};
    buffer_clear(room);
    for (size_t i = 0; i < form->count; i++)
        if (is_told(&form->fields[i]))
            add_field(lesson, &form->fields[i], room);
    room->size -= room->size > 0; /* The end of the last line. */
    return buffer_view(room);
}

/* --- Filters --- */

static void add_facet(struct buffer *facets, char letter, struct bytes code)
{
    if (code.size == 0)
        return;
    buffer_append_text(facets, " ");
    facet_write(facets, letter, code);
}

/* Each word of the topic, and what it goes on from: who asks for care finds care/home. */
static void write_topic(struct buffer *facets, struct bytes topic)
{
    for (size_t start = 0, at = 0; at <= topic.size; at++) {
        bool ends = at == topic.size || topic.data[at] == ' ';
        if (at > start && (ends || topic.data[at] == '/'))
            add_facet(facets, FACET_TOPIC, bytes_of(topic.data + start, at - start));
        if (ends)
            start = at + 1;
    }
}

/* Of a table the first cell of each row. */
static size_t cells_of(const struct document *lesson, const char *key)
{
    const struct form *form = document_form(lesson);

    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].key, key) == 0 && form->fields[i].type == FIELD_ROWS)
            return form->fields[i].column_count;
    return 1;
}

void facets_write(struct buffer *facets, const struct record *record, const struct document *lesson)
{
    static const struct {
        char letter;
        const char *key;
    } coded[] = {{FACET_SERVICE, "service_area"},
                 {FACET_BARRIER, "barrier"},
                 {FACET_EVIDENCE, "evidence_level"},
                 {FACET_DRIVER, "driver"},
                 {FACET_FACTOR, "contributing_factor"},
                 {FACET_PARTNER, "partner_sector"},
                 {FACET_VOICE, "views"}};
    const struct header *header = record_header(record);
    char authority[2 * DIGEST_SIZE + 1];

    const struct form *form = document_form(lesson);

    buffer_append_text(facets, WORDS_LISTED);
    for (size_t i = 0; i < sizeof coded / sizeof *coded; i++) {
        size_t cells = cells_of(lesson, coded[i].key);
        size_t count = form_has(form, coded[i].key) ? document_count(lesson, coded[i].key) : 0;
        for (size_t k = 0; k < count; k += cells)
            add_facet(facets, coded[i].letter, document_item(lesson, coded[i].key, k));
    }
    write_topic(facets, header->topic);
    add_facet(facets, FACET_KIND, bytes_of_text(form->kind));
    if (header->author.form == AUTHOR_NAMED) {
        hex_of(authority, header->author.feed.authority.bytes, DIGEST_SIZE);
        add_facet(facets, FACET_AUTHORITY, bytes_of_text(authority));
    }
}
