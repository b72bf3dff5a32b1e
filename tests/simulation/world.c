#include "tests/simulation/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Lots --- */

size_t below(struct world *world, size_t limit)
{
    return (size_t)(county_draw(world->county) % limit);
}

bool percent(struct world *world, unsigned chance)
{
    return below(world, 100) < chance;
}

/* --- Members --- */

bool is_up(const struct actor *actor)
{
    return actor->node->replica != NULL;
}

bool is_honest(const struct actor *actor)
{
    return actor->hostility == 0;
}

struct actor *any_actor(struct world *world)
{
    return &world->actors[below(world, world->count)];
}

struct actor *any_author(struct world *world)
{
    return &world->actors[below(world, world->authors)];
}

struct actor *any_up(struct world *world)
{
    struct actor *actor = any_actor(world);

    return is_up(actor) ? actor : NULL;
}

void actor_dials(struct actor *from, struct actor *to)
{
    if (from == to || !is_up(from) || !is_up(to) || to->outbound)
        return;
    county_cut_link(from->node, to->node);
    county_dial(from->node, to->node);
}

/* --- What they write --- */

struct record *actor_writes(struct world *world, struct actor *actor, const struct writing *writing)
{
    struct node *node = actor->node;
    struct tip head, tips[2];

    if (replica_may_sign(node->replica, &node->feed, clock_of(node)) != SIGNING_GOOD)
        return NULL;
    HOLDS(world, set_feed_tips(replica_set(node->replica), &node->feed, NULL, tips, 2) < 2,
          "%s may go on from two histories", actor->name);
    bool goes_on = set_head(replica_set(node->replica), &node->feed, &head);
    node->last = goes_on ? county_find(world->county, &head.id) : NULL;
    struct record *record = node_writes_as(node, writing);
    node_offers(node, record);
    world->events[RECORDS]++;
    return record;
}

struct record *any_record(struct world *world)
{
    struct county *county = world->county;

    return county->record_count == 0 ? NULL : county->records[below(world, county->record_count)];
}

struct record *some_kept(struct world *world, const struct actor *at)
{
    const struct node *node = at->node;

    if (node->kept_count == 0)
        return NULL;
    return county_find(world->county, record_id(node->kept[below(world, node->kept_count)].record));
}

struct record *some_record_of(struct world *world, const struct actor *at,
                              const struct actor *author)
{
    for (unsigned tries = 0; tries < 20; tries++) {
        struct record *record = some_kept(world, at);
        if (record == NULL)
            continue;
        const struct author *by = &record_header(record)->author;
        if (by->form == AUTHOR_NAMED && feed_equal(&by->feed, &author->node->feed) &&
            node_standing(at->node, record) == STANDING_IN)
            return record;
    }
    return NULL;
}

const struct public_key *key_of_record(const struct world *world, const struct record *record)
{
    const struct author *by = &record_header(record)->author;

    for (size_t i = 0; i < world->authors && by->form == AUTHOR_NAMED; i++) {
        const struct card *card = world->actors[i].node->card;
        if (digest_equal(&card->authority, &by->feed.authority) &&
            by->feed.number <= card->feed_count)
            return &card->feeds[by->feed.number - 1].key;
    }
    return NULL;
}

/* --- Charters --- */

void cut_feeds(struct world *world, const struct actor *at, const struct actor *author,
               struct amendment *amendment)
{
    const struct charter *charter = replica_charter(at->node->replica);
    const struct card *card = charter_member(charter, &author->node->feed.authority)->card;

    for (size_t i = 0; i < card->feed_count; i++) {
        struct feed feed = {card->authority, card->feeds[i].number};
        struct tip head;
        if (card->feeds[i].cut)
            continue;
        struct cut cut = {0};
        struct record *record = some_record_of(world, at, author);
        if (record != NULL && percent(world, 50) &&
            feed_equal(&record_header(record)->author.feed, &feed))
            cut = (struct cut){record_header(record)->author.seq, *record_id(record)};
        else if (set_head(replica_set(at->node->replica), &feed, &head))
            cut = (struct cut){head.seq, head.id};
        amendment->cuts[amendment->cut_count].feed = feed.number;
        amendment->cuts[amendment->cut_count++].cut = cut;
    }
}

bool world_amend(struct world *world, struct actor *proposer, const struct amendment *amendment,
                 struct buffer *bundle)
{
    const struct charter *charter = replica_charter(proposer->node->replica);
    struct head head;
    struct fault fault;

    buffer_clear(bundle);
    if (world->heads >= HEADS_AT_MOST || !charter_in_force(charter) ||
        !charter_propose(charter, amendment, 1, 0, county_now(world->county), bundle, &fault))
        return false;
    for (size_t i = 0; i < STEWARDS; i++)
        charter_sign(bundle, world->actors[i].node->steward_key, NULL, 0, &head, &fault);
    world->heads++;
    return true;
}

/* --- A world --- */

static void name_actors(struct world *world)
{
    static const char *const towns[] = {"leeds", "york",  "hull",  "derby", "bath",  "ripon",
                                        "ely",   "truro", "wells", "perth", "stoke", "dover"};

    for (size_t i = 0; i < world->count; i++)
        snprintf(world->actors[i].name, sizeof world->actors[i].name, "%s%.0d", towns[i % 12],
                 (int)(i / 12));
}

static void make_actor(struct world *world, size_t at)
{
    struct actor *actor = &world->actors[at];

    bool may_sign = at < STEWARDS || (at >= world->founders && at < world->authors);

    actor->node = county_node(world->county, actor->name, may_sign);
    actor->node->owner = actor;
    actor->node->credit_bytes = percent(world, 40) ? 2000 : CREDIT_BYTES;
    actor->outbound = at >= 2 && percent(world, 20);
    actor->chooses = percent(world, 20);
    actor->interest[0] = "parks";
    if (at < RINGS_AT_MOST)
        node_joins_rings(actor->node);
}

/* One steward of three, at most, so that nothing is signed by the hostile alone. */
static void make_hostile(struct world *world)
{
    size_t most = world->count / 4 + 1;

    for (size_t left = percent(world, 45) ? 1 + below(world, most) : 0; left > 0; left--) {
        struct actor *actor = &world->actors[2 + below(world, world->count - 2)];
        if (!is_honest(actor))
            continue;
        actor->hostility = (unsigned)(county_draw(world->county) & county_draw(world->county)) &
                           ((1U << HOSTILITIES) - 1);
        actor->hostility |= 1U << below(world, HOSTILITIES);
        actor->two_tongued = true;
        world->events[HOSTILE_NODES]++;
    }
}

static void begin_replica(void *context, struct node *node)
{
    struct world *world = context;
    const struct actor *actor = node->owner;

    set_limit(replica_set(node->replica), world->run_max, world->aside_max, ASIDE_BYTES_MAX);
    if (actor->chooses)
        replica_set_interest(node->replica, actor->interest, 1, &node->effects);
}

static void note_chatter(struct world *world, struct bytes frame, const struct node *from)
{
    struct message message;
    struct fault fault;

    if (message_read(&message, frame, &fault) && message.kind != MESSAGE_HELLO &&
        message.kind != MESSAGE_INTEREST) {
        world->chatter++;
        if (world->loud)
            printf("%s still says %s\n", from->name, message_names[message.kind]);
    }
    message_release(&message);
}

/* What was found in a text its author hears, or who took its place, and nobody else. */
static void check_notices(const struct world *world, struct bytes frame, const struct node *from,
                          const struct node *to)
{
    struct message message;
    struct fault fault;
    bool is_notice = message_read(&message, frame, &fault) && message.kind == MESSAGE_NOTICE;

    for (size_t i = 0; is_notice && i < message.count; i++) {
        const struct record *record = county_find(world->county, &message.notices[i].id);
        const struct digest *author = &record_header(record)->author.feed.authority;
        HOLDS(world,
              digest_equal(author, &to->feed.authority) ||
                  charter_succeeds(replica_charter(from->replica), &to->feed.authority, author),
              "%s is told of another's text", to->name);
    }
    message_release(&message);
}

static bool see_frame(void *context, struct node *from, struct node *to, bool live,
                      struct bytes frame)
{
    struct world *world = context;
    struct actor *sender = from->owner, *receiver = to->owner;

    world->frames[!is_honest(sender)]++;
    if (!is_honest(sender))
        return hostile_sends(world, sender, receiver, live, frame);
    if (!live)
        check_notices(world, frame, from, to);
    if (world->at_peace && is_honest(receiver))
        note_chatter(world, frame, from);
    return true;
}

static void set_weather(struct world *world)
{
    bool calm = percent(world, 20);

    *county_weather(world->county) =
        (struct weather){.lose_live = calm ? 0 : (unsigned)below(world, 60),
                         .lose_truth = calm ? 0 : (unsigned)below(world, 20),
                         .delay_ms = (int64_t)below(world, calm ? 100 : 3000),
                         .reorder_truth = !calm && percent(world, 40)};
}

static void found(struct world *world)
{
    struct node *founders[AUTHORS_MAX];

    for (size_t i = 0; i < world->founders; i++)
        founders[i] = world->actors[i].node;
    county_found(world->county, founders, world->founders);
    for (size_t i = world->founders; i < world->count; i++)
        node_start(world->actors[i].node);
}

struct world *world_new(uint64_t seed, size_t least, size_t most, bool loud, uint64_t *events)
{
    struct world *world = memory_new(1, sizeof *world);
    struct county_hooks hooks = {.context = world, .begins = begin_replica, .sent = see_frame};

    *world =
        (struct world){.seed = seed, .county = county_new(seed), .loud = loud, .events = events};
    if (!loud)
        county_be_quiet(world->county);
    world->count = least + below(world, most - least + 1);
    world->authors = world->count < AUTHORS_MAX ? world->count : AUTHORS_MAX;
    world->founders =
        world->authors -
        (world->authors > STEWARDS ? below(world, (world->authors - STEWARDS) / 2 + 1) : 0);
    world->run_max = percent(world, 40) ? 2 + (unsigned)below(world, 5) : RUN_MAX;
    world->tight = percent(world, 15);
    world->aside_max = world->tight ? 4 + below(world, 30) : ASIDE_MAX;
    world->actors = memory_new(world->count, sizeof *world->actors);
    memo_hooks(&hooks);
    county_hook(world->county, &hooks);
    name_actors(world);
    for (size_t i = 0; i < world->count; i++)
        make_actor(world, i);
    make_hostile(world);
    found(world);
    set_weather(world);
    return world;
}

void world_free(struct world *world)
{
    for (size_t i = 0; i < world->junk.count; i++)
        record_free(world->junk.list[i]);
    free(world->junk.list);
    county_free(world->county);
    free(world->actors);
    free(world);
    memo_clear();
}
