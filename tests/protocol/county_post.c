#include "tests/protocol/county_inside.h"

#include <assert.h>
#include <stdlib.h>

/* --- Letters --- */

struct link *link_of(const struct node *node, peer_number number, unsigned *end)
{
    struct county *county = node->county;

    for (size_t i = 0; i < county->link_count; i++)
        for (*end = 0; *end < 2; ++*end)
            if (county->links[i].up && county->links[i].ends[*end] == node &&
                county->links[i].numbers[*end] == number)
                return &county->links[i];
    return NULL;
}

static bool is_lost(struct county *county, bool live)
{
    unsigned chance = live ? county->weather.lose_live : county->weather.lose_truth;

    return county_draw(county) % 100 < chance;
}

/* On a truth link letters come in the order in which they were sent. */
static int64_t arrival(struct county *county, const struct link *link, unsigned to, bool live)
{
    int64_t delay = county->weather.delay_ms, at_ms = county->now_ms;

    if (delay > 0)
        at_ms += (int64_t)(county_draw(county) % (uint64_t)delay);
    for (size_t i = 0; i < county->letter_count && !live && !county->weather.reorder_truth; i++) {
        const struct letter *letter = &county->letters[i];
        if (&county->links[letter->link] == link && letter->to == to && !letter->live &&
            letter->at_ms > at_ms)
            at_ms = letter->at_ms;
    }
    return at_ms;
}

void post(struct county *county, const struct link *link, unsigned to, bool live,
          struct bytes bytes)
{
    if (is_lost(county, live))
        return;
    if (county->letter_count == county->letter_capacity) {
        county->letter_capacity = 2 * county->letter_capacity + 16;
        county->letters =
            memory_grow(county->letters, county->letter_capacity, sizeof *county->letters);
    }
    struct letter letter = {.at_ms = arrival(county, link, to, live),
                            .order = county->order++,
                            .link = (size_t)(link - county->links),
                            .to = to,
                            .live = live};
    buffer_append(&letter.bytes, bytes);
    county->letters[county->letter_count++] = letter;
}

void drop_link(struct county *county, struct link *link)
{
    size_t kept = 0;

    link->up = false;
    for (unsigned end = 0; end < 2; end++)
        if (link->ends[end]->replica != NULL) {
            replica_peer_left(link->ends[end]->replica, link->numbers[end]);
            link->ends[end]->tick_ms = county->now_ms;
        }
    for (size_t i = 0; i < county->letter_count; i++) {
        if (&county->links[county->letters[i].link] == link)
            buffer_release(&county->letters[i].bytes);
        else
            county->letters[kept++] = county->letters[i];
    }
    county->letter_count = kept;
}

/* --- Links --- */

static void join(struct link *link, unsigned end)
{
    struct node *node = link->ends[end];

    replica_peer_joined(node->replica, link->numbers[end], &link->ends[1 - end]->feed.authority,
                        end == 0, clock_of(node), &node->effects);
}

void county_dial(struct node *from, struct node *to)
{
    struct county *county = from->county;

    assert(from->replica != NULL && to->replica != NULL);
    county->links = memory_grow(county->links, county->link_count + 1, sizeof *county->links);
    struct link *link = &county->links[county->link_count++];
    *link = (struct link){.ends = {from, to}, .up = true};
    link->numbers[0] = ++county->last_number;
    link->numbers[1] = ++county->last_number;
    join(link, 0);
    node_turn(from);
}

void county_cut_link(struct node *a, struct node *b)
{
    for (size_t i = 0; i < a->county->link_count; i++) {
        struct link *link = &a->county->links[i];
        if (link->up && ((link->ends[0] == a && link->ends[1] == b) ||
                         (link->ends[0] == b && link->ends[1] == a)))
            drop_link(a->county, link);
    }
}

/* --- Time --- */

static size_t next_letter(const struct county *county)
{
    size_t next = SIZE_MAX;

    for (size_t i = 0; i < county->letter_count; i++) {
        const struct letter *letter = &county->letters[i];
        if (next == SIZE_MAX || letter->at_ms < county->letters[next].at_ms ||
            (letter->at_ms == county->letters[next].at_ms &&
             letter->order < county->letters[next].order))
            next = i;
    }
    return next;
}

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

static void carry_next(struct county *county, size_t at)
{
    struct letter letter = county->letters[at];

    county->letters[at] = county->letters[--county->letter_count];
    if (letter.at_ms > county->now_ms)
        county->now_ms = letter.at_ms;
    hand_over(county, &letter);
}

void county_settle(struct county *county)
{
    while (county->letter_count > 0)
        carry_next(county, next_letter(county));
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
        size_t letter = next_letter(county);
        struct node *node = next_to_tick(county, &tick_ms);
        bool post_first = letter != SIZE_MAX && county->letters[letter].at_ms <= tick_ms;
        int64_t next_ms = post_first ? county->letters[letter].at_ms : tick_ms;
        if (next_ms > until_ms)
            break;
        if (next_ms > county->now_ms)
            county->now_ms = next_ms;
        if (post_first)
            carry_next(county, letter);
        else
            node_turn(node);
    }
    county->now_ms = until_ms;
}

static const struct link *link_between(const struct node *from, const struct node *to,
                                       unsigned *end)
{
    struct county *county = from->county;

    for (size_t i = 0; i < county->link_count; i++)
        for (*end = 0; *end < 2; ++*end)
            if (county->links[i].up && county->links[i].ends[*end] == to &&
                county->links[i].ends[1 - *end] == from)
                return &county->links[i];
    abort();
}

void county_send(struct node *from, struct node *to, struct bytes frame)
{
    unsigned end;
    const struct link *link = link_between(from, to, &end);

    post(from->county, link, end, false, frame);
}

void county_send_live(struct node *from, struct node *to, struct bytes frame)
{
    unsigned end;
    const struct link *link = link_between(from, to, &end);

    post(from->county, link, end, true, frame);
}

void county_say_live(struct node *from, struct node *to, const struct record *record)
{
    struct buffer frame = {0};

    record_write(record, true, &frame);
    county_send_live(from, to, buffer_view(&frame));
    buffer_release(&frame);
}
