#include "node/cli/like.h"
#include "node/cli/shared.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "density" or "density=2". */
static bool read_variable(struct liking *liking, const char *text, struct fault *fault)
{
    const char *equals = strrchr(text, '=');
    size_t size = equals == NULL ? strlen(text) : (size_t)(equals - text);
    char *name = liking->names[liking->variable_count], *end = NULL;
    struct variable *variable = &liking->variables[liking->variable_count++];

    if (size == 0 || size >= sizeof liking->names[0])
        return fault_set(fault, FAULT_INPUT, "--by %.60s: write NAME or NAME=WEIGHT", text);
    snprintf(name, sizeof liking->names[0], "%.*s", (int)size, text);
    *variable = variable_named(name);
    if (equals == NULL)
        return true;
    variable->weight = strtod(equals + 1, &end);
    return (end != equals + 1 && *end == '\0' && variable->weight >= 0 &&
            variable->weight <= 1000) ||
           fault_set(fault, FAULT_INPUT, "--by %.60s: a weight is a number from 0 to 1000", text);
}

#define REMEMBERED "compare.by" /* One variable a line, as --by has it. */

static bool choose_variables(struct liking *liking, const struct texts *given, struct fault *fault)
{
    if (given->count > VARIABLES_MAX)
        return fault_set(fault, FAULT_INPUT, "--by: at most %d variables", VARIABLES_MAX);
    for (size_t i = 0; i < given->count; i++)
        if (!read_variable(liking, given->list[i], fault))
            return false;
    if (given->count == 0) {
        memcpy(liking->variables, usual_variables, sizeof usual_variables);
        liking->variable_count = VARIABLES_USUAL;
    }
    return true;
}

/* What is asked for, or what was remembered, or what is usual. */
static bool read_variables(const struct call *call, struct store *store, struct liking *liking,
                           struct fault *fault)
{
    struct texts given = {0};
    struct buffer remembered = {0};
    struct fault ignored;
    char *rest = NULL;

    call_values(call, "by", &given);
    if (given.count == 0 && store_get_value(store, REMEMBERED, &remembered, &ignored)) {
        char *lines = (char *)buffer_text(&remembered);
        for (char *line = strtok_r(lines, "\n", &rest); line != NULL;
             line = strtok_r(NULL, "\n", &rest))
            texts_add(&given, line);
    }
    bool done = choose_variables(liking, &given, fault);
    texts_release(&given);
    buffer_release(&remembered);
    return done;
}

bool like_remember(const struct call *call, struct fault *fault)
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

/* A name that no profile has would make all places alike. */
static bool names_are_known(const struct liking *liking, struct fault *fault)
{
    for (size_t v = 0; v < liking->variable_count; v++) {
        bool known = liking->names[v][0] == '\0'; /* A usual one: it is said where it is missing. */
        for (size_t i = 0; !known && i < liking->places.count; i++)
            known = !isnan(liking->places.places[i].figures[v]);
        if (!known)
            return fault_set(fault, FAULT_INPUT,
                             "--by %s: no place here has a figure of that name; the usual ones are "
                             "in docs/comparing.md",
                             liking->names[v]);
    }
    return true;
}

bool like_gather(const struct call *call, struct store *store, const struct charter *charter,
                 const char *own, struct liking *liking, struct fault *fault)
{
    struct places_known *places = &liking->places;

    if (!read_variables(call, store, liking, fault) ||
        !places_gather(store, charter, liking->variables, liking->variable_count, places, fault))
        return false;
    if (own == NULL)
        return fault_set(
            fault, FAULT_INPUT,
            "like whom? Say --area CODE, or put the GSS code into candour.conf (areas)");
    if (!names_are_known(liking, fault))
        return false;
    liking->own_place = places_find_area(places, own);
    if (liking->own_place == SIZE_MAX)
        return fault_set(fault, FAULT_ABSENT,
                         "what kind of place %s is, is not known here: take in a table of places "
                         "with candour indicator import --profiles FILE.csv, or publish a profile",
                         own);
    assert(places->places != NULL);
    if (!call_number(call, "neighbours", 1000,
                     neighbours_usual(places->places[liking->own_place].type), &liking->most,
                     fault))
        return false;
    liking->class_only = !call_has(call, "any-class");
    liking->list = memory_new(places->count, sizeof *liking->list);
    liking->count =
        neighbours_find(liking->variables, liking->variable_count, places->places, places->count,
                        liking->own_place, liking->class_only, liking->list);
    return true;
}

void like_release(struct liking *liking)
{
    free(liking->list);
    places_known_release(&liking->places);
    *liking = (struct liking){0};
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

struct digest *like_members(const struct call *call, struct store *store,
                            const struct charter *charter, size_t *count, struct fault *fault)
{
    struct liking like = {0};
    struct fault ignored;
    struct card *self = keys_last_card(&call->home, &ignored);
    struct digest *members = NULL;

    *count = 0;
    if (like_gather(call, store, charter, own_area(call, self), &like, fault)) {
        members = memory_new(like.count + 1, sizeof *members);
        for (size_t i = 0; i < like.count && *count < like.most; i++) {
            const struct member *member =
                member_for_area(charter, like.places.places[like.list[i].place].code);
            if (member != NULL && member->status == MEMBER_ACTIVE)
                members[(*count)++] = member->card->authority;
        }
    }
    like_release(&like);
    card_free(self);
    return members;
}
