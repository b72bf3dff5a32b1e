#include "protocol/message.h"

#include <assert.h>
#include <stdlib.h>

/* Whatever a stranger sends, message_read() either says why not or gives back a message, which
 * written again is the same frame. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_records(const struct message *message, struct buffer *frame)
{
    records_write(message->left, message->count, frame);
    for (size_t i = 0; i < message->count; i++)
        buffer_append(frame, message->records[i]);
}

static void write_buckets(const struct message *message, struct buffer *frame)
{
    uint64_t shorts[SET_BUCKETS + 1];

    for (size_t i = 0; i <= SET_BUCKETS; i++)
        shorts[i] = message_short(message, i);
    buckets_write(&message->charter, &message->salt, shorts, frame);
}

static void write_sketch(const struct message *message, struct buffer *frame)
{
    struct line *lines = memory_new(message->count, sizeof *lines);

    for (size_t i = 0; i < message->count; i++)
        lines[i].short_digest = message_short(message, i);
    sketch_write(&message->charter, &message->salt, &message->buckets, lines, message->count,
                 frame);
    free(lines);
}

static void write_interest(const struct message *message, struct buffer *frame)
{
    struct buffer words[INTEREST_MAX] = {{0}};
    const char *list[INTEREST_MAX];

    for (size_t i = 0; i < message->count; i++) {
        buffer_append(&words[i], message->words[i]);
        list[i] = buffer_text(&words[i]);
    }
    interest_write(message->everything ? NULL : list, message->count, frame);
    for (size_t i = 0; i < message->count; i++)
        buffer_release(&words[i]);
}

static void write_again(const struct message *message, struct buffer *frame)
{
    struct buffer reason = {0};

    switch (message->kind) {
    case MESSAGE_HELLO:
        hello_write(&message->hello, frame);
        break;
    case MESSAGE_CHARTER:
        charter_message_write(message->bundle, frame);
        break;
    case MESSAGE_BUCKETS:
        write_buckets(message, frame);
        break;
    case MESSAGE_SKETCH:
        write_sketch(message, frame);
        break;
    case MESSAGE_WHICH:
        which_write(message->bits, frame);
        break;
    case MESSAGE_IDS:
        ids_write(message->ids, message->count, message->more, frame);
        break;
    case MESSAGE_TIPS:
        tips_write(message->tips, message->count, message->more, frame);
        break;
    case MESSAGE_WANT:
        want_write(message->wants, message->count, frame);
        break;
    case MESSAGE_RECORDS:
        write_records(message, frame);
        break;
    case MESSAGE_CREDIT:
        credit_write(message->credit, frame);
        break;
    case MESSAGE_FETCH:
        fetch_write(message->ids, message->count, frame);
        break;
    case MESSAGE_INTEREST:
        write_interest(message, frame);
        break;
    case MESSAGE_BYE:
        buffer_append(&reason, message->reason);
        bye_write((enum bye_code)message->code, buffer_text(&reason), frame);
        break;
    case MESSAGE_NOTICE:
        notice_write(message->rules, message->notices, message->count, frame);
        break;
    case MESSAGE_NOTED:
        noted_write(message->rules, message->ids, message->count, frame);
        break;
    case MESSAGE_RELAY:
        relay_write(&message->to, &message->from, message->box, frame);
        break;
    case MESSAGES:
        assert(false);
    }
    buffer_release(&reason);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct message message;
    struct buffer again = {0};
    struct fault fault = {0};

    if (message_read(&message, bytes_of(data, size), &fault)) {
        write_again(&message, &again);
        assert(bytes_equal(buffer_view(&again), bytes_of(data, size)));
    } else {
        assert(fault.kind == FAULT_PEER && fault.text[0] != '\0');
    }
    message_release(&message);
    buffer_release(&again);
    return 0;
}
