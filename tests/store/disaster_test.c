#include "tests/store/bad_disk.h"
#include "tests/store/room.h"

#include "store/search.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

TestSuite(disaster, .fini = room_close);

/* --- A full disk --- */

/* Open the store again after the disaster: whole, with so many records. */
static void expect_whole(uint64_t records, int64_t at)
{
    bad_disk_mend();
    room_reopen(STORE_WRITE);
    cr_expect_eq(count_records(), records, "with room for %lld bytes", (long long)at);
    cr_expect_str_eq(verified(), "", "with room for %lld bytes: %s", (long long)at, verified());
}

/* Fill the disk up after each so many bytes of keeping one record: it is here wholly or not at all,
 * and a store that said it was kept has it. */
static void walk(const struct record *record, int error, const char *told)
{
    bool kept = false;
    int64_t step = 1021, refusals = 0;
    uint64_t before = count_records();

    for (int64_t at = 0; !kept; at += step) {
        bad_disk_leave(at, error);
        kept = store_keep(store, record, true, NULL, &fault);
        if (!kept) {
            refusals++;
            cr_expect_eq(fault.kind, FAULT_SELF);
            cr_expect(strstr(fault.text, told) != NULL, "%s", fault.text);
            cr_expect(strstr(fault.text, room_path()) != NULL, "%s", fault.text);
        }
        cr_expect(at <= bad_disk_written() + step, "it stopped by itself");
        if (!kept && refusals % 8 == 0)
            expect_whole(before, at);
    }
    expect_whole(before + 1, 0);
    cr_expect_gt(refusals, 10);
    fprintf(stderr, "disaster: %lld places\n", (long long)refusals);
}

static void open_on_bad_disk(void)
{
    bad_disk_install();
    bad_disk_mend();
    room_open();
}

Test(disaster, keeps_a_record_wholly_or_not_at_all_on_a_full_disk, .init = open_on_bad_disk)
{
    keep(council_lesson(&leeds, "Before", "There was room."));
    struct record *lesson = council_lesson(&leeds, "The disk is full", "We filled it.");
    struct record *values = council_publish(&leeds, snapshot_file);

    walk(lesson, SQLITE_FULL, "the disk is full, and nothing of this was kept: free some space");
    walk(values, SQLITE_IOERR_WRITE, "the disk answers with an error: look into the system's log");
    record_free(lesson);
    record_free(values);
    cr_expect_str_eq(asked("SELECT title FROM lessons ORDER BY title"),
                     "Before\nThe disk is full\n");
}

Test(disaster, keeps_nothing_of_a_transaction_that_a_bad_disk_undid, .init = open_on_bad_disk)
{
    /* So much that SQLite must write before the commit, and that packs badly. */
    char *text = malloc(4001);
    struct record *record = NULL;
    bool kept = true;
    uint32_t lot = 1;

    for (int i = 0; i < 4000; i++) {
        lot = lot * 1103515245 + 12345;
        text[i] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-"[lot >> 26];
    }
    text[4000] = 0;
    cr_done(store_begin(store, &fault));
    bad_disk_leave(200000, SQLITE_FULL);
    for (int i = 0; kept && i < 20000; i++) {
        record_free(record);
        record = council_lesson(&leeds, "Large", text);
        kept = store_keep(store, record, true, NULL, &fault);
    }
    cr_expect(!kept);
    cr_expect(strstr(fault.text, "the disk is full") != NULL, "%s", fault.text);
    bad_disk_mend();
    /* There is room again, but the transaction is gone: nothing may slip in as if it were there. */
    cr_expect(!store_keep(store, record, true, NULL, &fault));
    cr_expect(strstr(fault.text, "an earlier failure undid") != NULL, "%s", fault.text);
    struct entry at = entry_for(record);
    cr_expect(!store_move(store, &at, true, &fault));
    cr_expect(strstr(fault.text, "an earlier failure undid") != NULL, "%s", fault.text);
    cr_expect(!store_commit(store, &fault));
    cr_expect(strstr(fault.text, "nothing of it was kept") != NULL, "%s", fault.text);
    record_free(record);
    free(text);
    expect_whole(0, 0);
}

Test(disaster, leaves_no_half_made_store, .init = open_on_bad_disk)
{
    const char *path = folder_file(&folder, "second.sqlite");
    struct store *second = NULL;

    for (int64_t at = 0; second == NULL; at += 8000) {
        bad_disk_leave(at, SQLITE_FULL);
        second = store_open(path, STORE_CREATE, &fault);
        if (second == NULL) {
            cr_expect_eq(fault.kind, FAULT_SELF);
            cr_expect(access(path, F_OK) != 0, "with room for %lld bytes", (long long)at);
        }
    }
    bad_disk_mend();
    store_close(second);
}

/* --- kill -9 --- */

static void keep_until_killed(int told)
{
    char title[40];

    room_reopen(STORE_WRITE);
    for (int i = 0; i < 100000; i++) {
        bool batch = i % 3 == 0;
        if (batch)
            cr_done(store_begin(store, &fault));
        for (int k = 0; k < (batch ? 5 : 1); k++) {
            snprintf(title, sizeof title, "Lesson %d of %d", k, i);
            keep(council_lesson(&leeds, title, "We did it."));
        }
        if (batch)
            cr_done(store_commit(store, &fault));
        if (write(told, batch ? "+++++" : "+", batch ? 5 : 1) < 0)
            _exit(1);
    }
    _exit(0);
}

/* Records acknowledged by a child that was killed at some moment of its work. */
static uint64_t kill_after(unsigned us)
{
    int ends[2];
    char acknowledged[512];
    uint64_t count = 0;
    ssize_t size;

    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        keep_until_killed(ends[1]);
    }
    close(ends[1]);
    nanosleep(&(struct timespec){.tv_nsec = (long)us * 1000}, NULL);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    while ((size = read(ends[0], acknowledged, sizeof acknowledged)) > 0)
        count += (uint64_t)size;
    close(ends[0]);
    return count;
}

Test(disaster, has_all_it_said_it_kept_after_kill_9, .init = room_open)
{
    for (unsigned i = 0; i < 12; i++) {
        store_close(store);
        store = NULL;
        uint64_t acknowledged = kill_after(20000 + i * 7001);
        store = store_open(room_path(), STORE_WRITE, &fault);
        cr_assert(store != NULL, "%s", fault.text);
        uint64_t kept = count_records();
        /* What was being acknowledged when the child died may be there too: one batch. */
        cr_expect_geq(kept, acknowledged);
        cr_expect_leq(kept, acknowledged + 5);
        cr_expect_str_eq(verified(), "");
        room_close();
        room_open();
    }
}

/* --- A reader while somebody writes --- */

static bool count_hit(void *context, const struct hit *hit, struct fault *why)
{
    (void)hit;
    (void)why;
    (*(int *)context)++;
    return true;
}

/* Sees only whole batches of five, never fewer than before. */
static void read_while_written(void)
{
    struct answer answer = {.total = 0};
    uint64_t last = 0;
    struct query query = {.words = bytes_of_text("batch"), .limit = 1000};
    struct store_counts counts;

    while (last < 100) {
        int hits = 0;
        struct store *reader = store_open(room_path(), STORE_READ, &fault);
        bool done = reader != NULL &&
                    store_search(reader, &query, &answer, count_hit, &hits, &fault) &&
                    store_count(reader, &counts, &fault);
        if (!done || answer.total % 5 != 0 || answer.total < last ||
            counts.records < answer.total) {
            fprintf(stderr, "%s: %llu of %llu\n", fault.text, (unsigned long long)answer.total,
                    (unsigned long long)counts.records);
            _exit(1);
        }
        last = answer.total;
        store_close(reader);
    }
    _exit(0);
}

Test(disaster, lets_readers_see_whole_transactions_only, .init = room_open)
{
    int status;
    pid_t child = fork();

    if (child == 0)
        read_while_written();
    for (int i = 0; i < 20; i++) {
        cr_done(store_begin(store, &fault));
        for (int k = 0; k < 5; k++)
            keep(council_lesson(&leeds, "One of a batch", "We wrote five."));
        cr_done(store_commit(store, &fault));
        derive();
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_expect_eq(status, 0);
}

/* --- Of the index, when it is made --- */

/* Half of a change is in the file, and what it was before in a journal beside it, when it dies. */
static void dies_while_it_makes_the_index(void)
{
    pid_t child = fork();
    int status = -1;
    sqlite3 *db;

    if (child == 0) {
        bool half = sqlite3_open(room_index_path(), &db) == SQLITE_OK &&
                    sqlite3_exec(db,
                                 "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN;"
                                 "CREATE TABLE more AS WITH RECURSIVE n (i) AS (VALUES (1) UNION"
                                 " ALL SELECT i + 1 FROM n WHERE i < 1000)"
                                 " SELECT randomblob(2000) FROM n",
                                 NULL, NULL, NULL) == SQLITE_OK;
        _exit(half ? 0 : 1);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert_eq(status, 0);
    cr_assert_eq(access(folder_file(&folder, "index.sqlite-journal"), F_OK), 0);
}

Test(disaster, readers_go_on_when_it_died_making_the_index, .init = room_open)
{
    keep(council_lesson(&leeds, "One", "First."));
    derive();
    derive_close();
    room_reopen(STORE_WRITE);
    dies_while_it_makes_the_index();
    cr_expect_str_eq(asked_as_it_is("SELECT count(*) FROM lessons"), "0\n"); /* Derived later. */
    derive();
    cr_expect_str_eq(asked_as_it_is("SELECT title FROM lessons"), "One\n");
    cr_expect_str_eq(verified_as_it_is(), "");
}
