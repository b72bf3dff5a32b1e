#include "node/cli/spans.h"
#include "node/cli/shared.h"

#include "protocol/gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* lesson check --spans: what the gate finds in many passages, for a scorer to compare with what is
 * there. */

#define PASSAGE_MAX (16 * 1024 * 1024)

/* Strings of an array, or one string, of a profile. They belong to `profile`. */
static bool take_names(json_t *profile, const char *key, struct gate_names *names,
                       struct fault *fault)
{
    json_t *value = json_object_get(profile, key), *item;
    size_t i;

    if (json_is_string(value))
        gate_names_add(names, bytes_of(json_string_value(value), json_string_length(value)));
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(item))
            return fault_set(fault, FAULT_INPUT, "%s: must be a list of texts", key);
        gate_names_add(names, bytes_of(json_string_value(item), json_string_length(item)));
    }
    return true;
}

static struct gate *gate_of_profile(json_t *profile, struct fault *fault)
{
    struct gate_profile named = {0};
    bool taken = take_names(profile, "name", &named.names, fault) &&
                 take_names(profile, "aliases", &named.names, fault) &&
                 take_names(profile, "domains", &named.names, fault) &&
                 take_names(profile, "places", &named.places, fault) &&
                 take_names(profile, "orgs", &named.organisations, fault) &&
                 take_names(profile, "people", &named.people, fault);
    struct gate *gate = taken ? gate_new(&named, fault) : NULL;

    gate_profile_release(&named);
    return gate;
}

/* Gates by the name of their profile, made when first asked for. */
struct gates {
    json_t *profiles;
    struct {
        const char *name;
        struct gate *gate;
    } made[64];
    size_t count;
};

static const struct gate *gate_named(struct gates *gates, const char *name, struct fault *fault)
{
    json_t *profile = name[0] == '\0' ? NULL : json_object_get(gates->profiles, name);

    if (name[0] != '\0' && profile == NULL) {
        fault_set(fault, FAULT_INPUT, "profile \"%s\": not in the file that --profiles names",
                  name);
        return NULL;
    }
    for (size_t i = 0; i < gates->count; i++)
        if (strcmp(gates->made[i].name, name) == 0)
            return gates->made[i].gate;
    if (gates->count == sizeof gates->made / sizeof *gates->made) {
        fault_set(fault, FAULT_INPUT, "more than %zu profiles", gates->count);
        return NULL;
    }
    struct gate *gate = gate_of_profile(profile, fault);
    if (gate == NULL)
        return NULL;
    gates->made[gates->count].name = strdup(name);
    gates->made[gates->count++].gate = gate;
    return gate;
}

static void gates_release(struct gates *gates)
{
    for (size_t i = 0; i < gates->count; i++) {
        free((void *)(uintptr_t)gates->made[i].name);
        gate_free(gates->made[i].gate);
    }
    json_decref(gates->profiles);
}

static void print_spans(const char *id, const struct findings *findings)
{
    json_t *spans = json_array();

    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        if (!finding_kinds[finding->class].suggestion)
            json_array_append_new(
                spans, json_pack("{s:I, s:I, s:s, s:s}", "start", (json_int_t)finding->start, "end",
                                 (json_int_t)finding->end, "class",
                                 finding_kinds[finding->class].label, "rule", finding->rule));
    }
    json_t *line = json_pack("{s:s, s:o}", "id", id, "spans", spans);
    json_dumpf(line, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
    putchar('\n');
    json_decref(line);
}

static bool check_passage(struct gates *gates, enum gate_mode mode, json_t *passage,
                          struct fault *fault)
{
    const char *id, *profile = "", *text;
    struct findings findings = {0};
    const struct gate *gate;
    size_t size;

    if (json_unpack(passage, "{s:s, s?s, s:s%}", "id", &id, "profile", &profile, "text", &text,
                    &size) != 0)
        return fault_set(fault, FAULT_INPUT, "must be {\"id\", \"profile\", \"text\"}");
    if ((gate = gate_named(gates, gates->profiles == NULL ? "" : profile, fault)) == NULL)
        return false;
    gate_scan(gate, mode, bytes_of(text, size), &findings);
    print_spans(id, &findings);
    findings_release(&findings);
    return true;
}

static bool check_line(struct gates *gates, enum gate_mode mode, const char *line, size_t size,
                       struct fault *fault)
{
    json_error_t error;
    json_t *passage = json_loadb(line, size, 0, &error);

    if (passage == NULL)
        return fault_set(fault, FAULT_INPUT, "not JSON: %s", error.text);
    bool checked = check_passage(gates, mode, passage, fault);
    json_decref(passage);
    return checked;
}

static bool check_file(struct gates *gates, enum gate_mode mode, const char *path,
                       struct fault *fault)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0, number = 0;
    ssize_t size;
    bool good = true;

    if (file == NULL)
        return fault_set(fault, FAULT_INPUT, "%s: cannot be read", path);
    while (good && (size = getline(&line, &capacity, file)) > 0) {
        number++;
        if (size > PASSAGE_MAX)
            good = fault_set(fault, FAULT_INPUT, "longer than %d bytes", PASSAGE_MAX);
        else if (strspn(line, " \t\r\n") < (size_t)size)
            good = check_line(gates, mode, line, (size_t)size, fault);
    }
    if (!good)
        fault_prefix(fault, "%s:%zu", path, number);
    free(line);
    fclose(file);
    return good;
}

bool check_spans(const struct call *call, enum gate_mode mode, struct fault *fault)
{
    const char *profiles = call_value(call, "profiles");
    struct gates gates = {0};
    json_error_t error;

    if (profiles != NULL && (gates.profiles = json_load_file(profiles, 0, &error)) == NULL)
        return fault_set(fault, FAULT_INPUT, "%s:%d: %s", profiles, error.line, error.text);
    bool checked = check_file(&gates, mode, call_value(call, "spans"), fault);
    gates_release(&gates);
    return checked;
}
