#ifndef CANDOUR_NODE_SHARE_H
#define CANDOUR_NODE_SHARE_H

#include "protocol/fault.h"

#include <stddef.h>

/* The path of a file that ships with candour ("samples/ascof.map.conf"): in ../share/candour
 * beside an installed program, or in the source tree that the program was built from. */
bool share_find(const char *name, char *path, size_t size, struct fault *fault);

/* The path of this program itself. */
bool share_program(char *path, size_t size, struct fault *fault);

#endif
