#include "node/engine.h"
#include "crypto/secret.h"
#include "node/log.h"

#include <inttypes.h>
#include <stdio.h>
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
                           !stored->body_here);
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

static bool begin_writing(struct engine *engine, struct fault *fault)
{
    if (engine->writing)
        return true;
    engine->writing = store_begin(engine->store, fault);
    return engine->writing;
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
    /* The network and its first charter are kept in one transaction: both or neither. */
    if (!read || !begin_writing(engine, fault) ||
        !store_set_network(engine->store, &engine->network, fault))
        return false;
    start_replica(engine, period_ms);
    replica_start(engine->replica, now_ms, &engine->effects);
    return replica_offer_charter(engine->replica, bundle, now_ms, &engine->effects, fault) &&
           engine_settle(engine, now_ms, fault);
}

/* --- Effects --- */

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

/* --- Publishing --- */

struct publishing {
    struct engine *engine;
    uint64_t numbers[64];
    size_t count;
};

static bool note_approved(void *context, uint64_t number, const struct draft *draft,
                          struct fault *fault)
{
    struct publishing *publishing = context;

    (void)fault;
    if (draft_state(draft) == DRAFT_APPROVED &&
        publishing->count < sizeof publishing->numbers / sizeof *publishing->numbers)
        publishing->numbers[publishing->count++] = number;
    return true;
}

/* The record this draft speaks of, for an update. */
static bool add_reference(struct header *header, const struct document *document,
                          struct fault *fault)
{
    char about[2 * DIGEST_SIZE + 1];

    if (!form_has(document_form(document), "about"))
        return true;
    struct bytes text = document_text(document, "about");
    if (text.size == 0)
        return true;
    snprintf(about, sizeof about, "%.*s", (int)(text.size < sizeof about ? text.size : 0),
             (const char *)text.data);
    header->references[0].relation = RELATION_ABOUT;
    header->reference_count = 1;
    return hex_read(header->references[0].id.bytes, DIGEST_SIZE, about) ||
           fault_set(fault, FAULT_INPUT, "About: %.*s is not the id of a record", (int)text.size,
                     (const char *)text.data);
}

static struct bytes topic_of(const struct document *document)
{
    const struct form *form = document_form(document);
    struct bytes topic = {0};

    if (form_has(form, "topic"))
        topic = document_text(document, "topic");
    if (topic.size == 0 && form_has(form, "service_area"))
        topic = document_text(document, "service_area");
    return topic;
}

static bool fill_header(struct engine *engine, struct header *header, const struct draft *draft,
                        int64_t now_ms, struct fault *fault)
{
    const struct document *document = draft_document(draft);
    struct tip head;

    *header = (struct header){.network = engine->network,
                              .kind = bytes_of_text(document_form(document)->kind),
                              .author = {.form = AUTHOR_NAMED, .seq = 1},
                              .time_ms = now_ms,
                              .topic = topic_of(document)};
    header->author.feed = (struct feed){engine->self, engine->keys->feed_number};
    if (set_head(replica_set(engine->replica), &header->author.feed, &head)) {
        header->author.seq = head.seq + 1;
        header->author.prev = head.id;
    }
    return add_reference(header, document, fault);
}

/* The topic's alphabet has no underscore: a service area stands in it with hyphens. */
static void hyphenate(struct buffer *topic)
{
    for (size_t i = 0; i < topic->size; i++)
        if (topic->data[i] == '_')
            topic->data[i] = '-';
}

static struct record *sign_draft(struct engine *engine, const struct draft *draft, int64_t now_ms,
                                 struct fault *fault)
{
    struct buffer map = {0}, content = {0}, topic = {0};
    struct record *record = NULL;
    struct header header;

    if (draft_content(draft, &map, fault) && fill_header(engine, &header, draft, now_ms, fault)) {
        struct salt salt = salt_new();
        buffer_append(&topic, header.topic);
        hyphenate(&topic);
        header.topic = buffer_view(&topic);
        body_wrap(buffer_view(&map), &content);
        if (content.size <= BODY_MAX)
            record = record_sign(&header, &salt, buffer_view(&content), engine->keys->feed);
        else
            fault_set(fault, FAULT_INPUT, "its body has %zu bytes, at most %d", content.size,
                      BODY_MAX);
    }
    buffer_release(&map);
    buffer_release(&content);
    buffer_release(&topic);
    return record;
}

static bool lists_key(const struct feed_rules *rules, const struct public_key *key)
{
    for (size_t i = 0; i < rules->key_count; i++)
        if (memcmp(&rules->keys[i], key, sizeof *key) == 0)
            return true;
    return false;
}

/* May this node sign in its feed? Not where its own records would not count for it, for then it
 * does not know the last of them: the next would fork the feed. */
static bool may_sign(struct engine *engine, struct fault *fault)
{
    const struct charter *charter = replica_charter(engine->replica);
    struct feed feed = {engine->self, engine->keys->feed_number};
    struct feed_rules rules = charter_feed(charter, &feed);

    if (charter_needs_upgrade(charter))
        return fault_set(fault, FAULT_ABSENT,
                         "the charter asks for rules that this candour does not know: upgrade it");
    if (rules.listed && !lists_key(&rules, signing_key_public(engine->keys->feed)))
        return fault_set(fault, FAULT_ABSENT,
                         "keys/feed-%" PRIu32 " is not the key that the charter lists for this "
                         "feed: restore the right one, or see docs/keys.md",
                         feed.number);
    if (!rules.listed)
        return fault_set(fault, FAULT_ABSENT,
                         "this authority is not on the charter yet: give its card to the stewards");
    return rules.cut_count == 0 ||
           fault_set(fault, FAULT_ABSENT,
                     "the charter has closed this feed: see docs/keys.md for how to open the next");
}

static bool publish_one(struct engine *engine, uint64_t number, int64_t now_ms, bool *published,
                        struct fault *fault)
{
    struct draft *draft = store_get_draft(engine->store, number, fault);
    struct record *record = NULL;
    struct buffer wire = {0};
    struct fault refused;
    bool good = draft != NULL;

    *published = false;
    if (good && (record = sign_draft(engine, draft, now_ms, &refused)) != NULL)
        record_write(record, true, &wire);
    if (good && (record == NULL || !replica_offer(engine->replica, buffer_view(&wire), now_ms,
                                                  &engine->effects, &refused))) {
        log_line(LOG_ERROR, "draft %" PRIu64 " cannot be published: %s", number, refused.text);
        good = draft_reject(draft, "the node", refused.text, now_ms, fault) &&
               store_put_draft(engine->store, &number, draft, fault);
    } else if (good) {
        good = begin_writing(engine, fault) && engine_carry_out(engine, now_ms, fault) &&
               draft_publish(draft, now_ms, fault) &&
               store_put_draft(engine->store, &number, draft, fault) &&
               store_draft_published(engine->store, number, record_id(record), fault);
        *published = good;
    }
    buffer_release(&wire);
    record_free(record);
    draft_free(draft);
    return good;
}

bool engine_publish(struct engine *engine, int64_t now_ms, unsigned *count, struct fault *fault)
{
    struct publishing publishing = {.engine = engine};
    struct fault refused;
    bool good = true;

    *count = 0;
    do {
        publishing.count = 0;
        if (!store_each_draft(engine->store, note_approved, &publishing, fault))
            return false;
        if (publishing.count > 0 && !may_sign(engine, &refused)) {
            log_line(LOG_WARNING, "%zu approved drafts wait: %s", publishing.count, refused.text);
            return true;
        }
        for (size_t i = 0; good && i < publishing.count; i++) {
            bool published;
            good = publish_one(engine, publishing.numbers[i], now_ms, &published, fault);
            *count += good && published;
        }
        good = good && engine_settle(engine, now_ms, fault);
    } while (good && publishing.count > 0);
    return good;
}
