#include "node/engine.h"
#include "node/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_BATCH 256

/* --- Opening --- */

static bool restore_charter(void *context, struct bytes bundle, struct fault *fault)
{
    struct engine *engine = context;

    return replica_restore_charter(engine->replica, bundle, fault) ||
           fault_prefix(fault, "the charter in the store");
}

static bool restore_record(void *context, const struct stored *stored, struct fault *fault)
{
    struct engine *engine = context;

    (void)fault;
    replica_restore_record(engine->replica, stored->record,
                           stored->has_signer ? &stored->signer : NULL, stored->in,
                           stored->in && !stored->body_here);
    return true;
}

static void start_replica(struct engine *engine, int64_t period_ms)
{
    struct replica_settings settings = {.network = engine->network,
                                        .self = engine->self,
                                        .period_ms = period_ms,
                                        .credit_bytes = REPLICA_CREDIT_BYTES};

    random_bytes(&settings.seed, sizeof settings.seed);
    engine->replica = replica_new(&settings);
}

bool engine_open(struct engine *engine, const struct home *home, const struct digest *self,
                 int64_t period_ms, int64_t now_ms, struct fault *fault)
{
    *engine = (struct engine){.self = *self};
    engine->store = store_open(home_file(home, "store.sqlite", 0), STORE_WRITE, fault);
    if (engine->store == NULL)
        return false;
    if (!store_network(engine->store, &engine->network))
        return true; /* Joined nothing yet. */
    start_replica(engine, period_ms);
    if (store_each_charter(engine->store, restore_charter, engine, fault) &&
        store_each(engine->store, false, 0, restore_record, engine, fault)) {
        replica_start(engine->replica, now_ms, &engine->effects);
        if (engine_settle(engine, now_ms, fault))
            return true;
    }
    engine_close(engine);
    return false;
}

void engine_close(struct engine *engine)
{
    if (engine->writing)
        store_rollback(engine->store);
    replica_free(engine->replica);
    effects_release(&engine->effects);
    store_close(engine->store);
    memset(engine, 0, sizeof *engine);
}

bool engine_found(struct engine *engine, struct bytes bundle, int64_t period_ms, int64_t now_ms,
                  struct fault *fault)
{
    struct charter *charter = charter_new(NULL);
    bool changed, read = charter_add(charter, bundle, &changed, fault);

    if (read && !charter_in_force(charter))
        read = fault_refuse(fault, REFUSED_THRESHOLD, "the charter is short of its threshold");
    if (read)
        engine->network = *charter_network(charter);
    charter_free(charter);
    if (!read || !store_set_network(engine->store, &engine->network, fault))
        return false;
    start_replica(engine, period_ms);
    replica_start(engine->replica, now_ms, &engine->effects);
    return replica_offer_charter(engine->replica, bundle, now_ms, &engine->effects, fault) &&
           engine_settle(engine, now_ms, fault);
}

/* --- Effects --- */

static bool begin_writing(struct engine *engine, struct fault *fault)
{
    if (engine->writing)
        return true;
    engine->writing = store_begin(engine->store, fault);
    return engine->writing;
}

static bool send_records(struct engine *engine, const struct effect *effect, struct fault *fault)
{
    struct buffer frame = {0};
    bool read = true;

    if (engine->bus == NULL)
        return true;
    records_write(effect->left, effect->id_count, &frame);
    for (size_t i = 0; read && i < effect->id_count; i++) {
        struct record *record = store_find(engine->store, &effect->ids[i], true, fault);
        read = record != NULL;
        if (read)
            record_write(record, true, &frame);
        record_free(record);
    }
    if (read)
        bus_send(engine->bus, effect->peer, buffer_view(&frame));
    buffer_release(&frame);
    return read;
}

static bool publish_live(struct engine *engine, const struct digest *id, struct fault *fault)
{
    struct buffer frame = {0};

    if (engine->bus == NULL)
        return true;
    struct record *record = store_find(engine->store, id, true, fault);
    if (record == NULL)
        return false;
    record_write(record, true, &frame);
    bus_publish(engine->bus, buffer_view(&frame));
    engine->live++;
    buffer_release(&frame);
    record_free(record);
    return true;
}

static bool act(struct engine *engine, const struct effect *effect, int64_t now_ms,
                struct fault *fault)
{
    switch (effect->kind) {
    case EFFECT_STORE:
        return begin_writing(engine, fault) &&
               store_keep(engine->store, effect->record, effect->in,
                          effect->has_signer ? &effect->signer : NULL, fault);
    case EFFECT_STORE_BODY:
        return begin_writing(engine, fault) &&
               store_keep_body(engine->store, effect->record, fault);
    case EFFECT_MOVE:
        return begin_writing(engine, fault) &&
               store_move(engine->store, &effect->id, effect->in, fault);
    case EFFECT_STORE_CHARTER:
        return begin_writing(engine, fault) &&
               store_keep_charter(engine->store, buffer_view(&effect->bytes), now_ms, fault);
    case EFFECT_SEND:
        if (engine->bus != NULL)
            bus_send(engine->bus, effect->peer, buffer_view(&effect->bytes));
        return true;
    case EFFECT_SEND_RECORDS:
        return send_records(engine, effect, fault);
    case EFFECT_LIVE:
        return publish_live(engine, &effect->id, fault);
    case EFFECT_ADMIT:
        engine->admit_again = true;
        return true;
    case EFFECT_CLOSE:
        if (engine->bus != NULL)
            bus_drop(engine->bus, effect->peer, now_ms);
        return true;
    }
    return true;
}

bool engine_carry_out(struct engine *engine, int64_t now_ms, struct fault *fault)
{
    bool done = true;

    for (size_t i = 0; done && i < engine->effects.count; i++)
        done = act(engine, &engine->effects.list[i], now_ms, fault);
    effects_clear(&engine->effects);
    return done;
}

bool engine_settle(struct engine *engine, int64_t now_ms, struct fault *fault)
{
    if (!engine_carry_out(engine, now_ms, fault))
        return false;
    while (engine->writing) {
        engine->writing = false;
        if (!store_commit(engine->store, fault))
            return false;
        if (engine->replica == NULL)
            return true;
        replica_stored(engine->replica, now_ms, &engine->effects);
        if (!engine_carry_out(engine, now_ms, fault))
            return false;
    }
    return true;
}

/* --- The queue --- */

static bool take_in(struct engine *engine, enum queue_kind kind, struct bytes bytes, int64_t now_ms,
                    struct fault *fault)
{
    if (engine->replica == NULL)
        return fault_set(fault, FAULT_INPUT,
                         "this home has joined no network yet: candour join FILE");
    return kind == QUEUE_CHARTER
               ? replica_offer_charter(engine->replica, bytes, now_ms, &engine->effects, fault)
               : replica_offer(engine->replica, bytes, now_ms, &engine->effects, fault);
}

bool engine_serve_queue(struct engine *engine, int64_t now_ms, struct fault *fault)
{
    struct buffer bytes = {0};
    struct fault answer;
    enum queue_kind kind;
    uint64_t ticket;
    bool good = true;

    for (unsigned i = 0; good; i++) {
        buffer_clear(&bytes);
        if (!store_queue_next(engine->store, &ticket, &kind, &bytes, fault)) {
            good = fault->kind == FAULT_ABSENT;
            break;
        }
        bool taken = take_in(engine, kind, buffer_view(&bytes), now_ms, &answer);
        good = begin_writing(engine, fault) && engine_carry_out(engine, now_ms, fault) &&
               store_queue_answer(engine->store, ticket, taken ? FAULT_NONE : answer.kind,
                                  taken ? "" : answer.text, fault) &&
               (i % QUEUE_BATCH != QUEUE_BATCH - 1 || engine_settle(engine, now_ms, fault));
    }
    buffer_release(&bytes);
    return good && engine_settle(engine, now_ms, fault);
}
