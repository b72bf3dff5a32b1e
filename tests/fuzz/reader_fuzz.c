#include "protocol/reader.h"

#include <assert.h>

/* Whatever arrives, read_any() stays within it, and takes the same bytes when given only those. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fault fault = {0}, again = {0};
    struct reader reader = reader_of(bytes_of(data, size), &fault);
    struct bytes any = read_any(&reader, "value");

    if (reader.failed) {
        assert(fault.kind == FAULT_PEER && fault.text[0] != '\0');
        return 0;
    }
    assert(any.size > 0 && any.size + reader.rest.size == size);
    struct reader second = reader_of(any, &again);
    assert(bytes_equal(read_any(&second, "value"), any) && reader_end(&second));
    return 0;
}
