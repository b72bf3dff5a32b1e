#include "tests/store/old_store.h"
#include "tests/store/room.h"

#include "tests/support/council.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW INT64_C(1767225600000)

static sqlite3 *old;

static void execute(const char *sql)
{
    char *said = NULL;

    cr_assert(sqlite3_exec(old, sql, NULL, NULL, &said) == SQLITE_OK, "%s: %s", sql, said);
}

/* `kinds` has a letter for each value: b bytes, i a number, t a text, n NULL. */
union value {
    struct bytes bytes;
    int64_t number;
    const char *text;
};

static void insert(const char *sql, const char *kinds, const union value *values)
{
    sqlite3_stmt *query = NULL;

    cr_assert(sqlite3_prepare_v2(old, sql, -1, &query, NULL) == SQLITE_OK, "%s: %s", sql,
              sqlite3_errmsg(old));
    for (int i = 0; kinds[i] != 0; i++) {
        const union value *value = &values[i];
        if (kinds[i] == 'b')
            sqlite3_bind_blob64(query, i + 1,
                                value->bytes.size == 0 ? (const void *)"" : value->bytes.data,
                                value->bytes.size, SQLITE_STATIC);
        else if (kinds[i] == 'i')
            sqlite3_bind_int64(query, i + 1, value->number);
        else if (kinds[i] == 't')
            sqlite3_bind_text(query, i + 1, value->text, -1, SQLITE_STATIC);
    }
    cr_assert(sqlite3_step(query) == SQLITE_DONE, "%s: %s", sql, sqlite3_errmsg(old));
    sqlite3_finalize(query);
}

/* --- Rows --- */

static void insert_draft(const char *title, const char *state)
{
    struct document *document = document_new(&lesson_form);
    struct buffer content = {0};

    document_add(document, "title", bytes_of_text(title), (struct place){0});
    struct draft *draft = draft_new(document, ATTRIBUTION_NAMED, NOW);
    draft_write(draft, &content);
    insert(
        "INSERT INTO draft (state, title, content, updated_ms) VALUES (?, ?, ?, ?)", "ttbi",
        (union value[]){
            {.text = state}, {.text = title}, {.bytes = buffer_view(&content)}, {.number = NOW}});
    buffer_release(&content);
    draft_free(draft);
}

static void insert_drafts(void)
{
    insert_draft("Unpublished", "written");
    insert_draft("Rejected", "rejected");
    insert_draft("Gone", "written");
    execute("DELETE FROM draft WHERE title = 'Gone'"); /* Its number is never used again. */
}

static void insert_peers(int schema)
{
    char lines[400], hex[2 * DIGEST_SIZE + 1];

    hex_of(hex, york.feed.authority.bytes, DIGEST_SIZE);
    snprintf(lines, sizeof lines,
             schema == 1 ? "DROP TABLE peer; INSERT INTO value VALUES ('peers',"
                           " CAST('nonsense' || char(10) || '%s tcp://10.0.0.1:7400' || char(10) ||"
                           " 'xyz ' || char(10) AS BLOB))"
                         : "INSERT INTO peer VALUES (1, 0, x'%s', 'tcp://10.0.0.1:7400')",
             hex);
    execute(lines);
}

void old_store_make(int schema)
{
    struct digest mine = council_network(), other = digest_of("candour tests: other", "", 0);
    char *tables = file_text(SOURCE_DIR "/tests/store/schema_2.sql"), marks[80];

    derive_close();
    store_close(store);
    store = NULL;
    unlink(room_path());
    cr_assert(tables != NULL);
    cr_assert(sqlite3_open(room_path(), &old) == SQLITE_OK);
    execute("PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; BEGIN");
    execute(tables);
    free(tables);
    insert("INSERT INTO network VALUES (1, ?, 1), (2, ?, 0)", "bb",
           (union value[]){{.bytes = bytes_of(mine.bytes, DIGEST_SIZE)},
                           {.bytes = bytes_of(other.bytes, DIGEST_SIZE)}});
    insert_drafts();
    insert_peers(schema);
    execute("INSERT INTO queue (kind, frame) VALUES (0, CAST('waits' AS BLOB));"
            "INSERT INTO queue (kind, frame, outcome, text, answered_ms)"
            " VALUES (1, x'', 2, 'no', 4102444800000);"
            "INSERT INTO value VALUES ('status', CAST('well' AS BLOB));"
            "INSERT INTO charter VALUES (3, 1, CAST('a charter' AS BLOB), 7)");
    snprintf(marks, sizeof marks,
             "PRAGMA application_id = 1667329636; PRAGMA user_version = %d; COMMIT", schema);
    execute(marks);
    sqlite3_close(old);
}

/* --- Brought up to date --- */

static bool write_draft(void *context, uint64_t number, const struct draft *draft,
                        const struct digest *record, struct fault *why)
{
    struct bytes title = draft == NULL ? bytes_of_text("-") : draft_title(draft);

    (void)why;
    buffer_printf(context, "%llu %.*s%s\n", (unsigned long long)number, (int)title.size,
                  (const char *)title.data, record == NULL ? "" : " published");
    return true;
}

static bool write_bytes(void *context, struct bytes bytes, struct fault *why)
{
    (void)why;
    buffer_append(context, bytes);
    return true;
}

static void expect_facts(void)
{
    struct buffer text = {0};
    struct chosen_peer peers[4];
    size_t count;

    cr_done(store_each_draft(store, write_draft, &text, &fault));
    cr_expect_str_eq(buffer_text(&text), "1 Unpublished\n2 Rejected\n");
    buffer_clear(&text);
    cr_done(store_get_peers(store, peers, 4, &count, &fault));
    cr_assert_eq(count, 1);
    cr_expect(digest_equal(&peers[0].authority, &york.feed.authority));
    cr_expect_str_eq(peers[0].endpoint, "tcp://10.0.0.1:7400");
    cr_done(store_get_value(store, "status", &text, &fault));
    cr_expect_str_eq(buffer_text(&text), "well");
    buffer_clear(&text);
    cr_expect(!store_get_value(store, "peers", &text, &fault));
    cr_done(store_each_charter(store, write_bytes, &text, &fault));
    cr_expect_str_eq(buffer_text(&text), "a charter");
    buffer_release(&text);
}

static void expect_queue(void)
{
    struct buffer frame = {0};
    uint64_t ticket = 0;
    enum queue_kind kind;
    enum fault_kind outcome;
    char said[20];

    cr_done(store_queue_next(store, &ticket, &kind, &frame, &fault));
    cr_expect_eq(ticket, 1);
    cr_expect_str_eq(buffer_text(&frame), "waits");
    cr_done(store_queue_outcome(store, 2, &outcome, said, sizeof said, &fault));
    cr_expect_str_eq(said, "no");
    buffer_release(&frame);
}

void old_store_expect(void)
{
    struct store_counts counts;

    expect_facts();
    cr_done(store_count(store, &counts, &fault));
    cr_expect_eq(counts.records, 0);
    cr_expect_eq(counts.drafts, 1);
    cr_expect_eq(counts.queued, 1);
    cr_expect_str_eq(verified(), "");
    expect_queue();
}
