#include "node/cli/shared.h"
#include "node/clock.h"

#include <stdio.h>
#include <string.h>

/* Which summaries cite what this authority published, and whether whom they ask has answered: so
 * what was said comes back to whoever said it. */

/* Of what is older it is not told again. */
#define CITED_TOLD_MS (INT64_C(90) * 24 * 3600 * 1000)
#define CITED_MOST 20

struct citing {
    json_t *list;
    int64_t from_ms;
};

static bool is_of(const json_t *entry, const struct digest *summary)
{
    char hex[2 * DIGEST_SIZE + 1];

    hex_of(hex, summary->bytes, DIGEST_SIZE);
    return entry != NULL && strcmp(json_string_value(json_object_get(entry, "summary")), hex) == 0;
}

/* Of a summary they come one after another. */
static bool hear_citation(void *context, const struct citation *citation, struct fault *fault)
{
    struct citing *citing = context;
    size_t count = json_array_size(citing->list);
    json_t *entry = count == 0 ? NULL : json_array_get(citing->list, count - 1);

    (void)fault;
    if (!is_of(entry, &citation->summary)) {
        if ((citation->time_ms < citing->from_ms && citation->answered_ms < citing->from_ms) ||
            count == CITED_MOST)
            return true;
        entry = json_pack("{s:o, s:o, s:o, s:I, s:o, s:[]}", "summary", json_id(&citation->summary),
                          "title", json_bytes(bytes_of_text(citation->title)), "published",
                          json_stamp(citation->time_ms), "answers", (json_int_t)citation->answers,
                          "answered", json_stamp(citation->answered_ms), "cited");
        json_array_append_new(citing->list, entry);
    }
    json_array_append_new(json_object_get(entry, "cited"), json_id(&citation->cited));
    return true;
}

json_t *read_cited(struct store *store, const struct digest *self, struct fault *fault)
{
    struct citing citing = {.list = json_array(), .from_ms = clock_now_ms() - CITED_TOLD_MS};

    if (store_each_citation(store, self, hear_citation, &citing, fault))
        return citing.list;
    json_decref(citing.list);
    return NULL;
}

void print_cited(const json_t *list)
{
    const json_t *entry;
    size_t index;

    json_array_foreach((json_t *)(uintptr_t)list, index, entry)
    {
        size_t cited = json_array_size(json_object_get(entry, "cited"));
        bool answered = json_integer_value(json_object_get(entry, "answers")) > 0;
        printf("%sA summary cites %zu of your records: %s.%s\n  candour show %.12s\n",
               index == 0 ? "\n" : "", cited, json_string_value(json_object_get(entry, "title")),
               answered ? " It was answered." : "",
               json_string_value(json_object_get(entry, "summary")));
    }
}
