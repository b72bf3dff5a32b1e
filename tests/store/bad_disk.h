#ifndef CANDOUR_TESTS_STORE_BAD_DISK_H
#define CANDOUR_TESTS_STORE_BAD_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* A disk that fills up, or fails: SQLite's own way to the file system, which counts. From
 * bad_disk_install() on every store is opened on it; it is a good one until it is told otherwise.
 */
void bad_disk_install(void);
void bad_disk_mend(void);

/* So many bytes may still be written; what does not fit is written as far as it goes, and answered
 * with this error of SQLite's. */
void bad_disk_leave(int64_t bytes, int error);
int64_t bad_disk_written(void); /* Bytes since the last call of another one. */

/* The nth act of this kind from now on fails, once; or all from that one on. */
enum bad_act { BAD_WRITE, BAD_SYNC, BAD_TRUNCATE, BAD_OPEN, BAD_SHM, BAD_ACTS };
extern const char *const bad_act_names[BAD_ACTS];
void bad_disk_fail(enum bad_act act, int64_t nth, bool from_then_on);
bool bad_disk_failed(void); /* Did it come to that? */

#endif
