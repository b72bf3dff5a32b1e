#include "protocol/replica_inside.h"

#include <stdlib.h>
#include <string.h>

/* --- Answers --- */

static void answer_remove(struct peer *peer, size_t at)
{
    free(peer->answers[at].list);
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

/* A want for a tip that is being answered takes the place of the earlier one. */
static void forget_answer(struct peer *peer, const struct digest *tip)
{
    for (size_t i = peer->answer_count; i-- > 0;)
        if (digest_equal(&peer->answers[i].tip, tip))
            answer_remove(peer, i);
}

/* How much of the chain is to be sent: whatever lies between, as seq counts up by one. */
static bool measure(const struct replica *replica, struct answer *answer)
{
    struct entry first;
    uint64_t total;

    if (set_chain(replica->set, &answer->tip, answer->after, answer->until, &first, 1, &total) == 0)
        return false;
    answer->after = first.seq - 1;
    answer->until = answer->after + total;
    return true;
}

static void answer_with(struct answer *answer, const struct entry *list, size_t count)
{
    if (count == 0)
        return;
    answer->list = memory_new(count, sizeof *answer->list);
    answer->count = count;
    memcpy(answer->list, list, count * sizeof *answer->list);
}

/* The erasures first; or a piece of the chain of a cut. */
static void answer_want(const struct replica *replica, struct peer *peer, const struct want *want,
                        unsigned *pieces)
{
    struct entry list[LIST_MAX];

    forget_answer(peer, &want->tip);
    struct answer *answer = answer_add(peer);
    if (answer == NULL)
        return;
    *answer = (struct answer){.tip = want->tip, .after = want->after, .until = want->until};
    if (measure(replica, answer)) {
        answer_with(answer, list,
                    set_chain_erasures(replica->set, &want->tip, answer->after, answer->until, list,
                                       LIST_MAX));
        return;
    }
    answer->singles = true;
    if (++*pieces <= PIECES_MAX)
        answer_with(answer, list, set_piece(replica->set, &want->tip, want->after, list, LIST_MAX));
    if (answer->count == 0)
        peer->answer_count--;
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
    unsigned pieces = 0;

    for (size_t i = 0; i < message->count; i++)
        answer_want(replica, peer, &message->wants[i], &pieces);
    deny(peer, effects);
}

/* Of a named record the body is what is asked for. One that is not named may not be there yet, and
 * travels in no other way: its header counts though its body is gone. */
static bool may_fetch(const struct replica *replica, const struct entry *entry)
{
    bool named = entry->feed.number != 0;

    return set_standing(replica->set, &entry->id) == STANDING_IN &&
           (!named || (set_text(replica->set, &entry->id) != TEXT_ERASED &&
                       !body_is_wanted(replica, &entry->id)));
}

void receive_fetch(struct replica *replica, struct peer *peer, const struct message *message,
                   struct effects *effects)
{
    struct answer *answer = answer_add(peer);

    if (answer == NULL)
        return;
    *answer =
        (struct answer){.singles = true, .list = memory_new(message->count, sizeof *answer->list)};
    for (size_t i = 0; i < message->count; i++)
        if (set_entry(replica->set, &message->ids[i], &answer->list[answer->count]))
            answer->count += may_fetch(replica, &answer->list[answer->count]);
    if (answer->count == 0)
        answer_remove(peer, peer->answer_count - 1);
    deny(peer, effects);
}

static uint64_t answer_left(const struct answer *answer)
{
    uint64_t singles = answer->count - answer->next;

    return answer->singles ? singles : answer->until - answer->after;
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
    struct sending list[RECORDS_MAX];
    size_t count;
    uint64_t size;
    bool full; /* Something did not fit: no other answer need be looked at. */
};

static bool make_fit(struct parcel *parcel, const struct entry *entry)
{
    parcel->full = parcel->count > 0 &&
                   (parcel->count == RECORDS_MAX || parcel->size + entry->size > RECORDS_FRAME_MAX);
    return !parcel->full;
}

static void parcel_add(const struct replica *replica, struct parcel *parcel, struct peer *peer,
                       const struct entry *entry)
{
    bool bare = set_text(replica->set, &entry->id) != TEXT_STANDS;

    parcel->list[parcel->count++] = (struct sending){*entry, bare};
    parcel->size += entry->size;
    peer->credit -= entry->size;
}

static void parcel_send(struct replica *replica, struct peer *peer, struct parcel *parcel,
                        struct effects *effects)
{
    if (parcel->count == 0)
        return;
    struct effect *effect = effect_add(effects, EFFECT_SEND_RECORDS);
    effect->peer = peer->number;
    effect->sendings = memory_new(parcel->count, sizeof *effect->sendings);
    memcpy(effect->sendings, parcel->list, parcel->count * sizeof *effect->sendings);
    effect->sending_count = parcel->count;
    effect->left = left_for(peer);
    peer->sent += parcel->count;
    replica->counters.sent += parcel->count;
    *parcel = (struct parcel){.count = 0};
}

/* --- Serving --- */

/* What comes next of an answer, in order, at most `most`. None of a chain that we do not answer for
 * any more. */
static size_t look_up(const struct replica *replica, const struct answer *answer,
                      struct entry *entries, size_t most)
{
    size_t count = answer->count - answer->next;
    uint64_t total;

    if (count == 0)
        return answer->singles ? 0
                               : set_chain(replica->set, &answer->tip, answer->after, answer->until,
                                           entries, most, &total);
    if (count > most)
        count = most;
    memcpy(entries, &answer->list[answer->next], count * sizeof *entries);
    return count;
}

/* An erasure that went first is not sent again in its place. */
static bool was_early(struct answer *answer, const struct entry *entry)
{
    if (answer->skipped == answer->count ||
        !digest_equal(&answer->list[answer->skipped].id, &entry->id))
        return false;
    answer->skipped++;
    return true;
}

/* Move some records of this answer into the parcel, as far as they are on disk. Returns how many of
 * it were dealt with. */
static size_t pack(const struct replica *replica, struct parcel *parcel, struct peer *peer,
                   struct answer *answer)
{
    struct entry entries[TURN_RECORDS];
    size_t count = look_up(replica, answer, entries, TURN_RECORDS), done = 0;
    bool from_list = answer->next < answer->count;

    if (count == 0)
        answer->after = answer->until;
    for (; done < count && peer->credit > 0 && make_fit(parcel, &entries[done]) &&
           !is_unstored(replica, &entries[done].id);
         done++) {
        if (from_list)
            answer->next++;
        else
            answer->after = entries[done].seq;
        if (from_list || !was_early(answer, &entries[done]))
            parcel_add(replica, parcel, peer, &entries[done]);
    }
    return done;
}

/* One answer's turn. False where it had nothing for this frame. */
static bool take_turn(const struct replica *replica, struct parcel *parcel, struct peer *peer)
{
    for (size_t i = 0; i < peer->answer_count && !parcel->full; i++) {
        size_t at = (peer->turn + i) % peer->answer_count;
        size_t done = pack(replica, parcel, peer, &peer->answers[at]);
        bool finished = answer_left(&peer->answers[at]) == 0;
        if (finished)
            answer_remove(peer, at);
        if (done == 0 && !finished)
            continue;
        peer->turn = finished ? at : at + 1;
        return true;
    }
    return false;
}

static bool serve_frame(struct replica *replica, struct peer *peer, struct effects *effects)
{
    struct parcel *parcel = memory_new(1, sizeof *parcel);

    while (peer->credit > 0 && take_turn(replica, parcel, peer))
        ;
    bool any = parcel->count > 0;
    parcel_send(replica, peer, parcel, effects);
    free(parcel);
    return any;
}

void serve(struct replica *replica, struct peer *peer, struct effects *effects)
{
    if (!peer_is_up(peer) || peer->answer_count == 0)
        return;
    for (unsigned i = 0; i < FRAMES_AT_ONCE && serve_frame(replica, peer, effects); i++)
        ;
}

bool can_serve_more(const struct replica *replica, const struct peer *peer)
{
    struct entry entry;

    if (!peer_is_up(peer) || peer->credit <= 0)
        return false;
    for (size_t i = 0; i < peer->answer_count; i++)
        if (look_up(replica, &peer->answers[i], &entry, 1) == 0 || !is_unstored(replica, &entry.id))
            return true;
    return false;
}

/* What does not fit into the credit is not pushed: the next comparison repairs that. */
void push_records(struct replica *replica, struct peer *peer, const struct unstored *news,
                  size_t count, struct effects *effects)
{
    struct parcel *parcel = memory_new(1, sizeof *parcel);

    for (size_t i = 0; i < count && peer->credit > 0; i++) {
        if (news[i].from == peer->number)
            continue;
        if (!make_fit(parcel, &news[i].entry))
            parcel_send(replica, peer, parcel, effects);
        parcel_add(replica, parcel, peer, &news[i].entry);
    }
    parcel_send(replica, peer, parcel, effects);
    free(parcel);
}

/* --- Credit --- */

void grant_credit(struct peer *peer, struct effects *effects)
{
    if (peer->stored == 0 || peer->stored < peer->credit_told / 2)
        return;
    credit_write(peer->stored < UINT32_MAX ? (uint32_t)peer->stored : UINT32_MAX,
                 effect_send(effects, peer));
    peer->stored = 0;
}
