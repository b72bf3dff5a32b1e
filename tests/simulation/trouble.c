#include "tests/simulation/world.h"

#include <stdio.h>
#include <string.h>

#define MINUTE_MS (60 * 1000)
#define YEAR_MS (INT64_C(400) * 24 * 60 * MINUTE_MS)
#define STRANGERS_TRIES 4

static void happened(struct world *world, enum event event)
{
    world->events[event]++;
}

static int64_t now_of(const struct actor *actor)
{
    return clock_of(actor->node);
}

/* --- Writing --- */

static const char *some_topic(struct world *world)
{
    static const char *const topics[] = {NULL, "parks", "roads/winter", "libraries parks/trees"};

    return topics[below(world, 4)];
}

/* Mostly short, now and then as long as a body may be. */
static const char *some_text(struct world *world)
{
    static char longest[BODY_MAX + 1];

    if (longest[0] == '\0')
        memset(longest, 'x', BODY_MAX);
    size_t size = below(world, 200) == 0 ? BODY_MAX
                  : percent(world, 10)   ? 2000
                                         : 1 + below(world, 60);
    return &longest[BODY_MAX - size];
}

/* Not every author may sign at the moment. */
static struct actor *some_writer(struct world *world)
{
    for (unsigned tries = 0; tries < 6; tries++) {
        struct actor *actor = any_author(world);
        const struct node *node = actor->node;
        if (is_up(actor) &&
            replica_may_sign(node->replica, &node->feed, clock_of(node)) == SIGNING_GOOD)
            return actor;
    }
    return NULL;
}

static void step_write(struct world *world)
{
    struct actor *actor = some_writer(world);
    struct writing writing = {.text = some_text(world), .topic = some_topic(world)};

    if (actor == NULL)
        return;
    writing.time_ms = now_of(actor);
    if (percent(world, 5)) {
        writing.time_ms += (int64_t)below(world, TIME_AHEAD_MS);
        actor->two_tongued = true; /* It does not wait for its own record's time. */
    } else if (percent(world, 5)) {
        writing.time_ms -= (int64_t)below(world, YEAR_MS);
    }
    if (percent(world, 8))
        writing.expiry_ms = writing.time_ms + 1 + (int64_t)below(world, 20 * MINUTE_MS);
    for (size_t left = 1 + below(world, 3); left > 0 && is_up(actor); left--)
        actor_writes(world, actor, &writing);
}

/* An author that is not on its node's charter yet goes on from what it wrote last. */
static void step_write_as_stranger(struct world *world)
{
    for (unsigned tries = 0; tries < STRANGERS_TRIES; tries++) {
        struct actor *actor = any_author(world);
        if (!is_up(actor) ||
            charter_feed(replica_charter(actor->node->replica), &actor->node->feed).listed)
            continue;
        node_offers(actor->node, node_writes(actor->node, "We are no actors yet."));
        actor->two_tongued = true; /* After a crash it does not know its own any more. */
        happened(world, RECORDS);
        return;
    }
}

static void erase(struct world *world, struct actor *by, const struct record *first,
                  const struct record *second)
{
    struct writing writing = {.text = "It said too much.", .erases = {first, second}};

    if (actor_writes(world, by, &writing) != NULL)
        happened(world, ERASURES);
}

static void step_erase_own(struct world *world)
{
    struct actor *actor = some_writer(world);

    if (actor == NULL)
        return;
    struct record *first = some_record_of(world, actor, actor);
    if (first != NULL)
        erase(world, actor, first, percent(world, 30) ? some_kept(world, actor) : NULL);
}

/* The one that a charter says succeeds this author; NULL: none. */
static struct actor *heir_of(struct world *world, const struct actor *at, const struct actor *of)
{
    const struct charter *charter = replica_charter(at->node->replica);

    for (size_t i = 0; i < world->authors; i++)
        if (charter_succeeds(charter, &world->actors[i].node->feed.authority,
                             &of->node->feed.authority))
            return &world->actors[i];
    return NULL;
}

static const struct record *some_record_by(const struct world *world, const struct actor *at,
                                           const struct actor *author)
{
    for (size_t i = 0; i < at->node->kept_count; i++) {
        const struct kept *kept = &at->node->kept[i];
        const struct author *by = &record_header(kept->record)->author;
        if (kept->in && by->form == AUTHOR_NAMED && kept->text == TEXT_STANDS &&
            digest_equal(&by->feed.authority, &author->node->feed.authority))
            return county_find(world->county, record_id(kept->record));
    }
    return NULL;
}

/* Who succeeds others takes their texts back. */
static void step_erase_as_heir(struct world *world)
{
    const struct actor *at = any_up(world);

    for (size_t i = 0; i < world->authors && at != NULL; i++) {
        struct actor *heir = heir_of(world, at, &world->actors[i]);
        const struct record *record = some_record_by(world, at, &world->actors[i]);
        if (heir == NULL || record == NULL || !is_up(heir))
            continue;
        erase(world, heir, record, NULL);
        return;
    }
}

/* With no right to it, as a rule. */
static void step_erase_another(struct world *world)
{
    struct actor *actor = some_writer(world);
    struct record *record = actor == NULL ? NULL : some_kept(world, actor);

    if (record != NULL)
        erase(world, actor, record, NULL);
}

static void step_erase_as_stewards(struct world *world)
{
    struct record *record = any_record(world);

    for (size_t i = 0; i < STEWARDS && record != NULL; i++)
        if (is_up(&world->actors[i]) && percent(world, 70))
            erase(world, &world->actors[i], record, NULL);
}

/* --- Not named --- */

static bool is_in_ring(const struct node *node, const struct ring_members *ring)
{
    const struct ring_public *own = ring_key_public(node->ring_key);

    for (size_t i = 0; i < ring->count; i++)
        if (memcmp(&ring->keys[i], own, sizeof *own) == 0)
            return true;
    return false;
}

/* A ring that the actor is in, as its charter has it. */
static bool draw_ring(struct world *world, const struct actor *actor, struct ring_members *ring)
{
    const struct charter *charter = replica_charter(actor->node->replica);

    if (!charter_in_force(charter))
        return false;
    const struct head *head = charter_head(charter, below(world, charter_heads(charter)));
    if (head->ring_count == 0)
        return false;
    ring->epoch = head->rings[0].epoch;
    return charter_ring(charter, &head->rings[0].digest, ring->epoch, &ring->keys, &ring->count) &&
           is_in_ring(actor->node, ring);
}

static void step_say_unnamed(struct world *world)
{
    struct actor *actor = any_author(world);
    struct writing writing = {.text = "Who said that?", .topic = some_topic(world)};
    struct ring_members ring;
    char slot[16];

    if (actor->node->ring_key == NULL || !is_up(actor) || !draw_ring(world, actor, &ring))
        return;
    writing.time_ms =
        COUNTY_MS + (int64_t)below(world, (size_t)(county_now(world->county) - COUNTY_MS + 1));
    writing.time_ms -= percent(world, 5) ? 1 : writing.time_ms % RELEASE_DEMO_MS;
    if (ring_epoch_of(writing.time_ms) != ring.epoch)
        return;
    snprintf(slot, sizeof slot, "lesson:%d", (int)below(world, 5));
    node_offers(actor->node,
                county_unnamed_in(world->county, &ring, actor->node->ring_key, &writing, slot));
    happened(world, UNNAMED);
}

/* Whoever wrote it says it at any node. */
static void step_say_as_owner(struct world *world)
{
    struct actor *actor = any_up(world);
    struct record *about = any_record(world);

    for (unsigned tries = 0; tries < 20 && about != NULL; tries++) {
        if (record_header(about)->author.form == AUTHOR_ANONYMOUS && actor != NULL) {
            struct writing writing = {.text = "Still so.", .time_ms = county_now(world->county)};
            node_offers(actor->node,
                        county_owner_says(world->county, about,
                                          percent(world, 30) ? 0 : 1 + (unsigned)below(world, 3),
                                          &writing));
            happened(world, OWNERS);
            return;
        }
        about = any_record(world);
    }
}

/* --- Two histories, and what nobody signed --- */

static struct actor *whoever_forks(struct world *world)
{
    struct actor *author = any_author(world);

    for (unsigned tries = 0; tries < 8 && is_honest(author); tries++)
        author = any_author(world);
    author->two_tongued = true;
    return author;
}

/* What this author wrote last, as it would be after the fork, is forgotten again. */
static struct record *write_beside(struct actor *author, const struct record *prev,
                                   const char *text)
{
    struct record *last = author->node->last;
    struct record *record = node_writes_after(author->node, prev, text);

    author->node->last = last;
    return record;
}

static void step_fork(struct world *world)
{
    struct actor *author = whoever_forks(world), *at = any_up(world);

    if (at == NULL)
        return;
    struct record *prev = percent(world, 30) ? NULL : some_record_of(world, at, author);
    for (size_t left = 1 + below(world, 3); left > 0 && is_up(at); left--) {
        prev = write_beside(author, prev, "Another history.");
        node_offers(at->node, prev);
    }
    happened(world, FORKS);
}

static void step_forge(struct world *world)
{
    struct actor *at = any_up(world);
    struct record *record = any_record(world);

    if (at == NULL || record == NULL || record_header(record)->author.form == AUTHOR_ANONYMOUS)
        return;
    node_offers(at->node, county_forges(world->county, record));
    happened(world, FORGED);
}

static void step_prove_twice(struct world *world)
{
    struct actor *at = any_up(world);
    struct record *record = at == NULL ? NULL : some_kept(world, at);
    const struct public_key *key = record == NULL ? NULL : key_of_record(world, record);

    if (key == NULL)
        return;
    for (size_t i = 0; i < world->authors; i++)
        if (digest_equal(&world->actors[i].node->feed.authority,
                         &record_header(record)->author.feed.authority))
            world->actors[i].two_tongued = true;
    struct record *second = county_forges(world->county, record);
    memo_holds(second, key);
    node_offers(at->node, second);
    happened(world, SECOND_PROOFS);
}

/* Records without a proof, and perhaps one with a proof after them. Where there is little room for
 * what is undecided they may never enter. */
static void step_run_of_junk(struct world *world)
{
    struct actor *author = whoever_forks(world), *at = any_up(world);
    unsigned most = world->run_max == RUN_MAX ? 6 : world->run_max + 2;

    if (at == NULL || world->tight)
        return;
    struct record *prev = some_record_of(world, at, author);
    struct actor *others = percent(world, 25) ? any_up(world) : at;
    for (size_t left = 1 + below(world, most); left > 0 && is_up(at); left--) {
        prev = county_forges(world->county, write_beside(author, prev, "Who signed this?"));
        node_offers(at->node, prev);
    }
    if (percent(world, 75) && others != NULL && is_up(others))
        node_offers(others->node, write_beside(author, prev, "I did."));
    happened(world, JUNK_RUNS);
}

/* Who has somebody's key writes in its name: goes on, tells another history, takes texts back. */
static void step_steal(struct world *world)
{
    struct actor *victim = any_author(world), *at = any_up(world);

    if (at == NULL)
        return;
    struct record *prev = some_record_of(world, at, victim), *target = prev;
    if (prev == NULL)
        return;
    victim->two_tongued = true;
    for (size_t left = 1 + below(world, 3); left > 0 && is_up(at); left--) {
        struct record *last = victim->node->last;
        victim->node->last = prev;
        prev = node_writes_as(victim->node,
                              &(struct writing){.text = "Not by its owner.", .erases = {target}});
        victim->node->last = last;
        node_offers(at->node, prev);
    }
    happened(world, THEFTS);
}

/* Any record that some node has comes to another one from a file. */
static void step_carry(struct world *world)
{
    struct actor *from = any_up(world), *to = any_up(world);
    struct record *record = from == NULL ? NULL : some_kept(world, from);

    if (record == NULL || to == NULL)
        return;
    node_offers(to->node, record);
    happened(world, CARRIED);
}

/* --- Nodes --- */

/* Its check finds something in a text that it holds. */
static void step_notify(struct world *world)
{
    struct actor *actor = any_up(world);
    struct record *record = actor == NULL ? NULL : some_kept(world, actor);

    if (record == NULL || record_header(record)->author.form != AUTHOR_NAMED)
        return;
    node_notifies(actor->node, record, "phone");
    happened(world, NOTIFIED);
}

static void step_crash(struct world *world)
{
    struct actor *actor = any_actor(world);
    struct node *node = actor->node;

    if (!is_up(actor)) {
        node_start(node);
        return;
    }
    if (percent(world, 40)) {
        node->dies_after = 1 + (unsigned)below(world, 40);
        happened(world, CRASHES_MIDWAY);
        return;
    }
    store_commit(node, below(world, node->uncommitted.count + 1));
    node_crash(node);
    happened(world, CRASHES);
}

static void step_lose_disk(struct world *world)
{
    struct actor *actor = any_up(world);

    if (actor == NULL || percent(world, 60))
        return;
    actor->node->restored = true;
    actor->two_tongued = true;
    node_forgets(actor->node);
    happened(world, LOST_DISKS);
}

static void step_hang(struct world *world)
{
    struct actor *actor = any_up(world);

    if (actor == NULL)
        return;
    struct node *node = actor->node;
    if (!node->disk_hangs) {
        node->disk_hangs = true;
        happened(world, HANGING_DISKS);
    } else if (percent(world, 50)) {
        node_commits_some(node, below(world, node->uncommitted.count + 1));
    } else {
        node_commits(node);
    }
}

static void step_fall_silent(struct world *world)
{
    struct node *node = any_actor(world)->node;

    node->mute = !node->mute && percent(world, 60);
    if (node->mute)
        happened(world, MUTES);
}

static void step_slow_down(struct world *world)
{
    struct node *node = any_actor(world)->node;

    node->slow_ms = node->slow_ms > 0 ? 0 : (int64_t)below(world, 15000);
    if (node->slow_ms > 0)
        happened(world, SLOW_NODES);
}

static void step_set_clock(struct world *world)
{
    struct actor *actor = any_actor(world);
    struct node *node = actor->node;
    int64_t most_ms = percent(world, 50) ? MINUTE_MS : 20 * MINUTE_MS;

    node->clock_off_ms = (int64_t)below(world, (size_t)(2 * most_ms)) - most_ms;
    actor->clock_was_off = true;
    if (node->replica != NULL)
        node_turn(node);
    happened(world, CLOCKS_OFF);
}

/* --- Links --- */

static void step_dial(struct world *world)
{
    actor_dials(any_actor(world), any_actor(world));
}

static struct node *some_neighbour(struct world *world, const struct node *node)
{
    if (node->link_count == 0)
        return NULL;
    const struct link *link = &world->county->links[node->links[below(world, node->link_count)]];
    return link->ends[link->ends[0] == node];
}

static void step_cut_link(struct world *world)
{
    struct node *node = any_actor(world)->node, *other = some_neighbour(world, node);

    if (other == NULL)
        return;
    county_cut_link(node, other);
    happened(world, LINKS_CUT);
}

static void step_deafen(struct world *world)
{
    struct node *node = any_actor(world)->node, *other = some_neighbour(world, node);

    if (other == NULL)
        return;
    county_deafen(node, other);
    happened(world, LINKS_DEAF);
}

static void step_part(struct world *world)
{
    size_t middle = below(world, world->count);

    for (size_t i = 0; i < middle; i++)
        for (size_t k = world->actors[i].node->link_count; k-- > 0;) {
            const struct node *node = world->actors[i].node;
            const struct link *link = &world->county->links[node->links[k]];
            const struct actor *ends[2] = {link->ends[0]->owner, link->ends[1]->owner};
            if (ends[0] >= &world->actors[middle] || ends[1] >= &world->actors[middle])
                county_cut_link(link->ends[0], link->ends[1]);
        }
    happened(world, PARTITIONS);
}

static void step_pass(struct world *world)
{
    size_t most_ms = percent(world, 4) ? 30 * MINUTE_MS : 30000;

    if (world->count > 12 && most_ms > 2 * MINUTE_MS)
        most_ms = 2 * MINUTE_MS;
    county_pass(world->county, (int64_t)below(world, most_ms));
}

static void step_sync(struct world *world)
{
    struct actor *actor = any_up(world);

    if (actor != NULL)
        node_sync(actor->node);
}

/* --- Charters --- */

static void hear_charter(struct actor *actor, const struct buffer *bundle)
{
    if (is_up(actor))
        node_takes_charter(actor->node, buffer_view(bundle));
}

static const struct actor *some_founder(struct world *world)
{
    return world->founders == STEWARDS
               ? NULL
               : &world->actors[STEWARDS + below(world, world->founders - STEWARDS)];
}

static bool draw_admission(struct world *world, struct amendment *amendment, enum event *event)
{
    if (world->founders == world->authors)
        return false;
    size_t newcomer = world->founders + below(world, world->authors - world->founders);
    *event = ADMISSIONS;
    *amendment =
        (struct amendment){.what = AMEND_ADMIT, .card = world->actors[newcomer].node->card};
    return true;
}

static bool draw_removal(struct world *world, const struct actor *at, struct amendment *amendment,
                         enum event *event)
{
    const struct actor *leaver = some_founder(world);
    struct actor *heir = any_author(world);

    if (leaver == NULL)
        return false;
    *event = REMOVALS;
    *amendment =
        (struct amendment){.what = AMEND_REMOVE, .authority = leaver->node->feed.authority};
    if (percent(world, 50) && heir != leaver) {
        *event = MERGERS;
        amendment->what = AMEND_DISSOLVE;
        amendment->succeeded_by = heir->node->feed.authority;
        const struct record *record = some_record_by(world, at, leaver);
        if (record != NULL && is_up(heir) && percent(world, 50))
            erase(world, heir, record, NULL); /* As yet without the right to. */
        if (!is_up(at))
            return false;
    }
    cut_feeds(world, at, leaver, amendment);
    return true;
}

static bool draw_steward(struct world *world, struct amendment *amendment, enum event *event)
{
    if (world->founders == world->authors || world->events == NULL)
        return false;
    size_t newcomer = world->founders + below(world, world->authors - world->founders);
    if (newcomer >= world->founders + 2)
        return false; /* The first three must go on to be more than half. */
    *event = STEWARDS_MADE;
    *amendment = (struct amendment){.what = AMEND_STEWARD,
                                    .authority = world->actors[newcomer].node->feed.authority};
    return true;
}

static bool draw_amendment(struct world *world, const struct actor *at, struct amendment *amendment,
                           enum event *event)
{
    if (percent(world, 50))
        return draw_admission(world, amendment, event);
    if (percent(world, 80))
        return draw_removal(world, at, amendment, event);
    return draw_steward(world, amendment, event);
}

static void step_amend(struct world *world)
{
    struct actor *at = any_up(world), *other = any_actor(world);
    struct amendment amendment;
    struct buffer bundle = {0}, rival = {0};
    enum event event;

    if (at == NULL || !charter_in_force(replica_charter(at->node->replica)) ||
        !draw_amendment(world, at, &amendment, &event) ||
        !world_amend(world, at, &amendment, &bundle)) {
        buffer_release(&bundle);
        return;
    }
    happened(world, event);
    if (percent(world, 40) && draw_amendment(world, at, &amendment, &event) &&
        world_amend(world, at, &amendment, &rival)) {
        hear_charter(other, &rival);
        happened(world, event);
        happened(world, RIVALS);
    }
    hear_charter(at, &bundle);
    buffer_release(&bundle);
    buffer_release(&rival);
}

/* Its owner closes the feed and goes on in the next one. */
static void step_rotate(struct world *world)
{
    struct actor *actor = any_author(world);
    struct node *node = actor->node;
    struct buffer bundle = {0};
    struct tip head;

    if (!is_up(actor) || world->heads >= HEADS_AT_MOST || node->card->feed_count >= 4 ||
        replica_may_sign(node->replica, &node->feed, clock_of(node)) != SIGNING_GOOD ||
        charter_member(replica_charter(node->replica), &node->feed.authority)->card->feed_count !=
            node->card->feed_count)
        return;
    bool any = set_head(replica_set(node->replica), &node->feed, &head);
    county_pass(world->county, 1); /* A card is newer than the one before it. */
    if (!is_up(actor))
        return;
    node_turns_feed(node, any ? county_find(world->county, &head.id) : NULL);
    struct amendment amendment = {.what = AMEND_ROTATE, .card = node->card};
    if (world_amend(world, actor, &amendment, &bundle)) {
        hear_charter(actor, &bundle);
        happened(world, ROTATIONS);
    }
    buffer_release(&bundle);
}

static void step_halt(struct world *world)
{
    struct actor *author = any_author(world);
    unsigned races = percent(world, 30) ? 2 : 1;

    for (unsigned i = 0; i < races; i++) {
        struct actor *at = any_up(world);
        struct record *last = at == NULL ? NULL : some_record_of(world, at, author);
        struct buffer bundle = {0};
        if (last == NULL)
            return;
        county_halt(author->node, last, &bundle);
        hear_charter(at, &bundle);
        buffer_release(&bundle);
        happened(world, i == 0 ? HALTS : RACING_HALTS);
    }
}

/* Two branches are each halted at their ends: what is left is what they share, and still everybody
 * needs both.. */
static void step_halt_branches(struct world *world)
{
    struct actor *author = any_author(world), *at = any_up(world);
    struct record *root = at == NULL ? NULL : some_record_of(world, at, author);

    if (root == NULL)
        return;
    author->two_tongued = true;
    for (unsigned i = 0; i < 2 && is_up(at); i++) {
        struct record *last = root;
        struct buffer bundle = {0};
        for (size_t left = 1 + below(world, 3); left > 0 && is_up(at); left--) {
            last = write_beside(author, last, i == 0 ? "One branch." : "The other.");
            node_offers(at->node, last);
        }
        county_halt(author->node, last, &bundle);
        hear_charter(at, &bundle);
        buffer_release(&bundle);
        happened(world, i == 0 ? HALTS : RACING_HALTS);
    }
}

/* --- One after the other --- */

/* Records of which the last alone counts, for a halt names it, are put at several nodes: perhaps
 * nobody has them all. */
static void step_scatter(struct world *world)
{
    struct actor *author = whoever_forks(world), *at = any_up(world);
    struct record *last = at == NULL ? NULL : some_record_of(world, at, author);
    struct buffer bundle = {0};

    if (last == NULL)
        return;
    for (size_t left = 2 + below(world, 5); left > 0; left--) {
        struct actor *to = any_up(world);
        last = write_beside(author, last, "Here and there.");
        if (percent(world, 75))
            last = county_forges(world->county, last);
        if (to != NULL)
            node_offers(to->node, last);
    }
    county_halt(author->node, last, &bundle);
    if (is_up(at))
        hear_charter(at, &bundle);
    buffer_release(&bundle);
    happened(world, SCATTERED);
}

static const struct {
    const char *name;
    unsigned weight;
    void (*take)(struct world *world);
} steps[] = {
    {"write", 240, step_write},
    {"write as a stranger", 10, step_write_as_stranger},
    {"erase own", 25, step_erase_own},
    {"erase another's", 12, step_erase_another},
    {"erase as heir", 16, step_erase_as_heir},
    {"erase as stewards", 6, step_erase_as_stewards},
    {"say unnamed", 50, step_say_unnamed},
    {"say as owner", 15, step_say_as_owner},
    {"fork", 20, step_fork},
    {"forge", 20, step_forge},
    {"prove twice", 12, step_prove_twice},
    {"run of junk", 14, step_run_of_junk},
    {"steal", 10, step_steal},
    {"carry", 40, step_carry},
    {"notify", 40, step_notify},
    {"crash", 50, step_crash},
    {"lose disk", 5, step_lose_disk},
    {"hang", 50, step_hang},
    {"fall silent", 12, step_fall_silent},
    {"slow down", 12, step_slow_down},
    {"set clock", 12, step_set_clock},
    {"dial", 120, step_dial},
    {"cut link", 40, step_cut_link},
    {"deafen", 12, step_deafen},
    {"part", 5, step_part},
    {"pass", 180, step_pass},
    {"sync", 8, step_sync},
    {"amend", 35, step_amend},
    {"rotate", 8, step_rotate},
    {"halt", 12, step_halt},
    {"halt branches", 6, step_halt_branches},
    {"scatter", 4, step_scatter},
};
#define STEPS (sizeof steps / sizeof *steps)

static void tell(struct world *world, const char *what)
{
    if (!world->loud)
        return;
    printf("--- %lld ms: %s\n", (long long)(county_now(world->county) - COUNTY_MS), what);
}

static void flush_notes(struct world *world)
{
    if (world->loud)
        fputs(county_notes(world->county), stdout);
}

static void take_step(struct world *world)
{
    unsigned total = 0;
    size_t at = 0;

    for (size_t i = 0; i < STEPS; i++)
        total += steps[i].weight;
    size_t lot = below(world, total);
    while (lot >= steps[at].weight)
        lot -= steps[at++].weight;
    tell(world, steps[at].name);
    steps[at].take(world);
    flush_notes(world);
}

void trouble(struct world *world)
{
    size_t count = 70 + below(world, 80) + (world->count < 100 ? world->count : 100);

    for (size_t i = 0; i < world->count; i++) /* As they found each other at the start. */
        if (percent(world, 60))
            actor_dials(&world->actors[i], any_actor(world));
    flush_notes(world);
    for (size_t i = 0; i < count; i++) {
        struct actor *actor = any_up(world);
        take_step(world);
        if (i % 8 == 0 && actor != NULL && is_up(actor))
            check_heard(world, actor);
    }
    struct actor *a = any_up(world), *b = any_up(world);
    if (a != NULL && b != NULL)
        check_union(world, a, b);
}

/* --- The end of it --- */

/* Now and then somebody honest stays away. */
static bool stays_away(struct world *world)
{
    return world->count > 4 && percent(world, 4);
}

static void mend(struct actor *actor)
{
    struct node *node = actor->node;

    node->mute = false;
    node->slow_ms = 0;
    node->clock_off_ms = 0;
    node->dies_after = 0;
    if (!is_up(actor))
        node_start(node);
    node_commits(node);
}

/* Each honest one has a path to all others over the honest. Who dials nobody is dialled. */
static void link_up(struct world *world, struct actor *actor)
{
    struct actor *to = actor;

    for (unsigned tries = 0; tries < 1000; tries++) {
        to = &world->actors[below(world, (size_t)(actor - world->actors))];
        if (is_honest(to) && is_up(to) && !to->outbound)
            break;
    }
    actor_dials(actor, to);
}

void clear_up(struct world *world)
{
    tell(world, "the troubles are over");
    *county_weather(world->county) = (struct weather){.delay_ms = 50};
    for (size_t i = 0; i < world->count; i++) {
        struct actor *actor = &world->actors[i];
        if (i > 0 && is_honest(actor) && stays_away(world)) {
            if (is_up(actor))
                node_crash(actor->node);
            happened(world, UNREACHABLE);
        } else {
            mend(actor);
        }
    }
    for (size_t i = 1; i < world->count; i++)
        link_up(world, &world->actors[i]);
    flush_notes(world);
}
