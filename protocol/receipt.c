#include "protocol/receipt.h"

#include "protocol/reader.h"
#include "protocol/writer.h"

#include <assert.h>

void receipt_write(const struct digest *ids, size_t count, struct buffer *map)
{
    assert(count > 0 && count <= RECEIPT_MAX);
    write_map(map, 1);
    write_text(map, bytes_of_text("erased"));
    write_array(map, count);
    for (size_t i = 0; i < count; i++) {
        assert(i == 0 || digest_compare(&ids[i - 1], &ids[i]) < 0);
        write_bytes(map, &ids[i], sizeof ids[i]);
    }
}

bool receipt_read(struct bytes map, struct digest *ids, size_t *count, struct fault *fault)
{
    struct reader reader = reader_of(map, fault);

    read_map(&reader, "receipt", 1, 1);
    struct bytes key = read_text(&reader, "key", 1, 32);
    if (!reader.failed && !bytes_equal(key, bytes_of_text("erased")))
        reader_refuse(&reader, "key: not \"erased\"");
    *count = read_array(&reader, "erased", 1, RECEIPT_MAX);
    for (size_t i = 0; i < *count && !reader.failed; i++) {
        read_fixed(&reader, "id", &ids[i], sizeof ids[i]);
        if (i > 0 && !reader.failed && digest_compare(&ids[i - 1], &ids[i]) >= 0)
            reader_refuse(&reader, "ids: out of order");
    }
    return reader_end(&reader) || fault_prefix(fault, "receipt");
}
