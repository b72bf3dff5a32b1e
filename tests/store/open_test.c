#include "tests/store/room.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(open, .init = room_open, .fini = room_close);

/* The fault that opening gives. */
static const char *refused(const char *path, enum store_mode mode)
{
    struct store *opened = store_open(path, mode, &fault);

    cr_expect(opened == NULL, "%s was opened", path);
    store_close(opened);
    return fault.text;
}

#define EXPECT_REFUSED(path, mode, as, words)                                                      \
    do {                                                                                           \
        const char *said = refused(path, mode);                                                    \
        cr_expect(strstr(said, words) != NULL, "%s", said);                                        \
        cr_expect_eq(fault.kind, as, "%s", said);                                                  \
    } while (0)

Test(open, says_what_to_do_about_a_path)
{
    EXPECT_REFUSED(folder_file(&folder, "none"), STORE_READ, FAULT_ABSENT, "candour init");
    EXPECT_REFUSED(folder_file(&folder, "none"), STORE_WRITE, FAULT_ABSENT, "candour init");
    EXPECT_REFUSED(folder_file(&folder, "none/none"), STORE_READ, FAULT_ABSENT, "candour init");
    EXPECT_REFUSED(folder_file(&folder, "none/none"), STORE_CREATE, FAULT_SELF,
                   "the directory is not there");
    EXPECT_REFUSED(room_path(), STORE_CREATE, FAULT_SELF, "there is one already");
    EXPECT_REFUSED(folder.path, STORE_READ, FAULT_SELF, "this is a directory");
    EXPECT_REFUSED("postgresql://hub/candour", STORE_READ, FAULT_INPUT, "sqlite:PATH");
    cr_expect(access(folder_file(&folder, "none"), F_OK) != 0, "a refused path was made");
}

Test(open, takes_a_url)
{
    char url[200];

    snprintf(url, sizeof url, "sqlite:%s", room_path());
    struct store *opened = store_open(url, STORE_READ, &fault);
    cr_assert(opened != NULL, "%s", fault.text);
    store_close(opened);
}

static unsigned mode_of(const char *path)
{
    struct stat status;

    cr_assert_eq(stat(path, &status), 0);
    return status.st_mode & 0777;
}

Test(open, lets_the_group_write_and_others_nothing)
{
    static const char *const names[] = {"a.sqlite",     "a.sqlite-wal",     "a.sqlite-shm",
                                        "index.sqlite", "index.sqlite-wal", "index.sqlite-shm"};
    struct digest network = council_network();

    umask(077); /* Whatever the umask is. */
    struct store *made = store_open(folder_file(&folder, "a.sqlite"), STORE_CREATE, &fault);
    cr_assert(made != NULL, "%s", fault.text);
    cr_done(store_set_network(made, &network, &fault));
    struct store *derives = store_open(folder_file(&folder, "a.sqlite"), STORE_DERIVE, &fault);
    cr_assert(derives != NULL, "%s", fault.text);
    for (size_t i = 0; i < 6; i++)
        cr_expect_eq(mode_of(folder_file(&folder, names[i])), 0660, "%s", names[i]);
    store_close(derives);
    store_close(made);
    for (size_t i = 0; i < 6; i++)
        cr_expect_eq(mode_of(folder_file(&folder, names[i])), 0660, "%s", names[i]);
}

/* What somebody who may only read sees; run in a child that gives up its rights. */
static int as_stranger(bool (*act)(void))
{
    int status = -1;
    pid_t child = fork();

    if (child == 0)
        _exit((geteuid() != 0 || setuid(65534) == 0) && act() ? 0 : 1);
    cr_assert_eq(waitpid(child, &status, 0), child);
    return status;
}

static bool reads_title(void)
{
    store = store_open(room_path(), STORE_READ, &fault);
    if (store == NULL) {
        fprintf(stderr, "%s\n", fault.text);
        return false;
    }
    bool read = strcmp(asked_as_it_is("SELECT title FROM lessons"), "One\n") == 0;
    store_close(store);
    return read;
}

static void only_readable(unsigned mode)
{
    static const char *const names[] = {"store.sqlite", "store.sqlite-wal", "store.sqlite-shm",
                                        "index.sqlite", "index.sqlite-wal", "index.sqlite-shm"};

    for (size_t i = 0; i < 6; i++)
        cr_assert_eq(chmod(folder_file(&folder, names[i]), mode), 0);
    cr_assert_eq(chmod(folder.path, 0555), 0);
}

Test(open, can_be_read_by_who_may_only_read)
{
    keep(council_lesson(&leeds, "One", "First."));
    derive();
    only_readable(0444);
    cr_expect_eq(as_stranger(reads_title), 0, "while it is open elsewhere");
    cr_assert_eq(chmod(folder.path, 0755), 0);
    only_readable(0666);
    cr_assert_eq(chmod(folder.path, 0755), 0);
    derive_close();
    store_close(store);
    store = NULL;
    only_readable(0444);
    cr_expect_eq(as_stranger(reads_title), 0, "when nobody has it open");
    cr_assert_eq(chmod(folder.path, 0755), 0);
}

static bool cannot_write(void)
{
    store = store_open(room_path(), STORE_WRITE, &fault);
    bool written = store != NULL && store_put_value(store, "a", bytes_of_text("b"), &fault);
    store_close(store);
    fprintf(stderr, "%s\n", fault.text);
    return !written && fault.kind == FAULT_SELF && strstr(fault.text, "mode of the file") != NULL;
}

Test(open, says_when_it_may_not_be_written)
{
    keep(council_lesson(&leeds, "One", "First."));
    derive();
    derive_close();
    store_close(store);
    store = NULL;
    only_readable(0444);
    cr_expect_eq(as_stranger(cannot_write), 0);
    cr_assert_eq(chmod(folder.path, 0755), 0);
}

static bool cannot_read(void)
{
    store = store_open(room_path(), STORE_READ, &fault);
    return store == NULL && fault.kind == FAULT_SELF && strstr(fault.text, "its group") != NULL;
}

Test(open, says_when_it_may_not_be_read)
{
    derive();
    only_readable(0600);
    cr_assert_eq(chmod(folder.path, 0755), 0);
    cr_expect_eq(as_stranger(cannot_read), 0);
}

Test(open, writes_nothing_when_opened_for_reading)
{
    struct record *record = council_lesson(&leeds, "One", "First.");
    struct entry at = entry_for(record);

    room_reopen(STORE_READ);
    cr_expect(!store_keep(store, record, true, NULL, &fault));
    cr_expect_eq(fault.kind, FAULT_SELF);
    cr_expect(!store_put_value(store, "a", bytes_of_text("b"), &fault));
    cr_expect(!store_move(store, &at, true, &fault));
    cr_expect(!store_queue(store, QUEUE_SYNC, (struct bytes){0}, &(uint64_t){0}, &fault));
    record_free(record);
    cr_expect_eq(count_records(), 0);
}

/* --- Schemas --- */

Test(open, refuses_a_store_from_the_future)
{
    store_close(store);
    store = NULL;
    damage("PRAGMA user_version = 1000");
    EXPECT_REFUSED(room_path(), STORE_READ, FAULT_SELF, "install a newer candour");
    EXPECT_REFUSED(room_path(), STORE_WRITE, FAULT_SELF, "is of schema 1000, this candour knows ");
}

Test(open, refuses_what_is_not_a_store)
{
    store_close(store);
    store = NULL;
    damage("PRAGMA application_id = 77");
    EXPECT_REFUSED(room_path(), STORE_WRITE, FAULT_SELF, "not a candour store");
}
