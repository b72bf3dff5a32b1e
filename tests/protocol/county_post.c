#include "tests/protocol/county_inside.h"

#include <assert.h>
#include <stdlib.h>

/* --- Letters --- */

struct link *link_of(const struct node *node, peer_number number, unsigned *end)
{
    struct county *county = node->county;
    size_t at = (number - 1) / 2;

    if (number == PEER_SELF || at >= county->link_count || !county->links[at].up)
        return NULL;
    *end = (number - 1) % 2;
    assert(county->links[at].ends[*end] == node);
    return &county->links[at];
}

static bool is_lost(struct county *county, bool live)
{
    unsigned chance = live ? county->weather.lose_live : county->weather.lose_truth;

    return county_draw(county) % 100 < chance;
}

/* On a truth link letters come in the order in which they were sent. */
static int64_t arrival(struct county *county, struct link *link, unsigned to, bool live)
{
    int64_t delay = county->weather.delay_ms, at_ms = county->now_ms + link->ends[1 - to]->slow_ms;

    if (delay > 0)
        at_ms += (int64_t)(county_draw(county) % (uint64_t)delay);
    if (live || county->weather.reorder_truth)
        return at_ms;
    if (link->last_ms[to] > at_ms)
        at_ms = link->last_ms[to];
    link->last_ms[to] = at_ms;
    return at_ms;
}

/* --- Letters under way are a heap --- */

static bool comes_before(const struct letter *a, const struct letter *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void push_letter(struct county *county, const struct letter *letter)
{
    size_t at = county->letter_count++;

    if (at == county->letter_capacity) {
        county->letter_capacity = 2 * county->letter_capacity + 16;
        county->letters =
            memory_grow(county->letters, county->letter_capacity, sizeof *county->letters);
    }
    for (; at > 0 && comes_before(letter, &county->letters[(at - 1) / 2]); at = (at - 1) / 2)
        county->letters[at] = county->letters[(at - 1) / 2];
    county->letters[at] = *letter;
}

static struct letter pop_letter(struct county *county)
{
    struct letter *heap = county->letters, first = heap[0], last = heap[--county->letter_count];
    size_t at = 0, child, count = county->letter_count;

    while ((child = 2 * at + 1) < count) {
        child += child + 1 < count && comes_before(&heap[child + 1], &heap[child]);
        if (!comes_before(&heap[child], &last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    if (count > 0)
        heap[at] = last;
    return first;
}

/* The next one whose link still stands. */
static struct letter *next_letter(struct county *county)
{
    while (county->letter_count > 0 && !county->links[county->letters[0].link].up) {
        struct letter lost = pop_letter(county);
        buffer_release(&lost.bytes);
    }
    return county->letter_count == 0 ? NULL : &county->letters[0];
}

/* What no hook looks at, or has let pass. */
static void post_as_is(struct county *county, const struct link *link, unsigned to, bool live,
                       struct bytes bytes)
{
    size_t at = (size_t)(link - county->links);

    if (is_lost(county, live) || link->deaf[to] || link->ends[1 - to]->mute)
        return;
    struct letter letter = {.at_ms = arrival(county, &county->links[at], to, live),
                            .order = county->order++,
                            .link = at,
                            .to = to,
                            .live = live};
    buffer_append(&letter.bytes, bytes);
    push_letter(county, &letter);
}

void post(struct county *county, const struct link *link, unsigned to, bool live,
          struct bytes bytes)
{
    const struct county_hooks *hooks = &county->hooks;

    if (hooks->sent == NULL ||
        hooks->sent(hooks->context, link->ends[1 - to], link->ends[to], live, bytes))
        post_as_is(county, link, to, live, bytes);
}

static void forget_link(struct node *node, size_t link)
{
    size_t at = 0;

    while (node->links[at] != link)
        at++;
    node->links[at] = node->links[--node->link_count];
}

void drop_link(struct county *county, struct link *link)
{
    link->up = false;
    for (unsigned end = 0; end < 2; end++) {
        struct node *node = link->ends[end];
        forget_link(node, (size_t)(link - county->links));
        replica_peer_left(node->replica, link->numbers[end]);
        node->tick_ms = clock_of(node);
    }
}

/* --- Links --- */

static void join(struct link *link, unsigned end)
{
    struct node *node = link->ends[end];

    replica_peer_joined(node->replica, link->numbers[end], &link->ends[1 - end]->feed.authority,
                        end == 0, clock_of(node), &node->effects);
}

static void learn_link(struct node *node, size_t link)
{
    if (node->link_count == node->link_capacity) {
        node->link_capacity = 2 * node->link_capacity + 4;
        node->links = memory_grow(node->links, node->link_capacity, sizeof *node->links);
    }
    node->links[node->link_count++] = link;
}

void county_dial(struct node *from, struct node *to)
{
    struct county *county = from->county;
    size_t at = county->link_count++;

    assert(from->replica != NULL && to->replica != NULL);
    if (at == county->link_capacity) {
        county->link_capacity = 2 * county->link_capacity + 16;
        county->links = memory_grow(county->links, county->link_capacity, sizeof *county->links);
    }
    struct link *link = &county->links[at];
    *link = (struct link){.ends = {from, to}, .up = true};
    link->numbers[0] = (peer_number)(2 * at + 1);
    link->numbers[1] = (peer_number)(2 * at + 2);
    learn_link(from, at);
    learn_link(to, at);
    join(link, 0);
    node_turn(from);
}

/* The first of those that `from` and `to` share; `*end` is where `to` is. */
static struct link *link_between(const struct node *from, const struct node *to, unsigned *end)
{
    for (size_t i = 0; i < from->link_count; i++) {
        struct link *link = &from->county->links[from->links[i]];
        *end = link->ends[1] == to;
        if (link->ends[*end] == to)
            return link;
    }
    return NULL;
}

void county_cut_link(struct node *a, struct node *b)
{
    struct link *link;
    unsigned end;

    while ((link = link_between(a, b, &end)) != NULL)
        drop_link(a->county, link);
}

bool county_are_linked(const struct node *a, const struct node *b)
{
    unsigned end;

    return link_between(a, b, &end) != NULL;
}

void county_guard_doors(struct county *county)
{
    county->guarded = true;
}

void county_deafen(struct node *from, struct node *to)
{
    unsigned end;
    struct link *link = link_between(from, to, &end);

    assert(link != NULL);
    link->deaf[end] = true;
}

/* --- Time --- */

/* The dialled end hears of a link by its first letter. */
static void hand_over(struct county *county, struct letter *letter)
{
    struct link *link = &county->links[letter->link];
    struct node *node = link->ends[letter->to];
    peer_number number = link->numbers[letter->to];

    county->carried++;
    county->bytes += letter->bytes.size;
    if (letter->to == 1 && !link->joined)
        join(link, 1);
    link->joined = link->joined || letter->to == 1;
    if (letter->live)
        replica_hear(node->replica, number, buffer_view(&letter->bytes), clock_of(node),
                     &node->effects);
    else
        replica_receive(node->replica, number, buffer_view(&letter->bytes), clock_of(node),
                        &node->effects);
    buffer_release(&letter->bytes);
    node_turn(node);
}

static void carry_next(struct county *county)
{
    struct letter letter = pop_letter(county);

    if (letter.at_ms > county->now_ms)
        county->now_ms = letter.at_ms;
    hand_over(county, &letter);
}

void county_settle(struct county *county)
{
    while (next_letter(county) != NULL)
        carry_next(county);
}

static struct node *next_to_tick(const struct county *county, int64_t *at_ms)
{
    struct node *next = NULL;

    *at_ms = INT64_MAX;
    for (size_t i = 0; i < county->node_count; i++) {
        struct node *node = county->nodes[i];
        if (node->replica == NULL || node->tick_ms == INT64_MAX)
            continue;
        if (node->tick_ms - node->clock_off_ms < *at_ms) {
            *at_ms = node->tick_ms - node->clock_off_ms;
            next = node;
        }
    }
    return next;
}

void county_pass(struct county *county, int64_t ms)
{
    int64_t until_ms = county->now_ms + ms, tick_ms;

    for (;;) {
        const struct letter *letter = next_letter(county);
        struct node *node = next_to_tick(county, &tick_ms);
        bool post_first = letter != NULL && letter->at_ms <= tick_ms;
        int64_t next_ms = post_first ? letter->at_ms : tick_ms;
        if (next_ms > until_ms)
            break;
        if (next_ms > county->now_ms)
            county->now_ms = next_ms;
        if (post_first)
            carry_next(county);
        else
            node_turn(node);
    }
    county->now_ms = until_ms;
}

void county_send(struct node *from, struct node *to, struct bytes frame)
{
    unsigned end;
    const struct link *link = link_between(from, to, &end);

    assert(link != NULL);
    post(from->county, link, end, false, frame);
}

void county_send_live(struct node *from, struct node *to, struct bytes frame)
{
    unsigned end;
    const struct link *link = link_between(from, to, &end);

    assert(link != NULL);
    post(from->county, link, end, true, frame);
}

void county_send_as_is(struct node *from, struct node *to, bool live, struct bytes frame)
{
    unsigned end;
    const struct link *link = link_between(from, to, &end);

    assert(link != NULL);
    post_as_is(from->county, link, end, live, frame);
}

void county_say_live(struct node *from, struct node *to, const struct record *record)
{
    struct buffer frame = {0};

    record_write(record, true, &frame);
    county_send_live(from, to, buffer_view(&frame));
    buffer_release(&frame);
}
