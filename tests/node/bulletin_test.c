#include "node/cli/bulletin.h"
#include "protocol/text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* What a digest chooses, and what it makes of texts that mean no good. */

static struct bulletin bulletin;

static void forget(void)
{
    bulletin_release(&bulletin);
}

TestSuite(bulletin, .fini = forget);

static char *text(const char *words)
{
    return text_copy(bytes_of_text(words));
}

static void add_by(enum bulletin_part part, unsigned number, unsigned authority)
{
    char title[20];

    snprintf(title, sizeof title, "%u", number);
    bulletin_add(&bulletin, (struct bulletin_item){.part = part,
                                                   .id = {{(uint8_t)number}},
                                                   .shown = {{(uint8_t)number}},
                                                   .named = authority != 0,
                                                   .authority = {{(uint8_t)authority}},
                                                   .time_ms = number * INT64_C(86400000),
                                                   .title = text(title),
                                                   .text = text("Text."),
                                                   .why = text("Why."),
                                                   .facts = text(""),
                                                   .author = text("York")});
}

static const char *chosen(size_t most)
{
    static char titles[200];
    size_t size = 0;

    bulletin_choose(&bulletin, most);
    titles[0] = '\0';
    for (size_t i = 0; i < bulletin.count; i++)
        size += (size_t)snprintf(titles + size, sizeof titles - size, "%s%u:%s", i == 0 ? "" : " ",
                                 (unsigned)bulletin.items[i].part, bulletin.items[i].title);
    return titles;
}

Test(bulletin, keeps_one_from_outside)
{
    for (unsigned i = 1; i <= 9; i++)
        add_by(PART_WORKED, i, i);
    add_by(PART_OUTSIDE, 20, 20);
    add_by(PART_OUTSIDE, 21, 21);
    cr_expect_str_eq(chosen(7), "3:9 3:8 3:7 3:6 3:5 3:4 6:21");
    cr_expect_str_eq(chosen(1), "6:21");
}

Test(bulletin, takes_turns_so_that_failures_show_as_readily)
{
    for (unsigned i = 1; i <= 5; i++)
        add_by(PART_WORKED, 10 + i, i);
    add_by(PART_FAILED, 1, 11);
    add_by(PART_FAILED, 2, 12);
    add_by(PART_TO_US, 3, 13);
    cr_expect_str_eq(chosen(5), "0:3 2:2 2:1 3:15 3:14");
}

Test(bulletin, fills_up_from_outside_where_little_is_new)
{
    add_by(PART_WORKED, 1, 1);
    for (unsigned i = 10; i < 15; i++)
        add_by(PART_OUTSIDE, i, i);
    cr_expect_str_eq(chosen(4), "3:1 6:14 6:13 6:12");
}

Test(bulletin, gives_no_authority_a_third_place_while_others_wait)
{
    for (unsigned i = 1; i <= 6; i++)
        add_by(PART_WORKED, 10 + i, 7); /* All by one, and the newest. */
    add_by(PART_WORKED, 1, 8);
    add_by(PART_WORKED, 2, 0);
    add_by(PART_WORKED, 3, 0); /* Who is not named is not counted as one. */
    cr_expect_str_eq(chosen(5), "3:16 3:15 3:3 3:2 3:1");
    forget();
    for (unsigned i = 1; i <= 6; i++)
        add_by(PART_WORKED, 10 + i, 7);
    cr_expect_str_eq(chosen(5), "3:16 3:15 3:14 3:13 3:12");
}

Test(bulletin, has_nothing_twice)
{
    add_by(PART_WORKED, 5, 1);
    add_by(PART_SEARCH, 5, 1);
    add_by(PART_OUTSIDE, 6, 2);
    add_by(PART_OUTSIDE, 6, 2);
    cr_expect_str_eq(chosen(7), "3:5 6:6");
}

Test(bulletin, has_from_outside_what_nobody_looked_for_if_there_is_any)
{
    add_by(PART_SEARCH, 9, 1);
    add_by(PART_OUTSIDE, 9, 1);
    add_by(PART_OUTSIDE, 6, 2);
    cr_expect_str_eq(chosen(2), "4:9 6:6");
    forget();
    add_by(PART_WORKED, 10, 3);
    add_by(PART_SEARCH, 9, 1);
    add_by(PART_OUTSIDE, 9, 1);
    cr_expect_str_eq(chosen(2), "3:10 6:9");
}

/* --- Hostile texts --- */

static const char hostile[] = "Ends\nBcc: all@example.org\r\n\r\n<script>x</script>]]></title>"
                              "</entry></feed>\x1b[2J&quot;";

static struct bulletin_head head(void)
{
    return (struct bulletin_head){.of = "Council <b>A</b>",
                                  .since = "2026-11-01",
                                  .now_ms = INT64_C(1796049928000),
                                  .candidates = 1};
}

static void add_hostile(void)
{
    bulletin_add(&bulletin, (struct bulletin_item){.part = PART_WORKED,
                                                   .id = {{1}},
                                                   .named = true,
                                                   .time_ms = 86400000,
                                                   .title = text(hostile),
                                                   .text = text(hostile),
                                                   .why = text(hostile),
                                                   .facts = text(hostile),
                                                   .author = text(hostile)});
}

Test(bulletin, shows_no_markup_of_others)
{
    struct buffer page = {0};
    struct bulletin_head above = head();

    add_hostile();
    bulletin_html(&bulletin, &above, &page);
    cr_expect_null(strstr(buffer_text(&page), "<script"));
    cr_expect_null(strstr(buffer_text(&page), "<b>"));
    cr_expect_null(strchr(buffer_text(&page), '\x1b'));
    cr_expect_not_null(strstr(buffer_text(&page), "&lt;script&gt;"));
    buffer_clear(&page);
    bulletin_atom(&bulletin, &above, &page);
    cr_expect_null(strstr(buffer_text(&page), "<script"));
    cr_expect_null(strstr(buffer_text(&page), "]]>"));
    cr_expect_null(strchr(buffer_text(&page), '\x1b'));
    const char *first = strstr(buffer_text(&page), "</feed>");
    cr_expect_str_eq(first, "</feed>\n"); /* Once, and at the end. */
    buffer_release(&page);
}

Test(bulletin, is_atom)
{
    struct buffer page = {0};
    struct bulletin_head above = head();

    above.of = "York";
    add_by(PART_OUTSIDE, 1, 1);
    bulletin_atom(&bulletin, &above, &page);
    cr_expect_str_eq(buffer_text(&page),
                     "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                     "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n"
                     "<id>urn:uuid:00000000-0000-8000-8000-000000000000</id>\n"
                     "<title>What is new for York</title>\n"
                     "<updated>2026-11-30T14:45:28Z</updated>\n"
                     "<author><name>York</name></author>\n<generator>candour</generator>\n"
                     "<entry>\n<id>urn:uuid:01000000-0000-8000-8000-000000000000</id>\n"
                     "<title>1</title>\n<updated>1970-01-02T00:00:00Z</updated>\n"
                     "<author><name>York</name></author>\n"
                     "<category term=\"6\" label=\"From outside your services\"/>\n"
                     "<content type=\"text\">Why.\nText.\ncandour show 010000000000</content>\n"
                     "</entry>\n</feed>\n");
    buffer_release(&page);
}

Test(bulletin, keeps_to_its_width)
{
    struct buffer page = {0};
    struct bulletin_head above = head();

    add_hostile();
    bulletin_text(&bulletin, &above, &page);
    for (const char *line = buffer_text(&page); *line != '\0';) {
        size_t size = strcspn(line, "\n");
        cr_expect_leq(size, BULLETIN_WIDTH);
        line += size + 1;
    }
    cr_expect_null(strstr(buffer_text(&page), "\nBcc")); /* One line, whatever it has within. */
    buffer_release(&page);
}
