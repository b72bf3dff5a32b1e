#include "protocol/message.h"

#include "protocol/reader.h"
#include "protocol/writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *const message_names[MESSAGES] = {
    [MESSAGE_HELLO] = "hello",   [MESSAGE_CHARTER] = "charter", [MESSAGE_TIPS] = "tips",
    [MESSAGE_WANT] = "want",     [MESSAGE_RECORDS] = "records", [MESSAGE_CREDIT] = "credit",
    [MESSAGE_BODIES] = "bodies", [MESSAGE_BYE] = "bye",
};

/* The fewest bytes one item of a list takes, so that a list's memory is never set aside on the
 * say-so of a frame that could not hold it. */
#define ID_BYTES (2 + DIGEST_SIZE)
#define TIP_BYTES (1 + ID_BYTES + 1 + 1 + ID_BYTES)
#define WANT_BYTES (1 + ID_BYTES + 1)
#define RECORD_BYTES 4

static void *read_list(struct reader *reader, const char *name, size_t most, size_t bytes_each,
                       size_t size, size_t *count)
{
    *count = read_array(reader, name, 0, most);
    if (*count > reader->rest.size / bytes_each)
        reader_refuse(reader, "%s: cut short", name);
    if (reader->failed)
        *count = 0;
    return *count == 0 ? NULL : memory_new(*count, size);
}

static void read_hello(struct reader *reader, struct message *message)
{
    struct hello *hello = &message->hello;

    hello->least_version = read_number(reader, "least version", 1, UINT32_MAX);
    hello->highest_version =
        read_number(reader, "highest version", hello->least_version, UINT32_MAX);
    read_fixed(reader, "network", &hello->network, sizeof hello->network);
    read_fixed(reader, "charter digest", &hello->charter, sizeof hello->charter);
    read_fixed(reader, "state digest", &hello->state, sizeof hello->state);
    hello->clock_ms = (int64_t)read_number(reader, "clock", 0, TIME_MAX);
    hello->answer = read_flag(reader, "answer");
    hello->credit = (uint32_t)read_number(reader, "credit", 0, UINT32_MAX);
}

static void read_charter(struct reader *reader, struct message *message)
{
    message->bundle = read_bytes(reader, "bundle", 1, CHARTER_MAX);
}

static void read_tip(struct reader *reader, struct tip *tip)
{
    read_array(reader, "tip", 4, 4);
    read_fixed(reader, "authority", &tip->feed.authority, sizeof tip->feed.authority);
    tip->feed.number = (uint32_t)read_number(reader, "feed", 1, UINT32_MAX);
    tip->seq = read_number(reader, "seq", 1, SEQ_MAX);
    read_fixed(reader, "id", &tip->id, sizeof tip->id);
}

static int tip_compare(const struct tip *a, const struct tip *b)
{
    int order = feed_compare(&a->feed, &b->feed);

    if (order == 0)
        order = (a->seq > b->seq) - (a->seq < b->seq);
    return order != 0 ? order : digest_compare(&a->id, &b->id);
}

static void read_tips(struct reader *reader, struct message *message)
{
    message->more = read_flag(reader, "more");
    message->tips =
        read_list(reader, "tips", TIPS_MAX, TIP_BYTES, sizeof *message->tips, &message->count);
    for (size_t i = 0; i < message->count && !reader->failed; i++) {
        read_tip(reader, &message->tips[i]);
        if (i > 0 && !reader->failed && tip_compare(&message->tips[i - 1], &message->tips[i]) >= 0)
            reader_refuse(reader, "tips: out of order");
    }
}

static void read_want(struct reader *reader, struct want *want)
{
    read_array(reader, "want", 2, 2);
    read_fixed(reader, "tip", &want->tip, sizeof want->tip);
    want->have_count = read_array(reader, "haves", 0, WANT_HAVES_MAX);
    for (size_t i = 0; i < want->have_count && !reader->failed; i++)
        read_fixed(reader, "have", &want->haves[i], sizeof want->haves[i]);
}

static void read_wants(struct reader *reader, struct message *message)
{
    message->wants =
        read_list(reader, "wants", WANTS_MAX, WANT_BYTES, sizeof *message->wants, &message->count);
    for (size_t i = 0; i < message->count && !reader->failed; i++)
        read_want(reader, &message->wants[i]);
}

static void read_records(struct reader *reader, struct message *message)
{
    message->left = read_number(reader, "left", 0, SEQ_MAX);
    message->records = read_list(reader, "records", RECORDS_MAX, RECORD_BYTES,
                                 sizeof *message->records, &message->count);
    for (size_t i = 0; i < message->count && !reader->failed; i++)
        message->records[i] = read_any(reader, "record");
}

static void read_credit(struct reader *reader, struct message *message)
{
    message->credit = (uint32_t)read_number(reader, "credit", 1, UINT32_MAX);
}

static void read_bodies(struct reader *reader, struct message *message)
{
    message->ids =
        read_list(reader, "bodies", BODIES_MAX, ID_BYTES, sizeof *message->ids, &message->count);
    for (size_t i = 0; i < message->count && !reader->failed; i++)
        read_fixed(reader, "id", &message->ids[i], sizeof message->ids[i]);
}

static void read_bye(struct reader *reader, struct message *message)
{
    message->code = (uint32_t)read_number(reader, "code", 1, UINT32_MAX);
    message->reason = read_text(reader, "reason", 0, REASON_MAX);
}

/* How many items each message has, the kind counted, and the most bytes it can take. */
static const struct shape {
    size_t items;
    size_t most_bytes;
    void (*read)(struct reader *reader, struct message *message);
} shapes[MESSAGES] = {
    [MESSAGE_HELLO] = {9, 192, read_hello},
    [MESSAGE_CHARTER] = {2, FRAME_MAX, read_charter},
    [MESSAGE_TIPS] = {3, 16 + TIPS_MAX *(TIP_BYTES + 12), read_tips},
    [MESSAGE_WANT] = {2, 16 + WANTS_MAX *(WANT_BYTES + 2 + WANT_HAVES_MAX * ID_BYTES), read_wants},
    [MESSAGE_RECORDS] = {3, 2 * RECORDS_FRAME_MAX, read_records},
    [MESSAGE_CREDIT] = {2, 8, read_credit},
    [MESSAGE_BODIES] = {2, 16 + BODIES_MAX *ID_BYTES, read_bodies},
    [MESSAGE_BYE] = {3, 16 + REASON_MAX, read_bye},
};

static bool read_frame(struct message *message, struct bytes frame, struct fault *fault)
{
    struct reader reader = reader_of(frame, fault);
    size_t items = read_array(&reader, "message", 1, 16);
    size_t kind = (size_t)read_number(&reader, "kind", 0, MESSAGES - 1);

    if (reader.failed)
        return false;
    message->kind = (enum message_kind)kind;
    if (frame.size > shapes[kind].most_bytes)
        reader_refuse(&reader, "%zu bytes, at most %zu", frame.size, shapes[kind].most_bytes);
    else if (items != shapes[kind].items)
        reader_refuse(&reader, "%zu items, expected %zu", items, shapes[kind].items);
    else
        shapes[kind].read(&reader, message);
    return reader_end(&reader) || fault_prefix(fault, "%s", message_names[kind]);
}

bool message_read(struct message *message, struct bytes frame, struct fault *fault)
{
    *message = (struct message){0};
    return read_frame(message, frame, fault);
}

void message_release(struct message *message)
{
    free(message->tips);
    free(message->wants);
    free(message->records);
    free(message->ids);
    *message = (struct message){0};
}

static void begin(struct buffer *frame, enum message_kind kind)
{
    write_array(frame, shapes[kind].items);
    write_number(frame, kind);
}

static void write_digest(struct buffer *frame, const struct digest *digest)
{
    write_bytes(frame, digest, sizeof *digest);
}

void hello_write(const struct hello *hello, struct buffer *frame)
{
    begin(frame, MESSAGE_HELLO);
    write_number(frame, hello->least_version);
    write_number(frame, hello->highest_version);
    write_digest(frame, &hello->network);
    write_digest(frame, &hello->charter);
    write_digest(frame, &hello->state);
    write_number(frame, (uint64_t)hello->clock_ms);
    write_flag(frame, hello->answer);
    write_number(frame, hello->credit);
}

void charter_message_write(struct bytes bundle, struct buffer *frame)
{
    begin(frame, MESSAGE_CHARTER);
    write_bytes(frame, bundle.data, bundle.size);
}

void tips_write(const struct tip *tips, size_t count, bool more, struct buffer *frame)
{
    assert(count <= TIPS_MAX);
    begin(frame, MESSAGE_TIPS);
    write_flag(frame, more);
    write_array(frame, count);
    for (size_t i = 0; i < count; i++) {
        write_array(frame, 4);
        write_digest(frame, &tips[i].feed.authority);
        write_number(frame, tips[i].feed.number);
        write_number(frame, tips[i].seq);
        write_digest(frame, &tips[i].id);
    }
}

void want_write(const struct want *wants, size_t count, struct buffer *frame)
{
    assert(count <= WANTS_MAX);
    begin(frame, MESSAGE_WANT);
    write_array(frame, count);
    for (size_t i = 0; i < count; i++) {
        assert(wants[i].have_count <= WANT_HAVES_MAX);
        write_array(frame, 2);
        write_digest(frame, &wants[i].tip);
        write_array(frame, wants[i].have_count);
        for (size_t k = 0; k < wants[i].have_count; k++)
            write_digest(frame, &wants[i].haves[k]);
    }
}

void records_write(uint64_t left, size_t count, struct buffer *frame)
{
    assert(count <= RECORDS_MAX);
    begin(frame, MESSAGE_RECORDS);
    write_number(frame, left);
    write_array(frame, count);
}

void credit_write(uint32_t bytes, struct buffer *frame)
{
    begin(frame, MESSAGE_CREDIT);
    write_number(frame, bytes);
}

void bodies_write(const struct digest *ids, size_t count, struct buffer *frame)
{
    assert(count <= BODIES_MAX);
    begin(frame, MESSAGE_BODIES);
    write_array(frame, count);
    for (size_t i = 0; i < count; i++)
        write_digest(frame, &ids[i]);
}

void bye_write(enum bye_code code, const char *reason, struct buffer *frame)
{
    assert(strlen(reason) <= REASON_MAX);
    begin(frame, MESSAGE_BYE);
    write_number(frame, code);
    write_text(frame, bytes_of_text(reason));
}
