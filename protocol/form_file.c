#include "protocol/document.h"

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

#define NAME_MAX_BYTES 64

enum line_kind { LINE_TEXT, LINE_HEADING, LINE_COMMENT };

struct line {
    struct bytes text; /* Without its line break. */
    uint32_t number;
    enum line_kind kind;
    size_t backslashes; /* In front of what would else be a heading or comment. */
};

struct parser {
    const struct form *form;
    struct document *document;
    struct problems *problems;
    struct buffer clean; /* The file, each byte in the line and column where it was. */
    struct line *lines;
    size_t count;
    uint32_t claimed[FORM_FIELDS_MAX]; /* The line that first filled in a field; 0: none. */
};

static bool begins(struct bytes text, const char *with)
{
    size_t size = strlen(with);

    return text.size >= size && memcmp(text.data, with, size) == 0;
}

static struct bytes after(struct bytes text, size_t size)
{
    return bytes_of(text.data + size, text.size - size);
}

static enum line_kind line_kind(struct bytes text, size_t *backslashes)
{
    for (*backslashes = 0; begins(text, "\\"); text = after(text, 1))
        (*backslashes)++;
    while (begins(text, " "))
        text = after(text, 1);
    if (begins(text, "##") && !begins(text, "###"))
        return LINE_HEADING;
    return begins(text, "<!--") ? LINE_COMMENT : LINE_TEXT;
}

static bool is_blank(struct bytes text)
{
    return text_trimmed(text).size == 0;
}

static struct place place_in(const struct line *line, struct bytes part)
{
    return (struct place){line->number, (uint32_t)(part.data - line->text.data) + 1};
}

/* Cleaning. */

static size_t character_size(struct bytes text)
{
    for (size_t size = 1; size <= 4 && size <= text.size; size++)
        if (bytes_are_text(bytes_of(text.data, size)))
            return size;
    return 0;
}

struct cleaner {
    struct parser *parser;
    struct place place;
    uint32_t told_of_utf8, told_of_control; /* In this line: once is enough. */
};

static void clean_character(struct cleaner *cleaner, struct bytes rest, size_t *size)
{
    struct buffer *clean = &cleaner->parser->clean;
    size_t control = control_size(rest);
    bool harmless = rest.data[0] == '\n' || rest.data[0] == '\t' || begins(rest, "\r\n");

    *size = control > 0 ? control : character_size(rest);
    if (control == 0 && *size > 0) {
        buffer_append(clean, bytes_of(rest.data, *size));
    } else if (*size == 0) {
        *size = 1;
        buffer_append_text(clean, "?");
        if (cleaner->told_of_utf8 != cleaner->place.line)
            problems_add(cleaner->parser->problems, cleaner->place, "not_utf8",
                         "this is not valid UTF-8: save the file as UTF-8");
        cleaner->told_of_utf8 = cleaner->place.line;
    } else {
        if (!begins(rest, "\r\n"))
            buffer_append(clean, bytes_of(rest.data[0] == '\n' ? "\n" : "   ", control));
        if (!harmless && cleaner->told_of_control != cleaner->place.line) {
            problems_add(cleaner->parser->problems, cleaner->place, "control_character",
                         "here is a character that cannot be seen: delete it");
            cleaner->told_of_control = cleaner->place.line;
        }
    }
}

static void clean_file(struct parser *parser, struct bytes file)
{
    struct cleaner cleaner = {.parser = parser, .place = {1, 1}};
    size_t size;

    for (; file.size > 0; file = after(file, size)) {
        bool line_ends = file.data[0] == '\n';
        clean_character(&cleaner, file, &size);
        cleaner.place.column += (uint32_t)size;
        if (line_ends)
            cleaner.place = (struct place){cleaner.place.line + 1, 1};
    }
}

static void split_lines(struct parser *parser)
{
    struct bytes rest = buffer_view(&parser->clean);
    size_t capacity = 0;

    while (rest.size > 0) {
        const uint8_t *end = memchr(rest.data, '\n', rest.size);
        size_t size = end == NULL ? rest.size : (size_t)(end - rest.data);
        if (parser->count == capacity) {
            capacity = capacity == 0 ? 64 : 2 * capacity;
            parser->lines = memory_grow(parser->lines, capacity, sizeof *parser->lines);
        }
        struct line *line = &parser->lines[parser->count++];
        *line = (struct line){.text = bytes_of(rest.data, size), .number = (uint32_t)parser->count};
        line->kind = line_kind(line->text, &line->backslashes);
        if (line->backslashes > 0 && line->kind != LINE_TEXT)
            line->kind = LINE_TEXT;
        else
            line->backslashes = 0;
        rest = after(rest, end == NULL ? size : size + 1);
    }
}

static const uint8_t *find_text(struct bytes in, const char *text)
{
    for (; in.size > 0; in = after(in, 1))
        if (begins(in, text))
            return in.data;
    return NULL;
}

/* The line in which the comment that begins in line `at` ends, or the count of lines. */
static size_t comment_end(const struct parser *parser, size_t at)
{
    for (size_t i = at; i < parser->count; i++) {
        if (i > at && parser->lines[i].kind == LINE_COMMENT)
            return parser->count;
        if (find_text(parser->lines[i].text, "-->") != NULL)
            return i;
    }
    return parser->count;
}

static void mark_comments(struct parser *parser)
{
    for (size_t i = 0; i < parser->count; i++) {
        struct line *line = &parser->lines[i];
        if (line->kind != LINE_COMMENT)
            continue;
        size_t end = comment_end(parser, i);
        if (end == parser->count) {
            problems_add(parser->problems, place_in(line, line->text), "unclosed_comment",
                         "this comment does not end: write --> behind it");
            continue;
        }
        for (; i < end; i++)
            parser->lines[i].kind = LINE_COMMENT;
        line = &parser->lines[end];
        line->kind = LINE_COMMENT;
        const uint8_t *close = find_text(line->text, "-->");
        struct bytes behind = after(line->text, (size_t)(close - line->text.data) + 3);
        if (!is_blank(behind))
            problems_add(parser->problems, place_in(line, text_trimmed(behind)),
                         "text_after_comment",
                         "what stands behind a comment is left out: put it on a line of its own");
    }
}

static void parser_open(struct parser *parser, struct bytes file)
{
    if (begins(file, "\xef\xbb\xbf")) /* A byte order mark, as Windows writes it. */
        file = after(file, 3);
    clean_file(parser, file);
    split_lines(parser);
    mark_comments(parser);
}

static void parser_close(struct parser *parser)
{
    free(parser->lines);
    buffer_release(&parser->clean);
}

/* Names. */

/* Lower case, one space between words, and the straight apostrophe: what people type differs. */
static void tidy_name(char tidy[NAME_MAX_BYTES], struct bytes name)
{
    size_t size = 0;

    for (name = text_trimmed(name); name.size > 0 && size < NAME_MAX_BYTES - 1;
         name = after(name, 1)) {
        bool curly = begins(name, "\xe2\x80\x99");
        char byte = curly ? '\'' : (char)name.data[0];
        if (curly)
            name = after(name, 2);
        if (byte >= 'A' && byte <= 'Z')
            byte = (char)(byte - 'A' + 'a');
        if (byte == '_' || byte == '-')
            byte = ' ';
        if (byte != ' ' || (size > 0 && tidy[size - 1] != ' '))
            tidy[size++] = byte;
    }
    tidy[size] = '\0';
}

static bool is_name(struct bytes written, const char *name)
{
    char a[NAME_MAX_BYTES], b[NAME_MAX_BYTES];

    tidy_name(a, written);
    tidy_name(b, bytes_of_text(name));
    return strcmp(a, b) == 0;
}

static const struct field *nearest_field(const struct form *form, struct bytes written)
{
    char wrong[NAME_MAX_BYTES], names[FORM_FIELDS_MAX][NAME_MAX_BYTES];

    tidy_name(wrong, written);
    struct guess guess = guess_of(bytes_of_text(wrong));
    for (size_t i = 0; i < form->count; i++) {
        tidy_name(names[i], bytes_of_text(form->fields[i].name));
        guess_offer(&guess, names[i]);
    }
    if (guess.best == NULL)
        return NULL;
    return &form->fields[(size_t)(guess.best - names[0]) / NAME_MAX_BYTES];
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

static void add_text(struct parser *parser, const struct field *field, const struct line *line,
                     struct bytes text)
{
    text = text_trimmed(text);
    document_add(parser->document, field->key, text, place_in(line, text));
}

static void add_parts(struct parser *parser, const struct field *field, const struct line *line,
                      struct bytes text)
{
    const uint8_t *comma;

    while (text.size > 0 && (comma = memchr(text.data, ',', text.size)) != NULL) {
        size_t size = (size_t)(comma - text.data);
        add_text(parser, field, line, bytes_of(text.data, size));
        text = after(text, size + 1);
    }
    add_text(parser, field, line, text);
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
    for (; row.size > 0 && row.data[0] != '|'; row = after(row, 1)) {
        if (begins(row, "\\|") || begins(row, "\\\\"))
            row = after(row, 1);
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
        while (begins(row, " "))
            row = after(row, 1);
        struct place at = place;
        at.column += exact ? (uint32_t)(row.data - start) : 0;
        buffer_clear(&cell);
        row = take_cell(row, &cell);
        more = row.size > 0;
        row = more ? after(row, 1) : row;
        if (cells < field->column_count)
            document_add(parser->document, field->key, buffer_view(&cell), at);
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
    char wrong[NAME_MAX_BYTES];

    if (kind == parser->form->kind)
        return;
    if (kind != NULL) {
        problems_add(parser->problems, place, "wrong_kind",
                     "this file is of kind \"%s\", read as \"%s\"", kind, parser->form->kind);
        return;
    }
    tidy_name(wrong, value);
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
    *value = text_trimmed(after(line, (size_t)(colon - line.data) + 1));
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

static bool counts(const struct line *line)
{
    return line->kind != LINE_COMMENT && !is_blank(line->text);
}

static const struct line *first_line(const struct section *section)
{
    for (size_t i = 0; i < section->count; i++)
        if (counts(&section->lines[i]))
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
        buffer_append(&prose, after(line->text, line->backslashes > 0));
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

    if (begins(text, "-") || begins(text, "*"))
        size = 1;
    else
        while (size < text.size && size < 3 && text.data[size] >= '0' && text.data[size] <= '9')
            size++;
    if (size == 0 || text.size == size)
        return text.size == 1 && (begins(text, "-") || begins(text, "*")) ? 1 : 0;
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
    else if (!is_blank(text))
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

    if (bullet == 0 && entry->lines > 0 && begins(line->text, " ")) {
        buffer_append_text(&entry->text, " ");
        buffer_append(&entry->text, text);
        entry->lines++;
        return;
    }
    if (bullet == 0)
        problems_add(parser->problems, place_in(line, text), "no_bullet",
                     "\"%s\" is a list: begin the line with \"- \"", field->name);
    finish_entry(parser, field, entry);
    begin_entry(entry, line, after(text, bullet));
}

static void parse_list(struct parser *parser, const struct field *field,
                       const struct section *section)
{
    struct entry entry = {0};

    for (size_t i = 0; i < section->count; i++)
        if (counts(&section->lines[i]))
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
        if (counts(&section->lines[i]))
            add_value(parser, field, &section->lines[i], section->lines[i].text);
}

static void parse_section(struct parser *parser, const struct line *heading, size_t count)
{
    struct section section = {heading + 1, count - 1};
    struct bytes name = text_trimmed(heading->text);

    name = text_trimmed(after(name, strlen("##")));
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
    while (from < parser->count && parser->lines[from].kind != LINE_HEADING)
        from++;
    return from;
}

static void parse_lines(struct parser *parser)
{
    size_t at = next_heading(parser, 0);

    for (size_t i = 0; i < at; i++)
        if (counts(&parser->lines[i]))
            parse_top_line(parser, &parser->lines[i]);
    while (at < parser->count) {
        size_t end = next_heading(parser, at + 1);
        parse_section(parser, &parser->lines[at], end - at);
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
    parser_open(&parser, file);
    parse_lines(&parser);
    document_check(parser.document, problems);
    parser_close(&parser);
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
    parser_open(&parser, file);
    for (size_t i = 0, end = next_heading(&parser, 0); i < end; i++)
        if (counts(&parser.lines[i]) && split_name(parser.lines[i].text, &name, &value) &&
            is_name(name, "Kind"))
            kind = known_kind(value);
    parser_close(&parser);
    problems_release(&unheard);
    return kind;
}

/* Printing. */

static void print_prose(struct buffer *file, struct bytes prose)
{
    size_t backslashes;

    while (prose.size > 0) {
        const uint8_t *end = memchr(prose.data, '\n', prose.size);
        size_t size = end == NULL ? prose.size : (size_t)(end - prose.data) + 1;
        struct bytes line = bytes_of(prose.data, size);
        if (line_kind(line, &backslashes) != LINE_TEXT)
            buffer_append_text(file, "\\");
        buffer_append(file, line);
        prose = after(prose, size);
    }
    buffer_append_text(file, "\n");
}

static void print_cell(struct buffer *file, struct bytes cell)
{
    for (size_t i = 0; i < cell.size; i++) {
        if (cell.data[i] == '|' || cell.data[i] == '\\')
            buffer_append_text(file, "\\");
        buffer_append(file, bytes_of(cell.data + i, 1));
    }
}

static void print_rows(struct buffer *file, const struct field *field, const struct items *items)
{
    for (size_t row = 0; row + field->column_count <= items->count; row += field->column_count) {
        size_t cells = field->column_count;
        while (cells > 1 && items->list[row + cells - 1].size == 0)
            cells--;
        for (size_t i = 0; i < cells; i++) {
            buffer_append_text(file, i == 0 ? "- " : " | ");
            print_cell(file, item_text(&items->list[row + i]));
        }
        buffer_append_text(file, "\n");
    }
}

static void print_lines(struct buffer *file, const struct items *items)
{
    for (size_t i = 0; i < items->count; i++) {
        buffer_append_text(file, "- ");
        buffer_append(file, item_text(&items->list[i]));
        buffer_append_text(file, "\n");
    }
}

static void print_section(struct buffer *file, const struct field *field, const struct items *items)
{
    buffer_printf(file, "\n## %s\n", field->name);
    if (field->type == FIELD_ROWS)
        print_rows(file, field, items);
    else if (field->type == FIELD_LINES)
        print_lines(file, items);
    else
        print_prose(file, item_text(&items->list[0]));
}

static void print_top_line(struct buffer *file, const struct field *field,
                           const struct items *items)
{
    buffer_printf(file, "%s: ", field->name);
    for (size_t i = 0; i < items->count; i++) {
        buffer_append_text(file, i == 0 ? "" : ", ");
        buffer_append(file, item_text(&items->list[i]));
    }
    buffer_append_text(file, "\n");
}

static void print_fields(struct buffer *file, const struct document *document, bool sections)
{
    for (size_t i = 0; i < document->form->count; i++) {
        const struct field *field = &document->form->fields[i];
        if (field->section != sections || document->items[i].count == 0)
            continue;
        if (sections)
            print_section(file, field, &document->items[i]);
        else
            print_top_line(file, field, &document->items[i]);
    }
}

void document_print(const struct document *document, struct buffer *file)
{
    if (document->form != &lesson_form)
        buffer_printf(file, "Kind: %s\n", document->form->kind);
    print_fields(file, document, false);
    print_fields(file, document, true);
}
