#ifndef CANDOUR_TESTS_SUPPORT_FOLDER_H
#define CANDOUR_TESTS_SUPPORT_FOLDER_H

/* A folder for one test. */
struct folder {
    char path[64];
};
struct folder folder_new(void);
void folder_remove(struct folder *folder); /* With all that is in it. */

/* The path of a file in it; good until the sixteenth call after this one. */
const char *folder_file(const struct folder *folder, const char *name);

/* A file's whole text, freed by the caller; NULL where it cannot be read. */
char *file_text(const char *path);

#endif
