#include "tests/bench/support/sorted.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

void sort_numbers(double *list, size_t count)
{
    qsort(list, count, sizeof *list, compare);
}
