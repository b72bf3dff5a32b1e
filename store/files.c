#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The files behind a store. */

/* Members of the service's group read the store and leave drafts in it, so the group may write; the
 * keys lie elsewhere. Others may do nothing. SQLite gives its two side files the same mode. */
#define STORE_FILE_MODE 0660

static const char *const endings[] = {"", "-wal", "-shm"};
#define ENDINGS (sizeof endings / sizeof *endings)

bool file_create(const char *path, struct fault *fault)
{
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, STORE_FILE_MODE);

    if (file < 0 && errno == EEXIST)
        return fault_set(fault, FAULT_SELF,
                         "store %s: there is one already: use it, or move it away first", path);
    if (file < 0 && errno == ENOENT)
        return fault_set(fault, FAULT_SELF, "store %s: the directory is not there: make it first",
                         path);
    if (file < 0)
        return fault_set(fault, FAULT_SELF, "store %s: cannot be made: %s", path, strerror(errno));
    if (fchmod(file, STORE_FILE_MODE) != 0) { /* Whatever the umask is. */
        fault_set(fault, FAULT_SELF, "store %s: its mode cannot be set: %s", path, strerror(errno));
        close(file);
        unlink(path);
        return false;
    }
    close(file);
    return true;
}

bool file_there(const char *path, struct fault *fault)
{
    struct stat status;

    if (stat(path, &status) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return fault_set(fault, FAULT_ABSENT, "store %s: there is none: candour init makes one",
                         path);
    if (S_ISDIR(status.st_mode))
        return fault_set(fault, FAULT_SELF,
                         "store %s: this is a directory: give the path of the file in it", path);
    if (access(path, R_OK) != 0)
        return fault_set(fault, FAULT_SELF,
                         "store %s: cannot be read: %s: let its owner add you to its group", path,
                         strerror(errno));
    return true;
}

void files_remove(const char *path)
{
    for (size_t i = 0; i < ENDINGS; i++) {
        struct buffer name = {0};
        buffer_printf(&name, "%s%s", path, endings[i]);
        unlink(buffer_text(&name));
        buffer_release(&name);
    }
}

uint64_t files_size(const char *path)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < ENDINGS; i++) {
        struct buffer name = {0};
        struct stat status;
        buffer_printf(&name, "%s%s", path, endings[i]);
        if (stat(buffer_text(&name), &status) == 0)
            bytes += (uint64_t)status.st_size;
        buffer_release(&name);
    }
    return bytes;
}

char *path_beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    size_t size = folder + strlen(name) + 1;
    char *beside = memory_new(size, 1);

    snprintf(beside, size, "%.*s%s", (int)folder, path, name);
    return beside;
}
