#include "protocol/withhold.h"
#include "tests/protocol/authors.h"
#include "tests/protocol/county_inside.h"

#include <assert.h>
#include <stdlib.h>

void store_release(struct node *node)
{
    for (size_t i = 0; i < node->kept_count; i++)
        record_free(node->kept[i].record);
    free(node->kept);
    node->kept = NULL;
    node->kept_count = node->kept_capacity = 0;
    places_release(&node->kept_places);
    buffer_release(&node->charter);
}

/* --- The store --- */

struct kept *find_kept(const struct node *node, const struct digest *id)
{
    size_t at = places_find(&node->kept_places, id);

    return at == NO_PLACE ? NULL : &node->kept[at];
}

static void keep(struct node *node, const struct effect *effect)
{
    assert(find_kept(node, record_id(effect->record)) == NULL);
    if (node->kept_count == node->kept_capacity) {
        node->kept_capacity = 2 * node->kept_capacity + 16;
        node->kept = memory_grow(node->kept, node->kept_capacity, sizeof *node->kept);
    }
    places_put(&node->kept_places, record_id(effect->record), node->kept_count);
    node->kept[node->kept_count++] = (struct kept){record_hold(effect->record), effect->in,
                                                   TEXT_STANDS, effect->has_signer, effect->signer};
}

static void take_body(struct kept *kept)
{
    struct record *bare = record_bare(kept->record);

    record_free(kept->record);
    kept->record = bare;
}

static void keep_body(struct node *node, const struct effect *effect)
{
    struct kept *kept = find_kept(node, record_id(effect->record));

    assert(kept != NULL && !record_has_body(kept->record) && record_has_body(effect->record));
    assert(kept->text != TEXT_ERASED);
    record_free(kept->record);
    kept->record = record_hold(effect->record);
}

/* The effect changes hands. */
static void remember(struct effects *list, struct effect *effect)
{
    if (list->count == list->capacity) {
        list->capacity = 2 * list->capacity + 16;
        list->list = memory_grow(list->list, list->capacity, sizeof *list->list);
    }
    list->list[list->count++] = *effect;
    *effect = (struct effect){.kind = effect->kind};
}

static void note_notices(struct node *node, const struct effect *effect,
                         const struct message *message)
{
    struct effect answer = {
        .kind = EFFECT_STORE_NOTICES, .peer = effect->peer, .authority = effect->authority};
    struct digest ids[NOTICES_MAX];

    for (size_t i = 0; i < message->count; i++)
        ids[i] = message->notices[i].id;
    noted_write(message->rules, ids, message->count, &answer.bytes);
    remember(&node->unanswered, &answer);
}

/* Only its author, or who took its place, keeps what is said of a record, and only of one that it
 * has, and of what may be in it. */
static void keep_notices(struct node *node, const struct effect *effect)
{
    struct message message;
    struct fault fault;
    bool read = message_read(&message, buffer_view(&effect->bytes), &fault);

    assert(read && message.kind == MESSAGE_NOTICE && message.count > 0);
    (void)read;
    for (size_t i = 0; i < message.count; i++) {
        const struct kept *kept = find_kept(node, &message.notices[i].id);
        assert(kept != NULL);
        const struct digest *author = &record_header(kept->record)->author.feed.authority;
        assert(digest_equal(author, &node->feed.authority) ||
               charter_succeeds(replica_charter(node->replica), &node->feed.authority, author));
        assert(finding_may_stand(record_header(kept->record)->kind, message.notices[i].field,
                                 message.notices[i].class));
        (void)author;
    }
    node->noticed += message.count;
    node->noticed_by = effect->authority;
    note_notices(node, effect, &message);
    message_release(&message);
}

static void keep_told(struct node *node, const struct effect *effect)
{
    struct message message;
    struct fault fault;
    bool read = message_read(&message, buffer_view(&effect->bytes), &fault);

    assert(read && message.kind == MESSAGE_NOTED);
    (void)read;
    node->told += message.count;
    message_release(&message);
}

/* Not secret, but for one reader and from one writer only. */
bool node_closes_box(void *context, const struct exchange_public *to, struct bytes text,
                     struct buffer *box)
{
    const struct node *node = context;

    buffer_append(box, bytes_of(to, sizeof *to));
    buffer_append(box, bytes_of(&node->card->box, sizeof node->card->box));
    buffer_append(box, text);
    return true;
}

bool node_opens_box(void *context, const struct exchange_public *from, struct bytes box,
                    struct buffer *text)
{
    struct node *node = context;
    size_t size = sizeof *from;

    node->opened++;
    if (box.size < 2 * size ||
        !bytes_equal(bytes_of(box.data, size), bytes_of(&node->card->box, size)) ||
        !bytes_equal(bytes_of(box.data + size, size), bytes_of(from, size)))
        return false;
    buffer_append(text, bytes_after(box, 2 * size));
    return true;
}

static void commit_one(struct node *node, const struct effect *effect)
{
    struct kept *kept = find_kept(node, &effect->entry.id);

    switch (effect->kind) {
    case EFFECT_STORE:
        keep(node, effect);
        break;
    case EFFECT_STORE_BODY:
        keep_body(node, effect);
        break;
    case EFFECT_MOVE:
        assert(kept != NULL && kept->in != effect->in);
        kept->in = effect->in;
        if (!kept->in)
            take_body(kept);
        break;
    case EFFECT_TEXT:
        assert(kept != NULL && kept->text != effect->text);
        kept->text = effect->text;
        if (effect->text == TEXT_ERASED)
            take_body(kept);
        break;
    case EFFECT_DROP_BODY:
        assert(kept != NULL);
        take_body(kept);
        break;
    case EFFECT_STORE_CHARTER:
        buffer_clear(&node->charter);
        buffer_append(&node->charter, buffer_view(&effect->bytes));
        break;
    case EFFECT_STORE_NOTICES:
        keep_notices(node, effect);
        break;
    case EFFECT_STORE_TOLD:
        keep_told(node, effect);
        break;
    default:
        break;
    }
}

void store_commit(struct node *node, size_t count)
{
    struct effects *list = &node->uncommitted, rest = {0};

    for (size_t i = 0; i < list->count; i++)
        if (i < count)
            commit_one(node, &list->list[i]);
        else
            remember(&rest, &list->list[i]);
    effects_release(list);
    *list = rest;
}

/* Header and proof of what was handed to the store, committed or not. */
struct record *node_fetch(void *context, const struct entry *entry)
{
    const struct node *node = context;
    const struct kept *kept = find_kept(node, &entry->id);
    const struct effects *lists[] = {&node->uncommitted, &node->effects};

    if (kept != NULL)
        return record_hold(kept->record);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < lists[i]->count; k++)
            if (lists[i]->list[k].kind == EFFECT_STORE &&
                digest_equal(&lists[i]->list[k].entry.id, &entry->id))
                return record_hold(lists[i]->list[k].record);
    return NULL;
}

static void write_kept(const struct node *node, const struct sending *sending, peer_number peer,
                       struct buffer *frame)
{
    const struct kept *kept = find_kept(node, &sending->entry.id);

    assert(kept != NULL);
    record_write(kept->record,
                 !sending->bare &&
                     replica_sends_body(node->replica, peer, record_header(kept->record)->topic),
                 frame);
}

static void send_records(struct node *node, const struct link *link, unsigned to,
                         const struct effect *effect)
{
    struct buffer frame = {0};

    records_write(effect->left, effect->sending_count, &frame);
    for (size_t i = 0; i < effect->sending_count; i++)
        write_kept(node, &effect->sendings[i], effect->peer, &frame);
    assert(frame.size <= 2 * RECORDS_FRAME_MAX);
    post(node->county, link, to, false, buffer_view(&frame));
    buffer_release(&frame);
}

/* Those who dialled are subscribed. */
static void publish(struct node *node, const struct effect *effect)
{
    const struct kept *kept = find_kept(node, &effect->entry.id);
    struct buffer frame = {0};

    assert(kept != NULL && kept->in);
    record_write(kept->record, kept->text == TEXT_STANDS, &frame);
    for (size_t i = 0; i < node->link_count; i++) {
        const struct link *link = &node->county->links[node->links[i]];
        if (link->ends[1] == node)
            post(node->county, link, 0, true, buffer_view(&frame));
    }
    buffer_release(&frame);
}

static void look_for_bodies(struct node *node)
{
    for (size_t i = 0; i < node->kept_count; i++)
        if (!record_has_body(node->kept[i].record) && node->kept[i].text != TEXT_ERASED)
            replica_lacks_body(node->replica, node->kept[i].record, clock_of(node));
}

static void guard_door(struct node *node)
{
    for (size_t i = node->link_count; i-- > 0;) {
        struct link *link = &node->county->links[node->links[i]];
        const struct node *other = link->ends[link->ends[0] == node];
        struct digest authority;
        if (charter_admits(replica_charter(node->replica), &other->card->transport, clock_of(node),
                           &authority) != ADMITTED)
            drop_link(node->county, link);
    }
}

/* --- Carrying out --- */

static void act(struct node *node, struct effect *effect)
{
    unsigned end = 0;
    struct link *link = link_of(node, effect->peer, &end);

    note_effect(node, effect, link == NULL ? "nobody" : link->ends[1 - end]->name);
    assert(effect->kind != EFFECT_STORE || !record_has_body(effect->record) || effect->in);
    assert(effect->kind != EFFECT_STORE || !record_has_body(effect->record) ||
           set_text(replica_set(node->replica), &effect->entry.id) != TEXT_ERASED);
    switch (effect->kind) {
    case EFFECT_STORE:
    case EFFECT_STORE_BODY:
    case EFFECT_MOVE:
    case EFFECT_TEXT:
    case EFFECT_DROP_BODY:
    case EFFECT_STORE_CHARTER:
    case EFFECT_STORE_NOTICES:
    case EFFECT_STORE_TOLD:
        remember(&node->uncommitted, effect);
        break;
    case EFFECT_LOOK:
        look_for_bodies(node);
        break;
    case EFFECT_SEND:
        if (link != NULL)
            post(node->county, link, 1 - end, false, buffer_view(&effect->bytes));
        break;
    case EFFECT_SEND_RECORDS:
        if (link != NULL)
            send_records(node, link, 1 - end, effect);
        break;
    case EFFECT_LIVE:
        publish(node, effect);
        break;
    case EFFECT_ADMIT:
        if (node->county->guarded)
            guard_door(node);
        break;
    case EFFECT_CLOSE:
        if (link != NULL)
            replica_peer_left(node->replica, link->numbers[end]);
        break;
    }
}

int64_t clock_of(const struct node *node)
{
    return node->county->now_ms + node->clock_off_ms;
}

/* Has its hour come? */
static bool dies(struct node *node)
{
    if (node->dies_after > 1)
        node->dies_after--;
    else if (node->dies_after == 1)
        node_crash(node);
    return node->replica == NULL;
}

static void carry_out(struct node *node)
{
    for (size_t i = 0; i < node->effects.count && !dies(node); i++)
        act(node, &node->effects.list[i]);
    effects_clear(&node->effects);
}

static void confirm(struct node *node)
{
    replica_stored(node->replica, replica_asked(node->replica) - node->uncommitted.count,
                   clock_of(node), &node->effects);
    for (size_t i = 0; i < node->unanswered.count; i++) {
        const struct effect *answer = &node->unanswered.list[i];
        replica_noticed(node->replica, answer->peer, &answer->authority,
                        buffer_view(&answer->bytes), &node->effects);
    }
    effects_clear(&node->unanswered);
    carry_out(node);
}

static void settle_store(struct node *node)
{
    carry_out(node);
    while (node->uncommitted.count > 0 && !node->disk_hangs) {
        store_commit(node, node->uncommitted.count);
        if (!dies(node))
            confirm(node);
    }
}

void node_turn(struct node *node)
{
    do {
        settle_store(node);
        if (node->replica == NULL)
            return;
        node->tick_ms = replica_tick(node->replica, clock_of(node), &node->effects);
    } while (node->effects.count > 0);
}

void node_commits(struct node *node)
{
    node->disk_hangs = false;
    node_turn(node);
}

void node_commits_some(struct node *node, size_t count)
{
    node->disk_hangs = true;
    store_commit(node, count);
    confirm(node);
    if (node->replica != NULL)
        node_turn(node);
}
