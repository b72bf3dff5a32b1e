#include "node/cli/like.h"
#include "node/cli/shared.h"
#include "node/reporting.h"
#include "protocol/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>

/* norm: is it the norm or the exception? Counts in bounds, never a list of names. */

static const char *verdict_code(enum norm_verdict verdict)
{
    static const char *const codes[] = {
        [NORM_TOO_FEW] = "too_few_to_say",
        [NORM_OF_ALL] = "norm",
        [NORM_OF_SPEAKERS] = "norm_of_those_that_spoke",
        [NORM_EXCEPTION] = "exception",
        [NORM_NEITHER] = "neither",
    };

    return codes[verdict];
}

static const char *verdict_words(enum norm_verdict verdict)
{
    static const char *const words[] = {
        [NORM_TOO_FEW] =
            "Too few to say: fewer than 5 authorities may have reported it, or run the "
            "service.",
        [NORM_OF_ALL] = "It is the norm: at least half of all that run the service report it.",
        [NORM_OF_SPEAKERS] =
            "It is the norm among those that spoke of the service: at least half of "
            "them report it. Of the others nothing is known.",
        [NORM_EXCEPTION] = "It is an exception among those that spoke of the service: at most a "
                           "quarter of them report it. Of the others nothing is known.",
        [NORM_NEITHER] = "It is neither clearly the norm nor clearly an exception among those that "
                         "spoke of the service.",
    };

    return words[verdict];
}

/* "7", or "between 7 and 9". */
static const char *bounds(char text[60], size_t least, size_t most)
{
    if (least == most)
        snprintf(text, 60, "%zu", least);
    else
        snprintf(text, 60, "between %zu and %zu", least, most);
    return text;
}

static void say_outcomes(const struct call *call, const struct reporting *reporting)
{
    struct buffer text = {0};

    for (size_t i = 0; i < reporting->outcome_count; i++) {
        const struct word *word =
            vocabulary_find(&outcomes, bytes_of_text(reporting->outcomes[i].code));
        buffer_printf(&text, "%s%zu \"%s\"", i == 0 ? "" : ", ", reporting->outcomes[i].lessons,
                      word == NULL ? reporting->outcomes[i].code : word->means);
    }
    if (text.size > 0)
        call_say(call, "How it went, lesson by lesson: %s.", buffer_text(&text));
    buffer_release(&text);
}

/* Of members most like one's own. */
struct likes {
    bool asked;
    size_t members;
    struct norm norm;
};

static void say_likes(const struct call *call, const struct likes *likes)
{
    const struct norm *norm = &likes->norm;
    char reporting_text[60], spoke_text[60];

    if (!likes->asked)
        return;
    if (norm->verdict == NORM_TOO_FEW)
        call_say(call, "Among the members most like yours (%zu): too few to say.", likes->members);
    else
        call_say(call,
                 "Among the %zu members most like yours, of whom %zu could, %s report it and "
                 "%s spoke of the service. %s",
                 likes->members, norm->could, bounds(reporting_text, norm->least, norm->most),
                 bounds(spoke_text, norm->spoke_least, norm->spoke_most),
                 verdict_words(norm->verdict));
}

static void say_norm(const struct call *call, const struct reporting *reporting,
                     const struct norm *norm, const struct likes *likes, const char *words)
{
    const struct word *service = vocabulary_find(&service_areas, bytes_of_text(reporting->service));
    char reporting_text[60], spoke_text[60];

    call_say(call, "\"%s\", in lessons of: %s.", words,
             service == NULL ? reporting->service : service->means);
    if (norm->verdict != NORM_TOO_FEW) {
        call_say(call, "Authorities that report it: %s (%zu by name; lessons without a name: %zu).",
                 bounds(reporting_text, norm->least, norm->most), reporting->counts.named,
                 reporting->counts.unnamed);
        call_say(call, "That spoke of the service at all: %s. %s: %zu.",
                 bounds(spoke_text, norm->spoke_least, norm->spoke_most),
                 reporting->by_function ? "Members that run it"
                                        : "Members, as no card says who runs it",
                 norm->could);
    }
    call_say(call, "%s", verdict_words(norm->verdict));
    say_likes(call, likes);
    if (norm->verdict != NORM_TOO_FEW)
        say_outcomes(call, reporting);
    if (reporting->lessons > 0)
        call_say(call, "Read them: candour search %s --service %s", words, reporting->service);
}

static json_t *pair(bool shown, size_t least, size_t most)
{
    return shown ? json_pack("[I, I]", (json_int_t)least, (json_int_t)most) : json_null();
}

static json_t *count(bool shown, size_t number)
{
    return shown ? json_integer((json_int_t)number) : json_null();
}

static json_t *likes_object(const struct likes *likes)
{
    const struct norm *norm = &likes->norm;
    bool shown = norm->verdict != NORM_TOO_FEW;

    if (!likes->asked)
        return json_null();
    return json_pack(
        "{s:I, s:I, s:o, s:o, s:s}", "members", (json_int_t)likes->members, "could_report",
        (json_int_t)norm->could, "interval", pair(shown, norm->least, norm->most), "spoke",
        pair(shown, norm->spoke_least, norm->spoke_most), "verdict", verdict_code(norm->verdict));
}

static json_t *norm_object(const struct reporting *reporting, const struct norm *norm,
                           const struct likes *likes)
{
    bool shown = norm->verdict != NORM_TOO_FEW;
    json_t *went = json_object();

    for (size_t i = 0; shown && i < reporting->outcome_count; i++)
        json_object_set_new(went, reporting->outcomes[i].code,
                            json_integer((json_int_t)reporting->outcomes[i].lessons));
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:b, s:o, s:o, s:s, s:s}", "service",
                     reporting->service, "reporting", count(shown, norm->least), "interval",
                     pair(shown, norm->least, norm->most), "named",
                     count(shown, reporting->counts.named), "anonymous",
                     count(shown, reporting->counts.unnamed), "spoke",
                     pair(shown, norm->spoke_least, norm->spoke_most), "could_report",
                     (json_int_t)norm->could, "by_function", (int)reporting->by_function,
                     "outcomes", went, "like_us", likes_object(likes), "verdict",
                     verdict_code(norm->verdict), "because", verdict_words(norm->verdict));
}

/* The area that was asked for, or the first that one's card still answers for. */
static const char *own_area(const struct call *call, const struct card *self)
{
    const char *area = call_value(call, "area");

    for (size_t i = 0; area == NULL && self != NULL && i < self->area_count; i++)
        if (self->areas[i].to[0] == '\0')
            area = self->areas[i].code;
    return area;
}

/* Only members can report, so of the places that are like one's own these alone are taken. */
static bool look_at_likes(const struct call *call, struct store *store,
                          const struct charter *charter, const struct reporting *reporting,
                          struct likes *likes, struct fault *fault)
{
    struct liking like = {0};
    struct fault ignored;

    likes->asked = call_has(call, "like-us");
    if (!likes->asked)
        return true;
    struct card *self = keys_last_card(&call->home, &ignored);
    bool done = like_gather(call, store, charter, own_area(call, self), &like, fault);
    struct digest *members = memory_new(like.count + 1, sizeof *members);
    for (size_t i = 0; done && i < like.count && likes->members < like.most; i++) {
        const struct member *member =
            member_for_area(charter, like.places.places[like.list[i].place].code);
        if (member != NULL && member->status == MEMBER_ACTIVE)
            members[likes->members++] = member->card->authority;
    }
    struct norm_counts counts = reporting_among(reporting, charter, members, likes->members);
    likes->norm = norm_of(&counts);
    free(members);
    like_release(&like);
    card_free(self);
    return done;
}

bool run_norm(struct call *call, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    struct charter *charter = store == NULL ? NULL : store_charter(store, fault);
    struct reporting reporting = {0};
    struct likes likes = {0};
    struct buffer words = {0};
    const char *service = NULL;
    uint64_t behind = 0;

    for (size_t i = 0; i < call->argument_count; i++)
        buffer_printf(&words, "%s%s", i == 0 ? "" : " ", call->arguments[i]);
    bool done = charter != NULL && call_word(call, "service", &service_areas, &service, fault) &&
                count_not_searchable(store, &behind, fault) &&
                reporting_gather(store, charter, buffer_view(&words), service, &reporting, fault) &&
                look_at_likes(call, store, charter, &reporting, &likes, fault) &&
                (!call_has(call, "remember") || like_remember(call, fault));
    if (done) {
        struct norm norm = norm_of(&reporting.counts);
        call->status = norm.verdict == NORM_TOO_FEW;
        if (!call_json(call, norm_object(&reporting, &norm, &likes))) {
            say_norm(call, &reporting, &norm, &likes, buffer_text(&words));
            say_not_searchable(call, behind);
        }
    }
    reporting_release(&reporting);
    buffer_release(&words);
    charter_free(charter);
    store_close(store);
    return done;
}
