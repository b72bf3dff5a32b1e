#include "node/cli/reference.h"
#include "node/cli/shared.h"
#include "node/import.h"
#include "node/places.h"
#include "node/share.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct keeping {
    struct store *store;
    const char *source;
};

/* As it is called without its folders, where the person does not say. */
static const char *source_of(const struct call *call)
{
    const char *source = call_value(call, "source"), *slash = strrchr(call->arguments[0], '/');

    if (source != NULL)
        return source;
    return slash == NULL ? call->arguments[0] : slash + 1;
}

static bool keep_figure(void *context, const struct figure_key *key,
                        const struct known_figure *figure, struct fault *fault)
{
    const struct keeping *keeping = context;

    return store_put_reference(keeping->store, keeping->source, key, figure, fault);
}

static bool keep_place(void *context, const struct reference_place *place, struct fault *fault)
{
    const struct keeping *keeping = context;

    return store_put_reference_place(keeping->store, place, fault);
}

static void say_kept_apart(const struct call *call)
{
    call_say(call, "They are kept apart from what members signed, and stay in this house.");
}

/* --- Figures --- */

static struct import_map *open_map(const struct call *call, struct fault *fault)
{
    const char *path = call_value(call, "map");
    char shipped[HOME_PATH_MAX];

    if (path == NULL && !share_find("samples/ascof.map.conf", shipped, sizeof shipped, fault))
        return NULL;
    return import_map_open(path == NULL ? shipped : path, fault);
}

static void say_figures(struct call *call, const struct import_result *result)
{
    json_t *refused = json_array();

    for (size_t i = 0; i < result->refusal_count; i++)
        json_array_append_new(refused,
                              json_pack("{s:I, s:s}", "line", (json_int_t)result->refusals[i].line,
                                        "why", result->refusals[i].why));
    call->status = result->refused > 0;
    if (!call_json(call,
                   json_pack("{s:b, s:I, s:I, s:I, s:O}", "reference", 1, "imported",
                             (json_int_t)result->imported, "others", (json_int_t)result->others,
                             "refused_rows", (json_int_t)result->refused, "refused", refused))) {
        call_say(call, "Public figures kept: %" PRIu32 "; other rows left out: %" PRIu32 ".",
                 result->imported, result->others);
        say_kept_apart(call);
        for (size_t i = 0; i < result->refusal_count; i++)
            call_say(call, "%s:%" PRIu32 ": %s", call->arguments[0], result->refusals[i].line,
                     result->refusals[i].why);
    }
    json_decref(refused);
}

static bool take_figures(struct call *call, struct keeping *keeping, FILE *file,
                         struct fault *fault)
{
    struct import_map *map = open_map(call, fault);
    struct import_request request = {.map = map,
                                     .file_name = call->arguments[0],
                                     .area = call_value(call, "area"),
                                     .context = keeping};
    struct import_result result = {0};

    bool done = map != NULL && import_public(&request, file, keep_figure, &result, fault) &&
                store_commit(keeping->store, fault);
    if (done)
        say_figures(call, &result);
    import_result_release(&result);
    import_map_free(map);
    return done;
}

/* --- Places --- */

static bool take_places(struct call *call, struct keeping *keeping, FILE *file, struct fault *fault)
{
    struct places_result result;

    if (!places_read(call->arguments[0], keeping->source, file, keep_place, keeping, &result,
                     fault) ||
        !store_commit(keeping->store, fault))
        return false;
    call->status = result.refused > 0;
    if (call_json(call, json_pack("{s:b, s:I, s:I, s:I}", "reference", 1, "places",
                                  (json_int_t)result.places, "traits", (json_int_t)result.traits,
                                  "refused_rows", (json_int_t)result.refused)))
        return true;
    call_say(call, "Places kept: %" PRIu32 ", with figures on what they are like: %" PRIu32 ".",
             result.places, result.traits);
    say_kept_apart(call);
    if (result.refused > 0)
        call_say(call, "Rows that could not be used: %" PRIu32 "; the first, line %" PRIu32 ": %s",
                 result.refused, result.refused_line, result.refused_why);
    return true;
}

/* --- Both --- */

bool import_reference(struct call *call, struct fault *fault)
{
    struct keeping keeping = {.source = source_of(call)};
    FILE *file = NULL;
    bool done = false;

    if (call_has(call, "publish"))
        return fault_set(fault, FAULT_INPUT,
                         "public figures are not yours to publish: leave out --publish, or "
                         "--reference");
    keeping.store = open_store(call, STORE_WRITE, fault);
    if (keeping.store == NULL)
        return false;
    file = fopen(call->arguments[0], "rb");
    if (file == NULL)
        fault_set(fault, FAULT_INPUT, "%s: cannot be read: %s", call->arguments[0],
                  strerror(errno));
    if (file != NULL && store_begin(keeping.store, fault)) {
        done = call_has(call, "profiles") ? take_places(call, &keeping, file, fault)
                                          : take_figures(call, &keeping, file, fault);
        if (!done)
            store_rollback(keeping.store);
    }
    if (file != NULL)
        fclose(file);
    store_close(keeping.store);
    return done;
}
