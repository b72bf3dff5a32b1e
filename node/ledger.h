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
 * rounded are left out: a difference of theirs tells nothing to the unit. */

/* What a figure is of. Two are of one thing whatever capitals they are written in. */
struct ledger_key {
    const char *code, *disaggregation, *area, *period;
};

struct ledger_figure {
    struct ledger_key key;
    char *where;          /* "record 3fa9c2d1", "draft 3" */
    struct figure figure; /* Hidden where the flag is c. */
};

struct ledger {
    struct ledger_figure *list; /* The oldest first. */
    size_t count, room;
    struct ledger_figure **order; /* By code, group and area, the oldest first; */
    size_t ordered;               /* so many, until more are added. */
    char *framework;              /* It was read of; NULL: it was not. */
    uint32_t erased;              /* Own snapshots of which the figures are not here any more. */
};

/* Of one framework. */
bool ledger_read(struct ledger *ledger, struct store *store, const struct digest *authority,
                 const char *framework, struct fault *fault);

/* The figures of a snapshot, if it is of this framework and its counts are as they are. */
void ledger_add(struct ledger *ledger, const struct document *snapshot, const char *framework,
                const char *where);
void ledger_release(struct ledger *ledger);

/* All of them, in order; and those of one thing, of whatever period, `*count` of them. */
struct ledger_figure **ledger_order(struct ledger *ledger);
struct ledger_figure **ledger_find(struct ledger *ledger, const struct ledger_key *key,
                                   size_t *count);

/* The rule of differences: no count may differ from an earlier one by 1 to t - 1. */
bool ledger_admits(struct ledger *ledger, const struct disclosure_profile *profile,
                   const struct ledger_key *key, const struct figure *figure, struct fault *fault);

/* May this document go out? Of a snapshot all that disclosure control asks, by itself and beside
 * what was published before; every other may. It is asked where a draft is submitted, where it is
 * approved and before it is signed. The ledger is read from the store where it is needed and not of
 * the snapshot's framework yet. */
bool figures_may_go_out(struct ledger *ledger, struct store *store, const struct digest *authority,
                        const struct document *document, struct fault *fault);

#endif
