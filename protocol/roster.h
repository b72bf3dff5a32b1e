#ifndef CANDOUR_PROTOCOL_ROSTER_H
#define CANDOUR_PROTOCOL_ROSTER_H

#include "protocol/charter_wire.h"

/* Every member's entry, in ascending order of authority ids. A roster that has been opened never
 * changes: its cards have been checked, its cuts name feeds that are there. Charters share rosters,
 * and rosters share cards, for most of them are the same in the next one. */

struct roster_card {
    atomic_size_t holds;
    struct card *card;
};
struct roster_card *roster_card_new(struct card *card); /* Takes the card over. */
struct roster_card *roster_card_hold(struct roster_card *card);
void roster_card_free(struct roster_card *card);

struct roster_cut {
    uint32_t feed;
    struct cut cut;
};
struct entry {
    struct roster_card *card;
    struct member member;
    struct roster_cut *cuts; /* By feed, seq, id. Besides the card's own. */
    size_t cut_count;
};
struct roster {
    atomic_size_t holds;
    struct roster_text *text;
    struct entry *entries;
    size_t count;
};

/* A card of this authority that has been checked already, or NULL. */
struct known_cards {
    const void *context;
    struct roster_card *(*find)(const void *context, const struct digest *authority,
                                struct bytes wire);
};

struct roster *roster_open(struct roster_text *text, struct known_cards known, struct fault *fault);
struct roster *roster_hold(struct roster *roster);
void roster_free(struct roster *roster);

struct entry *roster_find(const struct roster *roster, const struct digest *authority);

/* All cuts of a feed in this entry, the card's own first; room for ENTRY_CUTS_MAX + 1. */
size_t entry_cuts(const struct entry *entry, uint32_t feed, struct cut *cuts);

/* --- Making one --- */

struct roster *roster_new(void);
struct entry *roster_add(struct roster *roster, struct roster_card *card, int64_t since_ms);
/* To add a cut that is there already changes nothing. False: ENTRY_CUTS_MAX are there. */
bool entry_add_cut(struct entry *entry, const struct roster_cut *cut);
void entry_set_card(struct entry *entry, struct roster_card *card);
void entry_copy(struct entry *to, const struct entry *from);
/* Done: write its text. FAULT_INPUT where it is too long. */
bool roster_seal(struct roster *roster, struct fault *fault);

#endif
