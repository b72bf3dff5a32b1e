#include "protocol/replica_inside.h"

#include <stdlib.h>

/* --- Telling --- */

/* One page at least: an empty one says that there is nothing. */
void tell_tips(struct replica *replica, struct peer *peer, struct effects *effects)
{
    struct tip *tips = memory_new(TIPS_MAX + 1, sizeof *tips), last;
    bool more = false;

    do {
        size_t count = set_tips(replica->set, more ? &last : NULL, tips, TIPS_MAX + 1);
        more = count > TIPS_MAX;
        tips_write(tips, more ? TIPS_MAX : count, more, effect_send(effects, peer));
        last = tips[TIPS_MAX - 1];
    } while (more);
    free(tips);
}

/* --- Wants --- */

/* What a peer said that it has does not wait for what others said of it. */
static bool is_busy(const struct replica *replica, const struct open_want *want, peer_number peer)
{
    for (size_t i = 0; i < replica->want_count; i++)
        if (replica->wants[i].peer == peer && !replica->wants[i].queued &&
            (want->hearsay || !replica->wants[i].hearsay) &&
            feed_equal(&replica->wants[i].feed, &want->feed))
            return true;
    return false;
}

/* Half of the wants are kept for what the peer itself says that it has, so that nobody's lies keep
 * us from asking for it. */
static bool may_ask(const struct peer *peer, bool hearsay)
{
    return peer_is_up(peer) && peer->wants < (hearsay ? WANTS_MAX / 2 : WANTS_MAX);
}

static void take_turn(struct open_want *want, int64_t now_ms)
{
    want->queued = false;
    want->unsaid = true;
    want->due_ms = now_ms + QUIET_MS;
    want->patient_ms = now_ms + PATIENCE_MS;
}

static void ask_of(struct replica *replica, struct open_want *want, struct peer *peer,
                   int64_t now_ms)
{
    want->peer = PEER_SELF;
    want->queued = is_busy(replica, want, peer->number);
    want->due_ms = INT64_MAX;
    if (!want->queued)
        take_turn(want, now_ms);
    want->peer = peer->number;
    peer->wants++;
}

/* The peer says itself now that it has what is asked of it: lies wait behind that. */
static void vouch(struct open_want *want, const struct peer *peer, int64_t now_ms)
{
    if (!want->hearsay || want->peer != peer->number)
        return;
    want->hearsay = false;
    if (want->queued)
        take_turn(want, now_ms);
}

static void open_want(struct replica *replica, struct peer *peer, const struct feed *feed,
                      const struct digest *tip, int64_t now_ms)
{
    size_t at = places_find(&replica->want_places, tip);

    if (at != NO_PLACE)
        vouch(&replica->wants[at], peer, now_ms);
    if (at != NO_PLACE || !may_ask(peer, false))
        return;
    if (replica->want_count == replica->want_capacity) {
        replica->want_capacity = 2 * replica->want_capacity + 16;
        replica->wants =
            memory_grow(replica->wants, replica->want_capacity, sizeof *replica->wants);
    }
    struct open_want *want = &replica->wants[replica->want_count];
    *want = (struct open_want){.feed = *feed, .tip = *tip};
    places_put(&replica->want_places, tip, replica->want_count++);
    ask_of(replica, want, peer, now_ms);
}

/* The peer does not owe this want any more, and another of its feed takes its turn. */
static struct peer *release_peer(struct replica *replica, struct open_want *want, int64_t now_ms)
{
    struct peer *peer = peer_find(replica, want->peer);
    bool had_turn = !want->queued;

    if (peer == NULL)
        return NULL;
    peer->wants--;
    want->peer = PEER_SELF;
    for (size_t i = 0; had_turn && i < replica->want_count; i++) {
        struct open_want *next = &replica->wants[i];
        if (!next->queued || next->peer != peer->number || !feed_equal(&next->feed, &want->feed))
            continue;
        take_turn(next, now_ms);
        break;
    }
    return peer;
}

static void close_want(struct replica *replica, size_t at)
{
    places_remove(&replica->want_places, &replica->wants[at].tip);
    replica->wants[at] = replica->wants[--replica->want_count];
    if (at < replica->want_count)
        places_put(&replica->want_places, &replica->wants[at].tip, at);
}

/* Say to the peer the wants that were given to it: one frame. */
static void say_wants(struct replica *replica, struct peer *peer, struct effects *effects)
{
    struct want *wants = NULL;
    size_t count = 0;

    for (size_t i = 0; i < replica->want_count && count < WANTS_MAX; i++) {
        struct open_want *want = &replica->wants[i];
        if (!want->unsaid || want->peer != peer->number)
            continue;
        if (wants == NULL)
            wants = memory_new(WANTS_MAX, sizeof *wants);
        wants[count].tip = want->tip;
        wants[count].have_count =
            set_haves(replica->set, &want->feed, wants[count].haves, WANT_HAVES_MAX);
        want->unsaid = false;
        count++;
    }
    if (count > 0)
        want_write(wants, count, effect_send(effects, peer));
    free(wants);
}

/* --- Comparing --- */

/* What must be asked for, so that the record with this id is here with all that it hangs on. */
static bool lacks(const struct replica *replica, const struct digest *id, struct digest *target)
{
    *target = *id;
    switch (set_standing(replica->set, id)) {
    case STANDING_UNKNOWN:
        return true;
    case STANDING_WAITING:
    case STANDING_ASIDE:
        return set_missing(replica->set, id, target);
    case STANDING_IN:
        break;
    }
    return false;
}

/* Several cuts of a feed may leave no tip that leads to the records they name, and yet those
 * decide. */
static void want_cuts_of(struct replica *replica, struct peer *peer, const struct feed *feed,
                         int64_t now_ms)
{
    struct feed_rules rules = feed_rules_of(replica, feed);
    struct digest target;

    for (size_t i = 0; i < rules.cut_count; i++)
        if (rules.cuts[i].seq > 0 && lacks(replica, &rules.cuts[i].id, &target))
            open_want(replica, peer, feed, &target, now_ms);
}

static void want_cuts(struct replica *replica, struct peer *peer, int64_t now_ms)
{
    for (size_t i = 0; i < charter_members(replica->charter); i++) {
        const struct card *card = charter_member_at(replica->charter, i)->card;
        for (size_t k = 0; k < card->feed_count; k++) {
            struct feed feed = {card->authority, card->feeds[k].number};
            want_cuts_of(replica, peer, &feed, now_ms);
        }
    }
}

void receive_tips(struct replica *replica, struct peer *peer, const struct message *message,
                  int64_t now_ms, struct effects *effects)
{
    struct digest target;

    for (size_t i = 0; i < message->count; i++) {
        const struct tip *tip = &message->tips[i];
        if (lacks(replica, &tip->id, &target) && feed_rules_of(replica, &tip->feed).listed)
            open_want(replica, peer, &tip->feed, &target, now_ms);
    }
    if (!message->more)
        want_cuts(replica, peer, now_ms);
    say_wants(replica, peer, effects);
    if (!message->more)
        ask_bodies(replica, peer, now_ms, effects);
}

void ask_gap(struct replica *replica, struct peer *peer, const struct record *record,
             int64_t now_ms, struct effects *effects)
{
    struct digest target;

    if (!set_missing(replica->set, record_id(record), &target))
        return;
    open_want(replica, peer, &record_header(record)->author.feed, &target, now_ms);
    say_wants(replica, peer, effects);
}

/* --- What became of wants --- */

void note_record(struct replica *replica, const struct record *record, int64_t now_ms)
{
    const struct author *author = &record_header(record)->author;
    size_t at = places_find(&replica->want_places, record_id(record));

    if (at != NO_PLACE) {
        struct peer *peer = release_peer(replica, &replica->wants[at], now_ms);
        if (peer != NULL)
            peer->gained = true;
        close_want(replica, at);
    }
    if (author->form != AUTHOR_NAMED)
        return;
    for (size_t i = 0; i < replica->want_count; i++)
        if (feed_equal(&replica->wants[i].feed, &author->feed))
            replica->wants[i].patient_ms = now_ms + PATIENCE_MS;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void note_progress(struct replica *replica, struct peer *peer, uint64_t left, bool news,
                   int64_t now_ms)
{
    peer->left = left;
    for (size_t i = 0; i < replica->want_count; i++) {
        struct open_want *want = &replica->wants[i];
        if (want->peer != peer->number || want->queued)
            continue;
        if (news)
            want->due_ms = earlier(now_ms + QUIET_MS, want->patient_ms);
        if (left == 0)
            want->due_ms = earlier(want->due_ms, now_ms + DENIED_MS);
    }
}

/* Another peer than the last one, where there is one. */
static struct peer *next_peer_for(const struct replica *replica, const struct open_want *want)
{
    size_t start = 0;

    while (start < replica->peer_count && replica->peers[start]->number != want->peer)
        start++;
    for (size_t i = 1; i <= replica->peer_count; i++) {
        struct peer *peer = replica->peers[(start + i) % replica->peer_count];
        if (peer->number == want->peer ? peer_is_up(peer) : may_ask(peer, true))
            return peer;
    }
    return NULL;
}

static void retry(struct replica *replica, size_t at, int64_t now_ms)
{
    struct open_want *want = &replica->wants[at];
    struct peer *peer = next_peer_for(replica, want);

    want->hearsay = want->hearsay || (peer != NULL && peer->number != want->peer);
    release_peer(replica, want, now_ms);
    if (peer == NULL || ++want->tries > WANT_TRIES_MAX)
        close_want(replica, at);
    else
        ask_of(replica, want, peer, now_ms);
}

void retry_wants(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    for (size_t i = replica->want_count; i-- > 0;)
        if (replica->wants[i].due_ms <= now_ms)
            retry(replica, i, now_ms);
    for (size_t i = 0; i < replica->peer_count; i++)
        if (replica->peers[i]->wants > 0)
            say_wants(replica, replica->peers[i], effects);
}

void forget_wants_of(struct replica *replica, peer_number number)
{
    struct peer *peer = peer_find(replica, number);

    for (size_t i = 0; i < replica->want_count; i++) {
        struct open_want *want = &replica->wants[i];
        if (want->peer != number)
            continue;
        want->peer = PEER_SELF;
        want->queued = want->unsaid = false;
        want->due_ms = INT64_MIN;
    }
    if (peer != NULL)
        peer->wants = 0;
}

int64_t next_retry_ms(const struct replica *replica)
{
    int64_t next_ms = INT64_MAX;

    for (size_t i = 0; i < replica->want_count; i++)
        next_ms = earlier(next_ms, replica->wants[i].due_ms);
    return next_ms;
}
