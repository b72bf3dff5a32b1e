#include "store/search.h"
#include "tests/store/room.h"

#include <stdio.h>
#include <string.h>

/* What is found beside lessons: issues, and by what was said of either; and what is the same is one
 * hit. */

TestSuite(found, .init = room_open, .fini = room_close);

static struct buffer told;
static struct answer answer;

static bool tell(void *context, const struct hit *hit, struct fault *why)
{
    (void)context;
    (void)why;
    buffer_printf(&told, "%s \"%s\"", hit->kind, hit->title);
    if (hit->via.kind != NULL)
        buffer_printf(&told, " by %s of %s: %s", hit->via.kind,
                      hit->via.anonymous ? "nobody" : "somebody", hit->snippet);
    if (hit->same > 0)
        buffer_printf(&told, " and %d more", (int)hit->same);
    if (hit->has_corrected)
        buffer_append_text(&told, ", corrected");
    if (hit->responses.tried > 0)
        buffer_printf(&told, ", tried by %d", (int)hit->responses.tried);
    buffer_append_text(&told, "\n");
    return true;
}

static const char *found_by(struct query query)
{
    derive();
    buffer_clear(&told);
    query.limit = query.limit == 0 ? 10 : query.limit;
    query.honoured = &hull.feed.authority;
    query.honoured_count = 1;
    cr_done(store_search(store, &query, &answer, tell, NULL, &fault));
    return buffer_text(&told);
}

static const char *found(const char *words)
{
    return found_by((struct query){.words = bytes_of_text(words)});
}

static struct digest put(struct record *record)
{
    struct digest id = *record_id(record);

    keep(record);
    return id;
}

static const char *hex(const struct digest *id)
{
    static char texts[4][2 * DIGEST_SIZE + 1];
    static size_t turn;
    char *text = texts[turn++ % 4];

    hex_of(text, id->bytes, DIGEST_SIZE);
    return text;
}

static struct record *say(struct council *council, const char *format, const struct digest *id)
{
    char file[800];

    snprintf(file, sizeof file, format, hex(id));
    return council_publish(council, file);
}

static const char tried[] = "Kind: response\nAbout: %s\nResponse: tried\nUptake: adapted\n"
                            "Outcome: harmful\n\n## In our words\nZebras fled from the drones.\n";
static const char update[] = "Kind: update\nAbout: %s\nStage: completed\nOutcome: worked\n\n"
                             "## What changed since\nGiraffes came back.\n";
static const char issue[] = "Kind: issue\nTitle: Lions wait for weeks\nService: home_care\n%s\n"
                            "## Abstract\nNobody feeds the lions at weekends.\n";

static struct digest put_issue(struct council *council, const char *same_as)
{
    char file[800], line[120] = "";

    if (same_as != NULL)
        snprintf(line, sizeof line, "Same as: %s\n", same_as);
    snprintf(file, sizeof file, issue, line);
    return put(council_publish(council, file));
}

Test(found, by_what_others_said_of_a_lesson)
{
    struct digest lesson = put(council_lesson(&leeds, "Elephants", "We fed the elephants."));

    put(say(&york, tried, &lesson));
    cr_expect_str_eq(found("zebras"), "lesson \"Elephants\" by response of somebody: [Zebras] fled "
                                      "from the drones., tried by 1\n");
    cr_expect_eq(answer.total, 1);

    /* And once, by what has more of it. */
    cr_expect_str_eq(found("elephants zebra"), "lesson \"Elephants\", tried by 1\n");
    cr_expect_eq(answer.total, 1);
}

Test(found, by_how_it_went_on)
{
    struct digest lesson = put(council_lesson(&leeds, "Elephants", "We fed the elephants."));
    struct digest later = put(say(&leeds, update, &lesson));

    cr_expect_str_eq(found("giraffe"),
                     "lesson \"Elephants\" by update of somebody: [Giraffes] came "
                     "back.\n");
    put(say(&york,
            "Kind: response\nAbout: %s\nResponse: question\n\n"
            "## In our words\nAnd the hyenas?\n",
            &later));
    cr_expect_str_eq(found("hyenas"),
                     "lesson \"Elephants\" by response of somebody: And the [hyenas]?\n");
}

Test(found, are_no_lessons_where_those_alone_are_asked_for)
{
    struct digest lesson = put(council_lesson(&leeds, "Elephants", "We fed the elephants."));

    put(say(&york, tried, &lesson));
    put_issue(&york, NULL);
    cr_expect_str_eq(
        found_by((struct query){.words = bytes_of_text("zebras lions"), .lessons_only = true}), "");
    cr_expect_eq(answer.total, 0);
    cr_expect_str_eq(
        found_by((struct query){.words = bytes_of_text("zebra lion"), .outcome = "worked"}), "");
}

Test(found, before_what_it_is_about_has_come)
{
    struct record *lesson = council_lesson(&leeds, "Elephants", "We fed the elephants.");

    put(say(&york, tried, record_id(lesson)));
    cr_expect_str_eq(found("zebras"), "");
    cr_expect_eq(answer.total, 0);
    keep(lesson);
    cr_expect_neq(found("zebras")[0], 0);
}

Test(found, are_issues)
{
    put_issue(&york, NULL);
    cr_expect_str_eq(found("who feeds lions"), "issue \"Lions wait for weeks\"\n");
    cr_expect_str_eq(found_by((struct query){.service = "home_care"}),
                     "issue \"Lions wait for weeks\"\n");
    cr_expect_str_eq(found_by((struct query){.words = bytes_of_text("lions"),
                                             .authority = &york.feed.authority}),
                     "issue \"Lions wait for weeks\"\n");
    cr_expect_str_eq(found_by((struct query){.words = bytes_of_text("lions"),
                                             .authority = &hull.feed.authority}),
                     "");
}

Test(found, once_where_issues_are_the_same)
{
    struct digest one = put_issue(&leeds, NULL);

    put_issue(&york, hex(&one));
    put_issue(&hull, hex(&one));
    cr_expect_str_eq(found("lions"), "issue \"Lions wait for weeks\" and 2 more\n");
    cr_expect_eq(answer.total, 1);
    cr_expect_str_eq(
        found_by((struct query){.words = bytes_of_text("lions"), .limit = 1, .offset = 1}), "");
}

Test(found, has_room_for_those_behind_many_that_are_the_same)
{
    struct digest one = put_issue(&leeds, NULL);

    for (int i = 0; i < 30; i++)
        put_issue(&york, hex(&one));
    keep(council_lesson(&hull, "Elephants", "The lions watched us feed the elephants."));
    cr_expect_str_eq(found_by((struct query){.words = bytes_of_text("lions"), .limit = 2}),
                     "issue \"Lions wait for weeks\" and 30 more\nlesson \"Elephants\"\n");
    cr_expect_eq(answer.total, 2);
}

Test(found, once_where_a_lesson_was_corrected)
{
    struct digest first = put(council_lesson(&leeds, "Elephants", "The same."));

    cr_expect_str_eq(found("elephants"), "lesson \"Elephants\"\n");
    put(council_corrects(&leeds, "Elephants again", &first));
    cr_expect_str_eq(found("elephants"), "lesson \"Elephants again\" and 1 more\n");

    /* By somebody else it is another lesson. */
    put(council_corrects(&york, "No elephants", &first));
    cr_expect_str_eq(found("elephants"), "lesson \"Elephants again\" and 1 more\n"
                                         "lesson \"No elephants\"\n");
    cr_expect_eq(answer.total, 2);
}

Test(found, nothing_of_what_is_withheld_in_a_response)
{
    struct digest lesson = put(council_lesson(&leeds, "Elephants", "We fed the elephants."));

    put(say(&york,
            "Kind: response\nAbout: %s\nResponse: question\n\n"
            "## In our words\nWhom do I ring, jane.okonkwo@york.gov.uk?\n",
            &lesson));
    cr_expect_str_eq(found("okonkwo"), "");
    cr_expect_neq(found("ring")[0], 0);
    cr_expect(strstr(buffer_text(&told), "okonkwo") == NULL, "%s", buffer_text(&told));
}

Test(found, nothing_of_a_response_that_is_taken_back)
{
    struct digest lesson = put(council_lesson(&leeds, "Elephants", "We fed the elephants."));
    struct entry said = keep(say(&york, tried, &lesson));

    cr_expect_neq(found("zebras")[0], 0);
    cr_done(store_begin(store, &fault) && store_set_text(store, &said, TEXT_ERASED, &fault) &&
            store_commit(store, &fault));
    cr_expect_str_eq(found("zebras"), "");
    cr_expect_str_eq(verified(), "");
}
