#include "protocol/replica_inside.h"

#include "protocol/withhold.h"

#include <assert.h>
#include <string.h>

/* Whoever finds in a text what identifies somebody tells the node of its author, and nobody else:
 * on the link to it, or boxed to its key through a hub that is linked to both. Nothing of the text
 * is said, only where something of which class is. */

/* --- To somebody --- */

static struct peer *linked_to(const struct replica *replica, const struct digest *authority)
{
    for (size_t i = 0; i < replica->peer_count; i++) {
        struct peer *peer = replica->peers[i];
        if (peer_is_up(peer) && peer->version >= 2 && digest_equal(&peer->authority, authority))
            return peer;
    }
    return NULL;
}

static const struct card *card_of(const struct replica *replica, const struct digest *authority)
{
    const struct member *member = charter_member(replica->charter, authority);

    return member == NULL ? NULL : member->card;
}

static bool is_hub(const struct replica *replica, const struct peer *peer)
{
    const struct card *card = card_of(replica, &peer->authority);

    return peer_is_up(peer) && peer->version >= 2 && card != NULL && card->role == ROLE_HUB;
}

/* Another one each time: who knows which of them the addressee is linked to. */
static struct peer *hub_by_lot(struct replica *replica)
{
    size_t hubs = 0;

    for (size_t i = 0; i < replica->peer_count; i++)
        hubs += is_hub(replica, replica->peers[i]);
    if (hubs == 0)
        return NULL;
    size_t lot = (size_t)(draw(replica) % hubs);
    for (size_t i = 0;; i++)
        if (is_hub(replica, replica->peers[i]) && lot-- == 0)
            return replica->peers[i];
}

static void send_boxed(struct replica *replica, struct peer *hub, const struct digest *to,
                       struct bytes frame, struct effects *effects)
{
    const struct replica_settings *settings = &replica->settings;
    const struct card *card = card_of(replica, to);
    struct buffer box = {0};

    if (hub != NULL && card != NULL && settings->box_close != NULL &&
        settings->box_close(settings->context, &card->box, frame, &box))
        relay_write(to, &settings->self, buffer_view(&box), effect_send(effects, hub));
    buffer_release(&box);
}

/* `hub`: who is to pass it on where there is no link; NULL: any. */
static void send_to(struct replica *replica, const struct digest *to, struct peer *hub,
                    struct bytes frame, struct effects *effects)
{
    const struct peer *peer = linked_to(replica, to);

    if (peer != NULL)
        buffer_append(effect_send(effects, peer), frame);
    else
        send_boxed(replica, hub == NULL ? hub_by_lot(replica) : hub, to, frame, effects);
}

/* --- Whose a text is --- */

/* Its author, or who took the author's place and may take the text back. */
static bool answers_for(const struct replica *replica, const struct digest *heir,
                        const struct digest *author)
{
    return digest_equal(heir, author) || charter_succeeds(replica->charter, heir, author);
}

/* A line of successors has an end: as many steps as there are members are enough. */
static struct digest addressee_for(const struct replica *replica, const struct digest *author)
{
    struct digest addressee = *author;

    for (size_t i = charter_members(replica->charter); i > 0; i--) {
        const struct member *member = charter_member(replica->charter, &addressee);
        if (member == NULL || !member->succeeded)
            break;
        addressee = member->succeeded_by;
    }
    return addressee;
}

/* --- Telling --- */

static void store_told(struct replica *replica, const struct digest *from,
                       const struct message *noted, struct effects *effects)
{
    struct digest ids[NOTICES_MAX];
    struct entry entry;
    size_t count = 0;

    for (size_t i = 0; i < noted->count; i++)
        if (set_entry(replica->set, &noted->ids[i], &entry) &&
            answers_for(replica, from, &entry.feed.authority))
            ids[count++] = noted->ids[i];
    if (count > 0)
        noted_write(noted->rules, ids, count,
                    &effect_ask(replica, effects, EFFECT_STORE_TOLD)->bytes);
}

/* Is it of an own record whose text stands, and something that may be in such a text? What fits
 * nothing that its people could look for is not put before them. */
static bool is_to_be_kept(const struct replica *replica, const struct notice *notice)
{
    const struct replica_settings *settings = &replica->settings;
    struct entry entry;

    if (!set_entry(replica->set, &notice->id, &entry) ||
        !answers_for(replica, &settings->self, &entry.feed.authority) ||
        set_standing(replica->set, &entry.id) != STANDING_IN ||
        set_text(replica->set, &entry.id) != TEXT_STANDS)
        return false;
    struct record *record = settings->fetch(settings->context, &entry);
    bool fits = record != NULL &&
                finding_may_stand(record_header(record)->kind, notice->field, notice->class);
    record_free(record);
    return fits;
}

static void store_notices(struct replica *replica, peer_number peer, const struct digest *from,
                          struct bytes rules, const struct notice *notices, size_t count,
                          struct effects *effects)
{
    struct notice own[NOTICES_MAX];
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (is_to_be_kept(replica, &notices[i]))
            own[kept++] = notices[i];
    if (kept == 0)
        return;
    struct effect *effect = effect_ask(replica, effects, EFFECT_STORE_NOTICES);
    effect->peer = peer;
    effect->authority = *from;
    notice_write(rules, own, kept, &effect->bytes);
}

void replica_notify(struct replica *replica, const struct digest *author, const char *rules,
                    const struct notice *notices, size_t count, struct effects *effects)
{
    struct digest to = addressee_for(replica, author);
    struct buffer frame = {0};

    assert(count <= NOTICES_MAX);
    if (digest_equal(&to, &replica->settings.self)) {
        store_notices(replica, PEER_SELF, &to, bytes_of_text(rules), notices, count, effects);
        return;
    }
    notice_write(bytes_of_text(rules), notices, count, &frame);
    send_to(replica, &to, NULL, buffer_view(&frame), effects);
    buffer_release(&frame);
}

/* --- Being told --- */

/* Is there one more to be done now? */
static bool errand(struct errands *errands, int64_t now_ms)
{
    if (now_ms - errands->since_ms >= ERRANDS_MS)
        *errands = (struct errands){.since_ms = now_ms};
    return errands->count++ < ERRANDS_MAX;
}

/* Not too many: who was not answered says it again. */
void receive_notices(struct replica *replica, struct peer *peer, const struct digest *from,
                     const struct message *message, int64_t now_ms, struct effects *effects)
{
    if (errand(&peer->noticing, now_ms))
        store_notices(replica, peer->number, from, message->rules, message->notices, message->count,
                      effects);
}

static void note_own(struct replica *replica, struct bytes noted, struct effects *effects)
{
    const struct digest *self = &replica->settings.self;
    struct message message;
    struct fault fault;

    if (message_read(&message, noted, &fault))
        store_told(replica, self, &message, effects);
    message_release(&message);
}

/* By the hub that it came by, as long as that is there. */
void replica_noticed(struct replica *replica, peer_number peer, const struct digest *authority,
                     struct bytes noted, struct effects *effects)
{
    struct peer *hub = peer_find(replica, peer);

    if (digest_equal(authority, &replica->settings.self))
        note_own(replica, noted, effects);
    else
        send_to(replica, authority, hub != NULL && peer_is_up(hub) ? hub : NULL, noted, effects);
}

/* Of its own records, and of those it answers for, an authority may say that it knows. */
void receive_noted(struct replica *replica, struct peer *peer, const struct digest *from,
                   const struct message *message, int64_t now_ms, struct effects *effects)
{
    if (errand(&peer->noting, now_ms))
        store_told(replica, from, message, effects);
}

/* --- Passing on --- */

/* For who sent it, to whom we have a link, and for nobody further away. */
static void pass_on(struct replica *replica, struct peer *peer, const struct message *message,
                    int64_t now_ms, struct effects *effects)
{
    const struct peer *to = linked_to(replica, &message->to);

    if (to == NULL || !digest_equal(&message->from, &peer->authority) ||
        !errand(&peer->relaying, now_ms))
        return;
    relay_write(&message->to, &message->from, message->box, effect_send(effects, to));
}

static void take_boxed(struct replica *replica, struct peer *peer, const struct digest *from,
                       struct bytes frame, int64_t now_ms, struct effects *effects)
{
    struct message message;
    struct fault fault;

    if (!message_read(&message, frame, &fault))
        refuse(replica, peer, fault.refusal);
    else if (message.kind == MESSAGE_NOTICE)
        receive_notices(replica, peer, from, &message, now_ms, effects);
    else if (message.kind == MESSAGE_NOTED)
        receive_noted(replica, peer, from, &message, now_ms, effects);
    message_release(&message);
}

void receive_relay(struct replica *replica, struct peer *peer, const struct message *message,
                   int64_t now_ms, struct effects *effects)
{
    const struct replica_settings *settings = &replica->settings;
    const struct card *card = card_of(replica, &message->from);
    struct buffer frame = {0};

    if (!digest_equal(&message->to, &settings->self)) {
        pass_on(replica, peer, message, now_ms, effects);
        return;
    }
    if (card != NULL && settings->box_open != NULL &&
        settings->box_open(settings->context, &card->box, message->box, &frame))
        take_boxed(replica, peer, &message->from, buffer_view(&frame), now_ms, effects);
    buffer_release(&frame);
}
