#include "crypto/secret.h"
#include "node/keys_inside.h"

#include <stdio.h>
#include <unistd.h>

/* The next key takes over: the feed ends, the next one begins. */

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
