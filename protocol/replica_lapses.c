#include "protocol/replica_inside.h"

#include <stdlib.h>

/* --- Notes --- */

static size_t find_note(const struct peer *peer, const struct digest *id)
{
    size_t at = 0;

    while (at < peer->lapse_count && !digest_equal(&peer->lapses[at].id, id))
        at++;
    return at;
}

void note_lapse(struct peer *peer, enum lapse kind, const struct digest *id, int64_t now_ms)
{
    size_t at = find_note(peer, id);

    if (at == LAPSES_MAX)
        return; /* Enough to be named; the oldest are the ones worth it. */
    if (at == peer->lapse_count) {
        if (peer->lapses == NULL)
            peer->lapses = memory_new(LAPSES_MAX, sizeof *peer->lapses);
        peer->lapses[peer->lapse_count++] = (struct lapse_note){kind, *id, now_ms, now_ms};
    }
    peer->lapses[at].kind = kind;
    peer->lapses[at].last_ms = now_ms;
}

static void remove_note(struct peer *peer, size_t at)
{
    peer->lapses[at] = peer->lapses[--peer->lapse_count];
}

void forget_lapse(struct peer *peer, const struct digest *id)
{
    size_t at = find_note(peer, id);

    if (at < peer->lapse_count)
        remove_note(peer, at);
}

void forget_record_lapses(struct peer *peer)
{
    for (size_t i = peer->lapse_count; i-- > 0;)
        if (peer->lapses[i].kind != LAPSE_NO_BODY)
            remove_note(peer, i);
}

void expire_lapses(struct replica *replica, struct peer *peer, int64_t now_ms)
{
    for (size_t i = peer->lapse_count; i-- > 0;)
        if (now_ms - peer->lapses[i].last_ms > 3 * replica->settings.period_ms + QUIET_MS)
            remove_note(peer, i);
}

/* --- What a peer lacks --- */

void suspect_tips(const struct replica *replica, struct peer *peer, const struct feed *feed)
{
    if (peer->lacking == NULL)
        peer->lacking = memory_new(LAPSES_MAX, sizeof *peer->lacking);
    peer->lacking_count +=
        set_feed_tips(replica->set, feed, NULL, &peer->lacking[peer->lacking_count],
                      LAPSES_MAX - peer->lacking_count);
}

/* It has that one; or it is ahead of us in that feed, and may have ours behind it. */
void clear_tip(const struct replica *replica, struct peer *peer, const struct tip *tip)
{
    bool ahead = set_standing(replica->set, &tip->id) != STANDING_IN;

    for (size_t i = peer->lacking_count; i-- > 0;)
        if (digest_equal(&peer->lacking[i].id, &tip->id) ||
            (ahead && feed_equal(&peer->lacking[i].feed, &tip->feed)))
            peer->lacking[i] = peer->lacking[--peer->lacking_count];
}

void note_lacking(struct peer *peer, int64_t now_ms)
{
    for (size_t i = 0; i < peer->lacking_count; i++)
        note_lapse(peer, LAPSE_NOT_TAKEN, &peer->lacking[i].id, now_ms);
    peer->lacking_count = 0;
}
