#include "tests/store/room.h"

#include <stdio.h>

/* What nobody has said anything to. */

TestSuite(silent, .init = room_open, .fini = room_close);

static struct buffer told;

static bool tell(void *context, const struct silent_record *at, struct fault *why)
{
    (void)context;
    (void)why;
    buffer_printf(&told, "%s: %s\n", at->kind, at->title);
    return true;
}

static const char *silent(struct silence silence)
{
    derive();
    buffer_clear(&told);
    silence.limit = 10;
    silence.before_ms = silence.before_ms == 0 ? INT64_MAX : silence.before_ms;
    cr_done(store_each_silent(store, &silence, tell, NULL, &fault));
    return buffer_text(&told);
}

static const char *hex(const struct digest *id)
{
    static char text[2 * DIGEST_SIZE + 1];

    hex_of(text, id->bytes, DIGEST_SIZE);
    return text;
}

static struct digest put(struct record *record)
{
    struct digest id = *record_id(record);

    keep(record);
    return id;
}

static struct digest say(struct council *council, const char *format, const struct digest *id)
{
    char file[800];

    snprintf(file, sizeof file, format, hex(id));
    return put(council_publish(council, file));
}

Test(silent, questions_are_until_somebody_answers)
{
    const struct silence questions = {.what = SILENT_QUESTIONS};
    struct digest lesson = put(council_lesson(&leeds, "One", "First."));
    struct digest asked =
        say(&york, "Kind: response\nAbout: %s\nResponse: challenge\n\n## In our words\nWhy so?\n",
            &lesson);
    char answer[800], about[2 * DIGEST_SIZE + 1];

    cr_expect_str_eq(silent(questions), "challenge: Why so?\n");
    hex_of(about, lesson.bytes, DIGEST_SIZE);
    snprintf(answer, sizeof answer,
             "Kind: response\nAbout: %s\nResponse: answer\nAnswers: %s\n\n"
             "## In our words\nBecause.\n",
             about, hex(&asked));
    struct entry at = keep(council_publish(&leeds, answer));
    cr_expect_str_eq(silent(questions), "");
    cr_done(store_set_text(store, &at, TEXT_HIDDEN, &fault));
    cr_expect_str_eq(silent(questions), "challenge: Why so?\n");
}

Test(silent, lessons_are_until_their_author_goes_on)
{
    struct silence lessons = {.what = SILENT_LESSONS};
    struct digest lesson = put(council_lesson(&leeds, "One", "First."));

    keep(council_lesson(&york, "Two", "First."));
    cr_expect_str_eq(silent(lessons), "lesson: One\nlesson: Two\n");
    say(&leeds,
        "Kind: update\nAbout: %s\nStage: completed\nOutcome: worked\n\n"
        "## What changed since\nNothing.\n",
        &lesson);
    cr_expect_str_eq(silent(lessons), "lesson: Two\n");
    lessons.before_ms = 1;
    cr_expect_str_eq(silent(lessons), "");
}

static struct digest put_issue(struct council *council, const char *title, const char *same_as)
{
    char file[800];

    snprintf(file, sizeof file,
             "Kind: issue\nTitle: %s\nService: home_care\n%s%s\n\n## Abstract\nIt is late.\n",
             title, same_as == NULL ? "" : "Same as: ", same_as == NULL ? "" : same_as);
    return put(council_publish(council, file));
}

Test(silent, issues_are_until_one_that_is_the_same_is_put_right)
{
    const struct silence issues = {.what = SILENT_ISSUES};
    keep(council_lesson(&york, "Before", "First."));
    struct digest one = put_issue(&leeds, "One", NULL);
    struct digest again = put_issue(&york, "One again", hex(&one));

    put_issue(&york, "Other", NULL);
    cr_expect_str_eq(silent(issues), "issue: One\nissue: Other\n");
    say(&hull, "Kind: response\nAbout: %s\nResponse: same_here\nSituation: have\n", &again);
    cr_expect_str_eq(silent(issues), "issue: One\nissue: Other\n");
    say(&hull, "Kind: response\nAbout: %s\nResponse: same_here\nSituation: had_and_fixed\n",
        &again);
    cr_expect_str_eq(silent(issues), "issue: Other\n");
    /* Of what one says with one word the latest counts. */
    say(&hull, "Kind: response\nAbout: %s\nResponse: same_here\nSituation: have\n", &again);
    cr_expect_str_eq(silent(issues), "issue: One\nissue: Other\n");
}

Test(silent, is_told_to_a_publisher_who_tells_of_success_alone)
{
    static const char worked[] =
        "Title: Ours\nService: home_care\nOutcome: worked\nStage: completed\nEvidence: opinion\n"
        "Source: project\n\n## Abstract\nGood.\n\n## What we did\nAll.\n\n%s"
        "## Recommendation\nDo.\n";
    uint64_t lessons, successes;
    char file[600];

    snprintf(file, sizeof file, worked, "");
    struct digest lesson = put(council_publish(&leeds, file));
    snprintf(file, sizeof file, worked, "## What did not work\nThe forms.\n\n");
    keep(council_publish(&leeds, file));
    keep(council_lesson(&leeds, "One", "First."));
    keep(council_lesson(&york, "Two", "First."));
    derive();
    cr_done(store_success_only(store, &leeds.feed.authority, &lessons, &successes, &fault));
    cr_expect_eq(lessons, 3);
    cr_expect_eq(successes, 1);
    say(&leeds,
        "Kind: update\nAbout: %s\nStage: completed\nOutcome: no_effect\n\n"
        "## What changed since\nIt went.\n",
        &lesson);
    derive();
    cr_done(store_success_only(store, &leeds.feed.authority, &lessons, &successes, &fault));
    cr_expect_eq(successes, 0);
}
