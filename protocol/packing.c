#include "protocol/packing.h"

#include "protocol/limits.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <zstd.h>

#define PLAIN 0x01
#define LEVEL 1 /* Measured: docs/performance.md. */
#define ROOM ZSTD_COMPRESSBOUND(BODY_MAX)

/* --- Of each thread --- */

struct packing {
    ZSTD_CCtx *packer;
    ZSTD_DCtx *unpacker;
    uint8_t room[ROOM]; /* For the longest content, packed or not. */
};

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void packing_free(void *of_a_thread)
{
    struct packing *packing = of_a_thread;

    ZSTD_freeCCtx(packing->packer);
    ZSTD_freeDCtx(packing->unpacker);
    free(packing);
}

static void key_make(void)
{
    if (pthread_key_create(&key, packing_free) != 0)
        abort(); /* A process has hundreds, and this one few. */
}

static struct packing *packing_here(void)
{
    pthread_once(&once, key_make);
    struct packing *packing = pthread_getspecific(key);
    if (packing != NULL)
        return packing;
    packing = memory_new(1, sizeof *packing);
    packing->packer = ZSTD_createCCtx();
    packing->unpacker = ZSTD_createDCtx();
    if (packing->packer == NULL || packing->unpacker == NULL ||
        pthread_setspecific(key, packing) != 0)
        abort(); /* No memory left. */
    return packing;
}

/* --- Packing --- */

void content_pack(struct bytes content, struct buffer *kept)
{
    static const uint8_t plain = PLAIN;
    struct packing *packing = packing_here();

    assert(content.size <= BODY_MAX);
    size_t size =
        ZSTD_compressCCtx(packing->packer, packing->room, ROOM, content.data, content.size, LEVEL);
    assert(!ZSTD_isError(size)); /* There is room for any content. */
    if (size <= content.size) {
        buffer_append(kept, bytes_of(packing->room, size));
    } else {
        buffer_append(kept, bytes_of(&plain, 1));
        buffer_append(kept, content);
    }
}

/* --- Unpacking --- */

/* One frame, as zstd has made them since 0.8, and nothing after it. */
static bool is_frame(struct bytes bytes)
{
    return bytes_begin(bytes, "\x28\xb5\x2f\xfd") &&
           ZSTD_findFrameCompressedSize(bytes.data, bytes.size) == bytes.size;
}

static bool unpack(struct bytes frame, size_t size, struct bytes *content)
{
    struct packing *packing = packing_here();

    *content = bytes_of(packing->room, size);
    return ZSTD_decompressDCtx(packing->unpacker, packing->room, size, frame.data, frame.size) ==
           size;
}

bool frame_claims(struct bytes frame, size_t size)
{
    return frame.size <= size && is_frame(frame) &&
           ZSTD_getFrameContentSize(frame.data, frame.size) == size;
}

bool frame_unpack(struct bytes frame, size_t size, struct bytes *content)
{
    assert(size <= BODY_MAX);
    return frame_claims(frame, size) && unpack(frame, size, content);
}

bool content_is_plain(struct bytes kept, struct bytes *content)
{
    if (kept.size == 0 || kept.data[0] != PLAIN || kept.size - 1 > BODY_MAX)
        return false;
    *content = bytes_after(kept, 1);
    return true;
}

static bool unpack_kept(struct bytes kept, struct bytes *content)
{
    if (!is_frame(kept))
        return false;
    unsigned long long size = ZSTD_getFrameContentSize(kept.data, kept.size);
    return size <= BODY_MAX && unpack(kept, (size_t)size, content); /* Else it may not say. */
}

bool content_unpack(struct bytes kept, struct bytes *content, struct fault *fault)
{
    return content_is_plain(kept, content) || unpack_kept(kept, content) ||
           fault_set(fault, FAULT_SELF, "body: its content is damaged and cannot be unpacked");
}

size_t content_size(struct bytes kept)
{
    unsigned long long size = ZSTD_getFrameContentSize(kept.data, kept.size);

    return size > BODY_MAX ? kept.size : (size_t)size; /* Plain, or it does not say. */
}

struct bytes content_readable(struct bytes kept)
{
    struct bytes content;
    struct fault ignored;

    return content_unpack(kept, &content, &ignored) ? content : (struct bytes){0};
}
