#ifndef CANDOUR_NODE_KEYFILE_H
#define CANDOUR_NODE_KEYFILE_H

#include "protocol/bytes.h"
#include "protocol/fault.h"

/* A secret in a file of mode 0600, as crypto/secret.h seals it. */

/* A passphrase from $CANDOUR_PASSPHRASE, systemd's credential "passphrase", or the terminal (twice
 * where it is new). NULL with a fault when there is none to be had. Given back with secret_free().
 */
char *passphrase_ask(const char *what_for, bool is_new, struct fault *fault);

/* Write a new file; `passphrase` NULL: in the clear. FAULT_INPUT when it is there already. */
bool keyfile_write(const char *path, const void *secret, size_t size, const char *passphrase,
                   struct fault *fault);

/* Read a secret of exactly `size` bytes into guarded memory. Refused when group or others may read
 * or write the file, or when it is not ours. A sealed one asks for its passphrase. */
void *keyfile_read(const char *path, size_t size, struct fault *fault);

/* A sealed box as lines of text between two marks, to be printed on paper; and back. */
bool sheet_write(const char *path, const char *title, const void *secret, size_t size,
                 const char *passphrase, struct fault *fault);
void *sheet_read(const char *path, size_t size, struct fault *fault);

#endif
