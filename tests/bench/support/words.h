#ifndef CANDOUR_TESTS_BENCH_SUPPORT_WORDS_H
#define CANDOUR_TESTS_BENCH_SUPPORT_WORDS_H

#include "protocol/bytes.h"

/* Lessons of some 2 kB for benchmarks. Half of their words are out of the sample lessons, whose few
 * sentences would make an index look smaller than it is; half out of 30,000 made-up words, the n-th
 * of them 1/n times as often as the first (Zipf), as in a library of any size. */
struct words;
struct words *words_read(uint64_t seed);
void words_free(struct words *words);

/* Append the content of a lesson's body. */
void words_lesson(struct words *words, struct buffer *content);
/* The same, with codes of all vocabularies. */
void words_lesson_varied(struct words *words, struct buffer *content);

#endif
