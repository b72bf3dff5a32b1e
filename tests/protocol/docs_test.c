#include "protocol/vocabulary.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* docs/lesson.md and docs/records.md say of every field and word what the tables say. */

static void add_page(struct buffer *pages, const char *path)
{
    FILE *file = fopen(path, "r");
    char part[4096];
    size_t size;

    cr_assert_not_null(file, "%s", path);
    while ((size = fread(part, 1, sizeof part, file)) > 0)
        buffer_append(pages, bytes_of(part, size));
    fclose(file);
}

static const char *both_pages(struct buffer *pages)
{
    add_page(pages, SOURCE_DIR "/docs/lesson.md");
    add_page(pages, SOURCE_DIR "/docs/records.md");
    return buffer_text(pages);
}

static void expect_on_page(const char *page, struct buffer *text)
{
    cr_expect_not_null(strstr(page, buffer_text(text)), "docs/lesson.md and records.md lack: %s",
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

/* A row for each field that holds ids, with the kinds that they may be of. */
static void expect_target(const char *page, const struct form *form, const struct field *field)
{
    static const char *const relations[] = {"about",   "supersedes", "erases",
                                            "same as", "answers",    "cites"};
    const struct target *target = field->target;
    struct buffer row = {0};

    if (target == NULL)
        return;
    buffer_printf(&row, "| `%s` | %s | %u %s | ", form->kind, field->name, target->relation,
                  relations[target->relation]);
    for (size_t i = 0; target->kinds != NULL && target->kinds[i] != NULL; i++)
        buffer_printf(&row, "%s%s", i == 0 ? "" : ", ", target->kinds[i]);
    buffer_append_text(&row, target->kinds == NULL ? "a record of any kind |\n" : " |\n");
    expect_on_page(page, &row);
    buffer_release(&row);
}

Test(docs, name_every_field_and_word)
{
    struct buffer buffer = {0}, text = {0};
    const char *page = both_pages(&buffer);

    for (size_t f = 0; forms[f] != NULL; f++)
        for (size_t i = 0; i < forms[f]->count; i++)
            expect_field(page, &forms[f]->fields[i]);
    for (size_t f = 0; forms[f] != NULL; f++)
        for (size_t i = 0; i < forms[f]->count; i++)
            expect_target(page, forms[f], &forms[f]->fields[i]);
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
    const char *page = both_pages(&buffer);
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
    cr_expect_eq(examples, 4);
    buffer_release(&buffer);
}
