#include "tests/store/room.h"

#include <stdio.h>
#include <string.h>

/* Whoever is cited in a summary is told. (What is counted: tests/node/compiling_test.c.) */

TestSuite(compile, .init = room_open, .fini = room_close);

static char heard[400];

static bool hear(void *context, const struct citation *citation, struct fault *why)
{
    char line[120], hex[2 * DIGEST_SIZE + 1];

    (void)context;
    (void)why;
    hex_of(hex, citation->cited.bytes, DIGEST_SIZE);
    snprintf(line, sizeof line, "%.8s by %s, answers %d\n", hex, citation->title,
             (int)citation->answers);
    strncat(heard, line, sizeof heard - strlen(heard) - 1);
    return true;
}

static const char *told(const struct council *council)
{
    heard[0] = '\0';
    derive();
    cr_done(store_each_citation(store, &council->feed.authority, hear, NULL, &fault));
    return heard;
}

static void hex_of_id(char hex[2 * DIGEST_SIZE + 1], const struct digest *id)
{
    hex_of(hex, id->bytes, DIGEST_SIZE);
}

static struct entry summary_of(const struct digest *one, const struct digest *other)
{
    char file[800], a[2 * DIGEST_SIZE + 1], b[2 * DIGEST_SIZE + 1];

    hex_of_id(a, one);
    hex_of_id(b, other);
    snprintf(file, sizeof file,
             "Kind: summary\nTitle: Late, ring 01632 960123\nService: home_care\n\n"
             "## Abstract\nTwo say so.\n\n"
             "## What we see\nIt is late.\n\n## Cites\n- %s\n- %s\n",
             a, b);
    return keep(council_publish(&hull, file));
}

Test(compile, tells_who_is_cited)
{
    char file[400], expected[80], hex[2 * DIGEST_SIZE + 1], own[2 * DIGEST_SIZE + 1];
    struct digest one = keep(council_lesson(&leeds, "One", "First.")).id;
    struct digest other = keep(council_lesson(&york, "Two", "Second.")).id;
    struct entry summary = summary_of(&one, &other);

    hex_of_id(own, &one);
    snprintf(expected, sizeof expected,
             "%.8s by Late, ring [withheld: a telephone number], answers 0\n", own);
    cr_expect_str_eq(told(&leeds), expected);
    cr_expect_str_eq(told(&hull), "");

    hex_of_id(hex, &summary.id);
    snprintf(file, sizeof file,
             "Kind: response\nAbout: %s\nResponse: answer\nAnswers: %s\n"
             "Replied by: central_department\n\n## In our words\nFrom April.\n",
             hex, hex);
    struct entry answer = keep(council_publish(&hull, file));
    cr_expect(strstr(told(&leeds), "answers 1\n") != NULL, "%s", heard);
    cr_expect(strstr(told(&york), "answers 1\n") != NULL, "%s", heard);

    cr_done(store_set_text(store, &answer, TEXT_ERASED, &fault));
    cr_expect(strstr(told(&leeds), "answers 0\n") != NULL, "%s", heard);
    cr_done(store_set_text(store, &summary, TEXT_ERASED, &fault));
    cr_expect_str_eq(told(&leeds), "");
}

/* What this house let out without its name is known to nobody else. */
Test(compile, tells_of_what_went_out_without_a_name)
{
    char insert[300], hex[2 * DIGEST_SIZE + 1];
    struct digest one = keep(council_lesson(&leeds, "One", "First.")).id;
    struct digest other = keep(council_lesson(&york, "Two", "Second.")).id;

    summary_of(&one, &other);
    cr_expect_str_eq(told(&hull), "");
    hex_of_id(hex, &other);
    snprintf(insert, sizeof insert,
             "INSERT INTO draft (state, updated_ms, record) VALUES ('published', 1, x'%s')", hex);
    damage(insert);
    cr_expect(strncmp(told(&hull), hex, 8) == 0, "%s", heard);
}
