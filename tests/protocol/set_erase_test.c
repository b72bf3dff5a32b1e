#include "tests/protocol/set_story.h"

/* Line 10: texts that are taken back. */

TestSuite(set_erase, .init = story_begins, .fini = story_ends);

/* The names of those by which a text is taken back. */
static const char *erased_by(const struct record *target)
{
    static struct buffer names;
    struct digest ids[8];
    size_t count = set_erasures_of(set, record_id(target), ids, 8);

    buffer_clear(&names);
    for (size_t i = 0; i < count; i++)
        buffer_printf(&names, " %s", name_of(&ids[i]));
    return buffer_text(&names);
}

#define BY(target, names) cr_expect_str_eq(erased_by(target), names)
#define TEXT(target, text) cr_expect_eq(set_text(set, record_id(target)), text)

Test(set_erase, takes_back_what_its_author_said)
{
    struct record *a = says("a", NULL), *b = erases("b", a, a);

    offer(a);
    offer(b);
    TOLD(" +a +b a:erased");
    TEXT(a, TEXT_ERASED);
    TEXT(b, TEXT_STANDS);
    BY(a, " b");
    BY(b, "");
}

Test(set_erase, knows_what_was_taken_back_before_it_came)
{
    struct record *a = york_says("a", NULL), *b = erases("b", NULL, a);

    heir_of_leeds = leeds.authority;
    offer(b);
    offer(a);
    TOLD(" +b +a");

    struct record *c = says("c", b), *d = says("d", c), *e = erases("e", d, c);
    set_offer(set, e, NOW);
    set_offer(set, d, NOW);
    set_offer(set, c, NOW);
    decides();
    TOLD(" +c +d +e c:erased");
}

Test(set_erase, takes_back_what_was_said_in_another_feed)
{
    struct record *a = says("a", NULL);
    struct feed second = {leeds.authority, 2};
    struct header header = header_named(&second, NULL, NOW);

    york = second;
    header_erases(&header, record_id(a));
    offer(a);
    offer(named("b", record_proven(&header, 1, york_key)));
    TOLD(" +a +b a:erased");
}

Test(set_erase, leaves_it_to_those_who_have_the_right)
{
    struct record *a = says("a", NULL), *b = york_erases("b", NULL, a);

    offer(a);
    offer(b);
    TOLD(" +a +b");
    BY(a, "");
    heir_of_leeds = york.authority;
    charter_changes();
    TOLD(" a:erased");
    BY(a, " b");
    heir_of_leeds = digest_numbered(99);
    charter_changes();
    TOLD(" a:stands");
}

Test(set_erase, is_for_as_many_stewards_as_it_takes)
{
    struct record *a = whispers("a", 1), *b = erases("b", NULL, a), *c = york_erases("c", NULL, a);
    struct record *again = erases("again", b, a);

    stewards[0] = leeds.authority;
    stewards[1] = york.authority;
    offer(a);
    offer(b);
    offer(again); /* One authority counts once. */
    TOLD(" +a +b +again");
    offer(c);
    TOLD(" +c a:erased");
    cr_expect(strstr(erased_by(a), " c") != NULL);
    stewards[1] = digest_numbered(98);
    charter_changes();
    TOLD(" a:stands");
    threshold = 1;
    charter_changes();
    TOLD(" a:erased");
    cr_expect(strstr(erased_by(a), " c") == NULL); /* It takes no more than Leeds. */
}

Test(set_erase, is_undone_when_the_erasure_leaves)
{
    struct record *a = says("a", NULL), *b = erases("b", a, a);

    offer(a);
    offer(b);
    buffer_clear(&notes);
    cut_at(1, a);
    charter_changes();
    TOLD(" -b a:stands");
    leeds_rules.cut_count = 0;
    charter_changes();
    TOLD(" +b a:erased");
}

Test(set_erase, is_not_undone_by_erasing_the_erasure)
{
    struct record *a = says("a", NULL), *b = erases("b", a, a), *c = erases("c", b, b);

    offer(a);
    offer(b);
    offer(c);
    TOLD(" +a +b a:erased +c b:erased");
}

/* Told again when it comes back, if it stands otherwise then. */
Test(set_erase, remembers_how_a_text_stood_that_left)
{
    struct record *a = york_says("a", NULL), *b = erases("b", NULL, a);

    heir_of_leeds = digest_numbered(99);
    stewards[0] = leeds.authority;
    threshold = 1;
    offer(a);
    offer(b);
    TOLD(" +a +b a:erased");
    york_rules = (struct feed_rules){0};
    charter_changes();
    TOLD(" -a");
    TEXT(a, TEXT_ERASED);
    BY(a, "");
    threshold = 2;
    charter_changes();
    TOLD("");
    york_rules = rules_with(york_key);
    charter_changes();
    TOLD(" +a a:stands");
}

Test(set_erase, is_only_of_its_kind)
{
    struct record *a = says("a", NULL);
    struct header header = header_named(&leeds, a, NOW);

    header_erases(&header, record_id(a));
    header.kind = bytes_of_text("lesson");
    offer(a);
    offer(named("b", record_proven(&header, 1, leeds_key)));
    header.kind = bytes_of_text("erasure");
    header.references[0].relation = RELATION_ABOUT;
    offer(named("c", record_proven(&header, 1, leeds_key)));
    TOLD(" +a +b +c");
}

Test(set_erase, takes_back_up_to_eight_at_once)
{
    struct record *chain[8], *last = NULL;

    for (unsigned i = 0; i < 8; i++)
        offer(last = chain[i] = says("x", last));
    struct header header = header_named(&leeds, last, NOW);
    for (unsigned i = 0; i < 8; i++)
        header_erases(&header, record_id(chain[i]));
    buffer_clear(&notes);
    offer(named("all", record_proven(&header, 1, leeds_key)));
    for (unsigned i = 0; i < 8; i++)
        TEXT(chain[i], TEXT_ERASED);
}

/* --- Hidden --- */

Test(set_erase, hides_what_an_erasure_that_hangs_in_the_air_names)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = erases("c", b, a);

    offer(a);
    offer(c);
    TOLD(" +a a:hidden");
    TEXT(a, TEXT_HIDDEN);
    BY(a, " c");
    offer(b);
    TOLD(" +b +c a:erased");
    BY(a, " c");
}

Test(set_erase, hides_nothing_by_a_proof_that_does_not_hold)
{
    struct record *a = says("a", NULL), *b = says("b", a), *c = junk("c", erases("", b, a));

    offer(a);
    offer(c);
    TOLD(" +a");
    leeds_rules.keys[leeds_rules.key_count++] = *signing_key_public(new_key);
    charter_changes();
    TOLD("");
}

Test(set_erase, hides_once_a_key_is_listed)
{
    struct record *a = york_says("a", NULL), *b = says("b", NULL), *c = erases("c", b, a);

    heir_of_leeds = digest_numbered(99);
    threshold = 1;
    stewards[0] = leeds.authority;
    leeds_rules = rules_with(new_key);
    offer(a);
    offer(c);
    TOLD(" +a");
    leeds_rules = rules_with(leeds_key);
    charter_changes();
    TOLD(" a:hidden");
    cut_at(2, b);
    charter_changes();
    TOLD(" a:stands"); /* At the end of its feed there is another record, or none. */
    leeds_rules.cuts[0].seq = 3;
    charter_changes();
    TOLD(" a:hidden");
}

Test(set_erase, hides_nothing_before_its_time)
{
    struct record *a = says("a", NULL), *b = says("b", a);
    struct header header = header_named(&leeds, b, NOW + GRACE_MS + 1);
    struct changes changes = {0};

    header_erases(&header, record_id(a));
    offer(a);
    offer(named("c", record_proven(&header, 1, leeds_key)));
    TOLD(" +a");
    set_tick(set, NOW + 1, &changes);
    note(&changes);
    TOLD(" a:hidden");
}

Test(set_erase, hides_what_stewards_would_erase_together)
{
    struct record *w = whispers("w", 1), *b = erases("b", says("", NULL), w);
    struct record *c = york_erases("c", york_says("", NULL), w);

    stewards[0] = leeds.authority;
    stewards[1] = york.authority;
    offer(w);
    offer(b);
    TOLD(" +w");
    offer(c);
    TOLD(" w:hidden");
}

/* --- Owners --- */

Test(set_erase, takes_back_all_that_an_owner_said)
{
    struct record *a = whispers("a", 1), *one = owner_says("one", a, 1, "update");
    struct record *erasure = owner_says("erasure", a, 0, "erasure");
    struct record *two = owner_says("two", a, 2, "update");

    offer(a);
    offer(one);
    offer(erasure);
    STANDS(erasure, STANDING_IN);
    TEXT(a, TEXT_ERASED);
    TEXT(one, TEXT_ERASED);
    TEXT(erasure, TEXT_STANDS);
    buffer_clear(&notes);
    offer(two);
    TOLD(" +two two:erased");
    BY(two, " erasure");
    BY(a, " erasure");
}

Test(set_erase, takes_nothing_back_but_by_number_0_and_its_kind)
{
    struct record *a = whispers("a", 1), *kind = owner_says("kind", a, 0, "update");
    struct record *n = owner_says("n", a, 1, "erasure");

    offer(a);
    offer(kind);
    offer(n);
    TOLD(" +a +kind +n");
}
