#ifndef CANDOUR_NODE_COMPARING_H
#define CANDOUR_NODE_COMPARING_H

#include "protocol/charter.h"
#include "protocol/comparison.h"
#include "protocol/neighbours.h"
#include "store/store.h"

/* What there is to compare with: definitions and figures that members published, public ones from a
 * file, and what kind of places there are. */

/* --- What a code means, and its figures --- */

struct indicator {
    struct document *definition; /* As it is read here: one's own, or the one that most share. */
    struct figure_key key;       /* Into the three below. */
    char framework[41], code[41], disaggregation[81];
    struct yardstick yardstick;
    struct known_figure *figures; /* As comparison_make() takes them. */
    size_t count;
    size_t apart; /* Authorities whose code is of another meaning: their figures are left out. */
    size_t undefined; /* Authorities that published figures, and say nothing of what they mean. */
    size_t embargoed; /* Figures that came before their day, */
    size_t foreign;   /* and of areas that are not on their author's card: left out. */
    char source[121]; /* Of the public ones; "several files" where there are. */
};

/* FAULT_ABSENT where nobody has defined it, FAULT_INPUT where it is in several frameworks. */
struct gather_request {
    const char *name;              /* A code, or framework:code. */
    const char *disaggregation;    /* Empty: the whole. */
    const struct charter *charter; /* NULL where no network was joined. */
    const struct digest *self;     /* NULL: nobody. */
    int64_t now_ms;
    bool signed_only;                  /* No public figures. */
    const struct document *definition; /* One that nobody published; NULL: those that there are. */
};
bool indicator_gather(struct store *store, const struct gather_request *request,
                      struct indicator *indicator, struct fault *fault);
void indicator_release(struct indicator *indicator);

/* Whose card has this area as one that it still answers for; NULL: nobody's. `charter` may be NULL.
 */
const struct member *member_for_area(const struct charter *charter, const char *area);

/* --- What kind of places there are --- */

struct places_known {
    struct like_place *places;
    char (*names)[121];
    char (*texts)[2][41]; /* Code and type, to which the places point. */
    size_t count, room;
    size_t signed_profiles; /* Places that said so themselves. */
};

/* Public profiles, and over them what members say of themselves. `charter` may be NULL. */
bool places_gather(struct store *store, const struct charter *charter,
                   const struct variable *variables, size_t variable_count,
                   struct places_known *known, struct fault *fault);
size_t places_find_area(const struct places_known *known, const char *area); /* SIZE_MAX: none. */
void places_known_release(struct places_known *known);

#endif
