#include "store/internal.h"
#include "tests/store/room.h"

#include "protocol/limits.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/* The content of a body, as it is kept. */

TestSuite(packing, .init = room_open, .fini = room_close);

static uint64_t state = 1;

static size_t chance(size_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(state >> 33) % below;
}

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

static size_t pack_and_unpack(struct packing *packing, struct bytes content)
{
    struct buffer packed = {0};
    struct bytes back;

    buffer_append_text(&packed, "before");
    content_pack(packing, content, &packed);
    size_t size = packed.size - strlen("before");
    cr_done(content_unpack(packing, bytes_after(buffer_view(&packed), strlen("before")), &back,
                           &fault));
    cr_expect(bytes_equal(back, content), "of %zu bytes", content.size);
    buffer_release(&packed);
    return size;
}

Test(packing, gives_back_what_it_was_given)
{
    static const size_t sizes[] = {0, 1, 2, 100, 255, 256, 2000, 65535, BODY_MAX};
    struct packing packing = {0};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int filling = 0; filling < FILLINGS; filling++) {
            uint8_t *data = content_new(sizes[i], (enum filling)filling);
            size_t packed = pack_and_unpack(&packing, bytes_of(data, sizes[i]));
            cr_expect_leq(packed, sizes[i] + 1);
            if (sizes[i] >= 100 && filling != BY_LOT)
                cr_expect_lt(packed, sizes[i] * 3 / 4, "%zu of %zu", packed, sizes[i]);
            free(data);
        }
    packing_release(&packing);
}

static void expect_refused(struct packing *packing, struct bytes packed)
{
    struct bytes content;

    fault = (struct fault){0};
    cr_expect(!content_unpack(packing, packed, &content, &fault), "%zu bytes", packed.size);
    cr_expect_eq(fault.kind, FAULT_SELF);
    cr_expect(strstr(fault.text, "damaged") != NULL, "%s", fault.text);
    cr_expect_eq(content_readable(packing, packed).size, 0);
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
    struct packing packing = {0};
    struct bytes content;

    cr_done(content_unpack(&packing,
                           bytes_of("\x28\xb5\x2f\xfd\x20\x03\x19\x00\x00\x61\x62\x63", 12),
                           &content, &fault)); /* The rows differ from what is right. */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_refused(&packing, bytes_of(rows[i].bytes, rows[i].size));
    packing_release(&packing);
}

/* However long it says it is, and is: no more than the longest content comes out. */
Test(packing, refuses_what_would_be_too_long)
{
    struct packing packing = {0};
    struct bytes content;
    uint8_t *data = memory_new(BODY_MAX + 2, 1);
    uint8_t frame[ZSTD_COMPRESSBOUND(BODY_MAX + 1)];
    size_t size = ZSTD_compress(frame, sizeof frame, data, BODY_MAX, 1);

    cr_done(content_unpack(&packing, bytes_of(frame, size), &content, &fault));
    cr_expect_eq(content.size, BODY_MAX);
    size = ZSTD_compress(frame, sizeof frame, data, BODY_MAX + 1, 1);
    expect_refused(&packing, bytes_of(frame, size));
    data[0] = 0x01; /* As it is. */
    cr_done(content_unpack(&packing, bytes_of(data, BODY_MAX + 1), &content, &fault));
    expect_refused(&packing, bytes_of(data, BODY_MAX + 2));
    /* One block of one byte, repeated, and its length in 8 bytes. */
    memcpy(frame, "\x28\xb5\x2f\xfd\xe0\0\0\1\0\0\0\0\0\x03\x00\x08\x61", 17);
    cr_done(content_unpack(&packing, bytes_of(frame, 17), &content, &fault));
    cr_expect_eq(content.size, BODY_MAX);
    for (size_t i = 5; i < 13; i++) {
        frame[i] = 0xff;
        expect_refused(&packing, bytes_of(frame, 17));
    }
    free(data);
    packing_release(&packing);
}

/* Damage is told, or gives a content that the commitment does not cover. */
Test(packing, stands_any_damage)
{
    struct packing packing = {0};
    struct buffer packed = {0};
    struct bytes content;
    int told = 0, rounds = 20000;

    for (int i = 0; i < rounds; i++) {
        uint8_t *data = content_new(300, (enum filling)(i % FILLINGS));
        buffer_clear(&packed);
        content_pack(&packing, bytes_of(data, 300), &packed);
        for (int k = 0; k <= i % 4; k++)
            packed.data[chance(packed.size)] ^= (uint8_t)(1 + chance(255));
        size_t cut = i % 5 == 0 ? chance(packed.size) : 0;
        if (content_unpack(&packing, bytes_of(packed.data, packed.size - cut), &content, &fault))
            cr_expect_leq(content.size, BODY_MAX);
        else
            told++;
        free(data);
    }
    cr_expect_gt(told, rounds / 10);
    cr_expect_lt(told, rounds);
    buffer_release(&packed);
    packing_release(&packing);
}

/* --- In a store --- */

static bool count_hit(void *context, const struct hit *hit, struct fault *why)
{
    (void)hit;
    (void)why;
    ++*(int *)context;
    return true;
}

static int found(const char *word)
{
    struct query query = {.words = bytes_of_text(word), .limit = 5};
    uint64_t total;
    int hits = 0;

    cr_done(store_search(store, &query, &total, count_hit, &hits, &fault));
    return hits;
}

static bool count_record(void *context, const struct stored *stored, struct fault *why)
{
    (void)stored;
    (void)why;
    ++*(int *)context;
    return true;
}

Test(packing, a_body_that_is_damaged_is_told_to_who_reads_it)
{
    struct entry at = keep(council_lesson(&leeds, "Spoilt", "It was quiet."));
    int count = 0;

    keep(council_lesson(&leeds, "Whole", "It was quiet again."));
    derive();
    cr_expect_eq(found("quiet"), 2);
    derive_close();
    damage("UPDATE wire SET content = substr(content, 1, 40) WHERE number = 1");
    cr_expect(store_read(store, &at, true, &fault) == NULL);
    cr_expect_eq(fault.kind, FAULT_SELF);
    cr_expect(strstr(fault.text, "a record is damaged") != NULL, "%s", fault.text);
    cr_expect(!store_each(store, true, NULL, count_record, &count, &fault));
    cr_expect(strstr(fault.text, "candour verify tells more") != NULL, "%s", fault.text);
    struct record *bare = store_read(store, &at, false, &fault);
    cr_expect(bare != NULL, "%s", fault.text);
    record_free(bare);

    cr_expect_eq(found("quiet"), 1); /* The other one. */
    cr_expect_str_eq(asked_as_it_is("SELECT title FROM lessons ORDER BY 1"), "NULL\nWhole\n");
    cr_expect(strstr(verified_as_it_is(), "cannot be unpacked") != NULL, "%s", verified_as_it_is());
    reindex();
    cr_expect_str_eq(asked_as_it_is("SELECT title FROM lessons"), "Whole\n");
    cr_expect(strstr(verified_as_it_is(), "cannot be unpacked") != NULL, "%s", verified_as_it_is());
}

static void spoil(struct buffer *packed)
{
    struct buffer sql = {0};
    char *hex = memory_new(2 * packed->size + 1, 1);

    for (size_t i = chance(4) + 1; i > 0; i--)
        packed->data[chance(packed->size)] ^= (uint8_t)(1 + chance(255));
    size_t size = chance(4) == 0 ? chance(packed->size) : packed->size;
    hex_of(hex, packed->data, size);
    buffer_printf(&sql, "UPDATE wire SET content = x'%s' WHERE number = 1", hex);
    damage(buffer_text(&sql));
    buffer_release(&sql);
    free(hex);
}

Test(packing, whatever_the_damage_verify_tells_it)
{
    struct record *record = council_publish(&leeds, snapshot_file);
    struct entry at = entry_for(record);
    struct packing packing = {0};

    keep(record_hold(record));
    keep(council_lesson(&leeds, "Whole", "It was quiet."));
    derive();
    for (int i = 0; i < 150; i++) {
        struct buffer packed = {0};
        content_pack(&packing, record_content(record), &packed);
        spoil(&packed);
        cr_expect(store_read(store, &at, true, &fault) == NULL, "round %d", i);
        cr_expect_eq(fault.kind, FAULT_SELF);
        asked_as_it_is("SELECT * FROM snapshots");
        cr_expect_str_neq(verified_as_it_is(), "", "round %d", i);
        if (i % 10 == 0)
            reindex();
        cr_expect_eq(found("quiet"), 1);
        buffer_release(&packed);
    }
    packing_release(&packing);
    record_free(record);
}

/* --- How much room --- */

static size_t keep_sample(const char *path)
{
    char *file = file_text(path);

    cr_assert(file != NULL, "%s", path);
    struct record *record = council_publish(&leeds, file);
    size_t size = record_entry(record).size;
    keep(record);
    free(file);
    return size;
}

Test(packing, lessons_take_less_room_than_their_bytes)
{
    glob_t samples;
    size_t bytes = 0;
    int64_t pages = 0;

    cr_assert_eq(glob(SOURCE_DIR "/node/samples/lessons/*.md", 0, NULL, &samples), 0);
    cr_done(store_begin(store, &fault));
    for (size_t i = 0; i < 500; i++)
        bytes += keep_sample(samples.gl_pathv[i % samples.gl_pathc]);
    cr_done(store_commit(store, &fault));
    globfree(&samples);
    cr_done(pragma_number(store, "main", "page_count", &pages, &fault));
    size_t size = (size_t)pages * STORE_PAGE_SIZE;
    cr_expect_lt(size, bytes * 5 / 6, "%zu of %zu", size, bytes);
}
