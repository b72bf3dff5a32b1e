#include "node/cli/compare.h"
#include "node/cli/desk.h"
#include "node/clock.h"
#include "protocol/text.h"
#include "store/search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* compare: a figure among its like, level and change. No other place is named beside a figure, and
 * nothing is put into an order by value. */

/* --- Whose --- */

static bool has_figure(const struct indicator *indicator, const char *area)
{
    for (size_t i = 0; i < indicator->count; i++)
        if (strcmp(indicator->figures[i].area, area) == 0)
            return true;
    return false;
}

/* The area that was asked for, or the first of one's own that has a figure. */
static void choose_area(struct comparing *comparing)
{
    const struct card *self = comparing->self;

    comparing->own = call_value(comparing->call, "area");
    for (size_t i = 0; self != NULL && comparing->own == NULL && i < self->area_count; i++)
        if (has_figure(&comparing->indicator, self->areas[i].code))
            comparing->own = self->areas[i].code;
    if (comparing->own == NULL && self != NULL && self->area_count > 0)
        comparing->own = self->areas[0].code;
}

/* --- Comparing --- */

static bool read_target(struct comparing *comparing, struct fault *fault)
{
    const char *target = call_value(comparing->call, "target");
    char *end = NULL;

    comparing->target = target == NULL ? NAN : strtod(target, &end);
    return target == NULL || (end != target && *end == '\0' && isfinite(comparing->target)) ||
           fault_set(fault, FAULT_INPUT, "--target %.40s: is no number", target);
}

static void make(struct comparing *comparing)
{
    const char **pool = memory_new(comparing->like.count + 1, sizeof *pool);

    for (size_t i = 0; i < comparing->like.count; i++)
        pool[i] = comparing->like.places.places[comparing->like.list[i].place].code;
    struct comparison_request request = {.yardstick = comparing->indicator.yardstick,
                                         .own = comparing->own,
                                         .period = call_value(comparing->call, "period"),
                                         .pool = comparing->like_us ? pool : NULL,
                                         .pool_count = comparing->like.count,
                                         .target = comparing->target};
    comparison_make(&request, comparing->indicator.figures, comparing->indicator.count,
                    &comparing->result);
    free(pool);
}

/* A definition that nobody published yet, from a file. */
static bool read_definition(struct comparing *comparing, struct fault *fault)
{
    const char *path = call_value(comparing->call, "definition");

    if (path == NULL)
        return true;
    comparing->unpublished = desk_read_file(path, fault);
    return comparing->unpublished != NULL &&
           (document_form(comparing->unpublished) == &indicator_form ||
            fault_set(fault, FAULT_INPUT,
                      "%s: is no definition of an indicator: see candour "
                      "lesson new --kind indicator",
                      path));
}

static bool gather(struct comparing *comparing, struct store *store, struct fault *fault)
{
    const char *group = call_value(comparing->call, "of");
    struct gather_request request = {
        .name = comparing->call->arguments[0],
        .disaggregation = group == NULL ? "" : group,
        .charter = comparing->charter,
        .self = comparing->self == NULL ? NULL : &comparing->self->authority,
        .now_ms = clock_now_ms(),
        .signed_only = call_has(comparing->call, "signed"),
    };

    if (!read_definition(comparing, fault))
        return false;
    request.definition = comparing->unpublished;
    if (!read_target(comparing, fault) ||
        !indicator_gather(store, &request, &comparing->indicator, fault))
        return false;
    choose_area(comparing);
    if (!comparing->like_us)
        return true;
    if (!like_gather(comparing->call, store, comparing->charter, comparing->own, &comparing->like,
                     fault))
        return false;
    if (comparing->like.count > comparing->like.most)
        comparing->like.count = (size_t)comparing->like.most;
    return true;
}

static bool hear_lesson(void *context, const struct hit *hit, struct fault *fault)
{
    (void)context;
    (void)hit;
    (void)fault;
    return true;
}

/* Has whoever answers for this area published a lesson of the service, under its name? */
static bool has_lesson(const struct comparing *comparing, struct store *store, const char *area)
{
    const struct member *member = member_for_area(comparing->charter, area);
    const struct document *definition = comparing->indicator.definition;
    struct answer answer = {.total = 0};

    for (size_t i = 0;
         member != NULL && answer.total == 0 && i < document_count(definition, "service_area");
         i++) {
        char *service = text_copy(document_item(definition, "service_area", i));
        struct query query = {.service = service,
                              .authority = &member->card->authority,
                              .limit = 1,
                              .lessons_only = true};
        struct fault ignored;
        if (!store_search(store, &query, &answer, hear_lesson, NULL, &ignored))
            answer.total = 0;
        free(service);
    }
    return answer.total > 0;
}

static void look_for_lessons(struct comparing *comparing, struct store *store)
{
    const struct comparison *result = &comparing->result;

    for (size_t i = 0; i < result->improved && i < IMPROVED_MAX; i++)
        comparing->improved_with_lessons += has_lesson(comparing, store, result->improved_areas[i]);
}

static bool any_figure(const struct comparing *comparing, struct fault *fault)
{
    const struct indicator *indicator = &comparing->indicator;

    if (comparing->result.has_own || comparing->result.level.count > 0)
        return true;
    return fault_set(fault, FAULT_ABSENT,
                     "%s:%s: no figure of it is here%s%s%s: bring in your own with candour "
                     "indicator import, or public ones with --reference",
                     indicator->framework, indicator->code,
                     indicator->disaggregation[0] != '\0' ? " of " : "", indicator->disaggregation,
                     indicator->count > 0 ? " for that period" : "");
}

bool run_compare(struct call *call, struct fault *fault)
{
    struct comparing comparing = {.call = call, .like_us = call_has(call, "like-us")};
    struct store *store = open_store(call, STORE_READ, fault);
    struct fault ignored;

    if (store == NULL)
        return false;
    comparing.charter = store_charter(store, &ignored);
    comparing.self = keys_last_card(&call->home, &ignored);
    bool done = gather(&comparing, store, fault);
    if (done) {
        make(&comparing);
        look_for_lessons(&comparing, store);
        done = any_figure(&comparing, fault);
    }
    if (done && call_has(call, "remember"))
        done = like_remember(call, fault);
    if (done && !call->json && !call->quiet)
        compare_print(&comparing);
    else if (done)
        call_json(call, compare_json(&comparing));
    like_release(&comparing.like);
    indicator_release(&comparing.indicator);
    document_free(comparing.unpublished);
    card_free(comparing.self);
    charter_free(comparing.charter);
    store_close(store);
    return done;
}
