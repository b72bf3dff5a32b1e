#include "tests/protocol/set_story.h"

TestSuite(set, .init = story_begins, .fini = story_ends);

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
    uint64_t seq;

    offer(c);
    offer(b);
    TOLD("");
    STANDS(c, STANDING_ASIDE);
    cr_expect(set_missing(set, record_id(c), &missing, &seq));
    cr_expect(digest_equal(&missing, record_id(a)));
    cr_expect_eq(seq, 1);
    STANDS(a, STANDING_UNKNOWN);
    offer(a);
    TOLD(" +a +b +c");
    cr_expect_not(set_missing(set, record_id(c), &missing, &seq));
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
    cr_expect_eq(set_feed_tips(set, &leeds, NULL, tips, 3), 2);
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

    cr_expect_eq(served(c), 3); /* A cut's chain is always served. */
    cr_expect_eq(served(b), 2);

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

    offer(a);
    offer(b);
    cut_at(1, a);
    charter_changes();
    cr_expect_eq(served(a), 1);
    cr_expect_eq(served(b), 0);
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
    cr_expect_eq(proofs_tried, 1 + RUN_MAX); /* Beyond its end nothing is looked at. */
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

/* --- Proofs that are not looked at --- */

/* A chain that is offered at once. */
static void offer_chain(struct record **chain, unsigned length, const struct record *prev)
{
    for (unsigned i = 0; i < length; i++) {
        chain[i] = says("record", i == 0 ? prev : chain[i - 1]);
        set_offer(set, chain[i], NOW);
    }
    decides();
    buffer_clear(&notes);
}

Test(set, looks_at_the_last_proof_of_what_comes_at_once)
{
    struct record *chain[40];

    offer_chain(chain, 40, NULL);
    cr_expect_eq(set_count(set, STANDING_IN), 40);
    cr_expect_eq(proofs_tried, 1);
    cr_expect_null(set_signer(set, record_id(chain[38])));
    cr_expect_not_null(set_signer(set, record_id(chain[39])));
}

Test(set, looks_at_one_proof_in_each_run)
{
    struct record *chain[100];

    set_limit(set, 10, ASIDE_MAX, ASIDE_BYTES_MAX);
    offer_chain(chain, 100, NULL);
    cr_expect_eq(set_count(set, STANDING_IN), 100);
    cr_expect_eq(proofs_tried, 10);
    cr_expect_not_null(set_signer(set, record_id(chain[9])));
    cr_expect_eq(fetched, 0);
}

Test(set, looks_at_an_earlier_proof_where_a_fork_needs_it)
{
    struct record *chain[10], *fork[4];

    set_limit(set, 10, ASIDE_MAX, ASIDE_BYTES_MAX);
    offer_chain(chain, 10, NULL);
    offer_chain(fork, 4, chain[7]); /* Its end is 12 after the start. */
    cr_expect_eq(set_count(set, STANDING_IN), 14);
    cr_expect_eq(proofs_tried, 1 + 2); /* The tenth on its way, and its last. */

    struct record *junks[3];
    for (unsigned i = 0; i < 3; i++) {
        junks[i] = junk("junk", says("", i == 0 ? chain[8] : junks[i - 1]));
        set_offer(set, junks[i], NOW);
    }
    decides();
    TOLD("");
    cr_expect_eq(proofs_tried,
                 3 + 3 + 1); /* Each, and chain[8] to know that the run began there. */
    cr_expect_eq(fetched, 1);
    cr_expect_not_null(set_signer(set, record_id(chain[8])));
}

Test(set, tries_no_proof_again_when_a_cut_is_drawn)
{
    struct record *chain[100];

    set_limit(set, 10, ASIDE_MAX, ASIDE_BYTES_MAX);
    offer_chain(chain, 100, NULL);
    cut_at(75, chain[74]);
    charter_changes();
    cr_expect_eq(set_count(set, STANDING_IN), 75);
    cr_expect_eq(proofs_tried, 10);
    leeds_rules.cuts[0] = (struct cut){53, *record_id(chain[52])};
    charter_changes();
    cr_expect_eq(set_count(set, STANDING_IN), 53);
    leeds_rules.cut_count = 0;
    charter_changes();
    cr_expect_eq(set_count(set, STANDING_IN), 100);
    cr_expect_eq(proofs_tried, 10);
    cr_expect_eq(fetched, 0);
}

Test(set, looks_no_farther_than_a_run_when_keys_are_replaced)
{
    struct record *chain[100];

    set_limit(set, 10, ASIDE_MAX, ASIDE_BYTES_MAX);
    offer_chain(chain, 100, NULL);
    leeds_rules = rules_with(new_key);
    charter_changes();
    cr_expect_eq(set_count(set, STANDING_IN), 0);
    cr_expect_eq(proofs_tried, 10 + 9); /* Whose key is known is not tried. */
    cr_expect_eq(fetched, 9);
    leeds_rules = rules_with(leeds_key);
    charter_changes();
    cr_expect_eq(set_count(set, STANDING_IN), 100);
    cr_expect_eq(proofs_tried, 10 + 9);
}

/* Whatever a stranger hangs on a chain costs a look at its own proof, and at one of the chain for
 * each two of its. */
Test(set, is_not_made_to_look_at_much_by_strangers)
{
    struct record *chain[60];
    unsigned sent = 0;

    set_limit(set, 10, ASIDE_MAX, ASIDE_BYTES_MAX);
    offer_chain(chain, 60, NULL);
    unsigned honest = proofs_tried;
    for (unsigned i = 0; i < 59; i++) {
        const struct record *last = chain[i];
        for (unsigned k = 0; k < 12; k++) {
            struct record *stranger = says_under("stranger", last, york_key);
            set_offer(set, stranger, NOW);
            last = stranger;
            sent++;
            if (k % 5 == 4)
                decides();
        }
    }
    decides();
    TOLD("");
    cr_expect_leq(proofs_tried - honest, sent + sent / 2);
    cr_expect_leq(fetched, sent / 2);
    cr_expect_leq(proofs_tried, sent + 60);
}

static struct feed_rules rules_of_any(void *context, const struct feed *feed)
{
    (void)context;
    (void)feed;
    return leeds_rules;
}

static bool proven_all(void *context, const struct record *record, const struct public_key *key)
{
    (void)context;
    (void)record;
    (void)key;
    proofs_tried++;
    return true;
}

static void offer_feed(struct set *to, unsigned number, unsigned length, struct changes *changes)
{
    struct feed feed = {digest_numbered(number), 1};
    struct record *prev = NULL;

    for (unsigned i = 0; i < length; i++) {
        struct header header = header_named(&feed, prev, NOW);
        struct record *record = record_unproven(&header, i);
        cr_assert_eq(set_offer(to, record, NOW), OFFER_TAKEN);
        record_free(prev);
        prev = record;
        if (i == 700)
            set_decide(to, changes);
    }
    record_free(prev);
}

/* As catch-up brings them. */
Test(set, takes_100000_records_of_100_feeds_with_few_looks)
{
    struct set *many = set_new((struct set_rules){.of = rules_of_any, .proven_by = proven_all});
    struct changes changes = {0};

    for (unsigned i = 0; i < 100; i++)
        offer_feed(many, 1000 + i, 1000, &changes);
    set_decide(many, &changes);
    cr_expect_eq(set_count(many, STANDING_IN), 100000);
    cr_expect_leq(proofs_tried, 300);
    changes_release(&changes);
    set_free(many);
}

/* --- Why --- */

Test(set, says_why_a_record_does_not_count)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = says("c", b);
    struct record *wrong = junk("wrong", b), *orphan = says("orphan", wrong);
    struct record *late = says_at("late", a, NOW + GRACE_MS + 1);
    struct feed third = {digest_numbered(3), 1};
    struct record *foreign = named("foreign", record_numbered(1, &third, NULL, leeds_key, NOW));
    const struct {
        const struct record *record;
        enum because because;
    } rows[] = {{a, BECAUSE_IN},
                {c, BECAUSE_CUT},
                {wrong, BECAUSE_PROOF},
                {orphan, BECAUSE_UNKNOWN},
                {late, BECAUSE_TIME},
                {foreign, BECAUSE_UNLISTED},
                {says("e", orphan), BECAUSE_PREV}};

    cut_at(3, says("other", b));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].because != BECAUSE_UNKNOWN)
            offer((struct record *)rows[i].record);
    offer(b);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(set_because(set, record_id(rows[i].record)), rows[i].because, "row %zu", i);
}
