#include "tests/node/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(home, .init = room_open, .fini = room_close);

/* --- Where it is --- */

static void expect_home(const char *option, const char *path)
{
    struct home found;

    cr_done(home_find(&found, option, &fault));
    cr_expect_str_eq(found.path, path);
    cr_expect_eq(found.lock, -1);
}

Test(home, is_found_by_the_nearest_word)
{
    setenv("HOME", "/home/u", 1);
    setenv("XDG_DATA_HOME", "/data", 1);
    setenv("CANDOUR_HOME", "/env", 1);
    expect_home("/option", "/option");
    expect_home("", "/env");
    expect_home(NULL, "/env");
    setenv("CANDOUR_HOME", "", 1);
    expect_home(NULL, "/data/candour");
    unsetenv("CANDOUR_HOME");
    expect_home(NULL, "/data/candour");
    unsetenv("XDG_DATA_HOME");
    expect_home(NULL, "/home/u/.local/share/candour");
}

Test(home, is_asked_for_where_nothing_says_it)
{
    unsetenv("HOME");
    unsetenv("XDG_DATA_HOME");
    cr_refused(home_find(&home, NULL, &fault), FAULT_INPUT, "say --home DIR");
}

Test(home, has_a_path_of_bounded_length)
{
    char path[HOME_PATH_MAX + 8];

    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    cr_refused(home_find(&home, path, &fault), FAULT_INPUT, "too long");
    path[HOME_PATH_MAX - 65] = '\0'; /* The longest that is taken. */
    cr_done(home_find(&home, path, &fault));
    cr_expect_eq(strlen(home_file(&home, "keys/ring-4294967295", 0)), HOME_PATH_MAX - 65 + 21);
}

Test(home, has_keys_that_only_its_owner_enters)
{
    struct stat status;

    cr_assert(stat(home_file(&home, "keys", 0), &status) == 0);
    cr_expect_eq(status.st_mode & 07777, 0700);
}

Test(home, is_made_with_the_folders_above_it)
{
    struct home deep;

    cr_done(home_find(&deep, folder_file(&folder, "a/b/c"), &fault));
    cr_done(home_create(&deep, &fault));
    cr_expect(access(home_file(&deep, "keys", 0), F_OK) == 0);
}

Test(home, is_not_made_twice)
{
    cr_refused(home_create(&home, &fault), FAULT_INPUT, "a node lives there already");
}

Test(home, is_not_made_where_a_file_stands)
{
    struct home within;

    put_file(folder_file(&folder, "file"), "");
    cr_done(home_find(&within, folder_file(&folder, "file/home"), &fault));
    cr_refused(home_create(&within, &fault), FAULT_SELF, "cannot make this folder");
}

/* --- The lock --- */

/* Runs in another process, as locks are between processes; what it exits with. */
static int elsewhere(int (*act)(void))
{
    int status;
    pid_t child = fork();

    cr_assert(child >= 0);
    if (child == 0)
        _exit(act());
    cr_assert(waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int try_lock(void)
{
    struct home second = home;
    char pid[32];

    second.lock = -1;
    snprintf(pid, sizeof pid, "process %ld:", (long)getppid());
    if (home_lock(&second, &fault))
        return 1;
    return fault.kind == FAULT_SELF && strstr(fault.text, pid) != NULL &&
                   home_running(&second) == (long)getppid()
               ? 0
               : 2;
}

static int take_lock(void)
{
    struct home second = home;

    second.lock = -1;
    return home_running(&second) == 0 && home_lock(&second, &fault) ? 0 : 1;
}

Test(home, has_one_node_at_a_time)
{
    cr_expect_eq(home_running(&home), 0);
    cr_done(home_lock(&home, &fault));
    cr_expect_eq(home_running(&home), (long)getpid());
    cr_expect_eq(elsewhere(try_lock), 0, "the second one must be told the pid of the first");
    cr_expect_eq(elsewhere(try_lock), 0, "to look does not give the lock away");
    home_unlock(&home);
    cr_expect_eq(elsewhere(take_lock), 0, "then it is free");
    cr_done(home_lock(&home, &fault)); /* A process that ends gives it back. */
}

Test(home, cannot_be_locked_where_it_is_not)
{
    struct home nowhere;

    cr_done(home_find(&nowhere, folder_file(&folder, "nowhere"), &fault));
    cr_refused(home_lock(&nowhere, &fault), FAULT_SELF, "is this the right home");
    cr_expect_eq(nowhere.lock, -1);
    cr_expect_eq(home_running(&nowhere), 0);
}

/* --- Files --- */

Test(home, reads_files_up_to_what_the_caller_takes)
{
    const char *path = folder_file(&folder, "file");
    struct buffer content = {0};

    put_file(path, "0123456789");
    cr_done(file_read(path, 10, &content, &fault));
    cr_expect(bytes_equal(buffer_view(&content), bytes_of_text("0123456789")));
    buffer_clear(&content);
    cr_refused(file_read(path, 9, &content, &fault), FAULT_INPUT, "larger than 9 bytes");
    buffer_release(&content);
}

Test(home, says_which_file_cannot_be_read)
{
    struct buffer content = {0};

    cr_refused(file_read(folder_file(&folder, "nothing"), 10, &content, &fault), FAULT_INPUT,
               "/nothing: cannot read: No such file");
    cr_refused(file_read(folder.path, 10, &content, &fault), FAULT_INPUT, "is a folder");
    buffer_release(&content);
}

static void expect_text(const char *path, const char *expected)
{
    char *text = file_text(path);

    cr_assert(text != NULL, "%s", path);
    cr_expect_str_eq(text, expected);
    free(text);
}

Test(home, writes_files_with_their_mode)
{
    const char *path = folder_file(&folder, "file");
    struct stat status;

    cr_done(file_write(path, bytes_of_text("one"), 0600, true, &fault));
    expect_text(path, "one");
    cr_assert(stat(path, &status) == 0);
    cr_expect_eq(status.st_mode & 07777, 0600);
    cr_done(file_write(path, bytes_of_text("two"), 0640, false, &fault));
    expect_text(path, "two");
    cr_assert(stat(path, &status) == 0);
    cr_expect_eq(status.st_mode & 07777, 0640);
    cr_expect_eq(count_files(folder.path), 2, "the home, the file and nothing beside");
}

Test(home, never_writes_over_a_file_that_should_be_fresh)
{
    const char *path = folder_file(&folder, "file");

    put_file(path, "before");
    cr_refused(file_write(path, bytes_of_text("after"), 0600, true, &fault), FAULT_INPUT,
               "is there already");
    expect_text(path, "before");
    cr_expect_eq(count_files(folder.path), 2);
}

Test(home, leaves_the_old_file_where_the_new_one_cannot_be_written)
{
    const char *path = folder_file(&folder, "full/file");
    char blocked[256];

    /* The name that it writes to first is taken by a folder, so nothing can be written. */
    cr_assert(mkdir(folder_file(&folder, "full"), 0700) == 0);
    put_file(path, "before");
    snprintf(blocked, sizeof blocked, "%s.%ld.new", path, (long)getpid());
    cr_assert(mkdir(blocked, 0700) == 0);
    cr_refused(file_write(path, bytes_of_text("after"), 0600, false, &fault), FAULT_SELF,
               "cannot write");
    expect_text(path, "before");
    cr_refused(file_write("/dev/null/file", bytes_of_text("x"), 0600, true, &fault), FAULT_SELF,
               "/dev/null/file: cannot write: Not a directory");
}

Test(home, refuses_a_path_that_is_too_long_to_write_beside)
{
    char path[HOME_PATH_MAX + 512];

    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    cr_refused(file_write(path, bytes_of_text("x"), 0600, false, &fault), FAULT_INPUT, "too long");
}
