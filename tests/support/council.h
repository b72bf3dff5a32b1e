#ifndef CANDOUR_TESTS_SUPPORT_COUNCIL_H
#define CANDOUR_TESTS_SUPPORT_COUNCIL_H

#include "protocol/record.h"

/* A council that signs records for tests. Its key follows from its name, so equal tests make equal
 * ids; its records follow one another in feed 1, a minute apart. */
struct council {
    struct digest network;
    struct signing_key *key;
    struct feed feed;
    uint64_t seq; /* Of the last record; 0: none yet. */
    struct digest prev;
    int64_t time_ms; /* Of the last record. */
};

struct digest council_network(void); /* The network that all of them are of. */
struct council council_new(const char *name);
void council_release(struct council *council);

/* Publish what a file says (protocol/form.h: `Name: value` lines, `## Name` sections). What
 * belongs to the header goes there; `About: last` is the council's last record. Aborts where the
 * file has problems. The caller frees the record. */
struct record *council_publish(struct council *council, const char *file);

/* Publish any bytes as the content of a body of any kind. */
struct record *council_say(struct council *council, const char *kind, struct bytes content,
                           const struct digest *about);

/* A lesson in a few words, for tests that need one that is like no other. */
struct record *council_lesson(struct council *council, const char *title, const char *what_we_did);

/* One that takes the place of that record. */
struct record *council_corrects(struct council *council, const char *title,
                                const struct digest *supersedes);

/* The same record without its body. */
struct record *without_body(const struct record *record);

#endif
