#include "tests/store/bad_disk.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <string.h>

static sqlite3_vfs *real;
static int64_t left = -1, written;
static int error = SQLITE_FULL;

static enum bad_act failing = BAD_ACTS;
static int64_t failing_in; /* 1: the next one. */
static bool goes_on, failed;

const char *const bad_act_names[BAD_ACTS] = {"write", "sync", "truncate", "open", "shm"};

static bool fails(enum bad_act act)
{
    if (act != failing || failing_in == 0)
        return false;
    if (failing_in > 1) {
        failing_in--;
        return false;
    }
    failing_in = goes_on ? 1 : 0;
    failed = true;
    return true;
}

struct file {
    sqlite3_file base; /* First: SQLite sees a sqlite3_file. */
    sqlite3_file *real;
};

static sqlite3_file *real_file(sqlite3_file *file)
{
    return ((struct file *)file)->real;
}

/* --- What differs --- */

static int file_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 at)
{
    if (fails(BAD_WRITE))
        return SQLITE_IOERR_WRITE;
    int fits = left < 0 || left > size ? size : (int)left;
    int answer =
        fits == 0 ? SQLITE_OK : real_file(file)->pMethods->xWrite(real_file(file), data, fits, at);

    written += fits;
    if (left >= 0)
        left -= fits;
    return answer == SQLITE_OK && fits < size ? error : answer;
}

/* --- What does not --- */

#define REAL(file) (real_file(file)->pMethods)

static int file_close(sqlite3_file *file)
{
    int answer = REAL(file)->xClose(real_file(file));

    sqlite3_free(real_file(file));
    return answer;
}

static int file_read(sqlite3_file *file, void *data, int size, sqlite3_int64 at)
{
    return REAL(file)->xRead(real_file(file), data, size, at);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return fails(BAD_TRUNCATE) ? SQLITE_IOERR_TRUNCATE
                               : REAL(file)->xTruncate(real_file(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    return fails(BAD_SYNC) ? SQLITE_IOERR_FSYNC : REAL(file)->xSync(real_file(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return REAL(file)->xFileSize(real_file(file), size);
}

static int file_lock(sqlite3_file *file, int lock)
{
    return REAL(file)->xLock(real_file(file), lock);
}

static int file_unlock(sqlite3_file *file, int lock)
{
    return REAL(file)->xUnlock(real_file(file), lock);
}

static int file_reserved(sqlite3_file *file, int *reserved)
{
    return REAL(file)->xCheckReservedLock(real_file(file), reserved);
}

static int file_control(sqlite3_file *file, int what, void *with)
{
    return REAL(file)->xFileControl(real_file(file), what, with);
}

static int file_sector(sqlite3_file *file)
{
    return REAL(file)->xSectorSize(real_file(file));
}

static int file_traits(sqlite3_file *file)
{
    return REAL(file)->xDeviceCharacteristics(real_file(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **map)
{
    if (fails(BAD_SHM)) {
        *map = NULL;
        return SQLITE_IOERR_SHMMAP;
    }
    return REAL(file)->xShmMap(real_file(file), page, size, extend, map);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return REAL(file)->xShmLock(real_file(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    REAL(file)->xShmBarrier(real_file(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove)
{
    return REAL(file)->xShmUnmap(real_file(file), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given)
{
    struct file *opened = (struct file *)file;

    (void)vfs;
    opened->base.pMethods = NULL;
    if (fails(BAD_OPEN))
        return SQLITE_CANTOPEN;
    opened->real = sqlite3_malloc(real->szOsFile);
    memset(opened->real, 0, (size_t)real->szOsFile);
    int answer = real->xOpen(real, name, opened->real, flags, given);
    if (answer == SQLITE_OK)
        opened->base.pMethods = &methods;
    else
        sqlite3_free(opened->real);
    return answer;
}

void bad_disk_install(void)
{
    static sqlite3_vfs disk;

    real = sqlite3_vfs_find(NULL);
    disk = *real; /* Everything but opening goes straight to the real one. */
    disk.zName = "bad_disk";
    disk.szOsFile = sizeof(struct file);
    disk.xOpen = disk_open;
    cr_assert_eq(sqlite3_vfs_register(&disk, 1), SQLITE_OK);
}

void bad_disk_mend(void)
{
    left = -1;
    failing = BAD_ACTS;
    written = 0;
}

void bad_disk_leave(int64_t bytes, int with)
{
    bad_disk_mend();
    left = bytes;
    error = with;
}

int64_t bad_disk_written(void)
{
    return written;
}

void bad_disk_fail(enum bad_act act, int64_t nth, bool from_then_on)
{
    bad_disk_mend();
    failing = act;
    failing_in = nth;
    goes_on = from_then_on;
    failed = false;
}

bool bad_disk_failed(void)
{
    return failed;
}
