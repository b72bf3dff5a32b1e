#ifndef CANDOUR_TESTS_NODE_ROOM_H
#define CANDOUR_TESTS_NODE_ROOM_H

#include "node/config.h"
#include "node/home.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <netinet/in.h>

/* A folder for one test, and a home in it that has been made but holds nothing yet. */
extern struct folder folder;
extern struct home home;
extern struct fault fault;

void room_open(void);
void room_close(void);

#define cr_done(call) cr_assert(call, "%s", fault.text)

/* The call fails, for this kind of reason, in words that hold `words`. */
#define cr_refused(call, why, words)                                                               \
    do {                                                                                           \
        fault = (struct fault){0};                                                                 \
        cr_assert(!(call), "it should have been refused: %s", words);                              \
        cr_expect_eq(fault.kind, why, "kind %d: %s", (int)fault.kind, fault.text);                 \
        cr_expect(strstr(fault.text, words) != NULL, "says: %s\nnot: %s", fault.text, words);      \
    } while (0)

/* Write a file of the folder, or of the home. */
void put_file(const char *path, const char *text);

/* Where this test may listen: each is a process, and all of 127.0.0.0/8 is this machine's. So tests
 * run side by side, and none looks for a port that is free. */
#define HUB_PORT 17400
struct sockaddr_in own_address(unsigned port);
const char *own_endpoint(unsigned port); /* Until the next call. */

/* How many files and folders lie in `path`, hidden ones included. */
size_t count_files(const char *path);

/* Run `act` with standard error caught; returns what it said, freed by the caller. */
char *said_by(void (*act)(void));

/* The configuration of an authority of that name, as init makes it. */
struct config config_named(const char *name);

#endif
