#include "protocol/packing.h"
#include "protocol/writer.h"
#include "tests/protocol/authors.h"
#include "tests/support/chance.h"
#include "tests/support/committed.h"

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
    cr_expect(packed_claims(bytes_after(buffer_view(&packed), strlen("before")), content.size));
    back = content_unpack(bytes_after(buffer_view(&packed), strlen("before")));
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
            if (sizes[i] >= 200 && filling != BY_LOT)
                cr_expect_lt(packed, sizes[i] * 3 / 4, "%zu of %zu", packed, sizes[i]);
            free(data);
        }
}

static void expect_refused(struct bytes packed)
{
    cr_expect_eq(content_unpack(packed).size, 0, "%zu bytes", packed.size);
}

Test(packing, refuses_what_it_did_not_make)
{
    static const struct {
        const char *bytes;
        size_t size;
    } rows[] = {
        {NULL, 0},
        {"", 0},
        {"\0\0\0\0\0\0\0\0\0\0\0\0", 12}, /* A text that went. */
        {"\x92\x00\x80", 3},              /* One that was never packed. */
        {"\x02", 1},
        {"\x28\xb5\x2f\xfd\x20\x64\x23\x03\x00\x61", 10}, /* And its digest is not there. */
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_refused(bytes_of(rows[i].bytes, rows[i].size));
}

/* A hundred times "a": one block that repeats it. */
#define HUNDRED "\x28\xb5\x2f\xfd\x20\x64\x23\x03\x00\x61"

Test(packing, refuses_frames_that_it_did_not_make)
{
    static const struct {
        const char *bytes;
        size_t size;
    } rows[] = {
        {"\x28\xb5\x2f\xfd", 4},
        {"\x28\xb5\x2f\xfd\x00\x58\x23\x03\x00\x61", 10}, /* Does not say how long it is. */
        {"\x28\xb5\x2f\xfd\x20\x65\x23\x03\x00\x61", 10}, /* Says 101. */
        {"\x28\xb5\x2f\xfd\x20\x63\x23\x03\x00\x61", 10}, /* Says 99. */
        {"\x28\xb5\x2f\xfd\x20\x64\x23\x03\x00\x62", 10}, /* A hundred times "b". */
        {HUNDRED "\x00", 11},
        {HUNDRED "\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00", 19}, /* And another one. */
        {HUNDRED, 9},
        {"\x50\x2a\x4d\x18\x00\x00\x00\x00", 8}, /* One that zstd skips. */
    };
    uint8_t content[100];

    memset(content, 'a', sizeof content);
    struct buffer right = framed_as(bytes_of(content, 100), bytes_of(HUNDRED, 10));
    cr_expect(bytes_equal(content_unpack(buffer_view(&right)), bytes_of(content, 100)));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer packed =
            framed_as(bytes_of(content, 100), bytes_of(rows[i].bytes, rows[i].size));
        expect_refused(buffer_view(&packed));
        buffer_release(&packed);
    }
    buffer_release(&right);
}

/* However long it says it is, and is: no more than the longest content comes out. */
Test(packing, refuses_what_would_be_too_long)
{
    uint8_t *data = memory_new(BODY_MAX + 2, 1);
    uint8_t frame[ZSTD_COMPRESSBOUND(BODY_MAX + 1)];
    struct buffer packed = {0};

    for (size_t more = 0; more < 2; more++) {
        struct bytes content = bytes_of(data, BODY_MAX + more);
        size_t size = ZSTD_compress(frame, sizeof frame, content.data, content.size, 1);
        packed = framed_as(content, bytes_of(frame, size));
        cr_expect_eq(content_unpack(buffer_view(&packed)).size, more == 0 ? BODY_MAX : 0);
        buffer_release(&packed);
    }
    data[0] = 0x01; /* As it is. */
    cr_expect_eq(content_unpack(bytes_of(data, BODY_MAX + 1)).size, BODY_MAX);
    expect_refused(bytes_of(data, BODY_MAX + 2));
    data[0] = 0;
    /* One block of one byte, repeated, and its length in 8 bytes. */
    memcpy(frame, "\x28\xb5\x2f\xfd\xe0\0\0\1\0\0\0\0\0\x03\x00\x08\0", 17);
    packed = framed_as(bytes_of(data, BODY_MAX), bytes_of(frame, 17));
    cr_expect_eq(content_unpack(buffer_view(&packed)).size, BODY_MAX);
    for (size_t i = 5; i < 13; i++) {
        packed.data[33 + i] = 0xff;
        expect_refused(buffer_view(&packed));
    }
    buffer_release(&packed);
    free(data);
}

/* Whatever its author committed to, nothing or a content comes of it. */
Test(packing, stands_any_nonsense)
{
    struct buffer packed = {0};
    int nothing = 0, rounds = 20000;

    for (int i = 0; i < rounds; i++) {
        uint8_t *data = content_new(300, (enum filling)(i % FILLINGS));
        buffer_clear(&packed);
        content_pack(bytes_of(data, 300), &packed);
        for (int k = 0; k <= i % 4; k++)
            packed.data[chance(packed.size)] ^= (uint8_t)(1 + chance(255));
        size_t cut = i % 5 == 0 ? chance(packed.size) : 0;
        size_t size = content_unpack(bytes_of(packed.data, packed.size - cut)).size;
        cr_expect_leq(size, BODY_MAX);
        nothing += size == 0;
        free(data);
    }
    cr_expect_gt(nothing, rounds / 10);
    cr_expect_lt(nothing, rounds);
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

    for (size_t i = 0; i < 500; i++)
        content[i] = (uint8_t)('a' + content[i] % 16);
    struct record *record = lesson_of(bytes_of(content, 1000));

    free(content);
    return record;
}

static struct buffer wire_with(const struct record *record, struct bytes packed)
{
    struct buffer wire = {0};

    write_array(&wire, 3);
    write_bytes(&wire, record_header_bytes(record).data, record_header_bytes(record).size);
    write_bytes(&wire, record_proof(record).data, record_proof(record).size);
    write_array(&wire, 2);
    write_bytes(&wire, salt.bytes, sizeof salt.bytes);
    write_bytes(&wire, packed.data, packed.size);
    return wire;
}

static struct record *read_with(const struct record *record, struct bytes packed, bool *wrong_body)
{
    struct buffer wire = wire_with(record, packed);
    struct record *read = record_read(buffer_view(&wire), NULL, wrong_body, &fault);

    cr_assert(read != NULL, "%s", fault.text);
    buffer_release(&wire);
    return read;
}

Test(packing, a_body_travels_as_its_author_packed_it)
{
    uint8_t *content = content_new(1000, HALF_BY_LOT);
    struct record *record = lesson_of(bytes_of(content, 1000));
    struct buffer wire = {0}, again = {0};
    bool wrong_body;

    record_write(record, true, &wire);
    cr_expect_lt(record_packed(record).size, 700);
    struct record *read = record_read(buffer_view(&wire), NULL, &wrong_body, &fault);
    cr_assert(read != NULL && !wrong_body && record_has_body(read), "%s", fault.text);
    cr_expect(digest_equal(record_id(read), record_id(record)));
    cr_expect_eq(memcmp(record_salt(read), &salt, sizeof salt), 0);
    cr_expect(bytes_equal(record_packed(read), record_packed(record)));
    cr_expect(bytes_equal(record_content(read), bytes_of(content, 1000)));
    record_write(read, true, &again);
    cr_expect(bytes_equal(buffer_view(&again), buffer_view(&wire)));

    free(content);
    record_free(read);
    record_free(record);
    buffer_release(&wire);
    buffer_release(&again);
}

Test(packing, a_short_body_is_not_packed)
{
    struct record *record = lesson_of(bytes_of_text("Too early."));

    cr_expect(bytes_equal(record_packed(record), bytes_of_text("\x01"
                                                               "Too early.")));
    record_free(record);
}

/* By its frame one could tell which packer who is not named uses. */
Test(packing, a_body_of_who_is_not_named_is_not_packed)
{
    static const uint8_t content[1000];
    struct signing_key *key = key_numbered(1);
    struct header header = {
        .network = digest_numbered(0),
        .kind = bytes_of_text("update"),
        .author = {.form = AUTHOR_OWNER, .record = digest_numbered(3), .n = 1},
        .time_ms = 1,
    };
    struct record *record = record_sign(&header, &salt, bytes_of(content, 1000), key);

    cr_expect_eq(record_packed(record).size, 1001);
    cr_expect_eq(record_packed(record).data[0], 1);
    cr_expect(bytes_equal(record_content(record), bytes_of(content, 1000)));
    record_free(record);
    signing_key_free(key);
}

Test(packing, a_record_without_its_body_has_none)
{
    struct record *record = long_lesson();
    struct record *bare = record_join_kept(record_id(record), record_header_bytes(record),
                                           record_proof(record), NULL, (struct bytes){0}, &fault);

    cr_assert(bare != NULL);
    cr_expect(!record_has_body(bare));
    cr_expect_eq(record_content(bare).size, 0);
    record_free(bare);
    record_free(record);
}

static struct buffer frame_of(struct bytes content, int level)
{
    struct buffer frame = {.data = memory_new(ZSTD_COMPRESSBOUND(BODY_MAX + 1), 1)};

    frame.size = ZSTD_compress(frame.data, ZSTD_COMPRESSBOUND(BODY_MAX + 1), content.data,
                               content.size, level);
    cr_assert(!ZSTD_isError(frame.size));
    return frame;
}

static struct buffer packed_of(struct bytes content, int level)
{
    struct buffer frame = frame_of(content, level);
    struct buffer packed = framed_as(content, buffer_view(&frame));

    buffer_release(&frame);
    return packed;
}

/* The same content, as whoever passes it on might pack it. */
Test(packing, nobody_packs_it_anew)
{
    struct record *record = long_lesson();
    struct buffer again = packed_of(record_content(record), 19), plain = {0};
    bool wrong_body;

    content_wrap(record_content(record), &plain);
    cr_expect(!bytes_equal(buffer_view(&again), record_packed(record)));
    const struct bytes others[] = {buffer_view(&again), buffer_view(&plain), bytes_of("", 0)};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct record *read = read_with(record, others[i], &wrong_body);
        cr_expect(wrong_body && !record_has_body(read), "%zu", i);
        cr_expect(digest_equal(record_id(read), record_id(record)));
        record_free(read);
    }
    record_free(record);
    buffer_release(&again);
    buffer_release(&plain);
}

static void expect_left_out(const struct record *record, struct bytes packed, const char *what)
{
    struct record *read = record_committed_to(record, packed);

    cr_expect(read == NULL, "%s", what);
    record_free(read);
}

/* Others would keep for ever what is no part of the body. */
Test(packing, what_is_not_one_frame_of_that_size_is_left_out)
{
    uint8_t *content = content_new(1000, HALF_BY_LOT), *noise = content_new(1000, BY_LOT);
    struct record *record = lesson_of(bytes_of(content, 1000));
    struct buffer right = packed_of(bytes_of(content, 1000), 19);
    struct buffer frame = frame_of(bytes_of(content, 1000), 19);
    struct buffer shorter = packed_of(bytes_of(content, 999), 1);
    struct buffer longer = packed_of(bytes_of(noise, 1000), 1);
    struct buffer twice = {0}, padded = {0}, plain = {0};

    struct record *read = record_committed_to(record, buffer_view(&right));
    cr_expect(read != NULL); /* The others differ from what is right. */
    record_free(read);
    expect_left_out(record, bytes_of(right.data, right.size - 1), "cut");
    expect_left_out(record, bytes_of("", 0), "empty");
    expect_left_out(record, bytes_of(content, 1000), "the content and no byte before it");
    expect_left_out(record, buffer_view(&frame), "a frame without a digest before it");
    expect_left_out(record, buffer_view(&shorter), "shorter");
    cr_expect_gt(longer.size, 1001);
    expect_left_out(record, buffer_view(&longer), "longer than its content");
    buffer_append(&twice, buffer_view(&right));
    buffer_append(&twice, bytes_of("\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00", 9));
    expect_left_out(record, buffer_view(&twice), "with a frame after it");
    buffer_append(&padded, bytes_of(right.data, 33));
    buffer_append(&padded, bytes_of("\x50\x2a\x4d\x18\x04\x00\x00\x00....", 12));
    buffer_append(&padded, buffer_view(&frame));
    expect_left_out(record, buffer_view(&padded), "with what zstd skips before it");
    content_wrap(bytes_of(content, 999), &plain);
    expect_left_out(record, buffer_view(&plain), "as it is, and shorter");
    buffer_append(&plain, bytes_of("..", 2));
    expect_left_out(record, buffer_view(&plain), "as it is, and longer");

    free(content);
    free(noise);
    buffer_release(&right);
    buffer_release(&frame);
    buffer_release(&shorter);
    buffer_release(&longer);
    buffer_release(&twice);
    buffer_release(&padded);
    buffer_release(&plain);
    record_free(record);
}

/* A frame of the right size that does not unpack, or to something else: its author's nonsense is
 * passed on like any other, and says nothing. */
Test(packing, a_frame_of_nonsense_says_nothing)
{
    struct record *record = long_lesson();
    struct buffer packed = {0}, content = {0};
    int nothing = 0;

    buffer_append(&content, record_content(record));
    buffer_append(&packed, record_packed(record));
    for (size_t i = 1; i < packed.size; i++) {
        packed.data[i] ^= 0x10;
        struct record *read = record_committed_to(record, buffer_view(&packed));
        if (read != NULL && record_content(read).size == 0)
            nothing++;
        else if (read != NULL) /* A bit that means nothing. */
            cr_expect(bytes_equal(record_content(read), buffer_view(&content)));
        record_free(read);
        packed.data[i] ^= 0x10;
    }
    cr_expect_gt(nothing, 100);
    buffer_release(&packed);
    buffer_release(&content);
    record_free(record);
}
