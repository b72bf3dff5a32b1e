#include "protocol/charter_rules.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A proposal's file, opened: the bundle as it is, what it makes of the charter, and its newest
 * head, on which stewards work. */
struct open_file {
    struct bundle bundle;
    struct charter *charter;
    struct bundle_head *newest;
    struct roster *roster; /* Of the newest head. */
};

static void file_close(struct open_file *file)
{
    roster_free(file->roster);
    charter_free(file->charter);
    bundle_release(&file->bundle);
}

/* The one head that no other in the file goes on from. */
static bool find_newest(struct open_file *file, struct fault *fault)
{
    for (size_t i = 0; i < file->bundle.head_count; i++) {
        bool named = false;
        for (size_t k = i + 1; k < file->bundle.head_count && !named; k++) {
            const struct head *later = &file->bundle.heads[k].text->head;
            for (size_t p = 0; p < later->predecessor_count && !named; p++)
                named =
                    digest_equal(&later->predecessors[p], &file->bundle.heads[i].text->head.hash);
        }
        if (named)
            continue;
        if (file->newest != NULL)
            return fault_set(fault, FAULT_INPUT,
                             "the file holds rival heads %" PRIu64 " and %" PRIu64
                             ": propose one that goes on from both",
                             file->newest->text->head.version,
                             file->bundle.heads[i].text->head.version);
        file->newest = &file->bundle.heads[i];
    }
    if (file->newest == NULL)
        return fault_set(fault, FAULT_INPUT, "the file holds no head of a charter");
    return true;
}

static struct roster *open_roster(const struct open_file *file, const struct digest *digest,
                                  struct fault *fault)
{
    for (size_t i = 0; i < file->bundle.roster_count; i++)
        if (digest_equal(&file->bundle.rosters[i]->digest, digest))
            return roster_open(file->bundle.rosters[i], charter_cards(file->charter), fault);
    for (size_t i = 0; i < file->charter->head_count; i++) {
        const struct known_head *head = file->charter->heads[i];
        if (head->roster != NULL && digest_equal(&head->text->head.roster, digest))
            return roster_hold(head->roster);
    }
    fault_set(fault, FAULT_INPUT, "the file does not hold the roster of its newest head");
    return NULL;
}

/* That the newest head is short of its threshold is what the file is for; anything else that is
 * wrong with it ends here. */
static bool file_open(struct open_file *file, struct bytes wire, const struct charter *in_force,
                      struct fault *fault)
{
    bool changed;

    *file = (struct open_file){0};
    if (!bundle_read(&file->bundle, wire, fault))
        return false;
    file->charter = in_force == NULL ? charter_new(NULL) : charter_copy(in_force);
    bool opened = find_newest(file, fault);
    if (opened && !charter_add(file->charter, wire, &changed, fault))
        opened = fault->refusal == REFUSED_THRESHOLD;
    if (opened)
        file->roster = open_roster(file, &file->newest->text->head.roster, fault);
    if (file->roster == NULL) {
        file_close(file);
        return false;
    }
    *fault = (struct fault){0};
    return true;
}

static bool predecessors_stand(const struct open_file *file, struct fault *fault)
{
    const struct head *head = &file->newest->text->head;

    for (size_t i = 0; i < head->predecessor_count; i++) {
        const struct known_head *old = charter_find(file->charter, &head->predecessors[i]);
        if (old == NULL || !old->valid)
            return fault_set(fault, FAULT_INPUT,
                             "head %" PRIu64 ": a head that it goes on from is not in the file, or "
                             "has not all its signatures yet",
                             head->version);
    }
    return true;
}

static bool has_key(const struct head *head, const struct public_key *key)
{
    for (size_t i = 0; i < head->steward_count; i++)
        if (memcmp(&head->stewards[i].key, key, sizeof *key) == 0)
            return true;
    return false;
}

static const struct head *predecessor_of(const struct open_file *file, size_t index)
{
    return &charter_find(file->charter, &file->newest->text->head.predecessors[index])->text->head;
}

/* --- Signing --- */

static bool may_sign(const struct open_file *file, const struct public_key *key,
                     struct fault *fault)
{
    const struct head *head = &file->newest->text->head;
    bool may = has_key(head, key);

    for (size_t i = 0; i < head->predecessor_count && !may; i++)
        may = has_key(predecessor_of(file, i), key);
    return may || fault_set(fault, FAULT_INPUT,
                            "this key is no steward's of head %" PRIu64
                            " nor of one that it goes on from: it has nothing to sign here",
                            head->version);
}

/* What a steward signed before binds it: of two heads that go on from one, it signs the second only
 * where that takes the first one in. */
static bool keeps_its_word(const struct open_file *file, const struct signed_before *before,
                           size_t count, struct fault *fault)
{
    const struct head *head = &file->newest->text->head;
    char text[2 * DIGEST_SIZE + 1];

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < head->predecessor_count; k++) {
            if (!digest_equal(&before[i].predecessor, &head->predecessors[k]) ||
                digest_equal(&before[i].head, &head->hash) ||
                charter_descends(file->charter, &head->hash, &before[i].head))
                continue;
            hex_of(text, before[i].head.bytes, DIGEST_SIZE);
            return fault_set(fault, FAULT_INPUT,
                             "this key has signed another head that goes on from the same one "
                             "(%.16s...): to sign both makes two rival charters. Finish that one, "
                             "or let a head be proposed that goes on from it",
                             text);
        }
    return true;
}

static bool obeys_rules(const struct open_file *file, struct fault *fault)
{
    const struct head *head = &file->newest->text->head;

    if (head->rules > RULES_VERSION)
        return fault_set(fault, FAULT_INPUT,
                         "head %" PRIu64 " asks for rules %" PRIu32 ", this program knows %d: "
                         "upgrade before you sign",
                         head->version, head->rules, RULES_VERSION);
    if (!roster_stands(head, file->roster, fault))
        return false;
    for (size_t i = 0; i < head->predecessor_count; i++) {
        const struct known_head *old = charter_find(file->charter, &head->predecessors[i]);
        if (head->version <= old->text->head.version)
            return fault_set(fault, FAULT_INPUT, "head %" PRIu64 ": not above its predecessors",
                             head->version);
        if (head->rules < old->text->head.rules)
            return fault_set(fault, FAULT_INPUT, "head %" PRIu64 ": rules do not go back",
                             head->version);
        if (old->roster == NULL)
            return fault_set(fault, FAULT_INPUT,
                             "the file lacks the roster that head %" PRIu64
                             " goes on from, so what it changes cannot be seen",
                             head->version);
        if (!roster_keeps(old->roster, file->roster, fault))
            return false;
    }
    return true;
}

/* Somebody who is new, or whose card is, must not be taken for somebody else. */
static bool newcomers_are_alone(const struct open_file *file, struct fault *fault)
{
    const struct head *head = &file->newest->text->head;

    for (size_t i = 0; i < file->roster->count; i++) {
        const struct entry *entry = &file->roster->entries[i];
        bool new = true;
        for (size_t k = 0; k < head->predecessor_count && new; k++) {
            const struct roster *old = charter_find(file->charter, &head->predecessors[k])->roster;
            const struct entry *before = roster_find(old, &entry->member.card->authority);
            new = before == NULL || before->member.status != entry->member.status ||
                  !bytes_equal(buffer_view(&before->member.card->wire),
                               buffer_view(&entry->member.card->wire));
        }
        if (new && !entry_is_alone(file->roster, entry, fault))
            return false;
    }
    return true;
}

bool charter_sign(struct buffer *bundle, const struct signing_key *steward,
                  const struct signed_before *before, size_t before_count, struct head *signed_head,
                  struct fault *fault)
{
    struct open_file file;

    if (!file_open(&file, buffer_view(bundle), NULL, fault))
        return false;
    bool may = predecessors_stand(&file, fault) &&
               may_sign(&file, signing_key_public(steward), fault) &&
               keeps_its_word(&file, before, before_count, fault) && obeys_rules(&file, fault) &&
               newcomers_are_alone(&file, fault);
    if (may) {
        struct head_signature signature;
        head_sign(&signature, &file.newest->text->head, steward);
        bundle_head_put(file.newest, &signature);
        *signed_head = file.newest->text->head;
        buffer_clear(bundle);
        bundle_write(&file.bundle, bundle);
    }
    file_close(&file);
    return may;
}

bool charter_unite(struct buffer *bundle, struct bytes other, struct fault *fault)
{
    struct bundle ours, theirs;
    bool same = true;

    if (!bundle_read(&ours, buffer_view(bundle), fault))
        return false;
    if (!bundle_read(&theirs, other, fault)) {
        bundle_release(&ours);
        return false;
    }
    same = ours.head_count == theirs.head_count;
    for (size_t i = 0; i < ours.head_count && same; i++)
        same = digest_equal(&ours.heads[i].text->head.hash, &theirs.heads[i].text->head.hash);
    for (size_t i = 0; i < ours.head_count && same; i++)
        for (size_t k = 0; k < theirs.heads[i].signature_count; k++)
            if (head_signed(&theirs.heads[i].signatures[k], &ours.heads[i].text->head))
                bundle_head_put(&ours.heads[i], &theirs.heads[i].signatures[k]);
    if (same) {
        buffer_clear(bundle);
        bundle_write(&ours, bundle);
    } else {
        fault_set(fault, FAULT_INPUT,
                  "the files are not of the same proposal, so their signatures cannot be put "
                  "together");
    }
    bundle_release(&ours);
    bundle_release(&theirs);
    return same;
}

/* --- Reading a proposal --- */

static bool has_signed(const struct open_file *file, const struct public_key *key)
{
    for (size_t i = 0; i < file->newest->signature_count; i++)
        if (memcmp(&file->newest->signatures[i].key, key, sizeof *key) == 0 &&
            head_signed(&file->newest->signatures[i], &file->newest->text->head))
            return true;
    return false;
}

/* The stewards whose threshold counts: of the newest head and of those it goes on from. */
struct jury {
    const struct head *heads[PREDECESSORS_MAX + 1];
    size_t missing[PREDECESSORS_MAX + 1];
    size_t count;
};

static size_t summon(const struct open_file *file, struct jury *jury)
{
    const struct head *head = &file->newest->text->head;
    size_t signed_by = 0;

    jury->count = 0;
    jury->heads[jury->count++] = head;
    for (size_t i = 0; i < head->predecessor_count; i++)
        jury->heads[jury->count++] = predecessor_of(file, i);
    for (size_t i = 0; i < jury->count; i++) {
        size_t signers = 0;
        for (size_t k = 0; k < jury->heads[i]->steward_count; k++)
            signers += has_signed(file, &jury->heads[i]->stewards[k].key);
        if (i == 0)
            signed_by = signers;
        jury->missing[i] =
            signers < jury->heads[i]->threshold ? jury->heads[i]->threshold - signers : 0;
    }
    return signed_by;
}

/* How many thresholds a signature by this key would help. */
static size_t worth(const struct jury *jury, const struct public_key *key)
{
    size_t helped = 0;

    for (size_t i = 0; i < jury->count; i++)
        helped += jury->missing[i] > 0 && has_key(jury->heads[i], key);
    return helped;
}

/* The fewest signatures that are still needed, asking those first who help most. */
static size_t count_needed(const struct open_file *file, struct jury *jury)
{
    const struct public_key *asked[STEWARDS_MAX * (PREDECESSORS_MAX + 1)];
    size_t needed = 0;

    for (;;) {
        const struct public_key *best = NULL;
        for (size_t i = 0; i < jury->count; i++)
            for (size_t k = 0; k < jury->heads[i]->steward_count; k++) {
                const struct public_key *key = &jury->heads[i]->stewards[k].key;
                bool taken = has_signed(file, key);
                for (size_t a = 0; a < needed && !taken; a++)
                    taken = memcmp(asked[a], key, sizeof *key) == 0;
                if (!taken && worth(jury, key) > (best == NULL ? 0 : worth(jury, best)))
                    best = key;
            }
        if (best == NULL)
            return needed;
        asked[needed++] = best;
        for (size_t i = 0; i < jury->count; i++)
            if (jury->missing[i] > 0 && has_key(jury->heads[i], best))
                jury->missing[i]--;
    }
}

__attribute__((format(printf, 2, 3))) static void tell(struct proposal *proposal,
                                                       const char *format, ...)
{
    struct problem_list *list = &proposal->changes;
    size_t most = sizeof list->text / sizeof *list->text;
    va_list arguments;

    if (list->count == most) {
        snprintf(list->text[most - 1], sizeof *list->text, "... and more: read the whole roster");
        return;
    }
    char *text = list->text[list->count++];
    va_start(arguments, format);
    vsnprintf(text, sizeof *list->text, format, arguments);
    va_end(arguments);
    for (size_t end = strlen(text); !bytes_are_text(bytes_of_text(text));)
        text[--end] = '\0'; /* Cut off within a character. */
}

static void tell_cuts(struct proposal *proposal, const struct entry *old, const struct entry *new)
{
    struct cut before[ENTRY_CUTS_MAX + 1], after[ENTRY_CUTS_MAX + 1];

    for (uint32_t feed = 1; feed <= new->member.card->feed_count; feed++) {
        size_t count =
            old == NULL || feed > old->member.card->feed_count ? 0 : entry_cuts(old, feed, before);
        size_t now = entry_cuts(new, feed, after);
        for (size_t i = 0; i < now; i++) {
            bool there = false;
            for (size_t k = 0; k < count && !there; k++)
                there = cut_compare(&before[k], &after[i]) == 0;
            if (!there)
                tell(proposal, "%s: feed %" PRIu32 " ends at %" PRIu64, new->member.card->name,
                     feed, after[i].seq);
        }
    }
}

static void tell_newcomer(struct proposal *proposal, const struct card *card)
{
    size_t index = proposal->newcomer_count++;

    if (index >= PROPOSAL_NEWCOMERS_MAX)
        return;
    memcpy(proposal->newcomers[index].name, card->name, sizeof card->name);
    proposal->newcomers[index].authority = card->authority;
}

static void tell_member(struct proposal *proposal, const struct roster *roster,
                        const struct entry *old, const struct entry *new)
{
    const struct member *member = &new->member;
    const char *name = member->card->name;

    if (old == NULL) {
        tell(proposal, "%s comes in", name);
        tell_newcomer(proposal, member->card);
    } else if (old->member.status != member->status && member->status == MEMBER_ACTIVE)
        tell(proposal, "%s comes back", name);
    else if (old->member.status != member->status)
        tell(proposal, "%s %s", name, member->status == MEMBER_LEFT ? "leaves" : "is dissolved");
    if (member->succeeded && (old == NULL || !old->member.succeeded)) {
        const struct entry *heir = roster_find(roster, &member->succeeded_by);
        tell(proposal, "%.70s is succeeded by %.70s", name,
             heir == NULL ? "nobody known" : heir->member.card->name);
    }
    if (old != NULL && member->card->feed_count > old->member.card->feed_count)
        tell(proposal, "%s goes on in feed %zu", name, member->card->feed_count);
    else if (old != NULL &&
             !bytes_equal(buffer_view(&old->member.card->wire), buffer_view(&member->card->wire)))
        tell(proposal, "%s has a new card", name);
    tell_cuts(proposal, old, new);
}

static const struct steward *find_steward(const struct head *head, const struct digest *authority)
{
    for (size_t i = 0; i < head->steward_count; i++)
        if (digest_equal(&head->stewards[i].authority, authority))
            return &head->stewards[i];
    return NULL;
}

static void tell_stewards(struct proposal *proposal, const struct roster *roster,
                          const struct head *old, const struct head *new)
{
    for (size_t i = 0; i < roster->count; i++) {
        const struct card *card = roster->entries[i].member.card;
        const struct steward *before = old == NULL ? NULL : find_steward(old, &card->authority);
        const struct steward *after = find_steward(new, &card->authority);
        if (before == NULL && after != NULL)
            tell(proposal, "%s becomes a steward", card->name);
        else if (before != NULL && after == NULL)
            tell(proposal, "%s is no steward any more", card->name);
        else if (before != NULL && memcmp(&before->key, &after->key, sizeof after->key) != 0)
            tell(proposal, "%s has a new steward key", card->name);
    }
}

static void tell_head(struct proposal *proposal, const struct head *old, const struct head *new)
{
    if (new->predecessor_count > 1)
        tell(proposal, "the rivalry of %zu heads ends", new->predecessor_count);
    if (old == NULL)
        return;
    if (strcmp(old->name, new->name) != 0)
        tell(proposal, "the network is called %s", new->name);
    if (old->threshold != new->threshold)
        tell(proposal, "the threshold is %" PRIu32 ", it was %" PRIu32, new->threshold,
             old->threshold);
    if (old->rules != new->rules)
        tell(proposal, "rules version %" PRIu32 ", it was %" PRIu32, new->rules, old->rules);
    if (old->release_ms != new->release_ms)
        tell(proposal, "releases every %" PRId64 " s, it was %" PRId64, new->release_ms / 1000,
             old->release_ms / 1000);
    if (old->cells != new->cells || old->demo != new->demo)
        tell(proposal, "cells %s, demo %s", new->cells ? "on" : "off", new->demo ? "yes" : "no");
}

/* Told against the predecessor with the highest version: what the others have besides comes in. */
static void tell_changes(const struct open_file *file, struct proposal *proposal)
{
    const struct head *new = &proposal->head;
    const struct known_head *old = NULL;

    for (size_t i = 0; i < new->predecessor_count; i++) {
        const struct known_head *at = charter_find(file->charter, &new->predecessors[i]);
        if (at->roster != NULL && (old == NULL || at->text->head.version > old->text->head.version))
            old = at;
    }
    const struct head *old_head = old == NULL ? NULL : &old->text->head;
    tell_head(proposal, old_head, new);
    tell_stewards(proposal, file->roster, old_head, new);
    for (size_t i = 0; i < file->roster->count; i++) {
        const struct entry *entry = &file->roster->entries[i];
        tell_member(proposal, file->roster,
                    old == NULL ? NULL : roster_find(old->roster, &entry->member.card->authority),
                    entry);
    }
}

bool charter_read_proposal(struct bytes bundle, const struct charter *in_force,
                           struct proposal *proposal, struct fault *fault)
{
    struct open_file file;
    struct jury jury;

    memset(proposal, 0, sizeof *proposal);
    if (!file_open(&file, bundle, in_force, fault))
        return false;
    bool stands = predecessors_stand(&file, fault);
    if (stands) {
        proposal->head = file.newest->text->head;
        for (size_t i = 0; i < file.roster->count; i++)
            proposal->members += file.roster->entries[i].member.status == MEMBER_ACTIVE;
        proposal->signed_by = summon(&file, &jury);
        proposal->needed = count_needed(&file, &jury);
        tell_changes(&file, proposal);
    }
    file_close(&file);
    return stands;
}
