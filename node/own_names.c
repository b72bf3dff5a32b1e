#include "node/own_names.h"
#include "protocol/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LIST_MAX (32 * 1024 * 1024)

static const char *const list_files[] = {"names/authority.txt", "names/places.txt",
                                         "names/organisations.txt", "names/people.txt"};

static struct gate_names *list_of(struct own_names *names, size_t index)
{
    struct gate_names *const lists[] = {&names->profile.names, &names->profile.places,
                                        &names->profile.organisations, &names->profile.people};

    return lists[index];
}

static void add_lines(struct gate_names *list, struct bytes file)
{
    while (file.size > 0) {
        const uint8_t *end = memchr(file.data, '\n', file.size);
        size_t size = end == NULL ? file.size : (size_t)(end - file.data);
        struct bytes line = text_trimmed(bytes_of(file.data, size));
        if (line.size > 0 && line.data[0] != '#')
            gate_names_add(list, line);
        file = bytes_after(file, end == NULL ? size : size + 1);
    }
}

bool own_names_read(const struct home *home, struct own_names *names, struct fault *fault)
{
    memset(names, 0, sizeof *names);
    for (size_t i = 0; i < sizeof list_files / sizeof *list_files; i++) {
        const char *path = home_file(home, list_files[i], 0);
        if (access(path, F_OK) != 0 && errno == ENOENT)
            continue;
        if (!file_read(path, LIST_MAX, &names->files[i], fault))
            return false;
        add_lines(list_of(names, i), buffer_view(&names->files[i]));
    }
    return true;
}

void own_names_add(struct own_names *names, const char *name)
{
    gate_names_add(&names->profile.names, bytes_of_text(name));
}

void own_names_release(struct own_names *names)
{
    gate_profile_release(&names->profile);
    for (size_t i = 0; i < sizeof names->files / sizeof *names->files; i++)
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
