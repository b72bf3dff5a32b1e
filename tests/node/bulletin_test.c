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

/* --- One matter, one item --- */

/* Of an authority whose name is a letter; "" says it without a name. */
static void add_about(enum bulletin_part part, unsigned number, unsigned about, const char *deed,
                      const char *author)
{
    char title[60], words[20];

    snprintf(title, sizeof title, "%s%sMatter %u", deed == NULL ? "" : deed,
             deed == NULL ? "" : ": ", about);
    snprintf(words, sizeof words, "Text %u.", number);
    bulletin_add(&bulletin,
                 (struct bulletin_item){.part = part,
                                        .id = {{(uint8_t)number}},
                                        .shown = {{(uint8_t)about}},
                                        .named = author[0] != '\0',
                                        .authority = {{(uint8_t)author[0]}},
                                        .time_ms = number * INT64_C(86400000),
                                        .deed = deed,
                                        .title = text(title),
                                        .text = text(words),
                                        .why = text("Why."),
                                        .facts = text("Fact."),
                                        .author = text(author[0] == '\0' ? "not named" : author)});
}

Test(bulletin, has_one_place_for_what_several_say_to_one_record)
{
    static const char same[] = "The same there", tried[] = "They tried it";

    add_about(PART_TO_US, 11, 1, same, "A");
    add_about(PART_TO_US, 12, 1, same, "");
    add_about(PART_TO_US, 13, 1, same, "B");
    add_about(PART_TO_US, 14, 1, same, "A");
    add_about(PART_TO_US, 15, 1, same, "");
    add_about(PART_TO_US, 16, 1, same, "C");
    add_about(PART_TO_US, 21, 2, same, "A");
    add_about(PART_TO_US, 22, 2, tried, "B");
    add_about(PART_TO_US, 31, 3, same, "A");
    bulletin_join(&bulletin);
    cr_expect_str_eq(chosen(7), "0:The same there: Matter 3 0:Said 2 times: Matter 2 "
                                "0:The same there 6 times: Matter 1");
    const struct bulletin_item *two = &bulletin.items[1], *one = &bulletin.items[2];
    cr_expect_eq(one->said, 6);
    cr_expect_eq(one->id.bytes[0], 16);
    cr_expect_str_eq(one->why, "Why. Said by C, A and 1 other; 2 times without a name.");
    cr_expect_str_eq(one->text, "The same there (C): \"Text 16.\" Fact. "
                                "The same there (not named): \"Text 15.\" Fact. "
                                "The same there (A): \"Text 14.\" Fact.");
    cr_expect_str_eq(one->facts, "");
    cr_expect_str_eq(two->why, "Why. Said by B and A.");
    cr_expect_eq(bulletin.items[0].said, 1);
    cr_expect_str_eq(bulletin.items[0].why, "Why.");
}

Test(bulletin, joins_what_is_said_to_a_record_that_is_not_here)
{
    for (unsigned i = 11; i <= 12; i++) {
        add_about(PART_TO_US, i, 1, "Thanks", "A");
        bulletin.items[bulletin.count - 1].title[strlen("Thanks:")] = '\0'; /* It has no title. */
    }
    bulletin_join(&bulletin);
    cr_expect_str_eq(chosen(7), "0:Thanks 2 times: ");
}

Test(bulletin, joins_nothing_that_waits_for_an_answer)
{
    static const char question[] = "A question";

    for (unsigned i = 11; i <= 12; i++) {
        add_about(PART_TO_US, i, 1, question, "A");
        add_about(PART_WAITING, i, 1, question, "A");
    }
    add_about(PART_TO_US, 13, 1, "Thanks", "");
    add_about(PART_TO_US, 14, 1, "Thanks", "");
    add_about(PART_WAITING, 15, 1, question, "B");
    bulletin_join(&bulletin);
    cr_expect_str_eq(chosen(7), "0:Thanks 2 times: Matter 1 0:A question: Matter 1 "
                                "1:A question: Matter 1 1:A question: Matter 1");
    cr_expect_str_eq(bulletin.items[0].why, "Why. Said 2 times without a name.");
}

Test(bulletin, tells_updates_with_what_they_are_about)
{
    add_about(PART_FAILED, 1, 1, NULL, "A");
    add_about(PART_SEARCH, 1, 1, NULL, "A");
    add_about(PART_OTHER, 11, 1, NULL, "A");
    add_about(PART_OTHER, 12, 1, NULL, "A");
    add_about(PART_OTHER, 21, 2, NULL, "B"); /* What it is about is not new. */
    add_about(PART_OTHER, 22, 2, NULL, "B");
    bulletin_join(&bulletin);
    cr_expect_str_eq(chosen(7), "2:Matter 1 5:Matter 2");
    cr_expect_str_eq(bulletin.items[0].text, "Text 1. Since then: Text 12. Fact.");
    cr_expect_eq(bulletin.items[0].said, 3);
    cr_expect_eq(bulletin.items[0].since_ms, 12 * INT64_C(86400000));
    cr_expect_str_eq(bulletin.items[1].text, "Text 22.");
    cr_expect_str_eq(bulletin.items[1].why, "Why. It is the newest of 2.");
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
