#include "protocol/replica_inside.h"

#include "protocol/anonymous.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- The whole --- */

/* Until a newer program takes over, this one holds nothing for decided. */
struct feed_rules feed_rules_of(const struct replica *replica, const struct feed *feed)
{
    if (charter_needs_upgrade(replica->charter))
        return (struct feed_rules){.listed = false};
    return charter_feed(replica->charter, feed);
}

bool is_own(const struct replica *replica, const struct feed *feed)
{
    return digest_equal(&feed->authority, &replica->settings.self);
}

int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Vigna's splitmix64: lots, not secrets. */
uint64_t draw(struct replica *replica)
{
    uint64_t lot = replica->lots += UINT64_C(0x9e3779b97f4a7c15);

    lot = (lot ^ lot >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    lot = (lot ^ lot >> 27) * UINT64_C(0x94d049bb133111eb);
    return lot ^ lot >> 31;
}

/* Nobody may guess the next one from those that were sent. */
struct short_salt draw_salt(struct replica *replica)
{
    uint64_t lots[2] = {replica->settings.seed, draw(replica)};
    struct digest digest = digest_of(PURPOSE_SALT, lots, sizeof lots);
    struct short_salt salt;

    memcpy(salt.bytes, digest.bytes, sizeof salt.bytes);
    return salt;
}

/* --- What the set asks --- */

static struct feed_rules rules_of(void *context, const struct feed *feed)
{
    return feed_rules_of(context, feed);
}

static enum ring_answer ask_ring(const struct replica *replica, const struct record *record)
{
    const struct header *header = record_header(record);
    const struct ring_public *keys;
    size_t count;

    if (charter_needs_upgrade(replica->charter))
        return RING_UNKNOWN;
    if (replica->settings.ring_holds != NULL)
        return replica->settings.ring_holds(replica->settings.context, record);
    if (!charter_ring(replica->charter, &header->author.ring, ring_epoch_of(header->time_ms), &keys,
                      &count))
        return RING_UNKNOWN;
    return anonymous_holds(replica->charter, record) ? RING_HOLDS : RING_FAILS;
}

static enum ring_answer ring_holds(void *context, const struct record *record)
{
    struct replica *replica = context;
    enum ring_answer answer = ask_ring(replica, record);

    replica->ring_failures += answer == RING_FAILS;
    return answer;
}

static bool succeeds(void *context, const struct digest *heir, const struct digest *authority)
{
    const struct replica *replica = context;

    return charter_succeeds(replica->charter, heir, authority);
}

static bool stewards_agree(void *context, const struct digest *authorities, size_t count)
{
    const struct replica *replica = context;

    return charter_stewards_agree(replica->charter, authorities, count);
}

static bool proven_by(void *context, const struct record *record, const struct public_key *key)
{
    const struct replica *replica = context;

    return replica->settings.proven_by(replica->settings.context, record, key);
}

static struct record *fetch(void *context, const struct digest *id)
{
    struct replica *replica = context;
    struct entry entry;
    bool here = set_entry(replica->set, id, &entry);

    assert(here);
    (void)here;
    return replica->settings.fetch(replica->settings.context, &entry);
}

static bool really_proven_by(void *context, const struct record *record,
                             const struct public_key *key)
{
    (void)context;
    return record_proven_by(record, key);
}

/* --- Beginning and end --- */

struct replica *replica_new(const struct replica_settings *settings)
{
    struct replica *replica = memory_new(1, sizeof *replica);

    assert(settings->period_ms > 0 && settings->credit_bytes > 0);
    replica->settings = *settings;
    if (settings->proven_by == NULL)
        replica->settings.proven_by = really_proven_by;
    replica->lots = settings->seed;
    replica->charter = charter_new(&settings->network);
    replica->set = set_new((struct set_rules){.context = replica,
                                              .of = rules_of,
                                              .ring_holds = ring_holds,
                                              .succeeds = succeeds,
                                              .stewards_agree = stewards_agree,
                                              .proven_by = proven_by,
                                              .fetch = fetch});
    replica->want_places.key = draw(replica);
    replica->unstored_places.key = draw(replica);
    replica->body_places.key = draw(replica);
    replica->interest.everything = true;
    replica->next_expiry_ms = INT64_MAX;
    return replica;
}

static void peer_free(struct peer *peer)
{
    answers_release(peer);
    lines_release(&peer->sketch);
    interest_release(&peer->interest);
    free(peer->lacking);
    free(peer->owed);
    free(peer->lapses);
    free(peer);
}

void replica_free(struct replica *replica)
{
    if (replica == NULL)
        return;
    for (size_t i = 0; i < replica->peer_count; i++)
        peer_free(replica->peers[i]);
    free(replica->peers);
    free(replica->wants);
    free(replica->unstored);
    free(replica->taken);
    free(replica->bodies);
    free(replica->expiring);
    free(replica->junk);
    free(replica->errands);
    places_release(&replica->want_places);
    places_release(&replica->unstored_places);
    places_release(&replica->body_places);
    interest_release(&replica->interest);
    changes_release(&replica->changes);
    set_free(replica->set);
    charter_free(replica->charter);
    free(replica);
}

/* A quarter of the period is jitter, so that nodes that started together drift apart. */
static void plan_exchange(struct replica *replica, int64_t now_ms)
{
    int64_t quarter = replica->settings.period_ms / 4;

    replica->exchange_ms = now_ms + replica->settings.period_ms -
                           (quarter == 0 ? 0 : (int64_t)(draw(replica) % (uint64_t)quarter));
}

void replica_set_period(struct replica *replica, int64_t period_ms)
{
    assert(period_ms > 0);
    replica->exchange_ms += period_ms - replica->settings.period_ms;
    replica->settings.period_ms = period_ms;
}

bool replica_restore_charter(struct replica *replica, struct bytes bundle, struct fault *fault)
{
    bool changed;

    return charter_add(replica->charter, bundle, &changed, fault);
}

void replica_restore_record(struct replica *replica, const struct skeleton *skeleton)
{
    set_restore(replica->set, skeleton);
    if (skeleton->record != NULL && skeleton->text != TEXT_ERASED)
        body_expires(replica, skeleton->record);
}

void replica_start(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    replica->started_ms = now_ms;
    replica->round_ms = now_ms + DAY_MS;
    set_settle(replica->set, now_ms, &replica->changes);
    settle_records(replica, NULL, now_ms, effects);
    effect_add(effects, EFFECT_LOOK);
    plan_exchange(replica, now_ms);
}

const struct charter *replica_charter(const struct replica *replica)
{
    return replica->charter;
}

struct set *replica_set(struct replica *replica)
{
    return replica->set;
}

/* --- Peers --- */

struct peer *peer_find(const struct replica *replica, peer_number number)
{
    for (size_t i = 0; i < replica->peer_count; i++)
        if (replica->peers[i]->number == number)
            return replica->peers[i];
    return NULL;
}

bool peer_is_up(const struct peer *peer)
{
    return peer->greeted && !peer->closed;
}

void refuse(struct replica *replica, struct peer *peer, enum refusal refusal)
{
    replica->counters.refused[refusal]++;
    if (peer != NULL)
        peer->refused[refusal]++;
}

/* Who dialled speaks first; the other side answers. */
void replica_peer_joined(struct replica *replica, peer_number number,
                         const struct digest *authority, bool dialled, int64_t now_ms,
                         struct effects *effects)
{
    struct peer *peer = memory_new(1, sizeof *peer);

    assert(number != PEER_SELF);
    replica_peer_left(replica, number);
    if (replica->peer_count == replica->peer_capacity) {
        replica->peer_capacity = 2 * replica->peer_capacity + 8;
        replica->peers =
            memory_grow(replica->peers, replica->peer_capacity, sizeof(*replica->peers));
    }
    replica->peers[replica->peer_count++] = peer;
    *peer = (struct peer){.number = number,
                          .authority = *authority,
                          .dialled = dialled,
                          .interest = {.everything = true},
                          .since_ms = now_ms,
                          .hello_ms = now_ms - QUIET_MS,
                          .look_ms = INT64_MAX,
                          .look_wait_ms = LOOK_AGAIN_MS,
                          .told_charter_ms = now_ms - QUIET_MS};
    if (dialled)
        greet(replica, peer, false, now_ms, effects);
}

void replica_peer_left(struct replica *replica, peer_number number)
{
    for (size_t i = 0; i < replica->peer_count; i++) {
        if (replica->peers[i]->number != number)
            continue;
        peer_free(replica->peers[i]);
        replica->peers[i] = replica->peers[--replica->peer_count];
        forget_wants_of(replica, number);
        return;
    }
}

/* --- What comes in --- */

static void credit_stored(const struct replica *replica, struct peer *peer, struct effects *effects)
{
    size_t done = 0;

    for (; done < peer->owed_count && peer->owed[done].asked <= replica->confirmed; done++)
        peer->stored += peer->owed[done].bytes;
    if (done == 0)
        return;
    peer->owed_count -= done;
    memmove(peer->owed, &peer->owed[done], peer->owed_count * sizeof *peer->owed);
    grant_credit(peer, effects);
}

/* What may be said to a peer: credit for what is stored, or was nothing to be stored; what it waits
 * for; and, once nothing that it sent is with the store, a comparison anew after catching up, which
 * should find nothing more. */
static void go_on(struct replica *replica, struct peer *peer, int64_t now_ms,
                  struct effects *effects)
{
    if (!peer_is_up(peer))
        return;
    credit_stored(replica, peer, effects);
    serve(replica, peer, effects);
    if (peer->gained && is_at_rest(peer))
        greet(replica, peer, false, now_ms, effects);
}

static void take_message(struct replica *replica, struct peer *peer, const struct message *message,
                         int64_t now_ms, struct effects *effects)
{
    struct fault fault;

    switch (message->kind) {
    case MESSAGE_HELLO:
        receive_hello(replica, peer, &message->hello, now_ms, effects);
        break;
    case MESSAGE_CHARTER:
        take_charter(replica, peer, message->bundle, now_ms, effects, &fault);
        break;
    case MESSAGE_BUCKETS:
        receive_buckets(replica, peer, message, now_ms, effects);
        break;
    case MESSAGE_SKETCH:
        receive_sketch(replica, peer, message, now_ms, effects);
        break;
    case MESSAGE_WHICH:
        receive_which(replica, peer, message);
        break;
    case MESSAGE_TIPS:
        receive_tips(replica, peer, message, now_ms, effects);
        break;
    case MESSAGE_IDS:
        receive_ids(replica, peer, message, effects);
        break;
    case MESSAGE_WANT:
        receive_wants(replica, peer, message, effects);
        break;
    case MESSAGE_RECORDS:
        receive_records(replica, peer, message, now_ms, effects);
        break;
    case MESSAGE_CREDIT:
        peer->credit += peer->credit < CREDIT_MAX ? message->credit : 0;
        break;
    case MESSAGE_FETCH:
        receive_fetch(replica, peer, message, effects);
        break;
    case MESSAGE_INTEREST:
        receive_interest(peer, message);
        break;
    case MESSAGE_BYE:
        part(peer, effects);
        break;
    case MESSAGE_NOTICE:
    case MESSAGE_NOTED:
        receive_notices(replica, peer, message, now_ms, effects);
        break;
    case MESSAGE_RELAY:
        receive_relay(replica, peer, message, now_ms, effects);
        break;
    case MESSAGES:
        break;
    }
}

/* Until a peer has said hello, nothing shows that it is of this network. One that goes on with a
 * link of which we know no beginning is greeted. */
void replica_receive(struct replica *replica, peer_number number, struct bytes frame,
                     int64_t now_ms, struct effects *effects)
{
    struct peer *peer = peer_find(replica, number);
    struct message message;
    struct fault fault;

    if (peer == NULL)
        return;
    peer->last_heard_ms = now_ms;
    if (!message_read(&message, frame, &fault))
        refuse(replica, peer, fault.refusal);
    else if (peer->greeted || message.kind == MESSAGE_HELLO || message.kind == MESSAGE_BYE)
        take_message(replica, peer, &message, now_ms, effects);
    else
        greet_again(replica, peer, now_ms, effects);
    message_release(&message);
    go_on(replica, peer, now_ms, effects);
    if (peer->closed)
        replica_peer_left(replica, number);
}

/* --- Time --- */

static void exchange(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    size_t up = 0;

    plan_exchange(replica, now_ms);
    for (size_t i = 0; i < replica->peer_count; i++)
        up += peer_is_up(replica->peers[i]);
    if (up == 0)
        return;
    size_t lot = (size_t)(draw(replica) % up);
    for (size_t i = 0; i < replica->peer_count; i++)
        if (peer_is_up(replica->peers[i]) && lot-- == 0)
            greet(replica, replica->peers[i], false, now_ms, effects);
}

/* Once a day everybody: what one peer leaves out, another one shows. */
static void go_round(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    replica->round_ms = now_ms + DAY_MS;
    greet_all(replica, now_ms, effects);
}

static int64_t tick_peer(struct replica *replica, struct peer *peer, int64_t now_ms,
                         struct effects *effects)
{
    serve(replica, peer, effects);
    expire_lapses(replica, peer, now_ms);
    if (can_serve_more(replica, peer))
        return now_ms;
    if (peer->greeted)
        return look_if_due(replica, peer, now_ms, effects);
    greet_again(replica, peer, now_ms, effects);
    return peer->hello_ms + QUIET_MS;
}

int64_t replica_tick(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    int64_t next_ms = set_tick(replica->set, now_ms, &replica->changes);

    settle_records(replica, NULL, now_ms, effects);
    next_ms = earlier(next_ms, drop_expired(replica, now_ms, effects));
    if (now_ms >= replica->exchange_ms)
        exchange(replica, now_ms, effects);
    if (now_ms >= replica->round_ms)
        go_round(replica, now_ms, effects);
    retry_wants(replica, now_ms, effects);
    next_ms = earlier(next_ms, end_farewell(replica, now_ms, effects));
    next_ms = earlier(next_ms, earlier(replica->exchange_ms, next_retry_ms(replica)));
    for (size_t i = 0; i < replica->peer_count; i++)
        next_ms = earlier(next_ms, tick_peer(replica, replica->peers[i], now_ms, effects));
    return next_ms;
}

void replica_sync(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    greet_all(replica, now_ms, effects);
}

/* --- What became durable --- */

uint64_t replica_asked(const struct replica *replica)
{
    return replica->asked;
}

void replica_stored(struct replica *replica, uint64_t asked, int64_t now_ms,
                    struct effects *effects)
{
    assert(asked <= replica->asked && asked >= replica->confirmed);
    replica->confirmed = asked;
    announce_stored(replica, effects);
    if (replica->charter_asked != 0 && replica->charter_asked <= asked) {
        replica->charter_asked = 0;
        greet_all(replica, now_ms, effects);
    }
    for (size_t i = 0; i < replica->peer_count; i++)
        go_on(replica, replica->peers[i], now_ms, effects);
}
