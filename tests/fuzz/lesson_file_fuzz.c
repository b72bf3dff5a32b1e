#include "protocol/form.h"

#include <assert.h>

/* Whatever a person types, problems come in the order of the text; where there are none, print,
 * parse, write and read agree on what was typed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_order(const struct problems *problems)
{
    for (size_t i = 1; i < problems->count; i++)
        assert(problems->list[i - 1].place.line <= problems->list[i].place.line);
    for (size_t i = 0; i < problems->count; i++)
        assert(problems->list[i].place.line > 0 && problems->list[i].place.column > 0);
}

static void check_agreement(const struct document *document)
{
    const struct form *form = document_form(document);
    struct buffer file = {0}, again = {0}, content = {0}, second_content = {0};
    struct problems problems = {0};
    struct fault fault = {0};

    document_print(document, &file);
    struct document *parsed = document_parse(form, buffer_view(&file), &problems);
    assert(problems.count == 0);
    document_print(parsed, &again);
    assert(bytes_equal(buffer_view(&file), buffer_view(&again)));

    document_write(document, &content);
    document_write(parsed, &second_content);
    assert(bytes_equal(buffer_view(&content), buffer_view(&second_content)));
    struct document *read = document_read(form, buffer_view(&content), &fault);
    assert(read != NULL);

    document_free(read);
    document_free(parsed);
    buffer_release(&file);
    buffer_release(&again);
    buffer_release(&content);
    buffer_release(&second_content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes file = bytes_of(data, size);
    const char *kind = file_kind(file);
    struct problems problems = {0};

    struct document *document =
        document_parse(kind == NULL ? &lesson_form : form_of(kind), file, &problems);
    check_order(&problems);
    if (problems.count == 0)
        check_agreement(document);
    document_free(document);
    problems_release(&problems);
    return 0;
}
