#ifndef CANDOUR_PROTOCOL_CHARTER_STATE_H
#define CANDOUR_PROTOCOL_CHARTER_STATE_H

#include "protocol/charter_wire.h"
#include "protocol/roster.h"

/* What a charter holds, for the files that work on it: charter.c takes heads in and decides what is
 * valid, charter_parts.c takes in what they name, charter_view.c answers questions,
 * charter_propose.c and charter_sign.c are the stewards'.
 *
 * What always holds between calls:
 *   - heads are in ascending order of version, then hash;
 *   - a valid head has all its predecessors here, valid; all its signatures have been verified and
 *     are of its own or its predecessors' stewards;
 *   - only valid heads have rosters, and heads that name the same roster share it;
 *   - `maximal` and `members` are what the heads make them. */
struct known_head {
    struct head_text *text;
    size_t at;                         /* In `heads`. */
    struct head_signature *signatures; /* By key; of one key several until one is verified. */
    size_t signature_count;
    bool valid;
    bool impossible;       /* Its version is not the one its predecessors give it. */
    bool succeeded;        /* An ancestor of a valid head with a roster. */
    struct roster *roster; /* NULL: not at hand. */
};

struct known_halt {
    struct halt halt;
    bool holds;  /* Its signature has been verified. */
    bool counts; /* And its key is listed by a maximal roster. */
};

struct charter {
    bool has_network;
    struct digest network;
    struct known_head **heads;
    size_t head_count;
    struct known_head **by_hash; /* The same, by hash. */
    struct ring **rings;         /* That valid heads list; by digest. */
    size_t ring_count;
    struct known_halt *halts; /* By feed, seq, id, next key. */
    size_t halt_count;
    struct roster_text **spare_rosters; /* Heard of before a valid head that names them. */
    size_t spare_roster_count;
    struct ring **spare_rings;
    size_t spare_ring_count;

    struct known_head **maximal; /* By hash. */
    size_t maximal_count;
    struct member *members; /* By authority id. */
    size_t member_count;
    struct digest digest;
    /* Signatures looked at in the last bundle; of its own and of those left by earlier ones, how
     * many failed. */
    unsigned verified, bad_signatures, bad_left;
};

struct known_head *charter_find(const struct charter *charter, const struct digest *hash);

/* Mark all heads that `from` descends from; `reached` has a place for each of `heads`. */
void charter_ancestors(const struct charter *charter, const struct known_head *from, bool *reached);
/* Does the head descend from the other? Both must be here. */
bool charter_descends(const struct charter *charter, const struct digest *head,
                      const struct digest *ancestor);

/* What charter_write() writes, with these rings besides, to be added to. */
void charter_gather(const struct charter *charter, struct ring *const *more, size_t count,
                    struct bundle *bundle);

/* How many of these stewards have signed the head, by verified signatures. */
size_t head_signers(const struct known_head *head, const struct head *stewards_of);

/* For roster_open(): the cards of all rosters here. */
struct known_cards charter_cards(const struct charter *charter);

/* charter_parts.c: take these parts of a bundle in, once its heads are decided, in this order.
 * Rosters: false where a valid head's is none. Halts come after the maximal heads are known. */
bool charter_take_rosters(struct charter *charter, const struct bundle *bundle,
                          struct fault *fault);
void charter_take_rings(struct charter *charter, const struct bundle *bundle);
void charter_take_halts(struct charter *charter, const struct bundle *bundle);
void charter_limit_halts(struct charter *charter);

/* Make `members` from the maximal heads (charter_view.c). */
void charter_list_members(struct charter *charter);

#endif
