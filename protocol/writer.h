#ifndef CANDOUR_PROTOCOL_WRITER_H
#define CANDOUR_PROTOCOL_WRITER_H

#include "protocol/bytes.h"

/* Writing MessagePack, by MessagePack-c, appended to a buffer: always the shortest spelling. */

void write_number(struct buffer *to, uint64_t number);
void write_integer(struct buffer *to, int64_t number);
void write_flag(struct buffer *to, bool flag);
void write_nil(struct buffer *to);
void write_bytes(struct buffer *to, const void *data, size_t size);
void write_text(struct buffer *to, struct bytes text);
void write_array(struct buffer *to, size_t count);
void write_map(struct buffer *to, size_t pairs);

#endif
