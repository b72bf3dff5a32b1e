#include "node/backlog.h"

#include <assert.h>
#include <string.h>

static void forget_sent(struct backlog *backlog)
{
    struct buffer *frames = &backlog->frames;

    memmove(frames->data, frames->data + backlog->sent, frames->size - backlog->sent);
    frames->size -= backlog->sent;
    backlog->sent = 0;
}

size_t backlog_size(const struct backlog *backlog)
{
    return backlog->frames.size - backlog->sent;
}

bool backlog_is_empty(const struct backlog *backlog)
{
    return backlog_size(backlog) == 0;
}

size_t backlog_takes(struct bytes frame)
{
    return sizeof frame.size + frame.size;
}

void backlog_add(struct backlog *backlog, struct bytes frame)
{
    if (backlog->sent > backlog->frames.size / 2) /* So that each byte is moved once or so. */
        forget_sent(backlog);
    buffer_append(&backlog->frames, bytes_of(&frame.size, sizeof frame.size));
    buffer_append(&backlog->frames, frame);
}

struct bytes backlog_first(const struct backlog *backlog)
{
    size_t size;

    assert(!backlog_is_empty(backlog));
    const uint8_t *at = backlog->frames.data + backlog->sent;
    memcpy(&size, at, sizeof size);
    return bytes_of(at + sizeof size, size);
}

void backlog_drop_first(struct backlog *backlog)
{
    backlog->sent += sizeof(size_t) + backlog_first(backlog).size;
    if (backlog_is_empty(backlog))
        backlog_release(backlog);
}

void backlog_release(struct backlog *backlog)
{
    buffer_release(&backlog->frames);
    backlog->sent = 0;
}
