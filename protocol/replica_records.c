#include "protocol/replica_inside.h"

#include <assert.h>
#include <stdlib.h>

/* --- With the store --- */

bool is_unstored(const struct replica *replica, const struct digest *id)
{
    return places_find(&replica->unstored_places, id) != NO_PLACE;
}

/* A record that is told of twice stands at the later place, behind what it hangs on. */
static void await_store(struct replica *replica, const struct digest *id, peer_number from)
{
    size_t before = places_find(&replica->unstored_places, id);

    if (replica->unstored_count == replica->unstored_capacity) {
        replica->unstored_capacity = 2 * replica->unstored_capacity + 16;
        replica->unstored =
            memory_grow(replica->unstored, replica->unstored_capacity, sizeof *replica->unstored);
    }
    if (before != NO_PLACE)
        from = replica->unstored[before].from;
    replica->unstored[replica->unstored_count] = (struct unstored){*id, from};
    places_put(&replica->unstored_places, id, replica->unstored_count++);
    replica->store_is_due = true;
}

static void move_record(struct replica *replica, const struct change *change, peer_number from,
                        struct effects *effects)
{
    struct effect *effect = effect_add(effects, EFFECT_MOVE);

    effect->id = change->id;
    effect->in = change->in;
    replica->store_is_due = true;
    if (change->in)
        await_store(replica, &change->id, from);
}

void move_records(struct replica *replica, const struct changes *changes, struct effects *effects)
{
    for (size_t i = 0; i < changes->count; i++)
        move_record(replica, &changes->list[i], PEER_SELF, effects);
}

/* --- Bodies --- */

static void forget_body(struct replica *replica, size_t at)
{
    places_remove(&replica->body_places, &replica->bodies[at].id);
    replica->bodies[at] = replica->bodies[--replica->body_count];
    if (at < replica->body_count)
        places_put(&replica->body_places, &replica->bodies[at].id, at);
}

void body_expected(struct replica *replica, const struct record *record)
{
    if (body_is_missing(replica, record_id(record)))
        return;
    if (replica->body_count == replica->body_capacity) {
        replica->body_capacity = 2 * replica->body_capacity + 16;
        replica->bodies =
            memory_grow(replica->bodies, replica->body_capacity, sizeof *replica->bodies);
    }
    replica->bodies[replica->body_count] =
        (struct wanted_body){*record_id(record), record_header(record)->expiry_ms, 0};
    places_put(&replica->body_places, record_id(record), replica->body_count++);
}

bool body_is_missing(const struct replica *replica, const struct digest *id)
{
    return places_find(&replica->body_places, id) != NO_PLACE;
}

static void body_came(struct replica *replica, struct record *record, struct effects *effects)
{
    size_t at = places_find(&replica->body_places, record_id(record));

    if (at == NO_PLACE || !record_has_body(record))
        return;
    forget_body(replica, at);
    effect_add(effects, EFFECT_STORE_BODY)->record = record_hold(record);
    replica->store_is_due = true;
}

uint64_t bodies_wanted(const struct replica *replica)
{
    uint64_t count = 0;

    for (size_t i = 0; i < replica->body_count; i++)
        count += set_standing(replica->set, &replica->bodies[i].id) == STANDING_IN;
    return count;
}

static bool is_wanted_now(const struct replica *replica, const struct wanted_body *body,
                          int64_t now_ms)
{
    return (body->asked_ms == 0 || now_ms - body->asked_ms >= QUIET_MS) &&
           set_standing(replica->set, &body->id) == STANDING_IN;
}

/* Each comparison goes on where the last one stopped, so that bodies nobody has do not keep the
 * others waiting. */
void ask_bodies(struct replica *replica, struct peer *peer, int64_t now_ms, struct effects *effects)
{
    struct digest ids[BODIES_MAX];
    size_t count = 0;

    for (size_t left = replica->body_count; left > 0 && count < BODIES_MAX; left--) {
        size_t at = replica->body_turn < replica->body_count ? replica->body_turn : 0;
        struct wanted_body *body = &replica->bodies[at];
        replica->body_turn = at + 1;
        if (body->expiry_ms != 0 && body->expiry_ms <= now_ms) {
            forget_body(replica, at);
            replica->body_turn = at;
        } else if (is_wanted_now(replica, body, now_ms)) {
            body->asked_ms = now_ms;
            ids[count++] = body->id;
        }
    }
    peer->bodies = count;
    if (count > 0)
        bodies_write(ids, count, effect_send(effects, peer));
}

/* --- The one path --- */

static bool is_forged(const struct record *record, const struct feed_rules *rules)
{
    for (size_t i = 0; i < rules->key_count; i++)
        if (record_proven_by(record, &rules->keys[i]))
            return false;
    return rules->listed;
}

static void store_record(struct replica *replica, struct record *record, struct effects *effects)
{
    const struct public_key *signer = set_signer(replica->set, record_id(record));
    struct effect *effect = effect_add(effects, EFFECT_STORE);

    effect->record = record_hold(record);
    effect->id = *record_id(record);
    effect->in = set_standing(replica->set, record_id(record)) == STANDING_IN;
    effect->has_signer = signer != NULL;
    if (signer != NULL)
        effect->signer = *signer;
    replica->storing++;
    if (!record_has_body(record))
        body_expected(replica, record);
}

/* What the peer should be asked after a record that could not be decided. */
static void ask_about(struct replica *replica, struct peer *peer, const struct record *record,
                      int64_t now_ms, struct effects *effects)
{
    const struct author *author = &record_header(record)->author;

    if (author->form != AUTHOR_NAMED ||
        set_standing(replica->set, record_id(record)) == STANDING_IN)
        return;
    struct feed_rules rules = feed_rules_of(replica, &author->feed);
    if (is_forged(record, &rules))
        refuse(replica, peer, REFUSED_SIGNATURE);
    else if (!rules.listed && peer != NULL && peer_is_up(peer))
        greet_again(replica, peer, now_ms, effects);
    else if (rules.listed && peer != NULL && peer_is_up(peer))
        ask_gap(replica, peer, record, now_ms, effects);
}

/* A record that is new here. Of an anonymous one nothing remembers who brought it. What enters with
 * the record had waited for it, and came from the same peer as a rule. */
static void keep_record(struct replica *replica, struct peer *peer, struct record *record,
                        const struct changes *changes, int64_t now_ms, struct effects *effects)
{
    bool named = record_header(record)->author.form == AUTHOR_NAMED, told = false;
    peer_number from = named && peer != NULL ? peer->number : PEER_SELF;

    store_record(replica, record, effects);
    for (size_t i = 0; i < changes->count; i++) {
        bool itself = digest_equal(&changes->list[i].id, record_id(record));
        told = told || itself;
        if (itself)
            await_store(replica, record_id(record), from);
        else
            move_record(replica, &changes->list[i], from, effects);
    }
    if (!told)
        await_store(replica, record_id(record), from);
    note_record(replica, record, now_ms);
    ask_about(replica, peer, record, now_ms, effects);
}

static bool offer_record(struct replica *replica, struct peer *peer, struct record *record,
                         int64_t now_ms, struct effects *effects, struct fault *fault)
{
    struct changes changes = {0};
    enum offer offer = set_offer(replica->set, record, now_ms, &changes);

    if (offer == OFFER_TAKEN)
        keep_record(replica, peer, record, &changes, now_ms, effects);
    changes_release(&changes);
    if (offer == OFFER_KNOWN) {
        replica->counters.known++;
        body_came(replica, record, effects);
    }
    if (offer != OFFER_FULL)
        return true;
    refuse(replica, peer, REFUSED_FLOOD);
    return fault_refuse(fault, REFUSED_FLOOD,
                        "more undecided records than this node keeps: get the charter that "
                        "decides them first");
}

/* A credit counts header, proof and body by the sizes that the header says, so that both ends count
 * the same whether or not the body is there. */
static uint64_t cost_of(const struct record *record)
{
    return record_header_bytes(record).size + record_proof(record).size +
           record_header(record)->body_size;
}

bool take_record(struct replica *replica, struct peer *peer, struct bytes wire, int64_t now_ms,
                 uint64_t *cost, struct effects *effects, struct fault *fault)
{
    bool wrong_body = false;
    struct record *record = record_read(wire, &replica->settings.network, &wrong_body, fault);

    *cost = record == NULL ? wire.size : cost_of(record);
    if (record == NULL) {
        refuse(replica, peer, fault->refusal);
        return false;
    }
    if (wrong_body)
        refuse(replica, peer, REFUSED_COMMITMENT);
    if (peer != NULL && record_header(record)->author.form == AUTHOR_NAMED)
        peer->received++;
    bool taken = offer_record(replica, peer, record, now_ms, effects, fault);
    record_free(record);
    return taken;
}

bool replica_offer(struct replica *replica, struct bytes record, int64_t now_ms,
                   struct effects *effects, struct fault *fault)
{
    uint64_t cost;

    return take_record(replica, NULL, record, now_ms, &cost, effects, fault);
}

/* --- From peers --- */

static void take_from(struct replica *replica, struct peer *peer, struct bytes wire, int64_t now_ms,
                      struct effects *effects)
{
    struct fault fault;
    uint64_t cost;

    replica->counters.received++;
    take_record(replica, peer, wire, now_ms, &cost, effects, &fault);
    if (peer != NULL)
        peer->unstored += cost;
}

/* The live plane costs no credit: what is too much for it is lost. */
void replica_hear(struct replica *replica, peer_number number, struct bytes record, int64_t now_ms,
                  struct effects *effects)
{
    struct peer *peer = peer_find(replica, number);
    uint64_t unstored = peer == NULL ? 0 : peer->unstored;

    if (peer != NULL)
        peer->last_heard_ms = now_ms;
    take_from(replica, peer, record, now_ms, effects);
    if (peer != NULL)
        peer->unstored = unstored;
}

void receive_records(struct replica *replica, struct peer *peer, const struct message *message,
                     int64_t now_ms, struct effects *effects)
{
    size_t unstored = replica->unstored_count, missing = replica->body_count;

    for (size_t i = 0; i < message->count; i++)
        take_from(replica, peer, message->records[i], now_ms, effects);
    note_progress(replica, peer, message->left, replica->unstored_count > unstored, now_ms);
    if (peer->bodies == 0 || missing <= replica->body_count)
        return;
    missing -= replica->body_count;
    peer->bodies = missing < peer->bodies ? peer->bodies - missing : 0;
    if (peer->bodies == 0)
        ask_bodies(replica, peer, now_ms, effects);
}
