#ifndef CANDOUR_NODE_KEYS_INSIDE_H
#define CANDOUR_NODE_KEYS_INSIDE_H

#include "node/keyfile.h"
#include "node/keys.h"

/* What the files of the keys know of each other, and nobody else:
 *
 *     keys.c         making, opening, the next key and the steward key
 *     keys_files.c   key files and recovery sheets
 *     keys_card.c    the card, and the keys of rings
 *     keys_rotate.c  the next key takes over */

/* --- keys_files.c --- */

#define KEY_SIZE 32

/* What a recovery sheet holds. */
struct sheet {
    uint8_t mark[4]; /* "CRS1" */
    uint8_t authority[32];
    uint8_t next[KEY_SIZE];
    uint8_t has_steward;
    uint8_t steward[KEY_SIZE];
};

/* The path of a file in keys/, in this slot of home_file(); key_path() uses slot 2. */
const char *in_keys(const struct home *home, const char *name, unsigned slot);
const char *key_path(const struct home *home, const char *name);
/* "feed-3", into `text`, which it returns. */
const char *numbered(char text[32], const char *name, uint32_t number);

bool write_signing_key(const struct home *home, const char *name, const struct signing_key *key,
                       const char *passphrase, struct fault *fault);
struct signing_key *read_signing_key(const struct home *home, const char *name,
                                     struct fault *fault);
/* New ones are written as NAME-new, then the card that has them, then they get their names: where
 * that was cut short, it is done now. */
struct exchange_key *read_exchange_key(const struct home *home, const char *name,
                                       const struct exchange_public *on_card, struct fault *fault);
bool write_exchange_keys(const struct home *home, struct card *card, const char *transport_name,
                         const char *box_name, const char *passphrase, struct fault *fault);
void drop_new_exchange_keys(const struct home *home);
/* The card that has them is written. Or the next who reads them does it. */
void end_renewal(const struct home *home);

bool write_sheet(const char *path, const char *name, const struct digest *authority,
                 const struct signing_key *next, const struct signing_key *steward,
                 struct fault *fault);
struct sheet *read_sheet(const char *path, struct fault *fault);

/* The passphrase that new key files are sealed with: the one that the others have. */
bool same_passphrase(const struct home *home, char **passphrase, struct fault *fault);

/* --- keys_card.c --- */

void fill_from_config(struct card *card, const struct config *config);
/* The card has the keys that lie in keys/: a home from a backup has none. */
bool add_rings(const struct home *home, struct card *card, int64_t now_ms, const char *passphrase,
               struct fault *fault);
bool save_card(const struct home *home, const struct card *card, struct fault *fault);
/* Others for all but the feed's, in the place of those that lie in keys/. */
bool renew_keys(const struct home *home, struct card *card, int64_t now_ms, const char *passphrase,
                struct fault *fault);
struct card *without_signature(const struct card *card);

#endif
