#include "protocol/charter_rules.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A proposal being made: the roster as it will be, and who its stewards are. It starts from all
 * maximal heads together, so that to propose is also to end a rivalry. */
struct draft {
    struct head head; /* But stewards, roster and rings, which come last. */
    struct roster *roster;
    struct digest stewards[STEWARDS_MAX]; /* In no order. */
    size_t steward_count;
};

/* --- Stewards --- */

static size_t steward_at(const struct draft *draft, const struct digest *authority)
{
    size_t at = 0;

    while (at < draft->steward_count && !digest_equal(&draft->stewards[at], authority))
        at++;
    return at;
}

static bool is_steward(const struct draft *draft, const struct digest *authority)
{
    return steward_at(draft, authority) < draft->steward_count;
}

static bool add_steward(struct draft *draft, const struct digest *authority, struct fault *fault)
{
    if (is_steward(draft, authority))
        return true;
    if (draft->steward_count == STEWARDS_MAX)
        return fault_set(fault, FAULT_INPUT, "more than %d stewards", STEWARDS_MAX);
    draft->stewards[draft->steward_count++] = *authority;
    return true;
}

static void drop_steward(struct draft *draft, const struct digest *authority)
{
    size_t at = steward_at(draft, authority);

    if (at < draft->steward_count)
        draft->stewards[at] = draft->stewards[--draft->steward_count];
}

/* --- Amendments --- */

/* A card of our own, read again: whoever hands it to us may have changed it since. */
static struct roster_card *own_card(const struct card *card, struct fault *fault)
{
    struct card *copy = card_read(buffer_view(&card->wire), fault);

    if (copy != NULL)
        return roster_card_new(copy);
    fault->kind = FAULT_INPUT;
    return NULL;
}

static bool is_cut(const struct entry *entry, const struct roster_cut *cut)
{
    struct cut cuts[ENTRY_CUTS_MAX + 1];
    size_t count = entry_cuts(entry, cut->feed, cuts);

    for (size_t i = 0; i < count; i++)
        if (cut_compare(&cuts[i], &cut->cut) == 0)
            return true;
    return false;
}

static bool add_cuts(struct entry *entry, const struct amendment *amendment, struct fault *fault)
{
    for (size_t i = 0; i < amendment->cut_count; i++) {
        struct roster_cut cut = {.feed = amendment->cuts[i].feed, .cut = amendment->cuts[i].cut};
        if (cut.feed < 1 || cut.feed > entry->member.card->feed_count)
            return fault_set(fault, FAULT_INPUT, "%s has no feed %u", entry->member.card->name,
                             cut.feed);
        if (cut.cut.seq > SEQ_MAX)
            return fault_set(fault, FAULT_INPUT, "%s: feed %u cannot be cut so high",
                             entry->member.card->name, cut.feed);
        if (cut.cut.seq == 0)
            memset(&cut.cut.id, 0, sizeof cut.cut.id);
        if (!is_cut(entry, &cut) && !entry_add_cut(entry, &cut))
            return fault_set(fault, FAULT_INPUT, "%s: more than %d cuts", entry->member.card->name,
                             ENTRY_CUTS_MAX);
    }
    return true;
}

/* Who left may come back, in a feed that is not closed. */
static bool readmit(struct entry *entry, struct roster_card *card, int64_t now_ms,
                    struct fault *fault)
{
    const char *name = card->card->name;

    if (entry->member.status == MEMBER_ACTIVE)
        return fault_set(fault, FAULT_INPUT,
                         "%s is a member already: a new card of a member is put in with rotate",
                         name);
    if (entry->member.status == MEMBER_DISSOLVED)
        return fault_set(fault, FAULT_INPUT, "%s was dissolved, and that is for good", name);
    if (!card_follows(entry->member.card, card->card, fault))
        return false;
    if (card->card->feed_count == entry->member.card->feed_count)
        return fault_set(fault, FAULT_INPUT,
                         "%s left and its feeds are closed: it must go on in a new feed, under its "
                         "next key, to come back",
                         name);
    entry_set_card(entry, card);
    entry->member.status = MEMBER_ACTIVE;
    entry->member.since_ms = now_ms;
    return true;
}

static bool admit(struct draft *draft, const struct amendment *amendment, struct fault *fault)
{
    struct roster_card *card = own_card(amendment->card, fault);
    struct entry *entry;
    bool admitted = true;

    if (card == NULL)
        return false;
    entry = roster_find(draft->roster, &card->card->authority);
    if (entry == NULL)
        entry = roster_add(draft->roster, card, draft->head.time_ms);
    else
        admitted = readmit(entry, card, draft->head.time_ms, fault);
    roster_card_free(card);
    return admitted && entry_is_alone(draft->roster, entry, fault) &&
           add_cuts(entry, amendment, fault);
}

static bool rotate(struct draft *draft, const struct amendment *amendment, struct fault *fault)
{
    struct roster_card *card = own_card(amendment->card, fault);
    bool rotated = false;

    if (card == NULL)
        return false;
    struct entry *entry = roster_find(draft->roster, &card->card->authority);
    if (entry == NULL || entry->member.status != MEMBER_ACTIVE)
        fault_set(fault, FAULT_INPUT, "%s is no active member: admit it", card->card->name);
    else
        rotated = card_follows(entry->member.card, card->card, fault);
    if (rotated) {
        entry_set_card(entry, card);
        rotated = entry_is_alone(draft->roster, entry, fault) && add_cuts(entry, amendment, fault);
    }
    roster_card_free(card);
    return rotated;
}

static struct entry *find_member(const struct draft *draft, const struct amendment *amendment,
                                 struct fault *fault)
{
    struct entry *entry = roster_find(draft->roster, &amendment->authority);
    char text[FINGERPRINT_SIZE];

    if (entry == NULL) {
        fingerprint_of(text, &amendment->authority);
        fault_set(fault, FAULT_INPUT, "%s: no such member", text);
    }
    return entry;
}

static bool leave(struct draft *draft, struct entry *entry, const struct amendment *amendment,
                  enum member_status status, struct fault *fault)
{
    if (!add_cuts(entry, amendment, fault))
        return false;
    drop_steward(draft, &amendment->authority);
    entry->member.status = status;
    entry->member.since_ms = draft->head.time_ms;
    return true;
}

static bool remove_member(struct draft *draft, const struct amendment *amendment,
                          struct fault *fault)
{
    struct entry *entry = find_member(draft, amendment, fault);

    if (entry == NULL)
        return false;
    if (entry->member.status != MEMBER_ACTIVE)
        return fault_set(fault, FAULT_INPUT, "%s has left already", entry->member.card->name);
    return leave(draft, entry, amendment, MEMBER_LEFT, fault);
}

static bool dissolve(struct draft *draft, const struct amendment *amendment, struct fault *fault)
{
    static const struct digest nobody;
    struct entry *entry = find_member(draft, amendment, fault);

    if (entry == NULL)
        return false;
    struct member *member = &entry->member;
    bool succeeded = !digest_equal(&amendment->succeeded_by, &nobody);
    if (member->status == MEMBER_DISSOLVED && (member->succeeded || !succeeded))
        return fault_set(fault, FAULT_INPUT, "%s is dissolved already; its first successor stays",
                         member->card->name);
    if (!leave(draft, entry, amendment, MEMBER_DISSOLVED, fault))
        return false;
    member->succeeded = succeeded;
    if (succeeded)
        member->succeeded_by = amendment->succeeded_by;
    return true;
}

static bool make_steward(struct draft *draft, const struct amendment *amendment,
                         struct fault *fault)
{
    struct entry *entry = find_member(draft, amendment, fault);

    if (entry == NULL)
        return false;
    const struct card *card = entry->member.card;
    if (entry->member.status != MEMBER_ACTIVE)
        return fault_set(fault, FAULT_INPUT, "%s is no active member", card->name);
    if (!card->has_steward_key)
        return fault_set(fault, FAULT_INPUT,
                         "%s: its card has no steward key: let it issue one that has, and put it "
                         "in with rotate",
                         card->name);
    if (is_steward(draft, &amendment->authority))
        return fault_set(fault, FAULT_INPUT, "%s is a steward already", card->name);
    return add_steward(draft, &amendment->authority, fault);
}

static bool end_stewardship(struct draft *draft, const struct amendment *amendment,
                            struct fault *fault)
{
    struct entry *entry = find_member(draft, amendment, fault);

    if (entry == NULL)
        return false;
    if (!is_steward(draft, &amendment->authority))
        return fault_set(fault, FAULT_INPUT, "%s is no steward", entry->member.card->name);
    drop_steward(draft, &amendment->authority);
    return true;
}

static bool amend(struct draft *draft, const struct amendment *amendment, struct fault *fault)
{
    static bool (*const amendments[])(struct draft *, const struct amendment *, struct fault *) = {
        [AMEND_ADMIT] = admit,          [AMEND_REMOVE] = remove_member,
        [AMEND_ROTATE] = rotate,        [AMEND_DISSOLVE] = dissolve,
        [AMEND_STEWARD] = make_steward, [AMEND_UNSTEWARD] = end_stewardship,
    };

    assert((size_t)amendment->what < sizeof amendments / sizeof *amendments);
    return amendments[amendment->what](draft, amendment, fault);
}

static bool is_leaving(const struct amendment *amendment)
{
    return amendment->what == AMEND_REMOVE || amendment->what == AMEND_DISSOLVE;
}

/* Who leaves goes first: a newcomer may have the name of whom it succeeds. */
static bool amend_all(struct draft *draft, const struct amendment *amendments, size_t count,
                      struct fault *fault)
{
    for (unsigned leaving = 2; leaving-- > 0;)
        for (size_t i = 0; i < count; i++)
            if (is_leaving(&amendments[i]) == (leaving == 1) &&
                !amend(draft, &amendments[i], fault))
                return false;
    return true;
}

/* --- Where a proposal starts --- */

/* Where rivals differ, the card issued last stands, with the sterner status and every cut. Two
 * successors cannot both be kept. */
static bool unite_entry(struct draft *draft, const struct entry *from, const struct card *card,
                        struct fault *fault)
{
    struct entry *entry = roster_find(draft->roster, &card->authority);

    if (entry == NULL) {
        entry_copy(roster_add(draft->roster, from->card, 0), from);
        return true;
    }
    if (entry->member.succeeded && from->member.succeeded &&
        !digest_equal(&entry->member.succeeded_by, &from->member.succeeded_by))
        return fault_set(fault, FAULT_INPUT,
                         "%s: the rival heads name different successors of it: no head can keep "
                         "both; only a successor network ends this",
                         card->name);
    if (from->member.status > entry->member.status) {
        entry->member.status = from->member.status;
        entry->member.since_ms = from->member.since_ms;
    }
    if (from->member.succeeded) {
        entry->member.succeeded = true;
        entry->member.succeeded_by = from->member.succeeded_by;
    }
    for (size_t i = 0; i < from->cut_count; i++)
        if (!entry_add_cut(entry, &from->cuts[i]))
            return fault_set(fault, FAULT_INPUT, "%s: more than %d cuts", card->name,
                             ENTRY_CUTS_MAX);
    if (from->member.card == card)
        entry_set_card(entry, from->card);
    return true;
}

static bool unite_rosters(struct draft *draft, const struct charter *charter, struct fault *fault)
{
    for (size_t i = 0; i < draft->head.predecessor_count; i++) {
        const struct roster *roster = charter_find(charter, &draft->head.predecessors[i])->roster;
        for (size_t k = 0; k < roster->count; k++) {
            const struct entry *entry = &roster->entries[k];
            const struct digest *authority = &entry->member.card->authority;
            if (!unite_entry(draft, entry, charter_member(charter, authority)->card, fault))
                return false;
        }
    }
    return true;
}

/* Of several the highest version gives name and parameters. */
static const struct head *latest_head(const struct charter *charter)
{
    const struct head *latest = &charter->maximal[0]->text->head;

    for (size_t i = 1; i < charter->maximal_count && i < PREDECESSORS_MAX; i++)
        if (charter->maximal[i]->text->head.version > latest->version)
            latest = &charter->maximal[i]->text->head;
    return latest;
}

static bool start_from(struct draft *draft, const struct charter *charter, int64_t now_ms,
                       struct fault *fault)
{
    struct head *head = &draft->head;

    *head = *latest_head(charter);
    head->network = charter->network;
    head->version++;
    head->time_ms = now_ms;
    head->predecessor_count = 0;
    for (size_t i = 0; i < charter->maximal_count && i < PREDECESSORS_MAX; i++) {
        const struct head *old = &charter->maximal[i]->text->head;
        head->predecessors[head->predecessor_count++] = old->hash;
        if (old->threshold > head->threshold)
            head->threshold = old->threshold;
        for (size_t k = 0; k < old->steward_count; k++)
            if (!add_steward(draft, &old->stewards[k].authority, fault))
                return false;
    }
    return unite_rosters(draft, charter, fault);
}

/* --- Where it ends --- */

static int compare_stewards(const void *a, const void *b)
{
    return digest_compare(&((const struct steward *)a)->authority,
                          &((const struct steward *)b)->authority);
}

/* Stewards sign under the keys on their cards. Who left in a rival's roster is one no more. */
static bool list_stewards(struct draft *draft, struct fault *fault)
{
    struct head *head = &draft->head;

    head->steward_count = 0;
    for (size_t i = 0; i < draft->steward_count; i++) {
        const struct entry *entry = roster_find(draft->roster, &draft->stewards[i]);
        if (entry == NULL || entry->member.status != MEMBER_ACTIVE)
            continue;
        if (!entry->member.card->has_steward_key)
            return fault_set(fault, FAULT_INPUT,
                             "%s is a steward, and its card has no steward key: let it issue one "
                             "that has, or end its stewardship in the same proposal",
                             entry->member.card->name);
        for (size_t k = 0; k < head->steward_count; k++)
            if (memcmp(&head->stewards[k].key, &entry->member.card->steward_key,
                       sizeof(struct public_key)) == 0)
                return fault_set(fault, FAULT_INPUT, "%s: has the steward key of another steward",
                                 entry->member.card->name);
        head->stewards[head->steward_count++] = (struct steward){
            .authority = entry->member.card->authority, .key = entry->member.card->steward_key};
    }
    if (head->steward_count > 0)
        qsort(head->stewards, head->steward_count, sizeof *head->stewards, compare_stewards);
    return true;
}

static bool settle_threshold(struct draft *draft, uint32_t threshold, struct fault *fault)
{
    struct head *head = &draft->head;
    size_t count = head->steward_count;
    uint32_t least = (uint32_t)count / 2 + 1;

    if (count < STEWARDS_MIN)
        return fault_set(fault, FAULT_INPUT,
                         "%zu stewards would be left, at least %d are needed: name another steward "
                         "(a member whose card has a steward key) in the same proposal",
                         count, STEWARDS_MIN);
    if (threshold != 0)
        head->threshold = threshold;
    else if (head->threshold < least)
        head->threshold = least;
    if (head->threshold < least || head->threshold >= count)
        return fault_set(fault, FAULT_INPUT,
                         "a threshold of %u with %zu stewards: it must be more than half of them "
                         "and fewer than all, so from %u to %zu; give one, or name another steward",
                         head->threshold, count, least, count - 1);
    return true;
}

static size_t list_rings(struct draft *draft, struct ring *rings[2])
{
    struct head *head = &draft->head;
    uint32_t epoch = ring_epoch_of(head->time_ms);

    head->ring_count = 0;
    for (uint32_t at = epoch; at <= epoch + 1; at++) {
        struct ring *ring = roster_ring(draft->roster, at);
        if (ring == NULL)
            continue;
        head->rings[head->ring_count].epoch = at;
        head->rings[head->ring_count].digest = ring->digest;
        rings[head->ring_count++] = ring;
    }
    return head->ring_count;
}

static bool write_proposal(struct draft *draft, const struct charter *charter,
                           struct ring *const *rings, size_t ring_count, struct buffer *to,
                           struct fault *fault)
{
    struct buffer wire = {0};
    struct bundle bundle;

    head_write(&draft->head, &wire);
    struct head_text *text = head_read(buffer_view(&wire), fault);
    buffer_release(&wire);
    if (text == NULL) {
        fault->kind = FAULT_INPUT;
        return false;
    }
    charter_gather(charter, rings, ring_count, &bundle);
    bundle_add_head(&bundle, text);
    bundle_add_roster(&bundle, draft->roster->text);
    head_free(text);
    buffer_clear(to);
    bundle_write(&bundle, to);
    bundle_release(&bundle);
    if (to->size > CHARTER_MAX)
        return fault_set(fault, FAULT_INPUT, "the charter would have %zu bytes, at most %d",
                         to->size, CHARTER_MAX);
    return true;
}

static bool keeps_predecessors(const struct draft *draft, const struct charter *charter,
                               struct fault *fault)
{
    for (size_t i = 0; i < draft->head.predecessor_count; i++)
        if (!roster_keeps(charter_find(charter, &draft->head.predecessors[i])->roster,
                          draft->roster, fault))
            return false;
    return true;
}

static bool changes_something(const struct draft *draft, const struct charter *charter,
                              struct fault *fault)
{
    const struct head *new = &draft->head, *old;

    if (new->predecessor_count != 1)
        return true;
    old = &charter_find(charter, &new->predecessors[0])->text->head;
    if (!digest_equal(&old->roster, &new->roster) || old->threshold != new->threshold ||
        old->steward_count != new->steward_count || old->ring_count != new->ring_count)
        return true;
    for (size_t i = 0; i < new->steward_count; i++)
        if (compare_stewards(&old->stewards[i], &new->stewards[i]) != 0)
            return true;
    for (size_t i = 0; i < new->ring_count; i++)
        if (!digest_equal(&old->rings[i].digest, &new->rings[i].digest))
            return true;
    return fault_set(fault, FAULT_INPUT,
                     "nothing would change: say who is to be admitted, removed or rotated");
}

static bool finish(struct draft *draft, const struct charter *charter, uint32_t threshold,
                   struct buffer *bundle, struct fault *fault)
{
    struct ring *rings[2] = {0};

    if (!list_stewards(draft, fault) || !settle_threshold(draft, threshold, fault) ||
        !roster_seal(draft->roster, fault))
        return false;
    draft->head.roster = draft->roster->text->digest;
    size_t ring_count = list_rings(draft, rings);
    bool done = roster_stands(&draft->head, draft->roster, fault) &&
                keeps_predecessors(draft, charter, fault) &&
                changes_something(draft, charter, fault) &&
                write_proposal(draft, charter, rings, ring_count, bundle, fault);
    for (size_t i = 0; i < ring_count; i++)
        ring_free(rings[i]);
    return done;
}

/* --- The two ways to begin --- */

static bool admit_founders(struct draft *draft, const struct card *const *cards, size_t count,
                           struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        struct amendment founder = {.what = AMEND_ADMIT, .card = cards[i]};
        if (!amend(draft, &founder, fault) ||
            (cards[i]->role == ROLE_AUTHORITY && cards[i]->has_steward_key &&
             !add_steward(draft, &cards[i]->authority, fault)))
            return false;
    }
    return true;
}

bool charter_found(const char *name, uint32_t threshold, bool demo, const struct card *const *cards,
                   size_t count, int64_t now_ms, struct buffer *bundle, struct fault *fault)
{
    struct draft draft = {.roster = roster_new()};
    struct charter *nothing = charter_new(NULL);
    struct head *head = &draft.head;

    head->version = 1;
    head->rules = RULES_VERSION;
    head->release_ms = demo ? RELEASE_DEMO_MS : RELEASE_MS;
    head->cells = !demo;
    head->demo = demo;
    head->time_ms = now_ms;
    bool named = strlen(name) < sizeof head->name;
    if (named)
        memcpy(head->name, name, strlen(name));
    else
        fault_set(fault, FAULT_INPUT, "the network's name: %zu bytes, at most %d", strlen(name),
                  NAME_MAX_BYTES);
    bool done = named && admit_founders(&draft, cards, count, fault) &&
                finish(&draft, nothing, threshold, bundle, fault);
    roster_free(draft.roster);
    charter_free(nothing);
    return done;
}

bool charter_propose(const struct charter *charter, const struct amendment *amendments,
                     size_t count, uint32_t threshold, int64_t now_ms, struct buffer *bundle,
                     struct fault *fault)
{
    struct draft draft = {0};
    bool done;

    if (!charter_in_force(charter))
        return fault_set(fault, FAULT_INPUT, "there is no charter in force to go on from");
    if (charter_needs_upgrade(charter))
        return fault_set(fault, FAULT_INPUT,
                         "the charter asks for newer rules than this program knows: upgrade first");
    draft.roster = roster_new();
    done = start_from(&draft, charter, now_ms, fault) &&
           amend_all(&draft, amendments, count, fault) &&
           finish(&draft, charter, threshold, bundle, fault);
    roster_free(draft.roster);
    return done;
}
