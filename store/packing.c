#include "store/internal.h"

#include "protocol/limits.h"

#include <assert.h>
#include <stdlib.h>
#include <zstd.h>

/* The content of a body is kept as one frame of zstd, which says how long it is unpacked; or, where
 * that would be no shorter, as it is after a byte of PLAIN, which no frame begins with. Zeros,
 * which are written over a text that goes, are neither.
 *
 * No checksum: the header's commitment covers the content. No dictionary: every body would need it
 * for ever, and one that was trained on members' texts would hold of them what must be erased. */

#define PLAIN 0x01
#define LEVEL 1 /* Measured: docs/performance.md. */
#define ROOM ZSTD_COMPRESSBOUND(BODY_MAX)

static uint8_t *room(struct packing *packing)
{
    if (packing->room == NULL)
        packing->room = memory_new(ROOM, 1);
    return packing->room;
}

static ZSTD_CCtx *packer(struct packing *packing)
{
    if (packing->packer == NULL && (packing->packer = ZSTD_createCCtx()) == NULL)
        abort(); /* No memory left. */
    return packing->packer;
}

static ZSTD_DCtx *unpacker(struct packing *packing)
{
    if (packing->unpacker == NULL && (packing->unpacker = ZSTD_createDCtx()) == NULL)
        abort();
    return packing->unpacker;
}

void content_pack(struct packing *packing, struct bytes content, struct buffer *packed)
{
    static const uint8_t plain = PLAIN;

    assert(content.size <= BODY_MAX);
    size_t size =
        ZSTD_compressCCtx(packer(packing), room(packing), ROOM, content.data, content.size, LEVEL);
    assert(!ZSTD_isError(size)); /* There is room for any content. */
    if (size <= content.size) {
        buffer_append(packed, bytes_of(packing->room, size));
    } else {
        buffer_append(packed, bytes_of(&plain, 1));
        buffer_append(packed, content);
    }
}

/* One frame, as zstd has made them since 0.8, and nothing after it. */
static bool is_frame(struct bytes packed)
{
    return bytes_begin(packed, "\x28\xb5\x2f\xfd") &&
           ZSTD_findFrameCompressedSize(packed.data, packed.size) == packed.size;
}

static bool unpack_frame(struct packing *packing, struct bytes packed, struct bytes *content)
{
    unsigned long long size = ZSTD_getFrameContentSize(packed.data, packed.size);

    if (size > BODY_MAX) /* Or it does not say. */
        return false;
    *content = bytes_of(room(packing), (size_t)size);
    return ZSTD_decompressDCtx(unpacker(packing), packing->room, content->size, packed.data,
                               packed.size) == content->size;
}

bool content_unpack(struct packing *packing, struct bytes packed, struct bytes *content,
                    struct fault *fault)
{
    if (packed.size > 0 && packed.data[0] == PLAIN && packed.size - 1 <= BODY_MAX) {
        *content = bytes_after(packed, 1);
        return true;
    }
    return (is_frame(packed) && unpack_frame(packing, packed, content)) ||
           fault_set(fault, FAULT_SELF, "body: its content is damaged and cannot be unpacked");
}

size_t content_size(struct bytes packed)
{
    unsigned long long size = ZSTD_getFrameContentSize(packed.data, packed.size);

    return size > BODY_MAX ? packed.size : (size_t)size; /* Plain, or it does not say. */
}

struct bytes content_readable(struct packing *packing, struct bytes packed)
{
    struct bytes content;
    struct fault ignored;

    return content_unpack(packing, packed, &content, &ignored) ? content : (struct bytes){0};
}

void packing_release(struct packing *packing)
{
    ZSTD_freeCCtx(packing->packer);
    ZSTD_freeDCtx(packing->unpacker);
    free(packing->room);
    *packing = (struct packing){0};
}
