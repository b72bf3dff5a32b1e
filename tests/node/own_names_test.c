#include "node/own_names.h"
#include "tests/node/room.h"

#include <stdio.h>
#include <sys/stat.h>

TestSuite(own_names, .init = room_open, .fini = room_close);

static size_t found_in(const struct own_names *names, const char *text)
{
    struct findings findings = {0};
    struct gate *gate = gate_new(&names->profile, &fault);
    size_t count;

    cr_assert_not_null(gate, "%s", fault.text);
    gate_scan(gate, GATE_NAMED, bytes_of_text(text), &findings);
    count = findings.count;
    findings_release(&findings);
    gate_free(gate);
    return count;
}

Test(own_names, are_read_from_the_lists_in_the_home)
{
    struct own_names names;

    cr_done(own_names_read(&home, &names, &fault));
    cr_expect_eq(found_in(&names, "we met at the old barn and later by new wood"), 0);
    own_names_release(&names);

    cr_assert_eq(mkdir(home_file(&home, "names", 0), 0700), 0);
    put_file(home_file(&home, "names/places.txt", 0),
             "# from the gazetteer\n\n  the old barn \r\nnew wood");
    put_file(home_file(&home, "names/people.txt", 0), "Bo Long\n");
    cr_done(own_names_read(&home, &names, &fault));
    cr_expect_eq(names.profile.places.count, 2);
    cr_expect_eq(found_in(&names, "we met at the old barn and later by new wood"), 2);
    own_names_add(&names, "Marlcombe Metropolitan Borough Council");
    cr_expect_eq(found_in(&names, "it is what marlcombe does"), 1); /* Its short name too. */
    own_names_release(&names);
}

Test(own_names, are_read_behind_a_byte_order_mark)
{
    struct own_names names;

    cr_assert_eq(mkdir(home_file(&home, "names", 0), 0700), 0);
    put_file(home_file(&home, "names/places.txt", 0), "\xef\xbb\xbfthe old barn\r\nnew wood\r\n");
    put_file(home_file(&home, "names/people.txt", 0), "\xef\xbb\xbf# staff\nBo Long\n");
    cr_done(own_names_read(&home, &names, &fault));
    cr_expect_eq(own_names_count(&names), 3);
    cr_expect_eq(found_in(&names, "we met at the old barn and later by new wood"), 2);
    own_names_release(&names);
}

Test(own_names, that_cannot_be_used_are_named)
{
    struct own_names names;

    cr_assert_eq(mkdir(home_file(&home, "names", 0), 0700), 0);
    put_file(home_file(&home, "names/places.txt", 0), "# streets\n\nLong Lane\nX\n");
    cr_refused(own_names_read(&home, &names, &fault), FAULT_INPUT,
               "names/places.txt:4: \"X\": one letter");
    own_names_release(&names);
    put_file(home_file(&home, "names/places.txt", 0), "Long Lane\n\xff\n");
    cr_refused(own_names_read(&home, &names, &fault), FAULT_INPUT,
               "names/places.txt: line 2 is not UTF-8: save the file as UTF-8");
    cr_expect(bytes_are_text(bytes_of_text(fault.text)));
    own_names_release(&names);

    cr_assert_eq(remove(home_file(&home, "names/places.txt", 0)), 0);
    cr_assert_eq(mkdir(home_file(&home, "names/places.txt", 0), 0700), 0);
    cr_refused(own_names_read(&home, &names, &fault), FAULT_INPUT, "places.txt");
    own_names_release(&names);
}

/* Whoever made them thinks that they are read. */
Test(own_names, in_files_of_other_names_are_told)
{
    struct own_names names;
    struct texts unread = {0};

    own_names_unread(&home, &unread);
    cr_expect_eq(unread.count, 0);
    cr_assert_eq(mkdir(home_file(&home, "names", 0), 0700), 0);
    put_file(home_file(&home, "names/people.txt", 0), "Bo Long\nAl Short\n");
    put_file(home_file(&home, "names/People.csv", 0), "Bo Long\n");
    own_names_unread(&home, &unread);
    cr_assert_eq(unread.count, 1);
    cr_expect_str_eq(unread.list[0], "People.csv");
    texts_release(&unread);
    cr_done(own_names_read(&home, &names, &fault));
    cr_expect_eq(own_names_count(&names), 2);
    own_names_release(&names);
}
