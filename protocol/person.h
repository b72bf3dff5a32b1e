#ifndef CANDOUR_PROTOCOL_PERSON_H
#define CANDOUR_PROTOCOL_PERSON_H

#include "protocol/bytes.h"

/* Are these two spellings of one person's name, as people type their own?
 *
 * Case, accents, spaces of any kind, characters that nobody sees, marks, digits, titles and what
 * stands in brackets do not count, nor whether the surname comes first with a comma. Letters of
 * other alphabets that look like ours count as ours. Surnames must agree, and the other names one
 * by one as far as both have them; an initial agrees with any name that begins with it. A single
 * word agrees with whoever has it as the first name or the surname. Where all words of one, two and
 * more, are among those of the other, they are one in whatever order, with whatever stands beside
 * them ("Officer Ann", "Ann Officer BSc", "Ann Officer for Jo Rees").
 *
 * In doubt they are one: who is taken for another writes the name in full. It tells spellings
 * apart, not people: anybody can type any name. */
bool names_one_person(struct bytes a, struct bytes b);

#endif
