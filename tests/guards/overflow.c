#include <criterion/criterion.h>
#include <limits.h>

/* Undefined behaviour, and nothing that looks wrong: ctest must say no. */
Test(guard, overflows)
{
    volatile int most = INT_MAX;

    most = most + 1;
}
