#include "node/deriver.h"
#include "node/priority.h"
#include "protocol/bytes.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Live, a few changes at a time, soon after they came; far behind, as many as fill a piece of the
 * index. */
#define LIVE_CHANGES 256
#define BULK_CHANGES 20000
#define FAR_BEHIND 4000
#define GATHER_MS 20
/* Far behind it waits, before each piece, until no facts have come for a moment, for so long at
 * most: who derives in bulk reads facts as of one moment for a second or two, and meanwhile their
 * log cannot begin anew. */
#define LULL_MS 100
#define LULL_CHANGES 400 /* Fewer in a moment are none: deriving is much faster. */
#define LULLS_MOST 50
#define INSPECTED_AT_ONCE                                                                          \
    8 /* Texts: some 2 ms, and thirty times that where it is as nice as can be. */
#define UNPURGED_MS 1000 /* Between tries, while somebody reads what is to go. */
#define AGAIN_MS 30000   /* After a failure. */
#define NICE 5           /* Whoever keeps facts goes first, */
#define BULK_NICE 15     /* by far where there are many of them. */

struct deriver {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t poked, rested;
    int wake;
    struct store *store; /* The thread's, or that of derive_bulk(). */

    /* Under the lock. */
    bool closing, poke, resting;
    bool hurry;      /* Something was erased: it is to go first. */
    uint64_t came;   /* Changes that were told of since that was looked at, */
    uint64_t served; /* and records that were sent. */
    bool purged;     /* All that was derived: nobody read it just then. */
    struct deriver_news news;
};

/* --- Waiting --- */

static struct timespec in_ms(int64_t ms)
{
    struct timespec when;

    clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_sec += ms / 1000;
    when.tv_nsec += ms % 1000 * 1000000;
    if (when.tv_nsec >= 1000000000) {
        when.tv_nsec -= 1000000000;
        when.tv_sec++;
    }
    return when;
}

/* Until it is to end, or to hurry, at most `ms`. */
static void rest(struct deriver *deriver, int64_t ms)
{
    struct timespec until = in_ms(ms);

    while (!deriver->closing && !deriver->hurry &&
           pthread_cond_timedwait(&deriver->poked, &deriver->lock, &until) != ETIMEDOUT)
        ;
}

static void await_lull(struct deriver *deriver, bool first)
{
    pthread_mutex_lock(&deriver->lock);
    bool they_come = first || deriver->came >= LULL_CHANGES;
    for (int i = 0; i < LULLS_MOST && they_come && !deriver->hurry; i++) {
        deriver->came = 0;
        rest(deriver, LULL_MS);
        they_come = deriver->came >= LULL_CHANGES && !deriver->closing;
    }
    pthread_mutex_unlock(&deriver->lock);
}

/* Until there is something to do; then a moment more, for what else comes. False: it is to end. */
static bool await_work(struct deriver *deriver)
{
    struct timespec until = in_ms(UNPURGED_MS);
    int waited = 0;

    pthread_mutex_lock(&deriver->lock);
    while (!deriver->poke && !deriver->closing && waited != ETIMEDOUT) {
        deriver->resting = true;
        pthread_cond_broadcast(&deriver->rested);
        waited = deriver->purged ? pthread_cond_wait(&deriver->poked, &deriver->lock)
                                 : pthread_cond_timedwait(&deriver->poked, &deriver->lock, &until);
    }
    rest(deriver, GATHER_MS);
    deriver->hurry = false;
    deriver->poke = false;
    bool on = !deriver->closing;
    pthread_mutex_unlock(&deriver->lock);
    return on;
}

/* --- Working --- */

static void tell(struct deriver *deriver, uint64_t left, const char *trouble)
{
    pthread_mutex_lock(&deriver->lock);
    deriver->news.purged = store_index_purged(deriver->store, &deriver->purged);
    deriver->news.left = left;
    snprintf(deriver->news.trouble, sizeof deriver->news.trouble, "%s", trouble);
    pthread_mutex_unlock(&deriver->lock);
    if (deriver->wake >= 0) {
        ssize_t written = write(deriver->wake, "", 1);
        (void)written; /* The pipe is full: it wakes all the same. */
    }
}

static void after_trouble(struct deriver *deriver, const struct fault *fault, uint64_t left)
{
    tell(deriver, left, fault->text);
    pthread_mutex_lock(&deriver->lock);
    deriver->resting = true;
    pthread_cond_broadcast(&deriver->rested);
    rest(deriver, AGAIN_MS);
    deriver->poke = true;
    pthread_mutex_unlock(&deriver->lock);
}

static bool is_closing(struct deriver *deriver)
{
    pthread_mutex_lock(&deriver->lock);
    bool closing = deriver->closing;
    pthread_mutex_unlock(&deriver->lock);
    return closing;
}

static bool is_hurried(struct deriver *deriver)
{
    pthread_mutex_lock(&deriver->lock);
    bool hurried = deriver->hurry;
    deriver->hurry = false;
    pthread_mutex_unlock(&deriver->lock);
    return hurried;
}

struct bulk {
    struct store *store;
    uint64_t left;
    struct fault fault;
    bool done;
};

struct nicely {
    void (*work)(void *);
    void *context;
};

static void *work_nicely(void *context)
{
    const struct nicely *nicely = context;

    priority_of_derived(BULK_NICE);
    nicely->work(nicely->context);
    return NULL;
}

/* On a thread of its own, for one that was nice cannot be less so afterwards. */
static void do_nicely(void (*work)(void *), void *context)
{
    struct nicely nicely = {work, context};
    pthread_t thread;

    if (pthread_create(&thread, NULL, work_nicely, &nicely) == 0)
        pthread_join(thread, NULL);
    else
        work(context);
}

static void derive_many(void *context)
{
    struct bulk *bulk = context;

    bulk->done = store_derive(bulk->store, BULK_CHANGES, true, &bulk->left, &bulk->fault);
}

static bool derive_bulk(struct store *store, uint64_t *left, struct fault *fault)
{
    struct bulk bulk = {.store = store, .left = *left};

    do_nicely(derive_many, &bulk);
    *left = bulk.left;
    *fault = bulk.fault;
    return bulk.done;
}

static void catch_up(struct deriver *deriver)
{
    struct fault fault;
    uint64_t left = 0;
    bool bulk = false;

    do {
        if (!(bulk ? derive_bulk(deriver->store, &left, &fault)
                   : store_derive(deriver->store, LIVE_CHANGES, false, &left, &fault))) {
            after_trouble(deriver, &fault, left);
            break;
        }
        tell(deriver, left, "");
        bool far = left > FAR_BEHIND;
        if (far)
            await_lull(deriver, !bulk);
        /* Who hurries need not wait for a whole piece, but not in place of every other one. */
        bulk = far && !(is_hurried(deriver) && bulk);
    } while (left > 0 && !is_closing(deriver));
}

/* Everything is derived: whoever waits for that need not wait for what comes now, and a peer that
 * is being sent many records goes first, for as long as a lull is waited for. False: there is
 * something else to do. */
static bool is_idle(struct deriver *deriver)
{
    bool served = true;

    pthread_mutex_lock(&deriver->lock);
    for (int i = 0; i < LULLS_MOST && served && !deriver->poke && !deriver->closing; i++) {
        struct timespec until = in_ms(LULL_MS);
        int waited = 0;
        deriver->resting = true;
        pthread_cond_broadcast(&deriver->rested);
        served = deriver->served >= LULL_CHANGES;
        deriver->served = 0;
        while (served && waited != ETIMEDOUT && !deriver->poke && !deriver->closing)
            waited = pthread_cond_timedwait(&deriver->poked, &deriver->lock, &until);
    }
    bool idle = !deriver->poke && !deriver->closing;
    pthread_mutex_unlock(&deriver->lock);
    return idle;
}

/* As long as nothing else is to be done. Where it cannot be done it is tried again after what comes
 * next. */
static void inspect(void *context)
{
    struct deriver *deriver = context;
    struct fault ignored;
    bool more = true;

    while (more && is_idle(deriver))
        more = store_inspect(deriver->store, INSPECTED_AT_ONCE, &more, &ignored) && more;
}

static void *derive(void *context)
{
    struct deriver *deriver = context;

    priority_of_derived(NICE);
    while (await_work(deriver)) {
        catch_up(deriver);
        do_nicely(inspect, deriver);
    }
    return NULL;
}

/* --- From outside --- */

static void conditions_init(struct deriver *deriver)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&deriver->poked, &monotonic);
    pthread_cond_init(&deriver->rested, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

struct deriver *deriver_open(const char *url, int wake, struct fault *fault)
{
    struct store *store = store_open(url, STORE_DERIVE, fault);

    if (store == NULL)
        return NULL;
    struct deriver *deriver = memory_new(1, sizeof *deriver);
    deriver->store = store;
    deriver->wake = wake;
    deriver->poke = true; /* What an earlier process left. */
    pthread_mutex_init(&deriver->lock, NULL);
    conditions_init(deriver);
    int started = pthread_create(&deriver->thread, NULL, derive, deriver);
    assert(started == 0);
    return deriver;
}

void deriver_close(struct deriver *deriver)
{
    if (deriver == NULL)
        return;
    pthread_mutex_lock(&deriver->lock);
    deriver->closing = true;
    pthread_cond_broadcast(&deriver->poked);
    pthread_mutex_unlock(&deriver->lock);
    pthread_join(deriver->thread, NULL);
    pthread_cond_destroy(&deriver->poked);
    pthread_cond_destroy(&deriver->rested);
    pthread_mutex_destroy(&deriver->lock);
    store_close(deriver->store);
    free(deriver);
}

void deriver_poke(struct deriver *deriver, uint64_t changes, bool hurry)
{
    pthread_mutex_lock(&deriver->lock);
    deriver->poke = true;
    deriver->came += changes;
    deriver->hurry = deriver->hurry || hurry;
    deriver->resting = false;
    pthread_cond_signal(&deriver->poked);
    pthread_mutex_unlock(&deriver->lock);
}

void deriver_served(struct deriver *deriver, uint64_t records)
{
    pthread_mutex_lock(&deriver->lock);
    deriver->served += records;
    pthread_mutex_unlock(&deriver->lock);
}

void deriver_hear(struct deriver *deriver, struct deriver_news *news)
{
    pthread_mutex_lock(&deriver->lock);
    *news = deriver->news;
    pthread_mutex_unlock(&deriver->lock);
}

bool deriver_wait(struct deriver *deriver, struct fault *fault)
{
    deriver_poke(deriver, 0, false);
    pthread_mutex_lock(&deriver->lock);
    while (!deriver->resting)
        pthread_cond_wait(&deriver->rested, &deriver->lock);
    bool good = deriver->news.trouble[0] == '\0';
    if (!good)
        fault_set(fault, FAULT_SELF, "%s", deriver->news.trouble);
    pthread_mutex_unlock(&deriver->lock);
    return good;
}
