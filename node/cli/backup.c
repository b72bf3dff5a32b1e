#include "crypto/secret.h"
#include "node/cli/progress.h"
#include "node/cli/recover.h"
#include "node/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* backup and restore. A backup is a folder that is a home but for two things: its store is marked
 * as restored, so that the node that wakes up on it asks its peers how far its own feed goes before
 * it signs anything; and the next key, the steward key and ring keys are not in it. The first two
 * belong on the recovery sheet; the last is kept in one place only, so that it can be destroyed. */

#define FILE_MAX (1024 * 1024)

static bool stays_behind(const char *key)
{
    return key[0] == '.' || strncmp(key, "next", 4) == 0 || strncmp(key, "steward", 7) == 0 ||
           strncmp(key, "ring-", 5) == 0;
}

static void home_at(struct home *home, const char *path)
{
    *home = (struct home){.lock = -1};
    snprintf(home->path, sizeof home->path, "%s", path);
}

/* candour.conf may stand elsewhere than in the home. */
static bool copy_config(const struct home *from, const struct home *to, struct fault *fault)
{
    struct config config;
    struct buffer content = {0};

    if (!config_read(from, &config, fault))
        return false;
    bool done =
        file_read(config.path, FILE_MAX, &content, fault) &&
        file_write(home_file(to, "candour.conf", 1), buffer_view(&content), 0640, false, fault);
    buffer_release(&content);
    config_release(&config);
    return done;
}

static bool copy_file(const struct home *from, const struct home *to, const char *name,
                      unsigned mode, struct fault *fault)
{
    struct buffer content = {0};

    bool done = file_read(home_file(from, name, 0), FILE_MAX, &content, fault) &&
                file_write(home_file(to, name, 1), buffer_view(&content), mode, false, fault);
    if (content.size > 0)
        secret_wipe(content.data, content.size);
    buffer_release(&content);
    return done;
}

static bool copy_keys(const struct home *from, const struct home *to, struct fault *fault)
{
    const char *path = home_file(from, "keys", 0);
    DIR *folder = opendir(path);
    const struct dirent *entry;
    char name[300];
    bool done = true;

    if (folder == NULL)
        return fault_set(fault, FAULT_SELF, "%s: cannot be read: %s", path, strerror(errno));
    while (done && (entry = readdir(folder)) != NULL) {
        if (stays_behind(entry->d_name))
            continue;
        snprintf(name, sizeof name, "keys/%s", entry->d_name);
        done = copy_file(from, to, name, 0600, fault);
    }
    closedir(folder);
    return done;
}

static bool copy_files(const struct home *from, const struct home *to, struct fault *fault)
{
    return copy_config(from, to, fault) && copy_file(from, to, "card", 0640, fault) &&
           copy_keys(from, to, fault);
}

static void show_copy(void *context, uint64_t done, uint64_t total)
{
    progress_show(context, done, total);
}

struct numbers {
    uint64_t *list;
    size_t count;
};

static bool add_number(void *context, uint64_t number, const struct draft *draft,
                       const struct digest *record, struct fault *fault)
{
    struct numbers *numbers = context;

    (void)record;
    (void)fault;
    if (draft == NULL) /* It cannot be read, so it cannot go out either. */
        return true;
    numbers->list = memory_grow(numbers->list, numbers->count + 1, sizeof *numbers->list);
    numbers->list[numbers->count++] = number;
    return true;
}

static bool take_back(struct store *store, uint64_t number, struct fault *fault)
{
    struct draft *draft = store_get_draft(store, number, fault);

    bool done = draft != NULL &&
                draft_withdraw(draft, "the backup",
                               "it may have gone out, or been withdrawn, since the copy was made",
                               clock_now_ms(), fault) &&
                store_put_draft(store, &number, draft, fault);
    draft_free(draft);
    return done;
}

/* What was approved when the copy was made may have been withdrawn since, or gone out: in the copy
 * a person approves it again. */
static bool take_all_back(struct store *store, struct fault *fault)
{
    struct numbers numbers = {0};

    bool done = store_unclaim_drafts(store, fault) &&
                store_each_approved(store, add_number, &numbers, fault);
    for (size_t i = 0; done && i < numbers.count; i++)
        done = take_back(store, numbers.list[i], fault);
    free(numbers.list);
    return done;
}

/* The store's pages of one moment, while others write; its copy says that it is one. */
static bool copy_store(struct call *call, const struct home *from, const struct home *to,
                       const char *doing, struct fault *fault)
{
    struct progress progress = progress_begin(call, doing);
    struct store *store = store_open(home_file(from, "store.sqlite", 0), STORE_READ, fault);

    bool done = store != NULL &&
                store_backup(store, home_file(to, "store.sqlite", 1), show_copy, &progress, fault);
    store_close(store);
    progress_end(&progress);
    store = done ? store_open(home_file(to, "store.sqlite", 1), STORE_WRITE, fault) : NULL;
    done = store != NULL && store_put_value(store, "restored", bytes_of_text("yes"), fault) &&
           take_all_back(store, fault);
    store_close(store);
    return done;
}

static bool say_records(struct call *call, const struct home *home, const char *path,
                        const char *what, struct fault *fault)
{
    struct store *store = store_open(home_file(home, "store.sqlite", 0), STORE_READ, fault);
    struct store_counts counts;

    bool done = store != NULL && store_count(store, &counts, fault);
    store_close(store);
    if (done && !call_json(call, json_pack("{s:s, s:I}", "path", path, "records",
                                           (json_int_t)counts.records)))
        call_say(call, "%s: %" PRIu64 " record%s. %s", path, counts.records,
                 counts.records == 1 ? "" : "s", what);
    return done;
}

/* --- backup --- */

static bool is_new(const char *path, const char *what, struct fault *fault)
{
    struct stat status;

    if (lstat(path, &status) == 0)
        return fault_set(fault, FAULT_INPUT, "%s: is there already%s", path, what);
    return true;
}

bool run_backup(struct call *call, struct fault *fault)
{
    const char *path = call->arguments[0];
    struct store *there = open_store(call, STORE_READ, fault); /* Is there a node at all? */
    struct buffer part = {0};
    struct home to;

    buffer_printf(&part, "%s.part", path);
    home_at(&to, buffer_text(&part));
    bool done = there != NULL && is_new(path, ": say another name", fault) &&
                is_new(to.path,
                       ", of a backup that was broken off or still goes on: delete it, or say "
                       "another name",
                       fault) &&
                home_create(&to, fault) && chmod(to.path, 0700) == 0 &&
                copy_files(&call->home, &to, fault) &&
                copy_store(call, &call->home, &to, "copying", fault);
    if (done && rename(to.path, path) != 0)
        done = fault_set(fault, FAULT_SELF, "%s: cannot be written: %s", path, strerror(errno));
    if (done) {
        home_at(&to, path);
        done = say_records(call, &to, path,
                           "Keep it as safe as the home: the feed's key is in it. The recovery "
                           "sheet is not.",
                           fault);
    }
    store_close(there);
    buffer_release(&part);
    return done;
}

/* --- restore --- */

static bool is_backup(const struct home *from, struct fault *fault)
{
    static const char *const names[] = {"candour.conf", "card", "keys", "store.sqlite"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (access(home_file(from, names[i], 0), R_OK) != 0)
            return fault_set(fault, FAULT_INPUT,
                             "%s: is no backup (candour backup makes one): %s is missing or may "
                             "not be read",
                             from->path, names[i]);
    return true;
}

static bool pass_over(void *context, const struct stored *stored, struct fault *fault)
{
    (void)context;
    (void)stored;
    (void)fault;
    return true;
}

/* What was damaged in the backup is found before the home is used. */
static bool is_whole(struct call *call, const char *path, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    struct store_check *check = memory_new(1, sizeof *check);
    bool read = store != NULL && store_verify(store, check, pass_over, NULL, fault);

    store_close(store);
    if (read && check->bad_count > 0)
        read =
            fault_set(fault, FAULT_PEER, "%s: is damaged (%s, and %llu more): take another backup",
                      path, check->bad[0].text, (unsigned long long)check->bad_count - 1);
    free(check);
    return read;
}

static bool restore_backup(struct call *call, const char *path, struct fault *fault)
{
    struct home from;

    home_at(&from, path);
    if (!is_backup(&from, fault) || !home_create(&call->home, fault))
        return false;
    bool done = copy_files(&from, &call->home, fault) &&
                copy_store(call, &from, &call->home, "restoring", fault) &&
                is_whole(call, path, fault);
    if (!done)
        home_remove(&call->home);
    return done;
}

bool run_restore(struct call *call, struct fault *fault)
{
    const char *path = call->arguments[0];
    struct stat status;

    if (stat(path, &status) == 0 && !S_ISDIR(status.st_mode))
        return recover_home(call, path, fault) &&
               say_records(call, &call->home, call->home.path,
                           "Next: candour card --rotate --key SHEET --recovery NEW_SHEET --out "
                           "FILE, and give that card to the stewards.",
                           fault);
    return restore_backup(call, path, fault) &&
           say_records(call, &call->home, call->home.path,
                       "Next: candour run. It signs nothing before a peer has told how far this "
                       "authority's own feed goes.",
                       fault);
}
