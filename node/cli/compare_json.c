#include "node/cli/compare.h"
#include "node/cli/shared.h"

#include <math.h>

/* What `compare --json` gives: the same as its words, in numbers. docs/comparing.md has it. */

static json_t *real_or_null(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

static json_t *word_or_null(const char *word)
{
    return word == NULL ? json_null() : json_string(word);
}

static json_t *interval_object(bool known, struct interval interval)
{
    return known ? json_pack("{s:f, s:f}", "low", interval.low, "high", interval.high)
                 : json_null();
}

static json_t *spread_object(const struct spread *spread)
{
    return json_pack("{s:I, s:o, s:o, s:o}", "count", (json_int_t)spread->count, "lower_quartile",
                     spread->shown ? json_real(spread->lower) : json_null(), "median",
                     spread->shown ? json_real(spread->middle) : json_null(), "upper_quartile",
                     spread->shown ? json_real(spread->upper) : json_null());
}

static const char *polarity_word(enum polarity polarity)
{
    static const char *const words[] = {"higher", "lower", "neutral", "banded"};

    return words[polarity];
}

static json_t *indicator_object(const struct comparing *comparing)
{
    const struct indicator *indicator = &comparing->indicator;
    const struct better *better = &indicator->yardstick.better;
    bool banded = better->polarity == POLARITY_BANDED;

    return json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:s, s:o}", "framework", indicator->framework, "code",
        indicator->code, "group", indicator->disaggregation, "name",
        json_bytes(document_text(indicator->definition, "name")), "unit",
        json_bytes(document_text(indicator->definition, "unit")), "polarity",
        polarity_word(better->polarity), "band",
        interval_object(banded, (struct interval){better->band_low, better->band_high}));
}

static json_t *own_object(const struct comparing *comparing)
{
    const struct comparison *result = &comparing->result;

    if (comparing->own == NULL)
        return json_null();
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:b}", "area", comparing->own, "value",
        result->has_own ? real_or_null(result->own.value) : json_null(), "interval",
        interval_object(result->has_interval, result->interval), "flag",
        word_or_null(result->has_own && result->own.flag[0] != '\0' ? result->own.flag : NULL),
        "public", (int)(result->has_own && result->own.reference));
}

static json_t *others_object(const struct comparing *comparing)
{
    const struct comparison *result = &comparing->result;
    const struct indicator *indicator = &comparing->indicator;
    json_t *others = spread_object(&result->level);

    json_object_update_new(
        others,
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "pool",
                  comparing->like_us ? "like_us" : "all", "places", (json_int_t)result->asked,
                  "without", (json_int_t)result->without, "public", (json_int_t)result->public,
                  "flagged", (json_int_t)result->doubtful, "defined_otherwise",
                  (json_int_t)indicator->apart, "undefined", (json_int_t)indicator->undefined,
                  "embargoed", (json_int_t)indicator->embargoed, "foreign",
                  (json_int_t)indicator->foreign));
    return others;
}

static json_t *funnel_object(const struct comparison *result)
{
    if (!result->has_funnel)
        return json_null();
    return json_pack("{s:s, s:I, s:o, s:o, s:f, s:f}", "standing", standing_words(result->standing),
                     "places", (json_int_t)result->funnel.count, "limits_95",
                     interval_object(true, result->limits), "limits_998",
                     interval_object(true, result->far_limits), "phi", result->funnel.phi,
                     "tau_squared", result->funnel.tau_squared);
}

static json_t *change_object(const struct comparing *comparing)
{
    const struct comparison *result = &comparing->result;

    if (!result->has_change)
        return json_null();
    return json_pack("{s:s, s:f, s:f, s:o, s:o, s:o, s:I, s:I}", "since", result->before.period,
                     "from", result->before.value, "by", result->change, "interval",
                     interval_object(result->has_change_interval, result->change_interval),
                     "standing", word_or_null(standing_words(result->change_standing)), "others",
                     spread_object(&result->changes), "improved", (json_int_t)result->improved,
                     "improved_with_lessons", (json_int_t)comparing->improved_with_lessons);
}

static const char *meaning_word(enum meaning meaning)
{
    static const char *const words[] = {NULL, "improvement", "concern"};

    return words[meaning];
}

static json_t *series_array(const struct comparison *result)
{
    json_t *series = json_array();

    for (size_t i = 0; i < result->points; i++)
        json_array_append_new(series, json_pack("{s:s, s:f}", "period", result->series[i].period,
                                                "value", result->series[i].value));
    return series;
}

static json_t *chart_object(const struct comparing *comparing)
{
    static const char *const signals[] = {NULL, "outside", "trend", "near_limit", "shift"};
    static const char *const assurances[] = {"hit_and_miss", "pass", "fail"};
    const struct comparison *result = &comparing->result;

    if (!result->has_chart)
        return json_null();
    return json_pack(
        "{s:f, s:f, s:f, s:b, s:o, s:o, s:o}", "mean", result->chart.mean, "low", result->chart.low,
        "high", result->chart.high, "trial", (int)result->chart.trial, "signal",
        word_or_null(signals[result->signal]), "direction",
        word_or_null(result->signal == XMR_NONE ? NULL
                     : result->up               ? "up"
                                                : "down"),
        "target", word_or_null(result->has_assurance ? assurances[result->assurance] : NULL));
}

static json_t *differences_array(const struct comparing *comparing,
                                 const struct neighbour *neighbour)
{
    json_t *list = json_array();

    for (size_t i = 0; i < neighbour->difference_count; i++)
        json_array_append_new(list,
                              json_string(comparing->like.variables[neighbour->differs[i]].code));
    return list;
}

static json_t *neighbours_array(const struct comparing *comparing)
{
    json_t *list = json_array();

    for (size_t i = 0; i < comparing->like.count; i++) {
        const struct neighbour *neighbour = &comparing->like.list[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:f, s:o, s:I}", "area",
                                        comparing->like.places.places[neighbour->place].code,
                                        "name", comparing->like.places.names[neighbour->place],
                                        "closeness", neighbour->closeness, "differs",
                                        differences_array(comparing, neighbour), "missing",
                                        (json_int_t)neighbour->missing));
    }
    return list;
}

static json_t *variables_array(const struct comparing *comparing)
{
    json_t *list = json_array();

    for (size_t i = 0; i < comparing->like.variable_count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:f}", "code", comparing->like.variables[i].code,
                                        "weight", comparing->like.variables[i].weight));
    return list;
}

static json_t *like_object(const struct comparing *comparing)
{
    if (!comparing->like_us)
        return json_null();
    return json_pack("{s:o, s:b, s:o}", "variables", variables_array(comparing), "class_only",
                     (int)comparing->like.class_only, "neighbours", neighbours_array(comparing));
}

static json_t *questions_array(const struct comparing *comparing)
{
    const char *questions[QUESTIONS_MAX];
    size_t count = compare_questions(comparing, questions);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(questions[i]));
    return list;
}

static json_t *services_array(const struct comparing *comparing)
{
    const struct document *definition = comparing->indicator.definition;
    json_t *list = json_array();

    for (size_t i = 0; i < document_count(definition, "service_area"); i++)
        json_array_append_new(list, json_bytes(document_item(definition, "service_area", i)));
    return list;
}

json_t *compare_json(const struct comparing *comparing)
{
    const struct comparison *result = &comparing->result;

    return json_pack(
        "{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o}", "indicator",
        indicator_object(comparing), "period", result->period, "own", own_object(comparing),
        "others", others_object(comparing), "funnel", funnel_object(result), "change",
        change_object(comparing), "series", series_array(result), "broken", (int)result->broken,
        "chart", chart_object(comparing), "meaning", word_or_null(meaning_word(result->meaning)),
        "like_us", like_object(comparing), "questions", questions_array(comparing), "lessons_of",
        services_array(comparing));
}
