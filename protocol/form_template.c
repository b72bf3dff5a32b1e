#include "protocol/document.h"

#include <string.h>

/* A file to fill in. Everything it teaches comes from the form's table. */

#define COLUMNS 96

/* The beginning of a comment, its lines broken between words. */
static void begin_comment(struct buffer *file, const char *text)
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
}

static void append_comment(struct buffer *file, const char *text)
{
    begin_comment(file, text);
    buffer_append_text(file, " -->\n");
}

static void append_codes(struct buffer *text, const struct vocabulary *vocabulary)
{
    for (size_t i = 0; i < vocabulary->count; i++)
        buffer_printf(text, "%s%s", i == 0 ? " " : ", ", vocabulary->words[i].code);
    buffer_append_text(text, ".");
}

static const char *group_that_begins(const struct vocabulary *vocabulary, const char *code)
{
    for (const struct word *group = vocabulary->groups; group != NULL && group->code != NULL;
         group++)
        if (strcmp(group->code, code) == 0)
            return group->means;
    return NULL;
}

/* A line for each word, with what it means. */
static void append_words(struct buffer *file, const struct vocabulary *vocabulary)
{
    size_t widest = 0;

    for (size_t i = 0; i < vocabulary->count; i++)
        if (strlen(vocabulary->words[i].code) > widest)
            widest = strlen(vocabulary->words[i].code);
    for (size_t i = 0; i < vocabulary->count; i++) {
        const struct word *word = &vocabulary->words[i];
        const char *group = group_that_begins(vocabulary, word->code);
        if (group != NULL)
            buffer_printf(file, "\n     %s:", group);
        buffer_printf(file, "\n       %-*s  %s", (int)widest, word->code, word->means);
    }
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
        append_codes(text, field->columns[i].vocabulary);
    }
}

/* `listed`: its words stand above already. */
static void append_how(struct buffer *text, const struct field *field, bool listed)
{
    switch (field->type) {
    case FIELD_LINE:
    case FIELD_PROSE:
        buffer_printf(text, " At most %u characters.", field->most_bytes);
        return;
    case FIELD_WORD:
        buffer_append_text(text, listed ? " One of those above." : " One of:");
        return;
    case FIELD_WORDS:
        if (field->most_items < field->vocabulary->count)
            buffer_printf(text, " Up to %u of these, with commas between them:", field->most_items);
        else
            buffer_append_text(text, " Any of these, with commas between them:");
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

struct template
{
    const struct form *form;
    struct buffer *file;
    bool all;
    const struct vocabulary *listed; /* By the field before. */
};

static void append_field(struct template *template, const struct field *field)
{
    bool words = field->type == FIELD_WORD || field->type == FIELD_WORDS;
    bool listed = field->type == FIELD_WORD && template->listed == field->vocabulary;
    struct buffer text = {0};

    buffer_printf(&text, "%s.", field->advice);
    append_how(&text, field, listed);
    if (field->section)
        buffer_printf(template->file, "\n## %s\n", field->name);
    begin_comment(template->file, buffer_text(&text));
    if (words && !listed)
        append_words(template->file, field->vocabulary);
    buffer_append_text(template->file, " -->\n");
    if (!field->section)
        buffer_printf(template->file, "%s:\n", field->name);
    template->listed = field->vocabulary;
    buffer_release(&text);
}

/* Is it asked for in the short template? What a word of another field needs is. */
static bool is_expected(const struct form *form, const struct field *field)
{
    bool needed = field->expected;

    for (size_t i = 0; !needed && i < form->need_count; i++)
        needed = strcmp(form->needs[i].needs, field->key) == 0;
    return needed;
}

/* Is one there that is not required, and among the expected ones or not? */
static bool any_of(const struct template *template, bool section, bool expected)
{
    for (size_t i = 0; i < template->form->count; i++) {
        const struct field *field = &template->form->fields[i];
        if (field->section == section && !field->required && field->advice != NULL &&
            is_expected(template->form, field) == expected)
            return true;
    }
    return false;
}

static void append_fields(struct template *template, bool section, bool required)
{
    for (size_t i = 0; i < template->form->count; i++) {
        const struct field *field = &template->form->fields[i];
        if (field->section == section && field->required == required && field->advice != NULL &&
            (required || template->all || is_expected(template->form, field)))
            append_field(template, field);
    }
}

/* What the short template leaves out, by name. */
static void append_others(struct template *template, bool section)
{
    struct buffer text = {0};
    bool first = true;

    if (template->all || !any_of(template, section, false))
        return;
    buffer_append_text(&text, "There is room for more, and candour lesson new ");
    if (template->form != &lesson_form)
        buffer_printf(&text, "--kind %s ", template->form->kind);
    buffer_printf(&text, "--all says what each %s takes:", section ? "section" : "line");
    for (size_t i = 0; i < template->form->count; i++) {
        const struct field *field = &template->form->fields[i];
        if (field->section != section || field->required || field->advice == NULL ||
            is_expected(template->form, field))
            continue;
        buffer_printf(&text, "%s %s", first ? "" : ",", field->name);
        first = false;
    }
    buffer_append_text(&text, ".");
    buffer_append_text(template->file, "\n");
    append_comment(template->file, buffer_text(&text));
    buffer_release(&text);
}

static void append_part(struct template *template, bool section)
{
    append_fields(template, section, true);
    if (template->all && (any_of(template, section, true) || any_of(template, section, false))) {
        buffer_append_text(template->file, "\n");
        append_comment(template->file, section ? "The sections from here on may stay empty."
                                               : "The lines from here on may stay empty.");
    }
    append_fields(template, section, false);
    append_others(template, section);
}

void form_template(const struct form *form, bool all, struct buffer *file)
{
    struct template template = {.form = form, .file = file, .all = all};

    append_comment(file,
                   "Write behind the names and below the headings. What stands between marks like "
                   "these is left out when the file is read. Where words are listed, write the one "
                   "on the left, or what it means as it stands beside it, or the beginning of "
                   "either where no other begins so.");
    if (form != &lesson_form)
        buffer_printf(file, "Kind: %s\n", form->kind);
    append_part(&template, false);
    append_part(&template, true);
}
