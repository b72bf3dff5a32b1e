#ifndef CANDOUR_NODE_KEYS_H
#define CANDOUR_NODE_KEYS_H

#include "crypto/exchange.h"
#include "crypto/ring.h"
#include "crypto/signature.h"
#include "node/config.h"
#include "node/home.h"
#include "protocol/card.h"
#include "protocol/charter.h"

/* The secret keys of one node, in home/keys: a file each, mode 0600, refused when others may read
 * it. docs/keys.md says what each is for and what to do when one is lost or stolen.
 *
 *     feed-N      signs the records of feed N, and the card
 *     next        the key that feed N+1 will have; belongs on the recovery sheet, not here
 *     steward     signs charters; the same
 *     transport   CURVE: who this node is on the wire
 *     box         what sealed messages are addressed to
 *     ring-E      for anonymous records of ring epoch E */
struct keys {
    struct signing_key *feed;
    uint32_t feed_number;
    struct exchange_key *transport;
    struct exchange_key *box;
};

/* Make all keys of a new node. With `recovery` (a path) the next key and the steward key go onto a
 * sheet there, sealed with a passphrase, else into keys/. With `sealed` the files in keys/ are
 * sealed with a passphrase too. Writes home/card: the first card, signed. */
bool keys_create(const struct home *home, const struct config *config, const char *recovery,
                 bool sealed, int64_t now_ms, struct card **card, struct fault *fault);

/* What the running node needs. Ring keys are read when they are used. */
bool keys_open(const struct home *home, struct keys *keys, struct fault *fault);
void keys_close(struct keys *keys);

/* True while `next` or `steward` lie in keys/: `status` says so until they are moved away. */
bool keys_unguarded(const struct home *home);

/* This authority's card as the configuration and the keys are now, signed; ring keys for the
 * current and the next epoch are made where they are missing. Written to home/card when anything
 * changed. With `renew` transport, box and ring keys are other ones than before. */
struct card *keys_card(const struct home *home, const struct config *config, bool renew,
                       int64_t now_ms, struct fault *fault);

/* The same after the next key took over, as feed N+1. `last` is where feed N ends (seq 0: nothing
 * of it stands). Nothing is signed in feed N any more. All of it happens, or nothing does: the card
 * is what decides, and what a crash left half done beside it is mended when a key is next read. */
struct key_change {
    const char *sheet;    /* Holds the next key; NULL: it lies in keys/. */
    const char *recovery; /* Where the new next key goes; NULL: into keys/. */
    bool renew;           /* The steward key too, and all that keys_card() renews. */
};
bool keys_rotate(const struct home *home, const struct config *config,
                 const struct key_change *change, uint64_t last_seq, const struct digest *last_id,
                 int64_t now_ms, struct card **card, struct fault *fault);

/* Whose recovery sheet is it? */
bool keys_sheet_owner(const char *path, struct digest *authority, struct fault *fault);

/* The keys of a home whose server is lost: `card` as others have it, and a transport and a box key
 * of its own. It signs nothing: keys_rotate() with the sheet opens the next feed. */
bool keys_recover(const struct home *home, const struct card *card, bool sealed,
                  struct fault *fault);

/* Move the next key and (where it is still there) the steward key from keys/ onto a sheet, sealed
 * with a passphrase. */
bool keys_to_sheet(const struct home *home, const char *path, struct fault *fault);

/* The steward key from a recovery sheet, or (NULL) from keys/. */
struct signing_key *keys_steward(const struct home *home, const char *path, struct fault *fault);

/* The next key from a recovery sheet, or (NULL) from keys/: it signs halts. */
struct signing_key *keys_next(const struct home *home, const char *path, struct fault *fault);

/* The card in the home, as last written. */
struct card *keys_last_card(const struct home *home, struct fault *fault);

#endif
