#ifndef CANDOUR_TESTS_BENCH_SUPPORT_PROCESSES_H
#define CANDOUR_TESTS_BENCH_SUPPORT_PROCESSES_H

#include <sys/types.h>

/* Whole nodes for benchmarks, as they are run: processes of candour on homes in one folder. What
 * fails ends the program. */

void processes_begin(void); /* Makes the folder. */
void processes_end(void);   /* Removes it. */

/* A path in the folder, of its own for each of a few names. */
const char *in_folder(const char *name);

/* candour, or make_library, beside this program. The first word names it; NULL ends them. */
#define CANDOUR(node, ...)                                                                         \
    ((const char *const[]){"candour", "--home", in_folder(node), __VA_ARGS__, NULL})
pid_t process_start(const char *log, const char *const *arguments);
/* And wait until it has done it. Returns the most memory that it had, in KiB, looked at every 5 ms.
 */
long process_run(const char *const *arguments);
void process_stop(pid_t pid);

/* Make a home with this name, which listens on 127.0.0.1 where `port` is not NULL, and its card, in
 * the folder under the name with ".card". */
void make_home(const char *name, const char *port);

/* Leave the first `records` in this bundle and write the others, with the charter, to `rest`. */
void split_bundle(const char *bundle, size_t records, const char *rest);

double now_s(void); /* Of the clock that only goes forward. */
double cpu_s(pid_t pid);
long peak_kib(pid_t pid);
double disk_bytes(const char *node); /* Its store and index, with their logs. */

#endif
