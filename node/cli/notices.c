#include "node/cli/shared.h"
#include "node/clock.h"

#include <stdio.h>
#include <string.h>

/* notices: what was found, here or at others, in texts that this authority has published. */

struct reading {
    struct store *store;
    struct charter *charter; /* NULL until a name is needed. */
    json_t *list;
};

/* What a code of a class means, or the code, where a newer program kept it. */
static const char *meaning_of(const char *code)
{
    for (size_t i = 0; i < FINDING_CLASSES; i++)
        if (strcmp(finding_kinds[i].code, code) == 0)
            return finding_kinds[i].means;
    return code;
}

/* What a field is called in files, or its key, where a newer program kept it. */
static const char *name_of(const char *key)
{
    for (size_t f = 0; forms[f] != NULL; f++)
        for (size_t i = 0; i < forms[f]->count; i++)
            if (strcmp(forms[f]->fields[i].key, key) == 0)
                return forms[f]->fields[i].name;
    return key;
}

static bool hear_notice(void *context, const struct stored_notice *notice, struct fault *fault)
{
    struct reading *reading = context;

    if (reading->charter == NULL &&
        (reading->charter = store_charter(reading->store, fault)) == NULL)
        return false;
    json_array_append_new(
        reading->list, json_pack("{s:o, s:s, s:s, s:s, s:s, s:s, s:o}", "id", json_id(&notice->id),
                                 "field", notice->field, "class", notice->class, "means",
                                 meaning_of(notice->class), "rules", notice->rules, "said_by",
                                 authority_name(reading->charter, &notice->authority), "at",
                                 json_stamp(notice->came_ms)));
    return true;
}

json_t *read_notices(struct store *store, struct fault *fault)
{
    struct reading reading = {.store = store, .list = json_array()};
    bool done = store_each_notice(store, hear_notice, &reading, fault);

    charter_free(reading.charter);
    if (done)
        return reading.list;
    json_decref(reading.list);
    return NULL;
}

static const char *text_at(const json_t *list, size_t index, const char *key)
{
    return json_string_value(json_object_get(json_array_get(list, index), key));
}

/* How many from here on are of the same record. */
static size_t same_record(const json_t *list, size_t from)
{
    size_t end = from;

    while (end < json_array_size(list) &&
           strcmp(text_at(list, end, "id"), text_at(list, from, "id")) == 0)
        end++;
    return end - from;
}

size_t print_notices(const json_t *list, size_t most)
{
    size_t texts = 0;

    for (size_t i = 0, count; i < json_array_size(list); i += count) {
        count = same_record(list, i);
        if (++texts > most)
            continue;
        printf("! A text that you published may identify somebody, says %s: ",
               text_at(list, i, "said_by"));
        for (size_t k = i; k < i + count; k++)
            printf("%s%s in \"%s\"", k == i ? "" : ", ", text_at(list, k, "means"),
                   name_of(text_at(list, k, "field")));
        printf(".\n  candour show %.12s shows the rest of it; take it back with\n"
               "  candour erase %.12s --why WHY --by NAME, or, if that is none, say\n"
               "  candour notices --dismiss %.12s\n",
               text_at(list, i, "id"), text_at(list, i, "id"), text_at(list, i, "id"));
    }
    return texts;
}

static bool dismiss(struct call *call, const char *named, struct fault *fault)
{
    struct store *store = open_store(call, STORE_WRITE, fault);
    struct digest id;
    bool done = store != NULL && store_resolve(store, named, &id, fault) &&
                (store_dismiss_notices(store, &id, fault) || fault_prefix(fault, "%s", named));

    store_close(store);
    return done;
}

bool run_notices(struct call *call, struct fault *fault)
{
    const char *named = call_value(call, "dismiss");
    struct store *store = NULL;
    json_t *list = NULL;

    bool done = (named == NULL || dismiss(call, named, fault)) &&
                (store = open_store(call, STORE_READ, fault)) != NULL &&
                (list = read_notices(store, fault)) != NULL;
    store_close(store);
    if (!done)
        return false;
    if (!call_json(call, json_pack("{s:O}", "notices", list)) && json_array_size(list) == 0)
        call_say(call, "Nobody has found anything that identifies somebody in what you published.");
    else if (!call->json && !call->quiet)
        print_notices(list, SIZE_MAX);
    json_decref(list);
    return true;
}
