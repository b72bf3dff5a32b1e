#ifndef CANDOUR_PROTOCOL_CHARTER_H
#define CANDOUR_PROTOCOL_CHARTER_H

#include "crypto/exchange.h"
#include "crypto/ring.h"
#include "protocol/card.h"
#include "protocol/feed.h"
#include "protocol/purpose.h"

/* Membership without a centre.
 *
 * The charter is all valid heads, their rosters, the rings they list and the halts. Heads name
 * their predecessors, so they form a graph that starts at head 1, whose hash is the network id. A
 * head is valid when all its predecessors are, when its own stewards' threshold signed it and that
 * of every predecessor it names. The charter in force is the union of all valid heads that no other
 * valid head with its roster at hand descends from: one as a rule, several while rivals stand.
 *
 *     charter = [ 1, [[head: bin, [[key: bin 32, signature: bin 64], ...]], ...],
 *                 [roster: bin, ...], [rings, ...], [halt: bin, ...] ]
 *     head    = [ 1, name: str, network: bin 32 or nil (in head 1), version: uint,
 *                 predecessors: [hash, ...], stewards: [[authority: bin 32, key: bin 32], ...],
 *                 threshold: uint, rules: uint, [release: uint (ms), cells: bool, demo: bool],
 *                 roster: hash, rings: [[epoch: uint, digest: bin 32], ...], time: uint ]
 *     roster  = [ 1, [entry, ...] ]
 *     entry   = [ card: bin, status: uint, since: uint or nil, succeeded by: bin 32 or nil,
 *                 cuts: [[feed: uint, seq: uint, id: bin 32 or nil], ...] ]
 *     rings   = [ epoch: uint, [key: bin 32, ...], [which: bin, ...] ]
 *     halt    = [ [ 1, network: bin 32, authority: bin 32, feed: uint, seq: uint,
 *                   id: bin 32 or nil, next key: bin 32 ] as bin, signature: bin 64 ]
 *
 * All lists are strictly ascending: heads by version, then hash; signatures by key; rosters by
 * hash; entries by authority id; cuts by feed, seq, id; rings by epoch; the others by their items'
 * bytes. `which` has a bit for each key of the epoch, the first in the highest bit of the first
 * byte: those set are a ring. An id is nil exactly where seq is 0. A file and a message carry the
 * same bytes. docs/charter.md has the reasons. */
struct charter;

/* A charter that knows nothing but its network; NULL: of the network of the first head it is given.
 */
struct charter *charter_new(const struct digest *network);
void charter_free(struct charter *charter);
struct charter *charter_copy(const struct charter *charter);

/* Take in all that a bundle holds: heads and signatures are united, what is valid stays, what is
 * not is left out. `*changed` says whether anything did. False and FAULT_PEER where the bundle is
 * malformed or of another network (then nothing changes), or brings a head that stays short of its
 * threshold or a roster that is none (what else it brings is taken in all the same).
 *
 * Parts may come in any order and split in any way: what cannot be judged yet is held aside, up to
 * CHARTER_ASIDE_MAX of each kind, and is no part of the charter until it can. */
bool charter_add(struct charter *charter, struct bytes bundle, bool *changed, struct fault *fault);

/* All of it, as a bundle: every valid head, the rosters of the maximal ones, their rings, the
 * halts. */
void charter_write(const struct charter *charter, struct buffer *bundle);

/* BLAKE2b-256 over the sorted hashes of the valid heads, of the maximal ones (a head whose roster
 * is missing is none, and so asks to be completed), of the rings at hand and of the halts: equal
 * where charters are. */
struct digest charter_digest(const struct charter *charter);

bool charter_in_force(const struct charter *charter); /* Is there any maximal head at all? */
const struct digest *charter_network(const struct charter *charter);
const char *charter_name(const struct charter *charter);

/* The maximal heads, in ascending order of their hashes. */
struct steward {
    struct digest authority;
    struct public_key key;
};
struct head {
    struct digest hash;
    struct digest network; /* Of head 1 its own hash. */
    char name[NAME_MAX_BYTES + 1];
    uint64_t version;
    struct digest predecessors[PREDECESSORS_MAX];
    size_t predecessor_count;
    struct steward stewards[STEWARDS_MAX];
    size_t steward_count;
    uint32_t threshold;
    uint32_t rules;
    int64_t release_ms;
    bool cells, demo;
    struct digest roster;
    struct {
        uint32_t epoch;
        struct digest digest;
    } rings[HEAD_RINGS_MAX]; /* By epoch. */
    size_t ring_count;
    int64_t time_ms;
};
size_t charter_heads(const struct charter *charter);
const struct head *charter_head(const struct charter *charter, size_t index);

/* Head 1, whose date and release interval hold for good; NULL where it is not here, or not valid.
 */
const struct head *charter_first_head(const struct charter *charter);

/* True when a maximal head asks for rules that this program does not know: it must be upgraded, and
 * until then sets everything aside. */
bool charter_needs_upgrade(const struct charter *charter);

/* Stewards that signed two rival heads; the evidence shown while rivals stand. */
size_t charter_double_signers(const struct charter *charter, struct digest *authorities,
                              size_t most);

/* Members: the union of the maximal rosters, in ascending order of authority id. Where rivals
 * differ, the card issued last stands for the rest. */
enum member_status { MEMBER_ACTIVE, MEMBER_LEFT, MEMBER_DISSOLVED };
struct member {
    const struct card *card;
    enum member_status status;
    int64_t since_ms; /* 0: not said. */
    bool succeeded;
    struct digest succeeded_by;
};
size_t charter_members(const struct charter *charter);
const struct member *charter_member_at(const struct charter *charter, size_t index);
const struct member *charter_member(const struct charter *charter, const struct digest *authority);

/* Does `heir` succeed `authority`, at once or over others in between, in a maximal roster? */
bool charter_succeeds(const struct charter *charter, const struct digest *heir,
                      const struct digest *authority);

/* Who stands for an authority by now: the last of the line that succeeded it, or itself. Where
 * rivals make a circle of it, the one in that with the lowest id: so all of them are one. */
struct digest charter_heir(const struct charter *charter, const struct digest *authority);

/* Are among these authorities as many stewards of one valid head, old or new, as its threshold? */
bool charter_stewards_agree(const struct charter *charter, const struct digest *authorities,
                            size_t count);

/* The keys of a ring that a valid head, old or new, lists for the epoch: line 8 of f. False where
 * none does, or they have not come yet. They live until the charter changes. */
bool charter_ring(const struct charter *charter, const struct digest *ring, uint32_t epoch,
                  const struct ring_public **keys, size_t *count);

/* What the charter in force says of a feed: line 3 of f. `listed` is false for a feed no roster of
 * a maximal head lists. Where rosters cut it, `cuts` are theirs; else they are the halts signed by
 * a next key that they list. A cut at seq 0 (id zeros) leaves nothing of the feed. */
struct cut {
    uint64_t seq;
    struct digest id;
};
struct feed_rules {
    bool listed;
    struct public_key keys[CUTS_MAX];
    size_t key_count;
    struct cut cuts[CUTS_MAX];
    size_t cut_count;
};
struct feed_rules charter_feed(const struct charter *charter, const struct feed *feed);

/* May the holder of this transport key connect? Old keys of an active member stay good for 90 days
 * after the head that replaced them, but not those under which it was once removed. */
enum admission { ADMITTED, ADMISSION_NOT_YET, ADMISSION_BARRED };
enum admission charter_admits(const struct charter *charter,
                              const struct exchange_public *transport, int64_t now_ms,
                              struct digest *authority);

/* Ring epochs, two a year: 2 * year from 1 April, + 1 from 1 October, 00:00 UTC. */
uint32_t ring_epoch_of(int64_t time_ms);

/* --- What stewards do. All of these work on bundles, as files hold them. --- */

/* Propose head 1: the founders' cards, of whom those with the role authority (and a steward key)
 * are the stewards. */
bool charter_found(const char *name, uint32_t threshold, bool demo, const struct card *const *cards,
                   size_t count, int64_t now_ms, struct buffer *bundle, struct fault *fault);

/* One change of the roster. */
enum amendment_kind {
    AMEND_ADMIT,
    AMEND_REMOVE,
    AMEND_ROTATE,
    AMEND_DISSOLVE,
    AMEND_STEWARD,
    AMEND_UNSTEWARD
};
struct amendment {
    enum amendment_kind what;
    const struct card *card;    /* ADMIT, ROTATE */
    struct digest authority;    /* the others */
    struct digest succeeded_by; /* DISSOLVE; zeros: nobody. */
    /* Where the member's feeds end, as the proposer knows them: REMOVE and DISSOLVE need it of
     * every feed that is not cut yet, ROTATE takes it. Seq 0 leaves nothing of a feed. */
    struct {
        uint32_t feed;
        struct cut cut;
    } cuts[FEEDS_MAX];
    size_t cut_count;
};

/* Propose the successor of the charter in force (of all maximal heads: so it ends a rivalry too).
 * `threshold` 0 keeps the one there is, raised to the least that is more than half. Nothing leaves
 * a roster, no cut is raised: FAULT_INPUT says which amendment would. */
bool charter_propose(const struct charter *charter, const struct amendment *amendments,
                     size_t count, uint32_t threshold, int64_t now_ms, struct buffer *bundle,
                     struct fault *fault);

/* A proposal: the one head of a bundle that is not valid yet, as a steward reads it before signing.
 */
struct proposal {
    struct head head;
    size_t members;   /* Active ones, of its roster. */
    size_t signed_by; /* Of this head's own stewards. */
    size_t needed; /* Signatures still missing, over own and predecessors' thresholds; 0: done. */
    struct problem_list {
        char text[16][160];
        size_t count;
    } changes; /* In words: who comes, who goes, what is cut. */
    struct {
        char name[NAME_MAX_BYTES + 1];
        struct digest authority;
    } newcomers[PROPOSAL_NEWCOMERS_MAX]; /* Whose fingerprints a steward compares before signing. */
    size_t newcomer_count;               /* May be more than are told. */
};
bool charter_read_proposal(struct bytes bundle, const struct charter *in_force,
                           struct proposal *proposal, struct fault *fault);

/* Add a steward's signature to the newest head of the bundle, if it is a steward of it or of a
 * predecessor. FAULT_INPUT: no steward of it; the roster loses an entry, a feed, a successor or a
 * cut, or breaks another rule of propose; rival heads, of which none may be signed along; or
 * `before` (hashes of heads signed by this key, with the predecessors they named) holds another
 * head on the same predecessor that this one does not descend from. `bundle` is replaced.
 * `*signed_head` is what was signed. */
struct signed_before {
    struct digest head;
    struct digest predecessor;
};
bool charter_sign(struct buffer *bundle, const struct signing_key *steward,
                  const struct signed_before *before, size_t before_count, struct head *signed_head,
                  struct fault *fault);

/* Add the signatures of another file of the same heads. FAULT_INPUT where it has other heads. */
bool charter_unite(struct buffer *bundle, struct bytes other, struct fault *fault);

/* Sign a halt with the next key that the feed's entry commits to. */
void halt_sign(const struct digest *network, const struct feed *feed, const struct cut *last,
               const struct signing_key *next, struct buffer *halt);
/* A bundle that holds this halt and nothing else, for charter_add(). */
void halt_bundle(struct bytes halt, struct buffer *bundle);

#endif
