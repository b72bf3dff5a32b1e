#ifndef CANDOUR_NODE_LEDGER_H
#define CANDOUR_NODE_LEDGER_H

#include "protocol/disclosure.h"
#include "store/store.h"

/* Every count that this authority has published as it is, and every one that it is about to: what
 * a new release must not be compared with to tell a small number.
 *
 * It is read from the authority's own snapshots and from drafts that have not gone out, so it
 * cannot be out of step with them. It does not have what was erased (that is only counted), what
 * was published without candour, nor what another authority has published. Counts that were
 * rounded are left out: a difference of theirs tells nothing to the unit. By which profile they
 * went out is kept, for beside exact ones they tell what was hidden. */

/* Two names of one thing, whatever capitals they are written in. */
bool is_same(const char *a, const char *b);

/* What a figure is of. Two are of one thing whatever capitals they are written in. */
struct ledger_key {
    const char *code, *disaggregation, *area, *period;
};

/* The order of groups, level by level. However its total is called, it is the same one. */
int groups_compare(const char *a, const char *b);

/* The order of keys by all but the period; 0 where both are of one thing. */
int ledger_compare(const struct ledger_key *a, const struct ledger_key *b);

/* Where something stands that was published, or is to be. */
struct ledger_place {
    char text[32];  /* "record 3fa9c2d1", "draft 3" */
    uint64_t draft; /* Its number; 0: it is out. */
};

struct ledger_figure {
    struct ledger_key key;
    struct ledger_place where;
    struct figure figure; /* Hidden where the flag is c. */
};

/* Figures of one code in one snapshot. */
struct ledger_release {
    char *code, *area, *period;
    const struct disclosure_profile *profile;
    struct ledger_place where;
};

struct ledger {
    struct ledger_figure *list; /* The oldest first. */
    size_t count, room;
    struct ledger_figure **order; /* By code, group and area, the oldest first; */
    size_t ordered;               /* so many, until more are added. */
    struct ledger_release *releases;
    size_t release_count, release_room;
    char *framework; /* It was read of, whole; NULL: it was not. */
    uint32_t erased; /* Own snapshots of which the figures are not here any more. */
};

/* Of one framework. */
bool ledger_read(struct ledger *ledger, struct store *store, const struct digest *authority,
                 const char *framework, struct fault *fault);

/* A snapshot, if it is of this framework; its figures, if its counts are as they are. */
void ledger_add(struct ledger *ledger, const struct document *snapshot, const char *framework,
                const struct ledger_place *where);
void ledger_release(struct ledger *ledger);

/* All of them, in order; and those of one thing, of whatever period, `*count` of them. */
struct ledger_figure **ledger_order(struct ledger *ledger);
struct ledger_figure **ledger_find(struct ledger *ledger, const struct ledger_key *key,
                                   size_t *count);

/* Read of the framework, unless it was already. */
bool ledger_read_once(struct ledger *ledger, struct store *store, const struct digest *authority,
                      const char *framework, struct fault *fault);

/* The release of this period that hid this count of a figure; NULL: none did. What was hidden stays
 * hidden: shown now, it would tell beside the totals of then what it was. */
const struct ledger_figure *ledger_hid(struct ledger *ledger, const struct ledger_key *key,
                                       const struct measure *measure, enum count count);

/* The rule of profiles: what a code was published with for this area and a period that overlaps, it
 * is published with again; and what was ever hidden in counts people. */
bool ledger_admits_profile(const struct ledger *ledger, const struct disclosure_profile *profile,
                           const struct ledger_key *key, struct fault *fault);

/* The rule of differences: no count may differ from an earlier one by 1 to t - 1. */
bool ledger_admits(struct ledger *ledger, const struct disclosure_profile *profile,
                   const struct ledger_key *key, const struct figure *figure, struct fault *fault);

/* May this document go out? Of a snapshot all that disclosure control asks, by itself and beside
 * what was published before; every other may. It is asked where a draft is submitted, where it is
 * approved and before it is signed. The ledger is read from the store where it is not of the
 * snapshot's framework yet. */
bool figures_may_go_out(struct ledger *ledger, struct store *store, const struct digest *authority,
                        const struct document *document, struct fault *fault);

#endif
