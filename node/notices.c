#include "node/engine.h"

#include <assert.h>
#include <string.h>

/* Telling authors of what was found in their texts: once in a period, of all who can be reached and
 * have not said that they know. */

#define WORD_SIZE (NOTICE_WORD_MAX + 1)

struct telling {
    struct engine *engine;
    struct digest author;
    size_t count;
    struct notice notices[NOTICES_MAX];
    char words[NOTICES_MAX][2][WORD_SIZE]; /* Field and class: what the store tells goes. */
};

static void tell(struct telling *telling)
{
    struct engine *engine = telling->engine;

    if (telling->count > 0)
        replica_notify(engine->replica, &telling->author, GATE_RULES, telling->notices,
                       telling->count, &engine->effects);
    telling->count = 0;
}

static struct bytes keep_word(char kept[WORD_SIZE], struct bytes word)
{
    size_t size = word.size < WORD_SIZE ? word.size : WORD_SIZE - 1;

    memcpy(kept, word.data, size);
    return bytes_of(kept, size);
}

/* Of one author as many as fit; its other records come when these are noted. */
static bool hear_untold(void *context, const struct digest *author, const struct notice *notice,
                        struct fault *fault)
{
    struct telling *telling = context;

    (void)fault;
    if (!digest_equal(author, &telling->author))
        tell(telling);
    telling->author = *author;
    assert(telling->count < NOTICES_MAX);
    char(*words)[WORD_SIZE] = telling->words[telling->count];
    telling->notices[telling->count++] = (struct notice){
        notice->id, keep_word(words[0], notice->field), keep_word(words[1], notice->class)};
    return true;
}

bool engine_notify(struct engine *engine, int64_t period_ms, int64_t now_ms, struct fault *fault)
{
    struct telling telling = {.engine = engine};

    if (now_ms < engine->notify_ms)
        return true;
    engine->notify_ms = now_ms + period_ms;
    if (!store_each_untold(engine->store, hear_untold, &telling, fault))
        return false;
    tell(&telling);
    return engine_carry_out(engine, now_ms, fault);
}
