#include "node/cli/html.h"

#include <criterion/criterion.h>

static const char *as_html(const char *text)
{
    static struct buffer page;

    buffer_clear(&page);
    html_text(&page, bytes_of_text(text));
    return buffer_text(&page);
}

Test(html, is_text_whatever_stands_in_it)
{
    cr_expect_str_eq(as_html("Ask first, £5 a visit"), "Ask first, £5 a visit");
    cr_expect_str_eq(as_html("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;");
    cr_expect_str_eq(as_html("\" onload='x' &amp;"), "&quot; onload=&#39;x&#39; &amp;amp;");
    cr_expect_str_eq(as_html("]]>"), "]]&gt;");
    cr_expect_str_eq(as_html("two\nlines\tand a tab"), "two\nlines\tand a tab");
}

#define UNKNOWN "\xef\xbf\xbd"

Test(html, has_nothing_that_a_page_may_not_hold)
{
    cr_expect_str_eq(as_html("bell\x07 and escape\x1b[31m"),
                     "bell" UNKNOWN " and escape" UNKNOWN "[31m");
    cr_expect_str_eq(as_html("\xe2\x80\xae"
                             "txt.exe"),
                     UNKNOWN "txt.exe"); /* Turns the direction of writing. */
    cr_expect_str_eq(as_html("\xef\xbf\xbf"), UNKNOWN);
    cr_expect_str_eq(as_html("\xc3<b>"), UNKNOWN "&lt;b&gt;"); /* No UTF-8 swallows what follows. */
    cr_expect_str_eq(as_html("\xf0\x9f"), UNKNOWN UNKNOWN);
    cr_expect_str_eq(as_html("\xc0\xbc"), UNKNOWN UNKNOWN); /* An overlong <. */
}
