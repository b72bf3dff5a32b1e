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
    struct digest to = charter_heir(replica->charter, author);
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

/* --- How much of it --- */

/* A clock that was set back makes nobody wait longer than for a whole time from now. */
static void errands_turn(struct errands *errands, int64_t now_ms)
{
    errands->since_ms = earlier(errands->since_ms, now_ms);
    if (now_ms - errands->since_ms >= ERRANDS_MS)
        *errands = (struct errands){.authority = errands->authority, .since_ms = now_ms};
}

/* They go by whom they are for, not by links: who comes again has no more, and nobody takes what is
 * another's. They stay where they are until the next call. */
static struct errands *errands_of(struct replica *replica, const struct digest *authority,
                                  int64_t now_ms)
{
    struct errands *errands;

    for (size_t i = 0; i < replica->errands_count; i++) {
        errands = &replica->errands[i];
        if (!digest_equal(&errands->authority, authority))
            continue;
        errands_turn(errands, now_ms);
        return errands;
    }
    replica->errands =
        memory_grow(replica->errands, replica->errands_count + 1, sizeof *replica->errands);
    errands = &replica->errands[replica->errands_count++];
    *errands = (struct errands){.authority = *authority, .since_ms = now_ms};
    return errands;
}

/* Is there one more to be done now? */
static bool one_more(unsigned *count, unsigned most)
{
    if (*count == most)
        return false;
    ++*count;
    return true;
}

static bool may_be_heard(struct replica *replica, const struct digest *from, int64_t now_ms)
{
    return one_more(&errands_of(replica, from, now_ms)->heard, ERRANDS_MAX);
}

/* To open a box takes as long as to check a signature. Only then is it sure whose it is, and only
 * then does it count for that one; before, for the hub that brought it, which could name anybody.
 */
static bool may_be_opened(struct replica *replica, const struct peer *peer,
                          const struct digest *from, int64_t now_ms)
{
    return is_hub(replica, peer) && card_of(replica, from) != NULL &&
           errands_of(replica, from, now_ms)->heard < ERRANDS_MAX &&
           one_more(&errands_of(replica, &peer->authority, now_ms)->opened, OPENINGS_MAX);
}

/* --- Being told --- */

/* Of its own records, and of those it answers for, an authority may say that it knows. */
static void hear(struct replica *replica, const struct peer *peer, const struct digest *from,
                 const struct message *message, struct effects *effects)
{
    if (message->kind == MESSAGE_NOTICE)
        store_notices(replica, peer->number, from, message->rules, message->notices, message->count,
                      effects);
    else if (message->kind == MESSAGE_NOTED)
        store_told(replica, from, message, effects);
}

/* Too many are forgotten: who was not answered says it again. */
void receive_notices(struct replica *replica, const struct peer *peer,
                     const struct message *message, int64_t now_ms, struct effects *effects)
{
    if (may_be_heard(replica, &peer->authority, now_ms))
        hear(replica, peer, &peer->authority, message, effects);
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

/* --- Passing on --- */

/* For who sent it, to whom we have a link, and for nobody further away. */
static void pass_on(struct replica *replica, const struct peer *peer, const struct message *message,
                    int64_t now_ms, struct effects *effects)
{
    const struct peer *to = linked_to(replica, &message->to);

    if (to == NULL || !digest_equal(&message->from, &peer->authority) ||
        !one_more(&errands_of(replica, &peer->authority, now_ms)->passed, ERRANDS_MAX))
        return;
    relay_write(&message->to, &message->from, message->box, effect_send(effects, to));
}

/* The box shows that `from` wrote it: the hub is not to blame for nonsense. */
static void take_boxed(struct replica *replica, const struct peer *peer, const struct digest *from,
                       struct bytes frame, struct effects *effects)
{
    struct message message;
    struct fault fault;

    if (message_read(&message, frame, &fault))
        hear(replica, peer, from, &message, effects);
    else
        refuse(replica, NULL, fault.refusal);
    message_release(&message);
}

static bool box_opens(const struct replica *replica, const struct message *message,
                      struct buffer *frame)
{
    const struct replica_settings *settings = &replica->settings;

    return settings->box_open != NULL &&
           settings->box_open(settings->context, &card_of(replica, &message->from)->box,
                              message->box, frame);
}

void receive_relay(struct replica *replica, const struct peer *peer, const struct message *message,
                   int64_t now_ms, struct effects *effects)
{
    struct buffer frame = {0};

    if (!digest_equal(&message->to, &replica->settings.self))
        pass_on(replica, peer, message, now_ms, effects);
    else if (may_be_opened(replica, peer, &message->from, now_ms) &&
             box_opens(replica, message, &frame) && may_be_heard(replica, &message->from, now_ms))
        take_boxed(replica, peer, &message->from, buffer_view(&frame), effects);
    buffer_release(&frame);
}
