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
Test(verify, tells_damage, .timeout = 120)
{
    static const struct {
        const char *sql, *told;
    } rows[] = {
        {"UPDATE record SET header = x'00' WHERE kind = 'lesson' AND in_set", "header"},
        {"UPDATE record SET proof = zeroblob(64) WHERE kind = 'update'", "columns beside"},
        {"UPDATE record SET id = zeroblob(32) WHERE kind = 'update'", "columns beside"},
        {"UPDATE record SET seq = 9 WHERE kind = 'profile'", "columns beside"},
        {"UPDATE record SET kind = 'lessen' WHERE kind = 'lesson' AND in_set", "columns beside"},
        {"UPDATE record SET time_ms = 1 WHERE kind = 'profile'", "columns beside"},
        {"UPDATE record SET topic = 'x' WHERE kind = 'profile'", "columns beside"},
        {"UPDATE record SET author = zeroblob(32) WHERE kind = 'profile'", "columns beside"},
        {"UPDATE record SET in_set = 1 WHERE NOT in_set", "the derived rows"},
        {"UPDATE record SET in_set = 0 WHERE kind = 'snapshot'", "the record before it"},
        {"DELETE FROM record WHERE kind = 'snapshot'", "belongs to no row"},
        {"UPDATE body SET content = x'9200' WHERE record = 1", "commit"},
        {"UPDATE body SET salt = zeroblob(32) WHERE record = 1", "commit"},
        {"DELETE FROM body WHERE record = 1", "the derived rows"},
        {"DELETE FROM lesson", "its lesson"},
        {"UPDATE lesson SET stage = 'idea'", "its lesson"},
        {"UPDATE lesson SET outcome_now = 'harmful'", "latest update"},
        {"UPDATE lesson SET outcome_now = NULL, stage_now = NULL", "latest update"},
        {"DELETE FROM reference", "its references"},
        {"UPDATE record_word SET word = 'x' WHERE record = 1", "its words"},
        {"INSERT INTO record_word VALUES (1, 'service_area', 'x')", "its words"},
        {"UPDATE update_of SET outcome = 'harmful'", "its update"},
        {"UPDATE indicator SET code = '1F'", "its indicator"},
        {"UPDATE snapshot SET period = '2021-22'", "its snapshot"},
        {"UPDATE snapshot_row SET value = 5.6 WHERE place = 0", "its snapshot's values"},
        {"UPDATE snapshot_row SET value = 0 WHERE value IS NULL", "its snapshot's values"},
        {"UPDATE profile SET contact_role = 'x'", "its profile"},
        {"UPDATE profile_row SET period = 'x'", "its profile's figures"},
        {"INSERT INTO lesson VALUES (6, 'worked', 'idea', NULL, NULL)", "its lesson"},
        {"DELETE FROM lesson_text_docsize", "its search index"},
        {"INSERT INTO lesson_text (rowid, title) VALUES (2, 'ghost')", "search index"},
        {"INSERT INTO lesson_text (lesson_text) VALUES ('delete-all')", "search index"},
        {"INSERT INTO authority VALUES (1, zeroblob(32), 'x', 'x', 'x', 'x', 'hub', 'active', NULL,"
         " NULL, 1)",
         "the authorities"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (i > 0) {
            room_close();
            room_open();
        }
        fill();
        damage(rows[i].sql);
        cr_expect(strstr(verified(), rows[i].told) != NULL, "%s: \"%s\"", rows[i].sql, verified());
    }
}

Test(verify, tells_a_chain_that_leaves_a_number_out)
{
    keep(council_lesson(&leeds, "One", "First."));
    leeds.seq++;
    keep(council_lesson(&leeds, "Three", "Third."));
    cr_expect_str_eq(verified(), "it is in the set, but the record before it in its feed is not\n");
}

static void overwrite(off_t at, const char *text)
{
    int file = open(room_path(), O_WRONLY | O_CLOEXEC);

    cr_assert_geq(file, 0);
    cr_assert_eq(pwrite(file, text, strlen(text), at), (ssize_t)strlen(text));
    close(file);
}

Test(verify, tells_a_file_that_is_damaged_within)
{
    fill();
    store_close(store);
    store = NULL;
    for (off_t at = 16384; at < 30 * 16384; at += 8192)
        overwrite(at, "damage");
    store = store_open(room_path(), STORE_WRITE, &fault);
    if (store == NULL)
        cr_expect(strstr(fault.text, "restore a backup") != NULL, "%s", fault.text);
    else
        cr_expect_str_neq(verified(), "");
}

Test(verify, tells_a_file_that_is_no_store)
{
    fill();
    store_close(store);
    overwrite(0, "This is no SQLite database.");
    store = store_open(room_path(), STORE_WRITE, &fault);
    cr_assert(store == NULL);
    cr_expect_eq(fault.kind, FAULT_SELF);
    cr_expect(strstr(fault.text, "not a candour store") != NULL, "%s", fault.text);
    cr_expect(strstr(fault.text, room_path()) != NULL, "%s", fault.text);
}
