#ifndef CANDOUR_NODE_CONFIG_H
#define CANDOUR_NODE_CONFIG_H

#include "node/home.h"
#include "protocol/card.h"

/* candour.conf, read by libconfuse: home/candour.conf, or /etc/candour/candour.conf for a home
 * under /var/lib. Reading it opens nothing for writing. */
struct texts {
    char **list;
    size_t count;
};
void texts_add(struct texts *texts, const char *text);
void texts_release(struct texts *texts);

#define HOLD_ANONYMOUS_MS (INT64_C(24) * 3600 * 1000) /* As a rule, and at least. */
#define HOLD_MOST_MS (INT64_C(90) * 24 * 3600 * 1000)

struct config {
    char *path; /* The file this came from. */
    struct {
        char *name, *type, *nation, *region, *operator_name;
        struct texts areas, functions;
        enum member_role role;
    } authority;
    struct texts
        listen; /* tcp://ADDRESS:PORT of the truth link; live records go out on PORT + 1. */
    struct texts endpoints;   /* What the card says, where that is not what we listen on. */
    struct texts own_names;   /* Names that would give this authority away in a text. */
    struct texts follow;      /* Whose texts are wanted: words of topics, ascending. None: all. */
    struct texts labels_from; /* Members whose labels are shown, besides our own. */
    bool approval_two;
    int64_t hold_ms, hold_anonymous_ms; /* How long an approved draft can still be withdrawn. */
    int64_t period_ms;                  /* Between comparisons with peers. */
    char *language;                     /* Of drafts that do not say. */
    bool unsafe_next_key;               /* A demo: the next key may stay in keys/. */
};

bool config_read(const struct home *home, struct config *config, struct fault *fault);
void config_release(struct config *config);

/* What the replica is told of `follow`. NULL: everything. */
const char *const *config_interest(const struct config *config);

/* The commented file that `init` writes. */
void config_write(const struct config *config, struct buffer *file);

/* tcp://ADDRESS:PORT taken apart. `address` may be "*". False when it is not of that form. */
bool endpoint_parse(const char *endpoint, char *address, size_t address_size, uint16_t *port);

#endif
