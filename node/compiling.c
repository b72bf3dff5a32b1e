#include "node/compiling.h"
#include "protocol/text.h"
#include "protocol/vocabulary.h"

#include <stdlib.h>

/* --- Members --- */

static size_t type_of(const struct card *card)
{
    const struct word *type = vocabulary_find(&authority_types, bytes_of_text(card->type));

    return type == NULL ? COMPILE_ANY : (size_t)(type - authority_types.words);
}

static bool is_of(const struct member *member, const char *region)
{
    return member->status == MEMBER_ACTIVE && member->card->role == ROLE_AUTHORITY &&
           (region == NULL ||
            text_same(bytes_of_text(member->card->region), bytes_of_text(region)));
}

/* The charter has them in ascending order. */
static bool gather_members(const struct charter *charter, const char *region,
                           struct compiling *compiling, struct fault *fault)
{
    compiling->members = memory_new(charter_members(charter) + 1, sizeof *compiling->members);
    for (size_t i = 0; i < charter_members(charter); i++) {
        const struct member *member = charter_member_at(charter, i);
        if (!is_of(member, region))
            continue;
        struct compile_member *added = &compiling->members[compiling->input.member_count++];
        added->authority = member->card->authority;
        added->type = type_of(member->card);
        for (size_t k = 0; k < member->card->function_count; k++)
            added->runs |= compile_bit(&service_areas, bytes_of_text(member->card->functions[k]));
    }
    if (compiling->input.member_count > 0)
        return true;
    if (region == NULL)
        return fault_set(fault, FAULT_ABSENT,
                         "the charter has no active member that is an authority");
    return fault_set(fault, FAULT_ABSENT,
                     "no active member's card says that it is of the region \"%s\": candour sql "
                     "\"SELECT DISTINCT region FROM authorities\" lists what they say",
                     region);
}

/* --- Facts --- */

static bool hear_fact(void *context, const struct compile_fact *fact, struct fault *fault)
{
    struct compiling *compiling = context;
    size_t *count = &compiling->input.fact_count;

    (void)fault;
    if (*count == compiling->room) {
        compiling->room = compiling->room == 0 ? 1024 : 2 * compiling->room;
        compiling->facts = memory_grow(compiling->facts, compiling->room, sizeof *compiling->facts);
    }
    compiling->facts[*count] = *fact;
    compiling->facts[(*count)++].topic = bytes_of(text_copy(fact->topic), fact->topic.size);
    return true;
}

bool compiling_gather(struct store *store, const struct charter *charter,
                      const struct compile_request *request, struct compiling *compiling,
                      struct fault *fault)
{
    *compiling = (struct compiling){
        .input = {.region = request->region != NULL, .since_ms = request->since_ms}};
    if (!gather_members(charter, request->region, compiling, fault) ||
        !store_each_fact(store, request->honoured, request->honoured_count, hear_fact, compiling,
                         fault)) {
        compiling_release(compiling);
        return false;
    }
    compiling->input.members = compiling->members;
    compiling->input.facts = compiling->facts;
    compiling->compiled = compile(&compiling->input);
    return true;
}

void compiling_release(struct compiling *compiling)
{
    compiled_free(compiling->compiled);
    for (size_t i = 0; i < compiling->input.fact_count; i++)
        free((uint8_t *)(uintptr_t)compiling->facts[i].topic.data);
    free(compiling->facts);
    free(compiling->members);
    *compiling = (struct compiling){.compiled = NULL};
}
