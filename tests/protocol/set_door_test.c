#include "tests/protocol/set_story.h"

/* What a node does before f: time, and how much it keeps of what is undecided. */

TestSuite(set_door, .init = story_begins, .fini = story_ends);

Test(set_door, waits_for_a_record_from_the_future)
{
    struct record *a = says_at("a", NULL, NOW + GRACE_MS);
    struct record *b = says_at("b", a, NOW + GRACE_MS + 5), *c = says("c", b);
    struct changes changes = {0};

    offer(c);
    offer(b);
    offer(a);
    TOLD(" +a");
    STANDS(b, STANDING_WAITING);
    STANDS(c, STANDING_ASIDE);
    cr_expect_eq(set_tick(set, NOW + 4, &changes), NOW + 5);
    cr_expect_eq(changes.count, 0);
    cr_expect_eq(set_tick(set, NOW + 5, &changes), INT64_MAX);
    note(&changes);
    TOLD(" +b +c");
}

Test(set_door, takes_no_more_undecided_records_than_it_has_room_for)
{
    set_limit(set, RUN_MAX, 2, ASIDE_BYTES_MAX);
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b), *d = says("d", c);

    cr_expect_eq(offer(d), OFFER_TAKEN);
    cr_expect_eq(offer(c), OFFER_TAKEN);
    cr_expect_eq(offer(b), OFFER_FULL);
    STANDS(b, STANDING_UNKNOWN);
    cr_expect_eq(offer(a), OFFER_TAKEN); /* It goes into the set. */
    cr_expect_eq(offer(junk("junk", a)), OFFER_FULL);
    cr_expect_eq(offer(b), OFFER_TAKEN);
    TOLD(" +a +b +c +d");
    cr_expect_eq(offer(junk("junk", b)), OFFER_TAKEN); /* There is room again. */
}

/* What goes on from it proves it, and was here before. */
Test(set_door, takes_what_another_carries_in_though_it_is_full)
{
    set_limit(set, RUN_MAX, 2, ASIDE_BYTES_MAX);
    struct record *a = says("a", NULL), *copy = junk("copy", says("b", a));
    struct record *c = junk("c", says("c", copy)), *d = says("d", c);

    offer(a);
    cr_expect_eq(offer(c), OFFER_TAKEN);
    cr_expect_eq(offer(d), OFFER_TAKEN);
    cr_expect_eq(offer(junk("junk", a)), OFFER_FULL);
    cr_expect_eq(offer(copy), OFFER_TAKEN);
    TOLD(" +a +copy +c +d");
}

Test(set_door, counts_the_bytes_of_what_is_undecided)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b);
    size_t size = record_header_bytes(b).size + record_proof(b).size;

    set_limit(set, RUN_MAX, ASIDE_MAX, size);
    cr_expect_eq(offer(b), OFFER_TAKEN);
    cr_expect_eq(offer(c), OFFER_FULL);
    cr_expect_eq(offer(a), OFFER_TAKEN);
    cr_expect_eq(offer(c), OFFER_TAKEN);
}

Test(set_door, does_not_count_what_a_cut_put_aside)
{
    set_limit(set, RUN_MAX, 1, ASIDE_BYTES_MAX);
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b);

    offer(a);
    offer(b);
    offer(c);
    cut_at(1, a);
    charter_changes();
    cr_expect_eq(set_count(set, STANDING_ASIDE), 2);
    cr_expect_eq(offer(says("d", c)), OFFER_TAKEN);
    cr_expect_eq(offer(says("e", c)), OFFER_FULL);
}

Test(set_door, takes_the_chain_of_a_cut_though_it_is_full)
{
    set_limit(set, RUN_MAX, 0, ASIDE_BYTES_MAX);
    struct record *a = says("a", NULL), *copy = junk("copy", says("b", a)), *c = says("c", copy);

    cut_at(3, c);
    cr_expect_eq(offer(junk("junk", a)), OFFER_FULL);
    cr_expect_eq(offer(copy), OFFER_FULL); /* Nobody can know yet that the cut's record is after. */
    cr_expect_eq(offer(c), OFFER_TAKEN);
    cr_expect_eq(offer(copy), OFFER_TAKEN);
    cr_expect_eq(offer(a), OFFER_TAKEN);
    TOLD(" +a +copy +c");
}

Test(set_door, takes_what_may_be_the_chain_of_a_joint_cut_though_it_is_full)
{
    set_limit(set, RUN_MAX, 0, ASIDE_BYTES_MAX);
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b);

    cut_at(1, a);
    cut_at(3, c);
    offer(a);
    cr_expect_eq(offer(b), OFFER_TAKEN);
    cr_expect_eq(offer(says_under("foreign", a, york_key)), OFFER_FULL);
    cr_expect_eq(offer(says("beside", b)), OFFER_FULL);
    cr_expect_eq(offer(c), OFFER_TAKEN);
    cr_expect_eq(offer(says("d", a)), OFFER_FULL);
    TOLD(" +a");
    cr_expect_eq(served(c), 3);
}

#define BUDGET 1000

Test(set_door, says_what_is_exempt_from_it)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b), *d = says("d", c);
    struct record *copy = junk("copy", b), *whisper = whispers("whisper", 1);

    cr_expect_not(set_exempt(set, a, BUDGET));
    cut_at(3, c);
    cr_expect(set_exempt(set, c, BUDGET));        /* It is the end. */
    cr_expect(set_exempt(set, b, BUDGET));        /* It may lead there. */
    cr_expect_not(set_exempt(set, copy, BUDGET)); /* No key has signed it. */
    cr_expect_not(set_exempt(set, d, BUDGET));
    cr_expect_not(set_exempt(set, whisper, BUDGET));
    offer(c);
    cr_expect(set_exempt(set, b, BUDGET));
    offer(b);
    offer(a);
    cr_expect_not(set_exempt(set, says("fork", a), BUDGET)); /* Now it is known what leads there. */
}

/* Its author may halt a feed wherever it likes. */
Test(set_door, has_an_end_for_what_is_below_an_end_that_never_comes)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b), *d = says("d", c);
    struct record *e = says("e", d);

    cut_at(SEQ_MAX, says("nowhere", e));
    offer(a);
    offer(b);
    decides();
    cr_expect(set_exempt(set, c, 2));
    offer(c);
    offer(d);
    decides();
    cr_expect_not(set_exempt(set, e, 2), "twice the budget is here");
    cr_expect(set_exempt(set, e, 3));
}

/* Each is what the one before waits for. */
Test(set_door, takes_a_long_chain_of_a_cut_from_its_end)
{
    enum { LENGTH = 1500 };
    struct record *chain[LENGTH];

    set_limit(set, RUN_MAX, 0, ASIDE_BYTES_MAX);
    for (unsigned i = 0; i < LENGTH; i++)
        chain[i] = i % 1000 == 999 ? says("c", chain[i - 1])
                                   : junk("c", says("", i == 0 ? NULL : chain[i - 1]));
    cut_at(LENGTH, chain[LENGTH - 1]);
    for (unsigned i = LENGTH; i > 0; i--)
        cr_assert_eq(offer(chain[i - 1]), OFFER_TAKEN);
    cr_expect_eq(set_count(set, STANDING_IN), LENGTH);
}

/* --- What is there of such a chain --- */

static size_t pieces(const struct record *tip, uint64_t after, struct entry entries[4])
{
    return set_piece(set, record_id(tip), after, entries, 4);
}

Test(set_door, tells_what_is_there_of_the_chain_of_a_cut_from_its_end)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b), *d = says("d", c);
    struct record *e = says("e", d), *beside = says("beside", c), *beyond = says("beyond", e);
    struct entry entries[4];

    offer(c);
    offer(d);
    offer(beside);
    offer(beyond);
    cut_at(5, e);
    charter_changes();
    cr_expect_eq(pieces(d, 0, entries), 0, "whether it leads to e shows e alone");
    offer(e);
    cr_assert_eq(pieces(e, 0, entries), 3);
    cr_expect(digest_equal(&entries[0].id, record_id(e)));
    cr_expect(digest_equal(&entries[1].id, record_id(d)));
    cr_expect(digest_equal(&entries[2].id, record_id(c)));
    cr_expect_eq(pieces(e, 3, entries), 2, "after c");
    cr_expect_eq(set_piece(set, record_id(e), 0, entries, 1), 1);
    cr_expect_eq(pieces(d, 0, entries), 2);
    cr_expect_eq(pieces(beside, 0, entries), 0);
    cr_expect_eq(pieces(beyond, 0, entries), 0);
    cr_expect_eq(pieces(b, 0, entries), 0, "it is not here");

    offer(b);
    cr_expect_eq(pieces(e, 0, entries), 4);
    offer(a);
    cr_expect_eq(pieces(e, 0, entries), 0, "now it is whole");
}

Test(set_door, tells_nothing_of_what_waits_for_its_time)
{
    struct record *c, *d, *a = says("a", NULL), *b = says("b", a);
    struct entry entries[4];

    c = says_at("c", b, NOW + 2 * GRACE_MS);
    d = says("d", c);
    cut_at(4, d);
    offer(c);
    offer(d);
    cr_expect_eq(pieces(d, 0, entries), 1);
    cr_expect_eq(pieces(c, 0, entries), 0);
}

Test(set_door, keeps_no_body_of_what_is_undecided)
{
    struct record *a = says("a", NULL), *b = says("b", a);
    uint32_t index;

    offer(b);
    index = items_find(set, record_id(b));
    cr_expect(record_has_body(b));
    cr_expect_not(record_has_body(item_record(set, index)));
    offer(a);
    cr_expect_null(item_record(set, index));
}

Test(set_door, has_no_room_for_whispers_that_nobody_can_judge)
{
    struct record *a = whispers("a", 1), *b = whispers("b", 2), *c = whispers("c", 3);

    set_limit(set, RUN_MAX, 1, ASIDE_BYTES_MAX);
    ring_answers = RING_UNKNOWN;
    cr_expect_eq(offer(a), OFFER_TAKEN);
    cr_expect_eq(offer(b), OFFER_FULL);
    ring_answers = RING_HOLDS;
    cr_expect_eq(offer(c), OFFER_TAKEN); /* It enters the set at once. */
    TOLD(" +c");
}

/* There would be no end of them. */
Test(set_door, has_no_room_for_whispers_without_end)
{
    struct record *first = whispers("first", 1), *next = whispers("next", 1);

    set_limit(set, RUN_MAX, 1, ASIDE_BYTES_MAX);
    while (!is_lower(next, first))
        next = whispers("next", 1);
    offer(first);
    offer(next);
    TOLD(" +first +next -first");
    STANDS(first, STANDING_ASIDE);
    cr_expect_eq(offer(says("orphan", says("", NULL))), OFFER_FULL);
}
