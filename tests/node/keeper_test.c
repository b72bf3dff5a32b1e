#include "node/keeper.h"
#include "tests/node/room.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* What the thread that writes facts does when nothing is left to be done. */

#define NOW_MS INT64_C(1767225600000) /* 1 January 2026 */

static struct store *desk; /* As a command has it open, so that nobody else empties the log. */
static struct keeper *keeper;

static const char *store_path(void)
{
    return home_file(&home, "store.sqlite", 0);
}

static void open_both(void)
{
    room_open();
    desk = store_open(store_path(), STORE_CREATE, &fault);
    cr_assert(desk != NULL, "%s", fault.text);
    keeper = keeper_open(store_path(), -1, &fault);
    cr_assert(keeper != NULL, "%s", fault.text);
}

static void close_both(void)
{
    keeper_close(keeper);
    store_close(desk);
    room_close();
}

TestSuite(keeper, .init = open_both, .fini = close_both);

static uint64_t put(const char *title)
{
    struct document *document = document_new(&lesson_form);
    uint64_t number = 0;

    document_add(document, "title", bytes_of_text(title), (struct place){0});
    struct draft *draft = draft_new(document, ATTRIBUTION_NAMED, NOW_MS);
    cr_done(store_put_draft(desk, &number, draft, &fault));
    draft_free(draft);
    return number;
}

static bool is_in(const char *path, const char *words)
{
    FILE *file = fopen(path, "rb");
    size_t same = 0, size = strlen(words);

    /* The first of the words is nowhere else in them. */
    for (int byte; file != NULL && same < size && (byte = fgetc(file)) != EOF;)
        same = byte == words[same] ? same + 1 : byte == words[0] ? 1 : 0;
    if (file != NULL)
        fclose(file);
    return same == size;
}

static bool is_kept(const char *words)
{
    char log[4096];

    snprintf(log, sizeof log, "%s-wal", store_path());
    return is_in(store_path(), words) || is_in(log, words);
}

static void hand_published(struct tasks *tasks, uint64_t number)
{
    struct task *task = tasks_add(tasks, TASK_PUBLISHED);

    task->number = number;
    task->now_ms = NOW_MS;
}

/* All that is handed over is done, and the pause after it is over. */
static void finish(void)
{
    keeper_close(keeper);
    keeper = NULL;
}

/* What SQLite leaves in its pages when rows change their size: by luck as a rule, here for sure,
 * and so long that no other row covers all of it. */
static void leave_behind(void)
{
    char title[1000] = "", sql[160];
    sqlite3 *db;

    while (strlen(title) + 8 < sizeof title)
        strcat(title, "Qzzqxj ");
    snprintf(sql, sizeof sql,
             "PRAGMA secure_delete = OFF; UPDATE draft SET title = NULL, content = x'c1' "
             "WHERE number = %llu",
             (unsigned long long)put(title));
    cr_assert_eq(sqlite3_open(store_path(), &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
    cr_assert(is_kept("Qzzqxj"));
}

Test(keeper, leaves_nothing_behind_of_what_was_published)
{
    struct tasks tasks = {0};

    hand_published(&tasks, put("One"));
    put("Vvwkq, which is not published");
    leave_behind();
    keeper_hand(keeper, &tasks);
    finish();
    tasks_release(&tasks);
    cr_expect_not(is_kept("Qzzqxj"));
    cr_expect(is_kept("Vvwkq"));
}

/* It lays the table of drafts anew, which is for what was published alone. */
Test(keeper, goes_through_no_drafts_where_none_was_published)
{
    struct tasks tasks = {0};

    leave_behind();
    tasks_add(&tasks, TASK_SETTLED);
    keeper_hand(keeper, &tasks);
    finish();
    tasks_release(&tasks);
    cr_expect(is_kept("Qzzqxj"));
}

/* Where more is to be done after it, the pause comes later, and is one for what was published
 * before. */
Test(keeper, remembers_what_was_published_until_there_is_a_pause)
{
    struct tasks tasks = {0};

    hand_published(&tasks, put("One"));
    leave_behind();
    for (size_t i = 0; i < 50; i++) {
        keeper_hand(keeper, &tasks);
        tasks_add(&tasks, TASK_SETTLED);
    }
    finish();
    tasks_release(&tasks);
    cr_expect_not(is_kept("Qzzqxj"));
}
