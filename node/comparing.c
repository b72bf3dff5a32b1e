#include "node/comparing.h"
#include "node/clock.h"
#include "protocol/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Definitions --- */

struct definition {
    struct digest authority, meaning;
    struct document *document;
};

struct defining {
    char framework[41]; /* Empty: whichever has the code. */
    const char *code;
    struct definition *list;
    size_t count, room;
};

/* One of our own: what is read from the store lives as long as a call. */
static struct document *kept_copy(const struct document *document)
{
    struct buffer content = {0};
    struct fault ignored;

    document_write(document, &content);
    struct document *copy = document_read(document_form(document), buffer_view(&content), &ignored);
    buffer_release(&content);
    return copy;
}

static bool hear_definition(void *context, const struct digest *authority,
                            const struct document *document, struct fault *fault)
{
    struct defining *defining = context;
    struct bytes framework = document_text(document, "framework");

    (void)fault;
    if (!bytes_equal(document_text(document, "code"), bytes_of_text(defining->code)) ||
        (defining->framework[0] != '\0' &&
         !bytes_equal(framework, bytes_of_text(defining->framework))))
        return true;
    struct document *copy = kept_copy(document);
    if (copy == NULL)
        return true;
    for (size_t i = 0; i < defining->count; i++) { /* What it said before is over. */
        struct definition *earlier = &defining->list[i];
        if (digest_equal(&earlier->authority, authority) &&
            bytes_equal(document_text(earlier->document, "framework"), framework)) {
            document_free(earlier->document);
            *earlier = (struct definition){*authority, indicator_meaning(document), copy};
            return true;
        }
    }
    if (defining->count == defining->room) {
        defining->room = defining->room == 0 ? 16 : 2 * defining->room;
        defining->list = memory_grow(defining->list, defining->room, sizeof *defining->list);
    }
    defining->list[defining->count++] =
        (struct definition){*authority, indicator_meaning(document), copy};
    return true;
}

/* Is it in one framework alone? */
static bool one_framework(const struct defining *defining, const char *name, struct fault *fault)
{
    if (defining->count == 0)
        return fault_set(fault, FAULT_ABSENT,
                         "%.80s: nobody here has defined it, so it is not known what it counts: "
                         "candour indicator define FILE",
                         name);
    struct bytes first = document_text(defining->list[0].document, "framework");
    for (size_t i = 1; i < defining->count; i++) {
        struct bytes other = document_text(defining->list[i].document, "framework");
        if (!bytes_equal(first, other))
            return fault_set(fault, FAULT_INPUT,
                             "%.40s means different things in %.*s and %.*s: say which, such as "
                             "%.*s:%.40s",
                             defining->code, QUOTED(first), QUOTED(other), QUOTED(other),
                             defining->code);
    }
    return true;
}

/* One's own, or of the others the meaning that most share; of as many the first. */
static const struct definition *reading_of(const struct defining *defining,
                                           const struct digest *self)
{
    const struct definition *chosen = NULL;
    size_t most = 0;

    for (size_t i = 0; i < defining->count; i++) {
        const struct definition *definition = &defining->list[i];
        size_t sharing = 0;
        if (self != NULL && digest_equal(&definition->authority, self))
            return definition;
        for (size_t k = 0; k < defining->count; k++)
            sharing += digest_equal(&defining->list[k].meaning, &definition->meaning);
        if (sharing > most) {
            most = sharing;
            chosen = definition;
        }
    }
    return chosen;
}

static void release_definitions(struct defining *defining)
{
    for (size_t i = 0; i < defining->count; i++)
        document_free(defining->list[i].document);
    free(defining->list);
}

/* --- Figures --- */

struct gathering {
    struct indicator *indicator;
    const struct defining *defining;
    const struct charter *charter;
    const struct digest *meaning;
    char today[CLOCK_DATE_SIZE];
    size_t room;
    struct digest counted; /* The authority that was counted last: they come one after another. */
};

static void keep(struct gathering *gathering, const struct known_figure *figure)
{
    struct indicator *indicator = gathering->indicator;

    if (indicator->count == gathering->room) {
        gathering->room = gathering->room == 0 ? 64 : 2 * gathering->room;
        indicator->figures =
            memory_grow(indicator->figures, gathering->room, sizeof *indicator->figures);
    }
    indicator->figures[indicator->count++] = *figure;
}

static const struct definition *definition_by(const struct defining *defining,
                                              const struct digest *authority)
{
    for (size_t i = 0; i < defining->count; i++)
        if (digest_equal(&defining->list[i].authority, authority))
            return &defining->list[i];
    return NULL;
}

/* Nobody speaks for an area that is not on its card. */
static bool speaks_for(const struct charter *charter, const struct known_figure *figure)
{
    const struct member *member =
        charter == NULL ? NULL : charter_member(charter, &figure->authority);

    for (size_t i = 0; member != NULL && i < member->card->area_count; i++)
        if (strcmp(member->card->areas[i].code, figure->area) == 0)
            return true;
    return false;
}

static bool hear_figure(void *context, const struct known_figure *figure, const char *embargo,
                        struct fault *fault)
{
    struct gathering *gathering = context;
    struct indicator *indicator = gathering->indicator;
    const struct definition *own = definition_by(gathering->defining, &figure->authority);
    bool apart = own != NULL && !digest_equal(&own->meaning, gathering->meaning);

    (void)fault;
    if (!speaks_for(gathering->charter, figure)) {
        indicator->foreign++;
        return true;
    }
    if (!digest_equal(&gathering->counted, &figure->authority)) {
        gathering->counted = figure->authority;
        indicator->apart += apart;
        indicator->undefined += own == NULL;
    }
    if (apart)
        return true;
    if (strcmp(embargo, gathering->today) > 0)
        indicator->embargoed++;
    else
        keep(gathering, figure);
    return true;
}

static bool hear_reference(void *context, const struct known_figure *figure, const char *source,
                           struct fault *fault)
{
    struct gathering *gathering = context;
    char *known = gathering->indicator->source;
    size_t room = sizeof gathering->indicator->source;

    (void)fault;
    if (known[0] == '\0')
        snprintf(known, room, "%s", source);
    else if (strncmp(known, source, room - 1) != 0)
        snprintf(known, room, "several files");
    keep(gathering, figure);
    return true;
}

static void copy_text(char *to, size_t room, struct bytes text)
{
    snprintf(to, room, "%.*s", (int)text.size, (const char *)text.data);
}

static void read_definition(struct indicator *indicator, const struct definition *definition,
                            const char *disaggregation)
{
    indicator->definition = kept_copy(definition->document);
    indicator->yardstick = yardstick_of(definition->document);
    copy_text(indicator->framework, sizeof indicator->framework,
              document_text(definition->document, "framework"));
    copy_text(indicator->code, sizeof indicator->code, document_text(definition->document, "code"));
    snprintf(indicator->disaggregation, sizeof indicator->disaggregation, "%s", disaggregation);
    indicator->key =
        (struct figure_key){indicator->framework, indicator->code, indicator->disaggregation};
}

/* Nobody's: an authority's id is a hash, and never all zeros. */
static const struct digest unpublished;

/* One from a file says which framework is meant, and how the code is read here. */
static bool take_unpublished(struct defining *defining, const struct document *definition,
                             struct fault *fault)
{
    struct bytes code = document_text(definition, "code");
    size_t before = defining->count;

    hear_definition(defining, &unpublished, definition, fault);
    if (defining->count == before)
        return fault_set(fault, FAULT_INPUT, "the definition in the file is of %.*s:%.*s",
                         QUOTED(document_text(definition, "framework")), QUOTED(code));
    for (size_t i = 0; i < defining->count; i++)
        if (!bytes_equal(document_text(defining->list[i].document, "framework"),
                         document_text(definition, "framework"))) {
            document_free(defining->list[i].document);
            defining->list[i--] = defining->list[--defining->count];
        }
    return true;
}

bool indicator_gather(struct store *store, const struct gather_request *request,
                      struct indicator *indicator, struct fault *fault)
{
    const char *name = request->name;
    struct defining defining = {.code = name};
    struct gathering gathering = {
        .indicator = indicator, .defining = &defining, .charter = request->charter};
    const char *colon = strrchr(name, ':');

    *indicator = (struct indicator){0};
    clock_date(gathering.today, request->now_ms);
    if (colon != NULL) {
        copy_text(defining.framework, sizeof defining.framework,
                  bytes_of(name, (size_t)(colon - name)));
        defining.code = colon + 1;
    }
    bool done =
        store_each_document(store, "indicator", hear_definition, &defining, fault) &&
        (request->definition == NULL || take_unpublished(&defining, request->definition, fault)) &&
        one_framework(&defining, name, fault);
    if (done) {
        const struct definition *reading = request->definition != NULL
                                               ? definition_by(&defining, &unpublished)
                                               : reading_of(&defining, request->self);
        read_definition(indicator, reading, request->disaggregation);
        gathering.meaning = &reading->meaning;
        done = store_each_figure(store, &indicator->key, request->now_ms, hear_figure, &gathering,
                                 fault) &&
               (request->signed_only ||
                store_each_reference(store, &indicator->key, hear_reference, &gathering, fault));
    }
    release_definitions(&defining);
    if (!done)
        indicator_release(indicator);
    return done;
}

void indicator_release(struct indicator *indicator)
{
    document_free(indicator->definition);
    free(indicator->figures);
    *indicator = (struct indicator){0};
}

/* --- Places --- */

struct placing {
    struct places_known *known;
    const struct charter *charter;
    const struct variable *variables;
    size_t variable_count;
};

size_t places_find_area(const struct places_known *known, const char *area)
{
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->texts[i][0], area) == 0)
            return i;
    return SIZE_MAX;
}

/* The place with this code, new where there is none. */
static size_t place_for(struct placing *placing, const char *area, const char *name,
                        const char *type)
{
    struct places_known *known = placing->known;
    size_t at = places_find_area(known, area);

    if (at != SIZE_MAX)
        return at;
    if (known->count == known->room) {
        known->room = known->room == 0 ? 64 : 2 * known->room;
        known->places = memory_grow(known->places, known->room, sizeof *known->places);
        known->names = memory_grow(known->names, known->room, sizeof *known->names);
        known->texts = memory_grow(known->texts, known->room, sizeof *known->texts);
    }
    at = known->count++;
    snprintf(known->names[at], sizeof known->names[at], "%s", name);
    snprintf(known->texts[at][0], sizeof known->texts[at][0], "%s", area);
    snprintf(known->texts[at][1], sizeof known->texts[at][1], "%s", type);
    for (size_t v = 0; v < VARIABLES_MAX; v++)
        known->places[at].figures[v] = NAN;
    return at;
}

/* A trait may be called by its code or by what it means. */
static void set_trait(const struct placing *placing, size_t place, const char *name, double value)
{
    for (size_t v = 0; v < placing->variable_count; v++)
        if (strcmp(variable_named(name).code, placing->variables[v].code) == 0)
            placing->known->places[place].figures[v] = value;
}

static bool hear_place(void *context, const struct reference_place *place, struct fault *fault)
{
    struct placing *placing = context;
    size_t at = place_for(placing, place->area, place->name, place->type);

    (void)fault;
    for (size_t i = 0; i < place->trait_count; i++)
        set_trait(placing, at, place->traits[i].name, place->traits[i].value);
    return true;
}

/* The first area that it still answers for. */
static const char *area_of(const struct card *card)
{
    for (size_t i = 0; i < card->area_count; i++)
        if (card->areas[i].to[0] == '\0')
            return card->areas[i].code;
    return NULL;
}

const struct member *member_for_area(const struct charter *charter, const char *area)
{
    for (size_t i = 0; charter != NULL && i < charter_members(charter); i++) {
        const struct member *member = charter_member_at(charter, i);
        for (size_t k = 0; k < member->card->area_count; k++)
            if (member->card->areas[k].to[0] == '\0' &&
                strcmp(member->card->areas[k].code, area) == 0)
                return member;
    }
    return NULL;
}

static bool hear_profile(void *context, const struct digest *authority,
                         const struct document *document, struct fault *fault)
{
    enum { NAME, VALUE, COLUMNS = 4 };
    struct placing *placing = context;
    const struct member *member = charter_member(placing->charter, authority);

    (void)fault;
    const char *area = member == NULL ? NULL : area_of(member->card);
    if (area == NULL || document_count(document, "context") == 0)
        return true;
    size_t at = place_for(placing, area, member->card->name, member->card->type);
    placing->known->signed_profiles++;
    for (size_t i = 0; i + COLUMNS <= document_count(document, "context"); i += COLUMNS) {
        char *name = text_copy(document_item(document, "context", i + NAME));
        char *value = text_copy(document_item(document, "context", i + VALUE));
        set_trait(placing, at, name, strtod(value, NULL));
        free(name);
        free(value);
    }
    return true;
}

bool places_gather(struct store *store, const struct charter *charter,
                   const struct variable *variables, size_t variable_count,
                   struct places_known *known, struct fault *fault)
{
    struct placing placing = {known, charter, variables, variable_count};

    *known = (struct places_known){0};
    if (!store_each_reference_place(store, hear_place, &placing, fault) ||
        (charter != NULL &&
         !store_each_document(store, "profile", hear_profile, &placing, fault))) {
        places_known_release(known);
        return false;
    }
    for (size_t i = 0; i < known->count; i++) {
        known->places[i].code = known->texts[i][0];
        known->places[i].type = known->texts[i][1];
    }
    return true;
}

void places_known_release(struct places_known *known)
{
    free(known->places);
    free(known->names);
    free(known->texts);
    *known = (struct places_known){0};
}
