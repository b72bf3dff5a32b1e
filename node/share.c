#include "node/share.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool share_program(char *path, size_t size, struct fault *fault)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 1);

    if (length <= 0)
        return fault_set(fault, FAULT_SELF, "/proc/self/exe: cannot be read: %s", strerror(errno));
    path[length] = '\0';
    return true;
}

bool share_find(const char *name, char *path, size_t size, struct fault *fault)
{
    static const char *const places[] = {"../share/candour", "../../node"};
    char program[2048];

    if (!share_program(program, sizeof program, fault))
        return false;
    *strrchr(program, '/') = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int length = snprintf(path, size, "%s/%s/%s", program, places[i], name);
        if (length > 0 && (size_t)length < size && access(path, R_OK) == 0)
            return true;
    }
    return fault_set(fault, FAULT_SELF,
                     "%s: is not beside the program, as it should be: install "
                     "candour again",
                     name);
}
