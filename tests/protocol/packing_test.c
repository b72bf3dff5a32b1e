#include "protocol/packing.h"
#include "protocol/writer.h"
#include "tests/protocol/authors.h"
#include "tests/support/chance.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "crypto/secret.h"

/* The content of a body, packed; and records whose bodies come so. */

TestSuite(packing, .init = crypto_start);

static struct fault fault;

static void fill_by_lot(uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)chance(256);
}

/* What nobody could make shorter, half of that, and nearly nothing. */
enum filling { BY_LOT, HALF_BY_LOT, ALIKE, FILLINGS };

static uint8_t *content_new(size_t size, enum filling filling)
{
    uint8_t *data = memory_new(size + 1, 1);

    if (filling != ALIKE)
        fill_by_lot(data, filling == BY_LOT ? size : size / 2);
    return data;
}

static size_t pack_and_unpack(struct bytes content)
{
    struct buffer packed = {0};
    struct bytes back;

    buffer_append_text(&packed, "before");
    content_pack(content, &packed);
    size_t size = packed.size - strlen("before");
    cr_expect(content_unpack(bytes_after(buffer_view(&packed), strlen("before")), &back, &fault));
    cr_expect(bytes_equal(back, content), "of %zu bytes", content.size);
    buffer_release(&packed);
    return size;
}

Test(packing, gives_back_what_it_was_given)
{
    static const size_t sizes[] = {0, 1, 2, 100, 255, 256, 2000, 65535, BODY_MAX};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int filling = 0; filling < FILLINGS; filling++) {
            uint8_t *data = content_new(sizes[i], (enum filling)filling);
            size_t packed = pack_and_unpack(bytes_of(data, sizes[i]));
            cr_expect_leq(packed, sizes[i] + 1);
            if (sizes[i] >= 100 && filling != BY_LOT)
                cr_expect_lt(packed, sizes[i] * 3 / 4, "%zu of %zu", packed, sizes[i]);
            free(data);
        }
}

static void expect_refused(struct bytes packed)
{
    struct bytes content;

    fault = (struct fault){0};
    cr_expect(!content_unpack(packed, &content, &fault), "%zu bytes", packed.size);
    cr_expect_eq(fault.kind, FAULT_SELF);
    cr_expect(strstr(fault.text, "damaged") != NULL, "%s", fault.text);
    cr_expect_eq(content_readable(packed).size, 0);
}

Test(packing, refuses_what_it_did_not_make)
{
    /* Then: a frame of zstd that does not say how long it is, wrong ones, one with another after
     * it, and one that zstd skips. */
    static const struct {
        const char *bytes;
        size_t size;
    } rows[] = {
        {NULL, 0},
        {"", 0},
        {"\0\0\0\0\0\0\0\0\0\0\0\0", 12}, /* A text that went. */
        {"\x92\x00\x80", 3},              /* One that was never packed. */
        {"\x28\xb5\x2f\xfd", 4},
        {"\x28\xb5\x2f\xfd\x00\x58\x19\x00\x00\x61\x62\x63", 12},
        {"\x28\xb5\x2f\xfd\x20\x04\x19\x00\x00\x61\x62\x63", 12}, /* Says 4. */
        {"\x28\xb5\x2f\xfd\x20\x02\x19\x00\x00\x61\x62\x63", 12}, /* Says 2. */
        {"\x28\xb5\x2f\xfd\x20\x03\x19\x00\x00\x61\x62\x63\x00", 13},
        {"\x28\xb5\x2f\xfd\x20\x03\x19\x00\x00\x61\x62\x63\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00",
         21},
        {"\x28\xb5\x2f\xfd\x20\x03\x19\x00\x00\x61\x62", 11},
        {"\x50\x2a\x4d\x18\x00\x00\x00\x00", 8},
    };
    struct bytes content;

    cr_expect(content_unpack(bytes_of("\x28\xb5\x2f\xfd\x20\x03\x19\x00\x00\x61\x62\x63", 12),
                             &content, &fault)); /* The rows differ from what is right. */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_refused(bytes_of(rows[i].bytes, rows[i].size));
}

/* However long it says it is, and is: no more than the longest content comes out. */
Test(packing, refuses_what_would_be_too_long)
{
    struct bytes content;
    uint8_t *data = memory_new(BODY_MAX + 2, 1);
    uint8_t frame[ZSTD_COMPRESSBOUND(BODY_MAX + 1)];
    size_t size = ZSTD_compress(frame, sizeof frame, data, BODY_MAX, 1);

    cr_expect(content_unpack(bytes_of(frame, size), &content, &fault));
    cr_expect_eq(content.size, BODY_MAX);
    size = ZSTD_compress(frame, sizeof frame, data, BODY_MAX + 1, 1);
    expect_refused(bytes_of(frame, size));
    data[0] = 0x01; /* As it is. */
    cr_expect(content_unpack(bytes_of(data, BODY_MAX + 1), &content, &fault));
    expect_refused(bytes_of(data, BODY_MAX + 2));
    /* One block of one byte, repeated, and its length in 8 bytes. */
    memcpy(frame, "\x28\xb5\x2f\xfd\xe0\0\0\1\0\0\0\0\0\x03\x00\x08\x61", 17);
    cr_expect(content_unpack(bytes_of(frame, 17), &content, &fault));
    cr_expect_eq(content.size, BODY_MAX);
    for (size_t i = 5; i < 13; i++) {
        frame[i] = 0xff;
        expect_refused(bytes_of(frame, 17));
    }
    free(data);
}

/* Damage is told, or gives a content that the commitment does not cover. */
Test(packing, stands_any_damage)
{
    struct buffer packed = {0};
    struct bytes content;
    int told = 0, rounds = 20000;

    for (int i = 0; i < rounds; i++) {
        uint8_t *data = content_new(300, (enum filling)(i % FILLINGS));
        buffer_clear(&packed);
        content_pack(bytes_of(data, 300), &packed);
        for (int k = 0; k <= i % 4; k++)
            packed.data[chance(packed.size)] ^= (uint8_t)(1 + chance(255));
        size_t cut = i % 5 == 0 ? chance(packed.size) : 0;
        if (content_unpack(bytes_of(packed.data, packed.size - cut), &content, &fault))
            cr_expect_leq(content.size, BODY_MAX);
        else
            told++;
        free(data);
    }
    cr_expect_gt(told, rounds / 10);
    cr_expect_lt(told, rounds);
    buffer_release(&packed);
}

/* --- In a record --- */

static const struct salt salt = {{1, 2, 3}};

static struct record *lesson_of(struct bytes content)
{
    struct signing_key *key = key_numbered(1);
    struct header header = {
        .network = digest_numbered(0),
        .kind = bytes_of_text("lesson"),
        .author = {.form = AUTHOR_NAMED, .feed = {digest_numbered(3), 1}, .seq = 1},
        .time_ms = 1,
    };
    struct record *record = record_sign(&header, &salt, content, key);

    signing_key_free(key);
    return record;
}

static struct record *long_lesson(void)
{
    uint8_t *content = content_new(1000, HALF_BY_LOT);
    struct record *record = lesson_of(bytes_of(content, 1000));

    free(content);
    return record;
}

/* The record with this for its body, packed as `number` says. */
static struct buffer wire_with(const struct record *record, uint64_t number, struct bytes frame)
{
    struct bytes header = record_header_bytes(record), proof = record_proof(record);
    struct buffer wire = {0};

    write_array(&wire, 3);
    write_bytes(&wire, header.data, header.size);
    write_bytes(&wire, proof.data, proof.size);
    write_array(&wire, 3);
    write_bytes(&wire, salt.bytes, sizeof salt.bytes);
    write_number(&wire, number);
    write_bytes(&wire, frame.data, frame.size);
    return wire;
}

static struct record *read_with(const struct record *record, uint64_t number, struct bytes frame,
                                bool *wrong_body)
{
    struct buffer wire = wire_with(record, number, frame);
    struct record *read = record_read(buffer_view(&wire), NULL, wrong_body, &fault);

    buffer_release(&wire);
    return read;
}

/* The record as it is sent by who has it from a store. */
static struct buffer sent_of(const struct record *record)
{
    struct record *kept = record_as_kept(record);
    struct buffer wire = {0};

    record_write(kept, true, &wire);
    record_free(kept);
    return wire;
}

Test(packing, a_body_travels_as_it_is_kept)
{
    struct record *record = long_lesson();
    struct buffer plain = {0}, again = {0}, kept = {0}, sent = sent_of(record);
    struct bytes content;
    bool wrong_body;

    record_write(record, true, &plain);
    cr_expect_lt(sent.size, plain.size - 300);
    struct record *read = record_read(buffer_view(&sent), NULL, &wrong_body, &fault);
    cr_assert(read != NULL && !wrong_body && record_has_body(read), "%s", fault.text);
    cr_expect(digest_equal(record_id(read), record_id(record)));
    cr_expect_eq(memcmp(record_salt(read), &salt, sizeof salt), 0);
    record_write(read, true, &again);
    cr_expect(bytes_equal(buffer_view(&again), buffer_view(&sent)));
    record_keep_body(read, &kept);
    cr_expect(content_unpack(buffer_view(&kept), &content, &fault), "%s", fault.text);
    cr_expect(bytes_equal(content, record_content(record)));

    record_free(read);
    record_free(record);
    buffer_release(&plain);
    buffer_release(&again);
    buffer_release(&kept);
    buffer_release(&sent);
}

/* What a frame would make no shorter. */
Test(packing, a_short_body_travels_as_it_is)
{
    struct record *record = lesson_of(bytes_of_text("Too early."));
    struct buffer plain = {0}, sent = sent_of(record);

    record_write(record, true, &plain);
    cr_expect(bytes_equal(buffer_view(&sent), buffer_view(&plain)));
    record_free(record);
    buffer_release(&plain);
    buffer_release(&sent);
}

Test(packing, nor_does_a_record_without_its_body_have_one)
{
    struct record *record = long_lesson();
    struct record *bare = record_join_kept(record_header_bytes(record), record_proof(record), NULL,
                                           (struct bytes){0}, &fault);

    cr_assert(bare != NULL);
    cr_expect(!record_has_body(bare));
    record_free(bare);
    record_free(record);
}

static void expect_wrong(const struct record *record, struct bytes frame, const char *what)
{
    bool wrong_body = false;
    struct record *read = read_with(record, 1, frame, &wrong_body);

    cr_assert(read != NULL, "%s: %s", what, fault.text);
    cr_expect(wrong_body && !record_has_body(read), "%s", what);
    cr_expect(digest_equal(record_id(read), record_id(record)));
    record_free(read);
}

static struct buffer frame_of(struct bytes content, int level)
{
    struct buffer frame = {.data = memory_new(ZSTD_COMPRESSBOUND(BODY_MAX + 1), 1)};

    frame.size = ZSTD_compress(frame.data, ZSTD_COMPRESSBOUND(BODY_MAX + 1), content.data,
                               content.size, level);
    cr_assert(!ZSTD_isError(frame.size));
    return frame;
}

/* In a frame may be bits that mean nothing. */
static void expect_right_or_none(const struct record *record, struct bytes frame)
{
    struct buffer kept = {0};
    struct bytes content = {0};
    bool wrong_body;
    struct record *read = read_with(record, 1, frame, &wrong_body);

    cr_assert(read != NULL, "%s", fault.text);
    cr_expect_eq(record_has_body(read), !wrong_body);
    if (record_has_body(read)) {
        record_keep_body(read, &kept);
        cr_expect(content_unpack(buffer_view(&kept), &content, &fault));
        cr_expect(bytes_equal(content, record_content(record)));
    }
    buffer_release(&kept);
    record_free(read);
}

/* The header stands; the body is taken from somebody else. */
Test(packing, a_frame_that_is_not_the_body_is_left_out)
{
    struct record *record = long_lesson();
    struct bytes content = record_content(record);
    struct buffer frame = frame_of(content, 1), shorter = frame_of(bytes_of(content.data, 999), 1);
    struct buffer twice = {0}, padded = {0}, longest = {0};
    uint8_t *zeros = memory_new(BODY_MAX + 1, 1);
    bool wrong_body;

    struct record *read = read_with(record, 1, buffer_view(&frame), &wrong_body);
    cr_expect(read != NULL && !wrong_body); /* The others differ from what is right. */
    record_free(read);
    expect_wrong(record, bytes_of(frame.data, frame.size - 1), "cut");
    expect_wrong(record, bytes_of("", 0), "empty");
    expect_wrong(record, content, "the content as it is");
    expect_wrong(record, buffer_view(&shorter), "shorter");
    buffer_append(&twice, buffer_view(&frame));
    buffer_append(&twice, bytes_of("\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00", 9));
    expect_wrong(record, buffer_view(&twice), "with a frame after it");
    buffer_append(&padded, bytes_of("\x50\x2a\x4d\x18\x04\x00\x00\x00....", 12));
    buffer_append(&padded, buffer_view(&frame));
    expect_wrong(record, buffer_view(&padded), "with what zstd skips before it");
    longest = frame_of(bytes_of(zeros, BODY_MAX + 1), 1);
    expect_wrong(record, buffer_view(&longest), "longer than any body");
    for (size_t i = 0; i < frame.size; i++) {
        frame.data[i] ^= 0x10;
        expect_right_or_none(record, buffer_view(&frame));
        frame.data[i] ^= 0x10;
    }

    free(zeros);
    buffer_release(&frame);
    buffer_release(&shorter);
    buffer_release(&twice);
    buffer_release(&padded);
    buffer_release(&longest);
    record_free(record);
}

/* Or others would keep for ever what is no part of the body. */
Test(packing, a_frame_is_no_longer_than_what_is_in_it)
{
    uint8_t *content = content_new(1000, BY_LOT);
    struct record *record = lesson_of(bytes_of(content, 1000));
    struct buffer frame = frame_of(bytes_of(content, 1000), 1);

    cr_expect_gt(frame.size, 1000);
    expect_wrong(record, buffer_view(&frame), "longer than its content");
    free(content);
    buffer_release(&frame);
    record_free(record);
}

Test(packing, a_body_that_is_packed_in_another_way_makes_no_record)
{
    static const uint64_t numbers[] = {0, 2, 255, UINT64_MAX};
    struct record *record = long_lesson();
    struct buffer frame = frame_of(record_content(record), 1);
    bool wrong_body;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        cr_expect(read_with(record, numbers[i], buffer_view(&frame), &wrong_body) == NULL);
        cr_expect_eq(fault.refusal, REFUSED_MALFORMED);
        cr_expect(strstr(fault.text, "packing") != NULL, "%s", fault.text);
    }
    buffer_release(&frame);
    record_free(record);
}
