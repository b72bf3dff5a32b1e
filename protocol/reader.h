#ifndef CANDOUR_PROTOCOL_READER_H
#define CANDOUR_PROTOCOL_READER_H

#include "protocol/bytes.h"
#include "protocol/fault.h"

/* Reading MessagePack that a stranger sent. MessagePack-c writes what we send; its reader sets
 * aside as much memory as a header asks for (msgpack-c#1013), so what arrives is read here: nothing
 * is allocated, every length is checked against the bytes that are there and against a limit, only
 * the shortest spelling of a value is accepted, map keys ascend (so none comes twice), and there
 * are no floats, no extension types.
 *
 * A reader remembers its first fault: calls after it return zeros and empty bytes, so a sequence of
 * reads is checked once, at the end, by reader_end(). */
struct reader {
    struct bytes rest;
    struct fault *fault;
    bool failed;
};

#define READER_DEPTH_MAX 8

struct reader reader_of(struct bytes wire, struct fault *fault);

/* `name` is what the value is called in the fault. Limits are inclusive. */
uint64_t read_number(struct reader *reader, const char *name, uint64_t least, uint64_t most);
int64_t read_integer(struct reader *reader, const char *name, int64_t least, int64_t most);
bool read_flag(struct reader *reader, const char *name);
struct bytes read_bytes(struct reader *reader, const char *name, size_t least, size_t most);
struct bytes read_text(struct reader *reader, const char *name, size_t least, size_t most);
void read_fixed(struct reader *reader, const char *name, void *to, size_t size); /* bin of `size` */

/* The number of items that follow; of a map, pairs. Never more than there are bytes left. */
size_t read_array(struct reader *reader, const char *name, size_t least, size_t most);
size_t read_map(struct reader *reader, const char *name, size_t least, size_t most);

/* True, and taken, when a nil comes next. */
bool read_nil(struct reader *reader);

/* Take one value of any type unread, at most READER_DEPTH_MAX deep, in its one spelling. Returns
 * its bytes. */
struct bytes read_any(struct reader *reader, const char *name);

/* Refuse with a sentence of one's own ("name: ..."). */
__attribute__((format(printf, 2, 3))) void reader_refuse(struct reader *reader, const char *format,
                                                         ...);

/* True when everything was read well and nothing is left. */
bool reader_end(struct reader *reader);

#endif
