#include "protocol/reader.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* How MessagePack spells a type: small values inside the first byte, larger ones after a mark that
 * says whether 1, 2, 4 or 8 bytes follow. */
enum type { NUMBER, BYTES, TEXT, ARRAY, MAP, TYPES };

static const struct spelling {
    uint8_t small_first, small_count;
    uint8_t marks[4]; /* For 1, 2, 4 and 8 bytes; 0 where there is none. */
} spellings[TYPES] = {
    [NUMBER] = {0x00, 128, {0xcc, 0xcd, 0xce, 0xcf}}, [BYTES] = {0x00, 0, {0xc4, 0xc5, 0xc6, 0}},
    [TEXT] = {0xa0, 32, {0xd9, 0xda, 0xdb, 0}},       [ARRAY] = {0x90, 16, {0, 0xdc, 0xdd, 0}},
    [MAP] = {0x80, 16, {0, 0xde, 0xdf, 0}},
};

struct reader reader_of(struct bytes wire, struct fault *fault)
{
    return (struct reader){.rest = wire, .fault = fault};
}

void reader_refuse(struct reader *reader, const char *format, ...)
{
    char text[sizeof reader->fault->text];
    va_list arguments;

    if (reader->failed)
        return;
    reader->failed = true;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fault_refuse(reader->fault, REFUSED_MALFORMED, "%s", text);
}

static bool take(struct reader *reader, uint64_t size, struct bytes *taken)
{
    if (reader->failed || size > reader->rest.size)
        return false;
    *taken = bytes_of(reader->rest.data, (size_t)size);
    reader->rest.data += size;
    reader->rest.size -= (size_t)size;
    return true;
}

static uint64_t big_endian(struct bytes digits)
{
    uint64_t number = 0;

    for (size_t i = 0; i < digits.size; i++)
        number = number << 8 | digits.data[i];
    return number;
}

/* Read a number, or the length of what follows. Returns NULL, or why not. */
static const char *read_head(struct reader *reader, enum type type, uint64_t *head)
{
    const struct spelling *spelling = &spellings[type];
    uint64_t fits_shorter = spelling->small_count;
    struct bytes mark, digits;

    if (!take(reader, 1, &mark))
        return "cut short";
    *head = (uint64_t)mark.data[0] - spelling->small_first;
    if (mark.data[0] >= spelling->small_first && *head < spelling->small_count)
        return NULL;
    for (unsigned i = 0, width = 1; i < 4; i++, width *= 2) {
        if (spelling->marks[i] == 0)
            continue;
        if (mark.data[0] == spelling->marks[i]) {
            if (!take(reader, width, &digits))
                return "cut short";
            *head = big_endian(digits);
            return *head < fits_shorter ? "not in its shortest spelling" : NULL;
        }
        if (width < 8)
            fits_shorter = UINT64_C(1) << 8 * width;
    }
    return "wrong type";
}

static uint64_t read_typed(struct reader *reader, const char *name, enum type type, uint64_t least,
                           uint64_t most)
{
    uint64_t head = 0;

    if (reader->failed)
        return 0;
    const char *why = read_head(reader, type, &head);
    if (why != NULL)
        reader_refuse(reader, "%s: %s", name, why);
    else if (head < least || head > most)
        reader_refuse(reader, "%s: got %" PRIu64 ", expected %" PRIu64 " to %" PRIu64, name, head,
                      least, most);
    return reader->failed ? 0 : head;
}

uint64_t read_number(struct reader *reader, const char *name, uint64_t least, uint64_t most)
{
    return read_typed(reader, name, NUMBER, least, most);
}

/* Negative integers: 0xe0..0xff holds -32..-1, then d0, d1, d2, d3 for 1, 2, 4, 8 bytes. */
static bool read_negative(struct reader *reader, int64_t *number, const char **why)
{
    uint8_t first = reader->rest.data[0];
    struct bytes mark, digits;

    if (first >= 0xe0) {
        take(reader, 1, &mark);
        *number = (int64_t)first - 256;
        return true;
    }
    if (first < 0xd0 || first > 0xd3)
        return false;
    unsigned width = 1u << (first - 0xd0);
    take(reader, 1, &mark);
    if (!take(reader, width, &digits)) {
        *why = "cut short";
        return true;
    }
    uint64_t bits = big_endian(digits);
    uint64_t sign = UINT64_C(1) << (8 * width - 1);
    if ((bits & sign) == 0) {
        *why = "not in its shortest spelling";
        return true;
    }
    /* Two's complement without relying on how the compiler converts. */
    uint64_t magnitude = (width == 8 ? ~bits : (sign << 1) - 1 - bits);
    *number = -(int64_t)magnitude - 1;
    static const int64_t too_small[] = {-32, INT8_MIN, INT16_MIN, INT32_MIN};
    if (*number >= too_small[first - 0xd0])
        *why = "not in its shortest spelling";
    return true;
}

int64_t read_integer(struct reader *reader, const char *name, int64_t least, int64_t most)
{
    const char *why = NULL;
    int64_t number = 0;

    if (reader->failed)
        return 0;
    if (reader->rest.size == 0 || !read_negative(reader, &number, &why))
        number = (int64_t)read_typed(reader, name, NUMBER, 0, INT64_MAX);
    if (reader->failed)
        return 0;
    if (why != NULL)
        reader_refuse(reader, "%s: %s", name, why);
    else if (number < least || number > most)
        reader_refuse(reader, "%s: got %" PRId64 ", expected %" PRId64 " to %" PRId64, name, number,
                      least, most);
    return reader->failed ? 0 : number;
}

bool read_flag(struct reader *reader, const char *name)
{
    struct bytes mark;

    if (reader->failed)
        return false;
    if (!take(reader, 1, &mark))
        reader_refuse(reader, "%s: cut short", name);
    else if (mark.data[0] != 0xc2 && mark.data[0] != 0xc3)
        reader_refuse(reader, "%s: wrong type", name);
    else
        return mark.data[0] == 0xc3;
    return false;
}

static struct bytes read_string(struct reader *reader, const char *name, enum type type,
                                size_t least, size_t most)
{
    struct bytes bytes = {(const uint8_t *)"", 0};
    uint64_t size = read_typed(reader, name, type, least, most);

    if (!reader->failed && !take(reader, size, &bytes))
        reader_refuse(reader, "%s: cut short", name);
    return bytes;
}

struct bytes read_bytes(struct reader *reader, const char *name, size_t least, size_t most)
{
    return read_string(reader, name, BYTES, least, most);
}

struct bytes read_text(struct reader *reader, const char *name, size_t least, size_t most)
{
    struct bytes text = read_string(reader, name, TEXT, least, most);

    if (!reader->failed && !bytes_are_text(text))
        reader_refuse(reader, "%s: not valid UTF-8", name);
    return text;
}

void read_fixed(struct reader *reader, const char *name, void *to, size_t size)
{
    struct bytes bytes = read_bytes(reader, name, size, size);

    if (reader->failed)
        memset(to, 0, size);
    else
        memcpy(to, bytes.data, size);
}

static size_t read_count(struct reader *reader, const char *name, enum type type, size_t least,
                         size_t most, unsigned bytes_each)
{
    uint64_t count = read_typed(reader, name, type, least, most);

    if (!reader->failed && count > reader->rest.size / bytes_each)
        reader_refuse(reader, "%s: cut short", name);
    return reader->failed ? 0 : (size_t)count;
}

size_t read_array(struct reader *reader, const char *name, size_t least, size_t most)
{
    return read_count(reader, name, ARRAY, least, most, 1);
}

size_t read_map(struct reader *reader, const char *name, size_t least, size_t most)
{
    return read_count(reader, name, MAP, least, most, 2);
}

bool read_nil(struct reader *reader)
{
    struct bytes mark;

    return !reader->failed && reader->rest.size > 0 && reader->rest.data[0] == 0xc0 &&
           take(reader, 1, &mark);
}

static void skip(struct reader *reader, const char *name, unsigned depth);

static void skip_map(struct reader *reader, const char *name, unsigned depth)
{
    size_t pairs = read_map(reader, name, 0, SIZE_MAX);
    struct bytes before = {0};

    for (size_t i = 0; i < pairs && !reader->failed; i++) {
        const uint8_t *start = reader->rest.data;
        skip(reader, name, depth + 1);
        struct bytes key = bytes_of(start, (size_t)(reader->rest.data - start));
        if (i > 0 && bytes_compare(before, key) >= 0)
            reader_refuse(reader, "%s: map keys out of order", name);
        before = key;
        skip(reader, name, depth + 1);
    }
}

static void skip(struct reader *reader, const char *name, unsigned depth)
{
    if (reader->failed)
        return;
    if (depth > READER_DEPTH_MAX)
        reader_refuse(reader, "%s: nested deeper than %d", name, READER_DEPTH_MAX);
    else if (reader->rest.size == 0)
        reader_refuse(reader, "%s: cut short", name);
    if (reader->failed)
        return;

    uint8_t first = reader->rest.data[0];
    if (first == 0xc0)
        read_nil(reader);
    else if (first == 0xc2 || first == 0xc3)
        read_flag(reader, name);
    else if (first <= 0x7f || (first >= 0xcc && first <= 0xcf))
        read_number(reader, name, 0, UINT64_MAX);
    else if (first >= 0xe0 || (first >= 0xd0 && first <= 0xd3))
        read_integer(reader, name, INT64_MIN, INT64_MAX);
    else if (first >= 0xc4 && first <= 0xc6)
        read_bytes(reader, name, 0, SIZE_MAX);
    else if ((first >= 0xa0 && first <= 0xbf) || (first >= 0xd9 && first <= 0xdb))
        read_text(reader, name, 0, SIZE_MAX);
    else if ((first >= 0x90 && first <= 0x9f) || first == 0xdc || first == 0xdd)
        for (size_t left = read_array(reader, name, 0, SIZE_MAX); left > 0; left--)
            skip(reader, name, depth + 1);
    else if ((first >= 0x80 && first <= 0x8f) || first == 0xde || first == 0xdf)
        skip_map(reader, name, depth);
    else
        reader_refuse(reader, "%s: wrong type", name); /* Floats and extensions. */
}

struct bytes read_any(struct reader *reader, const char *name)
{
    const uint8_t *start = reader->rest.data;

    skip(reader, name, 1);
    return reader->failed ? bytes_of("", 0) : bytes_of(start, (size_t)(reader->rest.data - start));
}

bool reader_end(struct reader *reader)
{
    if (!reader->failed && reader->rest.size != 0)
        reader_refuse(reader, "%zu bytes after the end", reader->rest.size);
    return !reader->failed;
}
