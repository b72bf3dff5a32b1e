#include "tests/protocol/county_inside.h"

#include "protocol/anonymous.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t cost_of_record(const struct record *record)
{
    return record_header_bytes(record).size + record_proof(record).size +
           record_header(record)->body_size;
}

static struct record *county_keeps(struct county *county, struct record *record, const char *name)
{
    if (county->record_count == county->record_capacity) {
        county->record_capacity = 2 * county->record_capacity + 64;
        county->records =
            memory_grow(county->records, county->record_capacity, sizeof(*county->records));
        county->names = memory_grow(county->names, county->record_capacity, sizeof *county->names);
    }
    strncpy(county->names[county->record_count], name, sizeof *county->names - 1);
    county->names[county->record_count][sizeof *county->names - 1] = '\0';
    places_put(&county->record_places, record_id(record), county->record_count);
    county->records[county->record_count++] = record;
    return record;
}

static struct salt next_salt(const struct county *county)
{
    struct digest lot =
        digest_of("county tests: salt", &county->record_count, sizeof county->record_count);
    struct salt salt;

    memcpy(salt.bytes, lot.bytes, sizeof salt.bytes);
    return salt;
}

/* What every header here has. */
static struct header header_of(const struct county *county, const struct writing *writing)
{
    struct header header = {.network = county->network,
                            .kind = bytes_of_text(writing->kind == NULL ? "lesson" : writing->kind),
                            .time_ms = writing->time_ms,
                            .topic = bytes_of_text(writing->topic == NULL ? "" : writing->topic),
                            .expiry_ms = writing->expiry_ms};

    for (size_t i = 0; i < WRITING_ERASES && writing->erases[i] != NULL; i++) {
        header.kind = bytes_of_text("erasure");
        header.references[header.reference_count++] =
            (struct reference){RELATION_ERASES, *record_id(writing->erases[i])};
    }
    return header;
}

/* --- Named --- */

static struct record *write(struct node *node, const struct record *prev,
                            const struct writing *writing)
{
    struct header header = header_of(node->county, writing);
    struct salt salt = next_salt(node->county);
    char name[48];

    header.author = (struct author){.form = AUTHOR_NAMED, .feed = node->feed, .seq = 1};
    if (header.time_ms == 0)
        header.time_ms = clock_of(node);
    if (prev != NULL) {
        header.author.seq = record_header(prev)->author.seq + 1;
        header.author.prev = *record_id(prev);
    }
    snprintf(name, sizeof name, "%s#%u", node->name, (unsigned)header.author.seq);
    node->last = record_sign(&header, &salt, bytes_of_text(writing->text), node->key);
    return county_keeps(node->county, node->last, name);
}

struct record *node_writes(struct node *node, const char *text)
{
    return write(node, node->last, &(struct writing){.text = text});
}

struct record *node_writes_at(struct node *node, const char *text, int64_t time_ms)
{
    return write(node, node->last, &(struct writing){.text = text, .time_ms = time_ms});
}

struct record *node_writes_after(struct node *node, const struct record *prev, const char *text)
{
    return write(node, prev, &(struct writing){.text = text});
}

struct record *node_writes_as(struct node *node, const struct writing *writing)
{
    return write(node, node->last, writing);
}

struct record *node_erases(struct node *node, const struct record *record)
{
    struct record *erasure =
        node_writes_as(node, &(struct writing){.text = "It said too much.", .erases = {record}});

    node_offers(node, erasure);
    return erasure;
}

struct record *county_forges(struct county *county, const struct record *record)
{
    uint8_t proof[64] = {(uint8_t)county->record_count};
    struct fault fault;
    struct record *forged = record_join(record_header_bytes(record), bytes_of(proof, sizeof proof),
                                        record_salt(record), record_packed(record), &fault);

    assert(forged != NULL);
    return county_keeps(county, forged, "forged");
}

/* --- Not named --- */

/* Who has used this slot has this key, so that it need not be kept. */
static struct signing_key *owner_key(struct bytes slot)
{
    struct digest seed = digest_of("county tests: owner", slot.data, slot.size);

    return signing_key_from_seed(seed.bytes);
}

/* The keys of a ring of two. */
static void make_ring(struct ring_key *keys[2], struct ring_public publics[2])
{
    for (unsigned i = 0; i < 2; i++) {
        uint8_t scalar[32] = {(uint8_t)(i + 1)};
        keys[i] = ring_key_from_scalar(scalar);
    }
    bool ascend = memcmp(ring_key_public(keys[0]), ring_key_public(keys[1]), sizeof *publics) < 0;
    publics[0] = *ring_key_public(keys[ascend ? 0 : 1]);
    publics[1] = *ring_key_public(keys[ascend ? 1 : 0]);
}

struct record *county_unnamed_in(struct county *county, const struct ring_members *ring,
                                 const struct ring_key *key, const struct writing *writing,
                                 const char *slot)
{
    struct header header = header_of(county, writing);
    struct salt salt = next_salt(county);
    struct signing_key *owner = owner_key(bytes_of_text(slot));

    header.author = (struct author){.form = AUTHOR_ANONYMOUS, .owner = *signing_key_public(owner)};
    for (unsigned i = 0; i < 2; i++) {
        header.author.scopes[i].kind = SCOPE_SLOT;
        header.author.scopes[i].id = bytes_of_text(slot);
    }
    struct record *record =
        record_sign_anonymous(&header, &salt, bytes_of_text(writing->text), ring, key);
    signing_key_free(owner);
    return county_keeps(county, record, slot);
}

struct record *county_unnamed(struct county *county, const char *slot, unsigned member,
                              const struct writing *writing)
{
    struct ring_public publics[2];
    struct ring_key *keys[2];

    make_ring(keys, publics);
    struct ring_members ring = {ring_epoch_of(writing->time_ms), publics, 2};
    struct record *record = county_unnamed_in(county, &ring, keys[member], writing, slot);
    for (unsigned i = 0; i < 2; i++)
        ring_key_free(keys[i]);
    return record;
}

struct record *county_owner_says(struct county *county, const struct record *about, unsigned n,
                                 const struct writing *writing)
{
    struct header header = header_of(county, writing);
    struct salt salt = next_salt(county);
    struct bytes slot = record_header(about)->author.scopes[0].id;
    struct signing_key *owner = owner_key(slot);
    char name[48];

    header.kind = bytes_of_text(n == 0 ? "erasure" : "update");
    header.author = (struct author){.form = AUTHOR_OWNER, .record = *record_id(about), .n = n};
    snprintf(name, sizeof name, "%.*s+%u", (int)slot.size, (const char *)slot.data, n);
    struct record *record = record_sign(&header, &salt, bytes_of_text(writing->text), owner);
    signing_key_free(owner);
    return county_keeps(county, record, name);
}

bool node_proven_by(void *context, const struct record *record, const struct public_key *key)
{
    const struct county_hooks *hooks = &((const struct node *)context)->county->hooks;

    return hooks->proven_by(hooks->context, record, key);
}

/* No charter here lists a ring, unless a simulator makes them: the county says what holds. */
enum ring_answer node_ring_holds(void *context, const struct record *record)
{
    const struct node *node = context;
    const struct county *county = node->county;
    size_t at = places_find(&county->record_places, record_id(record));

    if (county->hooks.ring_holds != NULL)
        return county->hooks.ring_holds(county->hooks.context, node, record);
    if (at == NO_PLACE)
        return RING_UNKNOWN;
    return strcmp(county->names[at], "forged") == 0 ? RING_FAILS : RING_HOLDS;
}

/* --- Taken in --- */

/* A refusal is counted, and the tests look at the counts. */
static void let_refuse(void *context, size_t index, const struct fault *fault)
{
    (void)context;
    (void)index;
    (void)fault;
}

void node_offers(struct node *node, const struct record *record)
{
    struct buffer wire = {0};

    record_write(record, true, &wire);
    struct bytes view = buffer_view(&wire);
    replica_offer(node->replica, &view, 1, clock_of(node), let_refuse, NULL, &node->effects);
    buffer_release(&wire);
    node_turn(node);
}

struct record *node_says(struct node *node, const char *text)
{
    struct record *record = node_writes(node, text);

    node_offers(node, record);
    return record;
}
