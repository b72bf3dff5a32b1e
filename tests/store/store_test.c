#include "store/internal.h"
#include "tests/store/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(store, .init = room_open, .fini = room_close);

/* --- Keeping and finding --- */

Test(store, gives_back_the_very_bytes_it_was_given)
{
    struct record *record = council_lesson(&leeds, "Payments start late", "We asked why.");
    struct buffer before = {0}, after = {0};

    record_write(record, true, &before);
    struct entry at = keep(record);
    struct record *found = store_find(store, &at.id, true, &fault);
    cr_assert(found != NULL, "%s", fault.text);
    record_write(found, true, &after);
    cr_expect(bytes_equal(buffer_view(&before), buffer_view(&after)));
    record_free(found);

    found = store_find(store, &at.id, false, &fault);
    cr_assert(found != NULL, "%s", fault.text);
    cr_expect(!record_has_body(found));
    record_free(found);
    buffer_release(&before);
    buffer_release(&after);
}

Test(store, says_what_is_not_here)
{
    struct entry at = {.feed = leeds.feed, .seq = 1, .id = council_network()};

    cr_expect(store_find(store, &at.id, true, &fault) == NULL);
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect(strstr(fault.text, "no record ") != NULL, "%s", fault.text);
    cr_expect(store_read(store, &at, false, &fault) == NULL);
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect(!store_move(store, &at, true, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    keep(council_lesson(&leeds, "One", "First.")); /* The feed is here, that record is not. */
    cr_expect(store_read(store, &at, false, &fault) == NULL);
    cr_expect_eq(fault.kind, FAULT_ABSENT);
}

Test(store, keeps_a_record_once)
{
    struct record *record = council_lesson(&leeds, "Once", "We did it once.");

    cr_done(store_keep(store, record, true, NULL, &fault));
    cr_done(store_keep(store, record, true, NULL, &fault));
    cr_done(store_keep(store, record, false, NULL, &fault)); /* Changes nothing: it is in. */
    record_free(record);
    cr_expect_eq(count_records(), 1);
    cr_expect_str_eq(asked("SELECT title FROM lessons"), "Once\n");
    cr_expect_str_eq(verified(), "");
}

Test(store, survives_being_closed)
{
    struct entry at = keep(council_lesson(&leeds, "Kept", "We kept it."));

    room_reopen(STORE_READ);
    struct digest network;
    cr_assert(store_network(store, &network));
    cr_expect(digest_equal(&network, &leeds.network));
    struct record *found = store_find(store, &at.id, true, &fault);
    cr_assert(found != NULL, "%s", fault.text);
    record_free(found);
    cr_expect_str_eq(verified(), "");
}

Test(store, wants_a_network_first)
{
    struct record *record = council_lesson(&leeds, "Where", "We do not know.");
    struct store *homeless = store_open(folder_file(&folder, "other"), STORE_CREATE, &fault);

    cr_assert(homeless != NULL, "%s", fault.text);
    cr_expect(!store_keep(homeless, record, true, NULL, &fault));
    cr_expect_eq(fault.kind, FAULT_INPUT);
    cr_expect(strstr(fault.text, "candour join") != NULL, "%s", fault.text);
    record_free(record);
    store_close(homeless);
}

Test(store, keeps_networks_apart)
{
    struct digest mine = council_network(), other = digest_of("candour tests: other", "", 0);
    struct entry at = keep(council_lesson(&leeds, "Here", "We are here."));

    cr_done(store_set_network(store, &other, &fault));
    cr_expect_eq(count_records(), 0);
    cr_expect(store_find(store, &at.id, true, &fault) == NULL);
    cr_expect_str_eq(asked("SELECT title FROM lessons"), "");
    leeds.network = other;
    leeds.seq = 0;
    keep(council_lesson(&leeds, "There", "We are there."));
    cr_expect_str_eq(asked("SELECT title FROM lessons"), "There\n");
    cr_done(store_set_network(store, &mine, &fault));
    cr_expect_str_eq(asked("SELECT title FROM lessons"), "Here\n");
    cr_expect_str_eq(verified(), "");
}

/* --- Bodies that come later; entering and leaving the set --- */

Test(store, takes_a_body_later)
{
    struct record *whole = council_lesson(&leeds, "Later", "We waited."),
                  *bare = without_body(whole);
    struct entry at = keep(bare);

    cr_expect_str_eq(asked("SELECT count(*), sum(body_here) FROM records"), "1|0\n");
    cr_expect_str_eq(asked("SELECT title FROM lessons"), "");
    cr_done(store_keep_body(store, whole, &fault));
    cr_done(store_keep_body(store, whole, &fault)); /* Again changes nothing. */
    cr_expect_str_eq(asked("SELECT title FROM lessons"), "Later\n");
    struct record *found = store_find(store, &at.id, true, &fault);
    cr_expect(found != NULL && record_has_body(found));
    record_free(found);
    record_free(whole);
    cr_expect_str_eq(verified(), "");
}

Test(store, shows_nothing_of_what_is_aside)
{
    struct entry at = keep_aside(council_publish(&leeds, snapshot_file));

    cr_expect_str_eq(asked("SELECT count(*) FROM records"), "0\n");
    cr_expect_str_eq(asked("SELECT count(*) FROM snapshots"), "0\n");
    cr_done(store_move(store, &at, true, &fault));
    cr_expect_str_eq(asked("SELECT count(*) FROM snapshots"), "3\n");
    cr_expect_str_eq(verified(), "");
    cr_done(store_move(store, &at, false, &fault));
    cr_done(store_move(store, &at, false, &fault));
    cr_expect_str_eq(asked("SELECT count(*) FROM snapshots"), "0\n");
    cr_expect_str_eq(verified(), "");
}

Test(store, forgets_the_words_of_what_leaves_the_set)
{
    struct record *record = council_lesson(&leeds, "Words", "We found words.");
    struct entry at = keep(record_hold(record));

    cr_done(store_move(store, &at, false, &fault));
    cr_expect_str_eq(verified(), "");
    cr_done(store_begin(store, &fault)); /* In and out before its words were in the index. */
    cr_done(store_move(store, &at, true, &fault));
    cr_done(store_move(store, &at, false, &fault));
    cr_done(store_move(store, &at, true, &fault));
    cr_done(store_commit(store, &fault));
    cr_expect_str_eq(verified(), "");
    cr_expect_str_eq(asked("SELECT title FROM lessons"), "");
    cr_done(store_keep_body(store, record, &fault));
    cr_expect_str_eq(verified(), "");
    cr_expect_str_eq(asked("SELECT title FROM lessons"), "Words\n");
    record_free(record);
}

Test(store, counts)
{
    struct store_counts counts;

    keep(council_lesson(&leeds, "One", "First."));
    keep(council_publish(&leeds, update_file));
    keep(council_publish(&leeds, snapshot_file));
    keep(council_publish(&leeds, indicator_file));
    keep_aside(council_lesson(&york, "Two", "Second."));
    cr_done(store_count(store, &counts, &fault));
    cr_expect_eq(counts.underived, 5);
    cr_expect_eq(store_not_searchable(&counts), counts.records, "one is set aside");
    cr_expect_eq(counts.lessons, 0);
    derive();
    cr_done(store_count(store, &counts, &fault));
    cr_expect_eq(counts.underived, 0);
    cr_expect_eq(counts.records, 4);
    cr_expect_eq(counts.aside, 1);
    cr_expect_eq(counts.bodies, 5);
    cr_expect_eq(counts.lessons, 1);
    cr_expect_eq(counts.updates, 1);
    cr_expect_eq(counts.indicators, 1);
    cr_expect_eq(counts.snapshots, 1);
    cr_expect_gt(counts.bytes, 4096);
}

Test(store, keeps_what_it_cannot_read)
{
    struct buffer content = {0};

    body_wrap(bytes_of("\x81\xa5title\x01", 8), &content); /* A title that is a number. */
    keep(council_say(&leeds, "lesson", buffer_view(&content), NULL));
    keep(council_say(&leeds, "nobody_knows", bytes_of_text("anything"), NULL));
    struct entry at = keep(council_say(&leeds, "lesson", bytes_of_text(""), NULL));
    cr_expect_str_eq(asked("SELECT kind, body_here FROM records ORDER BY seq"),
                     "lesson|1\nnobody_knows|1\nlesson|1\n");
    cr_expect_str_eq(asked("SELECT count(*) FROM lessons"), "0\n");
    cr_expect_str_eq(verified(), ""); /* It is no damage. */
    cr_done(store_move(store, &at, false, &fault));
    cr_expect_str_eq(verified(), "");
    buffer_release(&content);
}

/* --- Visiting --- */

static bool write_title(void *context, const struct stored *stored, struct fault *why)
{
    struct buffer *text = context;
    const struct header *header = record_header(stored->record);

    (void)why;
    buffer_printf(text, "%.*s %llu%s%s%s\n", (int)header->kind.size,
                  (const char *)header->kind.data, (unsigned long long)header->author.seq,
                  stored->in ? "" : " aside", stored->has_signer ? " signed" : "",
                  record_has_body(stored->record) ? " body" : "");
    return true;
}

Test(store, tells_ancestors_before_descendants)
{
    struct buffer text = {0};
    struct record *list[3];

    for (int i = 0; i < 3; i++)
        list[i] = council_lesson(&leeds, i == 0 ? "a" : i == 1 ? "b" : "c", "We did.");
    int64_t since_ms = leeds.time_ms;
    for (int i = 2; i >= 0; i--)
        keep(list[i]);
    cr_done(store_each(store, false, NULL, write_title, &text, &fault));
    cr_expect_str_eq(buffer_text(&text), "lesson 1 signed\nlesson 2 signed\nlesson 3 signed\n");
    buffer_clear(&text);
    struct record *whole = council_publish(&leeds, update_file);
    keep_aside(without_body(whole));
    record_free(whole);
    cr_done(store_each(store, true, &(struct selection){.since_ms = since_ms}, write_title, &text,
                       &fault));
    cr_expect_str_eq(buffer_text(&text), "lesson 3 signed body\nupdate 4 aside\n");
    buffer_release(&text);
}

/* Of every network, for what was said in one is known in the next. */
Test(store, tells_all_that_an_authority_has_signed)
{
    struct digest next = {{9}};
    struct buffer text = {0};

    keep(council_lesson(&leeds, "a", "We did."));
    keep(council_publish(&york, snapshot_file));
    keep(council_publish(&leeds, snapshot_file));
    struct entry at = keep(council_publish(&leeds, snapshot_file));
    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    cr_done(store_set_network(store, &next, &fault));
    cr_done(store_each_of(store, &leeds.feed.authority, write_title, &text, &fault));
    cr_expect_str_eq(buffer_text(&text),
                     "lesson 1 signed body\nsnapshot 2 signed body\nsnapshot 3 signed\n");
    buffer_release(&text);
}

static bool stop_at_once(void *context, const struct stored *stored, struct fault *why)
{
    (void)stored;
    (*(int *)context)++;
    return fault_set(why, FAULT_PEER, "enough");
}

Test(store, stops_where_the_visitor_says_so)
{
    int visits = 0;

    keep(council_lesson(&leeds, "One", "First."));
    keep(council_lesson(&leeds, "Two", "Second."));
    cr_expect(!store_each(store, false, NULL, stop_at_once, &visits, &fault));
    cr_expect_eq(visits, 1);
    cr_expect_str_eq(fault.text, "enough");
}

Test(store, tells_what_is_about_a_record)
{
    struct entry at = keep(council_lesson(&leeds, "One", "First."));
    struct buffer text = {0};

    keep(council_publish(&leeds, update_file));
    york.time_ms = leeds.time_ms;
    keep_aside(council_say(&york, "response", bytes_of_text("x"), &at.id));
    keep(council_say(&york, "response", bytes_of_text("y"), &at.id));
    derive();
    cr_done(store_each_about(store, &at.id, write_title, &text, &fault));
    cr_expect_str_eq(buffer_text(&text), "update 2 signed body\nresponse 2 signed body\n");
    buffer_release(&text);
}

/* With the index, without it, and while it is behind. */
Test(store, resolves_the_beginning_of_an_id)
{
    struct entry in = keep(council_lesson(&leeds, "One", "First."));
    struct entry aside = keep_aside(council_lesson(&leeds, "Two", "Second."));
    const struct entry *entries[] = {&in, &aside};

    for (int i = 0; i < 6; i++) {
        struct digest found = {{0}};
        char hex[2 * DIGEST_SIZE + 1];
        hex_of(hex, entries[i % 2]->id.bytes, DIGEST_SIZE);
        hex[7] = 0; /* An odd number of digits. */
        cr_done(store_resolve(store, hex, &found, &fault));
        cr_expect(digest_equal(&entries[i % 2]->id, &found), "%d", i);
        hex[5] = 0;
        cr_expect(!store_resolve(store, hex, &found, &fault));
        cr_expect_eq(fault.kind, FAULT_INPUT);
        cr_expect(!store_resolve(store, "fffffffffffff", &found, &fault));
        cr_expect_eq(fault.kind, FAULT_ABSENT);
        cr_expect(!store_resolve(store, "wednesday", &found, &fault));
        cr_expect_eq(fault.kind, FAULT_INPUT);
        if (i == 1)
            derive();
        if (i == 3)
            keep(council_lesson(&york, "Three", "Third."));
    }
}

Test(store, says_when_more_than_one_id_begins_so)
{
    char hex[2 * DIGEST_SIZE + 1];
    struct digest found;
    struct entry at = keep(council_lesson(&leeds, "One", "First."));
    struct entry twin = keep_aside(council_lesson(&leeds, "Two", "Second."));

    hex_of(hex, at.id.bytes, DIGEST_SIZE);
    hex[6] = 0;
    char sql[256], other[2 * DIGEST_SIZE + 1];
    hex_of(other, twin.id.bytes, DIGEST_SIZE);
    snprintf(sql, sizeof sql, "UPDATE record SET id = x'%s%s' WHERE id = x'%s'", hex, other + 6,
             other);
    damage(sql);
    cr_expect(!store_resolve(store, hex, &found, &fault));
    cr_expect(strstr(fault.text, "more than one") != NULL, "%s", fault.text);
}

/* --- What updates say --- */

Test(store, shows_a_lesson_as_its_latest_update_says)
{
    struct record *lesson = council_lesson(&leeds, "One", "First.");
    struct record *first = council_publish(&leeds, update_file);
    struct digest id = *record_id(lesson);
    struct entry first_at = entry_for(first);
    char hex[2 * DIGEST_SIZE + 1], file[400];

    hex_of(hex, id.bytes, DIGEST_SIZE);
    keep(first); /* Heard before the lesson. */
    keep(lesson);
    const char *select = "SELECT outcome, outcome_now, stage_now FROM lessons";
    cr_expect_str_eq(asked(select), "partly_worked|worked|completed\n");

    snprintf(file, sizeof file,
             "Kind: update\nAbout: %s\nStage: stopped\nOutcome: harmful\n\n"
             "## What changed since\nEverything.\n",
             hex);
    keep(council_publish(&york, file)); /* A stranger does not say how ours went. */
    cr_expect_str_eq(asked(select), "partly_worked|worked|completed\n");
    struct entry last = keep(council_publish(&leeds, file));
    cr_expect_str_eq(asked(select), "partly_worked|harmful|stopped\n");
    cr_expect_str_eq(verified(), "");

    cr_done(store_move(store, &last, false, &fault));
    cr_expect_str_eq(asked(select), "partly_worked|worked|completed\n");
    cr_done(store_move(store, &first_at, false, &fault));
    cr_expect_str_eq(asked(select), "partly_worked|partly_worked|midway\n");
    cr_expect_str_eq(verified(), "");
}

/* --- Transactions --- */

Test(store, keeps_all_of_a_transaction_or_nothing)
{
    cr_done(store_begin(store, &fault));
    keep(council_lesson(&leeds, "One", "First."));
    keep(council_lesson(&leeds, "Two", "Second."));
    store_rollback(store);
    cr_expect_eq(count_records(), 0);
    cr_done(store_begin(store, &fault));
    keep(council_lesson(&york, "Three", "Third."));
    cr_done(store_commit(store, &fault));
    cr_expect_eq(count_records(), 1);
    cr_expect_str_eq(verified(), "");
}

Test(store, undoes_one_step_of_a_transaction_and_keeps_the_others)
{
    struct record *alien = council_lesson(&york, "Alien", "From elsewhere.");

    cr_done(store_begin(store, &fault));
    keep(council_lesson(&leeds, "One", "First."));
    damage("PRAGMA query_only = 1"); /* Behind its back nothing can be written meanwhile. */
    cr_expect(!store_keep_body(store, alien, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_done(store_commit(store, &fault));
    record_free(alien);
    cr_expect_str_eq(asked("SELECT title FROM lessons"), "One\n");
}

Test(store, is_opened_with_care)
{
    static const struct {
        const char *pragma;
        int value;
    } rows[] = {{"PRAGMA foreign_keys", 1},   {"PRAGMA secure_delete", 1},
                {"PRAGMA synchronous", 2},    {"PRAGMA page_size", STORE_PAGE_SIZE},
                {"PRAGMA temp_store", 2},     {"PRAGMA trusted_schema", 0},
                {"PRAGMA cell_size_check", 1}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        sqlite3_stmt *query = NULL;
        cr_assert_eq(sqlite3_prepare_v2(store->db, rows[i].pragma, -1, &query, NULL), SQLITE_OK);
        cr_assert_eq(sqlite3_step(query), SQLITE_ROW);
        cr_expect_eq(sqlite3_column_int(query, 0), rows[i].value, "%s", rows[i].pragma);
        sqlite3_finalize(query);
    }
}

/* --- Values and the generation --- */

Test(store, remembers_values)
{
    struct buffer value = {0};

    cr_expect(!store_get_value(store, "status", &value, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_done(store_put_value(store, "status", bytes_of_text("well"), &fault));
    cr_done(store_put_value(store, "status", bytes_of_text("better"), &fault));
    cr_done(store_put_value(store, "nothing", (struct bytes){0}, &fault));
    cr_done(store_get_value(store, "status", &value, &fault));
    cr_expect_str_eq(buffer_text(&value), "better");
    buffer_clear(&value);
    cr_done(store_get_value(store, "nothing", &value, &fault));
    cr_expect_eq(value.size, 0);
    buffer_release(&value);
}

Test(store, notices_what_commands_left_and_nothing_else)
{
    struct store *command = store_open(room_path(), STORE_WRITE, &fault);
    uint64_t before = store_generation(store), ticket;
    struct chosen_peer peer = {.authority = york.feed.authority};

    cr_assert(command != NULL, "%s", fault.text);
    keep(council_lesson(&leeds, "Own", "By ourselves."));
    cr_done(store_put_value(command, "a", bytes_of_text("b"), &fault));
    cr_expect_eq(store_generation(store), before);
    cr_done(store_queue(command, QUEUE_SYNC, (struct bytes){0}, &ticket, &fault));
    cr_expect_gt(store_generation(store), before);
    before = store_generation(store);
    cr_done(store_queue_answer(store, ticket, FAULT_NONE, "", &fault));
    cr_expect_eq(store_generation(store), before);
    cr_done(store_put_peers(command, &peer, 1, &fault));
    cr_expect_gt(store_generation(store), before);
    store_close(command);
}

/* --- Peers --- */

Test(store, keeps_the_peers_that_were_chosen_last)
{
    struct chosen_peer peers[3] = {{leeds.feed.authority, "tcp://10.0.0.1:7400"},
                                   {york.feed.authority, ""},
                                   {hull.feed.authority, ""}};
    struct chosen_peer kept[3];
    size_t count;

    cr_done(store_put_peers(store, peers, 3, &fault));
    cr_done(store_get_peers(store, kept, 2, &count, &fault));
    cr_assert_eq(count, 2);
    cr_expect(digest_equal(&kept[1].authority, &york.feed.authority));
    cr_done(store_put_peers(store, &peers[1], 1, &fault));
    room_reopen(STORE_READ);
    cr_done(store_get_peers(store, kept, 3, &count, &fault));
    cr_assert_eq(count, 1);
    cr_expect_str_eq(kept[0].endpoint, "");
    cr_expect(!store_put_peers(store, peers, 3, &fault));
    cr_expect_eq(fault.kind, FAULT_SELF);
}

/* --- Reindexing --- */

Test(store, builds_what_is_derived_again)
{
    struct record *lesson = council_lesson(&leeds, "One", "First.");

    keep(lesson);
    keep(council_publish(&leeds, update_file));
    keep(council_publish(&leeds, snapshot_file));
    keep(council_publish(&leeds, profile_file));
    keep(council_publish(&leeds, indicator_file));
    derive();
    damage_index("DELETE FROM lesson; DELETE FROM snapshot_row; UPDATE entry SET kind = 'x';");
    cr_expect_str_neq(verified(), "");
    reindex();
    cr_expect_str_eq(verified(), "");
    cr_expect_str_eq(asked("SELECT title, outcome_now FROM lessons"), "One|worked\n");
    cr_expect_str_eq(asked("SELECT count(*) FROM snapshots"), "3\n");
}
