#include "protocol/bundle.h"
#include "protocol/limits.h"
#include "protocol/reader.h"
#include "protocol/writer.h"

static const char mark[] = "candour bundle 1\n";
static const char charter_word[] = "charter";

void bundle_begin(struct bytes charter, struct buffer *to)
{
    buffer_append_text(to, mark);
    write_array(to, 2);
    write_text(to, bytes_of_text(charter_word));
    write_bytes(to, charter.data, charter.size);
}

bool bundle_open(struct bytes file, struct bytes *rest, struct fault *fault)
{
    size_t size = sizeof mark - 1;

    if (file.size < size || !bytes_equal(bytes_of(file.data, size), bytes_of_text(mark)))
        return fault_set(fault, FAULT_INPUT, "is not a candour bundle (candour export makes one)");
    *rest = bytes_of(file.data + size, file.size - size);
    return true;
}

bool bundle_next(struct bytes *rest, struct bytes *item, bool *is_charter, struct fault *fault)
{
    struct reader reader = reader_of(*rest, fault);

    fault->kind = FAULT_NONE;
    if (rest->size == 0)
        return false;
    *is_charter = rest->data[0] == 0x92; /* A record has three items. */
    if (*is_charter) {
        read_array(&reader, "item", 2, 2);
        struct bytes word = read_text(&reader, "item", 0, KIND_MAX);
        if (!reader.failed && !bytes_equal(word, bytes_of_text(charter_word)))
            reader_refuse(&reader, "item: neither a charter nor a record");
        *item = read_bytes(&reader, "charter", 1, CHARTER_MAX);
    } else {
        *item = read_any(&reader, "record");
    }
    if (reader.failed)
        return false;
    *rest = reader.rest;
    return true;
}
