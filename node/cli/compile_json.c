#include "node/cli/compile.h"
#include "protocol/vocabulary.h"

/* All that was compiled, for programs, each statement with all that it rests on. A number of fewer
 * than COMPILE_LEAST is null. */

static json_t *bounds(size_t least, size_t most)
{
    return least < COMPILE_LEAST ? json_null()
                                 : json_pack("[I, I]", (json_int_t)least, (json_int_t)most);
}

static json_t *ids(const struct compile_fact *const *facts, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_id(&facts[i]->id));
    return list;
}

static json_t *code(const struct vocabulary *vocabulary, size_t word)
{
    return word == COMPILE_ANY ? json_null() : json_string(vocabulary->words[word].code);
}

static json_t *theme_object(const struct compiled_theme *theme)
{
    static const char *const kinds[] = {[THEME_FACTOR] = "factor",
                                        [THEME_BARRIER] = "barrier",
                                        [THEME_TOPIC] = "topic",
                                        [THEME_ADDRESSED] = "addressed"};
    bool topic = theme->kind == THEME_TOPIC;
    const struct vocabulary *words =
        theme->kind == THEME_FACTOR ? &contributing_factors : &barriers;
    const struct vocabulary *of =
        theme->kind == THEME_ADDRESSED ? &barrier_addressees : &service_areas;

    return json_pack("{s:s, s:o, s:o, s:o, s:I, s:o}", "kind", kinds[theme->kind],
                     theme->kind == THEME_ADDRESSED ? "addressee" : "service",
                     topic ? json_null() : code(of, theme->of), "code",
                     topic ? json_bytes(theme->topic) : code(words, theme->word), "interval",
                     bounds(theme->count.least, theme->count.most), "could",
                     (json_int_t)theme->count.could, "cites",
                     ids(theme->count.facts, theme->count.fact_count));
}

static json_t *themes_list(const struct compiled_themes *themes)
{
    json_t *list = json_array();

    for (size_t i = 0; i < themes->count; i++)
        json_array_append_new(list, theme_object(&themes->list[i]));
    return list;
}

static json_t *count_bounds(const struct compiled_count *count)
{
    return bounds(count->least, count->most);
}

static json_t *spreading_object(const struct compiled_matter *matter)
{
    return json_pack("{s:o, s:o, s:I, s:o, s:o}", "id", json_id(&matter->record->id), "interval",
                     count_bounds(&matter->reported), "could", (json_int_t)matter->reported.could,
                     "since", bounds(matter->joined_least, matter->joined_most), "cites",
                     ids(matter->reported.facts, matter->reported.fact_count));
}

static json_t *resolved_object(const struct compiled_matter *matter)
{
    json_t *cites = ids(matter->fixed.facts, matter->fixed.fact_count);
    json_t *tried = ids(matter->tried.facts, matter->tried.fact_count);

    json_array_extend(cites, tried);
    json_decref(tried);
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", json_id(&matter->record->id),
                     "fixed", count_bounds(&matter->fixed), "tried", count_bounds(&matter->tried),
                     "worked", count_bounds(&matter->worked), "did_not_work",
                     count_bounds(&matter->did_not_work), "no_finding",
                     count_bounds(&matter->no_finding), "cites", cites);
}

static json_t *silent_list(const struct compiled *compiled)
{
    json_t *list = json_array();

    for (size_t i = 0; i < compiled->silent.count; i++) {
        const struct compiled_silence *silence = &compiled->silent.list[i];
        json_array_append_new(list, json_pack("{s:o, s:o, s:I, s:b}", "service",
                                              code(&service_areas, silence->service), "type",
                                              code(&authority_types, silence->type), "members",
                                              (json_int_t)silence->members, "unnamed",
                                              (int)silence->unnamed));
    }
    return list;
}

json_t *compile_object(const struct compiled_brief *brief, const char *draft)
{
    const struct compiled *compiled = brief->compiling->compiled;
    json_t *spreading = json_array(), *resolved = json_array();

    for (size_t i = 0; i < compiled->matters.count; i++) {
        const struct compiled_matter *matter = &compiled->matters.list[i];
        if (matter->spreading)
            json_array_append_new(spreading, spreading_object(matter));
        if (matter->resolved)
            json_array_append_new(resolved, resolved_object(matter));
    }
    return json_pack(
        "{s:s?, s:o, s:o, s:I, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:I, s:I, s:I, s:I, s:I}, "
        "s:s?}",
        "region", brief->request.region, "since", json_stamp(brief->request.since_ms), "until",
        json_stamp(brief->until_ms), "members", (json_int_t)brief->compiling->input.member_count,
        "floor", COMPILE_LEAST, "themes", themes_list(&compiled->themes), "spreading", spreading,
        "resolved", resolved, "addressed", themes_list(&compiled->addressed), "challenges",
        ids(compiled->challenges, compiled->challenge_count), "silent", silent_list(compiled),
        "too_few", "themes", (json_int_t)compiled->themes.too_few, "spreading",
        (json_int_t)compiled->matters.too_few_spreading, "resolved",
        (json_int_t)compiled->matters.too_few_resolved, "addressed",
        (json_int_t)compiled->addressed.too_few, "silent", (json_int_t)compiled->silent.too_few,
        "draft", draft);
}
