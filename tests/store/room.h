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
const char *room_index_path(void);

/* Bring what is derived up to the facts, as the node's second thread does. asked(), found() and
 * verified() do so first. */
void derive(void);
void derive_close(void); /* It is opened again when it is needed. */
void reindex(void);
uint64_t index_purged(void); /* store_index_purged(), by who derives. */

/* Keep in the set, signed by its council, and free; returns where it stands. */
struct entry keep(struct record *record);
struct entry keep_aside(struct record *record);
struct entry entry_for(const struct record *record);

/* The text that a query over the views gives: cells separated by '|', each row on a line. */
const char *asked(const char *select);
const char *asked_as_it_is(const char *select); /* Without deriving before. */
/* The fault's text that it gives instead. */
const char *asked_in_vain(const char *select);

/* Run SQL on the facts' file, or on that of what is derived, behind the store's back, as damage
 * does. */
void damage(const char *sql);
void damage_index(const char *sql);
/* What store_verify() says: one line for each that is bad. The second does not derive before. */
const char *verified(void);
const char *verified_as_it_is(void);

uint64_t count_records(void);

/* The name of the first of the store's files that has the word in it, also within what is packed;
 * NULL: none has. */
const char *room_file_with(const char *word);
/* The same, of any 16 bytes of a body that is like no other: of its salt, or of its content as it
 * is kept. */
const char *room_file_with_body(const struct record *record);

#define cr_done(call) cr_assert(call, "%s", fault.text)

extern const char snapshot_file[], update_file[], profile_file[], indicator_file[];

#endif
