#include "tests/protocol/set_story.h"

/* What nodes compare and send each other, and how one starts again. */

TestSuite(set_compare, .init = story_begins, .fini = story_ends);

Test(set_compare, has_one_digest_whatever_the_order)
{
    struct record *a = says("a", NULL), *b = says("b", a), *y = york_says("y", NULL);
    struct digest empty = state();

    offer(a);
    struct digest one = state();
    offer(y);
    offer(b);
    struct digest all = state();
    cr_expect_not(digest_equal(&empty, &one));
    cr_expect_not(digest_equal(&one, &all));

    set_free(set);
    set = set_new((struct set_rules){NULL, rules_of});
    offer(junk("junk", a)); /* Set aside: not compared. */
    offer(b);
    offer(y);
    offer(a);
    struct digest again = state();
    cr_expect(digest_equal(&all, &again));
}

/* Worked out by hand, so that the format cannot drift. */
Test(set_compare, digests_its_tips_as_the_specification_says)
{
    struct record *a = says("a", NULL), *b = says("b", a), *fork = says("fork", a);
    bool b_first = digest_compare(record_id(b), record_id(fork)) < 0;
    const uint8_t numbers[12] = {0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2};
    uint8_t tips[2 * (32 + 12 + 32)], *at = tips;

    offer(a);
    offer(b);
    offer(fork);
    for (unsigned i = 0; i < 2; i++) {
        memcpy(at, leeds.authority.bytes, 32);
        memcpy(at + 32, numbers, 12);
        memcpy(at + 44, record_id((i == 0) == b_first ? b : fork)->bytes, 32);
        at += 76;
    }
    struct digest expected = digest_of("candour/1/bucket", tips, sizeof tips);
    struct digest got = set_bucket_digest(set, leeds.authority.bytes[0] >> 2);
    cr_expect(digest_equal(&got, &expected));

    uint8_t whole[65 * 32];
    struct digest charter = digest_numbered(9);
    memcpy(whole, charter.bytes, 32);
    for (unsigned i = 0; i < 64; i++) {
        struct digest bucket = digest_of("candour/1/bucket", "", 0);
        memcpy(whole + 32 * (i + 1), i == leeds.authority.bytes[0] >> 2 ? &expected : &bucket, 32);
    }
    expected = digest_of("candour/1/state", whole, sizeof whole);
    got = state();
    cr_expect(digest_equal(&got, &expected));
}

Test(set_compare, pages_its_tips)
{
    struct record *a = says("a", NULL);
    struct tip all[12], page[5], *after = NULL;
    size_t count = 0, got;

    offer(a);
    for (unsigned i = 0; i < 10; i++)
        offer(says("branch", a));
    offer(york_says("y", NULL));
    cr_expect_eq(set_tips(set, NULL, all, 12), 11);
    while ((got = set_tips(set, after, page, 4)) > 0) {
        for (size_t i = 0; i < got; i++)
            cr_expect(digest_equal(&page[i].id, &all[count + i].id));
        count += got;
        after = &all[count - 1];
    }
    cr_expect_eq(count, 11);
}

Test(set_compare, goes_on_from_the_longest_branch)
{
    struct record *a = says("a", NULL), *b = says("b", a), *other = says("other", a);
    struct tip head;

    cr_expect_not(set_head(set, &leeds, &head));
    offer(a);
    offer(b);
    offer(other);
    cr_expect(set_head(set, &leeds, &head));
    cr_expect_eq(head.seq, 2);
    struct record *lower = digest_compare(record_id(b), record_id(other)) < 0 ? b : other;
    cr_expect(digest_equal(&head.id, record_id(lower)));
    struct record *c = says("c", lower == b ? other : b);
    offer(c);
    cr_expect(set_head(set, &leeds, &head));
    cr_expect(digest_equal(&head.id, record_id(c)));
    cr_expect_not(set_head(set, &york, &head));
}

Test(set_compare, says_what_it_has_at_doubling_distances)
{
    static const unsigned distances[] = {0, 1, 2, 4, 8};
    struct record *chain[12] = {NULL};
    struct digest haves[8];

    for (unsigned i = 0; i < 12; i++) {
        chain[i] = says("c", i == 0 ? NULL : chain[i - 1]);
        offer(chain[i]);
    }
    cr_expect_eq(set_haves(set, &leeds, haves, 8), 5);
    for (unsigned i = 0; i < 5; i++)
        cr_expect(digest_equal(&haves[i], record_id(chain[11 - distances[i]])));
    cr_expect_eq(set_haves(set, &leeds, haves, 3), 3);
    cr_expect_eq(set_haves(set, &york, haves, 8), 0);
}

Test(set_compare, sends_what_comes_after_the_last_that_the_other_has)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b);
    struct record *fork = says("fork", b);
    struct digest haves[3] = {*record_id(a), *record_id(fork), digest_numbered(77)};
    struct entries path = {0};

    offer(a);
    offer(b);
    offer(c);
    offer(fork);
    cr_expect(set_path(set, record_id(c), haves, 3, &path));
    cr_assert_eq(path.count, 2);
    cr_expect(digest_equal(&path.list[0].id, record_id(b)));
    cr_expect(digest_equal(&path.list[1].id, record_id(c)));
    cr_expect_eq(path.list[0].size, record_header_bytes(b).size + 64 + record_content(b).size);
    cr_expect_not(set_path(set, &haves[2], NULL, 0, &path));
    entries_release(&path);
}

/* --- At start --- */

Test(set_compare, starts_from_what_a_store_kept)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b);
    struct record *late = says_at("late", b, NOW + GRACE_MS + 1), *copy = junk("copy", b);
    struct changes changes = {0};

    set_restore(set, c, signing_key_public(leeds_key), true);
    set_restore(set, late, NULL, false);
    set_restore(set, copy, NULL, true); /* The store is wrong. */
    set_restore(set, a, signing_key_public(leeds_key), false);
    set_restore(set, b, signing_key_public(leeds_key), true);
    set_settle(set, NOW, &changes);
    note(&changes);
    TOLD(" +a -copy");
    STANDS(c, STANDING_IN);
    STANDS(late, STANDING_WAITING);
    offer(says("d", c));
    TOLD(" +d");
    set_tick(set, NOW + 1, &changes);
    note(&changes);
    TOLD(" +late");
}

Test(set_compare, does_not_trust_a_store_that_lost_a_record)
{
    struct record *a = says("a", NULL), *b = says("b", a);
    struct changes changes = {0};

    set_restore(set, b, signing_key_public(leeds_key), true);
    set_settle(set, NOW, &changes);
    note(&changes);
    TOLD(" -b");
    offer(a);
    TOLD(" +a +b");
}

Test(set_compare, knows_the_signer_again_when_its_key_comes_back)
{
    struct record *a = says("a", NULL);
    struct changes changes = {0};

    leeds_rules = rules_with(new_key);
    set_restore(set, a, signing_key_public(leeds_key), true);
    set_settle(set, NOW, &changes);
    note(&changes);
    TOLD(" -a");
    leeds_rules = rules_with(leeds_key);
    charter_changes();
    TOLD(" +a");
}
