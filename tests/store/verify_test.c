#include "tests/store/room.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

TestSuite(verify, .init = room_open, .fini = room_close);

static void fill(void)
{
    keep(council_lesson(&leeds, "One", "First."));
    keep(council_publish(&leeds, update_file));
    keep(council_publish(&leeds, snapshot_file));
    keep(council_publish(&leeds, indicator_file));
    keep(council_publish(&leeds, profile_file));
    keep_aside(council_lesson(&york, "Two", "Second."));
}

Test(verify, is_content_with_what_was_kept)
{
    fill();
    cr_expect_str_eq(verified(), "");
    room_reopen(STORE_READ);
    cr_expect_str_eq(verified(), "");
    cr_expect_eq(count_records(), 6);
}

static bool object(void *context, const struct stored *stored, struct fault *why)
{
    (void)why;
    if (stored->in && record_has_body(stored->record))
        store_check_add(context, record_id(stored->record), "I do not like it");
    return true;
}

Test(verify, lets_the_caller_check_each_record_too)
{
    static struct store_check check;

    fill();
    cr_done(store_verify(store, &check, object, &check, &fault));
    cr_expect_eq(check.checked, 6);
    cr_expect_eq(check.bad_count, 5);
    cr_expect_str_eq(check.bad[4].text, "I do not like it");
}

/* Each kind of damage, and a word of what is said about it. */
struct damage {
    const char *sql, *told;
};

static void expect_told(const struct damage *rows, size_t count, void (*harm)(const char *sql))
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            room_close();
            room_open();
        }
        fill();
        derive();
        derive_close();
        harm(rows[i].sql);
        cr_expect(strstr(verified_as_it_is(), rows[i].told) != NULL, "%s: \"%s\"", rows[i].sql,
                  verified_as_it_is());
    }
}

Test(verify, tells_damage_of_facts)
{
    /* Numbers: 1 lesson, 2 update, 3 snapshot, 4 indicator, 5 profile; 6 lesson, aside. */
    static const struct damage rows[] = {
        {"UPDATE wire SET header = x'00' WHERE number = 1", "header"},
        {"UPDATE wire SET proof = zeroblob(64) WHERE number = 2", "columns beside"},
        {"UPDATE wire SET of = 1, header = NULL, proof = NULL WHERE number = 2", "header"},
        {"UPDATE record SET id = zeroblob(32) WHERE number = 2", "columns beside"},
        {"UPDATE record SET seq = 9 WHERE number = 5", "columns beside"},
        {"UPDATE record SET feed = 2 WHERE number = 5", "columns beside"},
        {"UPDATE record SET size = size + 1 WHERE number = 5", "columns beside"},
        {"UPDATE record SET whole = 1 WHERE number = 5", "columns beside"},
        {"UPDATE record SET prev = zeroblob(32) WHERE number = 5", "columns beside"},
        {"UPDATE record SET prev = NULL WHERE number = 5", "columns beside"},
        {"UPDATE record SET prev = zeroblob(32) WHERE number = 1", "columns beside"},
        {"UPDATE record SET signer = 77 WHERE number = 5", "columns beside"},
        {"UPDATE feed SET authority = zeroblob(32) WHERE number = 1", "columns beside"},
        {"UPDATE feed SET feed = 2 WHERE number = 1", "columns beside"},
        {"UPDATE network SET id = zeroblob(32)", "columns beside"},
        {"UPDATE record SET body = 2 WHERE number = 1", "commit"},
        {"UPDATE record SET body = 99 WHERE number = 1", "its body is not where"},
        {"UPDATE record SET body = -2 WHERE number = 1", "its body is not where"},
        {"UPDATE record SET in_set = 1 WHERE NOT in_set", "the derived rows"},
        {"UPDATE record SET in_set = 1 WHERE NOT in_set", "not counted right"},
        {"UPDATE record SET in_set = 0 WHERE number = 3", "the record before it"},
        {"DELETE FROM record WHERE number = 6", "more or fewer records"},
        {"DELETE FROM wire WHERE number = 6", "more or fewer records"},
        {"INSERT INTO wire (number, of, salt, content) VALUES (7, 99, zeroblob(32), x'')",
         "belongs to no record"},
        {"UPDATE wire SET content = x'9200' WHERE number = 1", "not the one the header"},
        {"UPDATE wire SET content = NULL WHERE number = 1", "not the one the header"},
        {"UPDATE wire SET content = x'01920080' WHERE number = 1", "commit"},
        {"UPDATE wire SET content = (SELECT content FROM wire WHERE number = 6) WHERE number = 1",
         "commit"},
        {"UPDATE wire SET salt = zeroblob(32) WHERE number = 1", "commit"},
        {"UPDATE record SET body = 0 WHERE number = 1", "still in the file"},
        {"UPDATE record SET body = 0, text = 2 WHERE number = 1", "still in the file"},
        {"UPDATE record SET text = 2 WHERE number = 1", "its body is not where"},
        {"UPDATE record SET text = 2, body = 0 WHERE number = 1", "not noted"},
        {"INSERT INTO erased (place, network, id, expired) SELECT 1, 1, id, 0 FROM record"
         " WHERE number = 1",
         "not noted"},
        {"UPDATE network SET records = records + 1", "not counted right"},
        {"UPDATE network SET bodies = bodies + 1", "not counted right"},
        {"UPDATE network SET erased = erased + 1", "not counted right"},
        {"UPDATE file SET drafts = 7", "drafts or what waits"},
        {"UPDATE file SET waiting = 7", "drafts or what waits"},
        {"PRAGMA foreign_keys = 0; INSERT INTO peer VALUES (7, 0, zeroblob(32), '')",
         "belongs to no network"},
    };

    expect_told(rows, sizeof rows / sizeof *rows, damage);
}

Test(verify, tells_damage_of_what_is_derived)
{
    static const struct damage rows[] = {
        {"DELETE FROM lesson", "its lesson"},
        {"UPDATE lesson SET stage = 'idea'", "its lesson"},
        {"UPDATE lesson SET feed = 2", "its lesson"},
        {"UPDATE lesson SET latest = 1", "latest update"},
        {"UPDATE lesson SET latest = NULL", "latest update"},
        {"INSERT INTO lesson VALUES (6, 6, 2, 1, 'worked', 'idea', 'opinion', NULL, 'worked',"
         " 'idea', 0)",
         "its lesson"},
        {"UPDATE lesson SET outcome_now = 'harmful'", "latest update"},
        {"UPDATE lesson SET stage_now = NULL", "latest update"},
        {"INSERT INTO searched VALUES (1, 1, 1, 1, NULL)", "its searched text"},
        {"DELETE FROM reference", "its references"},
        {"INSERT INTO reference VALUES (77, 0, zeroblob(32))", "its references"},
        {"UPDATE update_of SET outcome = 'harmful'", "its update"},
        {"UPDATE update_of SET turn = 1", "its update"},
        {"UPDATE lesson SET replications = 1", "responses say"},
        {"INSERT INTO response_of VALUES (1, zeroblob(32), 'tried', NULL, NULL, NULL)",
         "its response"},
        {"UPDATE snapshot SET period = '2021-22'", "its snapshot"},
        {"UPDATE snapshot_row SET value = 5.6 WHERE place = 0", "its snapshot's values"},
        {"UPDATE snapshot_row SET value = 0 WHERE value IS NULL", "its snapshot's values"},
        {"INSERT INTO receipt VALUES (1, zeroblob(32))", "its receipt"},
        {"UPDATE entry SET prefix = 0 WHERE number = 1", "its entry"},
        {"UPDATE entry SET kind = 'lessen' WHERE number = 1", "its entry"},
        {"UPDATE entry SET time_ms = 1 WHERE number = 5", "its entry"},
        {"DELETE FROM entry WHERE number = 5", "its entry"},
        {"INSERT INTO entry VALUES (77, 0, 0, 1, 1, 0, 'lesson', 1)", "its entry"},
        {"UPDATE tally SET records = 2 WHERE kind = 'lesson'", "by kind"},
        {"DELETE FROM tally WHERE kind = 'snapshot'", "by kind"},
        {"INSERT INTO fork VALUES (1, 1)", "forks are not"},
        {"INSERT INTO authority VALUES (1, zeroblob(32), 'x', 'x', 'x', 'x', 'hub', 'active', NULL,"
         " NULL, zeroblob(32), 1)",
         "the authorities"},
        {"UPDATE piece SET lessons = 9", "does not have the lessons"},
        {"UPDATE piece SET stale = 1", "does not have the lessons"},
        {"DELETE FROM words_1_docsize", "the search index"},
        {"UPDATE words_1_docsize SET sz = x'010101010101'", "the search index is not"},
        {"INSERT INTO words_1_docsize VALUES (77, x'010000000000')", "does not have the lessons"},
        /* FTS5's leaf of terms, of which the last bytes are another word's. */
        {"UPDATE words_1_data SET block = CAST(substr(block, 1, length(block) - 5) ||"
         " x'0102030405' AS BLOB) WHERE id > 1000",
         "candour reindex"},
        {"UPDATE words_1_data SET block = CAST(replace(block, 'begin', 'begun') AS BLOB)"
         " WHERE id > 1000",
         "search index"},
        {"DELETE FROM words_1_data WHERE id > 1000", "candour reindex"},
    };

    expect_told(rows, sizeof rows / sizeof *rows, damage_index);
}

Test(verify, compares_only_what_should_be_derived_by_now)
{
    static struct store_check check;

    fill();
    cr_expect_str_eq(verified_as_it_is(), ""); /* Nothing is. */
    derive();
    struct entry first = keep(council_lesson(&hull, "First", "We came first."));
    derive();
    cr_done(store_move(store, &first, false, &fault));
    keep_aside(council_lesson(&hull, "Second", "We came later."));
    cr_expect_str_eq(verified_as_it_is(), "");
    cr_done(store_verify(store, &check, NULL, NULL, &fault));
    cr_expect_eq(check.underived, 2);
    cr_expect_eq(check.checked, 8);
    damage_index("DELETE FROM lesson WHERE record = 1"); /* This should be there. */
    cr_expect(strstr(verified_as_it_is(), "its lesson") != NULL, "%s", verified_as_it_is());
}

Test(verify, tells_a_chain_that_leaves_a_number_out)
{
    keep(council_lesson(&leeds, "One", "First."));
    leeds.seq++;
    keep(council_lesson(&leeds, "Three", "Third."));
    cr_expect_str_eq(verified(), "it is in the set, but the record before it in its feed is not\n");
}

static void overwrite_file(const char *path, off_t at, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);

    cr_assert_geq(file, 0);
    cr_assert_eq(pwrite(file, text, strlen(text), at), (ssize_t)strlen(text));
    close(file);
}

static void close_all(void)
{
    derive_close();
    store_close(store);
    store = NULL;
}

Test(verify, tells_a_file_that_is_damaged_within)
{
    fill();
    derive();
    close_all();
    for (off_t at = 16384; at < 24 * 16384; at += 8192)
        overwrite_file(room_path(), at, "damage");
    store = store_open(room_path(), STORE_WRITE, &fault);
    if (store == NULL)
        cr_expect(strstr(fault.text, "restore a backup") != NULL, "%s", fault.text);
    else
        cr_expect_str_neq(verified_as_it_is(), "");
}

Test(verify, tells_an_index_that_is_damaged_within)
{
    fill();
    derive();
    close_all();
    for (off_t at = 3 * 16384; at < 40 * 16384; at += 8192)
        overwrite_file(room_index_path(), at, "damage");
    store = store_open(room_path(), STORE_WRITE, &fault);
    cr_assert(store != NULL, "%s", fault.text);
    cr_expect(strstr(verified_as_it_is(), "candour reindex makes it anew") != NULL, "%s",
              verified_as_it_is());
    reindex();
    cr_expect_str_eq(verified(), "");
    cr_expect_str_eq(asked("SELECT title, outcome_now FROM lessons"), "One|worked\n");
}

Test(verify, tells_a_file_that_is_no_store)
{
    fill();
    close_all();
    overwrite_file(room_path(), 0, "This is no SQLite database.");
    store = store_open(room_path(), STORE_WRITE, &fault);
    cr_assert(store == NULL);
    cr_expect_eq(fault.kind, FAULT_SELF);
    cr_expect(strstr(fault.text, "not a candour store") != NULL, "%s", fault.text);
    cr_expect(strstr(fault.text, room_path()) != NULL, "%s", fault.text);
}
