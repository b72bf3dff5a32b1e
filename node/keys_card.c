#include "crypto/secret.h"
#include "node/keys_inside.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* This authority's card, from the configuration and the keys. */

static void copy_text(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text == NULL ? "" : text);
}

void fill_from_config(struct card *card, const struct config *config)
{
    const struct texts *endpoints =
        config->endpoints.count > 0 ? &config->endpoints : &config->listen;

    copy_text(card->name, sizeof card->name, config->authority.name);
    copy_text(card->type, sizeof card->type, config->authority.type);
    copy_text(card->nation, sizeof card->nation, config->authority.nation);
    copy_text(card->region, sizeof card->region, config->authority.region);
    copy_text(card->operator_name, sizeof card->operator_name, config->authority.operator_name);
    card->role = config->authority.role;
    card->area_count = 0;
    for (size_t i = 0; i < config->authority.areas.count && card->area_count < 16; i++) {
        memset(&card->areas[card->area_count], 0, sizeof card->areas[0]);
        copy_text(card->areas[card->area_count].code, sizeof card->areas[0].code,
                  config->authority.areas.list[i]);
        card->area_count++;
    }
    card->function_count = 0;
    for (size_t i = 0; i < config->authority.functions.count && card->function_count < 64; i++)
        copy_text(card->functions[card->function_count++], sizeof card->functions[0],
                  config->authority.functions.list[i]);
    card->endpoint_count = 0;
    for (size_t i = 0; i < endpoints->count && card->endpoint_count < ENDPOINTS_MAX; i++)
        copy_text(card->endpoints[card->endpoint_count++], sizeof card->endpoints[0],
                  endpoints->list[i]);
}

/* --- Keys of rings --- */

/* A ring key that was written before its card could be (a full disk, a crash) is the one used. */
static struct ring_key *ring_of_epoch(const struct home *home, uint32_t epoch,
                                      const char *passphrase, struct fault *fault)
{
    char name[32];
    const char *path = key_path(home, numbered(name, "ring", epoch));
    struct ring_key *key = NULL;

    if (access(path, F_OK) == 0) {
        uint8_t *scalar = keyfile_read(path, KEY_SIZE, fault);
        if (scalar != NULL && (key = ring_key_from_scalar(scalar)) == NULL)
            fault_set(fault, FAULT_SELF, "%s: is not a ring key: move it away", path);
        secret_free(scalar);
        return key;
    }
    key = ring_key_new();
    if (keyfile_write(path, ring_key_scalar(key), KEY_SIZE, passphrase, fault))
        return key;
    ring_key_free(key);
    return NULL;
}

/* Where the card's key for that epoch goes: the place of the one it has, or the last. */
static struct card_ring *place_of_ring(struct card *card, uint32_t epoch)
{
    for (size_t i = 0; i < card->ring_count; i++)
        if (card->rings[i].epoch == epoch)
            return &card->rings[i];
    if (card->ring_count == RING_KEYS_MAX) { /* The oldest has long ended. */
        memmove(&card->rings[0], &card->rings[1], (RING_KEYS_MAX - 1) * sizeof card->rings[0]);
        card->ring_count--;
    }
    return memset(&card->rings[card->ring_count++], 0, sizeof card->rings[0]);
}

static bool add_ring(const struct home *home, struct card *card, uint32_t epoch,
                     const char *passphrase, struct fault *fault)
{
    struct ring_key *key = ring_of_epoch(home, epoch, passphrase, fault);

    if (key == NULL)
        return false;
    struct card_ring *ring = place_of_ring(card, epoch);
    if (ring->epoch != epoch || memcmp(&ring->key, ring_key_public(key), sizeof ring->key) != 0) {
        ring->epoch = epoch;
        ring->key = *ring_key_public(key);
        ring_prove(&ring->proof, key, &card->authority, epoch);
    }
    ring_key_free(key);
    return true;
}

bool add_rings(const struct home *home, struct card *card, int64_t now_ms, const char *passphrase,
               struct fault *fault)
{
    uint32_t epoch = ring_epoch_of(now_ms);

    return add_ring(home, card, epoch, passphrase, fault) &&
           add_ring(home, card, epoch + 1, passphrase, fault);
}

static void forget_rings(const struct home *home, int64_t now_ms)
{
    char name[32];

    for (uint32_t i = 0; i < 2; i++)
        unlink(key_path(home, numbered(name, "ring", ring_epoch_of(now_ms) + i)));
}

bool renew_keys(const struct home *home, struct card *card, int64_t now_ms, const char *passphrase,
                struct fault *fault)
{
    drop_new_exchange_keys(home);
    forget_rings(home, now_ms);
    return write_exchange_keys(home, card, "transport-new", "box-new", passphrase, fault);
}

/* --- The card --- */

bool save_card(const struct home *home, const struct card *card, struct fault *fault)
{
    return file_write(home_file(home, "card", 2), buffer_view(&card->wire), 0640, false, fault);
}

struct card *keys_last_card(const struct home *home, struct fault *fault)
{
    struct buffer wire = {0};
    struct card *card = NULL;

    if (file_read(home_file(home, "card", 1), CARD_MAX, &wire, fault)) {
        card = card_read(buffer_view(&wire), fault);
        if (card == NULL) {
            fault->kind = FAULT_SELF;
            fault_prefix(fault, "%s", home_file(home, "card", 1));
        }
    }
    buffer_release(&wire);
    return card;
}

struct card *without_signature(const struct card *card)
{
    struct card *copy = memory_new(1, sizeof *copy);

    *copy = *card;
    copy->wire = (struct buffer){0};
    return copy;
}

/* Do the two say the same, but for when? */
static bool says_the_same(const struct card *old, struct card *new, const struct signing_key *key)
{
    struct fault fault;
    int64_t issued_ms = new->issued_ms;

    new->issued_ms = old->issued_ms;
    bool same = card_sign(new, key, &fault) &&
                bytes_equal(buffer_view(&old->wire), buffer_view(&new->wire));
    new->issued_ms = issued_ms;
    buffer_clear(&new->wire);
    return same;
}

struct card *keys_card(const struct home *home, const struct config *config, bool renew,
                       int64_t now_ms, struct fault *fault)
{
    struct card *old = keys_last_card(home, fault), *card = NULL;
    struct keys keys = {0};
    char *passphrase = NULL;

    if (old == NULL || !keys_open(home, &keys, fault) || !same_passphrase(home, &passphrase, fault))
        goto refuse;
    card = without_signature(old);
    fill_from_config(card, config);
    card->transport = *exchange_key_public(keys.transport);
    card->box = *exchange_key_public(keys.box);
    card->issued_ms = now_ms > old->issued_ms ? now_ms : old->issued_ms + 1;
    if ((renew && !renew_keys(home, card, now_ms, passphrase, fault)) ||
        !add_rings(home, card, now_ms, passphrase, fault))
        goto refuse;
    if (says_the_same(old, card, keys.feed)) {
        card_free(card);
        card = old;
        old = NULL;
    } else if (!card_sign(card, keys.feed, fault) || !save_card(home, card, fault)) {
        goto refuse;
    }
    if (renew)
        end_renewal(home);
    goto out;

refuse:
    card_free(card);
    card = NULL;
out:
    secret_free(passphrase);
    keys_close(&keys);
    card_free(old);
    return card;
}
