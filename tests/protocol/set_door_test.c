#include "protocol/writer.h"
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
    struct entries path = {0};
    cr_expect(set_path(set, record_id(c), NULL, 0, &path));
    entries_release(&path);
}

Test(set_door, keeps_no_body_of_what_is_undecided)
{
    struct record *a = says("a", NULL), *b = says("b", a);

    offer(b);
    cr_expect(record_has_body(b));
    cr_expect_not(record_has_body(set->items[items_find(set, record_id(b))].record));
    offer(a);
    cr_expect_null(set->items[items_find(set, record_id(b))].record);
}

/* Form 1 and 2 are decided in a later version. */
Test(set_door, sets_anonymous_and_owner_records_aside)
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
