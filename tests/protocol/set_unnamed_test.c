#include "tests/protocol/set_story.h"

/* Lines 8 and 9: anonymous records and those of their owners. */

TestSuite(set_unnamed, .init = story_begins, .fini = story_ends);

static struct record *low, *high; /* Of one slot. */

static void two_of_a_slot(void)
{
    struct record *a = whispers("", 1), *b = whispers("", 1);

    low = is_lower(a, b) ? a : b;
    high = low == a ? b : a;
    said[low == a ? said_count - 2 : said_count - 1].name = "low";
    said[low == a ? said_count - 1 : said_count - 2].name = "high";
}

Test(set_unnamed, takes_a_whisper_of_a_ring)
{
    struct record *a = whispers("a", 1), *b = whispers("b", 2);

    offer(a);
    offer(b);
    TOLD(" +a +b");
    cr_expect_eq(offer(a), OFFER_KNOWN);
    cr_expect_null(set_signer(set, record_id(a)));
}

Test(set_unnamed, keeps_the_lowest_of_a_slot_whichever_comes_first)
{
    two_of_a_slot();
    offer(high);
    offer(low);
    TOLD(" +high +low -high");
    STANDS(high, STANDING_ASIDE);
    cr_expect_eq(set_because(set, record_id(high)), BECAUSE_SLOT);

    set_free(set);
    set = set_begin();
    offer(low);
    cr_expect_eq(offer(high), OFFER_NEVER);
    TOLD(" +low");
    STANDS(high, STANDING_UNKNOWN);
}

Test(set_unnamed, tells_nothing_of_one_that_loses_at_once)
{
    two_of_a_slot();
    set_offer(set, high, NOW);
    set_offer(set, low, NOW);
    decides();
    TOLD(" +low");
    STANDS(high, STANDING_ASIDE);
}

Test(set_unnamed, refuses_what_no_ring_signed)
{
    struct record *a = whispers("a", 1);

    ring_answers = RING_FAILS;
    cr_expect_eq(offer(a), OFFER_NEVER);
    TOLD("");
    STANDS(a, STANDING_UNKNOWN);
}

Test(set_unnamed, waits_until_a_ring_is_listed)
{
    struct record *owned;

    two_of_a_slot();
    owned = owner_says("owned", low, 1, "update");
    ring_answers = RING_UNKNOWN;
    cr_expect_eq(offer(high), OFFER_TAKEN);
    cr_expect_eq(offer(low), OFFER_TAKEN);
    offer(owned);
    TOLD("");
    cr_expect_eq(set_because(set, record_id(low)), BECAUSE_RING);
    cr_expect_eq(set_because(set, record_id(owned)), BECAUSE_NO_SUBJECT);
    charter_changes();
    TOLD("");
    ring_answers = RING_HOLDS;
    charter_changes();
    TOLD(" +low +owned");
}

Test(set_unnamed, is_through_with_what_a_ring_that_is_listed_at_last_did_not_sign)
{
    struct record *a = whispers("a", 1);

    ring_answers = RING_UNKNOWN;
    offer(a);
    ring_answers = RING_FAILS;
    charter_changes();
    TOLD("");
    STANDS(a, STANDING_ASIDE);
    cr_expect_null(item_record(set, items_find(set, record_id(a))));
}

Test(set_unnamed, waits_for_the_time_of_a_whisper)
{
    struct digest tag = digest_numbered(1);
    struct header header =
        header_anonymous(&tag, &ring, signing_key_public(owner_key), NOW + GRACE_MS + 1);
    struct record *late = named("late", record_unproven(&header, 1));
    struct changes changes = {0};

    offer(late);
    STANDS(late, STANDING_WAITING);
    cr_expect_eq(set_because(set, record_id(late)), BECAUSE_TIME);
    set_tick(set, NOW + 1, &changes);
    note(&changes);
    TOLD(" +late");
}

Test(set_unnamed, takes_what_an_owner_adds)
{
    struct record *a = whispers("a", 1), *one = owner_says("one", a, 1, "update");
    struct record *two = owner_says("two", a, 2, "update"), *wrong = junk("wrong", two);

    offer(one);
    TOLD("");
    cr_expect_eq(set_because(set, record_id(one)), BECAUSE_NO_SUBJECT);
    offer(a);
    TOLD(" +a +one");
    cr_expect_eq(offer(wrong), OFFER_NEVER);
    offer(two);
    TOLD(" +two");
    cr_expect_eq(memcmp(set_signer(set, record_id(two)), signing_key_public(owner_key), 32), 0);
}

Test(set_unnamed, keeps_the_lowest_of_a_number)
{
    struct record *a = whispers("a", 1), *x = owner_says("x", a, 1, "update");
    struct record *y = owner_says("y", a, 1, "update"), *z = owner_says("z", a, 2, "update");
    struct record *lower = is_lower(x, y) ? x : y, *higher = lower == x ? y : x;

    offer(a);
    offer(z);
    offer(higher);
    offer(lower);
    STANDS(lower, STANDING_IN);
    STANDS(higher, STANDING_ASIDE);
    STANDS(z, STANDING_IN);
    cr_expect_eq(set_because(set, record_id(higher)), BECAUSE_SLOT);
}

Test(set_unnamed, says_why_an_owners_record_does_not_count)
{
    struct record *a = whispers("a", 1), *wrong = junk("wrong", owner_says("", a, 1, "update"));

    offer(wrong);
    offer(a);
    cr_expect_eq(set_because(set, record_id(wrong)), BECAUSE_PROOF);
    cr_expect_eq(set_because(set, record_id(a)), BECAUSE_IN);
}

Test(set_unnamed, takes_nothing_of_an_owner_who_lost_his_slot)
{
    struct record *owned, *late;

    two_of_a_slot();
    owned = owner_says("owned", high, 1, "update");
    late = owner_says("late", high, 2, "update");
    offer(high);
    offer(owned);
    offer(low);
    TOLD(" +high +owned +low -high -owned");
    cr_expect_eq(offer(late), OFFER_NEVER);
}

Test(set_unnamed, knows_no_owner_of_a_named_record)
{
    struct record *a = says("a", NULL), *early = owner_says("early", a, 1, "update");
    struct record *owned = owner_says("owned", a, 2, "update");
    struct record *whisper = whispers("whisper", 1), *of = owner_says("of", whisper, 1, "update");

    offer(early);
    offer(a);
    TOLD(" +a");
    cr_expect_eq(offer(owned), OFFER_NEVER);
    offer(whisper);
    offer(of);
    cr_expect_eq(offer(owner_says("of_of", of, 1, "update")), OFFER_NEVER);
    TOLD(" +whisper +of");
    STANDS(early, STANDING_ASIDE);
}

Test(set_unnamed, links_nothing_to_a_whisper)
{
    struct record *whisper = whispers("whisper", 1);
    struct header second = header_named(&leeds, NULL, NOW);
    struct digest missing;
    uint64_t seq;

    second.author.seq = 2;
    second.author.prev = *record_id(whisper);
    struct record *a = named("a", record_proven(&second, 1, leeds_key));
    offer(whisper);
    offer(a);
    TOLD(" +whisper");
    cr_expect_eq(set_because(set, record_id(a)), BECAUSE_PREV);
    cr_expect_not(set_missing(set, record_id(a), &missing, &seq));
}
