#ifndef CANDOUR_TESTS_RANDOM_DOCUMENT_H
#define CANDOUR_TESTS_RANDOM_DOCUMENT_H

#include "protocol/form.h"

/* Chance that a seed repeats. */
uint64_t chance(uint64_t *seed, uint64_t below);

/* A document without problems, with texts that look like headings, comments, bars and lists. */
struct document *random_document(const struct form *form, uint64_t *seed);

/* Whether both say the same, field by field; header fields too if asked for. */
bool documents_agree(const struct document *a, const struct document *b, bool header);

/* Everything wrong, one line each: "2:10 unknown_word: ...". The caller releases it. */
struct buffer complaints(const struct problems *problems);

#endif
