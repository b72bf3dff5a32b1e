#ifndef CANDOUR_TESTS_CHARTER_MODEL_H
#define CANDOUR_TESTS_CHARTER_MODEL_H

#include "protocol/charter_rules.h"
#include "tests/protocol/towns.h"

/* A charter for tests, said in a line. Towns are 'A' to 'H', heads lower-case letters:
 *
 *     a ABC/2 by AB; b ABC/2 on a by BC cut:A1@5x | halt A1@3y | b by A; roster b
 *
 * Head a has the stewards Aylesbury, Bradford and Chester, two of whom must sign, and is signed by
 * A and B; b goes on from it. '|' ends a bundle. A small letter after `by` is a signature that does
 * not hold. Other words after a head: v7 (its version), rules9, bare (without its roster), unheard
 * (last: it is in no bundle), at:91
 * (days since 2026 began), release:1000 (between releases, in ms), ring:AB (lists the ring of
 * these), fit (the rings that its roster makes), and of its roster: -E (no entry for Exeter),
 * gone:E, ended:E, E>F (succeeded by), E=2 (its card, an enum town_card), cut:A1@5x (feed 1 of A
 * ends at record x, number 5; @0 leaves nothing). A head named again adds signatures. After a halt:
 * key3 (an enum town_key, instead of the right one), bad. */

#define MODEL_HEADS 26
#define MODEL_PARTS 64
#define MODEL_CUTS 6

struct model_cut {
    uint32_t feed;
    uint64_t seq;
    char id;
};
struct model_entry {
    bool missing;
    enum town_card card;
    enum member_status status;
    char heir;
    struct model_cut cuts[MODEL_CUTS];
    size_t cut_count;
};
struct model_head {
    char name;
    unsigned stewards; /* A bit for each town. */
    unsigned signers;  /* In all bundles together, true ones. */
    uint32_t threshold;
    char predecessors[PREDECESSORS_MAX];
    size_t predecessor_count;
    uint64_t version; /* 0: as it should be. */
    uint32_t rules;
    int64_t time_ms;
    int64_t release_ms; /* 0: RELEASE_MS. */
    unsigned ring;      /* Towns. */
    bool fit;
    bool has_roster; /* In some bundle. */
    struct model_entry entries[TOWNS];

    struct head_text *text;
    struct roster_text *roster;
};
struct model_halt {
    char town;
    struct model_cut last;
    enum town_key key;
    bool bad;
    struct halt halt;
};

/* One thing that is heard: a head with some signatures, a roster, a ring or a halt. */
struct model_part {
    enum { PART_HEAD, PART_ROSTER, PART_RING, PART_HALT } kind;
    size_t index;
    unsigned signers, liars;
    unsigned bundle;
};
struct model {
    struct model_head heads[MODEL_HEADS];
    size_t head_count;
    struct model_halt halts[MODEL_PARTS];
    size_t halt_count;
    struct model_part parts[MODEL_PARTS];
    size_t part_count;
    unsigned bundles;
};

struct model *model_read(const char *text);
void model_free(struct model *model);
struct model_head *model_find(const struct model *model, char name);

/* Make the bytes of all heads, rosters and halts; model_read() has done so. */
void model_build(struct model *model);
struct ring *model_ring(unsigned towns);

/* Append the bundle with these parts. */
void model_write(const struct model *model, const size_t *parts, size_t count, struct buffer *wire);
void model_write_bundle(const struct model *model, unsigned bundle, struct buffer *wire);

/* A charter that has heard all of it, bundle by bundle. */
struct charter *charter_made(const char *text);

/* What a charter says, in the same words: the maximal heads' names, and of a feed ("A1") its cuts:
 * "A1:open", "A1:-" (not listed), "A1:5x,7y", and "#2" after it where it has two keys. */
void model_heads_in_force(const struct model *model, const struct charter *charter, char *text);
void model_feed(const struct feed_rules *rules, const char *name, struct buffer *text);

#endif
