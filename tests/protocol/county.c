#include "tests/protocol/county_inside.h"

#include "crypto/secret.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct county *county_new(uint64_t seed)
{
    struct county *county = memory_new(1, sizeof *county);

    crypto_start();
    county->now_ms = COUNTY_MS;
    county->lots = seed;
    return county;
}

static void node_free(struct node *node)
{
    replica_free(node->replica);
    effects_release(&node->effects);
    effects_release(&node->uncommitted);
    effects_release(&node->unanswered);
    store_release(node);
    signing_key_free(node->key);
    signing_key_free(node->next_key);
    signing_key_free(node->steward_key);
    ring_key_free(node->ring_key);
    card_free(node->card);
    free(node->links);
    free(node);
}

void county_free(struct county *county)
{
    for (size_t i = 0; i < county->node_count; i++)
        node_free(county->nodes[i]);
    for (size_t i = 0; i < county->letter_count; i++)
        buffer_release(&county->letters[i].bytes);
    for (size_t i = 0; i < county->record_count; i++)
        record_free(county->records[i]);
    free(county->links);
    free(county->letters);
    free(county->records);
    free(county->names);
    places_release(&county->record_places);
    buffer_release(&county->notes);
    buffer_release(&county->read);
    free(county);
}

int64_t county_now(const struct county *county)
{
    return county->now_ms;
}

/* splitmix64 */
uint64_t county_draw(struct county *county)
{
    uint64_t lot = county->lots += UINT64_C(0x9e3779b97f4a7c15);

    lot = (lot ^ lot >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    lot = (lot ^ lot >> 27) * UINT64_C(0x94d049bb133111eb);
    return lot ^ lot >> 31;
}

struct weather *county_weather(struct county *county)
{
    return &county->weather;
}

void county_hook(struct county *county, const struct county_hooks *hooks)
{
    county->hooks = *hooks;
}

uint64_t county_letters(const struct county *county)
{
    return county->carried;
}

uint64_t county_bytes(const struct county *county)
{
    return county->bytes;
}

const struct digest *county_network(const struct county *county)
{
    return &county->network;
}

void county_set_network(struct county *county, const struct digest *network)
{
    county->network = *network;
}

/* --- Nodes --- */

static struct signing_key *key_of(const char *name, const char *what)
{
    struct digest seed = digest_of(what, name, strlen(name));

    return signing_key_from_seed(seed.bytes);
}

static void make_card(struct node *node)
{
    struct card *card = node->card = memory_new(1, sizeof *card);
    struct fault fault;

    strncpy(card->name, node->name, sizeof card->name - 1);
    card->role = node->steward_key == NULL ? ROLE_HUB : ROLE_AUTHORITY;
    card->has_steward_key = node->steward_key != NULL;
    if (card->has_steward_key)
        card->steward_key = *signing_key_public(node->steward_key);
    memcpy(&card->transport, signing_key_public(node->key), sizeof card->transport);
    memcpy(&card->box, signing_key_public(node->next_key), sizeof card->box);
    card->feed_count = 1;
    card->feeds[0] = (struct card_feed){.number = 1,
                                        .key = *signing_key_public(node->key),
                                        .next = next_key_hash(signing_key_public(node->next_key))};
    card->issued_ms = COUNTY_MS;
    bool good = card_sign(card, node->key, &fault);
    assert(good);
    (void)good;
    node->feed = (struct feed){card->authority, 1};
}

/* Of the steward's, rings' and feeds' keys that it may have, those of its last feed change. */
void node_turns_feed(struct node *node, const struct record *last)
{
    struct card *card = node->card;
    struct card_feed *old = &card->feeds[card->feed_count - 1];
    struct fault fault;
    char what[48];

    assert(card->feed_count < FEEDS_MAX);
    old->cut = true;
    if (last != NULL) {
        old->cut_seq = record_header(last)->author.seq;
        old->cut_id = *record_id(last);
    }
    signing_key_free(node->key);
    node->key = node->next_key;
    node->feed.number = (uint32_t)++card->feed_count;
    snprintf(what, sizeof what, "county tests: next key %u", (unsigned)node->feed.number);
    node->next_key = key_of(node->name, what);
    card->feeds[card->feed_count - 1] =
        (struct card_feed){.number = node->feed.number,
                           .key = *signing_key_public(node->key),
                           .next = next_key_hash(signing_key_public(node->next_key))};
    card->issued_ms = node->county->now_ms;
    buffer_clear(&card->wire);
    bool good = card_sign(card, node->key, &fault);
    assert(good);
    (void)good;
}

struct node *county_node(struct county *county, const char *name, bool steward)
{
    struct node *node = memory_new(1, sizeof *node);

    assert(county->node_count < NODES_MAX);
    county->nodes[county->node_count++] = node;
    *node = (struct node){.county = county,
                          .name = name,
                          .key = key_of(name, "county tests: key"),
                          .next_key = key_of(name, "county tests: next key"),
                          .tick_ms = INT64_MAX,
                          .credit_bytes = CREDIT_BYTES};
    if (steward)
        node->steward_key = key_of(name, "county tests: steward");
    make_card(node);
    return node;
}

void node_joins_rings(struct node *node)
{
    struct digest scalar = digest_of("county tests: ring key", node->name, strlen(node->name));
    struct card *card = node->card;
    struct fault fault;

    scalar.bytes[31] = 0; /* Below the order of the group. */
    node->ring_key = ring_key_from_scalar(scalar.bytes);
    struct card_ring *ring = &card->rings[card->ring_count++];
    ring->epoch = ring_epoch_of(COUNTY_MS);
    ring->key = *ring_key_public(node->ring_key);
    ring_prove(&ring->proof, node->ring_key, &card->authority, ring->epoch);
    bool good = card_sign(card, node->key, &fault);
    assert(good);
    (void)good;
}

void node_crash(struct node *node)
{
    while (node->link_count > 0)
        drop_link(node->county, &node->county->links[node->links[0]]);
    replica_free(node->replica);
    node->replica = NULL;
    effects_clear(&node->effects);
    effects_clear(&node->uncommitted);
    effects_clear(&node->unanswered);
    node->disk_hangs = false;
    node->dies_after = 0;
}

static bool needs_record(const struct kept *kept)
{
    const struct header *header = record_header(kept->record);

    return !kept->in || header->author.form != AUTHOR_NAMED || header->expiry_ms != 0 ||
           bytes_equal(header->kind, bytes_of_text("erasure"));
}

static void restore_record(struct node *node, const struct kept *kept)
{
    const struct author *author = &record_header(kept->record)->author;
    struct skeleton skeleton = {.id = *record_id(kept->record),
                                .named = author->form == AUTHOR_NAMED,
                                .feed = author->feed,
                                .seq = author->seq,
                                .prev = author->prev,
                                .size = (uint32_t)cost_of_record(kept->record),
                                .in = kept->in,
                                .text = kept->text,
                                .has_signer = kept->has_signer,
                                .signer = kept->signer,
                                .record = needs_record(kept) ? kept->record : NULL};

    replica_restore_record(node->replica, &skeleton);
}

static void restore(struct node *node)
{
    struct fault fault;
    bool good = node->charter.size == 0 ||
                replica_restore_charter(node->replica, buffer_view(&node->charter), &fault);

    assert(good);
    (void)good;
    for (size_t i = 0; i < node->kept_count; i++)
        restore_record(node, &node->kept[i]);
}

void node_start(struct node *node)
{
    struct replica_settings settings = {.network = node->county->network,
                                        .self = node->feed.authority,
                                        .period_ms = PERIOD_MS,
                                        .credit_bytes = node->credit_bytes,
                                        .credit_total = REPLICA_CREDIT_TOTAL,
                                        .restored = node->restored,
                                        .seed = county_draw(node->county),
                                        .context = node,
                                        .fetch = node_fetch,
                                        .ring_holds = node_ring_holds,
                                        .box_close = node_closes_box,
                                        .box_open = node_opens_box};
    const struct county_hooks *hooks = &node->county->hooks;

    assert(node->replica == NULL);
    if (hooks->proven_by != NULL)
        settings.proven_by = node_proven_by;
    node->replica = replica_new(&settings);
    if (hooks->begins != NULL)
        hooks->begins(hooks->context, node);
    restore(node);
    replica_start(node->replica, clock_of(node), &node->effects);
    node_turn(node);
}

void node_forgets(struct node *node)
{
    struct buffer charter = {0};

    buffer_append(&charter, buffer_view(&node->charter));
    node_crash(node);
    store_release(node);
    node->charter = charter;
    node_start(node);
}

void node_notifies(struct node *node, const struct record *record, const char *class)
{
    const struct notice notice = {*record_id(record), bytes_of_text("what_we_did"),
                                  bytes_of_text(class)};

    replica_notify(node->replica, &record_header(record)->author.feed.authority, "rules-1", &notice,
                   1, &node->effects);
    node_turn(node);
}

void node_sync(struct node *node)
{
    replica_sync(node->replica, clock_of(node), &node->effects);
    node_turn(node);
}

struct peer_report node_report(const struct node *node, const struct node *peer)
{
    struct peer_report reports[NODES_MAX];
    size_t count = replica_peers(node->replica, reports, NODES_MAX);

    for (size_t i = 0; i < count; i++)
        if (digest_equal(&reports[i].authority, &peer->feed.authority))
            return reports[i];
    return (struct peer_report){0};
}

const struct kept *node_kept(const struct node *node, const struct record *record)
{
    return find_kept(node, record_id(record));
}

enum standing node_standing(const struct node *node, const struct record *record)
{
    return set_standing(replica_set(node->replica), record_id(record));
}

struct replica_counters node_counts(const struct node *node)
{
    return replica_counters(node->replica);
}
