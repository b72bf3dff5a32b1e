#include "node/own_names.h"
#include "protocol/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_MAX (32 * 1024 * 1024)

#define LISTS 4

static const char *const list_files[LISTS] = {"names/authority.txt", "names/places.txt",
                                              "names/organisations.txt", "names/people.txt"};

static struct gate_names *list_of(struct own_names *names, size_t index)
{
    struct gate_names *const lists[] = {&names->profile.names, &names->profile.places,
                                        &names->profile.organisations, &names->profile.people};

    return lists[index];
}

/* Where a list is long, its line is what helps. */
static bool line_serves(const char *path, size_t number, struct bytes line, struct fault *fault)
{
    if (!bytes_are_text(line)) /* Nor could the line be shown. */
        return fault_set(fault, FAULT_INPUT,
                         "%s: line %zu is not UTF-8: save the file as UTF-8 (a list from a "
                         "spreadsheet: as \"CSV UTF-8\" or \"text, UTF-8\")",
                         path, number);
    if (line.size > GATE_NAME_MAX)
        return fault_set(fault, FAULT_INPUT,
                         "%s:%zu: \"%.*s\": has more than %d bytes: write it shorter", path, number,
                         QUOTED(line), GATE_NAME_MAX);
    if (line.size < 2)
        return fault_set(fault, FAULT_INPUT,
                         "%s:%zu: \"%.*s\": one letter would be found everywhere: leave it out",
                         path, number, QUOTED(line));
    return true;
}

static bool add_lines(struct gate_names *list, const char *path, struct bytes file,
                      struct fault *fault)
{
    if (bytes_begin(file, "\xef\xbb\xbf")) /* A byte order mark, as Windows writes it. */
        file = bytes_after(file, 3);
    for (size_t number = 1; file.size > 0; number++) {
        const uint8_t *end = memchr(file.data, '\n', file.size);
        size_t size = end == NULL ? file.size : (size_t)(end - file.data);
        struct bytes line = text_trimmed(bytes_of(file.data, size));
        file = bytes_after(file, end == NULL ? size : size + 1);
        if (line.size == 0 || line.data[0] == '#')
            continue;
        if (!line_serves(path, number, line, fault))
            return false;
        gate_names_add(list, line);
    }
    return true;
}

bool own_names_read(const struct home *home, struct own_names *names, struct fault *fault)
{
    memset(names, 0, sizeof *names);
    for (size_t i = 0; i < LISTS; i++) {
        const char *path = home_file(home, list_files[i], 0);
        if (access(path, F_OK) != 0 && errno == ENOENT)
            continue;
        if (!file_read(path, LIST_MAX, &names->files[i], fault) ||
            !add_lines(list_of(names, i), path, buffer_view(&names->files[i]), fault))
            return false;
    }
    return true;
}

size_t own_names_count(const struct own_names *names)
{
    const struct gate_profile *profile = &names->profile;

    return profile->names.count + profile->places.count + profile->organisations.count +
           profile->people.count;
}

static bool is_read(const char *name)
{
    for (size_t i = 0; i < LISTS; i++)
        if (strcmp(strchr(list_files[i], '/') + 1, name) == 0)
            return true;
    return false;
}

void own_names_unread(const struct home *home, struct texts *files)
{
    DIR *folder = opendir(home_file(home, "names", 0));
    const struct dirent *entry;

    while (folder != NULL && (entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.' && !is_read(entry->d_name))
            texts_add(files, entry->d_name);
    if (folder != NULL)
        closedir(folder);
}

/* --- Whether they changed --- */

/* By when its inode changed: a copy may keep the older time of its text. */
static struct file_look look_at(const char *path)
{
    struct stat found;

    if (stat(path, &found) != 0)
        return (struct file_look){-1, -1, -1, 0};
    return (struct file_look){found.st_size, found.st_ctim.tv_sec, found.st_ctim.tv_nsec,
                              found.st_ino};
}

struct house_files house_files_look(const struct home *home)
{
    struct house_files look = {{look_at(home_file(home, "candour.conf", 0))}};

    for (size_t i = 0; i < LISTS; i++)
        look.files[i + 1] = look_at(home_file(home, list_files[i], 0));
    return look;
}

bool house_files_same(const struct house_files *a, const struct house_files *b)
{
    for (size_t i = 0; i < sizeof a->files / sizeof *a->files; i++) {
        const struct file_look *one = &a->files[i], *other = &b->files[i];
        if (one->size != other->size || one->changed_s != other->changed_s ||
            one->changed_ns != other->changed_ns || one->inode != other->inode)
            return false;
    }
    return true;
}

/* --- The gate --- */

void own_names_add(struct own_names *names, const char *name)
{
    gate_names_add(&names->profile.names, bytes_of_text(name));
}

void own_names_release(struct own_names *names)
{
    gate_profile_release(&names->profile);
    for (size_t i = 0; i < LISTS; i++)
        buffer_release(&names->files[i]);
}

struct gate *own_names_gate(const struct home *home, const struct config *config,
                            const struct texts *more, struct fault *fault)
{
    struct own_names names = {0};
    struct gate *gate = NULL;

    if (config == NULL || own_names_read(home, &names, fault)) {
        if (config != NULL)
            own_names_add(&names, config->authority.name);
        for (size_t i = 0; config != NULL && i < config->own_names.count; i++)
            own_names_add(&names, config->own_names.list[i]);
        for (size_t i = 0; more != NULL && i < more->count; i++)
            own_names_add(&names, more->list[i]);
        gate = gate_new(&names.profile, fault);
    }
    own_names_release(&names);
    return gate;
}
