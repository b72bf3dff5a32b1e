#include "tests/protocol/naive_charter.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every rule a row: how the charter is made (tests/protocol/charter_model.h has the words), how the
 * last bundle is answered, which heads are in force, and what they say of feeds. The naive reading
 * of the same words must agree. */
static const struct {
    const char *rule;
    const char *made;
    enum refusal refusal;
    const char *in_force;
    const char *feeds;
} rules[] = {
    /* Line 1: thresholds */
    {"head 1 with its threshold", "a ABC/2 by AB", REFUSED_NOT, "a", "A1:open D1:open A2:-"},
    {"head 1 with more than its threshold", "a ABC/2 by ABC", REFUSED_NOT, "a", ""},
    {"short of threshold", "a ABC/2 by A", REFUSED_THRESHOLD, "", "A1:-"},
    {"not signed at all", "a ABC/2", REFUSED_THRESHOLD, "", ""},
    {"a non-steward's signature does not count", "a ABC/2 by AD", REFUSED_THRESHOLD, "", ""},
    {"a non-steward's signature does no harm", "a ABC/2 by ABD", REFUSED_NOT, "a", ""},
    {"a signature that does not hold does not count", "a ABC/2 by Ab", REFUSED_THRESHOLD, "", ""},
    {"a signature that does not hold does no harm", "a ABC/2 by ABc", REFUSED_NOT, "a", ""},
    {"signatures in two bundles are united", "a ABC/2 by A | a by B", REFUSED_NOT, "a", ""},
    {"the same signature twice is one", "a ABC/2 by A | a by A", REFUSED_THRESHOLD, "", ""},
    {"a false signature does not keep out the true one", "a ABC/2 by Ab | a by B", REFUSED_NOT, "a",
     ""},
    {"a false signature does not throw out the true one", "a ABC/2 by AB | a by ab", REFUSED_NOT,
     "a", ""},
    {"five stewards, three sign", "a ABCDE/3 by BDE", REFUSED_NOT, "a", ""},
    {"five stewards, two sign", "a ABCDE/3 by BD", REFUSED_THRESHOLD, "", ""},
    {"the second head ends the first", "a ABC/2 by AB; b ABC/2 on a by BC", REFUSED_NOT, "b", ""},
    {"the second head is short", "a ABC/2 by AB; b ABC/2 on a by C", REFUSED_THRESHOLD, "a", ""},
    {"new stewards cannot take over", "a ABC/2 by AB; b DEF/2 on a by DEF", REFUSED_THRESHOLD, "a",
     ""},
    {"old stewards cannot name others unasked", "a ABC/2 by AB; b DEF/2 on a by ABC",
     REFUSED_THRESHOLD, "a", ""},
    {"old and new stewards together hand over", "a ABC/2 by AB; b DEF/2 on a by ABDE", REFUSED_NOT,
     "b", ""},
    {"one who is in both counts in both", "a ABC/2 by AB; b ACD/2 on a by AC", REFUSED_NOT, "b",
     ""},
    {"each threshold by itself: one of each is not two", "a ABC/2 by AB; b ADE/2 on a by AD",
     REFUSED_THRESHOLD, "a", ""},
    {"a new steward key does not count in the old list", "a ABC/2 by AB; b ABC/2 on a by AB A=7",
     REFUSED_THRESHOLD, "a", NULL},
    {"a head whose predecessor is missing", "a ABC/2 by AB; b ABC/2 on a by A; c ABC/2 on b by AB",
     REFUSED_THRESHOLD, "a", ""},
    {"and when the predecessor gets its signatures",
     "a ABC/2 by AB; b ABC/2 on a by A; c ABC/2 on b by AB | b by B", REFUSED_NOT, "c", ""},
    {"a child before its parent", "a ABC/2 unheard; b ABC/2 on a by AB | a by AB", REFUSED_NOT, "b",
     ""},
    {"the first head that is given, even if short, says which network", "b ABC/2 | a ABC/2 by AB",
     REFUSED_NETWORK, "", NULL},
    {"a version too high", "a ABC/2 by AB; b ABC/2 on a by AB v3", REFUSED_MALFORMED, "a", ""},
    {"a version not above its predecessor's",
     "a ABC/2 by AB; b ABC/2 on a by AB; "
     "c ABC/2 on b by AB v2",
     REFUSED_MALFORMED, "b", ""},
    {"another network's head 1", "a ABC/2 by AB | z ABD/2 by AB", REFUSED_NETWORK, "a", ""},
    {"another network's later head", "a ABC/2 by AB; z ABD/2 unheard | y ABD/2 on z by AB",
     REFUSED_NETWORK, "a", ""},

    /* Rivals, and line 2 */
    {"two heads on one are in force together",
     "a ABC/2 by AB; b ABC/2 on a by AB; c ABC/2 on a by AC at:1", REFUSED_NOT, "bc", ""},
    {"rivals of different lengths",
     "a ABC/2 by AB; b ABC/2 on a by AB; d ABC/2 on b by AB; c ABC/2 on a by AC at:1", REFUSED_NOT,
     "cd", ""},
    {"a merge ends them",
     "a ABC/2 by AB; b ABC/2 on a by AB; c ABC/2 on a by AC at:1; "
     "d ABC/2 on bc by BC",
     REFUSED_NOT, "d", ""},
    {"a merge needs both rivals' thresholds",
     "a ABC/2 by AB; b ABD/2 on a by AB; c BCE/2 on a by BC; d ABCDE/3 on bc by ABD",
     REFUSED_THRESHOLD, "bc", ""},
    {"a merge with both",
     "a ABC/2 by AB; b ABD/2 on a by AB; c BCE/2 on a by BC; "
     "d ABCDE/3 on bc by ABC",
     REFUSED_NOT, "d", ""},
    {"a merge of heads of different versions is one above the higher",
     "a ABC/2 by AB; b ABC/2 on a by AB; d ABC/2 on b by AB; c ABC/2 on a by AC at:1; "
     "e ABC/2 on cd by AB",
     REFUSED_NOT, "e", ""},
    {"one above the lower is not enough",
     "a ABC/2 by AB; b ABC/2 on a by AB; d ABC/2 on b by AB; c ABC/2 on a by AC at:1; "
     "e ABC/2 on cd by AB v3",
     REFUSED_MALFORMED, "cd", ""},
    {"stolen old keys make a rival that does not end the line",
     "a ABC/2 by AB; b DEF/2 on a by ABDE; c ABC/2 on a by AB at:1", REFUSED_NOT, "bc", ""},
    {"and only both can end that rivalry",
     "a ABC/2 by AB; b DEF/2 on a by ABDE; c ABC/2 on a by AB at:1; d DEF/2 on bc by DEF",
     REFUSED_THRESHOLD, "bc", ""},
    {"a head without its roster is not maximal", "a ABC/2 by AB; b ABC/2 on a by AB bare cut:A1@5x",
     REFUSED_NOT, "a", "A1:open"},
    {"until the roster comes", "a ABC/2 by AB; b ABC/2 on a by AB bare cut:A1@5x | roster b",
     REFUSED_NOT, "b", "A1:5x"},
    {"the roster may come first", "a ABC/2 by AB | roster a; b ABC/2 on a by A cut:A1@5x | b by B",
     REFUSED_NOT, "b", "A1:5x"},
    {"a head beyond one without a roster",
     "a ABC/2 by AB; b ABC/2 on a by AB bare; c ABC/2 on b by AB", REFUSED_NOT, "c", ""},
    {"head 1 without its roster: nothing is in force", "a ABC/2 by AB bare", REFUSED_NOT, "",
     "A1:-"},
    {"newer rules are in force, and to be said", "a ABC/2 by AB; b ABC/2 on a by AB rules9",
     REFUSED_NOT, "b", ""},

    /* Line 3: feeds, keys, cuts */
    {"no entry, no feed", "a ABC/2 by AB -D", REFUSED_NOT, "a", "D1:- E1:open"},
    {"a cut", "a ABC/2 by AB cut:D1@5x", REFUSED_NOT, "a", "D1:5x E1:open"},
    {"a cut that leaves nothing", "a ABC/2 by AB cut:D1@0", REFUSED_NOT, "a", "D1:0"},
    {"several cuts of one feed", "a ABC/2 by AB cut:D1@9y cut:D1@5x cut:D1@5w", REFUSED_NOT, "a",
     "D1:5w,5x,9y"},
    {"the card's own cut", "a ABC/2 by AB D=2", REFUSED_NOT, "a", "D1:7s D2:open D3:-"},
    {"the card's and the roster's", "a ABC/2 by AB D=2 cut:D1@5x", REFUSED_NOT, "a", "D1:5x,7s"},
    {"the same cut twice is one", "a ABC/2 by AB D=2 cut:D1@7s", REFUSED_NOT, "a", "D1:7s"},
    {"rivals' feeds are united", "a ABC/2 by AB; b ABC/2 on a by AB -D; c ABC/2 on a by AC -E",
     REFUSED_NOT, "bc", "D1:open E1:open"},
    {"rivals' cuts apply jointly",
     "a ABC/2 by AB; b ABC/2 on a by AB cut:D1@5x; c ABC/2 on a by AC cut:D1@6y", REFUSED_NOT, "bc",
     "D1:5x,6y"},
    {"one rival's cut applies", "a ABC/2 by AB; b ABC/2 on a by AB cut:D1@5x; c ABC/2 on a by AC",
     REFUSED_NOT, "bc", "D1:5x"},
    {"rivals' keys are united", "a ABC/2 by AB; b ABC/2 on a by AB D=4; c ABC/2 on a by AC D=5",
     REFUSED_NOT, "bc", "D1:7s D2:open D3:open#2"},
    {"a later head that lost a cut opens the feed: signing should have refused",
     "a ABC/2 by AB cut:D1@5x; b ABC/2 on a by AB", REFUSED_NOT, "b", "D1:open"},

    /* Line 3: halts */
    {"a halt", "a ABC/2 by AB; halt D1@5x", REFUSED_NOT, "a", "D1:5x E1:open"},
    {"a halt that leaves nothing", "a ABC/2 by AB; halt D1@0", REFUSED_NOT, "a", "D1:0"},
    {"a halt under another key", "a ABC/2 by AB; halt D1@5x key2", REFUSED_NOT, "a", "D1:open"},
    {"a halt under the feed's own key", "a ABC/2 by AB; halt D1@5x key0", REFUSED_NOT, "a",
     "D1:open"},
    {"a halt whose signature does not hold", "a ABC/2 by AB; halt D1@5x bad", REFUSED_NOT, "a",
     "D1:open"},
    {"which does not keep out a true one", "a ABC/2 by AB; halt D1@5x bad | halt D1@5x",
     REFUSED_NOT, "a", "D1:5x"},
    {"nor does it while neither can be judged",
     "a ABC/2 by AB; halt D2@5x bad | halt D2@5x | b ABC/2 on a by AB D=2", REFUSED_NOT, "b",
     "D2:5x"},
    {"several halts apply jointly", "a ABC/2 by AB; halt D1@5x; halt D1@3y | halt D1@5w",
     REFUSED_NOT, "a", "D1:3y,5w,5x"},
    {"a halt of a feed that is not there yet", "a ABC/2 by AB; halt D2@5x", REFUSED_NOT, "a",
     "D2:-"},
    {"counts when it is", "a ABC/2 by AB; halt D2@5x | b ABC/2 on a by AB D=2", REFUSED_NOT, "b",
     "D1:7s D2:5x"},
    {"a halt is void once its feed is cut",
     "a ABC/2 by AB; halt D1@3y; b ABC/2 on a by AB cut:D1@5x", REFUSED_NOT, "b", "D1:5x"},
    {"a halt that comes after the cut", "a ABC/2 by AB cut:D1@5x | halt D1@3y", REFUSED_NOT, "a",
     "D1:5x"},
    {"a halt is void once one rival cuts",
     "a ABC/2 by AB; halt D1@3y; b ABC/2 on a by AB cut:D1@5x; c ABC/2 on a by AC", REFUSED_NOT,
     "bc", "D1:5x"},
    {"and stands again where no maximal head cuts",
     "a ABC/2 by AB; halt D1@3y; b ABC/2 on a by AB cut:D1@5x; c ABC/2 on b by AB", REFUSED_NOT,
     "c", "D1:3y"},
    {"a halt under either rival's next key",
     "a ABC/2 by AB; b ABC/2 on a by AB D=2; c ABC/2 on a by AC D=3; halt D2@5x; halt D2@4y key4",
     REFUSED_NOT, "bc", "D2:4y,5x"},
    {"a halt of who left still counts", "a ABC/2 by AB gone:D; halt D1@5x", REFUSED_NOT, "a",
     "D1:5x"},
};
#define RULES (sizeof rules / sizeof *rules)

/* Each feed that is named is looked up and said again. */
static void say_feeds(const struct charter *charter, const struct model *model, const char *named,
                      struct buffer *real, struct buffer *naive)
{
    for (; *named != '\0'; named += strcspn(named, " "), named += *named == ' ') {
        struct feed feed = {*town_id(named[0]), (uint32_t)(named[1] - '0')};
        struct feed_rules found = charter_feed(charter, &feed);
        struct feed_rules expected = naive_feed(model, named[0], feed.number);
        buffer_printf(real, real->size > 0 ? " " : "%s", "");
        buffer_printf(naive, naive->size > 0 ? " " : "%s", "");
        model_feed(&found, named, real);
        model_feed(&expected, named, naive);
    }
}

Test(charter, obeys_its_rules)
{
    for (size_t i = 0; i < RULES; i++) {
        struct model *model = model_read(rules[i].made);
        struct charter *charter = charter_new(NULL);
        struct buffer real = {0}, naive = {0};
        struct fault fault = {0};
        char in_force[MODEL_HEADS + 1], expected[MODEL_HEADS + 1];
        bool added = true, changed;

        for (unsigned bundle = 0; bundle < model->bundles; bundle++) {
            struct buffer wire = {0};
            fault = (struct fault){0};
            model_write_bundle(model, bundle, &wire);
            added = charter_add(charter, buffer_view(&wire), &changed, &fault);
            buffer_release(&wire);
        }
        cr_expect_eq(added, rules[i].refusal == REFUSED_NOT, "%s: %s", rules[i].rule, fault.text);
        cr_expect_eq(fault.refusal, rules[i].refusal, "%s: %s", rules[i].rule, fault.text);
        model_heads_in_force(model, charter, in_force);
        cr_expect_str_eq(in_force, rules[i].in_force, "%s: %s", rules[i].rule, in_force);
        if (rules[i].feeds != NULL) {
            naive_in_force(model, expected);
            cr_expect_str_eq(expected, rules[i].in_force, "%s, naively: %s", rules[i].rule,
                             expected);
            say_feeds(charter, model, rules[i].feeds, &real, &naive);
            cr_expect_str_eq(buffer_text(&real), rules[i].feeds, "%s: %s", rules[i].rule,
                             buffer_text(&real));
            cr_expect_str_eq(buffer_text(&naive), rules[i].feeds, "%s, naively: %s", rules[i].rule,
                             buffer_text(&naive));
        }
        buffer_release(&real);
        buffer_release(&naive);
        charter_free(charter);
        model_free(model);
    }
    towns_release();
}

/* --- Around one charter --- */

Test(charter, goes_on_in_a_file)
{
    struct charter *charter = charter_made("a ABC/2 by AB ring:ABC; b ABC/2 on a by BC ring:ABCD "
                                           "cut:E1@5x; halt D1@3y; halt F1@9z key2");
    struct charter *other = charter_new(charter_network(charter));
    struct charter *copy = charter_copy(charter);
    struct buffer wire = {0}, again = {0}, third = {0};
    struct digest digest = charter_digest(charter);
    struct fault fault = {0};
    bool changed;

    charter_write(charter, &wire);
    cr_assert(charter_add(other, buffer_view(&wire), &changed, &fault), "%s", fault.text);
    cr_expect(changed);
    charter_write(other, &again);
    charter_write(copy, &third);
    cr_expect(bytes_equal(buffer_view(&wire), buffer_view(&again)));
    cr_expect(bytes_equal(buffer_view(&wire), buffer_view(&third)));
    struct digest same = charter_digest(other), copied = charter_digest(copy);
    cr_expect(digest_equal(&digest, &same));
    cr_expect(digest_equal(&digest, &copied));
    cr_expect_str_eq(charter_name(other), "Network of b");
    cr_expect_eq(charter_members(other), TOWNS);

    /* The same again changes nothing, and nothing is verified. */
    cr_expect_eq(other->verified, 5);
    cr_assert(charter_add(other, buffer_view(&wire), &changed, &fault));
    cr_expect_not(changed);
    cr_expect_eq(other->verified, 0);
    buffer_release(&wire);
    buffer_release(&again);
    buffer_release(&third);
    charter_free(charter);
    charter_free(other);
    charter_free(copy);
    towns_release();
}

Test(charter, digest_shows_what_is_missing)
{
    static const char *const charters[] = {
        "a ABC/2 by AB",
        "a ABC/2 by AB; halt D1@5x",
        "a ABC/2 by AB; halt D1@4x",
        "a ABC/2 by AB; b ABC/2 on a by AB",
        "a ABC/2 by AB; b ABC/2 on a by AB bare -E",
        "a ABC/2 by AB; b ABC/2 on a by AB -E",
        "a ABC/2 by AB; b ABC/2 on a by AB; c ABC/2 on a by AC at:1",
    };
    struct digest digests[sizeof charters / sizeof *charters];

    for (size_t i = 0; i < sizeof charters / sizeof *charters; i++) {
        struct charter *charter = charter_made(charters[i]);
        digests[i] = charter_digest(charter);
        for (size_t k = 0; k < i; k++)
            cr_expect_not(digest_equal(&digests[i], &digests[k]), "%s; %s", charters[i],
                          charters[k]);
        charter_free(charter);
    }

    /* More signatures, void halts and what is still aside do not count. */
    struct charter *more = charter_made("a ABC/2 by ABC; halt D1@5x key2; b ABC/2 on a by A");
    struct digest digest = charter_digest(more);
    cr_expect(digest_equal(&digest, &digests[0]));
    charter_free(more);
    towns_release();
}

Test(charter, tells_whether_anything_changed)
{
    static const struct {
        const char *made; /* The last bundle is asked about. */
        bool changed;
    } rows[] = {
        {"a ABC/2 by AB", true},
        {"a ABC/2 by A", false},
        {"a ABC/2 by AB | a by AB", false},
        {"a ABC/2 by AB | a by C", true},
        {"a ABC/2 by AB | a by D", false},
        {"a ABC/2 by AB | a by c", false},
        {"a ABC/2 by AB | roster a", false},
        {"a ABC/2 by AB bare | roster a", true},
        {"a ABC/2 by AB; b ABC/2 on a by AB bare -E | roster b", true},
        {"a ABC/2 by AB | halt D1@5x", true},
        {"a ABC/2 by AB; halt D1@5x | halt D1@5x", false},
        {"a ABC/2 by AB | halt D1@5x bad", false},
        {"a ABC/2 by AB; b ABC/2 on a by AB | roster a", false},
        {"a ABC/2 by AB bare; b ABC/2 on a by AB -E | roster a", true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct model *model = model_read(rows[i].made);
        struct charter *charter = charter_new(NULL);
        struct fault fault;
        bool changed = false;
        for (unsigned bundle = 0; bundle < model->bundles; bundle++) {
            struct buffer wire = {0};
            model_write_bundle(model, bundle, &wire);
            charter_add(charter, buffer_view(&wire), &changed, &fault);
            buffer_release(&wire);
        }
        cr_expect_eq(changed, rows[i].changed, "%s", rows[i].made);
        charter_free(charter);
        model_free(model);
    }
    towns_release();
}

/* --- Floods --- */

/* Halts that count, as if rosters vouched for them: `many` of a few authorities, one each of
 * others. */
static struct charter *crowd(unsigned seed, size_t many, size_t others)
{
    struct charter *charter = charter_new(NULL);

    charter->halts = memory_new(many + others, sizeof *charter->halts);
    for (size_t i = 0; i < many + others; i++) {
        struct known_halt *known = &charter->halts[charter->halt_count++];
        size_t who = i < many ? i % 20 : 1000 + i;
        known->counts = known->holds = true;
        known->halt.feed.authority = digest_of("crowd", &who, sizeof who);
        known->halt.feed.number = i < many ? 1 + (uint32_t)(i / 20 % 16) : 1;
        known->halt.last.seq = 1 + (i * 7919 + seed) % 40;
        known->halt.last.id = digest_of("crowd", &i, sizeof i);
    }
    return charter;
}

static int by_halt(const void *a, const void *b)
{
    return halt_compare(&((const struct known_halt *)a)->halt,
                        &((const struct known_halt *)b)->halt);
}

static void sort_and_limit(struct charter *charter)
{
    size_t count = 0;

    qsort(charter->halts, charter->halt_count, sizeof *charter->halts, by_halt);
    for (size_t i = 0; i < charter->halt_count; i++)
        if (i == 0 || by_halt(&charter->halts[count - 1], &charter->halts[i]) != 0)
            charter->halts[count++] = charter->halts[i];
    charter->halt_count = count;
    charter_limit_halts(charter);
}

static void unite_halts(struct charter *to, const struct charter *from)
{
    to->halts = memory_grow(to->halts, to->halt_count + from->halt_count + 1, sizeof *to->halts);
    memcpy(to->halts + to->halt_count, from->halts, from->halt_count * sizeof *to->halts);
    to->halt_count += from->halt_count;
}

/* Twenty members flood with all their feeds: none of the others loses its one halt, and which are
 * kept does not depend on what was heard first. */
Test(charter, shares_room_for_halts_fairly)
{
    struct charter *a = crowd(0, 6000, 700), *b = crowd(13, 8000, 900), *both = crowd(0, 6000, 700);
    size_t lone = 0;

    unite_halts(both, b);
    sort_and_limit(both);
    cr_expect_eq(both->halt_count, HALTS_MAX);
    for (size_t i = 0; i < both->halt_count; i++)
        lone += (i == 0 || !digest_equal(&both->halts[i - 1].halt.feed.authority,
                                         &both->halts[i].halt.feed.authority)) &&
                (i + 1 == both->halt_count || !digest_equal(&both->halts[i + 1].halt.feed.authority,
                                                            &both->halts[i].halt.feed.authority));
    cr_expect_eq(lone, 700 + 900, "%zu", lone);
    sort_and_limit(a);
    sort_and_limit(b);
    unite_halts(a, b);
    sort_and_limit(a);
    cr_expect_eq(a->halt_count, both->halt_count);
    for (size_t i = 0; i < a->halt_count && i < both->halt_count; i++)
        cr_assert_eq(by_halt(&a->halts[i], &both->halts[i]), 0, "%zu", i);
    charter_free(a);
    charter_free(b);
    charter_free(both);
}

/* One member's halts push out none of another's. */
Test(charter, keeps_the_lowest_halts_of_a_feed)
{
    struct charter *charter = charter_made("a ABC/2 by AB; halt E1@5x");
    struct feed crowded = {*town_id('D'), 1}, other = {*town_id('E'), 1};
    struct fault fault;
    bool changed;

    for (uint64_t seq = 100; seq > 0; seq--) {
        struct buffer halt = {0}, wire = {0};
        halt_sign(charter_network(charter), &crowded,
                  &(struct cut){.seq = seq, .id = town_record('x')}, town_key('D', KEY_2), &halt);
        halt_bundle(buffer_view(&halt), &wire);
        cr_assert(charter_add(charter, buffer_view(&wire), &changed, &fault));
        buffer_release(&halt);
        buffer_release(&wire);
    }
    struct feed_rules rules_d = charter_feed(charter, &crowded);
    struct feed_rules rules_e = charter_feed(charter, &other);
    cr_expect_eq(rules_d.cut_count, CUTS_MAX);
    for (size_t i = 0; i < rules_d.cut_count; i++)
        cr_expect_eq(rules_d.cuts[i].seq, i + 1);
    cr_expect_eq(rules_e.cut_count, 1);
    charter_free(charter);
    towns_release();
}

/* After BAD_SIGNATURES_MAX false signatures in one bundle nothing more of it is verified. */
Test(charter, stops_at_false_signatures)
{
    struct model *model = model_read("a ABC/2 by AB");
    struct charter *charter = charter_new(&model->heads[0].text->head.hash);
    struct bundle bundle = {0};
    struct buffer wire = {0};
    struct fault fault = {0};
    bool changed;

    model_write_bundle(model, 0, &wire);
    cr_assert(charter_add(charter, buffer_view(&wire), &changed, &fault));
    for (int64_t i = 0; i < 200; i++) {
        struct head head = model->heads[0].text->head;
        struct head_signature signature;
        head.version = 2;
        head.predecessors[head.predecessor_count++] = head.hash;
        head.time_ms = i;
        buffer_clear(&wire);
        head_write(&head, &wire);
        struct head_text *text = head_read(buffer_view(&wire), &fault);
        for (char town = 'A'; town <= 'B'; town++) {
            head_sign(&signature, &text->head, town_key(town, KEY_STEWARD));
            signature.signature.bytes[40] ^= 1;
            bundle_head_put(bundle_add_head(&bundle, text), &signature);
        }
        head_free(text);
    }
    buffer_clear(&wire);
    bundle_write(&bundle, &wire);
    cr_expect_not(charter_add(charter, buffer_view(&wire), &changed, &fault));
    cr_expect_eq(fault.refusal, REFUSED_SIGNATURE);
    cr_expect_str_eq(fault.text, "charter: more than 64 signatures that do not hold");
    cr_expect_eq(charter->verified, BAD_SIGNATURES_MAX + 1);
    cr_expect_not(changed);
    bundle_release(&bundle);
    buffer_release(&wire);
    charter_free(charter);
    model_free(model);
    towns_release();
}

/* A bundle of one head with one signature; a false one is another for each `number`. */
static bool add_signed(struct charter *charter, struct head_text *text, char town, unsigned number)
{
    struct bundle bundle = {0};
    struct buffer wire = {0};
    struct head_signature signature;
    struct fault fault;
    bool changed;

    head_sign(&signature, &text->head, town_key(town, KEY_STEWARD));
    signature.signature.bytes[40] ^= (uint8_t)number;
    signature.signature.bytes[41] ^= (uint8_t)(number >> 8);
    bundle_head_put(bundle_add_head(&bundle, text), &signature);
    bundle_write(&bundle, &wire);
    bool taken = charter_add(charter, buffer_view(&wire), &changed, &fault);
    bundle_release(&bundle);
    buffer_release(&wire);
    return taken;
}

/* Somebody leaves so many false signatures under a head that none of them is looked at: they are of
 * fewer stewards than the threshold asks. */
static void leave_false_signatures(struct charter *charter, struct head_text *text, char town)
{
    for (unsigned i = 1; i <= 3 * BAD_SIGNATURES_MAX; i++)
        cr_assert_not(add_signed(charter, text, town, i));
}

/* The same head at another time: a rival that nobody has signed. */
static struct head_text *rival_of(const struct head_text *text, int64_t time_ms)
{
    struct head head = text->head;
    struct buffer wire = {0};
    struct fault fault;

    head.time_ms = time_ms;
    head_write(&head, &wire);
    struct head_text *rival = head_read(buffer_view(&wire), &fault);
    buffer_release(&wire);
    return rival;
}

static struct model *two_heads(struct charter **charter)
{
    struct model *model = model_read("a ABC/2 by AB | b ABC/2 on a by AB");
    struct buffer wire = {0};
    struct fault fault;
    bool changed;

    *charter = charter_new(&model->heads[0].text->head.hash);
    model_write_bundle(model, 0, &wire);
    cr_assert(charter_add(*charter, buffer_view(&wire), &changed, &fault));
    buffer_release(&wire);
    return model;
}

static void expect_second_taken(struct charter *charter, const struct model *model)
{
    char in_force[MODEL_HEADS + 1];
    struct buffer wire = {0};
    struct fault fault = {0};
    bool changed;

    model_write_bundle(model, 1, &wire);
    cr_expect(charter_add(charter, buffer_view(&wire), &changed, &fault), "%s", fault.text);
    model_heads_in_force(model, charter, in_force);
    cr_expect_str_eq(in_force, "b");
    buffer_release(&wire);
}

Test(charter, is_not_held_off_by_false_signatures_left_under_its_head)
{
    struct charter *charter;
    struct model *model = two_heads(&charter);

    leave_false_signatures(charter, model->heads[1].text, 'A');
    expect_second_taken(charter, model);
    charter_free(charter);
    model_free(model);
    towns_release();
}

Test(charter, is_not_held_off_by_false_signatures_left_under_others)
{
    struct charter *charter;
    struct model *model = two_heads(&charter);

    for (int64_t i = 0; i < 8; i++) {
        struct head_text *rival = rival_of(model->heads[1].text, i);
        leave_false_signatures(charter, rival, 'A');
        add_signed(charter, rival, 'B', 1); /* From here on there may be enough of them. */
        head_free(rival);
    }
    expect_second_taken(charter, model);
    charter_free(charter);
    model_free(model);
    towns_release();
}

/* Nor by true ones, of keys that have no say: those take no room. */
Test(charter, keeps_no_signatures_of_who_has_no_say)
{
    struct charter *charter;
    struct model *model = two_heads(&charter);
    struct head_text *second = model->heads[1].text;

    cr_expect_not(add_signed(charter, second, 'D', 0));
    cr_expect_not(add_signed(charter, second, 'A', 0));
    cr_expect_eq(charter_find(charter, &second->head.hash)->signature_count, 1);
    cr_expect(add_signed(charter, second, 'B', 0));
    charter_free(charter);
    model_free(model);
    towns_release();
}

Test(charter, refuses_another_networks_halt)
{
    struct charter *charter = charter_made("a ABC/2 by AB");
    struct charter *other = charter_made("a ABD/2 by AB");
    struct feed feed = {*town_id('D'), 1};
    struct buffer halt = {0}, wire = {0};
    struct fault fault = {0};
    bool changed;

    halt_sign(charter_network(other), &feed, &(struct cut){.seq = 0}, town_key('D', KEY_2), &halt);
    halt_bundle(buffer_view(&halt), &wire);
    cr_expect_not(charter_add(charter, buffer_view(&wire), &changed, &fault));
    cr_expect_eq(fault.refusal, REFUSED_NETWORK);
    cr_expect_not(changed);
    cr_expect(charter_add(other, buffer_view(&wire), &changed, &fault));
    cr_expect(changed);
    buffer_release(&halt);
    buffer_release(&wire);
    charter_free(charter);
    charter_free(other);
    towns_release();
}

/* A stranger's heads and halts fill what is kept aside, and still a whole charter gets in. */
Test(charter, is_not_stopped_by_junk)
{
    struct model *model = model_read("a ABC/2 by AB; b ABC/2 on a by AB; halt D1@5x");
    struct charter *charter = charter_new(&model->heads[0].text->head.hash);
    struct buffer real = {0};
    struct fault fault;
    char in_force[MODEL_HEADS + 1];
    bool changed;

    for (int64_t i = 0; i < 600; i += 100) {
        struct bundle junk = {0};
        struct buffer wire = {0};
        for (int64_t k = i; k < i + 100; k++) {
            struct buffer bytes = {0};
            struct head head = model->heads[1].text->head;
            head.time_ms = k;
            head_write(&head, &bytes);
            struct head_text *text = head_read(buffer_view(&bytes), &fault);
            struct head_signature signature;
            head_sign(&signature, &text->head, town_key('A', KEY_STEWARD));
            bundle_head_put(bundle_add_head(&junk, text), &signature);
            head_free(text);
            buffer_clear(&bytes);
            halt_sign(&head.network, &(struct feed){*town_id('D'), 1},
                      &(struct cut){.seq = (uint64_t)k + 1}, town_key('D', KEY_3), &bytes);
            struct halt halt;
            halt_read(&halt, buffer_view(&bytes), &fault);
            bundle_add_halt(&junk, &halt);
            buffer_release(&bytes);
        }
        bundle_write(&junk, &wire);
        cr_expect_not(charter_add(charter, buffer_view(&wire), &changed, &fault));
        cr_expect_not(changed);
        bundle_release(&junk);
        buffer_release(&wire);
    }
    model_write_bundle(model, 0, &real);
    cr_expect(charter_add(charter, buffer_view(&real), &changed, &fault), "%s", fault.text);
    model_heads_in_force(model, charter, in_force);
    cr_expect_str_eq(in_force, "b");
    struct feed_rules rules_d = charter_feed(charter, &(struct feed){*town_id('D'), 1});
    cr_expect_eq(rules_d.cut_count, 1);
    buffer_release(&real);
    charter_free(charter);
    model_free(model);
    towns_release();
}
