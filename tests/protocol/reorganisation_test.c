#include "tests/protocol/replica_story.h"

/* Councils are merged. As in Northamptonshire in 2021: a county and its seven districts end on one
 * day, and two new unitary councils take their place. Leeds, York and Hull are the stewards. */

#define OLD 8
#define WESTERN 4 /* The first ones go into the west, the others into the north. */

static const char *const names[OLD] = {"northamptonshire", "daventry",      "northampton",
                                       "south northants",  "corby",         "east northants",
                                       "kettering",        "wellingborough"};
static struct node *old[OLD], *west, *north;
static struct record *lessons[OLD];
static struct buffer bundle;

static struct node *heir_of(size_t i)
{
    return i < WESTERN ? west : north;
}

/* It ends with what it said last, which may be nothing. */
static struct amendment dissolution(const struct node *node, const struct record *last,
                                    const struct node *heir)
{
    struct amendment amendment = {.what = AMEND_DISSOLVE,
                                  .authority = node->feed.authority,
                                  .succeeded_by = heir->feed.authority,
                                  .cut_count = 1};

    amendment.cuts[0].feed = 1;
    if (last != NULL)
        amendment.cuts[0].cut = (struct cut){record_header(last)->author.seq, *record_id(last)};
    return amendment;
}

/* One proposal: two come in, eight end. */
static void reorganise(void)
{
    struct amendment amendments[OLD + 2] = {{.what = AMEND_ADMIT, .card = west->card},
                                            {.what = AMEND_ADMIT, .card = north->card}};

    for (size_t i = 0; i < OLD; i++)
        amendments[2 + i] = dissolution(old[i], lessons[i], heir_of(i));
    county_amend_all(leeds, amendments, OLD + 2, leeds, york, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    county_settle(county);
    node_takes_charter(west, buffer_view(&bundle));
    node_takes_charter(north, buffer_view(&bundle));
    linked(west, leeds);
    linked(north, york);
}

static void begin(void)
{
    struct node *founders[4 + OLD];

    county = county_new(1);
    leeds = founders[0] = county_node(county, "leeds", true);
    york = founders[1] = county_node(county, "york", true);
    hull = founders[2] = county_node(county, "hull", true);
    hub = founders[3] = county_node(county, "hub", false);
    for (size_t i = 0; i < OLD; i++)
        old[i] = founders[4 + i] = county_node(county, names[i], false);
    county_found(county, founders, 4 + OLD);
    county_be_quiet(county);
    linked(york, leeds);
    linked(hull, leeds);
    for (size_t i = 0; i < OLD; i++) {
        linked(old[i], leeds);
        lessons[i] = node_says(old[i], "What a district has learned.");
    }
    west = county_node(county, "west northamptonshire", false);
    north = county_node(county, "north northamptonshire", false);
    node_start(west);
    node_start(north);
    county_settle(county);
}

static void end(void)
{
    buffer_release(&bundle);
    county_free(county);
}

TestSuite(reorganisation, .init = begin, .fini = end);

static const struct charter *charter_at(const struct node *node)
{
    return replica_charter(node->replica);
}

static size_t members_at(const struct node *node, enum member_status status)
{
    size_t count = 0;

    for (size_t i = 0; i < charter_members(charter_at(node)); i++)
        count += charter_member_at(charter_at(node), i)->status == status;
    return count;
}

Test(reorganisation, makes_two_members_of_eight)
{
    reorganise();
    struct node *const all[] = {leeds, york, hull, west, north};

    for (size_t n = 0; n < sizeof all / sizeof *all; n++) {
        cr_expect_eq(members_at(all[n], MEMBER_ACTIVE), 4 + 2, "%s", all[n]->name);
        cr_expect_eq(members_at(all[n], MEMBER_DISSOLVED), OLD, "%s: each once", all[n]->name);
        for (size_t i = 0; i < OLD; i++) {
            const struct member *member =
                charter_member(charter_at(all[n]), &old[i]->feed.authority);
            cr_expect(member->succeeded &&
                      digest_equal(&member->succeeded_by, &heir_of(i)->feed.authority));
        }
    }
}

Test(reorganisation, keeps_what_was_said_and_ends_it_there)
{
    struct node *const all[] = {leeds, york, hull, west, north};
    struct digest who;

    reorganise();
    for (size_t i = 0; i < OLD; i++) {
        struct record *late = node_writes(old[i], "Said after the end.");
        node_offers(leeds, late);
        county_settle(county);
        for (size_t n = 0; n < sizeof all / sizeof *all; n++)
            cr_expect_eq(node_standing(all[n], lessons[i]), STANDING_IN, "%s", names[i]);
        cr_expect_eq(node_standing(leeds, late), STANDING_ASIDE, "%s", names[i]);
        cr_expect_eq(
            charter_admits(charter_at(leeds), &old[i]->card->transport, county_now(county), &who),
            ADMISSION_BARRED, "%s", names[i]);
    }
}

static enum text_standing text_at(const struct node *node, const struct record *record)
{
    return set_text(replica_set(node->replica), record_id(record));
}

/* Each successor answers for its own part, and for nobody else's. */
Test(reorganisation, hands_on_the_right_to_erase)
{
    reorganise();
    node_erases(north, lessons[0]);
    node_erases(west, lessons[OLD - 1]);
    county_settle(county);
    cr_expect_eq(text_at(leeds, lessons[0]), TEXT_STANDS);
    cr_expect_eq(text_at(leeds, lessons[OLD - 1]), TEXT_STANDS);
    for (size_t i = 0; i < OLD; i++)
        node_erases(heir_of(i), lessons[i]);
    county_settle(county);
    for (size_t i = 0; i < OLD; i++)
        cr_expect_eq(text_at(hull, lessons[i]), TEXT_ERASED, "%s", names[i]);
}

/* Reorganised again: who succeeds a successor answers for the districts too. */
Test(reorganisation, hands_it_on_over_generations)
{
    struct node *shire = county_node(county, "shire", false);
    struct amendment amendments[3] = {{.what = AMEND_ADMIT, .card = shire->card}};

    reorganise();
    node_start(shire);
    amendments[1] = dissolution(west, NULL, shire);
    amendments[2] = dissolution(north, NULL, shire);
    county_amend_all(leeds, amendments, 3, leeds, york, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    node_takes_charter(shire, buffer_view(&bundle));
    linked(shire, leeds);
    county_settle(county);
    cr_expect_eq(members_at(hull, MEMBER_ACTIVE), 4 + 1);
    cr_expect_eq(members_at(hull, MEMBER_DISSOLVED), OLD + 2);
    for (size_t i = 0; i < OLD; i++) {
        node_erases(shire, lessons[i]);
        county_settle(county);
        cr_expect_eq(text_at(hull, lessons[i]), TEXT_ERASED, "%s", names[i]);
    }
}

/* A split: one of the two that come in is the successor, and the other has no right to its texts.
 */
Test(reorganisation, splits_one_into_two)
{
    struct amendment amendments[3] = {{.what = AMEND_ADMIT, .card = west->card},
                                      {.what = AMEND_ADMIT, .card = north->card},
                                      dissolution(old[0], lessons[0], west)};

    county_amend_all(leeds, amendments, 3, leeds, york, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    node_takes_charter(west, buffer_view(&bundle));
    node_takes_charter(north, buffer_view(&bundle));
    linked(west, leeds);
    linked(north, leeds);
    cr_expect_eq(members_at(leeds, MEMBER_ACTIVE), 4 + OLD + 1);
    node_erases(north, lessons[0]);
    county_settle(county);
    cr_expect_eq(text_at(leeds, lessons[0]), TEXT_STANDS);
    node_erases(west, lessons[0]);
    county_settle(county);
    cr_expect_eq(text_at(leeds, lessons[0]), TEXT_ERASED);
}

/* The new council goes by the name of the one that it takes the place of. */
Test(reorganisation, lets_a_newcomer_take_the_name)
{
    struct amendment amendments[2] = {{.what = AMEND_ADMIT, .card = west->card},
                                      dissolution(old[0], lessons[0], west)};
    struct card *namesake = memory_new(1, sizeof *namesake);
    struct fault fault;

    *namesake = *west->card;
    namesake->wire = (struct buffer){0};
    memcpy(namesake->name, old[0]->card->name, sizeof namesake->name);
    cr_assert(card_sign(namesake, west->key, &fault), "%s", fault.text);
    amendments[0].card = namesake;
    county_amend_all(leeds, amendments, 2, leeds, york, &bundle);
    node_takes_charter(leeds, buffer_view(&bundle));
    const struct member *member = charter_member(charter_at(leeds), &west->feed.authority);
    cr_assert(member != NULL);
    cr_expect_str_eq(member->card->name, names[0]);
    card_free(namesake);
}
