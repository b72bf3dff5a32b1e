#include "tests/store/room.h"
#include "tests/store/search_suite.h"

#include <stdio.h>

void search_suite_settle(void)
{
    derive();
}

/* SQLite under the suite that any back end can be put under. */

Test(search, passes_the_suite)
{
    for (size_t i = 0; i < search_suite_count; i++) {
        fprintf(stderr, "search %s\n", search_suite[i].name);
        room_open();
        search_suite[i].run(store);
        cr_expect_str_eq(verified(), "", "after \"%s\"", search_suite[i].name);
        room_close();
    }
}
