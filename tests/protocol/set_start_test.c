#include "tests/protocol/set_story.h"

/* How a node starts again from what its store kept. */

TestSuite(set_start, .init = story_begins, .fini = story_ends);

/* As the store has it: whole. */
static struct skeleton kept(struct record *record, bool in, const struct signing_key *signer)
{
    const struct author *author = &record_header(record)->author;
    struct skeleton skeleton = {.id = *record_id(record),
                                .named = author->form == AUTHOR_NAMED,
                                .feed = author->feed,
                                .seq = author->seq,
                                .prev = author->prev,
                                .in = in,
                                .has_signer = signer != NULL,
                                .record = record};

    if (signer != NULL)
        skeleton.signer = *signing_key_public(signer);
    return skeleton;
}

static void restore(struct record *record, bool in, const struct signing_key *signer)
{
    struct skeleton skeleton = kept(record, in, signer);

    set_restore(set, &skeleton);
}

/* What nearly all of them are. */
static void restore_bare(struct record *record, const struct signing_key *signer)
{
    struct skeleton skeleton = kept(record, true, signer);

    skeleton.record = NULL;
    set_restore(set, &skeleton);
}

static void settle(void)
{
    struct changes changes = {0};

    set_settle(set, NOW, &changes);
    note(&changes);
}

Test(set_start, starts_from_what_a_store_kept)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b);
    struct record *late = says_at("late", b, NOW + GRACE_MS + 1), *copy = junk("copy", b);
    struct changes changes = {0};

    restore_bare(c, leeds_key);
    restore(late, false, NULL);
    restore_bare(copy, NULL); /* The store is wrong. */
    restore(a, false, leeds_key);
    restore_bare(b, NULL);
    settle();
    TOLD(" +a -copy");
    cr_expect_eq(fetched, 1);
    STANDS(c, STANDING_IN);
    STANDS(late, STANDING_WAITING);
    offer(says("d", c));
    TOLD(" +d");
    set_tick(set, NOW + 1, &changes);
    note(&changes);
    TOLD(" +late");
}

Test(set_start, looks_at_no_proof_as_a_rule)
{
    struct record *last = NULL;

    set_limit(set, 10, ASIDE_MAX, ASIDE_BYTES_MAX);
    for (unsigned i = 1; i <= 100; i++) {
        last = says("record", last);
        restore_bare(last, i % 10 == 7 || i == 100 ? leeds_key : NULL);
    }
    restore(whispers("whisper", 1), true, NULL);
    settle();
    TOLD("");
    cr_expect_eq(set_count(set, STANDING_IN), 101);
    cr_expect_eq(proofs_tried, 0);
}

Test(set_start, does_not_trust_a_store_that_lost_a_record)
{
    struct record *a = says("a", NULL), *b = says("b", a);

    restore_bare(b, leeds_key);
    settle();
    TOLD(" -b");
    offer(a);
    TOLD(" +a +b");
}

Test(set_start, looks_where_a_store_does_not_know_the_signer)
{
    struct record *a = says("a", NULL), *b = junk("b", says("", a));

    restore_bare(b, NULL);
    restore_bare(a, NULL);
    settle();
    TOLD(" -b");
    cr_expect_eq(fetched, 2);
}

Test(set_start, knows_the_signer_again_when_its_key_comes_back)
{
    struct record *a = says("a", NULL);

    leeds_rules = rules_with(new_key);
    restore_bare(a, leeds_key);
    settle();
    TOLD(" -a");
    leeds_rules = rules_with(leeds_key);
    charter_changes();
    TOLD(" +a");
}

Test(set_start, finds_texts_as_they_stand)
{
    struct record *a = says("a", NULL), *b = says("b", a), *erasure = erases("erasure", b, a);
    struct skeleton skeleton = kept(b, true, leeds_key);

    restore_bare(a, leeds_key);
    skeleton.text = TEXT_ERASED; /* By one that the store lost. */
    set_restore(set, &skeleton);
    restore(erasure, true, leeds_key);
    settle();
    TOLD(" a:erased b:stands");
}

Test(set_start, finds_who_is_not_named)
{
    struct record *a = whispers("a", 1), *b = whispers("b", 1), *c = whispers("c", 2);
    struct record *low = is_lower(a, b) ? a : b, *high = low == a ? b : a;
    struct record *owned = owner_says("owned", low, 1, "update");
    struct record *orphan = owner_says("orphan", high, 1, "update");

    restore(owned, true, owner_key);
    restore(orphan, true, owner_key); /* The store does not know yet that its subject lost. */
    restore(high, true, NULL);
    restore(low, false, NULL);
    restore(c, true, NULL);
    settle();
    STANDS(low, STANDING_IN);
    STANDS(high, STANDING_ASIDE);
    STANDS(owned, STANDING_IN);
    STANDS(orphan, STANDING_ASIDE);
    STANDS(c, STANDING_IN);
    cr_expect_eq(proofs_tried, 0);
    cr_expect_eq(memcmp(set_signer(set, record_id(owned)), signing_key_public(owner_key), 32), 0);
    cr_expect_null(set_signer(set, record_id(c)));
}
