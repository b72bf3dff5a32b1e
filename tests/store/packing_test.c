#include "store/internal.h"
#include "tests/store/room.h"
#include "tests/support/chance.h"
#include "tests/support/committed.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

/* The content of a body, packed, in a store. */

TestSuite(packing, .init = room_open, .fini = room_close);

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
    struct answer answer;
    int hits = 0;

    cr_done(store_search(store, &query, &answer, count_hit, &hits, &fault));
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
    cr_expect(store_read_unchecked(store, &at, true, &fault) == NULL);
    cr_expect_eq(fault.kind, FAULT_SELF);
    cr_expect(!store_each(store, true, NULL, count_record, &count, &fault));
    cr_expect(strstr(fault.text, "candour verify tells more") != NULL, "%s", fault.text);
    struct record *bare = store_read(store, &at, false, &fault);
    cr_expect(bare != NULL, "%s", fault.text);
    record_free(bare);

    cr_expect_eq(found("quiet"), 1); /* The other one. */
    cr_expect_str_eq(asked_as_it_is("SELECT title FROM lessons ORDER BY 1"), "NULL\nWhole\n");
    cr_expect(strstr(verified_as_it_is(), "not the one the header commits to") != NULL, "%s",
              verified_as_it_is());
    reindex();
    cr_expect_str_eq(asked_as_it_is("SELECT title FROM lessons"), "Whole\n");
    cr_expect(strstr(verified_as_it_is(), "not the one the header commits to") != NULL, "%s",
              verified_as_it_is());
}

/* A body whose frame its author committed to, though nothing comes of it, is kept like any other.
 */
Test(packing, an_authors_nonsense_says_nothing)
{
    static const char text[] = "It was quiet, and quiet, and quiet. It was not, it was not.";
    struct record *lesson = council_lesson(&leeds, "Spoilt", text), *nonsense = NULL;
    struct buffer packed = {0};

    buffer_append(&packed, record_packed(lesson));
    for (size_t i = packed.size; nonsense == NULL || record_content(nonsense).size > 0;) {
        record_free(nonsense);
        cr_assert_gt(i, 0);
        packed.data[--i] ^= 0x55;
        nonsense = record_committed_to(lesson, buffer_view(&packed));
    }
    struct entry at = entry_for(nonsense);
    keep(nonsense);
    keep(council_lesson(&york, "Whole", "It was quiet."));
    derive();
    struct record *read = store_read(store, &at, true, &fault);
    cr_assert(read != NULL, "%s", fault.text);
    cr_expect(record_has_body(read) && record_content(read).size == 0);
    cr_expect_str_eq(verified(), "");
    cr_expect_eq(found("quiet"), 1);
    reindex();
    cr_expect_str_eq(verified(), "");
    record_free(read);
    record_free(lesson);
    buffer_release(&packed);
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

    keep(record_hold(record));
    keep(council_lesson(&leeds, "Whole", "It was quiet."));
    derive();
    for (int i = 0; i < 150; i++) {
        struct buffer packed = {0};
        buffer_append(&packed, record_packed(record));
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
    int64_t empty = 0, pages = 0; /* An empty store has a page for each table. */

    cr_done(pragma_number(store, "main", "page_count", &empty, &fault));
    cr_assert_eq(glob(SOURCE_DIR "/node/samples/lessons/*.md", 0, NULL, &samples), 0);
    cr_done(store_begin(store, &fault));
    for (size_t i = 0; i < 500; i++)
        bytes += keep_sample(samples.gl_pathv[i % samples.gl_pathc]);
    cr_done(store_commit(store, &fault));
    globfree(&samples);
    cr_done(pragma_number(store, "main", "page_count", &pages, &fault));
    size_t size = (size_t)(pages - empty) * STORE_PAGE_SIZE;
    cr_expect_lt(size, bytes * 5 / 6, "%zu of %zu", size, bytes);
}
