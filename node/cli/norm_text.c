#include "node/cli/norm.h"
#include "protocol/vocabulary.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* The answer of `norm` for people. */

static const char *in_words(char text[BOUNDS_TEXT], struct norm_bounds bounds)
{
    return bounds_in_words(text, bounds.least, bounds.most);
}

static const char *count_in_words(const struct norm_answer *answer, const struct norm_count *count,
                                  char text[BOUNDS_TEXT])
{
    return in_words(text, norm_answer_bounds(answer, count));
}

static void say_matter(const struct call *call, struct norm_answer *answer)
{
    const struct reporting *reporting = &answer->reporting;
    const char *means =
        vocabulary_means(&service_areas, bytes_of_text(reporting->service), reporting->service);

    if (reporting->same.count == 0)
        call_say(call, "\"%s\", in lessons and issues of: %s.", buffer_text(&answer->words), means);
    else if (reporting->same.count == 1)
        call_say(call, "\"%s\", of: %s.", answer->title, means);
    else
        call_say(call, "\"%s\", and %zu that say the same, of: %s.", answer->title,
                 reporting->same.count - 1, means);
}

static void say_reports(const struct call *call, const struct norm_answer *answer)
{
    const struct norm_told *told = &answer->reporting.told;
    char report[BOUNDS_TEXT], spoke[BOUNDS_TEXT], lack[BOUNDS_TEXT];

    call_say(call, "Authorities that report it: %s (%zu by name; without a name: %s%zu).",
             in_words(report, answer->norm.report), told->report.named,
             told->report.unnamed > 0 ? "at most " : "", told->report.unnamed);
    if (told->lack.named + told->lack.unnamed > 0)
        call_say(call, "That say they do not have it: %s.",
                 count_in_words(answer, &told->lack, lack));
    call_say(call, "That spoke of the service at all: %s. %s: %zu.",
             in_words(spoke, answer->norm.spoke),
             answer->reporting.by_function ? "Members that run it"
                                           : "Members, as no card says who runs it",
             answer->norm.could);
}

static void say_likes(const struct call *call, const struct likes *likes)
{
    const struct norm *norm = &likes->norm;
    char report[BOUNDS_TEXT], spoke[BOUNDS_TEXT];

    if (!likes->asked)
        return;
    if (norm->verdict == NORM_TOO_FEW)
        call_say(call, "Among the members most like yours (%zu): too few to say.", likes->members);
    else
        call_say(call,
                 "Among the %zu members most like yours, of whom %zu could, %s report it and "
                 "%s spoke of the service. %s",
                 likes->members, norm->could, in_words(report, norm->report),
                 in_words(spoke, norm->spoke), norm_verdict_words(norm->verdict));
}

static void say_outcomes(const struct call *call, const struct reporting *reporting)
{
    struct buffer text = {0};

    for (size_t i = 0; i < reporting->outcome_count; i++) {
        const char *code = reporting->outcomes[i].code;
        buffer_printf(&text, "%s%zu \"%s\"", i == 0 ? "" : ", ", reporting->outcomes[i].lessons,
                      vocabulary_means(&outcomes, bytes_of_text(code), code));
    }
    if (text.size > 0)
        call_say(call, "How it went, lesson by lesson: %s.", buffer_text(&text));
    buffer_release(&text);
}

/* "3 did the same, 1 to 2 gave it up" */
static void say_uptakes(const struct call *call, const struct norm_answer *answer)
{
    static const char *const did[NORM_UPTAKES] = {"did the same", "did it in a way of their own",
                                                  "began and gave it up", "decided against it"};
    struct buffer text = {0};
    char number[BOUNDS_TEXT];

    for (size_t i = 0; i < NORM_UPTAKES; i++) {
        const struct norm_count *count = &answer->reporting.told.uptakes[i];
        if (count->named + count->unnamed > 0)
            buffer_printf(&text, "%s%s %s", text.size == 0 ? "" : ", ",
                          count_in_words(answer, count, number), did[i]);
    }
    if (text.size > 0)
        call_say(call, "Of those that tried, or thought of it: %s.", buffer_text(&text));
    buffer_release(&text);
}

/* Half a year and more is said in months. */
static void say_time(const struct call *call, const struct norm_answer *answer)
{
    const struct norm_time *time = &answer->reporting.told.time;
    bool months = time->median > 26;
    double unit = months ? 365.25 / 12 / 7 : 1;
    char known[BOUNDS_TEXT];

    if (norm_answer_has_time(answer))
        call_say(call,
                 "How long it took: half of them at most %.0f %s; from %.0f to %.0f (known of %s).",
                 round(time->median / unit), months ? "months" : "weeks", round(time->least / unit),
                 round(time->most / unit), count_in_words(answer, &time->count, known));
    else
        call_say(call, "How long it took is known of too few to say.");
}

static void say_solved(const struct call *call, const struct norm_answer *answer)
{
    const struct norm_count *solved = &answer->reporting.told.solved;
    char number[BOUNDS_TEXT], id[13];

    if (solved->named + solved->unnamed == 0) {
        call_say(call, "Nobody says yet that it was solved.");
        return;
    }
    call_say(call, "Authorities that solved it: %s.", count_in_words(answer, solved, number));
    say_time(call, answer);
    if (answer->deed_count > 0)
        call_say(call, "What they did, the newest first:");
    for (size_t i = 0; i < answer->deed_count; i++) {
        const struct deed *deed = &answer->deeds[i];
        hex_of(id, deed->id.bytes, 6);
        call_say(call, "  %s  %s (%s, %s)", id, deed->title, deed->kind,
                 deed->name == NULL ? "not named" : deed->name);
    }
}

static void say_explanation(const struct call *call, const json_t *explanation)
{
    if (json_array_size(explanation) > 0)
        call_say(call, "How the count came about:");
    for (size_t i = 0; i < json_array_size(explanation); i++)
        call_say(call, "  %s", json_string_value(json_array_get(explanation, i)));
}

static void say_where_to_read(const struct call *call, struct norm_answer *answer)
{
    char id[13];

    hex_of(id, answer->reporting.issue.bytes, 6);
    if (answer->reporting.same.count > 0)
        call_say(call, "Read it, with what was said to it: candour show %s", id);
    else if (answer->reporting.of_kind[REPORTING_LESSON] > 0)
        call_say(call, "Read them: candour search %s --service %s", buffer_text(&answer->words),
                 answer->reporting.service);
}

void say_norm(const struct call *call, struct norm_answer *answer)
{
    bool shown = answer->norm.verdict != NORM_TOO_FEW;

    say_matter(call, answer);
    if (shown)
        say_reports(call, answer);
    call_say(call, "%s", norm_verdict_words(answer->norm.verdict));
    say_likes(call, &answer->likes);
    if (shown) {
        say_solved(call, answer);
        say_uptakes(call, answer);
        say_outcomes(call, &answer->reporting);
    }
    say_explanation(call, answer->explanation);
    say_where_to_read(call, answer);
}
