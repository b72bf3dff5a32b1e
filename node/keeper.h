#ifndef CANDOUR_NODE_KEEPER_H
#define CANDOUR_NODE_KEEPER_H

#include "protocol/replica.h"
#include "store/store.h"

/* The thread that writes facts. Tasks are handed over in order and done in order, many in one
 * transaction where many wait: group commit. It tells what is durable; whoever handed tasks over
 * goes on meanwhile.
 *
 * It owns its store and who moves its log (node/mover.h); nothing else is shared but the queue of
 * tasks and the news, under a lock. */
struct keeper;

enum task_kind {
    TASK_EFFECT,    /* One of the replica's effects for the store. */
    TASK_ANSWER,    /* What a command queued under `number` is answered: `answer`, `text`. */
    TASK_CLAIM,     /* Draft `number` is about to be signed: news.claimed tells if it may. */
    TASK_PUBLISHED, /* Draft `number` became the record `id`. */
    TASK_REJECTED,  /* Draft `number` cannot be published: `text` says why. */
    TASK_RECALLED,  /* It may not go out as it was approved: `text` says why. */
    TASK_STATUS,    /* `text` is the node's status. */
    TASK_RECEIPTED, /* The record `id` is the receipt for `ids`. */
    TASK_SETTLED,   /* A home from a backup knows its own feed again. */
    TASK_PURGED,    /* What was erased up to change `number` is out of the index; `again`: an erased
                       text came once more. */
};
struct task {
    enum task_kind kind;
    bool joined; /* In one transaction with the task before it. */
    bool again;
    struct effect effect;
    uint64_t number;
    struct digest id;
    struct digest *ids;
    size_t id_count;
    enum fault_kind answer;
    struct buffer text;
    int64_t now_ms;
};
struct tasks {
    struct task *list;
    size_t count, capacity;
};
/* A new task at the end, of this kind. */
struct task *tasks_add(struct tasks *tasks, enum task_kind kind);
void tasks_release(struct tasks *tasks);

/* The store must be there. A byte is written to `wake` (-1: none) whenever there is news. */
struct keeper *keeper_open(const char *url, int wake, struct fault *fault);
/* Waits until all that was handed over is done. */
void keeper_close(struct keeper *keeper);

/* Takes the tasks over: the list is empty afterwards. */
void keeper_hand(struct keeper *keeper, struct tasks *tasks);

/* What is answered to EFFECT_STORE_NOTICES: replica_noticed(). */
struct noticed {
    peer_number peer;
    struct digest authority;
    struct buffer noted;
};
struct noticed_list {
    struct noticed *list;
    size_t count;
};
void noticed_release(struct noticed_list *noticed);

/* What became durable since the last call. */
#define CLAIMED_MAX 64
struct keeper_news {
    uint64_t effects; /* Of the replica's, in all. */
    uint64_t tasks;   /* Done in all, effects among them, of so many */
    uint64_t handed;  /* that were handed over. */
    enum {
        PURGE_NONE,
        PURGE_DONE,
        PURGE_AGAIN
    } purge; /* AGAIN: later, something is still there. */
    uint64_t claimed[CLAIMED_MAX];
    size_t claimed_count;
    struct noticed_list noticed; /* Whoever hears it releases it. */
};
/* False when the store failed: nothing that is not told here was kept, and nothing more will be. */
bool keeper_hear(struct keeper *keeper, struct keeper_news *news, struct fault *fault);

/* For who has nothing else to do: until there is news, or nothing is left to be done. */
void keeper_wait(struct keeper *keeper);

#endif
