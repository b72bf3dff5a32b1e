#include "protocol/vocabulary.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* docs/lesson.md says of every field and word what the tables say. */

static const char *lesson_page(struct buffer *page)
{
    FILE *file = fopen(SOURCE_DIR "/docs/lesson.md", "r");
    char part[4096];
    size_t size;

    cr_assert_not_null(file);
    while ((size = fread(part, 1, sizeof part, file)) > 0)
        buffer_append(page, bytes_of(part, size));
    fclose(file);
    return buffer_text(page);
}

static void expect_on_page(const char *page, struct buffer *text)
{
    cr_expect_not_null(strstr(page, buffer_text(text)), "docs/lesson.md lacks: %s",
                       buffer_text(text));
    buffer_clear(text);
}

static void expect_field(const char *page, const struct field *field)
{
    struct buffer row = {0};

    buffer_printf(&row, "| %s%s%s | `%s`%s | ", field->section ? "## " : "", field->name,
                  field->required ? " **(needed)**" : "", field->key,
                  field->header ? ", in the header" : "");
    expect_on_page(page, &row);
    for (size_t i = 0; i < field->column_count; i++) {
        buffer_printf(&row, "%s%s", field->columns[i].name, field->columns[i].required ? "*" : "");
        expect_on_page(page, &row);
    }
    if (field->type == FIELD_LINE || field->type == FIELD_PROSE) {
        buffer_printf(&row, " | %u | %s |\n", field->most_bytes,
                      field->advice == NULL ? "The node fills it in" : field->advice);
        expect_on_page(page, &row);
    }
    buffer_release(&row);
}

Test(docs, name_every_field_and_word)
{
    struct buffer buffer = {0}, text = {0};
    const char *page = lesson_page(&buffer);

    for (size_t f = 0; forms[f] != NULL; f++)
        for (size_t i = 0; i < forms[f]->count; i++)
            expect_field(page, &forms[f]->fields[i]);
    for (size_t v = 0; vocabularies[v] != NULL; v++)
        for (size_t i = 0; i < vocabularies[v]->count; i++) {
            const struct word *word = &vocabularies[v]->words[i];
            buffer_printf(&text, "`%s` %s", word->code, word->means);
            expect_on_page(page, &text);
        }
    buffer_release(&text);
    buffer_release(&buffer);
}

/* The examples can be copied: each is a file with nothing wrong in it. */
Test(docs, have_examples_that_are_right)
{
    struct buffer buffer = {0};
    const char *page = lesson_page(&buffer);
    size_t examples = 0;

    for (const char *at = page; (at = strstr(at, "\n```\n")) != NULL; examples++) {
        const char *start = at + strlen("\n```\n"), *end = strstr(start, "\n```\n");
        struct problems problems = {0};
        struct bytes file = bytes_of(start, (size_t)(end - start));
        document_free(document_parse(form_of(file_kind(file)), file, &problems));
        cr_expect_eq(problems.count, 0, "%s", problems.count == 0 ? "" : problems.list[0].text);
        problems_release(&problems);
        at = end + strlen("\n```");
    }
    cr_expect_eq(examples, 2);
    buffer_release(&buffer);
}
