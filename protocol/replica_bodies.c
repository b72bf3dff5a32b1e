#include "protocol/replica_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- Interest --- */

bool interest_has(const struct interest *interest, struct bytes topic)
{
    if (interest->everything || topic.size == 0)
        return true;
    for (size_t i = 0; i < interest->count; i++)
        if (topic_has(topic, bytes_of_text(interest->words[i])))
            return true;
    return false;
}

static void interest_clear(struct interest *interest)
{
    free(interest->words);
    *interest = (struct interest){.everything = true};
}

static void interest_add(struct interest *interest, struct bytes word)
{
    if (interest->words == NULL)
        interest->words = memory_new(INTEREST_MAX, sizeof *interest->words);
    assert(interest->count < INTEREST_MAX && word.size <= INTEREST_WORD_MAX);
    memcpy(interest->words[interest->count++], word.data, word.size);
}

void interest_release(struct interest *interest)
{
    interest_clear(interest);
}

void tell_interest(struct replica *replica, struct peer *peer, struct effects *effects)
{
    const struct interest *interest = &replica->interest;
    const char *words[INTEREST_MAX];

    if (interest->everything && !peer->told_interest)
        return;
    for (size_t i = 0; i < interest->count; i++)
        words[i] = interest->words[i];
    interest_write(interest->everything ? NULL : words, interest->count,
                   effect_send(effects, peer));
    peer->told_interest = true;
}

void receive_interest(struct peer *peer, const struct message *message)
{
    interest_clear(&peer->interest);
    peer->interest.everything = message->everything;
    for (size_t i = 0; i < message->count; i++)
        interest_add(&peer->interest, message->words[i]);
}

/* Which bodies are wanted is asked of the store anew. */
static void look_for_bodies(struct replica *replica, struct effects *effects)
{
    places_release(&replica->body_places);
    replica->body_count = 0;
    effect_add(effects, EFFECT_LOOK);
}

void replica_set_interest(struct replica *replica, const char *const *words, size_t count,
                          struct effects *effects)
{
    interest_clear(&replica->interest);
    replica->interest.everything = words == NULL;
    for (size_t i = 0; words != NULL && i < count; i++)
        interest_add(&replica->interest, bytes_of_text(words[i]));
    if (replica->started_ms == 0)
        return; /* The start will look, and nobody was greeted. */
    look_for_bodies(replica, effects);
    for (size_t i = 0; i < replica->peer_count; i++)
        if (peer_is_up(replica->peers[i]))
            tell_interest(replica, replica->peers[i], effects);
}

bool replica_sends_body(const struct replica *replica, peer_number number, struct bytes topic)
{
    const struct peer *peer = peer_find(replica, number);

    return peer == NULL || interest_has(&peer->interest, topic);
}

/* --- Bodies that are wanted --- */

static void forget_body(struct replica *replica, size_t at)
{
    places_remove(&replica->body_places, &replica->bodies[at].id);
    replica->bodies[at] = replica->bodies[--replica->body_count];
    if (at < replica->body_count)
        places_put(&replica->body_places, &replica->bodies[at].id, at);
}

static bool has_expired(int64_t expiry_ms, int64_t now_ms)
{
    return expiry_ms != 0 && expiry_ms <= now_ms;
}

bool body_is_of_use(const struct replica *replica, const struct record *record, int64_t now_ms)
{
    const struct header *header = record_header(record);

    return !has_expired(header->expiry_ms, now_ms) &&
           interest_has(&replica->interest, header->topic);
}

void body_missing(struct replica *replica, const struct record *record, int64_t now_ms)
{
    const struct header *header = record_header(record);
    const struct digest *id = record_id(record);

    if (body_is_wanted(replica, id) || set_standing(replica->set, id) != STANDING_IN ||
        set_text(replica->set, id) == TEXT_ERASED || !body_is_of_use(replica, record, now_ms))
        return;
    if (replica->body_count == replica->body_capacity) {
        replica->body_capacity = 2 * replica->body_capacity + 16;
        replica->bodies =
            memory_grow(replica->bodies, replica->body_capacity, sizeof *replica->bodies);
    }
    replica->bodies[replica->body_count] =
        (struct wanted_body){.id = *id, .expiry_ms = header->expiry_ms, .since_ms = now_ms};
    places_put(&replica->body_places, id, replica->body_count++);
}

void replica_lacks_body(struct replica *replica, const struct record *record, int64_t now_ms)
{
    body_missing(replica, record, now_ms);
}

bool body_is_wanted(const struct replica *replica, const struct digest *id)
{
    return places_find(&replica->body_places, id) != NO_PLACE;
}

void body_settled(struct replica *replica, const struct digest *id)
{
    size_t at = places_find(&replica->body_places, id);

    if (at != NO_PLACE)
        forget_body(replica, at);
}

uint64_t bodies_wanted(const struct replica *replica)
{
    uint64_t count = 0;

    for (size_t i = 0; i < replica->body_count; i++)
        count += set_standing(replica->set, &replica->bodies[i].id) == STANDING_IN;
    return count;
}

static bool is_asked_now(const struct replica *replica, const struct wanted_body *body,
                         int64_t now_ms)
{
    return (body->asked_ms == 0 || now_ms - body->asked_ms >= QUIET_MS) &&
           set_standing(replica->set, &body->id) == STANDING_IN;
}

/* The peer that was asked before, and did not send it. */
static void note_body_lapse(struct replica *replica, struct wanted_body *body, int64_t now_ms)
{
    struct peer *peer = peer_find(replica, body->asked);

    if (body->asked_ms == 0)
        return;
    body->tries++;
    if (peer != NULL && peer->in_sync)
        note_lapse(peer, LAPSE_NO_BODY, &body->id, now_ms);
}

/* Each comparison goes on where the last one stopped, so that bodies nobody has do not keep the
 * others waiting. */
void ask_bodies(struct replica *replica, struct peer *peer, int64_t now_ms, struct effects *effects)
{
    struct digest ids[FETCH_MAX];
    size_t count = 0;

    for (size_t left = replica->body_count; left > 0 && count < FETCH_MAX; left--) {
        size_t at = replica->body_turn < replica->body_count ? replica->body_turn : 0;
        struct wanted_body *body = &replica->bodies[at];
        replica->body_turn = at + 1;
        if (has_expired(body->expiry_ms, now_ms)) {
            forget_body(replica, at);
            replica->body_turn = at;
        } else if (is_asked_now(replica, body, now_ms)) {
            note_body_lapse(replica, body, now_ms);
            body->asked_ms = now_ms;
            body->asked = peer->number;
            ids[count++] = body->id;
        }
    }
    ask_singles(peer, ids, count, effects);
}

void ask_singles(struct peer *peer, const struct digest *ids, size_t count, struct effects *effects)
{
    if (count == 0)
        return;
    peer->fetched += count;
    fetch_write(ids, count, effect_send(effects, peer));
}

/* --- Expiry --- */

void body_expires(struct replica *replica, const struct record *record)
{
    int64_t expiry_ms = record_header(record)->expiry_ms;

    if (expiry_ms == 0)
        return;
    if (replica->expiring_count == replica->expiring_capacity) {
        replica->expiring_capacity = 2 * replica->expiring_capacity + 16;
        replica->expiring =
            memory_grow(replica->expiring, replica->expiring_capacity, sizeof *replica->expiring);
    }
    replica->expiring[replica->expiring_count++] =
        (struct expiring){expiry_ms, record_entry(record)};
    replica->next_expiry_ms = earlier(replica->next_expiry_ms, expiry_ms);
}

int64_t drop_expired(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    if (now_ms < replica->next_expiry_ms)
        return replica->next_expiry_ms;
    replica->next_expiry_ms = INT64_MAX;
    for (size_t i = replica->expiring_count; i-- > 0;) {
        if (replica->expiring[i].expiry_ms > now_ms) {
            replica->next_expiry_ms =
                earlier(replica->next_expiry_ms, replica->expiring[i].expiry_ms);
            continue;
        }
        body_settled(replica, &replica->expiring[i].entry.id);
        effect_ask(replica, effects, EFFECT_DROP_BODY)->entry = replica->expiring[i].entry;
        replica->expiring[i] = replica->expiring[--replica->expiring_count];
    }
    return replica->next_expiry_ms;
}
