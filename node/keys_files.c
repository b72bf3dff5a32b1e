#include "crypto/secret.h"
#include "node/keys_inside.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Key files and recovery sheets: written, read, and renamed where a change was cut short. */

_Static_assert(sizeof(struct sheet) == 101, "bytes only: the same on every machine");

static const char sheet_mark[4] = {'C', 'R', 'S', '1'};

const char *in_keys(const struct home *home, const char *name, unsigned slot)
{
    char below[64];

    snprintf(below, sizeof below, "keys/%s", name);
    return home_file(home, below, slot);
}

const char *key_path(const struct home *home, const char *name)
{
    return in_keys(home, name, 2);
}

const char *numbered(char text[32], const char *name, uint32_t number)
{
    snprintf(text, 32, "%s-%u", name, (unsigned)number);
    return text;
}

/* --- Key files --- */

bool write_signing_key(const struct home *home, const char *name, const struct signing_key *key,
                       const char *passphrase, struct fault *fault)
{
    uint8_t *seed = secret_new(KEY_SIZE);

    signing_key_seed(key, seed);
    bool written = keyfile_write(key_path(home, name), seed, KEY_SIZE, passphrase, fault);
    secret_free(seed);
    return written;
}

struct signing_key *read_signing_key(const struct home *home, const char *name, struct fault *fault)
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

struct exchange_key *read_exchange_key(const struct home *home, const char *name,
                                       const struct exchange_public *on_card, struct fault *fault)
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

bool write_exchange_keys(const struct home *home, struct card *card, const char *transport_name,
                         const char *box_name, const char *passphrase, struct fault *fault)
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

void drop_new_exchange_keys(const struct home *home)
{
    unlink(key_path(home, "transport-new"));
    unlink(key_path(home, "box-new"));
}

void end_renewal(const struct home *home)
{
    (void)rename(home_file(home, "keys/transport-new", 1), key_path(home, "transport"));
    (void)rename(home_file(home, "keys/box-new", 1), key_path(home, "box"));
}

bool same_passphrase(const struct home *home, char **passphrase, struct fault *fault)
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

/* --- Recovery sheets --- */

bool write_sheet(const char *path, const char *name, const struct digest *authority,
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

struct sheet *read_sheet(const char *path, struct fault *fault)
{
    struct sheet *sheet = sheet_read(path, sizeof *sheet, fault);

    if (sheet == NULL || memcmp(sheet->mark, sheet_mark, sizeof sheet->mark) == 0)
        return sheet;
    secret_free(sheet);
    fault_set(fault, FAULT_INPUT, "%s: is not a recovery sheet of this version", path);
    return NULL;
}

bool keys_sheet_owner(const char *path, struct digest *authority, struct fault *fault)
{
    struct sheet *sheet = read_sheet(path, fault);

    if (sheet == NULL)
        return false;
    memcpy(authority->bytes, sheet->authority, sizeof authority->bytes);
    secret_free(sheet);
    return true;
}
