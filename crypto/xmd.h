#ifndef CANDOUR_CRYPTO_XMD_H
#define CANDOUR_CRYPTO_XMD_H

#include <sodium.h>
#include <stddef.h>
#include <stdint.h>

/* expand_message_xmd of RFC 9380, 5.3.1, over SHA-512: the hash behind ring keys, which libsodium
 * 1.0.18 does not have. Inside this room only. The message comes piece by piece; `tag` (the RFC's
 * DST) says what the hash is for. */

#define XMD_TAG_MAX 255
#define XMD_SIZE_MAX (255 * crypto_hash_sha512_BYTES)

struct xmd {
    crypto_hash_sha512_state hash;
};
void xmd_begin(struct xmd *xmd);
void xmd_add(struct xmd *xmd, const void *data, size_t size);
void xmd_add_be4(struct xmd *xmd, uint32_t number);

/* Both wipe the state. */
void xmd_end(struct xmd *xmd, const char *tag, uint8_t *output, size_t size);
void xmd_end_scalar(struct xmd *xmd, const char *tag, uint8_t scalar[32]); /* Hs of ring.h. */

#endif
