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

/* --- With whom --- */

/* "density" or "density=2". */
static bool read_variable(const char *text, struct variable *variable, struct fault *fault)
{
    const char *equals = strrchr(text, '=');
    static char names[VARIABLES_MAX][61];
    static size_t used; /* Names live as long as the program, which compares once. */
    size_t size = equals == NULL ? strlen(text) : (size_t)(equals - text);
    char *end = NULL;

    if (size == 0 || size >= sizeof names[0] || used == VARIABLES_MAX)
        return fault_set(fault, FAULT_INPUT,
                         "--by %.60s: name up to %d variables, each as NAME or NAME=WEIGHT", text,
                         VARIABLES_MAX);
    memcpy(names[used], text, size);
    *variable = variable_named(names[used++]);
    if (equals != NULL)
        variable->weight = strtod(equals + 1, &end);
    if (equals != NULL &&
        (end == equals + 1 || *end != '\0' || !(variable->weight >= 0) || variable->weight > 1000))
        return fault_set(fault, FAULT_INPUT, "--by %.60s: a weight is a number from 0 to 1000",
                         text);
    return true;
}

#define REMEMBERED "compare.by" /* One variable a line, as --by has it. */

static bool choose_variables(struct comparing *comparing, const struct texts *given,
                             struct fault *fault)
{
    if (given->count > VARIABLES_MAX)
        return fault_set(fault, FAULT_INPUT, "--by: at most %d variables", VARIABLES_MAX);
    for (size_t i = 0; i < given->count; i++)
        if (!read_variable(given->list[i], &comparing->variables[comparing->variable_count++],
                           fault))
            return false;
    if (given->count == 0) {
        memcpy(comparing->variables, usual_variables, sizeof usual_variables);
        comparing->variable_count = VARIABLES_USUAL;
    }
    return true;
}

/* What is asked for, or what was remembered, or what is usual. */
static bool read_variables(struct comparing *comparing, struct store *store, struct fault *fault)
{
    struct texts given = {0};
    struct buffer remembered = {0};
    struct fault ignored;
    char *rest = NULL;

    call_values(comparing->call, "by", &given);
    if (given.count == 0 && store_get_value(store, REMEMBERED, &remembered, &ignored)) {
        char *lines = (char *)buffer_text(&remembered);
        for (char *line = strtok_r(lines, "\n", &rest); line != NULL;
             line = strtok_r(NULL, "\n", &rest))
            texts_add(&given, line);
    }
    bool done = choose_variables(comparing, &given, fault);
    texts_release(&given);
    buffer_release(&remembered);
    return done;
}

static bool remember_variables(const struct call *call, struct fault *fault)
{
    struct texts given = {0};
    struct buffer lines = {0};
    struct store *store = open_store(call, STORE_WRITE, fault);

    call_values(call, "by", &given);
    for (size_t i = 0; i < given.count; i++)
        buffer_printf(&lines, "%s\n", given.list[i]);
    bool done = store != NULL && store_put_value(store, REMEMBERED, buffer_view(&lines), fault);
    texts_release(&given);
    buffer_release(&lines);
    store_close(store);
    return done;
}

static bool find_neighbours(struct comparing *comparing, struct store *store, struct fault *fault)
{
    uint64_t most = 0;

    if (!places_gather(store, comparing->charter, comparing->variables, comparing->variable_count,
                       &comparing->places, fault))
        return false;
    if (comparing->own == NULL)
        return fault_set(
            fault, FAULT_INPUT,
            "like whom? Say --area CODE, or put the GSS code into candour.conf (areas)");
    comparing->own_place = places_find_area(&comparing->places, comparing->own);
    if (comparing->own_place == SIZE_MAX)
        return fault_set(fault, FAULT_ABSENT,
                         "what kind of place %s is, is not known here: take in a table of places "
                         "with candour indicator import --profiles FILE.csv, or publish a profile",
                         comparing->own);
    const char *type = comparing->places.places[comparing->own_place].type;
    if (!call_number(comparing->call, "neighbours", 1000, neighbours_usual(type), &most, fault))
        return false;
    comparing->neighbours = memory_new(comparing->places.count, sizeof *comparing->neighbours);
    comparing->neighbour_count =
        neighbours_find(comparing->variables, comparing->variable_count, comparing->places.places,
                        comparing->places.count, comparing->own_place, !comparing->any_class,
                        comparing->neighbours);
    if (comparing->neighbour_count > most)
        comparing->neighbour_count = (size_t)most;
    return true;
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
    const char **pool = memory_new(comparing->neighbour_count + 1, sizeof *pool);

    for (size_t i = 0; i < comparing->neighbour_count; i++)
        pool[i] = comparing->places.places[comparing->neighbours[i].place].code;
    struct comparison_request request = {.yardstick = comparing->indicator.yardstick,
                                         .own = comparing->own,
                                         .period = call_value(comparing->call, "period"),
                                         .pool = comparing->like_us ? pool : NULL,
                                         .pool_count = comparing->neighbour_count,
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
    if (!read_target(comparing, fault) || !read_variables(comparing, store, fault) ||
        !indicator_gather(store, &request, &comparing->indicator, fault))
        return false;
    choose_area(comparing);
    return !comparing->like_us || find_neighbours(comparing, store, fault);
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
    uint64_t total = 0;

    for (size_t i = 0;
         member != NULL && total == 0 && i < document_count(definition, "service_area"); i++) {
        char *service = text_copy(document_item(definition, "service_area", i));
        struct query query = {
            .service = service, .authority = &member->card->authority, .limit = 1};
        struct fault ignored;
        if (!store_search(store, &query, &total, hear_lesson, NULL, &ignored))
            total = 0;
        free(service);
    }
    return total > 0;
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
    struct comparing comparing = {.call = call,
                                  .like_us = call_has(call, "like-us"),
                                  .any_class = call_has(call, "any-class")};
    struct store *store = open_store(call, STORE_READ, fault);
    struct fault ignored;

    if (store == NULL)
        return false;
    comparing.charter = load_charter(store, &ignored);
    comparing.self = keys_last_card(&call->home, &ignored);
    bool done = gather(&comparing, store, fault);
    if (done) {
        make(&comparing);
        look_for_lessons(&comparing, store);
        done = any_figure(&comparing, fault);
    }
    if (done && call_has(call, "remember"))
        done = remember_variables(call, fault);
    if (done && !call->json && !call->quiet)
        compare_print(&comparing);
    else if (done)
        call_json(call, compare_json(&comparing));
    free(comparing.neighbours);
    places_known_release(&comparing.places);
    indicator_release(&comparing.indicator);
    document_free(comparing.unpublished);
    card_free(comparing.self);
    charter_free(comparing.charter);
    store_close(store);
    return done;
}
