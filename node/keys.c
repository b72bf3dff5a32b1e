#include "node/keys.h"
#include "crypto/secret.h"
#include "node/keyfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY_SIZE 32

/* What a recovery sheet holds. */
struct sheet {
    uint8_t mark[4]; /* "CRS1" */
    uint8_t authority[32];
    uint8_t next[KEY_SIZE];
    uint8_t has_steward;
    uint8_t steward[KEY_SIZE];
};
_Static_assert(sizeof(struct sheet) == 101, "bytes only: the same on every machine");

static const char sheet_mark[4] = {'C', 'R', 'S', '1'};

static const char *in_keys(const struct home *home, const char *name, unsigned slot)
{
    char below[64];

    snprintf(below, sizeof below, "keys/%s", name);
    return home_file(home, below, slot);
}

static const char *key_path(const struct home *home, const char *name)
{
    return in_keys(home, name, 2);
}

static const char *numbered(char text[32], const char *name, uint32_t number)
{
    snprintf(text, 32, "%s-%u", name, (unsigned)number);
    return text;
}

static bool write_signing_key(const struct home *home, const char *name,
                              const struct signing_key *key, const char *passphrase,
                              struct fault *fault)
{
    uint8_t *seed = secret_new(KEY_SIZE);

    signing_key_seed(key, seed);
    bool written = keyfile_write(key_path(home, name), seed, KEY_SIZE, passphrase, fault);
    secret_free(seed);
    return written;
}

static struct signing_key *read_signing_key(const struct home *home, const char *name,
                                            struct fault *fault)
{
    uint8_t *seed = keyfile_read(key_path(home, name), KEY_SIZE, fault);
    struct signing_key *key = seed == NULL ? NULL : signing_key_from_seed(seed);

    secret_free(seed);
    return key;
}

static struct exchange_key *read_secret(const char *path, struct fault *fault)
{
    uint8_t *secret = keyfile_read(path, KEY_SIZE, fault);
    struct exchange_key *key = secret == NULL ? NULL : exchange_key_from_secret(secret);

    secret_free(secret);
    return key;
}

/* New ones are written as NAME-new, then the card that has them, then they get their names: where
 * that was cut short, it is done now. */
static struct exchange_key *read_exchange_key(const struct home *home, const char *name,
                                              const struct exchange_public *on_card,
                                              struct fault *fault)
{
    char new_name[32];
    struct exchange_key *key;

    snprintf(new_name, sizeof new_name, "%s-new", name);
    if (access(key_path(home, new_name), F_OK) == 0) {
        if ((key = read_secret(key_path(home, new_name), fault)) == NULL)
            return NULL;
        if (memcmp(exchange_key_public(key), on_card, sizeof *on_card) == 0) {
            (void)rename(in_keys(home, new_name, 1), in_keys(home, name, 2));
            return key;
        }
        exchange_key_free(key);
    }
    return read_secret(key_path(home, name), fault);
}

static bool write_sheet(const char *path, const char *name, const struct digest *authority,
                        const struct signing_key *next, const struct signing_key *steward,
                        struct fault *fault)
{
    struct sheet *sheet = secret_new(sizeof *sheet);
    char title[NAME_MAX_BYTES + 64];
    char *passphrase = passphrase_ask("the recovery sheet", true, fault);
    bool written = false;

    if (passphrase != NULL) {
        memset(sheet, 0, sizeof *sheet);
        memcpy(sheet->mark, sheet_mark, sizeof sheet->mark);
        memcpy(sheet->authority, authority->bytes, sizeof sheet->authority);
        signing_key_seed(next, sheet->next);
        sheet->has_steward = steward != NULL;
        if (steward != NULL)
            signing_key_seed(steward, sheet->steward);
        snprintf(title, sizeof title, "candour recovery sheet of %s", name);
        written = sheet_write(path, title, sheet, sizeof *sheet, passphrase, fault);
    }
    secret_free(passphrase);
    secret_free(sheet);
    return written;
}

static struct sheet *read_sheet(const char *path, struct fault *fault)
{
    struct sheet *sheet = sheet_read(path, sizeof *sheet, fault);

    if (sheet == NULL || memcmp(sheet->mark, sheet_mark, sizeof sheet->mark) == 0)
        return sheet;
    secret_free(sheet);
    fault_set(fault, FAULT_INPUT, "%s: is not a recovery sheet of this version", path);
    return NULL;
}

/* --- The card --- */

static void copy_text(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text == NULL ? "" : text);
}

static void fill_from_config(struct card *card, const struct config *config)
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

/* The card has the keys that lie in keys/: a home from a backup has none. */
static bool add_rings(const struct home *home, struct card *card, int64_t now_ms,
                      const char *passphrase, struct fault *fault)
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

static bool save_card(const struct home *home, const struct card *card, struct fault *fault)
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

static bool write_exchange_keys(const struct home *home, struct card *card,
                                const char *transport_name, const char *box_name,
                                const char *passphrase, struct fault *fault)
{
    struct exchange_key *transport = exchange_key_new(), *box = exchange_key_new();

    card->transport = *exchange_key_public(transport);
    card->box = *exchange_key_public(box);
    bool written = keyfile_write(key_path(home, transport_name), exchange_key_secret(transport),
                                 KEY_SIZE, passphrase, fault) &&
                   keyfile_write(key_path(home, box_name), exchange_key_secret(box), KEY_SIZE,
                                 passphrase, fault);
    exchange_key_free(transport);
    exchange_key_free(box);
    return written;
}

static void drop_new_exchange_keys(const struct home *home)
{
    unlink(key_path(home, "transport-new"));
    unlink(key_path(home, "box-new"));
}

/* Others for all but the feed's, in the place of those that lie in keys/. */
static bool renew_keys(const struct home *home, struct card *card, int64_t now_ms,
                       const char *passphrase, struct fault *fault)
{
    drop_new_exchange_keys(home);
    forget_rings(home, now_ms);
    return write_exchange_keys(home, card, "transport-new", "box-new", passphrase, fault);
}

/* The card that has them is written. Or the next who reads them does it. */
static void end_renewal(const struct home *home)
{
    (void)rename(home_file(home, "keys/transport-new", 1), key_path(home, "transport"));
    (void)rename(home_file(home, "keys/box-new", 1), key_path(home, "box"));
}

bool keys_create(const struct home *home, const struct config *config, const char *recovery,
                 bool sealed, int64_t now_ms, struct card **made, struct fault *fault)
{
    bool is_steward = config->authority.role == ROLE_AUTHORITY;
    struct signing_key *feed = signing_key_new(), *next = signing_key_new();
    struct signing_key *steward = is_steward ? signing_key_new() : NULL;
    struct card *card = memory_new(1, sizeof *card);
    char *passphrase = NULL;
    bool done = false, on_sheet = false;

    fill_from_config(card, config);
    card->issued_ms = now_ms;
    card->feed_count = 1;
    card->feeds[0].number = 1;
    card->feeds[0].key = *signing_key_public(feed);
    card->feeds[0].next = next_key_hash(signing_key_public(next));
    card->authority = authority_id(&card->feeds[0].key, &card->feeds[0].next);
    card->has_steward_key = is_steward;
    if (is_steward)
        card->steward_key = *signing_key_public(steward);

    if (sealed && (passphrase = passphrase_ask("the node's keys", true, fault)) == NULL)
        goto out;
    if (recovery != NULL) {
        on_sheet = write_sheet(recovery, card->name, &card->authority, next, steward, fault);
        if (!on_sheet)
            goto out;
    } else if (!write_signing_key(home, "next", next, passphrase, fault) ||
               (is_steward && !write_signing_key(home, "steward", steward, passphrase, fault))) {
        goto out;
    }
    done = write_signing_key(home, "feed-1", feed, passphrase, fault) &&
           write_exchange_keys(home, card, "transport", "box", passphrase, fault) &&
           add_rings(home, card, now_ms, passphrase, fault) && card_sign(card, feed, fault) &&
           save_card(home, card, fault);
out:
    if (on_sheet && !done)
        unlink(recovery); /* Of keys that are not. */
    secret_free(passphrase);
    signing_key_free(feed);
    signing_key_free(next);
    signing_key_free(steward);
    if (done)
        *made = card;
    else
        card_free(card);
    return done;
}

bool keys_open(const struct home *home, struct keys *keys, struct fault *fault)
{
    struct card *card = keys_last_card(home, fault);
    char name[32];

    memset(keys, 0, sizeof *keys);
    if (card == NULL)
        return false;
    keys->feed_number = card->feeds[card->feed_count - 1].number;
    keys->feed = read_signing_key(home, numbered(name, "feed", keys->feed_number), fault);
    if (keys->feed != NULL)
        keys->transport = read_exchange_key(home, "transport", &card->transport, fault);
    if (keys->transport != NULL)
        keys->box = read_exchange_key(home, "box", &card->box, fault);
    card_free(card);
    if (keys->box != NULL)
        return true;
    keys_close(keys);
    return false;
}

void keys_close(struct keys *keys)
{
    signing_key_free(keys->feed);
    exchange_key_free(keys->transport);
    exchange_key_free(keys->box);
    memset(keys, 0, sizeof *keys);
}

bool keys_unguarded(const struct home *home)
{
    return access(key_path(home, "next"), F_OK) == 0 ||
           access(key_path(home, "steward"), F_OK) == 0;
}

/* Is this the key that the card's last feed commits to? */
static bool is_next(const struct card *card, const struct signing_key *key)
{
    struct digest hash = next_key_hash(signing_key_public(key));

    return digest_equal(&hash, &card->feeds[card->feed_count - 1].next);
}

/* The next key from keys/. A rotation writes the one after it as `next-new`, then the card, then
 * gives it its name: where that was cut short, it is done now. */
static struct signing_key *read_next(const struct home *home, const struct card *card,
                                     struct fault *fault)
{
    struct signing_key *key = NULL;

    if (access(key_path(home, "next-new"), F_OK) == 0) {
        if ((key = read_signing_key(home, "next-new", fault)) == NULL)
            return NULL;
        if (is_next(card, key)) {
            (void)rename(home_file(home, "keys/next-new", 1), key_path(home, "next"));
            return key;
        }
        signing_key_free(key);
    }
    if ((key = read_signing_key(home, "next", fault)) == NULL || is_next(card, key))
        return key;
    signing_key_free(key);
    fault_set(fault, FAULT_SELF, "%s: is not the next key that the card commits to: use the sheet",
              key_path(home, "next"));
    return NULL;
}

bool keys_to_sheet(const struct home *home, const char *path, struct fault *fault)
{
    struct card *card = keys_last_card(home, fault);
    struct signing_key *next = NULL, *steward = NULL;
    bool moved = false;

    if (card == NULL)
        return false;
    if (!keys_unguarded(home)) {
        fault_set(fault, FAULT_INPUT, "%s/keys: neither the next key nor a steward key is there",
                  home->path);
    } else if ((next = read_next(home, card, fault)) != NULL &&
               (access(key_path(home, "steward"), F_OK) != 0 ||
                (steward = read_signing_key(home, "steward", fault)) != NULL) &&
               write_sheet(path, card->name, &card->authority, next, steward, fault)) {
        unlink(key_path(home, "next"));
        unlink(key_path(home, "steward"));
        moved = true;
    }
    signing_key_free(next);
    signing_key_free(steward);
    card_free(card);
    return moved;
}

/* The passphrase that new key files are sealed with: the one that the others have. */
static bool same_passphrase(const struct home *home, char **passphrase, struct fault *fault)
{
    const char *path = key_path(home, "transport");
    struct buffer box = {0};
    size_t size;

    *passphrase = NULL;
    if (!file_read(path, SECRET_BOX_MAX, &box, fault))
        return false;
    uint8_t *secret = secret_new(SECRET_MAX);
    enum secret_answer answer = secret_open(secret, &size, box.data, box.size, NULL);
    bool sealed = answer == SECRET_NEEDS_PASSPHRASE;
    if (sealed && (*passphrase = passphrase_ask("the node's keys", false, fault)) != NULL &&
        secret_open(secret, &size, box.data, box.size, *passphrase) != SECRET_OPEN) {
        secret_free(*passphrase);
        *passphrase = NULL;
        fault_set(fault, FAULT_INPUT, "%s: this passphrase does not open it: try again", path);
    }
    secret_free(secret);
    if (box.data != NULL)
        secret_wipe(box.data, box.size);
    buffer_release(&box);
    return !sealed || *passphrase != NULL;
}

static struct card *without_signature(const struct card *card)
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

/* The steward key from keys/, where a rotation may have been cut short as with the next key. */
static struct signing_key *read_steward(const struct home *home, struct fault *fault)
{
    struct card *card = NULL;
    struct signing_key *key = NULL;

    if (access(key_path(home, "steward-new"), F_OK) != 0)
        return read_signing_key(home, "steward", fault);
    if ((card = keys_last_card(home, fault)) != NULL)
        key = read_signing_key(home, "steward-new", fault);
    if (key != NULL &&
        memcmp(signing_key_public(key), &card->steward_key, sizeof card->steward_key) != 0) {
        signing_key_free(key);
        key = read_signing_key(home, "steward", fault);
    } else if (key != NULL) {
        (void)rename(in_keys(home, "steward-new", 1), in_keys(home, "steward", 2));
    }
    card_free(card);
    return key;
}

struct signing_key *keys_steward(const struct home *home, const char *path, struct fault *fault)
{
    if (path == NULL && access(in_keys(home, "steward", 0), F_OK) != 0 &&
        access(in_keys(home, "steward-new", 0), F_OK) != 0) {
        fault_set(fault, FAULT_INPUT,
                  "no steward key lies in keys/: say --key with the recovery sheet that holds it "
                  "(a hub has none)");
        return NULL;
    }
    if (path == NULL)
        return read_steward(home, fault);

    struct sheet *sheet = read_sheet(path, fault);
    struct signing_key *key = NULL;
    if (sheet != NULL && sheet->has_steward)
        key = signing_key_from_seed(sheet->steward);
    else if (sheet != NULL)
        fault_set(fault, FAULT_INPUT,
                  "%s: holds no steward key: a hub has none, and a sheet made after "
                  "the steward key had left keys/ does not hold it: use the earlier one",
                  path);
    secret_free(sheet);
    return key;
}

struct signing_key *keys_next(const struct home *home, const char *path, struct fault *fault)
{
    struct card *card = keys_last_card(home, fault);
    struct signing_key *key = NULL;
    struct sheet *sheet;

    if (card != NULL && path == NULL) {
        key = read_next(home, card, fault);
    } else if (card != NULL && (sheet = read_sheet(path, fault)) != NULL) {
        key = signing_key_from_seed(sheet->next);
        secret_free(sheet);
        if (!is_next(card, key)) {
            signing_key_free(key);
            key = NULL;
            fault_set(fault, FAULT_INPUT,
                      "%s: its next key is not the one that this home's card commits to: use the "
                      "recovery sheet made last, of this authority",
                      path);
        }
    }
    card_free(card);
    return key;
}

/* --- Rotation --- */

struct rotation {
    const struct home *home;
    const char *sheet, *recovery;
    bool renew;
    char *passphrase;
    struct card *card;
    struct signing_key *feed, *next;
    struct signing_key *steward; /* NULL: it stays where it is, or there is none. */
};

static void rotation_release(struct rotation *rotation)
{
    secret_free(rotation->passphrase);
    signing_key_free(rotation->feed);
    signing_key_free(rotation->next);
    signing_key_free(rotation->steward);
}

static bool take_steward(struct rotation *rotation, const struct card *old, struct fault *fault)
{
    if (!old->has_steward_key || (!rotation->renew && rotation->recovery == NULL))
        return true;
    rotation->steward =
        rotation->renew ? signing_key_new() : keys_steward(rotation->home, rotation->sheet, fault);
    return rotation->steward != NULL;
}

static bool take_keys(struct rotation *rotation, const struct card *old, struct fault *fault)
{
    rotation->next = signing_key_new();
    return same_passphrase(rotation->home, &rotation->passphrase, fault) &&
           (rotation->feed = keys_next(rotation->home, rotation->sheet, fault)) != NULL &&
           take_steward(rotation, old, fault);
}

/* The card says which transport and box key lie in keys/: where the server was lost, other ones
 * than before. */
static bool take_exchange_keys(const struct rotation *rotation, struct fault *fault)
{
    const struct home *home = rotation->home;
    struct card *card = rotation->card;
    struct exchange_key *transport = read_exchange_key(home, "transport", &card->transport, fault);
    struct exchange_key *box =
        transport == NULL ? NULL : read_exchange_key(home, "box", &card->box, fault);

    if (box != NULL) {
        card->transport = *exchange_key_public(transport);
        card->box = *exchange_key_public(box);
    }
    exchange_key_free(transport);
    exchange_key_free(box);
    return box != NULL;
}

/* Where the key after the next goes, and the steward key with it: onto a new sheet, or into keys/.
 */
static bool keep_next(const struct rotation *rotation, struct fault *fault)
{
    const struct card *card = rotation->card;
    const struct home *home = rotation->home;

    if (rotation->recovery != NULL)
        return write_sheet(rotation->recovery, card->name, &card->authority, rotation->next,
                           rotation->steward, fault);
    unlink(key_path(home, "next-new")); /* Of a rotation that came to nothing. */
    unlink(key_path(home, "steward-new"));
    return write_signing_key(home, "next-new", rotation->next, rotation->passphrase, fault) &&
           (rotation->steward == NULL ||
            write_signing_key(home, "steward-new", rotation->steward, rotation->passphrase, fault));
}

static void drop_next(const struct rotation *rotation)
{
    if (rotation->recovery != NULL) {
        unlink(rotation->recovery);
        return;
    }
    unlink(key_path(rotation->home, "next-new"));
    unlink(key_path(rotation->home, "steward-new"));
}

/* The card is written: what was next is the feed's key, and what is next gets its place. What a
 * crash leaves undone of that the next who reads a key does. */
static void end_rotation(const struct rotation *rotation)
{
    const struct home *home = rotation->home;

    if (rotation->renew)
        end_renewal(home);
    if (rotation->recovery == NULL) {
        (void)rename(home_file(home, "keys/next-new", 1), key_path(home, "next"));
        if (rotation->steward != NULL)
            (void)rename(home_file(home, "keys/steward-new", 1), key_path(home, "steward"));
        return;
    }
    unlink(key_path(home, "next"));
    unlink(key_path(home, "next-new"));
    unlink(key_path(home, "steward"));
    unlink(key_path(home, "steward-new"));
}

static void open_next_feed(const struct rotation *rotation, uint64_t last_seq,
                           const struct digest *last_id)
{
    struct card *card = rotation->card;
    struct card_feed *last = &card->feeds[card->feed_count - 1];

    last->cut = true;
    last->cut_seq = last_seq;
    if (last_seq > 0)
        last->cut_id = *last_id;
    last[1] = (struct card_feed){.number = last->number + 1,
                                 .key = *signing_key_public(rotation->feed),
                                 .next = next_key_hash(signing_key_public(rotation->next))};
    card->feed_count++;
    if (rotation->renew && rotation->steward != NULL)
        card->steward_key = *signing_key_public(rotation->steward);
}

/* Everything but the sheet: the card last, which is what decides. */
static bool write_rotation(const struct rotation *rotation, int64_t now_ms, struct fault *fault)
{
    const struct home *home = rotation->home;
    struct card *card = rotation->card;
    char name[32];

    numbered(name, "feed", card->feeds[card->feed_count - 1].number);
    unlink(key_path(home, name)); /* Of a rotation that came to nothing. */
    bool done = (!rotation->renew || renew_keys(home, card, now_ms, rotation->passphrase, fault)) &&
                add_rings(home, card, now_ms, rotation->passphrase, fault) &&
                card_sign(card, rotation->feed, fault) &&
                write_signing_key(home, name, rotation->feed, rotation->passphrase, fault) &&
                save_card(home, card, fault);
    if (!done) {
        unlink(key_path(home, name));
        if (rotation->renew)
            drop_new_exchange_keys(home);
    }
    return done;
}

static bool has_room(const struct card *card, struct fault *fault)
{
    return card->feed_count < FEEDS_MAX ||
           fault_set(fault, FAULT_INPUT,
                     "this authority has used its %d feeds: make a new authority "
                     "that succeeds it (docs/keys.md)",
                     FEEDS_MAX);
}

bool keys_rotate(const struct home *home, const struct config *config,
                 const struct key_change *change, uint64_t last_seq, const struct digest *last_id,
                 int64_t now_ms, struct card **made, struct fault *fault)
{
    struct rotation rotation = {
        .home = home, .sheet = change->sheet, .recovery = change->recovery, .renew = change->renew};
    struct card *old = keys_last_card(home, fault);
    bool done = false;

    if (old == NULL || !take_keys(&rotation, old, fault) || !has_room(old, fault))
        goto out;
    rotation.card = without_signature(old);
    fill_from_config(rotation.card, config);
    rotation.card->issued_ms = now_ms > old->issued_ms ? now_ms : old->issued_ms + 1;
    open_next_feed(&rotation, last_seq, last_id);
    if (!take_exchange_keys(&rotation, fault) || !keep_next(&rotation, fault))
        goto out;
    done = write_rotation(&rotation, now_ms, fault);
    if (done)
        end_rotation(&rotation);
    else
        drop_next(&rotation);
out:
    if (done)
        *made = rotation.card;
    else
        card_free(rotation.card);
    rotation_release(&rotation);
    card_free(old);
    return done;
}

/* --- A home whose server is lost --- */

bool keys_sheet_owner(const char *path, struct digest *authority, struct fault *fault)
{
    struct sheet *sheet = read_sheet(path, fault);

    if (sheet == NULL)
        return false;
    memcpy(authority->bytes, sheet->authority, sizeof authority->bytes);
    secret_free(sheet);
    return true;
}

bool keys_recover(const struct home *home, const struct card *card, bool sealed,
                  struct fault *fault)
{
    struct card *copy = without_signature(card); /* Its transport and box key are lost. */
    char *passphrase = NULL;

    bool done =
        (!sealed || (passphrase = passphrase_ask("the node's keys", true, fault)) != NULL) &&
        write_exchange_keys(home, copy, "transport", "box", passphrase, fault) &&
        save_card(home, card, fault);
    secret_free(passphrase);
    card_free(copy);
    return done;
}
