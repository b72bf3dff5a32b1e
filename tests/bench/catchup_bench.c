#include "node/home.h"
#include "protocol/bundle.h"
#include "store/internal.h"
#include "tests/bench/support/bare.h"
#include "tests/bench/support/processes.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* How fast an empty node catches up with another one, over loopback and CURVE, both as they are
 * run, beside bare loaders of the same records; then what a burst of as many records does. All by
 * the clock.
 *
 *     catchup_bench [RECORDS [COUNCILS [BURST]]]     100,000 by 100 unless told; in $TMPDIR, or
 * /tmp */

#define PORT "17431"

static struct fault fault;

static void need(bool done)
{
    if (done)
        return;
    fprintf(stderr, "catchup_bench: %s\n", fault.text);
    exit(1);
}

static void make_network(size_t records, size_t burst, const char *councils)
{
    char all[24];

    snprintf(all, sizeof all, "%zu", records + burst);
    make_home("source", PORT);
    make_home("sink", NULL);
    make_home("deaf", NULL);
    process_run((const char *const[]){"make_library", all, councils, in_folder("charter"),
                                      in_folder("bundle"), in_folder("source.card"),
                                      in_folder("sink.card"), in_folder("deaf.card"), NULL});
    split_bundle(in_folder("bundle"), records, in_folder("burst"));
    process_run(CANDOUR("source", "join", in_folder("charter")));
    process_run(CANDOUR("sink", "join", in_folder("charter"), "--peer", "source"));
    process_run(CANDOUR("deaf", "join", in_folder("charter"), "--peer", "source"));
    double began_s = now_s();
    long peak = process_run(CANDOUR("source", "import", in_folder("bundle")));
    printf("Taken in from a bundle, until searchable: %.0f records/s, at most %ld MiB of memory\n",
           (double)records / (now_s() - began_s), peak / 1024);
    began_s = now_s();
    peak = process_run(CANDOUR("source", "export", in_folder("exported")));
    printf("Put into one: %.0f records/s, at most %ld MiB\n", (double)records / (now_s() - began_s),
           peak / 1024);
    unlink(in_folder("exported"));
}

static struct store *open_store(const char *node)
{
    char path[256];

    snprintf(path, sizeof path, "%s/store.sqlite", in_folder(node));
    struct store *store = store_open(path, STORE_READ, &fault);
    need(store != NULL);
    return store;
}

static struct store_counts counts(struct store *store)
{
    struct store_counts counts;

    need(store_count(store, &counts, &fault));
    return counts;
}

static void pause_ms(int64_t ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* --- Catching up --- */

struct rates {
    double stored, searchable;
};

/* Source and sink go on running. */
static struct rates catch_up(double records, pid_t *source, pid_t *sink)
{
    *source = process_start("source.log", CANDOUR("source", "run"));
    pause_ms(2000); /* It reads what it holds. */
    double source_s = cpu_s(*source), began_s = now_s();
    *sink = process_start("sink.log", CANDOUR("sink", "run"));
    struct store *store = open_store("sink");
    while ((double)counts(store).records < records)
        pause_ms(10);
    double stored_s = now_s() - began_s;
    while (counts(store).underived > 0)
        pause_ms(10);
    double searchable_s = now_s() - began_s;
    store_close(store);
    printf("Caught up: %.0f records\n"
           "  verified and stored  %.0f records/s (%.1f s)\n"
           "  searchable           %.0f records/s (%.1f s)\n"
           "  CPU: source %.1f s, sink %.1f s; the sink's memory at most %ld MiB\n",
           records, records / stored_s, stored_s, records / searchable_s, searchable_s,
           cpu_s(*source) - source_s, cpu_s(*sink), peak_kib(*sink) / 1024);
    return (struct rates){records / stored_s, records / searchable_s};
}

/* --- The limit --- */

static void read_record(struct bare *bare, struct bytes item)
{
    bool wrong_body;
    struct record *record = record_read(item, NULL, &wrong_body, &fault);

    need(record != NULL);
    bare_add(bare, record);
    record_free(record);
}

static struct bare read_records(void)
{
    struct bare bare = bare_new();
    struct buffer file = {0};
    struct bundle_reader bundle;
    struct bytes item;
    bool is_charter;

    need(file_read(in_folder("bundle"), SIZE_MAX / 2, &file, &fault));
    need(bundle_open(buffer_view(&file), &bundle, &fault));
    while (bundle_next(&bundle, &item, &is_charter, &fault))
        if (!is_charter)
            read_record(&bare, item);
    need(bundle.whole);
    buffer_release(&file);
    return bare;
}

/* Who fills the index too does both one after the other. */
static void compare_with_bare(struct bare *bare, const struct rates *rates)
{
    double one = bare_load(bare, STORE_PAGE_SIZE, 1, CLOCK_MONOTONIC);
    double many = bare_load(bare, STORE_PAGE_SIZE, 50, CLOCK_MONOTONIC);
    double rows = one > many ? one : many;
    double index = bare_index(bare, INDEX_PAGE_SIZE, CLOCK_MONOTONIC);
    double both = 1 / (1 / rows + 1 / index);

    printf("Beside a bare loader of the same rows\n"
           "  stored      %.0f %% of %.0f records/s (%s a statement)\n"
           "  searchable  %.0f %% of %.0f records/s (of words alone: %.0f)\n",
           100 * rates->stored / rows, rows, one > many ? "one" : "50",
           100 * rates->searchable / both, both, index);
}

/* --- A burst --- */

/* A third node listens to the source, and is stopped: it takes nothing in and does not hang up. */
static void burst(size_t records, size_t more)
{
    pid_t deaf = process_start("deaf.log", CANDOUR("deaf", "run"));
    struct store *source = open_store("source"), *sink = open_store("sink");

    pause_ms(2000);
    kill(deaf, SIGSTOP);
    double began_s = now_s();
    process_run(CANDOUR("source", "import", in_folder("burst")));
    double offered_s = now_s() - began_s;
    while (counts(source).records < records + more || counts(sink).records < records + more)
        pause_ms(10);
    double both_s = now_s() - began_s;
    kill(deaf, SIGCONT);
    printf("A burst of %zu at the running source, beside a subscriber that does not read\n"
           "  taken by the source  %.0f records/s (%.1f s)\n"
           "  the sink has all     %.0f records/s (%.1f s)\n",
           more, (double)more / offered_s, offered_s, (double)more / both_s, both_s);
    store_close(source);
    store_close(sink);
    process_stop(deaf);
}

int main(int count, char **arguments)
{
    size_t records = count > 1 ? strtoul(arguments[1], NULL, 10) : 100000;
    const char *councils = count > 2 ? arguments[2] : "100";
    size_t more = count > 3 ? strtoul(arguments[3], NULL, 10) : records;
    pid_t source, sink;

    processes_begin();
    make_network(records, more, councils);
    struct rates rates = catch_up((double)records, &source, &sink);
    if (more > 0)
        burst(records, more);
    process_stop(sink); /* Then its logs are in its files. */
    process_stop(source);
    double share = (double)records / (double)(records + more);
    struct bare bare = read_records();
    printf("On disk: %.2f x the bytes of the records, %.0f each, their bodies not packed\n",
           disk_bytes("sink") * share / bare.bytes, bare.bytes / (double)records);
    compare_with_bare(&bare, &rates);
    bare_release(&bare);
    processes_end();
    return 0;
}
