#ifndef CANDOUR_NODE_OWN_NAMES_H
#define CANDOUR_NODE_OWN_NAMES_H

#include "node/config.h"
#include "node/home.h"
#include "protocol/gate.h"

/* The lists of names that an authority has: a street gazetteer, its schools and homes, a directory
 * of staff. They lie in the home, one name a line, as names/authority.txt, places.txt,
 * organisations.txt and people.txt; each may be missing, and a line that begins with # is a remark.
 * They never leave the house: the gate alone reads them. */
struct own_names {
    struct buffer files[4];
    struct gate_profile profile; /* Borrows from `files`. */
};

/* False where a file is there and cannot be read, with its path, or a name in it cannot be used,
 * with its line. */
bool own_names_read(const struct home *home, struct own_names *names, struct fault *fault);
void own_names_release(struct own_names *names);

/* How many names there are. */
size_t own_names_count(const struct own_names *names);

/* The files in names/ that are no list of ours and are never read, such as staff.txt: their names.
 * The caller releases them. */
void own_names_unread(const struct home *home, struct texts *files);

/* The gate as this home has it: by its lists and by what `config` and `more` name. Either of these
 * may be NULL, and no lists are read without a configuration. NULL where a list cannot be used. */
struct gate *own_names_gate(const struct home *home, const struct config *config,
                            const struct texts *more, struct fault *fault);

/* The configuration and the lists of names, as they lie on the disk: by this it is known, without
 * reading them, whether one is another than before. */
struct house_files {
    struct file_look {
        int64_t size, changed_s, changed_ns; /* All -1: it is not there. */
        uint64_t inode;
    } files[5];
};
struct house_files house_files_look(const struct home *home);
bool house_files_same(const struct house_files *a, const struct house_files *b);

/* One more name that the authority goes by. The text must stay. */
void own_names_add(struct own_names *names, const char *name);

#endif
