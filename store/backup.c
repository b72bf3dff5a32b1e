#include "store/internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A copy of the facts while others write. The pages are those of one moment, because a read
 * transaction holds them; they are copied some at a time, so that whoever waits for this thread
 * need not wait long. The copy is made under another name and gets its own when it is whole and on
 * the disk. */

#define PAGES_AT_A_TIME 512

static const char doing[] = "making a backup";

static bool copy_fault(sqlite3 *copy, const char *path, struct fault *fault)
{
    return fault_set(fault, FAULT_SELF,
                     "backup %s: %s: is there enough space, and may the directory be written?",
                     path, sqlite3_errmsg(copy));
}

static int copy_pages(struct store *store, sqlite3 *copy, store_progress *progress, void *context)
{
    sqlite3_backup *backup = sqlite3_backup_init(copy, "main", store->db, "main");
    int answer = SQLITE_OK;

    if (backup == NULL)
        return sqlite3_errcode(copy);
    while (answer == SQLITE_OK) {
        answer = sqlite3_backup_step(backup, PAGES_AT_A_TIME);
        int total = sqlite3_backup_pagecount(backup), left = sqlite3_backup_remaining(backup);
        if (progress != NULL)
            progress(context, (uint64_t)(total - left), (uint64_t)total);
    }
    int finished = sqlite3_backup_finish(backup);
    return answer == SQLITE_DONE ? finished : answer;
}

/* Another id, so that nobody takes what is derived from the original for its own; and one file that
 * can be read where nothing may be written. */
static int finish_copy(sqlite3 *copy)
{
    return sqlite3_exec(copy,
                        "PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE;"
                        "UPDATE file SET id = randomblob(16);",
                        NULL, NULL, NULL);
}

static bool copy_into(struct store *store, const char *path, store_progress *progress,
                      void *context, struct fault *fault)
{
    sqlite3 *copy = NULL;
    int answer = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE, NULL);

    if (answer == SQLITE_OK)
        answer = copy_pages(store, copy, progress, context);
    if (answer == SQLITE_OK)
        answer = finish_copy(copy);
    bool done = answer == SQLITE_OK || copy_fault(copy, path, fault);
    sqlite3_close(copy);
    return done;
}

static bool folder_sync(const char *path)
{
    char *folder = path_beside(path, ".");
    int file = open(folder, O_RDONLY | O_CLOEXEC);
    bool done = file >= 0 && fsync(file) == 0;

    if (file >= 0)
        close(file);
    free(folder);
    return done;
}

static bool move_in_place(const char *from, const char *path, struct fault *fault)
{
    return (rename(from, path) == 0 && folder_sync(path)) ||
           fault_set(fault, FAULT_SELF, "backup %s: cannot be given its name: %s", path,
                     strerror(errno));
}

static bool backup(struct store *store, const char *path, store_progress *progress, void *context,
                   struct fault *fault)
{
    struct buffer part = {0};

    buffer_printf(&part, "%s.part", path);
    const char *name = buffer_text(&part);
    files_remove(name); /* Of one that was cut off. */
    bool done = file_create(name, fault) && copy_into(store, name, progress, context, fault) &&
                move_in_place(name, path, fault);
    if (!done)
        files_remove(name);
    buffer_release(&part);
    return done;
}

bool store_backup(struct store *store, const char *path, store_progress *progress, void *context,
                  struct fault *fault)
{
    struct fault ignored;

    assert(!store->begun);
    if (access(path, F_OK) == 0)
        return fault_set(fault, FAULT_INPUT,
                         "backup %s: there is a file already: give another name", path);
    /* The read transaction begins with the first read. */
    if (!execute(store, "BEGIN; SELECT one FROM main.file", doing, fault))
        return false;
    bool done = backup(store, path, progress, context, fault);
    return execute(store, "COMMIT", doing, done ? fault : &ignored) && done;
}
