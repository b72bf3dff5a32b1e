#ifndef CANDOUR_TESTS_BENCH_SUPPORT_SORTED_H
#define CANDOUR_TESTS_BENCH_SUPPORT_SORTED_H

#include <stddef.h>

/* Ascending: then the median of them is in the middle, and p99 at count * 99 / 100. */
void sort_numbers(double *list, size_t count);

#endif
