#include "protocol/form.h"

#include <assert.h>

/* Whatever a stranger sends as the content of a body is refused, or is a document with one spelling
 * of everything we know: written, read and written again it is the same, and so is its file. The
 * first byte chooses the kind. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t kinds(void)
{
    size_t count = 0;

    while (forms[count] != NULL)
        count++;
    return count;
}

static struct document *written_and_read(const struct document *document, struct buffer *content)
{
    struct fault fault = {0};

    document_write(document, content);
    return document_read(document_form(document), buffer_view(content), &fault);
}

static void check_file(const struct document *document)
{
    struct buffer file = {0}, again = {0};
    struct problems problems = {0};

    document_print(document, &file);
    struct document *parsed =
        document_parse(document_form(document), buffer_view(&file), &problems);
    document_print(parsed, &again);
    assert(bytes_equal(buffer_view(&file), buffer_view(&again)));
    document_free(parsed);
    problems_release(&problems);
    buffer_release(&file);
    buffer_release(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer content = {0}, again = {0};
    struct fault fault = {0};

    if (size == 0)
        return 0;
    const struct form *form = forms[data[0] % kinds()];
    struct document *document = document_read(form, bytes_of(data + 1, size - 1), &fault);
    if (document == NULL) {
        assert(fault.kind == FAULT_PEER && fault.text[0] != '\0');
        return 0;
    }
    struct document *second = written_and_read(document, &content);
    assert(second != NULL && content.size <= size - 1);
    document_write(second, &again);
    assert(bytes_equal(buffer_view(&content), buffer_view(&again)));
    check_file(document);

    document_free(second);
    document_free(document);
    buffer_release(&content);
    buffer_release(&again);
    return 0;
}
