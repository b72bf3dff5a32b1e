#include "tests/protocol/naive_set.c"
#include "tests/protocol/set_world.c"

/* Whatever is offered, in whatever order and however much at once, whatever the charter does
 * meanwhile, and wherever the node starts again, the set is what naive f says. The worlds are a
 * few, drawn at random; the input's bytes say what happens in one of them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WORLDS 64

static struct world *worlds[WORLDS];

/* As it was when it was new. */
static struct world *begin(size_t seed)
{
    struct world *world = memory_new(1, sizeof *world);

    if (keys[0] == NULL)
        world_start();
    if (worlds[seed] == NULL)
        worlds[seed] = world_new(seed + 1);
    *world = *worlds[seed];
    world->set = world_set(world);
    return world;
}

static void offer(struct world *world, size_t i)
{
    enum offer offer = set_offer(world->set, world->records[i], world->now_ms);
    bool due = record_header(world->records[i])->time_ms - GRACE_MS <= world->now_ms;

    assert((offer == OFFER_KNOWN) == world->offered[i]);
    world->given[i] = world->given[i] || offer == OFFER_NEVER || (offer == OFFER_TAKEN && due);
    world->offered[i] = world->offered[i] || offer == OFFER_TAKEN;
}

static void take_changes(struct world *world, struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        size_t index = world_find(world, &changes->list[i].id);
        if (changes->list[i].kind == CHANGE_TEXT)
            world->told_text[index] = changes->list[i].text;
        else
            world->told[index] = changes->list[i].kind == CHANGE_IN;
    }
    changes_release(changes);
}

static void tick(struct world *world, uint8_t by, struct changes *changes)
{
    world->now_ms += by;
    set_tick(world->set, world->now_ms, changes);
    for (size_t i = 0; i < WORLD_RECORDS; i++)
        if (world->offered[i] &&
            record_header(world->records[i])->time_ms - GRACE_MS <= world->now_ms)
            world->given[i] = true;
}

/* As the store has them, which knows little of most. */
static void restart(struct world *world, struct changes *changes)
{
    struct set *set = world_set(world);

    for (size_t i = 0; i < WORLD_RECORDS; i++) {
        const struct author *author = world_author(world, i);
        const struct public_key *signer = set_signer(world->set, record_id(world->records[i]));
        struct skeleton skeleton = {.id = *record_id(world->records[i]),
                                    .named = author->form == AUTHOR_NAMED,
                                    .feed = author->feed,
                                    .seq = author->seq,
                                    .prev = author->prev,
                                    .in = world->told[i],
                                    .text = world->told_text[i],
                                    .has_signer = signer != NULL && i % 3 != 0};
        if (skeleton.has_signer)
            skeleton.signer = *signer;
        if (!skeleton.in || !skeleton.named || record_erases(world->records[i]))
            skeleton.record = world->records[i];
        if (world->offered[i])
            set_restore(set, &skeleton);
    }
    set_free(world->set);
    world->set = set;
    set_settle(set, world->now_ms, changes);
}

static void check(struct world *world)
{
    bool in[WORLD_RECORDS];
    enum text_standing texts[WORLD_RECORDS];

    world_naive_set(world, world->given, in, texts);
    for (size_t i = 0; i < WORLD_RECORDS; i++) {
        const struct digest *id = record_id(world->records[i]);
        assert((set_standing(world->set, id) == STANDING_IN) == in[i]);
        assert(world->told[i] == in[i]);
        assert(!in[i] || set_text(world->set, id) == texts[i]);
        assert(set_text(world->set, id) == world->told_text[i]);
    }
}

static void happens(struct world *world, uint8_t what)
{
    struct changes changes = {0};

    if (what < 0xa0) {
        offer(world, what % WORLD_RECORDS);
        return;
    }
    set_decide(world->set, &changes);
    take_changes(world, &changes);
    if (what >= 0xb0 && what < 0xe0) {
        world->state = what;
        world_change_charter(world);
        set_charter_changed(world->set, &changes);
    } else if (what >= 0xe0 && what < 0xf0) {
        tick(world, (uint8_t)(8 * (what & 15)), &changes);
    } else if (what >= 0xf0) {
        restart(world, &changes);
    }
    take_changes(world, &changes);
    check(world);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 160)
        return 0;
    struct world *world = begin(data[0] % WORLDS);
    for (size_t i = 1; i < size; i++)
        happens(world, data[i]);
    happens(world, 0xa0);
    set_free(world->set);
    free(world);
    return 0;
}
