#include "node/csv.h"

#include <csv.h>
#include <string.h>

static bool may_be_formula(struct bytes text)
{
    return text.size > 0 && text.data[0] != 0 && strchr("=+-@\t\r", text.data[0]) != NULL;
}

void csv_cell(FILE *file, size_t index, struct bytes text, bool number)
{
    struct buffer guarded = {0};

    if (index > 0)
        fputc(',', file);
    if (!number && may_be_formula(text)) {
        buffer_append_text(&guarded, "'");
        buffer_append(&guarded, text);
        text = buffer_view(&guarded);
    }
    if (number && text.size > 0)
        fwrite(text.data, 1, text.size, file);
    else
        csv_fwrite2(file, text.size == 0 ? (const uint8_t *)"" : text.data, text.size, '"');
    buffer_release(&guarded);
}

void csv_text(FILE *file, size_t index, const char *text)
{
    csv_cell(file, index, bytes_of_text(text), false);
}

void csv_row_end(FILE *file)
{
    fputs("\r\n", file);
}
