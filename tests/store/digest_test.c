#include "store/digest.h"
#include "tests/store/room.h"

#include <stdio.h>
#include <string.h>

/* What digests, briefs, reviews and exports are made from. Leeds is whose home it is. */

TestSuite(digest, .init = room_open, .fini = room_close);

static struct digest lesson_id;

static void lesson_of(struct council *council, const char *title)
{
    struct record *record = council_lesson(council, title, "First.");

    lesson_id = *record_id(record);
    keep(record);
}

/* `lines` stand behind the id; returns its own. */
static struct digest say(struct council *council, const char *kind, const struct digest *about,
                         const char *lines)
{
    char hex[2 * DIGEST_SIZE + 1], file[900];

    hex_of(hex, about->bytes, DIGEST_SIZE);
    snprintf(file, sizeof file, "Kind: %s\nAbout: %s\n%s\n", kind, hex, lines);
    struct record *record = council_publish(council, file);
    struct digest id = *record_id(record);
    keep(record);
    return id;
}

/* The same text by an author who is not named. */
static struct digest say_unnamed(const char *kind, const struct digest *about, const char *lines)
{
    static uint32_t unnamed;
    struct digest twin = say(&hull, kind, about, lines);
    struct record *text = store_find(store, &twin, true, &fault);
    struct header header = *record_header(text);
    struct salt salt = {{(uint8_t)++unnamed}};

    header.author = (struct author){.form = AUTHOR_OWNER, .n = unnamed};
    struct record *record = record_sign(&header, &salt, record_content(text), hull.key);
    struct digest id = *record_id(record);
    keep(record);
    record_free(text);
    return id;
}

static const char challenge[] = "Response: challenge\n\n## In our words\nWas it not the weather?";
static const char worked[] = "Response: tried\nUptake: adopted\nOutcome: worked\n\n"
                             "## In our words\nWe rang first.";
static const char failed[] = "Response: tried\nUptake: adapted\nOutcome: harmful\n\n"
                             "## In our words\nWe rang at night.";
static const char have[] = "Response: same_here\nSituation: have";

/* --- What is new --- */

static bool hear_title(void *context, const struct stored *stored, struct fault *why)
{
    struct withheld withheld;
    struct document *document = store_document(store, stored->record, &withheld);
    struct bytes title = document == NULL ? bytes_of_text("?") : document_title(document);

    (void)why;
    buffer_printf(context, "%.*s\n", (int)title.size, (const char *)title.data);
    document_free(document);
    return true;
}

static const char *recent(struct recent which)
{
    static char text[1000];
    struct buffer lines = {0};

    derive();
    if (which.most == 0)
        which.most = 100;
    cr_done(store_each_recent(store, &which, hear_title, &lines, &fault));
    snprintf(text, sizeof text, "%s", buffer_text(&lines));
    buffer_release(&lines);
    return text;
}

Test(digest, has_the_newest_first_within_its_time)
{
    lesson_of(&leeds, "One");
    lesson_of(&leeds, "Two");
    lesson_of(&york, "Of York");
    cr_expect_str_eq(recent((struct recent){.kind = "lesson", .of = &leeds.feed.authority}),
                     "Two\nOne\n");
    cr_expect_str_eq(
        recent((struct recent){.kind = "lesson", .of = &leeds.feed.authority, .most = 1}), "Two\n");
    cr_expect_str_eq(recent((struct recent){
                         .kind = "lesson", .of = &leeds.feed.authority, .since_ms = leeds.time_ms}),
                     "Two\n");
    cr_expect_str_eq(recent((struct recent){.kind = "lesson",
                                            .of = &leeds.feed.authority,
                                            .until_ms = leeds.time_ms - 1}),
                     "One\n");
    cr_expect_str_eq(recent((struct recent){.kind = "update"}), "");
}

Test(digest, has_what_came_after_a_place)
{
    int64_t place;

    lesson_of(&leeds, "One");
    derive();
    cr_done(store_place(store, &place, &fault));
    cr_expect_str_eq(recent((struct recent){.kind = "lesson", .after = place}), "");
    lesson_of(&york, "Of York"); /* By its clock it is as old as the first. */
    cr_expect_str_eq(recent((struct recent){.kind = "lesson", .after = place}), "Of York\n");
}

Test(digest, has_what_is_new_by_when_its_text_came)
{
    int64_t place;

    lesson_of(&leeds, "One");
    char hex[2 * DIGEST_SIZE + 1], file[200];
    hex_of(hex, lesson_id.bytes, DIGEST_SIZE);
    snprintf(file, sizeof file, "Kind: response\nAbout: %s\n%s\n", hex, have);
    struct record *lesson = council_lesson(&york, "Two", "Second.");
    struct record *response = council_publish(&york, file);
    keep(without_body(lesson));
    keep(without_body(response));
    derive();
    cr_done(store_place(store, &place, &fault));
    cr_done(store_keep_body(store, lesson, &fault));
    cr_done(store_keep_body(store, response, &fault));
    cr_expect_str_eq(recent((struct recent){.kind = "lesson", .after = place}), "Two\n");
    cr_expect_str_eq(recent((struct recent){.kind = "response", .after = place}), "same_here\n");
    derive();
    cr_done(store_place(store, &place, &fault));
    cr_expect_str_eq(recent((struct recent){.kind = "response", .after = place}), "");
    record_free(lesson);
    record_free(response);
}

Test(digest, has_what_others_said_to_ours)
{
    lesson_of(&york, "Of York");
    say(&hull, "response", &lesson_id, have);
    lesson_of(&leeds, "One");
    say(&leeds, "response", &lesson_id, challenge);
    struct digest id = say(&york, "response", &lesson_id, challenge);
    say_unnamed("response", &lesson_id, have); /* And its named twin. */
    struct recent to_us = {.kind = "response", .to = &leeds.feed.authority};
    cr_expect_str_eq(recent(to_us), "same_here\nchallenge\nsame_here\n");
    bool answered = true;
    cr_done(store_answered(store, &id, &answered, &fault));
    cr_expect(!answered);
    char hex[2 * DIGEST_SIZE + 1], lines[400];
    hex_of(hex, id.bytes, DIGEST_SIZE);
    snprintf(lines, sizeof lines, "Response: answer\nAnswers: %s\n\n## In our words\nNo.", hex);
    say(&leeds, "response", &lesson_id, lines);
    derive();
    cr_done(store_answered(store, &id, &answered, &fault));
    cr_expect(answered);
}

Test(digest, lets_nobody_crowd_out_others)
{
    struct recent to_us = {
        .kind = "response", .to = &leeds.feed.authority, .most = 4, .most_of_one = 2};

    lesson_of(&leeds, "One");
    struct digest one = lesson_id;
    say(&york, "response", &one, have);
    say_unnamed("response", &one, challenge);
    say_unnamed("response", &one, challenge);
    for (unsigned i = 0; i < 10; i++)
        say(&hull, "response", &one, worked);
    cr_expect_str_eq(recent(to_us), "tried\ntried\nchallenge\nchallenge\n");
    to_us.most = 100;
    cr_expect_str_eq(recent(to_us), "tried\ntried\nchallenge\nchallenge\nsame_here\n");
}

Test(digest, knows_what_was_said_anew_and_what_is_silent)
{
    lesson_of(&leeds, "One");
    struct digest one = lesson_id;
    keep(council_corrects(&leeds, "One, corrected", &one));
    keep(council_corrects(&york, "Not theirs to correct", &one));
    cr_expect_str_eq(recent((struct recent){.kind = "lesson", .standing = true}),
                     "One, corrected\nNot theirs to correct\n");
    lesson_of(&hull, "Two");
    say(&hull, "update", &lesson_id,
        "Stage: completed\nOutcome: worked\n\n## What changed since\nMore.");
    cr_expect_str_eq(
        recent((struct recent){.kind = "lesson", .of = &hull.feed.authority, .silent = true}), "");
    cr_expect_str_eq(
        recent((struct recent){.kind = "lesson", .of = &york.feed.authority, .silent = true}),
        "Not theirs to correct\n");
}

/* --- What is said to one record --- */

static bool hear_said(void *context, const struct said *said, struct fault *why)
{
    (void)why;
    buffer_printf(context, "%s %s%s%s%s\n",
                  !said->named                                           ? "-"
                  : digest_equal(&said->authority, &york.feed.authority) ? "york"
                                                                         : "hull",
                  said->response, said->uptake[0] != 0 ? " " : "", said->uptake, said->situation);
    return true;
}

Test(digest, tells_the_latest_of_each_and_all_that_is_unnamed)
{
    struct buffer lines = {0};
    struct responses counts;

    lesson_of(&leeds, "One");
    say(&york, "response", &lesson_id, failed);
    say(&york, "response", &lesson_id, worked);
    say_unnamed("response", &lesson_id, have);
    say_unnamed("response", &lesson_id, have);
    derive();
    cr_done(store_each_said(store, &lesson_id, hear_said, &lines, &fault));
    cr_expect_str_eq(buffer_text(&lines),
                     "- same_herehave\nhull same_herehave\n- same_herehave\nyork tried adopted\n");
    cr_done(store_responses(store, &lesson_id, &counts, &fault));
    cr_expect_eq(counts.same_here, 3);
    cr_expect_eq(counts.tried, 1);
    buffer_release(&lines);
}

/* --- Given and received --- */

static bool hear_exchange(void *context, enum exchange_way way, const char *kind, const char *word,
                          uint64_t count, struct fault *why)
{
    (void)why;
    buffer_printf(context, "%s %s %s %d\n", way == EXCHANGE_GIVEN ? "given" : "received", kind,
                  word, (int)count);
    return true;
}

Test(digest, counts_what_was_given_and_received)
{
    struct buffer lines = {0};

    lesson_of(&york, "Of York");
    say(&hull, "response", &lesson_id, have);
    say(&leeds, "response", &lesson_id, worked);
    lesson_of(&leeds, "One");
    say(&york, "response", &lesson_id, have);
    say(&hull, "response", &lesson_id, challenge);
    say(&hull, "discussion", &lesson_id,
        "Decision: adopt\n\n## Assumption challenged\nThat nobody picks up.\n\n"
        "## What we decided\nTo ring.");
    derive();
    cr_done(store_each_exchange(store, &leeds.feed.authority, hear_exchange, &lines, &fault));
    cr_expect_str_eq(buffer_text(&lines), "given lesson  1\ngiven response tried 1\n"
                                          "received discussion  1\nreceived response challenge 1\n"
                                          "received response same_here 1\n");
    buffer_release(&lines);
}

/* --- By id --- */

struct hearing {
    struct digest last;
    unsigned count;
};

static bool hear_id(void *context, const struct stored *stored, struct fault *why)
{
    struct hearing *hearing = context;
    const struct digest *id = record_id(stored->record);

    (void)why;
    cr_expect(memcmp(hearing->last.bytes, id->bytes, DIGEST_SIZE) < 0);
    cr_expect(record_content(stored->record).size > 0);
    hearing->last = *id;
    hearing->count++;
    return true;
}

Test(digest, reads_all_in_the_order_of_ids)
{
    struct hearing hearing = {.count = 0};

    for (int i = 0; i < 40; i++) {
        char title[20];
        snprintf(title, sizeof title, "Lesson %d", i);
        lesson_of(i % 2 == 0 ? &leeds : &york, title);
    }
    derive();
    cr_done(store_each_by_id(store, hear_id, &hearing, &fault));
    cr_expect_eq(hearing.count, 40);
}
