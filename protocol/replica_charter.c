#include "protocol/replica_inside.h"

/* The charter: telling it, taking another in, and whom that puts out. */

/* Not the same one again at once: a charter is large, and what asks for it small. */
void tell_charter(struct replica *replica, struct peer *peer, int64_t now_ms,
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

static bool puts_out_a_peer(const struct replica *replica)
{
    for (size_t i = 0; i < replica->peer_count; i++) {
        const struct member *member =
            charter_member(replica->charter, &replica->peers[i]->authority);
        if (member != NULL && member->status != MEMBER_ACTIVE)
            return true;
    }
    return false;
}

/* Whom it puts out hears of it from us before its link ends, however many more follow: there may be
 * others who can hear of it from that one only. Who comes anew is asked for its key by the charter
 * as it is now. */
static void admit(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    if (!puts_out_a_peer(replica)) {
        replica->admit_ms = 0;
        effect_add(effects, EFFECT_ADMIT);
    } else if (replica->admit_ms == 0) {
        replica->admit_ms = now_ms + FAREWELL_MS;
    }
}

static void charter_changed(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    charter_write(replica->charter, &effect_ask(replica, effects, EFFECT_STORE_CHARTER)->bytes);
    admit(replica, now_ms, effects);
    set_charter_changed(replica->set, &replica->changes);
    settle_records(replica, NULL, now_ms, effects);
    replica->charter_asked = replica->asked;
}

int64_t end_farewell(struct replica *replica, int64_t now_ms, struct effects *effects)
{
    if (replica->admit_ms == 0)
        return INT64_MAX;
    if (now_ms < replica->admit_ms)
        return replica->admit_ms;
    replica->admit_ms = 0;
    effect_add(effects, EFFECT_ADMIT);
    return INT64_MAX;
}

bool take_charter(struct replica *replica, struct peer *peer, struct bytes bundle, int64_t now_ms,
                  struct effects *effects, struct fault *fault)
{
    bool changed = false, good = charter_add(replica->charter, bundle, &changed, fault);

    if (!good)
        refuse(replica, peer, fault->refusal);
    if (changed)
        charter_changed(replica, now_ms, effects);
    return good;
}

bool replica_offer_charter(struct replica *replica, struct bytes bundle, int64_t now_ms,
                           struct effects *effects, struct fault *fault)
{
    return take_charter(replica, NULL, bundle, now_ms, effects, fault);
}
