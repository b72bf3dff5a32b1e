#include "protocol/charter_state.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Lines 1 to 3 of f, kept: what is valid is decided from all that has been heard, in ascending
 * order of versions, so a head comes after its predecessors and one pass is enough. */

/* --- Heads --- */

static int by_order(const void *a, const void *b)
{
    return head_compare(&(*(struct known_head *const *)a)->text->head,
                        &(*(struct known_head *const *)b)->text->head);
}

static int by_hash(const void *a, const void *b)
{
    return digest_compare(&(*(struct known_head *const *)a)->text->head.hash,
                          &(*(struct known_head *const *)b)->text->head.hash);
}

struct known_head *charter_find(const struct charter *charter, const struct digest *hash)
{
    size_t low = 0, high = charter->head_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = digest_compare(&charter->by_hash[middle]->text->head.hash, hash);
        if (order == 0)
            return charter->by_hash[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void known_head_free(struct known_head *head)
{
    head_free(head->text);
    roster_free(head->roster);
    free(head->signatures);
    free(head);
}

static void sort_heads(struct charter *charter)
{
    size_t size = charter->head_count * sizeof(struct known_head *);

    charter->by_hash =
        memory_grow(charter->by_hash, charter->head_count + 1, sizeof(struct known_head *));
    if (charter->head_count == 0)
        return;
    qsort(charter->heads, charter->head_count, sizeof(struct known_head *), by_order);
    for (size_t i = 0; i < charter->head_count; i++)
        charter->heads[i]->at = i;
    memcpy(charter->by_hash, charter->heads, size);
    qsort(charter->by_hash, charter->head_count, sizeof(struct known_head *), by_hash);
}

static bool same_key(const struct public_key *a, const struct public_key *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static bool same_signature(const struct head_signature *a, const struct head_signature *b)
{
    return memcmp(&a->signature, &b->signature, sizeof a->signature) == 0;
}

/* Of one key the first verified signature is enough; of unverified ones all are kept, or a false
 * one could keep out the true one. */
static void keep_signature(struct known_head *head, const struct head_signature *signature)
{
    size_t at = head->signature_count;

    for (size_t i = 0; i < head->signature_count; i++) {
        struct head_signature *known = &head->signatures[i];
        if (!same_key(&known->key, &signature->key) ||
            !(known->holds || same_signature(known, signature)))
            continue;
        known->left = false; /* It is this bundle's too. */
        return;
    }
    while (at > 0 &&
           memcmp(&head->signatures[at - 1].key, &signature->key, sizeof signature->key) > 0)
        at--;
    head->signatures =
        memory_grow(head->signatures, head->signature_count + 1, sizeof *head->signatures);
    memmove(&head->signatures[at + 1], &head->signatures[at],
            (head->signature_count - at) * sizeof *head->signatures);
    head->signature_count++;
    head->signatures[at] = *signature;
    head->signatures[at].holds = head->signatures[at].bad = head->signatures[at].left = false;
}

static void take_heads(struct charter *charter, const struct bundle *bundle)
{
    size_t known = charter->head_count;

    charter->heads =
        memory_grow(charter->heads, known + bundle->head_count + 1, sizeof(struct known_head *));
    for (size_t i = 0; i < bundle->head_count; i++) {
        const struct bundle_head *from = &bundle->heads[i];
        struct known_head *head = charter_find(charter, &from->text->head.hash);
        if (head == NULL) {
            head = memory_new(1, sizeof *head);
            head->text = head_hold(from->text);
            charter->heads[known++] = head;
        }
        for (size_t k = 0; k < from->signature_count; k++)
            keep_signature(head, &from->signatures[k]);
    }
    charter->head_count = known; /* charter_find() saw only those from before: a bundle has none
                                    twice. */
    sort_heads(charter);
}

/* --- Validity: line 1 --- */

/* Each signature is verified once; what did not hold is dropped when the bundle has been taken in.
 * What others left here is counted apart: whoever sends true ones does not answer for it. */
static bool verify(struct charter *charter, const struct known_head *head,
                   struct head_signature *signature)
{
    unsigned *bad = signature->left ? &charter->bad_left : &charter->bad_signatures;

    if (signature->holds || signature->bad || *bad > BAD_SIGNATURES_MAX)
        return signature->holds;
    charter->verified++;
    signature->holds = head_signed(signature, &head->text->head);
    signature->bad = !signature->holds;
    *bad += signature->bad;
    return signature->holds;
}

static bool one_holds(struct charter *charter, struct known_head *head,
                      const struct public_key *key, bool left)
{
    for (size_t i = 0; i < head->signature_count; i++)
        if (head->signatures[i].left == left && same_key(&head->signatures[i].key, key) &&
            verify(charter, head, &head->signatures[i]))
            return true;
    return false;
}

static bool signed_by(struct charter *charter, struct known_head *head,
                      const struct public_key *key)
{
    return one_holds(charter, head, key, false) || one_holds(charter, head, key, true);
}

static bool has_key(const struct known_head *head, const struct public_key *key)
{
    for (size_t i = 0; i < head->signature_count; i++)
        if (same_key(&head->signatures[i].key, key))
            return true;
    return false;
}

/* Whether as many of these stewards signed as their threshold asks. What cannot be enough is not
 * looked at more closely, so that a stranger's bundle costs little. */
static bool threshold_met(struct charter *charter, struct known_head *head,
                          const struct head *stewards_of)
{
    size_t possible = 0, counted = 0;

    for (size_t i = 0; i < stewards_of->steward_count; i++)
        possible += has_key(head, &stewards_of->stewards[i].key);
    for (size_t i = 0; i < stewards_of->steward_count && possible >= stewards_of->threshold &&
                       counted < stewards_of->threshold;
         i++) {
        if (!has_key(head, &stewards_of->stewards[i].key))
            continue;
        if (signed_by(charter, head, &stewards_of->stewards[i].key))
            counted++;
        else
            possible--;
    }
    return counted >= stewards_of->threshold;
}

static bool is_steward_key(const struct head *head, const struct public_key *key)
{
    for (size_t i = 0; i < head->steward_count; i++)
        if (same_key(&head->stewards[i].key, key))
            return true;
    return false;
}

/* Is it the key of a steward who has a say in this head, its own or a predecessor's? While one of
 * these is not here it may be. */
static bool has_a_say(const struct charter *charter, const struct head *head,
                      const struct public_key *key)
{
    if (is_steward_key(head, key))
        return true;
    for (size_t i = 0; i < head->predecessor_count; i++) {
        const struct known_head *predecessor = charter_find(charter, &head->predecessors[i]);
        if (predecessor == NULL || is_steward_key(&predecessor->text->head, key))
            return true;
    }
    return false;
}

/* Is there another signature by the same key that makes this one superfluous? */
static bool superfluous(const struct known_head *head, size_t at)
{
    for (size_t i = 0; i < head->signature_count; i++)
        if (i != at && head->signatures[i].holds &&
            same_key(&head->signatures[i].key, &head->signatures[at].key))
            return true;
    return false;
}

/* Those that hold have their room before those that were not looked at. */
static void drop_bad_signatures(struct known_head *head)
{
    size_t kept = 0, room = SIGNATURES_MAX;

    for (size_t i = 0; i < head->signature_count; i++)
        room -= head->signatures[i].holds && !head->signatures[i].bad;
    for (size_t i = 0; i < head->signature_count; i++) {
        const struct head_signature *signature = &head->signatures[i];
        if (signature->bad || (!signature->holds && room == 0))
            continue;
        room -= !signature->holds;
        head->signatures[kept++] = *signature;
    }
    head->signature_count = kept;
}

/* Of a valid head only signatures that say something are kept, all of them verified; of others
 * whatever may yet say something, which is asked of each once: heads wait by the hundred. */
static void tidy_signatures(struct charter *charter, struct known_head *head)
{
    for (size_t i = 0; i < head->signature_count && head->valid; i++)
        if (has_a_say(charter, &head->text->head, &head->signatures[i].key))
            signed_by(charter, head, &head->signatures[i].key);
    for (size_t i = 0; i < head->signature_count; i++) {
        struct head_signature *signature = &head->signatures[i];
        if ((!signature->left && !has_a_say(charter, &head->text->head, &signature->key)) ||
            (!signature->holds && (head->valid || superfluous(head, i))))
            signature->bad = true;
        signature->left = !signature->holds;
    }
    drop_bad_signatures(head);
}

/* A predecessor's hash says its version, whether or not it is valid. */
static bool predecessors_valid(const struct charter *charter, struct known_head *head)
{
    const struct head *say = &head->text->head;
    uint64_t highest = 0;
    bool here = true, valid = true;

    for (size_t i = 0; i < say->predecessor_count; i++) {
        const struct known_head *predecessor = charter_find(charter, &say->predecessors[i]);
        here = here && predecessor != NULL;
        valid = valid && predecessor != NULL && predecessor->valid;
        if (predecessor != NULL && predecessor->text->head.version > highest)
            highest = predecessor->text->head.version;
    }
    head->impossible = here ? say->version != highest + 1 : say->version <= highest;
    return valid && !head->impossible;
}

static bool is_valid(struct charter *charter, struct known_head *head)
{
    const struct head *say = &head->text->head;

    if (!digest_equal(&say->network, &charter->network) || !predecessors_valid(charter, head))
        return false;
    for (size_t i = 0; i < say->predecessor_count; i++)
        if (!threshold_met(charter, head,
                           &charter_find(charter, &say->predecessors[i])->text->head))
            return false;
    return threshold_met(charter, head, say);
}

static void decide_heads(struct charter *charter)
{
    size_t valid = 0;

    for (size_t i = 0; i < charter->head_count; i++) {
        struct known_head *head = charter->heads[i];
        if (!head->valid && valid < HEADS_MAX)
            head->valid = is_valid(charter, head);
        tidy_signatures(charter, head);
        valid += head->valid;
    }
}

/* --- Maximal heads: line 2 --- */

static void find_maximal(struct charter *charter)
{
    charter->maximal =
        memory_grow(charter->maximal, charter->head_count + 1, sizeof(struct known_head *));
    charter->maximal_count = 0;
    for (size_t i = 0; i < charter->head_count; i++)
        charter->heads[i]->succeeded = false;
    for (size_t i = charter->head_count; i-- > 0;) {
        struct known_head *head = charter->heads[i];
        if (!head->valid || (head->roster == NULL && !head->succeeded))
            continue;
        if (!head->succeeded)
            charter->maximal[charter->maximal_count++] = head;
        for (size_t k = 0; k < head->text->head.predecessor_count; k++)
            charter_find(charter, &head->text->head.predecessors[k])->succeeded = true;
    }
    qsort(charter->maximal, charter->maximal_count, sizeof(struct known_head *), by_hash);
}

/* Mark all that `from` descends from; `reached` has a place for each head. */
void charter_ancestors(const struct charter *charter, const struct known_head *from, bool *reached)
{
    for (size_t i = from->at + 1; i-- > 0;) {
        const struct known_head *head = charter->heads[i];
        if (head != from && !reached[i])
            continue;
        for (size_t k = 0; k < head->text->head.predecessor_count; k++) {
            const struct known_head *older =
                charter_find(charter, &head->text->head.predecessors[k]);
            if (older != NULL && older->at < i)
                reached[older->at] = true;
        }
    }
}

bool charter_descends(const struct charter *charter, const struct digest *head,
                      const struct digest *ancestor)
{
    const struct known_head *from = charter_find(charter, head);
    const struct known_head *to = charter_find(charter, ancestor);

    if (from == NULL || to == NULL)
        return false;
    bool *reached = memory_new(charter->head_count, 1);
    charter_ancestors(charter, from, reached);
    bool descends = reached[to->at];
    free(reached);
    return descends;
}

/* --- Taking a bundle in --- */

/* A file may be the first that we hear of a network. */
static bool same_network(struct charter *charter, const struct bundle *bundle, struct fault *fault)
{
    struct digest network = charter->network;

    if (!charter->has_network && bundle->head_count > 0)
        network = bundle->heads[0].text->head.network;
    else if (!charter->has_network)
        return fault_refuse(fault, REFUSED_NETWORK, "a charter without a head, and none is known");
    for (size_t i = 0; i < bundle->head_count; i++)
        if (!digest_equal(&bundle->heads[i].text->head.network, &network))
            return fault_refuse(
                fault, REFUSED_NETWORK, "head %" PRIu64 " is of another network: \"%s\"",
                bundle->heads[i].text->head.version, bundle->heads[i].text->head.name);
    for (size_t i = 0; i < bundle->halt_count; i++)
        if (!digest_equal(&bundle->halts[i].network, &network))
            return fault_refuse(fault, REFUSED_NETWORK, "a halt of another network");
    charter->has_network = true;
    charter->network = network;
    return true;
}

/* Forget heads that can never be valid, and of those that may be, what is too much. */
static void forget_heads(struct charter *charter)
{
    size_t left = 0, waiting = 0;

    for (size_t i = 0; i < charter->head_count; i++) {
        struct known_head *head = charter->heads[i];
        if (head->valid || (!head->impossible && waiting++ < CHARTER_ASIDE_MAX))
            charter->heads[left++] = head;
        else
            known_head_free(head);
    }
    charter->head_count = left;
    sort_heads(charter);
}

static bool explain_threshold(const struct known_head *head, const struct head *stewards_of,
                              const char *whose, struct fault *fault)
{
    size_t signers = head_signers(head, stewards_of);

    if (signers >= stewards_of->threshold)
        return true;
    return fault_refuse(fault, REFUSED_THRESHOLD,
                        "head %" PRIu64 " of \"%s\": signed by fewer of %s stewards than their "
                        "threshold of %" PRIu32 " asks: more of them must sign it",
                        head->text->head.version, head->text->head.name, whose,
                        stewards_of->threshold);
}

/* Why a head did not become valid. Its signatures may not all have been looked at. */
static bool explain_head(const struct charter *charter, const struct known_head *head,
                         struct fault *fault)
{
    const struct head *say = &head->text->head;

    if (head->impossible)
        return fault_refuse(fault, REFUSED_MALFORMED,
                            "head version: head %" PRIu64 " is not one above its predecessors",
                            say->version);
    for (size_t i = 0; i < say->predecessor_count; i++) {
        const struct known_head *predecessor = charter_find(charter, &say->predecessors[i]);
        if (predecessor == NULL || !predecessor->valid)
            return fault_refuse(fault, REFUSED_THRESHOLD,
                                "head %" PRIu64 " of \"%s\": a predecessor is not here or not "
                                "valid: ask for the whole charter",
                                say->version, say->name);
        if (!explain_threshold(head, &predecessor->text->head, "a predecessor's", fault))
            return false;
    }
    return explain_threshold(head, say, "its own", fault);
}

static bool explain(const struct charter *charter, const struct bundle *bundle, struct fault *fault)
{
    if (charter->bad_signatures > BAD_SIGNATURES_MAX)
        return fault_refuse(fault, REFUSED_SIGNATURE,
                            "charter: more than %d signatures that do not hold",
                            BAD_SIGNATURES_MAX);
    for (size_t i = 0; i < bundle->head_count; i++) {
        const struct known_head *head = charter_find(charter, &bundle->heads[i].text->head.hash);
        if (!head->valid && !explain_head(charter, head, fault))
            return false;
    }
    return true;
}

static void add_digests(struct digest_state *state, const struct digest *digests, size_t count)
{
    digest_add_be4(state, (uint32_t)count);
    for (size_t i = 0; i < count; i++)
        digest_add(state, digests[i].bytes, DIGEST_SIZE);
}

static int by_digest(const void *a, const void *b)
{
    return digest_compare(a, b);
}

static struct digest digest_of_all(const struct charter *charter)
{
    size_t most = charter->head_count + charter->halt_count + charter->ring_count;
    struct digest *list = memory_new(most, sizeof *list);
    struct digest_state state;
    size_t count = 0;

    digest_begin(&state, PURPOSE_CHARTER);
    for (size_t i = 0; i < charter->head_count; i++)
        if (charter->by_hash[i]->valid)
            list[count++] = charter->by_hash[i]->text->head.hash;
    add_digests(&state, list, count);
    for (count = 0; count < charter->maximal_count; count++)
        list[count] = charter->maximal[count]->text->head.hash;
    add_digests(&state, list, count);
    for (count = 0; count < charter->ring_count; count++)
        list[count] = charter->rings[count]->digest;
    add_digests(&state, list, count);
    count = 0;
    for (size_t i = 0; i < charter->halt_count; i++)
        if (charter->halts[i].counts)
            list[count++] = charter->halts[i].halt.hash;
    qsort(list, count, sizeof *list, by_digest);
    add_digests(&state, list, count);
    free(list);
    return digest_end(&state);
}

/* What the digest does not show: signatures and old rosters. */
static size_t tally(const struct charter *charter)
{
    size_t count = 0;

    for (size_t i = 0; i < charter->head_count; i++)
        if (charter->heads[i]->valid)
            count += charter->heads[i]->signature_count + (charter->heads[i]->roster != NULL);
    return count;
}

bool charter_add(struct charter *charter, struct bytes wire, bool *changed, struct fault *fault)
{
    struct digest before = charter->digest;
    size_t before_tally = tally(charter);
    struct bundle bundle;

    *changed = false;
    if (!bundle_read(&bundle, wire, fault))
        return false;
    if (!same_network(charter, &bundle, fault)) {
        bundle_release(&bundle);
        return false;
    }
    charter->verified = charter->bad_signatures = charter->bad_left = 0;
    take_heads(charter, &bundle);
    decide_heads(charter);
    bool sound = explain(charter, &bundle, fault);
    forget_heads(charter);
    struct fault ignored;
    sound = charter_take_rosters(charter, &bundle, sound ? fault : &ignored) && sound;
    find_maximal(charter);
    charter_take_rings(charter, &bundle);
    charter_take_halts(charter, &bundle);
    charter_list_members(charter);
    charter->digest = digest_of_all(charter);
    *changed = !digest_equal(&before, &charter->digest) || before_tally != tally(charter);
    bundle_release(&bundle);
    return sound;
}

size_t head_signers(const struct known_head *head, const struct head *stewards_of)
{
    size_t count = 0;

    for (size_t i = 0; i < stewards_of->steward_count; i++)
        for (size_t k = 0; k < head->signature_count; k++)
            if (head->signatures[k].holds &&
                same_key(&head->signatures[k].key, &stewards_of->stewards[i].key)) {
                count++;
                break;
            }
    return count;
}

/* --- The whole --- */

struct charter *charter_new(const struct digest *network)
{
    struct charter *charter = memory_new(1, sizeof *charter);

    if (network != NULL) {
        charter->has_network = true;
        charter->network = *network;
    }
    charter->digest = digest_of_all(charter);
    return charter;
}

void charter_free(struct charter *charter)
{
    if (charter == NULL)
        return;
    for (size_t i = 0; i < charter->head_count; i++)
        known_head_free(charter->heads[i]);
    for (size_t i = 0; i < charter->ring_count; i++)
        ring_free(charter->rings[i]);
    for (size_t i = 0; i < charter->spare_ring_count; i++)
        ring_free(charter->spare_rings[i]);
    for (size_t i = 0; i < charter->spare_roster_count; i++)
        roster_text_free(charter->spare_rosters[i]);
    free(charter->heads);
    free(charter->by_hash);
    free(charter->rings);
    free(charter->halts);
    free(charter->spare_rosters);
    free(charter->spare_rings);
    free(charter->maximal);
    free(charter->members);
    free(charter);
}

static void *copy_of(const void *list, size_t count, size_t size)
{
    void *copy = memory_new(count, size);

    if (count > 0)
        memcpy(copy, list, count * size);
    return copy;
}

static struct known_head *known_head_copy(const struct known_head *head)
{
    struct known_head *copy = copy_of(head, 1, sizeof *head);

    head_hold(copy->text);
    if (copy->roster != NULL)
        roster_hold(copy->roster);
    copy->signatures = copy_of(head->signatures, head->signature_count, sizeof *head->signatures);
    return copy;
}

struct charter *charter_copy(const struct charter *charter)
{
    struct charter *copy = copy_of(charter, 1, sizeof *charter);

    copy->heads = copy_of(charter->heads, charter->head_count, sizeof(struct known_head *));
    for (size_t i = 0; i < copy->head_count; i++)
        copy->heads[i] = known_head_copy(charter->heads[i]);
    copy->rings = copy_of(charter->rings, charter->ring_count, sizeof(struct ring *));
    for (size_t i = 0; i < copy->ring_count; i++)
        ring_hold(copy->rings[i]);
    copy->spare_rings =
        copy_of(charter->spare_rings, charter->spare_ring_count, sizeof(struct ring *));
    for (size_t i = 0; i < copy->spare_ring_count; i++)
        ring_hold(copy->spare_rings[i]);
    copy->spare_rosters =
        copy_of(charter->spare_rosters, charter->spare_roster_count, sizeof(struct roster_text *));
    for (size_t i = 0; i < copy->spare_roster_count; i++)
        roster_text_hold(copy->spare_rosters[i]);
    copy->halts = copy_of(charter->halts, charter->halt_count, sizeof *charter->halts);
    copy->by_hash = NULL;
    copy->maximal = NULL;
    copy->members = NULL;
    sort_heads(copy);
    find_maximal(copy);
    charter_list_members(copy);
    return copy;
}

static void gather_rings(const struct charter *charter, struct ring *const *more, size_t count,
                         struct bundle *bundle)
{
    struct ring **rings = memory_new(charter->ring_count + count, sizeof(struct ring *));

    for (size_t i = 0; i < charter->ring_count; i++)
        rings[i] = charter->rings[i];
    for (size_t i = 0; i < count; i++)
        rings[charter->ring_count + i] = more[i];
    bundle_add_rings(bundle, rings, charter->ring_count + count);
    free(rings);
}

void charter_gather(const struct charter *charter, struct ring *const *more, size_t count,
                    struct bundle *bundle)
{
    *bundle = (struct bundle){0};
    for (size_t i = 0; i < charter->head_count; i++) {
        const struct known_head *head = charter->heads[i];
        if (!head->valid)
            continue;
        struct bundle_head *to = bundle_add_head(bundle, head->text);
        for (size_t k = 0; k < head->signature_count; k++)
            bundle_head_put(to, &head->signatures[k]);
    }
    for (size_t i = 0; i < charter->maximal_count; i++)
        bundle_add_roster(bundle, charter->maximal[i]->roster->text);
    gather_rings(charter, more, count, bundle);
    for (size_t i = 0; i < charter->halt_count; i++)
        if (charter->halts[i].counts)
            bundle_add_halt(bundle, &charter->halts[i].halt);
}

void charter_write(const struct charter *charter, struct buffer *bundle)
{
    struct bundle all;

    charter_gather(charter, NULL, 0, &all);
    bundle_write(&all, bundle);
    bundle_release(&all);
}

struct digest charter_digest(const struct charter *charter)
{
    return charter->digest;
}
