#include "store/internal.h"
#include "tests/store/room.h"

/* The log of the facts' file, where another connection moves it. */

TestSuite(log, .init = room_open, .fini = room_close);

static void put(const char *name)
{
    cr_done(store_put_value(store, name, bytes_of_text("so"), &fault));
}

static uint64_t moved_by(struct store *mover)
{
    uint64_t moved;

    cr_done(store_move_log(mover, &moved, &fault));
    return moved;
}

Test(log, is_moved_by_another_one_and_begins_anew)
{
    struct store *mover = store_open(room_path(), STORE_MOVE_LOG, &fault);

    cr_assert(mover != NULL, "%s", fault.text);
    store_leave_log(store);
    cr_expect_eq(store_log_bytes(store), 0);
    for (int i = 0; i < 10; i++)
        put("one");
    uint64_t full = store_log_bytes(store);
    cr_expect_geq(full, 10 * STORE_PAGE_SIZE);
    cr_expect_eq(moved_by(mover), full);
    put("two");
    cr_expect_lt(store_log_bytes(store), full);
    store_close(mover);
}

Test(log, waits_for_nobody_who_reads)
{
    struct store *reader = store_open(room_path(), STORE_READ, &fault);

    store_leave_log(store);
    put("one");
    uint64_t before = store_log_bytes(store);
    cr_done(store_begin_reading(reader, &fault));
    cr_expect_eq(store_generation(reader), store_generation(store)); /* Now it reads. */
    put("two");
    cr_expect_geq(moved_by(store), before);
    cr_expect_lt(moved_by(store), store_log_bytes(store));
    cr_expect(!store_empty_log(store, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    store_end_reading(reader);
    cr_expect_eq(moved_by(store), store_log_bytes(store));
    cr_done(store_empty_log(store, &fault));
    store_close(reader);
}
