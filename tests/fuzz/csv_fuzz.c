#include "node/import.h"
#include "node/places.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Whatever the bytes of a file, and whatever the mapping: an import ends, and what comes out can be
 * published. The first byte chooses the mapping. */

static const char *const maps[] = {
    "framework = \"F\"\nperiod = \"2020\"\nunit = \"percent\"\ncolumns { code = \"a\" value = "
    "\"b\" numerator = \"c\" denominator = \"d\" }\n",
    "framework = \"F\"\nperiod = \"2020\"\nunit = \"per_100000\"\ndelimiter = \";\"\nskip_lines = "
    "1\n"
    "profile = \"standard\"\ncolumns { code = \"a\" value = \"b\" numerator = \"c\" denominator = "
    "\"d\" flag = \"e\" area = \"f\" disaggregation = \"g\" }\nwhere \"h\" { is = {\"1\"} }\n",
    "framework = \"F\"\nperiod = \"2020\"\nunit = \"score\"\ndelimiter = \"\\t\"\ncolumns { code = "
    "\"a\" value = \"b\" base = \"c\" margin = \"d\" }\n",
    "framework = \"F\"\nperiod = \"2020\"\nunit = \"count\"\nprofile = \"none\"\ncolumns { code = "
    "\"a\" value = \"a\" }\n",
};

static void check(struct import_result *result)
{
    uint32_t rows = 0;

    for (size_t i = 0; i < result->snapshot_count; i++) {
        struct problems problems = {0};
        document_check(result->snapshots[i], &problems);
        assert(problems.count == 0);
        problems_release(&problems);
        rows += (uint32_t)document_count(result->snapshots[i], "rows") / 8;
    }
    assert(rows == result->imported && result->suppressed <= rows);
}

static bool hear_public(void *context, const struct figure_key *key,
                        const struct known_figure *figure, struct fault *fault)
{
    (void)context;
    (void)fault;
    assert(key->code[0] != '\0' && figure->area[0] != '\0' && figure->reference);
    return true;
}

static bool hear_place(void *context, const struct reference_place *place, struct fault *fault)
{
    (void)context;
    (void)fault;
    assert(strlen(place->area) == 9 && place->trait_count <= TRAITS_MAX);
    for (size_t i = 0; i < place->trait_count; i++)
        assert(strlen(place->traits[i].name) <= 60 && strlen(place->traits[i].period) % 4 == 0);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fault fault = {0};
    struct import_result result;
    struct places_result places;

    if (size < 2)
        return 0;
    struct import_map *map =
        import_map_parse("m", maps[data[0] % (sizeof maps / sizeof *maps)], &fault);
    assert(map != NULL);
    FILE *file = fmemopen((void *)(data + 1), size - 1, "r");
    struct import_request request = {.map = map, .file_name = "t", .area = "E1"};
    if (import_table(&request, file, &result, &fault))
        check(&result);
    else
        assert(fault.kind == FAULT_INPUT && result.snapshots == NULL && result.refusals == NULL);
    import_result_release(&result);
    rewind(file);
    if (!import_public(&request, file, hear_public, &result, &fault))
        assert(fault.kind == FAULT_INPUT && result.refusals == NULL);
    import_result_release(&result);
    rewind(file);
    if (!places_read("t", "s", file, hear_place, NULL, &places, &fault))
        assert(fault.kind == FAULT_INPUT);
    fclose(file);
    import_map_free(map);
    return 0;
}
