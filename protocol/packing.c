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

void content_wrap(struct bytes content, struct buffer *packed)
{
    static const uint8_t plain = PLAIN;

    buffer_append(packed, bytes_of(&plain, 1));
    buffer_append(packed, content);
}

void content_pack(struct bytes content, struct buffer *packed)
{
    struct packing *packing = packing_here();

    assert(content.size <= BODY_MAX);
    size_t size =
        ZSTD_compressCCtx(packing->packer, packing->room, ROOM, content.data, content.size, LEVEL);
    assert(!ZSTD_isError(size)); /* There is room for any content. */
    if (size <= content.size)
        buffer_append(packed, bytes_of(packing->room, size));
    else
        content_wrap(content, packed);
}

/* --- Unpacking --- */

static bool is_plain(struct bytes packed)
{
    return packed.size > 0 && packed.size <= BODY_PACKED_MAX && packed.data[0] == PLAIN;
}

/* One frame, as zstd has made them since 0.8, and nothing after it, which says how long it will be:
 * no longer than a body. In one segment, of no dictionary and without a checksum, so that whether
 * it is taken depends on nothing but these bytes: the widest window is another one on another
 * machine. */
static bool is_frame(struct bytes packed, size_t *size)
{
    if (!bytes_begin(packed, "\x28\xb5\x2f\xfd") || packed.size < 5 ||
        (packed.data[4] & 0x2f) != 0x20 ||
        ZSTD_findFrameCompressedSize(packed.data, packed.size) != packed.size)
        return false;
    unsigned long long says = ZSTD_getFrameContentSize(packed.data, packed.size);
    *size = (size_t)says;
    return says <= BODY_MAX; /* Else it may not say. */
}

bool packed_claims(struct bytes packed, size_t size)
{
    size_t of_frame;

    if (is_plain(packed))
        return packed.size - 1 == size;
    return packed.size <= size && is_frame(packed, &of_frame) && of_frame == size;
}

struct bytes content_unpack(struct bytes packed)
{
    struct packing *packing = packing_here();
    size_t size;

    if (is_plain(packed))
        return bytes_after(packed, 1);
    if (!is_frame(packed, &size) || ZSTD_decompressDCtx(packing->unpacker, packing->room, size,
                                                        packed.data, packed.size) != size)
        return (struct bytes){0};
    return bytes_of(packing->room, size);
}

size_t content_size(struct bytes packed)
{
    unsigned long long size = ZSTD_getFrameContentSize(packed.data, packed.size);

    return size > BODY_MAX ? packed.size : (size_t)size; /* As it is, or it does not say. */
}
