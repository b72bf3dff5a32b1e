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
    buffer_release(&node->charter);
}

/* --- The store --- */

struct kept *find_kept(const struct node *node, const struct digest *id)
{
    for (size_t i = node->kept_count; i-- > 0;)
        if (digest_equal(record_id(node->kept[i].record), id))
            return &node->kept[i];
    return NULL;
}

static void keep(struct node *node, const struct effect *effect)
{
    assert(find_kept(node, record_id(effect->record)) == NULL);
    if (node->kept_count == node->kept_capacity) {
        node->kept_capacity = 2 * node->kept_capacity + 16;
        node->kept = memory_grow(node->kept, node->kept_capacity, sizeof *node->kept);
    }
    node->kept[node->kept_count++] =
        (struct kept){record_hold(effect->record), effect->in, effect->has_signer, effect->signer};
}

static void keep_body(struct node *node, const struct effect *effect)
{
    struct kept *kept = find_kept(node, record_id(effect->record));

    assert(kept != NULL && !record_has_body(kept->record) && record_has_body(effect->record));
    record_free(kept->record);
    kept->record = record_hold(effect->record);
}

static void move(struct node *node, const struct effect *effect)
{
    struct kept *kept = find_kept(node, &effect->id);

    assert(kept != NULL && kept->in != effect->in);
    kept->in = effect->in;
}

static void commit(struct node *node)
{
    for (size_t i = 0; i < node->uncommitted.count; i++) {
        const struct effect *effect = &node->uncommitted.list[i];
        if (effect->kind == EFFECT_STORE)
            keep(node, effect);
        else if (effect->kind == EFFECT_STORE_BODY)
            keep_body(node, effect);
        else if (effect->kind == EFFECT_MOVE)
            move(node, effect);
        else if (effect->kind == EFFECT_STORE_CHARTER)
            buffer_clear(&node->charter);
        if (effect->kind == EFFECT_STORE_CHARTER)
            buffer_append(&node->charter, buffer_view(&effect->bytes));
    }
    effects_clear(&node->uncommitted);
}

/* The effect changes hands. */
static void remember(struct node *node, struct effect *effect)
{
    struct effects *list = &node->uncommitted;

    if (list->count == list->capacity) {
        list->capacity = 2 * list->capacity + 16;
        list->list = memory_grow(list->list, list->capacity, sizeof *list->list);
    }
    list->list[list->count++] = *effect;
    *effect = (struct effect){.kind = effect->kind};
}

static void write_kept(const struct node *node, const struct digest *id, struct buffer *frame)
{
    const struct kept *kept = find_kept(node, id);

    assert(kept != NULL);
    record_write(kept->record, true, frame);
}

static void send_records(struct node *node, const struct link *link, unsigned to,
                         const struct effect *effect)
{
    struct buffer frame = {0};

    records_write(effect->left, effect->id_count, &frame);
    for (size_t i = 0; i < effect->id_count; i++)
        write_kept(node, &effect->ids[i], &frame);
    assert(frame.size <= 2 * RECORDS_FRAME_MAX);
    post(node->county, link, to, false, buffer_view(&frame));
    buffer_release(&frame);
}

/* Those who dialled are subscribed. */
static void publish(struct node *node, const struct effect *effect)
{
    struct buffer frame = {0};

    assert(find_kept(node, &effect->id) != NULL && find_kept(node, &effect->id)->in);
    write_kept(node, &effect->id, &frame);
    for (size_t i = 0; i < node->county->link_count; i++) {
        const struct link *link = &node->county->links[i];
        if (link->up && link->ends[1] == node)
            post(node->county, link, 0, true, buffer_view(&frame));
    }
    buffer_release(&frame);
}

/* --- Carrying out --- */

static void act(struct node *node, struct effect *effect)
{
    unsigned end = 0;
    struct link *link = link_of(node, effect->peer, &end);

    note_effect(node, effect, link == NULL ? "nobody" : link->ends[1 - end]->name);
    switch (effect->kind) {
    case EFFECT_STORE:
    case EFFECT_STORE_BODY:
    case EFFECT_MOVE:
    case EFFECT_STORE_CHARTER:
        remember(node, effect);
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

static void carry_out(struct node *node)
{
    for (size_t i = 0; i < node->effects.count; i++)
        act(node, &node->effects.list[i]);
    effects_clear(&node->effects);
}

static void settle_store(struct node *node)
{
    carry_out(node);
    while (node->uncommitted.count > 0 && !node->disk_hangs) {
        commit(node);
        replica_stored(node->replica, clock_of(node), &node->effects);
        carry_out(node);
    }
}

void node_turn(struct node *node)
{
    bool again;

    do {
        settle_store(node);
        node->tick_ms = replica_tick(node->replica, clock_of(node), &node->effects);
        again = node->effects.count > 0;
    } while (again);
}

void node_commits(struct node *node)
{
    node->disk_hangs = false;
    node_turn(node);
}
