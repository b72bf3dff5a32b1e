#ifndef CANDOUR_PROTOCOL_PACKING_H
#define CANDOUR_PROTOCOL_PACKING_H

#include "protocol/bytes.h"

/* The content of a body, packed as its author packed it: 2, a digest of the content and one frame
 * of zstd (RFC 8878) and nothing after it, which says how long it is unpacked; or 1 and the content
 * as it is. So it is committed to, travels and is kept: nobody but its author packs it.
 *
 * The digest is of the content, for decoders differ over frames that no packer made. No dictionary:
 * every body would need it for ever, and one that was trained on members' texts would hold of them
 * what must be erased.
 *
 * What packs and unpacks is made for each thread when it first needs it. What is unpacked is
 * borrowed from there, until that thread packs or unpacks something else (and what was not packed
 * from `packed`). */

/* Append to `packed` what unpacks to the content, which is a body's: BODY_MAX at most. As it is
 * where a frame would be no shorter. */
void content_pack(struct bytes content, struct buffer *packed);
/* Never in a frame, which shows its packer: for who is not named. */
void content_wrap(struct bytes content, struct buffer *packed);

/* Does it say of itself that it unpacks to `size` bytes, and is it no longer than they are (and the
 * byte before them)? It is not unpacked. */
bool packed_claims(struct bytes packed, size_t size);

/* The content; nothing where it does not unpack: of what was committed to, its author's nonsense.
 */
struct bytes content_unpack(struct bytes packed);
/* About how long it will be unpacked. */
size_t content_size(struct bytes packed);

#endif
