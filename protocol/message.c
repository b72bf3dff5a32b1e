#include "protocol/message.h"

#include "protocol/reader.h"
#include "protocol/writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *const message_names[MESSAGES] = {
    [MESSAGE_HELLO] = "hello",   [MESSAGE_CHARTER] = "charter", [MESSAGE_BUCKETS] = "buckets",
    [MESSAGE_SKETCH] = "sketch", [MESSAGE_WHICH] = "which",     [MESSAGE_TIPS] = "tips",
    [MESSAGE_IDS] = "ids",       [MESSAGE_WANT] = "want",       [MESSAGE_RECORDS] = "records",
    [MESSAGE_CREDIT] = "credit", [MESSAGE_FETCH] = "fetch",     [MESSAGE_INTEREST] = "interest",
    [MESSAGE_BYE] = "bye",       [MESSAGE_NOTICE] = "notice",   [MESSAGE_NOTED] = "noted",
    [MESSAGE_RELAY] = "relay",
};

#define SHORT_BYTES 8

/* The fewest bytes one item of a list takes, so that a list's memory is never set aside on the
 * say-so of a frame that could not hold it. */
#define ID_BYTES (2 + DIGEST_SIZE)
#define TIP_BYTES (1 + ID_BYTES + 1 + 1 + ID_BYTES)
#define WANT_BYTES (1 + ID_BYTES + 1 + 1)
#define RECORD_BYTES 4
#define WORD_BYTES 2
#define NOTICE_BYTES (1 + ID_BYTES + 2 * WORD_BYTES)

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

/* --- Reading --- */

static void read_hello(struct reader *reader, struct message *message)
{
    struct hello *hello = &message->hello;

    hello->least_version = read_number(reader, "least version", 1, UINT32_MAX);
    hello->highest_version =
        read_number(reader, "highest version", hello->least_version, UINT32_MAX);
    read_fixed(reader, "network", &hello->network, sizeof hello->network);
    read_fixed(reader, "state digest", &hello->state, sizeof hello->state);
    hello->clock_ms = (int64_t)read_number(reader, "clock", 0, TIME_MAX);
    hello->answer = read_flag(reader, "answer");
    hello->credit = (uint32_t)read_number(reader, "credit", 0, UINT32_MAX);
}

static void read_charter(struct reader *reader, struct message *message)
{
    message->bundle = read_bytes(reader, "bundle", 1, CHARTER_MAX);
}

static void read_shorts(struct reader *reader, struct message *message, size_t least, size_t most)
{
    message->shorts = read_bytes(reader, "short digests", least * SHORT_BYTES, most * SHORT_BYTES);
    message->count = message->shorts.size / SHORT_BYTES;
    if (!reader->failed && message->shorts.size % SHORT_BYTES != 0)
        reader_refuse(reader, "short digests: %zu bytes, not a multiple of 8",
                      message->shorts.size);
}

static void read_buckets(struct reader *reader, struct message *message)
{
    read_fixed(reader, "charter digest", &message->charter, sizeof message->charter);
    read_fixed(reader, "salt", &message->salt, sizeof message->salt);
    read_shorts(reader, message, SET_BUCKETS + 1, SET_BUCKETS + 1);
}

static void read_sketch(struct reader *reader, struct message *message)
{
    read_fixed(reader, "charter digest", &message->charter, sizeof message->charter);
    read_fixed(reader, "salt", &message->salt, sizeof message->salt);
    read_fixed(reader, "buckets", &message->buckets, sizeof message->buckets);
    if (!reader->failed && message->buckets.bits[SET_WEEKS / 8] > 1)
        reader_refuse(reader, "buckets: a bit beyond the last");
    read_shorts(reader, message, 0, LINES_MAX);
}

static void read_which(struct reader *reader, struct message *message)
{
    message->bits = read_bytes(reader, "lines", 0, LINES_MAX / 8);
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

static void read_id_list(struct reader *reader, struct message *message, const char *name,
                         size_t most)
{
    message->ids = read_list(reader, name, most, ID_BYTES, sizeof *message->ids, &message->count);
    for (size_t i = 0; i < message->count && !reader->failed; i++)
        read_fixed(reader, "id", &message->ids[i], sizeof message->ids[i]);
}

static void read_ids(struct reader *reader, struct message *message)
{
    message->more = read_flag(reader, "more");
    read_id_list(reader, message, "ids", IDS_MAX);
    for (size_t i = 1; i < message->count && !reader->failed; i++)
        if (digest_compare(&message->ids[i - 1], &message->ids[i]) >= 0)
            reader_refuse(reader, "ids: out of order");
}

static void read_want(struct reader *reader, struct want *want)
{
    read_array(reader, "want", 3, 3);
    read_fixed(reader, "tip", &want->tip, sizeof want->tip);
    want->after = read_number(reader, "after", 0, SEQ_MAX - 1);
    want->until = read_number(reader, "until", want->after + 1, SEQ_MAX);
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

static void read_fetch(struct reader *reader, struct message *message)
{
    read_id_list(reader, message, "fetch", FETCH_MAX);
}

static struct bytes read_word(struct reader *reader)
{
    struct bytes word = read_text(reader, "word", 1, INTEREST_WORD_MAX);

    for (size_t i = 0; i < word.size; i++) {
        uint8_t c = word.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/'))
            reader_refuse(reader, "word: not only lower-case letters, digits, '-' and '/'");
    }
    return word;
}

static int words_compare(struct bytes a, struct bytes b)
{
    int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);

    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static void read_interest(struct reader *reader, struct message *message)
{
    message->everything = read_nil(reader);
    if (message->everything)
        return;
    message->words = read_list(reader, "words", INTEREST_MAX, WORD_BYTES, sizeof *message->words,
                               &message->count);
    for (size_t i = 0; i < message->count && !reader->failed; i++) {
        message->words[i] = read_word(reader);
        if (i > 0 && !reader->failed &&
            words_compare(message->words[i - 1], message->words[i]) >= 0)
            reader_refuse(reader, "words: out of order");
    }
}

static void read_bye(struct reader *reader, struct message *message)
{
    message->code = (uint32_t)read_number(reader, "code", 1, UINT32_MAX);
    message->reason = read_text(reader, "reason", 0, REASON_MAX);
}

/* A code: nothing else of a stranger's comes before people who have not asked for it. */
static struct bytes read_code(struct reader *reader, const char *name)
{
    struct bytes code = read_text(reader, name, 1, NOTICE_WORD_MAX);

    for (size_t i = 0; i < code.size; i++) {
        uint8_t c = code.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            reader_refuse(reader, "%s: not only lower-case letters, digits, '-' and '_'", name);
    }
    return code;
}

static void read_notices(struct reader *reader, struct message *message)
{
    message->rules = read_code(reader, "rules");
    message->notices = read_list(reader, "notices", NOTICES_MAX, NOTICE_BYTES,
                                 sizeof *message->notices, &message->count);
    for (size_t i = 0; i < message->count && !reader->failed; i++) {
        struct notice *notice = &message->notices[i];
        read_array(reader, "notice", 3, 3);
        read_fixed(reader, "id", &notice->id, sizeof notice->id);
        notice->field = read_code(reader, "field");
        notice->class = read_code(reader, "class");
    }
}

static void read_noted(struct reader *reader, struct message *message)
{
    message->rules = read_code(reader, "rules");
    read_id_list(reader, message, "noted", NOTICES_MAX);
}

static void read_relay(struct reader *reader, struct message *message)
{
    read_fixed(reader, "to", &message->to, sizeof message->to);
    read_fixed(reader, "from", &message->from, sizeof message->from);
    message->box = read_bytes(reader, "box", 1, NOTICE_BOX_MAX);
}

/* How many items each message has, the kind counted, and the most bytes it can take. */
static const struct shape {
    size_t items;
    size_t most_bytes;
    void (*read)(struct reader *reader, struct message *message);
} shapes[MESSAGES] = {
    [MESSAGE_HELLO] = {8, 128, read_hello},
    [MESSAGE_CHARTER] = {2, FRAME_MAX, read_charter},
    [MESSAGE_BUCKETS] = {4, 600, read_buckets},
    [MESSAGE_SKETCH] = {5, 96 + LINES_MAX *SHORT_BYTES, read_sketch},
    [MESSAGE_WHICH] = {2, 16 + LINES_MAX / 8, read_which},
    [MESSAGE_TIPS] = {3, 16 + TIPS_MAX *(TIP_BYTES + 12), read_tips},
    [MESSAGE_IDS] = {3, 16 + IDS_MAX *ID_BYTES, read_ids},
    [MESSAGE_WANT] = {2, 16 + WANTS_MAX *(WANT_BYTES + 16), read_wants},
    [MESSAGE_RECORDS] = {3, 2 * RECORDS_FRAME_MAX, read_records},
    [MESSAGE_CREDIT] = {2, 8, read_credit},
    [MESSAGE_FETCH] = {2, 16 + FETCH_MAX *ID_BYTES, read_fetch},
    [MESSAGE_INTEREST] = {2, 16 + INTEREST_MAX *(WORD_BYTES + INTEREST_WORD_MAX), read_interest},
    [MESSAGE_BYE] = {3, 16 + REASON_MAX, read_bye},
    [MESSAGE_NOTICE] = {3, 64 + NOTICES_MAX *(NOTICE_BYTES + 2 * NOTICE_WORD_MAX), read_notices},
    [MESSAGE_NOTED] = {3, 64 + NOTICES_MAX *ID_BYTES, read_noted},
    [MESSAGE_RELAY] = {4, 96 + NOTICE_BOX_MAX, read_relay},
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
    free(message->words);
    free(message->notices);
    *message = (struct message){0};
}

uint64_t message_short(const struct message *message, size_t place)
{
    const uint8_t *bytes = message->shorts.data + place * SHORT_BYTES;
    uint64_t number = 0;

    assert(place < message->count);
    for (size_t i = 0; i < SHORT_BYTES; i++)
        number = number << 8 | bytes[i];
    return number;
}

/* --- Writing --- */

static void begin(struct buffer *frame, enum message_kind kind)
{
    write_array(frame, shapes[kind].items);
    write_number(frame, kind);
}

static void write_digest(struct buffer *frame, const struct digest *digest)
{
    write_bytes(frame, digest, sizeof *digest);
}

static void put_short(uint8_t *to, uint64_t number)
{
    for (size_t i = SHORT_BYTES; i > 0; i--, number >>= 8)
        to[i - 1] = (uint8_t)number;
}

void hello_write(const struct hello *hello, struct buffer *frame)
{
    begin(frame, MESSAGE_HELLO);
    write_number(frame, hello->least_version);
    write_number(frame, hello->highest_version);
    write_digest(frame, &hello->network);
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

void buckets_write(const struct digest *charter, const struct short_salt *salt,
                   const uint64_t shorts[SET_BUCKETS + 1], struct buffer *frame)
{
    uint8_t bytes[(SET_BUCKETS + 1) * SHORT_BYTES];

    for (size_t i = 0; i <= SET_BUCKETS; i++)
        put_short(&bytes[i * SHORT_BYTES], shorts[i]);
    begin(frame, MESSAGE_BUCKETS);
    write_digest(frame, charter);
    write_bytes(frame, salt, sizeof *salt);
    write_bytes(frame, bytes, sizeof bytes);
}

void sketch_write(const struct digest *charter, const struct short_salt *salt,
                  const struct buckets *buckets, const struct line *lines, size_t count,
                  struct buffer *frame)
{
    uint8_t *bytes = memory_new(count, SHORT_BYTES);

    assert(count <= LINES_MAX);
    for (size_t i = 0; i < count; i++)
        put_short(&bytes[i * SHORT_BYTES], lines[i].short_digest);
    begin(frame, MESSAGE_SKETCH);
    write_digest(frame, charter);
    write_bytes(frame, salt, sizeof *salt);
    write_bytes(frame, buckets, sizeof *buckets);
    write_bytes(frame, bytes, count * SHORT_BYTES);
    free(bytes);
}

void which_write(struct bytes bits, struct buffer *frame)
{
    assert(bits.size <= LINES_MAX / 8);
    begin(frame, MESSAGE_WHICH);
    write_bytes(frame, bits.data, bits.size);
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

static void write_ids(const struct digest *ids, size_t count, struct buffer *frame)
{
    write_array(frame, count);
    for (size_t i = 0; i < count; i++)
        write_digest(frame, &ids[i]);
}

void ids_write(const struct digest *ids, size_t count, bool more, struct buffer *frame)
{
    assert(count <= IDS_MAX);
    begin(frame, MESSAGE_IDS);
    write_flag(frame, more);
    write_ids(ids, count, frame);
}

void want_write(const struct want *wants, size_t count, struct buffer *frame)
{
    assert(count <= WANTS_MAX);
    begin(frame, MESSAGE_WANT);
    write_array(frame, count);
    for (size_t i = 0; i < count; i++) {
        write_array(frame, 3);
        write_digest(frame, &wants[i].tip);
        write_number(frame, wants[i].after);
        write_number(frame, wants[i].until);
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

void fetch_write(const struct digest *ids, size_t count, struct buffer *frame)
{
    assert(count <= FETCH_MAX);
    begin(frame, MESSAGE_FETCH);
    write_ids(ids, count, frame);
}

void interest_write(const char *const *words, size_t count, struct buffer *frame)
{
    assert(count <= INTEREST_MAX);
    begin(frame, MESSAGE_INTEREST);
    if (words == NULL) {
        write_nil(frame);
        return;
    }
    write_array(frame, count);
    for (size_t i = 0; i < count; i++)
        write_text(frame, bytes_of_text(words[i]));
}

void notice_write(struct bytes rules, const struct notice *notices, size_t count,
                  struct buffer *frame)
{
    assert(count <= NOTICES_MAX);
    begin(frame, MESSAGE_NOTICE);
    write_text(frame, rules);
    write_array(frame, count);
    for (size_t i = 0; i < count; i++) {
        write_array(frame, 3);
        write_digest(frame, &notices[i].id);
        write_text(frame, notices[i].field);
        write_text(frame, notices[i].class);
    }
}

void noted_write(struct bytes rules, const struct digest *ids, size_t count, struct buffer *frame)
{
    assert(count <= NOTICES_MAX);
    begin(frame, MESSAGE_NOTED);
    write_text(frame, rules);
    write_ids(ids, count, frame);
}

void relay_write(const struct digest *to, const struct digest *from, struct bytes box,
                 struct buffer *frame)
{
    assert(box.size <= NOTICE_BOX_MAX);
    begin(frame, MESSAGE_RELAY);
    write_digest(frame, to);
    write_digest(frame, from);
    write_bytes(frame, box.data, box.size);
}

void bye_write(enum bye_code code, const char *reason, struct buffer *frame)
{
    assert(strlen(reason) <= REASON_MAX);
    begin(frame, MESSAGE_BYE);
    write_number(frame, code);
    write_text(frame, bytes_of_text(reason));
}
