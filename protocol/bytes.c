#include "protocol/bytes.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes bytes_of(const void *data, size_t size)
{
    return (struct bytes){data, size};
}

struct bytes bytes_of_text(const char *text)
{
    return bytes_of(text, strlen(text));
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool bytes_begin(struct bytes bytes, const char *with)
{
    size_t size = strlen(with);

    return bytes.size >= size && memcmp(bytes.data, with, size) == 0;
}

struct bytes bytes_after(struct bytes bytes, size_t size)
{
    return bytes_of(bytes.data + size, bytes.size - size);
}

uint64_t bytes_hash(struct bytes bytes)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < bytes.size; i++)
        hash = (hash ^ bytes.data[i]) * UINT64_C(1099511628211);
    return hash ^ hash >> 32;
}

int bytes_compare(struct bytes a, struct bytes b)
{
    size_t shared = a.size < b.size ? a.size : b.size;
    int order = shared == 0 ? 0 : memcmp(a.data, b.data, shared);

    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Eight bytes at a time: has none the high bit, is none below a space, and none a DEL? A byte from
 * which 0x20 (or, of one that is no DEL, 1 after taking DEL's bits off) cannot be taken borrows
 * into its high bit. */
static bool is_plain_word(uint64_t word)
{
    uint64_t del = word ^ EACH_BYTE(0x7f);

    return ((word | (word - EACH_BYTE(0x20)) | ((del - EACH_BYTE(1)) & ~del)) & EACH_BYTE(0x80)) ==
           0;
}

size_t bytes_plain(struct bytes text)
{
    size_t at = 0;

    for (uint64_t word; text.size - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text.data + at, sizeof word);
        if (!is_plain_word(word))
            break;
    }
    while (at < text.size && text.data[at] >= 0x20 && text.data[at] < 0x7f)
        at++;
    return at;
}

/* The bytes of one character, or 0 (Unicode 15, table 3-7). */
static size_t character_size(const uint8_t *at, size_t left)
{
    static const struct {
        uint8_t first_low, first_high, second_low, second_high, size;
    } rows[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (at[0] < rows[i].first_low || at[0] > rows[i].first_high)
            continue;
        if (left < rows[i].size)
            return 0;
        if (rows[i].size > 1 && (at[1] < rows[i].second_low || at[1] > rows[i].second_high))
            return 0;
        for (size_t k = 2; k < rows[i].size; k++)
            if ((at[k] & 0xc0) != 0x80)
                return 0;
        return rows[i].size;
    }
    return 0;
}

bool bytes_are_text(struct bytes text)
{
    for (size_t i = bytes_plain(text), size; i < text.size;
         i += size + bytes_plain(bytes_after(text, i + size))) {
        size = character_size(text.data + i, text.size - i);
        if (size == 0)
            return false;
    }
    return true;
}

/* C0, DEL, C1, line and paragraph separator, and what turns the direction of writing, with which a
 * text can show something else than it says (CVE-2021-42574). */
size_t control_size(struct bytes text)
{
    const uint8_t *at = text.data;

    if (text.size >= 1 && (at[0] < 0x20 || at[0] == 0x7f))
        return 1;
    if (text.size >= 2 && at[0] == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f)
        return 2;
    if (text.size < 3 || at[0] != 0xe2)
        return 0;
    if (at[1] == 0x80 && at[2] >= 0xa8 && at[2] <= 0xae)
        return 3;
    return at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9 ? 3 : 0;
}

bool bytes_are_line(struct bytes text)
{
    if (!bytes_are_text(text))
        return false;
    for (; text.size > 0; text = bytes_after(text, 1))
        if (control_size(text) > 0)
            return false;
    return true;
}

void *memory_new(size_t count, size_t size)
{
    void *memory = calloc(count == 0 ? 1 : count, size);

    if (memory == NULL)
        abort();
    return memory;
}

void *memory_grow(void *memory, size_t count, size_t size)
{
    assert(size != 0 && count <= SIZE_MAX / size);
    memory = realloc(memory, count * size);
    if (memory == NULL)
        abort();
    return memory;
}

static void buffer_reserve(struct buffer *buffer, size_t capacity)
{
    if (capacity <= buffer->capacity)
        return;
    if (capacity < 2 * buffer->capacity)
        capacity = 2 * buffer->capacity;
    buffer->data = memory_grow(buffer->data, capacity, 1);
    buffer->capacity = capacity;
}

void buffer_append(struct buffer *buffer, struct bytes addition)
{
    if (addition.size == 0)
        return;
    buffer_reserve(buffer, buffer->size + addition.size);
    memcpy(buffer->data + buffer->size, addition.data, addition.size);
    buffer->size += addition.size;
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, bytes_of_text(text));
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments, again;

    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(size >= 0);
    buffer_reserve(buffer, buffer->size + (size_t)size + 1);
    vsnprintf((char *)buffer->data + buffer->size, (size_t)size + 1, format, again);
    va_end(again);
    buffer->size += (size_t)size;
}

struct bytes buffer_view(const struct buffer *buffer)
{
    return bytes_of(buffer->data, buffer->size);
}

struct span buffer_add(struct buffer *buffer, struct bytes addition)
{
    struct span span = {buffer->size, addition.size};

    buffer_append(buffer, addition);
    return span;
}

struct bytes buffer_part(const struct buffer *buffer, struct span span)
{
    return bytes_of(buffer->data + span.at, span.size);
}

const char *buffer_text(struct buffer *buffer)
{
    buffer_reserve(buffer, buffer->size + 1);
    buffer->data[buffer->size] = 0;
    return (const char *)buffer->data;
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
}

void buffer_release(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}

void hex_of(char *text, const uint8_t *data, size_t size)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[data[i] >> 4];
        text[2 * i + 1] = digits[data[i] & 15];
    }
    text[2 * size] = '\0';
}

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

bool hex_read(uint8_t *data, size_t size, const char *text)
{
    if (strlen(text) != 2 * size)
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        data[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
