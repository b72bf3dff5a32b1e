#include "store/internal.h"
#include "tests/store/bad_disk.h"
#include "tests/store/old_store.h"
#include "tests/store/room.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Errors of the disk, at each act of each kind in turn: after each of them the store opens, verify
 * has nothing to say, and nothing that was acknowledged is missing. */

#define RARE "zzqxjrare"

/* What is done on the bad disk. True: it said that all of it was done. */
struct scenario {
    const char *name;
    void (*before)(void); /* On a good one, */
    bool (*act)(void);
    void (*after)(bool done); /* likewise; the store is open for writing again. */
};

static struct entry erased_at, kept_at;
static struct record *kept;

static void some_lessons(void)
{
    keep(council_lesson(&leeds, "Before", "We were here."));
    erased_at = keep(council_lesson(&leeds, "Rare", "We wrote " RARE " once."));
    keep(council_publish(&leeds, snapshot_file));
    derive();
    kept = council_lesson(&leeds, "Kept", "We kept it.");
    kept_at = entry_for(kept);
}

static bool keep_two(void)
{
    /* The log is moved into the file at once, so that this fails too. */
    cr_done(execute(store, "PRAGMA wal_autocheckpoint = 1", "setting", &fault));
    if (!store_begin(store, &fault))
        return false;
    if (store_keep(store, kept, true, NULL, &fault) &&
        store_put_value(store, "beside", bytes_of_text("it"), &fault))
        return store_commit(store, &fault);
    store_rollback(store);
    return false;
}

static void expect_kept(bool done)
{
    struct buffer value = {0};
    struct record *found = store_read(store, &kept_at, true, &fault);
    bool beside = store_get_value(store, "beside", &value, &fault);

    cr_expect(found != NULL || !done, "%s", fault.text);
    cr_expect_eq(found != NULL, beside); /* Wholly or not at all. */
    record_free(found);
    record_free(kept);
    buffer_release(&value);
    cr_expect_eq(count_records(), beside ? 4 : 3);
}

static void keep_kept(void)
{
    some_lessons();
    derive_close();
    cr_assert(keep_two());
}

static bool derive_it(void)
{
    struct store *deriver = store_open(room_path(), STORE_DERIVE, &fault);
    uint64_t left = 0;
    bool done = deriver != NULL && store_derive(deriver, 1000, true, &left, &fault);

    store_close(deriver);
    return done;
}

static void expect_derived(bool done)
{
    (void)done;
    record_free(kept);
    cr_expect_str_eq(asked("SELECT title FROM lessons ORDER BY 1"), "Before\nKept\nRare\n");
}

static bool erase_it(void)
{
    struct store *deriver = NULL;
    uint64_t left = 0;
    bool done = store_set_text(store, &erased_at, TEXT_ERASED, &fault) &&
                (deriver = store_open(room_path(), STORE_DERIVE, &fault)) != NULL &&
                store_derive(deriver, 1000, false, &left, &fault) &&
                store_purged(store, store_index_purged(deriver, NULL), false, 1, &fault);

    store_close(deriver);
    return done;
}

/* Tried again on a good disk, it is gone; it is never said to be gone while it is not. */
static void expect_erased(bool done)
{
    struct digest ids[2];
    size_t count;
    int64_t since_ms;

    record_free(kept);
    cr_done(store_unreceipted(store, ids, 2, &count, &since_ms, &fault));
    if (done || count > 0)
        cr_expect(room_file_with(RARE) == NULL, "%s has it", room_file_with(RARE));
    cr_assert(erase_it(), "%s", fault.text);
    cr_done(store_unreceipted(store, ids, 2, &count, &since_ms, &fault));
    cr_expect_eq(count, 1);
    cr_expect(room_file_with(RARE) == NULL, "%s has it", room_file_with(RARE));
    cr_expect_str_eq(asked("SELECT title FROM lessons ORDER BY 1"), "Before\n");
}

static void old_store(void)
{
    old_store_make(2);
}

static bool migrate_it(void)
{
    store = store_open(room_path(), STORE_WRITE, &fault);
    return store != NULL;
}

static void expect_migrated(bool done)
{
    (void)done;
    old_store_expect();
}

static bool back_up(void)
{
    return store_backup(store, folder_file(&folder, "copy"), NULL, NULL, &fault);
}

static void expect_backed_up(bool done)
{
    struct store_check check;

    record_free(kept);
    cr_expect_eq(access(folder_file(&folder, "copy"), F_OK) == 0, done);
    cr_expect(access(folder_file(&folder, "copy.part"), F_OK) != 0);
    if (!done)
        cr_assert(back_up(), "%s", fault.text);
    struct store *copy = store_open(folder_file(&folder, "copy"), STORE_READ, &fault);
    cr_assert(copy != NULL, "%s", fault.text);
    cr_done(store_verify(copy, &check, NULL, NULL, &fault));
    cr_expect_eq(check.bad_count, 0);
    cr_expect_eq(check.checked, 3);
    store_close(copy);
}

static const struct scenario scenarios[] = {
    {"keeping", some_lessons, keep_two, expect_kept},
    {"deriving", keep_kept, derive_it, expect_derived},
    {"erasing", some_lessons, erase_it, expect_erased},
    {"bringing up to date", old_store, migrate_it, expect_migrated},
    {"backing up", some_lessons, back_up, expect_backed_up},
};

/* False when it did not come to the nth act. */
static bool fail_at(const struct scenario *scenario, enum bad_act act, int64_t nth, bool goes_on)
{
    room_open();
    scenario->before();
    derive_close();
    fault = (struct fault){0};
    bad_disk_fail(act, nth, goes_on);
    bool done = scenario->act();
    bool failed = bad_disk_failed();
    bad_disk_mend();
    if (!done)
        cr_expect(fault.kind == FAULT_SELF || fault.kind == FAULT_ABSENT, "%s", fault.text);
    room_reopen(STORE_WRITE);
    scenario->after(done);
    cr_expect_str_eq(verified(), "", "%s, %s %lld", scenario->name, bad_act_names[act],
                     (long long)nth);
    room_close();
    return failed;
}

static void fail_everywhere(const struct scenario *scenario)
{
    for (int act = 0; act < BAD_ACTS; act++) {
        int64_t nth = 1;
        while (fail_at(scenario, (enum bad_act)act, nth, nth % 2 == 0))
            nth += act == BAD_WRITE && nth > 20 ? 7 : 1;
        fprintf(stderr, "disaster: %s, %s: %lld places\n", scenario->name, bad_act_names[act],
                (long long)nth - 1);
    }
}

static void install_bad_disk(void)
{
    bad_disk_install();
    bad_disk_mend();
}

TestSuite(errors, .init = install_bad_disk);

Test(errors, while_keeping)
{
    fail_everywhere(&scenarios[0]);
}

Test(errors, while_deriving)
{
    fail_everywhere(&scenarios[1]);
}

Test(errors, while_erasing)
{
    fail_everywhere(&scenarios[2]);
}

Test(errors, while_bringing_up_to_date)
{
    fail_everywhere(&scenarios[3]);
}

Test(errors, while_backing_up)
{
    fail_everywhere(&scenarios[4]);
}
