#ifndef CANDOUR_TESTS_STORE_FULL_DISK_H
#define CANDOUR_TESTS_STORE_FULL_DISK_H

#include <stdint.h>

/* A disk that fills up: SQLite's own way to the file system, with a count of the bytes that may
 * still be written. What does not fit is written as far as it goes, and answered SQLITE_FULL, or
 * with another error of SQLite's. From full_disk_install() on every store is opened on it. */
void full_disk_install(void);
void full_disk_leave(int64_t bytes, int error); /* -1: room without end. */
int64_t full_disk_written(void);                /* Bytes since the last full_disk_leave(). */

#endif
