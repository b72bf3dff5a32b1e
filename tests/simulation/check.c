#include "protocol/replica_inside.h"
#include "tests/protocol/naive_set.h"
#include "tests/simulation/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERIODS_MAX 60  /* By then all agree, */
#define PERIODS_QUIET 3 /* and so long nothing more is said. */

void fails(const struct world *world, const char *format, ...)
{
    va_list arguments;

    printf("seed %llu: ", (unsigned long long)world->seed);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    fflush(stdout);
    abort();
}

/* --- What somebody has heard --- */

struct heard {
    const struct charter *charter;
    struct record **records;
    bool *in;
    enum text_standing *texts;
    size_t count, capacity;
    struct places places;
    unsigned run_max;
};

static void heard_add(struct heard *heard, struct record *record)
{
    if (places_find(&heard->places, record_id(record)) != NO_PLACE)
        return;
    if (heard->count == heard->capacity) {
        heard->capacity = 2 * heard->capacity + 64;
        heard->records = memory_grow(heard->records, heard->capacity, sizeof(*heard->records));
    }
    places_put(&heard->places, record_id(record), heard->count);
    heard->records[heard->count++] = record;
}

static void heard_release(struct heard *heard)
{
    free(heard->records);
    free(heard->in);
    free(heard->texts);
    places_release(&heard->places);
}

static struct feed_rules rules_of(void *context, const struct feed *feed)
{
    return charter_feed(((const struct heard *)context)->charter, feed);
}

static enum ring_answer ring_holds(void *context, const struct record *record)
{
    return memo_ring_holds(((const struct heard *)context)->charter, record);
}

static bool succeeds(void *context, const struct digest *heir, const struct digest *authority)
{
    return charter_succeeds(((const struct heard *)context)->charter, heir, authority);
}

static bool stewards_agree(void *context, const struct digest *authorities, size_t count)
{
    return charter_stewards_agree(((const struct heard *)context)->charter, authorities, count);
}

static struct record *fetch(void *context, const struct digest *id)
{
    const struct heard *heard = context;

    return record_hold(heard->records[places_find(&heard->places, id)]);
}

static struct set_rules rules_by(struct heard *heard)
{
    return (struct set_rules){.context = heard,
                              .of = rules_of,
                              .ring_holds = ring_holds,
                              .succeeds = succeeds,
                              .stewards_agree = stewards_agree,
                              .proven_by = memo_proven_by,
                              .fetch = fetch};
}

static struct naive_world naive_of(struct heard *heard)
{
    return (struct naive_world){.records = heard->records,
                                .count = heard->count,
                                .places = &heard->places,
                                .rules = rules_by(heard),
                                .run_max = heard->run_max};
}

/* What naive f makes of it. */
static void decide(struct heard *heard)
{
    struct naive_world naive = naive_of(heard);

    heard->in = memory_new(heard->count + 1, sizeof *heard->in);
    heard->texts = memory_new(heard->count + 1, sizeof *heard->texts);
    naive_set(&naive, heard->in);
    naive_texts(&naive, heard->in, heard->texts);
}

/* All that f was given at this node, stored or not. */
static void hear_all(struct heard *heard, const struct actor *actor)
{
    const struct node *node = actor->node;

    for (size_t i = 0; i < node->kept_count; i++)
        if (node_standing(node, node->kept[i].record) != STANDING_WAITING)
            heard_add(heard, node->kept[i].record);
    for (size_t i = 0; i < node->uncommitted.count; i++) {
        const struct effect *effect = &node->uncommitted.list[i];
        if (effect->kind == EFFECT_STORE && node_standing(node, effect->record) != STANDING_WAITING)
            heard_add(heard, effect->record);
    }
}

/* --- One node --- */

static bool has_expired(const struct record *record, int64_t now_ms)
{
    int64_t expiry_ms = record_header(record)->expiry_ms;

    return expiry_ms != 0 && expiry_ms <= now_ms;
}

static void check_kept(const struct world *world, const struct actor *actor,
                       const struct kept *kept, bool in, enum text_standing text)
{
    const struct node *node = actor->node;
    const char *name = county_name_of(world->county, record_id(kept->record));

    HOLDS(world, kept->in == in, "%s has stored %s as %s", actor->name, name,
          in ? "not in its set" : "in its set");
    HOLDS(world, !in || kept->text == text, "%s has stored the text of %s as %d, not %d",
          actor->name, name, (int)kept->text, (int)text);
    HOLDS(world, in || !record_has_body(kept->record), "%s has kept the text of %s aside",
          actor->name, name);
    HOLDS(world, text != TEXT_ERASED || !record_has_body(kept->record),
          "%s still has the erased text of %s", actor->name, name);
    HOLDS(world,
          !record_has_body(kept->record) || !has_expired(kept->record, clock_of(node) - 1000),
          "%s still has the expired text of %s", actor->name, name);
}

/* What a peer can make a node remember. */
static void check_memory(const struct world *world, const struct actor *actor)
{
    const struct replica *replica = actor->node->replica;
    size_t junk = 0;

    HOLDS(world, replica->want_count <= WANTS_MAX * (replica->peer_count + 1),
          "%s has %zu wants open", actor->name, replica->want_count);
    HOLDS(world, replica->body_count <= actor->node->kept_count + actor->node->uncommitted.count,
          "%s wants more bodies than it has records", actor->name);
    for (size_t i = 0; i < world->junk.count; i++)
        junk += node_standing(actor->node, world->junk.list[i]) == STANDING_ASIDE;
    HOLDS(world, junk <= world->aside_max, "%s keeps %zu records of a flood", actor->name, junk);
    for (size_t i = 0; i < replica->peer_count; i++)
        HOLDS(world,
              replica->peers[i]->answer_count <= WANTS_MAX && replica->peers[i]->wants <= WANTS_MAX,
              "%s owes a peer too much", actor->name);
}

void check_heard(struct world *world, const struct actor *actor)
{
    const struct node *node = actor->node;
    struct heard heard = {.charter = replica_charter(node->replica), .run_max = world->run_max};

    hear_all(&heard, actor);
    decide(&heard);
    for (size_t i = 0; i < heard.count; i++) {
        const struct record *record = heard.records[i];
        const char *name = county_name_of(world->county, record_id(record));
        const struct kept *kept = node_kept(node, record);
        bool in = node_standing(node, record) == STANDING_IN;
        enum text_standing text = set_text(replica_set(node->replica), record_id(record));
        HOLDS(world,
              actor->clock_was_off || record_header(record)->time_ms <= clock_of(node) + GRACE_MS,
              "%s has not waited for the time of %s", actor->name, name);
        HOLDS(world, in == heard.in[i], "%s has %s %s its set", actor->name, name,
              in ? "wrongly in" : "not in");
        HOLDS(world, !in || text == heard.texts[i], "%s has the text of %s as %d, not %d",
              actor->name, name, (int)text, (int)heard.texts[i]);
        if (node->uncommitted.count == 0 && kept != NULL)
            check_kept(world, actor, kept, heard.in[i], heard.texts[i]);
    }
    check_memory(world, actor);
    heard_release(&heard);
    world->events[CHECKS]++;
}

/* --- Two nodes --- */

static bool is_in(const struct heard *heard, const struct digest *id)
{
    size_t at = places_find(&heard->places, id);

    return at != NO_PLACE && heard->in[at];
}

static enum text_standing text_of(const struct heard *heard, const struct digest *id)
{
    size_t at = places_find(&heard->places, id);

    return at == NO_PLACE ? TEXT_STANDS : heard->texts[at];
}

/* What has lost its slot or never had a right to it may be forgotten. */
static bool may_forget(struct heard *heard, size_t i)
{
    const struct record *record = heard->records[i];
    const struct author *author = &record_header(record)->author;

    if (author->form == AUTHOR_NAMED || heard->in[i])
        return false;
    if (author->form == AUTHOR_ANONYMOUS)
        return ring_holds(heard, record) != RING_UNKNOWN;
    size_t subject = places_find(&heard->places, &author->record);
    return subject != NO_PLACE &&
           (heard->in[subject] ||
            record_header(heard->records[subject])->author.form != AUTHOR_ANONYMOUS ||
            may_forget(heard, subject));
}

static void hear_kept(struct heard *heard, struct heard *from)
{
    for (size_t i = 0; i < from->count; i++)
        if (!may_forget(from, i))
            heard_add(heard, from->records[i]);
}

static void hear_other(struct heard *heard, const struct heard *other)
{
    for (size_t i = 0; i < other->count; i++)
        heard_add(heard, other->records[i]);
}

/* The set that is kept incrementally comes to the same, in whichever order it hears. */
static void check_order(struct world *world, struct heard *heard)
{
    struct set *set = set_new(rules_by(heard));
    struct changes changes = {0};
    size_t *order = memory_new(heard->count + 1, sizeof *order);

    set_limit(set, world->run_max, SIZE_MAX, SIZE_MAX);
    for (size_t i = 0; i < heard->count; i++) {
        size_t at = below(world, i + 1);
        order[i] = order[at];
        order[at] = i;
    }
    for (size_t i = 0; i < heard->count; i++) {
        set_offer(set, heard->records[order[i]], TIME_MAX);
        if (percent(world, 20))
            set_decide(set, &changes);
    }
    set_decide(set, &changes);
    for (size_t i = 0; i < heard->count; i++) {
        const struct digest *id = record_id(heard->records[i]);
        bool in = set_standing(set, id) == STANDING_IN;
        HOLDS(world, in == heard->in[i] && (!in || set_text(set, id) == heard->texts[i]),
              "a set that hears it in another order has %s otherwise",
              county_name_of(world->county, id));
    }
    changes_release(&changes);
    set_free(set);
    free(order);
}

static struct charter *united(const struct actor *a, const struct actor *b)
{
    struct charter *charter = charter_copy(replica_charter(a->node->replica));
    struct buffer bundle = {0};
    struct fault fault;
    bool changed;

    if (charter_in_force(replica_charter(b->node->replica))) {
        charter_write(replica_charter(b->node->replica), &bundle);
        charter_add(charter, buffer_view(&bundle), &changed, &fault);
    }
    buffer_release(&bundle);
    return charter;
}

void check_union(struct world *world, const struct actor *a, const struct actor *b)
{
    struct charter *charter = united(a, b);
    struct heard heard[4];
    struct heard *first = &heard[0], *second = &heard[1], *all = &heard[2], *kept = &heard[3];

    for (size_t i = 0; i < 4; i++)
        heard[i] = (struct heard){.charter = charter, .run_max = world->run_max};
    hear_all(first, a);
    hear_all(second, b);
    hear_other(all, first);
    hear_other(all, second);
    decide(first);
    decide(second);
    hear_kept(kept, first);
    hear_kept(kept, second);
    decide(all);
    decide(kept);
    for (size_t i = 0; i < all->count; i++) {
        const struct digest *id = record_id(all->records[i]);
        HOLDS(world, is_in(kept, id) == all->in[i] && text_of(kept, id) == all->texts[i],
              "f(f(A) and f(B)) is not f(A and B) for %s: A %s, B %s",
              county_name_of(world->county, id), a->name, b->name);
    }
    check_order(world, all);
    for (size_t i = 0; i < 4; i++)
        heard_release(&heard[i]);
    charter_free(charter);
}

/* --- The reachable honest --- */

/* Those that a actor reaches over links between honest nodes that carry both ways. */
struct parts {
    size_t *of; /* Each actor's; SIZE_MAX: it is down, or not honest. */
    size_t count;
};

static bool can_talk(const struct link *link)
{
    const struct actor *ends[2] = {link->ends[0]->owner, link->ends[1]->owner};

    return is_honest(ends[0]) && is_honest(ends[1]) && !link->deaf[0] && !link->deaf[1];
}

static void reach(struct world *world, struct parts *parts, size_t at)
{
    const struct node *node = world->actors[at].node;

    parts->of[at] = parts->count;
    for (size_t i = 0; i < node->link_count; i++) {
        const struct link *link = &world->county->links[node->links[i]];
        const struct actor *other = link->ends[link->ends[0] == node]->owner;
        size_t place = (size_t)(other - world->actors);
        if (can_talk(link) && parts->of[place] == SIZE_MAX)
            reach(world, parts, place);
    }
}

static struct parts parts_of(struct world *world)
{
    struct parts parts = {.of = memory_new(world->count, sizeof *parts.of)};

    for (size_t i = 0; i < world->count; i++)
        parts.of[i] = SIZE_MAX;
    for (size_t i = 0; i < world->count; i++)
        if (parts.of[i] == SIZE_MAX && is_up(&world->actors[i]) && is_honest(&world->actors[i])) {
            reach(world, &parts, i);
            parts.count++;
        }
    return parts;
}

static struct digest state_of(const struct node *node)
{
    struct digest charter = charter_digest(replica_charter(node->replica));

    return set_state_digest(replica_set(node->replica), &charter);
}

static struct actor *first_of(struct world *world, const struct parts *parts, size_t part)
{
    size_t at = 0;

    while (parts->of[at] != part)
        at++;
    return &world->actors[at];
}

/* --- Texts --- */

static bool wants_text(const struct actor *actor, const struct kept *kept)
{
    struct bytes topic = record_header(kept->record)->topic;

    return kept->in && kept->text == TEXT_STANDS &&
           !has_expired(kept->record, clock_of(actor->node)) &&
           (!actor->chooses || topic.size == 0 ||
            bytes_equal(topic, bytes_of_text(actor->interest[0])));
}

static bool neighbour_has_text(const struct world *world, const struct actor *actor,
                               const struct record *record)
{
    const struct node *node = actor->node;

    for (size_t i = 0; i < node->link_count; i++) {
        const struct link *link = &world->county->links[node->links[i]];
        const struct kept *kept = find_kept(link->ends[link->ends[0] == node], record_id(record));
        if (can_talk(link) && kept != NULL && kept->in && kept->text == TEXT_STANDS &&
            record_has_body(kept->record))
            return true;
    }
    return false;
}

/* The first text that somebody lacks and a neighbour has; NULL: none. (Who wants few texts hands
 * on few.) */
static const struct record *lacking_text(struct world *world, const struct parts *parts,
                                         const struct actor **who)
{
    for (size_t i = 0; i < world->count; i++) {
        const struct node *node = world->actors[i].node;
        *who = &world->actors[i];
        for (size_t k = 0; parts->of[i] != SIZE_MAX && k < node->kept_count; k++)
            if (!record_has_body(node->kept[k].record) && wants_text(*who, &node->kept[k]) &&
                neighbour_has_text(world, *who, node->kept[k].record))
                return node->kept[k].record;
    }
    return NULL;
}

/* --- Chains of cuts --- */

/* What the actor waits for of the chain that ends in what the cut names. False where it has all. */
static bool waits_for(const struct actor *actor, const struct feed *feed, const struct cut *cut,
                      struct tip *missing)
{
    const struct set *set = replica_set(actor->node->replica);

    *missing = (struct tip){*feed, cut->seq, cut->id};
    return cut->seq > 0 && (set_standing(set, &cut->id) == STANDING_UNKNOWN ||
                            set_missing(set, &cut->id, &missing->id, &missing->seq));
}

static bool has_at(const struct actor *actor, const struct tip *tip)
{
    const struct kept *kept = find_kept(actor->node, &tip->id);
    const struct author *author = kept == NULL ? NULL : &record_header(kept->record)->author;

    return author != NULL && author->form == AUTHOR_NAMED && author->seq == tip->seq &&
           feed_equal(&author->feed, &tip->feed);
}

static bool somebody_has(const struct world *world, const struct parts *parts, size_t part,
                         const struct tip *tip)
{
    for (size_t i = 0; i < world->count; i++)
        if (parts->of[i] == part && has_at(&world->actors[i], tip))
            return true;
    return false;
}

/* Does anybody wait for a record of such a chain, which somebody has, if that is asked? */
static bool waits_for_any(const struct world *world, const struct parts *parts, size_t at,
                          bool that_somebody_has)
{
    const struct actor *actor = &world->actors[at];
    const struct charter *charter = replica_charter(actor->node->replica);
    struct tip missing;

    for (size_t i = 0; i < charter_members(charter); i++) {
        const struct card *card = charter_member_at(charter, i)->card;
        for (size_t k = 0; k < card->feed_count; k++) {
            struct feed feed = {card->authority, card->feeds[k].number};
            struct feed_rules rules = charter_feed(charter, &feed);
            for (size_t n = 0; n < rules.cut_count; n++)
                if (waits_for(actor, &feed, &rules.cuts[n], &missing) &&
                    (!that_somebody_has || somebody_has(world, parts, parts->of[at], &missing)))
                    return true;
        }
    }
    return false;
}

static const struct actor *lacking_chain(const struct world *world, const struct parts *parts,
                                         bool that_somebody_has)
{
    for (size_t i = 0; i < world->count; i++)
        if (parts->of[i] != SIZE_MAX && waits_for_any(world, parts, i, that_somebody_has))
            return &world->actors[i];
    return NULL;
}

/* --- Agreement --- */

/* The first one that has another set than the first of its part; NULL: all agree. */
static const struct actor *odd_one_out(struct world *world, const struct parts *parts)
{
    for (size_t i = 0; i < world->count; i++) {
        if (parts->of[i] == SIZE_MAX)
            continue;
        struct digest state = state_of(world->actors[i].node);
        struct digest other = state_of(first_of(world, parts, parts->of[i])->node);
        if (!digest_equal(&state, &other))
            return &world->actors[i];
    }
    return NULL;
}

static void tell_lacking(const struct world *world, const struct actor *who,
                         const struct actor *other)
{
    for (size_t i = 0; i < other->node->kept_count; i++) {
        const struct kept *kept = &other->node->kept[i];
        if (kept->in && node_standing(who->node, kept->record) != STANDING_IN)
            fprintf(stderr, "%s has %s, %s has not\n", other->name,
                    county_name_of(world->county, record_id(kept->record)), who->name);
    }
}

static void come_to_rest(struct world *world, const struct parts *parts)
{
    const struct actor *who = NULL, *lacks = NULL, *waits = NULL;
    const struct record *record = NULL;

    for (unsigned i = 0; i < PERIODS_MAX; i++) {
        county_pass(world->county, PERIOD_MS);
        if (world->loud)
            fputs(county_notes(world->county), stdout);
        who = odd_one_out(world, parts);
        record = who == NULL ? lacking_text(world, parts, &lacks) : NULL;
        waits = who == NULL && record == NULL ? lacking_chain(world, parts, true) : NULL;
        if (who == NULL && record == NULL && waits == NULL)
            return;
    }
    if (who != NULL) {
        const struct actor *first = first_of(world, parts, parts->of[who - world->actors]);
        tell_lacking(world, who, first);
        tell_lacking(world, first, who);
        fails(world, "%s has another set than %s", who->name, first->name);
    }
    HOLDS(world, waits == NULL, "%s never got what is there of the chain of a cut", waits->name);
    fails(world, "%s never got the text of %s", lacks->name,
          county_name_of(world->county, record_id(record)));
}

/* --- All that the honest keep --- */

static bool is_proven(struct heard *heard, const struct record *record)
{
    const struct author *author = &record_header(record)->author;

    if (author->form != AUTHOR_NAMED)
        return true;
    struct feed_rules rules = charter_feed(heard->charter, &author->feed);
    for (size_t i = 0; i < rules.key_count; i++)
        if (memo_proven_by(NULL, record, &rules.keys[i]))
            return true;
    return false;
}

/* Does a cut name it, or what goes on from it, whether or not another cut puts it out? */
static bool is_on_chain_of_cut(struct heard *heard, size_t i)
{
    const struct author *author = &record_header(heard->records[i])->author;
    struct naive_world naive = naive_of(heard);

    if (author->form != AUTHOR_NAMED)
        return false;
    struct feed_rules rules = charter_feed(heard->charter, &author->feed);
    for (size_t k = 0; k < rules.cut_count; k++) {
        size_t named = places_find(&heard->places, &rules.cuts[k].id);
        if (named != NO_PLACE && naive_linked(&naive, named) && naive_leads_to(&naive, i, named))
            return true;
    }
    return false;
}

/* What this one has and hands on, and what is signed. What nobody signed and nobody has in its set
 * nobody sends, so that what somebody has signed after it enters nowhere. */
static void hear_shared(struct heard *heard, const struct actor *actor)
{
    struct heard own = {.charter = heard->charter, .run_max = heard->run_max};

    hear_all(&own, actor);
    for (size_t i = 0; i < own.count; i++)
        if (node_standing(actor->node, own.records[i]) == STANDING_IN ||
            is_proven(&own, own.records[i]) || is_on_chain_of_cut(&own, i))
            heard_add(heard, own.records[i]);
    heard_release(&own);
}

static void check_part(struct world *world, const struct parts *parts, size_t part)
{
    const struct actor *first = first_of(world, parts, part);
    struct heard heard = {.charter = replica_charter(first->node->replica),
                          .run_max = world->run_max};

    for (size_t i = 0; i < world->count; i++)
        if (parts->of[i] == part)
            hear_shared(&heard, &world->actors[i]);
    decide(&heard);
    for (size_t i = 0; i < heard.count; i++) {
        bool in = node_standing(first->node, heard.records[i]) == STANDING_IN;
        HOLDS(world, in == heard.in[i], "%s is %s the set that all reachable honest nodes share",
              county_name_of(world->county, record_id(heard.records[i])),
              in ? "wrongly in" : "missing in");
    }
    heard_release(&heard);
}

/* Whoever only ever wrote in good faith, whatever crashed, has told one history. */
static void check_histories(struct world *world, const struct actor *at)
{
    size_t count = set_forks(replica_set(at->node->replica), NULL, 0);
    struct digest(*pairs)[2] = memory_new(count + 1, sizeof *pairs);

    count = set_forks(replica_set(at->node->replica), pairs, count);
    for (size_t i = 0; i < count; i++) {
        const struct record *record = find_kept(at->node, &pairs[i][0])->record;
        for (size_t k = 0; k < world->authors; k++)
            HOLDS(world,
                  world->actors[k].two_tongued ||
                      !digest_equal(&world->actors[k].node->feed.authority,
                                    &record_header(record)->author.feed.authority),
                  "%s told two histories, and never did anything wrong", world->actors[k].name);
    }
    free(pairs);
}

/* As it will begin again. */
static struct digest stored_charter(const struct world *world, const struct actor *actor)
{
    struct charter *charter = charter_new(county_network(world->county));
    struct fault fault;
    bool changed;

    if (actor->node->charter.size > 0)
        charter_add(charter, buffer_view(&actor->node->charter), &changed, &fault);
    struct digest digest = charter_digest(charter);
    charter_free(charter);
    return digest;
}

static void check_charters(struct world *world, const struct parts *parts)
{
    for (size_t i = 0; i < world->count; i++) {
        struct actor *actor = &world->actors[i];
        if (parts->of[i] == SIZE_MAX)
            continue;
        struct charter *charter = united(first_of(world, parts, parts->of[i]), actor);
        struct digest all = charter_digest(charter), stored = stored_charter(world, actor);
        struct digest its = charter_digest(replica_charter(actor->node->replica));
        HOLDS(world, digest_equal(&all, &its), "%s has another charter", actor->name);
        HOLDS(world, digest_equal(&stored, &its), "%s has stored another charter", actor->name);
        charter_free(charter);
    }
}

/* Some are still asked for what nobody reachable has, texts or chains of cuts. */
static bool some_want_texts(struct world *world, const struct parts *parts)
{
    uint64_t wanted = 0;

    for (size_t i = 0; i < world->count; i++)
        if (parts->of[i] != SIZE_MAX)
            wanted += node_counts(world->actors[i].node).bodies_wanted;
    return wanted > 0;
}

/* Once all agree and the hostile hold still, nothing more is said but hellos. */
static void check_peace(struct world *world, const struct parts *parts)
{
    unsigned quiet = 0;

    world->at_peace = true;
    if (parts->count > 1 || some_want_texts(world, parts) ||
        lacking_chain(world, parts, false) != NULL)
        return;
    for (unsigned i = 0; i < PERIODS_MAX && quiet < PERIODS_QUIET; i++) {
        world->chatter = 0;
        county_pass(world->county, PERIOD_MS);
        quiet = world->chatter == 0 ? quiet + 1 : 0;
        if (world->loud)
            fputs(county_notes(world->county), stdout);
    }
    HOLDS(world, quiet == PERIODS_QUIET, "all agree, and still something is said");
}

/* Each record comes to each node a few times; what is wanted in vain is asked for again now and
 * then; and who is told nonsense says no more than the one who tells it. */
static void check_traffic(const struct world *world)
{
    uint64_t periods = (uint64_t)(county_now(world->county) - COUNTY_MS) / PERIOD_MS;
    uint64_t records = world->county->record_count + world->junk.count;
    uint64_t allowed = 1000 + world->count * (8 * records + 15 * periods) + 5 * world->frames[1];

    HOLDS(world, world->frames[0] <= allowed, "the honest have said %llu, and %llu are enough",
          (unsigned long long)world->frames[0], (unsigned long long)allowed);
}

void check_end(struct world *world)
{
    struct parts parts = parts_of(world);
    int64_t latest_ms = 0;

    for (size_t i = 0; i < world->county->record_count; i++) {
        int64_t time_ms = record_header(world->county->records[i])->time_ms;
        latest_ms = time_ms > latest_ms ? time_ms : latest_ms;
    }
    if (latest_ms - GRACE_MS > county_now(world->county))
        county_pass(world->county, latest_ms - GRACE_MS - county_now(world->county));
    come_to_rest(world, &parts);
    for (size_t i = 0; i < world->count; i++) {
        world->events[NOTICED] += world->actors[i].node->noticed;
        if (parts.of[i] != SIZE_MAX)
            check_heard(world, &world->actors[i]);
    }
    check_charters(world, &parts);
    for (size_t i = 0; i < parts.count; i++) {
        check_part(world, &parts, i);
        check_histories(world, first_of(world, &parts, i));
    }
    check_peace(world, &parts);
    check_traffic(world);
    free(parts.of);
}
