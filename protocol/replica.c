#include "protocol/replica_inside.h"

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

static struct feed_rules rules_of(void *context, const struct feed *feed)
{
    return feed_rules_of(context, feed);
}

/* Vigna's splitmix64: lots, not secrets. */
static uint64_t draw(struct replica *replica)
{
    uint64_t lot = replica->lots += UINT64_C(0x9e3779b97f4a7c15);

    lot = (lot ^ lot >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    lot = (lot ^ lot >> 27) * UINT64_C(0x94d049bb133111eb);
    return lot ^ lot >> 31;
}

struct replica *replica_new(const struct replica_settings *settings)
{
    struct replica *replica = memory_new(1, sizeof *replica);

    assert(settings->period_ms > 0 && settings->credit_bytes > 0);
    replica->settings = *settings;
    replica->lots = settings->seed;
    replica->charter = charter_new(&settings->network);
    replica->set = set_new((struct set_rules){replica, rules_of});
    replica->want_places.key = draw(replica);
    replica->unstored_places.key = draw(replica);
    replica->body_places.key = draw(replica);
    return replica;
}

static void peer_free(struct peer *peer)
{
    answers_release(peer);
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
    free(replica->bodies);
    places_release(&replica->want_places);
    places_release(&replica->unstored_places);
    places_release(&replica->body_places);
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

void replica_restore_record(struct replica *replica, struct record *record,
                            const struct public_key *signer, bool in, bool body_wanted)
{
    set_restore(replica->set, record, signer, in);
    if (body_wanted)
        body_expected(replica, record);
}

void replica_start(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    struct changes changes = {0};

    set_settle(replica->set, now_ms, &changes);
    move_records(replica, &changes, effects);
    changes_release(&changes);
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
                          .since_ms = now_ms,
                          .hello_ms = now_ms - QUIET_MS,
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

/* --- Hello and bye --- */

static struct digest state_digest(struct replica *replica, struct digest *charter)
{
    *charter = charter_digest(replica->charter);
    return set_state_digest(replica->set, charter);
}

/* A hello gives its reader a whole credit: what was lost on the way is made good. */
void greet(struct replica *replica, struct peer *peer, bool answer, int64_t now_ms,
           struct effects *effects)
{
    struct hello hello = {.least_version = PROTOCOL_VERSION,
                          .highest_version = PROTOCOL_VERSION,
                          .network = replica->settings.network,
                          .clock_ms = now_ms < 0 ? 0 : now_ms,
                          .answer = answer,
                          .credit = replica->settings.credit_bytes};

    hello.state = state_digest(replica, &hello.charter);
    hello_write(&hello, effect_send(effects, peer));
    peer->hello_ms = now_ms;
    peer->unstored = peer->stored = 0;
    peer->gained = false;
}

void greet_again(struct replica *replica, struct peer *peer, int64_t now_ms,
                 struct effects *effects)
{
    if (now_ms - peer->hello_ms >= QUIET_MS)
        greet(replica, peer, false, now_ms, effects);
}

static void greet_all(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    for (size_t i = 0; i < replica->peer_count; i++)
        greet(replica, replica->peers[i], false, now_ms, effects);
}

static void part(struct peer *peer, struct effects *effects)
{
    peer->closed = true;
    effect_add(effects, EFFECT_CLOSE)->peer = peer->number;
}

static void say_bye(struct peer *peer, enum bye_code code, const char *reason,
                    struct effects *effects)
{
    bye_write(code, reason, effect_send(effects, peer));
    part(peer, effects);
}

/* Not the same one again at once: a charter is large, and the hello that asks for it small. */
static void tell_charter(struct replica *replica, struct peer *peer, int64_t now_ms,
                         struct effects *effects)
{
    struct digest digest = charter_digest(replica->charter);
    struct buffer bundle = {0};

    if (!charter_in_force(replica->charter) ||
        (digest_equal(&digest, &peer->told_charter) && now_ms - peer->told_charter_ms < QUIET_MS))
        return;
    peer->told_charter = digest;
    peer->told_charter_ms = now_ms;
    charter_write(replica->charter, &bundle);
    charter_message_write(buffer_view(&bundle), effect_send(effects, peer));
    buffer_release(&bundle);
}

static void compare(struct replica *replica, struct peer *peer, const struct hello *hello,
                    int64_t now_ms, struct effects *effects)
{
    struct digest charter, state = state_digest(replica, &charter);
    bool same_charter = digest_equal(&charter, &hello->charter);
    bool in_sync = same_charter && digest_equal(&state, &hello->state);

    if (in_sync != peer->in_sync) {
        peer->in_sync = in_sync;
        peer->since_ms = now_ms;
    }
    if (!same_charter)
        tell_charter(replica, peer, now_ms, effects);
    if (in_sync)
        ask_bodies(replica, peer, now_ms, effects);
    else
        tell_tips(replica, peer, effects);
}

static void receive_hello(struct replica *replica, struct peer *peer, const struct hello *hello,
                          int64_t now_ms, struct effects *effects)
{
    if (!digest_equal(&hello->network, &replica->settings.network)) {
        refuse(replica, peer, REFUSED_NETWORK);
        say_bye(peer, BYE_NETWORK, "this node is of another network", effects);
        return;
    }
    if (hello->least_version > PROTOCOL_VERSION || hello->highest_version < PROTOCOL_VERSION) {
        say_bye(peer, BYE_VERSION, "this node speaks protocol version 1 only", effects);
        return;
    }
    peer->greeted = true;
    peer->clock_off_ms = hello->clock_ms - now_ms;
    peer->credit = hello->credit;
    if (!hello->answer)
        greet(replica, peer, true, now_ms, effects);
    compare(replica, peer, hello, now_ms, effects);
}

/* --- Charter --- */

static void charter_changed(struct replica *replica, struct effects *effects)
{
    struct changes changes = {0};

    charter_write(replica->charter, &effect_add(effects, EFFECT_STORE_CHARTER)->bytes);
    effect_add(effects, EFFECT_ADMIT);
    set_charter_changed(replica->set, &changes);
    move_records(replica, &changes, effects);
    changes_release(&changes);
    replica->store_is_due = replica->charter_is_news = true;
}

static bool offer_charter(struct replica *replica, struct peer *peer, struct bytes bundle,
                          struct effects *effects, struct fault *fault)
{
    bool changed = false, good = charter_add(replica->charter, bundle, &changed, fault);

    if (!good)
        refuse(replica, peer, fault->refusal);
    if (changed)
        charter_changed(replica, effects);
    return good;
}

bool replica_offer_charter(struct replica *replica, struct bytes bundle, int64_t now_ms,
                           struct effects *effects, struct fault *fault)
{
    (void)now_ms;
    return offer_charter(replica, NULL, bundle, effects, fault);
}

/* --- What comes in --- */

/* What may be said to a peer once nothing is with the store: credit for what it sent, what it
 * waits for, and a comparison anew after catching up, which should find nothing more. */
static void go_on(struct replica *replica, struct peer *peer, int64_t now_ms,
                  struct effects *effects)
{
    if (!peer_is_up(peer))
        return;
    peer->stored += peer->unstored;
    peer->unstored = 0;
    grant_credit(replica, peer, effects);
    serve(replica, peer, effects);
    if (peer->gained && peer->wants == 0 && peer->answer_count == 0)
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
        offer_charter(replica, peer, message->bundle, effects, &fault);
        break;
    case MESSAGE_TIPS:
        receive_tips(replica, peer, message, now_ms, effects);
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
    case MESSAGE_BODIES:
        receive_bodies(replica, peer, message, effects);
        break;
    case MESSAGE_BYE:
        part(peer, effects);
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
    serve(replica, peer, effects);
    if (peer->closed)
        replica_peer_left(replica, number);
    else if (!replica->store_is_due)
        go_on(replica, peer, now_ms, effects);
}

/* --- Time --- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

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

int64_t replica_tick(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    struct changes changes = {0};
    int64_t next_ms = set_tick(replica->set, now_ms, &changes);

    move_records(replica, &changes, effects);
    changes_release(&changes);
    if (now_ms >= replica->exchange_ms)
        exchange(replica, now_ms, effects);
    retry_wants(replica, now_ms, effects);
    next_ms = earlier(next_ms, earlier(replica->exchange_ms, next_retry_ms(replica)));
    for (size_t i = 0; i < replica->peer_count; i++) {
        struct peer *peer = replica->peers[i];
        serve(replica, peer, effects);
        if (can_serve_more(replica, peer))
            next_ms = now_ms;
        if (peer->greeted)
            continue;
        greet_again(replica, peer, now_ms, effects);
        next_ms = earlier(next_ms, peer->hello_ms + QUIET_MS);
    }
    return next_ms;
}

void replica_sync(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    greet_all(replica, now_ms, effects);
}

/* --- What became durable --- */

/* Keep those that entered the set, each at its last place. */
static size_t pick_news(const struct replica *replica, struct unstored *list, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (places_find(&replica->unstored_places, &list[i].id) == i &&
            set_standing(replica->set, &list[i].id) == STANDING_IN)
            list[kept++] = list[i];
    return kept;
}

/* Tell the news: each record once on the live plane, and to the peers that cannot be expected to
 * listen there. */
static void announce(struct replica *replica, const struct unstored *news, size_t count,
                     struct effects *effects)
{
    for (size_t i = 0; i < count; i++)
        effect_add(effects, EFFECT_LIVE)->id = news[i].id;
    replica->counters.published += count;
    for (size_t i = 0; i < replica->peer_count; i++)
        if (peer_is_up(replica->peers[i]) && replica->peers[i]->dialled)
            push_records(replica, replica->peers[i], news, count, effects);
}

void replica_stored(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    size_t count = pick_news(replica, replica->unstored, replica->unstored_count);
    bool charter_is_news = replica->charter_is_news;

    places_release(&replica->unstored_places);
    replica->unstored_count = 0;
    replica->counters.stored += replica->storing;
    replica->storing = 0;
    replica->store_is_due = replica->charter_is_news = false;
    if (charter_is_news)
        greet_all(replica, now_ms, effects);
    announce(replica, replica->unstored, count, effects);
    for (size_t i = 0; i < replica->peer_count; i++)
        go_on(replica, replica->peers[i], now_ms, effects);
}

/* --- What `status` shows --- */

size_t replica_peers(const struct replica *replica, struct peer_report *reports, size_t most)
{
    size_t count = replica->peer_count < most ? replica->peer_count : most;

    for (size_t i = 0; i < count; i++) {
        const struct peer *peer = replica->peers[i];
        uint64_t missing = peer->left > peer->wants ? peer->left : peer->wants;
        reports[i] = (struct peer_report){.peer = peer->number,
                                          .authority = peer->authority,
                                          .dialled = peer->dialled,
                                          .greeted = peer->greeted,
                                          .in_sync = peer->in_sync,
                                          .since_ms = peer->since_ms,
                                          .last_heard_ms = peer->last_heard_ms,
                                          .clock_off_ms = peer->clock_off_ms,
                                          .missing = peer->wants == 0 ? 0 : missing,
                                          .received = peer->received,
                                          .sent = peer->sent};
        memcpy(reports[i].refused, peer->refused, sizeof peer->refused);
    }
    return count;
}

static int64_t nearer(int64_t a, int64_t b)
{
    return (a < 0 ? -a : a) <= (b < 0 ? -b : b) ? a : b;
}

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Is it the first of its member's links that greeted? */
static bool speaks_for_its_member(const struct replica *replica, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (replica->peers[i]->greeted &&
            digest_equal(&replica->peers[i]->authority, &replica->peers[at]->authority))
            return false;
    return replica->peers[at]->greeted;
}

int64_t replica_clock_off(const struct replica *replica)
{
    int64_t *offs = memory_new(replica->peer_count, sizeof *offs), median = 0;
    size_t count = 0;

    for (size_t i = 0; i < replica->peer_count; i++)
        if (speaks_for_its_member(replica, i))
            offs[count++] = replica->peers[i]->clock_off_ms;
    qsort(offs, count, sizeof *offs, compare_times);
    if (count > 0)
        median = nearer(offs[(count - 1) / 2], offs[count / 2]);
    free(offs);
    return median;
}

struct replica_counters replica_counters(struct replica *replica)
{
    struct replica_counters counters = replica->counters;

    counters.in_set = set_count(replica->set, STANDING_IN);
    counters.aside = set_count(replica->set, STANDING_ASIDE);
    counters.waiting = set_count(replica->set, STANDING_WAITING);
    counters.bodies_wanted = bodies_wanted(replica);
    counters.forks = set_forks(replica->set, NULL, 0);
    return counters;
}
