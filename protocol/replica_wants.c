#include "protocol/replica_inside.h"

#include <stdlib.h>

/* What we ask for. A want is open from when a peer named its tip until that record is here; it is
 * at one peer at a time, and goes on to another when that one does not deliver. */

/* --- The budget of a feed --- */

uint64_t feed_allowance(const struct replica *replica, const struct feed *feed, int64_t now_ms)
{
    const struct head *first = charter_first_head(replica->charter);
    int64_t age_ms = first == NULL ? 0 : now_ms - first->time_ms;
    uint64_t days = age_ms < 0 ? 0 : (uint64_t)(age_ms / DAY_MS);

    return is_own(replica, feed) ? UINT64_MAX : (days + 1) * FEED_BUDGET;
}

/* --- Taking turns at a peer --- */

/* What a peer said that it has does not wait for what others said of it. */
static bool is_busy(const struct replica *replica, const struct open_want *want, peer_number peer)
{
    for (size_t i = 0; i < replica->want_count; i++) {
        const struct open_want *other = &replica->wants[i];
        if (other != want && other->peer == peer && !other->queued && !other->fills_gap &&
            (want->hearsay || !other->hearsay) && feed_equal(&other->feed, &want->feed))
            return true;
    }
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
    want->queued = !want->fills_gap && is_busy(replica, want, peer->number);
    want->due_ms = INT64_MAX;
    if (!want->queued)
        take_turn(want, now_ms);
    want->peer = peer->number;
    peer->wants++;
}

/* Another want of this feed takes the turn at this peer. */
static void pass_turn(struct replica *replica, const struct feed *feed, peer_number peer,
                      int64_t now_ms)
{
    for (size_t i = 0; i < replica->want_count; i++) {
        struct open_want *next = &replica->wants[i];
        if (!next->queued || next->peer != peer || !feed_equal(&next->feed, feed))
            continue;
        take_turn(next, now_ms);
        return;
    }
}

/* The peer does not owe this want any more. */
static struct peer *release_peer(struct replica *replica, struct open_want *want, int64_t now_ms)
{
    struct peer *peer = peer_find(replica, want->peer);

    if (peer == NULL)
        return NULL;
    peer->wants--;
    want->peer = PEER_SELF;
    if (!want->queued && !want->fills_gap)
        pass_turn(replica, &want->feed, peer->number, now_ms);
    return peer;
}

/* --- Opening and closing --- */

/* The peer says itself now that it has what is asked of it: lies wait behind that. */
static void vouch(struct open_want *want, const struct peer *peer, int64_t now_ms)
{
    want->once = false;
    if (!want->hearsay || want->peer != peer->number)
        return;
    want->hearsay = false;
    if (want->queued)
        take_turn(want, now_ms);
}

static void open_want(struct replica *replica, struct peer *peer, const struct open_want *wanted,
                      int64_t now_ms)
{
    size_t at = places_find(&replica->want_places, &wanted->tip);

    if (at != NO_PLACE && !wanted->hearsay)
        vouch(&replica->wants[at], peer, now_ms);
    if (at != NO_PLACE || !may_ask(peer, wanted->hearsay))
        return;
    if (replica->want_count == replica->want_capacity) {
        replica->want_capacity = 2 * replica->want_capacity + 16;
        replica->wants =
            memory_grow(replica->wants, replica->want_capacity, sizeof *replica->wants);
    }
    struct open_want *want = &replica->wants[replica->want_count];
    *want = *wanted;
    want->asked_ms = now_ms;
    places_put(&replica->want_places, &want->tip, replica->want_count++);
    ask_of(replica, want, peer, now_ms);
}

static void close_want(struct replica *replica, size_t at)
{
    places_remove(&replica->want_places, &replica->wants[at].tip);
    replica->wants[at] = replica->wants[--replica->want_count];
    if (at < replica->want_count)
        places_put(&replica->want_places, &replica->wants[at].tip, at);
}

/* --- What is missing of a chain --- */

/* What must be asked for, so that the record with this id and seq is here with all that it hangs
 * on. */
static bool lacks(const struct replica *replica, const struct digest *id, uint64_t seq,
                  struct digest *target, uint64_t *target_seq)
{
    *target = *id;
    *target_seq = seq;
    switch (set_standing(replica->set, id)) {
    case STANDING_UNKNOWN:
        return true;
    case STANDING_WAITING:
    case STANDING_ASIDE:
        return set_missing(replica->set, id, target, target_seq);
    case STANDING_IN:
        break;
    }
    return false;
}

/* Want the chain that ends in this tip, from what we have of the feed on, as far as the budget lets
 * us. Of the chain of a cut more is wanted, and its end in any case: what that waits for is exempt.
 * (That the peer has this one is what we hope: each is asked when it is compared with.) */
static void want_chain(struct replica *replica, struct peer *peer, const struct tip *tip,
                       bool exempt, int64_t now_ms)
{
    uint64_t have = set_feed_count(replica->set, &tip->feed);
    uint64_t allowance = feed_allowance(replica, &tip->feed, now_ms);
    struct open_want want = {.feed = tip->feed, .step = 1, .hearsay = exempt, .once = exempt};

    if (!lacks(replica, &tip->id, tip->seq, &want.tip, &want.seq))
        return;
    want.after = set_highest_below(replica->set, &tip->feed, want.seq);
    want.until = want.seq;
    if (exempt && allowance < UINT64_MAX / 2)
        allowance += tip->seq < allowance ? tip->seq : allowance;
    if (!exempt && have >= allowance)
        return;
    uint64_t most = have < allowance ? allowance - have : 1;
    if (!exempt && want.until - want.after > most)
        want.until = want.after + most;
    if (exempt && want.until - want.after > most)
        want.after = want.until - most;
    open_want(replica, peer, &want, now_ms);
}

bool wants_of(const struct replica *replica, const struct peer *peer, const struct feed *feed)
{
    for (size_t i = 0; peer->wants > 0 && i < replica->want_count; i++) {
        const struct open_want *want = &replica->wants[i];
        if (want->peer == peer->number && !want->hearsay && feed_equal(&want->feed, feed))
            return true;
    }
    return false;
}

void want_tip(struct replica *replica, struct peer *peer, const struct tip *tip, int64_t now_ms)
{
    if (feed_rules_of(replica, &tip->feed).listed)
        want_chain(replica, peer, tip, false, now_ms);
}

/* Several cuts of a feed may leave no tip that leads to the records they name, and yet those
 * decide. */
static void want_cuts_of(struct replica *replica, struct peer *peer, const struct feed *feed,
                         int64_t now_ms)
{
    struct feed_rules rules = feed_rules_of(replica, feed);

    for (size_t i = 0; i < rules.cut_count; i++) {
        struct tip named = {*feed, rules.cuts[i].seq, rules.cuts[i].id};
        if (named.seq > 0)
            want_chain(replica, peer, &named, true, now_ms);
    }
}

void want_cuts(struct replica *replica, struct peer *peer, int64_t now_ms)
{
    if (now_ms < peer->hope_ms)
        return;
    for (size_t i = 0; i < charter_members(replica->charter); i++) {
        const struct card *card = charter_member_at(replica->charter, i)->card;
        for (size_t k = 0; k < card->feed_count; k++) {
            struct feed feed = {card->authority, card->feeds[k].number};
            want_cuts_of(replica, peer, &feed, now_ms);
        }
    }
}

/* The want of this feed at this peer whose answer may bring a record with this seq. */
static struct open_want *want_that_brings(struct replica *replica, const struct peer *peer,
                                          const struct feed *feed, uint64_t seq)
{
    for (size_t i = 0; i < replica->want_count; i++) {
        struct open_want *want = &replica->wants[i];
        if (want->peer == peer->number && !want->queued && want->after < seq &&
            seq <= want->until && feed_equal(&want->feed, feed))
            return want;
    }
    return NULL;
}

/* A want whose answer begins just after the missing one guessed wrongly where its chain leaves
 * ours; the next guess goes twice as far back. */
static uint64_t next_step(struct replica *replica, const struct peer *peer, const struct feed *feed,
                          uint64_t missing)
{
    const struct open_want *want = want_that_brings(replica, peer, feed, missing + 1);

    return want == NULL ? 0 : want->step;
}

void want_gap(struct replica *replica, struct peer *peer, const struct record *record,
              int64_t now_ms)
{
    struct open_want want = {.feed = record_header(record)->author.feed, .fills_gap = true};

    if (!set_missing(replica->set, record_id(record), &want.tip, &want.seq) ||
        want_that_brings(replica, peer, &want.feed, want.seq) != NULL)
        return;
    uint64_t step = next_step(replica, peer, &want.feed, want.seq);
    uint64_t have = set_highest_below(replica->set, &want.feed, want.seq);
    want.until = want.seq;
    /* Nothing was guessed yet: the gap is as long as what we have leaves it. */
    want.after = step == 0 ? have : want.seq > step ? want.seq - step - 1 : 0;
    want.step = step == 0 ? 1 : 2 * step;
    open_want(replica, peer, &want, now_ms);
}

/* There was no room for a record that hangs on one which is not in the set: its chain leaves ours
 * before what was asked for. From there on each of its records enters as it comes. */
void want_earlier(struct replica *replica, struct peer *peer, const struct record *record,
                  int64_t now_ms)
{
    const struct author *author = &record_header(record)->author;
    struct open_want *want = author->form != AUTHOR_NAMED
                                 ? NULL
                                 : want_that_brings(replica, peer, &author->feed, author->seq);

    if (want == NULL || want->after == 0 || want->unsaid ||
        set_standing(replica->set, &author->prev) == STANDING_IN)
        return;
    want->after = want->after > want->step ? want->after - want->step : 0;
    want->step *= 2;
    take_turn(want, now_ms);
    if (!want->fills_gap)
        pass_turn(replica, &want->feed, peer->number, now_ms);
    want->fills_gap = true;
}

/* --- Saying them --- */

/* While it waited for its turn, more of its chain may have come. */
static void bring_up_to_date(const struct replica *replica, struct open_want *want)
{
    uint64_t have = set_highest_below(replica->set, &want->feed, want->seq);

    if (!want->fills_gap && have > want->after && have < want->until)
        want->after = have;
}

void say_wants(struct replica *replica, struct peer *peer, struct effects *effects)
{
    struct want wants[WANTS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < replica->want_count && count < WANTS_MAX; i++) {
        struct open_want *want = &replica->wants[i];
        if (!want->unsaid || want->peer != peer->number)
            continue;
        bring_up_to_date(replica, want);
        wants[count++] = (struct want){want->tip, want->after, want->until};
        want->unsaid = false;
    }
    if (count > 0)
        want_write(wants, count, effect_send(effects, peer));
}

/* --- What became of them --- */

static void fulfil(struct replica *replica, size_t at, int64_t now_ms)
{
    struct peer *peer = release_peer(replica, &replica->wants[at], now_ms);

    if (peer != NULL) {
        peer->gained = true;
        forget_lapse(peer, &replica->wants[at].tip);
    }
    close_want(replica, at);
}

/* A want that the budget shortened ends before its tip. */
static bool ends_with(const struct open_want *want, const struct author *author)
{
    return want->until < want->seq && author->seq == want->until &&
           feed_equal(&want->feed, &author->feed);
}

void note_record(struct replica *replica, const struct record *record, int64_t now_ms)
{
    const struct author *author = &record_header(record)->author;
    size_t at = places_find(&replica->want_places, record_id(record));

    if (replica->want_count == 0)
        return;
    if (at != NO_PLACE)
        fulfil(replica, at, now_ms);
    if (author->form != AUTHOR_NAMED)
        return;
    for (size_t i = replica->want_count; i-- > 0;) {
        struct open_want *want = &replica->wants[i];
        if (ends_with(want, author))
            fulfil(replica, i, now_ms);
        else if (feed_equal(&want->feed, &author->feed))
            want->patient_ms = now_ms + PATIENCE_MS;
    }
}

void note_progress(struct replica *replica, struct peer *peer, uint64_t left, bool news,
                   int64_t now_ms)
{
    peer->left = left;
    if (left == 0 || left > peer->total)
        peer->total = left;
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
    struct peer *peer = next_peer_for(replica, want), *last = peer_find(replica, want->peer);

    if (last != NULL && !want->hearsay)
        note_lapse(last, LAPSE_NOT_SENT, &want->tip, now_ms);
    if (last != NULL && want->once) /* Others are asked before it is asked again. */
        last->hope_ms = now_ms + replica->settings.period_ms;
    want->hearsay = want->hearsay || (peer != NULL && peer->number != want->peer);
    release_peer(replica, want, now_ms);
    if (peer == NULL || want->once || ++want->tries > WANT_TRIES_MAX)
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

bool wants_of_own(const struct replica *replica)
{
    for (size_t i = 0; i < replica->want_count; i++)
        if (is_own(replica, &replica->wants[i].feed))
            return true;
    return false;
}

int64_t next_retry_ms(const struct replica *replica)
{
    int64_t next_ms = INT64_MAX;

    for (size_t i = 0; i < replica->want_count; i++)
        next_ms = earlier(next_ms, replica->wants[i].due_ms);
    return next_ms;
}
