#ifndef CANDOUR_NODE_MOVER_H
#define CANDOUR_NODE_MOVER_H

#include "store/store.h"

/* The thread that moves what was committed from the log into the store's file, while another one
 * goes on committing, which would have to wait for the disk a tenth of a second at a time. It owns
 * its store. */
struct mover;

/* `writer` is the store that commits, which remains the caller's and does not move its log any
 * more.
 */
struct mover *mover_open(const char *url, struct store *writer, struct fault *fault);
void mover_close(struct mover *mover);

/* Of the thread that commits, which has just done so. */
void mover_committed(struct mover *mover);
/* Of the same thread: waits until nothing is being moved, for no two can move a log, or empty it,
 * at a time. */
void mover_wait(struct mover *mover);

#endif
