#include "node/engine.h"
#include "node/why.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What commands leave for the running node: records and charters from files, questions, orders. */

#define BATCH 256
#define PEERS_ASKED_MAX 4096

static void add_answer(struct engine *engine, uint64_t ticket, enum fault_kind kind,
                       struct bytes text)
{
    struct task *task = tasks_add(&engine->tasks, TASK_ANSWER);

    task->number = ticket;
    task->answer = kind;
    buffer_append(&task->text, text);
}

static void answer(struct engine *engine, uint64_t ticket, bool good, const struct fault *fault)
{
    if (good)
        add_answer(engine, ticket, FAULT_NONE, bytes_of_text(""));
    else
        add_answer(engine, ticket, fault->kind, bytes_of_text(fault->text));
}

/* --- Records, many at a time --- */

struct records {
    struct engine *engine;
    uint64_t tickets[BATCH];
    struct buffer bytes[BATCH];
    size_t count;
    bool refused[BATCH];
};

static void note_refusal(void *context, size_t index, const struct fault *fault)
{
    struct records *records = context;

    records->refused[index] = true;
    answer(records->engine, records->tickets[index], false, fault);
}

static uint64_t erased_ones(const struct engine *engine)
{
    return replica_counters(engine->replica).refused[REFUSED_ERASED];
}

static bool offer_records(struct records *records, int64_t now_ms, struct fault *fault)
{
    struct engine *engine = records->engine;
    struct bytes views[BATCH];
    uint64_t erased = erased_ones(engine);

    if (records->count == 0)
        return true;
    for (size_t i = 0; i < records->count; i++)
        views[i] = buffer_view(&records->bytes[i]);
    replica_offer(engine->replica, views, records->count, now_ms, note_refusal, records,
                  &engine->effects);
    if (erased_ones(engine) > erased)
        engine_purge(engine, true);
    bool good = engine_carry_out(engine, now_ms, fault);
    for (size_t i = 0; i < records->count; i++) {
        if (!records->refused[i])
            answer(engine, records->tickets[i], true, NULL);
        buffer_release(&records->bytes[i]);
        records->refused[i] = false;
    }
    records->count = 0;
    return good;
}

static void add_record(struct records *records, uint64_t ticket, struct buffer *bytes)
{
    records->tickets[records->count] = ticket;
    records->bytes[records->count++] = *bytes;
    *bytes = (struct buffer){0};
}

/* --- One by one --- */

static void answer_why(struct engine *engine, uint64_t ticket, struct bytes id, int64_t now_ms)
{
    struct digest digest = {{0}};

    memcpy(digest.bytes, id.data, id.size < sizeof digest.bytes ? id.size : sizeof digest.bytes);
    json_t *object = why_record(engine, &digest, now_ms);
    char *text = json_dumps(object, JSON_COMPACT);
    add_answer(engine, ticket, FAULT_NONE, bytes_of_text(text));
    free(text);
    json_decref(object);
}

/* The answer is how many are asked. */
static void answer_sync(struct engine *engine, uint64_t ticket, int64_t now_ms)
{
    struct peer_report *reports = memory_new(PEERS_ASKED_MAX, sizeof *reports);
    size_t count = replica_peers(engine->replica, reports, PEERS_ASKED_MAX), asked = 0;
    char text[24];

    for (size_t i = 0; i < count; i++)
        asked += reports[i].greeted;
    free(reports);
    replica_sync(engine->replica, now_ms, &engine->effects);
    snprintf(text, sizeof text, "%zu", asked);
    add_answer(engine, ticket, FAULT_NONE, bytes_of_text(text));
}

static void serve_one(struct engine *engine, uint64_t ticket, enum queue_kind kind,
                      struct bytes bytes, int64_t now_ms)
{
    struct fault fault;

    switch (kind) {
    case QUEUE_CHARTER:
        answer(engine, ticket,
               replica_offer_charter(engine->replica, bytes, now_ms, &engine->effects, &fault),
               &fault);
        break;
    case QUEUE_SYNC:
        answer_sync(engine, ticket, now_ms);
        break;
    case QUEUE_WHY:
        answer_why(engine, ticket, bytes, now_ms);
        break;
    case QUEUE_RECORD:
    case QUEUE_KINDS:
        break;
    }
}

bool engine_serve_queue(struct engine *engine, int64_t now_ms, struct fault *fault)
{
    struct records *records = memory_new(1, sizeof *records);
    struct buffer bytes = {0};
    struct fault nowhere;
    enum queue_kind kind;
    bool good = true;

    records->engine = engine;
    while (good && store_queue_next(engine->store, &engine->last_ticket, &kind, &bytes, fault)) {
        if (engine->replica == NULL) {
            fault_set(&nowhere, FAULT_INPUT,
                      "this home has joined no network yet: candour join FILE");
            answer(engine, engine->last_ticket, false, &nowhere);
            buffer_clear(&bytes);
        } else if (kind == QUEUE_RECORD) {
            add_record(records, engine->last_ticket, &bytes);
            good = records->count < BATCH || offer_records(records, now_ms, fault);
        } else {
            good = offer_records(records, now_ms, fault);
            serve_one(engine, engine->last_ticket, kind, buffer_view(&bytes), now_ms);
            buffer_clear(&bytes);
        }
    }
    good = good && fault->kind == FAULT_ABSENT && offer_records(records, now_ms, fault);
    buffer_release(&bytes);
    free(records);
    return good;
}
