#include "crypto/secret.h"
#include "node/keys_inside.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The keys of a home: made, opened, moved onto a sheet, read from one. */

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

/* --- The next key and the steward key --- */

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

    if (card != NULL && path == NULL && access(in_keys(home, "next", 0), F_OK) != 0 &&
        access(in_keys(home, "next-new", 0), F_OK) != 0) {
        fault_set(fault, FAULT_INPUT,
                  "the next key does not lie in keys/: say --key with the recovery sheet that "
                  "holds it");
    } else if (card != NULL && path == NULL) {
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
