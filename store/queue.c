#include "store/internal.h"

#include <assert.h>
#include <stdio.h>

/* What commands leave for the running node. The frame goes as soon as it is answered. */

enum sql { SWEEP, PUT, NEXT, ANSWER, OUTCOME, TAKE, QUERIES };

#define NOW_MS "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"

static const char *const sql[QUERIES] = {
    [SWEEP] = "DELETE FROM queue WHERE answered_ms < " NOW_MS " - 86400000",
    [PUT] = "INSERT INTO queue (kind, frame) VALUES (?1, ?2) RETURNING ticket",
    [NEXT] = "SELECT ticket, kind, frame FROM queue WHERE outcome IS NULL AND ticket > ?1"
             " ORDER BY ticket LIMIT 1",
    [ANSWER] = "UPDATE queue SET outcome = ?2, text = ?3, frame = x'', answered_ms = " NOW_MS
               " WHERE ticket = ?1 AND outcome IS NULL RETURNING ticket",
    [OUTCOME] = "SELECT outcome, text FROM queue WHERE ticket = ?1",
    [TAKE] = "DELETE FROM queue WHERE ticket = ?1",
};
const struct wall queue_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_QUEUE, (int)query);
}

static bool put(struct store *store, enum queue_kind kind, struct bytes bytes, uint64_t *ticket,
                struct fault *fault)
{
    if (!run(store, start(store, SWEEP), "sweeping the queue", fault))
        return false;
    sqlite3_stmt *query = start(store, PUT);
    bind_number(query, 1, kind);
    bind_bytes(query, 2, bytes);
    int64_t number = 0;
    bool done = run_number(store, query, &number, "queueing", fault);
    *ticket = (uint64_t)number;
    store->tally.waiting++;
    store->tally.generation++;
    return done;
}

bool store_queue(struct store *store, enum queue_kind kind, struct bytes bytes, uint64_t *ticket,
                 struct fault *fault)
{
    if (!act_begin(store, fault))
        return false;
    return act_end(store, put(store, kind, bytes, ticket, fault), fault);
}

bool store_queue_next(struct store *store, uint64_t *ticket, enum queue_kind *kind,
                      struct buffer *bytes, struct fault *fault)
{
    sqlite3_stmt *query = start(store, NEXT);

    bind_number(query, 1, (int64_t)*ticket);
    int answer = step(store, query, "reading the queue", fault);

    if (answer == SQLITE_ROW) {
        *ticket = (uint64_t)sqlite3_column_int64(query, 0);
        *kind = (enum queue_kind)sqlite3_column_int(query, 1);
        buffer_append(bytes, column_bytes(query, 2));
    } else if (answer == SQLITE_DONE)
        fault_set(fault, FAULT_ABSENT, "store %s: nothing waits in the queue", store->path);
    finish(query);
    return answer == SQLITE_ROW;
}

static bool no_ticket(struct store *store, uint64_t ticket, struct fault *fault)
{
    return fault_set(fault, FAULT_ABSENT, "store %s: nothing waits under ticket %llu", store->path,
                     (unsigned long long)ticket);
}

static bool answer_waiting(struct store *store, uint64_t ticket, enum fault_kind kind,
                           const char *text, struct fault *fault)
{
    sqlite3_stmt *query = start(store, ANSWER);

    bind_number(query, 1, (int64_t)ticket);
    bind_number(query, 2, kind);
    bind_word(query, 3, text);
    int answer = step(store, query, "answering", fault);
    finish(query);
    store->tally.waiting -= answer == SQLITE_ROW;
    return answer == SQLITE_ROW || (answer == SQLITE_DONE && no_ticket(store, ticket, fault));
}

bool store_queue_answer(struct store *store, uint64_t ticket, enum fault_kind kind,
                        const char *text, struct fault *fault)
{
    if (!act_begin(store, fault))
        return false;
    return act_end(store, answer_waiting(store, ticket, kind, text, fault), fault);
}

/* --- What became of it --- */

static bool read_outcome(struct store *store, uint64_t ticket, enum fault_kind *kind, char *text,
                         size_t text_size, struct fault *fault)
{
    sqlite3_stmt *query = start(store, OUTCOME);

    bind_number(query, 1, (int64_t)ticket);
    int answer = step(store, query, "reading the queue", fault);
    bool answered = answer == SQLITE_ROW && sqlite3_column_type(query, 0) != SQLITE_NULL;
    if (answered) {
        *kind = (enum fault_kind)sqlite3_column_int(query, 0);
        snprintf(text, text_size, "%s", column_word(query, 1));
    } else if (answer == SQLITE_ROW)
        fault_set(fault, FAULT_ABSENT, "ticket %llu waits: is the node running?",
                  (unsigned long long)ticket);
    else if (answer == SQLITE_DONE)
        no_ticket(store, ticket, fault);
    finish(query);
    return answered;
}

bool store_queue_outcome(struct store *store, uint64_t ticket, enum fault_kind *kind, char *text,
                         size_t text_size, struct fault *fault)
{
    if (!read_outcome(store, ticket, kind, text, text_size, fault))
        return false;
    if (!act_begin(store, fault))
        return false;
    sqlite3_stmt *query = start(store, TAKE);
    bind_number(query, 1, (int64_t)ticket);
    return act_end(store, run(store, query, "taking an answer", fault), fault);
}
