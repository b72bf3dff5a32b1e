#include "tests/protocol/set_story.h"

/* What nodes compare. */

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
    set = set_begin();
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

    uint8_t whole[66 * 32];
    struct digest charter = digest_numbered(9), weeks = digest_of("candour/1/weeks", "", 0);
    memcpy(whole, charter.bytes, 32);
    for (unsigned i = 0; i < 64; i++) {
        struct digest bucket = digest_of("candour/1/bucket", "", 0);
        memcpy(whole + 32 * (i + 1), i == leeds.authority.bytes[0] >> 2 ? &expected : &bucket, 32);
    }
    memcpy(whole + 65 * 32, &weeks, 32);
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
    cr_expect_eq(set_feed_tips(set, &leeds, NULL, all, 12), 10);
    while ((got = set_feed_tips(set, &leeds, after, page, 4)) > 0) {
        for (size_t i = 0; i < got; i++)
            cr_expect(digest_equal(&page[i].id, &all[count + i].id));
        count += got;
        after = &all[count - 1];
    }
    cr_expect_eq(count, 10);
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

/* --- Weeks --- */

static struct digest week_of(uint64_t week, const struct record *a, const struct record *b)
{
    const struct record *first = is_lower(a, b) ? a : b, *second = first == a ? b : a;
    uint8_t bytes[8 + 2 * 32] = {[7] = (uint8_t)week};

    memcpy(bytes + 8, record_id(first), 32);
    memcpy(bytes + 40, record_id(second), 32);
    return digest_of("candour/1/week", bytes, a == b ? 40 : sizeof bytes);
}

static struct record *whispers_at(const char *name, unsigned slot, int64_t time_ms)
{
    struct digest tag = digest_numbered(slot);
    struct header header = header_anonymous(&tag, &ring, signing_key_public(owner_key), time_ms);

    return named(name, record_unproven(&header, said_count));
}

Test(set_compare, digests_what_is_not_named_by_its_week)
{
    const int64_t week_ms = INT64_C(604800000);
    struct record *a = whispers_at("a", 1, 0), *b = whispers_at("b", 2, week_ms - 1);
    struct record *c = whispers_at("c", 3, week_ms), *owned = owner_says("owned", c, 1, "update");
    struct digest both[2], ids[4];
    struct changes changes = {0};

    set_offer(set, c, 3 * week_ms);
    set_offer(set, a, 3 * week_ms);
    set_offer(set, b, 3 * week_ms);
    set_offer(set, owned, 3 * week_ms);
    set_decide(set, &changes);
    changes_release(&changes);
    cr_expect_eq(set_week_ids(set, 0, NULL, ids, 4), 3); /* The owner's own time counts. */
    cr_expect_eq(set_week_ids(set, 1, NULL, ids, 4), 1);
    cr_expect(digest_equal(&ids[0], record_id(c)));
    cr_expect_eq(set_week_ids(set, 2, NULL, ids, 4), 0);

    set_free(set);
    set = set_begin();
    cr_expect_eq(set_offer(set, c, 3 * week_ms), OFFER_TAKEN);
    set_offer(set, a, 3 * week_ms);
    set_offer(set, b, 3 * week_ms);
    decides();
    both[0] = week_of(0, a, b);
    both[1] = week_of(1, c, c);
    struct digest expected = digest_of("candour/1/weeks", both, sizeof both);
    struct digest got = set_weeks_digest(set);
    cr_expect(digest_equal(&got, &expected));
    cr_expect_eq(set_week_ids(set, 0, record_id(is_lower(a, b) ? a : b), ids, 4), 1);
    cr_expect(digest_equal(&ids[0], record_id(is_lower(a, b) ? b : a)));
}

/* --- Short digests --- */

static uint64_t short_of(const struct short_salt *salt, const void *data, size_t size)
{
    uint8_t bytes[16 + 256];
    uint64_t number = 0;

    memcpy(bytes, salt->bytes, 16);
    memcpy(bytes + 16, data, size);
    struct digest digest = digest_of("candour/1/short", bytes, 16 + size);
    for (unsigned i = 0; i < 8; i++)
        number = number * 256 + digest.bytes[i];
    return number;
}

Test(set_compare, shortens_its_digests)
{
    struct record *a = says("a", NULL), *fork = says("fork", NULL), *w = whispers("w", 1);
    struct short_salt salt = {"sixteen bytes.."}, other = {"another sixteen"};
    uint64_t shorts[65], under_another[65];
    const uint8_t numbers[4] = {0, 0, 0, 1}, seq[8] = {[7] = 1};
    uint8_t line[32 + 4 + 2 * (8 + 32)], *at = line;

    offer(a);
    offer(fork);
    offer(w);
    set_bucket_shorts(set, &salt, shorts);
    set_bucket_shorts(set, &other, under_another);
    for (unsigned i = 0; i < 65; i++) {
        struct digest whole = i < 64 ? set_bucket_digest(set, i) : set_weeks_digest(set);
        cr_expect_eq(shorts[i], short_of(&salt, &whole, 32));
        cr_expect_neq(shorts[i], under_another[i]);
    }

    struct buckets buckets = {{0}};
    struct lines lines = {0};
    set_lines(set, &buckets, &salt, &lines);
    cr_expect_eq(lines.count, 0);
    buckets.bits[leeds.authority.bytes[0] >> 5] |=
        (uint8_t)(1u << (leeds.authority.bytes[0] >> 2) % 8);
    buckets.bits[8] = 1;
    set_lines(set, &buckets, &salt, &lines);
    cr_assert_eq(lines.count, 2);
    memcpy(at, &leeds.authority, 32);
    memcpy(at + 32, numbers, 4);
    for (unsigned i = 0; i < 2; i++) {
        memcpy(at + 36 + 40 * i, seq, 8);
        memcpy(at + 44 + 40 * i, record_id((i == 0) == is_lower(a, fork) ? a : fork), 32);
    }
    cr_expect(feed_equal(&lines.list[0].feed, &leeds));
    cr_expect_eq(lines.list[0].short_digest, short_of(&salt, line, sizeof line));
    struct digest week = week_of(0, w, w);
    cr_expect_eq(lines.list[1].week, 0);
    cr_expect_eq(lines.list[1].short_digest, short_of(&salt, &week, 32));
    lines_release(&lines);
}

/* All of them together are what all of its buckets say. */
Test(set_compare, orders_its_lines_by_bucket)
{
    struct feed third = {{{0xff}}, 7};
    struct buckets all;
    struct short_salt salt = {{0}};
    struct lines lines = {0};

    memset(all.bits, 0xff, sizeof all.bits);
    offer(york_says("y", NULL));
    offer(says("a", NULL));
    offer(named("z", record_numbered(1, &third, NULL, leeds_key, NOW))); /* Not listed. */
    offer(whispers("w", 1));
    set_lines(set, &all, &salt, &lines);
    cr_assert_eq(lines.count, 3);
    cr_expect(feed_compare(&lines.list[0].feed, &lines.list[1].feed) < 0);
    cr_expect_eq(lines.list[2].feed.number, 0);
    lines_release(&lines);
}

/* --- Chains --- */

Test(set_compare, sends_a_part_of_a_chain)
{
    enum { LENGTH = 300 };
    struct record *chain[LENGTH], *fork = NULL;
    struct entry entries[LENGTH];
    uint64_t total;

    for (unsigned i = 0; i < LENGTH; i++) {
        chain[i] = says("c", i == 0 ? NULL : chain[i - 1]);
        offer(chain[i]);
    }
    fork = says("fork", chain[100]);
    offer(fork);
    const struct digest *tip = record_id(chain[LENGTH - 1]);
    for (unsigned after = 0; after < LENGTH + 2; after += 7)
        for (unsigned until = 0; until < LENGTH + 2; until += 11) {
            unsigned end = until < LENGTH ? until : LENGTH, left = end > after ? end - after : 0;
            size_t got = set_chain(set, tip, after, until, entries, 20, &total);
            cr_assert_eq(total, left);
            cr_assert_eq(got, left < 20 ? left : 20);
            for (unsigned i = 0; i < got; i++) {
                cr_assert(digest_equal(&entries[i].id, record_id(chain[after + i])));
                cr_assert_eq(entries[i].seq, after + i + 1);
            }
        }
    cr_expect_eq(set_chain(set, record_id(fork), 100, SEQ_MAX, entries, 20, &total), 2);
    cr_expect(digest_equal(&entries[1].id, record_id(fork)));
    cr_expect(feed_equal(&entries[1].feed, &leeds));
    cr_expect_eq(entries[1].size, record_header_bytes(fork).size + 64 + record_content(fork).size);
    struct digest unknown = digest_numbered(77);
    cr_expect_eq(set_chain(set, &unknown, 0, SEQ_MAX, entries, 20, &total), 0);
    cr_expect_eq(total, 0);
}

Test(set_compare, finds_the_erasures_of_a_chain)
{
    struct record *a = says("a", NULL), *b = erases("b", a, a), *c = says("c", b);
    struct record *beside = erases("beside", c, a), *d = erases("d", c, c);
    struct entry entries[4];

    offer(a);
    offer(b);
    offer(c);
    offer(beside);
    offer(d);
    cr_expect_eq(set_chain_erasures(set, record_id(d), 0, SEQ_MAX, entries, 4), 2);
    cr_expect(digest_equal(&entries[0].id, record_id(b)));
    cr_expect(digest_equal(&entries[1].id, record_id(d)));
    cr_expect_eq(set_chain_erasures(set, record_id(d), 0, SEQ_MAX, entries, 1), 1);
    cr_expect_eq(set_chain_erasures(set, record_id(d), 2, SEQ_MAX, entries, 4), 1);
    cr_expect_eq(set_chain_erasures(set, record_id(d), 0, 3, entries, 4), 1);
    cr_expect_eq(set_chain_erasures(set, record_id(c), 2, SEQ_MAX, entries, 4), 0);
}

Test(set_compare, finds_a_record_and_where_it_stands)
{
    struct record *a = says("a", NULL), *w = whispers("w", 1);
    struct entry entry;

    cr_expect_not(set_entry(set, record_id(a), &entry));
    offer(a);
    offer(w);
    cr_expect(set_entry(set, record_id(a), &entry));
    cr_expect_eq(entry.seq, 1);
    cr_expect(feed_equal(&entry.feed, &leeds));
    cr_expect(set_entry(set, record_id(w), &entry));
    cr_expect_eq(entry.seq, NOW);
    cr_expect_eq(entry.feed.number, 0);
}

Test(set_compare, knows_the_highest_below)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b);

    cr_expect_eq(set_highest_below(set, &leeds, 5), 0);
    offer(a);
    offer(b);
    offer(c);
    cr_expect_eq(set_highest_below(set, &leeds, 9), 3);
    cr_expect_eq(set_highest_below(set, &leeds, 4), 3);
    cr_expect_eq(set_highest_below(set, &leeds, 3), 2);
    cr_expect_eq(set_highest_below(set, &leeds, 1), 0);
    cr_expect_eq(set_highest_below(set, &leeds, 0), 0);
    cr_expect_eq(set_feed_count(set, &leeds), 3);
    cr_expect_eq(set_feed_count(set, &york), 0);
}
