#include "tests/store/old_store.h"
#include "tests/store/room.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

TestSuite(migrate, .init = room_open, .fini = room_close);

static void open_to_write(void)
{
    store = store_open(room_path(), STORE_WRITE, &fault);
    cr_assert(store != NULL, "%s", fault.text);
}

Test(migrate, brings_an_older_store_up_to_date)
{
    for (int schema = 1; schema <= 2; schema++) {
        room_close();
        room_open();
        old_store_make(schema);
        for (int mode = 0; mode < 2; mode++) {
            struct store *refused =
                store_open(room_path(), mode == 0 ? STORE_READ : STORE_DERIVE, &fault);
            cr_expect(refused == NULL);
            cr_expect_eq(fault.kind, FAULT_SELF);
            cr_expect(strstr(fault.text, "candour reindex") != NULL, "%s", fault.text);
        }
        open_to_write();
        old_store_expect();
        room_reopen(STORE_WRITE); /* And once is enough. */
        cr_expect_str_eq(verified(), "");
    }
}

Test(migrate, gives_no_number_of_a_draft_again)
{
    uint64_t number = 0;
    struct document *document = document_new(&lesson_form);
    struct draft *draft = draft_new(document, ATTRIBUTION_NAMED, 1);

    old_store_make(2);
    open_to_write();
    cr_done(store_put_draft(store, &number, draft, &fault));
    cr_expect_eq(number, 4); /* One of number 3 was there once. */
    draft_free(draft);
}

/* An index that lies about from who knows when is not taken for this store's. */
Test(migrate, derives_everything_anew)
{
    keep(council_lesson(&leeds, "Not here", "We were not here."));
    derive();
    leeds.seq = 0;
    old_store_make(2);
    open_to_write();
    old_store_expect();
}

/* Of whatever schema: they were committed to otherwise, and nothing makes them right. */
Test(migrate, leaves_a_store_with_records_as_it_is)
{
    for (int schema = 1; schema <= 3; schema++) {
        room_close();
        room_open();
        if (schema == 3) {
            keep(council_lesson(&leeds, "One", "First."));
            derive_close();
            damage("PRAGMA user_version = 3");
            store_close(store);
        } else {
            old_store_make(schema);
            damage("INSERT INTO record VALUES (1, 1, zeroblob(32), x'00', x'00', 1, zeroblob(32), "
                   "'lesson', 1, '', 0, zeroblob(32), 1, 1)");
        }
        store = store_open(room_path(), STORE_WRITE, &fault);
        cr_assert(store == NULL);
        cr_expect(strstr(fault.text, "begin a new home") != NULL, "%s", fault.text);
        damage("SELECT id FROM record"); /* As it was. */
    }
}

/* Killed at any moment it is the old store or the new one. */
Test(migrate, is_killed_and_goes_on)
{
    for (unsigned us = 200; us < 40000; us = us * 5 / 4) {
        room_close();
        room_open();
        old_store_make(2);
        pid_t child = fork();
        if (child == 0) {
            store_close(store_open(room_path(), STORE_WRITE, &fault));
            _exit(0);
        }
        nanosleep(&(struct timespec){.tv_nsec = (long)us * 1000}, NULL);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        open_to_write();
        old_store_expect();
    }
}
