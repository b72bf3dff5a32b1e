#define _XOPEN_SOURCE 700
#include "tests/support/folder.h"

#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct folder folder_new(void)
{
    struct folder folder;
    const char *within = getenv("TMPDIR");

    snprintf(folder.path, sizeof folder.path, "%.40s/candour-XXXXXX",
             within == NULL || strlen(within) > 40 ? "/tmp" : within);
    char *made = mkdtemp(folder.path);
    assert(made != NULL);
    return folder;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

void folder_remove(struct folder *folder)
{
    nftw(folder->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *folder_file(const struct folder *folder, const char *name)
{
    static char paths[16][160];
    static unsigned next;
    char *path = paths[next++ % 16];

    snprintf(path, sizeof paths[0], "%s/%s", folder->path, name);
    return path;
}

char *file_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0, read = 1;

    if (file == NULL)
        return NULL;
    while (read > 0) {
        text = realloc(text, size + 65536 + 1);
        assert(text != NULL);
        read = fread(text + size, 1, 65536, file);
        size += read;
    }
    text[size] = 0;
    fclose(file);
    return text;
}
