#include "node/keeper.h"

#include "node/clock.h"
#include "node/mover.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A transaction is no longer than this, so that commands that write drafts need not wait long; */
#define TRANSACTION_MS 50
/* and when the next one follows at once, they get a moment in between. */
#define PAUSE_NS 2000000L

struct keeper {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    int wake;
    struct store *store; /* The thread's own, */
    struct mover *mover;
    bool stale; /* and so is this: the files still have what drafts said that were published. */

    /* Under the lock. */
    struct tasks queue;
    bool closing, failed, told;
    struct fault fault;
    struct keeper_news news;
};

/* --- Tasks --- */

struct task *tasks_add(struct tasks *tasks, enum task_kind kind)
{
    if (tasks->count == tasks->capacity) {
        tasks->capacity = 2 * tasks->capacity + 16;
        tasks->list = memory_grow(tasks->list, tasks->capacity, sizeof *tasks->list);
    }
    struct task *task = &tasks->list[tasks->count++];
    *task = (struct task){.kind = kind};
    return task;
}

static void task_release(struct task *task)
{
    struct effects effects = {.list = &task->effect, .count = 1};

    effects_clear(&effects);
    free(task->ids);
    buffer_release(&task->text);
}

void tasks_release(struct tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++)
        task_release(&tasks->list[i]);
    free(tasks->list);
    *tasks = (struct tasks){0};
}

/* --- News --- */

static void noticed_add(struct noticed_list *noticed, const struct noticed *one)
{
    noticed->list = memory_grow(noticed->list, noticed->count + 1, sizeof *noticed->list);
    noticed->list[noticed->count++] = *one;
}

static void move_noticed(struct noticed_list *to, struct noticed_list *from)
{
    for (size_t i = 0; i < from->count; i++)
        noticed_add(to, &from->list[i]);
    from->count = 0;
    noticed_release(from);
}

void noticed_release(struct noticed_list *noticed)
{
    for (size_t i = 0; i < noticed->count; i++)
        buffer_release(&noticed->list[i].noted);
    free(noticed->list);
    *noticed = (struct noticed_list){0};
}

/* --- Doing them --- */

/* What a round of the thread did. */
struct round {
    struct tasks tasks;
    size_t done;
    bool published;
    uint64_t effects;
    struct keeper_news news;
};

static bool keep_said(struct store *store, struct round *round, const struct effect *effect,
                      const struct notices_said *said, struct fault *fault)
{
    struct noticed noticed = {.peer = effect->peer, .authority = effect->authority};
    struct digest known[NOTICES_MAX];
    size_t count;

    if (!store_keep_notices(store, said, known, &count, fault))
        return false;
    if (count == 0)
        return true;
    noted_write(said->rules, known, count, &noticed.noted);
    noticed_add(&round->news.noticed, &noticed);
    return true;
}

/* The replica has written what it says. */
static bool keep_notices(struct store *store, struct round *round, const struct effect *effect,
                         int64_t now_ms, struct fault *fault)
{
    struct message message;
    bool done = message_read(&message, buffer_view(&effect->bytes), fault) &&
                keep_said(store, round, effect,
                          &(struct notices_said){.authority = &effect->authority,
                                                 .rules = message.rules,
                                                 .notices = message.notices,
                                                 .count = message.count,
                                                 .now_ms = now_ms},
                          fault);

    message_release(&message);
    return done;
}

static bool keep_told(struct store *store, const struct effect *effect, struct fault *fault)
{
    struct message message;
    bool done = message_read(&message, buffer_view(&effect->bytes), fault) &&
                store_told(store, message.rules, message.ids, message.count, fault);

    message_release(&message);
    return done;
}

static bool do_effect(struct store *store, struct round *round, const struct effect *effect,
                      int64_t now_ms, struct fault *fault)
{
    switch (effect->kind) {
    case EFFECT_STORE:
        return store_keep(store, effect->record, effect->in,
                          effect->has_signer ? &effect->signer : NULL, fault);
    case EFFECT_STORE_BODY:
        return store_keep_body(store, effect->record, fault);
    case EFFECT_MOVE:
        return store_move(store, &effect->entry, effect->in, fault);
    case EFFECT_TEXT:
        return store_set_text(store, &effect->entry, effect->text, fault);
    case EFFECT_DROP_BODY:
        return store_drop_body(store, &effect->entry, fault);
    case EFFECT_STORE_NOTICES:
        return keep_notices(store, round, effect, now_ms, fault);
    case EFFECT_STORE_TOLD:
        return keep_told(store, effect, fault);
    case EFFECT_STORE_CHARTER:
        return store_keep_charter(store, buffer_view(&effect->bytes), now_ms, fault);
    default:
        abort(); /* Not for the store. */
    }
}

static bool claim(struct store *store, struct round *round, const struct task *task,
                  struct fault *fault)
{
    if (round->news.claimed_count == CLAIMED_MAX)
        return true; /* It is asked for again. */
    if (store_claim_draft(store, task->number, task->now_ms, fault)) {
        round->news.claimed[round->news.claimed_count++] = task->number;
        return true;
    }
    return fault->kind == FAULT_ABSENT;
}

static bool turn_back(struct store *store, const struct task *task, enum draft_state state,
                      struct fault *fault)
{
    struct draft *draft = store_get_draft(store, task->number, fault);
    struct buffer why = {0};

    if (draft == NULL)
        return fault->kind == FAULT_ABSENT;
    buffer_append(&why, buffer_view(&task->text));
    bool done = draft_turn_back(draft, state, buffer_text(&why), task->now_ms, fault) &&
                store_return_draft(store, task->number, draft, fault);
    buffer_release(&why);
    draft_free(draft);
    return done;
}

static bool answer(struct store *store, const struct task *task, struct fault *fault)
{
    struct buffer text = {0};

    buffer_append(&text, buffer_view(&task->text));
    bool done = store_queue_answer(store, task->number, task->answer, buffer_text(&text), fault);
    buffer_release(&text);
    return done;
}

static bool do_task(struct store *store, struct round *round, const struct task *task,
                    struct fault *fault)
{
    switch (task->kind) {
    case TASK_EFFECT:
        round->effects++;
        return do_effect(store, round, &task->effect, task->now_ms, fault);
    case TASK_ANSWER:
        return answer(store, task, fault);
    case TASK_CLAIM:
        return claim(store, round, task, fault);
    case TASK_PUBLISHED:
        round->published = true;
        return store_draft_published(store, task->number, &task->id, fault);
    case TASK_REJECTED:
        return turn_back(store, task, DRAFT_REJECTED, fault);
    case TASK_RECALLED:
        return turn_back(store, task, DRAFT_SUBMITTED, fault);
    case TASK_STATUS:
        return store_put_value(store, "status", buffer_view(&task->text), fault);
    case TASK_SETTLED:
        return store_put_value(store, "restored", bytes_of_text("no"), fault);
    case TASK_RECEIPTED:
        return store_receipted(store, task->ids, task->id_count, &task->id, fault);
    case TASK_PURGED:
        break;
    }
    return true;
}

/* Not within a transaction. */
static bool purge(struct store *store, struct round *round, const struct task *task,
                  struct fault *fault)
{
    bool done = store_purged(store, task->number, task->again, task->now_ms, fault);

    round->news.purge = done ? PURGE_DONE : PURGE_AGAIN;
    return done || fault->kind == FAULT_ABSENT;
}

/* One transaction, as many tasks as there are time for; those that belong together are not parted.
 */
static bool do_some(struct keeper *keeper, struct round *round, struct fault *fault)
{
    struct store *store = keeper->store;
    const struct task *list = round->tasks.list;
    int64_t until_ms = clock_now_ms() + TRANSACTION_MS;
    size_t at = round->done;

    if (list[at].kind == TASK_PURGED) {
        round->done++;
        mover_wait(keeper->mover);
        return purge(store, round, &list[at], fault);
    }
    if (!store_begin(store, fault))
        return false;
    do {
        if (!do_task(store, round, &list[at], fault)) {
            store_rollback(store);
            return false;
        }
        at++;
    } while (at < round->tasks.count && list[at].kind != TASK_PURGED &&
             (list[at].joined || clock_now_ms() < until_ms));
    round->done = at;
    return store_commit(store, fault);
}

/* --- The thread --- */

static void tell(struct keeper *keeper, struct round *round, uint64_t tasks, uint64_t effects)
{
    struct keeper_news *news = &keeper->news;

    news->tasks += tasks;
    news->effects += effects;
    if (round->news.purge != PURGE_NONE)
        news->purge = round->news.purge;
    for (size_t i = 0; i < round->news.claimed_count && news->claimed_count < CLAIMED_MAX; i++)
        news->claimed[news->claimed_count++] = round->news.claimed[i];
    move_noticed(&news->noticed, &round->news.noticed);
    keeper->told = true;
    pthread_cond_broadcast(&keeper->done);
    if (keeper->wake >= 0) {
        ssize_t written = write(keeper->wake, "", 1);
        (void)written; /* The pipe is full: it wakes all the same. */
    }
}

/* All that was taken from the queue, in as many transactions as it takes. */
static bool do_round(struct keeper *keeper, struct round *round, struct fault *fault)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    bool good = true;

    while (good && round->done < round->tasks.count) {
        size_t before = round->done;
        round->effects = 0;
        round->news = (struct keeper_news){0};
        good = do_some(keeper, round, fault);
        pthread_mutex_lock(&keeper->lock);
        if (good)
            tell(keeper, round, round->done - before, round->effects);
        pthread_mutex_unlock(&keeper->lock);
        noticed_release(&round->news.noticed); /* Of what failed nothing is told. */
        if (good)
            mover_committed(keeper->mover);
        if (good && round->done < round->tasks.count)
            nanosleep(&pause, NULL);
    }
    return good;
}

static void fail(struct keeper *keeper, const struct fault *fault)
{
    struct round nothing = {.done = 0};

    pthread_mutex_lock(&keeper->lock);
    keeper->failed = true;
    keeper->fault = *fault;
    tell(keeper, &nothing, 0, 0);
    pthread_mutex_unlock(&keeper->lock);
}

static bool is_idle(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    bool idle = keeper->queue.count == 0;
    pthread_mutex_unlock(&keeper->lock);
    return idle;
}

/* In a pause, since it waits for the disk and for who reads; if need be in the next one. */
static void purge_drafts(struct keeper *keeper)
{
    struct fault later;

    if (!keeper->stale || !is_idle(keeper))
        return;
    mover_wait(keeper->mover);
    keeper->stale = !store_purge_drafts(keeper->store, &later);
}

/* False when there is nothing more to come. */
static bool take_queue(struct keeper *keeper, struct round *round)
{
    pthread_mutex_lock(&keeper->lock);
    while (keeper->queue.count == 0 && !keeper->closing)
        pthread_cond_wait(&keeper->work, &keeper->lock);
    *round = (struct round){.tasks = keeper->queue};
    keeper->queue = (struct tasks){0};
    pthread_mutex_unlock(&keeper->lock);
    return round->tasks.count > 0;
}

static void *keep(void *context)
{
    struct keeper *keeper = context;
    struct round round;
    struct fault fault;

    while (take_queue(keeper, &round)) {
        bool good = do_round(keeper, &round, &fault);
        tasks_release(&round.tasks);
        if (!good) {
            fail(keeper, &fault);
            break;
        }
        keeper->stale |= round.published;
        purge_drafts(keeper);
    }
    return NULL;
}

/* --- From outside --- */

struct keeper *keeper_open(const char *url, int wake, struct fault *fault)
{
    struct store *store = store_open(url, STORE_WRITE, fault);
    struct mover *mover = NULL;

    if (store == NULL || !store_unclaim_drafts(store, fault) ||
        (mover = mover_open(url, store, fault)) == NULL) {
        store_close(store);
        return NULL;
    }
    struct keeper *keeper = memory_new(1, sizeof *keeper);
    keeper->store = store;
    keeper->mover = mover;
    keeper->wake = wake;
    pthread_mutex_init(&keeper->lock, NULL);
    pthread_cond_init(&keeper->work, NULL);
    pthread_cond_init(&keeper->done, NULL);
    int started = pthread_create(&keeper->thread, NULL, keep, keeper);
    assert(started == 0);
    return keeper;
}

void keeper_close(struct keeper *keeper)
{
    struct fault ignored;

    if (keeper == NULL)
        return;
    pthread_mutex_lock(&keeper->lock);
    keeper->closing = true;
    pthread_cond_signal(&keeper->work);
    pthread_mutex_unlock(&keeper->lock);
    pthread_join(keeper->thread, NULL);
    tasks_release(&keeper->queue); /* After a failure some may be left. */
    pthread_cond_destroy(&keeper->work);
    pthread_cond_destroy(&keeper->done);
    pthread_mutex_destroy(&keeper->lock);
    mover_close(keeper->mover);
    /* SQLite does so when the last one closes it, and somebody else may have it open for long. */
    store_empty_log(keeper->store, &ignored);
    store_close(keeper->store);
    noticed_release(&keeper->news.noticed);
    free(keeper);
}

static void move_tasks(struct tasks *to, struct tasks *from)
{
    if (to->count == 0) {
        struct tasks empty = *to;
        *to = *from;
        *from = empty;
        return;
    }
    for (size_t i = 0; i < from->count; i++)
        *tasks_add(to, from->list[i].kind) = from->list[i];
    from->count = 0;
}

void keeper_hand(struct keeper *keeper, struct tasks *tasks)
{
    if (tasks->count == 0)
        return;
    pthread_mutex_lock(&keeper->lock);
    keeper->news.handed += tasks->count;
    move_tasks(&keeper->queue, tasks);
    pthread_cond_signal(&keeper->work);
    pthread_mutex_unlock(&keeper->lock);
}

bool keeper_hear(struct keeper *keeper, struct keeper_news *news, struct fault *fault)
{
    pthread_mutex_lock(&keeper->lock);
    *news = keeper->news;
    keeper->news.claimed_count = 0;
    keeper->news.noticed = (struct noticed_list){0};
    keeper->news.purge = PURGE_NONE;
    keeper->told = false;
    bool failed = keeper->failed;
    if (failed)
        *fault = keeper->fault;
    pthread_mutex_unlock(&keeper->lock);
    return !failed;
}

void keeper_wait(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    while (!keeper->told && keeper->news.tasks < keeper->news.handed)
        pthread_cond_wait(&keeper->done, &keeper->lock);
    pthread_mutex_unlock(&keeper->lock);
}
