#include "node/engine.h"

#include "crypto/secret.h"
#include "node/json.h"
#include "node/log.h"
#include "node/priority.h"
#include "node/why.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PURGE_AGAIN_MS 1000

/* --- Records that are with the keeper --- */

static void pend(struct engine *engine, struct record *record, uint64_t asked)
{
    if (engine->pending_count == engine->pending_capacity) {
        engine->pending_capacity = 2 * engine->pending_capacity + 64;
        engine->pending =
            memory_grow(engine->pending, engine->pending_capacity, sizeof *engine->pending);
    }
    places_put(&engine->pending_places, record_id(record), engine->pending_count);
    engine->pending[engine->pending_count].record = record_hold(record);
    engine->pending[engine->pending_count++].asked = asked;
    engine->pending_bytes += record_entry(record).size;
}

static struct record *find_pending(const struct engine *engine, const struct digest *id)
{
    size_t at = places_find(&engine->pending_places, id);

    return at == NO_PLACE ? NULL : engine->pending[at].record;
}

/* The queue begins at its memory's start again, when it is empty or much of it is behind us. */
static void compact(struct engine *engine)
{
    size_t first = engine->pending_first, count = engine->pending_count - first;

    if (count > 0 && first < count + 4096)
        return;
    if (count > 0) /* Where nothing ever waited there is no memory. */
        memmove(engine->pending, &engine->pending[first], count * sizeof *engine->pending);
    for (size_t i = 0; i < count; i++)
        places_put(&engine->pending_places, record_id(engine->pending[i].record), i);
    engine->pending_first = 0;
    engine->pending_count = count;
}

/* Those that are durable are read from the store from now on. */
static void drop_pending(struct engine *engine, uint64_t asked)
{
    size_t at = engine->pending_first;

    for (; at < engine->pending_count && engine->pending[at].asked <= asked; at++) {
        places_remove(&engine->pending_places, record_id(engine->pending[at].record));
        engine->pending_bytes -= record_entry(engine->pending[at].record).size;
        record_free(engine->pending[at].record);
    }
    engine->pending_first = at;
    compact(engine);
}

static struct record *read_record(const struct engine *engine, const struct entry *entry, bool body,
                                  struct fault *fault)
{
    struct record *pending = find_pending(engine, &entry->id);

    return pending != NULL ? record_hold(pending)
                           : store_read_unchecked(engine->store, entry, body, fault);
}

static struct record *fetch(void *context, const struct entry *entry)
{
    struct fault fault;
    struct record *record = read_record(context, entry, false, &fault);

    if (record == NULL)
        log_line(LOG_ERROR, "a record of the set cannot be read: %s", fault.text);
    return record;
}

/* --- Boxes --- */

static bool box_close(void *context, const struct exchange_public *to, struct bytes text,
                      struct buffer *box)
{
    const struct engine *engine = context;
    uint8_t *bytes = memory_new(text.size + EXCHANGE_BOX_EXTRA, 1);
    bool closed = engine->keys != NULL &&
                  exchange_box_close(engine->keys->box, to, text.data, text.size, bytes);

    if (closed)
        buffer_append(box, bytes_of(bytes, text.size + EXCHANGE_BOX_EXTRA));
    free(bytes);
    return closed;
}

static bool box_open(void *context, const struct exchange_public *from, struct bytes box,
                     struct buffer *text)
{
    const struct engine *engine = context;
    uint8_t *bytes = memory_new(box.size, 1);
    bool opened = engine->keys != NULL &&
                  exchange_box_open(engine->keys->box, from, box.data, box.size, bytes);

    if (opened)
        buffer_append(text, bytes_of(bytes, box.size - EXCHANGE_BOX_EXTRA));
    free(bytes);
    return opened;
}

/* --- Opening --- */

static bool restore_charter(void *context, struct bytes bundle, struct fault *fault)
{
    struct engine *engine = context;

    return replica_restore_charter(engine->replica, bundle, fault) ||
           fault_prefix(fault, "the charter in the store");
}

static bool restore_record(void *context, const struct skeleton *skeleton, struct fault *fault)
{
    struct engine *engine = context;

    (void)fault;
    replica_restore_record(engine->replica, skeleton);
    return true;
}

static bool is_restored(struct store *store)
{
    struct buffer value = {0};
    struct fault none;
    bool restored = store_get_value(store, "restored", &value, &none) &&
                    bytes_equal(buffer_view(&value), bytes_of_text("yes"));

    buffer_release(&value);
    return restored;
}

static void start_replica(struct engine *engine, const struct engine_settings *settings)
{
    struct replica_settings replica = {.network = engine->network,
                                       .self = engine->self,
                                       .period_ms = settings->period_ms,
                                       .credit_bytes = REPLICA_CREDIT_BYTES,
                                       .credit_total = REPLICA_CREDIT_TOTAL,
                                       .restored = engine->restored,
                                       .context = engine,
                                       .fetch = fetch,
                                       .box_close = box_close,
                                       .box_open = box_open};

    random_bytes(&replica.seed, sizeof replica.seed);
    engine->replica = replica_new(&replica);
    engine->pending_places.key = replica.seed;
    if (settings->interest != NULL)
        replica_set_interest(engine->replica, settings->interest, settings->interest_count,
                             &engine->effects);
}

static bool open_all(struct engine *engine, const struct home *home,
                     const struct engine_settings *settings, struct fault *fault)
{
    const char *path = home_file(home, "store.sqlite", 0);

    /* The keeper first: it brings an older store up to date. */
    return (engine->keeper = keeper_open(path, settings->wake, fault)) != NULL &&
           (engine->deriver = deriver_open(path, settings->wake, fault)) != NULL &&
           (engine->store = store_open(path, STORE_READ, fault)) != NULL;
}

bool engine_open(struct engine *engine, const struct home *home,
                 const struct engine_settings *settings, int64_t now_ms, struct fault *fault)
{
    *engine = (struct engine){.self = *settings->self, .home = home, .to_purge = true};
    priority_of_facts();
    bool good = open_all(engine, home, settings, fault);
    if (good && store_network(engine->store, &engine->network)) {
        engine->restored = is_restored(engine->store);
        if (engine->restored && settings->force_offline)
            engine->alone_at_ms = now_ms + OWN_HEAD_MS;
        start_replica(engine, settings);
        good = store_each_charter(engine->store, restore_charter, engine, fault) &&
               store_each_skeleton(engine->store, restore_record, engine, fault);
        if (good) {
            replica_start(engine->replica, now_ms, &engine->effects);
            good = engine_turn(engine, now_ms, fault);
        }
    }
    if (!good)
        engine_close(engine);
    return good;
}

void engine_close(struct engine *engine)
{
    tasks_release(&engine->tasks);
    /* Who writes closes last: then what is in the logs goes into the files, and nobody reads. */
    store_close(engine->store);
    deriver_close(engine->deriver);
    keeper_close(engine->keeper);
    replica_free(engine->replica);
    gate_free(engine->house.gate);
    effects_release(&engine->effects);
    drop_pending(engine, UINT64_MAX);
    free(engine->pending);
    places_release(&engine->pending_places);
    memset(engine, 0, sizeof *engine);
}

/* --- Founding --- */

/* What of the file is valid, and nothing else. */
static bool read_first(struct bytes bundle, struct digest *network, struct buffer *valid,
                       struct fault *fault)
{
    struct charter *charter = charter_new(NULL);
    bool changed, read = charter_add(charter, bundle, &changed, fault);

    if (read && !charter_in_force(charter))
        read = fault_refuse(fault, REFUSED_THRESHOLD, "the charter is short of its threshold");
    if (read) {
        *network = *charter_network(charter);
        charter_write(charter, valid);
    }
    charter_free(charter);
    return read;
}

bool engine_found(const struct home *home, struct bytes bundle, int64_t now_ms, struct fault *fault)
{
    struct buffer valid = {0};
    struct digest network;
    struct store *store = NULL;

    /* The network and its first charter are kept in one transaction: both or neither. */
    bool done =
        read_first(bundle, &network, &valid, fault) &&
        (store = store_open(home_file(home, "store.sqlite", 0), STORE_WRITE, fault)) != NULL &&
        store_begin(store, fault) && store_set_network(store, &network, fault) &&
        store_keep_charter(store, buffer_view(&valid), now_ms, fault) && store_commit(store, fault);
    store_close(store); /* What was begun and not committed is undone. */
    buffer_release(&valid);
    return done;
}

/* --- Effects --- */

static bool write_record(const struct engine *engine, peer_number peer,
                         const struct sending *sending, struct buffer *frame, struct fault *fault)
{
    struct record *record = read_record(engine, &sending->entry, !sending->bare, fault);

    if (record == NULL)
        return false;
    record_write(record,
                 !sending->bare &&
                     replica_sends_body(engine->replica, peer, record_header(record)->topic),
                 frame);
    record_free(record);
    return true;
}

static bool send_records(struct engine *engine, const struct effect *effect, struct fault *fault)
{
    struct buffer frame = {0};
    bool good = true;

    if (engine->bus == NULL)
        return true;
    if (!store_begin_reading(engine->store, fault))
        return false;
    records_write(effect->left, effect->sending_count, &frame);
    for (size_t i = 0; good && i < effect->sending_count; i++)
        good = write_record(engine, effect->peer, &effect->sendings[i], &frame, fault);
    store_end_reading(engine->store);
    if (good) {
        bus_send(engine->bus, effect->peer, buffer_view(&frame));
        deriver_served(engine->deriver, effect->sending_count);
    }
    buffer_release(&frame);
    return good;
}

/* Not with a text that was hidden meanwhile. */
static bool publish_live(struct engine *engine, const struct entry *entry, struct fault *fault)
{
    struct sending sending = {*entry,
                              set_text(replica_set(engine->replica), &entry->id) != TEXT_STANDS};
    struct buffer frame = {0};
    bool good = true;

    if (engine->bus == NULL || bus_subscribers(engine->bus) == 0)
        return true; /* Who subscribes now compares with us in a moment. */
    good = write_record(engine, PEER_SELF, &sending, &frame, fault);
    if (good)
        bus_publish(engine->bus, buffer_view(&frame));
    buffer_release(&frame);
    return good;
}

/* The effect changes hands. */
static void hand_to_keeper(struct engine *engine, struct effect *effect, int64_t now_ms)
{
    struct task *task = tasks_add(&engine->tasks, TASK_EFFECT);

    engine->asked++;
    if (effect->kind == EFFECT_STORE)
        pend(engine, effect->record, engine->asked);
    if (effect->kind == EFFECT_DROP_BODY ||
        (effect->kind == EFFECT_TEXT && effect->text == TEXT_ERASED))
        engine_purge(engine, false);
    task->effect = *effect;
    task->now_ms = now_ms;
    *effect = (struct effect){.kind = effect->kind};
}

struct looking {
    struct engine *engine;
    int64_t now_ms;
};

static bool lacks_body(void *context, const struct stored *stored, struct fault *fault)
{
    const struct looking *looking = context;

    (void)fault;
    replica_lacks_body(looking->engine->replica, stored->record, looking->now_ms);
    return true;
}

static bool look_for_bodies(struct engine *engine, int64_t now_ms, struct fault *fault)
{
    struct selection selection = {.bodiless = true};
    struct looking looking = {engine, now_ms};

    return store_each(engine->store, false, &selection, lacks_body, &looking, fault);
}

static bool act(struct engine *engine, struct effect *effect, int64_t now_ms, struct fault *fault)
{
    switch (effect->kind) {
    case EFFECT_STORE:
    case EFFECT_STORE_BODY:
    case EFFECT_MOVE:
    case EFFECT_TEXT:
    case EFFECT_DROP_BODY:
    case EFFECT_STORE_CHARTER:
    case EFFECT_STORE_NOTICES:
    case EFFECT_STORE_TOLD:
        hand_to_keeper(engine, effect, now_ms);
        return true;
    case EFFECT_SEND:
        if (engine->bus != NULL)
            bus_send(engine->bus, effect->peer, buffer_view(&effect->bytes));
        return true;
    case EFFECT_SEND_RECORDS:
        return send_records(engine, effect, fault);
    case EFFECT_LIVE:
        return publish_live(engine, &effect->entry, fault);
    case EFFECT_ADMIT:
        engine->admit_again = true;
        return true;
    case EFFECT_CLOSE:
        if (engine->bus != NULL)
            bus_drop(engine->bus, effect->peer, now_ms);
        return true;
    case EFFECT_LOOK:
        return look_for_bodies(engine, now_ms, fault);
    }
    return true;
}

bool engine_carry_out(struct engine *engine, int64_t now_ms, struct fault *fault)
{
    size_t first = engine->tasks.count;
    bool good = true;

    for (size_t i = 0; good && i < engine->effects.count; i++)
        good = act(engine, &engine->effects.list[i], now_ms, fault);
    /* What was decided together is kept together: a record may enter the set before the one that it
     * goes on from is moved there. */
    for (size_t i = first + 1; i < engine->tasks.count; i++)
        engine->tasks.list[i].joined = true;
    effects_clear(&engine->effects);
    return good;
}

/* --- What the keeper and the deriver have done --- */

static void note_claims(struct engine *engine, const struct keeper_news *news)
{
    for (size_t i = 0; i < news->claimed_count && engine->claimed_count < CLAIMED_MAX; i++)
        engine->claimed[engine->claimed_count++] = news->claimed[i];
}

void engine_purge(struct engine *engine, bool again)
{
    engine->to_purge = true;
    engine->purge_wanted++;
    engine->came_again = engine->came_again || again;
    engine->purge_again_ms = 0;
}

/* What was erased, and is out of the index by now, is to go from the facts' files too. */
static void hear_deriver(struct engine *engine, int64_t now_ms)
{
    struct deriver_news news;

    if (!engine->to_purge || engine->purging)
        return;
    deriver_hear(engine->deriver, &news);
    if (news.purged <= engine->purged && now_ms < engine->purge_again_ms)
        return;
    struct task *task = tasks_add(&engine->tasks, TASK_PURGED);
    task->number = engine->purged = news.purged;
    task->again = engine->came_again;
    task->now_ms = now_ms;
    engine->purging = true;
    engine->purge_told = engine->purge_wanted;
}

static void hear_purge(struct engine *engine, const struct keeper_news *news, int64_t now_ms)
{
    if (news->purge == PURGE_NONE)
        return;
    engine->purging = false;
    /* What was erased after the keeper was told is another's turn. */
    if (news->purge == PURGE_DONE && engine->purge_told == engine->purge_wanted)
        engine->to_purge = engine->came_again = false;
    engine->purge_again_ms = now_ms + PURGE_AGAIN_MS;
}

static void hear_noticed(struct engine *engine, struct noticed_list *noticed)
{
    for (size_t i = 0; i < noticed->count; i++) {
        const struct noticed *one = &noticed->list[i];
        replica_noticed(engine->replica, one->peer, &one->authority, buffer_view(&one->noted),
                        &engine->effects);
    }
    noticed_release(noticed);
}

static bool hear_keeper(struct engine *engine, int64_t now_ms, struct fault *fault)
{
    struct keeper_news news;
    bool heard = keeper_hear(engine->keeper, &news, fault);

    hear_noticed(engine, &news.noticed);
    if (!heard)
        return false;
    engine->unfinished = news.handed - news.tasks;
    note_claims(engine, &news);
    hear_purge(engine, &news, now_ms);
    if (engine->replica == NULL || news.effects == engine->stored)
        return true;
    uint64_t more = news.effects - engine->stored;
    engine->stored = news.effects;
    replica_stored(engine->replica, news.effects, now_ms, &engine->effects);
    bool good = engine_carry_out(engine, now_ms, fault);
    drop_pending(engine, news.effects);
    deriver_poke(engine->deriver, more, engine->to_purge);
    return good;
}

bool engine_turn(struct engine *engine, int64_t now_ms, struct fault *fault)
{
    if (!engine_carry_out(engine, now_ms, fault) || !hear_keeper(engine, now_ms, fault))
        return false;
    hear_deriver(engine, now_ms);
    engine->unfinished += engine->tasks.count;
    keeper_hand(engine->keeper, &engine->tasks);
    return true;
}

bool engine_ease(struct engine *engine, int64_t now_ms, struct fault *fault)
{
    bool good = engine->pending_bytes <= PENDING_MOST || engine_turn(engine, now_ms, fault);

    while (good && engine->pending_bytes > PENDING_MOST) {
        keeper_wait(engine->keeper);
        good = engine_turn(engine, now_ms, fault);
    }
    return good;
}

bool engine_settle(struct engine *engine, int64_t now_ms, struct fault *fault)
{
    bool good = engine_turn(engine, now_ms, fault);

    while (good && engine->unfinished > 0) {
        keeper_wait(engine->keeper);
        good = engine_turn(engine, now_ms, fault);
    }
    return good && deriver_wait(engine->deriver, fault);
}
