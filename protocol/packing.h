#ifndef CANDOUR_PROTOCOL_PACKING_H
#define CANDOUR_PROTOCOL_PACKING_H

#include "protocol/bytes.h"
#include "protocol/fault.h"

/* The content of a body, packed: one frame of zstd (RFC 8878) and nothing after it, which says how
 * long it is unpacked. So it is kept, and so it travels from store to store; where a frame would be
 * no shorter it is kept as it is after a byte that no frame begins with, and travels as it is.
 *
 * No checksum: the header's commitment covers the content. No dictionary: every body would need it
 * for ever, and one that was trained on members' texts would hold of them what must be erased.
 *
 * What packs and unpacks is made for each thread when it first needs it. What is unpacked is
 * borrowed from there, until that thread packs or unpacks something else. */

/* Append to `kept` what unpacks to the content, which is a body's: BODY_MAX at most. */
void content_pack(struct bytes content, struct buffer *kept);

/* FAULT_SELF where it is damaged; that it is the one committed to is for record_join() to see. */
bool content_unpack(struct bytes kept, struct bytes *content, struct fault *fault);
/* The same for whoever looks for what it says: what is damaged says nothing, and is told by who
 * reads and verifies facts. */
struct bytes content_readable(struct bytes kept);
/* About how long it will be unpacked. */
size_t content_size(struct bytes kept);
/* Is it kept as it is? Then that is the content; else what is kept is a frame. */
bool content_is_plain(struct bytes kept, struct bytes *content);

/* A frame from anybody. False where it does not unpack to `size` bytes, BODY_MAX at most, or is
 * longer than they are. */
bool frame_unpack(struct bytes frame, size_t size, struct bytes *content);
/* Does it say so of itself? It is not unpacked. */
bool frame_claims(struct bytes frame, size_t size);

#endif
