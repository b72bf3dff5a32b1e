#include "protocol/document.h"
#include "protocol/form_lines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The file a person fills in.
 *
 *     Title: Ask the tenant first          `Name: value` lines on top
 *     Service: housing_homelessness
 *
 *     ## Abstract                          then sections: prose,
 *     We tried ...
 *
 *     ## Steps                             a list, a line or more each,
 *     - Ask
 *
 *     ## Setbacks                          or rows of cells.
 *     - planning | Nobody was asked | We asked
 *
 * What begins with <!-- is left out, up to -->. A backslash in front makes text of a line that
 * would be a heading or such a comment; within a row \| is a bar and \\ a backslash. */

struct parser {
    const struct form *form;
    struct document *document;
    struct problems *problems;
    struct file_lines lines;
    uint32_t claimed[FORM_FIELDS_MAX]; /* The line that first filled in a field; 0: none. */
};

/* Names. */

static bool is_name(struct bytes written, const char *name)
{
    char a[NAME_SIZE], b[NAME_SIZE];

    name_tidy(a, written);
    name_tidy(b, bytes_of_text(name));
    return strcmp(a, b) == 0;
}

static const struct field *nearest_field(const struct form *form, struct bytes written)
{
    char wrong[NAME_SIZE], names[FORM_FIELDS_MAX][NAME_SIZE];

    name_tidy(wrong, written);
    struct guess guess = guess_of(bytes_of_text(wrong));
    for (size_t i = 0; i < form->count; i++) {
        name_tidy(names[i], bytes_of_text(form->fields[i].name));
        guess_offer(&guess, names[i]);
    }
    if (guess.best == NULL)
        return NULL;
    return &form->fields[(size_t)(guess.best - names[0]) / NAME_SIZE];
}

/* The field of that name; else it says so, and takes the field that was probably meant. */
static const struct field *find_field(struct parser *parser, struct bytes name, struct place place)
{
    const struct form *form = parser->form;

    for (size_t i = 0; i < form->count; i++)
        if (is_name(name, form->fields[i].name))
            return &form->fields[i];
    const struct field *near = nearest_field(form, name);
    if (near != NULL)
        problems_add(parser->problems, place, "unknown_name",
                     "there is no \"%.*s\"; did you mean \"%s\"?", QUOTED(name), near->name);
    else
        problems_add(parser->problems, place, "unknown_name",
                     "there is no \"%.*s\" in a file of kind \"%s\"; the template has all names",
                     QUOTED(name), form->kind);
    return near;
}

/* A field is filled in once. */
static bool claim(struct parser *parser, const struct field *field, struct place place)
{
    uint32_t *line = &parser->claimed[field - parser->form->fields];

    if (*line == 0) {
        *line = place.line;
        return true;
    }
    problems_add(parser->problems, place, "twice",
                 "\"%s\" is there twice, first in line %" PRIu32 ": keep one", field->name, *line);
    return false;
}

/* Values. */

/* The code of the word that is meant; else the text as it is, which is a problem then. */
static struct bytes code_meant(const struct vocabulary *vocabulary, struct bytes text)
{
    const struct word *word = vocabulary == NULL ? NULL : vocabulary_meant(vocabulary, text);

    return word == NULL ? text : bytes_of_text(word->code);
}

static void add_text(struct parser *parser, const struct field *field, const struct line *line,
                     struct bytes text)
{
    text = text_trimmed(text);
    document_add(parser->document, field->key, code_meant(field->vocabulary, text),
                 place_in(line, text));
}

/* Where the name of a word ends that has commas itself; 0: none begins here. */
static size_t name_with_commas(const struct vocabulary *vocabulary, struct bytes text)
{
    for (size_t i = 0; vocabulary != NULL && i < vocabulary->count; i++) {
        struct bytes name = bytes_of_text(vocabulary->words[i].means);
        if (text.size < name.size || memchr(name.data, ',', name.size) == NULL ||
            !text_same(bytes_of(text.data, name.size), name))
            continue;
        struct bytes rest = text_trimmed(bytes_after(text, name.size));
        if (rest.size == 0 || rest.data[0] == ',')
            return name.size;
    }
    return 0;
}

static void add_parts(struct parser *parser, const struct field *field, const struct line *line,
                      struct bytes text)
{
    const uint8_t *comma;

    for (text = text_trimmed(text); text.size > 0; text = text_trimmed(text)) {
        size_t named = name_with_commas(field->vocabulary, text);
        struct bytes behind = bytes_after(text, named);
        comma = behind.size == 0 ? NULL : memchr(behind.data, ',', behind.size);
        size_t size = comma == NULL ? text.size : (size_t)(comma - text.data);
        add_text(parser, field, line, bytes_of(text.data, size));
        text = bytes_after(text, comma == NULL ? size : size + 1);
    }
}

static void too_many_cells(struct parser *parser, const struct field *field, size_t cells,
                           struct place place)
{
    struct buffer names = {0};

    for (size_t i = 0; i < field->column_count; i++)
        buffer_printf(&names, "%s%s", i == 0 ? "" : " | ", field->columns[i].name);
    problems_add(parser->problems, place, "too_many_cells",
                 "\"%s\" has %zu columns (%s), this row has %zu: write \\| for a bar in a text",
                 field->name, field->column_count, buffer_text(&names), cells);
    buffer_release(&names);
}

/* The text up to the next bar, without the backslashes that keep a bar from being one. */
static struct bytes take_cell(struct bytes row, struct buffer *cell)
{
    for (; row.size > 0 && row.data[0] != '|'; row = bytes_after(row, 1)) {
        if (bytes_begin(row, "\\|") || bytes_begin(row, "\\\\"))
            row = bytes_after(row, 1);
        buffer_append(cell, bytes_of(row.data, 1));
    }
    return row;
}

/* A row. Its cells' places follow the text while `exact`; joined lines have the place of the first.
 */
static void add_row(struct parser *parser, const struct field *field, struct bytes row,
                    struct place place, bool exact)
{
    const uint8_t *start = row.data;
    size_t cells = 0;
    struct buffer cell = {0};

    for (bool more = true; more; cells++) {
        while (bytes_begin(row, " "))
            row = bytes_after(row, 1);
        struct place at = place;
        at.column += exact ? (uint32_t)(row.data - start) : 0;
        buffer_clear(&cell);
        row = take_cell(row, &cell);
        more = row.size > 0;
        row = more ? bytes_after(row, 1) : row;
        if (cells < field->column_count)
            document_add(parser->document, field->key,
                         code_meant(field->columns[cells].vocabulary, buffer_view(&cell)), at);
    }
    if (cells > field->column_count)
        too_many_cells(parser, field, cells, place);
    for (; cells < field->column_count; cells++)
        document_add(parser->document, field->key, bytes_of_text(""), place);
    buffer_release(&cell);
}

static void add_value(struct parser *parser, const struct field *field, const struct line *line,
                      struct bytes value)
{
    value = text_trimmed(value);
    if (field->type == FIELD_ROWS)
        add_row(parser, field, value, place_in(line, value), true);
    else if (field->type == FIELD_WORDS || (field->type == FIELD_LINES && !field->section))
        add_parts(parser, field, line, value);
    else
        add_text(parser, field, line, value);
}

/* The lines on top. */

static const char *known_kind(struct bytes value)
{
    for (size_t i = 0; forms[i] != NULL; i++)
        if (is_name(value, forms[i]->kind))
            return forms[i]->kind;
    return NULL;
}

static void parse_kind(struct parser *parser, struct bytes value, struct place place)
{
    const char *kind = known_kind(value);
    char wrong[NAME_SIZE];

    if (kind == parser->form->kind)
        return;
    if (kind != NULL) {
        problems_add(parser->problems, place, "wrong_kind",
                     "this file is of kind \"%s\", read as \"%s\"", kind, parser->form->kind);
        return;
    }
    name_tidy(wrong, value);
    struct guess guess = guess_of(bytes_of_text(wrong));
    for (size_t i = 0; forms[i] != NULL; i++)
        guess_offer(&guess, forms[i]->kind);
    problems_add(parser->problems, place, "wrong_kind",
                 "kind \"%.*s\" is not known; did you mean \"%s\"?", QUOTED(value),
                 guess.best == NULL ? parser->form->kind : guess.best);
}

/* Split `Name: value`. */
static bool split_name(struct bytes line, struct bytes *name, struct bytes *value)
{
    const uint8_t *colon = line.size == 0 ? NULL : memchr(line.data, ':', line.size);

    if (colon == NULL)
        return false;
    *name = text_trimmed(bytes_of(line.data, (size_t)(colon - line.data)));
    *value = text_trimmed(bytes_after(line, (size_t)(colon - line.data) + 1));
    return name->size > 0;
}

static void parse_top_line(struct parser *parser, const struct line *line)
{
    struct bytes name, value;

    if (!split_name(line->text, &name, &value)) {
        problems_add(parser->problems, place_in(line, text_trimmed(line->text)), "outside",
                     "this line belongs to nothing: begin it with a name, such as \"%s:\", or put "
                     "it below a heading",
                     parser->form->fields[0].name);
        return;
    }
    if (is_name(name, "Kind")) {
        parse_kind(parser, value, place_in(line, value));
        return;
    }
    const struct field *field = find_field(parser, name, place_in(line, name));
    if (field == NULL || value.size == 0 || !claim(parser, field, place_in(line, name)))
        return;
    if (field->section)
        problems_add(parser->problems, place_in(line, name), "wrong_place",
                     "\"%s\" is a section: write \"## %s\" and the text below it", field->name,
                     field->name);
    add_value(parser, field, line, value);
}

/* Sections. */

struct section {
    const struct line *lines;
    size_t count;
};

static const struct line *first_line(const struct section *section)
{
    for (size_t i = 0; i < section->count; i++)
        if (line_counts(&section->lines[i]))
            return &section->lines[i];
    return NULL;
}

static void parse_prose(struct parser *parser, const struct field *field,
                        const struct section *section)
{
    const struct line *first = first_line(section);
    struct buffer prose = {0};

    for (size_t i = 0; i < section->count; i++) {
        const struct line *line = &section->lines[i];
        if (line->kind == LINE_COMMENT)
            continue;
        buffer_append(&prose, bytes_after(line->text, line->backslashes > 0));
        buffer_append_text(&prose, "\n");
    }
    document_add(parser->document, field->key, buffer_view(&prose),
                 place_in(first, text_trimmed(first->text)));
    buffer_release(&prose);
}

/* Bytes of the "- ", "* " or "1. " that a list's line begins with; 0 where there is none. */
static size_t bullet_size(struct bytes text)
{
    size_t size = 0;

    if (bytes_begin(text, "-") || bytes_begin(text, "*"))
        size = 1;
    else
        while (size < text.size && size < 3 && text.data[size] >= '0' && text.data[size] <= '9')
            size++;
    if (size == 0 || text.size == size)
        return text.size == 1 && (bytes_begin(text, "-") || bytes_begin(text, "*")) ? 1 : 0;
    if (text.data[0] >= '0' && text.data[0] <= '9') {
        if (text.data[size] != '.' && text.data[size] != ')')
            return 0;
        size++;
    }
    return size < text.size && text.data[size] == ' ' ? size + 1 : 0;
}

/* An item of a list, which may go on in indented lines. */
struct entry {
    struct buffer text;
    struct place place;
    unsigned lines;
};

static void finish_entry(struct parser *parser, const struct field *field, struct entry *entry)
{
    struct bytes text = buffer_view(&entry->text);

    if (field->type != FIELD_ROWS)
        document_add(parser->document, field->key, text, entry->place);
    else if (text_trimmed(text).size > 0)
        add_row(parser, field, text, entry->place, entry->lines == 1);
    buffer_clear(&entry->text);
    entry->lines = 0;
}

static void begin_entry(struct entry *entry, const struct line *line, struct bytes text)
{
    text = text_trimmed(text);
    buffer_append(&entry->text, text);
    entry->place = place_in(line, text);
    entry->lines = 1;
}

static void parse_list_line(struct parser *parser, const struct field *field,
                            const struct line *line, struct entry *entry)
{
    struct bytes text = text_trimmed(line->text);
    size_t bullet = bullet_size(text);

    if (bullet == 0 && entry->lines > 0 && bytes_begin(line->text, " ")) {
        buffer_append_text(&entry->text, " ");
        buffer_append(&entry->text, text);
        entry->lines++;
        return;
    }
    if (bullet == 0)
        problems_add(parser->problems, place_in(line, text), "no_bullet",
                     "\"%s\" is a list: begin the line with \"- \"", field->name);
    finish_entry(parser, field, entry);
    begin_entry(entry, line, bytes_after(text, bullet));
}

static void parse_list(struct parser *parser, const struct field *field,
                       const struct section *section)
{
    struct entry entry = {0};

    for (size_t i = 0; i < section->count; i++)
        if (line_counts(&section->lines[i]))
            parse_list_line(parser, field, &section->lines[i], &entry);
        else if (section->lines[i].kind != LINE_COMMENT)
            finish_entry(parser, field, &entry);
    finish_entry(parser, field, &entry);
    buffer_release(&entry.text);
}

/* The value of a line on top that was written as a section. */
static void parse_misplaced(struct parser *parser, const struct field *field,
                            const struct section *section)
{
    const struct line *first = first_line(section);

    problems_add(parser->problems, place_in(first, first->text), "wrong_place",
                 "\"%s\" belongs on top: write it there as \"%s: ...\"", field->name, field->name);
    for (size_t i = 0; i < section->count; i++)
        if (line_counts(&section->lines[i]))
            add_value(parser, field, &section->lines[i], section->lines[i].text);
}

static void parse_section(struct parser *parser, const struct line *heading, size_t count)
{
    struct section section = {heading + 1, count - 1};
    struct bytes name = text_trimmed(heading->text);

    name = text_trimmed(bytes_after(name, strlen("##")));
    if (name.size > 0 && name.data[name.size - 1] == ':')
        name.size--;
    const struct field *field = find_field(parser, name, place_in(heading, name));
    if (field == NULL || first_line(&section) == NULL ||
        !claim(parser, field, place_in(heading, name)))
        return;
    if (!field->section)
        parse_misplaced(parser, field, &section);
    else if (field->type == FIELD_PROSE)
        parse_prose(parser, field, &section);
    else
        parse_list(parser, field, &section);
}

static size_t next_heading(const struct parser *parser, size_t from)
{
    while (from < parser->lines.count && parser->lines.list[from].kind != LINE_HEADING)
        from++;
    return from;
}

static void parse_lines(struct parser *parser)
{
    size_t at = next_heading(parser, 0);

    for (size_t i = 0; i < at; i++)
        if (line_counts(&parser->lines.list[i]))
            parse_top_line(parser, &parser->lines.list[i]);
    while (at < parser->lines.count) {
        size_t end = next_heading(parser, at + 1);
        parse_section(parser, &parser->lines.list[at], end - at);
        at = end;
    }
}

struct document *document_parse(const struct form *form, struct bytes file,
                                struct problems *problems)
{
    struct parser parser = {.form = form, .problems = problems};

    parser.document = document_new(form);
    parser.document->start = (struct place){1, 1};
    if (file.size > FORM_FILE_MAX) {
        problems_add(problems, parser.document->start, "too_large",
                     "the file is %zu bytes long, at most %d", file.size, FORM_FILE_MAX);
        return parser.document;
    }
    file_lines_read(&parser.lines, file, parser.problems);
    parse_lines(&parser);
    document_check(parser.document, problems);
    file_lines_release(&parser.lines);
    return parser.document;
}

const char *file_kind(struct bytes file)
{
    struct problems unheard = {0};
    struct parser parser = {.problems = &unheard};
    const char *kind = lesson_form.kind;
    struct bytes name, value;

    if (file.size > FORM_FILE_MAX)
        file.size = FORM_FILE_MAX;
    file_lines_read(&parser.lines, file, parser.problems);
    for (size_t i = 0, end = next_heading(&parser, 0); i < end; i++)
        if (line_counts(&parser.lines.list[i]) &&
            split_name(parser.lines.list[i].text, &name, &value) && is_name(name, "Kind"))
            kind = known_kind(value);
    file_lines_release(&parser.lines);
    problems_release(&unheard);
    return kind;
}
