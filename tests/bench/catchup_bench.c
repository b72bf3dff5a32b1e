#include "node/home.h"
#include "protocol/bundle.h"
#include "store/internal.h"
#include "tests/bench/support/bare.h"
#include "tests/bench/support/processes.h"
#include "tests/bench/support/sorted.h"

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
 *     catchup_bench [RECORDS [COUNCILS [BURST [ROUNDS]]]]     100,000 by 100, a burst of as many
 * and 3 rounds unless told; in $TMPDIR, or /tmp
 *
 * A machine may be a third faster at one moment than at another: so in each round a node that is
 * empty yet and the bare loaders take turns, and the middle one of the ratios counts. */

#define PORT "17431"

/* The nodes that catch up, one a round. */
static const char *const sinks[] = {"first", "second", "third"};
#define ROUNDS (sizeof sinks / sizeof *sinks)

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
    make_home("deaf", NULL);
    for (size_t i = 0; i < ROUNDS; i++)
        make_home(sinks[i], NULL);
    process_run((const char *const[]){"make_library", all, councils, in_folder("charter"),
                                      in_folder("bundle"), in_folder("source.card"),
                                      in_folder("deaf.card"), in_folder("first.card"),
                                      in_folder("second.card"), in_folder("third.card"), NULL});
    split_bundle(in_folder("bundle"), records, in_folder("burst"));
    process_run(CANDOUR("source", "join", in_folder("charter")));
    for (size_t i = 0; i < ROUNDS; i++)
        process_run(CANDOUR(sinks[i], "join", in_folder("charter"), "--peer", "source"));
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

/* It reads what it holds, and looks through its texts: that is the cost of what it was given, and
 * not of who is served. */
static void await_rest(pid_t process)
{
    double before_s;

    do {
        before_s = cpu_s(process);
        pause_ms(2000);
    } while (cpu_s(process) - before_s > 0.1);
}

/* The sink goes on running. */
static struct rates catch_up(double records, pid_t source, const char *node, pid_t *sink)
{
    double source_s = cpu_s(source), began_s = now_s();
    *sink = process_start("sink.log", CANDOUR(node, "run"));
    struct store *store = open_store(node);
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
           cpu_s(source) - source_s, cpu_s(*sink), peak_kib(*sink) / 1024);
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
static struct rates compare_with_bare(const struct bare *bare, const struct rates *rates)
{
    double one = bare_load(bare, STORE_PAGE_SIZE, 1, CLOCK_MONOTONIC);
    double many = bare_load(bare, STORE_PAGE_SIZE, 50, CLOCK_MONOTONIC);
    double rows = one > many ? one : many;
    double index = bare_index(bare, INDEX_PAGE_SIZE, CLOCK_MONOTONIC);
    double both = 1 / (1 / rows + 1 / index);

    printf("  Beside a bare loader of the same rows\n"
           "    stored      %.0f %% of %.0f records/s (%s a statement)\n"
           "    searchable  %.0f %% of %.0f records/s (of words alone: %.0f)\n",
           100 * rates->stored / rows, rows, one > many ? "one" : "50",
           100 * rates->searchable / both, both, index);
    return (struct rates){rates->stored / rows, rates->searchable / both};
}

static double middle(double *list, size_t count)
{
    sort_numbers(list, count);
    return count % 2 == 1 ? list[count / 2] : (list[count / 2 - 1] + list[count / 2]) / 2;
}

/* The last sink goes on running. */
static pid_t do_rounds(const struct bare *bare, size_t rounds, pid_t source)
{
    double stored[ROUNDS], searchable[ROUNDS];
    pid_t sink = 0;

    for (size_t i = 0; i < rounds; i++) {
        if (i > 0)
            process_stop(sink);
        struct rates rates = catch_up((double)bare->count, source, sinks[i], &sink);
        struct rates shares = compare_with_bare(bare, &rates);
        stored[i] = shares.stored;
        searchable[i] = shares.searchable;
    }
    printf("In the middle of %zu: stored %.0f %%, searchable %.0f %%\n", rounds,
           100 * middle(stored, rounds), 100 * middle(searchable, rounds));
    return sink;
}

/* --- A burst --- */

/* A third node listens to the source, and is stopped: it takes nothing in and does not hang up. */
static void burst(size_t records, size_t more, const char *node)
{
    pid_t deaf = process_start("deaf.log", CANDOUR("deaf", "run"));
    struct store *source = open_store("source"), *sink = open_store(node);

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
    size_t rounds = count > 4 ? strtoul(arguments[4], NULL, 10) : ROUNDS;

    need((rounds >= 1 && rounds <= ROUNDS) ||
         fault_set(&fault, FAULT_INPUT, "ROUNDS must be 1 to %zu", ROUNDS));
    processes_begin();
    make_network(records, more, councils);
    struct bare bare = read_records();
    pid_t source = process_start("source.log", CANDOUR("source", "run"));
    await_rest(source);
    pid_t sink = do_rounds(&bare, rounds, source);
    if (more > 0)
        burst(records, more, sinks[rounds - 1]);
    process_stop(sink); /* Then its logs are in its files. */
    process_stop(source);
    double share = (double)records / (double)(records + more);
    printf("On disk: %.2f x the bytes of the records, %.0f each, their bodies not packed\n",
           disk_bytes(sinks[rounds - 1]) * share / bare.bytes, bare.bytes / (double)records);
    bare_release(&bare);
    processes_end();
    return 0;
}
