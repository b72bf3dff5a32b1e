#include "protocol/charter_state.h"

#include <stdlib.h>
#include <string.h>

/* Rosters, rings and halts: what heads name, and what names a feed of theirs. Each is kept once a
 * valid head vouches for it, and aside, within limits, until one does. */

/* --- Rosters --- */

static struct roster_card *find_card(const void *context, const struct digest *authority,
                                     struct bytes wire)
{
    const struct charter *charter = context;

    for (size_t i = charter->head_count; i-- > 0;) {
        struct roster *roster = charter->heads[i]->roster;
        struct entry *entry = roster == NULL ? NULL : roster_find(roster, authority);
        if (entry != NULL && bytes_equal(buffer_view(&entry->member.card->wire), wire))
            return entry->card;
    }
    return NULL;
}

struct known_cards charter_cards(const struct charter *charter)
{
    return (struct known_cards){charter, find_card};
}

enum use { UNUSED, USED, BROKEN };

/* Give a roster to the valid heads that name it and have none. */
static enum use use_roster(struct charter *charter, struct roster_text *text, struct fault *fault)
{
    struct roster *roster = NULL;
    enum use use = UNUSED;

    for (size_t i = 0; i < charter->head_count && roster == NULL; i++)
        if (charter->heads[i]->valid &&
            digest_equal(&charter->heads[i]->text->head.roster, &text->digest)) {
            use = USED;
            if (charter->heads[i]->roster != NULL)
                roster = roster_hold(charter->heads[i]->roster);
        }
    if (use == UNUSED)
        return UNUSED;
    if (roster == NULL)
        roster = roster_open(text, charter_cards(charter), fault);
    if (roster == NULL)
        return BROKEN;
    for (size_t i = 0; i < charter->head_count; i++) {
        struct known_head *head = charter->heads[i];
        if (head->valid && head->roster == NULL &&
            digest_equal(&head->text->head.roster, &text->digest))
            head->roster = roster_hold(roster);
    }
    roster_free(roster);
    return use;
}

/* Heads that became valid may name a roster that an older one has. */
static void share_rosters(struct charter *charter)
{
    for (size_t i = 0; i < charter->head_count; i++) {
        struct known_head *head = charter->heads[i];
        for (size_t k = 0; k < charter->head_count && head->valid && head->roster == NULL; k++)
            if (charter->heads[k]->roster != NULL &&
                digest_equal(&charter->heads[k]->text->head.roster, &head->text->head.roster))
                head->roster = roster_hold(charter->heads[k]->roster);
    }
}

static void spare_roster(struct charter *charter, struct roster_text *text)
{
    size_t bytes = text->wire.size;

    for (size_t i = 0; i < charter->spare_roster_count; i++) {
        if (digest_equal(&charter->spare_rosters[i]->digest, &text->digest))
            return;
        bytes += charter->spare_rosters[i]->wire.size;
    }
    if (charter->spare_roster_count == CHARTER_ASIDE_MAX || bytes > CHARTER_ASIDE_BYTES_MAX)
        return;
    charter->spare_rosters = memory_grow(charter->spare_rosters, charter->spare_roster_count + 1,
                                         sizeof(struct roster_text *));
    charter->spare_rosters[charter->spare_roster_count++] = roster_text_hold(text);
}

/* A roster is not opened before a valid head names it: opening costs a signature for each member.
 */
bool charter_take_rosters(struct charter *charter, const struct bundle *bundle, struct fault *fault)
{
    struct fault ignored;
    bool sound = true;

    share_rosters(charter);
    for (size_t i = 0; i < charter->spare_roster_count;) {
        struct roster_text *text = charter->spare_rosters[i];
        if (use_roster(charter, text, &ignored) == UNUSED) {
            i++;
            continue;
        }
        charter->spare_rosters[i] = charter->spare_rosters[--charter->spare_roster_count];
        roster_text_free(text);
    }
    for (size_t i = 0; i < bundle->roster_count; i++) {
        enum use use = use_roster(charter, bundle->rosters[i], sound ? fault : &ignored);
        sound = sound && use != BROKEN;
        if (use == UNUSED)
            spare_roster(charter, bundle->rosters[i]);
    }
    return sound;
}

/* --- Rings --- */

static bool ring_listed(const struct charter *charter, uint32_t epoch, const struct digest *digest)
{
    for (size_t i = 0; i < charter->head_count; i++) {
        const struct head *head = &charter->heads[i]->text->head;
        for (size_t k = 0; k < head->ring_count && charter->heads[i]->valid; k++)
            if (head->rings[k].epoch == epoch && digest_equal(&head->rings[k].digest, digest))
                return true;
    }
    return false;
}

static size_t ring_place(struct ring *const *rings, size_t count, const struct digest *digest)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (digest_compare(&rings[middle]->digest, digest) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool ring_at(struct ring *const *rings, size_t count, const struct digest *digest)
{
    size_t at = ring_place(rings, count, digest);

    return at < count && digest_equal(&rings[at]->digest, digest);
}

static void insert_ring(struct ring ***rings, size_t *count, struct ring *ring)
{
    size_t at = ring_place(*rings, *count, &ring->digest);

    *rings = memory_grow(*rings, *count + 1, sizeof(struct ring *));
    memmove(*rings + at + 1, *rings + at, (*count - at) * sizeof(struct ring *));
    (*rings)[at] = ring_hold(ring);
    ++*count;
}

static bool ring_is_sound(const struct ring *ring)
{
    for (size_t i = 0; i < ring->count; i++)
        if (!ring_public_is_sound(&ring->keys[i]))
            return false;
    return true;
}

/* A ring that a valid head lists. One with a key that can be nobody's is none, whoever signed it:
 * readers of proofs rely on that, and might else differ. */
static void accept_ring(struct charter *charter, struct ring *ring)
{
    if (!ring_at(charter->rings, charter->ring_count, &ring->digest) && ring_is_sound(ring))
        insert_ring(&charter->rings, &charter->ring_count, ring);
}

/* Does a valid head list a ring of this epoch that is not here? */
static bool ring_missing(const struct charter *charter, uint32_t epoch)
{
    for (size_t i = 0; i < charter->head_count; i++) {
        const struct head *head = &charter->heads[i]->text->head;
        for (size_t k = 0; k < head->ring_count && charter->heads[i]->valid; k++)
            if (head->rings[k].epoch == epoch &&
                !ring_at(charter->rings, charter->ring_count, &head->rings[k].digest))
                return true;
    }
    return false;
}

static bool ring_has_room(const struct charter *charter, const struct ring_table *table)
{
    size_t bytes = table->key_count * sizeof *table->keys;

    for (size_t i = 0; i < charter->spare_ring_count; i++)
        bytes += charter->spare_rings[i]->count * sizeof *table->keys;
    return charter->spare_ring_count < CHARTER_ASIDE_MAX && bytes <= CHARTER_ASIDE_BYTES_MAX;
}

/* To know a ring costs hashing all its keys, so where it could not be kept it is left alone. */
static void take_ring(struct charter *charter, const struct ring_table *table, size_t row)
{
    if (!ring_missing(charter, table->epoch) && !ring_has_room(charter, table))
        return;
    struct ring *ring = ring_table_row(table, row);
    if (ring_listed(charter, ring->epoch, &ring->digest)) {
        accept_ring(charter, ring);
    } else if (ring_has_room(charter, table) &&
               !ring_at(charter->spare_rings, charter->spare_ring_count, &ring->digest)) {
        insert_ring(&charter->spare_rings, &charter->spare_ring_count, ring);
    }
    ring_free(ring);
}

void charter_take_rings(struct charter *charter, const struct bundle *bundle)
{
    size_t left = 0;

    for (size_t i = 0; i < charter->spare_ring_count; i++) {
        struct ring *ring = charter->spare_rings[i];
        if (!ring_listed(charter, ring->epoch, &ring->digest)) {
            charter->spare_rings[left++] = ring;
            continue;
        }
        accept_ring(charter, ring);
        ring_free(ring);
    }
    charter->spare_ring_count = left;
    for (size_t i = 0; i < bundle->table_count; i++)
        for (size_t row = 0; row < bundle->tables[i].ring_count; row++)
            take_ring(charter, &bundle->tables[i], row);
}

/* --- Halts: the second half of line 3 --- */

static bool next_listed(const struct charter *charter, const struct feed *feed,
                        const struct digest *next)
{
    for (size_t i = 0; i < charter->maximal_count; i++) {
        const struct entry *entry = roster_find(charter->maximal[i]->roster, &feed->authority);
        if (entry != NULL && feed->number <= entry->member.card->feed_count &&
            digest_equal(&entry->member.card->feeds[feed->number - 1].next, next))
            return true;
    }
    return false;
}

/* A halt that says the same under the same key is one halt, whichever signature it has; but until
 * one of them has been verified, all are kept. */
static void keep_halt(struct charter *charter, const struct halt *halt)
{
    size_t at = charter->halt_count;

    for (; at > 0 && halt_compare(&charter->halts[at - 1].halt, halt) >= 0; at--) {
        const struct known_halt *same = &charter->halts[at - 1];
        if (halt_compare(&same->halt, halt) == 0 &&
            (same->holds || (same->halt.size == halt->size &&
                             memcmp(same->halt.wire, halt->wire, halt->size) == 0)))
            return;
    }
    charter->halts = memory_grow(charter->halts, charter->halt_count + 1, sizeof *charter->halts);
    memmove(&charter->halts[at + 1], &charter->halts[at],
            (charter->halt_count - at) * sizeof *charter->halts);
    charter->halt_count++;
    charter->halts[at] = (struct known_halt){.halt = *halt};
}

/* Whether a halt counts, and whether it is worth keeping. */
static bool judge_halt(struct charter *charter, struct known_halt *known)
{
    struct digest next = next_key_hash(&known->halt.next);

    known->counts = next_listed(charter, &known->halt.feed, &next);
    if (known->counts && !known->holds) {
        charter->verified++;
        known->holds = halt_holds(&known->halt);
    }
    return !known->counts || known->holds;
}

static bool same_authority(const struct known_halt *a, const struct known_halt *b)
{
    return digest_equal(&a->halt.feed.authority, &b->halt.feed.authority);
}

/* The how-manieth of its authority, or of its feed alone, a halt is, of those that count. */
static size_t rank_of(const struct known_halt *halts, size_t at, bool of_feed)
{
    size_t rank = 0;

    for (size_t i = at; i-- > 0 && same_authority(&halts[i], &halts[at]);)
        rank += halts[i].counts &&
                (!of_feed || halts[i].halt.feed.number == halts[at].halt.feed.number);
    return rank;
}

/* The lowest CUTS_MAX of a feed are enough to say where it ends. */
static void limit_by_feed(struct charter *charter)
{
    struct known_halt *halts = charter->halts;
    size_t left = 0, waiting = 0;

    for (size_t i = 0; i < charter->halt_count; i++) {
        halts[left] = halts[i];
        if (halts[left].counts ? rank_of(halts, left, true) < CUTS_MAX
                               : waiting++ < CHARTER_ASIDE_MAX)
            left++;
    }
    charter->halt_count = left;
}

/* Where HALTS_MAX is not enough for all, each authority's first goes before anybody's second, so
 * none is crowded out by another's. (An order in which more halts only ever push one back, so what
 * is kept does not depend on what was heard first.) */
static void limit_by_authority(struct charter *charter)
{
    size_t counted[FEEDS_MAX * CUTS_MAX] = {0}, left = 0, share = 0, room = HALTS_MAX;
    size_t *ranks = memory_new(charter->halt_count, sizeof *ranks);

    for (size_t i = 0; i < charter->halt_count; i++) {
        ranks[i] = rank_of(charter->halts, i, false);
        counted[ranks[i]] += charter->halts[i].counts;
    }
    while (share < FEEDS_MAX * CUTS_MAX && counted[share] <= room)
        room -= counted[share++];
    for (size_t i = 0; i < charter->halt_count; i++) {
        bool fits = !charter->halts[i].counts || ranks[i] < share;
        if (!fits && ranks[i] == share && room > 0) {
            room--;
            fits = true;
        }
        if (fits)
            charter->halts[left++] = charter->halts[i];
    }
    charter->halt_count = left;
    free(ranks);
}

void charter_limit_halts(struct charter *charter)
{
    limit_by_feed(charter);
    limit_by_authority(charter);
}

void charter_take_halts(struct charter *charter, const struct bundle *bundle)
{
    size_t left = 0;

    for (size_t i = 0; i < bundle->halt_count; i++)
        keep_halt(charter, &bundle->halts[i]);
    for (size_t i = 0; i < charter->halt_count; i++) {
        struct known_halt *known = &charter->halts[i];
        bool again = left > 0 && charter->halts[left - 1].holds &&
                     halt_compare(&charter->halts[left - 1].halt, &known->halt) == 0;
        if (!again && judge_halt(charter, known))
            charter->halts[left++] = *known;
    }
    charter->halt_count = left;
    charter_limit_halts(charter);
}
