#include "store/internal.h"
#include "tests/store/room.h"
#include "tests/support/folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

TestSuite(sql, .init = room_open, .fini = room_close);

static void fill(void)
{
    keep(council_lesson(&leeds, "One", "First."));
    keep(council_publish(&leeds, update_file));
    keep(council_publish(&leeds, snapshot_file));
    keep(council_publish(&leeds, indicator_file));
    keep(council_publish(&leeds, profile_file));
    keep_aside(council_lesson(&york, "Two", "Second."));
}

Test(sql, answers_about_each_view)
{
    static const struct {
        const char *select, *answer;
    } rows[] = {
        {"SELECT title, abstract, service_area, outcome, stage, outcome_now, stage_now,"
         " what_did_not_work, recommendation, anonymous, published, scale FROM lessons",
         "One|We tried it.|home_care|partly_worked|midway|worked|completed|The second half.|"
         "Begin small.|0|2026-01-01T00:01:00Z|NULL\n"},
        {"SELECT u.what_changed, l.title FROM updates u JOIN lessons l ON l.id = u.about",
         "The second half came right.|One\n"},
        {"SELECT code, disaggregation, value, numerator, denominator, base, margin, flag FROM"
         " snapshots ORDER BY code",
         "1E|Total|5.5|220.0|4000.0|NULL|NULL|NULL\n2A1|Total|NULL|NULL|NULL|NULL|NULL|c\n"
         "3A|Female|-0.25|NULL|NULL|300.0|1.5|e\n"},
        {"SELECT DISTINCT framework, framework_version, area, period, status, sdc_profile, latest"
         " FROM snapshots",
         "ASCOF-2014||E08000035|2020-21|final|strict|1\n"},
        {"SELECT framework, code, name, plain_name, unit, polarity, decimals FROM indicators",
         "ASCOF-2014|1E|Employment|Adults who have a paid job|percent|higher|1\n"},
        {"SELECT contact_role, name, value, period, source, latest FROM profiles",
         "improvement officer|% 65 and over|15.8|2021|Census|1\n"},
        {"SELECT kind, field, word FROM words ORDER BY kind, field, word",
         "lesson|service_area|home_care\nprofile|languages|en\nprofile|services|home_care\n"
         "profile|services|send\n"},
        {"SELECT kind, author, feed, seq, topic, body_here FROM records ORDER BY seq",
         "lesson|named|1|1||1\nupdate|named|1|2||1\nsnapshot|named|1|3|adults/ascof|1\n"
         "indicator|named|1|4||1\nprofile|named|1|5||1\n"},
        {"SELECT count(*) FROM authorities", "0\n"},
    };

    fill();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(asked(rows[i].select), rows[i].answer);
}

Test(sql, shows_nothing_that_is_withheld)
{
    keep(council_lesson(&leeds, "Ring 07700 900123", "We told jane@kelder.example.uk."));
    cr_expect_str_eq(
        asked("SELECT title, what_we_did FROM lessons"),
        "Ring [withheld: a telephone number]|We told [withheld: an e-mail address].\n");
    cr_expect_str_eq(asked("SELECT count(*) FROM lessons WHERE title LIKE '%900123%'"), "0\n");
}

Test(sql, shows_no_row_of_a_snapshot_that_is_withheld)
{
    keep(council_publish(&leeds,
                         "Kind: snapshot\nFramework: ASCOF-2014\nArea: E08000035\nPeriod: 2020-21\n"
                         "Status: final\nDisclosure profile: strict\n\n## Rows\n"
                         "- 07700 900123 | Room 943 476 5919 | 5.5 | 220 | 4000 | | | \n"));
    cr_expect_str_eq(asked("SELECT code, disaggregation, value FROM snapshots"),
                     "[withheld: a telephone number]|Room [withheld: an NHS number]|5.5\n");
}

Test(sql, counts_every_view)
{
    static const char *const views[] = {
        "records", "lessons",     "updates",   "issues",      "responses", "endorsements",
        "labels",  "discussions", "reviews",   "actions",     "summaries", "offers",
        "links",   "indicators",  "snapshots", "authorities", "words",     "profiles",
        "forks",   "erasures",    "receipts"};
    char select[80];

    fill();
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        snprintf(select, sizeof select, "SELECT count(*) FROM %s", views[i]);
        asked(select);
        snprintf(select, sizeof select, "SELECT * FROM %s", views[i]);
        asked(select);
        snprintf(select, sizeof select, "SELECT 1 FROM %s a, %s b", views[i], views[i]);
        asked(select);
    }
}

/* --- docs/store.md says of every view and column what the schema says --- */

struct section {
    const char *view, *text;
    size_t columns;
};

static bool expect_columns(void *context, const char *const *names, const struct sql_value *values,
                           size_t count, struct fault *why)
{
    struct section *section = context;
    char column[80];

    (void)why;
    cr_expect(values == NULL, "%s has a row", section->view);
    section->columns += count;
    for (size_t i = 0; i < count; i++) {
        snprintf(column, sizeof column, "`%s`", names[i]);
        cr_expect(strstr(section->text, column) != NULL, "docs/store.md lacks %s.%s", section->view,
                  names[i]);
    }
    return true;
}

static void expect_section(const char *page, const char *view)
{
    char heading[64], select[120];

    snprintf(heading, sizeof heading, "\n### %s: ", view);
    const char *from = strstr(page, heading);
    cr_assert(from != NULL, "docs/store.md lacks the view %s", view);
    const char *to = strstr(from + 1, "\n### ");
    char *text = strndup(from, to == NULL ? strlen(from) : (size_t)(to - from));
    struct section section = {view, text, 0};
    snprintf(select, sizeof select, "SELECT * FROM %s WHERE 0", view);
    cr_done(store_sql(store, select, 5000, expect_columns, &section, &fault));
    cr_expect(section.columns > 0, "%s: an answer without a row tells no columns", view);
    free(text);
}

Test(sql, is_about_views_that_are_documented)
{
    static const char begin[] = "\nCREATE VIEW ";
    char *page = file_text(SOURCE_DIR "/docs/store.md");
    size_t views = 0;

    cr_assert(page != NULL);
    derive();
    for (const char *at = (const char *)schema_views().data; (at = strstr(at, begin)) != NULL;
         views++) {
        char view[40];
        cr_assert(sscanf(at += strlen(begin), "%39s", view) == 1);
        expect_section(page, view);
    }
    cr_expect_eq(views, 21);
    free(page);
}

Test(sql, shows_the_latest_of_revised_values)
{
    keep(council_publish(&leeds, snapshot_file));
    keep(council_publish(&leeds, "Kind: snapshot\nFramework: ASCOF-2014\nArea: E08000035\n"
                                 "Period: 2020-21\nStatus: revised\nDisclosure profile: strict\n\n"
                                 "## Rows\n- 1E | Total | 6.5 | 260 | 4000 | | | \n"));
    keep(council_publish(&york, snapshot_file)); /* Another council's is another snapshot. */
    cr_expect_str_eq(asked("SELECT value, status, latest FROM snapshots WHERE code = '1E'"
                           " ORDER BY published, latest"),
                     "5.5|final|0\n5.5|final|1\n6.5|revised|1\n");
}

Test(sql, reckons)
{
    fill();
    cr_expect_str_eq(asked("WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n"
                           " WHERE i < 5) SELECT sum(i), group_concat(i) FROM n;  -- done\n ;"),
                     "15|1,2,3,4,5\n");
    cr_expect_str_eq(asked("SELECT upper(substr(title, 1, 2)), json_object('a', 1) FROM lessons"),
                     "ON|{\"a\":1}\n");
    cr_expect_str_eq(asked("SELECT NULL, 1, 1.5, 'x', '', 9e999"), "NULL|1|1.5|x||Inf\n");
    cr_expect_str_eq(asked("SELECT rank() OVER (ORDER BY code) FROM snapshots"), "1\n2\n3\n");
    cr_expect_str_eq(asked("VALUES (1), (2)"), "1\n2\n");
    cr_expect_str_eq(asked("WITH a AS (SELECT * FROM lessons) SELECT count(*) FROM a, a AS b"),
                     "1\n");
    cr_expect_str_eq(asked("SELECT count(*) FROM (SELECT 1 UNION SELECT 2)"), "2\n");
}

static bool check_values(void *context, const char *const *names, const struct sql_value *values,
                         size_t count, struct fault *why)
{
    static const bool numbers[] = {true, true, false, false, false, false};

    (void)context;
    (void)why;
    cr_assert_eq(count, 6);
    cr_expect_str_eq(names[0], "a");
    cr_expect(values[5].text == NULL);
    cr_expect_eq(values[2].size, 2);
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(values[i].number, numbers[i], "%zu", i);
    return true;
}

Test(sql, tells_numbers_from_texts)
{
    cr_done(store_sql(store, "SELECT 1 AS a, -1.5 AS b, '12' AS c, 'x' AS d, -9e999, NULL", 1000,
                      check_values, NULL, &fault));
}

/* --- What is refused --- */

Test(sql, shows_nothing_but_the_views)
{
    static const char *const attacks[] = {
        "SELECT * FROM record",
        "SELECT count(*) FROM draft",
        "SELECT 1 FROM queue",
        "SELECT count(*) FROM DRAFT",
        "SELECT count(*) FROM \"Draft\" AS lessons",
        "SELECT count(*) FROM sqlite_schema",
        "SELECT count(*) FROM main.draft",
        "WITH lessons AS (SELECT count(*) FROM draft) SELECT * FROM lessons",
        "WITH lessons AS (SELECT 1 FROM queue) SELECT count(*) FROM lessons",
        "SELECT count(*) FROM pragma_database_list",
        "SELECT count(*) FROM record",
        "SELECT * FROM draft",
        "SELECT * FROM value",
        "SELECT * FROM main.record",
        "SELECT content FROM wire",
        "SELECT * FROM lessons, draft",
        "SELECT count(*) FROM lessons, draft",
        "SELECT * FROM lessons WHERE id IN (SELECT content FROM draft)",
        "SELECT (SELECT content FROM draft) FROM lessons",
        "SELECT * FROM lesson",
        "SELECT * FROM wire",
        "SELECT * FROM entry",
        "SELECT * FROM derived.entry",
        "SELECT * FROM derived.sqlite_schema",
        "SELECT * FROM words_1",
        "SELECT * FROM words_1 WHERE words_1 MATCH 'first'",
        "SELECT * FROM words_1_data",
        "SELECT * FROM sqlite_schema",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM temp.sqlite_schema",
        "SELECT * FROM sqlite_temp_schema",
        "SELECT * FROM sqlite_sequence",
        "SELECT * FROM pragma_database_list",
        "SELECT * FROM pragma_table_info('draft')",
        "SELECT * FROM dbstat",
        "SELECT * FROM json_each('[1]')",
        "SELECT * FROM main.lessons UNION SELECT content FROM draft",
        /* Common table expressions in a view's place. */
        "WITH lessons AS (SELECT * FROM draft) SELECT * FROM lessons",
        "WITH lessons AS MATERIALIZED (SELECT * FROM record) SELECT * FROM lessons",
        "WITH records (a) AS (SELECT id FROM record) SELECT * FROM records",
        "WITH view_ AS (SELECT * FROM draft) SELECT * FROM view_",
        "WITH \"lessons\" AS (SELECT * FROM (SELECT * FROM draft)) SELECT * FROM \"lessons\"",
        "WITH lesson_field AS (SELECT * FROM wire) SELECT * FROM lesson_field",
        "SELECT * FROM (SELECT * FROM draft) AS lessons",
        "SELECT * FROM draft AS lessons",
        "SELECT * FROM lessons UNION ALL SELECT * FROM (WITH words AS (SELECT * FROM value) SELECT"
        " * FROM words)",
    };

    fill();
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        asked_in_vain(attacks[i]);
    cr_expect(strstr(asked_in_vain("SELECT * FROM draft"),
                     "only the views records, lessons, updates, issues, responses, endorsements, "
                     "labels, discussions, reviews, actions, summaries, offers, links, indicators, "
                     "snapshots, authorities, words, profiles, forks, erasures and receipts can be "
                     "read, not draft") != NULL,
              "%s", fault.text);
}

Test(sql, changes_nothing)
{
    static const char *const attacks[] = {
        "DELETE FROM record",
        "INSERT INTO value VALUES ('a', 'b')",
        "UPDATE lessons SET title = 'x'",
        "CREATE TABLE t (a)",
        "CREATE TEMP TABLE t (a)",
        "CREATE TEMP VIEW t AS SELECT 1",
        "DROP VIEW lessons",
        "DROP VIEW temp.lessons",
        "ATTACH 'other' AS other",
        "ATTACH ':memory:' AS other",
        "DETACH temp",
        "PRAGMA journal_mode",
        "PRAGMA query_only = 0",
        "PRAGMA writable_schema = 1",
        "VACUUM",
        "VACUUM INTO '/tmp/candour-test-vacuum'",
        "REINDEX",
        "ANALYZE",
        "BEGIN",
        "SAVEPOINT a",
        "EXPLAIN SELECT 1",
        "EXPLAIN QUERY PLAN SELECT * FROM lessons",
        "SELECT 1; DELETE FROM record",
        "SELECT 1; SELECT 2",
        "SELECT 1; nonsense",
        "WITH a AS (SELECT 1) DELETE FROM record",
        "SELECT load_extension('x')",
        "SELECT fts5()",
        "SELECT fts3_tokenizer('simple')",
        "SELECT body_text('lesson', x'00', 'title')",
        "SELECT randomblob(10)",
        "SELECT writefile('/tmp/candour-test', 'x')",
        "SELECT readfile('/etc/passwd')",
        "SELECT edit('x')",
        "SELECT sqlite_compileoption_get(1)",
        "SELECT zeroblob(1000000000)",
        "SELECT x'ff'",
        "SELECT CAST(x'ff' AS TEXT)",
        "SELECT char(0)",
        "",
        " -- nothing\n",
        ";",
        "SELECT",
        "SELECT nothing FROM lessons",
        "SELECT abs(-9223372036854775808)",
    };

    fill();
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++)
        cr_expect_eq(strncmp(asked_in_vain(attacks[i]), "sql: ", 5), 0, "%s: %s", attacks[i],
                     fault.text);
    cr_expect_str_eq(verified(), "");
    cr_expect_eq(count_records(), 6);
}

Test(sql, says_what_sqlite_says)
{
    cr_expect_str_eq(asked_in_vain("SELECT titel FROM lessons"), "sql: no such column: titel");
    cr_expect_str_eq(asked_in_vain("SELEKT 1"), "sql: near \"SELEKT\": syntax error");
    cr_expect_str_eq(asked_in_vain("SELECT randomblob(1)"),
                     "sql: this function cannot be used here: randomblob");
    cr_expect_str_eq(asked_in_vain("SELECT 1; SELECT 2"),
                     "sql: one SELECT at a time, and nothing after it");
}

Test(sql, stops_what_never_ends)
{
    static const char *const bombs[] = {
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION SELECT i + 1 FROM n) SELECT i FROM n"
        " WHERE i < 0",
        "WITH a AS (VALUES (1), (2), (3), (4), (5), (6), (7), (8)) SELECT count(*) FROM a, a AS b,"
        " a AS c, a AS d, a AS e, a AS f, a AS g, a AS h, a AS i, a AS j",
    };
    struct timespec before, after;

    for (size_t i = 0; i < sizeof bombs / sizeof *bombs; i++) {
        clock_gettime(CLOCK_MONOTONIC, &before);
        const char *said = asked_in_vain(bombs[i]);
        clock_gettime(CLOCK_MONOTONIC, &after);
        cr_expect(strncmp(said, "sql: stopped", 12) == 0, "%s", said);
        cr_expect_leq(after.tv_sec - before.tv_sec, 4);
    }
}

static bool stop(void *context, const char *const *names, const struct sql_value *values,
                 size_t count, struct fault *why)
{
    (void)names;
    (void)values;
    (void)count;
    (*(int *)context)++;
    return fault_set(why, FAULT_PEER, "enough");
}

Test(sql, stops_where_the_visitor_says_so)
{
    int visits = 0;

    cr_expect(!store_sql(store, "VALUES (1), (2)", 1000, stop, &visits, &fault));
    cr_expect_eq(visits, 1);
    cr_expect_str_eq(fault.text, "enough");
}
