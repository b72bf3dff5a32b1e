#ifndef CANDOUR_NODE_PEERS_H
#define CANDOUR_NODE_PEERS_H

#include "node/status.h"

/* Whom a node dials: the peers chosen at `join`; where none were chosen, the
 * hubs on the charter; where there is no hub either, every member that says where it can be
 * reached. */
#define PEERS_DIALLED_MAX 32

/* Fills `dials` (room for PEERS_DIALLED_MAX) but for their numbers; returns how many. */
size_t peers_to_dial(struct store *store, const struct charter *charter, const struct digest *self,
                     struct dial *dials);

/* Every member that says where it can be reached, in the same way. */
size_t peers_reachable(const struct charter *charter, const struct digest *self,
                       struct dial *dials);

/* The same peer at the same place with the same key? */
bool peers_same(const struct dial *a, const struct dial *b);

/* Understand one --peer: a member's name or id, NAME@tcp://HOST:PORT where it is not reached as its
 * card says, or a tcp://HOST:PORT that is on a card. */
bool peers_choose(const struct charter *charter, const char *peer, struct chosen_peer *chosen,
                  struct fault *fault);

/* The one active member of this name (case does not matter), or whose id begins so (6 digits or
 * more). NULL with FAULT_ABSENT and did-you-mean. */
const struct member *peers_member(const struct charter *charter, const char *name,
                                  struct fault *fault);

#endif
