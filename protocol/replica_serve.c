#include "protocol/replica_inside.h"

#include <stdlib.h>
#include <string.h>

/* --- Answers --- */

static void answer_remove(struct peer *peer, size_t at)
{
    entries_release(&peer->answers[at].window);
    peer->answer_count--;
    memmove(&peer->answers[at], &peer->answers[at + 1],
            (peer->answer_count - at) * sizeof *peer->answers);
}

void answers_release(struct peer *peer)
{
    while (peer->answer_count > 0)
        answer_remove(peer, peer->answer_count - 1);
    free(peer->answers);
    peer->answers = NULL;
}

/* NULL where the peer has asked for as much as it may ask for at once. */
static struct answer *answer_add(struct peer *peer)
{
    if (peer->answer_count == WANTS_MAX)
        return NULL;
    if (peer->answers == NULL)
        peer->answers = memory_new(WANTS_MAX, sizeof *peer->answers);
    struct answer *answer = &peer->answers[peer->answer_count++];
    *answer = (struct answer){0};
    return answer;
}

static bool is_answering(const struct peer *peer, const struct digest *tip)
{
    for (size_t i = 0; i < peer->answer_count; i++)
        if (!peer->answers[i].bodies && digest_equal(&peer->answers[i].tip, tip))
            return true;
    return false;
}

/* Look up the chain's next window. Of a long chain, no more than that is held for a peer. */
static bool look_up(const struct replica *replica, struct answer *answer,
                    const struct digest *haves, size_t have_count)
{
    struct entries path = {0};

    if (!set_path(replica->set, &answer->tip, haves, have_count, &path))
        return false;
    size_t count = path.count < ANSWER_WINDOW ? path.count : ANSWER_WINDOW;
    if (count < path.count) {
        path.list = memory_grow(path.list, count, sizeof *path.list);
        path.capacity = count;
    }
    answer->beyond = path.count - count;
    path.count = count;
    entries_release(&answer->window);
    answer->window = path;
    answer->next = 0;
    return count > 0;
}

static void answer_want(const struct replica *replica, struct peer *peer, const struct want *want)
{
    if (is_answering(peer, &want->tip))
        return;
    struct answer *answer = answer_add(peer);
    if (answer == NULL)
        return;
    answer->tip = want->tip;
    if (!look_up(replica, answer, want->haves, want->have_count))
        answer_remove(peer, peer->answer_count - 1);
}

/* Who asked and gets nothing is told so. */
static void deny(struct peer *peer, struct effects *effects)
{
    if (peer->answer_count == 0)
        effect_add(effects, EFFECT_SEND_RECORDS)->peer = peer->number;
}

void receive_wants(struct replica *replica, struct peer *peer, const struct message *message,
                   struct effects *effects)
{
    for (size_t i = 0; i < message->count; i++)
        answer_want(replica, peer, &message->wants[i]);
    deny(peer, effects);
}

void receive_bodies(struct replica *replica, struct peer *peer, const struct message *message,
                    struct effects *effects)
{
    struct answer *answer = answer_add(peer);
    struct entries found = {memory_new(message->count, sizeof *found.list), 0, message->count};

    for (size_t i = 0; i < message->count; i++)
        if (set_standing(replica->set, &message->ids[i]) == STANDING_IN &&
            !body_is_missing(replica, &message->ids[i]))
            set_entry(replica->set, &message->ids[i], &found.list[found.count++]);
    if (answer == NULL || found.count == 0)
        entries_release(&found);
    else
        *answer = (struct answer){.bodies = true, .window = found};
    if (answer != NULL && answer->window.count == 0)
        answer_remove(peer, peer->answer_count - 1);
    deny(peer, effects);
}

static uint64_t answer_left(const struct answer *answer)
{
    return answer->window.count - answer->next + answer->beyond;
}

static uint64_t left_for(const struct peer *peer)
{
    uint64_t left = 0;

    for (size_t i = 0; i < peer->answer_count; i++)
        left += answer_left(&peer->answers[i]);
    return left;
}

/* --- Frames --- */

/* A records frame being put together. */
struct parcel {
    struct digest ids[RECORDS_MAX];
    size_t count;
    uint64_t size;
};

/* False where the record does not go into this frame any more. */
static bool parcel_add(struct parcel *parcel, struct peer *peer, const struct entry *entry)
{
    if (parcel->count == RECORDS_MAX ||
        (parcel->count > 0 && parcel->size + entry->size > RECORDS_FRAME_MAX))
        return false;
    parcel->ids[parcel->count++] = entry->id;
    parcel->size += entry->size;
    peer->credit -= entry->size;
    return true;
}

static void parcel_send(struct replica *replica, struct peer *peer, struct parcel *parcel,
                        struct effects *effects)
{
    if (parcel->count == 0)
        return;
    struct effect *effect = effect_add(effects, EFFECT_SEND_RECORDS);
    effect->peer = peer->number;
    effect->ids = memory_new(parcel->count, sizeof *effect->ids);
    memcpy(effect->ids, parcel->ids, parcel->count * sizeof *effect->ids);
    effect->id_count = parcel->count;
    effect->left = left_for(peer);
    peer->sent += parcel->count;
    replica->counters.sent += parcel->count;
    parcel->count = 0;
    parcel->size = 0;
}

/* --- Serving --- */

static const struct entry *answer_next(const struct answer *answer)
{
    return &answer->window.list[answer->next];
}

/* The next answer in turn whose next record is on disk. */
static struct answer *next_answer(const struct replica *replica, struct peer *peer)
{
    for (size_t i = 0; i < peer->answer_count; i++) {
        struct answer *answer = &peer->answers[(peer->turn + i) % peer->answer_count];
        if (!is_unstored(replica, &answer_next(answer)->id))
            return answer;
    }
    return NULL;
}

/* One record of this answer is sent: the next one's turn. An answer always has a next record. */
static void step(const struct replica *replica, struct peer *peer, struct answer *answer)
{
    size_t at = (size_t)(answer - peer->answers);
    bool more = true;

    if (++answer->next == answer->window.count) {
        struct digest last = answer->window.list[answer->next - 1].id;
        more = answer->beyond > 0 && look_up(replica, answer, &last, 1);
    }
    if (!more)
        answer_remove(peer, at);
    peer->turn = more ? at + 1 : at;
}

static bool serve_frame(struct replica *replica, struct peer *peer, struct effects *effects)
{
    struct parcel parcel = {.count = 0};
    struct answer *answer;

    while (peer->credit > 0 && (answer = next_answer(replica, peer)) != NULL &&
           parcel_add(&parcel, peer, answer_next(answer)))
        step(replica, peer, answer);
    bool any = parcel.count > 0;
    parcel_send(replica, peer, &parcel, effects);
    return any;
}

void serve(struct replica *replica, struct peer *peer, struct effects *effects)
{
    if (!peer_is_up(peer))
        return;
    for (unsigned i = 0; i < FRAMES_AT_ONCE && serve_frame(replica, peer, effects); i++)
        ;
}

bool can_serve_more(const struct replica *replica, struct peer *peer)
{
    return peer_is_up(peer) && peer->credit > 0 && next_answer(replica, peer) != NULL;
}

/* What does not fit into the credit is not pushed: the next comparison repairs that. */
void push_records(struct replica *replica, struct peer *peer, const struct unstored *news,
                  size_t count, struct effects *effects)
{
    struct parcel parcel = {.count = 0};
    struct entry entry;

    for (size_t i = 0; i < count && peer->credit > 0; i++) {
        if (news[i].from == peer->number || !set_entry(replica->set, &news[i].id, &entry))
            continue;
        if (!parcel_add(&parcel, peer, &entry)) {
            parcel_send(replica, peer, &parcel, effects);
            parcel_add(&parcel, peer, &entry);
        }
    }
    parcel_send(replica, peer, &parcel, effects);
}

/* --- Credit --- */

void grant_credit(const struct replica *replica, struct peer *peer, struct effects *effects)
{
    if (peer->stored == 0 || peer->stored < replica->settings.credit_bytes / 2)
        return;
    credit_write(peer->stored < UINT32_MAX ? (uint32_t)peer->stored : UINT32_MAX,
                 effect_send(effects, peer));
    peer->stored = 0;
}
