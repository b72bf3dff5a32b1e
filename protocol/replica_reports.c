#include "protocol/replica_inside.h"

#include <stdlib.h>
#include <string.h>

/* --- Peers --- */

static void sum_lapses(const struct replica *replica, const struct peer *peer,
                       struct lapses lapses[LAPSES])
{
    for (size_t i = 0; i < peer->lapse_count; i++) {
        const struct lapse_note *note = &peer->lapses[i];
        struct lapses *sum = &lapses[note->kind];
        /* Told once and not taken yet is no lapse: it may be on its way. */
        if (note->kind == LAPSE_NOT_TAKEN &&
            note->last_ms - note->since_ms < replica->settings.period_ms / 2)
            continue;
        if (sum->count++ == 0 || note->since_ms < sum->since_ms)
            sum->since_ms = note->since_ms;
        if (sum->id_count < sizeof sum->ids / sizeof *sum->ids)
            sum->ids[sum->id_count++] = note->id;
    }
}

static void report_peer(const struct replica *replica, const struct peer *peer,
                        struct peer_report *report)
{
    uint64_t missing = peer->left > peer->wants ? peer->left : peer->wants;

    *report = (struct peer_report){.peer = peer->number,
                                   .authority = peer->authority,
                                   .dialled = peer->dialled,
                                   .greeted = peer->greeted,
                                   .in_sync = peer->in_sync,
                                   .since_ms = peer->since_ms,
                                   .compared_ms = peer->compared_ms,
                                   .last_heard_ms = peer->last_heard_ms,
                                   .clock_off_ms = peer->clock_off_ms,
                                   .missing = peer->wants == 0 ? 0 : missing,
                                   .total = peer->total,
                                   .received = peer->received,
                                   .sent = peer->sent};
    memcpy(report->refused, peer->refused, sizeof peer->refused);
    sum_lapses(replica, peer, report->lapses);
}

size_t replica_peers(const struct replica *replica, struct peer_report *reports, size_t most)
{
    size_t count = replica->peer_count < most ? replica->peer_count : most;

    for (size_t i = 0; i < count; i++)
        report_peer(replica, replica->peers[i], &reports[i]);
    return count;
}

bool replica_peer(const struct replica *replica, peer_number number, struct peer_report *report)
{
    const struct peer *peer = peer_find(replica, number);

    if (peer != NULL)
        report_peer(replica, peer, report);
    return peer != NULL;
}

/* --- Clocks --- */

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

/* --- May we sign? --- */

static bool own_head_is_known(const struct replica *replica, int64_t now_ms)
{
    if (replica->own_compared && !wants_of_own(replica))
        return true;
    return !replica->settings.restored && now_ms - replica->started_ms >= OWN_HEAD_MS;
}

enum signing replica_may_sign(const struct replica *replica, const struct feed *own, int64_t now_ms)
{
    int64_t off_ms = replica_clock_off(replica);
    struct feed_rules rules = feed_rules_of(replica, own);
    struct tip tips[2];

    if (!rules.listed || rules.cut_count > 0)
        return SIGNING_CLOSED;
    if (set_feed_tips(replica->set, own, NULL, tips, 2) > 1)
        return SIGNING_FORKED;
    if (off_ms > CLOCK_OFF_MS || off_ms < -CLOCK_OFF_MS)
        return SIGNING_CLOCK;
    return own_head_is_known(replica, now_ms) ? SIGNING_GOOD : SIGNING_ASKING;
}

/* --- Counters --- */

/* Of a closed feed with one branch: what is here and not in the set. */
static uint64_t beyond_cuts(const struct replica *replica, const struct card *card)
{
    uint64_t count = 0;

    for (size_t i = 0; i < card->feed_count; i++) {
        struct feed feed = {card->authority, card->feeds[i].number};
        size_t here = set_feed_count(replica->set, &feed);
        struct tip tips[2];
        size_t branches = set_feed_tips(replica->set, &feed, NULL, tips, 2);
        uint64_t in = branches == 0 ? 0 : tips[0].seq;
        if (branches < 2 && here > in && feed_rules_of(replica, &feed).cut_count > 0)
            count += here - in;
    }
    return count;
}

struct replica_counters replica_counters(struct replica *replica)
{
    struct replica_counters counters = replica->counters;

    counters.in_set = set_count(replica->set, STANDING_IN);
    counters.aside = set_count(replica->set, STANDING_ASIDE);
    for (size_t i = 0; i < charter_members(replica->charter); i++)
        counters.beyond_cut += beyond_cuts(replica, charter_member_at(replica->charter, i)->card);
    if (counters.beyond_cut > counters.aside)
        counters.beyond_cut = counters.aside;
    counters.waiting = set_count(replica->set, STANDING_WAITING);
    counters.erased = set_text_count(replica->set, TEXT_ERASED);
    counters.hidden = set_text_count(replica->set, TEXT_HIDDEN);
    counters.bodies_wanted = bodies_wanted(replica);
    counters.forks = set_forks(replica->set, NULL, 0);
    return counters;
}

size_t replica_delayed(const struct replica *replica, int64_t now_ms, struct feed *feeds,
                       size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < charter_members(replica->charter) && count < most; i++) {
        const struct card *card = charter_member_at(replica->charter, i)->card;
        for (size_t k = 0; k < card->feed_count && count < most; k++) {
            struct feed feed = {card->authority, card->feeds[k].number};
            if (set_feed_count(replica->set, &feed) >= feed_allowance(replica, &feed, now_ms))
                feeds[count++] = feed;
        }
    }
    return count;
}

/* --- Why --- */

static const struct open_want *want_of(const struct replica *replica, const struct digest *id)
{
    size_t at = places_find(&replica->want_places, id);

    return at == NO_PLACE ? NULL : &replica->wants[at];
}

static void why_asked(const struct replica *replica, const struct digest *id, struct why *why)
{
    size_t at = places_find(&replica->body_places, id);
    const struct open_want *want =
        want_of(replica, why->because == BECAUSE_PREV ? &why->missing : id);

    if (want != NULL) {
        why->asked = want->peer;
        why->asked_ms = want->asked_ms;
        why->tries = want->tries;
    } else if (at != NO_PLACE) {
        why->asked = replica->bodies[at].asked;
        why->asked_ms = replica->bodies[at].asked_ms;
        why->tries = replica->bodies[at].tries;
    }
}

void replica_why(const struct replica *replica, const struct digest *id, int64_t now_ms,
                 struct why *why)
{
    struct entry entry;
    uint64_t seq;
    bool here = set_entry(replica->set, id, &entry);

    *why = (struct why){.because = set_because(replica->set, id),
                        .text = set_text(replica->set, id),
                        .stored = here && !is_unstored(replica, id),
                        .body_wanted = body_is_wanted(replica, id)};
    if (why->because == BECAUSE_PREV)
        set_missing(replica->set, id, &why->missing, &seq);
    why_asked(replica, id, why);
    why->delayed =
        here && entry.feed.number > 0 &&
        set_feed_count(replica->set, &entry.feed) >= feed_allowance(replica, &entry.feed, now_ms);
}
