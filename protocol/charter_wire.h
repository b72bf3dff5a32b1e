#ifndef CANDOUR_PROTOCOL_CHARTER_WIRE_H
#define CANDOUR_PROTOCOL_CHARTER_WIRE_H

#include "protocol/charter.h"

#include <stdatomic.h>

/* The formats of the charter, for the files of this room that work on it. Here only form is looked
 * at: what a head, a ring or a halt says may still be untrue.
 *
 * Heads, rosters' texts and rings never change once made. They are shared between charters, their
 * copies and bundles, each of which has a hold on them; the count of holds is atomic, so that a
 * copy may be read by another thread. */

struct head_text {
    atomic_size_t holds;
    struct head head;
    struct buffer wire;
};
struct head_text *head_read(struct bytes wire, struct fault *fault);
struct head_text *head_hold(struct head_text *text);
void head_free(struct head_text *text);
void head_write(const struct head *head, struct buffer *wire);
int head_compare(const struct head *a, const struct head *b); /* By version, then hash. */

struct head_signature {
    struct public_key key;
    struct signature signature;
    bool holds, bad; /* Verified, and how that ended; neither: not yet. */
    bool left;       /* By an earlier bundle, and not verified. */
};

/* A steward's signature under a head. */
void head_sign(struct head_signature *signature, const struct head *head,
               const struct signing_key *key);
bool head_signed(const struct head_signature *signature, const struct head *head);

struct roster_text {
    atomic_size_t holds;
    struct digest digest;
    struct buffer wire;
};
struct roster_text *roster_text_new(struct bytes wire);
struct roster_text *roster_text_hold(struct roster_text *text);
void roster_text_free(struct roster_text *text);

struct ring {
    atomic_size_t holds;
    uint32_t epoch;
    struct digest digest;
    size_t count;
    struct ring_public keys[];
};
struct ring *ring_new(uint32_t epoch, const struct ring_public *keys, size_t count);
struct ring *ring_hold(struct ring *ring);
void ring_free(struct ring *ring);

/* All rings of an epoch, as a bundle carries them: each key once, and for each ring a bit for each
 * key. Rings of one epoch hardly differ, so this is what keeps a charter of many heads small. */
struct ring_table {
    uint32_t epoch;
    struct ring_public *keys;
    size_t key_count;
    uint8_t *bits; /* `ring_count` rows. */
    size_t ring_count;
};
struct ring *ring_table_row(const struct ring_table *table, size_t row);

#define HALT_MAX 320
struct halt {
    struct feed feed;
    struct cut last;
    struct digest network;
    struct public_key next;
    struct digest hash; /* Of what is signed. */
    uint8_t wire[HALT_MAX];
    size_t size;
};
bool halt_read(struct halt *halt, struct bytes wire, struct fault *fault);
bool halt_holds(const struct halt *halt);
/* By feed, then seq, id, next key: equal where they say the same under the same key. */
int halt_compare(const struct halt *a, const struct halt *b);

int cut_compare(const struct cut *a, const struct cut *b);

struct bundle_head {
    struct head_text *text;
    struct head_signature *signatures; /* By key. */
    size_t signature_count;
};
struct bundle {
    struct bundle_head *heads; /* By version, then hash. */
    size_t head_count;
    struct roster_text **rosters; /* By hash. */
    size_t roster_count;
    struct ring_table *tables; /* By epoch. */
    size_t table_count;
    struct halt *halts; /* By their bytes. */
    size_t halt_count;
};
bool bundle_read(struct bundle *bundle, struct bytes wire, struct fault *fault);
void bundle_write(const struct bundle *bundle, struct buffer *wire);
void bundle_release(struct bundle *bundle);

/* Put something into a bundle that is being made, at its place; what is there already is not put in
 * twice. The bundle takes holds of its own. */
struct bundle_head *bundle_add_head(struct bundle *bundle, struct head_text *text);
/* One that holds takes the place of another by the same key. */
void bundle_head_put(struct bundle_head *head, const struct head_signature *signature);
void bundle_add_roster(struct bundle *bundle, struct roster_text *text);
void bundle_add_halt(struct bundle *bundle, const struct halt *halt);
/* Once, with all rings. */
void bundle_add_rings(struct bundle *bundle, struct ring *const *rings, size_t count);

#endif
