#include "protocol/document.h"

#include <string.h>

/* A file to fill in. Everything it teaches comes from the form's table. */

#define COLUMNS 96

/* A comment, its lines broken between words. */
static void append_comment(struct buffer *file, const char *text)
{
    size_t column = strlen("<!--");

    buffer_append_text(file, "<!--");
    while (*text != '\0') {
        size_t size = strcspn(text, " ");
        if (column + 1 + size + strlen(" -->") > COLUMNS) {
            buffer_append_text(file, "\n    ");
            column = 4;
        }
        buffer_printf(file, " %.*s", (int)size, text);
        column += 1 + size;
        text += size + (text[size] == ' ');
    }
    buffer_append_text(file, " -->\n");
}

static void append_words(struct buffer *text, const struct vocabulary *vocabulary)
{
    for (size_t i = 0; i < vocabulary->count; i++)
        buffer_printf(text, "%s%s", i == 0 ? " " : ", ", vocabulary->words[i].code);
    buffer_append_text(text, ".");
}

static void append_columns(struct buffer *text, const struct field *field)
{
    buffer_append_text(text, " One line each: -");
    for (size_t i = 0; i < field->column_count; i++)
        buffer_printf(text, "%s %s", i == 0 ? "" : " |", field->columns[i].name);
    buffer_append_text(text, ".");
    for (size_t i = 0; i < field->column_count; i++) {
        if (field->columns[i].vocabulary == NULL)
            continue;
        buffer_printf(text, " For %s:", field->columns[i].name);
        append_words(text, field->columns[i].vocabulary);
    }
}

static void append_how(struct buffer *text, const struct field *field)
{
    switch (field->type) {
    case FIELD_LINE:
    case FIELD_PROSE:
        buffer_printf(text, " At most %u characters.", field->most_bytes);
        return;
    case FIELD_WORD:
        buffer_append_text(text, " One of:");
        append_words(text, field->vocabulary);
        return;
    case FIELD_WORDS:
        if (field->most_items < field->vocabulary->count)
            buffer_printf(text, " Up to %u of:", field->most_items);
        else
            buffer_append_text(text, " Any of:");
        append_words(text, field->vocabulary);
        return;
    case FIELD_LINES:
        buffer_printf(text,
                      field->section ? " Up to %u lines, each beginning with a dash."
                                     : " Up to %u, with commas between them.",
                      field->most_items);
        return;
    case FIELD_DATE:
        buffer_append_text(text, " As 2026-03-31 or 2026-03.");
        return;
    case FIELD_NUMBER:
        buffer_append_text(text, " A number.");
        return;
    case FIELD_ROWS:
        append_columns(text, field);
        return;
    }
}

static void append_field(struct buffer *file, const struct field *field)
{
    struct buffer text = {0};

    buffer_printf(&text, "%s.", field->advice);
    append_how(&text, field);
    if (field->section)
        buffer_printf(file, "\n## %s\n", field->name);
    append_comment(file, buffer_text(&text));
    if (!field->section)
        buffer_printf(file, "%s:\n", field->name);
    buffer_release(&text);
}

static void append_fields(struct buffer *file, const struct form *form, bool section, bool required)
{
    for (size_t i = 0; i < form->count; i++) {
        const struct field *field = &form->fields[i];
        if (field->section == section && field->required == required && field->advice != NULL)
            append_field(file, field);
    }
}

static void append_part(struct buffer *file, const struct form *form, bool section)
{
    append_fields(file, form, section, true);
    buffer_append_text(file, "\n");
    append_comment(file, section ? "The sections from here on may stay empty."
                                 : "The lines from here on may stay empty.");
    append_fields(file, form, section, false);
}

void form_template(const struct form *form, struct buffer *file)
{
    append_comment(file, "Write behind the names and below the headings. Comments such as this "
                         "one are left out when the file is read.");
    if (form != &lesson_form)
        buffer_printf(file, "Kind: %s\n", form->kind);
    append_part(file, form, false);
    append_part(file, form, true);
}
