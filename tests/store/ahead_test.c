#include "store/internal.h"
#include "tests/store/room.h"
#include "tests/support/chance.h"

#include "protocol/receipt.h"

#include <stdio.h>
#include <string.h>

/* What is derived in bulk, with rows taken apart ahead on another thread, is what is derived one
 * row at a time; and the search index has what FTS5's own tokenizers make of the texts. */

TestSuite(ahead, .init = room_open, .fini = room_close);

static struct store *deriving;

static void open_deriver(void)
{
    deriving = store_open(room_path(), STORE_DERIVE, &fault);
    cr_assert(deriving != NULL, "%s", fault.text);
}

static void derive_by(size_t most, bool bulk)
{
    uint64_t left;

    do
        cr_done(store_derive(deriving, most, bulk, &left, &fault));
    while (left > 0);
}

/* --- Lessons of any words --- */

#define TEN "abcdefghij"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const char *const words[] = {
    "the",
    "and",
    "a",
    "i",
    "yr",
    "o",
    "waiting",
    "waited",
    "generalisations",
    "relational",
    "ponies",
    "caresses",
    "hopping",
    "Services",
    "HOMES",
    "caf\xc3\xa9",
    "nai\xcc\x88ve",
    "\xc5\xb5yneb",
    "\xc5\x81\xc3\xb3\x64\xc5\xba",
    "\xce\x91\xce\xb8\xce\xae\xce\xbd\xce\xb1",
    "\xe6\x9d\xb1\xe4\xba\xac",
    "\xf0\x9f\x8f\xa0",
    "\xee\x80\x80",
    "don't",
    "e-mail",
    "2024/25",
    "p1.5p",
    "p100pc",
    "s",
    "sss",
    "ies",
    HUNDRED,
    TEN TEN TEN TEN TEN TEN "ings",
    "\xe2\x80\x94",
    "\xc2\xa0",
    "\xc3\x9f",
    "x\xcc\x81",
    "care",
    "caring",
    "cares",
    "not",
};
#define WORDS (sizeof words / sizeof *words)

/* A line begins with no white space and is not empty. */
static void write_text(struct buffer *text, size_t most)
{
    buffer_append_text(text, words[chance(2) == 0 ? 0 : chance(WORDS)]);
    for (size_t i = chance(most); i-- > 0;)
        buffer_printf(text, "%s%s", chance(9) == 0 ? "\n" : " ", words[chance(WORDS)]);
}

static struct record *lesson_by_lot(void)
{
    static const char *const topics[] = {"", "care", "care/home", "adults"};
    bool worked = chance(2) == 0;
    struct buffer file = {0};

    buffer_printf(&file,
                  "Title: A %s\nService: %s\nOutcome: %s\nStage: midway\n"
                  "Evidence: opinion\nSource: project\n",
                  words[chance(6)], chance(2) == 0 ? "home_care" : "carers, home_care",
                  worked ? "worked" : "partly_worked");
    const char *topic = topics[chance(4)];
    buffer_printf(&file, "%s%s\n## Abstract\n", *topic == 0 ? "" : "Topic: ", topic);
    write_text(&file, 4);
    buffer_append_text(&file, "\n\n## What we did\n");
    write_text(&file, 30);
    if (!worked) {
        buffer_append_text(&file, "\n\n## What did not work\n");
        write_text(&file, 20);
    }
    buffer_append_text(&file, "\n\n## Recommendation\n");
    write_text(&file, 6);
    buffer_append_text(&file, "\n");
    struct record *record = council_publish(&leeds, buffer_text(&file));
    buffer_release(&file);
    return record;
}

/* --- A store with something of everything --- */

static void keep_receipt(void)
{
    struct digest id = council_network();
    struct buffer map = {0}, content = {0};

    receipt_write(&id, 1, &map);
    body_wrap(buffer_view(&map), &content);
    keep(council_say(&york, "receipt", buffer_view(&content), NULL));
    buffer_release(&map);
    buffer_release(&content);
}

static void keep_by_lot(struct record *late[static 8], size_t *late_count)
{
    struct record *lesson = lesson_by_lot();
    struct entry at = entry_for(lesson);
    size_t lot = chance(12);

    if (lot == 0 && *late_count < 8) {
        late[(*late_count)++] = record_hold(lesson);
        keep(without_body(lesson));
        record_free(lesson);
        return;
    }
    keep(lesson);
    if (lot == 1)
        cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    if (lot == 2)
        cr_done(store_set_text(store, &at, TEXT_HIDDEN, &fault));
    if (lot == 3)
        cr_done(store_move(store, &at, false, &fault));
    if (lot == 4)
        cr_done(store_drop_body(store, &at, &fault));
    if (lot == 5)
        keep(council_publish(&leeds, update_file));
}

static void fill(size_t lessons)
{
    struct record *late[8];
    size_t late_count = 0;

    for (size_t i = 0; i < lessons; i++) {
        keep_by_lot(late, &late_count);
        if (late_count > 0 && chance(6) == 0) {
            cr_done(store_keep_body(store, late[--late_count], &fault));
            record_free(late[late_count]);
        }
        if (i == lessons / 2) {
            keep(council_publish(&hull, snapshot_file));
            keep(council_publish(&hull, profile_file));
            keep(council_publish(&hull, indicator_file));
            keep(council_say(&york, "lesson", bytes_of_text("no lesson"), NULL));
            keep(council_say(&york, "nobody_knows", bytes_of_text("anything"), NULL));
            keep_receipt();
        }
    }
    while (late_count > 0)
        record_free(late[--late_count]);
    /* A body that cannot be unpacked. */
    damage("UPDATE wire SET content = x'00' WHERE number = 3");
}

/* --- What is derived --- */

static void tell(struct buffer *told, const char *select)
{
    sqlite3_stmt *query = prepare(deriving, select, "telling", &fault);

    cr_assert(query != NULL, "%s", fault.text);
    while (step(deriving, query, "telling", &fault) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(query); i++)
            buffer_printf(told, "%s|", column_word(query, i));
        buffer_append_text(told, "\n");
    }
    sqlite3_finalize(query);
}

/* Each term of a table of words, where it stands. */
static void tell_terms(struct buffer *told, const char *schema, const char *table,
                       const char *where)
{
    char sql[300];

    snprintf(sql, sizeof sql, "CREATE VIRTUAL TABLE temp.terms USING fts5vocab (%s, %s, instance)",
             schema, table);
    cr_done(execute(deriving, sql, "telling", &fault));
    snprintf(sql, sizeof sql,
             "SELECT term, doc, col, \"offset\" FROM temp.terms WHERE %s ORDER BY 1, 2, 3, 4",
             where);
    tell(told, sql);
    cr_done(execute(deriving, "DROP TABLE temp.terms", "telling", &fault));
}

static int64_t count_pieces(void)
{
    int64_t count = 0;
    sqlite3_stmt *query = prepare(deriving, "SELECT count(*) FROM piece", "telling", &fault);

    run_number(deriving, query, &count, "telling", &fault);
    sqlite3_finalize(query);
    return count;
}

static struct buffer tell_all(void)
{
    static const char *const tables[] = {"entry",        "reference", "receipt",     "fork",
                                         "lesson",       "update_of", "response_of", "snapshot",
                                         "snapshot_row", "tally"};
    struct buffer told = {0};
    char sql[100], name[40];

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY 1, 2", tables[i]);
        tell(&told, sql);
    }
    tell(&told, "SELECT number, last FROM progress");
    tell(&told, "SELECT number, first, lessons, stale, full FROM piece");
    for (int64_t i = 1; i <= count_pieces(); i++) {
        snprintf(name, sizeof name, "words_%lld", (long long)i);
        tell_terms(&told, "derived", name, "1");
        snprintf(sql, sizeof sql, "SELECT id, hex(sz) FROM %s_docsize ORDER BY id", name);
        tell(&told, sql);
    }
    return told;
}

static void renew(int64_t piece_lessons)
{
    cr_done(index_renew(deriving, &fault));
    deriving->piece_lessons = piece_lessons;
}

static void expect_same(const struct buffer *live, const char *what)
{
    struct buffer told = tell_all();

    cr_expect(bytes_equal(buffer_view(live), buffer_view(&told)), "%s", what);
    buffer_release(&told);
}

Test(ahead, makes_what_is_made_row_by_row)
{
    fill(400); /* Some batches. */
    open_deriver();
    renew(150); /* Some pieces, each of which ends within a batch. */
    derive_by(1, false);
    struct buffer live = tell_all();
    cr_expect_gt(live.size, 100000);
    cr_expect_gt(count_pieces(), 1);
    renew(150);
    derive_by(1000, true);
    expect_same(&live, "all at once");
    renew(150);
    derive_by(7, true);
    expect_same(&live, "seven at a time");
    renew(150);
    derive_by(1000, false);
    expect_same(&live, "without another thread");
    cr_expect(strstr(verified_as_it_is(), "\n") != NULL); /* The one that is damaged, */
    cr_expect(strstr(verified_as_it_is(), "reindex") == NULL, "%s", verified_as_it_is());
    buffer_release(&live);
    store_close(deriving);
}

/* What came in bulk is not merged with what comes by itself after it. */
Test(ahead, begins_a_piece_where_bulk_ends)
{
    uint64_t left;

    fill(100);
    open_deriver();
    renew(200);
    cr_done(store_derive(deriving, 90, true, &left, &fault));
    cr_expect_gt(left, 0);
    cr_expect_eq(count_pieces(), 1);
    derive_by(1, false);
    cr_expect_eq(count_pieces(), 2);
    fill(10); /* Too few to have a piece of their own. */
    derive_by(1000, true);
    fill(5);
    derive_by(1, false);
    cr_expect_eq(count_pieces(), 2);
    store_close(deriving);
}

/* As the index was before it was given lists. */
static const char plain[] =
    "CREATE VIRTUAL TABLE temp.plain USING fts5 (" WORDS_COLUMNS
    ", facets, content = '', tokenize = 'porter words');"
    "INSERT INTO temp.plain (rowid, " WORDS_COLUMNS ") SELECT l.body,"
    " body_text('lesson', b.content, 'title'), body_text('lesson', b.content, 'abstract'),"
    " body_text('lesson', b.content, 'what_we_did'),"
    " body_text('lesson', b.content, 'what_did_not_work'),"
    " body_text('lesson', b.content, 'recommendation'), ''"
    " FROM lesson l JOIN wire b ON b.number = l.body ORDER BY l.body";

Test(ahead, makes_the_words_that_fts5_makes_of_the_texts)
{
    struct buffer given = {0}, made = {0};

    fill(200);
    open_deriver();
    derive_by(1000, true);
    cr_done(execute(deriving, plain, "telling", &fault));
    tell_terms(&given, "derived", "words_1", "col NOT IN ('rest', 'facets')");
    tell_terms(&made, "temp", "plain", "1");
    cr_expect_gt(given.size, 50000);
    cr_expect(bytes_equal(buffer_view(&given), buffer_view(&made)));
    buffer_clear(&given);
    buffer_clear(&made);
    /* How many words a column has; the last two are put together. */
    tell(&given, "SELECT id, hex(substr(sz, 1, 5)) FROM words_1_docsize"
                 " WHERE id IN (SELECT body FROM lesson) ORDER BY id");
    tell(&made, "SELECT id, hex(substr(sz, 1, 5)) FROM temp.plain_docsize ORDER BY id");
    cr_expect(bytes_equal(buffer_view(&given), buffer_view(&made)));
    cr_done(execute(deriving, "DROP TABLE temp.plain", "telling", &fault));
    buffer_release(&given);
    buffer_release(&made);
    store_close(deriving);
}

/* --- What a list is made of --- */

static void append_word(void *context, struct bytes word, size_t start, size_t end)
{
    (void)start;
    (void)end;
    buffer_append(context, word);
    buffer_append_text(context, "\n");
}

/* Also of a text that itself begins like a list. */
Test(ahead, lists_the_words_of_any_text)
{
    struct buffer text = {0}, list = {0}, listed = {0}, heard = {0};

    for (int i = 0; i < 3000; i++) {
        buffer_clear(&text);
        buffer_clear(&list);
        buffer_clear(&listed);
        buffer_clear(&heard);
        if (chance(3) == 0)
            buffer_append_text(&text, WORDS_LISTED);
        for (size_t k = chance(20); k-- > 0;) {
            uint8_t byte = (uint8_t)(1 + chance(255));
            buffer_append(&text, bytes_of(&byte, chance(4) == 0));
            buffer_append_text(&text, words[chance(WORDS)]);
            buffer_append_text(&text, chance(3) == 0 ? "" : chance(2) == 0 ? " " : WORDS_LISTED);
        }
        words_list(&store->kit, buffer_view(&text), &list);
        words_listed_each(buffer_view(&list), append_word, &listed);
        words_each(store, buffer_view(&text), false, append_word, &heard);
        cr_expect(bytes_equal(buffer_view(&listed), buffer_view(&heard)), "%d", i);
        cr_expect(memchr(listed.data, WORDS_LISTED[0], listed.size) == NULL, "%d", i);
    }
    buffer_release(&text);
    buffer_release(&list);
    buffer_release(&listed);
    buffer_release(&heard);
}

/* --- What must not be in it --- */

#define RARE "zzqxj"

static struct entry keep_rare(void)
{
    return keep(council_lesson(&leeds, "Rare", "We wrote " RARE "rare once."));
}

Test(ahead, has_nothing_of_what_is_erased_before_it_is_come_to)
{
    uint64_t left;

    for (int i = 0; i < 3; i++)
        keep(council_lesson(&leeds, "Before", "It was quiet."));
    struct entry at = keep_rare();
    keep(council_lesson(&leeds, "After", "It was quiet again."));
    open_deriver();
    /* The second call comes to it, and has nothing of what the first one read. */
    cr_done(store_derive(deriving, 3, true, &left, &fault));
    cr_expect_eq(left, 2);
    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    derive_by(1000, true);
    cr_done(store_purged(store, store_index_purged(deriving, NULL), false, 1, &fault));
    cr_expect(room_file_with(RARE) == NULL, "%s", room_file_with(RARE));
    cr_expect_str_eq(verified_as_it_is(), "");
    store_close(deriving);
}

Test(ahead, stops_at_a_record_that_is_damaged_and_goes_on_when_it_is_mended)
{
    uint64_t left;

    for (int i = 0; i < 10; i++)
        keep(council_lesson(&leeds, "Some", "It was quiet."));
    damage("CREATE TABLE aside AS SELECT number, header FROM wire WHERE number = 6;"
           "UPDATE wire SET header = x'00' WHERE number = 6");
    open_deriver();
    for (int bulk = 0; bulk < 2; bulk++) {
        cr_expect(!store_derive(deriving, 1000, bulk == 1, &left, &fault));
        cr_expect_eq(fault.kind, FAULT_SELF);
        cr_expect(strstr(fault.text, "a record is damaged") != NULL, "%s", fault.text);
        if (bulk == 0)
            cr_done(store_derive(deriving, 5, true, &left, &fault));
    }
    damage("UPDATE wire SET header = (SELECT header FROM aside) WHERE number = 6;"
           "DROP TABLE aside");
    derive_by(1000, true);
    cr_expect_str_eq(verified_as_it_is(), "");
    cr_expect_str_eq(asked_as_it_is("SELECT count(*) FROM lessons"), "10\n");
    store_close(deriving);
}

/* A lesson whose title begins with this byte. */
static void keep_beginning(char byte)
{
    struct record *lesson = council_lesson(&leeds, "Xzebras came", "It was quiet.");
    struct buffer content = {0};

    buffer_append(&content, record_content(lesson));
    for (size_t i = 0; i + 6 < content.size; i++)
        if (memcmp(content.data + i, "Xzebra", 6) == 0)
            content.data[i] = (uint8_t)byte;
    keep(council_say(&york, "lesson", buffer_view(&content), NULL));
    buffer_release(&content);
    record_free(lesson);
}

Test(ahead, takes_no_text_for_a_list)
{
    keep_beginning(WORDS_LISTED[0]);
    keep_beginning('Y');
    open_deriver();
    derive_by(1000, true);
    cr_expect_str_eq(asked_as_it_is("SELECT title FROM lessons"), "Yzebras came\n");
    cr_expect_str_eq(verified_as_it_is(), "");
    store_close(deriving);
}

/* --- Of another program's time --- */

Test(ahead, derives_anew_what_an_older_program_derived)
{
    keep(council_lesson(&leeds, "One", "It was quiet."));
    derive();
    derive_close();
    damage_index("DELETE FROM lesson; UPDATE progress SET number = 1; PRAGMA user_version = 1");
    cr_expect_str_eq(asked("SELECT title FROM lessons"), "One\n");
    cr_expect_str_eq(verified(), "");
}
