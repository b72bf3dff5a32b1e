#include "node/cli/command.h"

#include <malloc.h>

/* The threads of a node hand one another what they allocate, and glibc would keep for each of them
 * what it gave back: a tenth of a node's memory in a catch-up. Two of them work at once. */
#define ARENAS 2

int main(int count, char **arguments)
{
    mallopt(M_ARENA_MAX, ARENAS);
    return cli_main(count, arguments);
}
