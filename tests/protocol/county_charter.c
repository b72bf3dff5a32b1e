#include "tests/protocol/county_inside.h"

#include <stdio.h>
#include <stdlib.h>

/* A fault here is one of the test itself. */
static void must(bool good, const struct fault *fault)
{
    if (good)
        return;
    fprintf(stderr, "%s\n", fault->text);
    abort();
}

void node_takes_charter(struct node *node, struct bytes bundle)
{
    struct fault fault;

    replica_offer_charter(node->replica, bundle, clock_of(node), &node->effects, &fault);
    node_turn(node);
}

static void sign(struct buffer *bundle, const struct node *steward)
{
    struct head head;
    struct fault fault;

    must(charter_sign(bundle, steward->steward_key, NULL, 0, &head, &fault), &fault);
}

void county_found(struct county *county, struct node *const *members, size_t count)
{
    const struct card *cards[NODES_MAX];
    struct buffer bundle = {0};
    struct fault fault;

    for (size_t i = 0; i < count; i++)
        cards[i] = members[i]->card;
    must(charter_found("county", 2, true, cards, count, county->now_ms, &bundle, &fault), &fault);
    sign(&bundle, members[0]);
    sign(&bundle, members[1]);
    struct charter *charter = charter_new(NULL);
    bool changed;
    must(charter_add(charter, buffer_view(&bundle), &changed, &fault), &fault);
    county->network = *charter_network(charter);
    charter_free(charter);
    for (size_t i = 0; i < count; i++) {
        buffer_append(&members[i]->charter, buffer_view(&bundle));
        node_start(members[i]);
    }
    buffer_release(&bundle);
}

void county_amend(struct node *proposer, const struct amendment *amendment, struct node *first,
                  struct node *second, struct buffer *bundle)
{
    struct fault fault;

    must(charter_propose(replica_charter(proposer->replica), amendment, 1, 0,
                         proposer->county->now_ms, bundle, &fault),
         &fault);
    sign(bundle, first);
    sign(bundle, second);
}

void county_admit(struct node *proposer, struct node *newcomer, struct node *first,
                  struct node *second, struct buffer *bundle)
{
    struct amendment amendment = {.what = AMEND_ADMIT, .card = newcomer->card};

    county_amend(proposer, &amendment, first, second, bundle);
}

void county_remove(struct node *proposer, struct node *member, const struct record *last,
                   struct node *first, struct node *second, struct buffer *bundle)
{
    struct amendment amendment = {
        .what = AMEND_REMOVE, .authority = member->feed.authority, .cut_count = 1};

    amendment.cuts[0].feed = 1;
    if (last != NULL)
        amendment.cuts[0].cut = (struct cut){record_header(last)->author.seq, *record_id(last)};
    county_amend(proposer, &amendment, first, second, bundle);
}

void county_halt(struct node *node, const struct record *last, struct buffer *bundle)
{
    struct cut cut = {record_header(last)->author.seq, *record_id(last)};
    struct buffer halt = {0};

    halt_sign(&node->county->network, &node->feed, &cut, node->next_key, &halt);
    halt_bundle(buffer_view(&halt), bundle);
    buffer_release(&halt);
}
