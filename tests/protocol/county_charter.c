#include "protocol/charter_wire.h"
#include "protocol/replica_inside.h"
#include "protocol/writer.h"
#include "tests/protocol/county_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    /* A month ago, so that no feed's budget is used up. */
    must(charter_found("county", 2, true, cards, count, county->now_ms - 30 * DAY_MS, &bundle,
                       &fault),
         &fault);
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

void county_amend_all(struct node *proposer, const struct amendment *amendments, size_t count,
                      struct node *first, struct node *second, struct buffer *bundle)
{
    struct fault fault;

    must(charter_propose(replica_charter(proposer->replica), amendments, count, 0,
                         proposer->county->now_ms, bundle, &fault),
         &fault);
    sign(bundle, first);
    sign(bundle, second);
}

void county_amend(struct node *proposer, const struct amendment *amendment, struct node *first,
                  struct node *second, struct buffer *bundle)
{
    county_amend_all(proposer, amendment, 1, first, second, bundle);
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

static int compare_signatures(const void *a, const void *b)
{
    const struct head_signature *first = a, *second = b;

    return memcmp(first->key.bytes, second->key.bytes, sizeof first->key.bytes);
}

static void write_signatures(const struct head *head, const struct node *first,
                             const struct node *second, struct buffer *bundle)
{
    struct head_signature signatures[2];

    head_sign(&signatures[0], head, first->steward_key);
    head_sign(&signatures[1], head, second->steward_key);
    qsort(signatures, 2, sizeof *signatures, compare_signatures);
    write_array(bundle, 2);
    for (unsigned i = 0; i < 2; i++) {
        write_array(bundle, 2);
        write_bytes(bundle, signatures[i].key.bytes, sizeof signatures[i].key.bytes);
        write_bytes(bundle, signatures[i].signature.bytes, sizeof signatures[i].signature.bytes);
    }
}

void county_upgrade(struct node *proposer, struct node *first, struct node *second,
                    struct buffer *bundle)
{
    struct head head = *charter_head(replica_charter(proposer->replica), 0);
    struct buffer wire = {0};
    struct fault fault;

    head.predecessors[0] = head.hash;
    head.predecessor_count = 1;
    head.version++;
    head.rules = RULES_VERSION + 1;
    head_write(&head, &wire);
    struct head_text *text = head_read(buffer_view(&wire), &fault);
    must(text != NULL, &fault);
    write_array(bundle, 5);
    write_number(bundle, 1);
    write_array(bundle, 1);
    write_array(bundle, 2);
    write_bytes(bundle, wire.data, wire.size);
    write_signatures(&text->head, first, second, bundle);
    for (unsigned i = 0; i < 3; i++)
        write_array(bundle, 0);
    head_free(text);
    buffer_release(&wire);
}
