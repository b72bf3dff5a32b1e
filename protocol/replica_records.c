#include "protocol/replica_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- With the store --- */

bool is_unstored(const struct replica *replica, const struct digest *id)
{
    return places_find(&replica->unstored_places, id) != NO_PLACE;
}

/* A record that is told of twice stands at the later place, behind what it hangs on. */
static void await_store(struct replica *replica, const struct entry *entry, peer_number from)
{
    size_t before = places_find(&replica->unstored_places, &entry->id);

    if (replica->unstored_count == replica->unstored_capacity) {
        replica->unstored_capacity = 2 * replica->unstored_capacity + 16;
        replica->unstored =
            memory_grow(replica->unstored, replica->unstored_capacity, sizeof *replica->unstored);
    }
    if (before != NO_PLACE)
        from = replica->unstored[before].from;
    replica->unstored[replica->unstored_count] = (struct unstored){*entry, from, replica->asked};
    places_put(&replica->unstored_places, &entry->id, replica->unstored_count++);
}

/* --- What is taken, until it is decided --- */

static void keep_taken(struct replica *replica, struct record *record, const struct peer *peer)
{
    /* Of an anonymous one nothing remembers who brought it. */
    bool named = record_header(record)->author.form == AUTHOR_NAMED;

    if (replica->taken_count == replica->taken_capacity) {
        replica->taken_capacity = 2 * replica->taken_capacity + 16;
        replica->taken =
            memory_grow(replica->taken, replica->taken_capacity, sizeof *replica->taken);
    }
    replica->taken[replica->taken_count++] =
        (struct taken){record_hold(record), named && peer != NULL ? peer->number : PEER_SELF};
}

/* Who brings a record, and when. */
struct bringing {
    struct replica *replica;
    struct peer *peer;
    int64_t now_ms;
};

/* Not a body that is erased, whose time is over, that nobody here wants, or that is here: of a file
 * that one is looked at too, for whoever brings it is to be told what is damaged. */
static bool wants_body(void *context, const struct record *record)
{
    const struct bringing *bringing = context;
    struct replica *replica = bringing->replica;
    const struct digest *id = record_id(record);

    if (set_text(replica->set, id) == TEXT_ERASED) {
        refuse(replica, bringing->peer, REFUSED_ERASED);
        return false;
    }
    return set_standing(replica->set, id) == STANDING_UNKNOWN
               ? body_is_of_use(replica, record, bringing->now_ms)
               : bringing->peer == NULL || body_is_wanted(replica, id);
}

static bool is_delayed(const struct replica *replica, const struct record *record, int64_t now_ms)
{
    const struct author *author = &record_header(record)->author;

    if (author->form != AUTHOR_NAMED)
        return false;
    uint64_t budget = feed_allowance(replica, &author->feed, now_ms);
    return set_feed_count(replica->set, &author->feed) >= budget &&
           set_standing(replica->set, record_id(record)) == STANDING_UNKNOWN &&
           !set_exempt(replica->set, record, budget);
}

static void body_came(struct replica *replica, struct record *record, struct effects *effects)
{
    if (!record_has_body(record) || !body_is_wanted(replica, record_id(record)))
        return;
    body_settled(replica, record_id(record));
    body_expires(replica, record);
    effect_ask(replica, effects, EFFECT_STORE_BODY)->record = record_hold(record);
}

/* --- Junk in rings, and losers of slots --- */

static struct junk *junk_of(const struct replica *replica, const struct digest *authority,
                            int64_t now_ms)
{
    for (size_t i = 0; i < replica->junk_count; i++) {
        struct junk *junk = &replica->junk[i];
        if (!digest_equal(&junk->authority, authority))
            continue;
        if (now_ms - junk->since_ms >= DAY_MS)
            *junk = (struct junk){.authority = *authority, .since_ms = now_ms};
        return junk;
    }
    return NULL;
}

static struct junk *junk_begin(struct replica *replica, const struct digest *authority,
                               int64_t now_ms)
{
    struct junk *junk = junk_of(replica, authority, now_ms);

    if (junk != NULL)
        return junk;
    replica->junk = memory_grow(replica->junk, replica->junk_count + 1, sizeof *replica->junk);
    junk = &replica->junk[replica->junk_count++];
    *junk = (struct junk){.authority = *authority, .since_ms = now_ms};
    return junk;
}

/* Who has judged a record first never sends one whose proof does not hold. */
static void note_junk(struct replica *replica, struct peer *peer, int64_t now_ms)
{
    refuse(replica, peer, REFUSED_SIGNATURE);
    if (peer != NULL)
        junk_begin(replica, &peer->authority, now_ms)->count++;
}

static bool has_lost_slot(const struct replica *replica, const struct digest *id)
{
    return set_standing(replica->set, id) == STANDING_ASIDE &&
           set_because(replica->set, id) == BECAUSE_SLOT;
}

/* Those that lost to what the peer brought, and those it brought that lost. */
static void note_losers(struct replica *replica, const struct peer *peer, int64_t now_ms)
{
    unsigned losers = 0;

    if (peer == NULL)
        return;
    for (size_t i = 0; i < replica->taken_count; i++)
        losers += has_lost_slot(replica, record_id(replica->taken[i].record));
    for (size_t i = 0; i < replica->changes.count; i++)
        losers += replica->changes.list[i].kind == CHANGE_OUT &&
                  has_lost_slot(replica, &replica->changes.list[i].id);
    if (losers > 0)
        junk_begin(replica, &peer->authority, now_ms)->losers += losers;
}

/* What it brings of that kind others may bring, or it on another day. */
static bool may_bring(struct replica *replica, struct peer *peer, const struct record *record,
                      int64_t now_ms, struct fault *fault)
{
    const struct junk *junk = peer == NULL ? NULL : junk_of(replica, &peer->authority, now_ms);

    if (junk == NULL || set_standing(replica->set, record_id(record)) != STANDING_UNKNOWN)
        return true;
    if (junk->count >= JUNK_MAX && record_header(record)->author.form == AUTHOR_ANONYMOUS) {
        refuse(replica, peer, REFUSED_JUNK);
        return fault_refuse(fault, REFUSED_JUNK, "too many records whose proofs do not hold");
    }
    if (junk->losers >= LOSERS_MAX && set_contests(replica->set, record)) {
        refuse(replica, peer, REFUSED_SLOTS);
        return fault_refuse(fault, REFUSED_SLOTS, "too many records for slots that are taken");
    }
    return true;
}

static bool offer_record(struct replica *replica, struct peer *peer, struct record *record,
                         int64_t now_ms, struct effects *effects, struct fault *fault)
{
    uint64_t failures = replica->ring_failures;

    if (is_delayed(replica, record, now_ms)) {
        replica->counters.delayed++;
        return true;
    }
    if (!may_bring(replica, peer, record, now_ms, fault))
        return false;
    switch (set_offer(replica->set, record, now_ms)) {
    case OFFER_TAKEN:
        keep_taken(replica, record, peer);
        break;
    case OFFER_KNOWN:
        replica->counters.known++;
        body_came(replica, record, effects);
        break;
    case OFFER_NEVER:
        if (replica->ring_failures > failures)
            note_junk(replica, peer, now_ms);
        break;
    case OFFER_FULL:
        refuse(replica, peer, REFUSED_UNDECIDED);
        if (peer != NULL)
            want_earlier(replica, peer, record, now_ms);
        return fault_refuse(fault, REFUSED_UNDECIDED,
                            "more undecided records than this node keeps: get the charter that "
                            "decides them first");
    }
    return true;
}

bool take_record(struct replica *replica, struct peer *peer, struct bytes wire, int64_t now_ms,
                 uint64_t *cost, struct effects *effects, struct fault *fault)
{
    bool wrong_body = false;
    struct bringing bringing = {replica, peer, now_ms};
    struct record *record = record_read_wanted(wire, &replica->settings.network, wants_body,
                                               &bringing, &wrong_body, fault);

    /* A body counts whether or not it is there, so that both ends count the same. */
    *cost = record == NULL ? wire.size : record_entry(record).size;
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
    if (taken && wrong_body)
        return fault_refuse(fault, REFUSED_COMMITMENT,
                            "its text is damaged, so only its header was taken in");
    return taken;
}

/* --- What the set decided --- */

static bool is_forged(const struct replica *replica, const struct record *record,
                      const struct feed_rules *rules)
{
    struct entry entry;

    for (size_t i = 0; i < rules->key_count; i++)
        if (replica->settings.proven_by(replica->settings.context, record, &rules->keys[i]))
            return false;
    /* The chain of a cut needs no other proof. */
    return rules->listed && set_piece(replica->set, record_id(record), 0, &entry, 1) == 0;
}

/* What the peer should be asked after a record that could not be decided. */
static void ask_about(struct replica *replica, struct peer *peer, const struct record *record,
                      int64_t now_ms, struct effects *effects)
{
    const struct author *author = &record_header(record)->author;

    if (author->form != AUTHOR_NAMED)
        return;
    struct feed_rules rules = feed_rules_of(replica, &author->feed);
    if (is_forged(replica, record, &rules))
        refuse(replica, peer, REFUSED_SIGNATURE);
    else if (peer == NULL || !peer_is_up(peer))
        return;
    else if (!rules.listed)
        greet_again(replica, peer, now_ms, effects);
    else
        want_gap(replica, peer, record, now_ms);
}

/* A text is kept of what is in the set alone, where an erasure reaches it; and none that was erased
 * before it came. */
static struct record *to_be_stored(struct replica *replica, struct record *record)
{
    const struct digest *id = record_id(record);
    bool kept =
        set_standing(replica->set, id) == STANDING_IN && set_text(replica->set, id) != TEXT_ERASED;

    return record_has_body(record) && !kept ? record_bare(record) : record_hold(record);
}

static void store_record(struct replica *replica, struct taken *taken, int64_t now_ms,
                         struct effects *effects)
{
    struct effect *effect = effect_ask(replica, effects, EFFECT_STORE);
    const struct public_key *signer = set_signer(replica->set, record_id(taken->record));
    struct peer *peer = peer_find(replica, taken->from);

    effect->record = to_be_stored(replica, taken->record);
    effect->entry = record_entry(taken->record);
    effect->in = set_standing(replica->set, &effect->entry.id) == STANDING_IN;
    effect->has_signer = signer != NULL;
    if (signer != NULL)
        effect->signer = *signer;
    await_store(replica, &effect->entry, taken->from);
    if (record_has_body(effect->record))
        body_expires(replica, effect->record);
    else
        body_missing(replica, effect->record, now_ms);
    bool undecided = !effect->in;
    note_record(replica, taken->record, now_ms);
    if (undecided)
        ask_about(replica, peer, taken->record, now_ms, effects);
}

/* The text of a record that is here is gone, and may be kept again: others are asked for it. */
static void want_text(struct replica *replica, const struct entry *entry, int64_t now_ms)
{
    struct record *record = replica->settings.fetch(replica->settings.context, entry);

    if (record != NULL)
        body_missing(replica, record, now_ms);
    record_free(record);
}

/* A record that is here already enters or leaves the set. What enters came from the same peer as
 * what it waited for, as a rule. */
static void move_record(struct replica *replica, const struct change *change, peer_number from,
                        int64_t now_ms, struct effects *effects)
{
    struct effect *effect = effect_ask(replica, effects, EFFECT_MOVE);
    struct entry entry;

    effect->in = change->kind == CHANGE_IN;
    set_entry(replica->set, &change->id, &effect->entry);
    entry = effect->entry;
    if (change->kind == CHANGE_OUT) {
        body_settled(replica, &change->id);
        return;
    }
    await_store(replica, &entry, from);
    want_text(replica, &entry, now_ms);
}

/* A text that was erased and is so no more is gone: others are asked for it. */
static void settle_text(struct replica *replica, const struct change *change, int64_t now_ms,
                        struct effects *effects)
{
    struct effect *effect = effect_ask(replica, effects, EFFECT_TEXT);
    struct entry entry;

    effect->text = change->text;
    set_entry(replica->set, &change->id, &effect->entry);
    entry = effect->entry;
    if (change->text == TEXT_ERASED)
        body_settled(replica, &change->id);
    else if (change->was == TEXT_ERASED)
        want_text(replica, &entry, now_ms);
}

/* Was the record taken in this call? Then its STORE effect has told what became of it. */
static bool is_fresh(const struct replica *replica, const struct digest *id, size_t first_fresh)
{
    size_t at = places_find(&replica->unstored_places, id);

    return at != NO_PLACE && at >= first_fresh;
}

static void settle_changes(struct replica *replica, size_t first_fresh, peer_number from,
                           int64_t now_ms, struct effects *effects)
{
    size_t fresh_end = replica->unstored_count;

    for (size_t i = 0; i < replica->changes.count; i++) {
        const struct change *change = &replica->changes.list[i];
        if (change->kind == CHANGE_TEXT)
            settle_text(replica, change, now_ms, effects);
        else if (first_fresh == fresh_end || !is_fresh(replica, &change->id, first_fresh))
            move_record(replica, change, from, now_ms, effects);
    }
    replica->changes.count = 0;
}

size_t settle_records(struct replica *replica, const struct peer *peer, int64_t now_ms,
                      struct effects *effects)
{
    size_t first_fresh = replica->unstored_count, count = replica->taken_count;
    peer_number from = count == 0 ? PEER_SELF : replica->taken[0].from;

    set_decide(replica->set, &replica->changes);
    note_losers(replica, peer, now_ms);
    for (size_t i = 0; i < count; i++)
        store_record(replica, &replica->taken[i], now_ms, effects);
    settle_changes(replica, first_fresh, from, now_ms, effects);
    for (size_t i = 0; i < count; i++)
        record_free(replica->taken[i].record);
    replica->taken_count = 0;
    return count;
}

/* --- What became durable --- */

/* Tell the news: each record once on the live plane, and to the peers that cannot be expected to
 * listen there. */
static void announce(struct replica *replica, const struct unstored *news, size_t count,
                     struct effects *effects)
{
    for (size_t i = 0; i < count; i++)
        effect_add(effects, EFFECT_LIVE)->entry = news[i].entry;
    replica->counters.published += count;
    for (size_t i = 0; count > 0 && i < replica->peer_count; i++)
        if (peer_is_up(replica->peers[i]) && replica->peers[i]->dialled)
            push_records(replica, replica->peers[i], news, count, effects);
}

/* Take those that are durable off the queue. Those of them that are in the set are news, each at
 * its last place; they are moved to the front of what was taken off. */
static size_t take_news(struct replica *replica)
{
    size_t first = replica->unstored_first, at = first, count = 0;

    for (; at < replica->unstored_count && replica->unstored[at].asked <= replica->confirmed;
         at++) {
        struct unstored *one = &replica->unstored[at];
        if (places_find(&replica->unstored_places, &one->entry.id) != at)
            continue;
        places_remove(&replica->unstored_places, &one->entry.id);
        replica->counters.stored++;
        if (set_standing(replica->set, &one->entry.id) == STANDING_IN)
            replica->unstored[first + count++] = *one;
    }
    replica->unstored_first = at;
    return count;
}

/* The queue begins at its memory's start again, when it is empty or much of it is behind us. */
static void compact(struct replica *replica)
{
    size_t first = replica->unstored_first, count = replica->unstored_count - first;

    if (first == 0 || (count > 0 && first < count + 4096))
        return;
    if (count > 0) /* Where nothing ever waited there is no memory. */
        memmove(replica->unstored, &replica->unstored[first], count * sizeof *replica->unstored);
    for (size_t i = 0; i < count; i++) {
        const struct digest *id = &replica->unstored[i].entry.id;
        if (places_find(&replica->unstored_places, id) == first + i)
            places_put(&replica->unstored_places, id, i);
    }
    replica->unstored_first = 0;
    replica->unstored_count = count;
}

void announce_stored(struct replica *replica, struct effects *effects)
{
    size_t first = replica->unstored_first;
    size_t count = take_news(replica);

    announce(replica, &replica->unstored[first], count, effects);
    compact(replica);
}

/* --- Our own, and those of files --- */

void replica_offer(struct replica *replica, const struct bytes *records, size_t count,
                   int64_t now_ms, replica_refused *refused, void *context, struct effects *effects)
{
    struct fault fault;
    uint64_t cost;

    for (size_t i = 0; i < count; i++)
        if (!take_record(replica, NULL, records[i], now_ms, &cost, effects, &fault))
            refused(context, i, &fault);
    settle_records(replica, NULL, now_ms, effects);
}

/* --- From peers --- */

/* What it costs is owed until it is stored: then the peer may send as much again. */
static void owe(struct replica *replica, struct peer *peer, uint64_t cost)
{
    if (peer->owed_count == peer->owed_capacity) {
        peer->owed_capacity = 2 * peer->owed_capacity + 16;
        peer->owed = memory_grow(peer->owed, peer->owed_capacity, sizeof *peer->owed);
    }
    peer->owed[peer->owed_count++] = (struct owed){cost, replica->asked};
}

/* The live plane costs no credit: what is too much for it is lost. */
void replica_hear(struct replica *replica, peer_number number, struct bytes record, int64_t now_ms,
                  struct effects *effects)
{
    struct peer *peer = peer_find(replica, number);
    struct fault fault;
    uint64_t cost;

    if (peer != NULL)
        peer->last_heard_ms = now_ms;
    replica->counters.received++;
    take_record(replica, peer, record, now_ms, &cost, effects, &fault);
    settle_records(replica, peer, now_ms, effects);
    if (peer != NULL)
        say_wants(replica, peer, effects);
}

void receive_records(struct replica *replica, struct peer *peer, const struct message *message,
                     int64_t now_ms, struct effects *effects)
{
    size_t wanted = replica->body_count;
    uint64_t cost, costs = 0;
    struct fault fault;

    for (size_t i = 0; i < message->count; i++) {
        take_record(replica, peer, message->records[i], now_ms, &cost, effects, &fault);
        costs += cost;
    }
    replica->counters.received += message->count;
    size_t news = settle_records(replica, peer, now_ms, effects);
    owe(replica, peer, costs);
    say_wants(replica, peer, effects);
    note_progress(replica, peer, message->left, news > 0, now_ms);
    peer->gained = peer->gained || (peer->fetched > 0 && news > 0);
    if (peer->fetched == 0 || message->left > 0)
        return;
    if (news == 0 && replica->body_count == wanted && message->count > 0)
        return; /* It was pushed: no answer to what was fetched. */
    peer->fetched = 0;
    if (replica->body_count < wanted)
        ask_bodies(replica, peer, now_ms, effects);
}
