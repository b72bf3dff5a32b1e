#include "protocol/norm.h"
#include "tests/support/chance.h"

#include <criterion/criterion.h>

Test(norm, is_judged_by_bounds)
{
    static const struct {
        const char *when;
        struct norm_counts counts;
        size_t least, most;
        enum norm_verdict verdict;
    } rows[] = {
        {"half of all", {.named = 20, .spoke = 30, .could = 40}, 20, 20, NORM_OF_ALL},
        {"one less", {.named = 19, .spoke = 38, .could = 40}, 19, 19, NORM_OF_SPEAKERS},
        {"half of those that spoke",
         {.named = 6, .unnamed = 2, .spoke = 10, .spoke_unnamed = 2, .could = 40},
         6,
         8,
         NORM_OF_SPEAKERS},
        {"unnamed ones may be others",
         {.named = 6, .unnamed = 2, .spoke = 10, .spoke_unnamed = 3, .could = 40},
         6,
         8,
         NORM_NEITHER},
        {"a quarter", {.named = 5, .spoke = 20, .could = 40}, 5, 5, NORM_EXCEPTION},
        {"perhaps more than a quarter",
         {.named = 5, .unnamed = 1, .spoke = 20, .spoke_unnamed = 1, .could = 40},
         5,
         6,
         NORM_NEITHER},
        {"four", {.named = 4, .spoke = 20, .could = 40}, 4, 4, NORM_TOO_FEW},
        {"four members", {.named = 4, .unnamed = 9, .spoke = 4, .could = 4}, 4, 4, NORM_TOO_FEW},
        {"only unnamed ones", {.unnamed = 9, .spoke_unnamed = 9, .could = 40}, 1, 9, NORM_NEITHER},
        {"never more than there are",
         {.named = 10, .unnamed = 90, .spoke = 10, .spoke_unnamed = 90, .could = 20},
         10,
         20,
         NORM_OF_ALL},
        {"more than was looked at",
         {.named = 8, .spoke = 30, .could = 40, .more = true},
         8,
         30,
         NORM_NEITHER},
        {"none", {.spoke = 30, .could = 40}, 0, 0, NORM_TOO_FEW},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct norm norm = norm_of(&rows[i].counts);
        cr_expect_eq(norm.least, rows[i].least, "%s: %zu", rows[i].when, norm.least);
        cr_expect_eq(norm.most, rows[i].most, "%s: %zu", rows[i].when, norm.most);
        cr_expect_eq(norm.verdict, rows[i].verdict, "%s: %d", rows[i].when, (int)norm.verdict);
    }
}

/* Whoever the unnamed ones truly are, the bounds hold and the verdict is not wrong. */
Test(norm, holds_whoever_the_unnamed_ones_are)
{
    size_t seen[5] = {0};

    for (size_t round = 0; round < 20000; round++) {
        bool reports[40] = {false}, speaks[40] = {false};
        struct norm_counts counts = {.could = 5 + chance(36)};
        size_t rarity = 1 + chance(10), truly = 0, spoke = 0;
        for (size_t i = 0; i < counts.could; i++) {
            bool named_speaks = chance(2) == 0, named_reports = named_speaks && chance(rarity) == 0;
            size_t unnamed = chance(4) == 0 ? chance(3) : 0;
            size_t unnamed_reports = unnamed > 0 && chance(rarity) == 0 ? 1 : 0;
            counts.named += named_reports;
            counts.spoke += named_speaks;
            counts.unnamed += unnamed_reports;
            counts.spoke_unnamed += unnamed;
            reports[i] = named_reports || unnamed_reports > 0;
            speaks[i] = named_speaks || unnamed > 0;
            truly += reports[i];
            spoke += speaks[i];
        }
        struct norm norm = norm_of(&counts);
        cr_assert(norm.least <= truly && truly <= norm.most);
        cr_assert(norm.spoke_least <= spoke && spoke <= norm.spoke_most);
        cr_assert(norm.verdict != NORM_OF_ALL || 2 * truly >= counts.could);
        cr_assert(norm.verdict != NORM_OF_SPEAKERS || 2 * truly >= spoke);
        cr_assert(norm.verdict != NORM_EXCEPTION || 4 * truly <= spoke);
        seen[norm.verdict]++;
    }
    for (size_t i = 0; i < 5; i++)
        cr_expect(seen[i] > 20, "verdict %zu came %zu times", i, seen[i]);
}
