#include "node/engine.h"

#include "node/ledger.h"
#include "node/log.h"
#include "node/own_names.h"
#include "protocol/receipt.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What this node signs: approved drafts, and receipts for what was erased. */

#define CONFIRM_LOOK_MS 1000

/* --- May it? --- */

static bool lists_key(const struct feed_rules *rules, const struct public_key *key)
{
    for (size_t i = 0; i < rules->key_count; i++)
        if (memcmp(&rules->keys[i], key, sizeof *key) == 0)
            return true;
    return false;
}

static struct feed own_feed(const struct engine *engine)
{
    return (struct feed){engine->self, engine->keys->feed_number};
}

/* Where its own records would not count for it, it does not know the last of them: the next would
 * fork the feed. */
static const char *charter_forbids(const struct engine *engine)
{
    const struct charter *charter = replica_charter(engine->replica);
    struct feed feed = own_feed(engine);
    struct feed_rules rules = charter_feed(charter, &feed);

    if (charter_needs_upgrade(charter))
        return "the charter asks for rules that this candour does not know: upgrade it";
    if (!rules.listed)
        return charter_member(charter, &engine->self) == NULL
                   ? "this authority is not on the charter yet: give its card to the stewards"
                   : "the charter does not list this authority's newest feed yet: give its newest "
                     "card to the stewards (candour charter propose --rotate CARD)";
    if (!lists_key(&rules, signing_key_public(engine->keys->feed)))
        return "the key of the feed in keys/ is not the one that the charter lists: restore the "
               "right one, or see docs/keys.md";
    return NULL;
}

const char *engine_silence(const struct engine *engine, int64_t now_ms)
{
    static const char *const reasons[] = {
        [SIGNING_GOOD] = NULL,
        [SIGNING_CLOCK] = "the clock is more than 2 minutes off that of the peers: set it",
        [SIGNING_ASKING] = "no peer has told yet how far our own feed goes, and who signs without "
                           "that may tell two histories",
        [SIGNING_FORKED] = "our feed has two branches, so somebody signed with its key or an old "
                           "backup went on: close it and open the next, see docs/keys.md",
        [SIGNING_CLOSED] = "our feed is closed: see docs/keys.md for how to open the next"};
    struct feed feed = own_feed(engine);
    const char *forbidden = charter_forbids(engine);

    if (forbidden != NULL)
        return forbidden;
    enum signing answer = replica_may_sign(engine->replica, &feed, now_ms);
    bool alone = engine->alone_at_ms != 0 && now_ms >= engine->alone_at_ms;
    return answer == SIGNING_ASKING && alone ? NULL : reasons[answer];
}

/* A peer has told how far our feed goes, and what we lacked of it is with the keeper: the home is
 * one like any other again. */
static void settle_in(struct engine *engine, int64_t now_ms)
{
    struct feed feed = own_feed(engine);

    if (!engine->restored || charter_forbids(engine) != NULL ||
        replica_may_sign(engine->replica, &feed, now_ms) != SIGNING_GOOD)
        return;
    engine->restored = false;
    tasks_add(&engine->tasks, TASK_SETTLED);
    log_line(LOG_NOTICE, "restored from a backup: a peer has told how far our own feed goes");
}

/* --- What the house asks --- */

static bool read_house(const struct home *home, struct house *house, struct fault *fault)
{
    struct config config;

    if (config_read(home, &config, fault)) {
        house->policy = config.approval_two ? APPROVAL_TWO : APPROVAL_ONE;
        house->gate = own_names_gate(home, &config, NULL, fault);
    }
    config_release(&config);
    return house->gate != NULL;
}

/* The files are looked at before they are read: what is written meanwhile is seen the next time. */
const char *engine_read_house(struct engine *engine)
{
    struct house now = {.files = house_files_look(engine->home)};

    if (engine->house.gate != NULL && house_files_same(&engine->house.files, &now.files))
        return NULL;
    if (!read_house(engine->home, &now, &engine->unread))
        return engine->unread.text;
    gate_free(engine->house.gate);
    engine->house = now;
    return NULL;
}

/* --- One record --- */

static void begin_header(const struct engine *engine, struct header *header, const char *kind,
                         int64_t now_ms)
{
    struct feed feed = own_feed(engine);
    struct tip head;

    *header = (struct header){.network = engine->network,
                              .kind = bytes_of_text(kind),
                              .author = {.form = AUTHOR_NAMED, .feed = feed, .seq = 1},
                              .time_ms = now_ms};
    if (set_head(replica_set(engine->replica), &feed, &head)) {
        header->author.seq = head.seq + 1;
        header->author.prev = head.id;
    }
}

static struct record *sign(const struct engine *engine, const struct header *header,
                           struct bytes map, struct fault *fault)
{
    struct salt salt = salt_new();
    struct buffer content = {0};
    struct record *record = NULL;

    body_wrap(map, &content);
    if (content.size <= BODY_MAX)
        record = record_sign(header, &salt, buffer_view(&content), engine->keys->feed);
    else
        fault_set(fault, FAULT_INPUT, "its body has %zu bytes, at most %d", content.size, BODY_MAX);
    buffer_release(&content);
    return record;
}

static void hear_refusal(void *context, size_t index, const struct fault *fault)
{
    (void)index;
    *(struct fault *)context = *fault;
}

/* It goes the way of every record. False with FAULT_PEER or the like where it is refused. */
static bool offer(struct engine *engine, const struct record *record, int64_t now_ms,
                  struct fault *refused)
{
    struct buffer wire = {0};

    *refused = (struct fault){0};
    record_write(record, true, &wire);
    struct bytes view = buffer_view(&wire);
    replica_offer(engine->replica, &view, 1, now_ms, hear_refusal, refused, &engine->effects);
    buffer_release(&wire);
    return refused->kind == FAULT_NONE;
}

/* --- Drafts --- */

static bool add_reference(struct header *header, uint8_t relation, struct bytes text,
                          struct fault *fault)
{
    char hex[2 * DIGEST_SIZE + 1];

    if (header->reference_count == REFERENCES_MAX)
        return fault_set(fault, FAULT_INPUT, "it names more than %d records", REFERENCES_MAX);
    struct reference *reference = &header->references[header->reference_count++];
    snprintf(hex, sizeof hex, "%.*s", (int)(text.size < sizeof hex ? text.size : 0),
             (const char *)text.data);
    reference->relation = relation;
    return hex_read(reference->id.bytes, DIGEST_SIZE, hex) ||
           fault_set(fault, FAULT_INPUT, "%.*s is not the id of a record", (int)text.size,
                     (const char *)text.data);
}

/* What it speaks of: an update of one record, an erasure of several. */
static bool add_references(struct header *header, const struct document *document,
                           struct fault *fault)
{
    const struct form *form = document_form(document);

    for (size_t i = 0; i < form->count; i++) {
        const struct field *field = &form->fields[i];
        if (field->target == NULL || !field->header)
            continue;
        for (size_t k = 0; k < document_count(document, field->key); k++)
            if (!add_reference(header, field->target->relation,
                               document_item(document, field->key, k), fault))
                return false;
    }
    return true;
}

/* A topic's alphabet has no underscore: a service stands in it with hyphens. */
static void add_word(struct buffer *topic, struct bytes word)
{
    if (word.size == 0)
        return;
    if (topic->size > 0)
        buffer_append_text(topic, " ");
    size_t from = topic->size;
    buffer_append(topic, word);
    for (size_t i = from; i < topic->size; i++)
        if (topic->data[i] == '_')
            topic->data[i] = '-';
}

/* The services that it is about, then what others follow it by. */
static void write_topic(const struct document *document, struct buffer *topic)
{
    const struct form *form = document_form(document);

    if (form_has(form, "service_area"))
        for (size_t i = 0; i < document_count(document, "service_area"); i++)
            add_word(topic, document_item(document, "service_area", i));
    if (form_has(form, "topic"))
        add_word(topic, document_text(document, "topic"));
}

static bool may_go_out(const struct engine *engine, const struct document *document,
                       struct fault *fault)
{
    struct ledger ledger = {0};

    bool may = figures_may_go_out(&ledger, engine->store, &engine->self, document, fault);
    ledger_release(&ledger);
    return may;
}

static struct record *sign_draft(const struct engine *engine, const struct draft *draft,
                                 int64_t now_ms, struct fault *fault)
{
    const struct document *document = draft_document(draft);
    struct house_rules house = {engine->house.gate, engine->house.policy, now_ms};
    struct buffer map = {0}, topic = {0};
    struct record *record = NULL;
    struct header header;

    /* The feed's key would name the authority. */
    assert(draft_attribution(draft) == ATTRIBUTION_NAMED);
    if (!may_go_out(engine, document, fault))
        return NULL;
    begin_header(engine, &header, document_form(document)->kind, now_ms);
    write_topic(document, &topic);
    header.topic = buffer_view(&topic);
    if (draft_content(draft, &house, &map, fault) && add_references(&header, document, fault) &&
        document_expiry(document, now_ms, &header.expiry_ms, fault))
        record = sign(engine, &header, buffer_view(&map), fault);
    buffer_release(&map);
    buffer_release(&topic);
    return record;
}

static void turn_back(struct engine *engine, uint64_t number, enum task_kind kind,
                      const struct fault *why, int64_t now_ms)
{
    struct task *task = tasks_add(&engine->tasks, kind);

    log_line(LOG_ERROR, "draft %" PRIu64 " %s: %s", number,
             kind == TASK_RECALLED ? "is not published, but submitted again"
                                   : "cannot be published",
             why->text);
    task->number = number;
    task->now_ms = now_ms;
    buffer_append_text(&task->text, why->text);
}

/* The draft was claimed: nobody changes it any more. */
static bool publish_claimed(struct engine *engine, uint64_t number, int64_t now_ms,
                            struct fault *fault)
{
    struct draft *draft = store_get_draft(engine->store, number, fault);
    struct fault refused;

    if (draft == NULL)
        return false;
    struct record *record = sign_draft(engine, draft, now_ms, &refused);
    bool may = record != NULL || refused.kind != FAULT_ABSENT;
    draft_free(draft);
    if (record == NULL && refused.kind == FAULT_SELF) { /* It is the disk's, not the draft's. */
        *fault = refused;
        return false;
    }
    if (record == NULL || !offer(engine, record, now_ms, &refused)) {
        turn_back(engine, number, may ? TASK_REJECTED : TASK_RECALLED, &refused, now_ms);
        record_free(record);
        return true;
    }
    bool good = engine_carry_out(engine, now_ms, fault);
    struct task *task = tasks_add(&engine->tasks, TASK_PUBLISHED);
    task->joined = true; /* With the record itself: both or neither. */
    task->number = number;
    task->id = *record_id(record);
    record_free(record);
    log_line(LOG_INFO, "published draft %" PRIu64, number);
    return good;
}

struct counting {
    struct approved *approved;
    int64_t now_ms;
};

static bool note_approved(void *context, uint64_t number, const struct draft *draft,
                          const struct digest *record, struct fault *fault)
{
    const struct counting *counting = context;
    struct approved *approved = counting->approved;

    (void)number;
    (void)record;
    if (draft == NULL) {
        if (approved->unreadable++ == 0)
            approved->damage = *fault;
        return true;
    }
    int64_t release_ms = draft_release_ms(draft);
    switch (draft_outlook(draft, counting->now_ms)) {
    case OUTLOOK_STAYS:
        break;
    case OUTLOOK_HELD:
        approved->held++;
        if (approved->next_ms == 0 || release_ms < approved->next_ms)
            approved->next_ms = release_ms;
        break;
    case OUTLOOK_DUE:
        approved->due++;
        break;
    case OUTLOOK_UNNAMED:
        approved->unnamed++;
        break;
    }
    return true;
}

bool approved_count(struct store *store, int64_t now_ms, struct approved *approved,
                    struct fault *fault)
{
    struct counting counting = {approved, now_ms};

    *approved = (struct approved){0};
    return store_each_approved(store, note_approved, &counting, fault);
}

struct claiming {
    struct engine *engine;
    int64_t now_ms;
};

static bool claim_due(void *context, uint64_t number, const struct draft *draft,
                      const struct digest *record, struct fault *fault)
{
    const struct claiming *claiming = context;

    (void)record;
    (void)fault;
    if (draft != NULL && draft_outlook(draft, claiming->now_ms) == OUTLOOK_DUE) {
        struct task *task = tasks_add(&claiming->engine->tasks, TASK_CLAIM);
        task->number = number;
        task->now_ms = claiming->now_ms;
    }
    return true;
}

bool engine_claim(struct engine *engine, int64_t now_ms, struct fault *fault)
{
    struct claiming claiming = {engine, now_ms};

    assert(engine->house.gate != NULL);
    return store_each_approved(engine->store, claim_due, &claiming, fault);
}

bool engine_publish(struct engine *engine, int64_t now_ms, struct fault *fault)
{
    bool good = true;

    settle_in(engine, now_ms);
    for (size_t i = 0; good && i < engine->claimed_count; i++)
        good = publish_claimed(engine, engine->claimed[i], now_ms, fault);
    engine->claimed_count = 0;
    return good;
}

/* --- Receipts --- */

static int compare_ids(const void *a, const void *b)
{
    return digest_compare(a, b);
}

static struct record *sign_receipt(const struct engine *engine, const struct digest *ids,
                                   size_t count, int64_t now_ms, struct fault *fault)
{
    struct buffer map = {0};
    struct header header;

    begin_header(engine, &header, "receipt", now_ms);
    receipt_write(ids, count, &map);
    struct record *record = sign(engine, &header, buffer_view(&map), fault);
    buffer_release(&map);
    return record;
}

static bool confirm(struct engine *engine, const struct digest *ids, size_t count, int64_t now_ms,
                    struct fault *fault)
{
    struct fault refused;
    struct record *record = sign_receipt(engine, ids, count, now_ms, fault);

    if (record == NULL)
        return false;
    bool taken = offer(engine, record, now_ms, &refused);
    if (!taken)
        log_line(LOG_ERROR, "a receipt is refused: %s", refused.text);
    bool good = engine_carry_out(engine, now_ms, fault);
    if (taken) {
        struct task *task = tasks_add(&engine->tasks, TASK_RECEIPTED);
        task->joined = true;
        task->id = *record_id(record);
        task->ids = memory_new(count, sizeof *task->ids);
        memcpy(task->ids, ids, count * sizeof *ids);
        task->id_count = count;
    }
    record_free(record);
    return good;
}

/* Many in one receipt: after the first one that waits, as long as a period. */
bool engine_confirm(struct engine *engine, int64_t period_ms, int64_t now_ms, struct fault *fault)
{
    struct digest *ids;
    size_t count = 0;
    int64_t since_ms = 0;

    if (now_ms < engine->confirm_ms || engine->unfinished > 0)
        return true;
    engine->confirm_ms = now_ms + CONFIRM_LOOK_MS;
    ids = memory_new(RECEIPT_MAX, sizeof *ids);
    bool good = store_unreceipted(engine->store, ids, RECEIPT_MAX, &count, &since_ms, fault);
    qsort(ids, count, sizeof *ids, compare_ids); /* They came oldest first. */
    if (good && count > 0 && (count == RECEIPT_MAX || now_ms - since_ms >= period_ms) &&
        engine_silence(engine, now_ms) == NULL)
        good = confirm(engine, ids, count, now_ms, fault);
    free(ids);
    return good;
}
