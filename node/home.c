#include "node/home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_service_user(void)
{
    const struct passwd *user = getpwuid(geteuid());

    return user != NULL && strcmp(user->pw_name, "candour") == 0;
}

static bool set_path(struct home *home, const char *folder, const char *below)
{
    int size = snprintf(home->path, sizeof home->path, "%s%s", folder, below);

    return size > 0 && (size_t)size < sizeof home->path - 64;
}

static bool is_set(const char *text)
{
    return text != NULL && text[0] != '\0';
}

bool home_find(struct home *home, const char *option, struct fault *fault)
{
    const char *variable = getenv("CANDOUR_HOME"), *data = getenv("XDG_DATA_HOME");
    const char *user = getenv("HOME");
    bool found;

    home->lock = -1;
    if (is_set(option))
        found = set_path(home, option, "");
    else if (is_set(variable))
        found = set_path(home, variable, "");
    else if (is_service_user())
        found = set_path(home, "/var/lib/candour", "");
    else if (is_set(data))
        found = set_path(home, data, "/candour");
    else if (is_set(user))
        found = set_path(home, user, "/.local/share/candour");
    else
        return fault_set(fault, FAULT_INPUT,
                         "no home folder: say --home DIR, or set CANDOUR_HOME or HOME");
    return found ||
           fault_set(fault, FAULT_INPUT, "the home folder's path is too long: say a shorter one");
}

const char *home_file(const struct home *home, const char *name, unsigned slot)
{
    static char paths[4][HOME_PATH_MAX + 256];

    snprintf(paths[slot & 3], sizeof paths[0], "%s/%s", home->path, name);
    return paths[slot & 3];
}

static bool make_folder(const char *path, mode_t mode, struct fault *fault)
{
    if (mkdir(path, mode) == 0 || errno == EEXIST)
        return true;
    return fault_set(fault, FAULT_SELF, "%s: cannot make this folder: %s", path, strerror(errno));
}

static bool make_parents(const char *path, struct fault *fault)
{
    char part[HOME_PATH_MAX];

    snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (!make_folder(part, 0755, fault))
            return false;
        *slash = '/';
    }
    return true;
}

bool home_create(const struct home *home, struct fault *fault)
{
    struct stat status;

    if (stat(home_file(home, "candour.conf", 3), &status) == 0 ||
        stat(home_file(home, "store.sqlite", 3), &status) == 0 ||
        stat(home_file(home, "keys", 3), &status) == 0)
        return fault_set(fault, FAULT_INPUT,
                         "%s: a node lives there already: say another --home, or use that one",
                         home->path);
    return make_parents(home->path, fault) && make_folder(home->path, 0770, fault) &&
           make_folder(home_file(home, "keys", 3), 0700, fault);
}

static void remove_keys(const struct home *home)
{
    DIR *folder = opendir(home_file(home, "keys", 3));
    const struct dirent *entry;
    char name[300];

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        snprintf(name, sizeof name, "keys/%s", entry->d_name);
        unlink(home_file(home, name, 3));
    }
    if (folder != NULL)
        closedir(folder);
    rmdir(home_file(home, "keys", 3));
}

void home_remove(const struct home *home)
{
    static const char *const names[] = {"candour.conf",
                                        "card",
                                        "lock",
                                        "store.sqlite",
                                        "store.sqlite-wal",
                                        "store.sqlite-shm",
                                        "index.sqlite",
                                        "index.sqlite-wal",
                                        "index.sqlite-shm"};

    remove_keys(home);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(home_file(home, names[i], 3));
    rmdir(home->path);
}

static struct flock whole_file(short type)
{
    return (struct flock){.l_type = type, .l_whence = SEEK_SET};
}

bool home_lock(struct home *home, struct fault *fault)
{
    const char *path = home_file(home, "lock", 3);
    struct flock lock = whole_file(F_WRLCK);

    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
    if (file < 0)
        return fault_set(fault, FAULT_SELF,
                         "%s: cannot open: %s (is this the right home, and may you write there?)",
                         path, strerror(errno));
    if (fcntl(file, F_SETLK, &lock) != 0) {
        int why = errno;
        close(file);
        if (why != EACCES && why != EAGAIN)
            return fault_set(fault, FAULT_SELF, "%s: cannot be locked: %s", path, strerror(why));
        return fault_set(fault, FAULT_SELF,
                         "%s: in use by process %ld: a home has one node at a time; stop that one, "
                         "or say another --home",
                         home->path, home_running(home));
    }
    home->lock = file;
    return true;
}

void home_unlock(struct home *home)
{
    if (home->lock >= 0)
        close(home->lock);
    home->lock = -1;
}

long home_running(const struct home *home)
{
    struct flock lock = whole_file(F_WRLCK);
    long pid = 0;

    /* Closing any descriptor of the file would give back a lock that this process holds. */
    if (home->lock >= 0)
        return (long)getpid();
    int file = open(home_file(home, "lock", 3), O_RDWR | O_CLOEXEC);
    if (file < 0)
        return 0;
    if (fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
        pid = (long)lock.l_pid;
    close(file);
    return pid;
}

/* The time of the lock's file is enough: nothing is synced. */
void home_beat(const struct home *home)
{
    (void)futimens(home->lock, NULL);
}

int64_t home_beat_age(const struct home *home, int64_t now_ms)
{
    struct stat lock;

    if (stat(home_file(home, "lock", 3), &lock) != 0)
        return -1;
    return now_ms - (int64_t)lock.st_mtim.tv_sec * 1000 - lock.st_mtim.tv_nsec / 1000000;
}

bool file_read(const char *path, size_t most, struct buffer *content, struct fault *fault)
{
    uint8_t chunk[65536];
    struct stat status;
    ssize_t size;

    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0 && fstat(file, &status) == 0 && S_ISDIR(status.st_mode)) {
        close(file);
        return fault_set(fault, FAULT_INPUT, "%s: is a folder, not a file", path);
    }
    if (file < 0)
        return fault_set(fault, errno == ENOENT ? FAULT_INPUT : FAULT_SELF, "%s: cannot read: %s",
                         path, strerror(errno));
    while ((size = read(file, chunk, sizeof chunk)) > 0 || (size < 0 && errno == EINTR)) {
        if (size < 0)
            continue;
        if (content->size + (size_t)size > most) {
            close(file);
            return fault_set(fault, FAULT_INPUT, "%s: larger than %zu bytes", path, most);
        }
        buffer_append(content, bytes_of(chunk, (size_t)size));
    }
    int why = errno;
    close(file);
    return size == 0 || fault_set(fault, FAULT_SELF, "%s: cannot read: %s", path, strerror(why));
}

static bool write_all(int file, struct bytes content)
{
    while (content.size > 0) {
        ssize_t size = write(file, content.data, content.size);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return false;
        content.data += size;
        content.size -= (size_t)size;
    }
    return fsync(file) == 0;
}

/* The new name is on disk too when this is done; a file system that cannot say so is left alone. */
static void keep_folder(const char *path)
{
    char folder[HOME_PATH_MAX + 300];
    const char *slash = strrchr(path, '/');
    size_t size = slash == NULL ? 0 : (size_t)(slash - path);

    snprintf(folder, sizeof folder, "%.*s", size == 0 ? 1 : (int)size, slash == NULL ? "." : path);
    int file = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (file < 0)
        return;
    (void)fsync(file); /* Not every file system can: the file itself is safe. */
    close(file);
}

bool file_write(const char *path, struct bytes content, unsigned mode, bool fresh,
                struct fault *fault)
{
    char beside[HOME_PATH_MAX + 300];
    bool written, placed = false;

    int length = snprintf(beside, sizeof beside, "%s.%ld.new", path, (long)getpid());
    if (length < 0 || (size_t)length >= sizeof beside)
        return fault_set(fault, FAULT_INPUT, "%.40s...: this path is too long", path);
    unlink(beside);
    int file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    if (file < 0)
        return fault_set(fault, FAULT_SELF, "%s: cannot write: %s", path, strerror(errno));
    written = write_all(file, content);
    written = close(file) == 0 && written;
    if (written)
        placed = fresh ? link(beside, path) == 0 : rename(beside, path) == 0;
    int why = errno;
    if (!placed || fresh)
        unlink(beside);
    if (placed) {
        keep_folder(path);
        return true;
    }
    if (why == EEXIST)
        return fault_set(fault, FAULT_INPUT, "%s: is there already: say another name", path);
    return fault_set(fault, FAULT_SELF, "%s: cannot write: %s", path, strerror(why));
}
