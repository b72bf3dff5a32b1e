#ifndef CANDOUR_TESTS_REPLICA_STORY_H
#define CANDOUR_TESTS_REPLICA_STORY_H

#include "tests/protocol/county.h"

#include <criterion/criterion.h>
#include <string.h>

/* Three councils that are stewards, and a hub that is none, each a member for the others. What they
 * say and do is compared as text, so that a failure shows the whole conversation. */

static struct county *county;
static struct node *leeds, *york, *hull, *hub;

static inline void story_begins(void)
{
    county = county_new(1);
    leeds = county_node(county, "leeds", true);
    york = county_node(county, "york", true);
    hull = county_node(county, "hull", true);
    hub = county_node(county, "hub", false);
    county_found(county, (struct node *[]){leeds, york, hull, hub}, 4);
    county_notes(county);
}

static inline void story_ends(void)
{
    county_free(county);
}

/* `from` dials; they greet, and nobody takes notes. */
static inline void linked(struct node *from, struct node *to)
{
    county_dial(from, to);
    county_settle(county);
    county_notes(county);
}

#define SAID(expected) cr_expect_str_eq(county_notes(county), expected)

#endif
