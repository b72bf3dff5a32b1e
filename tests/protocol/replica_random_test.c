#include "tests/protocol/county.h"
#include "tests/protocol/naive_set.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* Counties at random: nodes that crash, hang and start again, links that lose and reorder whatever
 * they carry, authors that fork, strangers, forgers, charters that admit and cut, rivals among
 * them. Then the weather clears, and after a few periods every node holds what naive f makes of all
 * that was ever stored anywhere, bodies included. A failure prints the seed; with CANDOUR_SEED it
 * is run alone, and CANDOUR_WORLDS asks for more of them. */

#define NODES 6 /* Three stewards, a hub, a member that is none, a newcomer. */
#define STEPS 90
#define RECORDS_MAX_HERE (2 * STEPS)

struct story {
    uint64_t seed;
    struct county *county;
    struct node *nodes[NODES];
    struct record *records[RECORDS_MAX_HERE]; /* All that were written. */
    size_t record_count;
};

TestSuite(replica_random, .timeout = 280);

#define HOLDS(story, condition)                                                                    \
    cr_assert((condition), "seed %llu", (unsigned long long)(story)->seed)

static size_t below(struct story *story, size_t limit)
{
    return (size_t)(county_draw(story->county) % limit);
}

static bool percent(struct story *story, unsigned chance)
{
    return below(story, 100) < chance;
}

static bool is_up(const struct node *node)
{
    return node->replica != NULL;
}

static struct node *any_node(struct story *story)
{
    return story->nodes[below(story, NODES)];
}

static void note(struct story *story, struct record *record)
{
    HOLDS(story, story->record_count < RECORDS_MAX_HERE);
    story->records[story->record_count++] = record;
}

/* --- Steps --- */

static void dial(struct story *story, struct node *from, struct node *to)
{
    (void)story;
    if (from == to || !is_up(from) || !is_up(to))
        return;
    county_cut_link(from, to);
    county_dial(from, to);
}

static void step_dial(struct story *story)
{
    dial(story, any_node(story), any_node(story));
}

static void step_cut_link(struct story *story)
{
    county_cut_link(any_node(story), any_node(story));
}

static void step_write(struct story *story)
{
    struct node *node = any_node(story);

    if (!is_up(node))
        return;
    int64_t ahead = percent(story, 10) ? 11 * 60 * 1000 : 0;
    struct record *record = node_writes_at(node, "A lesson.", county_now(story->county) + ahead);
    node_offers(node, record);
    note(story, record);
}

/* A second history, at another node: a restored backup, say. */
static void step_fork(struct story *story)
{
    struct node *author = any_node(story), *node = any_node(story);

    if (author->last == NULL || !is_up(node))
        return;
    struct record *last = author->last;
    struct record *fork = node_writes_after(author, NULL, "Another history.");
    author->last = last;
    node_offers(node, fork);
    note(story, fork);
}

static void step_forge(struct story *story)
{
    struct node *node = any_node(story);

    if (story->record_count == 0 || !is_up(node))
        return;
    struct record *record = story->records[below(story, story->record_count)];
    note(story, county_forges(story->county, record));
    node_offers(node, story->records[story->record_count - 1]);
}

/* Any record out of any order, as an import would bring it; perhaps without its body. */
static void step_carry(struct story *story)
{
    struct node *node = any_node(story);

    if (story->record_count > 0 && is_up(node))
        node_offers(node, story->records[below(story, story->record_count)]);
}

static void step_hang(struct story *story)
{
    struct node *node = any_node(story);

    if (!is_up(node))
        return;
    if (node->disk_hangs)
        node_commits(node);
    else
        node->disk_hangs = percent(story, 40);
}

/* An author that starts again goes on from what its store holds. */
static void start(struct story *story, struct node *node)
{
    struct tip head;

    node_start(node);
    node->last = NULL;
    if (!set_head(replica_set(node->replica), &node->feed, &head))
        return;
    for (size_t i = 0; i < story->record_count; i++)
        if (digest_equal(record_id(story->records[i]), &head.id))
            node->last = story->records[i];
}

static void step_crash(struct story *story)
{
    struct node *node = any_node(story);

    if (is_up(node))
        node_crash(node);
    else
        start(story, node);
}

static void step_pass(struct story *story)
{
    county_pass(story->county, (int64_t)below(story, 30000));
}

/* Nobody makes a cut at a record that he does not have with its chain. */
static struct record *some_record_of(struct story *story, const struct node *node,
                                     const struct node *author)
{
    for (unsigned tries = 0; tries < 20 && story->record_count > 0; tries++) {
        struct record *record = story->records[below(story, story->record_count)];
        if (feed_equal(&record_header(record)->author.feed, &author->feed) &&
            node_standing(node, record) == STANDING_IN)
            return record;
    }
    return NULL;
}

static void step_charter(struct story *story)
{
    struct node *proposer = any_node(story), *hub = story->nodes[3], *newcomer = story->nodes[5];
    struct buffer bundle = {0};

    if (!is_up(proposer) || !charter_in_force(replica_charter(proposer->replica)))
        return;
    const struct charter *charter = replica_charter(proposer->replica);
    if (charter_member(charter, &newcomer->feed.authority) == NULL)
        county_admit(proposer, newcomer, story->nodes[0], story->nodes[1], &bundle);
    else if (percent(story, 50) && charter_feed(charter, &hub->feed).cut_count == 0)
        county_remove(proposer, hub, some_record_of(story, proposer, hub), story->nodes[1],
                      story->nodes[2], &bundle);
    if (bundle.size > 0)
        node_takes_charter(proposer, buffer_view(&bundle));
    buffer_release(&bundle);
}

static void step_halt(struct story *story)
{
    struct node *node = any_node(story), *author = story->nodes[4];
    struct record *last = is_up(node) ? some_record_of(story, node, author) : NULL;
    struct buffer bundle = {0};

    if (last == NULL)
        return;
    county_halt(author, last, &bundle);
    node_takes_charter(node, buffer_view(&bundle));
    buffer_release(&bundle);
}

static const struct {
    unsigned weight;
    void (*take)(struct story *story);
} steps[] = {
    {28, step_write}, {18, step_pass},   {12, step_dial}, {6, step_cut_link},
    {8, step_carry},  {6, step_hang},    {6, step_crash}, {4, step_fork},
    {4, step_forge},  {6, step_charter}, {2, step_halt},
};

static void step(struct story *story)
{
    size_t lot = below(story, 100), i = 0;

    while (lot >= steps[i].weight)
        lot -= steps[i++].weight;
    steps[i].take(story);
}

/* --- The end --- */

static void clear_up(struct story *story)
{
    *county_weather(story->county) = (struct weather){.delay_ms = 50};
    for (size_t i = 0; i < NODES; i++) {
        if (!is_up(story->nodes[i]))
            start(story, story->nodes[i]);
        node_commits(story->nodes[i]);
    }
    for (size_t i = 1; i < NODES; i++)
        dial(story, story->nodes[i], story->nodes[below(story, i)]);
    county_pass(story->county, 20 * PERIOD_MS);
}

static bool is_stored(const struct story *story, const struct record *record)
{
    for (size_t i = 0; i < NODES; i++)
        if (node_kept(story->nodes[i], record) != NULL)
            return true;
    return false;
}

static struct feed_rules rules_of(void *context, const struct feed *feed)
{
    return charter_feed(context, feed);
}

static bool is_proven(void *context, const struct record *record, const struct public_key *key)
{
    (void)context;
    return record_proven_by(record, key);
}

static struct digest state_of(const struct node *node)
{
    struct digest charter = charter_digest(replica_charter(node->replica));

    return set_state_digest(replica_set(node->replica), &charter);
}

static void check_node(struct story *story, const struct node *node,
                       const struct naive_world *naive, const bool *in)
{
    struct digest state = state_of(node), other = state_of(story->nodes[0]);

    for (size_t i = 0; i < naive->count; i++) {
        const struct kept *kept = node_kept(node, naive->records[i]);
        bool is_in = node_standing(node, naive->records[i]) == STANDING_IN;
        HOLDS(story, is_in == in[i]);
        HOLDS(story, kept == NULL ? !is_in : kept->in == is_in);
        HOLDS(story, !is_in || record_has_body(kept->record));
    }
    HOLDS(story, digest_equal(&state, &other));
    HOLDS(story, node_counts(node).bodies_wanted == 0);
}

/* How many letters are too many: each record to each node several times, and the greetings. */
static uint64_t letters_allowed(const struct story *story)
{
    return 1000 + 4 * NODES * story->record_count;
}

static void check(struct story *story)
{
    struct record *heard[RECORDS_MAX_HERE];
    bool in[RECORDS_MAX_HERE];
    struct charter *charter = charter_copy(replica_charter(story->nodes[0]->replica));
    struct naive_world naive = {
        .records = heard,
        .rules = {.context = charter, .of = rules_of, .proven_by = is_proven},
        .run_max = RUN_MAX};

    for (size_t i = 0; i < story->record_count; i++)
        if (is_stored(story, story->records[i]))
            heard[naive.count++] = story->records[i];
    naive_set(&naive, in);
    for (size_t i = 0; i < NODES; i++)
        check_node(story, story->nodes[i], &naive, in);
    HOLDS(story, county_letters(story->county) < letters_allowed(story));
    charter_free(charter);
}

/* --- A story --- */

static void found(struct story *story)
{
    static const char *const names[NODES] = {"leeds", "york", "hull", "hub", "derby", "bath"};

    story->county = county_new(story->seed);
    county_be_quiet(story->county);
    for (size_t i = 0; i < NODES; i++) {
        story->nodes[i] = county_node(story->county, names[i], i < 3);
        story->nodes[i]->credit_bytes = percent(story, 50) ? 2000 : CREDIT_BYTES;
    }
    county_found(story->county, story->nodes, NODES - 1);
    node_start(story->nodes[NODES - 1]);
    *county_weather(story->county) = (struct weather){.lose_live = (unsigned)below(story, 60),
                                                      .lose_truth = (unsigned)below(story, 20),
                                                      .delay_ms = (int64_t)below(story, 3000),
                                                      .reorder_truth = percent(story, 50)};
}

static void run(uint64_t seed)
{
    struct story *story = memory_new(1, sizeof *story);

    story->seed = seed;
    found(story);
    for (unsigned i = 0; i < STEPS; i++)
        step(story);
    clear_up(story);
    check(story);
    county_free(story->county);
    free(story);
}

Test(replica_random, counties_agree_in_the_end)
{
    const char *more = getenv("CANDOUR_WORLDS"), *one = getenv("CANDOUR_SEED");
    uint64_t first = one == NULL ? 1 : strtoull(one, NULL, 10);
    uint64_t worlds = more == NULL ? 40 : strtoull(more, NULL, 10);

    for (uint64_t seed = first; seed < first + (one == NULL ? worlds : 1); seed++)
        run(seed);
}
