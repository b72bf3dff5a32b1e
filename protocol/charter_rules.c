#include "protocol/charter_rules.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* --- Cards --- */

static bool same_feed(const struct card_feed *old, const struct card_feed *new)
{
    if (memcmp(&old->key, &new->key, sizeof old->key) != 0 || !digest_equal(&old->next, &new->next))
        return false;
    return !old->cut ||
           (new->cut &&new->cut_seq == old->cut_seq &&digest_equal(&new->cut_id, &old->cut_id));
}

bool card_follows(const struct card *old, const struct card *new, struct fault *fault)
{
    if (!digest_equal(&old->authority, &new->authority))
        return fault_set(fault, FAULT_INPUT, "%s: the card is of another authority", new->name);
    if (new->issued_ms <= old->issued_ms)
        return fault_set(fault, FAULT_INPUT,
                         "%s: the card is not newer than the one that is there: issue it again",
                         new->name);
    for (size_t i = 0; i < old->feed_count; i++)
        if (i >= new->feed_count || !same_feed(&old->feeds[i], &new->feeds[i]))
            return fault_set(fault, FAULT_INPUT,
                             "%s: feed %zu on the card is missing or not as it was: feeds and "
                             "where they were closed never change",
                             new->name, i + 1);
    return true;
}

/* --- A roster beside an older one --- */

static bool cuts_kept(const struct entry *old, const struct entry *new, struct fault *fault)
{
    struct cut before[ENTRY_CUTS_MAX + 1], after[ENTRY_CUTS_MAX + 1];

    for (uint32_t feed = 1; feed <= old->member.card->feed_count; feed++) {
        size_t count = entry_cuts(old, feed, before), left = entry_cuts(new, feed, after);
        for (size_t i = 0; i < count; i++) {
            bool there = false;
            for (size_t k = 0; k < left && !there; k++)
                there = cut_compare(&before[i], &after[k]) == 0;
            if (!there)
                return fault_set(fault, FAULT_INPUT,
                                 "%s: the cut of feed %u at %" PRIu64 " is gone or raised: a cut "
                                 "stays for good, only lower ones may be put beside it",
                                 old->member.card->name, feed, before[i].seq);
        }
    }
    return true;
}

static bool entry_kept(const struct entry *old, const struct entry *new, struct fault *fault)
{
    const struct member *before = &old->member, *after = &new->member;

    if (!bytes_equal(buffer_view(&before->card->wire), buffer_view(&after->card->wire)) &&
        !card_follows(before->card, after->card, fault))
        return false;
    if (before->status == MEMBER_DISSOLVED && after->status != MEMBER_DISSOLVED)
        return fault_set(fault, FAULT_INPUT, "%s: was dissolved, and that is for good",
                         before->card->name);
    if (before->succeeded &&
        (!after->succeeded || !digest_equal(&before->succeeded_by, &after->succeeded_by)))
        return fault_set(fault, FAULT_INPUT,
                         "%s: its successor is gone or another one: the first one stays",
                         before->card->name);
    return cuts_kept(old, new, fault);
}

bool roster_keeps(const struct roster *old, const struct roster *new, struct fault *fault)
{
    for (size_t i = 0; i < old->count; i++) {
        const struct entry *before = &old->entries[i];
        const struct entry *after = roster_find(new, &before->member.card->authority);
        if (after == NULL)
            return fault_set(fault, FAULT_INPUT,
                             "%s: its entry is gone: who leaves keeps an entry, so that what it "
                             "said before can still be checked",
                             before->member.card->name);
        if (!entry_kept(before, after, fault))
            return false;
    }
    return true;
}

/* --- A roster by itself --- */

static char lower(char letter)
{
    return (char)(letter >= 'A' && letter <= 'Z' ? letter + 'a' - 'A' : letter);
}

static bool same_name(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b))
        a++, b++;
    return lower(*a) == lower(*b);
}

bool entry_is_alone(const struct roster *roster, const struct entry *entry, struct fault *fault)
{
    const struct card *card = entry->member.card;

    for (size_t i = 0; i < roster->count && entry->member.status == MEMBER_ACTIVE; i++) {
        const struct member *other = &roster->entries[i].member;
        if (other->card == card || other->status != MEMBER_ACTIVE)
            continue;
        if (same_name(other->card->name, card->name))
            return fault_set(fault, FAULT_INPUT,
                             "there is already a member called %s: it must go by another name",
                             other->card->name);
        if (memcmp(&other->card->transport, &card->transport, sizeof card->transport) == 0)
            return fault_set(fault, FAULT_INPUT,
                             "%s and %s have the same transport key: one home was copied from the "
                             "other; make one of them anew",
                             card->name, other->card->name);
    }
    return true;
}

static bool stewards_stand(const struct head *head, const struct roster *roster,
                           struct fault *fault)
{
    for (size_t i = 0; i < head->steward_count; i++) {
        const struct steward *steward = &head->stewards[i];
        const struct entry *entry = roster_find(roster, &steward->authority);
        if (entry == NULL || entry->member.status != MEMBER_ACTIVE)
            return fault_set(fault, FAULT_INPUT, "a steward that is no active member%s%s",
                             entry == NULL ? "" : ": ",
                             entry == NULL ? "" : entry->member.card->name);
        const struct card *card = entry->member.card;
        if (!card->has_steward_key ||
            memcmp(&card->steward_key, &steward->key, sizeof steward->key) != 0)
            return fault_set(fault, FAULT_INPUT,
                             "%s: a steward under another key than the one on its card",
                             card->name);
    }
    return true;
}

/* A chain of successors is shorter than the roster, or it goes round in a circle. */
static bool successor_stands(const struct roster *roster, const struct entry *entry,
                             struct fault *fault)
{
    const struct entry *at = entry;

    if (entry->member.succeeded && entry->member.status != MEMBER_DISSOLVED)
        return fault_set(fault, FAULT_INPUT, "%s: has a successor without being dissolved",
                         entry->member.card->name);
    for (size_t steps = 0; at->member.succeeded; steps++) {
        at = roster_find(roster, &at->member.succeeded_by);
        if (at == NULL)
            return fault_set(fault, FAULT_INPUT,
                             "%s: its successor is no member: admit it first, or in the same "
                             "proposal",
                             entry->member.card->name);
        if (at == entry || steps > roster->count)
            return fault_set(fault, FAULT_INPUT, "%s: succeeds itself", entry->member.card->name);
    }
    return true;
}

static bool entry_stands(const struct roster *roster, const struct entry *entry,
                         struct fault *fault)
{
    struct cut cuts[ENTRY_CUTS_MAX + 1];

    for (uint32_t feed = 1; feed <= entry->member.card->feed_count; feed++) {
        size_t count = entry_cuts(entry, feed, cuts);
        if (entry->member.status != MEMBER_ACTIVE && count == 0)
            return fault_set(fault, FAULT_INPUT,
                             "%s: it is to leave, but where does its feed %u end? Give the cut",
                             entry->member.card->name, feed);
        if (count > CUTS_MAX)
            return fault_set(fault, FAULT_INPUT, "%s: feed %u has %zu cuts, at most %d",
                             entry->member.card->name, feed, count, CUTS_MAX);
    }
    return successor_stands(roster, entry, fault);
}

static int compare_ring_keys(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct ring_public));
}

static bool ring_key_at(const struct card *card, uint32_t epoch, struct ring_public *key)
{
    for (size_t i = 0; i < card->ring_count; i++)
        if (card->rings[i].epoch == epoch) {
            *key = card->rings[i].key;
            return true;
        }
    return false;
}

struct ring *roster_ring(const struct roster *roster, uint32_t epoch)
{
    struct ring_public *keys = memory_new(roster->count, sizeof *keys);
    size_t all = 0, count = 0;
    struct ring *ring = NULL;

    for (size_t i = 0; i < roster->count; i++)
        if (roster->entries[i].member.status == MEMBER_ACTIVE)
            all += ring_key_at(roster->entries[i].member.card, epoch, &keys[all]);
    qsort(keys, all, sizeof *keys, compare_ring_keys);
    for (size_t i = 0; i < all; i++)
        if (i == 0 || compare_ring_keys(&keys[count - 1], &keys[i]) != 0)
            keys[count++] = keys[i];
    if (count >= RING_MIN)
        ring = ring_new(epoch, keys, count);
    free(keys);
    return ring;
}

/* A ring that leaves somebody out would narrow down who may have spoken. */
static bool rings_stand(const struct head *head, const struct roster *roster, struct fault *fault)
{
    uint32_t epoch = ring_epoch_of(head->time_ms);

    for (size_t i = 0; i < head->ring_count; i++)
        if (head->rings[i].epoch != epoch && head->rings[i].epoch != epoch + 1)
            return fault_set(fault, FAULT_INPUT, "a ring for epoch %u, which is not now or next",
                             head->rings[i].epoch);
    for (uint32_t at = epoch; at <= epoch + 1; at++) {
        struct ring *ring = roster_ring(roster, at);
        bool listed = false, same = false;
        for (size_t i = 0; i < head->ring_count; i++)
            if (head->rings[i].epoch == at) {
                listed = true;
                same = ring != NULL && digest_equal(&ring->digest, &head->rings[i].digest);
            }
        bool right = listed ? same : ring == NULL;
        ring_free(ring);
        if (!right)
            return fault_set(fault, FAULT_INPUT,
                             "the ring for epoch %u is not that of all active members' keys", at);
    }
    return true;
}

bool roster_stands(const struct head *head, const struct roster *roster, struct fault *fault)
{
    if (!stewards_stand(head, roster, fault))
        return false;
    for (size_t i = 0; i < roster->count; i++)
        if (!entry_stands(roster, &roster->entries[i], fault))
            return false;
    return rings_stand(head, roster, fault);
}
