#include "tests/store/room.h"

#include <stdio.h>

/* What others say to a lesson, and how strong its evidence is by that. */

TestSuite(responses, .init = room_open, .fini = room_close);

static struct digest lesson_id; /* Of Leeds', that partly worked. */

static struct record *lesson(void)
{
    struct record *record = council_lesson(&leeds, "One", "First.");

    lesson_id = *record_id(record);
    return record;
}

/* `lines` stand behind the ids. */
static struct record *response(struct council *council, const char *lines)
{
    char hex[2 * DIGEST_SIZE + 1], file[800];

    hex_of(hex, lesson_id.bytes, DIGEST_SIZE);
    snprintf(file, sizeof file, "Kind: response\nAbout: %s\n%s\n", hex, lines);
    return council_publish(council, file);
}

static const char worked[] = "Response: tried\nUptake: adopted\nOutcome: worked\n\n"
                             "## In our words\nWe rang first.";
static const char failed[] = "Response: tried\nUptake: adapted\nOutcome: harmful\n\n"
                             "## In our words\nWe rang at night.";
static const char rejected[] = "Response: tried\nUptake: rejected\nOutcome: worked\n\n"
                               "## In our words\nWe have no telephones.";
static const char have[] = "Response: same_here\nSituation: have";
static const char fixed[] = "Response: same_here\nSituation: had_and_fixed";
static const char asked_why[] = "Response: challenge\n\n## In our words\nWas it not the weather?";

static const char *counted(void)
{
    static char text[120];
    struct responses r;

    derive();
    cr_done(store_responses(store, &lesson_id, &r, &fault));
    snprintf(text, sizeof text,
             "same %d, fixed %d, not %d; tried %d, worked %d, did not %d; open %d; replications %d",
             (int)r.same_here, (int)r.fixed, (int)r.not_here, (int)r.tried, (int)r.worked,
             (int)r.did_not_work, (int)r.open, (int)r.replications);
    return text;
}

Test(responses, are_a_view)
{
    keep(lesson());
    keep(response(&york, "Response: tried\nUptake: adapted\nOutcome: too_early\n"
                         "Evidence: before_after\nElapsed weeks: 7\n\n"
                         "## In our words\nWe rang first.\n\n"
                         "## What is different here\nMost are over 70."));
    cr_expect_str_eq(asked("SELECT r.response, r.uptake, r.outcome, r.evidence_level,"
                           " r.elapsed_weeks, r.text, r.context, r.latest, r.anonymous, l.title"
                           " FROM responses r JOIN lessons l ON l.id = r.about"),
                     "tried|adapted|too_early|before_after|7|We rang first.|Most are over 70.|1|0|"
                     "One\n");
    cr_expect_str_eq(verified(), "");
}

Test(responses, of_one_authority_count_once_by_the_latest)
{
    keep(lesson());
    keep(response(&york, have));
    keep(response(&york, fixed));
    keep(response(&hull, have));
    keep(response(&hull, "Response: same_here\nSituation: do_not_have"));
    keep(response(&york, worked));
    keep(response(&hull, failed));
    cr_expect_str_eq(
        counted(), "same 1, fixed 1, not 1; tried 2, worked 1, did not 1; open 0; replications 1");
    keep(response(&hull, rejected));
    cr_expect_str_eq(
        counted(), "same 1, fixed 1, not 1; tried 1, worked 1, did not 0; open 0; replications 1");
    cr_expect_str_eq(asked("SELECT latest, count(*) FROM responses GROUP BY latest"), "0|3\n1|4\n");
}

Test(responses, wait_for_what_they_are_about)
{
    struct record *first = lesson();

    keep(response(&york, worked));
    keep(response(&hull, worked));
    cr_expect_str_eq(asked("SELECT count(*) FROM responses"), "2\n");
    keep(first);
    cr_expect_str_eq(asked("SELECT evidence_level_now FROM lessons"), "replicated\n");
    cr_expect_str_eq(verified(), "");
}

Test(responses, raise_evidence_when_two_others_found_the_same)
{
    const char *select = "SELECT evidence_level, evidence_level_now, replications FROM lessons";

    keep(lesson());
    keep(response(&leeds, worked)); /* Its author's own word is no replication. */
    keep(response(&york, worked));
    keep(response(&york, worked)); /* Twice by one is one. */
    cr_expect_str_eq(asked(select), "reasoned_account|reasoned_account|1\n");
    struct entry at = keep(response(&hull, worked));
    cr_expect_str_eq(asked(select), "reasoned_account|replicated|2\n");
    cr_expect_str_eq(verified(), "");

    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    cr_expect_str_eq(asked(select), "reasoned_account|reasoned_account|1\n");
    keep(response(&hull, failed)); /* What it found is another thing. */
    cr_expect_str_eq(asked(select), "reasoned_account|reasoned_account|1\n");
    cr_expect_str_eq(verified(), "");
}

Test(responses, leave_a_challenge_open_until_it_is_answered)
{
    char hex[2 * DIGEST_SIZE + 1], lines[200];

    keep(lesson());
    struct digest challenge = keep(response(&york, asked_why)).id;
    cr_expect_str_eq(
        counted(), "same 0, fixed 0, not 0; tried 0, worked 0, did not 0; open 1; replications 0");
    hex_of(hex, challenge.bytes, DIGEST_SIZE);
    snprintf(lines, sizeof lines, "Response: answer\nAnswers: %s\n\n## In our words\nNo.", hex);
    struct entry answer = keep(response(&leeds, lines));
    cr_expect_str_eq(
        counted(), "same 0, fixed 0, not 0; tried 0, worked 0, did not 0; open 0; replications 0");
    cr_expect_str_eq(asked("SELECT a.text FROM responses a JOIN responses q ON q.id = a.answers"),
                     "No.\n");
    cr_done(store_set_text(store, &answer, TEXT_ERASED, &fault));
    cr_expect_str_eq(
        counted(), "same 0, fixed 0, not 0; tried 0, worked 0, did not 0; open 1; replications 0");
}

static bool count_visit(void *context, const struct stored *stored, struct fault *why)
{
    (void)stored;
    (void)why;
    (*(int *)context)++;
    return true;
}

/* A response to a profile says nothing to anybody; whether one to what is not here does, is not
 * known. */
Test(responses, are_passed_over_where_they_speak_of_another_kind)
{
    struct record *profile = council_publish(&leeds, profile_file);
    int visits = 0;

    lesson_id = *record_id(profile);
    keep(response(&york, have));
    derive();
    cr_done(store_each_about(store, &lesson_id, count_visit, &visits, &fault));
    cr_expect_eq(visits, 1);
    keep(profile);
    derive();
    cr_done(store_each_about(store, &lesson_id, count_visit, &visits, &fault));
    cr_expect_eq(visits, 1);
}

/* What came at once may be about many lessons, and more of it than about any. */
Test(responses, raise_the_evidence_of_each_lesson_that_they_are_about)
{
    struct record *first = lesson(), *second = council_lesson(&leeds, "Two", "Second.");

    for (int i = 0; i < 3; i++) {
        keep(response(&york, worked));
        keep(response(&hull, worked));
    }
    lesson_id = *record_id(second);
    keep(response(&hull, worked));
    keep(first);
    keep(second);
    cr_expect_str_eq(asked("SELECT title, replications FROM lessons ORDER BY title"),
                     "One|2\nTwo|1\n");
    cr_expect_str_eq(verified(), "");
}
