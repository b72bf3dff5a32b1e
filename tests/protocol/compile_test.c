#include "protocol/compile.h"
#include "protocol/vocabulary.h"
#include "tests/support/chance.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* What is counted holds whoever the authors are that are not named; and rules of facts. (All of it,
 * from a store: tests/node/compiling_test.c.) */

#define MEMBERS 14
#define FACTS 40
#define SINCE 100

static struct compile_member members[MEMBERS];
static struct compile_fact facts[FACTS];
static size_t authors[FACTS]; /* Who it truly was. */
static size_t fact_count;

static struct digest numbered(size_t number)
{
    struct digest digest = {{0}};

    digest.bytes[0] = (uint8_t)number;
    return digest;
}

static void add(enum compile_kind kind, size_t author, bool named, int64_t time_ms)
{
    struct compile_fact *fact = &facts[fact_count];

    *fact = (struct compile_fact){.id = numbered(100 + fact_count),
                                  .kind = kind,
                                  .named = named,
                                  .time_ms = time_ms,
                                  .about = facts[0].id,
                                  .services = 1,
                                  .factors = 1};
    fact->matter = fact->id;
    if (named)
        fact->authority = members[author].authority;
    authors[fact_count++] = author;
}

/* Of an authority that is named a later response takes the place of the one before; of one that is
 * not nobody can tell. */
static bool has_said(size_t author)
{
    for (size_t i = 1; i < fact_count; i++)
        if (facts[i].named && authors[i] == author)
            return true;
    return false;
}

static void fill(void)
{
    fact_count = 0;
    for (size_t i = 0; i < MEMBERS; i++)
        members[i] = (struct compile_member){numbered(i), COMPILE_ANY, 1};
    add(COMPILE_ISSUE, chance(MEMBERS), true, (int64_t)chance(2 * SINCE));
    for (size_t i = 0; i < FACTS - 1; i++) {
        size_t author = chance(MEMBERS);
        bool named = chance(3) > 0;
        if (!named || !has_said(author))
            add(COMPILE_HAVE, author, named, (int64_t)chance(2 * SINCE));
        if (chance(12) == 0)
            return;
    }
}

/* How many report it; of these how many not before. */
static size_t truth(bool joined)
{
    size_t count = 0;

    for (size_t who = 0; who < MEMBERS; who++) {
        bool before = false, after = false;
        for (size_t i = 0; i < fact_count; i++) {
            before = before || (authors[i] == who && facts[i].time_ms < SINCE);
            after = after || (authors[i] == who && facts[i].time_ms >= SINCE);
        }
        count += joined ? after && !before : before || after;
    }
    return count;
}

Test(compile, holds_whoever_the_authors_are)
{
    size_t spreading = 0;

    lots = 3;
    for (int i = 0; i < 20000; i++) {
        struct compile_input input = {
            .members = members, .member_count = MEMBERS, .facts = facts, .since_ms = SINCE};
        fill();
        input.fact_count = fact_count;
        struct compiled *compiled = compile(&input);
        for (size_t k = 0; k < compiled->matters.count; k++) {
            const struct compiled_matter *matter = &compiled->matters.list[k];
            spreading += matter->spreading;
            cr_expect_leq(matter->reported.least, truth(false));
            cr_expect_geq(matter->reported.most, truth(false));
            cr_expect_leq(matter->joined_least, truth(true));
            cr_expect_geq(matter->joined_most, truth(true));
        }
        compiled_free(compiled);
    }
    cr_expect_gt(spreading, 1000); /* Else it has shown nothing. */
}

/* In whatever order facts come, the same is compiled. */
Test(compile, does_not_depend_on_the_order_of_facts)
{
    struct compile_fact turned[FACTS];
    struct compile_input input = {
        .members = members, .member_count = MEMBERS, .facts = facts, .since_ms = SINCE};
    struct compile_input other = input;

    lots = 5;
    do
        fill();
    while (fact_count < FACTS / 2);
    for (size_t i = 0; i < fact_count; i++)
        turned[i] = facts[fact_count - 1 - i];
    other.facts = turned;
    input.fact_count = other.fact_count = fact_count;
    struct compiled *one = compile(&input), *two = compile(&other);
    cr_assert_eq(one->themes.count, 1);
    cr_assert_eq(two->themes.count, 1);
    const struct compiled_count *a = &one->themes.list[0].count, *b = &two->themes.list[0].count;
    cr_assert_eq(a->fact_count, b->fact_count);
    for (size_t i = 0; i < a->fact_count; i++)
        cr_expect(digest_equal(&a->facts[i]->id, &b->facts[i]->id));
    cr_expect_eq(a->facts[0]->kind, COMPILE_ISSUE);
    compiled_free(one);
    compiled_free(two);
}

Test(compile, knows_what_a_response_says)
{
    static const struct {
        const char *response, *situation, *uptake, *outcome;
        enum compile_kind kind;
    } rows[] = {
        {"same_here", "have", "", "", COMPILE_HAVE},
        {"same_here", "had_and_fixed", "", "", COMPILE_FIXED},
        {"same_here", "do_not_have", "", "", COMPILE_NOT_HERE},
        {"same_here", "", "", "", COMPILE_KINDS},
        {"tried", "", "adopted", "partly_worked", COMPILE_WORKED},
        {"tried", "", "adapted", "harmful", COMPILE_DID_NOT_WORK},
        {"tried", "", "adapted", "too_early", COMPILE_NO_FINDING},
        {"tried", "", "abandoned", "", COMPILE_NO_FINDING},
        {"tried", "", "rejected", "worked", COMPILE_REJECTED},
        {"tried", "", "", "worked", COMPILE_KINDS},
        {"challenge", "", "", "", COMPILE_CHALLENGE},
        {"thanks", "have", "", "", COMPILE_KINDS},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(compile_kind_of(bytes_of_text(rows[i].response),
                                     bytes_of_text(rows[i].situation),
                                     bytes_of_text(rows[i].uptake), bytes_of_text(rows[i].outcome)),
                     rows[i].kind, "row %zu", i);
}
