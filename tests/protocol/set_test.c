#include "protocol/set_inside.h"
#include "tests/protocol/authors.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "crypto/secret.h"
#include "protocol/writer.h"

/* Leeds writes in one feed; what the set tells is noted as " +a" (a entered) and " -a" (a left). */

#define NOW INT64_C(1000000)

static struct feed leeds, york;
static struct signing_key *leeds_key, *york_key, *new_key;
static struct feed_rules leeds_rules, york_rules;
static struct set *set;
static struct buffer notes;

static struct {
    const char *name;
    struct record *record;
} said[4096];
static unsigned said_count;

static struct feed_rules rules_of(void *context, const struct feed *feed)
{
    (void)context;
    if (feed_equal(feed, &leeds))
        return leeds_rules;
    return feed_equal(feed, &york) ? york_rules : (struct feed_rules){0};
}

static struct feed_rules rules_with(const struct signing_key *key)
{
    struct feed_rules rules = {.listed = true, .key_count = 1};

    rules.keys[0] = *signing_key_public(key);
    return rules;
}

static void start(void)
{
    crypto_start();
    leeds = (struct feed){digest_numbered(1), 1};
    york = (struct feed){digest_numbered(2), 1};
    leeds_key = key_numbered(11);
    york_key = key_numbered(12);
    new_key = key_numbered(13);
    leeds_rules = rules_with(leeds_key);
    york_rules = rules_with(york_key);
    set = set_new((struct set_rules){NULL, rules_of});
}

static void stop(void)
{
    set_free(set);
    for (unsigned i = 0; i < said_count; i++)
        record_free(said[i].record);
    signing_key_free(leeds_key);
    signing_key_free(york_key);
    signing_key_free(new_key);
    buffer_release(&notes);
}

TestSuite(set, .init = start, .fini = stop);

/* --- Words for the stories --- */

static struct record *named(const char *name, struct record *record)
{
    said[said_count].name = name;
    said[said_count++].record = record;
    return record;
}

static struct record *says(const char *name, const struct record *prev)
{
    return named(name, record_numbered(said_count, &leeds, prev, leeds_key, NOW));
}

static struct record *says_under(const char *name, const struct record *prev,
                                 const struct signing_key *key)
{
    return named(name, record_numbered(said_count, &leeds, prev, key, NOW));
}

static struct record *says_at(const char *name, const struct record *prev, int64_t time_ms)
{
    return named(name, record_numbered(said_count, &leeds, prev, leeds_key, time_ms));
}

static struct record *york_says(const char *name, const struct record *prev)
{
    return named(name, record_numbered(said_count, &york, prev, york_key, NOW));
}

/* A copy whose proof holds under no key. */
static struct record *junk(const char *name, const struct record *record)
{
    return named(name, record_with_junk(record, said_count));
}

static const char *name_of(const struct digest *id)
{
    for (unsigned i = 0; i < said_count; i++)
        if (digest_equal(record_id(said[i].record), id))
            return said[i].name;
    return "?";
}

static void note(struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++)
        buffer_printf(&notes, " %c%s", changes->list[i].in ? '+' : '-',
                      name_of(&changes->list[i].id));
    changes_release(changes);
}

static enum offer offer(struct record *record)
{
    struct changes changes = {0};
    enum offer answer = set_offer(set, record, NOW, &changes);

    note(&changes);
    return answer;
}

static void charter_changes(void)
{
    struct changes changes = {0};

    set_charter_changed(set, &changes);
    note(&changes);
}

static void cut_at(uint64_t seq, const struct record *record)
{
    struct cut *cut = &leeds_rules.cuts[leeds_rules.cut_count++];

    *cut = (struct cut){seq, *record_id(record)};
}

static struct digest state(void)
{
    struct digest charter = digest_numbered(9);

    return set_state_digest(set, &charter);
}

#define TOLD(expected)                                                                             \
    do {                                                                                           \
        cr_expect_str_eq(buffer_text(&notes), expected);                                           \
        buffer_clear(&notes);                                                                      \
    } while (0)

#define STANDS(record, standing) cr_expect_eq(set_standing(set, record_id(record)), standing)

/* --- Chains --- */

Test(set, takes_a_chain_record_by_record)
{
    struct record *a = says("a", NULL), *b = says("b", a);

    STANDS(a, STANDING_UNKNOWN);
    cr_expect_eq(offer(a), OFFER_TAKEN);
    TOLD(" +a");
    cr_expect_eq(offer(b), OFFER_TAKEN);
    TOLD(" +b");
    cr_expect_eq(offer(a), OFFER_KNOWN);
    TOLD("");
    STANDS(a, STANDING_IN);
    cr_expect_eq(set_count(set, STANDING_IN), 2);
    cr_expect_eq(memcmp(set_signer(set, record_id(a)), signing_key_public(leeds_key), 32), 0);
}

Test(set, links_what_came_before_its_prev)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b);
    struct digest missing;

    offer(c);
    offer(b);
    TOLD("");
    STANDS(c, STANDING_ASIDE);
    cr_expect(set_missing(set, record_id(c), &missing));
    cr_expect(digest_equal(&missing, record_id(a)));
    STANDS(a, STANDING_UNKNOWN);
    offer(a);
    TOLD(" +a +b +c");
    cr_expect_not(set_missing(set, record_id(c), &missing));
}

Test(set, counts_no_prev_of_another_feed_or_seq)
{
    struct record *foreign = york_says("y", NULL), *a = says("a", foreign);
    struct record *first = says("first", NULL), *second = says("second", first);
    struct header leap = *record_header(second);
    struct salt salt = {{1}};

    leap.author.seq = 3;
    leap.author.prev = *record_id(first);
    struct record *b = named("b", record_sign(&leap, &salt, bytes_of_text("x"), leeds_key));
    offer(foreign);
    offer(a);
    offer(first);
    offer(b);
    TOLD(" +y +first");
    STANDS(a, STANDING_ASIDE);
    STANDS(b, STANDING_ASIDE);
}

Test(set, brings_a_junk_proof_that_a_good_one_goes_on_from)
{
    struct record *a = says("a", NULL), *copy = junk("copy", a), *b = says("b", copy);

    offer(copy);
    TOLD("");
    offer(a);
    TOLD(" +a");
    offer(b);
    TOLD(" +copy +b");
    cr_expect_null(set_signer(set, record_id(copy)));
}

Test(set, keeps_both_branches_of_a_fork_and_shows_the_pair)
{
    struct record *a = says("a", NULL), *b = says("b", a), *other = says("other", a);
    struct digest pairs[2][2];
    struct tip tips[3];

    offer(a);
    offer(b);
    cr_expect_eq(set_forks(set, pairs, 2), 0);
    offer(other);
    TOLD(" +a +b +other");
    cr_expect_eq(set_tips(set, NULL, tips, 3), 2);
    cr_expect_eq(set_forks(set, pairs, 2), 1);
    cr_expect_eq(set_forks(set, NULL, 0), 1);
    bool b_first = digest_equal(&pairs[0][0], record_id(b));
    cr_expect(digest_equal(&pairs[0][b_first], record_id(other)));
    cr_expect(digest_equal(&pairs[0][!b_first], record_id(b)));
}

/* --- Keys --- */

Test(set, waits_for_the_charter_to_list_a_feed)
{
    struct record *a = says("a", NULL), *b = says("b", a);

    leeds_rules = (struct feed_rules){0};
    offer(a);
    offer(b);
    STANDS(b, STANDING_ASIDE);
    cr_expect_null(set_signer(set, record_id(b)));
    leeds_rules = rules_with(leeds_key);
    TOLD("");
    charter_changes();
    TOLD(" +a +b");
}

Test(set, follows_keys_that_come_and_go)
{
    struct record *a = says("a", NULL), *b = says_under("b", a, new_key), *c = says("c", b);

    offer(a);
    offer(b);
    TOLD(" +a");
    offer(c);
    TOLD(" +b +c");
    leeds_rules = rules_with(new_key);
    charter_changes();
    TOLD(" -c");
    leeds_rules = (struct feed_rules){0};
    charter_changes();
    TOLD(" -a -b");
    leeds_rules = rules_with(leeds_key);
    charter_changes();
    TOLD(" +a +b +c");
    charter_changes();
    TOLD("");
}

/* --- Cuts --- */

Test(set, holds_what_a_known_cut_names_and_nothing_beyond)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b);
    struct record *fork = says("fork", a), *d = says("d", c);

    offer(a);
    offer(b);
    offer(c);
    offer(fork);
    TOLD(" +a +b +c +fork");
    cut_at(2, b);
    charter_changes();
    buffer_clear(&notes);
    STANDS(a, STANDING_IN);
    STANDS(b, STANDING_IN);
    STANDS(c, STANDING_ASIDE);
    STANDS(fork, STANDING_ASIDE);
    offer(d);
    TOLD("");
    STANDS(d, STANDING_ASIDE);
}

Test(set, holds_what_is_before_a_cut_until_its_record_comes)
{
    struct record *a = says("a", NULL), *b = says("b", a), *fork = says("fork", a);
    struct record *c = says("c", b);

    cut_at(3, c);
    offer(a);
    offer(fork);
    offer(b);
    offer(says("d", b));
    TOLD(" +a +fork +b");
    offer(c);
    TOLD(" +c -fork");
}

Test(set, learns_of_a_cut_from_the_chain_that_waited_for_one_record)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b), *d = says("d", c);

    cut_at(3, c);
    offer(d);
    offer(c);
    offer(b);
    TOLD("");
    offer(a);
    TOLD(" +a +b +c");
}

Test(set, counts_the_record_of_a_cut_whatever_its_proof)
{
    struct record *a = says("a", NULL), *copy = junk("copy", says("b", a));

    cut_at(2, copy);
    offer(a);
    offer(copy);
    TOLD(" +a +copy");
}

Test(set, applies_several_cuts_jointly)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b);
    struct record *other = says("other", a);

    offer(a);
    offer(b);
    offer(c);
    offer(other);
    buffer_clear(&notes);
    cut_at(3, c);
    cut_at(2, other);
    charter_changes();
    buffer_clear(&notes);
    STANDS(a, STANDING_IN);
    STANDS(b, STANDING_ASIDE);
    STANDS(other, STANDING_ASIDE);

    struct entries path = {0};
    cr_expect(set_path(set, record_id(c), NULL, 0, &path)); /* A cut's chain is always served. */
    cr_expect(set_path(set, record_id(b), NULL, 0, &path));
    cr_expect_eq(path.count, 3 + 2);
    entries_release(&path);

    leeds_rules.cut_count = 1; /* The rivalry ends. */
    charter_changes();
    STANDS(c, STANDING_IN);
    STANDS(other, STANDING_ASIDE);
}

Test(set, holds_nothing_where_two_cuts_share_no_root)
{
    struct record *a = says("a", NULL), *other = says("other", NULL);

    offer(a);
    offer(other);
    cut_at(1, a);
    cut_at(1, other);
    charter_changes();
    cr_expect_eq(set_count(set, STANDING_IN), 0);
    cr_expect_eq(set_count(set, STANDING_ASIDE), 2);
}

Test(set, holds_nothing_of_a_feed_cut_at_0)
{
    offer(says("a", NULL));
    leeds_rules.cut_count = 1; /* seq 0, id zeros */
    charter_changes();
    TOLD(" +a -a");
}

Test(set, does_not_serve_what_is_beyond_a_cut)
{
    struct record *a = says("a", NULL), *b = says("b", a);
    struct entries path = {0};

    offer(a);
    offer(b);
    cut_at(1, a);
    charter_changes();
    cr_expect(set_path(set, record_id(a), NULL, 0, &path));
    cr_expect_not(set_path(set, record_id(b), NULL, 0, &path));
    entries_release(&path);
}

/* --- Runs --- */

static struct record *junk_chain(const struct record *last, unsigned length)
{
    struct record *prev = NULL;

    for (unsigned i = 0; i < length; i++) {
        prev = junk("junk", says("good", last));
        offer(prev);
        last = prev;
    }
    return prev;
}

Test(set, brings_up_to_1023_records_in_a_row_whose_proof_does_not_hold)
{
    struct record *last = junk_chain(NULL, RUN_MAX - 1);

    cr_expect_eq(set_count(set, STANDING_IN), 0);
    offer(says("end", last));
    cr_expect_eq(set_count(set, STANDING_IN), RUN_MAX);
}

Test(set, ends_a_chain_before_1024_of_them)
{
    struct record *first = says("first", NULL);
    offer(first);
    struct record *last = junk_chain(first, RUN_MAX), *end = says("end", last);

    offer(end);
    offer(says("beyond", end));
    cr_expect_eq(set_count(set, STANDING_IN), 1);
    cr_expect_eq(set_count(set, STANDING_ASIDE), RUN_MAX + 2);
}

Test(set, goes_on_with_a_chain_once_a_new_key_is_listed)
{
    set_limit(set, 3, ASIDE_MAX, ASIDE_BYTES_MAX);
    struct record *a = junk("a", says("", NULL)), *b = says_under("b", a, new_key);
    struct record *c = junk("c", says("", b)), *d = says("d", c);

    offer(a);
    offer(b);
    offer(c);
    offer(d);
    TOLD("");
    leeds_rules.keys[leeds_rules.key_count++] = *signing_key_public(new_key);
    charter_changes();
    TOLD(" +a +b +c +d");
}

/* --- The door --- */

Test(set, waits_for_a_record_from_the_future)
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

Test(set, takes_no_more_undecided_records_than_it_has_room_for)
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

Test(set, counts_the_bytes_of_what_is_undecided)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b);
    size_t size = record_header_bytes(b).size + record_proof(b).size;

    set_limit(set, RUN_MAX, ASIDE_MAX, size);
    cr_expect_eq(offer(b), OFFER_TAKEN);
    cr_expect_eq(offer(c), OFFER_FULL);
    cr_expect_eq(offer(a), OFFER_TAKEN);
    cr_expect_eq(offer(c), OFFER_TAKEN);
}

Test(set, does_not_count_what_a_cut_put_aside)
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

Test(set, takes_the_chain_of_a_cut_though_it_is_full)
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

Test(set, takes_what_may_be_the_chain_of_a_joint_cut_though_it_is_full)
{
    set_limit(set, RUN_MAX, 0, ASIDE_BYTES_MAX);
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b);

    cut_at(1, a);
    cut_at(3, c);
    offer(a);
    cr_expect_eq(offer(b), OFFER_TAKEN);
    cr_expect_eq(offer(says_under("foreign", a, york_key)), OFFER_FULL);
    cr_expect_eq(offer(c), OFFER_TAKEN);
    cr_expect_eq(offer(says("d", a)), OFFER_FULL);
    TOLD(" +a");
    struct entries path = {0};
    cr_expect(set_path(set, record_id(c), NULL, 0, &path));
    entries_release(&path);
}

Test(set, keeps_no_body_of_what_is_undecided)
{
    struct record *a = says("a", NULL), *b = says("b", a);

    offer(b);
    cr_expect(record_has_body(b));
    cr_expect_not(record_has_body(set->items[items_find(set, record_id(b))].record));
    offer(a);
    cr_expect_null(set->items[items_find(set, record_id(b))].record);
}

/* Form 1 and 2 are decided in a later version. */
Test(set, sets_anonymous_and_owner_records_aside)
{
    struct digest some = digest_numbered(5);
    struct buffer header = {0};
    struct fault fault;
    uint8_t proof[64] = {0};

    write_array(&header, 10);
    write_number(&header, 1);
    write_bytes(&header, some.bytes, 32);
    write_text(&header, bytes_of_text("update"));
    write_array(&header, 3);
    write_number(&header, AUTHOR_OWNER);
    write_bytes(&header, some.bytes, 32);
    write_number(&header, 0);
    write_number(&header, NOW);
    write_text(&header, bytes_of_text(""));
    write_array(&header, 0);
    write_bytes(&header, some.bytes, 32);
    write_number(&header, 0);
    write_nil(&header);
    struct record *owner = named("owner", record_join(buffer_view(&header), bytes_of(proof, 64),
                                                      NULL, bytes_of("", 0), &fault));
    buffer_release(&header);
    cr_assert_not_null(owner, "%s", fault.text);
    cr_expect_eq(offer(owner), OFFER_TAKEN);
    cr_expect_eq(offer(owner), OFFER_KNOWN);
    STANDS(owner, STANDING_ASIDE);

    struct header second = *record_header(says("first", NULL));
    struct salt salt = {{1}};
    second.author.seq = 2;
    second.author.prev = *record_id(owner);
    offer(named("a", record_sign(&second, &salt, bytes_of_text("x"), leeds_key)));
    TOLD("");
}

/* --- Comparing --- */

Test(set, has_one_digest_whatever_the_order)
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
Test(set, digests_its_tips_as_the_specification_says)
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

Test(set, pages_its_tips)
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

Test(set, goes_on_from_the_longest_branch)
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

Test(set, says_what_it_has_at_doubling_distances)
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

Test(set, sends_what_comes_after_the_last_that_the_other_has)
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

Test(set, starts_from_what_a_store_kept)
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

Test(set, does_not_trust_a_store_that_lost_a_record)
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

Test(set, knows_the_signer_again_when_its_key_comes_back)
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
