#include "node/cli/paper.h"

#include <criterion/criterion.h>
#include <string.h>

static size_t lines;

static const char *wrapped(const char *text, size_t indent, size_t width, size_t most)
{
    static struct buffer page;

    buffer_clear(&page);
    lines = paper_wrap(&page, bytes_of_text(text), indent, width, most);
    return buffer_text(&page);
}

Test(paper, breaks_between_words)
{
    cr_expect_str_eq(wrapped("one two three", 0, 7, 9), "one two\nthree\n");
    cr_expect_eq(lines, 2);
    cr_expect_str_eq(wrapped("  one\n\ntwo  ", 2, 9, 9), "  one two\n");
    cr_expect_str_eq(wrapped("", 0, 7, 9), "");
    cr_expect_eq(lines, 0);
    cr_expect_str_eq(wrapped("££££ ££", 0, 7, 9), "££££ ££\n"); /* Characters, not bytes. */
    cr_expect_str_eq(wrapped("abcdefghij k", 0, 4, 9), "abcd\nefgh\nij k\n");
}

Test(paper, says_where_it_ends_before_the_text_does)
{
    cr_expect_str_eq(wrapped("one two three four", 0, 9, 1), "one ...\n");
    cr_expect_eq(lines, 1);
    cr_expect_str_eq(wrapped("one two three four", 0, 9, 2), "one two\nthree ...\n");
    cr_expect_str_eq(wrapped("one two three four", 0, 9, 3), "one two\nthree\nfour\n");
    cr_expect_str_eq(wrapped("one two", 0, 7, 1), "one two\n");
    cr_expect_str_eq(wrapped("abcdefghij", 0, 4, 1), "...\n");
    cr_expect_str_eq(wrapped("one", 0, 9, 0), "");
}

Test(paper, is_never_wider_nor_longer)
{
    const char *text = "The £5 a-very-long-word-without-any-space-in-it was, all in all, not spent "
                       "well; and nobody had asked those whom it was for, or so they say.";

    for (size_t width = 8; width < 90; width++)
        for (size_t most = 1; most < 12; most++) {
            const char *page = wrapped(text, 3, width, most);
            cr_assert_leq(lines, most);
            for (const char *line = page; *line != '\0';) {
                size_t size = strcspn(line, "\n"), characters = 0;
                for (size_t i = 0; i < size; i++)
                    characters += ((unsigned char)line[i] & 0xc0) != 0x80;
                cr_assert_leq(characters, width, "%zu wide: %.*s", width, (int)size, line);
                line += size + 1;
            }
        }
}

Test(paper, shortens_to_whole_words)
{
    struct buffer line = {0};

    paper_short(&line, bytes_of_text("one two\nthree"), 13);
    cr_expect_str_eq(buffer_text(&line), "one two three");
    buffer_clear(&line);
    paper_short(&line, bytes_of_text("one two three"), 12);
    cr_expect_str_eq(buffer_text(&line), "one two ...");
    buffer_release(&line);
}
