#include "node/cli/norm.h"

/* The answer of `norm` for programs. */

static json_t *pair(bool shown, struct norm_bounds bounds)
{
    return shown ? json_pack("[I, I]", (json_int_t)bounds.least, (json_int_t)bounds.most)
                 : json_null();
}

static json_t *number(bool shown, size_t number)
{
    return shown ? json_integer((json_int_t)number) : json_null();
}

static json_t *likes_object(const struct likes *likes)
{
    const struct norm *norm = &likes->norm;
    bool shown = norm->verdict != NORM_TOO_FEW;

    if (!likes->asked)
        return json_null();
    return json_pack("{s:I, s:I, s:o, s:o, s:s}", "members", (json_int_t)likes->members,
                     "could_report", (json_int_t)norm->could, "interval", pair(shown, norm->report),
                     "spoke", pair(shown, norm->spoke), "verdict",
                     norm_verdict_code(norm->verdict));
}

static json_t *issue_object(const struct norm_answer *answer)
{
    const struct reporting *reporting = &answer->reporting;
    json_t *same = json_array();

    for (size_t i = 0; i < reporting->same.count; i++)
        if (!digest_equal(&reporting->same.ids[i], &reporting->issue))
            json_array_append_new(same, json_id(&reporting->same.ids[i]));
    if (reporting->same.count > 0)
        return json_pack("{s:o, s:o, s:o}", "id", json_id(&reporting->issue), "title",
                         json_sentence(answer->title), "same", same);
    json_decref(same);
    return json_null();
}

static json_t *outcomes_object(const struct reporting *reporting, bool shown)
{
    json_t *went = json_object();

    for (size_t i = 0; shown && i < reporting->outcome_count; i++)
        json_object_set_new(went, reporting->outcomes[i].code,
                            json_integer((json_int_t)reporting->outcomes[i].lessons));
    return went;
}

static json_t *uptakes_object(const struct norm_answer *answer, bool shown)
{
    json_t *uptakes = json_object();

    for (size_t i = 0; shown && i < NORM_UPTAKES; i++)
        json_object_set_new(
            uptakes, norm_uptake_code((enum norm_uptake)i),
            pair(true, norm_answer_bounds(answer, &answer->reporting.told.uptakes[i])));
    return uptakes;
}

static json_t *weeks_object(const struct norm_answer *answer, bool shown)
{
    const struct norm_time *time = &answer->reporting.told.time;

    if (!shown || !norm_answer_has_time(answer))
        return json_null();
    return json_pack("{s:o, s:f, s:[f, f]}", "known",
                     pair(true, norm_answer_bounds(answer, &time->count)), "median", time->median,
                     "range", time->least, time->most);
}

static json_t *deeds_array(const struct norm_answer *answer, bool shown)
{
    json_t *list = json_array();

    for (size_t i = 0; shown && i < answer->deed_count; i++)
        json_array_append_new(
            list, json_pack("{s:o, s:s, s:o, s:o}", "id", json_id(&answer->deeds[i].id), "kind",
                            answer->deeds[i].kind, "title", json_sentence(answer->deeds[i].title),
                            "authority_name", json_sentence(answer->deeds[i].name)));
    return list;
}

json_t *norm_object(const struct norm_answer *answer)
{
    const struct reporting *reporting = &answer->reporting;
    const struct norm_told *told = &reporting->told;
    const struct norm *norm = &answer->norm;
    bool shown = norm->verdict != NORM_TOO_FEW;
    json_t *object = json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:b, s:o, s:o, s:s, s:s}", "service",
        reporting->service, "issue", issue_object(answer), "reporting",
        number(shown, norm->report.least), "interval", pair(shown, norm->report), "named",
        number(shown, told->report.named), "anonymous", number(shown, told->report.unnamed),
        "spoke", pair(shown, norm->spoke), "could_report", (json_int_t)norm->could, "by_function",
        (int)reporting->by_function, "outcomes", outcomes_object(reporting, shown), "like_us",
        likes_object(&answer->likes), "verdict", norm_verdict_code(norm->verdict), "because",
        norm_verdict_words(norm->verdict));

    json_object_set_new(object, "anonymous_apart", number(shown, told->report.apart));
    json_object_set_new(object, "do_not_have",
                        pair(shown, norm_answer_bounds(answer, &told->lack)));
    json_object_set_new(object, "solved", pair(shown, norm_answer_bounds(answer, &told->solved)));
    json_object_set_new(object, "uptakes", uptakes_object(answer, shown));
    json_object_set_new(object, "weeks", weeks_object(answer, shown));
    json_object_set_new(object, "did", deeds_array(answer, shown));
    json_object_set(object, "explanation", answer->explanation);
    return object;
}
