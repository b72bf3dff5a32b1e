#include "node/mover.h"
#include "protocol/bytes.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

/* The log begins anew only where all of it was moved when something is committed next. While one
 * commit follows another that never is so: what is left when nearly all was moved is for the thread
 * that commits. */
#define LAST_BYTES (STORE_LOG_BYTES / 4)
/* Who commits waits, and helps, where the log grows faster than it can be moved. */
#define MOST_BYTES (4 * (uint64_t)STORE_LOG_BYTES)

struct mover {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    struct store *store;  /* The thread's own. */
    struct store *writer; /* Of the thread that commits. */

    /* Under the lock. */
    bool closing, moving;
    uint64_t log, moved; /* Bytes, and how many of them are in the file. */
};

/* What fails is still in the log, and is tried again after the next commit, which tells of a disk
 * that is full or broken. */
static uint64_t move(struct store *store)
{
    struct fault ignored;
    uint64_t moved;

    return store_move_log(store, &moved, &ignored) ? moved : 0;
}

/* --- The thread --- */

/* More than the log had when it was last looked at: it has begun anew since, or has grown. Nothing
 * is lost by supposing the first. */
static void note_moved(struct mover *mover, uint64_t moved)
{
    mover->moved = moved <= mover->log ? moved : 0;
}

static void *run(void *context)
{
    struct mover *mover = context;

    pthread_mutex_lock(&mover->lock);
    while (!mover->closing) {
        if (!mover->moving) {
            pthread_cond_wait(&mover->work, &mover->lock);
            continue;
        }
        pthread_mutex_unlock(&mover->lock);
        uint64_t moved = move(mover->store);
        pthread_mutex_lock(&mover->lock);
        note_moved(mover, moved);
        mover->moving = false;
        pthread_cond_signal(&mover->done);
    }
    pthread_mutex_unlock(&mover->lock);
    return NULL;
}

/* --- From outside --- */

struct mover *mover_open(const char *url, struct store *writer, struct fault *fault)
{
    struct store *store = store_open(url, STORE_MOVE_LOG, fault);

    if (store == NULL)
        return NULL;
    struct mover *mover = memory_new(1, sizeof *mover);
    mover->store = store;
    mover->writer = writer;
    store_leave_log(writer);
    pthread_mutex_init(&mover->lock, NULL);
    pthread_cond_init(&mover->work, NULL);
    pthread_cond_init(&mover->done, NULL);
    int started = pthread_create(&mover->thread, NULL, run, mover);
    assert(started == 0);
    return mover;
}

void mover_close(struct mover *mover)
{
    if (mover == NULL)
        return;
    pthread_mutex_lock(&mover->lock);
    mover->closing = true;
    pthread_cond_signal(&mover->work);
    pthread_mutex_unlock(&mover->lock);
    pthread_join(mover->thread, NULL);
    pthread_cond_destroy(&mover->work);
    pthread_cond_destroy(&mover->done);
    pthread_mutex_destroy(&mover->lock);
    store_close(mover->store);
    free(mover);
}

static void await_rest(struct mover *mover)
{
    while (mover->moving)
        pthread_cond_wait(&mover->done, &mover->lock);
}

void mover_committed(struct mover *mover)
{
    uint64_t log = store_log_bytes(mover->writer);

    pthread_mutex_lock(&mover->lock);
    if (log < mover->log)
        mover->moved = 0;
    mover->log = log;
    if (log >= MOST_BYTES)
        await_rest(mover);
    bool due = log >= STORE_LOG_BYTES && !mover->moving;
    bool last = due && (log - mover->moved <= LAST_BYTES || log >= MOST_BYTES);
    if (due && !last) {
        mover->moving = true;
        pthread_cond_signal(&mover->work);
    }
    pthread_mutex_unlock(&mover->lock);
    if (!last)
        return;
    uint64_t moved = move(mover->writer);
    pthread_mutex_lock(&mover->lock);
    note_moved(mover, moved);
    pthread_mutex_unlock(&mover->lock);
}

void mover_wait(struct mover *mover)
{
    pthread_mutex_lock(&mover->lock);
    await_rest(mover);
    pthread_mutex_unlock(&mover->lock);
}
