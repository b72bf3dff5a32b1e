#include "protocol/bundle.h"
#include "protocol/limits.h"
#include "protocol/reader.h"
#include "protocol/writer.h"

#include <inttypes.h>

static const char mark[] = "candour bundle 1\n";
static const char charter_word[] = "charter", end_word[] = "end";

void bundle_begin(struct bytes charter, struct buffer *to)
{
    buffer_append_text(to, mark);
    write_array(to, 2);
    write_text(to, bytes_of_text(charter_word));
    write_bytes(to, charter.data, charter.size);
}

void bundle_end(uint64_t items, struct buffer *to)
{
    write_array(to, 2);
    write_text(to, bytes_of_text(end_word));
    write_number(to, items);
}

bool bundle_open(struct bytes file, struct bundle_reader *bundle, struct fault *fault)
{
    if (!bytes_begin(file, mark))
        return fault_set(fault, FAULT_INPUT, "is not a candour bundle (candour export makes one)");
    *bundle = (struct bundle_reader){.rest = bytes_after(file, sizeof mark - 1)};
    return true;
}

static void read_end(struct reader *reader, struct bundle_reader *bundle)
{
    uint64_t items = read_number(reader, "end", 0, UINT64_MAX);

    if (!reader->failed && items != bundle->items)
        reader_refuse(reader, "end: of %" PRIu64 " items, and %" PRIu64 " came", items,
                      bundle->items);
    bundle->whole = !reader->failed;
}

/* A charter's bytes; none of an end. */
static struct bytes read_pair(struct reader *reader, struct bundle_reader *bundle)
{
    read_array(reader, "item", 2, 2);
    struct bytes word = read_text(reader, "item", 0, KIND_MAX);

    if (bytes_equal(word, bytes_of_text(charter_word)))
        return read_bytes(reader, "charter", 1, CHARTER_MAX);
    if (bytes_equal(word, bytes_of_text(end_word)))
        read_end(reader, bundle);
    else if (!reader->failed)
        reader_refuse(reader, "item: neither a charter, a record nor the end");
    return (struct bytes){0};
}

bool bundle_next(struct bundle_reader *bundle, struct bytes *item, bool *is_charter,
                 struct fault *fault)
{
    struct reader reader = reader_of(bundle->rest, fault);

    fault->kind = FAULT_NONE;
    if (bundle->rest.size == 0)
        return false;
    if (bundle->whole)
        reader_refuse(&reader, "item: comes after the end");
    *is_charter = bundle->rest.data[0] == 0x92; /* A record has three items. */
    *item = *is_charter ? read_pair(&reader, bundle) : read_any(&reader, "record");
    if (reader.failed)
        return false;
    bundle->rest = reader.rest;
    if (bundle->whole) /* Nothing may come after it. */
        return bundle_next(bundle, item, is_charter, fault);
    bundle->items++;
    return true;
}
