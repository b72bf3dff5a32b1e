#include "protocol/replica_inside.h"

/* Greeting: what it shows of a peer, and when it is done again, because what differed may have come
 * meanwhile. */

struct digest state_digest(struct replica *replica)
{
    struct digest charter = charter_digest(replica->charter);

    return set_state_digest(replica->set, &charter);
}

/* All peers together are to send no more than the total, but each may send a little. */
static uint32_t credit_for_each(const struct replica *replica)
{
    uint64_t share =
        replica->settings.credit_total / (replica->peer_count == 0 ? 1 : replica->peer_count);

    if (share < REPLICA_CREDIT_LEAST)
        share = REPLICA_CREDIT_LEAST;
    return share < replica->settings.credit_bytes ? (uint32_t)share
                                                  : replica->settings.credit_bytes;
}

/* A hello gives its reader a whole credit: what was lost on the way is made good. */
void greet(struct replica *replica, struct peer *peer, bool answer, int64_t now_ms,
           struct effects *effects)
{
    struct hello hello = {.least_version = PROTOCOL_VERSION_LEAST,
                          .highest_version = PROTOCOL_VERSION,
                          .network = replica->settings.network,
                          .state = state_digest(replica),
                          .clock_ms = now_ms < 0 ? 0 : now_ms,
                          .answer = answer,
                          .credit = credit_for_each(replica)};

    hello_write(&hello, effect_send(effects, peer));
    peer->hello_ms = now_ms;
    peer->credit_told = hello.credit;
    peer->owed_count = 0;
    peer->stored = 0;
    if (answer)
        return; /* What comes meanwhile is not in what was compared. */
    peer->asked_buckets = true;
    peer->gained = false;
    peer->fetched = 0;
}

void greet_again(struct replica *replica, struct peer *peer, int64_t now_ms,
                 struct effects *effects)
{
    if (now_ms - peer->hello_ms >= QUIET_MS)
        greet(replica, peer, false, now_ms, effects);
}

bool is_at_rest(const struct peer *peer)
{
    return peer->wants == 0 && peer->fetched == 0 && peer->owed_count == 0 &&
           peer->answer_count == 0;
}

/* Where a difference stays the waits grow, and end when they are as long as a period: then the
 * comparisons of each period are enough, until one finds none. */
void look_again_later(const struct replica *replica, struct peer *peer, int64_t now_ms)
{
    if (peer->look_ms == INT64_MAX && peer->look_wait_ms < replica->settings.period_ms)
        peer->look_ms = now_ms + peer->look_wait_ms;
}

static void found_equal(struct peer *peer)
{
    peer->look_ms = INT64_MAX;
    peer->look_wait_ms = LOOK_AGAIN_MS;
}

int64_t look_if_due(struct replica *replica, struct peer *peer, int64_t now_ms,
                    struct effects *effects)
{
    if (now_ms < peer->look_ms)
        return peer->look_ms;
    peer->look_ms = INT64_MAX;
    if (!is_at_rest(peer) || replica->want_count > 0) { /* Others may bring what differs. */
        look_again_later(replica, peer, now_ms);
        return peer->look_ms;
    }
    peer->look_wait_ms *= 2;
    greet(replica, peer, false, now_ms, effects);
    return INT64_MAX;
}

void greet_all(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    for (size_t i = 0; i < replica->peer_count; i++)
        greet(replica, replica->peers[i], false, now_ms, effects);
}

void part(struct peer *peer, struct effects *effects)
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

/* Whether or not it is an answer, a hello shows if we are equal; who answered it shows where not.
 */
static void compare(struct replica *replica, struct peer *peer, const struct hello *hello,
                    int64_t now_ms, struct effects *effects)
{
    struct digest state = state_digest(replica);
    bool in_sync = digest_equal(&state, &hello->state);

    if (in_sync != peer->in_sync) {
        peer->in_sync = in_sync;
        peer->since_ms = now_ms;
    }
    if (!in_sync && hello->answer)
        look_again_later(replica, peer, now_ms);
    if (!in_sync && !hello->answer)
        tell_buckets(replica, peer, effects);
    if (!in_sync)
        return;
    found_equal(peer);
    peer->compared_ms = now_ms;
    replica->own_compared = true;
    forget_record_lapses(peer);
    if (hello->answer) { /* Who has the same set may have more of what decides. */
        want_cuts(replica, peer, now_ms);
        say_wants(replica, peer, effects);
    }
    ask_bodies(replica, peer, now_ms, effects);
}

void receive_hello(struct replica *replica, struct peer *peer, const struct hello *hello,
                   int64_t now_ms, struct effects *effects)
{
    if (!digest_equal(&hello->network, &replica->settings.network)) {
        refuse(replica, peer, REFUSED_NETWORK);
        say_bye(peer, BYE_NETWORK, "this node is of another network", effects);
        return;
    }
    if (hello->least_version > PROTOCOL_VERSION ||
        hello->highest_version < PROTOCOL_VERSION_LEAST) {
        say_bye(peer, BYE_VERSION, "this node speaks protocol versions 1 and 2 only", effects);
        return;
    }
    bool first = !peer->greeted;
    peer->greeted = true;
    peer->version =
        hello->highest_version < PROTOCOL_VERSION ? hello->highest_version : PROTOCOL_VERSION;
    peer->clock_off_ms = hello->clock_ms - now_ms;
    peer->credit = hello->credit;
    if (!hello->answer)
        greet(replica, peer, true, now_ms, effects);
    if (first)
        tell_interest(replica, peer, effects);
    compare(replica, peer, hello, now_ms, effects);
}
