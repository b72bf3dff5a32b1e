#include "protocol/reader.h"
#include "protocol/writer.h"
#include "tests/protocol/random_document.h"

#include <criterion/criterion.h>
#include <msgpack.h>
#include <string.h>

enum how { NUMBER, INTEGER, FLAG, BYTES, TEXT, FIXED, ARRAY, MAP, ANY };

static void read_as(struct reader *reader, enum how how)
{
    uint8_t fixed[2];

    switch (how) {
    case NUMBER:
        read_number(reader, "value", 0, UINT64_MAX);
        return;
    case INTEGER:
        read_integer(reader, "value", INT64_MIN, INT64_MAX);
        return;
    case FLAG:
        read_flag(reader, "value");
        return;
    case BYTES:
        read_bytes(reader, "value", 0, SIZE_MAX);
        return;
    case TEXT:
        read_text(reader, "value", 0, SIZE_MAX);
        return;
    case FIXED:
        read_fixed(reader, "value", fixed, sizeof fixed);
        return;
    case ARRAY:
        read_array(reader, "value", 0, SIZE_MAX);
        return;
    case MAP:
        read_map(reader, "value", 0, SIZE_MAX);
        return;
    case ANY:
        read_any(reader, "value");
        return;
    }
}

static const char long_spelling[] = "value: not in its shortest spelling";
static const char short_of[] = "value: cut short";
static const char wrong_type[] = "value: wrong type";

#define WIRE(literal) literal, sizeof literal - 1

static const struct {
    const char *because;
    enum how how;
    const char *wire;
    size_t size;
} refusals[] = {
    {long_spelling, NUMBER, WIRE("\xcc\x7f")},
    {long_spelling, NUMBER, WIRE("\xcd\x00\xff")},
    {long_spelling, NUMBER, WIRE("\xce\x00\x00\xff\xff")},
    {long_spelling, NUMBER, WIRE("\xcf\x00\x00\x00\x00\xff\xff\xff\xff")},
    {long_spelling, BYTES, WIRE("\xc5\x00\xff")},
    {long_spelling, BYTES, WIRE("\xc6\x00\x00\xff\xff")},
    {long_spelling, TEXT, WIRE("\xd9\x1f")},
    {long_spelling, TEXT, WIRE("\xda\x00\xff")},
    {long_spelling, TEXT, WIRE("\xdb\x00\x00\xff\xff")},
    {long_spelling, ARRAY, WIRE("\xdc\x00\x0f")},
    {long_spelling, ARRAY, WIRE("\xdd\x00\x00\xff\xff")},
    {long_spelling, MAP, WIRE("\xde\x00\x0f")},
    {long_spelling, MAP, WIRE("\xdf\x00\x00\xff\xff")},
    {long_spelling, INTEGER, WIRE("\xcc\x7f")},
    {long_spelling, INTEGER, WIRE("\xd0\xe0")},
    {long_spelling, INTEGER, WIRE("\xd0\x00")},
    {long_spelling, INTEGER, WIRE("\xd0\x7f")},
    {long_spelling, INTEGER, WIRE("\xd1\xff\x80")},
    {long_spelling, INTEGER, WIRE("\xd1\x00\x80")},
    {long_spelling, INTEGER, WIRE("\xd2\xff\xff\x80\x00")},
    {long_spelling, INTEGER, WIRE("\xd2\x00\x00\x80\x00")},
    {long_spelling, INTEGER, WIRE("\xd3\xff\xff\xff\xff\x80\x00\x00\x00")},
    {long_spelling, INTEGER, WIRE("\xd3\x00\x00\x00\x00\x80\x00\x00\x00")},
    {long_spelling, ANY, WIRE("\xd0\xe0")},
    {long_spelling, ANY, WIRE("\x91\xd9\x00")},
    {short_of, NUMBER, WIRE("")},
    {short_of, NUMBER, WIRE("\xcc")},
    {short_of, NUMBER, WIRE("\xcf\x01\x00\x00\x00\x00\x00\x00")},
    {short_of, INTEGER, WIRE("")},
    {short_of, INTEGER, WIRE("\xd1\x80")},
    {short_of, INTEGER, WIRE("\xd3\x80\x00\x00\x00\x00\x00\x00")},
    {short_of, FLAG, WIRE("")},
    {short_of, BYTES, WIRE("\xc4\x02h")},
    {short_of, BYTES, WIRE("\xc6\xff\xff\xff\xffhi")},
    {short_of, TEXT, WIRE("\xa3hi")},
    {short_of, TEXT, WIRE("\xdb\xff\xff\xff\xffhi")},
    {short_of, ARRAY, WIRE("\x92\x01")},
    {short_of, ARRAY, WIRE("\xdd\xff\xff\xff\xff\x01")},
    {short_of, MAP, WIRE("\x82\x01\x02\x03")},
    {short_of, MAP, WIRE("\xdf\xff\xff\xff\xff\x01\x02")},
    {short_of, ANY, WIRE("")},
    {short_of, ANY, WIRE("\x91")},
    {short_of, ANY, WIRE("\x81\x01")},
    /* Twelve bytes for which MessagePack-c's reader asks for 256 GiB. */
    {short_of, ANY, WIRE("\x91\xdf\xdf\xff\xff\xff\xff\xff\xff\xff\xff\xff")},
    {short_of, ANY, WIRE("\xdd\xff\xff\xff\xff\xdd\xff\xff\xff\xff\xdd\xff")},
    {wrong_type, NUMBER, WIRE("\xff")},
    {wrong_type, NUMBER, WIRE("\xa1x")},
    {wrong_type, INTEGER, WIRE("\xc0")},
    {wrong_type, FLAG, WIRE("\x01")},
    {wrong_type, BYTES, WIRE("\xa2hi")},
    {wrong_type, TEXT, WIRE("\xc4\x02hi")},
    {wrong_type, ARRAY, WIRE("\x80")},
    {wrong_type, MAP, WIRE("\x90")},
    {wrong_type, NUMBER, WIRE("\xca\x3f\x80\x00\x00")},
    {wrong_type, ANY, WIRE("\xca\x3f\x80\x00\x00")},
    {wrong_type, ANY, WIRE("\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00")},
    {wrong_type, ANY, WIRE("\xc1")},
    {wrong_type, ANY, WIRE("\xc7\x01\x01x")},
    {wrong_type, ANY, WIRE("\xc8\x00\x01\x01x")},
    {wrong_type, ANY, WIRE("\xc9\x00\x00\x00\x01\x01x")},
    {wrong_type, ANY, WIRE("\xd4\x01x")},
    {wrong_type, ANY, WIRE("\xd8\x01xxxxxxxxxxxxxxxx")},
    {"value: got 1, expected 2 to 2", FIXED, WIRE("\xc4\x01h")},
    {"value: got 18446744073709551615, expected 0 to 9223372036854775807", INTEGER,
     WIRE("\xcf\xff\xff\xff\xff\xff\xff\xff\xff")},
    {"value: not valid UTF-8", TEXT, WIRE("\xa2\xc3\x28")},
    {"value: not valid UTF-8", TEXT, WIRE("\xa3\xed\xa0\x80")},
    {"value: not valid UTF-8", ANY, WIRE("\xa1\x00")},
    {"value: nested deeper than 8", ANY, WIRE("\x91\x91\x91\x91\x91\x91\x91\x91\x01")},
    {"value: nested deeper than 8", ANY,
     WIRE("\x81\x01\x81\x01\x81\x01\x81\x01\x81\x01\x81\x01\x81\x01\x81\x01\x01")},
    {"value: map keys out of order", ANY, WIRE("\x82\x01\xc0\x01\xc0")},
    {"value: map keys out of order", ANY, WIRE("\x82\x02\xc0\x01\xc0")},
    {"value: map keys out of order", ANY, WIRE("\x82\xa2ha\xc0\xa1z\xc0")},
    {"1 bytes after the end", NUMBER, WIRE("\x01\x01")},
    {"2 bytes after the end", ANY, WIRE("\x91\x01\xc0\xc0")},
};

Test(reader, refuses_what_has_another_spelling)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct fault fault = {0};
        struct reader reader = reader_of(bytes_of(refusals[i].wire, refusals[i].size), &fault);
        read_as(&reader, refusals[i].how);
        cr_expect_not(reader_end(&reader), "row %zu: %s", i, refusals[i].because);
        cr_expect_eq(fault.kind, FAULT_PEER, "row %zu", i);
        cr_expect_eq(fault.refusal, REFUSED_MALFORMED, "row %zu", i);
        cr_expect_str_eq(fault.text, refusals[i].because, "row %zu", i);
    }
}

Test(reader, keeps_to_limits)
{
    static const struct {
        const char *wire;
        size_t size;
        int64_t least, most;
        const char *because; /* NULL: read. */
    } rows[] = {
        {WIRE("\x05"), 5, 5, NULL},
        {WIRE("\x05"), 6, 9, "value: got 5, expected 6 to 9"},
        {WIRE("\x05"), -9, 4, "value: got 5, expected -9 to 4"},
        {WIRE("\xff"), -1, 0, NULL},
        {WIRE("\xff"), 0, 9, "value: got -1, expected 0 to 9"},
        {WIRE("\xd0\xdf"), -33, -33, NULL},
        {WIRE("\xd3\x80\x00\x00\x00\x00\x00\x00\x00"), INT64_MIN, 0, NULL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = {0};
        struct reader reader = reader_of(bytes_of(rows[i].wire, rows[i].size), &fault);
        read_integer(&reader, "value", rows[i].least, rows[i].most);
        cr_expect_eq(reader_end(&reader), rows[i].because == NULL, "row %zu: %s", i, fault.text);
        cr_expect_str_eq(fault.text, rows[i].because == NULL ? "" : rows[i].because);
    }
}

Test(reader, nests_as_deep_as_it_says)
{
    struct bytes seven = bytes_of("\x91\x91\x91\x91\x91\x91\x91\x01", 8);
    struct fault fault = {0};
    struct reader reader = reader_of(seven, &fault);

    cr_expect(bytes_equal(read_any(&reader, "value"), seven));
    cr_expect(reader_end(&reader), "%s", fault.text);
}

Test(reader, remembers_its_first_fault)
{
    struct fault fault = {0};
    struct reader reader = reader_of(bytes_of("\xa1x\x01\xc3\xc0\x91\x81", 7), &fault);
    uint8_t fixed[2] = {1, 2};

    read_number(&reader, "first", 0, 9);
    for (enum how how = NUMBER; how <= ANY; how++)
        read_as(&reader, how);
    cr_expect_eq(read_number(&reader, "second", 0, 9), 0);
    cr_expect_eq(read_integer(&reader, "second", -9, 9), 0);
    cr_expect_not(read_flag(&reader, "second"));
    cr_expect_not(read_nil(&reader));
    cr_expect_eq(read_text(&reader, "second", 0, 9).size, 0);
    cr_expect_eq(read_any(&reader, "second").size, 0);
    cr_expect_eq(read_array(&reader, "second", 0, 9), 0);
    read_fixed(&reader, "second", fixed, sizeof fixed);
    cr_expect_eq(fixed[0] + fixed[1], 0);
    reader_refuse(&reader, "second: %d", 2);
    cr_expect_not(reader_end(&reader));
    cr_expect_str_eq(fault.text, "first: wrong type");
}

Test(writer, writes_the_shortest_spelling)
{
    static const struct {
        int64_t number;
        const char *wire;
        size_t size;
    } rows[] = {
        {0, WIRE("\x00")},
        {127, WIRE("\x7f")},
        {128, WIRE("\xcc\x80")},
        {255, WIRE("\xcc\xff")},
        {256, WIRE("\xcd\x01\x00")},
        {65536, WIRE("\xce\x00\x01\x00\x00")},
        {4294967296, WIRE("\xcf\x00\x00\x00\x01\x00\x00\x00\x00")},
        {-1, WIRE("\xff")},
        {-32, WIRE("\xe0")},
        {-33, WIRE("\xd0\xdf")},
        {-129, WIRE("\xd1\xff\x7f")},
        {-32769, WIRE("\xd2\xff\xff\x7f\xff")},
        {INT64_MIN, WIRE("\xd3\x80\x00\x00\x00\x00\x00\x00\x00")},
    };
    struct buffer buffer = {0};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buffer_clear(&buffer);
        write_integer(&buffer, rows[i].number);
        cr_expect(bytes_equal(buffer_view(&buffer), bytes_of(rows[i].wire, rows[i].size)));
    }
    buffer_clear(&buffer);
    write_map(&buffer, 1);
    write_text(&buffer, bytes_of_text("key"));
    write_array(&buffer, 4);
    write_flag(&buffer, true);
    write_flag(&buffer, false);
    write_nil(&buffer);
    write_bytes(&buffer, "\x00\x01", 2);
    cr_expect(bytes_equal(buffer_view(&buffer),
                          bytes_of("\x81\xa3key\x94\xc3\xc2\xc0\xc4\x02\x00\x01", 13)));
    buffer_release(&buffer);
}

/* Values from MessagePack-c, so that the two agree on every type and on every width. */

static const size_t widths[] = {0, 1, 15, 16, 17, 31, 32, 33, 255, 256, 300};

static uint64_t random_bits(uint64_t *seed)
{
    uint64_t bits = chance(seed, UINT64_MAX);

    return bits >> chance(seed, 64);
}

static void pack_value(msgpack_packer *packer, uint64_t *seed, unsigned depth)
{
    static const char filler[300] = {0};
    char text[300];
    size_t count = widths[chance(seed, sizeof widths / sizeof *widths)];

    memset(text, 'x', sizeof text);
    switch (chance(seed, depth < 4 ? 8 : 6)) {
    case 0:
        msgpack_pack_uint64(packer, random_bits(seed));
        return;
    case 1:
        msgpack_pack_int64(packer, -(int64_t)(random_bits(seed) >> 1));
        return;
    case 2:
        msgpack_pack_nil(packer);
        return;
    case 3:
        if (chance(seed, 2) == 0)
            msgpack_pack_true(packer);
        else
            msgpack_pack_false(packer);
        return;
    case 4:
        msgpack_pack_bin(packer, count);
        msgpack_pack_bin_body(packer, filler, count);
        return;
    case 5:
        msgpack_pack_str(packer, count);
        msgpack_pack_str_body(packer, text, count);
        return;
    case 6:
        count = chance(seed, 4) == 0 ? count % 20 : count % 4;
        msgpack_pack_array(packer, count);
        for (size_t i = 0; i < count; i++)
            pack_value(packer, seed, depth + 1);
        return;
    default:
        count = chance(seed, 4) == 0 ? count % 20 : count % 4;
        msgpack_pack_map(packer, count);
        for (size_t i = 0; i < count; i++) {
            msgpack_pack_uint64(packer, 120 + i); /* Ascending, in one byte and in two. */
            pack_value(packer, seed, depth + 1);
        }
        return;
    }
}

static bool agree(struct reader *reader, const msgpack_object *object)
{
    switch (object->type) {
    case MSGPACK_OBJECT_NIL:
        return read_nil(reader);
    case MSGPACK_OBJECT_BOOLEAN:
        return read_flag(reader, "value") == object->via.boolean;
    case MSGPACK_OBJECT_POSITIVE_INTEGER:
        if (object->via.u64 <= INT64_MAX && object->via.u64 % 2 == 0)
            return read_integer(reader, "value", 0, INT64_MAX) == object->via.i64;
        return read_number(reader, "value", 0, UINT64_MAX) == object->via.u64;
    case MSGPACK_OBJECT_NEGATIVE_INTEGER:
        return read_integer(reader, "value", INT64_MIN, -1) == object->via.i64;
    case MSGPACK_OBJECT_BIN:
        return bytes_equal(read_bytes(reader, "value", 0, 300),
                           bytes_of(object->via.bin.ptr, object->via.bin.size));
    case MSGPACK_OBJECT_STR:
        return bytes_equal(read_text(reader, "value", 0, 300),
                           bytes_of(object->via.str.ptr, object->via.str.size));
    case MSGPACK_OBJECT_ARRAY:
        if (read_array(reader, "value", 0, 20) != object->via.array.size)
            return false;
        for (size_t i = 0; i < object->via.array.size; i++)
            if (!agree(reader, &object->via.array.ptr[i]))
                return false;
        return true;
    case MSGPACK_OBJECT_MAP:
        if (read_map(reader, "value", 0, 20) != object->via.map.size)
            return false;
        for (size_t i = 0; i < object->via.map.size; i++)
            if (!agree(reader, &object->via.map.ptr[i].key) ||
                !agree(reader, &object->via.map.ptr[i].val))
                return false;
        return true;
    default:
        return false;
    }
}

Test(reader, agrees_with_messagepack_c)
{
    uint64_t seed = 7;

    for (size_t i = 0; i < 3000; i++) {
        struct fault fault = {0};
        msgpack_sbuffer wire;
        msgpack_packer packer;
        msgpack_unpacked message;
        size_t used = 0;
        msgpack_sbuffer_init(&wire);
        msgpack_packer_init(&packer, &wire, msgpack_sbuffer_write);
        pack_value(&packer, &seed, 0);
        msgpack_unpacked_init(&message);
        cr_assert_eq(msgpack_unpack_next(&message, wire.data, wire.size, &used),
                     MSGPACK_UNPACK_SUCCESS);
        struct reader typed = reader_of(bytes_of(wire.data, wire.size), &fault);
        cr_expect(agree(&typed, &message.data), "value %zu: %s", i, fault.text);
        cr_expect(reader_end(&typed), "value %zu: %s", i, fault.text);
        struct reader untyped = reader_of(bytes_of(wire.data, wire.size), &fault);
        cr_expect_eq(read_any(&untyped, "value").size, wire.size, "value %zu: %s", i, fault.text);
        cr_expect(reader_end(&untyped), "value %zu: %s", i, fault.text);
        msgpack_unpacked_destroy(&message);
        msgpack_sbuffer_destroy(&wire);
    }
}

/* What we take from random bytes, MessagePack-c takes too, and as much of them. */
Test(reader, takes_nothing_that_messagepack_c_refuses)
{
    uint64_t seed = 8;
    size_t taken = 0;

    for (size_t i = 0; i < 20000; i++) {
        uint8_t wire[24];
        struct fault fault = {0};
        msgpack_unpacked message;
        size_t used = 0;
        for (size_t k = 0; k < sizeof wire; k++)
            wire[k] = (uint8_t)chance(&seed, 256);
        struct reader reader = reader_of(bytes_of(wire, sizeof wire), &fault);
        struct bytes any = read_any(&reader, "value");
        if (reader.failed)
            continue;
        taken++;
        msgpack_unpacked_init(&message);
        cr_expect_eq(msgpack_unpack_next(&message, (const char *)wire, sizeof wire, &used),
                     MSGPACK_UNPACK_SUCCESS);
        cr_expect_eq(used, any.size);
        msgpack_unpacked_destroy(&message);
    }
    cr_expect_gt(taken, 5000);
}
