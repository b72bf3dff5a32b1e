#ifndef CANDOUR_PROTOCOL_GATE_INITIALS_H
#define CANDOUR_PROTOCOL_GATE_INITIALS_H

#include "protocol/gate_signs.h"

/* People in short, for gate_people.c: by what stands beside the letters, and by the name they are
 * short for. */
void find_initials(struct text *text);

/* "h. lacey", "t.j. to ring", where nothing is in capitals; beside a title, a role, or alone on its
 * line before whatever word. */
bool is_small_initial(const struct text *text, size_t at);

/* D.O.B., e.g., U.K.: how many letters, 0 where it is none of those. */
size_t letters_of_abbreviation(struct text *text, size_t at);

#endif
