#include "protocol/evidence.h"
#include "protocol/vocabulary.h"

#include <criterion/criterion.h>
#include <string.h>

static bool agree(const char *a, const char *b)
{
    return outcomes_agree(bytes_of_text(a), bytes_of_text(b));
}

Test(evidence, is_the_same_where_it_went_well_or_badly_twice)
{
    static const char *const sides[][4] = {
        {"worked", "partly_worked", NULL},
        {"no_effect", "did_not_work", "abandoned", "harmful"},
    };

    for (size_t a = 0; a < 2; a++)
        for (size_t i = 0; i < 4 && sides[a][i] != NULL; i++)
            for (size_t b = 0; b < 2; b++)
                for (size_t k = 0; k < 4 && sides[b][k] != NULL; k++)
                    cr_expect_eq(agree(sides[a][i], sides[b][k]), a == b, "%s, %s", sides[a][i],
                                 sides[b][k]);
    cr_expect(!agree("too_early", "too_early"));
    cr_expect(!agree("", ""));
    cr_expect(!agree("of_a_later_version", "of_a_later_version"));
}

/* Each outcome that there is has its side, or none on purpose. */
Test(evidence, knows_every_outcome)
{
    for (size_t i = 0; i < outcomes.count; i++) {
        const char *code = outcomes.words[i].code;
        cr_expect_eq(agree(code, code), strcmp(code, "too_early") != 0, "%s", code);
    }
}

static void expect_now(const char *published, uint64_t replications, const char *now)
{
    struct bytes level = evidence_now(bytes_of_text(published), replications);

    cr_expect(bytes_equal(level, bytes_of_text(now)), "%s, %d", published, (int)replications);
}

Test(evidence, rises_by_two_and_never_falls)
{
    expect_now("opinion", 0, "opinion");
    expect_now("opinion", 1, "opinion");
    expect_now("opinion", 2, "replicated");
    expect_now("comparison_group", 2, "replicated");
    expect_now("replicated", 5, "replicated");
    expect_now("replicated_manual", 5, "replicated_manual");
    expect_now("of_a_later_version", 5, "of_a_later_version");
}
