#ifndef CANDOUR_TESTS_STORE_ROOM_H
#define CANDOUR_TESTS_STORE_ROOM_H

#include "store/store.h"
#include "tests/support/council.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>

/* A store for one test, and three councils that fill it. */
extern struct folder folder;
extern struct store *store;
extern struct fault fault;
extern struct council leeds, york, hull;

void room_open(void); /* A new store, of the councils' network. */
void room_close(void);
void room_reopen(enum store_mode mode);
const char *room_path(void);

/* Keep in the set, signed by its council, and free; returns the id. */
struct digest keep(struct record *record);
struct digest keep_aside(struct record *record);

/* The text that a query over the views gives: cells separated by '|', each row on a line. */
const char *asked(const char *select);
/* The fault's text that it gives instead. */
const char *asked_in_vain(const char *select);

/* Run SQL on the file behind the store's back, as damage does. */
void damage(const char *sql);
/* What store_verify() says: one line for each that is bad. */
const char *verified(void);

uint64_t count_records(void);

#define cr_done(call) cr_assert(call, "%s", fault.text)

extern const char snapshot_file[], update_file[], profile_file[], indicator_file[];

#endif
