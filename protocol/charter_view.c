#include "protocol/charter_state.h"

#include <stdlib.h>
#include <string.h>

/* What the charter in force says: the union of all maximal heads' rosters, cuts applied jointly. */

bool charter_in_force(const struct charter *charter)
{
    return charter->maximal_count > 0;
}

const struct digest *charter_network(const struct charter *charter)
{
    return charter->has_network ? &charter->network : NULL;
}

size_t charter_heads(const struct charter *charter)
{
    return charter->maximal_count;
}

const struct head *charter_head(const struct charter *charter, size_t index)
{
    return index < charter->maximal_count ? &charter->maximal[index]->text->head : NULL;
}

const struct head *charter_first_head(const struct charter *charter)
{
    const struct known_head *first =
        charter->has_network ? charter_find(charter, &charter->network) : NULL;

    return first != NULL && first->valid ? &first->text->head : NULL;
}

const char *charter_name(const struct charter *charter)
{
    const struct head *latest = NULL;

    for (size_t i = 0; i < charter->maximal_count; i++) {
        const struct head *head = &charter->maximal[i]->text->head;
        if (latest == NULL || head->version > latest->version)
            latest = head;
    }
    return latest == NULL ? "" : latest->name;
}

/* A newer roster may hold what this program cannot read, so a valid head counts here as well that
 * nobody succeeded and whose roster is not at hand. */
bool charter_needs_upgrade(const struct charter *charter)
{
    for (size_t i = 0; i < charter->head_count; i++)
        if (charter->heads[i]->valid && !charter->heads[i]->succeeded &&
            charter->heads[i]->text->head.rules > RULES_VERSION)
            return true;
    return false;
}

/* --- Rivals --- */

static bool share_predecessor(const struct head *a, const struct head *b)
{
    for (size_t i = 0; i < a->predecessor_count; i++)
        for (size_t k = 0; k < b->predecessor_count; k++)
            if (digest_equal(&a->predecessors[i], &b->predecessors[k]))
                return true;
    return false;
}

static bool has_signed(const struct charter *charter, const struct known_head *head,
                       const struct digest *authority)
{
    const struct head *say = &head->text->head;

    for (size_t i = 0; i <= say->predecessor_count; i++) {
        const struct head *lists = i == say->predecessor_count
                                       ? say
                                       : &charter_find(charter, &say->predecessors[i])->text->head;
        for (size_t k = 0; k < lists->steward_count; k++)
            for (size_t s = 0; s < head->signature_count; s++)
                if (digest_equal(&lists->stewards[k].authority, authority) &&
                    memcmp(&lists->stewards[k].key, &head->signatures[s].key,
                           sizeof head->signatures[s].key) == 0)
                    return true;
    }
    return false;
}

/* Which heads lie on which maximal head's line: a bit row for each head. */
static bool *lines_of(const struct charter *charter)
{
    bool *lines = memory_new(charter->maximal_count * charter->head_count + 1, 1);

    for (size_t i = 0; i < charter->maximal_count; i++) {
        bool *line = lines + i * charter->head_count;
        line[charter->maximal[i]->at] = true;
        charter_ancestors(charter, charter->maximal[i], line);
    }
    return lines;
}

/* Two heads are rivals that stand where some maximal head comes from one and not the other, and
 * some other way round. */
static bool rivals_stand(const struct charter *charter, const bool *lines, size_t a, size_t b)
{
    bool only_a = false, only_b = false;

    for (size_t i = 0; i < charter->maximal_count; i++) {
        const bool *line = lines + i * charter->head_count;
        only_a = only_a || (line[a] && !line[b]);
        only_b = only_b || (line[b] && !line[a]);
    }
    return only_a && only_b;
}

static size_t note_authority(struct digest *list, size_t count, size_t most,
                             const struct digest *authority)
{
    for (size_t i = 0; i < count; i++)
        if (digest_equal(&list[i], authority))
            return count;
    if (count < most)
        list[count++] = *authority;
    return count;
}

static size_t note_signers_of_both(const struct charter *charter, const struct known_head *a,
                                   const struct known_head *b, struct digest *list, size_t count,
                                   size_t most)
{
    const struct head *say = &a->text->head;

    for (size_t i = 0; i <= say->predecessor_count; i++) {
        const struct head *lists = i == say->predecessor_count
                                       ? say
                                       : &charter_find(charter, &say->predecessors[i])->text->head;
        for (size_t k = 0; k < lists->steward_count; k++)
            if (has_signed(charter, a, &lists->stewards[k].authority) &&
                has_signed(charter, b, &lists->stewards[k].authority))
                count = note_authority(list, count, most, &lists->stewards[k].authority);
    }
    return count;
}

static int compare_digests(const void *a, const void *b)
{
    return digest_compare(a, b);
}

size_t charter_double_signers(const struct charter *charter, struct digest *authorities,
                              size_t most)
{
    bool *lines;
    size_t count = 0;

    if (charter->maximal_count < 2)
        return 0;
    lines = lines_of(charter);
    for (size_t a = 0; a < charter->head_count; a++)
        for (size_t b = 0; b < a && charter->heads[a]->valid; b++)
            if (charter->heads[b]->valid &&
                share_predecessor(&charter->heads[a]->text->head, &charter->heads[b]->text->head) &&
                rivals_stand(charter, lines, a, b))
                count = note_signers_of_both(charter, charter->heads[a], charter->heads[b],
                                             authorities, count, most);
    free(lines);
    if (count > 0)
        qsort(authorities, count, sizeof *authorities, compare_digests);
    return count;
}

/* --- Members --- */

/* Which of two entries of one authority stands for both: the card issued last; then what leaves
 * the member most, for the allow-list is a union. */
static bool stands_before(const struct member *a, const struct member *b)
{
    int order;

    if (a->card->issued_ms != b->card->issued_ms)
        return a->card->issued_ms > b->card->issued_ms;
    order = bytes_compare(buffer_view(&a->card->wire), buffer_view(&b->card->wire));
    if (order != 0)
        return order < 0;
    if (a->status != b->status)
        return a->status < b->status;
    if (a->since_ms != b->since_ms)
        return a->since_ms < b->since_ms;
    if (a->succeeded != b->succeeded)
        return a->succeeded;
    return digest_compare(&a->succeeded_by, &b->succeeded_by) < 0;
}

static int by_authority(const void *a, const void *b)
{
    const struct member *left = a, *right = b;
    int order = digest_compare(&left->card->authority, &right->card->authority);

    if (order != 0)
        return order;
    return stands_before(left, right) ? -1 : stands_before(right, left);
}

void charter_list_members(struct charter *charter)
{
    size_t all = 0, count = 0;

    for (size_t i = 0; i < charter->maximal_count; i++)
        all += charter->maximal[i]->roster->count;
    charter->members = memory_grow(charter->members, all + 1, sizeof *charter->members);
    for (size_t i = 0; i < charter->maximal_count; i++)
        for (size_t k = 0; k < charter->maximal[i]->roster->count; k++)
            charter->members[count++] = charter->maximal[i]->roster->entries[k].member;
    qsort(charter->members, all, sizeof *charter->members, by_authority);
    charter->member_count = 0;
    for (size_t i = 0; i < all; i++)
        if (i == 0 || !digest_equal(&charter->members[charter->member_count - 1].card->authority,
                                    &charter->members[i].card->authority))
            charter->members[charter->member_count++] = charter->members[i];
}

size_t charter_members(const struct charter *charter)
{
    return charter->member_count;
}

const struct member *charter_member_at(const struct charter *charter, size_t index)
{
    return index < charter->member_count ? &charter->members[index] : NULL;
}

const struct member *charter_member(const struct charter *charter, const struct digest *authority)
{
    size_t low = 0, high = charter->member_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = digest_compare(&charter->members[middle].card->authority, authority);
        if (order == 0)
            return &charter->members[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Spread from the authority along succeeded-by; each step marks members, so a circle ends. */
bool charter_succeeds(const struct charter *charter, const struct digest *heir,
                      const struct digest *authority)
{
    const struct member *to = charter_member(charter, heir);
    const struct member *from = charter_member(charter, authority);
    bool *reached, spread = true, succeeds;

    if (to == NULL || from == NULL || to == from)
        return false;
    reached = memory_new(charter->member_count, 1);
    reached[from - charter->members] = true;
    while (spread) {
        spread = false;
        for (size_t i = 0; i < charter->maximal_count; i++) {
            const struct roster *roster = charter->maximal[i]->roster;
            for (size_t k = 0; k < roster->count; k++) {
                const struct member *member = &roster->entries[k].member;
                const struct member *next =
                    member->succeeded ? charter_member(charter, &member->succeeded_by) : NULL;
                const struct member *here = charter_member(charter, &member->card->authority);
                if (next == NULL || !reached[here - charter->members] ||
                    reached[next - charter->members])
                    continue;
                reached[next - charter->members] = spread = true;
            }
        }
    }
    succeeds = reached[to - charter->members];
    free(reached);
    return succeeds;
}

static const struct digest *next_heir(const struct charter *charter, const struct digest *of)
{
    const struct member *member = charter_member(charter, of);

    return member != NULL && member->succeeded ? &member->succeeded_by : NULL;
}

struct digest charter_heir(const struct charter *charter, const struct digest *authority)
{
    const struct digest *heir = authority, *lowest, *next = authority;

    for (size_t i = 0; i < charter->member_count && (next = next_heir(charter, heir)) != NULL; i++)
        heir = next;
    lowest = heir;
    for (size_t i = 0; i < charter->member_count && (next = next_heir(charter, heir)) != NULL;
         i++) {
        heir = next;
        lowest = digest_compare(heir, lowest) < 0 ? heir : lowest;
    }
    return *lowest;
}

bool charter_stewards_agree(const struct charter *charter, const struct digest *authorities,
                            size_t count)
{
    for (size_t i = 0; i < charter->head_count; i++) {
        const struct head *head = &charter->heads[i]->text->head;
        uint32_t agree = 0;
        for (size_t k = 0; k < head->steward_count && charter->heads[i]->valid; k++) {
            bool among = false;
            for (size_t a = 0; a < count && !among; a++)
                among = digest_equal(&authorities[a], &head->stewards[k].authority);
            agree += among;
        }
        if (agree >= head->threshold)
            return true;
    }
    return false;
}

/* --- Feeds: line 3 --- */

static int compare_cuts(const void *a, const void *b)
{
    return cut_compare(a, b);
}

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct public_key));
}

/* Sort what `count` cuts there are, each once, and hand out the lowest. */
static void set_cuts(struct feed_rules *rules, struct cut *cuts, size_t count)
{
    qsort(cuts, count, sizeof *cuts, compare_cuts);
    for (size_t i = 0; i < count && rules->cut_count < CUTS_MAX; i++)
        if (i == 0 || compare_cuts(&cuts[i - 1], &cuts[i]) != 0)
            rules->cuts[rules->cut_count++] = cuts[i];
}

static void set_keys(struct feed_rules *rules, struct public_key *keys, size_t count)
{
    qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 0; i < count && rules->key_count < CUTS_MAX; i++)
        if (i == 0 || compare_keys(&keys[i - 1], &keys[i]) != 0)
            rules->keys[rules->key_count++] = keys[i];
}

/* The halts of this feed that count, which are next to each other. */
static void set_halts(const struct charter *charter, const struct feed *feed,
                      struct feed_rules *rules)
{
    size_t low = 0, high = charter->halt_count, count = 0;
    struct cut cuts[CUTS_MAX];

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (feed_compare(&charter->halts[middle].halt.feed, feed) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < charter->halt_count && count < CUTS_MAX &&
           feed_equal(&charter->halts[low].halt.feed, feed);
         low++)
        if (charter->halts[low].counts)
            cuts[count++] = charter->halts[low].halt.last;
    if (count > 0)
        set_cuts(rules, cuts, count);
}

struct feed_rules charter_feed(const struct charter *charter, const struct feed *feed)
{
    struct feed_rules rules = {0};
    struct public_key *keys = memory_new(charter->maximal_count, sizeof *keys);
    struct cut *cuts = memory_new(charter->maximal_count * (ENTRY_CUTS_MAX + 1), sizeof *cuts);
    size_t key_count = 0, cut_count = 0;

    for (size_t i = 0; i < charter->maximal_count; i++) {
        const struct entry *entry = roster_find(charter->maximal[i]->roster, &feed->authority);
        if (entry == NULL || feed->number < 1 || feed->number > entry->member.card->feed_count)
            continue;
        rules.listed = true;
        keys[key_count++] = entry->member.card->feeds[feed->number - 1].key;
        cut_count += entry_cuts(entry, feed->number, cuts + cut_count);
    }
    set_keys(&rules, keys, key_count);
    set_cuts(&rules, cuts, cut_count);
    if (rules.listed && rules.cut_count == 0)
        set_halts(charter, feed, &rules);
    free(keys);
    free(cuts);
    return rules;
}

/* --- Who may connect --- */

static bool has_transport(const struct member *member, const struct exchange_public *transport)
{
    return memcmp(&member->card->transport, transport, sizeof *transport) == 0;
}

/* When a later roster gave this member another key; 0 where none has. `at` is the last head whose
 * roster has the old one. */
static int64_t replaced_at(const struct charter *charter, size_t at,
                           const struct exchange_public *transport, const struct digest *authority)
{
    for (size_t i = at + 1; i < charter->head_count; i++) {
        const struct known_head *head = charter->heads[i];
        const struct entry *entry =
            head->roster == NULL ? NULL : roster_find(head->roster, authority);
        if (entry != NULL && !has_transport(&entry->member, transport))
            return head->text->head.time_ms;
    }
    return 0;
}

static bool is_active(const struct charter *charter, const struct digest *authority)
{
    for (size_t i = 0; i < charter->maximal_count; i++) {
        const struct entry *entry = roster_find(charter->maximal[i]->roster, authority);
        if (entry != NULL && entry->member.status == MEMBER_ACTIVE)
            return true;
    }
    return false;
}

/* A key that a maximal roster lists: of an active member it is good at once. */
static bool find_current(const struct charter *charter, const struct exchange_public *transport,
                         bool active, struct digest *authority)
{
    for (size_t i = 0; i < charter->maximal_count; i++)
        for (size_t k = 0; k < charter->maximal[i]->roster->count; k++) {
            const struct member *member = &charter->maximal[i]->roster->entries[k].member;
            if (has_transport(member, transport) && (member->status == MEMBER_ACTIVE) == active) {
                *authority = member->card->authority;
                return true;
            }
        }
    return false;
}

/* An old key stays good for a while, but not one that its member was removed under: a thief may
 * have it, and the member may be back. */
static enum admission admit_old_key(const struct charter *charter,
                                    const struct exchange_public *transport, int64_t now_ms,
                                    struct digest *authority)
{
    bool listed = false, good = false;

    for (size_t i = charter->head_count; i-- > 0;) {
        const struct roster *roster = charter->heads[i]->roster;
        for (size_t k = 0; roster != NULL && k < roster->count; k++) {
            const struct member *member = &roster->entries[k].member;
            if (!has_transport(member, transport))
                continue;
            *authority = member->card->authority;
            if (member->status != MEMBER_ACTIVE)
                return ADMISSION_BARRED;
            int64_t since = replaced_at(charter, i, transport, authority);
            listed = true;
            good = good || (is_active(charter, authority) && now_ms - since < OLD_TRANSPORT_KEY_MS);
        }
    }
    return !listed ? ADMISSION_NOT_YET : good ? ADMITTED : ADMISSION_BARRED;
}

enum admission charter_admits(const struct charter *charter,
                              const struct exchange_public *transport, int64_t now_ms,
                              struct digest *authority)
{
    memset(authority, 0, sizeof *authority);
    if (find_current(charter, transport, true, authority))
        return ADMITTED;
    if (find_current(charter, transport, false, authority))
        return ADMISSION_BARRED;
    return admit_old_key(charter, transport, now_ms, authority);
}

/* --- Rings --- */

bool charter_ring(const struct charter *charter, const struct digest *ring, uint32_t epoch,
                  const struct ring_public **keys, size_t *count)
{
    size_t low = 0, high = charter->ring_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (digest_compare(&charter->rings[middle]->digest, ring) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == charter->ring_count || charter->rings[low]->epoch != epoch ||
        !digest_equal(&charter->rings[low]->digest, ring))
        return false;
    *keys = charter->rings[low]->keys;
    *count = charter->rings[low]->count;
    return true;
}

/* The civil year and month of a day (Hinnant's days_from_civil, the other way round), counted from
 * the first of March, so that a leap day ends a year. */
uint32_t ring_epoch_of(int64_t time_ms)
{
    uint64_t days = (uint64_t)(time_ms < 0 ? 0 : time_ms) / 86400000 + 719468;
    uint64_t day_of_era = days % 146097;
    uint64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint64_t year = days / 146097 * 400 + year_of_era;
    uint64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);

    /* 1 April is day 31 after 1 March, 1 October day 214. March belongs to the winter before. */
    if (day_of_year < 31)
        return (uint32_t)(2 * year - 1);
    return (uint32_t)(2 * year + (day_of_year >= 214));
}
