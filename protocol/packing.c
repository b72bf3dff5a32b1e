#include "protocol/packing.h"

#include "crypto/digest.h"
#include "protocol/limits.h"
#include "protocol/purpose.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/* What a packed content begins with. */
#define PLAIN 0x01
#define FRAMED 0x02 /* Then come the content's digest and the frame. */
#define BEFORE_FRAME (1 + DIGEST_SIZE)
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
    static const uint8_t framed = FRAMED;
    struct packing *packing = packing_here();

    assert(content.size <= BODY_MAX);
    size_t size =
        ZSTD_compressCCtx(packing->packer, packing->room, ROOM, content.data, content.size, LEVEL);
    assert(!ZSTD_isError(size)); /* There is room for any content. */
    if (BEFORE_FRAME + size > 1 + content.size) {
        content_wrap(content, packed);
        return;
    }
    struct digest digest = digest_of(PURPOSE_CONTENT, content.data, content.size);
    buffer_append(packed, bytes_of(&framed, 1));
    buffer_append(packed, bytes_of(digest.bytes, DIGEST_SIZE));
    buffer_append(packed, bytes_of(packing->room, size));
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
static bool is_frame(struct bytes frame, size_t *size)
{
    if (!bytes_begin(frame, "\x28\xb5\x2f\xfd") || frame.size < 5 ||
        (frame.data[4] & 0x2f) != 0x20 ||
        ZSTD_findFrameCompressedSize(frame.data, frame.size) != frame.size)
        return false;
    unsigned long long says = ZSTD_getFrameContentSize(frame.data, frame.size);
    *size = (size_t)says;
    return says <= BODY_MAX; /* Else it may not say. */
}

static bool is_framed(struct bytes packed, size_t *size)
{
    return packed.size > BEFORE_FRAME && packed.data[0] == FRAMED &&
           is_frame(bytes_after(packed, BEFORE_FRAME), size) && packed.size <= 1 + *size;
}

bool packed_claims(struct bytes packed, size_t size)
{
    size_t of_frame;

    if (is_plain(packed))
        return packed.size - 1 == size;
    return is_framed(packed, &of_frame) && of_frame == size;
}

/* Of a frame that no packer made another zstd may make another content: it is the one that its
 * author digested, or none. */
static bool is_digested(struct bytes packed, struct bytes content)
{
    struct digest digest = digest_of(PURPOSE_CONTENT, content.data, content.size);

    return memcmp(packed.data + 1, digest.bytes, DIGEST_SIZE) == 0;
}

struct bytes content_unpack(struct bytes packed)
{
    struct packing *packing = packing_here();
    size_t size;

    if (is_plain(packed))
        return bytes_after(packed, 1);
    if (!is_framed(packed, &size))
        return (struct bytes){0};
    struct bytes frame = bytes_after(packed, BEFORE_FRAME), content = bytes_of(packing->room, size);
    if (ZSTD_decompressDCtx(packing->unpacker, packing->room, size, frame.data, frame.size) !=
            size ||
        !is_digested(packed, content))
        return (struct bytes){0};
    return content;
}

size_t content_size(struct bytes packed)
{
    size_t size;

    return is_framed(packed, &size) ? size : packed.size;
}
