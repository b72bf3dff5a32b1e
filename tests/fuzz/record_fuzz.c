#include "protocol/record.h"

#include <assert.h>

/* Whatever a stranger sends, record_read() either says why not or gives back a record that is
 * written as exactly those bytes, but for a body that is not the one committed to; and the parts of
 * that record join to the same record again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_written(const struct record *record, struct bytes wire, bool wrong_body)
{
    struct buffer again = {0};

    record_write(record, true, &again);
    if (wrong_body)
        assert(!record_has_body(record) && again.size < wire.size);
    else
        assert(bytes_equal(buffer_view(&again), wire));
    buffer_release(&again);
}

static void check_joined(const struct record *record)
{
    struct fault fault = {0};
    struct record *joined = record_join(record_header_bytes(record), record_proof(record),
                                        record_salt(record), record_packed(record), &fault);
    size_t size = record_content(record).size;

    assert(size == 0 || size == record_header(record)->body_size);
    assert(joined != NULL);
    assert(digest_equal(record_id(joined), record_id(record)));
    assert(record_has_body(joined) == record_has_body(record));
    record_free(joined);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes map, wire = bytes_of(data, size);
    struct fault fault = {0};
    bool wrong_body;
    struct record *record = record_read(wire, NULL, &wrong_body, &fault);

    if (record == NULL) {
        assert(fault.kind == FAULT_PEER && fault.text[0] != '\0');
    } else {
        check_written(record, wire, wrong_body);
        check_joined(record);
    }
    record_free(record);
    if (!body_open(wire, &map, &fault))
        assert(fault.text[0] != '\0');
    return 0;
}
