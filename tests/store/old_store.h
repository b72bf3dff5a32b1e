#ifndef CANDOUR_TESTS_STORE_OLD_STORE_H
#define CANDOUR_TESTS_STORE_OLD_STORE_H

/* A store as an older candour left it, in the room's place: three lessons and an update by two
 * councils, one of them aside and one without its body, of a second network one more; drafts, one
 * of them published; a queue, peers, values and charters. */
void old_store_make(int schema);

/* What must be there when it was brought up to date. */
void old_store_expect(void);

#endif
