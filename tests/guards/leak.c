#include <criterion/criterion.h>
#include <stdlib.h>

/* It passes, and it leaks: ctest must say no. */
Test(guard, leaks)
{
    char *volatile lost = malloc(16);

    cr_expect_not_null(lost);
    lost = NULL;
}
