#ifndef CANDOUR_NODE_HOME_H
#define CANDOUR_NODE_HOME_H

#include "protocol/bytes.h"

#include "protocol/fault.h"
#include <stdint.h>

/* One node's folder: candour.conf, keys/ (0700, files 0600), card, store.sqlite and its WAL, lock.
 * Nothing is ever written anywhere else unless a path was given. */
#define HOME_PATH_MAX 3072

struct home {
    char path[HOME_PATH_MAX];
    int lock; /* The lock's file descriptor; -1 while it is not ours. */
};

/* `option` (--home), else $CANDOUR_HOME, else /var/lib/candour for the user candour, else
 * $XDG_DATA_HOME/candour, else ~/.local/share/candour. */
bool home_find(struct home *home, const char *option, struct fault *fault);

/* The path of a file in it. The text lives until the same `slot` (0 to 3) is used again. */
const char *home_file(const struct home *home, const char *name, unsigned slot);

/* Make the folder and keys/ in it; FAULT_INPUT where a node lives there already. */
bool home_create(const struct home *home, struct fault *fault);

/* What a half-made home leaves behind goes, so that it can be made again. Only after home_create():
 * what is in its keys/ was put there since. */
void home_remove(const struct home *home);

/* Be the one process that writes the store. FAULT_SELF when another is; its pid is told. Given
 * back by home_unlock(), or when the process ends, however it ends. */
bool home_lock(struct home *home, struct fault *fault);
void home_unlock(struct home *home);

/* Is a node running on this home? Its process id, or 0. */
long home_running(const struct home *home);

/* Who holds the lock says that it is not stuck, every few seconds; and how long ago it last did, in
 * ms, or -1 where that cannot be told. */
void home_beat(const struct home *home);
int64_t home_beat_age(const struct home *home, int64_t now_ms);

/* Read a whole file of at most `most` bytes. Faults name the path. */
bool file_read(const char *path, size_t most, struct buffer *content, struct fault *fault);

/* Write a file as a whole or not at all: a new one beside it, fsync, rename. `fresh`: it must not
 * be there yet. */
bool file_write(const char *path, struct bytes content, unsigned mode, bool fresh,
                struct fault *fault);

#endif
