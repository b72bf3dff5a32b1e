#include "protocol/replica.h"
#include "tests/bench/support/network.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* What comparing costs, before any record is sent: bytes, round trips, processor time and memory,
 * for two replicas without sockets and files.
 *
 *     compare_bench
 *
 * Records here are skeletons (protocol/set.h), as a replica has them after a start. */

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define NOW_MS INT64_C(1767225600000) /* 1 January 2026 */
#define NEWEST 100

static struct fault fault;

/* --- Two replicas --- */

struct side {
    struct replica *replica;
    struct effects effects;
    double cpu_s;
    uint64_t bytes;
    bool sends; /* It is about to send records. */
};

static double cpu_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool is_proven(void *context, const struct record *record, const struct public_key *key)
{
    (void)context;
    (void)record;
    (void)key;
    return true;
}

static struct record *fetch(void *context, const struct entry *entry)
{
    (void)context;
    (void)entry;
    abort(); /* Nothing here is decided. */
}

static void side_begin(struct side *side, const struct network *network)
{
    struct replica_settings settings = {.network = network->councils[0].network,
                                        .period_ms = REPLICA_PERIOD_MS,
                                        .credit_bytes = REPLICA_CREDIT_BYTES,
                                        .credit_total = REPLICA_CREDIT_TOTAL,
                                        .seed = 1,
                                        .proven_by = is_proven,
                                        .fetch = fetch};

    *side = (struct side){.replica = replica_new(&settings)};
    bool good = replica_restore_charter(side->replica, buffer_view(&network->charter), &fault);
    assert(good);
    (void)good;
}

static void side_end(struct side *side)
{
    replica_free(side->replica);
    effects_release(&side->effects);
}

/* The councils have published `records` in turn; here are those but the last `without`, of which
 * each is another council's. */
static void restore(struct side *side, const struct network *network, size_t records,
                    size_t without)
{
    for (size_t i = 0; i < network->count; i++) {
        size_t count = records / network->count;
        struct skeleton skeleton = {.named = true,
                                    .feed = network->councils[i].feed,
                                    .size = 2300,
                                    .in = true,
                                    .text = TEXT_STANDS};
        count -= count > 0 && i < without;
        for (uint64_t seq = 1; seq <= count; seq++) {
            uint64_t lot[2] = {i, seq};
            skeleton.prev = skeleton.id;
            skeleton.id = digest_of("compare_bench", lot, sizeof lot);
            skeleton.seq = seq;
            skeleton.has_signer = seq == count || seq % 1000 == 0; /* One in each run. */
            skeleton.signer = *signing_key_public(network->councils[i].key);
            replica_restore_record(side->replica, &skeleton);
        }
    }
    replica_start(side->replica, NOW_MS, &side->effects);
    effects_clear(&side->effects);
}

/* --- A conversation --- */

/* Hand over what one side has said; true while it said anything. */
static bool carry(struct side *from, struct side *to)
{
    struct effects said = from->effects;
    bool any = false;

    from->effects = (struct effects){0};
    for (size_t i = 0; i < said.count; i++) {
        struct effect *effect = &said.list[i];
        from->sends =
            from->sends || (effect->kind == EFFECT_SEND_RECORDS && effect->sending_count > 0);
        if (effect->kind != EFFECT_SEND)
            continue;
        double began_s = cpu_s();
        from->bytes += effect->bytes.size;
        replica_receive(to->replica, 1, buffer_view(&effect->bytes), NOW_MS, &to->effects);
        to->cpu_s += cpu_s() - began_s;
        any = true;
    }
    effects_release(&said);
    return any;
}

static void compare(const char *what, struct side *a, struct side *b)
{
    unsigned trips = 0;
    struct digest nobody = {{0}};

    replica_peer_joined(b->replica, 1, &nobody, false, NOW_MS, &b->effects);
    double began_s = cpu_s();
    replica_peer_joined(a->replica, 1, &nobody, true, NOW_MS, &a->effects);
    a->cpu_s += cpu_s() - began_s;
    for (bool any = true; any; trips++)
        any = carry(trips % 2 == 0 ? a : b, trips % 2 == 0 ? b : a) && !a->sends && !b->sends;
    printf("| %s | %u | %llu | %.1f | %.1f |\n", what, (trips) / 2,
           (unsigned long long)(a->bytes + b->bytes), a->cpu_s * 1e3, b->cpu_s * 1e3);
}

static void compare_three(const struct network *network, size_t records)
{
    static const struct {
        const char *what;
        bool empty;
        size_t without;
    } cases[] = {
        {"the same", false, 0}, {"the newest 100 missing", false, NEWEST}, {"empty", true, 0}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct side a, b;
        char what[128];
        snprintf(what, sizeof what, "%zu by %zu | %s", records, network->count, cases[i].what);
        side_begin(&a, network);
        side_begin(&b, network);
        size_t without = cases[i].without < network->count ? cases[i].without : network->count;
        restore(&b, network, records, 0);
        restore(&a, network, cases[i].empty ? 0 : records, without);
        compare(what, &a, &b);
        side_end(&a);
        side_end(&b);
    }
}

int main(void)
{
    static const size_t records[] = {10000, 100000, 1000000}, councils[] = {10, 100, 400};
    struct rusage usage;

    printf("| records | the other one has | round trips | bytes | its CPU, ms | ours, ms |\n"
           "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < 3; i++)
        for (size_t k = 0; k < 3; k++) {
            struct network network;
            network_found(&network, councils[k], NULL, 0, NOW_MS - 3650 * DAY_MS);
            compare_three(&network, records[i]);
            network_release(&network);
        }
    getrusage(RUSAGE_SELF, &usage);
    printf("Memory of two replicas with 1,000,000 records each: at most %ld MiB.\n",
           usage.ru_maxrss / 1024);
    return 0;
}
