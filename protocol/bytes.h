#ifndef CANDOUR_PROTOCOL_BYTES_H
#define CANDOUR_PROTOCOL_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes we borrow. They belong to someone else and live only as long as that owner says. */
struct bytes {
    const uint8_t *data;
    size_t size;
};

/* Bytes we own. `struct buffer buffer = {0}` is an empty buffer, ready to use;
 * buffer_release() gives the memory back and leaves it empty again.
 *
 * Running out of memory ends the program. Every input is bounded before it is
 * copied, so a peer cannot bring that about. */
struct buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
};

struct bytes bytes_of(const void *data, size_t size);
struct bytes bytes_of_text(const char *text);
bool bytes_equal(struct bytes a, struct bytes b);

/* FNV-1a (Fowler, Noll, Vo), for tables in memory that nobody else fills. */
uint64_t bytes_hash(struct bytes bytes);

/* Do they begin with this text, and what comes after so many of them? */
bool bytes_begin(struct bytes bytes, const char *with);
struct bytes bytes_after(struct bytes bytes, size_t size);

/* Shorter first where one begins the other, else by the first byte that differs: <0, 0, >0. */
int bytes_compare(struct bytes a, struct bytes b);

/* How many bytes at the start are plain: what ASCII prints. Most of most texts are, and what asks
 * for characters one by one begins after them. */
size_t bytes_plain(struct bytes text);

/* Well-formed UTF-8 (RFC 3629): no surrogates, no overlong forms, no U+0000. */
bool bytes_are_text(struct bytes text);

/* The bytes of the character without a shape of its own that the text begins with, such as a bell
 * or one that turns the direction of writing; 0 where it begins with another. */
size_t control_size(struct bytes text);

/* Text that shows as one line and as what it is: UTF-8 without such characters. */
bool bytes_are_line(struct bytes text);

void buffer_append(struct buffer *buffer, struct bytes addition);
void buffer_append_text(struct buffer *buffer, const char *text);
__attribute__((format(printf, 2, 3))) void buffer_printf(struct buffer *buffer, const char *format,
                                                         ...);
struct bytes buffer_view(const struct buffer *buffer);

/* Where some bytes are in a buffer, however it moves as it grows. */
struct span {
    size_t at, size;
};
struct span buffer_add(struct buffer *buffer, struct bytes addition); /* Appended. */
struct bytes buffer_part(const struct buffer *buffer, struct span span);

/* The bytes with a zero byte after them that is not counted: a C string where there is none within.
 */
const char *buffer_text(struct buffer *buffer);

void buffer_clear(struct buffer *buffer); /* Empty; the memory is kept for the next use. */
void buffer_release(struct buffer *buffer);

/* Memory that is never NULL: running out ends the program. */
void *memory_new(size_t count, size_t size); /* Zeroed. */
void *memory_grow(void *memory, size_t count, size_t size);

/* Lower-case hexadecimal of `size` bytes into text of 2 * size + 1 characters, and back. */
void hex_of(char *text, const uint8_t *data, size_t size);
bool hex_read(uint8_t *data, size_t size, const char *text);

#endif
