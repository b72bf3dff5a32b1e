#include "protocol/document.h"
#include "protocol/form_lines.h"

#include <string.h>

/* A document as the file that form_file.c reads. */

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
        prose = bytes_after(prose, size);
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
