#include "protocol/card.h"
#include "protocol/writer.h"

#include "crypto/secret.h"
#include "protocol/purpose.h"

#include <assert.h>
#include <string.h>

/* Whatever a card's bytes are, card_read() either says why not or gives back a card of exactly
 * those bytes. As strangers can sign what they like, the input is also taken for a body and signed,
 * by the key that it names; and for changes to an honest body. What is read is then signed again by
 * card_sign() and must be the same bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct signing_key *key;
static struct buffer honest;

static void start(void)
{
    struct card card = {.name = "Leeds", .feed_count = 1, .ring_count = 1, .area_count = 1};
    struct ring_key *ring;
    struct fault fault;
    uint8_t seed[32] = {1};

    crypto_start();
    key = signing_key_from_seed(seed);
    ring = ring_key_from_scalar(seed);
    card.areas[0] = (struct card_area){"E08000035", "1974-04-01", ""};
    card.feeds[0].number = 1;
    card.feeds[0].key = *signing_key_public(key);
    card.feeds[0].next = next_key_hash(signing_key_public(key));
    card.authority = authority_id(&card.feeds[0].key, &card.feeds[0].next);
    card.rings[0].epoch = 4052;
    card.rings[0].key = *ring_key_public(ring);
    ring_prove(&card.rings[0].proof, ring, &card.authority, 4052);
    bool good = card_sign(&card, key, &fault);
    assert(good);
    (void)good;
    /* The body: after the array's mark and the byte string's, before the signature. */
    buffer_append(&honest, bytes_of(card.wire.data + 4, card.wire.size - 4 - 66));
    buffer_release(&card.wire);
    ring_key_free(ring);
}

static void check(struct bytes wire)
{
    struct fault fault = {0};
    struct card *card = card_read(wire, &fault);

    if (card == NULL) {
        assert(fault.kind == FAULT_PEER && fault.text[0] != '\0');
        return;
    }
    assert(bytes_equal(buffer_view(&card->wire), wire));
    if (memcmp(&card->feeds[card->feed_count - 1].key, signing_key_public(key), 32) == 0) {
        bool good = card_sign(card, key, &fault);
        assert(good && bytes_equal(buffer_view(&card->wire), wire));
        (void)good;
    }
    card_free(card);
}

static void check_signed(struct bytes body)
{
    struct buffer wire = {0};
    struct signature signature;

    if (body.size > STATEMENT_MAX)
        return;
    signature_make(&signature, PURPOSE_CARD, body.data, body.size, key);
    write_array(&wire, 2);
    write_bytes(&wire, body.data, body.size);
    write_bytes(&wire, signature.bytes, sizeof signature.bytes);
    check(buffer_view(&wire));
    buffer_release(&wire);
}

/* Each four bytes: where (two), what to take out there (one), what to put in (one). */
static void check_changed(struct bytes changes)
{
    struct buffer body = {0}, before = {0};

    buffer_append(&body, buffer_view(&honest));
    for (; changes.size >= 4; changes.data += 4, changes.size -= 4) {
        size_t at = (size_t)(changes.data[0] << 8 | changes.data[1]) % (body.size + 1);
        size_t out = changes.data[2] % 4;
        if (out > body.size - at)
            out = body.size - at;
        buffer_clear(&before);
        buffer_append(&before, buffer_view(&body));
        body.size = at;
        if (changes.data[2] & 0x80)
            buffer_append(&body, bytes_of(&changes.data[3], 1));
        buffer_append(&body, bytes_of(before.data + at + out, before.size - at - out));
    }
    check_signed(buffer_view(&body));
    buffer_release(&body);
    buffer_release(&before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (key == NULL)
        start();
    check(bytes_of(data, size));
    check_signed(bytes_of(data, size));
    check_changed(bytes_of(data, size));
    return 0;
}
