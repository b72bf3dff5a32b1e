#include "protocol/charter_rules.h"
#include "protocol/writer.h"

#include "crypto/secret.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Whatever comes as a bundle is refused with a reason or taken in; what is then written is taken in
 * by another charter, which is equal. The first byte says what the rest is: a bundle; changes to an
 * honest bundle; or changes to a roster or a head that all stewards then sign, for they may err. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TOWNS 3
static struct signing_key *keys[TOWNS], *stewards[TOWNS];
static struct buffer honest; /* Head 1, with its roster, rings and a halt. */
static struct digest network;
static struct charter *known; /* Of the honest one. */

static struct card *make_card(unsigned town)
{
    struct card *card = memory_new(1, sizeof *card);
    uint8_t seed[32] = {(uint8_t)(town + 1)};
    struct ring_key *ring = ring_key_from_scalar(seed);
    struct fault fault;

    keys[town] = signing_key_from_seed(seed);
    seed[1] = 1;
    stewards[town] = signing_key_from_seed(seed);
    snprintf(card->name, sizeof card->name, "Town %u", town);
    card->has_steward_key = true;
    card->steward_key = *signing_key_public(stewards[town]);
    memcpy(card->transport.bytes, seed, sizeof seed);
    card->feed_count = card->ring_count = 1;
    card->feeds[0].number = 1;
    card->feeds[0].key = *signing_key_public(keys[town]);
    card->feeds[0].next = next_key_hash(signing_key_public(stewards[town])); /* It will do. */
    card->authority = authority_id(&card->feeds[0].key, &card->feeds[0].next);
    card->rings[0].epoch = ring_epoch_of(0);
    card->rings[0].key = *ring_key_public(ring);
    ring_prove(&card->rings[0].proof, ring, &card->authority, card->rings[0].epoch);
    bool good = card_sign(card, keys[town], &fault);
    assert(good);
    (void)good;
    ring_key_free(ring);
    return card;
}

static void sign_head(struct bundle *bundle, struct head_text *text)
{
    struct bundle_head *head = bundle_add_head(bundle, text);

    for (unsigned i = 0; i < TOWNS; i++) {
        struct head_signature signature;
        head_sign(&signature, &text->head, stewards[i]);
        bundle_head_put(head, &signature);
    }
}

static void add_halt(struct bundle *bundle, const struct card *card)
{
    struct feed feed = {card->authority, 1};
    struct cut last = {.seq = 3};
    struct buffer wire = {0};
    struct halt halt;
    struct fault fault;

    halt_sign(&network, &feed, &last, stewards[0], &wire);
    bool good = halt_read(&halt, buffer_view(&wire), &fault);
    assert(good);
    (void)good;
    bundle_add_halt(bundle, &halt);
    buffer_release(&wire);
}

static void start(void)
{
    struct card *cards[TOWNS];
    struct bundle bundle;
    struct fault fault;

    crypto_start();
    for (unsigned i = 0; i < TOWNS; i++)
        cards[i] = make_card(i);
    bool good = charter_found("Learning", 2, false, (const struct card *const *)cards, TOWNS, 0,
                              &honest, &fault) &&
                bundle_read(&bundle, buffer_view(&honest), &fault);
    assert(good);
    (void)good;
    network = bundle.heads[0].text->head.hash;
    sign_head(&bundle, bundle.heads[0].text);
    add_halt(&bundle, cards[0]);
    buffer_clear(&honest);
    bundle_write(&bundle, &honest);
    bundle_release(&bundle);
    known = charter_new(&network);
    bool changed;
    good = charter_add(known, buffer_view(&honest), &changed, &fault);
    assert(good);
    for (unsigned i = 0; i < TOWNS; i++)
        card_free(cards[i]);
}

/* Everything that can be asked of a charter. */
static void ask(const struct charter *charter)
{
    struct digest authority, both[STEWARDS_MAX];

    charter_double_signers(charter, both, STEWARDS_MAX);
    charter_needs_upgrade(charter);
    for (size_t i = 0; i < charter_members(charter); i++) {
        const struct member *member = charter_member_at(charter, i);
        assert(charter_member(charter, &member->card->authority) == member);
        charter_succeeds(charter, &charter_member_at(charter, 0)->card->authority,
                         &member->card->authority);
        charter_admits(charter, &member->card->transport, 0, &authority);
        for (uint32_t number = 0; number <= FEEDS_MAX; number++) {
            struct feed feed = {member->card->authority, number};
            struct feed_rules rules = charter_feed(charter, &feed);
            assert(rules.listed == (number >= 1 && number <= member->card->feed_count) ||
                   charter_heads(charter) > 1);
        }
    }
}

/* Heard by charters that know nothing yet, or the honest one: then little is verified again. */
static void check(struct bytes wire, bool knowing)
{
    struct charter *charter = knowing ? charter_copy(known) : charter_new(&network);
    struct charter *other = knowing ? charter_copy(known) : charter_new(&network);
    struct buffer written = {0}, again = {0};
    struct fault fault = {0};
    bool changed;

    if (!charter_add(charter, wire, &changed, &fault))
        assert(fault.kind == FAULT_PEER && fault.refusal != REFUSED_NOT && fault.text[0] != '\0');
    ask(charter);
    charter_write(charter, &written);
    bool good = charter_add(other, buffer_view(&written), &changed, &fault);
    assert(good);
    struct digest digest = charter_digest(charter), same = charter_digest(other);
    assert(digest_equal(&digest, &same));
    charter_write(other, &again);
    assert(bytes_equal(buffer_view(&written), buffer_view(&again)));
    good = charter_add(charter, buffer_view(&written), &changed, &fault);
    assert(good && !changed);
    (void)good;
    buffer_release(&written);
    buffer_release(&again);
    charter_free(charter);
    charter_free(other);
}

/* Each four bytes: where (two), what to take out there (one), what to put in (one). */
static void change(struct buffer *whole, struct bytes changes)
{
    struct buffer before = {0};

    for (; changes.size >= 4; changes.data += 4, changes.size -= 4) {
        size_t at = (size_t)(changes.data[0] << 8 | changes.data[1]) % (whole->size + 1);
        size_t out = changes.data[2] % 4;
        if (out > whole->size - at)
            out = whole->size - at;
        buffer_clear(&before);
        buffer_append(&before, buffer_view(whole));
        whole->size = at;
        if (changes.data[2] & 0x80)
            buffer_append(whole, bytes_of(&changes.data[3], 1));
        buffer_append(whole, bytes_of(before.data + at + out, before.size - at - out));
    }
    buffer_release(&before);
}

static void check_changed_bundle(struct bytes changes)
{
    struct buffer wire = {0};

    buffer_append(&wire, buffer_view(&honest));
    change(&wire, changes);
    check(buffer_view(&wire), true);
    buffer_release(&wire);
}

/* A second head, changed, or with a changed roster, and signed by all. */
static void check_signed_change(struct bytes changes, bool of_roster)
{
    struct buffer wire = {0};
    struct bundle bundle;
    struct fault fault;
    bool good = bundle_read(&bundle, buffer_view(&honest), &fault);

    assert(good);
    (void)good;
    struct head head = bundle.heads[0].text->head;
    head.version = 2;
    head.predecessor_count = 1;
    head.predecessors[0] = network;
    if (of_roster) {
        buffer_append(&wire, buffer_view(&bundle.rosters[0]->wire));
        change(&wire, changes);
        struct roster_text *roster = roster_text_new(buffer_view(&wire));
        head.roster = roster->digest;
        bundle_add_roster(&bundle, roster);
        roster_text_free(roster);
        buffer_clear(&wire);
    }
    head_write(&head, &wire);
    if (!of_roster)
        change(&wire, changes);
    struct head_text *text = wire.size <= HEAD_MAX ? head_read(buffer_view(&wire), &fault) : NULL;
    if (text != NULL) {
        sign_head(&bundle, text);
        buffer_clear(&wire);
        bundle_write(&bundle, &wire);
        check(buffer_view(&wire), true);
        struct head signed_head;
        charter_sign(&wire, stewards[0], NULL, 0, &signed_head, &fault);
        struct proposal proposal;
        charter_read_proposal(buffer_view(&wire), NULL, &proposal, &fault);
        head_free(text);
    }
    bundle_release(&bundle);
    buffer_release(&wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (honest.size == 0)
        start();
    if (size == 0)
        return 0;
    struct bytes rest = bytes_of(data + 1, size - 1);
    switch (data[0] % 4) {
    case 0:
        check(rest, false);
        break;
    case 1:
        check_changed_bundle(rest);
        break;
    default:
        check_signed_change(rest, data[0] % 4 == 3);
    }
    return 0;
}
