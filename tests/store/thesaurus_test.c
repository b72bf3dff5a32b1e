#include "store/asked.h"
#include "tests/store/room.h"

#include <criterion/criterion.h>
#include <string.h>

/* The thesaurus that ships with candour. */

extern const char store_thesaurus[];

static size_t count_words(struct bytes term)
{
    size_t count = 0;

    for (size_t i = 0; i < term.size; i++)
        count += term.data[i] != ' ' && (i == 0 || term.data[i - 1] == ' ');
    return count;
}

static void check_term(struct bytes term)
{
    struct buffer stems = {0};
    size_t words = count_words(term), spaces = 0;

    stems_write(store, term, false, &stems);
    for (size_t i = 0; i < stems.size; i++)
        spaces += stems.data[i] == ' ';
    cr_expect(words <= THESAURUS_WORDS, "%.*s: too long", (int)term.size, (const char *)term.data);
    /* Of "out of" nothing would be left, and "out of area" would be any area. */
    cr_expect(words == 1 || spaces >= 1, "%.*s: one word is left of it", (int)term.size,
              (const char *)term.data);
    buffer_release(&stems);
}

TestSuite(thesaurus, .init = room_open, .fini = room_close);

Test(thesaurus, has_groups_of_terms_that_can_be_looked_for)
{
    size_t groups = 0;

    cr_done(store_set_thesaurus(store, bytes_of_text(store_thesaurus), &fault));
    for (const char *line = store_thesaurus; *line != 0; line += strcspn(line, "\n") + 1) {
        if (*line == '#' || *line == '\n')
            continue;
        groups++;
        for (const char *at = line; *at != '\n' && *at != 0;) {
            size_t size = strcspn(at, ",>\n");
            struct bytes term = bytes_of(at, size);
            while (term.size > 0 && term.data[0] == ' ')
                term = bytes_after(term, 1);
            while (term.size > 0 && term.data[term.size - 1] == ' ')
                term.size--;
            check_term(term);
            at += size + (at[size] == ',' || at[size] == '>');
        }
    }
    cr_expect_geq(groups, 150);
}
